"""Numbers as they are written in news prose, read with their offsets.

Knows digits and words, scales, fractions, percentages, currencies, units of
measurement, ranges, hedges ("about", "at least"), tallies, ordinals and
multiples, what a number counts (its noun), and how to compare two readings as
a careful editor would. Leaves calendar dates to ``dates`` and the question
whether two numbers are of the same thing to the checkers.

The conversion table is ours, not pint's: importing pint takes longer than a
whole unchanged run of the tool, and news uses some sixty units. The tests hold
the table against pint.
"""

# ruff: noqa: E501
from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

# Longer texts are cut before reading: a sentence is never this long, and work
# must stay bounded whatever a hostile page holds.
MAX_CHARS = 6_000
MAX_QUANTITIES = 120
MAX_DIGITS = 18


class Token(NamedTuple):
    """One number (``n``), word (``w``) or sign (``p``): ``text[start:end]`` is it."""

    text: str
    low: str
    start: int
    end: int
    kind: str


# Fractions as typed: "5 1/2 feet", "a 2-1/2-mile path"; alone ("3/4 of", "1/2-inch") only where a date or score is not.
_TYPED = r"(?:1/2|[12]/3|[13]/4|[1-4]/5|[1357]/8|(?:[13579]|1[135])/16)(?![\d/])"
_TOKEN = re.compile(
    rf"(?P<n>(?<![\d.,/])\d{{1,3}}[\u00a0 -]{_TYPED}"
    rf"|(?<![\d.,/-]){_TYPED}(?=\sof\b|\s?-?\s?(?:an?\s)?(?:inch|mile|cup|acre|ounce|pound|ton|teaspoon|tablespoon|point|percent)(?:e?s)?\b)"
    r"|(?<![\d.,])\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?"
    r"|(?<![\d.,])\d{1,3}(?:[\u00a0\u202f ]\d{3})+(?![\d,.]\d|\d)"
    r"|\d+(?:\.\d+)?|[½¼¾⅓⅔⅛])"
    r"|(?P<w>[^\W\d_]+(?:['’](?:s|t|re|ll|ve|d|m)(?![^\W\d_]))?)"
    r"|(?P<p>\S)"
)


def tokenize(text: str) -> list[Token]:
    """Tokens in order, at most ``MAX_CHARS`` characters into the text."""
    found = []
    for match in _TOKEN.finditer(text, 0, min(len(text), MAX_CHARS)):
        word = match.group()
        kind = match.lastgroup or "p"
        low = word.lower().replace("’", "'") if kind == "w" else word
        if kind == "w" and low.endswith("'s"):
            low = low[:-2]
        found.append(Token(word, low, match.start(), match.end(), kind))
    return found


# --- words ------------------------------------------------------------------

_IRREGULAR = {
    "men": "man", "women": "woman", "children": "child", "people": "person", "persons": "person",
    "feet": "foot", "geese": "goose", "mice": "mouse", "lives": "life", "wives": "wife", "knives": "knife",
    "halves": "half", "shelves": "shelf", "wolves": "wolf", "leaves": "leave", "loaves": "loaf", "oxen": "ox",
    "went": "go", "gone": "go", "paid": "pay", "won": "win", "lost": "lose", "loss": "lose", "losses": "lose",
    "sold": "sell", "sale": "sell", "sales": "sell", "bought": "buy", "built": "build", "held": "hold", "led": "lead",
    "left": "leave", "met": "meet", "said": "say", "sent": "send", "spent": "spend", "took": "take", "taken": "take",
    "told": "tell", "rose": "rise", "risen": "rise", "fell": "fall", "fallen": "fall", "grew": "grow", "grown": "grow",
    "growth": "grow", "began": "begin", "begun": "begin", "broke": "break", "broken": "break", "brought": "bring",
    "caught": "catch", "chose": "choose", "chosen": "choose", "cost": "cost", "dead": "die", "death": "die",
    "deaths": "die", "died": "die", "dying": "die", "drew": "draw", "drawn": "draw", "fought": "fight",
    "found": "find", "founded": "found", "gave": "give", "given": "give", "got": "get", "kept": "keep",
    "made": "make", "ran": "run", "sank": "sink", "sunk": "sink", "sat": "sit", "saw": "see", "seen": "see",
    "stood": "stand", "stole": "steal", "stolen": "steal", "struck": "strike", "taught": "teach", "wore": "wear",
    "wrote": "write", "written": "write", "flew": "fly", "flown": "fly", "flight": "fly", "born": "birth",
    "birth": "birth", "married": "marry", "marriage": "marry", "choice": "choose", "arrival": "arrive",
    "approval": "approve", "refusal": "refuse", "removal": "remove", "proposal": "propose", "dismissal": "dismiss",
    "closure": "close", "departure": "depart", "failure": "fail", "seizure": "seize", "departed": "depart",
    "opening": "open", "vote": "vote", "votes": "vote", "voter": "voter", "voters": "voter",
    "councilor": "councillor", "councilors": "councillor", "aged": "age", "old": "age", "sentence": "sentence",
    "percent": "percent", "winner": "win", "winners": "win", "loser": "lose", "weight": "weigh", "height": "high",
    "width": "wide", "depth": "deep", "length": "long", "strength": "strong", "storeys": "storey", "stories": "storey",
    "kids": "child", "pupils": "pupil", "students": "student", "cent": "cent", "series": "series", "species": "species",
    "news": "news", "crisis": "crisis", "crises": "crisis", "shut": "close", "shuts": "close",
}  # fmt: skip

