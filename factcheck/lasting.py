"""Which length of time, or age, the words of a claim mean, and how long that was by the source.

"Help came forty minutes after the squall" may be meant of any time that the source
tells of, or that lies between two of its dates or clock times. As in ``meant``,
all of these are set beside each other, whatever they come to, and the likeliest is
told by where they stand. The weights are of the same conditional logit, fitted on
claims that are not contradicted by ``benchmarks/lasting_fit.py``.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

from factcheck import dates
from factcheck.alignment import BIRTH, Sentence, View
from factcheck.calculation import asks_difference, of_its_order
from factcheck.dates import When, show_day
from factcheck.meant import BOUNDS, Place, shares, standing, summed
from factcheck.quantities import DAY, MONTH, YEAR, Quantity, compare, compare_values, show

SENTENCES = 8  # read, the evidence first, then those with most of the claim's words
MAX_DATES = 24  # dates of the source that take part in calendar arithmetic
MINUTE = 60.0
UNLIKELY = 0.1  # ... where all that have the claim's length come to less than this
BACKING = 0.3  # from here a time of the claim's length backs it
NEAR = 6.0  # a slip for a length of time is not further off than this

WEIGHTS: Mapping[str, float] = {
    "": -1.9, "adjoining": 0.66, "age_aged": -0.37, "age_life": -0.41, "age_owner": -1.27, "age_since": -1.47,
    "age_span": -1.49, "age_stated": 0.63, "aged_here": -0.81, "aged_stated": 0.12, "around": -0.57, "behind":
    -2.23, "bound": 1.22, "clause": 1.15, "clock_dated": -0.73, "clock_from_to": 0.26, "clock_open": 0.42,
    "cover": -1.23, "cover_aged": -0.58, "cover_clock": -0.17, "cover_difference": 0.33, "cover_life": 0.63,
    "cover_since": -1.47, "cover_span": 0.3, "cover_stated": -0.27, "difference": -0.79, "difference_clock":
    -0.06, "difference_since": -0.08, "difference_span": -0.08, "difference_stated": -0.53, "event": 0.59,
    "hours_clock": 0.38, "hours_difference": 0.27, "hours_since": -0.73, "hours_span": -0.6, "hours_stated":
    -0.67, "is_aged": -0.37, "is_clock": -0.23, "is_life": -0.41, "is_since": -0.67, "is_span": -0.23,
    "least_around": 1.79, "least_cover": 0.84, "left": 0.47, "life_fine": 1.54, "life_inferred": 0.69,
    "life_since_told": -0.11, "met": 0.3, "names": 0.73, "one": 1.02, "order": -2.29, "other_event": -0.27,
    "owner": 0.8, "right": 0.3, "rivals": -0.22, "since_fine": 0.23, "since_inferred": -0.86, "since_since_told":
    0.71, "span_fine": 0.61, "span_from_to": 0.6, "span_inferred": -1.17, "span_since_told": -0.1, "then_aged":
    1.0, "then_life": -0.06, "then_since": -0.73, "then_stated": -0.32, "unheard": 0.2, "unmet": -0.11, "window":
    1.5,
}  # fmt: skip

# The same for the dates of a source: which of them the claim's own is meant to be.
DATE_WEIGHTS: Mapping[str, float] = {
    "": -2.29, "behind": -1.2, "best": 0.98, "claim_inferred": 0.63, "clause": 1.63, "cover": -2.04, "event":
    0.41, "evidence": -2.29, "grain_day": 1.44, "grain_month": 1.63, "grain_year": -2.06, "inferred": -0.3,
    "left": 0.78, "met_left": 0.2, "met_right": 0.71, "moved": 0.58, "names": 0.15, "near": -0.14, "novel": -0.75,
    "offset": -0.13, "pair_day": -0.68, "pair_month": -2.21, "pair_year": 1.97, "relation": 0.89, "right": -0.58,
    "rivals": -0.12, "same_form": 1.33, "same_grain": 2.44, "same_part": -0.55, "short": -1.0, "size": 0.62,
    "slots": 0.41, "time": -1.24, "together": 0.61, "unheard": 0.5, "unmet": -0.47, "vague": -0.07, "window":
    1.37,
}  # fmt: skip

_AGE = "age"


@dataclass(frozen=True)
class Length:
    """One time that the source tells of or that lies between two of its dates: seconds, and the work."""

    lo: float
    hi: float
    text: str
    kind: str  # stated, span, since, life, clock, difference, aged
    places: tuple[Place, ...]
    fields: tuple[tuple[str, float], ...] = ()
    told: Quantity | None = None  # where the source states it


@dataclass(frozen=True)
class Meaning:
    """A length that may be meant, how likely it is, and whether it is the claim's."""

    work: Length
    likely: float
    gives_it: bool

    @property
    def confidence(self) -> float:
        """How sure the verdict that it speaks for is, by what it came to on labelled articles."""
        return 0.8 + 0.2 * self.likely if self.gives_it else self.likely


