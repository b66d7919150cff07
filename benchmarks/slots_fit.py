"""Fits the weights by which the slot checkers turn alignment into confidence.

    python benchmarks/slots_fit.py FOLDER [--kinds conflict,span] [--rounds 2]

Runs the checkers over labelled articles, with the deciding sentences, with the
sentences nearest to the claim, and with the whole article as evidence, and prints
the WEIGHTS table for factcheck/checkers/quantity.py: what a checker saw of a slot
against what the label says of the claim. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from slots import pairs

from factcheck.checkers import count, date, quantity

BEST_OF = {"span", "date_moved"}  # several readings of one slot: only the likeliest is learned from
SLOT_TYPES = {
    "number",
    "number-words",
    "rounding",
    "unit",
    "percent-fraction",
    "list-count",
    "date",
    "relative-date",
    "duration-age",
    "arithmetic",
    "comparison",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--kinds", default="")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--modes", default="gold,near,whole")
    options = parser.parse_args()
    rows: dict[str, list[tuple[dict, int, str]]] = {}
    log: list[tuple[str, dict, float]] = []
    real = quantity.confidence

    def recording(kind: str, features: dict) -> float:
        sure = real(kind, features)
        log.append((kind, dict(features), sure))
        return sure

    quantity.confidence = recording  # type: ignore[assignment]
    date.confidence = count.confidence = recording  # type: ignore[assignment]
    rng = random.Random(0)
    for mode in options.modes.split(","):
        for number, (_article, claim, pair) in enumerate(pairs(options.folder, mode)):
            if number % options.every:
                continue
            if mode != "gold" and rng.random() < 0.5:
                continue
            log.clear()
            for check in (quantity.check, count.check, date.check):
                check(pair)
            best: tuple[str, dict, float] | None = None
            kept = []
            for entry in log:
                if entry[0] in BEST_OF:
                    if best is not None and best[0] == entry[0]:
                        if entry[2] > best[2]:
                            best = entry
                    else:
                        if best is not None:
                            kept.append(best)
                        best = entry
                else:
                    if best is not None:
                        kept.append(best)
                        best = None
                    kept.append(entry)
            if best is not None:
                kept.append(best)
            for kind, features, _ in kept:
                rows.setdefault(kind, []).append(
                    (features, ["unverified", "contradicted", "supported"].index(claim["verdict"]), claim["type"])
                )
    rows.pop("derived", None)  # benchmarks/derived_fit.py
    wanted = options.kinds.split(",") if options.kinds else sorted(rows)
    print("WEIGHTS: Mapping[str, Mapping[str, float]] = {")
    for kind in wanted:
        data = rows.get(kind, [])
        if kind in ("conflict", "date_conflict", "turned", "list_conflict", "part_conflict"):
            used = [(f, y == 1) for f, y, t in data]
        else:
            used = [(f, y == 2) for f, y, t in data if t in SLOT_TYPES]
        names = sorted({n for f, _ in used for n in f})
        x = np.array([[f.get(n, 0.0) for n in names] for f, _ in used])
        y = np.array([int(v) for _, v in used])
        if len(set(y)) < 2:
            continue
        model = LogisticRegression(C=0.5, max_iter=3000)
        p = cross_val_predict(model, x, y, cv=5, method="predict_proba")[:, 1]
        model.fit(x, y)
        weights = {n: round(float(w), 2) for n, w in zip(names, model.coef_[0], strict=True) if abs(w) >= 0.02}
        print(
            f'    "{kind}": {{"": {model.intercept_[0]:.2f}, '
            + ", ".join(f'"{n}": {w}' for n, w in weights.items())
            + "},"
        )
        curve = "  ".join(
            f">={t}: {int((p >= t).sum())} at {y[p >= t].mean() if (p >= t).any() else 0:.2f}"
            for t in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
        )
        print(f"    # {kind}: {len(y)} slots, {y.mean():.2f} positive; {curve}")
    print("}")


if __name__ == "__main__":
    main()
