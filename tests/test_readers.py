"""Readers: clean text, exact blocks, titles and dates, from text, Markdown and web pages."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck.passages import split
from factcheck.readers import Document, ReadError, Reading, decode, find_date, read, recognise


def reading(raw: str | bytes, name: str, **about: str) -> Reading:
    raw = raw.encode() if isinstance(raw, str) else raw
    (found,) = read(Document(raw=raw, name=name, **about))
    return found


def kinds(found: Reading) -> list[tuple[str, str]]:
    return [(block.kind, found.text[block.start : block.end]) for block in found.blocks]


# -- which reader -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "name", "declared", "expected"),
    [
        (b"<!DOCTYPE html><p>x", "x.txt", "text/plain", "text/html"),
        (b"\xef\xbb\xbf\n<!-- saved --><html>", "x", None, "text/html"),
        (b"# Title", "x.md", None, "text/markdown"),
        (b"# Title", "https://x.example/a.md?raw=1", "text/plain", "text/markdown"),
        (b"plain", "notes", None, "text/plain"),
        (b"<p>fragment", "https://x.example/", "text/html; charset=utf-8", "text/html"),
        ("plain".encode("utf-16"), "x.txt", None, "text/plain"),
        (b"a,b\n", "x", "application/octet-stream", "text/plain"),
    ],
)
def test_what_the_bytes_show_goes_before_what_was_declared_and_the_name(
    raw: bytes, name: str, declared: str | None, expected: str
) -> None:
    assert recognise(Document(raw=raw, name=name, media_type=declared)) == expected


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"\xff\xd8\xff\xe0", "an image"),
        (b"\x1f\x8b\x08", "an archive"),
        (b"\x00\x01\x02" * 99, "binary data"),
        (b"<html><body><script>x</script></body></html>", "no text"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(raw: bytes, words: str) -> None:
    with pytest.raises(ReadError, match=words) as error:
        read(Document(raw=raw, name="x"))
    assert "\n" not in str(error.value)


# -- charsets ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "declared"),
    [
        ("café".encode(), None),
        ("café".encode(), "iso-8859-1"),
        ("café".encode("latin-1"), "iso-8859-1"),
        ("café".encode("latin-1"), "utf-8"),
        ("café".encode("utf-16"), None),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "ascii"),
        ("café".encode("latin-1"), "no-such-charset"),
    ],
)
def test_text_is_decoded_by_what_it_is_not_by_what_it_says(raw: bytes, declared: str | None) -> None:
    assert decode(raw, declared) == "café"


@given(
    st.binary(max_size=300), st.sampled_from([None, "utf-8", "latin-1", "shift_jis", "utf-16", "big5", "x", "utf-7"])
)
def test_any_bytes_decode_to_text(raw: bytes, declared: str | None) -> None:
    assert isinstance(decode(raw, declared), str)


# -- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-03T10:00:00+02:00", "2024-05-03"),
        ("20240503", "2024-05-03"),
        ("2024/5/3", "2024-05-03"),
        ("Friday, 3 May 2024, 10.15", "2024-05-03"),
        ("3rd of May, 2024", "2024-05-03"),
        ("Updated May 3rd, 2024 at 9 a.m.", "2024-05-03"),
        ("Sept. 5, 2023", "2023-09-05"),
        ("LONDON, Aug 6, 2025 (Wire)", "2025-08-06"),
        ("on 31 February 2024, then 1 March 2024", "2024-03-01"),
        ("03/05/2024", None),
        ("May 2024", None),
        ("call 20245599", None),
        ("", None),
    ],
)
def test_dates_are_read_when_they_are_plain_and_never_guessed(text: str, expected: str | None) -> None:
    assert find_date(text) == (dt.date.fromisoformat(expected) if expected else None)


# -- plain text ---------------------------------------------------------------------------------------


def test_plain_text_gives_its_headline_its_dateline_and_unwrapped_paragraphs() -> None:
    found = reading(
        "Mill to hire 40\n\nARDEN, May 3, 2024 (Wire) - The mill at Arden will hire forty people\n"
        "before the summer, its owner said.\n\n"
        "- fitters\n- drivers\n",
        "mill.txt",
    )
    assert (found.title, found.published) == ("Mill to hire 40", dt.date(2024, 5, 3))
    assert kinds(found) == [
        ("heading", "Mill to hire 40"),
        (
            "sentence",
            "ARDEN, May 3, 2024 (Wire) - The mill at Arden will hire forty people before the summer, its owner said.",
        ),
        ("item", "fitters"),
        ("item", "drivers"),
    ]


def test_a_date_in_running_text_is_not_the_date_of_the_text() -> None:
    found = reading(
        "The mill opened on 3 May 1974 and has been run by one family since that day in spring.", "mill.txt"
    )
    assert found.published is None
    assert found.title is None


# -- Markdown --------------------------------------------------------------------------------------------


def test_markdown_loses_its_marks_and_keeps_its_blocks() -> None:
    found = reading(
        "---\ntitle: Jobs\ndate: 2024-05-03\npublisher: Arden Post\nauthor: [A. Ruiz, B. Lee]\n---\n"
        "# Jobs at the *mill*\n\nIt hired **40** people, says [the mill](http://x.example/) ~~or 50~~.\n\n"
        "Signed by:\n\n1. Peru\n2. Chile\n   - north\n\n| Town | Jobs |\n|---|---|\n| Arden | 40 |\n| Belford | |\n\n"
        "> A quote.\n\n<script>alert(1)</script>\n\n```\ncode line\n```\n",
        "jobs.md",
    )
    assert (found.title, found.publisher, found.published, found.author) == (
        "Jobs",
        "Arden Post",
        dt.date(2024, 5, 3),
        "A. Ruiz, B. Lee",
    )
    assert kinds(found) == [
        ("heading", "Jobs at the mill"),
        ("sentence", "It hired 40 people, says the mill ."),
        ("sentence", "Signed by:"),
        ("item", "Peru"),
        ("item", "Chile"),
        ("item", "north"),
        ("row", "Town: Arden; Jobs: 40"),
        ("row", "Town: Belford"),
        ("sentence", "A quote."),
        ("sentence", "code line"),
    ]
    items = [block.paragraph for block in found.blocks if block.kind == "item"]
    assert len(set(items)) == 1


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    assert reading("## Kicker\n\n# The title\n\nText.", "x.md").title == "The title"


@pytest.mark.parametrize(
    ("front", "words"),
    [
        ("title: a: b", "line 2: front matter"),
        ("date: yesterday", "date is 'yesterday', not a date; write it as YYYY-MM-DD"),
        ("date: 2024-02-31", "YYYY-MM-DD"),
    ],
)
def test_front_matter_that_cannot_be_read_is_refused_with_its_line(front: str, words: str) -> None:
    with pytest.raises(ReadError, match=re.escape(words)):
        reading(f"---\n{front}\n---\ntext\n", "x.md")


def test_a_rule_at_the_top_is_not_front_matter() -> None:
    assert reading("---\nJust a sentence.\n---\nMore.", "x.md").text.endswith("More.")


# -- web pages -----------------------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang=en><head><meta charset="utf-8">
<title>Mill to hire 40 | Arden Post</title>
<meta property="og:site_name" content="Arden Post"><meta property="og:title" content="Mill to hire 40 | Arden Post">
<link rel="canonical" href="/news/mill">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[
 {"@type":"Organization","@id":"#org","name":"Arden Post"},
 {"@type":["NewsArticle"],"headline":"Mill to hire 40 &amp; more","datePublished":"2024-05-03T06:00:00Z",
  "dateModified":"2024-05-04","author":[{"@type":"Person","name":"Ana Ruiz"}],"publisher":{"@id":"#org"}}]}
</script></head>
<body class="has-sidebar"><header class="site-header"><nav><a href="/">Home</a></nav></header>
<div id="cookie-banner">We value your privacy. Accept all cookies.</div>
<main><article><h1>Mill to hire 40 &amp; more</h1><p class="byline">By Ana Ruiz, 3 May 2024</p>
<p>The mill at Arden will hire <b>40</b> people.<sup>[1]</sup></p>
<div class="ad">Buy bolts now at half the price!</div>
<p style="display: none">The mill will hire 400 people.</p><p aria-hidden="true">Hidden words.</p>
<h2>Who gets the jobs</h2><ul><li>fitters</li><li>drivers</li></ul>
<table><thead><tr><th>Town</th><th>Jobs</th></tr></thead><tr><td>Arden</td><td>40</td></tr></table>
<p><a href="/x">Read the other story about the fire</a></p>
<figure><img src=x><figcaption>A mill. Photo: Lee</figcaption></figure>
<p>Wages rose <del>5</del> 3 per cent.<br><br>Nobody left.</p>
<div class="related"><h3>Related</h3><a href=1>Six hurt in fire</a></div>
</article><section id="comments"><p>I heard it was 4000 jobs!</p></section></main>
<aside>Trending: County budget</aside><footer>Copyright 2024</footer></body></html>"""


