"""Which calculation the words of a claim ask for, and what it gives: "$140,000 less than the regulator sought".

``calculation`` finds the ways in which a source's figures make the claim's value.
Here every calculation that the words may mean is set beside the others, whatever
it gives, and the likeliest is told by where its figures stand. If that one gives
the claim's value, the claim is backed the more; if it gives another, and none that
is likely gives the claim's, the claim is contradicted.

The weights are of a conditional logit over the calculations of one claim and "none
of them" (McFadden 1974), fitted on supported and unverified claims alone by
``benchmarks/meant_fit.py``; what is likely to be meant is so learnt where the right
value is known, and no contradicted claim taught it what errors look like.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, TypeVar

from factcheck.alignment import Sentence, View, concept, noun_match, siblings_met
from factcheck.calculation import (
    Derivation,
    asks_difference,
    asks_of_told,
    fits,
    from_told,
    in_full,
    in_points,
    pairs_told,
    priced,
    told_as,
)
from factcheck.quantities import Quantity, plain, show

SENTENCES = 6  # read, those with most of the claim's words first
FIGURES = 48  # of them; what a table of hundreds has, two and two, makes every value
LIKELY = 0.5  # a calculation with another value speaks against the claim from here: right three in five times
SURE = 0.6  # ... and decides from here: right six in seven times
UNLIKELY = 0.1  # ... where all that give the claim's value come to less than this
NEAR = 2.5  # ... and its value is not further off than this: an error keeps the order of magnitude
BOUNDS = frozenset(("more", "least", "less", "most"))
BACKING = 0.3  # from here a calculation that gives the claim's value is on a supported claim 94 times in 100

WEIGHTS: Mapping[str, float] = {
    "": -2.6, "adjoining": 0.81, "around": 0.84, "behind": -2.0, "change_told": 2.12, "cover": -1.28,
    "difference_told": 0.52, "earlier_told": -0.29, "is_change": -0.62, "is_difference": 1.64, "is_each": -0.81,
    "is_earlier": -0.29, "is_priced": -0.48, "is_product": -2.16, "is_ratio": 0.55, "is_rest": 0.28, "is_rival":
    -0.59, "is_share": 0.3, "is_total": -0.41, "least_around": 1.79, "least_cover": 0.79, "least_noun": 0.72,
    "met": 0.67, "named": 0.06, "noun": 1.05, "one": 1.15, "own": -0.21, "part": -0.15, "priced_told": -1.03,
    "rate": -0.77, "ratio_told": 0.58, "rest_told": -0.44, "rival_told": -0.59, "rivals": -1.71, "same_noun":
    0.28, "share_told": -0.45, "signed": 0.43, "small": 0.66, "tally": -0.32, "time": -1.36, "told": 0.42,
    "unheard": 0.29, "unmet": -0.17, "window": 0.94,
}  # fmt: skip

_REST = re.compile(
    r"\b(?:still|remain\w*|rest|left|others?|yet|unaccounted|missing|surviv\w+|kept|not|n['’]t|without|unpaid|unsold|short|no|none|"
    r"never|free\sof|unharmed|unhurt|failed|escaped|instead)\b",
    re.I,
)
_TOTAL = re.compile(
    r"\b(?:total|in\sall|altogether|combined|together|between\sthem|all\stold|jointly|overall|both|the\stwo)\b", re.I
)
_EACH = re.compile(
    r"\b(?:each|per|average[ds]?|averaging|apiece|every|an?\s(?:day|week|month|year|head|student|person|night|tonne|kilo|ticket|hour))\b",
    re.I,
)
_AS_MUCH = re.compile(r"\s(?:as\s(?:many|much)|of\s(?:what|the\ssum))\b", re.I)
_OF = re.compile(r"\s(?:\w+\s)?of\b", re.I)


@dataclass(frozen=True)
class Meaning:
    """One calculation that the claim's words may ask for, and how likely they do, with all that give the same value."""

    work: Derivation
    likely: float
    gives_it: bool

    @property
    def confidence(self) -> float:
        """How sure the verdict that it speaks for is, by what it came to on labelled articles."""
        if self.gives_it:
            return 0.8 + 0.2 * self.likely
        return 0.5 + 0.5 * self.likely if self.likely >= SURE else self.likely


