"""Checks that a claim gives a person the office, job or relation that the source gives them.

"Lise Thorup, chief executive" is backed by any words of the source that call her so. It conflicts
where the source gives that role to somebody else, or says it is past; another description of the
same person is no conflict, as people are several things at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from factcheck import gazetteer, wording
from factcheck.domain import Judgement, Pair, Passage, Slot, SlotFinding, SlotKind, SlotState
from factcheck.reading import SYNONYMS, Office, Reading, judgement, read
from factcheck.wording import NameSpan, Token

CHECKER = "role"


@dataclass(frozen=True)
class Holding:
    """In a claim: a name and the words that say what its bearer is; ``head`` is the role noun."""

    name: NameSpan
    role: str
    start: int
    end: int
    head: Token
    words: tuple[Token, ...]
    former: bool
    present: bool


def check(pair: Pair) -> Judgement | None:
    """Back, miss or contradict each role of the claim; None for a claim that gives nobody a role."""
    found = holdings(pair.claim.text)
    posts = list(leads(pair.claim.text))
    if not found and not posts:
        return None
    reading = read(pair)
    findings = [f for h in found if (f := _finding(pair, reading, h)) is not None]
    taken = {f.slot.fills for f in findings if f.state is SlotState.CONFLICTING}
    findings += [f for p in posts if p.name not in taken and (f := _post(pair, reading, p)) is not None]
    return judgement(pair, CHECKER, findings)


# ---------------------------------------------------------------------------------------
# who leads which body, told by a verb or by "head of"

_LEADS = (
    r"(?:heads?|headed|leads?|led|chairs?|chaired|runs?|directs?|directed|captains?|captained|coach(?:es|ed)|"
    r"manages?|managed|presides? over|presided over)"
)
_LED = r"(?:headed|led|chaired|run|directed|captained|coached|managed|presided over)"
_POST = (
    r"(?:head|leader|chair|chairman|chairwoman|president|director|chief executive|captain|coach|manager|mayor|"
    r"governor|speaker|minister)"
)
_PROPER = r"[A-Z][\w’'.-]*(?: (?:(?:of|de|da|van|von|the|for|and) )*[A-Z][\w’'.-]*)*"
_LEADS_BODY = re.compile(
    rf"(?P<name>{_PROPER})(?:, [^,.;]{{2,60}},)? "
    rf"(?P<verb>(?:now |also |still )?{_LEADS}|(?:is|was|became|as) (?:the )?{_POST} (?:of|for)) "
    rf"(?:the )?(?P<body>{_PROPER})"
)
_BODY_LED = re.compile(
    rf"(?P<body>{_PROPER})(?:,? which)?,? (?:is |was |are |were )?(?:now |also |still )?(?P<verb>{_LED}) by "
    rf"(?:the )?(?:[a-z-]+ ){{0,3}}(?P<name>{_PROPER})"
)


@dataclass(frozen=True)
class Post:
    """A person at the head of a body, as a text tells it; ``start``/``end`` are of verb and body."""

    name: str
    body: str
    kind: str
    start: int
    end: int


_KINDS = (
    ("chair", re.compile(r"\bchair", re.IGNORECASE)),
    ("captain", re.compile(r"\bcaptain", re.IGNORECASE)),
    ("coach", re.compile(r"\b(?:coach|manage)", re.IGNORECASE)),
    ("local", re.compile(r"\b(?:mayor|governor)", re.IGNORECASE)),
    ("minister", re.compile(r"\bminister", re.IGNORECASE)),
)


def _kind(verb: str) -> str:
    """Which kind of office a verb or noun tells of: a body has a chair and a manager at once."""
    return next((kind for kind, pattern in _KINDS if pattern.search(verb)), "head")


def leads(text: str) -> Iterator[Post]:
    """Who heads which named body, in either order: "Guaidó heads the Assembly", "the Assembly, headed by Guaidó"."""
    masked = wording.outside_quotations(text)
    for pattern in (_LEADS_BODY, _BODY_LED):
        for m in pattern.finditer(masked):
            if m.start("name") < m.start("body"):
                yield Post(m["name"], m["body"], _kind(m["verb"]), m.start("verb"), m.end("body"))
            else:
                yield Post(m["name"], m["body"], _kind(m["verb"]), m.start("body"), m.end("verb"))


def _post(pair: Pair, reading: Reading, claimed: Post) -> SlotFinding | None:
    """How the source stands to a person's heading a body: it has them there, at another body, or another there."""
    who = reading.who(claimed.name)
    body = wording.content(claimed.body)
    told = [(p, post) for p in reading.passages for post in leads(p.text)]
    slot = Slot(
        kind=SlotKind.ROLE,
        text=pair.claim.text[claimed.start : claimed.end],
        start=claimed.start,
        end=claimed.end,
        fills=claimed.name,
    )
    theirs: list[tuple[Passage, Post]] = []
    others: list[tuple[Passage, Post]] = []
    for p, post in told:
        if post.kind != claimed.kind:
            continue
        person = reading.who(post.name)
        same = bool(who) and person == who
        here = bool(body & wording.content(post.body))
        if same and here:
            return SlotFinding(
                slot=slot,
                state=SlotState.BACKED,
                rule="FC206",
                confidence=0.9,
                found=post.body,
                start=p.start + post.start,
                end=p.start + post.end,
            )
        if same:
            theirs.append((p, post))
        elif here and person and (who or not _known_words(reading, claimed.name)):
            others.append((p, post))
    near = _words_near(reading, who) if who else frozenset()
    if (not theirs and not others) or (who and body <= near):
        return None
    p, post = (theirs or others)[0]
    found = post.body if theirs else post.name
    return SlotFinding(
        slot=slot,
        state=SlotState.CONFLICTING,
        rule="FC206",
        confidence=0.85 if theirs else 0.8,
        found=found,
        derivation=f"in the source {post.name} is at the head of {post.body}",
        start=p.start + post.start,
        end=p.start + post.end,
    )


