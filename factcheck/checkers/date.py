"""Dates, times, durations and ages of the claim against the calendar of the source.

A date that the source leaves partly open ("last November", "on Tuesday", "three
years later") is resolved against the day it was published and the dates beside
it, and the work is shown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product

from factcheck import dates, lasting
from factcheck.alignment import BIRTH, Reading, Sentence, View, events, siblings_met, view
from factcheck.calculation import of_its_order
from factcheck.checkers.quantity import (
    ABSENT,
    BLOCKING,
    CALCULATION,
    CONFLICT_FLOOR,
    DERIVED_FLOOR,
    UNHEARD,
    asks_other,
    beside,
    confidence,
    judge_number,
    judgement,
    missing,
    standing_of,
)
from factcheck.dates import When
from factcheck.domain import Judgement, Pair, Slot, SlotFinding, SlotKind, SlotState
from factcheck.quantities import DAY, MONTH, YEAR, Quantity, compare_values

RULE = "FC201"
ORDER = "FC212"

# A sentence with this much of the claim may tell of its event in words that are not known here.
TOLD_OTHERWISE = 0.5
SHORT = 4  # words of content of a claim that has its date and event and little else


@dataclass(frozen=True)
class _Candidate:
    sentence: Sentence
    when: When
    stands: str
    features: dict[str, float]
    alignment: float


def _candidates(v: View, w: When) -> list[_Candidate]:
    claim_near = v.claim.near(w.start, w.end, 4)
    claim_clause = v.claim.clause(w.start, w.end)
    found = []
    for s in v.sentences:
        r = s.reading
        rivals = sum(1 for c in r.dates if (c.grain == "time") == (w.grain == "time"))
        together = siblings_met(v, s, w.start)
        standing = standing_of(v, s)
        for c in r.dates:
            if (c.grain == "time") != (w.grain == "time"):
                continue
            stands = dates.compare(w, c)
            if stands == "differs" and any(dates.compare(o, c) == "equal" for o in v.claim.dates if o.start != w.start):
                continue  # it fills another slot of the claim
            near = r.near(c.start, c.end, 7)
            clause = r.clause(c.start, c.end)
            features = {
                "cover": s.cover,
                "near": s.cover_near,
                "window": v.share(claim_near, near),
                "clause": v.share(claim_clause, clause),
                "evidence": float(s.evidence),
                "novel": v.novel,
                "rivals": math.log(rivals or 1),
                "same_grain": float(c.grain == w.grain),
                "same_form": float(c.form == w.form or {c.form, w.form} <= {"dmy", "mdy"}),
                "same_part": float(
                    bool(c.weekday is not None and w.weekday is not None)
                    or bool(c.day and w.day)
                    or (c.grain == w.grain == "year")
                ),
                "one_part": float(stands == "differs" and _one_part(w, c)),
                "relation": float(w.relation == c.relation),
                "vague": float(
                    (bool(w.part) and w.grain != "day")
                    or w.grain in ("season", "quarter", "decade", "century", "years")
                ),
                "inferred": float(c.inferred),
                "claim_inferred": float(w.inferred),
                "offset": float(c.form in ("offset", "halfoffset", "yearlater")),
                "time": float(w.grain == "time"),
                "together": together,
                "size": math.log(v.size or 1),
                "across": float(_ahead(v, w) != _ahead(v, c)),
                "gap": _gap(w, c) if stands == "differs" else 0.0,
                "short": float(len(v.claim.content) < 4),
                "slots": float(len(v.claim.quantities) + len(v.claim.dates)),
                "event": event_met(v, w, s, c),
                **standing,
                **beside(v, w.start, w.end, r, c.start, c.end),
            }
            alignment = (
                1.2 * features["window"]
                + 1.4 * s.cover
                + 0.8 * features["clause"]
                + 0.3 * s.cover_near
                + 0.3 * s.evidence
                + 0.4 * features["same_grain"]
            )
            found.append(_Candidate(s, c, stands, features, alignment))
    return found


def event_met(v: View, w: When, s: Sentence, c: When) -> float:
    """Whether a date of the source is of the event that the claim dates: 1 of it, -1 of another, 0 where the claim names none."""  # noqa: E501
    asked = v.claim.events_at(w.start, w.end)
    if not asked:
        return 0.0
    return 1.0 if asked & s.reading.events_at(c.start, c.end) else -1.0


def _ahead(v: View, w: When) -> bool:
    """Whether a date lies after the day of publication."""
    return bool(v.reference and w.spans and w.spans[0][0] > v.reference)


def _gap(w: When, c: When) -> float:
    """How far apart two dates are, in powers of ten of days: dates of one event are seldom decades apart."""
    if not w.spans or not c.spans:
        return 0.0
    return min(math.log10(1 + abs((w.spans[0][0] - c.spans[0][0]).days)), 5.0)


def _one_part(w: When, c: When) -> bool:
    """The dates share all but one of day, month and year: a slip of the pen rather than another day."""
    parts = [(w.day, c.day), (w.month, c.month), (w.year, c.year)]
    both = [(a, b) for a, b in parts if a and b]
    return len(both) >= 2 and sum(a == b for a, b in both) == len(both) - 1


def _own_dates(v: View, w: When, found: list[_Candidate]) -> list[_Candidate]:
    """The dates that the source gives for the very event of the claim; none where it is told undated too."""
    if not (w.year or w.month) or not v.claim.events_at(w.start, w.end):
        return []  # a weekday is told of many things at once
    return [c for c in found if c.features["event"] > 0 and c.when.grain != "time" and c.features["names"] >= 0.5]


def _same_event(v: View, w: When, rival: _Candidate) -> bool:
    """Whether the date is told of the claim's subject too, and both are calendar dates, not weekdays or "last year"."""
    c = rival.when
    told = all(x.year or (x.month and x.form not in ("offset", "halfoffset")) for x in (w, c)) and not c.derived
    if w.grain == "year" and (w.inferred or c.inferred):
        return False  # "next year"
    asked = v.claim.events_at(w.start, w.end)
    tokens = v.claim.tokens
    unheard = {
        word
        for k, word in enumerate(v.claim.stems)
        if word in v.unheard and not asked & (events(tokens[max(0, k - 1) : k + 1]) | events(tokens[k : k + 2]))
    }
    own = {word for word in v.claim.content if word not in v.unheard}
    near = v.share(frozenset(own), rival.sentence.reading.content | v.beside(rival.sentence))
    return told and not unheard and c.grain == w.grain and near >= 0.6


