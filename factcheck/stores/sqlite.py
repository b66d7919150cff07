"""The store in one SQLite file: reading opens it without touching a byte, writing is all or nothing.

Python's own ``sqlite3`` reads, so that a run answered from the cache imports nothing
else; ``sqlite_utils`` makes the tables and writes the rows. The journal mode is what
the file has: new files get SQLite's rollback journal, which leaves no files beside
the store and lets it be read from a read-only folder; a file switched to WAL works too.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factcheck.domain import Claim, Location, Mention, Passage, Source, Verdict, digest
from factcheck.ledger import BoardRow, Chain, Conflict, Entry, New, chained, check_chain
from factcheck.stores import Hit, Run, Snapshot, SourceEntry, StoreError

if TYPE_CHECKING:
    import numpy as np
    import sqlite_utils

# Marks the file as ours ("fact" in ASCII), so that a stranger's database is never migrated.
APPLICATION_ID = 0x66616374

# How long to wait for another process that is writing.
BUSY_SECONDS = 30.0

# Passages up to this many are compared in float32; more are scanned as int8 and the best compared again.
EXACT_UP_TO = 20_000
# Passages to a segment: 12 MB of int8 at 384 dimensions, large enough to scan at memory speed.
SEGMENT = 32_768
# How many of the best by int8 are compared again in float16; measured recall of the first 20 in benchmarks/scale.py.
RESCORED = 100
# Queries compared with a segment at once; their distances to it take 8 MB.
QUERIES = 64
# Words in more than this share of a large store's passages do not help to rank them, and cost the most to read.
COMMON = 0.05
# How many times as many hits as wanted are read when most sources are in scope and the others are left out after.
SPARE = 4

# SQLite's default limit on host parameters is far above this; chunks keep statements cacheable.
_CHUNK = 500


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
    db["passages"].enable_fts(["text"], tokenize="porter unicode61 remove_diacritics 2", create_triggers=True)
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
    db["sources"].enable_fts(["title", "text"], tokenize="porter unicode61 remove_diacritics 2", create_triggers=True)


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
    db["board"].enable_fts(["text"], tokenize="porter unicode61 remove_diacritics 2", create_triggers=True)
    db["documents"].create({"path": str, "text": bytes, "updated": str}, pk="path")


# Applied in order, each once; the file's user_version says how many it has had. Never edit one that was released.
MIGRATIONS: tuple[Callable[[sqlite_utils.Database], None], ...] = (
    _first_tables,
    _whole_sources_are_searched,
    _vectors_are_packed,
    _sources_have_notes,
    _ledger_and_desk,
)


class SQLiteStore:
    """A ``Store`` in one SQLite file. Open it with ``open``; several processes may, at once."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None, *, read_only: bool) -> None:
        self._connection = connection
        self._path = path
        self._read_only = read_only
        self._common: dict[str, bool] = {}
        # What was read from the file and holds until something is written, each under what it was read for.
        self._kept: dict[str, tuple[object, Any]] = {}

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
    def _writing(self, *, sources: bool = True) -> Iterator[sqlite_utils.Database]:
        """One transaction that holds the write lock from its first line: all of it is kept, or none.

        ``sources`` False says that it changes nothing of sources, passages and vectors.
        """
        connection = self._connection
        if sources:
            self._kept.clear()
        if connection.in_transaction:
            yield self._db
            return
        try:
            connection.execute("begin immediate")
        except sqlite3.OperationalError as error:
            raise StoreError(f"{self._path}: {_plain(error)}") from error
        try:
            yield self._db
            connection.execute("commit")
        except BaseException as error:
            connection.rollback()
            if isinstance(error, sqlite3.Error):
                raise StoreError(f"{self._path}: {_plain(error)}") from error
            raise
        finally:
            if sources:
                self._kept.clear()

    def _must_write(self) -> None:
        if self._read_only:
            raise StoreError(
                f"{self._path}: the store cannot be written; check the permissions of the file and its folder"
            )

    def _read(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        # Everything is fetched at once: an unfinished read would keep other processes from writing.
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{self._path}: {_plain(error)}") from error

    def _keep_while_unchanged(self, name: str, key: object, make: Callable[[], Any]) -> Any:
        """``make()``, kept under a name until the store is written, here or by another process."""
        # Own writes clear everything that is kept; data_version shows those of others.
        version = (key, self._read("pragma data_version")[0][0])
        if name not in self._kept or self._kept[name][0] != version:
            self._kept.pop(name, None)  # the old one goes before the new one is made: both together may not fit
            self._kept[name] = (version, make())
        return self._kept[name][1]

    @property
    def path(self) -> Path | None:
        return self._path

    @property
    def read_only(self) -> bool:
        return self._read_only

    # -- sources -----------------------------------------------------------------------

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
        self._must_write()
        for passage in passages:
            if source.text[passage.start : passage.end] != passage.text or passage.source_id != source.id:
                raise ValueError(f"passage {passage.id} is not the text of source {source.id} at its offsets")
        with self._writing() as db:
            if self._read("select 1 from sources where id = ? or sha256 = ?", (source.id, source.sha256)):
                raise StoreError(f"{self._path}: the store already holds a source {source.id!r} or the same bytes")
            key = (self._read("select coalesce(max(key), 0) from sources")[0][0]) + 1
            first = (self._read("select coalesce(max(key), 0) from passages")[0][0]) + 1
            row = {name: getattr(source, name) for name in _SOURCE_FIELDS}
            for name in ("published", "modified", "fetched"):
                row[name] = row[name].isoformat() if row[name] else None
            db["sources"].insert(
                {
                    "key": key,
                    **row,
                    "superseded_by": None,
                    "fingerprint": _fingerprint(source, passages),
                    "signature": signature,
                    "copy_of": copy_of,
                }
            )
            db["uris"].insert_all({"uri": uri, "source": key} for uri in dict.fromkeys([source.uri, *uris]))
            if snapshot is not None:
                db["snapshots"].insert(
                    {
                        "source": key,
                        # mtime=0 keeps the same bytes the same in the file.
                        "raw": gzip.compress(snapshot.raw, 6, mtime=0),
                        "headers": _json(snapshot.headers),
                        "status": snapshot.status,
                        "final_uri": snapshot.final_uri,
                        "hops": _json(snapshot.hops),
                    }
                )
            db["passages"].insert_all(
                (
                    {
                        "key": first + number,
                        "source": key,
                        "ordinal": passage.ordinal,
                        "paragraph": passage.paragraph,
                        "start": passage.start,
                        "end": passage.end,
                        "text": passage.text,
                        "kind": passage.kind,
                        **_annotations(passage),
                    }
                    for number, passage in enumerate(passages)
                ),
                batch_size=_CHUNK,
            )
            if vectors is not None:
                self.keep_vectors(vectors[0], range(first, first + len(passages)), vectors[1])
            if supersedes is not None:
                db.execute("update sources set superseded_by = ? where id = ?", (source.id, supersedes))

    def add_uri(self, source_id: str, uri: str) -> None:
        self._must_write()
        with self._writing() as db:
            db.execute(
                "insert or ignore into uris (uri, source) select ?, key from sources where id = ?", (uri, source_id)
            )

    def note(self, source_id: str, **notes: str | dt.date | None) -> None:
        self._must_write()
        unknown = set(notes) - {"kind", "publisher", "reliability", "valid_from", "superseded_by", "copy_of"}
        if unknown:
            raise ValueError(f"a source has no note called {sorted(unknown)[0]}")
        with self._writing() as db:
            for name, value in notes.items():
                text = value.isoformat() if isinstance(value, dt.date) else value
                db.execute(f"update sources set {name} = ? where id = ?", (text, source_id))
            if "publisher" in notes:
                self._fingerprint_again(source_id)

    def signatures(self) -> dict[str, bytes]:
        return dict(self._read("select id, signature from sources where signature is not null order by key"))

    def keep_signature(self, source_id: str, signature: bytes) -> None:
        self._must_write()
        with self._writing() as db:
            db.execute("update sources set signature = ? where id = ?", (signature, source_id))

    def remove_source(self, source_id: str) -> bool:
        self._must_write()
        with self._writing() as db:
            row = self._read("select key, superseded_by from sources where id = ?", (source_id,))
            if not row:
                return False
            key, newer = row[0]
            first, last = self._read("select min(key), max(key) from passages where source = ?", (key,))[0]
            if first is not None:
                db.execute("delete from segments where last >= ? and first <= ?", (first, last))
            db.execute("delete from embeddings where passage in (select key from passages where source = ?)", (key,))
            for table in ("passages", "snapshots", "uris"):
                db.execute(f"delete from {table} where source = ?", (key,))
            db.execute("delete from sources where key = ?", (key,))
            db.execute("update sources set copy_of = null where copy_of = ?", (source_id,))
            # What it had superseded is superseded by the next one, or current again.
            db.execute("update sources set superseded_by = ? where superseded_by = ?", (newer, source_id))
        return True

    def entries(self) -> tuple[SourceEntry, ...]:
        found: tuple[SourceEntry, ...] = self._keep_while_unchanged("entries", None, lambda: self._entries("", ()))
        return found

    def find_sources(
        self, *, ids: Sequence[str] = (), hashes: Sequence[str] = (), uris: Sequence[str] = ()
    ) -> tuple[SourceEntry, ...]:
        found = (
            "where {} in (select key from sources where id in (select value from json_each(?)) "
            "union select key from sources where sha256 in (select value from json_each(?)) "
            "union select source from uris where uri in (select value from json_each(?)))"
        )
        return self._entries(found, (json.dumps(list(ids)), json.dumps(list(hashes)), json.dumps(list(uris))))

    def _entries(self, where: str, parameters: Sequence[Any]) -> tuple[SourceEntry, ...]:
        """Entries of the sources that a condition on their key, written as {}, holds for."""
        uris: dict[int, list[str]] = {}
        sql = f"select source, uri from uris {where.format('source')} order by rowid"
        for key, uri in self._read(sql, parameters):
            uris.setdefault(key, []).append(uri)
        sql = f"select source, count(*) from passages {where.format('source')} group by source"
        counts = dict(self._read(sql, parameters))
        columns = (
            "key, id, uri, sha256, title, publisher, published, fetched, media_type, superseded_by, length(text), "
            "fingerprint, kind, reliability, valid_from, copy_of"
        )
        found = []
        for row in self._read(f"select {columns} from sources {where.format('key')} order by key", parameters):
            key, id_, uri, sha256, title, publisher, published, fetched, media_type, superseded_by, characters = row[
                :11
            ]
            found.append(
                SourceEntry(
                    id=id_,
                    uri=uri,
                    sha256=sha256,
                    title=title,
                    publisher=publisher,
                    published=_date(published),
                    fetched=dt.datetime.fromisoformat(fetched) if fetched else None,
                    media_type=media_type,
                    passages=counts.get(key, 0),
                    characters=characters,
                    uris=tuple(dict.fromkeys([uri, *uris.get(key, [])])),
                    superseded_by=superseded_by,
                    fingerprint=row[11],
                    kind=row[12],
                    reliability=row[13],
                    valid_from=_date(row[14]),
                    copy_of=row[15],
                )
            )
        return tuple(found)

    def source(self, source_id: str) -> Source | None:
        rows = self._read(f"select {', '.join(_SOURCE_FIELDS)} from sources where id = ?", (source_id,))
        if not rows:
            return None
        row = dict(zip(_SOURCE_FIELDS, rows[0], strict=True))
        row["published"], row["modified"] = _date(row["published"]), _date(row["modified"])
        row["fetched"] = dt.datetime.fromisoformat(row["fetched"]) if row["fetched"] else None
        return Source(**row)

    def passages(self, source_id: str) -> tuple[Passage, ...]:
        rows = self._read(
            f"select {_PASSAGE_COLUMNS} from passages p join sources s on s.key = p.source "
            "where s.id = ? order by p.ordinal",
            (source_id,),
        )
        return tuple(_passage(row) for row in rows)

    def snapshot(self, source_id: str) -> Snapshot | None:
        rows = self._read(
            "select raw, headers, status, final_uri, hops from snapshots n "
            "join sources s on s.key = n.source where s.id = ?",
            (source_id,),
        )
        if not rows:
            return None
        raw, headers, status, final_uri, hops = rows[0]
        return Snapshot(
            raw=gzip.decompress(raw),
            headers=tuple((name, value) for name, value in json.loads(headers or "[]")),
            status=status,
            final_uri=final_uri,
            hops=tuple(json.loads(hops or "[]")),
        )

    def annotate(self, passages: Sequence[Passage]) -> None:
        self._must_write()
        with self._writing():
            self._connection.executemany(
                "update passages set mentions = ?, structure = ? "
                "where source = (select key from sources where id = ?) and ordinal = ? and text = ?",
                [(*_annotations(p).values(), p.source_id, p.ordinal, p.text) for p in passages],
            )
            for source_id in dict.fromkeys(p.source_id for p in passages):
                self._fingerprint_again(source_id)

    def _fingerprint_again(self, source_id: str) -> None:
        if source := self.source(source_id):
            fingerprint = _fingerprint(source, self.passages(source_id))
            self._connection.execute("update sources set fingerprint = ? where id = ?", (fingerprint, source_id))

    # -- search ------------------------------------------------------------------------

    def search(self, query: Sequence[str], limit: int, sources: Sequence[str] | None = None) -> tuple[Hit, ...]:
        match = _match(self._without_common(query))
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

    def _inside(self, sources: Sequence[str]) -> _Inside:
        """Which passages belong to these sources."""

        def read() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            import numpy as np

            # A source's passages have keys that follow each other, and later sources have higher ones.
            rows = self._read("select source, min(key), count(*) from passages group by source order by 2")
            columns = np.array(rows, np.int64).reshape(-1, 3)
            return columns[:, 0], columns[:, 1], columns[:, 2]

        owners, firsts, counts = self._keep_while_unchanged("owners", None, read)
        found: _Inside = self._keep_while_unchanged(
            "inside", tuple(sources), lambda: _Inside(self._source_keys(sources), owners, firsts, counts)
        )
        return found

    def _without_common(self, query: Sequence[str]) -> Sequence[str]:
        """The words without the very common ones, where the store is so large that reading those takes long."""
        passages = self._read("select coalesce(max(key), 0) from passages")[0][0]
        if passages <= EXACT_UP_TO:
            return query
        most = int(COMMON * passages)
        words = list(dict.fromkeys(word for text in query for word in re.findall(r"\w+", text.casefold())))
        rare = []
        for word in words:
            if word not in self._common:
                # Counting stops as soon as the word is known to be common.
                sql = "select count(*) from (select 1 from passages_fts where passages_fts match ? limit ?)"
                self._common[word] = self._read(sql, (f'"{word}"', most + 1))[0][0] > most
            if not self._common[word]:
                rare.append(word)
        return rare or words

    def search_sources(self, query: Sequence[str], limit: int, sources: Sequence[str] | None = None) -> tuple[str, ...]:
        match = _match(self._without_common(query))
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

    def passages_by_key(self, keys: Sequence[int]) -> dict[int, Passage]:
        rows = self._read(
            f"select p.key, {_PASSAGE_COLUMNS} from passages p join sources s on s.key = p.source "
            "where p.key in (select value from json_each(?))",
            (json.dumps([int(key) for key in keys]),),
        )
        return {row[0]: _passage(row[1:]) for row in rows}

    def vectors(self, model_id: str, sources: Sequence[str] | None = None) -> tuple[np.ndarray, np.ndarray]:
        import numpy as np

        sql = (
            "select e.passage, e.vector from embeddings e join models m on m.key = e.model "
            "join passages p on p.key = e.passage where m.id = ?"
        )
        parameters: list[Any] = [model_id]
        if sources is not None:
            sql += " and p.source in (select value from json_each(?))"
            parameters.append(json.dumps(self._source_keys(sources)))
        rows = self._read(sql + " order by p.source, p.ordinal", parameters)
        if not rows:
            return np.empty(0, np.int64), np.empty((0, 0), np.float32)
        keys = np.fromiter((key for key, _ in rows), np.int64, len(rows))
        matrix = np.frombuffer(b"".join(vector for _, vector in rows), np.float16).reshape(len(rows), -1)
        return keys, matrix.astype(np.float32)

    def vectors_by_key(self, model_id: str, keys: Sequence[int]) -> dict[int, np.ndarray]:
        import numpy as np

        sql = (
            "select e.passage, e.vector from embeddings e join models m on m.key = e.model "
            "where m.id = ? and e.passage in (select value from json_each(?))"
        )
        rows = self._read(sql, (model_id, json.dumps([int(key) for key in keys])))
        return {key: np.frombuffer(vector, np.float16).astype(np.float32) for key, vector in rows}

    def nearest(
        self, model_id: str, queries: np.ndarray, limit: int, sources: Sequence[str] | None = None
    ) -> tuple[tuple[Hit, ...], ...]:
        import numpy as np

        if self._vector_count(model_id) > EXACT_UP_TO:
            inside = None if sources is None else self._inside(sources)
            # A small scope is compared exactly, however large the rest of the store is.
            if inside is None or inside.passages > EXACT_UP_TO:
                parts = [queries[at : at + QUERIES] for at in range(0, len(queries), QUERIES)]
                return tuple(hits for part in parts for hits in self._scan(model_id, part, limit, inside))
        keys, matrix = self._exact(model_id, sources)
        found: list[tuple[Hit, ...]] = []
        for query in queries:
            if not len(keys):
                found.append(())
                continue
            # One product for each query, rounded: the order must not depend on which queries share a batch.
            similarity = np.round((matrix @ query).astype(np.float64), 5)
            best = np.lexsort((keys, -similarity))[:limit]
            found.append(tuple(Hit(passage_key=int(keys[at]), retrieval_score=float(similarity[at])) for at in best))
        return tuple(found)

    def _exact(self, model_id: str, sources: Sequence[str] | None) -> tuple[np.ndarray, np.ndarray]:
        """``vectors``, kept from one call to the next while nothing is written."""
        key = (model_id, None if sources is None else tuple(sources))
        found: tuple[np.ndarray, np.ndarray] = self._keep_while_unchanged(
            "exact", key, lambda: self.vectors(model_id, sources)
        )
        return found

    def _scan(
        self, model_id: str, queries: np.ndarray, limit: int, inside: _Inside | None
    ) -> Iterator[tuple[Hit, ...]]:
        """The nearest passages of a large store: int8 segments scanned whole, the best compared again in float16."""
        import numkong
        import numpy as np

        wanted = max(limit, RESCORED)
        packed = numkong.dots_pack(_int8(queries), "int8")
        near: list[list[tuple[np.ndarray, np.ndarray]]] = [[] for _ in queries]
        for keys, matrix in self._segments(model_id):
            rows = slice(None) if inside is None else np.flatnonzero(inside.holds(keys))
            place = keys[rows]
            distances = np.asarray(numkong.angulars_packed(matrix, packed))[rows]
            for number, distance in enumerate(np.ascontiguousarray(distances.T)):
                if len(distance) > wanted:
                    best = np.argpartition(distance, wanted)[:wanted]
                    near[number].append((distance[best], place[best]))
                else:
                    near[number].append((distance, place))
        first: list[np.ndarray] = []
        for parts in near:
            distance = np.concatenate([part for part, _ in parts])
            place = np.concatenate([part for _, part in parts])
            first.append(place[np.lexsort((place, distance))[:wanted]])
        again = self.vectors_by_key(model_id, np.unique(np.concatenate(first)).tolist())
        for query, place in zip(queries, first, strict=True):
            if not len(place):
                yield ()
                continue
            matrix = np.stack([again[key] for key in place.tolist()])
            similarity = np.round((matrix @ query).astype(np.float64), 5)
            order = np.lexsort((place, -similarity))[:limit]
            yield tuple(Hit(passage_key=int(place[at]), retrieval_score=float(similarity[at])) for at in order)

    def _segments(self, model_id: str) -> list[tuple[np.ndarray, np.ndarray]]:
        """(keys, int8 vectors) of every passage with a vector, read once; what is not packed yet is packed here."""

        def read() -> list[tuple[np.ndarray, np.ndarray]]:
            import numpy as np

            parts = []
            for (first,) in self._read("select first from segments where model = ? order by first", (model,)):
                sql = "select keys, vectors from segments where model = ? and first = ?"
                for keys, vectors in self._read(sql, (model, first)):
                    place = np.frombuffer(keys, np.int64)
                    parts.append((place, np.frombuffer(vectors, np.int8).reshape(len(place), -1)))
            for low, high in self._gaps(model):
                while (loose := self._loose(model, low, high)) is not None:
                    parts.append((loose[0], _int8(loose[1])))
                    low = int(loose[0][-1]) + 1
            return parts

        model = self._model(model_id)
        found: list[tuple[np.ndarray, np.ndarray]] = self._keep_while_unchanged("segments", model_id, read)
        return found

    def _model(self, model_id: str) -> int:
        rows = self._read("select key from models where id = ?", (model_id,))
        return int(rows[0][0]) if rows else -1

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

    def release(self) -> None:
        self._kept.pop("segments", None)

    def pack(self, model_id: str) -> int:
        """Pack vectors into int8 segments, so that a search of a large store reads them at memory speed."""
        self._must_write()
        model = self._model(model_id)
        enough = "select count(*) from (select 1 from embeddings where passage between ? and ? and model = ? limit ?)"
        made = 0
        for low, high in self._gaps(model):
            # The end is packed a whole segment at a time; a gap is what a removed source left, and closed whole.
            while high < _LAST_KEY or self._read(enough, (low, high, model, SEGMENT))[0][0] == SEGMENT:
                with self._writing() as db:
                    loose = self._loose(model, low, high)
                    if loose is None:
                        break
                    keys, halves = loose
                    db["segments"].insert(
                        {
                            "model": model,
                            "first": int(keys[0]),
                            "last": int(keys[-1]),
                            "keys": keys.tobytes(),
                            "vectors": _int8(halves).tobytes(),
                        }
                    )
                low = int(keys[-1]) + 1
                made += 1
        return made

    def missing_vectors(self, model_id: str, sources: Sequence[str] | None = None) -> tuple[str, ...]:
        if self._vector_count(model_id) == self._read("select count(*) from passages")[0][0]:
            return ()
        sql = (
            "select distinct s.id from sources s join passages p on p.source = s.key where not exists "
            "(select 1 from embeddings e join models m on m.key = e.model where e.passage = p.key and m.id = ?)"
        )
        parameters: list[Any] = [model_id]
        if sources is not None:
            sql += " and s.key in (select value from json_each(?))"
            parameters.append(json.dumps(self._source_keys(sources)))
        return tuple(row[0] for row in self._read(sql + " order by s.key", parameters))

    def passage_keys(self, source_id: str) -> tuple[int, ...]:
        sql = "select p.key from passages p join sources s on s.key = p.source where s.id = ? order by p.ordinal"
        return tuple(row[0] for row in self._read(sql, (source_id,)))

    def keep_vectors(self, model_id: str, keys: Sequence[int], vectors: np.ndarray) -> None:
        import numpy as np

        if self._read_only:
            return
        if len(keys) != len(vectors):
            raise ValueError(f"{len(vectors)} vectors for {len(keys)} passages")
        with self._writing() as db:
            db.execute("insert or ignore into models (id) values (?)", (model_id,))
            model = self._read("select key from models where id = ?", (model_id,))[0][0]
            # float16 halves the file; the largest error it makes in a cosine is about 1e-3.
            halves = np.ascontiguousarray(vectors, np.float16)
            self._connection.executemany(
                "insert or replace into embeddings (passage, model, vector) values (?, ?, ?)",
                ((int(key), model, row.tobytes()) for key, row in zip(keys, halves, strict=True)),
            )
            if len(keys):
                db.execute(
                    "delete from segments where model = ? and last >= ? and first <= ?",
                    (model, int(min(keys)), int(max(keys))),
                )

    def _source_keys(self, sources: Sequence[str]) -> list[int]:
        rows = self._read(
            "select key from sources where id in (select value from json_each(?))", (json.dumps(list(sources)),)
        )
        return [row[0] for row in rows]

    # -- claims, verdicts, runs -----------------------------------------------------------

    def cached_verdicts(self, keys: Sequence[str]) -> dict[str, Verdict]:
        sql = "select key, verdict from verdicts where key in (select value from json_each(?))"
        return {key: verdict_from_json(text) for key, text in self._read(sql, (json.dumps(list(keys)),))}

    def keep_verdicts(self, verdicts: Mapping[str, Verdict]) -> None:
        if self._read_only or not verdicts:
            return
        with self._writing(sources=False) as db:
            self._keep_claims(v.claim for v in verdicts.values())
            db["verdicts"].insert_all(
                (
                    {
                        "key": key,
                        "claim": claim_key(verdict.claim),
                        "label": verdict.label.value,
                        "reason": verdict.reason.value,
                        "rule": verdict.rule,
                        "confidence": verdict.confidence,
                        "verdict": verdict_to_json(verdict),
                    }
                    for key, verdict in verdicts.items()
                ),
                replace=True,
            )

    def _keep_claims(self, claims: Any) -> None:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self._connection.executemany(
            "insert or ignore into claims (key, id, text, about, as_of, sources, path, first_seen) "
            "values (?,?,?,?,?,?,?,?)",
            [
                (
                    claim_key(claim),
                    claim.id,
                    claim.text,
                    claim.about,
                    claim.as_of.isoformat() if claim.as_of else None,
                    _json(claim.sources) if claim.sources is not None else None,
                    claim.location.path if claim.location else None,
                    now,
                )
                for claim in claims
            ],
        )

    def cached_outputs(self, keys: Sequence[str]) -> dict[str, np.ndarray]:
        import numpy as np

        sql = "select key, vector from outputs where key in (select value from json_each(?))"
        return {key: np.frombuffer(raw, np.float32) for key, raw in self._read(sql, (json.dumps(list(keys)),))}

    def keep_outputs(self, outputs: Mapping[str, np.ndarray]) -> None:
        import numpy as np

        if self._read_only or not outputs:
            return
        with self._writing(sources=False):
            self._connection.executemany(
                "insert or replace into outputs (key, vector) values (?, ?)",
                [(key, np.ascontiguousarray(vector, np.float32).tobytes()) for key, vector in outputs.items()],
            )

    def record_run(
        self, inputs: str, verdicts: Mapping[str, Verdict], *, models: Mapping[str, str], complete: bool = True
    ) -> None:
        if self._read_only:
            return
        latest = self._read("select id, inputs, models, complete from runs order by id desc limit 1")
        if latest and latest[0][1:] == (inputs, _json(dict(models)), int(complete)):
            rows = self._read("select verdict from run_verdicts where run = ? order by position", (latest[0][0],))
            if [row[0] for row in rows] == list(verdicts):
                return
        with self._writing(sources=False) as db:
            self.keep_verdicts(verdicts)
            now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            run = self._read("select coalesce(max(id), 0) + 1 from runs")[0][0]
            db["runs"].insert(
                {
                    "id": run,
                    "started": now,
                    "inputs": inputs,
                    "models": _json(dict(models)),
                    "complete": int(complete),
                    "claims": len(verdicts),
                }
            )
            db["run_verdicts"].insert_all(
                {"run": run, "position": position, "claim_id": verdict.claim.id, "verdict": key}
                for position, (key, verdict) in enumerate(verdicts.items())
            )

    def runs(self, limit: int = 20) -> tuple[Run, ...]:
        rows = self._read(
            "select id, started, inputs, models, complete, claims from runs order by id desc limit ?", (limit,)
        )
        return tuple(
            Run(
                id=id_,
                started=dt.datetime.fromisoformat(started),
                inputs=inputs,
                models=json.loads(models),
                complete=bool(complete),
                claims=claims,
            )
            for id_, started, inputs, models, complete, claims in rows
        )

    def claims(self) -> tuple[Claim, ...]:
        rows = self._read("select id, text, about, as_of, sources from claims order by rowid")
        return tuple(
            Claim(
                id=id_,
                text=text,
                about=about,
                as_of=_date(as_of),
                sources=tuple(json.loads(sources)) if sources is not None else None,
            )
            for id_, text, about, as_of, sources in rows
        )

    # -- the ledger and the desk ------------------------------------------------------------

    def append_entries(
        self,
        entries: Sequence[New],
        *,
        seen: Mapping[str, int] | None = None,
        board: Sequence[BoardRow] = (),
        whole: bool = True,
        documents: Mapping[str, str] | None = None,
    ) -> tuple[Entry, ...]:
        self._must_write()
        now = dt.datetime.now(dt.UTC)
        with self._writing(sources=False):
            for subject, number in (seen or {}).items():
                newest = self._read("select coalesce(max(number), 0) from ledger where subject = ?", (subject,))[0][0]
                if newest != number:
                    raise Conflict("someone else has recorded something on this claim meanwhile; look again")
            rows = self._read(f"select {_LEDGER_COLUMNS} from ledger order by number desc limit 1")
            last = _entry(rows[0]) if rows else None
            written = []
            for new in entries:
                last = chained(last, new, now)
                written.append(last)
            self._connection.executemany(
                f"insert into ledger ({_LEDGER_COLUMNS}) values (?,?,?,?,?,?,?,?)",
                [(e.number, e.time, e.kind, e.subject, e.ref, e.body, e.previous, e.hash) for e in written],
            )
            if whole:
                gone = [(path,) for path in {row.path for row in board}]
                self._connection.executemany("delete from board where path = ?", gone)
            self._connection.executemany(
                f"insert or replace into board (id, {_BOARD_COLUMNS}, verdict) values (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                [
                    (row.id, *(getattr(row, name) for name in _BOARD_COLUMNS.split(", ")), verdict_to_json(row.verdict))
                    for row in board
                    if row.verdict is not None
                ],
            )
            self._connection.executemany(
                "insert or replace into documents (path, text, updated) values (?, ?, ?)",
                [
                    (path, gzip.compress(text.encode("utf-8", "surrogatepass"), 6, mtime=0), now.isoformat())
                    for path, text in (documents or {}).items()
                ],
            )
        return tuple(written)

    def ledger(
        self,
        *,
        kind: str | None = None,
        subjects: Sequence[str] | None = None,
        numbers: Sequence[int] | None = None,
        newest: bool = False,
        limit: int = -1,
    ) -> tuple[Entry, ...]:
        where, parameters = ["1"], list[Any]()
        if kind is not None:
            where.append("kind = ?")
            parameters.append(kind)
        for column, wanted in (("subject", subjects), ("number", numbers)):
            if wanted is not None:
                where.append(f"{column} in (select value from json_each(?))")
                parameters.append(json.dumps(list(wanted)))
        order = "desc" if newest else "asc"
        sql = f"select {_LEDGER_COLUMNS} from ledger where {' and '.join(where)} order by number {order} limit ?"
        return tuple(_entry(row) for row in self._read(sql, [*parameters, limit]))

    def latest_refs(self, kind: str, subjects: Sequence[str]) -> dict[str, str]:
        # SQLite takes "ref" from the row that has the maximum.
        sql = (
            "select subject, ref, max(number) from ledger where kind = ? "
            "and subject in (select value from json_each(?)) group by subject"
        )
        return {subject: ref for subject, ref, _ in self._read(sql, (kind, json.dumps(list(subjects))))}

    def newest_entry(self, subject: str) -> int:
        number: int = self._read("select coalesce(max(number), 0) from ledger where subject = ?", (subject,))[0][0]
        return number

    def check_ledger(self, head: str | None = None) -> Chain:
        # As bytes: a changed byte may leave a text that is no text any more.
        texts = ", ".join(f"cast({name} as blob)" for name in _LEDGER_COLUMNS.split(", ")[1:])
        try:
            rows = self._connection.execute(f"select number, {texts} from ledger order by number")
            return check_chain(rows, head=head)
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{self._path}: {_plain(error)}") from error

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
        where, parameters = self._board_filter(state, label, path, words)
        sql = f"select {_BOARD_COLUMNS} from board b where {where} order by path, position limit ? offset ?"
        return tuple(_board_row(row) for row in self._read(sql, [*parameters, limit, offset]))

    def board_count(
        self, *, state: str | None = None, label: str | None = None, path: str | None = None, words: str = ""
    ) -> int:
        where, parameters = self._board_filter(state, label, path, words)
        sql = f"select count(*) from board b where {where}"
        if parameters and not (state or label or path):  # words alone are counted in their own index
            sql = "select count(*) from board_fts where board_fts match ?"
        count: int = self._read(sql, parameters)[0][0]
        return count

    @staticmethod
    def _board_filter(state: str | None, label: str | None, path: str | None, words: str) -> tuple[str, list[Any]]:
        where, parameters = ["1"], list[Any]()
        for column, value in (("state", state), ("label", label), ("path", path)):
            if value:
                where.append(f"b.{column} = ?")
                parameters.append(value)
        if words.strip():
            every = " ".join(f'"{word}"*' for word in re.findall(r"\w+", words.casefold()))
            if every:
                # The plus has SQLite go through the claims in the list's order until a page is full, and not sort
                # every claim that has a word which nearly all have.
                where.append("+b.rowid in (select rowid from board_fts where board_fts match ?)")
                parameters.append(every)
        return " and ".join(where), parameters

    def board_row(self, id: str) -> BoardRow | None:
        rows = self._read(f"select {_BOARD_COLUMNS}, verdict from board where id = ?", (id,))
        return _board_row(rows[0][:-1], verdict_from_json(rows[0][-1])) if rows else None

    def board_neighbours(self, id: str) -> tuple[str | None, str | None]:
        here = self._read("select path, position from board where id = ?", (id,))
        if not here:
            return None, None
        before = self._read(
            "select id from board where (path, position) < (?, ?) order by path desc, position desc limit 1", here[0]
        )
        after = self._read(
            "select id from board where (path, position) > (?, ?) order by path, position limit 1", here[0]
        )
        return (before[0][0] if before else None), (after[0][0] if after else None)

    def board_verdicts(self, subjects: Sequence[str]) -> dict[str, Verdict]:
        sql = "select subject, verdict from board where subject in (select value from json_each(?))"
        return {s: verdict_from_json(text) for s, text in self._read(sql, (json.dumps(list(subjects)),))}

    def board_counts(self) -> dict[str, int]:
        return dict(self._read("select state, count(*) from board group by state order by state"))

    def board_paths(self, limit: int = -1) -> tuple[str, ...]:
        # From one path to the next by the index: "distinct" would read every claim.
        sql = (
            "with recursive p(path) as (select min(path) from board union all "
            "select (select min(path) from board where path > p.path) from p where p.path is not null) "
            "select path from p where path is not null limit ?"
        )
        return tuple(row[0] for row in self._read(sql, (limit,)))

    def keep_states(self, states: Mapping[str, str]) -> None:
        if self._read_only:
            return
        with self._writing(sources=False):
            self._connection.executemany(
                "update board set state = ? where subject = ? and state is not ?",
                [(state, subject, state) for subject, state in states.items()],
            )

    def document(self, path: str) -> str | None:
        rows = self._read("select text from documents where path = ?", (path,))
        return gzip.decompress(rows[0][0]).decode("utf-8", "surrogatepass") if rows else None

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> SQLiteStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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


