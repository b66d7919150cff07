"""Numbers in prose: what is read, where it stands, and how two readings compare."""

# ruff: noqa: E501
from __future__ import annotations

import pint
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from factcheck.quantities import UNITS, YEAR, Quantity, compare, compare_values, find_quantities, plain, show, stem


def only(text: str) -> Quantity:
    (found,) = find_quantities(text)
    return found


@pytest.mark.parametrize(
    ("text", "value", "dim"),
    [
        ("212 flats", 212, "count"),
        ("1,240 plots", 1240, "count"),
        ("19 000 households", 19_000, "count"),
        ("twenty-three men", 23, "count"),
        ("a hundred and twelve tickets", 112, "count"),
        ("six hundred and four homes", 604, "count"),
        ("two hundred thousand voters", 200_000, "count"),
        ("a dozen eggs", 12, "count"),
        ("half a dozen schools", 6, "count"),
        ("1.2 million people", 1_200_000, "count"),
        ("two and a half million shares", 2_500_000, "count"),
        ("half a million viewers", 500_000, "count"),
        ("£58m", 58e6, "money:pound"),
        ("£1.2bn", 1.2e9, "money:pound"),
        ("US$500 million", 5e8, "money:dollar"),
        ("410,000 Swiss francs", 410_000, "money:franc"),
        ("Dh41,000", 41_000, "money:dirham"),
        ("R61-million", 61e6, "money:rand"),
        ("half a million dollars", 500_000, "money:dollar"),
        ("half-million dollars", 500_000, "money:dollar"),
        ("minus 4.1 degrees", -4.1, "temperature"),
        ("12 degrees below zero", -12, "temperature"),
        ("eleven percent", 11, "percent"),
        ("4.5 per cent", 4.5, "percent"),
        ("58%", 58, "percent"),
        ("six percentage points", 6, "points"),
        ("25 basis points", 0.25, "points"),
        ("a quarter of a percentage point", 0.25, "points"),
        ("two-thirds", 200 / 3, "percent"),
        ("three quarters of the voters", 75, "percent"),
        ("a third of the passengers", 100 / 3, "percent"),
        ("half of them", 50, "percent"),
        ("two in five", 40, "percent"),
        ("one employee in eight", 12.5, "percent"),
        ("1 in 12", 100 / 12, "percent"),
        ("one-fifth of one percent", 0.2, "percent"),
        ("ninety-five flights in a hundred", 95, "percent"),
        ("twice as many", 2, "multiple"),
        ("three times as long", 3, "multiple"),
        ("38 km", 38_000, "length"),
        ("40 miles", 64_373.76, "length"),
        ("70 nautical miles", 129_640, "length"),
        ("5 feet 11 inches", 1.8034, "length"),
        ("3ft 3in deep", 0.9906, "length"),
        ("6 ft. 2 in. tall", 1.8796, "length"),
        ("5'11\" tall", 1.8034, "length"),
        ("a 6-foot-2 forward", 1.8796, "length"),
        ("five feet and four inches", 1.6256, "length"),
        ("11st 4lb", 71.667, "mass"),
        ("7lb 4oz", 3.28854, "mass"),
        ("3 km 200 metres", 3200, "length"),
        ("1h 20m 14s", 4814, "time"),
        ("three quarters of a mile", 1207.008, "length"),
        ("a quarter-mile track", 402.336, "length"),
        ("a half-hour delay", 1800, "time"),
        ("a 2 1/2-hour rehearsal", 9000, "time"),
        ("3\u00bd hours", 12_600, "time"),
        ("5 1/2 feet of snow", 1.6764, "length"),
        ("6-1/2 miles", 10_460.736, "length"),
        ("a 3/4-inch pipe", 0.01905, "length"),
        ("3/4 of the members", 75, "percent"),
        ("2 1/4 percent", 2.25, "percent"),
        ("half a percentage point", 0.5, "points"),
        ("a quarter-point cut", 0.25, "points"),
        ("a quarter of a million people", 250_000, "count"),
        ("three-quarters of a million dollars", 750_000, "money:dollar"),
        ("55 square metres", 55, "area"),
        ("320,000 cubic metres", 3.2e8, "volume"),
        ("90 kilometres an hour", 25, "speed"),
        ("41 degrees Fahrenheit", 5, "temperature"),
        ("1.4 tonnes", 1400, "mass"),
        ("two hours and five minutes", 7500, "time"),
        ("3:28.9", 208.9, "time"),
        ("2:04:31", 7471, "time"),
        ("the 46th", 46, "ordinal"),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, value: float, dim: str) -> None:
    found = only(text)

    assert found.dim == dim
    assert found.value == pytest.approx(value, rel=1e-4)


def test_three_years_and_two_months_are_thirty_eight_months() -> None:
    assert compare(only("38 months"), only("three years and two months")) in ("equal", "consistent")


@pytest.mark.parametrize("text", ["a third expert opinion", "the third request"])
def test_an_ordinal_is_no_fraction(text: str) -> None:
    assert only(text).dim == "ordinal"


def test_the_two_figures_of_a_vote_are_told_apart() -> None:
    first, second = find_quantities("The council voted 27-21 against the plan.")

    assert (first.value, second.value) == (27, 21)
    assert (first.tally, second.tally) == (1, 2)


def test_a_part_keeps_its_whole() -> None:
    assert find_quantities("three of the five mines")[0].whole == 5


@given(st.text(max_size=300))
@example("9" * 400 + "%")
@example("a" * 5 + " million" * 60)
@example("½½½ of ¼ - – 1 in 1 in 1")
def test_no_text_makes_the_reader_fail_and_offsets_always_hold(text: str) -> None:
    for q in find_quantities(text):
        assert text[q.start : q.end] == q.text
        assert q.lo <= q.hi


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            "a one two half third hundred million percent of in to and - , £ $ 5 12 1998 3.5 years km dozen more than at least times a.m. th".split()
        ),
        max_size=25,
    )
)
def test_no_sequence_of_number_words_makes_the_reader_fail(words: list[str]) -> None:
    text = " ".join(words)
    for q in find_quantities(text):
        assert text[q.start : q.end] == q.text


