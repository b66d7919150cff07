"""Fits how likely a calculation that gives a claim's figure backs it: ``derived`` of ``checkers/quantity.py``.

Of several calculations that give the figure only the likeliest counts, so the fit takes turns: which is the likeliest
by the weights so far, and a logistic regression of "the claim is supported" on the features of those. The evidence is
what ``verify`` finds for each claim. Prints the table of weights, and how many figures reach a confidence, and how many
of them are in supported claims: in five folds of whole articles, and on folders that took no part. Needs scikit-learn.

    python -m benchmarks.derived_fit training/news training/news_more --held-out training/news_dev tests/accuracy/news
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from factcheck import api
from factcheck.checkers import count, date, quantity
from factcheck.evaluate import keep_articles, read_articles
from factcheck.stores import open_store

TURNS = 4
FOLDS = 5
RIDGE = 0.5  # the inverse strength of the penalty
BATCH = 200  # claims searched at a time


@dataclass(frozen=True)
class Figure:
    """A figure of a claim: the features of every calculation that gives it, and whether the claim is supported."""

    article: str
    works: Sequence[dict[str, float]]
    supported: bool


def figures(folder: Path) -> list[Figure]:
    found: list[Figure] = []
    seen: list[list[dict[str, float]]] = []
    confidence, derived = quantity.confidence, quantity._derived

    def watched(kind: str, features: dict[str, float]) -> float:
        if kind == "derived" and seen:
            seen[-1].append(dict(features))
        return confidence(kind, features)

    def of_a_figure(v, q):
        seen.append([])
        return derived(v, q)

    quantity.confidence, quantity._derived = watched, of_a_figure
    try:
        with tempfile.TemporaryDirectory() as place, open_store(Path(place) / "s.db", create=True) as store:
            claims, golds = keep_articles(store, Path(place), read_articles(folder))
            engine = api._engine(store, api.Models(), cache=False)
            for at in range(0, len(claims), BATCH):
                part = claims[at : at + BATCH]
                for claim, gold, evidence in zip(part, golds[at:], engine.retrieve(part), strict=False):
                    for pair in engine.assemble(claim, evidence, engine.load)[:1]:
                        seen.clear()
                        for check in (quantity.check, count.check, date.check):
                            check(pair)
                        supported = gold["verdict"] == "supported"
                        found += [Figure(pair.source.uri, works, supported) for works in seen if works]
    finally:
        quantity.confidence, quantity._derived = confidence, derived
    return found


def matrices(found: Sequence[Figure], names: Sequence[str]) -> list[np.ndarray]:
    return [np.array([[work.get(name, 0.0) for name in names] for work in figure.works]) for figure in found]


def fit(rows: Sequence[np.ndarray], supported: np.ndarray) -> LogisticRegression:
    likeliest = [0] * len(rows)
    for _ in range(TURNS):
        model = LogisticRegression(C=RIDGE, max_iter=5000)
        model.fit(np.array([row[i] for row, i in zip(rows, likeliest, strict=True)]), supported)
        likeliest = [int(np.argmax(row @ model.coef_[0])) for row in rows]
    return model


def report(name: str, likely: np.ndarray, supported: np.ndarray) -> None:
    reached = ((t, likely >= t) for t in (0.3, 0.5, 0.55, 0.7, 0.8, 0.85, 0.9, 0.95))
    shares = (f">={t}: {m.sum()} at {supported[m].mean() if m.any() else 0:.2f}" for t, m in reached)
    print(f"{name}: {len(likely)} figures, {supported.mean():.2f} of supported claims; " + "  ".join(shares))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--held-out", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    found = [figure for folder in options.folders for figure in figures(folder)]
    names = sorted({name for figure in found for work in figure.works for name in work if name})
    rows, supported = matrices(found, names), np.array([figure.supported for figure in found], int)
    likely = np.zeros(len(rows))
    for train, test in GroupKFold(FOLDS).split(rows, supported, [figure.article for figure in found]):
        model = fit([rows[i] for i in train], supported[train])
        for i in test:
            likely[i] = model.predict_proba(rows[i])[:, 1].max()
    report("in five folds", likely, supported)
    model = fit(rows, supported)
    for folder in options.held_out:
        others = figures(folder)
        told = np.array([model.predict_proba(row)[:, 1].max() for row in matrices(others, names)])
        report(str(folder), told, np.array([figure.supported for figure in others], int))
    print(
        {"": round(float(model.intercept_[0]), 2)}
        | {name: round(float(w), 2) for name, w in zip(names, model.coef_[0], strict=True) if abs(w) >= 0.02}
    )


if __name__ == "__main__":
    main()
