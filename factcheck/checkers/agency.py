"""Checks who did what to whom.

The clause of the evidence with the claim's own verb is found; its doer and its object are compared with
the names before and after that verb in the claim. Swapped, they conflict; a doer who is merely not the
clause's conflicts only where the rest is the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from factcheck import gazetteer, wording
from factcheck.domain import Judgement, Pair, Slot, SlotFinding, SlotKind, SlotState
from factcheck.reading import SYNONYMS, Clause, Reading, alike, by_part, judgement, read
from factcheck.wording import NameSpan, Token

CHECKER = "agency"

# Shares of the claim's other words in the clause from which doer and object are of the same deed.
SWAPPED = 0.35
REPLACED = 0.65

_LIGHT = frozenset(wording.stem(v) for v in "be have do make take get go come become say tell add".split())
_NONE: frozenset[str] = frozenset()


def check(pair: Pair) -> Judgement | None:
    """Back or contradict the doer of each deed of the claim; None where no verb of it is the evidence's."""
    found = by_part(pair, _finding)
    if not any(f.state is SlotState.CONFLICTING for f in found):
        exchanged = _exchanged(pair, read(pair))
        found += [exchanged] if exchanged is not None else []
    return judgement(pair, CHECKER, found)


# Where the claim itself has the source's doer, as the doer of something else, this much of the rest will do.
EXCHANGED = 0.4
_CUT = re.compile(
    r",(?!\d)|[;:—–()]|\b(?:and|but|while|whereas|which|who|that|when|after|before|because|as|though|although|if|until|said|says)\b",
    re.I,
)


def _exchanged(pair: Pair, reading: Reading) -> SlotFinding | None:
    """A deed of the claim that the source gives to somebody whom the claim names for something else."""
    text = pair.claim.text
    masked = wording.outside_quotations(text)
    if _THAN.search(masked):
        return None
    toks = [t for t in wording.tokens(text) if masked[t.start : t.end].strip()]
    fragment = not text.rstrip().endswith((".", "!", "?"))
    best: SlotFinding | None = None
    for c in reading.in_passage(reading.clauses, pair.passages):
        assert isinstance(c, Clause)
        if c.stem in _LIGHT or c.kind in {"possible", "condition"}:
            continue
        subject = c.by if c.passive else c.subject
        theirs = wording.content(subject)
        if not theirs or subject.casefold() in _PRONOUNS:
            continue
        for i, t in enumerate(toks):
            if i == 0 or (t.stem != c.stem and c.stem not in SYNONYMS.get(t.stem, _NONE)):
                continue
            if (
                toks[i - 1].raw.endswith(("'s", "’s", "s'", "s’"))
                or toks[i - 1].norm in _NO_VERB_AFTER
                or (t.norm.endswith("ing") and toks[i - 1].norm not in _BE)
            ):
                continue
            lo = max((m.end() for m in _CUT.finditer(masked, 0, t.start)), default=0)
            stop = _CUT.search(masked, t.end)
            hi = stop.start() if stop else len(text)
            # "six copies burned in Bitola", "an oven given to Mester by the Red Cross": without a sentence's verb
            passive = any(x.norm in _BE for x in toks[max(0, i - 2) : i]) or (fragment and _done_to(t))
            if passive or _DONE_BY.match(masked, t.end):
                by = re.compile(r"\bby\s").search(masked, t.end, hi)
                if by is None:
                    continue
                mine_at = (by.end(), hi)
            else:
                mine_at = (lo, t.start)
            mine = wording.content(text[slice(*mine_at)])
            doer = _AUXILIARY.sub("", text[slice(*mine_at)].strip())
            doers = wording.tokens(doer)
            if any(w.norm in _PRONOUNS or w.norm in _FINITE or w.norm in _WHEN for w in doers):
                continue
            if doers and (doers[0].norm in _NOBODY or doers[0].norm in _PREPOSITIONS):
                continue  # "No amateur had won"; "At her last count": a noun
            if not mine or alike(mine, theirs):
                continue
            if any(d.passage is c.passage and alike(mine, wording.content(d.subject)) for d in reading.clauses):
                continue  # the source tells in other words what the claim's doer did: "costs went up"
            whole = {w.stem for w in toks if w.norm not in wording.STOP}
            elsewhere = whole - mine - {t.stem}
            heads = _heads(subject)
            if not heads or not heads <= elsewhere or _beside(toks, heads) or not _told_of(reading, mine, pair):
                continue
            clause = wording.content(text[lo:hi]) - mine - {t.stem} - theirs
            if not clause and t.stem != c.stem:
                continue  # the bus station that opens and the man who began share nothing but a like verb
            share = (
                reading.share(clause, c.words)
                if clause
                else 0.8 * reading.share(whole - mine - {t.stem}, reading.words(c.passage))
            )
            if share < EXCHANGED:
                continue
            sure = round(0.6 + 0.35 * share, 3)
            if best is None or sure > best.confidence:
                a = mine_at[0] + len(text[slice(*mine_at)]) - len(text[slice(*mine_at)].lstrip())
                b = a + len(_AUXILIARY.sub("", text[slice(*mine_at)].strip()))
                best = SlotFinding(
                    slot=Slot(kind=SlotKind.NAME, text=text[a:b], start=a, end=b, fills=f"who {t.norm}"),
                    state=SlotState.CONFLICTING,
                    rule="FC214",
                    confidence=sure,
                    found=subject,
                    derivation=f"in the source it is {subject} ({c.verb}): “{wording.shortened(c.passage.text, 140)}”",
                    start=c.start,
                    end=c.end,
                )
    return best


