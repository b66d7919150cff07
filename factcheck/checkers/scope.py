"""Checks how far a claim reaches ("all", "any", "never") and the reason it gives ("because").

What the source tells of some, or without a reason, leaves a claim about all, or with a reason, unbacked.
Silence is no contradiction, so nothing conflicts here: numbers that rule an "all" out are for the counters.
"""

from __future__ import annotations

import re

from factcheck import wording
from factcheck.domain import Judgement, Pair, Passage, Slot, SlotFinding, SlotKind, SlotState
from factcheck.quantities import find_quantities
from factcheck.reading import Reading, best_passage, judgement, read

CHECKER = "scope"

# Below this share the evidence is about something else, and its words of reach say nothing.
SAME_THING = 0.3
# A reason is in the evidence when it has at least this share of the reason's words; below, supported claims are few.
REASON_TOLD = 0.3

_ALL = re.compile(
    r"(?<!in )(?<!after )(?<!at )(?<!above )\ball\b(?! but| in all)|\b(?:everyone|everybody|everything|always|"
    r"none|never|any(?:one|body)?|throughout|entirely|altogether)\b(?! other)",
    re.I,
)
# Any of these beside it in the evidence may say as much as the claim's word.
_ALL_IN_SOURCE = re.compile(
    r"\b(?:all|every\w*|each|entire\w*|whole|always|both|any\w*|throughout|unanim\w+|complete\w*|altogether|total\w*|no|none|nobody|never|not|"
    r"nothing|neither|without|full\w*|together|respectively|only|first|last|the (?:two|three|four|five|six|seven|"
    r"eight|nine|ten))\b|n['’]t\b|\b100\b",
    re.I,
)
_SOME = re.compile(
    r"\b(?:some|several|most|many|few|half|partly|parts? of|a third|two thirds|a quarter|three quarters|a "
    r"majority|mainly|mostly|\w+ of the|"
    r"\w+ per ?cent|at least)\b|%",
    re.I,
)
_CAUSE = re.compile(
    r"\b(?:because(?: of)?|(?<!is )(?<!are )(?<!was )(?<!were )(?<!be )due to(?! \w+ (?:on|in|at|by)\b|"
    r" (?:be|begin|close|end|expire|finish|give|go|leave|meet|open|reopen|retire|return|run|start|take|vote)\b)|"
    r"owing to|thanks to|as a result of|"
    r"caused by|prompted by|in response to|in retaliation for|brought on by|attributable to)\b",
    re.I,
)


def check(pair: Pair) -> Judgement | None:
    """Miss each "all" and "because" of the claim that its source does not tell; None where there is nothing to miss."""
    text = wording.outside_quotations(pair.claim.text)
    narrowed = _narrowed(pair, text)
    if not (narrowed or _ALL.search(text) or _CAUSE.search(text)):
        return None
    reading = read(pair)
    found = [f for f in _reaches(pair, reading, text) if narrowed is None or f.slot.start != narrowed.slot.start]
    return judgement(pair, CHECKER, [*([narrowed] if narrowed else []), *found, *_causes(pair, reading, text)])


def _reaches(pair: Pair, reading: Reading, text: str) -> list[SlotFinding]:
    words = wording.content(text)
    passage, share = best_passage(reading, words, pair.passages)
    if len(words) < 2 or passage is None or share < SAME_THING:
        return []
    found = []
    at: tuple[int, int] | None
    backing = next(((p, x) for p in pair.passages if (x := _ALL_IN_SOURCE.search(p.text))), None)
    for m in _ALL.finditer(text):
        slot = Slot(kind=SlotKind.POLARITY, text=m.group(), start=m.start(), end=m.end(), fills="scope")
        if backing is not None:
            p, x = backing
            state, confidence, words_found, at = (
                SlotState.BACKED,
                0.4,
                x.group(),
                (p.start + x.start(), p.start + x.end()),
            )
            why = ""
        else:
            some = _SOME.search(passage.text)
            state, confidence, words_found = SlotState.MISSING, 0.5 + 0.2 * share, some.group() if some else ""
            at = (passage.start + some.start(), passage.start + some.end()) if some else None
            why = f"the source does not say “{m.group().casefold()}”" + (f"; it says “{some.group()}”" if some else "")
        found.append(
            SlotFinding(
                slot=slot,
                state=state,
                rule="FC215" if state is SlotState.BACKED else "FC303",
                confidence=round(confidence, 3),
                found=words_found,
                derivation=why,
                start=at[0] if at else None,
                end=at[1] if at else None,
            )
        )
    return found


