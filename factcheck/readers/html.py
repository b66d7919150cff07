"""Web pages: the article's own text, without what surrounds it, and its title, dates and publisher.

What a person would not see (hidden elements, scripts) or would not take for the
article (navigation, consent banners, advertising, related links, comments, footers)
is left out: text that only looks like the article could otherwise support a claim.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Comment, NavigableString, Tag

from factcheck.readers import Document, ReadError, Reading, TextBuilder, clean, decode, find_date
from factcheck.readers.markdown import row_text


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)

_DROP = _words(
    """script style noscript template svg math canvas iframe object embed audio video picture nav aside footer form
    button select option input textarea dialog menu datalist figcaption"""
)

# A word of a class name or id that says an element is not the article. Matched against whole words
# ("ad" must not match "header"), and never believed of an element that holds most of the page's text.
_NOISE = _words(
    """ad ads adv advert adverts advertisement advertising advertorial adslot adunit adsense sponsor sponsored
    promo promos promoted promotion nav navbar navigation menu menubar submenu breadcrumb breadcrumbs sidebar
    rail aside related recirc recirculation recommended recommendations recommend trending popular mostread
    mostpopular newsletter newsletters subscribe subscription signup paywall metered share sharing social
    socials sharebar comment comments commenting disqus discussion respond cookie cookies consent gdpr ccpa
    privacy onetrust cmp footer foot masthead topbar toolbar banner popup modal overlay lightbox tooltip tags
    tag taglist keywords topics authorbox authorbio bio widget widgets poll quiz outbrain taboola teaser teasers
    readmore seealso morefrom copyright legal disclaimer skip login register account search searchbox carousel
    slideshow gallery caption credit credits print hidden hide invisible screenreader visuallyhidden sr noprint
    pagination pager byline dateline timestamp meta metadata correction-form feedback survey donate donation
    alert-banner ticker weather stock stocks app-download appstore"""
)
# Compound names whose parts alone would be too general.
_NOISE_PAIR = re.compile(
    r"(?:read|see|more|also|most)[-_ ]?(?:more|also|from|like|read|popular|stories|viewed)"
    r"|author[-_ ]?(?:box|bio|info|card)|article[-_ ]?(?:tags|tools|share|footer|meta|aside)"
    r"|(?:story|post|entry)[-_ ]?(?:tags|tools|share|footer|meta|nav)|sr[-_ ]only|visually[-_ ]?hidden"
    r"|screen[-_ ]?reader|you[-_ ]may|up[-_ ]?next|next[-_ ]?(?:up|story|article)"
    r"|(?:site|page|global)[-_ ]?(?:header|footer|nav|notice)|call[-_ ]?to[-_ ]?action|\bcta\b|jump[-_ ]?(?:to|links)"
    r"|related[-_ ]?(?:posts?|articles?|stories|content|links|topics)|published[-_ ]?dates?"
    r"|pull[-_ ]?quote|live[-_ ]?chat|reader[-_ ]?(?:comments|letters)|latest[-_ ]?(?:news|stories)",
    re.IGNORECASE,
)
_NOISE_ROLES = _words(
    """navigation banner contentinfo complementary search dialog alertdialog menu menubar toolbar tooltip form
    status"""
)
# What an element that holds the article tends to be called, best first.
_BODY = re.compile(
    r"\b(?:article|story|post|entry|news|content|main|page)[-_]{0,2}(?:body|content|text|main|copy)\b|\barticlebody\b"
    r"|\b(?:body|rich)[-_]?(?:text|copy|content)\b|^(?:prose|story|article|body|content)$",
    re.IGNORECASE,
)
_PARAGRAPHS = _words("""p blockquote pre dd dt address summary""")
_HEADINGS = _words("""h1 h2 h3 h4 h5 h6""")
_BLOCKS = (
    _PARAGRAPHS
    | _HEADINGS
    | _words(
        """div section article main header ul ol li table thead tbody tfoot tr td th dl figure details hgroup body
        center fieldset"""
    )
)
_ARTICLE_TYPES = _words(
    """article newsarticle reportagenewsarticle analysisnewsarticle opinionnewsarticle backgroundnewsarticle
    blogposting liveblogposting report scholarlyarticle techarticle advertisercontentarticle satiricalarticle
    reviewnewsarticle socialmediaposting webpage"""
)
# Lines that sites put between paragraphs without marking them.
_BOILERPLATE = re.compile(
    r"^(?:advertisement|advertising|ad|sponsored(?: content)?|skip (?:to (?:content|main)|advertisement)"
    r"|share (?:this|on)\b.*|(?:read|see|watch|listen)(?: more| also| next)?\s*:.*"
    r"|related(?: (?:stories|articles|topics|links))?(?::.*)?|sign up (?:for|to|here|now)\b.{0,120}"
    r"|(?:subscribe|register) (?:to|now|for|here|today)\b.{0,120}|(?:click|tap) here\b.*|more on this story.*"
    r"|(?:story|article) continues below.*|continue reading.*|most (?:read|popular)|follow us\b.*"
    r"|all rights reserved.*|(?:©|\(c\)|copyright (?:©|\(c\)|\d{4}))\s.*"
    r"|(?:photo|image|picture|photograph|credit)s?\s*(?:by)?\s*:.*|comments?(?: \(\d+\))?|loading\.*"
    r"|get (?:the|our) .{0,60}(?:newsletter|app|inbox).*|download (?:the|our) .{0,30}app.*"
    r"|print|email|save|tweet|pin it)$",
    re.IGNORECASE,
)


# A dateline on a line of its own is about the page, and is read as its date.
_IS_A_DATE = re.compile(
    r"^(?:(?:first )?(?:published|updated|posted|last (?:updated|modified))(?: on| at)?:? )?(?:\w+day,? )?"
    r"(?:\d{1,2} [A-Z][a-z]{2,8}\.?,? (?:19|20)\d\d|[A-Z][a-z]{2,8}\.? \d{1,2},? (?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)"
    r"[,|·\- ]*(?:at )?(?:\d{1,2}[:.]\d\d ?(?:[ap]\.?m\.?)?(?: ?[A-Z]{2,4})?)?$",
    re.IGNORECASE,
)


def read(document: Document) -> Reading:
    """The main text of a page as blocks, with what the page says of itself in JSON-LD, meta elements and its markup."""
    meta = _META_CHARSET.search(document.raw[:4096])
    html = decode(document.raw, document.charset, meta[1].decode("ascii", "replace") if meta else None)
    soup = parse(html)
    hidden = HiddenBy(soup)
    facts = _json_ld(soup)
    metas = _metas(soup)
    canonical = _canonical(soup, metas, document.name)
    h1 = _first_heading(soup)
    visible_date = _visible_date(soup)
    base_title = clean(soup.title.get_text()) if soup.title else ""

    publisher = facts.get("publisher") or metas.get("og:site_name") or metas.get("application-name")
    title = _title(facts.get("headline"), h1, metas, base_title, publisher)
    if not publisher:
        publisher = metas.get("publisher") or metas.get("dc.publisher") or _publisher_of_title(base_title, title)
    published = _first_date(facts.get("datePublished"), *(metas.get(name) for name in _PUBLISHED_META)) or visible_date
    modified = _first_date(facts.get("dateModified"), *(metas.get(name) for name in _MODIFIED_META))
    author = facts.get("author") or metas.get("author") or metas.get("article:author") or metas.get("dc.creator")
    if author and author.startswith(("http://", "https://")):
        author = None

    builder = TextBuilder()
    if title:
        builder.add(title, "heading")
    notes: list[str] = []
    body = _main_element(soup, hidden)
    if body is not None:
        _Walker(builder, title).walk(body)
    body_text = facts.get("articleBody") or ""
    read_so_far = sum(block.end - block.start for block in builder.blocks if block.kind != "heading")
    # A page whose text is made by a script, or sits behind a paywall, may still carry it for search engines.
    if len(body_text) > 2 * read_so_far + 200:
        builder = TextBuilder()
        if title:
            builder.add(title, "heading")
        for paragraph in re.split(r"\n+|(?<=[.!?”\"])\s{2,}", body_text):
            builder.add(paragraph)
        notes.append("the text was taken from the page's metadata, because the page itself shows little of it")
    elif facts.get("isAccessibleForFree") == "false":
        notes.append("the page says that it is behind a paywall; the text may be incomplete")
    return builder.reading(
        title=title or None,
        publisher=publisher or None,
        author=author or None,
        published=published,
        modified=modified,
        uri=canonical,
        media_type="text/html",
        notes=tuple(notes),
    )


# A page of more marks than this is not one that a person reads, and one nested without end would take minutes to look
# through. The largest news pages have 20,000 elements, on average twenty deep.
MAX_MARKS = 250_000
MAX_DEPTHS = 1_000_000  # of all elements together, where they are over 60 deep on average


def parse(html: str) -> BeautifulSoup:
    """The elements of a page, or ``ReadError`` for one that is made to take for ever."""
    import warnings

    from bs4 import XMLParsedAsHTMLWarning

    if html.count("<") > MAX_MARKS:
        raise ReadError(f"the page has more than {MAX_MARKS:,} marks; save the part you need as text")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)  # XHTML says that it is XML, and is read as a page
        soup = BeautifulSoup(html, "lxml")
    depth = {id(soup): 0}
    total = 0
    for count, element in enumerate(soup.find_all(True), start=1):
        depth[id(element)] = here = depth[id(element.parent)] + 1
        total += here
        if total > MAX_DEPTHS and total > 60 * count:
            raise ReadError("the page is nested too deeply; save the part you need as text")
    return soup


def add_elements(builder: TextBuilder, soup: BeautifulSoup) -> None:
    """Add the blocks of a piece of HTML that is all article, such as a feed item's content."""
    for element in soup(list(_DROP)):
        element.decompose()
    HiddenBy(soup).remove(soup)
    _Walker(builder, "").walk(soup.body or soup)


