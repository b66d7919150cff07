"""The ledger: what was checked, against what, by which versions, who signed it off and why, and whether it holds.

Entries are only ever appended, each with the hash of the one before it, so that a
changed, removed or inserted entry shows (``check_chain``). An entry is a run, a
verdict that a run changed, a sign-off or a note. A sign-off covers one sentence and
the sources it was made on; ``standing`` tells whether it still does. Where entries
are kept is the store's business.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from factcheck.domain import Claim, Reason, Verdict, VerdictLabel, digest
from factcheck.errors import FactcheckError

if TYPE_CHECKING:
    from factcheck.findings import Review
    from factcheck.stores import SourceEntry, Store

# What the first entry has for the hash of the one before it.
GENESIS = "0" * 64

RUN, VERDICT, SIGN_OFF, NOTE = "run", "verdict", "sign-off", "note"


class LedgerError(FactcheckError):
    """Something that cannot be recorded or found: one line, with what to do."""


class Conflict(LedgerError):
    """Someone else recorded something about the claim since it was last looked at."""


class Decision(StrEnum):
    """What a person decided: the sentence stands, the verdict is wrong, the sentence must change, or nothing yet."""

    ACCEPT = "accept"
    OVERRIDE = "override"
    NEEDS_WORK = "needs-work"
    REOPEN = "reopen"


class State(StrEnum):
    """Where a claim stands at the desk."""

    OPEN = "open"
    SIGNED = "signed"
    NEEDS_WORK = "needs-work"
    SECOND = "second"  # signed once, and the desk asks for a second signature
    LAPSED = "lapsed"


# -- the chain ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the ledger. ``subject`` names the claim it is about, ``ref`` the verdict's key; ``body`` is JSON."""

    number: int
    time: str
    kind: str
    subject: str
    ref: str
    body: str
    previous: str
    hash: str

    @cached_property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def when(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.time)


@dataclass(frozen=True, kw_only=True)
class New:
    """An entry to be: the store gives it number, time and hash."""

    kind: str
    subject: str = ""
    ref: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def chained(previous: Entry | None, new: New, now: dt.datetime) -> Entry:
    """The entry that follows ``previous`` (None: the first one)."""
    number, before = (previous.number + 1, previous.hash) if previous else (1, GENESIS)
    time = now.isoformat(timespec="milliseconds")
    # ASCII, so that a lone surrogate in a source's text cannot make an entry that no database takes.
    body = json.dumps(new.data, sort_keys=True, separators=(",", ":"), default=str)
    row: list[bytes | int] = [number, *(part.encode() for part in (time, new.kind, new.subject, new.ref, body, before))]
    return Entry(
        number=number,
        time=time,
        kind=new.kind,
        subject=new.subject,
        ref=new.ref,
        body=body,
        previous=before,
        hash=row_hash(row),
    )


def row_hash(row: Sequence[bytes | int]) -> str:
    """SHA-256 of an entry's number, time, kind, subject, ref, body and the hash before it.

    Each part goes in with its length: otherwise a byte could be moved from one to the next.
    """
    total = hashlib.sha256()
    for part in row:
        data = str(part).encode() if isinstance(part, int) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()


@dataclass(frozen=True, kw_only=True)
class Chain:
    """What became of checking a ledger: how many entries, the last hash, and what is wrong, in order."""

    entries: int
    head: str
    problems: tuple[str, ...] = ()


def check_chain(rows: Iterable[Sequence[Any]], *, head: str | None = None) -> Chain:
    """Whether every entry is as it was written, and none is missing between them.

    ``rows`` are (number, time, kind, subject, ref, body, previous, hash) in order, texts as
    bytes. Entries cut off at the end leave a whole chain behind: only a ``head`` that was
    noted elsewhere shows them, and is looked for.
    """
    problems: list[str] = []
    number, before = 0, GENESIS.encode()
    seen = head is None
    count = 0
    for row in rows:
        count += 1
        number += 1
        try:
            parts: list[Any] = [int(row[0]), *(bytes(part) for part in row[1:])]
        except (TypeError, ValueError):
            problems.append(f"entry {number}: a part of it is missing or of another type")
            continue
        if parts[0] != number:
            problems.append(f"entry {number}: missing; entry {parts[0]} comes next")
            number = parts[0]
        elif parts[6] != before:
            problems.append(f"entry {number}: does not follow the entry before it")
        if row_hash(parts[:7]).encode() != parts[7]:
            problems.append(f"entry {number}: its content is not what was written")
        before = parts[7]
        seen = seen or before == (head or "").encode()
    if not seen:
        problems.append(f"the entry with the hash {head} is missing; entries were removed at the end, or all rewritten")
    return Chain(entries=count, head=before.decode("ascii", "replace"), problems=tuple(problems))


