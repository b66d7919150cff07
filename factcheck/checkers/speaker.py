"""Checks that what a claim has somebody say was said by that person or body.

The words are matched to everything the source has anybody say; they conflict where another,
named speaker said them and the claim's speaker did not. A speaker who says nothing of the kind
is missing.
"""

from __future__ import annotations

import re

from factcheck import gazetteer, wording
from factcheck.checkers.role import _alike
from factcheck.domain import Judgement, Pair, Slot, SlotFinding, SlotKind, SlotState
from factcheck.reading import Reading, Speech, judgement, read
from factcheck.speech import Saying, sayings

CHECKER = "speaker"


def check(pair: Pair) -> Judgement | None:
    """Back, miss or contradict each speaker of the claim; None for a claim in its own voice."""
    said = sayings(pair.claim.text)
    if not said:
        return None
    reading = read(pair)
    if not reading.speeches:
        return None
    return judgement(pair, CHECKER, [f for s in said if (f := _finding(pair, reading, s)) is not None])


def _asked_to_do(claim: str, saying: Saying) -> bool:
    """Whether the claim tells of a request and not of words: "Lins asked Rocha to write"."""
    return saying.verb == "ask" and bool(
        re.match(r"[^,;:“\"]{2,40}?\sto\s[a-z]", claim[saying.said_start : saying.said_end])
    )


def _said_with(claim: str, saying: Saying, rival: Speech) -> bool:
    """Whether the claim sets the source's speaker beside its own: "Haikali and Brandt differ on"."""
    beside = re.search(r"([\w’'-]+)\s(?:and|or)\s$", claim[: saying.start])
    return beside is not None and beside[1] in rival.speaker.split()


def _finding(pair: Pair, reading: Reading, saying: Saying) -> SlotFinding | None:
    claim = pair.claim.text
    words = wording.content(claim[saying.said_start : saying.said_end]) - wording.content(saying.speaker)
    quotes = [q for q in wording.quotations(claim) if saying.said_start <= q.start and q.end <= saying.said_end]
    quoted = wording.content(" ".join(claim[q.start : q.end] for q in quotes)) if quotes else frozenset()
    verbatim = [n for q in quotes if len((n := _norms(claim[q.start : q.end])).split()) >= 3]
    if not words:
        return None
    slot = Slot(kind=SlotKind.SPEAKER, text=saying.speaker, start=saying.start, end=saying.end, fills=saying.verb)
    who = _without_clause(saying.speaker)
    persons = _persons(reading, who)
    evidence = {p.ordinal for p in pair.passages}
    own: tuple[float, Speech | None] = (0.0, None)
    other: tuple[float, Speech | None] = (0.0, None)
    speaks = False
    for speech in reading.speeches:
        mine = _is(reading, saying.speaker, persons, speech)
        speaks = speaks or mine
        score = _match(reading, words, quoted, verbatim, speech)
        if speech.passage.ordinal not in evidence:
            score *= 0.9
        if mine and score > own[0]:
            own = (score, speech)
        elif not mine and score > other[0]:
            other = (score, speech)

    def finding(
        state: SlotState, confidence: float, speech: Speech | None, found: str, why: str, rule: str
    ) -> SlotFinding:
        return SlotFinding(
            slot=slot,
            state=state,
            rule=rule,
            confidence=round(confidence, 3),
            found=found,
            derivation=why,
            start=speech.start if speech else None,
            end=speech.end if speech else None,
        )

    rival = other[1]
    if rival is not None and other[0] >= 0.5 and other[0] - own[0] >= 0.25 and rival.speaker:
        named = reading.who(rival.speaker)
        # Both must be somebody: "she", "officials" or an unknown name proves nothing.
        known = bool(persons) or _named_in_source(reading, who)
        somebody = any(reading.who(s.text) for s in wording.name_spans(saying.speaker)) or (
            speaks and known and other[0] >= SAME_WORDS and not _ANYBODY.match(who)
        )
        if rival.sure < 1 and (own[0] > 0.2 or not somebody):
            known = False  # "he" may be the claim's speaker after all
        if _ADMITTING.search(claim[saying.end - 1 : saying.said_start + 12]) and not quoted:
            known = False  # who denies or admits a thing is not the one who said it first
        if _NOT.search(claim[saying.said_start : saying.said_end]) and not _NOT.search(rival.text):
            known = False
        if _role_of(reading, saying.speaker, named):
            known = False
        if quotes and any(
            n.start > saying.end and n.end <= quotes[0].start and reading.who(n.text) == named
            for n in wording.name_spans(claim)
        ):
            known = False  # "..., drawing from Brito the reply that" has the words from the right person
        if wording.content(saying.speaker) <= rival.words:
            known = False  # "he rejected a claim by the union that": whose words they are is told within
        if _asked_to_do(claim, saying) or _said_with(claim, saying, rival):
            known = False
        if _possessor(rival, saying.speaker) or (saying.verb == "write" and not quoted):
            known = False
        if named and known and named not in persons and not _same_words(saying.speaker, rival.speaker):
            sure = min(0.97, 0.45 + 0.45 * other[0] + 0.3 * (other[0] - own[0])) - REFERRED * (1 - rival.sure)
            return finding(
                SlotState.CONFLICTING,
                sure,
                rival,
                rival.speaker,
                f"{rival.speaker} said this, not {saying.speaker}: “{wording.shortened(rival.text, 120)}”",
                "FC208",
            )
    if own[1] is not None and own[0] >= 0.3:
        return finding(
            SlotState.BACKED,
            min(0.95, 0.5 + own[0] / 2),
            own[1],
            own[1].speaker,
            f"“{wording.shortened(own[1].text, 120)}”",
            "FC208",
        )
    if speaks:
        return finding(SlotState.BACKED, 0.4, own[1], saying.speaker, "speaks in the source; the words differ", "FC208")
    return None


