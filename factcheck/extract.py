"""From a draft to claims: the sentences that assert something that a source could settle.

Headings, questions and code are left alone, and so is what the check-worthiness
model takes for opinion. Every claim keeps the place in the file of the sentence that
it came from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from factcheck.clauses import Clause, whole
from factcheck.domain import Claim
from factcheck.drafts.documents import Draft
from factcheck.passages import sentences

MIN_WORDS = 3  # "Ouch." and "Not bad." assert nothing that has a source

# Thresholds of check-worthiness in news prose, chosen on 30 drafts with 150 planted errors: all errors are
# checked, and 24% of the opinions and asides. The model alone, at its own threshold, passes over 5% of the errors.
FACTUAL = 0.05  # for a sentence that names someone, gives a number or reports what was said
PLAIN = 0.20  # for any other

_NAME = re.compile(r"(?<!^)(?<![.!?] )\b[A-Z][a-z]")
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|half|both|fifteen|twenty|thirty|"
    r"forty|fifty|hundred|thousand|million|first|second|third)\b",
    re.IGNORECASE,
)
_REPORTS = re.compile(r"\b(?:say|says|said|told|announced|denied|claims?|claimed|alleges?|alleged|according)\b", re.I)
# A sentence that may give a figure worked out from those before it, and how many of them it is shown with.
_RECKONS = re.compile(
    r"^(?:That|This|Which|It)\b|\b(?:leav(?:es|ing)|so|meaning|majority|in\sall|in\stotal|altogether|all\stold|combined|between\sthem|"
    r"times|twice|half|more|less|fewer|higher|lower|dearer|cheaper|longer|shorter|up|down|rise|increase|jump|leap|growth|gain|climb|fall|drop|decline|decrease|cut|reduction|difference|gap|saving)\b",
    re.IGNORECASE,
)
BEFORE = 3
_WRITER = re.compile(r"\b(?:I|my|me|we|our|us|you|your)\b")
_SPEAKING = re.compile(r"[\"“”]")
_QUESTION = re.compile(r"\?[\"”’')\]]*\s*$")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence of a draft: ``draft.text[start:end]``, its block's kind, and how likely it is worth checking."""

    start: int
    end: int
    text: str
    kind: str
    block: int
    checkworthy: float = 1.0


def read_sentences(draft: Draft) -> list[Sentence]:
    """Every sentence of the draft that could assert something, in order; headings and questions are left out."""
    found = []
    for number, block in enumerate(draft.blocks):
        if block.kind in ("heading", "title"):
            continue
        for start, end in sentences(draft.text, block.start, block.end):
            text = draft.text[start:end]
            if _QUESTION.search(text) or len(_WORD.findall(text)) < MIN_WORDS:
                continue
            found.append(Sentence(start=start, end=end, text=text, kind=block.kind, block=number))
    return found


@dataclass(frozen=True, kw_only=True)
class Extracted:
    """A claim of a draft, and the sentence and the words of it that make it.

    ``parts`` are the claims that its sentence can be cut into, none or at least two.
    """

    claim: Claim
    sentence: Sentence
    clause: Clause
    draft: Draft
    parts: tuple[Extracted, ...] = ()


Split = Callable[[Sequence[Sentence]], Sequence[Sequence[Clause]]]


def uncut(sentences: Sequence[Sentence]) -> list[list[Clause]]:
    """Every sentence as it is, without clauses."""
    return [[whole(sentence)] for sentence in sentences]


def extract(
    draft: Draft,
    *,
    score: Callable[[Sequence[str]], Sequence[float]],
    split: Split = uncut,
    sources: tuple[str, ...] | None = None,
) -> list[Extracted]:
    """The claims of a draft in its order, one for each sentence, with the claims that a long one can be cut into.

    ``score`` tells how likely each sentence is worth checking; ``split`` gives each
    sentence as a claim and then its clauses (see ``factcheck.clauses``).
    """
    candidates = read_sentences(draft)
    scores = score([sentence.text for sentence in candidates])
    found: list[Extracted] = []
    taken: dict[str, int] = {}

    def made(number: int, clause: Clause, parts: Sequence[Clause] = ()) -> Extracted:
        sentence = candidates[number]
        reckons = _NUMBER.search(clause.text) and _RECKONS.search(clause.text)
        claim = Claim(
            id=_name(clause.text, taken),
            text=clause.text,
            sources=sources,
            location=draft.location(clause.start, clause.end),
            # Only where it may matter: a claim is checked again when what leads up to it was changed.
            before=tuple(s.text for s in candidates[max(0, number - BEFORE) : number]) if reckons else (),
            uncut=True,
        )
        cut = tuple(made(number, part) for part in parts)
        return Extracted(claim=claim, sentence=sentence, clause=clause, draft=draft, parts=cut)

    for number, (sentence, probability, clauses) in enumerate(zip(candidates, scores, split(candidates), strict=True)):
        if is_attributed(sentence.text) or probability >= (FACTUAL if is_factual(sentence.text) else PLAIN):
            found.append(made(number, clauses[0], clauses[1:]))
    return found


def is_factual(text: str) -> bool:
    """True for a sentence that names, numbers or reports, and in which the writer does not speak as a person."""
    return bool(_NAME.search(text) or _NUMBER.search(text) or _REPORTS.search(text)) and not _WRITER.search(text)


def is_attributed(text: str) -> bool:
    """True for a sentence that quotes someone's words: whether they were said, and by whom, can be checked."""
    return len(_SPEAKING.findall(text)) >= 2


def _name(text: str, taken: dict[str, int]) -> str:
    words = "-".join(_WORD.findall(text.lower()))
    slug = words if len(words) <= 48 else words[:49].rpartition("-")[0] or words[:48]
    taken[slug] = taken.get(slug, 0) + 1
    return slug if taken[slug] == 1 else f"{slug}-{taken[slug]}"