# -- what the page says of itself -----------------------------------------------------

_PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "date.published",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "citation_publication_date",
    "pubdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "cxenseparse:recs:publishtime",
    "dc.date",
    "date",
)
_MODIFIED_META = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "last-modified",
    "revised",
    "lastmod",
)


def _metas(soup: BeautifulSoup) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in soup.find_all("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv")
        content = meta.get("content")
        # Microdata of an embedded video or product card is not about the page.
        if isinstance(name, str) and isinstance(content, str) and content.strip():
            found.setdefault(name.strip().lower(), clean(content))
    return found


def _json_ld(soup: BeautifulSoup) -> dict[str, str]:
    """headline, dates, author, publisher and articleBody of the page's article, as text."""
    nodes: list[dict[str, Any]] = []
    for script in soup.find_all("script", type=re.compile(r"^application/ld\+json", re.IGNORECASE)):
        text = script.get_text()
        for candidate in (text, re.sub(r"[\x00-\x1f]+", " ", text), re.sub(r",\s*([}\]])", r"\1", text)):
            try:
                nodes.extend(_flatten(json.loads(candidate)))
                break
            except (ValueError, RecursionError):
                continue
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}

    def types(node: dict[str, Any]) -> set[str]:
        kinds = node.get("@type")
        return {str(kind).rsplit("/", 1)[-1].lower() for kind in (kinds if isinstance(kinds, list) else [kinds])}

    articles = [node for node in nodes if types(node) & _ARTICLE_TYPES]
    # A list of related articles is also JSON-LD: the page's own comes first and is not a bare web page.
    articles.sort(key=lambda node: "webpage" in types(node))
    facts: dict[str, str] = {}
    for node in articles[:1] or nodes[:1]:
        if not articles and "datePublished" not in node:
            continue
        for key in ("headline", "datePublished", "dateModified", "articleBody", "isAccessibleForFree"):
            value = node.get(key)
            if isinstance(value, bool):
                facts[key] = str(value).lower()
            elif isinstance(value, str) and value.strip():
                facts[key] = value if key == "articleBody" else clean(_unescape(value))
        if "headline" not in facts and isinstance(node.get("name"), str) and "webpage" not in types(node):
            facts["headline"] = clean(_unescape(node["name"]))
        for key in ("author", "publisher"):
            name = _names(node.get(key), by_id)
            if name:
                facts[key] = name
    if articles and "webpage" in types(articles[0]):
        facts.pop("headline", None)
    if "publisher" not in facts:
        for node in nodes:
            if types(node) & {"organization", "newsmediaorganization", "website"} and isinstance(node.get("name"), str):
                facts["publisher"] = clean(_unescape(node["name"]))
                break
    if facts.get("articleBody"):
        facts["articleBody"] = _unescape(facts["articleBody"])
    return facts


