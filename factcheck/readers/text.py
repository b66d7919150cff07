"""Plain text: paragraphs, a headline on its own line, a dateline; front matter if there is any."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from factcheck.passages import find_blocks
from factcheck.readers import Document, Reading, TextBuilder, decode, find_date
from factcheck.readers.markdown import about_of, split_front_matter

# "LONDON, Aug 6, 2025 (Northline) - British food group ..."
_DATELINE = re.compile(r"^[A-Z][A-Z .,'’-]{2,40},?\s+[^()]{0,30}?\b(?:19|20)\d\d\b")
_HEADLINE_LENGTH = 160


def read(document: Document) -> Reading:
    """The text as paragraphs, each on one line. The title is the front matter's or the headline; the date likewise."""
    front, body, _ = split_front_matter(decode(document.raw, document.charset), document.name)
    about = about_of(front)
    builder = TextBuilder()
    paragraph = -1
    for block in find_blocks(body):
        builder.add(body[block.start : block.end], block.kind, same_paragraph=block.paragraph == paragraph)
        paragraph = block.paragraph
    first = builder.text[: builder.blocks[0].end] if builder.blocks else ""
    if first and builder.blocks[0].kind == "sentence" and _is_headline(first, alone=len(builder.blocks) == 1):
        builder.blocks[0] = replace(builder.blocks[0], kind="heading")
        about.setdefault("title", first)
    if not about.get("published"):
        about["published"] = date_near_the_top(builder)
    return builder.reading(**about, media_type="text/plain")


def date_near_the_top(builder: TextBuilder) -> dt.date | None:
    """The date of a line that is a date or opens as a dateline: a date in running text is not the text's own."""
    for block in builder.blocks[:4]:
        text = builder.text[block.start : block.end]
        line = re.sub(r"^(?:published|updated|posted|date)?\s*:?\s*(?:on\s+)?", "", text, flags=re.IGNORECASE)
        dateline = _DATELINE.match(text)
        if (dateline or len(line) <= 40) and (found := find_date(dateline[0] if dateline else line)):
            return found
    return None


def _is_headline(text: str, *, alone: bool) -> bool:
    return not alone and len(text) <= _HEADLINE_LENGTH and text[-1] not in ".:;,…"
