"""ClaimReview, schema.org's JSON-LD for published fact checks: ours out, others' in.

What others publish is data: only the claim and its verdict are taken. It comes as a file
of JSON-LD, or in the ``<script type="application/ld+json">`` blocks of a saved web page.
"""

from __future__ import annotations

import codecs
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factcheck import ledger
from factcheck.domain import Verdict, VerdictLabel
from factcheck.errors import InputError

if TYPE_CHECKING:
    from factcheck.stores import Store

CONTEXT = "https://schema.org"
# The usual scale: 1 is false, 5 is true; what is neither has no place on it that readers agree about.
WORST, BEST = 1, 5
RATINGS = {VerdictLabel.SUPPORTED: 5, VerdictLabel.CONTRADICTED: 1, VerdictLabel.UNVERIFIED: 3}
NAMES = {
    VerdictLabel.SUPPORTED: "True",
    VerdictLabel.CONTRADICTED: "False",
    VerdictLabel.UNVERIFIED: "Unproven",
}
_TRUE = re.compile(r"\W*(?:true|correct|accurate|supported|confirmed)\W*", re.I)
_FALSE = re.compile(
    r"\W*(?:false|incorrect|inaccurate|wrong|fake|pants on fire|refuted|contradicted|debunked)\W*", re.I
)
MAX_BYTES = 20_000_000


def export(store: Store, paths: Sequence[str], *, publisher: str, url: str, everything: bool = False) -> dict[str, Any]:
    """The decided claims at the desk (``everything``: all of them) as one JSON-LD document.

    ``url`` is where the reviews will be found; each gets an address under it. A person's
    override is the verdict that is published, and a lapsed sign-off decides nothing.
    """
    from factcheck.watch import ids

    reviews = []
    rows = [store.board_row(id) for path in paths or store.board_paths() for id in ids(store, path)]
    found = ledger.standings(store, [row.verdict for row in rows if row and row.verdict])
    entries = {entry.subject: entry for entry in store.ledger(kind=ledger.VERDICT)}
    for row in rows:
        if row is None or row.verdict is None:
            continue
        stands = found.get(row.subject, ledger.Standing())
        signed = stands.sign_off if stands.state is ledger.State.SIGNED else None
        if signed is None and not everything:
            continue
        day = signed.day if signed else entries[row.subject].time[:10]
        label = signed.label if signed and signed.label else row.verdict.label
        reviews.append(_review(row.verdict, label, day, publisher, f"{url.rstrip('/')}/{row.id}", signed))
    return {"@context": CONTEXT, "@graph": reviews}


def _review(
    verdict: Verdict, label: VerdictLabel, day: str, publisher: str, url: str, signed: ledger.SignOff | None
) -> dict[str, Any]:
    claim = verdict.claim
    appearances = [{"@type": "CreativeWork", "url": q.uri} for q in verdict.evidence if re.match(r"https?://", q.uri)]
    review: dict[str, Any] = {
        "@type": "ClaimReview",
        "url": url,
        "datePublished": day,
        "claimReviewed": f"{claim.text} ({claim.about})" if claim.about else claim.text,
        "author": {"@type": "Organization", "name": publisher},
        "itemReviewed": {"@type": "Claim", "name": claim.text},
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": RATINGS[label],
            "worstRating": WORST,
            "bestRating": BEST,
            "alternateName": NAMES[label],
        },
        "reviewBody": signed.reason if signed else verdict.explanation,
    }
    if appearances:
        review["citation"] = list({item["url"]: item for item in appearances}.values())
    return review


