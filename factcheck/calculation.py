"""Arithmetic over the figures of a source: sums, differences, shares, ratios, with the work shown.

A search over few operands. A result counts only as far as it can hardly be
chance: the claim's wording asks for such a calculation, the operands stand
together in sentences about the claim, or the figure has digits enough.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product

from factcheck import antonyms, wording
from factcheck.alignment import Reading, Sentence, View, concept
from factcheck.comparatives import LESS, MORE, any_of
from factcheck.quantities import DAY, MONTH, YEAR, Quantity, compare_values, is_label, plain, show, stem
from factcheck.told import HUNDREDTHS, Told, in_unit_of, related

MAX_OPERANDS = 36
MAX_TRIPLE_OPERANDS = 12

# What the words of a claim ask for. Each is a plain alternation: linear.
_WORD = {
    "difference": re.compile(
        r"\b(?:more|fewer|less|higher|lower|longer|shorter|cheaper|bigger|larger|smaller|warmer|colder|extra|additional|difference|gap|"
        r"margin|majority|rise|rose|risen|increase[ds]?|increasing|fall|fell|fallen|drop|dropped|cut|cuts|reduc(?:ed|tion|es)|gain(?:ed)?|gains|"
        r"loss|lost|lose[sd]?|down|up|by|over|above|below|short|shortfall|grew|growth|climb(?:ed)?|jump(?:ed)?|shed|added|new|earlier|later|ahead|"
        r"behind|wider|narrower|saved|saving|overspen[dt]|overrun|beyond|dearer|apart|surplus|deficit|faster|slower|extended|shrank|shrunk|declined?)\b",
        re.IGNORECASE,
    ),
    "total": re.compile(
        r"\b(?:total|totall?ed|totall?ing|in\sall|altogether|combined|together|between\sthem|overall|sum|both|joint(?:ly)?|all\stold|the\stwo|the\sthree|"
        r"collectively|and|including|counting|once|if\sall|in\sthe\send|inclusive|complete|plus|with|original(?:ly)?|previous(?:ly)?|former(?:ly)?|before|until|earlier|first|used\sto|had|full)\b",
        re.IGNORECASE,
    ),
    "rest": re.compile(
        r"\b(?:remain\w*|rest|others?|left|without|not|no|never|still|yet|un\w{3,}|except|apart|only|free|excluding|outside|survived?|kept|stay\w*|"
        r"escaped|missing|absent|n't|did|none|failed|against|avoid\w*|instead|already|had|bar)\b|n['’]t\b",
        re.IGNORECASE,
    ),
    "each": re.compile(
        r"\b(?:each|per|average[ds]?|averaging|apiece|every|a\s(?:day|week|month|year|head|student|person|night|tonne|kilo|ticket|unit|piece|barrel)|an\shour|yearly|annual(?:ly)?|"
        r"monthly|weekly|daily|hourly|rate|mean|for\sone|single|individual(?:ly)?)\b",
        re.IGNORECASE,
    ),
    "ratio": re.compile(
        r"\b(?:times|twice|doubl\w+|trebl\w+|tripl\w+|quadrupl\w+|halv\w+|half|third|quarter|fifth|fold|as\s(?:many|much|high|large|long|big|great))\b",
        re.IGNORECASE,
    ),
}


_OTHERWISE = re.compile(
    r"\b(?:remain\w*|rest|others?|left|without|not|no|never|none|un\w{3,}|except|only|surviv\w*|kept|stay\w*|escap\w*|fail\w*|avoid\w*|"
    r"against|still|yet|instead|missing|absent)\b|n['’]t\b",
    re.IGNORECASE,
)


def _told_otherwise(v: View, s: Sentence) -> bool:
    """Whether the claim tells of those that the source leaves over: with "not" or "the rest", or the opposite word.

    Where a quarter have died, three quarters have not; it is no calculation that three quarters have.
    """
    if _OTHERWISE.search(v.claim.text) or _OTHERWISE.search(s.reading.text):
        return True
    table = antonyms.table()
    theirs = {wording.stem(t.low) for t in s.reading.tokens}
    return any(not table.get(wording.stem(t.low), frozenset()).isdisjoint(theirs) for t in v.claim.tokens)


@dataclass(frozen=True)
class Derivation:
    """One way to the value: ``text`` shows the work, ``operands`` are where its figures stand."""

    value: float
    text: str
    kind: str  # difference, total, rest, product, each, priced, share, change, ratio, earlier, rival
    operands: tuple[tuple[Sentence, Quantity], ...]
    told: bool = False  # the source itself sets the operands against each other
    sign: int = 0  # the direction that the source tells: 1 a rise, -1 a fall


def cues(view: View) -> frozenset[str]:
    """What kinds of calculation the claim's wording asks for."""
    text = view.claim.text
    return frozenset(name for name, pattern in _WORD.items() if pattern.search(text))


def pool(view: View) -> list[tuple[Sentence, Quantity]]:
    """The figures that may be operands: those of the evidence first, then of the sentences nearest to the claim."""
    ranked = sorted(view.sentences, key=lambda s: (not s.evidence, -s.cover, s.passage.start))
    beside = {s.passage.ordinal + step for s in view.evidence for step in (-1, 1)}
    found: list[tuple[Sentence, Quantity]] = []
    for s in ranked:
        if not s.evidence and s.cover < 0.15 and s.passage.ordinal not in beside:
            continue
        for q in (*s.reading.quantities, *in_full(view, s)):
            if q.dim == "ordinal" or is_label(q):
                continue
            found.append((s, q))
            if len(found) >= MAX_OPERANDS:
                return found
    return found


BACK = 2  # sentences before a bare figure in which its unit may have been said
LENDERS = 8  # figures with a unit that are looked at, the nearest first
_SPANS = frozenset(("year", "month", "week", "day"))


