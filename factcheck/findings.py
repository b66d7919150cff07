"""What a report asks a person to look at: verdicts become findings, as linters know them.

A contradicted claim is an error, an unverified one a warning. A claim with an
expectation is a finding only when its verdict is another one. Every format and
the exit code follow from ``review``, so that they never tell different stories.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from factcheck.domain import (
    Location,
    Quote,
    Reason,
    Report,
    SlotFinding,
    SlotState,
    Stance,
    Verdict,
    VerdictLabel,
    digest,
)
from factcheck.lookalikes import lookalikes


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

    ``location`` is the whole claim; ``words`` are the wrong words in it, where one
    value decides and its place is known, and ``replacement`` is the source's value
    for them. ``fingerprint`` stays the same when lines above are added: it is made of
    the file's name, the rule and the claim's words.
    """

    level: Level
    rule: str
    message: str
    location: Location | None
    fingerprint: str
    verdict: Verdict | None = None
    evidence: tuple[Quote, ...] = ()
    words: Location | None = None
    replacement: str | None = None
    known: bool = False  # in the baseline


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of what could be checked a source backs: names, numbers, dates, roles and quotations."""

    backed: int = 0
    contradicted: int = 0
    bare: int = 0
    signed: int = 0

    @property
    def total(self) -> int:
        return self.backed + self.contradicted + self.bare + self.signed

    @property
    def share(self) -> float:
        """The part that is backed or signed off, 0..1; a draft without anything to back is wholly backed."""
        return (self.backed + self.signed) / self.total if self.total else 1.0


@dataclass(frozen=True, kw_only=True)
class Review:
    """A report with what came of it: each verdict's finding, if it is one, and findings that no verdict makes.

    ``signed`` says, by the number of the row, what people decided about it (see ``ledger.honour``).
    """

    report: Report
    rows: tuple[tuple[Verdict, Finding | None], ...]
    others: tuple[Finding, ...] = ()
    signed: Mapping[int, str] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings; those of verdicts in the order of the claims, the others after those of their file."""
        return tuple(finding for _, finding in self.rows if finding is not None) + self.others

    @property
    def signed_off(self) -> int:
        """How many claims are no finding because a person signed them off."""
        return sum(self.rows[number][1] is None and "signed off" in words[:10] for number, words in self.signed.items())


Pinpoint = Callable[[Verdict, SlotFinding], Location | None]


def review(report: Report, *, known: frozenset[str] = frozenset(), pinpoint: Pinpoint = lambda v, f: None) -> Review:
    """The findings of a report. Those in ``known`` (a baseline) are marked; ``pinpoint`` places a slot's words."""
    seen: dict[str, int] = {}
    rows: list[tuple[Verdict, Finding | None]] = []
    for verdict in report.verdicts:
        finding = _finding(verdict, pinpoint)
        if finding is not None:
            # Two equal claims of one file have two fingerprints, told apart by their order.
            count = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
            name = finding.fingerprint if count == 1 else digest([finding.fingerprint, count])
            finding = replace(finding, fingerprint=name, known=name in known)
        rows.append((verdict, finding))
    return Review(report=report, rows=tuple(rows), others=_lookalikes(report, known))


def _lookalikes(report: Report, known: frozenset[str]) -> tuple[Finding, ...]:
    """A warning for each claim that is not what a person reads; once for claims that share their words."""
    found: dict[str, Finding] = {}
    for verdict in report.verdicts:
        claim, place = verdict.claim, verdict.claim.location
        for odd in lookalikes(claim.text):
            name = digest([place.path if place else "", "FC112", claim.text, odd.start])
            found.setdefault(
                name,
                Finding(
                    level=Level.WARNING,
                    rule="FC112",
                    message=f"{odd.message[0].upper()}{odd.message[1:]}.",
                    location=place,
                    fingerprint=name,
                    known=name in known,
                ),
            )
    return tuple(found.values())


def _finding(verdict: Verdict, pinpoint: Pinpoint) -> Finding | None:
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
    wrong = wrong_slot(verdict)
    return Finding(
        level=level,
        rule=rule,
        message=message,
        location=place,
        fingerprint=digest([place.path if place else "", rule, verdict.claim.text, verdict.claim.about]),
        verdict=verdict,
        evidence=tuple(q for q in verdict.evidence if q.stance is not Stance.NEUTRAL) or verdict.evidence[:1],
        words=pinpoint(verdict, wrong) if wrong else None,
        replacement=wrong.found or None if wrong else None,
    )


def wrong_slot(verdict: Verdict) -> SlotFinding | None:
    """The one slot that contradicts the claim; None when there is none, or more than one."""
    if verdict.label is not VerdictLabel.CONTRADICTED:
        return None
    wrong = [f for f in verdict.slots if f.state is SlotState.CONFLICTING and f.rule == verdict.rule]
    places = {(f.slot.start, f.slot.end) for f in wrong}
    return wrong[0] if len(places) == 1 else None


def coverage(reviewed: Review) -> Coverage:
    """What the claims' slots amount to. A slot that is both backed and in doubt counts as what its verdict says.

    What is not backed in a claim that a person let stand, at the desk or with an ignore
    comment, is signed off.
    """
    count: dict[SlotState, int] = {SlotState.BACKED: 0, SlotState.CONFLICTING: 0, SlotState.MISSING: 0}
    signed = 0
    for verdict, found in reviewed.rows:
        stands = found is None and verdict.label is not VerdictLabel.SUPPORTED and verdict.claim.expect is None
        states: dict[tuple[str, int, int], SlotState] = {}
        for finding in verdict.slots:
            key = (finding.slot.kind, finding.slot.start, finding.slot.end)
            state: SlotState = SlotState.BACKED if finding.state is SlotState.DERIVED else finding.state
            order = [SlotState.CONFLICTING, SlotState.BACKED, SlotState.MISSING]
            states[key] = min(states.get(key, state), state, key=order.index)
        for state in states.values():
            if stands and state is not SlotState.BACKED:
                signed += 1
            else:
                count[state] += 1
    return Coverage(
        backed=count[SlotState.BACKED],
        contradicted=count[SlotState.CONFLICTING],
        bare=count[SlotState.MISSING],
        signed=signed,
    )


def exit_code(reviewed: Review, fail_on: FailOn) -> int:
    """0 nothing to fix, 1 findings, 2 the run is not complete. Known findings do not count."""
    if not reviewed.report.complete:
        return 2
    if fail_on is FailOn.NEVER:
        return 0
    counted = {Level.ERROR} if fail_on is FailOn.CONTRADICTED else {Level.ERROR, Level.WARNING}
    return int(any(finding.level in counted and not finding.known for finding in reviewed.findings))
