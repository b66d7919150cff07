"""Names, roles, quotations, speakers, polarity and modality: every case of tests/cases, and what holds for any text."""

import importlib
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.slots_names import CHECKERS
from factcheck import gazetteer, wording
from factcheck.aggregate import MISSING, SURE
from factcheck.annotate import annotate
from factcheck.checkers.name import MAY_BE_LEFT_OUT
from factcheck.domain import Claim, Judgement, Label, Pair, Passage, SlotState, Source
from factcheck.passages import split

CASES = [
    pytest.param(checker, case, id=f"{checker}: {case['name']}")
    for checker in CHECKERS
    for case in yaml.safe_load((Path(__file__).parent / "cases" / f"{checker}.yaml").read_text(encoding="utf-8"))
]


def check(checker: str, pair: Pair) -> Judgement | None:
    return importlib.import_module(f"factcheck.checkers.{checker}").check(pair)


def source_of(text: str) -> Source:
    return Source(id="s", uri="s.txt", sha256="0" * 64, text=text)


@lru_cache(maxsize=256)
def annotated(text: str) -> tuple[Passage, ...]:
    return annotate(split(text, "s"))


def pair_of(text: str, claim: str) -> Pair:
    passages = annotated(text)
    return Pair(claim=Claim(id="c", text=claim), source=source_of(text), passages=passages, context=passages)


@pytest.mark.parametrize(("checker", "case"), CASES)
def test_every_case_gets_the_state_it_expects(checker: str, case: dict[str, str]) -> None:
    judgement = check(checker, pair_of(case["source"], case["claim"]))
    states = {f.state for f in judgement.findings} if judgement else set()
    expect = case["expect"]
    told = [(f.slot.text, str(f.state), f.confidence, f.derivation) for f in judgement.findings] if judgement else []
    if expect == "none":
        assert judgement is None or states <= {SlotState.BACKED, SlotState.DERIVED}, told
    elif expect == "not-conflicting":
        assert SlotState.CONFLICTING not in states, told
    elif expect == "backed":
        assert states, told
        assert states <= {SlotState.BACKED, SlotState.DERIVED}, told
    else:
        assert SlotState(expect) in states, told
        assert expect == "conflicting" or SlotState.CONFLICTING not in states, told


@pytest.mark.parametrize("checker", CHECKERS)
def test_every_checker_has_as_many_silent_cases_as_firing_ones(checker: str) -> None:
    cases = [p.values[1] for p in CASES if p.values[0] == checker]
    firing = sum(c["expect"] in {"conflicting", "missing"} for c in cases)
    assert firing >= 3
    assert len(cases) - firing >= firing


def test_a_conflict_points_at_the_words_that_decide() -> None:
    pair = pair_of(
        '"We sold the boat in winter," said Marek Oduya. Ines Calloway was away.',
        '"We sold the boat in winter," Ines Calloway said.',
    )
    judgement = check("speaker", pair)
    assert judgement is not None
    assert judgement.label is Label.CONTRADICTION
    (finding,) = (f for f in judgement.findings if f.state is SlotState.CONFLICTING)
    assert finding.rule == "FC208"
    assert finding.found == "Marek Oduya"
    assert "sold the boat" in pair.source.text[finding.start : finding.end]
    assert "Marek Oduya" in finding.derivation


def test_a_changed_word_in_a_quotation_is_shown_as_a_difference() -> None:
    judgement = check(
        "quote",
        pair_of(
            '"They left us a filing cabinet full of bombs," he said.', 'He spoke of "a filing cabinet full of cash".'
        ),
    )
    assert judgement is not None
    assert judgement.findings[0].derivation == "“cash” is “bombs” in the source"


