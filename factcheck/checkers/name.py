"""Checks that every person, body and place a claim names is the one the source names.

A name the source nowhere has is missing; "French" is derived from "France", "EIB" from the
bank's full name. It conflicts only where the passage that carries the claim's fact has
another name of the same kind in the same position, or another first name for the surname.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from factcheck import gazetteer, wording
from factcheck.alignment import concept
from factcheck.domain import DATELINE, Judgement, Pair, Passage, Slot, SlotFinding, SlotKind, SlotState
from factcheck.quantities import stem
from factcheck.reading import SYNONYMS, NameAt, Reading, best_passage, expand, judgement, read
from factcheck.wording import Token

CHECKER = "name"

# Confidence below this is no conflict: it was right less than nine times in ten on the development articles.
LEAST_CONFLICT = 0.62


@dataclass(frozen=True)
class ClaimName:
    """A name in a claim: its span and its words without titles."""

    text: str
    start: int
    end: int
    words: tuple[Token, ...]
    before: str  # the word before it, folded
    kind: SlotKind
    label: str  # PERSON | PLACE | NORP | ORG | ""

    @property
    def norm(self) -> str:
        """Its words, folded."""
        return " ".join(w.norm for w in self.words)


def check(pair: Pair) -> Judgement | None:
    """Back, derive, miss or contradict each name of the claim; None for a claim that names nobody and nothing."""
    reading = read(pair)
    found = claim_names(pair.claim.text, reading)
    exchanged = {f.slot.start: f for f in _exchanged(pair, found)}
    return judgement(
        pair, CHECKER, [exchanged.get(name.start) or _finding(pair, reading, name, found) for name in found]
    )


EXCHANGED = 0.88  # set by hand


def _exchanged(pair: Pair, found: Sequence[ClaimName]) -> Iterator[SlotFinding]:
    """ "Born in Graz, trained in Linz" against "born in Linz, trained in Graz": each where the other belongs."""
    mine = [(name, key) for name in found if (key := _led_by(pair.claim.text, name.start))]
    for (a, a_key), (b, b_key) in combinations(mine, 2):
        if a_key == b_key or a.kind is not b.kind or {w.norm for w in a.words} & {w.norm for w in b.words}:
            continue
        for p in pair.passages:
            spans = {
                name: [
                    s for s in wording.name_spans(p.text) if {w.norm for w in name.words} <= {w.norm for w in s.words}
                ]
                for name in (a, b)
            }
            keys = {name: {_led_by(p.text, s.start) for s in there} for name, there in spans.items()}
            if b_key in keys[a] and a_key in keys[b] and a_key not in keys[a] and b_key not in keys[b]:
                for name, other, key in ((a, b, a_key), (b, a, b_key)):
                    at = next(s for s in spans[other] if _led_by(p.text, s.start) == key)
                    yield SlotFinding(
                        slot=Slot(kind=name.kind, text=name.text, start=name.start, end=name.end, fills=name.label),
                        state=SlotState.CONFLICTING,
                        rule="FC205" if name.kind is SlotKind.PLACE else "FC204",
                        confidence=EXCHANGED,
                        found=at.text,
                        derivation=f"the source has {name.text} and {other.text} the other way round",
                        start=p.start + at.start,
                        end=p.start + at.end,
                    )
                return


def _led_by(text: str, start: int) -> str:
    """The stem of the nearest word of content before a name, at most four words off."""
    for t in reversed([t for t in wording.tokens(text) if t.end <= start][-4:]):
        if t.norm not in wording.STOP:
            return t.stem
    return ""


# ---------------------------------------------------------------------------------------
# names of a claim


_PLACE_BEFORE = frozenset("""in at near from to outside around across through into via off toward towards""".split())


def claim_names(text: str, reading: Reading) -> list[ClaimName]:
    """The names of a claim outside quotation marks, without titles; an opening word only if it is one."""
    quoted = wording.quotations(text)
    toks = wording.tokens(text)
    found = []
    for span in wording.name_spans(text):
        if any(q.start <= span.start < q.end for q in quoted):
            continue
        words = list(span.words)
        if span.initial:
            words = _without_opening(words, reading)
        while len(words) > 1 and (_is_title(words[0]) or words[0].norm in wording.STOP):
            words = words[1:]
        while len(words) > 1 and words[-1].norm in wording.STOP:
            words = words[:-1]
        words = [w for w in words if not _MONEY.match(w.raw)]
        if not words or all(w.norm in _NO_NAMES for w in words):
            continue
        if len(words) == 1 and _is_title(words[0]) and not gazetteer.is_place(words[0].norm):
            continue
        if span.initial and len(words) == 1 and words[0] is span.words[0] and _doubtful(words[0], toks, reading):
            continue
        if len(words) == 1 and (
            len(words[0].norm) < 2
            or (words[0].norm in wording.STOP and words[0].raw.replace(".", "") not in {"US", "IT"})
            or words[0].raw in {"AM", "PM"}
        ):
            continue
        titled = span.words[0] is not words[0] and _is_title(span.words[0])
        for piece in _pieces(words, reading):
            start, end = piece[0].start, piece[-1].end
            raw = text[start:end]
            if raw.endswith(("'s", "’s")):
                end -= 2
            elif raw.endswith(("'", "’")):
                end -= 1
            before = next((t.norm for t in reversed(toks) if t.end <= start), "")
            label = _label(piece, before, reading, titled=titled)
            kind = SlotKind.PLACE if label in {"PLACE", "NORP"} else SlotKind.NAME
            found.append(ClaimName(text[start:end], start, end, tuple(piece), before, kind, label))
    return found


# "R22 million", "Rs19": a currency before a number.
_MONEY = re.compile(r"[^\W\d_]{1,3}\d")
# Capitalised words that name no one thing which a source must name.
_NO_NAMES = frozenset(
    """celsius fahrenheit year years day eve spring summer autumn fall winter western eastern northern
    southern west east north south scandinavian
    scandinavians african africans asian asians european europeans latin nordic baltic christian christians muslim
    muslims
    catholic catholics internet web english god tv dvd""".split()
)


def _pieces(words: list[Token], reading: Reading) -> list[list[Token]]:
    """ "Nino Abashvili of Georgia" as two names, unless the source has it as one."""
    if any(w.norm == "of" for w in words) and not reading.text.says(" ".join(w.norm for w in words)):
        at = next(i for i, w in enumerate(words) if w.norm == "of")
        rest = [w for w in words[at + 1 :] if w.capital]
        head = words[:at]
        if len(head) == 1 and head[0].norm not in reading.text.capital:
            head = []  # "Distrust of Ulibarri"
        return [p for p in (head, rest) if p]
    return [words]


def _doubtful(word: Token, toks: Sequence[Token], reading: Reading) -> bool:
    """An opening word that the source never has with a capital is a name only before a verb, or as a possessive."""
    if word.norm in reading.text.capital or gazetteer.is_place(word.norm) or gazetteer.is_nationality(word.norm):
        return False
    if word.raw.endswith(("'s", "’s", "s'", "s’")):
        return False
    after = next((t for t in toks if t.start >= word.end), None)
    if after is None:
        return True
    verb = after.norm in _VERBS or after.norm in wording.PAST or after.norm in wording.REPORTING_FORMS
    return not (verb or after.norm.endswith("ed"))


_VERBS = frozenset("is are was were has have had will would may might can could does did do plans wants hopes".split())


def _is_title(word: Token) -> bool:
    return word.norm in wording.TITLES or word.norm in wording.ROLE_NOUNS


def _without_opening(words: list[Token], reading: Reading) -> list[Token]:
    """A sentence's first word is a name only if the source has it as one, or if it is no English word."""
    first = words[0]
    if first.norm in wording.STOP or _is_title(first):
        return words[1:]
    if first.norm in reading.text.capital and first.norm not in reading.text.lower:
        return words
    if len(words) > 1 and gazetteer.is_nationality(words[1].norm) and first.norm not in reading.text.capital:
        return words[1:]  # "Multiple American actors"
    if (
        len(words) > 1
        and first.end + 1 == words[1].start
        and first.norm not in reading.text.lower
        and first.stem not in wording.common_words()
    ):
        return words
    if gazetteer.is_place(first.norm) or gazetteer.is_nationality(first.norm):
        return words
    if first.raw.isupper() and len(first.raw) > 1:
        return words
    if (
        first.norm in reading.text.lower
        or first.stem in wording.common_words()
        or first.norm.endswith(_ENDINGS)
        or "-" in first.raw
    ):
        return words[1:]
    return words


