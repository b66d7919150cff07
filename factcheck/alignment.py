"""Whether a value of a claim and a value of its evidence are of the same thing.

Reads texts into tokens, stems, quantities and dates (once per text), and
measures for a slot of the claim how well the words around it are met around a
candidate in the evidence. What follows from that (backed, conflicting) is the
checkers' business.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from factcheck.dates import When, counts_on, find_dates
from factcheck.dates import compare as compare_dates
from factcheck.domain import Pair, Passage, Slot, SlotFinding, SlotKind, SlotState
from factcheck.quantities import (
    FUNCTION_WORDS,
    UNITS,
    Quantity,
    Token,
    comparable,
    compare,
    find_quantities,
    in_like_pounds,
    stem,
    tokenize,
)

# A checker looks no further than this many sentences of context around the
# evidence: time must not grow with the length of a source.
MAX_CONTEXT = 160

_NOT_CONTENT = frozenset(
    """
    percent percentage point points million billion thousand hundred dozen a.m p.m am pm about around roughly
    nearly almost
    """.split()
)

# Words of news prose that stand for one another when it is asked what a figure is
# of. Not a thesaurus: only what editors swap freely, one line to a concept. Stems
# are taken below, so one form of each word is enough.
_CONCEPTS = """
close shut closure; begin start launch commence onset; end finish conclude complete; kill die fatal perish
injure hurt wound casualty; rise increase climb jump grow gain soar
fall drop decline decrease reduce cut shrink slump lower; fine penalty penalise; buy purchase acquire acquisition
sell sale; pay payment paid repay; cost price expense bill; firm company business corporation enterprise
worker employee staff workforce labourer; employ hire recruit; boss chief head leader
lawyer attorney solicitor barrister counsel; ship vessel boat; plane aircraft jet airliner
house home dwelling flat apartment household; road highway motorway; factory plant mill; student pupil schoolchild
child kid youngster youth; resident inhabitant population villager townspeople; reject refuse deny rebuff
support back favour endorse approve; oppose against object opponent hostile; postpone delay defer
ask request demand seek; promise pledge vow; accuse allege claim; talk negotiation; game match fixture; tie draw
win victory beat defeat triumph; lose loss; big large huge; small little; build construct construction
repair fix mend; arrest detain detention; jail prison imprison custody sentence; appoint name; resign quit
return back; leave depart; arrive reach; injury wound; car vehicle automobile; lorry truck
train rail railway railroad; film movie; song track single; book novel title; poll survey; voter electorate
vote ballot; member; councillor council; deputy lawmaker legislator parliamentarian mp; minister ministry
judge court tribunal; police officer constable; doctor physician medic; patient; hospital clinic; fire blaze
flood flooding inundation; storm hurricane cyclone; earthquake quake; tree; forest wood woodland
visitor tourist guest; passenger traveller rider; customer client subscriber
refund reimburse compensation compensate; grant fund subsidy subsidise; aid help relief; budget; debt owe
loan borrow; profit earnings; revenue turnover; salary wage pay earn; rent; tax levy duty
agreement deal accord pact treaty; contract; sign signatory signature; strike walkout stoppage; union
protest demonstrate demonstration rally; demonstrator protester; meeting session
inquiry investigation probe investigate; report; rate; share stake; proportion percentage fraction; number figure
amount sum; total; age old; born birth; marry wedding husband wife spouse; length long; height high tall
depth deep; width wide; weight weigh heavy; distance far; speed fast; temperature warm hot cold degree
year annual annually; month monthly; week weekly; day daily; hour hourly; American us; British britain uk
European europe eu; province provincial; region regional; country nation national; state; city town municipal
village; goal score; point; medal; race run; lap; round; seat; place position rank; goalkeeper keeper
coach manager trainer; player footballer; appeal challenge; charge indict; convict guilty conviction
acquit clear innocent; suspect; witness testify testimony; victim; shoot shot gunfire
theft steal stolen thief rob robbery burglary; ticket pass; bridge crossing; dam; mine pit colliery; miner
ton tonne; animal; cow cattle; sheep; fish fishing fisherman; farm farmer; boat; museum gallery
painting picture canvas; sculpture statue; school; university college; teacher; course; exam test; trial
vaccine jab inoculation; dose; evacuate displace homeless; rescue save; search; missing unaccounted; collapse
crash collision collide; cancel; open reopen inaugurate; close; move relocate transfer
announce announcement declare; warn warning; estimate reckon calculate calculation; forecast predict expect
plan intend; aim target goal; limit cap ceiling maximum; minimum floor; last previous former earlier; first
average mean; half; quarter; third; double; extra additional further more; other rest remaining remain
whole entire full; man male; woman female; girl; boy; family relative; daughter; son; grandchild
parent mother father; couple pair; audience crowd spectator attendance attend; seat capacity; fee charge
prize award; donation donate donor give; collect raise
""".strip()

_CONCEPT: dict[str, str] = {}
for _line in _CONCEPTS.replace("\n", ";").split(";"):
    _words = [stem(w) for w in _line.split()]
    for _word in _words[1:]:
        _CONCEPT.setdefault(_word, _CONCEPT.get(_words[0], _words[0]))


# What befalls a thing once or seldom, so that its date is the event's own and a date told of another
# event says nothing of it. Whole words, not stems: "found" is not "founded", "former" not "formed".
_EVENTS = """
founded founding formed formation established establishment created creation launched inception
took-office takes-office taking-office take-office sworn inaugurated inauguration assumed-office came-to-power
    took-power
