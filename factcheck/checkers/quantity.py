"""Quantities of the claim against those of the source: amounts, measures, percentages, ratios.

Holds the judging of one number, which ``count`` shares. Says nothing of plain
counts (``count``) and of durations, ages and dates (``date``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from factcheck import calculation, meant, working
from factcheck.alignment import (
    Reading,
    Sentence,
    View,
    asks_former,
    former,
    noun_match,
    siblings_met,
    view,
    vote_side,
)
from factcheck.comparatives import LESS, MORE, any_of
from factcheck.domain import Judgement, Label, Pair, Slot, SlotFinding, SlotKind, SlotState
from factcheck.pairs import allotted, crossed
from factcheck.quantities import Quantity, comparable, compare, compare_values, is_label, other_rate, plain, show
from factcheck.told import related

RULE = "FC202"
CALCULATION = "FC211"

BACKED_FLOOR = 0.35  # below it an equal figure is held to be of something else
DERIVED_FLOOR = 0.55
WEAK = 0.75  # a half or a quarter is told of many things: from here it is the claim's
UNHEARD = 2  # words of the claim that stand nowhere in the source
OUTWEIGHS = 0.88  # a calculation this likely gives the claim's value, whatever else its words may mean
BLOCKING = 0.3  # a calculation this likely gives the claim's value: a differing figure is then of something else
# Chosen on 444 labelled articles: of the findings above it 92 in 100 are on contradicted claims with the deciding
# sentences as evidence, 94 with the four nearest sentences (benchmarks/slots.py). In-sample: the floor, a few of
# the weights and the "derived" weights come from the same articles.
CONFLICT_FLOOR = 0.77
# Where the source has all but one of the claim's words, no calculation gives its figure and none is asked
# for, less is enough, at the same rate of right findings.
PLAIN_FLOOR = 0.68
UNDERIVABLE = 0.15
# Two digits exchanged, or one changed, in a figure of the same thing, or beside the same other figures: a slip.
SLIP_FLOOR = 0.6

WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "conflict": {
        "": -2.5,
        "agreeing": 0.26,
        "alignment": 0.59,
        "alone": 0.19,
        "anagram": 0.43,
        "bound": 0.2,
        "clause": 0.3,
        "cover": -0.72,
        "derivable": -1.29,
        "digits": 0.12,
        "evidence": 0.3,
        "far": -0.37,
        "former": -0.72,
        "lead": -0.04,
        "left": 0.3,
        "near": 0.84,
        "noun": 0.07,
        "novel": 0.32,
        "only": 0.53,
        "other_noun": -0.51,
        "rate": 0.11,
        "right": 0.35,
        "rivals": 0.56,
        "same_digits": 0.6,
        "short": 0.12,
        "side": 0.8,
        "size": -0.13,
        "small": 0.4,
        "swapped": -0.06,
        "together": 0.35,
        "told": -0.6,
        "unit": -0.65,
        "whole": 0.37,
    },
    "backed": {
        "": -0.2,
        "noun": 0.9,
        "cover": 0.8,
        "window": 0.6,
        "near": 0.3,
        "evidence": 0.5,
        "lead": 0.4,
        "whole": 0.8,
        "side": 0.5,
        "other_side": -1.5,
        "former": -0.8,
        "loose": -0.8,
        "far": -0.4,
    },
    "derived": {
        "": -0.83,
        "adjoining": 0.75,
        "around": -0.39,
        "asked": 0.49,
        "behind": -1.63,
        "bounded": -1.29,
        "change_related": 0.92,
        "cover": -0.37,
        "cue": 0.46,
        "digits": 0.55,
        "each_related": 0.06,
        "earlier_related": 0.17,
        "evidence": 0.57,
        "is_change": -0.6,
        "is_difference": -0.28,
        "is_each": -0.21,
        "is_earlier": 0.17,
        "is_priced": 0.52,
        "is_product": -0.38,
        "is_ratio": 0.68,
        "is_rest": 0.05,
        "is_rival": 0.06,
        "is_share": 0.3,
        "is_total": -0.42,
        "lasting": -0.17,
        "least_around": 0.85,
        "least_cover": 0.64,
        "met": 0.07,
        "noun": 0.16,
        "novel": 0.24,
        "one": 0.76,
        "parts": 1.8,
        "portion": -0.74,
        "priced_related": 0.06,
        "product_related": 0.07,
        "ratio_related": 0.09,
        "related": 0.58,
        "rest_related": 0.22,
        "rival_related": 0.06,
        "same_noun": 0.18,
        "share_related": -0.41,
        "signed": 0.09,
        "three": -0.33,
        "told": -0.15,
        "total_related": -0.67,
        "unheard": 0.16,
        "unmet": -0.17,
        "window": -0.62,
    },
    "list": {
        "": -1.71,
        "figures": 1.06,
        "items": 0.7,
        "kind": 0.99,
        "proper": 0.77,
    },
    "list_conflict": {
        "": -3.0,
        "cover": 1.5,
        "head": 1.0,
        "proper": 0.5,
    },
    "part_conflict": {
        "": 0.5,
        "cover": 1.0,
    },
    "told": {
        "": 0.8,
        "behind": -6.0,
        "cover": 0.5,
        "evidence": 0.5,
        "names": 0.4,
        "turned": -1.0,
        "window": 1.5,
        "unmet": -0.1,
    },
    "date_backed": {
        "": 0.0,
        "cover": 1.5,
        "window": 1.0,
        "evidence": 0.5,
    },
    "date_conflict": {
        "": -3.24,
        "across": -0.18,
        "agreeing": 0.3,
        "alignment": 0.57,
        "asks_other": -0.19,
        "claim_inferred": 0.38,
        "cover": -0.04,
        "derivable": -0.68,
        "evidence": 1.41,
        "gap": -0.15,
        "inferred": -0.05,
        "lead": -0.05,
        "near": 0.04,
        "novel": 0.27,
        "offset": -0.1,
        "one_part": 0.81,
        "relation": 0.62,
        "rivals": -0.45,
        "same_form": 0.18,
        "same_grain": 0.54,
        "same_part": -0.04,
        "short": 0.36,
        "size": -0.36,
        "time": -0.04,
        "together": 0.59,
        "vague": -0.21,
    },
    "date_moved": {
        "": -0.71,
        "cover": 0.93,
        "evidence": 0.29,
        "exact": -0.05,
        "month": 0.06,
        "novel": 0.75,
        "published": 0.92,
        "together": 0.69,
    },
    "span": {
        "": 0.64,
        "bound": -0.19,
        "cover": 0.74,
        "large": 1.14,
        "novel": 0.72,
        "published": -0.34,
        "since": -0.34,
        "together": 0.83,
        "window": 0.46,
        "years": 0.34,
    },
}


def confidence(kind: str, features: Mapping[str, float]) -> float:
    """How sure the checker is, from what it saw of the slot and its candidate.

    The weights of conflict, date_conflict, date_moved and span are
    fitted on labelled articles (``benchmarks/slots_fit.py``), but for conflict's left,
    right, small and told; those of derived on more of them (``benchmarks/derived_fit.py``), but for parts,
    those of list on 116 lists that are as long as a claim's count (80 of them of supported claims);
    those of told, backed, date_backed, list_conflict and part_conflict
    are set by hand and are no calibrated probability.
    """
    weights = WEIGHTS[kind]
    z = weights[""] + sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


@dataclass(frozen=True)
class Candidate:
    """A figure of the source beside a slot of the claim."""

    sentence: Sentence
    quantity: Quantity
    stands: str  # equal, consistent, differs, unknown
    features: dict[str, float]
    alignment: float


def significant(q: Quantity) -> int:
    """How many digits of the figure were meant: 3 and more hardly meet by chance."""
    digits = f"{abs(q.number):.10g}".replace(".", "").strip("0")
    return len(digits.split("e")[0])


def candidates(v: View, q: Quantity) -> list[Candidate]:
    """Every figure of the source that could fill the slot, with how well it is aligned."""
    claim_near = v.claim.near(q.start, q.end, 4)
    claim_clause = v.claim.clause(q.start, q.end) - set(q.nouns)
    past = asks_former(v.claim)
    siblings = [o for o in v.claim.quantities if o.start != q.start]
    side = vote_side(v.claim, q) if q.dim == "count" else 0
    found: list[Candidate] = []
    same_kind = sum(
        1
        for s in v.sentences
        for c in s.reading.quantities
        if comparable(q, c) and (not q.head or noun_match(q, c, claim_near, frozenset()) >= 0.9)
    )
    for s in v.sentences:
        r = s.reading
        rivals = sum(1 for c in r.quantities if comparable(q, c))
        together = siblings_met(v, s, q.start)
        standing = standing_of(v, s)
        for c in r.quantities:
            same_digits = _same_digits(q, c)
            if comparable(q, c):
                stands = compare(q, c)
                if q.dim == "temperature" and q.unit != c.unit and calculation.asks_difference(v.claim, q):
                    stands = _degrees_apart(q, c)
            elif (
                q.number == c.number
                and not (q.dim == "time" and (c.head or c.number < 2 or q.bound in ("more", "least", "less", "most")))
                and ((c.dim == "count" and c.head != "point") or (q.dim == "count" and not q.head))
                and not {q.dim, c.dim} & {"ordinal", "multiple"}
                and not _of_another_unit(v, q, s, c)
            ):
                stands = "equal"  # the unit is said once, or further on: "the price would be closer to 150 million"
            elif (
                same_digits
                and q.dim not in ("count", "ordinal", "multiple")
                and c.dim not in ("count", "ordinal", "multiple", "time")
                and c.unit != "share"
            ):
                stands = "differs"
            else:
                continue
            if stands == "consistent" and not calculation.of_its_order(q, c.value):
                stands = "unknown"  # "less than 15 years" is not what eleven days are called
            if stands == "differs" and q.rate and c.rate and q.rate != c.rate:
                stands = "unknown"  # cents a kilo, cents a pound
            elif stands == "equal" and other_rate(q, c):
                stands = "differs"  # the figure is the same, and so the amount is not
            if stands == "differs" and any(comparable(o, c) and compare(o, c) == "equal" for o in siblings):
                continue  # it fills another slot of the claim
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
                "size": math.log(v.size or 1),
                "former": float(not past and former(r, c.start)),
                "far": _far(q, c) if stands in ("differs", "consistent") and not same_digits else 0.0,
                "only": float(rivals == 1),
                "together": together,
                "alike": math.log1p(same_kind),
                "small": float(q.number <= 3 and c.number <= 3),
                "slots": float(len(v.claim.quantities) + len(v.claim.dates)),
                "told": float(_told_difference(s, c) and not calculation.asks_difference(v.claim, q)),
                **standing,
                **beside(v, q.start, q.end, r, c.start, c.end),
            }
            if c.tally and side:
                other = vote_side(r, c, _tally(r, c))
                features["side"] = float(other == side)
                features["other_side"] = float(other == -side)
                if other == -side:
                    features["noun"] = noun = min(noun, 0.1)
            alignment = (
                1.2 * noun
                + 1.2 * window
                + 1.4 * s.cover
                + 0.6 * features["clause"]
                + 0.3 * s.cover_near
                + 0.5 * s.evidence
            )
            alignment += 0.6 * features.get("side", 0.0) - 0.5 * features["former"] - 0.25 * features["far"]
            found.append(Candidate(s, c, stands, features, alignment))
    return found


def _of_another_unit(v: View, q: Quantity, s: Sentence, c: Quantity) -> bool:
    """Whether a bare figure has the unit of a figure before it, which is not the claim's: "sold at 52 dollars. It cost 38"."""  # noqa: E501
    dims = {o.dim for o in calculation.in_full(v, s) if o.start == c.start}
    measured = any(dim.startswith("money") or dim in ("mass", "area", "volume") for dim in dims)
    return q.dim != "count" and measured and q.dim not in dims


