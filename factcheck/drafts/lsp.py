"""``factcheck lsp``: drafts checked in the editor, over the Language Server Protocol on stdin and stdout.

Findings are diagnostics; hovering shows a claim's verdict and evidence; code actions put
the source's value in the place of the wrong one, write an ignore comment to be given its
reason, and open the source. A draft is checked when it is opened and saved, and while it
is being written as soon as the writer pauses. Checks run one at a time in a thread, so
that the editor never waits; what has become old meanwhile is thrown away. How drafts are
checked is the caller's business.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent_encoded

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from factcheck import __version__
from factcheck.claims import LINE_END
from factcheck.domain import Location, Quote, Stance, Verdict
from factcheck.drafts.documents import SUFFIXES, Draft, parse_draft
from factcheck.errors import FactcheckError, InputError
from factcheck.findings import Finding, Level, Review
from factcheck.reporters import printable
from factcheck.reporters.concise import cited
from factcheck.reporters.markdown import escaped
from factcheck.rules import RULES

PAUSE = 0.8  # seconds without a key before a draft is checked while it is being written
OPEN = "factcheck.openSource"
_COMMENTS = (".md", ".markdown", ".mdx", ".html", ".htm")  # kinds of draft in which an ignore comment is a comment

Check = Callable[[Sequence[Draft]], Review]


@dataclass(kw_only=True)
class _Checked:
    """What is known of an open draft: its text when it was checked, and what came of it."""

    lines: list[str] = field(default_factory=list)
    rows: Sequence[tuple[Verdict, Finding | None]] = ()
    findings: Sequence[Finding] = ()
    asked: int = 0  # counts requests; only the answer to the last one is shown
    timer: asyncio.TimerHandle | None = None


class Server(LanguageServer):
    """The server; ``check`` is called with one draft at a time, in a thread of its own."""

    def __init__(self, check: Check) -> None:
        super().__init__("factcheck", __version__, max_workers=1)
        self.check = check
        self.open: dict[str, _Checked] = {}
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="factcheck")

    # -- checking ----------------------------------------------------------------------------

    def soon(self, uri: str, seconds: float) -> None:
        """Check a document after a pause; a later call takes the place of an earlier one."""
        checked = self.open.setdefault(uri, _Checked())
        checked.asked += 1
        if checked.timer is not None:
            checked.timer.cancel()
        loop = asyncio.get_running_loop()
        checked.timer = loop.call_later(seconds, self._begin, uri, checked.asked)

    def _begin(self, uri: str, asked: int) -> None:
        if uri not in self.open:
            return
        document = self.workspace.get_text_document(uri)
        text, version = document.source, document.version
        task = asyncio.get_running_loop().run_in_executor(self._worker, self._work, uri, text, asked)
        task.add_done_callback(lambda done: self._end(uri, version, asked, done.result()))

    def _work(self, uri: str, text: str, asked: int) -> tuple[list[str], Review | FactcheckError] | None:
        checked = self.open.get(uri)
        if checked is None or checked.asked != asked:
            return None  # the writer has gone on: that text is checked instead
        lines = LINE_END.split(text)
        path = self.path(uri)
        try:
            return lines, self.check([parse_draft(text.encode("utf-8", "surrogatepass"), path)])
        except FactcheckError as error:
            return lines, error
        except Exception as error:  # a bug must not end the writer's session, nor pass in silence
            import traceback

            traceback.print_exc()
            return lines, FactcheckError(f"factcheck failed ({type(error).__name__}: {error})")

    def _end(self, uri: str, version: int | None, asked: int, answer: Any) -> None:
        checked = self.open.get(uri)
        if answer is None or checked is None or checked.asked != asked:
            return
        checked.lines, outcome = answer
        if isinstance(outcome, Review):
            checked.rows, checked.findings = outcome.rows, outcome.findings
            shown = [self.diagnostic(checked, finding) for finding in outcome.findings if finding.location]
        else:
            checked.rows = checked.findings = ()
            shown = [self.trouble(checked, outcome)]
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=shown)
        )

    def forget(self, uri: str) -> None:
        """A closed document has no findings to show."""
        checked = self.open.pop(uri, None)
        if checked is not None and checked.timer is not None:
            checked.timer.cancel()
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    # -- places ------------------------------------------------------------------------------

    def path(self, uri: str) -> str:
        """How the document is called in findings: its path, from the working folder where it is inside it."""
        path = Path(to_fs_path(uri) or uri.rpartition("/")[2])
        try:
            return str(path.relative_to(Path().resolve()))
        except ValueError:
            return str(path)

    def units(self, text: str) -> int:
        """The length of a text in what the client counts characters by."""
        encoding = self.workspace.position_encoding
        if encoding == types.PositionEncodingKind.Utf32:
            return len(text)
        if encoding == types.PositionEncodingKind.Utf8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def position(self, lines: Sequence[str], line: int, column: int) -> types.Position:
        """A place that counts lines and characters from 1, as the protocol counts them."""
        text = lines[line - 1] if line <= len(lines) else ""
        return types.Position(line=line - 1, character=self.units(text[: column - 1]))

    def range(self, lines: Sequence[str], place: Location) -> types.Range:
        """The same of a span."""
        return types.Range(
            start=self.position(lines, place.line, place.column),
            end=self.position(lines, place.end_line, place.end_column),
        )

    # -- what is shown -----------------------------------------------------------------------

    def diagnostic(self, checked: _Checked, finding: Finding) -> types.Diagnostic:
        place = finding.words or finding.location
        assert place is not None
        related = [
            types.DiagnosticRelatedInformation(
                location=types.Location(uri=uri, range=types.Range(start=_START, end=_START)),
                message=printable(f"{quote.stance}: “{quote.quote}” ({cited(quote)})"),
            )
            for quote in finding.evidence
            if (uri := self.address(quote))
        ]
        severity = types.DiagnosticSeverity.Error if finding.level is Level.ERROR else types.DiagnosticSeverity.Warning
        return types.Diagnostic(
            range=self.range(checked.lines, place),
            message=printable(finding.message),
            severity=types.DiagnosticSeverity.Information if finding.known else severity,
            code=finding.rule,
            source="factcheck",
            tags=[types.DiagnosticTag.Unnecessary] if finding.rule == "FC108" else None,
            related_information=related or None,
            data={"fingerprint": finding.fingerprint},
        )

    def trouble(self, checked: _Checked, error: FactcheckError) -> types.Diagnostic:
        """What keeps the draft from being checked, at its place if it has one."""
        line, column = (error.line or 1, error.column or 1) if isinstance(error, InputError) else (1, 1)
        start = self.position(checked.lines, line, column)
        text = checked.lines[line - 1] if line <= len(checked.lines) else ""
        return types.Diagnostic(
            range=types.Range(start=start, end=types.Position(line=line - 1, character=self.units(text))),
            message=printable(str(error)),
            severity=types.DiagnosticSeverity.Error,
            code=error.rule if isinstance(error, InputError) else None,
            source="factcheck",
        )

    def hover(self, uri: str, at: types.Position) -> types.Hover | None:
        """The verdict on the claim at a place, with its evidence."""
        checked = self.open.get(uri)
        for verdict, finding in checked.rows if checked else ():
            place = (finding.location if finding else None) or verdict.claim.location
            if checked is None or place is None:
                continue
            span = self.range(checked.lines, place)
            if _before(span.start, at) and _before(at, span.end):
                text = _told(verdict, finding)
                return types.Hover(contents=types.MarkupContent(kind=types.MarkupKind.Markdown, value=text), range=span)
        return None

    def actions(self, uri: str, asked: types.Range) -> list[types.CodeAction | types.Command]:
        """What can be done about the findings in a span."""
        checked = self.open.get(uri)
        found: list[types.CodeAction | types.Command] = []
        if checked is None:
            return found
        for finding in checked.findings:
            if finding.location is None:
                continue
            span = self.range(checked.lines, finding.location)
            if not (_before(span.start, asked.end) and _before(asked.start, span.end)):
                continue
            about = [self.diagnostic(checked, finding)]
            if finding.words and finding.replacement:
                edit = types.TextEdit(range=self.range(checked.lines, finding.words), new_text=finding.replacement)
                source = f" ({cited(finding.evidence[0])})" if finding.evidence else ""
                found.append(
                    types.CodeAction(
                        title=f"Write “{printable(finding.replacement)}”{source}",
                        kind=types.CodeActionKind.QuickFix,
                        diagnostics=about,
                        is_preferred=True,
                        edit=types.WorkspaceEdit(changes={uri: [edit]}),
                    )
                )
            if finding.verdict is not None and Path(self.path(uri)).suffix.lower() in _COMMENTS:
                comment = f' <!-- factcheck: ignore[{finding.rule}] reason="" -->'
                edit = types.TextEdit(range=types.Range(start=span.end, end=span.end), new_text=comment)
                found.append(
                    types.CodeAction(
                        title=f"Ignore {finding.rule} here, with a reason",
                        kind=types.CodeActionKind.QuickFix,
                        diagnostics=about,
                        edit=types.WorkspaceEdit(changes={uri: [edit]}),
                    )
                )
            for quote in finding.evidence:
                if address := self.address(quote):
                    title = f"Open the source: {cited(quote)}"
                    found.append(types.Command(title=title, command=OPEN, arguments=[address]))
        return found

    def address(self, quote: Quote) -> str | None:
        """Where an editor can open a source: its page, or its file while there is one."""
        if re.match(r"https?://", quote.uri):
            return percent_encoded(quote.uri, safe="/:?#[]@!$&'()*+,;=%~")
        path = Path(quote.uri)
        return from_fs_path(str(path.resolve())) if path.is_file() else None


_START = types.Position(line=0, character=0)


def _before(a: types.Position, b: types.Position) -> bool:
    return (a.line, a.character) <= (b.line, b.character)


def _told(verdict: Verdict, finding: Finding | None) -> str:
    """A verdict in Markdown in which nothing from a draft or a source is markup."""
    rule = RULES.get(verdict.rule)
    head = f"**{verdict.label}**, confidence {verdict.confidence:.2f}: {verdict.rule} {rule.title if rule else ''}"
    parts = [head.rstrip(), escaped(finding.message if finding else verdict.explanation)]
    quotes = finding.evidence if finding else verdict.evidence
    for quote in quotes:
        stance = {Stance.SUPPORTS: "supports it", Stance.REFUTES: "refutes it"}.get(quote.stance, "the nearest passage")
        parts.append(f"> {escaped(quote.quote)}\n>\n> {stance}: {escaped(cited(quote))}, {escaped(quote.uri)}")
    return "\n\n".join(parts)


def server(check: Check) -> Server:
    """A server with its handlers, ready for ``start_io``."""
    ls = Server(check)

    @ls.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        if _is_draft(params.text_document.uri):
            ls.soon(params.text_document.uri, 0)

    @ls.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        if params.text_document.uri in ls.open:
            ls.soon(params.text_document.uri, PAUSE)

    @ls.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        if params.text_document.uri in ls.open:
            ls.soon(params.text_document.uri, 0)

    @ls.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseTextDocumentParams) -> None:
        ls.forget(params.text_document.uri)

    @ls.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        return ls.hover(params.text_document.uri, params.position)

    @ls.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )
    def actions(params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
        only = params.context.only
        if only and types.CodeActionKind.QuickFix not in only:
            return []
        return ls.actions(params.text_document.uri, params.range)

    @ls.command(OPEN)
    async def open_source(address: str) -> None:
        if re.match(r"(?:https?|file)://", address):
            outside = not address.startswith("file:")
            await ls.window_show_document_async(types.ShowDocumentParams(uri=address, external=outside))

    return ls


def _is_draft(uri: str) -> bool:
    suffix = Path(to_fs_path(uri) or uri).suffix.lower()
    return SUFFIXES.get(suffix) not in (None, "docx") and suffix != ""