_ANYBODY = re.compile(r"(?:an?|one|some|any)\b", re.I)
_NOT = re.compile(r"\b(?:not|never|no|none|nobody|nothing)\b|n['’]t\b", re.I)
_OF = re.compile(r"\b(?:of|for|at|from|in|with|to)\s+(?:the\s+)?$", re.I)
_POSSESSOR = re.compile(r"['’]s?\s+[a-z]")
_ADMITTING = re.compile(
    r"\b(?:den(?:y|ies|ied)|admit\w*|conced\w+|acknowledg\w+|confirm\w*|accept\w*|disput\w+|reject\w*|dismiss\w*|"
    r"not|never|n['’]t|rul\w+ out|discover\w*|found|find\w*|"
    r"record\w*|kn[eo]w\w*|learn\w*|determin\w+|read|report its)\b",
    re.I,
)


def _possessor(rival: Speech, speaker: str) -> bool:
    """True where the speech's own sentence names the claim's speaker, and the rival only as whose man that is.

    "Tarn's director, Colin Mee, said": a parser may take Tarn for the speaker.
    """
    p = rival.passage
    outside = p.text[: rival.start - p.start] + " " + p.text[rival.end - p.start :]
    names = [s for s in wording.name_spans(speaker) if s.words[0].norm not in wording.STOP]
    here = {t.norm for t in wording.tokens(outside)}
    if not names or names[-1].words[-1].norm not in here:
        return False
    owner = re.search(rf"\b{re.escape(rival.speaker)}['’]s?\s", outside)
    return bool(owner) or all(gazetteer.is_nationality(t.norm) for t in wording.tokens(rival.speaker))


