"""Whether the arithmetic of a text holds by its own figures: "46 were cancelled; 31 of those fly, so that 25 stay".

A figure whose words say how it was got (a sum, a rest, a rise, a ratio, the seats to a
majority) is worked out again from the figures that the claim, and the sentences of its
draft before it, give for that. It is held against the claim only where the source has
the same figures, so that the evidence for the right value can be shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from factcheck.alignment import Reading, Sentence, View, read
from factcheck.calculation import direction
from factcheck.quantities import Quantity, comparable, compare, compare_values, plain, show
from factcheck.told import related

WORKED = 0.88  # set by hand, as the other certainties of what a text says of itself
SAME_ORDER = 5.0  # a figure further from the result than this is of something else
STATED = 0.5  # share of the claim's words in a sentence that states the claim's own figure

BESIDE = 0.2  # least share of the claim's words in a source's sentence that gives one of the figures

_HEDGES = (
    r"(?:\s(?:about|around|roughly|nearly|almost|some|just|only|over|under|more\sthan|less\sthan|at\sleast|an?|the))*"
    r"\s?[$£€¥]?$"
)
_TOTAL_AFTER = re.compile(
    r"^\s(?:[\w-]+\s){0,3}?(?:in\sall|in\stotal|altogether|all\stold|combined|between\sthem)\b", re.I
)
_TOTAL_BEFORE = re.compile(
    r"\b(?:making|makes|made|for)\s(?:it\s|that\s)?(?:an?\s(?:total|sum|overall\stotal)\sof)" + _HEDGES, re.I
)
_REST_BEFORE = re.compile(
    r"\b(?:leaves|leaving|left)\s?(?:it|them|him|her|us|me|the\s[\w-]+)?(?:\swith)?" + _HEDGES, re.I
)
_REST_AFTER = re.compile(
    r"^\s(?:[\w-]+\s){0,2}?(?:stays?|stayed|remain(?:s|ed|ing)?|are\s(?:still\s)?left|were\s(?:still\s)?left|is\sleft|was\sleft|left\sover|to\sgo)\b",
    re.I,
)
_SO = re.compile(r"\b(?:so|so\sthat|and\sso|which\smeans|meaning(?:\sthat)?)" + _HEDGES, re.I)
_THAT_IS = re.compile(
    r"^(?:That|This|Which|It)(?:['’]s|\s(?:is|was|makes?|made|means?|meant|represents?|represented|amounts?\sto|comes?\sto|works?\sout\sat))\b"
)
_THAT_LEAVES = re.compile(r"^(?:That|This)\s(?:leaves|left|would\sleave|will\sleave)\b")
_CHANGE_BEFORE = re.compile(
    r"(?:\b(?:rise|increase|jump|leap|growth|gain|climb|fall|drop|decline|decrease|cut|reduction|difference|gap|saving)\sof"
    r"|\b(?:higher|lower|longer|shorter|dearer|cheaper|heavier|lighter|taller|faster|slower|up|down|rose|risen|fell|fallen|grew|grown|"
    r"raised|increased|reduced|climbed|dropped|cut|shortened|extended)\sby)" + _HEDGES,
    re.I,
)
_CHANGE_AFTER = re.compile(
    r"^\s(?:rise|increase|jump|leap|fall|drop|decline|decrease|cut|reduction|more|less|fewer|higher|lower|dearer|cheaper|longer|shorter|up|down|extra)\b",
    re.I,
)
_AS_MUCH = re.compile(
    r"^\s(?:times\s)?(?:as\s(?:much|many|high|large|long|big|great|heavy|far|old|expensive|dear)\s(?:\w+\s){0,3}?as\b|more\sthan\b|the\s(?:number|amount|figure|total|sum|price|cost)\b)",
    re.I,
)
_MAJORITY = re.compile(
    r"^\s(?:(?:seats?|votes?|members?)\s)?(?:short\sof|from|shy\sof)\s(?:an?|the)\s(?:(?:overall|absolute|outright|working)\s)?majority\b",
    re.I,
)
# Between a change and its figures: with these begins what is told of something else.
_ANOTHER = re.compile(r"[;—]|\b(?:while|but|although|though|whereas|because|after|since|as)\b", re.I)
_COMPARED = re.compile(r"\b(?:as|than|from|against|when|with|which|at)\b", re.I)


@dataclass(frozen=True)
class Result:
    """What a figure should be, the work that shows it, and the figures that it was got from."""

    value: float
    text: str
    operands: tuple[Quantity, ...]
    meant: bool = True  # else only another way to read the words, which may make the claim's figure right


def against(v: View, q: Quantity) -> tuple[Result, Sentence, Quantity, float] | None:
    """The value that the text's own figures give for ``q`` where it is another, and where the source has them."""
    if not q.lo or q.dim in ("ordinal", "temperature") or q.tally:
        return None
    results = [r for r in _results(v, q) if r.value > 0]
    if not results or any(compare_values(q, r.value, r.value) != "differs" for r in results):
        return None
    if any(s.cover >= STATED and any(_equal(q, c) for c in s.reading.quantities) for s in v.sentences):
        return None  # the source says so itself
    for result in sorted((r for r in results if r.meant), key=lambda r: max(r.value, q.value) / min(r.value, q.value)):
        if max(result.value, q.value) > SAME_ORDER * min(result.value, q.value):
            break
        found = [_in_source(v, o) for o in result.operands]
        if all(found):
            s, c = min((f for f in found if f), key=lambda f: -f[0].cover)
            return result, s, c, WORKED
    return None


