"""Checks which of two things a claim puts first: "before", "after", "until", "ahead of".

The two halves of the claim are found in the source. Where one sentence of it puts them in order, or
the clauses that tell them have dates that do not overlap, another order conflicts.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from factcheck import wording
from factcheck.alignment import Sentence, View, concept, view
from factcheck.dates import When
from factcheck.domain import Judgement, Pair, SlotFinding, SlotKind, SlotState
from factcheck.quantities import stem
from factcheck.reading import judgement

CHECKER = "order"

# How much of each half of the claim the source must have where it is held to tell of it.
TOLD = 0.5
DATED = 0.6

_LINK = re.compile(
    r"\b(?P<early>(?:well |long |just |shortly |\w+ (?:years?|months?|weeks?|days?|hours?) )?before|until|ahead of|prior to|earlier than|sooner than)\b|"
    r"\b(?P<late>(?:only |soon |shortly |just |\w+ (?:years?|months?|weeks?|days?|hours?) )?after|following|(?<!at )(?<!had )(?<!has )(?<!have )(?<!was )(?<!were )(?<!is )once(?! an? )|later than)\b",
    re.I,
)
_UNTOLD = re.compile(
    r"\b(?:not|never|no|since|unless|if|would|could|should|the day (?:before|after)|than)\b|n['’]t\b", re.I
)


_TOLD_LATER = re.compile(
    r"\b(?:report(?:ed|s)?|announc(?:ed|es)|learn(?:ed|t)|heard|discover(?:ed|s)|found out|notic(?:ed|es))\b", re.I
)


@dataclass(frozen=True)
class Order:
    """Two stretches of a text, the earlier one told: ``first`` comes before ``second`` in time."""

    first: tuple[int, int]
    second: tuple[int, int]
    start: int
    end: int


_WHICH = re.compile(r"\swhich\b", re.I)


def orders(text: str) -> Iterator[Order]:
    """Each order that the words of a text tell."""
    masked = wording.outside_quotations(text)
    for m in _LINK.finditer(masked):
        if m.start() == 0 or (re.search(r"[.,;]\s*$", masked[: m.start()]) and masked[: m.start()].count(" ") < 1):
            comma = masked.find(",", m.end())
            if comma < 0:
                continue
            a, b = (comma + 1, len(text)), (m.end(), comma)
        else:
            stop = re.compile(r"[;:]|, (?:and|but|while|when|which|who|the|a|he|she|it|they)\b").search(masked, m.end())
            a, b = (0, m.start()), (m.end(), stop.start() if stop else len(text))
        # "Before which", "after which" put what follows on the other side.
        earlier = bool(m["early"]) != bool(_WHICH.match(masked, m.end()))
        yield Order(*((a, b) if earlier else (b, a)), m.start(), m.end())


def check(pair: Pair) -> Judgement | None:
    """Contradict the order in time of the claim's two halves, or that something still is; None where it tells neither."""
    text = pair.claim.text
    ended = _ended(view(pair))
    if ended is not None:
        return judgement(pair, CHECKER, [ended])
    told = list(orders(text))
    if len(told) != 1 or _UNTOLD.search(text):
        return None
    v = view(pair)
    first, second = (v.claim.within(*span) for span in (told[0].first, told[0].second))
    first, second = first - second - _IDLE, second - first - _IDLE
    if not first - v.unheard or not second - v.unheard:
        return None
    known, later = first - v.unheard, second - v.unheard
    # Of a half that tells more than a name, more than the name is told.
    of_deeds = all(half <= v.proper or not told <= v.proper for half, told in ((first, known), (second, later)))
    if 2 * len(known) > len(first) and 2 * len(later) > len(second) and of_deeds:
        found = _in_words(v, told[0], known, later)
    else:
        found = None  # most of a half is in no source: a word that both share, or a name alone, proves little
    found = found or _by_dates(v, told[0], first, second)
    # That the source has the two in this order says little of the rest: such a claim is as often wrong elsewhere.
    return judgement(pair, CHECKER, [found] if found and found.state is SlotState.CONFLICTING else [])


# What is so until a year that has passed is so no more.
_STILL = re.compile(r"\b(?:is|are|remains?|still (?:is|are|holds?|has|have|runs?|owns?)|holds?)\b(?! to\b)", re.I)
_NO_STATE = re.compile(
    r"\b(?:was|were|had|has been|have been|until|once|former(?:ly)?|not|no|never|will|would)\b", re.I
)
_UNTIL = re.compile(
    r"\b(?:was|were|held|had been|had|stood|ran|owned|remained)\b[^.;]*?\b(until (?:\w+ )?((?:1[5-9]|20)\d\d))\b"
)
ENDED = 0.6  # least share of the claim's other words in the clause that says until when it was so
OVER = 0.85  # set by hand


