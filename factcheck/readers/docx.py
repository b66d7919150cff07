"""Word files (.docx): paragraphs, headings, lists and tables as they read with all changes accepted."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from docx.opc.exceptions import OpcError
from docx.oxml.exceptions import XmlchemyError

from factcheck.readers import Document, ReadError, Reading, TextBuilder, clean
from factcheck.readers.markdown import row_text
from factcheck.readers.text import date_near_the_top

# Pictures are not unpacked; a book's text is a few megabytes of XML, which takes ten times as much when it is read.
MAX_UNPACKED_BYTES = 200_000_000
MAX_XML_BYTES = 24_000_000

# python-docx believes what a file says of itself, and lets Python's own errors through where that is wrong.
BROKEN = (
    *(
        OpcError,
        XmlchemyError,
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        SyntaxError,
        EOFError,
        OSError,
        RuntimeError,
    ),
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError),
)


def read(document: Document) -> Reading:
    """The text in its order. Deleted, hidden and commented text is left out; insertions are text."""
    try:
        refuse_bomb(document.raw)
        return _read(document)
    except (ReadError, RecursionError):
        raise
    except BROKEN as error:
        raise ReadError("the Word file is damaged or locked with a password; open it and save it again") from error


def refuse_bomb(raw: bytes) -> None:
    """A small file can unpack to gigabytes: its parts say how large they are, and none is read for more than that."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
            raise ReadError(f"the file unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB; save it as text")
        if sum(e.file_size for e in entries if e.filename.endswith((".xml", ".rels"))) > MAX_XML_BYTES:
            raise ReadError(f"its text unpacks to more than {MAX_XML_BYTES // 1_000_000} MB; save it as text")


def refuse_spans(word: Any) -> None:
    """A cell may say that it is as wide as a billion columns, and is then given back a billion times."""
    for span in word.element.body.iter(f"{_W}gridSpan"):
        width = str(span.get(f"{_W}val", ""))
        if not (width.isdigit() and len(width) <= 3):
            raise ReadError("a table in it has cells wider than any page; save it as text")


def _read(document: Document) -> Reading:
    import docx
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    word = docx.Document(io.BytesIO(document.raw))
    refuse_spans(word)
    builder = TextBuilder()
    title = ""
    in_list = False
    for part in word.iter_inner_content():
        if isinstance(part, Paragraph):
            text = _text(part._p)
            style = str(part.style.name if part.style is not None else "").lower()
            numbered = part._p.pPr is not None and part._p.pPr.numPr is not None
            item = numbered or style.startswith("list")
            kind = "heading" if style.startswith(("heading", "title")) else "item" if item else "sentence"
            if kind == "heading" and not title:
                title = clean(text)
            builder.add(text, kind, same_paragraph=item and in_list)
            in_list = item and bool(clean(text))
        elif isinstance(part, Table):
            rows = [[_cell(cell) for cell in row.cells] for row in part.rows]
            header = rows[0] if len(rows) > 1 else []
            for number, row in enumerate(rows[1:] if header else rows):
                builder.add(row_text(header, row), "row", same_paragraph=number > 0)
            in_list = False
    about = word.core_properties
    return builder.reading(
        title=clean(about.title or "") or title or None,
        author=clean(about.author or "") or None,
        published=date_near_the_top(builder),
        media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    )


def _cell(cell: Any) -> str:
    return " ".join(_text(paragraph._p) for paragraph in cell.paragraphs)


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _text(element: Any) -> str:
    """The text of a paragraph's runs, inserted ones too; deleted runs hold their words under another name."""
    out: list[str] = []
    for run in element.iter(f"{_W}r"):
        properties = run.find(f"{_W}rPr")
        if properties is not None and any(
            properties.find(f"{_W}{name}") is not None for name in ("vanish", "strike", "dstrike")
        ):
            continue
        if properties is not None and _unseen(run, properties):
            continue
        for child in run:
            if child.tag == f"{_W}t":
                out.append(child.text or "")
            elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
                out.append(" ")
    return "".join(out)


def _unseen(run: Any, properties: Any) -> bool:
    """Whether nobody sees a run: letters of two points or less, or white ones on a ground that nothing makes dark."""
    size = properties.find(f"{_W}sz")
    half_points = str(size.get(f"{_W}val", "")) if size is not None else ""
    if half_points.isdigit() and int(half_points) <= 4:
        return True
    colour = properties.find(f"{_W}color")
    if colour is None or str(colour.get(f"{_W}val", "")).upper() != "FFFFFF":
        return False
    if properties.find(f"{_W}highlight") is not None or properties.find(f"{_W}shd") is not None:
        return False
    shades = (f"{_W}pPr/{_W}shd", f"{_W}tcPr/{_W}shd", f"{_W}tblPr/{_W}shd")
    return not any(holder.find(shade) is not None for holder in run.iterancestors() for shade in shades)