def _beside(toks: Sequence[Token], heads: frozenset[str]) -> bool:
    """Whether the claim sets somebody beside its doer: "Crane plays for the Arms, like Kofi"."""
    for k, t in enumerate(toks):
        if k and t.stem in heads:
            before = toks[k - 2] if k > 1 and toks[k - 1].norm == "the" else toks[k - 1]
            if before.norm in {"like", "with", "alongside", "unlike"}:
                return True
    return False


def _done_to(verb: Token) -> bool:
    """Whether a verb's form may as well tell what was done to what stands before it."""
    return verb.norm.endswith(("ed", "en")) or verb.norm in wording.PAST


_AUXILIARY = re.compile(
    r"(?:\s+(?:has|have|had|will|would|is|was|were|are|been|also|now|first|twice|never|not|did))+$|\s+$", re.I
)
# "an appeal paid for by the union"; but "won by three goals" tells how, and "began by asking" too
_DONE_BY = re.compile(
    r"\s(?:(?:for|to|at|on|with|off|out|up|down|in|over)\s)?by\s(?!\d|[$£€]|[a-z]+ing\b|(?:one|two|three|four|five)\b|"
    r"(?:(?:about|over|nearly|almost|more\sthan|an?)\s)*(?:half|third|quarter|fifth|sixth|seventh|eighth|ninth|tenth|twelfth)s?\b)"
)
_THAN = re.compile(r"\bthan\b", re.I)
_BE = frozenset("was were been being be is are".split())
_NO_VERB_AFTER = frozenset("the a an its his her their of to no in for at with on from by as under over".split())
_WHEN = frozenset("later earlier ago afterwards then yesterday today tomorrow".split())  # "and five years later began"
_NOBODY = frozenset("no none nobody neither never nothing few".split())
_FINITE = frozenset("is was were are has had have be been will would".split())


def _heads(subject: str) -> frozenset[str]:
    """The words that name a doer: the capitalised ones, else the last noun before any "of"."""
    toks = [t for t in wording.tokens(subject) if t.norm not in wording.STOP and t.norm not in wording.TITLES]
    names = [t for t in toks if t.capital]
    if names:
        return frozenset(t.stem for t in names[-1:])
    plain = wording.tokens(re.split(r"\b(?:of|from|for|in|who|which|that)\b|,", subject)[0])
    return frozenset(t.stem for t in plain[-1:] if t.norm in wording.ROLE_NOUNS or t.norm in wording.ORG_NOUNS)


def _told_of(reading: Reading, words: frozenset[str], pair: Pair) -> bool:
    """Whether the evidence tells of the claim's doer at all, so that it is another one and not another word."""
    return reading.share(words, frozenset().union(*(reading.words(p) for p in pair.passages))) >= 0.6


def _finding(pair: Pair, reading: Reading, start: int, end: int) -> SlotFinding | None:
    part = pair.claim.text[start:end]
    masked = wording.outside_quotations(part)
    toks = [t for t in wording.tokens(part) if masked[t.start : t.end].strip()]
    names = [
        s for s in wording.name_spans(part) if masked[s.start : s.end].strip() and s.words[0].norm not in wording.STOP
    ]
    if not names:
        return None
    best: SlotFinding | None = None
    for p in pair.passages:
        if reading.share(frozenset(t.stem for t in toks if t.norm not in wording.STOP), reading.words(p)) < 0.3:
            continue
        for c in reading.clauses:
            if c.passage is not p or c.stem in _LIGHT or not c.subject:
                continue
            finding = _against(reading, start, toks, names, c)
            if finding is not None and (best is None or finding.confidence > best.confidence):
                best = finding
    return best


