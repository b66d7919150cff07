"""Checks that a claim does not say the opposite of what its source says.

The clause of the evidence that tells of the same thing is found first; then one side's "not" or "no"
against the other's plain statement, an opposite verb or adjective, or "all" against "some" conflicts,
and two opposites with one negation agree.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from factcheck import antonyms, wording
from factcheck.domain import Judgement, Pair, Slot, SlotFinding, SlotKind, SlotState
from factcheck.reading import SYNONYMS, Clause, Reading, alike, by_part, judgement, read
from factcheck.wording import Token

CHECKER = "polarity"

# How much of the claim's other words the evidence must share before a difference in sense counts as about the same
# thing.
SAME_THING = 0.6

NOBODY_ELSE = 0.3
_NOBODY = re.compile(r"(?:no[ -]?one|nobody|none|no \w+|neither)\b", re.I)
_AFTER = re.compile(r"\b(?:before|until|unless|if|may|might|could|will|would|should)\b", re.I)

_ANYBODY = frozenset(
    map(wording.stem, "people person persons man men woman women worker workers someone anyone".split())
)
_NEGATORS = frozenset("not no never none neither nor nobody nothing without cannot hardly scarcely nowhere".split())
# Verbs that say nothing by themselves, and those of saying, whose negation is about the saying.
_LIGHT = frozenset(
    wording.stem(v) for v in "be have do make take get go come give put set let keep use say tell add".split()
)


def check(pair: Pair) -> Judgement | None:
    """Back or contradict the sense of each clause of the claim; None where nothing of it can be matched."""
    return judgement(pair, CHECKER, [*by_part(pair, _finding), *_undone(pair)])


UNDONE = 0.85  # set by hand


def _undone(pair: Pair) -> Iterator[SlotFinding]:
    """ "On unpaid leave" against "on paid leave": one text has the word with un- before the same word, the other without."""
    reading = read(pair)
    text = pair.claim.text
    toks = wording.tokens(wording.outside_quotations(text))
    words = frozenset(t.stem for t in toks if t.norm not in wording.STOP)
    mine = {t.norm for t in toks}
    near = [(p, wording.tokens(p.text)) for p in pair.passages if reading.share(words, reading.words(p)) >= 0.3]
    for first, second in pairwise(toks):
        opposite = first.norm.removeprefix("un") if first.norm.startswith("un") else f"un{first.norm}"
        if len(opposite) < 4 or opposite in mine or second.norm in wording.STOP:
            continue
        for p, theirs in near:
            if first.norm in {t.norm for t in theirs}:
                continue
            for a, b in pairwise(theirs):
                if a.norm == opposite and b.stem == second.stem:
                    yield SlotFinding(
                        slot=Slot(
                            kind=SlotKind.POLARITY, text=first.raw, start=first.start, end=first.end, fills=second.norm
                        ),
                        state=SlotState.CONFLICTING,
                        rule="FC209",
                        confidence=UNDONE,
                        found=p.text[a.start : b.end],
                        derivation=f"the source has “{p.text[a.start : b.end]}”",
                        start=p.start + a.start,
                        end=p.start + b.end,
                    )
                    return


def _finding(pair: Pair, reading: Reading, start: int, end: int) -> SlotFinding | None:
    part = pair.claim.text[start:end]
    toks = wording.tokens(part)
    words = frozenset(t.stem for t in toks if t.norm not in wording.STOP)
    if len(words) < 2:
        return None
    best: SlotFinding | None = None
    for p in pair.passages:
        have = reading.words(p)
        share = reading.share(words, have)
        if share < 0.3:
            continue
        for c in reading.clauses:
            if c.passage is not p:
                continue
            finding = _against(pair, reading, part, start, toks, words, c)
            if finding is not None and (best is None or finding.confidence > best.confidence):
                best = finding
    return best


def _against(
    pair: Pair, reading: Reading, part: str, offset: int, toks: Sequence[Token], words: frozenset[str], c: Clause
) -> SlotFinding | None:
    opposite = antonyms.table()
    clause_text = c.passage.text[c.extent[0] : c.extent[1]]
    for i, t in enumerate(toks):
        if t.norm in wording.STOP and t.norm not in {
            "up",
            "down",
            "more",
            "most",
            "least",
            "less",
            "above",
            "below",
            "over",
            "under",
        }:
            continue
        same = t.stem == c.stem
        anti = c.stem in opposite.get(t.stem, frozenset()) and t.norm not in wording.STOP
        if not same and not anti:
            continue
        if i and toks[i - 1].norm in {"the", "a", "an", "its", "his", "her", "their"}:
            continue  # a noun: "at the end of August"
        if anti and (_OTHER.search(part) or any(w.endswith(t.stem) for w in reading.words(c.passage))):
            continue
        if anti and (
            t.stem in c.words
            or not SYNONYMS.get(t.stem, _NONE).isdisjoint(c.words)
            or _other_side(t, c, opposite, words)
        ):
            continue  # the clause tells of both: "opened ... but one stays shut"
        rest = words - {t.stem, c.stem}
        if not rest:
            continue
        share = reading.share(rest, c.words)
        nobody = _NOBODY.match(c.subject) and c.verb not in wording.PLAN
        told = t.norm.endswith("ed") or t.norm in wording.PAST
        if same and told and nobody and c.negated and share < SAME_THING:
            # "No one has been charged" tells of whatever the sentences around it tell of.
            around = frozenset().union(*(reading.words(p) for p in pair.passages), reading.words(c.passage))
            if (
                reading.share(rest - _ANYBODY, around) >= NOBODY_ELSE
                and not _negated(part, toks, i)
                and not _AFTER.search(part)
            ):
                slot = Slot(
                    kind=SlotKind.POLARITY,
                    text=t.raw,
                    start=offset + t.start,
                    end=offset + t.end,
                    value=True,
                    fills=c.verb,
                )
                return SlotFinding(
                    slot=slot,
                    state=SlotState.CONFLICTING,
                    rule="FC209",
                    confidence=0.72,
                    found=wording.shortened(clause_text, 160),
                    derivation=f"the source says: {wording.shortened(clause_text, 160)}",
                    start=c.start,
                    end=c.end,
                )
        answered = anti and t.stem in _ANSWERS and _same_person(reading, part, t, c)
        if share < (ANSWER if answered else LIGHT if c.stem in _LIGHT else SAME_THING):
            continue
        if not _same_subject(toks, i, c, anti):
            continue
        lead = c.passage.text[max(0, c.extent[0] - 30) : c.start - c.passage.start]
        if _NOT_ALL.search(part) or (anti and c.tense == "past" and _LATER.search(part)):
            continue
        mine = _negated(part, toks, i) or bool(_UNDONE.search(part[: t.start]))
        theirs = c.negated or bool(_UNDONE.search(lead))
        differ = (mine != theirs) != anti
        slot = Slot(
            kind=SlotKind.POLARITY, text=t.raw, start=offset + t.start, end=offset + t.end, value=not mine, fills=c.verb
        )
        at = (c.start, c.end)
        if not differ:
            return SlotFinding(
                slot=slot,
                state=SlotState.BACKED,
                rule="FC209",
                confidence=round(0.5 + 0.4 * share, 3),
                found=wording.shortened(clause_text, 160),
                derivation="the source says so" if not anti else "the opposite word, and a negation",
                start=at[0],
                end=at[1],
            )
        if c.kind in {"allege", "deny", "condition", "possible"} or (
            (theirs or mine) and (_COUNTED.search(part) or _COUNTED_CLAUSE.search(clause_text))
        ):
            continue
        if anti and _PART.search(part):
            continue  # "three of the nine": the others may be the other way
        if not theirs and _AVOIDED.search(lead):
            continue
        told_by = c.passage.text[c.start - c.passage.start : c.end - c.passage.start]
        if anti and lead.rstrip().endswith(",") and not told_by.endswith("s"):
            continue  # "the pool, opened in 1971": told of another time
        sure = 0.35 + 0.55 * share + 0.02 * min(len(rest), 5)
        why = (
            f"the source has “{c.verb}” where the claim has “{t.raw}”"
            if anti
            else ("the source says that it did not" if theirs else "the source says that it did")
        )
        return SlotFinding(
            slot=slot,
            state=SlotState.CONFLICTING,
            rule="FC209",
            confidence=round(min(0.95, sure), 3),
            found=wording.shortened(clause_text, 160),
            derivation=why,
            start=at[0],
            end=at[1],
        )
    return None


_NONE: frozenset[str] = frozenset()
# "Three of the eleven called" leaves eight that did not; "never so low" is a superlative: counts, not opposites.
_COUNTED = re.compile(
    r"\b(?:only|all|most|some|half|both|other|others|so|before|again|since|until|than|more|enough|either|first|two|three|four|five|six|seven|eight|"
    r"nine|ten|eleven|twelve|\w+teen|twenty\S*|thirty\S*|forty\S*|fifty\S*|sixty\S*|seventy\S*|eighty\S*|"
    r"ninety\S*|one of|out of|third|quarter|"
    r"per ?cent|because)\b|\d",
    re.I,
)


_COUNTED_CLAUSE = re.compile(
    r"\b(?:only|all|most|some|half|both|other|others|so|before|again|since|until|than|more|enough|either|one of|out of|of the|third|quarter|per ?cent|because)\b",
    re.I,
)
# "has yet to pay", "failed to pay", "without paying": undone as much as "did not pay".
_UNDONE = re.compile(
    r"\b(?:(?:ha[sd]|have) (?:still )?yet to|fail(?:s|ed|ing)? to|refus(?:es|ed|ing|e|al) to|declin(?:es|ed|ing|e) to|neglect(?:s|ed)? to|omitted to|unable to|never|without)"
    r"(?: be| have| been)?\s*$",
    re.I,
)
_NOT_ALL = re.compile(r"\bnot (?:among|only|just|all|every|because|one of|until|the only)\b", re.I)
_LATER = re.compile(r"\b(?:will|would|is to|are to|due to|set to|going to)\b", re.I)
# Answers to one charge, offer or bill: the same person gives only one of the two.
_ANSWERS = frozenset(
    map(
        wording.stem,
        "admit deny accept reject approve refuse confess concede acknowledge dispute support oppose back win lose welcome condemn praise criticise criticize uphold overturn".split(),
    )
)
ANSWER = 0.3  # the share that is enough where the same, named person answers the opposite
LIGHT = 0.75  # "make", "have" and the like say nothing by themselves, so the rest must be nearly the same


def _same_person(reading: Reading, part: str, t: Token, c: Clause) -> bool:
    """True where a name before the word in the claim is that of the clause's subject."""
    names = [n for n in wording.name_spans(part) if n.end <= t.start and n.words[0].norm not in wording.STOP]
    return bool(names) and bool(c.subject) and reading.same_person(names[-1].text, c.subject)


