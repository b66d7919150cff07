"""Measuring verdicts against labels: ``factcheck eval FILE...``.

Reads pairs (one claim, its evidence, its label a line), claims files with
``expect``, and articles with labelled claims; runs the whole engine on them, or the
verdict model alone; and gives per file what matters here, the errors first:

* false_supported: of the claims that are not supported, the share called supported;
* false_contradicted: of the claims that are not contradicted, the share called so;
* ece: expected calibration error of the confidence in the verdict given, 15 equal
  bins (Guo et al. 2017).
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from factcheck.domain import Claim, Pair, Source, VerdictLabel, digest
from factcheck.errors import FactcheckError, InputError

if TYPE_CHECKING:
    import numpy as np

    from factcheck.stores import Store

LABELS = tuple(str(label) for label in VerdictLabel)
NOT_SUPPORTED = "not_supported"
_GOLD = {
    "supported": "supported", "supports": "supported", "support": "supported",
    "entailment": "supported", "true": "supported",
    "contradicted": "contradicted", "refutes": "contradicted", "refuted": "contradicted", "contradict": "contradicted",
    "contradiction": "contradicted", "false": "contradicted",
    "unverified": "unverified", "not enough info": "unverified", "nei": "unverified", "neutral": "unverified",
    "not_supported": NOT_SUPPORTED, "not supported": NOT_SUPPORTED,
}  # fmt: skip
BINS = 15


@dataclass(frozen=True, kw_only=True)
class Case:
    """One labelled claim and what was answered. ``also_ok`` is a second label that counts as right."""

    gold: str
    got: str
    confidence: float
    also_ok: str | None = None
    kind: str = ""
    entailment: float = 0.0
    contradiction: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Score:
    """The figures of one file; ``two_way`` when its labels are only two."""

    path: str
    n: int
    accuracy: float
    macro_f1: float
    false_supported: float
    false_contradicted: float
    ece: float
    confusion: dict[str, dict[str, int]]
    pairs_per_s: float
    two_way: bool = False
    kinds: dict[str, tuple[int, float]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a pairs file, or a claim on an article beside its deciding sentences."""

    claim: str
    evidence: str
    gold: str
    kind: str = ""
    published: dt.date | None = None


# ---------------------------------------------------------------- scoring


def score(path: str, cases: Sequence[Case], seconds: float, *, three_way: bool = False) -> Score:
    """The figures of a file's cases.

    Files that lack a label are scored two-way, supported or not, unless ``three_way``.
    """
    golds = {case.gold for case in cases}
    two_way = not three_way and (NOT_SUPPORTED in golds or not {"unverified", "contradicted"} <= golds)
    if two_way:
        cases = [_two_way(case, "contradicted" if "contradicted" in golds else NOT_SUPPORTED) for case in cases]
    labels = sorted({case.gold for case in cases} | {case.got for case in cases})
    confusion = {gold: dict.fromkeys(labels, 0) for gold in labels}
    for case in cases:
        confusion[case.gold][case.got] += 1
    right = [case.got == case.gold or case.got == case.also_ok for case in cases]
    f1 = []
    for label in sorted(golds if not two_way else {case.gold for case in cases}):
        hit = confusion[label][label]
        given = sum(confusion[gold][label] for gold in labels)
        wanted = sum(confusion[label].values())
        f1.append(2 * hit / (given + wanted) if given + wanted else 0.0)
    kinds: dict[str, list[bool]] = {}
    for case, ok in zip(cases, right, strict=True):
        if case.kind:
            kinds.setdefault(case.kind, []).append(ok)
    return Score(
        path=path,
        n=len(cases),
        accuracy=_share(right),
        macro_f1=round(sum(f1) / len(f1), 4) if f1 else 0.0,
        false_supported=_share([c.got == "supported" for c in cases if "supported" not in (c.gold, c.also_ok)]),
        false_contradicted=_share(
            [c.got == "contradicted" for c in cases if "contradicted" not in (c.gold, c.also_ok)]
        ),
        ece=expected_calibration_error([c.confidence for c in cases], right),
        confusion=confusion,
        pairs_per_s=round(len(cases) / seconds, 1) if seconds > 0 else 0.0,
        two_way=two_way,
        kinds={kind: (len(oks), _share(oks)) for kind, oks in sorted(kinds.items())},
    )