_SUFFIXES = (
    "izations", "isations", "ization", "isation", "ations", "ation", "ements", "ement", "ments", "ment", "nesses",
    "ness", "ities", "ity", "ions", "ion", "ings", "ing", "ers", "er", "ors", "or", "edly", "ed", "ally", "ly", "al",
)  # fmt: skip


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A rough stem that joins the forms of one word ("treated", "treatment").

    Coarser than a lemma and much faster than a stemming library; only ever
    compared with another stem, never shown.
    """
    low = word.lower().replace("’", "'").removesuffix("'s").removesuffix("'")
    low = _IRREGULAR.get(low, low)
    if len(low) <= 3:
        return low
    base = low
    for suffix in _SUFFIXES:
        if base.endswith(suffix) and len(base) - len(suffix) >= (3 if suffix in ("ed", "ing") else 4):
            base = base[: -len(suffix)]
            break
    else:
        if base.endswith("ies") and len(base) > 4:
            base = base[:-3] + "y"
        elif base.endswith(("sses", "shes", "ches", "xes", "zes")):
            base = base[:-2]
        elif base.endswith("s") and not base.endswith(("ss", "us", "is")):
            base = base[:-1]
        base = _IRREGULAR.get(base, base)
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "sl":
        base = base[:-1]
    if len(base) > 3 and base.endswith("e"):
        base = base[:-1]
    if len(base) > 3 and base.endswith("y"):
        base = base[:-1] + "i"
    if base.endswith(("our",)) and len(base) > 4:  # labour, colour
        base = base[:-3] + "or"
    return base


FUNCTION_WORDS = frozenset(
    """a an the this that these those its it his her their our your my he she they we you i him them us me who whom
    whose which what when where while as at by for from in into of off on onto out over to up with within without
    about after against among around before behind below beneath beside between beyond down during near since than
    through throughout till toward towards under until upon via and or nor but so yet if then because though
    although whether is are was were be been being am has have had having do does did doing done will would shall
    should can could may might must not no n't only also just even still already ever never too very more most less
    least fewer other others another such both either neither each every all any some many much few several there
    here now again once not per cent percent said says say according had s t one ones itself himself herself
    themselves own same""".split()
)

# --- number words -------------------------------------------------------------

ONES = {
    w: i
    for i, w in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen""".split()
    )
}
TENS = {w: (i + 2) * 10 for i, w in enumerate("""twenty thirty forty fifty sixty seventy eighty ninety""".split())}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "lakh": 1e5, "crore": 1e7}
_SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12, "trn": 1e12}
ORDINALS = {
    w: i + 1
    for i, w in enumerate(
        """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
        fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split()
    )
} | {"thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60, "hundredth": 100, "thousandth": 1000}
_FRACTIONS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4,
    "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6, "seventh": 7, "sevenths": 7, "eighth": 8, "eighths": 8,
    "ninth": 9, "ninths": 9, "tenth": 10, "tenths": 10, "twelfth": 12, "twelfths": 12, "sixteenth": 16,
    "twentieth": 20, "twentieths": 20, "hundredth": 100, "hundredths": 100,
}  # fmt: skip
_FRACTION_SIGNS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}
_GROUPS = {"dozen": 12.0, "score": 20.0, "couple": 2.0, "pair": 2.0, "trio": 3.0, "quartet": 4.0, "fortnight": 1.0}
_MULTIPLES = {
    "twice": 2.0, "double": 2.0, "doubled": 2.0, "doubling": 2.0, "doubles": 2.0, "thrice": 3.0, "triple": 3.0,
    "tripled": 3.0, "treble": 3.0, "trebled": 3.0, "quadruple": 4.0, "quadrupled": 4.0, "halved": 0.5, "halving": 0.5,
    "halve": 0.5, "twofold": 2.0, "threefold": 3.0, "fourfold": 4.0, "fivefold": 5.0, "tenfold": 10.0,
}  # fmt: skip
_SIZED_GROUPS = {"solo": 1, "duo": 2, "twins": 2, "triplets": 3}

# --- units ----------------------------------------------------------------------

# word -> (dimension, factor to the base unit, name). Base units: metre,
# kilogram, square metre, litre, second, watt, watt-hour, byte, degree Celsius.
_UNIT_ROWS: tuple[tuple[str, float, str, str], ...] = (
    ("length", 1.0, "m", "metre metres meter meters"),
    ("length", 1e3, "km", "km kms kilometre kilometres kilometer kilometers"),
    ("length", 1e-2, "cm", "cm centimetre centimetres centimeter centimeters"),
    ("length", 1e-3, "mm", "mm millimetre millimetres millimeter millimeters"),
    ("length", 1609.344, "mi", "mile miles"),
    ("length", 1852.0, "nautical mi", "nmi"),
    ("length", 0.9144, "yd", "yard yards"),
    ("length", 0.3048, "ft", "ft foot feet"),
    ("length", 0.0254, "in", "inch inches"),
    ("mass", 1.0, "kg", "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes"),
    ("mass", 1e-3, "g", "gram grams gramme grammes"),
    ("mass", 1e-6, "mg", "mg milligram milligrams milligrammes"),
    ("mass", 1e3, "t", "tonne tonnes"),
    ("mass", 1e3, "t", "ton tons"),
    ("mass", 0.45359237, "lb", "lb lbs"),
    ("mass", 0.028349523125, "oz", "oz ounce ounces"),
    ("mass", 6.35029318, "stone", "stone"),
    ("area", 1e4, "ha", "ha hectare hectares"),
    ("area", 4046.8564224, "acre", "acre acres"),
    ("volume", 1.0, "l", "litre litres liter liters"),
    ("volume", 1e-3, "ml", "ml millilitre millilitres milliliter milliliters"),
    ("volume", 3.785411784, "gal", "gallon gallons"),
    ("volume", 158.987294928, "bbl", "barrel barrels"),
    ("power", 1.0, "W", "watt watts"),
    ("power", 1e3, "kW", "kw kilowatt kilowatts"),
    ("power", 1e6, "MW", "mw megawatt megawatts"),
    ("power", 1e9, "GW", "gw gigawatt gigawatts"),
    ("energy", 1e3, "kWh", "kwh"),
    ("energy", 1e6, "MWh", "mwh"),
    ("energy", 1e9, "GWh", "gwh"),
    ("energy", 1e12, "TWh", "twh"),
    ("data", 1e6, "MB", "mb megabyte megabytes"),
    ("data", 1e9, "GB", "gb gigabyte gigabytes"),
    ("data", 1e12, "TB", "tb terabyte terabytes"),
    ("speed", 1 / 3.6, "km/h", "kph kmh"),
    ("speed", 0.44704, "mph", "mph"),
    ("speed", 1852 / 3600, "knots", "knot knots"),
    ("time", 1.0, "s", "second seconds sec secs"),
    ("time", 60.0, "min", "minute minutes min mins"),
    ("time", 3600.0, "h", "hour hours hr hrs"),
    ("time", 86400.0, "day", "day days night nights"),
    ("time", 604800.0, "week", "week weeks"),
    ("time", 1209600.0, "fortnight", "fortnight fortnights"),
    ("time", 2629746.0, "month", "month months"),
    ("time", 31556952.0, "year", "year years yr yrs"),
    ("time", 315569520.0, "decade", "decade decades"),
    ("time", 3155695200.0, "century", "century centuries"),
)
UNITS: dict[str, tuple[str, float, str]] = {
    word: (dim, factor, name) for dim, factor, name, words in _UNIT_ROWS for word in words.split()
}
_PRIMES = frozenset("'’′")
_ATTACHED = {"st": "stone", "h": "hour"}  # units only where they touch the figure
_SQUARE = {"m": ("area", 1.0), "km": ("area", 1e6), "mi": ("area", 2589988.110336), "ft": ("area", 0.09290304)}
_CUBIC = {"m": ("volume", 1e3), "km": ("volume", 1e12), "ft": ("volume", 28.316846592), "cm": ("volume", 1e-3)}
YEAR, MONTH, DAY, WEEK = 31556952.0, 2629746.0, 86400.0, 604800.0

_CURRENCY_WORDS = {
    word: name
    for name, words in {
        "dollar": "dollar dollars", "euro": "euro euros", "pound": "pound pounds", "cent": "cents", "yen": "yen",
        "yuan": "yuan renminbi", "won": "won", "rupee": "rupee rupees", "rupiah": "rupiah", "ringgit": "ringgit",
        "baht": "baht", "peso": "peso pesos", "real": "reais", "rand": "rand", "naira": "naira", "shilling":
        "shilling shillings", "kwacha": "kwacha", "krone": "krone kroner kronor krona crowns", "mark": "marks", "franc":
        "franc francs", "lira": "lira liras lire", "drachma": "drachma drachmas", "guilder": "guilder guilders",
        "zloty": "zloty zlotys", "forint": "forint forints", "leva": "lev leva", "leu": "lei leu", "kuna": "kuna",
        "dinar": "dinar dinars", "dirham": "dirham dirhams", "riyal": "riyal riyals rial rials", "rouble":
        "rouble roubles ruble rubles", "hryvnia": "hryvnia hryvnias", "tenge": "tenge", "tugrik": "tugrik tugriks",
        "dong": "dong", "taka": "taka", "birr": "birr", "cedi": "cedi cedis", "escudo": "escudo escudos", "peseta":
        "peseta pesetas", "schilling": "schilling schillings", "koruna": "koruna korunas", "tolar": "tolars",
        "kip": "kip", "riel": "riel riels", "pence": "pence penny", "sterling": "sterling", "shekel":
        "shekel shekels", "lari": "lari", "som": "som", "sum": "soum", "kyat": "kyat", "ariary": "ariary",
        "pula": "pula", "metical": "meticais metical", "kwanza": "kwanza", "dalasi": "dalasi", "ouguiya": "ouguiya",
        "bolivar": "bolivars bolivares", "sol": "soles", "guarani": "guaranies guarani", "colon": "colones",
        "lempira": "lempiras", "quetzal": "quetzales quetzals", "gourde": "gourdes", "markka": "markka markkaa",
        "punt": "punts",
    }.items()
    for word in words.split()
}  # fmt: skip
_CURRENCY_SIGNS = {"$": "dollar", "£": "pound", "€": "euro", "¥": "yen", "₹": "rupee", "₦": "naira", "₩": "won",
                   "₺": "lira", "₽": "rouble", "₴": "hryvnia", "₪": "shekel", "฿": "baht", "₫": "dong"}  # fmt: skip
_CURRENCY_CODES = {
    "r": "rand", "p": "peso", "dh": "dirham", "dhs": "dirham", "rs": "rupee", "rm": "ringgit", "ksh": "shilling",
    "sh": "shilling", "tk": "taka", "rp": "rupiah", "eur": "euro", "usd": "dollar", "gbp": "pound", "chf": "franc",
    "fr": "franc", "kr": "krone", "dm": "mark", "ft": "forint", "aed": "dirham", "sfr": "franc", "lm": "lira",
    "ir": "punt", "bd": "taka", "q": "quetzal", "kz": "kwanza", "mt": "metical", "n": "naira", "k": "kwacha",
}  # fmt: skip
_CURRENCY_ADJECTIVES = frozenset(
    """us u.s american canadian australian swiss french belgian danish norwegian swedish icelandic czech british irish
    hong kong singapore zealand egyptian turkish chilean mexican philippine colombian argentine kenyan ugandan
    tanzanian german finnish maltese cypriot italian new""".split()
)

_ABOUT = frozenset(["about", "around", "roughly", "approximately", "some", "circa", "approx", "estimated"])
_BOUNDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("a", "little", "more", "than"), "over"), (("a", "little", "over"), "over"), (("just", "over"), "over"),
    (("just", "more", "than"), "over"), (("slightly", "more", "than"), "over"), (("slightly", "over"), "over"),
    (("a", "little", "under"), "nearly"), (("a", "little", "less", "than"), "nearly"), (("just", "under"), "nearly"),
    (("slightly", "under"), "nearly"), (("slightly", "less", "than"), "nearly"), (("just", "below"), "nearly"),
    (("just", "short", "of"), "nearly"), (("close", "to"), "about"), (("or", "so"), "about"), (("no", "more", "than"), "most"),
    (("not", "more", "than"), "most"), (("no", "fewer", "than"), "least"), (("no", "less", "than"), "least"),
    (("well", "over"), "more"), (("well", "under"), "less"),
    (("more", "than"), "more"), (("upwards", "of"), "least"), (("in", "excess", "of"), "more"), (("greater", "than"), "more"),
    (("higher", "than"), "more"), (("larger", "than"), "more"), (("bigger", "than"), "more"), (("longer", "than"), "more"),
    (("less", "than"), "less"), (("fewer", "than"), "less"), (("lower", "than"), "less"), (("smaller", "than"), "less"),
    (("shorter", "than"), "less"), (("at", "least"), "least"), (("at", "most"), "most"), (("up", "to"), "most"),
    (("as", "many", "as"), "most"), (("as", "much", "as"), "most"), (("a", "maximum", "of"), "most"),
    (("a", "minimum", "of"), "least"), (("within",), "most"), (("over",), "more"), (("above",), "more"), (("exceeding",), "more"),
    (("exceed",), "more"), (("exceeded",), "more"), (("under",), "less"), (("below",), "less"), (("nearly",), "nearly"),
    (("almost",), "nearly"), (("about",), "about"), (("around",), "about"), (("roughly",), "about"),
    (("approximately",), "about"), (("some",), "about"), (("circa",), "about"), (("estimated",), "about"),
    (("something", "over"), "over"), (("barely",), "about"), (("colder", "than"), "less"), (("cooler", "than"), "less"),
    (("warmer", "than"), "more"), (("hotter", "than"), "more"), (("heavier", "than"), "more"), (("lighter", "than"), "less"),
    (("taller", "than"), "more"), (("faster", "than"), "more"),
)  # fmt: skip
_BOUNDS_BY_LAST: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _words, _bound in _BOUNDS:
    _BOUNDS_BY_LAST.setdefault(_words[-1], []).append((_words, _bound))
_BOUND_AFTER = {("or", "more"): "least", ("or", "so"): "about", ("or", "less"): "most", ("or", "fewer"): "most",
                ("at", "least"): "least", ("at", "most"): "most"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One number of a text with everything that says what it measures.

    ``lo`` and ``hi`` are in the base unit of ``dim`` and equal unless a range was
    written. ``number`` is the figure as written (1.2 million -> 1200000.0) and
    ``unit`` its unit's short name. ``bound`` is the hedge: about, nearly, over
    ("just over"), more, least, less, most, or nothing. ``grain`` is the size of the
    last digit that was meant, in base units. ``nouns`` are stems of what is counted,
    ``head`` the chief of them; ``whole`` the total in "three of the five".
    """

    text: str
    start: int
    end: int
    dim: str
    lo: float
    hi: float
    number: float
    unit: str = ""
    bound: str = ""
    grain: float = 1.0
    nouns: tuple[str, ...] = ()
    head: str = ""
    rate: str = ""
    whole: float | None = None
    tally: int = 0  # 1 or 2: first or second figure of a score or vote
    form: str = ""  # digits, words, article ("a year"), hyphen
    token: int = 0
    token_end: int = 0
    partitive: bool = False

    @property
    def value(self) -> float:
        return (self.lo + self.hi) / 2


@dataclass
class _Number:
    value: float
    end: int
    grain: float
    form: str
    fraction: bool = False


def _fraction(text: str) -> float | None:
    """What a number that is a fraction alone comes to: "½", "3/4"; None for any other."""
    if text in _FRACTION_SIGNS:
        return _FRACTION_SIGNS[text]
    over, stroke, under = text.partition("/")
    return int(over) / int(under) if stroke and over.isdigit() else None


def _digits(text: str) -> float | None:
    if (part := _fraction(text)) is not None:
        return part
    if "/" in text:
        whole, part_text = re.split(r"[\u00a0 -]", text, maxsplit=1)
        return int(whole) + (_fraction(part_text) or 0.0)
    plain = re.sub(r"[,\u00a0\u202f ]", "", text)
    if len(plain) > MAX_DIGITS or not plain.replace(".", "", 1).isascii():
        return None
    try:
        return float(plain)
    except ValueError:
        return None


def _grain(value: float, written: str = "") -> float:
    """The size of the last digit that was meant: 2,500 -> 100, 2.85 -> 0.01, 17 -> 1."""
    if "." in written:
        return float(10.0 ** -len(written.split(".")[1]))
    if value == 0 or value != int(value):
        return 1.0
    whole, grain = int(abs(value)), 1
    while whole % 10 == 0 and grain < 10**15:
        whole //= 10
        grain *= 10
    return float(grain)


def _word_number(tokens: Sequence[Token], i: int) -> _Number | None:
    """The cardinal written in words from token ``i``, with its scales; None if there is none."""
    n = len(tokens)
    total, current, used, last = 0.0, 0.0, False, i
    j = i
    tens_open = False
    while j < n:
        low = tokens[j].low
        if tokens[j].kind != "w":
            # "twenty-three": the hyphen joins, nothing else may
            if tens_open and low in "-‐‑–" and j + 1 < n and 0 < ONES.get(tokens[j + 1].low, 0) < 10:
                j += 1
                continue
            break
        if low in ONES:
            if used and not (tens_open and 0 < ONES[low] < 10) and not (current >= 100 and current % 100 == 0):
                break
            current += ONES[low]
            tens_open, used = False, True
        elif low in TENS:
            if used and not (current >= 100 and current % 100 == 0):
                break
            current += TENS[low]
            tens_open, used = True, True
        elif low in _SCALES and used:
            scale = _SCALES[low]
            if low == "hundred":
                current *= 100
            elif current == 0:
                break
            else:
                total += current * scale
                current = 0.0
            tens_open = False
        elif low == "and" and used and j + 1 < n and (current >= 100 or total >= 1000):
            if tokens[j + 1].low in ONES or tokens[j + 1].low in TENS:
                # "two hundred and twelve", but not "two hundred and three people joined" across a list
                j += 1
                continue
            break
        else:
            break
        j += 1
        last = j
    if not used or last == i:
        return None
    value = total + current
    return _Number(value=value, end=last, grain=_grain(value), form="words")


_BEFORE_PRONOUN = frozenset(
    """old older new newer last next other former previous earlier later current latest big bigger small smaller good better
    bad worse right wrong same similar different no""".split()
)


def _scale_halved(tokens: Sequence[Token], i: int) -> int:
    """Where the scale stands of "half a million", "half-million" or "half million" that begins at token ``i``; else 0."""
    for at, between in ((i + 2, ("a", "-")), (i + 1, None)):
        told = at < len(tokens) and tokens[at].low in (*_SCALES, "dozen")
        if told and (between is None or tokens[i + 1].low in between):
            return at
    return 0


def _cardinal(tokens: Sequence[Token], i: int) -> _Number | None:
    """The number that starts at token ``i``, without its unit."""
    n = len(tokens)
    token = tokens[i]
    low = token.low
    if token.kind == "n":
        value = _digits(token.text)
        if value is None:
            return None
        number = _Number(value=value, end=i + 1, grain=_grain(value, token.text), form="digits")
        if _fraction(token.text) is not None:
            number.fraction, number.grain = True, 0.01
        elif "/" in token.text:
            number.grain = 0.1
        elif i + 1 < n and tokens[i + 1].text in _FRACTION_SIGNS:
            number.value += _FRACTION_SIGNS[tokens[i + 1].text]
            number.end, number.grain = i + 2, 0.1
    elif low in ("a", "an") and i + 1 < n and tokens[i + 1].low in (*_SCALES, "dozen", "score"):
        following = tokens[i + 1].low
        if following in ("dozen", "score"):
            return _Number(value=_GROUPS[following], end=i + 2, grain=1.0, form="words")
        rest = _word_number([Token("one", "one", token.start, token.end, "w"), *tokens[i + 1 : i + 12]], 0)
        if rest is None:
            return None
        number = _Number(value=rest.value, end=i + rest.end, grain=_grain(rest.value), form="words")
    elif low == "half" and (at := _scale_halved(tokens, i)):
        unit = 12.0 if tokens[at].low == "dozen" else _SCALES[tokens[at].low]
        return _Number(value=unit / 2, end=at + 1, grain=unit / 10 if unit > 12 else 1.0, form="words")
    elif low in ONES or low in TENS:
        if (
            low == "one"
            and i
            and tokens[i - 1].low in _BEFORE_PRONOUN
            and not (i + 1 < n and tokens[i + 1].low in _SCALES)
        ):
            return None  # "the old one", "no one"
        words = _word_number(tokens, i)
        if words is None:
            return None
        number = words
    elif low in ("couple", "pair", "trio", "quartet") and i + 1 < n and tokens[i + 1].low == "of":
        return _Number(value=_GROUPS[low], end=i + 2, grain=1.0, form="words")
    else:
        return None
    j = number.end
    # "two and a half million", "one-and-a-half"
    k = j
    while k < n and tokens[k].low in "-‐‑–" and k - j < 1:
        k += 1
    if k + 2 < n and tokens[k].low == "and" and number.form != "":
        m = k + 1
        while m < n and tokens[m].text in "-‐‑–":
            m += 1
        if m < n and tokens[m].low in ("a", "three"):
            top = 1.0 if tokens[m].low == "a" else 3.0
            m += 1
            while m < n and tokens[m].text in "-‐‑–":
                m += 1
            if m < n and tokens[m].low in ("half", "quarter", "quarters", "third"):
                number.value += top / _FRACTIONS[tokens[m].low]
                number.end, number.grain = m + 1, 0.1
                j = m + 1
    if j < n:
        low = tokens[j].low
        if (low in _SCALES and number.form == "digits") or (
            low in ("million", "billion", "trillion") and number.grain < 1
        ):
            number.value *= _SCALES[low]
            number.grain *= _SCALES[low]
            number.end = j + 1
            if j + 3 < n and tokens[j + 1].low == "and" and tokens[j + 2].low == "a" and tokens[j + 3].low == "half":
                number.value += _SCALES[low] / 2
                number.end, number.grain = j + 4, _SCALES[low] / 10
        elif low == "dozen":
            number.value *= 12
            number.end = j + 1
        elif (
            low in _PARTICLES
            and j + 1 < n
            and tokens[j + 1].low in ("million", "billion", "trillion")
            and _adjacent(tokens, j)
        ):
            number.value *= _SCALES[tokens[j + 1].low]  # "a R61-million tender"
            number.grain *= _SCALES[tokens[j + 1].low]
            number.end = j + 2
    return number


_PARTICLES = frozenset("-‐‑–")
# "13.45 – Our reporter says": an entry of a live report opens with its time.
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3])\.[0-5]\d(?:\s?[ap]\.?m\.?)?\s?[:–—-]")
_BEFORE_WHOLE = frozenset("the its their his her all those these our a some about planned".split())