def in_full(view: View, s: Sentence) -> Iterator[Quantity]:
    """The bare figures of a sentence in the units of those before them: "sold at 610 dollars. The last cost 450."""
    bare = [q for q in s.reading.quantities if _bare(q, s.reading.text)]
    if not bare:
        return
    earlier = [o for o in view.sentences if 0 < s.passage.ordinal - o.passage.ordinal <= BACK]
    earlier.sort(key=lambda o: -o.passage.ordinal)
    before = [o for e in earlier for o in reversed(e.reading.quantities) if _lends(o)]
    for q in bare:
        here = [o for o in reversed(s.reading.quantities) if o.end <= q.start and _lends(o)]
        seen: set[str] = set()
        for o in (*here, *before)[:LENDERS]:
            if o.dim not in seen:
                seen.add(o.dim)
                if q.number <= 100 if o.dim == "percent" else o.number / 50 <= q.number <= 50 * o.number:
                    yield in_unit_of(o, q)


_NO_NOUN = re.compile(
    r"\s(?:(?:first|originally|initially|previously|once)\s)?(?:[a-z]{3,}ed|found|sought|sold|paid|made|came|comes|went|goes|stood)\b"
)


def _bare(q: Quantity, text: str) -> bool:
    """Whether a number is told without what it counts or measures."""
    named = q.head and q.head not in _SPANS and not _NO_NOUN.match(text, q.end)
    told_of = q.partitive or q.whole or q.tally or q.rate or named
    return q.dim == "count" and q.form == "digits" and not told_of and q.lo == q.hi and q.number >= 2


def _lends(o: Quantity) -> bool:
    """Whether a figure has a unit that the next one may leave out."""
    return o.number > 0 and o.unit not in ("", "share") and o.dim not in ("ordinal", "multiple", "temperature")


SMALL = 12  # of counts up to a dozen some two are always in the claim's ratio
FARTHEST = 4.0  # who writes "more than three times" has not found four thousand times


def of_its_order(q: Quantity, value: float) -> bool:
    """Whether a value is near enough to a bound ("more than three times") to be what it was said of."""
    if q.bound not in ("more", "least", "less", "most") or q.dim == "temperature":  # no degrees have a ratio
        return True
    return q.lo / FARTHEST <= value <= q.lo * FARTHEST


def fits(q: Quantity, value: float) -> bool:
    """Whether a value is what the claim's figure says, within its own rounding and bounds."""
    if not of_its_order(q, value):
        return False
    return compare_values(q, value, value) in ("equal", "consistent")


def told_as(q: Quantity) -> str:
    """A figure as a calculation shows it: by its value and unit, a share in the source's own words."""
    return show(q.value, q.dim, q.unit) if q.unit != "share" else q.text


def in_points(q: Quantity) -> bool:
    """Whether a value is, or may well be, of percentage points."""
    return q.dim == "points" or (q.dim == "count" and q.head == "point")


ROUNDED = 0.006  # a change of some percent is told to the nearest one


def from_told(q: Quantity, t: Told, ops: tuple[tuple[Sentence, Quantity], ...]) -> Iterator[Derivation]:
    """What follows for a value of the claim's kind from two figures that the source sets against each other.

    ``ops`` are the figures of ``t`` with the sentences that they stand in.
    """

    def made(value: float, work: str, kind: str, sign: int = 0) -> Derivation:
        unit = q.unit if q.unit != "share" else "%"
        dim = "percent" if q.unit == "share" else q.dim
        return Derivation(value, f"{work} = {show(value, dim, unit)}", kind, ops, told=True, sign=sign)

    if t.delta is None:
        old, new = t.old, t.new
        if old is None or new is None:
            return
        big, small = (new, old) if new.lo > old.lo else (old, new)
        if (q.dim in (old.dim, new.dim) and q.dim != "count") or (q.dim == old.dim == new.dim):
            yield made(big.lo - small.lo, f"{told_as(big)} − {told_as(small)}", "difference", t.sign)
        elif old.dim == new.dim and old.dim in HUNDREDTHS.get(q.dim, ()):
            yield made(100 * (big.lo - small.lo), f"{told_as(big)} − {told_as(small)}", "difference", t.sign)
        elif "percent" in (old.dim, new.dim) and in_points(q):
            value = big.lo - small.lo
            yield Derivation(
                value, f"{told_as(big)} − {told_as(small)} = {plain(value)} points", "difference", ops, True, t.sign
            )
    else:
        new = t.new
        if new is None:
            return
        if t.delta.dim == "percent" != new.dim:
            before = new.lo / (1 + t.sign * t.delta.lo / 100)
            if abs(q.value - before) <= ROUNDED * before:
                before = q.value
            if q.dim == new.dim or _bare_money(q, new):
                turn = "rise" if t.sign > 0 else "fall"
                yield made(before, f"{told_as(new)} before a {turn} of {told_as(t.delta)}", "earlier")
            return
        before = new.lo - t.sign * t.delta.lo
        sum_ = f"{told_as(new)} {'−' if t.sign > 0 else '+'} {told_as(t.delta)}"
        if before <= 0:
            return
        if q.dim == new.dim or _bare_money(q, new):
            yield made(before, sum_, "rival" if t.rival else "earlier")
        if q.dim == "percent" and new.dim != "percent":
            yield made(100 * t.delta.lo / before, f"{told_as(t.delta)} ÷ {plain(before)}", "change", t.sign)
        return
    if not old.lo or not new.lo or q.dim not in ("percent", "multiple"):
        return
    ratio = new.lo / old.lo
    if q.dim == "multiple":
        yield made(ratio, f"{told_as(new)} ÷ {told_as(old)}", "ratio", t.sign)
        if not t.sign:
            yield made(1 / ratio, f"{told_as(old)} ÷ {told_as(new)}", "ratio")
        return
    yield made(100 * abs(ratio - 1), f"({told_as(big)} − {told_as(small)}) ÷ {told_as(old)}", "change", t.sign)
    if not t.sign:
        yield made(100 * abs(1 / ratio - 1), f"({told_as(big)} − {told_as(small)}) ÷ {told_as(new)}", "change")
    if old.dim != "percent":
        yield made(100 * small.lo / big.lo, f"{told_as(small)} of {told_as(big)}", "share")


