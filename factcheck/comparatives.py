"""The comparatives that news prose sets figures apart with, on the side of more or of less.

"Faster" and "slower" are of a speed: of the time that something takes they say the opposite.
"""

from __future__ import annotations

MORE = tuple(
    "more higher larger bigger greater longer heavier dearer costlier pricier wider stronger faster quicker taller "
    "older hotter warmer fuller deeper later further farther better richer thicker steeper busier".split()
)
LESS = tuple(
    "fewer less lower smaller shorter lighter cheaper narrower weaker slower younger colder cooler emptier "
    "shallower earlier sooner nearer closer worse poorer thinner quieter".split()
)
QUICK, SLOW = ("faster", "quicker"), ("slower",)


def any_of(*words: str) -> str:
    """A pattern for one of the words, as a group that is not kept."""
    return f"(?:{'|'.join(words)})"
