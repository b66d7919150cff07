"""The real command, run as people and CI run it: what it prints, where, and with which exit code."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("FACTCHECK_")}
ENVIRONMENT |= {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
REPORT = """\
---
title: Harbour ferry returns
date: 2022-05-03
publisher: Test Wire
---

PORTSEA, 3 May 2022 - The harbour ferry returned to service on Tuesday after a two-year pause, the port authority said.

The ferry was built in 1998. It carries 240 passengers and is operated by Blue Line.
"""


def factcheck(
    *arguments: str, cwd: Path, stdin: str | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "factcheck", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        env={**ENVIRONMENT, **(env or {})},
    )


def counting_models(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """As ``factcheck``; the last line of stderr names each model that was loaded, once for each time."""
    code = (
        "import sys\nfrom factcheck import inference\nfrom factcheck.cli import main\n"
        "begin, loaded = inference._Network.__init__, []\n"
        "def counted(self, folder, **options):\n    loaded.append(folder.name)\n    begin(self, folder, **options)\n"
        "inference._Network.__init__ = counted\n"
        "try:\n    main()\n"
        "finally:\n    print(*sorted(loaded), *sorted({'torch', 'spacy'} & set(sys.modules)), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=ENVIRONMENT, timeout=300)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a source in a store, and claims on it, already verified once."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "ferry.md").write_text(REPORT, encoding="utf-8")
    added = factcheck("sources", "add", "ferry.md", cwd=folder)
    assert added.returncode == 0, added.stderr
    return folder


def claims(folder: Path, text: str, name: str = "claims.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_help_names_every_command_and_the_exit_codes(tmp_path):
    done = factcheck("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Exit codes: 0 nothing to fix, 1 findings, 2 could not run" in " ".join(done.stdout.split())
    for command in ("verify", "sources", "rule", "eval"):
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize("command", ["verify", "sources add", "sources list", "sources show", "sources remove", "rule"])
def test_every_command_explains_itself(command: str, tmp_path):
    done = factcheck(*command.split(), "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: factcheck {command}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify", "nope.yaml"], "nope.yaml: there is no such file; check the path"),
        (["verify", "."], ".: this is a folder; name the files: ./*.yaml"),
        (["rule", "FC999"], 'there is no rule "FC999"; list them with: factcheck rule'),
        (["sources", "list", "--db", "nope.db"], "nope.db"),
        (["sources", "add", "nope.md"], "nope.md"),
    ],
)
def test_what_cannot_be_done_is_one_line_on_stderr_and_exit_2(arguments: list[str], message: str, tmp_path):
    done = factcheck(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_working_folder_that_is_gone_is_one_line(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f'rmdir "{gone}"; "{sys.executable}" -m factcheck verify claims.yaml'
    done = subprocess.run(["sh", "-c", command], cwd=gone, capture_output=True, text=True, env=ENVIRONMENT, timeout=60)

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == ("the working folder is gone: change into one that exists, and run it again")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [["verify"], ["frobnicate"], ["verify", "--format", "pdf", "x"], ["sources", "add"]]
)
def test_wrong_usage_exits_2(arguments: list[str], tmp_path):
    done = factcheck(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_mistakes_of_all_files_are_shown_and_nothing_is_checked(folder):
    claims(folder, "claims:\n  - 1\n", "a.yaml")
    claims(folder, "claim: x\n", "b.yaml")
    done = factcheck("verify", "a.yaml", "b.yaml", cwd=folder)
    assert done.returncode == 2
    assert done.stdout == ""
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == ["a.yaml:2:5", "b.yaml:1:1", "b.yaml:1:1"]


def test_hostile_words_in_an_error_do_not_reach_the_terminal(folder):
    claims(folder, 'claims: [a]\n"\\e[31mred\\u202e": 1\n', "hostile.yaml")
    done = factcheck("verify", "hostile.yaml", cwd=folder)
    assert done.returncode == 2
    assert "\\x1b[31mred\\u202e" in done.stderr
    assert "\x1b" not in done.stderr


def test_supported_contradicted_and_unverified_claims_on_a_real_store(folder):
    claims(
        folder,
        "about: the harbour ferry\nclaims:\n  - The ferry was built in 1998.\n"
        "  - The ferry was built in 1989.\n  - The ferry has a swimming pool.\n",
    )
    done = factcheck("verify", "claims.yaml", "--format", "json", cwd=folder)
    document = json.loads(done.stdout)
    assert [claim["verdict"] for claim in document["claims"]] == ["supported", "contradicted", "unverified"]
    assert done.returncode == 1
    source = factcheck("sources", "show", document["claims"][0]["evidence"][0]["source_id"], cwd=folder).stdout
    for claim in document["claims"][:2]:
        assert "1998" in claim["evidence"][0]["quote"]
        assert claim["evidence"][0]["quote"] in " ".join(source.split())
        assert claim["evidence"][0]["published"] == "2022-05-03"
    again = factcheck("verify", "claims.yaml", "--format", "json", cwd=folder)
    assert again.stdout == done.stdout
    anew = factcheck("verify", "claims.yaml", "--format", "json", "--no-cache", cwd=folder)
    assert anew.stdout == done.stdout


@pytest.mark.parametrize(
    ("text", "fail_on", "code"),
    [
        ("The ferry was built in 1998.", "unverified", 0),
        ("The ferry was built in 1989.", "contradicted", 1),
        ("The ferry was built in 1989.", "never", 0),
        ("The ferry has a swimming pool.", "contradicted", 0),
        ("The ferry has a swimming pool.", "unverified", 1),
    ],
)
def test_exit_codes_follow_fail_on(folder, text: str, fail_on: str, code: int):
    claims(folder, f"claims: ['{text}']\n", "one.yaml")
    done = factcheck("verify", "one.yaml", "--fail-on", fail_on, cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    assert text in done.stdout
    assert done.stderr == ""


def test_a_claims_file_of_expectations_is_a_test(folder):
    claims(folder, "claims:\n  - {text: The ferry was built in 1989., expect: contradicted}\n", "met.yaml")
    claims(folder, "claims:\n  - {text: The ferry was built in 1989., expect: supported}\n", "unmet.yaml")
    assert factcheck("verify", "met.yaml", cwd=folder).returncode == 0
    unmet = factcheck("verify", "unmet.yaml", cwd=folder)
    assert unmet.returncode == 1
    assert "EXPECTED supported" in unmet.stdout


def test_a_file_s_own_sources_are_added_and_offline_they_are_missing(folder):
    (folder / "crew.txt").write_text("The ferry has a crew of nine. It sails every hour.\n", encoding="utf-8")
    claims(folder, "sources: [crew.txt]\nclaims: [The ferry has a crew of nine.]\n", "own.yaml")
    offline = factcheck("verify", "own.yaml", "--offline", cwd=folder)
    assert offline.returncode == 2
    assert "FC307" in offline.stdout
    assert "the run is not complete" in offline.stdout
    online = factcheck("verify", "own.yaml", cwd=folder)
    assert online.returncode == 0
    assert "crew.txt" in online.stdout
    assert factcheck("verify", "own.yaml", "--offline", cwd=folder).returncode == 0


def test_claims_come_from_standard_input_too(folder):
    done = factcheck("verify", "-", "-f", "json", cwd=folder, stdin="claims: [The ferry was built in 1998.]\n")
    assert done.returncode == 0
    assert json.loads(done.stdout)["claims"][0]["location"]["path"] == "<stdin>"


def test_the_report_can_go_to_a_file(folder):
    claims(folder, "claims: [The ferry was built in 1998.]\n", "one.yaml")
    done = factcheck("verify", "one.yaml", "-o", "report.json", "-f", "json", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["schema"] == "factcheck.report/1"
    lost = factcheck("verify", "one.yaml", "-o", "no/such/report.json", cwd=folder)
    assert lost.returncode == 2
    assert lost.stderr.startswith("no/such/report.json: cannot write the report: ")


def test_sources_are_added_once_listed_shown_and_removed(tmp_path):
    (tmp_path / "ferry.md").write_text(REPORT, encoding="utf-8")
    assert factcheck("sources", "add", "ferry.md", cwd=tmp_path).stdout.startswith("added")
    before = (tmp_path / "sources.db").read_bytes()
    assert factcheck("sources", "add", "ferry.md", cwd=tmp_path).stdout.startswith("unchanged")
    assert (tmp_path / "sources.db").read_bytes() == before
    (row,) = json.loads(factcheck("sources", "list", "-f", "json", cwd=tmp_path).stdout)
    assert (row["title"], row["publisher"], row["published"]) == ("Harbour ferry returns", "Test Wire", "2022-05-03")
    assert row["id"] in factcheck("sources", "list", cwd=tmp_path).stdout
    shown = factcheck("sources", "show", row["id"], cwd=tmp_path).stdout
    assert "It carries 240 passengers" in shown
    assert factcheck("sources", "remove", row["id"], cwd=tmp_path).stdout == f"removed {row['id']}\n"
    assert factcheck("sources", "remove", row["id"], cwd=tmp_path).returncode == 2
    assert json.loads(factcheck("sources", "list", "-f", "json", cwd=tmp_path).stdout) == []


def test_title_date_and_publisher_can_be_given(tmp_path):
    (tmp_path / "note.txt").write_text("The ferry has a crew of nine.\n", encoding="utf-8")
    given = ["--title", "A note", "--date", "2020-02-29", "--publisher", "Me", "--id", "note"]
    assert factcheck("sources", "add", "note.txt", *given, cwd=tmp_path).returncode == 0
    (row,) = json.loads(factcheck("sources", "list", "-f", "json", cwd=tmp_path).stdout)
    assert (row["id"], row["title"], row["published"], row["publisher"]) == ("note", "A note", "2020-02-29", "Me")


def test_one_source_that_cannot_be_read_does_not_stop_the_others(tmp_path):
    (tmp_path / "note.txt").write_text("The ferry has a crew of nine.\n", encoding="utf-8")
    done = factcheck("sources", "add", "nope.txt", "note.txt", cwd=tmp_path)
    assert done.returncode == 2
    assert "nope.txt" in done.stderr
    assert done.stdout.startswith("added")


FILES = ["claims/lima_group.yaml", "claims/kestrel_bridge.yaml", "claims/vesna_observatory.yaml"]


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """A copy of the demo, so that no test writes to the repository's store."""
    shutil.copytree(ROOT / "claims", tmp_path / "claims")
    shutil.copy(ROOT / "sources.db", tmp_path / "sources.db")
    return tmp_path


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The whole demo verified once, and where: the model reads every claim here, and in no other test."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(ROOT / "claims", folder / "claims")
    shutil.copy(ROOT / "sources.db", folder / "sources.db")
    store = sqlite3.connect(folder / "sources.db")
    with store:  # `make verify` leaves its answers in the repository's store; here they are found anew
        for table in ("run_verdicts", "runs", "verdicts", "outputs"):
            store.execute(f"DELETE FROM {table}")
    store.close()
    return folder, factcheck("verify", *FILES, "--format", "json", cwd=folder)