def pairs_told(view: View) -> Iterator[tuple[Sentence, Told, tuple[tuple[Sentence, Quantity], ...]]]:
    """The pairs of figures that the evidence, or a sentence near to the claim, sets against each other."""
    before = {id(b): a for a, b in pairwise(sorted(view.sentences, key=lambda s: s.passage.start))}
    for s in sorted(view.sentences, key=lambda s: (not s.evidence, -s.cover, s.passage.start))[:12]:
        if s.evidence or s.cover >= 0.25:
            for t in related(s.reading.text, s.reading.quantities):
                yield s, t, tuple((s, o) for o in t.figures)
            previous = before.get(id(s))
            if previous is not None and (across := _that_is(previous, s)) is not None:
                new, delta = across.figures
                yield s, across, ((previous, new), (s, delta))


def turned_round(view: View, q: Quantity) -> Derivation | None:
    """The earlier value where the claim has it on the wrong side: 181 for what was 31 more than today's 212."""
    for _, t, ops in pairs_told(view):
        if t.delta is None or t.new is None or t.rival:
            continue
        right = [w for w in from_told(q, t, ops) if w.kind == "earlier"]
        if q.dim == "count" and q.lo <= SMALL and q.head not in (t.new.head, t.delta.head):
            continue
        wrong = (
            t.new.lo * (1 + t.sign * t.delta.lo / 100)
            if t.delta.dim == "percent" != t.new.dim
            else t.new.lo + t.sign * t.delta.lo
        )
        if right and fits(q, wrong) and not fits(q, right[0].value):
            return right[0]
    return None


_THAT_IS = re.compile(
    r"^(?:that|this|it)(?:['’]s|\s(?:is|was))\s(?:about\s|some\s|nearly\s|almost\s|just\s)?[$£€¥]?$", re.IGNORECASE
)
_THAN = re.compile(
    r"^\s(?:[\w-]+\s)?(?:(more|higher|longer)|fewer|less|lower|shorter)\b(?:\s[\w-]+){0,3}?\sthan\b", re.IGNORECASE
)


def _that_is(before: Sentence, s: Sentence) -> Told | None:
    """A figure and how far it is from another, over two sentences: "It destroyed 212. That is 31 fewer than reported"."""
    for delta in s.reading.quantities:
        than = _THAN.match(s.reading.text[delta.end : delta.end + 60])
        if than and _THAT_IS.match(s.reading.text[: delta.start]) and delta.lo == delta.hi:
            alike = [o for o in before.reading.quantities if o.dim == delta.dim and o.lo == o.hi and not o.rate]
            if delta.dim == "count":
                alike = [o for o in alike if not delta.head or o.head == delta.head]
            if len(alike) == 1 and alike[0].lo > delta.lo:
                return Told(None, alike[0], delta, 1 if than.group(1) else -1, start=delta.start)
    return None


# How many of the shorter span make the longer.
_PER = {
    ("month", "year"): 12, ("day", "week"): 7, ("hour", "day"): 24, ("week", "year"): 52, ("quarter", "year"): 4,
    ("minute", "hour"): 60,
}  # fmt: skip
_OF_THAT = re.compile(
    r"^\s(?:of\s(?:that|this|it|its|the|their|his|her|what|those|these|them)\b|what\b|that\b|the\s(?:sum|number|amount|size|usual|average|price|figure|total|rate)|"
    r"as\s(?:many|much)|its\b|their\b|more\b|less\b|higher|lower|bigger|larger|smaller|a\s?s\b)",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"^\s(?:[\w-]+\s)?(?:others?|rivals?|more|further|competitors|opponents)\b", re.IGNORECASE)
_OTHERS_BEFORE = re.compile(r"\b(?:other|another|further|additional)\s$", re.IGNORECASE)


_OF_WHICH = re.compile(
    r"\b(?:of\s(?:which|whom|these|those|them|it)|including|among\s(?:them|these|those)|"
    r"(?:taking|bringing|lifting|raising|took|brought|lifted|raised)\s(?:\w+\s){1,4}to)\b",
    re.IGNORECASE,
)
_THE_REST = re.compile(r"\b(?:the\s(?:rest|remainder|balance|others?)|remaining)\b", re.IGNORECASE)

_SPAN = {"year": YEAR, "month": MONTH, "week": 7 * DAY, "day": DAY}


def _bare_money(q: Quantity, o: Quantity) -> bool:
    """Money whose currency was said before: "up from 1.1 million last year"."""
    return q.dim.startswith("money") and o.dim == "count" and "illion" in o.text and o.head in ("", "year", "month")


def _in_kind(q: Quantity, o: Quantity) -> Quantity | None:
    """A figure that can be reckoned with towards the claim's, dollars in cents where that one is."""
    if o.dim == q.dim or _bare_money(q, o):
        return o
    scale = 100 if o.dim in HUNDREDTHS.get(q.dim, ()) else 0.01 if q.dim in HUNDREDTHS.get(o.dim, ()) else 0
    if not scale:
        return None
    return replace(o, dim=q.dim, unit=q.unit, lo=scale * o.lo, hi=scale * o.hi, number=scale * o.number)


