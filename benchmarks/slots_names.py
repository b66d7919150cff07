"""How often the name, role, speaker, quotation, polarity and modality checkers are right.

    python benchmarks/slots_names.py FOLDER [--whole] [--show CHECKER STATE VERDICT] [--types t1,t2] [--limit N]

FOLDER holds one YAML file per article: title, date, text, and claims with verdict, type, and the deciding
sentences. Each claim is paired with its deciding sentences (``--whole``: with every passage of the article);
the whole article is its context. Articles are annotated once and kept in a cache folder outside the repository.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import importlib
import pickle
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

import yaml

from factcheck import checkers
from factcheck.domain import Claim, Pair, Passage, SlotState, Source
from factcheck.passages import split

CHECKERS = tuple(name for name in checkers.CHECKERS if name not in ("quantity", "count", "date"))
VERDICTS = ("supported", "contradicted", "unverified")
CACHE = Path(tempfile.gettempdir()) / "factcheck-annotations"


def article(path: Path) -> tuple[dict, Source, tuple[Passage, ...]]:
    """The article with its passages annotated, from the cache where text and code are unchanged."""
    raw = path.read_bytes()
    data = yaml.load(raw, yaml.CSafeLoader)
    source = Source(
        id=path.stem,
        uri=path.name,
        sha256=hashlib.sha256(raw).hexdigest(),
        text=data["text"],
        title=data.get("title"),
        published=dt.date.fromisoformat(str(data["date"])),
    )
    import factcheck.annotate as code

    key = hashlib.sha256(raw + Path(code.__file__).read_bytes()).hexdigest()[:24]
    cached = CACHE / f"{path.stem}-{key}.pickle"
    if cached.exists():
        return data, source, pickle.loads(cached.read_bytes())
    passages = code.annotate(split(source.text, source.id))
    CACHE.mkdir(exist_ok=True)
    for old in CACHE.glob(f"{path.stem}-*.pickle"):
        old.unlink()
    cached.write_bytes(pickle.dumps(passages))
    return data, source, passages


def pairs(data: dict, source: Source, passages: tuple[Passage, ...], *, whole: bool):
    """Each claim of the article beside its evidence."""
    for n, entry in enumerate(data["claims"]):
        evidence = [p for p in passages if any(_overlap(p, s, source.text) for s in entry["evidence"])]
        claim = Claim(id=f"{source.id}#{n}", text=entry["text"], about=entry.get("about"))
        yield (
            entry,
            Pair(
                claim=claim,
                source=source,
                passages=passages if whole or not evidence else tuple(evidence),
                context=passages,
            ),
        )


def _overlap(passage: Passage, sentence: str, text: str) -> bool:
    start = text.find(sentence)
    if start < 0:
        return passage.text in sentence or sentence in passage.text
    return passage.start < start + len(sentence) and start < passage.end


def state_of(judgement) -> str:
    """The one word for a judgement that the table counts."""
    states = {f.state for f in judgement.findings}
    for state in (SlotState.CONFLICTING, SlotState.MISSING):
        if state in states:
            return str(state)
    return "backed"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--whole", action="store_true")
    options.add_argument("--checkers", default=",".join(CHECKERS))
    options.add_argument("--types", default="")
    options.add_argument("--show", nargs=3, metavar=("CHECKER", "STATE", "VERDICT"))
    options.add_argument("--limit", type=int, default=30)
    options.add_argument("--skip", type=int, default=0)
    options.add_argument("--by-type", action="store_true")
    options.add_argument("--confidence", type=float, default=0.0, help="count a conflict only from this confidence")
    chosen = options.parse_args()

    names = [c for c in chosen.checkers.split(",") if c]
    checks = {name: importlib.import_module(f"factcheck.checkers.{name}").check for name in names}
    types = {t for t in chosen.types.split(",") if t}
    counts: dict[tuple[str, str, str], Counter] = defaultdict(Counter)
    spent: Counter = Counter()
    shown = total = 0
    anything: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for path in sorted(chosen.folder.glob("*.yaml"))[chosen.skip :]:
        data, source, passages = article(path)
        for entry, pair in pairs(data, source, passages, whole=chosen.whole):
            if types and entry["type"] not in types:
                continue
            total += 1
            verdict, kind = entry["verdict"], entry["type"]
            worst = "silent"
            for name, check in checks.items():
                began = time.process_time()
                judgement = check(pair)
                spent[name] += time.process_time() - began
                state = "silent" if judgement is None else state_of(judgement)
                if state == "conflicting":
                    sure = max(f.confidence for f in judgement.findings if f.state is SlotState.CONFLICTING)
                    if sure < chosen.confidence:
                        state = "unsure"
                counts[name, kind, verdict][state] += 1
                counts[name, "*", verdict][state] += 1
                rank = ["silent", "backed", "unsure", "missing", "conflicting"]
                worst = max(worst, state, key=rank.index)
                if chosen.show and shown < chosen.limit and chosen.show == [name, state, verdict]:
                    shown += 1
                    print(
                        f"[{kind}] {entry['text']}\n   E: {' || '.join(p.text for p in pair.passages) if not chosen.whole else entry['evidence']}\n   why: {entry['why']}"  # noqa: E501
                    )
                    for f in judgement.findings if judgement else ():
                        print(
                            f"     {f.state} {f.slot.kind} {f.slot.text!r} {f.rule} {f.confidence:.2f} found={f.found!r} | {f.derivation}"  # noqa: E501
                        )
            anything[kind, verdict][worst] += 1
            anything["*", verdict][worst] += 1
    if chosen.show:
        return
    for name in names:
        print(f"\n{name}  ({1000 * spent[name] / max(total, 1):.2f} ms a pair)")
        kinds = sorted({k for c, k, _ in counts if c == name and k != "*"}) if chosen.by_type else []
        for kind in ["*", *kinds]:
            rows = {v: counts[name, kind, v] for v in VERDICTS}
            if sum(r["conflicting"] + r["missing"] for r in rows.values()) == 0:
                continue
            print(f"  {kind:16}" + "".join(_cell(v, rows[v]) for v in VERDICTS) + _precision(rows))
    print("\nany checker")
    for kind in ["*", *sorted({k for k, _ in anything if k != "*"})]:
        rows = {v: anything[kind, v] for v in VERDICTS}
        print(f"  {kind:16}" + "".join(_cell(v, rows[v]) for v in VERDICTS) + _precision(rows))


def _cell(verdict: str, row: Counter) -> str:
    size = max(sum(row.values()), 1)
    return f" | {verdict[:5]} {size:5}: B {row['backed']:4} M {row['missing']:4} ({100 * row['missing'] / size:4.1f}%) C {row['conflicting']:4} ({100 * row['conflicting'] / size:4.1f}%)"  # noqa: E501


def _precision(rows: dict[str, Counter]) -> str:
    right = rows["contradicted"]["conflicting"]
    fired = sum(r["conflicting"] for r in rows.values())
    return f" | C precision {right / fired:.3f}" if fired else ""


if __name__ == "__main__":
    sys.exit(main())