def test_a_page_gives_the_article_and_nothing_around_it() -> None:
    found = reading(PAGE, "https://arden.example/a")
    assert kinds(found) == [
        ("heading", "Mill to hire 40 & more"),
        ("sentence", "The mill at Arden will hire 40 people."),
        ("heading", "Who gets the jobs"),
        ("item", "fitters"),
        ("item", "drivers"),
        ("row", "Town: Arden; Jobs: 40"),
        ("sentence", "Wages rose 3 per cent."),
        ("sentence", "Nobody left."),
    ]


def test_a_page_gives_its_title_dates_author_publisher_and_address() -> None:
    found = reading(PAGE, "https://arden.example/a")
    assert (found.title, found.publisher, found.author, found.published, found.modified, found.uri) == (
        "Mill to hire 40 & more",
        "Arden Post",
        "Ana Ruiz",
        dt.date(2024, 5, 3),
        dt.date(2024, 5, 4),
        "https://arden.example/news/mill",
    )


def test_a_page_without_metadata_gives_the_date_that_a_reader_sees() -> None:
    page = "<body><h1>Mill</h1><div class=meta><span>Published 3 May 2024</span></div><p>It opened on 1 June 1974.</p>"
    assert reading(page, "x.html").published == dt.date(2024, 5, 3)


