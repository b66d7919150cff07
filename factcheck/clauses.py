"""From sentences to claims that stand alone: one clause each, with its subject, its speaker and its hedges.

"Ms Crewe said her client gambled and was ashamed" is two claims, and Ms Crewe says both.
A claim is put together from words of its sentence, so that every character of it has a
place in the draft; a pronoun gives way to the name it stands for where only one can be
meant, and keeps the pronoun's place. Careful rather than complete: where a cut would
leave half a thought (conditions, "or", the inside of a quotation), the sentence stays whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from factcheck import wording
from factcheck.domain import Mention, Passage, digest
from factcheck.pipeline import engine_digest

if TYPE_CHECKING:
    import numpy as np
    from spacy.tokens import Doc, Token

    from factcheck.extract import Sentence

MIN_WORDS = 10  # a shorter sentence is one thought already
MIN_PART = 4  # words of a claim; fewer say too little to be found in a source
LONGEST = 1_000  # characters; what is longer is a list or a table without stops


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Words of a claim, and the words of the draft that they are or stand for: ``draft.text[start:end]``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A claim's words. ``start`` and ``end`` are its own place in ``draft.text``, without what it carries along."""

    start: int
    end: int
    pieces: tuple[Piece, ...]

    @cached_property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """The span of ``draft.text`` that ``text[start:end]`` is taken from; None for no words of the draft."""
        found: list[tuple[int, int]] = []
        at = 0
        for piece in self.pieces:
            first, last = max(start, at), min(end, at + len(piece.text))
            if first < last and piece.start < piece.end:
                if len(piece.text) == piece.end - piece.start:  # as the draft has it, capitals apart
                    found.append((piece.start + first - at, piece.start + last - at))
                else:
                    found.append((piece.start, piece.end))
            at += len(piece.text)
        return (min(s for s, _ in found), max(e for _, e in found)) if found else None


def whole(sentence: Sentence) -> Clause:
    """The sentence as it is."""
    piece = Piece(text=sentence.text, start=sentence.start, end=sentence.end)
    return Clause(start=sentence.start, end=sentence.end, pieces=(piece,))


@dataclass(frozen=True, kw_only=True)
class Clauses:
    """Splits drafts and claims; what it has split before it recalls, so that then no parser is loaded.

    ``prepare`` is called before something new is split.
    """

    recall: Callable[[Sequence[str]], Mapping[str, np.ndarray]] = lambda keys: {}
    keep: Callable[[Mapping[str, np.ndarray]], None] = lambda outputs: None
    prepare: Callable[[], None] = lambda: None

    def split(self, sentences: Sequence[Sentence]) -> list[list[Clause]]:
        """Each sentence as a claim, then the clauses that it can be cut into, if any (see ``split``)."""
        # Where the sentences stand is no part of the question: an edited heading moves them all and changes none.
        blocks = {block: number for number, block in enumerate(dict.fromkeys(s.block for s in sentences))}
        key = digest(["clauses", engine_digest(), [(blocks[s.block], s.kind, s.text) for s in sentences]])
        known = self.recall([key]).get(key)
        if known is not None:
            return _loads(known, sentences)
        self.prepare()
        found = split(sentences)
        self.keep({key: _dumps(found, sentences)})
        return found

    def parts(self, texts: Sequence[str]) -> list[list[Clause]]:
        """For each claim the clauses that it can be cut into: none, or at least two. Only long ones are parsed."""
        from factcheck.extract import Sentence

        alone = {t: Sentence(start=0, end=len(t), text=t, kind="paragraph", block=0) for t in texts if divisible(t)}
        keys = {text: digest(["clauses", engine_digest(), text]) for text in alone}
        known = self.recall(list(keys.values())) if keys else {}
        fresh: dict[str, np.ndarray] = {}
        found: dict[str, list[Clause]] = {}
        for text, key in keys.items():
            if key in known:
                found[text] = _loads(known[key], [alone[text]])[0]
                continue
            if not fresh:
                self.prepare()
            rows = split([alone[text]])
            found[text], fresh[key] = rows[0], _dumps(rows, [alone[text]])
        if fresh:
            self.keep(fresh)
        return [found[text][1:] if text in found else [] for text in texts]