def _in_source(v: View, o: Quantity) -> tuple[Sentence, Quantity] | None:
    here = [(s, c) for s in v.sentences for c in s.reading.quantities if _equal(o, c)]
    return max(here, key=lambda f: (f[0].evidence, f[0].cover), default=None)


def _equal(a: Quantity, b: Quantity) -> bool:
    same_noun = not (a.dim == "count" and a.head and b.head) or bool({a.head, *a.nouns} & {b.head, *b.nouns})
    return (comparable(a, b) and compare(a, b) == "equal" and same_noun) or (
        a.dim == b.dim and a.lo == b.lo and a.hi == b.hi
    )


def _results(v: View, q: Quantity) -> Iterator[Result]:
    """What the figure should be, in every way that its words allow."""
    text = v.claim.text
    before, after = text[: q.start], text[q.end :]
    earlier = [o for o in v.claim.quantities if o.end <= q.start and _exact(o)]
    said = [read(sentence, v.reference) for sentence in v.before]
    if _MAJORITY.match(after):
        yield from _to_majority(q, [*earlier, *(o for r in said for o in r.quantities)])
    if q.dim not in ("percent", "points", "multiple"):
        if _TOTAL_AFTER.match(after) or _TOTAL_BEFORE.search(before):
            yield from _totals(q, earlier)
        if _REST_BEFORE.search(before) or (_SO.search(before) and _REST_AFTER.match(after)):
            yield from _rests(v, q, earlier, said, opens=bool(_THAT_LEAVES.match(text)))
    opens = bool(_THAT_IS.match(text))
    if _CHANGE_BEFORE.search(before) or _CHANGE_AFTER.match(after):
        for pair in [*_pairs_before(v, q, earlier, said, opens=opens)] or [*_pairs_beside(v, q, earlier, said)]:
            yield from _change(q, *pair, turn=direction(v.claim, q))
    if q.dim == "multiple" or (q.dim == "percent" and _AS_MUCH.match(after)):
        for pair in _compared(v.claim, q, earlier, said, opens=opens):
            yield from _ratio(q, *pair)


def _exact(o: Quantity) -> bool:
    return (
        o.lo == o.hi and o.lo > 0 and o.dim not in ("ordinal", "multiple") and not o.bound.startswith(("more", "less"))
    )


def _alike(q: Quantity, o: Quantity) -> bool:
    """Whether two figures can stand in one sum: of one dimension, and of one thing where both say of what."""
    return q.dim == o.dim and q.rate == o.rate and (q.dim != "count" or not (q.head and o.head) or q.head == o.head)


def _show(q: Quantity, value: float) -> str:
    return show(value, q.dim, q.unit if q.unit != "share" else "%")


def _totals(q: Quantity, earlier: Sequence[Quantity]) -> Iterator[Result]:
    parts = [o for o in earlier if o.dim == q.dim and not o.partitive and o.whole is None and o.rate == q.rate]
    if 2 <= len(parts) <= 4:
        value = sum(o.lo for o in parts)
        yield Result(value, f"{' + '.join(_show(o, o.lo) for o in parts)} = {_show(q, value)}", tuple(parts))


def _rests(
    v: View, q: Quantity, earlier: Sequence[Quantity], said: Sequence[Reading], *, opens: bool
) -> Iterator[Result]:
    figures = [o for r in said for o in r.quantities if o.dim == q.dim and o.rate == q.rate and _exact(o)]
    parts = [o for o in earlier if o.dim == q.dim and o.rate == q.rate]
    if opens and not parts:
        # What is left of what the source sets the parts in: all of it stands in one of its sentences.
        for s in v.sentences:
            there = [o for o in s.reading.quantities if o.dim == q.dim and _exact(o)]
            parts = [o for o in figures if any(_equal(o, c) for c in there)]
            wholes = [o for o in there if not any(_equal(o, p) for p in parts)]
            if len(parts) == 1 and not wholes:
                continue
            if len(parts) >= 2 and not wholes:
                wholes, parts = [max(parts, key=lambda o: o.lo)], sorted(parts, key=lambda o: -o.lo)[1:]
            yield from _left(q, wholes, parts)
        return
    if not 1 <= len(parts) <= 2:
        return
    yield from _left(q, figures, parts)
    if len(parts) == 2:
        yield from _left(q, parts[:1], parts[1:])


def _left(q: Quantity, wholes: Sequence[Quantity], parts: Sequence[Quantity]) -> Iterator[Result]:
    gone = sum(o.lo for o in parts)
    for whole in wholes:
        if parts and whole.lo > gone and (whole.dim != "count" or any(_alike(whole, o) for o in (q, *parts))):
            value = whole.lo - gone
            work = " − ".join(_show(o, o.lo) for o in (whole, *parts))
            yield Result(value, f"{work} = {_show(q, value)}", (whole, *parts))