def meanings(v: View, q: Quantity) -> list[Meaning]:
    """What the claim's value may be meant to be, likeliest first; empty where nothing is to be worked out."""
    works = [w for w in calculations(v, q, asked(v, q)) if w.value > 0]
    if not works:
        return []
    weights = shares([_score(v, q, w) for w in works])
    by_value: dict[tuple[bool, float], list[tuple[float, Derivation]]] = {}
    for work, weight in zip(works, weights, strict=True):
        by_value.setdefault((fits(q, work.value), round(work.value, 6)), []).append((weight, work))
    found = [
        Meaning(max(alike, key=lambda a: a[0])[1], sum(p for p, _ in alike), gives_it)
        for (gives_it, _), alike in by_value.items()
    ]
    return sorted(found, key=lambda m: (-m.likely, m.work.text))


def shares(scores: Sequence[float]) -> list[float]:
    """The probabilities of alternatives with these scores, beside that of "none of them", whose score is 0."""
    most = max([0.0, *scores])
    weights = [math.exp(z - most) for z in scores]
    whole = sum(weights) + math.exp(-most)
    return [weight / whole for weight in weights]


def backing(found: list[Meaning]) -> Meaning | None:
    """The likely calculation that gives the claim's value."""
    return next((m for m in found if m.gives_it and m.likely >= BACKING), None)


def against(q: Quantity, found: list[Meaning]) -> Meaning | None:
    """The likely calculation that gives another value, where none that is likely gives the claim's."""
    if sum(m.likely for m in found if m.gives_it) >= UNLIKELY or (q.dim == "multiple" and q.lo < 1 and q.bound):
        return None
    others = [
        m for m in found if not m.gives_it and 1 / NEAR <= q.value / m.work.value <= NEAR and not _of_so_few(q, m.work)
    ]
    return summed(others, bounded=q.bound in BOUNDS)


def _of_so_few(q: Quantity, work: Derivation) -> bool:
    """Whether a share is too exact to be one of so few: 14.25 percent is none of nine members."""
    whole = max((o.whole or o.lo) for _, o in work.operands)
    told = q.value * whole / 100
    exact = q.unit != "share" and q.grain < 1
    return work.kind == "share" and exact and whole < 100 and abs(told - round(told)) > 0.15


M = TypeVar("M", bound=Any)


def summed(others: Sequence[M], *, bounded: bool) -> M | None:
    """The likeliest of the values that speak against a claim, if it is likely; against a bound they speak as one."""
    if not others:
        return None
    likely = sum(m.likely for m in others) if bounded else others[0].likely
    return replace(others[0], likely=likely) if likely >= LIKELY else None


def asked(v: View, q: Quantity) -> frozenset[str]:
    """The kinds of calculation that the words of the claim may ask for: difference, total, rest, each, share, ..."""
    text = v.claim.text
    found: set[str] = set()
    if q.dim == "multiple" or (q.unit == "share" and _AS_MUCH.match(text[q.end :])):
        found.add("ratio")
    if q.dim == "percent":
        changed = "change" in asks_of_told(v.claim, q)
        if changed:
            found.add("change")
        if not changed or _OF.match(text[q.end :]):
            found.add("share")
    elif q.dim != "multiple":
        if asks_difference(v.claim, q):
            found.add("difference")
        found |= {name for name, cue in (("total", _TOTAL), ("rest", _REST), ("each", _EACH)) if cue.search(text)}
    return frozenset(found)


