"""Every part that takes other people's bytes, how to make input for it, and what must hold whatever it gets.

A target is called with bytes and returns, or raises what is a fault: anything but the
errors that tell a person what is wrong. ``make(name, number)`` gives input ``number`` of a
target, always the same one, so that a failure is named by a number.
"""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from factcheck.claims import decode, read_claims
from factcheck.domain import (
    Claim,
    Quote,
    Reason,
    Report,
    Slot,
    SlotFinding,
    SlotKind,
    SlotState,
    Stance,
    Verdict,
    VerdictLabel,
)
from factcheck.drafts.documents import parse_draft
from factcheck.drafts.ignores import read_ignores
from factcheck.errors import FactcheckError
from factcheck.extract import read_sentences
from factcheck.findings import review
from factcheck.passages import split
from factcheck.readers import Document, read
from factcheck.reporters import ACTING, REPORTERS, View, reporter

CORPUS = Path(__file__).parent.parent.parent / "tests" / "corpus"

# What no source's text may hold: a terminal would obey it, or a person not see it.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def _one_line(error: FactcheckError) -> None:
    for line in str(error).split("\n"):
        assert line.isprintable() or not UNSEEN.search(line), "an error holds what nobody sees"
        assert len(line) < 2000, f"an error of {len(line)} characters"
    assert str(error).strip(), "an error without words"


# -- what must hold ------------------------------------------------------------------------------


def reads(name: str, media_type: str) -> Callable[[bytes], None]:
    """A reader: clean text with exact blocks and passages, or one line that says why not."""

    def target(data: bytes) -> None:
        try:
            readings = read(Document(raw=data, name=name, media_type=media_type))
        except FactcheckError as error:
            return _one_line(error)
        for reading in readings:
            assert not UNSEEN.search(reading.text), "the text holds what nobody sees"
            for value in (reading.title, reading.publisher, reading.author, *reading.notes):
                assert value is None or not UNSEEN.search(value), "a title, name or note holds what nobody sees"
            at = 0
            for block in reading.blocks:
                assert at <= block.start < block.end <= len(reading.text), "blocks out of order"
                at = block.end
            for passage in split(reading.text, "s", reading.blocks):
                assert reading.text[passage.start : passage.end] == passage.text
            reading.text.encode()
        return None

    return target


def claims(data: bytes) -> None:
    """The claims parser: claims with their places, or one line for each mistake."""
    try:
        found = read_claims(text := decode(data, "c.yaml"), "c.yaml")
    except FactcheckError as error:
        return _one_line(error)
    lines = len(re.split(r"\r\n|\r|\n", text))
    for claim in found:
        assert claim.text.strip()
        assert claim.location is not None
        assert 1 <= claim.location.line <= claim.location.end_line <= lines
    read_ignores(text, "c.yaml", units=[claim.location for claim in found if claim.location])
    return None


def drafts(name: str) -> Callable[[bytes], None]:
    """A draft parser: prose whose every character has its place, or one line that says why not."""

    def target(data: bytes) -> None:
        try:
            draft = parse_draft(data, name)
        except FactcheckError as error:
            return _one_line(error)
        assert len(draft.starts) == len(draft.ends) == len(draft.text)
        assert all(0 <= a <= b <= len(draft.raw) for a, b in zip(draft.starts, draft.ends, strict=True))
        found = read_sentences(draft)
        for sentence in found:
            assert draft.text[sentence.start : sentence.end] == sentence.text
        units = [draft.location(s.start, s.end) for s in found]
        read_ignores(draft.raw, name, units=units, blocks=[draft.location(b.start, b.end) for b in draft.blocks])
        assert all(isinstance(source, str) for source in draft.sources)
        assert draft.title is None or draft.title.strip()
        return None

    return target