@given(st.integers(min_value=3, max_value=10**12))
def test_a_whole_number_comes_back_from_its_digits(n: int) -> None:
    assert only(f"{n:,} tickets").value == n


@given(st.integers(min_value=1, max_value=999))
def test_a_quantity_equals_itself(n: int) -> None:
    q = only(f"{n} tickets")
    assert compare(q, q) == "equal"


@pytest.mark.parametrize("word", sorted(w for w in UNITS if len(w) > 3 and UNITS[w][0] not in ("time", "data")))
def test_the_conversion_table_agrees_with_pint(word: str) -> None:
    registry = pint.UnitRegistry()
    dim, factor, _ = UNITS[word]
    base = {
        "length": "metre",
        "mass": "kg",
        "area": "m**2",
        "volume": "litre",
        "power": "watt",
        "energy": "watt_hour",
        "speed": "m/s",
    }[dim]
    name = {"tonnes": "tonne", "tons": "tonne", "ton": "tonne", "barrel": "oil_barrel", "barrels": "oil_barrel", "kilo": "kg", "kilos": "kg", "feet": "foot",
            "inches": "inch", "knots": "knot"}.get(word, word.removesuffix("mes").removesuffix("me") if word.endswith(("gramme", "grammes")) else word.removesuffix("s"))  # fmt: skip
    assert factor == pytest.approx((1 * registry(name)).to(base).magnitude, rel=2e-4)


@pytest.mark.parametrize(
    ("claim", "source", "stands"),
    [
        ("about 15 per cent", "14.8 per cent", "consistent"),
        ("about 15 per cent", "19 per cent", "differs"),
        ("more than 300 people", "312 people", "consistent"),
        ("more than 300 people", "298 people", "differs"),
        ("at least 48 people", "48 people", "equal"),
        ("fewer than one in six", "15 per cent", "consistent"),
        ("nearly 32 billion yen", "31.9 billion yen", "consistent"),
        ("just over £410m", "£412m", "consistent"),
        ("2.85 million people", "2,846,000 people", "consistent"),
        ("300 people", "312 people", "differs"),
        ("64 km", "40 miles", "consistent"),
        ("48 people", "at least 48 people", "consistent"),
        ("58 people", "at least 48 people", "unknown"),
        ("a quarter", "25.2 percent", "consistent"),
        ("£1.2bn", "£1.2m", "differs"),
    ],
)
def test_two_figures_are_compared_as_an_editor_would(claim: str, source: str, stands: str) -> None:
    assert compare(only(claim), only(source)) == stands


@pytest.mark.parametrize(
    ("value", "dim", "unit", "shown"),
    [(1.5e6, "money:euro", "euro", "€1.5m"), (1240, "count", "", "1,240"), (0.5, "percent", "%", "0.5%"), (12e6, "money:lev", "lev", "12 million lev"),
     (3, "ordinal", "", "3rd"), (2 * 31556952.0, "time", "year", "2 years"), (64373.76, "length", "km", "64.37 km")],
)  # fmt: skip
def test_a_value_is_shown_as_a_newspaper_prints_it(value: float, dim: str, unit: str, shown: str) -> None:
    assert show(value, dim, unit) == shown


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_float_can_be_shown(value: float) -> None:
    assert plain(value)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("treated", "treatment"),
        ("elections", "election"),
        ("children", "child"),
        ("cities", "city"),
        ("voted", "votes"),
        ("closure", "closed"),
    ],
)
def test_the_forms_of_one_word_share_a_stem(a: str, b: str) -> None:
    assert stem(a) == stem(b)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("his £45-a-month allowance", "month"),
        ("a £12-an-hour job", "hour"),
        ("£45 a month", "month"),
        ("a £45-odd fee", ""),
    ],
)
def test_an_amount_joined_to_its_span_is_a_rate(text: str, rate: str) -> None:
    assert find_quantities(text)[0].rate == rate


