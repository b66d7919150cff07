"""The whole tool on one screen: retrieve, assemble, check, decide.

Stages take values and return values; the store, the models and the terminal
arrive as arguments from ``cli.py`` (or from ``api.py`` for Python callers). A
claim that has been answered before, with the same evidence, models and code, is
answered from the store, and then not even the engine's modules are imported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from factcheck.domain import (
    Claim,
    Evidence,
    Judgement,
    Pair,
    Passage,
    Reason,
    Report,
    Source,
    Verdict,
    VerdictLabel,
    digest,
)
from factcheck.errors import ClusterError

if TYPE_CHECKING:
    from factcheck.clauses import Clause

Check = Callable[[Sequence[Pair]], Iterable[Judgement]]


@dataclass(frozen=True, kw_only=True)
class Engine:
    """The four stages, ready to run. ``checkers`` are tried in order and named in judgements.

    ``model``, which costs most, is asked last, and only of the pairs that the checkers have not ``settled``.
    ``parts`` cuts each claim into the claims that it is made of, if it is more than one; ``join``
    makes the verdict on it from that on the whole and those on its parts. ``batch`` is how many
    claims have their evidence in memory at once.
    """

    retrieve: Callable[[Sequence[Claim]], Sequence[tuple[Evidence, ...]]]
    load: Callable[[str], tuple[Source, tuple[Passage, ...]]]
    assemble: Callable[..., tuple[Pair, ...]]
    checkers: Mapping[str, Check]
    decide: Callable[[Claim, Sequence[Pair], Sequence[Judgement]], Verdict]
    model: Check | None = None
    settled: Callable[[Sequence[Judgement]], bool] = lambda judgements: False
    parts: Callable[[Sequence[str]], Sequence[Sequence[Clause]]] = lambda texts: [()] * len(texts)
    join: Callable[[Verdict, Sequence[tuple[Clause, Verdict]]], Verdict] = lambda verdict, parts: verdict
    batch: int = 100


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a claim is checked against: the fingerprints of its sources, and those it names that are missing."""

    fingerprints: tuple[str, ...]
    missing: tuple[str, ...] = ()


def verify(
    claims: Sequence[Claim],
    *,
    scope: Callable[[Claim], Scope],
    engine: Callable[[], Engine],
    models: Mapping[str, str],
    recall: Callable[[Sequence[str]], Mapping[str, Verdict]] = lambda keys: {},
    record: Callable[[Mapping[str, Verdict], bool], None] = lambda verdicts, complete: None,
    progress: Callable[[str], None] = lambda stage: None,
) -> Report:
    """One verdict for every claim, in the order of the claims; no claim is ever dropped.

    ``engine`` is called at most once, and only for claims that ``recall`` does not
    know. A claim that fails is unverified with reason check-failed, and the report
    is then not complete; nor is it when a source that a claim names is missing.
    """
    scopes = [scope(claim) for claim in claims]
    keys = [verdict_key(claim, found, models) for claim, found in zip(claims, scopes, strict=True)]
    known = dict(recall(keys))
    # Equal questions are asked once, and under their key: ids repeat across files.
    asked = {key: replace(claim, id=key) for key, claim in zip(keys, claims, strict=True) if key not in known}
    scope_of = dict(zip(keys, scopes, strict=True))
    fresh: dict[str, Verdict] = {}
    if asked:
        answerable = [claim for key, claim in asked.items() if scope_of[key].fingerprints or not scope_of[key].missing]
        if answerable:
            fresh = {verdict.claim.id: verdict for verdict in judge(answerable, engine(), progress)}
        fresh = {key: _with_missing(claim, fresh.get(key), scope_of[key].missing) for key, claim in asked.items()}
    answers = {**known, **fresh}
    verdicts = tuple(replace(answers[key], claim=claim) for key, claim in zip(keys, claims, strict=True))
    complete = not any(found.missing for found in scopes) and not any(v.reason is Reason.CHECK_FAILED for v in verdicts)
    # A failure is recorded with its run but never recalled: it may not happen again.
    record({_record_key(key, v): v for key, v in zip(keys, verdicts, strict=True)}, complete)
    return Report(verdicts=verdicts, models=dict(models), complete=complete)