def calculations(v: View, q: Quantity, kinds: frozenset[str]) -> Iterator[Derivation]:
    """Every calculation of these kinds over the figures of the evidence, whatever it gives."""
    read = sorted((s for s in v.sentences if s.evidence), key=lambda s: (-s.cover, s.passage.start))[:SENTENCES]
    told = [(s, o) for s in read for o in (*s.reading.quantities, *in_full(v, s))]
    figures = [(s, o) for s, o in told if o.lo == o.hi and o.lo > 0 and o.dim != "ordinal"][:FIGURES]
    set_against: set[frozenset[tuple[int, int]]] = set()
    for _, t, ops in pairs_told(v):
        yield from (w for w in from_told(q, t, ops) if w.kind in kinds or w.kind in ("earlier", "rival"))
        if t.old is not None and t.new is not None:
            set_against.add(frozenset((s.passage.start, o.start) for s, o in ops))
    for x, y in combinations(figures, 2):
        if frozenset((s.passage.start, o.start) for s, o in (x, y)) not in set_against:
            yield from _of_two(q, x, y, kinds)
    if not q.rate:
        yield from priced(q, figures)
    for s, o in figures:
        if o.whole and o.whole > o.lo:
            if "share" in kinds:
                value = 100 * o.lo / o.whole
                text = f"{plain(o.lo)} of {plain(o.whole)} = {plain(round(value, 1))}%"
                yield Derivation(value, text, "share", ((s, o),), told=True)
            if "rest" in kinds and q.dim == "count":
                value = o.whole - o.lo
                yield Derivation(
                    value, f"{plain(o.whole)} − {plain(o.lo)} = {plain(value)}", "rest", ((s, o),), told=True
                )
        if o.dim == q.dim == "percent" and o.value < 100 and _REST.search(v.claim.text):
            value = 100 - o.value
            yield Derivation(value, f"100% − {told_as(o)} = {plain(round(value, 1))}%", "rest", ((s, o),))


def _of_two(
    q: Quantity, x: tuple[Sentence, Quantity], y: tuple[Sentence, Quantity], kinds: frozenset[str]
) -> Iterator[Derivation]:
    a, b = x[1], y[1]
    if x[0] is y[0] and a.start == b.start:
        return

    def made(value: float, work: str, kind: str, *ops: tuple[Sentence, Quantity]) -> Derivation:
        if kind in ("share", "change") or q.dim == "percent":
            shown = f"{plain(round(value, 1))}%"
        elif kind == "ratio":
            shown = plain(round(value, 2))
        else:
            shown = show(value, q.dim, q.unit) if not in_points(q) else f"{plain(round(value, 2))} points"
        return Derivation(value, f"{work} = {shown}", kind, ops)

    def same_kind(o: Quantity) -> bool:
        return o.dim == "percent" if in_points(q) else o.dim == q.dim and not (o.rate and not q.rate)

    if a.dim == b.dim and a.lo != b.lo:
        big, small = (x, y) if a.lo > b.lo else (y, x)
        more, less = big[1], small[1]
        if same_kind(a) and q.dim != "multiple":
            for kind in ("difference", "rest"):
                if kind in kinds:
                    yield made(more.lo - less.lo, f"{told_as(more)} − {told_as(less)}", kind, big, small)
        if a.dim not in ("multiple", "time") and "ratio" in kinds:
            scale = 100 if q.dim == "percent" else 1
            yield made(scale * more.lo / less.lo, f"{told_as(more)} ÷ {told_as(less)}", "ratio", big, small)
            yield made(scale * less.lo / more.lo, f"{told_as(less)} ÷ {told_as(more)}", "ratio", small, big)
        if a.dim not in ("multiple", "time", "percent"):
            if "share" in kinds:
                yield made(100 * less.lo / more.lo, f"{told_as(less)} of {told_as(more)}", "share", big, small)
            if "change" in kinds:
                for base in (more, less):
                    work = f"({told_as(more)} − {told_as(less)}) ÷ {told_as(base)}"
                    yield made(100 * (more.lo - less.lo) / base.lo, work, "change", big, small)
    if a.dim == b.dim and same_kind(a) and "total" in kinds and q.dim != "percent":
        yield made(a.lo + b.lo, f"{told_as(a)} + {told_as(b)}", "total", x, y)
    if "each" in kinds:
        for whole, parts in ((x, y), (y, x)):
            among = parts[1]
            if among.dim == "count" and among.lo > 1 and same_kind(whole[1]):
                if whole[1].lo > among.lo:
                    yield made(whole[1].lo / among.lo, f"{told_as(whole[1])} ÷ {plain(among.lo)}", "each", whole, parts)
                yield made(whole[1].lo * among.lo, f"{plain(among.lo)} × {told_as(whole[1])}", "product", whole, parts)


