"""``factcheck lsp``: the real server, driven by a real client over standard input and output."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import from_fs_path
from test_cli import ENVIRONMENT, REPORT, factcheck

DRAFT = """\
---
title: Back on the water
factcheck:
  sources: [ferry.md]
---

😀 The *harbour* ferry was built in 1989. It is operated by Blue Line.
"""
LINE = DRAFT.splitlines()[6]


class Editor(LanguageClient):
    """A client that keeps what the server sends it."""

    def __init__(self) -> None:
        super().__init__("editor", "1")
        self.shown: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.opened: asyncio.Queue[types.ShowDocumentParams] = asyncio.Queue()

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.shown.put_nowait(params)

        @self.feature(types.WINDOW_SHOW_DOCUMENT)
        def show(params: types.ShowDocumentParams) -> types.ShowDocumentResult:
            self.opened.put_nowait(params)
            return types.ShowDocumentResult(success=True)

    async def diagnostics(self) -> list[types.Diagnostic]:
        return list((await asyncio.wait_for(self.shown.get(), 300)).diagnostics)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a source in its store."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "ferry.md").write_text(REPORT, encoding="utf-8")
    assert factcheck("sources", "add", "ferry.md", cwd=folder).returncode == 0
    return folder


def with_editor(folder: Path, use: Callable[[Editor], Awaitable[None]], encodings: list[Any] | None = None) -> None:
    """Start the server in a folder, and use it as an editor would."""

    async def session() -> None:
        editor = Editor()
        await editor.start_io(sys.executable, "-m", "factcheck", "lsp", cwd=folder, env=ENVIRONMENT)
        capabilities = types.ClientCapabilities(
            general=types.GeneralClientCapabilities(position_encodings=encodings) if encodings else None
        )
        started = await editor.initialize_async(
            types.InitializeParams(capabilities=capabilities, root_uri=from_fs_path(str(folder)))
        )
        assert started.capabilities.hover_provider
        assert started.capabilities.code_action_provider
        editor.initialized(types.InitializedParams())
        await use(editor)
        await editor.shutdown_async(None)
        editor.exit(None)
        await editor.stop()

    asyncio.run(asyncio.wait_for(session(), 900))


def opened(editor: Editor, path: Path, text: str = DRAFT) -> str:
    uri = from_fs_path(str(path)) or ""
    item = types.TextDocumentItem(uri=uri, language_id="markdown", version=1, text=text)
    editor.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
    return uri


def changed(editor: Editor, uri: str, text: str, version: int) -> None:
    document = types.VersionedTextDocumentIdentifier(uri=uri, version=version)
    whole = types.TextDocumentContentChangeWholeDocument(text=text)
    editor.text_document_did_change(types.DidChangeTextDocumentParams(text_document=document, content_changes=[whole]))


async def actions(editor: Editor, uri: str, span: types.Range) -> list[types.CodeAction | types.Command]:
    found = await editor.text_document_code_action_async(
        types.CodeActionParams(
            text_document=types.TextDocumentIdentifier(uri=uri),
            range=span,
            context=types.CodeActionContext(diagnostics=[]),
        )
    )
    return list(found or [])


def applied(text: str, action: types.CodeAction) -> str:
    """The text after an action's edit, as an editor that counts UTF-16 would apply it."""
    assert action.edit is not None
    assert action.edit.changes is not None
    ((edit,),) = action.edit.changes.values()
    lines = text.split("\n")
    assert edit.range.start.line == edit.range.end.line
    line = lines[edit.range.start.line].encode("utf-16-le")
    new = edit.new_text.encode("utf-16-le")
    lines[edit.range.start.line] = (
        line[: 2 * edit.range.start.character] + new + line[2 * edit.range.end.character :]
    ).decode("utf-16-le")
    return "\n".join(lines)


