"""Checking drafts before they are published: from files to claims, and from verdicts back to their lines.

``documents`` reads a draft with the place of every character, ``factcheck.extract``
finds the claims in it, ``checkworthy`` tells which sentences are worth it; ``ignores``,
``baseline`` and ``changes`` decide which findings count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from factcheck.domain import Claim, Location, Report, SlotFinding, Verdict
from factcheck.drafts.documents import Draft
from factcheck.extract import Sentence, extract, read_sentences
from factcheck.findings import Review, review

if TYPE_CHECKING:
    from factcheck.stores import Store

Changes = Mapping[str, "list[tuple[int, int]] | None"]


@dataclass(frozen=True, kw_only=True)
class Extracted:
    """A claim of a draft and where it came from."""

    claim: Claim
    sentence: Sentence
    draft: Draft


def extract_all(
    drafts: Sequence[Draft],
    store: Store,
    *,
    sources: Mapping[str, tuple[str, ...]],
    changed: Changes | None = None,
    cache: bool = True,
    standalone: bool = False,
) -> list[Extracted]:
    """The claims of all drafts. ``sources`` limits the evidence by path; ``changed`` keeps claims in those lines."""
    from factcheck.drafts.checkworthy import CheckWorthiness
    from factcheck.retrieve import Embeds

    def load_embedder() -> Embeds:
        from factcheck.inference import load_embedder

        return load_embedder()

    worth = CheckWorthiness(
        load_embedder=load_embedder,
        recall=store.cached_outputs if cache else lambda keys: {},
        keep=store.keep_outputs if cache else lambda outputs: None,
    )
    found = []
    for draft in drafts:
        for claim, sentence in extract(
            draft, score=worth.score, sources=sources.get(draft.path), standalone=standalone
        ):
            if changed is None or _touched(claim.location, changed.get(draft.path, [])):
                found.append(Extracted(claim=claim, sentence=sentence, draft=draft))
    return found


def _touched(place: Location | None, ranges: list[tuple[int, int]] | None) -> bool:
    if ranges is None or place is None:
        return True
    return any(first <= place.end_line and place.line <= last for first, last in ranges)


def check(
    drafts: Sequence[Draft],
    extracted: Sequence[Extracted],
    verify: Callable[[Sequence[Claim]], Report],
    *,
    known: frozenset[str] = frozenset(),
    today: dt.date,
    whole: bool = True,
) -> Review:
    """Verify what was extracted, and set the findings against the drafts' ignore comments.

    ``whole`` False says that only part of the drafts was checked: an ignore comment
    that covers nothing may then still have a use, and is not reported.
    """
    from factcheck.drafts.ignores import apply_ignores, read_ignores

    # Ids are unique within a draft only; for the way there and back each claim goes by its number.
    report = verify([replace(item.claim, id=str(number)) for number, item in enumerate(extracted)])

    def pinpoint(verdict: Verdict, finding: SlotFinding) -> Location | None:
        item, slot = extracted[int(verdict.claim.id)], finding.slot
        start = item.sentence.start + slot.start
        end = item.sentence.start + slot.end
        if not slot.start < slot.end or item.draft.text[start:end] != slot.text:
            return None  # the slot stands in the claim's context, not in this sentence
        return item.draft.location(start, end)

    reviewed = review(report, known=known, pinpoint=pinpoint)
    ignores = [
        ignore
        for draft in drafts
        for ignore in read_ignores(
            draft.raw,
            draft.path,
            units=[draft.location(s.start, s.end) for s in read_sentences(draft)],
            blocks=[draft.location(block.start, block.end) for block in draft.blocks],
        )
    ]
    reviewed = apply_ignores(reviewed, ignores, today)
    if not whole:
        reviewed = replace(reviewed, others=tuple(f for f in reviewed.others if f.rule != "FC108"))
    return _named(reviewed, extracted)


def _named(reviewed: Review, extracted: Sequence[Extracted]) -> Review:
    """The review with the claims' own ids back in their place."""
    rows = []
    for (verdict, finding), item in zip(reviewed.rows, extracted, strict=True):
        verdict = replace(verdict, claim=item.claim)
        rows.append((verdict, replace(finding, verdict=verdict) if finding else None))
    report = replace(reviewed.report, verdicts=tuple(verdict for verdict, _ in rows))
    return replace(reviewed, report=report, rows=tuple(rows))


def claims_file(extracted: Sequence[Extracted]) -> str:
    """A claims file (YAML) of what was extracted, which ``factcheck verify`` takes."""
    import yaml

    rows = []
    for item in extracted:
        row: dict[str, object] = {"text": item.claim.text, "id": item.claim.id}
        if item.claim.about:
            row["about"] = item.claim.about
        if item.claim.sources:
            row["sources"] = list(item.claim.sources)
        rows.append(row)
    if not rows:
        return "claims: []  # nothing worth checking was found\n"
    return yaml.safe_dump({"claims": rows}, allow_unicode=True, sort_keys=False, width=110)
