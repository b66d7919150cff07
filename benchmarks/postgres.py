"""python -m benchmarks.postgres URL [SIZE | FOLDER]: a store of SIZE passages (100,000) on a server, measured.

With a FOLDER of labelled articles (see ``factcheck eval``) both stores judge its claims, and
verdicts that differ in anything are counted.


URL is an empty database (or schema) that this fills, or one that it has filled before, which is
only measured again. The rows are those of
``benchmarks.scale``: synthetic text with the frequencies of English, clustered vectors.
"Bare" is a COPY of the same rows and vectors into tables without any index, and the HNSW
query alone. Times are of the clock: run it on a machine that does nothing else.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scale import DIM, SENTENCES, Synthetic
from factcheck.domain import Claim
from factcheck.retrieve import Retriever
from factcheck.stores import open_store
from factcheck.stores.postgres import SEARCH_CANDIDATES, PostgresStore, _word_vector
from factcheck.stores.sql import TABLES
from factcheck.stores.words import counted

QUERIES = 60
SOURCES = 500  # to a batch


def rows_of(size: int) -> Any:
    """(sources, passages, vectors) in batches, as rows of their tables."""
    rng, synthetic = np.random.default_rng(2), Synthetic()
    vocabulary = np.array([f"w{n}" for n in range(60_000)])
    weights = 1.0 / (np.arange(len(vocabulary)) + 10.0)
    reach = np.cumsum(weights / weights.sum())
    numbers = iter(range(size // SENTENCES))
    while batch := list(islice(numbers, SOURCES)):
        sources, passages = [], []
        for number in batch:
            drawn = np.searchsorted(reach, rng.random((SENTENCES, 18)))
            words = vocabulary[np.minimum(drawn, len(vocabulary) - 1)]
            lines = [" ".join(row) + "." for row in words]
            at = 0
            for ordinal, line in enumerate(lines):
                key = number * SENTENCES + ordinal + 1
                place = (ordinal, ordinal, at, at + len(line))
                passages.append((key, number + 1, *place, line, "sentence", None, None))
                at += len(line) + 1
            about = (f"s{number}.txt", f"{number:064x}", "\n".join(lines))
            empty = (None,) * 6
            sources.append((number + 1, f"s{number}", *about, *empty, "text/plain", None, str(number), *(None,) * 5))
        halves = synthetic.many(len(passages), rng).astype(np.float16)
        yield sources, passages, [(row[0], 1, half.tobytes()) for row, half in zip(passages, halves, strict=True)]


def took(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def main(url: str, size: int) -> None:
    tables = {table.name: table for table in TABLES}
    batches = list(rows_of(size))
    with open_store(url, create=True) as store:
        assert isinstance(store, PostgresStore)
        if (there := store._read("select count(*) from passages")[0][0]) == size:
            measure(store, batches)
            return
        if there:
            raise SystemExit(f"{url} holds {there:,} passages: give an empty database")
        bare = took(lambda: bare_copy(store, batches))
        store.put_batch(tables["models"], [(1, Synthetic.model_id)])

        def load() -> None:
            for sources, passages, vectors in batches:
                store.put_batch(tables["sources"], sources)
                store.put_batch(tables["passages"], passages)
                store.put_batch(tables["embeddings"], vectors)

        loaded = took(load)
        built = took(store.copied)
        print(
            f"{size:,} passages: bare COPY {bare:.1f} s, loaded {loaded:.1f} s ({loaded / bare:.2f} times as long), "
            f"HNSW built {built:.1f} s",
            flush=True,
        )
        sql = "select sum(pg_total_relation_size(c.oid))::bigint from pg_class c where relname ~ '^embeddings_[0-9]+$'"
        total = "select pg_database_size(current_database())"
        print(f"bytes per passage: {store._read(total)[0][0] / size:.0f}, vectors {store._read(sql)[0][0] / size:.0f}")
        measure(store, batches)


def bare_copy(store: PostgresStore, batches: Any) -> None:
    """The same rows, words counted beforehand, into tables that have nothing but columns."""
    run = store._connection.execute
    run("create temp table bare_passages (like passages); create temp table bare_sources (like sources)")
    run("create temp table bare_vectors (passage bigint, model bigint, vector halfvec)")
    for sources, passages, vectors in batches:
        with store._connection.cursor().copy("copy bare_sources from stdin") as copy:
            for row in sources:
                copy.write_row([*row, "", 0])
        with store._connection.cursor().copy("copy bare_passages from stdin") as copy:
            for row in passages:
                copy.write_row([*row, _word_vector(counted(row[6])), 18])
        with store._connection.cursor().copy("copy bare_vectors from stdin (format binary)") as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
            for passage, model, half in vectors:
                parts = np.frombuffer(half, np.float16).astype(">f2").tobytes()
                head = (3).to_bytes(2, "big") + (8).to_bytes(4, "big") + passage.to_bytes(8, "big")
                size = (4 + len(parts)).to_bytes(4, "big") + DIM.to_bytes(2, "big") + bytes(2)
                copy.write(head + (8).to_bytes(4, "big") + model.to_bytes(8, "big") + size + parts)
            copy.write(b"\xff\xff")
    run("drop table bare_passages, bare_sources, bare_vectors")


def measure(store: PostgresStore, batches: Any) -> None:
    synthetic, rng = Synthetic(), np.random.default_rng(3)
    keys = np.array([key for _, _, vectors in batches for key, _, _ in vectors], np.int64)
    matrix = np.concatenate(
        [np.frombuffer(b"".join(half for _, _, half in v), np.float16).reshape(-1, DIM) for *_, v in batches]
    ).astype(np.float32)
    queries = synthetic.many(QUERIES, rng)
    exact = [set(keys[np.argsort(-(matrix @ query), kind="stable")[:20]].tolist()) for query in queries]
    for candidates in (40, 100, 200, 400):
        store._connection.execute(f"set hnsw.ef_search = {candidates}")
        store.nearest(Synthetic.model_id, queries[:4], 20)
        times, shares = [], []
        for query, wanted in zip(queries, exact, strict=True):
            found: list[Any] = []
            times.append(took(lambda q=query, f=found: f.extend(store.nearest(Synthetic.model_id, q[None], 20)[0])))  # type: ignore[misc]
            shares.append(len({hit.passage_key for hit in found} & wanted) / 20)
        print(
            f"ef_search {candidates}: recall@20 {np.mean(shares):.3f}, {1000 * statistics.median(times):.1f} ms a query"
        )
    store._connection.execute(f"set hnsw.ef_search = {SEARCH_CANDIDATES}")
    bare = 1000 * statistics.median(took(lambda q=query: bare_query(store, q)) for query in queries)  # type: ignore[misc]
    retriever = Retriever(store, lambda: synthetic, Synthetic.model_id)
    texts = [row[6] for _, passages, _ in batches for row in passages[:1]][:QUERIES]
    claims = [Claim(id=str(n), text=" ".join(text.rstrip(".").split()[3:13])) for n, text in enumerate(texts)]
    retriever.retrieve(claims[:2])
    hybrid = [took(lambda claim=claim: retriever.retrieve([claim])) for claim in claims]  # type: ignore[misc]
    median = 1000 * statistics.median(hybrid)
    times_bare = f"hybrid {median:.1f} ms ({median / bare:.1f} times)"
    print(f"ef_search {SEARCH_CANDIDATES}: bare HNSW query {bare:.1f} ms, {times_bare}")


def bare_query(store: PostgresStore, query: np.ndarray) -> None:
    """The keys of the nearest 20 by the index alone, as plain SQL."""
    asked = "[" + ",".join(f"{part:.7g}" for part in query.tolist()) + "]"
    vector = f"halfvec({len(query)})"
    sql = f"select passage from embeddings where model = 1 order by vector::{vector} <#> %s::{vector} limit 20"
    store._connection.execute(sql, (asked,)).fetchall()  # type: ignore[arg-type]


def parity(url: str, folder: Path) -> int:
    """How many claims of labelled articles get another verdict on the server than in a file."""
    from factcheck import api
    from factcheck.evaluate import keep_articles, read_articles
    from factcheck.stores.migrate import migrate

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "sources.db"
        with open_store(path, create=True) as file:
            claims, _ = keep_articles(file, Path(place), read_articles(folder))
        migrate(str(path), url)
        with open_store(path) as file, open_store(url) as served:
            models = api.Models()
            here, there = (api.run(claims, store, cache=False, models=models).verdicts for store in (file, served))
    differ = [a.claim.text for a, b in zip(here, there, strict=True) if a != b]
    print(f"{len(claims)} claims of {folder}: {len(differ)} verdicts differ", *differ[:5], sep="\n  ")
    return 1 if differ else 0


if __name__ == "__main__":
    if len(sys.argv) > 2 and Path(sys.argv[2]).is_dir():
        sys.exit(parity(sys.argv[1], Path(sys.argv[2])))
    main(sys.argv[1], int(sys.argv[2].replace(",", "")) if len(sys.argv) > 2 else 100_000)
