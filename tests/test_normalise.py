"""Evidence in the claim's own terms: what the verdict model reads where figures and dates come to the same."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_model_checker import pair

from factcheck.alignment import read, view
from factcheck.checkers.model import ModelChecker, cuts
from factcheck.inference import load_verdict_model
from factcheck.normalise import in_terms_of

DAY = dt.date(2019, 9, 12)  # a Thursday


def told(claim: str, text: str, day: dt.date | None = DAY) -> str:
    return in_terms_of(read(claim, day), read(text, day))


@pytest.mark.parametrize(
    ("claim", "text", "reads"),
    [
        ("The bill came to six million euros.", "The repair cost €6m.", "The repair cost six million euros."),
        ("Fifteen boats sank.", "In the storm 15 boats sank.", "In the storm Fifteen boats sank."),
        ("Takings fell by 20 per cent.", "Takings fell by a fifth.", "Takings fell by 20 per cent."),
        ("The strike lasted a fortnight.", "They struck for two weeks.", "They struck for a fortnight."),
        ("Fewer than two in five voted.", "Turnout was 38.2 per cent.", "Turnout was fewer than two in five."),
        ("Shares fell by more than 6 percent.", "Shares fell 6.2 percent, hers by 11 percent.",
         "Shares fell more than 6 percent, hers by 11 percent."),
        ("The state pays more than half of it.", "The state pays €14m of the €22m it costs.",
         "The state pays more than half of the €22m it costs."),
        ("Two-thirds of the members have left.", "Of its 60 members, 40 have left.",
         "Of its 60 members, two-thirds have left."),
        ("The wing adds about 19,500 square metres.", "The wing will add 210,000 square feet.",
         "The wing will add about 19,500 square metres."),
        ("She resigned on 9 September.", "She resigned on Monday.", "She resigned on 9 September."),
        ("The pier shut in November 2009.", "The pier opened in March 2008 and shut 20 months later.",
         "The pier opened in March 2008 and shut in November 2009."),
        ("The talks start on 16 September.", "The talks start next Monday.", "The talks start on 16 September."),
        ("She resigned on 2 September.", "She resigned on Monday.", "She resigned on Monday 9 September."),
        ("She resigned on 2 September 2019.", "Yesterday she left.", "On Wednesday 11 September 2019 she left."),
        ("She resigned in May 2018.", "She resigned last year.", "She resigned in 2018."),
        ("She resigned on 2 September.", "She resigned on Monday evening.",
         "She resigned on the evening of Monday 9 September."),
        ("He left in July 2019.", "He left in August.", "He left in August 2019."),
        ("It was a year later that it closed.", "It opened in 1979 and closed in 1980.",
         "It opened in 1979 and closed in 1980."),
    ],
)  # fmt: skip
def test_a_value_is_written_as_the_claim_writes_it_and_a_day_by_the_calendar(claim: str, text: str, reads: str) -> None:
    assert told(claim, text) == reads


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Sixteen boats sank.", "In the storm 15 boats sank."),  # another figure is left as it is
        ("A pair of councillors left.", "In the end two councillors left."),
        ("The 11-day strike is over.", "It lasted 11 days."),
        ("The second race was close.", "The 2nd race was close."),
        ("More than 6 percent left.", "Last year 11 percent left."),  # a bound is told of what is near it
        ("It costs about 1.3 million euros.", "It costs 1,287,400 euros."),
        ("The wing adds about 25,000 square metres.", "The wing will add 210,000 square feet."),
        ("More than half of the boats sank.", "Of the 60 boats, 20 sank."),
        ("He will be poorer in a year's time.", "Ask me in twelve months."),
        ("The council met on 9 September.", "The council met before Monday's vote."),
        ("The council met on 9 September.", "It was two days after the vote."),
        ("The council met on 9 September.", "It happened overnight."),
        ("The council met at 7 p.m.", "The council met on Monday."),
        ("The council met on Monday.", "The council met last Monday."),
        ("The council met.", "The council met yesterday, for 3 hours."),
        ("He left in July 2018.", "He left in March 2017."),
    ],
)
def test_what_differs_or_fits_nowhere_is_left_as_the_source_has_it(claim: str, text: str) -> None:
    assert told(claim, text) == text


def test_without_a_day_of_publication_a_weekday_stays_a_weekday() -> None:
    assert told("She resigned on 9 September.", "She resigned on Monday.", None) == "She resigned on Monday."


_WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
_DAYS = st.dates(min_value=dt.date(2019, 8, 20), max_value=dt.date(2019, 9, 11))


@given(st.integers(2, 16), st.integers(2, 16))
def test_a_figure_keeps_its_value_whatever_the_claim_says(mine: int, theirs: int) -> None:
    again = told(f"In all {mine} boats sank.", f"In the storm {_WORDS[theirs - 1]} boats sank.")

    assert [q.value for q in read(again, DAY).quantities] == [theirs]


@settings(deadline=None)
@given(_DAYS, st.sampled_from(["last Monday", "on Friday", "yesterday", "on Tuesday evening", "two days ago"]))
def test_a_day_stays_the_same_day_whatever_the_claim_says(mine: dt.date, theirs: str) -> None:
    text = f"She resigned {theirs}."
    again = told(f"She resigned on {mine.day} {mine:%B} {mine.year}.", text)
    (before,), (after,) = read(text, DAY).dates, read(again, DAY).dates

    assert after.spans[0] == before.spans[0] or mine in [day for day, _ in before.spans]


def test_the_model_reads_the_claims_terms_and_the_passages_stay_as_they_are() -> None:
    seen: list[tuple[str, str]] = []

    class Listening:
        model_id = "listening"

        def judge(self, pairs: list[tuple[str, str]]) -> object:
            seen.extend(pairs)
            return load_verdict_model().judge(pairs)

    asked = pair("The line carries four thousand people a day.", ranking=(1, 0))
    (judged,) = ModelChecker(load_model=Listening, model_id="x")([asked])

    assert "carries four thousand people a day" in seen[0][0]
    assert "4,000 people" in cuts(asked).short[0][0].text
    assert view(asked).sentences[1].reading.text == cuts(asked).short[0][0].text
    assert judged.probabilities is not None