Place = tuple[Sentence, int, int]  # a stretch of a sentence, as its first and last offset


def standing(v: View, q: Quantity, places: Sequence[Place]) -> dict[str, float]:
    """How places of the source stand to a figure of the claim: shares of its words about them, and their sentences."""
    stand = list({id(s): s for s, _, _ in places}.values())
    ordinals = [s.passage.ordinal for s in stand]
    here = frozenset().union(*(s.reading.content for s in stand))
    windows = [s.reading.near(start, end, 6) for s, start, end in places]
    around = frozenset().union(*windows)
    best = max((s.cover for s in v.sentences), default=0.0)
    return {
        "": 1.0,
        "one": float(len(stand) == 1),
        "adjoining": float(len(stand) == 2 and max(ordinals) - min(ordinals) == 1),
        "cover": v.share(v.claim.content, here),
        "least_cover": min(s.cover for s in stand),
        "behind": max(0.0, best - max(s.cover for s in stand)),
        "window": v.share(v.claim.near(q.start, q.end, 5), around),
        "around": v.share(v.claim.content, around),
        "least_around": min(v.share(v.claim.content, window) for window in windows),
        "met": max(siblings_met(v, s, q.start) for s in stand),
        "unmet": min(float(len(v.claim.content - here)), 6.0),
        "unheard": min(float(len(v.unheard)), 5.0),
    }


def features(v: View, q: Quantity, work: Derivation) -> dict[str, float]:
    """How the figures of a calculation stand to the claim, and to each other."""
    stand = {id(s): s for s, _ in work.operands}.values()
    first = work.operands[0][1]
    alike = sum(1 for s in stand for o in s.reading.quantities if o.dim == first.dim and o.lo == o.hi)
    nouns = [noun_match(q, o, frozenset(), frozenset()) if q.head else 0.5 for _, o in work.operands]
    own = any(
        o.dim == c.dim and abs(o.lo - c.lo) < 1e-9 for _, o in work.operands for c in v.claim.quantities if c is not q
    )
    named = any(concept(q.head) in s.reading.content for s in stand)
    return {
        **standing(v, q, [(s, o.start, o.end) for s, o in work.operands]),
        "told": float(work.told),
        "signed": float(work.sign != 0),
        "rivals": math.log(max(alike, 1)),
        "noun": max(nouns),
        "least_noun": min(nouns),
        "same_noun": float(len({o.head for _, o in work.operands}) == 1),
        "named": float(named) if q.head else 0.5,
        "own": float(own),
        "tally": float(all(o.tally for _, o in work.operands)),
        "small": float(all(o.dim == "count" and o.lo <= 12 for _, o in work.operands)),
        "part": float(any(o.partitive for _, o in work.operands)),
        "rate": float(any(bool(o.rate) != bool(q.rate) for _, o in work.operands)),
        "time": float(first.dim == "time"),
        f"is_{work.kind}": 1.0,
        f"{work.kind}_told": float(work.told),
    }


def _score(v: View, q: Quantity, work: Derivation) -> float:
    return sum(WEIGHTS.get(name, 0.0) * x for name, x in features(v, q, work).items())
