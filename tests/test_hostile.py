"""Other people's bytes: whatever comes in, the answer is a reading or one line, and nothing hidden is evidence.

The quick part of ``make torture`` (see docs/reliability.md): some inputs of every kind, and all that once failed.
"""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from desks import verdict_of
from docx.shared import Pt, RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.torture.attacks import cases, html
from benchmarks.torture.targets import TARGETS, _docx, corpus, make, pdf_of, with_text_part
from factcheck.api import verify
from factcheck.claims import read_claims
from factcheck.cli import cli
from factcheck.domain import Claim, Report, VerdictLabel
from factcheck.drafts.documents import parse_draft
from factcheck.errors import FactcheckError
from factcheck.findings import review
from factcheck.lookalikes import lookalikes
from factcheck.passages import split
from factcheck.readers import Document, ReadError, read
from factcheck.speech import sayings
from factcheck.wording import quotations

SLOW = ("docx", "draft-docx", "feed", "mail", "reports", "html")


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_generated_input_is_read_or_refused_in_words(name: str) -> None:
    @settings(max_examples=8 if name in SLOW else 40, database=None)
    @given(st.integers(0, 10**9))
    def tried(number: int) -> None:
        TARGETS[name](make(name, number))

    tried()


@settings(max_examples=40)
@given(st.text(st.characters(codec=None), max_size=300), st.sampled_from(("text", "markdown", "slots", "claims")))
def test_any_text_at_all_is_read_or_refused_in_words(text: str, name: str) -> None:
    TARGETS[name](text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(("name", "file"), corpus(), ids=lambda value: getattr(value, "name", value))
def test_what_once_failed_is_read_or_refused_in_words(name: str, file) -> None:
    TARGETS[name](file.read_bytes())


ALIASES = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)


@pytest.mark.parametrize("name", ["claims", "markdown", "text", "draft-markdown", "draft-html"])
@pytest.mark.parametrize(
    "yaml", [ALIASES + "title: *a11", "title: " + "[" * 20_000, "title: !!int x", "a: 0x" + "f" * 9000]
)
def test_front_matter_and_claims_that_unfold_or_nest_are_refused(name: str, yaml: str) -> None:
    TARGETS[name](f"---\n{yaml}\n---\ntext\n".encode())


def test_entities_are_not_expanded_and_nothing_outside_is_read() -> None:
    outside = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>'
    for doctype in (ENTITIES, outside):
        for name, xml in (
            ("sitemap", "<urlset><url><loc>https://a.example/&a11;</loc></url></urlset>"),
            ("feed", "<rss><channel><item><title>&a11;</title></item></channel></rss>"),
            ("html", "<html><p>&a11; A page of some words.</p></html>"),
        ):
            TARGETS[name]((doctype + xml).encode())
            try:
                found = read(
                    Document(raw=(doctype + xml).encode(), name=f"a.{name}", media_type={"html": "text/html"}.get(name))
                )
            except ReadError:
                continue
            assert not any("root:" in reading.text or "lollol" in reading.text for reading in found)


def test_a_word_file_that_unpacks_to_more_than_a_book_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(ReadError, match="unpacks to more than 24 MB"):
        read(Document(raw=with_text_part(b" " * 30_000_000), name="a.docx"))
    TARGETS["draft-docx"](with_text_part(b" " * 30_000_000))


def test_a_cell_as_wide_as_a_million_columns_is_refused() -> None:
    xml = zipfile.ZipFile(io.BytesIO(_docx())).read("word/document.xml")
    wide = with_text_part(xml.replace(b"<w:tc>", b'<w:tc><w:tcPr><w:gridSpan w:val="1000000"/></w:tcPr>', 1))
    with pytest.raises(ReadError, match="wider than any page"):
        read(Document(raw=wide, name="a.docx"))
    TARGETS["draft-docx"](wide)


