"""Counts of the claim against those of the source: stated, counted from a list, or calculated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from factcheck.alignment import Reading, Sentence, View, concept, view
from factcheck.checkers.quantity import CONFLICT_FLOOR, confidence, judge_number, judgement
from factcheck.domain import Judgement, Pair, Slot, SlotFinding, SlotKind, SlotState
from factcheck.quantities import FUNCTION_WORDS, Quantity, Token, plain, stem

RULE = "FC203"
SCOPE = "FC215"

LIST_FLOOR = 0.55
MAX_ITEMS = 60
MAX_ITEM_TOKENS = 12


@dataclass(frozen=True)
class Enumeration:
    """A list in a sentence: its items as (start, end) in the text, and how many things they name.

    ``count`` is more than ``len(items)`` where an item is itself a number of
    things ("two cameras, an altimeter and a lander" are four).
    """

    items: tuple[tuple[int, int], ...]
    count: float
    start: int
    end: int
    proper: bool

    def show(self, text: str) -> str:
        """The list as a reporter checks it, item by item; a very long one by its ends."""
        names = [text[s:e] for s, e in self.items]
        shown = ", ".join(names) if len(names) <= MOST_SHOWN else f"{names[0]}, {names[1]} … {names[-1]}"
        return f"{plain(self.count)} = {shown}"


MOST_SHOWN = 20  # a count is only proved by what can be counted again, but a wall of names proves nothing to anyone


_NAME_JOINERS = frozenset(
    "of the de la le da do dos das del della di van von der den el al bin ibn y e for & st".split()
)
_DETERMINERS = frozenset("a an the his her its their our one another".split())
_LAST = frozenset(("and", "or"))


def _in_name(tokens: tuple[Token, ...], first: int, j: int) -> bool:
    """Whether token ``j`` goes on with the name that starts at ``first``: a capital, a joiner, an initial's dot, a hyphen."""  # noqa: E501
    token = tokens[j]
    following = tokens[j + 1] if j + 1 < len(tokens) else None
    if token.kind == "w" and token.text[0].isupper():
        return True
    if following is None:
        return False
    if token.low in _NAME_JOINERS:
        return following.text[:1].isupper() or following.low in _NAME_JOINERS
    if (
        token.text not in (".", "-", "'", "’", "‑")
        or j == first
        or token.start != tokens[j - 1].end
        or following.kind != "w"
    ):
        return False
    gap = following.start - token.end
    return gap <= 1 and len(tokens[j - 1].text) <= 2 if token.text == "." else gap == 0


def _item_end(tokens: tuple[Token, ...], i: int) -> tuple[int, bool, float] | None:
    """Where the list item from token ``i`` ends, whether it is a name, and how many things it names."""
    n = len(tokens)
    if i >= n:
        return None
    first = tokens[i]
    number = 1.0
    if first.kind == "w" and (
        first.text[0].isupper() or (first.low == "the" and i + 1 < n and tokens[i + 1].text[:1].isupper())
    ):
        j = i
        while j < n and j - i < MAX_ITEM_TOKENS:
            tokens[j]
            if _in_name(tokens, i, j):
                j += 1
            else:
                break
        return j, True, 1.0
    if first.low in _DETERMINERS or first.kind == "n" or first.low in _SMALL:
        if first.kind == "n" or first.low in _SMALL:
            if first.kind == "n" and (
                "." in first.text or not first.text.isascii() or len(first.text) > 4 or not first.text.isdigit()
            ):
                return None
            number = float(first.text) if first.kind == "n" else float(_SMALL[first.low])
            if number > 200:
                return None
        j = i + 1
        while j < n and j - i < MAX_ITEM_TOKENS and tokens[j].text not in ",;.:()—–" and tokens[j].low not in _LAST:
            if tokens[j].low in ("was", "were", "is", "are", "had", "has", "said", "will"):
                break
            j += 1
        return (j, False, number) if j > i + 1 else None
    return None