_CUTS = re.compile(r"\b(?:and|but|yet|while|whereas|although|though|who|which|where|whose)\b|;", re.IGNORECASE)


def divisible(text: str) -> bool:
    """Whether a text may hold more than one clause: long enough, and with a word that joins them."""
    return bool(_CUTS.search(text)) and len(text) <= LONGEST and len(text.split()) >= MIN_WORDS


def _dumps(found: Sequence[Sequence[Clause]], sentences: Sequence[Sentence]) -> np.ndarray:
    """Places count from the sentence's start. The store's cache holds numbers, so the JSON goes in as its bytes."""
    import numpy as np

    rows = [
        [
            [c.start - s.start, c.end - s.start, [[p.text, p.start - s.start, p.end - s.start] for p in c.pieces]]
            for c in clauses
        ]
        for s, clauses in zip(sentences, found, strict=True)
    ]
    return np.frombuffer(json.dumps(rows).encode(), np.uint8).astype(np.float32)


def _loads(kept: np.ndarray, sentences: Sequence[Sentence]) -> list[list[Clause]]:
    def clause(at: int, start: int, end: int, pieces: Sequence[tuple[str, int, int]]) -> Clause:
        made = tuple(Piece(text=text, start=at + first, end=at + last) for text, first, last in pieces)
        return Clause(start=at + start, end=at + end, pieces=made)

    rows = json.loads(bytes(kept.astype("uint8")))
    return [[clause(s.start, *row) for row in clauses] for s, clauses in zip(sentences, rows, strict=True)]


def split(sentences: Sequence[Sentence]) -> list[list[Clause]]:
    """For each sentence the sentence with its pronouns resolved, then its clauses where it has more than one.

    Antecedents are sought in the sentences before, so these are to be all of a draft, in
    its order. Loads spaCy.
    """
    from factcheck.annotate import annotate, parse

    if not sentences:
        return []
    passages = [
        Passage(source_id="", ordinal=n, paragraph=s.block, start=s.start, end=s.end, text=s.text)
        for n, s in enumerate(sentences)
    ]
    docs = parse([s.text for s in sentences])
    mentions = [passage.mentions for passage in annotate(passages, docs)]
    cast = _Cast()
    found = []
    for n, (sentence, doc) in enumerate(zip(sentences, docs, strict=True)):
        names = cast.read(n, sentence, doc, mentions[n])
        if len(sentence.text) > LONGEST or sentence.kind == "row":
            found.append([whole(sentence)])
            continue
        everything = _Part(head=doc[0], own=set(range(len(doc))))
        parts = [everything, *_parts(doc, sentence.text, names)]
        found.append([_clause(sentence, doc, part, names) for part in parts])
    return found


# -- where a sentence is cut ---------------------------------------------------------------------


@dataclass(kw_only=True)
class _Part:
    """Tokens of a clause by their number: its own, and what it carries along from the rest of the sentence."""

    head: Token
    own: set[int]
    carried: set[int] = field(default_factory=set)
    frame: set[int] = field(default_factory=set)  # of its own, those that say who says it


_SUBJECTS = frozenset(["nsubj", "nsubjpass", "csubj", "csubjpass", "expl"])
_AUXILIARIES = frozenset(["aux", "auxpass", "neg"])
_JOINING = frozenset(["and", "but", "yet", "while", ";"])
_CONTRAST = frozenset(["although", "though", "whereas", "while"])
_HEDGES = frozenset(["allegedly", "reportedly", "apparently", "supposedly", "purportedly", "possibly", "perhaps"])
_CONDITIONS = frozenset(["if", "unless"])
_VAGUE = frozenset(["it", "they", "them", "him", "her", "this", "that", "these", "those", "he", "she", "both"])
_PLACES = frozenset(["GPE", "LOC", "FAC"])
_PERFECT = frozenset(["has", "have", "had"])
_FINITE = frozenset(["VBD", "VBP", "VBZ", "MD"])


