"""A claim and a source as the checkers of names, roles, speakers, polarity and modality read them.

``read(pair)`` gathers what annotation stored about the source (people, offices, who said what,
clauses) into one index, made once per source and kept. The claim is read by word lists and
patterns alone: no parser is loaded here, and a source that was never annotated still gives its
words and capitalised names.
"""

from __future__ import annotations

import math
import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from factcheck import wording
from factcheck.domain import Judgement, Label, Pair, Passage, SlotFinding, SlotState, Source
from factcheck.wording import NameSpan, Token, fold


@dataclass(frozen=True, eq=False)
class Speech:
    """Something somebody said: ``source.text[start:end]``, in quotation marks or reported."""

    speaker: str
    kind: str  # say | allege | deny | factive
    verb: str
    start: int
    end: int
    text: str
    quoted: bool
    passage: Passage
    # named: the text gives the name there; told: a pronoun or the words before it do; else the sentence alone does
    # not say
    sure: float = 1.0

    @cached_property
    def words(self) -> frozenset[str]:
        return wording.content(self.text)


@dataclass(frozen=True, eq=False)
class Office:
    """A person and the words the source describes them with; ``start``/``end`` are of those words."""

    name: str
    role: str
    former: bool
    kind: str  # title | appos | who | is | as | of
    start: int
    end: int
    passage: Passage


@dataclass(frozen=True, eq=False)
class Clause:
    """A clause of a passage. ``start``/``end`` of its verb count in the source's text, ``extent`` in the passage's."""

    verb: str
    subject: str
    object: str
    negated: bool
    passive: bool
    tense: str
    kind: str  # "" for plain fact, else plan | possible | condition | allege | say | deny | notyet
    cues: tuple[str, ...]
    speaker: str
    by: str  # the agent of a passive
    start: int
    end: int
    extent: tuple[int, int]
    passage: Passage

    @cached_property
    def words(self) -> frozenset[str]:
        """The stems of the clause, with those of the names its pronouns stand for."""
        s, e = self.extent
        out = set(wording.content(self.passage.text[s:e])) | wording.content(self.subject)
        for item in self.passage.structure.get("coref", ()):
            if s <= item[0] < e:
                out |= wording.content(str(item[3]))
        return frozenset(out)

    @property
    def stem(self) -> str:
        return wording.stem(self.verb)


@dataclass(frozen=True, eq=False)
class NameAt:
    """A name in the source, with the span of ``source.text`` it has."""

    text: str
    label: str
    start: int
    end: int
    passage: Passage


class _Text:
    """The words of a whole source, for telling what it nowhere mentions."""

    def __init__(self, text: str, title: str) -> None:
        toks = [t for part in (title, text) for t in _expand(part)]
        self.norms = frozenset(t.norm for t in toks)
        self.stems = frozenset(t.stem for t in toks)
        self.lower = frozenset(t.norm for t in toks if t.raw[:1].islower())
        self.capital = frozenset(t.norm for t in toks if t.capital)
        self.joined = " " + " ".join(t.norm for t in toks) + " "

    def says(self, phrase: str) -> bool:
        return f" {phrase} " in self.joined


