"""Arithmetic over the figures of a source: sums, differences, shares, ratios, with the work shown.

A search over few operands. A result counts only as far as it can hardly be
chance: the claim's wording asks for such a calculation, the operands stand
together in sentences about the claim, or the figure has digits enough.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from factcheck.alignment import Reading, Sentence, View
from factcheck.quantities import Quantity, compare_values, plain, show

MAX_OPERANDS = 36
MAX_TRIPLE_OPERANDS = 12

# What the words of a claim ask for. Each is a plain alternation: linear.
_WORD = {
    "difference": re.compile(
        r"\b(?:more|fewer|less|higher|lower|longer|shorter|cheaper|bigger|larger|smaller|warmer|colder|extra|additional|difference|gap|"
        r"margin|majority|rise|rose|risen|increase[ds]?|increasing|fall|fell|fallen|drop|dropped|cut|cuts|reduc(?:ed|tion|es)|gain(?:ed)?|gains|"
        r"loss|lost|lose[sd]?|down|up|by|over|above|below|short|shortfall|grew|growth|climb(?:ed)?|jump(?:ed)?|shed|added|new|earlier|later|ahead|"
        r"behind|wider|narrower|saved|saving|overspen[dt]|overrun|beyond|dearer|apart|surplus|deficit|faster|slower|extended|shrank|shrunk|declined?)\b",
        re.IGNORECASE,
    ),
    "total": re.compile(
        r"\b(?:total|totall?ed|totall?ing|in\sall|altogether|combined|together|between\sthem|overall|sum|both|joint(?:ly)?|all\stold|the\stwo|the\sthree|"
        r"collectively|and|including|counting|once|if\sall|in\sthe\send|inclusive|complete|plus|with|original(?:ly)?|previous(?:ly)?|former(?:ly)?|before|until|earlier|first|used\sto|had|full)\b",
        re.IGNORECASE,
    ),
    "rest": re.compile(
        r"\b(?:remain\w*|rest|others?|left|without|not|no|never|still|yet|un\w{3,}|except|apart|only|free|excluding|outside|survived?|kept|stay\w*|"
        r"escaped|missing|absent|n't|did|none|failed|against|avoid\w*|instead|already|had|bar)\b|n['’]t\b",
        re.IGNORECASE,
    ),
    "each": re.compile(
        r"\b(?:each|per|average[ds]?|averaging|apiece|every|a\s(?:day|week|month|year|head|student|person|night|tonne|kilo|ticket|unit|piece|barrel)|an\shour|yearly|annual(?:ly)?|"
        r"monthly|weekly|daily|hourly|rate|mean|for\sone|single|individual(?:ly)?)\b",
        re.IGNORECASE,
    ),
    "ratio": re.compile(
        r"\b(?:times|twice|doubl\w+|trebl\w+|tripl\w+|quadrupl\w+|halv\w+|half|third|quarter|fifth|fold|as\s(?:many|much|high|large|long|big|great))\b",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True)
class Derivation:
    """One way to the value: ``text`` shows the work, ``operands`` are where its figures stand."""

    value: float
    text: str
    kind: str  # difference, total, rest, product, each, share, change, ratio
    operands: tuple[tuple[Sentence, Quantity], ...]


def cues(view: View) -> frozenset[str]:
    """What kinds of calculation the claim's wording asks for."""
    text = view.claim.text
    return frozenset(name for name, pattern in _WORD.items() if pattern.search(text))


def pool(view: View) -> list[tuple[Sentence, Quantity]]:
    """The figures that may be operands: those of the evidence first, then of the sentences nearest to the claim."""
    ranked = sorted(view.sentences, key=lambda s: (not s.evidence, -s.cover, s.passage.start))
    found: list[tuple[Sentence, Quantity]] = []
    for s in ranked:
        if not s.evidence and s.cover < 0.15:
            continue
        for q in s.reading.quantities:
            if q.dim == "ordinal":
                continue
            found.append((s, q))
            if len(found) >= MAX_OPERANDS:
                return found
    return found


def _fits(q: Quantity, value: float) -> bool:
    return compare_values(q, value, value) in ("equal", "consistent")


def _as_share(q: Quantity) -> float | None:
    return q.value / 100 if q.dim == "percent" else None


