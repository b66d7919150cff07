"""A fixed report with everything that formats must show, and the golden copies of what they make of it.

After a wanted change of a format, run the tests with UPDATE_GOLDEN=1 and read the diff.
"""

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

from factcheck.claims import read_claims
from factcheck.domain import (
    Claim,
    Location,
    Quote,
    Reason,
    Report,
    Slot,
    SlotFinding,
    SlotKind,
    SlotState,
    Stance,
    Verdict,
    VerdictLabel,
)
from factcheck.drafts.documents import parse_draft
from factcheck.findings import Finding, Level, Review, review

GOLDEN = Path(__file__).parent / "golden"

CLAIMS = """\
about: the statement
claims:
  - eleven signatories
  - text: twelve signatories
    expect: contradicted
  - text: issued in Lima
    expect: supported
  - a headquarters in Bogotá
  - text: the vote was unanimous
    about: Ministers' meeting
  - the fire was "under control"
  - founded in 2019
"""

SIGNED = "Thursday's statement was signed by Argentina, Brazil and Peru."
HOSTILE = "It met\x1b[31m in Guatemala City\u202e [bold]<b>&amp;</b>|`x`[/bold]\r\n::error::gotcha %0A"


def quote(text: str, stance: Stance, *words: str, **changes: object) -> Quote:
    marks = tuple((text.index(word), text.index(word) + len(word)) for word in words)
    found = Quote(
        source_id="lima-group",
        uri="claims/sources/lima-group.md",
        title="Lima Group asks allies",
        published=dt.date(2019, 6, 6),
        stance=stance,
        quote=text,
        start=120,
        end=120 + len(text),
        confidence=0.91234567,
        marks=marks,
    )
    return replace(found, **changes)


def slot(claim: Claim, text: str, kind: SlotKind, state: SlotState, rule: str, found: str, derivation: str = ""):
    start = claim.text.index(text)
    return SlotFinding(
        slot=Slot(kind=kind, text=text, start=start, end=start + len(text)),
        state=state,
        rule=rule,
        confidence=0.9,
        found=found,
        derivation=derivation,
    )


def report(path: str = "claims/demo.yaml") -> Report:
    eleven, twelve, lima, bogota, vote, fire, founded = read_claims(CLAIMS, path)
    supported, contradicted, unverified = VerdictLabel.SUPPORTED, VerdictLabel.CONTRADICTED, VerdictLabel.UNVERIFIED
    listed = "11 = Argentina, Brazil, ... Peru"
    verdicts = (
        Verdict(
            claim=eleven,
            label=supported,
            reason=Reason.ENTAILED,
            rule="FC300",
            confidence=0.9876543,
            explanation="The source lists eleven: Argentina, Brazil, ... Peru.",
            evidence=(quote(SIGNED, Stance.SUPPORTS, "Argentina, Brazil and Peru"),),
            slots=(slot(eleven, "eleven", SlotKind.COUNT, SlotState.DERIVED, "FC203", "11", listed),),
        ),
        Verdict(
            claim=twelve,
            label=contradicted,
            reason=Reason.REFUTED,
            rule="FC203",
            confidence=0.95,
            explanation="The source lists eleven, not twelve.",
            evidence=(quote(SIGNED, Stance.REFUTES, "Argentina, Brazil and Peru"),),
            slots=(slot(twelve, "twelve", SlotKind.COUNT, SlotState.CONFLICTING, "FC203", "11", listed),),
        ),
        Verdict(
            claim=lima,
            label=contradicted,
            reason=Reason.REFUTED,
            rule="FC205",
            confidence=0.8,
            explanation="The source says Guatemala City.",
            evidence=(quote(HOSTILE, Stance.REFUTES, "Guatemala City", title=None, published=None),),
            slots=(slot(lima, "Lima", SlotKind.PLACE, SlotState.CONFLICTING, "FC205", "Guatemala City"),),
        ),
        Verdict(
            claim=bogota,
            label=unverified,
            reason=Reason.NO_EVIDENCE,
            rule="FC301",
            confidence=0.7,
            explanation="No source mentions a headquarters.",
        ),
        Verdict(
            claim=vote,
            label=unverified,
            reason=Reason.CONFLICTING_EVIDENCE,
            rule="FC304",
            confidence=0.5,
            explanation="One source says so, another says the opposite.",
            evidence=(
                quote("All ministers voted for it.", Stance.SUPPORTS, "All"),
                quote(
                    "Two abstained.", Stance.REFUTES, "Two", source_id="minutes", uri="https://example.org/m?a=1&b=2"
                ),
            ),
            conflict=True,
        ),
        Verdict(
            claim=fire,
            label=unverified,
            reason=Reason.CHECK_FAILED,
            rule="FC901",
            confidence=0.0,
            explanation="Could not be checked: the quote checker failed (ValueError: x).",
        ),
        Verdict(
            claim=founded,
            label=contradicted,
            reason=Reason.REFUTED,
            rule="FC201",
            confidence=0.99,
            explanation="The source says 2017, not 2019.",
            evidence=(quote("The group was formed in 2017.", Stance.REFUTES, "2017"),),
            slots=(slot(founded, "2019", SlotKind.DATE, SlotState.CONFLICTING, "FC201", "2017"),),
        ),
    )
    return Report(verdicts=verdicts, models={"verdict": "verdict@1", "embedder": "embedder@1"}, complete=False)


