"""What is wrong with a store in an SQLite file, and what of it can be mended.

Examining reads everything and changes nothing. Mending never takes away what a person
wrote or a source said: it makes indexes anew, drops what belongs to nothing, forgets
caches, and takes what can still be read out of a damaged file into a new one, beside
which the damaged one stays.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from factcheck.stores import StoreError, sqlite

# Less than this, and what the store's own size asks for, and a write may fail half-way (which loses nothing).
SPACE = 50_000_000
# Clocks of two machines differ by minutes; a day is a clock that is wrong.
CLOCK = dt.timedelta(days=1)
SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One thing that is wrong: in words, and what to do. ``mend`` says what mending would do, if it can."""

    what: str
    todo: str = ""
    mend: str = ""


# Rows that belong to a row that is not there: what they are called, the table, and which of them.
_LOST = (
    ("passages of no source", "passages", "source not in (select key from sources)"),
    ("addresses of no source", "uris", "source not in (select key from sources)"),
    ("kept bytes of no source", "snapshots", "source not in (select key from sources)"),
    ("vectors of no passage", "embeddings", "passage not in (select key from passages)"),
)
# Caches whose rows cannot be read; what is forgotten is made anew when it is needed.
_SPOILT = (
    ("cached verdicts that cannot be read", "verdicts", "not json_valid(verdict)"),
    ("cached model outputs that cannot be read", "outputs", "vector is null or length(vector) % 4 != 0"),
    ("vectors that cannot be read", "embeddings", "vector is null or length(vector) = 0 or length(vector) % 2 != 0"),
)
_INDEXES = ("passages_fts", "sources_fts", "board_fts")


def examine(path: str | Path) -> list[Trouble]:
    """Everything that is wrong with the store at ``path``, the worst first; an empty list for a sound one."""
    file = Path(path)
    if not file.exists():
        return [Trouble(what=f"{file}: there is no store here", todo="add a source first: factcheck sources add PATH")]
    if file.is_dir():
        return [Trouble(what=f"{file}: this is a folder, not a store", todo="name a file in it")]
    found: list[Trouble] = []
    try:
        connection = _reading(file)
    except sqlite3.Error as error:
        return [_damaged(file, str(error))]
    with contextlib.closing(connection):
        try:
            found += _whole(file, connection)
            if not found:
                found += _content(file, connection)
        except sqlite3.DatabaseError as error:
            found.append(_damaged(file, str(error)))
    return [*found, *_surroundings(file)]


def _reading(file: Path) -> sqlite3.Connection:
    # As any program would open it: what a run that was killed left half written is taken back by SQLite.
    writable = os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode={'rw' if writable else 'ro'}", uri=True, timeout=10)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return connection


def _damaged(file: Path, why: str) -> Trouble:
    words = " ".join(why.split())[:120]
    if "not a database" in why:
        return Trouble(
            what=f"{file}: this is not a SQLite file", todo="restore the store from a copy, or name another file"
        )
    if "locked" in why or "busy" in why:
        return Trouble(what=f"{file}: another process is writing", todo="try again when it is done")
    if "unable to open" in why:
        return Trouble(what=f"{file}: it cannot be opened", todo="check the permissions of the file and its folder")
    return Trouble(
        what=f"{file}: the file is damaged ({words})",
        todo="restore it from a copy if you have one",
        mend="take what can be read into a new file; the damaged one is kept beside it",
    )


def _whole(file: Path, connection: sqlite3.Connection) -> list[Trouble]:
    """Whether it is a store of ours that is whole as a file."""
    application = connection.execute("pragma application_id").fetchone()[0]
    tables = connection.execute("select count(*) from sqlite_master").fetchone()[0]
    if not tables:
        return [Trouble(what=f"{file}: the store is empty", todo="add a source: factcheck sources add PATH")]
    if application != sqlite.APPLICATION_ID:
        return [Trouble(what=f"{file}: this SQLite file is not a factcheck store", todo="name another file")]
    version = connection.execute("pragma user_version").fetchone()[0]
    if version > len(sqlite.MIGRATIONS):
        return [
            Trouble(what=f"{file}: a newer factcheck wrote this store (version {version})", todo="upgrade factcheck")
        ]
    broken = [row[0] for row in connection.execute("pragma integrity_check(20)") if row[0] != "ok"]
    if not broken:
        return []
    if all("index" in line and ("missing from" in line or "wrong #" in line) for line in broken):
        return [Trouble(what=f"{file}: an index does not fit its table ({broken[0]})", mend="make the indexes anew")]
    return [_damaged(file, "; ".join(broken))]


