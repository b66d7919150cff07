"""Which sentences of a draft become claims, and where they stand."""

import itertools
import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck.claims import Positions, read_claims
from factcheck.clauses import Clauses, _dumps, _loads, split
from factcheck.drafts import claims_file
from factcheck.drafts.checkworthy import CheckWorthiness, features, held_out, measure
from factcheck.drafts.documents import parse_draft
from factcheck.errors import InputError
from factcheck.extract import extract, read_sentences
from factcheck.inference import load_embedder

DRAFT = """\
# A day in Tarnbeck

The council approved the plan by 12 votes to three. What a day it was! Was it not?

"It cost us 23.4 million pounds," the mayor, Edwin Marsh, told reporters on Monday.

Ouch. I, for one, would rather have a swimming pool.

- Three workers were injured.
"""


def claims_of(text: str, name: str = "d.md") -> list[str]:
    worth = CheckWorthiness(load_embedder=load_embedder)
    return [found.claim.text for found in extract(parse_draft(text.encode(), name), score=worth.score)]


def all_worth(sentences):
    return [1.0] * len(sentences)


def standing_alone(text: str) -> list[str]:
    """The claims that a draft comes to when every sentence is worth checking."""
    found = extract(parse_draft(text.encode(), "d.md"), score=all_worth, split=split)
    return [part.claim.text for whole in found for part in whole.parts or (whole,)]


def test_facts_become_claims_and_headings_questions_and_opinions_do_not():
    assert claims_of(DRAFT) == [
        "The council approved the plan by 12 votes to three.",
        '"It cost us 23.4 million pounds," the mayor, Edwin Marsh, told reporters on Monday.',
        "Three workers were injured.",
    ]


def test_every_claim_stands_where_its_location_says():
    draft = parse_draft(DRAFT.encode(), "d.md")
    lines = DRAFT.split("\n")
    found = extract(draft, score=all_worth)
    assert len(found) == len(read_sentences(draft))
    for item in found:
        place = item.claim.location
        assert lines[place.line - 1][place.column - 1 : place.end_column - 1] == item.claim.text


def test_claims_of_a_draft_have_ids_of_their_own():
    draft = parse_draft(b"It rained for two days.\n\nIt rained for two days.\n", "d.md")
    found = extract(draft, score=all_worth)
    assert [item.claim.id for item in found] == ["it-rained-for-two-days", "it-rained-for-two-days-2"]


@pytest.mark.parametrize(
    ("draft", "claims"),
    [
        (
            "Joanne Pellow joined the hospice in 2008, and five years later began paying a nurse whom she had made up.",
            [
                "Joanne Pellow joined the hospice in 2008.",
                "Joanne Pellow five years later began paying a nurse whom she had made up.",
            ],
        ),
        (
            'Ms Crewe said her client had been gambling for years and was "ashamed beyond words".',
            [
                "Ms Crewe said her client had been gambling for years.",
                'Ms Crewe said her client was "ashamed beyond words".',
            ],
        ),
        (
            "Since Monday the fire has gone over 41,600 acres and taken 212 homes, said Beth Lindqvist.",
            [
                "Since Monday the fire has gone over 41,600 acres, said Beth Lindqvist.",
                "Since Monday the fire has taken 212 homes, said Beth Lindqvist.",
            ],
        ),
        (
            "The strike, which ended on 23 May, cost the company six million pounds.",
            ["The strike cost the company six million pounds.", "The strike ended on 23 May."],
        ),
        (
            "The repairs will cost $1.9 million, according to the company, which employs 240 people.",
            ["The repairs will cost $1.9 million, according to the company.", "The company employs 240 people."],
        ),
        (
            "Callum's family have been told, although there has been no formal identification yet.",
            ["Callum's family have been told.", "There has been no formal identification yet."],
        ),
        (
            "In 2017 the hospice closed two of its ten beds and sold its van to a neighbour.",
            ["In 2017 the hospice closed two of its ten beds.", "In 2017 the hospice sold its van to a neighbour."],
        ),
        (
            "The council will borrow two million pounds and put off a new library until 1998.",
            [
                "The council will borrow two million pounds.",
                "The council will put off a new library until 1998.",
            ],
        ),
    ],
)
def test_a_sentence_of_several_facts_becomes_claims_that_keep_subject_speaker_and_date(draft: str, claims: list[str]):
    assert standing_alone(draft) == claims