open opened opening opens inaugurated inauguration
reopen reopened reopening reopens
die died dies death killed dead
born birth
close closed closes closure shut closing
marry married wedding wed
retire retired retirement retires
resign quit resigned resignation resigns
arrested arrest detained
sentenced jailed imprisoned
convicted conviction
elected election
built completed construction erected
bought acquired purchased acquisition purchase
invaded invasion
published publication
signed signing
join joined joining
abolished scrapped abolition
appointed named appointment
""".strip()
_EVENT: dict[str, set[int]] = {}
for _number, _line in enumerate(_EVENTS.replace("\n    ", " ").split("\n")):
    for _word in _line.split():
        _EVENT.setdefault(_word.replace("-", " "), set()).add(_number)
_EVENT["set up"] = _EVENT["founded"]
_NO_EVENT: frozenset[int] = frozenset()
BIRTH = frozenset(_EVENT["born"])


def events(tokens: Sequence[Token]) -> frozenset[int]:
    """Which kinds of datable event the words tell of."""
    words = [t.low for t in tokens]
    found: set[int] = set()
    for k, word in enumerate(words):
        found |= _EVENT.get(word, _NO_EVENT)
        for two in (words[k : k + 2], words[k : k + 3]):
            found |= _EVENT.get(" ".join(two), _NO_EVENT)
    return frozenset(found)


def concept(word: str) -> str:
    """The stem that stands for a word and what editors swap it with."""
    return _CONCEPT.get(word, word)


@dataclass(frozen=True)
class Reading:
    """A text with what was found in it. ``stems[i]`` belongs to ``tokens[i]`` and is empty for words that carry no content."""  # noqa: E501

    text: str
    tokens: tuple[Token, ...]
    stems: tuple[str, ...]
    content: frozenset[str]
    quantities: tuple[Quantity, ...]
    dates: tuple[When, ...]
    low: str

    def neighbours(self, start: int, end: int) -> tuple[str, str]:
        """The nearest words of content before and after a span, "" where there is none."""
        left = right = ""
        for token, word in zip(self.tokens, self.stems, strict=True):
            if not word:
                continue
            if token.end <= start:
                left = word
            elif token.start >= end:
                right = word
                break
        return left, right

    def near(self, start: int, end: int, width: int) -> frozenset[str]:
        """Content stems among the ``width`` content words on either side of a span."""
        left: list[str] = []
        right: list[str] = []
        for token, word in zip(self.tokens, self.stems, strict=True):
            if not word:
                continue
            if token.end <= start:
                left.append(word)
            elif token.start >= end and len(right) < width:
                right.append(word)
        return frozenset(left[-width:] + right)

    def within(self, start: int, end: int) -> frozenset[str]:
        """Content stems of the words between two offsets."""
        return frozenset(
            w for t, w in zip(self.tokens, self.stems, strict=True) if w and start <= t.start and t.end <= end
        )

    def clause(self, start: int, end: int) -> frozenset[str]:
        """Content stems of the clause a span stands in: up to the next comma, semicolon, dash or joining word."""
        lo, hi = self.clause_tokens(start, end)
        return frozenset(w for w in self.stems[lo:hi] if w)

    def clause_tokens(self, start: int, end: int) -> tuple[int, int]:
        """The clause a span stands in, as first and last token (exclusive)."""
        tokens = self.tokens
        lo = next((i for i, t in enumerate(tokens) if t.end > start), len(tokens))
        hi = next((i for i, t in enumerate(tokens) if t.start >= end), len(tokens))
        while lo > 0 and not _breaks(tokens, lo - 1):
            lo -= 1
        while hi < len(tokens) and not _breaks(tokens, hi):
            hi += 1
        return lo, hi

    def events_at(self, start: int, end: int) -> frozenset[int]:
        """The events that a date at this span is of: those of its clause, else those of the sentence that have no date of their own there."""  # noqa: E501
        lo, hi = self.clause_tokens(start, end)
        own = events(self.tokens[lo:hi])
        if own:
            return own
        taken: set[int] = set()
        for w in self.dates:
            if w.start != start:
                a, b = self.clause_tokens(w.start, w.end)
                taken |= events(self.tokens[a:b])
        return events(self.tokens) - taken


_CLAUSE_WORDS = frozenset(
    """
    but while whereas although though and after before because who which when if than against compared
    """.split()
)


def _breaks(tokens: tuple[Token, ...], i: int) -> bool:
    token = tokens[i]
    return (token.text in ",;:—–()" and token.kind == "p") or token.low in _CLAUSE_WORDS


@lru_cache(maxsize=8192)
def read(text: str, reference: dt.date | None, told: When | None = None) -> Reading:
    """The text read once; ``reference`` is the day its relative dates count from, ``told`` the date told before it."""
    tokens = tuple(tokenize(text))
    dates = find_dates(text, reference, told)
    quantities = find_quantities(
        text, [(w.start, w.end) for w in dates if w.form not in ("offset", "halfoffset", "weektoday", "yearlater")]
    )
    spans = [(q.start, q.end) for q in quantities if q.dim not in ("ordinal",)] + [(w.start, w.end) for w in dates]
    stems = []
    for token in tokens:
        low = token.low
        if (
            token.kind != "w"
            or low in FUNCTION_WORDS
            or low in _NOT_CONTENT
            or len(low) < 2
            or any(s <= token.start and token.end <= e for s, e in spans)
        ):
            stems.append("")
        else:
            stems.append(concept(stem(low)))
    return Reading(text, tokens, tuple(stems), frozenset(s for s in stems if s), quantities, dates, text.lower())


@dataclass(frozen=True)
class Sentence:
    """One passage of the pair's source as the checkers see it."""

    passage: Passage
    reading: Reading
    evidence: bool  # retrieved for the claim, not only context
    cover: float  # share of the claim's content words that it holds, rare words counting more
    cover_near: float  # the same with the sentences beside it


