"""One line a finding, as compilers and linters write them: ``path:line:column: rule message (source)``."""

from __future__ import annotations

from factcheck.domain import Quote
from factcheck.findings import Finding, Review
from factcheck.reporters import View, printable


def render(reviewed: Review, view: View) -> str:
    """Findings only, in the order of the claims; nothing at all when there are none."""
    return "".join(f"{line(finding)}\n" for finding in reviewed.findings)


def line(finding: Finding) -> str:
    """One finding as one line."""
    known = " [known]" if finding.known else ""
    return f"{place(finding)}: {finding.level} {finding.rule} {described(finding)}{known}"


def place(finding: Finding) -> str:
    """``path:line:column``, or a dash for a claim that came from no file."""
    at = finding.location
    return f"{printable(at.path)}:{at.line}:{at.column}" if at else "-"


def described(finding: Finding) -> str:
    """The claim's words, what is wrong with them, and the source that says so."""
    words = printable(finding.verdict.claim.text) if finding.verdict else ""
    claim = f"“{words}”: " if words else ""
    source = f" ({cited(finding.evidence[0])})" if finding.evidence else ""
    return f"{claim}{printable(finding.message)}{source}"


def cited(quote: Quote) -> str:
    """A source as one names it in a sentence: its title or id, and its date."""
    date = f", {quote.published.isoformat()}" if quote.published else ""
    return f"{printable(quote.title or quote.source_id)}{date}"
