"""The Store contract, met by every store, and what is particular to the SQLite one."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from factcheck.domain import (
    Claim,
    Location,
    Mention,
    Quote,
    Reason,
    Slot,
    SlotFinding,
    SlotKind,
    SlotState,
    Source,
    Stance,
    Verdict,
    VerdictLabel,
)
from factcheck.passages import split
from factcheck.stores import Hit, Snapshot, Store, StoreError, open_store
from factcheck.stores import sqlite as sqlite_store

ARDEN = "The mill at Arden hired 40 people in May. Its owner, Bolt, was founded in Bogotá in 1974."
BRIDGE = "The old bridge is shut. Engineers signed the order on Monday."


def source_of(id_: str, text: str, **about: object) -> Source:
    import hashlib

    return Source(
        id=id_,
        uri=f"texts/{id_}.txt",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        **about,  # type: ignore[arg-type]
    )


def put(store: Store, id_: str, text: str, **about: object) -> Source:
    source = source_of(id_, text, **about)
    store.add_source(source, split(text, id_))
    return source


def verdict_of(claim: Claim) -> Verdict:
    return Verdict(
        claim=claim,
        label=VerdictLabel.CONTRADICTED,
        reason=Reason.REFUTED,
        rule="FC202",
        confidence=0.1 + 0.2,
        explanation="The source says 40.",
        evidence=(
            Quote(
                source_id="arden",
                uri="texts/arden.txt",
                title=None,
                published=dt.date(2024, 5, 3),
                stance=Stance.REFUTES,
                quote="The mill",
                start=0,
                end=8,
                confidence=0.9,
                marks=((0, 3),),
            ),
        ),
        slots=(
            SlotFinding(
                slot=Slot(kind=SlotKind.COUNT, text="50", start=0, end=2, value=50, fills="people"),
                state=SlotState.CONFLICTING,
                rule="FC203",
                confidence=0.5,
                start=19,
                end=21,
            ),
        ),
    )


class StoreContract:
    """What every store does. A store's own test class inherits it and gives the ``store`` fixture."""

    def test_a_source_comes_back_as_it_went_in(self, store: Store) -> None:
        source = source_of(
            "arden",
            ARDEN,
            title="Mill hires",
            publisher="Arden Post",
            author="A. Ruiz",
            published=dt.date(2024, 5, 3),
            modified=dt.date(2024, 5, 4),
            fetched=dt.datetime(2024, 6, 1, 12, 30, tzinfo=dt.UTC),
            media_type="text/html",
        )
        first, second = split(ARDEN, "arden")
        first = replace(
            first, mentions=(Mention(text="Arden", start=12, end=17, label="PLACE"),), structure={"a": [1, "x"]}
        )
        snapshot = Snapshot(
            raw=b"\x00<p>", headers=(("etag", '"x"'),), status=200, final_uri="https://a.example/", hops=("b",)
        )

        store.add_source(source, [first, second], snapshot)

        assert store.source("arden") == source
        assert store.passages("arden") == (first, second)
        assert store.snapshot("arden") == snapshot
        (entry,) = store.entries()
        assert (entry.id, entry.title, entry.published, entry.passages, entry.characters) == (
            "arden",
            "Mill hires",
            dt.date(2024, 5, 3),
            2,
            len(ARDEN),
        )

    def test_what_is_not_there_is_none_or_empty(self, store: Store) -> None:
        assert store.source("x") is None
        assert store.passages("x") == ()
        assert store.snapshot("x") is None
        assert store.entries() == ()
        assert store.remove_source("x") is False
        assert store.search(["mill"], 5) == ()
        assert store.cached_verdicts(["k"]) == {} == store.cached_outputs(["k"])

    def test_sources_are_listed_oldest_first(self, store: Store) -> None:
        for id_ in ("b", "c", "a"):
            put(store, id_, f"Text of {id_}.")
        assert [entry.id for entry in store.entries()] == ["b", "c", "a"]

    def test_an_id_or_bytes_already_held_are_refused_and_nothing_is_kept(self, store: Store) -> None:
        put(store, "arden", ARDEN)
        with pytest.raises(StoreError):
            store.add_source(replace(source_of("other", ARDEN)), split(ARDEN, "other"))
        with pytest.raises(StoreError):
            put(store, "arden", BRIDGE)
        assert [entry.id for entry in store.entries()] == ["arden"]
        assert len(store.search(["mill", "bridge"], 9)) == 1

    def test_a_passage_that_is_not_the_text_at_its_offsets_is_refused(self, store: Store) -> None:
        source = source_of("arden", ARDEN)
        wrong = [replace(p, start=p.start + 1) for p in split(ARDEN, "arden")]
        with pytest.raises(ValueError, match="not the text"):
            store.add_source(source, wrong)
        assert store.entries() == ()

    def test_a_removed_source_is_found_no_more(self, store: Store) -> None:
        put(store, "arden", ARDEN)
        put(store, "bridge", BRIDGE)
        store.keep_vectors("m", [hit.passage_key for hit in store.search(["mill"], 1)], np.ones((1, 4), np.float32) / 2)
        assert store.remove_source("arden") is True
        assert store.source("arden") is None
        assert store.search(["mill"], 5) == ()
        assert len(store.vectors("m")[0]) == 0
        assert [entry.id for entry in store.entries()] == ["bridge"]

    def test_removing_the_newer_snapshot_makes_the_older_current_again(self, store: Store) -> None:
        put(store, "old", ARDEN)
        store.add_source(source_of("new", BRIDGE), split(BRIDGE, "new"), supersedes="old")
        assert [entry.superseded_by for entry in store.entries()] == ["new", None]
        store.remove_source("new")
        assert [entry.superseded_by for entry in store.entries()] == [None]

    def test_words_are_found_by_stem_and_without_accents(self, store: Store) -> None:
        put(store, "arden", ARDEN)
        put(store, "bridge", BRIDGE)

        def found(*words: str) -> list[str]:
            hits = store.search(words, 5)
            passages = store.passages_by_key([hit.passage_key for hit in hits])
            return [passages[hit.passage_key].id for hit in hits]

        assert found("signing") == ["bridge:1"]
        assert found("bogota") == ["arden:1"]
        assert found("hires people") == ["arden:0"]

    def test_search_keeps_to_the_sources_asked_for(self, store: Store) -> None:
        put(store, "arden", ARDEN)
        put(store, "bridge", BRIDGE)
        everywhere = store.search(["the"], 9)
        assert len(everywhere) == 3
        assert len(store.search(["the"], 9, ["bridge"])) == 2
        assert store.search(["the"], 9, []) == ()
        assert store.search(["the"], 9, ["nowhere"]) == ()

    @pytest.mark.parametrize(
        "query", ['"', "a OR", "NEAR(", "text:mill", "*", "mill NOT hired", "\x00", "'; drop table sources", "-"]
    )
    def test_a_query_is_words_and_never_syntax(self, store: Store, query: str) -> None:
        put(store, "arden", ARDEN)
        assert len(store.search([query], 5)) <= 2
        assert len(store.entries()) == 1

    def test_vectors_come_back_in_source_order_and_within_scope(self, store: Store) -> None:
        put(store, "bridge", BRIDGE)
        put(store, "arden", ARDEN)
        assert store.missing_vectors("m") == ("bridge", "arden")
        keys = [hit.passage_key for hit in store.search(["the", "its", "engineers"], 9)]
        matrix = np.eye(8, dtype=np.float32)[: len(keys)]
        store.keep_vectors("m", keys, matrix)

        got_keys, got = store.vectors("m")
        ids = [store.passages_by_key([int(key)])[int(key)].id for key in got_keys]
        assert ids == ["bridge:0", "bridge:1", "arden:0", "arden:1"]
        for key, row in zip(got_keys, got, strict=True):
            assert np.array_equal(row, matrix[keys.index(int(key))])
        assert got.dtype == np.float32
        assert len(store.vectors("m", ["arden"])[0]) == 2
        assert len(store.vectors("another model")[0]) == 0
        assert store.missing_vectors("m") == ()

    def test_whole_sources_are_found_by_title_and_text(self, store: Store) -> None:
        put(store, "arden", ARDEN, title="Mill")
        put(store, "bridge", BRIDGE, title="Bridges")
        assert store.search_sources(["bridge"], 5) == ("bridge",)
        assert store.search_sources(["mills engineers"], 5) == ("arden", "bridge")
        assert store.search_sources(["mills engineers"], 5, ["bridge"]) == ("bridge",)
        store.remove_source("bridge")
        assert store.search_sources(["bridge"], 5) == ()

    def test_the_nearest_passages_are_the_exactly_nearest(self, store: Store) -> None:
        put(store, "arden", ARDEN)
        put(store, "bridge", BRIDGE)
        keys = [*store.passage_keys("arden"), *store.passage_keys("bridge")]
        store.keep_vectors("m", keys, np.eye(4, dtype=np.float32))
        queries = np.array([[0.1, 0.9, 0, 0], [0, 0, 0.6, 0.8]], np.float32)
        first, second = store.nearest("m", queries, 2)
        assert [(hit.passage_key, hit.retrieval_score) for hit in first] == [(keys[1], 0.9), (keys[0], 0.1)]
        assert [hit.passage_key for hit in second] == [keys[3], keys[2]]
        (within,) = store.nearest("m", queries[:1], 5, ["bridge"])
        assert [hit.passage_key for hit in within] == keys[2:]
        assert set(store.vectors_by_key("m", keys[:2])) == set(keys[:2])

    def test_sources_are_found_by_id_bytes_and_any_address_as_they_are_listed(self, store: Store) -> None:
        source = source_of("arden", ARDEN)
        store.add_source(source, split(ARDEN, "arden"), uris=["https://a.example/", source.uri], signature=b"12345678")
        put(store, "bridge", BRIDGE)
        store.add_source(source_of("copy", ARDEN + " Again."), (), copy_of="arden")
        arden, bridge, copy = store.entries()
        assert arden.uris == (source.uri, "https://a.example/")
        assert store.signatures() == {"arden": b"12345678"}
        assert (arden.copy_of, copy.copy_of) == (None, "arden")
        assert store.find_sources(uris=["https://a.example/"]) == (arden,)
        assert store.find_sources(ids=["copy", "nobody"], hashes=[bridge.sha256]) == (bridge, copy)
        assert store.find_sources() == ()

    def test_a_listing_follows_every_change(self, store: Store) -> None:
        put(store, "arden", ARDEN)
        assert [entry.id for entry in store.entries()] == ["arden"]
        put(store, "bridge", BRIDGE)
        store.note("arden", kind="agency")
        assert [(entry.id, entry.kind) for entry in store.entries()] == [("arden", "agency"), ("bridge", None)]
        store.remove_source("arden")
        assert [entry.id for entry in store.entries()] == ["bridge"]

    def test_annotations_can_be_replaced_and_text_cannot(self, store: Store) -> None:
        put(store, "arden", ARDEN)
        first, second = store.passages("arden")
        noted = replace(
            first, mentions=(Mention(text="Arden", start=12, end=17, label="PLACE"),), structure={"v": "hire"}
        )
        store.annotate([noted, replace(second, text="Other words.")])
        assert store.passages("arden") == (noted, second)

    def test_a_verdict_comes_back_as_it_went_in(self, store: Store) -> None:
        claim = Claim(
            id="jobs",
            text="50 people",
            about="Arden",
            as_of=dt.date(2024, 6, 1),
            sources=("arden",),
            expect=VerdictLabel.CONTRADICTED,
            location=Location(path="claims.yaml", line=3, column=5, end_line=3, end_column=14),
        )
        store.keep_verdicts({"k": verdict_of(claim)})
        assert store.cached_verdicts(["k", "missing"]) == {"k": verdict_of(claim)}

    def test_model_outputs_come_back_exactly(self, store: Store) -> None:
        outputs = {"a": np.array([0.1, 0.2, 0.7], np.float32), "b": np.array([1 / 3], np.float32)}
        store.keep_outputs(outputs)
        got = store.cached_outputs(["a", "b", "c"])
        assert got.keys() == outputs.keys()
        assert all(np.array_equal(got[key], outputs[key]) for key in outputs)

    def test_a_run_keeps_its_claims_and_verdicts_in_order(self, store: Store) -> None:
        verdicts = {f"k{n}": verdict_of(Claim(id=f"c{n}", text=f"claim {n}")) for n in (2, 1, 3)}
        store.record_run("inputs", verdicts, models={"verdict": "v1"})
        (run,) = store.runs()
        assert (run.inputs, run.models, run.complete, run.claims) == ("inputs", {"verdict": "v1"}, True, 3)
        assert [claim.id for claim in store.claims()] == ["c2", "c1", "c3"]
        assert store.cached_verdicts(list(verdicts)) == verdicts

    def test_repeating_a_run_records_nothing_and_changing_it_does(self, store: Store) -> None:
        verdicts = {"k": verdict_of(Claim(id="c", text="claim"))}
        store.record_run("inputs", verdicts, models={})
        store.record_run("inputs", verdicts, models={})
        assert len(store.runs()) == 1
        store.record_run("inputs", verdicts, models={}, complete=False)
        store.record_run("other inputs", verdicts, models={})
        assert [run.id for run in store.runs()] == [3, 2, 1]


class TestSQLiteStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        with sqlite_store.SQLiteStore.open(tmp_path / "sources.db", create=True) as store:
            yield store


def filled(path: Path) -> Path:
    with sqlite_store.SQLiteStore.open(path, create=True) as store:
        put(store, "arden", ARDEN)
        store.record_run("inputs", {"k": verdict_of(Claim(id="c", text="claim"))}, models={})
    return path


def test_reading_changes_no_byte_and_leaves_no_file_beside_the_store(tmp_path: Path) -> None:
    path = filled(tmp_path / "sources.db")
    before, modified = path.read_bytes(), path.stat().st_mtime_ns
    store = open_store(path)
    assert store.search(["mill"], 3)
    assert store.cached_verdicts(["k"])
    store.record_run("inputs", {"k": verdict_of(Claim(id="c", text="claim"))}, models={})
    assert sorted(tmp_path.iterdir()) == [path]
    store.close()
    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == modified
    assert sorted(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_store_opened_read_only_answers_keeps_no_cache_and_refuses_sources(tmp_path: Path, journal: str) -> None:
    path = filled(tmp_path / "sources.db")
    connection = sqlite3.connect(path)
    connection.execute(f"pragma journal_mode = {journal}")
    connection.close()
    before = path.read_bytes()
    store = open_store(path, read_only=True)
    assert store.read_only
    assert len(store.search(["mill"], 3)) == 1
    store.keep_outputs({"a": np.zeros(3, np.float32)})
    store.record_run("other", {}, models={})
    assert len(store.runs()) == 1
    with pytest.raises(StoreError, match="cannot be written"):
        put(store, "bridge", BRIDGE)
    store.close()
    assert path.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_store_in_a_folder_that_cannot_be_written_is_opened_read_only(tmp_path: Path) -> None:
    path = filled(tmp_path / "sources.db")
    tmp_path.chmod(0o500)
    try:
        with sqlite_store.SQLiteStore.open(path) as store:
            assert store.read_only
            assert store.entries()
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda path: None, "no store here"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.write_text("claims: [one]\n" * 99), "not a SQLite file"),
        (lambda path: sqlite3.connect(path).execute("create table t (a)"), "not a factcheck store"),
    ],
)
def test_what_is_not_a_store_is_refused_in_one_line(tmp_path: Path, prepare: object, message: str) -> None:
    path = tmp_path / "sources.db"
    prepare(path)  # type: ignore[operator]
    with pytest.raises(StoreError, match=message) as error:
        open_store(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = filled(tmp_path / "sources.db")
    connection = sqlite3.connect(path)
    connection.execute("pragma user_version = 999")
    connection.close()
    with pytest.raises(StoreError, match="newer factcheck"):
        open_store(path)


def test_a_damaged_store_is_refused_in_one_line(tmp_path: Path) -> None:
    path = filled(tmp_path / "sources.db")
    raw = bytearray(path.read_bytes())
    raw[100:4096] = b"\xff" * 3996
    path.write_bytes(raw)
    with pytest.raises(StoreError, match="damaged"):
        open_store(path).entries()


def test_migrations_are_applied_in_order_once_and_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path / "sources.db")

    def second(db: object) -> None:
        db["notes"].create({"source": int, "note": str}, pk="source")  # type: ignore[index]

    def third_fails(db: object) -> None:
        db["half"].create({"a": int})  # type: ignore[index]
        raise sqlite3.OperationalError("disk full")

    released = sqlite_store.MIGRATIONS
    monkeypatch.setattr(sqlite_store, "MIGRATIONS", (*released, second, third_fails))
    with pytest.raises(StoreError, match="disk is full"):
        open_store(path)
    connection = sqlite3.connect(path)
    assert connection.execute("pragma user_version").fetchone()[0] == len(released)
    assert not connection.execute("select 1 from sqlite_master where name in ('half', 'notes')").fetchall()
    connection.close()

    monkeypatch.setattr(sqlite_store, "MIGRATIONS", (*released, second))
    with sqlite_store.SQLiteStore.open(path, read_only=True) as store:
        assert store.entries()
        assert store._read("select count(*) from notes") == [(0,)]
    with sqlite_store.SQLiteStore.open(path) as store:
        assert store.source("arden") is not None
    connection = sqlite3.connect(path)
    assert connection.execute("pragma user_version").fetchone()[0] == len(released) + 1


