"""The report as JSON: a contract for programs, schema ``factcheck.report/1``.

The same report gives the same bytes: fixed key order, confidences to four places,
no time and no machine in it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from factcheck.domain import Location, Quote, Report, Verdict, VerdictLabel
from factcheck.findings import Finding, Review
from factcheck.reporters import ACTING, View

SCHEMA = "factcheck.report/1"


def render(reviewed: Review, view: View) -> str:
    """The whole report as one JSON document, indented, with a newline at its end."""
    whole = _head(reviewed.report)
    if reviewed.others:
        whole["comments"] = [comment(finding) for finding in reviewed.others]
    text = dumps(whole, indent=2)
    if reviewed.report.verdicts:
        # A claim at a time: as plain data all at once, those of a day's drafts would take a quarter of a gigabyte.
        claims = (dumps(one, indent=2).replace("\n", "\n    ") for one in _claims(reviewed.report, reviewed.signed))
        before, _, after = text.partition(_NO_CLAIMS)
        text = "".join([before, '"claims": [\n    ', ",\n    ".join(claims), "\n  ]", after])
    return text + "\n"


_NO_CLAIMS = '"claims": []'


def _claims(report: Report, signed: Mapping[int, str] | None) -> Iterator[dict[str, Any]]:
    """In the order of the contract; ``signed_off`` only on claims that people decided."""
    for number, verdict in enumerate(report.verdicts):
        yield {**claim(verdict), **({"signed_off": signed[number]} if signed and number in signed else {})}


def _head(report: Report) -> dict[str, Any]:
    from factcheck import __version__

    count = Counter(verdict.label for verdict in report.verdicts)
    return {
        "schema": SCHEMA,
        "tool": {"name": "factcheck", "version": __version__, "models": dict(sorted(report.models.items()))},
        "summary": {
            "claims": len(report.verdicts),
            "supported": count[VerdictLabel.SUPPORTED],
            "contradicted": count[VerdictLabel.CONTRADICTED],
            "unverified": count[VerdictLabel.UNVERIFIED],
        },
        "claims": [],
    }


def comment(finding: Finding) -> dict[str, Any]:
    """A finding that no claim makes: an ignore comment that needs a look."""
    return {
        "rule": finding.rule,
        "level": str(finding.level),
        "message": finding.message,
        "location": location(finding.location),
        "fingerprint": finding.fingerprint,
    }


def location(place: Location | None) -> dict[str, Any] | None:
    """A place in a file, as the contract has it; null for none."""
    if place is None:
        return None
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def claim(verdict: Verdict) -> dict[str, Any]:
    """One claim with its verdict, as the contract has it."""
    return {
        "id": verdict.claim.id,
        "text": verdict.claim.text,
        "about": verdict.claim.about,
        "location": location(verdict.claim.location),
        "verdict": str(verdict.label),
        "reason": str(verdict.reason),
        "rule": verdict.rule,
        "confidence": round(verdict.confidence, 4),
        "explanation": verdict.explanation,
        "conflict": verdict.conflict,
        "expected": str(verdict.claim.expect) if verdict.claim.expect else None,
        "evidence": [evidence(quote) for quote in verdict.evidence],
    }


def evidence(quote: Quote) -> dict[str, Any]:
    """One quote, as the contract has it: ``start`` and ``end`` are offsets in the source's text."""
    return {
        "source_id": quote.source_id,
        "uri": quote.uri,
        "title": quote.title,
        "published": quote.published.isoformat() if quote.published else None,
        "stance": str(quote.stance),
        "quote": quote.quote,
        "start": quote.start,
        "end": quote.end,
        "confidence": round(quote.confidence, 4),
    }


def dumps(value: Any, indent: int | None = None) -> str:
    """JSON that is readable in every language and still cannot drive a terminal that it is shown on."""
    separators = None if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    return ACTING.sub(_escape, text) if indent is None else "\n".join(ACTING.sub(_escape, s) for s in text.split("\n"))


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i] << 8 | units[i + 1]:04x}" for i in range(0, len(units), 2))
