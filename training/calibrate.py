"""Calibrate a shipped verdict model.

The temperature goes into its manifest; figures and a picture are for the docs.

Temperature scaling (Guo et al. 2017, section 4.2): logits are divided by one number,
fitted by minimising the negative log-likelihood on development data. The public sets weigh
the same, and the news, which is what ``verify`` reads, as much as all of them together. Half
of each set fits, the other half gives the figures that are printed.
With ``--bias`` also one shift a label, from the same fit (vector scaling with a shared
temperature): it fits sets whose labels are shared out in another way than news.

    python -m training.calibrate factcheck/models/verdict --limit 400
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from factcheck.evaluate import Row, expected_calibration_error, read_articles, read_pairs
from factcheck.inference import _OpenVinoVerdictModel
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


def scaled(logits: np.ndarray, temperature: float, bias: Sequence[float]) -> np.ndarray:
    z = logits / temperature + np.asarray(bias)
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def fit(logits: np.ndarray, gold: np.ndarray, weight: np.ndarray, *, biased: bool) -> tuple[float, list[float]]:
    """Temperature and biases (zero unless ``biased``) by gradient descent on the weighted log-likelihood.

    It is convex, so the start does not matter.
    """
    scale, bias = 1.0, np.zeros(3)
    onehot = np.eye(3)[gold]
    for _ in range(4000):
        error = (scaled(logits, 1 / scale, bias) - onehot) * weight[:, None]
        scale -= 0.3 * float((error * logits).sum() / weight.sum())
        if biased:
            bias -= 0.3 * error.sum(axis=0) / weight.sum()
    bias -= bias.mean()
    return 1 / scale, [round(float(b), 4) for b in bias]


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
    parser.add_argument("--limit", type=int, default=400, help="pairs of each set")
    parser.add_argument("--picture", type=Path, help="write the risk-coverage curves to this SVG file")
    parser.add_argument("--logits", type=Path, help="keep the logits here, and take them from here when they are there")
    parser.add_argument("--bias", action="store_true", help="fit a shift of each label too")
    options = parser.parse_args()
    rows = {name: read_pairs(options.data / "dev" / f"{name}.jsonl.gz") for name in SETS}
    rows |= {"news_dev": article_rows(options.data / "news_dev")}
    rows = {name: random.Random(3).sample(part, min(options.limit, len(part))) for name, part in rows.items()}
    if options.logits and options.logits.exists():
        logits = dict(np.load(options.logits))
    else:
        model = _OpenVinoVerdictModel(options.model)
        logits = {name: model.logits([(r.evidence, r.claim) for r in part]) for name, part in rows.items()}
        if options.logits:
            np.savez(options.logits, **logits)
    gold = {name: np.array([ORDER.index(r.gold) for r in part]) for name, part in rows.items()}
    fitting = {name: np.arange(len(part)) % 2 == 0 for name, part in rows.items()}
    temperature, bias = fit(
        np.concatenate([logits[n][fitting[n]] for n in rows]),
        np.concatenate([gold[n][fitting[n]] for n in rows]),
        np.concatenate([np.full(fitting[n].sum(), (1 if n in SETS else len(SETS)) / fitting[n].sum()) for n in rows]),
        biased=options.bias,
    )
    print(f"temperature {temperature:.3f}, bias {bias}")
    print(
        f"{'set':<32} {'n':>5} {'acc raw':>8} {'acc':>6} {'ECE raw':>8} {'ECE':>6} {'false-sup at 0.5 0.6 0.7 0.8':>30}"
    )
    curves = {}
    for name in rows:
        held = ~fitting[name]
        plain, better = scaled(logits[name], 1.0, (0, 0, 0))[held], scaled(logits[name], temperature, bias)[held]
        g = gold[name][held]
        eces = [expected_calibration_error(p.max(1).tolist(), (p.argmax(1) == g).tolist()) for p in (plain, better)]
        shares = [float(((better[:, 0] >= t) & (better.argmax(1) == 0))[g != 0].mean()) for t in (0.5, 0.6, 0.7, 0.8)]
        print(
            f"{name:<32} {held.sum():>5} {(plain.argmax(1) == g).mean():>8.3f} {(better.argmax(1) == g).mean():>6.3f} "
            f"{eces[0]:>8.3f} {eces[1]:>6.3f} {' '.join(f'{s:.3f}' for s in shares):>30}"
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
        **({"bias": bias} if options.bias else {}),
    )


if __name__ == "__main__":
    main()