def _one(q: Quantity) -> str:
    return show(q.value, q.dim, q.unit) if q.unit != "share" else q.text


def derivations(view: View, q: Quantity) -> Iterator[Derivation]:
    """Every calculation over the pool that gives the claim's value, the plainest first."""
    operands = pool(view)
    same = [(s, o) for s, o in operands if o.dim == q.dim and o.lo == o.hi]

    def made(value: float, text: str, kind: str, *ops: tuple[Sentence, Quantity]) -> Derivation:
        return Derivation(value, f"{text} = {show(value, q.dim, q.unit if q.unit != 'share' else '%')}", kind, ops)

    additive = q.dim in (
        "count",
        "percent",
        "points",
        "length",
        "mass",
        "area",
        "volume",
        "time",
        "temperature",
        "power",
        "energy",
    ) or q.dim.startswith("money")
    if additive and q.unit != "share":
        for (s1, a), (s2, b) in combinations(same, 2):
            if s1 is s2 and a.start == b.start:
                continue
            if _fits(q, a.lo + b.lo) and a.lo and b.lo:
                yield made(a.lo + b.lo, f"{_one(a)} + {_one(b)}", "total", (s1, a), (s2, b))
            big, small = ((s1, a), (s2, b)) if a.lo >= b.lo else ((s2, b), (s1, a))
            if small[1].lo and _fits(q, big[1].lo - small[1].lo):
                kind = "rest" if small[1].partitive or not small[1].head else "difference"
                yield made(big[1].lo - small[1].lo, f"{_one(big[1])} − {_one(small[1])}", kind, big, small)
        for triple in combinations(same[:MAX_TRIPLE_OPERANDS], 3):
            a, b, c = (o for _, o in triple)
            values = sorted((a.lo, b.lo, c.lo), reverse=True)
            by_size = sorted(triple, key=lambda t: -t[1].lo)
            if 0 in values:
                continue
            if _fits(q, sum(values)):
                yield made(sum(values), " + ".join(_one(o) for _, o in triple), "total", *triple)
            if values[0] - values[1] - values[2] > 0 and _fits(q, values[0] - values[1] - values[2]):
                yield made(values[0] - values[1] - values[2], " − ".join(_one(o) for _, o in by_size), "rest", *by_size)
    shares = [(s, o) for s, o in operands if o.dim == "percent" and 0 < o.value < 1000 and o.lo == o.hi]
    multiples = [(s, o) for s, o in operands if o.dim == "multiple" and o.lo > 0]
    counts = [(s, o) for s, o in operands if o.dim == "count" and o.lo > 1 and o.lo == o.hi]
    if q.dim not in ("percent", "points", "multiple", "ordinal", "temperature"):
        for s1, a in same:
            for s2, p in shares:
                f = p.value / 100
                options = [(a.lo * f, f"{_one(a)} × {_one(p)}", "product")]
                if f < 1:
                    options.append((a.lo * (1 - f), f"{_one(a)} less {_one(p)}", "product"))
                    options.append((a.lo / (1 - f), f"{_one(a)} before a cut of {_one(p)}", "product"))
                options.append((a.lo * (1 + f), f"{_one(a)} plus {_one(p)}", "product"))
                options.append((a.lo / (1 + f), f"{_one(a)} before a rise of {_one(p)}", "product"))
                options.append((a.lo / f, f"{_one(a)} is {_one(p)} of it", "product"))
                for value, text, kind in options:
                    if _fits(q, value):
                        yield made(value, text, kind, (s1, a), (s2, p))
            for s2, m in multiples:
                for value, text in (
                    (a.lo * m.lo, f"{_one(a)} × {plain(m.lo)}"),
                    (a.lo / m.lo, f"{_one(a)} ÷ {plain(m.lo)}"),
                ):
                    if _fits(q, value):
                        yield made(value, text, "product", (s1, a), (s2, m))
    if q.dim.startswith("money") or q.dim in ("length", "mass", "area", "volume", "time", "count"):
        for s1, a in same:
            for s2, c in counts:
                if c is a or (s1 is s2 and c.start == a.start):
                    continue
                if q.dim == "count" and (a.rate == "" and c.rate == "" and "each" not in cues(view)):
                    continue
                if _fits(q, a.lo * c.lo):
                    yield made(a.lo * c.lo, f"{plain(c.lo)} × {_one(a)}", "product", (s1, a), (s2, c))
                if _fits(q, a.lo / c.lo):
                    yield made(a.lo / c.lo, f"{_one(a)} ÷ {plain(c.lo)}", "each", (s1, a), (s2, c))
    if q.dim == "percent":
        for s1, p in shares:
            if p.value < 100 and _fits(q, 100 - p.value):
                yield Derivation(100 - p.value, f"100% − {_one(p)} = {plain(100 - p.value)}%", "rest", ((s1, p),))
        for (s1, a), (s2, b) in combinations(shares, 2):
            if q.unit == "share" and _fits(q, a.value + b.value):
                yield Derivation(
                    a.value + b.value,
                    f"{_one(a)} + {_one(b)} = {plain(a.value + b.value)}%",
                    "total",
                    ((s1, a), (s2, b)),
                )
        for s1, a in operands:
            if a.whole and a.dim == "count" and a.whole >= a.lo and _fits(q, 100 * a.lo / a.whole):
                value = 100 * a.lo / a.whole
                yield Derivation(
                    value, f"{plain(a.lo)} of {plain(a.whole)} = {plain(round(value, 1))}%", "share", ((s1, a),)
                )
    if q.dim in ("percent", "multiple", "points"):
        pairs = [(x, y) for x, y in combinations([o for o in operands if o[1].dim not in ("multiple", "time") and o[1].lo == o[1].hi], 2)
                 if x[1].dim == y[1].dim and x[1].lo > 0 and y[1].lo > 0]  # fmt: skip
        for x, y in pairs:
            small, big = (x, y) if x[1].lo <= y[1].lo else (y, x)
            a, b = small[1], big[1]
            if a.lo == b.lo:
                continue
            if q.dim == "points":
                if a.dim == "percent" and _fits(q, b.lo - a.lo):
                    yield Derivation(
                        b.lo - a.lo, f"{_one(b)} − {_one(a)} = {plain(b.lo - a.lo)} points", "difference", (big, small)
                    )
                continue
            if q.dim == "multiple":
                ratio = b.lo / a.lo
                if _fits(q, ratio) or (not q.bound and abs(ratio - q.lo) <= 0.08 * q.lo):
                    yield Derivation(ratio, f"{_one(b)} ÷ {_one(a)} = {plain(round(ratio, 1))}", "ratio", (big, small))
                elif q.lo < 1 and _fits(q, 1 / ratio):
                    yield Derivation(
                        1 / ratio, f"{_one(a)} ÷ {_one(b)} = {plain(round(1 / ratio, 2))}", "ratio", (small, big)
                    )
                continue
            if a.dim == "percent" and q.unit != "share":  # noqa: SIM102
                if _fits(q, b.lo - a.lo):  # points told as percent, as newspapers do
                    yield Derivation(
                        b.lo - a.lo, f"{_one(b)} − {_one(a)} = {plain(b.lo - a.lo)} points", "difference", (big, small)
                    )
            share = 100 * a.lo / b.lo
            if _fits(q, share):
                yield Derivation(share, f"{_one(a)} of {_one(b)} = {plain(round(share, 1))}%", "share", (small, big))
            fall = 100 * (b.lo - a.lo) / b.lo
            if _fits(q, fall):
                yield Derivation(
                    fall, f"({_one(b)} − {_one(a)}) ÷ {_one(b)} = {plain(round(fall, 1))}%", "change", (big, small)
                )
            rise = 100 * (b.lo - a.lo) / a.lo
            if _fits(q, rise):
                yield Derivation(
                    rise, f"({_one(b)} − {_one(a)}) ÷ {_one(a)} = {plain(round(rise, 1))}%", "change", (big, small)
                )