def test_a_wrong_year_is_a_diagnostic_with_hover_and_fixes_and_goes_away_when_it_is_right(desk):
    async def use(editor: Editor) -> None:
        uri = opened(editor, desk / "draft.md")
        (wrong,) = await editor.diagnostics()
        assert (wrong.code, wrong.severity, wrong.source) == ("FC201", types.DiagnosticSeverity.Error, "factcheck")
        assert "1998" in wrong.message
        units = LINE.encode("utf-16-le")
        assert units[2 * wrong.range.start.character : 2 * wrong.range.end.character].decode("utf-16-le") == "1989"
        assert wrong.related_information is not None
        assert wrong.related_information[0].location.uri == from_fs_path(str(desk / "ferry.md"))

        hover = await editor.text_document_hover_async(
            types.HoverParams(
                text_document=types.TextDocumentIdentifier(uri=uri), position=types.Position(line=6, character=10)
            )
        )
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert hover.contents.value.startswith("**contradicted**")
        assert "The ferry was built in 1998." in hover.contents.value
        backed = await editor.text_document_hover_async(
            types.HoverParams(
                text_document=types.TextDocumentIdentifier(uri=uri),
                position=types.Position(line=6, character=wrong.range.end.character + 10),
            )
        )
        assert backed is not None
        assert isinstance(backed.contents, types.MarkupContent)
        assert backed.contents.value.startswith("**supported**")

        write, ignore, open_ = await actions(editor, uri, wrong.range)
        assert isinstance(write, types.CodeAction)
        assert isinstance(ignore, types.CodeAction)
        assert isinstance(open_, types.Command)
        assert write.is_preferred
        right = applied(DRAFT, write)
        assert right == DRAFT.replace("1989", "1998")
        ignored = applied(DRAFT, ignore)
        assert '1989. <!-- factcheck: ignore[FC201] reason="" --> It is' in ignored
        await editor.workspace_execute_command_async(
            types.ExecuteCommandParams(command=open_.command, arguments=open_.arguments)
        )
        shown = await asyncio.wait_for(editor.opened.get(), 30)
        assert shown.uri == from_fs_path(str(desk / "ferry.md"))

        changed(editor, uri, ignored, 2)
        assert [d.code for d in await editor.diagnostics()] == ["FC201", "FC110"]
        changed(editor, uri, ignored.replace('reason=""', 'reason="the port says so"'), 3)
        assert await editor.diagnostics() == []
        changed(editor, uri, right, 4)
        assert await editor.diagnostics() == []
        document = types.TextDocumentIdentifier(uri=uri)
        editor.text_document_did_close(types.DidCloseTextDocumentParams(text_document=document))
        assert await editor.diagnostics() == []

    with_editor(desk, use)


def test_only_the_last_of_several_changes_is_checked(desk):
    async def use(editor: Editor) -> None:
        uri = opened(editor, desk / "draft.md", DRAFT.replace("1989", "1998"))
        assert await editor.diagnostics() == []
        for version, year in enumerate(("1", "19", "1991", "1992"), start=2):
            changed(editor, uri, DRAFT.replace("1989", year), version)
        told = await asyncio.wait_for(editor.shown.get(), 300)
        assert told.version == 5
        assert [d.code for d in told.diagnostics] == ["FC201"]
        editor.text_document_did_save(
            types.DidSaveTextDocumentParams(text_document=types.TextDocumentIdentifier(uri=uri))
        )
        assert [d.code for d in await editor.diagnostics()] == ["FC201"]
        assert editor.shown.empty()

    with_editor(desk, use)


def test_places_are_counted_as_the_editor_asks(desk):
    async def use(editor: Editor) -> None:
        opened(editor, desk / "draft.md")
        (wrong,) = await editor.diagnostics()
        assert LINE.encode()[wrong.range.start.character : wrong.range.end.character] == b"1989"

    with_editor(desk, use, [types.PositionEncodingKind.Utf8])


def test_a_draft_that_cannot_be_read_is_a_diagnostic_at_its_place(desk):
    async def use(editor: Editor) -> None:
        opened(editor, desk / "draft.md", "---\ntitle: [\n---\n\nText.\n")
        (trouble,) = await editor.diagnostics()
        assert trouble.code == "FC102"
        assert trouble.range.start.line == 1
        assert trouble.message.startswith("draft.md:2:")

    with_editor(desk, use)


def test_without_a_store_the_editor_is_told_how_to_make_one(tmp_path):
    async def use(editor: Editor) -> None:
        opened(editor, tmp_path / "draft.md", "The harbour ferry was built in 1989.\n")
        (trouble,) = await editor.diagnostics()
        assert "sources.db" in trouble.message
        assert "factcheck sources add" in trouble.message

    with_editor(tmp_path, use)