def _owner(tokens: Sequence[Token], i: int) -> bool:
    """Whether a token belongs to whose whole it is: "two of the rail company's five routes"."""
    return any(tokens[j].text.endswith(("'s", "’s")) for j in (i, i + 1) if j < len(tokens)) and tokens[i].kind == "w"


_VERB_AFTER_COUNT = frozenset(
    """voted vote opposed backed supported died dead killed hurt injured were was are is had have has will would could
    said say remain remained remaining survived took went came left got abstained abstaining against favour""".split()
)


def _noun_after(tokens: Sequence[Token], j: int) -> tuple[tuple[str, ...], str, bool]:
    """Stems of what is counted from token ``j`` on, its head, and whether it is a part of a whole."""
    n = len(tokens)
    partitive = False
    if j < n and tokens[j].low == "of" and j + 1 < n:
        partitive = True
        j += 1
        while j < n and (tokens[j].low in FUNCTION_WORDS or tokens[j].kind == "n" or tokens[j].low in ONES):
            if tokens[j].low in ("them", "whom", "which", "us", "those") or j > 40_000:
                return (), "", True
            j += 1
    words: list[str] = []
    head = ""
    while j < n and len(words) < 5:
        token = tokens[j]
        if token.kind == "p":
            if token.text in _PARTICLES or token.text in "'’":
                j += 1
                continue
            break
        if token.kind == "n" or token.low in ONES:
            break
        if token.low in FUNCTION_WORDS or token.low in _VERB_AFTER_COUNT:
            if token.low in ("more", "fewer", "less", "other", "others", "such", "own", "another") and not words:
                j += 1
                continue
            break
        words.append(stem(token.low))
        low = token.low
        plural = (low.endswith("s") and not low.endswith(("ss", "us", "is"))) or low in (
            "people", "men", "women", "children", "police", "sheep", "feet", "cattle", "fish", "staff", "troops",
        )  # fmt: skip
        if plural:
            head = words[-1]
            break
        j += 1
    if not head and words:
        head = words[0] if len(words) == 1 else words[-1]
        if len(words) > 2:
            words = words[:2]
            head = words[-1]
    return tuple(words), head, partitive


def _bound_before(tokens: Sequence[Token], i: int) -> tuple[str, int]:
    """The hedge that ends right before token ``i``, and the token it starts at."""
    if i and tokens[i - 1].kind == "p" and tokens[i - 1].text in "~≈":
        return "about", i - 1
    # "the under-15s"
    hyphen = i > 1 and tokens[i - 1].text in _PARTICLES and _adjacent(tokens, i - 1)
    if hyphen and tokens[i - 2].low in ("under", "over"):
        return ("less" if tokens[i - 2].low == "under" else "more"), i - 2
    # "an estimated 25", "a further 150" keep the number's own words
    k = i
    while k and tokens[k - 1].low in ("a", "an", "the", "further", "total", "record") and i - k < 2:
        k -= 1
    for start in (i, k):
        for words, bound in _BOUNDS_BY_LAST.get(tokens[start - 1].low, ()) if start else ():
            m = len(words)
            if start >= m and all(tokens[start - m + x].low == words[x] for x in range(m)):
                if words == ("over",) and start > 1 and tokens[start - 2].low in _OVER_TO:
                    continue
                if words in (("below",), ("above",)) and _is_a_time_ago(tokens[i : i + 3]):
                    continue  # "£56,000 below a year earlier"
                return bound, start - m
        if k == i:
            break
    return "", i


def hedged_from(tokens: Sequence[Token], q: Quantity) -> int:
    """Where a quantity begins with the words that hedge it: "fewer than" in "fewer than two in five"."""
    _, first = _bound_before(tokens, q.token)
    return tokens[first].start


_LENGTHS_OF_TIME = frozenset(map(stem, "day week month quarter year decade".split()))


def _is_a_time_ago(tokens: Sequence[Token]) -> bool:
    return (
        len(tokens) == 3
        and stem(tokens[1].low) in _LENGTHS_OF_TIME
        and tokens[2].low in ("earlier", "ago", "before", "previously")
    )


# Words after which "over" bounds nothing: "handed over £5,000".
_OVER_TO = frozenset(
    """just hand hands handed handing turn turns turned turning take takes took taken taking pay pays paid paying
    sign signs signed signing make makes made making pass passes passed carry carries carried bring brought left
    hold held transfer transferred""".split()
)
_RATE_UNITS = frozenset(
    """night nights hour day week month year student person head tonne kilo litre kilometre mile pound barrel gallon
    metre acre hectare ticket share vote copy seat child pupil household minute""".split()
)


# Rates of one kind: an amount of the one is another amount of the other.
_RATE_KINDS = tuple(
    frozenset(map(stem, kind.split(" ")))
    for kind in (
        "minute hour day night week fortnight month year annum",
        "metre kilometre km mile yard foot",
        "gram kilo kilogram kg pound tonne ton",
        "litre gallon barrel pint",
        "acre hectare",
    )
)


def other_rate(a: Quantity, b: Quantity) -> bool:
    """Whether two amounts are told for unlike units of one kind: 48p a kilometre, 48p a mile."""
    return a.rate != b.rate and any(a.rate in kind and b.rate in kind for kind in _RATE_KINDS)


def _rate_after(tokens: Sequence[Token], j: int) -> str:
    """ "a night", "per head", "an hour", "each" right after an amount."""
    n = len(tokens)
    if (
        j + 2 < n
        and tokens[j].low == "for"
        and tokens[j + 1].low in ("each", "every")
        and tokens[j + 2].low in _RATE_UNITS
    ):
        return stem(tokens[j + 2].low)
    if j < n and tokens[j].low in ("each", "apiece"):
        return "each"
    if j + 1 < n and tokens[j].low in ("per", "a", "an", "every") and tokens[j + 1].kind == "w":
        word = tokens[j + 1].low
        if word in ("cubic", "square") and j + 2 < n:
            return stem(tokens[j + 2].low)
        if (tokens[j].low == "per" and word != "cent") or word in _RATE_UNITS:
            return stem(word)
    if j + 1 < n and tokens[j].text == "/" and tokens[j + 1].kind == "w":
        return stem(tokens[j + 1].low)
    if j + 3 < n and tokens[j].text == tokens[j + 2].text == "-" and tokens[j + 1].low in ("a", "an", "per"):
        return stem(tokens[j + 3].low)  # "his £45-a-month allowance"
    return ""


def _adjacent(tokens: Sequence[Token], j: int) -> bool:
    return j > 0 and tokens[j - 1].end == tokens[j].start


def _minus(tokens: Sequence[Token], i: int) -> bool:
    """Whether "minus" or its sign stands before a figure; the stroke of "10-12" is none."""
    if not i:
        return False
    sign = tokens[i - 1]
    return sign.low == "minus" or (
        sign.text in ("-", "−", "–") and _adjacent(tokens, i) and (i < 2 or tokens[i - 2].end < sign.start)
    )


def _temperature(number: float, scale: str) -> float:
    return (number - 32) / 1.8 if scale == "f" else number


_STARTERS = frozenset(
    {*ONES, *TENS, *_MULTIPLES, *ORDINALS, "a", "an", "half", "quarter", "couple", "pair", "trio", "quartet"}
)
_AFTER_ARTICLE = frozenset({*_SCALES, *_FRACTIONS, *UNITS, *_PARTICLES, "dozen", "score"})