def stands(q: Quantity, work: Length) -> str:
    """How a length stands to what the claim's words say: as ``quantities.compare`` puts it."""
    if work.told is not None:
        return compare(q, work.told)
    return compare_values(q, work.lo, work.hi)


def fits(q: Quantity, work: Length) -> bool:
    """Whether a length is what the claim's words say, within their rounding and bounds."""
    return stands(q, work) in ("equal", "consistent") and of_its_order(q, work.hi)


def differs(q: Quantity, work: Length) -> bool:
    return stands(q, work) == "differs"


def meanings(v: View, q: Quantity) -> list[Meaning]:
    """What the claim's length of time may be meant to be, likeliest first."""
    works = list(lengths(v, q))
    if not works:
        return []
    weights = shares([_score(v, q, w, works) for w in works])
    alike: dict[tuple[bool, int], list[tuple[float, Length]]] = {}
    for work, weight in zip(works, weights, strict=True):
        alike.setdefault((fits(q, work), round(work.hi / MINUTE)), []).append((weight, work))
    found = [
        Meaning(max(same, key=lambda a: a[0])[1], sum(p for p, _ in same), gives_it)
        for (gives_it, _), same in alike.items()
    ]
    return sorted(found, key=lambda m: (-m.likely, m.work.text))


def backing(found: list[Meaning]) -> Meaning | None:
    """The likely length that is the claim's."""
    return next((m for m in found if m.gives_it and m.work.kind != "stated" and m.likely >= BACKING), None)


_COMPARED = re.compile(r"\s(?:before|earlier|ago|previously)\b", re.IGNORECASE)


def by_chance(v: View, q: Quantity, found: list[Meaning]) -> bool:
    """Whether only unlikely times meet the claim's bound, and a likelier one does not: many times are under a year."""
    if _COMPARED.match(v.claim.text, q.end):
        return False  # "lower than a year before" bounds no time
    given = sum(m.likely for m in found if m.gives_it)
    return q.bound in BOUNDS and given < UNLIKELY and any(m.likely > 2 * given for m in found if not m.gives_it)


def against(v: View, q: Quantity, found: list[Meaning]) -> Meaning | None:
    """The likely length that is another, where none that is likely is the claim's."""
    if (told := _of_its_name(v, q, found) or _at_death(v, q, found)) is not None:
        return told
    if sum(m.likely for m in found if m.gives_it) >= UNLIKELY:
        return None
    others = [
        m for m in found if not m.gives_it and differs(q, m.work) and 1 / NEAR <= q.hi / max(m.work.hi, 1.0) <= NEAR
    ]
    other = summed(others, bounded=q.bound in BOUNDS)
    if other is None:
        return None
    if other.work.told is not None and other.work.told.number == q.number and other.work.told.unit == q.unit:
        return None  # "over ten years" may be more than ten, or throughout ten
    if other.work.kind == "stated" and (asks_difference(v.claim, q) or (q.head == _AGE and _THEN.search(v.claim.text))):
        return None  # somebody's age today says what it was then, but is not it
    if other.work.kind == "stated" and _IN_ALL.search(v.claim.text):
        return None  # "nearly 13 hours, delay included"
    if other.work.told is not None and any(_so_many_times(q, other.work.told, s) for s, _, _ in other.work.places):
        return None  # "two years, twice as long as the law requires"
    return other


