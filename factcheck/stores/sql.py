"""What the stores in SQL have in common: nearly all that a store does, in SQL that each engine reads.

A store adds how it is opened, how a transaction is held, how words and vectors are
searched, and the few words in which its SQL differs: the methods that raise
``NotImplementedError`` here. Parameters are written ``?``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from factcheck.domain import Claim, Location, Mention, Passage, Source, Verdict, digest
from factcheck.ledger import BoardRow, Chain, Conflict, Entry, New, chained, check_chain
from factcheck.stores import Hit, Run, Snapshot, SourceEntry, StoreError

if TYPE_CHECKING:
    import numpy as np

# Passages up to this many are compared in float32; of more, the best by a coarser measure are compared again.
EXACT_UP_TO = 20_000
# Words in more than this share of a large store's passages, or of its sources, do not help to rank them, and cost the
# most to read.
COMMON = {"passages": 0.05, "sources": 0.3}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A table as it is copied from store to store: what a row is known by comes first among its columns."""

    name: str
    key: tuple[str, ...]
    rest: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.key, *self.rest)


def _table(name: str, key: str, rest: str) -> Table:
    return Table(name, tuple(key.split()), tuple(rest.split()))


# Every table that holds what cannot be made anew, those that others refer to first. "rowid" is the order of insertion.
TABLES: tuple[Table, ...] = (
    _table(
        "sources",
        "key",
        "id uri sha256 text title publisher author published modified fetched media_type superseded_by fingerprint "
        "kind reliability valid_from copy_of signature",
    ),
    _table("uris", "rowid", "uri source"),
    _table("snapshots", "source", "raw headers status final_uri hops"),
    _table("passages", "key", "source ordinal paragraph start end text kind mentions structure"),
    _table("models", "key", "id"),
    _table("embeddings", "passage model", "vector"),
    _table("claims", "rowid", "key id text about as_of sources path first_seen"),
    _table("verdicts", "key", "claim label reason rule confidence verdict"),
    _table("runs", "id", "started inputs models complete claims"),
    _table("run_verdicts", "run position", "claim_id verdict"),
    _table("outputs", "key", "vector"),
    _table("ledger", "number", "time kind subject ref body previous hash"),
    _table("board", "id", "path position subject claim_id key line text label rule confidence state verdict"),
    _table("documents", "path", "text updated"),
)