def find_quantities(text: str, without: Iterable[tuple[int, int]] = ()) -> tuple[Quantity, ...]:
    """Every quantity of the text in order; ``text[q.start:q.end] == q.text`` holds for each.

    ``without`` are spans already read as something else (dates, times): a number
    inside one is not a quantity. Never raises, whatever the text.
    """
    tokens = tokenize(text)
    taken = sorted(without)
    found: list[Quantity] = []
    i = 0
    n = len(tokens)
    while i < n and len(found) < MAX_QUANTITIES:
        token = tokens[i]
        if token.kind == "p" or (
            token.kind == "w"
            and (
                token.low not in _STARTERS
                or (token.low in ("a", "an") and (i + 1 >= n or tokens[i + 1].low not in _AFTER_ARTICLE))
            )
        ):
            i += 1
            continue
        if any(s < token.end and token.start < e for s, e in taken):
            i += 1
            continue
        made = _quantity_at(text, tokens, i)
        # "Rs500" is no designation; "N95" is one, although prices in naira are written so too.
        priced = made is not None and made[0].dim.startswith("money") and made[0].text not in ("N95", "N99")
        if made is None or (_in_designation(tokens, i) and not priced):
            i += 1
            continue
        found.extend(_weight(q) if worded_pounds(q) and _weighed(text, q) else q for q in made)
        i = max(i + 1, max(q.token_end for q in made))
    return _with_ranges_and_tallies(text, tokens, found)


_WEIGHED_BEFORE = re.compile(r"\bweigh(?:s|ed|ing|t)?\b[^.;]{0,40}$", re.IGNORECASE)
_WEIGHED_AFTER = re.compile(
    r"\s(?:heavier|lighter|overweight|underweight|too\sheavy|too\slight)\b|[^.;,]{0,40}\bweight\b|"
    r"\sof\s(?!(?:what|which|whom?|it|him|them|the|this|that|these|those|an?|his|her|its|their|our|my|your|public|private|"
    r"state|damages?|debts?|profits?|aid|cash|money|income|tax(?:es)?|savings?|fines?|sales|investments?|compensation|funding|grants?|loans?|loss(?:es)?|"
    r"goods|value|revenue|work|costs?|rent|pay|prize)\b)(?-i:[a-z])",
    re.IGNORECASE,
)


def worded_pounds(q: Quantity) -> bool:
    """Whether a quantity is in "pounds", which may be money or a weight: "£3" is not."""
    return q.dim == "money:pound" and "pound" in q.text.lower()


def _weighed(text: str, q: Quantity) -> bool:
    """Whether the words about an amount of pounds say that it is a weight."""
    before = text[max(0, q.start - 50) : q.start]
    return bool(_WEIGHED_BEFORE.search(before) or _WEIGHED_AFTER.match(text, q.end))


def _weight(q: Quantity) -> Quantity:
    """Pounds as the weight."""
    dim, factor, unit = UNITS["lb"]
    return replace(q, dim=dim, unit=unit, lo=q.lo * factor, hi=q.hi * factor, grain=q.grain * factor)


_PAID = re.compile(
    r"\b(?:cost\w*|pric\w+|paid|pay\w*|worth|fin(?:e|ed|es)|fees?|sp[eo]nd\w*|spent|sold|sell\w*|bought|buy\w*|rais\w+|"
    r"earn\w*|owe[ds]?|debts?|profits?|loss(?:es)?|budget\w*|bill\w*|wage\w*|salar\w+|tax\w*|grant\w*|loan\w*|lent|fund\w*|"
    r"donat\w+|award\w*|compensation|damages|rent\w*|money|cash|prize|stole\w*|fetch\w*|insur\w+|valued?)\b",
    re.IGNORECASE,
)


def in_like_pounds(text: str, mine: tuple[Quantity, ...], told: Iterable[Quantity]) -> tuple[Quantity, ...]:
    """A text's quantities, its pounds as weights where what it is read beside has weights, and no pounds that are money."""
    if not any(worded_pounds(q) for q in mine) or _PAID.search(text):
        return mine
    dims = {o.dim for o in told}
    if "mass" not in dims or "money:pound" in dims:
        return mine
    return tuple(_weight(q) if worded_pounds(q) and not q.rate else q for q in mine)


# What stands before a number and a hyphen without making a name of both: "under-15s", "mid-40s", "top-10".
_NO_DESIGNATION = frozenset("under over sub mid pre post plus top non pro anti ex about nearly magnitude".split())


def _in_designation(tokens: Sequence[Token], i: int) -> bool:
    """Whether a number is part of a name or a class, as in Covid-19, F-16, type-2, CO2 and M25, or an age: "in their 60s"."""
    number = tokens[i]
    if number.kind != "n" or "." in number.text:
        return False
    name = tokens[i - 1] if i else None
    if (
        i + 1 < len(tokens)
        and tokens[i + 1].low == "s"
        and tokens[i + 1].start == number.end
        and number.text[-1] == "0"
    ):
        return True
    if name is not None and name.kind == "w" and name.end == number.start:
        return name.low not in _NO_DESIGNATION
    if i < 2 or name is None or name.text not in ("-", "‑"):
        return False
    hyphen, name = name, tokens[i - 2]
    joined = name.end == hyphen.start and hyphen.end == number.start and name.kind == "w"
    counted = name.low in _NO_DESIGNATION or name.low in ONES or name.low in TENS
    return joined and not counted


def _make(text: str, tokens: Sequence[Token], first: int, last: int, **fields: object) -> Quantity:
    start, end = tokens[first].start, tokens[last - 1].end
    return Quantity(text=text[start:end], start=start, end=end, token=first, token_end=last, **fields)  # type: ignore[arg-type]


# 3:28.9 is three minutes and 28.9 seconds, and 2:04:31 has hours; 3:28 alone may be a clock time or a score.
_STOPWATCH = re.compile(r"(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)(\.\d{1,3})?(?![\d:])")


def _stopwatch_at(text: str, tokens: Sequence[Token], i: int) -> Quantity | None:
    if i + 1 >= len(tokens) or tokens[i + 1].text != ":":
        return None
    m = _STOPWATCH.match(text, tokens[i].start)
    if m is None or not (m[1] or m[4]):
        return None
    last = next((k for k in range(i + 1, min(i + 8, len(tokens))) if tokens[k].end == m.end()), None)
    if last is None:
        return None
    value = 3600 * int(m[1] or 0) + 60 * int(m[2]) + int(m[3]) + float(m[4] or 0)
    bound, _ = _bound_before(tokens, i)
    grain = 10.0 ** -(len(m[4]) - 1) if m[4] else 1.0
    return _make(text, tokens, i, last + 1, dim="time", lo=value, hi=value, number=value, unit="s", bound=bound,
                 grain=grain, form="digits")  # fmt: skip


# What is almost halved is a little over a half of what it was, and what is more than halved less than that.
_OF_A_FALL = {"nearly": "over", "over": "nearly", "more": "less", "least": "most", "less": "more", "most": "least"}


def _quantity_at(text: str, tokens: Sequence[Token], i: int) -> list[Quantity] | None:
    n = len(tokens)
    low = tokens[i].low
    # multiples: "twice as many", "doubled"
    if low in _MULTIPLES:
        if low == "double" and i + 1 < n and tokens[i + 1].low in ("murder", "killing", "bed", "room", "standards"):
            return None
        bound, _ = _bound_before(tokens, i)
        value = _MULTIPLES[low]
        if value < 1:
            bound = _OF_A_FALL.get(bound, bound)
        return [_make(text, tokens, i, i + 1, dim="multiple", lo=value, hi=value, number=value, bound=bound,
                      grain=0.5, form="words", unit="times")]  # fmt: skip
    stopped = _stopwatch_at(text, tokens, i)
    if stopped is not None:
        return [stopped]
    part = _part_of_one(text, tokens, i)
    if part is not None:
        return [part]
    fraction = _fraction_at(text, tokens, i)
    if fraction is not None:
        return [fraction]
    ordinal = _ordinal_at(text, tokens, i)
    if ordinal is not None:
        return [ordinal]
    # "a year", "an hour", "a metre": one of a unit
    if (
        low in ("a", "an")
        and i + 1 < n
        and tokens[i + 1].low in UNITS
        and tokens[i + 1].low not in ("second", "min", "stone")
    ):
        return _article_unit(text, tokens, i)
    number = _cardinal(tokens, i)
    if number is None or (i == 0 and _CLOCK.match(text)):
        return None
    measured = _measured(text, tokens, i, number, _currency_before(tokens, i))
    return [_labelled(text, tokens, i, measured) or measured]


# What is numbered and not counted: "Highway 22" is none of 22 highways.
_NUMBERED = {
    word: name
    for name, words in {
        "road": "highway route interstate motorway hwy", "flight": "flight", "bus": "bus tram", "line": "line",
        "room": "room suite", "ward": "ward", "gate": "gate", "platform": "platform", "terminal": "terminal",
        "pier": "pier berth", "runway": "runway", "section": "section article clause paragraph", "chapter": "chapter",
        "page": "page", "channel": "channel", "phase": "phase", "stage": "stage", "level": "level", "grade": "grade",
        "category": "category", "class": "class", "type": "type", "unit": "unit reactor", "exhibit": "exhibit",
        "lot": "lot", "district": "district precinct", "zone": "zone",
    }.items()
    for word in words.split()
}  # fmt: skip


_PLURALS = frozenset("people men women children police others".split())


def _plural(token: Token) -> bool:
    """Whether a word may name several things: "passengers", "people"."""
    return token.low in _PLURALS or (token.low.endswith("s") and token.low not in FUNCTION_WORDS)


_LABEL = "number:"  # what the dimension of such a number starts with; the kind of thing follows


def is_label(q: Quantity) -> bool:
    """Whether a number is what a thing is known by, and so no amount: nothing is calculated with it."""
    return q.dim.startswith(_LABEL)


def _labelled(text: str, tokens: Sequence[Token], i: int, made: Quantity) -> Quantity | None:
    """The number that a thing is known by, with its word: "Highway 22", "page 3"; None for a count."""
    label = tokens[i - 1] if i else None
    following = tokens[made.token_end] if made.token_end < len(tokens) else None
    if label is None or label.text.lower() not in _NUMBERED or label.end + 1 != tokens[i].start:
        return None
    if made.dim != "count" or made.rate or not tokens[i].text.isdigit() or made.token_end != i + 1:
        return None
    # "In the room 12 people waited"; "the bus 12-2 ahead"
    if following is not None and (
        following.text in ("-", "–", "%") or (label.text[0].islower() and _plural(following))
    ):
        return None
    named = _LABEL + _NUMBERED[label.low]
    value = made.number
    return _make(text, tokens, i - 1, i + 1, dim=named, lo=value, hi=value, number=value, grain=0.0, form="digits")


def _article_unit(text: str, tokens: Sequence[Token], i: int) -> list[Quantity] | None:
    unit = tokens[i + 1].low
    dim, factor, name = UNITS[unit]
    n = len(tokens)
    # "19 euros a night" is a rate, "a night" nothing of its own
    if i and (tokens[i - 1].kind == "n" or tokens[i - 1].low in _SCALES or tokens[i - 1].low in UNITS
              or tokens[i - 1].low in _CURRENCY_WORDS or tokens[i - 1].low in ("times", "times", "once", "twice", "cent", "percent", "%")):  # fmt: skip
        return None
    if dim != "time":
        number = _Number(1.0, i + 1, 0.5, "article")
        return [_measured(text, tokens, i, number, "")]
    j = i + 2
    value, grain = factor, factor * 0.5
    if j + 2 < n and tokens[j].low == "and" and tokens[j + 1].low == "a" and tokens[j + 2].low in ("half", "quarter"):
        value += factor / _FRACTIONS[tokens[j + 2].low]
        j += 3
        grain = factor * 0.1
    bound, _ = _bound_before(tokens, i)
    smaller = _cardinal(tokens, j + 1) if j + 1 < n and tokens[j].low == "and" else None
    known = UNITS.get(tokens[smaller.end].low) if smaller is not None and smaller.end < n else None
    if known is not None and known[0] == "time" and known[1] < factor:  # "an hour and 35 minutes"
        return [_duration(text, tokens, i, j, 1.0, factor, name, 1.0, bound, "words")]
    return [_make(text, tokens, i, j, dim="time", lo=value, hi=value, number=value / factor, unit=name, bound=bound,
                  grain=grain, form="article")]  # fmt: skip