def _two_way(case: Case, other: str) -> Case:
    """Supported or not. A claim left unverified goes where the model leans: the file has no such answer."""
    got, confidence = case.got, case.confidence
    if got == "unverified" and other == "contradicted":
        got = "supported" if case.entailment > case.contradiction else other
        confidence = max(case.entailment, case.contradiction) / ((case.entailment + case.contradiction) or 1.0)
    elif got == "unverified":
        got, confidence = other, 1.0 - case.entailment
    elif got != "supported":
        got = other
    return Case(
        gold=case.gold if case.gold == "supported" else other,
        got=got,
        confidence=confidence,
        kind=case.kind,
    )


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """The mean distance between confidence and accuracy, over equal bins weighted by size."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, ok in zip(confidences, right, strict=True):
        bins.setdefault(min(BINS - 1, int(confidence * BINS)), []).append((confidence, ok))
    total = len(confidences) or 1
    gaps = (abs(sum(c for c, _ in part) - sum(ok for _, ok in part)) for part in bins.values())
    return round(sum(gaps) / total, 4)


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


# ---------------------------------------------------------------- reading


def read_pairs(path: Path, corpus: Path | None = None) -> list[Row]:
    """The rows of a pairs file: ours, FEVER's (with text, or page ids and a corpus) or SciFact's.

    Raises InputError for a line that has no claim, no evidence or no known label.
    """
    rows = []
    texts: dict[str, list[str]] | None = None
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError:
            raise InputError(str(path), number, 1, "is not a line of JSON", "write one object a line") from None
        if not isinstance(data, dict):
            raise InputError(str(path), number, 1, "is not an object", 'write {"claim": …, "evidence": …, "label": …}')
        claim = next((data[k] for k in ("claim", "query", "hypothesis") if isinstance(data.get(k), str)), None)
        evidence: Any = next((data[k] for k in ("evidence", "context", "premise") if k in data), None)
        if claim is None or evidence is None:
            raise InputError(
                str(path), number, 1, "lacks a claim or its evidence", 'write {"claim": …, "evidence": …, "label": …}'
            )
        kind = str(data.get("kind", ""))
        if isinstance(evidence, dict):  # SciFact: document id -> rationales
            texts = _corpus(path, corpus) if texts is None else texts
            for document in dict.fromkeys([*evidence, *map(str, data.get("cited_doc_ids", ()))]):
                label = _gold(path, number, evidence[document][0]["label"]) if evidence.get(document) else "unverified"
                rows.append(Row(claim=claim, evidence=" ".join(texts.get(document, ())), gold=label, kind=kind))
            continue
        if isinstance(evidence, list) and evidence and isinstance(evidence[0], list):  # FEVER: sets of (…, page, line)
            texts = _corpus(path, corpus) if texts is None else texts
            first = evidence[0] if isinstance(evidence[0][0], list) else evidence
            cited = [(str(e[-2]), int(e[-1])) for e in first if e[-2] is not None and e[-1] is not None]
            evidence = " ".join(texts[page][at] for page, at in cited if page in texts and at < len(texts[page]))
        elif isinstance(evidence, list):
            evidence = " ".join(map(str, evidence))
        rows.append(Row(claim=claim, evidence=str(evidence), gold=_gold(path, number, data.get("label")), kind=kind))
    if not rows:
        raise InputError(str(path), None, None, "holds no pairs", "write one object a line")
    return rows


def _gold(path: Path, number: int, label: Any) -> str:
    known = _GOLD.get(str(label).strip().lower())
    if known is None:
        raise InputError(str(path), number, 1, f"has no known label ({label!r})", f"use one of {', '.join(LABELS)}")
    return known


def _lines(path: Path) -> Iterator[str]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            yield from file
    except FileNotFoundError:
        raise InputError(str(path), None, None, "there is no such file", "check the path") from None
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise InputError(
            str(path), None, None, f"cannot be read ({error})", "give a JSONL file, plain or gzipped"
        ) from None


def _corpus(path: Path, corpus: Path | None) -> dict[str, list[str]]:
    """Sentences by document id: SciFact's corpus.jsonl, or FEVER's wiki pages; sought beside the file."""
    found = [corpus] if corpus else [path.parent / name for name in ("corpus.jsonl.gz", "corpus.jsonl", "wiki-pages")]
    place = next((p for p in found if p and p.exists()), None)
    if place is None:
        raise InputError(str(path), None, None, "names documents by id", "give their texts with --corpus FILE")
    texts: dict[str, list[str]] = {}
    for file in sorted(place.glob("*.jsonl*")) if place.is_dir() else [place]:
        for line in _lines(file):
            data = json.loads(line)
            if "abstract" in data:
                texts[str(data["doc_id"])] = [data.get("title", ""), *data["abstract"]]
            elif "lines" in data:
                texts[str(data["id"])] = [
                    part.split("\t")[1] if "\t" in part else "" for part in data["lines"].split("\n")
                ]
    return texts


def read_articles(path: Path) -> list[dict[str, Any]]:
    """The articles of a file or folder: ``title, date, text`` (or ``source: FILE``) and claims with ``verdict``."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    articles = []
    for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
        data = yaml.load(file.read_text("utf-8"), Loader=loader)
        if isinstance(data, dict) and isinstance(data.get("claims"), list) and ("text" in data or "source" in data):
            articles.append({**data, "file": file})
    return articles


