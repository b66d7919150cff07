"""Fetching, against a real server on loopback that does everything a server can do wrong."""

from __future__ import annotations

import datetime as dt
import email.utils
import gzip
import re
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from factcheck.fetch import Fetcher, FetchError, Limits, fetch, is_public
from factcheck.ingest import add
from factcheck.stores import open_store

PAGE = (
    b"<html><head><title>Mill</title></head><body><article><h1>Mill</h1>"
    b"<p>The mill hired 40 people.</p></article></body></html>"
)


BOMB = gzip.compress(bytes(30_000_000), 1)


def answer(status: str, headers: str = "", body: bytes = b"") -> bytes:
    length = (
        ""
        if "content-length" in headers.lower() or "chunked" in headers.lower()
        else f"Content-Length: {len(body)}\r\n"
    )
    return f"HTTP/1.1 {status}\r\n{length}{headers}\r\n".encode() + body


class FaultServer:
    """Speaks HTTP by hand, one thread a connection, so that it can break every rule of it."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.requests: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        self.robots = answer("404 Not Found")
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def count(self, path: str) -> int:
        return self.requests.count(path)

    def close(self) -> None:
        self.stopping.set()
        self.socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            try:
                stream = connection.makefile("rb")
                while line := stream.readline():
                    path = line.split()[1].decode()
                    headers = {}
                    while (header := stream.readline().strip()) != b"":
                        name, _, value = header.decode().partition(": ")
                        headers[name.lower()] = value
                    self.requests.append(path)
                    self.headers.append(headers)
                    if not self._answer(connection, path, headers):
                        return
            except OSError:
                return

    def _answer(self, connection: socket.socket, path: str, headers: dict[str, str]) -> bool:
        """Serve one path; False closes the connection."""
        send = connection.sendall
        html = "Content-Type: text/html; charset=utf-8\r\n"
        match path:
            case "/robots.txt":
                send(self.robots)
            case "/good":
                send(answer("200 OK", html + 'ETag: "v1"\r\nLast-Modified: Mon, 03 Jun 2024 10:00:00 GMT\r\n', PAGE))
            case "/slow-headers":
                for byte in answer("200 OK", html, PAGE):
                    if self.stopping.wait(0.2):
                        return False
                    send(bytes([byte]))
            case "/silent":
                self.stopping.wait(30)
                return False
            case "/slow-body":
                send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n" + html.encode() + b"\r\n")
                while not self.stopping.wait(0.1):
                    send(b"x")
                return False
            case "/drop":
                send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n" + html.encode() + b"\r\n" + PAGE)
                return False
            case "/drop-once":
                if self.count(path) == 1:
                    send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n" + html.encode() + b"\r\n" + PAGE)
                    return False
                send(answer("200 OK", html, PAGE))
            case "/drop-chunked":
                send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + html.encode() + b"\r\n400\r\n" + PAGE)
                return False
            case "/short-length":
                send(answer("200 OK", html + "Content-Length: 70\r\n", PAGE))
                return False
            case "/wrong-charset":
                send(
                    answer(
                        "200 OK",
                        "Content-Type: text/html; charset=utf-8\r\n",
                        PAGE.replace(b"mill hired", b"caf\xe9 hired"),
                    )
                )
            case "/wrong-type":
                send(answer("200 OK", "Content-Type: image/png\r\n", b"\x89PNG\r\n\x1a\n" + bytes(5000)))
            case "/lying-type":
                send(answer("200 OK", "Content-Type: text/plain\r\n", PAGE))
            case "/gzip":
                send(answer("200 OK", html + "Content-Encoding: gzip\r\n", gzip.compress(PAGE)))
            case "/deflate":
                send(answer("200 OK", html + "Content-Encoding: deflate\r\n", zlib.compress(PAGE)[2:-4]))
            case "/gzip-members":
                parts = gzip.compress(PAGE[:60]) + gzip.compress(PAGE[60:])
                send(answer("200 OK", html + "Content-Encoding: gzip\r\n", parts))
            case "/gzip-and-more":
                send(answer("200 OK", html + "Content-Encoding: gzip\r\n", gzip.compress(PAGE) + b"more" * 9))
            case "/gzip-endless":
                send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n" + html.encode())
                send(b"\r\n" + f"{len(gzip.compress(PAGE)):x}\r\n".encode() + gzip.compress(PAGE) + b"\r\n")
                while not self.stopping.is_set():
                    send(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
                return False
            case "/gzip-cut":
                send(answer("200 OK", html + "Content-Encoding: gzip\r\n", gzip.compress(PAGE)[:-20]))
            case "/brotli":
                send(answer("200 OK", html + "Content-Encoding: br\r\n", b"\x0b\x02\x80hello\x03"))
            case "/gzip-bomb":
                send(answer("200 OK", html + "Content-Encoding: gzip\r\n", BOMB))
            case "/endless":
                send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + html.encode() + b"\r\n")
                while not self.stopping.is_set():
                    send(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
                return False
            case "/huge":
                send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n" + html.encode() + b"\r\n")
                return False
            case "/empty":
                send(answer("200 OK", html))
            case "/moved":
                send(answer("301 Moved Permanently", "Location: /moved-again\r\n"))
            case "/moved-again":
                send(answer("302 Found", f"Location: {self.url('/good')}#top\r\n"))
            case "/loop":
                send(answer("302 Found", "Location: /loop-back\r\n"))
            case "/loop-back":
                send(answer("302 Found", "Location: /loop\r\n"))
            case _ if path.startswith("/hop"):
                send(answer("302 Found", f"Location: /hop{int(path[4:]) + 1}\r\n"))
            case "/nowhere":
                send(answer("302 Found"))
            case "/to-private":
                send(answer("302 Found", "Location: http://169.254.169.254/latest/meta-data/\r\n"))
            case "/to-file":
                send(answer("302 Found", "Location: file:///etc/passwd\r\n"))
            case "/to-garbage":
                send(answer("302 Found", "Location: http://[::1\x1b/\r\n"))
            case "/conditional":
                if headers.get("if-none-match") == '"v1"':
                    send(answer("304 Not Modified", 'ETag: "v1"\r\n'))
                else:
                    send(answer("200 OK", html + 'ETag: "v1"\r\n', PAGE))
            case "/gone":
                send(answer("410 Gone", html, b"gone"))
            case "/forbidden":
                send(answer("403 Forbidden"))
            case "/busy-once":
                busy = answer("429 Too Many Requests", "Retry-After: 7\r\n")
                send(busy if self.count(path) == 1 else answer("200 OK", html, PAGE))
            case "/busy-date":
                when = email.utils.format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=20), usegmt=True)
                busy = answer("503 Service Unavailable", f"Retry-After: {when}\r\n")
                send(busy if self.count(path) == 1 else answer("200 OK", html, PAGE))
            case "/busy-long":
                send(answer("429 Too Many Requests", "Retry-After: 3600\r\n"))
            case "/broken-once":
                once = self.count(path) == 1
                send(answer("500 Internal Server Error") if once else answer("200 OK", html, PAGE))
            case "/broken":
                send(answer("500 Internal Server Error"))
            case "/not-http":
                send(b"SSH-2.0-OpenSSH_9.6\r\n")
                return False
            case _:
                send(answer("404 Not Found"))
        return True


@pytest.fixture
def server() -> Iterator[FaultServer]:
    server = FaultServer()
    yield server
    server.close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def fetcher(waits: list[float]) -> Iterator[Fetcher]:
    # Long enough for a busy machine; a test of what is slow takes the hasty one.
    limits = Limits(body_bytes=2_000_000, seconds=60.0, read_seconds=30.0, connect_seconds=30.0, host_delay=0.0)
    with Fetcher(allow_private=["127.0.0.1"], limits=limits, sleep=waits.append) as fetcher:
        yield fetcher


@pytest.fixture
def hasty() -> Iterator[Fetcher]:
    limits = Limits(seconds=3.0, read_seconds=1.0, host_delay=0.0)
    with Fetcher(allow_private=["127.0.0.1"], limits=limits, robots=False, sleep=lambda _: None) as fetcher:
        yield fetcher


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/slow-headers", "did not arrive within 3 seconds"),
        ("/slow-body", "did not arrive within 3 seconds"),
        ("/silent", "stopped answering|did not arrive"),
    ],
)
def test_a_server_that_is_slow_in_any_way_is_given_up_in_time(
    hasty: Fetcher, server: FaultServer, tmp_path: Path, path: str, words: str
) -> None:
    with open_store(tmp_path / "sources.db", create=True) as store:  # type: ignore[attr-defined]
        (added,) = add(store, [server.url(path)], fetch=hasty.fetch)
        assert added.outcome == "failed"
        assert re.search(words, added.error or ""), added.error
        assert store.entries() == ()


def test_a_page_comes_with_its_address_type_and_headers(fetcher: Fetcher, server: FaultServer) -> None:
    fetched = fetcher.fetch(server.url("/good#comments"))
    assert fetched.raw == PAGE
    assert (fetched.status, fetched.media_type, fetched.charset) == (200, "text/html", "utf-8")
    assert fetched.final_uri == server.url("/good")
    assert ("etag", '"v1"') in fetched.headers
    assert fetched.fetched.tzinfo is not None


def test_connections_are_reused(fetcher: Fetcher, server: FaultServer) -> None:
    for _ in range(4):
        fetcher.fetch(server.url("/good"))
    assert (server.count("/good"), server.count("/robots.txt"), server.connections) == (4, 1, 1)


def test_redirects_are_followed_and_recorded(fetcher: Fetcher, server: FaultServer) -> None:
    fetched = fetcher.fetch(server.url("/moved"))
    assert fetched.hops == (server.url("/moved"), server.url("/moved-again"))
    assert fetched.final_uri == server.url("/good")


@pytest.mark.parametrize("path", ["/gzip", "/gzip-members", "/gzip-and-more", "/deflate"])
def test_compressed_pages_are_unpacked(fetcher: Fetcher, server: FaultServer, path: str) -> None:
    assert fetcher.fetch(server.url(path)).raw == PAGE


@pytest.mark.parametrize(
    ("path", "words", "requests"),
    [
        ("/drop", "before the whole page arrived", 3),
        ("/drop-chunked", "before the whole page arrived", 3),
        ("/gzip-cut", "before the whole page arrived", 3),
        ("/wrong-type", "image/png, not a page", 1),
        ("/brotli", "compressed as br", 1),
        ("/gzip-bomb", "larger than 2 MB", 1),
        ("/endless", "larger than 2 MB", 1),
        ("/gzip-endless", "larger than 2 MB", 1),
        ("/huge", "larger than 2 MB", 1),
        ("/empty", "the page is empty", 1),
        ("/loop", "redirects in a loop", 1),
        ("/hop0", "more than 8 redirects", 1),
        ("/nowhere", "without saying where to", 1),
        ("/to-private", "169.254.169.254, an address of a private network", 1),
        ("/to-file", "only http and https", 1),
        ("/to-garbage", "connection broke|not an address|private network", None),
        ("/missing", "404 .Not Found.; check the address", 1),
        ("/gone", "410 .Gone.; the page is gone for good", 1),
        ("/forbidden", "403 .Forbidden.; the page is not open", 1),
        ("/busy-long", "429 .Too Many Requests.; try again in 3600 seconds", 1),
        ("/broken", "500 .Internal Server Error.; try again later", 3),
        ("/not-http", "before the whole page arrived", 3),
    ],
)
def test_every_fault_is_one_line_that_says_what_to_do_and_nothing_is_stored(
    fetcher: Fetcher, server: FaultServer, tmp_path: Path, path: str, words: str, requests: int | None
) -> None:
    with open_store(tmp_path / "sources.db", create=True) as store:  # type: ignore[attr-defined]
        (added,) = add(store, [server.url(path)], fetch=fetcher.fetch)
        assert added.outcome == "failed"
        assert store.entries() == ()
    assert added.error is not None

    assert re.search(words, added.error), added.error
    assert added.error.startswith("http://")
    assert added.error.isprintable()
    if requests is not None:
        assert server.count(path) == requests


@pytest.mark.parametrize(("path", "waited"), [("/busy-once", [7.0]), ("/broken-once", [0.5]), ("/drop-once", [0.5])])
def test_what_passes_is_tried_again_after_the_wait_the_server_asks_for(
    fetcher: Fetcher, server: FaultServer, waits: list[float], path: str, waited: list[float]
) -> None:
    assert fetcher.fetch(server.url(path)).raw == PAGE
    assert waits == waited


def test_retry_after_may_be_a_date(fetcher: Fetcher, server: FaultServer, waits: list[float]) -> None:
    assert fetcher.fetch(server.url("/busy-date")).raw == PAGE
    assert 15 < waits[0] <= 20


def test_an_unchanged_page_is_not_sent_again(fetcher: Fetcher, server: FaultServer) -> None:
    first = fetcher.fetch(server.url("/conditional"))
    again = fetcher.fetch(server.url("/conditional"), etag=dict(first.headers)["etag"])
    assert (first.not_modified, again.not_modified, again.raw) == (False, True, b"")


def test_a_wrong_length_gives_what_the_server_declared(fetcher: Fetcher, server: FaultServer) -> None:
    assert fetcher.fetch(server.url("/short-length")).raw == PAGE[:70]


def test_a_wrong_charset_and_a_wrong_type_still_give_the_text(
    fetcher: Fetcher, server: FaultServer, tmp_path: Path
) -> None:
    with open_store(tmp_path / "sources.db", create=True) as store:  # type: ignore[attr-defined]
        refs = [server.url("/wrong-charset"), server.url("/lying-type")]
        added = list(add(store, refs, fetch=fetcher.fetch))
        assert [a.outcome for a in added] == ["added", "added"]
        texts = [store.source(a.source_id or "").text for a in added]
    assert texts == ["Mill\n\nThe café hired 40 people.", "Mill\n\nThe mill hired 40 people."]


def test_robots_txt_is_honoured_read_once_and_can_be_left_aside(fetcher: Fetcher, server: FaultServer) -> None:
    server.robots = answer("200 OK", "", b"User-agent: *\nDisallow: /good\nAllow: /gzip\n")
    with pytest.raises(FetchError, match=r"robots\.txt asks programs not to"):
        fetcher.fetch(server.url("/good"))
    assert fetcher.fetch(server.url("/gzip")).raw == PAGE
    assert (server.count("/good"), server.count("/robots.txt")) == (0, 1)
    with Fetcher(allow_private=["127.0.0.1"], robots=False) as bold:
        assert bold.fetch(server.url("/good")).raw == PAGE


def test_a_site_whose_robots_txt_fails_is_left_alone(fetcher: Fetcher, server: FaultServer) -> None:
    server.robots = answer("503 Service Unavailable")
    with pytest.raises(FetchError, match=r"robots\.txt"):
        fetcher.fetch(server.url("/good"))


def test_the_rules_of_a_site_are_asked_for_again_when_the_connection_breaks_and_once_for_all_its_pages(
    fetcher: Fetcher, server: FaultServer, waits: list[float]
) -> None:
    server.robots = b""  # nothing is answered and the connection closes
    original = FaultServer._answer
    try:
        FaultServer._answer = lambda self, connection, path, headers: (  # type: ignore[method-assign]
            path != "/robots.txt" and original(self, connection, path, headers)
        )
        for _ in range(2):
            with pytest.raises(FetchError, match="before the whole page arrived"):
                fetcher.fetch(server.url("/good"))
    finally:
        FaultServer._answer = original  # type: ignore[method-assign]
    assert (server.count("/robots.txt"), waits, server.count("/good")) == (3, [0.5, 1.0], 0)


def test_a_server_that_is_busy_is_left_alone_by_all(server: FaultServer) -> None:
    limits = Limits(host_delay=0.0, longest_wait=20.0)
    with Fetcher(allow_private=["127.0.0.1"], limits=limits, robots=False) as fetcher:
        with pytest.raises(FetchError, match="try again in 3600 seconds"):
            fetcher.fetch(server.url("/busy-long"))
        with pytest.raises(FetchError, match=r"/good: the server asked to be left alone; try again in 3\d\d\d sec"):
            fetcher.fetch(server.url("/good"))
    assert server.requests == ["/busy-long"]

    started: list[float] = []
    begun = time.monotonic()

    def rest(seconds: float) -> None:
        # While one waits as long as it was told, another page of the host is asked for.
        other = threading.Thread(target=lambda: started.append(fetcher.fetch(server.url("/good")).status))
        other.start()
        time.sleep(0.3)
        assert server.count("/good") == 0
        threads.append(other)

    threads: list[threading.Thread] = []
    with Fetcher(allow_private=["127.0.0.1"], limits=limits, robots=False, sleep=rest) as fetcher:
        assert fetcher.fetch(server.url("/busy-once")).raw == PAGE
        threads[0].join(timeout=30)
    assert started == [200]
    assert time.monotonic() - begun >= 6.5


def test_private_addresses_are_refused_before_anything_is_sent(server: FaultServer) -> None:
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0"):
        with pytest.raises(FetchError, match="--allow-private") as error:
            fetch(f"http://{host}:{server.port}/good")
        assert "\n" not in str(error.value)
    assert server.requests == []


def test_a_name_is_judged_by_the_addresses_it_has_when_the_connection_is_made(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo
    asked: list[object] = []

    def rebinding(host: object, port: object, *args: object, **kwargs: object) -> object:
        asked.append(host)
        return real("127.0.0.1", port, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with pytest.raises(FetchError, match=r"news\.example is 127\.0\.0\.1"):
        fetch(f"http://news.example:{server.port}/good")
    assert asked == ["news.example"]
    assert server.requests == []
    # The address that was checked is the one connected to: the name is not resolved a second time.
    with Fetcher(allow_private=["news.example"]) as allowed:
        assert allowed.fetch(f"http://news.example:{server.port}/good").raw == PAGE
    assert set(asked) <= {"news.example", "127.0.0.1"}


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("10.0.0.1", False),
        ("172.16.5.5", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("::127.0.0.1", False),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("ftp://example.org/", "only http and https"),
        ("http://", "only http and https"),
        ("http://user:secret@example.org/", "leave it out"),
        ("http://[::1", "not an address"),
        ("http://exa mple.org/", "no server of that name|not an address"),
        ("http://does-not-exist.invalid/", "no server of that name"),
    ],
)
def test_an_address_that_cannot_be_fetched_is_refused_in_one_line(uri: str, words: str) -> None:
    with pytest.raises(FetchError, match=words) as error:
        fetch(uri)
    assert "\n" not in str(error.value)


def test_a_page_of_a_web_archive_keeps_its_own_address_and_capture_date(
    fetcher: Fetcher, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:

    from factcheck import fetch as module

    host = re.escape(f"127.0.0.1:{server.port}")
    pattern = module._ARCHIVED.pattern.replace(r"web\.archive\.org", host)
    monkeypatch.setattr(module, "_ARCHIVED", re.compile(pattern))
    original = FaultServer._answer

    def archive(self: FaultServer, connection: socket.socket, path: str, headers: dict[str, str]) -> bool:
        return original(self, connection, "/good" if path.startswith("/web/") else path, headers)

    monkeypatch.setattr(FaultServer, "_answer", archive)
    fetched = fetcher.fetch(server.url("/web/20190606123000id_/https://news.example/mill?a=1"))
    assert fetched.final_uri == "https://news.example/mill?a=1"
    assert fetched.fetched == dt.datetime(2019, 6, 6, 12, 30, tzinfo=dt.UTC)
    assert fetched.hops[-1].startswith("http://127.0.0.1")


@pytest.mark.parametrize(
    ("address", "original"),
    [
        ("https://web.archive.org/web/20190606123000/https://news.example/a?b=1", "https://news.example/a?b=1"),
        ("http://archive.ph/20190606123000/http://news.example/a", "http://news.example/a"),
        (
            "https://webarchive.nationalarchives.gov.uk/ukgwa/20190606123000/https://gov.example/",
            "https://gov.example/",
        ),
        ("https://www.webarchive.org.uk/wayback/archive/20190606123000mp_/news.example/a", "news.example/a"),
        ("https://webarchive.evil.example/web/20190606123000/https://news.example/a", None),
        ("https://web.archive.org.evil.example/web/20190606123000/https://news.example/a", None),
        ("https://evil.example/web.archive.org/web/20190606123000/https://news.example/a", None),
    ],
)
def test_only_archives_that_are_known_speak_for_other_sites(address: str, original: str | None) -> None:
    from factcheck.fetch import _ARCHIVED

    match = _ARCHIVED.match(address)
    assert (match["uri"] if match else None) == original


def test_one_host_gets_few_requests_at_once_and_with_a_pause_between(server: FaultServer) -> None:
    limits = Limits(host_delay=0.15, host_connections=1)
    with Fetcher(allow_private=["127.0.0.1"], limits=limits, robots=False) as fetcher:
        begun = time.monotonic()
        threads = [threading.Thread(target=fetcher.fetch, args=(server.url("/good"),)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert time.monotonic() - begun >= 0.45
    assert server.count("/good") == 4