class _Inside:
    """A set of sources: which passages are theirs, how many, and what share of the store's sources they are."""

    def __init__(self, source_keys: Sequence[int], owners: np.ndarray, firsts: np.ndarray, counts: np.ndarray) -> None:
        import numpy as np

        self.source_keys = list(source_keys)
        self._firsts = firsts
        self._wanted = np.isin(owners, np.array(self.source_keys, np.int64))
        self.passages = int(counts[self._wanted].sum())
        self.share = len(self.source_keys) / max(1, len(owners))
        starts = firsts[self._wanted]
        self.first = int(starts[0]) if len(starts) else 0
        self.last = int(starts[-1] + counts[self._wanted][-1] - 1) if len(starts) else -1

    def holds(self, passage_keys: Sequence[int] | np.ndarray) -> np.ndarray:
        """For each passage key of the store, whether it is of one of the sources."""
        import numpy as np

        found: np.ndarray = self._wanted[np.searchsorted(self._firsts, np.asarray(passage_keys), side="right") - 1]
        return found


def _int8(vectors: np.ndarray) -> np.ndarray:
    """Each vector with its largest part at 127: the cosine does not see the scale."""
    import numpy as np

    wide = np.asarray(vectors, np.float32)
    largest = np.abs(wide).max(axis=1, keepdims=True)
    scaled: np.ndarray = np.round(wide * (127.0 / np.maximum(largest, 1e-9))).astype(np.int8)
    return scaled


