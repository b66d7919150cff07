"""Finding the evidence: for each claim, the passages most likely to decide it.

Words (BM25 over stems) and meaning (exact search over sentence embeddings) each
rank the passages of the sources in scope; reciprocal rank fusion joins the two.
Similarity finds evidence and never decides: the score says how well a passage
matched, nothing about whether the claim is true.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from factcheck.domain import Claim, Evidence

if TYPE_CHECKING:
    import numpy as np

    from factcheck.stores import Store


class Embeds(Protocol):
    """What retrieval needs of ``factcheck.inference.Embedder``."""

    model_id: str
    dim: int

    def embed(self, texts: Sequence[str]) -> np.ndarray: ...


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

    def retrieve(self, claims: Sequence[Claim]) -> list[tuple[Evidence, ...]]:
        """Evidence for each claim, best first, at most ``limit`` each; the whole batch is searched at once."""
        raise NotImplementedError


__all__ = ["Embeds", "Retriever"]