_OTHER = re.compile(r"\b(?:others?|again|still)\b", re.I)
_PART = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|third|quarter|some|most|many|\d+)\b[^,;]{0,20}\bof\b",
    re.I,
)
_AVOIDED = re.compile(
    r"\b(?:stopp?\w* short|refus\w+|declin\w+|fail\w*|avoid\w*|rather than|instead of|without|refrain\w+|unless|if)\b",
    re.I,
)


def _other_side(t: Token, c: Clause, opposite: dict[str, frozenset[str]], words: frozenset[str]) -> bool:
    """True where the claim itself has both words of the pair."""
    return c.stem in words


def _same_subject(toks: Sequence[Token], i: int, c: Clause, anti: bool) -> bool:
    """Who did it must be the same, where both sides name somebody before the verb."""
    subject = wording.content(c.subject)
    before = {t.stem for t in toks[:i] if t.norm not in wording.STOP}
    if not subject or not before:
        return not anti
    if c.subject.lower() in {"it", "they", "he", "she", "this", "that", "which", "who"}:
        return True
    return alike(subject, before)


_VOTE = wording.stem("vote")


def _negated(part: str, toks: Sequence[Token], i: int) -> bool:
    """True where a negator stands before the word in its clause, or "no one", "none of" opens the clause."""
    if any(t.norm in {"none", "nobody", "neither", "nothing"} for t in toks[max(0, i - 8) : i]):
        return True
    for k in range(i - 1, max(-1, i - 5), -1):
        t = toks[k]
        if "," in part[t.end : toks[k + 1].start]:
            break  # "looked at again but not dropped, she said"
        if t.norm in _NEGATORS or t.norm.endswith("n't"):
            return True
        if t.norm in {"and", "but", "that", "which", "who"}:
            break
    # "admitted no wrongdoing", "need not"; who "voted no" has voted
    if (
        toks[i].stem != _VOTE
        and i + 1 < len(toks)
        and toks[i + 1].norm in {"no", "not", "nothing", "nobody", "none", "neither"}
    ):
        return True
    return bool(toks) and toks[0].norm in {"no", "none", "neither", "nobody", "nothing"}