def _known_words(reading: Reading, name: str) -> bool:
    return any(t.norm in reading.text.norms for t in wording.tokens(name) if t.norm not in wording.STOP)


# ---------------------------------------------------------------------------------------
# roles of a claim

_FORMER = frozenset("former formerly ex onetime late previous outgoing retired".split())
_BREAK = re.compile(r"[,;:.()\"“”]|\s[—–-]\s")
_COPULA = re.compile(
    r"\s+(?:is|was|became|becomes|remains|remained|has been|had been|will be|as|served as|works as|worked "
    r"as)\s+(?:(?:now|currently|still|once|also|then)\s+)?(?=(?:the|a|an|its|his|her|their|\w+['’]s)?\b)"
)
_WHO = re.compile(
    r",?\s+who\s+(?:now |once |also )?(chairs?|chaired|leads?|led|heads?|headed|runs?|ran|edits?|edited|directs?|"
    r"directed|manages?|managed|owns?|owned|founded|coach(?:es|ed)|captain(?:s|ed)|commands?|commanded)\s+"
)
_WHO_HEAD = {
    "chair": "chair",
    "lead": "leader",
    "led": "leader",
    "head": "head",
    "run": "head",
    "ran": "head",
    "edit": "editor",
    "direct": "director",
    "manag": "manager",
    "own": "owner",
    "found": "founder",
    "coach": "coach",
    "captain": "captain",
    "command": "commander",
}


