"""The pairs made by rule for training: what they say of a claim is so."""

from __future__ import annotations

import datetime as dt
import random
import re

import pytest

from training import skills
from training.mix import Row, _evened
from training.skills import SKILLS, Family, skill_rows

DRAWS = 200


def families(name: str) -> list[Family]:
    rng = random.Random(5)
    return [getattr(skills, name)(rng) for _ in range(DRAWS)]


@pytest.mark.parametrize("name", sorted({skill.__name__ for skill in SKILLS}))
def test_every_family_supports_and_contradicts_and_never_says_both_of_one_claim(name: str) -> None:
    for family in families(name):
        labels = {label for _, label in family.claims}
        assert {skills.S, skills.C} <= labels <= {skills.S, skills.U, skills.C}
        told: dict[str, str] = {}
        for text, label in family.claims:
            assert told.setdefault(text, label) == label, (family.sentences, text)


def test_margins_of_votes_are_the_difference() -> None:
    for family in families("votes"):
        high, low = (int(n) for n in re.findall(r"\d+", family.sentences[0])[:2])
        for text, label in family.claims:
            if found := re.match(r"A margin of (\d+) votes", text):
                assert (int(found[1]) == high - low) == (label == skills.S)


def test_what_is_left_of_a_whole() -> None:
    for family in families("parts"):
        numbers = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", " ".join(family.sentences))]
        for text, label in family.claims:
            left = re.match(r"(\d[\d,]*) \w+ have yet to be", text)
            if left and len(numbers) == 2:
                assert (int(left[1].replace(",", "")) == max(numbers) - min(numbers)) == (label == skills.S)


def test_rows_are_the_same_for_a_seed_and_have_every_label() -> None:
    articles = [("A title", dt.date(2020, 5, 1), ["One sentence.", "Another one.", "A third.", "A fourth."])]
    rows = list(skill_rows(random.Random(3), 300, articles))
    assert rows == list(skill_rows(random.Random(3), 300, articles))
    assert {row[-1] for row in rows} == {skills.S, skills.U, skills.C}
    assert any(len(row[3]) > 2 for row in rows)


def test_worked_out_claims_are_no_oftener_wrong_than_right() -> None:
    rows = [
        Row("p", f"{label} {n}", label, "news:unit+near") for label in ("supported", "contradicted") for n in range(8)
    ]
    rows += [Row("p", f"name {n}", "contradicted", "news:name") for n in range(8)]

    kept = _evened(rows, random.Random(1))

    assert [row for row in rows if row in kept] == kept
    assert [sum(row.hypothesis.startswith(word) for row in kept) for word in ("supp", "contr", "name")] == [8, 6, 8]
