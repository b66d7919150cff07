"""Quantities of the claim against those of the source: amounts, measures, percentages, ratios.

Holds the judging of one number, which ``count`` shares. Says nothing of plain
counts (``count``) and of durations, ages and dates (``date``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from factcheck import calculation
from factcheck.alignment import Sentence, View, direction, noun_match, view
from factcheck.domain import Judgement, Label, Pair, Slot, SlotFinding, SlotKind, SlotState
from factcheck.quantities import Quantity, comparable, compare, compare_values, plain, show

RULE = "FC202"
CALCULATION = "FC211"
COMPARISON = "FC213"

CONFLICT_FLOOR = 0.5  # below it a differing value is only "not backed"

WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "conflict": {
        "": -3.53, "agreeing": -0.38, "alignment": 0.71, "alone": 0.25, "anagram": 0.85, "bound": 0.06,
        "clause": 0.48, "cover": -0.51, "digits": 0.22, "evidence": 0.3, "lead": -0.11, "near": 0.57, "noun": 0.57,
        "novel": 0.35, "other_noun": -0.62, "rate": 0.29, "rivals": 0.15, "same_digits": 0.83, "short": 0.06,
        "unit": -0.23, "whole": 0.61, "window": 0.16,
    },
    "backed": {
        "": -0.5, "noun": 1.5, "cover": 1.5, "window": 1.0, "evidence": 0.5,
    },
    "derived": {
        "": -2.94, "beside": 1.57, "cover": 1.63, "cue": 0.52, "digits": 0.43, "evidence": 0.74, "is_change": -1.24,
        "is_difference": 0.35, "is_each": -0.61, "is_product": -0.03, "is_ratio": 0.47, "is_rest": 0.74,
        "is_share": 0.36, "is_total": -0.07, "noun": 0.23, "novel": 1.53, "three": -0.37, "together": 0.61,
    },
    "expected": {
        "": -2.0, "cover": 2.0, "novel": -1.0, "noun": 1.0,
    },
    "date_backed": {
        "": 0.0, "cover": 1.5, "window": 1.0, "evidence": 0.5,
    },
    "date_conflict": {
        "": -4.25, "agreeing": 0.2, "alignment": 0.77, "claim_inferred": 0.38, "clause": 0.03, "coarser": -0.15,
        "cover": 0.39, "evidence": 1.21, "inferred": -0.02, "near": -0.29, "novel": 0.72, "offset": -0.13,
        "one_part": 0.81, "relation": 0.72, "rivals": -0.38, "same_form": 0.1, "same_grain": 0.43,
        "same_part": -0.09, "short": 0.28, "time": 0.27, "vague": -0.46, "window": -0.2,
    },
    "date_moved": {
        "": -1.37, "cover": 1.29, "evidence": 0.24, "exact": 0.52, "month": -0.07, "novel": 0.66, "published": 1.11,
        "together": 0.74,
    },
    "span": {
        "": -0.15, "bound": 0.5, "cover": 1.12, "evidence": -0.25, "large": 1.29, "novel": 1.02, "published": 0.57,
        "since": -0.1, "together": 0.83, "window": 0.67, "years": -0.17,
    },
}


def confidence(kind: str, features: Mapping[str, float]) -> float:
    """How sure the checker is, by weights fitted on labelled articles (``benchmarks/slots.py --fit``)."""
    weights = WEIGHTS[kind]
    z = weights[""] + sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


@dataclass(frozen=True)
class Candidate:
    """A figure of the source beside a slot of the claim."""

    sentence: Sentence
    quantity: Quantity
    stands: str  # equal, consistent, differs, unknown
    features: Mapping[str, float]
    alignment: float


def significant(q: Quantity) -> int:
    """How many digits of the figure were meant: 3 and more hardly meet by chance."""
    digits = f"{abs(q.number):.10g}".replace(".", "").strip("0")
    return len(digits.split("e")[0])


def candidates(v: View, q: Quantity) -> list[Candidate]:
    """Every figure of the source that could fill the slot, with how well it is aligned."""
    claim_near = v.claim.near(q.start, q.end, 4)
    claim_clause = v.claim.clause(q.start, q.end) - set(q.nouns)
    found: list[Candidate] = []
    for s in v.sentences:
        r = s.reading
        rivals = sum(1 for c in r.quantities if comparable(q, c))
        for c in r.quantities:
            same_digits = _same_digits(q, c)
            if comparable(q, c):
                stands = compare(q, c)
            elif same_digits and q.dim not in ("count", "ordinal", "multiple") and c.dim not in ("ordinal", "multiple", "time") and c.unit != "share":
                stands = "differs"
            else:
                continue
            near = r.near(c.start, c.end, 7)
            clause = r.clause(c.start, c.end)
            noun = noun_match(q, c, claim_near, near) if q.dim in ("count", "ordinal") or q.nouns or c.nouns else 0.7
            window = v.share(claim_near, near)
            features = {
                "noun": noun,
                "other_noun": float(q.dim == "count" and noun == 0.0),
                "cover": s.cover,
                "near": s.cover_near,
                "window": window,
                "clause": v.share(claim_clause, clause),
                "evidence": float(s.evidence),
                "novel": v.novel,
                "rivals": math.log(rivals or 1),
                "same_digits": float(same_digits and stands == "differs"),
                "anagram": float(stands == "differs" and _anagram(q, c)),
                "digits": float(min(significant(q), 4)),
                "bound": float(bool(q.bound)),
                "rate": float(bool(q.rate) == bool(c.rate)),
                "short": float(len(v.claim.content) < 4),
                "whole": float(q.whole is not None and c.whole == q.whole),
                "unit": float(q.unit == c.unit),
                "first": 0.0,
            }
            alignment = 1.2 * noun + 1.2 * window + 1.4 * s.cover + 0.6 * features["clause"] + 0.3 * s.cover_near + 0.3 * s.evidence
            found.append(Candidate(s, c, stands, features, alignment))
    return found


def _same_digits(q: Quantity, c: Quantity) -> bool:
    """The figure as written is the same, whatever the unit or scale: 1.2m and 1.2bn, 60 metres and 60 cm."""
    if not q.number or not c.number or q.unit == "share" or c.unit == "share":
        return False
    a, b = abs(q.number), abs(c.number)
    if a == b:
        return q.unit != c.unit
    ratio = a / b if a > b else b / a
    return any(abs(ratio - power) < 1e-9 * power for power in (10.0, 100.0, 1e3, 1e6, 1e9)) and significant(q) >= 2


def _anagram(q: Quantity, c: Quantity) -> bool:
    """The same digits in another order, or one digit changed: 2,340 and 3,240."""
    a, b = f"{q.number:.10g}", f"{c.number:.10g}"
    return len(a) >= 3 and len(a) == len(b) and a != b and (sorted(a) == sorted(b) or sum(x != y for x, y in zip(a, b, strict=True)) == 1)


def judge_number(
    v: View, q: Quantity, kind: SlotKind, rule: str, *,
    more: Callable[[View, Quantity], SlotFinding | None] | None = None,
) -> SlotFinding:  # fmt: skip
    """How the source stands to one number of the claim.

    ``more`` may find another derivation (a counted list, a span between two
    dates) before the value is held to conflict or to be missing.
    """
    slot = Slot(kind=kind, text=q.text, start=q.start, end=q.end, value=q.value, fills=" ".join(q.nouns) or q.unit)

    def finding(state: SlotState, sure: float, s: Sentence | None = None, c: Quantity | None = None, work: str = "", by: str = rule) -> SlotFinding:
        start = s.passage.start + c.start if s and c else None
        end = s.passage.start + c.end if s and c else None
        return SlotFinding(slot=slot, state=state, rule=by, confidence=round(sure, 3), found=c.text if c else "",
                           derivation=work, start=start, end=end)  # fmt: skip

    found = candidates(v, q)
    agreeing = [c for c in found if c.stands in ("equal", "consistent")]
    differing = [c for c in found if c.stands == "differs"]
    best = max(agreeing, key=lambda c: (c.alignment + 0.3 * (c.stands == "equal"), -c.sentence.passage.start), default=None)
    rival = max(differing, key=lambda c: (c.alignment, -c.sentence.passage.start), default=None)
    swapped = bool(best and rival and q.dim == "count" and best.features["noun"] < 0.4 and rival.features["noun"] >= 0.9
                   and rival.alignment > best.alignment + 0.8)  # fmt: skip
    if best is not None and not swapped:
        sure = confidence("backed", best.features | {"lead": best.alignment - (rival.alignment if rival else 0.0)})
        c = best.quantity
        turned = _turned(v, q, best)
        if turned:
            return finding(SlotState.CONFLICTING, sure * 0.85, best.sentence, c, turned, COMPARISON)
        if sure >= 0.3:
            if best.stands == "equal" and (c.unit == q.unit or c.text.lower() == q.text.lower()):
                return finding(SlotState.BACKED, sure, best.sentence, c)
            return finding(SlotState.DERIVED if c.unit != q.unit else SlotState.BACKED, sure, best.sentence, c, explain(q, c))
    extra = more(v, q) if more else None
    if extra is not None and extra.state in (SlotState.BACKED, SlotState.DERIVED):
        return extra
    if q.dim not in ("ordinal",) and not swapped:
        derived = _derived(v, q)
        if derived is not None:
            work, sure = derived
            s, c = work.operands[0]
            return finding(SlotState.DERIVED, sure, s, c, work.text, CALCULATION)
        for work in calculation.expected(v, q):
            if compare_values(q, work.value, work.value) != "differs":
                continue
            sentences = [s for s, _ in work.operands]
            features = {"cover": sum(s.cover for s in sentences) / len(sentences), "novel": v.novel,
                        "noun": max(noun_match(q, o, frozenset(), frozenset()) for _, o in work.operands),
                        "share": float(work.kind == "share"), "total": float(work.kind == "total")}  # fmt: skip
            sure = confidence("expected", features)
            if sure >= CONFLICT_FLOOR:
                s, c = work.operands[0]
                return finding(SlotState.CONFLICTING, sure, s, c, f"{work.text}, not {q.text}", CALCULATION)
    if extra is not None:
        return extra
    if rival is not None:
        features = dict(rival.features)
        features["agreeing"] = float(best is not None)
        features["alone"] = float(len(differing) == 1)
        others = sorted((c.alignment for c in differing if c.quantity.lo != rival.quantity.lo), reverse=True)
        features["lead"] = rival.alignment - (others[0] if others else 0.0)
        features["alignment"] = rival.alignment
        sure = confidence("conflict", features)
        if sure >= CONFLICT_FLOOR:
            c = rival.quantity
            return finding(SlotState.CONFLICTING, sure, rival.sentence, c, f"the source has {c.text}, not {q.text}")
        return finding(SlotState.MISSING, sure, work=missing(q, rival))
    return finding(SlotState.MISSING, 0.5, work=missing(q, None))


def explain(q: Quantity, c: Quantity) -> str:
    """Why a figure that is not the same to the letter backs the claim's."""
    if q.unit != c.unit and q.unit != "share" and c.unit != "share" and q.dim == c.dim and q.unit and c.unit:
        return f"{c.text} = {show(c.value, c.dim, q.unit)}"
    if q.unit == "share" or c.unit == "share":
        return f"{q.text} = {plain(round(q.value, 1))}%; the source has {c.text}" if q.unit == "share" else f"{c.text} = {plain(round(c.value, 1))}%"
    hedge = {"more": "is more than", "least": "is at least", "less": "is less than", "most": "is at most", "about": "is about",
             "nearly": "is nearly", "over": "is just over"}.get(q.bound, "rounds to")  # fmt: skip
    return f"{c.text} {hedge} {show(q.value, q.dim, q.unit)}"


