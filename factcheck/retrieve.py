"""Finding the evidence: for each claim, the passages most likely to decide it.

Words (BM25 over stems) and meaning (exact search over sentence embeddings) each
rank the passages of the sources in scope; reciprocal rank fusion joins the two.
Similarity finds evidence and never decides: the score says how well a passage
matched, nothing about whether the claim is true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from factcheck.domain import Claim, Evidence, Passage, digest
from factcheck.sources import copies, scope

if TYPE_CHECKING:
    import numpy as np

    from factcheck.stores import Hit, SourceEntry, Store

# How many passages each ranking contributes; deeper ones add time and no evidence in the first dozen.
CANDIDATES = 60

# Reciprocal rank fusion's constant. Smaller than the usual 60, which was made for whole documents of
# many rankings: here 10 put the deciding sentence in the first five for 96.0% of claims, 60 for 92.9%.
FUSION_RANK = 10

# How much more a passage's rank by meaning counts than its rank by words.
MEANING = 2.0

# What the rank of a passage's whole source adds to its own ranks: the article that fits a claim by its
# words all told is likelier to hold the sentence that decides it (python -m benchmarks.retrieval).
SOURCE_BY_WORDS = 2.0
SOURCE_BY_MEANING = 0.5

# A heading repeats the words of its article in little room, so both rankings put it above what it announces.
HEADING_SHARE = 0.5


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_STOP_WORDS = _words(
    """a an the of in and or to is are was were be been being by for with on at from as that this these those it its has
    have had not no do does did can may might will would which who whom whose than then their there into also he she
    they his her them him i we you my our your if so up out about after before"""
)


class Embeds(Protocol):
    """What retrieval needs of ``factcheck.inference.Embedder``."""

    @property
    def model_id(self) -> str: ...

    def embed(self, texts: Sequence[str]) -> np.ndarray: ...


def embedding_texts(title: str | None, passages: Sequence[Passage]) -> list[str]:
    """What is embedded for each passage of a source: its text behind the source's title, which says what "it" is."""
    head = f"{title.rstrip('.')}. " if title else ""
    return [p.text if title and p.text == title else head + p.text for p in passages]


def _query(claim: Claim) -> str:
    return f"{claim.about}: {claim.text}" if claim.about else claim.text


def _content_words(text: str) -> str:
    words = re.findall(r"\w+", text.casefold())
    return " ".join([word for word in words if word not in _STOP_WORDS] or words)


# A sentence that shares this much of its words with one of the text it was copied from says the same.
SAME_WORDS = 0.8


def _without_copies(order: Sequence[int], passages: Mapping[int, Passage], copy_of: Mapping[str, str]) -> list[int]:
    """The keys without passages that say what an earlier one of another source says.

    An agency's text in five papers is one piece of evidence, and would fill five places.
    Any two sources are held to the same words in the same order; those of which one is
    nearly a copy of the other (``copy_of``: source to the one it copies) to most of the
    words, because papers trim and correct what they print.
    """
    kept: list[int] = []
    seen: dict[str, str] = {}
    told: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for key in order:
        passage = passages[key]
        words = re.sub(r"\W+", " ", passage.text).strip().casefold()
        if seen.setdefault(words, passage.source_id) != passage.source_id:
            continue
        text = copy_of.get(passage.source_id, passage.source_id)
        bag = frozenset(words.split())
        if any(
            source_id != passage.source_id
            and len(bag & other) >= SAME_WORDS * len(bag | other)
            # What differs in a figure is not the same.
            and {word for word in bag ^ other if any(map(str.isdigit, word))} == set()
            for source_id, other in told.get(text, ())
        ):
            continue
        told.setdefault(text, []).append((passage.source_id, bag))
        kept.append(key)
    return kept


