"""SARIF 2.1.0, which code hosts show as alerts: rules, results, fingerprints, evidence as related locations."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote as percent_encoded

from factcheck.domain import Location, Quote
from factcheck.findings import Finding, Review
from factcheck.reporters import View
from factcheck.reporters.concise import described
from factcheck.reporters.json import dumps
from factcheck.rules import RULES

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(reviewed: Review, view: View) -> str:
    """One SARIF log with one run."""
    from factcheck import __version__

    found = reviewed.findings
    used = sorted({finding.rule for finding in found})
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "factcheck",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "rules": [_rule(id) for id in used],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": reviewed.report.complete}],
                "results": [_result(finding, used.index(finding.rule)) for finding in found],
            }
        ],
    }
    return dumps(log, indent=2) + "\n"


def _rule(id: str) -> dict[str, Any]:
    rule = RULES[id]
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation},
        "help": {"text": f"{rule.action}\nExample: {rule.example}"},
        "defaultConfiguration": {"level": "warning" if id.startswith("FC3") else "error"},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": str(finding.level),
        "message": {"text": described(finding)},
        "locations": [_location(finding.location)] if finding.location else [],
        "partialFingerprints": {"factcheck/v1": finding.fingerprint},
        "relatedLocations": [_evidence(number, quote) for number, quote in enumerate(finding.evidence, start=1)],
    }
    if finding.known:
        result["baselineState"] = "unchanged"
    if finding.replacement and finding.words:
        result["fixes"] = [_fix(finding.words, finding.replacement)]
    return result


def _location(place: Location) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(place.path)}, "region": _region(place)}}


def _region(place: Location) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _fix(place: Location, replacement: str) -> dict[str, Any]:
    change = {"deletedRegion": _region(place), "insertedContent": {"text": replacement}}
    return {
        "description": {"text": f"Use the source's value: {replacement}"},
        "artifactChanges": [{"artifactLocation": {"uri": _uri(place.path)}, "replacements": [change]}],
    }


def _evidence(number: int, quote: Quote) -> dict[str, Any]:
    region = {"charOffset": quote.start, "charLength": quote.end - quote.start, "snippet": {"text": quote.quote}}
    return {
        "id": number,
        "message": {"text": f"{quote.stance}: {quote.title or quote.source_id}"},
        "physicalLocation": {"artifactLocation": {"uri": _uri(quote.uri)}, "region": region},
    }


def _uri(path: str) -> str:
    """A file's path as a URI reference; an address as it is, with what no URI may hold encoded."""
    return percent_encoded(path.replace("\\", "/"), safe="/:?#[]@!$&'()*+,;=%~" if "://" in path else "/~")