def _parts(doc: Doc, text: str, names: Mapping[int, _Name]) -> list[_Part]:
    """How the sentence is cut; nothing where it is to stay whole."""
    roots = [token for token in doc if token.head == token]
    words = sum(token.is_alpha or token.like_num for token in doc)
    if len(roots) != 1 or words < MIN_WORDS or any(t.lower_ in _CONDITIONS for t in doc) or text.rstrip()[-1:] == "?":
        return []
    if any(t.text == ":" for t in doc) and any(t.dep_ == "ccomp" for t in doc):
        return []  # what follows the colon is somebody's too
    closed = _closed(doc, text)
    frame, heads = _frame(roots[0])
    last = len(doc) - 1 if doc[len(doc) - 1].is_punct else len(doc)
    main = _Part(head=roots[0], own=set(range(len(doc))), frame=frame)
    parts: list[_Part] = []
    for head, carried in heads:
        for verb, part in _joined(head, carried, closed):
            cut = part.own | _joint(verb)
            behind = {i for i in main.own - cut - frame if min(cut) < i < last and not doc[i].is_punct}
            later = set().union(*(_subtree(v) | _joint(v) for v in _conjuncts(verb)), set())
            if behind <= later and _stands(doc, part, names):
                parts.append(part)
                main.own -= cut
    for token in doc:
        aside = _relative(token, frame, closed) or _contrast(token, frame, closed)
        if aside is not None and _stands(doc, aside, names):
            taken = _subtree(token)
            for other in (main, *parts):
                if taken < other.own:
                    other.own -= taken
            parts.append(aside)
    for part in (main, *parts):
        _close(part, closed)
    parts.sort(key=lambda part: min(part.own, default=0))
    whole_enough = all(_words(doc, part) >= MIN_PART for part in (main, *parts))
    if not parts or not whole_enough:
        return []
    return sorted([main, *parts], key=lambda part: min(part.own))


def _stands(doc: Doc, part: _Part, names: Mapping[int, _Name]) -> bool:
    """False for a clause whose "it" or "them" is explained only by the rest of its sentence."""
    return not any(
        doc[i].lower_ in _VAGUE
        and i not in names
        and doc[i].dep_ in ("dobj", "pobj", "nsubj", "nsubjpass")
        and not (doc[i].dep_.startswith("nsubj") and doc[i].head != part.head)
        for i in part.own
    )


def _words(doc: Doc, part: _Part) -> int:
    return sum(doc[i].is_alpha or doc[i].like_num for i in part.own | part.carried)


def _closed(doc: Doc, text: str) -> list[set[int]]:
    """Runs of tokens that are never taken apart: quotations with their marks, and parentheses."""
    spans = [(q.start - 1, q.end + 1) for q in wording.quotations(text)]
    spans += [match.span() for match in re.finditer(r"\([^()]*\)", text)]
    runs = [{t.i for t in doc if start <= t.idx < end} for start, end in spans]
    return [run for run in runs if run]


def _close(part: _Part, closed: Sequence[set[int]]) -> None:
    for run in closed:
        if len(part.own & run) * 2 > len(run):
            part.own |= run
        else:
            part.own -= run
            part.carried -= run if not run <= part.carried else set()


def _frame(root: Token) -> tuple[set[int], list[tuple[Token, set[int]]]]:
    """Who says it, as tokens that go along with what is said; and the verbs whose joined verbs are cut off, each
    with what those carry."""
    said = next((c for c in root.children if c.dep_ == "ccomp" and c.pos_ in ("VERB", "AUX")), None)
    lemma = root.lemma_.lower()
    if said is not None and lemma in wording.REPORTING:
        unsure = any(c.lower_ == "whether" for c in said.children)
        if unsure or lemma in wording.DENY or any(c.dep_ == "neg" for c in root.children):
            return set(), []  # of two things together denied, neither alone need be
        frame = _subtree(root) - _subtree(said)
        for verb in _conjuncts(root):
            frame -= _subtree(verb) | _joint(verb)
        frame -= {t.i for t in root.doc if t.i in frame and t.i == len(root.doc) - 1 and t.is_punct}
        return frame, [(said, frame), (root, set())]
    frame = set()
    for child in root.children:
        according = child.lower_ == "according" and child.dep_ == "prep"
        if according or (child.dep_ == "parataxis" and child.lemma_.lower() in wording.REPORTING):
            frame |= _subtree(child)
        elif child.dep_ == "advmod" and child.lower_ in _HEDGES:
            frame.add(child.i)
    return frame, [(root, frame)]


