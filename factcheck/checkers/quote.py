"""Checks that words a claim puts in quotation marks stand in the source as somebody's words.

Compared word by word: case, punctuation and the style of the marks do not count, a changed
word does. Gaps marked "..." and insertions in brackets are honoured. Who said it is the
speaker checker's business.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from factcheck import wording
from factcheck.domain import Judgement, Pair, Passage, Slot, SlotFinding, SlotKind, SlotState
from factcheck.reading import Reading, judgement, read
from factcheck.wording import Token

CHECKER = "quote"

# Of this many words or more, a nearly equal stretch of the source is the same quotation with a word changed.
LEAST_WORDS_CHANGED = 3
# Shorter quotations that are nowhere in quotation marks may be titles or names of things.
SHORT = 3

_GAP = re.compile(r"\.\.\.|…|\[[^\]]{0,60}\]|\([^)]{0,60}\)")


@dataclass(frozen=True)
class _Match:
    ratio: float
    start: int
    end: int
    tokens: tuple[Token, ...]


def check(pair: Pair) -> Judgement | None:
    """Back, miss or contradict each quotation of the claim; None for a claim that quotes nothing."""
    text = pair.claim.text
    quotes = [q for q in wording.quotations(text) if wording.tokens(text[q.start : q.end])]
    if not quotes:
        return None
    reading = read(pair)
    # A claim that stands in quotation marks as a whole may be just a claim: nobody need have said it in these words.
    alone = len(quotes) == 1 and not wording.tokens(text[: quotes[0].start] + " " + text[quotes[0].end :])
    findings = [
        found
        for q in quotes
        if not ((found := _finding(pair, reading, q.start, q.end)).state is SlotState.MISSING and alone)
    ]
    return judgement(pair, CHECKER, findings)


def _finding(pair: Pair, reading: Reading, start: int, end: int) -> SlotFinding:
    text = pair.claim.text[start:end]
    slot = Slot(kind=SlotKind.QUOTATION, text=text, start=start, end=end)
    pieces = [wording.tokens(piece) for piece in _GAP.split(text)]
    pieces = [p for p in pieces if p]
    size = sum(len(p) for p in pieces)
    if not pieces:
        return SlotFinding(
            slot=slot, state=SlotState.MISSING, rule="FC303", confidence=0.5, derivation="the quotation has no words"
        )

    quoted = [(p, s, e) for p in reading.passages for s, e in _quoted_spans(p)]
    for sure, passages in ((0.97, pair.passages), (0.9, reading.passages)):
        wanted = {p.ordinal for p in passages}
        hit = _exact(pieces, [(p, s, e) for p, s, e in quoted if p.ordinal in wanted])
        if hit:
            return SlotFinding(
                slot=slot,
                state=SlotState.BACKED,
                rule="FC207",
                confidence=sure,
                found=reading.source.text[hit[0] : hit[1]],
                derivation="word for word",
                start=hit[0],
                end=hit[1],
            )
    near = _nearest(pieces, quoted, pair.passages)
    plain = _exact(pieces, [(p, 0, len(p.text)) for p in reading.passages]) or _across(pieces, reading.passages)
    if plain:
        inside = size <= SHORT or any(q0 <= plain[0] < q1 for q0, q1 in _open_spans(quoted))
        return SlotFinding(
            slot=slot,
            state=SlotState.BACKED if inside else SlotState.MISSING,
            rule="FC207" if inside else "FC303",
            confidence=0.7 if inside else 0.6,
            found=reading.source.text[plain[0] : plain[1]],
            derivation="the source has these words" if inside else "the source has these words, but not as a quotation",
            start=plain[0],
            end=plain[1],
        )
    if near is not None and size >= LEAST_WORDS_CHANGED:
        ratio, at0, at1, theirs, wordings = near
        flat = [t for p in pieces for t in p]
        diff, changed = _diff(flat, wordings)
        # Three words with one changed are the same quotation only if they are all that was quoted.
        short = size == LEAST_WORDS_CHANGED and not (
            len(wordings) == size and changed == 1 and _whole(quoted, at0, at1)
        )
        if ratio >= (0.75 if size > LEAST_WORDS_CHANGED else 0.66) and changed <= max(2, size // 4) and not short:
            grammar = _only_grammar(flat, wordings)
            return SlotFinding(
                slot=slot,
                state=SlotState.CONFLICTING,
                rule="FC207",
                confidence=round((0.62 if grammar else 0.8) + 0.18 * ratio, 3),
                found=theirs,
                derivation=diff,
                start=at0,
                end=at1,
            )
        if ratio >= 0.5:
            return SlotFinding(
                slot=slot,
                state=SlotState.MISSING,
                rule="FC303",
                confidence=0.8,
                found=theirs,
                derivation=f"no such quotation; the nearest is “{theirs}”",
                start=at0,
                end=at1,
            )
    return SlotFinding(
        slot=slot,
        state=SlotState.MISSING,
        rule="FC303",
        confidence=0.9,
        derivation=f"nobody in the source says “{' '.join(text.split())[:120]}”",
    )


def _quoted_spans(p: Passage) -> list[tuple[int, int]]:
    noted = p.structure.get("quotes")
    if noted is not None:
        return [(q["q"][0], q["q"][1]) for q in noted]
    return [(q.start, q.end) for q in wording.quotations(p.text)]


def _open_spans(quoted: Sequence[tuple[Passage, int, int]]) -> list[tuple[int, int]]:
    return [(p.start + s, p.start + e) for p, s, e in quoted]


def _whole(quoted: Sequence[tuple[Passage, int, int]], start: int, end: int) -> bool:
    return any(s <= start and end <= e and (start - s) + (e - end) <= 3 for s, e in _open_spans(quoted))


def _norms(toks: Sequence[Token]) -> list[str]:
    return [t.norm for t in toks]


def _exact(pieces: Sequence[Sequence[Token]], spans: Sequence[tuple[Passage, int, int]]) -> tuple[int, int] | None:
    """The span of a stretch that has all pieces word for word, in order."""
    for p, s, e in spans:
        toks = wording.tokens(p.text[s:e])
        have = _norms(toks)
        i = 0
        first: int | None = None
        last = 0
        for piece in pieces:
            at = _index_of(have, _norms(piece), i)
            if at < 0:
                break
            first = at if first is None else first
            i = last = at + len(piece)
        else:
            if first is not None:
                return p.start + s + toks[first].start, p.start + s + toks[last - 1].end
    return None


def _across(pieces: Sequence[Sequence[Token]], passages: Sequence[Passage]) -> tuple[int, int] | None:
    """As ``_exact``, for a quotation that runs over two neighbouring passages."""
    if sum(len(p) for p in pieces) < LEAST_WORDS_CHANGED:
        return None
    for a, b in itertools.pairwise(passages):
        if b.ordinal != a.ordinal + 1:
            continue
        toks = [(t, a.start) for t in wording.tokens(a.text)] + [(t, b.start) for t in wording.tokens(b.text)]
        have = [t.norm for t, _ in toks]
        i, first, last = 0, -1, 0
        for piece in pieces:
            at = _index_of(have, _norms(piece), i)
            if at < 0:
                break
            first = at if first < 0 else first
            i = last = at + len(piece)
        else:
            return toks[first][1] + toks[first][0].start, toks[last - 1][1] + toks[last - 1][0].end
    return None


def _index_of(have: list[str], want: list[str], start: int) -> int:
    for i in range(start, len(have) - len(want) + 1):
        if have[i] == want[0] and have[i : i + len(want)] == want:
            return i
    return -1


# Only so much of a quotation is compared word by word: the cost grows with both lengths.
_LONGEST = 120


def _nearest(
    pieces: Sequence[Sequence[Token]], quoted: Sequence[tuple[Passage, int, int]], evidence: Sequence[Passage]
) -> tuple[float, int, int, str, list[Token]] | None:
    """The stretch of a quotation in the source that is most like the claim's."""
    flat = [t for p in pieces for t in p][:_LONGEST]
    want = _norms(flat)
    wanted = set(want)
    best: tuple[float, int, int, str, list[Token]] | None = None
    near = {p.ordinal for p in evidence}
    for p, s, e in quoted:
        toks = wording.tokens(p.text[s:e])
        have = _norms(toks)
        if len(wanted.intersection(have)) < 0.4 * len(wanted):
            continue
        blocks = [
            b for b in SequenceMatcher(None, want, have[:_LONGEST], autojunk=False).get_matching_blocks() if b.size
        ]
        if not blocks:
            continue
        # The stretch that the claim's words would take, at most as long as they are.
        lead, tail = blocks[0], blocks[-1]
        first = max(0, lead.b - lead.a)
        last = min(len(toks), tail.b + tail.size + (len(want) - tail.a - tail.size))
        stretch = list(toks[first:last])
        if not stretch:
            continue
        ratio = SequenceMatcher(None, want, _norms(stretch), autojunk=False).ratio() + (
            0.001 if p.ordinal in near else 0
        )
        if best is None or ratio > best[0]:
            at0, at1 = p.start + s + stretch[0].start, p.start + s + stretch[-1].end
            best = (ratio, at0, at1, p.text[s + stretch[0].start : s + stretch[-1].end], stretch)
    return best


