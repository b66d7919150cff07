"""Fit what makes a passage the one that tells of a claim: ``TELLING`` of ``factcheck/checkers/model.py``.

A conditional logit (McFadden 1974) over the passages that retrieval gives for each claim of
labelled articles; the chosen ones are the deciding sentences that the labels name. Prints the
weights, and for how many claims the first and one of the first three passages are deciding,
by retrieval alone and with the weights.

    python -m benchmarks.telling_fit $DATA/news_dev $DATA/news training/news_dev --held-out tests/accuracy/news
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from factcheck import api, pipeline
from factcheck.alignment import view
from factcheck.checkers.model import TELLING, is_title, telling
from factcheck.domain import Claim, Judgement, Pair, Verdict
from factcheck.evaluate import keep_articles, read_articles
from factcheck.stores import open_store

Choice = tuple[np.ndarray, np.ndarray]  # features (passages, len(TELLING)), and which passages are deciding


def choices(folder: Path) -> list[Choice]:
    """The passages of each claim with a deciding sentence, as retrieval ranks them."""
    found: list[Choice] = []
    with tempfile.TemporaryDirectory() as place, open_store(Path(place) / "s.db", create=True) as store:
        claims, golds = keep_articles(store, Path(place), read_articles(folder))
        deciding = {
            c.id: [e.strip() for e in gold.get("evidence") or []] for c, gold in zip(claims, golds, strict=True)
        }

        def watch(claim: Claim, pairs: Sequence[Pair], judgements: Sequence[Judgement]) -> Verdict:
            if deciding[claim.id] and pairs:
                found.append(choice(pairs[0], deciding[claim.id]))
            return engine.decide(claim, pairs, judgements)

        engine = api._engine(store, api.Models(), cache=False)
        pipeline.judge(claims, replace(engine, decide=watch), lambda stage: None)
    return found


def choice(pair: Pair, deciding: Sequence[str]) -> Choice:
    v = view(pair)
    order = [i for i in pair.ranking if not is_title(pair, i)]
    ranked = [pair.passages[i] for i in order]
    rows = [telling(v, pair, i, rank) for rank, i in enumerate(order)]
    hit = [any(e[:60] in p.text or p.text.strip()[:60] in e for e in deciding) for p in ranked]
    return np.array([[row[name] for name in TELLING] for row in rows]), np.array(hit)


def fit(found: Sequence[Choice]) -> np.ndarray:
    def loss(weights: np.ndarray) -> float:
        total = 0.025 * float(np.square(weights).sum())
        for features, hit in found:
            if hit.any():
                scores = features @ weights
                powers = np.exp(scores - scores.max())
                total -= float(np.log(powers[hit].sum() / powers.sum() + 1e-9))
        return total

    weights: np.ndarray = minimize(loss, np.ones(len(TELLING)), method="L-BFGS-B").x
    return weights


def report(name: str, found: Sequence[Choice], weights: np.ndarray) -> None:
    orders = [(hit, np.argsort(-(features @ weights), kind="stable")) for features, hit in found]
    first = np.mean([hit[order[0]] for hit, order in orders])
    three = np.mean([hit[order[:3]].any() for hit, order in orders])
    print(f"{name:<32} {len(found):>5} claims  first {first:.3f}  first three {three:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--held-out", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    found = [c for folder in options.folders for c in choices(folder)]
    weights = fit(found)
    print({name: round(float(w), 2) for name, w in zip(TELLING, weights, strict=True)})
    by_rank = np.array([float(name == "rank") for name in TELLING])
    for name, part in [("fitted", found), *((str(f), choices(f)) for f in options.held_out)]:
        report(f"{name}, by retrieval", part, by_rank)
        report(f"{name}, with the weights", part, weights)


if __name__ == "__main__":
    main()