def slots(data: bytes) -> None:
    """The slot parsers: every value stands where it says it does."""
    from factcheck import dates, quantities, speech, told, wording

    text = data.decode("utf-8", "surrogatepass") if _decodes(data) else data.decode("latin-1")
    found = quantities.find_quantities(text)
    for quantity in found:
        assert 0 <= quantity.start < quantity.end <= len(text)
    told.related(text, found)
    for when in dates.find_dates(text):
        assert 0 <= when.start < when.end <= len(text)
    for token in wording.tokens(text):
        assert text[token.start : token.end] == token.raw
    for span in wording.name_spans(text):
        assert text[span.start : span.end] == span.text
    for quotation in wording.quotations(text):
        assert 0 <= quotation.start <= quotation.end <= len(text)
    wording.content(text)
    speech.sayings(text)


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def reports(data: bytes) -> None:
    """Every report format: whatever a claim, source or checker says is shown and never obeyed."""
    rng = random.Random(data)
    text = data.decode("utf-8", "surrogatepass") if _decodes(data) else data.decode("latin-1")
    pieces = [piece for piece in re.split(r"(?<=\n)", text) if piece.strip()] or ["x"]

    def piece() -> str:
        return rng.choice(pieces)

    source = "claims:\n" + "".join(f"  - {json.dumps(f'claim {n}')}\n" for n in range(4))
    reviewed = review(Report(verdicts=tuple(_verdict(rng, piece, c) for c in read_claims(source, "a/b.yaml"))))
    for name in REPORTERS:
        shown = reporter(name)(reviewed, View(width=rng.choice([20, 80, 100]), texts={"a/b.yaml": source}))
        shown.encode()
        if name in ("json", "sarif", "gitlab"):
            json.loads(shown)
        elif name == "jsonl":
            for line in shown.splitlines():
                json.loads(line)
        elif name == "junit":
            ElementTree.fromstring(shown)
        elif name == "html":
            assert len(re.findall(r"<script", shown)) <= 2, "a script that is not the page's own"
        elif name in ("text", "concise", "github"):
            acting = ACTING.search(shown.replace("\n", ""))
            assert not acting, f"{name} shows U+{ord(acting[0]):04X}"  # type: ignore[index]


def _verdict(rng: random.Random, piece: Callable[[], str], claim: Claim) -> Verdict:
    from dataclasses import replace

    said = piece()
    marks = sorted(rng.randrange(len(said) + 1) for _ in range(2))
    quote = Quote(
        source_id=piece()[:40],
        uri=piece(),
        title=rng.choice([None, piece()]),
        published=None,
        stance=rng.choice(list(Stance)),
        quote=said,
        start=3,
        end=3 + len(said),
        confidence=rng.random(),
        marks=((marks[0], marks[1]),) if marks[0] < marks[1] else (),
    )
    claim = replace(claim, text=piece(), about=rng.choice([None, piece()]))
    label = rng.choice(list(VerdictLabel))
    reasons = {
        VerdictLabel.SUPPORTED: (Reason.ENTAILED, "FC300"),
        VerdictLabel.CONTRADICTED: (Reason.REFUTED, "FC201"),
        VerdictLabel.UNVERIFIED: (Reason.CHECK_FAILED, "FC901"),
    }
    slot = SlotFinding(
        slot=Slot(kind=rng.choice(list(SlotKind)), text=claim.text, start=0, end=len(claim.text)),
        state=rng.choice(list(SlotState)),
        rule="FC201",
        confidence=rng.random(),
        found=piece(),
        derivation=piece(),
    )
    return Verdict(
        claim=claim,
        label=label,
        reason=reasons[label][0],
        rule=reasons[label][1],
        confidence=rng.random(),
        explanation=piece(),
        evidence=(quote,) * rng.randrange(3),
        slots=(slot,) * rng.randrange(2),
    )


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TARGETS: dict[str, Callable[[bytes], None]] = {
    "text": reads("a.txt", "text/plain"),
    "markdown": reads("a.md", "text/markdown"),
    "html": reads("https://a.example/b", "text/html"),
    "csv": reads("a.csv", "text/csv"),
    "mail": reads("a.eml", "message/rfc822"),
    "feed": reads("a.rss", "application/rss+xml"),
    "sitemap": reads("a.xml", "application/sitemap+xml"),
    "pdf": reads("a.pdf", "application/pdf"),
    "docx": reads("a.docx", _WORD),
    "claims": claims,
    "draft-markdown": drafts("a.md"),
    "draft-html": drafts("a.html"),
    "draft-text": drafts("a.txt"),
    "draft-docx": drafts("a.docx"),
    "slots": slots,
    "reports": reports,
}

