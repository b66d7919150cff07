"""Which lines of a file have changed since a revision, as git tells it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from factcheck.errors import FactcheckError

_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


def changed_lines(path: str, revision: str) -> list[tuple[int, int]] | None:
    """Ranges of changed lines, from 1, ends included; None for a file that git does not know: all of it is new."""
    file = Path(path)
    if revision.startswith("-"):
        raise FactcheckError(f'"{revision}" is no revision; give a branch, tag or commit')
    folder = file.parent if str(file.parent) else Path()
    known = _git(folder, "ls-files", "--error-unmatch", "--", file.name)
    if known.returncode == 128:
        raise FactcheckError(f"{path}: not in a git repository; leave out --changed-since")
    if known.returncode:
        return None
    if _git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").returncode:
        raise FactcheckError(f'git knows no revision "{revision}"; in CI, fetch the whole history')
    diff = _git(folder, "diff", "--unified=0", "--no-color", "--no-ext-diff", revision, "--", file.name)
    if diff.returncode:
        raise FactcheckError(f"{path}: git diff failed: {diff.stderr.strip().splitlines()[0]}")
    ranges = []
    for start, count in _HUNK.findall(diff.stdout):
        length = int(count) if count else 1
        if length:
            ranges.append((int(start), int(start) + length - 1))
    return ranges


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        raise FactcheckError("--changed-since needs git, which is not installed") from None