def _currency_before(tokens: Sequence[Token], i: int) -> str:
    if not i:
        return ""
    before = tokens[i - 1]
    if before.text in _CURRENCY_SIGNS:
        return _CURRENCY_SIGNS[before.text]
    if before.kind == "w" and tokens[i].kind == "n" and before.low in _CURRENCY_CODES:
        attached = before.end == tokens[i].start
        if attached and before.text[0].isupper():
            return _CURRENCY_CODES[before.low]
        if len(before.text) == 3 and before.text.isupper() and before.low in _CURRENCY_CODES:
            return _CURRENCY_CODES[before.low]
        if before.text in ("Rs", "Dh", "RM", "Sh", "KSh", "Tk", "Rp", "Kr", "kr"):
            return _CURRENCY_CODES[before.low]
    return ""


def _measured(text: str, tokens: Sequence[Token], i: int, number: _Number, currency: str) -> Quantity:
    """The quantity whose number is read, with the unit that follows it."""
    n = len(tokens)
    j = number.end
    bound, _ = _bound_before(tokens, i - 1 if currency else i)
    if currency and i > 1 and tokens[i - 2].kind == "w" and tokens[i - 2].end == tokens[i - 1].start:
        bound, _ = _bound_before(tokens, i - 2)  # US$5m
    first = i - 1 if currency else i
    value, grain = number.value, number.grain
    form = number.form
    hyphen = j < n and tokens[j].text in _PARTICLES and _adjacent(tokens, j)
    k = j + 1 if hyphen and j + 1 < n and tokens[j + 1].kind == "w" and _adjacent(tokens, j + 1) else j
    low = tokens[k].low if k < n else ""
    attached = k == j and k < n and _adjacent(tokens, k) and form == "digits"

    def done(last: int, **fields: object) -> Quantity:
        made = _make(text, tokens, first, last, bound=_after(last, bound), form="hyphen" if k != j else form, **fields)
        return replace(made, rate=_rate_after(tokens, last))

    def _after(last: int, before: str) -> str:
        if before or last + 1 >= n:
            return before
        return _BOUND_AFTER.get((tokens[last].low, tokens[last + 1].low), "")

    if attached and low in _SHORT_SCALES and tokens[k].text.lower() == low:
        following = tokens[k + 1].low if k + 1 < n else ""
        as_scale = bool(currency) or low in ("bn", "mn", "mln", "tn", "trn") or (
            following in _CURRENCY_WORDS
            or (following.endswith("s") and following not in UNITS and following not in FUNCTION_WORDS)
            or following == "people"
        )  # fmt: skip
        if as_scale:
            scale = _SHORT_SCALES[low]
            value, grain = value * scale, grain * scale
            j = k = k + 1
            low = tokens[k].low if k < n else ""
            attached = False
        elif low == "m":
            return done(k + 1, dim="length", lo=value, hi=value, number=value, unit="m", grain=grain)
    if currency:
        return done(j, dim=f"money:{currency}", lo=value, hi=value, number=value, unit=currency, grain=grain)
    # percent and points
    if (
        low == "%"
        or low == "percent"
        or (low == "per" and k + 1 < n and tokens[k + 1].low == "cent")
        or (low == "pc" and attached)
    ):
        last = k + (2 if low == "per" else 1)
        unit_dim = "percent"
        if last < n and (
            tokens[last].low in ("points", "point")
            or (tokens[last].text in _PARTICLES and last + 1 < n and tokens[last + 1].low == "point")
        ):
            unit_dim, last = "points", last + (1 if tokens[last].kind == "w" else 2)
        return done(
            last,
            dim=unit_dim,
            lo=value,
            hi=value,
            number=value,
            unit="%" if unit_dim == "percent" else "points",
            grain=grain,
        )
    if (
        low == "percentage"
        and k + 1 < n
        and tokens[m := k + 1 + (tokens[k + 1].text == "-")].low in ("points", "point")
    ):
        return done(m + 1, dim="points", lo=value, hi=value, number=value, unit="points", grain=grain)
    if low == "basis" and k + 1 < n and tokens[k + 1].low == "points":
        return done(
            k + 2, dim="points", lo=value / 100, hi=value / 100, number=value, unit="basis points", grain=grain / 100
        )
    if low == "p" and k == j and form == "digits" and value < 1000 and tokens[k].start == tokens[k - 1].end:
        return done(k + 1, dim="money:pence", lo=value, hi=value, number=value, unit="pence", grain=grain)  # "90p"
    # money in words, with a nationality before it: "410,000 Swiss francs"
    m = k
    while m < n and m - k < 2 and tokens[m].low in _CURRENCY_ADJECTIVES:
        m += 1
    if (
        m < n
        and tokens[m].low in _CURRENCY_WORDS
        and not (tokens[m].low in ("won", "real", "sum") and form == "words" and value < 100)
    ):
        name = _CURRENCY_WORDS[tokens[m].low]
        if name == "won" and value < 50:  # "seven won" is a verb
            pass
        else:
            return done(m + 1, dim=f"money:{name}", lo=value, hi=value, number=value, unit=name, grain=grain)
    if low == "times" or low == "fold":
        following = tokens[k + 1].low if k + 1 < n else ""
        ratio = low == "fold" or following in (
            "as",
            "more",
            "the",
            "higher",
            "larger",
            "bigger",
            "greater",
            "its",
            "that",
            "what",
        )
        ratio = ratio or value != int(value)  # nothing was done 0.8 times
        ratio = ratio or (following in _POSSESSIVES and k + 2 < n and tokens[k + 2].low in _ITS_SIZE)
        if ratio:
            return done(k + 1, dim="multiple", lo=value, hi=value, number=value, unit="times", grain=max(grain, 0.1))
        return done(k + 1, dim="count", lo=value, hi=value, number=value, grain=grain, nouns=("time",), head="time")
    # degrees
    if low in ("degree", "degrees", "°", "c", "f") and (low not in "cf" or attached):
        letter = "c"
        last = k + 1
        following = tokens[last].low if last < n else ""
        if low == "f" or following in ("fahrenheit", "f"):
            letter, last = "f", last + (low != "f")
        elif following in ("celsius", "c", "centigrade"):
            last += 1
        under = last + 1 < n and tokens[last].low == "below" and tokens[last + 1].low
        if under == "zero" or (under == "freezing" and letter == "c"):
            value, last = -value, last + 2
        elif _minus(tokens, i):
            value, first = -value, i - 1
            bound, _ = _bound_before(tokens, first)
        degrees = _temperature(value, letter)
        sign = "°" + letter.upper()
        return done(last, dim="temperature", lo=degrees, hi=degrees, number=value, unit=sign, grain=grain)
    # feet and inches in their signs: 5'11"
    if attached and low in _PRIMES and value < 9 and k + 1 < n and _adjacent(tokens, k + 1):
        inches = _cardinal(tokens, k + 1)
        if inches is not None and inches.value < 12:
            high = value * 0.3048 + inches.value * 0.0254
            last = inches.end + (inches.end < n and tokens[inches.end].text in '"”″')
            return done(last, dim="length", lo=high, hi=high, number=value, unit="ft", grain=0.0254)
    # squares, cubes and plain units
    power = ""
    u = k
    if low in ("square", "sq", "cubic") and k + 1 < n:
        power, u = low, k + 1
    elif low == "metric" and k + 1 < n and tokens[k + 1].low in ("ton", "tons", "tonne", "tonnes"):
        u = k + 1
    elif low == "nautical" and k + 1 < n and tokens[k + 1].low in ("mile", "miles"):
        metres = value * 1852
        return done(k + 2, dim="length", lo=metres, hi=metres, number=value, unit="nautical mi", grain=grain * 1852)
    word = tokens[u].low if u < n else ""
    if attached and word in _ATTACHED:
        word = _ATTACHED[word]  # "11st", "2h"
    if (
        word in UNITS
        and not (word == "stone" and form == "words" and k == j)
        and not (word in ("second", "min", "mb") and tokens[u].text.isupper())
    ):
        dim, factor, name = UNITS[word]
        if power:
            table = _CUBIC if power == "cubic" else _SQUARE
            if name not in table:
                power = ""
            else:
                dim, factor = table[name]
                name = ("cu " if power == "cubic" else "sq ") + name
        last = u + 1
        if dim == "time":
            return _duration(text, tokens, first, last, value, factor, name, grain, bound, form if k == j else "hyphen")
        if dim == "length" and last < n and (
            (tokens[last].low in ("an", "per", "a") and last + 1 < n and tokens[last + 1].low == "hour")
            or (tokens[last].text == "/" and last + 1 < n and tokens[last + 1].low in ("h", "hr"))
        ):  # fmt: skip
            speed = value * factor / 3600
            return done(
                last + 2, dim="speed", lo=speed, hi=speed, number=value, unit=name + "/h", grain=grain * factor / 3600
            )
        base = value * factor
        grain *= factor
        more = _smaller_part(tokens, last, name, tokens[u].low)
        if more is not None:
            base, grain, last = base + more[0], more[1], more[2]
        made = done(last, dim=dim, lo=base, hi=base, number=value, unit=name, grain=grain)
        # what is measured often follows: "300 tonnes of copper", "38-km line"
        nouns, head, _ = _noun_after(tokens, last)
        return replace(made, nouns=nouns, head=head)
    if low in ("point", "points") and form != "ordinal":
        made = done(k + 1, dim="count", lo=value, hi=value, number=value, grain=grain)
        return replace(made, nouns=("point",), head="point")
    # a plain count
    nouns, head, partitive = _noun_after(tokens, k)
    if k != j:  # "a 14-storey block": storeys are counted, not blocks
        nouns, head = (stem(low),), stem(low)
    whole = None
    if partitive and k < n and tokens[k].low == "of":
        m = k + 1
        while m < n and m - k < 4 and (tokens[m].low in _BEFORE_WHOLE or _owner(tokens, m)):
            m += 1
        inner = _cardinal(tokens, m) if m < n else None
        if inner is not None:
            whole = inner.value
            measure = _measured(text, tokens, m, inner, "") if m > k + 1 or tokens[m].kind == "n" else None
            if (
                measure is not None
                and measure.dim not in ("count", "percent", "points", "multiple", "time")
                and inner.value
            ):
                # "200 of his 650 acres": the part has the whole's unit
                scale = measure.lo / inner.value
                made = done(
                    j,
                    dim=measure.dim,
                    lo=value * scale,
                    hi=value * scale,
                    number=value,
                    unit=measure.unit,
                    grain=grain * scale,
                )
                return replace(made, whole=whole)
            rest, rest_head, _ = _noun_after(tokens, inner.end)
            nouns, head = rest, rest_head
    made = done(j, dim="count", lo=value, hi=value, number=value, grain=grain)
    return replace(made, nouns=nouns, head=head, partitive=partitive, whole=whole)


