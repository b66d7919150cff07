"""Fits the weights by which a time of the source is held to be what a claim's words mean.

    python benchmarks/lasting_fit.py FOLDER...

As ``meant_fit``, for factcheck/lasting.py: prints WEIGHTS, of lengths of time and ages,
and DATE_WEIGHTS, of dates. Needs scipy.
"""

from __future__ import annotations

import argparse
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from meant_fit import FOLDS, Row, as_matrix, claims, fit, shares, tally

from factcheck import lasting
from factcheck.checkers import date


def read(folders: list[pathlib.Path], names: dict[str, int]) -> list[tuple[Row, str, list[lasting.Length], list[bool]]]:
    rows = []
    for path, entry, v in claims(folders):
        for q in date._duration_slots(v):
            works = list(lasting.lengths(v, q))
            if not works:
                continue
            matrix = as_matrix([lasting.features(v, q, w, works) for w in works], names)
            gives = np.array([lasting.fits(q, w) for w in works])
            row = Row(path.name, entry["verdict"], matrix, [w.hi for w in works], gives, q.hi)
            rows.append((row, f"{v.claim.text} [{q.text}]", works, [lasting.differs(q, w) for w in works]))
    return rows


def read_dates(folders: list[pathlib.Path], names: dict[str, int]) -> list[Row]:
    rows = []
    for path, entry, v in claims(folders):
        for w in date._date_slots(v):
            found = date._candidates(v, w)
            matrix = as_matrix([date.seen(v, w, c) for c in found], names)
            gives = np.array([c.stands in ("equal", "within") for c in found], bool)
            if found:
                rows.append(Row(path.name, entry["verdict"], matrix, [0.0] * len(found), gives, 0.0))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=pathlib.Path, nargs="+")
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    names: dict[str, int] = {}
    rows = read(options.folders, names)
    print(len(rows), "slots", len(names), "features")
    judged = []
    for fold in range(FOLDS):
        weights = fit([r for r, *_ in rows if r.fold != fold and r.verdict != "contradicted"], len(names))
        for r, text, works, differs in (x for x in rows if x[0].fold == fold):
            p = shares(r, weights)[:-1]
            other: dict[int, float] = {}
            best: dict[int, str] = {}
            for value, share, gives, work, apart in zip(r.values, p, r.gives, works, differs, strict=True):
                if not gives and apart and 1 / lasting.NEAR <= r.value / max(value, 1.0) <= lasting.NEAR:
                    k = round(value / 60)
                    other[k] = other.get(k, 0.0) + share
                    best[k] = f"{work.kind}: {work.text}"
            top = max(other, key=lambda k: other[k], default=None)
            derived = sum(x for x, g, w in zip(p, r.gives, works, strict=True) if g and w.kind != "stated")
            judged.append(
                (r.verdict, p[r.gives].sum(), other[top] if top is not None else 0.0, derived, text, best.get(top, ""))
            )
    for floor in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        against = [v for v, mine, other, *_ in judged if other >= floor and mine < lasting.UNLIKELY]
        backed = [v for v, mine, _, derived, *_ in judged if derived >= floor]
        print(f"from {floor}: against {tally(against)}; backing {tally(backed)}")
    for v, mine, other, _, text, best in judged:
        if options.show and other >= 0.5 and mine < lasting.UNLIKELY and v != "contradicted":
            print("  WRONG", v, round(other, 2), text, "|", best)
    weights = fit([r for r, *_ in rows if r.verdict != "contradicted"], len(names))
    print("WEIGHTS", {n: round(float(weights[i]), 2) for n, i in sorted(names.items()) if abs(weights[i]) >= 0.05})
    names = {}
    dated = read_dates(options.folders, names)
    weights = fit([r for r in dated if r.verdict != "contradicted"], len(names))
    print("DATE_WEIGHTS", {n: round(float(weights[i]), 2) for n, i in sorted(names.items()) if abs(weights[i]) >= 0.05})


if __name__ == "__main__":
    main()
