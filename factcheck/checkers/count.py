"""Counts of the claim against those of the source: stated, counted from a list, or calculated."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial

from factcheck.alignment import Sentence, View, concept, view
from factcheck.checkers.quantity import CONFLICT_FLOOR, confidence, judge_number, judgement
from factcheck.domain import LISTED, Judgement, Pair, Slot, SlotFinding, SlotKind, SlotState
from factcheck.lists import KINDS, MAX_ITEMS, Enumeration, enumerations
from factcheck.quantities import FUNCTION_WORDS, Quantity, plain, stem

RULE = "FC203"
SCOPE = "FC215"

LIST_FLOOR = 0.65
SPEAKS = 0.2  # least share of the claim's words in a sentence beside the evidence whose lists may be the claim's
TOLD_WHOLE = 0.9  # a list that the source gives as the whole of what the claim counts


Lists = tuple[tuple[Sentence, Enumeration], ...]


def _lists(v: View) -> Lists:
    """The lists of the evidence, and of the sentences around it that speak of the claim."""
    told = [s for s in v.sentences if s.evidence or s.cover >= SPEAKS]
    return tuple((s, e) for s in told for e in enumerations(s.reading))


def _listed(v: View, q: Quantity, lists: Callable[[], Lists]) -> SlotFinding | None:
    """The claim's count as the length of a list in the evidence, or a list that is longer or shorter."""
    if q.dim != "count" or q.number != int(q.number) or not 2 <= q.number <= MAX_ITEMS or q.lo != q.hi or q.tally:
        return None
    fitting: list[tuple[float, Sentence, Enumeration]] = []
    other: list[tuple[float, Sentence, Enumeration]] = []
    for s, e in lists():
        kind = _of_kind(e, q)
        # A list of something else, or one of things in a sentence about something else.
        if kind < 0 or not (kind or e.proper or s.cover):
            continue
        fits = _meets(q, e.count)
        near = s.reading.near(e.start, e.end, 6)
        features = {
            "cover": s.cover,
            "head": float(bool(q.head) and (concept(q.head) in near or concept(q.head) in s.reading.content)),
            "proper": float(e.proper),
            "items": float(min(len(e.items), 8)),
            "figures": float(e.figures),
            "kind": kind,
        }
        sure = confidence("list" if fits else "list_conflict", features)
        (fitting if fits else other).append((sure, s, e))
    whole = _told_whole(v, q, lists())
    if whole is not None and not fitting:
        return _list_finding(q, SlotState.CONFLICTING, TOLD_WHOLE, *whole)
    for found, floor, state in (
        (fitting, LIST_FLOOR, SlotState.DERIVED),
        (other, CONFLICT_FLOOR, SlotState.CONFLICTING),
    ):
        best = max(found, key=lambda f: (f[0], -f[1].passage.start), default=None)
        if best is not None and best[0] >= floor:
            return _list_finding(q, state, *best)
    return None


def _list_finding(q: Quantity, state: SlotState, sure: float, s: Sentence, e: Enumeration) -> SlotFinding:
    differs = "" if state is SlotState.DERIVED else f", not {q.text}"
    return SlotFinding(
        slot=Slot(kind=SlotKind.COUNT, text=q.text, start=q.start, end=q.end, value=q.value, fills=LISTED),
        state=state,
        rule=RULE,
        confidence=round(sure, 3),
        found=s.reading.text[e.start : e.end],
        derivation=e.show(s.reading.text) + differs,
        start=s.passage.start + e.start,
        end=s.passage.start + e.end,
    )


def _of_kind(e: Enumeration, q: Quantity) -> float:
    """1 where the items are known to be what the claim counts, -1 where to be something else, 0 where neither is."""
    counted = {n for n in (*q.nouns, q.head) if n}
    asked = {kind for kind, words in KINDS.items() if counted & words}
    if not asked or not e.kind:
        return 0.0
    return 1.0 if e.kind in asked else -1.0


# Who does a thing is named for the deed: a signatory signs, a founder founds, a winner wins.
_AGENTS = {
    "signatory": "sign",
    "signatories": "sign",
    "winners": "win",
    "bidders": "bid",
    "creators": "create",
    "authors": "write",
    "owners": "own",
    "champions": "win",
    "participants": "attend",
    "applicants": "apply",
    "attackers": "attack",
    "backers": "back",
    "donors": "donate",
    "sponsors": "sponsor",
    "defendants": "accuse",
    "nominees": "nominate",
    "victims": "kill",
}
_AGENT = re.compile(r"^([a-z]{3,})(?:ers|ors|er|or)$")
_OPEN_LIST = re.compile(r"\b(?:includ\w+|among|such as|like|notably|especially|e\.g)\W*(?:\w+\W+){0,3}$", re.IGNORECASE)
_MORE_AFTER = re.compile(
    r"^\W*(?:and|as well as|among)?\s*(?:several |many |a number of |the )?(?:others?|more|elsewhere)\b", re.IGNORECASE
)
_PLAIN = frozenset("by the are were is was a an : , of namely both all".split())


