"""The pipeline's promises: every claim comes out once and in order, one failure costs one claim, answers are reused."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck import pipeline
from factcheck.domain import (
    Claim,
    Evidence,
    Judgement,
    Label,
    Pair,
    Passage,
    Reason,
    Report,
    Source,
    Verdict,
    VerdictLabel,
)

SOURCE = Source(id="s", uri="s.md", sha256="0", text="It is so.")
PASSAGE = Passage(source_id="s", ordinal=0, paragraph=0, start=0, end=9, text="It is so.")


@dataclass
class Bench:
    """A small honest engine: claims with "true" are entailed, claims with "bad" break the checker, and calls count."""

    stored: dict[str, Verdict] = field(default_factory=dict)
    runs: list[tuple[list[str], bool]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    asked: list[str] = field(default_factory=list)

    def check(self, pairs: Sequence[Pair]) -> list[Judgement]:
        self.calls["check"] += 1
        if any("bad" in pair.claim.text for pair in pairs):
            raise ValueError("a bad\nclaim")
        return [
            Judgement(
                claim_id=pair.claim.id,
                source_id="s",
                passage_ids=("s:0",),
                checker="word",
                label=Label.ENTAILMENT if "true" in pair.claim.text else Label.NEUTRAL,
                confidence=1.0,
            )
            for pair in pairs
        ]

    def decide(self, claim: Claim, pairs: Sequence[Pair], judgements: Sequence[Judgement]) -> Verdict:
        self.asked.append(claim.text)
        assert all(judgement.claim_id == claim.id for judgement in judgements)
        if "undecided" in claim.text:
            raise KeyError("undecided")
        yes = any(judgement.label is Label.ENTAILMENT for judgement in judgements)
        return Verdict(
            claim=claim,
            label=VerdictLabel.SUPPORTED if yes else VerdictLabel.UNVERIFIED,
            reason=Reason.ENTAILED if yes else Reason.NOT_ENOUGH_INFO,
            rule="FC300" if yes else "FC302",
            confidence=0.9,
            explanation=claim.text,
        )

    def engine(self) -> pipeline.Engine:
        self.calls["engine"] += 1
        return pipeline.Engine(
            retrieve=lambda claims: [(Evidence(passage=PASSAGE, retrieval_score=1.0),) for _ in claims],
            load=lambda source_id: (SOURCE, (PASSAGE,)),
            assemble=lambda claim, evidence, load: (Pair(claim=claim, source=SOURCE, passages=(PASSAGE,)),),
            checkers={"word": self.check},
            decide=self.decide,
        )

    def scope(self, claim: Claim) -> pipeline.Scope:
        named = claim.sources or ("s",)
        return pipeline.Scope(
            fingerprints=tuple(name for name in named if name != "gone"),
            missing=tuple(name for name in named if name == "gone"),
        )

    def record(self, verdicts: dict[str, Verdict], complete: bool) -> None:
        self.stored.update(verdicts)
        self.runs.append(([v.claim.text for v in verdicts.values()], complete))

    def verify(self, *claims: Claim, models: dict[str, str] | None = None) -> Report:
        return pipeline.verify(
            claims,
            scope=self.scope,
            engine=self.engine,
            models=models or {"verdict": "v1"},
            recall=lambda keys: {key: self.stored[key] for key in keys if key in self.stored},
            record=self.record,
        )


def claim(text: str, id: str = "x", **fields: object) -> Claim:
    return replace(Claim(id=id, text=text), **fields)


@given(st.lists(st.sampled_from(["true a", "true b", "c", "bad", "undecided"]), max_size=8))
def test_every_claim_comes_out_once_in_order_with_its_own_identity(texts: list[str]):
    claims = [claim(text, id=str(number % 3)) for number, text in enumerate(texts)]  # ids repeat, as across files
    report = Bench().verify(*claims)
    assert [verdict.claim for verdict in report.verdicts] == claims
    for verdict in report.verdicts:
        failed = verdict.claim.text in ("bad", "undecided")
        assert (verdict.reason is Reason.CHECK_FAILED) == failed
        if not failed:
            assert verdict.explanation == verdict.claim.text
    assert report.complete == (not {"bad", "undecided"} & set(texts))


def test_one_claim_that_breaks_a_checker_leaves_the_others_their_verdicts():
    report = Bench().verify(claim("true"), claim("bad"), claim("other"))
    labels = [verdict.label for verdict in report.verdicts]
    assert labels == [VerdictLabel.SUPPORTED, VerdictLabel.UNVERIFIED, VerdictLabel.UNVERIFIED]
    failed = report.verdicts[1]
    assert (failed.rule, failed.reason) == ("FC901", Reason.CHECK_FAILED)
    assert failed.explanation == "Could not be checked: the word checker failed (ValueError: a bad claim)."
    assert report.verdicts[2].reason is Reason.NOT_ENOUGH_INFO
    assert not report.complete


def halves(texts: Sequence[str]) -> list[list[str]]:
    if any("unparsable" in text for text in texts):
        raise ValueError("no parse")
    return [text.split(" & ") if " & " in text else [] for text in texts]


def in_parts(bench: Bench) -> pipeline.Engine:
    """The engine with a cut at each "&"; what the parts came to is joined into the explanation."""

    @dataclass
    class Part:
        text: str

    return replace(
        bench.engine(),
        parts=lambda texts: [[Part(text) for text in row] for row in halves(texts)],  # type: ignore[arg-type]
        join=lambda verdict, parts: replace(verdict, explanation=" + ".join(v.explanation for _, v in parts)),
    )


def test_the_parts_of_a_claim_are_judged_and_joined_and_others_are_left_alone():
    bench = Bench()
    claims = [claim("true", "1"), claim("a & true b", "2"), claim("c & d", "3", uncut=True)]
    verdicts = pipeline.judge(claims, in_parts(bench), lambda stage: None)

    assert [verdict.explanation for verdict in verdicts] == ["true", "a + true b", "c & d"]
    assert bench.asked == ["true", "a & true b", "c & d", "a", "true b"]


def test_a_claim_that_cannot_be_cut_is_not_checked_and_costs_no_other_its_verdict():
    claims = [claim("true", "1"), claim("unparsable", "2"), claim("a & b", "3")]
    verdicts = pipeline.judge(claims, in_parts(Bench()), lambda stage: None)

    assert [verdict.rule for verdict in verdicts] == ["FC300", "FC901", "FC302"]
    assert verdicts[1].explanation == "Could not be checked: the parts failed (ValueError: no parse)."
    assert verdicts[2].explanation == "a + b"


def test_an_unchanged_run_never_builds_the_engine():
    bench = Bench()
    first = bench.verify(claim("true"), claim("other"))
    second = bench.verify(claim("true"), claim("other"))
    assert bench.calls["engine"] == 1
    assert first == second


def test_equal_claims_are_asked_once():
    bench = Bench()
    bench.verify(claim("true", "a"), claim("true", "b"))
    assert bench.asked == ["true"]


@pytest.mark.parametrize(
    "change",
    [
        {"text": "true indeed"},
        {"about": "a thing"},
        {"as_of": __import__("datetime").date(2020, 1, 1)},
        {"sources": ("other",)},
    ],
)
def test_whatever_could_change_a_verdict_asks_again(change: dict[str, object]):
    bench = Bench()
    bench.verify(claim("true"))
    bench.verify(claim("true", **change) if "text" not in change else claim(str(change["text"])))
    assert bench.calls["engine"] == 2


def test_another_model_asks_again_and_a_new_expectation_does_not():
    bench = Bench()
    bench.verify(claim("true"))
    bench.verify(claim("true", expect=VerdictLabel.SUPPORTED))
    assert bench.calls["engine"] == 1
    bench.verify(claim("true"), models={"verdict": "v2"})
    assert bench.calls["engine"] == 2


def test_many_claims_are_checked_in_batches_and_a_failure_costs_one_of_its_own():
    bench, told = Bench(), []
    claims = [claim(f"{'bad' if n == 7 else 'true'} {n}", f"c{n}") for n in range(25)]
    verdicts = pipeline.judge(claims, replace(bench.engine(), batch=10), told.append)
    assert [v.claim.id for v in verdicts] == [c.id for c in claims]
    assert [v.claim.id for v in verdicts if v.label is not VerdictLabel.SUPPORTED] == ["c7"]
    assert bench.calls["check"] == 3 + 10, "three batches, and the first of them again claim by claim"
    assert told[0] == "finding evidence for 10 claims"
    assert told[-1] == "20 of 25 claims checked; checking 5 passages (word)"


def test_the_model_is_asked_last_and_only_of_what_the_checkers_leave_open():
    bench, asked = Bench(), []

    def model(pairs: Sequence[Pair]) -> list[Judgement]:
        asked.extend(pair.claim.text for pair in pairs)
        return bench.check(pairs)

    engine = replace(bench.engine(), model=model, settled=lambda found: any(j.label is Label.ENTAILMENT for j in found))
    verdicts = pipeline.judge([claim("true a", "a"), claim("b", "b"), claim("bad", "c")], engine, lambda stage: None)
    assert asked == ["b"], "the first is settled, and the third could not be checked"
    assert [v.reason for v in verdicts] == [Reason.ENTAILED, Reason.NOT_ENOUGH_INFO, Reason.CHECK_FAILED]


def test_a_failure_is_recorded_and_tried_again_next_time():
    bench = Bench()
    bench.verify(claim("bad"))
    bench.verify(claim("bad"))
    assert bench.calls["engine"] == 2
    assert bench.runs == [(["bad"], False)] * 2


def test_a_claim_whose_sources_are_all_missing_is_unverified_and_the_run_incomplete():
    bench = Bench()
    report = bench.verify(claim("true", sources=("gone",)))
    (verdict,) = report.verdicts
    assert (verdict.label, verdict.reason, verdict.rule) == (VerdictLabel.UNVERIFIED, Reason.SOURCE_MISSING, "FC307")
    assert '"gone"' in verdict.explanation
    assert not report.complete
    assert bench.calls["engine"] == 0


def test_what_other_sources_support_still_stands_when_one_is_missing():
    report = Bench().verify(claim("true", sources=("gone", "s")), claim("other", sources=("gone", "s")))
    assert [verdict.reason for verdict in report.verdicts] == [Reason.ENTAILED, Reason.SOURCE_MISSING]
    assert not report.complete


def test_a_checker_without_anything_to_say_leaves_claims_unverified():
    (verdict,) = Bench().verify(claim("other")).verdicts
    assert verdict.label is VerdictLabel.UNVERIFIED


def test_the_engine_digest_counts_engine_modules_and_not_reporters():
    counted = {path.name for path in pipeline.engine_files()}
    assert {"pipeline.py", "domain.py", "retrieve.py"} <= counted
    assert not {"cli.py", "terminal.py", "rules.py"} & counted
