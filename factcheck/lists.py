"""Lists in a sentence, counted: names, things and figures set off by commas or semicolons.

``enumerations`` finds "signed by A, B … and K", "in red, navy and gray", "in 1998, 2002 and 2016",
"Austria, France and 14 other states" (sixteen), "Present: A (chair), B, C; apologies from D". What a
list is a list of is known where its items are known: countries, colours, people by their first names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from factcheck import gazetteer, wording
from factcheck.alignment import Reading
from factcheck.quantities import FUNCTION_WORDS, ONES, TENS, Token, plain, stem

MAX_ITEMS = 60
MAX_ITEM_TOKENS = 12
MOST_SHOWN = 20  # a count is only proved by what can be counted again, but a wall of names proves nothing to anyone


@dataclass(frozen=True)
class Enumeration:
    """A list in a sentence: its items as (start, end) in the text, and how many things they name.

    ``count`` is more than ``len(items)`` where an item is itself a number of
    things ("two cameras, an altimeter and a lander" are four). ``kind`` is what each
    item is known to be (``KINDS``), or "".
    """

    items: tuple[tuple[int, int], ...]
    count: float
    start: int
    end: int
    proper: bool
    figures: bool = False
    kind: str = ""

    def show(self, text: str) -> str:
        """The list as a reporter checks it, item by item; a very long one by its ends."""
        names = [text[s:e] for s, e in self.items]
        shown = ", ".join(names) if len(names) <= MOST_SHOWN else f"{names[0]}, {names[1]} … {names[-1]}"
        return f"{plain(self.count)} = {shown}"


_WORDS = {
    "country": "country nation state government",
    "colour": "colour color",
    "person": "person people man men woman women member councillor candidate player founder author winner victim "
    "defendant suspect juror judge witness senator minister director trustee official child children brother sister "
    "sibling writer artist speaker survivor runner rider expert",
    "year": "year time occasion",
}
# What items may be known to be, and the stems of the words for it.
KINDS = {kind: frozenset(stem(w) for w in words.split()) for kind, words in _WORDS.items()}
_COLOURS = frozenset(
    "red blue navy green yellow gray grey black white brown orange purple pink silver gold beige teal turquoise "
    "maroon cream tan violet crimson scarlet lilac khaki bronze".split()
)
_NAME_JOINERS = frozenset(
    "of the de la le da do dos das del della di van von der den el al bin ibn y e for & st".split()
)
_DETERMINERS = frozenset("a an the his her its their our one another".split())
_LAST = frozenset(("and", "or"))
_OTHERS = frozenset(("other", "others", "more", "further", "additional"))
_STATED = frozenset("was were is are had has said will would did do does have been".split())
_NO_ITEM = FUNCTION_WORDS | _STATED
# Words after which a list of bare things may start: "in red, navy and gray", "They grow wheat, barley and oats".
_BEFORE_BARE = frozenset(
    "of in with on from for between at by to through into like including includes included include were are is was "
    "namely grow grows grew sells sell sold makes make made has have had lost".split()
)
_NUMBERS = {word: n for word, n in (ONES | TENS).items() if 2 <= n <= 20}  # of others: "and sixteen others"
_SMALL = {word: n for word, n in _NUMBERS.items() if n <= 12}  # that may open an item: "two cameras"


@dataclass(frozen=True)
class _Item:
    first: int
    end: int  # the token after it
    count: float
    form: str  # name, thing, bare or figure


def enumerations(reading: Reading) -> Iterator[Enumeration]:
    """The lists of a text, closed by "and", "or" or "as well as", or all that follows a colon.

    A pair ("A and B") is a list of two names only. An apposition inside a
    semicolon list ("A, of Leeds; B, of Hull; and C") belongs to its item.
    """
    tokens = reading.tokens
    parts = _by_semicolons(reading)
    if parts is not None:
        yield parts
    i, n = 0, len(tokens)
    while i < n:
        if not _may_start(tokens, i):
            i += 1
            continue
        made, last = _list_at(reading, i)
        if made is not None:
            # The parts of a semicolon list are what its text lists; within one only names are a list of their own.
            if parts is None or (made.proper and len(made.items) >= 3):
                yield made
            i = max(last, i + 1)
            continue
        step = _name_end(tokens, i) if tokens[i].text[:1].isupper() else None
        i = step or i + 1


def _by_semicolons(reading: Reading) -> Enumeration | None:
    tokens = reading.tokens
    marks = [t for t in tokens if t.text == ";"]
    closing = next((t for t in tokens if len(marks) >= 2 and t.start >= marks[-1].end), None)
    if closing is None or closing.low not in _LAST:
        return None
    colon = reading.text.rfind(":", 0, marks[0].start)
    edges = [colon + 1, *(m.end for m in marks), len(reading.text.rstrip(" ."))]
    ends = [*(m.start for m in marks), edges[-1]]
    items = tuple(
        (a + len(reading.text[a:b]) - len(reading.text[a:b].lstrip()), b)
        for a, b in zip(edges, ends, strict=False)
        if reading.text[a:b].strip()
    )
    if len(items) < 3:
        return None
    return Enumeration(items=items, count=float(len(items)), start=items[0][0], end=items[-1][1], proper=True)


def _may_start(tokens: tuple[Token, ...], i: int) -> bool:
    token = tokens[i]
    if i and tokens[i - 1].text == "-":
        return False
    if token.text[:1].isupper() or token.low in _DETERMINERS or token.low in _SMALL or token.kind == "n":
        return True
    return _is_bare(token) and i > 0 and (tokens[i - 1].text == ":" or tokens[i - 1].low in _BEFORE_BARE)


def _is_bare(token: Token) -> bool:
    return token.kind == "w" and token.text[:1].islower() and token.low not in _NO_ITEM


def _list_at(reading: Reading, i: int) -> tuple[Enumeration | None, int]:
    tokens = reading.tokens
    n = len(tokens)
    items: list[_Item] = []
    closed = False
    others, said = 0.0, 0  # how many others the last item is, and the token that it starts at
    j = i
    while j < n and len(items) < MAX_ITEMS:
        more = _others(tokens, j) if items and items[0].form == "name" else None
        if more is not None and closed:
            said, (j, others) = j, more
            break
        item = _item_at(tokens, j, items)
        if item is None or not _goes_with(item, items):
            closed = False  # "A, B and at least five others": nobody knows how many
            break
        items.append(item)
        j = _after_gloss(tokens, item.end) if item.form == "name" else item.end
        if closed:
            break
        # ", 46," or ", who ..." after a name is an apposition and ends a plain list
        k, closed = _after_mark(tokens, j)
        if k == j:
            break
        j = k
    # "Present: A, B, C." needs no "and": it is all that stands between the colon and the stop.
    row = i > 0 and tokens[i - 1].text == ":" and len(items) >= 3 and (j >= n or tokens[j].text in ".;")
    if not (closed or row) or not _is_list(items, others):
        return None, i
    spans = [(tokens[x.first].start, tokens[x.end - 1].end) for x in items]
    kind = _kind([reading.text[start:end] for start, end in spans])
    if others:
        spans.append((tokens[said].start, tokens[j - 1].end))
    return Enumeration(
        items=tuple(spans),
        count=sum(x.count for x in items) + others,
        start=spans[0][0],
        end=spans[-1][1],
        proper=all(x.form == "name" for x in items),
        figures=items[0].form == "figure",
        kind=kind,
    ), j


def _after_mark(tokens: tuple[Token, ...], j: int) -> tuple[int, bool]:
    """The token after what sets two items apart, ``j`` itself where nothing does; and whether the last item follows."""
    k = j + _then(tokens, j, (",", ";"))
    if k < len(tokens) and tokens[k].low in _LAST:
        return k + 1, True
    if k == j and [t.low for t in tokens[j : j + 3]] == ["as", "well", "as"]:
        return j + 3, True
    return k, False


def _is_list(items: list[_Item], others: float) -> bool:
    if not items:
        return False
    names = sum(x.form == "name" for x in items)
    if others:
        return names == len(items)
    if len(items) < 2 or (len(items) == 2 and names < 2):
        return False
    # "Seven centres in Kenya, Tanzania and Ghana": the list starts at Kenya.
    return not (items[0].form != "name" and names == len(items) - 1 and names > 1)


def _goes_with(item: _Item, items: list[_Item]) -> bool:
    """Whether an item may follow those before it: names after names, figures after figures, things after things."""
    if not items:
        return True
    first = items[0].form
    if "figure" in (first, item.form):
        return first == item.form
    return item.form == "name" or first != "name"


def _item_at(tokens: tuple[Token, ...], i: int, before: list[_Item]) -> _Item | None:
    """The item that starts at a token, as names, figures, things with an article or number, and bare things go."""
    n = len(tokens)
    if i >= n:
        return None
    first = tokens[i]
    among_figures = bool(before) and before[0].form == "figure"
    if among_figures:
        return _Item(i, i + 1, 1.0, "figure") if first.kind == "n" else None
    if first.kind == "n" and not before and _then(tokens, i + 1, (",",)) and _figure_next(tokens, i):
        return _Item(i, i + 1, 1.0, "figure")
    name = _name_end(tokens, i)
    if name is not None:
        return _Item(i, name, 1.0, "name")
    number, form = 1.0, "thing"
    if first.kind == "n":
        if not first.text.isascii() or len(first.text) > 4 or not first.text.isdigit() or int(first.text) > 200:
            return None
        number = float(first.text)
    elif first.low in _SMALL:
        number = float(_SMALL[first.low])
    elif first.low not in _DETERMINERS:
        if not _is_bare(first) or (before and before[0].form == "name"):
            return None
        form = "bare"
    j = i if form == "bare" else i + 1
    while j < n and j - i < MAX_ITEM_TOKENS and tokens[j].text not in ",;.:()—–" and tokens[j].low not in _LAST:
        if tokens[j].low in _STATED or (form == "bare" and (j - i >= 3 or not _is_bare(tokens[j]))):
            break
        j += 1
    return _Item(i, j, number, form) if j > i + (form == "thing") else None


def _then(tokens: tuple[Token, ...], i: int, signs: tuple[str, ...]) -> bool:
    return i < len(tokens) and tokens[i].text in signs


def _figure_next(tokens: tuple[Token, ...], i: int) -> bool:
    """Whether another figure follows this one after its comma: one with a unit is a thing."""
    k = i + 2
    return k < len(tokens) and tokens[k].kind == "n" and _then(tokens, k + 1, (",", "and", "or"))


def _name_end(tokens: tuple[Token, ...], i: int) -> int | None:
    """The token after the name that starts here, or None."""
    n = len(tokens)
    first = tokens[i]
    if first.kind != "w":
        return None
    if not (first.text[0].isupper() or (first.low == "the" and i + 1 < n and tokens[i + 1].text[:1].isupper())):
        return None
    j = i
    while j < n and j - i < MAX_ITEM_TOKENS and _in_name(tokens, i, j):
        j += 1
    return j


def _in_name(tokens: tuple[Token, ...], first: int, j: int) -> bool:
    """Whether token ``j`` goes on with the name that starts at ``first``: a capital, a joiner, an initial's dot, a hyphen."""  # noqa: E501
    token = tokens[j]
    following = tokens[j + 1] if j + 1 < len(tokens) else None
    if token.kind == "w" and token.text[0].isupper():
        return True
    if following is None:
        return False
    if token.low in _NAME_JOINERS:
        return following.text[:1].isupper() or following.low in _NAME_JOINERS
    if (
        token.text not in (".", "-", "'", "’", "‑")
        or j == first
        or token.start != tokens[j - 1].end
        or following.kind != "w"
    ):
        return False
    gap = following.start - token.end
    return gap <= 1 and len(tokens[j - 1].text) <= 2 if token.text == "." else gap == 0