def _to_majority(q: Quantity, figures: Sequence[Quantity]) -> Iterator[Result]:
    """Seats short of more than half: 24 of 51 are two short of 26."""
    for o in figures:
        if o.dim == "count" and o.whole and o.whole.is_integer() and o.lo <= o.whole / 2:
            value = o.whole // 2 + 1 - o.lo
            yield Result(value, f"{plain(o.whole // 2 + 1)} of {plain(o.whole)} − {plain(o.lo)} = {plain(value)}", (o,))


def _pairs_before(
    v: View, q: Quantity, earlier: Sequence[Quantity], said: Sequence[Reading], *, opens: bool
) -> Iterator[tuple[Quantity, Quantity]]:
    """The two figures that a change is of: the only two of a kind before it, in its sentence or those it builds on."""
    for t in related(v.claim.text, v.claim.quantities):
        if t.old is not None and t.new is not None and q.start not in (t.old.start, t.new.start):
            first, last = sorted((q, max(t.old, t.new, key=lambda o: o.start)), key=lambda o: o.start)
            if _ANOTHER.search(v.claim.text[first.end : last.start]):
                continue
            yield t.old, t.new
            return
    here = [earlier] if earlier and not _ANOTHER.search(v.claim.text[earlier[-1].end : q.start]) else []
    if opens and not earlier:
        # The sentence before it, and only if that has none the further ones.
        here = [[o for r in said[-1:] for o in r.quantities if _exact(o)]]
        here.append([o for r in said for o in r.quantities if _exact(o)])
    for figures in here:
        dims = {q.dim} if q.dim not in ("percent", "points", "multiple") else {o.dim for o in figures} - {"time"}
        for dim in sorted(dims):
            two = [o for o in figures if o.dim == dim and o.form != "article"]
            if len(two) == 2 and _alike(*two) and two[0].lo != two[1].lo and not _either(v.claim.text, *two):
                yield two[0], two[1]
                return


def _either(text: str, a: Quantity, b: Quantity) -> bool:
    """Whether two figures are one loose one: "two or three cups"."""
    return text[a.end : b.start] == " or "


def _pairs_beside(
    v: View, q: Quantity, earlier: Sequence[Quantity], said: Sequence[Reading]
) -> Iterator[tuple[Quantity, Quantity]]:
    """A single figure before it, and the one other figure of its kind in the source's sentence that has it."""
    figures = earlier or [o for r in said[-1:] for o in r.quantities if _exact(o)]
    alone = [o for o in figures if o.dim == q.dim]
    if len(alone) == 1:
        for s in v.sentences:
            there = [o for o in s.reading.quantities if o.dim == q.dim and _exact(o)]
            rest = [o for o in there if not _equal(o, alone[0])]
            if s.cover >= BESIDE and len(there) == 2 and len(rest) == 1:
                yield alone[0], rest[0]


def _change(q: Quantity, first: Quantity, second: Quantity, *, turn: int) -> Iterator[Result]:
    small, big = sorted((first, second), key=lambda o: o.lo)
    gap = big.lo - small.lo
    if q.dim == big.dim or (q.dim == "points" and big.dim == "percent"):
        yield Result(gap, f"{_show(big, big.lo)} − {_show(small, small.lo)} = {_show(q, gap)}", (first, second))
    elif q.dim == "percent" and big.dim != "percent":
        for base in (first, second):
            value = 100 * gap / base.lo
            gap_shown = f"({_show(big, big.lo)} − {_show(small, small.lo)})"
            work = f"{gap_shown} ÷ {_show(base, base.lo)} = {plain(round(value, 1))}%"
            meant = base is (small if turn > 0 else big if turn < 0 else first)
            yield Result(value, work, (first, second), meant)


def _compared(
    claim: Reading, q: Quantity, earlier: Sequence[Quantity], said: Sequence[Reading], *, opens: bool
) -> Iterator[tuple[Quantity, Quantity]]:
    """What is so many times what: the figure before it, or of the sentence before, and the first after it."""
    after = [o for o in claim.quantities if o.start >= q.end and _exact(o) and o.dim != "time"]
    if not after or not _COMPARED.search(claim.text[q.end : after[0].start]):
        return
    base = after[0]
    mine = [o for o in earlier if o.dim == base.dim][-1:]
    if not mine and opens and said:
        last = [o for o in said[-1].quantities if _exact(o) and o.dim == base.dim]
        mine = last if len(last) == 1 else []
    if mine and mine[0].lo != base.lo:
        yield mine[0], base


def _ratio(q: Quantity, mine: Quantity, base: Quantity) -> Iterator[Result]:
    scale = 100.0 if q.dim == "percent" else 1.0
    value = scale * mine.lo / base.lo
    if (value > scale) == (q.lo > scale):
        yield Result(value, f"{_show(mine, mine.lo)} ÷ {_show(base, base.lo)} = {plain(round(value, 2))}", (mine, base))


__all__ = ["Result", "against"]