def _conjuncts(verb: Token) -> Iterator[Token]:
    """The verbs joined to a verb, and to those in turn."""
    for child in verb.children:
        if child.dep_ == "conj" and child.pos_ in ("VERB", "AUX"):
            yield child
            yield from _conjuncts(child)


def _joined(head: Token, carried: set[int], closed: Sequence[set[int]]) -> Iterator[tuple[Token, _Part]]:
    """A part for each verb joined to ``head`` that can stand alone with its subject."""
    if any(
        c.dep_ == "preconj" or c.lower_ in ("either", "neither", "both") for c in head.children if c.dep_ != "nsubj"
    ):
        return
    subject = _subject(head)
    for verb in _conjuncts(head):
        joints = [verb.doc[i] for i in _joint(verb)]
        if not joints or any(j.lower_ not in _JOINING and not j.is_punct for j in joints):
            continue
        if any(verb.i in run for run in closed):
            continue
        own = _subtree(verb)
        for later in _conjuncts(verb):
            own -= _subtree(later) | _joint(later)
        if verb.tag_ == "MD":
            continue  # "... and 2,700 still may not"
        part = _Part(head=verb, own=own, carried=set(carried))
        mine = _subject(verb)
        shared = mine is None
        if shared:
            if subject is None or subject.lower_ in ("that", "which", "who"):
                continue
            part.carried |= _phrase(subject)
            if not any(c.dep_ in ("aux", "auxpass") for c in verb.children):
                helpers = [c for c in head.children if c.dep_ in _AUXILIARIES and c.i < head.i]
                finite = verb.tag_ in _FINITE
                # The tagger cannot tell "will borrow and put off" from "put off": the helper can.
                if verb.tag_ == "VBD" and verb.lemma_ != "be" and any(c.lower_ in _PERFECT for c in helpers):
                    finite = False
                if finite and any(c.tag_ == "MD" and verb.lower_ == verb.lemma_ for c in helpers):
                    finite = False
                if not finite and not helpers:
                    continue
                if not finite:
                    part.carried |= {c.i for c in helpers}
        if not any(doc_date(t) for t in (verb.doc[i] for i in own)):
            part.carried |= _setting(head)
        yield verb, part


def doc_date(token: Token) -> bool:
    """True for a word of a date or a time of day."""
    return token.ent_type_ in ("DATE", "TIME")


def _setting(verb: Token) -> set[int]:
    """The date or place that opens a sentence, and holds for all of it: "In 2017 the hospice ..."."""
    subject = _subject(verb)
    found: set[int] = set()
    for child in verb.children:
        if child.dep_ in ("prep", "npadvmod") and subject is not None and child.i < subject.left_edge.i:
            run = _subtree(child)
            if any(child.doc[i].ent_type_ in ("DATE", "TIME", "GPE", "LOC", "FAC") for i in run):
                found |= run
    return found


