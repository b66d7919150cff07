# ruff: noqa: E501 - the markup of a page keeps the line breaks that its system gives it
"""Pages in the styles of news sites: one function for each kind of site, given an article, gives the page and its main text.

The markup follows what content management systems of different ages and makes
produce; every word is our own. What surrounds the article (banners, menus, teasers,
advertising, comments) is there to be left out, and some of it is news prose too.
# ruff: noqa: E501 - the markup of a page keeps the line breaks that its system gives it
"""

from __future__ import annotations

import datetime as dt
import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Article:
    title: str
    published: dt.date
    paragraphs: Sequence[str]
    author: str
    publisher: str
    others: Sequence[tuple[str, str]]  # title and first paragraph of other articles, for teasers


@dataclass(frozen=True, kw_only=True)
class Page:
    html: str
    main: str  # the text a reader would call the article, title left out


def e(text: str) -> str:
    return html.escape(text, quote=False)


def _p(a: Article, tag: str = "p", cls: str = "") -> list[str]:
    attribute = f' class="{cls}"' if cls else ""
    return [f"<{tag}{attribute}>{e(p)}</{tag}>" for p in a.paragraphs]


def _between(parts: Sequence[str], *inserts: str) -> str:
    """The paragraphs with something after every second one."""
    out: list[str] = []
    waiting = list(inserts)
    for number, part in enumerate(parts):
        out.append(part)
        if number % 2 == 1 and waiting:
            out.append(waiting.pop(0))
    return "\n".join(out)


def _main(a: Article, *more: str) -> str:
    return "\n".join([*a.paragraphs, *more])


