"""Drafts: the prose of every kind of file, and the exact place of each of its characters."""

import html
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck.drafts.documents import Draft, parse_draft, read_draft
from factcheck.errors import FactcheckError, InputError


def blocks(draft: Draft) -> list[tuple[str, str]]:
    return [(block.kind, draft.text[block.start : block.end]) for block in draft.blocks]


def written(draft: Draft, words: str) -> str:
    """How the file writes the words, sliced by line and column as an editor would."""
    start = draft.text.index(words)
    place = draft.location(start, start + len(words))
    lines = re.split(r"\r\n|\r|\n", draft.raw)
    if place.line == place.end_line:
        return lines[place.line - 1][place.column - 1 : place.end_column - 1]
    middle = lines[place.line : place.end_line - 1]
    return "\n".join(
        [lines[place.line - 1][place.column - 1 :], *middle, lines[place.end_line - 1][: place.end_column - 1]]
    )


def markdown(text: str) -> Draft:
    return parse_draft(text.encode(), "d.md")


@pytest.mark.parametrize(
    ("text", "words", "as_written"),
    [
        ("The group has eleven members.\n", "eleven members", "eleven members"),
        ("Has **eleven** members.\n", "eleven members", "eleven** members"),
        ("😀 Has eleven members.\n", "eleven", "eleven"),
        ("One line.\r\nHas eleven members.\r\n", "eleven", "eleven"),
        ("One line,\rHas eleven members.\r", "eleven", "eleven"),
        ("- a\n  - b\n\t- has eleven members\n", "eleven", "eleven"),
        ("> > has eleven\n> > members\n", "eleven members", "eleven\n> > members"),
        ("1. one\n2. has eleven\n   members\n", "eleven members", "eleven\n   members"),
        ("# A title\n\nHas eleven.\n", "eleven", "eleven"),
        ("Title eleven\n============\n", "eleven", "eleven"),
        ("| a | b |\n|---|---|\n| x | has eleven |\n", "eleven", "eleven"),
        ("| a | b |\n|---|---|\n| x \\| y | x \\| eleven |\n", "x | eleven", "x \\| eleven"),
        ("Spent &pound;11 &amp; more.\n", "£11 & more", "&pound;11 &amp; more"),
        ("Paid 11\\*12 today.\n", "11*12", "11\\*12"),
        ('See [eleven](http://e.org/eleven "eleven") members.\n', "members", "members"),
        ("See [the group](eleven)eleven.\n", "eleven", "eleven"),
        ("See [the group][eleven] eleven.\n\n[eleven]: http://e.org\n", "eleven", "eleven"),
        ("See ![eleven](eleven.png) eleven.\n", "eleven", "eleven"),
        ("See <http://e.org/11> and eleven.\n", "eleven", "eleven"),
        ("A <b>bold</b> eleven.\n", "bold eleven", "bold</b> eleven"),
        ("A `code` eleven.\n", "code eleven", "code` eleven"),
        ("Twelve  \nand eleven.\n", "Twelve and eleven", "Twelve  \nand eleven"),
        ("<p>Some <i>html</i> caf&eacute; eleven.</p>\n", "html café eleven", "html</i> caf&eacute; eleven"),
        ("---\ntitle: T\n---\n\nHas eleven.\n", "eleven", "eleven"),
        ("~~ten~~ eleven\n", "ten eleven", "ten~~ eleven"),
        ("eleven eleven\neleven last\n", "eleven last", "eleven last"),
    ],
)
def test_markdown_places_are_those_of_the_file(text: str, words: str, as_written: str):
    draft = markdown(text)
    assert written(draft, words) == as_written
    start = draft.text.index(words)
    place = draft.location(start, start + len(words))
    assert place.line == len(re.split(r"\r\n|\r|\n", draft.raw[: draft.span(start, start + len(words))[0]]))


def test_markdown_blocks_have_their_kind_and_leave_out_what_is_not_prose():
    draft = markdown(
        "---\ntitle: The word\nfactcheck:\n  sources: [a.md, b]\n---\n# Head\n\n"
        "Text. <!-- a comment -->\n\n```\ncode\n```\n\n    indented code\n\n- item\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "<script>x()</script>\n\n"
        "***\n\n![alt](x.png)\n"
    )
    assert blocks(draft) == [
        ("heading", "Head"),
        ("sentence", "Text."),
        ("item", "item"),
        ("row", "| a | b"),
        ("row", "| 1 | 2"),
    ]
    assert draft.title == "The word"
    assert draft.sources == ("a.md", "b")


def test_links_of_a_draft_are_its_possible_sources():
    assert markdown("[a](http://a.org/x) and [b][c]\n\n[c]: http://c.org\n").links == ("http://a.org/x", "http://c.org")


@pytest.mark.parametrize(
    ("text", "words", "as_written"),
    [
        ("<p>Has <b>eleven</b> members</p>", "eleven members", "eleven</b> members"),
        ("<p>Caf&eacute; &#8364;11 &amp more</p>", "Café €11 & more", "Caf&eacute; &#8364;11 &amp more"),
        ("<ul><li>one<li>has eleven</ul>", "eleven", "eleven"),
        ("<table><tr><td>a</td><td>eleven</td></tr></table>", "eleven", "eleven"),
        ("<div>a<p>b</p>eleven</div>", "eleven", "eleven"),
        ("<p>one<br>eleven</p>", "one eleven", "one<br>eleven"),
        ("<p>😀\r\n  has\r\n  eleven</p>", "has eleven", "has\n  eleven"),
        ("<p>a < b and eleven</p>", "eleven", "eleven"),
    ],
)
def test_html_places_are_those_of_the_file(text: str, words: str, as_written: str):
    assert written(parse_draft(text.encode(), "d.html"), words) == as_written


