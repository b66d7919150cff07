"""How news prose words things: tokens and stems, quotation marks, and who "says" or "plans" what.

Pure data and linear-time regular expressions, used both at ingest (beside the parser in
``annotate.py``) and at verify time, where no parser may be loaded. It knows words; what
they mean for a verdict is the checkers' business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

# ---------------------------------------------------------------------------------------
# tokens and stems

# Letters with inner apostrophes, hyphens, dots of initialisms ("U.S.") and ampersands ("B&Q").
_TOKEN = re.compile(r"[^\W\d_]\.(?:[^\W\d_]\.)+|[^\W_]+(?:[&'’\-‐‑][^\W_]+)*[’']?")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’]|['’])$")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: ``text[start:end] == raw``; ``norm`` is folded, ``stem`` also loses its ending."""

    raw: str
    start: int
    end: int
    norm: str
    stem: str

    @property
    def capital(self) -> bool:
        return self.raw[:1].isupper()


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case without accents, dots of initialisms or a possessive ending: "Šuštaršič's" is "sustarsic"."""
    text = _POSSESSIVE.sub("", text)
    text = text.translate(_SPECIAL)
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    plain = plain.replace("’", "'").replace("‐", "-").replace("‑", "-")
    if "." in plain and re.fullmatch(r"(?:\w\.)+\w?\.?", plain):
        plain = plain.replace(".", "")
    return plain


_SPECIAL = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "Th",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
        "ı": "i",
        "ħ": "h",
        "Ħ": "H",
        "ŋ": "n",
        "ə": "e",
        "Ə": "E",
    }
)

_IRREGULAR = {
    form: base
    for base, forms in {
        "be": "am is are was were been being",
        "have": "has had having",
        "do": "does did done doing",
        "say": "said says",
        "tell": "told",
        "think": "thought",
        "rise": "rose risen",
        "fall": "fell fallen",
        "grow": "grew grown",
        "shrink": "shrank shrunk",
        "give": "gave given",
        "take": "took taken",
        "make": "made making",
        "come": "came",
        "become": "became",
        "go": "went gone goes",
        "get": "got gotten",
        "find": "found",
        "hold": "held",
        "keep": "kept",
        "leave": "left",
        "lose": "lost losing",
        "win": "won winning",
        "beat": "beaten",
        "meet": "met",
        "pay": "paid",
        "sell": "sold",
        "buy": "bought",
        "bring": "brought",
        "build": "built",
        "send": "sent",
        "spend": "spent",
        "lead": "led",
        "run": "ran running",
        "begin": "began begun",
        "break": "broke broken",
        "choose": "chose chosen",
        "draw": "drew drawn",
        "drive": "drove driven",
        "eat": "ate eaten",
        "fly": "flew flown",
        "forget": "forgot forgotten",
        "hide": "hid hidden",
        "know": "knew known",
        "lie": "lay lain lying",
        "read": "reading",
        "ride": "rode ridden",
        "see": "saw seen",
        "seek": "sought",
        "shake": "shook shaken",
        "shoot": "shot",
        "show": "shown",
        "sink": "sank sunk",
        "speak": "spoke spoken",
        "stand": "stood",
        "steal": "stole stolen",
        "strike": "struck stricken",
        "swim": "swam swum",
        "teach": "taught",
        "tear": "tore torn",
        "throw": "threw thrown",
        "understand": "understood",
        "wear": "wore worn",
        "withdraw": "withdrew withdrawn",
        "write": "wrote written writing",
        "catch": "caught",
        "feel": "felt",
        "fight": "fought",
        "flee": "fled",
        "hear": "heard",
        "sit": "sat",
        "sleep": "slept",
        "sign": "signing",
        "die": "dying died dead death deaths",
        "child": "children",
        "man": "men",
        "woman": "women",
        "person": "people persons",
        "foot": "feet",
        "wife": "wives",
        "life": "lives",
        "half": "halves",
        "thief": "thieves",
        "overturn": "overturning",
        "undergo": "underwent undergone",
        "undertake": "undertook undertaken",
        "arise": "arose arisen",
        "freeze": "froze frozen",
        "forbid": "forbade forbidden",
        "bid": "bade bidden",
        "overtake": "overtook overtaken",
        "mean": "meant",
        "fail": "failure failures",
        "lend": "lent",
        "lay": "laid",
        "bury": "buried",
        "deny": "denied denies denial",
        "refuse": "refusal",
        "approve": "approval",
        "propose": "proposal proposals",
        "arrive": "arrival",
        "destroy": "destruction",
        "decide": "decision decisions",
        "collide": "collision",
        "agree": "agreed agreeing agreement agreements",
        "use": "used uses using user users",
        "resign": "resignation",
        "lay-off": "laid-off",
    }.items()
    for form in forms.split()
}

# Past forms that do not end in "ed".
PAST = frozenset(
    """
    was were had did said told thought rose risen fell fallen grew grown shrank gave given took taken made came
    became went gone got found held kept left lost won beat met paid sold bought brought built sent spent led ran
    began begun broke broken chose chosen drew drawn drove driven ate flew flown forgot hid hidden knew known lay
    lain read rode saw seen sought shook shaken shot showed shown sank sunk spoke spoken stood stole stolen
    struck swam taught tore torn threw thrown understood wore worn withdrew withdrawn wrote written caught felt
    fought fled heard sat slept died hit cut put set shut let cost hurt underwent undertook arose froze frozen
    forbade overtook meant lent laid
    """.split()
)

# Derived endings, longest first, each with the letters that must stay before it.
_DERIVED = (
    ("ization", 3), ("isation", 3), ("ational", 4), ("ations", 4), ("ation", 4), ("ating", 4), ("ates", 4),
    ("ators", 4), ("ator", 4), ("ate", 4), ("at", 5), ("ements", 4), ("ement", 4), ("ments", 4), ("ment", 4),
    ("ness", 4), ("ities", 4), ("ity", 4), ("ance", 4), ("ence", 4), ("ions", 4), ("ion", 4), ("ally", 3),
    ("ly", 3), ("ers", 3), ("er", 3), ("ors", 4), ("or", 4), ("al", 4),
)  # fmt: skip


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A crude stem that joins the forms of a word ("proposed", "proposal"), for counting shared words only."""
    word = fold(word)
    word = _IRREGULAR.get(word, word)
    if len(word) <= 3 or not word.isascii() or not word.isalpha():
        return word
    # First the endings of grammar, then those that make one word of another: "orders" and "ordered" meet at "order".
    if word.endswith(("ies", "ied")) and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("ing") and len(word) > 5:
        word = _undouble(word[:-3])
    elif word.endswith("ed") and len(word) > 4:
        word = _undouble(word[:-2])
    elif word.endswith(("ches", "shes", "sses", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    word = _IRREGULAR.get(word, word)
    for suffix, least in _DERIVED:
        if word.endswith(suffix) and len(word) - len(suffix) >= least:
            word = _undouble(word[: -len(suffix)])
            break
    if len(word) > 3 and word[-1] in "ey":
        word = word[:-1]
    return word


def _undouble(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeious" else word


@lru_cache(maxsize=8192)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of a sentence with their offsets; "isn't" stays one token. Kept: for a whole source use ``words``."""
    return tuple(words(text))


def words(text: str) -> list[Token]:
    """The words of any text with their offsets."""
    found = []
    for match in _TOKEN.finditer(text):
        raw = match.group()
        # A trailing apostrophe is a possessive only after an s ("growers'"); else it closes a quotation.
        if raw[-1] in "'’" and not raw[:-1].endswith(("s", "S", "z", "x")):
            raw = raw[:-1]
        norm = fold(raw)
        if norm:
            found.append(Token(raw, match.start(), match.start() + len(raw), norm, stem(raw)))
    return found


STOP = frozenset(
    """
    a an the this that these those it its he she him her his hers they them their theirs i we us our you your my
    me who whom whose which what there here of in on at by for from to with without into onto over under between
    among against about after before during since until till through across as than and or but nor so if then
    also too very just only be is are was were been being am have has had having do does did done will would
    shall should can could may might must not no none never neither n't up down out off away back again more most
    less least much many some any all both each every few several other another such own same one's when while
    where why how because though although whether per via nowhere whatever everyone everybody anyone anybody
    nobody someone somebody something anything everything whoever nothing himself herself itself themselves yet
    still already even now s isn't aren't wasn't weren't don't doesn't didn't won't wouldn't can't cannot
    couldn't hasn't haven't hadn't shouldn't upon toward towards within amid along around
    """.split()
)


@lru_cache(maxsize=8192)
def content(text: str) -> frozenset[str]:
    """The stems of a text's content words."""
    return frozenset(t.stem for t in tokens(text) if t.norm not in STOP and not t.norm.isdigit())


# ---------------------------------------------------------------------------------------
# quotation marks

_OPEN = {"“": "”", "„": "“”", "«": "»", "‹": "›"}


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words inside quotation marks: ``text[start:end]`` is what stands between the marks."""

    start: int
    end: int
    closed: bool = True


@lru_cache(maxsize=4096)
def quotations(text: str) -> tuple[Quotation, ...]:
    """The stretches of a text inside double or single quotation marks, nested ones left inside the outer."""
    found: list[Quotation] = []
    i, size = 0, len(text)
    barren: dict[str, int] = {}  # up to where each mark closes nothing: no stretch is looked through twice
    while i < size:
        char = text[i]
        if char in _OPEN:
            end = _first_of(text, _OPEN[char], i + 1)
        elif char == '"':
            end = text.find('"', i + 1)
        elif char == "‘" or (char == "'" and _opens(text, i)):
            closing = "’" if char == "‘" else "'"
            limit = min(size, i + 1 + _LONGEST_SINGLE)
            end = _closing_single(text, max(i + 1, barren.get(closing, 0)), limit, closing)
            if end < 0:
                barren[closing] = limit
                i += 1
                continue
        else:
            i += 1
            continue
        if end < 0:
            found.append(Quotation(i + 1, size, closed=False))
            break
        if end > i + 1:
            found.append(Quotation(i + 1, end))
        i = end + 1
    return tuple(found)


def _first_of(text: str, marks: str, start: int) -> int:
    ends = [e for e in (text.find(mark, start) for mark in marks) if e >= 0]
    return min(ends, default=-1)


def _opens(text: str, i: int) -> bool:
    before = text[i - 1] if i else " "
    after = text[i + 1] if i + 1 < len(text) else " "
    return (before.isspace() or before in "(—–-[:") and after.isalnum() and not text[i + 1 : i + 3].isdigit()


# How far a single-quoted stretch may run: an apostrophe that opens nothing must not swallow a page.
_LONGEST_SINGLE = 600


def _closing_single(text: str, start: int, limit: int, mark: str) -> int:
    """Where before ``limit`` a single-quoted stretch closes: a mark after a word or stop that no letter follows."""
    fallback = -1
    i = text.find(mark, start, limit)
    while i >= 0:
        after = text[i + 1] if i + 1 < len(text) else " "
        if not after.isalnum():
            if text[i - 1] in ".,!?;:" or after in ".,;:!?)—–" or i + 1 >= len(text):
                return i
            if text[i - 1] not in "sS":  # "the growers' union" closes nothing
                return i
            fallback = fallback if fallback >= 0 else i
        i = text.find(mark, i + 1, limit)
    return fallback


def outside_quotations(text: str) -> str:
    """The text with what stands in quotation marks blanked, offsets kept."""
    out = list(text)
    for q in quotations(text):
        out[q.start : q.end] = " " * (q.end - q.start)
    return "".join(out)


# ---------------------------------------------------------------------------------------
# verbs of saying, thinking, planning (base forms; forms() gives the rest)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SAY = _words(
    "say tell add report note state explain reply respond recall remark joke announce declare write describe call "
    "observe "
    "comment mention quip warn predict estimate forecast conclude hint point stress emphasise emphasize repeat "
    "read quote "
    "testify inform tweet post grumble boast reckon retort term dub label brand liken compare ask thank praise "
    "lament sigh"
)
ALLEGE = _words(
    "allege claim accuse suspect believe think maintain contend argue insist assert complain charge blame suggest fear "
    "protest imply speculate suppose assume consider feel rumour rumor purport criticise criticize condemn denounce"
)
FACTIVE = _words(
    "confirm admit acknowledge concede reveal disclose find show prove establish learn discover determine realise "
    "realize "
    "record verify demonstrate certify rule know"
)
DENY = _words("deny dispute reject dismiss refute rebut contest contradict disavow repudiate")
PLAN = _words(
    "plan intend propose expect hope aim want seek promise pledge vow offer consider ask urge recommend demand request "
    "schedule wish mean envisage envision prepare undertake threaten agree need require urge press lobby campaign bid "
    "mull contemplate weigh expect"
)
REPORTING = SAY | ALLEGE | FACTIVE | DENY

_DOUBLING = _words("plan admit rebut aver jot quip commit permit rub submit regret refer infer")


@lru_cache(maxsize=4096)
def forms(verb: str) -> frozenset[str]:
    """The inflected forms of a regular or listed verb."""
    out = {verb}
    out.update(f for f, base in _IRREGULAR.items() if base == verb)
    if verb.endswith("e"):
        out |= {verb + "s", verb + "d", verb[:-1] + "ing"}
    elif verb.endswith("y") and verb[-2:-1] not in "aeiou":
        out |= {verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"}
    elif verb in _DOUBLING:
        out |= {verb + "s", verb + verb[-1] + "ed", verb + verb[-1] + "ing"}
    elif verb.endswith(("s", "x", "ch", "sh")):
        out |= {verb + "es", verb + "ed", verb + "ing"}
    else:
        out |= {verb + "s", verb + "ed", verb + "ing"}
    return frozenset(out)


def _index(verbs: Iterable[str]) -> dict[str, str]:
    return {form: verb for verb in sorted(verbs) for form in forms(verb)}


REPORTING_FORMS = _index(REPORTING)
ALLEGE_FORMS = _index(ALLEGE)
DENY_FORMS = _index(DENY)
PLAN_FORMS = _index(PLAN)
SAY_FORMS = _index(SAY)
FACTIVE_FORMS = _index(FACTIVE)

# Nouns that carry an attribution ("the allegation that ...") or a plan ("a proposal to ...").
ALLEGE_NOUNS = _words(
    "allegation allegations claim claims accusation accusations suspicion suspicions complaint complaints rumour "
    "rumours "
    "rumor rumors charge charges assertion belief fear fears suggestion contention report reports"
)
PLAN_NOUNS = _words(
    "plan plans proposal proposals intention hope hopes promise promises pledge aim goal target bid offer request "
    "demand "
    "call calls recommendation draft possibility option prospect"
)
SAY_NOUNS = _words(
    "statement remark comment comments words warning description account view verdict boast joke promise pledge claim "
    "complaint accusation allegation admission denial prediction estimate forecast insistence assertion assurance "
    "criticism "
    "argument opinion appeal call"
)
# What somebody says by them only where a quotation follows: "his line that “...”".
QUOTE_NOUNS = _words(
    "line quip phrase retort reply answer response question plea advice observation slogan motto maxim"
)

# ---------------------------------------------------------------------------------------
# roles: the nouns that name an office, a job or a relation

ROLE_NOUNS = _words(
    """
    president vice-president premier chancellor minister secretary governor mayor senator congressman
    congresswoman congressman representative deputy councillor councilor councilman councilwoman alderman mp mep
    msp lawmaker legislator speaker leader whip candidate chair chairman chairwoman chairperson chief head
    director manager boss executive ceo cfo officer commissioner commander general colonel captain lieutenant
    sergeant major admiral inspector superintendent constable sheriff marshal detective judge justice magistrate
    prosecutor attorney lawyer solicitor barrister counsel advocate spokesman spokeswoman spokesperson envoy
    ambassador delegate mediator negotiator diplomat consul coroner ombudsman auditor treasurer accountant
    analyst economist strategist historian professor lecturer researcher scientist physicist chemist biologist
    geologist seismologist epidemiologist virologist engineer architect surveyor inventor designer curator
    archaeologist archivist librarian teacher headteacher principal dean rector provost vice-chancellor student
    pupil doctor surgeon nurse physician cardiologist paediatrician pediatrician psychologist psychiatrist
    pharmacist dentist vet veterinarian midwife paramedic farmer grower fisherman miner baker butcher chef cook
    waiter waitress driver pilot skipper sailor conductor composer singer pianist musician guitarist drummer
    violinist painter artist sculptor photographer actor actress poet novelist author writer journalist editor
    reporter columnist broadcaster presenter producer publisher founder co-founder owner landlord tenant resident
    neighbour neighbor witness victim suspect defendant plaintiff accuser driver clerk foreman foreperson juror
    coach trainer player striker goalkeeper goaltender midfielder defender batsman bowler forward winger champion
    swimmer runner cyclist jockey referee umpire athlete rider racer bishop archbishop priest pastor imam rabbi
    vicar monk nun pope king queen prince princess duke duchess emperor activist campaigner organiser organizer
    volunteer unionist steward shop-steward convener convenor mother father son daughter brother sister widow
    widower husband wife uncle aunt cousin nephew niece grandson granddaughter grandfather grandmother partner
    fiancé fiancee firefighter soldier policeman policewoman trader broker banker investor shareholder developer
    builder contractor carpenter plumber electrician mechanic technician programmer consultant adviser advisor
    aide assistant pensioner shopkeeper shopper innkeeper hotelier restaurateur publican brewer winemaker
    beekeeper gardener warden ranger keeper gamekeeper trustee patron member secretary-general ringleader
    treasurer registrar bursar coxswain oceanographer ecologist botanist zoologist astronomer mathematician
    statistician chronicler jeweller blacksmith ethicist philosopher linguist translator interpreter
    winch-operator operator co-ordinator coordinator postmistress postmaster undertaker seamstress tailor weaver
    potter porter caretaker janitor cleaner guard sentry bodyguard
    """
)
# Capitalised before a name; not part of the name itself.
TITLES = _words(
    """
    mr mrs ms miss mx dr prof professor sir dame lord lady baroness baron rev reverend fr father sister brother
    cllr councillor councilman councilwoman sen senator rep representative gov governor president vice-president
    premier chancellor minister prime secretary judge justice capt captain col colonel gen general lt lieutenant
    sgt sergeant maj major adm admiral cmdr commander det detective insp inspector supt superintendent pc
    constable chief deputy mayor ambassador king queen prince princess pope archbishop bishop imam rabbi sheikh
    hon mme mlle herr frau señor señora senor senora don doña mp msp mep the former acting st attorney solicitor
    commissioner sheriff speaker chairman chairwoman chair foreign finance health interior defence defense state
    vice housing transport education economy energy environment culture justice
    """
)
FEMALE = _words("mrs ms miss dame lady baroness mme mlle frau señora senora sister queen princess")
MALE = _words("mr sir lord baron fr father herr señor senor don king prince brother")
FEMALE_NOUNS = _words(
    "woman mother daughter sister widow wife aunt niece grandmother granddaughter actress chairwoman spokeswoman "
    "councilwoman congresswoman policewoman waitress seamstress postmistress headmistress girl nun duchess queen "
    "princess"
)
MALE_NOUNS = _words(
    "man father son brother widower husband uncle nephew grandfather grandson actor chairman spokesman councilman "
    "congressman policeman waiter postmaster headmaster boy monk duke king prince fisherman batsman"
)
ORG_NOUNS = _words(
    """
    company firm group council party union ministry agency committee board commission bank court club team
    association organisation organization government parliament police hospital school university college charity
    foundation institute department authority airline operator developer contractor manufacturer maker regulator
    watchdog retailer chain trust federation league society centre center bureau office service newspaper paper
    broadcaster station museum church cooperative co-operative alliance coalition campaign movement consortium
    panel tribunal inquiry assembly senate congress factory plant mill brewery bakery shipyard publisher
    """
)

# ---------------------------------------------------------------------------------------
# capitalised spans of a text that no parser has seen

_CONNECT = _words(
    "of de da do dos das del della di du des van von der den ter ten la le el al bin ibn y e zu af av the and & for"
)
_MONTHS_DAYS = _words(
    """
    january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed
    thu thur thurs fri sat sun christmas easter ramadan diwali gmt bst est cet pm am ad bc
    """
)


@dataclass(frozen=True, slots=True)
class NameSpan:
    """A stretch of capitalised words in a text: ``text[start:end] == text``. ``initial``: it opens the sentence."""

    text: str
    start: int
    end: int
    words: tuple[Token, ...]
    initial: bool = False


_SENTENCE_END = re.compile(r"[.!?…:]['\"”’)\]]*\s+['\"“‘(\[]*$|^\W*$")


def _is_initial(text: str, start: int) -> bool:
    return bool(
        _SENTENCE_END.search(text[max(0, start - 8) : start]) if start > 8 else _SENTENCE_END.search(text[:start])
    )


@lru_cache(maxsize=4096)
def name_spans(text: str) -> tuple[NameSpan, ...]:
    """Runs of capitalised words, joined over "of", "de", "van" and the like; dates and ordinary words dropped.

    Sentence-initial words are kept with ``initial`` set: whether "Hake" is a name is for the caller to settle
    against the source. In a headline with capitals throughout, a capital makes no name of an ordinary word.
    """
    spans: list[NameSpan] = []
    toks = tokens(text)
    ordinary = common_words() if is_headline(text) else frozenset[str]()

    def nameable(token: Token) -> bool:
        return _nameable(token) and not (ordinary and (token.stem in ordinary or token.norm in STOP))

    i = 0
    while i < len(toks):
        if not nameable(toks[i]):
            i += 1
            continue
        if toks[i].norm in _COUNTS and _is_initial(text, toks[i].start) and i + 1 < len(toks) and nameable(toks[i + 1]):
            i += 1  # "Two Galbraith sisters", "Three Labour councillors"
            continue
        j = i + 1
        last = i
        while j < len(toks):
            gap = text[toks[j - 1].end : toks[j].start]
            if not _joins(gap, toks[j - 1]):
                break
            if nameable(toks[j]):
                if toks[j - 1].raw[-1:] in "'’" or (_POSSESSIVE.search(toks[j - 1].raw) and j - 1 == last):
                    break  # "Georgia's Nestan Chkareuli" is two names
                last = j
                j += 1
            elif (
                toks[j].norm in _CONNECT and j - last <= 2 and toks[j].norm not in {"and", "for", "the", "e", "y"}
            ) or (toks[j].norm == "the" and toks[j - 1].norm == "of"):
                j += 1
            else:
                break
        words = toks[i : last + 1]
        spans.append(
            NameSpan(
                text[words[0].start : words[-1].end],
                words[0].start,
                words[-1].end,
                tuple(words),
                _is_initial(text, words[0].start),
            )
        )
        i = last + 1
    return tuple(spans)


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Stems of English words that are no names."""
    text = files("factcheck").joinpath("common_words.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(stem(w) for line in lines for w in line.split())


@lru_cache(maxsize=1)
def first_names() -> Mapping[str, str]:
    """Folded first names of people to "m", "f", or "" for one that both men and women have."""
    found: dict[str, str] = {}
    gender = ""
    for line in files("factcheck").joinpath("first_names.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            gender = line[2:].strip("-")
        elif not line.startswith("#"):
            found |= dict.fromkeys(line.split(), gender)
    return found


def gender_of_name(name: str) -> str:
    """That of a full name's first name, "m" or "f"; "" where both have it, or nobody is known to."""
    words = [w for w in fold(name).split() if w not in TITLES]
    return first_names().get(words[0], "") if len(words) > 1 else ""


# Of its longer words, the share with a capital, and the fewest of these that are ordinary words.
HEADLINE_SHARE = 0.8
HEADLINE_ORDINARY = 3


@lru_cache(maxsize=4096)
def is_headline(text: str) -> bool:
    """Whether a text has capitals throughout, as American headlines have: "Mayor Resigns After Audit Finds Gap"."""
    longer = [t for t in tokens(text)[1:] if len(t.norm) > 3 and t.raw[0].isalpha() and t.norm not in STOP]
    capital = [t for t in longer if t.capital]
    if len(capital) < HEADLINE_SHARE * len(longer):
        return False
    return sum(t.stem in common_words() for t in capital) >= max(HEADLINE_ORDINARY, len(capital) / 2)


def _nameable(token: Token) -> bool:
    raw = token.raw
    if {token.norm, *token.norm.split("-")} & _MONTHS_DAYS or token.norm in {"i", "i'm", "i've", "i'd", "i'll"}:
        return False
    return raw[:1].isupper() or (raw[:1].islower() and any(c.isupper() for c in raw[1:]) and len(raw) > 2)


_COUNTS = frozenset("both two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty".split())
_JOIN = re.compile(r"[ \u00a0]{1,2}|\. |[ ]?& ?|/|[ ]?\+ ?")


def _joins(gap: str, before: Token) -> bool:
    if gap == ". ":
        return len(before.raw) == 1 or before.norm in TITLES or before.norm in {"st", "ft", "mt", "no"}
    return bool(_JOIN.fullmatch(gap))


def windows(items: Sequence[Token], size: int) -> Iterator[Sequence[Token]]:
    """Every run of ``size`` neighbouring words."""
    for i in range(len(items) - size + 1):
        yield items[i : i + size]


def shortened(text: str, most: int) -> str:
    """The text on one line, cut after a word where it is longer than ``most`` characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 3].rsplit(" ", 1)[0] + " …"