class SQLStore:
    """A ``Store`` over an SQL database. A subclass says how to reach it."""

    # How to write that a column is one of the values of a parameter, which ``_listed`` makes.
    _among = ""
    # How to call the store in a message.
    _name = ""
    _read_only = False

    def __init__(self) -> None:
        # What was read and holds until something is written, each under what it was read for.
        self._kept: dict[str, tuple[object, Any]] = {}

    # -- what an engine does in its own way -----------------------------------------------

    def _read(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows that a query gives."""
        raise NotImplementedError

    def _each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Any]:
        """The rows of a query that may give more than fit in memory; nothing else may be asked meanwhile."""
        raise NotImplementedError

    def _do(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """A statement that changes something, once for each row of parameters; only within ``_writing``."""
        raise NotImplementedError

    def _writing(self, *, sources: bool = True) -> contextlib.AbstractContextManager[Any]:
        """One transaction: all of it is kept, or none. Within another one it is part of that.

        ``sources`` False says that it changes nothing of sources, passages and vectors.
        """
        raise NotImplementedError

    def _alone(self, what: str) -> None:
        """Until the transaction ends nobody else is past this line for the same thing."""
        raise NotImplementedError

    def _version(self) -> object:
        """Another value whenever another process has changed sources, passages or vectors."""
        raise NotImplementedError

    def _listed(self, values: Iterable[Any]) -> Any:
        """The parameter for ``_among``."""
        raise NotImplementedError

    def _limit(self, limit: int) -> int | None:
        """The parameter of "limit" that means as many as this, or all when it is negative."""
        raise NotImplementedError

    def _bytes(self, column: str) -> str:
        """An expression: the bytes of a text, whatever they are."""
        raise NotImplementedError

    def _indexed(self, table: str, row: Row) -> Row:
        """What is kept beside a row, to find it by its words; nothing where the database sees to that itself."""
        return {}

    def _next_keys(self, passages: int) -> tuple[int, int]:
        """The key for a new source and the first of its passages' keys, which follow each other."""
        raise NotImplementedError

    def _halves(self, vectors: Sequence[bytes]) -> np.ndarray:
        """The float16 matrix of vectors as the database gives them."""
        raise NotImplementedError

    def _put_vectors(self, model: int, keys: Sequence[int], halves: np.ndarray) -> None:
        """Write float16 vectors, in place of what is there."""
        raise NotImplementedError

    def _forget_passages(self, source: int) -> None:
        """Delete a source's passages with their vectors and whatever is made of them."""
        raise NotImplementedError

    def _vector_count(self, model_id: str) -> int:
        raise NotImplementedError

    def _passage_count(self) -> int:
        count: int = self._read("select count(*) from passages")[0][0]
        return count

    def _board_words(self, words: Sequence[str]) -> tuple[str, Any]:
        """A condition on a board row (b) that its text has every one of these words' beginnings, and its parameter."""
        raise NotImplementedError

    # -- writing and keeping ---------------------------------------------------------------

    def _insert(self, table: str, rows: Iterable[Row], *, conflict: str = "") -> None:
        """Insert rows, all with the same columns.

        ``conflict`` "ignore" leaves a row that is there, "replace" has the new one take its place.
        """
        rows = list(rows)
        if not rows:
            return
        columns = list(rows[0])
        names = ", ".join(f'"{name}"' for name in columns)
        sql = f"insert into {table} ({names}) values ({', '.join('?' * len(columns))})"
        if conflict == "ignore":
            sql += " on conflict do nothing"
        elif conflict == "replace":
            key = KEYS[table]
            rest = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in key)
            sql += f" on conflict ({', '.join(key)}) do update set {rest}"
        self._do(sql, [tuple(row.values()) for row in rows])

    def _must_write(self) -> None:
        if self._read_only:
            raise StoreError(f"{self._name}: the store cannot be written; {self._why_not_written()}")

    def _why_not_written(self) -> str:
        return "check the permissions of the file and its folder"

    def _keep_while_unchanged(self, name: str, key: object, make: Callable[[], Any]) -> Any:
        """``make()``, kept under a name until the store is written, here or by another process."""
        version = (key, self._version())
        if name not in self._kept or self._kept[name][0] != version:
            self._kept.pop(name, None)  # the old one goes before the new one is made: both together may not fit
            self._kept[name] = (version, make())
        return self._kept[name][1]

    @property
    def folder(self) -> Path | None:
        return None

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
        with self._writing():
            if self._read("select 1 from sources where id = ? or sha256 = ?", (source.id, source.sha256)):
                raise StoreError(f"{self._name}: the store already holds a source {source.id!r} or the same bytes")
            key, first = self._next_keys(len(passages))
            row = {"key": key, **{name: getattr(source, name) for name in SOURCE_FIELDS}}
            for name in ("published", "modified", "fetched"):
                row[name] = row[name].isoformat() if row[name] else None
            row |= {
                "superseded_by": None,
                "fingerprint": fingerprint_of(source, passages),
                "signature": signature,
                "copy_of": copy_of,
            }
            self._insert("sources", [{**row, **self._indexed("sources", row)}])
            self._insert("uris", [{"uri": uri, "source": key} for uri in dict.fromkeys([source.uri, *uris])])
            if snapshot is not None:
                kept = {
                    "source": key,
                    # mtime=0 keeps the same bytes the same in the store.
                    "raw": gzip.compress(snapshot.raw, 6, mtime=0),
                    "headers": to_json(snapshot.headers),
                    "status": snapshot.status,
                    "final_uri": snapshot.final_uri,
                    "hops": to_json(snapshot.hops),
                }
                self._insert("snapshots", [kept])
            rows = [
                {
                    "key": first + number,
                    "source": key,
                    "ordinal": passage.ordinal,
                    "paragraph": passage.paragraph,
                    "start": passage.start,
                    "end": passage.end,
                    "text": passage.text,
                    "kind": passage.kind,
                    **annotations_of(passage),
                }
                for number, passage in enumerate(passages)
            ]
            self._insert("passages", [{**row, **self._indexed("passages", row)} for row in rows])
            if vectors is not None:
                self.keep_vectors(vectors[0], range(first, first + len(passages)), vectors[1])
            if supersedes is not None:
                self._do("update sources set superseded_by = ? where id = ?", [(source.id, supersedes)])

    def add_uri(self, source_id: str, uri: str) -> None:
        self._must_write()
        with self._writing():
            sql = "insert into uris (uri, source) select ?, key from sources where id = ? on conflict do nothing"
            self._do(sql, [(uri, source_id)])

    def note(self, source_id: str, **notes: str | dt.date | None) -> None:
        self._must_write()
        unknown = set(notes) - {"kind", "publisher", "reliability", "valid_from", "superseded_by", "copy_of"}
        if unknown:
            raise ValueError(f"a source has no note called {sorted(unknown)[0]}")
        with self._writing():
            for name, value in notes.items():
                text = value.isoformat() if isinstance(value, dt.date) else value
                self._do(f"update sources set {name} = ? where id = ?", [(text, source_id)])
            if "publisher" in notes:
                self._fingerprint_again(source_id)

    def signatures(self) -> dict[str, bytes]:
        return dict(self._read("select id, signature from sources where signature is not null order by key"))

    def keep_signature(self, source_id: str, signature: bytes) -> None:
        self._must_write()
        with self._writing():
            self._do("update sources set signature = ? where id = ?", [(signature, source_id)])

    def remove_source(self, source_id: str) -> bool:
        self._must_write()
        with self._writing():
            row = self._read("select key, superseded_by from sources where id = ?", (source_id,))
            if not row:
                return False
            key, newer = row[0]
            self._forget_passages(key)
            for table in ("snapshots", "uris"):
                self._do(f"delete from {table} where source = ?", [(key,)])
            self._do("delete from sources where key = ?", [(key,)])
            self._do("update sources set copy_of = null where copy_of = ?", [(source_id,)])
            # What it had superseded is superseded by the next one, or current again.
            self._do("update sources set superseded_by = ? where superseded_by = ?", [(newer, source_id)])
        return True

    def entries(self) -> tuple[SourceEntry, ...]:
        found: tuple[SourceEntry, ...] = self._keep_while_unchanged("entries", None, lambda: self._entries("", ()))
        return found

    def find_sources(
        self, *, ids: Sequence[str] = (), hashes: Sequence[str] = (), uris: Sequence[str] = ()
    ) -> tuple[SourceEntry, ...]:
        found = (
            f"where {{}} in (select key from sources where id {self._among} "
            f"union select key from sources where sha256 {self._among} "
            f"union select source from uris where uri {self._among})"
        )
        return self._entries(found, (self._listed(ids), self._listed(hashes), self._listed(uris)))

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
                    published=date_of(published),
                    fetched=dt.datetime.fromisoformat(fetched) if fetched else None,
                    media_type=media_type,
                    passages=counts.get(key, 0),
                    characters=characters,
                    uris=tuple(dict.fromkeys([uri, *uris.get(key, [])])),
                    superseded_by=superseded_by,
                    fingerprint=row[11],
                    kind=row[12],
                    reliability=row[13],
                    valid_from=date_of(row[14]),
                    copy_of=row[15],
                )
            )
        return tuple(found)

    def source(self, source_id: str) -> Source | None:
        rows = self._read(f"select {', '.join(SOURCE_FIELDS)} from sources where id = ?", (source_id,))
        if not rows:
            return None
        row = dict(zip(SOURCE_FIELDS, rows[0], strict=True))
        row["published"], row["modified"] = date_of(row["published"]), date_of(row["modified"])
        row["fetched"] = dt.datetime.fromisoformat(row["fetched"]) if row["fetched"] else None
        return Source(**row)

    def passages(self, source_id: str) -> tuple[Passage, ...]:
        rows = self._read(
            f"select {PASSAGE_COLUMNS} from passages p join sources s on s.key = p.source "
            "where s.id = ? order by p.ordinal",
            (source_id,),
        )
        return tuple(passage_of(row) for row in rows)

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
            self._do(
                "update passages set mentions = ?, structure = ? "
                "where source = (select key from sources where id = ?) and ordinal = ? and text = ?",
                [(*annotations_of(p).values(), p.source_id, p.ordinal, p.text) for p in passages],
            )
            for source_id in dict.fromkeys(p.source_id for p in passages):
                self._fingerprint_again(source_id)

    def _fingerprint_again(self, source_id: str) -> None:
        if source := self.source(source_id):
            fingerprint = fingerprint_of(source, self.passages(source_id))
            self._do("update sources set fingerprint = ? where id = ?", [(fingerprint, source_id)])

    # -- search ------------------------------------------------------------------------

    def _inside(self, sources: Sequence[str]) -> Inside:
        """Which passages belong to these sources."""

        def read() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            import numpy as np

            # A source's passages have keys that follow each other, and later sources have higher ones.
            rows = self._read("select source, min(key), count(*) from passages group by source order by 2")
            columns = np.array(rows, np.int64).reshape(-1, 3)
            return columns[:, 0], columns[:, 1], columns[:, 2]

        owners, firsts, counts = self._keep_while_unchanged("owners", None, read)
        found: Inside = self._keep_while_unchanged(
            "inside", tuple(sources), lambda: Inside(self._source_keys(sources), owners, firsts, counts)
        )
        return found

    def _source_keys(self, sources: Sequence[str]) -> list[int]:
        rows = self._read(f"select key from sources where id {self._among}", (self._listed(sources),))
        return [row[0] for row in rows]

    def passages_by_key(self, keys: Sequence[int]) -> dict[int, Passage]:
        rows = self._read(
            f"select p.key, {PASSAGE_COLUMNS} from passages p join sources s on s.key = p.source "
            f"where p.key {self._among}",
            (self._listed(int(key) for key in keys),),
        )
        return {row[0]: passage_of(row[1:]) for row in rows}

    def vectors(self, model_id: str, sources: Sequence[str] | None = None) -> tuple[np.ndarray, np.ndarray]:
        import numpy as np

        sql = (
            "select e.passage, e.vector from embeddings e join models m on m.key = e.model "
            "join passages p on p.key = e.passage where m.id = ?"
        )
        parameters: list[Any] = [model_id]
        if sources is not None:
            sql += f" and p.source {self._among}"
            parameters.append(self._listed(self._source_keys(sources)))
        rows = self._read(sql + " order by p.source, p.ordinal", parameters)
        if not rows:
            return np.empty(0, np.int64), np.empty((0, 0), np.float32)
        keys = np.fromiter((key for key, _ in rows), np.int64, len(rows))
        return keys, self._halves([vector for _, vector in rows]).astype(np.float32)

    def vectors_by_key(self, model_id: str, keys: Sequence[int]) -> dict[int, np.ndarray]:
        import numpy as np

        sql = (
            "select e.passage, e.vector from embeddings e join models m on m.key = e.model "
            f"where m.id = ? and e.passage {self._among}"
        )
        rows = self._read(sql, (model_id, self._listed(int(key) for key in keys)))
        if not rows:
            return {}
        matrix = self._halves([vector for _, vector in rows]).astype(np.float32)
        return {key: matrix[number] for number, (key, _) in enumerate(rows)}

    def _nearest_exactly(
        self, model_id: str, queries: np.ndarray, limit: int, sources: Sequence[str] | None
    ) -> tuple[tuple[Hit, ...], ...]:
        """``nearest``, by comparing every vector in scope, which is kept in memory while nothing is written."""
        key = (model_id, None if sources is None else tuple(sources))
        keys, matrix = self._keep_while_unchanged("exact", key, lambda: self.vectors(model_id, sources))
        return tuple(best_of(query, keys, matrix, limit) for query in queries)

    def release(self) -> None:
        self._kept.pop("segments", None)

    def missing_vectors(self, model_id: str, sources: Sequence[str] | None = None) -> tuple[str, ...]:
        if self._vector_count(model_id) == self._passage_count():
            return ()
        sql = (
            "select s.id from sources s where exists (select 1 from passages p where p.source = s.key and not exists "
            "(select 1 from embeddings e join models m on m.key = e.model where e.passage = p.key and m.id = ?))"
        )
        parameters: list[Any] = [model_id]
        if sources is not None:
            sql += f" and s.key {self._among}"
            parameters.append(self._listed(self._source_keys(sources)))
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
        with self._writing():
            # Looked for first: a row that is there need not be locked to find that out.
            if self._model(model_id) < 0:
                self._do("insert into models (id) values (?) on conflict do nothing", [(model_id,)])
            # float16 halves the store; the largest error it makes in a cosine is about 1e-3.
            halves = np.ascontiguousarray(vectors, np.float16)
            self._put_vectors(self._model(model_id), [int(key) for key in keys], halves)

    def _model(self, model_id: str) -> int:
        rows = self._read("select key from models where id = ?", (model_id,))
        return int(rows[0][0]) if rows else -1

    # -- claims, verdicts, runs -----------------------------------------------------------

    def cached_verdicts(self, keys: Sequence[str]) -> dict[str, Verdict]:
        sql = f"select key, verdict from verdicts where key {self._among}"
        return {key: verdict_from_json(text) for key, text in self._read(sql, (self._listed(keys),))}

    def keep_verdicts(self, verdicts: Mapping[str, Verdict]) -> None:
        if self._read_only or not verdicts:
            return
        with self._writing(sources=False):
            self._alone("verdicts")
            now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            claims = {claim_key(verdict.claim): verdict.claim for verdict in verdicts.values()}
            self._insert(
                "claims",
                [
                    {
                        "key": key,
                        "id": claim.id,
                        "text": claim.text,
                        "about": claim.about,
                        "as_of": claim.as_of.isoformat() if claim.as_of else None,
                        "sources": to_json(claim.sources) if claim.sources is not None else None,
                        "path": claim.location.path if claim.location else None,
                        "first_seen": now,
                    }
                    for key, claim in claims.items()
                ],
                conflict="ignore",
            )
            self._insert(
                "verdicts",
                [
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
                ],
                conflict="replace",
            )

    def cached_outputs(self, keys: Sequence[str]) -> dict[str, np.ndarray]:
        import numpy as np

        sql = f"select key, vector from outputs where key {self._among}"
        return {key: np.frombuffer(raw, np.float32) for key, raw in self._read(sql, (self._listed(keys),))}

    def keep_outputs(self, outputs: Mapping[str, np.ndarray]) -> None:
        import numpy as np

        if self._read_only or not outputs:
            return
        with self._writing(sources=False):
            # In one order, so that two who write the same keys wait for each other and not both for ever.
            rows = [
                {"key": key, "vector": np.ascontiguousarray(vector, np.float32).tobytes()}
                for key, vector in sorted(outputs.items())
            ]
            self._insert("outputs", rows, conflict="replace")

    def record_run(
        self, inputs: str, verdicts: Mapping[str, Verdict], *, models: Mapping[str, str], complete: bool = True
    ) -> None:
        if self._read_only:
            return
        latest = self._read("select id, inputs, models, complete from runs order by id desc limit 1")
        if latest and tuple(latest[0][1:]) == (inputs, to_json(dict(models)), int(complete)):
            rows = self._read("select verdict from run_verdicts where run = ? order by position", (latest[0][0],))
            if [row[0] for row in rows] == list(verdicts):
                return
        with self._writing(sources=False):
            self._alone("runs")
            self.keep_verdicts(verdicts)
            now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            run = self._read("select coalesce(max(id), 0) + 1 from runs")[0][0]
            row = {
                "id": run,
                "started": now,
                "inputs": inputs,
                "models": to_json(dict(models)),
                "complete": int(complete),
                "claims": len(verdicts),
            }
            self._insert("runs", [row])
            self._insert(
                "run_verdicts",
                [
                    {"run": run, "position": position, "claim_id": verdict.claim.id, "verdict": key}
                    for position, (key, verdict) in enumerate(verdicts.items())
                ],
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
                as_of=date_of(as_of),
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
            self._alone("ledger")
            for subject, number in (seen or {}).items():
                if self.newest_entry(subject) != number:
                    raise Conflict("someone else has recorded something on this claim meanwhile; look again")
            rows = self._read(f"select {LEDGER_COLUMNS} from ledger order by number desc limit 1")
            last = entry_of(rows[0]) if rows else None
            written = []
            for new in entries:
                last = chained(last, new, now)
                written.append(last)
            names = LEDGER_COLUMNS.split(", ")
            self._insert("ledger", [{name: getattr(entry, name) for name in names} for entry in written])
            if whole:
                self._do("delete from board where path = ?", [(path,) for path in sorted({row.path for row in board})])
            at_desk = [
                {
                    "id": row.id,
                    **{name: getattr(row, name) for name in BOARD_COLUMNS.split(", ")},
                    "verdict": verdict_to_json(row.verdict),
                }
                for row in {row.id: row for row in board}.values()
                if row.verdict is not None
            ]
            self._insert("board", [{**row, **self._indexed("board", row)} for row in at_desk], conflict="replace")
            self._insert(
                "documents",
                [
                    {
                        "path": path,
                        "text": gzip.compress(text.encode("utf-8", "surrogatepass"), 6, mtime=0),
                        "updated": now.isoformat(),
                    }
                    for path, text in (documents or {}).items()
                ],
                conflict="replace",
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
        where, parameters = ["true"], list[Any]()
        if kind is not None:
            where.append("kind = ?")
            parameters.append(kind)
        for column, wanted in (("subject", subjects), ("number", numbers)):
            if wanted is not None:
                where.append(f"{column} {self._among}")
                parameters.append(self._listed(wanted))
        order = "desc" if newest else "asc"
        sql = f"select {LEDGER_COLUMNS} from ledger where {' and '.join(where)} order by number {order} limit ?"
        return tuple(entry_of(row) for row in self._read(sql, [*parameters, self._limit(limit)]))

    def latest_refs(self, kind: str, subjects: Sequence[str]) -> dict[str, str]:
        sql = (
            "select subject, ref from ledger where number in "
            f"(select max(number) from ledger where kind = ? and subject {self._among} group by subject) "
            "order by subject"
        )
        return dict(self._read(sql, (kind, self._listed(subjects))))

    def newest_entry(self, subject: str) -> int:
        number: int = self._read("select coalesce(max(number), 0) from ledger where subject = ?", (subject,))[0][0]
        return number

    def check_ledger(self, head: str | None = None) -> Chain:
        # As bytes: a changed byte may leave a text that is no text any more.
        texts = ", ".join(self._bytes(name) for name in LEDGER_COLUMNS.split(", ")[1:])
        return check_chain(self._each(f"select number, {texts} from ledger order by number"), head=head)

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
        sql = f"select {BOARD_COLUMNS} from board b where {where} order by path, position limit ? offset ?"
        return tuple(board_row_of(row) for row in self._read(sql, [*parameters, self._limit(limit), offset]))

    def board_count(
        self, *, state: str | None = None, label: str | None = None, path: str | None = None, words: str = ""
    ) -> int:
        where, parameters = self._board_filter(state, label, path, words)
        count: int = self._read(f"select count(*) from board b where {where}", parameters)[0][0]
        return count

    def _board_filter(
        self, state: str | None, label: str | None, path: str | None, words: str
    ) -> tuple[str, list[Any]]:
        where, parameters = ["true"], list[Any]()
        for column, value in (("state", state), ("label", label), ("path", path)):
            if value:
                where.append(f"b.{column} = ?")
                parameters.append(value)
        if every := query_words([words]):
            condition, parameter = self._board_words(every)
            where.append(condition)
            parameters.append(parameter)
        return " and ".join(where), parameters

    def board_row(self, id: str) -> BoardRow | None:
        rows = self._read(f"select {BOARD_COLUMNS}, verdict from board where id = ?", (id,))
        return board_row_of(rows[0][:-1], verdict_from_json(rows[0][-1])) if rows else None

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
        sql = f"select subject, verdict from board where subject {self._among}"
        return {s: verdict_from_json(text) for s, text in self._read(sql, (self._listed(subjects),))}

    def board_counts(self) -> dict[str, int]:
        return dict(self._read("select state, count(*) from board group by state order by state"))

    def board_paths(self, limit: int = -1) -> tuple[str, ...]:
        # From one path to the next by the index: "distinct" would read every claim.
        sql = (
            "with recursive p(path) as (select min(path) from board union all "
            "select (select min(path) from board where path > p.path) from p where p.path is not null) "
            "select path from p where path is not null limit ?"
        )
        return tuple(row[0] for row in self._read(sql, (self._limit(limit),)))

    def keep_states(self, states: Mapping[str, str]) -> None:
        if self._read_only:
            return
        with self._writing(sources=False):
            self._do(
                "update board set state = ? where subject = ? and (state is null or state <> ?)",
                [(state, subject, state) for subject, state in sorted(states.items())],
            )

    def document(self, path: str) -> str | None:
        rows = self._read("select text from documents where path = ?", (path,))
        return gzip.decompress(rows[0][0]).decode("utf-8", "surrogatepass") if rows else None

    # -- copying a whole store ---------------------------------------------------------------

    @property
    def name(self) -> str:
        """How to call the store in a message."""
        return self._name

    def still(self) -> contextlib.AbstractContextManager[None]:
        """A time in which this store reads everything as it is now, whatever others write."""
        raise NotImplementedError

    def count(self, table: Table) -> int:
        """How many rows a table has."""
        count: int = self._read(f"select count(*) from {table.name}")[0][0]
        return count

    def batch(self, table: Table, after: Sequence[Any] | None, limit: int) -> list[tuple[Any, ...]]:
        """The next rows of a table after the one with this key, in the order of keys, the same from every store."""
        columns = ", ".join(f'"{name}"' for name in table.columns)
        key = ", ".join(table.key)
        where = f"where ({key}) > ({', '.join('?' * len(table.key))})" if after is not None else ""
        sql = f"select {columns} from {table.name} {where} order by {key} limit ?"
        rows = self._read(sql, [*(after or ()), limit])
        if table.name == "embeddings":
            return [(passage, model, self._halves([vector])[0].tobytes()) for passage, model, vector in rows]
        return [tuple(row) for row in rows]

    def put_batch(self, table: Table, rows: Sequence[Sequence[Any]]) -> None:
        """Write rows that ``batch`` gave, all or none."""
        with self._writing():
            if table.name != "embeddings":
                named = [dict(zip(table.columns, row, strict=True)) for row in rows]
                self._insert(table.name, [{**row, **self._indexed(table.name, row)} for row in named])
                return
            import numpy as np

            alike: dict[tuple[int, int], list[tuple[int, bytes]]] = {}
            for passage, model, vector in rows:
                alike.setdefault((model, len(vector)), []).append((passage, vector))
            for (model, size), found in alike.items():
                halves = np.frombuffer(b"".join(vector for _, vector in found), np.float16).reshape(-1, size // 2)
                self._put_vectors(model, [passage for passage, _ in found], halves)

    def copied(self) -> None:
        """What is left to do when all rows are here."""
        for (model_id,) in self._read("select id from models order by key"):
            self.pack(model_id)

    def pack(self, model_id: str) -> int:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def query_words(query: Iterable[str]) -> list[str]:
    """The different words of a query: what a claim says is never a search engine's syntax."""
    return list(dict.fromkeys(word for text in query for word in re.findall(r"\w+", text.casefold())))


def best_of(query: np.ndarray, keys: np.ndarray, matrix: np.ndarray, limit: int) -> tuple[Hit, ...]:
    """The nearest of some passages' vectors, nearest first; ties are the older passage's."""
    import numpy as np

    if not len(keys):
        return ()
    # One product for each query, rounded: the order must not depend on which queries share a batch.
    similarity = np.round((matrix @ query).astype(np.float64), 5)
    best = np.lexsort((keys, -similarity))[:limit]
    return tuple(Hit(passage_key=int(keys[at]), retrieval_score=float(similarity[at])) for at in best)


class Inside:
    """A set of sources: which passages are theirs, how many, and what share of the store's sources they are."""

    def __init__(self, source_keys: Sequence[int], owners: np.ndarray, firsts: np.ndarray, counts: np.ndarray) -> None:
        import numpy as np

        self.source_keys = list(source_keys)
        self._firsts = firsts
        self._wanted = np.isin(owners, np.array(self.source_keys, np.int64))
        self.left_out: list[int] = owners[~self._wanted].tolist()
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


# -- rows and values ---------------------------------------------------------------------------

SOURCE_FIELDS = (
    *("id", "uri", "sha256", "text", "title", "publisher", "author", "published", "modified", "fetched"),
    "media_type",
)
PASSAGE_COLUMNS = 's.id, p.ordinal, p.paragraph, p.start, p."end", p.text, p.kind, p.mentions, p.structure'


# What a row is known by, where one takes another's place.
KEYS: Mapping[str, tuple[str, ...]] = {
    "verdicts": ("key",),
    "outputs": ("key",),
    "board": ("id",),
    "documents": ("path",),
}
LEDGER_COLUMNS = "number, time, kind, subject, ref, body, previous, hash"
BOARD_COLUMNS = "path, position, subject, claim_id, key, line, text, label, rule, confidence, state"


def entry_of(row: Sequence[Any]) -> Entry:
    return Entry(**dict(zip(LEDGER_COLUMNS.split(", "), row, strict=True)))


def board_row_of(row: Sequence[Any], verdict: Verdict | None = None) -> BoardRow:
    return BoardRow(**dict(zip(BOARD_COLUMNS.split(", "), row, strict=True)), verdict=verdict)


def passage_of(row: Sequence[Any]) -> Passage:
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


def annotations_of(passage: Passage) -> dict[str, str | None]:
    return {
        "mentions": to_json([[m.start, m.end, m.label] for m in passage.mentions]) if passage.mentions else None,
        "structure": to_json(passage.structure) if passage.structure else None,
    }


def date_of(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def fingerprint_of(source: Source, passages: Sequence[Passage]) -> str:
    """Changes when anything that a verdict may rest on changes: text, title, dates, passages, annotations."""
    about = [getattr(source, name) for name in SOURCE_FIELDS if name not in ("fetched", "text")]
    return digest([about, [[p.start, p.end, p.kind, p.paragraph, *annotations_of(p).values()] for p in passages]])


def claim_key(claim: Claim) -> str:
    """Identity of a claim in the ledger: what it says, about what, as of when and against which sources."""
    return digest([claim.id, claim.text, claim.about, claim.as_of, claim.sources])


def verdict_to_json(verdict: Verdict) -> str:
    """A verdict as JSON that ``verdict_from_json`` reads back; slot values become plain data or text."""
    return to_json(asdict(verdict))


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
            as_of=date_of(claim["as_of"]),
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
                    "published": date_of(quote["published"]),
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
