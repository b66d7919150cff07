"""What the verdict model says of a pair: its cuts, and how their answers become one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from factcheck.checkers.model import WIDE, ModelChecker, cuts, together
from factcheck.domain import Claim, Label, Pair, Source
from factcheck.inference import load_verdict_model
from factcheck.passages import split

TEXT = (
    "The ferry line opened in 1962. It carries 4,000 people a day. The boats are painted yellow. "
    "A second pier was added in 1980. Captain Ines Falk has run the line since May."
)


def pair(claim: str, text: str = TEXT, ranking: tuple[int, ...] = (0, 3, 1, 2, 4)) -> Pair:
    source = Source(
        id="s", uri="ferry.txt", sha256="0" * 64, text=text, title="The ferry", published=dt.date(2020, 5, 1)
    )
    passages = split(text, "s")
    return Pair(
        claim=Claim(id="1", text=claim),
        source=source,
        passages=passages,
        context=passages,
        retrieval_score=1.0,
        ranking=ranking[: len(passages)],
    )


class Listening:
    """A model that answers by a rule and keeps the premises that it has read."""

    model_id = "listening"

    def __init__(self, answer: Callable[[str, str], tuple[float, float, float]]) -> None:
        self.answer = answer
        self.read: list[str] = []

    def judge(self, pairs: list[tuple[str, str]]) -> np.ndarray:
        self.read.extend(premise for premise, _ in pairs)
        return np.array([self.answer(premise, claim) for premise, claim in pairs])


def test_the_cuts_are_the_best_passage_and_the_best_few_in_document_order():
    found = cuts(pair("The ferry line opened in 1962"))
    long = found.long or ()

    assert [p.ordinal for p in found.short[0]] == [0]
    assert all(len(cut) == 1 for cut in found.short)
    assert [p.ordinal for p in long] == sorted(p.ordinal for p in long)
    assert len(long) == WIDE


def test_of_like_passages_the_one_with_the_claims_figure_is_the_best():
    text = (
        "The ferry line is old. It carried 900 people on its first day. "
        "The ferry line carried 212,000 people last year. The ferry line carried few people in winter."
    )
    ((best,), *_) = cuts(pair("The ferry line carried 212,000 people", text, ranking=(3, 0, 1, 2))).short
    assert best.ordinal == 2

    ((unlike,), *_) = cuts(pair("A bakery burned in Hull", text, ranking=(3, 0, 1, 2))).short
    assert unlike.ordinal == 3  # where nothing tells, retrieval's first stays the first


def test_the_passage_nearest_in_meaning_is_the_best_where_no_word_tells():
    asked = replace(pair("How many it takes across"), scores=(0.2, 0.6, 0.2, 0.1, 0.2))
    ((best,), *_) = cuts(asked).short

    assert best.ordinal == 1


def test_all_that_there_is_of_a_short_source_is_read_at_once():
    text = "The ferry line opened in 1962. It carries 4,000 people a day. The boats are painted yellow."
    found = cuts(replace(pair("The boats are yellow", text, ranking=(2, 0, 1)), whole=True))

    assert [[p.ordinal for p in cut] for cut in found.short] == [[0, 1, 2]]
    assert found.long is None


def test_a_source_of_one_passage_has_one_cut():
    found = cuts(pair("opened in 1962", "The ferry line opened in 1962."))

    assert len(found.short) == 1
    assert found.long is None


def test_each_pair_gets_one_judgement_that_names_its_shortest_telling_cut():
    checker = ModelChecker(load_model=load_verdict_model, model_id="shipped")
    asked = [pair("The ferry line opened in 1962"), pair("The ferry line opened in 1971")]
    supported, contradicted = checker(asked)

    assert supported.label is Label.ENTAILMENT
    assert contradicted.label is Label.CONTRADICTION
    assert len(supported.passage_ids) == 1
    assert sum(supported.probabilities or ()) == pytest.approx(1.0, abs=1e-3)


def test_the_long_cut_is_read_only_where_the_short_one_leaves_it_open():
    model = Listening(lambda premise, claim: (0.9, 0.06, 0.04) if "1962" in claim else (0.5, 0.46, 0.04))
    asked = [pair("The ferry line opened in 1962"), pair("The ferry line is loved")]
    settled, open_ = ModelChecker(load_model=lambda: model, model_id="x")(asked)

    assert len(model.read) == 3
    assert settled.probabilities == pytest.approx((0.9, 0.06, 0.04))
    assert settled.passage_ids == (asked[0].passages[0].id,)
    assert open_.probabilities == pytest.approx((0.5, 0.46, 0.04))


def test_where_the_likeliest_passage_says_nothing_the_next_is_read_too():
    model = Listening(lambda premise, claim: (0.04, 0.06, 0.9) if "yellow" in premise else (0.04, 0.9, 0.06))
    asked = pair("What they look like", ranking=(0, 2, 1, 3, 4))
    (judged,) = ModelChecker(load_model=lambda: model, model_id="x")([asked])

    assert len(model.read) == 3  # the first, the second, and the best few together; the third is not needed
    assert "yellow" not in model.read[0]
    assert "yellow" in model.read[1]
    assert judged.label is Label.CONTRADICTION
    assert judged.passage_ids == (asked.passages[2].id,)


def test_a_passage_that_surely_tells_of_the_claim_is_read_alone_even_where_it_says_nothing():
    asked = replace(pair("It carries 4,000 people a day"), scores=(0.1, 0.9, 0.1, 0.1, 0.1))

    assert [[p.ordinal for p in cut] for cut in cuts(asked).short] == [[1]]


def test_what_was_judged_before_needs_no_model():
    kept: dict[str, np.ndarray] = {}
    first = ModelChecker(load_model=load_verdict_model, model_id="m", keep=kept.update)
    asked = [pair("The boats are painted yellow")]
    answers = list(first(asked))

    def unneeded():
        raise AssertionError("the model was loaded")

    again = ModelChecker(load_model=unneeded, model_id="m", recall=lambda keys: {k: kept[k] for k in keys})
    assert list(again(asked)) == answers


def test_a_cut_that_objects_keeps_the_answer_from_being_sure():
    subject = pair("The ferry line opened in 1962")
    found = cuts(subject)
    short, long = found.short[0], found.long or ()
    sure, objecting = np.array([0.97, 0.02, 0.01]), np.array([0.02, 0.03, 0.95])

    agreed = together(subject, [(short, sure), (long, sure)])
    split_answer = together(subject, [(short, sure), (long, objecting)])

    assert agreed.confidence > 0.95
    assert split_answer.confidence < 0.7