# How many of a hundred inputs each gets: what is slow gets fewer.
SHARES = {
    "slots": 20,
    "claims": 14,
    "text": 10,
    "draft-text": 10,
    "markdown": 8,
    "draft-markdown": 8,
    "draft-html": 6,
    "csv": 6,
    "mail": 5,
    "sitemap": 4,
    "html": 4,
    "feed": 1,
    "pdf": 1,
    "docx": 1,
    "draft-docx": 1,
    "reports": 1,
}
assert sum(SHARES.values()) == 100

# ruff: noqa: E501
# -- making input ---------------------------------------------------------------------------------

_PLAIN = """The the a of in to and said that Lima Group Ms Crewe Mr. Dr. U.S. Inc. Bogotá ministers signed founded
2017 2019 6 June May 3, 2024 next Friday last year $3.5 million 4,200 jobs per cent 12% eleven twelve twenty-one half
dozens not never denied alleged will plans former president mayor minister 1. (a) 10:30 a.m. p.m. No. 5 1/2 ½""".split()
_NASTY = """\x00 \x1b[31m \u202e \u2066 \u200b \u200d \ufeff \u0301\u0301\u0301 \ud83d\ude00 \U000e0041 \ufffd \u2028
\x85 ﷽ ß İ ı ﬁ Lіma раypal ⅷ ² ١٢٣ 一二 ½ 1e999 1,,2 -0 +-1 0x1F 99999999999999999999999999 ∞ NaN 31/02/2024 24:61
\u3000 … ?! ... .. .) ”. «» “ ” ‘ ’ ' " ((( ))) [[[ ]]] {{{ }}} {{7*7}} ${x} %s %n \\ \\\\ \\u0000 \r \r\n \t | || |-|
--- *** ___ ~~~ ``` ` ** * _ ~~ # ###### > - + 1) [a](b "c") ![x](y) <b> </b> <!-- --> <![CDATA[ ]]> &amp; &#0;
&#x110000; &bogus; &lt; <script> </script> <br/> <p <p> </div> <table><tr><td> factcheck:ignore[FC201]
<!--factcheck:ignore[FC999]until=x--> #factcheck:ignore : ? ! & @ % , ; = ::error:: javascript:x http://a:b@c/
file:///etc/passwd data:text/html,x""".split()
_NASTY = [part.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for part in _NASTY]
_YAML = """claims: text: about: sources: as_of: expect: id: supported contradicted 2019-06-06 2019-02-30 null ~ true
1.5 - -- --- ... & &a *a !!str !x | > |- >+ [ ] { } {text: [a, [b, "c" 'd' <<: ? %YAML @ ` \\x \\u12 "\\ud800" # \t""".split()
_TAGS = """p div span b i a ul li ol dl dt dd table tr td th h1 h2 h3 article main section header footer nav aside
br hr img pre code blockquote sup sub del s script style template noscript svg math iframe title meta link base form
select option time figure figcaption center font html head body frameset plaintext xmp textarea""".split()
_ATTRIBUTES = ["", " hidden", ' style="display:none"', ' class="article-body"', ' class="ad nav"', ' href="//["', " x=",
               ' datetime="2024-02-31"', ' property="og:title" content="x"', ' itemprop="articleBody"', " '", ' rowspan="999999"',
               ' content="2024-05-03" name="date"', ' rel="canonical" href="http://[::1"', ' charset="utf-16"', ' type="application/ld+json"']  # fmt: skip


def prose(rng: random.Random, most: int = 60) -> str:
    """Words and dangers in a random mix."""
    danger = rng.choice([0.02, 0.2, 0.6])
    parts = [rng.choice(_NASTY) if rng.random() < danger else rng.choice(_PLAIN) for _ in range(rng.randint(1, most))]
    glue = rng.choice([" ", " ", " ", "", "\n", ". "])
    return glue.join(parts)


def lines(rng: random.Random, starts: list[str], most: int = 14) -> str:
    return "\n".join(rng.choice(starts) + prose(rng, 12) for _ in range(rng.randint(1, most)))


