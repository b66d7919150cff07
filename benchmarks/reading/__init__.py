"""Pages to measure reading on, and the measures: token F1 of the main text, title, published date."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

from benchmarks.reading.styles import STYLES, Article, Page

PUBLISHERS = ("Harbour Gazette", "The Northern Star", "Radnor Public Radio", "Pelham Post")
AUTHORS = ("Ana Ruiz", "Ben Okafor", "Mirela Sund", "Tom Whitlock")
ARTICLES_PER_STYLE = 3


def pages() -> Iterator[tuple[str, Article, Page]]:
    """Every page, with its name and the article it was made from."""
    rows = yaml.safe_load(Path(__file__).with_name("articles.yaml").read_text(encoding="utf-8"))
    for number, style in enumerate(STYLES):
        for turn in range(ARTICLES_PER_STYLE):
            at = (number * ARTICLES_PER_STYLE + turn * 5) % len(rows)
            others = [rows[(at + step) % len(rows)] for step in (1, 2, 3)]
            article = Article(
                title=rows[at]["title"],
                published=dt.date.fromisoformat(rows[at]["date"]),
                paragraphs=rows[at]["paragraphs"],
                author=AUTHORS[(number + turn) % len(AUTHORS)],
                publisher=PUBLISHERS[(number + turn) % len(PUBLISHERS)],
                others=[(other["title"], other["paragraphs"][0]) for other in others],
            )
            yield f"{style.__name__}-{turn + 1}", article, style(article)


def token_f1(found: str, expected: str) -> float:
    a, b = (Counter(re.findall(r"\w+", text.lower())) for text in (found, expected))
    common = (a & b).total()
    return 2 * common / (a.total() + b.total()) if common else 0.0