def holdings(text: str) -> list[Holding]:
    """Each (person, role) that a claim states: before the name, beside it in commas, by "is" or by "who leads"."""
    masked = wording.outside_quotations(text)
    toks = wording.tokens(masked)
    spans = list(wording.name_spans(masked))
    found: list[Holding] = []
    for span in spans:
        words = list(span.words)
        # "Foreign Minister Rocío Andrade Vela": the title is part of the run of capitals
        lead = list(words[:-1])
        titles: list[Token] = []
        while lead and (lead[0].norm in wording.TITLES or lead[0].norm in wording.ROLE_NOUNS):
            titles.append(lead.pop(0))
        rest = words[len(titles) :]
        if (
            not rest
            or rest[-1].norm in wording.ROLE_NOUNS
            or rest[0].norm in wording.STOP
            or gazetteer.is_place(" ".join(w.norm for w in rest))
        ):
            continue
        if gazetteer.is_nationality(rest[-1].norm):
            continue
        name = NameSpan(text[rest[0].start : rest[-1].end], rest[0].start, rest[-1].end, tuple(rest), span.initial)
        before = [t for t in toks if t.end <= (titles[0].start if titles else name.start)]
        run: list[Token] = list(titles)
        at = titles[0].start if titles else name.start
        for t in reversed(before):
            if (
                masked[t.end : at].strip()
                or t.norm in _STOPPERS
                or (t.norm in wording.REPORTING_FORMS and t.norm not in wording.ROLE_NOUNS)
            ):
                break
            run.insert(0, t)
            at = t.start
            if len(run) > 6:
                break
        head = next((t for t in reversed(run) if t.norm in wording.ROLE_NOUNS), None)
        if head is not None and (run[-1] is head or titles):
            _add(found, text, name, run[0].start, run[-1].end, head)
        # the role, Name / Name, the role, / Name is the role / Name, who leads
        comma = re.compile(r",\s*$").search(masked, 0, name.start)
        closed = re.compile(r"['’]?s?\s*(?:,|$|[.;)]|\s(?:who|whose|as)\b)").match(masked, name.end)
        if comma and not titles and closed:
            left = max((m.end() for m in _BREAK.finditer(masked, 0, comma.start())), default=0)
            phrase = masked[left : comma.start()]
            if len(phrase) < 90:
                _add_phrase(found, text, name, left, comma.start())
        after = re.compile(r"['’]?,\s+(?:\d{1,3},\s+)?").match(masked, name.end)
        if after:
            end = next((m.start() for m in _BREAK.finditer(masked, after.end())), len(masked.rstrip(" .")))
            _add_phrase(found, text, name, after.end(), end)
        copula = _COPULA.match(masked, name.end)
        if copula:
            end = next((m.start() for m in _BREAK.finditer(masked, copula.end())), len(masked.rstrip(" .")))
            _add_phrase(found, text, name, copula.end(), end, close=True)
        who = _WHO.match(masked, name.end)
        if who:
            end = next((m.start() for m in _BREAK.finditer(masked, who.end())), len(masked.rstrip(" .")))
            verb = who.group(1)
            noun = next((n for v, n in _WHO_HEAD.items() if verb.startswith(v)), "")
            tok = next((t for t in toks if t.start == who.start(1)), None)
            if noun and tok is not None:
                head_tok = Token(noun, tok.start, tok.end, noun, wording.stem(noun))
                found.append(_holding(text, name, who.start(1), end, head_tok, verb.endswith(("ed", "led", "ran"))))
    return found


_STOPPERS = wording.STOP - {"former", "own"} | {"said", "told", "like", "including", "named", "called"}


def _add_phrase(found: list[Holding], text: str, name: NameSpan, start: int, end: int, *, close: bool = False) -> None:
    """A role phrase in commas: its head is the role noun before any "of", "who" or verb."""
    phrase = text[start:end]
    toks = wording.tokens(phrase)
    if not toks or toks[0].norm in {
        "who",
        "which",
        "that",
        "and",
        "but",
        "not",
        "said",
        "says",
        "told",
        "has",
        "had",
        "is",
        "was",
        "will",
    }:
        return
    head = None
    for t in toks[:9]:
        if t.norm in {
            "of",
            "for",
            "at",
            "in",
            "from",
            "who",
            "whose",
            "and",
            "to",
            "on",
            "by",
            "that",
            "among",
            "behind",
            "those",
            "with",
        }:
            break
        if t.norm in {"said", "says", "told", "was", "is", "has", "had", "will", "who"}:
            break
        if t.norm in wording.ROLE_NOUNS:
            head = t
    if head is None or (
        close
        and toks[0].norm not in {"a", "an", "the", "its", "his", "her", "their", "one", "head", "chief"}
        and not toks[0].raw.endswith(("'s", "’s"))
    ):
        return
    head = Token(head.raw, head.start + start, head.end + start, head.norm, head.stem)
    _add(found, text, name, start + toks[0].start, start + toks[-1].end, head)


