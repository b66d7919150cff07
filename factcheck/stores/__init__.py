"""The Store contract: what the rest of factcheck may ask of the place where claims, sources and verdicts are kept.

A store holds sources as immutable snapshots, their passages, an index to find
them by words and by meaning, the claims, the verdicts of every run, and two
caches (verdicts by key, model outputs by key). Callers see domain values and
numpy arrays, never SQL. ``stores/sqlite.py`` keeps one in a file, ``stores/postgres.py``
on a PostgreSQL server; what both say in the same SQL is in ``stores/sql.py``.

Three rules hold for every store:

* everything is returned in one fixed order (sources oldest first, passages in
  document order, ties by that order), so that one store always gives one report;
* what is read from a source never changes: a changed page is a new source;
* a cache is allowed to forget. On a store that cannot be written, the ``keep_*``
  methods do nothing, while ``add_source`` and the rest raise ``StoreError``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

from factcheck.domain import Claim, Passage, Source, Verdict
from factcheck.errors import FactcheckError

if TYPE_CHECKING:
    import numpy as np

    from factcheck.ledger import BoardRow, Chain, Entry, New


class StoreError(FactcheckError):
    """A store that cannot be opened, read or written: one line that says what to do."""


@dataclass(frozen=True, kw_only=True)
class SourceEntry:
    """A source without its text, as a listing shows it.

    ``uris`` are all the addresses at which these same bytes were seen, the source's
    own first. ``superseded_by`` is the id of the newer snapshot of the same address.
    ``fingerprint`` changes when anything that a verdict may rest on changes. ``kind``,
    ``reliability`` and ``valid_from`` are the desk's notes; ``copy_of`` names the source
    that this one says nearly word for word, with which it counts as one.
    """

    id: str
    uri: str
    sha256: str
    title: str | None = None
    publisher: str | None = None
    published: dt.date | None = None
    fetched: dt.datetime | None = None
    media_type: str = "text/plain"
    passages: int = 0
    characters: int = 0
    uris: tuple[str, ...] = ()
    superseded_by: str | None = None
    fingerprint: str = ""
    kind: str | None = None
    reliability: str | None = None
    valid_from: dt.date | None = None
    copy_of: str | None = None


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The bytes of a source exactly as they were read, and how they came."""

    raw: bytes
    headers: tuple[tuple[str, str], ...] = ()
    status: int | None = None
    final_uri: str | None = None
    hops: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A passage found by words: where it is and how well it matched (higher is better, no fixed scale)."""

    passage_key: int
    retrieval_score: float


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of verify: what it was asked, what answered, and how it ended."""

    id: int
    started: dt.datetime
    inputs: str
    models: Mapping[str, str] = field(default_factory=dict)
    complete: bool = True
    claims: int = 0