# Endings that English gives to ordinary words far more often than to names.
_ENDINGS = (
    "tions",
    "tion",
    "ments",
    "ness",
    "ers",
    "ors",
    "ists",
    "ings",
    "ing",
    "ly",
    "ed",
    "ies",
    "ous",
    "ful",
    "able",
    "ible",
    "less",
    "ants",
    "ents",
    "ians",
    "ives",
    "ity",
    "ment",
    "ism",
)


def _label(words: list[Token], before: str, reading: Reading, *, titled: bool) -> str:
    key = " ".join(w.norm for w in words)
    if gazetteer.is_nationality(key):
        return "NORP"
    if gazetteer.is_place(key):
        return "PLACE"
    labels = [n.label for n in reading.names if n.label != "OTHER" and wording.fold(n.text) == key]
    if labels:
        return max(sorted(set(labels)), key=labels.count)  # of equals always the same
    if any(
        key == p or key in parts or (len(words) > 1 and p.split()[-1] == words[-1].norm)
        for p, parts in reading.people.items()
    ):
        return "PERSON"
    if titled or before in wording.ROLE_NOUNS:
        return "PERSON"
    if before in _PLACE_BEFORE and not any(c.isdigit() for c in key):  # "due to COVID-19"
        return "PLACE"
    return ""


