"""Figures that a text works out from its own: each shape with a wrong and a right result."""

from __future__ import annotations

import pathlib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from factcheck.checkers import count, date, quantity
from factcheck.domain import Claim, Pair, SlotFinding, SlotState, Source
from factcheck.passages import split

CASES = yaml.safe_load((pathlib.Path(__file__).parent / "cases" / "working.yaml").read_text(encoding="utf-8"))


def conflicts(claim: str, before: tuple[str, ...], text: str) -> list[SlotFinding]:
    source = Source(id="paper", uri="paper.txt", sha256=str(hash(text)), text=text)
    passages = split(text, source.id)
    it = Pair(claim=Claim(id="c", text=claim, before=before), source=source, passages=passages, context=passages)
    made = [checker.check(it) for checker in (quantity, count, date)]
    return [f for judgement in made if judgement for f in judgement.findings if f.state is SlotState.CONFLICTING]


@pytest.mark.parametrize("case", CASES["fires"], ids=lambda case: case["work"])
def test_a_figure_that_the_text_reckons_wrong_is_told_with_the_work(case: dict) -> None:
    found = conflicts(case["claim"], tuple(case.get("before", ())), case["text"])

    assert [f.derivation for f in found] == [case["work"]]
    assert found[0].rule == "FC211"
    assert case["text"][found[0].start : found[0].end] == found[0].found


@pytest.mark.parametrize("case", CASES["silent"], ids=lambda case: case["claim"])
def test_what_is_reckoned_right_or_of_something_else_is_left_alone(case: dict) -> None:
    assert conflicts(case["claim"], tuple(case.get("before", ())), case["text"]) == []


def test_there_are_as_many_silent_cases_as_firing_ones() -> None:
    assert len(CASES["silent"]) >= len(CASES["fires"])


@given(st.integers(40, 900), st.integers(11, 30), st.integers(1, 9))
def test_what_is_left_is_right_only_where_it_is_the_rest(whole: int, gone: int, off: int) -> None:
    before, text = (f"The line has {whole} wagons.",), f"Of its {whole} wagons the line has scrapped {gone}."
    claim = "It has scrapped {gone}, which leaves {left} in use."

    assert conflicts(claim.format(gone=gone, left=whole - gone), before, text) == []
    wrong = conflicts(claim.format(gone=gone, left=whole - gone + off), before, text)
    assert [f.derivation for f in wrong] in ([], [f"{whole} − {gone} = {whole - gone}, not {whole - gone + off}"])