# -- sign-offs -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SignOff:
    """A person's recorded decision on a sentence.

    ``label`` is what the person says it is, given with an override only; ``evidence`` is
    what no source holds ("call with the ministry, 12:40"). ``sources`` are the (id, sha256)
    it was made on. ``seconds`` is the number of the sign-off that this one confirms.
    """

    by: str
    decision: Decision
    reason: str
    text: str
    about: str | None = None
    path: str = ""
    label: VerdictLabel | None = None
    evidence: tuple[str, ...] = ()
    verdict: str = ""
    verdict_label: str = ""
    sources: tuple[tuple[str, str], ...] = ()
    needs_second: bool = False
    seconds: int | None = None
    number: int = 0
    time: str = ""

    @property
    def stands(self) -> bool:
        """True when the person lets the sentence stand as it is written."""
        return self.decision is Decision.ACCEPT or (
            self.decision is Decision.OVERRIDE and self.label is VerdictLabel.SUPPORTED
        )

    @property
    def day(self) -> str:
        return self.time[:10]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a claim stands: the sign-off that decides it, who confirmed it, and why it lapsed if it did."""

    state: State = State.OPEN
    sign_off: SignOff | None = None
    second: SignOff | None = None
    why: str = ""

    @property
    def words(self) -> str:
        """For a report: "signed off by Ana on 2026-11-25: call with the ministry"."""
        sign = self.sign_off
        if sign is None:
            return ""
        also = f" and {self.second.by}" if self.second else ""
        said = f"by {sign.by}{also} on {sign.day}: {sign.reason}"
        if self.state is State.SIGNED:
            return f"signed off {said}" if sign.stands else f"found {sign.label} {said}"
        if self.state is State.SECOND:
            return f"awaits a second signature; signed off {said}"
        if self.state is State.LAPSED:
            return f"the sign-off {said} has lapsed: {self.why}"
        return f"sent back {said}"


def subject_of(claim: Claim) -> str:
    """What a sign-off covers, apart from sources: these very words, in a file of this name.

    The folder is left out, so that the same draft is known wherever it is checked from.
    """
    name = PurePath(claim.location.path).name if claim.location else ""
    return digest([name, claim.text, claim.about, claim.as_of])


def covered(verdict: Verdict, named: Iterable[str], entries: Mapping[str, SourceEntry]) -> tuple[tuple[str, str], ...]:
    """The sources that a sign-off on this verdict is made on: those it cites and those (ids) the claim names."""
    ids = dict.fromkeys([*(quote.source_id for quote in verdict.evidence), *named])
    return tuple((id, entries[id].sha256) for id in sorted(ids) if id in entries)


def sign(
    store: Store,
    verdict: Verdict,
    *,
    key: str,
    by: str,
    decision: Decision,
    reason: str,
    label: VerdictLabel | None = None,
    evidence: Sequence[str] = (),
    seconds: int | None = None,
    second_policy: str = "never",
    seen: int | None = None,
) -> SignOff:
    """Record a decision on a verdict; on disk when this returns.

    ``second_policy`` (never, override, all) says which decisions a second person must confirm.
    ``seen`` is the number of the claim's newest entry that the person was shown (0 for none):
    raises ``Conflict`` when there is a newer one. Raises ``LedgerError`` when the reason or the
    name is missing, an override has no label, or someone would confirm a decision of their own.
    """
    by, reason = " ".join(by.split()), " ".join(reason.split())
    if not by:
        raise LedgerError("a sign-off needs a name: say who decides")
    if not reason:
        raise LedgerError("a sign-off needs a reason: say in a few words why")
    if len(reason) > 2000 or len(by) > 100 or sum(map(len, evidence)) > 8000:
        raise LedgerError("that is too long: a name has up to 100 characters, a reason 2,000, the evidence 8,000")
    if (label is None) is (decision is Decision.OVERRIDE):
        raise LedgerError("an override says what the claim is instead, and only an override does")
    from factcheck.sources import scope

    claim = verdict.claim
    listing = store.entries()
    entries = {entry.id: entry for entry in listing}
    named = scope(listing, claim, store).source_ids if claim.sources else ()
    if seconds is not None:
        first = next(
            (s for s in sign_offs(store, [subject_of(claim)]).get(subject_of(claim), ()) if s.number == seconds), None
        )
        if first is None:
            raise LedgerError(f"there is no sign-off {seconds} on this claim to confirm")
        if first.by.casefold() == by.casefold():
            raise LedgerError("a second signature must be another person's")
        decision, label = first.decision, first.label
    made = SignOff(
        by=by,
        decision=decision,
        reason=reason,
        text=claim.text,
        about=claim.about,
        path=claim.location.path if claim.location else "",
        label=label,
        evidence=tuple(line for line in (" ".join(item.split()) for item in evidence) if line),
        verdict=key,
        verdict_label=str(verdict.label),
        sources=covered(verdict, named, entries),
        needs_second=seconds is None
        and (second_policy == "all" or (second_policy == "override" and decision is Decision.OVERRIDE))
        and decision not in (Decision.REOPEN, Decision.NEEDS_WORK),
        seconds=seconds,
    )
    data = {name: value for name, value in asdict(made).items() if name not in ("number", "time")}
    (entry,) = store.append_entries(
        [New(kind=SIGN_OFF, subject=subject_of(claim), ref=key, data=data)],
        seen=None if seen is None else {subject_of(claim): seen},
    )
    return _sign_off(entry)


def note(store: Store, claim: Claim, *, by: str, text: str) -> Entry:
    """Record a note on a claim; it decides nothing."""
    by, text = " ".join(by.split()), text.strip()
    if not by or not text:
        raise LedgerError("a note needs a name and a text")
    if len(text) > 8000:
        raise LedgerError("a note has up to 8,000 characters")
    (entry,) = store.append_entries([New(kind=NOTE, subject=subject_of(claim), data={"by": by, "text": text})])
    return entry


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A decision from a file: the verdict it is on, and the arguments of ``sign`` for it."""

    verdict: Verdict
    words: Mapping[str, Any]