# ---------------------------------------------------------------------------------------
# against the source


def _finding(pair: Pair, reading: Reading, name: ClaimName, names: list[ClaimName]) -> SlotFinding:
    slot = Slot(kind=name.kind, text=name.text, start=name.start, end=name.end, value=name.norm)
    rule = "FC205" if name.kind is SlotKind.PLACE else "FC204"

    def finding(
        state: SlotState,
        confidence: float,
        found: str = "",
        why: str = "",
        at: tuple[int, int] | None = None,
        rule: str = rule,
    ) -> SlotFinding:
        return SlotFinding(
            slot=slot,
            state=state,
            rule=rule if state is not SlotState.MISSING else "FC303",
            confidence=round(confidence, 3),
            found=found,
            derivation=why,
            start=at[0] if at else None,
            end=at[1] if at else None,
        )

    filed = _dateline(reading) if _issued_in(pair.claim.text, name) else None
    if filed is not None and _is_place(name, filed):
        slot = replace(slot, fills=DATELINE)
        return finding(
            SlotState.DERIVED, 0.9, filed.text, f"the report is datelined {filed.text}", (filed.start, filed.end)
        )
    state, confidence, found, why, at = _presence(pair, reading, name)
    evidence_has = at is not None and any(p.start <= at[0] < p.end for p in pair.passages)
    if state in {SlotState.BACKED, SlotState.DERIVED} and evidence_has:
        elsewhere = _told_elsewhere(pair, reading, name, names)
        if elsewhere is not None:
            at_other, sure = elsewhere
            return finding(
                SlotState.CONFLICTING,
                sure,
                at_other.text,
                f"the passage that tells of this names another place: {at_other.text}, not {name.text}",
                (at_other.start, at_other.end),
            )
        return finding(state, confidence, found, why, at)
    other = _other_value(pair, reading, name, names, absent=state is SlotState.MISSING)
    if other is not None and other[1] >= LEAST_CONFLICT:
        at_other, sure, _passage = other
        kind = {"PERSON": "person", "PLACE": "place", "ORG": "body"}.get(at_other.label, "name")
        return finding(
            SlotState.CONFLICTING,
            sure,
            at_other.text,
            f"the passage that tells of this names another {kind}: {at_other.text}, not {name.text}",
            (at_other.start, at_other.end),
        )
    return finding(state, confidence, found, why, at)


# Names of one thing that sources use side by side without saying so.
_SAME_THING = (frozenset(("covid-19", "covid", "sars-cov-2", "coronavirus", "2019-ncov")),)
_ILLNESSES = frozenset(
    """covid-19 covid sars-cov-2 coronavirus 2019-ncov sars mers ebola marburg zika hiv aids h1n1 h5n1 mpox monkeypox
    influenza flu malaria measles polio tuberculosis dengue cholera""".split()
)
_ILL = re.compile(
    r"\b(?:virus|viral|infect|disease|illness|outbreak|epidemic|pandemic|transmission|symptom|antibod|vaccin|patient"
    r"|respiratory|lockdown|social distancing)\w*",
    re.I,
)
# What a missing name counts where a text of that kind may well leave it out: less than keeps a claim from support.
MAY_BE_LEFT_OUT = 0.2


# Kinds of things that sources leave out of their names once they have told them.
_NAMED_KINDS = frozenset("hurricane storm cyclone typhoon lake mount mt river".split())


def _spelt_out(name: ClaimName, reading: Reading) -> Iterator[str]:
    """The words for which an abbreviation within a name stands, where the source has them, and the name's others."""
    for word in name.words if len(name.words) > 1 else ():
        others = _known_parts([w for w in name.words if w is not word], reading)
        if not (word.raw.isupper() and 3 <= len(word.raw) <= 6) or not reading.text.capital.issuperset(others):
            continue
        for told in reading.names:
            words = [t.norm for t in wording.tokens(told.text) if t.capital]
            runs = (words[k : k + len(word.raw)] for k in range(len(words) - len(word.raw) + 1))
            yield from (" ".join(run) for run in runs if "".join(w[0] for w in run) == word.norm)


def _initials(name: str) -> str:
    return "".join(t.norm[0] for t in wording.tokens(name) if t.capital) if " " in name else ""


_Presence = tuple[SlotState, float, str, str, tuple[int, int] | None]