def _relative(token: Token, frame: set[int], closed: Sequence[set[int]]) -> _Part | None:
    """ ", which ended on May 23," of a noun: a claim of its own, with the noun as its subject."""
    if token.dep_ != "relcl" or token.pos_ not in ("VERB", "AUX") or any(token.i in run for run in closed):
        return None
    pronoun = _subject(token)
    if pronoun is None or pronoun.lower_ not in ("which", "who") or pronoun.i != token.left_edge.i:
        return None
    doc = token.doc
    if pronoun.i == 0 or doc[pronoun.i - 1].text != ",":
        return None  # without a comma it says which one is meant
    noun = token.head
    before = doc[pronoun.i - 2]
    if pronoun.lower_ == "who" and before.ent_type_ == "PERSON" and before in noun.subtree:
        # "the descendants of Auguste Perrault, who began": the nearest person, whatever the parser thinks
        noun = before
        while noun.head != noun and noun.head.ent_type_ == "PERSON":
            noun = noun.head
    if noun.pos_ not in ("NOUN", "PROPN") or (pronoun.lower_ == "who" and noun.ent_type_ in (*_PLACES, "ORG")):
        return None
    if noun.dep_ == "pobj" and noun.head.head.pos_ in ("NOUN", "PROPN") and pronoun.lower_ == "which":
        return None  # "a report by the bank, which": the report or the bank
    subject = {i for i in _phrase(noun) if i < pronoun.i - 1}
    if not subject:
        return None
    carried = subject | (set() if subject <= frame else frame - _subtree(token))
    return _Part(head=token, own=_subtree(token) - {pronoun.i}, carried=carried)


def _contrast(token: Token, frame: set[int], closed: Sequence[set[int]]) -> _Part | None:
    """ "although there has been no formal identification": told as a fact of its own."""
    if token.dep_ != "advcl" or token.pos_ not in ("VERB", "AUX") or any(token.i in run for run in closed):
        return None
    mark = next((c for c in token.children if c.dep_ == "mark" and c.lower_ in _CONTRAST), None)
    if mark is None or _subject(token) is None or token.tag_ == "VBG":
        return None
    carried = set() if _subtree(token) <= frame else set(frame)
    return _Part(head=token, own=_subtree(token) - {mark.i}, carried=carried)


def _subject(verb: Token) -> Token | None:
    return next((c for c in verb.children if c.dep_ in _SUBJECTS), None)


def _phrase(noun: Token) -> set[int]:
    """A noun phrase without what is told of it between commas; a name that is given between commas stays."""
    found = _subtree(noun)
    doc = noun.doc
    for child in noun.children:
        first, last = child.left_edge.i, child.right_edge.i
        if child.i > noun.i and child.dep_ not in ("conj", "cc") and first and doc[first - 1].text == ",":
            named = child.dep_ == "appos" and child.pos_ == "PROPN" and noun.pos_ != "PROPN"
            if named and last + 1 < len(doc) and doc[last + 1].text == ",":
                found |= {first - 1, last + 1}
            elif not named:
                found = {i for i in found if i < first - 1}
    return found


def _subtree(token: Token) -> set[int]:
    return {t.i for t in token.subtree}


def _joint(verb: Token) -> set[int]:
    """The "and", comma or semicolon before a joined verb."""
    first = min(_subtree(verb) - set().union(*(_subtree(v) for v in _conjuncts(verb)), set()), default=verb.i)
    found: set[int] = set()
    at = first - 1
    while at >= 0 and (verb.doc[at].dep_ == "cc" or verb.doc[at].text in (",", ";", "—", "–")):
        found.add(at)
        at -= 1
    return found


# -- how a part is worded ----------------------------------------------------------------------------


