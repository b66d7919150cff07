"""Checks what a claim compares: more or less than before, more or less than another, the most of all.

Three things of a claim are held against its source: the direction of a change ("rose", "fewer than in
1996") against the direction that the source tells or that its figures make; "A more than B" against the
figures that the source gives to A and to B; and "the largest" against whom the source calls so, or
against the figures of the others. Says nothing of the size of a difference: that is ``quantity``'s.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from factcheck import wording
from factcheck.alignment import Reading, Sentence, View, concept, read, view
from factcheck.comparatives import LESS, MORE, any_of
from factcheck.domain import Judgement, Pair, Slot, SlotFinding, SlotKind, SlotState
from factcheck.quantities import Quantity, comparable, compare, stem
from factcheck.reading import judgement
from factcheck.told import related
from factcheck.wording import NameSpan

CHECKER = "comparison"

# The sentence that tells the direction has at least this share of the claim's words, and the clause
# in which it stands this share of the words beside the claim's own word of direction.
SAME_SENTENCE = 0.5
SAME_CLAUSE = 0.4
# What is told the other way must fit the claim this much less.
CLEARLY = 0.2
# Where the source has a word of the claim elsewhere, it may be of something else that it rose: of six such four were right.
OTHERS = 0.6

_NONE: frozenset[str] = frozenset()


def check(pair: Pair) -> Judgement | None:
    """Back or contradict each comparison of the claim that the source decides; None where there is none."""
    text = pair.claim.text
    if not _ANY.search(text) and not _FIGURE.search(text):
        return None
    v = view(pair)
    found = [f for make in (_direction, _apart, _between, _most, _ever, _swapped) if (f := make(pair, v)) is not None]
    return judgement(pair, CHECKER, found)


# ---------------------------------------------------------------------------------------
# up or down

_UP = (
    r"(?:rose|risen|rises?|rising|grew|grown|grows?|growing|growth|climb(?:ed|s|ing)?|increas(?:e[sd]?|ing)|jump(?:ed|s)?|gain(?:ed|s)?|soar(?:ed|s|ing)?|"
    r"surg(?:ed?|es|ing)|went up|gone up|goes up|go up|going up|put up|recovered(?= to\b)|rebound(?:ed|s)?|bounced back|raised?|raises|raising|widen(?:ed|s|ing)?|lengthen(?:ed|s)?|extended|expand(?:ed|s|ing)?|improved|"
    r"(?<!ended )(?<!end )(?<!set )(?<!made )(?<!give )(?<!gave )(?<!given )up(?= (?:\d|[$£€]|from|by|on|about|nearly|almost|more|a |an |one|two|three|four|five|six|seven|eight|nine|ten|sharply|slightly)))"
)
_DOWN = (
    r"(?:fell|fallen|falls?|falling|drop(?:ped|s|ping)?|declin(?:e[sd]?|ing)(?! to\b)|decreas(?:e[sd]?|ing)|shrank|shrunk|shrinks?|shrinking|slid|slip(?:ped|s)?|slump(?:ed|s)?|plung(?:ed?|es|ing)|"
    r"dip(?:ped|s)?|went down|gone down|goes down|go down|going down|cut|cuts|cutting|reduc(?:e[sd]?|ing|tions?)|lower(?:ed|s|ing)|narrow(?:ed|s|ing)|shorten(?:ed|s)?|"
    r"halv(?:ed?|es|ing)|worsen(?:ed|s)?|"
    r"down(?= to (?:just |only |about )?(?:\d|[$£€]|one|two|three|four|five|six|seven|eight|nine|ten))|"
    r"down(?= (?:\d|[$£€]|from|by|on|about|nearly|almost|more|a |an |one|two|three|four|five|six|seven|eight|nine|ten|sharply|slightly)))"
)
_MORE, _LESS = any_of(*MORE), any_of(*LESS)
_THAN = r"(?: [\w’'-]+){0,6}? than\b(?! (?:\d|[$£€]|an? |half|two|three|four|five|six|seven|eight|nine|ten|twice|once))"
_BEFORE = (
    r" than (?:(?:in|at|on|during|for|of) (?:the )?(?:same|(?:first|second|third|fourth) (?:half|quarter|term|season)|previous|last|early|late|mid|summer|winter|spring|autumn|year|month|week|"
    r"(?:19|20)\d\d|(?:January|February|March|April|May|June|July|August|September|October|November|December)\b)|"
    r"th(?:ose|at|e one|e figure) (?:of|in) (?:19|20)\d\d|the (?:(?:19|20)\d\d\b|year|month|week|day|decade)|(?:a|one|two|three|ten|five) (?:year|month|week|decade)s? (?:ago|earlier|before)|"
    r"last|before|the previous|previous(?:ly)?|(?:it|they|he|she) (?:was|were|had|did|used)|usual|when|now|until|originally|planned|since|used)\b"
)
_ANY = re.compile(
    rf"\b(?:{_UP}|{_DOWN}|{_MORE}|{_LESS}|most|least|outnumber\w*|exceed\w*|above|below|\w+(?:est))\b", re.I
)
_FIGURE = re.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|third|quarter)\b")
# "Fallen ill", "raised concerns", "gained access": words of direction that tell none.
_IDIOM = (
    r"(?! (?:ill|sick|asleep|silent|quiet|pregnant|unconscious|apart|short|foul|through|victim|in love|off|out|over|into|overboard|prey|"
    r"(?:serious |grave |new |further |more |fresh )?(?:concerns?|questions?|doubts?|objections?|alarm|fears|money|funds|awareness|hopes|eyebrows|the alarm)|"
    r"access|entry|ground|independence|recognition|ties|corners|charges|plans|the case|the charges|the plans?)\b)"
)
_TURN = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?![\w-]){_IDIOM}", re.I)
_THAN_BEFORE = re.compile(rf"\b(?:(?P<up>{_MORE})|(?P<down>{_LESS}))(?: [\w’'-]+){{0,6}}?{_BEFORE}", re.I)
_SIGNED_THAN = re.compile(rf"\b(?:(?P<up>{_MORE})|(?P<down>{_LESS})){_THAN}", re.I)
_NOT = re.compile(
    r"\b(?:not|never|no|nor|neither|without|hardly|if|unless|would|could|might|may|should|stopp?\w*|halt\w*|prevent\w*|instead of|rather than|refus\w+|reject\w*|"
    r"fail\w*|oppos\w+|than expected|slow\w*|fear\w*|call\w*|want\w*|ask\w*|demand\w*|propos\w+|plan(?:s|n\w+)?|expect\w*|forecast\w*|predict\w*)\b|n['’]t\b",
    re.I,
)
# Nouns that look like verbs of direction, and things that turn a direction around.
_NOUN = re.compile(r"rise|fall|drop|decline|increase|gain|jump|cut|cuts|growth|reductions?", re.I)
_NOUN_BEFORE = re.compile(
    r"\b(?:the|a|an|its|their|his|her|this|that|any|pay|tax|job|budget|price|power|spending|of|sharp|small|big|slight|steep)\s$",
    re.I,
)
_OF_A_NOUN = re.compile(r"\b(?:of|by|from|with|to|for|in|through|despite|under|after|the|an?|and)\s$", re.I)
_THE_NOUN = re.compile(r"\s(?!(?:by|from|to|on|in|at|and|or|for|with|since|after|as)\b)[a-z]", re.I)
_TURNS = re.compile(
    r"\b(?:loss(?:es)?|deficit|debt|delay|decline in|fall in|drop in|cut in|reduction in|speed of|rate of)\b", re.I
)


@dataclass(frozen=True)
class Turn:
    """A direction told at a place of a text: 1 up, -1 down."""

    sign: int
    start: int
    end: int
    text: str
    figures: tuple[Quantity, ...] = ()


def _signed(pattern: re.Pattern[str], text: str, *, nouns: bool = True) -> Iterator[Turn]:
    for m in pattern.finditer(text):
        if not nouns and _NOUN.fullmatch(m.group()) and _NOUN_BEFORE.search(text, 0, m.start()):
            continue
        if (
            m.group().lower().endswith("ed")
            and _OF_A_NOUN.search(text, 0, m.start())
            and _THE_NOUN.match(text, m.end())
        ):
            continue  # "died of increased heat" tells of no rise in what died
        yield Turn(1 if m["up"] else -1, m.start(), m.end(), m.group())


def _forwards(t: Turn, claim: Reading) -> Turn:
    """A comparison of two times as the change from the earlier to the later: "more in 2019 than in 2021" tells of a fall."""
    than = claim.text.find(" than ", t.start)
    if _NOW.match(claim.text, than):
        return replace(t, sign=-t.sign)
    dated = [w for w in claim.dates if w.spans]
    own, other = [w for w in dated if w.end <= than], [w for w in dated if w.start > than]
    if own and other and own[-1].spans[0][1] < other[0].spans[0][0]:
        return replace(t, sign=-t.sign)
    return t


_NOW = re.compile(r" than (?:(?:it|they|he|she) (?:is|are) )?(?:now|today|at present|currently)\b", re.I)


@lru_cache(maxsize=4096)
def turns(text: str) -> tuple[Turn, ...]:
    """Every direction that a sentence of a source tells, by its words or by two figures that it relates."""
    masked = wording.outside_quotations(text)
    found = [*_signed(_TURN, masked, nouns=False), *_signed(_SIGNED_THAN, masked)]
    for t in related(text, read(text, None).quantities):
        sign = t.sign
        if not sign and t.old is not None and t.new is not None:
            sign = 1 if t.new.lo > t.old.lo else -1
        if sign:
            figures = t.figures
            start, end = min(q.start for q in figures), max(q.end for q in figures)
            found.append(Turn(sign, start, end, text[start:end], figures))
    return tuple(sorted(found, key=lambda t: t.start))


# "The flood of 1974 rose higher than this one": no change of one thing; and rain that fell is no fall.
_OVER_ANOTHER = re.compile(
    r"\s(?:higher|lower|further|farther|faster|slower|more|less|earlier|later)\b[^,;:]*?\sthan\b", re.I
)
_WEATHER = re.compile(r"\b(?:rain|snow|hail|sleet|ash|rainfall|snowfall|(?:milli|centi)metres?|mm|inch(?:es)?)\b", re.I)


def _direction(pair: Pair, v: View) -> SlotFinding | None:
    """How the source stands to the one direction that the claim tells."""
    claim = wording.outside_quotations(pair.claim.text)
    mine = list(_signed(_TURN, claim)) + [_forwards(t, v.claim) for t in _signed(_THAN_BEFORE, claim)]
    if not mine or len({t.sign for t in mine}) != 1 or _NOT.search(claim):
        return None
    turn = mine[0]
    if _OVER_ANOTHER.match(claim, turn.end) or (
        turn.text.lower() in ("fell", "fallen", "falls", "falling") and _WEATHER.search(claim)
    ):
        return None
    if v.proper & v.unheard:
        return None  # of somebody whom the source does not name
    topic = frozenset(w for w in v.claim.content - v.unheard if w not in _DIRECTED)
    if len(topic) < 2 or 2 * len(topic) < len(v.claim.content - _DIRECTED):
        return None
    met: list[tuple[float, int, Sentence, Turn]] = []
    titled = v.proper & v.head  # "the shares" of a report are those of the firm in its title
    for s in v.evidence:
        whole = v.share(topic, s.reading.content | titled)
        if whole < SAME_SENTENCE or not v.proper - v.unheard <= s.reading.content | v.head:
            continue
        for t in turns(s.reading.text):
            share = v.share(topic, _around(s.reading, t) | titled)
            if share >= SAME_CLAUSE:
                met.append((share + 0.3 * whole, -len(met), s, t))
    if not met:
        return None
    best = max(met, key=lambda m: m[:2])
    if any(m[3].sign != best[3].sign and m[0] > best[0] - CLEARLY for m in met):
        return None
    _, _, s, t = best
    share = v.share(topic, s.reading.content)
    around = s.reading.text[max(0, t.start - 40) : t.end + 25]
    things = v.claim.content - _DIRECTED - v.proper
    if things and things.isdisjoint(_around(s.reading, t)):
        return None  # a name alone: the sales of a firm rise, and its earnings fall
    if _NOT.search(around) or bool(_TURNS.search(around)) != bool(_TURNS.search(claim)):
        return None
    if t.sign == turn.sign:
        return None  # that it rose says little: such a claim is as often wrong in the figure
    told = "rise" if t.sign > 0 else "fall"
    sure = 0.6 + 0.35 * share
    if not topic <= s.reading.content | v.head:
        sure = min(sure, OTHERS)
    return SlotFinding(
        slot=Slot(
            kind=SlotKind.POLARITY,
            text=pair.claim.text[turn.start : turn.end],
            start=turn.start,
            end=turn.end,
            value="up" if turn.sign > 0 else "down",
            fills="direction",
        ),
        state=SlotState.CONFLICTING,
        rule="FC209",
        confidence=round(sure, 3),
        found=t.text,
        derivation=f"the source tells of a {told}: “{wording.shortened(s.reading.text, 140)}”",
        start=s.passage.start + t.start,
        end=s.passage.start + t.end,
    )


# How far apart two things are, and which way: "two hours longer than in 2014".
_APART = re.compile(
    rf"(?: [a-z][\w’'-]*){{0,2}}? (?:(?P<up>{_MORE})|(?P<down>{_LESS}))(?: [\w’'-]+){{0,4}}? than (?P<other>[^,;:.()]+)",
    re.I,
)
TURNED = 0.85  # set by hand


def _apart(pair: Pair, v: View) -> SlotFinding | None:
    """ "Two hours shorter than in 2014" against "two hours longer than in 2014": the same distance, the other way."""
    if _NOT.search(v.claim.text):
        return None
    for q, mine in _distances(v.claim):
        for s in v.evidence:
            for o, theirs in _distances(s.reading):
                if bool(mine["up"]) is bool(theirs["up"]) or not comparable(q, o) or compare(q, o) != "equal":
                    continue
                if _NOT.search(s.reading.text[: o.start]) or not _same_sides(v.claim, q, mine, s, o, theirs):
                    continue
                start, end = mine.span("up" if mine["up"] else "down")
                at = theirs.span("up" if theirs["up"] else "down")
                return v.finding(
                    (start, end),
                    SlotKind.POLARITY,
                    "direction",
                    SlotState.CONFLICTING,
                    "FC209",
                    TURNED,
                    s,
                    at,
                    f"“{s.reading.text[o.start : at[1]]}” in the source, “{v.claim.text[q.start : end]}” in the claim",
                )
    return None


def _distances(reading: Reading) -> Iterator[tuple[Quantity, re.Match[str]]]:
    masked = wording.outside_quotations(reading.text)
    for q in reading.quantities:
        if q.dim not in ("ordinal", "multiple") and (m := _APART.match(masked, q.end)):
            yield q, m


def _same_sides(
    claim: Reading, q: Quantity, mine: re.Match[str], s: Sentence, o: Quantity, theirs: re.Match[str]
) -> bool:
    """Whether both set the same thing before and after "than": "A is older than B", not "B is younger than A"."""
    a, b = _told(claim, mine.span("other")), _told(s.reading, theirs.span("other"))
    left, right = _told(claim, (0, q.start)), _told(s.reading, (0, o.start))
    return bool(a & b) and not (a - b) & (right - left) and not (b - a) & (left - right)


def _told(reading: Reading, span: tuple[int, int]) -> frozenset[str]:
    """The content and the dates of a stretch of a text."""
    start, end = span
    dates = (str(w.spans[:1] or w.text.lower()) for w in reading.dates if start <= w.start < end)
    return reading.within(start, end) | frozenset(dates)


# Stems of the words of direction: they are no topic.
_DIRECTED = frozenset(
    x
    for w in (
        "rise rose grow growth climb increase jump gain soar surge raise widen lengthen extend expand improve fall fell drop decline decrease sink shrink slide slip slump plunge dip cut reduce lower "
        "narrow shorten halve worsen more higher larger bigger greater longer heavier dearer wider stronger faster fewer less smaller shorter lighter cheaper narrower weaker slower than before previous "
        "earlier later year last compare ago number figure total amount level slight sharp slightly sharply went gone put"
    ).split()
    for x in (stem(w), concept(stem(w)))
)


def _around(reading: Reading, t: Turn) -> frozenset[str]:
    """The words of the clause that tells the direction, and of the one before where that has its subject."""
    lo, hi = reading.clause_tokens(t.start, t.end)
    own = [
        w for w, token in zip(reading.stems[lo:hi], reading.tokens[lo:hi], strict=True) if w and token.end <= t.start
    ]
    if not own and lo > 1:
        lo, _ = reading.clause_tokens(reading.tokens[lo - 2].start, reading.tokens[lo - 2].end)
    cause = _CAUSE.search(reading.text, t.end)
    return frozenset(
        w
        for w, token in zip(reading.stems[lo:hi], reading.tokens[lo:hi], strict=True)
        if w and not (cause and token.start >= cause.start())
    )


# "Profit fell as fuel costs mounted": the costs did not fall.
_CAUSE = re.compile(
    r"\b(?:as(?!\s(?:many|much|high|low|a|an)\b)|amid|despite|because|thanks\sto|owing\sto|due\sto)\s", re.I
)


# ---------------------------------------------------------------------------------------
# figures and whose they are


@dataclass(frozen=True)
class Owned:
    """A figure and the name that a sentence gives it to."""

    name: NameSpan
    quantity: Quantity
    sentence: Sentence | None = None


_BETWEEN_OWN = re.compile(r"^[^,;:.()]{0,70}$|^, (?:with|at) [^,;:.()]{0,30}$|^ \([^,;:.()]{0,12}$")


def owned(reading: Reading, s: Sentence | None = None) -> Iterator[Owned]:
    """The figures of a sentence that directly follow a name: "Haiti got 15 percent", "Morandi with 88 million"."""
    text = reading.text
    names = _names(text)
    figures = [q for q in reading.quantities if q.dim not in ("ordinal", "multiple") and q.lo == q.hi]
    last_end = 0
    for q in figures:
        before = [n for n in names if last_end <= n.start and n.end <= q.start]
        last_end = q.end
        if before:
            gap = text[before[-1].end : q.start]
            if _BETWEEN_OWN.match(gap) and not re.search(r"\b(?:than|against|of|from|by|and|to|in|after)\s*$", gap):
                yield Owned(before[-1], q, s)


@lru_cache(maxsize=4096)
def _names(text: str) -> tuple[NameSpan, ...]:
    return tuple(n for n in wording.name_spans(text) if n.words[0].norm not in wording.STOP)


def _words(n: NameSpan) -> frozenset[str]:
    return frozenset(t.norm for t in n.words if t.norm not in wording.STOP and t.norm not in wording.TITLES)


_TOGETHER = re.compile(r"\b(?:together|combined|between them|jointly)\b", re.I)
_MORE_THAN = re.compile(
    rf"\b(?:(?P<up>{_MORE})|(?P<down>{_LESS}))(?: [\w’'-]+){{0,5}}? than (?:the |those of |that of |those in |did |in |for |on |to )*(?=[A-Z])"
)


def _values(v: View, name: NameSpan) -> list[Owned]:
    words = _words(name)
    return [o for s in v.sentences if s.evidence for o in owned(s.reading, s) if words and words <= _words(o.name)]


def _between(pair: Pair, v: View) -> SlotFinding | None:
    """ "A gets more than B", against what the source gives to either."""
    text = pair.claim.text
    m = _MORE_THAN.search(text)
    if m is None or _NOT.search(text) or _TOGETHER.search(text):
        return None
    names = _names(text)
    thing = v.claim.within(max(m.end("up"), m.end("down")), m.end()) - v.unheard
    left = [n for n in names if n.end <= m.start()]
    right = [n for n in names if n.start >= m.end() - 1]
    if not left or not right or right[0].start > m.end() + 1:
        return None
    for a in _values(v, left[-1]):
        for b in _values(v, right[0]):
            if a.quantity.dim != b.quantity.dim or a.quantity.lo == b.quantity.lo or a.quantity is b.quantity:
                continue
            if a.quantity.dim == "count" and a.quantity.head != b.quantity.head and a.quantity.head and b.quantity.head:
                continue
            if thing and not all(o.sentence is not None and thing & o.sentence.reading.content for o in (a, b)):
                continue  # the figures are of something else
            sign = 1 if a.quantity.lo > b.quantity.lo else -1
            mine = 1 if m["up"] else -1
            return _shown(
                text, m.start(), m.end(), a, b, SlotState.DERIVED if sign == mine else SlotState.CONFLICTING, 0.82
            )
    return None


def _shown(text: str, start: int, end: int, a: Owned, b: Owned, state: SlotState, sure: float) -> SlotFinding:
    end = start + len(text[start:end].rstrip())
    return SlotFinding(
        slot=Slot(kind=SlotKind.QUANTITY, text=text[start:end], start=start, end=end, fills="comparison"),
        state=state,
        rule="FC211",
        confidence=sure,
        found=a.quantity.text,
        derivation=f"{a.name.text}: {a.quantity.text}; {b.name.text}: {b.quantity.text}",
        start=a.sentence.passage.start + a.quantity.start if a.sentence else None,
        end=a.sentence.passage.start + a.quantity.end if a.sentence else None,
    )


def _swapped(pair: Pair, v: View) -> SlotFinding | None:
    """A figure that the source gives to another name, and another figure to the claim's."""
    for mine in owned(v.claim):
        words = _words(mine.name)
        q = mine.quantity
        if not words or q.dim == "time" or q.bound or (q.dim == "count" and q.number < 10):
            continue
        theirs: Owned | None = None
        own: Owned | None = None
        for s in v.evidence:
            for o in owned(s.reading, s):
                if o.quantity.dim != q.dim or (q.head and o.quantity.head and q.head != o.quantity.head):
                    continue
                same = bool(words & _words(o.name))
                if compare(q, o.quantity) in ("equal", "consistent"):
                    if same:
                        return None
                    theirs = theirs or o
                elif same:
                    own = own or o
        if theirs is not None and own is not None and _elsewhere(v, q) <= 1:
            return SlotFinding(
                slot=Slot(
                    kind=SlotKind.QUANTITY, text=q.text, start=q.start, end=q.end, value=q.value, fills=mine.name.text
                ),
                state=SlotState.CONFLICTING,
                rule="FC202",
                confidence=0.84,
                found=own.quantity.text,
                derivation=f"{own.quantity.text} is {own.name.text}'s in the source; {theirs.quantity.text} is {theirs.name.text}'s",
                start=own.sentence.passage.start + own.quantity.start if own.sentence else None,
                end=own.sentence.passage.start + own.quantity.end if own.sentence else None,
            )
    return None