def _presence(pair: Pair, reading: Reading, name: ClaimName) -> _Presence:
    """Whether the evidence, its context or at least the source has the name, under this or another form."""
    norms = _known_parts(list(name.words), reading)
    key = " ".join(norms)
    variants = [(key, SlotState.BACKED, 1.0, "")]
    for other in sorted(gazetteer.same_place(key)):
        if other != key:
            variants.append((other, SlotState.DERIVED, 0.9, "{found} and " + name.text + " are of one country"))
    if len(norms) > 1 and gazetteer.is_nationality(norms[0]):
        variants.append((" ".join(norms[1:]), SlotState.BACKED, 0.8, ""))
    variants += [
        (other, SlotState.DERIVED, 0.9, "{found} and " + name.text + " are one")
        for same in _SAME_THING
        if name.norm in same
        for other in sorted(same - {name.norm})
    ]
    if len(norms) > 1 and norms[0] in _NAMED_KINDS:
        variants.append((" ".join(norms[1:]), SlotState.BACKED, 0.85, ""))
    variants += [
        (phrase, SlotState.DERIVED, 0.8, name.text + " is short for {found}") for phrase in _spelt_out(name, reading)
    ]
    if name.text.isupper() and 2 <= len(name.text) <= 6:
        long = next((n.text for n in reading.names if _initials(n.text) == name.text.casefold()), "")
        if long:
            phrase = " ".join(t.norm for t in wording.tokens(long))
            variants.append((phrase, SlotState.DERIVED, 0.85, name.text + " is short for {found}"))
    for variant in _plural(key):
        variants.append((variant, SlotState.BACKED, 0.95, ""))
    acronym = reading.acronyms.get(key) or reading.acronyms.get(key.replace(".", ""))
    if acronym:
        variants.append(
            (
                " ".join(t.norm for t in wording.tokens(acronym)),
                SlotState.DERIVED,
                0.9,
                name.text + " is short for {found}",
            )
        )
    if len(norms) > 2:
        initials = "".join(w.norm[0] for w in name.words if w.capital)
        variants.append((initials, SlotState.DERIVED, 0.8, "{found} is short for " + name.text))
    full = reading.who(name.text) if name.label in {"PERSON", ""} else ""
    if full and full != key:
        variants.append((full, SlotState.BACKED, 0.95, ""))
        if full.split()[-1] not in norms or len(full.split()[-1]) > 3:
            variants.append((full.split()[-1], SlotState.BACKED, 0.9, ""))
    best: _Presence | None = None
    is_place = name.label in {"PLACE", "NORP"}
    partly: tuple[int, int] | None = None
    for phrase, state, weight, why in variants:
        for sure, where in ((0.95, pair.passages), (0.75, reading.passages)):
            at = reading.at(phrase, where)
            if at and is_place and _in_longer_name(reading, at):
                whole = next((x for x in _all_at(reading, phrase, where) if not _in_longer_name(reading, x)), None)
                partly = partly or at
                at = whole
            if at:
                found = reading.source.text[at[0] : at[1]]
                if best is None or sure * weight > best[1]:
                    best = (state, sure * weight, found, why.format(found=found), at)
                break
        else:
            if best is None and partly is None and reading.text.says(phrase):
                best = (state, 0.55 * weight, phrase, "elsewhere in the source", None)
    if best is not None:
        return best
    if partly is not None:
        longer = _in_longer_name(reading, partly)
        if _STANDS_IN.search(longer):
            found = reading.source.text[partly[0] : partly[1]]
            return SlotState.DERIVED, 0.6, found, f"{longer} is in {name.text}", partly
        # Who comes from the mill, joins it or works at it may mean the firm; what lies in a town may not.
        if name.before in _PLACE_BEFORE and (name.before not in ("at", "from", "to") or gazetteer.is_place(name.text)):
            return SlotState.MISSING, 0.8, longer, f"the source has {name.text} only as a part of {longer}", None
        return SlotState.BACKED, 0.5, longer, f"the source has {name.text} in {longer}", partly
    # "Marlpit Yard, Ipswich" or "Labour's Saddiq" written as one run of capitals: each word must be a name of the
    # source.
    if len(norms) > 1:
        if full:
            return SlotState.BACKED, 0.7, full.title(), "", None
        rest = [n for n in norms if n not in wording.STOP]
        said = rest and all(n in reading.text.capital or wording.stem(n) in reading.text.stems for n in rest)
        if said and not _first_name_differs(reading, norms):
            at = reading.at(rest[-1], pair.passages) or reading.at(rest[-1], reading.passages)
            return SlotState.BACKED, 0.5, "", "the words of the name are in the source, not side by side", at
    elif (
        wording.stem(norms[0]) in reading.text.stems
        and norms[0] not in reading.text.norms
        and not gazetteer.is_place(norms[0])
    ):
        return (
            SlotState.BACKED,
            0.5,
            "",
            "another form of the word is in the source",
            reading.at(norms[0], reading.passages),
        )
    elif norms[0] in reading.text.norms:
        return SlotState.BACKED, 0.6, "", "", reading.at(norms[0], reading.passages)
    for country in sorted(gazetteer.capital_or_country(key)):
        at = reading.at(country, reading.passages)
        if at and name.before not in {"in", "at", "near", "from", "to", "outside"}:
            found = reading.source.text[at[0] : at[1]]
            return SlotState.DERIVED, 0.6, found, f"of {name.text} and {found} one is the capital of the other", at
    for town in () if _WHOLE_COUNTRY.search(pair.claim.text) else sorted(gazetteer.towns_in(key) - {key}):
        at = reading.at(town, pair.passages)
        if at and not _in_longer_name(reading, at):
            found = reading.source.text[at[0] : at[1]]
            country = gazetteer.country_of(key).title() if gazetteer.is_nationality(key) else name.text
            return SlotState.DERIVED, 0.6, found, f"{found} is in {country}", at
    for country in sorted(gazetteer.countries_in(key)):
        for form in sorted(gazetteer.same_place(country) | {country}):
            if at := reading.at(form, pair.passages):
                found = reading.source.text[at[0] : at[1]]
                return SlotState.DERIVED, 0.6, found, f"{found} is of {name.text}", at
    if len(norms) > 1 and _all_named(reading, norms):
        at = reading.at(norms[-1], reading.passages)
        return SlotState.BACKED, 0.5, "", "the words of the name are in the source, not side by side", at
    place = _of_place(norms[-1], reading) if len(norms) == 1 else ""
    if place:
        at = reading.at(place, reading.passages)
        return SlotState.DERIVED, 0.7, place.title(), f"{name.text} is from {place.title()}", at
    near = _near_spelling(reading, norms)
    if near:
        return SlotState.MISSING, 0.8, near, f"the source does not name {name.text}; the nearest it has is {near}", None
    why = f"the source does not name {name.text}"
    if key in _ILLNESSES and not _ILLNESSES & reading.text.norms and any(_ILL.search(p.text) for p in pair.passages):
        return SlotState.MISSING, MAY_BE_LEFT_OUT, "", why + ", though it tells of an illness", None
    if wording.is_headline(pair.claim.text) and not gazetteer.is_place(key):
        return SlotState.MISSING, MAY_BE_LEFT_OUT, "", why + ", but a headline gives capitals to other words too", None
    return SlotState.MISSING, 0.9, "", why, None


