"""Finding the evidence: for each claim, the passages most likely to decide it.

Words (BM25 over stems) and meaning (exact search over sentence embeddings) each
rank the passages of the sources in scope; reciprocal rank fusion joins the two.
Similarity finds evidence and never decides: the score says how well a passage
matched, nothing about whether the claim is true.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from factcheck.domain import Claim, Evidence, Passage, digest
from factcheck.sources import scope

if TYPE_CHECKING:
    import numpy as np

    from factcheck.stores import SourceEntry, Store

# How many passages each ranking contributes; deeper ones add time and no evidence in the first dozen.
CANDIDATES = 60

# Reciprocal rank fusion's constant, as in Cormack et al. (2009): ranks 1 and 2 weigh nearly alike.
FUSION_RANK = 60


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
        everything = tuple(entry.id for entry in entries)
        scopes = [scope(entries, claim, self.store).source_ids for claim in claims]
        vectors = self._claim_vectors(claims) if self.model_id else {}
        found: list[tuple[Evidence, ...]] = [()] * len(claims)
        for source_ids in dict.fromkeys(scopes):
            if not source_ids:
                continue
            wanted = None if source_ids == everything else source_ids
            dense = self._dense(entries, source_ids, wanted)
            for number, claim in enumerate(claims):
                if scopes[number] == source_ids:
                    found[number] = self._rank(claim, wanted, dense, vectors.get(_query(claim)))
        return found

    def _rank(
        self,
        claim: Claim,
        source_ids: tuple[str, ...] | None,
        dense: tuple[np.ndarray, np.ndarray] | None,
        vector: np.ndarray | None,
    ) -> tuple[Evidence, ...]:
        rankings = [[hit.passage_key for hit in self.store.search([_query(claim)], CANDIDATES, source_ids)]]
        cosine: dict[int, float] = {}
        if dense is not None and vector is not None and len(dense[0]):
            import numpy as np

            keys, matrix = dense
            # One product for each claim, rounded: the order must not depend on which claims share a batch.
            similarity = np.round(matrix @ vector, 5)
            best = np.lexsort((np.arange(len(keys)), -similarity))[:CANDIDATES]
            rankings.append([int(keys[at]) for at in best])
            place = {int(key): at for at, key in enumerate(keys)}
            cosine = {key: float(similarity[place[key]]) for ranking in rankings for key in ranking if key in place}
        fused: dict[int, float] = {}
        for ranking in rankings:
            for rank, key in enumerate(ranking, start=1):
                fused[key] = fused.get(key, 0.0) + 1.0 / (FUSION_RANK + rank)
        # Ties keep the order of the store, so that the same store always gives the same evidence.
        chosen = sorted(fused, key=lambda key: (-fused[key], key))[: self.limit]
        passages = self.store.passages_by_key(chosen)
        most = len(rankings) / (FUSION_RANK + 1)
        return tuple(
            Evidence(passage=passages[key], retrieval_score=min(1.0, max(0.0, cosine.get(key, fused[key] / most))))
            for key in chosen
            if key in passages
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
        self, entries: Sequence[SourceEntry], source_ids: tuple[str, ...], wanted: tuple[str, ...] | None
    ) -> tuple[np.ndarray, np.ndarray] | None:
        if not self.model_id:
            return None
        if self.load_embedder is not None:
            titles = {entry.id: entry.title for entry in entries}
            # Sources added without this model: embedded now, and kept when the store can be written.
            for source_id in self.store.missing_vectors(self.model_id, wanted):
                self._fill(source_id, titles[source_id])
        keys, matrix = self.store.vectors(self.model_id, wanted)
        return (keys, matrix) if len(keys) else None

    def _fill(self, source_id: str, title: str | None) -> None:
        assert self.model_id is not None
        if self.store.read_only:
            return
        passages = self.store.passages(source_id)
        keys = self.store.passage_keys(source_id)
        self.store.keep_vectors(self.model_id, keys, self._embed(embedding_texts(title, passages)))


__all__ = ["Embeds", "Retriever", "embedding_texts"]