def _part_of(s: Sentence, a: Quantity, b: Quantity) -> bool:
    """Whether one figure of a sentence is told as part of the other: "£148,000, of which £40,000 was a grant"."""
    first, second = sorted((a, b), key=lambda q: q.start)
    return bool(_OF_WHICH.search(s.reading.text[first.end : second.start]))


_DONE = re.compile(r"\b([a-z]+(?:ed|en|t|ne))\b")


def _told_apart(view: View, s: Sentence, a: Quantity, b: Quantity) -> bool:
    """Whether the claim is about what befell only one of two: "16 were destroyed and a further nine damaged"."""
    first, second = sorted((a, b), key=lambda q: q.start)
    own = {concept(stem(w)) for w in _DONE.findall(s.reading.low[first.end : second.start])}
    other = re.match(r"\s(?:more\s|others\s|were\s|was\s)?([a-z]+ed)\b", s.reading.low[second.end :])
    other_deed = concept(stem(other[1])) if other else None
    return bool(
        other_deed and own & view.claim.content and other_deed not in view.claim.content and other_deed not in own
    )


def _of_that(s: Sentence, a: Quantity, by: Sentence, p: Quantity) -> bool:
    """Whether a share or multiple is told of the other figure: "a tenth of that", "five times what the law requires"."""
    if not _OF_THAT.match(by.reading.text[p.end : p.end + 24]):
        return False
    return s is by or s.passage.start < by.passage.start


_PLACES = frozenset(stem(word) for word in ("place", "spot", "position", "rank", "rung"))


_CAME_BEFORE = re.compile(r"\b(?:before|preceded|predecessors?|previous(?:ly)?|earlier)\b", re.IGNORECASE)


def _of_ranks(view: View, q: Quantity) -> Iterator[Derivation]:
    """What ordinals make: "118th" and "63rd" are 55 places apart, and a second death is two deaths."""
    if q.dim != "count" or q.lo < 2 or q.rate:
        return
    ranks = [(s, o) for s in view.sentences if s.evidence for o in s.reading.quantities if o.dim == "ordinal"]
    if q.head in _PLACES:
        for x, y in combinations(ranks, 2):
            low, high = (x, y) if x[1].lo >= y[1].lo else (y, x)
            if fits(q, low[1].lo - high[1].lo):
                text = f"{low[1].text} to {high[1].text} = {plain(low[1].lo - high[1].lo)} places"
                yield Derivation(low[1].lo - high[1].lo, text, "difference", (low, high))
        return
    came_before = _CAME_BEFORE.search(view.claim.text)
    for s, o in ranks:
        if came_before and o.lo - 1 == q.lo == q.hi and concept(o.head) in view.claim.content | {""}:
            yield Derivation(q.lo, f"{plain(q.lo)} before the {o.text}", "rest", ((s, o),), told=True)
        if concept(o.head) in view.claim.content and fits(q, o.lo) and re.search(r"\ba\s$", s.reading.low[: o.start]):
            yield Derivation(o.lo, f"a {o.text} = {plain(o.lo)} by then", "total", ((s, o),), told=True)


_PERSONS = frozenset(
    stem(word)
    for word in (
        "people person passenger crew adult child children man men woman women boy girl staff pupil student teacher player official civilian "
        "soldier worker patient tourist guest resident member driver rider firefighter officer volunteer employee"
    ).split()
)
EVERYBODY = frozenset((stem("people"), stem("person")))
_TOGETHER = EVERYBODY | {stem(word) for word in ("member", "singer", "player", "employee", "resident", "pupil")}


def of_people(view: View, q: Quantity, heads: frozenset[str] = EVERYBODY) -> Iterator[Derivation]:
    """What people of two kinds side by side make: "86 passengers and 14 crew aboard" are a hundred people."""
    if q.dim != "count" or q.head not in heads or q.whole or q.partitive:
        return
    for s in view.sentences:
        counts = [o for o in s.reading.quantities if o.dim == "count" and o.lo == o.hi and not o.rate]
        for a, b in pairwise(counts):
            side_by_side = re.fullmatch(r"\s(?:[\w-]+\s){1,3}and\s", s.reading.text[a.end : b.start])
            if s.evidence and side_by_side and {*a.nouns} & _PERSONS and {*b.nouns} & _PERSONS and a.head not in heads:
                value = a.lo + b.lo
                yield Derivation(
                    value, f"{told_as(a)} + {told_as(b)} = {plain(value)}", "total", ((s, a), (s, b)), told=True
                )


def priced(q: Quantity, figures: Sequence[tuple[Sentence, Quantity]]) -> Iterator[Derivation]:
    """What so many come to at so much each: 1,214 pounds at "$6 a pound", 9,000 meters at "165 dollars each"."""
    for s1, a in figures:
        if not a.rate or a.rate in _SPAN or a.dim != q.dim or (q.rate and q.rate not in _SPAN):
            continue
        if a.lo != a.hi or a.lo <= 0:
            continue
        for s2, b in figures:
            many = b.dim == "count" and b.head == a.rate
            measured = b.dim not in ("count", "time", "percent") and a.rate in {stem(w) for w in b.text.lower().split()}
            each = a.rate == "each" and b.dim == "count" and b is not a
            if (many or measured or each) and not b.rate and b.lo == b.hi and b.number > 1 and not b.partitive:
                value = a.lo * b.number
                text = f"{b.text} × {told_as(a)} = {show(value, q.dim, q.unit)}"
                yield Derivation(value, text, "priced", ((s1, a), (s2, b)), told=s1 is s2)