def test_a_large_store_gives_the_same_nearest_passages_packed_half_packed_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    with sqlite_store.SQLiteStore.open(tmp_path / "sources.db", create=True) as store:
        for number in range(30):
            id_ = f"s{number}"
            text = " ".join(f"Sentence {n} of source {number}." for n in range(10))
            vectors = rng.normal(size=(10, 32)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            store.add_source(source_of(id_, text), split(text, id_), vectors=("m", vectors))
        queries = rng.normal(size=(8, 32)).astype(np.float32)
        queries /= np.linalg.norm(queries, axis=1, keepdims=True)
        exact = store.nearest("m", queries, 20)

        def keys(found: tuple[tuple[Hit, ...], ...]) -> list[list[int]]:
            return [[hit.passage_key for hit in hits] for hits in found]

        most = [f"s{number}" for number in range(30) if number not in (0, 9, 21)]
        exact_of_most = store.nearest("m", queries, 20, most)
        exact_of_one = store.nearest("m", queries, 20, ["s4"])

        monkeypatch.setattr(sqlite_store, "EXACT_UP_TO", 10)
        monkeypatch.setattr(sqlite_store, "SEGMENT", 64)
        monkeypatch.setattr(sqlite_store, "QUERIES", 3)
        store._kept.clear()
        again = store.nearest("m", queries, 20)
        assert keys(again) == keys(exact)
        for hits, expected in zip(again, exact, strict=True):
            assert [h.retrieval_score for h in hits] == pytest.approx([h.retrieval_score for h in expected], abs=2e-5)
        assert store.pack("m") == 4
        assert keys(store.nearest("m", queries, 20)) == keys(exact)
        assert store.pack("m") == 0
        assert keys(store.nearest("m", queries, 20, most)) == keys(exact_of_most)
        assert store.nearest("m", queries, 20, ["s4"]) == exact_of_one
        assert store.nearest("other", queries, 20) == ((),) * 8
        assert store.missing_vectors("m") == ()

        packed = store._segments("m")
        store.keep_outputs({"claim": queries[0]})
        assert store._segments("m") is packed  # what is kept of one claim does not have the next read them again

        store.remove_source("s7")
        left = [[key for key in found if not 70 < key <= 80] for found in keys(exact)]
        for found in (
            keys(store.nearest("m", queries, 20)),
            (store.pack("m"), keys(store.nearest("m", queries, 20)))[1],
        ):
            assert [row[: len(rest)] for row, rest in zip(found, left, strict=True)] == left


@pytest.mark.parametrize("limit", [1, 7, 60])
def test_a_large_store_gives_the_same_passages_by_words_whatever_the_scope(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    with sqlite_store.SQLiteStore.open(tmp_path / "sources.db", create=True) as store:
        for number in range(40):
            put(store, f"s{number}", f"The mill of town {number % 7} hired. It hired {number} people at the mill.")
        for scope in (["s3"], ["s39", "s0"], [f"s{n}" for n in range(40) if n not in (3, 7)], ["s1", "s2", "nobody"]):
            expected = store.search(["mill 3 town people"], limit, scope)
            with monkeypatch.context() as large:
                large.setattr(sqlite_store, "EXACT_UP_TO", 10)
                large.setattr(sqlite_store, "COMMON", {"passages": 1.0, "sources": 1.0})
                assert store.search(["mill 3 town people"], limit, scope) == expected
            assert expected


def test_very_common_words_are_left_aside_in_a_large_store_and_rare_ones_still_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_store.SQLiteStore.open(tmp_path / "sources.db", create=True) as store:
        for number in range(40):
            put(store, f"s{number}", f"The council met on day {number}. The council left.")
        before = store.search(["council 17"], 3)
        monkeypatch.setattr(sqlite_store, "EXACT_UP_TO", 10)
        after = store.search(["council 17"], 3)
        assert after[0].passage_key == before[0].passage_key
        assert len(after) == 1
        assert len(store.search(["council"], 99)) == 80


def _adds(path: Path, name: str, count: int) -> None:
    for number in range(count):
        with sqlite_store.SQLiteStore.open(path, create=True) as store:
            put(store, f"{name}-{number}", f"Sentence {number} of {name}. It is short.")
            store.keep_outputs({f"{name}{number}": np.zeros(3, np.float32)})


def test_several_processes_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "sources.db"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_adds, args=(path, name, 8)) for name in ("a", "b", "c")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    with sqlite_store.SQLiteStore.open(path) as store:
        assert len(store.entries()) == 24
        assert len(store.search(["sentence"], 99)) == 24