@pytest.mark.parametrize(
    "sentence",
    [
        "If the council borrows two million pounds, it will put off a new library and close a school.",
        "The minister denied that he had met the bankers in Dublin and had taken money from them.",
        'The mayor said: "We shall build the bridge next year and we shall pay for it ourselves."',
        "The first batch of the beer ran to 180 bottles, and half of them blew up in the cellar.",
        "The firm must either sell its two shops in the town or close the factory in the north.",
        "A nurse who joined the hospice in 2008 and left it in 2015 gave evidence to the court.",
        "She left at noon.",
    ],
)
def test_what_cannot_be_cut_without_loss_stays_whole(sentence: str):
    assert standing_alone(sentence) == [sentence]


def test_pronouns_give_way_to_the_name_only_where_one_person_can_be_meant():
    assert standing_alone(
        "Joanne Pellow, 47, was jailed on Monday. She joined the hospice in 2008.\n\n"
        "His name was never given to the court.\n\nRuth Cole, 50, met Ann Bell, 51. She left at noon.\n"
    ) == [
        "Joanne Pellow, 47, was jailed on Monday.",
        "Joanne Pellow joined the hospice in 2008.",
        "His name was never given to the court.",
        "Ruth Cole, 50, met Ann Bell, 51.",
        "She left at noon.",
    ]


def test_titles_tell_who_he_and_she_are_and_bodies_are_named_in_full():
    assert standing_alone(
        "Larkrise Hospice opened in 1990. The hospice has ten beds.\n\n"
        "Mr Paul Reed wrote to Mrs Ann Bell on Friday. He wants his money back. She has not replied to it.\n"
    )[1:] == [
        "Larkrise Hospice has ten beds.",
        "Mr Paul Reed wrote to Mrs Ann Bell on Friday.",
        "Paul Reed wants his money back.",
        "Ann Bell has not replied to it.",
    ]


def test_a_claims_file_says_what_an_unresolved_pronoun_is_about():
    text = "---\ntitle: The storm\n---\n\nIt killed two people in Kent. The storm closed the port of Dover on Monday.\n"
    found = extract(parse_draft(text.encode(), "d.md"), score=all_worth, split=split)
    first, second = read_claims(claims_file(found), "d.yaml")
    assert (first.text, first.about) == ("It killed two people in Kent.", "The storm")
    assert (second.text, second.about) == ("The storm closed the port of Dover on Monday.", None)


def test_inside_a_quotation_nothing_is_resolved():
    text = 'Ann Bell, 51, spoke to the court. "She took it," she said.'
    assert standing_alone(text)[1] == '"She took it," Ann Bell said.'


NEWS = """\
😀 Joanne Pellow, 47, was given *three years* at Leicester Crown Court, and four of her friends were fined.\r
\r
> She joined Larkrise Hospice in 2008, and five years\r
> later began paying wages to a nurse &mdash; one of two &mdash; and took £15,000.\r
\r
- Ms Crewe said that she had sold the van, which cost &pound;22,500, and was "ashamed beyond words".\r
\t- The hospice, **struggling** to balance its books, closed two beds in 2017 but has reopened one.\r
"""


def test_every_word_of_a_claim_stands_in_the_file_where_it_says():
    draft = parse_draft(NEWS.encode(), "d.md")
    found = extract(draft, score=all_worth, split=split)
    assert sum(len(item.parts) for item in found) == 7
    for item in (part for whole in found for part in (whole, *whole.parts)):
        clause = item.clause
        assert item.claim.text == clause.text == "".join(piece.text for piece in clause.pieces)
        at = 0
        for piece in clause.pieces:
            written = draft.text[piece.start : piece.end]
            if len(piece.text) == len(written):
                assert piece.text.lower() == written.lower()
            else:
                assert written in ("", "She", "she", "The hospice")
            if written:
                assert clause.place(at, at + len(piece.text)) == (piece.start, piece.end)
            at += len(piece.text)
        assert item.sentence.start <= clause.start < clause.end <= item.sentence.end
        start, end = draft.span(clause.start, clause.end)
        positions, place = Positions(draft.raw), item.claim.location
        assert (place.line, place.column) == positions.at(start)
        assert (place.end_line, place.end_column) == positions.at(end)
        for number in re.finditer(r"\d[\d,]*", item.claim.text):
            a, b = draft.span(*clause.place(*number.span()))
            assert draft.raw[a:b] == number[0]


