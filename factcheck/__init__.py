"""Check claims against sources, offline: supported, contradicted or unverified, with the quote and the reason.

    from factcheck import Claim, verify

    report = verify([Claim(id="1", text="eleven signatories")], sources=["report.md"])
    for verdict in report.verdicts:
        print(verdict.label, verdict.explanation)

``verify`` is the engine of the command line; ``load_claims`` reads a claims file;
everything else here is the values that they take and give (see ``factcheck.domain``).
Importing this package loads no model: that comes with the first claim that needs one.
"""

from factcheck.api import verify
from factcheck.claims import load_claims
from factcheck.domain import (
    Claim,
    Evidence,
    Judgement,
    Label,
    Location,
    Passage,
    Quote,
    Reason,
    Report,
    Slot,
    SlotFinding,
    SlotKind,
    SlotState,
    Source,
    Stance,
    Verdict,
    VerdictLabel,
)
from factcheck.errors import FactcheckError, InputError, InputErrors

__version__ = "0.1.0"

__all__ = [
    "Claim",
    "Evidence",
    "FactcheckError",
    "InputError",
    "InputErrors",
    "Judgement",
    "Label",
    "Location",
    "Passage",
    "Quote",
    "Reason",
    "Report",
    "Slot",
    "SlotFinding",
    "SlotKind",
    "SlotState",
    "Source",
    "Stance",
    "Verdict",
    "VerdictLabel",
    "load_claims",
    "verify",
]