def _clause(sentence: Sentence, doc: Doc, part: _Part, names: Mapping[int, _Name]) -> Clause:
    base = sentence.start
    chosen = _tidy(doc, part)
    replaced = {i: name for i, name in names.items() if i in chosen}
    if len(chosen) == len(doc) and not replaced:
        return whole(sentence)
    pieces: list[Piece] = []
    said = ""
    previous: int | None = None
    for i in chosen:
        token = doc[i]
        if i in names and names[i].first not in chosen:
            continue  # a later word of a phrase that was replaced
        gap = doc.text[doc[previous].idx + len(doc[previous]) : token.idx] if previous == i - 1 else " "
        if previous is not None and previous != i - 1 and (token.is_punct and token.text in ",.;:!?"):
            gap = ""
        name = replaced.get(i)
        if name is not None and i != name.first:
            previous = i
            continue
        if previous is not None and gap:
            end = token.idx if previous == i - 1 else doc[previous].idx + len(doc[previous]) + len(gap)
            start = base + doc[previous].idx + len(doc[previous])
            pieces.append(Piece(text=gap, start=start, end=base + end if previous == i - 1 else start))
        if name is not None:
            last = doc[name.last]
            words = name.words if wording.fold(name.words.split()[-1]) not in wording.fold(said).split() else ""
            span = (base + token.idx, base + last.idx + len(last))
            written = doc.text[token.idx : last.idx + len(last)]
            pieces.append(Piece(text=words or written, start=span[0], end=span[1]))
        else:
            pieces.append(Piece(text=token.text, start=base + token.idx, end=base + token.idx + len(token)))
        said += " " + pieces[-1].text
        previous = i
    pieces = _merged(_sentence_like(pieces))
    own = [i for i in chosen if i in part.own] or chosen
    if len(own) > 1 and own[-1] == len(doc) - 1 and own[-2] != own[-1] - 1 and doc[own[-1]].is_punct:
        own.pop()  # the full stop of the whole sentence
    first, last = doc[own[0]], doc[own[-1]]
    return Clause(start=base + first.idx, end=base + last.idx + len(last), pieces=tuple(pieces))


def _tidy(doc: Doc, part: _Part) -> list[int]:
    """The tokens of a part in order, without joints and commas that now join nothing."""
    chosen = sorted(part.own | part.carried)
    final = len(doc) - 1 if doc[len(doc) - 1].is_punct and doc[len(doc) - 1].text in ".!" else None
    kept: list[int] = []
    for at, i in enumerate(chosen):
        token = doc[i]
        if token.text in (",", ";", ":", "—", "–", "-") and token.is_punct:
            following = chosen[at + 1] if at + 1 < len(chosen) else None
            if not kept or following is None or following == final or doc[kept[-1]].text == ",":
                continue
            if kept[-1] == i - 1 and _closes_name(doc, i, kept):
                kept.append(i)
                continue
            said = following == i + 1 and following in part.frame
            if following != i + 1 or (kept[-1] != i - 1 and i in part.own and not said):
                continue  # what it set apart is gone
        if not kept and token.dep_ == "cc":
            continue
        if i == final and kept and doc[kept[-1]].text in (",", ";"):
            kept.pop()
        kept.append(i)
    if final is not None and final not in kept:
        kept.append(final)
    return kept


def _closes_name(doc: Doc, comma: int, kept: Sequence[int]) -> bool:
    """True for the second comma of "the prosecutor, Nikesh Raval, said"."""
    for token in (doc[comma - 1], *doc[comma - 1].ancestors):
        if token.dep_ == "appos" and token.right_edge.i == comma - 1:
            return token.left_edge.i - 1 in kept and doc[token.left_edge.i - 1].text == ","
    return False