@pytest.fixture
def verified(first_run, tmp_path: Path) -> Path:
    """A copy of the demo as its first run leaves it."""
    return Path(shutil.copytree(first_run[0], tmp_path / "verified"))


def test_every_expectation_of_the_demo_is_met_for_the_right_reason(first_run):
    done = first_run[1]
    found = json.loads(done.stdout)["claims"]
    assert [c["text"] for c in found if c["verdict"] != c["expected"]] == []
    assert done.returncode == 0
    eleven = next(c for c in found if c["id"] == "signatories")
    for country in ("Argentina", "Brazil", "Canada", "Chile", "Colombia", "Costa Rica", "Guatemala", "Honduras"):
        assert country in eleven["explanation"]
    for country in ("Panama", "Paraguay", "Peru"):
        assert country in eleven["explanation"]
    founded = next(c for c in found if c["text"] == "Lima Group founded in 2019")
    assert founded["rule"] == "FC201"
    assert "2017" in founded["explanation"]


HEAVY = {"torch", "transformers", "sentence_transformers", "spacy", "pandas", "scipy"}


def imported(demo: Path, *arguments: str) -> set[str]:
    """The top-level modules that a run of the command has imported by its end."""
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: sys.stderr.write('|'.join(sorted({m.split('.')[0] for m in sys.modules}))))\n"
        "from factcheck.cli import main\n"
        f"sys.argv[1:] = {list(arguments)!r}\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=demo,
        capture_output=True,
        text=True,
        timeout=300,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split("|"))