def _elsewhere(v: View, q: Quantity) -> int:
    """How often the evidence has the figure at all."""
    return sum(compare(q, o) == "equal" for s in v.evidence for o in s.reading.quantities if o.dim == q.dim)


# ---------------------------------------------------------------------------------------
# the most of all

_BIG = "largest biggest highest most heaviest longest greatest oldest tallest fastest dearest richest strongest widest deepest best".split()
_SMALL = (
    "smallest lowest fewest least lightest shortest youngest slowest cheapest poorest weakest narrowest worst".split()
)
_KIND = {w: w for w in _BIG + _SMALL} | {"biggest": "largest", "greatest": "largest"}
_SUPERLATIVE = re.compile(
    rf"\b(?:(?P<rank>second|third|fourth|fifth|joint|equal)[- ])?\b(?P<word>{'|'.join(_BIG + _SMALL)})(?P<noun>(?: [a-z][\w’'-]+){{0,4}})",
    re.I,
)
_OF_ALL = re.compile(r"^ of (?:the |all |its |their )?")
_PHRASE_END = re.compile(r"[,;:.()]| (?:in|of|on|at|with|among|to|for|from|ever|since|and|but|that|who|which|by)\b")
_IS = re.compile(
    r"^(?:,? (?:is|was|are|were|remains?|remained|became|as|has|had|have)(?: \w+)?|,)(?: (?:the|its|their|[\w’'.-]+s))? (?:[\w’'.-]+[’']s? )?$"
)