def _duration(
    text: str, tokens: Sequence[Token], first: int, last: int, value: float, factor: float, name: str,
    grain: float, bound: str, form: str,
) -> Quantity:  # fmt: skip
    """ "four years and six months", "two hours, five minutes" are one duration."""
    n = len(tokens)
    base, step, unit = value * factor, factor, name
    while True:
        j = last
        while j < n and j - last < 2 and tokens[j].low in (",", "and"):
            j += 1
        if (
            j < n
            and tokens[j].low in ("a",)
            and j + 1 < n
            and tokens[j + 1].low in ("half", "quarter")
            and tokens[j - 1].low == "and"
        ):
            base += step / _FRACTIONS[tokens[j + 1].low]
            last = j + 2
            grain = 0.1 * step / factor
            break
        extra = _cardinal(tokens, j) if j < n else None
        if extra is None or extra.end >= n:
            break
        u = extra.end
        known = UNITS.get(tokens[u].low)
        if known is None and _adjacent(tokens, u):
            known = {"m": UNITS["min"], "s": UNITS["sec"]}.get(tokens[u].low)
        if known is None or known[0] != "time" or known[1] >= step:
            break
        base += extra.value * known[1]
        step, unit = known[1], known[2]
        last = u + 1
        grain = known[1] / factor
    made = _make(text, tokens, first, last, dim="time", lo=base, hi=base, number=base / step, unit=unit, bound=bound,
                 grain=grain * factor, form=form)  # fmt: skip
    if not bound and last + 1 < n:
        made = replace(made, bound=_BOUND_AFTER.get((tokens[last].low, tokens[last + 1].low), ""))
    j = last
    if j < n and tokens[j].text in _PARTICLES:
        j += 1
    if j < n and tokens[j].low in ("old", "olds"):
        return replace(made, nouns=("age",), head="age")
    nouns, head, _ = _noun_after(tokens, j)
    return replace(made, nouns=nouns, head=head, rate=_rate_after(tokens, last))


# What a measure is told in beside a larger unit: "5 feet 11 inches", "11st 4lb", "2 kilos and 300 grams".
_SMALLER: dict[str, tuple[str, frozenset[str], int]] = {
    "ft": ("inch", frozenset(("in", "inch", "inches")), 12),
    "stone": ("lb", frozenset(("lb", "lbs", "pound", "pounds")), 14),
    "lb": ("oz", frozenset(("oz", "ounce", "ounces")), 16),
    "kg": ("gram", frozenset(("g", "gram", "grams", "grammes")), 1000),
    "km": ("metre", frozenset(("m", "metre", "metres", "meter", "meters")), 1000),
}


def _smaller_part(tokens: Sequence[Token], last: int, name: str, word: str) -> tuple[float, float, int] | None:
    """What a smaller unit adds to a measure that ends at a token, its grain, and the token after it; None for nothing."""
    n = len(tokens)
    if name not in _SMALLER:
        return None
    unit, words, most = _SMALLER[name]
    factor = UNITS[unit][1]
    if last < n and tokens[last].text == "." and word in ("ft", "lb"):
        last += 1  # "6 ft. 2 in."
    joined = last < n and (tokens[last].low == "and" or (word == "foot" and tokens[last].text in _PARTICLES))
    at = last + joined
    extra = _cardinal(tokens, at) if at < n else None
    if extra is None or not extra.value < most:
        return None
    u = extra.end
    # "6 ft 2 in his socks" has no inches
    if (
        u < n
        and tokens[u].low in words
        and (tokens[u].low != "in" or _adjacent(tokens, u) or u + 1 == n or tokens[u + 1].low in _IN_INCHES)
    ):
        return extra.value * factor, factor, u + 1
    if word == "foot" and tokens[last].low != "and":  # "six foot two", "a 6-foot-2 forward"
        return extra.value * factor, factor, u
    return None


_IN_INCHES = frozenset([".", ",", ";", ")", "tall", "deep", "wide", "high", "long", "thick", "across"])
_SHARED = frozenset("cheaper higher lower smaller larger bigger shorter longer fewer faster slower full empty".split())


_DURING = ("in", "during", "for", "over", "of", "throughout")


_POSSESSIVES = frozenset(("their", "his", "her", "our", "my", "your"))
# "Three times their first offer", but "three times their house was searched".
_ITS_SIZE = frozenset(
    """first last usual normal original initial current present former own annual yearly monthly weekly daily average offer price pay wage wages salary
    size weight height length number income value budget share debt debts cost costs rent age""".split()
)


# "A half-hour", "a half-baked plan", "his half-brother", flags "at half-mast": no half of anything.
_HALF = frozenset(
    """hour time century day year term finished baked hearted heartedly brother brothers sister sisters sibling siblings way truth truths naked wit
    asleep dead mast marathon pint timbered built open closed forgotten light moon back volley pipe""".split()
)


# Before "half": which of the two it is, and not how much.
_HALVES = frozenset(
    """first second and this that last next same opening closing other top bottom upper lower left right front rear
    northern southern eastern western""".split()
)


# Halves and quarters of these are stretches of a calendar or a match, and no lengths: "half-year results".
_NOT_PARTED = frozenset("year years month months week weeks day days decade century season stone second".split())


_PARTED = {"half": 0.5, "quarter": 0.25}


def _part_of_one(text: str, tokens: Sequence[Token], i: int) -> Quantity | None:
    """ "a half-mile", "a quarter hour", "½ inch", "a half-point cut", "half a percentage point", "a quarter of a million"."""
    n = len(tokens)
    article = tokens[i].low in ("a", "an")
    words = [t.low for t in tokens[i : i + 3]]
    if words[0] == "three" and words[-1] in ("quarter", "quarters"):
        j, value = i + len(words) - 1, 0.75
    elif words[:2] == ["three", "quarters"]:
        j, value = i + 1, 0.75
    elif i + article < n:
        j = i + article
        typed = tokens[j].kind == "n"
        found = _fraction(tokens[j].text) if typed else _PARTED.get(tokens[j].low)
        value = found or 0.0
    else:
        return None
    if not value or (i and tokens[i - 1].low in _HALVES):
        return None  # "the first half hour"
    k = j + 1
    of = k < n and tokens[k].low == "of"
    one = [t.low for t in tokens[k + of : k + of + 3]]
    if len(one) > 1 and one[0] in ("a", "an"):
        last = k + of + 1
        if of and one[1] in _SCALES:
            scale = _SCALES[one[1]]
            return _measured(text, tokens, i, _Number(value * scale, last + 1, scale / 20, "words"), "")
        if one[1] in UNITS:
            return _measured(text, tokens, i, _Number(value, last, value / 5, "words"), "")
        if value == 0.5 and not of and one == ["a", "percentage", "point"]:
            return _points(text, tokens, i, last + 2, value)
    hyphen = k < n and tokens[k].text in _PARTICLES
    k += hyphen
    if k >= n:
        return None
    if hyphen and tokens[k].low == "point":
        return _points(text, tokens, i, k + 1, value)
    if tokens[k].low in UNITS and len(tokens[k].low) > 2 and tokens[k].low not in _NOT_PARTED:
        return _measured(text, tokens, i, _Number(value, k, 0.05, "words"), "")
    return None


def _points(text: str, tokens: Sequence[Token], i: int, last: int, value: float) -> Quantity:
    bound, _ = _bound_before(tokens, i)
    return _make(text, tokens, i, last, dim="points", lo=value, hi=value, number=value, unit="points", bound=bound,
                 grain=0.01, form="words")  # fmt: skip


def _fraction_at(text: str, tokens: Sequence[Token], i: int) -> Quantity | None:
    """ "a third", "two-thirds", "half of", "one in six", "1 in 12", "one employee in eight", "N out of M"."""
    n = len(tokens)
    low = tokens[i].low
    bound, _ = _bound_before(tokens, i)

    def share(value: float, last: int, grain: float = 0.0) -> Quantity:
        nouns, head, _ = _noun_after(tokens, last)
        return _make(text, tokens, i, last, dim="percent", lo=value * 100, hi=value * 100, number=value, unit="share",
                     bound=bound, grain=grain, form="words", nouns=nouns, head=head, partitive=True)  # fmt: skip

    if tokens[i].kind == "n" and (part := _fraction(tokens[i].text)) is not None:
        return share(part, i + 1)
    if low == "half":
        if i and tokens[i - 1].text in _PARTICLES and i > 1 and tokens[i - 2].low not in ("one", "the"):
            return None
        following = tokens[i + 1].low if i + 1 < n else ""
        if _scale_halved(tokens, i):
            return None
        if i > 1 and tokens[i - 1].low == "the" and tokens[i - 2].low in _DURING and following != "of":
            return None  # the half of a year, or of a match
        if following in ("a", "an", "time", "hour", "past", "term", "year", "day", "decade", "century", "marathon") or (
            i and tokens[i - 1].low in _HALVES
        ):
            return None
        if following in _PARTICLES and i + 2 < n and tokens[i + 2].low in _HALF:
            return None
        return share(0.5, i + 1)
    top: float | None = None
    j = i
    if low in ("a", "an", "one"):
        top, j = 1.0, i + 1
    elif tokens[i].kind == "n" or low in ONES or low in TENS:
        cardinal = _cardinal(tokens, i) if low not in ONES else _Number(float(ONES[low]), i + 1, 1.0, "words")
        if cardinal is not None:
            top, j = cardinal.value, cardinal.end
    if top is None:
        return None
    hyphen = j < n and tokens[j].text in _PARTICLES
    k = j + 1 if hyphen else j
    if k < n and tokens[k].low in _FRACTIONS and tokens[k].low not in ("half", "halves") and top < 100:
        word = tokens[k].low
        under = _FRACTIONS[word]
        following = tokens[k + 1].low if k + 1 < n else ""
        plural = word.endswith("s")
        # "a third of", "cut by a third", "a third less"; but "a third request", "a fourth victim"
        if top == 1 and not plural and not hyphen:
            ends = k + 1 >= n or (tokens[k + 1].kind == "p" and tokens[k + 1].text not in "'’")
            if low in ("a", "an") and not (
                ends
                or following in FUNCTION_WORDS
                or following in _SHARED
                or (bound and word != "quarter" and following in ("full", "empty", "complete", "built", "finished"))
            ):
                return None
            if low == "a" and ends and i and tokens[i - 1].low in ("and", "until") and word != "quarter":
                return None
            if (
                low == "a"
                and not (
                    i > 1 and tokens[i - 2].low == "of" and tokens[i - 1].low in ("which", "whom", "them", "these")
                )
                and following in ("said", "was", "is", "has", "will", "had", "would", "did")
                and word != "quarter"
            ):
                return None
        if top == 1 and plural:
            return None
        if word in ("quarter",) and following in ("century",):
            return None
        if top > 1 and not plural and not hyphen:
            return None
        if top < under:
            value = top / under
            grain = 0.0
            if (
                following == "of"
                and k + 3 < n
                and tokens[k + 2].low in ("one", "a")
                and tokens[k + 3].low in ("percent", "percentage", "per")
            ):
                last = k + 4
                while last < n and tokens[last].low in ("cent", "point"):
                    last += 1
                is_points = tokens[last - 1].low == "point"
                return _make(text, tokens, i, last, dim="points" if is_points else "percent", lo=value, hi=value, number=value,
                             unit="points" if is_points else "%", bound=bound, grain=0.01, form="words")  # fmt: skip
            if following == "of" and k + 3 < n and tokens[k + 2].low in ("a", "an") and tokens[k + 3].low in UNITS:
                return _measured(text, tokens, i, _Number(value, k + 3, 0.05, "words"), "")
            return share(value, k + 1, grain)
    # "one in six", "two in five", "1 in 12", "one employee in eight", "12 out of 40"
    m = j
    few = top <= 20 or " in a hundred" in text[tokens[i].start : tokens[i].start + 50].lower()
    if (
        few
        and m < n
        and tokens[m].kind == "w"
        and tokens[m].low not in FUNCTION_WORDS
        and m + 1 < n
        and tokens[m + 1].low in ("in", "out")
    ):
        m += 1
    elif (
        few
        and m + 2 < n
        and tokens[m].kind == "w"
        and tokens[m + 1].kind == "w"
        and tokens[m].low not in FUNCTION_WORDS
        and tokens[m + 1].low not in FUNCTION_WORDS
        and tokens[m + 2].low == "in"
    ):
        m += 2
    if m < n and tokens[m].low in ("in", "out"):
        last = m + 1
        out = tokens[m].low == "out"
        if out:
            if last >= n or tokens[last].low != "of":
                return None
            last += 1
        if last < n and tokens[last].low == "every":
            last += 1
        under_number = _cardinal(tokens, last) if last < n else None
        if (
            under_number is not None
            and under_number.value > 1
            and top < under_number.value
            and (out or under_number.value <= 1000)
        ):
            after = tokens[under_number.end].low if under_number.end < n else ""
            if not out and (
                after in UNITS
                or after in ("%", "percent")
                or (tokens[last].kind == "n" and under_number.value > 100 and len(tokens[last].text) == 4)
            ):
                return None
            if not out and not few:
                return None
            made = share(top / under_number.value, under_number.end)
            return replace(made, whole=under_number.value)
    return None