NARROWED = 0.75  # set by hand, over the bound from which a gap keeps a claim from being supported
_REACHES = frozenset(["all", "every"])
_BETWEEN = frozenset("the of its his her their our these those this that a an such".split())


def _narrowed(pair: Pair, text: str) -> SlotFinding | None:
    """A gap where the claim says of all what the source says of some: "all surgery" for "all non-urgent surgery"."""
    mine = wording.tokens(text)
    said = {t.stem for t in mine}
    for i, t in enumerate(mine):
        if t.norm not in _REACHES:
            continue
        noun = next((x for x in mine[i + 1 : i + 4] if x.norm not in _BETWEEN), None)
        if noun is None or noun.norm in wording.STOP or noun.raw[0].isdigit():
            continue
        told: tuple[Passage, int, int] | None = None
        for p in pair.passages:
            toks = wording.tokens(p.text)
            for k, first in enumerate(toks):
                if first.norm not in _REACHES:
                    continue
                rest = [x for x in toks[k + 1 : k + 5] if x.norm not in _BETWEEN]
                if rest and rest[0].stem == noun.stem:
                    return None  # it says it of all of them
                if len(rest) > 1 and rest[1].stem == noun.stem and _narrows(rest[0], said):
                    told = told or (p, first.start, rest[1].end)
        if told is not None:
            p, start, end = told
            return SlotFinding(
                slot=Slot(kind=SlotKind.POLARITY, text=t.raw, start=t.start, end=t.end, fills="scope"),
                state=SlotState.MISSING,
                rule="FC303",
                confidence=NARROWED,
                found=p.text[start:end],
                derivation=f"the source says it only of “{p.text[start:end]}”",
                start=p.start + start,
                end=p.start + end,
            )
    return None


def _narrows(word: wording.Token, said: set[str]) -> bool:
    plain = word.raw.islower() and word.norm not in wording.STOP and word.norm != "single"
    return plain and word.stem not in said and not find_quantities(word.raw)


# A dash or a new clause ends any reason; one that is a noun ("due to the frost") also ends where a verb takes up what
# stood before it, if no clause of the reason's own has begun.
_ENDS = re.compile(r"\s[-–]\s|—|;|,\s+(?:but|while|whereas|although|though)\b", re.I)
_VERB_AGAIN = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|does|do|did)\b", re.I
)
_OWN_CLAUSE = re.compile(r"\b(?:that|which|who|whom|whose|what|how|where|when|why|and|it|they|he|she|we|there)\b", re.I)


def _reason_end(text: str, cause: re.Match[str]) -> int:
    """Where the reason that a word of cause begins comes to its end."""
    ends = _ENDS.search(text, cause.end())
    end = ends.start() if ends else len(text)
    if not text[: cause.start()].strip() and (comma := text.find(", ", cause.end(), end)) > 0:
        end = comma  # "Because of the frost, the harvest failed"
    noun = cause.group().lower() != "because"
    verb = _VERB_AGAIN.search(text, cause.end(), end) if noun else None
    if verb and not _OWN_CLAUSE.search(text, cause.end(), verb.start()):
        return verb.start()
    return end


def _causes(pair: Pair, reading: Reading, text: str) -> list[SlotFinding]:
    found = []
    for m in _CAUSE.finditer(text):
        end = _reason_end(text, m)
        because = wording.content(text[m.end() : end])
        if not because:
            continue
        slot = Slot(
            kind=SlotKind.POLARITY, text=text[m.start() : end].strip(" .,"), start=m.start(), end=end, fills="cause"
        )
        passage, share = best_passage(reading, because, pair.passages)
        told = passage is not None and share >= REASON_TOLD
        found.append(
            SlotFinding(
                slot=slot,
                state=SlotState.BACKED if told else SlotState.MISSING,
                rule="FC303",
                confidence=round(0.3 + 0.4 * share if told else 0.8 - 0.6 * share, 3),
                derivation="the source has the words of the reason" if told else "the source gives no such reason",
                start=passage.start if told and passage else None,
                end=passage.end if told and passage else None,
            )
        )
    return found
