"""RSS and Atom feeds: each item is a source. Sitemaps: each page they name is one."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from factcheck.readers import Document, ReadError, Reading, TextBuilder, clean

# A feed item shorter than this is a teaser for a page that has the whole text.
WHOLE_TEXT = 600
# feedparser takes some 35 microseconds for each mark of HTML, its own or escaped.
MAX_MARKS = 100_000
MAX_PAGES = 500


def read(document: Document) -> tuple[Reading, ...]:
    """One reading for each item. Those that hold only a summary name the page to follow for the rest."""
    import feedparser

    from factcheck.readers.html import add_elements, parse

    if document.raw.count(b"<") + document.raw.count(b"&lt;") > MAX_MARKS:
        raise ReadError(f"the feed has more than {MAX_MARKS:,} marks; check it in a feed reader")
    try:
        feed = feedparser.parse(io.BytesIO(document.raw), sanitize_html=True, resolve_relative_uris=False)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError) as error:
        # feedparser believes numbers and names in a feed, and lets Python's own errors through.
        raise ReadError(f"the feed is damaged ({type(error).__name__}); check it in a feed reader") from error
    if feed.bozo and not feed.entries:
        raise ReadError(f"the feed cannot be read ({clean(str(feed.bozo_exception))[:80]}); check it in a feed reader")
    publisher = clean(feed.feed.get("title") or "") or None
    readings = []
    for entry in feed.entries:
        # What a damaged feed leaves empty is there, and None.
        html = " ".join(part.get("value") or "" for part in entry.get("content") or []) or entry.get("summary") or ""
        builder = TextBuilder()
        title = clean(parse(entry.get("title") or "").get_text())
        builder.add(title, "heading")
        add_elements(builder, parse(html))
        link = entry.get("link") or ""
        follow = link if link.startswith(("http://", "https://")) and len(builder.text) < WHOLE_TEXT else None
        if not builder.text.strip() and not follow:
            continue
        readings.append(
            builder.reading(
                title=title or None,
                publisher=publisher,
                author=clean(entry.get("author") or "") or None,
                # feedparser answers "updated" with "published" where there is none, and warns that it will stop.
                published=_day(entry.get("published_parsed") or dict.get(entry, "updated_parsed")),
                modified=_day(dict.get(entry, "updated_parsed")),
                uri=link or None,
                media_type="application/rss+xml",
                follow=follow,
                notes=("the feed gives a summary only",) if follow else (),
            )
        )
    return tuple(readings)


def _day(moment: Any) -> dt.date | None:
    try:
        return dt.date(*moment[:3]) if moment else None
    except (ValueError, OverflowError):
        return None


def read_sitemap(document: Document) -> tuple[Reading, ...]:
    """The pages of a sitemap, the newest first, each to be followed; further sitemaps are followed in turn."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document.raw, parser)
    except etree.XMLSyntaxError as error:
        raise ReadError(f"the sitemap is not well-formed XML (line {error.lineno}); check it") from error
    found: list[tuple[str, str]] = []
    for element in root:
        values = {
            etree.QName(child).localname: (child.text or "").strip() for child in element if isinstance(child.tag, str)
        }
        address = values.get("loc", "")
        if address.startswith(("http://", "https://")):
            found.append((values.get("lastmod", ""), address))
    found.sort(key=lambda pair: pair[0], reverse=True)
    note = (f"{len(found)} pages are listed; the newest {MAX_PAGES} were taken",) if len(found) > MAX_PAGES else ()
    return tuple(
        Reading(text="", blocks=(), follow=address, notes=note if n == 0 else (), media_type="application/sitemap+xml")
        for n, (_, address) in enumerate(found[:MAX_PAGES])
    )
