"""Evidence in the claim's own terms: values that come to the same are written alike before the model reads them.

A small language model knows "Saturday", in a report of 3 September, for 1 September, or
"€6m" for six million euros, less surely than a parser does. So what the parsers find
equal to a value of the claim is written as the claim writes it, and a relative date as
the day it stands for, where the claim gives a calendar date (temporal value normalisation, as
TIMEX3 has it: Pustejovsky et al. 2003). A figure that meets a bound of the claim's is written
as the bound ("fewer than two in five" for 38.2 percent), and one of a whole as the share that
the claim tells. Nothing is made true by it, and the report quotes the source as it stands:
these texts are for the model alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from factcheck import dates
from factcheck.alignment import Reading
from factcheck.dates import When
from factcheck.meant import BOUNDS
from factcheck.quantities import Quantity, comparable, compare, compare_values, hedged_from

_PREPOSITION = re.compile(
    r"\b(?:on|in|by|since|until|till|from|before|after|of|for|to|at|between|and|during|through|late|early|the)\W*$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"\ban?\s$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s\b")
# Forms that tell a day by another day: one of the text's own, or that of its publication.
_RELATIVE = frozenset(
    "relmonth relunit relwd wdweek wdof nightday weektoday offset halfoffset yearlater today weekday holiday".split()
)
_ONWARD = re.compile(r"\b(?:before|after)$", re.IGNORECASE)
_PARTS = frozenset(("morning", "afternoon", "evening", "night"))


def in_terms_of(claim: Reading, told: Reading) -> str:
    """The text of a passage with its figures and dates written as the claim writes them, where they are the same."""
    text, end = told.text, len(told.text)
    for start, stop, words in sorted((*_figures(claim, told), *_dates(claim, told)), reverse=True):
        if stop <= end:
            text, end = text[:start] + words + text[stop:], start
    return text


def _figures(claim: Reading, told: Reading) -> Iterator[tuple[int, int, str]]:
    for o in told.quantities:
        same = next((q for q in claim.quantities if _alike(claim, q, o)), None)
        if same:
            yield o.start, o.end, same.text
            continue
        near = next(
            (q for q in claim.quantities if _within(claim, q, o) or _share(q, o, told) or _converted(q, o)), None
        )
        if near:
            words = claim.text[hedged_from(claim.tokens, near) : near.end]
            yield o.start, o.end, words[:1].lower() + words[1:] if told.text[: o.start].strip() else words


def _alike(claim: Reading, q: Quantity, o: Quantity) -> bool:
    """Whether the claim's words for a figure can stand in the place of the source's."""
    if q.dim == "ordinal" or "hyphen" in (q.form, o.form) or bool(q.tally) is not bool(o.tally):
        return False
    # "a pair of", "a year's time": cut out of their phrase these fit nowhere.
    if _ARTICLE.search(claim.text[: q.start]) or _POSSESSIVE.search(q.text) or _POSSESSIVE.match(claim.text, q.end):
        return False
    a, b = _bare(q.text), _bare(o.text)
    return a not in b and b not in a and comparable(q, o) and compare(q, o) == "equal"


NEAR = 0.15  # a figure this far from a bound is hardly what the bound is told of


def _within(claim: Reading, q: Quantity, o: Quantity) -> bool:
    """Whether a figure of the source is one that the claim tells by a bound: 38.2 percent is "under 40"."""
    if q.bound not in BOUNDS or o.bound or q.dim == "ordinal" or "hyphen" in (q.form, o.form):
        return False
    if q.tally or o.tally or o.lo != o.hi:
        return False
    if _POSSESSIVE.match(claim.text, q.end) or not comparable(q, o) or compare(q, o) != "consistent":
        return False
    if q.dim == "count" and q.head and o.head and q.head != o.head:
        return False
    return abs(o.lo - q.lo) <= NEAR * abs(q.lo)


def _converted(q: Quantity, o: Quantity) -> bool:
    """Whether a figure of the source is the claim's in another unit, but for rounding: 212 miles, "about 340 km"."""
    if (
        q.unit == o.unit
        or q.dim != o.dim
        or "share" in (q.unit, o.unit)
        or q.dim in ("count", "time")
        or q.bound in BOUNDS
    ):
        return False
    return compare(q, o) == "consistent" and "hyphen" not in (q.form, o.form)


_OUT_OF = re.compile(r"\s(?:out\s)?of\s(?:(?:the|its|their|his|her|a\stotal\sof)\s)?", re.IGNORECASE)


def _share(q: Quantity, o: Quantity, told: Reading) -> bool:
    """Whether a figure is so great a share of what the text has it of as the claim says: "14 million of the 22"."""
    if q.dim != "percent" or o.dim in ("percent", "points", "ordinal", "multiple", "time") or o.lo != o.hi:
        return False
    whole = o.whole
    after = next((p for p in told.quantities if p.start >= o.end), None)
    if whole is None and after and after.dim == o.dim and _OUT_OF.fullmatch(told.text[o.end : after.start]):
        whole = after.lo
    if not whole:
        return False
    share = 100 * o.lo / whole
    return compare_values(q, share, share) in ("equal", "consistent")


def _bare(text: str) -> str:
    return re.sub(r"[\s,.–-]+", "", text.lower())


def _dates(claim: Reading, told: Reading) -> Iterator[tuple[int, int, str]]:
    calendar = [w for w in claim.dates if w.spans and w.form not in _RELATIVE]
    some_weekday = any(w.weekday is not None and not w.spans for w in claim.dates)  # "on a Monday"
    for o in told.dates:
        if not o.spans or _POSSESSIVE.match(told.text, o.end) or _ONWARD.search(o.text):
            continue
        equal = [w for w in claim.dates if w.grain != "time" and dates.compare(w, o) == "equal"]
        same = [w for w in equal if w.spans[:1] == o.spans[:1] and w.relation == o.relation]
        if any((w.form in _RELATIVE) is not (o.form in _RELATIVE) for w in same):
            words, alone = same[0].text, same[0].form in _RELATIVE
        elif calendar and not equal:
            words, alone = _by_the_calendar(o, year=any(w.year for w in calendar)), False
        elif some_weekday and o.grain == "day" and o.weekday is None:
            words, alone = dates.show_day(o.spans[0][0], year=o.year is not None), False
        else:
            continue
        if words and words != o.text:
            before = told.text[: o.start]
            if not alone and not _PREPOSITION.search(before):
                words = f"{'on' if o.grain == 'day' else 'in'} {words}"
            yield o.start, o.end, words if before.strip() else words[:1].upper() + words[1:]


def _by_the_calendar(o: When, *, year: bool) -> str:
    """A date in full, and with its year if asked; "" where the text leaves it open, or has told it so already."""
    first, last = o.spans[0]
    if o.form not in _RELATIVE and not (year and dates.yearless(o)):
        return ""
    if (len(o.spans) > 1 and o.form != "weekday") or o.text.lower() in ("overnight", "tonight"):
        return ""
    if first == last:
        day = dates.show_day(first, year=year)
        return f"the {o.part} of {day}" if o.part in _PARTS else day
    if o.grain == "month" and first.day == 1 and (first.year, first.month) == (last.year, last.month) and not o.part:
        return dates.show_span(first, last, o.grain)
    return str(first.year) if o.grain == "year" and dates.show_span(first, last, "year") == str(first.year) else ""
