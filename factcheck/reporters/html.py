"""The report as one HTML file that loads nothing: to mail, to archive, to open from a CI run."""

from __future__ import annotations

from collections import Counter
from html import escape

from factcheck.domain import Quote, Verdict, VerdictLabel
from factcheck.findings import Review
from factcheck.reporters import View, printable
from factcheck.rules import RULES

STYLE = """
body { font: 16px/1.5 Georgia, serif; color: #222; max-width: 46em; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.4em } h2 { font-size: 1em; font-family: ui-monospace, monospace; margin-top: 2.5em }
article { border-left: 5px solid; padding: .1em 0 .1em 1em; margin: 1.5em 0 }
.supported { border-color: #2a7d3f } .contradicted { border-color: #b3261e } .unverified { border-color: #b58900 }
.facts, figcaption { color: #555; font-size: .85em } h3 { font-size: 1.05em; margin: 0 }
figure { margin: .6em 0 .6em 1em } blockquote { margin: 0 } mark { background: #fff1a8 }
@media (prefers-color-scheme: dark) {
  body { background: #1b1b1b; color: #ddd } .facts, figcaption { color: #aaa } mark { background: #6b5900; color: #fff }
}
"""


def render(reviewed: Review, view: View) -> str:
    """Grouped by file, in the order of the claims; scripts, images and links are barred by the page itself."""
    count = Counter(verdict.label for verdict in reviewed.report.verdicts)
    counted = ", ".join(f"{count[label]} {label}" for label in VerdictLabel)
    files: dict[str, list[Verdict]] = {}
    for verdict in reviewed.report.verdicts:
        place = verdict.claim.location
        files.setdefault(place.path if place else "", []).append(verdict)
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>factcheck: {counted}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>",
        f"<h1>{len(reviewed.report.verdicts)} claims: {counted}</h1>",
    ]
    if not reviewed.report.complete:
        parts.append("<p><strong>The run is not complete: some claims could not be checked.</strong></p>")
    for path, verdicts in files.items():
        if path:
            parts.append(f"<h2>{_text(path)}</h2>")
        parts.extend(_article(verdict) for verdict in verdicts)
    parts.append("</main>\n</body>\n</html>\n")
    return "\n".join(parts)


def _article(verdict: Verdict) -> str:
    claim = verdict.claim
    rule = RULES.get(verdict.rule)
    facts = [str(verdict.label), f"confidence {verdict.confidence:.2f}", verdict.rule, rule.title if rule else ""]
    if claim.location:
        facts.insert(0, f"line {claim.location.line}")
    if claim.expect:
        facts.append("as expected" if claim.expect is verdict.label else f"expected {claim.expect}")
    about = f' <span class="facts">({_text(claim.about)})</span>' if claim.about else ""
    return "\n".join(
        [
            f'<article class="{verdict.label}">',
            f"<h3>{_text(claim.text)}{about}</h3>",
            f'<p class="facts">{_text(" · ".join(filter(None, facts)))}</p>',
            *(_figure(quote) for quote in verdict.evidence),
            f"<p>{_text(verdict.explanation)}</p>",
            "</article>",
        ]
    )


def _figure(quote: Quote) -> str:
    published = f", {quote.published.isoformat()}" if quote.published else ""
    source = f"{quote.stance}: {quote.title or quote.source_id}{published}, {quote.uri}"
    return f"<figure><blockquote>{_marked(quote)}</blockquote><figcaption>{_text(source)}</figcaption></figure>"


def _marked(quote: Quote) -> str:
    parts, position = [], 0
    for start, end in sorted(quote.marks):
        start, end = max(start, position), min(end, len(quote.quote))
        if start < end:
            parts += [_piece(quote.quote[position:start]), "<mark>", _piece(quote.quote[start:end]), "</mark>"]
            position = end
    return "".join([*parts, _piece(quote.quote[position:])])


def _piece(text: str) -> str:
    """Part of a quote, with the spaces at its edges kept."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{_text(text)}{after}"


def _text(text: str) -> str:
    return escape(printable(text))