def _ended(v: View) -> SlotFinding | None:
    """A conflict where the claim tells as lasting what the source says was so until a year."""
    masked = wording.outside_quotations(v.claim.text)
    m = _STILL.search(masked)
    if m is None or _NO_STATE.search(masked) or not v.claim.content:
        return None
    best: tuple[float, Sentence, re.Match[str]] | None = None
    for s in v.evidence:
        for told in _UNTIL.finditer(s.reading.text):
            start = max(s.reading.text.rfind(mark, 0, told.start()) for mark in ";:") + 1
            inside = s.reading.within(start, told.end())
            share = v.share(v.claim.content, inside)
            past = v.reference is None or int(told.group(2)) <= v.reference.year
            if past and share >= ENDED and (best is None or share > best[0]):
                best = share, s, told
    if best is None:
        return None
    _, s, told = best
    why = f"told as lasting, but the source has it only {told.group(1)}"
    return _finding(v, m.span(), SlotState.CONFLICTING, OVER, s, told.span(1), why)


# "took place", "came to light": words that say nothing of what happened.
_IDLE = frozenset(
    x
    for w in "take took place come came light make made get got go went happen occur begin".split()
    for x in (stem(w), concept(stem(w)))
)


def _finding(
    v: View, words: tuple[int, int], state: SlotState, sure: float, s: Sentence, theirs: tuple[int, int], why: str
) -> SlotFinding:
    return v.finding(words, SlotKind.DATE, "order", state, "FC212", sure, s, theirs, why)


def _in_words(v: View, order: Order, first: frozenset[str], second: frozenset[str]) -> SlotFinding | None:
    """A sentence of the evidence that puts the two in order itself."""
    best: tuple[float, bool, Sentence, Order] | None = None
    for s in v.evidence:
        if _TOLD_LATER.search(s.reading.text) and not _TOLD_LATER.search(v.claim.text):
            continue  # a line may fall before, and be reported after
        for theirs in orders(s.reading.text):
            a, b = s.reading.within(*theirs.first), s.reading.within(*theirs.second)
            straight = min(v.share(first, a), v.share(second, b))
            turned = min(v.share(first, b), v.share(second, a))
            fit, other = max(straight, turned), min(straight, turned)
            if fit >= TOLD and fit - other >= 0.15 and (best is None or fit > best[0]):
                best = fit, straight > turned, s, theirs
    if best is None:
        return None
    fit, agrees, s, theirs = best
    words = wording.shortened(s.reading.text, 140)
    return _finding(
        v,
        (order.start, order.end),
        SlotState.BACKED if agrees else SlotState.CONFLICTING,
        0.5 + 0.4 * fit,
        s,
        (theirs.start, theirs.end),
        f"the source {'says so' if agrees else 'has it the other way round'}: “{words}”",
    )


def _dated(v: View, words: frozenset[str]) -> tuple[float, Sentence, When] | None:
    """The date that the source gives to what the words tell."""
    best: tuple[float, Sentence, When] | None = None
    for s in v.sentences:
        dates = [
            w
            for w in s.reading.dates
            if w.grain in ("day", "month", "season", "year", "quarter")
            and len(w.spans) == 1
            and w.form not in ("offset", "halfoffset", "weektoday", "yearlater", "stretch")
        ]
        if not dates:
            continue
        for w in dates:
            share = v.share(
                words, s.reading.clause(w.start, w.end) | (s.reading.content if len(dates) == 1 else frozenset())
            )
            if share >= DATED and (best is None or share > best[0]):
                best = share, s, w
    return best


def _by_dates(v: View, order: Order, first: frozenset[str], second: frozenset[str]) -> SlotFinding | None:
    """The dates of the two, where they are told of each alone and do not overlap."""
    a, b = _dated(v, first), _dated(v, second)
    if a is None or b is None or a[2] is b[2]:
        return None
    (a0, a1), (b0, b1) = a[2].spans[0], b[2].spans[0]
    if a1 < b0:
        agrees = True
    elif b1 < a0:
        agrees = False
    else:
        return None
    _, s, w = a
    return _finding(
        v,
        (order.start, order.end),
        SlotState.DERIVED if agrees else SlotState.CONFLICTING,
        0.35 + 0.5 * min(a[0], b[0]),
        s,
        (w.start, w.end),
        f"{a[2].text} is {'before' if agrees else 'after'} {b[2].text}",
    )