def _degrees_apart(q: Quantity, c: Quantity) -> str:
    """How two differences of temperature in two units stand to each other: 1.8 degrees Celsius are 3.2 Fahrenheit."""
    scale = 1.8 if q.unit.lower().endswith("f") else 1 / 1.8
    return "consistent" if abs(c.number * scale - q.number) <= 0.12 * q.number else "differs"


def standing_of(v: View, s: Sentence) -> dict[str, float]:
    """How a sentence stands among the others as the one that tells of the claim."""
    best = max((o.cover for o in v.sentences), default=0.0)
    return {
        "behind": best - s.cover,
        "best": float(s.cover >= best - 1e-9),
        "names": v.names(s),
        "unmet": min(float(len(v.claim.content - s.reading.content - v.beside(s))), 6.0),
        "unheard": min(float(len(v.unheard)), 5.0),
    }


def beside(v: View, start: int, end: int, r: Reading, c_start: int, c_end: int) -> dict[str, float]:
    """Whether the nearest words of content on either side of two figures are the same."""
    left, right = v.claim.neighbours(start, end)
    c_left, c_right = r.neighbours(c_start, c_end)
    return {
        "left": float(bool(left) and left == c_left),
        "right": float(bool(right) and right == c_right),
        "met_left": float(bool(left) and left in r.content),
        "met_right": float(bool(right) and right in r.content),
    }


