"""python -m benchmarks.retrieval: how often the deciding sentence is among the first passages found."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.retrieval import cases, decides, fill
from factcheck.inference import load_embedder
from factcheck.retrieve import Retriever
from factcheck.stores import open_store

if __name__ == "__main__":
    embedder = load_embedder()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "cases.db"
        fresh = not path.exists()
        store = open_store(path, create=True)
        if fresh:
            fill(store, embedder)
        asked = list(cases())
        for name, retriever in (
            ("words", Retriever(store)),
            ("both", Retriever(store, lambda: embedder, embedder.model_id)),
        ):
            ranks = []
            for case, evidence in zip(asked, retriever.retrieve([case.claim for case in asked]), strict=True):
                right = [n for n, e in enumerate(evidence, start=1) if decides(e.passage, case)]
                ranks.append(right[0] if right else 99)
                if name == "both" and ranks[-1] > 5:
                    print(f"  rank {ranks[-1]:2}: {case.claim.id} {case.claim.text!r}")
            fragments = [rank for rank, case in zip(ranks, asked, strict=True) if case.claim.about]
            shares = "  ".join(f"first {k}: {sum(rank <= k for rank in ranks) / len(ranks):.1%}" for k in (1, 3, 5, 12))
            of_fragments = sum(rank <= 5 for rank in fragments) / len(fragments)
            print(
                f"{name:6}{len(ranks)} claims, {len(store.entries())} sources: {shares}; fragments {of_fragments:.1%}"
            )
