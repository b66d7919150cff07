"""Calendar expressions of news prose, read with their offsets and resolved to days.

Knows full and partial dates, months, seasons, quarters, decades, weekdays,
relative words ("last Tuesday", "a year later", "the previous month") and clock
times. What a text leaves open (a month without its year, a bare weekday) is
resolved against the day the source was published, and marked as inferred.

dateparser and dateutil are not used: neither gives the offsets of every date in
running text or says how much of a date was stated, which is what decides
whether a source backs "12 May 2015" or only "2015".
"""

# ruff: noqa: E501 (the table of patterns reads best with one pattern a line)
from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from factcheck.quantities import MAX_CHARS, ORDINALS
from factcheck.quantities import show as show_number

MAX_DATES = 60

_MONTHS = {
    name: i + 1
    for i, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec")
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {
    name: i
    for i, names in enumerate(
        ("monday mon", "tuesday tue tues", "wednesday wed", "thursday thu thur thurs", "friday fri", "saturday sat", "sunday sun")
    )
    for name in names.split()
}  # fmt: skip
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 14)}
_NUMBERS = {
    w: i
    for i, w in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen twenty""".split()
    )
} | {"a": 1, "an": 1, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "couple": 2}
MONTH_NAMES = ["", *"""January February March April May June July August September October November December""".split()]
DAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

_M = r"(?:jan(?:uary)?|feb(?:ruary)?|march|mar(?=\.)|april|apr|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_W = r"(?:mon|tues?|wednes|wed|thurs?|thu|fri|satur|sat|sun)(?:day)?"
_WD = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_D = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_Y = r"(?:1[5-9]|20)\d\d"
_NUM = r"(?:\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty)"
_UNIT = r"(?:day|week|fortnight|month|year|decade|hour|minute)s?"
_HOUR = r"(?:1[0-2]|0?[1-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_AP = r"(?:a\.m\.|p\.m\.|am\b|pm\b|a\.m\b|p\.m\b)"

# "She wrote to a paper that October"; not "he said that July was wet".
_THAT_MONTH = rf"\s{_M}(?:\s*(?:[.,;:)—–!?]|$)|\s(?:and|but|for|when|after|before|to|from|by|because|while)\b)"

# Tried in order at each place; the first that matches wins. Every alternative is
# anchored by a literal or a bounded class, so the scan is linear in the text.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("iso", rf"\b(?P<y>{_Y})-(?P<m>0[1-9]|1[0-2])-(?P<d>[0-3]\d)\b"),
        ("range", rf"\b(?P<d>{_D})\s?(?:-|–|to|and)\s?(?P<d2>{_D})\s(?:of\s)?(?P<mon>{_M})(?![a-z])(?:,?\s(?P<y>{_Y})\b)?"),
        ("range", rf"\b(?P<mon>{_M})\s(?P<d>{_D})\s?[-–]\s?(?P<d2>{_D})\b(?![:.]\d|\s?%|\spercent|\sper\b|-)(?:,?\s(?P<y>{_Y})\b)?"),
        ("range", rf"\b(?P<mon>{_M})\s(?P<d>{_D})\s(?:to|and)\s(?P<d2>{_D})\b(?=,\s{_Y}\b|[,;.)](?!\d)|$)(?:,?\s(?P<y>{_Y})\b)?"),
        ("dmy", rf"\b(?:the\s)?(?P<d>{_D})\s(?:of\s)?(?P<mon>{_M})(?![a-z])(?:,?\s(?P<y>{_Y})\b)?"),
        ("mdy", rf"\b(?P<mon>{_M})\s(?P<d>{_D})\b(?![:.]\d|\spercent|\sper\b|%)(?:,?\s(?P<y>{_Y})\b)?"),
        ("my", rf"\b(?:(?P<part>early|mid|late|the\sstart\sof|the\sbeginning\sof|the\smiddle\sof|the\send\sof|end\sof)[\s-])?(?P<mon>{_M})(?:,|\sof)?\s(?P<y>{_Y})\b"),
        ("relmonth", rf"\b(?P<rel>last|next|this|this\spast|that(?={_THAT_MONTH})|the\sfollowing|the\sprevious|this\scoming)\s(?P<mon>{_M})(?![a-z])"),
        ("seasonyear", rf"\b(?P<season>spring|summer|autumn|winter)\s(?:of\s)?(?P<y>{_Y})\b"),
        ("quarter", rf"\b(?:the\s)?(?P<q>first|second|third|fourth|last|final)\s(?P<unit>quarter|half)(?:\sof\s(?:(?P<y>{_Y})\b|(?P<rel>this|last|next)\syear)|\s(?P<y2>{_Y})\b)"),
        ("decade", r"\b(?:(?P<part>early|mid|late)[\s-])?(?P<y>(?:1[5-9]|20)\d0)(?:s|(?<=\bthe\s\d{4})['’]s)\b"),
        ("century", r"\b(?:(?P<part>early|mid|late)[\s-])?(?:(?P<n>1\d|2[0-2])(?:st|nd|th)|(?P<word>(?:elev|thirte|fourte|fifte|sixte|sevente|eighte|ninete)enth|twelfth|twentieth|twenty[\s-]first))[\s-]centur(?:y|ies)\b(?!\s(?:BC|B\.C|BCE)\b)"),
        ("partyear", rf"\b(?P<part>early|mid|late|the\sstart\sof|the\sbeginning\sof|the\smiddle\sof|the\send\sof|end\sof)[\s-](?:in\s)?(?P<y>{_Y})\b"),
        ("relunit", r"\b(?P<rel>last|next|this|this\spast|this\scoming|the\sfollowing|the\sprevious|the\snext|the\spreceding|the\ssame|that|earlier\sthis|later\sthis|early\snext|late\slast)\s(?P<unit>year|month|week|spring|summer|autumn|winter|quarter|century|decade|weekend)\b(?!\s(?:old|of\s(?!the)))"),
        ("relwd", rf"\b(?P<rel>last|next|this|this\spast|this\scoming|the\sfollowing|the\sprevious|the\snext|on\sthe)\s(?P<wd>{_WD})s?\b"),
        ("wdweek", rf"\b(?P<wd>{_WD})\s(?P<n>week|fortnight)\b"),
        ("wdof", rf"\b(?P<wd>{_WD})\s(?:of\s)?(?P<rel>last|next|this)\sweek\b"),
        ("pastclock", rf"\b(?P<mi>half|(?:a\s)?quarter|(?:(?<=\bat\s)|(?<=\bby\s)|(?<=\bbefore\s)|(?<=\bafter\s)|(?<=\buntil\s)|(?<=\babout\s)|(?<=\baround\s))(?:twenty-five|five|ten|twenty|\d\d?\sminutes))\s(?P<to>past|to|after)\s(?P<h>{_HOUR}|midnight|noon)\b(?![.:,]\d|\s(?:per|million|billion|%))(?:\s(?:in\sthe\s(?P<day>morning|afternoon|evening)\b|at\s(?P<night>night)\b|(?P<ap>{_AP})))?"),
        ("hourday", rf"\b(?:(?<=\bat\s)|(?<=\bby\s)|(?<=\bbefore\s)|(?<=\bafter\s)|(?<=\buntil\s)|(?<=\btill\s)|(?<=\bsince\s)|(?<=\bfrom\s)|(?<=\babout\s)|(?<=\baround\s))(?P<h>{_HOUR})(?:[.:](?P<mi>[0-5]\d))?(?:\so['’]clock)?(?:\s(?:in\sthe\s(?P<day>morning|afternoon|evening)\b|at\s(?P<night>night)\b)|(?=\s(?:the\s(?:next|following|same)|that)\s(?P<day2>morning|afternoon|evening|night)\b))"),
        ("nightday", r"\b(?P<rel>last|the\sprevious|the\sfollowing|the\snext|the|this|tomorrow|yesterday)\s(?P<part>night|morning|afternoon|evening|day)(?:\s(?P<after>before|after|earlier|later))?\b"),
        ("weektoday", rf"\b(?P<n>a|two|three|{_NUM})\s(?P<unit>weeks?|fortnight|months?|years?)\s(?:from\s)?(?P<day>today|tomorrow|{_WD})\b"),
        ("offset", rf"\b(?P<about>about|around|some|nearly|almost|more\sthan|over|less\sthan|just|exactly|barely|only|roughly)?\s?\b(?P<n>{_NUM})(?P<half>\sand\sa\shalf)?[\s-](?P<unit>{_UNIT})\s(?P<dir>ago|earlier|later|before|after(?:wards)?|previously|on(?!\s(?:average|the|an?|his|her|its|their|top|foot)\b)|hence|thereafter|from\s(?:now|today|then|th(?:at|is)\s(?:day|date|time|point)))\b"),
        ("halfoffset", r"\bhalf\sa(?P<n>n?)\s(?P<unit>year|month|day|decade|century|hour)\s(?P<dir>ago|earlier|later|before|after)\b"),
        ("yearlater", r"\bthe\s(?P<unit>year|month|week|day)\s(?P<dir>before|after)\b"),
        ("today", r"\b(?P<day>today|yesterday|tomorrow|tonight|overnight)\b"),
        ("holiday", rf"\b(?P<hol>christmas(?:\s(?:day|eve))?|new\syear(?:'s)?(?:\s(?:day|eve))?|easter(?:\ssunday|\smonday)?|good\sfriday)\b(?:,?\s(?:of\s)?(?P<y>{_Y})\b)?"),
        ("clockto", rf"\b(?P<h>{_HOUR})(?:[.:](?P<mi>[0-5]\d))?(?=\s?(?:to|until|till|and|-|–)\s?{_HOUR}(?:[.:][0-5]\d)?\s?(?P<ap>{_AP}))"),
        ("time", r"\b(?P<h>2[0-3]|1\d|0?\d)(?:[:.](?P<mi>[0-5]\d))?\s?(?P<ap>a\.m\.|p\.m\.|am\b|pm\b|a\.m\b|p\.m\b)"),
        ("clock", r"\b(?P<h>2[0-3]|[01]\d|\d):(?P<mi>[0-5]\d)\b(?![:.]\d)(?!\s(?:of|minutes|seconds|min))"),
        ("clockdot", r"(?<![\d.,£$€])\b(?P<h>1[0-2]|0?[1-9])\.(?P<mi>[0-5]\d)\b(?=\sin\sthe\smorning\b)"),
        ("clockdot", r"(?<![\d.,:£$€])\b(?P<h>0\d)\.(?P<mi>[0-5]\d)\b(?![%\d]|\.\d|\s(?:per|percent|million|points))"),
        ("clockat", r"(?:(?<=\bat\s)|(?<=\buntil\s)|(?<=\bsince\s)|(?<=\bby\s))(?P<h>2[0-3]|1\d|[1-9])\.(?P<mi>[0-5]\d)\b(?=[,;.]?(?:\s[a-z]|$))(?!\s(?:per|percent|million|billion|m|bn|km|points?|times|metres|tonnes|litres|seconds|dollars|euros|pounds|a|an|against|degrees|to\sthe|goals|children|out)\b|[%\d])"),
        ("clockdot", r"(?<![\d.,£$€])\b(?P<h>2[0-3]|[01]\d)\.(?P<mi>[0-5]\d)\b(?!\s(?:per|million|billion|m|km|percent|points|metres|tonnes)|[%\d.])(?=\s(?-i:[A-Z])|\son\b|,\s(?-i:[A-Z]))"),
        ("oclock", r"\b(?P<h>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\so['’]clock\b"),
        ("noon", r"\b(?P<noon>noon|midday|midnight)\b"),
        ("yearspan", rf"\b(?P<y>{_Y})(?:[-–/](?P<y2>\d\d)\b(?!\d|-)|/(?P<y4>{_Y})\b)"),
        ("year", rf"(?<![\d.,£$€/])\b(?P<y>{_Y})\b(?!,\d|\.\d|%|\s?(?:percent|per\scent|km|kg|metres|miles|tonnes|people|jobs|homes|euros|dollars|pounds|words|pages|hectares))"),
        ("month", r"\b(?:(?P<part>early|mid|late|the\sstart\sof|the\sbeginning\sof|the\smiddle\sof|the\send\sof|end\sof)(?:\sin)?[\s-])?(?P<mon>january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|apr|aug|sept|oct|nov|dec)\b"),
        ("weekday", rf"\b(?P<wd>{_WD})s?\b"),
        ("season", r"\b(?:the|in|this|by|since|until|every|early|late)\s(?P<season>spring|summer|autumn|winter)\b"),
    )
)  # fmt: skip

# Every calendar expression holds one of these; a text without any is not scanned.
_TRIGGER = re.compile(
    rf"{_W}|{_M}|\d{{4}}|\d\d?(?:[:.]\d\d)?\s?[ap]\.?m|\d[:.]\d\d|today|yesterday|tomorrow|tonight|overnight|night|morning|evening|afternoon|week|month|"
    r"year|decade|centur|day|hour|minute|\bpast\b|quarter\sto|\d\d?\.\d\d|\bat\s(?:about\s)?(?:five|ten|twenty)|spring|summer|autumn|winter|quarter|christmas|easter|noon|midday|midnight|o['’]clock|\d{2}s",
    re.IGNORECASE,
)
_YEAR_BEFORE = frozenset(
    """in since from until till by of during before after between and to for around circa about late early mid year
    season census edition the a an its their his her last that or than back class following""".split()
)


@dataclass(frozen=True, kw_only=True)
class When:
    """One calendar expression: ``text[start:end]`` is it.

    ``spans`` are the intervals of days it may mean, likeliest first (empty for a
    bare clock time). ``grain`` says how much was stated: day, week, month, season,
    quarter, half, year, years, decade or time. ``stated`` holds only what the words
    say (weekday, day, month, year); ``inferred`` is true where the publication day
    was needed; ``derived`` shows the calendar work. ``minute`` is minutes after
    midnight, ``part`` a part of the day.
    """

    text: str
    start: int
    end: int
    spans: tuple[tuple[dt.date, dt.date], ...]
    grain: str
    form: str
    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    inferred: bool = False
    derived: str = ""
    minute: int | None = None
    part: str = ""
    relation: str = ""  # since, until, by, before, after

    @property
    def first(self) -> dt.date | None:
        return self.spans[0][0] if self.spans else None


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _safe_date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def add_months(day: dt.date, months: int) -> dt.date | None:
    """The same day some months on; the last day where the month is shorter; None out of the calendar."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9998:
        return None
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def shift(day: dt.date, count: float, unit: str) -> dt.date | None:
    """``day`` moved by a count of days, weeks, months, years (negative moves back)."""
    unit = unit.rstrip("s")
    if abs(count) > 4000:
        return None
    try:
        if unit == "day":
            return day + dt.timedelta(days=round(count))
        if unit == "week":
            return day + dt.timedelta(days=round(count * 7))
        if unit == "fortnight":
            return day + dt.timedelta(days=round(count * 14))
        if unit == "month":
            return add_months(day, round(count))
        if unit == "year":
            return add_months(day, round(count * 12))
        if unit == "decade":
            return add_months(day, round(count * 120))
        if unit in ("hour", "minute"):
            return day
    except (OverflowError, ValueError):
        return None
    return None


def _whole(day: dt.date, grain: str) -> tuple[dt.date, dt.date]:
    if grain == "year":
        return dt.date(day.year, 1, 1), dt.date(day.year, 12, 31)
    if grain == "month":
        return dt.date(day.year, day.month, 1), _month_end(day.year, day.month)
    if grain == "week":
        monday = day - dt.timedelta(days=min(day.weekday(), (day - dt.date.min).days))
        try:
            return monday, monday + dt.timedelta(days=6)
        except OverflowError:
            return monday, monday
    return day, day


def _part_of(first: dt.date, last: dt.date, part: str) -> tuple[dt.date, dt.date]:
    """early / mid / late of an interval, generously: a third of it each, half a third of slack."""
    length = (last - first).days + 1
    if part.startswith("end") or part.endswith("end of"):
        return last - dt.timedelta(days=max(length // 5, 0)), last
    if part in ("early",) or "start" in part or "beginning" in part:
        return first, first + dt.timedelta(days=max(length * 2 // 5 - 1, 0))
    if part == "late":
        return first + dt.timedelta(days=length * 3 // 5), last
    return first + dt.timedelta(days=length // 4), last - dt.timedelta(days=length // 4)


def _easter(year: int) -> dt.date:
    """Gregorian Easter Sunday (Butcher's rule)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return dt.date(year, month, day + 1)


_FUTURE = re.compile(
    r"\b(?:will|would|is\sto|are\sto|was\sto|were\sto|is\sdue|are\sdue|due|plans?|planned|expected|expects?|scheduled|(?<!no\s)fixed|next|until|by|hopes?|"
    r"intends?|deadline|starts?|opens?|ends|takes|runs|begins?|from|votes?|meets?|proposed|set\sfor|ahead|before|may|can|must|should|set)\b",
    re.IGNORECASE,
)
# Characters before a date that are read for whether it is to come, and before a month for whether it has been.
_CLAUSE, _MONTH_CLAUSE = 70, 60
_NOT_YET = "expected|planned|scheduled|fixed|proposed|intended|supposed"
# "was arrested on": what stands right before the date has happened, whatever is due elsewhere in the sentence.
_DONE_THEN = re.compile(
    r"\b(?:was|were|had)\s(?:been\s)?(?!" + _NOT_YET + r")"
    r"(?:[a-z]+ed|shot|shut|cut|held|sold|told|found|born|sworn|made|built|lost|left|given|taken|seen|sent)\s"
    r"(?:(?:in|out|off|up|down|back)\s)?(?:(?:late|early)\s)?(?:on|in)\s$"
)
# "said on Tuesday": the last one, where nothing before it is to come.
_SAID_THEN = re.compile(
    r"\b(?!" + _NOT_YET + r"|based|needed)"
    r"(?:[a-z]+ed|said|told|died|won|lost|met|began|left|came|went|struck|broke|fell|rose)\s(?:(?:late|early)\s)?(?:on\s)?$"
)
_PAST_MONTH = re.compile(
    r"\b(?:was|were|had|has|have|ago|did|[a-z]{2,}ed|in|since|came|went|fell|rose|took|began|said)\b",
    re.IGNORECASE,
)
# "because of the March storm": a cause has happened, whatever comes of it.
_CAUSE = re.compile(r"\b(?:because of|due to|owing to|caused by|in response to)\s(?:the\s|an?\s)?$", re.IGNORECASE)


def _tense(text: str, at: int) -> str:
    """Whether the words before a date tell of something to come ("future"), that has been ("past"), or neither ("")."""
    clause = text[max(0, at - _CLAUSE) : at]
    if _CAUSE.search(clause):
        return "past"
    if _FUTURE.search(clause) and not _DONE_THEN.search(clause):
        return "future"
    return "past" if _PAST_MONTH.search(text[max(0, at - _MONTH_CLAUSE) : at]) else ""


_VERB_NEXT = re.compile(
    r"(?P<past>\b(?:was|were|had|did|came|went|fell|rose|took|began|said|told|won|lost|met|left|struck|broke)\b|"
    r"\b[a-z]{3,}ed\b)|\b(?:will|would|is|are|has|have|may|might|could|should|must|can|plans?|hopes?|wants?)\b|['’]ll\b",
)


def _opens_past(text: str, start: int, end: int) -> bool:
    """Whether a date opens its clause and the first verb after it is of the past: "This Tuesday the council voted"."""
    if text[:start].rstrip(" ")[-1:].isalnum():
        return False
    verb = _VERB_NEXT.search(text[end : end + _CLAUSE])
    return verb is not None and verb["past"] is not None


# What may count from a date of the sentences before: "four years later", "the following spring", "that year".
_COUNTED_ON = re.compile(
    r"\b(?:(?:days?|weeks?|fortnight|months?|years?|decades?)\s(?:later|earlier|after(?:wards)?|before|on|thereafter|from\sthen)|that|this|the\s(?:following|"
    r"next|previous|preceding|same|(?:day|week|month|year)\s(?:after|before)))\b",
    re.IGNORECASE,
)


def counts_on(text: str) -> bool:
    """Whether a text may tell a date by one that was told before it."""
    return bool(_COUNTED_ON.search(text[:MAX_CHARS]))


def find_dates(text: str, reference: dt.date | None = None, told: When | None = None) -> tuple[When, ...]:
    """Every calendar expression in order; ``text[w.start:w.end] == w.text`` for each.

    ``reference`` is the day the text was published; without it a date that needs
    one has no ``spans`` but keeps its stated parts. ``told`` is the last date of the
    sentences before, from which "four years later" counts where the text has none
    of its own. Never raises, whatever the text.
    """
    text = text[:MAX_CHARS]
    found: list[When] = []
    taken: list[tuple[int, int]] = []
    for match in _scan(text):
        name, m = match
        if len(found) >= MAX_DATES:
            break
        start, end = m.start(), m.end()
        if any(s < end and start < e for s, e in taken):
            continue
        made = _resolve(name, m, text, reference, found, told)
        if made is None:
            continue
        taken.append((made.start, made.end))
        found.append(made)
    return tuple(sorted(_with_weekdays(found, text), key=lambda w: w.start))


def _scan(text: str) -> list[tuple[str, re.Match[str]]]:
    if not _TRIGGER.search(text):
        return []
    hits: list[tuple[int, int, str, re.Match[str]]] = []
    low = text.lower()
    for order, (name, pattern) in enumerate(_PATTERNS):
        if not _possible(name, low):
            continue
        for count, m in enumerate(pattern.finditer(text)):
            if count > MAX_DATES:
                break
            hits.append((order, m.start(), name, m))
    # a longer, earlier-listed reading takes the place of a shorter one
    chosen: list[tuple[int, str, re.Match[str]]] = []
    spans: list[tuple[int, int]] = []
    for _, start, name, m in sorted(hits, key=lambda h: (h[0], h[1])):
        end = m.end()
        if any(s < end and start < e for s, e in spans):
            continue
        spans.append((start, end))
        chosen.append((start, name, m))
    return [(name, m) for _, name, m in sorted(chosen, key=lambda c: c[0])]


_NEEDS: dict[str, tuple[str, ...]] = {
    "today": ("today", "yesterday", "tomorrow", "tonight", "overnight"),
    "holiday": ("christmas", "new year", "easter", "good friday"),
    "quarter": ("quarter", "half"),
    "season": ("spring", "summer", "autumn", "winter"),
    "seasonyear": ("spring", "summer", "autumn", "winter"),
    "weekday": ("day",), "relwd": ("day",), "wdweek": ("day",), "wdof": ("day",),
    "nightday": ("night", "morning", "afternoon", "evening", "day"),
    "offset": ("ago", "earlier", "later", "before", "after", "previously", " on", "hence", "thereafter", "from "),
    "halfoffset": ("half a",), "yearlater": ("the ",), "weektoday": ("week", "month", "year", "fortnight"),
    "noon": ("noon", "midday", "midnight"), "oclock": ("clock",),
    "pastclock": (" past ", "quarter to ", " to ", " after "), "hourday": ("morning", "afternoon", "evening", "night"),
    "clockto": ("m",), "clockat": ("at ", "until ", "since ", "by "),
}  # fmt: skip


def _possible(name: str, low: str) -> bool:
    needs = _NEEDS.get(name)
    return needs is None or any(word in low for word in needs)


def _nearest(reference: dt.date, month: int, day: int | None, tense: str) -> tuple[int, ...]:
    """The years a month without a year may be of, likeliest first."""
    probe = _safe_date(reference.year, month, min(day or 15, 28)) or reference
    year = reference.year
    ahead = probe > reference and not (day is None and month == reference.month)
    if ahead:
        soon = day is not None and (probe - reference).days <= 45
        return (year - 1, year) if tense == "past" and not soon else (year, year - 1)
    if tense != "future":
        return (year,)
    return (year + 1, year) if (reference - probe).days > 3 else (year, year + 1)


def _resolve(
    name: str, m: re.Match[str], text: str, ref: dt.date | None, before: Sequence[When], last_told: When | None
) -> When | None:
    g = {k: v.lower() if v else v for k, v in m.groupdict().items()}
    start, end = m.start(), m.end()
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1] in " .,":
        if text[end - 1] == "." and name == "time":
            break
        end -= 1
    surface = text[start:end]

    def when(spans: Sequence[tuple[dt.date, dt.date]], grain: str, **fields: object) -> When:
        relation = _relation(text, start)
        made = When(text=surface, start=start, end=end, spans=tuple(spans), grain=grain, form=name, relation=relation)
        return replace(made, **fields)  # type: ignore[arg-type]

    def anchor(*, far: bool = True) -> When | None:
        for w in reversed(before):
            if w.spans and w.grain != "time":
                return w
        return last_told if far else None

    tense = _tense(text, start)
    future = tense == "future"
    year = int(g["y"]) if g.get("y") else None
    month = _MONTHS.get(g["mon"].rstrip(".")) if g.get("mon") else None

    if name == "iso":
        day = _safe_date(year or 1, int(g["m"]), int(g["d"]))
        return when([(day, day)], "day", day=day.day, month=day.month, year=day.year) if day else None
    if name in ("dmy", "mdy", "range"):
        if m.group("mon")[0].islower():
            return None  # "may 3", "march 20 miles"
        number = int(re.sub(r"\D", "", g["d"]))
        last = int(re.sub(r"\D", "", g["d2"])) if g.get("d2") else number
        assert month is not None
        if year is not None:
            first_day, last_day = _safe_date(year, month, number), _safe_date(year, month, last)
            if first_day is None or last_day is None:
                return None
            return when([(first_day, max(first_day, last_day))], "day", day=number, month=month, year=year)
        if number > calendar.monthrange(2024, month)[1]:
            return None
        spans = []
        if ref is not None:
            for y in _nearest(ref, month, number, tense):
                a, b = _safe_date(y, month, number), _safe_date(y, month, last)
                if a and b:
                    spans.append((a, max(a, b)))
        return when(spans, "day", day=number, month=month, inferred=True)
    if name == "my":
        assert month is not None
        assert year is not None
        if m.group("mon")[0].islower():
            return None
        span = (dt.date(year, month, 1), _month_end(year, month))
        if g.get("part"):
            return when([_part_of(*span, g["part"])], "month", month=month, year=year, part=g["part"])
        return when([span], "month", month=month, year=year)
    if name == "month":
        if m.group("mon")[0].islower() or month is None:
            return None
        if surface in ("May", "March") and not _month_context(text, start, end):
            return None
        spans = []
        if ref is not None:
            for y in _nearest(ref, month, None, tense):
                span = (dt.date(y, month, 1), _month_end(y, month))
                spans.append(_part_of(*span, g["part"]) if g.get("part") else span)
        return when(spans, "month", month=month, inferred=True, part=g.get("part") or "")
    if name == "relmonth":
        assert month is not None
        if m.group("mon")[0].islower():
            return None
        rel = g["rel"]
        years: tuple[int, ...]
        beside = f"told on {show_day(ref)}"
        hook = anchor() if rel in ("the following", "the previous", "that") else None
        if hook is not None:  # "in September 1983 and the following May"
            of, months = hook.spans[0][0], hook.grain in ("day", "week", "month")
            if rel == "that":
                years = (of.year,)
            elif rel == "the following":
                years = (of.year + (month <= of.month or not months),)
            else:
                years = (of.year - (month >= of.month or not months),)
            beside = f"beside {hook.text}"
            if not 1 <= years[0] <= 9998:
                return None
        elif ref is None:
            return when([], "month", month=month, inferred=True)
        elif rel == "that":
            years = _nearest(ref, month, None, "past")
        elif rel.startswith("last") or "previous" in rel:
            years = (ref.year,) if month < ref.month else (ref.year - 1,)
            if month < ref.month and ref.month - month <= 2:
                years = (ref.year, ref.year - 1)
        elif rel.startswith("next") or "following" in rel:
            years = (ref.year,) if month > ref.month else (ref.year + 1,)
            if month > ref.month:
                years = (ref.year, ref.year + 1)
        else:
            years = (ref.year,)
        spans = [(dt.date(y, month, 1), _month_end(y, month)) for y in years]
        return when(spans, "month", month=month, inferred=True,
                    derived=f"{surface} = {MONTH_NAMES[month]} {years[0]}, {beside}")  # fmt: skip
    if name in ("seasonyear", "season"):
        season = g["season"]
        if name == "season" and ref is None:
            return None
        named = year if year is not None else ref.year if ref else 1
        y = named
        choices = (y,) if year is not None else (y, y - 1) if not future else (y, y + 1)
        return when([_season(season, c) for c in choices], "season", year=year, inferred=year is None, part=season)
    if name == "quarter":
        stated = year or (int(g["y2"]) if g.get("y2") else None)
        if stated is not None:
            y = stated
        elif ref is None:
            return None
        else:
            y = ref.year + {"last": -1, "this": 0, "next": 1}[g["rel"]]
        index = {"first": 0, "second": 1, "third": 2, "fourth": 3}.get(g["q"], -1)
        size = 3 if g["unit"] == "quarter" else 6
        if index < 0:
            index = 12 // size - 1
        if index >= 12 // size:
            return None
        first_month = 1 + size * index
        return when(
            [(dt.date(y, first_month, 1), _month_end(y, first_month + size - 1))],
            "quarter",
            year=y,
            inferred=year is None,
        )
    if name == "decade":
        assert year is not None
        span = (dt.date(year, 1, 1), dt.date(year + 9, 12, 31))
        return when(
            [_part_of(*span, g["part"]) if g.get("part") else span], "decade", year=year, part=g.get("part") or ""
        )
    if name == "century":
        word = (g.get("word") or "").lower()
        century = int(g["n"]) if g.get("n") else 21 if word.startswith("twenty") else ORDINALS.get(word)
        if century is None:
            return None
        span = (dt.date(100 * (century - 1), 1, 1), dt.date(100 * century - 1, 12, 31))
        return when([_part_of(*span, g["part"]) if g.get("part") else span], "century", part=g.get("part") or "")
    if name == "partyear":
        assert year is not None
        return when(
            [_part_of(dt.date(year, 1, 1), dt.date(year, 12, 31), g["part"])], "year", year=year, part=g["part"]
        )
    if name == "yearspan":
        assert year is not None
        last_year = int(g["y4"]) if g.get("y4") else year // 100 * 100 + int(g["y2"])
        if last_year < year:
            last_year += 100
        if last_year - year > 30:
            return None
        return when([(dt.date(year, 1, 1), dt.date(last_year, 12, 31))], "years", year=year)
    if name == "year":
        assert year is not None
        if not _year_context(text, start, end):
            return None
        return when([(dt.date(year, 1, 1), dt.date(year, 12, 31))], "year", year=year)
    if name in _CLOCKS:
        told = _minute(name, g, text, start, end)
        return when([], "time", minute=told[0], part=told[1]) if told else None
    if name == "holiday":
        hol = g["hol"]
        candidates: tuple[int, ...] = (year,) if year else (ref.year, ref.year - 1, ref.year + 1) if ref else ()
        spans = []
        for y in candidates:
            if not 1583 <= y <= 9000:
                continue
            if hol.startswith("christmas"):
                day = dt.date(y, 12, 24 if hol.endswith("eve") else 25)
            elif hol.startswith("new"):
                day = dt.date(y, 12, 31) if hol.endswith("eve") else dt.date(y, 1, 1)
            else:
                day = _easter(y) + dt.timedelta(days={"good friday": -2, "easter monday": 1}.get(hol, 0))
            spans.append((day, day))
        if not year and ref:
            spans.sort(key=lambda s: (abs((s[0] - ref).days), s[0]))
            spans = spans[:2]
        return when(spans, "day", year=year, inferred=year is None, part=hol)
    if name == "weekday":
        wd = _WEEKDAYS[g["wd"]]
        if not m.group("wd")[0].isupper():
            return None
        if surface.lower().endswith("s"):
            return None  # "on Sundays" is a habit, not a day
        if ref is None:
            return when([], "day", weekday=wd, inferred=True)
        if _ANY_SUCH_DAY.search(text[max(0, start - 5) : start]):
            return when([], "day", weekday=wd)
        back = ref - dt.timedelta(days=(ref.weekday() - wd) % 7)
        on = ref + dt.timedelta(days=(wd - ref.weekday() - 1) % 7 + 1)
        spans = [(on, on), (back, back)] if future else [(back, back), (on, on)]
        before_it = text[max(0, start - _CLAUSE) : start]
        if not future and (_DONE_THEN.search(before_it) or _SAID_THEN.search(before_it)):
            spans = [(back, back)]
        return when(spans, "day", weekday=wd, inferred=True)
    if name in ("relwd", "wdof", "wdweek"):
        wd = _WEEKDAYS[g["wd"]]
        if ref is None:
            return when([], "day", weekday=wd, inferred=True)
        rel = g.get("rel") or ""
        if name == "wdweek":
            on = ref + dt.timedelta(days=(wd - ref.weekday() - 1) % 7 + 1 + (7 if g["n"] == "week" else 14))
            return when(
                [(on, on)],
                "day",
                weekday=wd,
                inferred=True,
                derived=f"{surface} after {show_day(ref)} = {show_day(on)}",
            )
        if name == "wdof":
            monday = ref - dt.timedelta(days=ref.weekday()) + dt.timedelta(days={"last": -7, "next": 7}.get(rel, 0))
            day = monday + dt.timedelta(days=wd)
            return when(
                [(day, day)],
                "day",
                weekday=wd,
                inferred=True,
                derived=f"{surface} = {show_day(day)}, told on {show_day(ref)}",
            )
        back = ref - dt.timedelta(days=(ref.weekday() - wd - 1) % 7 + 1)
        on = ref + dt.timedelta(days=(wd - ref.weekday() - 1) % 7 + 1)
        if rel.startswith("last") or "previous" in rel or rel == "this past":
            days = [back, back - dt.timedelta(days=7)]
        elif "next" in rel or "following" in rel:
            days = [on, on + dt.timedelta(days=7)]
        elif rel == "on the":
            days = [back, on]
        else:
            days = [back, on] if tense == "past" or (not tense and _opens_past(text, start, end)) else [on, back]
        return when([(d, d) for d in days], "day", weekday=wd, inferred=True,
                    derived=f"{surface} = {show_day(days[0])}, told on {show_day(ref)}")  # fmt: skip
    if name == "today":
        if ref is None:
            return None
        delta = {"yesterday": -1, "tomorrow": 1}.get(g["day"], 0)
        day = ref + dt.timedelta(days=delta)
        spans = [(day, day)]
        if g["day"] == "overnight":
            spans = [(day - dt.timedelta(days=1), day)]
        return when(spans, "day", inferred=True, derived=f"{surface} = {show_day(day)}")
    if name == "nightday":
        rel, part, after = g["rel"], g["part"], g.get("after")
        base = ref
        derived = ""
        if rel in ("last", "yesterday"):
            delta = -1
            if rel == "last" and part != "night":
                return None
        elif rel == "this":
            delta = 0
            if part == "day":
                return None
        elif rel == "tomorrow":
            delta = 1
        elif rel in ("the following", "the next", "the previous") or (rel == "the" and after):
            hook = anchor()
            delta = -1 if rel == "the previous" or after in ("before", "earlier") else 1
            if hook is None or hook.grain != "day":
                return None
            base = hook.spans[0][1 if delta > 0 else 0]
            derived = f"{hook.text}: "
        else:
            return None
        if base is None:
            return None
        try:
            day = base + dt.timedelta(days=delta)
        except OverflowError:
            return None
        return when([(day, day)], "day", inferred=True, part=part, derived=f"{derived}{surface} = {show_day(day)}")
    if name == "weektoday":
        if ref is None:
            return None
        count = _NUMBERS.get(g["n"]) if not g["n"].isdigit() else int(g["n"])
        base = ref
        if g["day"] == "tomorrow":
            base = ref + dt.timedelta(days=1)
        elif g["day"] in _WEEKDAYS:
            wd = _WEEKDAYS[g["day"]]
            base = ref + dt.timedelta(days=(wd - ref.weekday() - 1) % 7 + 1)
        day = shift(base, count or 0, g["unit"])
        return (
            when([(day, day)], "day", inferred=True, derived=f"{surface} from {show_day(base)} = {show_day(day)}")
            if day
            else None
        )
    if name in ("offset", "halfoffset", "yearlater"):
        if g.get("dir", "").startswith("from") and text[:start].rstrip().lower().endswith(" for"):
            return None  # "out for two days from today" is a length
        # "March 2024, five months before the deadline": the deadline is the later one
        onward = (g["dir"] in ("before", "after") and bool(re.match(r"\s(?!that\b)[A-Za-z]", text[end : end + 6]))) or (
            g["dir"] in ("earlier", "later") and text[end : end + 6].lower() == " than "
        )
        far = not onward and (text[end : end + 5] == " that" or not _SEASONAL.search(surface))
        return _offset(name, g, surface, when, ref, anchor(far=far), onward)
    if name == "relunit":
        # "Over the next year" is from now on; a sentence that starts with it goes on from the last.
        far = not _SEASONAL.search(surface) and (g["rel"] != "the next" or not text[:start].strip())
        return _relative_unit(g, surface, when, ref, anchor(far=far))
    return None


# Figures are compared with these, whatever day was told last: "up from 140 a year earlier".
_SEASONAL = re.compile(
    r"\b(?:(?:an?|one|the)\s(?:week|month|year)\s(?:earlier|before)|the\s(?:previous|preceding)\s\w+)$", re.I
)


_CLOCKS = frozenset(("time", "clock", "clockdot", "clockat", "clockto", "pastclock", "hourday", "oclock", "noon"))
_QUOTED_PRICE = re.compile(
    r"[%£$€]|\b(?:per\scent|percent|shares?|index|rate|yield|euros?|dollars?|pounds?|points)\b", re.IGNORECASE
)
_TO_OF_A_CLOCK = re.compile(
    r"\b(?:at|by|before|after|until|till|about|around)\s(?:about\s|around\s|a\s)?$", re.IGNORECASE
)
HALF_DAY = 720  # minutes; what a clock time leaves open that does not say whether it is of the morning


def _minute(name: str, g: dict[str, str], text: str, start: int, end: int) -> tuple[int, str] | None:
    """The minute of the day that a clock time tells, and "" or "either" where it may be 12 hours later; None if it is none."""
    if name == "noon":
        return (0 if g["noon"] == "midnight" else HALF_DAY), ""
    hour = _NUMBERS.get(g["h"], -1) if not g["h"].isdigit() else int(g["h"])
    past = g.get("mi") or "0"
    minute = {"half": 30, "quarter": 15, "a quarter": 15, "twenty-five": 25}.get(past, _NUMBERS.get(past, -1))
    if minute < 0:
        minute = int(past.split()[0])
    if name == "clockat" and _QUOTED_PRICE.search(text):
        return None
    if name == "pastclock":
        if past == "half" and g["to"] == "to":
            return None
        to = g["to"] != "past" and not (past.endswith("quarter") and g["to"] == "to")
        if to and not _TO_OF_A_CLOCK.search(text[max(0, start - 16) : start]):
            return None  # "by a majority of ten to two"
        if g["h"] in ("midnight", "noon"):
            middle = 0 if g["h"] == "midnight" else HALF_DAY
            return (middle + (-minute if g["to"] == "to" else minute)) % (2 * HALF_DAY), ""
        if g["to"] == "to":
            hour, minute = (hour - 1) % 12, 60 - minute
    half = next((str(g[key]) for key in ("ap", "day", "night", "day2") if g.get(key)), "")
    if not half:
        open_ = name in ("oclock", "pastclock", "clockat", "clockto") and hour <= 12
        return hour * 60 + minute, "either" if open_ else ""
    if hour > 12:
        return None
    late = (
        half.startswith("p") or half in ("afternoon", "evening") or (half == "night" and hour not in (12, 1, 2, 3, 4))
    )
    if name == "clockto":  # "from 9 to 5 p.m." starts in the morning
        following = re.match(r"\D{1,7}(\d+)", text[end:])
        if late and following and int(following.group(1)) % 12 < hour % 12:
            late = False
    return hour % 12 * 60 + minute + (HALF_DAY if late else 0), ""


def _offset(
    name: str,
    g: dict[str, str],
    surface: str,
    when: Callable[..., When],
    ref: dt.date | None,
    hook: When | None,
    onward: bool,
) -> When | None:
    """ "three years ago" from the publication, "three years later" from the date named before."""
    if name == "yearlater":
        count: float = 1
    elif name == "halfoffset":
        count = 0.5
    else:
        word = g["n"]
        number: int | None = _NUMBERS.get(word) if not word.isdigit() else int(word)
        if number is None:
            return None
        count = number + (0.5 if g.get("half") else 0)
    unit = g["unit"].rstrip("s")
    direction = g["dir"]
    from_reference = direction in ("ago", "hence", "from now", "from today")
    if onward and hook is None:
        return None
    if from_reference:
        base, start_text = ref, show_day(ref) if ref else ""
        grain_of_base = "day"
        if ref is not None and unit in ("year", "decade"):
            start_text = str(ref.year)
    elif hook is not None:
        back = direction in ("earlier", "before", "previously")
        base = hook.spans[0][0] if back or hook.grain in ("year", "month") else hook.spans[0][1]
        start_text, grain_of_base = hook.text, hook.grain
    else:
        base, start_text, grain_of_base = ref, show_day(ref) if ref else "", "month"
        if direction not in ("earlier", "before", "previously"):
            return None
    if base is None:
        return None
    sign = -1 if direction in ("ago", "earlier", "before", "previously") else 1
    if onward:
        sign = -sign
    moved = shift(base, sign * count, unit)
    if moved is None:
        return None
    grain = {"day": "day", "week": "day", "fortnight": "day", "month": "month", "year": "year", "decade": "year"}.get(
        unit, "day"
    )
    order = ("day", "month", "year")
    if grain_of_base == "month" and grain == "year" and not onward:
        grain = "month"  # a year before August 2012 is August 2011
    if grain_of_base in order and order.index(grain_of_base) > order.index(grain):
        grain = grain_of_base
    first, last = _whole(moved, grain)
    if unit == "week" and from_reference and count <= 8:
        first, last = moved - dt.timedelta(days=3), moved + dt.timedelta(days=3)
        grain = "week"
    hedged = bool(g.get("about")) and g["about"] not in ("exactly", "just", "only")
    if hedged and grain == "year":
        first, last = dt.date(max(1, first.year - 1), 1, 1), dt.date(min(9998, last.year + 1), 12, 31)
    symbol = "−" if sign < 0 else "+"
    amount = f"{count:g} {unit}" + ("" if count == 1 else "s")
    shown = show_span(first, last, grain if not hedged else "year")
    return when([(first, last)], grain, inferred=True, derived=f"{start_text} {symbol} {amount} = {shown}",
                year=moved.year if grain == "year" else None, month=moved.month if grain in ("month", "day") else None, day=moved.day if grain == "day" and unit == "day" else None)  # fmt: skip


def _relative_unit(
    g: dict[str, str], surface: str, when: Callable[..., When], ref: dt.date | None, hook: When | None
) -> When | None:
    rel, unit = g["rel"], g["unit"]
    base = ref
    if (
        rel in ("the following", "the previous", "the next", "the preceding", "the same", "that")
        and hook is not None
        and hook.grain != "time"
    ):
        base = hook.spans[0][
            1 if unit in _SEASONS and hook.grain == "year" and rel in ("the following", "the next") else 0
        ]
        beside = {"the following": "after", "the next": "after", "the same": "of", "that": "of"}.get(rel, "before")
        surface = f"{surface} ({beside} {show(hook) if hook.inferred else hook.text})"
    elif rel.startswith("th") and rel not in ("the next", "this", "this past", "this coming"):
        return None  # "the same month", "the previous year" of something that is not named here
    if base is None:
        return None
    delta = (
        -1
        if rel in ("last", "late last", "the previous", "the preceding") or rel == "this past"
        else 1
        if "next" in rel or "following" in rel
        else 0
    )
    try:
        if unit == "year":
            y = base.year + delta
            first, last, grain = dt.date(y, 1, 1), dt.date(y, 12, 31), "year"
            if rel == "this past":
                return None
            if rel in ("early next",):
                first, last = _part_of(first, last, "early")
            elif rel == "late last":
                first, last = _part_of(first, last, "late")
            elif rel == "later this" and ref:
                first = ref
            elif rel == "earlier this" and ref:
                last = ref
        elif unit == "month":
            moved = add_months(base.replace(day=1), delta)
            if moved is None:
                return None
            first, last, grain = moved, _month_end(moved.year, moved.month), "month"
        elif unit == "week":
            first, last = _whole(base + dt.timedelta(days=7 * delta), "week")
            grain = "week"
        elif unit == "weekend":
            monday, _ = _whole(base, "week")
            if delta < 0 or delta == 0:
                monday -= dt.timedelta(days=7) if base.weekday() < 5 and delta < 0 else dt.timedelta(0)
            else:
                monday += dt.timedelta(days=7 if base.weekday() >= 5 else 0)
            first, last, grain = monday + dt.timedelta(days=5), monday + dt.timedelta(days=6), "week"
        elif unit in _SEASONS:
            spans = []
            for y in (base.year - 1, base.year, base.year + 1):
                spans.append(_season(unit, y))
            if delta < 0:
                spans = [s for s in reversed(spans) if s[1] < base] or spans[:1]
            elif delta > 0:
                spans = [s for s in spans if s[0] > base] or spans[-1:]
            else:
                spans = [_season(unit, base.year)]
            return when(spans[:2], "season", inferred=True, part=unit, derived=f"{surface} = {unit} {spans[0][0].year}")
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return when([(first, last)], grain, inferred=True, derived=f"{surface} = {show_span(first, last, grain)}",
                year=first.year if grain == "year" else None, month=first.month if grain == "month" else None)  # fmt: skip


def _season(season: str, year: int) -> tuple[dt.date, dt.date]:
    first, last = _SEASONS[season]
    end_year, end_month = (year + 1, last - 12) if last > 12 else (year, last)
    return dt.date(year, first, 1), _month_end(end_year, end_month)


_RELATION = re.compile(
    r"(?i)(since|until|till|by|before|after|from|between|during|as\sof)\s(?:the\s|about\s|around\s|at\sleast\s|early\s|late\s|last\s)?$"
)


def _relation(text: str, start: int) -> str:
    m = _RELATION.search(text[max(0, start - 20) : start])
    return m.group(1).lower() if m else ""


def _month_context(text: str, start: int, end: int) -> bool:
    """ "May" and "March" are months after in/last/since/by, before a year, or mid-sentence before punctuation."""
    before = re.findall(r"[A-Za-z]+", text[max(0, start - 20) : start])
    word = before[-1].lower() if before else ""
    if word in ("in", "last", "next", "since", "by", "until", "till", "from", "of", "this", "between", "and", "during", "on", "to", "late",
                "early", "mid", "after", "before", "every", "for", "with", "than", "that", "the", "each"):  # fmt: skip
        return True
    return bool(re.match(r"[,.;)]|\s\d|\s(?:and|to|this|last|when|after|by)\b", text[end : end + 8])) and start > 0


def _year_context(text: str, start: int, end: int) -> bool:
    """Whether a bare four-figure number is a year: "in 1998" is, "1998 homes" is not."""
    after = re.match(r"\s?([A-Za-z]+)", text[end : end + 24])
    following = after.group(1).lower() if after else ""
    before = re.findall(r"[A-Za-z]+|[(,;–-]", text[max(0, start - 16) : start])
    previous = before[-1].lower() if before else ""
    if (
        previous
        in (
            "in",
            "since",
            "until",
            "till",
            "during",
            "of",
            "by",
            "from",
            "year",
            "season",
            "before",
            "after",
            "between",
        )
        or previous in _MONTHS
    ):
        return True
    plural = following.endswith("s") and not following.endswith(("ss", "us", "is")) and following not in (
        "was", "has", "is", "as", "its", "his", "this", "times", "elections", "olympics", "games", "figures", "championships", "sales", "results", "levels", "prices",
    )  # fmt: skip
    if following and text[end : end + 1] == " " and plural:
        return previous in ("the", "a", "its", "and", "to")
    return True


# Before a weekday: one of any week, not the nearest.
_ANY_SUCH_DAY = re.compile(r"\b(?:a|any)\s+$", re.IGNORECASE)


def _with_weekdays(found: list[When], text: str) -> list[When]:
    """Joins "Friday" with "10 May 2024" or "1 p.m." standing beside it, so that one day is one date."""
    out: list[When] = []
    stretch: list[When] = []  # "from February to April" is also all that lies between
    found = sorted(found, key=lambda w: w.start)
    for w in found:
        if out:
            last = out[-1]
            gap = text[last.end : w.start]
            if last.form in ("weekday", "relwd") and w.form in ("dmy", "mdy") and gap in (" ", ", ", ", the ", " the "):
                out[-1] = replace(w, text=text[last.start : w.end], start=last.start, weekday=last.weekday,
                                  spans=_agreeing(w, last.weekday))  # fmt: skip
                continue
            if w.form in ("relunit", "offset") and w.grain == "year" and gap in (" ", " of ") and yearless(last):
                out[-1] = replace(_of_year(last, w, text), end=w.end, text=text[last.start : w.end])
                continue
            if last.form == "relunit" and last.grain == "year" and gap in (", in ", ", on ") and yearless(w):
                w = _of_year(w, last, text)  # "last year, in May"
        if (
            out
            and w.spans
            and out[-1].spans
            and w.grain == out[-1].grain
            and w.grain in ("day", "month", "year")
            and not w.derived
        ):
            first = out[-1]
            gap = text[first.end : w.start].lower()
            before = text[max(0, first.start - 9) : first.start].lower()
            if gap in ("-", "–", " to ", " until ", " and ") and (
                "between " in before if gap == " and " else gap != " to " or "from " in before
            ):
                lo, hi = first.spans[0][0], w.spans[0][1]
                if lo < hi:
                    stretch.append(replace(w, text=text[first.start : w.end], start=first.start, spans=((lo, hi),), grain="years", form="stretch",
                                           day=None, month=None, year=None, weekday=None))  # fmt: skip
        m = re.match(r"\s(?P<part>morning|afternoon|evening|night|lunchtime)\b", text[w.end : w.end + 12])
        if m and w.grain == "day" and not w.part:
            end = w.end + m.end()
            w = replace(w, text=text[w.start : end], end=end, part=m.group("part"))
        out.append(w)
    return out + stretch


def yearless(w: When) -> bool:
    """Whether a date names a month, with or without its day, and leaves the year open."""
    return w.form in ("month", "dmy", "mdy") and w.year is None and bool(w.spans)


def _of_year(w: When, told: When, text: str) -> When:
    """A month or day in the year that is told beside it: "March last year"."""
    surface = text[min(w.start, told.start) : max(w.end, told.end)]
    moved = told.spans[0][0].year - w.spans[0][0].year
    first, last = (add_months(day, 12 * moved) or day for day in w.spans[0])
    shown = show_span(first, last, w.grain)
    return replace(w, spans=((first, last),), year=first.year, derived=f"{surface} = {shown}")


def _agreeing(w: When, weekday: int | None) -> tuple[tuple[dt.date, dt.date], ...]:
    """Of the years a date may be of, those in which it falls on the weekday come first."""
    if w.year is not None or weekday is None:
        return w.spans
    return tuple(sorted(w.spans, key=lambda s: s[0].weekday() != weekday))


def show_day(day: dt.date | None, *, year: bool = True) -> str:
    """A day as a reporter would write it, "" for none: "Monday 6 May 2024"."""
    if day is None:
        return ""
    return f"{DAY_NAMES[day.weekday()]} {day.day} {MONTH_NAMES[day.month]}" + (f" {day.year}" if year else "")


def show_span(first: dt.date, last: dt.date, grain: str) -> str:
    """An interval as a reporter would write it: "2017", "May 2015", "Monday 6 May 2024"."""
    if first == last:
        return show_day(first)
    if grain in ("year", "years", "decade", "century") and first.month == 1 and last.month == 12:
        if grain == "century" and last.year - first.year == 99:
            return f"the {show_number(last.year // 100 + 1, 'ordinal')} century"
        if grain == "decade":
            return f"the {first.year}s"
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    if first.year == last.year and first.month == last.month and first.day == 1:
        return f"{MONTH_NAMES[first.month]} {first.year}"
    if first.year == last.year and first.month == last.month:
        return f"{first.day}–{last.day} {MONTH_NAMES[first.month]} {first.year}"
    return f"{first.day} {MONTH_NAMES[first.month]} {first.year} to {last.day} {MONTH_NAMES[last.month]} {last.year}"


def show(when: When) -> str:
    """A date in full, for a report; the text's own words where nothing was resolved."""
    if when.grain == "time" and when.minute is not None:
        return f"{when.minute // 60:02d}:{when.minute % 60:02d}"
    return show_span(*when.spans[0], when.grain) if when.spans else when.text


# --- comparing ------------------------------------------------------------------

_FINENESS = {
    "time": 0,
    "day": 1,
    "week": 2,
    "month": 3,
    "season": 4,
    "quarter": 4,
    "half": 5,
    "year": 6,
    "years": 7,
    "decade": 8,
    "century": 9,
}


def compare(claim: When, other: When) -> str:
    """How the other date stands to the claim's: equal, within, coarser, differs or unknown.

    "within" backs the claim (12 May 2015 for "in 2015"); "coarser" leaves it open
    (2015 for "12 May 2015"). Two dates differ only where every reading of both does.
    A bound is no date: "before March" holds of what was in January, and is left open by
    "before April".
    """
    stands = _compare(claim, other)
    if stands in ("differs", "equal") and {claim.relation, other.relation} & {"before", "after"}:
        return _compare_bounds(claim, other)
    return stands


def _compare_bounds(claim: When, other: When) -> str:
    """As ``compare``, for dates of which at least one is only a bound."""
    if {claim.relation, other.relation} == {"by", "before"} and claim.spans[:1] == other.spans[:1]:
        return "within" if claim.relation == "by" else "unknown"  # "before Christmas" is by Christmas
    if claim.minute is not None and other.minute is not None:
        spans = (claim.minute, claim.minute), (other.minute, other.minute)
    elif claim.spans and other.spans:
        spans = tuple((a.toordinal(), b.toordinal()) for a, b in (claim.spans[0], other.spans[0]))  # type: ignore[assignment]
    else:
        return "unknown"
    (c_low, c_high), (o_low, o_high) = (
        {"before": (-math.inf, first - 1), "after": (last + 1, math.inf)}.get(when.relation, (first, last))
        for when, (first, last) in zip((claim, other), spans, strict=True)
    )
    if o_low > c_high or o_high < c_low:
        return "differs"
    if (c_low, c_high) == (o_low, o_high):
        return "equal"
    return "within" if c_low <= o_low and o_high <= c_high else "unknown"


def _compare(claim: When, other: When) -> str:
    if (claim.grain == "time") != (other.grain == "time"):
        return "unknown"
    if claim.grain == "time":
        if claim.minute is None or other.minute is None:
            return "unknown"
        if claim.minute == other.minute:
            return "equal"
        if claim.minute % HALF_DAY == other.minute % HALF_DAY and "either" in (claim.part, other.part):
            return "equal"
        return "differs"
    if claim.weekday is not None and other.weekday is not None and claim.day is None and other.day is None:
        if claim.weekday != other.weekday:
            return "differs"
        if {claim.form, other.form} <= {"weekday"}:
            return "equal"
    if claim.day and other.day and claim.month and other.month and claim.form != "range" != other.form:
        if (claim.day, claim.month) != (other.day, other.month):
            return "differs"
        if claim.year and other.year:
            return "equal" if claim.year == other.year else "differs"
        if claim.year is None and other.year is None:
            return "equal"
    if claim.weekday is not None and not claim.spans and other.grain == "day" and other.spans:
        # "on a Monday" tells no week; a date without its year may be of either of two.
        on = [first.weekday() == claim.weekday for first, _ in other.spans[:2]]
        return "within" if on[0] else "unknown" if any(on) else "differs"
    if not claim.spans or not other.spans:
        if claim.month and other.month and claim.month != other.month:
            return "differs"
        return "unknown"
    best = "differs"
    for c_first, c_last in claim.spans[:2]:
        for o_first, o_last in other.spans[:2]:
            if o_first > c_last or o_last < c_first:
                continue
            if (c_first, c_last) == (o_first, o_last):
                return "equal"
            if c_first <= o_first and o_last <= c_last:
                best = "within"
            elif best != "within":
                best = "coarser"
    return best
