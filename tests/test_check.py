"""``factcheck check``: drafts are checked as a linter would, by the real command on real files."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from test_cli import ENVIRONMENT, REPORT, counting_models, factcheck

DRAFT = """\
---
title: Back on the water
factcheck:
  sources: [ferry.md]
---

# Back on the water

The harbour ferry was built in 1989. 😀 It carries **240** passengers.

Is it not lovely?

> The ferry is operated by Blue Line.
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a draft and its source, both in git."""
    folder = tmp_path_factory.mktemp("drafts")
    (folder / "ferry.md").write_text(REPORT, encoding="utf-8")
    (folder / "draft.md").write_text(DRAFT, encoding="utf-8")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "draft.md", "ferry.md")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "draft")
    return folder


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def lines_of(folder: Path, *arguments: str) -> list[str]:
    return factcheck("check", *arguments, "-f", "concise", cwd=folder).stdout.splitlines()


def test_a_wrong_year_in_a_draft_is_an_error_at_its_place_with_the_right_one(desk):
    done = factcheck("check", "draft.md", "-f", "concise", cwd=desk)
    assert done.returncode == 1, done.stderr
    errors = [line for line in done.stdout.splitlines() if ": error " in line]
    (error,) = errors
    assert error.startswith("draft.md:9:1: error FC201 “The harbour ferry was built in 1989.”")
    assert "1998" in error
    assert "Is it not lovely" not in done.stdout


def test_the_text_report_shows_the_line_with_carets_under_the_wrong_words(desk):
    shown = factcheck("check", "draft.md", cwd=desk).stdout.splitlines()
    line = next(n for n, text in enumerate(shown) if "built in 1989" in text)
    column = shown[line].index("1989")
    assert shown[line + 1][column : column + 4] == "^^^^"
    assert shown[line + 1].count("^") == 4


def test_an_unchanged_draft_is_answered_the_same_without_a_model(desk):
    first = factcheck("check", "draft.md", "-f", "json", cwd=desk)
    second = factcheck("check", "draft.md", "-f", "json", cwd=desk)
    assert first.stdout == second.stdout
    code = (
        "import sys\nfrom factcheck.cli import main\nsys.argv[1:] = ['check', 'draft.md']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('|'.join(sorted({m.split('.')[0] for m in sys.modules})), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [os.sys.executable, "-c", code], cwd=desk, capture_output=True, text=True, env=ENVIRONMENT, timeout=300
    )
    loaded = set(done.stderr.splitlines()[-1].split("|"))
    assert not {"openvino", "torch", "transformers", "spacy", "sentence_transformers", "tokenizers"} & loaded


def test_each_model_is_loaded_once_for_sentences_and_their_clauses(desk):
    (desk / "once.md").write_text(LONG, encoding="utf-8")
    assert factcheck("sources", "add", "ferry.md", cwd=desk).returncode == 0  # which takes an embedder of its own
    done = counting_models("check", "once.md", "--no-cache", cwd=desk)
    assert done.stderr.splitlines()[-1] == "embedder verdict spacy"


@pytest.mark.parametrize(
    "name", ["text", "concise", "json", "jsonl", "sarif", "junit", "github", "gitlab", "markdown", "html"]
)
def test_every_format_tells_of_the_wrong_year(desk, name: str):
    done = factcheck("check", "draft.md", "-f", name, cwd=desk)
    assert done.returncode == 1
    assert "1989" in done.stdout
    assert "FC201" in done.stdout


def test_sarif_offers_the_right_value_as_a_fix_of_just_the_wrong_words(desk):
    log = json.loads(factcheck("check", "draft.md", "-f", "sarif", cwd=desk).stdout)
    (result,) = [r for r in log["runs"][0]["results"] if r["ruleId"] == "FC201"]
    (change,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    region = change["deletedRegion"]
    line = DRAFT.splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "1989"
    assert "1998" in change["insertedContent"]["text"]


def test_a_draft_comes_from_standard_input_under_any_name(desk):
    done = factcheck("check", "--stdin", "--path", "a/b.md", "-f", "concise", cwd=desk, stdin=DRAFT)
    assert done.returncode == 1
    assert "a/b.md:9:1: error FC201" in done.stdout


@pytest.mark.parametrize(
    ("comment", "silenced", "reported"),
    [
        ('<!-- factcheck: ignore[FC201] reason="by phone" -->', True, None),
        ("<!-- factcheck: ignore -->", True, None),
        ("<!-- factcheck: ignore[FC201] until=2999-12-31 -->", True, None),
        ("<!-- factcheck: ignore[FC201] until=2001-01-01 -->", False, "FC109"),
        ("<!-- factcheck: ignore[FC202] -->", False, "FC108"),
        ("<!-- factcheck: ignore[FC999] -->", False, "FC110"),
        ("<!-- factcheck: ignore[FC201] until=soon -->", False, "FC110"),
        ("<!-- factcheck: ignore[FC201] because -->", False, "FC110"),
    ],
)
@pytest.mark.parametrize("alone", [True, False])
def test_ignore_comments(desk, comment: str, silenced: bool, reported: str | None, alone: bool):
    if alone:
        text = DRAFT.replace("The harbour ferry was", f"{comment}\n\nThe harbour ferry was")
    else:
        text = DRAFT.replace("in 1989.", f"in 1989. {comment}")
    (desk / "ignored.md").write_text(text, encoding="utf-8")
    found = lines_of(desk, "ignored.md")
    assert any("error FC201" in line for line in found) is not silenced
    assert [line.split(" ")[2] for line in found if "FC10" in line or "FC11" in line] == (
        [reported] if reported else []
    )


def test_an_inline_ignore_covers_its_own_sentence_only(desk):
    text = DRAFT.replace("passengers.", "passengers. <!-- factcheck: ignore[FC201] -->")
    (desk / "other.md").write_text(text, encoding="utf-8")
    found = lines_of(desk, "other.md")
    assert any("error FC201" in line for line in found)
    assert any("FC108" in line for line in found)


LONG = """\
---
factcheck:
  sources: [ferry.md]