AT_NAME = 0.9  # set by hand
_NAME = r"((?:[A-Z][\w’'-]+\s){0,3}[A-Z][\w’'-]+)"
_NAME_BEFORE = re.compile(_NAME + r"(?:,\s|\s\(|,\s(?:who\s(?:is|was)|aged|now|then)\s|\saged\s)$")
_NAME_AFTER = re.compile(r"[-\s](?:years?[-\s])?olds?\s(?:[a-z]+\s){0,2}" + _NAME)


def _whose_age(text: str, start: int, end: int) -> frozenset[str]:
    """The words of the name that an age stands beside: "Imran, eight," and "eight-year-old Imran"."""
    beside = _NAME_BEFORE.search(text[max(0, start - 80) : start]) or _NAME_AFTER.match(text, end)
    return frozenset(beside[1].lower().removesuffix("'s").split()) if beside else frozenset()


def _of_its_name(v: View, q: Quantity, found: list[Meaning]) -> Meaning | None:
    """Another age than the claim's beside the very name that has it in the claim."""
    name = _whose_age(v.claim.text, q.start, q.end) if q.head == _AGE else frozenset()
    if not name:
        return None
    ages = [
        (max(len(name & _whose_age(s.reading.text, start, end)) for s, start, end in m.work.places), m)
        for m in found
        if m.work.kind == "stated"
    ]
    most = max((shared for shared, _ in ages), default=0)
    beside = [m for shared, m in ages if shared == most]
    if not most or len(beside) != 1 or beside[0].gives_it or not differs(q, beside[0].work):
        return None
    return replace(beside[0], likely=AT_NAME)


AT_DEATH = 0.85  # set by hand
_DIED = re.compile(r"\b(?:died|dies|dead|death|killed)\b", re.IGNORECASE)
_WAS = re.compile(r"\b(?:was|were)\s(?:just\s|only\s|aged\s)?$", re.IGNORECASE)


def _at_death(v: View, q: Quantity, found: list[Meaning]) -> Meaning | None:
    """Another age than the claim's for whom it tells the death of: "He died on Friday. He was 74."."""
    if q.head != _AGE or not v.proper or not _DIED.search(v.claim.text):
        return None
    ages = [
        m
        for m in found
        if m.work.kind == "stated"
        and all(_WAS.search(s.reading.text[:at]) and v.proper <= s.reading.content for s, at, _ in m.work.places)
    ]
    if len(ages) != 1 or ages[0].gives_it or not differs(q, ages[0].work):
        return None
    return replace(ages[0], likely=AT_DEATH)


def _so_many_times(q: Quantity, told: Quantity, s: Sentence) -> bool:
    """Whether a sentence tells that its length is so many times another, and that one is the claim's."""
    times = [m.lo for m in s.reading.quantities if m.dim == "multiple" and m.lo > 0]
    return any(compare_values(q, x, x) in ("equal", "consistent") for t in times for x in (told.lo / t, told.lo * t))


def likely_dates(seen: Sequence[Mapping[str, float]]) -> list[float]:
    """How likely each date of a source, by its features, is the one that a date of the claim is meant to be."""
    return shares([sum(DATE_WEIGHTS.get(name, 0.0) * x for name, x in f.items()) for f in seen])


