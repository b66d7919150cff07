"""Pairs that teach one step of thought each: which is more, by how much, what came first, who did it to whom.

A small encoder that has read prose alone does not compare "88 percent" with "79 percent"; pairs made by rule in great
number teach it (Geva, Gupta and Berant 2020, "Injecting Numerical Reasoning Skills into Language Models", do so for
question answering). Each family has one evidence and claims of several labels that differ in a word or a figure;
sentences of the training articles stand around it, as retrieval has them stand.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

S, U, C = "supported", "unverified", "contradicted"

PLACES = (
    "Norfolk Leeds Durban Oslo Bergen Tampere Kraków Graz Lyon Turin Seville Porto Cork Dundee Ohio Texas Alberta "
    "Quebec Kerala Punjab Hanoi Manila Lagos Accra Nairobi Lusaka Harare Quito Lima Rosario Recife Bogotá Osaka Busan "
    "Perth Dunedin Fife Devon Kent Brno Split Varna Riga Vilnius Tartu Malmö Aarhus Utrecht Ghent Basel Izmir Haifa "
    "Amman Basra"
).split()
COUNTRIES = (
    "Norway Finland Poland Austria France Italy Spain Portugal Ireland Canada India Vietnam Ghana Kenya Zambia "
    "Ecuador Peru Argentina Brazil Colombia Japan Serbia Croatia Bulgaria Latvia Estonia Sweden Denmark Belgium "
    "Turkey Jordan Chile"
).split()
LAST = (
    "Harlow Petrov Okafor Lindqvist Marsden Banerjee Novak Castellano Whitby Aldana Kowalski Reyes Tanaka Oduya "
    "Brandt Sorensen Haddad Mbeki Farrell Iyer Dubois Keane Vasquez Ostrow Lund Bianchi Teller Quint Ashdown Rourke "
    "Demir Nakata"
).split()
MALE = "James Tomas Daniel Samuel Erik Marco Paul Ivan Peter Hassan Kenji Luis Andrew Joseph Stefan Colm".split()
FEMALE = "Anna Maria Helen Sofia Grace Ingrid Priya Laura Ruth Elena Naomi Clara Fatima Joan Teresa Miriam".split()
FIRMS = (
    "Larkfield,Orvane,Tessaly Foods,Brightmoor,Castrel,Norvik Lines,Pellham,Vantora,Ashcombe,Kestrin,Dunmarsh,Solvane,"
    "Ravenhall,Meridon,Corvale,Haddon Steel,Linmere,Tarrow,Osterby,Quillan"
).split(",")
ROLES = "mayor,minister,chief executive,coach,union leader,police chief,spokesperson,director,farmer,surgeon".split(",")
MONTHS = "January February March April May June July August September October November December".split()
NUMBER_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()


@dataclass
class Family:
    """One evidence, and claims about it with their labels."""

    sentences: list[str]
    claims: list[tuple[str, str]] = field(default_factory=list)

    def add(self, label: str | bool, *texts: str) -> None:
        """Claims of one label; a truth value stands for supported or contradicted."""
        told = label if isinstance(label, str) else S if label else C
        self.claims += [(_sentence(text), told) for text in texts]

    def either(self, true: str, false: str) -> None:
        self.add(S, true)
        self.add(C, false)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _number(rng: random.Random, n: int) -> str:
    """A count as prose writes it."""
    if n <= 10 or (n <= 20 and rng.random() < 0.4):
        return NUMBER_WORDS[n]
    return f"{n:,}" if n >= 1000 else str(n)


def _plain(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _percent(rng: random.Random, value: float) -> str:
    return _plain(value) + rng.choice(["%", " percent", " per cent"])


def _some(rng: random.Random, pool: Sequence[str], count: int = 2) -> list[str]:
    return rng.sample(list(pool), count)


# ---------------------------------------------------------------- which is more

# What is measured in percent, in money, and by counting.
RATES = (
    "turnout",
    "unemployment",
    "inflation",
    "vaccination coverage",
    "hotel occupancy",
    "the literacy rate",
    "home ownership",
    "the share of late invoices",
    "the failure rate",
    "voter support for the plan",
    "the efficacy of the vaccine",
    "the rent increase",
)
AMOUNTS = (
    "revenue",
    "profit",
    "public debt",
    "the average fare",
    "spending on roads",
    "the average wage",
    "the average rent",
    "the school budget",
    "aid",
    "the repair bill",
    "income from tourism",
    "the loss",
)
THINGS = (
    "visitors",
    "members",
    "deaths",
    "patients",
    "students",
    "homes",
    "complaints",
    "arrests",
    "cows",
    "seats",
    "teachers",
    "buses",
    "volunteers",
    "libraries",
    "accredited diplomats",
    "wind turbines",
    "strikes",
    "cases of measles",
    "goals",
    "medals",
    "beds",
    "applications",
)
# A thing, the unit of its measure, the word for more of it, the word for less, the least and most of it.
SIZES = (
    ("bridge", "metres", "longer", "shorter", 80, 900),
    ("tunnel", "kilometres", "longer", "shorter", 2, 60),
    ("tower", "metres", "taller", "lower", 40, 300),
    ("boat", "tonnes", "heavier", "lighter", 3, 900),
    ("lake", "square kilometres", "bigger", "smaller", 2, 400),
    ("stage", "kilometres", "longer", "shorter", 90, 240),
    ("statue", "years old", "older", "younger", 60, 900),
    ("reservoir", "metres", "deeper", "shallower", 9, 90),
    ("sentence", "years", "longer", "shorter", 2, 25),
    ("ticket", "euros", "dearer", "cheaper", 5, 90),
)


def _measure(rng: random.Random) -> tuple[str, Callable[[float], str], Callable[[], float]]:
    if rng.random() < 0.5:
        sign = rng.choice(["%", " percent", " per cent"])
        return (
            rng.choice(RATES),
            lambda v: _plain(v) + sign,
            lambda: round(rng.uniform(2, 96), rng.randint(0, 1)),
        )
    money = rng.choice(["£{}m", "${} million", "{} million euros", "€{}m", "{} million kroner"])
    return (
        rng.choice(AMOUNTS),
        lambda v: money.format(_plain(v)),
        lambda: round(rng.uniform(2, 900), rng.randint(0, 1)),
    )


def _distinct(draw: Callable[[], float], count: int, apart: float = 0.06) -> list[float]:
    """Figures that nobody would call about the same."""
    values: list[float] = []
    while len(values) < count:
        value = draw()
        if value > 0 and all(abs(value - v) > apart * max(value, v) for v in values):
            values.append(value)
    return values


def which_is_more(rng: random.Random) -> Family:
    what, told, draw = _measure(rng)
    a, b = _distinct(draw, 2)
    A, B, other = _some(rng, PLACES if rng.random() < 0.5 else COUNTRIES, 3)
    head = _sentence(what)
    f = Family(
        rng.choice(
            [
                [f"{head} was {told(a)} in {A} and {told(b)} in {B}."],
                [f"In {A} {what} stood at {told(a)}; in {B} it was {told(b)}."],
                [f"{head} came to {told(a)} in {A}, against {told(b)} in {B}."],
                [f"{head} in {A} was {told(a)}.", f"In {B} the figure was {told(b)}."],
                [
                    f"The two regions differ in {what}.",
                    f"It was {told(a)} in {A}, where most of the people live, and {told(b)} in {B}.",
                ],
                [f"{A} reported {told(a)} for {what}, {B} {told(b)}."],
            ]
        )
    )
    more = a > b
    high, low = rng.choice([("higher", "lower"), ("greater", "smaller")])
    f.add(
        more,
        f"{head} was {high} in {A} than in {B}.",
        f"{head} in {B} was {low} than in {A}.",
        f"{head} in {A} exceeded that in {B}.",
    )
    f.add(
        not more,
        f"{head} was {high} in {B} than in {A}.",
        f"{A} had a {low} figure than {B} for {what}.",
        f"{high} {what.removeprefix('the ')} in {B} than in {A}",
    )
    f.add(C, f"{head} was the same in {A} as in {B}.")
    f.add(U, f"{head} was {high} in {A} than in {other}.", f"{head} in {B} was {low} than in {other}.")
    return f


def how_many_more(rng: random.Random) -> Family:
    things = rng.choice(THINGS)
    a, b = (
        int(v)
        for v in _distinct(
            lambda: float(rng.choice([rng.randint(2, 20), rng.randint(12, 99), rng.randint(100, 4000)])), 2
        )
    )
    pool = rng.choice([PLACES, COUNTRIES, FIRMS])
    A, B, other = _some(rng, pool, 3)
    n, m = _number(rng, a), _number(rng, b)
    f = Family(
        rng.choice(
            [
                [f"{A} had {n} {things}, {B} {m}."],
                [f"{A} counted {n} {things} last year.", f"{B}, by contrast, had {m}."],
                [f"Of the {things}, {n} were in {A} and {m} in {B}."],
                [f"There were {n} {things} in {A}, compared with {m} in {B}."],
                [f"With {n} {things}, {A} surprised its rivals; {B} had {m}."],
            ]
        )
    )
    more, gap, total = a > b, abs(a - b), a + b
    high, low = (A, B) if more else (B, A)
    f.either(f"{high} had more {things} than {low}.", f"{low} had more {things} than {high}.")
    f.either(f"{low} had fewer {things} than {high}.", f"{high} had fewer {things} than {low}.")
    wrong = _number(rng, max(1, gap + rng.choice([-1, 1]) * max(1, int(gap * rng.uniform(0.1, 0.6)))))
    if gap > 1 and wrong != _number(rng, gap):
        f.either(
            f"{high} had {_number(rng, gap)} more {things} than {low}.", f"{high} had {wrong} more {things} than {low}."
        )
    f.either(
        f"{A} and {B} had {_number(rng, total)} {things} between them.",
        f"{A} and {B} had {_number(rng, total + max(2, total // 7))} {things} between them.",
    )
    ratio = max(a, b) / min(a, b)
    f.add(ratio > 2, f"{high} had more than twice as many {things} as {low}.")
    f.add(ratio < 2, f"{low} had more than half as many {things} as {high}.")
    f.add(C, f"{A} had as many {things} as {B}.")
    f.add(U, f"{A} had more {things} than {other}.", f"{B} had fewer {things} than {other}.")
    return f


def sizes(rng: random.Random) -> Family:
    noun, unit, more, less, low, high = rng.choice(SIZES)
    a, b = (int(v) for v in _distinct(lambda: float(rng.randint(low, high)), 2))
    if noun == "sentence":
        A, B = _some(rng, LAST)
        f = Family(
            rng.choice(
                [
                    [f"{A} was jailed for {_number(rng, a)} years and {B} for {_number(rng, b)}."],
                    [f"{A} got {_number(rng, a)} years.", f"{B}, who pleaded guilty, got {_number(rng, b)}."],
                ]
            )
        )
        one, two = f"{A}'s sentence", f"{B}'s"
    else:
        A, B = _some(rng, PLACES)
        f = Family(
            rng.choice(
                [
                    [f"The {noun} at {A} is {a} {unit}, the one at {B} {b}."],
                    [
                        f"The {noun} at {A} measures {a} {unit}."
                        if "old" not in unit and "euros" not in unit
                        else f"The {noun} at {A} is {a} {unit}.",
                        f"That at {B} is {b} {unit}.",
                    ],
                    [
                        f"At {b} {unit}, the {noun} near {B} is no match for the one near {A}, at {a}."
                        if a > b
                        else f"The {noun} near {B} is {b} {unit}, where the one near {A} is {a}."
                    ],
                ]
            )
        )
        one, two = f"the {noun} at {A}", f"the one at {B}"
    f.add(
        a > b,
        f"{one} is {more} than {two}.",
        f"a {noun} at {A} {more} than that at {B}" if noun != "sentence" else f"{B} got less than {A}.",
    )
    f.add(
        a < b,
        f"{one} is {less} than {two}.",
        f"{two[0].upper() + two[1:]} {noun if noun == 'sentence' else ''} is {more} than {one}.".replace("  ", " "),
    )
    if noun == "sentence":
        f.add(min(a, b) * 2 < max(a, b), f"{A if a < b else B} got less than half as long as {B if a < b else A}.")
    return f


def ranking(rng: random.Random) -> Family:
    """Superlatives, by the figures."""
    if rng.random() < 0.5:
        what, told, draw = _measure(rng)
        values = _distinct(draw, 4)
        names = _some(rng, PLACES, 5)
        head = _sentence(what)
        listed = ", ".join(f"{told(v)} in {n}" for n, v in zip(names[:2], values[:2], strict=True))
        f = Family(
            rng.choice(
                [
                    [f"{head} was {listed}, {told(values[2])} in {names[2]} and {told(values[3])} in {names[3]}."],
                    [
                        f"{head} was {listed}.",
                        f"In {names[2]} it came to {told(values[2])}, in {names[3]} to {told(values[3])}.",
                    ],
                ]
            )
        )
        order = [n for _, n in sorted(zip(values, names[:4], strict=True), reverse=True)]
        say = [
            f"Of the four places, {{}} had the highest figure for {what}.",
            f"{head} was lowest in {{}}.",
            f"Only one of the four places was ahead of {{}} in {what}.",
        ]
    else:
        things = rng.choice(THINGS)
        counts = [int(v) for v in _distinct(lambda: float(rng.randint(2, 400)), 4)]
        names = _some(rng, rng.choice([PLACES, FIRMS, LAST]), 5)
        told_n = [_number(rng, c) for c in counts]
        f = Family(
            [
                f"{names[0]} had {told_n[0]} {things}, {names[1]} {told_n[1]}, "
                f"{names[2]} {told_n[2]} and {names[3]} {told_n[3]}."
            ]
        )
        order = [n for _, n in sorted(zip(counts, names[:4], strict=True), reverse=True)]
        say = [
            f"Of the four, {{}} had the most {things}.",
            f"{{}} had the fewest {things} of the four.",
            f"Only one of the four had more {things} than {{}}.",
        ]
    f.either(say[0].format(order[0]), say[0].format(rng.choice(order[1:])))
    f.either(say[1].format(order[3]), say[1].format(rng.choice(order[:3])))
    f.either(say[2].format(order[1]), say[2].format(rng.choice([order[0], order[2], order[3]])))
    return f


def change(rng: random.Random) -> Family:
    what, told, draw = _measure(rng)
    before, now = _distinct(draw, 2, 0.1)
    year = rng.randint(1998, 2024)
    head = _sentence(what)
    up = now > before
    verb = rng.choice(["rose", "climbed", "went up"]) if up else rng.choice(["fell", "slipped", "went down"])
    f = Family(
        rng.choice(
            [
                [f"{head} {verb} to {told(now)} from {told(before)} a year earlier."],
                [f"{head} was {told(now)}, {'up' if up else 'down'} from {told(before)} in {year - 1}."],
                [f"{head} came to {told(now)}, compared with {told(before)} in {year - 1}."],
                [f"{head} stands at {told(now)}.", f"The figure had been {told(before)} the year before."],
                [f"Last year {what} was {told(now)}, against {told(before)} the year before."],
                [f"In {year - 1} {what} was {told(before)}.", f"It is now {told(now)}."],
            ]
        )
    )
    f.add(
        up,
        f"{head} was higher than a year earlier.",
        f"{head} increased.",
        f"a rise in {what}",
        f"{head} had been lower the year before.",
    )
    f.add(
        not up,
        f"{head} was lower than a year earlier.",
        f"{head} has come down.",
        f"a fall in {what}",
        f"{head} shrank from one year to the next.",
    )
    f.add(C, f"{head} was unchanged from the year before.", f"{head} stayed where it was.")
    ratio = now / before
    f.add(ratio > 2, f"{head} more than doubled.")
    f.add(ratio < 0.5, f"{head} more than halved.", f"{head} is less than half of what it was.")
    if what in AMOUNTS:  # percent and percentage points are another matter
        gap = abs(now - before)
        f.either(f"{head} {verb} by {told(gap)}.", f"{head} {verb} by {told(gap * rng.choice([0.6, 1.5]))}.")
    f.add(U, f"{head} will {'rise' if up else 'fall'} again next year.", f"{head} {verb} more than in any other year.")
    return f


def parts(rng: random.Random) -> Family:
    """A part of a whole: its share, what is left, whether that is most of it."""
    n = rng.choice([rng.randint(5, 20), rng.randint(20, 90), rng.randint(100, 3000)])
    a = rng.randint(1, n - 1)
    noun, done = rng.choice(
        [
            ("circuits", "tested"),
            ("homes", "repaired"),
            ("patients", "discharged"),
            ("invoices", "paid"),
            ("schools", "inspected"),
            ("bridges", "closed"),
            ("coins", "recovered"),
            ("claims", "settled"),
            ("workers", "rehired"),
            ("flights", "cancelled"),
        ]
    )
    A, N, rest = _number(rng, a), _number(rng, n), _number(rng, n - a)
    verb = "has" if a == 1 else "have"
    f = Family(
        rng.choice(
            [
                [f"{_sentence(A)} of the {N} {noun} {verb} been {done} so far."],
                [f"There are {N} {noun} in all.", f"So far {A} {verb} been {done}."],
                [f"It is to see all {N} {noun} {done}; by last week {A} had been."],
                [f"Of {N} {noun}, {A} {verb} been {done}."],
            ]
        )
    )
    share = a / n
    if abs(share - 0.5) > 0.02:
        f.add(
            share > 0.5,
            f"More than half of the {noun} have been {done}.",
            f"Most of the {noun} have been {done}.",
            f"Fewer than half of the {noun} have yet to be {done}.",
        )
        f.add(
            share < 0.5,
            f"Less than half of the {noun} have been {done}.",
            f"Most of the {noun} have yet to be {done}.",
            f"fewer than half of the {noun} {done}",
        )
    for name, value in (
        ("a third", 1 / 3),
        ("a quarter", 1 / 4),
        ("three-quarters", 3 / 4),
        ("two-thirds", 2 / 3),
        ("one in five", 0.2),
        ("nine in ten", 0.9),
    ):
        if rng.random() < 0.4 and abs(share - value) > 0.03:
            f.add(share > value, f"More than {name} of the {noun} have been {done}.")
            f.add(share < value, f"Under {name} of the {noun} have been {done}.")
        elif abs(share - value) < 0.012:
            f.add(S, f"About {name} of the {noun} have been {done}.")
    other = _number(rng, max(1, (n - a) + rng.choice([-2, -1, 1, 2, 3])))
    if other != rest:
        f.either(
            f"{_sentence(rest)} {noun} have yet to be {done}.", f"{_sentence(other)} {noun} have yet to be {done}."
        )
    f.add(C, f"All of the {noun} have been {done}.", f"None of the {noun} has been {done}.")
    f.add(U, f"The last of the {noun} will be {done} within a month.", f"The other {noun} cannot be {done}.")
    return f


def shares(rng: random.Random) -> Family:
    p = round(rng.uniform(3, 97), rng.choice([0, 0, 1]))
    who, does, dont = rng.choice(
        [
            ("voters", "took part", "stayed at home"),
            ("households", "own a car", "do without a car"),
            ("homes", "are connected to the sewers", "lack a connection to the sewers"),
            ("members", "backed the deal", "did not back the deal"),
            ("pupils", "passed the test", "did not pass the test"),
            ("customers", "paid on time", "paid late"),
            ("patients", "recovered", "did not recover"),
            ("workers", "belong to the union", "do not belong to the union"),
        ]
    )
    f = Family(
        [
            rng.choice(
                [
                    f"{_percent(rng, p)} of the {who} {does}.",
                    f"The {who} who {does} came to {_percent(rng, p)}.",
                    f"Of the {who}, {_percent(rng, p)} {does}, officials said.",
                ]
            )
        ]
    )
    for name, value in (
        ("half", 50.0),
        ("a third", 100 / 3),
        ("a quarter", 25.0),
        ("two-thirds", 200 / 3),
        ("three-quarters", 75.0),
        ("one in five", 20.0),
        ("a tenth", 10.0),
        ("nine in ten", 90.0),
    ):
        if abs(p - value) > 2.5 and rng.random() < 0.5:
            f.add(p > value, f"More than {name} of the {who} {does}.")
            f.add(p < value, f"Fewer than {name} of the {who} {does}.")
            f.add(100 - p > value, f"More than {name} of the {who} {dont}.")
            f.add(100 - p < value, f"Less than {name} of the {who} {dont}.")
        elif abs(p - value) < 1.2:
            f.add(S, f"About {name} of the {who} {does}.", f"Roughly {name} of the {who} {does}.")
    f.add(p > 50, f"Most of the {who} {does}.")
    f.add(p < 50, f"A minority of the {who} {does}.")
    wrong = p + rng.choice([-1, 1]) * rng.randint(4, 12)
    if 0 < wrong < 100:
        f.either(f"{_percent(rng, 100 - p)} of the {who} {dont}.", f"{_percent(rng, 100 - wrong)} of the {who} {dont}.")
    return f


def votes(rng: random.Random) -> Family:
    a, b = rng.randint(4, 330), rng.randint(4, 330)
    if abs(a - b) < 2:
        a += 5
    what = rng.choice(["motion", "budget", "amendment", "bill", "proposal", "merger plan"])
    won = a > b
    told = rng.choice(["{} to {}", "{}-{}", "{} votes to {}"])
    high, low = max(a, b), min(a, b)
    pair = told.format(high, low)
    body = rng.choice(["parliament", "the council", "the board", "the assembly"])
    f = Family(
        [
            rng.choice(
                [
                    f"The {what} was {'carried' if won else 'defeated'} by {pair}.",
                    f"In {body} the {what} {'passed' if won else 'fell'} by {pair} after a long debate.",
                    f"{_sentence(body)} {'approved' if won else 'turned down'} the {what} by {pair}, "
                    "with three abstentions.",
                ]
            )
        ]
    )
    gap = high - low
    wrong = gap + rng.choice([-1, 1]) * rng.choice([1, 2, 3, 5, 8])
    if wrong > 0:
        f.either(
            f"The {what} {'passed' if won else 'was lost'} by {_number(rng, gap)} votes.",
            f"The {what} {'passed' if won else 'was lost'} by {_number(rng, wrong)} votes.",
        )
        f.either(f"a margin of {_number(rng, gap)} votes", f"a margin of {_number(rng, wrong)} votes")
    f.either(*(f"The {what} was {x}." for x in (("approved", "rejected") if won else ("rejected", "approved"))))
    f.either(
        f"{_sentence(_number(rng, b))} members voted against the {what}.",
        f"{_sentence(_number(rng, a))} members voted against the {what}.",
    )
    f.add(won, f"More members voted for the {what} than against it.")
    f.add(
        C,
        f"{_sentence(body)} was unanimous on the {what}."
        if body != "parliament"
        else f"The vote on the {what} was unanimous.",
    )
    return f


def money_left(rng: random.Random) -> Family:
    unit = rng.choice(["£{}m", "${} million", "{} million rupees", "€{}m", "{} million kroner"])
    cost, over = rng.randint(8, 900), rng.randint(1, 7)
    thing = rng.choice(["census", "bridge", "stadium", "inquiry", "new hospital", "tram line", "festival", "dam"])
    up = rng.random() < 0.6
    planned = cost - over if up else cost + over
    t = unit.format
    f = Family(
        [
            rng.choice(
                [
                    f"The {thing} cost {t(cost)}, {t(over)} {'more' if up else 'less'} than planned.",
                    f"At {t(cost)}, the {thing} came in {t(over)} {'over' if up else 'under'} budget.",
                    f"The {thing}, which had been expected to cost {t(planned)}, cost {t(cost)}.",
                ]
            )
        ]
    )
    f.either(
        f"The {thing} had been budgeted at {t(planned)}.",
        f"The {thing} had been budgeted at {t(cost + over if up else cost - over)}.",
    )
    f.add(
        C,
        f"The {thing} cost {t(planned)}.",
        f"The {thing} was built for {t(planned)}."
        if thing in ("bridge", "stadium", "dam")
        else f"a {thing} that cost {t(planned)}",
    )
    f.add(up, f"The {thing} cost more than planned.", f"The {thing} went over budget.")
    f.add(not up, f"The {thing} cost less than planned.", f"The {thing} stayed within its budget.")
    f.either(
        f"The {thing} cost {t(over)} {'more' if up else 'less'} than planned.",
        f"The {thing} cost {t(over + rng.randint(1, 4))} {'more' if up else 'less'} than planned.",
    )
    f.add(U, f"The {thing} was paid for by the state.")
    return f


def times_as_much(rng: random.Random) -> Family:
    k, words = rng.choice([(2, "twice"), (3, "three times"), (4, "four times"), (5, "five times")])
    base = rng.randint(2, 60)
    money = rng.choice(["{} euros", "£{}", "${}", "{} lari"]).format
    good = rng.choice(
        [
            "a litre of milk",
            "a cubic metre of water",
            "a ticket",
            "a night's stay",
            "a sack of maize",
            "a kilo of coffee",
        ]
    )
    who = f"{rng.choice(MALE)} {rng.choice(LAST)}"
    f = Family(
        [
            rng.choice(
                [
                    f"{who} now pays {money(base * k)} for {good}, {words} what it cost last year.",
                    f"{who} said that {good} cost {money(base * k)}, {words} as much as last year.",
                    f"{_sentence(good)} costs {money(base * k)}, {words} the price of last year, {who} said.",
                ]
            )
        ]
    )
    f.either(f"Last year {good} cost {money(base)}.", f"Last year {good} cost {money(base * k + base)}.")
    f.add(C, f"Last year {good} cost {money(base * k)}.", f"{_sentence(good)} has become cheaper.")
    f.add(S, f"{_sentence(good)} was cheaper last year.", f"The price of {good} has gone up since last year.")
    return f


def less_or_more_than_before(rng: random.Random) -> Family:
    """One figure, and how much more it is than another that is not given."""
    a, d = rng.randint(20, 900), rng.randint(2, 15)
    up = rng.random() < 0.5
    money = rng.choice(["£{}", "{} euros", "${}", "{} lari"]).format
    who = rng.choice(["Members", "Drivers", "Farmers", "Nurses", "The pickers"])
    f = Family([f"{who} get {money(a)} a week, {money(d)} {'more' if up else 'less'} than under the old contract."])
    old = a - d if up else a + d
    f.either(
        f"{who} got {money(old)} a week under the old contract.",
        f"{who} got {money(a + d if up else a - d)} a week under the old contract.",
    )
    f.add(up, f"{who} earn more than they did.", "The new contract is better paid than the old one.")
    f.add(not up, f"{who} earn less than they did.", "The old contract was better paid than the new one.")
    return f


def lists(rng: random.Random) -> Family:
    n = rng.randint(2, 7)
    kind = rng.choice(["signed", "dropped", "fined"])
    names = _some(rng, PLACES if kind == "dropped" else rng.choice([PLACES, COUNTRIES, LAST, FIRMS]), n + 1)
    inside, outside = names[:n], names[n]
    told = ", ".join(inside[:-1]) + " and " + inside[-1]
    whole = n + rng.randint(2, 6)
    if kind == "dropped":
        f = Family(
            rng.choice(
                [
                    [f"Of the {_number(rng, whole)} routes, those to {told} will be dropped; the rest will stay."],
                    [
                        f"The line has {_number(rng, whole)} routes.",
                        f"Those to {told} are to be dropped, and the others kept.",
                    ],
                ]
            )
        )
        left = whole - n
        f.either(
            f"{_sentence(_number(rng, left))} of the routes will be kept.",
            f"{_sentence(_number(rng, left + rng.choice([-1, 1, 2]) if left > 1 else 3))} of the routes will be kept.",
        )
        f.either(
            f"{_sentence(_number(rng, n))} routes will be dropped.",
            f"{_sentence(_number(rng, n + 1))} routes will be dropped.",
        )
        f.either(
            f"The route to {rng.choice(inside)} will be dropped.", f"The route to {rng.choice(inside)} will be kept."
        )
    else:
        did = "signed the statement" if kind == "signed" else "were fined"
        f = Family(
            [
                rng.choice(
                    [
                        f"{_sentence(told)} {did}.",
                        f"Those that {did} were {told}.",
                        f"Besides {told}, nobody {did.replace('were', 'was')}.",
                    ]
                )
            ]
        )
        f.either(f"{_sentence(_number(rng, n))} {did}.", f"{_sentence(_number(rng, n + rng.choice([1, 2])))} {did}.")
        f.add(S, f"{rng.choice(inside)} was among those that {did}.")
        if f.sentences[0].startswith(("Those", "Besides")):
            f.add(C, f"{outside} was among those that {did}.")
        f.add(U, f"{inside[0]} was the first to be asked.")
    return f


def all_or_some(rng: random.Random) -> Family:
    who = rng.choice(["judges", "drivers", "directors", "witnesses", "players", "councillors", "parties", "banks"])
    n = rng.randint(3, 12)
    did, didnt = rng.choice(
        [
            ("survived", "died"),
            ("agreed", "disagreed"),
            ("voted for it", "voted against it"),
            ("were convicted", "were acquitted"),
            ("stayed", "left"),
            ("paid", "refused to pay"),
        ]
    )
    one = did.replace("were", "was")
    N = _number(rng, n)
    kind = rng.choice(["all", "none", "but", "only", "both", "both not"])
    if kind.startswith("both"):
        told, other = (did, didnt) if kind == "both" else (didnt, did)
        f = Family([f"Both {who} {told}."])
        f.either(f"Neither of the two {who} {other}.", f"One of the two {who} {other}.")
        f.add(C, f"Neither of the {who} {told}.", f"Only one of the {who} {told}.")
        f.add(S, f"The two {who} {told}.")
    elif kind == "all":
        f = Family([f"All {N} {who} {did}."])
        f.either(f"None of the {who} {didnt}.", f"Some of the {who} {didnt}.")
        f.either(f"Every one of the {N} {who} {did}.", f"Only some of the {who} {did}.")
    elif kind == "none":
        f = Family([f"None of the {N} {who} {did}."])
        f.add(C, f"One of the {who} {did}.", f"Most of the {who} {did}.", f"All of the {who} {did}.")
        f.add(S, f"Not one of the {who} {did}.")
    elif kind == "but":
        k = rng.randint(1, max(1, n // 2 - 1)) if n > 3 else 1
        f = Family([f"All but {_number(rng, k)} of the {N} {who} {did}."])
        f.either(f"{_sentence(_number(rng, n - k))} of the {who} {did}.", f"All of the {who} {did}.")
        f.either(
            f"Most of the {who} {did}.",
            f"{_sentence(_number(rng, n - k + 1 if k > 1 else n - k - 1))} of the {who} {did}.",
        )
    else:
        f = Family(
            [
                rng.choice(
                    [
                        f"Only one of the {N} {who} {did}.",
                        f"Only one of the {N} {who} {one}."
                        if "were" in did
                        else f"Of the {N} {who}, one {did}; the others did not.",
                    ]
                )
            ]
        )
        f.add(C, f"Several of the {who} {did}.", f"None of the {who} {did}.", f"All of the {who} {did}.")
        f.add(
            S,
            f"One of the {who} {one}.",
            f"{_sentence(_number(rng, n - 1))} of the {N} {who} did not do what the other did."
            if rng.random() < 0.2
            else f"Not all of the {who} {did}.",
        )
    return f


# ---------------------------------------------------------------- when

# An event told as done, as a noun, and in the past perfect.
EVENTS = (
    ("the mill closed", "the closure of the mill", "the mill had closed"),
    ("the bridge opened", "the opening of the bridge", "the bridge had opened"),
    ("the minister resigned", "the minister's resignation", "the minister had resigned"),
    ("the audit was published", "the publication of the audit", "the audit had been published"),
    ("the strike began", "the start of the strike", "the strike had begun"),
    ("the strike ended", "the end of the strike", "the strike had ended"),
    ("the firm was sold", "the sale of the firm", "the firm had been sold"),
    ("the court ruled", "the court's ruling", "the court had ruled"),
    ("the dam burst", "the bursting of the dam", "the dam had burst"),
    ("the vaccine was approved", "the approval of the vaccine", "the vaccine had been approved"),
    ("the suspects were arrested", "the arrest of the suspects", "the suspects had been arrested"),
    ("the border was closed", "the closing of the border", "the border had been closed"),
    ("the coach was dismissed", "the coach's dismissal", "the coach had been dismissed"),
    ("the fire broke out", "the outbreak of the fire", "the fire had broken out"),
    ("the alarm was raised", "the alarm", "the alarm had been raised"),
    ("the treaty was signed", "the signing of the treaty", "the treaty had been signed"),
    ("the votes were counted", "the counting of the votes", "the votes had been counted"),
    (
        "the company warned its customers",
        "the company's warning to its customers",
        "the company had warned its customers",
    ),
    ("the contract was awarded", "the award of the contract", "the contract had been awarded"),
    ("the payments started", "the first payment", "the payments had started"),
    ("the museum bought the painting", "the purchase of the painting", "the museum had bought the painting"),
    ("the school was evacuated", "the evacuation of the school", "the school had been evacuated"),
)


def _day(rng: random.Random, day: dt.date) -> str:
    month = MONTHS[day.month - 1]
    return rng.choice(
        [
            f"{day.day} {month}",
            f"{month} {day.day}",
            f"{month[:3]}. {day.day}" if len(month) > 4 else f"{month} {day.day}",
        ]
    )


def in_order(rng: random.Random) -> Family:
    (first, first_noun, first_had), (then, then_noun, then_had) = rng.sample(EVENTS, 2)
    day = dt.date(rng.randint(1995, 2024), rng.randint(1, 10), rng.randint(1, 28))
    gap = rng.choice([rng.randint(1, 12), rng.randint(13, 60)])
    later = day + dt.timedelta(days=gap)
    a, b = _day(rng, day), _day(rng, later)
    span = (
        f"{_number(rng, gap // 7)} week{'s' if gap > 7 else ''}"
        if gap % 7 == 0
        else f"{_number(rng, gap)} day{'s' if gap > 1 else ''}"
    )
    f = Family(
        rng.choice(
            [
                [f"{_sentence(first)} on {a}.", f"{_sentence(then)} on {b}."],
                [f"{_sentence(then)} on {b}.", f"{_sentence(first)} on {a}."],
                [f"{_sentence(first)} on {a} and {then} on {b}."],
                [f"{_sentence(then)} {span} after {first_noun}."],
                [f"{_sentence(then)}, {span} after {first}."],
                [f"{_sentence(first)} {span} before {then_noun}."],
                [f"After {first_noun}, {then}."],
                [f"{_sentence(first)}.", f"{_sentence(span)} later {then}."],
                [f"By the time {then}, {first_had}."],
            ]
        )
    )
    f.either(f"{_sentence(first)} before {then}.", f"{_sentence(then)} before {first}.")
    f.either(f"{_sentence(then)} after {first_noun}.", f"{_sentence(first)} after {then_noun}.")
    f.either(f"{_sentence(first_had)} when {then}.", f"{_sentence(then_had)} when {first}.")
    f.add(C, f"{_sentence(first)} only after {then_noun}.", f"{_sentence(first)} and {then} on the same day.")
    if any(span in s or a in s for s in f.sentences):
        wrong = gap + rng.choice([-2, -1, 1, 2, 3, 5])
        if wrong > 0 and wrong != gap:
            f.either(
                f"{_sentence(then)} {span} after {first_noun}.",
                f"{_sentence(then)} {_number(rng, wrong)} days after {first_noun}.",
            )
    f.add(U, f"{_sentence(then)} because {first}.")
    return f


def counted_days(rng: random.Random) -> Family:
    (what, noun, _), (then, _, _) = rng.sample(EVENTS, 2)
    day = dt.date(rng.randint(1995, 2024), rng.randint(1, 12), rng.randint(1, 24))
    gap = rng.randint(1, min(20, 29 - day.day + 5))
    after = rng.random() < 0.7
    result = day + dt.timedelta(days=gap if after else -gap)
    wrong = result + dt.timedelta(days=rng.choice([-3, -2, -1, 1, 2, 3]))
    style = rng.random() < 0.5

    def told(d: dt.date) -> str:
        return f"{MONTHS[d.month - 1]} {d.day}" if style else f"{d.day} {MONTHS[d.month - 1]}"

    days = f"{_number(rng, gap)} day{'s' if gap > 1 else ''}"
    if rng.random() < 0.4:
        f = Family([f"{_sentence(then)} {days} {'after' if after else 'before'} {noun}, which was on {told(day)}."])
    else:
        way = "later" if after else "earlier"
        f = Family([f"{_sentence(what)} on {told(day)}.", f"{_sentence(then)} {days} {way}."])
    f.either(f"{_sentence(then)} on {told(result)}.", f"{_sentence(then)} on {told(wrong)}.")
    if wrong != day:
        f.add(C, f"{_sentence(then)} on {told(day)}.")
    return f


def years(rng: random.Random) -> Family:
    start = rng.randint(1950, 2015)
    n = rng.randint(2, 30)
    end = start + n
    pronoun, first = rng.choice([("He", MALE), ("She", FEMALE)])
    name, firm = f"{rng.choice(first)} {rng.choice(LAST)}", rng.choice(FIRMS)
    last = name.split()[1]
    N = _number(rng, n)
    f = Family(
        rng.choice(
            [
                [f"{name} joined {firm} in {start}.", f"{pronoun} left {N} years later."],
                [f"{name} ran {firm} from {start} to {end}."],
                [f"{name} took over {firm} in {start} and stepped down in {end}."],
                [f"{name}, who retired in {end} after {N} years at {firm}, was honoured by the town."],
            ]
        )
    )
    wrong = n + rng.choice([-1, 1]) * rng.randint(2, 5)
    if wrong > 0:
        f.either(f"{last} spent {N} years at {firm}.", f"{last} spent {_number(rng, wrong)} years at {firm}.")
        f.either(f"{last} left {firm} in {end}.", f"{last} left {firm} in {start + wrong}.")
    f.either(f"{last} came to {firm} in {start}.", f"{last} came to {firm} in {start + rng.choice([-3, 3, 4, -2])}.")
    bound = rng.choice([5, 10, 15, 20])
    if abs(n - bound) > 1:
        f.add(n > bound, f"{last} was with {firm} for more than {_number(rng, bound)} years.")
        f.add(n < bound, f"{last} was with {firm} for less than {_number(rng, bound)} years.")
    f.add(U, f"{last} was the longest-serving head of {firm}.")
    return f


def ages(rng: random.Random) -> Family:
    a, b = (int(v) for v in _distinct(lambda: float(rng.randint(12, 90)), 2, 0.02))
    one = rng.choice(["sister", "brother", "partner"])
    pool = FEMALE if one == "sister" else MALE
    x, y = _some(rng, pool)
    f = Family(
        rng.choice(
            [
                [f"{x}, {a}, and {one} {y}, {b}, run the shop."],
                [f"{x} is {a}.", f"{'Her' if one == 'sister' else 'His'} {one} {y} is {b}."],
            ]
        )
    )
    older, younger = (x, y) if a > b else (y, x)
    f.either(f"{older} is older than {younger}.", f"{younger} is older than {older}.")
    f.either(f"{younger} is the younger of the two.", f"{older} is the younger of the two.")
    gap = abs(a - b)
    f.either(
        f"{_sentence(_number(rng, gap))} year{'s' if gap > 1 else ''} lie between {x} and {y}.",
        f"{_sentence(_number(rng, gap + 2))} years lie between {x} and {y}.",
    )
    return f


def in_a_row(rng: random.Random) -> Family:
    n = rng.randint(2, 8)
    ordinals = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
    what, of = rng.choice(
        [
            ("cut", "in interest rates"),
            ("win", "for the club"),
            ("loss", "for the airline"),
            ("drop", "in sales"),
            ("rise", "in rents"),
            ("title", "for the team"),
        ]
    )
    many = what + ("es" if what.endswith("s") else "s")
    unit = rng.choice(["in a row", "running", "in succession"])
    f = Family(
        [
            rng.choice(
                [
                    f"It was the {ordinals[n - 1]} {what} {unit} {of}.",
                    f"The {what}, the {ordinals[n - 1]} {unit}, surprised analysts.",
                ]
            )
        ]
    )
    wrong = n + rng.choice([-1, 1, 2]) if n > 2 else n + rng.choice([1, 2])
    f.either(
        f"There have now been {_number(rng, n)} {many} {unit}.",
        f"There have now been {_number(rng, wrong)} {many} {unit}.",
    )
    f.either(f"a {ordinals[n - 1]} consecutive {what}", f"a {ordinals[wrong - 1]} consecutive {what}")
    f.add(C, f"It was the first {what} {of}.")
    return f


# ---------------------------------------------------------------- who, and to whom

# Done to somebody, told from the other's side, and what does not follow.
CONVERSE = (
    ("{a} beat {b}", "{b} lost to {a}"),
    ("{a} bought {x} from {b}", "{b} sold {x} to {a}"),
    ("{a} sued {b}", "{b} was sued by {a}"),
    ("{a} lent {b} {m}", "{b} borrowed {m} from {a}"),
    ("{a} succeeded {b} as chairman", "{b} was chairman before {a}"),
    ("{a} taught {b}", "{b} was a pupil of {a}"),
    ("{a} employs {b}", "{b} works for {a}"),
    ("{a} accused {b} of fraud", "{b} was accused of fraud by {a}"),
    ("{a} replaced {b} at half-time", "{b} came off for {a} at half-time"),
    ("{a} supplies {b} with steel", "{b} gets steel from {a}"),
    ("{a} overtook {b} on the last lap", "{b} was passed by {a} on the last lap"),
    ("{a} expelled the ambassador of {b}", "{b}'s ambassador was expelled by {a}"),
    ("{a} owes {b} {m}", "{b} is owed {m} by {a}"),
    ("{a} invited {b} to the talks", "{b} was asked to the talks by {a}"),
    ("{a} took over {b}", "{b} was acquired by {a}"),
    ("{a} exports timber to {b}", "{b} imports timber from {a}"),
    ("{a} inherited {x} from {b}", "{b} left {x} to {a}"),
    ("{a} defended {b} in court", "{b} was represented in court by {a}"),
    ("{a} handed {x} to {b}", "{b} was given {x} by {a}"),
    ("{a} rents {x} to {b}", "{b} rents {x} from {a}"),
    ("{a} finished ahead of {b}", "{b} finished behind {a}"),
    ("{a} was born two years before {b}", "{b} is two years younger than {a}"),
)


def to_whom(rng: random.Random) -> Family:
    pattern, other = rng.choice(CONVERSE)
    pool = (
        COUNTRIES
        if "ambassador" in pattern or "exports" in pattern
        else FIRMS
        if rng.random() < 0.4 and "born" not in pattern and "taught" not in pattern and "half-time" not in pattern
        else LAST
    )
    a, b, third = _some(rng, pool, 3)
    fill = {
        "a": a,
        "b": b,
        "x": rng.choice(["a house", "the farm", "a painting", "two lorries", "the brewery"]),
        "m": rng.choice(["$5,000", "£2m", "40,000 euros"]),
    }
    turned = {**fill, "a": b, "b": a}
    lead = rng.choice(["", "Last spring ", "In 2011 ", "As was told on Monday, ", "It was raining when "])
    f = Family([f"{lead}{pattern.format(**fill)}." if lead else f"{_sentence(pattern.format(**fill))}."])
    f.either(other.format(**fill) + ".", other.format(**turned) + ".")
    f.add(C, pattern.format(**turned) + ".")
    f.add(S, pattern.format(**fill) + ".")
    f.add(U, pattern.format(**{**fill, "b": third}) + ".")
    if rng.random() < 0.5:
        f = Family([f"{_sentence(lead + other.format(**fill))}."], f.claims)
    return f


SAYINGS = (
    ("the plan would cost too much", "the plan was too dear"),
    ("nobody had been warned", "no warning had been given"),
    ("the talks were going well", "the negotiations were making progress"),
    ("the building was safe", "the building was no danger to anybody"),
    ("he would not resign", "he meant to stay in office"),
    ("the harvest had been poor", "the crop had been bad"),
    ("the figures were wrong", "the numbers were mistaken"),
    ("the law should be changed", "the law ought to be amended"),
    ("the police came too late", "the police did not arrive in time"),
    ("the deal was a bargain", "the deal was good value"),
    ("the river was cleaner than ever", "the river had never been cleaner"),
    ("the staff deserved better", "the workers had a right to better treatment"),
)


def who_said(rng: random.Random) -> Family:
    (one, one_again), (two, two_again) = rng.sample(SAYINGS, 2)
    (p, pool), (_, pool2) = rng.choice(
        [(("she", FEMALE), ("he", MALE)), (("he", MALE), ("she", FEMALE)), (("she", FEMALE), ("she", FEMALE))]
    )
    A, B = _some(rng, LAST)
    a, b = f"{rng.choice(pool)} {A}", f"{rng.choice(pool2)} {B}"
    r, s = _some(rng, ROLES)
    f = Family(
        rng.choice(
            [
                [f"{a}, the {r}, said that {one}.", f"{b}, a {s}, replied that {two}."],
                [f"“{_sentence(one)},” said {a}, the {r}.", f"{b}, the {s}, disagreed: “{_sentence(two)}.”"],
                [
                    f"{a}, the {r}, was at the meeting.",
                    f"“{_sentence(one)},” {p} said.",
                    f"{b}, the {s}, said that {two}.",
                ],
                [f"The {s}, {b}, complained that {two}.", f"{a}, the {r}, told reporters: “{_sentence(one)}.”"],
                [f"{_sentence(one)}, according to {a}, the {r}; {b}, the {s}, said that {two}."],
            ]
        )
    )
    f.either(f"{A} said that {one_again}.", f"{B} said that {one_again}.")
    f.either(f"The {s} said that {two_again}.", f"The {r} said that {two_again}.")
    f.either(f"In {B}'s view {two_again}.", f"In {A}'s view {two_again}.")
    f.add(U, f"{_sentence(one_again)}.", f"{_sentence(two_again)}.")
    return f


# What is told, what follows from it, and what it rules out.
NOT_YET = (
    (
        "{who} pleaded guilty and has yet to be sentenced.",
        "{who} is still waiting for a sentence.",
        "{who} has been sentenced.",
    ),
    (
        "{firm} will apply for a licence next year.",
        "{firm} has not yet applied for a licence.",
        "{firm} has applied for a licence.",
    ),
    (
        "No date has been set for {firm}'s move.",
        "It has not been decided when {firm} will move.",
        "The date of {firm}'s move has been fixed.",
    ),
    ("{firm} turned down a higher offer.", "{firm} had been offered more.", "{firm} took the highest offer."),
    (
        "{who} had hoped to buy {firm}, but the bank refused.",
        "The bank would not help {who} to buy {firm}.",
        "{who} bought {firm} with the help of a bank.",
    ),
    (
        "{firm} rejected the claim, and said that it would go on as before.",
        "{firm} denied the claim.",
        "{firm} accepted the claim.",
    ),
    (
        "The cuts will be made on 1 September unless it rains.",
        "The cuts depend on the weather.",
        "The cuts will be made even if it rains.",
    ),
    (
        "Hospitals are exempt from the rule; hotels are not.",
        "The rule applies to hotels.",
        "Hotels need not keep to the rule.",
    ),
    ("{who} dismissed the idea as gossip.", "{who} did not think much of the idea.", "{who} agreed with the idea."),
    (
        "Converting the plant would have cost {firm} twice what it could afford.",
        "{firm} could not pay for a conversion of the plant.",
        "{firm} has converted the plant.",
    ),
    ("{firm} stopped short of an apology.", "{firm} did not apologise.", "{firm} apologised."),
    ("{who} withdrew the word theft, but nothing else.", "{who} took back one word.", "{who} took back everything."),
    (
        "The census did not ask people about their faith.",
        "Faith was not a question in the census.",
        "According to the census, most people have no faith.",
    ),
    (
        "Everything but the roof of {firm}'s hall was saved from the fire.",
        "The roof of {firm}'s hall was lost.",
        "The roof of {firm}'s hall was saved.",
    ),
)


def not_yet(rng: random.Random) -> Family:
    names = {"who": f"{rng.choice(MALE + FEMALE)} {rng.choice(LAST)}", "firm": rng.choice(FIRMS)}
    evidence, true, false = (text.format(**names) for text in rng.choice(NOT_YET))
    f = Family([evidence])
    f.either(true, false)
    return f


# ---------------------------------------------------------------- who did it, said beside the point

MAKERS = (
    "bridge,designed,built,opened",
    "statue,carved,unveiled,cast",
    "novel,written,published,translated",
    "theatre,designed,opened,built",
    "comet,discovered,first seen,first photographed",
    "beetle,first described,discovered,named",
    "company,founded,set up,started",
    "school,founded,opened,built",
    "song,written,recorded,first sung",
    "vaccine,developed,tested,patented",
    "lighthouse,built,designed,repaired",
    "museum,founded,opened,built",
    "report,written,published,signed",
    "programme,launched,set up,started",
    "festival,founded,first held,started",
)
# Actors who may all have done a thing, what they did it to, and the two ways in which it can go.
ACTORS = (
    "the opposition,the teachers' union,the Green Party,the church,the farmers' league,the employers' federation,"
    "the regional assembly,the island council,the airline,the works council"
).split(",")
STANDS = (
    (("boycotted", "stayed away from", "took no part in"), ("took part in", "joined"), "elections,talks,vote,summit"),
    (("condemned", "criticised", "attacked"), ("praised", "welcomed"), "decision,budget,verdict,deal,plan"),
    (("rejected", "turned down", "refused"), ("accepted", "agreed to"), "offer,proposal,compromise,deal"),
    (("backed", "supported", "endorsed"), ("opposed", "fought"), "referendum,strike,merger,bill,plan"),
    (("won",), ("lost",), "appeal,vote,lawsuit,auction"),
    (("postponed", "put off"), ("brought forward",), "congress,vote,hearing,match"),
)
TAILS = (
    "remains in dispute",
    "is to be looked into again",
    "cost more than was planned",
    "drew little notice abroad",
    "was the subject of a film",
    "will be marked next month",
)


def made_by(rng: random.Random) -> Family:
    """Who made something and when, told in a clause of a sentence on something else."""
    thing, *verbs = rng.choice(MAKERS).split(",")
    verb = rng.choice(verbs)
    name, other = (rng.choice(MALE + FEMALE) + " " + last for last in _some(rng, LAST))
    year = rng.randint(1880, 2023)
    tail = rng.choice(TAILS)
    family = Family(
        [
            rng.choice(
                [
                    f"The {thing}, {verb} by {name} in {year}, {tail}.",
                    f"The {thing} that was {verb} by {name} in {year} {tail}.",
                    f"Visitors asked about the {thing}, which {name} said had long been forgotten; it was {verb} "
                    f"in {year} by {name.split()[-1]} and {tail}.",
                    f"It was {name} by whom, in {year}, the {thing} was {verb}.",
                    f"A prize bears the name of {name}, by whom the {thing} was {verb} in {year}.",
                    _sentence(f"{verb} in {year} by {name}, the {thing} {tail}."),
                ]
            )
        ]
    )
    family.add(S, f"The {thing} was {verb} by {name}.", f"{verb} by {name}", f"The {thing} was {verb} in {year}.")
    family.add(S, f"{name.split()[-1]}'s name is tied to the {thing}, {verb} in {year}.", f"{verb} in {year}")
    family.add(C, f"The {thing} was {verb} by {other}.", f"{verb} by {other}")
    family.add(C, f"The {thing} was {verb} in {year + rng.choice([-10, -3, -1, 1, 2, 20])}.")
    family.add(U, f"{name} was paid for the {thing}.", f"The {thing} was {verb} against the advice of {other}.")
    return family


def stood_by(rng: random.Random) -> Family:
    """Who stood where on an event, told in a clause of a sentence on something else."""
    did, against, events = rng.choice(STANDS)
    if rng.random() < 0.5 and len(did) > 1:
        did, against = against, did
    event = rng.choice(events.split(","))
    actor, another = _some(rng, ACTORS)
    month, year = rng.choice(MONTHS), rng.randint(1995, 2025)
    verb = rng.choice(did)
    person = rng.choice(FEMALE) + " " + rng.choice(LAST)
    family = Family(
        [
            rng.choice(
                [
                    f"{person} took office after a row over the {event} of {month} {year}, which {actor} {verb}.",
                    f"The {event} in {month} {year} that {actor} {verb} {rng.choice(TAILS)}.",
                    f"{person} resigned two years after the {event} in {month} {year}, which {actor} {verb}.",
                    _sentence(f"{actor}, which {verb} the {event} in {month} {year}, has since changed its leader."),
                    f"There was no sign of a thaw with {actor}, which {verb} the {event} in {month} {year}.",
                ]
            )
        ]
    )
    family.add(S, f"{actor} {rng.choice(did)} the {event} of {month} {year}.", f"{actor} {verb} the {event}.")
    family.add(S, f"The {event} that {actor} {verb} came in {year}.")
    family.add(C, f"{actor} {rng.choice(against)} the {event} of {month} {year}.")
    family.add(C, f"In {month} {year} {actor} {rng.choice(against)} the {event}.")
    family.add(U, f"{actor} {verb} the {event} after a long debate.")
    if "won" not in (*did, *against):  # which one alone can have done
        family.add(U, f"{another} {verb} the {event} of {month} {year}.")
    return family


SKILLS: tuple[Callable[[random.Random], Family], ...] = (
    which_is_more,
    which_is_more,
    how_many_more,
    how_many_more,
    sizes,
    ranking,
    change,
    change,
    parts,
    parts,
    shares,
    votes,
    money_left,
    times_as_much,
    less_or_more_than_before,
    lists,
    all_or_some,
    in_order,
    in_order,
    in_order,
    counted_days,
    years,
    ages,
    in_a_row,
    to_whom,
    to_whom,
    who_said,
    who_said,
    not_yet,
    made_by,
    stood_by,
)


def skill_rows(
    rng: random.Random, count: int, articles: Sequence[tuple[str, dt.date | None, Sequence[str]]]
) -> Iterator[tuple[str, str | None, dt.date | None, list[str], str, str]]:
    """``count`` pairs: (skill, title, date, sentences, claim, label), up to three of a family, labels in turn.

    ``articles`` are (title, date, sentences); their sentences stand around the evidence in two pairs of three.
    """
    made = 0
    while made < count:
        skill = rng.choice(SKILLS)
        family = skill(rng)
        rng.shuffle(family.claims)
        chosen: list[tuple[str, str]] = []
        for label in rng.sample([S, C, U], 3):
            chosen += [claim for claim in family.claims if claim[1] == label][: 1 if label == U else 2]
        rng.shuffle(chosen)
        for text, label in chosen[:3]:
            title, day, sentences = rng.choice(articles)
            around = list(family.sentences)
            if rng.random() < 0.65 and len(sentences) > 3:
                at = rng.randrange(len(sentences) - 2)
                before, after = rng.choice([(1, 0), (0, 1), (1, 1), (0, 2)])
                around = [*sentences[at : at + before], *around, *sentences[at + before : at + before + after]]
            if text.endswith(".") and rng.random() < 0.1:
                text = text[:-1]
            yield skill.__name__, title, day, around, text, label
            made += 1
