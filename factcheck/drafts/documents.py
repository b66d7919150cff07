"""Drafts as prose with the exact place of every character: Markdown, HTML, Word and plain text.

``Draft.text`` is the prose alone, without markup, front matter, code or comments;
``Draft.location`` gives line and column in the file for any span of it. For a Word
file a line is a paragraph. Nothing in a draft is run, fetched or rendered.
"""

from __future__ import annotations

import io
import re
import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from factcheck.claims import MAX_BYTES, Positions, decode
from factcheck.domain import Location
from factcheck.errors import InputError
from factcheck.passages import Block, find_blocks
from factcheck.sources import holds_credentials, without_credentials

SUFFIXES = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdx": "markdown",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".txt": "text",
    ".text": "text",
    "": "text",
}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A draft's prose, and where each of its characters stands in the file.

    ``raw[starts[i]:ends[i]]`` is what ``text[i]`` was written as: itself, or an entity
    such as ``&eacute;``. ``about`` is the title of the front matter or page. ``links``
    are the addresses that the draft's text links to.
    """

    path: str
    raw: str
    text: str
    starts: array[int]
    ends: array[int]
    blocks: tuple[Block, ...]
    front: Mapping[str, Any] = field(default_factory=dict)
    links: tuple[str, ...] = ()

    @cached_property
    def positions(self) -> Positions:
        return Positions(self.raw)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the file for ``text[start:end]``, which must not be empty."""
        return self.starts[start], self.ends[end - 1]

    def location(self, start: int, end: int) -> Location:
        """The place in the file of ``text[start:end]``."""
        return self.positions.location(self.path, *self.span(start, end))

    @property
    def title(self) -> str | None:
        title = self.front.get("title")
        return " ".join(title.split()) if isinstance(title, str) and title.strip() else None

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that the front matter names under ``factcheck: sources:``."""
        own = self.front.get("factcheck")
        named = own.get("sources") if isinstance(own, dict) else None
        return tuple(str(name) for name in named) if isinstance(named, list) else ()


def read_draft(path: str, *, stdin_name: str | None = None) -> Draft:
    """The draft at ``path`` ("-" is standard input, read as the kind of file that ``stdin_name`` is)."""
    name = (stdin_name or "<stdin>") if path == "-" else path
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if path == "-" else _bytes(Path(path))
    except FileNotFoundError:
        raise InputError(name, None, None, "there is no such file", "check the path", rule="FC101") from None
    except IsADirectoryError:
        raise InputError(name, None, None, "this is a folder", f"name the drafts: {path}/*.md", rule="FC101") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(name, None, None, f"cannot read the file: {reason}", "check it", rule="FC101") from None
    if len(data) > MAX_BYTES:
        raise InputError(name, None, None, "the file is over 20 MB", "is it a draft?", rule="FC101")
    return parse_draft(data, name)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def parse_draft(data: bytes, name: str) -> Draft:
    """A draft from its bytes; the name's suffix says what kind of file it is."""
    suffix = Path(name).suffix.lower() if not name.startswith("<") else ".md"
    kind = SUFFIXES.get(suffix)
    if kind is None:
        hint = "save it as .md, .html, .docx or .txt"
        raise InputError(name, None, None, f"drafts of the kind {suffix} cannot be read", hint, rule="FC101")
    if kind == "docx":
        return _docx(data, name)
    text = decode(data, name)
    draft = {"markdown": _markdown, "html": _html, "text": _text}[kind](text, name)
    if any(map(holds_credentials, draft.sources)):
        raise InputError(name, 1, 1, "the address of a source holds a user name or password", "leave it out")
    return draft


