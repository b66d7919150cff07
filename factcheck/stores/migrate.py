"""Copying a whole store to another place, from a file to a server or back, so that it can be proved and resumed.

Rows are copied table by table in the order of their keys, some thousand to a
transaction. What a copy that was broken off has left is therefore the beginning of
what is copied: that is checked before anything is written, and copying goes on from
there. At the end both stores are read again, and a checksum of every table is compared.
Indexes of words and of vectors are no rows: the target makes its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from factcheck.stores import StoreError, open_store
from factcheck.stores.sql import TABLES, SQLStore, Table

# Rows to a transaction; snapshots and whole sources are large, so that these are fewer.
ROWS = {"sources": 200, "snapshots": 200, "documents": 200}
MOST_ROWS = 5_000


@dataclass(frozen=True, kw_only=True)
class Copied:
    """A table that is the same in both stores: how many rows it has, and the SHA-256 of them all in order."""

    table: str
    rows: int
    new: int
    checksum: str


class _Sum:
    """The checksum of the rows of a table so far."""

    def __init__(self) -> None:
        self.rows = 0
        self.last: tuple[Any, ...] | None = None
        self._hash = hashlib.sha256()

    def add(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        parts = []
        for row in rows:
            for value in row:
                # Each with its type and length: otherwise a byte could be moved from one value to the next.
                data = value.encode("utf-8") if isinstance(value, str) else value
                data = data if isinstance(data, bytes) else repr(data).encode()
                parts.append(b"%s %d:" % (type(value).__name__.encode(), len(data)))
                parts.append(data)
        self._hash.update(b"".join(parts))
        self.rows += len(rows)
        if rows:
            self.last = rows[-1][: len(table.key)]

    @property
    def checksum(self) -> str:
        return self._hash.hexdigest()

    def read(self, store: SQLStore, table: Table, until: int | None = None) -> _Sum:
        """Goes on with a store's rows after the last one, all or until there are so many."""
        most = ROWS.get(table.name, MOST_ROWS)
        while until is None or self.rows < until:
            limit = most if until is None else min(most, until - self.rows)
            rows = store.batch(table, self.last, limit)
            self.add(table, rows)
            if len(rows) < limit:
                break
        return self


def migrate(
    source: str, target: str, *, progress: Callable[[int, int], None] = lambda done, known: None
) -> list[Copied]:
    """Copy every table of the store at ``source`` to the one at ``target``, which is new or was left half copied.

    Raises ``StoreError`` when the target holds anything else, and when the copy is not the same in the end.
    """
    if source == target:
        raise StoreError(f"{target}: a store cannot be copied onto itself; name another place")
    with open_store(source, read_only=True) as old:
        assert isinstance(old, SQLStore)
        with open_store(target, create=True) as new, old.still():
            assert isinstance(new, SQLStore)
            if new.read_only:
                raise StoreError(f"{target}: this store cannot be written; name another place")
            known = sum(old.count(table) for table in TABLES)
            sums: dict[str, _Sum] = {}
            begun: dict[str, int] = {}
            for table in TABLES:
                there = _Sum().read(new, table)
                sums[table.name] = _Sum().read(old, table, until=there.rows)
                begun[table.name] = there.rows
                if (there.rows, there.checksum) != (sums[table.name].rows, sums[table.name].checksum):
                    raise StoreError(
                        f"{new.name}: its table {table.name} holds something else than that of {old.name}; "
                        "name an empty store"
                    )
            done = sum(begun.values())
            for table in TABLES:
                total = sums[table.name]
                while rows := old.batch(table, total.last, ROWS.get(table.name, MOST_ROWS)):
                    new.put_batch(table, rows)
                    total.add(table, rows)
                    done += len(rows)
                    progress(done, known)
            new.copied()
            found = []
            for table in TABLES:
                total, copy = sums[table.name], _Sum().read(new, table)
                if (copy.rows, copy.checksum) != (total.rows, total.checksum):
                    raise StoreError(
                        f"{new.name}: the copy of table {table.name} is not the same ({copy.rows} rows of "
                        f"{total.rows}); make the store anew and copy again"
                    )
                new_rows = total.rows - begun[table.name]
                found.append(Copied(table=table.name, rows=total.rows, new=new_rows, checksum=total.checksum))
            return found


__all__ = ["Copied", "migrate"]
