"""Fetching pages over HTTP."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from factcheck.errors import FactcheckError


class FetchError(FactcheckError):
    """Why a page could not be fetched: one line, with what to do."""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """The answer to one request, after redirects."""

    uri: str
    final_uri: str
    raw: bytes
    status: int
    fetched: dt.datetime
    media_type: str | None = None
    charset: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    hops: tuple[str, ...] = ()