@dataclass(frozen=True)
class View:
    """A pair read for checking: the claim, and the sentences of its source in document order."""

    claim: Reading
    about: frozenset[str]
    sentences: tuple[Sentence, ...]
    weights: dict[str, float]
    size: int  # how many sentences are evidence
    novel: float  # share of the claim's content that the source never mentions
    reference: dt.date | None
    unheard: frozenset[str] = frozenset()  # the claim's content that neither source nor title has
    proper: frozenset[str] = frozenset()  # those of its words that are names
    around: Mapping[int, frozenset[str]] = field(default_factory=dict)  # passage start -> content of its neighbours
    head: frozenset[str] = frozenset()  # content of the title
    before: tuple[str, ...] = ()  # the sentences of the claim's draft that lead up to it

    def sentence(self, passage: Passage) -> Sentence | None:
        """The passage as the checkers see it; None where it is not among what was read of a long source."""
        return self._at.get(passage.start)

    @cached_property
    def _at(self) -> dict[int, Sentence]:
        return {s.passage.start: s for s in self.sentences}

    def names(self, s: Sentence) -> float:
        """How many of the claim's names a sentence or its neighbours have; 0.5 where the claim has none."""
        if not self.proper:
            return 0.5
        inside = s.reading.content | self.beside(s)
        return len(self.proper & inside) / len(self.proper)

    def beside(self, s: Sentence) -> frozenset[str]:
        """The content of the sentences beside a sentence, and of the title."""
        return self.around.get(s.passage.start, frozenset())

    @property
    def evidence(self) -> Iterator[Sentence]:
        return (s for s in self.sentences if s.evidence)

    def weight(self, words: frozenset[str]) -> float:
        # fsum: a set's order differs between runs, and with it the last bit of a plain sum.
        return math.fsum(self.weights.get(w, 1.0) for w in words)

    def share(self, words: frozenset[str], inside: frozenset[str]) -> float:
        """How much of the words is inside, rare words counting more; 0.5 where there is nothing to compare."""
        total = self.weight(words)
        return self.weight(words & inside) / total if total else 0.5

    def finding(
        self,
        mine: tuple[int, int],
        kind: SlotKind,
        fills: str,
        state: SlotState,
        rule: str,
        sure: float,
        s: Sentence,
        theirs: tuple[int, int],
        why: str,
    ) -> SlotFinding:
        """How the source stands to a stretch of the claim, by a stretch of one of its sentences."""
        start, end = theirs
        return SlotFinding(
            slot=Slot(kind=kind, text=self.claim.text[slice(*mine)], start=mine[0], end=mine[1], fills=fills),
            state=state,
            rule=rule,
            confidence=round(sure, 3),
            found=s.reading.text[start:end],
            derivation=why,
            start=s.passage.start + start,
            end=s.passage.start + end,
        )


