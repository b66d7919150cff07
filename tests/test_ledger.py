"""The ledger: a chain that shows every changed byte, sign-offs that lapse, and commands that honour them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from desks import FERRY, claim_of, desk, keep, put, verdict_of
from hypothesis import given
from hypothesis import strategies as st
from test_cli import REPORT, factcheck

from factcheck import ledger
from factcheck.domain import VerdictLabel
from factcheck.history import diff, find_run
from factcheck.ledger import Conflict, Decision, LedgerError, State
from factcheck.stores import Store, StoreError, open_store

COLUMNS = ["time", "kind", "subject", "ref", "body", "previous", "hash"]
BUILT = "The ferry was built in 1998."


@pytest.fixture
def store(tmp_path: Path):
    with desk(tmp_path / "sources.db") as store:
        yield store


def sign(store: Store, text: str = BUILT, **more):
    row = next(row for row in store.board() if row.text == text)
    row = store.board_row(row.id)
    arguments = {"by": "Ana", "decision": Decision.ACCEPT, "reason": "seen the log book", **more}
    return ledger.sign(store, row.verdict, key=row.key, **arguments)


def stands(store: Store, text: str = BUILT) -> ledger.Standing:
    row = store.board_row(next(row.id for row in store.board() if row.text == text))
    found = ledger.standings(store, [row.verdict])
    return found.get(row.subject, ledger.Standing())


# -- the chain ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    """A ledger with runs, verdicts, sign-offs and a note, in memory, its guards taken off."""
    path = tmp_path_factory.mktemp("ledger") / "sources.db"
    with desk(path) as store:
        sign(store)
        sign(store, "The ferry was built in 1989.", decision=Decision.NEEDS_WORK, reason="ünsure: “1989”?")
        ledger.note(store, claim_of(BUILT, line=3), by="Ben", text="see the yard's list")
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    on_disk = sqlite3.connect(path)
    on_disk.backup(memory)
    on_disk.close()
    for act in ("update", "delete"):
        memory.execute(f"drop trigger ledger_no_{act}")
    return memory


def checked(connection: sqlite3.Connection, head: str | None = None) -> ledger.Chain:
    from factcheck.stores.sqlite import SQLiteStore

    return SQLiteStore(connection, None, read_only=False).check_ledger(head)


def test_a_ledger_that_nobody_touched_is_whole(filled):
    chain = checked(filled)
    assert chain.problems == ()
    assert chain.entries == filled.execute("select count(*) from ledger").fetchone()[0] == 7


@given(st.data())
def test_any_single_changed_byte_of_any_entry_is_detected(filled, data):
    count = filled.execute("select count(*) from ledger").fetchone()[0]
    number = data.draw(st.integers(1, count))
    column = data.draw(st.sampled_from(COLUMNS))
    (raw,) = filled.execute(f"select cast({column} as blob) from ledger where number = ?", (number,)).fetchone()
    at = data.draw(st.integers(0, len(raw) - 1)) if raw else 0
    if not raw:
        changed = bytes([data.draw(st.integers(0, 255))])  # a byte where there was none
    else:
        changed = raw[:at] + bytes([raw[at] ^ data.draw(st.integers(1, 255))]) + raw[at + 1 :]
    filled.execute("begin")
    try:
        filled.execute(f"update ledger set {column} = cast(? as text) where number = ?", (changed, number))
        assert checked(filled).problems
    finally:
        filled.execute("rollback")
    assert not checked(filled).problems


@given(st.data())
def test_an_entry_taken_out_put_in_or_moved_is_detected(filled, data):
    head = checked(filled).head
    count = filled.execute("select count(*) from ledger").fetchone()[0]
    number = data.draw(st.integers(1, count))
    act = data.draw(st.sampled_from(["delete", "renumber", "repeat", "swap"]))
    filled.execute("begin")
    try:
        if act == "delete":
            filled.execute("delete from ledger where number = ?", (number,))
        elif act == "renumber":
            filled.execute("update ledger set number = ? where number = ?", (count + 5, number))
        elif act == "repeat":
            columns = ", ".join(COLUMNS)
            copy = f"insert into ledger (number, {columns}) select ?, {columns} from ledger where number = ?"
            filled.execute(copy, (count + 1, number))
        else:
            other = number % count + 1
            for old, new in ((number, -1), (other, number), (-1, other)):
                filled.execute("update ledger set number = ? where number = ?", (new, old))
        assert checked(filled, head).problems
    finally:
        filled.execute("rollback")


def test_a_tail_that_was_cut_off_is_seen_by_a_head_noted_elsewhere(filled):
    head = checked(filled).head
    filled.execute("begin")
    filled.execute("delete from ledger where number = 7")
    assert not checked(filled).problems, "what is left is a whole chain"
    assert "is missing" in checked(filled, head).problems[0]
    filled.execute("rollback")


def test_the_store_itself_refuses_to_change_an_entry(store):
    connection = sqlite3.connect(store.path)
    for sql in ("update ledger set body = '{}'", "delete from ledger"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever appended"):
            connection.execute(sql)


def test_a_run_like_the_last_one_is_not_recorded_again_and_leaves_every_byte(store):
    ferry = store.source("ferry")
    verdict = verdict_of(claim_of("It carries 240 passengers.", path="b.md"), ferry)
    assert keep(store, [verdict]) == 5
    before = store.path.read_bytes()
    assert keep(store, [verdict]) is None
    assert store.path.read_bytes() == before
    keep(store, [verdict], engine="e2")
    kinds = [entry.kind for entry in store.ledger()]
    assert kinds == ["run", "verdict", "verdict", "verdict", "run", "verdict", "run", "verdict"]


def test_an_entry_of_a_verdict_holds_its_evidence_versions_and_time(store):
    entry = store.ledger(kind="verdict")[1]
    assert entry.data["verdict"]["label"] == "contradicted"
    assert entry.data["verdict"]["evidence"][0]["quote"] == "The ferry was built in 1998."
    assert entry.data["sources"] == [["ferry", store.source("ferry").sha256]]
    assert entry.data["models"] == {"verdict": "m1"}
    assert {"engine", "version"} <= set(entry.data)
    assert entry.when.tzinfo is not None


# -- sign-offs -----------------------------------------------------------------------------------


def test_a_sign_off_says_who_why_and_when_and_stands(store):
    sign(store, evidence=["call with the yard, 12:40"])
    found = stands(store)
    assert found.state is State.SIGNED
    assert found.words.startswith("signed off by Ana on 20")
    assert found.words.endswith(": seen the log book")
    assert found.sign_off.evidence == ("call with the yard, 12:40",)
    assert found.sign_off.sources == (("ferry", store.source("ferry").sha256),)


@pytest.mark.parametrize(
    "changed", ["The ferry was built in 1997.", "The ferry was built in 1998", "the ferry was built in 1998."]
)
def test_a_sign_off_does_not_cover_a_sentence_with_one_other_character(store, changed: str):
    sign(store)
    verdict = verdict_of(claim_of(changed, line=3), store.source("ferry"))
    assert ledger.standings(store, [verdict]) == {}


@given(at=st.integers(0, len(BUILT) - 1), new=st.characters(codec="utf-8"))
def test_one_changed_character_is_another_subject(at: int, new: str):
    changed = BUILT[:at] + new + BUILT[at + 1 :]
    assert (ledger.subject_of(claim_of(changed)) == ledger.subject_of(claim_of(BUILT))) is (changed == BUILT)


def test_the_same_words_in_another_file_or_context_are_not_signed_off_but_another_folder_is(store):
    sign(store)
    ferry = store.source("ferry")
    assert ledger.standings(store, [verdict_of(claim_of(BUILT, path="other.md"), ferry)]) == {}
    assert ledger.standings(store, [verdict_of(claim_of(BUILT, about="the tug"), ferry)]) == {}
    assert ledger.standings(store, [verdict_of(claim_of(BUILT, path="articles/draft.md"), ferry)])


def test_a_sign_off_lapses_when_its_source_changes_or_goes(store):
    sign(store)
    put(store, "ferry-2", FERRY.replace("240", "250"), uri="ferry.txt", supersedes="ferry")
    assert stands(store).state is State.LAPSED
    assert stands(store).why == 'its source "ferry" has changed (now ferry-2)'
    store.remove_source("ferry-2")
    assert stands(store).state is State.SIGNED
    store.remove_source("ferry")
    assert stands(store).why == 'its source "ferry" is gone'


def test_a_source_it_was_not_made_on_ends_it_only_by_changing_the_verdict(store):
    sign(store)
    yard = put(store, "yard", "The ferry was built in 1997. So says the yard.")
    assert stands(store).state is State.SIGNED
    keep(store, [verdict_of(claim_of(BUILT, line=3), yard, VerdictLabel.CONTRADICTED)])
    assert stands(store).why == 'the claim is now contradicted, by a source it was not made on ("yard")'


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"reason": "  "}, "needs a reason"),
        ({"by": ""}, "needs a name"),
        ({"decision": Decision.OVERRIDE}, "an override says"),
        ({"label": VerdictLabel.SUPPORTED}, "an override says"),
        ({"reason": "x" * 2001}, "too long"),
        ({"seconds": 99}, "no sign-off 99"),
    ],
)
def test_a_sign_off_without_what_it_needs_is_refused_and_nothing_is_written(store, wrong, message: str):
    before = store.path.read_bytes()
    with pytest.raises(LedgerError, match=message):
        sign(store, **wrong)
    assert store.path.read_bytes() == before


def test_what_someone_else_recorded_meanwhile_is_not_overwritten(store):
    subject = next(row.subject for row in store.board() if row.text == BUILT)
    seen = store.newest_entry(subject)
    sign(store, seen=seen)
    with pytest.raises(Conflict):
        sign(store, by="Ben", decision=Decision.NEEDS_WORK, seen=seen)
    assert stands(store).sign_off.by == "Ana"
    sign(store, by="Ben", decision=Decision.NEEDS_WORK, seen=store.newest_entry(subject))
    assert stands(store).state is State.NEEDS_WORK


def test_a_second_signature_is_asked_for_and_is_another_persons(store):
    first = sign(store, decision=Decision.OVERRIDE, label=VerdictLabel.SUPPORTED, second_policy="override")
    assert stands(store).state is State.SECOND
    with pytest.raises(LedgerError, match="another person"):
        sign(store, by="ana", seconds=first.number)
    sign(store, by="Ben", seconds=first.number, decision=Decision.ACCEPT)
    assert stands(store).state is State.SIGNED
    assert "by Ana and Ben" in stands(store).words


def test_a_reopened_claim_is_open(store):
    sign(store)
    sign(store, decision=Decision.REOPEN, reason="the yard called back")
    assert stands(store).state is State.OPEN


def test_a_store_that_cannot_be_written_refuses_sign_offs_and_records_no_run(store):
    with open_store(store.path, read_only=True) as frozen:
        with pytest.raises(StoreError, match="cannot be written"):
            sign(frozen)
        assert keep(frozen, [verdict_of(claim_of("Other."), None)]) is None


def test_a_desk_of_a_file_holds_only_what_its_last_whole_run_found(store):
    ferry = store.source("ferry")
    keep(store, [verdict_of(claim_of("It is blue.", line=9), ferry)], whole=False)
    assert len(store.board()) == 4
    keep(store, [verdict_of(claim_of("It is blue.", line=9), ferry)])
    assert [row.text for row in store.board()] == ["It is blue."]


# -- what two runs differ in ------------------------------------------------------------------------


def test_diff_names_the_claim_the_source_the_model_or_the_rule(store):
    ferry = store.source("ferry")
    a, b = claim_of("It is blue.", path="c.md", line=1, id="a"), claim_of("It is red.", path="c.md", line=2, id="b")
    keep(store, [verdict_of(a, ferry), verdict_of(b, ferry)])
    one = find_run(store, "last")
    unsure = VerdictLabel.UNVERIFIED
    keep(store, [verdict_of(a, ferry, unsure), verdict_of(b, ferry)], models="m2")
    keep(store, [verdict_of(a, ferry), verdict_of(b, ferry)], engine="e2")
    put(store, "paint", "The ferry is green now. All of it.")
    reworded = claim_of("It is red, mostly.", path="c.md", line=2, id="b")
    keep(store, [verdict_of(a, ferry, unsure), verdict_of(reworded, ferry, unsure)])
    model, rule, last = find_run(store, "last~2"), find_run(store, "last~1"), find_run(store, "last")
    (changed,) = diff(one, model)
    assert (changed.before, changed.after) == ("supported (FC300)", "unverified (FC301)")
    assert changed.why == ("model: verdict m1 -> m2",)
    assert [w.split(":")[0] for w in diff(model, rule)[0].why] == ["model", "rule"]
    first, second = diff(one, last)
    assert first.why == ("source: paint added",)
    assert second.why == ('claim: it read "It is red."', "source: paint added")
    assert diff(last, last) == []


# -- the commands -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signed")
    (folder / "ferry.md").write_text(REPORT, encoding="utf-8")
    (folder / "draft.md").write_text("The ferry was built in 1989.\n\nIt carries 240 passengers.\n", encoding="utf-8")
    claims = "claims:\n  - text: the ferry was built in 1989\n    id: year\n"
    (folder / "claims.yaml").write_text(claims, encoding="utf-8")
    assert factcheck("sources", "add", "ferry.md", cwd=folder).returncode == 0
    return folder


def test_verify_and_check_honour_a_sign_off_until_the_sentence_or_the_source_changes(folder):
    for command, file in (("verify", "claims.yaml"), ("check", "draft.md")):
        done = factcheck(command, file, cwd=folder)
        assert done.returncode == 1, done.stderr
    for claim in ("year", "The ferry was built in 1989."):
        signed = factcheck("ledger", "sign", claim, "--by", "Ana", "--reason", "the log book", cwd=folder)
        assert signed.returncode == 0, signed.stderr
    for command, file in (("verify", "claims.yaml"), ("check", "draft.md")):
        done = factcheck(command, file, cwd=folder)
        assert done.returncode == 0, done.stdout
        assert "igned off by Ana on 20" in done.stdout
        assert "1 signed off" in done.stdout
        assert factcheck(command, file, "-f", "concise", cwd=folder).stdout == ""
        (row,) = [
            c
            for c in json.loads(factcheck(command, file, "-f", "json", cwd=folder).stdout)["claims"]
            if "signed_off" in c
        ]
        assert row["verdict"] == "contradicted", "the verdict itself is told as it is"

    draft = folder / "draft.md"
    draft.write_text(draft.read_text().replace("in 1989.", "in 1988."), encoding="utf-8")
    assert factcheck("check", "draft.md", cwd=folder).returncode == 1

    draft.write_text(draft.read_text().replace("in 1988.", "in 1998."), encoding="utf-8")
    assert factcheck("check", "draft.md", cwd=folder).returncode == 0
    changes = factcheck("diff", "last~1", "last", cwd=folder)
    assert changes.returncode == 1
    assert changes.stdout.startswith("draft.md:1: contradicted (FC201) -> supported (FC300)")
    assert 'claim: it read "The ferry was built in 1988."' in changes.stdout

    (folder / "ferry.md").write_text(REPORT.replace("240", "241"), encoding="utf-8")
    assert factcheck("sources", "add", "ferry.md", cwd=folder).returncode == 0
    done = factcheck("verify", "claims.yaml", cwd=folder)
    assert done.returncode == 1
    assert 'has lapsed: its source "ferry" has changed (now ferry-2)' in " ".join(done.stdout.split())

    story = factcheck("history", "year", cwd=folder).stdout
    assert [line.split()[3] for line in story.splitlines() if line[:6].strip().isdigit()] == [
        "verdict",
        "sign-off",
        "verdict",
    ]
    assert "now: the sign-off by Ana" in story
    whole = factcheck("ledger", "verify", cwd=folder)
    assert whole.returncode == 0
    assert "whole; head " in whole.stdout


def test_a_claim_that_the_desk_sent_back_is_a_finding_even_if_it_is_supported(folder):
    (folder / "fine.yaml").write_text("claims: [{text: it carries 241 passengers, id: seats}]\n", encoding="utf-8")
    assert factcheck("verify", "fine.yaml", cwd=folder).returncode == 0
    options = ["--by", "Ben", "--decision", "needs-work", "--reason", "they sold a row"]
    assert factcheck("ledger", "sign", "seats", *options, cwd=folder).returncode == 0
    done = factcheck("verify", "fine.yaml", "-f", "concise", cwd=folder)
    assert done.returncode == 1
    assert "error FC111" in done.stdout
    assert "they sold a row" in done.stdout


def test_a_broken_ledger_is_told_entry_by_entry_and_exits_1(tmp_path):
    desk(tmp_path / "sources.db").close()
    connection = sqlite3.connect(tmp_path / "sources.db")
    connection.execute("drop trigger ledger_no_update")
    connection.execute("update ledger set body = replace(body, '1998', '1999') where number = 2")
    connection.commit()
    connection.close()
    done = factcheck("ledger", "verify", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == "entry 2: its content is not what was written\n"
    assert "NOT whole" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["history", "no such thing"], 'no claim in the ledger says "no such thing"'),
        (["history", "The ferry was"], "2 claims say so"),
        (["diff", "last", "last~9"], "last~9: the ledger holds 1 runs"),
        (["diff", "2", "3"], "2: there is no such run"),
        (["ledger", "sign", "The ferry was built in 1998.", "--by", "A", "--reason", " "], "needs a reason"),
    ],
)
def test_what_cannot_be_found_or_recorded_is_one_line_and_exit_2(arguments, message: str, tmp_path):
    desk(tmp_path / "sources.db").close()
    done = factcheck(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
