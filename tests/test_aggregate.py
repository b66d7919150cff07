"""The laws of the decision, and its precedences by name."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck.aggregate import (
    CONFLICT,
    MISSING,
    MODEL_MARGIN,
    MODEL_SUPPORT,
    REFUTE,
    SUPPORT,
    WHOLE_REFUTE,
    by_parts,
    decide,
    model_verdict,
    settled,
)
from factcheck.clauses import Clause, Piece
from factcheck.domain import (
    Claim,
    Judgement,
    Label,
    Pair,
    Passage,
    Reason,
    Slot,
    SlotFinding,
    SlotKind,
    SlotState,
    Source,
    Stance,
    VerdictLabel,
)

CLAIM = Claim(id="c", text="The bridge opened in 2017 with eleven guests")
TEXT = "The bridge opened in 2016. Eleven guests came. It was closed in 2019."
SUPPORTED, CONTRADICTED, UNVERIFIED = VerdictLabel.SUPPORTED, VerdictLabel.CONTRADICTED, VerdictLabel.UNVERIFIED


def source_pair(source_id="a", *, title="Bridge", published=dt.date(2020, 1, 1), text=TEXT, score=0.8):
    source = Source(id=source_id, uri=f"{source_id}.md", sha256=source_id, text=text, title=title, published=published)
    passages, at = [], 0
    for ordinal, sentence in enumerate(text.split(". ")):
        start = text.index(sentence, at)
        at = start + len(sentence)
        passages.append(Passage(source_id=source_id, ordinal=ordinal, paragraph=0, start=start, end=at, text=sentence))
    return Pair(claim=CLAIM, source=source, passages=tuple(passages), context=tuple(passages), retrieval_score=score)


def model(pair, entailment, contradiction, passages=1):
    neutral = max(0.0, 1.0 - entailment - contradiction)
    label = max((entailment, Label.ENTAILMENT), (neutral, Label.NEUTRAL), (contradiction, Label.CONTRADICTION))[1]
    return Judgement(
        claim_id="c",
        source_id=pair.source.id,
        passage_ids=tuple(p.id for p in pair.passages[:passages]),
        checker="model",
        label=label,
        confidence=max(entailment, neutral, contradiction),
        probabilities=(entailment, neutral, contradiction),
    )


def slot(pair, state, confidence=0.9, *, text="2017", kind=SlotKind.DATE, rule="FC201", found="2016"):
    at = CLAIM.text.find(text)
    start = pair.source.text.find(found) if state is not SlotState.MISSING else None
    finding = SlotFinding(
        slot=Slot(kind=kind, text=text, start=at, end=at + len(text)),
        state=state,
        rule=rule,
        confidence=confidence,
        found=found,
        start=start,
        end=None if start is None else start + len(found),
    )
    labels = {SlotState.CONFLICTING: Label.CONTRADICTION, SlotState.MISSING: Label.NEUTRAL}
    return Judgement(
        claim_id="c",
        source_id=pair.source.id,
        passage_ids=tuple(p.id for p in pair.passages),
        checker=str(kind),
        label=labels.get(state, Label.ENTAILMENT),
        confidence=confidence,
        findings=(finding,),
    )


PAIR = source_pair()


def label_of(*judgements, pairs=(PAIR,)):
    return decide(CLAIM, pairs, judgements).label


# -- precedences ---------------------------------------------------------------------------


def test_without_evidence_nothing_is_supported_or_contradicted():
    verdict = decide(CLAIM, (), ())

    assert (verdict.label, verdict.reason, verdict.rule) == (UNVERIFIED, Reason.NO_EVIDENCE, "FC301")


def test_the_model_supports_when_every_slot_is_backed():
    verdict = decide(CLAIM, [PAIR], [model(PAIR, 0.95, 0.02), slot(PAIR, SlotState.BACKED)])

    assert (verdict.label, verdict.reason, verdict.rule) == (SUPPORTED, Reason.ENTAILED, "FC300")
    assert verdict.evidence[0].stance is Stance.SUPPORTS


def test_a_slot_that_is_not_backed_keeps_the_model_from_supporting():
    verdict = decide(CLAIM, [PAIR], [model(PAIR, 0.95, 0.02), slot(PAIR, SlotState.MISSING, rule="FC303")])

    assert (verdict.label, verdict.rule) == (UNVERIFIED, "FC303")
    assert '"2017" is not backed' in verdict.explanation


def test_a_slot_with_another_value_outweighs_the_model():
    verdict = decide(CLAIM, [PAIR], [model(PAIR, 0.70, 0.25), slot(PAIR, SlotState.CONFLICTING, 0.99)])

    assert (verdict.label, verdict.reason, verdict.rule) == (CONTRADICTED, Reason.REFUTED, "FC201")
    marked = [quote.quote[a:b] for quote in verdict.evidence for a, b in quote.marks]
    assert marked == ["2016"]


def test_an_unsure_conflict_keeps_the_model_from_supporting_but_does_not_contradict():
    assert label_of(model(PAIR, 0.95, 0.02), slot(PAIR, SlotState.CONFLICTING, 0.5)) is UNVERIFIED


def test_a_sure_calculation_outweighs_a_contradiction_of_the_model_that_names_no_value():
    sure = slot(PAIR, SlotState.DERIVED, 0.95, text="eleven", kind=SlotKind.COUNT, rule="FC211", found="Eleven")
    answer = model(PAIR, 0.3, 0.6)

    assert label_of(answer, sure) is SUPPORTED
    assert label_of(answer, sure, slot(PAIR, SlotState.CONFLICTING)) is CONTRADICTED


def test_a_sure_calculation_lowers_the_bar_of_support_but_not_against_what_speaks_against_it():
    answer = model(PAIR, 0.25, 0.3)
    sure = slot(PAIR, SlotState.DERIVED, 0.95, text="eleven", kind=SlotKind.COUNT, rule="FC211", found="Eleven")
    unsure = slot(PAIR, SlotState.DERIVED, 0.8, text="eleven", kind=SlotKind.COUNT, rule="FC211", found="Eleven")

    assert label_of(answer) is UNVERIFIED
    assert label_of(answer, unsure) is UNVERIFIED
    assert label_of(answer, sure) is SUPPORTED
    assert label_of(answer, sure, slot(PAIR, SlotState.MISSING)) is UNVERIFIED
    assert label_of(model(PAIR, 0.1, 0.8), sure) is not SUPPORTED


def test_a_figure_that_the_source_does_not_give_is_named_where_the_model_contradicts():
    gap = slot(PAIR, SlotState.MISSING, 0.72, text="eleven", kind=SlotKind.COUNT, rule="FC203")
    verdict = decide(CLAIM, [PAIR], [model(PAIR, 0.01, 0.98), gap])

    assert (verdict.label, verdict.rule) == (CONTRADICTED, "FC203")
    assert 'the claim has "eleven"' in verdict.explanation


def test_a_word_that_a_figure_of_the_source_stands_for_is_not_said_to_be_missing_from_it():
    told = source_pair(text="The bridge opened with 11 guests in spring")
    answer = model(told, 0.01, 0.98)
    backed = slot(told, SlotState.BACKED, text="eleven", kind=SlotKind.COUNT, rule="FC203", found="11")

    assert '"eleven"' in decide(CLAIM, [told], [answer]).explanation
    assert '"eleven"' not in decide(CLAIM, [told], [answer, backed]).explanation


def test_the_model_alone_contradicts_only_when_it_is_sure():
    assert label_of(model(PAIR, 0.02, 0.97)) is CONTRADICTED
    assert label_of(model(PAIR, 0.30, REFUTE - 0.2)) is UNVERIFIED


def test_the_shortest_evidence_that_decides_is_quoted():
    verdict = decide(CLAIM, [PAIR], [model(PAIR, 0.95, 0.02, passages=3), model(PAIR, 0.93, 0.02, passages=1)])

    assert [quote.quote for quote in verdict.evidence] == ["The bridge opened in 2016"]


def test_what_the_model_says_of_all_that_there_is_counts_by_its_own_bars():
    whole = replace(PAIR, whole=True)
    said = model(whole, MODEL_SUPPORT + 0.02, 0.3)

    assert decide(CLAIM, [PAIR], [said]).label is UNVERIFIED
    assert decide(CLAIM, [whole], [said]).label is SUPPORTED
    assert decide(CLAIM, [whole], [model(whole, 0.3, WHOLE_REFUTE - 0.01)]).label is UNVERIFIED
    assert decide(CLAIM, [whole], [said, slot(whole, SlotState.CONFLICTING, 0.9)]).label is CONTRADICTED


def test_an_excerpt_may_leave_names_to_its_page_and_the_reader_is_told():
    excerpt = replace(source_pair("excerpt", title=None), whole=True)
    unnamed = slot(excerpt, SlotState.MISSING, text="The bridge", kind=SlotKind.NAME, rule="FC303")
    verdict = decide(CLAIM, [excerpt], [model(excerpt, 0.9, 0.05), unnamed])

    assert verdict.label is SUPPORTED
    assert 'It does not name "The bridge".' in verdict.explanation
    titled = replace(PAIR, whole=True)
    unnamed = slot(titled, SlotState.MISSING, text="The bridge", kind=SlotKind.NAME, rule="FC303")
    assert decide(CLAIM, [titled], [model(titled, 0.9, 0.05), unnamed]).label is UNVERIFIED


def test_who_is_quoted_word_for_word_is_settled_by_the_text():
    claim = replace(CLAIM, text='"The deck was never safe," said Ana Reyes, who built it')
    text = 'Ana Reyes built the bridge. "The deck was never safe," she said. It was closed in 2019.'
    pair = replace(source_pair(text=text), claim=claim)

    def backed(kind, words, confidence):
        at = claim.text.index(words)
        judgement = slot(pair, SlotState.BACKED, confidence, kind=kind, found="Ana Reyes")
        finding = replace(
            judgement.findings[0], slot=Slot(kind=kind, text=words, start=at, end=at + len(words)), rule="FC207"
        )
        return replace(judgement, findings=(finding,))

    quoted = backed(SlotKind.QUOTATION, "The deck was never safe,", 0.97)
    spoken = backed(SlotKind.SPEAKER, "Ana Reyes", 0.9)
    doubtful = model(pair, 0.2, 0.7)

    assert decide(claim, [pair], [doubtful, quoted, spoken]).label is SUPPORTED
    assert decide(claim, [pair], [doubtful, quoted]).label is not SUPPORTED
    for denied in (
        '"The deck was never safe," Ana Reyes never said',
        'Ana Reyes denies saying "The deck was never safe,"',
    ):
        other = replace(claim, text=denied)
        words = [replace(j, findings=(replace(j.findings[0], slot=replace(j.findings[0].slot, start=at, end=at + n)),))
                 for j, part in ((quoted, "The deck was never safe,"), (spoken, "Ana Reyes"))
                 for at, n in ((denied.index(part), len(part)),)]  # fmt: skip
        assert decide(other, [replace(pair, claim=other)], [doubtful, *words]).label is not SUPPORTED
    more = replace(claim, text=claim.text + " with stolen steel")
    pair = replace(pair, claim=more)
    assert decide(more, [pair], [doubtful, quoted, spoken]).label is UNVERIFIED


# -- several sources -----------------------------------------------------------------------


def test_sources_that_disagree_leave_the_claim_unverified_and_both_are_quoted():
    other = source_pair("b", title="Another paper")
    verdict = decide(CLAIM, [PAIR, other], [model(PAIR, 0.95, 0.02), model(other, 0.02, 0.97)])

    assert (verdict.label, verdict.reason, verdict.rule) == (UNVERIFIED, Reason.CONFLICTING_EVIDENCE, "FC304")
    assert verdict.conflict
    assert {quote.source_id: quote.stance for quote in verdict.evidence} == {"a": Stance.SUPPORTS, "b": Stance.REFUTES}


@pytest.mark.parametrize(("day", "label"), [(dt.date(2021, 1, 1), CONTRADICTED), (dt.date(2019, 1, 1), UNVERIFIED)])
def test_a_later_correction_settles_what_sources_disagree_on(day, label):
    correction = source_pair("b", title="Correction: the bridge", published=day)
    verdict = decide(CLAIM, [PAIR, correction], [model(PAIR, 0.95, 0.02), model(correction, 0.02, 0.97)])

    assert (verdict.label, verdict.conflict) == (label, True)


def test_a_source_about_something_else_does_not_contradict_one_that_is_about_the_claim():
    claim = replace(CLAIM, text="Bridge minister Ana Reyes opened the bridge in 2016")
    about, against, other = (
        replace(source_pair(name, text=text), claim=claim)
        for name, text in (
            ("about", "Ana Reyes, the bridge minister, opened the bridge in 2016"),
            ("against", "Bridge minister Jan Kolar opened the bridge in 2016"),
            ("other", "Jan Kolar is bridge minister. He likes tea"),
        )
    )

    def role(pair):
        return slot(pair, SlotState.CONFLICTING, 0.9, text="minister", kind=SlotKind.ROLE, rule="FC206", found="Jan")

    said = model(about, 0.95, 0.02)
    assert decide(claim, [about, other], [said, role(other)]).label is SUPPORTED
    assert decide(claim, [about, against], [said, role(against)]).conflict
    assert decide(claim, [other], [role(other)]).label is CONTRADICTED
    assert decide(claim, [about, other], [model(about, 0.3, 0.1), role(other)]).label is UNVERIFIED


def test_a_source_that_says_nothing_does_not_weaken_one_that_supports():
    silent = source_pair("b")

    assert label_of(model(PAIR, 0.95, 0.02), model(silent, 0.05, 0.05), pairs=(PAIR, silent)) is SUPPORTED


# -- laws -----------------------------------------------------------------------------------

SHARES = st.sampled_from([0.0, 0.05, 0.3, 0.5, 0.7, 0.9, 0.97])
PAIRS = (
    PAIR,
    source_pair("b", title="Other", published=None, score=0.7),
    replace(source_pair("w", title=None, published=None, score=0.6), whole=True),
)


@st.composite
def judgement_lists(draw):
    made = []
    for _ in range(draw(st.integers(0, 5))):
        pair = draw(st.sampled_from(PAIRS))
        if draw(st.booleans()):
            entailment = draw(SHARES)
            made.append(model(pair, entailment, min(draw(SHARES), 1.0 - entailment), draw(st.integers(1, 3))))
        else:
            text, kind, found = draw(
                st.sampled_from([("2017", SlotKind.DATE, "2016"), ("eleven", SlotKind.COUNT, "Eleven")])
            )
            made.append(slot(pair, draw(st.sampled_from(SlotState)), draw(SHARES), text=text, kind=kind, found=found))
    return made


@given(judgement_lists(), st.randoms())
def test_the_order_of_judgements_and_pairs_changes_nothing(judgements, random):
    mixed, pairs = list(judgements), list(PAIRS)
    random.shuffle(mixed)
    random.shuffle(pairs)

    assert decide(CLAIM, pairs, mixed) == decide(CLAIM, PAIRS, judgements)


@given(judgement_lists())
def test_a_repeated_judgement_changes_nothing(judgements):
    assert decide(CLAIM, PAIRS, judgements + judgements) == decide(CLAIM, PAIRS, judgements)


@given(judgement_lists(), st.sampled_from(PAIRS))
def test_a_neutral_judgement_of_the_model_never_moves_the_verdict(judgements, pair):
    before, after = decide(CLAIM, PAIRS, judgements), decide(CLAIM, PAIRS, [*judgements, model(pair, 0.0, 0.0)])

    assert (after.label, after.rule, after.conflict) == (before.label, before.rule, before.conflict)


@given(judgement_lists(), st.sampled_from(PAIRS), SHARES)
def test_a_further_contradiction_never_creates_support(judgements, pair, share):
    before = decide(CLAIM, PAIRS, judgements).label
    for more in (model(pair, 0.0, share), slot(pair, SlotState.CONFLICTING, share)):
        after = decide(CLAIM, PAIRS, [*judgements, more]).label
        assert after is not SUPPORTED or before is SUPPORTED


@given(judgement_lists(), SHARES, SHARES)
def test_what_the_checkers_settle_no_word_of_the_model_changes(judgements, entailment, rest):
    found = [j for j in judgements if j.probabilities is None and j.source_id == PAIR.source.id]
    answer = model(PAIR, entailment, (1 - entailment) * rest)

    assert settled(found) == settled([answer, *found])
    if settled(found):
        assert label_of(*found) is label_of(answer, *found) is CONTRADICTED
        assert decide(CLAIM, [PAIR], found).rule == decide(CLAIM, [PAIR], [answer, *found]).rule


@given(judgement_lists())
def test_every_verdict_is_explained_and_every_quote_is_in_its_source(judgements):
    verdict = decide(CLAIM, PAIRS, judgements)
    texts = {pair.source.id: pair.source.text for pair in PAIRS}

    assert verdict.explanation.strip().endswith(".")
    assert verdict.rule.startswith("FC")
    assert 0.0 <= verdict.confidence <= 1.0
    for quote in verdict.evidence:
        assert texts[quote.source_id][quote.start : quote.end] == quote.quote
        assert all(0 <= a < b <= len(quote.quote) for a, b in quote.marks)


@given(st.tuples(SHARES, SHARES, SHARES))
def test_the_model_alone_never_supports_below_the_threshold(shares):
    total = sum(shares) or 1.0
    label = model_verdict([share / total for share in shares])

    assert label is not SUPPORTED or shares[0] / total >= MODEL_SUPPORT
    assert label is not SUPPORTED or (shares[0] - shares[1]) / total >= MODEL_MARGIN - 1e-9


def test_an_undecided_claim_says_which_way_its_passages_lean():
    def told(entailment, contradiction):
        verdict = decide(CLAIM, [PAIR], [model(PAIR, entailment, contradiction)])
        return verdict.explanation if verdict.rule == "FC302" else ""

    silent, *leaning = (
        "neither say it nor rule it out",
        "rather speak against it",
        "can be read either way",
        "rather say so",
    )
    assert silent in told(0.01, 0.02)
    # From one side to the other, with as little silence throughout: each leaning once, in this order.
    steps = [told(share / 100, 0.95 - share / 100) for share in range(1, 95)]
    seen = [next(i for i, words in enumerate(leaning) if words in step) for step in steps if step]
    assert list(dict.fromkeys(seen)) == sorted(set(seen)) == [0, 1, 2]


def test_thresholds_keep_their_order():
    assert 0.0 < SUPPORT < 1.0
    assert 0.0 < REFUTE < 1.0
    assert 0.0 < CONFLICT < 1.0
    assert 0.0 < MISSING < 1.0


def test_a_verdict_carries_the_claim_it_answers():
    assert decide(replace(CLAIM, id="other"), [PAIR], []).claim.id == "other"


# -- claims of several parts ---------------------------------------------------------------------

FIRST, SECOND = "The bridge opened in 2017", "The bridge had eleven guests"


def parted(*judgements: tuple[Judgement, ...]):
    """The two parts of the claim, each with the verdict that its judgements come to."""
    opening = Piece(text=FIRST, start=0, end=len(FIRST))
    again, rest = Piece(text="The bridge ", start=0, end=11), Piece(text="had eleven guests", start=26, end=43)
    clauses = [Clause(start=0, end=25, pieces=(opening,)), Clause(start=26, end=43, pieces=(again, rest))]
    return [(clause, decide(CLAIM, [PAIR], list(said))) for clause, said in zip(clauses, judgements, strict=True)]


YES, NO, OPEN = (model(PAIR, 0.97, 0.01),), (model(PAIR, 0.01, 0.97),), (model(PAIR, 0.1, 0.1),)


@pytest.mark.parametrize("said", [YES, OPEN])
@pytest.mark.parametrize("parts", [(YES, NO), (NO, YES), (OPEN, NO)])
def test_a_claim_is_contradicted_if_one_of_its_parts_is_and_the_part_is_named(said, parts):
    verdict = by_parts(decide(CLAIM, [PAIR], list(said)), parted(*parts))
    named = FIRST if parts[0] is NO else SECOND

    assert verdict.label is CONTRADICTED
    assert verdict.explanation.startswith(f'Its part "{named}" is contradicted. ')
    assert verdict.claim == CLAIM


def test_a_claim_that_the_whole_leaves_open_is_supported_if_all_of_its_parts_are():
    verdict = by_parts(decide(CLAIM, [PAIR], list(OPEN)), parted(YES, YES))

    assert verdict.label is SUPPORTED
    assert verdict.explanation.startswith(f'Each of its parts is supported: "{FIRST}": ')


def test_a_claim_of_which_only_a_part_is_supported_stays_open_and_says_which():
    verdict = by_parts(decide(CLAIM, [PAIR], list(OPEN)), parted(YES, OPEN))

    assert verdict.label is UNVERIFIED
    assert verdict.explanation.endswith(f'Of its parts only this is supported: "{FIRST}".')


def test_a_part_that_could_not_be_checked_leaves_its_claim_unchecked():
    first, second = parted(YES, YES)
    failed = replace(second[1], label=UNVERIFIED, reason=Reason.CHECK_FAILED, rule="FC901")

    assert by_parts(decide(CLAIM, [PAIR], list(YES)), [first, (second[0], failed)]).reason is Reason.CHECK_FAILED


def test_the_words_that_decide_a_part_are_found_again_in_the_claim():
    refuted = (*NO, slot(PAIR, SlotState.CONFLICTING, 0.95))
    verdict = by_parts(decide(CLAIM, [PAIR], list(OPEN)), parted(refuted, YES))

    assert [CLAIM.text[f.slot.start : f.slot.end] for f in verdict.slots] == ["2017"]