FRAMES = [
    ("d.md", "{}\n"),
    ("d.md", "😀 Caf&eacute; &amp; bar are open. {} More is to come.\n"),
    ("d.md", "- one\n  - two\n\t- {}\n"),
    ("d.md", "1. one\n   > > 😀 {}\n"),
    ("d.md", "| a | b |\n|---|---|\n| 😀 \\| x | {} |\n"),
    ("d.md", "---\ntitle: 😀\n---\n\n<!-- {} -->\n\n<p>\t😀 {}</p>\n"),
    ("d.html", "<ul><li>😀 a<li><b>It</b> rained.<br>\n{}</ul>"),
    ("d.txt", "😀 It rained.\n\n\t{}\n"),
]


@given(
    st.sampled_from(FRAMES),
    st.sampled_from(["The clinic", "A *small* clinic", "The caf&eacute;", "Clinic &#8364;"]),
    st.sampled_from(["closed", "closed\n  "]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_the_place_of_a_number_is_right_in_every_kind_of_block(frame, subject: str, verb: str, end: str):
    name, around = frame
    if "|" in around or ">" in around or name == "d.txt":
        verb = verb.strip()  # a line break ends a table's row, a quotation's line and a paragraph's indent
    raw = around.replace("{}", f"{subject} {verb} 12 beds in 2017.").replace("\n", end)
    draft = parse_draft(raw.encode(), name)
    lines = re.split(r"\r\n|\n", draft.raw)
    found = [item for item in extract(draft, score=all_worth) if "12 beds" in item.claim.text]
    assert len(found) == 1
    start = found[0].claim.text.index("12 beds")
    place = draft.location(*found[0].clause.place(start, start + 7))
    assert lines[place.line - 1][place.column - 1 : place.end_column - 1] == "12 beds"
    whole, at = found[0].claim.location, (place.line, place.column)
    assert (whole.line, whole.column) <= at < (whole.end_line, whole.end_column)


subjects = st.sampled_from(["The council", "Ann Bell", "Ms Crewe", "The firm, a bank,", "Some 300 people", "He", "It"])
verbs = st.sampled_from(
    ["closed two beds", "has sold its van", "was fined £500", "will open in May", "said it had 12 members", "left"]
)
joints = st.sampled_from([" and ", ", and ", ", but ", "; ", ", although it ", ", which ", " or ", ", and then they "])
tails = st.sampled_from(["", " on Monday", ", she said", ", according to police", ' with "no (real) hope"', " 😀"])


@given(st.lists(st.tuples(subjects, verbs, joints, verbs, tails), min_size=1, max_size=3))
def test_clauses_of_any_sentence_are_made_of_its_words_in_their_order(rows):
    text = " ".join(f"{s} {v}{j}{w}{t}." for s, v, j, w, t in rows)
    draft = parse_draft(text.encode(), "d.txt")
    sentences = read_sentences(draft)
    found = split(sentences)
    assert _loads(_dumps(found, sentences), sentences) == found
    for sentence, (everything, *parts) in zip(sentences, found, strict=True):
        assert len(parts) != 1
        for clause in (everything, *parts):
            assert clause.text == clause.text.strip() != ""
            spans = [(piece.start, piece.end) for piece in clause.pieces]
            assert all(sentence.start <= a <= b <= sentence.end for a, b in spans)
            assert all(b <= c for (_, b), (c, _) in itertools.pairwise(spans))
            assert (clause.start, clause.end) == (max(clause.start, sentence.start), min(clause.end, sentence.end))


WORDS = """
Ann Bell Ms Mr Crewe London Monday 2017 £15 she he it they who which that and but or although if the a said told
according to closed was will be has not in on , . ; : " “ ” ( ) — ? ! 's company hospice two beds 😀
""".split()


@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=30))
def test_any_words_at_all_can_be_cut_and_keep_their_places(words):
    draft = parse_draft(" ".join(words).encode(), "d.txt")
    sentences = read_sentences(draft)
    for sentence, clauses in zip(sentences, split(sentences), strict=True):
        for clause in clauses:
            assert clause.text.strip()
            assert sentence.start <= clause.start < clause.end <= sentence.end
            for piece in clause.pieces:
                assert sentence.start <= piece.start <= piece.end <= sentence.end


