"""The retrieval set is well-formed: every case names one sentence that really stands in one source."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

RETRIEVAL = Path(__file__).parent / "retrieval"
SOURCES = sorted((RETRIEVAL / "sources").glob("*.md"))


def cases() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((RETRIEVAL / "cases.yaml").read_text(encoding="utf-8"))
    return loaded


def front_matter_and_text(path: Path) -> tuple[dict[str, Any], str]:
    _, front_matter, text = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front_matter), text.strip()


def test_there_are_at_least_62_sources_and_160_cases() -> None:
    assert len(SOURCES) >= 62
    assert len(cases()) >= 160


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_source_has_a_title_a_date_a_publisher_and_90_to_200_words(path: Path) -> None:
    front_matter, text = front_matter_and_text(path)
    assert set(front_matter) == {"title", "date", "publisher"}
    assert front_matter["title"].strip()
    assert front_matter["publisher"].strip()
    assert isinstance(front_matter["date"], datetime.date)
    assert 90 <= len(text.split()) <= 200


def test_sources_come_in_groups_of_similar_topics() -> None:
    groups = Counter(path.stem.split("-")[0] for path in SOURCES)
    assert len(groups) >= 8
    assert [group for group, size in groups.items() if size < 3] == []


def test_every_case_quotes_a_sentence_that_stands_exactly_once_in_its_source_and_in_no_other() -> None:
    texts = {path.name: front_matter_and_text(path)[1] for path in SOURCES}
    for case in cases():
        assert set(case) - {"about"} == {"claim", "source", "quote"}, case
        assert case["quote"].endswith((".", '."', "?", '?"')), case
        assert texts[case["source"]].count(case["quote"]) == 1, case
        assert [name for name, text in texts.items() if case["quote"] in text] == [case["source"]]


def test_no_claim_is_a_copy_of_the_sentence_to_be_found_or_of_another_claim() -> None:
    claims = Counter(case["claim"].casefold() for case in cases())
    assert [claim for claim, times in claims.items() if times > 1] == []
    assert [case["claim"] for case in cases() if case["claim"].rstrip(".") in case["quote"]] == []


def test_about_a_third_of_the_claims_are_fragments() -> None:
    fragments = [case for case in cases() if not case["claim"].endswith((".", '."'))]
    assert 0.28 <= len(fragments) / len(cases()) <= 0.4


def test_every_source_decides_at_least_two_claims() -> None:
    per_source = Counter(case["source"] for case in cases())
    assert [path.name for path in SOURCES if per_source[path.name] < 2] == []
