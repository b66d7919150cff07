"""The store on PostgreSQL: the same contract as the file, the same searches, its errors, replicas and standbys."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from servers import Server, postgres, standby
from test_stores import ARDEN, BRIDGE, StoreContract, put, source_of, verdict_of

from factcheck.domain import Claim, Location
from factcheck.ledger import BoardRow, New
from factcheck.passages import split
from factcheck.stores import Snapshot, Store, StoreError, open_store

_numbers = itertools.count()
DOCS = Path(__file__).parent.parent / "docs" / "scale.md"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres() as running:
        yield running


@pytest.fixture
def url(server: Server) -> str:
    return server.make(f"store{next(_numbers)}")


class TestPostgresStore(StoreContract):
    @pytest.fixture
    def store(self, url: str) -> Iterator[Store]:
        with open_store(url, create=True) as store:
            yield store


TEXTS = [
    "The mill at Arden hired 40 people in May, 1,200 fewer than planned. The mill's owner hired more.",
    "Señora Núñez-Ortega signed; she'd signed before. Signing took 2.5 hours (a record).",
    "The council met. The council left. The Council's mill budget: £3m, e-mail to mill@arden.example!",
    "Tier 1 mills hire. Hiring, hired, hires; the the the mill mill.",
    "ﬁnances of the mill_owner ǅ ԱՐԱ 2024-05-03 don’t “quote” x\u0301y",
]


def test_words_are_cut_and_ranked_as_in_the_file(url: str, tmp_path: Path) -> None:
    with open_store(tmp_path / "sources.db", create=True) as file, open_store(url, create=True) as served:
        for number, text in enumerate(TEXTS):
            for store in (file, served):
                put(store, f"s{number}", text, title=f"Title of mill {number}" if number % 2 else None)
        for query in (
            "mill",
            "the mill hired",
            "signing council budget",
            "2.5 hours 1,200",
            "nunez e-mail",
            "owner don't",
        ):
            for scope in (None, ["s0", "s3"], ["s4"]):
                expected, found = (store.search([query], 9, scope) for store in (file, served))
                assert [hit.passage_key for hit in found] == [hit.passage_key for hit in expected], query
                assert [h.retrieval_score for h in found] == pytest.approx(
                    [h.retrieval_score for h in expected], rel=1e-6
                )
                assert served.search_sources([query], 9, scope) == file.search_sources([query], 9, scope), query
        served.remove_source("s2")
        file.remove_source("s2")
        assert [h.retrieval_score for h in served.search(["mill hired"], 9)] == pytest.approx(
            [h.retrieval_score for h in file.search(["mill hired"], 9)], rel=1e-6
        )


def test_a_large_store_finds_nearly_what_the_exact_search_does(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from factcheck.stores import postgres as postgres_store

    rng = np.random.default_rng(0)
    with open_store(url, create=True) as store:
        for number in range(30):
            text = " ".join(f"Sentence {n} of source {number}." for n in range(10))
            vectors = rng.normal(size=(10, 32)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            store.add_source(source_of(f"s{number}", text), split(text, f"s{number}"), vectors=("m", vectors))
        queries = rng.normal(size=(8, 32)).astype(np.float32)
        queries /= np.linalg.norm(queries, axis=1, keepdims=True)
        most = [f"s{number}" for number in range(30) if number not in (0, 9, 21)]
        exact, exact_of_most = store.nearest("m", queries, 20), store.nearest("m", queries, 20, most)
        words = store.search(["sentence 7"], 20)
        monkeypatch.setattr(postgres_store, "EXACT_UP_TO", 10)
        assert store.nearest("m", queries, 20) == exact  # without an index every vector is compared
        assert store.pack("m") == postgres_store.PARTITIONS
        assert store.pack("m") == 0
        for found, expected in (
            (store.nearest("m", queries, 20), exact),
            (store.nearest("m", queries, 20, most), exact_of_most),
        ):
            same = [len(set(f) & set(e)) / 20 for f, e in zip(found, expected, strict=True)]
            assert sum(same) / len(same) >= 0.95
        assert set(store.search(["sentence 7"], 9)) <= {*words, *store.search(["7"], 99)}
        store.remove_source("s7")
        assert not {hit.passage_key for hits in store.nearest("m", queries, 20) for hit in hits} & set(range(71, 81))


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("postgresql://factcheck@127.0.0.1:1/x", "cannot be reached"),
        ("{server}nowhere", "no such database"),
        ("postgresql://factcheck@127.0.0.1:port/x", "invalid"),
    ],
)
def test_a_server_that_cannot_be_used_is_told_in_one_line(server: Server, address: str, message: str) -> None:
    with pytest.raises(StoreError, match=message) as error:
        open_store(address.format(server=server.url(database="")))
    assert "\n" not in str(error.value)


def test_what_is_not_a_store_is_refused_and_left_alone(server: Server, url: str) -> None:
    import psycopg

    with pytest.raises(StoreError, match="no store here; add a source first"):
        open_store(url)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("create table theirs (a int)")
        with pytest.raises(StoreError, match="not a factcheck store"):
            open_store(url, create=True)
        other.execute("drop table theirs")
        open_store(url, create=True).close()
        other.execute("update factcheck set version = 999")
        with pytest.raises(StoreError, match="newer factcheck"):
            open_store(url)


def test_a_password_is_asked_for_and_never_shown(server: Server, url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("create role guarded login password 'right'")
    rules = server.folder / "pg_hba.conf"
    kept = rules.read_text()
    rules.write_text("host all guarded 127.0.0.1/32 scram-sha-256\n" + kept)
    try:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("select pg_reload_conf()")
        wrong = url.replace("factcheck@", "guarded:secret@")
        with pytest.raises(StoreError, match="refuses this user or password") as error:
            open_store(wrong)
        assert "secret" not in str(error.value)
    finally:
        rules.write_text(kept)


def test_the_roles_of_the_documentation_can_do_what_they_need_and_no_more(url: str) -> None:
    import psycopg

    with open_store(url, create=True) as store, psycopg.connect(url, autocommit=True) as admin:
        put(store, "arden", ARDEN)
        store.append_entries([New(kind="note", subject="s")])
        for sql in ("update ledger set body = '{}'", "delete from ledger", "truncate ledger"):
            with pytest.raises(psycopg.errors.RaiseException, match="only ever appended"):
                admin.execute(sql)
        (schema,) = admin.execute("select current_schema()").fetchone()  # type: ignore[misc]
        roles = re.findall(r"```sql\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[0]
        # All that the documentation has, but for making the database and naming its owner.
        for line in roles.splitlines():
            if line.startswith(("create role factcheck_desk", "create role factcheck_reader", "grant", "revoke")):
                admin.execute(
                    line.partition(";")[0]
                    .replace("schema public", f"schema {schema}")
                    .replace("factcheck_owner", "factcheck")
                )
        with open_store(url.replace("factcheck@", "factcheck_desk@")) as desk:
            put(desk, "bridge", BRIDGE)
            desk.keep_vectors("m", desk.passage_keys("arden"), np.eye(2, 8, dtype=np.float32))
            desk.note("arden", kind="agency")
            desk.record_run("inputs", {"k": verdict_of(Claim(id="c", text="claim"))}, models={})
            desk.append_entries([New(kind="note", subject="s")])
            assert desk.remove_source("bridge")
            assert desk.pack("m") == 0
            with pytest.raises(StoreError, match="permission denied"), desk._writing():  # type: ignore[attr-defined]
                desk._do("delete from ledger", [()])  # type: ignore[attr-defined]
        with open_store(url.replace("factcheck@", "factcheck_reader@")) as frozen:
            assert frozen.read_only
            assert len(frozen.search(["mill"], 3)) == 1
            frozen.keep_outputs({"a": np.zeros(3, np.float32)})
            assert frozen.cached_outputs(["a"]) == {}
            with pytest.raises(StoreError, match="cannot be written"):
                put(frozen, "bridge", BRIDGE)
        for role in ("factcheck_desk", "factcheck_reader"):
            admin.execute(f"drop owned by {role}; drop role {role}")


def test_several_writers_at_once_lose_nothing_and_keep_one_chain(url: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    open_store(url, create=True).close()

    def write(name: str) -> None:
        with open_store(url) as store:
            for number in range(6):
                put(store, f"{name}-{number}", f"Sentence {number} of {name}. It is short.")
                store.keep_outputs({f"{n}": np.zeros(3, np.float32) for n in range(9)})
                store.append_entries([New(kind="note", subject=name)])
                store.record_run(name, {f"{name}{number}": verdict_of(Claim(id="c", text="claim"))}, models={})

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(write, "abc"))
    with open_store(url) as store:
        assert len(store.entries()) == 18
        assert len(store.search(["sentence"], 99)) == 18
        assert store.check_ledger().entries == 18
        assert store.check_ledger().problems == ()
        assert len(store.runs(99)) == 18
        keys = [key for entry in store.entries() for key in store.passage_keys(entry.id)]
        assert keys == sorted(set(keys)), "passages follow each other as their sources do"


def test_a_standby_is_searched_and_when_promoted_nothing_is_lost(server: Server, url: str) -> None:
    with standby(server) as second:
        # Both servers in one address: whichever is the primary is written to.
        both = url.replace(f"127.0.0.1:{server.port}", f"127.0.0.1:{second.port},127.0.0.1:{server.port}")
        try:
            with open_store(both, create=True) as store:
                put(store, "arden", ARDEN)
                _wait_for(second, url)
                with open_store(url, read_db=there(second, url)) as near:
                    put(near, "bridge", BRIDGE)
                    assert len(near.search(["mill", "bridge"], 9)) == 2  # the standby is waited for
                    assert near._caught_up(near._replica)  # type: ignore[attr-defined]
                    entry = near.append_entries([New(kind="note", subject="s")])
                    near.keep_outputs({"a": np.ones(2, np.float32)})
                _wait_for(second, url)
                server.stop(signal.SIGKILL)
                second.promote()
                # The same open store goes on, on the server that is left.
                assert [e.id for e in store.entries()] == ["arden", "bridge"]
                assert store.ledger() == entry
                put(store, "third", "The third source. It is short.")
                assert store.append_entries([New(kind="note", subject="s")])[0].number == 2
                assert store.check_ledger().problems == ()
                assert list(store.cached_outputs(["a"])) == ["a"]
        finally:
            second.stop(signal.SIGKILL)
            server.start()


def there(second: Server, url: str) -> str:
    """The same place on a standby."""
    return second.url() + "?" + url.partition("?")[2]


def _wait_for(second: Server, url: str) -> None:
    """Until the standby has all that was written."""
    import time

    import psycopg

    with psycopg.connect(url, autocommit=True) as first, psycopg.connect(second.url(), autocommit=True) as behind:
        (at,) = first.execute("select pg_current_wal_lsn()").fetchone()  # type: ignore[misc]
        while not behind.execute("select pg_last_wal_replay_lsn() >= %s", (at,)).fetchone()[0]:  # type: ignore[index]
            time.sleep(0.05)


def test_a_replica_that_is_killed_leaves_the_primary_to_answer(server: Server, url: str) -> None:
    with standby(server) as second, open_store(url, create=True) as store:
        put(store, "arden", ARDEN)
        _wait_for(second, url)
        with open_store(url, read_db=there(second, url)) as near:
            assert len(near.search(["mill"], 9)) == 1
            second.stop(signal.SIGKILL)
            assert len(near.search(["mill"], 9)) == 1


def test_a_connection_that_is_lost_while_writing_is_made_again_and_nothing_is_written_twice(url: str) -> None:
    import psycopg

    with open_store(url, create=True) as store, psycopg.connect(url, autocommit=True) as admin:
        put(store, "arden", ARDEN)
        kick = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'factcheck'"
        admin.execute(kick)
        assert len(store.entries()) == 1
        admin.execute(kick)
        put(store, "bridge", BRIDGE)
        # Lost between the last statement and the answer to "commit", which was carried out.
        commit = store._commit  # type: ignore[attr-defined]

        def commit_and_lose() -> None:
            store._commit = commit  # type: ignore[attr-defined]
            commit()

        store._commit = commit_and_lose  # type: ignore[attr-defined]
        store.append_entries([New(kind="note", subject="s")])
        assert len(store.ledger()) == 1
        # Lost before: it is written again.
        alone = store._alone  # type: ignore[attr-defined]

        def lose(what: str) -> None:
            store._alone = alone  # type: ignore[attr-defined]
            alone(what)
            admin.execute(kick)

        store._alone = lose  # type: ignore[attr-defined]
        store.append_entries([New(kind="note", subject="s")])
        assert [entry.number for entry in store.ledger()] == [1, 2]
        assert store.check_ledger().problems == ()


# -- copying a store ------------------------------------------------------------------------------


def full(path: Path) -> Path:
    """A file with something in every table."""
    with open_store(path, create=True) as store:
        for number, text in enumerate((ARDEN, BRIDGE, *TEXTS)):
            source = source_of(f"s{number}", text, title="Mill" if number % 2 else None, published=dt.date(2024, 5, 3))
            passages = split(text, source.id)
            vectors = ("m", np.random.default_rng(number).normal(size=(len(passages), 16)).astype(np.float32))
            snapshot = Snapshot(raw=b"\x00" + text.encode(), headers=(("etag", "x"),), status=200)
            store.add_source(
                source, passages, snapshot, vectors=vectors, signature=b"\x00\xff", uris=[f"https://a/{number}"]
            )
        store.remove_source("s1")  # its keys are not given again
        store.note("s2", kind="agency", superseded_by="s3")
        store.keep_outputs({f"o{number}": np.full(3, number / 3, np.float32) for number in range(12)})
        verdicts = {f"k{n}": verdict_of(Claim(id=f"c{n}", text=f"claim {n}", location=AT)) for n in (2, 1, 3)}
        store.record_run("inputs", verdicts, models={"verdict": "v1"})
        row = BoardRow(
            path="a.md",
            position=0,
            subject="s",
            claim_id="c",
            key="k1",
            line=1,
            state="open",
            text="The mill hired.",
            label="supported",
            rule="FC200",
            confidence=0.1 + 0.2,
            verdict=verdicts["k1"],
        )
        store.append_entries(
            [New(kind="note", subject="s", data={"by": "Ana", "text": "é\x00"})], board=[row], documents={"a.md": "é"}
        )
    return path


AT = Location(path="c.yaml", line=1, column=1, end_line=1, end_column=2)


def test_a_store_is_copied_there_and_back_the_same_and_a_broken_copy_goes_on(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from factcheck.stores import migrate as copying
    from factcheck.stores.postgres import PostgresStore

    path, again = full(tmp_path / "sources.db"), tmp_path / "again.db"
    monkeypatch.setattr(copying, "MOST_ROWS", 3)
    monkeypatch.setattr(copying, "ROWS", {})
    written, put_batch = itertools.count(), PostgresStore.put_batch

    def broken_off(self: PostgresStore, *arguments: object) -> None:
        if next(written) == 9:
            raise KeyboardInterrupt
        put_batch(self, *arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as power_cut:
        power_cut.setattr(PostgresStore, "put_batch", broken_off)
        with pytest.raises(KeyboardInterrupt):
            copying.migrate(str(path), url)
    there = copying.migrate(str(path), url)
    assert 0 < sum(table.new for table in there) < sum(table.rows for table in there)
    assert all(table.rows for table in there), "the test has something in every table"
    back = copying.migrate(url, str(again))
    assert [(t.table, t.rows, t.checksum) for t in there] == [(t.table, t.rows, t.checksum) for t in back]
    assert sum(table.new for table in copying.migrate(str(path), url)) == 0
    with open_store(path) as old, open_store(url) as served, open_store(again) as new:
        for store in (served, new):
            assert store.entries() == old.entries()
            assert store.ledger() == old.ledger()
            assert store.check_ledger() == old.check_ledger()
            assert store.claims() == old.claims()
            assert store.board(words="hir") == old.board(words="hir") != ()
            assert store.board_count(words="mill", state="open") == 1
            assert store.board_paths() == ("a.md",)
            assert store.document("a.md") == "é"
            assert [h.passage_key for h in store.search(["mill"], 9)] == [
                h.passage_key for h in old.search(["mill"], 9)
            ]
            keys, vectors = old.vectors("m")
            assert store.nearest("m", vectors[:4], 9) == old.nearest("m", vectors[:4], 9)
        # The copy goes on by itself: no key is given twice.
        put(served, "later", "A later source. It is short.")
        assert min(served.passage_keys("later")) > max(keys)
    with pytest.raises(StoreError, match="holds something else"):
        copying.migrate(str(path), url)


def test_the_demo_is_searched_alike_in_a_file_and_on_a_server(url: str, tmp_path: Path) -> None:
    from factcheck.claims import load_claims
    from factcheck.models import embedder_id
    from factcheck.stores.migrate import migrate

    root = Path(__file__).parent.parent
    shutil.copy(root / "sources.db", tmp_path)
    migrate(str(tmp_path / "sources.db"), url)
    with open_store(tmp_path / "sources.db") as file, open_store(url) as served:
        assert file.entries() == served.entries()
        for path in sorted((root / "claims").glob("*.yaml")):
            for claim in load_claims(str(path)):
                for scope in (None, [file.entries()[0].id]):
                    by_words, expected = (s.search([claim.text], 30, scope) for s in (served, file))
                    assert [h.passage_key for h in by_words] == [h.passage_key for h in expected], claim.text
                    assert served.search_sources([claim.text], 9, scope) == file.search_sources([claim.text], 9, scope)
        _, vectors = file.vectors(embedder_id())
        assert len(vectors)
        assert served.nearest(embedder_id(), vectors[:20], 30) == file.nearest(embedder_id(), vectors[:20], 30)


def demo(folder: Path, url: str, every: int) -> list[Claim]:
    """The demo's store in a folder and on a server, and some of its claims, asked of all sources.

    A path means one thing beside a file, and another where the command works.
    """
    from factcheck.claims import load_claims
    from factcheck.stores.migrate import migrate

    root = Path(__file__).parent.parent
    shutil.copy(root / "sources.db", folder)
    with open_store(folder / "sources.db") as file:
        for table in ("outputs", "verdicts"):  # what was said of it before, perhaps on another machine
            file._connection.execute(f"delete from {table}")  # type: ignore[attr-defined]
    migrate(str(folder / "sources.db"), url)
    claims = [replace(c, sources=None) for path in (root / "claims").glob("*.yaml") for c in load_claims(str(path))]
    return sorted(claims, key=lambda claim: claim.text)[::every]


class Remembering:
    """The models of a run, which say the same of a pair wherever it is from: half of the work is enough.

    ``then`` is done once, when pairs are judged again.
    """

    def __init__(self) -> None:
        from factcheck import api

        self.models = api.Models()
        self.said: dict[tuple[str, str], np.ndarray] = {}
        self.then: Callable[[], object] = lambda: None
        self._judge = self.models.verdict().judge
        self.models.verdict().judge = self.judge  # type: ignore[method-assign]

    def judge(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        then, self.then = self.then, lambda: None
        then()
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self.said]
        self.said.update(zip(new, self._judge(new), strict=True))
        return np.stack([self.said[pair] for pair in pairs])


def test_the_demo_gets_the_same_verdicts_from_a_file_and_from_a_server(url: str, tmp_path: Path) -> None:
    from factcheck import api

    claims, remembering = demo(tmp_path, url, 2), Remembering()
    with open_store(tmp_path / "sources.db") as file, open_store(url) as served:
        expected = api.run(claims, file, models=remembering.models, cache=False)
        judged = len(remembering.said)
        found = api.run(claims, served, models=remembering.models, cache=False)
    assert len(remembering.said) == judged  # and of the same passages
    assert found.verdicts == expected.verdicts
    assert len({verdict.label for verdict in found.verdicts}) == 3


@pytest.mark.parametrize("lost", ["standby", "primary"])
def test_a_run_is_complete_and_the_same_when_a_server_is_killed_in_the_middle_of_it(
    server: Server, url: str, tmp_path: Path, lost: str
) -> None:
    from factcheck import api

    claims, remembering = demo(tmp_path, url, 5), Remembering()
    with open_store(tmp_path / "sources.db") as file:
        expected = api.run(claims, file, models=remembering.models, cache=False)
    with standby(server) as second:
        _wait_for(second, url)

        def strike() -> None:
            (second if lost == "standby" else server).stop(signal.SIGKILL)
            if lost == "primary":
                second.promote()

        remembering.then = strike
        both = url.replace(f"127.0.0.1:{server.port}", f"127.0.0.1:{second.port},127.0.0.1:{server.port}")
        try:
            with open_store(both, read_db=there(second, url)) as store:
                found = api.run(claims, store, models=remembering.models)
                assert remembering.then is not strike
                assert found.complete
                assert found.verdicts == expected.verdicts
                # It was kept: asked again, no model is needed.
                remembering.said.clear()
                assert api.run(claims, store, models=remembering.models).verdicts == expected.verdicts
                assert not remembering.said
                assert store.check_ledger().problems == ()
        finally:
            second.stop(signal.SIGKILL)
            if lost == "primary":
                server.start()


def test_the_command_works_on_a_server_as_on_a_file(url: str, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from factcheck.cli import cli

    full(tmp_path / "sources.db")

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(cli, list(arguments))
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    copied = run("migrate", str(tmp_path / "sources.db"), url)
    assert "passages" in copied
    for command in (["sources", "list"], ["ledger", "verify"], ["ledger", "list"], ["sources", "show", "s0"]):
        assert run(*command, "--db", url) == run(*command, "--db", str(tmp_path / "sources.db"))
    assert run("sources", "list", "--db", url, "--read-db", url) == run("sources", "list", "--db", url)
    done = CliRunner().invoke(cli, ["sources", "list", "--db", str(tmp_path / "sources.db"), "--read-db", url])
    assert isinstance(done.exception, StoreError)


def test_a_file_is_opened_without_a_thought_of_postgresql(tmp_path: Path) -> None:
    full(tmp_path / "sources.db")
    code = (
        "import sys; from factcheck.cli import cli\n"
        f"cli(['sources', 'list', '--db', {str(tmp_path / 'sources.db')!r}], standalone_mode=False)\n"
        "sys.exit(any(m.split('.')[0] in {'psycopg', 'psycopg_binary', 'ray'} or m.endswith('stores.postgres') "
        "for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_without_psycopg_the_command_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['psycopg'] = None; from factcheck.cli import main; main()"
    command = [sys.executable, "-c", code, "sources", "list", "--db", "postgresql://factcheck@127.0.0.1:1/x"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        'a store on PostgreSQL needs psycopg; install it with: pip install "factcheck[postgres]"'
    ]


def test_an_address_in_the_settings_is_not_taken_for_a_path(tmp_path: Path) -> None:
    from factcheck.config import load_config

    (tmp_path / "factcheck.toml").write_text('db = "postgresql://factcheck@127.0.0.1/desk"\n', encoding="utf-8")
    (tmp_path / "drafts").mkdir()
    assert load_config(tmp_path / "drafts")["db"] == "postgresql://factcheck@127.0.0.1/desk"