def _content(file: Path, connection: sqlite3.Connection) -> list[Trouble]:
    """Whether what is in it fits together."""
    found: list[Trouble] = []
    have = {row[0] for row in connection.execute("select name from sqlite_master where type in ('table', 'view')")}
    for what, table, which in (*_LOST, *_SPOILT):
        if table in have:
            count = connection.execute(f'select count(*) from "{table}" where {which}').fetchone()[0]
            if count:
                found.append(Trouble(what=f"{file}: {count:,} {what}", mend="delete them; nothing refers to them"))
    for index in _INDEXES:
        if index in have and not _index_fits(connection, index):
            found.append(Trouble(what=f"{file}: the word index {index} does not fit its texts", mend="make it anew"))
    found += _texts(file, connection)
    if "ledger" in have:
        found += _ledger(file, connection)
    return found


def _index_fits(connection: sqlite3.Connection, index: str) -> bool:
    if connection.execute("pragma query_only").fetchone()[0]:
        return True
    try:
        connection.execute("begin")
        connection.execute(f"insert into {index}({index}, rank) values ('integrity-check', 1)")
    except sqlite3.OperationalError as error:
        if "readonly" in str(error):
            return True  # it cannot be told without writing
        raise
    except sqlite3.DatabaseError:
        return False
    finally:
        if connection.in_transaction:
            connection.rollback()
    return True


def _texts(file: Path, connection: sqlite3.Connection) -> Iterator[Trouble]:
    """Sources whose text, passages or bytes are not what was read."""
    again = "look at it again, or remove it and add it anew: factcheck sources remove ID"
    wrong = [
        row[0]
        for row in connection.execute(
            "select distinct s.id from passages p join sources s on s.key = p.source "
            'where substr(s.text, p.start + 1, p."end" - p.start) is not p.text'
        )
    ]
    if wrong:
        yield Trouble(what=f"{file}: passages are not the text of their source: {_some(wrong)}", todo=again)
    wrong = []
    rows = connection.execute("select s.id, s.sha256, n.raw from snapshots n join sources s on s.key = n.source")
    for id, sha256, raw in rows:
        if raw is not None and sha256 not in (hashlib.sha256(raw).hexdigest(), _unpacked_hash(raw)):
            wrong.append(id)
    if wrong:
        yield Trouble(what=f"{file}: kept bytes are not those that were read: {_some(wrong)}", todo=again)


def _unpacked_hash(raw: bytes) -> str:
    try:
        return hashlib.sha256(gzip.decompress(raw)).hexdigest()
    except (OSError, EOFError, zlib.error):
        return ""


def _ledger(file: Path, connection: sqlite3.Connection) -> Iterator[Trouble]:
    from factcheck.ledger import check_chain

    names = ("time", "kind", "subject", "ref", "body", "previous", "hash")
    texts = ", ".join(f"cast({name} as blob)" for name in names)
    chain = check_chain(connection.execute(f"select number, {texts} from ledger order by number"))
    if chain.problems:
        yield Trouble(
            what=f"{file}: the ledger is not whole: {chain.problems[0]}"
            + (f" and {len(chain.problems) - 1} more" if len(chain.problems) > 1 else ""),
            todo="see all of it with: factcheck ledger verify; nothing can mend what was changed, but a copy",
        )
    times = [_time(row[0]) for row in connection.execute("select time from ledger order by number")]
    known = [time for time in times if time is not None]
    back = sum(later < earlier - CLOCK for earlier, later in pairwise(known))
    if back:
        yield Trouble(
            what=f"{file}: the clock went back by over a day between entries of the ledger, {back} times",
            todo="their order is by number and holds; set the clock of the machine",
        )
    if known and known[-1] > dt.datetime.now(dt.UTC) + CLOCK:
        yield Trouble(
            what=f"{file}: the newest entry of the ledger is from {known[-1]:%Y-%m-%d}, which is yet to come",
            todo="set the clock of this machine, or of the one that wrote it",
        )


def _time(text: Any) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def _surroundings(file: Path) -> Iterator[Trouble]:
    """The folder, the permissions and the disk."""
    if not os.access(file, os.W_OK) or not os.access(file.parent, os.W_OK):
        yield Trouble(
            what=f"{file}: the store can be read and not written",
            todo="check the permissions of the file and its folder, if you mean to add or decide anything",
        )
    free = shutil.disk_usage(file.parent).free
    if free < SPACE:
        yield Trouble(what=f"{file}: only {free / 1e6:.0f} MB are free on its disk", todo="free some space")


# -- mending --------------------------------------------------------------------------------------


