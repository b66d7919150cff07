"""Reports: golden copies of every format, the JSON contract, and sources that cannot act on a terminal."""

import json
import re
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import DRAFT, HOSTILE, check_golden, draft_review, report

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


@pytest.mark.parametrize("name", sorted(set(REPORTERS) - {"html"}))
def test_every_format_of_a_draft_is_its_golden_copy(name: str):
    reviewed, texts = draft_review()
    check_golden(f"draft.{name}", reporter(name)(reviewed, View(texts=texts)))


def test_the_page_of_a_draft_is_its_golden_copy():
    reviewed, texts = draft_review()
    page = reporter("html")(reviewed, View(texts=texts))
    # The head, style and script are those of every page, and the other golden page has them.
    check_golden("draft.html", page[page.index("<main") : page.index("</main>")] + "</main>\n")


def test_the_page_says_of_a_known_finding_outside_the_claims_that_it_is_known():
    reviewed, texts = draft_review()
    known = replace(reviewed, others=tuple(replace(finding, known=True) for finding in reviewed.others))
    page = reporter("html")(known, View(texts=texts))
    assert "delete it. (known from the baseline)</p>" in page


def test_every_format_tells_of_a_comment_that_needs_a_look():
    reviewed, texts = draft_review()
    for name in sorted(REPORTERS):
        assert "FC108" in reporter(name)(reviewed, View(texts=texts)), name
    lines = [json.loads(line) for line in reporter("jsonl")(reviewed, View()).splitlines()]
    assert [line.get("rule") for line in lines] == ["FC201", "FC203", "FC303", "FC108"]
    assert [comment["rule"] for comment in json.loads(reporter("json")(reviewed, View()))["comments"]] == ["FC108"]


def test_the_carets_of_a_draft_stand_under_the_wrong_words():
    reviewed, texts = draft_review()
    shown = reporter("text")(reviewed, View(texts=texts)).splitlines()
    for number, line in enumerate(shown):
        if set(line.partition("|")[2].strip()) == {"^"}:
            words = shown[number - 1][line.index("^") : line.rindex("^") + 1]
            assert words in ("2019", "twelve") or shown[number - 1].endswith(words)


def test_words_in_json_lines_are_the_file_s():
    reviewed, _ = draft_review()
    lines = re.split(r"\r\n", DRAFT)
    found = []
    for line in reporter("jsonl")(reviewed, View()).splitlines():
        if place := json.loads(line).get("words"):
            assert place["line"] == place["end_line"]
            found.append(lines[place["line"] - 1][place["column"] - 1 : place["end_column"] - 1])
    assert found == ["2019", "twelve"]


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


# What the published schema of SARIF 2.1.0 asks of the parts that are used here: their required
# properties, types, patterns and enumerations, and that no property is made up.
TEXT = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": {"type": "string"}},
}
REGION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **{name: {"type": "integer", "minimum": 1} for name in ("startLine", "startColumn", "endLine", "endColumn")},
        **{name: {"type": "integer", "minimum": 0} for name in ("charOffset", "charLength")},
        "snippet": TEXT,
    },
}
ARTIFACT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"uri": {"type": "string", "format": "uri-reference", "pattern": r"^[^\s<>\"\\^`{|}]+$"}},
}
PLACE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": -1},
        "message": TEXT,
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "additionalProperties": False,
            "properties": {"artifactLocation": ARTIFACT, "region": REGION},
        },
    },
}
CHANGE = {
    "type": "object",
    "required": ["artifactLocation", "replacements"],
    "additionalProperties": False,
    "properties": {
        "artifactLocation": ARTIFACT,
        "replacements": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["deletedRegion"],
                "additionalProperties": False,
                "properties": {"deletedRegion": REGION, "insertedContent": TEXT},
            },
        },
    },
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RULE = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        **dict.fromkeys(("shortDescription", "fullDescription", "help"), TEXT),
        "defaultConfiguration": {"type": "object", "additionalProperties": False, "properties": {"level": LEVEL}},
    },
}
RESULT = {
    "type": "object",
    "required": ["message"],
    "additionalProperties": False,
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": -1},
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "items": PLACE},
        "relatedLocations": {"type": "array", "items": PLACE, "uniqueItems": True},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "baselineState": {"enum": ["new", "unchanged", "updated", "absent"]},
        "fixes": {
            "type": "array",
            "uniqueItems": True,
            "items": {
                "type": "object",
                "required": ["artifactChanges"],
                "additionalProperties": False,
                "properties": {
                    "description": TEXT,
                    "artifactChanges": {"type": "array", "minItems": 1, "uniqueItems": True, "items": CHANGE},
                },
            },
        },
    },
}
DRIVER = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        **{name: {"type": "string"} for name in ("name", "version", "semanticVersion", "informationUri")},
        "rules": {"type": "array", "uniqueItems": True, "items": RULE},
    },
}
INVOCATION = {
    "type": "object",
    "required": ["executionSuccessful"],
    "additionalProperties": False,
    "properties": {"executionSuccessful": {"type": "boolean"}},
}
RUN = {
    "type": "object",
    "required": ["tool"],
    "additionalProperties": False,
    "properties": {
        "tool": {
            "type": "object",
            "required": ["driver"],
            "additionalProperties": False,
            "properties": {"driver": DRIVER},
        },
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "invocations": {"type": "array", "items": INVOCATION},
        "results": {"type": "array", "items": RESULT},
    },
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"enum": ["2.1.0"]},
        "runs": {"type": "array", "items": RUN},
    },
}


@pytest.mark.parametrize("reviewed", [review(report()), draft_review()[0], review(Report(verdicts=()))])
def test_sarif_has_the_structure_of_its_published_schema(reviewed):
    jsonschema.Draft7Validator.check_schema(SARIF)
    jsonschema.validate(json.loads(reporter("sarif")(reviewed, View())), SARIF, cls=jsonschema.Draft7Validator)


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