_OTHER_THING = re.compile(
    r"\b(?:others?|rest|remaining|except|apart|besides|another|instead|alone|each|per|average|more|fewer|less|than|difference|extra|further|total|altogether|"
    r"together|combined|between\s(?:them|the)|not|never|without|un[a-z]{3,})\b",
    re.IGNORECASE,
)


_OTHER_PART = re.compile(r"\s(?:of the\s)?(?:others?|more|further|extra|additional|remaining)\b", re.IGNORECASE)


def asks_other(v: View, start: int, end: int) -> float:
    """Whether the claim's words beside a figure ask for another figure than the source states (a rest, a sum, an average)."""  # noqa: E501
    text = v.claim.text
    return float(
        bool(_OTHER_THING.search(text[max(0, start - 30) : start]) or _OTHER_THING.search(text[end : end + 40]))
    )


def _far(q: Quantity, c: Quantity) -> float:
    """How many powers of ten lie between the two values: figures of one thing are seldom far apart."""
    if q.value <= 0 or c.value <= 0 or q.dim != c.dim or q.dim == "temperature":
        return 0.0
    return min(abs(math.log10(q.value / c.value)), 3.0)


def _tally(r: Reading, c: Quantity) -> tuple[Quantity, Quantity] | None:
    """The two figures of the vote or score that a figure belongs to."""
    for a, b in pairwise(r.quantities):
        if a.tally == 1 and b.tally == 2 and c.start in (a.start, b.start):
            return a, b
    return None


def _same_digits(q: Quantity, c: Quantity) -> bool:
    """The figure as written is the same, whatever the unit or scale: 1.2m and 1.2bn, 60 metres and 60 cm."""
    if not q.number or not c.number or q.unit == "share" or c.unit == "share":
        return False
    if is_label(q) or is_label(c):
        return False
    a, b = abs(q.number), abs(c.number)
    if a == b:
        return q.unit != c.unit
    ratio = a / b if a > b else b / a
    return any(abs(ratio - power) < 1e-9 * power for power in (10.0, 100.0, 1e3, 1e6, 1e9)) and significant(q) >= 2


RATE_COVER = 0.2  # least share of the claim's words beside a round amount, such as €4, that is told for another unit
CURRENCY = 0.85  # set by hand: the same figure in another currency is the same figure with a slip
_DOLLARS = re.compile(r"dollar|\b[a-z]{2}d\b|\$", re.IGNORECASE)


def _another_currency(q: Quantity, c: Candidate) -> bool:
    """The very figure in another currency, where the source has no such figure in the claim's own."""
    other = c.quantity
    return (
        q.dim.startswith("money")
        and other.dim.startswith("money")
        and q.dim != other.dim
        and q.number == other.number
        and (significant(q) >= 2 or c.features["cover"] >= 0.5)
        and c.features["cover"] >= 0.2
        and not (_DOLLARS.search(q.dim) and _DOLLARS.search(other.dim))
    )


def _another_rate(q: Quantity, c: Candidate) -> bool:
    """The claim's amount for another unit: 48p a kilometre, where the source has 48p a mile."""
    same = compare(q, c.quantity) == "equal" and other_rate(q, c.quantity)
    return same and bool(c.features["evidence"]) and (significant(q) >= 2 or c.sentence.cover >= RATE_COVER)