def _add(found: list[Holding], text: str, name: NameSpan, start: int, end: int, head: Token) -> None:
    if not any(h.name.start == name.start and h.head.start == head.start for h in found):
        found.append(_holding(text, name, start, end, head, False))


def _holding(text: str, name: NameSpan, start: int, end: int, head: Token, past: bool) -> Holding:
    words = tuple(wording.tokens(text[start:end]))
    norms = {w.norm for w in words}
    return Holding(
        name=name,
        role=text[start:end],
        start=start,
        end=end,
        head=head,
        words=words,
        former=past or bool(norms & _FORMER) or "then-" in text[start:end].lower() or "ex-" in text[start:end].lower(),
        present=bool(norms & {"current", "incumbent", "present", "sitting", "now"}),
    )


# ---------------------------------------------------------------------------------------
# against the source

# Forms of one office; a chairwoman is a chair.
_SAME_ROLE = [
    frozenset(map(wording.stem, group.split()))
    for group in (
        "chair chairman chairwoman chairperson",
        "head director chief boss manager leader lead",
        "spokesman spokeswoman spokesperson",
        "lawyer attorney solicitor barrister counsel advocate",
        "founder co-founder",
        "councillor councilor councilman councilwoman",
        "mp lawmaker legislator member deputy representative congressman congresswoman parliamentarian",
        "doctor physician surgeon gp",
        "teacher schoolteacher headteacher",
        "policeman policewoman officer police",
        "captain skipper",
        "adviser advisor aide",
        "envoy ambassador delegate diplomat representative",
        "farmer grower",
        "owner proprietor",
        "editor",
        "executive ceo chief",
        "paediatrician pediatrician",
        "judge justice magistrate",
        "minister secretary",
        "researcher scientist",
        "principal headteacher",
        "trainer coach",
        "singer vocalist",
        "writer author novelist",
        "neighbour neighbor resident",
        "mediator negotiator",
        "professor academic lecturer",
        "president chair",
        "analyst economist",
    )
]


def _alike(stem: str) -> frozenset[str]:
    out = {stem} | SYNONYMS.get(stem, frozenset())
    for group in _SAME_ROLE:
        if stem in group:
            out |= group
    return frozenset(out)


def _content(toks: tuple[Token, ...] | list[Token], without: set[str]) -> set[str]:
    return {
        t.stem
        for t in toks
        if t.norm not in wording.STOP and t.norm not in _FORMER and t.stem not in without and not t.norm.isdigit()
    }


