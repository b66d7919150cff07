"""Who says what in a claim, found by patterns: "X said that ...", "according to X", "X's boast that ...".

Used by the checkers of speakers and of modality. A claim is one sentence or a fragment, so
plain left-to-right patterns do; sources are parsed when they are added (see ``annotate.py``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from factcheck import wording
from factcheck.quantities import MAX_CHARS
from factcheck.wording import Token


@dataclass(frozen=True)
class Saying:
    """In a claim: ``text[start:end]`` is the speaker, ``text[said_start:said_end]`` what is said."""

    speaker: str
    start: int
    end: int
    verb: str
    kind: str  # say | allege | deny | factive
    said_start: int
    said_end: int


_ACCORDING = re.compile(r"\b(?:according to|in the (?:view|words|opinion) of|in the eyes of)\s+", re.I)
# "call" and "record" are nouns and verbs; these forms of reporting verbs are mostly nouns or adjectives where no
# name stands before.
_OFTEN_NOUNS = frozenset(
    """ask asking asks blame brand call calls charge charges claim claims comment comments complaint consider
    considered estimate estimates feel find forecast found know known label learn learned proven read reading
    record records report reports rule ruled rules ruling show shown shows suspect""".split()
)
_CLAUSE_START = re.compile(
    r"(?:^|[,;:—–]\s+|\b(?:and|but|while|whereas|although|though|because|that|when|after)\s+)(?:it (?:was|is) )?", re.I
)
_RELATIVE = re.compile(r",\s+(?:who|which|whose|a|an|the|its|his|her|their|\d)\b.*?,\s*$|,\s+[^,]*,\s*$", re.I)


# A verb inside what should be a noun phrase: the pattern has taken too much. Asides in commas may have verbs.
_ASIDE = re.compile(r",[^,]*,|,[^,]*$")
_BROKEN = re.compile(
    r"\b(?:was|were|is|are|has|had|have|that|what|which|whom|said|told|says|did|does|will|would|voted|shown|disput\w+|personally)\b",
    re.I,
)


_ASIDE_AFTER = re.compile(
    r"(?:of|about|after|when|while|as|in|on|at|before|during|following|from|to|with|outside)\b", re.I
)


_CLAUSE = re.compile(r"\b(?:that|how|why|whether|what|when)\b", re.I)


def _kind(verb: str) -> str:
    if verb in wording.DENY:
        return "deny"
    if verb in wording.ALLEGE:
        return "allege"
    return "factive" if verb in wording.FACTIVE else "say"


_NOUNS = wording.SAY_NOUNS | wording.ALLEGE_NOUNS | wording.QUOTE_NOUNS
_QUOTATION_NEXT = re.compile(r"[:,]?\s(?:that\s|about\s|of\s)?[\"“‘']")


@lru_cache(maxsize=4096)
def sayings(text: str) -> tuple[Saying, ...]:
    """The attributions of a claim, in order; empty for a claim in its own voice.

    Reads ``MAX_CHARS`` characters: each reporting verb is set against all that comes before it.
    """
    text = text[:MAX_CHARS]
    masked = wording.outside_quotations(text)
    toks = [t for t in wording.tokens(text) if masked[t.start : t.end].strip()]
    found: list[Saying] = []
    for m in _ACCORDING.finditer(masked):
        end = _phrase_end(masked, m.end())
        before, after = (0, m.start()), (end, len(text))
        said = after if after[1] - after[0] > before[1] - before[0] else before
        found.append(Saying(text[m.end() : end], m.end(), end, "according", "say", *said))
    for i, tok in enumerate(toks):
        verb = wording.REPORTING_FORMS.get(tok.norm)
        if verb is None or (tok.capital and tok.start > 0):
            continue
        if tok.norm == verb and tok.norm not in {"put", "read"} and i and not _plural(toks[i - 1]):
            continue  # "the Anker brand": a base form after a singular is a noun
        saying = _verb_saying(text, masked, toks, i, verb)
        if saying is not None:
            found.append(saying)
    for i, tok in enumerate(toks[:-1]):
        if tok.raw.endswith(("'s", "’s", "s'", "s’")) or (tok.norm in {"his", "her", "their"} and i == 0):
            noun = next((t for t in toks[i + 1 : i + 4] if t.norm in _NOUNS), None)
            if noun is None or noun.end + 1 >= len(text):
                continue
            if noun.norm in wording.QUOTE_NOUNS and not _QUOTATION_NEXT.match(text, noun.end):
                continue  # a line may also be drawn, and an answer be sought
            follows = masked[noun.end : noun.end + 6].strip()
            if not re.match(r"(?:that|of|to|about|as|on)\b", follows) and not text[noun.end :].lstrip().startswith(
                ('"', "“", "‘")
            ):
                continue
            start = _possessor_start(masked, toks, i)
            end = tok.end - (2 if tok.raw.endswith(("'s", "’s")) else 1 if tok.raw[-1] in "'’" else 0)
            kind = "allege" if noun.norm in wording.ALLEGE_NOUNS else "deny" if noun.norm == "denial" else "say"
            found.append(Saying(text[start:end], start, end, noun.norm, kind, noun.end, len(text)))
    return tuple(found)


def _possessor_start(masked: str, toks: list[Token], i: int) -> int:
    """Where the noun phrase of a possessor begins: its capitals, or its article."""
    k = i
    while k > 0 and i - k < 5 and not masked[toks[k - 1].end : toks[k].start].strip():
        word = toks[k - 1]
        if word.norm in {"the", "a", "an", "its", "his", "her", "their"}:
            return word.start
        if not (word.capital or word.norm in wording.ROLE_NOUNS or word.norm in wording.ORG_NOUNS):
            break
        k -= 1
    return toks[k].start


def _clause_start(masked: str, position: int) -> int:
    start = 0
    for m in _CLAUSE_START.finditer(masked, 0, position):
        if m.end() <= position:
            start = m.end()
    return start


def _phrase_end(masked: str, start: int) -> int:
    """Where a noun phrase after "according to" ends: at a comma that opens the clause, a stop, or the end."""
    m = re.compile(r",\s|[.;:](?:\s|$)").search(masked, start)
    return m.start() if m else len(masked.rstrip(" ."))


def _plural(word: Token) -> bool:
    return (word.norm.endswith("s") and not word.raw.endswith(("'s", "’s"))) or word.norm in _PLURAL


_PLURAL = frozenset(
    "they we you i people police who others many some most children men women not did do would will could may".split()
)


def _verb_saying(text: str, masked: str, toks: list[Token], i: int, verb: str) -> Saying | None:
    tok = toks[i]
    before = toks[i - 1] if i else None
    after = text[tok.end :]
    # '"...," said X' and 'P, said X'
    head = masked[: tok.start].rstrip()
    if i == 0 and not head.strip(" \"“”'‘’,."):
        inverted = True
    else:
        inverted = head.endswith((",", '"', "”", "’", "'")) and (
            before is None or masked[before.end : tok.start].strip(" ") != ""
        )
    if inverted and tok.norm.endswith(("ed", "said", "says", "s", "wrote")) and wording.tokens(after):
        end = _phrase_end(masked, tok.end)
        speaker = text[tok.end : end].strip()
        if speaker and (
            speaker[0].isupper()
            or speaker.split()[0].lower()
            in {"the", "a", "an", "his", "her", "its", "their", "he", "she", "they", "one", "another"}
        ):
            offset = tok.end + len(text[tok.end : end]) - len(text[tok.end : end].lstrip())
            return Saying(speaker, offset, offset + len(speaker), verb, _kind(verb), 0, tok.start)
    if before is None:
        return None
    if before.norm in {
        "a",
        "an",
        "the",
        "to",
        "of",
        "its",
        "his",
        "her",
        "their",
        "no",
        "any",
        "some",
        "this",
        "that",
        "these",
        "by",
        "in",
        "for",
        "with",
    } and not tok.norm.endswith("ed"):
        return None
    auxiliary = {
        "was",
        "were",
        "be",
        "been",
        "being",
        "is",
        "are",
        "has",
        "have",
        "had",
        "did",
        "does",
        "do",
        "not",
        "never",
        "also",
        "later",
        "only",
        "would",
        "will",
        "who",
        "then",
        "once",
        "himself",
        "herself",
        "long",
        "publicly",
        "repeatedly",
    }
    # passive: "was described by X as ..."
    if before.norm in {"was", "were", "been", "is", "are", "be", "being"} and tok.norm.endswith(
        ("ed", "d", "told", "said")
    ):
        m = re.compile(r"\bby\s+").search(masked, tok.end)
        if m and m.start() - tok.end < 40:
            end = min(x for x in (_phrase_end(masked, m.end()), *(k for k in [masked.find(" as ", m.end())] if k > 0)))
            return Saying(text[m.end() : end], m.end(), end, verb, _kind(verb), 0, m.start())
        return None
    quotes = wording.quotations(text)
    start = max([_clause_start(masked, tok.start), *(q.end + 1 for q in quotes if q.end < tok.start)])
    end_tok = i - 1
    while end_tok >= 0 and toks[end_tok].norm in auxiliary:
        end_tok -= 1
    if end_tok < 0 or toks[end_tok].end <= start:
        # "X, who leads the band, said": the clause began before the commas
        m = _RELATIVE.search(masked[: tok.start])
        start = _clause_start(masked, m.start()) if m else 0
    if end_tok < 0 or toks[end_tok].end <= start:
        return None
    speaker = text[start : toks[end_tok].end].strip(" ,")
    offset = start + len(text[start : toks[end_tok].end]) - len(text[start : toks[end_tok].end].lstrip(" ,"))
    if not speaker or len(speaker) > 160 or _BROKEN.search(_ASIDE.sub(" ", speaker)):
        return None
    if tok.norm in _OFTEN_NOUNS and not (
        speaker[0].isupper() or speaker.lower().startswith(("the ", "he", "she", "his ", "her "))
    ):
        return None
    said_start, said_end = tok.end, len(text)
    follows = masked[tok.end :].strip(" .")
    # '"P," X said of the match': what follows is when, where or of what it was said, unless it is a quotation itself.
    # Whom it was told to is neither.
    quoted_before = any(q.end <= start for q in quotes) and '"' not in text[tok.end :]
    aside = quoted_before and (_ASIDE_AFTER.match(follows) or (verb == "tell" and not _CLAUSE.search(follows)))
    if (masked[:start].rstrip().endswith((",", '"', "”")) and len(follows) < 12) or not follows or aside:
        said_start, said_end = 0, start  # 'P, X said.'
    return Saying(speaker, offset, offset + len(speaker), verb, _kind(verb), said_start, said_end)