def _ordinal_at(text: str, tokens: Sequence[Token], i: int) -> Quantity | None:
    n = len(tokens)
    low = tokens[i].low
    value = 0
    last = i + 1
    if (
        tokens[i].kind == "n"
        and i + 1 < n
        and tokens[i + 1].low in ("st", "nd", "rd", "th")
        and _adjacent(tokens, i + 1)
    ):
        digits = _digits(tokens[i].text)
        if digits is None or digits != int(digits):
            return None
        value, last = int(digits), i + 2
        if tokens[i + 1].low == "st" and (value % 10 != 1 or value % 100 == 11):
            return None  # "11st" is a weight
    elif (
        low in TENS
        and i + 2 < n
        and tokens[i + 1].text in _PARTICLES
        and tokens[i + 2].low in ORDINALS
        and ORDINALS[tokens[i + 2].low] < 10
    ):
        value, last = TENS[low] + ORDINALS[tokens[i + 2].low], i + 3
    elif low in ORDINALS:
        value = ORDINALS[low]
    if not value:
        return None
    following = tokens[last].low if last < n else ""
    if following in _PARTICLES:
        following = tokens[last + 1].low if last + 1 < n else ""
    if following in ("century", "centuries") or (low == "second" and i and tokens[i - 1].low in ONES):
        return None
    nouns, head, _ = _noun_after(tokens, last)
    return _make(text, tokens, i, last, dim="ordinal", lo=float(value), hi=float(value), number=float(value),
                 form="words", nouns=nouns, head=head)  # fmt: skip


_VOTE_WORDS = frozenset(
    """vote votes voted voting beat beating won win wins winning lost lose defeat defeated defeating passed failed
    approved rejected ruled ruling decision score scored drew draw drawn victory margin carried backed goals match
    final lead led majority against verdict count tally set sets committee council jury senate panel""".split()
)


_MOVES = frozenset(
    """
    by fell rose lost gained dropped added shed climbed grew increased decreased declined slipped jumped advanced
    eased rises falls drops gains loses up down slid sank soared dipped
    """.split()
)


