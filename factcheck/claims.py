"""Reading claims files: YAML, with the exact place of every claim and of every mistake.

``read_claims`` returns claims or raises every mistake of the file at once, one line
each. The file is parsed from PyYAML's events rather than loaded, because a loaded
document has forgotten where its values stood, lets a repeated key win silently, and
follows aliases without limit.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from factcheck.domain import Claim, Location, VerdictLabel
from factcheck.errors import InputError, InputErrors
from factcheck.reporters import printable
from factcheck.sources import holds_credentials

FILE_KEYS = ("claims", "about", "as_of", "sources")
CLAIM_KEYS = ("text", "id", "about", "sources", "as_of", "expect")

MAX_BYTES = 20_000_000  # a claims file of this size is a mistake, most often the wrong file
MAX_CLAIM = 2_000  # characters; the models read far less, and must not judge half a claim in silence
MAX_DEPTH = 8

# What YAML allows in a file, less what no editor shows.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
LINE_END = re.compile(r"\r\n|\r|\n")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = yaml.resolver.Resolver()
_STR, _NULL, _INT = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null", "tag:yaml.org,2002:int"
_KINDS = {
    _NULL: "nothing",
    _INT: "a number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:bool": "yes or no",
    "tag:yaml.org,2002:timestamp": "a date",
    "tag:yaml.org,2002:merge": "a merge key",
}

_PLAIN_TAGS = {None, "!", _STR, *_KINDS, "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"}


def load_claims(path: str) -> tuple[Claim, ...]:
    """The claims of the file at ``path`` ("-" is standard input), in the order of the file."""
    name = "<stdin>" if path == "-" else path
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if path == "-" else _read_bytes(Path(path))
    except FileNotFoundError:
        raise InputError(name, None, None, "there is no such file", "check the path", rule="FC101") from None
    except IsADirectoryError:
        raise InputError(name, None, None, "this is a folder", f"name the files: {path}/*.yaml", rule="FC101") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(name, None, None, f"cannot read the file: {reason}", "check it", rule="FC101") from None
    if len(data) > MAX_BYTES:
        raise InputError(name, None, None, "the file is over 20 MB", "is it a claims file? Split it", rule="FC101")
    return read_claims(decode(data, name), name)


def _read_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def decode(data: bytes, path: str) -> str:
    """UTF-8 text, without its byte order mark; anything else is an error at its exact place."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = Positions(data[: error.start].decode("utf-8"))
        line, column = place.at(len(place.text))
        raise InputError(
            path, line, column, f"this is not UTF-8 (byte 0x{data[error.start]:02x})", "save the file as UTF-8"
        ) from None
    return text.removeprefix("\ufeff")


class Positions:
    """Line and column, from 1 and in characters, of any offset of a text. LF, CRLF and CR end lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in LINE_END.finditer(text))]

    def at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column; past the text's end for a place that it does not have."""
        return self._starts[line - 1] + column - 1 if line <= len(self._starts) else len(self.text)

    def location(self, path: str, start: int, end: int) -> Location:
        """The span ``text[start:end]``; its end is the place just after it."""
        line, column = self.at(start)
        end_line, end_column = self.at(end)
        return Location(path=path, line=line, column=column, end_line=end_line, end_column=end_column)


@dataclass(frozen=True, kw_only=True)
class _Node:
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class _Scalar(_Node):
    value: str
    tag: str


@dataclass(frozen=True, kw_only=True)
class _List(_Node):
    items: tuple[_Node, ...]


@dataclass(frozen=True, kw_only=True)
class _Map(_Node):
    items: tuple[tuple[_Scalar, _Node], ...]


def _start(event: Any) -> int:
    return int(event.start_mark.index)


def _end(event: Any) -> int:
    return int(event.end_mark.index)


