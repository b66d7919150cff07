"""One JSON object a line for each claim: the claims of ``factcheck.report/1`` with what kind of finding each is.

Behind them come the ignore comments that need a look, which have a rule and no id.

For streams and logs: a line can be read without the others.
"""

from __future__ import annotations

from factcheck.findings import Review
from factcheck.reporters import View
from factcheck.reporters.json import claim, comment, dumps, location


def render(reviewed: Review, view: View) -> str:
    """``level`` and ``fingerprint`` are null for a claim with nothing to look at."""
    lines = []
    for verdict, finding in reviewed.rows:
        row = claim(verdict)
        row["level"] = str(finding.level) if finding else None
        row["fingerprint"] = finding.fingerprint if finding else None
        row["words"] = location(finding.words) if finding else None
        row["replacement"] = finding.replacement if finding else None
        lines.append(dumps(row) + "\n")
    lines += [dumps(comment(finding)) + "\n" for finding in reviewed.others]
    return "".join(lines)
