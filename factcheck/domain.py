"""The values that every stage takes and returns.

Frozen, keyword-only, and free of any library: nothing here knows about HTTP,
SQL, a terminal or a model. The words are the field's own (see the glossary in
the README); identity and positions travel with every value, so that no caller
keeps parallel lists in step or searches for a text a second time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class VerdictLabel(StrEnum):
    """The answer about a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNVERIFIED = "unverified"


class Label(StrEnum):
    """What one checker says of one claim-passage pair."""

    ENTAILMENT = "entailment"
    CONTRADICTION = "contradiction"
    NEUTRAL = "neutral"


class Stance(StrEnum):
    """What a piece of evidence does to the claim, as the report shows it."""

    SUPPORTS = "supports"
    REFUTES = "refutes"
    NEUTRAL = "neutral"


class Reason(StrEnum):
    """Why a verdict is what it is."""

    ENTAILED = "entailed"
    REFUTED = "refuted"
    NO_EVIDENCE = "no-evidence"
    NOT_ENOUGH_INFO = "not-enough-info"
    CONFLICTING_EVIDENCE = "conflicting-evidence"
    SOURCE_MISSING = "source-missing"
    CHECK_FAILED = "check-failed"


class SlotKind(StrEnum):
    """The kinds of typed value that a text can hold."""

    QUANTITY = "quantity"
    COUNT = "count"
    DATE = "date"
    NAME = "name"
    PLACE = "place"
    ROLE = "role"
    AGENT = "agent"  # who did what the claim tells of
    QUOTATION = "quotation"
    SPEAKER = "speaker"
    POLARITY = "polarity"
    MODALITY = "modality"


DATELINE = "dateline"  # what a slot fills that says no more than where the report's own text was issued
LISTED = "listed"  # ... that says how many things a list has


class SlotState(StrEnum):
    """How the evidence stands to one slot of the claim."""

    BACKED = "backed"  # the evidence states the same value for the same thing
    DERIVED = "derived"  # the value follows by counting, arithmetic, conversion, a calendar
    CONFLICTING = "conflicting"  # the evidence gives another value for the same thing
    MISSING = "missing"  # the evidence gives no value for it


@dataclass(frozen=True, kw_only=True)
class Location:
    """A place in a file the user wrote. Lines and columns count from 1, in characters."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What is checked. May be a fragment such as "eleven signatories".

    ``about`` is the context that makes a fragment readable; ``as_of`` is the day
    on which the claim is to hold; ``sources`` limits the evidence (paths, URLs or
    source ids), and None means every source in the store. ``before`` are the sentences
    of its draft that lead up to it: what it says is worked out from their figures.
    ``uncut`` says that it is to be judged as it is, because its parts are claims of their own.
    """

    id: str
    text: str
    about: str | None = None
    as_of: dt.date | None = None
    sources: tuple[str, ...] | None = None
    expect: VerdictLabel | None = None
    location: Location | None = None
    before: tuple[str, ...] = ()
    uncut: bool = False


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A name found in a passage at ingest: ``passage.text[start:end] == text``.

    ``label`` is PERSON, ORG, PLACE, NORP (nationality or group) or OTHER.
    """

    text: str
    start: int
    end: int
    label: str


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One sentence, heading, list item or table row of a source.

    ``source.text[start:end] == text`` always holds. ``ordinal`` counts passages of
    the source from 0, ``paragraph`` the blocks they came from. ``mentions`` and
    ``structure`` are made once at ingest (see ``annotate.py``); they may be empty,
    and nothing may fail when they are.
    """

    source_id: str
    ordinal: int
    paragraph: int
    start: int
    end: int
    text: str
    kind: str = "sentence"  # sentence | heading | item | row
    mentions: tuple[Mention, ...] = ()
    structure: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.source_id}:{self.ordinal}"


@dataclass(frozen=True, kw_only=True)
class Source:
    """An immutable snapshot of a document.

    ``id`` is short and readable and unique in a store; ``sha256`` is of the bytes
    that were read. ``published`` is the day the source itself names.
    """

    id: str
    uri: str
    sha256: str
    text: str
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: dt.date | None = None
    modified: dt.date | None = None
    fetched: dt.datetime | None = None
    media_type: str = "text/plain"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A passage retrieved for a claim, with how well it matched it (0..1, higher is closer)."""

    passage: Passage
    retrieval_score: float


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A claim beside evidence of one source: what a checker is given.

    ``passages`` are the evidence, in document order, not always adjacent.
    ``context`` is the surrounding text of the same source, in document order and
    bounded in number; it holds ``passages`` too, and is where a checker looks for
    what a pronoun, an acronym or a date in the evidence refers to. ``ranking`` holds
    indices into ``passages``, the one most like the claim first; empty means unknown.
    ``scores`` are the retrieval scores of ``passages``; empty means unknown too.
    ``whole`` is true where the passages are all that there is, and are read at once.
    """

    claim: Claim
    source: Source
    passages: tuple[Passage, ...]
    context: tuple[Passage, ...] = ()
    retrieval_score: float = 0.0
    ranking: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    whole: bool = False


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A typed value in a text: ``text_it_is_in[start:end] == text``.

    ``value`` is the checker's own comparable value; ``fills`` says, in normalised
    words, what the value is of ("signatory", "found", "profit").
    """

    kind: SlotKind
    text: str
    start: int
    end: int
    value: Any = None
    fills: str = ""


@dataclass(frozen=True, kw_only=True)
class SlotFinding:
    """How the evidence stands to one slot of the claim, and why.

    ``start``/``end`` are offsets in ``source.text`` of the deciding words (None when
    the slot is missing). ``found`` is the value as the source gives it; ``derivation``
    shows the work ("11 = Argentina, Brazil ... Peru"). ``confidence`` is how sure the
    checker is that the two values are of the same thing, 0..1. ``rule`` is the rule
    id to report when this finding decides the verdict.
    """

    slot: Slot
    state: SlotState
    rule: str
    confidence: float
    found: str = ""
    derivation: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What one checker says of one claim-passage pair.

    A slot checker says ENTAILMENT when all of its slots are backed or derived,
    CONTRADICTION when one is conflicting, else NEUTRAL; ``findings`` holds each.
    The model's judgement has ``probabilities`` for its three labels.
    """

    claim_id: str
    source_id: str
    passage_ids: tuple[str, ...]
    checker: str
    label: Label
    confidence: float
    findings: tuple[SlotFinding, ...] = ()
    probabilities: tuple[float, float, float] | None = None  # entailment, neutral, contradiction


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Evidence as the report shows it: ``source.text[start:end] == quote``."""

    source_id: str
    uri: str
    title: str | None
    published: dt.date | None
    stance: Stance
    quote: str
    start: int
    end: int
    confidence: float
    marks: tuple[tuple[int, int], ...] = ()  # deciding words, offsets within ``quote``


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The answer about one claim: always with a reason, a rule id and an explanation."""

    claim: Claim
    label: VerdictLabel
    reason: Reason
    rule: str
    confidence: float
    explanation: str
    evidence: tuple[Quote, ...] = ()
    conflict: bool = False
    slots: tuple[SlotFinding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """Every verdict of one run, in the order of the claims."""

    verdicts: tuple[Verdict, ...]
    models: Mapping[str, str] = field(default_factory=dict)
    complete: bool = True


def digest(value: Any) -> str:
    """A short stable hash of plain data, for cache keys and fingerprints."""
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:32]