def read_decisions(store: Store, path: str) -> list[Decided]:
    """The decisions of a file that an HTML report saved (factcheck.decisions/1), all of them or ``InputError``.

    Each must be on a claim of the latest run of its file.
    """
    from factcheck.errors import InputError

    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
        if document["schema"] != "factcheck.decisions/1":
            raise ValueError("it is of another kind")
        rows = [
            {
                "subject": str(row["subject"]),
                "by": str(row["by"]),
                "decision": Decision(row["decision"]),
                "label": VerdictLabel(row["label"]) if row["label"] else None,
                "reason": str(row["reason"]),
                "evidence": [str(line) for line in row["evidence"]],
            }
            for row in document["decisions"]
        ]
    except FileNotFoundError:
        raise InputError(path, None, None, "there is no such file", "check the path", rule="FC101") from None
    except OSError as error:
        raise InputError(path, None, None, f"cannot read it: {error.strerror}", "check it", rule="FC101") from None
    except (ValueError, KeyError, TypeError) as error:
        what = " ".join(str(error).split())[:80]
        hint = "save it from the report again"
        raise InputError(path, None, None, f"these are not decisions of a report ({what})", hint) from None
    verdicts = store.board_verdicts([str(row["subject"]) for row in rows])
    keys = store.latest_refs(VERDICT, list(verdicts))
    found = []
    for number, row in enumerate(rows, start=1):
        subject = row.pop("subject")
        if subject not in verdicts:
            what = f"decision {number} is on a claim that the latest run of its file does not have"
            raise InputError(path, None, None, what, "check the file again, and decide on that report")
        found.append(Decided(verdict=verdicts[subject], words={**row, "key": keys[subject]}))
    return found


def _sign_off(entry: Entry) -> SignOff:
    data = dict(entry.data)
    return SignOff(
        **{
            **data,
            "decision": Decision(data["decision"]),
            "label": VerdictLabel(data["label"]) if data["label"] else None,
            "evidence": tuple(data["evidence"]),
            "sources": tuple((id, sha) for id, sha in data["sources"]),
            "number": entry.number,
            "time": entry.time,
        }
    )