def _all_at(reading: Reading, phrase: str, passages: Sequence[Passage]) -> list[tuple[int, int]]:
    """Every place where the passages have the phrase as whole words, as offsets in the source."""
    want = phrase.split()
    found = []
    for p in passages:
        toks = expand(p.text)
        for i in range(len(toks) - len(want) + 1):
            if all(toks[i + k].norm == want[k] for k in range(len(want))):
                found.append((p.start + toks[i].start, p.start + toks[i + len(want) - 1].end))
    return found


# What bears a town's name and stands in it, as a group or a firm of that name need not.
_STANDS_IN = re.compile(
    r"\s(?:High Street|Market Place|(?:Town|City) Hall|(?:railway |bus |police |fire )?station|Cathedral|Infirmary|"
    r"Crown Court|Magistrates['’] Court|Harbour|Pier|Docks?|Racecourse|Airport)$",
    re.IGNORECASE,
)
# What is told of a town may hold of its country, but not what is told of all of the country.
_WHOLE_COUNTRY = re.compile(
    r"\b(?:no|none|nobody|only|alone|first|every|all|any\w*|most|more|fewer|less|other|another|never|ever|since|\w{3,}est)\b",
    re.IGNORECASE,
)
# Words that a place may carry without being another place.
_SAME_PLACE_WITH = frozenset(
    """city county province state region district town village island islands republic metropolitan greater central
    downtown the mainland""".split()
)


def _in_longer_name(reading: Reading, at: tuple[int, int]) -> str:
    """The longer name that these words are only a part of ("Lima Group" for "Lima"), or "" where they stand alone."""
    passage = next((p for p in reading.passages if p.start <= at[0] < p.end), None)
    if passage is None:
        return ""
    start, end = at[0] - passage.start, at[1] - passage.start
    for m in passage.mentions:
        if m.start <= start and end <= m.end and m.label in {"ORG", "PLACE", "OTHER", "PERSON"}:
            lead, tail = passage.text[m.start : start], passage.text[end : m.end]
            if _another(lead, tail):
                return m.text
            return ""
    for span in wording.name_spans(passage.text):
        if span.start <= start and end <= span.end and " of " not in span.text:
            lead, tail = passage.text[span.start : start], passage.text[end : span.end]
            if span.initial and lead.strip().casefold() in wording.STOP:
                lead = ""
            follows = next(iter(wording.tokens(tail)), None)
            if _another(lead, tail) and not (follows is not None and _is_title(follows)):
                return span.text
    return ""