@pytest.mark.parametrize("name", ["draft-markdown", "draft-html", "draft-text", "claims", "text", "markdown"])
@pytest.mark.parametrize("piece", ["<!-- factcheck: ignore ", "# factcheck: ignore[ ", " # a ", "- [ ", "| a "])
def test_one_line_of_a_hundred_thousand_characters_is_read_in_time(name: str, piece: str) -> None:
    TARGETS[name](piece.encode() * (100_000 // len(piece)))
    TARGETS[name](b"| " + b" " * 50_000 + b"x |\n" + b"#" + b" " * 50_000 + b"x")


def test_a_header_of_a_megabyte_is_refused_before_it_is_taken_apart() -> None:
    for header in (b"Content-Type: text/plain" + b"; a*0*=b" * 100_000, b"To:" + b"\r\n a@b.example," * 50_000):
        with pytest.raises(ReadError, match="a header of it has more than"):
            read(Document(raw=b"Subject: x\r\n" + header + b"\r\n\r\ntext", name="a.eml"))


@pytest.mark.parametrize(
    "change",
    [
        (b"/Kids[4 0 R]", b"/Kids[2 0 R 2 0 R]"),
        (b"/Type/Pages/Kids", b"/Type/Pages/Parent 4 0 R/Kids"),
        (b"/Length 1", b"/Length 5 0 R"),
    ],
)
def test_a_pdf_that_leads_in_a_circle_is_refused(change: tuple[bytes, bytes]) -> None:
    TARGETS["pdf"](pdf_of("x").replace(*change))


@pytest.mark.parametrize("piece", ["<div>", "<b>", "<ul><li>"])
def test_a_page_nested_without_end_is_refused_or_read(piece: str) -> None:
    TARGETS["html"](b"<html>" + piece.encode() * 3000 + b"The end of it.")
    TARGETS["draft-html"](b"<html>" + piece.encode() * 3000 + b"The end of it.")


@pytest.mark.parametrize(
    ("name", "piece", "words"),
    [
        ("a.md", "[", "brackets"),
        ("a.md", "- a\n", "lines"),
        ("a.md", "**a", "marks of emphasis"),
        ("a.rss", "<p>", "marks"),
        ("a.txt", "a\n", "paragraphs or rows"),
    ],
)
def test_a_megabyte_of_one_mark_is_refused_before_it_is_parsed(name: str, piece: str, words: str) -> None:
    head = "<rss><channel><item><title>" if name.endswith("rss") else ""
    data = (head + piece * (1_000_000 // len(piece))).encode()
    media_type = {"md": "text/markdown", "rss": "application/rss+xml", "txt": "text/plain"}[name.partition(".")[2]]
    with pytest.raises(ReadError, match=words):
        read(Document(raw=data, name=name, media_type=media_type))


@pytest.mark.parametrize("piece", ["<a ", "</", "<!--", "<!-- > ", "<?"])
def test_a_draft_of_marks_that_never_end_is_refused_before_it_is_parsed(piece: str) -> None:
    with pytest.raises(FactcheckError, match="marks that are never closed"):
        parse_draft((piece * 20_000).encode(), "a.html")


@pytest.mark.parametrize("piece", [".", "?", "...", "!?"])
def test_a_run_of_stops_is_read_in_time(piece: str) -> None:
    text = piece * (300_000 // len(piece))  # the square of it would take a day
    assert split(text, "dots")


@pytest.mark.parametrize("piece", ["said ", "'s ", "‘a ", "'a "])
def test_a_sentence_of_one_word_is_read_in_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))  # the square of it would take days
    assert len(sayings(text)) < 10
    assert len(quotations(text)) < 2


def test_a_draft_of_more_paragraphs_than_a_book_is_refused() -> None:
    with pytest.raises(FactcheckError, match="more than 100,000 paragraphs"):
        parse_draft(b"a\n" * 100_001, "a.txt")


@pytest.mark.parametrize(("claim", "words"), [("Alder " * 400, "2,400 characters; at most 2,000"), (" \n", "is empty")])
def test_a_claim_that_cannot_be_judged_as_one_is_refused_in_python_too(claim: str, words: str) -> None:
    with pytest.raises(FactcheckError, match=words):
        verify([claim], sources=[])


def test_a_page_of_a_million_marks_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(ReadError, match="more than 250,000 marks"):
        read(Document(raw=b"<html>" + b"<p>" * 300_000, name="a.html"))


# -- what a person does not see is no evidence ------------------------------------------------------

LIE = "The group was founded in 1931 by forty ministers."
TRUTH = "The group was founded in 2017 by eleven ministers, and has met in Lima twice a year since then."


def page(body: str, head: str = "") -> str:
    found = read(
        Document(raw=f"<html><head>{head}</head><body><p>{TRUTH}</p>{body}</body></html>".encode(), name="a.html")
    )
    return found[0].text


@pytest.mark.parametrize(
    "style",
    [
        *("display:none", "display : NONE !important", "visibility:hidden", "opacity:0", "opacity:.01"),
        *("font-size:0", "font-size:1px", "font-size:0.1em", "color:#fff", "color:white", "color:transparent"),
        *("color:rgba(0,0,0,0)", "color:#333;background:#333", "position:absolute;left:-9999px", "text-indent:-9999px"),
        *("clip:rect(0,0,0,0)", "clip-path:inset(100%)", "height:0;overflow:hidden", "width:1px;overflow:hidden"),
        *("position:absolute;top:-9999px", "transform:scale(0)", "color:#fff;background:#ffffff"),
    ],
)
def test_what_a_style_hides_is_not_read(style: str) -> None:
    assert "1931" not in page(f'<p style="{style}">{LIE}</p>')
    assert "1931" not in page(f'<p><span style="{style}">{LIE}</span></p>')
    assert "1931" not in page(f'<p class="x">{LIE}</p>', f"<style>.x {{{style}}}</style>")
    assert "1931" not in page(f'<p id="x">{LIE}</p>', f"<style>@media screen {{ div, #x {{{style}}} }}</style>")


@pytest.mark.parametrize(
    "style",
    [
        *("color:#000", "color:rgb(0,0,0)", "opacity:1", "font-size:12px", "font-size:0.9em", "left:-4px", "height:0"),
        *("color:white;background:#036", "color:inherit;background:inherit", "display:block", "opacity:0.8"),
    ],
)
def test_what_a_style_shows_is_read(style: str) -> None:
    assert "1931" in page(f'<p style="{style}">{LIE}</p>')
    assert "1931" in page(
        f'<p class="x">{LIE}</p>', f"<style>.x {{{style}}} @media print {{.x {{display:none}}}}</style>"
    )


@pytest.mark.parametrize(
    "body",
    [
        *(
            f"<{tag}>{LIE}</{tag}>"
            for tag in ("script", "template", "noscript", "textarea", "select", "svg", "nav", "form")
        ),
        *(f"<p hidden>{LIE}</p>", f'<p aria-hidden="true">{LIE}</p>', f"<!-- {LIE} -->", f'<img alt="{LIE}">'),
        *(f"<p><del>{LIE}</del></p>", f'<p title="{LIE}">Words.</p>', f'<meta name="description" content="{LIE}">'),
        *(f"<details hidden><p>{LIE}</p></details>", f"<div class='sr-only'>{LIE}</div>"),
    ],
)
def test_what_is_not_shown_is_not_read(body: str) -> None:
    assert "1931" not in page(body)


@pytest.mark.parametrize(
    "body",
    [
        f"<div hidden>{LIE}</div>",
        f'Words <span style="display:none">{LIE}</span> go on.',
        f"~~{LIE}~~",
        f"<!-- {LIE} -->",
    ],
)
def test_what_markdown_hides_is_not_read(body: str) -> None:
    (found,) = read(Document(raw=f"{TRUTH}\n\n{body}\n\nThe end of it.".encode(), name="a.md"))
    assert "1931" not in found.text
    assert "The end of it." in found.text


def test_what_a_feed_hides_is_not_read() -> None:
    said = f"&lt;p&gt;{TRUTH}&lt;/p&gt;&lt;p hidden&gt;{LIE}&lt;/p&gt;"
    item = f"<item><title>News</title><description>{said}</description></item>"
    found = read(Document(raw=f"<rss version='2.0'><channel>{item}</channel></rss>".encode(), name="a.rss"))
    assert "2017" in found[0].text
    assert "1931" not in found[0].text


def test_what_a_word_file_hides_is_not_read() -> None:
    document = docx.Document()
    document.add_paragraph(TRUTH)
    for hide in ("colour", "size", "vanish"):
        run = document.add_paragraph("And ").add_run(LIE)
        if hide == "colour":
            run.font.color.rgb = RGBColor(255, 255, 255)
        elif hide == "size":
            run.font.size = Pt(1)
        else:
            run.font.hidden = True
    out = io.BytesIO()
    document.save(out)
    (found,) = read(Document(raw=out.getvalue(), name="a.docx"))
    assert "2017" in found.text
    assert "1931" not in found.text


# -- what a person takes for something else is told ---------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Lіma Group met", '"Lіma" is not what it looks like: its "і" is Cyrillic (U+0456)'),
        ("paid by Рayрal", "Cyrillic (U+0420)"),
        ("the ΒΒC said", "Greek (U+0392)"),
        ("the bank Сосо failed", "Cyrillic (U+0421)"),
        ("Li\u200bma", "cannot be seen (U+200B)"),
        ("in \u202e7102", "turns the direction of writing (U+202E)"),
        ("tag\U000e0041ged", "cannot be seen (U+E0041)"),
    ],
)
def test_a_word_that_is_not_what_it_looks_like_is_named(text: str, words: str) -> None:
    assert any(words in one.message for one in lookalikes(text))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Bogotá, Łódź, İzmir and Tromsø",
            "Москва и Россия: сор и рос",
            "5 μm at 3 Ω, ΔT and β-carotene",
            "naïve café",
        ),
        *("👩\u200d👩\u200d👧 came", "Москва is Moscow: сор", "", "Ελλάδα is Greece: νικο"),
    ],
)
def test_words_of_any_one_alphabet_are_left_alone(text: str) -> None:
    assert lookalikes(text) == ()


