"""Naming, finding, scoping and removing sources: which snapshot a name, an address or a claim means.

Nothing here reads a document or knows a command line; ``ingest.py`` adds sources.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from factcheck.domain import Claim, Source
from factcheck.errors import FactcheckError
from factcheck.stores import SourceEntry, Store, StoreError

WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


_CREDENTIALS = re.compile(r"(?<=://)[^\s/?#]{1,500}@")


def holds_credentials(ref: str) -> bool:
    """Whether an address has a user name or a password in it: it is then neither fetched, kept nor shown."""
    return _CREDENTIALS.search(ref) is not None


def without_credentials(text: str) -> str:
    """The text with every address in it as it is without user name and password."""
    return _CREDENTIALS.sub("", text)


class SourceError(FactcheckError):
    """A source that could not be read, fetched or found: one line, with what to do."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which sources a claim may be checked against, and which of those it names are not in the store."""

    source_ids: tuple[str, ...]
    missing: tuple[str, ...] = ()


def file_uri(path: str | Path, store: Store) -> str:
    """A file's address in the store: relative to the store's folder when it is inside, so that both can be moved."""
    absolute = Path(os.path.abspath(path))
    if store.folder is not None:
        folder = Path(os.path.abspath(store.folder))
        if absolute.is_relative_to(folder):
            return absolute.relative_to(folder).as_posix()
    return absolute.as_posix()


def current(entries: Iterable[SourceEntry]) -> tuple[SourceEntry, ...]:
    """Those of some sources that no newer one supersedes."""
    return tuple(entry for entry in entries if entry.superseded_by is None)


class _Index:
    """Names by which the sources of one listing can be called. Made once for a listing, not once for a claim."""

    def __init__(self, entries: Sequence[SourceEntry]) -> None:
        self.entries = entries
        self.by_id = {entry.id: entry for entry in entries}
        self.by_uri: dict[str, list[SourceEntry]] = {}
        for entry in entries:
            for uri in entry.uris:
                self.by_uri.setdefault(uri, []).append(entry)
        self.older: dict[str, list[SourceEntry]] = {}
        for entry in entries:
            if entry.superseded_by:
                self.older.setdefault(entry.superseded_by, []).append(entry)
        self.current = tuple(entry for entry in entries if entry.superseded_by not in self.by_id)
        self.copy_of = {entry.id: entry.copy_of for entry in entries if entry.copy_of}
        self.whole: dict[dt.date | None, Scope] = {}


_latest: _Index | None = None


def _index(entries: Sequence[SourceEntry]) -> _Index:
    global _latest
    if _latest is None or _latest.entries is not entries:
        _latest = _Index(entries)
    return _latest


def copies(entries: Sequence[SourceEntry]) -> Mapping[str, str]:
    """For each source that is nearly a copy of another, the id of that one."""
    return _index(entries).copy_of


def scope(entries: Sequence[SourceEntry], claim: Claim, store: Store) -> Scope:
    """The sources a claim may be checked against.

    A claim's ``sources`` may be ids, addresses, or paths (as written from the working
    folder, from the claims file's folder or from the store's folder). A claim without
    ``sources`` gets every source that no newer one supersedes; with ``as_of``, the
    snapshot that was current then, and none that the desk noted as valid from a later day.
    """
    index = _index(entries)
    if claim.sources is None:
        # Most claims ask for this one, and a store may hold fifty thousand sources.
        if claim.as_of not in index.whole:
            current = [_as_of(index, entry, claim.as_of) for entry in index.current]
            valid = [e for e in current if not (claim.as_of and e.valid_from and e.valid_from > claim.as_of)]
            index.whole[claim.as_of] = Scope(source_ids=_in_order(index, valid))
        return index.whole[claim.as_of]
    found: list[SourceEntry] = []
    missing: list[str] = []
    for ref in claim.sources:
        if entry := index.by_id.get(ref):
            found.append(entry)
        elif matches := _by_address(index, ref, claim, store):
            current = [entry for entry in matches if entry.superseded_by not in index.by_id]
            found.append(_as_of(index, (current or matches)[-1], claim.as_of))
        else:
            missing.append(ref)
    return Scope(source_ids=_in_order(index, found), missing=tuple(dict.fromkeys(missing)))


def _in_order(index: _Index, found: Iterable[SourceEntry]) -> tuple[str, ...]:
    wanted = {entry.id for entry in found}
    return tuple(entry.id for entry in index.entries if entry.id in wanted)


def _by_address(index: _Index, ref: str, claim: Claim | None, store: Store) -> list[SourceEntry]:
    if WEB_ADDRESS.match(ref):
        return index.by_uri.get(ref) or index.by_uri.get(ref.rstrip("/")) or index.by_uri.get(ref + "/") or []
    folders = [Path()]
    if claim is not None and claim.location is not None:
        folders.insert(0, Path(claim.location.path).parent)
    if store.folder is not None:
        folders.append(store.folder)
    for folder in folders:
        if matches := index.by_uri.get(file_uri(folder / ref, store)):
            return matches
    return index.by_uri.get(ref, [])


def _as_of(index: _Index, entry: SourceEntry, day: dt.date | None) -> SourceEntry:
    """The snapshot of the same address that was current on a day: the newest not fetched after it, or the oldest."""
    if day is None:
        return entry
    while _seen(entry) is not None and _seen(entry) > day and entry.id in index.older:  # type: ignore[operator]
        entry = index.older[entry.id][-1]
    return entry


def _seen(entry: SourceEntry) -> dt.date | None:
    return entry.fetched.date() if entry.fetched else entry.published


def find(store: Store, ref: str) -> SourceEntry:
    """The one source that ``ref`` names (id, unambiguous start of an id, address or path), or ``SourceError``."""
    index = _index(store.entries())
    if entry := index.by_id.get(ref):
        return entry
    if matches := _by_address(index, ref, None, store):
        return matches[-1]
    starts = [entry for entry in index.entries if entry.id.startswith(ref)]
    if ref and len(starts) == 1:
        return starts[0]
    if ref and starts:
        names = ", ".join(entry.id for entry in starts[:5])
        raise SourceError(f"{ref}: {len(starts)} sources begin so ({names}); write the whole id")
    import difflib

    close = difflib.get_close_matches(ref, list(index.by_id), n=1)
    hint = f"did you mean {close[0]}?" if close else "see what there is with: factcheck sources list"
    raise SourceError(f"{ref}: no such source in the store; {hint}")


def show(store: Store, ref: str) -> Source:
    """The source that ``ref`` names, with its text."""
    entry = find(store, ref)
    source = store.source(entry.id)
    if source is None:
        raise StoreError(f"{ref}: the source was removed meanwhile; list the sources again")
    return source


def remove(store: Store, ref: str) -> str:
    """Remove the source that ``ref`` names and give its id."""
    entry = find(store, ref)
    store.remove_source(entry.id)
    return entry.id


def at(store: Store, ref: str, day: dt.date) -> SourceEntry:
    """The snapshot of what ``ref`` names that was current on a day."""
    entry = find(store, ref)
    index = _index(store.entries())
    # From the newest snapshot of the same address backwards.
    while entry.superseded_by in index.by_id:
        entry = index.by_id[str(entry.superseded_by)]
    return _as_of(index, entry, day)


# -- seeing whether sources changed ----------------------------------------------------------------