class _Prose:
    """Collects the prose of a draft: blocks of characters, each with its place in the file."""

    def __init__(self, path: str, raw: str) -> None:
        self.path, self.raw = path, raw
        self.front: dict[str, Any] = {}
        self.links: list[str] = []
        self._text: list[str] = []
        self._starts, self._ends = array("i"), array("i")
        self._blocks: list[Block] = []
        self._open: int | None = None
        self._kind = "sentence"

    def begin(self, kind: str) -> None:
        """Start a block; one that is open is closed first."""
        self.close()
        self._open, self._kind = len(self._text), kind

    def add(self, character: str, start: int, end: int) -> None:
        """One character of prose that the file writes as ``raw[start:end]``. White space is one space."""
        if self._open is None:
            self.begin("sentence")
        if character.isspace():
            if len(self._text) == self._open or self._text[-1] == " ":
                return
            character = " "
        self._text.append(character)
        self._starts.append(start)
        self._ends.append(end)

    def add_span(self, start: int, end: int) -> None:
        """Characters that stand in the file as they are."""
        for offset in range(start, end):
            self.add(self.raw[offset], offset, offset + 1)

    def close(self) -> None:
        """End the open block; one without a letter or digit was none."""
        if self._open is None:
            return
        start = self._open
        self._open = None
        while len(self._text) > start and self._text[-1] == " ":
            self._drop()
        if not any(c.isalnum() for c in self._text[start:]):
            while len(self._text) > start:
                self._drop()
            return
        self._blocks.append(Block(kind=self._kind, start=start, end=len(self._text), paragraph=len(self._blocks)))
        at = self._ends[-1]
        for _ in range(2):  # an empty line between blocks, so that no sentence runs across
            self._text.append("\n")
            self._starts.append(at)
            self._ends.append(at)

    def _drop(self) -> None:
        self._text.pop()
        self._starts.pop()
        self._ends.pop()

    def draft(self) -> Draft:
        self.close()
        return Draft(
            path=self.path,
            raw=self.raw,
            text="".join(self._text),
            starts=self._starts,
            ends=self._ends,
            blocks=tuple(self._blocks),
            front=self.front,
            links=tuple(dict.fromkeys(map(without_credentials, self.links))),
        )


# -- plain text ------------------------------------------------------------------------------

# Each takes some 30 microseconds, whatever is in it. A book has a tenth of them.
MAX_PARAGRAPHS = 100_000


def _text(raw: str, path: str) -> Draft:
    prose = _Prose(path, raw)
    blocks = find_blocks(raw)
    if len(blocks) > MAX_PARAGRAPHS:
        raise InputError(path, 1, 1, f"it has more than {MAX_PARAGRAPHS:,} paragraphs", "cut it into parts")
    for block in blocks:
        prose.begin(block.kind)
        prose.add_span(block.start, block.end)
    return prose.draft()


# -- Markdown --------------------------------------------------------------------------------

_FRONT = re.compile(r"\A---[ \t]*(?:\r\n|\r|\n)(.*?)(?:\r\n|\r|\n)(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.DOTALL)
_ENDS = re.compile(r"\r\n|\r|\n")


def _front_matter(raw: str, path: str) -> tuple[dict[str, Any], int]:
    """The front matter's values and where the body starts. Aliases and tags in it are refused by the safe loader."""
    match = _FRONT.match(raw)
    if match is None:
        return {}, 0
    import yaml

    from factcheck.readers.markdown import load_front_matter

    try:
        values = load_front_matter(match[1])
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 2, mark.column + 1) if mark else (1, 1)
        problem = (error.problem or "not YAML").replace("\n", " ")
        raise InputError(path, line, column, f"the front matter is not YAML: {problem}", "mend it") from None
    except yaml.YAMLError:
        raise InputError(path, 1, 1, "the front matter is not YAML", "mend it") from None
    except ValueError as error:  # a date that no calendar has
        raise InputError(path, 1, 1, f"the front matter cannot be read: {error}", "write it plainly") from None
    return (values if isinstance(values, dict) else {}), match.end()