def text_of(article: dict[str, Any]) -> str:
    """The text of an article, which stands in it or in its source's file, of whatever type that is."""
    from factcheck.readers import Document, read

    if "text" in article:
        return str(article["text"])
    source = article["file"].parent / article["source"]
    return read(Document(raw=source.read_bytes(), name=source.name))[0].text


# ---------------------------------------------------------------- measuring


_COLUMNS = {VerdictLabel.SUPPORTED: 0, VerdictLabel.UNVERIFIED: 1, VerdictLabel.CONTRADICTED: 2}


@dataclass
class Measure:
    """Runs claims through the engine, or the model alone, and keeps what it answered."""

    model_only: bool = False
    model: str | None = None
    evidence: str = "article"  # or "given": the deciding sentences that the labels name
    change: str = "none"  # or "blank", "shuffle": take the evidence away, or give each claim another's

    def pairs(self, rows: Sequence[Row]) -> tuple[list[Case], float]:
        from factcheck import inference
        from factcheck.inference import premise_of

        rows = self._changed(rows)
        model = inference.load_verdict_model(self.model)
        started = time.perf_counter()
        told = [row.evidence if self.model_only else _in_terms_of(row) for row in rows]
        asked = [(premise_of([text], None, row.published), row.claim) for text, row in zip(told, rows, strict=True)]
        probabilities = model.judge(asked)
        calibrated = model.calibrated(asked, probabilities) if self.model_only else probabilities
        cases = [self._case(row, p, sure) for row, p, sure in zip(rows, probabilities, calibrated, strict=True)]
        return cases, time.perf_counter() - started

    def _changed(self, rows: Sequence[Row]) -> Sequence[Row]:
        if self.change == "none":
            return rows
        if self.change == "blank":
            return [replace(r, evidence="", gold="unverified") for r in rows]
        order = list(range(len(rows)))
        random.Random(7).shuffle(order)
        return [replace(r, evidence=rows[j].evidence, gold="unverified") for r, j in zip(rows, order, strict=True)]

    def _case(self, row: Row, probabilities: np.ndarray, calibrated: np.ndarray) -> Case:
        from factcheck.aggregate import decide, model_verdict
        from factcheck.checkers import CHECKERS
        from factcheck.checkers.model import judgement

        entailment, _, contradiction = map(float, probabilities)
        if self.model_only:
            label = model_verdict(probabilities.tolist())
            got, confidence = str(label), float(calibrated[_COLUMNS[label]])
        else:
            pair = pair_of(row)
            judgements = [judgement(pair, pair.passages, probabilities)]
            judgements += [j for check in CHECKERS.values() for j in check([pair])]
            verdict = decide(pair.claim, [pair], judgements)
            got, confidence = str(verdict.label), verdict.confidence
        return Case(
            gold=row.gold,
            got=got,
            confidence=confidence,
            kind=row.kind,
            entailment=entailment,
            contradiction=contradiction,
        )

    def articles(self, articles: Sequence[dict[str, Any]]) -> tuple[list[Case], float]:
        """Claims over whole articles, as ``verify`` sees them; or over their deciding sentences alone."""
        if self.evidence == "given" or self.model_only:
            unlabelled = next((a for a in articles if "text" not in a), None)
            if unlabelled:
                raise InputError(
                    str(unlabelled["file"]),
                    None,
                    None,
                    "names no deciding sentences",
                    "measure it with --evidence article",
                )
            rows = [
                Row(
                    claim=c["text"],
                    evidence=" ".join(c.get("evidence") or [a.get("text", "")]),
                    gold=c["verdict"],
                    kind=c["type"],
                    published=dt.date.fromisoformat(str(a["date"])[:10]) if "date" in a else None,
                )
                for a in articles
                for c in a["claims"]
            ]
            return self.pairs(rows)
        from factcheck.api import run
        from factcheck.stores import open_store

        with (
            tempfile.TemporaryDirectory(prefix="factcheck-") as folder,
            open_store(Path(folder) / "s.db", create=True) as store,
        ):
            claims, golds = keep_articles(store, Path(folder), articles)
            started = time.perf_counter()
            report = run(claims, store, verdict_model=self.model)
            seconds = time.perf_counter() - started
        cases = [
            Case(
                gold=g["verdict"],
                got=str(v.label),
                confidence=v.confidence,
                also_ok=g.get("also_ok"),
                kind=g.get("type", ""),
            )
            for g, v in zip(golds, report.verdicts, strict=True)
        ]
        return cases, seconds

    def claims(self, path: Path, db: str) -> tuple[list[Case], float]:
        """A claims file's own expectations, against the store."""
        from factcheck.api import run
        from factcheck.claims import load_claims
        from factcheck.stores import open_store

        claims = [claim for claim in load_claims(str(path)) if claim.expect]
        if not claims:
            raise InputError(
                str(path), None, None, "no claim has an expectation", "add `expect: supported` to its claims"
            )
        with open_store(db) as store:
            started = time.perf_counter()
            report = run(claims, store, cache=False, verdict_model=self.model)
        cases = [Case(gold=str(v.claim.expect), got=str(v.label), confidence=v.confidence) for v in report.verdicts]
        return cases, time.perf_counter() - started