@dataclass(eq=False)
class Reading:
    """What a source says, indexed. Build it with ``read``."""

    source: Source
    passages: tuple[Passage, ...]
    text: _Text
    people: dict[str, frozenset[str]] = field(default_factory=dict)  # folded full name -> its words
    names: tuple[NameAt, ...] = ()
    speeches: tuple[Speech, ...] = ()
    offices: tuple[Office, ...] = ()
    clauses: tuple[Clause, ...] = ()
    acronyms: dict[str, str] = field(default_factory=dict)  # folded short form -> long form and back
    weights: dict[str, float] = field(default_factory=dict)
    stems: dict[int, frozenset[str]] = field(default_factory=dict)  # passage ordinal -> stems

    def words(self, passage: Passage) -> frozenset[str]:
        """The stems of a passage, with those of the names its pronouns stand for."""
        known = self.stems.get(passage.ordinal)
        return known if known is not None else _stems(passage)

    def share(self, words: Iterable[str], among: frozenset[str]) -> float:
        """How much of ``words`` is ``among`` others, rare words counting more; 0 for no words."""
        total = have = 0.0
        for word in words:
            w = self.weights.get(word, RARE)
            total += w
            if word in among or not SYNONYMS.get(word, frozenset()).isdisjoint(among):
                have += w
        return have / total if total else 0.0

    def who(self, name: str) -> str:
        """The full (folded) name of the person meant, or "" where nobody or more than one fits."""
        words = _bare(name)
        if not words:
            return ""
        whole = " ".join(words)
        if whole in self.people:
            return whole
        fits = [p for p, parts in self.people.items() if set(words) <= parts]
        return fits[0] if len(fits) == 1 else ""

    def same_person(self, a: str, b: str) -> bool:
        """True where two names may be one person's or body's."""
        wa, wb = set(_bare(a)), set(_bare(b))
        if not wa or not wb:
            return False
        if wa <= wb or wb <= wa:
            return True
        fa = self.who(a)
        return bool(fa) and fa == self.who(b)

    def at(self, phrase: str, within: Sequence[Passage]) -> tuple[int, int] | None:
        """Where a folded phrase stands as whole words in the passages given, as offsets in the source."""
        for p in within:
            hit = _find_in(p.text, phrase)
            if hit:
                return p.start + hit[0], p.start + hit[1]
        return None

    def in_passage(self, things: Sequence[_Placed], passages: Sequence[Passage]) -> list[_Placed]:
        wanted = {p.ordinal for p in passages}
        return [t for t in things if t.passage.ordinal in wanted]


_Placed = Speech | Office | Clause | NameAt

RARE = 3.0  # the weight of a word that the source does not have: rarer than any it has


def _bare(name: str) -> list[str]:
    return [
        t.norm for t in wording.tokens(name) if t.norm not in wording.TITLES and t.norm not in {"the", "a", "an", "of"}
    ]


@lru_cache(maxsize=8192)
def expand(text: str) -> tuple[Token, ...]:
    """The words of a passage, hyphened ones whole and in their parts."""
    return tuple(_expand(text))


def _expand(text: str) -> list[Token]:
    """The tokens of a text with hyphened ones taken apart too ("Bucharest-based" is three: itself and its parts)."""
    out: list[Token] = []
    for t in wording.words(text):
        out.append(t)
        if "-" in t.raw and len(t.raw) > 3:
            offset = t.start
            for part in t.raw.split("-"):
                if part:
                    out.append(Token(part, offset, offset + len(part), fold(part), wording.stem(part)))
                offset += len(part) + 1
    return out


@lru_cache(maxsize=8192)
def _find_in(text: str, phrase: str) -> tuple[int, int] | None:
    want = phrase.split()
    toks = expand(text)
    for i in range(len(toks) - len(want) + 1):
        if all(toks[i + k].norm == want[k] for k in range(len(want))):
            return toks[i].start, toks[i + len(want) - 1].end
    return None


def _stems(passage: Passage) -> frozenset[str]:
    words = {t.stem for t in expand(passage.text) if t.norm not in wording.STOP}
    for item in passage.structure.get("coref", ()):
        words |= wording.content(str(item[3]))
    return frozenset(words)


_LONG_NAME = re.compile(
    r"[A-Z][\w.’'-]{0,30}(?: (?:of the |of |and |for the |for |& |de |du |des |et )?[A-Z][\w’'-]{1,30}){1,6}"
)

# One reading is shared by every checker and every claim of a source; a run over many sources keeps the last ones.
_KEEP = 64
_readings: OrderedDict[tuple[object, ...], Reading] = OrderedDict()
_texts: OrderedDict[tuple[object, ...], _Text] = OrderedDict()