_PER_EACH = re.compile(r"\b(?:per|for\severy|for\seach|an?|every|each)\s([a-z]{3,})", re.IGNORECASE)
_SPREAD = re.compile(
    r"^\s(?:[\w-]+\s){1,3}?(?:on|in|at|across|from|among|between|over|for|to)\s(?:the\s|its\s|their\s)?$", re.IGNORECASE
)


def on_average(view: View, q: Quantity) -> Iterator[Derivation]:
    """A total over what it is spread on: "1,920 workers on 64 estates" are 30 for each estate."""
    per = {stem(m[1].lower()) for m in _PER_EACH.finditer(view.claim.text)}
    if q.dim != "count" or not q.head or not per or "each" not in cues(view):
        return
    for s in view.sentences:
        for a, b in pairwise(s.reading.quantities):
            alike = (
                a.dim == b.dim == "count" and a.head == q.head and b.head in per and a.lo == a.hi and b.lo == b.hi > 1
            )
            if s.evidence and alike and _SPREAD.match(s.reading.text[a.end : b.start]):
                value = a.lo / b.lo
                yield Derivation(
                    value,
                    f"{told_as(a)} ÷ {told_as(b)} = {plain(round(value, 1))}",
                    "each",
                    ((s, a), (s, b)),
                    told=True,
                )


def _of_ends(q: Quantity, operands: Sequence[tuple[Sentence, Quantity]]) -> Iterator[Derivation]:
    """Differences to the ends of a range: "£38,000, against an estimate of £40,000 to £60,000" is £2,000 short."""
    alike = [(s, o) for s, o in operands if o.dim == q.dim and not o.rate and not q.rate]
    spans, single = [x for x in alike if x[1].lo != x[1].hi], [x for x in alike if x[1].lo == x[1].hi]
    for (s1, span), (s2, o) in product(spans, single):
        for end in (span.lo, span.hi):
            apart = abs(end - o.lo)
            if s1 is s2 and apart and fits(q, apart):
                work = f"{show(max(end, o.lo), o.dim, o.unit)} − {show(min(end, o.lo), o.dim, o.unit)}"
                yield Derivation(apart, f"{work} = {show(apart, q.dim, q.unit)}", "difference", ((s1, span), (s2, o)))


