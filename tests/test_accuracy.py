"""The accuracy gate: what the shipped models and checkers score on labelled claims of our own.

A floor is raised when a change earns it and never lowered; a limit is only ever lowered.
Each is what was measured, less about one claim in a hundred: another processor rounds differently.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from factcheck.evaluate import Measure, Score, measure_file

ACCURACY = Path(__file__).parent / "accuracy"

RUNS = {
    "pairs, model alone": ("pairs.jsonl", Measure(model_only=True)),
    "pairs, whole engine": ("pairs.jsonl", Measure()),
    "articles, whole engine": ("news", Measure()),
    "no evidence": ("pairs.jsonl", Measure(change="blank")),
    "another claim's evidence": ("pairs.jsonl", Measure(change="shuffle")),
}
# run -> lowest accuracy, highest false-supported share, highest false-contradicted share
BOUNDS = {
    "pairs, model alone": (0.76, 0.08, 0.20),
    "pairs, whole engine": (0.75, 0.07, 0.16),
    "articles, whole engine": (0.71, 0.065, 0.06),
}
# Share of claims on which anything but "unverified" may be said when no evidence bears on them.
SILENT = {"no evidence": 0.01, "another claim's evidence": 0.04}


@cache
def measured(run: str) -> Score:
    name, measure = RUNS[run]
    return measure_file(ACCURACY / name, measure, db="", corpus=None, limit=None)[0]


@pytest.mark.parametrize("run", BOUNDS)
def test_accuracy_does_not_fall(run: str) -> None:
    lowest, supported, contradicted = BOUNDS[run]
    found = measured(run)
    assert found.accuracy >= lowest, found
    assert found.false_supported <= supported, found
    assert found.false_contradicted <= contradicted, found


@pytest.mark.parametrize("run", SILENT)
def test_evidence_that_says_nothing_decides_nothing(run: str) -> None:
    assert 1 - measured(run).accuracy <= SILENT[run], measured(run)


def test_checkers_make_false_support_rarer_than_the_model_alone() -> None:
    alone, engine = measured("pairs, model alone"), measured("pairs, whole engine")
    assert engine.false_supported <= alone.false_supported