def _another_measure(q: Quantity, c: Candidate) -> bool:
    """The very figure in another unit of the same measure: 212 miles, where the source has 212 kilometres."""
    other = c.quantity
    same = q.number == other.number and q.dim == other.dim and q.unit != other.unit
    of_a_measure = not q.dim.startswith("money") and q.dim not in ("count", "time", "percent", "multiple", "ordinal")
    return (
        same and of_a_measure and bool(c.features["evidence"]) and (significant(q) >= 2 or c.features["cover"] >= 0.5)
    )


def _another_scale(q: Quantity, c: Candidate) -> bool:
    """The very figure in millions, where the source has it in billions, or the other way round."""
    other = c.quantity
    small, large = sorted((q.value, other.value))
    alike = q.dim == other.dim and q.unit == other.unit and q.bound == other.bound and significant(q) >= 2
    return alike and bool(c.features["evidence"]) and small >= 1e6 and abs(large / small - 1e3) < 1e-6


_SLIPS = (_another_currency, _another_rate, _another_measure, _another_scale)


def _with_rate(r: Reading, q: Quantity) -> str:
    rate = _RATE.match(r.text, q.end) if q.rate else None
    return r.text[q.start : rate.end()] if rate else q.text


_RATE = re.compile(r"(?:\s(?:an?|per|every|for\s(?:each|every))\s|/|-an?-|-per-)\w+", re.IGNORECASE)


def _anagram(q: Quantity, c: Quantity) -> bool:
    """The same digits in another order, or one digit changed: 2,340 and 3,240."""
    a, b = f"{q.number:.10g}", f"{c.number:.10g}"
    return (
        len(a) >= 3
        and len(a) == len(b)
        and a != b
        and (sorted(a) == sorted(b) or sum(x != y for x, y in zip(a, b, strict=True)) == 1)
    )


def judge_number(
    v: View,
    q: Quantity,
    kind: SlotKind,
    rule: str,
    *,
    more: Callable[[View, Quantity], SlotFinding | None] | None = None,
) -> SlotFinding:
    """How the source stands to one number of the claim.

    ``more`` may find another derivation (a counted list, a span between two
    dates) before the value is held to conflict or to be missing.
    """
    judged = _Number(v, q, kind, rule, more)
    return next(finding for step in _STEPS if (finding := step(judged)) is not None)