def _deeds(v: View, q: Quantity) -> frozenset[str]:
    """The stems of what the counted do: the counted noun, its deed, and the verbs beside it in the claim."""
    tokens = v.claim.tokens
    words: set[str] = set()
    for token in tokens[q.token_end : q.token_end + 4]:
        agent = _AGENT.match(token.low)
        if token.low in _AGENTS:
            words.add(_AGENTS[token.low])
        elif agent:
            words |= {agent.group(1), agent.group(1) + "e"}
    words |= {t.low for t in tokens if t.kind == "w" and t.low not in FUNCTION_WORDS and t.text[:1].islower()}
    return frozenset(concept(stem(w)) for w in words)


def _told_whole(v: View, q: Quantity, lists: Lists) -> tuple[Sentence, Enumeration] | None:
    """The list of names that the source gives as the whole of what the claim counts: "signed by A, B … and K"."""
    if any(o.whole == q.number for o in v.claim.quantities if o is not q):
        return None  # "five of the six": the list may be the five
    deeds = _deeds(v, q)
    for s, e in sorted(lists, key=lambda found: -found[0].cover):
        if not s.evidence or not e.proper or len(e.items) < 3:
            continue
        if _meets(q, e.count) or not q.number / 2 <= e.count <= q.number * 2:
            continue
        before, after = s.reading.text[: e.start], s.reading.text[e.end :]
        if _OPEN_LIST.search(before) or _MORE_AFTER.match(after):
            continue
        k = sum(t.end <= e.start for t in s.reading.tokens)
        while k and s.reading.tokens[k - 1].low in _PLAIN:
            k -= 1
        told = concept(stem(s.reading.tokens[k - 1].low)) if k else ""
        # "The parties: A, B and C" are all of them, but not all that did whatever the claim says.
        unheard = v.unheard - _kind(q) - (frozenset() if told in _kind(q) else deeds)
        if told in deeds and not unheard and s.reading.tokens[max(0, k - 2)].low != "other":
            return s, e
    return None


def _kind(q: Quantity) -> frozenset[str]:
    """The words for what is counted, which a list of names need not repeat ("eleven countries")."""
    return frozenset(concept(n) for n in (*q.nouns, q.head) if n)


def _meets(q: Quantity, count: float) -> bool:
    if q.bound in ("more",):
        return count > q.lo
    if q.bound == "least":
        return count >= q.lo
    # Any short list is below a bound: only one that comes near to it says something of it.
    if q.bound in ("less",):
        return q.lo / 2 < count < q.lo
    if q.bound == "most":
        return q.lo / 2 < count <= q.lo
    return count == q.lo


NAMED = 0.75  # least share of the claim's words in a sentence of which "its five routes" are more than it says


def _all_of(v: View, q: Quantity) -> SlotFinding | None:
    """ "All seven backed it" against "five of the seven": the part that the source tells instead."""
    tokens = v.claim.tokens
    before = [t.low for t in tokens[max(0, q.token - 3) : q.token]]
    # "Its five routes" are all of them, if nothing of what is told of them differs.
    named = before[-1:] in (["its"], ["their"], ["his"], ["her"], ["the"]) and "of" not in before
    if (
        q.dim != "count"
        or not ({"all", "both", "each"} & set(before) or (named and q.number >= 2))
        or "not" in before
        or "but" in before
        or "in" in before[-1:]
    ):
        return None
    for s in v.sentences:
        if not s.evidence:
            continue
        for c in s.reading.quantities:
            if c.dim == "count" and c.whole == q.number and c.number < q.number:
                if named and (s.cover < NAMED or not (q.head and q.head in s.reading.content | set(c.nouns))):
                    continue
                sure = confidence("part_conflict", {"cover": s.cover, "novel": v.novel, "size": float(min(v.size, 10))})
                if sure >= CONFLICT_FLOOR:
                    slot = Slot(
                        kind=SlotKind.COUNT,
                        text=q.text,
                        start=q.start,
                        end=q.end,
                        value=q.value,
                        fills=" ".join(q.nouns),
                    )
                    end = s.reading.text.find(plain(q.number), c.end)
                    shown = s.reading.text[c.start : c.end]
                    return SlotFinding(
                        slot=slot,
                        state=SlotState.CONFLICTING,
                        rule=SCOPE,
                        confidence=round(sure, 3),
                        found=shown if end < 0 else s.reading.text[c.start : end + len(plain(q.number))],
                        derivation=f"the source has {shown} of {plain(q.number)}, not all",
                        start=s.passage.start + c.start,
                        end=s.passage.start + c.end,
                    )
    return None


_DAY_BEFORE = re.compile(r"\b(?:on|before|after|by|until|since)\s(?:the\s)?$", re.IGNORECASE)  # "after the 12th"


def _is_slot(q: Quantity) -> bool:
    if q.dim == "ordinal":
        return q.number > 2 or (q.number == 2 and bool(q.head))
    if q.dim != "count":
        return False
    return not (q.number == 1 and q.form == "words" and q.whole is None)


def check(pair: Pair) -> Judgement | None:
    """Compares each count of the claim with what the source states, lists or lets one work out."""
    v = view(pair)
    # The lists are read once, and only if a count is not stated.
    listed = partial(_listed, lists=cache(lambda: _lists(v)))
    findings = []
    for q in v.claim.quantities:
        if _is_slot(q) and not (q.dim == "ordinal" and not q.head and _DAY_BEFORE.search(v.claim.text[: q.start])):
            findings.append(_all_of(v, q) or judge_number(v, q, SlotKind.COUNT, RULE, more=listed))
    return judgement(pair, "count", findings)
