"""PDF: the text layer, page by page, without running heads; scanned and locked files are refused in words."""

from __future__ import annotations

import io
import re
from collections import Counter

from factcheck.passages import find_blocks
from factcheck.readers import Document, ReadError, Reading, TextBuilder, clean
from factcheck.readers.text import date_near_the_top

MAX_PAGES = 2000
# Fewer letters than this on a page is a picture of a page, or a cover.
_LETTERS_ON_A_PAGE = 20


def read(document: Document) -> Reading:
    """The text of every page, lines joined into paragraphs. Pages without text are named in a note."""
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    # pypdf reports every flaw of a file as a warning of its own; what matters becomes one line here.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        pdf = PdfReader(io.BytesIO(document.raw))
        if pdf.is_encrypted and not pdf.decrypt(""):
            raise ReadError("the PDF is locked with a password; save a copy without one")
        if len(pdf.pages) > MAX_PAGES:
            raise ReadError(f"the PDF has {len(pdf.pages)} pages, over the limit of {MAX_PAGES}; split it")
        pages = [page.extract_text() or "" for page in pdf.pages]
        about = pdf.metadata
    except ReadError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OSError) as error:
        # pypdf lets Python's own errors through where a file breaks the format's rules.
        raise ReadError(f"the PDF is damaged ({type(error).__name__}); open it and save it again") from error
    except ImportError as error:
        raise ReadError(
            "the PDF is locked in a way that needs the cryptography package; save a copy without it"
        ) from error

    blank = [n for n, page in enumerate(pages, start=1) if sum(c.isalpha() for c in page) < _LETTERS_ON_A_PAGE]
    if len(blank) == len(pages):
        raise ReadError("the PDF holds pictures of pages and no text; run it through text recognition (OCR) first")
    builder = TextBuilder()
    text = _joined(_without_running_heads([page.splitlines() for page in pages]))
    paragraph = -1
    for block in find_blocks(text):
        builder.add(text[block.start : block.end], block.kind, same_paragraph=block.paragraph == paragraph)
        paragraph = block.paragraph
    title = clean(str(about.title)) if about and about.title else ""
    # Programs put the file's name where the title should be.
    if not title or re.search(r"\.\w{2,5}$|^(?:untitled|microsoft word|document\d*)\b", title, re.IGNORECASE):
        first = builder.text[builder.blocks[0].start : builder.blocks[0].end] if builder.blocks else ""
        title = first if 0 < len(first) <= 160 else ""
    notes = (
        [f"no text could be read on {_numbers(blank)}; run the file through text recognition (OCR)"] if blank else []
    )
    return builder.reading(
        title=title or None,
        author=clean(str(about.author)) if about and about.author else None,
        published=date_near_the_top(builder),
        media_type="application/pdf",
        notes=tuple(notes),
    )


def _without_running_heads(pages: list[list[str]]) -> list[list[str]]:
    """Pages without the lines that stand at the top or foot of most of them, and without page numbers."""

    def plain(line: str) -> str:
        return re.sub(r"\d+", "#", clean(line)).casefold()

    edges = Counter(key for page in pages for key in {plain(line) for line in [*page[:2], *page[-2:]] if line.strip()})
    running = {key for key, count in edges.items() if len(pages) >= 3 and count > 0.5 * len(pages)}
    kept = []
    for page in pages:
        last = len(page) - 1
        kept.append(
            [
                line
                for n, line in enumerate(page)
                if not (
                    (n < 2 or n > last - 2)
                    and (plain(line) in running or re.fullmatch(r"(?:page )?#(?: of #)?|- # -", plain(line)))
                )
            ]
        )
    return kept


def _joined(pages: list[list[str]]) -> str:
    """One text: words broken at a line's end made whole, paragraphs that run over a page's end joined."""
    text = ""
    for page in pages:
        part = "\n".join(line.rstrip() for line in page).strip("\n")
        if not part:
            continue
        runs_on = text and not re.search(r"[.!?:”\"’)]\s*$", text) and part[:1].islower()
        text += ("\n" if runs_on else "\n\n") + part if text else part
    return re.sub(r"(?<=[a-zé]{2})-\n(?=[a-zé]{2})", "", text)


def _numbers(pages: list[int]) -> str:
    shown = ", ".join(str(page) for page in pages[:8]) + (" and others" if len(pages) > 8 else "")
    return f"page {shown}" if len(pages) == 1 else f"pages {shown}"
