"""python -m benchmarks.scale [SIZE ...] [FOLDER]: retrieval at 10,000 to 1,000,000 passages, plotted in docs/.

The text is synthetic (words drawn with the frequencies of English, in articles of 20
sentences) and the vectors are clustered as real ones are. Each size is a real store on
disk, searched through the Retriever one claim at a time; "batch" is what a claim takes
among twelve that are searched at once, "first" what the first claim of a process takes,
which reads the vectors from the file. "Pass" is one read over the int8 vectors in memory.
Times are of the processor, so that other work on the machine does not count. "Memory" is
the most that `factcheck verify` held, run on the same store with the shipped models.
FOLDER keeps the stores; 1,000,000 passages take 2 GB of disk and some minutes to write.
"""

from __future__ import annotations

import hashlib
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from factcheck.domain import Claim, Passage, Source
from factcheck.models import embedder_id
from factcheck.retrieve import Retriever
from factcheck.stores import open_store

DIM = 384
SENTENCES = 20
CLAIMS = 12
ASKED_FOR_RECALL = 25
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
PLOT = Path(__file__).parent.parent / "docs" / "retrieval-scale.svg"
COLOURS = {"pass": "#777", "dense": "#06c", "hybrid": "#c30"}


class Synthetic:
    """Vectors that a text's words decide: a topic's direction, a share of noise from the text's hash."""

    model_id = embedder_id(None)  # as if the shipped model had made them, so that verify can be run on the store

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


def took(act: Callable[[], object]) -> float:
    """Milliseconds of the processor."""
    begun = time.process_time()
    act()
    return 1000 * (time.process_time() - begun)


def measure(size: int, folder: Path) -> dict[str, float]:
    synthetic = Synthetic()
    path = folder / f"{size}.db"
    if not path.exists():
        unfinished = path.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        # One transaction: what is measured is searching.
        with open_store(unfinished, create=True) as store, store._writing():  # type: ignore[attr-defined]
            seconds = took(lambda: fill(store, size, synthetic)) / 1000
        unfinished.rename(path)
        print(f"{size:>9,}: made in {seconds:.0f} s", file=sys.stderr)
    store = open_store(path)
    rng = np.random.default_rng(3)
    asked = []
    for passage in store.passages_by_key(rng.integers(1, size, CLAIMS).tolist()).values():
        asked.append(Claim(id=passage.id, text=" ".join(passage.text.rstrip(".").split()[3:13])))
    memory = memory_of_verify(path, asked[:6])

    vectors = synthetic.embed([claim.text for claim in asked])
    first = took(lambda: store.nearest(synthetic.model_id, vectors[:1], 60))
    dense = statistics.median(took(lambda v=v: store.nearest(synthetic.model_id, v[None, :], 60)) for v in vectors)
    retriever = Retriever(store, lambda: synthetic, synthetic.model_id)
    retriever.retrieve(asked[:1])
    hybrid = statistics.median(took(lambda claim=claim: retriever.retrieve([claim])) for claim in asked)
    batch = took(lambda: retriever.retrieve(asked)) / len(asked)

    parts = [matrix.reshape(-1).view(np.int64) for _, matrix, _ in store._segments(synthetic.model_id)]  # type: ignore[attr-defined]
    one_pass = statistics.median(took(lambda: [part.max() for part in parts]) for _ in range(9))
    recall = recall_at_20(store, size, synthetic)
    store.close()
    return {
        "size": size,
        "pass": one_pass,
        "dense": dense,
        "hybrid": hybrid,
        "batch": batch,
        "first": first,
        "recall": recall,
        "memory": memory,
    }