def test_a_draft_that_was_cut_before_is_not_parsed_again():
    kept: dict[str, object] = {}
    sentences = read_sentences(parse_draft(NEWS.encode(), "d.md"))
    first = Clauses(keep=kept.update).split(sentences)
    assert len(kept) == 1

    def never(outputs) -> None:
        raise AssertionError("it was parsed again")

    recall = Clauses(recall=lambda keys: {key: kept[key] for key in keys}, keep=never, prepare=lambda: never(None))
    assert recall.split(sentences) == first


def test_a_new_heading_moves_the_clauses_of_a_draft_and_has_nothing_parsed_again():
    kept: dict[str, object] = {}
    before = parse_draft(NEWS.encode(), "d.md")
    after = parse_draft(f"# A heading that was not there\n\n{NEWS}".encode(), "d.md")
    first = Clauses(keep=kept.update).split(read_sentences(before))
    moved = Clauses(recall=lambda keys: {key: kept[key] for key in keys}).split(read_sentences(after))
    for was, now in zip(itertools.chain(*first), itertools.chain(*moved), strict=True):
        assert now.text == was.text
        assert after.text[now.start : now.end] == before.text[was.start : was.end]
        assert now.start > was.start


LONG = "The mayor of Tarnby opened the new pier on Monday, and the harbour choir sang there for an hour."


def test_a_claim_of_two_clauses_is_cut_into_both_and_a_short_one_is_not_even_parsed():
    loaded: list[str] = []
    short = "The mayor of Tarnby opened the pier."
    first, second = Clauses(prepare=lambda: loaded.append("parser")).parts([LONG, short])

    assert [part.text for part in first] == [
        "The mayor of Tarnby opened the new pier on Monday.",
        "The harbour choir sang there for an hour.",
    ]
    assert second == []
    assert loaded == ["parser"]
    assert Clauses(prepare=lambda: loaded.append("again")).parts([short]) == [[]]
    assert loaded == ["parser"]


def test_a_claim_that_was_cut_before_is_recalled_without_the_parser():
    kept: dict[str, object] = {}
    fresh = Clauses(keep=kept.update).parts([LONG])

    def refuse() -> None:
        raise AssertionError("the parser was loaded")

    again = Clauses(recall=lambda keys: {key: kept[key] for key in keys}, prepare=refuse).parts([LONG])
    assert again == fresh


def test_a_part_finds_its_words_again_in_the_claim():
    (parts,) = Clauses().parts([LONG])
    at = parts[1].text.index("an hour")

    assert parts[1].place(at, at + 7) == (LONG.index("an hour"), LONG.index("an hour") + 7)


def test_scores_are_recalled_and_then_no_model_is_loaded():
    kept: dict[str, object] = {}
    first = CheckWorthiness(load_embedder=load_embedder, keep=kept.update).score(["Three workers were injured."])

    def never() -> None:
        raise AssertionError("a model was loaded")

    recall = lambda keys: {key: kept[key] for key in keys if key in kept}  # noqa: E731
    again = CheckWorthiness(load_embedder=never, recall=recall).score(["Three workers were injured."])
    assert again == pytest.approx(first, abs=1e-6)


def test_measuring_counts_only_held_out_sentences_of_a_training_set(tmp_path: Path):
    rows = [{"sentence": f"The bill was {n} million pounds.", "checkworthy": True} for n in range(30)]
    for name in ("a.jsonl", "a.train.jsonl"):
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    worth = CheckWorthiness(load_embedder=load_embedder)
    n, f1, _ = measure(tmp_path / "a.jsonl", worth)
    assert (n, f1) == (30, 1.0)
    assert measure(tmp_path / "a.train.jsonl", worth)[0] == sum(held_out(row["sentence"]) for row in rows)
    (tmp_path / "bad.jsonl").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="these are not labelled sentences"):
        measure(tmp_path / "bad.jsonl", worth)


def test_a_fifth_of_all_sentences_is_held_out():
    words = random.Random(0)
    share = sum(held_out(str(words.random())) for _ in range(5000)) / 5000
    assert 0.17 < share < 0.23


@given(st.text(max_size=80))
def test_features_of_any_text_are_finite_and_as_many_as_the_model_has_weights(text: str):
    found = features(text)
    assert len(found) == len(features("x"))
    assert all(0 <= value < 100 for value in found)