@dataclass(frozen=True)
class _Most:
    name: NameSpan
    rank: str
    kind: str
    nouns: frozenset[str]
    start: int
    end: int


@lru_cache(maxsize=4096)
def _called(text: str) -> tuple[_Most, ...]:
    """Whom a sentence calls the most of something: "Pannofon remained the largest of the operators"."""
    masked = wording.outside_quotations(text)
    out = []
    names = _names(text)
    for m in _SUPERLATIVE.finditer(masked):
        before = [n for n in names if n.end <= m.start()]
        if not before or not _IS.match(masked[before[-1].end : m.start()]):
            continue
        tail = _OF_ALL.sub("", masked[m.start("noun") : m.end("noun") + 40])
        cut = _PHRASE_END.search(tail)
        tail = tail[: cut.start()] if cut else tail
        nouns = frozenset(stem(t.norm) for t in wording.tokens(tail)[:6] if t.norm not in wording.STOP)
        rank = (m["rank"] or "").lower()
        out.append(_Most(before[-1], rank, _KIND[m["word"].lower()], nouns, m.start(), m.end("word")))
    return tuple(out)


def _most(pair: Pair, v: View) -> SlotFinding | None:
    """ "The largest of the three", against whom the source calls so."""
    text = pair.claim.text
    if _NOT.search(text):
        return None
    for mine in _called(text):
        words = _words(mine.name)
        for s in v.evidence:
            for theirs in _called(s.reading.text):
                if theirs.kind != mine.kind or not mine.nouns & theirs.nouns:
                    continue
                same = bool(words & _words(theirs.name))
                if same and theirs.rank == mine.rank:
                    state = SlotState.BACKED
                elif same or (
                    theirs.rank == mine.rank
                    and any(w in s.reading.low or w in (pair.source.text.lower()) for w in words)
                ):
                    state = SlotState.CONFLICTING
                else:
                    continue
                return SlotFinding(
                    slot=Slot(
                        kind=SlotKind.QUANTITY,
                        text=text[mine.start : mine.end],
                        start=mine.start,
                        end=mine.end,
                        fills="superlative",
                    ),
                    state=state,
                    rule="FC211",
                    confidence=0.82,
                    found=theirs.name.text,
                    derivation=f"in the source it is {theirs.name.text}: “{s.reading.text[theirs.start : theirs.end]}”",
                    start=s.passage.start + theirs.start,
                    end=s.passage.start + theirs.end,
                )
        mentioned = _ranked(v, mine)
        if mentioned is not None:
            a, b = mentioned
            return _shown(text, mine.start, mine.end, a, b, SlotState.CONFLICTING, 0.78)
    return None


