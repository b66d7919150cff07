"""Checks who did what to whom.

The clause of the evidence with the claim's own verb is found; its doer and its object are compared with
the names before and after that verb in the claim. Swapped, they conflict; a doer who is merely not the
clause's conflicts only where the rest is the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from factcheck import gazetteer, wording
from factcheck.domain import Judgement, Pair, Slot, SlotFinding, SlotKind, SlotState
from factcheck.reading import SYNONYMS, Clause, Reading, by_part, judgement
from factcheck.wording import NameSpan, Token

CHECKER = "agency"

# Shares of the claim's other words in the clause from which doer and object are of the same deed.
SWAPPED = 0.35
REPLACED = 0.65

_LIGHT = frozenset(wording.stem(v) for v in "be have do make take get go come become say tell add".split())
_NONE: frozenset[str] = frozenset()


def check(pair: Pair) -> Judgement | None:
    """Back or contradict the doer of each deed of the claim; None where no verb of it is the evidence's."""
    return judgement(pair, CHECKER, by_part(pair, _finding))


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
