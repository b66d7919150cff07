"""Reports: golden copies of every format, the JSON contract, and sources that cannot act on a terminal."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import HOSTILE, check_golden, report

from factcheck.domain import Report
from factcheck.findings import FailOn, review
from factcheck.reporters import ACTING, REPORTERS, View, printable, reporter

QUOTE_KEYS = ["source_id", "uri", "title", "published", "stance", "quote", "start", "end", "confidence"]
CLAIM_KEYS = [
    *["id", "text", "about", "location", "verdict", "reason", "rule", "confidence", "explanation", "conflict"],
    *["expected", "evidence"],
]


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_every_format_is_its_golden_copy(name: str):
    check_golden(f"report.{name}", reporter(name)(review(report()), View()))


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_the_same_report_gives_the_same_bytes(name: str):
    assert reporter(name)(review(report()), View()) == reporter(name)(review(report()), View())


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_a_report_without_claims_is_still_a_report(name: str):
    assert reporter(name)(review(Report(verdicts=())), View()) is not None


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_no_format_lets_a_source_act(name: str):
    text = reporter(name)(review(report()), View())
    assert "\x1b" not in text
    assert not ACTING.search(text.replace("\n", "").replace("\t", ""))


def test_colours_are_the_only_escapes_of_the_terminal_report():
    text = reporter("text")(review(report()), View(colour=True))
    assert "\x1b[" in text
    assert "\x1b[31m in Guatemala" not in text
    assert not ACTING.search(re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\n", ""))


def test_the_terminal_report_says_the_same_without_colour():
    plain = reporter("text")(review(report()), View())
    coloured = re.sub(r"\x1b\[[0-9;]*m", "", reporter("text")(review(report()), View(colour=True)))
    assert plain.replace("«", "").replace("»", "").split() == coloured.split()


@pytest.mark.parametrize("width", [1, 40, 80, 200])
def test_the_terminal_report_keeps_to_its_width(width: int):
    text = reporter("text")(review(report()), View(width=width))
    assert max(map(len, text.split("\n"))) <= max(40, width)
    assert "twelve" in text


def test_json_has_the_keys_of_its_contract_in_order():
    document = json.loads(reporter("json")(review(report()), View()))
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
    assert json.loads(reporter("json")(review(Report(verdicts=(one,))), View()))["claims"][0]["location"] is None


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


def test_sarif_is_a_log_that_code_hosts_accept():
    log = json.loads(reporter("sarif")(review(report()), View()))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["invocations"] == [{"executionSuccessful": False}]
    assert [result["ruleId"] for result in run["results"]] == ["FC107", "FC301", "FC304", "FC901", "FC201"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert result["partialFingerprints"]["factcheck/v1"]
        (place,) = result["locations"]
        region = place["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert (region["endLine"], region["endColumn"]) > (region["startLine"], region["startColumn"])
        for related in result["relatedLocations"]:
            assert related["physicalLocation"]["region"]["charLength"] > 0


def test_junit_counts_what_it_holds():
    import xml.etree.ElementTree as ET

    root = ET.fromstring(reporter("junit")(review(report()), View(fail_on=FailOn.UNVERIFIED)))
    for element in (root, *root.iter("testsuite")):
        assert int(element.get("tests", "")) == len(list(element.iter("testcase"))) == 7
        for counted, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.get(counted, "")) == len(list(element.iter(tag)))
    assert [len(list(root.iter(tag))) for tag in ("failure", "error", "skipped")] == [4, 1, 0]


def test_a_known_finding_is_shown_as_known_and_not_as_a_failure():
    known = frozenset(finding.fingerprint for finding in review(report()).findings)
    view = View()
    assert reporter("concise")(review(report(), known=known), view).count("[known]") == len(known) == 5
    assert "<failure" not in reporter("junit")(review(report(), known=known), view)
    assert '"baselineState": "unchanged"' in reporter("sarif")(review(report(), known=known), view)
    assert set(re.findall(r"^::(\w+)", reporter("github")(review(report(), known=known), view), re.MULTILINE)) == {
        "notice"
    }


@given(st.text(min_size=1))
def test_no_text_can_start_a_workflow_command_or_end_a_table_cell(text: str):
    one = report().verdicts[6]
    hostile = Report(verdicts=(replace(one, explanation=text, claim=replace(one.claim, text=text)),))
    assert reporter("github")(review(hostile), View()).count("\n") == 1
    row = reporter("markdown")(review(hostile), View()).splitlines()[-1]
    assert row.count("|") == 6
    assert "<" not in row.replace("&#", "")
    import xml.etree.ElementTree as ET

    ET.fromstring(reporter("junit")(review(hostile), View()))
