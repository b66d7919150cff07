"""The report for people: grouped by file and verdict, what needs a look first.

Readable without colour: verdicts are words, and the deciding words of a quote are
set in guillemets where they cannot be underlined. Text from sources is shown, never
interpreted: no markup, no escape sequences, no change of writing direction.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from factcheck.claims import LINE_END
from factcheck.domain import Location, Quote, Reason, Stance, Verdict, VerdictLabel
from factcheck.findings import Finding, Level, Review
from factcheck.reporters import View, printable
from factcheck.rules import RULES

Row = tuple[Verdict, Finding | None, str]  # the last is what people decided about it

ORDER = (VerdictLabel.CONTRADICTED, VerdictLabel.UNVERIFIED, VerdictLabel.SUPPORTED)
STYLES = {
    VerdictLabel.CONTRADICTED: "bold red",
    VerdictLabel.UNVERIFIED: "bold yellow",
    VerdictLabel.SUPPORTED: "bold green",
}
STANCES = {Stance.SUPPORTS: "supports", Stance.REFUTES: "refutes", Stance.NEUTRAL: "nearest passage"}
PLACE, TEXT, QUOTE = 7, 9, 11  # columns: line:column before the claim, what is said of it, its evidence
MAX_NEUTRAL = 1  # quotes shown of an unverified claim: the nearest passage, so that one sees what was looked at


def render(reviewed: Review, view: View) -> str:
    """The report as text for a terminal of ``view.width`` columns, with ANSI colours when ``view.colour``."""
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=max(40, view.width),
        force_terminal=view.colour,
        color_system="standard" if view.colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    files: dict[str, list[Row]] = {}
    for number, (verdict, finding) in enumerate(reviewed.rows):
        place = verdict.claim.location
        files.setdefault(place.path if place else "", []).append((verdict, finding, reviewed.signed.get(number, "")))
    for path in dict.fromkeys([*view.texts, *files]):
        rows = files.get(path, [])
        others = [finding for finding in reviewed.others if finding.location and finding.location.path == path]
        if path in view.texts and not others and not any(finding or words for _, finding, words in rows):
            continue  # a draft without findings has nothing to show
        if path:
            console.print(Text(printable(path), style="bold underline" if view.colour else ""))
            console.print()
        if path in view.texts:
            _draft(console, rows, others, view.texts[path], view)
        else:
            _claims(console, rows, view)
    console.print(_summary(reviewed, view))
    # rich pads lines to the width; trailing blanks make diffs and golden files noisy.
    return "\n".join(line.rstrip() for line in buffer.getvalue().split("\n"))


def _claims(console: Console, rows: Sequence[Row], view: View) -> None:
    """Every claim of a claims file, grouped by verdict."""
    for label in ORDER:
        group = [row for row in rows if row[0].label is label]
        if group:
            console.print(Text(f"{label.upper()} ({len(group)})", style=STYLES[label]))
            for row in group:
                _verdict(console, *row, view)


def _draft(
    console: Console,
    rows: Sequence[Row],
    others: Sequence[Finding],
    text: str,
    view: View,
) -> None:
    """The findings in a draft, in its order, each under the line that it is in; then what is signed off."""
    lines = LINE_END.split(text)
    found = [finding for _, finding, _ in rows if finding is not None]
    for finding in sorted(
        [*found, *others], key=lambda f: (f.location.line, f.location.column) if f.location else (0, 0)
    ):
        rule = RULES[finding.rule]
        style = STYLES[VerdictLabel.CONTRADICTED if finding.level is Level.ERROR else VerdictLabel.UNVERIFIED]
        head = Text()
        if finding.location:
            head.append(f"{finding.location.line}:{finding.location.column}  ")
        head.append(str(finding.level), style=style)
        head.append(f"  {finding.rule} {rule.title[:1].lower() + rule.title[1:]}{'  (known)' if finding.known else ''}")
        console.print(_indented(head, 2))
        if place := finding.words or finding.location:
            _carets(console, lines, place, style)
        console.print(_indented(Text(printable(finding.message)), QUOTE))
        for quote in finding.evidence:
            if quote.stance is not Stance.NEUTRAL:
                _quote(console, quote, view)
        console.print()
    signed = [
        (verdict, words) for verdict, finding, words in rows if words and (not finding or finding.rule != "FC111")
    ]
    for verdict, words in signed:
        at = verdict.claim.location
        console.print(_indented(Text(f"{at.line}:{at.column}  {printable(words)}" if at else printable(words)), 2))
        console.print(_indented(Text(f"“{printable(verdict.claim.text)}”", style="dim"), QUOTE))
    if signed:
        console.print()


def _carets(console: Console, lines: Sequence[str], place: Location, style: str) -> None:
    """The line of the draft with carets under the place; of a long line, the part around it."""
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    start = place.column - 1
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    room = console.width - 10
    left = max(0, min(start - room // 4, len(line) - room)) if len(line) > room else 0
    shown = [printable(c) if not c.isspace() else " " for c in line[left : left + room]]
    before = sum(cell_len(c) for c in shown[: start - left])
    under = sum(cell_len(c) for c in shown[start - left : end - left])
    console.print(Text(f"{place.line:>{PLACE}} | {''.join(shown)}", style="dim", no_wrap=True, overflow="crop"))
    marks = Text(f"{'':>{PLACE}} | {' ' * before}", style="dim", no_wrap=True, overflow="crop")
    marks.append("^" * max(1, under), style=style)
    console.print(marks)


def _verdict(console: Console, verdict: Verdict, finding: Finding | None, signed: str, view: View) -> None:
    claim = verdict.claim
    place = f"{claim.location.line}:{claim.location.column}" if claim.location else "-"
    text = Text(printable(claim.text), style="bold")
    if claim.about:
        text.append(f"  ({printable(claim.about)})", style="dim")
    head = Table.grid(padding=(0, 2, 0, 0))
    head.add_column(width=PLACE, justify="right", style="dim", no_wrap=True)
    head.add_column()
    head.add_row(place, text)
    console.print(head)
    rule = RULES.get(verdict.rule)
    facts = [str(verdict.label)]
    if verdict.reason is not Reason.CHECK_FAILED:
        facts.append(f"confidence {verdict.confidence:.2f}")
    facts.append(f"{verdict.rule} {rule.title[:1].lower() + rule.title[1:]}" if rule else verdict.rule)
    if claim.expect is not None:
        facts.append("as expected" if claim.expect is verdict.label else f"EXPECTED {claim.expect}")
    style = STYLES[verdict.label] if finding and finding.level is Level.ERROR else "dim"
    console.print(_indented(Text(" · ".join(facts), style=style), TEXT))
    neutral = 0
    for quote in verdict.evidence:
        if quote.stance is Stance.NEUTRAL:
            neutral += 1
            if neutral > MAX_NEUTRAL or verdict.label is not VerdictLabel.UNVERIFIED:
                continue
        _quote(console, quote, view)
    console.print(_indented(Text(printable(verdict.explanation)), TEXT))
    if signed:
        console.print(_indented(Text(printable(signed[:1].upper() + signed[1:]), style="bold"), TEXT))
    console.print()


def _quote(console: Console, quote: Quote, view: View) -> None:
    console.print(_indented(marked(quote, view.colour), QUOTE))
    console.print(_indented(Text(f"-- {_origin(quote)}", style="dim"), QUOTE))


def _indented(text: Text, columns: int) -> Padding:
    return Padding(text, (0, 0, 0, columns))


def marked(quote: Quote, colour: bool) -> Text:
    """The quote between quotation marks, its deciding words underlined, or in guillemets without colour."""
    text = Text("“")
    position = 0
    for start, end in _merged(quote.marks, len(quote.quote)):
        text.append(_piece(quote.quote, position, start))
        words = _piece(quote.quote, start, end)
        text.append(words if colour else f"«{words}»", style="bold underline" if colour else "")
        position = end
    text.append(_piece(quote.quote, position, len(quote.quote)))
    text.append("”")
    return text


def _piece(quote: str, start: int, end: int) -> str:
    """Part of a quote made printable, with the space at its edges kept."""
    raw = quote[start:end]
    before = " " if raw[:1].isspace() and start > 0 else ""
    after = " " if raw[-1:].isspace() and end < len(quote) and raw.strip() else ""
    return before + printable(raw) + after


def _merged(marks: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(0, s), min(length, e)) for s, e in marks):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _origin(quote: Quote) -> str:
    parts = [STANCES[quote.stance], printable(quote.title or quote.source_id)]
    if quote.published:
        parts.append(f"{quote.published.day} {quote.published:%B %Y}")
    parts.append(printable(quote.uri))
    return ", ".join(parts)


def _summary(reviewed: Review, view: View) -> Text:
    report = reviewed.report
    count = Counter(verdict.label for verdict in report.verdicts)
    total = len(report.verdicts)
    text = Text(f"{total} claim{'' if total == 1 else 's'}: ")
    for number, label in enumerate((VerdictLabel.SUPPORTED, VerdictLabel.CONTRADICTED, VerdictLabel.UNVERIFIED)):
        text.append(", " if number else "")
        text.append(f"{count[label]} {label}", style=STYLES[label] if count[label] else "")
    expected = [verdict for verdict in report.verdicts if verdict.claim.expect is not None]
    unmet = sum(verdict.claim.expect is not verdict.label for verdict in expected)
    if expected:
        text.append(f"; {unmet} of {len(expected)} not as expected" if unmet else f"; all {len(expected)} as expected")
    if reviewed.signed_off:
        text.append(f"; {reviewed.signed_off} signed off")
    if not report.complete:
        text.append("; the run is not complete", style="bold red")
    return text
