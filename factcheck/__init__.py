"""Check claims against sources, offline: supported, contradicted or unverified, with the quote and the reason.

    >>> from factcheck import Claim, Source, verify                       # doctest: +SKIP
    >>> verify([Claim(id="1", text="eleven signatories")], sources=["report.md"])   # doctest: +SKIP

``verify`` is the engine of the command line; everything else here is the values
that it takes and gives (see ``factcheck.domain``). Importing this package loads
no model and no third-party library: those come with the first call.
"""

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
from factcheck.errors import FactcheckError, InputError

__version__ = "0.1.0"