def read(pair: Pair) -> Reading:
    """The index of the pair's source over its context (or its passages where there is no context)."""
    context = pair.context or pair.passages
    source = pair.source
    whole = (source.id, source.sha256, hash(source.text), source.title)
    key = (*whole, tuple((p.ordinal, p.start, hash(p.text), len(p.mentions), len(p.structure)) for p in context))
    found = _readings.get(key)
    if found is None:
        text = _texts.get(whole)
        if text is None:
            text = _Text(source.text, source.title or "")
            _texts[whole] = text
            if len(_texts) > _KEEP:
                _texts.popitem(last=False)
        found = _index(source, context, text)
        _readings[key] = found
        if len(_readings) > _KEEP:
            _readings.popitem(last=False)
    return found


def _index(source: Source, passages: tuple[Passage, ...], text: _Text) -> Reading:
    people: dict[str, frozenset[str]] = {}
    names: list[NameAt] = []
    speeches: list[Speech] = []
    offices: list[Office] = []
    clauses: list[Clause] = []
    acronyms: dict[str, str] = {}
    stems: dict[int, frozenset[str]] = {}
    for p in passages:
        stems[p.ordinal] = _stems(p)
        if p.mentions:
            names += [NameAt(m.text, m.label, p.start + m.start, p.start + m.end, p) for m in p.mentions]
        else:
            names += [
                NameAt(s.text, "OTHER", p.start + s.start, p.start + s.end, p)
                for s in wording.name_spans(p.text)
                if not s.initial
            ]
        s = p.structure
        for said in s.get("said", ()):
            c0, c1 = said["c"]
            speeches.append(
                Speech(
                    said["sp"],
                    said["k"],
                    said["v"],
                    p.start + c0,
                    p.start + c1,
                    p.text[c0:c1],
                    False,
                    p,
                    _how_sure(p, said.get("ss")),
                )
            )
        quotes = s.get("quotes")
        if quotes is None:
            quotes = [{"q": [q.start, q.end], "sp": "", "v": ""} for q in wording.quotations(p.text)]
        for quote in quotes:
            q0, q1 = quote["q"]
            speeches.append(
                Speech(
                    quote["sp"],
                    "say",
                    quote["v"],
                    p.start + q0,
                    p.start + q1,
                    p.text[q0:q1],
                    True,
                    p,
                    _how_sure(p, quote.get("ss")),
                )
            )
        for role in s.get("roles", ()):
            r0, r1 = role["rs"]
            offices.append(
                Office(role["n"], role["r"], bool(role.get("f")), role.get("k", ""), p.start + r0, p.start + r1, p)
            )
        for c in s.get("clauses", ()):
            clauses.append(
                Clause(
                    c["v"],
                    c.get("s", ""),
                    c.get("o", ""),
                    bool(c.get("n")),
                    bool(c.get("p")),
                    c.get("t", ""),
                    c.get("k", ""),
                    tuple(c.get("m", ())),
                    c.get("sp", ""),
                    c.get("by", ""),
                    p.start + c["vs"][0],
                    p.start + c["vs"][1],
                    tuple(c.get("e", c["vs"])),
                    p,
                )
            )
        for short, long in s.get("acronyms", ()):
            acronyms[fold(short)] = long
            acronyms[" ".join(t.norm for t in wording.tokens(long))] = short
        for m in _LONG_NAME.finditer(p.text):
            # "U.S. Food and Drug Administration" is the FDA too
            capitals = [w for w in re.split(r"[ -]", m.group()) if w[:1].isupper()]
            for k in range(max(0, len(capitals) - 6), len(capitals) - 1):
                acronyms.setdefault("".join(w[0] for w in capitals[k:]).casefold(), m.group())
    for n in names:
        if n.label == "PERSON":
            words = _bare(n.text)
            if words:
                people.setdefault(" ".join(words), frozenset(_with_parts(words)))
    # A surname alone stands for the full name that has it, where only one does.
    for key in [k for k in people if len(k.split()) == 1]:
        longer = [k for k in people if k != key and people[key] <= people[k]]
        if longer:
            del people[key]
    for n in names:
        initials = [t.norm[0] for t in wording.tokens(n.text) if t.capital]
        if len(initials) > 1:
            acronyms.setdefault("".join(initials), n.text)
    counts: Counter[str] = Counter()
    for found in stems.values():
        counts.update(found)
    size = max(len(passages), 1)
    weights = {w: min(RARE, 0.5 + math.log((size + 1) / c)) for w, c in counts.items()}
    return Reading(
        source=source,
        passages=passages,
        text=text,
        people=people,
        names=tuple(names),
        speeches=tuple(speeches),
        offices=tuple(offices),
        clauses=tuple(clauses),
        acronyms=acronyms,
        weights=weights,
        stems=stems,
    )