def _against(
    reading: Reading, offset: int, toks: Sequence[Token], names: Sequence[NameSpan], c: Clause
) -> SlotFinding | None:
    i = next((k for k, t in enumerate(toks) if t.stem == c.stem or c.stem in SYNONYMS.get(t.stem, _NONE)), None)
    if i is None or i == 0:
        return None
    verb = toks[i]
    if toks[i - 1].norm in {"the", "a", "an", "its", "his", "her", "their", "of", "to", "no"}:
        return None  # a noun or an infinitive
    before = [n for n in names if n.end <= verb.start]
    after = [n for n in names if n.start >= verb.end]
    passive = toks[i - 1].norm in {"was", "were", "been", "being", "be", "is", "are"}
    by = next((t for t in toks[i + 1 : i + 4] if t.norm == "by"), None)
    if passive and by is not None:
        doer = next((n for n in after if 0 <= n.start - by.end <= 8), None)
        done_to: Sequence[NameSpan] = before
    elif passive:
        return None
    else:
        doer, done_to = (before[-1] if before else None), after
        # A possessor or a name after a preposition is no doer: "the minister of Peru", "Peru's minister".
        if doer is not None and any(t.norm in _PREPOSITIONS for t in toks if 0 <= doer.start - t.end <= 1):
            return None
        if doer is not None and (
            doer.text.endswith(("'s", "’s", "s'", "s’"))
            or any(t.norm in _RELATIVE for t in toks if doer.end < t.start < verb.start)
        ):
            return None
    if doer is None:
        return None
    subject = c.by if c.passive else c.subject
    if not subject or subject.casefold() in _PRONOUNS:
        return None
    slot = Slot(
        kind=SlotKind.NAME, text=doer.text, start=offset + doer.start, end=offset + doer.end, fills=f"who {verb.norm}"
    )
    if _same(reading, doer.text, subject):
        return SlotFinding(
            slot=slot,
            state=SlotState.BACKED,
            rule="FC214",
            confidence=0.7,
            found=subject,
            derivation=f"{subject}: {c.verb}",
            start=c.start,
            end=c.end,
        )
    rest = frozenset(t.stem for t in toks if t.norm not in wording.STOP) - {verb.stem} - {w.stem for w in doer.words}
    s, e = c.extent
    tail = c.passage.text[c.end - c.passage.start : e]
    clause_words = wording.content(c.passage.text[s:e]) | {
        x for item in c.passage.structure.get("coref", ()) for x in wording.content(str(item[3]))
    }
    share = reading.share(rest - wording.content(subject), clause_words)
    swapped = any(_same(reading, n.text, subject) for n in done_to) and (
        _mentions(reading, doer, tail) or (c.passive and _same(reading, doer.text, c.subject))
    )
    if swapped and share >= SWAPPED:
        return SlotFinding(
            slot=slot,
            state=SlotState.CONFLICTING,
            rule="FC214",
            confidence=round(min(0.95, 0.75 + 0.2 * share), 3),
            found=subject,
            derivation=f"the other way round: in the source it is {subject} ({c.verb})",
            start=c.start,
            end=c.end,
        )
    who = reading.who(subject)
    if (
        who
        and share >= REPLACED
        and len(rest) >= 3
        and c.kind not in {"plan", "possible", "condition"}
        and reading.who(doer.text)
    ):
        return SlotFinding(
            slot=slot,
            state=SlotState.CONFLICTING,
            rule="FC214",
            confidence=round(0.4 + 0.5 * share, 3),
            found=subject,
            derivation=f"in the source it is {subject} who did this ({c.verb}), not {doer.text}",
            start=c.start,
            end=c.end,
        )
    return None


_PREPOSITIONS = frozenset("of in at for from with to by on against over under after before between among than".split())
_RELATIVE = frozenset("who which that whose where when and or".split())
_PRONOUNS = frozenset("it he she they we i you this that which who these those".split())


def _same(reading: Reading, a: str, b: str) -> bool:
    if reading.same_person(a, b):
        return True
    wa = {t.norm for t in wording.tokens(a)}
    wb = {t.norm for t in wording.tokens(b)}
    if wa & wb - wording.STOP:
        return True
    return any(gazetteer.same_place(x) & wb or gazetteer.capital_or_country(x) & wb for x in wa)


def _mentions(reading: Reading, name: NameSpan, text: str) -> bool:
    words = {t.norm for t in wording.tokens(text)}
    return any(
        w.norm in words or gazetteer.same_place(w.norm) & words or gazetteer.capital_or_country(w.norm) & words
        for w in name.words
        if w.norm not in wording.STOP
    )