def _with_ranges_and_tallies(text: str, tokens: Sequence[Token], found: list[Quantity]) -> tuple[Quantity, ...]:
    """Joins "$25 to $30" into a range and marks the two figures of "27-21"."""
    out: list[Quantity] = []
    i = 0
    lows = [t.low for t in tokens]
    votes = any(low in _VOTE_WORDS for low in lows)
    while i < len(found):
        left = found[i]
        right = found[i + 1] if i + 1 < len(found) else None
        if right is not None:
            gap = lows[left.token_end : right.token]
            gap_text = text[left.end : right.start]
            before = lows[left.token - 1] if left.token else ""
            dash = gap_text in ("-", "–", "—", "‑", "−") or gap_text in (" - ", " – ")
            if left.dim == right.dim == "count" or (left.dim == "count" and right.dim not in ("ordinal",)):
                plain_pair = (
                    left.dim == right.dim == "count"
                    and left.number == int(left.number)
                    and right.number == int(right.number)
                )
                to = gap == ["to"] or (
                    len(gap) == 2
                    and gap[1] == "to"
                    and gap[0] in ("votes", "goals", "points", "seats", "runs", "frames", "vote", "games", "sets")
                )
                if plain_pair and left.number < 1000 and right.number < 1000 and before not in ("from", "between") and (
                    (dash and (left.number >= right.number or (votes and not right.head)))
                    or (to and (len(gap) == 2 or left.number >= right.number or (votes and not right.head)))
                ):  # fmt: skip
                    noun = ("vote",) if len(gap) == 2 and gap[0].startswith("vote") else left.nouns
                    out.append(replace(left, tally=1, nouns=noun if noun else right.nouns, head=(noun or ("",))[-1]))
                    out.append(replace(right, tally=2, nouns=right.nouns or noun))
                    i += 2
                    continue
                if gap == ["against"] or gap == ["votes", "against"]:
                    out.append(left)
                    i += 1
                    continue
            # "fell $1.25 to $33", "cut by 35 minutes to an hour": by how much, and to what
            moved = (
                gap == ["to"]
                and left.dim == right.dim != "count"
                and (before in _MOVES or lows[max(0, left.token - 2)] in _MOVES)
            ) or (gap == ["to"] and before == "by" and left.head == "point" and not right.head)
            joined = dash or (gap == ["to"] and not moved) or (before == "between" and gap == ["and"])
            joined = joined or _either(left, right, gap)
            if (
                joined
                and before != "from"
                and left.number < right.number
                and (left.dim == right.dim or (left.dim == "count" and left.form != "hyphen"))
            ):
                hi = right.hi
                lo = left.lo
                if left.dim == "count" and right.dim != "count" and right.number:
                    lo = right.lo * left.number / right.number
                    if right.dim == "temperature":
                        lo = left.number
                elif (
                    left.dim == right.dim
                    and right.number >= 1e6
                    and left.number < 1000
                    and left.dim.startswith("money")
                ):
                    lo = left.lo * 10 ** (3 * int(math.log10(right.number) // 3))
                if lo <= hi and (left.dim != "count" or right.dim != "count" or left.number < right.number):
                    start, end = left.start, right.end
                    out.append(replace(right, text=text[start:end], start=start, token=left.token, lo=lo, hi=hi,
                                       bound=left.bound or right.bound))  # fmt: skip
                    i += 2
                    continue
            # "98 and 120 euros", "11 inches by 14": the unit is said once
            if (
                left.dim == "count"
                and not left.head
                and right.dim not in ("count", "ordinal", "multiple", "percent")
                and gap in (["and"], ["or"], ["by"])
                and right.number
            ):
                scale = right.lo / right.number
                out.append(
                    replace(
                        left,
                        dim=right.dim,
                        unit=right.unit,
                        lo=left.number * scale,
                        hi=left.number * scale,
                        grain=left.grain * scale,
                    )
                )
                i += 1
                continue
            if (
                right.dim == "count"
                and not right.head
                and left.dim not in ("count", "ordinal", "multiple", "percent", "time")
                and gap in (["by"],)
                and left.number
            ):
                scale = left.lo / left.number
                found[i + 1] = replace(
                    right,
                    dim=left.dim,
                    unit=left.unit,
                    lo=right.number * scale,
                    hi=right.number * scale,
                    grain=right.grain * scale,
                )
        out.append(left)
        i += 1
    # a bare figure takes the unit of the figures it stands beside: "58 percent, 30 and 12", "from 31 million to 12 million leva"
    for k, q in enumerate(out):
        if q.dim != "count" or q.head or q.tally or q.partitive:
            continue
        after = lows[q.token_end] if q.token_end < len(lows) else ""
        before = lows[q.token - 1] if q.token else ""
        donor = None
        beside = [o for o in out[k + 1 : k + 2] if o.token - q.token_end <= 1]
        earlier = list(reversed(out[max(0, k - 2) : k]))
        if earlier and earlier[0].dim == "count" and earlier[0].head:
            earlier = []  # "the 63-km link fell from 34 bar to 12"
        for other in (*beside, *earlier):
            if other.dim.startswith("money") or other.dim in (
                "percent",
                "length",
                "mass",
                "area",
                "volume",
                "temperature",
                "power",
                "speed",
            ):
                donor = other
                break
        if donor is None or donor.unit == "share":
            continue
        joined = after in (
            ",",
            ".",
            ";",
            "to",
            "and",
            "or",
            "in",
            "against",
            "from",
            "a",
            "last",
            "by",
            ")",
            "",
            "less",
            "more",
            "fewer",
            "higher",
            "lower",
        ) or before in ("and", "to", "from", "against", "or")
        near = min(abs(donor.token - q.token_end), abs(q.token - donor.token_end)) <= 12
        if (
            joined
            and near
            and donor.number
            and (q.number <= 100 if donor.dim == "percent" else 0.01 <= (q.number + 1e-9) / (donor.number + 1e-9) <= 50)
        ):
            if q.form == "digits" or q.number >= 20:
                scale = donor.lo / donor.number if donor.dim != "temperature" else 1.0
                out[k] = replace(
                    q, dim=donor.dim, unit=donor.unit, lo=q.number * scale, hi=q.number * scale, grain=q.grain * scale
                )
        else:
            continue
    for k, q in enumerate(out):
        out[k] = _as_age(tokens, lows, q)
    _parts_of_opening_whole(text, out)
    return tuple(out)


def _either(left: Quantity, right: Quantity, gap: Sequence[str]) -> bool:
    """ "25 or 26": two whole numbers that follow each other are one figure that is not known better."""
    plain_pair = left.dim == "count" and not left.head and right.number == left.number + 1 == int(right.number)
    return gap == ["or"] and plain_pair and left.lo == left.hi and left.number >= 5 and right.dim in ("count", "time")


_OPENING_WHOLE = re.compile(
    r"(?:^|[.;:!?—–]\s?)of\s(?:(?:the|its|his|her|their|our|all|these|those)\s){0,2}(?:about\s|some\s|nearly\s)?$",
    re.IGNORECASE,
)


def _parts_of_opening_whole(text: str, out: list[Quantity]) -> None:
    """ "Of the 43 bridges she designed, 29 are in use": a bare figure behind the comma is a part of the first one."""
    for k, whole in enumerate(out):
        if (
            whole.dim != "count"
            or not whole.head
            or whole.lo != whole.hi
            or not _OPENING_WHOLE.search(text[: whole.start])
        ):
            continue
        for m in range(k + 1, len(out)):
            q = out[m]
            between = text[whole.end : q.start]
            if re.search(r"[.;:!?](?:\s|$)", between) or len(between) > 160:
                break
            bare = q.dim == "count" and not q.head and q.whole is None and not q.tally
            if bare and 1 < q.lo < whole.lo and "," in between:
                out[m] = replace(q, nouns=whole.nouns, head=whole.head, partitive=True, whole=whole.value)


def _as_age(tokens: Sequence[Token], lows: Sequence[str], q: Quantity) -> Quantity:
    """ "Marta Vilhena, 46, who ...", "aged 46", "who is 58": a bare figure that is somebody's age in years."""
    if q.dim != "count" or q.tally or not 1 <= q.number <= 115 or q.number != int(q.number) or q.whole is not None:
        return q
    i, j, n = q.token, q.token_end, len(tokens)
    while i and lows[i - 1] in (
        "about",
        "around",
        "nearly",
        "almost",
        "only",
        "just",
        "still",
        "now",
        "then",
        "perhaps",
    ):
        i -= 1
    before = lows[i - 1] if i else ""
    after = lows[j] if j < n else ""
    age = before in ("aged", "age") and after not in ("group", "to")
    age = age or (before == "of" and i > 1 and lows[i - 2] == "age")
    if not age and i > 1 and tokens[i - 2].text[:1].isupper() and tokens[i - 2].kind == "w":
        ends = after in (",", ".", ")", ";") or (after == "" and q.number >= 10)
        if before == "," and (q.form == "digits" or (1 < q.number < 20 and after == ",")):
            age = ends and lows[i - 2] not in _MONTHS_SHORT
        elif before == "(" and after == ")" and q.form == "digits":  # "Anna Sleight (34), a nurse"
            age = (
                i > 2
                and tokens[i - 3].text[:1].isupper()
                and lows[j + 1 : j + 2] == [","]
                and _of_a_person(lows, j + 2)
            )
    if not age and before in ("is", "was", "turned", "turns") and i > 1 and lows[i - 2] in ("who", "she", "he"):
        age = after in (",", ".", "and", "when", "at", "")
    age = age or (q.number >= 5 and not q.head and _of_a_life(tokens, lows, i, j))
    if not age:
        return q
    return replace(q, dim="time", lo=q.lo * YEAR, hi=q.hi * YEAR, unit="year", grain=YEAR, nouns=("age",), head="age")


def _of_a_person(lows: Sequence[str], j: int) -> bool:
    return j < len(lows) and lows[j] in ("a", "an", "who", "whose", "from", "of", "his", "her")


_PEOPLE = frozenset("man woman boy girl widow widower youth teenager pensioner".split())
_AT_THAT_AGE = frozenset("died die dies dead married retired retires orphaned widowed".split())


def _somebody(tokens: Sequence[Token], end: int) -> bool:
    """Whether the words before ``end`` are a name that opens its clause, or a pronoun."""
    if end and tokens[end - 1].low in ("who", "she", "he", "i"):
        return True
    k = end
    while (
        k and tokens[k - 1].kind == "w" and tokens[k - 1].text[:1].isupper() and tokens[k - 1].low not in FUNCTION_WORDS
    ):
        k -= 1
    return k < end and (k == 0 or tokens[k - 1].text in (",", ";", ".", ":", "—", "–"))


def _of_a_life(tokens: Sequence[Token], lows: Sequence[str], i: int, j: int) -> bool:
    """Whether a bare figure is told as an age by the verb beside it: "was 22 when", "turned 65", "died at 84"."""
    before = lows[i - 1] if i else ""
    after = lows[j] if j < len(tokens) else ""
    if before in ("is", "was", "turns", "turned", "turning"):
        if before.startswith("turn"):
            return after in (".", ",", "", "in", "on", "this", "last", "when")
        then = after == "at" and lows[j + 1 : j + 2] == ["the"]
        then = then or (after == "in" and any(t.kind == "n" and len(t.text) == 4 for t in tokens[j + 1 : j + 6]))
        return after in ("when", "then") or ((after in (".", "") or then or after == ",") and _somebody(tokens, i - 1))
    if before == "at":
        return bool(_AT_THAT_AGE & set(lows[max(0, i - 4) : i])) and after in (".", ",", "", "in", "and", "after", "of")
    return before == "of" and i > 1 and lows[i - 2] in _PEOPLE and after in (".", ",", "", "who", "was", "found", "and")


_MONTHS_SHORT = frozenset(
    """january february march april may june july august september october november december jan feb mar apr jun jul
    aug sept sep oct nov dec""".split()
)


# --- comparing --------------------------------------------------------------------

ABOUT_TOLERANCE = 0.06  # set by hand: "about 15 per cent" of 14.1 to 15.9
NEARLY = 0.07  # set by hand: "nearly 100" of 93 and more
NEARLY_SHARE = 0.1  # set by hand: "almost half" of 45 per cent
CONVERSION_TOLERANCE = 0.035  # a converted figure is always rounded
SHARE_TOLERANCE = 0.045  # set by hand: "a third" said of 32.4 to 34.2 per cent, left open to 30.3 and 36.3


def comparable(claim: Quantity, other: Quantity) -> bool:
    """Whether the two measure in one dimension at all (money only in one currency)."""
    if claim.dim == other.dim:
        return True
    if {claim.dim, other.dim} == {"money:pound", "mass"}:
        return False
    return {claim.dim, other.dim} == {"points", "percent"} and "share" not in (claim.unit, other.unit)


def compare(claim: Quantity, other: Quantity) -> str:
    """How the other value stands to the claim's: equal, consistent, differs or unknown.

    "consistent" is a value inside the claim's bound ("more than 300", 312) or one
    that rounds to it; "unknown" where the other's own hedge leaves it open.
    """
    if is_label(claim):
        return "equal" if claim.number == other.number else "differs"
    same_unit = claim.unit == other.unit or claim.dim in ("count", "ordinal", "percent", "points", "multiple")
    return compare_values(
        claim, other.lo, other.hi, other_bound=other.bound, same_unit=same_unit, other_grain=other.grain
    )


def compare_values(
    claim: Quantity, lo: float, hi: float, *, other_bound: str = "", same_unit: bool = True, other_grain: float = 0.0
) -> str:
    """As ``compare``, against a bare value in the claim's base unit."""
    v_lo, v_hi = claim.lo, claim.hi
    scale = max(abs(v_lo), abs(v_hi), 1e-12)
    exact = 1e-6 * scale
    bound = claim.bound
    calendar = claim.dim == "time"
    if v_lo != v_hi:  # the claim is itself a range
        if abs(lo - v_lo) <= max(exact, 0.01 * scale) and abs(hi - v_hi) <= max(exact, 0.01 * scale):
            return "equal"
        return (
            "consistent"
            if v_lo - exact <= lo and hi <= v_hi + exact
            else ("differs" if hi < v_lo or lo > v_hi else "unknown")
        )
    v = v_lo
    if bound in ("more", "least"):
        if other_bound in ("less", "most"):
            return "differs" if hi < v - exact else "unknown"
        if lo > v + exact or (abs(lo - v) <= exact and (bound == "least" or other_bound in ("more", "over", "least"))):
            return "equal" if abs(lo - v) <= exact else "consistent"
        if abs(lo - v) <= exact:
            return "unknown" if bound == "more" and other_bound == "about" else "differs"
        if not same_unit and abs(lo - v) <= CONVERSION_TOLERANCE * scale:
            return "unknown"
        return "unknown" if other_bound in ("more", "least", "over") else "differs"
    if bound in ("less", "most"):
        if other_bound in ("more", "least", "over"):
            return "differs" if lo > v + exact else "unknown"
        if hi < v - exact or (abs(hi - v) <= exact and (bound == "most" or other_bound in ("less", "nearly", "most"))):
            return "equal" if abs(hi - v) <= exact else "consistent"
        if abs(hi - v) <= exact:
            return "unknown" if bound == "less" and other_bound == "about" else "differs"
        if not same_unit and abs(hi - v) <= CONVERSION_TOLERANCE * scale:
            return "unknown"
        return "unknown" if other_bound in ("less", "most", "nearly") else "differs"
    # the claim names a value, exactly or roughly
    if lo - exact <= v <= hi + exact:
        if lo != hi:
            return "unknown" if hi - lo > ABOUT_TOLERANCE * scale and not bound else "consistent"
        if other_bound in ("more", "least", "less", "most") and not bound:
            # "at least 48" backs "48" only as far as a bound can
            return "unknown" if other_bound in ("more", "less") else "consistent"
        if bound == "nearly" and other_bound not in ("nearly", "about", "less", ""):
            return "unknown"
        return "equal"
    w = lo if abs(lo - v) < abs(hi - v) else hi
    diff = w - v
    rel = abs(diff) / scale
    if (other_bound in ("more", "least") and w < v) or (other_bound in ("less", "most") and w > v):
        return "unknown"
    if bound == "nearly":
        if -(NEARLY_SHARE if claim.unit in ("share", "times") else NEARLY) * scale <= diff <= exact or (
            not same_unit and rel < CONVERSION_TOLERANCE
        ):
            return "consistent"
        return "unknown" if -0.12 * scale <= diff < 0 else "differs"
    if bound == "over":
        return "consistent" if -exact <= diff <= 0.12 * scale else "differs"
    grain = max(claim.grain, 0.0)
    if bound == "about":
        allowed = max(ABOUT_TOLERANCE * scale, min(grain / 2, 0.12 * scale))
        if calendar:
            allowed = max(allowed, 0.09 * scale)
        return "consistent" if abs(diff) <= allowed + exact else ("unknown" if rel < 0.15 else "differs")
    if claim.unit == "share":
        return (
            "consistent" if rel <= SHARE_TOLERANCE * 0.6 else ("unknown" if rel <= SHARE_TOLERANCE * 2 else "differs")
        )
    if not same_unit:
        if calendar and rel <= 0.02:
            return "consistent"
        return "consistent" if rel <= CONVERSION_TOLERANCE else ("unknown" if rel < 0.07 else "differs")
    # unhedged rounding: 2.85 million for 2,846,000, never 300 for 312
    if abs(diff) <= grain / 2 + exact and rel <= 0.01 and (other_grain == 0 or other_grain < grain):
        return "consistent"
    if other_bound in ("about", "nearly", "over") and rel <= ABOUT_TOLERANCE:
        return "unknown"
    return "differs"


# --- showing ----------------------------------------------------------------------

_SIGNS = {"dollar": "$", "pound": "£", "euro": "€", "yen": "¥", "rupee": "₹", "naira": "₦"}


def plain(value: float) -> str:
    """A number as a newspaper prints it: 1,240; 0.17; 1.2m only where a unit says so."""
    if not math.isfinite(value):
        return "?"
    if abs(value - round(value)) < 1e-6 * max(1.0, abs(value)):
        return f"{round(value):,}"
    digits = 2 if abs(value) < 100 else 1
    shown = f"{value:,.{digits}f}".rstrip("0").rstrip(".")
    return shown if shown not in ("0", "-0") else f"{value:.2g}"


def show(value: float, dim: str, unit: str = "") -> str:
    """A value of a dimension, given in its base unit, as a reporter would write it."""
    if dim.startswith("money:"):
        name = dim[6:]
        for scale, short in ((1e12, "tn"), (1e9, "bn"), (1e6, "m")):
            if abs(value) >= scale:
                body = plain(value / scale) + (
                    short if name in _SIGNS else {"tn": " trillion", "bn": " billion", "m": " million"}[short]
                )
                break
        else:
            body = plain(value)
        return _SIGNS[name] + body if name in _SIGNS else f"{body} {name}"
    if dim == "percent":
        return plain(value) + "%"
    if dim == "points":
        return plain(value) + " points"
    if dim == "multiple":
        return plain(value) + " times"
    if dim == "temperature":
        return plain(value * 1.8 + 32) + " °F" if unit == "°F" else plain(value) + " °C"
    if dim == "count":
        for scale, word in ((1e9, " billion"), (1e6, " million")):
            if abs(value) >= scale:
                return plain(value / scale) + word
        return plain(value)
    if dim == "ordinal":
        n = round(value)
        suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
        return f"{n}{suffix}"
    if dim == "time":
        for dim_unit in (unit, "year", "month", "week", "day", "h", "min", "s"):
            factor = TIME_UNITS.get(dim_unit)
            if factor and (dim_unit == unit or abs(value) >= factor * 0.999):
                count = plain(value / factor)
                name = {"h": "hour", "min": "minute", "s": "second"}.get(dim_unit, dim_unit)
                many = f"{name[:-1]}ies" if name.endswith("ury") else f"{name}s"
                return f"{count} {name if count == '1' else many}"
    for _, (known_dim, factor, name) in UNITS.items():
        if known_dim == dim and name == unit:
            return f"{plain(value / factor)} {unit}"
    if unit.endswith("/h"):
        inner = next((f for d, f, nm in UNITS.values() if nm == unit[:-2] and d == "length"), 1.0)
        return f"{plain(value * 3600 / inner)} {unit}"
    for prefix, table in (("sq ", _SQUARE), ("cu ", _CUBIC)):
        if unit.startswith(prefix) and unit[3:] in table:
            return f"{plain(value / table[unit[3:]][1])} {unit}"
    return plain(value)


TIME_UNITS = {name: factor for dim, factor, name, _ in _UNIT_ROWS if dim == "time"}
