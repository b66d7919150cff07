"""A small desk for tests: a store with sources and verdicts in it, made without a model, and a way to change them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from factcheck.domain import Claim, Location, Quote, Reason, Source, Stance, Verdict, VerdictLabel
from factcheck.ledger import Asked, record
from factcheck.passages import split
from factcheck.stores import Snapshot, Store, open_store

FERRY = "The ferry was built in 1998. It carries 240 passengers and is operated by Blue Line."
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \"quoted\" & 'single' {{ 7*7 }} </textarea>"


def claim_of(text: str, *, path: str = "draft.md", line: int = 1, about: str | None = None, id: str = "") -> Claim:
    place = Location(path=path, line=line, column=1, end_line=line, end_column=len(text) + 1)
    return Claim(id=id or text[:20], text=text, about=about, location=place)


def put(store: Store, id: str, text: str, *, uri: str | None = None, supersedes: str | None = None) -> Source:
    source = Source(
        id=id,
        uri=uri or f"{id}.txt",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        title=f"The {id} report",
    )
    store.add_source(source, split(text, id), Snapshot(raw=text.encode()), supersedes=supersedes)
    return source


def verdict_of(claim: Claim, source: Source | None, label: VerdictLabel = VerdictLabel.SUPPORTED, words: str = "1998"):
    """A verdict as the engine would give it, on the first sentence of a source."""
    evidence: tuple[Quote, ...] = ()
    if source is not None:
        quote = source.text.split(". ")[0] + "."
        at = quote.find(words)
        evidence = (
            Quote(
                source_id=source.id,
                uri=source.uri,
                title=source.title,
                published=None,
                stance=Stance.SUPPORTS if label is VerdictLabel.SUPPORTED else Stance.REFUTES,
                quote=quote,
                start=0,
                end=len(quote),
                confidence=0.9,
                marks=((at, at + len(words)),) if at >= 0 else (),
            ),
        )
    reasons = {
        VerdictLabel.SUPPORTED: (Reason.ENTAILED, "FC300"),
        VerdictLabel.CONTRADICTED: (Reason.REFUTED, "FC201"),
        VerdictLabel.UNVERIFIED: (Reason.NO_EVIDENCE, "FC301"),
    }
    reason, rule = reasons[label]
    return Verdict(
        claim=claim,
        label=label,
        reason=reason,
        rule=rule,
        confidence=0.9,
        explanation=f"It is {label}: the source has {words}.",
        evidence=evidence,
    )


def keep(
    store: Store, verdicts: list[Verdict], *, models: str = "m1", engine: str = "e1", **more: object
) -> int | None:
    """Record a run of these verdicts, asked of every source in the store."""
    scope = tuple((entry.id, entry.fingerprint) for entry in store.entries())
    asked = [
        Asked(verdict=v, key=f"{v.claim.text[:9]}{v.claim.about}{v.label}{models}{engine}{scope}", scope=scope)
        for v in verdicts
    ]
    return record(store, asked, models={"verdict": models}, engine=engine, complete=True, **more)  # type: ignore[arg-type]


def desk(path: str | Path) -> Store:
    """A store with one source and three claims on it, checked: supported, contradicted, and full of markup."""
    store = open_store(path, create=True)
    ferry = put(store, "ferry", FERRY)
    keep(
        store,
        [
            verdict_of(claim_of("The ferry was built in 1998.", line=3), ferry),
            verdict_of(claim_of("The ferry was built in 1989.", line=5), ferry, VerdictLabel.CONTRADICTED),
            replace(
                verdict_of(claim_of(HOSTILE, line=7, about=HOSTILE), None, VerdictLabel.UNVERIFIED),
                explanation=f"No source says {HOSTILE}",
            ),
        ],
        documents={
            "draft.md": f"# Ferry\n\nThe ferry was built in 1998.\n\nThe ferry was built in 1989.\n\n{HOSTILE}\n",
        },
    )
    return store
