"""Readers of PDF, Word, CSV and mail, on files made here with the formats' own libraries."""

from __future__ import annotations

import datetime as dt
import io
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from factcheck.readers import Document, ReadError, Reading, read


def reading(raw: bytes, name: str, **about: str) -> Reading:
    (found,) = read(Document(raw=raw, name=name, **about))
    return found


def kinds(found: Reading) -> list[tuple[str, str]]:
    return [(block.kind, found.text[block.start : block.end]) for block in found.blocks]


# -- PDF -------------------------------------------------------------------------------------


def pdf_of(*pages: list[str], title: str = "") -> bytes:
    """A PDF with one text line for each string, written out by hand: Helvetica, top to bottom."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    resources = b"/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /Contents %d 0 R " + resources + b" >>"
    objects: list[bytes] = [b"", b"", font]
    kids = []
    for lines in pages:
        shown = [f"({line}) Tj 0 -14 Td".encode("cp1252") for line in lines]
        stream = b"BT /F1 11 Tf 72 770 Td " + b" ".join(shown) + b" ET"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(page % len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    objects.append(f"<< /Title ({title}) /Author (Ana Ruiz) >>".encode())
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF"
    out.write(trailer % (len(objects) + 1, len(objects), start))
    return out.getvalue()


HEAD = "Arden Council Report"
PAGES = [
    [
        *(HEAD, "Mill jobs review", "3 May 2024", ""),
        "The mill at Arden hired forty people in the month of May, the coun-",
        "cil found, and most of them were fitters who had worked there before the",
        "1",
    ],
    [HEAD, "fire of 2019. Wages rose by 3.5 per cent in the same year for all of them.", "2"],
    [HEAD, "No other employer in the town took on as many people in so short a time.", "3"],
]


def test_a_pdf_gives_its_paragraphs_without_running_heads_and_page_numbers() -> None:
    found = reading(pdf_of(*PAGES, title="Mill jobs review"), "report.pdf")
    assert (found.title, found.author, found.published) == ("Mill jobs review", "Ana Ruiz", dt.date(2024, 5, 3))
    assert "Council Report" not in found.text
    assert (
        "hired forty people in the month of May, the council found, and most of them were fitters who had worked there "
        "before the fire of 2019. Wages rose by 3.5 per cent" in found.text
    )
    assert all(text not in ("1", "2", "3") for _, text in kinds(found))


def test_a_scanned_pdf_a_locked_one_and_a_broken_one_are_refused_in_words() -> None:
    from pypdf import PdfReader, PdfWriter

    with pytest.raises(ReadError, match="text recognition"):
        reading(pdf_of([], []), "scan.pdf")
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of(*PAGES))))
    writer.encrypt("secret", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    with pytest.raises(ReadError, match="locked with a password"):
        reading(locked.getvalue(), "locked.pdf")
    with pytest.raises(ReadError, match=r"damaged|pictures"):
        reading(pdf_of(*PAGES)[:300], "cut.pdf")


def test_pages_of_a_pdf_without_text_are_named() -> None:
    found = reading(pdf_of(PAGES[0], [], PAGES[2]), "report.pdf")
    assert found.notes == ("no text could be read on page 2; run the file through text recognition (OCR)",)


# -- Word ----------------------------------------------------------------------------------------


def docx_of(fill: Any) -> bytes:
    import docx

    document = docx.Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_file_gives_headings_items_and_rows_with_changes_accepted() -> None:
    def fill(document: Any) -> None:
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        document.core_properties.title = "Jobs at the mill"
        document.core_properties.author = "Ana Ruiz"
        document.add_heading("Who was hired", 1)
        paragraph = document.add_paragraph("The mill hired ")
        w = nsdecls("w")
        paragraph._p.append(parse_xml(f"<w:del {w}><w:r><w:delText>400</w:delText></w:r></w:del>"))
        paragraph._p.append(parse_xml(f"<w:ins {w}><w:r><w:t>40</w:t></w:r></w:ins>"))
        paragraph.add_run(" people")
        paragraph.add_run(" in secret").font.hidden = True
        paragraph.add_run(".")
        document.add_paragraph("fitters", style="List Bullet")
        document.add_paragraph("drivers", style="List Bullet")
        table = document.add_table(2, 2)
        for cell, text in zip(
            (c for row in table.rows for c in row.cells), ["Town", "Jobs", "Arden", "40"], strict=True
        ):
            cell.text = text

    found = reading(docx_of(fill), "jobs.docx")
    assert (found.title, found.author) == ("Jobs at the mill", "Ana Ruiz")
    assert kinds(found) == [
        ("heading", "Who was hired"),
        ("sentence", "The mill hired 40 people."),
        ("item", "fitters"),
        ("item", "drivers"),
        ("row", "Town: Arden; Jobs: 40"),
    ]
    assert len({block.paragraph for block in found.blocks if block.kind == "item"}) == 1


def test_a_broken_word_file_is_refused_in_words() -> None:
    with pytest.raises(ReadError, match="damaged or locked"):
        reading(docx_of(lambda d: d.add_paragraph("x"))[:900] + b"word/", "x.docx")


# -- CSV --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_rows_of_a_table_name_their_columns(mark: str) -> None:
    raw = "\r\n".join(
        mark.join(row) for row in (["Town", "Jobs (2024)"], ["Arden", '"4 200"'], ["Belford", ""])
    ).encode()
    assert kinds(reading(raw, "jobs.csv")) == [("row", "Town: Arden; Jobs (2024): 4 200"), ("row", "Town: Belford")]


def test_a_table_without_names_gives_its_cells_and_a_line_above_is_its_title() -> None:
    assert kinds(reading(b"1,2\n3,4\n", "x.csv")) == [("row", "1; 2"), ("row", "3; 4")]
    found = reading(b"Jobs by town,\nTown,Jobs\nArden,40\n", "x.csv")
    assert found.title == "Jobs by town"
    assert kinds(found)[1:] == [("row", "Town: Arden; Jobs: 40")]


# -- mail --------------------------------------------------------------------------------------------


def test_a_message_gives_its_own_words_and_names_what_was_not_read() -> None:
    message = EmailMessage()
    message["Subject"] = "Mill: café jobs"
    message["From"] = "Press Office <press@mill.example>"
    message["Date"] = "Fri, 03 May 2024 06:00:00 +0200"
    message.set_content("The mill hired 40 people – at once.\n\n> Did it hire 400?\n\nRegards\n")
    message.add_alternative("<p>The mill hired 40 people.</p>", subtype="html")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="jobs.pdf")
    found = reading(message.as_bytes(), "jobs.eml")
    assert (found.title, found.published) == ("Mill: café jobs", dt.date(2024, 5, 3))
    assert "press@mill.example" in (found.author or "")
    assert "at once." in found.text
    assert "400" not in found.text
    assert any("jobs.pdf" in note for note in found.notes)


def test_a_message_in_html_and_a_saved_page_are_read_as_pages() -> None:
    message = EmailMessage()
    message["Subject"] = "Jobs"
    message.set_content("<p>The mill hired 40.</p><p hidden>or 50</p>", subtype="html")
    assert reading(message.as_bytes(), "x.eml").text == "The mill hired 40."
    saved = EmailMessage()
    saved["Snapshot-Content-Location"] = "https://news.example/mill"
    saved["Subject"] = "ignored"
    saved.set_content("<html><body><h1>Mill</h1><p>It hired 40 people in May.</p></body></html>", subtype="html")
    saved.make_related()
    found = reading(saved.as_bytes(), "x.mhtml")
    assert (found.title, found.text) == ("Mill", "Mill\n\nIt hired 40 people in May.")


def test_a_file_that_is_not_a_message_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="not a mail message"):
        reading(b"just words\n", "x.eml")