def sign_offs(store: Store, subjects: Sequence[str] | None = None) -> dict[str, tuple[SignOff, ...]]:
    """The sign-offs of each subject that has any (None: of all), oldest first."""
    found: dict[str, list[SignOff]] = {}
    for entry in store.ledger(kind=SIGN_OFF, subjects=subjects):
        found.setdefault(entry.subject, []).append(_sign_off(entry))
    return {subject: tuple(made) for subject, made in found.items()}


def standing(made: Sequence[SignOff], entries: Mapping[str, SourceEntry], verdict: Verdict | None = None) -> Standing:
    """What the sign-offs on one claim (oldest first) amount to now.

    A sign-off lapses when a source it was made on is gone, changed or superseded, and when
    the verdict has become another one on evidence from a source that it was not made on.
    """
    firsts = [sign for sign in made if sign.seconds is None]
    if not firsts or firsts[-1].decision is Decision.REOPEN:
        return Standing()
    last = firsts[-1]
    second = next((sign for sign in made if sign.seconds == last.number), None)
    if why := _lapse(last, entries, verdict):
        return Standing(state=State.LAPSED, sign_off=last, second=second, why=why)
    if last.decision is Decision.NEEDS_WORK:
        state = State.NEEDS_WORK
    elif last.needs_second and second is None:
        state = State.SECOND
    else:
        state = State.SIGNED
    return Standing(state=state, sign_off=last, second=second)


def _lapse(sign: SignOff, entries: Mapping[str, SourceEntry], verdict: Verdict | None) -> str:
    for id, sha256 in sign.sources:
        entry = entries.get(id)
        if entry is None or entry.sha256 != sha256:
            return f'its source "{id}" is gone'
        if entry.superseded_by is not None and entry.superseded_by in entries:
            return f'its source "{id}" has changed (now {entry.superseded_by})'
    if verdict is not None and str(verdict.label) != sign.verdict_label:
        known = {id for id, _ in sign.sources}
        other = next((quote.source_id for quote in verdict.evidence if quote.source_id not in known), None)
        if other:
            return f'the claim is now {verdict.label}, by a source it was not made on ("{other}")'
    return ""


def standings(store: Store, verdicts: Sequence[Verdict]) -> dict[str, Standing]:
    """Where each claim that was ever signed off stands, by subject; claims never decided are left out."""
    made = store.ledger(kind=SIGN_OFF, subjects=list({subject_of(verdict.claim) for verdict in verdicts}))
    return standings_of(made, verdicts, {entry.id: entry for entry in store.entries()}) if made else {}


def standings_of(
    made: Sequence[Entry], verdicts: Sequence[Verdict], entries: Mapping[str, SourceEntry]
) -> dict[str, Standing]:
    """The same from sign-off entries (oldest first) and sources (by id) that are given."""
    by_subject = {subject_of(verdict.claim): verdict for verdict in verdicts}
    signs: dict[str, list[SignOff]] = {}
    for entry in made:
        if entry.kind == SIGN_OFF and entry.subject in by_subject:
            signs.setdefault(entry.subject, []).append(_sign_off(entry))
    return {subject: standing(found, entries, by_subject[subject]) for subject, found in signs.items()}


def honour(reviewed: Review, found: Mapping[str, Standing]) -> Review:
    """The review with sign-offs in it: what stands is no finding, what a person sent back or found wrong is one.

    A claim that could not be checked stays a finding: nobody can sign off what the tool did not see.
    """
    from factcheck.findings import Finding, Level

    rows = []
    signed: dict[int, str] = {}
    for number, (verdict, finding) in enumerate(reviewed.rows):
        stands = found.get(subject_of(verdict.claim))
        if stands is not None and stands.sign_off is not None and verdict.reason is not Reason.CHECK_FAILED:
            signed[number] = stands.words
            if stands.state is State.SIGNED and stands.sign_off.stands:
                finding = None
            elif stands.state in (State.NEEDS_WORK, State.SIGNED):
                place = verdict.claim.location
                words = f"The desk {stands.words}."
                finding = Finding(
                    level=Level.ERROR,
                    rule="FC111",
                    message=words,
                    location=place,
                    fingerprint=digest([place.path if place else "", "FC111", verdict.claim.text, verdict.claim.about]),
                    verdict=verdict,
                    evidence=finding.evidence if finding else (),
                )
        rows.append((verdict, finding))
    return replace(reviewed, rows=tuple(rows), signed=signed)