def _another(lead: str, tail: str) -> bool:
    """Whether the words before and after a place within a name make it the name of something else."""
    if tail.startswith(("'", "’", "-", "/", ",")) or lead.endswith(("-", "/", ", ")):
        return False
    plain = _SAME_PLACE_WITH | wording.STOP
    words = [w for w in wording.tokens(lead + " " + tail) if w.norm not in plain]
    return any(w.capital or w.raw[:1].isdigit() for w in words) and not all(_is_title(w) for w in words)


def _known_parts(words: list[Token], reading: Reading) -> list[str]:
    """The words of a name; of "Zurich-Milan" or "Dutch-owned", which the source has not, the capitalised parts."""
    out: list[str] = []
    for w in words:
        if "-" in w.raw and w.norm not in reading.text.norms:
            parts = [p for p in w.raw.split("-") if p[:1].isupper()]
            out += [wording.fold(p) for p in parts] if parts else [w.norm]
        else:
            out.append(w.norm)
    return out


# Endings that make a people or an adjective of a place, longest first.
_PEOPLE = ("ians", "ian", "ese", "ish", "ans", "an", "ers", "er", "ites", "ite", "is", "i", "ns", "n")


def _of_place(word: str, reading: Reading) -> str:
    """The name in the source that "Tuvaluan" or "Iowan" is made of."""
    for ending in _PEOPLE:
        base = word[: -len(ending)]
        if word.endswith(ending) and len(base) >= 3:
            fits = [
                n for n in reading.text.capital if n.startswith(base) and 0 <= len(n) - len(base) <= 2 and n != word
            ]
            if fits:
                return min(fits)
    return ""


def _plural(key: str) -> list[str]:
    out = [key + "s"]
    if key.endswith("s") and len(key) > 3:
        out.append(key[:-1])
    if key.endswith("es") and len(key) > 4:
        out.append(key[:-2])
    return out


def _first_name_differs(reading: Reading, norms: list[str]) -> bool:
    """True for "Raghav Gond" where the source's only Gond is Bhola."""
    holders = [p for p in reading.people if p.split()[-1] == norms[-1] and len(p.split()) > 1]
    if any(n.label == "PERSON" and wording.fold(n.text) == norms[0] for n in reading.names):
        return False  # "his daughter Eleni": the source has her by her first name
    if norms[0] in reading.text.capital and any(_of_the_family(p.text, norms) for p in reading.passages):
        return False
    if any(word in wording.ROLE_NOUNS or word in wording.TITLES for word in norms[:-1]):
        return False  # "Station Officer Keogh"
    if len(norms) > 2 and reading.text.says(" ".join(norms[1:])):
        return False  # "Brussels-listed Vermeiren Chemie"
    return bool(holders) and not any(norms[0] in reading.people[p] or p.split()[0][0] == norms[0] for p in holders)


_FAMILY = frozenset(
    """wife husband widow widower mother father parents daughter daughters son sons sister sisters brother brothers
    cousin cousins twin twins uncle aunt nephew niece grandson granddaughter grandmother grandfather partner child
    children stepson stepdaughter""".split()
)


def _of_the_family(text: str, norms: list[str]) -> bool:
    """Whether a passage has the first name alone, as a relative's: "Gond's widow, Petra", "Béatrice and Luc Gond"."""
    toks = wording.tokens(text)
    for i, t in enumerate(toks):
        if t.norm != norms[0] or not t.capital:
            continue
        after = toks[i + 1 : i + 4]
        if after and after[0].capital and text[t.end : after[0].start].isspace():
            continue  # "Jean Abbot" is somebody else
        if any(x.norm in _FAMILY for x in toks[max(0, i - 3) : i]):
            return True
        if len(after) == 3 and after[0].norm == "and" and after[2].norm == norms[-1]:
            return True
    return False


def _all_named(reading: Reading, norms: list[str]) -> bool:
    """True where every word of a run of capitals is a name of the source, or of a country that it names."""
    return not _first_name_differs(reading, norms) and all(
        n in reading.text.capital or n in wording.STOP or any(reading.text.says(s) for s in gazetteer.same_place(n))
        for n in norms
    )


def _near_spelling(reading: Reading, norms: list[str]) -> str:
    word = max(norms, key=len)
    if len(word) < 5:
        return ""
    for n in reading.names:
        for t in wording.tokens(n.text):
            if (
                t.norm != word
                and abs(len(t.norm) - len(word)) <= 1
                and t.norm[0] == word[0]
                and _one_edit(t.norm, word)
            ):
                return n.text
    return ""


def _one_edit(a: str, b: str) -> bool:
    if len(a) > len(b):
        a, b = b, a
    i = 0
    while i < len(a) and a[i] == b[i]:
        i += 1
    return a[i + (len(a) == len(b)) :] == b[i + 1 :]


