"""Trains the check-worthiness model: python training/checkworthy.py [FOLDER]

FOLDER holds ct24.{train,dev,devtest}.jsonl.gz and policlaim.train.jsonl.gz, one
{"sentence", "checkworthy"} a line. Two minutes on two cores, most of it embedding.
The threshold is the one with the best F2 on ct24.dev: a missed claim costs more
than one that is checked needlessly.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, fbeta_score

from factcheck.drafts.checkworthy import features, held_out
from factcheck.inference import load_embedder
from factcheck.models import MODELS

SCALE = 4.0  # embeddings are unit vectors: their coordinates are small beside the features
REGULARISATION = 0.03


def read(path: Path) -> tuple[list[str], np.ndarray]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [row["sentence"] for row in rows], np.array([bool(row["checkworthy"]) for row in rows])


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/checkworthy")
    embedder = load_embedder()
    inputs, labels, test = {}, {}, np.zeros(0, bool)
    for name in ("ct24.train", "ct24.dev", "ct24.devtest", "policlaim.train"):
        sentences, labels[name] = read(folder / f"{name}.jsonl.gz")
        if name == "policlaim.train":
            test = np.array([held_out(sentence) for sentence in sentences])
        plain = np.array([features(sentence) for sentence in sentences], np.float32)
        inputs[name] = np.hstack([embedder.embed(sentences) * SCALE, plain])
        print(name, len(sentences), flush=True)
    speech = inputs["policlaim.train"]
    x = np.vstack([inputs["ct24.train"], speech[~test]])
    y = np.concatenate([labels["ct24.train"], labels["policlaim.train"][~test]])
    model = LogisticRegression(C=REGULARISATION, max_iter=3000).fit(x, y)
    dev = model.predict_proba(inputs["ct24.dev"])[:, 1]
    threshold = max(np.arange(0.05, 0.7, 0.01), key=lambda t: fbeta_score(labels["ct24.dev"], dev >= t, beta=2))
    devtest = model.predict_proba(inputs["ct24.devtest"])[:, 1] >= threshold
    held = model.predict_proba(speech[test])[:, 1] >= threshold
    print(f"threshold {threshold:.2f}")
    print(f"ct24.devtest F1 (positive class) {f1_score(labels['ct24.devtest'], devtest):.3f}")
    macro = f1_score(labels["policlaim.train"][test], held, average="macro")
    print(f"policlaim held-out fifth macro-F1 {macro:.3f}")
    size = embedder.dim
    weights = {
        "embedder": embedder.model_id,
        "threshold": round(float(threshold), 4),
        "intercept": round(float(model.intercept_[0]), 6),
        "features": [round(float(v), 6) for v in model.coef_[0][size:]],
        "embedding": [round(float(v * SCALE), 6) for v in model.coef_[0][:size]],
    }
    name = hashlib.sha256(json.dumps(weights).encode()).hexdigest()[:12]
    target = MODELS / "checkworthy" / "model.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"id": f"checkworthy@{name}", **weights}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