class _Key:
    """A pair as a cache key: passages hold a dict and can't be hashed themselves."""

    __slots__ = ("key", "pair")

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        claim, source = pair.claim, pair.source
        self.key = (
            claim.text,
            claim.about,
            claim.as_of,
            claim.before,
            source.sha256,
            source.id,
            source.published,
            source.title,
            tuple((p.start, p.end, p.text) for p in pair.passages),
            tuple((p.start, p.end, p.text) for p in pair.context),
        )

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.key == other.key


_PERSONAL = frozenset("he she they him them it".split())  # "her uncle" is not she


def _with_names(reading: Reading, passage: Passage) -> Reading:
    """The reading with the names that its personal pronouns stand for, as far as annotation could tell: "He was 74"."""
    noted = passage.structure.get("coref", ())
    told = {start: str(name).lower().split() for start, _, words, name in noted if words.lower() in _PERSONAL}
    if not told:
        return reading
    stems = list(reading.stems)
    for i, token in enumerate(reading.tokens):
        if token.start in told:
            stems[i] = concept(stem(told[token.start][-1]))  # surnames are what names are mostly told by
    names = {concept(stem(word)) for name in told.values() for word in name}
    return replace(reading, stems=tuple(stems), content=reading.content | names)


def _in_like_pounds(reading: Reading, told: Sequence[Quantity]) -> Reading:
    quantities = in_like_pounds(reading.text, reading.quantities, told)
    return reading if quantities is reading.quantities else replace(reading, quantities=quantities)


COUNTED_ON = 3  # sentences: "four years later" counts from a date no further back than this


def _in_order(passages: Sequence[Passage], reference: dt.date | None) -> Iterator[Reading]:
    """The readings of passages in document order, with dates that count from those of the sentences before."""
    told: tuple[int, When] | None = None
    for p in passages:
        near = told[1] if told and 0 < p.ordinal - told[0] <= COUNTED_ON and counts_on(p.text) else None
        reading = read(p.text, reference, near)
        yield reading
        last = next((w for w in reversed(reading.dates) if w.spans and w.grain in ("day", "month", "year")), None)
        told = (p.ordinal, last) if last else told