_SMALL = {
    w: k for k, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split()) if k > 1
}


def enumerations(reading: Reading) -> Iterator[Enumeration]:
    """The lists of a text: names or things set off by commas or semicolons, closed by "and", "or" or "as well as".

    A pair ("A and B") is a list of two names only. An apposition inside a
    semicolon list ("A, of Leeds; B, of Hull; and C") belongs to its item.
    """
    tokens = reading.tokens
    n = len(tokens)
    i = 0
    marks = [t for t in tokens if t.text == ";"]
    if len(marks) >= 2:
        closing = next((t for t in tokens if t.start >= marks[-1].end), None)
        if closing is not None and closing.low in _LAST:
            colon = reading.text.rfind(":", 0, marks[0].start)
            edges = [colon + 1, *(m.end for m in marks), len(reading.text.rstrip(" ."))]
            ends = [*(m.start for m in marks), edges[-1]]
            items = tuple(
                (a + len(reading.text[a:b]) - len(reading.text[a:b].lstrip()), b)
                for a, b in zip(edges, ends, strict=False)
                if reading.text[a:b].strip()
            )
            if len(items) >= 3:
                yield Enumeration(
                    items=items, count=float(len(items)), start=items[0][0], end=items[-1][1], proper=True
                )
                return
    while i < n:
        starts = (
            tokens[i].text[:1].isupper()
            or tokens[i].low in _DETERMINERS
            or tokens[i].low in _SMALL
            or tokens[i].kind == "n"
        )
        if not starts or (i and tokens[i - 1].text == "-"):
            i += 1
            continue
        made, last = _list_at(reading, i)
        if made is not None:
            yield made
            i = max(last, i + 1)
            continue
        step = _item_end(tokens, i) if tokens[i].text[:1].isupper() else None
        i = step[0] if step else i + 1


def _list_at(reading: Reading, i: int) -> tuple[Enumeration | None, int]:
    tokens = reading.tokens
    n = len(tokens)
    items: list[tuple[int, int, float, bool]] = []
    closed = False
    j = i
    while j < n and len(items) < MAX_ITEMS:
        item = _item_end(tokens, j)
        if item is None:
            break
        end, proper, number = item
        if items and proper != items[0][3] and not (not items[0][3] or proper):
            break
        items.append((tokens[j].start, tokens[end - 1].end, number, proper))
        j = end
        if closed:
            break
        # ", 46," or ", who ..." after a name is an apposition and ends a plain list
        if j < n and tokens[j].text in ",;":
            k = j + 1
            if k < n and tokens[k].low in _LAST:
                k += 1
                closed = True
            j = k
            continue
        if j < n and tokens[j].low in _LAST:
            closed = True
            j += 1
            continue
        if j + 2 < n and tokens[j].low == "as" and tokens[j + 1].low == "well" and tokens[j + 2].low == "as":
            closed = True
            j += 3
            continue
        break
    if not closed or len(items) < 2:
        return None, i
    propers = sum(p for *_, p in items)
    if len(items) == 2 and propers < 2:
        return None, i
    if not items[0][3] and propers == len(items) - 1 and propers > 1:
        return None, i  # "seven centres in Kenya, Tanzania and Ghana": the list starts at Kenya
    if 0 < propers < len(items) and propers * 2 < len(items) and items[0][3]:
        return None, i
    return Enumeration(
        items=tuple((s, e) for s, e, _, _ in items),
        count=sum(c for _, _, c, _ in items),
        start=items[0][0],
        end=items[-1][1],
        proper=propers == len(items),
    ), j


