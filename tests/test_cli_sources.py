"""The `factcheck sources` commands that look again, note and exchange, run as a person runs them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest


def factcheck(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "factcheck", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_a_source_is_refreshed_noted_shown_as_it_was_and_exported(tmp_path: Path) -> None:
    (tmp_path / "bridge.txt").write_text("The bridge is shut.\n", encoding="utf-8")
    assert factcheck("sources", "add", "bridge.txt", cwd=tmp_path).returncode == 0
    (tmp_path / "bridge.txt").write_text("The bridge is open.\n", encoding="utf-8")

    refreshed = factcheck("sources", "refresh", cwd=tmp_path)
    assert refreshed.stdout.splitlines()[0].split() == ["changed", "bridge", "->", "bridge-2"]
    assert refreshed.stdout.endswith("  -The bridge is shut.\n  +The bridge is open.\n")

    assert factcheck("sources", "show", "bridge", "--raw", cwd=tmp_path).stdout == "The bridge is shut.\n"
    assert factcheck("sources", "show", "bridge-2", "--text", cwd=tmp_path).stdout == "The bridge is open.\n"
    noted = factcheck("sources", "note", "bridge-2", "--kind", "news", "--valid-from", "2024-05-03", cwd=tmp_path)
    assert noted.stdout == "noted bridge-2\n"
    assert factcheck("sources", "note", "bridge-2", cwd=tmp_path).returncode == 2

    assert factcheck("sources", "export", "desk.warc.gz", cwd=tmp_path).stdout == "wrote 2 snapshots to desk.warc.gz\n"
    again = factcheck("sources", "export", "desk.warc.gz", cwd=tmp_path)
    assert (again.returncode, "never overwritten" in again.stderr) == (2, True)
    (tmp_path / "bridge.txt").unlink()
    gone = factcheck("sources", "refresh", cwd=tmp_path)
    assert (gone.returncode, "no such file" in gone.stderr) == (2, True)


def test_a_folder_is_added_with_a_count_and_bad_files_are_told_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    for number in range(3):
        (tmp_path / "desk" / f"note-{number}.txt").write_text(f"Note {number} is short.\n", encoding="utf-8")
    (tmp_path / "desk" / "scan.pdf").write_bytes(b"%PDF-1.7\nbroken")
    (tmp_path / "list.txt").write_text("desk\nmissing.txt\n", encoding="utf-8")
    added = factcheck("sources", "add", "@list.txt", "--publisher", "The desk", cwd=tmp_path)
    assert added.returncode == 2
    assert [line.split()[1] for line in added.stdout.splitlines()] == ["note-0", "note-1", "note-2"]
    bad, missing, count = added.stderr.splitlines()
    assert bad.startswith("desk/scan.pdf: ")
    assert missing == "missing.txt: no such file; name a text, Markdown or HTML file"
    assert count == "3 added, 2 failed"
    again = factcheck("sources", "add", "--resume", "desk/note-*.txt", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "3 unchanged\n")

    (tmp_path / "desk" / "note-1.txt").write_text("Note 1 is longer now.\n", encoding="utf-8")
    factcheck("sources", "add", "desk/note-1.txt", cwd=tmp_path)
    factcheck("sources", "note", "note-0", "--kind", "primary", "--publisher", "The archive", cwd=tmp_path)
    listed = factcheck("sources", "list", cwd=tmp_path).stdout.splitlines()
    assert [line.rpartition("txt")[2] for line in listed] == [" (primary)", " (superseded by note-1-2)", "", ""]
    shown = factcheck("sources", "show", "note-0", cwd=tmp_path).stdout
    assert "publisher:   The archive\n" in shown
    assert "kind:        primary\n" in shown


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")
def test_a_terminal_shows_a_bar_that_stays_out_of_redirected_output(tmp_path: Path) -> None:
    import pty

    for number in range(4):
        (tmp_path / f"note-{number}.txt").write_text(f"Note {number} is short.\n", encoding="utf-8")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "factcheck", "sources", "add", "*.txt"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
        text=True,
    ) as command:
        os.close(theirs)
        drawn = b""
        with contextlib.suppress(OSError):  # Linux ends a pty with an error
            while piece := os.read(ours, 10_000):
                drawn += piece
        assert command.stdout is not None
        lines = command.stdout.read().splitlines()
    os.close(ours)
    assert command.returncode == 0
    assert [line.split()[0] for line in lines] == ["added"] * 4
    assert "4/4" in drawn.decode()
    assert drawn.decode().rstrip().endswith("4 added")
