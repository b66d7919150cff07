"""Baselines: the findings that are known, so that a run fails only for new ones."""

from __future__ import annotations

import json
from pathlib import Path

from factcheck.errors import FactcheckError, InputError
from factcheck.findings import Review
from factcheck.reporters.concise import place
from factcheck.reporters.json import dumps

SCHEMA = "factcheck.baseline/1"


def read_baseline(path: str) -> frozenset[str]:
    """The fingerprints of a baseline file."""
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
        if document["schema"] != SCHEMA:
            raise ValueError
        return frozenset(str(row["fingerprint"]) for row in document["findings"])
    except FileNotFoundError:
        hint = f"make it with: factcheck check --write-baseline {path} DRAFT"
        raise InputError(path, None, None, "there is no such baseline", hint, rule="FC101") from None
    except OSError as error:
        raise InputError(path, None, None, f"cannot read it: {error.strerror}", "check it", rule="FC101") from None
    except (ValueError, KeyError, TypeError):
        hint = "write it anew with --write-baseline"
        raise InputError(path, None, None, "this is not a baseline of factcheck", hint) from None


def write_baseline(path: str, reviewed: Review) -> None:
    """Keep the present findings; place and rule are for people, the fingerprint is what counts."""
    rows = [
        {"fingerprint": f.fingerprint, "rule": f.rule, "place": place(f)}
        for f in sorted(reviewed.findings, key=lambda f: (place(f), f.rule, f.fingerprint))
    ]
    try:
        Path(path).write_text(dumps({"schema": SCHEMA, "findings": rows}, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise FactcheckError(f"{path}: cannot write the baseline: {error.strerror}") from None
