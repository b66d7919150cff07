"""Measures the slot checkers on labelled news articles.

    python benchmarks/slots.py FOLDER [--checker quantity] [--mode near] [--show conflict|backed|recall] [--type number]

For each type of claim: of the supported claims with a slot, how many have every
slot backed or derived and how many a (false) conflict; of the contradicted, how
many a conflict; of the unverified, how many a (false) conflict and how many
every slot backed. ``--mode`` chooses the evidence: the deciding sentences (gold),
the four sentences nearest to the claim (near) or the whole article (whole).
"""

# ruff: noqa: E501
from __future__ import annotations

import argparse
import collections
import datetime as dt
import importlib
import pathlib
import pickle
import time

from factcheck.domain import Claim, Pair, SlotState, Source
from factcheck.evaluate import read_articles, text_of
from factcheck.passages import split

NUMERIC = (
    "number number-words rounding unit percent-fraction arithmetic comparison superlative list-count date relative-date "
    "duration-age temporal-order"
).split()
GOOD = (SlotState.BACKED, SlotState.DERIVED)


def articles(folder: pathlib.Path) -> list[dict]:
    """The labelled articles of a folder; kept beside the folder's name in the temporary directory, because YAML is slow to read."""
    import tempfile

    cache = pathlib.Path(tempfile.gettempdir()) / f"slots-{folder.name}.pickle"
    files = sorted(folder.glob("*.yaml"))
    if cache.exists() and cache.stat().st_mtime > max(f.stat().st_mtime for f in files):
        return pickle.loads(cache.read_bytes())
    read = [{**a, "file": a["file"].name, "text": text_of(a)} for a in read_articles(folder)]
    cache.write_bytes(pickle.dumps(read))
    return read


def nearest(claim: str, context: tuple, count: int = 4) -> tuple:
    """The sentences that share most rare words with the claim: what retrieval may give."""
    import math

    from factcheck.alignment import read

    contents = [read(p.text, None).content for p in context]
    words = read(claim, None)
    df = collections.Counter(w for c in contents for w in c)
    scores = [
        (sum(math.log((len(contents) + 1) / (df[w] + 0.5)) for w in words.content & c), -i)
        for i, c in enumerate(contents)
    ]
    chosen = {-i for _, i in sorted(scores, reverse=True)[:count]}
    return tuple(p for i, p in enumerate(context) if i in chosen)