def missing(q: Quantity, nearest: Candidate | None) -> str:
    """What the source does not say, for the reporter."""
    what = f"the source does not give {q.text}"
    if nearest is None:
        return what
    return f"{what}; nearest figure: {nearest.quantity.text}"


def _turned(v: View, q: Quantity, best: Candidate) -> str:
    """Words when the same figure is told as less where the claim tells more, or the reverse; else nothing."""
    if best.sentence.cover < 0.45 or best.features["noun"] < 0.4:
        return ""
    mine = direction(v.claim, q.start, q.end)
    theirs = direction(best.sentence.reading, best.quantity.start, best.quantity.end)
    if mine * theirs >= 0:
        return ""
    return f"the source says {best.quantity.text} {'less' if theirs < 0 else 'more'}, the claim {'more' if mine > 0 else 'less'}"


def _derived(v: View, q: Quantity) -> tuple[calculation.Derivation, float] | None:
    claim_cues = calculation.cues(v)
    best: tuple[calculation.Derivation, float] | None = None
    for work in calculation.derivations(v, q):
        sentences = {id(s): s for s, _ in work.operands}
        features = {
            "cue": float(calculation.asked_for(work.kind, claim_cues, q)),
            "digits": float(min(significant(q), 3)),
            "cover": sum(s.cover for s in sentences.values()) / len(sentences),
            "together": float(len(sentences) == 1),
            "evidence": float(all(s.evidence for s in sentences.values())),
            "noun": max(noun_match(q, o, frozenset(), frozenset()) if q.head else 0.5 for _, o in work.operands),
            "novel": v.novel,
            "three": float(len(work.operands) > 2),
            "beside": float(calculation.asks_difference(v.claim, q) and work.kind == "difference"),
            f"is_{work.kind}": 1.0,
        }
        sure = confidence("derived", features)
        if best is None or sure > best[1]:
            best = work, sure
    return best if best is not None and best[1] >= 0.6 else None


