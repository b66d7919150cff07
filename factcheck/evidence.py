"""From retrieved passages to what the checkers read: one pair for each source that may decide the claim.

Knows how much of a source goes along: the passages found, and the text around
them in which a checker looks for what "the group" or "last June" refers to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from factcheck.domain import Claim, Evidence, Pair, Passage, Source

PASSAGES = 6  # found passages of one source in a pair; on news_dev a seventh decided nothing
SOURCES = 3  # sources read for one claim, best first
# A source whose best passage is this much less like the claim (cosine) than the best
# of all is about something else; it could only add doubt.
MARGIN = 0.15
# Sources up to this many passages go along whole as context; longer ones as
# neighbourhoods of what was found, and their opening, which dates and names things.
WHOLE = 80
AROUND, OPENING = 6, 6
# A source of no more passages than this is all evidence, and read at once.
SHORT = 3

Load = Callable[[str], tuple[Source, tuple[Passage, ...]]]


def assemble(claim: Claim, evidence: Sequence[Evidence], load: Load) -> tuple[Pair, ...]:
    """Pairs in the order of their sources' best evidence; none when there is no evidence.

    The order in which evidence of one source is given decides only ``ranking``.
    """
    found: dict[str, list[Evidence]] = {}
    for item in evidence:
        found.setdefault(item.passage.source_id, []).append(item)
    best = max((item.retrieval_score for item in evidence), default=0.0)
    pairs: list[Pair] = []
    for source_id, items in found.items():
        score = max(item.retrieval_score for item in items)
        if len(pairs) == SOURCES or score < best - MARGIN:
            continue
        source, everything = load(source_id)
        short = len(everything) - (everything[0].text == source.title) <= SHORT
        ranked = [*(item.passage for item in items[:PASSAGES]), *(everything if short else ())]
        chosen = sorted({p.ordinal: p for p in ranked}.values(), key=lambda p: p.ordinal)
        order = {p.ordinal: at for at, p in enumerate(chosen)}
        scores = {item.passage.ordinal: item.retrieval_score for item in items}
        pairs.append(
            Pair(
                claim=claim,
                source=source,
                passages=tuple(chosen),
                context=_context(everything, chosen),
                retrieval_score=score,
                ranking=tuple(dict.fromkeys(order[p.ordinal] for p in ranked)),
                scores=tuple(scores.get(p.ordinal, 0.0) for p in chosen),
                whole=short,
            )
        )
    return tuple(pairs)


def _context(everything: Sequence[Passage], chosen: Sequence[Passage]) -> tuple[Passage, ...]:
    if len(everything) <= WHOLE:
        return tuple(everything)
    near = {i for p in chosen for i in range(p.ordinal - AROUND, p.ordinal + AROUND + 1)}
    return tuple(p for p in everything if p.ordinal < OPENING or p.ordinal in near)