_EVER = re.compile(r"\b(?:ever|of all time|in (?:its|their|his|her|\w+['’]s) (?:\w+ )?history|on record)\b", re.I)
# A stretch that the source bounds its superlative by.
_BOUNDED = re.compile(
    r"^[^.;:]{0,40}?\b((?:since|for|in) (?:at least |more than |nearly |almost |over )?(?:(?:1[5-9]|20)\d\d|the (?:19|20)\d\ds|"
    r"(?:a|an|\w+) (?:years?|decades?|months?|seasons?|generation))|(?:so far )?this (?:year|season|month|decade|century))\b",
    re.I,
)
UNBOUNDED = 0.84  # set by hand
SUPERLATIVE_COVER = 0.4  # least share of the claim's words in the sentence that bounds it


def _ever(pair: Pair, v: View) -> SlotFinding | None:
    """ "The biggest crowd ever" against "the biggest crowd since 2009"."""
    text = wording.outside_quotations(pair.claim.text)
    ever = _EVER.search(text)
    if ever is None or _NOT.search(text):
        return None
    kinds = {_KIND[m["word"].lower()] for m in _SUPERLATIVE.finditer(text)}
    for s in v.evidence:
        told = s.reading.text
        if s.cover < SUPERLATIVE_COVER or _EVER.search(told):
            continue
        for m in _SUPERLATIVE.finditer(told):
            bound = _BOUNDED.match(told[m.end("word") :])
            if bound and _KIND[m["word"].lower()] in kinds:
                at = m.end("word") + bound.start(1)
                return SlotFinding(
                    slot=Slot(
                        kind=SlotKind.QUANTITY, text=ever[0], start=ever.start(), end=ever.end(), fills="superlative"
                    ),
                    state=SlotState.CONFLICTING,
                    rule="FC215",
                    confidence=UNBOUNDED,
                    found=bound[1],
                    derivation=f"the source says it only of a time: “{told[m.start() : at + len(bound[1])]}”",
                    start=s.passage.start + at,
                    end=s.passage.start + at + len(bound[1]),
                )
    return None


def _ranked(v: View, mine: _Most) -> tuple[Owned, Owned] | None:
    """A figure of the claim's name with a larger one (for "smallest", a smaller) of another in one sentence."""
    if mine.rank or mine.kind not in (
        "largest",
        "highest",
        "heaviest",
        "most",
        "smallest",
        "lowest",
        "least",
        "fewest",
    ):
        return None
    for s in v.evidence:
        figures = list(owned(s.reading, s))
        for a in figures:
            if not _words(mine.name) & _words(a.name):
                continue
            for b in figures:
                if (
                    b.quantity.dim != a.quantity.dim
                    or _words(b.name) & _words(a.name)
                    or b.quantity.head != a.quantity.head
                ):
                    continue
                if (b.quantity.lo > a.quantity.lo) == (mine.kind in _BIG) and b.quantity.lo != a.quantity.lo:
                    return a, b
    return None
