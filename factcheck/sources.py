"""Adding, listing, showing and removing sources: what the ``factcheck sources`` commands do.

Each use case takes the store and, where it needs one, a fetcher, an embedder or an
annotator as arguments; nothing here prints or knows a command line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from factcheck.domain import Claim, Passage, Source
from factcheck.errors import FactcheckError
from factcheck.stores import SourceEntry, Store

if TYPE_CHECKING:
    from factcheck.fetch import Fetched
    from factcheck.retrieve import Embeds

Annotate = Callable[[Sequence[Passage]], Sequence[Passage]]


class SourceError(FactcheckError):
    """A source that could not be read, fetched or found: one line, with what to do."""


@dataclass(frozen=True, kw_only=True)
class Added:
    """What became of one path or URL: ``outcome`` is added, unchanged, updated or failed.

    A failed one has its ``error`` and no ``source_id``; ``notes`` are things worth telling the user.
    """

    ref: str
    outcome: str
    source_id: str | None = None
    title: str | None = None
    passages: int = 0
    error: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which sources a claim may be checked against, and which of those it names are not in the store."""

    source_ids: tuple[str, ...]
    missing: tuple[str, ...] = ()


def add(
    store: Store,
    refs: Iterable[str],
    *,
    title: str | None = None,
    published: dt.date | None = None,
    publisher: str | None = None,
    source_id: str | None = None,
    fetch: Callable[[str], Fetched] | None = None,
    embed: Callable[[], Embeds] | None = None,
    annotate: Annotate | None = None,
) -> Iterator[Added]:
    """Add paths and URLs one by one, yielding what became of each; one that fails never stops the rest.

    The same bytes twice change nothing. Changed bytes at a known address become a
    new source that supersedes the older one. ``fetch`` None refuses URLs (offline).
    ``embed`` is a callable that loads the embedder, called only when something is
    added. ``annotate`` adds mentions and structure to passages.
    """
    raise NotImplementedError


def scope(entries: Sequence[SourceEntry], claim: Claim, store: Store) -> Scope:
    """The sources a claim may be checked against.

    A claim's ``sources`` may be ids, addresses, or paths (as written from the working
    folder, from the claims file's folder or from the store's folder). A claim without
    ``sources`` gets every source that no newer snapshot supersedes; with ``as_of``, the
    snapshot that was current then.
    """
    raise NotImplementedError


def find(store: Store, ref: str) -> SourceEntry:
    """The one source that ``ref`` names (id, unambiguous start of an id, address or path), or ``SourceError``."""
    raise NotImplementedError


def show(store: Store, ref: str) -> Source:
    """The source that ``ref`` names, with its text."""
    raise NotImplementedError


def remove(store: Store, ref: str) -> str:
    """Remove the source that ``ref`` names and give its id."""
    raise NotImplementedError