def _judge_date(v: View, w: When) -> SlotFinding:
    found = _candidates(v, w)
    finding = _dated(v, w, found)
    return finding if finding.state is SlotState.CONFLICTING else _doubted(v, w, found, finding)


def _dated(v: View, w: When, found: list[_Candidate]) -> SlotFinding:
    """How the source's dates of the same event, as far as they can be told, stand to the claim's."""
    slot = Slot(kind=SlotKind.DATE, text=w.text, start=w.start, end=w.end, value=dates.show(w), fills=w.grain)

    def finding(
        state: SlotState, sure: float, s: Sentence | None = None, c: When | None = None, work: str = "", by: str = RULE
    ) -> SlotFinding:
        start = s.passage.start + c.start if s and c else None
        end = s.passage.start + c.end if s and c else None
        return SlotFinding(
            slot=slot,
            state=state,
            rule=by,
            confidence=round(sure, 3),
            found=c.text if c else "",
            derivation=work,
            start=start,
            end=end,
        )

    agreeing = [c for c in found if c.stands in ("equal", "within")]
    differing = [c for c in found if c.stands == "differs"]
    own = _own_dates(v, w, found)
    here = len(agreeing)
    if own and agreeing and not any(c.stands in ("equal", "within", "coarser", "unknown") for c in own):
        agreeing = []  # the claim's date is that of another event
    if (w.year or w.month) and agreeing and all(c.features["event"] < 0 for c in agreeing):
        least = TOLD_OTHERWISE if len(v.claim.content) <= SHORT else 0.0
        agreeing = [c for c in agreeing if c.features["cover"] >= least]
    if own and not agreeing and all(c.stands == "differs" for c in own):
        dated = max(own, key=lambda c: c.alignment)
        if _same_event(v, w, dated):
            c = dated.when
            sure = 0.83 + 0.1 * dated.sentence.cover
            told = dates.show(c) if c.inferred else c.text
            return finding(
                SlotState.CONFLICTING, sure, dated.sentence, c, f"the source dates this {told}, not {w.text}"
            )
    best = max(
        agreeing, key=lambda c: (c.alignment + 0.3 * (c.stands == "equal"), -c.sentence.passage.start), default=None
    )
    rival = max(differing, key=lambda c: (c.alignment, -c.sentence.passage.start), default=None)
    # the same weekday or month told of another event does not outweigh the event's own date
    overruled = bool(
        best
        and rival
        and not best.sentence.evidence
        and rival.sentence.evidence
        and rival.alignment > best.alignment + 0.8
    )
    if best is not None and not overruled:
        sure = confidence("date_backed", best.features | {"lead": best.alignment - (rival.alignment if rival else 0.0)})
        if sure >= 0.3:
            c = best.when
            same_words = c.text.lower() == w.text.lower()
            work = "" if same_words else c.derived or (f"{c.text} = {dates.show(c)}" if c.inferred else "")
            state = SlotState.BACKED if same_words or not (c.inferred or w.inferred) else SlotState.DERIVED
            return finding(state, sure, best.sentence, c, work)
    moved = _moved(v, w)
    if moved is not None and moved[1] >= DERIVED_FLOOR:
        work, sure, s, c = moved
        return finding(SlotState.DERIVED, sure, s, c, work)
    if rival is not None:
        others = sorted((c.alignment for c in differing if c.when.spans[:1] != rival.when.spans[:1]), reverse=True)
        features = rival.features | {
            "agreeing": float(best is not None),
            "derivable": moved[1] if moved is not None else 0.0,
            "asks_other": asks_other(v, w.start, w.end),
            "coarser": float(any(c.stands == "coarser" for c in found)),
            "lead": rival.alignment - (others[0] if others else 0.0),
            "alignment": rival.alignment,
        }
        sure = confidence("date_conflict", features)
        open_reading = any(
            c.stands in ("coarser", "unknown") and c.alignment >= rival.alignment - 0.3 and c.when.grain != "time"
            for c in found
        )
        now = v.reference is not None and any(a <= v.reference <= b for a, b in w.spans[:1]) and w.grain != "day"
        planned = bool(_AHEAD.search(v.claim.text[: w.start])) and not _AHEAD.search(rival.sentence.reading.text)
        if features["derivable"] >= BLOCKING or open_reading or now or planned or len(agreeing) < here:
            # what happened undated is told of today; and a date that may be the same is no other date
            sure = min(sure, CONFLICT_FLOOR - 0.01)
        c = rival.when
        if sure >= CONFLICT_FLOOR:
            told = c.derived or (dates.show(c) if c.inferred else c.text)
            if c.relation in ("before", "after") and c.relation not in told:
                told = f"{c.relation} {told}"
            return finding(SlotState.CONFLICTING, sure, rival.sentence, c, f"the source has {told}, not {w.text}")
        return finding(SlotState.MISSING, sure, work=f"the source does not date this {w.text}; nearest date: {c.text}")
    return finding(SlotState.MISSING, 0.5, work=f"the source does not date this {w.text}")


