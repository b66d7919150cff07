"""Cutting text into passages: sentences, headings, list items and table rows, with exact offsets.

Made for news prose in English: titles and initials, "a.m.", decimals, ellipses,
quotations with their attribution. ``text[passage.start:passage.end]`` is always the
passage, and no letter or digit of a block is left out or given twice. Plain rules
and the standard library: the same text gives the same passages on every machine.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from factcheck.domain import Passage

# Longer sentences are cut at a semicolon, comma or space: the models read about
# 250 words and would silently ignore the rest.
MAX_CHARACTERS = 1000

# A quotation up to this length stays in one passage with the words that attribute
# it: a quoted sentence on its own would read as the source's own statement.
MAX_QUOTATION = 320


@dataclass(frozen=True, kw_only=True)
class Block:
    """A run of text that no sentence crosses. ``paragraph`` is shared by the items of one list or rows of one table."""

    kind: str  # sentence | heading | item | row
    start: int
    end: int
    paragraph: int


def split(text: str, source_id: str, blocks: Sequence[Block] | None = None) -> tuple[Passage, ...]:
    """The passages of a text, in order. ``blocks`` come from the reader; without them they are found in the text."""
    passages: list[Passage] = []
    for block in find_blocks(text) if blocks is None else blocks:
        for start, end in _pieces(text, block):
            passages.append(
                Passage(
                    source_id=source_id,
                    ordinal=len(passages),
                    paragraph=block.paragraph,
                    start=start,
                    end=end,
                    text=text[start:end],
                    kind=block.kind,
                )
            )
    return tuple(passages)


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of one paragraph, as spans of ``text`` without the white space around them."""
    end = len(text) if end is None else end
    closed = _kept_whole(text, start, end)
    starts = [span[0] for span in closed]
    spans: list[tuple[int, int]] = []
    begin = start
    for match in _STOP.finditer(text, start, end):
        cut = match.end("stop")
        following = text[match.end() : min(match.end() + 80, end)]
        if not following or not _ends_sentence(text, begin, match, following):
            continue
        at = bisect_right(starts, match.start()) - 1
        if at >= 0 and match.start() < closed[at][1] - 1 and cut < closed[at][1]:
            continue
        spans.append((begin, cut))
        begin = match.end()
    spans.append((begin, end))
    return [span for span in (_strip(text, *span) for span in spans) if span[0] < span[1]]


# -- blocks of a text that has no reader of its own -----------------------------

_HEADING = re.compile(r"[ ]{0,3}#{1,6}[ \t]+(?P<body>.*)$")
_RULE = re.compile(r"\s*(?:[-=_*~]\s*){3,}$")
_ITEM = re.compile(r"\s*(?:[-*+•‣◦·]|\(?\d{1,3}[.)]|\(?[a-z][)])[ \t]+(?=\S)")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_ROW_RULE = re.compile(r"\s*\|[\s:|+-]*$")
_QUOTED_LINE = re.compile(r"\s*>[ \t]?(?=\S)")

# Lines this long were probably broken by an editor, not by the writer.
_WRAPPED_LINE = 45