# ---------------------------------------------------------------------------------------
# another name in the same position


def _other_value(
    pair: Pair, reading: Reading, name: ClaimName, names: list[ClaimName], *, absent: bool
) -> tuple[NameAt, float, Passage] | None:
    norms = [w.norm for w in name.words]
    # The surname with another first name: "Raghav Gond" for Bhola Gond.
    if len(norms) > 1 and name.label in {"PERSON", ""} and _first_name_differs(reading, norms):
        holders = [p for p in reading.people if p.split()[-1] == norms[-1] and len(p.split()) > 1]
        at = next(
            (
                n
                for n in reading.names
                if n.label == "PERSON" and set(holders[0].split()) <= {t.norm for t in wording.tokens(n.text)}
            ),
            None,
        )
        if len(holders) == 1 and at is not None:
            near = any(p.ordinal == at.passage.ordinal for p in pair.passages)
            return at, 0.9 if near else 0.7, at.passage
    # A person the source knows may be meant by "he" there; who says and who holds what is for other checkers.
    if not name.label or (name.label in {"PERSON", "ORG"} and not absent):
        return None
    if absent and name.label == "PLACE" and name.before in {"in", "from"}:
        filed = _dateline(reading)
        if filed is not None and _ISSUED.search(pair.claim.text[: name.start]) and not _is_place(name, filed):
            return filed, 0.8, filed.passage
    words = frozenset(wording.content(pair.claim.text)) - {
        s for w in name.words for s in (w.stem, wording.stem(w.norm))
    }
    if len(words) < 2:
        return None
    passage, share = best_passage(reading, words, pair.passages)
    if passage is None:
        return None
    claimed = {wording.fold(t.raw) for n in names for t in n.words}
    rivals: list[NameAt] = []
    for n in reading.in_passage(reading.names, (passage,)):
        assert isinstance(n, NameAt)
        toks = {t.norm for t in wording.tokens(n.text)}
        if toks & claimed or any(gazetteer.same_place(a) & claimed for a in toks | {wording.fold(n.text)}):
            continue
        if not (_same_kind(name, n) or _stands_as_place(name, n, reading)) or gazetteer.capital_or_country(n.text) & {
            " ".join(norms)
        }:
            continue
        wide = [(gazetteer.is_wide(place), gazetteer.is_continent(place)) for place in (" ".join(norms), n.text)]
        if name.label == "PLACE" and wide[0] != wide[1]:
            continue  # a town may lie in the country
        rivals.append(n)
    if not rivals:
        return None
    if _PARTLY.search(pair.claim.text) or _NOT_THERE.search(pair.claim.text):
        return None
    if any(w.norm in {"including", "among", "most", "all", "some", "one"} for w in wording.tokens(pair.claim.text)[:2]):
        return None
    said = [
        t
        for t in wording.tokens(pair.claim.text)
        if not t.capital and t.norm not in wording.STOP and not any(n.start <= t.start < n.end for n in names)
    ]
    if said and not any(_tells(reading, t, passage) for t in said):
        return None  # nothing is said there of a headquarters, so no place of it is another
    beyond = _name_after(pair.claim.text, name.end)
    same_lead = [
        n
        for n in rivals
        if (_word_before(n) == name.before and name.before)
        # "Ann Arbor, Mich." and "Grand Rapids, Mich.": two towns of one state
        or (beyond and name.label == n.label == "PLACE" and beyond == _name_after(reading.source.text, n.end))
    ]
    rival = (same_lead or rivals)[0]
    return rival, _certainty(share, bool(same_lead)), passage


# A place named in other passages than the one that tells of the claim is of something else, where that
# one has its own place after the same word, and so much of the claim, and so much more than the others.
ELSEWHERE_SHARE = 0.5
ELSEWHERE_LEAD = 0.25


# Wide enough to hold any other place that the passage names.
_CONTINENTS = frozenset("asia africa europe america antarctica oceania world".split())


def _told_elsewhere(
    pair: Pair, reading: Reading, name: ClaimName, names: list[ClaimName]
) -> tuple[NameAt, float] | None:
    """The place in the passage that tells of the claim's event, where the claim's own place stands only in others."""
    if name.label != "PLACE" or name.before not in _PLACE_BEFORE or name.words[-1].norm in _CONTINENTS:
        return None
    words = frozenset(wording.content(pair.claim.text)) - {
        s for w in name.words for s in (w.stem, wording.stem(w.norm))
    }
    if len(words) < 2:
        return None
    passage, share = best_passage(reading, words, pair.passages)
    if passage is None or share < ELSEWHERE_SHARE:
        return None
    key = name.norm
    forms = {key, *gazetteer.same_place(key)}
    holding = [p for p in pair.passages if any(_all_at(reading, form, (p,)) for form in forms)]
    if any(abs(p.ordinal - passage.ordinal) <= 1 for p in holding):
        return None
    if max((reading.share(words, reading.words(p)) for p in holding), default=0.0) > share - ELSEWHERE_LEAD:
        return None
    other = _other_value(pair, reading, name, names, absent=True)
    if other is None or other[1] < LEAST_CONFLICT or other[2] is not passage:
        return None
    return other[0], other[1]