MEANT = 0.7  # the source's date is meant from this on; then two of three other dates are on contradicted claims
DOUBTED = 0.1  # ... where all that agree with the claim's come to less than this
UNTOLD = 0.02  # ... and less than this keeps the claim from being supported
ARTICLE = 8  # sentences; of what stands in fewer, any date may be that of all
_WORK = re.compile(r"\s[+−]\s")
NEVER_ALONE = 0.75  # set by hand under ``aggregate.SURE``: such a conflict counts beside what the model says


_AHEAD = re.compile(
    r"\b(?:will|to\s(?:be|stay|open|close|start|begin|end|meet|return)|is\sto|are\sto|may|might)\b", re.IGNORECASE
)


def seen(v: View, w: When, c: _Candidate) -> dict[str, float]:
    """What tells whether a date of the source is the one meant, whatever day it is."""
    grains = {f"grain_{grain}": float(c.when.grain == grain) for grain in ("day", "month", "year")}
    same = {f"pair_{grain}": float(c.when.grain == grain == w.grain) for grain in ("day", "month", "year")}
    kept = {name: x for name, x in c.features.items() if name not in ("gap", "one_part", "across")}
    return {"": 1.0, "moved": float(bool(c.when.derived)), **kept, **grains, **same}


def _doubted(v: View, w: When, found: list[_Candidate], finding: SlotFinding) -> SlotFinding:
    """The finding, unless the date that the claim's is most likely meant to be is another, or none that agrees is."""
    if w.relation in ("before", "after", "until", "by") or _AHEAD.search(v.claim.text[: w.start]):
        return finding  # a bound is no date, and what is yet to come may come on several
    if v.reference is not None and any(a <= v.reference <= b for a, b in w.spans[:1]):
        return finding  # what is told undated is told of today
    worked_out = finding.state is SlotState.DERIVED and _WORK.search(finding.derivation)
    shares = lasting.likely_dates([seen(v, w, c) for c in found])
    agreeing = sum(p for p, c in zip(shares, found, strict=True) if c.stands in ("equal", "within"))
    other: dict[str, float] = {}
    for p, c in zip(shares, found, strict=True):
        if c.stands == "differs":
            other[c.when.text] = other.get(c.when.text, 0.0) + p
    text = max(other, key=lambda t: other[t], default="")
    counted = any(c.when.form == "offset" and c.when.derived == finding.derivation for c in found)
    if (
        not (worked_out and counted)
        and agreeing < DOUBTED
        and other.get(text, 0.0) >= MEANT
        and len(v.unheard) <= UNHEARD
    ):
        best = max((c for c in found if c.when.text == text and c.stands == "differs"), key=lambda c: c.alignment)
        # unless it is the same day of a year that was only inferred
        if not w.day or (best.when.day, best.when.month) != (w.day, w.month) or not (w.inferred or best.when.inferred):
            at, day = best.sentence.passage.start, best.when
            told = day.derived or (dates.show(day) if day.inferred else day.text)
            return replace(
                finding,
                state=SlotState.CONFLICTING,
                rule=RULE,
                confidence=round(NEVER_ALONE * other[text], 3),
                found=day.text,
                derivation=f"the source has {told}, not {w.text}",
                start=at + day.start,
                end=at + day.end,
            )
    short = len(v.sentences) < ARTICLE
    if agreeing >= UNTOLD or w.grain not in ("day", "month", "year") or worked_out or short:
        return finding
    why = finding.derivation if finding.state is SlotState.MISSING else f"the source does not date this {w.text}"
    return replace(
        finding,
        state=SlotState.MISSING,
        rule=RULE,
        confidence=max(finding.confidence, ABSENT) if finding.state is SlotState.MISSING else ABSENT,
        found="",
        derivation=why,
        start=None,
        end=None,
    )


