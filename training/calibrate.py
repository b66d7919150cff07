"""Calibrate a shipped verdict model.

The temperature goes into its manifest; figures and a picture are for the docs.

Temperature scaling (Guo et al. 2017, section 4.2) divides logits by one number: the
decider's. For the model alone each pair has its own, whose logarithm is linear in what the
model's ``pair_features`` gives. Both are fitted by minimising the negative log-likelihood on
development data. The public sets weigh the same, and the news, which is what ``verify``
reads, as much as all of them together. Half of each set fits, the other half gives the
figures that are printed, of the model alone; beside each expected calibration error stands
the one that as many verdicts of perfect calibration would show.

    python -m training.calibrate factcheck/models/verdict
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from factcheck.evaluate import Row, expected_calibration_error, read_articles, read_pairs
from factcheck.inference import _OpenVinoVerdictModel, _softmax, premise_of
from training.export import write_manifest

ORDER = ("supported", "unverified", "contradicted")
SETS = (
    "fever.dev5k_3way",
    "checkcovid.dev",
    "climate_fever.pairs_unanimous",
    "ling_in_loop.val",
    "timexnli.test",
    "infotabs.test_alpha3",
    "healthver.test",
)


def article_rows(folder: Path) -> list[Row]:
    """Claims beside their deciding sentences."""
    return [
        Row(claim=c["text"], evidence=" ".join(c["evidence"]), gold=c["verdict"], kind=c["type"])
        for article in read_articles(folder)
        for c in article["claims"]
        if c.get("evidence")
    ]


def scaled(logits: np.ndarray, log_temperature: np.ndarray) -> np.ndarray:
    """Probabilities (n, 3) of logits (n, 3) at temperatures (n,) given by their logarithms."""
    return _softmax(logits * np.exp(-log_temperature)[:, None])


def fit(logits: np.ndarray, features: np.ndarray, gold: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The coefficients of the temperature's logarithm, (features.shape[1],), least in weighted log-loss."""
    weight = weight / weight.sum()
    middle = weight @ features
    middle[0] = 0.0  # the constant stays; the others are about their means, so that the penalty is on how they vary

    def loss(coefficients: np.ndarray) -> float:
        p = scaled(logits, (features - middle) @ coefficients)[np.arange(len(gold)), gold]
        return float(-(weight * np.log(np.maximum(p, 1e-12))).sum() + 1e-4 * np.square(coefficients).sum())

    best = minimize(loss, np.zeros(features.shape[1]), method="L-BFGS-B").x
    best[0] -= middle @ best
    return best


def ece(p: np.ndarray, gold: np.ndarray) -> float:
    return expected_calibration_error(p.max(1).tolist(), (p.argmax(1) == gold).tolist())


def ece_of_perfect(p: np.ndarray, draws: int = 50) -> float:
    """The expected calibration error that chance alone gives so many verdicts of these confidences."""
    sure, random_ = p.max(1), np.random.default_rng(1)
    return float(
        np.mean(
            [expected_calibration_error(sure.tolist(), (random_.random(len(p)) < sure).tolist()) for _ in range(draws)]
        )
    )


