"""`factcheck doctor`: what is wrong with a store is said in a line, and what can be mended is."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from desks import FERRY, claim_of, keep, put, verdict_of

from factcheck.cli import cli
from factcheck.stores import StoreError, open_store
from factcheck.stores.mending import examine, mend, models
from factcheck.stores.sqlite import MIGRATIONS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "sources.db"
    with open_store(file, create=True) as store:
        for number in range(12):
            put(store, f"ferry-{number}", FERRY.replace("240", str(240 + number)) + " It is blue and white." * 60)
        source = store.source("ferry-1")
        keep(store, [verdict_of(claim_of(f"The ferry {n} was built in 1998.", line=n + 1), source) for n in range(5)])
    return file


def change(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def told(path: Path) -> str:
    return "\n".join(f"{trouble.what}; {trouble.todo}; {trouble.mend}" for trouble in examine(path))


def test_a_sound_store_has_nothing_wrong_and_examining_changes_no_byte(path: Path) -> None:
    before = path.read_bytes()
    assert examine(path) == []
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["sources.db"]


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["delete from sources where id = 'ferry-3'"], "passages of no source"),
        (["insert into embeddings values (999999, 1, x'00000000')"], "vectors of no passage"),
        (["insert into verdicts (key, verdict) values ('k', '{')"], "cached verdicts that cannot be read"),
        (["insert into passages_fts(passages_fts) values ('delete-all')"], "the word index passages_fts does not fit"),
    ],
)
def test_what_can_be_mended_is_named_and_mended(path: Path, statements: list[str], words: str) -> None:
    change(path, *statements)
    assert words in told(path)
    lines: list[str] = []
    mend(path, lines.append)
    assert examine(path) == []
    assert lines


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["update passages set text = 'Another.' where key = 1"], "passages are not the text of their source: ferry-0"),
        (["update snapshots set raw = x'00' where source = 2"], "kept bytes are not those that were read: ferry-1"),
        (
            ["drop trigger ledger_no_update", "update ledger set body = '{}' where number = 1"],
            "the ledger is not whole",
        ),
        (["drop trigger ledger_no_update", "update ledger set time = '2999-01-01T00:00:00+00:00'"], "yet to come"),
        ([f"pragma user_version = {len(MIGRATIONS) + 1}"], "a newer factcheck wrote this store"),
        (["pragma application_id = 7"], "is not a factcheck store"),
    ],
)
def test_what_cannot_be_mended_is_told_with_what_to_do(path: Path, statements: list[str], words: str) -> None:
    change(path, *statements)
    assert words in told(path)
    assert all(trouble.todo for trouble in examine(path) if not trouble.mend)


def test_a_store_that_was_cut_short_is_mended_into_one_that_is_whole_and_the_damaged_one_is_kept(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    assert "damaged" in told(path)
    lines: list[str] = []
    mend(path, lines.append)
    assert examine(path) == []
    assert path.with_name("sources.db.damaged").read_bytes() == whole[: len(whole) * 2 // 3]
    with open_store(path) as store:
        for entry in store.entries():
            source = store.source(entry.id)
            assert source is not None
            assert store.passages(entry.id)


@pytest.mark.parametrize(
    "content", [b"no database at all, only words " * 40, b"", b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_file_that_is_no_store_is_told_in_a_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.db"
    file.write_bytes(content)
    assert told(file).count("\n") == 0
    assert examine(tmp_path / "none.db")[0].what.endswith("there is no store here")
    assert "folder" in examine(tmp_path)[0].what


def test_the_shipped_models_are_those_that_were_shipped() -> None:
    assert models() == []


def test_the_command_says_what_is_wrong_exits_1_and_mends_when_it_is_asked_to(path: Path) -> None:
    run = CliRunner().invoke
    assert run(cli, ["doctor", "--db", str(path)]).output.endswith("nothing is wrong\n")
    change(path, "delete from sources where id = 'ferry-3'")
    found = run(cli, ["doctor", "--db", str(path)])
    assert found.exit_code == 1
    assert "passages of no source" in found.output
    assert "factcheck doctor --fix" in found.output
    mended = run(cli, ["doctor", "--db", str(path), "--fix"])
    assert mended.exit_code == 0, mended.output
    assert "mended: deleted" in mended.output


def test_an_older_program_that_has_the_store_open_writes_nothing_once_a_newer_one_changed_it(path: Path) -> None:
    with open_store(path) as store:
        change(path, f"pragma user_version = {len(MIGRATIONS) + 1}")
        before = path.read_bytes()
        with pytest.raises(StoreError, match="a newer factcheck has changed this store meanwhile"):
            put(store, "late", "The ferry is late.")
        assert path.read_bytes() == before


def test_a_clock_that_goes_back_loses_nothing_and_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Back(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime(2001, 1, 1, tzinfo=tz)

    import factcheck.stores.sql as module

    monkeypatch.setattr(module.dt, "datetime", Back)
    with open_store(path) as store:
        keep(store, [verdict_of(claim_of("The ferry is late.", path="late.md"), store.source("ferry-1"))])
        assert store.check_ledger().problems == ()
        assert [row.text for row in store.board(path="late.md")] == ["The ferry is late."]
    monkeypatch.undo()
    assert "the clock went back" in told(path)