def _unescape(text: str) -> str:
    import html

    return re.sub(r"</?[a-zA-Z][^<>]{0,200}>", " ", html.unescape(text))


def _flatten(data: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 6:
        return
    if isinstance(data, list):
        for part in data:
            yield from _flatten(part, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(data.get(key), list | dict):
                yield from _flatten(data[key], depth + 1)


def _names(value: Any, by_id: dict[str, dict[str, Any]]) -> str:
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(name for part in value if (name := _names(part, by_id))))
    if isinstance(value, dict):
        if "name" not in value and str(value.get("@id")) in by_id:
            value = by_id[str(value["@id"])]
        return _names(value.get("name"), by_id) if "name" in value else ""
    return clean(_unescape(value)) if isinstance(value, str) else ""


def _canonical(soup: BeautifulSoup, metas: dict[str, str], name: str) -> str | None:
    link = soup.find("link", rel="canonical")
    href = link.get("href") if isinstance(link, Tag) else None
    address = href if isinstance(href, str) else metas.get("og:url")
    if not address:
        return None
    try:
        address = urljoin(name if name.startswith(("http://", "https://")) else "", clean(address))
        return address if urlsplit(address).scheme in ("http", "https") and urlsplit(address).netloc else None
    except ValueError:  # "http://[::1"
        return None


def _first_heading(soup: BeautifulSoup) -> str:
    found = [h1 for h1 in soup.find_all("h1") if not _is_noise(h1) and not _is_hidden(h1)]
    inside = [h1 for h1 in found if h1.find_parent(["article", "main"])]
    for h1 in inside or found:
        text = clean(h1.get_text(" "))
        # The first h1 of many sites is their own name.
        if text and not (h1.find("a", href=re.compile(r"^(?:https?://[^/]+)?/?$")) and len(found) > 1):
            return text
    return ""


def _same_words(text: str) -> str:
    return re.sub(r"[^\w]+", " ", text).strip().casefold()


def _title(headline: str | None, h1: str, metas: dict[str, str], base: str, publisher: str | None) -> str:
    """The headline as the page shows it: its h1 when another statement of the title agrees, else the best named one."""
    og = metas.get("og:title") or metas.get("twitter:title") or metas.get("dc.title") or ""
    base = _without_site(base, publisher)
    og = _without_site(og, publisher)
    shown = _same_words(h1)
    if h1:
        for other in (headline, og, base):
            if other and (shown in _same_words(other) or _same_words(other) in shown or _overlap(shown, other) >= 0.5):
                return h1
        if not (headline or og):
            return h1
    return headline or og or h1 or base


def _overlap(shown: str, other: str) -> float:
    a, b = set(shown.split()), set(_same_words(other).split())
    return len(a & b) / max(1, min(len(a), len(b)))


_SITE = re.compile(r"\s+[|–—·•»:-]{1,2}\s+")


def _without_site(title: str, publisher: str | None) -> str:
    parts = _SITE.split(title)
    if len(parts) < 2:
        return title
    if publisher:
        kept = [part for part in parts if _same_words(part) != _same_words(publisher)]
        if 0 < len(kept) < len(parts):
            return title[: title.rfind(kept[-1]) + len(kept[-1])] if kept[0] == parts[0] else kept[0]
    # The site's name is the short last part.
    return title[: title.rfind(parts[-1])].rstrip(" |–—·•»:-") if len(parts[-1].split()) <= 4 else title


def _publisher_of_title(base: str, title: str) -> str | None:
    parts = _SITE.split(base)
    if len(parts) > 1 and _same_words(parts[-1]) not in _same_words(title):
        return parts[-1]
    return None


def _first_date(*values: str | None) -> dt.date | None:
    for value in values:
        if value and (found := find_date(value)):
            return found
    return None


def _visible_date(soup: BeautifulSoup) -> dt.date | None:
    """The date a reader sees by the headline: a time element or a line that says when it was published."""
    best: tuple[int, int, dt.date] | None = None
    for order, element in enumerate(soup.find_all("time", limit=200)):
        value = element.get("datetime")
        found = find_date(value if isinstance(value, str) else "") or find_date(clean(element.get_text(" ")))
        if not found or element.find_parent(["aside", "nav", "footer"]):
            continue
        words = _words_of(element) | (_words_of(element.parent) if element.parent else set())
        if _inside_noise(element, allow=_DATE_WORDS):
            continue
        rank = 2
        if (
            element.has_attr("pubdate")
            or element.get("itemprop") == "datePublished"
            or words & {"published", "pubdate"}
        ):
            rank = 0
        elif (
            words & {"updated", "modified"} or "updated" in clean(element.parent.get_text(" ")).lower()[:40]
            if element.parent
            else False
        ):
            rank = 3
        if best is None or (rank, order) < best[:2]:
            best = (rank, order, found)
    if best:
        return best[2]
    # An address of the kind /2024/05/03/ is used by the caller only through the text; look for a byline.
    for element in soup.find_all(_MAY_HOLD_A_DATE):
        words = _words_of(element)
        if not words & _DATE_WORDS or element.find_parent(["aside", "nav", "footer"]):
            continue
        text = clean(element.get_text(" "))
        if (
            len(text) < 200
            and not re.match(r"(?:last )?(?:updated|modified)", text, re.IGNORECASE)
            and (found := find_date(text))
        ):
            return found
    for element in soup.find_all(["p", "div", "span"]):
        text = clean(element.get_text(" ")) if len(element.find_all(True, limit=12)) < 12 else ""
        says_when = (
            text and len(text) < 120 and re.match(r"(?:first )?(?:published|posted|date)\b", text, re.IGNORECASE)
        )
        if says_when and (found := find_date(text)):
            return found
    return None


_MAY_HOLD_A_DATE = ["p", "div", "span", "li", "td", "dd", "font", "em", "i", "b", "small", "address", "h5", "h6"]
_DATE_WORDS = _words("""date dateline timestamp published publish pubdate posted byline meta time datetime""")


# -- what is not the article ---------------------------------------------------------------


def _words_of(element: Tag) -> set[str]:
    names: list[str] = []
    for key in ("class", "id", "data-component", "data-testid", "data-role", "data-module"):
        value = element.get(key)
        if isinstance(value, list):
            names.extend(str(part) for part in value)
        elif isinstance(value, str):
            names.append(value)
    words: set[str] = set()
    for name in names:
        for part in re.split(r"[^A-Za-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name)):
            words.add(part.lower())
        words.add(name.lower())
    return words


def _is_hidden(element: Tag) -> bool:
    if element.has_attr("hidden") or str(element.get("aria-hidden", "")).lower() == "true":
        return True
    style = element.get("style")
    return isinstance(style, str) and _unseen(_declarations(style))


def _declarations(style: str) -> dict[str, str]:
    """The declarations of a style, without white space, comments and priorities."""
    found = {}
    for part in style.split(";"):
        name, _, value = part.partition(":")
        found["".join(name.split()).lower()] = "".join(value.split()).lower().removesuffix("!important")
    return found


_NUMBER_OF = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_WHITE = frozenset("white #fff #ffffff #ffff #ffffffff rgb(255,255,255) snow ivory ghostwhite".split())
_INHERITED = _words("inherit initial unset revert currentcolor none transparent")
_CLEAR = re.compile(
    r"transparent$|#[0-9a-f]{3}0$|#[0-9a-f]{6}00$"
    r"|(?:rgb|hsl)a?\((?:[^,/()]*,[^,/()]*,[^,/()]*,|[^,/()]*/)(?:0|0?\.0\d*|0%)\)$"
)


def _unseen(style: dict[str, str]) -> bool:
    """Whether a style keeps its element from being seen: not shown, transparent, tiny, out of the page, cut away."""

    def number(name: str) -> float | None:
        found = _NUMBER_OF.match(style.get(name, ""))
        return float(found[0]) if found else None

    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    opacity, size = number("opacity"), number("font-size")
    if opacity is not None and opacity < 0.1:
        return True
    if (
        size is not None
        and size < (0.2 if style["font-size"].endswith(("em", "rem")) else 3)
        and (size == 0 or style["font-size"].endswith(("px", "pt", "em", "rem")))
    ):
        return True
    if any((number(name) or 0) <= -100 for name in ("left", "right", "top", "bottom", "text-indent", "margin-left")):
        return True
    if style.get("clip", "").startswith("rect(0") or re.match(
        r"(?:inset\((?:50|100)%|circle\(0)", style.get("clip-path", "")
    ):
        return True
    small = any(number(name) is not None and abs(number(name) or 0) <= 1 for name in ("height", "width", "max-height"))
    if small and style.get("overflow", "").startswith(("hidden", "clip")):
        return True
    if style.get("transform", "").startswith(("scale(0)", "scalex(0)", "scaley(0)", "translatex(-9", "translate(-9")):
        return True
    colour, ground = style.get("color", ""), style.get("background-color") or style.get("background", "")
    return bool(_CLEAR.match(colour)) or (colour == ground != "" and colour not in _INHERITED)


class HiddenBy:
    """What a page's own style sheets and colours hide: text that no reader of the page sees must support nothing.

    Only rules for one class, id or element are understood, which is what hides text in
    practice; a rule for print or for the whole page hides nothing.
    """

    def __init__(self, soup: BeautifulSoup) -> None:
        self._rules: dict[str, dict[str, str]] = {}
        for sheet in soup.find_all("style"):
            for selector, style in _rules(sheet.get_text()):
                for name in selector.split(","):
                    simple = name.strip()
                    if _SIMPLE.match(simple) and simple.lower() not in ("*", "html", "body"):
                        self._rules.setdefault(simple, {}).update(style)

    def style(self, element: Tag) -> dict[str, str]:
        """What is declared for an element, its own style last."""
        found: dict[str, str] = {}
        if self._rules:
            classes = element.get("class") or []
            names = [f".{name}" for name in (classes if isinstance(classes, list) else [classes])]
            names = [element.name, *names, f"#{element.get('id')}"]
            for name in (*names, *(f"{element.name}{name}" for name in names[1:])):
                if rule := self._rules.get(name):
                    found.update(rule)
        own = element.get("style")
        if isinstance(own, str):
            found.update(_declarations(own))
        return found

    def __contains__(self, element: Tag) -> bool:
        style = self.style(element)
        if not style:
            return False
        if _unseen(style):
            return True
        if style.get("color") not in _WHITE:
            return False
        # White letters are seen on whatever is darker; a page is white where it does not say otherwise.
        for holder in (element, *element.parents):
            given = self.style(holder)
            ground = given.get("background-color") or given.get("background") or holder.get("bgcolor")
            if given.get("background-image") or (
                ground and str(ground).lower() not in ("none", "transparent", "inherit")
            ):
                return str(ground).lower() in _WHITE
            if holder is not element and holder.get("class"):
                return False  # a sheet that is not here may well make it dark
        return True

    def remove(self, root: Tag) -> None:
        """Take everything that is hidden out of an element."""
        for element in list(root.find_all(True)):
            if not element.decomposed and (_is_hidden(element) or element in self):
                element.decompose()


_SIMPLE = re.compile(r"[a-zA-Z]{0,12}[.#]?[\w-]{1,80}$")


def _rules(sheet: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The rules of a style sheet, those for screens within a condition too."""
    outer: list[str] = []
    start = 0
    for mark in re.finditer(r"[{}]", sheet):
        before = sheet[start : mark.start()].rpartition("*/")[2].strip()
        start = mark.end()
        if mark[0] == "{":
            outer.append(before)
        elif outer:
            selector = outer.pop()
            around = " ".join(outer).lower()
            if before and not selector.startswith("@") and "print" not in around and "keyframes" not in around:
                yield selector, _declarations(before)


def _is_noise(element: Tag, allow: Iterable[str] = ()) -> bool:
    if str(element.get("role", "")).lower() in _NOISE_ROLES:
        return True
    words = _words_of(element)
    if words & (_NOISE.difference(allow) if allow else _NOISE):
        return True
    return any(_NOISE_PAIR.search(word) for word in words if len(word) > 5)


def _inside_noise(element: Tag, allow: Iterable[str] = ()) -> bool:
    for parent in element.parents:
        if parent.name in (None, "[document]", "body", "html"):
            return False
        if _is_noise(parent, allow) or _is_hidden(parent):
            return True
    return False


def _prune(soup: BeautifulSoup, hidden: HiddenBy) -> None:
    """Remove what is never the article. An element with most of the page's text is kept whatever it is called."""
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    # The Wayback Machine's bar is no part of the page under it, however short that is.
    for element in [*soup(list(_DROP)), *soup.select("#wm-ipp-base, #wm-ipp, #donato")]:
        element.decompose()
    root = soup.body or soup
    total = len(root.get_text(" ", strip=True)) or 1
    for element in list(root.find_all(True)):
        if element.decomposed or element.name in ("html", "body", "article", "main"):
            continue
        if (
            _is_hidden(element)
            or element in hidden
            or (_is_noise(element) and len(element.get_text(" ", strip=True)) < 0.5 * total)
        ):
            element.decompose()


def _main_element(soup: BeautifulSoup, hidden: HiddenBy) -> Tag | None:
    """The element that holds the article: named as such and holding most of the best one's prose, or the best one."""
    _prune(soup, hidden)
    root = soup.body or soup
    prose: dict[int, float] = {}
    elements: dict[int, Tag] = {}
    holders = _holders(root, ("p", "div"))
    for paragraph in root.find_all(["p", "li", "td", "blockquote", "pre", "dd", "div", "section", "h2", "h3"]):
        if paragraph.name in ("div", "section"):
            # Text that sits in a div without a paragraph of its own.
            length = sum(len(clean(str(child))) for child in paragraph.children if isinstance(child, NavigableString))
            if length < 40:
                continue
        elif id(paragraph) in holders:
            continue
        else:
            text = clean(paragraph.get_text(" "))
            links = sum(len(clean(a.get_text(" "))) for a in paragraph.find_all("a"))
            length = max(0, len(text) - 2 * links)
        if not length:
            continue
        weight = 1.0
        for parent in [paragraph, *paragraph.parents]:
            if parent is root.parent or parent.name == "[document]":
                break
            elements[id(parent)] = parent
            # Nearer ancestors get more: the smallest element that holds the article wins.
            prose[id(parent)] = prose.get(id(parent), 0.0) + length * weight
            weight *= 0.97
    if not prose:
        return root if isinstance(root, Tag) else None
    best = max(prose.values())
    named = [
        element
        for key, element in elements.items()
        if prose[key] >= 0.55 * best
        and (
            element.get("itemprop") == "articleBody"
            or element.name in ("article", "main")
            or element.get("role") in ("article", "main")
            or any(_BODY.search(word) for word in _words_of(element))
        )
    ]
    if named:
        # Several named ones nest: the innermost that keeps nearly all of the prose.
        most = max(prose[id(element)] for element in named)
        good = [element for element in named if prose[id(element)] >= 0.95 * most]
        return max(good, key=lambda element: len(list(element.parents)))
    key = max(prose, key=lambda key: prose[key])
    return elements[key]


def _holders(root: Tag, names: Iterable[str]) -> set[int]:
    """The elements that hold one of these somewhere within, by identity: asked of each, it would take for ever."""
    found: set[int] = set()
    for element in root.find_all(list(names)):
        for parent in element.parents:
            if id(parent) in found:
                break
            found.add(id(parent))
    return found


# -- walking the article ----------------------------------------------------------------------


class _Walker:
    """Turns the article's elements into blocks, in the order a person reads them."""

    def __init__(self, builder: TextBuilder, title: str) -> None:
        self.builder = builder
        self.title = _same_words(title)
        self.inline: list[str] = []
        self.holders: set[int] | None = None

    def walk(self, element: Tag, kind: str = "sentence") -> None:
        if self.holders is None:
            self.holders = _holders(element, _BLOCKS)
        for child in element.children:
            if isinstance(child, Tag):
                if child.name == "br":
                    self.inline.append("\n")
                elif child.name == "table":
                    self.flush(kind)
                    self.table(child)
                elif child.name in ("ul", "ol", "dl"):
                    self.flush(kind)
                    self.items(child)
                elif child.name in _HEADINGS:
                    self.flush(kind)
                    self.heading(child)
                elif child.name in _BLOCKS or id(child) in self.holders:
                    self.flush(kind)
                    self.walk(child, kind)
                    self.flush(kind)
                elif child.name in ("del", "s", "strike"):
                    continue  # what the page no longer says
                elif child.name == "sup" and re.fullmatch(r"\[?\d{1,3}\]?", clean(child.get_text())):
                    continue  # a reference mark would read as part of a number
                else:
                    self.text_of(child)
            elif type(child) is NavigableString:
                self.inline.append(str(child).replace("\n", " "))
        if element.name not in ("span",):
            self.flush(kind)

    def text_of(self, element: Tag) -> None:
        before = len(self.inline)
        for child in element.children:
            if isinstance(child, Tag):
                if child.name == "br":
                    self.inline.append("\n")
                elif child.name in ("del", "s", "strike") or (
                    child.name == "sup" and re.fullmatch(r"\[?\d{1,3}\]?", clean(child.get_text()))
                ):
                    continue
                elif child.name in _BLOCKS:
                    self.inline.append(" ")
                    self.text_of(child)
                    self.inline.append(" ")
                else:
                    self.text_of(child)
            elif type(child) is NavigableString:
                self.inline.append(str(child).replace("\n", " "))
        if element.name == "a":
            text = clean("".join(self.inline[before:]))
            self.linked += len(text)

    linked = 0

    def flush(self, kind: str = "sentence", *, same_paragraph: bool = False) -> None:
        text = "".join(self.inline)
        self.inline.clear()
        linked, self.linked = self.linked, 0
        whole = clean(text)
        # A block that is only a link and no sentence leads elsewhere ("More: the strike explained").
        if whole and linked >= 0.8 * len(whole) and not re.search(r"[.!?][”\"’)]?$", whole):
            return
        for part in re.split(r"\n\s*\n", text):
            self.add(" ".join(part.split()), kind, same_paragraph=same_paragraph)

    def add(self, text: str, kind: str, *, same_paragraph: bool = False) -> None:
        text = clean(text)
        if not re.search(r"\w", text) or _BOILERPLATE.match(text) or _IS_A_DATE.match(text):
            return
        if len(self.builder.blocks) <= 1 and _same_words(text) == self.title:
            return
        self.builder.add(text, kind, same_paragraph=same_paragraph)

    def heading(self, element: Tag) -> None:
        text = clean(element.get_text(" "))
        if text and _same_words(text) != self.title:
            self.add(text, "heading")

    def items(self, element: Tag) -> None:
        children = list(_own_items(element))
        linked = [
            child
            for child in children
            if (a := child.find("a")) and len(clean(a.get_text(" "))) >= 0.8 * len(clean(child.get_text(" ")))
        ]
        # A list of links is a menu or "related stories", whatever it is called.
        if children and len(linked) > 0.6 * len(children):
            return
        first = True
        # Lists within lists one after the other, each item with its own words only.
        waiting = [iter(children)]
        while waiting:
            child = next(waiting[-1], None)
            if child is None:
                waiting.pop()
                continue
            nested = []
            while isinstance(inner := child.find(["ul", "ol"]), Tag):
                nested.append(inner.extract())
            before = len(self.builder.blocks)
            self.add(_visible_text(child), "item", same_paragraph=not first)
            if len(self.builder.blocks) > before:
                first = False
            waiting += [iter(list(_own_items(inner))) for inner in reversed(nested)]

    def table(self, element: Tag) -> None:
        rows = [row for row in element.find_all("tr") if row.find_parent("table") is element]
        cells = [[cell for cell in row.find_all(["td", "th"]) if cell.find_parent("tr") is row] for row in rows]
        # Layout tables hold paragraphs, not data.
        if any(
            cell.find(["p", "div", "table", "h1", "h2"]) is not None and len(clean(cell.get_text(" "))) > 200
            for row in cells
            for cell in row
        ):
            for row in cells:
                for cell in row:
                    self.walk(cell)
                    self.flush()
            return
        caption = element.find("caption")
        first = True
        if isinstance(caption, Tag):
            self.add(_visible_text(caption), "row")
            first = False
        header: list[str] = []
        for number, row in enumerate(cells):
            texts = [_visible_text(cell) for cell in row]
            if (row and all(cell.name == "th" for cell in row)) or (
                number == 0 and rows[0].find_parent("thead") is not None
            ):
                header = texts
                continue
            self.add(row_text(header, texts), "row", same_paragraph=not first)
            first = False
        if first and header:
            self.add(row_text([], header), "row")


def _own_items(element: Tag) -> Iterator[Tag]:
    """The items of a list that are not those of a list within it."""
    waiting = [iter(element.children)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif isinstance(child, Tag) and child.name in ("li", "dt", "dd"):
            yield child
        elif isinstance(child, Tag) and child.name not in ("ul", "ol", "dl"):
            waiting.append(iter(child.children))


def _visible_text(element: Tag) -> str:
    walker = _Walker(TextBuilder(), "")
    walker.text_of(element)
    return clean("".join(walker.inline))