class _Number:
    """One number of the claim beside the figures of the source; ``_STEPS`` has the order of its methods."""

    def __init__(
        self,
        v: View,
        q: Quantity,
        kind: SlotKind,
        rule: str,
        more: Callable[[View, Quantity], SlotFinding | None] | None,
    ) -> None:
        self.v, self.q, self.rule = v, q, rule
        self._slot = Slot(
            kind=kind, text=q.text, start=q.start, end=q.end, value=q.value, fills=" ".join(q.nouns) or q.unit
        )
        self._more = more
        self._derivable = 0.0  # how likely a calculation gives the claim's value, as far as it was looked for

    def _finding(
        self,
        state: SlotState,
        sure: float,
        s: Sentence | None = None,
        c: Quantity | None = None,
        work: str = "",
        by: str = "",
    ) -> SlotFinding:
        return SlotFinding(
            slot=self._slot,
            state=state,
            rule=by or self.rule,
            confidence=round(sure, 3),
            found=c.text if c else "",
            derivation=work,
            start=s.passage.start + c.start if s and c else None,
            end=s.passage.start + c.end if s and c else None,
        )

    def _against(self, sure: float, s: Sentence, c: Quantity, work: str, by: str = CALCULATION) -> SlotFinding:
        return self._finding(SlotState.CONFLICTING, sure, s, c, work, by)

    # -- what the source sets against the figure, whatever figures it has

    def crossed(self) -> SlotFinding | None:
        """The source has another figure for what the claim's belongs to."""
        other = crossed(self.v, self.q) or allotted(self.v, self.q)
        if other is None:
            return None
        s, told, sure = other
        why = f"the source has {told.value.text} for {told.shown()}, not {self.q.text}"
        return self._against(sure, s, told.value, why, self.rule)

    def worked(self) -> SlotFinding | None:
        """The draft's own calculation comes to something else."""
        worked = working.against(self.v, self.q)
        if worked is None:
            return None
        result, s, c, sure = worked
        return self._against(sure, s, c, f"{result.text}, not {self.q.text}")

    def all_but(self) -> SlotFinding | None:
        """The source has it of all but these."""
        turned = _all_but(self.v, self.q)
        if turned is None:
            return None
        s, c, whole, sure = turned
        why = f"{plain(whole)} − {plain(c.lo)} = {plain(whole - c.lo)}: the source has it of all but these"
        if "but" not in s.reading.low[max(0, c.start - 10) : c.start]:
            why = f"the source has it of {c.text} of {plain(whole)}, not of all but these"
        return self._against(sure, s, c, why)

    # -- figures of the source that could be the claim's

    @cached_property
    def _found(self) -> list[Candidate]:
        return candidates(self.v, self.q)

    @cached_property
    def _differing(self) -> list[Candidate]:
        return [c for c in self._found if c.stands == "differs"]

    @cached_property
    def _best(self) -> Candidate | None:
        """The figure that agrees with the claim's and is best aligned with it."""
        agreeing = (c for c in self._found if c.stands in ("equal", "consistent"))
        return max(
            agreeing, key=lambda c: (c.alignment + 0.3 * (c.stands == "equal"), -c.sentence.passage.start), default=None
        )

    @cached_property
    def _rival(self) -> Candidate | None:
        """The figure that differs from the claim's and is best aligned with it."""
        return max(self._differing, key=lambda c: (c.alignment, -c.sentence.passage.start), default=None)

    @property
    def _loose(self) -> bool:
        """Whether many figures meet the claim's: of "more than 300" only the best aligned one counts."""
        return self.q.bound in meant.BOUNDS

    @cached_property
    def _lead(self) -> float:
        return self._best.alignment - self._rival.alignment if self._best and self._rival else 1.0

    @cached_property
    def _by_chance(self) -> bool:
        """Whether a figure meets the claim's bound, and another that does not stands nearer to the claim."""
        return bool(
            self._best and self._rival and self._loose and self._best.stands == "consistent" and self._lead < -0.15
        )

    @cached_property
    def _swapped(self) -> bool:
        """Whether the figure that differs, and not the one that agrees, is of what the claim tells."""
        best, rival = self._best, self._rival
        if best is None or rival is None:
            return False
        return bool(
            self._by_chance
            or (
                self.q.dim == "count"
                and not (best.stands == "equal" and significant(self.q) >= 3)  # no coincidence
                and best.features["noun"] < 0.45
                and rival.features["noun"] >= 0.9
                and self._lead < -0.5
            )
            or (best.features.get("other_side") and rival.features.get("side"))
            or (
                best.features["former"]
                and not rival.features["former"]
                and (self._lead < 0.5 or _now_and_then(best, rival))
            )
        )

    def opposed(self) -> SlotFinding | None:
        """The source bounds the figure on the other side, and nowhere has it."""
        opposed = next((c for c in self._found if c.features["evidence"] and _opposed(self.q, c.quantity)), None)
        if opposed is None or any(c.stands == "equal" for c in self._found):
            return None
        c = opposed.quantity
        return self._finding(SlotState.MISSING, OPPOSED, opposed.sentence, c, f"the source has {_bounded(c)}")

    def before(self) -> SlotFinding | None:
        """The figure was so before, and the source has the one that is now."""
        best = self._best
        if best is None or self._swapped or not best.features["former"]:
            return None
        since = next((c for c in self._found if c.stands == "unknown" and _now_and_then(best, c)), None)
        if since is None:
            return None
        why = f"{self.q.text} was before; the source now has {since.quantity.text}"
        return self._finding(SlotState.MISSING, ABSENT, since.sentence, since.quantity, why)

    def of_which(self) -> SlotFinding | None:
        """The source tells of a part of them what the claim tells of all."""
        best = self._best
        if best is None or self._swapped or (part := _of_which(self.v, self.q, best)) is None:
            return None
        why = f"the source says that of {part.text} of the {best.quantity.text}"
        return self._against(OF_WHICH, best.sentence, part, why, self.rule)

    def agreed(self) -> SlotFinding | None:
        """The source has the figure, in these words or in others."""
        best, q, v = self._best, self.q, self.v
        if best is None or self._swapped or _of_another_whole(q, best):
            return None
        lead = max(-2.0, min(2.0, self._lead))
        more = {"lead": lead, "equal": float(best.stands == "equal"), "loose": float(self._loose)}
        sure = confidence("backed", dict(best.features) | more)
        if sure < BACKED_FLOOR:
            return None
        if sure < WEAK and q.dim in ("percent", "multiple") and len(v.unheard) <= UNHEARD:
            other = meant.against(q, self._meanings)
            if other is not None and other.likely >= meant.SURE:
                return self._other_result(other.work, other.confidence)
        c = best.quantity
        compound = q.dim == "time" and " and " in c.text.replace("and a half", "") and c.text.lower() != q.text.lower()
        if best.stands == "equal" and not compound and (c.unit == q.unit or c.text.lower() == q.text.lower()):
            return self._finding(SlotState.BACKED, sure, best.sentence, c)
        state = SlotState.DERIVED if c.unit != q.unit or compound else SlotState.BACKED
        return self._finding(state, sure, best.sentence, c, explain(q, c))

    def another_unit(self) -> SlotFinding | None:
        """The very figure in another currency or unit, or for another unit."""
        if self._best is not None:
            return None
        unit = next(
            (c for c in self._differing if any(slip(self.q, c) for slip in _SLIPS)),
            None,
        )
        if unit is None:
            return None
        s, c = unit.sentence, unit.quantity
        why = f"the source has {_with_rate(s.reading, c)}, not {_with_rate(self.v.claim, self.q)}"
        return self._against(CURRENCY, s, c, why, self.rule)

    # -- what follows from the figures of the source

    @cached_property
    def _extra(self) -> SlotFinding | None:
        return self._more(self.v, self.q) if self._more else None

    @cached_property
    def _meanings(self) -> list[meant.Meaning]:
        return meant.meanings(self.v, self.q)

    def _other_result(self, work: calculation.Derivation, sure: float) -> SlotFinding:
        s, c = work.operands[0]
        return self._against(sure, s, c, f"{work.text}, not {self.q.text}")

    def more_backs(self) -> SlotFinding | None:
        """A list or a span of dates comes to the figure."""
        return self._extra if self._extra and self._extra.state in (SlotState.BACKED, SlotState.DERIVED) else None

    def calculated(self) -> SlotFinding | None:
        """What calculations from the source's figures make of it."""
        v, q = self.v, self.q
        if q.dim == "ordinal" or q.head == "age" or (self._swapped and not self._by_chance):
            return None
        derived = _derived(v, q)
        backing = meant.backing(self._meanings)
        if backing is not None and (derived is None or derived[1] < backing.confidence):
            derived = backing.work, backing.confidence
        # Many figures meet a bound, and so do many calculations: only what the text itself sets side by side counts.
        if self._by_chance and not (
            derived and derived[0].told and derived[0].kind in calculation.asks_of_told(v.claim, q)
        ):
            return None
        self._derivable = derived[1] if derived else 0.0
        # Of what the source says so little about, it hardly gives the figures either.
        other = meant.against(q, self._meanings) if len(v.unheard) <= UNHEARD else None
        if other is not None and (derived is None or _outweighed(*derived, other)):
            return self._other_result(other.work, other.confidence)
        if derived is not None and derived[1] >= DERIVED_FLOOR:
            work, sure = derived
            s, c = work.operands[0]
            asked = work.told and work.kind in calculation.asks_of_told(v.claim, q)
            if asked and calculation.direction(v.claim, q) == -work.sign != 0:
                way = "a rise" if work.sign > 0 else "a fall"
                return self._against(TURNED, s, c, f"{work.text}, but {way}")
            return self._finding(SlotState.DERIVED, sure, s, c, work.text, CALCULATION)
        if self._best is None and (turned := calculation.turned_round(v, q)) is not None:
            return self._other_result(turned, TURNED)
        against = _against_told(v, q)
        if against is not None and against[1] >= CONFLICT_FLOOR:
            return self._other_result(*against)
        for work in (*calculation.of_people(v, q), *calculation.on_average(v, q)):
            near = work.operands[0][0].cover >= ALL_COVER and 0.5 <= q.value / work.value <= 2
            if near and compare_values(q, work.value, work.value) == "differs":
                return self._other_result(work, TURNED)
        return None

    def more_tells(self) -> SlotFinding | None:
        """A list or a span of dates comes to another figure."""
        return self._extra

    # -- what is left: another figure of the same thing, or none

    @cached_property
    def _conflict(self) -> float:
        """How likely the best aligned figure that differs is another value of the claim's own."""
        rival = self._rival
        assert rival is not None
        others = sorted((c.alignment for c in self._differing if c.quantity.lo != rival.quantity.lo), reverse=True)
        sure = confidence(
            "conflict",
            dict(rival.features)
            | {
                "agreeing": float(self._best is not None),
                "swapped": float(self._swapped),
                "derivable": self._derivable,
                "asks_other": asks_other(self.v, self.q.start, self.q.end),
                "alone": float(len(self._differing) == 1),
                "lead": rival.alignment - (others[0] if others else 0.0),
                "alignment": rival.alignment,
            },
        )
        if self._derivable >= BLOCKING or _OTHER_PART.match(self.v.claim.text[self.q.end : self.q.end + 30]):
            return min(sure, CONFLICT_FLOOR - 0.01)
        return sure

    def differs(self) -> SlotFinding | None:
        """The source has another figure for the same thing."""
        rival = self._rival
        if rival is None:
            return None
        seen = rival.features
        plain_case = (
            seen["unheard"] <= 1
            and seen["evidence"]
            and not asks_other(self.v, self.q.start, self.q.end)
            and self._derivable < UNDERIVABLE
        )
        slip = seen["anagram"] and self._derivable < BLOCKING and (seen["noun"] >= 0.9 or seen["together"] > 0)
        if self._conflict < (SLIP_FLOOR if slip else PLAIN_FLOOR if plain_case else CONFLICT_FLOOR):
            return None
        c = rival.quantity
        mine = _bounded(self.q) if c.text.casefold() == self.q.text.casefold() else self.q.text
        why = f"the source has {c.text}, not {mine}"
        return self._against(self._conflict, rival.sentence, c, why, self.rule)

    def absent(self) -> SlotFinding:
        """The source does not give the figure."""
        sure = 0.5 if self._rival is None else self._conflict
        # "An average of 11 million" may well be "over 11 million".
        open_ = any(c.stands == "unknown" and self.q.lo in (c.quantity.lo, c.quantity.hi) for c in self._found)
        # How often a thing was done is told in many ways: "in 1989 and again in 2008" is twice.
        open_ = open_ or (self.q.dim == "multiple" and not _TIMES_WHAT.match(self.v.claim.text, self.q.end))
        if self._best is None and not open_ and self._derivable < BLOCKING and self.q.dim not in ("ordinal", "time"):
            sure = max(sure, ABSENT)
        return self._finding(SlotState.MISSING, sure, work=missing(self.q, self._rival))


