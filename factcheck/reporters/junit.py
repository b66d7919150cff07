"""JUnit XML, which every CI server shows: a suite for each file, a case for each claim and each comment to look at."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from factcheck.domain import Location, Reason, Verdict
from factcheck.findings import FailOn, Finding, Level, Review
from factcheck.reporters import View, printable
from factcheck.reporters.concise import line
from factcheck.rules import RULES


def render(reviewed: Review, view: View) -> str:
    """Findings that fail the run are failures; unverified claims that do not are skipped; failed checks are errors."""
    suites: dict[str, list[tuple[Verdict, Finding | None]]] = {}
    for verdict, finding in reviewed.rows:
        place = verdict.claim.location
        suites.setdefault(printable(place.path) if place else "claims", []).append((verdict, finding))
    comments: dict[str, list[Finding]] = {}
    for finding in reviewed.others:
        path = printable(finding.location.path) if finding.location else "claims"
        comments.setdefault(path, []).append(finding)
        suites.setdefault(path, [])
    root = ET.Element("testsuites", name="factcheck")
    totals = [0, 0, 0, 0]
    for path, cases in suites.items():
        suite = ET.SubElement(root, "testsuite", name=path)
        for verdict, finding in cases:
            _case(suite, path, verdict, finding, view)
        for finding in comments.get(path, ()):
            name = f"{finding.rule} {RULES[finding.rule].title}"
            case = _placed(ET.SubElement(suite, "testcase", classname=path, name=name), path, finding.location)
            _outcome(case, finding, view, failed=False)
        counts = [
            len(cases) + len(comments.get(path, ())),
            *(sum(1 for _ in suite.iter(tag)) for tag in ("failure", "error", "skipped")),
        ]
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        _count(suite, counts)
    _count(root, totals)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _count(element: ET.Element, counts: list[int]) -> None:
    for name, count in zip(("tests", "failures", "errors", "skipped"), counts, strict=True):
        element.set(name, str(count))


def _case(suite: ET.Element, path: str, verdict: Verdict, finding: Finding | None, view: View) -> None:
    case = ET.SubElement(suite, "testcase", classname=path, name=printable(verdict.claim.text))
    _placed(case, path, verdict.claim.location)
    if finding is not None:
        _outcome(case, finding, view, failed=verdict.reason is Reason.CHECK_FAILED)


def _placed(case: ET.Element, path: str, place: Location | None) -> ET.Element:
    if place:
        case.set("file", path)
        case.set("line", str(place.line))
    return case


def _outcome(case: ET.Element, finding: Finding, view: View, *, failed: bool) -> None:
    if failed:
        tag = "error"
    elif finding.known or (finding.level is Level.WARNING and view.fail_on is not FailOn.UNVERIFIED):
        tag = "skipped"
    else:
        tag = "failure"
    element = ET.SubElement(case, tag, message=printable(finding.message))
    if tag != "skipped":
        element.set("type", finding.rule)
        quotes = [f"{quote.stance}: {printable(quote.quote)} -- {printable(quote.uri)}" for quote in finding.evidence]
        element.text = "\n".join([line(finding), *quotes])
