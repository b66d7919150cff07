"""Markdown with optional YAML front matter: the text a reader of the rendered page would see, without marks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from factcheck.readers import Document, ReadError, Reading, TextBuilder, clean, decode, find_date

_FENCE = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


def split_front_matter(text: str, name: str = "") -> tuple[Mapping[str, Any], str, int]:
    """(front matter, the text after it, the offset at which that text starts)."""
    match = _FENCE.match(text)
    if not match:
        return {}, text, 0
    import yaml

    try:
        front = load_front_matter(match["yaml"])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 2}: " if mark else ""
        problem = " ".join(str(getattr(error, "problem", None) or "not valid YAML").split())
        raise ReadError(f"{place}front matter: {clean(problem)[:200]}; quote values that hold a colon") from error
    except ValueError as error:  # a date such as 2024-02-31
        raise ReadError(f"front matter: {clean(str(error))[:200]}; write dates as YYYY-MM-DD") from error
    if front is None:
        front = {}
    if not isinstance(front, dict):
        # A rule, some text and another rule: no front matter at all.
        return {}, text, 0
    return front, text[match.end() :], match.end()


MAX_FRONT_MATTER = 50_000  # characters
# The parser takes some 60 microseconds for an open bracket, 100 for a line and 15 for any other mark: a page of nothing
# else would take a minute. A book has fewer.
MAX_BRACKETS, MAX_LINES, MAX_MARKS = 50_000, 50_000, 200_000


def too_much(text: str) -> str:
    """What there is too much of in a Markdown text to parse it; "" for any that was written to be read."""
    if text.count("[") > MAX_BRACKETS:
        return f"it has more than {MAX_BRACKETS:,} brackets"
    if text.count("\n") > MAX_LINES:
        return f"it has more than {MAX_LINES:,} lines"
    if sum(map(text.count, "*_~<&`")) > MAX_MARKS:
        return f"it has more than {MAX_MARKS:,} marks of emphasis or HTML"
    return ""


MAX_DEPTH = 20


def load_front_matter(text: str) -> Any:
    """The values of front matter; ``yaml.YAMLError`` or ``ValueError`` for what is not plain YAML of a sane size.

    Aliases are refused: a few lines of them stand for gigabytes.
    """
    import yaml

    if len(text) > MAX_FRONT_MATTER:
        raise ValueError(f"it has more than {MAX_FRONT_MATTER:,} characters")
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("it has an alias")
        # A number of thousands of digits is no number that can be shown.
        if isinstance(event, yaml.ScalarEvent) and len(event.value) > 2000 and not re.search(r"\s", event.value):
            raise ValueError("a value is too long to be one")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise ValueError("it is nested too deeply")
    try:
        return yaml.safe_load(text)
    except (LookupError, TypeError, AttributeError, ArithmeticError) as error:
        # PyYAML lets Python's own errors through where a tag does not fit its value, as in "!!int x".
        raise ValueError("a value does not fit its tag") from error


def about_of(front: Mapping[str, Any]) -> dict[str, Any]:
    """Title, publisher, author and dates from front matter, under the names ``Reading`` uses."""
    lower = {str(key).lower(): value for key, value in front.items()}

    def text_of(*keys: str) -> str | None:
        for key in keys:
            value = lower.get(key)
            if isinstance(value, list):
                value = ", ".join(str(part) for part in value)
            if value not in (None, "") and not isinstance(value, dict):
                return clean(str(value)) or None
        return None

    about: dict[str, Any] = {
        "title": text_of("title", "headline"),
        "publisher": text_of("publisher", "publication", "site"),
        "author": text_of("author", "authors", "byline"),
        "published": _date_of(lower, "date", "published"),
        "modified": _date_of(lower, "modified", "updated", "lastmod"),
    }
    return {key: value for key, value in about.items() if value is not None}


def _date_of(front: Mapping[str, Any], *keys: str) -> dt.date | None:
    for key in keys:
        value = front.get(key)
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        if value not in (None, ""):
            found = find_date(str(value))
            if found is None:
                raise ReadError(f"front matter: {key} is {clean(str(value))!r}, not a date; write it as YYYY-MM-DD")
            return found
    return None


def read(document: Document) -> Reading:
    """The text without Markdown's marks. The title is the front matter's, or the first heading."""
    from markdown_it import MarkdownIt

    front, body, _ = split_front_matter(decode(document.raw, document.charset), document.name)
    if reason := too_much(body):
        raise ReadError(f"{reason}; cut it into parts")
    about = about_of(front)
    builder = TextBuilder()
    kind = "sentence"
    depth = 0
    first_of_list = False
    header: list[str] = []
    row: list[str] = []
    in_header = in_cell = False
    first_row = False
    headings: list[tuple[str, str]] = []
    level = ""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body):
        match token.type:
            case "heading_open":
                kind, level = "heading", token.tag
            case "heading_close":
                kind = "item" if depth else "sentence"
            case "bullet_list_open" | "ordered_list_open":
                if not depth:
                    first_of_list = True
                depth, kind = depth + 1, "item"
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
                kind = "item" if depth else "sentence"
            case "table_open":
                header, first_row = [], True
            case "thead_open" | "thead_close":
                in_header = token.type == "thead_open"
            case "tr_open":
                row = []
            case "th_open" | "td_open" | "th_close" | "td_close":
                in_cell = token.type.endswith("open")
            case "tr_close":
                if in_header:
                    header = row
                else:
                    builder.add(row_text(header, row), "row", same_paragraph=not first_row)
                    first_row = False
            case "inline":
                text = _inline(token.children or [])
                if in_cell:
                    row.append(text)
                else:
                    if kind == "heading":
                        headings.append((level, clean(text)))
                    builder.add(text, kind, same_paragraph=kind == "item" and not first_of_list)
                    first_of_list = first_of_list and kind != "item"
            case "html_block":
                builder.add(_without_tags(token.content))
            case "fence" | "code_block":
                for line in token.content.splitlines():
                    builder.add(line)
    if not about.get("title") and headings:
        about["title"] = next((text for tag, text in headings if tag == "h1"), headings[0][1])
    return builder.reading(**about, media_type="text/markdown")


def row_text(header: list[str], row: list[str]) -> str:
    """A table row as words that stand on their own: "Town: Arden; Jobs: 40"."""
    cells = [clean(cell) for cell in row]
    names = [clean(name) for name in header]
    if len(names) == len(cells) and any(names):
        parts = [f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=True) if cell]
    else:
        parts = [cell for cell in cells if cell]
    return "; ".join(parts)


def _inline(children: list[Any]) -> str:
    out: list[str] = []
    struck = 0
    hidden: list[str] = []  # the elements that hide what comes, until they are closed
    for child in children:
        match child.type:
            case "s_open":
                struck += 1
            case "s_close":
                struck -= 1
            case "html_inline" if tag := _TAG.match(child.content):
                name = tag["name"].lower()
                if tag["close"]:
                    if name in hidden:
                        del hidden[hidden.index(name) :]
                elif not child.content.endswith("/>") and (hidden or _hides(child.content)):
                    hidden.append(name)
            case "text" | "code_inline":
                # Struck-out words are what the writer no longer says.
                out.append("" if struck or hidden else child.content)
            case "softbreak" | "hardbreak":
                out.append("\n")
    return "".join(out)


_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][\w-]{0,20})")


def _hides(tag: str) -> bool:
    from factcheck.readers.html import HiddenBy, parse

    if not re.search(r"hidden|style", tag, re.IGNORECASE):
        return False
    soup = parse(tag + "x")
    HiddenBy(soup).remove(soup)
    return "x" not in soup.get_text()


def _without_tags(html: str) -> str:
    from factcheck.readers.html import HiddenBy, parse

    soup = parse(html)
    hidden = HiddenBy(soup)
    for unread in soup(["script", "style", "template", "noscript"]):
        unread.decompose()
    hidden.remove(soup)
    return soup.get_text(" ")
