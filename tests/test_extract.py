"""Which sentences of a draft become claims, and where they stand."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck.drafts.checkworthy import CheckWorthiness, features, held_out, measure
from factcheck.drafts.documents import parse_draft
from factcheck.errors import InputError
from factcheck.extract import extract, read_sentences
from factcheck.inference import load_embedder

DRAFT = """\
# A day in Tarnbeck

The council approved the plan by 12 votes to three. What a day it was! Was it not?

"It cost us 23.4 million pounds," the mayor, Edwin Marsh, told reporters on Monday.

Ouch. I, for one, would rather have a swimming pool.

- Three workers were injured.
"""


def claims_of(text: str, name: str = "d.md") -> list[str]:
    worth = CheckWorthiness(load_embedder=load_embedder)
    return [claim.text for claim, _ in extract(parse_draft(text.encode(), name), score=worth.score)]


def test_facts_become_claims_and_headings_questions_and_opinions_do_not():
    assert claims_of(DRAFT) == [
        "The council approved the plan by 12 votes to three.",
        '"It cost us 23.4 million pounds," the mayor, Edwin Marsh, told reporters on Monday.',
        "Three workers were injured.",
    ]


def test_every_claim_stands_where_its_location_says():
    draft = parse_draft(DRAFT.encode(), "d.md")
    lines = DRAFT.split("\n")
    found = extract(draft, score=lambda sentences: [1.0] * len(sentences))
    assert len(found) == len(read_sentences(draft))
    for claim, _ in found:
        place = claim.location
        assert lines[place.line - 1][place.column - 1 : place.end_column - 1] == claim.text


def test_claims_of_a_draft_have_ids_of_their_own():
    draft = parse_draft(b"It rained for two days.\n\nIt rained for two days.\n", "d.md")
    found = extract(draft, score=lambda sentences: [1.0] * len(sentences))
    assert [claim.id for claim, _ in found] == ["it-rained-for-two-days", "it-rained-for-two-days-2"]


def test_an_extracted_claim_says_who_she_is_only_where_one_person_can_be_meant():
    text = (
        b"Joanne Pellow, 47, was jailed on Monday. She joined the hospice in 2008.\n\n"
        b"His name was never given to the court.\n\nRuth Cole, 50, met Ann Bell, 51. She left at noon.\n"
    )
    found = extract(parse_draft(text, "d.md"), score=lambda s: [1.0] * len(s), standalone=True)
    assert [(claim.about, claim.text[:5]) for claim, _ in found] == [
        (None, "Joann"),
        ("Joanne Pellow", "She j"),
        ("Joanne Pellow", "His n"),
        (None, "Ruth "),
        (None, "She l"),
    ]


def test_scores_are_recalled_and_then_no_model_is_loaded():
    kept: dict[str, object] = {}
    first = CheckWorthiness(load_embedder=load_embedder, keep=kept.update).score(["Three workers were injured."])

    def never() -> None:
        raise AssertionError("a model was loaded")

    recall = lambda keys: {key: kept[key] for key in keys if key in kept}  # noqa: E731
    again = CheckWorthiness(load_embedder=never, recall=recall).score(["Three workers were injured."])
    assert again == pytest.approx(first, abs=1e-6)


def test_measuring_counts_only_held_out_sentences_of_a_training_set(tmp_path: Path):
    rows = [{"sentence": f"The bill was {n} million pounds.", "checkworthy": True} for n in range(30)]
    for name in ("a.jsonl", "a.train.jsonl"):
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    worth = CheckWorthiness(load_embedder=load_embedder)
    n, f1, _ = measure(tmp_path / "a.jsonl", worth)
    assert (n, f1) == (30, 1.0)
    assert measure(tmp_path / "a.train.jsonl", worth)[0] == sum(held_out(row["sentence"]) for row in rows)
    (tmp_path / "bad.jsonl").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="these are not labelled sentences"):
        measure(tmp_path / "bad.jsonl", worth)


def test_a_fifth_of_all_sentences_is_held_out():
    words = random.Random(0)
    share = sum(held_out(str(words.random())) for _ in range(5000)) / 5000
    assert 0.17 < share < 0.23


@given(st.text(max_size=80))
def test_features_of_any_text_are_finite_and_as_many_as_the_model_has_weights(text: str):
    found = features(text)
    assert len(found) == len(features("x"))
    assert all(0 <= value < 100 for value in found)
