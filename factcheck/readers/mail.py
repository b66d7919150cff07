"""Saved mail (.eml) and saved pages (.mhtml): the message's own words, with subject, sender and date."""

from __future__ import annotations

import datetime as dt
import email
import email.errors
import email.policy
import re
from email.message import EmailMessage
from typing import Any

from factcheck.readers import Document, ReadError, Reading, TextBuilder, clean

# Python's mail parser lets its own errors through where a header or a part breaks the format's rules.
_BROKEN = (
    email.errors.MessageError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
)
# Parts within parts; a forwarded message has a few.
MAX_DEPTH = 20
# Python takes a header apart in time that grows with the square of its length; a long list of recipients has 10,000.
MAX_HEADER = 32_000
_NAMED = re.compile(rb"[A-Za-z-]{1,60}:")


def read(document: Document) -> Reading:
    """The text of a message, without the messages it quotes. Attachments are named in a note and not read."""
    try:
        return _read(document)
    except _BROKEN as error:
        raise ReadError(
            f"the message is damaged ({type(error).__name__}); save it again from the mail program"
        ) from error


def _read(document: Document) -> Reading:
    length = 0
    for line in document.raw.splitlines():
        # A header and the lines that go on with it. A long line of a text that only looks like one is refused too.
        length = len(line) if _NAMED.match(line) else length + len(line) if length and line[:1] in (b" ", b"\t") else 0
        if length > MAX_HEADER:
            raise ReadError(f"a header of it has more than {MAX_HEADER:,} characters; save the text of the message")
    message = email.message_from_bytes(document.raw, policy=email.policy.default)
    if _depth(message) > MAX_DEPTH:
        raise ReadError("its parts are nested too deeply; save the text of the message instead")
    subject = _header(message, "subject")
    body = message.get_body(("plain", "html")) if message.is_multipart() or subject else None
    if body is None:
        raise ReadError("this is not a mail message, or one without text; save it again from the mail program")
    raw = body.get_payload(decode=True)
    inner = Document(
        raw=raw if isinstance(raw, bytes) else b"",
        name=_header(message, "snapshot-content-location") or _header(message, "content-location"),
        media_type=body.get_content_type(),
        charset=body.get_content_charset(),
    )
    notes: list[str] = []
    if body.get_content_type() == "text/html":
        from factcheck.readers.html import read as read_html

        reading = read_html(inner)
        if inner.name:
            return reading  # a saved page says everything of itself
        builder = TextBuilder()
        for block in reading.blocks:
            builder.add(reading.text[block.start : block.end], block.kind)
    else:
        from factcheck.passages import find_blocks
        from factcheck.readers import decode

        text = decode(inner.raw, inner.charset)
        lines = text.splitlines()
        own = [line for line in lines if not line.startswith(">")]
        if len(own) < len(lines):
            notes.append("quoted lines of earlier messages were left out")
        text = "\n".join(own)
        builder = TextBuilder()
        for block in find_blocks(text):
            builder.add(text[block.start : block.end], block.kind)
    attached = [name for part in message.iter_attachments() if (name := part.get_filename())]
    if attached:
        notes.append(f"attachments were not read: {clean(', '.join(attached))[:200]}; add them as files")
    return builder.reading(
        title=clean(subject) or None,
        author=clean(_header(message, "from")) or None,
        published=_day(message),
        media_type="message/rfc822",
        notes=tuple(notes),
    )


def _depth(message: EmailMessage) -> int:
    deepest = 0
    waiting: list[tuple[Any, int]] = [(message, 1)]
    while waiting:
        part, depth = waiting.pop()
        deepest = max(deepest, depth)
        if part.is_multipart():
            waiting += [(inner, depth + 1) for inner in part.iter_parts()]
    return deepest


def _header(message: EmailMessage, name: str) -> str:
    """A header's text; "" for one that is missing or cannot be read, which is no reason to leave the text unread."""
    try:
        return str(message[name] or "")
    except _BROKEN:
        return ""


def _day(message: EmailMessage) -> dt.date | None:
    try:
        moment = getattr(message["date"], "datetime", None)
    except _BROKEN:
        return None
    return moment.date() if moment else None
