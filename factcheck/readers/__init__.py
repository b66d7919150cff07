"""From the bytes of a document to its text, blocks, title and dates. One file per format, one line in ``READERS``.

Source bytes are hostile: a reader never runs, fetches or renders anything, and what
it returns is plain text without control characters, so that it can be printed.
A reader that cannot do its job raises ``ReadError`` and says what is in the way.
"""

from __future__ import annotations

import calendar
import datetime as dt
import importlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from factcheck.errors import FactcheckError
from factcheck.lookalikes import lookalikes
from factcheck.passages import Block


class ReadError(FactcheckError):
    """Why a document could not be read: what is in the way, and what to do about it."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a reader found. ``blocks`` are spans of ``text``; ``uri`` is set when the document names its own address.

    ``notes`` are things the user should know, such as text that could not be read. ``follow``
    is the address of the whole text, when this reading has only part of it or none.
    """

    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: dt.date | None = None
    modified: dt.date | None = None
    uri: str | None = None
    media_type: str = "text/plain"
    notes: tuple[str, ...] = ()
    follow: str | None = None


@dataclass(frozen=True, kw_only=True)
class Document:
    """The bytes to read, with what is known of them: a file name or address, and the declared type and charset."""

    raw: bytes
    name: str = ""
    media_type: str | None = None
    charset: str | None = None


# media type -> (function that reads it, suffixes). A new reader is one file and one line here.
READERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "text/html": ("factcheck.readers.html:read", (".html", ".htm", ".xhtml")),
    "text/markdown": ("factcheck.readers.markdown:read", (".md", ".markdown", ".mkd")),
    "text/plain": ("factcheck.readers.text:read", (".txt", ".text")),
    "text/csv": ("factcheck.readers.csv:read", (".csv", ".tsv")),
    "application/pdf": ("factcheck.readers.pdf:read", (".pdf",)),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (
        "factcheck.readers.docx:read",
        (".docx",),
    ),
    "application/rss+xml": ("factcheck.readers.feed:read", (".rss", ".atom")),
    "application/sitemap+xml": ("factcheck.readers.feed:read_sitemap", ()),
    "message/rfc822": ("factcheck.readers.mail:read", (".eml", ".mht", ".mhtml")),
}

_ALIASES = {
    "application/xhtml+xml": "text/html",
    "text/x-markdown": "text/markdown",
    "application/x-pdf": "application/pdf",
    "application/xml": "text/xml",
    "application/csv": "text/csv",
    "text/x-csv": "text/csv",
    "text/tab-separated-values": "text/csv",
    "application/atom+xml": "application/rss+xml",
    "multipart/related": "message/rfc822",
}


def read(document: Document) -> tuple[Reading, ...]:
    """The readings of a document: one, except for a feed, which gives one for each item that holds its text."""
    media_type = recognise(document)
    module, _, name = READERS[media_type][0].partition(":")
    reader: Callable[[Document], Reading | tuple[Reading, ...]] = getattr(importlib.import_module(module), name)
    try:
        found = reader(document)
    except (RecursionError, MemoryError) as error:
        raise ReadError("it is nested too deeply, or too large, to be read; save it as text") from error
    readings = found if isinstance(found, tuple) else (found,)
    if not any(reading.text.strip() or reading.follow for reading in readings):
        raise ReadError("no text was found in it; check that it is the document you meant")
    return tuple(_noted(reading) for reading in readings)


def _noted(reading: Reading) -> Reading:
    """The reading with a note of words in it that are not what a person reads."""
    odd = dict.fromkeys(one.message for one in lookalikes(f"{reading.title or ''}\n{reading.text}"))
    if not odd:
        return reading
    shown = "; ".join(list(odd)[:3]) + (f" and {len(odd) - 3} more" if len(odd) > 3 else "")
    return replace(reading, notes=(*reading.notes, shown))


def recognise(document: Document) -> str:
    """The media type that decides the reader: what the bytes show first, then what was declared, then the name.

    Bytes come first because servers and file names are often wrong about them.
    """
    sniffed = _sniff(document.raw)
    if sniffed in READERS:
        return sniffed
    if sniffed:
        raise ReadError(f"this is {_NAMES.get(sniffed, sniffed)}, which cannot be read; save it as text, HTML or PDF")
    declared = (document.media_type or "").split(";")[0].strip().lower()
    declared = _ALIASES.get(declared, declared)
    suffix = PurePosixPath(re.split(r"[?#]", document.name)[0]).suffix.lower()
    by_suffix = next((kind for kind, (_, suffixes) in READERS.items() if suffix and suffix in suffixes), None)
    if declared == "text/plain" and by_suffix:
        return by_suffix
    if declared in READERS:
        return declared
    if by_suffix:
        return by_suffix
    if declared and not declared.startswith("text/") and declared != "application/octet-stream":
        raise ReadError(f"its type is {declared}, which cannot be read; save it as text, HTML or PDF")
    if b"\x00" in document.raw[:4096] and not document.raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReadError("this is binary data of no known kind; save it as text, HTML or PDF")
    return "text/plain"


_NAMES = {"image": "an image", "archive": "an archive", "video": "sound or video", "office": "an Office file"}
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"ID3", "video"),
    (b"\xd0\xcf\x11\xe0", "office"),
)


