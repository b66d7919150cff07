"""The figures that a sentence itself sets against each other: "from 690 to 905", "£33, down £1.25", "246, 24 fewer than".

A pair that the text relates is worth more than two figures that happen to stand
near: what follows from it (the difference, the change in percent, the earlier
value) is what the source says in other words. The calculation is ``calculation``'s.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from factcheck.comparatives import LESS, MORE, QUICK, SLOW, any_of
from factcheck.quantities import Quantity

_HEDGE = (
    r"(?:(?:about|around|some|roughly|nearly|almost|just|only|over|under|more than|less than|fewer than|at least|an?|the|its|their|his|her|last|"
    r"year's|estimate|estimated|average|record|of|as many as|as much as|level|total|figure|close)\s){0,4}[$£€¥]?"
)
_Q = r"#(\d+)#"
_GAP = r"[^.;:#]{0,60}?"
_SHORT = r"[^.;:#]{0,30}?"
_UP = r"(?:rose|risen|rises?|rising|grew|grown|grows?|growing|climb\w*|increas\w+|jump\w*|gain\w*|went up|gone up|goes up|go up|rais\w+|advanc\w+|soar\w*|added|put on|up)"
_DOWN = r"(?:fell|fallen|falls?|falling|dropp?\w*|declin\w+|lost|loses?|losing|shed|slid|slipp?\w*|sank|sunk|shrank|shrunk|shrinks?|cuts?|cutting|reduc\w+|lower\w*|went down|gone down|dipp\w+|slump\w*|plung\w+|eased|down)"
_ONCE = any_of("originally", "initially", "previously", "first", "once", r"at\sfirst")
_RECKONED = any_of(
    *"estimated budgeted priced put costed forecast projected expected reckoned planned set given".split()
)
_BEATING = any_of(
    *"beating topping surpassing exceeding overtaking breaking eclipsing bettering beat topped surpassed".split()
)
_OLD = r"(?:(?:old|previous|former|earlier|last)\s)?(?:(?:record|best|mark|high|peak)\s(?:of|was)\s)?"
_MORE = any_of(*(w for w in MORE if w not in QUICK), "above", "over", "extra")
_LESS = any_of(*(w for w in LESS if w not in SLOW), "below", "under", r"short\sof")

# Each shape with what its figures are: old and new value, or a value and its difference from another.
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), roles)
    for pattern, roles in (
        (rf"\bfrom\s{_HEDGE}{_Q}{_GAP}\bto\s(?:\w+\s(?:at|of)\s)?{_HEDGE}{_Q}", "old new"),
        (rf"\bto\s{_HEDGE}{_Q}{_GAP}\bfrom\s{_HEDGE}{_Q}", "new old"),
        (rf"{_Q}{_GAP}\b(?:up|down|higher|lower|reduced|increased)\sfrom\s{_HEDGE}{_Q}", "new old"),
        (
            rf"{_Q}{_GAP}\b(?:against|compared\s(?:with|to)|versus|instead\sof|rather\sthan|as\sagainst)\s{_HEDGE}{_Q}(?!\sand\s(?:{_HEDGE})#)",
            "this other",
        ),
        # "reduce the 35-minute crossing to six minutes"
        (
            rf"\b(?:cut|cuts|cutting|reduc\w+|lower\w*|rais\w+|increas\w+|shorten\w*|extend\w*)\s(?:the|its|their|his|her)\s{_Q}{_SHORT}\bto\s{_HEDGE}{_Q}",
            "old new",
        ),
        (rf"\b{_UP}\s(?:by\s)?{_HEDGE}{_Q}{_SHORT}\bto\s(?:\w+\s(?:at|of)\s)?{_HEDGE}{_Q}", "+ new"),
        (rf"\b{_DOWN}\s(?:by\s)?{_HEDGE}{_Q}{_SHORT}\bto\s(?:\w+\s(?:at|of)\s)?{_HEDGE}{_Q}", "- new"),
        (
            rf"{_Q}{_GAP}(?<!put\s)(?<!made\s)(?<!make\s)(?<!makes\s)\b(?:up|a\srise\sof|an\sincrease\sof|a\sgain\sof)\s{_HEDGE}{_Q}",
            "new +",
        ),
        (
            rf"{_Q}{_GAP}\b(?:down|a\sfall\sof|a\sdrop\sof|a\sdecrease\sof|a\sdecline\sof|a\sloss\sof)\s{_HEDGE}{_Q}",
            "new -",
        ),
        (rf"{_Q}{_GAP},\s(?:or\s)?{_HEDGE}{_Q}\s(?:\w+\s){{0,2}}?{_MORE}\b", "new +"),
        (rf"{_Q}{_GAP},\s(?:or\s)?{_HEDGE}{_Q}\s(?:\w+\s){{0,2}}?{_LESS}\b", "new -"),
        (rf"{_Q}{_GAP},\s(?:or\s)?{_HEDGE}{_Q}\s(?:\w+\s){{0,2}}?{any_of(*QUICK)}\b", "new quicker"),
        (rf"{_Q}{_GAP},\s(?:or\s)?{_HEDGE}{_Q}\s(?:\w+\s){{0,2}}?{any_of(*SLOW)}\b", "new slower"),
        (rf"{_Q}{_GAP},\s{_HEDGE}{_Q}\s(?:\w+\s)?(?:ahead|clear)\s(?:of|from)\b", "this ahead"),
        (rf"{_Q}{_GAP},\s{_HEDGE}{_Q}\s(?:\w+\s)?(?:behind|adrift\sof)\b", "this behind"),
        (
            rf"\b(?:used\sto|originally|previously|initially|at\sfirst|first)\s{_GAP}{_Q}{_GAP}\b(?:now|cut|reduced|takes?|costs?|raised|increased)\s{_GAP}{_Q}",
            "old new",
        ),
        (
            rf"{_Q}{_GAP}\b(?:cut|reduced|lowered|raised|increased|put\sup|shortened|extended|doubled)\sto\s{_HEDGE}{_Q}",
            "old new",
        ),
        (rf"{_Q}[^.;:]{{0,60}}?#\d+#\s(?:more|less|fewer|higher|lower)\sthan\s{_HEDGE}{_Q}", "new old"),
        # "11,460, more than twice the 5,390 of the year before"
        (rf"{_Q}[^.;:#]{{0,60}}?#\d+#\s(?:the|as\s(?:many|much|high|large)\sas(?:\sthe)?)\s{_HEDGE}{_Q}", "new old"),
        # "The $18.6 million job, originally put at $12 million"; "8,412 was a record, beating the 8,105 of 2011"
        (rf"{_Q}{_GAP}\b{_ONCE}\s{_RECKONED}\s(?:at|to\s(?:cost|be|take)|as)\s{_HEDGE}{_Q}", "new old"),
        (rf"{_Q}{_GAP}\b{_RECKONED}\s{_ONCE}\s(?:at|to\s(?:cost|be|take)|as)\s{_HEDGE}{_Q}", "new old"),
        (rf"{_Q}{_GAP}\b{_BEATING}\s(?:(?:the|its|their|his|her)\s)?{_OLD}{_HEDGE}{_Q}", "new old"),
        (rf"\bcost\s{_HEDGE}{_Q}{_GAP}\bwill\s(?:\w+\s)?cost\s{_HEDGE}{_Q}", "old new"),
    )
)


@dataclass(frozen=True)
class Told:
    """Two values of one thing, or a value and how far it is from another.

    ``old`` and ``new`` are both there, or one of them with ``delta``; ``sign`` is the
    direction told from old to new, 0 where the text only sets the two side by side.
    """

    old: Quantity | None
    new: Quantity | None
    delta: Quantity | None = None
    sign: int = 0
    start: int = 0
    rival: bool = False  # the other value is that of somebody else: "42 per cent, six points behind the opposition"

    @property
    def figures(self) -> tuple[Quantity, ...]:
        return tuple(q for q in (self.old, self.new, self.delta) if q is not None)


@lru_cache(maxsize=4096)
def related(text: str, quantities: tuple[Quantity, ...]) -> tuple[Told, ...]:
    """What the text tells of pairs of its figures, in order; each pair once."""
    usable = [q for q in quantities if q.dim != "ordinal" and q.lo == q.hi]
    if len(usable) < 2:
        return ()
    pieces, at, end = [], {}, 0
    for i, q in enumerate(usable):
        if q.start < end:
            continue
        pieces.append(text[end : q.start])
        pieces.append(f"#{i}#")
        at[i] = q
        end = q.end
    pieces.append(text[end:])
    skeleton = "".join(pieces)
    found: list[Told] = []
    seen: set[tuple[int, int]] = set()
    for shape, roles in _SHAPES:
        for match in shape.finditer(skeleton):
            i, j = int(match.group(1)), int(match.group(2))
            a, b = at[i], at[j]
            both = _alike(a, b)
            if (i, j) in seen or both is None:
                continue
            seen.add((i, j))
            made = _made(roles, *both)
            if made is not None:
                found.append(made)
    return tuple(found)


def _alike(a: Quantity, b: Quantity) -> tuple[Quantity, Quantity] | None:
    """The two in one dimension, a bare figure taking the unit of the other; None where they are of two kinds of thing."""
    if a.dim == b.dim:
        other_noun = a.head and b.head and a.head != b.head and b.dim == "count" and b.form != "words"
        other_noun = other_noun and not (
            b.partitive and b.head in ("month", "year", "week", "day", "season", "quarter")
        )
        return None if other_noun else (a, b)
    if b.dim in HUNDREDTHS.get(a.dim, ()):
        return _in_whole(a, b), b  # "raised by 30 cents to 5.10 euros"
    if a.dim in HUNDREDTHS.get(b.dim, ()):
        return a, _in_whole(b, a)
    if "percent" in (a.dim, b.dim):
        return (_points(a), b) if b.dim == "percent" else (a, _points(b))
    if a.head == "point" and b.dim == "count" and not b.head and b.lo <= 100:
        return _points(a), replace(b, dim="percent", unit="%")  # "improved by four points to 61"
    if b.dim == "count" and not b.whole and a.dim not in ("multiple", "temperature", "percent", "points") and a.number:
        if b.head in ("", "year", "month", "week", "day", "set"):
            return a, in_unit_of(a, b)
    elif a.dim == "count" and not a.head and b.dim not in ("multiple", "temperature", "percent", "points") and b.number:
        return in_unit_of(b, a), b
    return None


HUNDREDTHS = {"money:cent": ("money:dollar", "money:euro"), "money:pence": ("money:pound",)}


def _in_whole(small: Quantity, big: Quantity) -> Quantity:
    """Cents in the dollars or euros of the other figure."""
    return replace(small, dim=big.dim, unit=big.unit, lo=small.lo / 100, hi=small.hi / 100, grain=small.grain / 100)


def _points(q: Quantity) -> Quantity:
    return replace(q, dim="points") if q.dim == "count" and q.head == "point" else q


def in_unit_of(measured: Quantity, bare: Quantity) -> Quantity:
    scale = measured.lo / measured.number
    return replace(
        bare, dim=measured.dim, unit=measured.unit, lo=bare.number * scale, hi=bare.number * scale,
        grain=bare.grain * scale, head="", nouns=(),
    )  # fmt: skip


_NEVER_RISE = frozenset(("ordinal", "multiple", "points", "temperature"))


def _made(roles: str, a: Quantity, b: Quantity) -> Told | None:
    first, second = roles.split()
    if second in ("quicker", "slower"):
        second = "-" if (second == "quicker") is (b.dim == "time") else "+"
        roles = f"{first} {second}"
    apart = a.dim != b.dim and "percent" in (a.dim, b.dim)
    if second in ("ahead", "behind"):
        told = a.dim == b.dim or (a.dim, b.dim) == ("percent", "points")
        return Told(None, a, b, 1 if second == "ahead" else -1, start=a.start, rival=True) if told else None
    if apart and "points" not in (a.dim, b.dim) and not {"+", "-"} & set(roles):
        return None
    if roles in ("old new", "new old"):
        old, new = (a, b) if first == "old" else (b, a)
        if old.lo == new.lo:
            return None
        return Told(old, new, sign=1 if new.lo > old.lo else -1, start=a.start)
    if roles == "this other":
        return Told(b, a, start=a.start) if a.lo != b.lo else None
    new, delta, sign = (b, a, first) if second == "new" else (a, b, second)
    if apart:
        told_in_points = (new.dim, delta.dim) == ("percent", "points")
        told_in_percent = (
            delta.dim == "percent" and new.dim not in _NEVER_RISE and 0 < delta.lo < (1000 if sign == "+" else 100)
        )
        if not (told_in_points or told_in_percent):
            return None
    elif delta.lo >= new.lo and sign == "+":
        return None
    return Told(None, new, delta, 1 if sign == "+" else -1, start=a.start)
