"""The store in one SQLite file: reading opens it without touching a byte, writing is all or nothing.

Python's own ``sqlite3`` reads and writes, so that a run answered from the cache imports nothing
else; ``sqlite_utils`` makes the tables. What it shares with the other stores is in
``stores/sql.py``; here is how the file is opened, locked and searched. The journal mode is what
the file has: new files get SQLite's rollback journal, which leaves no files beside
the store and lets it be read from a read-only folder; a file switched to WAL works too.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factcheck.stores import Hit, StoreError
from factcheck.stores.sql import COMMON, EXACT_UP_TO, Inside, SQLStore, best_of, query_words
from factcheck.stores.words import TOKENIZE

if TYPE_CHECKING:
    import numpy as np
    import sqlite_utils

    # Keys of passages, their int8 vectors, and 1 / the length of each vector.
    Segment = tuple[np.ndarray, np.ndarray, np.ndarray]

# Marks the file as ours ("fact" in ASCII), so that a stranger's database is never migrated.
APPLICATION_ID = 0x66616374

# How long to wait for others that are writing. SQLite has no queue: of sixteen processes that write without a pause on
# a busy machine, some waited for more than 30 seconds (benchmarks/torture/load.py).
BUSY_SECONDS = 120.0

# Passages to a segment: 12 MB of int8 at 384 dimensions, large enough to scan at memory speed.
SEGMENT = 32_768
# How many of the best by int8 are compared again in float16; measured recall of the first 20 in benchmarks/scale.py.
RESCORED = 100
# Queries compared with a segment at once; their distances to it take 8 MB.
QUERIES = 64
# In a large store the rarest words of a query are looked for, at least three, until so many rows hold one of them.
RAREST = 3
MATCHED = {"passages": 75_000, "sources": 10_000}
# How many times as many hits as wanted are read when most sources are in scope and the others are left out after.
SPARE = 4

# -- migrations -------------------------------------------------------------------------


def _first_tables(db: sqlite_utils.Database) -> None:
    db["sources"].create(
        {
            "key": int,
            "id": str,
            "uri": str,
            "sha256": str,
            "text": str,
            "title": str,
            "publisher": str,
            "author": str,
            "published": str,
            "modified": str,
            "fetched": str,
            "media_type": str,
            "superseded_by": str,
            "fingerprint": str,
        },
        pk="key",
        not_null={"id", "uri", "sha256", "text", "media_type"},
    )
    db["sources"].create_index(["id"], unique=True)
    db["sources"].create_index(["sha256"], unique=True)
    db["uris"].create({"uri": str, "source": int}, pk=("uri", "source"), foreign_keys=[("source", "sources", "key")])
    db["snapshots"].create(
        {"source": int, "raw": bytes, "headers": str, "status": int, "final_uri": str, "hops": str},
        pk="source",
        foreign_keys=[("source", "sources", "key")],
    )
    db["passages"].create(
        {
            "key": int,
            "source": int,
            "ordinal": int,
            "paragraph": int,
            "start": int,
            "end": int,
            "text": str,
            "kind": str,
            "mentions": str,
            "structure": str,
        },
        pk="key",
        not_null={"source", "ordinal", "text"},
        foreign_keys=[("source", "sources", "key")],
    )
    db["passages"].create_index(["source", "ordinal"], unique=True)
    # Stems, so that "signed" finds "signing"; without accents, so that "Bogota" finds "Bogotá".
    db["passages"].enable_fts(["text"], tokenize=TOKENIZE, create_triggers=True)
    db["embeddings"].create({"passage": int, "model": int, "vector": bytes}, pk=("passage", "model"))
    db["models"].create({"key": int, "id": str}, pk="key")
    db["models"].create_index(["id"], unique=True)
    db["claims"].create(
        {
            "key": str,
            "id": str,
            "text": str,
            "about": str,
            "as_of": str,
            "sources": str,
            "path": str,
            "first_seen": str,
        },
        pk="key",
        not_null={"text"},
    )
    db["verdicts"].create(
        {"key": str, "claim": str, "label": str, "reason": str, "rule": str, "confidence": float, "verdict": str},
        pk="key",
    )
    db["runs"].create(
        {"id": int, "started": str, "inputs": str, "models": str, "complete": int, "claims": int}, pk="id"
    )
    db["run_verdicts"].create({"run": int, "position": int, "claim_id": str, "verdict": str}, pk=("run", "position"))
    db["outputs"].create({"key": str, "vector": bytes}, pk="key")


def _whole_sources_are_searched(db: sqlite_utils.Database) -> None:
    db["sources"].enable_fts(["title", "text"], tokenize=TOKENIZE, create_triggers=True)


def _vectors_are_packed(db: sqlite_utils.Database) -> None:
    db["segments"].create(
        {"model": int, "first": int, "last": int, "keys": bytes, "vectors": bytes}, pk=("model", "first")
    )


def _sources_have_notes(db: sqlite_utils.Database) -> None:
    for name, kind in (
        ("kind", str),
        ("reliability", str),
        ("valid_from", str),
        ("copy_of", str),
        ("signature", bytes),
    ):
        db["sources"].add_column(name, kind)


def _ledger_and_desk(db: sqlite_utils.Database) -> None:
    db["ledger"].create(
        {
            "number": int,
            "time": str,
            "kind": str,
            "subject": str,
            "ref": str,
            "body": str,
            "previous": str,
            "hash": str,
        },
        pk="number",
        not_null={"time", "kind", "subject", "ref", "body", "previous", "hash"},
    )
    db["ledger"].create_index(["subject", "kind", "number"])
    db["ledger"].create_index(["kind", "number"])
    # The chain shows what was changed; these keep a slip of a hand from changing anything.
    for act in ("update", "delete"):
        db.execute(
            f"create trigger ledger_no_{act} before {act} on ledger "
            "begin select raise(abort, 'the ledger is only ever appended to'); end"
        )
    db["board"].create(
        {
            "id": str,
            "path": str,
            "position": int,
            "subject": str,
            "claim_id": str,
            "key": str,
            "line": int,
            "text": str,
            "label": str,
            "rule": str,
            "confidence": float,
            "state": str,
            "verdict": str,
        },
        pk="id",
        not_null={"path", "position", "subject", "text", "verdict"},
    )
    for columns in (["path", "position"], ["state", "path", "position"], ["label", "path", "position"], ["subject"]):
        db["board"].create_index(columns)
    db["board"].enable_fts(["text"], tokenize=TOKENIZE, create_triggers=True)
    db["documents"].create({"path": str, "text": bytes, "updated": str}, pk="path")


# Applied in order, each once; the file's user_version says how many it has had. Never edit one that was released.
MIGRATIONS: tuple[Callable[[sqlite_utils.Database], None], ...] = (
    _first_tables,
    _whole_sources_are_searched,
    _vectors_are_packed,
    _sources_have_notes,
    _ledger_and_desk,
)


class SQLiteStore(SQLStore):
    """A ``Store`` in one SQLite file. Open it with ``open``; several processes may, at once."""

    _among = "in (select value from json_each(?))"

    def __init__(self, connection: sqlite3.Connection, path: Path | None, *, read_only: bool) -> None:
        super().__init__()
        self._connection = connection
        self._path = path
        self._name = str(path)
        self._read_only = read_only
        self._frequencies: dict[tuple[str, str], int] = {}

    # -- opening ----------------------------------------------------------------------

    @classmethod
    def open(cls, path: str | Path, *, create: bool = False, read_only: bool = False) -> SQLiteStore:
        """Open the store at ``path`` (":memory:" for one that ends with the process). See ``stores.open_store``."""
        if str(path) == ":memory:":
            store = cls(_connect(":memory:"), None, read_only=False)
            store._migrate()
            return store
        file = Path(path)
        if not file.exists():
            if not create or read_only:
                raise StoreError(f"{file}: there is no store here; add a source first: factcheck sources add PATH")
            if not file.parent.is_dir():
                raise StoreError(f"{file}: the folder {file.parent} does not exist; make it first")
        elif file.is_dir():
            raise StoreError(f"{file}: this is a folder, not a store; name a file in it")
        writable = not read_only and (
            (os.access(file, os.W_OK) if file.exists() else True) and os.access(file.parent, os.W_OK)
        )
        if not writable and not file.exists():
            raise StoreError(f"{file}: a store cannot be made here; the folder cannot be written")
        try:
            store = cls(_connect_file(file, writable), file, read_only=not writable)
            store._check()
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{file}: {_plain(error)}") from error
        return store

    def _check(self) -> None:
        """Refuse what is not ours, and bring an older file up to date (in memory if it cannot be written)."""
        application, version, tables = (
            self._connection.execute("pragma application_id").fetchone()[0],
            self._connection.execute("pragma user_version").fetchone()[0],
            self._connection.execute("select count(*) from sqlite_master").fetchone()[0],
        )
        if tables and application != APPLICATION_ID:
            self._connection.close()
            raise StoreError(f"{self._path}: this SQLite file is not a factcheck store; name another file")
        if version > len(MIGRATIONS):
            self._connection.close()
            raise StoreError(f"{self._path}: a newer factcheck wrote this store (version {version}); upgrade factcheck")
        if version < len(MIGRATIONS):
            if self._read_only:
                copy = _connect(":memory:")
                self._connection.backup(copy)
                self._connection.close()
                self._connection = copy
            self._migrate()

    def _migrate(self) -> None:
        with self._writing():
            # Another process may have migrated while this one waited for the lock.
            version = self._connection.execute("pragma user_version").fetchone()[0]
            for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
                migration(self._db)
                self._connection.execute(f"pragma user_version = {number}")
            self._connection.execute(f"pragma application_id = {APPLICATION_ID}")

    @cached_property
    def _db(self) -> sqlite_utils.Database:
        import sqlite_utils

        return sqlite_utils.Database(self._connection, recursive_triggers=False, execute_plugins=False)

    @contextlib.contextmanager
    def _writing(self, *, sources: bool = True) -> Iterator[None]:
        connection = self._connection
        if sources:
            self._kept.clear()
        if connection.in_transaction:
            yield
            return
        try:
            # Holds the write lock from its first line.
            connection.execute("begin immediate")
        except sqlite3.OperationalError as error:
            raise StoreError(f"{self._path}: {_plain(error)}") from error
        try:
            # A newer program may have changed the tables since this one opened the file.
            version = connection.execute("pragma user_version").fetchone()[0]
            if version > len(MIGRATIONS):
                raise StoreError(f"{self._path}: a newer factcheck has changed this store meanwhile; upgrade factcheck")
            yield
            connection.execute("commit")
        except BaseException as error:
            connection.rollback()
            if isinstance(error, sqlite3.Error):
                raise StoreError(f"{self._path}: {_plain(error)}") from error
            raise
        finally:
            if sources:
                self._kept.clear()

    def _alone(self, what: str) -> None:
        """Nothing to do: whoever writes has the file's only write lock."""

    def _read(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        # Everything is fetched at once: an unfinished read would keep other processes from writing.
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{self._path}: {_plain(error)}") from error

    def _each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Any]:
        try:
            yield from self._connection.execute(sql, parameters)
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{self._path}: {_plain(error)}") from error

    def _do(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(sql, rows)

    @contextlib.contextmanager
    def still(self) -> Iterator[None]:
        self._connection.execute("begin")
        try:
            yield
        finally:
            self._connection.execute("rollback")

    def _version(self) -> object:
        # Own writes clear everything that is kept; data_version shows those of others.
        return self._read("pragma data_version")[0][0]

    def _listed(self, values: Iterable[Any]) -> str:
        return json.dumps(list(values))

    def _limit(self, limit: int) -> int:
        return limit

    def _bytes(self, column: str) -> str:
        return f"cast({column} as blob)"

    @property
    def path(self) -> Path | None:
        """The file the store lives in."""
        return self._path

    @property
    def folder(self) -> Path | None:
        return self._path.parent if self._path is not None else None

    # -- keys and vectors ----------------------------------------------------------------

    def _next_keys(self, passages: int) -> tuple[int, int]:
        ((key,),) = self._read("select coalesce(max(key), 0) + 1 from sources")
        ((first,),) = self._read("select coalesce(max(key), 0) + 1 from passages")
        return key, first

    def _halves(self, vectors: Sequence[bytes]) -> np.ndarray:
        import numpy as np

        return np.frombuffer(b"".join(vectors), np.float16).reshape(len(vectors), -1)

    def _put_vectors(self, model: int, keys: Sequence[int], halves: np.ndarray) -> None:
        self._do(
            "insert or replace into embeddings (passage, model, vector) values (?, ?, ?)",
            ((key, model, row.tobytes()) for key, row in zip(keys, halves, strict=True)),
        )
        if keys:
            self._do(
                "delete from segments where model = ? and last >= ? and first <= ?", [(model, min(keys), max(keys))]
            )

    def _forget_passages(self, source: int) -> None:
        first, last = self._read("select min(key), max(key) from passages where source = ?", (source,))[0]
        if first is not None:
            self._do("delete from segments where last >= ? and first <= ?", [(first, last)])
        self._do("delete from embeddings where passage in (select key from passages where source = ?)", [(source,)])
        self._do("delete from passages where source = ?", [(source,)])

    # -- search ------------------------------------------------------------------------

    def search(self, query: Sequence[str], limit: int, sources: Sequence[str] | None = None) -> tuple[Hit, ...]:
        match = _match(self._rarest("passages", query))
        if not match or limit < 1 or (sources is not None and not sources):
            return ()
        ranked = (
            "select rowid, -bm25(passages_fts) from passages_fts where passages_fts match ? "
            "order by rank, rowid limit ?"
        )
        if sources is None:
            rows = self._read(ranked, (match, limit))
        elif (inside := self._inside(sources)).share > 0.5 and inside.passages > EXACT_UP_TO:
            # Nearly everything is in scope: asking every hit for its source would take longer than the search.
            wanted = SPARE * limit
            while True:
                hits = self._read(ranked, (match, wanted))
                rows = [row for row, kept in zip(hits, inside.holds([key for key, _ in hits]), strict=True) if kept]
                if len(rows) >= limit or len(hits) < wanted:
                    break
                wanted *= SPARE
            rows = rows[:limit]
        else:
            # The first and last passage bound the index's own work: for one source it reads next to nothing.
            sql = (
                "select f.rowid, -bm25(passages_fts) from passages_fts f join passages p on p.key = f.rowid "
                "where passages_fts match ? and f.rowid between ? and ? "
                "and p.source in (select value from json_each(?)) order by 2 desc, 1 limit ?"
            )
            rows = self._read(sql, (match, inside.first, inside.last, json.dumps(inside.source_keys), limit))
        return tuple(Hit(passage_key=key, retrieval_score=rank) for key, rank in rows)

    def _rarest(self, table: str, query: Sequence[str]) -> Sequence[str]:
        """The words that are to be looked for in a table: of a large store's only those that tell its rows apart."""
        words = query_words(query)
        if self._rows("passages") <= EXACT_UP_TO:
            return words
        most = int(COMMON[table] * self._rows(table))
        known = {word: self._frequency(table, word, most) for word in words}
        chosen: list[str] = []
        reached = 0
        for word in sorted((word for word in words if known[word] <= most), key=lambda word: known[word]):
            if len(chosen) >= RAREST and reached + known[word] > MATCHED[table]:
                break
            chosen.append(word)
            reached += known[word]
        return chosen or words

    def _rows(self, table: str) -> int:
        return int(self._read(f"select coalesce(max(key), 0) from {table}")[0][0])

    def _frequency(self, table: str, word: str, most: int) -> int:
        """In how many rows of a table a word occurs; counting stops as soon as it is known to be common."""
        if (table, word) not in self._frequencies:
            sql = f"select count(*) from (select 1 from {table}_fts where {table}_fts match ? limit ?)"
            self._frequencies[table, word] = self._read(sql, (f'"{word}"', most + 1))[0][0]
        return self._frequencies[table, word]

    def search_sources(self, query: Sequence[str], limit: int, sources: Sequence[str] | None = None) -> tuple[str, ...]:
        match = _match(self._rarest("sources", query))
        if not match or limit < 1 or (sources is not None and not sources):
            return ()
        # A word of the title counts for two of the text: measured on SciFact, benchmarks/scifact.py.
        sql = "select s.id from sources_fts f join sources s on s.key = f.rowid where sources_fts match ? "
        parameters: list[Any] = [match]
        if sources is not None:
            sql += "and s.key in (select value from json_each(?)) "
            parameters.append(json.dumps(self._inside(sources).source_keys))
        rows = self._read(sql + "order by bm25(sources_fts, 2.0, 1.0), s.key limit ?", [*parameters, limit])
        return tuple(row[0] for row in rows)

    def nearest(
        self, model_id: str, queries: np.ndarray, limit: int, sources: Sequence[str] | None = None
    ) -> tuple[tuple[Hit, ...], ...]:
        if self._vector_count(model_id) > EXACT_UP_TO:
            inside = None if sources is None else self._inside(sources)
            # A small scope is compared exactly, however large the rest of the store is.
            if inside is None or inside.passages > EXACT_UP_TO:
                parts = [queries[at : at + QUERIES] for at in range(0, len(queries), QUERIES)]
                return tuple(hits for part in parts for hits in self._scan(model_id, part, limit, inside))
        return self._nearest_exactly(model_id, queries, limit, sources)

    def _scan(self, model_id: str, queries: np.ndarray, limit: int, inside: Inside | None) -> Iterator[tuple[Hit, ...]]:
        """The nearest passages of a large store: int8 segments scanned whole, the best compared again in float16."""
        import numkong
        import numpy as np

        wanted = max(limit, RESCORED)
        packed = numkong.dots_pack(_int8(queries), "int8")
        near: list[list[tuple[np.ndarray, np.ndarray]]] = [[] for _ in queries]
        # What the segments before have better, wanted times over, need not be sorted again.
        floor = np.full(len(queries), -np.inf, np.float32)
        for keys, matrix, shrink in self._segments(model_id):
            rows = slice(None) if inside is None else np.flatnonzero(inside.holds(keys))
            place, shrink = keys[rows], shrink[rows]
            products = np.asarray(numkong.dots_packed(matrix, packed))[rows]
            for number, product in enumerate(np.ascontiguousarray(products.T)):
                similarity = product * shrink
                best = np.flatnonzero(similarity >= floor[number])
                if len(best) > wanted:
                    best = best[np.argpartition(-similarity[best], wanted)[:wanted]]
                    floor[number] = similarity[best].min()
                near[number].append((-similarity[best], place[best]))
        first: list[np.ndarray] = []
        for parts in near:
            distance = np.concatenate([part for part, _ in parts])
            place = np.concatenate([part for _, part in parts])
            first.append(place[np.lexsort((place, distance))[:wanted]])
        again = self.vectors_by_key(model_id, np.unique(np.concatenate(first)).tolist())
        for query, place in zip(queries, first, strict=True):
            matrix = np.stack([again[key] for key in place.tolist()]) if len(place) else np.empty((0, 0))
            yield best_of(query, place, matrix, limit)

    def _segments(self, model_id: str) -> list[Segment]:
        """Every passage with a vector, read once; what is not packed yet is packed here."""

        def read() -> list[Segment]:
            import numkong
            import numpy as np

            def segment(keys: np.ndarray, matrix: np.ndarray) -> Segment:
                return (
                    keys,
                    matrix,
                    (1.0 / np.sqrt(np.maximum(np.asarray(numkong.dot(matrix, matrix)), 1.0))).astype(np.float32),
                )

            parts = []
            for (first,) in self._read("select first from segments where model = ? order by first", (model,)):
                sql = "select keys, vectors from segments where model = ? and first = ?"
                for keys, vectors in self._read(sql, (model, first)):
                    place = np.frombuffer(keys, np.int64)
                    parts.append(segment(place, np.frombuffer(vectors, np.int8).reshape(len(place), -1)))
            for low, high in self._gaps(model):
                while (loose := self._loose(model, low, high)) is not None:
                    parts.append(segment(loose[0], _int8(loose[1])))
                    low = int(loose[0][-1]) + 1
            return parts

        model = self._model(model_id)
        found: list[Segment] = self._keep_while_unchanged("segments", model_id, read)
        return found

    def _gaps(self, model: int) -> list[tuple[int, int]]:
        """The ranges of passage keys that no segment covers; the last one is open and always there."""
        gaps = []
        low = 1
        for first, last in self._read("select first, last from segments where model = ? order by first", (model,)):
            if first > low:
                gaps.append((low, first - 1))
            low = last + 1
        return [*gaps, (low, _LAST_KEY)]

    def _loose(self, model: int, low: int, high: int) -> tuple[np.ndarray, np.ndarray] | None:
        """(keys, float16 vectors) of a range of passages, at most a segment of them; None when there are none."""
        import numpy as np

        sql = (
            "select passage, vector from embeddings where passage between ? and ? and model = ? "
            "order by passage limit ?"
        )
        rows = self._read(sql, (low, high, model, SEGMENT))
        if not rows:
            return None
        keys = np.fromiter((key for key, _ in rows), np.int64, len(rows))
        return keys, np.frombuffer(b"".join(vector for _, vector in rows), np.float16).reshape(len(rows), -1)

    def _vector_count(self, model_id: str) -> int:
        def count() -> int:
            model = self._model(model_id)
            # The length of a BLOB stands in its row's head: nothing of it is read.
            total = int(
                self._read("select coalesce(sum(length(keys)), 0) / 8 from segments where model = ?", (model,))[0][0]
            )
            sql = "select count(*) from embeddings where passage between ? and ? and model = ?"
            return total + sum(int(self._read(sql, (low, high, model))[0][0]) for low, high in self._gaps(model))

        found: int = self._keep_while_unchanged("count", model_id, count)
        return found

    def pack(self, model_id: str) -> int:
        """Pack vectors into int8 segments, so that a search of a large store reads them at memory speed."""
        self._must_write()
        model = self._model(model_id)
        enough = "select count(*) from (select 1 from embeddings where passage between ? and ? and model = ? limit ?)"
        made = 0
        for low, high in self._gaps(model):
            # The end is packed a whole segment at a time; a gap is what a removed source left, and closed whole.
            while high < _LAST_KEY or self._read(enough, (low, high, model, SEGMENT))[0][0] == SEGMENT:
                with self._writing():
                    loose = self._loose(model, low, high)
                    if loose is None:
                        break
                    keys, halves = loose
                    row = {
                        "model": model,
                        "first": int(keys[0]),
                        "last": int(keys[-1]),
                        "keys": keys.tobytes(),
                        "vectors": _int8(halves).tobytes(),
                    }
                    self._insert("segments", [row])
                low = int(keys[-1]) + 1
                made += 1
        return made

    # -- the desk -------------------------------------------------------------------------

    def board_count(
        self, *, state: str | None = None, label: str | None = None, path: str | None = None, words: str = ""
    ) -> int:
        where, parameters = self._board_filter(state, label, path, words)
        sql = f"select count(*) from board b where {where}"
        if parameters and not (state or label or path):  # words alone are counted in their own index
            sql = "select count(*) from board_fts where board_fts match ?"
        count: int = self._read(sql, parameters)[0][0]
        return count

    def _board_words(self, words: Sequence[str]) -> tuple[str, str]:
        # The plus has SQLite go through the claims in the list's order until a page is full, and not sort
        # every claim that has a word which nearly all have.
        every = " ".join(f'"{word}"*' for word in words)
        return "+b.rowid in (select rowid from board_fts where board_fts match ?)", every

    def close(self) -> None:
        self._connection.close()


# -- connections -----------------------------------------------------------------------------


def _connect(uri: str) -> sqlite3.Connection:
    # No implicit transactions: every write goes through ``_writing``.
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _connect_file(file: Path, writable: bool) -> sqlite3.Connection:
    uri = file.absolute().as_uri()
    if writable:
        # mode=rwc opens without writing: an empty new file appears only with its first transaction.
        return _connect(f"{uri}?mode=rwc")
    with contextlib.suppress(OSError):
        # Bytes 18 and 19 say WAL. Its side files cannot be made in a read-only folder, and when nobody
        # can write there the file cannot change either, which is what "immutable" promises SQLite.
        with file.open("rb") as head:
            wal = head.read(20)[18:20] == b"\x02\x02"
        if wal and not os.access(file.parent, os.W_OK) and not Path(f"{file}-wal").exists():
            return _connect(f"{uri}?mode=ro&immutable=1")
    return _connect(f"{uri}?mode=ro")


def _plain(error: sqlite3.Error) -> str:
    message = str(error)
    if "locked" in message or "busy" in message:
        return f"another process has been writing for {BUSY_SECONDS:.0f} seconds; try again when it is done"
    if "not a database" in message:
        return "this is not a SQLite file; name another file for the store"
    if "malformed" in message:
        return "the file is damaged; restore it from a copy"
    if "readonly" in message:
        return "the store cannot be written; check the permissions of the file and its folder"
    if "full" in message:
        return "the disk is full; free some space and run this again"
    return message


# The highest key that SQLite can give.
_LAST_KEY = 2**63 - 1


def _int8(vectors: np.ndarray) -> np.ndarray:
    """Each vector with its largest part at 127: the cosine does not see the scale."""
    import numpy as np

    wide = np.asarray(vectors, np.float32)
    largest = np.abs(wide).max(axis=1, keepdims=True)
    scaled: np.ndarray = np.round(wide * (127.0 / np.maximum(largest, 1e-9))).astype(np.int8)
    return scaled


def _match(query: Sequence[str]) -> str:
    """Any of the words, each quoted: what a claim says is never FTS5 syntax."""
    return " OR ".join(f'"{word}"' for word in query_words(query))