def _listed(v: View, q: Quantity) -> SlotFinding | None:
    """The claim's count as the length of a list in the evidence, or a list that is longer or shorter."""
    if q.dim != "count" or q.number != int(q.number) or not 2 <= q.number <= MAX_ITEMS or q.lo != q.hi or q.tally:
        return None
    claim_near = v.claim.near(q.start, q.end, 5)
    found: list[tuple[float, bool, Sentence, Enumeration]] = []
    for s in v.sentences:
        if not s.evidence and s.cover < 0.2:
            continue
        for e in enumerations(s.reading):
            fits = _meets(q, e.count)
            near = s.reading.near(e.start, e.end, 6)
            stated = any(c.dim == "count" and c.number == e.count for c in s.reading.quantities)
            features = {
                "cover": s.cover,
                "window": v.share(claim_near, near),
                "head": float(bool(q.head) and (concept(q.head) in near or concept(q.head) in s.reading.content)),
                "proper": float(e.proper),
                "items": float(min(len(e.items), 8)),
                "evidence": float(s.evidence),
                "size": float(min(v.size, 10)),
                "novel": v.novel,
                "stated": float(stated),
                "near": s.cover_near,
                "pair": float(len(e.items) == 2),
            }
            sure = confidence("list" if fits else "list_conflict", features)
            found.append((sure, fits, s, e))
    whole = _told_whole(v, q)
    if whole is not None and not any(fits for _, fits, _, _ in found):
        s, e = whole
        slot = Slot(kind=SlotKind.COUNT, text=q.text, start=q.start, end=q.end, value=q.value, fills=" ".join(q.nouns))
        return SlotFinding(
            slot=slot,
            state=SlotState.CONFLICTING,
            rule=RULE,
            confidence=0.9,
            found=s.reading.text[e.start : e.end],
            derivation=f"{e.show(s.reading.text)}, not {q.text}",
            start=s.passage.start + e.start,
            end=s.passage.start + e.end,
        )
    for wanted, floor, state in ((True, LIST_FLOOR, SlotState.DERIVED), (False, CONFLICT_FLOOR, SlotState.CONFLICTING)):
        best = max((f for f in found if f[1] is wanted), key=lambda f: (f[0], -f[2].passage.start), default=None)
        if best is not None and best[0] >= floor:
            sure, _, s, e = best
            slot = Slot(
                kind=SlotKind.COUNT, text=q.text, start=q.start, end=q.end, value=q.value, fills=" ".join(q.nouns)
            )
            return SlotFinding(
                slot=slot,
                state=state,
                rule=RULE,
                confidence=round(sure, 3),
                found=s.reading.text[e.start : e.end],
                derivation=e.show(s.reading.text) + ("" if wanted else f", not {q.text}"),
                start=s.passage.start + e.start,
                end=s.passage.start + e.end,
            )
    return None


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


def _told_whole(v: View, q: Quantity) -> tuple[Sentence, Enumeration] | None:
    """The list of names that the source gives as the whole of what the claim counts: "signed by A, B … and K"."""
    if any(o.whole == q.number for o in v.claim.quantities if o is not q):
        return None  # "five of the six": the list may be the five
    deeds = _deeds(v, q)
    for s in sorted(v.sentences, key=lambda s: -s.cover):
        if not s.evidence:
            continue
        for e in enumerations(s.reading):
            if not e.proper or len(e.items) < 3 or _meets(q, e.count) or not q.number / 2 <= e.count <= q.number * 2:
                continue
            before, after = s.reading.text[: e.start], s.reading.text[e.end :]
            if _OPEN_LIST.search(before) or _MORE_AFTER.match(after):
                continue
            k = sum(t.end <= e.start for t in s.reading.tokens)
            while k and s.reading.tokens[k - 1].low in _PLAIN:
                k -= 1
            if k and concept(stem(s.reading.tokens[k - 1].low)) in deeds and not v.unheard - deeds - _kind(q):
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
    findings = []
    for q in v.claim.quantities:
        if _is_slot(q) and not (q.dim == "ordinal" and not q.head and _DAY_BEFORE.search(v.claim.text[: q.start])):
            findings.append(_all_of(v, q) or judge_number(v, q, SlotKind.COUNT, RULE, more=_listed))
    return judgement(pair, "count", findings)