# Which wording asks for which calculation.
ASKED = {
    "difference": ("difference",), "total": ("total",), "rest": ("rest", "difference"), "product": ("each", "ratio", "total", "difference"),
    "each": ("each",), "share": ("share",), "change": ("difference", "ratio"), "ratio": ("ratio", "difference"),
}  # fmt: skip


def asked_for(kind: str, claim_cues: frozenset[str], q: Quantity) -> bool:
    """Whether the claim's wording asks for this kind of calculation."""
    if kind == "share":
        return q.dim == "percent"
    return any(c in claim_cues for c in ASKED[kind])


# --- what the value should have been -----------------------------------------------

_DIFFERENCE_AFTER = re.compile(
    r"^\s(?:[\w'’-]+\s){0,3}?(?:more|fewer|less|higher|lower|longer|shorter|cheaper|bigger|larger|smaller|above|below|over|under|ahead|short|apart)\b",
    re.IGNORECASE,
)
_DIFFERENCE_BEFORE = re.compile(
    r"\b(?:by|difference\sof|gap\sof|margin\sof|majority\sof|lead\sof|rise\sof|increase\sof|growth\sof|fall\sof|drop\sof|decline\sof|cut\sof|reduction\sof|gain\sof|loss\sof|"
    r"surplus\sof|shortfall\sof|overrun\sof|saving\sof|up|down)\s(?:about\s|around\s|roughly\s|nearly\s|almost\s|some\s|just\s|over\s|more\sthan\s|an?\s|as\smuch\sas\s)*[$£€¥]?$",
    re.IGNORECASE,
)
_MARGIN_AFTER = re.compile(
    r"^[-\s](?:votes?|goals?|points?|seats?|runs?)?[-\s]?(?:margin|majority|lead|difference)\b", re.IGNORECASE
)


