"""Fetching pages over HTTP: politely, within limits, and never from a network the user did not mean.

Everything about a request can be hostile: the address, the server's name, its
redirects, its headers and its body. Addresses are checked when a connection is
made, on every redirect, against what the name resolved to at that moment; size and
time are counted while the body arrives; and every failure is one clear line.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from factcheck.errors import FactcheckError
from factcheck.sources import holds_credentials, without_credentials

USER_AGENT = "factcheck/0.1 (fact-checking; reads single pages on request)"


class FetchError(FactcheckError):
    """Why a page could not be fetched: one line, with what to do."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one fetch may cost. Times in seconds."""

    body_bytes: int = 20_000_000  # after decompression
    seconds: float = 60.0  # for one page with its redirects and retries, waiting not counted
    read_seconds: float = 15.0  # without a byte arriving
    connect_seconds: float = 10.0
    redirects: int = 8
    attempts: int = 3
    longest_wait: float = 30.0  # a longer Retry-After is reported instead of waited for
    host_delay: float = 0.25  # between two requests to one host
    host_connections: int = 2


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """The answer to one request, after redirects.

    ``hops`` are the addresses that redirected, in order. ``not_modified`` means that the
    page is what it was (304): ``raw`` is then empty. ``fetched`` is when it was captured,
    which for a page from a web archive is the archive's date, and ``final_uri`` is then
    the page's original address.
    """

    uri: str
    final_uri: str
    raw: bytes
    status: int
    fetched: dt.datetime
    media_type: str | None = None
    charset: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    hops: tuple[str, ...] = ()
    not_modified: bool = False


def fetch(uri: str, *, allow_private: Collection[str] = ()) -> Fetched:
    """Fetch one page with the default limits. For many pages, keep one ``Fetcher``: it reuses connections."""
    with Fetcher(allow_private=allow_private) as fetcher:
        return fetcher.fetch(uri)


