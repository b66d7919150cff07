"""Published claims, looked at again: sources are refreshed, verdicts follow, and what fails now is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from factcheck import ledger
from factcheck.domain import Claim, Report, Verdict, VerdictLabel
from factcheck.errors import FactcheckError

if TYPE_CHECKING:
    from factcheck.ingest import Refreshed
    from factcheck.stores import Store

# Longer than the desk has claims of one file; a store's board is read one file at a time.
_ALL = 1_000_000
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True, kw_only=True)
class Failing:
    """A published claim that held when it was last checked, and does not hold now."""

    verdict: Verdict
    before: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look: what changed among the sources, how many claims were checked, and which fail now."""

    refreshed: tuple[Refreshed, ...]
    claims: int
    failing: tuple[Failing, ...]


def look(
    store: Store,
    paths: Sequence[str],
    *,
    refresh: Callable[[Sequence[str]], Sequence[Refreshed]],
    check: Callable[[Sequence[Claim], str], Report],
) -> Look:
    """Refresh the sources of the claims of these files (none: of all that were ever checked), and check them again.

    ``check`` is given the claims of one file at a time, with its path. Raises ``FactcheckError``
    for a path that was never checked.
    """
    known = store.board_paths()
    for path in paths:
        if path not in known:
            raise FactcheckError(f"{path}: it was never checked with this store; check it first")
    rows = {
        path: [row for row in map(store.board_row, ids(store, path)) if row is not None]
        for path in dict.fromkeys(paths or known)
    }
    verdicts = [row.verdict for found in rows.values() for row in found if row.verdict is not None]
    refreshed = tuple(refresh(sources_of(store, verdicts)))
    failing: list[Failing] = []
    for path, found in rows.items():
        before = [row.verdict for row in found if row.verdict is not None]
        report = check([verdict.claim for verdict in before], path)
        now = ledger.standings(store, report.verdicts)
        for row, old, new in zip(found, before, report.verdicts, strict=True):
            if why := _failure(row, old, new, now):
                failing.append(Failing(verdict=new, before=f"{old.label} ({old.rule})", why=why))
    ledger.settle(store)
    return Look(refreshed=refreshed, claims=len(verdicts), failing=tuple(failing))


def ids(store: Store, path: str) -> list[str]:
    """The claims of one file at the desk; "" is no file's."""
    return [row.id for row in store.board(path=path or None, limit=_ALL) if row.path == path]


def sources_of(store: Store, verdicts: Sequence[Verdict]) -> list[str]:
    """The current sources that these verdicts cite or whose claims name them, oldest first."""
    from factcheck.sources import scope

    listing = store.entries()
    wanted = {quote.source_id for verdict in verdicts for quote in verdict.evidence}
    for claim in {verdict.claim.sources: verdict.claim for verdict in verdicts if verdict.claim.sources}.values():
        wanted.update(scope(listing, claim, store).source_ids)
    by_id = {entry.id: entry for entry in listing}
    return [entry.id for entry in listing if entry.id in wanted and entry.superseded_by not in by_id]


def _failure(
    row: ledger.BoardRow,
    old: Verdict,
    new: Verdict,
    now: dict[str, ledger.Standing],
) -> str:
    """Why a claim that held does not hold now; empty when it did not hold, or still does."""
    signed = row.state == ledger.State.SIGNED
    stands = now.get(row.subject)
    if stands is not None and stands.state is ledger.State.SIGNED:
        return ""
    if (
        signed
        and stands is not None
        and stands.state is ledger.State.LAPSED
        and new.label is not VerdictLabel.SUPPORTED
    ):
        return stands.words
    if old.label is VerdictLabel.SUPPORTED and new.label is not VerdictLabel.SUPPORTED:
        return new.explanation
    if old.label is VerdictLabel.UNVERIFIED and new.label is VerdictLabel.CONTRADICTED:
        return new.explanation
    return ""


def seconds(text: str) -> float:
    """ "90s", "30m", "6h", "1d" in seconds; ``ValueError`` for anything else, or less than a second."""
    match = re.fullmatch(r"(\d{1,6})\s*([smhd])", text.strip())
    if match is None or int(match[1]) == 0:
        raise ValueError(f'"{text}" is no time between looks; write it as 30m, 6h or 1d')
    return float(int(match[1]) * _UNITS[match[2]])