def lengths(v: View, q: Quantity) -> Iterator[Length]:
    """Every time of the evidence that the claim's words could mean, whatever its length."""
    read = _read(v)
    stated = [(s, o) for s in read for o in s.reading.quantities if o.dim == "time" and o.form != "article"]
    of_age = q.head == _AGE
    for s, o in stated:
        if (o.head == _AGE) == of_age and bool(o.rate) == bool(q.rate):
            yield Length(o.lo, o.hi, o.text, "stated", ((s, o.start, o.end),), told=o)
    told = pool(v, read)
    for (s1, a), (s2, b) in combinations(told if q.unit not in HOURS else (), 2):
        made = between(a, b, q)
        if made is None or made[1] <= 0:
            continue
        lo, hi, work = made
        here = tuple((s, w.start, w.end) for s, w in ((s1, a), (s2, b)) if s is not None)
        if here:
            kind = "since" if len(here) == 1 else "span"
            if of_age and any(s and BIRTH & s.reading.events_at(w.start, w.end) for s, w in ((s1, a), (s2, b))):
                kind = "life"
            fields = (
                ("from_to", float(s1 is s2 and _from_to(here))),
                ("since_told", float("since" in (a.relation, b.relation))),
                ("fine", float(a.grain == b.grain == "day")),
                ("inferred", float(a.inferred or b.inferred)),
            )
            yield Length(lo, hi, work, kind, here, fields)
    if q.hi < 3 * DAY:
        yield from _between_clocks(read)
    exact = [(s, o) for s, o in stated if o.lo == o.hi and not o.rate]
    if asks_difference(v.claim, q):
        for (s1, x), (s2, y) in combinations(exact, 2):
            if x.lo != y.lo and (x.head == _AGE) == (y.head == _AGE):
                big, small = (x, y) if x.lo > y.lo else (y, x)
                work = f"{big.text} − {small.text} = {show(big.lo - small.lo, 'time', q.unit)}"
                yield Length(
                    big.lo - small.lo,
                    big.lo - small.lo,
                    work,
                    "difference",
                    ((s1, x.start, x.end), (s2, y.start, y.end)),
                )
    if of_age:
        yield from _aged(
            v,
            told,
            [(s, o) for s, o in exact if o.head == _AGE],
            [(s, o) for s, o in stated if o.head != _AGE and o.lo >= YEAR],
        )


def _read(v: View) -> list[Sentence]:
    ranked = sorted(v.sentences, key=lambda s: (not s.evidence, -s.cover, s.passage.start))
    return [s for s in ranked if s.evidence or s.cover >= 0.2][:SENTENCES]


def pool(v: View, read: list[Sentence]) -> list[tuple[Sentence | None, When]]:
    """Dates that may take part in calendar arithmetic, the publication day last."""
    dated = ((s, w) for s in read for w in s.reading.dates if w.spans and w.grain != "time")
    found: list[tuple[Sentence | None, When]] = list(islice(dated, MAX_DATES))
    if v.reference is not None:
        day = v.reference
        published = When(
            text=show_day(day), start=0, end=0, spans=((day, day),), grain="day", form="published",
            day=day.day, month=day.month, year=day.year,
        )  # fmt: skip
        found.append((None, published))
    return found


def between(a: When, b: When, q: Quantity) -> tuple[float, float, str] | None:
    """The time from one date to the other in seconds, lowest and highest reading, and the work."""
    (a1, a2), (b1, b2) = a.spans[0], b.spans[0]
    if (a1, a2) > (b1, b2):
        a, b, (a1, a2), (b1, b2) = b, a, (b1, b2), (a1, a2)
    if a2 >= b1 and (a1, a2) != (b1, b2) and a.grain != "year":
        return None
    if (a1, a2) == (b1, b2):
        return None
    if "year" in (a.grain, b.grain):
        if q.lo < YEAR * 0.99:
            return None
        years: float = b1.year - a1.year
        return years * YEAR, years * YEAR, f"{a1.year} to {b1.year} = {show(years * YEAR, 'time', 'year')}"
    if {"century", "decade", "years"} & {a.grain, b.grain}:
        return None
    if "month" in (a.grain, b.grain) or "season" in (a.grain, b.grain):
        months: float = (b1.year - a1.year) * 12 + b1.month - a1.month
        if q.lo < MONTH * 0.99:
            return None
        return (
            months * MONTH,
            months * MONTH,
            f"{_short(a)} to {_short(b)} = {show(months * MONTH, 'time', 'month' if q.unit != 'year' else 'year')}",
        )
    days = (b1 - a1).days
    if q.unit == "year":
        months = (b1.year - a1.year) * 12 + b1.month - a1.month - (b1.day < a1.day)
        years = months // 12 if q.bound in ("", "more", "over", "least") else months / 12
        return years * YEAR, months / 12 * YEAR, f"{_short(a)} to {_short(b)} = {show(years * YEAR, 'time', 'year')}"
    if q.unit == "month":
        months = (b1.year - a1.year) * 12 + b1.month - a1.month + (b1.day - a1.day) / 30.4
        return round(months, 1) * MONTH, round(months, 1) * MONTH, f"{_short(a)} to {_short(b)} = {months:.1f} months"
    return days * DAY, days * DAY, f"{_short(a)} to {_short(b)} = {show(days * DAY, 'time', 'day')}"