def test_a_bare_figure_behind_an_opening_whole_is_a_part_of_it() -> None:
    whole, part, other = find_quantities("Of the 43 bridges she designed, 29 are still in use. Some 12 are not.")

    assert (whole.value, part.value, part.whole, part.head) == (43, 29, 43, whole.head)
    assert other.whole is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a Covid-19 ward",
            "COVID-19 rules",
            "more CO2 in the air",
            "cases of H5 flu",
            "the A320 and the M25",
            "type-2 diabetes",
        ),
        *("a category-5 storm", "patients in their 60s", "an N95 mask", "vitamin B12", "Route-66 signs"),
    ],
)
def test_a_number_in_a_name_or_a_class_is_no_quantity(text: str) -> None:
    assert find_quantities(text) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a magnitude-6.4 quake", 6.4),
        ("the under-15s", 15),
        ("a top-10 finish", 10),
        ("Rs500 notes", 500),
        ("a £5-million plan", 5e6),
    ],
)
def test_a_number_joined_to_a_word_may_still_be_one(text: str, value: float) -> None:
    assert [q.value for q in find_quantities(text)] == [value]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Anna Lund was 25 or 26 when she began to row.", (25, 26)),
        ("Ferri was about 50 when the deed was signed.", (50, 50)),
        ("He died at 84.", (84, 84)),
        ("He turned 65 in the year he left.", (65, 65)),
        ("died in 1926 at the age of 57", (57, 57)),
        ("Anna Lund, now about 35", (35, 35)),
    ],
)
def test_a_bare_figure_that_is_told_as_an_age_is_one(text: str, years: tuple[int, int]) -> None:
    ages = [q for q in find_quantities(text) if q.head == "age"]

    assert [(round(q.lo / YEAR), round(q.hi / YEAR)) for q in ages] == [years]


@pytest.mark.parametrize(
    "text",
    ["The score was 21.", "The Dow was 71, up two.", "Profit in Germany was 40, from 30.", "Leeds lost to Derby by 3."],
)
def test_a_bare_figure_of_something_else_is_no_age(text: str) -> None:
    assert not [q for q in find_quantities(text) if q.head == "age"]


def test_two_whole_numbers_in_a_row_joined_by_or_are_one_figure() -> None:
    assert [(q.lo, q.hi) for q in find_quantities("It seats 80 or 81 guests.")] == [(80, 81)]
    assert [q.lo for q in find_quantities("It seats 80 or 90 guests.")] == [80, 90]


def test_hours_and_minutes_are_one_length() -> None:
    (found,) = find_quantities("The meeting lasted an hour and 35 minutes.")

    assert found.lo == found.hi == 95 * 60


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("She handed over £5,000 in a lay-by.", ""),
        ("The firm took over 12 shops in May.", ""),
        ("The firm has over 12 shops.", "more"),
        ("It is below a decade before.", ""),
        ("It is below a decade.", "less"),
    ],
)
def test_a_bound_bounds_its_own_figure(text: str, bound: str) -> None:
    (quantity,) = find_quantities(text)[:1]

    assert quantity.bound == bound


@pytest.mark.parametrize(
    ("claim", "left", "stands"),
    [
        ("The forecast was almost halved.", 0.545, "consistent"),
        ("The forecast was almost halved.", 0.45, "differs"),
        ("The forecast was more than halved.", 0.45, "consistent"),
        ("The forecast was more than halved.", 0.545, "differs"),
        ("The forecast was nearly doubled.", 1.9, "consistent"),
    ],
)
def test_a_hedge_on_halved_is_of_how_far_it_fell(claim: str, left: float, stands: str) -> None:
    (quantity,) = find_quantities(claim)

    assert compare_values(quantity, left, left) == stands


@pytest.mark.parametrize(
    ("text", "dim"),
    [
        ("The pig weighs 300 pounds.", "mass"),
        ("They sold 600 pounds of cheese.", "mass"),
        ("It came back six pounds lighter.", "mass"),
        ("The plane was 240 pounds over its permitted weight.", "mass"),
        ("He was fined 300 pounds.", "money:pound"),
        ("They wasted 300 pounds of public money.", "money:pound"),
        ("The weight cost £300.", "money:pound"),
    ],
)
def test_pounds_are_a_weight_where_the_words_beside_them_say_so(text: str, dim: str) -> None:
    assert [q.dim for q in find_quantities(text)] == [dim]


@pytest.mark.parametrize(
    ("text", "dim"),
    [
        ("A detour by Highway 22.", "number:road"),
        ("The western half of line 7 began to run.", "number:line"),
        ("It is on page 3 of the report.", "number:page"),
        ("In the room 12 people waited.", "count"),
        ("The ward's 53 beds are full.", "count"),
        ("The line is 4 km long.", "length"),
    ],
)
def test_a_number_that_a_thing_is_known_by_is_no_count(text: str, dim: str) -> None:
    assert [q.dim for q in find_quantities(text)] == [dim]