def asks_difference(claim: Reading, q: Quantity) -> bool:
    """Whether the words right beside the value say that it is a difference."""
    after = claim.text[q.end : q.end + 60]
    before = claim.text[max(0, q.start - 50) : q.start]
    return bool(_DIFFERENCE_AFTER.match(after) or _DIFFERENCE_BEFORE.search(before) or _MARGIN_AFTER.match(after))


def expected(view: View, q: Quantity) -> Iterator[Derivation]:
    """What the value should be by the figures that fill the same frame, where the wording asks for a calculation.

    Only pairs that stand together (one sentence, or one each in two sentences of
    the evidence) and have no rival of the same kind beside them.
    """
    claim_cues = cues(view)
    chosen = [s for s in view.sentences if s.evidence] or list(view.sentences)
    if len(chosen) > 3:
        chosen = sorted(chosen, key=lambda s: -s.cover)[:2]
    if asks_difference(view.claim, q) and q.dim != "multiple":
        dims = ("percent", "points") if q.dim in ("points", "percent") else (q.dim,)
        figures = [
            (s, o)
            for s in chosen
            for o in s.reading.quantities
            if o.dim in dims and o.lo == o.hi and not o.bound.startswith(("more", "less"))
        ]
        if q.dim == "count":
            tallies = [(s, o) for s, o in figures if o.tally]
            heads = [(s, o) for s, o in figures if o.head == q.head and q.head]
            figures = tallies if len(tallies) == 2 and len(heads) != 2 else heads
        if len(figures) == 2 and figures[0][1].lo != figures[1][1].lo:
            big, small = sorted(figures, key=lambda f: -f[1].lo)
            value = big[1].lo - small[1].lo
            yield Derivation(
                value, f"{_one(big[1])} − {_one(small[1])} = {show(value, q.dim, q.unit)}", "difference", (big, small)
            )
    if q.dim == "percent":
        for s in chosen:
            for o in s.reading.quantities:
                if o.whole and o.dim == "count" and o.whole >= o.lo > 0:
                    value = 100 * o.lo / o.whole
                    yield Derivation(
                        value, f"{plain(o.lo)} of {plain(o.whole)} = {plain(round(value, 1))}%", "share", ((s, o),)
                    )
    if (
        "total" in claim_cues
        and q.dim != "percent"
        and re.search(
            r"\b(?:total|in\sall|altogether|combined|together|between\sthem|all\stold|jointly|overall)\b",
            view.claim.text,
            re.IGNORECASE,
        )
    ):
        figures = [(s, o) for s in chosen for o in s.reading.quantities if o.dim == q.dim and o.lo == o.hi]
        if q.dim == "count" and q.head:
            figures = [(s, o) for s, o in figures if o.head in (q.head, "")]
        if len(figures) == 2:
            value = figures[0][1].lo + figures[1][1].lo
            yield Derivation(
                value,
                f"{_one(figures[0][1])} + {_one(figures[1][1])} = {show(value, q.dim, q.unit)}",
                "total",
                tuple(figures),
            )
