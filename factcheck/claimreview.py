"""ClaimReview, schema.org's JSON-LD for published fact checks: ours out, others' in.

What others publish is data: only the claim, its verdict and where it appeared are taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
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
    """The reviews of a JSON-LD file as rows of a claims file: text, and ``expect`` where the rating is clear.

    Takes one review, a list, a @graph, or a data feed. Raises ``InputError`` when there is none.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise InputError(path, None, None, "the file is over 20 MB", "is it a feed? split it", rule="FC101")
        document = json.loads(data.decode("utf-8-sig"))
    except FileNotFoundError:
        raise InputError(path, None, None, "there is no such file", "check the path", rule="FC101") from None
    except OSError as error:
        raise InputError(path, None, None, f"cannot read it: {error.strerror}", "check it", rule="FC101") from None
    except json.JSONDecodeError as error:
        raise InputError(path, error.lineno, error.colno, f"not JSON: {error.msg}", "mend it") from None
    except (UnicodeDecodeError, RecursionError):
        raise InputError(path, None, None, "this is not JSON in UTF-8", "save it as UTF-8") from None
    rows = []
    for review in _reviews(document, 0):
        text = " ".join(str(review.get("claimReviewed") or "").split())
        if text:
            row: dict[str, Any] = {"text": text[:2000]}
            if label := rated(review.get("reviewRating")):
                row["expect"] = str(label)
            rows.append(row)
    if not rows:
        hint = "it must hold objects of the type ClaimReview with claimReviewed"
        raise InputError(path, None, None, "there is no ClaimReview in it", hint, rule="FC106")
    return rows


def _reviews(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > 20:
        return
    if isinstance(value, list):
        for item in value:
            yield from _reviews(item, depth + 1)
    elif isinstance(value, dict):
        kinds = value.get("@type")
        if "ClaimReview" in (kinds if isinstance(kinds, list) else [kinds]):
            yield value
        else:
            for key in ("@graph", "dataFeedElement", "item", "itemListElement", "mainEntity"):
                yield from _reviews(value.get(key), depth + 1)


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