# What is issued is issued where its report is datelined.
_ISSUED = re.compile(
    r"\b(?:issued|released|published|dated|datelined|reported|put out)\s+(?:\w+\s+){0,4}(?:in|from)\s*$", re.I
)


def _is_place(name: ClaimName, filed: NameAt) -> bool:
    """Whether a dateline is the claim's place, under this name or another."""
    known = gazetteer.same_place(filed.text) | {wording.fold(filed.text)}
    return name.norm in known


FEW = 2  # words beside the place and the issuing: "the group's statement was issued in"


def _issued_in(claim: str, name: ClaimName) -> bool:
    """Whether a claim says where something was issued, and hardly more."""
    m = _ISSUED.search(claim[: name.start])
    if m is None or name.label != "PLACE":
        return False
    rest = claim[: m.start()] + claim[m.end() : name.start] + claim[name.end :]
    return len(wording.content(rest)) <= FEW


_DATELINE = re.compile(r"([A-Z][A-Z.'’ -]+[A-Z])(?=,| ?[(—–-])")


def _dateline(reading: Reading) -> NameAt | None:
    """The place that opens a report in capitals: "GUATEMALA CITY, 6 June - "."""
    for p in reading.passages[:3]:
        m = _DATELINE.match(p.text)
        if m:
            return NameAt(m.group(1).title(), "PLACE", p.start, p.start + m.end(1), p)
    return None


def _tells(reading: Reading, word: Token, passage: Passage) -> bool:
    """Whether a passage has a word or what may stand for it."""
    words = reading.words(passage)
    if word.stem in words or not SYNONYMS.get(word.stem, frozenset()).isdisjoint(words):
        return True
    wanted = concept(stem(word.norm))
    return any(concept(stem(t.norm)) == wanted for t in wording.tokens(passage.text))


_AFTER = re.compile(r",\s([A-Z][\w’'-]+)")


def _name_after(text: str, end: int) -> str:
    """The name that follows a name after a comma, folded: the state or the country of a town."""
    m = _AFTER.match(text, end)
    return wording.fold(m.group(1)) if m else ""


def _word_before(n: NameAt) -> str:
    toks = wording.tokens(n.passage.text)
    start = n.start - n.passage.start
    before = [t.norm for t in toks if t.end <= start][-2:]
    if len(before) == 2 and before[1] == "of" and before[0] in _TOWN_OF:
        return "in"  # "in his home town of Kranj"
    return before[-1] if before else ""


# "was not in Bolivia", "cheaper than in Sydney": another place in the source is what such a claim leads one to expect.
_NOT_THERE = re.compile(r"\b(?:not|never|nowhere|than|unlike|outside)\b|n['’]t\b", re.I)
_PARTLY = re.compile(r"\b(?:most|some|all|many|half|one|none) of (?:them|those|these|which|whom)\b|\bincluding\b", re.I)


def _same_kind(name: ClaimName, n: NameAt) -> bool:
    if name.label == "NORP" or gazetteer.is_nationality(wording.fold(n.text)):
        return name.label == "NORP" and gazetteer.is_nationality(wording.fold(n.text))
    if name.label:
        return n.label == name.label
    return n.label in {"PERSON", "ORG"}


# Before a name these tell of where, whatever the name may be to the annotator.
_WHERE = frozenset("in at near off from outside".split())
_NO_PLACE = re.compile(r"\d|\b(?:War|Cup|Games|Series|Act|II|III|Group|Party|Union)\b")
_TOWN_OF = frozenset("town city village port suburb resort island hamlet capital hometown".split())


def _stands_as_place(name: ClaimName, n: NameAt, reading: Reading) -> bool:
    """Whether a name that the annotator takes for a body stands where a place would: "in Amersfoort", "at Ohio State"."""  # noqa: E501
    return (
        name.label == "PLACE"
        and n.label in {"ORG", "OTHER"}
        and name.before in _WHERE
        and _word_before(n) == name.before
        and wording.fold(n.text) not in reading.people
        and not _NO_PLACE.search(n.text)
    )


def _certainty(share: float, same_lead: bool) -> float:
    """How likely two names fill the same slot: after the same word ("in", "at") in a sentence that tells of the same.

    On the development articles nine in ten were, from a share of 0.4 of the claim's other words. Without the
    same word before them too few were.
    """
    if same_lead and share >= 0.4:
        return min(0.95, 0.64 + 0.3 * share)
    return 0.0