def _pool(v: View) -> list[tuple[Sentence | None, When]]:
    """Dates that may take part in calendar arithmetic: the evidence first; the publication day last."""
    ranked = sorted(v.sentences, key=lambda s: (not s.evidence, -s.cover, s.passage.start))
    return lasting.pool(v, [s for s in ranked if s.evidence or s.cover >= 0.2])


def _durations(v: View) -> list[tuple[Sentence, Quantity]]:
    ranked = sorted(v.sentences, key=lambda s: (not s.evidence, -s.cover, s.passage.start))
    return [
        (s, q)
        for s in ranked
        if s.evidence or s.cover >= 0.3
        for q in s.reading.quantities
        if q.dim == "time" and q.lo == q.hi and q.lo >= DAY
    ][:10]


def _moved(v: View, w: When) -> tuple[str, float, Sentence, When] | None:
    """The claim's date as a date of the source moved by a duration of the source."""
    if w.minute is not None:
        return _moved_clock(v, w, w.minute)
    if not w.spans or w.grain not in ("year", "month", "day", "season", "week", "quarter"):
        return None
    best: tuple[str, float, Sentence, When] | None = None
    first, last = w.spans[0]
    for ds, d in _pool(v):
        for qs, q in _durations(v):
            if ds is not None and ds is not qs and not (ds.evidence and qs.evidence):
                continue
            if ds is qs and d.start <= q.start < d.end:
                continue  # "two days later" has been counted on already
            unit, count = _calendar(q)
            aged = q.head == "age" and unit == "year"
            # Who is 44 in 2017 was born in 1973, or late in 1972.
            for sign, more in ((1, 0), (-1, 0), *(((-1, 1),) if aged and w.grain == "year" else ())):
                moved = dates.shift(d.spans[0][0], sign * (count + more), unit)
                if moved is None:
                    continue
                grain = (
                    "year"
                    if unit == "year" or d.grain == "year"
                    else "month"
                    if unit == "month" or d.grain == "month"
                    else "day"
                )
                if ("day", "month", "year").index(grain) > ("day", "month", "year").index(
                    w.grain if w.grain in ("day", "month", "year") else "month"
                ):
                    continue
                if not first <= moved <= last:
                    continue
                s = ds or qs
                features = {
                    "cover": (s.cover + qs.cover) / 2,
                    "together": float(ds is qs),
                    "published": float(ds is None),
                    "novel": v.novel,
                    "evidence": float(qs.evidence and s.evidence),
                    "exact": float(grain == "day"),
                    "month": float(grain == "month"),
                }
                sure = confidence("date_moved", features)
                shown = dates.show_span(*dates._whole(moved, grain), grain)
                text = f"{d.text} {'+' if sign > 0 else '−'} {q.text} = {shown}"
                if best is None or sure > best[1]:
                    anchor = (
                        d
                        if ds is not None
                        else When(text=q.text, start=q.start, end=q.end, spans=(), grain="time", form="duration")
                    )
                    best = text, sure, (ds or qs), anchor
    return best