def _match(query: Sequence[str]) -> str:
    """Any of the words, each quoted: what a claim says is never FTS5 syntax."""
    words = dict.fromkeys(word for text in query for word in re.findall(r"\w+", text.casefold()))
    return " OR ".join(f'"{word}"' for word in words)


# -- rows and values ---------------------------------------------------------------------------

_SOURCE_FIELDS = (
    *("id", "uri", "sha256", "text", "title", "publisher", "author", "published", "modified", "fetched"),
    "media_type",
)
_PASSAGE_COLUMNS = 's.id, p.ordinal, p.paragraph, p.start, p."end", p.text, p.kind, p.mentions, p.structure'


_LEDGER_COLUMNS = "number, time, kind, subject, ref, body, previous, hash"
_BOARD_COLUMNS = "path, position, subject, claim_id, key, line, text, label, rule, confidence, state"


def _entry(row: Sequence[Any]) -> Entry:
    return Entry(**dict(zip(_LEDGER_COLUMNS.split(", "), row, strict=True)))


def _board_row(row: Sequence[Any], verdict: Verdict | None = None) -> BoardRow:
    return BoardRow(**dict(zip(_BOARD_COLUMNS.split(", "), row, strict=True)), verdict=verdict)


def _passage(row: Sequence[Any]) -> Passage:
    source_id, ordinal, paragraph, start, end, text, kind, mentions, structure = row
    return Passage(
        source_id=source_id,
        ordinal=ordinal,
        paragraph=paragraph,
        start=start,
        end=end,
        text=text,
        kind=kind,
        mentions=tuple(
            Mention(text=text[a:b], start=a, end=b, label=label) for a, b, label in json.loads(mentions or "[]")
        ),
        structure=json.loads(structure or "{}"),
    )