def keep_articles(
    store: Store, folder: Path, articles: Sequence[dict[str, Any]]
) -> tuple[list[Claim], list[dict[str, Any]]]:
    """Put articles into a store, each a source; their claims, each limited to its article, and the claims' labels."""
    from factcheck.api import add_sources

    claims: list[Claim] = []
    golds: list[dict[str, Any]] = []
    for number, article in enumerate(articles):
        source_id = f"a{number}"
        if "text" in article:
            file = folder / f"{source_id}.txt"
            file.write_text(article["text"], "utf-8")
            day = dt.date.fromisoformat(str(article["date"])[:10])
            list(add_sources(store, [str(file)], title=article["title"], published=day, source_id=source_id))
        else:
            list(add_sources(store, [str(article["file"].parent / article["source"])], source_id=source_id))
        for claim in article["claims"]:
            about = claim.get("about")
            claims.append(Claim(id=str(len(claims)), text=claim["text"], about=about, sources=(source_id,)))
            golds.append(claim)
    return claims, golds


def _in_terms_of(row: Row) -> str:
    """The evidence of a pair as the engine gives it to the model."""
    from factcheck.alignment import read
    from factcheck.normalise import in_terms_of

    return in_terms_of(read(row.claim, row.published), read(row.evidence, row.published))


def pair_of(row: Row) -> Pair:
    """A line of a pairs file as the engine sees it: its evidence is a source of its own."""
    from factcheck.passages import split

    identity = digest(row.evidence)
    source = Source(
        id=identity[:12], uri=f"pair:{identity[:12]}", sha256=identity, text=row.evidence, published=row.published
    )
    passages = split(row.evidence, source.id)
    return Pair(
        claim=Claim(id="1", text=row.claim),
        source=source,
        passages=passages,
        context=passages,
        retrieval_score=1.0,
        whole=True,
    )


def measure_file(
    path: Path, measure: Measure, db: str, corpus: Path | None, limit: int | None
) -> tuple[Score, list[Case]]:
    """The figures of one file or folder, whatever form it has."""
    if path.is_dir() or path.suffix in {".yaml", ".yml"}:
        articles = read_articles(path) if path.exists() else []
        if articles:
            cases, seconds = measure.articles(articles[:limit])
        elif path.is_dir():
            raise InputError(str(path), None, None, "holds no articles with labelled claims", "give a file")
        else:
            cases, seconds = measure.claims(path, db)
    else:
        cases, seconds = measure.pairs(read_pairs(path, corpus)[:limit])
    return score(str(path), cases, seconds, three_way=measure.change != "none"), cases


# ---------------------------------------------------------------- the command