def _short(w: When) -> str:
    return (
        dates.show(w).split(" ", 1)[1]
        if w.grain == "day" and w.spans and w.spans[0][0] == w.spans[0][1]
        else dates.show(w)
    )


_BEHIND = re.compile(r"[\s,]*(?:to|until|till|and|through|[-–—])[\s,]*(?:the\s)?(?:end\sof\s)?", re.IGNORECASE)
_AFTERWARDS = re.compile(r"\b(?:since|after|from)\s(?:\w+\s)?$", re.IGNORECASE)
MINUTES_A_DAY = 1440
_UNITS = {"year": YEAR, "month": MONTH, "week": 7 * DAY, "day": DAY, "h": 60 * MINUTE, "min": MINUTE}
HOURS = frozenset(("h", "min", "s"))  # units in which the time between two days is not known


def _from_to(places: tuple[Place, ...]) -> bool:
    """Whether two places of one sentence bound a stretch: "from 1908 to 1911"."""
    (s, _, a2), (_, b1, _) = sorted(places, key=lambda p: p[1])
    return bool(_BEHIND.fullmatch(s.reading.text[a2:b1]))


def _between_clocks(read: list[Sentence]) -> Iterator[Length]:
    """The times between two clock times, over midnight where the later one is told as the earlier hour."""
    told = [
        (s, w) for s in sorted(read, key=lambda s: s.passage.start) for w in s.reading.dates if w.minute is not None
    ]
    for (s1, a), (s2, b) in combinations(told, 2):
        if a.minute is None or b.minute is None:
            continue
        here = ((s1, a.start, a.end), (s2, b.start, b.end))
        day1, day2 = _day_of(s1, a), _day_of(s2, b)
        turned = s1 is s2 and bool(_AFTERWARDS.search(s1.reading.text[: b.start]))
        choices = {b.minute - a.minute}
        if "either" in (a.part, b.part):
            choices |= {b.minute - a.minute + dates.HALF_DAY, b.minute - a.minute - dates.HALF_DAY}
        for minutes in choices:
            if day1 is not None and day2 is not None and day1 != day2:
                minutes += MINUTES_A_DAY * (day2 - day1).days
                minutes = abs(minutes)
            elif turned:
                minutes = -minutes % MINUTES_A_DAY
            else:
                minutes %= MINUTES_A_DAY
            if not 0 < minutes <= 4 * MINUTES_A_DAY or ("either" in (a.part, b.part) and minutes > dates.HALF_DAY):
                continue
            work = f"{a.text} to {b.text} = {_spelt(minutes)}"
            fields = (
                ("from_to", float(s1 is s2 and _from_to(here))),
                ("open", float("either" in (a.part, b.part))),
                ("dated", float(day1 is not None and day2 is not None)),
            )
            yield Length(minutes * MINUTE, minutes * MINUTE, work, "clock", here, fields)