def _annotations(passage: Passage) -> dict[str, str | None]:
    return {
        "mentions": _json([[m.start, m.end, m.label] for m in passage.mentions]) if passage.mentions else None,
        "structure": _json(passage.structure) if passage.structure else None,
    }


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _fingerprint(source: Source, passages: Sequence[Passage]) -> str:
    """Changes when anything that a verdict may rest on changes: text, title, dates, passages, annotations."""
    about = [getattr(source, name) for name in _SOURCE_FIELDS if name not in ("fetched", "text")]
    return digest([about, [[p.start, p.end, p.kind, p.paragraph, *_annotations(p).values()] for p in passages]])


def claim_key(claim: Claim) -> str:
    """Identity of a claim in the ledger: what it says, about what, as of when and against which sources."""
    return digest([claim.id, claim.text, claim.about, claim.as_of, claim.sources])


def verdict_to_json(verdict: Verdict) -> str:
    """A verdict as JSON that ``verdict_from_json`` reads back; slot values become plain data or text."""
    return _json(asdict(verdict))


def verdict_from_json(text: str) -> Verdict:
    """The verdict that ``verdict_to_json`` wrote."""
    from factcheck.domain import Quote, Reason, Slot, SlotFinding, SlotKind, SlotState, Stance, VerdictLabel

    data = json.loads(text)
    claim = data["claim"]
    return Verdict(
        claim=Claim(
            id=claim["id"],
            text=claim["text"],
            about=claim["about"],
            as_of=_date(claim["as_of"]),
            sources=None if claim["sources"] is None else tuple(claim["sources"]),
            expect=VerdictLabel(claim["expect"]) if claim["expect"] else None,
            location=Location(**claim["location"]) if claim["location"] else None,
        ),
        label=VerdictLabel(data["label"]),
        reason=Reason(data["reason"]),
        rule=data["rule"],
        confidence=data["confidence"],
        explanation=data["explanation"],
        conflict=data["conflict"],
        evidence=tuple(
            Quote(
                **{
                    **quote,
                    "published": _date(quote["published"]),
                    "stance": Stance(quote["stance"]),
                    "marks": tuple((a, b) for a, b in quote["marks"]),
                }
            )
            for quote in data["evidence"]
        ),
        slots=tuple(
            SlotFinding(
                **{
                    **finding,
                    "slot": Slot(**{**finding["slot"], "kind": SlotKind(finding["slot"]["kind"])}),
                    "state": SlotState(finding["state"]),
                }
            )
            for finding in data["slots"]
        ),
    )