def pairs(folder: pathlib.Path, mode: str = "gold"):
    """(article, labelled claim, pair) for every claim of the folder; ``mode`` is gold, near or whole."""
    for article in articles(folder):
        date = article.get("date") or article.get("published")
        if isinstance(date, str):
            date = dt.date.fromisoformat(date)
        source = Source(
            id=article["file"],
            uri=article["file"],
            sha256=article["file"],
            text=article["text"],
            title=article.get("title"),
            published=date,
        )
        context = split(article["text"], source.id)
        for number, claim in enumerate(article["claims"]):
            chosen = context if mode == "whole" else nearest(claim["text"], context) if mode == "near" else ()
            if mode == "gold":
                spans = []
                for sentence in claim.get("evidence") or []:
                    at = article["text"].find(sentence)
                    if at >= 0:
                        spans.append((at, at + len(sentence)))
                chosen = tuple(p for p in context if any(p.start < e and s < p.end for s, e in spans))
            yield (
                article,
                claim,
                Pair(claim=Claim(id=str(number), text=claim["text"]), source=source, passages=chosen, context=context),
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--checker", action="append")
    parser.add_argument("--mode", default="gold", choices=("gold", "near", "whole"))
    parser.add_argument("--show")
    parser.add_argument("--type")
    parser.add_argument("--limit", type=int, default=30)
    parser.add_argument("--least", type=float, default=0.0, help="count a conflict only from this confidence")
    parser.add_argument("--every", type=int, default=1, help="only every n-th claim")
    parser.add_argument("--skip", type=int, default=0, help="show every n-th case")
    options = parser.parse_args()
    checkers = options.checker or ["quantity", "count", "date"]
    checks = [importlib.import_module(f"factcheck.checkers.{name}").check for name in checkers]
    table: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    shown = 0
    bins, support = collections.Counter(), collections.Counter()
    began, judged = time.perf_counter(), 0
    for number, (article, claim, pair) in enumerate(pairs(options.folder, options.mode)):
        if number % options.every:
            continue
        findings = []
        for check in checks:
            made = check(pair)
            judged += 1
            if made is not None:
                findings.extend(made.findings)
        if not findings:
            continue
        conflicts = [f for f in findings if f.state is SlotState.CONFLICTING and f.confidence >= options.least]
        conflict = bool(conflicts)
        backed = all(f.state in GOOD for f in findings)
        label = claim["verdict"][:4]
        if conflict:
            top = int(max(f.confidence for f in conflicts) * 10)
            bins[top, label == "cont" or "contradicted" in (claim.get("also_ok") or "")] += 1
        if backed and not conflict and claim["type"] in NUMERIC:
            support[int(min(f.confidence for f in findings) * 10), label] += 1
        for row in (claim["type"], "ALL NUMERIC" if claim["type"] in NUMERIC else "ALL OTHER", "ALL"):
            table[row][label, "n"] += 1
            table[row][label, "conflict"] += conflict
            table[row][label, "backed"] += backed and not conflict
        wanted = {
            "conflict": conflict and label != "cont",
            "backed": backed and label == "cont" and claim["type"] in NUMERIC,
            "recall": label == "cont" and not conflict and claim["type"] in NUMERIC,
            "unbacked": label == "supp" and not backed and claim["type"] in NUMERIC,
            "all": True,
        }.get(options.show or "")
        if wanted and (not options.type or claim["type"] == options.type):
            shown += 1
            if shown <= options.limit * max(options.skip, 1) and shown % max(options.skip, 1) == 0:
                print(
                    f"[{label}/{claim['type']}] {claim['text']}\n   EV {' || '.join(claim.get('evidence') or [])}\n   why: {claim.get('why')}  ({article.get('date', '')})"
                )
                for f in findings:
                    print(f"      {f.slot.text!r}: {f.state} {f.confidence} found={f.found!r} {f.derivation} {f.rule}")
    spent = time.perf_counter() - began
    print(f"{'type':18}{'supported':>28}{'contradicted':>28}{'unverified':>28}{'precision':>11}")
    print(f"{'':18}" + f"{'n  backed  conflict':>28}" * 3)
    for row in sorted(table, key=lambda r: (r.startswith("ALL"), r)):
        t = table[row]
        cells = ""
        for label in ("supp", "cont", "unve"):
            n = t[label, "n"]
            cells += f"{n:>14} {t[label, 'backed'] / max(n, 1):>6.2f} {t[label, 'conflict'] / max(n, 1):>6.2f}"
        right, wrong = t["cont", "conflict"], t["supp", "conflict"] + t["unve", "conflict"]
        print(f"{row:18}{cells}   {right}/{right + wrong} {right / max(right + wrong, 1):.3f}")
    print(
        "conflict confidence: "
        + "  ".join(
            f"{b / 10:.1f}: {bins[b, True]}/{bins[b, True] + bins[b, False]}"
            for b in range(11)
            if bins[b, True] + bins[b, False]
        )
    )
    print(
        "all backed, confidence (supported/contradicted/unverified): "
        + "  ".join(
            f"{b / 10:.1f}: {support[b, 'supp']}/{support[b, 'cont']}/{support[b, 'unve']}"
            for b in range(11)
            if any(support[b, x] for x in ("supp", "cont", "unve"))
        )
    )
    print(f"{spent / max(judged, 1) * 1000:.2f} ms per check")


if __name__ == "__main__":
    main()
