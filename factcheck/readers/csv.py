"""Tables in CSV or TSV: each row a passage that names its columns, "Town: Arden; Jobs: 40"."""

from __future__ import annotations

import csv
import re

from factcheck.readers import Document, ReadError, Reading, TextBuilder, clean, decode
from factcheck.readers.markdown import row_text

MAX_ROWS = 100_000


def read(document: Document) -> Reading:
    """The rows in order. The first row names the columns when none of it looks like a value."""
    text = decode(document.raw, document.charset)
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:20_000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel_tab if "\t" in text[:2000] else csv.excel
    rows: list[list[str]] = []
    try:
        for row in csv.reader(text.splitlines(keepends=True), dialect):
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) > MAX_ROWS:
                raise ReadError(f"the table has more than {MAX_ROWS:,} rows; keep the part you need")
    except csv.Error as error:
        raise ReadError(f"row {len(rows) + 1}: {error}; check its quotes") from error
    if not rows:
        raise ReadError("the table has no rows; check that it was saved")
    # A line above the table, with fewer cells than its columns, says what the table is.
    title = None
    if len(rows) > 2 and sum(bool(cell.strip()) for cell in rows[0]) == 1 and len(rows[1]) > 1:
        title = clean(" ".join(rows.pop(0))) or None
    named = len(rows) > 1 and not any(re.search(r"\d", cell) and not re.search(r"[^\W\d]", cell) for cell in rows[0])
    header = rows.pop(0) if named else []
    builder = TextBuilder()
    builder.add(title or "", "heading")
    for number, row in enumerate(rows):
        cells = row[: len(header)] + [""] * (len(header) - len(row)) if header else row
        builder.add(row_text(header, cells), "row", same_paragraph=number > 0)
    return builder.reading(title=title, media_type="text/csv")
