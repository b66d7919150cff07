"""Retrieval cases: invented articles, and claims with the sentences that decide them."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from factcheck.domain import Claim, Passage, Source
from factcheck.passages import split
from factcheck.retrieve import Embeds, embedding_texts
from factcheck.stores import Store

CASES = Path(__file__).with_name("cases.yaml")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A claim, the source that decides it, and the sentences of it that do."""

    claim: Claim
    source_id: str
    evidence: tuple[str, ...]


def articles() -> list[dict]:  # type: ignore[type-arg]
    return list(yaml.safe_load(CASES.read_text(encoding="utf-8")))


def fill(store: Store, embedder: Embeds | None) -> None:
    """Put every article into a store."""
    for article in articles():
        text = article["text"]
        source = Source(
            id=article["id"],
            uri=f"{article['id']}.txt",
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            text=text,
            title=article["title"],
            published=dt.date.fromisoformat(article["date"]),
        )
        passages = split(text, source.id)
        vectors = (embedder.model_id, embedder.embed(embedding_texts(source.title, passages))) if embedder else None
        store.add_source(source, passages, vectors=vectors)


def cases() -> Iterator[Case]:
    for article in articles():
        for number, claim in enumerate(article["claims"]):
            yield Case(
                claim=Claim(id=f"{article['id']}/{number}", text=claim["text"], about=claim.get("about")),
                source_id=article["id"],
                evidence=tuple(claim["evidence"]),
            )


def decides(passage: Passage, case: Case) -> bool:
    """Whether a passage is one of the deciding sentences, or holds it or most of it."""

    def words(text: str) -> str:
        return re.sub(r"\W+", " ", text).strip().lower()

    shown = words(passage.text)
    return passage.source_id == case.source_id and any(
        shown == words(e) or words(e) in shown or (shown in words(e) and len(shown) > 25) for e in case.evidence
    )