def memory_of_verify(path: Path, claims: Sequence[Claim]) -> float:
    """The most that the command held while it checked some claims against the whole store, in MB."""
    # Claims that the store has not seen, or their vectors would be known and the embedder not be loaded.
    lines = "".join(f"  - {claim.text} {time.time_ns()}\n" for claim in claims)
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(f"claims:\n{lines}")
        file.flush()
        command = [sys.executable, "-m", "factcheck", "verify", file.name, "--db", str(path), "--no-cache"]
        # 1 is for findings; anything else means that it was not the run that was to be measured.
        with subprocess.Popen([*command, "--format", "concise"], stdout=subprocess.DEVNULL) as running:
            _, status, usage = os.wait4(running.pid, 0)
            running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode not in (0, 1):
        raise SystemExit(f"verify failed with exit code {running.returncode}")
    return usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def recall_at_20(store: Any, size: int, synthetic: Synthetic) -> float:
    """The share of the 20 exactly nearest passages, by the kept float16 vectors, that are among the 20 found."""
    queries = synthetic.many(ASKED_FOR_RECALL, np.random.default_rng(4))
    best: list[list[tuple[float, int]]] = [[] for _ in queries]
    for first in range(0, size, 50_000):
        rows = store._read(
            "select passage, vector from embeddings where passage > ? and passage <= ?", (first, first + 50_000)
        )
        keys = np.array([row[0] for row in rows])
        matrix = np.frombuffer(b"".join(row[1] for row in rows), np.float16).reshape(len(rows), -1)
        for near, similarity in zip(best, queries @ matrix.astype(np.float32).T, strict=True):
            places = np.argsort(-similarity)[:20]
            near.extend(zip(similarity[places].tolist(), keys[places].tolist(), strict=True))
    found = store.nearest(synthetic.model_id, queries, 20)
    shares = [
        len({key for _, key in sorted(near, reverse=True)[:20]} & {hit.passage_key for hit in hits}) / 20
        for near, hits in zip(best, found, strict=True)
    ]
    return sum(shares) / len(shares)


def plot(rows: Sequence[dict[str, float]]) -> str:
    """Time against size on logarithmic axes, as SVG."""
    low, high = (math.log10(rows[place]["size"]) for place in (0, -1))

    def x(size: float) -> float:
        return 80 + 400 * (math.log10(size) - low) / (high - low)

    def y(ms: float) -> float:
        return 300 - 70 * (math.log10(max(ms, 0.1)) + 1)

    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 370" width="640" height="370" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="640" height="370" fill="#fff"/>',
        '<text x="80" y="16">Processor time to retrieve the evidence for one claim</text>',
    ]
    for power in range(-1, 4):
        height = y(10.0**power)
        out.append(f'<path d="M80 {height:.0f}H480" stroke="#ddd"/>')
        out.append(f'<text x="72" y="{height + 4:.0f}" text-anchor="end">{10.0**power:g} ms</text>')
    for row in rows:
        out.append(f'<text x="{x(row["size"]):.0f}" y="322" text-anchor="middle">{int(row["size"]):,}</text>')
    for name, colour in COLOURS.items():
        points = " ".join(f"{x(row['size']):.0f},{y(row[name]):.0f}" for row in rows)
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for row in rows:
            out.append(f'<circle cx="{x(row["size"]):.0f}" cy="{y(row[name]):.0f}" r="3" fill="{colour}"/>')
        last = rows[-1]
        label = {"pass": "one pass over the vectors", "dense": "by meaning", "hybrid": "words and meaning"}[name]
        out.append(f'<text x="490" y="{y(last[name]) + 4:.0f}" fill="{colour}">{label} {last[name]:.0f} ms</text>')
    out.append('<text x="280" y="348" text-anchor="middle">passages in the store</text></svg>')
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    sizes = [int(a) for a in sys.argv[1:] if a.isdigit()] or list(SIZES)
    folder = next((Path(a) for a in sys.argv[1:] if not a.isdigit()), None)
    with tempfile.TemporaryDirectory() as temporary:
        results = []
        for size in sizes:
            row = measure(size, folder or Path(temporary))
            results.append(row)
            times = ", ".join(
                f"{name} {row[name]:.1f} ms ({row[name] / row['pass']:.1f} passes)"
                for name in ("dense", "hybrid", "batch", "first")
            )
            quality = f"recall@20 {row['recall']:.3f}, memory {row['memory']:.0f} MB"
            print(f"{size:>9,} passages: pass {row['pass']:.2f} ms, {times}, {quality}", flush=True)
        if len(results) > 1 and max(sizes) >= 1_000_000:
            PLOT.write_text(plot(results), encoding="utf-8")
            print(f"plotted in {PLOT}")
