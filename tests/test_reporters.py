"""Reports: golden copies of every format, the JSON contract, and sources that cannot act on a terminal."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import HOSTILE, check_golden, report

from factcheck.domain import Report
from factcheck.reporters import ACTING, REPORTERS, View, printable, reporter

QUOTE_KEYS = ["source_id", "uri", "title", "published", "stance", "quote", "start", "end", "confidence"]
CLAIM_KEYS = [
    *["id", "text", "about", "location", "verdict", "reason", "rule", "confidence", "explanation", "conflict"],
    *["expected", "evidence"],
]


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_every_format_is_its_golden_copy(name: str):
    check_golden(f"report.{name}", reporter(name)(report(), View()))


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_the_same_report_gives_the_same_bytes(name: str):
    assert reporter(name)(report(), View()) == reporter(name)(report(), View())


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_a_report_without_claims_is_still_a_report(name: str):
    assert reporter(name)(Report(verdicts=()), View()) is not None


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_no_format_lets_a_source_act(name: str):
    text = reporter(name)(report(), View())
    assert "\x1b" not in text
    assert not ACTING.search(text.replace("\n", "").replace("\t", ""))


def test_colours_are_the_only_escapes_of_the_terminal_report():
    text = reporter("text")(report(), View(colour=True))
    assert "\x1b[" in text
    assert "\x1b[31m in Guatemala" not in text
    assert not ACTING.search(re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\n", ""))


def test_the_terminal_report_says_the_same_without_colour():
    plain = reporter("text")(report(), View())
    coloured = re.sub(r"\x1b\[[0-9;]*m", "", reporter("text")(report(), View(colour=True)))
    assert plain.replace("«", "").replace("»", "").split() == coloured.split()


@pytest.mark.parametrize("width", [1, 40, 80, 200])
def test_the_terminal_report_keeps_to_its_width(width: int):
    text = reporter("text")(report(), View(width=width))
    assert max(map(len, text.split("\n"))) <= max(40, width)
    assert "twelve" in text


def test_json_has_the_keys_of_its_contract_in_order():
    document = json.loads(reporter("json")(report(), View()))
    assert list(document) == ["schema", "tool", "summary", "claims"]
    assert document["schema"] == "factcheck.report/1"
    assert list(document["tool"]) == ["name", "version", "models"]
    assert document["summary"] == {"claims": 7, "supported": 1, "contradicted": 3, "unverified": 3}
    for claim in document["claims"]:
        assert list(claim) == CLAIM_KEYS
        assert list(claim["location"]) == ["path", "line", "column", "end_line", "end_column"]
        for quote in claim["evidence"]:
            assert list(quote) == QUOTE_KEYS
            assert quote["end"] - quote["start"] == len(quote["quote"])
    assert document["claims"][2]["evidence"][0]["quote"] == HOSTILE


def test_json_of_a_claim_from_python_has_no_location():
    one = report().verdicts[0]
    one = replace(one, claim=replace(one.claim, location=None))
    assert json.loads(reporter("json")(Report(verdicts=(one,)), View()))["claims"][0]["location"] is None


@given(st.text())
def test_printable_text_is_one_line_that_no_terminal_obeys(text: str):
    shown = printable(text)
    assert not ACTING.search(shown)
    assert shown.isascii() or shown.encode("utf-8")
    assert "\n" not in shown


@given(st.text())
def test_json_keeps_every_text_as_it_was(text: str):
    from factcheck.reporters.json import dumps

    for indent in (None, 2):
        written = dumps({"a": text}, indent=indent)
        assert json.loads(written) == {"a": text}
        assert not ACTING.search(written.replace("\n", ""))