class Fetcher:
    """Fetches pages; safe to use from several threads, which is how many pages are fetched at once.

    ``allow_private`` names hosts that may resolve to private or loopback addresses.
    ``robots`` False reads pages that robots.txt asks crawlers to leave alone.
    """

    def __init__(
        self,
        *,
        allow_private: Collection[str] = (),
        robots: bool = True,
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits or Limits()
        self._robots = robots
        self._sleep = sleep
        allowed = frozenset(host.strip("[]").lower().rstrip(".") for host in allow_private)
        self._client = httpx.Client(
            transport=_GuardedTransport(allowed),
            follow_redirects=False,
            # A proxy from the environment would connect on our behalf, where no address can be checked.
            trust_env=False,
            timeout=httpx.Timeout(self.limits.read_seconds, connect=self.limits.connect_seconds),
            headers={
                "User-Agent": USER_AGENT,
                "Accept": "text/html,application/xhtml+xml,application/pdf,text/*;q=0.9,*/*;q=0.5",
                "Accept-Language": "en;q=0.9,*;q=0.5",
                # What can be decompressed a piece at a time, with a bound on every piece.
                "Accept-Encoding": "gzip, deflate",
            },
        )
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}
        self._rules: dict[str, Any] = {}

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def fetch(self, uri: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """Fetch a page, following redirects and retrying what may pass; ``FetchError`` says what went wrong.

        With ``etag`` or ``last_modified`` of an earlier answer, an unchanged page comes back as ``not_modified``.
        """
        conditions = {}
        if etag:
            conditions["If-None-Match"] = etag
        if last_modified:
            conditions["If-Modified-Since"] = last_modified
        address = self._address(uri)
        deadline = _Deadline(self.limits.seconds)
        hops: list[str] = []
        while True:
            if self._robots and not self._allowed(address, deadline):
                raise FetchError(
                    f"{address}: the site's robots.txt asks programs not to read this page; save it from a browser"
                )
            answer = self._retrying(address, deadline, conditions)
            if answer.status not in (301, 302, 303, 307, 308):
                return self._fetched(uri, address, answer, tuple(hops))
            target = answer.headers.get("location")
            if not target:
                raise FetchError(
                    f"{address}: the server answered {answer.status} without saying where to; try again later"
                )
            hops.append(address)
            following = self._address(str(httpx.URL(address).join(target)), came_from=address)
            if following in hops:
                raise FetchError(f"{uri}: the server redirects in a loop; check the address in a browser")
            if len(hops) > self.limits.redirects:
                raise FetchError(f"{uri}: more than {self.limits.redirects} redirects; check the address in a browser")
            address = following

    # -- one address -------------------------------------------------------------------------

    def _address(self, uri: str, came_from: str | None = None) -> str:
        where = f"{came_from}: redirects to {_shown(uri)}" if came_from else _shown(uri)
        try:
            url = httpx.URL(uri)
        except (httpx.InvalidURL, ValueError, UnicodeError) as error:
            raise FetchError(f"{where}: this is not an address that can be fetched; check it") from error
        if url.scheme not in ("http", "https") or not url.host:
            raise FetchError(f"{where}: only http and https addresses are fetched")
        if url.userinfo or holds_credentials(uri):
            raise FetchError(f"{where}: the address holds a user name or password; leave it out")
        return str(url.copy_with(fragment=None))

    def _redirected(self, address: str, target: str) -> str:
        try:
            joined = str(httpx.URL(address).join(target))
        except (httpx.InvalidURL, ValueError, UnicodeError):
            joined = target
        return self._address(joined, came_from=address)

    def _retrying(self, address: str, deadline: _Deadline, conditions: dict[str, str]) -> _Answer:
        for attempt in range(1, self.limits.attempts + 1):
            last = attempt == self.limits.attempts
            try:
                answer = self._request(address, deadline, conditions)
            except _Passing as error:
                if last or deadline.over:
                    raise FetchError(f"{address}: {error}") from error
                wait = 0.5 * 2 ** (attempt - 1)
            else:
                if answer.status not in (429, 500, 502, 503, 504):
                    return answer
                asked = _retry_after(answer.headers.get("retry-after"))
                wait = asked if asked is not None else 0.5 * 2 ** (attempt - 1)
                if asked is not None:
                    self._leave_alone(urlsplit(address).netloc, wait)
                if last or wait > self.limits.longest_wait:
                    later = f" in {wait:.0f} seconds" if asked is not None and wait > 1 else " later"
                    raise FetchError(f"{address}: {_status(answer.status)}; try again{later}")
            self._sleep(wait)
            self._go_on(urlsplit(address).netloc)
        raise AssertionError("the last attempt returns or raises")

    def _request(self, address: str, deadline: _Deadline, headers: dict[str, str], limit: int | None = None) -> _Answer:
        limit = limit or self.limits.body_bytes
        parts = urlsplit(address)
        with self._turn(address, parts.netloc):
            deadline.start()
            _clock.deadline = deadline
            try:
                timeout = httpx.Timeout(
                    max(0.1, min(self.limits.read_seconds, deadline.left)),
                    connect=max(0.1, min(self.limits.connect_seconds, deadline.left)),
                )
                with self._client.stream("GET", address, headers=headers, timeout=timeout) as response:
                    body = b""
                    if response.status_code in (200, 203):
                        _refuse_type(address, response.headers.get("content-type"))
                        body = self._body(address, response, deadline, limit)
                    elif len(response.headers.get("content-length", "too long to read")) <= 5:
                        # A short answer is read to its end, so that its connection can be used again.
                        for _ in response.iter_raw():
                            pass
                    return _Answer(response.status_code, response.headers, body)
            except httpx.TimeoutException as error:
                raise _Passing(_timed_out(error)) from error
            except httpx.ConnectError as error:
                if isinstance(error.__cause__, _Refused):
                    raise FetchError(f"{address}: {error.__cause__}") from None
                raise _Passing("the server could not be reached; check the address or try again later") from error
            except httpx.RemoteProtocolError as error:
                raise _Passing("the connection broke before the whole page arrived; try again later") from error
            except httpx.HTTPError as error:
                raise _Passing(f"the connection failed ({type(error).__name__}); try again later") from error
            except _OutOfTime:
                raise _late(address, self.limits) from None
            finally:
                deadline.stop()
                _clock.deadline = None

    def _body(self, address: str, response: httpx.Response, deadline: _Deadline, limit: int) -> bytes:
        declared = response.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            raise _too_large(address, limit)
        unpack = _unpacker(address, response.headers.get("content-encoding", ""))
        pieces: list[bytes] = []
        size = received = 0
        for raw in response.iter_raw():
            received += len(raw)
            if received > limit:
                raise _too_large(address, limit)
            for piece in unpack.feed(raw):
                size += len(piece)
                if size > limit:
                    raise _too_large(address, limit)
                pieces.append(piece)
            if deadline.left <= 0:
                raise _late(address, self.limits)
        if not unpack.complete:
            raise _Passing("the connection broke before the whole page arrived; try again later")
        return b"".join(pieces)

    def _fetched(self, uri: str, address: str, answer: _Answer, hops: tuple[str, ...]) -> Fetched:
        status = answer.status
        # A cookie is a key to somebody's session, and no part of what a page says.
        headers = tuple(
            (name.lower(), value) for name, value in answer.headers.multi_items() if name.lower() != "set-cookie"
        )
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        if status != 304:
            if status not in (200, 203):
                raise FetchError(f"{address}: {_status(status)}; {_what_to_do(status)}")
            if not answer.body.strip():
                raise FetchError(f"{address}: the page is empty; check it in a browser")
        media_type, charset = _content_type(answer.headers.get("content-type"))
        original = _ARCHIVED.match(address)
        if original:
            with contextlib.suppress(ValueError):
                now = dt.datetime.strptime(original["when"][:14].ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
            hops = (*hops, address)
            address = original["uri"] if "//" in original["uri"] else "http://" + original["uri"]
        return Fetched(
            uri=uri,
            final_uri=address,
            raw=answer.body,
            status=status,
            fetched=now,
            media_type=media_type,
            charset=charset,
            headers=headers,
            hops=hops,
            not_modified=status == 304,
        )

    # -- politeness -----------------------------------------------------------------------------

    def _at(self, host: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(host, _Host(threading.Semaphore(self.limits.host_connections)))

    @contextlib.contextmanager
    def _turn(self, address: str, host: str) -> Iterator[None]:
        """A place among the few requests that one host gets at a time, at a distance from the one before."""
        turns = self._at(host)
        with turns.places:
            with turns.lock:
                now = time.monotonic()
                if turns.busy_until - now > self.limits.longest_wait:
                    left = turns.busy_until - now
                    raise FetchError(f"{address}: the server asked to be left alone; try again in {left:.0f} seconds")
                start = max(now, turns.next_start, turns.busy_until)
                turns.next_start = start + max(self.limits.host_delay, turns.delay)
                wait = start - now
            if wait > 0:
                time.sleep(wait)
            yield

    def _leave_alone(self, host: str, seconds: float) -> None:
        """A server that says it is busy is asked for nothing else meanwhile either."""
        turns = self._at(host)
        with turns.lock:
            turns.busy_until = time.monotonic() + seconds

    def _go_on(self, host: str) -> None:
        """The wait is over for the one that was told to wait, and so for all."""
        turns = self._at(host)
        with turns.lock:
            turns.busy_until = 0.0

    def _allowed(self, address: str, deadline: _Deadline) -> bool:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        turns = self._at(parts.netloc)
        # Pages of one site that are fetched at once wait for the one that reads its rules.
        with turns.rules_lock:
            with self._lock:
                known = origin in self._rules
                rules = self._rules.get(origin)
            if not known:
                try:
                    rules = self._read_robots(origin, deadline)
                except FetchError as error:
                    # A server that cannot be reached is not tried again for each of its pages.
                    rules = error
                with self._lock:
                    self._rules[origin] = rules
                if rules is not None and not isinstance(rules, FetchError):
                    turns.delay = min(float(rules.crawl_delay(USER_AGENT) or 0.0), 10.0)
        if isinstance(rules, FetchError):
            raise FetchError(str(rules))
        return rules is None or bool(rules.can_fetch(address, USER_AGENT))

    def _read_robots(self, origin: str, deadline: _Deadline) -> Any:
        """The site's rules (RFC 9309): none when it has no such file, "nothing allowed" when it cannot say."""
        from protego import Protego

        address = f"{origin}/robots.txt"
        for _ in range(5):
            try:
                answer = self._patiently(address, deadline)
            except _Passing as error:
                raise FetchError(f"{origin}/: {error}") from error
            except _TooLarge:
                return None
            if answer.status == 200:
                return Protego.parse(answer.body.decode("utf-8", "replace"))
            if answer.status in (301, 302, 303, 307, 308) and (target := answer.headers.get("location")):
                address = self._redirected(address, target)
                continue
            if answer.status >= 500:
                return Protego.parse("User-agent: *\nDisallow: /")
            return None
        return None

    def _patiently(self, address: str, deadline: _Deadline) -> _Answer:
        """A site's rules, asked for again when the connection fails."""
        for attempt in range(1, self.limits.attempts):
            try:
                return self._request(address, deadline, {}, limit=512_000)
            except _Passing:
                self._sleep(0.5 * 2 ** (attempt - 1))
        return self._request(address, deadline, {}, limit=512_000)


@dataclass
class _Host:
    places: threading.Semaphore
    next_start: float = 0.0
    busy_until: float = 0.0
    delay: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)
    rules_lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class _Answer:
    status: int
    headers: httpx.Headers
    body: bytes


class _Passing(Exception):
    """A failure that may not happen again."""


class _TooLarge(FetchError):
    pass


class _Deadline:
    """Time spent on requests; waiting for a turn or for Retry-After is not counted."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._started: float | None = None

    def start(self) -> None:
        self._started = time.monotonic()

    def stop(self) -> None:
        self._left, self._started = self.left, None

    @property
    def left(self) -> float:
        return self._left - (time.monotonic() - self._started if self._started is not None else 0.0)

    @property
    def over(self) -> bool:
        return self.left <= 0


# -- which addresses may be connected to ---------------------------------------------------------


class _Refused(httpcore.ConnectError):
    """A connection that trying again will not bring about; its text goes to the user.

    A subclass, because httpcore keeps the exception it was given and drops its cause.
    """


class _GuardedTransport(httpx.HTTPTransport):
    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__(http2=True, trust_env=False)
        # httpx has no place for a network backend, httpcore has: the pool is made again with ours.
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=32,
            max_keepalive_connections=16,
            keepalive_expiry=20.0,
            http1=True,
            http2=True,
            network_backend=_Guard(allowed),
        )


class _Guard(httpcore.NetworkBackend):
    """Resolves a name once, checks every address it has, and connects to the very address it checked."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise _Refused("no server of that name was found; check the address") from error
        addresses = list(dict.fromkeys(str(info[4][0]).partition("%")[0] for info in found))
        if host.strip("[]").lower().rstrip(".") not in self._allowed:
            for address in addresses:
                if not is_public(address):
                    raise _Refused(
                        f"{host} is {address}, an address of a private network; to allow it: --allow-private {host}"
                    )
        failure: Exception | None = None
        for address in addresses[:4]:
            try:
                return _Stream(self._inner.connect_tcp(address, port, timeout, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("refused")

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class _OutOfTime(Exception):
    """The page's whole time is spent."""


_clock = threading.local()


class _Stream(httpcore.NetworkStream):
    """A connection that also obeys the deadline of the fetch that reads from it.

    A server that sends a byte every few seconds never meets a read timeout, least of
    all in its headers, where no caller gets to count.
    """

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        deadline: _Deadline | None = getattr(_clock, "deadline", None)
        if deadline is None:
            return self._inner.read(max_bytes, timeout)
        left = deadline.left
        if left <= 0:
            raise _OutOfTime
        try:
            return self._inner.read(max_bytes, min(left, timeout) if timeout is not None else left)
        except httpcore.ReadTimeout:
            if deadline.over:
                raise _OutOfTime from None
            raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout))
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                problem = error.__cause__.verify_message
                raise _Refused(f"the server's certificate is not valid ({problem}); open it in a browser") from error
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also when it wraps an IPv4 address in an IPv6 one."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and (ip in _NAT64 or int(ip) >> 32 == 0):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


# -- bodies ------------------------------------------------------------------------------------------


class _Unpacker:
    """Decompresses a piece at a time and never makes more than a bounded piece at once."""

    def __init__(self, wbits: tuple[int, ...]) -> None:
        self._wbits = list(wbits)
        self._decoder: Any = zlib.decompressobj(self._wbits.pop(0)) if wbits else None
        self._begun = self._over = False

    def feed(self, raw: bytes) -> Iterator[bytes]:
        if self._decoder is None:
            yield raw
            return
        while raw and not self._over:
            try:
                piece = self._decoder.decompress(raw, 1 << 20)
            except zlib.error as error:
                if self._wbits and not self._begun:
                    # "deflate" is sent with and without a zlib header.
                    self._decoder = zlib.decompressobj(self._wbits.pop(0))
                    continue
                raise _Passing("the page arrived damaged; try again later") from error
            self._begun = True
            if piece:
                yield piece
            raw = self._decoder.unconsumed_tail
            if self._decoder.eof:
                raw = self._decoder.unused_data
                if raw[:2] not in (b"", b"\x1f", b"\x1f\x8b"):
                    self._over = True
                if len(raw) < 2:
                    return
                # gzip may come in several members, which are one text; anything else after it is not.
                if not self._over:
                    self._decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)

    @property
    def complete(self) -> bool:
        return self._decoder is None or self._over or self._decoder.eof


def _unpacker(address: str, encoding: str) -> _Unpacker:
    match encoding.strip().lower():
        case "" | "identity":
            return _Unpacker(())
        case "gzip" | "x-gzip":
            return _Unpacker((zlib.MAX_WBITS | 16,))
        case "deflate":
            return _Unpacker((zlib.MAX_WBITS, -zlib.MAX_WBITS))
        case other:
            raise FetchError(
                f"{address}: the page is compressed as {_shown(other)}, which was not asked for; save it instead"
            )


def _too_large(address: str, limit: int) -> FetchError:
    return _TooLarge(
        f"{address}: the page is larger than {limit / 1e6:.0f} MB; save the part you need and add the file"
    )


def _late(address: str, limits: Limits) -> FetchError:
    return FetchError(f"{address}: the page did not arrive within {limits.seconds:.0f} seconds; save it from a browser")


_UNREADABLE = re.compile(r"^(?:image|audio|video|font)/|^application/(?:zip|gzip|x-tar|octet-stream|javascript|wasm)$")


def _refuse_type(address: str, content_type: str | None) -> None:
    media_type, _ = _content_type(content_type)
    if media_type and _UNREADABLE.match(media_type) and media_type != "application/octet-stream":
        raise FetchError(f"{address}: this is {media_type}, not a page that can be read; add a page or a document")


def _content_type(value: str | None) -> tuple[str | None, str | None]:
    if not value:
        return None, None
    media_type, _, rest = value.partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", rest, re.IGNORECASE)
    return media_type.strip().lower() or None, charset[1] if charset else None


# Archives that are believed when they say what they captured and when. Anyone can name a host "webarchive", so
# each is named here in full.
_ARCHIVES = (
    "web.archive.org",
    "arquivo.pt",
    "webarchive.nationalarchives.gov.uk",
    "webarchive.parliament.uk",
    "webarchive.loc.gov",
    "webarchive.org.uk",
    "wayback.archive-it.org",
    "wayback.vefsafn.is",
    *(f"archive.{end}" for end in ("today", "ph", "is", "li", "md", "vn", "fo")),
)
_ARCHIVED = re.compile(
    rf"https?://(?:www\.)?(?:{'|'.join(map(re.escape, _ARCHIVES))})(?:/[\w-]+){{0,3}}?"
    r"/(?P<when>\d{8,14})(?:[a-z]{2}_)?/(?P<uri>.+)$"
)


# -- words for what went wrong -----------------------------------------------------------------------


def _shown(text: str) -> str:
    """An address or header value as it can be printed: short, and without controls."""
    text = without_credentials("".join(c if c.isprintable() else "?" for c in text))
    return text if len(text) <= 200 else text[:197] + "..."


def _status(status: int) -> str:
    try:
        import http

        return f"the server answered {status} ({http.HTTPStatus(status).phrase})"
    except ValueError:
        return f"the server answered {status}"


def _what_to_do(status: int) -> str:
    if status == 410:
        return "the page is gone for good; look for it in a web archive"
    if status == 404:
        return "check the address, or look for the page in a web archive"
    if status in (401, 402, 403, 407, 451):
        return "the page is not open to everyone; save it from a browser and add the file"
    return "check the address in a browser"


def _timed_out(error: httpx.TimeoutException) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return "the server could not be reached in time; check the address or try again later"
    return "the server stopped answering; try again later"


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, from a number or a date; None when the server did not say."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        when = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    return max(0.0, (when - dt.datetime.now(dt.UTC)).total_seconds())


__all__ = ["FetchError", "Fetched", "Fetcher", "Limits", "fetch", "is_public"]