def check_golden(name: str, text: str) -> None:
    """The text must be the golden copy, byte for byte."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(text.encode())
    assert path.read_bytes().decode() == text, (
        f"{name} has changed; if that is wanted: UPDATE_GOLDEN=1, and read the diff"
    )


DRAFT = (
    "# A statement 😀\r\n\r\n"
    "- Caf&eacute; notes: it was *founded in 2019*, and\ttwelve\r\n"
    "  countries signed. <!-- factcheck: ignore[FC203] -->\r\n"
)


def draft_review(path: str = "drafts/a b.md") -> tuple[Review, dict[str, str]]:
    """What checking a draft comes to: a known finding, one of a few words, one over two lines, an idle comment.

    Also the draft's text by its path, as renderers are given it.
    """
    draft = parse_draft(DRAFT.encode(), path)
    start, middle, end = (draft.text.index(words) for words in ("Café", "twelve", "signed."))
    claims = [
        Claim(id="founded", text="Café notes: it was founded in 2019.", location=draft.location(start, middle - 6)),
        Claim(id="signed", text="Twelve countries signed.", location=draft.location(middle, end + 7)),
        Claim(id="venue", text="It was founded in Lima.", location=draft.location(start, end + 7)),
    ]
    slots = [
        slot(claims[0], "2019", SlotKind.DATE, SlotState.CONFLICTING, "FC201", "2017"),
        slot(claims[1], "Twelve", SlotKind.COUNT, SlotState.CONFLICTING, "FC203", "eleven", "11 = Peru, Chile ..."),
    ]
    verdicts = [
        Verdict(
            claim=claim,
            label=VerdictLabel.CONTRADICTED,
            reason=Reason.REFUTED,
            rule=found.rule,
            confidence=0.9,
            explanation=f"The source says {found.found}, not {found.slot.text}.",
            evidence=(quote("The group was formed in 2017 by eleven states.", Stance.REFUTES, found.found),),
            slots=(found,),
        )
        for claim, found in zip(claims, slots, strict=False)
    ]
    bare = Verdict(
        claim=claims[2],
        label=VerdictLabel.UNVERIFIED,
        reason=Reason.NOT_ENOUGH_INFO,
        rule="FC303",
        confidence=0.6,
        explanation='"Lima" is not backed: no passage found says so.',
        evidence=(quote("The ministers met.", Stance.NEUTRAL),),
    )
    report = Report(verdicts=(*verdicts, bare), models={"verdict": "verdict@1", "embedder": "embedder@1"})

    def pinpoint(verdict: Verdict, finding: SlotFinding) -> Location:
        words = draft.text.lower().index(finding.slot.text.lower())
        return draft.location(words, words + len(finding.slot.text))

    known = frozenset(finding.fingerprint for finding in review(report).findings[1:2])
    comment = draft.positions.location(path, DRAFT.index("<!--"), DRAFT.index("-->") + 3)
    other = Finding(
        level=Level.WARNING,
        rule="FC108",
        message="This ignore comment covers no finding: delete it.",
        location=comment,
        fingerprint="f" * 32,
    )
    return replace(review(report, known=known, pinpoint=pinpoint), others=(other,)), {path: draft.raw}