def _finding(pair: Pair, reading: Reading, h: Holding) -> SlotFinding | None:
    slot = Slot(kind=SlotKind.ROLE, text=h.role, start=h.start, end=h.end, fills=h.name.text)
    who = reading.who(h.name.text)
    name_stems = {t.stem for t in h.name.words}
    heads = _alike(h.head.stem)
    modifiers = _content(h.words, name_stems | {h.head.stem})
    mine = [o for o in reading.offices if who and reading.who(o.name) == who]
    theirs = [o for o in reading.offices if reading.who(o.name) and reading.who(o.name) != who]

    def finding(
        state: SlotState, confidence: float, office: Office | None, why: str, rule: str = "FC206", found: str = ""
    ) -> SlotFinding:
        return SlotFinding(
            slot=slot,
            state=state,
            rule="FC303" if state is SlotState.MISSING else rule,
            confidence=round(confidence, 3),
            found=found or (f"{office.name}: {office.role}" if office else ""),
            derivation=why,
            start=office.start if office else None,
            end=office.end if office else None,
        )

    def fit(o: Office) -> tuple[bool, float]:
        words = {t.stem for t in wording.tokens(o.role)} | {
            part for t in wording.tokens(o.role) for part in map(wording.stem, t.norm.split("-"))
        }
        return not heads.isdisjoint(words), _share(modifiers, words)

    best: tuple[float, Office] | None = None
    for o in mine:
        head_fits, share = fit(o)
        if head_fits and (best is None or share > best[0]):
            best = (share, o)
    if best is not None:
        share, o = best
        over = o.former and not h.former
        told_former = _TOLD_FORMER.search(o.role) and all(other.former for other in mine if fit(other)[0])
        if over and (h.present or (told_former and not _LONG_AGO.search(pair.claim.text))):
            sure = 0.85 if h.present else 0.75
            return finding(SlotState.CONFLICTING, sure, o, f"the source calls {o.name} {o.role}, which is past")
        near = _words_near(reading, who)
        if share >= 0.5 or not modifiers or _share(modifiers, near) >= 0.6:
            return finding(SlotState.BACKED, 0.9 if share >= 0.5 else 0.7, o, o.role)
        rival = _rival(reading, theirs, heads, modifiers, fit)
        if rival is not None and _share(modifiers, near) < 0.3:
            return finding(SlotState.CONFLICTING, 0.7, rival, f"{rival.name} is {rival.role}; {o.name} is {o.role}")
        if _share(modifiers, near) < 0.3 and _bodies(o.role) and _bodies(h.role) and not o.former:
            return finding(SlotState.CONFLICTING, 0.75, o, f"in the source {o.name} is {o.role}, not {h.role}")
        return finding(SlotState.BACKED, 0.5, o, o.role)
    near = _words_near(reading, who)
    rival = _rival(reading, theirs, heads, modifiers, fit)
    if rival is not None and not _exclusive(reading, h, heads, modifiers, rival):
        rival = None
    if (
        any("counterpart" in o.role for o in mine)
        or "counterpart" in h.role
        or "predecessor" in near
        or wording.stem("succeeded") in near
    ):
        rival = None  # "her counterpart at Penquis" holds the same office elsewhere
    if rival is not None and who:
        full = _share(modifiers, {t.stem for t in wording.tokens(rival.role)})
        in_evidence = any(p.ordinal == rival.passage.ordinal for p in pair.passages)
        if heads.isdisjoint(near):
            sure = 0.62 + 0.2 * full * bool(modifiers) + 0.08 * in_evidence + 0.05 * bool(mine)
            return finding(
                SlotState.CONFLICTING,
                sure,
                rival,
                f"the source gives this role to {rival.name}: {rival.role}",
                found=rival.name,
            )
    if rival is not None and not who and not _known(reading, h):
        full = _share(modifiers, {t.stem for t in wording.tokens(rival.role)})
        in_evidence = any(p.ordinal == rival.passage.ordinal for p in pair.passages)
        sure = 0.55 + 0.25 * full * bool(modifiers) + 0.1 * in_evidence
        return finding(
            SlotState.CONFLICTING,
            sure,
            rival,
            f"the source names {rival.name} as {rival.role}",
            "FC204",
            found=rival.name,
        )
    if not who:
        return None
    trade = _trades(h.role)
    if trade and _RETIRED.search(h.role):
        for o in mine:
            other = _trades(o.role)
            if other and _RETIRED.search(o.role) and trade.isdisjoint(other):
                return finding(SlotState.CONFLICTING, 0.82, o, f"in the source {o.name} is {o.role}, not {h.role}")
    if not heads.isdisjoint(near):
        return finding(SlotState.BACKED, 0.5, None, "the source uses the word of this person", found=h.head.raw)
    if not mine:
        return None
    if trade and not h.former and not _ALSO.search(pair.claim.text) and not _TOLD_PAST.search(pair.claim.text):
        for o in mine:
            other = _trades(o.role)
            if other and not o.former and not _RETIRED.search(o.role) and trade.isdisjoint(other):
                return finding(SlotState.CONFLICTING, 0.8, o, f"in the source {o.name} is {o.role}, not {h.role}")
    for o in mine:
        if _unlike(h.role, o.role):
            return finding(SlotState.CONFLICTING, 0.82, o, f"in the source {o.name} is {o.role}, not {h.role}")
    return finding(SlotState.MISSING, 0.6, mine[0], f"the source does not call {h.name.text} {h.role}")


