"""The report as one HTML file that loads nothing: claims beside their evidence, to read, filter, decide and print.

The page's own policy bars every request and every script but the one in it, which is named
by its hash; Jinja escapes every text, and ``shown`` lets no character in it act.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from factcheck.claims import Positions
from factcheck.domain import Location, Quote, SlotFinding, SlotState, Stance, Verdict, VerdictLabel, digest
from factcheck.findings import Review
from factcheck.ledger import subject_of
from factcheck.reporters import ACTING, View
from factcheck.reporters import printable as one_line
from factcheck.rules import RULES

PAGE = Path(__file__).parent / "page"
STANCES = {Stance.SUPPORTS: "supports", Stance.REFUTES: "refutes", Stance.NEUTRAL: "nearest passage"}
ORDER = (VerdictLabel.CONTRADICTED, VerdictLabel.UNVERIFIED, VerdictLabel.SUPPORTED)
# Where two findings are about the same words, the one that needs a look is shown.
_WORST = [SlotState.CONFLICTING, SlotState.MISSING, SlotState.DERIVED, SlotState.BACKED]


def render(reviewed: Review, view: View) -> str:
    """Grouped by file; drafts whose text is known are shown whole, with their claims in their places."""
    count = Counter(verdict.label for verdict in reviewed.report.verdicts)
    cards: dict[str, list[Card]] = {}
    for number, (verdict, finding) in enumerate(reviewed.rows):
        place = verdict.claim.location
        known = finding is not None and finding.known
        card = card_of(verdict, id=f"c{number + 1}", signed=reviewed.signed.get(number, ""), known=known)
        cards.setdefault(place.path if place else "", []).append(card)
    files = [
        {"path": path, "cards": found, "text": in_text(view.texts[path], found) if path in view.texts else None}
        for path, found in cards.items()
    ]
    style, script = asset("style.css"), asset("report.js")
    page = environment().get_template("report.html")
    return page.render(
        style=Markup(style),
        style_hash=source_hash(style),
        script=Markup(script),
        script_hash=source_hash(script),
        name=digest([[c.subject, str(c.verdict.label)] for found in cards.values() for c in found]),
        total=len(reviewed.report.verdicts),
        counted=", ".join(f"{count[label]} {label}" for label in VerdictLabel),
        complete=reviewed.report.complete,
        signed_off=reviewed.signed_off,
        labels=ORDER,
        files=files,
        others=[finding for finding in reviewed.others if finding.location],
    )


# -- what the desk shows too -------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Part of a text; ``kind`` is "" for plain text, "mark" for deciding words, or a slot's state."""

    text: str
    kind: str = ""
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A quote in pieces, with how it is introduced."""

    quote: Quote
    pieces: tuple[Piece, ...]
    title: str
    stance: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """One claim with everything that is shown of it; ``known`` says that its finding is in the baseline."""

    id: str
    subject: str
    verdict: Verdict
    pieces: tuple[Piece, ...]
    quotes: tuple[Shown, ...]
    slots: tuple[SlotFinding, ...]
    rule: str
    place: str
    signed: str = ""
    known: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """Part of a draft's text: plain, or a claim in pieces."""

    plain: str = ""
    card: Card | None = None
    pieces: tuple[Piece, ...] = field(default=())


def card_of(verdict: Verdict, *, id: str, signed: str = "", known: bool = False) -> Card:
    """The card of a verdict; ``signed`` are words on what people decided."""
    rule = RULES.get(verdict.rule)
    place = verdict.claim.location
    return Card(
        id=id,
        subject=subject_of(verdict.claim),
        verdict=verdict,
        pieces=claim_pieces(verdict, verdict.claim.text),
        quotes=tuple(
            Shown(
                quote=quote,
                pieces=marked(quote.quote, quote.marks),
                title=quote.title or quote.source_id,
                stance=STANCES[quote.stance],
            )
            for quote in verdict.evidence
        ),
        slots=tuple(_slots(verdict).values()),
        rule=rule.title[:1].lower() + rule.title[1:] if rule else "",
        place=f"line {place.line}" if place else "",
        signed=signed,
        known=known,
    )


def _slots(verdict: Verdict) -> dict[tuple[int, int], SlotFinding]:
    """The finding that counts for each place in the claim, in the claim's order."""
    found: dict[tuple[int, int], SlotFinding] = {}
    for finding in verdict.slots:
        place = (finding.slot.start, finding.slot.end)
        if place not in found or _WORST.index(finding.state) < _WORST.index(found[place].state):
            found[place] = finding
    return dict(sorted(found.items()))


def claim_pieces(verdict: Verdict, text: str) -> tuple[Piece, ...]:
    """``text``, a claim as it stands in its file, with its slots told apart by their state.

    Markup may stand between the words (**240**): a slot is then found by its own words.
    """
    spans: list[tuple[int, int, str, str]] = []
    position = 0
    for (start, end), finding in _slots(verdict).items():
        words = finding.slot.text
        if not words or verdict.claim.text[start:end] != words:
            continue  # the slot stands in the claim's context
        at = start if text[start:end] == words else text.find(words, position)
        if at >= position:
            says = f"; the source has {finding.found}" if finding.found else ""
            title = one_line(f"{finding.slot.kind}: {finding.state}{says}")
            spans.append((at, at + len(words), str(finding.state), title))
            position = at + len(words)
    return _cut(text, spans)


def marked(text: str, marks: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """A text with the deciding words marked."""
    return _cut(text, [(start, end, "mark", "") for start, end in sorted(marks)])


def _cut(text: str, spans: Sequence[tuple[int, int, str, str]]) -> tuple[Piece, ...]:
    pieces, position = [], 0
    for start, end, kind, title in spans:
        start, end = max(start, position), min(end, len(text))
        if start < end:
            if position < start:
                pieces.append(Piece(text=text[position:start]))
            pieces.append(Piece(text=text[start:end], kind=kind, title=title))
            position = end
    if position < len(text):
        pieces.append(Piece(text=text[position:]))
    return tuple(pieces)


def in_text(raw: str, cards: Sequence[Card]) -> list[Part]:
    """A draft's text with its claims in their places; of two that overlap, the first is linked."""
    positions = Positions(raw)
    parts: list[Part] = []
    position = 0
    for start, end, card in sorted(
        ((*_offsets(positions, card.verdict.claim.location), card) for card in cards if card.verdict.claim.location),
        key=lambda found: found[:2],
    ):
        if position <= start < end:
            if position < start:
                parts.append(Part(plain=raw[position:start]))
            parts.append(Part(card=card, pieces=claim_pieces(card.verdict, raw[start:end])))
            position = end
    if position < len(raw):
        parts.append(Part(plain=raw[position:]))
    return parts


def _offsets(positions: Positions, place: Location | None) -> tuple[int, int]:
    assert place is not None
    return positions.offset(place.line, place.column), positions.offset(place.end_line, place.end_column)


def environment(*folders: Path) -> Environment:
    """The template environment; templates in ``folders`` win over the report's own."""
    return _environment(folders)


@lru_cache(maxsize=4)
def _environment(folders: tuple[Path, ...]) -> Environment:
    return Environment(
        loader=FileSystemLoader([*folders, PAGE]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def shown(text: str) -> str:
    """The text with every character that would act shown as an escape; lines and tabs are kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return ACTING.sub(lambda found: found[0] if found[0] in "\n\t" else one_line(found[0]) or " ", text)


@lru_cache(maxsize=8)
def asset(name: str) -> str:
    """A file of the page, as text."""
    return (PAGE / name).read_text(encoding="utf-8")


def source_hash(text: str) -> str:
    """What a content security policy names an inline style or script by."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
