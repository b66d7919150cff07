"""python -m benchmarks.torture.pumps [TARGET ...]: one thing repeated to a megabyte, and files that unfold or loop.

Each input has a megabyte at most and runs in a process of its own, whose memory ends at
512 MB and whose processor time at 10 seconds. A repeated piece is tried at 64 KB first, and
at a megabyte when it takes more than its share there.
"""

from __future__ import annotations

import gzip
import io
import os
import resource
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator

from benchmarks.torture.targets import TARGETS, _docx, pdf_of, with_text_part

MEGABYTE = 1_000_000
MEMORY = 512_000_000
SECONDS = 10
# What a megabyte may take, for 64 KB, with room for what every input takes.
SHARE = 0.3

# ruff: noqa: E501
PIECES = """a|ab |A |A. |a.|1|1,|1.|1 million |May 1, 2020 |$1 |.|. |...|?|! |-|- |--|*|**a|a*|_a_|`|~~a|#|# |> |>|[|]|![|[a](|[a][|(|)|
<|>|</|<a |<p>|<div>|<b>|<span style="color:#fff">|<ul><li>|<table><tr><td>|<!--|<!|<![CDATA[|<?|&|&amp;|&#|&#x1;|"|"a |“|“a |‘a |”|'|’|'s |
|\t| \t|:|: |;|, |,|=|{|}|{}|%|/|\\|\\x|http://a.b/ |a@b.c |é|\u0301|\u200b|\u202e|\u0130|½|²|factcheck: ignore[|<!-- factcheck: ignore[FC201] |
---|---\n|a: |- - |? |!!|&a |*a |said |Mr. |U.S. |The |of the |and |, and |half |twenty-|former president |not """.replace(
    "\n", ""
).split("|")
PIECES = [
    *filter(None, PIECES),
    " ",
    "\n",
    "\r",
    "\r\n",
    "a\n",
    "\n\n",
    " \n",
    "|",
    "| a ",
    "|-|\n",
    "- a\n",
    "  ",
    "\n  - ",
]


def bombs() -> Iterator[tuple[str, str, bytes]]:
    """Files that are small and stand for much, or that lead in a circle: (target, name, bytes)."""
    entities = '<!DOCTYPE x [<!ENTITY a0 "lol">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    outside = '<!DOCTYPE x [<!ENTITY a11 SYSTEM "file:///etc/passwd">'
    for name, doctype in (("entities", entities), ("outside", outside)):
        yield (
            "sitemap",
            name,
            f"<?xml version='1.0'?>{doctype}]><urlset><url><loc>http://a/&a11;</loc></url></urlset>".encode(),
        )
        feed = f"<?xml version='1.0'?>{doctype}]><rss><channel><item><title>&a11;</title></item></channel></rss>"
        yield "feed", name, feed.encode()
        yield "html", name, f"{doctype}]><html><p>&a11;</p></html>".encode()
    for depth in (1_000, 100_000):
        yield "sitemap", f"deep {depth}", b"<urlset>" + b"<a>" * depth
        yield "feed", f"deep {depth}", b"<rss><channel><item><description>" + b"&lt;div&gt;" * min(depth, 90_000)
        for target in ("html", "draft-html", "markdown", "draft-markdown"):
            for piece in (b"<div>", b"<b>", b"<ul><li>"):
                yield target, f"deep {piece.decode()} {depth}", b"<html>" + piece * min(depth, 120_000) + b"text"
        yield (
            "html",
            f"deep json {depth}",
            b'<html><script type="application/ld+json">' + b"[" * depth + b"</script><p>x y",
        )
        for target in ("claims", "markdown", "draft-markdown", "text"):
            for piece in ("[", "{a: ", "- ", "? "):
                yield target, f"deep yaml {piece}{depth}", f"---\nclaims: {piece * depth}\n---\ntext\n".encode()
    aliases = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    for target in ("claims", "markdown", "draft-markdown", "text"):
        yield target, "aliases", f"---\n{aliases}title: *a11\n---\ntext\n".encode()
    yield "claims", "aliases in claims", f"{aliases}claims: *a11\n".encode()
    for target in ("docx", "draft-docx"):
        xml = zipfile.ZipFile(io.BytesIO(_docx())).read("word/document.xml")
        for name, old, new in (
            ("zeros", xml, b"\0" * (300 * MEGABYTE)),
            ("text", b"<w:sectPr", b"<w:p><w:r><w:t>A b c.</w:t></w:r></w:p>" * 400_000 + b"<w:sectPr"),
            ("deep", b"<w:sectPr", b"<w:sdt><w:sdtContent>" * 20_000 + b"<w:sectPr"),
            ("cells", b"<w:tc>", b"<w:tc><w:p/></w:tc>" * 60_000 + b"<w:tc>"),
            ("span", b"<w:tc>", b'<w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr>'),
        ):
            data = with_text_part(xml.replace(old, new, 1))
            del new  # a process of its own has as much memory as this one holds
            yield target, name, data
    mail = b"From: a@b\r\nSubject: x\r\n"
    yield (
        "mail",
        "parts in parts",
        mail
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(15_000)),
    )
    yield "mail", "mail in mail", mail + b"Content-Type: message/rfc822\r\n\r\n" * 30_000
    yield "mail", "one header", b"Subject: " + b"=?utf-8?q?a?= " * 70_000
    yield "mail", "addresses", b"Subject: x\r\nFrom: " + b"(" * 500_000 + b"\r\n\r\ntext"
    yield "mail", "parameters", mail + b"Content-Type: text/plain" + b"; a*0*=b" * 100_000 + b"\r\n\r\ntext"
    stream = "<</Length {n}/Filter/FlateDecode>>stream\n"
    packed = zlib.compress(b"BT (a) Tj ET " * 8_000_000, 6)
    body = pdf_of("x").replace(b"<</Length 1>>stream\nx\n", stream.format(n=len(packed)).encode() + packed + b"\n")
    yield "pdf", "stream that unpacks", body
    yield "pdf", "pages in a circle", pdf_of("x").replace(b"/Kids[4 0 R]", b"/Kids[2 0 R 2 0 R]")
    yield "pdf", "parents in a circle", pdf_of("x").replace(b"/Type/Pages/Kids", b"/Type/Pages/Parent 4 0 R/Kids")
    yield "pdf", "many pages", pdf_of("x").replace(b"/Kids[4 0 R]", b"/Kids[" + b"4 0 R " * 100_000 + b"]")
    yield "pdf", "length in a circle", pdf_of("x").replace(b"/Length 1", b"/Length 5 0 R")
    yield (
        "pdf",
        "deep arrays",
        pdf_of("x", extra="9 0 obj" + "[" * 500_000 + "\n").replace(b"/Contents 5", b"/Contents 9"),
    )
    yield (
        "pdf",
        "no pages and a prev in a circle",
        b"%PDF-1.4\nstartxref\n9\n%%EOF" + b"xref\n0 0\ntrailer<</Prev 9>>\n" * 9000,
    )
    yield "pdf", "many operators", pdf_of("q " * 400_000)
    yield "pdf", "many words", pdf_of("BT /F1 1 Tf " + "(a b) Tj 1 0 Td " * 55_000 + "ET")
    yield "csv", "cells", b"a," * 500_000 + b"\n1,2\n"
    yield "csv", "rows", b"a\n" * 500_000
    yield "csv", "quotes", b'"' * 1_000_000
    yield "text", "gzip", gzip.compress(b"\0" * (50 * MEGABYTE))
    yield "text", "nothing but zeros", b"a" * 5000 + b"\0" * 900_000
    yield "text", "utf-16", "\ufeff".encode("utf-16") + b"\x00\xd8" * 400_000
    yield "text", "two bytes a letter", b"\xe9\xa3" * 500_000