def markup(rng: random.Random, most: int = 25) -> str:
    """Tags that seldom close, with attributes that seldom end."""
    out = [rng.choice(["", "<!DOCTYPE html>", "<html>", "<?xml version='1.0'?>"])]
    for _ in range(rng.randint(1, most)):
        tag = rng.choice(_TAGS)
        if rng.random() < 0.3:
            out.append(f"</{tag}>")
        else:
            out.append(
                f"<{tag}{rng.choice(_ATTRIBUTES)}{rng.choice(['>', '>', '>', '/>', ''])}" * rng.choice([1, 1, 1, 9])
            )
        if rng.random() < 0.6:
            out.append(prose(rng, 8))
    if rng.random() < 0.1:
        inner = rng.choice(['{"@type":"NewsArticle","headline":%s}', "[" * 50 + "%s", '{"@graph":[%s]}'])
        out.append('<script type="application/ld+json">' + inner % json.dumps(prose(rng, 5)) + "</script>")
    return "".join(out)


def yaml_of(rng: random.Random) -> str:
    parts = [rng.choice(_YAML) if rng.random() < 0.6 else prose(rng, 3) for _ in range(rng.randint(1, 25))]
    shape = rng.random()
    if shape < 0.4:
        rows = "".join(f"  - {rng.choice(parts)}\n" for _ in range(rng.randint(1, 8)))
        return f"claims:\n{rows}"
    if shape < 0.7:
        keys = ["text", "about", "id", "as_of", "expect", "sources", "txt"]
        rows = "".join(
            f"  - {rng.choice(keys)}: {rng.choice(parts)}\n    {rng.choice(keys)}: {rng.choice(parts)}\n"
            for _ in range(4)
        )
        return f"about: {rng.choice(parts)}\nclaims:\n{rows}"
    return "".join(part + rng.choice([" ", "\n", "\n  "]) for part in parts)


