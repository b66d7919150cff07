"""The `factcheck sources` commands that look again, note and exchange, run as a person runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


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