@dataclass
class Retriever:
    """Ranks passages for claims. ``load_embedder`` is called at most once, and only when a vector is not cached.

    ``model_id`` is given apart from the embedder so that cached work can be found
    without loading a model; None searches by words alone.
    """

    store: Store
    load_embedder: Callable[[], Embeds] | None = None
    model_id: str | None = None
    limit: int = 12
    _embedder: Embeds | None = field(default=None, repr=False)

    def retrieve(self, claims: Sequence[Claim]) -> list[tuple[Evidence, ...]]:
        """Evidence for each claim, best first, at most ``limit`` each; the whole batch is searched at once.

        The order is that of the fused ranks; ``retrieval_score`` is the cosine of claim
        and passage where there are embeddings, else the fused rank's share of the best possible.
        """
        entries = self.store.entries()
        scopes = [scope(entries, claim, self.store).source_ids for claim in claims]
        vectors = self._claim_vectors(claims) if self.model_id else {}
        copy_of = copies(entries)
        found: list[tuple[Evidence, ...]] = [()] * len(claims)
        for source_ids in dict.fromkeys(scopes):
            if not source_ids:
                continue
            wanted = None if len(source_ids) == len(entries) else source_ids
            here = [number for number, scoped in enumerate(scopes) if scoped == source_ids]
            dense = self._dense(entries, wanted, [vectors.get(_query(claims[number])) for number in here])
            for number, hits in zip(here, dense, strict=True):
                found[number] = self._rank(claims[number], wanted, hits, vectors.get(_query(claims[number])), copy_of)
        return found

    def _rank(
        self,
        claim: Claim,
        source_ids: tuple[str, ...] | None,
        dense: Sequence[Hit],
        vector: np.ndarray | None,
        copy_of: Mapping[str, str],
    ) -> tuple[Evidence, ...]:
        words = [_content_words(_query(claim))]
        by_words = [hit.passage_key for hit in self.store.search(words, CANDIDATES, source_ids)]
        by_meaning = [hit.passage_key for hit in dense]
        passages = self.store.passages_by_key(sorted({*by_words, *by_meaning}))
        best_sources = self.store.search_sources(words, CANDIDATES, source_ids)
        near_sources = dict.fromkeys(passages[key].source_id for key in by_meaning if key in passages)
        source_share: dict[str, float] = {}
        for weight, ranking in ((SOURCE_BY_WORDS, best_sources), (SOURCE_BY_MEANING, near_sources)):
            for rank, source_id in enumerate(ranking, start=1):
                source_share[source_id] = source_share.get(source_id, 0.0) + weight / (FUSION_RANK + rank)
        fused: dict[int, float] = {}
        for weight, passage_ranking in ((1.0, by_words), (MEANING, by_meaning)):
            for rank, key in enumerate(passage_ranking, start=1):
                if key in passages:
                    share = HEADING_SHARE if passages[key].kind == "heading" else 1.0
                    fused[key] = fused.get(key, 0.0) + share * weight / (FUSION_RANK + rank)
        for key in fused:
            fused[key] += source_share.get(passages[key].source_id, 0.0)
        # Ties keep the order of the store, so that the same store always gives the same evidence.
        order = sorted(fused, key=lambda key: (-fused[key], key))
        chosen = _without_copies(order, passages, copy_of)[: self.limit]
        cosine = {hit.passage_key: hit.retrieval_score for hit in dense}
        if vector is not None and self.model_id and (rest := [key for key in chosen if key not in cosine]):
            others = self.store.vectors_by_key(self.model_id, rest)
            cosine.update((key, round(float(other @ vector), 5)) for key, other in others.items())
        most = (1.0 + MEANING + SOURCE_BY_WORDS + SOURCE_BY_MEANING) / (FUSION_RANK + 1)
        return tuple(
            Evidence(passage=passages[key], retrieval_score=min(1.0, max(0.0, cosine.get(key, fused[key] / most))))
            for key in chosen
        )

    # -- embeddings ------------------------------------------------------------------------

    def _embed(self, texts: Sequence[str]) -> np.ndarray:
        if self._embedder is None:
            assert self.load_embedder is not None
            self._embedder = self.load_embedder()
        return self._embedder.embed(texts)

    def _claim_vectors(self, claims: Sequence[Claim]) -> dict[str, np.ndarray]:
        queries = list(dict.fromkeys(_query(claim) for claim in claims))
        keys = {query: digest(["claim", self.model_id, query]) for query in queries}
        known = self.store.cached_outputs(list(keys.values()))
        new = [query for query in queries if keys[query] not in known]
        if new and self.load_embedder is not None:
            fresh = dict(zip(new, self._embed(new), strict=True))
            self.store.keep_outputs({keys[query]: vector for query, vector in fresh.items()})
        else:
            fresh = {}
        return {
            query: known[keys[query]] if keys[query] in known else fresh[query]
            for query in queries
            if keys[query] in known or query in fresh
        }

    def _dense(
        self,
        entries: Sequence[SourceEntry],
        wanted: tuple[str, ...] | None,
        queries: Sequence[np.ndarray | None],
    ) -> Sequence[Sequence[Hit]]:
        if not self.model_id or not queries or any(query is None for query in queries):
            return [()] * len(queries)
        import numpy as np

        if self.load_embedder is not None and (missing := self.store.missing_vectors(self.model_id, wanted)):
            titles = {entry.id: entry.title for entry in entries}
            # Sources added without this model: embedded now, and kept when the store can be written.
            for source_id in missing:
                self._fill(source_id, titles[source_id])
            if not self.store.read_only:
                self.store.pack(self.model_id)
        stacked = np.stack([query for query in queries if query is not None])
        return self.store.nearest(self.model_id, stacked, CANDIDATES, wanted)

    def _fill(self, source_id: str, title: str | None) -> None:
        assert self.model_id is not None
        if self.store.read_only:
            return
        passages = self.store.passages(source_id)
        keys = self.store.passage_keys(source_id)
        self.store.keep_vectors(self.model_id, keys, self._embed(embedding_texts(title, passages)))


__all__ = ["Embeds", "Retriever", "embedding_texts"]
