"""Checks who did what to whom.

The clause of the evidence with the claim's own verb is found; its doer and its object are compared with
the names before and after that verb in the claim. Swapped, they conflict; a doer who is merely not the
clause's conflicts only where the rest is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from factcheck import gazetteer, wording
from factcheck.domain import Judgement, Pair, Slot, SlotFinding, SlotKind, SlotState
from factcheck.reading import SYNONYMS, Clause, Reading, alike, by_part, judgement, read
from factcheck.wording import NameSpan, Token

CHECKER = "agency"
Span = tuple[int, int]

# Shares of the claim's other words in the clause from which doer and object are of the same deed.
SWAPPED = 0.35
REPLACED = 0.65

_LIGHT = frozenset(wording.stem(v) for v in "be have do make take get go come become say tell add".split())
_NONE: frozenset[str] = frozenset()


def check(pair: Pair) -> Judgement | None:
    """Back or contradict the doer of each deed of the claim; None where no verb of it is the evidence's."""
    found = by_part(pair, _finding)
    if not any(f.state is SlotState.CONFLICTING for f in found):
        reading = read(pair)
        exchanged = _exchanged(pair, reading) or _turned(pair, reading)
        found += [exchanged] if exchanged is not None else []
    return judgement(pair, CHECKER, found)


# Where the claim itself has the source's doer, as the doer of something else, this much of the rest will do.
EXCHANGED = 0.4
_CUT = re.compile(
    r",(?!\d)|[;:—–()]|\b(?:and|but|while|whereas|which|who|that|when|after|before|because|as|though|although|if|until|said|says)\b",
    re.I,
)


@dataclass(frozen=True)
class _Deed:
    """A verb of the claim that the source has too: the spans of its clause, of who did it, of whom it was done to."""

    verb: Token
    clause: Span
    doer: Span
    done_to: Span


def _deeds(text: str, c: Clause) -> Iterator[_Deed]:
    """The deeds of the claim that a clause of the source may tell of: those whose doer it names."""
    masked = wording.outside_quotations(text)
    toks, fragment = _unquoted(text), _is_fragment(text)
    for i, t in enumerate(toks):
        if i == 0 or (t.stem != c.stem and c.stem not in SYNONYMS.get(t.stem, _NONE)):
            continue
        to_do = _IS_TO.search(text[: t.start])
        if (
            toks[i - 1].raw.endswith(("'s", "’s", "s'", "s’"))
            or (toks[i - 1].norm in _NO_VERB_AFTER and not to_do)
            or (t.norm.endswith("ing") and toks[i - 1].norm not in _BE)
        ):
            continue
        lo = max((m.end() for m in _CUT.finditer(masked, 0, t.start)), default=0)
        stop = _CUT.search(masked, t.end)
        hi = stop.start() if stop else len(text)
        # "six copies burned in Bitola", "an oven given to Mester by the Red Cross": without a sentence's verb
        passive = not to_do and any(x.norm in _BE for x in toks[max(0, i - 2) : i])
        if passive or (fragment and _done_to(t)) or _DONE_BY.match(masked, t.end):
            by = re.compile(r"\bby\s").search(masked, t.end, hi)
            if by is not None:
                yield _Deed(t, (lo, hi), (by.end(), hi), (lo, t.start))
        else:
            yield _Deed(t, (lo, hi), (lo, t.start), (t.end, hi))


def _is_fragment(text: str) -> bool:
    return not text.rstrip().endswith((".", "!", "?"))


def _doer_of(c: Clause) -> str:
    """Who a clause of the source says did it; "" where it does not, or only by a pronoun."""
    subject = c.by if c.passive else c.subject
    return "" if subject.casefold() in _PRONOUNS else subject


def _exchanged(pair: Pair, reading: Reading) -> SlotFinding | None:
    """A deed of the claim that the source gives to somebody whom the claim names for something else."""
    text = pair.claim.text
    if _THAN.search(wording.outside_quotations(text)):
        return None
    toks = _unquoted(text)
    best: SlotFinding | None = None
    for c in reading.in_passage(reading.clauses, pair.passages):
        assert isinstance(c, Clause)
        if c.stem in _LIGHT or c.kind in {"possible", "condition"}:
            continue
        subject = _doer_of(c)
        theirs = wording.content(subject)
        if not theirs:
            continue
        for deed in _deeds(text, c):
            t = deed.verb
            mine = wording.content(text[slice(*deed.doer)])
            doer = _AUXILIARY.sub("", text[slice(*deed.doer)].strip())
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
            clause = wording.content(text[slice(*deed.clause)]) - mine - {t.stem} - theirs
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
                why = f"in the source it is {subject} ({c.verb}): “{wording.shortened(c.passage.text, 140)}”"
                best = _against_doer(text, deed, c, subject, sure, why)
    return best


def _unquoted(text: str) -> list[Token]:
    """The words outside quotation marks."""
    masked = wording.outside_quotations(text)
    return [t for t in wording.tokens(text) if masked[t.start : t.end].strip()]


def _against_doer(text: str, deed: _Deed, c: Clause, found: str, sure: float, why: str) -> SlotFinding:
    """The finding that another did what the claim says its doer did."""
    told = text[slice(*deed.doer)]
    start = deed.doer[0] + len(told) - len(told.lstrip())
    end = start + len(_AUXILIARY.sub("", told.strip().rstrip(".!?")))
    return SlotFinding(
        slot=Slot(kind=SlotKind.AGENT, text=text[start:end], start=start, end=end, fills=f"who {deed.verb.norm}"),
        state=SlotState.CONFLICTING,
        rule="FC214",
        confidence=sure,
        found=found,
        derivation=why,
        start=c.start,
        end=c.end,
    )


