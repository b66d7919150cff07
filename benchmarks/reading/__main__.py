"""python -m benchmarks.reading: how well web pages are read, beside trafilatura on the same pages where installed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from benchmarks.reading import pages, token_f1
from factcheck.readers import Document, read

Extract = Callable[[str], tuple[str, str | None, str | None]]


def ours(html: str) -> tuple[str, str | None, str | None]:
    (found,) = read(Document(raw=html.encode(), name="page.html"))
    body = found.text.removeprefix(found.title or "")
    return body, found.title, found.published.isoformat() if found.published else None


def trafilatura_on(html: str) -> tuple[str, str | None, str | None]:
    import trafilatura

    found = trafilatura.bare_extraction(html, include_comments=False, with_metadata=True)
    if found is None:
        return "", None, None
    about = found.as_dict()
    return about.get("text") or "", about.get("title"), about.get("date")


def measure(extract: Extract, show: bool) -> str:
    scores, titles, dates = [], 0, 0
    begun = time.perf_counter()
    for name, article, page in pages():
        text, title, date = extract(page.html)
        score = token_f1(text, page.main)
        scores.append(score)
        titles += title == article.title
        dates += date == article.published.isoformat()
        if show and (score < 0.98 or title != article.title or date != article.published.isoformat()):
            print(f"  {name:24} F1 {score:.3f}  {title!r} ({article.title!r})  {date} ({article.published})")
    seconds = time.perf_counter() - begun
    n = len(scores)
    return (
        f"{n} pages: token F1 {sum(scores) / n:.4f} (lowest {min(scores):.3f}), title {titles / n:.1%}, "
        f"date {dates / n:.1%}, {1000 * seconds / n:.0f} ms a page"
    )


if __name__ == "__main__":
    print("factcheck    ", measure(ours, "-v" in sys.argv))
    try:
        import trafilatura  # noqa: F401
    except ImportError:
        print("trafilatura   not installed")
    else:
        print("trafilatura  ", measure(trafilatura_on, False))
