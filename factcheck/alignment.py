"""Whether a value of a claim and a value of its evidence are of the same thing.

Reads texts into tokens, stems, quantities and dates (once per text), and
measures for a slot of the claim how well the words around it are met around a
candidate in the evidence. What follows from that (backed, conflicting) is the
checkers' business.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from factcheck.dates import When, find_dates
from factcheck.domain import Pair, Passage
from factcheck.quantities import FUNCTION_WORDS, UNITS, Quantity, Token, find_quantities, stem, tokenize

# A checker looks no further than this many sentences of context around the
# evidence: time must not grow with the length of a source.
MAX_CONTEXT = 160

_NOT_CONTENT = frozenset(
    """percent percentage point points million billion thousand hundred dozen a.m p.m am pm about around roughly nearly
    almost""".split()
)


@dataclass(frozen=True)
class Reading:
    """A text with what was found in it. ``stems[i]`` belongs to ``tokens[i]`` and is empty for words that carry no content."""

    text: str
    tokens: tuple[Token, ...]
    stems: tuple[str, ...]
    content: frozenset[str]
    quantities: tuple[Quantity, ...]
    dates: tuple[When, ...]
    low: str

    def near(self, start: int, end: int, width: int) -> frozenset[str]:
        """Content stems among the ``width`` content words on either side of a span."""
        left: list[str] = []
        right: list[str] = []
        for token, word in zip(self.tokens, self.stems, strict=True):
            if not word:
                continue
            if token.end <= start:
                left.append(word)
            elif token.start >= end and len(right) < width:
                right.append(word)
        return frozenset(left[-width:] + right)

    def clause(self, start: int, end: int) -> frozenset[str]:
        """Content stems of the clause a span stands in: up to the next comma, semicolon, dash or joining word."""
        tokens = self.tokens
        lo = next((i for i, t in enumerate(tokens) if t.end > start), len(tokens))
        hi = next((i for i, t in enumerate(tokens) if t.start >= end), len(tokens))
        while lo > 0 and not _breaks(tokens, lo - 1):
            lo -= 1
        while hi < len(tokens) and not _breaks(tokens, hi):
            hi += 1
        return frozenset(w for w in self.stems[lo:hi] if w)


_CLAUSE_WORDS = frozenset("""but while whereas although though and after before because who which when if than against compared""".split())


def _breaks(tokens: tuple[Token, ...], i: int) -> bool:
    token = tokens[i]
    return (token.text in ",;:—–()" and token.kind == "p") or token.low in _CLAUSE_WORDS


@lru_cache(maxsize=8192)
def read(text: str, reference: dt.date | None) -> Reading:
    """The text read once; ``reference`` is the day its relative dates count from."""
    tokens = tuple(tokenize(text))
    dates = find_dates(text, reference)
    quantities = find_quantities(text, [(w.start, w.end) for w in dates if w.form not in ("offset", "halfoffset", "weektoday", "yearlater")])
    spans = [(q.start, q.end) for q in quantities if q.dim not in ("ordinal",)] + [(w.start, w.end) for w in dates]
    stems = []
    for token in tokens:
        low = token.low
        if token.kind != "w" or low in FUNCTION_WORDS or low in _NOT_CONTENT or len(low) < 2 or any(s <= token.start and token.end <= e for s, e in spans):
            stems.append("")
        else:
            stems.append(stem(low))
    return Reading(text, tokens, tuple(stems), frozenset(s for s in stems if s), quantities, dates, text.lower())


@dataclass(frozen=True)
class Sentence:
    """One passage of the pair's source as the checkers see it."""

    passage: Passage
    reading: Reading
    evidence: bool  # retrieved for the claim, not only context
    cover: float  # share of the claim's content words that it holds, rare words counting more
    cover_near: float  # the same with the sentences beside it


@dataclass(frozen=True)
class View:
    """A pair read for checking: the claim, and the sentences of its source in document order."""

    claim: Reading
    about: frozenset[str]
    sentences: tuple[Sentence, ...]
    weights: dict[str, float]
    novel: float  # share of the claim's content that the source never mentions
    reference: dt.date | None

    @property
    def evidence(self) -> Iterator[Sentence]:
        return (s for s in self.sentences if s.evidence)

    def weight(self, words: frozenset[str]) -> float:
        return sum(self.weights.get(w, 1.0) for w in words)

    def share(self, words: frozenset[str], inside: frozenset[str]) -> float:
        """How much of the words is inside, rare words counting more; 0.5 where there is nothing to compare."""
        total = self.weight(words)
        return self.weight(words & inside) / total if total else 0.5


