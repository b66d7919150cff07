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
from factcheck.alignment import Reading, Sentence, View, view
from factcheck.domain import Judgement, Pair, Slot, SlotFinding, SlotKind, SlotState
from factcheck.quantities import Quantity, comparable, compare
from factcheck.reading import judgement

CHECKER = "exchange"

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


def _conflict(
    v: View, kind: SlotKind, rule: str, sure: float, mine: slice, s: Sentence, theirs: slice, why: str
) -> SlotFinding:
    text = v.claim.text[mine]
    return SlotFinding(
        slot=Slot(kind=kind, text=text, start=mine.start, end=mine.stop, fills=CHECKER),
        state=SlotState.CONFLICTING,
        rule=rule,
        confidence=sure,
        found=s.reading.text[theirs],
        derivation=why,
        start=s.passage.start + theirs.start,
        end=s.passage.start + theirs.stop,
    )


# -- "A, not B" -----------------------------------------------------------------------


@dataclass(frozen=True)
class Contrast:
    """What a text says of ``yes`` and not of ``no`` (words of content); ``place`` is where it says so."""

    yes: frozenset[str]
    no: frozenset[str]
    place: slice


def contrasts(reading: Reading) -> Iterator[Contrast]:
    """Each "A, not B", "A rather than B" and "not A but B" of a text."""
    masked = wording.outside_quotations(reading.text)
    for m in _CONTRAST.finditer(masked):
        edge = _EDGE.search(masked, m.end())
        end = min(edge.start() if edge else len(masked), m.end() + REACH)
        start = max([0, m.start() - REACH, *(e.end() for e in _EDGE.finditer(masked, 0, m.start()))])
        yield _contrast(reading, slice(start, m.start()), slice(m.end(), end))
    for m in _NOT_BUT.finditer(masked):
        edge = _EDGE.search(masked, m.end())
        end = min(edge.start() if edge else len(masked), m.end() + REACH)
        yield _contrast(reading, slice(m.end(), end), slice(m.start(1), m.end(1)))


def _contrast(reading: Reading, yes: slice, no: slice) -> Contrast:
    a, b = _words(reading, yes), _words(reading, no)
    place = slice(min(yes.start, no.start), max(yes.stop, no.stop))
    return Contrast(a - b, b - a, place)


def _words(reading: Reading, where: slice) -> frozenset[str]:
    tokens = zip(reading.tokens, reading.stems, strict=True)
    return frozenset(w for t, w in tokens if w and where.start <= t.start and t.end <= where.stop)


def _contrasts(v: View) -> Iterator[SlotFinding]:
    for mine in contrasts(v.claim):
        for s in v.evidence:
            if max(s.cover, s.cover_near) < COVER:
                continue
            for theirs in contrasts(s.reading):
                turned = mine.yes & theirs.no and mine.no & theirs.yes
                if turned and not mine.no & theirs.no:
                    words = wording.shortened(s.reading.text[theirs.place], 120)
                    why = f"the source has it the other way round: “{words}”"
                    yield _conflict(v, SlotKind.POLARITY, "FC209", CONTRAST, mine.place, s, theirs.place, why)
                    return


# -- "two points ahead of A" ----------------------------------------------------------


@dataclass(frozen=True)
class Margin:
    """How far something is from a name: "one point above Stainforth"."""

    value: Quantity
    up: bool
    name: wording.NameSpan


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
            why = f"the source has {s.reading.text[m.value.start : m.name.end]}, not {mine.value.text}"
            mine_at, at = slice(mine.value.start, mine.name.end), slice(m.value.start, m.name.end)
            kind, rule = (SlotKind.COUNT, "FC203") if mine.value.dim == "count" else (SlotKind.QUANTITY, "FC202")
            yield _conflict(v, kind, rule, MARGIN, mine_at, s, at, why)


def _same(a: wording.NameSpan, b: wording.NameSpan) -> bool:
    return bool({w.norm for w in a.words} & {w.norm for w in b.words})