MOVED_CLOCK = {0: 0.8, 1: 0.7}  # set by hand, by how many sentences the length of time is behind the hour


def _moved_clock(v: View, w: When, minute: int) -> tuple[str, float, Sentence, When] | None:
    """The claim's hour as one of the source and a length of time beside it: "at 2.14, an hour after it sailed"."""
    for at, s in enumerate(v.sentences):
        hours = [(d, d.minute) for d in s.reading.dates if d.minute is not None and s.evidence]
        lengths = [
            (q, sure)
            for behind, sure in MOVED_CLOCK.items()
            for near in v.sentences[at + behind : at + behind + 1]
            for q in near.reading.quantities
            if q.dim == "time" and q.lo == q.hi and q.lo < DAY and q.form != "article" and not q.rate
        ]
        for (d, told), (q, sure), (sign, shown) in product(hours, lengths, ((1, "+"), (-1, "−"))):
            if (told + sign * round(q.lo / 60) - minute) % lasting.MINUTES_A_DAY == 0:
                return f"{d.text} {shown} {q.text} = {w.text}", sure, s, d
    return None


def _calendar(q: Quantity) -> tuple[str, float]:
    """A duration as a count of the calendar's own units."""
    if q.lo >= YEAR * 0.999 and abs(q.lo / YEAR - round(q.lo / YEAR)) < 1e-6:
        return "year", q.lo / YEAR
    if q.unit == "month" or (q.unit == "year" and q.lo >= MONTH):
        return "month", round(q.lo / MONTH)
    return "day", round(q.lo / DAY)


