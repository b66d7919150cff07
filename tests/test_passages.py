"""Passages: where sentences end, and the law that offsets are exact."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck.passages import MAX_CHARACTERS, Block, find_blocks, sentences, split

# Each text is written with " | " where one sentence ends and the next begins.
CUTS = [
    "The bill passed. | It now goes to the senate.",
    "Dr. Ana Ruiz met Sen. Lee and Gov. Park. | They agreed.",
    "J. K. Marlow wrote it. | W. H. Stone did not.",
    "The shop opens at 9 a.m. and shuts at 5 p.m. | The café stays open.",
    "It began at 7 p.m. Friday in the old hall. | Nobody left.",
    "It began at 7 p.m. EST and ended at ten.",
    "Prices rose 3.5 per cent, to $4.20. | Wages rose 2.1 per cent.",
    "He moved to the U.S. in 1998. | She stayed in the U.K. | The two still write.",
    "The U.S. President spoke. | U.N. officials listened.",
    "Acme Corp. said profit fell. | Bolt Inc. and Co. Ltd. rose.",
    "He works for Acme Inc. | The firm makes bolts.",
    "Wait... what? | Nobody knew.",
    "The letter trailed off... | Then it resumed.",
    "“Is it true?” she asked. | “Yes.” | The room fell silent.",
    '"Will we win?" Marta Smith asked. | Nobody answered.',
    "“We came. We saw. We left,” said Lee. | The rest stayed.",
    "He said: “The dam will hold. It has held for years.” | It broke on Monday.",
    "It is No. 10 on the list. | Number nine is out.",
    "Did he agree? | No. | He refused.",
    "He chose Plan B. | The council did not.",
    "The mayor (who took office in 2019. She won twice.) resigned. | A vote follows.",
    "In Jan. 2019 it opened. | In Feb. 2020 it shut.",
    "They met in Washington, D.C. | The talks failed.",
    "St. Mary's opened in 1902. | Mt. Arden is near.",
    "Sales were up vs. last year. | Costs fell.",
    "It cost £3m! | Who paid? | The city did.",
    "Founded in 2018. | Closed in 2020.",
    "Martin Luther King Jr. spoke in 1963. | He was 34.",
    "It was raining.[1] | The match went on.[2][3] | Fans stayed.",
    "Visit www.example.org today. | The site is new.",
    "Version 2.0.1 shipped. | It failed.",
    "‘I never said that. I would not,’ he said. | The tape says otherwise.",
    "The company’s profits fell. | The union’s did not.",
    "Smith et al. found no effect. | Others did.",
    "She left at 3 p.m. | Police arrived at 4 p.m.",
    "It holds approx. 40 people. | Most days it is full.",
    "The score was 3-1. | 4,000 people watched.",
]


@pytest.mark.parametrize("marked", CUTS)
def test_sentences_end_where_a_reader_would_end_them(marked: str) -> None:
    expected = marked.split(" | ")
    text = " ".join(expected)
    assert [text[a:b] for a, b in sentences(text)] == expected


def test_headings_items_and_rows_are_passages_without_their_marks() -> None:
    text = (
        "# Jobs report\n\nHiring rose in May. It fell in June.\n\n- steel: 40 jobs\n- glass: 12 jobs. More later.\n\n"
        "| Town | Jobs |\n|---|---|\n| Arden | 40 |\n\n1. First\n2) Second\n"
    )
    got = [(p.kind, p.text) for p in split(text, "jobs")]
    assert got == [
        ("heading", "Jobs report"),
        ("sentence", "Hiring rose in May."),
        ("sentence", "It fell in June."),
        ("item", "steel: 40 jobs"),
        ("item", "glass: 12 jobs."),
        ("item", "More later."),
        ("row", "Town | Jobs"),
        ("row", "Arden | 40"),
        ("item", "First"),
        ("item", "Second"),
    ]


def test_items_of_one_list_and_rows_of_one_table_share_a_paragraph() -> None:
    text = "Signed by:\n\n- Peru\n- Chile\n\nDone.\n\n| a | b |\n| c | d |\n"
    by_paragraph: dict[int, list[str]] = {}
    for p in split(text, "s"):
        by_paragraph.setdefault(p.paragraph, []).append(p.text)
    assert list(by_paragraph.values()) == [["Signed by:"], ["Peru", "Chile"], ["Done."], ["a | b", "c | d"]]


def test_lines_wrapped_by_an_editor_make_one_sentence_and_short_lines_stay_apart() -> None:
    wrapped = "The council voted on Tuesday evening to close the\nold bridge for repairs that will last until spring."
    assert len(split(wrapped, "s")) == 1
    byline = "Bridge to close\nBy Ana Ruiz\n3 May 2024"
    assert [p.text for p in split(byline, "s")] == byline.split("\n")
    assert [p.text for p in split(f"{byline}\n{wrapped}", "s")] == [*byline.split("\n"), wrapped]
    headline = "The council is to close the old bridge until next spring\nBy Ana Ruiz"
    assert len(split(headline, "s")) == 2


def test_a_sentence_too_long_for_a_model_is_cut_and_nothing_is_lost() -> None:
    text = "word " * 900
    passages = split(text, "s")
    assert max(len(p.text) for p in passages) <= MAX_CHARACTERS
    assert " ".join(p.text for p in passages).split() == text.split()


TOKENS = [
    *(
        "The",
        "mayor",
        "U.S.",
        "a.m.",
        "Mr.",
        "said",
        "3.5",
        "“We",
        "left.”",
        '"No."',
        "(it",
        "did.)",
        "...",
        "?!",
        "J.",
    ),
    *(
        "\n",
        "\n\n",
        "# Head",
        "- item",
        "| a | b |",
        "No.",
        "7",
        "’s",
        "…",
        "«oui»",
        "é",
        "  ",
        "\t",
        "\r\n",
        "> q",
        "。",
    ),
]
PROSE = st.lists(
    st.one_of(
        st.sampled_from(TOKENS),
        st.text(max_size=8),
    ),
    max_size=40,
).map(" ".join)


@given(PROSE)
def test_offsets_are_exact_in_order_and_lose_no_word(text: str) -> None:
    passages = split(text, "s")
    last = 0
    for ordinal, passage in enumerate(passages):
        assert text[passage.start : passage.end] == passage.text
        assert passage.ordinal == ordinal
        assert passage.text == passage.text.strip() != ""
        assert passage.start >= last
        last = passage.end
    covered = "".join(p.text for p in passages)
    inside = "".join(text[b.start : b.end] for b in find_blocks(text))
    words = re.compile(r"[^\W_]")
    assert words.findall(covered) == words.findall(inside)


@given(PROSE)
def test_paragraph_numbers_never_go_back(text: str) -> None:
    numbers = [p.paragraph for p in split(text, "s")]
    assert numbers == sorted(numbers)


@given(st.text(max_size=200))
def test_a_block_given_by_a_reader_is_covered_whole(text: str) -> None:
    block = Block(kind="sentence", start=0, end=len(text), paragraph=3)
    passages = split(text, "s", [block])
    without_space = "".join(text.replace("\ufeff", "").split())
    assert "".join("".join(p.text.replace("\ufeff", "").split()) for p in passages) == without_space
    assert {p.paragraph for p in passages} <= {3}