def derivations(view: View, q: Quantity) -> Iterator[Derivation]:
    """Every calculation over the pool that gives the claim's value, the plainest first."""
    operands = pool(view)
    for _, t, ops in pairs_told(view):
        for work in from_told(q, t, ops):
            if fits(q, work.value):
                yield work
    same = [(s, o) for s, given in operands if given.lo == given.hi and (o := _in_kind(q, given)) is not None]
    yield from _of_ranks(view, q)
    yield from _of_ends(q, operands)
    yield from (
        work
        for work in (*of_people(view, q, _TOGETHER), *on_average(view, q), *priced(q, operands))
        if fits(q, work.value)
    )

    def made(value: float, text: str, kind: str, *ops: tuple[Sentence, Quantity]) -> Derivation:
        return Derivation(value, f"{text} = {show(value, q.dim, q.unit if q.unit != 'share' else '%')}", kind, ops)

    additive = q.dim in (
        "count",
        "percent",
        "points",
        "length",
        "mass",
        "area",
        "volume",
        "time",
        "temperature",
        "power",
        "energy",
    ) or q.dim.startswith("money")
    if additive and q.unit != "share":
        for (s1, a), (s2, b) in combinations(same, 2):
            if s1 is s2 and a.start == b.start:
                continue
            if (
                fits(q, a.lo + b.lo)
                and a.lo
                and b.lo
                and not (s1 is s2 and (_part_of(s1, a, b) or _told_apart(view, s1, a, b)))
            ):
                yield made(a.lo + b.lo, f"{told_as(a)} + {told_as(b)}", "total", (s1, a), (s2, b))
            big, small = ((s1, a), (s2, b)) if a.lo >= b.lo else ((s2, b), (s1, a))
            if small[1].lo and fits(q, big[1].lo - small[1].lo):
                kind = "rest" if small[1].partitive or not small[1].head else "difference"
                yield made(big[1].lo - small[1].lo, f"{told_as(big[1])} − {told_as(small[1])}", kind, big, small)
        for triple in combinations(same[:MAX_TRIPLE_OPERANDS], 3):
            a, b, c = (o for _, o in triple)
            values = sorted((a.lo, b.lo, c.lo), reverse=True)
            by_size = sorted(triple, key=lambda t: -t[1].lo)
            if 0 in values:
                continue
            if fits(q, sum(values)):
                yield made(sum(values), " + ".join(told_as(o) for _, o in triple), "total", *triple)
            if values[0] - values[1] - values[2] > 0 and fits(q, values[0] - values[1] - values[2]):
                yield made(
                    values[0] - values[1] - values[2], " − ".join(told_as(o) for _, o in by_size), "rest", *by_size
                )
    if q.rate and q.dim.startswith("money"):
        for s1, a in same:
            for s2, b in operands:
                measured = b.dim not in ("count", "time", "percent", "ordinal", "multiple") and b.dim != a.dim
                if measured and b.lo == b.hi and b.number > 1 and q.rate in _unit_words(b) and fits(q, a.lo / b.number):
                    value = a.lo / b.number
                    yield replace(made(value, f"{told_as(a)} ÷ {b.text}", "each", (s1, a), (s2, b)), told=s1 is s2)
    if additive and q.unit != "share":
        yield from _sums(view, q)
    # "Concerts a year", "tonnes of rice a day": the parser has a rate only where it stands by the figure.
    told_per = _TOLD_PER.match(view.claim.text, q.end) if q.dim not in ("percent", "time", "multiple") else None
    rate = q.rate or (told_per.group(1).lower() if told_per else "")
    for s1, a in same:
        span = _PER.get((a.rate, q.rate)) if a.rate and q.rate else None
        if span and fits(q, a.lo * span):
            yield made(a.lo * span, f"{span} × {told_as(a)}", "product", (s1, a))
        back = _PER.get((q.rate, a.rate)) if a.rate and q.rate else None
        if back and fits(q, a.lo / back):
            yield made(a.lo / back, f"{told_as(a)} ÷ {back}", "each", (s1, a))
        if a.rate in _SPAN and not q.rate and a.dim != "time":
            for s2, d in operands:
                if d.dim == "time" and d.lo == d.hi and d.lo >= 1.9 * _SPAN[a.rate]:
                    value = a.lo * d.lo / _SPAN[a.rate]
                    if fits(q, value):
                        yield replace(
                            made(value, f"{told_as(a)} × {told_as(d)}", "product", (s1, a), (s2, d)), told=s1 is s2
                        )
        if rate in _SPAN and not a.rate and a.dim != "time":
            for s2, d in operands:
                if d.dim == "time" and d.lo >= 1.9 * _SPAN[rate] and fits(q, a.lo * _SPAN[rate] / d.lo):
                    value = a.lo * _SPAN[rate] / d.lo
                    yield made(value, f"{told_as(a)} ÷ {told_as(d)}", "each", (s1, a), (s2, d))
    if q.dim == "count":
        for s1, a in same:
            if a.lo + 1 == q.lo == q.hi and (
                _OTHERS.match(s1.reading.text[a.end : a.end + 30]) or _OTHERS_BEFORE.search(s1.reading.text[: a.start])
            ):
                yield replace(made(q.lo, f"1 + {told_as(a)} others", "total", (s1, a)), told=True)
    shares = [(s, o) for s, o in operands if o.dim == "percent" and 0 < o.value < 1000 and o.lo == o.hi]
    multiples = [(s, o) for s, o in operands if o.dim == "multiple" and o.lo > 0]
    counts = [(s, o) for s, o in operands if o.dim == "count" and o.lo > 1 and o.lo == o.hi]
    if q.dim not in ("percent", "points", "multiple", "ordinal", "temperature"):
        changes = [_told_as_change(s, p) for s, p in shares]
        for s1, a in same:
            for (s2, p), (fallen, risen) in zip(shares, changes, strict=True):
                f = p.value / 100
                options = [(a.lo * f, f"{told_as(a)} × {told_as(p)}", "product")]
                if f < 1:
                    options.append((a.lo * (1 - f), f"{told_as(a)} less {told_as(p)}", "product"))
                if f < 1 and fallen:
                    options.append((a.lo / (1 - f), f"{told_as(a)} before a cut of {told_as(p)}", "product"))
                if risen:
                    options.append((a.lo * (1 + f), f"{told_as(a)} plus {told_as(p)}", "product"))
                    options.append((a.lo / (1 + f), f"{told_as(a)} before a rise of {told_as(p)}", "product"))
                options.append((a.lo / f, f"{told_as(a)} is {told_as(p)} of it", "product"))
                said = _of_that(s1, a, s2, p)
                if (q.dim == "count" and q.lo <= SMALL and not said) or (a.dim == "time" and s1 is not s2):
                    continue  # of round figures far apart too many come to anything
                for value, text, kind in options:
                    if fits(q, value):
                        work = made(value, text, kind, (s1, a), (s2, p))
                        yield replace(work, told=said)
            for s2, m in multiples:
                for value, text in (
                    (a.lo * m.lo, f"{told_as(a)} × {plain(m.lo)}"),
                    (a.lo / m.lo, f"{told_as(a)} ÷ {plain(m.lo)}"),
                ):
                    if fits(q, value):
                        yield replace(made(value, text, "product", (s1, a), (s2, m)), told=_of_that(s1, a, s2, m))
                if fits(q, a.lo * (1 + m.lo)) and _of_that(s1, a, s2, m):
                    sum_ = f"{told_as(a)} + {plain(m.lo)} × {told_as(a)}"
                    yield replace(made(a.lo * (1 + m.lo), sum_, "total", (s1, a), (s2, m)), told=True)
    if q.dim.startswith("money") or q.dim in ("length", "mass", "area", "volume", "time", "count", "power", "energy"):
        for s1, a in same:
            for s2, c in counts:
                if c is a or (s1 is s2 and c.start == a.start):
                    continue
                if q.dim == "count" and (a.rate == "" and c.rate == "" and "each" not in cues(view)):
                    continue
                if fits(q, a.lo * c.lo):
                    yield made(a.lo * c.lo, f"{plain(c.lo)} × {told_as(a)}", "product", (s1, a), (s2, c))
                if fits(q, a.lo / c.lo):
                    yield made(a.lo / c.lo, f"{told_as(a)} ÷ {plain(c.lo)}", "each", (s1, a), (s2, c))
    if q.dim == "percent":
        for s1, p in shares:
            if p.value < 100 and fits(q, 100 - p.value) and _told_otherwise(view, s1):
                yield Derivation(100 - p.value, f"100% − {told_as(p)} = {plain(100 - p.value)}%", "rest", ((s1, p),))
        for (s1, a), (s2, b) in combinations(shares, 2):
            rest = 100 - a.value - b.value
            if rest > 0 and s1 is s2 and fits(q, rest):
                yield Derivation(
                    rest,
                    f"100% − {told_as(a)} − {told_as(b)} = {plain(rest)}%",
                    "rest",
                    ((s1, a), (s2, b)),
                    told=bool(_THE_REST.search(s1.reading.text)),
                )
            if q.unit == "share" and fits(q, a.value + b.value):
                yield Derivation(
                    a.value + b.value,
                    f"{told_as(a)} + {told_as(b)} = {plain(a.value + b.value)}%",
                    "total",
                    ((s1, a), (s2, b)),
                )
        for s1, a in operands:
            if a.whole and a.dim == "count" and a.whole >= a.lo and fits(q, 100 * a.lo / a.whole):
                value = 100 * a.lo / a.whole
                yield Derivation(
                    value, f"{plain(a.lo)} of {plain(a.whole)} = {plain(round(value, 1))}%", "share", ((s1, a),)
                )
    points, turn = in_points(q), direction(view.claim, q)
    if q.dim in ("percent", "multiple") or points:
        lasting = q.dim == "multiple" and _LASTING.search(view.claim.text)
        barred = ("multiple",) if lasting else ("multiple", "time")
        pairs = [(x, y) for x, y in combinations([o for o in operands if o[1].dim not in barred and o[1].lo == o[1].hi], 2)
                 if x[1].dim == y[1].dim and x[1].lo > 0 and y[1].lo > 0]  # fmt: skip
        for x, y in pairs:
            small, big = (x, y) if x[1].lo <= y[1].lo else (y, x)
            a, b = small[1], big[1]
            if a.lo == b.lo or (q.dim == "multiple" and a.dim == "count" and b.lo <= SMALL):
                continue
            if points:
                # "18 points" need not be of percentages: they are not held to lie between two fractions.
                fractions = q.dim == "count" and "share" in (a.unit, b.unit)
                if a.dim == "percent" and not fractions and fits(q, b.lo - a.lo):
                    yield Derivation(
                        b.lo - a.lo,
                        f"{told_as(b)} − {told_as(a)} = {plain(b.lo - a.lo)} points",
                        "difference",
                        (big, small),
                    )
                continue
            if q.dim == "multiple":
                ratio = b.lo / a.lo
                if fits(q, ratio) or (not q.bound and abs(ratio - q.lo) <= 0.08 * q.lo):
                    yield Derivation(
                        ratio, f"{told_as(b)} ÷ {told_as(a)} = {plain(round(ratio, 1))}", "ratio", (big, small)
                    )
                elif q.lo < 1 and fits(q, 1 / ratio):
                    yield Derivation(
                        1 / ratio, f"{told_as(a)} ÷ {told_as(b)} = {plain(round(1 / ratio, 2))}", "ratio", (small, big)
                    )
                continue
            if a.dim == "percent" and q.unit != "share":  # noqa: SIM102
                if fits(q, b.lo - a.lo):  # points told as percent, as newspapers do
                    yield Derivation(
                        b.lo - a.lo,
                        f"{told_as(b)} − {told_as(a)} = {plain(b.lo - a.lo)} points",
                        "difference",
                        (big, small),
                    )
            share = 100 * a.lo / b.lo
            if fits(q, share):
                yield Derivation(
                    share, f"{told_as(a)} of {told_as(b)} = {plain(round(share, 1))}%", "share", (small, big)
                )
            fall = 100 * (b.lo - a.lo) / b.lo
            if turn <= 0 and fits(q, fall):
                yield Derivation(
                    fall,
                    f"({told_as(b)} − {told_as(a)}) ÷ {told_as(b)} = {plain(round(fall, 1))}%",
                    "change",
                    (big, small),
                )
            rise = 100 * (b.lo - a.lo) / a.lo
            if turn >= 0 and fits(q, rise):
                yield Derivation(
                    rise,
                    f"({told_as(b)} − {told_as(a)}) ÷ {told_as(a)} = {plain(round(rise, 1))}%",
                    "change",
                    (big, small),
                )