def _sentence_like(pieces: list[Piece]) -> list[Piece]:
    """A capital at the beginning, a full stop at the end."""
    first, end = pieces[0], pieces[-1].end
    if re.search(r"\w$", pieces[-1].text):
        pieces = [*pieces, Piece(text=".", start=end, end=end)]
    if first.text[:1].islower():
        capital = first.text[:1].upper()
        if len(capital) == 1:
            pieces = [Piece(text=capital + first.text[1:], start=first.start, end=first.end), *pieces[1:]]
    return pieces


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours in the draft that are written as they are there become one piece."""
    done: list[Piece] = []
    for piece in pieces:
        last = done[-1] if done else None
        if (
            last is not None
            and last.end == piece.start
            and len(last.text) == last.end - last.start
            and len(piece.text) == piece.end - piece.start
        ):
            done[-1] = Piece(text=last.text + piece.text, start=last.start, end=piece.end)
        else:
            done.append(piece)
    return done


# -- who is meant ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Name:
    """What stands for the tokens ``first`` to ``last``."""

    first: int
    last: int
    words: str


@dataclass
class _Person:
    name: str
    gender: str = ""

    @property
    def surname(self) -> str:
        return wording.fold(self.name.split()[-1])


_GENDERS = {"he": "m", "him": "m", "his": "m", "she": "f", "her": "f"}
_MALE_TITLES = frozenset(["mr", "sir", "lord", "fr"])
# Words for a body that more than one kind of body goes by; those with the word in their name are meant by it alone.
_FIRM = frozenset(["company", "group", "firm", "business", "retailer", "manufacturer", "maker", "airline"])
_BODIES = (
    wording.ORG_NOUNS | _FIRM | frozenset("hospice brewery museum gallery orchestra theatre library trust".split())
)


@dataclass
class _Cast:
    """Who and what a draft has named so far, sentence by sentence."""

    people: list[_Person] = field(default_factory=list)
    seen: list[tuple[int, int, list[_Person]]] = field(default_factory=list)  # sentence, paragraph, people in it
    bodies: list[str] = field(default_factory=list)
    subject: tuple[int, str] = (-1, "")  # paragraph and name of the body that was the last sentence's subject

    def read(self, n: int, sentence: Sentence, doc: Doc, mentions: Sequence[Mention]) -> dict[int, _Name]:
        """What to put for which token of this sentence; then the sentence's own names are known too."""
        quoted = [(q.start, q.end) for q in wording.quotations(sentence.text)]
        found: dict[int, _Name] = {}
        here: list[_Person] = []
        self.seen.append((n, sentence.block, here))
        people = sorted((m for m in mentions if m.label == "PERSON"), key=lambda m: m.start)
        for token in doc:
            while people and people[0].start <= token.idx:
                self._meet(people.pop(0), sentence.text, here)
            if any(start <= token.idx < end for start, end in quoted):
                continue  # inside a quotation "he" is the speaker's to explain
            name = self._pronoun(token, sentence.block, here) or self._thing(token, sentence.block)
            if name is None and not any(m.start <= token.idx < m.end for m in mentions):
                name = self._body(token, sentence.block, mentions)
            if name is not None:
                found |= dict.fromkeys(range(name.first, name.last + 1), name)
        for mention in people:
            self._meet(mention, sentence.text, here)
        self._note_bodies(sentence, doc, mentions)
        return found

    def _meet(self, mention: Mention, text: str, here: list[_Person]) -> None:
        before = wording.fold(text[: mention.start].rstrip().rsplit(None, 1)[-1].rstrip(".")) if mention.start else ""
        words = mention.text.split()
        titles = [w for w in [before, *(wording.fold(w.rstrip(".")) for w in words)] if w in wording.TITLES]
        gender = "f" if wording.FEMALE & set(titles) else "m" if _MALE_TITLES & set(titles) else ""
        words = [w for w in words if wording.fold(w.rstrip(".")) not in wording.TITLES]
        if not words:
            return
        name = " ".join(words)
        known = [
            p
            for p in self.people
            if set(map(wording.fold, words)) <= set(map(wording.fold, p.name.split()))
            and (not gender or p.gender in ("", gender))
        ]
        if len(known) > 1 and gender:
            known = [p for p in known if p.gender == gender] or known
        if len(known) > 1:
            return  # two of a name: nobody can be sure which
        if known:
            person = known[0]
        else:
            person = _Person(name=name)
            self.people.append(person)
        person.gender = person.gender or gender or _kin(text, mention) or wording.gender_of_name(person.name)
        if person not in here:
            here.append(person)

    def _pronoun(self, token: Token, block: int, here: list[_Person]) -> _Name | None:
        word = token.lower_
        gender = _GENDERS.get(word)
        if gender is None:
            return None
        owner = token.dep_ == "poss" and token.head.dep_ in _SUBJECTS and token.i == 0
        if not owner and not (token.dep_ in _SUBJECTS and _leads(token.head)):
            return None
        person = self._meant(gender, block, here)
        if person is None or len(person.name.split()) < 2:
            return None
        person.gender = gender
        if person not in here:
            here.append(person)
        return _Name(first=token.i, last=token.i, words=f"{person.name}'s" if owner else person.name)

    def _meant(self, gender: str, block: int, here: list[_Person]) -> _Person | None:
        """The one person of this gender in this sentence, else in the paragraph, else in the one before it."""
        rings = [here]
        before = max((at for _, at, _ in self.seen if at < block), default=-1)
        for paragraph in (block, before):
            ring: list[_Person] = []
            for _, at, people in self.seen:
                if at == paragraph:
                    ring += [p for p in people if p not in ring]
            rings.append(ring)
        for ring in rings:
            fitting = [p for p in ring if p.gender in ("", gender)]
            if len(fitting) == 1:
                return fitting[0]
            if fitting:
                return None
        return None

    def _thing(self, token: Token, block: int) -> _Name | None:
        """The body for "it" that the sentence before was about; "it is hard to say" stands for nothing."""
        if token.i or token.lower_ not in ("it", "its") or self.subject[0] != block:
            return None
        verb = token.head if token.lower_ == "it" else token.head.head
        if verb.lemma_.lower() in _EMPTY or (token.lower_ == "its" and token.head.dep_ not in _SUBJECTS):
            return None
        name = self.subject[1]
        return _Name(first=0, last=0, words=name if token.lower_ == "it" else f"{name}'s")

    def _body(self, token: Token, block: int, mentions: Sequence[Mention]) -> _Name | None:
        """Larkrise Hospice for "the hospice"; for "the company" the body that the sentence before was about."""
        word = token.lower_
        if word not in _BODIES or token.pos_ != "NOUN":
            return None
        if token.i == 0 or token.nbor(-1).lower_ != "the" or token.nbor(-1).head != token:
            return None
        if any(c.dep_ in ("prep", "relcl", "appos", "acl") for c in token.rights) or token.left_edge.i != token.i - 1:
            return None
        if token.dep_ not in _SUBJECTS and not (token.dep_ == "poss" and token.head.dep_ in (*_SUBJECTS, "appos")):
            return None
        named = [b for b in self.bodies if wording.fold(b.split()[-1]) == word]
        if not named and word in _FIRM:
            named = [self.subject[1]] if self.subject[0] == block else []
        if len(named) != 1 or any(named[0] in m.text for m in mentions):
            return None
        owner = token.i + 1 < len(token.doc) and token.nbor(1).dep_ == "case"
        last = token.i + 1 if owner else token.i
        return _Name(first=token.i - 1, last=last, words=f"{named[0]}'s" if owner else named[0])

    def _note_bodies(self, sentence: Sentence, doc: Doc, mentions: Sequence[Mention]) -> None:
        self.subject = (-1, "")
        for mention in mentions:
            named = len(mention.text.split()) > 1 and wording.fold(mention.text.split()[-1]) in _BODIES
            if mention.label != "ORG" and not named:  # "Larkrise Hospice" may pass for a person
                continue
            same = [b for b in self.bodies if mention.text in b or b in mention.text]
            if not same:
                self.bodies.append(mention.text)
            name = max([*same, mention.text], key=len)
            span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
            if span is not None and span.root.dep_ in ("nsubj", "nsubjpass") and span.root.head.head == span.root.head:
                self.subject = (sentence.block, name)


_EMPTY = frozenset(["be", "seem", "appear", "take", "happen", "turn", "remain", "rain", "snow", "look", "become"])


def _leads(verb: Token) -> bool:
    """True for the verb of a main clause, of one joined to it, or of what somebody then is said to say."""
    while verb.dep_ == "conj":
        verb = verb.head
    if verb.dep_ == "ccomp":
        return bool(verb.i < verb.head.i and verb.head.head == verb.head)
    contrast = verb.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ in _CONTRAST for c in verb.children)
    return bool(verb.head == verb or contrast)


def _kin(text: str, mention: Mention) -> str:
    """The gender that "Claire Lumley, a solicitor and his niece," tells."""
    aside = re.match(r", ([^,]{1,60}),", text[mention.end :])
    words = set(wording.fold(aside[1]).split()) if aside else set()
    return "f" if words & wording.FEMALE_NOUNS else "m" if words & wording.MALE_NOUNS else ""
