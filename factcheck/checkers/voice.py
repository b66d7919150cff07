"""Checks that the sentences which carry a claim tell it as the source's own account.

A page may hold a false claim word for word and not tell it: as a question, a joke, a myth to be
put right, a rumour of "thousands", the plot of a novel, a heading of a fact check, a list of search
terms, or as satire. A claim that stands only in such sentences is missing its backing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from factcheck import wording
from factcheck.domain import Judgement, Pair, Passage, Slot, SlotFinding, SlotKind, SlotState
from factcheck.reading import Reading, judgement, read

CHECKER = "voice"
RULE = "FC308"

CARRIES = 0.6  # least share of the claim's words in a sentence that carries it
NEARLY = 0.15  # a sentence with this much less of them carries it as well as the best
SURE = 0.9
TERMS = "the source has its words only in a list of terms"
SHORT = 7  # words of a heading or an item of a list; several of them that say the same are there to be found
_STOP = re.compile(r"[.!…:;]['\"”’)\]]*\s*$|\d")

_QUESTION = re.compile(r"\?['\"”’)\]]*\s*$")
_ASKING = re.compile(
    r"^\W*(?:(?:and|but|so|or|if so|then|well)\b,?\s+)?(?:(?:in|at|on|to|for|from|with|by|of|about|since|until)\s+)?"
    r"(?:who|whom|whose|what|which|when|where|why|how|is|are|am|was|were|do|does|did|have|has|had|can|could|will|would|"
    r"shall|should|may|might|must|isn['’]t|aren['’]t|wasn['’]t|weren['’]t|don['’]t|doesn['’]t|didn['’]t|won['’]t|"
    r"wouldn['’]t|can['’]t|couldn['’]t|shouldn['’]t|hasn['’]t|haven['’]t)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\w[^()]*\([^()]*\?\)\W*$")  # "Sites have their policies (has anyone read one?)"
_PIECE = re.compile(r"[,;:.!(“\"‘—–]\s*")


def _asks(text: str) -> bool:
    """Whether a sentence is a question; the mark at the end may be that of a title: "… and Dude, Where's My Car?"."""
    if not _QUESTION.search(text) or _ASIDE.search(text):
        return False
    tail = _PIECE.split(text.rstrip('?"”’)] '))[-1]
    title = [w for w in re.findall(r"[^\W\d_]{3,}", tail) if w.lower() not in wording.STOP]
    titled = bool(title) and all(w[0].isupper() for w in title) and len(tail) < len(text) - 2
    return bool(_ASKING.match(text)) or not titled


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
_DOUBTS: tuple[tuple[Callable[[str], object], str], ...] = (
    (_asks, "the source only asks it"),
    (_SEARCH.search, TERMS),
    (_LABEL.search, "the source gives it only as a claim to be checked"),
    (_NOT_SERIOUS.search, "the source tells it as a joke, a myth or a story"),
    (_ADDRESSED.search, "the source says it to whoever checks it, not to its readers"),
    (_HEARSAY.search, "the source tells it only as what people say"),
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
    if taken_back := _taken_back(pair, reading, words):
        return judgement(pair, CHECKER, [taken_back])
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


# What a paper says that it had said, and the words of a correction.
_WE_SAID = re.compile(
    r"\b(?:[Ww]e|(?:[Tt]he|[Aa]n?|[Oo]ur|[Tt]his)(?: \w+){0,3}? "
    r"(?:article|report|story|version|post|headline|caption|item|column))"
    r"(?: had)?(?: \w+ly)? (?:said|reported|stated|wrote|quoted|described|called|gave|named|identified|claimed|"
    r"misquoted|misstated|attributed|printed)\b"
)
_CORRECTS = re.compile(
    r"\b(?:correct(?:ion|ions|ed)|clarifications?|in fact|should have (?:said|been|read)|(?:was|were) (?:wrong|not)|"
    r"misstated|apologi[sz]e|incorrectly|wrongly|mistakenly|regret the error)\b",
    re.IGNORECASE,
)
_OF_THE_ERROR = re.compile(
    r"\b(?:wrong\w*|incorrect\w*|correct\w*|mistake\w*|originally|at first|initially|earlier|"
    r"had (?:said|reported|printed)|error|misquoted)\b",
    re.IGNORECASE,
)
_TELLING = re.compile(r"\d[\d.,]*\d|\d|[\"“][^\"”]{3,}[\"”]")
RETRACTED = 0.86  # set by hand
RETOLD = 0.35  # least share of the claim's words in what is taken back


def _taken_back(pair: Pair, reading: Reading, words: frozenset[str]) -> SlotFinding | None:
    """A conflict with a claim whose figure or quoted words the source has only in what it takes back."""
    text = pair.claim.text
    if _OF_THE_ERROR.search(text):
        return None
    context = sorted({p.start: p for p in (*pair.context, *pair.passages)}.values(), key=lambda p: p.start)
    for at, p in enumerate(context):
        following = context[at + 1].text if at + 1 < len(context) else ""
        before = context[at - 1].text if at else ""
        corrects = _CORRECTS.search(" ".join([pair.source.title or "", before, p.text, following]))
        if not (corrects and _WE_SAID.search(p.text)) or reading.share(words, reading.words(p)) < RETOLD:
            continue
        # By surname: who is named in full here is often not there.
        names = [span.words[-1].norm for span in wording.name_spans(text) if span.words[-1].norm not in wording.STOP]
        if any(name not in p.text.casefold() for name in names):
            continue  # of somebody else it may be so
        elsewhere = " ".join(o.text for o in context if o is not p)
        for m in _TELLING.finditer(text):
            told = m[0].strip('"“”').rstrip(".,")
            if told in p.text and told not in elsewhere:
                place = p.text.index(told)
                return SlotFinding(
                    slot=Slot(kind=SlotKind.POLARITY, text=m[0], start=m.start(), end=m.end(), fills="voice"),
                    state=SlotState.CONFLICTING,
                    rule="FC209",
                    confidence=RETRACTED,
                    found=told,
                    derivation=f"the source takes it back: “{wording.shortened(following or p.text, 140)}”",
                    start=p.start + place,
                    end=p.start + place + len(told),
                )
    return None


def _satire(pair: Pair) -> str:
    """What a source says of itself where it is not to be believed, in its title or anywhere in its evidence."""
    for text in (pair.source.title or "", *(p.text for p in pair.context[:4]), *(p.text for p in pair.passages)):
        m = _SATIRE.search(text)
        if m:
            return wording.shortened(text, 80)
    return ""


def _doubt(p: Passage) -> str:
    """Why a sentence does not tell what it carries; "" where it does."""
    return next((why for doubts, why in _DOUBTS if doubts(p.text)), "")


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