def mend(path: str | Path, tell: Callable[[str], None] = lambda line: None) -> None:
    """Mend what ``examine`` says can be mended, telling what was done."""
    file = Path(path)
    troubles = [trouble for trouble in examine(file) if trouble.mend]
    if not troubles:
        return
    if any("is damaged" in trouble.what for trouble in troubles):
        _salvage(file, tell)
        troubles = [trouble for trouble in examine(file) if trouble.mend]
    try:
        with contextlib.closing(_reading(file)) as connection:
            connection.isolation_level = None
            connection.execute("begin immediate")
            have = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
            for what, table, which in (*_LOST, *_SPOILT):
                if table in have:
                    count = connection.execute(f'delete from "{table}" where {which}').rowcount
                    if count:
                        tell(f"deleted {count:,} {what}")
            connection.execute("reindex")
            for index in _INDEXES:
                if index in have:
                    connection.execute(f"insert into {index}({index}) values ('rebuild')")
            connection.execute("commit")
            tell("made the indexes anew")
    except sqlite3.Error as error:
        raise StoreError(f"{file}: it could not be mended ({error}); nothing of it was changed") from error


# Tables whose rows are taken out of a damaged file; indexes by words and packed vectors are made anew.
_KEPT = (
    *("sources", "uris", "snapshots", "passages", "models", "embeddings", "claims", "verdicts", "runs", "run_verdicts"),
    *("outputs", "ledger", "board", "documents"),
)


def _salvage(file: Path, tell: Callable[[str], None]) -> None:
    """Take the rows that can be read into a new file, which takes the damaged one's place."""
    new = file.with_name(f"{file.name}.mended")
    old = file.with_name(f"{file.name}.damaged")
    if old.exists():
        raise StoreError(f"{old}: there is a damaged file from before; move it away first")
    new.unlink(missing_ok=True)
    sqlite.SQLiteStore.open(new, create=True).close()
    with (
        contextlib.closing(sqlite3.connect(new, isolation_level=None)) as target,
        contextlib.closing(_reading(file)) as source,
    ):
        source.text_factory = bytes
        target.execute("begin")
        for table in _KEPT:
            columns = [row[1] for row in target.execute(f'pragma table_info("{table}")')]
            if not columns:
                continue
            marks = ", ".join("?" * len(columns))
            names = ", ".join(f'"{name}"' for name in columns)
            read = lost = 0
            for row in _rows(source, table, columns):
                if row is None:
                    lost += 1
                    continue
                with contextlib.suppress(sqlite3.IntegrityError):
                    target.execute(f'insert or ignore into "{table}" ({names}) values ({marks})', row)
                    read += 1
            if read or lost:
                tell(f"{table}: {read:,} rows read" + (", and some could not be" if lost else ""))
        gone = target.execute("delete from sources where key not in (select source from passages)").rowcount
        if gone:
            tell(f"{gone} sources have lost their passages: add them again")
        target.execute("commit")
    file.rename(old)
    for side in ("-journal", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            file.with_name(file.name + side).rename(old.with_name(old.name + side))
    new.rename(file)
    tell(f"the damaged file is kept as {old}")


def _rows(source: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[list[Any] | None]:
    """The rows of a table that can be read, in order; None where some cannot."""
    try:
        have = {row[1].decode("utf-8", "replace"): row[2] for row in source.execute(f'pragma table_info("{table}")')}
    except sqlite3.DatabaseError:
        yield None
        return
    if not have:
        return
    names = ", ".join(f'"{name}"' if name in have else "null" for name in columns)
    binary = {name for name, kind in have.items() if kind.upper() == b"BLOB"}
    at, step = -(2**63), 1
    while True:
        try:
            cursor = source.execute(f'select rowid, {names} from "{table}" where rowid > ? order by rowid', (at,))
            for rowid, *values in cursor:
                at, step = rowid, 1
                yield [
                    value.decode("utf-8", "replace") if isinstance(value, bytes) and name not in binary else value
                    for name, value in zip(columns, values, strict=True)
                ]
            return
        except sqlite3.DatabaseError:
            # A page that cannot be read: go on behind it, further each time that does not help.
            yield None
            if at >= 2**62 or step >= 2**40:
                return
            at, step = max(at, 0) + step, step * 2


def models() -> list[Trouble]:
    """The shipped models whose files are not those that were shipped."""
    from factcheck.models import MODELS

    found = []
    for manifest in sorted(MODELS.glob("*/manifest.json")):
        for name, wanted in json.loads(manifest.read_text("utf-8")).get("files", {}).items():
            path = manifest.parent / name
            if not path.exists():
                found.append(Trouble(what=f"{path}: this file of a model is missing", todo="reinstall factcheck"))
            elif hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
                found.append(Trouble(what=f"{path}: this is not the file that was shipped", todo="reinstall factcheck"))
    return found


__all__ = ["Trouble", "examine", "mend", "models"]