# How two people belong together: one who is somebody's daughter is not the same one's sister. Those of the last line
# may be each other too.
_RELATIONS = """
daughter child; son child; mother parent; father parent; sister sibling; brother sibling; wife spouse partner; husband
spouse partner; uncle; aunt; cousin; nephew; niece; grandmother grandparent; grandfather grandparent; grandson
grandchild; granddaughter grandchild; widow; widower; stepson; stepdaughter; stepfather; stepmother; girlfriend partner;
boyfriend partner; fiancé fiance; fiancée fiancee
"""
_RELATION = [frozenset(line.split()) for line in _RELATIONS.replace("\n", " ").split(";")]
_ACQUAINTED = frozenset(
    "friend neighbour neighbor colleague lodger landlord landlady classmate teammate workmate boss".split()
)
_SOMEBODYS = re.compile(
    r"^(?:(?:his|her|their|my|our|[\w.’'-]+ ?[\w.’'-]*['’]s)\s)?(?:[a-z-]+\s)?([a-zé]+)$", re.IGNORECASE
)


def _unlike(a: str, b: str) -> bool:
    """Whether two roles are relations to somebody that one person cannot both have."""
    found = [_SOMEBODYS.match(role) for role in (a, b)]
    words = [m[1].lower() for m in found if m]
    if len(words) < 2 or words[0] == words[1]:
        return False
    kin = [{w for group in _RELATION if word in group for w in group} for word in words]
    if not all(word in _ACQUAINTED or group for word, group in zip(words, kin, strict=True)):
        return False
    # Either an acquaintance and one of the family, or two of the family that are not the same in other words.
    return bool(kin[0]) != bool(kin[1]) or bool(kin[0] and words[0] not in kin[1] and words[1] not in kin[0])


# What one lives by: who is called a judge is not the lawyer too. One line to a trade; offices that go beside a trade
# (chairman, spokesman, member, founder, union secretary, professor) are left out.
_TRADES = """
judge magistrate; lawyer attorney solicitor barrister counsel prosecutor; doctor surgeon physician cardiologist
psychologist psychiatrist nurse midwife paramedic vet veterinarian pharmacist; dentist; teacher schoolteacher headmaster
headmistress headteacher principal; farmer sharemilker grower rancher; shopkeeper grocer; baker; butcher; welder;
plumber; electrician; carpenter; tailor; caterer cook chef; fisherman; driver; pilot; watchman; miner; clerk;
engineer; chemist; physicist; historian; economist; biologist; botanist; geologist; archaeologist; treasurer; auditor;
superintendent; coach; referee; goalkeeper goaltender keeper; striker forward; defender; midfielder; center centre;
minister premier; governor; senator legislator; councillor councilor alderman council mayor; vicar priest pastor
bishop; journalist reporter; composer musician; painter; poet novelist writer; accountant bookkeeper; analyst;
ombudsman ombudswoman; chief-executive; finance-director; sporting-director; commissioner; inspector
"""
_TRADE = {word: number for number, line in enumerate(_TRADES.replace("\n", " ").split(";")) for word in line.split()}
_RETIRED = re.compile(r"\bretired\b", re.IGNORECASE)
_ALSO = re.compile(r"\b(?:himself|herself|also|once|formerly|part-time|by training|trained)\b", re.IGNORECASE)
_TOLD_FORMER = re.compile(r"\b(?:former|ex-|retired|one-?time)", re.IGNORECASE)
# What was so at the time that a claim tells of may be over by the time of the source.
_LONG_AGO = re.compile(
    r"\b(?:was|were|had|then|until|when|while|once|served|during|in (?:1[5-9]|20)\d\d)\b", re.IGNORECASE
)
_TOLD_PAST = re.compile(r"\b(?:had been|used to be|before|until|when)\b", re.IGNORECASE)
_TWO_WORDS = re.compile(r"\b(chief executive|finance director|sporting director)\b", re.IGNORECASE)