def _diff(mine: Sequence[Token], theirs: Sequence[Token]) -> tuple[str, int]:
    """The changed words, as a reader marks them, and how many there are."""
    out = []
    changed = 0
    for op, a0, a1, b0, b1 in SequenceMatcher(None, _norms(mine), _norms(theirs), autojunk=False).get_opcodes():
        ours, source = " ".join(t.raw for t in mine[a0:a1]), " ".join(t.raw for t in theirs[b0:b1])
        if op == "equal":
            continue
        changed += max(a1 - a0, b1 - b0)
        if op == "replace":
            out.append(f"“{ours}” is “{source}” in the source")
        elif op == "delete":
            out.append(f"“{ours}” is not in the source")
        else:
            out.append(f"“{source}” is left out")
    return "; ".join(out), changed


_PRONOUNS = frozenset(
    "i me my mine we us our ours you your he him his she her hers it its they them their this that these those".split()
)


def _only_grammar(mine: Sequence[Token], theirs: Sequence[Token]) -> bool:
    """True where only pronouns or word endings differ, as when a quotation is fitted into a sentence."""
    for op, a0, a1, b0, b1 in SequenceMatcher(None, _norms(mine), _norms(theirs), autojunk=False).get_opcodes():
        if op == "equal":
            continue
        ours, source = mine[a0:a1], theirs[b0:b1]
        if op == "replace" and [t.stem for t in ours] == [t.stem for t in source]:
            continue
        if all(t.norm in _PRONOUNS or t.norm in wording.STOP for t in (*ours, *source)):
            continue
        return False
    return True
