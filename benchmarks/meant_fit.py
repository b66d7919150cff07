"""Fits the weights by which a calculation is held to be what a claim's words mean.

    python benchmarks/meant_fit.py FOLDER...

Prints the WEIGHTS table for factcheck/meant.py: a conditional logit over the
calculations of one figure and "none of them", fitted on the claims of labelled
articles that are not contradicted, and what the thresholds give in five folds of
whole articles. Needs scipy.
"""

from __future__ import annotations

import argparse
import hashlib
import pathlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from slots_names import article, pairs

from factcheck import calculation, meant
from factcheck.alignment import View, view
from factcheck.checkers import quantity

FOLDS = 5
RIDGE = 0.5
COLUMNS = 96  # more than there are features


@dataclass
class Row:
    """One figure of a claim: its calculations as a matrix, which of them give its value, and the claim's label."""

    path: str
    verdict: str
    matrix: np.ndarray
    values: list[float]
    gives: np.ndarray
    value: float

    @property
    def fold(self) -> int:
        return int(hashlib.md5(self.path.encode()).hexdigest(), 16) % FOLDS


def claims(folders: list[pathlib.Path]) -> Iterator[tuple[pathlib.Path, dict, View]]:
    """Each labelled claim beside its whole article."""
    for path in (p for folder in folders for p in sorted(folder.glob("*.yaml"))):
        data, source, passages = article(path)
        for entry, pair in pairs(data, source, passages, whole=True):
            yield path, entry, view(pair)


def as_matrix(seen: list[dict[str, float]], names: dict[str, int]) -> np.ndarray:
    """The alternatives' features as rows; ``names`` numbers the columns and takes in what it has not met."""
    for name in sorted({n for f in seen for n in f}):
        names.setdefault(name, len(names))
    matrix = np.zeros((len(seen), COLUMNS))
    for i, f in enumerate(seen):
        for name, x in f.items():
            matrix[i, names[name]] = x
    return matrix


def read(folders: list[pathlib.Path], names: dict[str, int]) -> list[Row]:
    rows = []
    for path, entry, v in claims(folders):
        for q in v.claim.quantities:
            if q.dim in ("ordinal", "time", "temperature") or q.form == "article":
                continue
            stated = (c for c in quantity.candidates(v, q) if c.stands in ("equal", "consistent"))
            if any(c.features["noun"] >= 0.4 for c in stated):
                continue
            works = [w for w in meant.calculations(v, q, meant.asked(v, q)) if w.value > 0]
            if not works:
                continue
            matrix = as_matrix([meant.features(v, q, w) for w in works], names)
            gives = np.array([calculation.fits(q, w.value) for w in works])
            rows.append(Row(path.name, entry["verdict"], matrix, [w.value for w in works], gives, q.value))
    return rows


def fit(rows: list[Row], size: int) -> np.ndarray:
    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros_like(weights)
        for r in rows:
            p = shares(r, weights)
            meant_one = np.append(r.gives, not r.gives.any())
            at = p[meant_one].sum()
            total -= np.log(at + 1e-12)
            slope += r.matrix[:, :size].T @ (p - np.where(meant_one, p / at, 0.0))[:-1]
        return total + RIDGE * weights @ weights / 2, slope + RIDGE * weights

    return minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B").x


def shares(row: Row, weights: np.ndarray) -> np.ndarray:
    z = np.append(row.matrix[:, : len(weights)] @ weights, 0.0)
    e = np.exp(z - z.max())
    return e / e.sum()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=pathlib.Path, nargs="+")
    options = parser.parse_args()
    names: dict[str, int] = {}
    rows = read(options.folders, names)
    judged = []
    for fold in range(FOLDS):
        weights = fit([r for r in rows if r.fold != fold and r.verdict != "contradicted"], len(names))
        for r in (r for r in rows if r.fold == fold):
            p = shares(r, weights)[:-1]
            other: dict[float, float] = {}
            for value, share, gives in zip(r.values, p, r.gives, strict=True):
                if not gives and 1 / meant.NEAR <= r.value / value <= meant.NEAR:
                    other[round(value, 6)] = other.get(round(value, 6), 0.0) + share
            judged.append((r.verdict, p[r.gives].sum(), max(other.values(), default=0.0)))
    for floor in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        against = [v for v, mine, other in judged if other >= floor and mine < meant.UNLIKELY]
        backed = [v for v, mine, _ in judged if mine >= floor]
        print(f"from {floor}: against {tally(against)}; backing {tally(backed)}")
    weights = fit([r for r in rows if r.verdict != "contradicted"], len(names))
    print({n: round(float(weights[i]), 2) for n, i in sorted(names.items()) if abs(weights[i]) >= 0.05})


def tally(verdicts: list[str]) -> str:
    return ", ".join(f"{verdicts.count(v)} {v}" for v in ("contradicted", "supported", "unverified"))


if __name__ == "__main__":
    main()
