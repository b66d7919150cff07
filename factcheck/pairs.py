"""Which figure belongs to which name or date: "Limerick has 58 and Cork 44".

A text that gives figures of one kind to as many names (or dates), turn and turn about,
tells which belongs to which. A claim that has the names and the figures but gives them
the other way round holds nothing that its source does not name, and is still wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from factcheck import dates, wording
from factcheck.alignment import Reading, Sentence, View
from factcheck.dates import When
from factcheck.quantities import Quantity, comparable, compare

CROSSED = 0.9  # the claim's figure is another one's in the source
REPLACED = 0.85  # the claim's other pairs are the source's, and this figure is nobody's
COVER = 0.2  # least share of the claim's words in the sentence that pairs the same things
APART = 4  # most words between a thing and its figure; beyond, the figure is of what stands between
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_PIECE = re.compile(r"[;:—–]|\b(?:but|while|whereas)\b")


@dataclass(frozen=True)
class Paired:
    """A figure and what it belongs to: a name, or a date."""

    of: str | When
    value: Quantity

    def shown(self) -> str:
        return self.of.text if isinstance(self.of, When) else self.of


def pairs(reading: Reading) -> Iterator[tuple[Paired, ...]]:
    """The figures of a text with what they belong to, one group for each stretch that takes turns throughout."""
    inside = [(w.start, w.end) for w in reading.dates] + [(q.start, q.end) for q in reading.quantities]
    names: list[tuple[int, int, str | When]] = []
    for span in wording.name_spans(reading.text):
        # "In Leeds" opens a sentence with one name, and "The" with none.
        words = [w for w in span.words if not (span.initial and w.norm in wording.STOP)]
        if words and not any(s < span.end and words[0].start < e for s, e in inside):
            names.append((words[0].start, span.end, reading.text[words[0].start : span.end]))
    when: list[tuple[int, int, str | When]] = [(w.start, w.end, w) for w in reading.dates if w.spans]
    edges = [0, *(m.end() for m in _PIECE.finditer(reading.text)), len(reading.text)]
    for lo, hi in pairwise(edges):
        values = [q for q in reading.quantities if lo <= q.start < hi and q.dim != "ordinal"]
        for things in (names, when):
            of = [thing for thing in things if lo <= thing[0] < hi]
            for dim in dict.fromkeys(q.dim for q in values):
                yield from _in_turn(reading.text, of, [q for q in values if q.dim == dim])


def _in_turn(
    text: str, of: Sequence[tuple[int, int, str | When]], values: Sequence[Quantity]
) -> Iterator[tuple[Paired, ...]]:
    """The stretches in which a thing and a figure take turns; one more of either leaves open which goes with which."""
    if len(of) == len(values) and _RESPECTIVELY.search(text, values[0].start):
        yield tuple(Paired(thing, value) for (_, _, thing), value in zip(of, values, strict=True))
        return
    order = sorted([*of, *((q.start, q.end, q) for q in values)], key=lambda x: x[0])
    kinds = [isinstance(thing, Quantity) for _, _, thing in order]
    edges = [0, *(i for i in range(1, len(order)) if kinds[i] is kinds[i - 1]), len(order)]
    for lo, hi in pairwise(edges):
        # A single pair with a further figure beside it ("2001 from 2.6 to 1.8 percent") may go with either.
        if (hi - lo >= 4 or hi - lo == len(order)) and (hi - lo) % 2 == 0 and hi > lo:
            turns = [(order[i], order[i + 1]) for i in range(lo, hi, 2)]
            if all(len(text[a[1] : b[0]].split()) <= APART for a, b in turns):
                yield tuple(_pair(a[2], b[2]) for a, b in turns)


def _pair(a: str | When | Quantity, b: str | When | Quantity) -> Paired:
    if isinstance(a, Quantity):
        a, b = b, a
    assert isinstance(b, Quantity)
    assert not isinstance(a, Quantity)
    return Paired(a, b)


def crossed(v: View, q: Quantity) -> tuple[Sentence, Paired, float] | None:
    """The source's own figure for what the claim gives ``q`` to, where the two pair the same things differently.

    Only where the claim's figure is another one's in the same sentence, or all its other
    pairs are the source's.
    """
    for mine in pairs(v.claim):
        own = next((p for p in mine if p.value.start == q.start), None)
        if own is None:
            continue
        rest = [p for p in mine if p is not own]
        for s in v.sentences:
            for theirs in pairs(s.reading):
                # Two things paired in both texts make them of one subject; one alone needs its words.
                if len(theirs) < 2 or (s.cover < COVER and not any(_same(p.of, o.of) for p in rest for o in theirs)):
                    continue
                told = next((p for p in theirs if _same(own.of, p.of)), None)
                if told is None or not comparable(q, told.value) or compare(q, told.value) != "differs":
                    continue
                others = [p for p in theirs if p is not told]
                if any(comparable(q, p.value) and compare(q, p.value) == "equal" for p in others):
                    return s, told, CROSSED
                if rest and all(
                    any(
                        _same(p.of, o.of) and comparable(p.value, o.value) and compare(p.value, o.value) == "equal"
                        for o in others
                    )
                    for p in rest
                ):
                    return s, told, REPLACED
    return None


_FOR = r"\s(for|per|to|in|on|from|by|at)\s([^,;:.()]{3,80}?)"
_OF_ONE = re.compile(_FOR + r"(?:,?\s(?:and|but|or|against|while)\s[^\d]{0,25}|,\s[^\d]{0,25})?$")
_OF_NEXT = re.compile(_FOR + r"(?=[,;:.()]|\s(?:and|but|while|which|who|because|after|before|when)\s|$)")
_HEAD = re.compile(r"^.*?(?=\s(?:in|of|with|on|at|from|who|that|aged|under|over)\s|$)")
ALLOTTED = 0.85  # set by hand


def allotted(v: View, q: Quantity) -> tuple[Sentence, Paired, float] | None:
    """The figure for what the claim tells of, where the source has the claim's for something else.

    As in "€39 for a seat and €89 for a berth" of a claim that a berth costs €39.
    """
    for s in v.evidence:
        r = s.reading
        same = [o for o in r.quantities if comparable(q, o) and o.dim == q.dim and o.lo == o.hi]
        for a, b in pairwise(same if s.cover >= COVER else ()):
            first, second = _OF_ONE.match(r.text[a.end : b.start]), _OF_NEXT.match(r.text[b.end :])
            if not first or not second or first[1] != second[1]:
                continue
            of_a, of_b = _heads(r, a.end, first), _heads(r, b.end, second)
            for value, own, other, told in ((a, of_a - of_b, of_b - of_a, b), (b, of_b - of_a, of_a - of_b, a)):
                if (
                    own
                    and other <= v.claim.content
                    and other
                    and own.isdisjoint(v.claim.content)
                    and compare(q, value) == "equal"
                    and not any(comparable(o, told) and compare(o, told) == "equal" for o in v.claim.quantities)
                ):
                    what = second[2] if told is b else first[2]
                    return s, Paired(what, told), ALLOTTED
    return None


def _heads(r: Reading, at: int, m: re.Match[str]) -> frozenset[str]:
    """The content of a noun phrase up to what is told of it: "a berth" of "a berth in a compartment"."""
    head = _HEAD.match(m[2])
    return r.within(at + m.start(2), at + m.start(2) + (head.end() if head else len(m[2])))


def _same(a: str | When, b: str | When) -> bool:
    if isinstance(a, When) or isinstance(b, When):
        return isinstance(a, When) and isinstance(b, When) and dates.compare(a, b) == "equal"
    mine, theirs = ({t.norm for t in wording.tokens(x)} - wording.STOP for x in (a, b))
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)
