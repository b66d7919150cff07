"""Which calculation a claim's words mean, and what the counts and amounts of a claim come to by it."""

from __future__ import annotations

import importlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_number_checkers import pair

from factcheck import meant
from factcheck.alignment import view
from factcheck.domain import SlotState

ROWS = "The ferry carried 61,000 people in July and 72,000 in August. The pier cost £3.1m, and £4.4m was raised for it."
VOTE = "The council voted by 31 to 24 to keep the market open on Sundays."
RAIN = "The station measured 388 millimetres of rain in a day; the old record, from 1979, was 361 millimetres."
CREW = "Of 48 lifeboats inspected, 36 passed. The inspectors spent four days in the port."


def finding(claim: str, text: str):
    it = pair(claim, text)
    made = [importlib.import_module(f"factcheck.checkers.{name}").check(it) for name in ("count", "quantity")]
    return next(f for j in made if j for f in j.findings if f.rule == "FC211")


@pytest.mark.parametrize(
    ("claim", "text", "work"),
    [
        ("August brought 13,000 more people to the ferry than July.", ROWS, "72,000 − 61,000 = 11,000, not 13,000"),
        ("The vote to keep the market open was won by nine.", VOTE, "31 − 24 = 7, not nine"),
        ("Two thirds of the lifeboats inspected passed.", CREW, "36 of 48 = 75%, not Two thirds"),
        ("The old record was beaten by 35 millimetres.", RAIN, "388 mm − 361 mm = 27 mm, not 35 millimetres"),
    ],
)
def test_a_value_that_the_meant_calculation_does_not_give_is_in_conflict(claim: str, text: str, work: str) -> None:
    found = finding(claim, text)

    assert (found.state, found.derivation) == (SlotState.CONFLICTING, work)


@pytest.mark.parametrize(
    ("claim", "text", "work"),
    [
        ("August brought 11,000 more people to the ferry than July.", ROWS, "72,000 − 61,000 = 11,000"),
        ("The vote to keep the market open was won by seven.", VOTE, "31 − 24 = 7"),
        ("Three quarters of the lifeboats inspected passed.", CREW, "36 of 48 = 75%"),
    ],
)
def test_a_value_that_it_gives_is_backed_by_it(claim: str, text: str, work: str) -> None:
    found = finding(claim, text)

    assert (found.state, found.derivation) == (SlotState.DERIVED, work)
    assert found.confidence >= 0.8


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("The ferry carried 65,000 people.", ROWS),  # asks for no calculation
        ("The harbour master has 900 more berths than in 1990.", ROWS),  # of something else
        ("The council has 52 seats in all.", CREW),
        ("The mayor's majority was 900.", VOTE),  # not of this order
    ],
)
def test_nothing_likely_is_no_conflict(claim: str, text: str) -> None:
    v = view(pair(claim, text))

    assert all(meant.against(q, meant.meanings(v, q)) is None for q in v.claim.quantities)


VOCABULARY = "the ferry carried 61,000 people in July more than 72,000 by half a third of 48 36 passed total each left"
WORDS = st.lists(st.sampled_from(VOCABULARY.split()), min_size=1, max_size=25).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS)
def test_likelihoods_are_shares_and_the_order_is_by_them(claim: str, text: str) -> None:
    v = view(pair(claim, text))

    for q in v.claim.quantities:
        found = meant.meanings(v, q)
        assert sum(m.likely for m in found) <= 1.0 + 1e-9
        assert [m.likely for m in found] == sorted((m.likely for m in found), reverse=True)
        assert found == meant.meanings(v, q)


def test_of_a_table_of_hundreds_of_figures_the_nearest_are_calculated_with() -> None:
    table = "The shop paid " + ", ".join(f"{n} dollars" for n in range(100, 800)) + " in turn."
    v = view(pair("The shop paid 5,312 dollars more than in May.", table))
    (paid,) = (q for q in v.claim.quantities if q.dim == "money:dollar")

    works = list(meant.calculations(v, paid, meant.asked(v, paid)))

    assert 0 < len(works) <= meant.FIGURES**2