def _markdown(raw: str, path: str) -> Draft:
    from markdown_it import MarkdownIt

    from factcheck.readers.markdown import too_much

    if reason := too_much(raw):
        raise InputError(path, 1, 1, reason, "cut it into parts")
    prose = _Prose(path, raw)
    prose.front, body = _front_matter(raw, path)
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
    starts = [body, *(match.end() for match in _ENDS.finditer(raw, body))]
    ends = [*(match.start() for match in _ENDS.finditer(raw, body)), len(raw)]
    # As the parser reads it: what is no character is shown as one.
    lines = _Lines(raw.replace("\0", "\ufffd"), starts, ends)
    kinds = ["sentence"]
    in_row = False
    for token in parser.parse(raw[body:]):
        if token.type == "heading_open":
            kinds.append("heading")
        elif token.type == "list_item_open":
            kinds.append("item")
        elif token.type in ("heading_close", "list_item_close"):
            kinds.pop()
        elif token.type == "tr_open":
            prose.begin("row")
            in_row = True
        elif token.type == "tr_close":
            prose.close()
            in_row = False
        elif token.type == "html_block" and token.map:
            prose.close()
            start, end = starts[token.map[0]], ends[min(token.map[1], len(ends)) - 1]
            _HTMLProse(prose, start).read(raw[start:end])
            prose.close()
        elif token.type == "inline" and token.map and token.content:
            if not in_row:
                prose.begin(kinds[-1])
            offsets = lines.locate(token.content, token.map[0])
            if in_row and offsets:
                prose.add("|", offsets[0], offsets[0])
                prose.add(" ", offsets[0], offsets[0])
            _Inline(parser, prose, token.content, offsets).read(token.children or [])
            if in_row:
                prose.add(" ", offsets[-1], offsets[-1])
            else:
                prose.close()
    return prose.draft()


class _Lines:
    """Finds where the content of a Markdown block stands in its lines, behind quote signs, bullets and indents."""

    def __init__(self, raw: str, starts: list[int], ends: list[int]) -> None:
        self.raw, self.starts, self.ends = raw, starts, ends
        self._reached: dict[int, int] = {}

    def locate(self, content: str, line: int) -> list[int]:
        """The file offset of each character of ``content``, and of its end."""
        offsets: list[int] = []
        for number, part in enumerate(content.split("\n")):
            at = line + number
            if at >= len(self.starts):  # cannot be: the parser counts the same line ends
                offsets += [len(self.raw)] * (len(part) + 1)
                continue
            offsets += self._in_line(part, at)
        return offsets

    def _in_line(self, part: str, line: int) -> list[int]:
        bare = part.strip()
        reached = self._reached.get(line, self.starts[line])
        end = self.ends[line]
        found = self.raw.find(bare, reached, end)
        lead = len(part) - len(part.lstrip())
        if found >= 0:
            inner = list(range(found, found + len(bare)))
        else:  # a table cell: its escaped pipes lost their backslash
            inner, at = [], reached
            for character in bare:
                at = min(max(self.raw.find(character, at, end), at), end)
                inner.append(at)
                at += 1
            found = inner[0] if inner else reached
        last = inner[-1] + 1 if inner else found
        self._reached[line] = last
        return [found] * lead + inner + [last] * (len(part) - lead - len(bare)) + [last]