@click.command("eval", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--model-only", is_flag=True, help="The verdict model alone, without checkers.")
@click.option("--verdict-model", metavar="NAME", help="Another cross-encoder: a folder, or a model on this machine.")
@click.option(
    "--evidence",
    type=click.Choice(["article", "given"]),
    default="article",
    show_default=True,
    help="For articles: find the evidence in the article, or take the sentences that the labels name.",
)
@click.option(
    "--change",
    type=click.Choice(["none", "blank", "shuffle"]),
    default="none",
    show_default=True,
    help="For pairs: blank the evidence, or give each claim another's. Then all are unverified.",
)
@click.option(
    "--corpus", type=click.Path(path_type=Path), help="Texts of the documents that a FEVER or SciFact file names by id."
)
@click.option(
    "--db",
    default="sources.db",
    show_default=True,
    metavar="FILE",
    help="The store that claims files are checked against.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Only the first pairs (or articles) of each file.")
@click.option("--checkworthy", is_flag=True, help="FILE is labelled sentences: measure the check-worthiness model.")
@click.option("--kinds", is_flag=True, help="Show accuracy for each kind of claim too.")
@click.option("-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    files: tuple[Path, ...],
    model_only: bool,
    verdict_model: str | None,
    evidence: str,
    change: str,
    corpus: Path | None,
    db: str,
    limit: int | None,
    checkworthy: bool,
    kinds: bool,
    format_: str,
) -> None:
    """Measure verdicts on labelled claims.

    FILE is pairs (JSONL lines of claim, evidence and label, plain or gzipped; FEVER's and SciFact's
    own forms too), a claims file with `expect`, or articles with labelled claims (a YAML file or a
    folder of them). Prints accuracy, macro-F1, the rates of false "supported" and false
    "contradicted", calibration error and speed of each.
    """
    if checkworthy:
        click.echo(_checkworthy(files), nl=False)
        return
    measure = Measure(model_only=model_only, model=verdict_model, evidence=evidence, change=change)
    scores = [measure_file(path, measure, db, corpus, limit)[0] for path in files]
    click.echo(_json(scores) if format_ == "json" else _table(scores, kinds), nl=False)


def _checkworthy(files: Sequence[Path]) -> str:
    from factcheck.drafts.checkworthy import CheckWorthiness, measure
    from factcheck.inference import load_embedder

    worth = CheckWorthiness(load_embedder=lru_cache(maxsize=1)(load_embedder))
    lines = [f"{'file':<32} {'n':>6} {'F1':>6} {'macro':>6}"]
    for path in files:
        n, positive, macro = measure(path, worth)
        lines.append(f"{path.name:<32} {n:>6} {positive:>6.3f} {macro:>6.3f}")
    return "\n".join(lines) + "\n"


def _json(scores: Iterable[Score]) -> str:
    keys = (
        "path",
        "n",
        "accuracy",
        "macro_f1",
        "false_supported",
        "false_contradicted",
        "ece",
        "confusion",
        "pairs_per_s",
        "two_way",
    )
    rows = [
        {
            **{key: getattr(s, key) for key in keys},
            "kinds": {k: {"n": n, "accuracy": a} for k, (n, a) in s.kinds.items()},
        }
        for s in scores
    ]
    return json.dumps({"files": rows}, indent=2) + "\n"


def _table(scores: Sequence[Score], kinds: bool) -> str:
    lines = [
        f"{'n':>6} {'accuracy':>9} {'macro-F1':>9} {'false-sup':>10} {'false-con':>10} {'ECE':>6} {'pairs/s':>8}  file"
    ]
    for s in scores:
        note = "  (two-way)" if s.two_way else ""
        lines.append(
            f"{s.n:>6} {s.accuracy:>9.3f} {s.macro_f1:>9.3f} {s.false_supported:>10.3f} {s.false_contradicted:>10.3f} "
            f"{s.ece:>6.3f} {s.pairs_per_s:>8.1f}  {s.path}{note}"
        )
        if kinds:
            lines += [
                f"{n:>6} {accuracy:>9.3f}  {kind}"
                for kind, (n, accuracy) in sorted(s.kinds.items(), key=lambda k: k[1][1])
            ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """The command with these arguments; returns its exit code and lets FactcheckErrors through."""
    run: Callable[..., Any] = command.main
    try:
        run(arguments, prog_name="factcheck eval", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return 0


__all__ = [
    "Case",
    "FactcheckError",
    "Measure",
    "Row",
    "Score",
    "expected_calibration_error",
    "main",
    "read_pairs",
    "score",
]
