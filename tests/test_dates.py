"""Dates in prose: what is read, what day it means, and how two dates compare."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factcheck.dates import MONTH_NAMES, When, compare, counts_on, find_dates, shift, show

FRIDAY = dt.date(2024, 5, 10)


def only(text: str, reference: dt.date | None = FRIDAY) -> When:
    (found,) = find_dates(text, reference)
    return found


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("on 12 March 2019", "2019-03-12", "2019-03-12"),
        ("on March 12, 2019", "2019-03-12", "2019-03-12"),
        ("on the 12th of March, 2019", "2019-03-12", "2019-03-12"),
        ("on 2019-03-12", "2019-03-12", "2019-03-12"),
        ("from April 19-28, 2020", "2020-04-19", "2020-04-28"),
        ("on April 19 and 20, 2020", "2020-04-19", "2020-04-20"),
        ("on April 3 and 7 people came", "2024-04-03", "2024-04-03"),
        ("in March 2021", "2021-03-01", "2021-03-31"),
        ("in 2014", "2014-01-01", "2014-12-31"),
        ("in the 1990s", "1990-01-01", "1999-12-31"),
        ("in the 1980's", "1980-01-01", "1989-12-31"),
        ("in the 20th century", "1900-01-01", "1999-12-31"),
        ("a church of the twelfth century", "1100-01-01", "1199-12-31"),
        ("in the twenty\u00a0first century", "2000-01-01", "2099-12-31"),
        ("in the first half of 2009", "2009-01-01", "2009-06-30"),
        ("in the third quarter of 2009", "2009-07-01", "2009-09-30"),
        ("on Tuesday", "2024-05-07", "2024-05-07"),
        ("yesterday", "2024-05-09", "2024-05-09"),
        ("last night", "2024-05-09", "2024-05-09"),
        ("last November", "2023-11-01", "2023-11-30"),
        ("last year", "2023-01-01", "2023-12-31"),
        ("in March this year", "2024-03-01", "2024-03-31"),
        ("on 9 September last year", "2023-09-09", "2023-09-09"),
        ("on Saturday, 9 September last year", "2023-09-09", "2023-09-09"),
        ("in February of last year", "2023-02-01", "2023-02-28"),
        ("late March last year", "2023-03-19", "2023-03-31"),
        ("in June three years ago", "2021-06-01", "2021-06-30"),
        ("a man of no fixed address was arrested on Sunday", "2024-05-05", "2024-05-05"),
        ("the plan was signed on Tuesday", "2024-05-07", "2024-05-07"),
        ("the plan will be signed on Tuesday", "2024-05-14", "2024-05-14"),
        ("the plan was expected on Tuesday", "2024-05-14", "2024-05-14"),
        ("next year", "2025-01-01", "2025-12-31"),
        ("last month", "2024-04-01", "2024-04-30"),
        ("a week today", "2024-05-17", "2024-05-17"),
        ("Thursday week", "2024-05-23", "2024-05-23"),
        ("two years ago", "2022-01-01", "2022-12-31"),
        ("Friday 10 May 2024", "2024-05-10", "2024-05-10"),
        ("in spring 2019", "2019-03-01", "2019-05-31"),
    ],
)
def test_a_date_is_resolved_to_its_days(text: str, first: str, last: str) -> None:
    assert only(text).spans[0] == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


def test_three_years_later_counts_from_the_date_before_it() -> None:
    _stated, later = find_dates("It was approved in 2014 but lapsed three years later.", FRIDAY)

    assert later.spans[0][0].year == 2017
    assert later.derived == "2014 + 3 years = 2017"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It was signed in June 1983 and again the following May.", "May 1984"),
        ("It was signed in June 1983, and drafted the previous September.", "September 1982"),
        ("It was signed in 1983 and again the following May.", "May 1984"),
    ],
)
def test_the_following_may_counts_from_the_date_before_it(text: str, shown: str) -> None:
    assert show(find_dates(text, FRIDAY)[1]) == shown


@pytest.mark.parametrize(
    ("told", "text", "shown"),
    [
        ("She joined the yard in 1948.", "Four years later she ran it.", "1952"),
        ("They met in Lund on 3 May 1948.", "The next morning they set out.", "Tuesday 4 May 1948"),
        ("The marriage ended in 1974.", "The following year she bought the mill.", "1975"),
        ("He married in 1946.", "They moved out the following spring.", "1 March 1947 to 31 May 1947"),
        ("She told them in January 2008.", "She wrote to a paper that October.", "October 2008"),
        ("The bank failed in 1931.", "That year its founder died.", "1931"),
        ("The title was his in 1957.", "His brother had won it three years before that.", "1954"),
    ],
)
def test_a_date_counts_from_that_of_the_sentence_before(told: str, text: str, shown: str) -> None:
    assert counts_on(text)
    assert show(find_dates(text, FRIDAY, find_dates(told, FRIDAY)[-1])[0]) == shown


@pytest.mark.parametrize(
    "text",
    [
        "He said that July falls in the harvest.",
        "Sales are to grow over the next year.",
        "It sold 140, up from 90 a year earlier.",
        "Prices rose by 2%.",
    ],
)
def test_what_is_compared_or_to_come_does_not_count_from_the_sentence_before(text: str) -> None:
    assert find_dates(text, FRIDAY, find_dates("The yard closed in 1948.")[-1]) == find_dates(text, FRIDAY)


def test_a_month_that_is_the_cause_of_something_has_been() -> None:
    text = "The match, planned for this autumn, was put off because of the March flood."
    march = find_dates(text, dt.date(2011, 5, 28))[-1]
    assert march.spans == ((dt.date(2011, 3, 1), dt.date(2011, 3, 31)),)


def test_a_month_of_last_year_named_after_the_year_is_of_that_year() -> None:
    assert [show(w) for w in find_dates("Last year, in June, it closed.", FRIDAY)] == ["2023", "June 2023"]


def test_a_rate_on_average_is_no_date() -> None:
    assert find_dates("It ran 16 hours a day on average.", FRIDAY) == ()


def test_a_year_before_the_calendar_is_no_date() -> None:
    assert len(find_dates("It was 2023 years ago, or the previous January.", FRIDAY)) == 1


def test_so_long_before_something_dates_the_later_thing() -> None:
    _, deadline = find_dates("The weighting was fixed in March 2024, five months before the deadline.", FRIDAY)

    assert show(deadline) == "August 2024"


@pytest.mark.parametrize(
    "text", ["He may go", "They march on Rome", "1,998 homes", "2015 homes were built", "12.50 euros", "on Sundays"]
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert find_dates(text, FRIDAY) == ()


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("at 3:20 a.m.", 200),
        ("at 11.40pm", 1420),
        ("at noon", 720),
        ("at 6 a.m.", 360),
        ("at 14:20", 860),
        ("before half past three in the morning", 210),
        ("at ten to six in the evening", 1070),
        ("at (a) quarter past seven", 435),
        ("until four in the afternoon", 960),
        ("at twenty-five to midnight", 1415),
        ("after ten past noon", 730),
        ("At 02.14 the light went out", 134),
        ("let out at 10.25 and fed", 625),
    ],
)
def test_clock_times_are_minutes_of_the_day(text: str, minute: int) -> None:
    assert only(text.replace("(a) ", "a ")).minute == minute


def test_one_half_of_the_day_told_at_the_end_of_a_stretch_is_that_of_both_ends() -> None:
    assert [w.minute for w in find_dates("from 6.47 to 6.58 p.m.", FRIDAY) if w.minute] == [1127, 1138]
    assert [w.minute for w in find_dates("from 9 to 5 p.m.", FRIDAY) if w.minute] == [540, 1020]


@pytest.mark.parametrize(
    "text",
    ["by a majority of ten to two", "shares closed at 10.25, up 3 per cent", "a time of 2:08.45", "five to six people"],
)
def test_what_only_looks_like_a_clock_time_is_none(text: str) -> None:
    assert [w for w in find_dates(text, FRIDAY) if w.minute is not None] == []


def test_half_past_two_may_be_of_the_night_or_the_afternoon() -> None:
    told = only("at half past two")

    assert [compare(told, only(text)) for text in ("at 2.30am", "at 2.30pm", "at 3pm")] == ["equal", "equal", "differs"]


@pytest.mark.parametrize(
    ("claim", "source", "stands"),
    [
        ("in 2015", "on 12 May 2015", "within"),
        ("on 12 May 2015", "in May 2015", "coarser"),
        ("on 12 May 2015", "on 12 May 2015", "equal"),
        ("on 21 July", "on 1 August", "differs"),
        ("on Monday", "on Wednesday", "differs"),
        ("on 7 May", "on Tuesday", "equal"),
        ("in 2016", "in 2017", "differs"),
        ("at noon", "at 12 p.m.", "equal"),
        ("on Friday", "in 2024", "coarser"),
    ],
)
def test_two_dates_are_compared_by_what_they_state(claim: str, source: str, stands: str) -> None:
    assert compare(only(claim), only(source)) == stands


@given(st.dates(min_value=dt.date(1800, 1, 1), max_value=dt.date(2099, 12, 31)))
def test_every_day_comes_back_from_how_it_is_written(day: dt.date) -> None:
    for text in (
        f"{day.day} {MONTH_NAMES[day.month]} {day.year}",
        f"{MONTH_NAMES[day.month]} {day.day}, {day.year}",
        day.isoformat(),
    ):
        assert only("on " + text, None).spans == ((day, day),)


@given(
    st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2099, 12, 31)),
    st.integers(-300, 300),
    st.sampled_from(["day", "week"]),
)
def test_moving_a_day_forth_and_back_returns_to_it(day: dt.date, count: int, unit: str) -> None:
    moved = shift(day, count, unit)
    assert moved is not None
    assert shift(moved, -count, unit) == day


@given(st.text(max_size=200), st.one_of(st.none(), st.dates()))
def test_no_text_makes_the_reader_fail_and_offsets_always_hold(text: str, reference: dt.date | None) -> None:
    for w in find_dates(text, reference):
        assert text[w.start : w.end] == w.text


_PIECES = "last next the following Monday May 3 31 2019 1998-99 12 years ago later before a week today 11.40pm of in March February 30 noon year month , - 4000 9999 spring".split()  # noqa: E501


@settings(max_examples=300)
@given(st.lists(st.sampled_from(_PIECES), max_size=20), st.dates())
def test_no_sequence_of_date_words_makes_the_reader_fail(words: list[str], reference: dt.date) -> None:
    text = " ".join(words)
    for w in find_dates(text, reference):
        assert text[w.start : w.end] == w.text
        for first, last in w.spans:
            assert first <= last


@pytest.mark.parametrize(
    ("other", "stands"),
    [
        ("from 7 April", "within"),  # 2025, a Monday
        ("on 8 April 2025", "differs"),
        ("on Wednesday", "differs"),
        ("on Monday", "equal"),
        ("in April", "unknown"),
    ],
)
def test_a_monday_is_one_of_any_week(other, stands):
    (claim,) = find_dates("It starts on a Monday.", dt.date(2025, 3, 15))
    (told,) = find_dates(f"It starts {other}.", dt.date(2025, 3, 14))

    assert claim.spans == ()
    assert compare(claim, told) == stands


@pytest.mark.parametrize(
    ("claim", "source", "stands"),
    [
        ("It is due by Christmas.", "It is due before Christmas.", "within"),
        ("It is due before Christmas.", "It is due by Christmas.", "unknown"),
        ("It is due by 2050.", "It was due before 2022.", "differs"),
    ],
)
def test_by_a_day_is_no_later_than_it(claim, source, stands):
    day = dt.date(2024, 2, 1)

    assert compare(find_dates(claim, day)[0], find_dates(source, day)[0]) == stands


def test_a_century_is_shown_as_it_is_said_and_an_odd_letter_makes_none() -> None:
    (found,) = find_dates("in the 22nd century")
    assert show(found) == "the 22nd century"
    assert find_dates("in the \u017fixteenth century") == ()