# The first to find something decides.
_STEPS: tuple[Callable[[_Number], SlotFinding | None], ...] = (
    _Number.crossed,
    _Number.worked,
    _Number.all_but,
    _Number.opposed,
    _Number.before,
    _Number.of_which,
    _Number.agreed,
    _Number.another_unit,
    _Number.more_backs,
    _Number.calculated,
    _Number.more_tells,
    _Number.differs,
    _Number.absent,
)


TURNED = 0.85  # set by hand: a difference taken off where the source has it added, or the other way round
# Set by hand, over the bound from which a gap keeps a claim from being supported: the figure stands nowhere in what was
# read of the source, and nothing that does stand there makes it. Spans of time are made of dates, in too many ways.
ABSENT = 0.72


_TIMES_WHAT = re.compile(
    r"\s(?:as|the|that|what|those|his|her|its|their|our|last|this|more|over|normal|usual|[$£€\d])", re.I
)
OF_WHICH = 0.85  # set by hand
_PART = re.compile(r"^\sof\s(?:which|whom|them|these|those)\s([^,;.]{8,120})", re.IGNORECASE)


def _of_which(v: View, q: Quantity, best: Candidate) -> Quantity | None:
    """The part of a figure of which the source says what the claim says of all: "31 variants, 12 of which are new"."""
    text, whole = best.sentence.reading.text, best.quantity
    if q.dim != "count" or _EXCEPT.search(v.claim.text) or any(o.start != q.start for o in v.claim.quantities):
        return None
    for c in best.sentence.reading.quantities:
        told = _PART.match(text[c.end :])
        if c.dim != "count" or c.start < whole.end or not told or c.lo >= whole.lo or ":" in text[whole.end : c.start]:
            continue
        reading = best.sentence.reading
        own = reading.within(c.end + told.start(1), c.end + told.end(1))
        rest = reading.within(0, c.start)
        met = (own - rest) & v.claim.content
        if len(met) >= 2 and 5 * len(met) >= 2 * len(own - rest):
            return c
    return None


