"""Which verdicts are findings, and the exit code that follows."""

from dataclasses import replace

import pytest
from reports import report

from factcheck.domain import Reason, Report, VerdictLabel
from factcheck.findings import FailOn, Level, coverage, exit_code, review


def of(*indices: int, complete: bool = True) -> Report:
    return Report(verdicts=tuple(report().verdicts[i] for i in indices), complete=complete)


def test_a_met_expectation_is_no_finding_and_an_unmet_one_is():
    met, unmet = of(1), of(2)
    assert review(met).findings == ()
    (finding,) = review(unmet).findings
    assert finding.rule == "FC107"
    assert (
        finding.message == "expected supported, but the claim is contradicted (FC205): The source says Guatemala City."
    )


def test_supported_claims_are_no_findings_contradicted_are_errors_unverified_are_warnings():
    assert [(f.level, f.rule) for f in review(of(0, 3, 6)).findings] == [
        (Level.WARNING, "FC301"),
        (Level.ERROR, "FC201"),
    ]


def test_a_finding_gives_the_right_value_where_one_slot_decides():
    (finding,) = review(of(6)).findings
    assert finding.replacement == "2017"


@pytest.mark.parametrize(
    ("indices", "fail_on", "code"),
    [
        ((0,), FailOn.CONTRADICTED, 0),
        ((0, 3), FailOn.CONTRADICTED, 0),
        ((0, 3), FailOn.UNVERIFIED, 1),
        ((0, 6), FailOn.CONTRADICTED, 1),
        ((0, 6), FailOn.UNVERIFIED, 1),
        ((0, 6), FailOn.NEVER, 0),
        ((1,), FailOn.UNVERIFIED, 0),
        ((2,), FailOn.CONTRADICTED, 1),
        ((2,), FailOn.NEVER, 0),
    ],
)
def test_exit_code(indices: tuple[int, ...], fail_on: FailOn, code: int):
    assert exit_code(review(of(*indices)), fail_on) == code


@pytest.mark.parametrize("fail_on", FailOn)
def test_an_incomplete_run_never_exits_0(fail_on: FailOn):
    assert exit_code(review(of(0, complete=False)), fail_on) == 2


def test_an_expected_unverified_claim_that_could_not_be_checked_is_still_a_finding():
    failed = report().verdicts[5]
    failed = replace(failed, claim=replace(failed.claim, expect=VerdictLabel.UNVERIFIED))
    assert failed.reason is Reason.CHECK_FAILED
    assert [f.rule for f in review(Report(verdicts=(failed,))).findings] == ["FC901"]


def test_fingerprints_survive_lines_added_above_and_tell_equal_claims_apart():
    verdict = report().verdicts[6]
    place = verdict.claim.location
    moved = replace(verdict, claim=replace(verdict.claim, location=replace(place, line=99, end_line=99)))
    (one,), (other,) = review(Report(verdicts=(verdict,))).findings, review(Report(verdicts=(moved,))).findings
    assert one.fingerprint == other.fingerprint
    first, second = review(Report(verdicts=(verdict, moved))).findings
    assert first.fingerprint == one.fingerprint != second.fingerprint


def test_known_findings_do_not_fail_the_run():
    known = frozenset(f.fingerprint for f in review(of(6)).findings)
    assert exit_code(review(of(6), known=known), FailOn.CONTRADICTED) == 0
    assert exit_code(review(of(6, 2), known=known), FailOn.CONTRADICTED) == 1


def test_coverage_counts_each_slot_once_by_what_the_evidence_does_to_it():
    found = coverage(review(report()))
    assert (found.backed, found.contradicted, found.bare, found.total) == (1, 3, 0, 4)
    assert found.share == 0.25
    assert coverage(review(Report(verdicts=()))).share == 1.0


def test_what_a_person_lets_stand_is_signed_off_and_no_gap_in_the_coverage():
    reviewed = review(of(0, 6))
    before = coverage(reviewed)
    assert (before.backed, before.contradicted, before.signed, before.share) == (1, 1, 0, 0.5)
    silenced = replace(reviewed, rows=tuple((verdict, None) for verdict, _ in reviewed.rows))
    after = coverage(silenced)
    assert (after.backed, after.contradicted, after.signed, after.share) == (1, 0, 1, 1.0)