def _ld(a: Article, kind: str = "NewsArticle", **more: object) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": kind,
        "headline": a.title,
        "datePublished": f"{a.published}T07:30:00+00:00",
        "dateModified": f"{a.published + dt.timedelta(days=2)}T09:00:00+00:00",
        "author": {"@type": "Person", "name": a.author},
        "publisher": {"@type": "Organization", "name": a.publisher},
        **more,
    }
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def _long(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _us(day: dt.date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def blocks_cms(a: Article) -> Page:
    """A block-based blog system: wp-block classes, share bars, related posts, comment form."""
    inserts = [
        '<div class="wp-block-group is-style-border newsletter-cta"><h4>Morning Briefing</h4><p>Get the day\'s stories in '
        "your inbox before breakfast.</p><form><input type=email><button>Sign up</button></form></div>",
        f'<p><strong>Read more: </strong><a href="/2">{e(a.others[0][0])}</a></p>',
    ]
    related = "".join(
        f'<li class="jp-relatedposts-post"><a href="/x">{e(t)}</a><p class="jp-relatedposts-post-excerpt">{e(p[:140])}</p></li>'
        for t, p in a.others
    )
    return Page(
        html=f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="UTF-8"><title>{e(a.title)} &#8211; {e(a.publisher)}</title>
<meta property="og:type" content="article"><meta property="og:title" content="{html.escape(a.title)}">
<meta property="og:site_name" content="{e(a.publisher)}"><meta property="article:published_time" content="{a.published}T06:12:00+00:00">
</head><body class="post-template-default single single-post has-sidebar"><a class="skip-link screen-reader-text" href="#c">Skip to content</a>
<header id="masthead" class="site-header"><p class="site-title"><a href="/">{e(a.publisher)}</a></p>
<nav class="main-navigation"><ul><li><a href="/news">News</a></li><li><a href="/sport">Sport</a></li></ul></nav></header>
<main id="main" class="site-main"><article class="post type-post hentry"><header class="entry-header"><h1 class="entry-title">{e(a.title)}</h1>
<div class="entry-meta"><span class="byline">by {e(a.author)}</span> <time class="entry-date published" datetime="{a.published}">{_long(a.published)}</time></div></header>
<figure class="post-thumbnail"><img src="a.jpg"><figcaption>The scene on Tuesday. Picture: {e(a.author)}</figcaption></figure>
<div class="entry-content">{_between(_p(a), *inserts)}
<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul><li><a href="#">Facebook</a></li><li><a href="#">Email</a></li></ul></div>
<div id="jp-relatedposts" class="jp-relatedposts"><h3>Related</h3><ul>{related}</ul></div></div>
<footer class="entry-footer"><span class="tags-links">Tagged <a href="/t">council</a>, <a href="/t">housing</a></span></footer></article>
<div id="comments" class="comments-area"><h2>3 thoughts on &ldquo;{e(a.title)}&rdquo;</h2><ol class="comment-list"><li><p>I was there and there were at least 900 people.</p></li>
<li><p>Rubbish, the council said 40 million in 2016.</p></li></ol></div></main>
<aside id="secondary" class="widget-area"><section class="widget"><h2>Recent Posts</h2><ul>{related}</ul></section></aside>
<footer id="colophon" class="site-footer">Proudly published since 1921. Theme by Paperwork.</footer></body></html>""",
        main=_main(a),
    )


def hashed_public(a: Article) -> Page:
    """A public broadcaster: hashed class names, data-component attributes, text in divs of divs."""
    body = "".join(
        f'<div data-component="text-block" class="ssrcss-11r1m41-Wrap ep2nwvo0"><div class="ssrcss-7uxr49-Rich e5tfeyi1">'
        f'<p class="ssrcss-1q0x1qg-Para e1jhz7w10">{"<b class=x>" + e(p) + "</b>" if n == 0 else e(p)}</p></div></div>'
        + (
            '<div data-component="unordered-list-block" class="ssrcss-zz-Wrap"><ul><li><a href="/1">'
            f'{e(a.others[0][0])}</a></li><li><a href="/2">{e(a.others[1][0])}</a></li></ul></div>'
            if n == 2
            else ""
        )
        for n, p in enumerate(a.paragraphs)
    )
    teasers = "".join(
        f'<div class="ssrcss-1f3bvyz-Promo"><h3><a href="/x">{e(t)}</a></h3><p>{e(p[:160])}</p></div>'
        for t, p in a.others
    )
    return Page(
        html=f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{e(a.title)} - {e(a.publisher)}</title>
<meta property="og:title" content="{html.escape(a.title)}">{_ld(a, "ReportageNewsArticle")}</head><body>
<div id="cookiePrompt" class="ssrcss-cookie-banner"><h2>Let us know you agree to cookies</h2><p>We use cookies to give you the best online experience.</p></div>
<header role="banner"><div class="ssrcss-nav">Home News Sport Weather</div></header>
<main id="main-content"><article class="ssrcss-pv1rh6-ArticleWrapper"><header class="ssrcss-head"><h1 id="main-heading" class="ssrcss-15xko80">{e(a.title)}</h1></header>
<div data-component="byline-block" class="ssrcss-by"><div>{e(a.author)}</div><time datetime="{a.published}T07:30:00Z">{_long(a.published)}</time></div>
{body}
<section data-component="links-block" class="ssrcss-links"><h2>Related Topics</h2><ul><li><a href="/t">Planning</a></li></ul></section></article>
<section class="ssrcss-more"><h2>More on this story</h2>{teasers}</section></main>
<div role="complementary"><h2>Top stories</h2>{teasers}</div><footer role="contentinfo">Copyright 2024. Read about our approach to external linking.</footer></body></html>""",
        main=_main(a),
    )


def big_paper(a: Article) -> Page:
    """A national paper: generated css-… classes, in-body advertising slots, a paywall notice, pull quote."""
    slots = [
        '<div class="css-142l3g4" id="story-ad-1-wrapper"><p class="css-ad-label">Advertisement</p><a href="#after">SKIP ADVERTISEMENT</a></div>',
        f'<aside class="css-pull"><p>{e(a.paragraphs[1][:90])}</p></aside>',
    ]
    return Page(
        html=f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{e(a.title)} - {e(a.publisher)}</title>{_ld(a, isAccessibleForFree=False)}
<meta property="article:published_time" content="{a.published}T05:00:11.000Z"></head><body><div id="app"><div><div class="css-1bd8bfl">
<div class="css-11dl">U.S. World Business Arts Lifestyle Opinion Games</div></div><main id="site-content"><div><article id="story" class="css-1vxca1d e1lmdhsb0">
<header class="css-d754w4"><h1 class="css-88wicj e1h9rw200" data-testid="headline">{e(a.title)}</h1></header>
<div class="css-1vkm6nb"><span>By {e(a.author)}</span><time class="css-x7rtpa" datetime="{a.published}T01:00:00-04:00">{_us(a.published)}</time></div>
<section name="articleBody" class="meteredContent css-1r7ky0e"><div class="css-s99gbd StoryBodyCompanionColumn"><div class="css-53u6y8">
{_between(_p(a, cls="css-at9mc1 evys1bk0"), *slots)}</div></div></section></article></div></main>
<div id="gateway-content" class="css-gate"><h2>Thanks for reading.</h2><p>Create a free account or log in to continue. Already a subscriber? Log in.</p></div>
<footer class="css-1e1s8k7">&copy; 2024 NYTCo-style Publishing Work with us Advertise</footer></div></body></html>""",
        main=_main(a),
    )


def wire_service(a: Article) -> Page:
    """An agency: paragraphs are divs with data-testid, no article element, dates in words."""
    body = "".join(
        f'<div data-testid="paragraph-{n}" class="text__text__1FZLe body__full_width__ekUdw">{e(p)}</div>'
        for n, p in enumerate(a.paragraphs)
    )
    return Page(
        html=f"""<!doctype html><html><head><meta charset="utf-8"><title>{e(a.title)} | {e(a.publisher)}</title>
<meta name="article:published_time" content="{a.published}T10:11:12Z"><meta name="og:title" property="og:title" content="{html.escape(a.title)}"></head><body>
<div class="site-layout"><div class="nav-bar__wide"><a href="/">World</a><a href="/b">Business</a><a href="/m">Markets</a></div>
<div class="article__content__6hMn9"><div class="article-header"><h1 data-testid="Heading">{e(a.title)}</h1><div class="info-content">By {e(a.author)}<time><span>{_us(a.published)}</span><span>11:02 AM UTC</span></time></div></div>
<div class="article-body__content__17Yit paywall-article">{body}<div class="sign-off">Reporting by {e(a.author)}; Editing by Jan Roe</div>
<div class="trust-badge">Our Standards: <a href="/trust">The Principles of Trust</a>.</div></div></div>
<div class="read-next"><h3>Read Next</h3><ul><li><a href="/1">{e(a.others[0][0])}</a><p>{e(a.others[0][1][:120])}</p></li></ul></div></div></body></html>""",
        main=_main(a, f"Reporting by {a.author}; Editing by Jan Roe"),
    )


def weekly_pluck(a: Article) -> Page:
    """A town weekly on a newspaper vendor's system: asset-content, subscriber banners, promo rails, obituaries."""
    rail = "".join(
        f'<article class="tnt-asset-type-article card"><h3><a href="/a">{e(t)}</a></h3><div class="lead"><p>{e(p)}</p></div></article>'
        for t, p in a.others
    )
    return Page(
        html=f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{e(a.title)} | Local News | {e(a.publisher)}</title>
<meta name="title" content="{html.escape(a.title)}">{_ld(a)}</head><body class="skin-editorial">
<div id="site-container"><div id="site-navbar-container"><ul><li><a href="/obits">Obituaries</a></li><li><a href="/jobs">Jobs</a></li></ul></div>
<div class="row"><div class="col-lg-8"><div id="asset-content" class="asset asset-article"><header class="asset-header"><h1 class="headline"><span>{e(a.title)}</span></h1>
<div class="meta"><ul class="list-inline"><li class="hidden-print"><time datetime="{a.published}T08:00:00-05:00" class="tnt-date asset-date text-muted">{a.published:%b} {a.published.day}, {a.published.year}</time></li></ul></div></header>
<div class="asset-body"><div id="article-body" itemprop="articleBody" class="asset-content subscriber-premium">
{_between(_p(a), '<div class="tnt-ads-container"><div class="tncms-region-ads">Lakeside Ford: 0% for 60 months on all trucks!</div></div>', '<div class="subscriber-offers"><p>Keep reading for only $1 a week.</p></div>')}
</div><div class="asset-tags"><ul><li>tags</li><li><a href="/t">Harbor</a></li></ul></div></div>
<div class="asset-author"><div class="author-bio"><p>{e(a.author)} has covered the county since 2011. Call 555-0101.</p></div></div></div></div>
<div class="col-lg-4"><section class="block"><h3>Most Popular</h3>{rail}</section></div></div></div></body></html>""",
        main=_main(a),
    )


def live_blog(a: Article) -> Page:
    """A live page: key points, then timestamped entries with their own headings."""
    posts = "".join(
        f'<div class="live-post" id="p{n}"><div class="live-post__meta"><time datetime="{a.published}T{10 + n:02d}:05:00Z">{10 + n:02d}:05</time></div>'
        f'<h2 class="live-post__title">Update {n + 1}</h2><div class="live-post__body"><p>{e(p)}</p></div>'
        '<div class="live-post__share"><a href="#">Copy link</a></div></div>'
        for n, p in enumerate(a.paragraphs)
    )
    headings = [f"Update {n + 1}" for n in range(len(a.paragraphs))]
    return Page(
        html=f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{e(a.title)} – live | {e(a.publisher)}</title><meta property="og:site_name" content="{e(a.publisher)}">
{_ld(a, "LiveBlogPosting", coverageStartTime=f"{a.published}T09:00:00Z")}</head><body><header class="top"><nav>News Live Sport</nav></header>
<main><article class="liveblog"><header><h1>{e(a.title)}</h1><p class="liveblog__status">This live page is now closed</p></header>
<div class="liveblog__posts">{posts}</div><div class="pagination"><a href="?p=2">Older entries</a></div></article></main>
<aside class="live-chat"><h2>Live chat</h2><p>Peter1971: they said 500 at ten</p></aside></body></html>""",
        main="\n".join(text for pair in zip(headings, a.paragraphs, strict=True) for text in pair),
    )


def old_tables(a: Article) -> Page:
    """A page of about 2001: layout tables, fonts, line breaks for paragraphs, no metadata at all."""
    body = "<br><br>\n".join(e(p) for p in a.paragraphs)
    return Page(
        html=f"""<HTML><HEAD><TITLE>{e(a.publisher)}: {e(a.title)}</TITLE></HEAD><BODY BGCOLOR=#FFFFFF><TABLE WIDTH=760 BORDER=0><TR><TD COLSPAN=3><IMG SRC=logo.gif></TD></TR>
<TR><TD WIDTH=120 VALIGN=top><FONT SIZE=1><A HREF=/>Front Page</A><BR><A HREF=/w>World</A><BR><A HREF=/s>Sport</A><BR><A HREF=/l>Letters</A></FONT></TD>
<TD WIDTH=480 VALIGN=top><FONT FACE=Arial SIZE=4><B><H1>{e(a.title)}</H1></B></FONT><FONT SIZE=1 CLASS=date>{_long(a.published)}</FONT><BR><BR>
<FONT FACE=Times>{body}</FONT></TD><TD WIDTH=160 VALIGN=top><FONT SIZE=1><B>Also today</B><BR>{"<BR>".join(f"<A HREF=/x>{e(t)}</A>" for t, _ in a.others)}</FONT></TD></TR>
<TR><TD COLSPAN=3><FONT SIZE=1>Copyright {a.published.year} {e(a.publisher)}. <A HREF=/c>Contact us</A></FONT></TD></TR></TABLE></BODY></HTML>""",
        main=_main(a),
    )


def government_release(a: Article) -> Page:
    """A ministry's press release: definition lists of metadata, govuk-like classes, notes to editors."""
    return Page(
        html=f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{e(a.title)} - {e(a.publisher)} - GOV</title><meta property="og:site_name" content="{e(a.publisher)}">
<meta name="govuk:first-published-at" content="x"></head><body class="govuk-template__body"><div id="global-cookie-message" class="gem-c-cookie-banner"><p>We use some essential cookies to make this website work.</p></div>
<div class="gem-c-breadcrumbs"><ol><li><a href="/">Home</a></li><li><a href="/g">Government</a></li></ol></div>
<main role="main" id="content" class="govuk-main-wrapper news-article"><div class="gem-c-title"><span class="context">Press release</span><h1>{e(a.title)}</h1></div>
<div class="gem-c-metadata"><dl><dt>From:</dt><dd><a href="/d">{e(a.publisher)}</a></dd><dt>Published</dt><dd>{_long(a.published)}</dd></dl></div>
<div class="gem-c-govspeak govuk-govspeak"><div class="govspeak">{"".join(_p(a))}<h2>Notes to editors</h2><ul><li>Figures are for the last full year.</li><li>Photographs are available on request.</li></ul></div></div>
<div class="gem-c-share-links"><h2>Share this page</h2><ul><li><a href="#">Share on Facebook</a></li></ul></div>
<div class="app-c-published-dates">Published {_long(a.published)}</div></main>
<div class="gem-c-contextual-sidebar"><h2>Related content</h2><ul><li><a href="/r">{e(a.others[0][0])}</a></li></ul></div>
<footer class="gem-c-layout-footer">All content is available under the Open Licence</footer></body></html>""",
        main=_main(
            a, "Notes to editors", "Figures are for the last full year.", "Photographs are available on request."
        ),
    )


def newsletter(a: Article) -> Page:
    """A newsletter platform: subscribe widgets inside the text, likes and comments below."""
    widget = '<div class="subscription-widget-wrap"><div class="subscription-widget"><p class="cta-caption">Thanks for reading! Subscribe for free to receive new posts.</p><form><input></form></div></div>'
    return Page(
        html=f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{e(a.title)} - by {e(a.author)} - {e(a.publisher)}</title>{_ld(a)}
<meta property="og:title" content="{html.escape(a.title)}"><meta name="author" content="{e(a.author)}"></head><body><div id="entry"><div class="main-menu topbar">{e(a.publisher)} Subscribe Sign in</div>
<div class="single-post-container"><article class="typography newsletter-post post"><div class="post-header"><h1 class="post-title published">{e(a.title)}</h1><div class="pencraft">{a.published:%b} {a.published.day}, {a.published.year}</div>
<div class="like-button-container">17</div></div><div class="available-content"><div dir="auto" class="body markup">{_between(_p(a), widget, '<p class="button-wrapper"><a class="button primary" href="#">Share</a></p>')}</div></div></article>
<div id="discussion" class="comments-page"><h4>Discussion about this post</h4><div class="comment"><p>Great piece. My uncle was one of the 46.</p></div></div>
<div class="container more-posts"><h4>Ready for more?</h4><p>{e(a.others[0][1][:80])}</p></div></div></div></body></html>""",
        main=_main(a),
    )


def results_table(a: Article) -> Page:
    """A story with a table of figures in the middle and a subheading."""
    rows = [("Northgate", "4,210", "51.2"), ("Quayside", "2,044", "24.9"), ("Old Town", "1,966", "23.9")]
    table = "<table class='data'><caption>Votes by ward</caption><thead><tr><th>Ward</th><th>Votes</th><th>Share (%)</th></tr></thead><tbody>"
    table += "".join(f"<tr><td>{w}</td><td>{v}</td><td>{s}</td></tr>" for w, v, s in rows) + "</tbody></table>"
    half = len(a.paragraphs) // 2
    parts = _p(a)
    body = "".join(parts[:half]) + "<h2>What the figures say</h2>" + table + "".join(parts[half:])
    main = [
        *a.paragraphs[:half],
        "What the figures say",
        "Votes by ward",
        *(f"Ward: {w}; Votes: {v}; Share (%): {s}" for w, v, s in rows),
        *a.paragraphs[half:],
    ]
    return Page(
        html=f"""<!DOCTYPE html><html><head><meta charset=utf-8><title>{e(a.title)} :: {e(a.publisher)}</title><meta name="dcterms.created" content="{a.published}"><meta name="DC.publisher" content="{e(a.publisher)}"></head>
<body><div class="page"><div class="header-top"><ul class="nav-list"><li><a href="/">Start</a><li><a href="/e">Elections</a></ul></div><div class="story-wrapper"><div class="story">
<h1>{e(a.title)}</h1><div class="story-byline">{e(a.author)}</div><div class="story-text">{body}</div><div class="story-tools"><a href=#>Print</a> <a href=#>Save</a></div></div></div>
<div class="bottom-stories">{"".join(f"<div class=teaser><h4><a href=/x>{e(t)}</a></h4><p>{e(p[:100])}</p></div>" for t, p in a.others)}</div></div></body></html>""",
        main="\n".join(main),
    )


def script_page(a: Article) -> Page:
    """A page drawn by a script: the article is only in its JSON-LD."""
    return Page(
        html=f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{e(a.title)} | {e(a.publisher)}</title>{_ld(a, articleBody=chr(10).join(a.paragraphs))}
</head><body><div id="root"><div class="skeleton">Loading...</div></div><noscript>You need to enable JavaScript to read this site.</noscript><script>window.__STATE__={{"a":1}}</script></body></html>""",
        main=_main(a),
    )


def amp(a: Article) -> Page:
    """An accelerated page: amp elements, consent, sidebar, microdata."""
    return Page(
        html=f"""<!doctype html><html amp lang="en"><head><meta charset="utf-8"><title>{e(a.title)}</title><link rel="canonical" href="https://www.{a.publisher.lower().replace(" ", "")}.example/a/1">
<script type="application/ld+json">[{{"@context":"http://schema.org","@type":"BreadcrumbList"}},{json.dumps({"@type": "NewsArticle", "headline": a.title, "datePublished": a.published.isoformat(), "publisher": {"@type": "Organization", "name": a.publisher}})}]</script>
</head><body><amp-consent id="consent"><div id="consentUI"><p>We and our 312 partners store information on your device.</p><button>Accept</button></div></amp-consent>
<amp-sidebar id="sidebar"><ul><li>Home</li><li>Video</li></ul></amp-sidebar><header class="amp-header">{e(a.publisher)}</header>
<div class="amp-wp-article" itemscope itemtype="http://schema.org/NewsArticle"><h1 itemprop="headline">{e(a.title)}</h1><div class="amp-meta"><time itemprop="datePublished" datetime="{a.published}">{_long(a.published)}</time></div>
<amp-img src="x.jpg"></amp-img><div class="article-text">{_between(_p(a), '<amp-ad type="doubleclick"><div fallback>Ad</div></amp-ad>')}</div></div>
<div class="amp-related"><h3>You may also like</h3><ul><li><a href="/z">{e(a.others[1][0])}</a></li></ul></div></body></html>""",
        main=_main(a),
    )


def module_portal(a: Article) -> Page:
    """A portal CMS of the 2000s: item-page, dl.article-info, modules, a print link, read counts."""
    return Page(
        html=f"""<!DOCTYPE html><html xml:lang="en-gb"><head><meta http-equiv="content-type" content="text/html; charset=utf-8"><meta name="author" content="{e(a.author)}"><title>{e(a.title)}</title></head>
<body><div id="wrapper"><div class="moduletable_menu"><h3>Main Menu</h3><ul class="menu"><li><a href="/">Home</a></li><li><a href="/n">News</a></li></ul></div>
<div id="maincontent"><div class="item-page" itemscope itemtype="https://schema.org/Article"><div class="page-header"><h2 itemprop="headline">{e(a.title)}</h2></div>
<div class="icons"><ul class="actions"><li class="print-icon"><a href="#">Print</a></li></ul></div>
<dl class="article-info muted"><dt class="article-info-term">Details</dt><dd class="createdby">Written by {e(a.author)}</dd><dd class="published"><time datetime="{a.published}T00:00:00+01:00" itemprop="datePublished">Published: {_long(a.published)}</time></dd><dd class="hits">Hits: 1443</dd></dl>
<div itemprop="articleBody">{"".join(_p(a))}</div><ul class="pager pagenav"><li class="previous"><a href="/p">Prev</a></li></ul></div></div>
<div class="moduletable"><h3>Latest News</h3><ul class="latestnews"><li><a href="/l"><span>{e(a.others[0][0])}</span></a></li></ul></div></div></body></html>""",
        main=_main(a),
    )


def tabloid(a: Article) -> Page:
    """A tabloid: bullet summary, videos, many inline teasers, an all-caps share bar, polls."""
    bullets = [p.split(". ")[0].rstrip(".") for p in a.paragraphs[:2]]
    inserts = [
        f'<div class="mol-article-inline related-carousel"><h3>RELATED ARTICLES</h3><ul><li><a href="/q">{e(a.others[0][0])}</a></li></ul></div>',
        '<div class="mol-video"><div class="vjs-caption">Video: watch the moment it happened</div></div>',
        '<div class="poll-widget"><h4>Should they have done it?</h4><ul><li>Yes 4,002 votes</li><li>No 811 votes</li></ul></div>',
    ]
    return Page(
        html=f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{e(a.title)} | {e(a.publisher)} Online</title><meta property="og:title" content="{html.escape(a.title)} | {e(a.publisher)} Online"><meta property="og:site_name" content="{e(a.publisher)} Online">
<meta property="article:published_time" content="{a.published}T13:01:44+0100"></head><body><div id="page-container"><div class="masthead">{e(a.publisher).upper()}</div><div class="nav-primary">Home | Showbiz | Sport | Health</div>
<div class="article wide"><div class="article-text wide"><h1>{e(a.title)}</h1><ul class="mol-bullets-with-font"><li>{e(bullets[0])}</li><li>{e(bullets[1])}</li></ul>
<p class="author-section byline-plain">By {e(a.author)} For {e(a.publisher)}</p><p class="byline-section">Published: 13:01, {_long(a.published)} | Updated: 14:20, {_long(a.published)}</p>
<div class="share-bar"><ul><li>SHARE</li><li>812 shares</li></ul></div><div itemprop="articleBody">{_between(_p(a, cls="mol-para-with-font"), *inserts)}</div></div></div>
<div class="beta"><div class="puff">{"".join(f"<div><h2><a href=/x>{e(t)}</a></h2><span>{e(p[:90])}</span></div>" for t, p in a.others)}</div></div>
<div id="reader-comments"><h2>Comments 212</h2><div><p>Only 12 of them voted for it, says everyone I know.</p></div></div></div></body></html>""",
        main="\n".join([*bullets, *a.paragraphs]),
    )


def headless(a: Article) -> Page:
    """A modern front end on a headless system: utility classes only, text in sections, a sticky bar, hidden duplicates."""
    body = "".join(f'<div class="mb-6 text-lg leading-8">{e(p)}</div>' for p in a.paragraphs)
    cards = "".join(
        f'<a class="block rounded p-4" href="/x"><span class="font-bold">{e(t)}</span><span class="text-sm">{e(p[:110])}</span></a>'
        for t, p in a.others
    )
    return Page(
        html=f"""<!DOCTYPE html><html class="h-full"><head><meta charSet="utf-8"/><title>{e(a.title)} • {e(a.publisher)}</title>{_ld(a)}</head><body class="h-full antialiased"><div id="__next">
<div class="sticky top-0 flex"><a href="/">{e(a.publisher)}</a><button>Menu</button></div><div class="mx-auto max-w-prose px-4"><h1 class="text-4xl font-serif">{e(a.title)}</h1>
<div class="flex gap-2 text-gray-500"><span>{e(a.author)}</span><span>·</span><span>{_long(a.published)}</span><span>·</span><span>4 min read</span></div>
<section class="mt-8">{body}</section></div><div class="grid grid-cols-3">{cards}</div>
<div style="display:none"><p>{e(a.others[2][1])}</p></div><div class="border-t text-xs">{e(a.publisher)} is a member of the press council. Terms Privacy</div></div></body></html>""",
        main=_main(a),
    )


def node_cms(a: Article) -> Page:
    """A node-and-field system: field wrappers around everything, view blocks, tags as entity links."""
    view = "".join(
        f'<div class="views-row"><div class="views-field views-field-title"><a href="/node/1">{e(t)}</a></div><div class="views-field views-field-body">{e(p[:120])}</div></div>'
        for t, p in a.others
    )
    return Page(
        html=f"""<!DOCTYPE html><html lang="en" dir="ltr"><head><meta charset="utf-8"><meta name="Generator" content="CMS 9"><title>{e(a.title)} | {e(a.publisher)}</title><meta property="article:published_time" content="{a.published}"></head>
<body class="path-node page-node-type-article"><div class="dialog-off-canvas-main-canvas"><header role="banner"><nav role="navigation" class="menu--main"><ul><li><a href="/">Home</a></li></ul></nav></header>
<div class="region region-content"><div class="block block-page-title-block"><h1 class="page-header"><span class="field field--name-title">{e(a.title)}</span></h1></div>
<article class="node node--type-article node--view-mode-full"><div class="node__content clearfix"><div class="field field--name-field-author field__item">{e(a.author)}</div>
<div class="field field--name-field-kicker">Local affairs</div><div class="clearfix text-formatted field field--name-body field--type-text-with-summary field__item">{"".join(_p(a))}</div>
<div class="field field--name-field-tags field__items"><div><a href="/tags/x">planning</a></div></div></div></article></div>
<aside class="region-sidebar-second"><div class="block-views"><h2>Latest</h2>{view}</div></aside></div></body></html>""",
        main=_main(a),
    )


STYLES: tuple[Callable[[Article], Page], ...] = (
    blocks_cms,
    hashed_public,
    big_paper,
    wire_service,
    weekly_pluck,
    live_blog,
    old_tables,
    government_release,
    newsletter,
    results_table,
    script_page,
    amp,
    module_portal,
    tabloid,
    headless,
    node_cms,
)
