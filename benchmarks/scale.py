"""python -m benchmarks.scale [SIZE ...]: retrieval at 10,000 to 1,000,000 passages, in one plot (benchmarks/scale.svg).

The text is synthetic (words drawn with the frequencies of English, in articles of 20
sentences) and the vectors are clustered as real ones are. Each size is a real store on
disk, searched through the Retriever. "Pass" is one read over the int8 vectors in memory.
Times are of the processor, so that other work on the machine does not count.
"""

from __future__ import annotations

import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from factcheck.domain import Claim, Passage, Source
from factcheck.retrieve import Retriever
from factcheck.stores import open_store

DIM = 384
SENTENCES = 20
CLAIMS = 12
SIZES = (10_000, 100_000, 1_000_000)


class Synthetic:
    """Vectors that a text's words decide: a topic's direction, a share of noise from the text's hash."""

    model_id = "synthetic-384"

    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        self.topics = rng.normal(size=(2000, DIM)).astype(np.float32)
        self.topics /= np.linalg.norm(self.topics, axis=1, keepdims=True)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        rows = []
        for text in texts:
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
            noise = np.random.default_rng(seed).normal(size=DIM).astype(np.float32) / DIM**0.5
            row = self.topics[seed % len(self.topics)] * 0.7 + noise
            rows.append(row / np.linalg.norm(row))
        return np.stack(rows)

    def many(self, count: int, rng: np.random.Generator) -> np.ndarray:
        rows = self.topics[rng.integers(0, len(self.topics), count)] * 0.7
        rows += rng.normal(size=(count, DIM)).astype(np.float32) / DIM**0.5
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def fill(store: Any, size: int, synthetic: Synthetic) -> None:
    """Sources of 20 sentences of 18 words; word n of the vocabulary comes with the frequency of rank n."""
    rng = np.random.default_rng(2)
    vocabulary = np.array([f"w{n}" for n in range(60_000)])
    weights = 1.0 / (np.arange(len(vocabulary)) + 10.0)
    weights /= weights.sum()
    for number in range(size // SENTENCES):
        words = vocabulary[rng.choice(len(vocabulary), size=(SENTENCES, 18), p=weights)]
        lines = [" ".join(row) + "." for row in words]
        text = "\n".join(lines)
        passages, at = [], 0
        for ordinal, line in enumerate(lines):
            passages.append(
                Passage(
                    source_id=f"s{number}", ordinal=ordinal, paragraph=ordinal, start=at, end=at + len(line), text=line
                )
            )
            at += len(line) + 1
        sha = hashlib.sha256(text.encode()).hexdigest()
        source = Source(id=f"s{number}", uri=f"s{number}.txt", sha256=sha, text=text)
        store.add_source(source, passages, vectors=(synthetic.model_id, synthetic.many(SENTENCES, rng)))
    store.pack(synthetic.model_id)


def measure(size: int, folder: Path) -> dict[str, float]:
    synthetic = Synthetic()
    path = folder / f"{size}.db"
    if not path.exists():
        begun = time.process_time()
        # One transaction: what is measured is searching.
        with open_store(path, create=True) as store, store._writing():  # type: ignore[attr-defined]
            fill(store, size, synthetic)
        print(f"{size:>9,}: made in {time.process_time() - begun:.0f} s", file=sys.stderr)
    store = open_store(path)
    rng = np.random.default_rng(3)
    asked = []
    for passage in store.passages_by_key(rng.integers(1, size, CLAIMS).tolist()).values():
        asked.append(Claim(id=passage.id, text=" ".join(passage.text.rstrip(".").split()[3:13])))
    vectors = synthetic.embed([claim.text for claim in asked])
    store.nearest(synthetic.model_id, vectors[:1], 20)  # reads the vectors, as the first claim of a run does

    begun = time.process_time()
    found = [store.nearest(synthetic.model_id, vector[None, :], 20)[0] for vector in vectors]
    dense = (time.process_time() - begun) / CLAIMS

    retriever = Retriever(store, lambda: synthetic, synthetic.model_id)
    retriever.retrieve(asked[:1])
    begun = time.process_time()
    retriever.retrieve(asked)
    hybrid = (time.process_time() - begun) / CLAIMS
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    parts = [np.frombuffer(part, np.int64) for _, part in store._segments(synthetic.model_id)] if size > 20_000 else []
    parts = parts or [np.ones(size * DIM // 8, np.int64)]
    begun = time.process_time()
    for part in parts:
        part.max()
    one_pass = time.process_time() - begun

    recall = []
    for vector, hits in zip(vectors, found, strict=True):
        best: list[tuple[float, int]] = []
        for first in range(0, size, 50_000):
            rows = store._read(
                "select passage, vector from embeddings where passage > ? and passage <= ?", (first, first + 50_000)
            )
            matrix = (
                np.frombuffer(b"".join(row[1] for row in rows), np.float16).reshape(len(rows), -1).astype(np.float32)
            )
            similarity = matrix @ vector
            best += [(float(similarity[at]), rows[at][0]) for at in np.argsort(-similarity)[:20]]
        exact = {key for _, key in sorted(best, reverse=True)[:20]}
        recall.append(len(exact & {hit.passage_key for hit in hits}) / 20)
        if len(recall) == 5:
            break
    store.close()
    return {
        "size": size,
        "pass_ms": 1000 * one_pass,
        "dense_ms": 1000 * dense,
        "hybrid_ms": 1000 * hybrid,
        "recall": sum(recall) / len(recall),
        "memory_mb": memory,
    }


def plot(rows: list[dict[str, float]], path: Path) -> None:
    """Time against size on logarithmic axes, as SVG."""
    import math

    def x(size: float) -> float:
        return 70 + 170 * (math.log10(size) - 4)

    def y(ms: float) -> float:
        return 300 - 70 * (math.log10(max(ms, 0.1)) + 1)

    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="520" height="360" font-family="sans-serif" font-size="12">']
    for power in range(-1, 4):
        height = y(10.0**power)
        out.append(f'<path d="M70 {height}H430" stroke="#ddd"/><text x="8" y="{height + 4}">{10.0**power:g} ms</text>')
    for row in rows:
        out.append(f'<text x="{x(row["size"]) - 20}" y="330">{int(row["size"]):,}</text>')
    for name, colour in (("pass_ms", "#888"), ("dense_ms", "#06c"), ("hybrid_ms", "#c30")):
        points = " ".join(f"{x(row['size']):.0f},{y(row[name]):.0f}" for row in rows)
        label = {"pass_ms": "one pass", "dense_ms": "dense", "hybrid_ms": "hybrid"}[name]
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out.append(
            f'<text x="{x(rows[-1]["size"]) + 8:.0f}" y="{y(rows[-1][name]) + 4:.0f}" fill="{colour}">{label}</text>'
        )
    out.append('<text x="180" y="352">passages in the store; time for one claim</text></svg>')
    path.write_text("\n".join(out) + "\n", encoding="utf-8")


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if a.isdigit()]
    folder = next((Path(a) for a in sys.argv[1:] if not a.isdigit()), None)
    with tempfile.TemporaryDirectory() as temporary:
        results = []
        for size in [int(a) for a in arguments] or SIZES:
            row = measure(size, folder or Path(temporary))
            results.append(row)
            times = ", ".join(
                f"{name} {row[name + '_ms']:.1f} ms ({row[name + '_ms'] / row['pass_ms']:.1f} passes)"
                for name in ("dense", "hybrid")
            )
            quality = f"recall@20 {row['recall']:.3f}, memory {row['memory_mb']:.0f} MB"
            print(f"{size:>9,} passages: pass {row['pass_ms']:.1f} ms, {times}, {quality}")
        if len(results) > 1:
            plot(results, Path(__file__).with_name("scale.svg"))