def _trades(role: str) -> frozenset[int]:
    """The trades that a role names: none where what it names may go with another trade."""
    text = re.split(r"\b(?:of|for|at|in|from|with|to|who|which|whose|and|[a-z]+ing)\b|,", role.lower())[0]
    two = _TWO_WORDS.search(text)
    words = [two[1].replace(" ", "-")] if two else [w for w in re.findall(r"[a-z]+", text) if w not in ("dr", "prof")]
    words = [w for w in words if w in _TRADE] if two else words[-1:]
    if not words and not two:
        return frozenset()
    if re.search(r"\b(?:former|assistant|vice|deputy|prime|acting|ex)\b", text):
        return frozenset()
    return frozenset(_TRADE[w] for w in words if w in _TRADE)


_OF_BODY = re.compile(r"\b(?:of|for|heads?|leads?|chairs?|headed|led|chaired)\s(?:the\s)?(?:[a-z-]+\s){0,2}[A-Z]")


def _bodies(role: str) -> bool:
    """Whether a role names the body that it is held in."""
    return bool(_OF_BODY.search(role)) and not re.search(r"\bwh(?:o|om|ose|ich)\b", role)


def _share(words: set[str], among: set[str] | frozenset[str]) -> float:
    if not words:
        return 1.0
    return sum(1 for w in words if w in among or not _alike(w).isdisjoint(among) or _nationality(w, among)) / len(words)


def _nationality(word: str, among: set[str] | frozenset[str]) -> bool:
    return any(wording.stem(x) in among for x in gazetteer.same_place(word))


def _words_near(reading: Reading, who: str) -> frozenset[str]:
    """The stems of every passage that names the person."""
    out: set[str] = set()
    if who:
        for n in reading.names:
            if n.label == "PERSON" and reading.who(n.text) == who:
                out |= reading.words(n.passage)
        for o in reading.offices:
            if reading.who(o.name) == who:
                out |= {wording.stem(t.norm) for t in wording.tokens(o.role)}
    return frozenset(out)


def _known(reading: Reading, h: Holding) -> bool:
    """True where any word of the name is in the source: then it may be somebody's whose role the parser missed."""
    return any(t.norm in reading.text.norms for t in h.name.words if t.norm not in wording.STOP)


def _exclusive(reading: Reading, h: Holding, heads: frozenset[str], modifiers: set[str], rival: Office) -> bool:
    """True where only one person can hold the role: it has all the claim's words, or is "the" one of the source."""
    words = {t.stem for t in wording.tokens(rival.role)}
    if modifiers:
        return _share(modifiers, words) >= 0.99
    holders = {
        reading.who(o.name) for o in reading.offices if not heads.isdisjoint({t.stem for t in wording.tokens(o.role)})
    }
    return len(holders) == 1 and h.words[0].norm in {"the", "its", "their", "his", "her"} and h.head.norm not in _MANY


# Jobs that several people of one story often have.
_MANY = frozenset(
    "captain colonel general doctor deputy councillor councilor judge member officer member delegate".split()
)


# "Its first prime minister": there were others since; but a first minister is one by name.
_ONE_OF_MANY = re.compile(
    r"\b(?:first|second|third|fourth|fifth|next|last)\s"
    r"(?!minister|secretary|deputy|vice|lady|officer|mate|sea|violin|team|assistant)",
    re.IGNORECASE,
)


def _rival(reading: Reading, theirs: list[Office], heads: frozenset[str], modifiers: set[str], fit) -> Office | None:  # type: ignore[no-untyped-def]
    best: tuple[float, Office] | None = None
    for o in theirs:
        head_fits, share = fit(o)
        if head_fits and share >= 0.5 and not _ONE_OF_MANY.search(o.role) and (best is None or share > best[0]):
            best = (share, o)
    return best[1] if best else None