# Of 37 such findings on labelled claims 36 are on contradicted ones.
TURNED = 0.85
_TURNED_NOT = re.compile(r"\b(?:than|not|never|no|nobody|neither|each other|one another)\b|n['’]t\b", re.I)
_PHRASE_ENDS = re.compile(
    r"\b(?:of|from|for|in|on|at|by|with|to|who|which|that|and|or|as|after|before|over|into|about|against|during|because|"
    r"when|while)\b|[;:(]",
    re.I,
)
_RECIPIENT = re.compile(r"\b(?:to|from|into|with|against)\s", re.I)
_NEXT_OBJECT = re.compile(r"(?<=\S)\s(?=(?:an?|the|his|her|its|their)\s|[$£€\d])", re.I)
_FIGURE = re.compile(r"\d[\d.,]*\d|\d")


def _turned(pair: Pair, reading: Reading) -> SlotFinding | None:
    """Doer and done-to exchanged: "the museum sold the bus to Orr" where the source has "Orr sold it to the museum"."""
    text = pair.claim.text
    if _is_fragment(text) or _TURNED_NOT.search(wording.outside_quotations(text)):
        return None
    for c in reading.in_passage(reading.clauses, pair.passages):
        assert isinstance(c, Clause)
        subject = _doer_of(c)
        theirs = _names_of_doer(c, subject) if subject else frozenset()
        if c.stem in _LIGHT or c.negated or not theirs:
            continue
        tail = c.passage.text[c.end - c.passage.start : c.extent[1]]
        done_to = tail if not c.passive else f"{c.subject} ; {tail}"
        for deed in _deeds(text, c):
            mine = _head(_first_phrase(_AUXILIARY.sub("", text[slice(*deed.doer)].strip())))
            other = text[slice(*deed.done_to)]
            if not mine or mine.isdigit() or mine in theirs | wording.content(subject) | wording.content(other):
                continue
            if theirs & wording.content(done_to) or not theirs & _objects(other):
                continue
            figures = {*_FIGURE.findall(text[slice(*deed.clause)])} & {*_FIGURE.findall(tail)}
            if mine in _objects(done_to) or (figures and mine in wording.content(done_to)):
                why = f"the other way round: in the source it is {subject} ({c.verb})"
                return _against_doer(text, deed, c, subject, TURNED, why)
    return None


def _names_of_doer(c: Clause, subject: str) -> frozenset[str]:
    """The heads of what a clause calls its doer: "the skipper, Captain Brekke"."""
    lead = c.passage.text[c.extent[0] : c.start - c.passage.start]
    _, met, apposed = lead.partition(subject)
    names = (x for x in apposed.split(",")[1:] if met and not c.passive and x.strip()[:1].isupper())
    return frozenset(_head(_first_phrase(x)) for x in (subject, *names)) - {""}


def _first_phrase(text: str) -> str:
    return _PHRASE_ENDS.split(text)[0].split(",")[0]


def _head(phrase: str) -> str:
    """The stem of the noun that a phrase is about: its last word that is no adverb."""
    words = [
        t
        for t in wording.tokens(phrase)
        if t.norm not in wording.STOP and not t.norm.endswith("ly") and t.norm not in _ADVERBS
    ]
    return words[-1].stem if words else ""


_ADVERBS = frozenset(
    "later earlier ago then also only once again soon never not ashore below back home abroad away out up down "
    "off".split()
)


def _objects(text: str) -> frozenset[str]:
    """Heads of what a deed is done to and whom it goes to: "gave him a car", "sold it to his mechanic, Odile"."""
    found = set()
    for start in (0, *(m.end() for m in _RECIPIENT.finditer(text))):
        named, *apposed = _PHRASE_ENDS.split(text[start:].lstrip())[0].split(",")
        phrases = [named, *(x for x in apposed[:1] if x.strip()[:1].isupper())]
        found |= {_head(part) for phrase in phrases for part in _NEXT_OBJECT.split(phrase.strip())[:2]}
    return frozenset(found - {""})


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
    r"(?:\s+(?:has|have|had|will|would|is|was|were|are|been|also|now|first|twice|never|not|did|to|due|set|going))+$|\s+$",
    re.I,
)
# "an appeal paid for by the union"; but "won by three goals" tells how, and "began by asking" too
_DONE_BY = re.compile(
    r"\s(?:(?:for|to|at|on|with|off|out|up|down|in|over)\s)?by\s(?!\d|[$£€]|[a-z]+ing\b|(?:one|two|three|four|five)\b|"
    r"(?:(?:about|over|nearly|almost|more\sthan|an?)\s)*(?:half|third|quarter|fifth|sixth|seventh|eighth|ninth|tenth|twelfth)s?\b)"
)
_THAN = re.compile(r"\bthan\b", re.I)
_IS_TO = re.compile(r"\b(?:is|are|was|were)\s(?:due\s|set\s|going\s)?to\s$", re.I)  # what follows is a verb
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
    masked, toks = wording.outside_quotations(part), _unquoted(part)
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
        kind=SlotKind.AGENT, text=doer.text, start=offset + doer.start, end=offset + doer.end, fills=f"who {verb.norm}"
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
