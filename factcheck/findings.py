"""What a report asks a person to look at: verdicts become findings, as linters know them.

A contradicted claim is an error, an unverified one a warning. A claim with an
expectation is a finding only when its verdict is another one. Every format and
the exit code follow from here, so that they never tell different stories.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from factcheck.domain import Location, Quote, Reason, Report, SlotState, Stance, Verdict, VerdictLabel, digest


class Level(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"


class FailOn(StrEnum):
    """Which findings make the command exit 1."""

    CONTRADICTED = "contradicted"
    UNVERIFIED = "unverified"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to look at, where it stands, and the evidence for it.

    ``fingerprint`` stays the same when lines above it are added or the file is
    reformatted: it is made of the file's name, the rule and the claim's words.
    """

    level: Level
    rule: str
    message: str
    location: Location | None
    fingerprint: str
    verdict: Verdict | None = None
    evidence: tuple[Quote, ...] = ()
    replacement: str | None = None  # the source's value for the words at ``location``
    exact: bool = False  # ``location`` spans just the wrong words, not the whole claim
    known: bool = False  # in the baseline


def findings(report: Report, known: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
    """Every finding of the report, in the order of its claims. Fingerprints in ``known`` (a baseline) are marked."""
    return tuple(finding for _, finding in by_claim(report, known) if finding is not None)


def by_claim(report: Report, known: frozenset[str] = frozenset()) -> list[tuple[Verdict, Finding | None]]:
    """Every verdict with the finding that it is, or None."""
    seen: dict[str, int] = {}
    rows: list[tuple[Verdict, Finding | None]] = []
    for verdict in report.verdicts:
        finding = finding_of(verdict)
        if finding is not None:
            # Two equal claims of one file have two fingerprints, told apart by their order.
            count = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
            print_ = finding.fingerprint if count == 1 else digest([finding.fingerprint, count])
            finding = replace(finding, fingerprint=print_, known=print_ in known)
        rows.append((verdict, finding))
    return rows


def finding_of(verdict: Verdict) -> Finding | None:
    """The finding that this verdict is, or None when there is nothing to look at."""
    expected = verdict.claim.expect
    if verdict.reason is Reason.CHECK_FAILED:
        level, rule, message = Level.ERROR, verdict.rule, verdict.explanation
    elif expected is not None:
        if verdict.label is expected:
            return None
        level, rule = Level.ERROR, "FC107"
        message = f"expected {expected}, but the claim is {verdict.label} ({verdict.rule}): {verdict.explanation}"
    elif verdict.label is VerdictLabel.CONTRADICTED:
        level, rule, message = Level.ERROR, verdict.rule, verdict.explanation
    elif verdict.label is VerdictLabel.UNVERIFIED:
        level, rule, message = Level.WARNING, verdict.rule, verdict.explanation
    else:
        return None
    place = verdict.claim.location
    return Finding(
        level=level,
        rule=rule,
        message=message,
        location=place,
        fingerprint=digest([place.path if place else "", rule, verdict.claim.text, verdict.claim.about]),
        verdict=verdict,
        evidence=tuple(q for q in verdict.evidence if q.stance is not Stance.NEUTRAL) or verdict.evidence[:1],
        replacement=right_value(verdict),
    )


def right_value(verdict: Verdict) -> str | None:
    """The source's value for what the claim has wrong, where one slot decides."""
    if verdict.label is not VerdictLabel.CONTRADICTED:
        return None
    wrong = [f for f in verdict.slots if f.state is SlotState.CONFLICTING and f.rule == verdict.rule and f.found]
    return wrong[0].found if len(wrong) == 1 else None


def exit_code(report: Report, fail_on: FailOn, known: frozenset[str] = frozenset()) -> int:
    """0 nothing to fix, 1 findings, 2 the run is not complete. Findings in ``known`` (a baseline) do not count."""
    if not report.complete:
        return 2
    if fail_on is FailOn.NEVER:
        return 0
    counted = {Level.ERROR} if fail_on is FailOn.CONTRADICTED else {Level.ERROR, Level.WARNING}
    return int(any(f.level in counted and not f.known for f in findings(report, known)))