def _role_of(reading: Reading, speaker: str, rival: str) -> bool:
    """True where the words for the claim's speaker may describe the very person who said it ("the mayor")."""
    own = [s for s in wording.name_spans(speaker) if not s.text.endswith(("'s", "’s", "s'", "s’"))]
    if any(
        reading.who(s.text) and not _POSSESSOR.match(speaker, s.end) and not _OF.search(speaker, 0, s.start)
        for s in own
    ):
        return False
    nouns = {t.stem for t in wording.tokens(speaker) if t.norm in wording.ROLE_NOUNS or t.norm in wording.ORG_NOUNS}
    if not nouns:
        return not own
    roles: set[str] = set()
    for office in reading.offices:
        if reading.who(office.name) == rival:
            roles |= wording.content(office.role)
    if not roles:
        return True
    like = set().union(*(_alike(n) for n in nouns))
    return not roles.isdisjoint(like)


def _named_in_source(reading: Reading, speaker: str) -> bool:
    """True where the source has the speaker's name, as whatever the parser took it for."""
    return any(
        len(span.words) > 1 and reading.text.says(" ".join(w.norm for w in span.words))
        for span in wording.name_spans(speaker)
    )


def _norms(text: str) -> str:
    """The folded words of a text, with a space around each."""
    return f" {' '.join(t.norm for t in wording.tokens(text))} "


def _match(
    reading: Reading, words: frozenset[str], quoted: frozenset[str], verbatim: list[str], speech: Speech
) -> float:
    """How much of what the claim has said is in the speech; a quotation counts by its own words.

    ``verbatim`` are its quotations of three words and more: who said one word for word said it, and of a
    quotation of little but small words ("Nobody has asked us") a shared word says next to nothing.
    """
    if verbatim and all(phrase in _norms(speech.text) for phrase in verbatim):
        return 1.0
    score = reading.share(words, speech.words)
    if quoted and len(quoted) >= 2:
        return max(score, reading.share(quoted, speech.words)) if speech.quoted else score
    return score * FEW_WORDS if verbatim else score


# Who "she" is in the source costs a conflict this share of its doubt: 60 of 62 such on labelled claims were right.
REFERRED = 0.5
SAME_WORDS = 0.9  # of a speech's words in the claim's: one who speaks elsewhere in the source did not say this
FEW_WORDS = 0.4  # set by hand: below what makes anybody the speaker


_WHO = re.compile(r"(?<=\w),?\s(?:who|whom|whose|which|that)\b", re.I)


def _without_clause(speaker: str) -> str:
    """A speaker's own words: "the man who followed Pruett" is not Pruett."""
    told = _WHO.search(speaker)
    return speaker[: told.start()] if told else speaker


def _persons(reading: Reading, speaker: str) -> set[str]:
    """The people (folded full names) that the words for a speaker may mean: by name, else by role."""
    found: set[str] = set()
    for span in wording.name_spans(speaker):
        if (
            _POSSESSOR.match(speaker, span.end)
            or _OF.search(speaker, 0, span.start)
            or span.text.endswith(("'s", "’s", "s'", "s’"))
        ):
            continue  # "Bastian's lawyer" is not Bastian
        who = reading.who(span.text)
        if who:
            found.add(who)
    if found:
        return found
    words = wording.content(speaker)
    if not words:
        return found
    best = 0.0
    for office in reading.offices:
        role = wording.content(office.role)
        share = reading.share(words, role | wording.content(office.name))
        if share >= 0.6 and share >= best:
            who = reading.who(office.name)
            if who:
                if share > best:
                    found = set()
                best = share
                found.add(who)
    return found


def _is(reading: Reading, speaker: str, persons: set[str], speech: Speech) -> bool:
    if not speech.speaker:
        return False
    who = reading.who(speech.speaker)
    if who and who in persons:
        return True
    return _same_words(speaker, speech.speaker) or reading.same_person(speaker, speech.speaker)


def _same_words(a: str, b: str) -> bool:
    """Descriptions of one speaker: "the ministry" and "the health ministry", "prosecutors" and "a prosecutor"."""
    wa, wb = _described(a), _described(b)
    return bool(wa & wb)


def _described(text: str) -> set[str]:
    out = set(wording.content(text))
    for t in wording.tokens(text):
        out |= {wording.stem(x) for x in gazetteer.same_place(t.norm)}
    return out