OTHER_WHOLE = 0.4  # least share of the claim's words beside a share that is told of something else


def _of_another_whole(q: Quantity, best: Candidate) -> bool:
    """Whether the same share is told of something else: a third of the families, not of the cases."""
    told = bool(q.nouns and best.quantity.nouns) and not best.features["noun"]
    return q.unit == "share" and told and best.sentence.cover < OTHER_WHOLE


def _now_and_then(then: Candidate, now: Candidate) -> bool:
    """Whether the one figure is told as the earlier value of the other: "narrowed from 48.5 to 44 percent"."""
    s = then.sentence
    pairs = related(s.reading.text, s.reading.quantities) if s is now.sentence else ()
    return any(t.old == then.quantity and t.new == now.quantity for t in pairs)


_BOUNDS = {"more": "more than", "least": "at least", "less": "less than", "most": "at most"}
OPPOSED = 0.8  # set by hand: "no more than nine" is never backed by "at least nine"
ALL_BUT = 0.88  # set by hand
_BUT = re.compile(
    r"\b(?:all|everyone|everything|nobody|none|each)\s(?:\w+\s){0,2}?(?:but|except)\s(?:an?\s|the\s)?$", re.IGNORECASE
)
_EXCEPT = re.compile(r"\b(?:but|except|bar|apart|save|not|other|rest|remaining|without)\b|n['’]t\b", re.IGNORECASE)


def _bounded(q: Quantity) -> str:
    """A figure with the words of its bound: "more than 930 euros"."""
    return f"{_BOUNDS[q.bound]} {q.text}" if q.bound in _BOUNDS else q.text


def _opposed(q: Quantity, c: Quantity) -> bool:
    """The same figure as a bound from below here, and from above there."""
    up, down = ("more", "least"), ("less", "most")
    turned = (q.bound in up and c.bound in down) or (q.bound in down and c.bound in up)
    return turned and comparable(q, c) and q.lo == c.lo


def _all_but(v: View, q: Quantity) -> tuple[Sentence, Quantity, float, float] | None:
    """A figure that is told of the few in one text, and of all but the few in the other, with the whole it is of."""
    if q.dim != "count" or q.bound in ("more", "least", "less", "most"):
        return None
    mine = bool(_BUT.search(v.claim.text[: q.start]))
    if not mine and _EXCEPT.search(v.claim.text):
        return None
    for s in v.evidence:
        for c in s.reading.quantities:
            theirs = bool(_BUT.search(s.reading.text[: c.start]))
            if c.dim != "count" or c.lo != q.lo or c.hi != q.hi or mine == theirs or s.cover < ALL_COVER:
                continue
            if mine and _EXCEPT.search(s.reading.text):
                continue
            wholes = [o.lo for o in s.reading.quantities if o.dim == "count" and o.lo > c.lo and o.start < c.start]
            if wholes and wholes[-1] != 2 * c.lo:
                return s, c, wholes[-1], ALL_BUT
    return None


ALL_COVER = 0.5  # least share of the claim's words in the sentence


def explain(q: Quantity, c: Quantity) -> str:
    """Why a figure that is not the same to the letter backs the claim's."""
    if q.dim == "time" and c.dim == "time" and abs(q.lo - c.lo) < 1:
        return f"{c.text} = {q.text}"
    if q.unit != c.unit and q.unit != "share" and c.unit != "share" and q.dim == c.dim and q.unit and c.unit:
        return f"{c.text} = {show(c.value, c.dim, q.unit)}"
    if q.unit == "share" or c.unit == "share":
        return (
            f"{q.text} = {plain(round(q.value, 1))}%; the source has {c.text}"
            if q.unit == "share"
            else f"{c.text} = {plain(round(c.value, 1))}%"
        )
    hedge = {
        "more": "is more than",
        "least": "is at least",
        "less": "is less than",
        "most": "is at most",
        "about": "is about",
        "nearly": "is nearly",
        "over": "is just over",
    }.get(q.bound, "rounds to")
    return f"{c.text} {hedge} {show(q.value, q.dim, q.unit)}"


def missing(q: Quantity, nearest: Candidate | None) -> str:
    """What the source does not say, for the reporter."""
    what = f"the source does not give {q.text}"
    if nearest is None:
        return what
    return f"{what}; nearest figure: {nearest.quantity.text}"


# What two related figures make is held against a claim only if the claim's value is of that order: £6 is no
# slip for £300,000 but a figure of something else.
SAME_ORDER = 5.0