@lru_cache(maxsize=1)
def _docx() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("The group", 1)
    document.add_paragraph("It was founded in 2017.", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    table.cell(1, 1).text = "eleven"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_text_part(document: bytes) -> bytes:
    """A Word file with another text part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_docx())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, document if name == "word/document.xml" else old.read(name))
    return out.getvalue()


def _rezipped(rng: random.Random) -> bytes:
    """A Word file with one of its parts spoilt."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_docx())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        spoilt = "word/document.xml" if rng.random() < 0.6 else rng.choice(names)
        for name in names:
            data = old.read(name)
            new.writestr(name, mutate(rng, data) if name == spoilt else data)
    return out.getvalue()


def pdf_of(*contents: str, extra: str = "") -> bytes:
    """A PDF with a page for each content stream; ``extra`` are further objects."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(contents)))
    out = f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[{kids}]/Count {len(contents)}>>endobj\n"
    out += "3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    for n, content in enumerate(contents):
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>/Contents {5 + 2 * n} 0 R>>"
        out += f"{4 + 2 * n} 0 obj{page}endobj\n{5 + 2 * n} 0 obj<</Length {len(content)}>>stream\n{content}\nendstream endobj\n"
    return (out + extra + "trailer<</Root 1 0 R/Size 99>>\n%%EOF\n").encode("latin-1", "replace")


_SAID = "BT /F1 12 Tf 72 700 Td (The group was founded in 2017 by eleven ministers in Lima.) Tj ET"
_MAIL = (
    b"From: A <a@b.example>\r\nSubject: =?utf-8?q?The_group?=\r\nDate: Thu, 06 Jun 2019 10:00:00 +0000\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain;"
    b" charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nFounded in 2017=2E\r\n> quoted\r\n--x\r\n"
    b"Content-Type: text/html\r\n\r\n<p>Founded in 2017.</p>\r\n--x--\r\n"
)
_FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>The group</title><link>https://'
    b"a.example/1</link><pubDate>Thu, 06 Jun 2019 10:00:00 GMT</pubDate><description>&lt;p&gt;Founded in 2017.&lt;/p&gt;"
    b"</description></item></channel></rss>"
)
_SITEMAP = (
    b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.example/1'
    b"</loc><lastmod>2024-05-03</lastmod></url></urlset>"
)
_BITS = [b"\x00", b"\xff\xfe", b"<", b"&", b'"', b"\r\n\r\n", b"<!ENTITY a 'b'>&a;", b"]]>", b"=?utf-8?b?\xff?=", b"%", b"obj",
         b"99999999999", b"-1", b"/Kids[2 0 R]", b"--x\r\n", b"Content-Type: message/rfc822\r\n\r\n", b"\xed\xa0\x80", b"charset=utf-7"]  # fmt: skip


def mutate(rng: random.Random, data: bytes) -> bytes:
    """The bytes with a few of them changed, cut, doubled or put in."""
    out = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 4, 16])):
        at = rng.randrange(len(out) + 1)
        match rng.randrange(5):
            case 0:
                out[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                out[at:at] = rng.choice(_BITS)
            case 2:
                del out[at : at + rng.choice([1, 2, 8, 64])]
            case 3:
                end = min(len(out), at + rng.choice([4, 32, 256]))
                out[at:at] = out[at:end] * rng.choice([1, 1, 8])
            case 4 if rng.random() < 0.2:
                del out[at:]
    return bytes(out)


def _encoded(rng: random.Random, text: str) -> bytes:
    charset = rng.choices(["utf-8", "utf-16", "latin-1", "cp1252"], [20, 1, 1, 1])[0]
    return text.encode(charset, "replace")


def _text(rng: random.Random) -> bytes:
    starts = ["", "", "- ", "1. ", "# ", "> ", "| ", "    ", "---\ntitle: ", "By ", "LONDON, May 3, 2024 -- "]
    return _encoded(rng, prose(rng) if rng.random() < 0.3 else lines(rng, starts))


def _front(rng: random.Random) -> str:
    return f"---\n{yaml_of(rng)}\n---\n" if rng.random() < 0.25 else ""


def _markdown(rng: random.Random) -> bytes:
    starts = [
        "",
        "",
        "- ",
        "  - ",
        "1. ",
        "# ",
        "> ",
        "> > ",
        "| a | ",
        "|-|-|",
        "    ",
        "```\n",
        "<div>",
        "<!-- ",
        "[x]: ",
    ]
    return _encoded(rng, _front(rng) + lines(rng, starts))


def _table(rng: random.Random) -> bytes:
    mark = rng.choice([",", ";", "\t", "|"])
    return _encoded(rng, "\n".join(mark.join(prose(rng, 3) for _ in range(rng.randint(1, 6))) for _ in range(8)))


MAKERS: dict[str, Callable[[random.Random], bytes]] = {
    "text": _text,
    "markdown": _markdown,
    "html": lambda rng: _encoded(rng, markup(rng)),
    "csv": _table,
    "mail": lambda rng: mutate(rng, _MAIL),
    "feed": lambda rng: mutate(rng, _FEED) if rng.random() < 0.7 else _FEED.replace(b"Founded", _encoded(rng, markup(rng, 6))),
    "sitemap": lambda rng: mutate(rng, _SITEMAP),
    "pdf": lambda rng: mutate(rng, pdf_of(_SAID, prose(rng))),
    "docx": lambda rng: _rezipped(rng) if rng.random() < 0.8 else mutate(rng, _docx()),
    "claims": lambda rng: _encoded(rng, yaml_of(rng)),
    "draft-markdown": _markdown,
    "draft-html": lambda rng: _encoded(rng, markup(rng)),
    "draft-text": _text,
    "draft-docx": lambda rng: _rezipped(rng) if rng.random() < 0.8 else mutate(rng, _docx()),
    "slots": lambda rng: prose(rng).encode("utf-8", "surrogatepass"),
    "reports": lambda rng: lines(rng, [""], 8).encode("utf-8", "surrogatepass"),
}  # fmt: skip


def make(name: str, number: int) -> bytes:
    """Input ``number`` of a target: always the same bytes."""
    return MAKERS[name](random.Random(f"{name} {number}"))


def corpus() -> list[tuple[str, Path]]:
    """What once failed, as (target, file): ``tests/corpus/TARGET/...``."""
    return [(file.parent.name, file) for file in sorted(CORPUS.glob("*/*")) if file.parent.name in TARGETS]