def _spelt(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    told = [f"{count} {name}{'s' * (count > 1)}" for count, name in ((hours, "hour"), (rest, "minute")) if count]
    return " and ".join(told)


_ITS_DAY = re.compile(r",?\s(?:on\s)?")
_ITS_HOUR = re.compile(r",?\s(?:at\s|by\s|from\s)?(?:about\s|around\s)?")


def _day_of(s: Sentence, w: When) -> dt.date | None:
    """The day that a clock time is of, where the sentence tells it beside it."""
    text = s.reading.text
    for d in s.reading.dates:
        if d.grain == "day" and d.spans:
            behind = d.start >= w.end and _ITS_DAY.fullmatch(text[w.end : d.start])
            ahead = d.end <= w.start and _ITS_HOUR.fullmatch(text[d.end : w.start])
            if behind or ahead:
                return d.spans[0][0]
    return None


def _aged(
    v: View,
    told: list[tuple[Sentence | None, When]],
    ages: list[tuple[Sentence, Quantity]],
    spans: list[tuple[Sentence, Quantity]],
) -> Iterator[Length]:
    """The age at one date of somebody whose age at another is told: "79" in 2016 was 37 in 1974."""
    if v.reference is None:
        return
    for s, age in ages:
        for s2, w in told:
            if s2 is None or w.grain not in ("year", "month", "day"):
                continue
            years = v.reference.year - w.spans[0][0].year
            then = age.lo - years * YEAR
            if not years or then <= 0:
                continue
            work = f"{age.text} − ({v.reference.year} − {w.spans[0][0].year}) = {round(then / YEAR)}"
            places = ((s, age.start, age.end), (s2, w.start, w.end))
            yield Length(then - YEAR, then, work, "aged", places, (("here", float(s is s2)),))
        for s2, o in spans:
            then = age.lo - o.lo
            if then > 0:
                work = f"{age.text} − {o.text} = {round(then / YEAR)}"
                places = ((s, age.start, age.end), (s2, o.start, o.end))
                yield Length(then - YEAR, then, work, "aged", places, (("here", float(s is s2)), ("stated", 1.0)))


_IN_ALL = re.compile(r"\b(?:includ\w+|counting|inclusive|all\stold|altogether|in\sall)\b", re.IGNORECASE)
_THEN = re.compile(
    r"\b(?:was|were|when|turned|began|became|joined|died|in\s(?:1[5-9]|20)\d\d|before|after|at\sthe\stime)\b",
    re.IGNORECASE,
)


def features(v: View, q: Quantity, work: Length, works: list[Length]) -> dict[str, float]:
    """How the places of a length stand to the claim: shares of its words about them, and their kind."""
    stand = list({id(s): s for s, _, _ in work.places}.values())
    asked = v.claim.events_at(q.start, q.end)
    met = [s.reading.events_at(start, end) for s, start, end in work.places]
    left, right = v.claim.neighbours(q.start, q.end)
    sides = [s.reading.neighbours(start, end) for s, start, end in work.places]
    clauses = frozenset().union(*(s.reading.clause(start, end) for s, start, end in work.places))
    close = frozenset().union(*(s.reading.near(start, end, 3) for s, start, end in work.places))
    owner = len(v.proper & close) / len(v.proper) if v.proper else 0.5
    common = standing(v, q, work.places)
    of_age, apart = float(q.head == _AGE), float(asks_difference(v.claim, q))
    return {
        **common,
        "left": float(bool(left) and any(left == a for a, _ in sides)),
        "right": float(bool(right) and any(right == b for _, b in sides)),
        "clause": v.share(v.claim.clause(q.start, q.end), clauses),
        "owner": owner,
        "age_owner": of_age * owner,
        "rivals": math.log(max(1, sum(1 for w in works if w.kind == work.kind))),
        "names": sum(v.names(s) for s in stand) / len(stand),
        "event": float(bool(asked and any(asked & m for m in met))),
        "other_event": float(bool(asked and not any(asked & m for m in met))),
        "order": float(not 0.5 <= work.hi / _UNITS.get(q.unit, 1.0) <= 400),
        "bound": float(bool(q.bound)),
        "difference": apart,
        f"is_{work.kind}": 1.0,
        f"age_{work.kind}": of_age,
        f"then_{work.kind}": float(bool(of_age and _THEN.search(v.claim.text))),
        f"hours_{work.kind}": float(q.hi < DAY),
        f"cover_{work.kind}": common["cover"],
        f"difference_{work.kind}": apart,
        **{f"{work.kind}_{name}": x for name, x in work.fields},
    }


def _score(v: View, q: Quantity, work: Length, works: list[Length]) -> float:
    return sum(WEIGHTS.get(name, 0.0) * x for name, x in features(v, q, work, works).items())
