"""The models: texts to vectors, and claim-passage pairs to probabilities.

Knows the shipped folders and how they run on a CPU; leaves it to others what a
number means. Nothing here is imported until a text has to be judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence


def premise_of(sentences: Sequence[str], title: str | None = None, published: dt.date | None = None) -> str:
    """The text the model reads as evidence: title and date first, then the sentences in document order.

    The date is written out, as news prose writes it: the model learns "last June"
    from "20 June 2019", not from an ISO date.
    """
    head = []
    if title:
        head.append(title.rstrip(".") + ".")
    if published:
        head.append(f"{published.day} {published:%B %Y}.")
    return " ".join([*head, *(s.strip() for s in sentences)])


def hypothesis_of(text: str, about: str | None = None) -> str:
    """The claim as the model reads it: a fragment is put behind what it is about."""
    return f"{about}: {text}" if about else text