def test_a_page_that_shows_nothing_is_read_from_its_metadata_and_says_so() -> None:
    body = "The mill will hire people. " * 20
    data = f'{{"@type":"NewsArticle","articleBody":"{body}"}}'
    page = f'<script type="application/ld+json">{data}</script><body><div id=app></div>'
    found = reading("<html><head>" + page, "x.html")
    assert found.text.count("The mill will hire people.") == 20
    assert "metadata" in found.notes[0]


@pytest.mark.parametrize("name", ["x.txt", "x.md", "x.html"])
def test_what_could_deceive_a_terminal_or_a_reader_is_gone_from_the_text(name: str) -> None:
    found = reading("<p>safe\x1b]0;owned\x07 \u202etxt.exe\u202c zero\u200bwidth \x9b31m e\u0301</p>", name)
    assert "zerowidth" in found.text
    assert "é" in found.text
    assert all(c.isprintable() or c == "\n" for c in found.text)


HTML_TOKENS = [
    *(
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<ul>",
        "<li>",
        "</ul>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<h2>",
        "</h2>",
    ),
    *("<br>", "word ", "A sentence. ", "<!--x-->", "&amp;", "<a href=x>", "</a>", "<article>", "</article>", "<b>"),
    *("\x00", "é", "<", '<div class="ad">', "<main>", "<script>", "</script>", "<title>T</title>", "<dl><dt>"),
    *("<time datetime=2024-01-02>", "<p hidden>"),
]
HTML = st.lists(st.sampled_from(HTML_TOKENS), max_size=60).map("".join)


@given(HTML)
def test_any_page_gives_blocks_that_are_spans_of_its_text_in_order(html: str) -> None:
    try:
        found = reading("<html>" + html, "x.html")
    except ReadError:
        return
    last = 0
    for block in found.blocks:
        assert block.start >= last
        assert found.text[block.start : block.end].strip()
        last = block.end
    for passage in split(found.text, "x", found.blocks):
        assert found.text[passage.start : passage.end] == passage.text


def test_what_a_web_archive_puts_on_a_page_is_no_part_of_it() -> None:
    toolbar = (
        '<div id="wm-ipp-base" lang="en"><div id="wm-ipp"><p>12 captures 06 Jun 2019 - 09 Mar 2023. The archive is '
        "a nonprofit building a digital library of the web.</p></div></div>"
    )
    article = (
        "<article><h1>Mill hires 40</h1><p>The mill at Arden hired 40 people in May, the owner said.</p></article>"
    )
    html = f"<html><head><title>Mill hires 40</title></head><body>{toolbar}{article}</body></html>"
    (reading,) = read(Document(raw=html.encode(), media_type="text/html"))
    assert reading.text == "Mill hires 40\n\nThe mill at Arden hired 40 people in May, the owner said."
