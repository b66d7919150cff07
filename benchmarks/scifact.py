"""python -m benchmarks.scifact FOLDER [STORE]: nDCG@10 and recall@10 over the 5,183 abstracts of SciFact.

FOLDER holds corpus.jsonl.gz and claims_dev.jsonl.gz. Every abstract is a source and its
sentences are the passages, so this measures the retrieval that claims get: passages are
ranked, and an abstract stands where its first passage does. STORE keeps the embedded
corpus between runs; embedding it takes about nine minutes of one processor.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from factcheck.domain import Claim, Passage, Source
from factcheck.inference import load_embedder
from factcheck.retrieve import Embeds, Retriever, _content_words, embedding_texts
from factcheck.stores import Store, open_store


def rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def passages_of(document: dict[str, Any]) -> tuple[str, list[Passage]]:
    """The abstract as one text, a sentence a line, and a passage for each sentence."""
    passages: list[Passage] = []
    at = 0
    lines = [" ".join(line.split()) for line in document["abstract"]]
    for line in filter(None, lines):
        number = len(passages)
        passages.append(
            Passage(
                source_id=str(document["doc_id"]), ordinal=number, paragraph=0, start=at, end=at + len(line), text=line
            )
        )
        at += len(line) + 1
    return "\n".join(filter(None, lines)), passages


def fill(store: Store, documents: Sequence[dict[str, Any]], embedder: Embeds) -> None:
    for document in documents:
        text, passages = passages_of(document)
        id_ = str(document["doc_id"])
        source = Source(
            id=id_,
            uri=id_,
            sha256=hashlib.sha256(f"{id_} {text}".encode()).hexdigest(),
            text=text,
            title=document["title"],
        )
        vectors = embedder.embed(embedding_texts(source.title, passages))
        store.add_source(source, passages, vectors=(embedder.model_id, vectors))
    store.pack(embedder.model_id)


def measure(ranked: Iterable[Sequence[str]], gold: Sequence[set[str]]) -> str:
    gain = recall = 0.0
    for found, right in zip(ranked, gold, strict=True):
        first = list(dict.fromkeys(found))[:10]
        ideal = sum(1 / math.log2(rank + 2) for rank in range(min(10, len(right))))
        gain += sum(1 / math.log2(rank + 2) for rank, id_ in enumerate(first) if id_ in right) / ideal
        recall += len(right & set(first)) / len(right)
    return f"nDCG@10 {gain / len(gold):.4f}, recall@10 {recall / len(gold):.4f}"


def main(folder: Path, path: Path) -> None:
    documents = rows(folder / "corpus.jsonl.gz")
    asked = rows(folder / "claims_dev.jsonl.gz")
    embedder = load_embedder()
    fresh = not path.exists()
    store = open_store(path, create=True)
    if fresh:
        fill(store, documents, embedder)
    gold = [{str(id_) for id_ in row["cited_doc_ids"]} for row in asked]
    claims = [Claim(id=str(row["id"]), text=row["claim"]) for row in asked]

    words = [store.search_sources([_content_words(claim.text)], 10) for claim in claims]
    print(f"{len(claims)} claims, {len(documents)} abstracts\nBM25    {measure(words, gold)}")
    vectors = embedder.embed([claim.text for claim in claims])
    near = store.nearest(embedder.model_id, vectors, 100)
    owners = store.passages_by_key([hit.passage_key for hits in near for hit in hits])
    print(f"dense   {measure([[owners[hit.passage_key].source_id for hit in hits] for hits in near], gold)}")
    found = Retriever(store, lambda: embedder, embedder.model_id, limit=100).retrieve(claims)
    print(f"hybrid  {measure([[e.passage.source_id for e in evidence] for evidence in found], gold)}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary) / "scifact.db")