class _Parser:
    """YAML events to nodes that keep their offsets. No alias of a collection, no repeated key, no custom tag."""

    def __init__(self, positions: Positions, path: str) -> None:
        self.positions = positions
        self.path = path
        self.errors: list[InputError] = []
        self._anchors: dict[str, _Scalar | None] = {}

    def error(self, offset: int, message: str, hint: str, rule: str = "FC102") -> InputError:
        return InputError(self.path, *self.positions.at(offset), message, hint, rule=rule)

    def complain(self, offset: int, message: str, hint: str, rule: str) -> None:
        self.errors.append(self.error(offset, message, hint, rule))

    def document(self) -> _Node | None:
        text = self.positions.text
        if bad := _UNPRINTABLE.search(text):
            raise self.error(bad.start(), f"unprintable character U+{ord(bad[0]):04X}", "delete it")
        try:
            events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
            root: _Node | None = None
            for event in events:
                if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                    raise self.error(_start(event), "a second YAML document", "use one file for each")
                if isinstance(event, yaml.NodeEvent):
                    root = self._node(event, events, 0)
            return root
        except yaml.MarkedYAMLError as error:
            raise self._syntax(error) from None

    def _syntax(self, error: yaml.MarkedYAMLError) -> InputError:
        text = self.positions.text
        mark = error.problem_mark or error.context_mark
        if error.context_mark and "end of stream" in (error.problem or ""):
            mark = error.context_mark  # where the quote or bracket was opened
        offset = min(mark.index, len(text)) if mark else 0
        line_start = text.rfind("\n", 0, offset) + 1
        indent = re.match(r"[ \t]*", text[line_start:])
        tab = text.find("\t", line_start, line_start + len(indent[0])) if indent else -1
        if tab >= 0:
            return self.error(tab, "a tab indents this line", "indent with spaces; YAML does not allow tabs here")
        problem = (error.problem or "not well-formed YAML").replace("\n", " ")
        if "mapping values are not allowed" in problem:
            hint = "put text that holds a colon in quotes"
        elif text[offset : offset + 1] in set("@`%&*!|>"):
            hint = "put text that starts with this character in quotes"
        else:
            hint = "check the quotes, brackets and indentation here"
        return self.error(offset, f"not YAML: {_short(problem, 200)}", hint)

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> _Node:
        start = event.start_mark.index
        if depth > MAX_DEPTH:
            raise self.error(start, "nested too deeply", "a claims file has lists and mappings two levels deep")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        tag = getattr(event, "tag", None)
        if tag not in _PLAIN_TAGS:
            named = _short(str(tag))
            raise self.error(start, f"the tag {named} is not allowed", "delete it; claims files hold plain YAML")
        if isinstance(event, yaml.ScalarEvent):
            resolved = _RESOLVER.resolve(yaml.ScalarNode, event.value, event.implicit) if tag in (None, "!") else tag
            end = self._trim(start, _end(event))
            scalar = _Scalar(start=start, end=end, value=event.value, tag=resolved)
            if event.anchor:
                self._anchors[event.anchor] = scalar
            return scalar
        if event.anchor:
            self._anchors[event.anchor] = None
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[_Node] = []
            while not isinstance(child := next(events), yaml.SequenceEndEvent):
                items.append(self._node(child, events, depth + 1))
            return _List(start=start, end=self._trim(start, _end(child)), items=tuple(items))
        pairs: dict[str, tuple[_Scalar, _Node]] = {}
        while not isinstance(child := next(events), yaml.MappingEndEvent):
            key = self._node(child, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(key, _Scalar):
                raise self.error(key.start, "a key must be plain text", f"keys are {', '.join(CLAIM_KEYS)}")
            if key.value in pairs:
                first = self.positions.at(pairs[key.value][0].start)[0]
                message = f'the key "{_short(key.value)}" is already given in line {first}'
                self.complain(key.start, message, "delete one of them", "FC103")
            else:
                pairs[key.value] = (key, value)
        return _Map(start=start, end=self._trim(start, _end(child)), items=tuple(pairs.values()))

    def _alias(self, event: Any) -> _Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        if event.anchor not in self._anchors:
            named = _short(event.anchor)
            raise self.error(start, f"the alias *{named} has no anchor", "put text that starts with * in quotes")
        target = self._anchors[event.anchor]
        if target is None:  # lists of aliases of lists grow without bound
            raise self.error(
                start, f"*{event.anchor} stands for a list or mapping", "write it out; only text may be reused"
            )
        return _Scalar(start=start, end=end, value=target.value, tag=target.tag)

    def _trim(self, start: int, end: int) -> int:
        """YAML ends block text at the next token; people end it at its last character."""
        return max(start, start + len(self.positions.text[start:end].rstrip()))


def read_claims(text: str, path: str) -> tuple[Claim, ...]:
    """The claims of a claims file's text. ``path`` is only for messages and locations."""
    parser = _Parser(Positions(text), path)
    root = parser.document()
    claims = _Reader(parser).file(root)
    if parser.errors:
        unique = {str(error): error for error in parser.errors}
        errors = sorted(unique.values(), key=lambda e: (e.line or 0, e.column or 0))
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    return claims


@dataclass(frozen=True, kw_only=True)
class _Defaults:
    about: str | None = None
    as_of: dt.date | None = None
    sources: tuple[str, ...] | None = None


class _Reader:
    """Nodes to claims. Notes what is wrong and goes on, so that one run shows every mistake."""

    def __init__(self, parser: _Parser) -> None:
        self.parser = parser
        self.complain = parser.complain

    def file(self, root: _Node | None) -> tuple[Claim, ...]:
        if root is None or (isinstance(root, _Scalar) and root.tag == _NULL):
            self.complain(0, "the file is empty", 'write "claims:" and under it a list of claims', "FC106")
            return ()
        if not isinstance(root, _Map):
            what = "a list" if isinstance(root, _List) else "text"
            hint = 'put "claims:" above it' if isinstance(root, _List) else 'write "claims:" and under it a list'
            self.complain(root.start, f'the file holds {what} instead of the key "claims"', hint, "FC104")
            return ()
        values = self.keys(root, FILE_KEYS, "a claims file")
        defaults = _Defaults(
            about=self.text(values.get("about"), "about"),
            as_of=self.date(values.get("as_of"), "as_of"),
            sources=self.sources(values.get("sources")),
        )
        node = values.get("claims")
        if node is None:
            self.complain(root.start, 'the key "claims" is missing', "add it, with a list of claims", "FC106")
            return ()
        if not isinstance(node, _List):
            if isinstance(node, _Scalar) and node.tag == _NULL:
                self.complain(
                    node.start, '"claims" is empty', 'add at least one claim: "- eleven signatories"', "FC106"
                )
            else:
                self.complain(node.start, '"claims" must be a list', 'start each claim with "- "', "FC104")
            return ()
        if not node.items:
            self.complain(node.start, '"claims" is empty', 'add at least one claim: "- eleven signatories"', "FC106")
        return self.claims(node, defaults)

    def claims(self, node: _List, defaults: _Defaults) -> tuple[Claim, ...]:
        claims: list[Claim] = []
        given: dict[str, _Node] = {}
        unnamed: list[int] = []
        for item in node.items:
            id_node, claim = self.claim(item, defaults)
            if claim is None:
                continue
            if id_node is None:
                unnamed.append(len(claims))
            elif claim.id in given:
                line = self.parser.positions.at(given[claim.id].start)[0]
                message = f'the id "{claim.id}" is already used in line {line}'
                self.complain(id_node.start, message, "give each claim its own id", "FC105")
            else:
                given[claim.id] = id_node
            claims.append(claim)
        taken = set(given)
        for index in unnamed:
            claims[index] = _with_id(claims[index], taken)
        return tuple(claims)

    def claim(self, node: _Node, defaults: _Defaults) -> tuple[_Node | None, Claim | None]:
        if isinstance(node, _Map):
            values = self.keys(
                node, CLAIM_KEYS, "a claim", text_with_colon="text" not in {k.value for k, _ in node.items}
            )
            text_node = values.get("text")
            if text_node is None:
                if values or not node.items:
                    self.complain(node.start, 'the claim has no "text"', "add it", "FC106")
                return None, None
        elif isinstance(node, _Scalar):
            values, text_node = {}, node
        else:
            self.complain(
                node.start, "a claim is text or a mapping, not a list", 'write "- eleven signatories"', "FC104"
            )
            return None, None
        text = self.text(text_node, "text")
        if text is not None and len(text) > MAX_CLAIM:
            message = f"the claim has {len(text):,} characters; at most {MAX_CLAIM:,} can be judged as one"
            self.complain(text_node.start, message, "split it into claims of a sentence each", "FC104")
        own_about = self.text(values.get("about"), "about")
        own_date = self.date(values.get("as_of"), "as_of")
        own_sources = self.sources(values.get("sources"))
        expect = self.expect(values.get("expect"))
        id_node = values.get("id")
        claim_id = self.id(id_node)
        if text is None:
            return None, None
        return id_node, Claim(
            id=claim_id or "",
            text=text,
            about=own_about if own_about is not None else defaults.about,
            as_of=own_date or defaults.as_of,
            sources=own_sources if own_sources is not None else defaults.sources,
            expect=expect,
            location=self.parser.positions.location(self.parser.path, text_node.start, text_node.end),
        )

    def keys(
        self, node: _Map, known: tuple[str, ...], where: str, *, text_with_colon: bool = False
    ) -> dict[str, _Node]:
        values: dict[str, _Node] = {}
        for key, value in node.items:
            if key.value in known:
                values[key.value] = value
                continue
            if close := difflib.get_close_matches(key.value.lower().replace("-", "_"), known, n=1, cutoff=0.6):
                hint = f'did you mean "{close[0]}"?'
            elif text_with_colon:
                hint = "put a claim that holds a colon in quotes"
            else:
                hint = f"the keys are {', '.join(known)}"
            self.complain(key.start, f'unknown key "{_short(key.value)}" in {where}', hint, "FC103")
        return values

    def text(self, node: _Node | None, key: str) -> str | None:
        if node is None:
            return None
        if not isinstance(node, _Scalar):
            self.complain(node.start, f'"{key}" must be text', "write it as one line of text", "FC104")
            return None
        if node.tag != _STR:
            kind = _KINDS.get(node.tag, "not text")
            hint = f'put it in quotes: "{_short(node.value)}"' if node.value else "write its text, or delete it"
            self.complain(node.start, f'"{key}" must be text, but this is {kind}', hint, "FC104")
            return None
        text = " ".join(node.value.split())
        if not text:
            self.complain(node.start, f'"{key}" is empty', "write its text, or delete it", "FC104")
            return None
        return text

    def id(self, node: _Node | None) -> str | None:
        if isinstance(node, _Scalar) and node.tag == _INT:
            return node.value
        return self.text(node, "id")

    def date(self, node: _Node | None, key: str) -> dt.date | None:
        if node is None:
            return None
        if isinstance(node, _Scalar) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.value):
            try:
                return dt.date.fromisoformat(node.value)
            except ValueError:
                self.complain(node.start, f'"{key}" is not a day of the calendar', "check month and day", "FC104")
                return None
        self.complain(node.start, f'"{key}" must be a date', "write it as 2019-06-06", "FC104")
        return None

    def sources(self, node: _Node | None) -> tuple[str, ...] | None:
        if node is None:
            return None
        if not isinstance(node, _List):
            self.complain(node.start, '"sources" must be a list', 'write one source a line, each after "- "', "FC104")
            return None
        if not node.items:
            self.complain(node.start, '"sources" is empty', "name a source, or delete the key to use them all", "FC104")
            return None
        named = [self.text(item, "sources") for item in node.items]
        for item, name in zip(node.items, named, strict=True):
            if name is not None and holds_credentials(name):
                self.complain(item.start, "the address holds a user name or password", "leave it out", "FC104")
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def expect(self, node: _Node | None) -> VerdictLabel | None:
        if node is None:
            return None
        labels = [label.value for label in VerdictLabel]
        if isinstance(node, _Scalar) and node.value in labels:
            return VerdictLabel(node.value)
        close = difflib.get_close_matches(node.value.lower(), labels, n=1) if isinstance(node, _Scalar) else []
        hint = f'did you mean "{close[0]}"?' if close else f"write one of {', '.join(labels)}"
        self.complain(node.start, '"expect" must be a verdict', hint, "FC104")
        return None


def _with_id(claim: Claim, taken: set[str]) -> Claim:
    """Names a claim after its words, so that moving it or adding others does not rename it."""
    words = re.findall(r"\w+", claim.text.lower())
    slug = "-".join(words)[:48].rsplit("-", 1)[0] if len("-".join(words)) > 48 else "-".join(words)
    slug = slug or "claim"
    name, count = slug, 1
    while name in taken:
        count += 1
        name = f"{slug}-{count}"
    taken.add(name)
    return replace(claim, id=name)


def _short(text: str, most: int = 60) -> str:
    text = printable(text)
    return text if len(text) <= most else text[: most - 3] + "..."