def test_html_blocks_leave_out_scripts_comments_and_navigation():
    page = (
        "<html><head><title>The &amp; word</title><style>x{}</style></head><body><nav>menu</nav><h1>Head</h1>"
        "<!-- <p>no</p> --><script>var a = '<p>no</p>'</script><p>Text</p><ul><li>item</li></ul></body></html>"
    )
    draft = parse_draft(page.encode(), "d.html")
    assert blocks(draft) == [("heading", "Head"), ("sentence", "Text"), ("item", "item")]
    assert draft.title == "The & word"


def test_plain_text_is_cut_at_empty_lines():
    draft = parse_draft(
        b"The statement that was issued on Thursday evening had one\nsentence over two lines.\n\nAnother.\n", "d.txt"
    )
    assert [text for _, text in blocks(draft)] == [
        "The statement that was issued on Thursday evening had one sentence over two lines.",
        "Another.",
    ]
    assert written(draft, "one sentence") == "one\nsentence"


def test_a_word_file_s_lines_are_its_paragraphs():
    from docx import Document

    document = Document()
    document.core_properties.title = "The word"
    document.add_heading("Head", 1)
    document.add_paragraph("The group has eleven members.")
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "a", "b"
    document.add_paragraph("item", style="List Bullet")
    buffer = io.BytesIO()
    document.save(buffer)
    draft = parse_draft(buffer.getvalue(), "d.docx")
    assert blocks(draft) == [
        ("heading", "Head"),
        ("sentence", "The group has eleven members."),
        ("row", "| a | b"),
        ("item", "item"),
    ]
    assert draft.title == "The word"
    start = draft.text.index("eleven")
    place = draft.location(start, start + 6)
    assert (place.line, place.column, place.end_column) == (2, 15, 21)


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"PK\x03\x04 no zip", "d.docx", "d.docx: not a Word file: "),
        (b"x", "d.pdf", "d.pdf: drafts of the kind .pdf cannot be read; save it as .md, .html, .docx or .txt"),
        (b"caf\xe9", "d.md", "d.md:1:4: this is not UTF-8 (byte 0xe9); save the file as UTF-8"),
        (b"---\na: [\n---\ntext\n", "d.md", "d.md:2:"),
        (
            b"---\na: &a [1]\nb: *a\n---\ntext\n",
            "d.md",
            "d.md:1:1: the front matter cannot be read: it has an alias; write it plainly",
        ),
        (b"---\na: !!python/name:os.system\n---\n", "d.md", "d.md:2:4: the front matter is not YAML"),
    ],
)
def test_a_draft_that_cannot_be_read_is_one_line(data: bytes, name: str, message: str):
    with pytest.raises(InputError) as caught:
        parse_draft(data, name)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_missing_draft_is_one_line(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        read_draft(str(tmp_path / "nope.md"))


pieces = st.sampled_from(
    [
        *["eleven ", "**bold** ", "_em_ ", "&amp; ", "&eacute;", "\\* ", "[link](http://e.org/a 'b') ", "![i](x) "],
        *[
            "`code` ",
            "<b>b</b> ",
            "😀",
            "\t",
            "\n",
            "\n\n",
            "\r\n",
            "\n- ",
            "\n> ",
            "\n# ",
            "\n1. ",
            "<!-- c -->",
            "a|b ",
        ],
        *[
            "\n| a | b |\n|--|--|\n| c | d |\n",
            "[",
            "]",
            "(",
            "*",
            "~~",
            "  \n",
            "\\\n",
            "<p>h</p>\n",
            "\n```\nx\n```\n",
        ],
        *["é", "<", ">", '"'],
    ]
)


def check_places(draft: Draft) -> None:
    """Every character of the prose is what the file has at its place, or an invented separator of no width."""
    assert len(draft.text) == len(draft.starts) == len(draft.ends)
    last = 0
    for character, start, end in zip(draft.text, draft.starts, draft.ends, strict=True):
        assert last <= start <= end or character.isspace()
        as_file = draft.raw[start:end]
        if character in " \n|" and (not as_file or as_file.isspace()):
            continue
        assert character in (as_file, as_file.lstrip("\\")) or character in html.unescape(as_file)
        last = max(last, start)
    for block in draft.blocks:
        text = draft.text[block.start : block.end]
        assert text == text.strip() != ""
        draft.location(block.start, block.end)


@given(st.lists(pieces, max_size=25).map("".join))
def test_every_character_of_markdown_prose_keeps_its_place(text: str):
    check_places(markdown(text))


@given(st.text(alphabet=" \n\r\t<>&;/abp!-=\"'é😀#x1", max_size=60), st.booleans())
def test_every_character_of_html_prose_keeps_its_place(text: str, in_page: bool):
    try:
        draft = parse_draft((f"<p>{text}" if in_page else text).encode(), "d.html")
    except FactcheckError:
        return  # what looks like front matter and is not YAML
    check_places(draft)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_every_character_of_plain_text_keeps_its_place(text: str):
    check_places(parse_draft(text.encode(), "d.txt"))