def test_an_illness_may_be_left_out_by_a_text_that_tells_of_one() -> None:
    claim = "Singing aloud can pass on COVID-19 in a closed room."

    def missing(text: str) -> float:
        judgement = check("name", pair_of(text, claim))
        assert judgement is not None
        return max(f.confidence for f in judgement.findings if f.state is SlotState.MISSING)

    told = missing("The virus was passed on by singing aloud in a closed room.")
    assert told == MAY_BE_LEFT_OUT < MISSING
    assert missing("Influenza is a virus that was passed on by singing aloud in a closed room.") >= MISSING
    assert missing("The tune was passed on by singing aloud in a closed room.") >= MISSING


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mayor Resigns After Audit Finds Missing Funds", True),
        ("MAYOR RESIGNS AFTER AUDIT FINDS MISSING FUNDS", True),
        ("Marta Solveig and Piet Ruys met Ada Okoro", False),
        ("The European Central Bank and the Bank of England raised rates", False),
        ("The mayor resigned after an audit found missing funds", False),
        ("2019: 400 of 1200", False),
        ("", False),
    ],
)
def test_a_headline_has_capitals_on_its_ordinary_words(text: str, expected: bool) -> None:
    assert wording.is_headline(text) is expected


TEXT = st.text(alphabet=st.sampled_from("aAbeE n's \"“”‘’.,;:()éłŠ\n0-—said no willX"), max_size=90)


@settings(max_examples=120, deadline=None)
@example(claim="0:A-A", text="")
@given(claim=TEXT, text=TEXT)
def test_no_text_makes_a_checker_fail_and_every_span_fits(claim: str, text: str) -> None:
    passages = split(text, "s")
    for made in (passages, ()):
        pair = Pair(claim=Claim(id="c", text=claim), source=source_of(text), passages=made, context=made)
        for checker in CHECKERS:
            judgement = check(checker, pair)
            for f in judgement.findings if judgement else ():
                assert 0.0 <= f.confidence <= 1.0
                assert 0 <= f.slot.start <= f.slot.end <= len(claim)
                if f.start is not None:
                    assert f.end is not None
                    assert 0 <= f.start <= f.end <= len(text)


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_source_says_what_it_says_so_its_own_sentence_never_conflicts(checker: str) -> None:
    text = (
        "The harbour master, Ines Calloway, opposed the sale of the pier in Brackwater. "
        '"A pier is not a shop," she said. '
        "The council, which has not decided, may sell it in June."
    )
    for passage in annotated(text):
        judgement = check(checker, pair_of(text, passage.text))
        assert judgement is None or judgement.label is not Label.CONTRADICTION


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_very_long_line_takes_no_more_than_its_length(checker: str) -> None:
    text = "Anna Lindqvist said, " * 300
    pair = pair_of("Anna Lindqvist resigned.", text)
    judgement = check(checker, pair)
    assert judgement is None or judgement.checker


def test_the_checkers_load_no_parser() -> None:
    modules = ", ".join(f"factcheck.checkers.{c}" for c in CHECKERS)
    code = (
        f"import sys, {modules}; sys.exit(any(m.split('.')[0] in {{'spacy', 'torch', 'numpy'}} for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_that_a_part_of_something_rose_is_no_sure_conflict_with_the_fall_of_another() -> None:
    def sure(claim: str) -> float:
        text = "Some banks were bare. Trout numbers rose by 38 per cent in the planted stretches over the years."
        (found,) = importlib.import_module("factcheck.checkers.comparison").check(pair_of(text, claim)).findings
        return found.confidence

    assert sure("Trout numbers fell in the planted stretches over the years.") >= SURE
    assert sure("Trout numbers fell in the bare stretches over the years.") < SURE


def test_every_country_that_lies_in_a_part_of_the_world_is_known() -> None:
    for part in ("Africa", "Asia", "Caribbean", "Europe", "Latin America", "South America"):
        assert gazetteer.is_continent(part)
        assert gazetteer.countries_in(part)
        assert all(gazetteer.is_place(country) for country in gazetteer.countries_in(part))
    assert not gazetteer.countries_in("Latvia")