@lru_cache(maxsize=1024)
def _view(key: _Key) -> View:
    pair = key.pair
    claim, about, as_of = pair.claim.text, pair.claim.about or "", pair.claim.as_of
    published, title = pair.source.published, pair.source.title or ""
    passages, context = pair.passages, pair.context
    reference = published or as_of
    reading = read(claim, as_of or published)
    evidence_keys = {(p.start, p.end) for p in passages}
    shown = {(p.start, p.end): p for p in context}
    shown.update({(p.start, p.end): p for p in passages})
    ordered = [shown[k] for k in sorted(shown)]
    if len(ordered) > MAX_CONTEXT:
        # keep the evidence and what stands nearest to it
        at = [i for i, p in enumerate(ordered) if (p.start, p.end) in evidence_keys] or [0]
        ordered = [
            ordered[i]
            for i in sorted(sorted(range(len(ordered)), key=lambda i: min(abs(i - a) for a in at[:40]))[:MAX_CONTEXT])
        ]
    readings = [_with_names(r, p) for r, p in zip(_in_order(ordered, reference), ordered, strict=True)]
    told = [q for r in readings for q in r.quantities]
    readings = [_in_like_pounds(r, reading.quantities) for r in readings]
    reading = _in_like_pounds(reading, told)
    frequency: Counter[str] = Counter()
    for r in readings:
        frequency.update(r.content)
    n = max(len(readings), 1)
    own = reading.content
    extra = read(about, reference).content if about else frozenset()
    words = own | extra
    weights = {w: 1.0 / (1.0 + math.log1p(frequency.get(w, 0)) * (2.0 if n > 6 else 1.0)) for w in words}
    for w in words:
        if not frequency.get(w):
            weights[w] = 0.8
    total = math.fsum(weights[w] for w in own) or 1.0
    head = read(title, reference).content if title else frozenset()
    sentences = []
    around: dict[int, frozenset[str]] = {}
    for i, (p, r) in enumerate(zip(ordered, readings, strict=True)):
        near = r.content | head
        if i:
            near |= readings[i - 1].content
        if i + 1 < len(readings):
            near |= readings[i + 1].content
        around[p.start] = near
        cover = math.fsum(weights[w] for w in own & r.content) / total
        cover_near = math.fsum(weights[w] for w in own & near) / total
        sentences.append(Sentence(p, r, (p.start, p.end) in evidence_keys, cover, cover_near))
    unheard = frozenset(w for w in own if not frequency.get(w) and w not in head)
    novel = math.fsum(weights[w] for w in unheard) / total
    # A claim's first word has its capital for being first where the source has it without one.
    first = next((w for w in reading.stems[:1] if w), "")
    plain = not first or any(
        w == first and t.text[:1].islower()
        for r in readings
        if first in r.content
        for t, w in zip(r.tokens, r.stems, strict=True)
    )
    proper = frozenset(
        w
        for k, (t, w) in enumerate(zip(reading.tokens, reading.stems, strict=True))
        if w and t.text[:1].isupper() and (k or not (plain or w in unheard))
    )
    return View(
        reading,
        extra,
        tuple(sentences),
        weights,
        len(evidence_keys),
        novel,
        reference,
        unheard=unheard,
        proper=proper,
        around=around,
        head=head,
        before=pair.claim.before,
    )


def view(pair: Pair) -> View:
    """The pair read for checking; the three checkers share one reading."""
    return _view(_Key(pair))


# --- how a candidate stands to a slot ------------------------------------------------

_FOR = frozenset(
    """
    for favour favor favoured favored backed back supported support supporters yes approve approved approving
    ayes passed carried uphold pro adopted endorsed aye welcomed
    """.split()
)
_AGAINST = frozenset(
    """
    against opposed oppose opposing opponents no noes rejected reject rejecting dissented dissenting voted-down
    hostile refused dissenters
    """.split()
)
_PASSED = frozenset(
    """
    approved passed adopted backed carried endorsed agreed favour favor upheld won accepted confirmed survived
    ratified elected re-elected chose decided supported
    """.split()
)
_FAILED = frozenset(
    """
    rejected failed defeated lost against refused dismissed blocked threw fell turned struck void quashed
    opposed
    """.split()
)


