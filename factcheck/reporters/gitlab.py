"""GitLab Code Quality: findings as the merge request widget reads them."""

from __future__ import annotations

from factcheck.findings import Level, Review
from factcheck.reporters import View
from factcheck.reporters.concise import described
from factcheck.reporters.json import dumps


def render(reviewed: Review, view: View) -> str:
    """One JSON array; a claim that came from no file is left out, because the widget cannot place it."""
    rows = [
        {
            "description": described(finding),
            "check_name": finding.rule,
            "fingerprint": finding.fingerprint,
            "severity": "info" if finding.known else "major" if finding.level is Level.ERROR else "minor",
            "location": {
                "path": finding.location.path,
                "lines": {"begin": finding.location.line, "end": finding.location.end_line},
            },
        }
        for finding in reviewed.findings
        if finding.location
    ]
    return dumps(rows, indent=2) + "\n"
