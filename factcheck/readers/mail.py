"""Saved mail (.eml) and saved pages (.mhtml): the message's own words, with subject, sender and date."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from email.message import EmailMessage

from factcheck.readers import Document, ReadError, Reading, TextBuilder, clean


def read(document: Document) -> Reading:
    """The text of a message, without the messages it quotes. Attachments are named in a note and not read."""
    message = email.message_from_bytes(document.raw, policy=email.policy.default)
    body = message.get_body(("plain", "html")) if message.is_multipart() or message["subject"] else None
    if body is None:
        raise ReadError("this is not a mail message, or one without text; save it again from the mail program")
    raw = body.get_payload(decode=True)
    inner = Document(
        raw=raw if isinstance(raw, bytes) else b"",
        name=str(message.get("snapshot-content-location") or message.get("content-location") or ""),
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
        title=clean(str(message["subject"])) or None if message["subject"] else None,
        author=clean(str(message["from"])) if message["from"] else None,
        published=_day(message),
        media_type="message/rfc822",
        notes=tuple(notes),
    )


def _day(message: EmailMessage) -> dt.date | None:
    moment = getattr(message["date"], "datetime", None)
    return moment.date() if moment else None