def _against_told(v: View, q: Quantity) -> tuple[calculation.Derivation, float] | None:
    """What the value should be by the figures that the source sets against each other, where the claim asks for that."""  # noqa: E501
    asked = calculation.asks_of_told(v.claim, q)
    if not asked:
        return None
    best: tuple[calculation.Derivation, float] | None = None
    turn = calculation.direction(v.claim, q)
    claim_near = v.claim.near(q.start, q.end, 5)
    for s, t, ops in calculation.pairs_told(v):
        standing = standing_of(v, s)
        for work in calculation.from_told(q, t, ops):
            if compare_values(q, work.value, work.value) != "differs":
                return None  # it may be this
            if all(
                any(comparable(o, c) and compare(c, o) == "equal" for c in v.claim.quantities) for _, o in work.operands
            ):
                continue  # the claim gives the two figures itself
            if work.kind == "change" and any(o.dim == "percent" for _, o in work.operands):
                continue  # a rate that rose from 10 to 12 percent is told in points
            if work.kind not in asked or not work.value or not 1 / SAME_ORDER <= q.value / work.value <= SAME_ORDER:
                continue
            features = {
                "behind": standing["behind"],
                "window": max(v.share(claim_near, s.reading.near(o.start, o.end, 6)) for _, o in work.operands),
                "cover": s.cover_near,
                "evidence": float(s.evidence),
                "turned": float(bool(turn) and turn == -work.sign),
                "unmet": standing["unmet"],
                "names": standing["names"],
            }
            sure = confidence("told", features)
            if best is None or sure > best[1]:
                best = work, sure
    return best


def _derived(v: View, q: Quantity) -> tuple[calculation.Derivation, float] | None:
    claim_cues = calculation.cues(v)
    best: tuple[calculation.Derivation, float] | None = None
    changed = "change" in calculation.asks_of_told(v.claim, q)
    turned = [{(id(s), o.start) for s, o in ops} for _, t, ops in calculation.pairs_told(v) if t.new and t.delta]
    for work in calculation.derivations(v, q):
        if work.kind == "share" and changed and len(work.operands) > 1:
            continue  # "up by a third" is no third of anything
        if any(o.number == q.number and o.unit != q.unit for _, o in work.operands):
            continue  # the claim's own digits, of something else
        if not work.told and {(id(s), o.start) for s, o in work.operands} in turned:
            continue  # "£0.8m less than the year before" is added to get that year's figure, not taken off
        features = {
            **meant.standing(v, q, [(s, o.start, o.end) for s, o in work.operands]) | {"": 0.0},
            "cue": float(calculation.asked_for(work.kind, claim_cues, q)),
            "digits": float(min(significant(q), 3)),
            "evidence": float(all(s.evidence for s, _ in work.operands)),
            "noun": max(noun_match(q, o, frozenset(), frozenset()) if q.head else 0.5 for _, o in work.operands),
            "same_noun": float(len({o.head for _, o in work.operands}) == 1),
            "novel": v.novel,
            "three": float(len(work.operands) > 2),
            "bounded": float(q.bound in meant.BOUNDS),
            "portion": float(q.unit == "share"),
            "lasting": float(q.dim == "time"),
            "told": float(
                work.kind in ("total", "difference", "rest") and any(_told_difference(s, o) for s, o in work.operands)
            ),
            "asked": float(calculation.asks_difference(v.claim, q) and work.kind == "difference"),
            "parts": float(_as_many_parts(v, q, work)),
            "related": float(work.told),
            "signed": float(work.told and work.sign != 0),
            f"is_{work.kind}": 1.0,
            f"{work.kind}_related": float(work.told),
        }
        sure = confidence("derived", features)
        if work.kind == "total" and not (features["cue"] or features["one"] or features["parts"]):
            sure = min(sure, BLOCKING - 0.01)  # two figures that happen to make the third
        if best is None or sure > best[1]:
            best = work, sure
    return best


def _as_many_parts(v: View, q: Quantity, work: calculation.Derivation) -> bool:
    """Whether the claim counts as many things as the sum has parts: "the two outbreaks killed 241" is 97 + 144."""
    figures = [o for _, o in work.operands]
    if work.kind != "total" or significant(q) < 2 or any(o.dim != figures[0].dim for o in figures):
        return False
    if min(o.value for o in figures) * MOST_UNLIKE < max(o.value for o in figures):
        return False
    text = v.claim.text
    counts = [o for o in v.claim.quantities if o.start != q.start and o.dim == "count" and not o.whole and not o.bound]
    return any(o.number == len(figures) and not text.startswith(" of ", o.end) for o in counts)


MOST_UNLIKE = 30  # times that one part of a sum may be another


def _outweighed(work: calculation.Derivation, sure: float, other: meant.Meaning) -> bool:
    """Whether a calculation that gives the claim's value is so much less likely meant that the other one counts."""
    if sure < DERIVED_FLOOR:
        return True
    return other.likely >= meant.SURE and sure < OUTWEIGHS and not work.told and len(work.operands) < 3


_TOLD_DIFFERENCE = re.compile(
    r"^\s(?:\w+\s){0,2}?"
    + any_of(*MORE, *LESS, "above", "below", "over", "under", "short", "others?", "extra")
    + r"\b",
    re.IGNORECASE,
)


def _told_difference(s: Sentence, o: Quantity) -> bool:
    """Whether a figure is itself told as a difference: "300 million less than budgeted"."""
    return bool(_TOLD_DIFFERENCE.match(s.reading.text[o.end : o.end + 40]))


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
    return Judgement(
        claim_id=pair.claim.id,
        source_id=pair.source.id,
        passage_ids=tuple(p.id for p in pair.passages),
        checker=checker,
        label=label,
        confidence=sure,
        findings=tuple(findings),
    )


def _is_slot(q: Quantity) -> bool:
    return q.dim not in ("count", "ordinal", "time") and not (q.form == "article" and not q.bound)


def check(pair: Pair) -> Judgement | None:
    """Compares each amount, measure, share and ratio of the claim with the source's for the same thing.

    "4,200 tonnes" is no evidence about "4,200 euros"; a figure of another thing
    leaves the slot missing, never conflicting.
    """
    v = view(pair)
    return judgement(
        pair, "quantity", [judge_number(v, q, SlotKind.QUANTITY, RULE) for q in v.claim.quantities if _is_slot(q)]
    )
