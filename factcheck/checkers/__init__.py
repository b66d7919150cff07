"""The slot checkers: one file, one line here, one file of cases each.

A slot checker finds the typed values of the claim, aligns each with the evidence by
what it fills, and says of every one whether it is backed, derived, conflicting or
missing. It reads text and numbers only; the model's view comes from ``model.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from factcheck.checkers import (
    agency,
    comparison,
    count,
    date,
    exchange,
    modality,
    name,
    order,
    polarity,
    quantity,
    quote,
    role,
    scope,
    speaker,
    voice,
)
from factcheck.domain import Judgement, Pair


def each(check: Callable[[Pair], Judgement | None]) -> Callable[[Sequence[Pair]], Iterable[Judgement]]:
    """A checker of one pair as a checker of a batch; a claim without a slot of its kind gets no judgement."""

    def run(pairs: Sequence[Pair]) -> Iterator[Judgement]:
        return (judgement for pair in pairs if (judgement := check(pair)) is not None)

    return run


CHECKERS: dict[str, Callable[[Sequence[Pair]], Iterable[Judgement]]] = {
    "quantity": each(quantity.check),
    "count": each(count.check),
    "date": each(date.check),
    "name": each(name.check),
    "role": each(role.check),
    "quote": each(quote.check),
    "speaker": each(speaker.check),
    "polarity": each(polarity.check),
    "modality": each(modality.check),
    "scope": each(scope.check),
    "agency": each(agency.check),
    "comparison": each(comparison.check),
    "order": each(order.check),
    "voice": each(voice.check),
    "exchange": each(exchange.check),
}
