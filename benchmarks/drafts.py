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
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from factcheck.api import Models, run
from factcheck.domain import Claim, Location, Report, VerdictLabel
from factcheck.drafts import check, extract_all
from factcheck.drafts.documents import Draft, read_draft
from factcheck.evaluate import keep_articles
from factcheck.stores import open_store


def measure(labels: Path, models: Models, show: bool) -> dict[str, Any]:
    data = yaml.safe_load(labels.read_text("utf-8"))
    draft = read_draft(str(labels.parent / data["draft"]))
    source = labels.parent / data["source"]
    article = yaml.safe_load(source.read_text("utf-8")) if source.suffix == ".yaml" else {"source": source.name}
    article |= {"file": source, "claims": []}
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "s.db", create=True) as store:
        keep_articles(store, Path(folder), [article])
        extracted = extract_all([draft], store, sources={}, models=models)

        def verify(claims: Sequence[Claim], final: bool = True) -> Report:
            return run(claims, store, final=final, models=models)

        reviewed = check([draft], extracted, verify, today=dt.date(2026, 1, 1))
    verdicts = [(verdict, _span(verdict.claim.location)) for verdict, _ in reviewed.rows]
    alarms = [(v, span) for v, span in verdicts if v.label is VerdictLabel.CONTRADICTED]
    found: list[tuple[str, bool]] = []
    wrong = []
    for error in data["errors"]:
        sentence = _find(draft, error["sentence"])
        words = _find(draft, error["wrong"], *sentence) if sentence else None
        place = _span(draft.location(*words)) if words else None
        hit = place is not None and any(span[0] <= place[0] and place[1] <= span[1] for _, span in alarms)
        found.append((error["type"], hit))
        if sentence:
            wrong.append(_span(draft.location(*sentence)))
        if show and not hit:
            print(f"missed   {error['type']}: {error['sentence']}")
            print(f"         [{error['wrong']}] should be {error['right']}")
            for verdict, span in verdicts:
                if sentence and _overlap(span, wrong[-1]):
                    print(f"         {verdict.label} {verdict.confidence} {verdict.claim.text}: {verdict.explanation}")
    quiet = [_find(draft, entry["sentence"]) for entry in data.get("not_checkworthy") or []]
    spans = [_span(draft.location(*place)) for place in quiet if place]
    false = [v for v, span in alarms if not any(_overlap(span, other) for other in wrong)]
    if show:
        for verdict in false:
            print(f"false    {verdict.claim.text}\n         {verdict.confidence} {verdict.explanation}")
    return {
        "found": found,
        "false": len(false),
        "quiet": sum(any(_overlap(span, other) for other in spans) for _, span in alarms),
        "words": len(draft.text.split()),
    }


Span = tuple[tuple[int, int], tuple[int, int]]


def _span(place: Location | None) -> Span:
    assert place is not None
    return (place.line, place.column), (place.end_line, place.end_column)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _find(draft: Draft, words: str, start: int = 0, end: int | None = None) -> tuple[int, int] | None:
    """Where the words stand in the draft's prose, however its lines are broken and marked up."""
    plain = re.sub(r"\*\*|__|[*`]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", words))
    pattern = re.compile(r"\s+".join(map(re.escape, plain.split())))
    match = pattern.search(draft.text, start, len(draft.text) if end is None else end)
    return match.span() if match else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verdict-model")
    parser.add_argument("--show", action="store_true", help="print what was missed and what was wrong")
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    models = Models(verdict_model=options.verdict_model)
    results = [
        measure(labels, models, options.show) for labels in sorted(options.folder.glob("*.yaml"))[: options.limit]
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
