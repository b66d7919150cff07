"""Which length of time or age a claim means, and what the dates of a source come to by it."""

from __future__ import annotations

import datetime as dt
import importlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_number_checkers import pair

from factcheck import lasting, meant
from factcheck.alignment import view
from factcheck.annotate import annotate
from factcheck.domain import SlotFinding, SlotState

MEETING = "The harbour committee met in the net loft. The meeting opened at 6.45 p.m. and closed at 8.20 p.m."
ROAD = "The coast road was shut from 9 a.m. on Wednesday to 4 p.m. on Thursday after a rockfall."
STORM = "The storm lasted from 11.47 p.m. to 12.31 a.m. in Kerris."
TUNNEL = "The tunnel opened in 1998. Petra Holm, 60, dug it."
BRIDGE = "The bridge, built in 1938, was closed in 1999."


def finding(claim: str, text: str, day: dt.date | None = None) -> SlotFinding:
    judged = importlib.import_module("factcheck.checkers.date").check(pair(claim, text, day))
    return judged.findings[0]


@pytest.mark.parametrize(
    ("claim", "text", "work"),
    [
        ("The meeting lasted an hour and 35 minutes.", MEETING, "6.45 p.m. to 8.20 p.m. = 1 hour and 35 minutes"),
        ("The road was shut for 31 hours.", ROAD, "9 a.m. to 4 p.m. = 31 hours"),
        ("The storm in Kerris lasted 44 minutes.", STORM, "11.47 p.m. to 12.31 a.m. = 44 minutes"),
        ("Petra Holm was about 41 when the tunnel opened.", TUNNEL, "60 − (2017 − 1998) = 41"),
        ("The bridge was 61 years old when it was closed.", BRIDGE, "1938 to 1999 = 61 years"),
    ],
)
def test_a_length_that_lies_between_two_times_is_backed_by_them(claim: str, text: str, work: str) -> None:
    found = finding(claim, text, dt.date(2017, 5, 4))

    assert (found.state, found.derivation) == (SlotState.DERIVED, work)
    assert found.confidence >= 0.85


@pytest.mark.parametrize(
    ("claim", "text", "work"),
    [
        ("The meeting lasted two and a half hours.", MEETING, "6.45 p.m. to 8.20 p.m. = 1 hour and 35 minutes, not"),
        ("The road was shut for 24 hours.", ROAD, "9 a.m. to 4 p.m. = 31 hours, not 24 hours"),
        ("The storm in Kerris lasted 94 minutes.", STORM, "11.47 p.m. to 12.31 a.m. = 44 minutes, not 94 minutes"),
    ],
)
def test_another_length_than_the_one_meant_is_in_conflict(claim: str, text: str, work: str) -> None:
    found = finding(claim, text, dt.date(2017, 5, 4))

    assert found.state is SlotState.CONFLICTING
    assert found.derivation.startswith(work)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("The ferry was ten minutes late.", "The ferry carries 400 people."),  # nothing to hold it against
        ("Rescuers came within four hours.", "The school has taught sailing for four years."),  # of something else
        ("Petra Holm was about 25 when she learnt to dive.", TUNNEL),  # of another day
        ("The rent is due over ten years.", "The rent is due over ten years, says the town."),  # the same words
    ],
)
def test_it_says_nothing_where_the_source_does_not_tell_how_long(claim: str, text: str) -> None:
    assert finding(claim, text, dt.date(2017, 5, 4)).state is not SlotState.CONFLICTING


def test_a_date_that_is_told_of_something_else_does_not_back_the_claim() -> None:
    text = "The choir was founded on 9 June in a bakery. It sang in Ghent on 3 May."
    found = finding("The choir was founded on 3 May.", text, dt.date(2020, 8, 1))

    assert (found.state, found.found) == (SlotState.CONFLICTING, "9 June")


@pytest.mark.parametrize("claim", ["The pool will open in October.", "The pool is to open by October."])
def test_what_is_yet_to_come_may_come_on_several_days(claim: str) -> None:
    text = "The pool was drained in March. Swimmers will be let in from May, the council said."
    assert finding(claim, text, dt.date(2020, 2, 1)).state is not SlotState.CONFLICTING


OBITUARY = "Sir Desmond Harrow, who held the seat from 1997, died of a stroke on 12 August. He was 74. His rival is 51."


@pytest.mark.parametrize(
    ("claim", "state"),
    [
        ("Desmond Harrow died at the age of 72.", SlotState.CONFLICTING),
        ("Desmond Harrow died at the age of 74.", SlotState.BACKED),
        ("Desmond Harrow was 60 when he won the seat.", SlotState.MISSING),
    ],
)
def test_the_age_that_the_dead_are_told_to_have_had_is_that_of_their_death(claim: str, state: SlotState) -> None:
    plain = pair(claim, OBITUARY, dt.date(2017, 5, 4))
    told = annotate(plain.passages)
    judged = importlib.import_module("factcheck.checkers.date").check(replace(plain, passages=told, context=told))

    assert [f.state for f in judged.findings if f.slot.text in ("72", "74", "60")] == [state]


@given(st.lists(st.floats(-40, 40), max_size=8))
def test_shares_are_probabilities_and_keep_the_order_of_the_scores(scores: list[float]) -> None:
    found = meant.shares(scores)

    assert all(0 <= p <= 1 for p in found)
    assert sum(found) <= 1 + 1e-9
    assert all(
        p <= q + 1e-12 for a, p in zip(scores, found, strict=True) for b, q in zip(scores, found, strict=True) if a < b
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1439), st.integers(1, 600))
def test_the_time_between_two_clock_times_is_found_over_midnight_too(start: int, minutes: int) -> None:
    first, last = (f"{m // 60 % 24:02d}:{m % 60:02d}" for m in (start, start + minutes))
    it = pair(f"The fire burned for {minutes} minutes.", f"The fire burned from {first} to {last} in the old mill.")
    found = [work for work in lasting.lengths(view(it), view(it).claim.quantities[0]) if work.kind == "clock"]

    assert [round(work.hi / 60) for work in found] == [minutes]