def _from_dates(v: View, q: Quantity) -> SlotFinding | None:
    """A duration or age of the claim as the time between two dates of the source."""
    if q.lo < DAY * 0.99 or q.unit in lasting.HOURS:
        return None  # of what lies between two days the hours are not known
    beside_name = q.head == "age" and v.claim.text[: q.start].endswith(", ")
    slot = Slot(
        kind=SlotKind.DATE, text=q.text, start=q.start, end=q.end, value=q.value, fills=" ".join(q.nouns) or q.unit
    )
    pool = _pool(v)
    best: tuple[float, str, Sentence, When] | None = None
    for i, (s1, a) in enumerate(pool):
        for s2, b in pool[i + 1 :]:
            between = lasting.between(a, b, q)
            if between is None:
                continue
            lo, hi, work = between
            if lo <= 0 or compare_values(q, lo, hi) not in ("equal", "consistent") or not of_its_order(q, hi):
                continue
            if beside_name and not any(
                x and BIRTH & x.reading.events_at(w.start, w.end) for x, w in ((s1, a), (s2, b))
            ):
                continue  # of all the years between two dates somebody's age is seldom one
            s = s1 or s2
            if s is None:
                continue
            here = [x for x in (s1, s2) if x is not None]
            features = {
                "cover": sum(x.cover for x in here) / len(here),
                "window": max(
                    v.share(v.claim.near(q.start, q.end, 4), x.reading.near(w.start, w.end, 7))
                    for x, w in ((s1, a), (s2, b))
                    if x
                ),
                "together": float(s1 is s2),
                "published": float(s2 is None),
                "evidence": float(all(x.evidence for x in here)),
                "novel": v.novel,
                "bound": float(bool(q.bound)),
                "years": float(q.unit == "year"),
                "large": float(q.lo / YEAR >= 10 or (q.unit in ("day", "week") and q.lo / DAY > 20)),
                "since": float("since" in (a.relation, b.relation)),
            }
            sure = confidence("span", features)
            if best is None or sure > best[0]:
                best = sure, work, s, (a if s1 is not None else b)
    if best is None or best[0] < DERIVED_FLOOR:
        return None
    sure, work, s, w = best
    return SlotFinding(
        slot=slot,
        state=SlotState.DERIVED,
        rule=CALCULATION,
        confidence=round(sure, 3),
        found=w.text,
        derivation=work,
        start=s.passage.start + w.start,
        end=s.passage.start + w.end,
    )


def _date_slots(v: View) -> Iterator[When]:
    for w in v.claim.dates:
        if w.form in ("offset", "halfoffset", "yearlater", "weektoday", "stretch"):
            continue  # judged as the duration it states
        yield w


def _duration_slots(v: View) -> Iterator[Quantity]:
    for q in v.claim.quantities:
        if q.dim == "time" and not (q.form == "article" and not q.bound):
            yield q


def check(pair: Pair) -> Judgement | None:
    """Compares each date, clock time, duration and age of the claim with the source's for the same event."""
    v = view(pair)
    findings = [_other_end(v, w) or _judge_date(v, w) for w in _date_slots(v)]
    durations = (_meant(v, q, judge_number(v, q, SlotKind.DATE, RULE, more=_from_dates)) for q in _duration_slots(v))
    findings += [finding for finding in durations if not _bounds_differ(pair, finding)]
    return judgement(pair, "date", findings)


MADE = 0.78  # a calculation this sure gives the claim's length, whatever its words more likely mean


def _meant(v: View, q: Quantity, finding: SlotFinding) -> SlotFinding:
    """The finding, or what the length of time that the claim's words likely mean makes of it."""
    if finding.state is SlotState.BACKED or (finding.rule == CALCULATION and finding.state is SlotState.CONFLICTING):
        return finding
    found = lasting.meanings(v, q)
    backing = lasting.backing(found)
    if finding.state is SlotState.CONFLICTING:
        # somebody's age is told as of today, and the claim may be of another day
        return finding if backing is None else _of(finding, backing, SlotState.DERIVED, backing.work.text)
    if backing is not None:
        if finding.state is SlotState.DERIVED and finding.confidence >= backing.confidence:
            return finding
        return _of(finding, backing, SlotState.DERIVED, backing.work.text)
    other = lasting.against(v, q, found) if len(v.unheard) <= UNHEARD else None
    worked_out = finding.state is SlotState.DERIVED and finding.rule == CALCULATION
    by_chance = worked_out and lasting.by_chance(v, q, found)
    made = finding.confidence if finding.state is SlotState.DERIVED and not by_chance else 0.0
    if other is not None and other.work.kind == "stated" and asks_other(v, q.start, q.end):
        other = None
    if other is not None and made < MADE:
        return _of(finding, other, SlotState.CONFLICTING, f"{other.work.text}, not {q.text}")
    if by_chance:
        return replace(finding, state=SlotState.MISSING, rule=RULE, confidence=ABSENT, found="",
                       derivation=missing(q, None), start=None, end=None)  # fmt: skip
    return finding