class _Key:
    """A pair as a cache key: passages hold a dict and can't be hashed themselves."""

    __slots__ = ("key", "pair")

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        claim, source = pair.claim, pair.source
        self.key = (claim.text, claim.about, claim.as_of, source.sha256, source.id, source.published, source.title,
                    tuple((p.start, p.end, p.text) for p in pair.passages), tuple((p.start, p.end, p.text) for p in pair.context))  # fmt: skip

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.key == other.key


@lru_cache(maxsize=2048)
def _view(key: _Key) -> View:
    pair = key.pair
    claim, about, as_of = pair.claim.text, pair.claim.about or "", pair.claim.as_of
    published, title = pair.source.published, pair.source.title or ""
    passages, context = pair.passages, pair.context
    reference = published or as_of
    reading = read(claim, as_of or published)
    evidence_keys = {(p.start, p.end) for p in passages}
    shown = {(p.start, p.end): p for p in context}
    shown.update({(p.start, p.end): p for p in passages})
    ordered = [shown[k] for k in sorted(shown)]
    if len(ordered) > MAX_CONTEXT:
        # keep the evidence and what stands nearest to it
        at = [i for i, p in enumerate(ordered) if (p.start, p.end) in evidence_keys] or [0]
        ordered = [ordered[i] for i in sorted(sorted(range(len(ordered)), key=lambda i: min(abs(i - a) for a in at[:40]))[:MAX_CONTEXT])]
    readings = [read(p.text, reference) for p in ordered]
    frequency: Counter[str] = Counter()
    for r in readings:
        frequency.update(r.content)
    n = max(len(readings), 1)
    own = reading.content
    extra = read(about, reference).content if about else frozenset()
    words = own | extra
    weights = {w: 1.0 / (1.0 + math.log1p(frequency.get(w, 0)) * (2.0 if n > 6 else 1.0)) for w in words}
    for w in words:
        if not frequency.get(w):
            weights[w] = 0.8
    total = sum(weights[w] for w in own) or 1.0
    head = read(title, reference).content if title else frozenset()
    sentences = []
    for i, (p, r) in enumerate(zip(ordered, readings, strict=True)):
        near = r.content | head
        if i:
            near |= readings[i - 1].content
        if i + 1 < len(readings):
            near |= readings[i + 1].content
        cover = sum(weights[w] for w in own & r.content) / total
        cover_near = sum(weights[w] for w in own & near) / total
        sentences.append(Sentence(p, r, (p.start, p.end) in evidence_keys, cover, cover_near))
    novel = sum(weights[w] for w in own if not frequency.get(w) and w not in head) / total
    return View(reading, extra, tuple(sentences), weights, novel, reference)


def view(pair: Pair) -> View:
    """The pair read for checking; the three checkers share one reading."""
    return _view(_Key(pair))


# --- how a candidate stands to a slot ------------------------------------------------

UP = frozenset(
    """more higher above over exceed exceeds exceeded rise rises rose risen rising up increase increases increased
    increasing grew grow grows growth gain gains gained climbed climb jumped added add adds surplus longer larger
    bigger greater raised raise raises faster later profit overspent""".split()
)
DOWN = frozenset(
    """less fewer lower below under fall falls fell fallen falling down decrease decreased decreasing cut cuts shrank
    shrink shrunk drop drops dropped loss losses lost reduced reduce reduction deficit shorter smaller cheaper
    slower earlier lowered slipped declined decline sank""".split()
)


def direction(reading: Reading, start: int, end: int, width: int = 4) -> int:
    """+1, -1 or 0: whether the words beside a value tell of more or of less. Both or neither give 0."""
    tokens = reading.tokens
    lo = next((i for i, t in enumerate(tokens) if t.end > start), len(tokens))
    hi = next((i for i, t in enumerate(tokens) if t.start >= end), len(tokens))
    words = {t.low for t in tokens[max(0, lo - width) : lo]} | {t.low for t in tokens[hi : hi + width - 1]}
    up, down = bool(words & UP), bool(words & DOWN)
    return (up - down) if up != down else 0


def noun_match(claim: Quantity, other: Quantity, claim_words: frozenset[str], other_words: frozenset[str]) -> float:
    """1 the same noun, 0.6 met nearby, 0.4 nothing to compare, 0 another noun."""
    if claim.head and claim.head == other.head:
        return 1.0
    if claim.nouns and other.nouns and set(claim.nouns) & set(other.nouns):
        return 0.9
    if claim.head and claim.head in other_words:
        return 0.6
    if not claim.head or not other.head:
        return 0.4 if claim.head or other.head else 0.5
    if other.head in claim_words:
        return 0.5
    return 0.0


UNIT_STEMS = frozenset(stem(w) for w in UNITS)
