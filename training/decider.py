"""Fit the decider of ``factcheck/aggregate.py``: how much the model and each checker weigh in a verdict.

Runs the engine over articles with labelled claims, keeps what the decider sees of each
claim, and fits a multinomial logistic regression by projected gradient descent, with
signs bound so that the laws of the decision hold: entailment and contradiction of the
model, and every conflict, can only push one way. Prints cross-validated figures (folds
by article) for several thresholds, then the weights to paste into ``aggregate.py``.

    python -m training.decider ../shared/data/news_dev ../shared/data/news --keep build/features.json
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from factcheck import api, pipeline
from factcheck.aggregate import CONFLICT, MISSING, decide, features
from factcheck.domain import Claim, Judgement, Pair, SlotState, Verdict
from factcheck.evaluate import keep_articles, read_articles
from factcheck.stores import open_store

LABELS = ("supported", "unverified", "contradicted")


def collect(folders: Sequence[Path], verdict_model: str | None) -> list[dict[str, Any]]:
    """What the decider sees of every claim, with its label, its article and whether a slot keeps it from support."""
    rows: list[dict[str, Any]] = []
    for folder in folders:
        with tempfile.TemporaryDirectory() as place, open_store(Path(place) / "s.db", create=True) as store:
            claims, golds = keep_articles(store, Path(place), read_articles(folder))
            seen: dict[str, dict[str, Any]] = {}

            def watch(claim: Claim, pairs: Sequence[Pair], judgements: Sequence[Judgement]) -> Verdict:
                findings = [f for j in judgements for f in j.findings]
                seen[claim.id] = {  # noqa: B023
                    "features": features(judgements),
                    "model": [[len(j.passage_ids), *j.probabilities] for j in judgements if j.probabilities],
                    "blocked": [
                        max((f.confidence for f in findings if f.state is state), default=0.0)
                        for state in (SlotState.CONFLICTING, SlotState.MISSING)
                    ],
                }
                return decide(claim, pairs, judgements)

            engine = replace(api._engine(store, api.Models(verdict_model=verdict_model), cache=False), decide=watch)
            pipeline.judge(claims, engine, lambda stage: None)
            for claim, gold in zip(claims, golds, strict=True):
                rows.append(
                    {
                        **seen.get(claim.id, {"features": {}, "model": [], "blocked": [0, 0]}),
                        "gold": gold["verdict"],
                        "also_ok": gold.get("also_ok"),
                        "type": gold.get("type", ""),
                        "claim": claim.text,
                        "article": f"{folder.name}/{claim.sources[0]}" if claim.sources else folder.name,
                    }
                )
    return rows


def matrix(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> np.ndarray:
    return np.array([[1.0, *(row["features"].get(name, 0.0) for name in names)] for row in rows])


def bounds(names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest weight of each feature for (supported, contradicted)."""
    low, high = np.full((2, len(names) + 1), -np.inf), np.full((2, len(names) + 1), np.inf)
    for at, name in enumerate(names, start=1):
        if name.startswith(("entailment", "backed", "derived")):
            low[0, at], high[1, at] = 0.0, 0.0
        elif name.startswith(("contradiction", "conflict")):
            high[0, at], low[1, at] = 0.0, 0.0
        elif name.startswith("missing"):
            high[0, at], high[1, at] = 0.0, 0.0
    return low, high


def fit(x: np.ndarray, gold: np.ndarray, names: Sequence[str], *, ridge: float = 2.0, steps: int = 3000) -> np.ndarray:
    """Weights (2, 1 + features) for supported and contradicted, unverified being zero."""
    low, high = bounds(names)
    weights = np.zeros((2, x.shape[1]))
    target = np.stack([gold == 0, gold == 2]).astype(float)
    scale = 1.0 / np.maximum(np.abs(x).max(axis=0), 1.0)  # a common step for features of unlike size
    rate = 1.5
    for _ in range(steps):
        gradient = (shares(x, weights)[:, [0, 2]].T - target) @ x / len(x)
        penalty = ridge * weights / len(x)
        penalty[:, 0] = 0.0
        weights = np.clip(weights - rate * scale**2 * (gradient + penalty), low, high)
    return weights


def shares(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    z = np.stack([x @ weights[0], np.zeros(len(x)), x @ weights[1]], axis=1)
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def verdicts(p: np.ndarray, rows: Sequence[dict[str, Any]], support: float, refute: float) -> np.ndarray:
    """As ``aggregate.read`` gives them: thresholds, and no support against a doubt."""
    free = np.array([row["blocked"][0] < CONFLICT and row["blocked"][1] < MISSING for row in rows])
    contradicted = (p[:, 2] >= refute) & (p[:, 2] > p[:, 0])
    supported = ~contradicted & (p[:, 0] >= support) & (p[:, 0] > p[:, 2]) & free
    return np.where(contradicted, 2, np.where(supported, 0, 1))


def report(name: str, got: np.ndarray, rows: Sequence[dict[str, Any]], gold: np.ndarray) -> None:
    also = np.array([LABELS.index(r["also_ok"]) if r["also_ok"] else -1 for r in rows])
    right = (got == gold) | (got == also)
    false_supported = ((got == 0) & (also != 0))[gold != 0].mean()
    false_contradicted = ((got == 2) & (also != 2))[gold != 2].mean()
    print(
        f"{name:<44} accuracy {right.mean():.3f}  "
        f"false-supported {false_supported:.3f}  false-contradicted {false_contradicted:.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--verdict-model")
    parser.add_argument(
        "--keep", type=Path, help="keep what the decider sees here, and take it from here when it is there"
    )
    parser.add_argument("--ridge", type=float, default=2.0)
    options = parser.parse_args()
    if options.keep and options.keep.exists():
        rows = json.loads(options.keep.read_text())
    else:
        rows = collect(options.folders, options.verdict_model)
        if options.keep:
            options.keep.parent.mkdir(parents=True, exist_ok=True)
            options.keep.write_text(json.dumps(rows))
    gold = np.array([LABELS.index(row["gold"]) for row in rows])
    every = sorted({name for row in rows for name in row["features"]})
    model_only = [name for name in every if name.startswith(("entailment", "contradiction"))]
    articles = sorted({row["article"] for row in rows})
    fold = np.array([articles.index(row["article"]) % 8 for row in rows])
    for title, names in (("model only", model_only), ("model and checkers", every)):
        x = matrix(rows, names)
        p = np.zeros((len(rows), 3))
        for k in range(8):
            p[fold == k] = shares(x[fold == k], fit(x[fold != k], gold[fold != k], names, ridge=options.ridge))
        report(f"{title}, best label", p.argmax(axis=1), rows, gold)
        for support in (0.45, 0.5, 0.55, 0.6, 0.65, 0.7):
            for refute in (0.45, 0.5, 0.55, 0.6):
                report(f"{title}, support {support} refute {refute}", verdicts(p, rows, support, refute), rows, gold)
    weights = fit(matrix(rows, every), gold, every, ridge=options.ridge)
    print("WEIGHTS: Mapping[str, Mapping[str, float]] = {")
    for label, row in zip(("supported", "contradicted"), weights, strict=True):
        inside = {name: round(float(w), 2) for name, w in zip(["", *every], row, strict=True) if abs(w) >= 0.01}
        print(f"    {json.dumps(label)}: {json.dumps(inside)},")
    print("}")


if __name__ == "__main__":
    main()