_TOLD_PER = re.compile(r"(?:\s[\w-]+){1,3}?\s(?:an?|per|each|every)\s(year|month|week|day)\b", re.IGNORECASE)


def _unit_words(q: Quantity) -> set[str]:
    return {stem(w) for w in re.split(r"[\s-]+", q.text.lower())}


# So many figures hardly make the claim's by chance, and who adds them up has none that is nothing beside another. Of
# fewer the search over pairs and triples tells more.
MANY, UNEVEN = 4, 100


def _sums(view: View, q: Quantity) -> Iterator[Derivation]:
    """All the figures of one kind in a sentence, or in two that follow each other, where together they make the claim's."""

    def of_its_kind(s: Sentence) -> list[tuple[Sentence, Quantity]]:
        told = (*s.reading.quantities, *in_full(view, s))
        return [(s, o) for o in told if o.dim == q.dim and o.lo == o.hi and o.lo > 0 and not o.rate]

    read = [(s.evidence, of_its_kind(s)) for s in sorted(view.sentences, key=lambda s: s.passage.start)]
    rows = read + [(a or b, [*first, *second]) for (a, first), (b, second) in pairwise(read)]
    for parts in (parts for evidence, parts in rows if evidence):
        # "The largest of the five, with 240 spaces" tells how many there are, and is none of them.
        figures = [(s, o) for s, o in parts if o.form == "digits" and o.lo != len(parts) - 1]
        named = [(s, o) for s, o in parts if o.lo != len(parts) - 1]
        for terms in sorted({len(t): t for t in (figures, named, parts)}.values(), key=len):
            even = len(terms) >= MANY and max(o.lo for _, o in terms) <= UNEVEN * min(o.lo for _, o in terms)
            if even and compare_values(q, value := sum(o.lo for _, o in terms), value) == "equal":
                work = " + ".join(told_as(o) for _, o in terms)
                yield Derivation(value, f"{work} = {show(value, q.dim, q.unit)}", "total", tuple(terms), told=True)


_LASTING = re.compile(r"\b(?:long|longer|old|older|last(?:s|ed)?|takes?|took|duration|time|wait\w*)\b", re.IGNORECASE)

