"""How many planted errors `factcheck check` reports, and how often it is wrong.

    python benchmarks/drafts.py FOLDER [--show] [--verdict-model NAME]

A folder holds drafts with a labels file each (``draft, source, errors, correct,
not_checkworthy, unbacked``). An error counts as found when a claim of its sentence is
contradicted and the finding's span holds the wrong words. Prints the share found, by
type too; false contradictions per 1,000 words; and how many sentences that nobody need
check were contradicted.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import yaml

from factcheck.api import run
from factcheck.domain import VerdictLabel
from factcheck.drafts import check, extract_all
from factcheck.drafts.documents import read_draft
from factcheck.evaluate import keep_articles
from factcheck.stores import open_store


def words(text: str) -> str:
    return " ".join(text.split())


def measure(labels: Path, verdict_model: str | None, show: bool) -> dict[str, Any]:
    data = yaml.safe_load(labels.read_text("utf-8"))
    draft = read_draft(str(labels.parent / data["draft"]))
    source = labels.parent / data["source"]
    article = yaml.safe_load(source.read_text("utf-8")) if source.suffix == ".yaml" else {"source": source.name}
    article |= {"file": source, "claims": []}
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "s.db", create=True) as store:
        keep_articles(store, Path(folder), [article])
        extracted = extract_all([draft], store, sources={})
        reviewed = check(
            [draft],
            extracted,
            lambda claims: run(claims, store, cache=False, verdict_model=verdict_model),
            today=dt.date(2026, 1, 1),
        )
    told = {  # sentence of the draft -> (verdict, reported span)
        words(item.sentence.text): (verdict, item) for item, (verdict, _) in zip(extracted, reviewed.rows, strict=True)
    }
    alarms = {s for s, (verdict, _) in told.items() if verdict.label is VerdictLabel.CONTRADICTED}
    found: list[tuple[str, bool]] = []
    errors = set()
    for error in data["errors"]:
        sentence = words(error["sentence"])
        holding = [s for s in told if words(error["wrong"]) in s and (s in sentence or sentence in s)]
        errors.update(holding)
        hit = any(s in alarms for s in holding)
        found.append((error["type"], hit))
        if show and not hit:
            said = told[holding[0]][0] if holding else None
            print(f"missed   {error['type']}: {sentence}\n         [{error['wrong']}] should be {error['right']}")
            print(f"         {said.label} {said.confidence} {said.explanation}" if said else "         not extracted")
    quiet = {words(entry["sentence"]) for entry in data.get("not_checkworthy") or []}
    false = alarms - errors
    if show:
        for sentence in sorted(false):
            print(f"false    {sentence}\n         {told[sentence][0].confidence} {told[sentence][0].explanation}")
    return {
        "found": found,
        "false": len(false),
        "quiet": sum(any(s in q or q in s for q in quiet) for s in alarms),
        "words": len(draft.text.split()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verdict-model")
    parser.add_argument("--show", action="store_true", help="print what was missed and what was wrong")
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    results = [
        measure(labels, options.verdict_model, options.show)
        for labels in sorted(options.folder.glob("*.yaml"))[: options.limit]
    ]
    found = [pair for result in results for pair in result["found"]]
    total = sum(result["words"] for result in results)
    false = sum(result["false"] for result in results)
    print(
        f"{len(results)} drafts, {total} words: {sum(hit for _, hit in found)} of {len(found)} errors found "
        f"({sum(hit for _, hit in found) / len(found):.3f}); {false} false contradictions "
        f"({1000 * false / total:.2f} per 1,000 words); "
        f"{sum(result['quiet'] for result in results)} on sentences not worth checking"
    )
    kinds: dict[str, list[bool]] = collections.defaultdict(list)
    for kind, hit in found:
        kinds[kind].append(hit)
    for kind, hits in sorted(kinds.items(), key=lambda item: sum(item[1]) / len(item[1])):
        print(f"  {kind:<18} {sum(hits):>3} of {len(hits)}")


if __name__ == "__main__":
    main()
