"""Checks that the sentences which carry a claim tell it as the source's own account.

A page may hold a false claim word for word and not tell it: as a question, a joke, a myth to be
put right, a rumour of "thousands", the plot of a novel, a heading of a fact check, a list of search
terms, or as satire. A claim that stands only in such sentences is missing its backing.
"""

from __future__ import annotations

import re

from factcheck import wording
from factcheck.domain import Judgement, Pair, Passage, Slot, SlotFinding, SlotKind, SlotState
from factcheck.reading import judgement, read

CHECKER = "voice"
RULE = "FC308"

CARRIES = 0.6  # least share of the claim's words in a sentence that carries it
NEARLY = 0.15  # a sentence with this much less of them carries it as well as the best
SURE = 0.9
TERMS = "the source has its words only in a list of terms"
SHORT = 7  # words of a heading or an item of a list; several of them that say the same are there to be found
_STOP = re.compile(r"[.!…:;]['\"”’)\]]*\s*$|\d")

_QUESTION = re.compile(r"\?['\"”’)\]]*\s*$")
_SEARCH = re.compile(
    r"^\W*(?:topics|tags|keywords|filed under|related|see also|read more|trending|most read|"
    r"vote(?: now)?|poll|quiz|true or false|"
    r"(?:people|readers) (?:also )?(?:search|ask|look)\w*(?: for)?)\s*[:|—–-]|(?:\|[^|]+){2}|(?:#\w+\W+){3}",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\W*(?:the |this |what was |what is )?"
    r"(?:myths?|claim(?:ed|s)?|rumou?rs?|viral(?: post| claim)?|misconception|false|fake|fiction|hoax|untrue|not true|"
    r"allegation|what (?:they|people) say)\b(?:\s*(?:no\.?|number)?\s*\d+)?\s*[:—–-]",
    re.IGNORECASE,
)
_NOT_SERIOUS = re.compile(
    r"\b(?:jok(?:e|ed|es|ing|ingly)|quipp?(?:ed|s)|in jest|prank(?:s|ed)?|hoax(?:es)?|april[ -]fool\w*|myths?|"
    r"urban legend|satir\w+|parody|spoof|made[ -]up|we (?:like to )?imagine|pretend(?:s|ed)?|doctored|photoshopped)\b|"
    # what happens in a book or a film, told as such: "In Mara Holt's new novel, the town ..."
    r"\bin (?:[\w'’-]+ ){1,6}(?:novel|film|movie|play|sitcom|comedy|drama|video game|short story|fairy tale),",
    re.IGNORECASE,
)
# Nobody in particular says so, or a thing that anybody may have written.
_HEARSAY = re.compile(
    r"\b(?:(?:thousands|hundreds|millions|many|some|users?|people|commenters|accounts|posts?|memes?|leaflets?|posters?|"
    r"chain letters?|an? (?:\w+ )?(?:leaflet|poster|meme|flyer|tweet|post|graffiti)|rumou?rs?|gossip)"
    r"(?: (?:on|in|from) (?:\w+ ){0,3}?\w+)?(?: (?:have|has|had|are|were|was))? "
    r"(?:written|write|wrote|posted|post|shar(?:ed|e|es|ing)|tweet(?:ed)?|claim(?:ed|s|ing)?|say(?:s|ing)?|said|"
    r"reads?|spread(?:ing)?|had it|has it))\b|"
    r"\b(?:a|an|one|the|this) (?:\w+ ){0,2}?(?:post|video|message|meme|leaflet|tweet|clip|screenshot|chain letter) "
    r"(?:that|which) [^.]{0,80}?\b(?:says?|said|claims?|claimed|shows?|reads?)\b",
    re.IGNORECASE,
)
# Words to whoever checks, instead of to a reader.
_ADDRESSED = re.compile(
    r"\b(?:note|notice|message|instructions?|attention|dear|hey|hello)\b.{0,30}\b"
    r"(?:checkers?|verifiers?|assistants?|bots?|crawlers?|(?:language )?models?|ai)\b|"
    r"\bthe (?:following )?(?:statement|claim|sentence|assertion)\b.{0,200}\b(?:is|as) (?:\w+ )?"
    r"(?:true|correct|supported|verified|confirmed)\b",
    re.IGNORECASE,
)
_SATIRE = re.compile(
    r"\b(?:this (?:\w+ )?is (?:a |an |pure )?(?:satire|parody|spoof|work of fiction|fiction|joke)|"
    r"(?:everything|all of this|the (?:above|following)|what follows|this (?:column|article|piece|page)) "
    r"(?:\w+ ){0,3}?(?:is|was) (?:made up|invented|fiction|satire|a joke|not true))\b|"
    r"\b(?:jokes|satire|fiction|inventions?)\b.{0,20}\b(?:on|in|of) this (?:page|column|site|section)\b|"
    r"^\W*(?:satire|parody|spoof|humou?r)\s*[:—–|-]",
    re.IGNORECASE,
)
# What tells that a sentence does not tell what it carries, and how a reporter is told so.
_DOUBTS = (
    (_QUESTION, "the source only asks it"),
    (_SEARCH, TERMS),
    (_LABEL, "the source gives it only as a claim to be checked"),
    (_NOT_SERIOUS, "the source tells it as a joke, a myth or a story"),
    (_ADDRESSED, "the source says it to whoever checks it, not to its readers"),
    (_HEARSAY, "the source tells it only as what people say"),
)


def check(pair: Pair) -> Judgement | None:
    """Miss a claim that only sentences carry which do not tell it; None where the claim speaks of that itself."""
    text = pair.claim.text
    if any(p.search(text) for p in (_QUESTION, _NOT_SERIOUS, _HEARSAY, _SATIRE, _LABEL)):
        return None
    words = wording.content(text)
    if not words or not pair.passages:
        return None
    reading = read(pair)
    satire = _satire(pair)
    if satire:
        return judgement(
            pair, CHECKER, [_missing(pair, None, f"the source says of itself that it is none: “{satire}”")]
        )
    shares = [(reading.share(words, reading.words(p)), p) for p in pair.passages]
    most = max(share for share, _ in shares)
    if most < CARRIES:
        return None
    carriers = [p for share, p in shares if share >= max(CARRIES, most - NEARLY)]
    doubts = [_doubt(p) for p in carriers]
    if len(carriers) > 1 and all(len(p.text.split()) <= SHORT and not _STOP.search(p.text) for p in carriers):
        doubts = [TERMS]
    if not all(doubts):
        return None
    return judgement(pair, CHECKER, [_missing(pair, carriers[0], doubts[0])])


def _satire(pair: Pair) -> str:
    """What a source says of itself where it is not to be believed, in its title or anywhere in its evidence."""
    for text in (pair.source.title or "", *(p.text for p in pair.context[:4]), *(p.text for p in pair.passages)):
        m = _SATIRE.search(text)
        if m:
            return wording.shortened(text, 80)
    return ""


def _doubt(p: Passage) -> str:
    """Why a sentence does not tell what it carries; "" where it does."""
    return next((why for pattern, why in _DOUBTS if pattern.search(p.text)), "")


def _missing(pair: Pair, p: Passage | None, why: str) -> SlotFinding:
    text = pair.claim.text
    return SlotFinding(
        slot=Slot(kind=SlotKind.MODALITY, text=text, start=0, end=len(text), fills="voice"),
        state=SlotState.MISSING,
        rule=RULE,
        confidence=SURE,
        found=wording.shortened(p.text, 160) if p else "",
        derivation=why,
        start=p.start if p else None,
        end=p.end if p else None,
    )