def curve(confidence: np.ndarray, right: np.ndarray) -> list[tuple[float, float]]:
    """Risk among the most confident share of verdicts, for 100 shares (El-Yaniv and Wiener 2010)."""
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~right[order])
    n = len(order)
    return [(k / 100, float(wrong[max(1, n * k // 100) - 1] / max(1, n * k // 100))) for k in range(1, 101)]


def draw(curves: dict[str, list[tuple[float, float]]], path: Path) -> None:
    """The risk-coverage curves as an SVG file."""
    width, height, left, top = 720, 420, 60, 20
    colours = ("#1b6ca8", "#c8553d", "#2d7d46", "#7b4fa3", "#8a6d00", "#008c95", "#555555", "#b0307a", "#3b3b98")
    most = max(0.3, max(r for points in curves.values() for _, r in points))

    def at(coverage: float, risk: float) -> str:
        return f"{left + coverage * (width - left - 220):.1f},{top + (1 - risk / most) * (height - top - 50):.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for tick in range(6):
        x, y = at(tick / 5, 0).split(",")
        parts.append(f'<text x="{x}" y="{float(y) + 18}" text-anchor="middle">{tick * 20}%</text>')
        x, y = at(0, most * tick / 5).split(",")
        parts.append(f'<text x="{float(x) - 8}" y="{float(y) + 4}" text-anchor="end">{most * tick / 5:.2f}</text>')
        parts.append(
            f'<polyline points="{at(0, most * tick / 5)} {at(1, most * tick / 5)}" stroke="#ddd" fill="none"/>'
        )
    for number, (name, points) in enumerate(curves.items()):
        colour = colours[number % len(colours)]
        line = " ".join(at(c, r) for c, r in points)
        parts.append(f'<polyline points="{line}" stroke="{colour}" fill="none" stroke-width="1.6"/>')
        parts.append(f'<text x="{width - 210}" y="{top + 14 + 18 * number}" fill="{colour}">{name}</text>')
    x, y = at(0.5, 0).split(",")
    parts.append(
        f'<text x="{x}" y="{float(y) + 38}" text-anchor="middle">coverage: share of pairs answered, surest first</text>'
    )
    parts.append(
        f'<text x="14" y="{height / 2}" transform="rotate(-90 14 {height / 2})" '
        'text-anchor="middle">risk: share wrong</text>'
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*parts, "</svg>"]) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--limit", type=int, default=5000, help="pairs of each set, at most")
    parser.add_argument("--picture", type=Path, help="write the risk-coverage curves to this SVG file")
    parser.add_argument("--logits", type=Path, help="keep the logits here, and take them from here when they are there")
    options = parser.parse_args()
    rows = {name: read_pairs(options.data / "dev" / f"{name}.jsonl.gz") for name in SETS}
    rows |= {"news_dev": article_rows(options.data / "news_dev")}
    rows = {name: random.Random(3).sample(part, min(options.limit, len(part))) for name, part in rows.items()}
    model = _OpenVinoVerdictModel(options.model)
    pairs = {
        name: [(premise_of([r.evidence], None, r.published), r.claim) for r in part] for name, part in rows.items()
    }
    if options.logits and options.logits.exists():
        logits = dict(np.load(options.logits))
    else:
        logits = {name: model.logits(part) for name, part in pairs.items()}
        if options.logits:
            np.savez(options.logits, **logits)
    features = {name: model.pair_features(part) for name, part in pairs.items()}
    gold = {name: np.array([ORDER.index(r.gold) for r in part]) for name, part in rows.items()}
    fitting = {name: np.arange(len(part)) % 2 == 0 for name, part in rows.items()}
    fitted = [
        np.concatenate([part[n][fitting[n]] for n in rows])
        for part in (
            logits,
            features,
            gold,
            {n: np.full(len(gold[n]), (1 if n in SETS else len(SETS)) / fitting[n].sum()) for n in rows},
        )
    ]
    temperature = float(np.exp(fit(fitted[0], fitted[1][:, :1], *fitted[2:])[0]))
    coefficients = fit(*fitted).round(4)
    print(f"temperature {temperature:.4f}")
    print(f"logarithm of the temperature {coefficients.tolist()}")
    print(
        f"{'set':<32} {'n':>5} {'acc':>6} {'ECE raw':>8} {'ECE':>6} {'perfect':>8} {'false-sup at 0.5 0.6 0.7 0.8':>30}"
    )
    curves = {}
    for name in rows:
        held = ~fitting[name]
        plain = scaled(logits[name], np.zeros(len(held)))[held]
        better, g = scaled(logits[name], features[name] @ coefficients)[held], gold[name][held]
        shares = [float(((better[:, 0] >= t) & (better.argmax(1) == 0))[g != 0].mean()) for t in (0.5, 0.6, 0.7, 0.8)]
        print(
            f"{name:<32} {held.sum():>5} {(better.argmax(1) == g).mean():>6.3f} {ece(plain, g):>8.3f} "
            f"{ece(better, g):>6.3f} {ece_of_perfect(better):>8.3f} {' '.join(f'{s:.3f}' for s in shares):>30}"
        )
        curves[name] = curve(better.max(1), better.argmax(1) == g)
    if options.picture:
        draw(curves, options.picture)
    manifest = json.loads((options.model / "manifest.json").read_text("utf-8"))
    write_manifest(
        options.model,
        manifest["id"].split("@")[0],
        manifest["max_tokens"],
        temperature=round(temperature, 4),
        log_temperature=[float(c) for c in coefficients],
    )


if __name__ == "__main__":
    main()