def _sniff(raw: bytes) -> str | None:
    for magic, kind in _MAGIC:
        if raw.startswith(magic):
            return kind
    if raw[4:8] == b"ftyp":
        return "video"
    if raw.startswith(b"PK\x03\x04"):
        if b"word/" in raw:
            return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        return "office" if b"[Content_Types].xml" in raw[:2000] else "archive"
    head = raw[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<?xml", b"<!--", b"<!doctype", b"<")) and (element := _ROOTS.search(head)):
        return next(kind for kind, names in _ROOT_KINDS.items() if element[1] in names)
    return None


_ROOT_KINDS = {
    "application/rss+xml": (b"rss", b"feed", b"rdf:rdf"),
    "application/sitemap+xml": (b"urlset", b"sitemapindex"),
    "text/html": (b"html", b"head", b"body", b"!doctype html"),
}
_ROOTS = re.compile(rb"<(rss|feed|rdf:rdf|urlset|sitemapindex|html|head|body|!doctype html)(?=[\s>])")


# -- decoding -----------------------------------------------------------------


def decode(raw: bytes, *declared: str | None) -> str:
    """Text of bytes: a byte order mark, then UTF-8 if it fits, then the declared charsets, then the likeliest one.

    UTF-8 goes before what was declared because text in another charset almost never
    passes as UTF-8, while pages that declare the wrong charset are common.
    """
    import codecs

    for mark, charset in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if raw.startswith(mark):
            return raw.decode(charset, "replace").lstrip("\ufeff")
    stateful = any(
        (name or "").lower().startswith(("utf-16", "utf-32", "iso-2022", "utf-7", "hz")) for name in declared
    )
    for name in (*(declared if stateful else ()), "utf-8", *declared):
        charset = (name or "").strip().strip("\"'").lower()
        if not charset or charset in ("utf-7", "utf7"):
            continue
        # As browsers do: pages that say Latin-1 mean Windows-1252.
        charset = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252"}.get(
            charset, charset
        )
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    # Mostly ASCII with a few high bytes is English or French in Windows-1252; a detector needs more to go on.
    if sum(byte > 127 for byte in raw[:100_000]) < 0.3 * len(raw[:100_000]):
        return raw.decode("cp1252", "replace")
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:200_000], cp_exclusion=["utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_7"]).best()
    return raw.decode(best.encoding if best else "cp1252", "replace")


# -- building a text and its blocks --------------------------------------------------

# Characters that no text needs and that could deceive a reader or a terminal:
# controls, zero-width and direction marks, private use and lone surrogates.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\ud800-\udfff]"
)
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """One line of plain text: composed characters, single spaces, nothing that a terminal obeys."""
    text = unicodedata.normalize("NFC", text.replace("\x85", " "))
    return _SPACE.sub(" ", _UNWANTED.sub("", text.replace("\r", "\n"))).strip()


# Each takes some 30 microseconds and half a kilobyte until it is a passage: half a million letters on lines of their
# own would take as long as a library.
MAX_BLOCKS = 250_000


@dataclass
class TextBuilder:
    """Collects blocks and joins them into one text with exact offsets."""

    parts: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    length: int = 0
    paragraph: int = -1

    def add(self, text: str, kind: str = "sentence", *, same_paragraph: bool = False) -> None:
        """Append a block. ``same_paragraph`` keeps it with the one before, as items of one list are."""
        text = clean(text)
        if not text:
            return
        if len(self.blocks) == MAX_BLOCKS:
            raise ReadError(f"it has more than {MAX_BLOCKS:,} paragraphs or rows; cut it into parts")
        same_paragraph = same_paragraph and bool(self.blocks)
        if not same_paragraph:
            self.paragraph += 1
        if self.parts:
            gap = "\n" if same_paragraph else "\n\n"
            self.parts.append(gap)
            self.length += len(gap)
        self.blocks.append(Block(kind=kind, start=self.length, end=self.length + len(text), paragraph=self.paragraph))
        self.parts.append(text)
        self.length += len(text)

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def reading(self, **about: Any) -> Reading:
        return Reading(text=self.text, blocks=tuple(self.blocks), **about)


# -- dates as documents write them ------------------------------------------------------

_MONTHS = {
    name: number
    for number, full in enumerate(calendar.month_name)
    for name in (full.lower(), full[:3].lower(), *(["sept"] if number == 9 else []))
    if number
}
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_ISO = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:T?\d{4,6}Z?)?(?!\d)")
_DAY_FIRST = re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -]{_MONTH},?[ -](?P<year>(?:19|20)\d\d)\b")
_MONTH_FIRST = re.compile(rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>(?:19|20)\d\d)\b")


def find_date(text: str) -> dt.date | None:
    """The first full date in a text: ISO 8601, 20240503, 3 May 2024, May 3, 2024. 03/05/2024 is not guessed at."""
    found: list[tuple[int, dt.date]] = []
    for pattern in (_ISO, _DAY_FIRST, _MONTH_FIRST, _COMPACT):
        for match in pattern.finditer(text):
            month = match["month"]
            number = int(month) if month.isdigit() else _MONTHS.get(month.lower())
            if number is None:
                continue
            try:
                found.append((match.start(), dt.date(int(match["year"]), number, int(match["day"]))))
            except ValueError:
                continue
            break
        if found and pattern is not _DAY_FIRST:
            break
    return min(found)[1] if found else None


__all__ = [
    "READERS",
    "Document",
    "ReadError",
    "Reading",
    "TextBuilder",
    "clean",
    "decode",
    "find_date",
    "read",
    "recognise",
]