class _Inline:
    """Walks the tokens of an inline run and its source together, so that each character keeps its place."""

    def __init__(self, parser: Any, prose: _Prose, content: str, offsets: list[int]) -> None:
        self.parser, self.prose, self.content, self.offsets = parser, prose, content, offsets
        self.at = 0

    def read(self, tokens: list[Any]) -> None:
        for token in tokens:
            if token.type == "text":
                self._text(token.content)
            elif token.type == "text_special":
                self._special(token.content, token.markup)
            elif token.type in ("softbreak", "hardbreak"):
                self._break()
            elif token.type == "code_inline":
                self._code(token)
            elif token.type == "html_inline":
                found = self._find(token.content)
                self.at = found + len(token.content)
            elif token.type == "image":
                self._image()
            elif token.type == "link_open" and token.markup == "autolink":
                self.at = self._find("<") + 1
            elif token.type == "link_close" and token.markup == "autolink":
                self.at = self._find(">") + 1
            elif token.type == "link_open":
                if address := token.attrGet("href"):
                    self.prose.links.append(str(address))
                self.at = self._find("[") + 1
            elif token.type == "link_close":
                self.at = self._link_tail(self._find("]") + 1)
            elif token.markup:
                self.at = self._find(token.markup) + len(token.markup)

    def _find(self, text: str) -> int:
        found = self.content.find(text, self.at)
        return found if found >= 0 else self.at

    def _text(self, text: str) -> None:
        start = self.content.find(text, self.at)
        if start < 0:  # an address that the parser rewrote
            return
        for index in range(start, start + len(text)):
            self.prose.add(self.content[index], self.offsets[index], self._after(index))
        self.at = start + len(text)

    def _special(self, shown: str, written: str) -> None:
        start = self._find(written)
        end = start + len(written)
        for character in shown:
            self.prose.add(character, self.offsets[start], self._after(end - 1))
        self.at = end

    def _break(self) -> None:
        found = self._find("\n")
        self.prose.add(" ", self.offsets[found], self._after(found))
        self.at = found + 1

    def _code(self, token: Any) -> None:
        start = self._find(token.markup) + len(token.markup)
        end = self.content.find(token.markup, start)
        end = end if end >= 0 else len(self.content)
        for index in range(start, end):
            self.prose.add(self.content[index], self.offsets[index], self._after(index))
        self.at = end + len(token.markup)

    def _image(self) -> None:
        """An image is not prose, nor is its description: it is skipped, brackets and all."""
        at = self._find("![") + 2
        depth = 1
        while at < len(self.content) and depth:
            if self.content[at] == "\\":
                at += 1
            elif self.content[at] == "[":
                depth += 1
            elif self.content[at] == "]":
                depth -= 1
            at += 1
        self.at = self._link_tail(at)

    def _link_tail(self, at: int) -> int:
        """Where a link ends whose label ends at ``at``: behind ``(address "title")``, ``[label]`` or nothing."""
        from markdown_it.helpers import parseLinkDestination, parseLinkTitle

        text, end = self.content, len(self.content)
        if text.startswith("[", at):
            close = text.find("]", at)
            return close + 1 if close >= 0 else at
        if not text.startswith("(", at):
            return at
        place = self._blank(at + 1)
        destination = parseLinkDestination(text, place, end)
        if destination.ok:
            place = destination.pos
        title = parseLinkTitle(text, self._blank(place), end)
        if title.ok:
            place = title.pos
        place = self._blank(place)
        return place + 1 if text.startswith(")", place) else at

    def _blank(self, at: int) -> int:
        while at < len(self.content) and self.content[at] in " \t\n":
            at += 1
        return at

    def _after(self, index: int) -> int:
        return self.offsets[index] + 1


# -- HTML ----------------------------------------------------------------------------------------

_HIDDEN = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "svg",
        "math",
        "head",
        "nav",
        "form",
        "button",
        "select",
        "textarea",
        "iframe",
        "object",
    ]
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_KINDS = {"li": "item", "dd": "item", "tr": "row", "title": "title", **{f"h{n}": "heading" for n in range(1, 7)}}


# Marks without an end times characters: some four seconds of the processor.
MAX_UNCLOSED = 50_000_000


