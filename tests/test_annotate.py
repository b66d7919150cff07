"""What is noted about a source when it is added: names, clauses, speakers, roles, reference."""

import json
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factcheck.annotate import annotate
from factcheck.domain import Passage


def passages(*paragraphs: str) -> tuple[Passage, ...]:
    """One passage per sentence, one paragraph per argument."""
    made: list[Passage] = []
    offset = 0
    for k, paragraph in enumerate(paragraphs):
        for m in re.finditer(r"\S.*?(?:(?<!Mr)(?<!Ms)(?<!Dr)[.!?][\"”]?(?=\s)|$)", paragraph):
            start = offset + m.start()
            made.append(
                Passage(
                    source_id="s", ordinal=len(made), paragraph=k, start=start, end=offset + m.end(), text=m.group()
                )
            )
        offset += len(paragraph) + 2
    return tuple(made)


def structure(*paragraphs: str) -> list[dict]:
    return [dict(p.structure) for p in annotate(passages(*paragraphs))]


def test_names_carry_labels_and_offsets() -> None:
    (p,) = annotate(passages("Mr Tobias Wrenfield of Brackwater Foundry flew to Lisbon on Monday."))
    assert {m.text: m.label for m in p.mentions}["Lisbon"] == "PLACE"
    assert any(m.label == "PERSON" and m.text.endswith("Tobias Wrenfield") for m in p.mentions)
    assert all(p.text[m.start : m.end] == m.text for m in p.mentions)


def test_a_quotation_names_its_speaker_in_full_where_the_text_says_she() -> None:
    _first, second = structure('The harbour master, Ines Calloway, opposed the sale. "A pier is not a shop," she said.')
    assert second["quotes"][0]["sp"] == "Ines Calloway"


def test_a_quotation_without_a_verb_goes_on_from_the_one_before_it() -> None:
    _, second = structure('"We sold the boat," said Marek Oduya. "Nobody wanted to sail her in winter."')
    assert second["quotes"][0]["sp"] == "Marek Oduya"


def test_a_speaker_named_after_the_role_is_the_person() -> None:
    (only,) = structure('"The kiln is cold," said their spokesman, Lotfi Brandwijk.')
    assert only["quotes"][0]["sp"] == "Lotfi Brandwijk"


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("Holm's coach said the lake was too cold.", "Holm's coach"),
        ("Holm's coach, Lars Brandt, said the lake was too cold.", "Lars Brandt"),
        ("Holm's coach and husband, Lars Brandt, said the lake was too cold.", "Lars Brandt"),
        ("Holm said the lake was too cold.", "Petra Holm"),
    ],
)
def test_whose_coach_somebody_is_does_not_say_who_spoke(sentence: str, speaker: str) -> None:
    _, second = structure(f"Petra Holm won the swim. {sentence}")
    assert second["said"][0]["sp"] == speaker


def test_roles_before_and_after_the_name_are_noted() -> None:
    (only,) = structure(
        "Chief executive Ruth Adeyemi met Kenya's envoy, Wambui Githaiga, and Hugh Pattison, the treasurer."
    )
    roles = {r["n"]: r["r"] for r in only["roles"]}
    assert "hief executive" in roles["Ruth Adeyemi"]
    assert "envoy" in roles["Wambui Githaiga"]
    assert "treasurer" in roles["Hugh Pattison"]


def test_a_plan_is_told_from_a_deed() -> None:
    plan, deed, offer = structure(
        "The council plans to close the library.", "The council closed the library.", "The pier will open in May."
    )
    assert next(c for c in plan["clauses"] if c["v"] == "close")["k"] == "plan"
    assert "k" not in next(c for c in deed["clauses"] if c["v"] == "close")
    assert next(c for c in offer["clauses"] if c["v"] == "open")["k"] == "plan"


def test_an_allegation_keeps_its_speaker() -> None:
    (only,) = structure("Maria Osei alleged that the firm had hidden the letters.")
    clause = next(c for c in only["clauses"] if c["v"] == "hide")
    assert (clause["k"], clause["sp"]) == ("allege", "Maria Osei")


def test_negation_is_noted_on_its_clause() -> None:
    (only,) = structure("The highways team did not object.")
    assert next(c for c in only["clauses"] if c["v"] == "object")["n"] is True


def test_an_acronym_in_brackets_is_tied_to_its_long_form() -> None:
    (only,) = structure("The loan of the European Investment Bank (EIB) is late.")
    assert only["acronyms"] == [["EIB", "European Investment Bank"]]


def test_structure_is_plain_json_and_order_is_kept() -> None:
    given_ = passages("Anna Lindqvist resigned.", 'Her deputy said: "I did not know."')
    done = annotate(given_)
    assert [p.ordinal for p in done] == [p.ordinal for p in given_]
    assert json.loads(json.dumps([p.structure for p in done])) == [p.structure for p in done]


def test_nothing_to_annotate_gives_nothing() -> None:
    assert annotate(()) == ()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet=st.sampled_from("aA \"'“”‘’.,;()éł\n0£$-— X"), max_size=60), max_size=4))
def test_any_text_is_annotated_without_error_and_every_offset_fits(texts: list[str]) -> None:
    made = tuple(
        Passage(source_id="s", ordinal=n, paragraph=n // 2, start=0, end=len(t), text=t) for n, t in enumerate(texts)
    )
    for passage in annotate(made):
        for m in passage.mentions:
            assert passage.text[m.start : m.end] == m.text
        for quote in passage.structure.get("quotes", ()):
            assert 0 <= quote["q"][0] < quote["q"][1] <= len(passage.text)


@pytest.mark.parametrize("module", ["factcheck.wording", "factcheck.annotate"])
def test_importing_the_module_does_not_load_the_parser(module: str) -> None:
    code = f"import sys, {module}; sys.exit(any(m.split('.')[0] in {{'spacy', 'torch'}} for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_parsing_loads_no_torch_and_leaves_it_to_others() -> None:
    code = (
        "import sys\nfrom factcheck.annotate import parse\nassert parse(['Ana signed it.'])[0][0].pos_ == 'PROPN'\n"
        "assert not any(m.split('.')[0] == 'torch' for m in sys.modules)\n"
        "import importlib.util\nsys.exit(importlib.util.find_spec('torch') is None)\n"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_somebody_with_a_first_name_is_a_person_where_the_parser_sees_nobody() -> None:
    first, second = annotate(passages("When Marguerite Ormond walked her field, it was cold. Ormond had no heaters."))
    assert [(m.text, m.label) for m in first.mentions] == [("Marguerite Ormond", "PERSON")]
    assert [(m.text, m.label) for m in second.mentions] == [("Ormond", "PERSON")]


def test_a_first_name_tells_who_she_is() -> None:
    *_, last = structure(
        "Marguerite Ormond had ordered tins. Her neighbour, Colin Thwaite, lit his own. She lost half."
    )
    assert [name for *_, name in last["coref"]] == ["Marguerite Ormond"]


def test_what_things_are_in_is_a_place_whatever_the_parser_says() -> None:
    first, second, third = annotate(
        passages("Labour clings on in Marrowdale.", "Labour has clung on to Marrowdale.", "In Marrowdale it rained.")
    )
    assert all(("Marrowdale", "PLACE") in [(m.text, m.label) for m in p.mentions] for p in (first, second, third))


def test_the_party_is_no_part_of_its_members_name() -> None:
    (only,) = annotate(passages("She took 9,874 votes to the 9,562 of the Conservative Rupert Ingle."))
    assert [(m.text, m.label) for m in only.mentions if m.label == "PERSON"] == [("Rupert Ingle", "PERSON")]