def _with_parts(words: Iterable[str]) -> set[str]:
    out = set()
    for w in words:
        out.add(w)
        out.update(part for part in w.split("-") if len(part) > 2)
    return out


_PRONOUN = frozenset("he she they it we i".split())


def _how_sure(p: Passage, span: Sequence[int] | None) -> float:
    """How firmly a sentence names its speaker: by name, by a pronoun, or not at all (taken from its neighbours)."""
    if not span:
        return 0.7
    return 0.8 if p.text[span[0] : span[1]].casefold() in _PRONOUN else 1.0


# ---------------------------------------------------------------------------------------
# words that say the same

_SYNONYM_SETS = """
say tell state declare remark comment note|reject refuse decline turn|approve back endorse support|oppose resist
begin start open launch commence|end finish close conclude|shut close|buy acquire purchase|sell sale|kill die death
fatal
hurt injure wound|increase rise grow climb|decrease fall drop decline shrink|put place|bar ban prohibit forbid
company firm business|worker employee staff|pupil student|child kid|lawyer attorney solicitor barrister counsel
resign quit step|hire recruit appoint|sack fire dismiss|jail prison|inquiry investigation probe|study research survey
victory win|defeat loss lose|chair head lead|chairman chair chairwoman|chief head|boss head manager|leader lead head
spokesman spokeswoman spokesperson|purchase buy|cost price|pay fund finance|money fund cash|delay postpone defer put
cancel scrap abandon drop|build construct|house home|flat apartment|car vehicle|road street|film movie|doctor physician
teacher schoolteacher|vote ballot|election poll|deal agreement accord pact|meet meeting talk|talk negotiate negotiation
letter mail|email mail|ask request call|demand call|want seek|promise pledge vow|warn caution|allege claim accuse
deny dispute|confirm acknowledge|admit concede|describe call|praise welcome|criticise criticize attack condemn
destroy wreck|harm damage|repair fix mend|discover find|show reveal|use employ|get receive obtain|give hand provide
supply
begin initial|early start|aim goal target|aid help assist|ill sick|plane aircraft jet|ship vessel boat|police officer
judge court|trial court|sentence jail|guilty convict|charge accuse|arrest detain hold|free release|hold keep
widow wife|spouse wife husband|mother parent|father parent|son child|daughter child|town city|village community
rubbish waste|firefighter fire|crash collision accident|protest demonstrate demonstration|strike walkout|growers farmers
"""


def _synonyms() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for group in _SYNONYM_SETS.replace("\n", "|").split("|"):
        stems = {wording.stem(w) for w in group.split()}
        for s in stems:
            table.setdefault(s, set()).update(stems - {s})
    return {k: frozenset(v) for k, v in table.items() if v}


SYNONYMS = _synonyms()


# ---------------------------------------------------------------------------------------
# the claim


_SPLIT = re.compile(
    r"(?:[,;:]\s+|\s+[—–-]\s+|\s+)(?=(?:but|while|whereas|although|though|because|after|before|since|unless|if|when)\b)|;\s+|,\s+and\s+",
    re.I,
)


def alike(words: frozenset[str], others: Set[str]) -> bool:
    """Whether one of the stems, or a word for the same thing, is among the others."""
    return not words.isdisjoint(others) or any(not SYNONYMS.get(w, frozenset()).isdisjoint(others) for w in words)


