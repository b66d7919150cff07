"""Checking drafts before they are published: from files to claims, and from verdicts back to their lines.

``documents`` reads a draft with the place of every character, ``factcheck.extract``
finds the claims in it, ``factcheck.clauses`` makes them stand alone, ``checkworthy`` tells which
sentences are worth it; ``lsp`` serves editors; ``ignores``,
``baseline`` and ``changes`` decide which findings count.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from factcheck.domain import Claim, Location, Reason, Report, SlotFinding, Verdict, VerdictLabel
from factcheck.drafts.documents import Draft
from factcheck.extract import Extracted, extract, read_sentences
from factcheck.findings import Review, review

if TYPE_CHECKING:
    from factcheck.api import Models
    from factcheck.retrieve import Embeds
    from factcheck.stores import Store

Changes = Mapping[str, "list[tuple[int, int]] | None"]
# Claims to their report; True says that this is what the run is about, False that another call follows.
Verify = Callable[[Sequence[Claim], bool], Report]


def extract_all(
    drafts: Sequence[Draft],
    store: Store,
    *,
    sources: Mapping[str, tuple[str, ...]],
    changed: Changes | None = None,
    cache: bool = True,
    models: Models | None = None,
) -> list[Extracted]:
    """The claims of all drafts. ``sources`` limits the evidence by path; ``changed`` keeps claims in those lines.

    ``models`` are those that the claims will then be judged by: the parser and they are loaded
    at the same time.
    """
    from factcheck.clauses import Clauses
    from factcheck.drafts.checkworthy import CheckWorthiness

    def prepare() -> None:
        _prepare_parser()
        if models is not None:
            models.prepare(sum(entry.passages for entry in store.entries()))

    def load_embedder() -> Embeds:
        prepare()  # a sentence that was never seen will be parsed, and most likely judged
        if models is not None and models.embedder_name is None:
            return models.embedder()
        from factcheck.inference import load_embedder

        return load_embedder()

    worth = CheckWorthiness(
        load_embedder=load_embedder,
        recall=store.cached_outputs if cache else lambda keys: {},
        keep=store.keep_outputs if cache else lambda outputs: None,
    )
    clauses = Clauses(recall=worth.recall, keep=worth.keep, prepare=prepare)
    found = []
    for draft in drafts:
        for item in extract(draft, score=worth.score, split=clauses.split, sources=sources.get(draft.path)):
            place = draft.location(item.sentence.start, item.sentence.end)
            if changed is None or _touched(place, changed.get(draft.path, [])):
                found.append(item)
    return found


def _prepare_parser() -> None:
    """Begin to load the parser; who parses first waits for it, and is told if it cannot be loaded."""
    from threading import Thread

    from factcheck.annotate import prepare

    def load() -> None:
        with suppress(Exception):
            prepare()

    Thread(target=load, name="parser").start()


def _touched(place: Location | None, ranges: list[tuple[int, int]] | None) -> bool:
    if ranges is None or place is None:
        return True
    return any(first <= place.end_line and place.line <= last for first, last in ranges)


def check(
    drafts: Sequence[Draft],
    extracted: Sequence[Extracted],
    verify: Verify,
    *,
    known: frozenset[str] = frozenset(),
    today: dt.date,
    whole: bool = True,
) -> Review:
    """Verify what was extracted, and set the findings against the drafts' ignore comments.

    A sentence that is neither supported nor contradicted as a whole is judged by its
    clauses. ``whole`` False says that only part of the drafts was checked: an ignore
    comment that covers nothing may then still have a use, and is not reported.
    """
    from factcheck.drafts.ignores import apply_ignores, read_ignores

    report, items = _judged(extracted, verify)
    at = {_key(item.claim): item for item in items}

    def pinpoint(verdict: Verdict, finding: SlotFinding) -> Location | None:
        item, slot = at[_key(verdict.claim)], finding.slot
        if item.claim.text[slot.start : slot.end] != slot.text:
            return None  # the slot stands in the claim's context, not in its words
        span = item.clause.place(slot.start, slot.end)
        return item.draft.location(*span) if span else None

    reviewed = _spanned(review(report, known=known, pinpoint=pinpoint))
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
    return reviewed


def _judged(extracted: Sequence[Extracted], verify: Verify) -> tuple[Report, list[Extracted]]:
    """The report on the sentences, each that settles nothing as a whole replaced by its clauses.

    On twelve drafts with 60 planted errors this found 38 of them, whole sentences 36 and
    clauses alone 36, and it backed the most correct sentences: a clause is easier to find
    in a source, and a sentence says how its clauses hang together.
    """
    first = verify([item.claim for item in extracted], not any(item.parts for item in extracted))
    items: list[Extracted] = []
    for item, verdict in zip(extracted, first.verdicts, strict=True):
        open_ = verdict.label is VerdictLabel.UNVERIFIED and verdict.reason in _UNSETTLED
        items += item.parts if item.parts and open_ else [item]
    if not any(item.parts for item in extracted):
        return first, items
    return verify([item.claim for item in items], True), items


_UNSETTLED = (Reason.NOT_ENOUGH_INFO, Reason.NO_EVIDENCE)


def _key(claim: Claim) -> tuple[str, str]:
    return claim.location.path if claim.location else "", claim.id


def _spanned(reviewed: Review) -> Review:
    """The review with every finding's place as wide as the words that it is about.

    A clause's own place leaves out the subject and the speaker that it shares with
    others of its sentence; where one of those is wrong, the place takes them in.
    """
    rows = []
    for verdict, finding in reviewed.rows:
        place, words = verdict.claim.location, finding.words if finding else None
        if finding is not None and place is not None and words is not None:
            first = min((place.line, place.column), (words.line, words.column))
            last = max((place.end_line, place.end_column), (words.end_line, words.end_column))
            place = Location(path=place.path, line=first[0], column=first[1], end_line=last[0], end_column=last[1])
            verdict = replace(verdict, claim=replace(verdict.claim, location=place))
            finding = replace(finding, verdict=verdict, location=place)
        rows.append((verdict, finding))
    report = replace(reviewed.report, verdicts=tuple(verdict for verdict, _ in rows))
    return replace(reviewed, report=report, rows=tuple(rows))


def remembering(verify: Callable[[Sequence[Claim]], Report]) -> Verify:
    """For a ``verify`` that keeps nothing: what it has answered in this run it is not asked again."""
    answered: dict[tuple[str, str], Verdict] = {}

    def ask(claims: Sequence[Claim], final: bool) -> Report:
        report = verify([claim for claim in claims if _key(claim) not in answered])
        answered.update({_key(verdict.claim): verdict for verdict in report.verdicts})
        verdicts = tuple(answered[_key(claim)] for claim in claims)
        complete = report.complete and not any(
            v.reason in (Reason.CHECK_FAILED, Reason.SOURCE_MISSING) for v in verdicts
        )
        return replace(report, verdicts=verdicts, complete=complete)

    return ask


_OPEN = re.compile(r"(?:he|she|it|they|his|her|its|their|this|these|that|those)\b", re.IGNORECASE)


def claims_file(extracted: Sequence[Extracted]) -> str:
    """A claims file (YAML) of what was extracted, which ``factcheck verify`` takes.

    Away from its draft, a claim about "it" or "them" is told by the draft's title what it is about.
    """
    import yaml

    rows = []
    for item in (part for whole in extracted for part in whole.parts or (whole,)):
        row: dict[str, object] = {"text": item.claim.text, "id": item.claim.id}
        if about := item.claim.about or (item.draft.title if _OPEN.match(item.claim.text) else None):
            row["about"] = about
        if item.claim.sources:
            row["sources"] = list(item.claim.sources)
        rows.append(row)
    if not rows:
        return "claims: []  # nothing worth checking was found\n"
    return yaml.safe_dump({"claims": rows}, allow_unicode=True, sort_keys=False, width=110)
