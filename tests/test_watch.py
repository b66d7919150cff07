"""Watching published claims, and measuring a desk's own corrections: the real commands on real files."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_cli import REPORT, factcheck

from factcheck.corrections import read_corrections
from factcheck.errors import InputError
from factcheck.watch import seconds

CLAIMS = """\
sources: [ferry.md]
claims:
  - text: the ferry carries 240 passengers
    id: seats
  - the ferry was built in 1998
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    (folder / "ferry.md").write_text(REPORT, encoding="utf-8")
    (folder / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    assert factcheck("verify", "claims.yaml", cwd=folder).returncode == 0
    return folder


def test_a_published_claim_that_fails_when_its_source_changes_is_told_once(folder):
    quiet = factcheck("watch", "--once", cwd=folder)
    assert (quiet.returncode, quiet.stdout) == (0, "2 claims looked at, 0 fail now\n"), quiet.stderr
    before = (folder / "sources.db").read_bytes()
    assert factcheck("watch", "--once", "claims.yaml", cwd=folder).returncode == 0
    assert (folder / "sources.db").read_bytes() == before, "a look that finds nothing new leaves every byte"

    (folder / "ferry.md").write_text(REPORT.replace("240", "180"), encoding="utf-8")
    told = factcheck("watch", "--once", cwd=folder)
    assert told.returncode == 1, told.stderr
    lines = told.stdout.splitlines()
    assert lines[0] == "changed   ferry -> ferry-2"
    assert lines[1].startswith("claims.yaml:3: supported (FC300) -> contradicted (FC203)")
    assert lines[-1] == "2 claims looked at, 1 fail now"

    again = factcheck("watch", "--once", cwd=folder)
    assert (again.returncode, again.stdout) == (0, "2 claims looked at, 0 fail now\n")
    story = factcheck("history", "seats", cwd=folder).stdout
    assert "supported FC300" in story
    assert "contradicted FC203" in story


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["watch", "--once", "nope.md"], "nope.md: it was never checked with this store"),
        (["watch", "--every", "soon"], '"soon" is no time between looks'),
    ],
)
def test_what_cannot_be_watched_exits_2(folder, arguments, message: str):
    done = factcheck(*arguments, cwd=folder)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_watch_looks_on_schedule_and_goes_on_after_a_look_that_failed(monkeypatch, capsys):
    import time

    from factcheck import cli
    from factcheck.errors import FactcheckError

    looks = iter([0, FactcheckError("the store is busy"), 1, KeyboardInterrupt()])
    pauses = []

    def look(*asked: object) -> int:
        found = next(looks)
        if isinstance(found, BaseException):
            raise found
        return found

    monkeypatch.setattr(cli, "look_once", look)
    monkeypatch.setattr(time, "sleep", pauses.append)
    with pytest.raises(KeyboardInterrupt):
        cli.watch.callback(paths=(), db="x.db", offline=True, allow_private=(), every="30m", once=False)
    assert pauses == [1800.0] * 3
    assert "the store is busy" in capsys.readouterr().err


def test_times_between_looks():
    assert [seconds(text) for text in ("90s", "30m", "6h", "1d")] == [90, 1800, 21_600, 86_400]
    for text in ("", "0m", "5", "-1h", "1w"):
        with pytest.raises(ValueError, match="no time between looks"):
            seconds(text)


# -- corrections -------------------------------------------------------------------------------


def test_corrections_measure_what_would_have_been_caught_and_the_false_alarms(tmp_path):
    (tmp_path / "ferry.md").write_text(REPORT, encoding="utf-8")
    article = "The ferry carries 420 passengers. It is operated by Blue Line. The ferry was built in 1997.\n"
    (tmp_path / "ferry-story.txt").write_text(article, encoding="utf-8")
    (tmp_path / "corrections.yaml").write_text(
        """\
corrections:
  - wrong: The ferry was built in 1989.
    right: The ferry was built in 1998.
    sources: [ferry.md]
  - wrong: The ferry carries 420 passengers.
    right: The ferry carries 240 passengers.
    sources: [ferry.md]
    article: ferry-story.txt
  - wrong: The ferry is painted blue.
    right: The ferry was built in 1989.
    sources: [ferry.md]
""",
        encoding="utf-8",
    )
    done = factcheck("eval", "corrections.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("corrections.yaml:9: missed: unverified")
    assert lines[1].startswith("corrections.yaml:10: false alarm: contradicted (FC201)")
    assert lines[2].startswith("ferry-story.txt:1: false alarm: contradicted (FC201)")
    assert lines[3] == (
        "3 corrections: 2 caught (67%), 3 at least not supported; 2 false alarms in 29 words (69.0 per 1,000)"
    )


def test_the_rest_of_an_article_is_measured_without_the_sentences_that_were_corrected(tmp_path):
    """With a stand-in for the models: it contradicts every sentence with a 7 in it."""
    from factcheck.corrections import measure
    from factcheck.domain import Claim, Reason, Report, Verdict, VerdictLabel
    from factcheck.drafts import extract

    (tmp_path / "story.txt").write_text("It has 70 seats. It has 17 crew, all told. It is blue.\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_text(
        "corrections:\n  - {wrong: 'It has 70 seats', right: It has 80 seats, sources: [r.md], article: story.txt}\n"
    )
    (tmp_path / "r.md").write_text("x")
    asked: list[str] = []

    def verify(claims):
        def judged(claim: Claim) -> Verdict:
            wrong = "7" in claim.text
            return Verdict(
                claim=claim,
                label=VerdictLabel.CONTRADICTED if wrong else VerdictLabel.SUPPORTED,
                reason=Reason.REFUTED if wrong else Reason.ENTAILED,
                rule="FC203" if wrong else "FC300",
                confidence=0.9,
                explanation="",
            )

        return Report(verdicts=tuple(map(judged, claims)))

    def claims_of(draft, sources):
        asked.extend(sources)
        return extract(draft, score=lambda texts: [1.0] * len(texts), sources=tuple(sources))

    found = measure(read_corrections(str(tmp_path / "c.yaml")), verify, claims_of)
    assert asked == [str(tmp_path / "r.md")]
    assert (found.corrections, found.caught, found.false_alarms) == (1, 1, 1)
    assert [verdict.claim.text for verdict in found.alarmed] == ["It has 17 crew, all told."]
    assert found.words == len("It has 80 seats It has 17 crew all told It is blue".split())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("corrections: []\n", "c.yaml:1:14: "),
        ("corrections:\n  - wrong: a b\n", 'c.yaml:2:5: the correction has no "right"'),
        ("corrections:\n  - {wrong: a, right: b, source: c}\n", 'c.yaml:2:26: unknown key "source"'),
        ("corrections:\n  - {wrong: [a], right: b}\n", 'c.yaml:2:13: "wrong" must be a sentence'),
        ("corrections:\n  - {wrong: a, right: b, as_of: soon}\n", 'c.yaml:2:33: "as_of" must be a date'),
        ("corrections:\n  - {wrong: a, right: b, article: no.md}\n", 'c.yaml:2:35: there is no article "no.md"'),
        ("corrections:\n  - {wrong: a\n", "c.yaml:3:1: not YAML"),
    ],
)
def test_a_mistake_in_a_corrections_file_is_told_at_its_place(tmp_path, monkeypatch, text: str, place: str):
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_corrections("c.yaml")
    assert str(raised.value).startswith(place)