def test_no_run_of_verify_imports_a_heavy_library_and_an_unchanged_one_no_model_runtime(demo):
    claims(demo, "about: the Kestrel Bridge\nclaims: [It opened in 1981, It will be painted green]\n", "two.yaml")
    run = ("verify", "two.yaml", "--fail-on", "never")
    fresh = imported(demo, *run, "--no-cache")
    assert "openvino" in fresh
    assert not HEAVY & fresh
    assert not HEAVY & imported(demo, *run)  # keeps the verdicts
    unchanged = imported(demo, *run)
    assert not (HEAVY | {"openvino", "tokenizers", "numpy", "httpx", "bs4", "lxml"}) & unchanged


def test_help_and_rules_import_next_to_nothing(demo):
    light = imported(demo, "rule")
    assert not (HEAVY | {"openvino", "numpy", "sqlite3", "httpx", "bs4", "rich"}) & light


def test_an_unchanged_run_says_the_same_and_leaves_the_store_s_bytes_as_they_were(first_run, verified):
    before = (verified / "sources.db").read_bytes()
    again = factcheck("verify", *FILES, "--format", "json", cwd=verified)
    assert (again.stdout, again.returncode) == (first_run[1].stdout, first_run[1].returncode)
    assert (verified / "sources.db").read_bytes() == before


def test_a_closed_pipe_ends_the_command_quietly(verified):
    done = subprocess.run(
        f"{sys.executable} -m factcheck verify {' '.join(FILES)} | head -1",
        shell=True,
        cwd=verified,
        capture_output=True,
        text=True,
        timeout=300,
        env=ENVIRONMENT,
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_an_interrupt_ends_the_command_quietly(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "factcheck", "verify", "-"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    assert process.stdin is not None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=3)  # it waits for claims on standard input
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in errors


def test_without_a_store_the_message_says_how_to_make_one(tmp_path):
    claims(tmp_path, "claims: [eleven signatories]\n")
    done = factcheck("verify", "claims.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "factcheck sources add" in done.stderr
    assert not (tmp_path / "sources.db").exists()


def test_a_store_that_is_no_store_is_one_line(tmp_path):
    claims(tmp_path, "claims: [eleven signatories]\n")
    (tmp_path / "sources.db").write_text("not a database, but long enough to be one" * 99)
    done = factcheck("verify", "claims.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("sources.db")
    assert done.stderr.count("\n") == 1
