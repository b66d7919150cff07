"""Markdown for a comment on a pull request: a summary, then a table of what needs a look."""

from __future__ import annotations

import re
from collections import Counter

from factcheck.domain import VerdictLabel
from factcheck.findings import Finding, Level, Review
from factcheck.reporters import View, printable
from factcheck.reporters.concise import cited, place

SHOWN = 50  # rows; hosts cut long comments without saying so


def render(reviewed: Review, view: View) -> str:
    """Nothing in it links, mentions or renders that did not come from factcheck itself."""
    count = Counter(verdict.label for verdict in reviewed.report.verdicts)
    found = reviewed.findings
    counted = ", ".join(f"{count[label]} {label}" for label in VerdictLabel)
    lines = ["### factcheck", "", f"{len(reviewed.report.verdicts)} claims: {counted}."]
    if not reviewed.report.complete:
        lines += ["", "**The run is not complete: some claims could not be checked.**"]
    if found:
        lines += ["", "| | Where | Claim | Finding | Source |", "| --- | --- | --- | --- | --- |"]
        lines += [_row(finding) for finding in found[:SHOWN]]
        if len(found) > SHOWN:
            lines += ["", f"{len(found) - SHOWN} more findings are not shown."]
    else:
        lines += ["", "Nothing needs a look."]
    return "\n".join(lines) + "\n"


def _row(finding: Finding) -> str:
    sign = "known" if finding.known else "**error**" if finding.level is Level.ERROR else "warning"
    claim = escaped(finding.verdict.claim.text) if finding.verdict else ""
    source = ""
    if finding.evidence:
        quote = finding.evidence[0]
        source = f"“{escaped(quote.quote)}” ({escaped(cited(quote))})"
    cells = [sign, escaped(place(finding)), claim, f"{finding.rule}: {escaped(finding.message)}", source]
    return "| " + " | ".join(cells) + " |"


def escaped(text: str) -> str:
    """Text that no Markdown renderer makes anything of: no markup, HTML, links, mentions or table cells."""
    return re.sub(r"[&<>@#|*_`~\[\]\\!:/$]", lambda match: f"&#{ord(match[0])};", printable(text))
