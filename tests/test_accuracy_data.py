"""The accuracy set is well-formed: its labels can be trusted to point at text that is really there."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

ACCURACY = Path(__file__).parent / "accuracy"
ARTICLES = sorted((ACCURACY / "news").glob("*.yaml"))
PAIRS = ACCURACY / "pairs.jsonl"

VERDICTS = {"supported", "contradicted", "unverified"}
TYPES = {
    "antonym",
    "arithmetic",
    "attribution",
    "causal",
    "comparison",
    "coreference",
    "date",
    "duration-age",
    "hedge",
    "list-count",
    "modality",
    "multi-sentence",
    "name",
    "near-miss",
    "negation",
    "number",
    "number-words",
    "paraphrase",
    "percent-fraction",
    "place",
    "quote",
    "relative-date",
    "role",
    "role-swap",
    "rounding",
    "scope",
    "speaker",
    "superlative",
    "temporal-order",
    "unit",
}


def article(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def all_claims() -> list[dict[str, Any]]:
    return [claim for path in ARTICLES for claim in article(path)["claims"]]


def pairs() -> list[dict[str, Any]]:
    return [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]


def test_there_are_at_least_fourteen_articles_and_280_claims() -> None:
    assert len(ARTICLES) >= 14
    assert len(all_claims()) >= 280


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_has_a_title_a_date_a_genre_and_enough_text(path: Path) -> None:
    loaded = article(path)
    assert set(loaded) == {"title", "date", "genre", "text", "claims"}
    assert loaded["title"].strip()
    assert loaded["genre"].strip()
    datetime.date.fromisoformat(loaded["date"])
    assert 200 <= len(loaded["text"].split()) <= 400
    assert len(loaded["claims"]) >= 20


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_every_claim_of_an_article_is_fully_labelled(path: Path) -> None:
    for claim in article(path)["claims"]:
        assert set(claim) - {"fragment"} == {"text", "verdict", "type", "evidence", "why"}, claim["text"]
        assert claim["verdict"] in VERDICTS, claim["text"]
        assert claim["type"] in TYPES, claim["text"]
        assert claim.get("fragment", True) is True, claim["text"]
        assert claim["why"].strip(), claim["text"]
        assert 1 <= len(claim["evidence"]) <= 4, claim["text"]


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_every_piece_of_evidence_is_in_the_article_word_for_word(path: Path) -> None:
    loaded = article(path)
    for claim in loaded["claims"]:
        for sentence in claim["evidence"]:
            assert sentence in loaded["text"], (claim["text"], sentence)


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_the_verdicts_of_an_article_are_balanced(path: Path) -> None:
    claims = article(path)["claims"]
    counts = Counter(claim["verdict"] for claim in claims)
    assert min(counts[verdict] for verdict in VERDICTS) >= 0.25 * len(claims), counts


def test_a_claim_of_an_article_that_ends_in_a_full_stop_is_a_sentence_and_a_fragment_does_not() -> None:
    for claim in all_claims():
        ends = claim["text"].rstrip('"').endswith((".", "?", "!"))
        assert ends is not claim.get("fragment", False), claim["text"]


def test_about_a_third_of_all_claims_have_each_verdict_and_a_quarter_are_fragments() -> None:
    claims = all_claims()
    counts = Counter(claim["verdict"] for claim in claims)
    assert all(0.3 <= counts[verdict] / len(claims) <= 0.37 for verdict in VERDICTS), counts
    assert 0.22 <= sum(claim.get("fragment", False) for claim in claims) / len(claims) <= 0.32


def test_every_type_of_claim_occurs_and_none_has_only_one_verdict() -> None:
    seen: dict[str, set[str]] = {}
    for claim in all_claims():
        seen.setdefault(claim["type"], set()).add(claim["verdict"])
    assert set(seen) == TYPES
    assert [kind for kind, verdicts in sorted(seen.items()) if len(verdicts) < 2] == []


def test_no_claim_is_asked_twice_of_an_article() -> None:
    repeated = [
        (path.stem, text)
        for path in ARTICLES
        for text, times in Counter(claim["text"].casefold() for claim in article(path)["claims"]).items()
        if times > 1
    ]
    assert repeated == []


def test_there_are_at_least_320_pairs_and_each_is_fully_labelled() -> None:
    assert len(pairs()) >= 320
    for pair in pairs():
        assert set(pair) == {"claim", "evidence", "label", "kind"}, pair
        assert pair["label"] in VERDICTS, pair
        assert pair["kind"] in TYPES, pair
        assert pair["claim"].strip(), pair
        assert pair["evidence"].strip(), pair


def test_the_evidence_is_silent_in_about_half_of_the_pairs() -> None:
    counts = Counter(pair["label"] for pair in pairs())
    assert counts["unverified"] >= 0.45 * len(pairs()), counts
    assert min(counts["supported"], counts["contradicted"]) >= 0.2 * len(pairs()), counts


def test_every_kind_of_reasoning_occurs_among_the_pairs() -> None:
    assert {pair["kind"] for pair in pairs()} == TYPES


def test_every_evidence_is_asked_for_at_least_two_different_labels() -> None:
    labels: dict[str, set[str]] = {}
    for pair in pairs():
        labels.setdefault(pair["evidence"], set()).add(pair["label"])
    assert [evidence for evidence, seen in labels.items() if len(seen) < 2] == []


def test_no_pair_claims_the_same_thing_twice_or_reuses_the_text_of_an_article() -> None:
    claims = Counter(pair["claim"].casefold() for pair in pairs())
    assert [claim for claim, times in claims.items() if times > 1] == []
    texts = [article(path)["text"] for path in ARTICLES]
    assert [pair["evidence"] for pair in pairs() if any(pair["evidence"] in text for text in texts)] == []
