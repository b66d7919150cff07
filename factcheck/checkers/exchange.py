"""Checks what stands on the two sides of a few small words: "A, not B", "two points ahead of A".

A claim with the words of its source and the sides exchanged holds nothing that the source does
not name, and is still wrong. Each rule needs both sides in the source, so that silence is never
held against a claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from factcheck import wording
from factcheck.alignment import Reading, View, view
from factcheck.domain import Judgement, Pair, SlotFinding, SlotKind, SlotState
from factcheck.quantities import Quantity, comparable, compare
from factcheck.reading import judgement

CHECKER = "exchange"
Span = tuple[int, int]

# All set by hand.
CONTRAST = 0.88
MARGIN = 0.85
COVER = 0.3  # least share of the claim's words in the sentence that has the contrast, or in those beside it
REACH = 60  # characters on either side of a contrast

_CONTRAST = re.compile(r",?\s(?:but\snot|and\snot|rather\sthan|instead\sof|as\sopposed\sto)\s|,\snot\s", re.IGNORECASE)
_NOT_BUT = re.compile(r"\bnot\s(.{3,50}?)(?:,\sbut|\sbut)\s", re.IGNORECASE)
_EDGE = re.compile(r"[.;:—–]\s|,\s|[.!?]$")
# "Ahead of Stainforth": which way, and from whom.
_MARGIN = re.compile(
    r"\s(?:(?P<up>ahead\sof|above|clear\sof|better\soff\sthan|in\sfront\sof|more\sthan|(?:long|old|tall|high|heavi|wid|fast|deep|larg|bigg)er\sthan)|"
    r"(?P<down>behind|below|short\sof|adrift\sof|worse\soff\sthan|(?:fewer|less)\sthan|(?:short|young|low|light|narrow|slow|small)er\sthan))\s",
    re.IGNORECASE,
)


def check(pair: Pair) -> Judgement | None:
    """Contradict a claim that has the two sides of a contrast or a margin otherwise than its source."""
    v = view(pair)
    return judgement(pair, CHECKER, [*_contrasts(v), *_margins(v)])


# -- "A, not B" -----------------------------------------------------------------------


@dataclass(frozen=True)
class Contrast:
    """What a text says of ``yes`` and not of ``no`` (words of content); ``place`` is where it says so."""

    yes: frozenset[str]
    no: frozenset[str]
    place: Span


def contrasts(reading: Reading) -> Iterator[Contrast]:
    """Each "A, not B", "A rather than B" and "not A but B" of a text."""
    masked = wording.outside_quotations(reading.text)
    for m in _CONTRAST.finditer(masked):
        start = max([0, m.start() - REACH, *(e.end() for e in _EDGE.finditer(masked, 0, m.start()))])
        yield _contrast(reading, (start, m.start()), _after(masked, m.end()))
    for m in _NOT_BUT.finditer(masked):
        yield _contrast(reading, _after(masked, m.end()), m.span(1))


def _after(text: str, start: int) -> Span:
    """From an offset to the end of its clause."""
    edge = _EDGE.search(text, start)
    return start, min(edge.start() if edge else len(text), start + REACH)


def _contrast(reading: Reading, yes: Span, no: Span) -> Contrast:
    a, b = reading.within(*yes), reading.within(*no)
    return Contrast(a - b, b - a, (min(yes[0], no[0]), max(yes[1], no[1])))


def _contrasts(v: View) -> Iterator[SlotFinding]:
    for mine in contrasts(v.claim):
        for s in v.evidence:
            if max(s.cover, s.cover_near) < COVER:
                continue
            for theirs in contrasts(s.reading):
                turned = mine.yes & theirs.no and mine.no & theirs.yes
                if turned and not mine.no & theirs.no:
                    words = wording.shortened(s.reading.text[slice(*theirs.place)], 120)
                    why = f"the source has it the other way round: “{words}”"
                    conflict = SlotState.CONFLICTING
                    yield v.finding(
                        mine.place, SlotKind.POLARITY, CHECKER, conflict, "FC209", CONTRAST, s, theirs.place, why
                    )
                    return


# -- "two points ahead of A" ----------------------------------------------------------


@dataclass(frozen=True)
class Margin:
    """How far something is from a name: "one point above Stainforth"."""

    value: Quantity
    up: bool
    name: wording.NameSpan

    @property
    def place(self) -> Span:
        return self.value.start, self.name.end


def margins(reading: Reading) -> Iterator[Margin]:
    """Each distance of a text to somebody or something named."""
    spans = wording.name_spans(reading.text)
    for m in _MARGIN.finditer(reading.text):
        name = next((s for s in spans if s.start in (m.end(), m.end() + 4)), None)  # with "the" before it or not
        if name is None:
            continue
        for q in reversed(reading.quantities):
            # "One place and one point above" are two.
            if q.end <= m.start() and re.fullmatch(
                r"(?:[\s-]\w+)?(?:\sand\s[\w-]+(?:\s\w+)?)?", reading.text[q.end : m.start()]
            ):
                yield Margin(q, bool(m["up"]), name)


def _margins(v: View) -> Iterator[SlotFinding]:
    for mine in margins(v.claim):
        told = [
            (s, m)
            for s in v.sentences
            for m in margins(s.reading)
            if m.up == mine.up
            and _same(m.name, mine.name)
            and comparable(m.value, mine.value)
            and m.value.head == mine.value.head
        ]
        if told and all(compare(mine.value, m.value) == "differs" for _, m in told):
            s, m = told[0]
            # Its own slot, wider than the figure: "two points" may well be backed elsewhere, of another.
            why = f"the source has {s.reading.text[slice(*m.place)]}, not {mine.value.text}"
            kind, rule = (SlotKind.COUNT, "FC203") if mine.value.dim == "count" else (SlotKind.QUANTITY, "FC202")
            yield v.finding(mine.place, kind, CHECKER, SlotState.CONFLICTING, rule, MARGIN, s, m.place, why)


def _same(a: wording.NameSpan, b: wording.NameSpan) -> bool:
    return bool({w.norm for w in a.words} & {w.norm for w in b.words})