@lru_cache(maxsize=4096)
def parts(text: str) -> tuple[tuple[int, int], ...]:
    """The clauses of a claim as spans, cut at "but", "while", semicolons and the like outside quotations."""
    masked = wording.outside_quotations(text)
    cuts = [0]
    for m in _SPLIT.finditer(masked):
        if m.start() - cuts[-1] > 12 and len(masked) - m.end() > 10:
            cuts += [m.start(), m.end()]
    cuts.append(len(text))
    return (
        tuple((cuts[i], cuts[i + 1]) for i in range(0, len(cuts) - 1, 2)) if len(cuts) % 2 == 0 else ((0, len(text)),)
    )


def best_passage(reading: Reading, words: frozenset[str], passages: Sequence[Passage]) -> tuple[Passage | None, float]:
    """The passage that shares most of the words, and how much; earlier passages win ties."""
    best: Passage | None = None
    most = 0.0
    for p in passages:
        share = reading.share(words, reading.words(p))
        if share > most:
            best, most = p, share
    return best, most


@dataclass(frozen=True, eq=False)
class Alignment:
    """The clause of the evidence that carries what a part of the claim tells."""

    clause: Clause
    passage_share: float  # how much of the claim's part the passage has
    clause_share: float  # how much of it the clause has
    verb: Token | None  # the claim's word for the clause's verb, if any


def align(reading: Reading, text: str, passages: Sequence[Passage], *, least: float = 0.35) -> Alignment | None:
    """The smallest clause with most of the claim's words, one with the claim's own verb first."""
    toks = [t for t in wording.tokens(text) if t.norm not in wording.STOP]
    words = frozenset(t.stem for t in toks)
    if len(words) < 2:
        return None
    by_ordinal: dict[int, float] = {}
    for p in passages:
        share = reading.share(words, reading.words(p))
        if share >= least:
            by_ordinal[p.ordinal] = share
    best: tuple[float, Alignment] | None = None
    for c in reading.clauses:
        if c.passage.ordinal not in by_ordinal:
            continue
        share = by_ordinal[c.passage.ordinal]
        inside = reading.share(words, c.words)
        verb = next((t for t in toks if t.stem == c.stem or c.stem in SYNONYMS.get(t.stem, frozenset())), None)
        size = (c.extent[1] - c.extent[0]) / max(len(c.passage.text), 1)
        score = inside + (0.25 if verb is not None else 0.0) - 0.2 * size
        if best is None or score > best[0]:
            best = (score, Alignment(c, share, inside, verb))
    return best[1] if best else None


# ---------------------------------------------------------------------------------------
# the judgement


def by_part(pair: Pair, find: Callable[[Pair, Reading, int, int], SlotFinding | None]) -> list[SlotFinding]:
    """What ``find`` says of each part of the claim (``start`` and ``end`` in its text), where it says anything."""
    reading = read(pair)
    found = (find(pair, reading, start, end) for start, end in parts(pair.claim.text))
    return [finding for finding in found if finding is not None]


def judgement(pair: Pair, checker: str, findings: Sequence[SlotFinding]) -> Judgement | None:
    """What a slot checker says, from its findings; None where it found no slot of its kind."""
    if not findings:
        return None
    conflicting = [f.confidence for f in findings if f.state is SlotState.CONFLICTING]
    missing = [f.confidence for f in findings if f.state is SlotState.MISSING]
    if conflicting:
        label, confidence = Label.CONTRADICTION, max(conflicting)
    elif missing:
        label, confidence = Label.NEUTRAL, max(missing)
    else:
        label, confidence = Label.ENTAILMENT, min(f.confidence for f in findings)
    return Judgement(
        claim_id=pair.claim.id,
        source_id=pair.source.id,
        passage_ids=tuple(p.id for p in pair.passages),
        checker=checker,
        label=label,
        confidence=confidence,
        findings=tuple(findings),
    )


__all__ = [
    "SYNONYMS",
    "Alignment",
    "Clause",
    "NameAt",
    "NameSpan",
    "Office",
    "Reading",
    "Speech",
    "align",
    "best_passage",
    "judgement",
    "parts",
    "read",
]