# Which wording asks for which calculation.
ASKED = {
    "difference": ("difference",), "total": ("total",), "rest": ("rest", "difference"), "product": ("each", "ratio", "total", "difference"),
    "priced": ("total", "each", "difference"), "earlier": ("difference", "total"), "rival": ("difference",), "each": ("each",), "share": ("share",), "change": ("difference",), "ratio": ("ratio", "difference"),
}  # fmt: skip


def asked_for(kind: str, claim_cues: frozenset[str], q: Quantity) -> bool:
    """Whether the claim's wording asks for this kind of calculation."""
    if kind == "share":
        return q.dim == "percent"
    return any(c in claim_cues for c in ASKED[kind])


# --- what the value should have been -----------------------------------------------

_DIFFERENCE_AFTER = re.compile(
    rf"^\s(?:[\w'’-]+\s){{0,3}}?{any_of(*MORE, *LESS, 'above', 'below', 'over', 'under', 'ahead', 'short', 'apart')}\b",
    re.IGNORECASE,
)
_DIFFERENCE_BEFORE = re.compile(
    r"\b(?:by|difference\sof|gap\sof|margin\sof|majority\sof|lead\sof|rise\sof|increase\sof|growth\sof|fall\sof|drop\sof|decline\sof|cut\sof|reduction\sof|gain\sof|loss\sof|"
    r"surplus\sof|shortfall\sof|overrun\sof|saving\sof|up|down)\s(?:about\s|around\s|roughly\s|nearly\s|almost\s|some\s|just\s|little\s|over\s|more\sthan\s|an?\s|as\smuch\sas\s)*[$£€¥]?$",
    re.IGNORECASE,
)
_MARGIN_AFTER = re.compile(
    r"^[-\s](?:votes?|goals?|points?|seats?|runs?)?[-\s]?(?:margin|majority|lead|difference|rise|increase|fall|drop|cut|decrease|"
    r"decline|jump|reduction|swing)\b",
    re.IGNORECASE,
)


def asks_difference(claim: Reading, q: Quantity) -> bool:
    """Whether the words right beside the value say that it is a difference."""
    after = claim.text[q.end : q.end + 60]
    before = claim.text[max(0, q.start - 50) : q.start]
    return bool(_DIFFERENCE_AFTER.match(after) or _DIFFERENCE_BEFORE.search(before) or _MARGIN_AFTER.match(after))


_RISE = re.compile(
    r"\b(?:r[io]se[sn]?|rising|gr[eo]w\w*|growth|climb\w*|increas\w+|jump\w*|gain\w*|rais\w+|up|more|higher|extra|dearer|longer|added|doubl\w+|trebl\w+|tripl\w+|"
    r"quadrupl\w+|overrun|expand\w*|wider|widen\w*|ahead|above)\b",
    re.IGNORECASE,
)
_FALL = re.compile(
    r"\b(?:f[ae]ll\w*|dropp?\w*|declin\w+|lost|lose[sd]?|loss|shed|sank|shrank|shrunk|shrink\w*|cut\w*|reduc\w+|reduction|lower\w*|down|fewer|less|cheaper|shorter|halv\w+|"
    r"sav\w+|slipp?\w*|behind|below|narrow\w*)\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:r[io]se[sn]?|rising|gr[eo]w\w*|growth|climb\w*|increas\w+|jump\w*|gain\w*|rais\w+|up\sby|f[ae]ll(?:en|s|ing)?|fell|dropp?\w*|declin\w+|cut|cuts|reduc\w+|reduction|"
    r"overrun|shrank|shrunk|lost|dearer|cheaper|higher|lower|went\sup|gone\sup|changed?|slipp?\w*)\b",
    re.IGNORECASE,
)
_TO = re.compile(
    r"\b(?:to|at|from|of)\s(?:about\s|around\s|some\s|nearly\s|almost\s|just\s|over\s|under\s|only\s|an?\s|the\s)*[$£€¥]?$",
    re.IGNORECASE,
)
_SHARE_OF = re.compile(r"^\s(?:of|were|was|are|is|say|said|have|had)\b", re.IGNORECASE)


def direction(claim: Reading, q: Quantity) -> int:
    """1 where the words about the value tell of a rise, -1 of a fall, 0 of neither or both."""
    around = claim.text[max(0, q.start - 60) : q.end + 40]
    up, down = bool(_RISE.search(around)), bool(_FALL.search(around))
    return up - down


def _told_as_change(s: Sentence, share: Quantity) -> tuple[bool, bool]:
    """Whether the words about a share say that something fell by it, and that it rose: "up to a third of it" is neither."""
    text = s.reading.text
    around = _UP_TO.sub("", text[max(0, share.start - 45) : share.start] + " " + text[share.end : share.end + 30])
    return bool(_FALL.search(around)), bool(_RISE.search(around) or _AGAIN.search(around))


_UP_TO = re.compile(r"\bup\sto\b", re.IGNORECASE)
_AGAIN = re.compile(r"\bagain\b", re.IGNORECASE)  # "half as many again"


def asks_of_told(claim: Reading, q: Quantity) -> frozenset[str]:
    """What of two related figures the claim's value is meant to be: their difference, change, ratio."""
    asked = set()
    before, after = claim.text[max(0, q.start - 40) : q.start], claim.text[q.end : q.end + 40]
    if q.dim == "multiple":
        if not re.match(r"\sas\s(?:fast|likely|often|quick)", after, re.IGNORECASE):
            asked.add("ratio")
    elif q.dim == "percent":
        if (
            asks_difference(claim, q) or (_CHANGED.search(claim.text) and not _TO.search(before))
        ) and not _SHARE_OF.match(after):
            asked.add("change")
        if q.unit != "share" and asks_difference(claim, q):
            asked.add("difference")
    elif asks_difference(claim, q):
        asked.add("difference")
    return frozenset(asked)