def judgement(pair: Pair, checker: str, findings: list[SlotFinding]) -> Judgement | None:
    """The findings of one checker as its judgement; None where the claim has no slot of its kind."""
    if not findings:
        return None
    conflicts = [f.confidence for f in findings if f.state is SlotState.CONFLICTING]
    backed = [f.confidence for f in findings if f.state in (SlotState.BACKED, SlotState.DERIVED)]
    if conflicts:
        label, sure = Label.CONTRADICTION, max(conflicts)
    elif len(backed) == len(findings):
        label, sure = Label.ENTAILMENT, min(backed)
    else:
        label, sure = Label.NEUTRAL, 0.5
    return Judgement(claim_id=pair.claim.id, source_id=pair.source.id, passage_ids=tuple(p.id for p in pair.passages),
                     checker=checker, label=label, confidence=sure, findings=tuple(findings))  # fmt: skip


def _is_slot(q: Quantity) -> bool:
    return q.dim not in ("count", "ordinal", "time") and not (q.form == "article" and not q.bound)


def check(pair: Pair) -> Judgement | None:
    """Compares each amount, measure, share and ratio of the claim with the source's for the same thing.

    "4,200 tonnes" is no evidence about "4,200 euros"; a figure of another thing
    leaves the slot missing, never conflicting.
    """
    v = view(pair)
    return judgement(pair, "quantity", [judge_number(v, q, SlotKind.QUANTITY, RULE) for q in v.claim.quantities if _is_slot(q)])