@runtime_checkable
class Store(Protocol):
    """Everything that can be asked of a store. Open one with ``factcheck.stores.open_store``."""

    @property
    def folder(self) -> Path | None:
        """The folder that source paths are kept relative to, so that a store and its sources move together."""

    @property
    def read_only(self) -> bool:
        """True when nothing can be written: caches are then not kept, and verify still works."""

    # -- sources ---------------------------------------------------------------

    def add_source(
        self,
        source: Source,
        passages: Sequence[Passage],
        snapshot: Snapshot | None = None,
        *,
        supersedes: str | None = None,
        vectors: tuple[str, np.ndarray] | None = None,
        uris: Sequence[str] = (),
        signature: bytes | None = None,
        copy_of: str | None = None,
    ) -> None:
        """Keep a source, all or nothing. ``vectors`` is (model id, one unit vector per passage).

        The id must be new and the bytes unseen; ``supersedes`` names the older snapshot of the same address.
        ``uris`` are further addresses of the same bytes; ``signature`` is what near copies of it are known by,
        and ``copy_of`` the source that it is one of.
        """

    def add_uri(self, source_id: str, uri: str) -> None:
        """Record that the same bytes were seen at another address too."""

    def note(self, source_id: str, **notes: str | dt.date | None) -> None:
        """Set a source's kind, publisher, reliability, valid_from, superseded_by or copy_of; None takes one away."""

    def signatures(self) -> dict[str, bytes]:
        """What near copies are known by, for each source that has it, oldest first."""

    def keep_signature(self, source_id: str, signature: bytes) -> None:
        """Keep what near copies of a source are known by."""

    def find_sources(
        self, *, ids: Sequence[str] = (), hashes: Sequence[str] = (), uris: Sequence[str] = ()
    ) -> tuple[SourceEntry, ...]:
        """The sources with one of these ids, hashes of their bytes or addresses, oldest first, without texts."""

    def remove_source(self, source_id: str) -> bool:
        """Forget a source with its passages, index entries and snapshot; False when there is none."""

    def entries(self) -> tuple[SourceEntry, ...]:
        """Every source, oldest first, without texts."""

    def source(self, source_id: str) -> Source | None:
        """One source with its text."""

    def passages(self, source_id: str) -> tuple[Passage, ...]:
        """The passages of one source, in document order."""

    def snapshot(self, source_id: str) -> Snapshot | None:
        """The raw bytes of one source, if they were kept."""

    def annotate(self, passages: Sequence[Passage]) -> None:
        """Replace ``mentions`` and ``structure`` of passages already kept; offsets and text must be the same."""

    # -- search ----------------------------------------------------------------

    def search(self, query: Sequence[str], limit: int, sources: Sequence[str] | None = None) -> tuple[Hit, ...]:
        """The best passages for these words (any of them may match), by BM25 over stems; None = every source."""

    def search_sources(self, query: Sequence[str], limit: int, sources: Sequence[str] | None = None) -> tuple[str, ...]:
        """The ids of the best sources for these words, by BM25 over stems of title and text."""

    def passages_by_key(self, keys: Sequence[int]) -> dict[int, Passage]:
        """Passages for keys that ``search`` and ``vectors`` gave."""

    def passage_keys(self, source_id: str) -> tuple[int, ...]:
        """The keys of one source's passages, in document order."""

    def vectors(self, model_id: str, sources: Sequence[str] | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(passage keys int64 (n,), unit vectors float32 (n, dim)) of the passages that have one, in source order."""

    def nearest(
        self, model_id: str, queries: np.ndarray, limit: int, sources: Sequence[str] | None = None
    ) -> tuple[tuple[Hit, ...], ...]:
        """For each query vector the nearest passages, best first: ``retrieval_score`` is the cosine to 5 decimals."""

    def vectors_by_key(self, model_id: str, keys: Sequence[int]) -> dict[int, np.ndarray]:
        """The unit vectors of these passages, for those that have one."""

    def pack(self, model_id: str) -> int:
        """Make searching a large store faster after many additions; gives the number of parts made (0 is fine).

        Costs next to nothing when there is little to do, so it may be called after every addition.
        """

    def release(self) -> None:
        """Give back the memory that searching a large store by meaning takes; the next search reads it again."""

    def missing_vectors(self, model_id: str, sources: Sequence[str] | None = None) -> tuple[str, ...]:
        """The ids of sources that hold passages without a vector of this model."""

    def keep_vectors(self, model_id: str, keys: Sequence[int], vectors: np.ndarray) -> None:
        """Keep one unit vector for each passage key."""

    # -- claims, verdicts, runs --------------------------------------------------

    def cached_verdicts(self, keys: Sequence[str]) -> dict[str, Verdict]:
        """The verdicts kept under these keys; put the caller's own claim in with ``dataclasses.replace``.

        Slot values come back as plain data or text: they explain, they are not for computing.
        """

    def keep_verdicts(self, verdicts: Mapping[str, Verdict]) -> None:
        """Keep verdicts under keys that hash everything that could change them (see ``domain.digest``)."""

    def cached_outputs(self, keys: Sequence[str]) -> dict[str, np.ndarray]:
        """The float32 vectors kept under these keys: model probabilities, claim embeddings."""

    def keep_outputs(self, outputs: Mapping[str, np.ndarray]) -> None:
        """Keep model outputs under keys that hash model id and input."""

    def record_run(
        self, inputs: str, verdicts: Mapping[str, Verdict], *, models: Mapping[str, str], complete: bool = True
    ) -> None:
        """Record a run: its claims and each one's verdict, by verdict key, in claim order (keeps the verdicts too).

        ``inputs`` is a hash of everything asked. When the latest run had the same inputs and the same verdict
        keys, nothing is written, so that repeating a check leaves the store's bytes as they were.
        """

    def runs(self, limit: int = 20) -> tuple[Run, ...]:
        """The latest runs, newest first."""

    def claims(self) -> tuple[Claim, ...]:
        """Every claim ever checked, oldest first."""

    # -- the ledger and the desk -------------------------------------------------

    def append_entries(
        self,
        entries: Sequence[New],
        *,
        seen: Mapping[str, int] | None = None,
        board: Sequence[BoardRow] = (),
        whole: bool = True,
        documents: Mapping[str, str] | None = None,
    ) -> tuple[Entry, ...]:
        """Append to the ledger, all or nothing; on disk when this returns.

        ``seen`` holds, by subject, the newest entry its reader knows of: raises ``ledger.Conflict``
        when there is a newer one. ``board`` rows replace those of the same files at the desk
        (``whole``) or only their own; ``documents`` are kept by path.
        """

    def ledger(
        self,
        *,
        kind: str | None = None,
        subjects: Sequence[str] | None = None,
        numbers: Sequence[int] | None = None,
        newest: bool = False,
        limit: int = -1,
    ) -> tuple[Entry, ...]:
        """Entries of the ledger, oldest first, or ``newest`` first."""

    def latest_refs(self, kind: str, subjects: Sequence[str]) -> dict[str, str]:
        """The ``ref`` of each subject's newest entry of a kind."""

    def newest_entry(self, subject: str) -> int:
        """The number of the newest entry on a subject; 0 when there is none."""

    def check_ledger(self, head: str | None = None) -> Chain:
        """Whether the ledger is whole (see ``ledger.check_chain``)."""

    def board(
        self,
        *,
        state: str | None = None,
        label: str | None = None,
        path: str | None = None,
        words: str = "",
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[BoardRow, ...]:
        """Claims at the desk, by file and place in it, without their verdicts."""

    def board_count(
        self, *, state: str | None = None, label: str | None = None, path: str | None = None, words: str = ""
    ) -> int:
        """How many claims ``board`` would give without a limit."""

    def board_row(self, id: str) -> BoardRow | None:
        """One claim at the desk, with its verdict."""

    def board_neighbours(self, id: str) -> tuple[str | None, str | None]:
        """The ids of the claims before and after one."""

    def board_verdicts(self, subjects: Sequence[str]) -> dict[str, Verdict]:
        """The newest verdicts on these subjects, for those at the desk."""

    def board_counts(self) -> dict[str, int]:
        """How many claims at the desk there are in each state."""

    def board_paths(self, limit: int = -1) -> tuple[str, ...]:
        """The files that the claims at the desk are from, by name; "" for those of no file."""

    def keep_states(self, states: Mapping[str, str]) -> None:
        """Set where claims stand, by subject."""

    def document(self, path: str) -> str | None:
        """The text of a file as it was when it was last checked, if it was kept."""

    def close(self) -> None:
        """Let go of the file."""

    def __enter__(self) -> Self:
        """A store is a context manager, which closes it at the end."""

    def __exit__(self, *_: object) -> None:
        """Close."""


def open_store(path: str | Path, *, create: bool = False, read_only: bool = False, read_db: str | None = None) -> Store:
    """Open the store at ``path``, a file or ``postgresql://...``; ``create`` makes a new one when there is none.

    Opening writes nothing. A store that cannot be written is opened read-only.
    ``read_db`` is a replica of a PostgreSQL store, asked for what is searched while it
    keeps up. Raises ``StoreError`` when there is no store, the place holds something
    else, the server cannot be used, or a newer factcheck wrote it.
    """
    if is_server(path):
        try:
            from factcheck.stores.postgres import open_postgres
        except ImportError as error:
            if (error.name or "psycopg").partition(".")[0] != "psycopg":
                raise
            raise StoreError(
                'a store on PostgreSQL needs psycopg; install it with: pip install "factcheck[postgres]"'
            ) from None
        return open_postgres(str(path), create=create, read_only=read_only, read_db=read_db)
    if read_db is not None:
        raise StoreError(f"{path}: only a store on PostgreSQL has replicas to read from; leave out --read-db")
    from factcheck.stores.sqlite import SQLiteStore

    return SQLiteStore.open(path, create=create, read_only=read_only)


def is_server(path: str | Path) -> bool:
    """Whether ``path`` is the address of a store on a server, and not a file."""
    # A Path has made one slash of two.
    return str(path).startswith(("postgresql:/", "postgres:/"))


__all__ = ["Hit", "Run", "Snapshot", "SourceEntry", "Store", "StoreError", "is_server", "open_store"]