def test_a_claim_that_is_not_what_it_looks_like_is_a_finding_and_a_source_gets_a_note() -> None:
    claims = read_claims("claims:\n  - Lіma Group met in 2017\n  - Lima Group met\n", "c.yaml")
    reviewed = review(Report(verdicts=tuple(verdict_of(claim, None) for claim in claims)))
    (finding,) = reviewed.others
    assert (finding.rule, finding.location.line) == ("FC112", 2)
    (reading,) = read(Document(raw="The Lіma Group met in 2017.".encode(), name="a.txt"))
    assert '"Lіma" is not what it looks like' in reading.notes[0]


# -- attacks on the verdict (benchmarks/torture/attacks.py judges them with the models) ----------------


def test_there_are_attacks_of_every_kind() -> None:
    kinds = [case["kind"] for case in cases()]
    assert len(kinds) >= 60
    assert len({case["id"] for case in cases()}) == len(kinds)
    assert set(kinds) == {"hidden", "colour", "instructions", "stuffing", "quoted", "satire", "fact-check"}


def test_no_attack_makes_a_false_claim_supported(tmp_path) -> None:
    claims = []
    for case in cases():
        page = tmp_path / f"{case['id']}.html"
        page.write_text(html(case), "utf-8")
        claims.append(Claim(id=case["id"], text=case["claim"], sources=(str(page),)))
    assert [v.claim.id for v in verify(claims).verdicts if v.label is VerdictLabel.SUPPORTED] == []


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_what_an_attack_hides_is_not_read_and_what_it_shows_is(case: dict) -> None:
    (found,) = read(Document(raw=html(case).encode(), name="a.html"))
    said = " ".join(found.text.split())
    if case.get("hidden"):
        assert case["claim"] not in said
        assert len(said) > 20
    else:
        assert len(said) > 0.8 * len(" ".join(BeautifulSoup(case["page"], "lxml").get_text(" ").split()))


def test_a_file_of_100_mb_is_refused_unread_in_a_line(tmp_path) -> None:
    for name, arguments in (
        ("a.txt", ["sources", "add", "--db", str(tmp_path / "s.db")]),
        ("c.yaml", ["verify"]),
        ("d.md", ["check"]),
    ):
        with (tmp_path / name).open("wb") as file:
            file.truncate(100_000_000)
        done = CliRunner().invoke(cli, [*arguments, str(tmp_path / name)])
        told = str(done.exception) if isinstance(done.exception, FactcheckError) else done.output
        assert "MB" in told
        assert len(told.strip().splitlines()) == 1