def _after_gloss(tokens: tuple[Token, ...], j: int) -> int:
    """The token after what brackets say of a name: "A (chair)", "B (Portugal)"."""
    if not _then(tokens, j, ("(",)):
        return j
    end = next((k for k in range(j + 1, min(j + 9, len(tokens))) if tokens[k].text == ")"), None)
    return j if end is None else end + 1


def _others(tokens: tuple[Token, ...], j: int) -> tuple[int, float] | None:
    """ "14 other states", "two others": the token after it, and how many."""
    if j + 1 >= len(tokens) or tokens[j + 1].low not in _OTHERS:
        return None
    low = tokens[j].low
    number = int(low) if low.isdigit() and len(low) <= 3 else _NUMBERS.get(low, 0)
    if not number:
        return None
    named = tokens[j + 1].low != "others" and j + 2 < len(tokens) and _is_bare(tokens[j + 2])
    return j + 2 + named, float(number)


def _kind(items: list[str]) -> str:
    """What all items are known to be."""
    if all(gazetteer.country_of(x.removeprefix("the ")) and not gazetteer.is_nationality(x) for x in items):
        return "country"
    if all(x.lower() in _COLOURS for x in items):
        return "colour"
    if all(x.isdigit() and 1800 <= int(x) <= 2100 for x in items):
        return "year"
    firsts = wording.first_names()
    known = sum(any(wording.fold(w) in firsts for w in x.split()[:-1]) for x in items)
    return "person" if known * 2 > len(items) else ""
