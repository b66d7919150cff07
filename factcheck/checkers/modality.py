"""Checks that a claim tells as fact only what its source tells as fact.

Planned, expected, proposed or feared is not done; alleged, claimed or suspected is not established.
A bare claim of such a thing is missing its backing; one that says a plan has happened, where the source
says it is still to come, conflicts.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from factcheck import wording
from factcheck.domain import Judgement, Pair, Slot, SlotFinding, SlotKind, SlotState
from factcheck.reading import Alignment, Clause, Reading, align, alike, judgement, parts, read
from factcheck.speech import sayings
from factcheck.wording import Token

CHECKER = "modality"
LEAST_WORDS = 3  # a part of a claim with fewer words of its own is like too many clauses to conflict with one


@dataclass(frozen=True)
class Stance:
    """How a part of a claim tells what it tells: ``kind`` as for clauses, "" for done, "future" for a bare "will"."""

    kind: str
    cue: str


_FUTURE = re.compile(r"\b(?:will|shall|won['’]t|['’]ll|is going to|are going to)\b", re.I)
_TO_BE = re.compile(
    r"\b(?:is|are|was|were|be)\s+(?:due|set|expected|scheduled|likely|supposed|planned|to|about|ready|poised|slated|hoping|hoped|meant|intended)\b(?!\s+the\b)",
    re.I,
)
_POSSIBLE = re.compile(
    r"\b(?:may|might|could|can|perhaps|possibly|probably|likely|unlikely|possible|uncertain|unclear|apparent(?:ly)?|potential(?:ly)?|would|should|if|unless|whether|depends?|still|yet|considering|undecided)\b",
    re.I,
)
_PLANNED = re.compile(
    r"\b(?:plans?|planned|planning|intends?|intended|intention|intending|propos\w+|hop(?:e|es|ed|ing)|aims?|aimed|wants?|wanted|wish\w*|seeks?|sought|seeking|promis\w+|pledg\w+|"
    r"vow\w*|offer\w*|expect\w*|forecast\w*|predict\w*|projected|anticipat\w+|prospects?|proposal\w*|recommend\w*|"
    r"urg(?:e|es|ed|ing)|calls?|called for|calling|demand\w*|threat\w*|"
    r"ask(?:s|ed|ing)?|requests?|requested|bid|campaign\w*|favou?rs?|favou?red|considers?|considered|pending|"
    r"awaiting|awaits?|scheduled|upcoming|coming|target\w*|draft|ambition\w*|willing|ready|mean(?:s|t)? to|agreed "
    r"to|idea|option|ordered|told to|required|(?:decid\w+|resolv\w+|vot(?:e|es|ed|ing)|opt(?:s|ed|ing)?|cho(?:ose|oses|se|sen)|prepar\w+) to)\b",
    re.I,
)
_ALLEGED = re.compile(
    r"\b(?:alleg\w+|claim(?:s|ed|ing)?|accus\w+|suspect\w*|suspicion\w*|reported(?:ly)?|rumou?r\w*|supposed(?:ly)?|purported(?:ly)?|apparently|believ\w+|think\w*|thought|according|"
    r"maintain\w*|contend\w*|argu\w+|insist\w*|assert\w*|fear\w*|complain\w*|charg(?:e|es|ed|ing)|blam\w+|den(?:y|ies|ied|ying|ial)|disput\w+|reject\w*|dismiss\w*|"
    r"say(?:s|ing)?|said|told|tells|view|opinion|sees?|seen|estimat\w+|suggest\w*|doubt\w*|question\w*|unproven|unconfirmed|critici\w+|warn\w*|admit\w*|acknowledg\w+|conced\w+|"
    r"confirm\w*|describ\w+|boast\w*|account|version|attribut\w+|put down to|hint\w*|account\w*|contradict\w*|"
    r"joke\w*|recall\w*|quot\w+)\b",
    re.I,
)


def stance(text: str) -> Stance:
    """The modality a piece of a claim gives itself."""
    masked = wording.outside_quotations(text)
    for kind, pattern in (
        ("allege", _ALLEGED),
        ("plan", _TO_BE),
        ("plan", _PLANNED),
        ("possible", _POSSIBLE),
        ("future", _FUTURE),
    ):
        m = pattern.search(masked)
        if m:
            return Stance(kind, m.group())
    if wording.quotations(text):
        return Stance("allege", "quotation")
    return Stance("", "")


# Cues of a clause that leave open whether the thing will happen at all, unlike a plain "will".
_SOFT = frozenset(
    """hope hopes hoped hoping plan plans planned planning want wants wanted ask asks asked seek seeks sought promise
    promises promised pledge pledged vow vowed propose proposes proposed proposal recommend recommends recommended if
    unless     whether
    consider considers considered considering expect expects expected intend intends intended intention offer offers
    offered may
    might could perhaps possibly probably maybe demand demands demanded urge urged call calls called request
    requested threaten
    threatened aim aims aimed mull mulling weigh weighing likely unlikely should willing suspects suspected feared
    fear fears
    possibility option prospect goal bid draft wish wished""".split()
)
_SAYING = frozenset("said says say told added".split())
# What people with a side to take say of others is an allegation, whatever the verb.
_INTERESTED = re.compile(
    r"\b(?:opposition|unions?|workers|campaign\w*|residents?|critics|lawyer|rivals?|activists?|families|shareholders?|rumou?rs?|neighbou?rs|"
    r"opponents?|protesters|strikers|accuser|plaintiff|defen[cs]e lawyer|candidate|supporters|farmers|growers|"
    r"shopkeepers|villagers|parents|some|many)\b",
    re.I,
)


def check(pair: Pair) -> Judgement | None:
    """Miss or contradict how firmly the claim tells its facts; None where it hedges itself, or nothing matches."""
    reading = read(pair)
    text = pair.claim.text
    if not reading.clauses or sayings(text) or _CONDITION.search(text):
        return None
    findings = []
    for start, end in parts(text):
        finding = _finding(pair, reading, start, end)
        if finding is not None:
            findings.append(finding)
    return judgement(pair, CHECKER, findings)


def _finding(pair: Pair, reading: Reading, start: int, end: int) -> SlotFinding | None:
    # A vote of no confidence is nothing that was not done.
    part = (
        pair.claim.text[start:end].replace("no confidence", "## confidence").replace("no-confidence", "##-confidence")
    )
    mine = stance(part)
    if mine.kind not in {"", "future"} and not (mine.kind == "possible" and mine.cue == "May"):
        return None
    pending = _pending(pair, reading, part, start, end) if mine.kind == "" else None
    if pending is not None:
        return pending
    ahead = _ahead(pair, reading, part, start, end) if mine.kind != "future" else None
    if ahead is not None:
        return ahead
    found = align(reading, part, pair.passages)
    if found is None:
        return None
    clause = found.clause
    if _came_about(clause) or _AS_BEFORE.search(clause.passage.text):
        return None
    slot = Slot(
        kind=SlotKind.MODALITY,
        text=pair.claim.text[start:end].strip(),
        start=start,
        end=end,
        value=mine.kind or "done",
        fills=clause.verb,
    )
    words = clause.passage.text[clause.extent[0] : clause.extent[1]]

    def finding(state: SlotState, rule: str, confidence: float, why: str) -> SlotFinding:
        return SlotFinding(
            slot=slot,
            state=state,
            rule=rule,
            confidence=round(confidence, 3),
            found=wording.shortened(words, 160),
            derivation=why,
            start=clause.passage.start + clause.extent[0],
            end=clause.passage.start + clause.extent[1],
        )

    sure = found.passage_share * 0.5 + found.clause_share * 0.5
    cue = " ".join(clause.cues)
    who = clause.speaker or "the source's speaker"
    kind = clause.kind
    soft = bool(_SOFT.intersection(clause.cues))
    telling = len(wording.content(part)) >= LEAST_WORDS
    if kind == "allege" and sure >= 0.4:
        return finding(
            SlotState.MISSING, "FC305", 0.5 + 0.45 * sure, f"only said by {who} (“{clause.cues[0]}”), not established"
        )
    if (
        kind == "say"
        and clause.speaker
        and found.verb is not None
        and _INTERESTED.search(clause.speaker)
        and sure >= 0.5
    ):
        return finding(SlotState.MISSING, "FC305", 0.3 + 0.4 * sure, f"only said by {who}, not established")
    if kind == "possible" and sure >= 0.4:
        return finding(SlotState.MISSING, "FC306", 0.5 + 0.45 * sure, f"only possible in the source (“{cue}”)")
    if kind == "condition" and found.verb is not None and sure >= 0.4:
        return finding(SlotState.MISSING, "FC306", 0.4 + 0.4 * sure, f"only on a condition in the source (“{cue}”)")
    if mine.kind == "future":
        if kind == "plan" and sure >= 0.4 and (soft or ("would" in clause.cues and _SAYING.intersection(clause.cues))):
            weight = 0.5 if soft else 0.4
            return finding(
                SlotState.MISSING,
                "FC306",
                weight + 0.4 * sure,
                f"a plan or promise in the source (“{cue}”), not settled",
            )
        return None
    if (
        kind in {"plan", "notyet"}
        and telling
        and found.verb is None
        and _BY_NOW.search(part)
        and not _NEGATED.search(part)
        and not _SUBORDINATE.match(part)
        and sure >= 0.4
        and _HARD.intersection(clause.cues[:1])
        and not _DREAD.intersection(clause.cues)
    ):
        return finding(
            SlotState.CONFLICTING,
            "FC210",
            0.5 + 0.4 * sure,
            f"told as done, but the source has it still to come (“{cue}”)",
        )
    if kind in {"plan", "notyet"} and found.verb is not None and _told_as_done(part, found):
        if _NEGATED.search(part) or _of_another(part, clause):
            return None
        if telling and sure >= 0.45 and _HARD.intersection(clause.cues[:1]) and not _DREAD.intersection(clause.cues):
            return finding(
                SlotState.CONFLICTING,
                "FC210",
                min(0.95, 0.45 + 0.45 * sure + 0.1 * bool(_ALREADY.search(part))),
                f"told as done, but the source has it still to come (“{cue}”)",
            )
        return finding(SlotState.MISSING, "FC306", 0.5, f"the source has it still to come (“{cue}”)")
    return None


# What stands nearest to the verb and says that it is yet to happen; "asked" or "feared" does not say that much.
_HARD = frozenset(
    """will would shall 'll plan plans planned intend intends intended hope hopes hoped due set expected expects
    scheduled     proposes proposed propose wants promised promises agreed offered considering yet not""".split()
) | {"be to", "have yet to", "not yet"}
_DREAD = frozenset("fear fears feared suspect suspects suspected asked ask asks show mean means".split())
_NEGATED = re.compile(r"\b(?:not|never|no|none|nothing|neither|nor)\b|n['’]t\b", re.I)
_CONDITION = re.compile(
    r"\b(?:if|unless|provided|providing|depend\w*|condition\w*|in case|whether|as long as|subject to|"
    r"not\s+(?:yet\s+)?(?:been\s+)?(?:established|known|clear|settled|decided))\b",
    re.I,
)
_SUBORDINATE = re.compile(r"\s*(?:before|until|when|after|if|once|because|since)\b", re.I)
# "The towns will draw on wells, as they did in the drought": it is still to come, and it has been.
_AS_BEFORE = re.compile(r"\bas\s(?:it|they|he|she|we|in|[A-Z]\w+)\s(?:did|does|do|had|has|have)\b")
_NEXT = re.compile(r"\bnext (?:year|season|edition|time)\b", re.I)
_IS_TO = re.compile(r"\b(?:is|are|was|were|be|been)\s+(?:\w+\s+)?to\s+(?:\w+\s+)?$", re.I)
_ALREADY = re.compile(r"\b(?:already|now|has|have|had|been|was|were)\b", re.I)


_BY_NOW = re.compile(r"\balready\b", re.I)
_PERFECT = re.compile(
    r"\b(?:has|have)(?: already| now| both| all)?(?: been)?\s+(\w+)\b|\b(?:was|were)(?: already)?\s+(\w+ed)\b", re.I
)
# What must still happen has not: "must still be approved", "needs the approval of", "has yet to sign".
_PENDING = re.compile(
    r"\b(?:must(?: still)?(?: be)?|(?:still )?needs?(?: to be)?(?: the)?|yet to(?: be)?|still (?:has|have) to(?: "
    r"be)?|awaits?(?: the)?|awaiting(?: the)?|"
    r"subject to(?: the)?|pending(?: the)?|requires?(?: the)?|before it can be|remains? to be|still to be)\s+(\w+)\b",
    re.I,
)


def _pending(pair: Pair, reading: Reading, part: str, start: int, end: int) -> SlotFinding | None:
    """A claim that something has been done which the passage says must, needs or has yet to be done."""
    done = {wording.stem(w) for m in _PERFECT.finditer(part) for w in m.groups() if w}
    if not done or _NEGATED.search(part):
        return None
    words = wording.content(part) - done
    for p in pair.passages:
        for m in _PENDING.finditer(p.text):
            if wording.stem(m.group(1)) not in done:
                continue
            near = {q.ordinal for q in pair.passages} | {p.ordinal - 1, p.ordinal + 1}
            told = frozenset().union(
                *(reading.words(q) for q in reading.passages if q.ordinal in near), reading.words(p)
            )
            share = reading.share(words, told)
            if share >= 0.35:
                at = (p.start + m.start(), p.start + m.end())
                return _to_come(pair, (start, end), m.group(1), share, m.group(), m.group(), at)
    return None


_DONE = re.compile(
    r"\b(?:has|have) (?:already |now |both |all |also )?(?:been )?(\w+)\b|\b(?:was|were) (?:already )?(\w+(?:ed|en|t))\b|\balready\b",
    re.I,
)
_OPEN = re.compile(
    r"\b(?:not|never|no|none|if|will|would|may(?! \d)|might|could|should|to be|plan(?:s|n\w+)?|expect\w*|propos\w*|said|says|ask\w*|want\w*|hop\w+|promis\w*|agreed|"
    r"offer\w*|deni\w*|accus\w*|alleg\w*|claim\w*|call\w*|urg\w*|warn\w*|still|yet|until|before|due|set to)\b|n['’]t\b",
    re.I,
)
_AMOUNT = re.compile(r"\b(?:more|most|than|half|least|fewer|less|ever)\b", re.I)
# What the claim tells as done must have this much of its other words in the clause that tells it as ahead.
AHEAD = 0.45
WITHIN = 0.1  # ... and a clause within it that has hardly fewer tells it


def _ahead(pair: Pair, reading: Reading, part: str, start: int, end: int) -> SlotFinding | None:
    """A claim that something has been done, where the clause with most of its words has it as still to come."""
    masked = wording.outside_quotations(part)
    m = _DONE.search(masked)
    if m is None or _OPEN.search(masked.replace("May", "M")) or _AMOUNT.search(masked):
        return None
    verbs = [w.casefold() for w in m.groups() if w]
    if verbs and not (verbs[0].endswith("ed") or verbs[0] in wording.PAST):
        return None  # "has room for", "has been minister"
    words = wording.content(part) - {wording.stem(w) for w in m.groups() if w}
    if len(words) < 2:
        return None
    near = {p.ordinal for p in pair.passages}
    shares = [(reading.share(words, c.words), c) for c in reading.clauses if c.passage.ordinal in near]
    if not shares:
        return None
    share, c = max(shares, key=lambda x: x[0])
    if any(other >= share - WITHIN and not inner.kind and _inside(inner, c) for other, inner in shares):
        return None  # "Households will pay more after councillors approved it": what is told within is done
    if (
        share < AHEAD
        or c.kind not in {"plan", "notyet", "possible", "condition"}
        or not (_HARD - {"agreed", "offered"}).intersection(c.cues[:1])
        or _DREAD.intersection(c.cues)
        or _came_about(c)
    ):
        return None
    told = wording.shortened(c.passage.text[c.extent[0] : c.extent[1]], 160)
    at = (c.passage.start + c.extent[0], c.passage.start + c.extent[1])
    return _to_come(pair, (start, end), c.verb, share, told, c.cues[0], at)


_CAME_ABOUT = re.compile(r"\bwould\s(?:later|eventually|subsequently|soon|go\son|come\sto|one\sday)\b", re.I)


def _came_about(clause: Clause) -> bool:
    """Whether what a clause tells with "would" lay ahead only then: "who would later refuse her"."""
    return bool(_CAME_ABOUT.search(clause.passage.text[clause.extent[0] : clause.extent[1]]))


def _inside(inner: Clause, outer: Clause) -> bool:
    """Whether a clause is a part of another one of its sentence."""
    (a, b), (lo, hi) = inner.extent, outer.extent
    return inner.passage is outer.passage and lo <= a and b <= hi and (a, b) != (lo, hi)


def _to_come(
    pair: Pair, part: tuple[int, int], fills: str, share: float, found: str, cue: str, at: tuple[int, int]
) -> SlotFinding:
    """The conflict of a part of the claim with what the source has as still to come, as its cue says."""
    start, end = part
    return SlotFinding(
        slot=Slot(
            kind=SlotKind.MODALITY,
            text=pair.claim.text[start:end].strip(),
            start=start,
            end=end,
            value="done",
            fills=fills,
        ),
        state=SlotState.CONFLICTING,
        rule="FC210",
        confidence=round(0.6 + 0.3 * share, 3),
        found=found,
        derivation=f"told as done, but the source has it still to come (“{cue}”)",
        start=at[0],
        end=at[1],
    )


_PRONOUN = re.compile(r"\b(?:it|they|he|she|we|i|you|this|that|these|those|which|who|both|all|one)\b", re.I)


def _of_another(part: str, clause: Clause) -> bool:
    """Whether the clause tells of somebody or something that the claim does not name: "60,000 doses would arrive"."""
    subject = wording.content(clause.subject)
    return bool(subject) and not _PRONOUN.search(clause.subject) and not alike(subject, wording.content(part))


def _told_as_done(part: str, found: Alignment) -> bool:
    """True where the claim's verb is finite and past, or stands with has, was or already."""
    verb = found.verb
    assert verb is not None
    if _SUBORDINATE.match(part) or (_NEXT.search(found.clause.passage.text) and not _NEXT.search(part)):
        return False
    text = found.clause.passage.text
    if "be to" in found.clause.cues[:1] and not _IS_TO.search(text[: found.clause.start - found.clause.passage.start]):
        return False  # "the third university to lose its leader" is no plan
    toks = wording.tokens(part)
    at = next((i for i, t in enumerate(toks) if t.stem == verb.stem), 0)
    before = [t.norm for t in toks[max(0, at - 4) : at]]
    if {"to", "will", "would"} & set(before[-2:]) or {"be"} & set(before[-1:]):
        return False
    if {"the", "a", "an", "its", "his", "her", "their", "of"} & set(before[-1:]):
        return False  # a noun: "the cost of the transfer"
    past = verb.norm.endswith("ed") or (verb.norm in wording.PAST)
    perfect = bool({"has", "have", "had", "was", "were", "been", "already", "did"} & set(before))
    # "the tower proposed by ..." is a participle: no claim that anything has happened
    if not perfect and not part.rstrip().endswith((".", "!", "”", '"')):
        return False  # a fragment: "540 postponed operations"
    follows = toks[at + 1].norm if at + 1 < len(toks) else ""
    participle = (
        past
        and not perfect
        and follows in {"by", "in", "for", "from", "at", "on", "as", "of", "to", "with"}
        and at > 0
        and not _finite_subject(toks, at)
    )
    return (past or perfect) and not participle


def _finite_subject(toks: Sequence[Token], at: int) -> bool:
    """A claim that is a full sentence has no other verb than this one before it; a crude test on endings."""
    return toks[0].capital and not any(t.norm in {"a", "an"} for t in toks[:1])