class _HTMLProse(HTMLParser):
    """The visible text of HTML with the place of every character; ``base`` is where the HTML starts in the file."""

    def __init__(self, prose: _Prose, base: int = 0) -> None:
        super().__init__(convert_charrefs=False)
        self.prose, self.base = prose, base
        self._hidden: list[str] = []
        self._title: list[str] | None = None
        self._kinds: list[tuple[str, str]] = []

    def read(self, html: str) -> None:
        # The parser looks for the end of each mark through all that follows: many that never end take for ever.
        unclosed = max(0, html.count("<") - html.count(">")) + max(0, html.count("<!--") - html.count("-->"))
        if unclosed * len(html) > MAX_UNCLOSED:
            problem = f"its HTML has {unclosed:,} marks that are never closed"
            raise InputError(self.prose.path, 1, 1, problem, "close them, or save it as text")
        self._starts = [0, *(match.end() for match in re.finditer("\n", html))]
        self._html = html
        self.feed(html)
        self.close()
        self.prose.close()

    def _here(self) -> int:
        line, column = self.getpos()
        return self.base + self._starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title" and not self._hidden[1:]:
            self._title = []
            return
        if tag in _HIDDEN:
            self._hidden.append(tag)
            return
        if self._hidden:
            return
        if tag == "a":
            self.prose.links += [value for name, value in attrs if name == "href" and value]
        if tag == "br":
            self.prose.add(" ", self._here(), self._here())
        elif tag in ("td", "th"):
            self.prose.add("|", self._here(), self._here())
            self.prose.add(" ", self._here(), self._here())
        elif tag not in _INLINE and tag not in _VOID:
            kind = _KINDS.get(tag) or (self._kinds[-1][1] if self._kinds else "sentence")
            self._kinds.append((tag, kind))
            self.prose.begin(kind)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title" and self._title is not None:
            self.prose.front.setdefault("title", "".join(self._title))
            self._title = None
        elif tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        elif not self._hidden and tag not in _INLINE and tag not in ("td", "th"):
            if any(open_tag == tag for open_tag, _ in self._kinds):
                while self._kinds.pop()[0] != tag:
                    pass
            self.prose.close()
            if self._kinds:
                self.prose.begin(self._kinds[-1][1])

    def handle_data(self, data: str) -> None:
        if self._title is not None:
            self._title.append(data)
        elif not self._hidden:
            start = self._here()
            self.prose.add_span(start, start + len(data))

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name};", f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name};", f"&#{name}")

    def _reference(self, full: str, short: str) -> None:
        start = self._here()
        written = full if self.prose.raw.startswith(full, start) else short
        if self._title is not None:
            self._title.append(unescape(written))
        elif not self._hidden:
            for character in unescape(written):
                self.prose.add(character, start, start + len(written))


def _html(raw: str, path: str) -> Draft:
    prose = _Prose(path, raw)
    prose.front, body = _front_matter(raw, path)
    _HTMLProse(prose, body).read(raw[body:])
    return prose.draft()


# -- Word --------------------------------------------------------------------------------------------


def _docx(data: bytes, path: str) -> Draft:
    """Paragraphs and table rows in document order. The "file" that places refer to has one line for each."""
    from docx import Document
    from docx.table import Table

    from factcheck.readers import ReadError
    from factcheck.readers.docx import BROKEN, refuse_bomb, refuse_spans

    try:
        refuse_bomb(data)
        document = Document(io.BytesIO(data))
        refuse_spans(document)
        parts: list[tuple[str, str]] = []
        for part in document.iter_inner_content():
            if isinstance(part, Table):
                for row in part.rows:
                    cells = list(dict.fromkeys(" ".join(cell.text.split()) for cell in row.cells))
                    parts.append(("row", "| " + " | ".join(cells)))
            else:
                style = (part.style.name or "").lower() if part.style is not None else ""
                kind = "heading" if style.startswith(("heading", "title")) else "sentence"
                parts.append(("item" if style.startswith("list") else kind, re.sub(r"[\r\n\x0b\x0c]", " ", part.text)))
        title = document.core_properties.title
    except (ReadError, *BROKEN) as error:
        words = " ".join(str(error).split())[:100]
        raise InputError(
            path, None, None, f"not a Word file: {words}", "save it as .docx again", rule="FC102"
        ) from None
    prose = _Prose(path, "\n".join(text for _, text in parts))
    prose.front = {"title": title} if title else {}
    at = 0
    for kind, text in parts:
        prose.begin(kind)
        prose.add_span(at, at + len(text))
        prose.close()
        at += len(text) + 1
    return prose.draft()