def pumped(target: str, piece: str, size: int) -> bytes:
    """A piece repeated to a size, in the frame that its target needs."""
    heads = {
        "html": "<html><p>",
        "mail": "Subject: x\n\n",
        "claims": "claims:\n  - ",
        "feed": "<rss><channel><item><title>",
    }
    data = piece.encode("utf-8", "replace")
    return heads.get(target, "").encode() + data * (size // len(data))


def run(target: str, data: bytes, seconds: int = SECONDS) -> tuple[str, float, int]:
    """(what went wrong or "", seconds of the processor, most bytes of memory) of one input in a process of its own."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        code = 0
        try:
            os.close(read)
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
            TARGETS[target](data)
        except BaseException as error:
            os.write(write, f"{type(error).__name__}: {error}"[:300].encode("utf-8", "replace"))
            code = 1
        finally:
            os._exit(code)
    os.close(write)
    words = b""
    while piece := os.read(read, 4096):
        words += piece
    os.close(read)
    _, status, used = os.wait4(child, 0)
    spent = used.ru_utime + used.ru_stime
    if status and not words:
        words = b"over 10 seconds" if spent >= seconds else b"killed"
    return words.decode("utf-8", "replace"), spent, used.ru_maxrss * 1024


def main(wanted: list[str]) -> int:
    failed = tried = 0
    slowest, largest = (0.0, ""), (0, "")

    def tell(target: str, name: str, wrong: str, spent: float, memory: int) -> None:
        nonlocal failed, tried, slowest, largest
        tried += 1
        slowest, largest = max(slowest, (spent, f"{target}: {name}")), max(largest, (memory, f"{target}: {name}"))
        if wrong:
            failed += 1
            print(f"FAILED {target}: {name}: {wrong} ({spent:.1f} s, {memory / 1e6:.0f} MB)", flush=True)

    began = time.time()
    for target, name, data in bombs():
        if not wanted or target in wanted:
            tell(target, name, *run(target, data))
    for target in TARGETS:
        if target in ("pdf", "docx", "draft-docx", "sitemap", "reports") or (wanted and target not in wanted):
            continue
        for piece in PIECES:
            wrong, spent, memory = run(target, pumped(target, piece, 64_000))
            if not wrong and spent > SHARE:
                wrong, spent, memory = run(target, pumped(target, piece, MEGABYTE))
            tell(target, repr(piece), wrong, spent, memory)
    print(f"{tried} inputs of up to a megabyte, {failed} failed, in {time.time() - began:.0f} s")
    print(
        f"slowest: {slowest[0]:.1f} s of the processor, {slowest[1]}; largest: {largest[0] / 1e6:.0f} MB, {largest[1]}"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    for target in TARGETS:  # what readers import is imported once, here, and not in every process
        TARGETS[target](b"x" if target not in ("docx", "draft-docx") else _docx())
    sys.exit(main(sys.argv[1:]))
