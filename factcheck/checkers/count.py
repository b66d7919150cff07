"""Counts of the claim against those of the source: stated, counted from a list, or calculated."""

from __future__ import annotations

from factcheck.alignment import view
from factcheck.checkers.quantity import judge_number, judgement
from factcheck.domain import Judgement, Pair, SlotKind
from factcheck.quantities import Quantity

RULE = "FC203"


def _is_slot(q: Quantity) -> bool:
    if q.dim == "ordinal":
        return q.number > 2 or (q.number == 2 and bool(q.head))
    if q.dim != "count":
        return False
    return not (q.number == 1 and q.form == "words" and q.whole is None)


def check(pair: Pair) -> Judgement | None:
    """Compares each count of the claim with what the source states, lists or lets one work out."""
    v = view(pair)
    return judgement(pair, "count", [judge_number(v, q, SlotKind.COUNT, RULE) for q in v.claim.quantities if _is_slot(q)])
