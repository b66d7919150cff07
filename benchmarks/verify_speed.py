"""Times whole processes: `factcheck verify` cold and unchanged, beside the same job in plain sentence-transformers.

    .venv/bin/python benchmarks/verify_speed.py [--runs 5] [CLAIMS.yaml]

"Cold" starts with the demo's store and an empty cache: both models are loaded and
every pair is judged. "Unchanged" is the same command again. "Plain" is what one
would write by hand with SentenceTransformer and CrossEncoder on torch, with the
very same weights (factcheck/models): embed claims and passages, take the five nearest
passages of each claim, judge each. factcheck reads the likeliest alone (up to two more
where it says nothing), and the three in one piece, and runs its checkers besides.
The three take turns, so that a slow minute of the machine is everybody's.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEAREST = 5  # passages judged for each claim by the plain script

PLAIN = f"""
import sqlite3, sys
import yaml
from sentence_transformers import CrossEncoder, SentenceTransformer

file, store, models = sys.argv[1:]
document = yaml.safe_load(open(file, encoding="utf-8"))
claims = [c if isinstance(c, str) else c["text"] for c in document["claims"]]
hypotheses = [f"{{document['about']}}: {{c}}" if document.get("about") else c for c in claims]
passages = [row[0] for row in sqlite3.connect(store).execute("select text from passages order by rowid")]
embedder = SentenceTransformer(models + "/embedder", device="cpu")
vectors = embedder.encode(passages, normalize_embeddings=True)
nearest = (embedder.encode(hypotheses, normalize_embeddings=True) @ vectors.T).argsort(axis=1)[:, ::-1][:, :{NEAREST}]
model = CrossEncoder(models + "/verdict", device="cpu")
pairs = [(passages[p], h) for h, best in zip(hypotheses, nearest) for p in best]
scores = model.predict(pairs, apply_softmax=True)
for number, claim in enumerate(claims):
    rows = scores[number * {NEAREST}:(number + 1) * {NEAREST}]
    print(claim, rows.max(axis=0))
"""


def timed(command: list[str], cwd: Path) -> float:
    """Wall-clock seconds of one whole process; a run that fails is no measurement."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=environment)
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)[:80]} failed:\n{done.stderr}")
    return seconds


def empty_cache(store: Path) -> None:
    """Forget verdicts, runs and model outputs; sources, passages and their vectors stay."""
    with sqlite3.connect(store) as connection:
        tables = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
        for table in ("verdicts", "outputs", "run_claims", "run_verdicts", "runs"):
            if table in tables:
                connection.execute(f"delete from {table}")
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", default="claims/lima_group.yaml")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    figures: dict[str, list[float]] = {"cold": [], "unchanged": [], "plain": []}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shutil.copytree(ROOT / "claims", work / "claims")
        shutil.copy(ROOT / "sources.db", work / "sources.db")
        (work / "plain.py").write_text(PLAIN, encoding="utf-8")
        file = str((ROOT / options.file).relative_to(ROOT)) if (ROOT / options.file).exists() else options.file
        verify = [sys.executable, "-m", "factcheck", "verify", file]
        plain = [sys.executable, "plain.py", file, "sources.db", str(ROOT / "factcheck" / "models")]
        for turn in range(options.runs + 1):
            empty_cache(work / "sources.db")
            row = {"cold": timed(verify, work), "unchanged": timed(verify, work), "plain": timed(plain, work)}
            if turn:  # the first turn fills the system's file cache
                for name, seconds in row.items():
                    figures[name].append(seconds)
    print(f"{file}, whole processes, {options.runs} runs each, {os.cpu_count()} cores")
    for name, seconds in figures.items():
        low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
        print(f"{name:<10} min {low:6.2f} s   median {middle:6.2f} s   max {high:6.2f} s")
    for name in ("cold", "unchanged"):
        ratio = statistics.median(figures["plain"]) / statistics.median(figures[name])
        print(f"{name} is {ratio:.1f} times faster than plain sentence-transformers")


if __name__ == "__main__":
    main()