def find_blocks(text: str) -> list[Block]:
    """The blocks of plain text or Markdown source: paragraphs, headings, list items, table rows.

    Lines that were wrapped by an editor make one paragraph; short lines (a headline,
    a byline, a name to a line) stay apart.
    """
    found: list[Block] = []
    paragraph = -1
    open_lines: list[tuple[int, int]] = []
    open_kind = "sentence"
    previous = ""  # kind of the line before, "" after a blank line

    def flush() -> None:
        nonlocal paragraph
        if not open_lines:
            return
        groups: list[tuple[int, int]] = []
        runs_on = False
        for a, b in open_lines:
            if groups and (open_kind == "item" or (runs_on and not text.startswith("By ", a))):
                groups[-1] = (groups[-1][0], b)
            else:
                groups.append((a, b))
            runs_on = b - a >= _WRAPPED_LINE
        for start, end in groups:
            if open_kind != "item":
                paragraph += 1
            found.append(Block(kind=open_kind, start=start, end=end, paragraph=paragraph))
        open_lines.clear()

    for start, end in _lines(text):
        line = text[start:end]
        if not line.strip() or _RULE.match(line):
            flush()
            previous = "" if not (previous == "item" and not line.strip()) else "item-gap"
            continue
        if heading := _HEADING.match(line):
            flush()
            body = heading["body"].rstrip(" \t#")
            a = start + heading.start("body")
            a, b = _strip(text, a, a + len(body))
            if a < b:
                paragraph += 1
                found.append(Block(kind="heading", start=a, end=b, paragraph=paragraph))
            previous = "heading"
        elif _ROW.match(line):
            flush()
            if not _ROW_RULE.match(line):
                if previous != "row":
                    paragraph += 1
                a, b = _strip(text, start, end, extra="|")
                if a < b:
                    found.append(Block(kind="row", start=a, end=b, paragraph=paragraph))
            previous = "row"
        elif item := _ITEM.match(line):
            flush()
            if previous not in ("item", "item-gap"):
                paragraph += 1
            open_kind = "item"
            open_lines.append(_strip(text, start + item.end(), end))
            previous = "item"
        else:
            if previous == "item" and open_lines and line[:1] in " \t":
                open_lines.append(_strip(text, start, end))
                continue
            if open_kind == "item":
                flush()
            open_kind = "sentence"
            offset = quoted.end() if (quoted := _QUOTED_LINE.match(line)) else 0
            open_lines.append(_strip(text, start + offset, end))
            previous = "sentence"
    flush()
    return found


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in re.finditer(r"\r\n|[\n\r\f\v\x85\u2028\u2029]", text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


# -- sentences --------------------------------------------------------------------

_CLOSERS = "\"'”’»)\\]}"
# A run of marks is tried once, from its first and to its last: a page of dots would else take the square of its length.
_STOP = re.compile(
    rf"(?P<stop>(?P<mark>(?<![.!?…])[.!?…]++|(?<![。！？])[。！？]++)(?P<close>[{_CLOSERS}]*)(?:\[\d+\])*)(?P<space>\s+|(?<=[。！？]))"
)
_OPENERS = "\"'“‘«([{¿¡—–-"


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Never the last word of a sentence.
_BEFORE_A_NAME = _words(
    """mr mrs ms mx messrs mmes dr drs prof profs rev revd fr sr sra hon rt sen sens rep reps gov govs gen maj col
    lt sgt cpl pte pvt capt cmdr cdr adm brig insp supt det pres amb atty asst assoc dep dist mgr msgr pfc st
    ste mt ft capts vs v cf viz ca c al op fig figs eq vol vols pp ed eds approx est tel ext e.g i.e a.k.a no
    nos art arts sec secs ch para paras dept univ"""
)
# May end a sentence: it does when the next word is one that begins sentences.
_MAY_END = _words(
    """inc ltd co corp plc llc bros jr snr esq etc et al ph.d m.d b.a m.a b.sc m.sc a.m p.m am pm b.c a.d jan feb
    mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun ave blvd rd bldg hwy
    ste ariz ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa
    tenn tex va vt wash wis wyo ont que min mins hr hrs sq lb lbs oz yd yds km kg mph nat intl govt assn bn mn
    cm mm kw mw"""
)
# Abbreviations only before a number: "No." is a sentence too.
_NEEDS_DIGIT = _words("no nos art arts sec secs ch para paras vol vols pp p fig figs eq ca c op")
_BEGINS_SENTENCE = _words(
    """the a an this that these those there it its he she they we you i his her their our my in on at by for from
    with after before during since until while when where as if although though because but and or yet so
    however meanwhile also then now today yesterday last next under over about among between both each every all
    some many most no not nor one two three what who why how which according another other such despite earlier
    later still even only more officials police asked speaking"""
)
_AFTER_A_TIME = re.compile(
    r"(?:(?:E|C|M|P)[SD]?T|GMT|UTC|BST|CET|CEST|IST|Eastern|Central|Pacific|Mountain|Greenwich|(?:Mon|Tues|Wednes|Thurs|Fri|"
    r"Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|"
    r"Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
)
_ATTRIBUTION = re.compile(
    r"(?:(?:[A-Z][\w.’'-]*|the|a|an|his|her|its|their|of|one|[a-z]+)\s+){1,6}?"
    r"(?:said|says|asked|asks|told|tells|added|adds|wrote|writes|replied|replies|shouted|recalled|answered|declared|"
    r"insisted|warned|joked|explained|tweeted|posted|concluded|continued)\b"
)


def _ends_sentence(text: str, begin: int, match: re.Match[str], following: str) -> bool:
    mark, close = match["mark"], match["close"]
    if mark[0] in "。！？":
        return True
    after = following.lstrip(_OPENERS + " ")
    if not after:
        return False
    first = after[0]
    # A lower-case word goes on with the sentence: "Why?" he asked; at 3 p.m. on Friday.
    if first.islower():
        return False
    quoted = any(quote in close for quote in "\"”’»'")
    if quoted and following[0] not in _OPENERS and _ATTRIBUTION.match(following):
        return False
    if "?" in mark or "!" in mark:
        return True
    if mark == "…" or len(mark) > 1:
        return first.isupper() or first.isdigit()
    if close and close[0] not in "'’":
        return True
    word_start = match.start()
    while word_start > begin and not text[word_start - 1].isspace() and text[word_start - 1] not in _OPENERS + "/":
        word_start -= 1
    word = text[word_start : match.start()].strip(_OPENERS + ",;:")
    lower = word.lower()
    next_word = re.match(r"[\w’']+", after)
    starter = next_word is not None and next_word[0].lower() in _BEGINS_SENTENCE and following[0] not in "(["
    if word.isdigit():
        # "1." that opens a block numbers it.
        return bool(text[begin:word_start].strip()) or len(word) > 3
    if lower in _NEEDS_DIGIT and not (len(word) == 1 and word.isupper()):  # "p. 12" is a page, "P. Lowther" somebody
        return not first.isdigit()
    if lower in _BEFORE_A_NAME:
        return False
    if lower in ("a.m", "p.m", "am", "pm") and _AFTER_A_TIME.match(after):
        return False
    if len(word) == 1 and word.isalpha() and word.isupper():
        # An initial, unless a sentence plainly begins: "Plan B. The council"; "I" is ambiguous after an initial.
        return starter and next_word is not None and next_word[0] != "I"
    if lower in ("a.m", "p.m"):
        return True
    if lower in _MAY_END or re.fullmatch(r"(?:[^\W\d_]{1,3}\.)+[^\W\d_]{1,3}", word):
        return starter
    return True


def _kept_whole(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans that are not cut inside: short quotations and short parentheses, outermost only, in order."""
    return [match.span() for match in _WHOLE.finditer(text, start, end)]


_WHOLE = re.compile(
    rf"“[^“”]{{1,{MAX_QUOTATION}}}”"
    rf"|(?<![\w\"])\"(?=\S)[^\"]{{1,{MAX_QUOTATION}}}(?<=\S)\""
    rf"|(?<!\w)‘(?=\S)[^‘“”\"]{{1,{MAX_QUOTATION}}}?(?<=[.,!?…])’(?!\w)"
    rf"|«[^«»]{{1,{MAX_QUOTATION}}}»"
    rf"|\([^()\"“”]{{1,200}}\)"
)


def _pieces(text: str, block: Block) -> Iterable[tuple[int, int]]:
    start, end = _strip(text, block.start, block.end)
    if start >= end:
        return
    spans = [(start, end)] if block.kind in ("heading", "row") else sentences(text, start, end)
    for span in spans:
        yield from _shorten(text, *span)


def _shorten(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MAX_CHARACTERS:
        window = text[start : start + MAX_CHARACTERS]
        cut = 0
        for breaks in (r"[;:]\s", r",\s", r"\s"):
            places = [m.end() for m in re.finditer(breaks, window) if m.end() > MAX_CHARACTERS // 3]
            if places:
                cut = places[-1]
                break
        cut = cut or MAX_CHARACTERS
        a, b = _strip(text, start, start + cut)
        if a < b:
            yield a, b
        start += cut
    a, b = _strip(text, start, end)
    if a < b:
        yield a, b


def _strip(text: str, start: int, end: int, extra: str = "") -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in extra or text[start] == "\ufeff"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in extra):
        end -= 1
    return start, end
