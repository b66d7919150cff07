"""Web pages in the styles of many news sites are read as a person would read them (see benchmarks/reading)."""

from __future__ import annotations

import pytest

from benchmarks.reading import pages, token_f1
from benchmarks.reading.styles import Article, Page
from factcheck.readers import Document, read

PAGES = {name: (article, page) for name, article, page in pages()}


def test_there_are_pages_enough_to_mean_something() -> None:
    assert len(PAGES) >= 40


@pytest.mark.parametrize("name", PAGES)
def test_the_main_text_title_and_date_of_a_news_page_are_read(name: str) -> None:
    article: Article
    page: Page
    article, page = PAGES[name]
    (found,) = read(Document(raw=page.html.encode(), name="page.html"))
    assert found.title == article.title
    assert found.published == article.published
    # The lowest today is 0.987; a page that falls under 0.95 has lost or gained a paragraph.
    assert token_f1(found.text.removeprefix(article.title), page.main) >= 0.95
