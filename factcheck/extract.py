"""From a draft to claims: the sentences that assert something that a source could settle.

Headings, questions and code are left alone, and so is what the check-worthiness
model takes for opinion. Every claim keeps the place in the file of the sentence that
it came from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
_WRITER = re.compile(r"\b(?:I|my|me|we|our|us|you|your)\b")
_PRONOUN = re.compile(r"(?:He|She|His|Her)\b")
_FULL_NAME = re.compile(
    r"(?P<title>(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Lord|Lady|Judge|Cllr|Rev)\.? )?"
    r"(?P<name>[A-Z][\w’'-]+(?: (?:(?:of|de|van|von|al|the) )?[A-Z][\w’'-]+)+|(?<=\w )[A-Z][\w’'-]{2,})"
)
_PERSON_AFTER = re.compile(r",? (?:who|whose|says|said|told|added|\d{2}\b|aged|, the |was (?:jailed|born|elected))")
_PERSON_BEFORE = re.compile(r"(?:said|says|told|by) $")
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


def extract(
    draft: Draft,
    *,
    score: Callable[[Sequence[str]], Sequence[float]],
    sources: tuple[str, ...] | None = None,
    standalone: bool = False,
) -> list[tuple[Claim, Sentence]]:
    """The claims of a draft in its order, each with the sentence that makes it.

    ``standalone`` says who "she" is in ``about``, for claims that are read away from
    their draft. Checking a draft does without: on 12 drafts it made no verdict better.
    """
    candidates = read_sentences(draft)
    subjects = antecedents(draft, candidates) if standalone else [None] * len(candidates)
    scores = score([sentence.text for sentence in candidates])
    claims: list[tuple[Claim, Sentence]] = []
    taken: dict[str, int] = {}
    for sentence, probability, subject in zip(candidates, scores, subjects, strict=True):
        if not is_attributed(sentence.text) and probability < (FACTUAL if is_factual(sentence.text) else PLAIN):
            continue
        name = _name(sentence.text, taken)
        claim = Claim(
            id=name,
            text=sentence.text,
            about=subject,
            sources=sources,
            location=draft.location(sentence.start, sentence.end),
        )
        claims.append((claim, sentence))
    return claims


def antecedents(draft: Draft, candidates: Sequence[Sentence]) -> list[str | None]:
    """Who "he" or "she" is at the start of each sentence, where only one person can be meant; else None.

    Looked for in the sentence's own paragraph and the one before. Careful rather than
    complete: a wrong antecedent would be checked as part of the claim. Pronouns for
    things are left alone; the nearest name is the wrong one too often.
    """
    found: list[str | None] = []
    people: dict[int, dict[str, str]] = {}  # block -> last name -> name
    for sentence in candidates:
        own = people.setdefault(sentence.block, {})
        nearest = own or people.get(sentence.block - 1, {})
        found.append(next(iter(nearest.values())) if _PRONOUN.match(sentence.text) and len(nearest) == 1 else None)
        for match in _FULL_NAME.finditer(sentence.text):
            name = match["name"]
            last = name.split()[-1]
            full = next((names[last] for names in reversed(people.values()) if last in names), None)
            if match["title"] or full or _is_person(sentence.text, match):
                own[last] = full or name
    return found


def _is_person(text: str, match: re.Match[str]) -> bool:
    """True where an age, an office or a verb of saying stands beside a name of two words."""
    after, before = text[match.end() : match.end() + 24], text[max(0, match.start() - 12) : match.start()]
    return bool(_PERSON_AFTER.match(after) or _PERSON_BEFORE.search(before)) and " " in match["name"]


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