def read(path: str) -> list[dict[str, Any]]:
    """The reviews of a file as rows of a claims file: text, and ``expect`` where the rating is clear.

    Takes JSON-LD (one review, a list, a @graph, a data feed, a review within an article) or
    a web page with such blocks; a review that a page repeats is one row. Raises ``InputError``
    when there is none.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(path, None, None, "there is no such file", "check the path", rule="FC101") from None
    except OSError as error:
        raise InputError(path, None, None, f"cannot read it: {error.strerror}", "check it", rule="FC101") from None
    if len(data) > MAX_BYTES:
        raise InputError(path, None, None, "the file is over 20 MB", "is it a feed? split it", rule="FC101")
    page = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    blocks = _blocks(_page_text(data, path)) if page else [Block(text=_json_text(data, path), line=1)]
    rows: list[dict[str, Any]] = []
    broken: InputError | None = None
    for block in blocks:
        try:
            # Line breaks within strings, which JSON has not, are common in pages.
            document = json.loads(block.text, strict=not page)
        except json.JSONDecodeError as error:
            line = block.line + error.lineno - 1
            column = error.colno + (block.column if error.lineno == 1 else 0)
            broken = broken or InputError(path, line, column, f"not JSON: {error.msg}", "mend it")
            continue
        except RecursionError:
            broken = broken or InputError(path, block.line, 1, "its JSON is nested too deeply", "mend it")
            continue
        for review in _reviews(document, 0):
            claimed = str(review.get("claimReviewed") or "")
            text = " ".join((html.unescape(claimed) if page else claimed).split())
            if text:
                row: dict[str, Any] = {"text": text[:2000]}
                if label := rated(review.get("reviewRating")):
                    row["expect"] = str(label)
                if row not in rows[-1000:]:
                    rows.append(row)
    if not rows and broken:
        raise broken
    if not rows:
        where = "in its application/ld+json blocks" if page else "in it"
        hint = "it must hold objects of the type ClaimReview with claimReviewed"
        raise InputError(path, None, None, f"there is no ClaimReview {where}", hint, rule="FC106")
    return rows


def _json_text(data: bytes, path: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(path, None, None, "this is not JSON in UTF-8", "save it as UTF-8") from None


def _page_text(data: bytes, path: str) -> str:
    """A page's text, as UTF-8 or else in the encoding that it declares."""
    declared = re.search(rb"""charset\s*=\s*["']?\s*([\w.:-]{1,40})""", data[:4096], re.I)
    for name in ("utf-8-sig", declared[1].decode("ascii", "replace") if declared else "utf-8"):
        try:
            return codecs.decode(data, codecs.lookup(name).name)
        except (LookupError, UnicodeDecodeError):
            continue
    raise InputError(path, None, None, "its encoding is not UTF-8, and it declares no other", "save it as UTF-8")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A piece of JSON-LD, and where in its file it begins (``column`` from 0)."""

    text: str
    line: int
    column: int = 0


class _Blocks(HTMLParser):
    """Collects the JSON-LD of a page. Its scripts are read as text; nothing is run and nothing is fetched."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Block] = []
        self._inside = False
        self._pieces: list[str] = []  # a "</p>" in a string of the data comes as a piece of its own
        self._at = (1, 0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = (dict(attrs).get("type") or "").split(";")[0].strip().lower()
        self._inside = tag == "script" and kind == "application/ld+json"
        self._pieces = []

    def handle_data(self, data: str) -> None:
        if self._inside:
            if not self._pieces:
                self._at = self.getpos()
            self._pieces.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = "".join(self._pieces) if self._inside else ""
        self._inside = False
        # Some pages wrap their data against browsers of the nineties: <!-- or //<![CDATA[.
        before = re.match(r"\s*(?:(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)(?:\s*\*/)?\s*)?", text)
        after = re.search(r"(?:(?://|/\*)?\s*(?:\]\]>|-->)(?:\s*\*/)?)\s*\Z", text[-60:])
        start, end = before.end() if before else 0, len(text) - (len(after[0]) if after else 0)
        if text[start:end].strip():
            line, column = self._at
            lines = text[:start].split("\n")
            column = len(lines[-1]) + (column if len(lines) == 1 else 0)
            self.found.append(Block(text=text[start:end], line=line + len(lines) - 1, column=column))


def _blocks(page: str) -> list[Block]:
    parser = _Blocks()
    parser.feed(page)
    parser.close()
    return parser.found


def _reviews(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """Every ClaimReview in a document, wherever it stands: in a graph, a feed, an article's reviews."""
    if depth > 20:
        return
    if isinstance(value, list):
        for item in value:
            yield from _reviews(item, depth + 1)
    elif isinstance(value, dict):
        kinds = value.get("@type")
        # "ClaimReview", "schema:ClaimReview" and "https://schema.org/ClaimReview" are the same type.
        if any(
            re.split(r"[/#:]", kind)[-1] == "ClaimReview"
            for kind in (kinds if isinstance(kinds, list) else [kinds])
            if isinstance(kind, str)
        ):
            yield value
        else:
            for item in value.values():
                yield from _reviews(item, depth + 1)


def rated(rating: Any) -> VerdictLabel | None:
    """What a rating says, in our words; None where it does not say clearly. Its words count before its number."""
    if not isinstance(rating, dict):
        return None
    words = str(rating.get("alternateName") or rating.get("ratingExplanation") or "")
    if _TRUE.fullmatch(words):
        return VerdictLabel.SUPPORTED
    if _FALSE.fullmatch(words):
        return VerdictLabel.CONTRADICTED
    if words.strip():
        return None
    try:
        value, worst, best = (float(rating[key]) for key in ("ratingValue", "worstRating", "bestRating"))
        share = (value - worst) / (best - worst)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return VerdictLabel.SUPPORTED if share == 1 else VerdictLabel.CONTRADICTED if share == 0 else None


def claims_file(rows: Sequence[Mapping[str, Any]]) -> str:
    """A claims file (YAML) of these rows, which ``factcheck verify`` takes."""
    import yaml

    return yaml.safe_dump({"claims": [dict(row) for row in rows]}, allow_unicode=True, sort_keys=False, width=110)