def vote_side(reading: Reading, q: Quantity, tally: tuple[Quantity, Quantity] | None = None) -> int:
    """+1 for the side in favour, -1 for the side against, 0 where the text does not tell.

    A figure of a tally takes the side of the outcome: what passed was carried by the
    larger figure, what failed was defeated by it.
    """
    tokens = reading.tokens
    if tally is not None and tally[0].number != tally[1].number:
        left = max(0, tally[0].token - 14)
        words = [t.low for t in tokens[left : tally[0].token]] + [
            t.low for t in tokens[tally[1].token_end : tally[1].token_end + 5]
        ]
        passed = bool(_PASSED & set(words))
        failed = bool(_FAILED & set(words))
        if passed == failed or "not" in words:
            return 0
        larger = q.number == max(tally[0].number, tally[1].number)
        return 1 if larger == passed else -1
    lo, hi = q.token, q.token_end
    after = []
    for t in tokens[hi : hi + 6]:
        if t.text in ",;:." or t.low in ("and", "while", "but", "with") or t.kind == "n":
            break
        after.append(t.low)
    for words in (after, [t.low for t in tokens[max(0, lo - 3) : lo]]):
        yes, no = bool(_FOR & set(words)), bool(_AGAINST & set(words))
        if yes != no:
            return 1 if yes else -1
    return 0


_FORMER = re.compile(
    r"(?:\bfrom|\bcompared\swith|\bcompared\sto|\brather\sthan|\binstead\sof|\bnot|\bup\sfrom|\bdown\sfrom|\bagainst|\boriginally|\binitially|\bpreviously)\s"
    r"(?:the\s|an?\s|about\s|some\s|original\s|previous\s|earlier\s){0,2}(?:US|A|NZ|C)?[$£€¥]?$",
    re.IGNORECASE,
)
_PAST_CLAIM = re.compile(
    r"\b(?:before|previous(?:ly)?|earlier|former(?:ly)?|used\sto|originally|first|initial(?:ly)?|old|until|ago|from|rather|instead|not|last|then|"
    r"had|in\s(?:19|20)\d\d|compared|than|against|down|up)\b",
    re.IGNORECASE,
)


def former(reading: Reading, start: int) -> bool:
    """Whether a value is told as what was, or as what is not: "up from 690", "rather than 12"."""
    return bool(_FORMER.search(reading.text[max(0, start - 45) : start]))


def asks_former(claim: Reading) -> bool:
    """Whether the claim's own wording may be after an earlier value."""
    return bool(_PAST_CLAIM.search(claim.text))


def noun_match(claim: Quantity, other: Quantity, claim_words: frozenset[str], other_words: frozenset[str]) -> float:
    """1 the same noun, 0.6 met nearby, 0.4 nothing to compare, 0 another noun."""
    if claim.head and claim.head == other.head:
        return 1.0
    if claim.head and other.head and concept(claim.head) == concept(other.head):
        return 0.95
    if claim.nouns and other.nouns and set(claim.nouns) & set(other.nouns):
        return 0.9
    if claim.head and concept(claim.head) in other_words:
        return 0.6
    if not claim.head or not other.head:
        return 0.4 if claim.head or other.head else 0.5
    if concept(other.head) in claim_words:
        return 0.5
    return 0.0


def siblings_met(v: View, s: Sentence, start: int) -> float:
    """How many of the claim's other figures and dates stand in a sentence too, from -1 (none of them) to 1 (all)."""
    met, total = 0, 0
    for o in v.claim.quantities:
        if o.start != start and o.dim != "ordinal":
            total += 1
            met += any(comparable(o, c) and compare(o, c) == "equal" for c in s.reading.quantities)
    for w in v.claim.dates:
        if w.start != start and w.spans:
            total += 1
            met += any(c.spans and compare_dates(w, c) in ("equal", "within") for c in s.reading.dates)
    return (2 * met - total) / total if total else 0.0


UNIT_STEMS = frozenset(stem(w) for w in UNITS)
