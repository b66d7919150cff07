"""The quantity, count and date checkers on their cases, and what holds for any text."""

from __future__ import annotations

import datetime as dt
import importlib
import pathlib

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from factcheck.aggregate import MISSING
from factcheck.domain import Claim, Judgement, Label, Pair, SlotState, Source
from factcheck.passages import split

CASES = pathlib.Path(__file__).parent / "cases"
CHECKERS = ("quantity", "count", "date")


def pair(claim: str, text: str, published: dt.date | None = None) -> Pair:
    source = Source(id="paper", uri="paper.txt", sha256=str(hash(text)), text=text, published=published)
    passages = split(text, source.id)
    return Pair(claim=Claim(id="c", text=claim), source=source, passages=passages, context=passages)


def check(checker: str, it: Pair) -> Judgement | None:
    return importlib.import_module(f"factcheck.checkers.{checker}").check(it)


def cases() -> list:
    made = []
    for checker in CHECKERS:
        groups = yaml.safe_load((CASES / f"{checker}.yaml").read_text(encoding="utf-8"))
        for group, rows in groups.items():
            made += [pytest.param(checker, row, id=f"{checker}-{group}-{row['claim']}") for row in rows]
    return made


@pytest.mark.parametrize(("checker", "case"), cases())
def test_every_case_is_judged_as_it_says(checker: str, case: dict) -> None:
    made = check(checker, pair(case["claim"], case["text"], case.get("published")))

    findings = made.findings if made else ()
    assert {f.slot.text: f.state.value for f in findings} == case["slots"]
    if "derivation" in case:
        assert case["derivation"] in [f.derivation for f in findings]


@pytest.mark.parametrize("checker", CHECKERS)
def test_there_are_as_many_silent_cases_as_firing_ones(checker: str) -> None:
    groups = yaml.safe_load((CASES / f"{checker}.yaml").read_text(encoding="utf-8"))
    assert len(groups["silent"]) >= len(groups["fires"])


WORDS = st.lists(
    st.sampled_from(
        "The council voted 27 to 21 against £58m on 12 March 2019 , five of the seven towns a third twice as many last year and percent "  # noqa: E501
        "Argentina Peru km more than three years later aged 46 between from to . ; homes in 2014 half Monday".split()
    ),
    max_size=30,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(WORDS, WORDS, st.one_of(st.none(), st.dates()))
def test_offsets_of_every_finding_hold_in_claim_and_source(claim: str, text: str, published: dt.date | None) -> None:
    it = pair(claim, text, published)
    for checker in CHECKERS:
        made = check(checker, it)
        for f in made.findings if made else ():
            assert claim[f.slot.start : f.slot.end] == f.slot.text
            assert 0.0 <= f.confidence <= 1.0
            assert (f.start is None) == (f.end is None)
            if f.start is not None and f.end is not None:
                assert text[f.start : f.end]
            assert f.state is not SlotState.MISSING or f.derivation


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.text(max_size=200))
def test_no_text_makes_a_checker_fail(claim: str, text: str) -> None:
    for checker in CHECKERS:
        check(checker, pair(claim, text, dt.date(2020, 2, 29)))


def test_a_claim_without_a_slot_of_its_kind_gets_no_judgement() -> None:
    it = pair("The mayor resigned.", "The mayor resigned over 12 invoices in 2019.")
    assert [check(c, it) for c in CHECKERS] == [None, None, None]


@pytest.mark.parametrize(
    ("claim", "nowhere"),
    [
        ("The choir sold 117 tickets for its concert.", True),
        ("The choir sold 38 tickets for its concert.", False),  # 90 less 52
        ("The choir sold 90 tickets for its concert.", False),
    ],
)
def test_a_figure_that_stands_nowhere_and_follows_from_nothing_keeps_a_claim_from_being_supported(
    claim: str, nowhere: bool
) -> None:
    text = "The choir gave its concert in a hall with 90 seats. Of these 52 stayed empty."
    found = check("count", pair(claim, text))
    assert found is not None
    gaps = [f.confidence for f in found.findings if f.state is SlotState.MISSING]
    assert (max(gaps, default=0.0) >= MISSING) is nowhere


def test_a_judgement_contradicts_when_one_slot_does() -> None:
    made = check(
        "quantity",
        pair("The wreck lies at a depth of 42 feet off Selby.", "The wreck lies at a depth of 42 metres off Selby."),
    )
    assert made is not None
    assert made.label is Label.CONTRADICTION


TOWNS = st.lists(st.sampled_from("Arden Brae Corby Drem Elgin Fyvie".split()), min_size=2, max_size=5, unique=True)


@given(TOWNS, st.data())
def test_figures_exchanged_between_two_things_conflict_and_their_own_never_do(towns: list[str], data: st.DataObject):
    # None that another may be rounded to: 270 for 268 is no conflict.
    exact = st.integers(11, 900).filter(lambda n: n % 10)
    figures = data.draw(st.lists(exact, min_size=len(towns), max_size=len(towns), unique=True))
    told = ", ".join(f"{town} has {figure} boats" for town, figure in zip(towns, figures, strict=True)) + "."
    swapped = [figures[1], figures[0], *figures[2:]]
    claim = ", ".join(f"{town} has {figure} boats" for town, figure in zip(towns, swapped, strict=True)) + "."

    assert all(f.state is SlotState.BACKED for f in check("count", pair(told, told)).findings)
    found = [f.state for f in check("count", pair(claim, told)).findings]
    assert found[:2] == [SlotState.CONFLICTING] * 2
    assert set(found[2:]) <= {SlotState.BACKED}
