"""How many pairs a second the shipped verdict model judges, beside sentence-transformers with the same weights.

Two whole processes, one after the other, on the same cores and the same pairs (the
project's own, tests/accuracy/pairs.jsonl): the shipped folder through
``factcheck.inference``, and the same folder through ``CrossEncoder`` in fp32 on torch.
Prints pairs per second, start-up included, their ratio, and how often the two agree.

    python benchmarks/model_speed.py [--pairs 200] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "factcheck" / "models" / "verdict"
OURS = """
import json, sys, numpy as np
from factcheck.inference import load_verdict_model
pairs = json.load(open(sys.argv[1]))
np.save(sys.argv[2], load_verdict_model().judge(pairs).argmax(axis=1))
"""
THEIRS = f"""
import json, sys, numpy as np
from sentence_transformers import CrossEncoder
pairs = json.load(open(sys.argv[1]))
model = CrossEncoder({str(FOLDER)!r}, device="cpu", max_length=256)
np.save(sys.argv[2], model.predict(pairs).argmax(axis=1))
"""


def run(code: str, pairs: Path, out: Path) -> float:
    started = time.perf_counter()
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-c", code, pairs, out]
    subprocess.run(command, check=True, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rows = [json.loads(line) for line in (ROOT / "tests" / "accuracy" / "pairs.jsonl").read_text("utf-8").splitlines()]
    chosen = [(row["evidence"], row["claim"]) for row in rows][: options.pairs]
    with tempfile.TemporaryDirectory() as folder:
        pairs = Path(folder) / "pairs.json"
        pairs.write_text(json.dumps(chosen))
        outs = Path(folder) / "ours.npy", Path(folder) / "theirs.npy"
        seconds = [(run(OURS, pairs, outs[0]), run(THEIRS, pairs, outs[1])) for _ in range(options.rounds)]
        import numpy as np

        agreement = float((np.load(outs[0]) == np.load(outs[1])).mean())
    ours, theirs = (sorted(column)[len(column) // 2] for column in zip(*seconds, strict=True))
    print(f"pairs                     {len(chosen)}, whole process, median of {options.rounds}")
    print(f"factcheck                 {len(chosen) / ours:7.1f} pairs/s ({ours:.1f} s)")
    print(f"CrossEncoder, fp32 torch  {len(chosen) / theirs:7.1f} pairs/s ({theirs:.1f} s)")
    print(f"ratio                     {theirs / ours:7.1f}")
    print(f"same label                {agreement:7.3f}")


if __name__ == "__main__":
    main()