def _of(finding: SlotFinding, m: lasting.Meaning, state: SlotState, why: str) -> SlotFinding:
    s, start, end = m.work.places[0]
    return replace(
        finding,
        state=state,
        rule=CALCULATION if m.work.kind != "stated" else RULE,
        confidence=round(m.confidence, 3),
        found=s.reading.text[start:end],
        derivation=why,
        start=s.passage.start + start,
        end=s.passage.start + end,
    )


# "between 1908 and 1911", "from 3 to 9 May", "2008-2012": two dates that bound one stretch of time
_TO = re.compile(r"\s*(?:to|until|till|through|[-–—])\s*", re.IGNORECASE)
_AND = re.compile(r"\s*and\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s+$", re.IGNORECASE)
OTHER_END = 0.85  # set by hand, as one end of the stretch is the same
STRETCH_COVER = 0.2  # least share of the claim's words in the sentence with the stretch


def _stretches(r: Reading) -> Iterator[tuple[When, When]]:
    """The stretches of time of a text, each as its two ends."""
    for a, b in pairwise(w for w in r.dates if w.form != "stretch"):
        gap = r.text[a.end : b.start]
        if a.grain == b.grain and (_TO.fullmatch(gap) or (_AND.fullmatch(gap) and _BETWEEN.search(r.text[: a.start]))):
            yield a, b


def _other_end(v: View, w: When) -> SlotFinding | None:
    """A conflict where the source has the claim's stretch of time with the same other end, but not with this one."""
    mine = next((pair for pair in _stretches(v.claim) if w in pair), None)
    if mine is None:
        return None
    end = mine.index(w)
    best: tuple[Sentence, When] | None = None
    for s in v.sentences:
        for theirs in _stretches(s.reading):
            same = dates.compare(mine[1 - end], theirs[1 - end]) == "equal"
            stands = dates.compare(w, theirs[end])
            if same and stands == "equal":
                return None
            if same and stands == "differs" and s.cover >= STRETCH_COVER and (best is None or s.cover > best[0].cover):
                best = s, theirs[end]
    if best is None:
        return None
    s, told = best
    return SlotFinding(
        slot=Slot(kind=SlotKind.DATE, text=w.text, start=w.start, end=w.end, value=dates.show(w), fills=w.grain),
        state=SlotState.CONFLICTING,
        rule=RULE,
        confidence=OTHER_END,
        found=told.text,
        derivation=f"the source has {told.text}, not {w.text}",
        start=s.passage.start + told.start,
        end=s.passage.start + told.end,
    )


_BOUND_BEFORE = re.compile(r"\b(before|after|in|within)\s+$", re.IGNORECASE)


def _bounds_differ(pair: Pair, finding: SlotFinding) -> bool:
    """Whether a conflict is between a time and a bound: "after five days" does not rule out "in a month"."""
    if finding.state is not SlotState.CONFLICTING or finding.start is None:
        return False
    before = (
        _BOUND_BEFORE.search(pair.claim.text[: finding.slot.start]),
        _BOUND_BEFORE.search(pair.source.text[max(0, finding.start - 12) : finding.start]),
    )
    words = [m.group(1).lower() if m else "" for m in before]
    if words == ["after", "after"]:
        # Two bounds: "after 253 days" holds of what comes after a year, and "after six months" leaves it open. Within
        # one unit it is how newspapers give a length.
        return finding.slot.text.split()[-1].rstrip("s") != finding.found.split()[-1].rstrip("s")
    return "before" in words or ("after" in words and words[0] != words[1] and "" not in words)
