"""GitHub Actions workflow commands: each finding becomes an annotation on its line."""

from __future__ import annotations

from factcheck.findings import Finding, Review
from factcheck.reporters import View, printable
from factcheck.reporters.concise import described
from factcheck.rules import RULES


def render(reviewed: Review, view: View) -> str:
    """One ``::error`` or ``::warning`` line a finding; known ones are notices."""
    return "".join(f"{_command(finding)}\n" for finding in reviewed.findings)


def _command(finding: Finding) -> str:
    properties: dict[str, str | int] = {}
    if place := finding.location:
        properties = {"file": printable(place.path), "line": place.line, "endLine": place.end_line}
        if place.line == place.end_line:  # columns of a span over several lines are refused
            properties |= {"col": place.column, "endColumn": place.end_column}
    properties["title"] = f"{finding.rule} {RULES[finding.rule].title}"
    named = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{'notice' if finding.known else finding.level} {named}::{_data(described(finding))}"


def _data(text: str) -> str:
    """Escaped as the runner's own toolkit does, so that no text can start another command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