---

The harbour ferry, which carries 420 passengers, was built in 1998 and is painted *green* on Sundays.
"""


def test_a_clause_of_a_long_sentence_is_found_wrong_at_its_own_place(desk):
    (desk / "long.md").write_text(LONG, encoding="utf-8")
    found = json.loads(factcheck("check", "long.md", "-f", "json", cwd=desk).stdout)["claims"]
    (wrong,) = [claim for claim in found if claim["verdict"] == "contradicted"]
    place = wrong["location"]
    line = LONG.splitlines()[place["line"] - 1]
    assert "420 passengers" in line[place["column"] - 1 : place["end_column"] - 1]


def test_checking_an_unchanged_draft_again_adds_nothing_to_the_ledger(desk):
    (desk / "long.md").write_text(LONG, encoding="utf-8")
    factcheck("check", "long.md", cwd=desk)
    before = factcheck("ledger", "list", cwd=desk)
    factcheck("check", "long.md", cwd=desk)
    assert before.returncode == 0, before.stderr
    assert before.stdout
    assert factcheck("ledger", "list", cwd=desk).stdout == before.stdout


@pytest.mark.parametrize(
    ("comment", "code", "shown"),
    [
        ('# factcheck: ignore[FC201] reason="by phone"', 0, None),
        ("# factcheck: ignore[FC202]", 1, "FC108"),
        ("# factcheck: ignore[FC201] until=2001-01-01", 1, "FC109"),
        ('# factcheck: ignore[FC201] reason=""', 1, "FC110"),
    ],
)
def test_a_comment_in_a_claims_file_silences_its_claim(desk, comment: str, code: int, shown: str | None):
    text = f"claims:\n  - text: The harbour ferry was built in 1989.  {comment}\n    sources: [ferry.md]\n"
    (desk / "silenced.yaml").write_text(text, encoding="utf-8")
    done = factcheck("verify", "silenced.yaml", "-f", "concise", cwd=desk)
    assert done.returncode == code, done.stderr
    assert [word for word in ("FC108", "FC109", "FC110") if word in done.stdout] == ([shown] if shown else [])


def test_known_findings_of_a_baseline_do_not_fail_and_new_ones_do(desk):
    written = factcheck("check", "draft.md", "--write-baseline", "known.json", cwd=desk)
    assert written.returncode == 0
    moved = DRAFT.replace("# Back", "A new line with a claim about 12 cats.\n\n# Back")
    (desk / "draft2.md").write_text(DRAFT, encoding="utf-8")
    assert factcheck("check", "draft.md", "--baseline", "known.json", cwd=desk).returncode == 0
    assert factcheck("check", "draft2.md", "--baseline", "known.json", cwd=desk).returncode == 1
    done = factcheck("check", "--stdin", "--path", "draft.md", "--baseline", "known.json", cwd=desk, stdin=moved)
    assert done.returncode == 0, done.stdout
    missing = factcheck("check", "draft.md", "--baseline", "nope.json", cwd=desk)
    assert missing.returncode == 2
    assert missing.stderr.startswith("nope.json: there is no such baseline; make it with: ")


def test_only_changed_sentences_are_checked_since_a_revision(desk):
    assert lines_of(desk, "draft.md", "--changed-since", "HEAD") == []
    draft = desk / "draft.md"
    draft.write_text(DRAFT.replace("operated by Blue Line", "operated by Red Line since 2001"), encoding="utf-8")
    try:
        found = lines_of(desk, "draft.md", "--changed-since", "HEAD")
    finally:
        draft.write_text(DRAFT, encoding="utf-8")
    assert found
    assert all(line.startswith("draft.md:13:") for line in found)
    unknown = factcheck("check", "draft.md", "--changed-since", "nope", cwd=desk)
    assert unknown.returncode == 2
    assert 'git knows no revision "nope"' in unknown.stderr


def test_a_watched_draft_is_checked_again_when_it_is_saved_until_interrupted(desk):
    draft = desk / "watched.md"
    draft.write_text(DRAFT, encoding="utf-8")
    command = [os.sys.executable, "-m", "factcheck", "check", "watched.md", "--watch", "-f", "concise"]
    with subprocess.Popen(command, cwd=desk, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        # A watch that does not see the change would be waited for without end.
        stop = threading.Timer(240, watching.kill)
        stop.start()
        assert next(line for line in watching.stdout if "error" in line).startswith("watched.md:9:1: error FC201")
        draft.write_text("\n" + DRAFT.replace("---\n", "", 1).split("---\n")[1], encoding="utf-8")
        assert next(line for line in watching.stdout if "error" in line).startswith("watched.md:5:1: error FC201")
        watching.send_signal(signal.SIGINT)
        assert watching.wait(60) == 130
        stop.cancel()


def test_fail_on_exit_zero_and_min_coverage_decide_the_exit_code(desk):
    assert factcheck("check", "draft.md", "--exit-zero", cwd=desk).returncode == 0
    assert factcheck("check", "draft.md", "--fail-on", "never", cwd=desk).returncode == 0
    low = factcheck("check", "draft.md", "--fail-on", "never", "--min-coverage", "100", cwd=desk)
    assert low.returncode == 1
    assert "contradicted" in low.stdout.splitlines()[-1]
    assert factcheck("check", "draft.md", "--fail-on", "never", "--min-coverage", "1", cwd=desk).returncode == 0


def test_what_extract_finds_verify_takes(desk):
    written = factcheck("extract", "draft.md", "-o", "extracted.yaml", cwd=desk)
    assert written.returncode == 0, written.stderr
    text = (desk / "extracted.yaml").read_text(encoding="utf-8")
    assert "The harbour ferry was built in 1989." in text
    done = factcheck("verify", "extracted.yaml", "-f", "json", cwd=desk)
    assert done.returncode == 1, done.stderr
    verdicts = {claim["text"]: claim["verdict"] for claim in json.loads(done.stdout)["claims"]}
    assert verdicts["The harbour ferry was built in 1989."] == "contradicted"


def test_settings_come_from_the_nearest_file_and_the_command_line_wins(desk, tmp_path):
    for name in ("ferry.md", "draft.md"):
        (tmp_path / name).write_text((desk / name).read_text(encoding="utf-8"), encoding="utf-8")
    config = tmp_path / "factcheck.toml"
    config.write_text('fail-on = "never"\nformat = "concise"\n', encoding="utf-8")
    done = factcheck("check", "draft.md", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("draft.md:9:1: error FC201")
    assert factcheck("check", "draft.md", "--fail-on", "contradicted", cwd=tmp_path).returncode == 1
    config.write_text('fail_on = "never"\n', encoding="utf-8")
    wrong = factcheck("check", "draft.md", cwd=tmp_path)
    assert wrong.returncode == 2
    assert wrong.stderr == 'factcheck.toml: unknown setting "fail_on" in factcheck.toml; did you mean "fail-on"?\n'
    config.write_text("offline = 1\n", encoding="utf-8")
    assert factcheck("check", "draft.md", cwd=tmp_path).stderr.startswith(
        'factcheck.toml: "offline" in factcheck.toml must be true or false'
    )
    config.unlink()
    (tmp_path / "pyproject.toml").write_text("[tool.factcheck]\nexit-zero = true\n", encoding="utf-8")
    assert factcheck("check", "draft.md", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nope.md"], "nope.md: there is no such file; check the path\n"),
        (["check", "nope.md", "also.md"], "also.md: there is no such file; check the path\n"),
        (["check", "ferry.pdf"], "ferry.pdf: there is no such file; check the path\n"),
        (["extract", "nope.md"], "nope.md: there is no such file; check the path\n"),
    ],
)
def test_a_draft_that_cannot_be_read_is_one_line_each_and_exit_2(desk, arguments: list[str], message: str):
    done = factcheck(*arguments, cwd=desk)
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_no_draft_at_all_is_a_mistake_in_usage(desk):
    done = factcheck("check", cwd=desk)
    assert done.returncode == 2
    assert "name a draft, or - for standard input" in done.stderr


def test_a_source_that_the_front_matter_names_and_nobody_has_makes_the_run_incomplete(desk):
    text = DRAFT.replace("ferry.md", "nope.md")
    (desk / "lost.md").write_text(text, encoding="utf-8")
    done = factcheck("check", "lost.md", "--exit-zero", cwd=desk)
    assert done.returncode == 2
    assert "FC307" in done.stdout


@contextmanager
def site(pages: dict[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """A web site on loopback: its address, and the paths that were asked for."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = pages.get(self.path)
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_the_pages_that_a_draft_links_to_are_fetched_when_asked_for_and_are_its_sources(tmp_path):
    page = b"<html><head><title>Mill</title></head><body><article><h1>Mill</h1><p>%s</p></article></body></html>"
    with site({"/mill": page % b"The mill in Arden was built in 1998.", "/": page % b"Nothing."}) as (address, asked):
        text = (
            f"The mill in Arden was [built in 1989]({address}/mill).\n\n[Top](#top) and [mail](mailto:a@example.org)\n"
        )
        (tmp_path / "draft.md").write_text(text, encoding="utf-8")
        (tmp_path / "other.txt").write_text("The mill in Arden was built in 1989.\n", encoding="utf-8")
        assert factcheck("sources", "add", "other.txt", cwd=tmp_path).returncode == 0
        assert factcheck("check", "draft.md", cwd=tmp_path).returncode == 0
        refused = factcheck("check", "draft.md", "--fetch-links", "--offline", cwd=tmp_path)
        assert (refused.returncode, "--fetch-links cannot fetch with --offline" in refused.stderr) == (2, True)
        private = factcheck("check", "draft.md", "--fetch-links", cwd=tmp_path)
        assert private.returncode == 2, private.stdout
        assert "to allow it: --allow-private 127.0.0.1" in private.stderr
        assert asked == [], "nothing of the draft is fetched unasked, nor from a private network"
        links = ("--fetch-links", "--allow-private", "127.0.0.1")
        done = factcheck("check", "draft.md", *links, "-f", "json", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    (claim,) = json.loads(done.stdout)["claims"]
    assert (claim["verdict"], claim["rule"]) == ("contradicted", "FC201")
    assert {quote["uri"] for quote in claim["evidence"]} == {f"{address}/mill"}, "and not the other source"
    assert sorted(asked) == ["/mill", "/robots.txt"]