def judge(claims: Sequence[Claim], engine: Engine, progress: Callable[[str], None]) -> list[Verdict]:
    """One verdict for each claim, in their order, a batch of claims at a time. Claim ids must be unique."""
    verdicts: list[Verdict] = []

    def tell(stage: str) -> None:
        progress(f"{len(verdicts):,} of {len(claims):,} claims checked; {stage}" if verdicts else stage)

    for at in range(0, len(claims), engine.batch):
        verdicts += _by_parts(_judge(claims[at : at + engine.batch], engine, tell), engine, tell)
    return verdicts


def _by_parts(verdicts: Sequence[Verdict], engine: Engine, progress: Callable[[str], None]) -> list[Verdict]:
    """A claim that tells several things, and is not refuted as a whole, is judged by each of them too."""
    settled = (VerdictLabel.CONTRADICTED, Reason.CHECK_FAILED)
    open_ = [v for v in verdicts if not v.claim.uncut and v.label not in settled and v.reason not in settled]
    cut: dict[str, Sequence[Clause]] = {}
    failed: dict[str, Verdict] = {}
    try:
        cut = dict(zip((v.claim.id for v in open_), engine.parts([v.claim.text for v in open_]), strict=True))
    except Exception:
        for verdict in open_:
            try:
                cut[verdict.claim.id] = engine.parts([verdict.claim.text])[0]
            except Exception as error:
                failed[verdict.claim.id] = check_failed(verdict.claim, "parts", error)
    asked = [
        replace(verdict.claim, id=digest([verdict.claim.id, n]), text=part.text)
        for verdict in open_
        for n, part in enumerate(cut.get(verdict.claim.id, ()))
    ]
    answers = iter(_judge(asked, engine, progress) if asked else ())
    return [
        engine.join(verdict, [(part, next(answers)) for part in cut[verdict.claim.id]])
        if cut.get(verdict.claim.id)
        else failed.get(verdict.claim.id, verdict)
        for verdict in verdicts
    ]


def _judge(claims: Sequence[Claim], engine: Engine, progress: Callable[[str], None]) -> list[Verdict]:
    """Retrieve, assemble, check, decide."""
    progress(f"finding evidence for {len(claims)} claims")
    failed: dict[str, Verdict] = {}
    pairs: dict[str, tuple[Pair, ...]] = {}
    for claim, evidence in zip(claims, engine.retrieve(claims), strict=True):
        try:
            pairs[claim.id] = engine.assemble(claim, evidence, engine.load)
        except Exception as error:  # one claim's trouble must not take the others' verdicts away
            failed[claim.id] = check_failed(claim, "evidence", error)
    judgements: dict[str, list[Judgement]] = defaultdict(list)

    def run(name: str, check: Check, asked: Mapping[str, tuple[Pair, ...]]) -> None:
        progress(f"checking {sum(map(len, asked.values()))} passages ({name})")
        for claim_id, found in _each(name, check, claims, asked, failed):
            judgements[claim_id].append(found)

    for name, check in engine.checkers.items():
        run(name, check, pairs)
    if engine.model is not None:
        left = {claim_id: _open(found, judgements[claim_id], engine.settled) for claim_id, found in pairs.items()}
        run("model", engine.model, left)
    verdicts = []
    for claim in claims:
        if claim.id not in failed:
            try:
                verdicts.append(engine.decide(claim, pairs[claim.id], judgements[claim.id]))
                continue
            except Exception as error:
                failed[claim.id] = check_failed(claim, "decision", error)
        verdicts.append(failed[claim.id])
    return verdicts


def _open(
    pairs: tuple[Pair, ...], judgements: Sequence[Judgement], settled: Callable[[Sequence[Judgement]], bool]
) -> tuple[Pair, ...]:
    """The pairs that what the checkers found of their source does not settle."""
    return tuple(p for p in pairs if not settled([j for j in judgements if j.source_id == p.source.id]))