# -- runs and verdicts -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One claim of a run with its answer, the key of that answer, and the (id, fingerprint) of what it was asked of."""

    verdict: Verdict
    key: str
    scope: tuple[tuple[str, str], ...] = ()


def record(
    store: Store,
    asked: Sequence[Asked],
    *,
    models: Mapping[str, str],
    engine: str,
    complete: bool,
    whole: bool = True,
    documents: Mapping[str, str] | None = None,
) -> int | None:
    """Append a run and every verdict in it that is new, and show them at the desk; the run's entry number.

    None, and nothing is written, when the last run of the same files had the same answers, or
    the store cannot be written. ``whole`` False says that only part of each file was checked.
    ``documents`` are the files' texts by path, kept for the desk to show.
    """
    if store.read_only or not asked:
        return None
    from factcheck import __version__

    scopes: dict[str, list[list[str]]] = {}
    rows: list[dict[str, Any]] = []
    for item in asked:
        scope = digest(item.scope)
        scopes.setdefault(scope, [list(pair) for pair in item.scope])
        claim, verdict = item.verdict.claim, item.verdict
        place = claim.location
        rows.append(
            {
                "subject": subject_of(claim),
                "id": claim.id,
                "text": claim.text,
                "path": place.path if place else "",
                "line": place.line if place else 0,
                "key": item.key,
                "label": str(verdict.label),
                "rule": verdict.rule,
                "scope": scope,
            }
        )
    paths = sorted({row["path"] for row in rows})
    data = {
        "rows": rows,
        "scopes": scopes,
        "models": dict(models),
        "engine": engine,
        "version": __version__,
        "complete": complete,
        "whole": whole,
        "documents": {path: hashlib.sha256(text.encode()).hexdigest() for path, text in (documents or {}).items()},
    }
    group = digest(paths)
    ref = digest(data)
    last = store.ledger(kind=RUN, subjects=[group], newest=True, limit=1)
    if last and last[0].ref == ref:
        return None
    shown = {row["subject"]: item for row, item in zip(reversed(rows), reversed(asked), strict=True)}
    known = store.latest_refs(VERDICT, list(shown))
    entries = {entry.id: entry for entry in store.entries()}
    new = [New(kind=RUN, subject=group, ref=ref, data=data)]
    for subject, item in reversed(shown.items()):
        if known.get(subject) != item.key:
            cited = {quote.source_id for quote in item.verdict.evidence}
            new.append(
                New(
                    kind=VERDICT,
                    subject=subject,
                    ref=item.key,
                    data={
                        "verdict": asdict(item.verdict),
                        "sources": [[id, entries[id].sha256] for id in sorted(cited) if id in entries],
                        "models": dict(models),
                        "engine": engine,
                        "version": __version__,
                    },
                )
            )
    found = standings(store, [item.verdict for item in asked])
    board = [
        BoardRow(
            path=row["path"],
            position=position,
            subject=row["subject"],
            claim_id=row["id"],
            key=item.key,
            line=row["line"],
            text=row["text"],
            label=row["label"],
            rule=row["rule"],
            confidence=item.verdict.confidence,
            state=str(found.get(row["subject"], Standing()).state),
            verdict=item.verdict,
        )
        for position, (row, item) in enumerate(zip(rows, asked, strict=True))
    ]
    written = store.append_entries(new, board=board, whole=whole, documents=documents or {})
    return written[0].number


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """A claim as the desk lists it: its newest verdict, where it is, and where it stands."""

    path: str
    position: int
    subject: str
    claim_id: str
    key: str
    line: int
    text: str
    label: str
    rule: str
    confidence: float
    state: str
    verdict: Verdict | None = None

    @property
    def id(self) -> str:
        """A short name for it, the same in every run."""
        return digest([self.path, self.subject])[:16]


def settle(store: Store, subjects: Sequence[str] | None = None) -> None:
    """Bring the desk's list up to date with sign-offs and sources: of these subjects, or of all ever signed off."""
    decided = sign_offs(store, subjects)
    if not decided:
        return
    verdicts = store.board_verdicts(list(decided))
    entries = {entry.id: entry for entry in store.entries()}
    store.keep_states(
        {subject: str(standing(made, entries, verdicts.get(subject)).state) for subject, made in decided.items()}
    )
