"""The lists of a sentence: what counts as one, and how many things it names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck.alignment import read
from factcheck.lists import enumerations

LISTS = {
    "It is sold in red, navy and gray.": ["3 = red, navy, gray"],
    "The numbers were 3, 8, 19 and 41.": ["4 = 3, 8, 19, 41"],
    "It was rebuilt in 1902, 1931 and 2004, but not since.": ["3 = 1902, 1931, 2004"],
    "Austria, France and 14 other states signed.": ["16 = Austria, France, 14 other states"],
    "The Smiths, the Joneses and two others left.": ["4 = The Smiths, the Joneses, two others"],
    "Present: A. Bell (chair), M. Haddad, P. Cruz.": ["3 = A. Bell, M. Haddad, P. Cruz"],
    "They met at the hospital, health centre and church hall.": ["3 = the hospital, health centre, church hall"],
    "It carries two cameras, an altimeter and a lander.": ["4 = two cameras, an altimeter, a lander"],
    "Ana Teles (Portugal), Chidi Okoro (Nigeria) and Sushila Rai (Nepal) spoke.": [
        "3 = Ana Teles, Chidi Okoro, Sushila Rai"
    ],
    "Argentina, Brazil and at least five others signed.": [],
    "On 4 May 2019, 300 people came.": [],
    "In the morning, he ran, swam and cycled.": [],
    "Goals: Silva 12, Bo 14, Li": [],
    "a cat and a dog": [],
    "": [],
}


@pytest.mark.parametrize("text", LISTS)
def test_a_list_is_counted_item_by_item(text: str) -> None:
    assert [e.show(text) for e in enumerations(read(text, None))] == LISTS[text]


def test_what_a_list_is_of_is_known_where_its_items_are() -> None:
    kinds = {
        "sold in red, navy and gray": "colour",
        "in Estonia, Finland and Poland": "country",
        "in 1998, 2002 and 2016": "year",
        "with Anna Dale, Tom Birk and Susan Ward": "person",
        "in Leeds, Hull and York": "",
    }
    assert {text: next(enumerations(read(text, None))).kind for text in kinds} == kinds


NAMES = st.lists(
    st.sampled_from("Argentina Brazil Canada Chile Ghana Kenya Nepal Peru Togo".split()), min_size=3, unique=True
)


@given(NAMES, st.sampled_from(["{} and {}", "{}, and {}", "{} as well as {}"]))
def test_names_written_as_a_list_are_read_as_they_were(names: list[str], form: str) -> None:
    text = "It was signed by " + form.format(", ".join(names[:-1]), names[-1]) + "."
    (found,) = enumerations(read(text, None))
    assert [text[start:end] for start, end in found.items] == names
    assert found.count == len(names)


@given(st.text(alphabet="ABab12 ,;:.()-and", max_size=60))
def test_any_text_is_read_and_items_lie_within_it_in_order(text: str) -> None:
    for found in enumerations(read(text, None)):
        edges = [edge for span in found.items for edge in span]
        assert edges == sorted(edges)
        assert found.start == edges[0] >= 0
        assert found.end == edges[-1] <= len(text)
        assert found.count >= len(found.items) or not found.proper