def _each(
    name: str,
    check: Check,
    claims: Sequence[Claim],
    pairs: Mapping[str, tuple[Pair, ...]],
    failed: dict[str, Verdict],
) -> Iterable[tuple[str, Judgement]]:
    """Runs one checker over everything in one batch; if that fails, claim by claim, to lose only what must be."""
    todo = [pair for claim in claims if claim.id not in failed for pair in pairs[claim.id]]
    try:
        found = list(check(todo)) if todo else []
    except ClusterError:  # nobody is left to ask for any claim
        raise
    except Exception:
        found = []
        for claim in claims:
            if claim.id in failed or not pairs[claim.id]:
                continue
            try:
                found.extend(check(pairs[claim.id]))
            except ClusterError:
                raise
            except Exception as error:
                failed[claim.id] = check_failed(claim, f"{name} checker", error)
    return [(judgement.claim_id, judgement) for judgement in found]


def check_failed(claim: Claim, stage: str, error: Exception) -> Verdict:
    """The verdict on a claim that could not be checked: the error's words are its explanation."""
    words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return Verdict(
        claim=claim,
        label=VerdictLabel.UNVERIFIED,
        reason=Reason.CHECK_FAILED,
        rule="FC901",
        confidence=0.0,
        explanation=f"Could not be checked: the {stage} failed ({words}).",
    )


def _with_missing(claim: Claim, verdict: Verdict | None, missing: tuple[str, ...]) -> Verdict:
    """A missing source turns "unverified" into "source missing"; what other sources show still stands."""
    if verdict is not None and (not missing or verdict.label is not VerdictLabel.UNVERIFIED):
        return verdict
    if verdict is not None and verdict.reason is Reason.CHECK_FAILED:
        return verdict
    named = ", ".join(f'"{name}"' for name in missing)
    return Verdict(
        claim=claim,
        label=VerdictLabel.UNVERIFIED,
        reason=Reason.SOURCE_MISSING,
        rule="FC307",
        confidence=0.0,
        explanation=f"The claim names {named}, which could not be used: add it with `factcheck sources add`.",
        evidence=verdict.evidence if verdict else (),
    )


def _record_key(key: str, verdict: Verdict) -> str:
    return digest([key, "failed"]) if verdict.reason is Reason.CHECK_FAILED else key


def verdict_key(claim: Claim, scope: Scope, models: Mapping[str, str]) -> str:
    """A hash of everything that could change the verdict: the question, its sources, the models, the engine's code."""
    question = [claim.text, claim.about, claim.as_of.isoformat() if claim.as_of else None, *claim.before]
    question += ["uncut"] if claim.uncut else []
    return digest([question, scope.fingerprints, scope.missing, sorted(models.items()), engine_digest()])


# Modules that carry claims in and reports out. They cannot change a verdict, so a new
# reporter leaves every cached verdict valid; anything not named here counts as engine.
SHELL = {
    "__main__.py",
    "cli.py",
    "claims.py",
    "errors.py",
    "rules.py",
    "api.py",
    "__init__.py",
    "evaluate.py",
    "fetch.py",
    "findings.py",
    "ledger.py",
    "history.py",
    "bundle.py",
    "claimreview.py",
    "corrections.py",
    "watch.py",
    "py.typed",
}
SHELL_FOLDERS = {"reporters", "models", "drafts", "desk", "__pycache__"}


@lru_cache(maxsize=1)
def engine_digest() -> str:
    """A hash over the package's own engine code and word lists: a changed checker asks every question again."""
    package = Path(__file__).parent
    total = sha256()
    for file in engine_files():
        total.update(str(file.relative_to(package)).encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()[:16]


def engine_files() -> list[Path]:
    """The package's files that can change a verdict, models apart (those are known by their ids)."""
    package = Path(__file__).parent
    return [
        file
        for file in sorted(package.rglob("*.*"))
        if file.is_file()
        and not SHELL_FOLDERS.intersection(file.relative_to(package).parts)
        and not (file.parent == package and file.name in SHELL)
    ]
