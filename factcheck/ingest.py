"""Adding sources and looking at them again: bytes are brought, read, cut, annotated, embedded and kept.

What is slow or hostile happens beside the rest: pages are fetched several at a time,
and many documents are read in processes of their own, where one that hangs, crashes
or eats memory is a line in the report and stops nothing. What is kept is kept in the
order given, each source whole or not at all, so that a run that was broken off can be
repeated. Nothing here prints or knows a command line.
"""

from __future__ import annotations

import datetime as dt
import difflib
import glob
import hashlib
import itertools
import os
import re
import signal
import sys
import unicodedata
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote, urlsplit

from factcheck.domain import Passage, Source
from factcheck.errors import ClusterError, FactcheckError
from factcheck.sources import (
    WEB_ADDRESS,
    SourceError,
    current,
    file_uri,
    find,
    holds_credentials,
    without_credentials,
)
from factcheck.stores import Snapshot, SourceEntry, Store

if TYPE_CHECKING:
    from concurrent.futures import Future

    import numpy as np

    from factcheck.fetch import Fetched
    from factcheck.readers import Document, Reading
    from factcheck.retrieve import Embeds

Annotate = Callable[[Sequence[Passage]], Sequence[Passage]]
Fetch = Callable[..., "Fetched"]
# Told after every reference: how many are done, of how many that are known by now.
Progress = Callable[[int, int], None]

# A file larger than this is not a document that a person reads.
MAX_FILE_BYTES = 50_000_000
# Pages that are fetched at once, and how many of them from one host.
PAGES_AT_ONCE = 8
PAGES_OF_A_HOST = 2
# References whose bytes are brought before their turn: enough that one slow host keeps no other waiting.
AHEAD = 24
# Documents that wait at once for other machines to find the names in them.
ELSEWHERE = 64
# Fewer documents than this are read sooner here than processes for them are started.
WORTH_PROCESSES = 8
# What reading one document in its own process may take: seconds, and as many more as its size asks for.
READING_SECONDS = 120.0
READING_BYTES_A_SECOND = 20_000
READING_MEMORY = 3_000_000_000
# A feed gives pages and a sitemap further sitemaps; what those give in turn is not followed.
DEPTH = 2


@dataclass(frozen=True, kw_only=True)
class Added:
    """What became of one path or URL: ``outcome`` is added, unchanged, updated or failed.

    A failed one has its ``error`` and no ``source_id``; ``notes`` are things worth telling the user.
    """

    ref: str
    outcome: str
    source_id: str | None = None
    title: str | None = None
    passages: int = 0
    error: str | None = None
    notes: tuple[str, ...] = ()


def add(
    store: Store,
    refs: Iterable[str],
    *,
    title: str | None = None,
    published: dt.date | None = None,
    publisher: str | None = None,
    source_id: str | None = None,
    fetch: Fetch | None = None,
    embed: Callable[[], Embeds] | None = None,
    annotate: Annotate | None = None,
    processes: int = 1,
    resume: bool = False,
    progress: Progress = lambda done, known: None,
    elsewhere: bool = False,
) -> Iterator[Added]:
    """Add paths, folders, globs, lists and URLs, yielding what became of each; one that fails never stops the rest.

    The same bytes twice change nothing, and a page that the store has is asked for with
    its ETag, so a run that was broken off can simply be repeated; ``resume`` leaves out
    even unread what has an address in the store. Changed bytes at a known address become
    a new source that supersedes the older one. ``fetch`` None refuses URLs (offline).

    ``embed`` loads the embedder and is called only when something is new; ``annotate``
    adds mentions and structure to passages. With ``processes`` above 1, many documents
    are read in that many processes; ``annotate`` must then be a module's function, and
    the caller's main module importable, as for ``multiprocessing``. ``elsewhere`` says that
    ``annotate`` asks other machines: it is then called from threads here, for many documents at once.
    """
    wanted = list(expand(refs))
    many = processes if len(wanted) >= WORTH_PROCESSES else 1
    with _Ingest(store, fetch, embed, _Readers(annotate, many, elsewhere), resume=resume, progress=progress) as ingest:
        ingest.about = {"title": title, "published": published, "publisher": publisher}
        ingest.source_id = source_id
        for _, added in ingest.run(wanted):
            yield added


def add_pages(
    store: Store,
    pages: Iterable[Fetched],
    *,
    embed: Callable[[], Embeds] | None = None,
    annotate: Annotate | None = None,
) -> Iterator[Added]:
    """Add pages that were captured elsewhere, such as an archive's, with the day they were captured."""
    with _Ingest(store, None, embed, _Readers(annotate, 1)) as ingest:
        for page in pages:
            yield from ingest.one(page.uri, _Brought(raw=page.raw, name=page.final_uri, page=page))


def expand(refs: Iterable[str], depth: int = 0) -> Iterator[str]:
    """The files of folders and globs in name order, and the lines of "@lists"; anything else as it is.

    A line of a list may be anything that can be added; a path in it is one from the
    working folder, or else from the list's. "@-" reads the list from standard input.
    """
    for ref in refs:
        path = Path(ref)
        try:
            if ref.startswith("@") and depth < 3 and (ref == "@-" or Path(ref[1:]).is_file()):
                yield from expand(_lines(ref[1:]), depth + 1)
            elif not WEB_ADDRESS.match(ref) and path.is_dir():
                yield from _inside(path) or [ref]
            elif not WEB_ADDRESS.match(ref) and re.search(r"[*?\[]", ref) and not path.exists():
                found = sorted(glob.glob(ref, recursive=True))
                yield from [file for name in found for file in (_inside(Path(name)) if Path(name).is_dir() else [name])]
                if not found:
                    yield ref
            else:
                yield ref
        except (OSError, ValueError):
            yield ref


def _inside(folder: Path) -> list[str]:
    """The files of a folder that a reader is for, without hidden ones."""
    from factcheck.readers import READERS

    readable = {suffix for _, suffixes in READERS.values() for suffix in suffixes}
    inside = sorted(file for file in folder.rglob("*") if file.suffix.lower() in readable and file.is_file())
    return [str(file) for file in inside if not any(p.startswith(".") for p in file.relative_to(folder).parts)]


def _lines(name: str) -> Iterator[str]:
    text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8", errors="replace")
    for line in map(str.strip, text.lstrip("\ufeff").splitlines()):
        if line and not line.startswith("#"):
            beside = Path(name).parent / line
            elsewhere = not WEB_ADDRESS.match(line) and not Path(line).exists() and beside.exists()
            yield str(beside) if elsewhere else line


# -- bringing bytes ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Brought:
    """Bytes to read, and how they came: a path on this machine or a fetched page."""

    raw: bytes
    name: str
    path: Path | None = None
    page: Fetched | None = None

    @property
    def document(self) -> Document:
        from factcheck.readers import Document

        if self.page is None:
            return Document(raw=self.raw, name=self.name)
        return Document(raw=self.raw, name=self.name, media_type=self.page.media_type, charset=self.page.charset)


def _bring_file(ref: str) -> _Brought:
    path = Path(ref)
    try:
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "not a file" if path.exists() else "no such file"
            raise SourceError(f"{ref}: {kind}; name a text, Markdown or HTML file")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise SourceError(
                f"{ref}: {size / 1e6:.0f} MB is over the limit of {MAX_FILE_BYTES / 1e6:.0f} MB; split it"
            )
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"{ref}: {reason}; check the name and its permissions") from error
    if not raw.strip():
        raise SourceError(f"{ref}: the file is empty; check that it was saved")
    return _Brought(raw=raw, name=path.name, path=path)


class _Pages:
    """Fetches several pages at once. While a host has its share of them, pages of other hosts go first."""

    def __init__(self, fetch: Fetch | None) -> None:
        from threading import Lock

        self._fetch = fetch
        self._lock = Lock()
        self._waiting: list[tuple[str, dict[str, str], Future[Fetched]]] = []
        self._at: Counter[str] = Counter()
        self._pool: Any = None

    def bring(self, ref: str, conditions: dict[str, str]) -> Callable[[], _Brought]:
        """Begin to fetch a page; what is returned waits for it."""
        from concurrent.futures import Future, ThreadPoolExecutor

        if self._fetch is None:
            raise SourceError(f"{ref}: not fetched, because this run is offline; run it again without --offline")
        self._pool = self._pool or ThreadPoolExecutor(PAGES_AT_ONCE, thread_name_prefix="fetch")
        future: Future[Fetched] = Future()
        with self._lock:
            self._waiting.append((ref, conditions, future))
        self._start()

        def brought() -> _Brought:
            page = future.result()
            return _Brought(raw=page.raw, name=page.final_uri, page=page)

        return brought

    def _start(self) -> None:
        with self._lock:
            while self._at.total() < PAGES_AT_ONCE:
                free = (n for n, (ref, _, _) in enumerate(self._waiting) if self._at[_host(ref)] < PAGES_OF_A_HOST)
                place = next(free, None)
                if place is None:
                    return
                ref, conditions, future = self._waiting.pop(place)
                self._at[_host(ref)] += 1
                self._pool.submit(self._run, ref, conditions, future)

    def _run(self, ref: str, conditions: dict[str, str], future: Future[Fetched]) -> None:
        assert self._fetch is not None
        try:
            future.set_result(self._fetch(ref, **conditions))
        except BaseException as error:  # raised again where the page is waited for
            future.set_exception(error)
        with self._lock:
            self._at[_host(ref)] -= 1
        self._start()

    def close(self) -> None:
        with self._lock:
            self._waiting.clear()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)


def _host(ref: str) -> str:
    with suppress(ValueError):
        return urlsplit(ref).netloc.lower()
    return ref


# -- reading ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Read:
    """One reading of a document, cut into passages that do not have their source's id yet."""

    reading: Reading
    passages: tuple[Passage, ...]
    notes: tuple[str, ...] = ()


def _read(document: Document, annotate: Annotate | None) -> list[_Read]:
    from factcheck.passages import split
    from factcheck.readers import read

    readings = [
        _Read(reading=reading, passages=tuple(split(reading.text, "", reading.blocks)), notes=tuple(reading.notes))
        for reading in read(document)
    ]
    return readings if annotate is None else [_annotated(one, annotate) for one in readings]


def _annotated(one: _Read, annotate: Annotate) -> _Read:
    try:
        return replace(one, passages=tuple(annotate(one.passages))) if one.passages else one
    except ImportError as error:
        note = f"names were not found in it, because {error.name or 'spaCy'} is not installed"
        return replace(one, notes=(*one.notes, note))


def _start_reader() -> None:
    """In a reading process: an interrupt is the main process's affair, and memory has an end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Every core has a process already.
    os.environ["OMP_NUM_THREADS"] = "1"
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (READING_MEMORY, READING_MEMORY))


class _Readers:
    """Reads documents: here when they are asked for, or ahead of that in ``processes``.

    Where names are found ``elsewhere``, a thread for each document waits for them.
    """

    def __init__(self, annotate: Annotate | None, processes: int, elsewhere: bool = False) -> None:
        self.annotate = annotate
        self.processes = processes
        self.ahead = ELSEWHERE if elsewhere else 2 * processes if processes > 1 else 0
        self._pool: Any = None
        self._threads: Any = None
        if elsewhere:
            from concurrent.futures import ThreadPoolExecutor

            self._threads = ThreadPoolExecutor(ELSEWHERE, thread_name_prefix="annotate")

    def begin(self, document: Document) -> Callable[[], list[_Read]]:
        """Begin to read; what is returned gives the readings, or raises ``SourceError`` without the name of it."""
        if self._threads is None or self.annotate is None:
            return self._begin(document, self.annotate)
        annotate, readings = self.annotate, self._begin(document, None)
        found: Future[list[_Read]] = self._threads.submit(lambda: [_annotated(one, annotate) for one in readings()])
        return found.result

    def _begin(self, document: Document, annotate: Annotate | None) -> Callable[[], list[_Read]]:
        if self.processes <= 1:
            return lambda: _read(document, annotate)
        import multiprocessing

        from pebble import ProcessPool

        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=self.processes,
                initializer=_start_reader,
                context=multiprocessing.get_context("spawn"),
            )
        seconds = READING_SECONDS + len(document.raw) / READING_BYTES_A_SECOND
        future = self._pool.schedule(_read, args=(document, annotate), timeout=seconds)

        def readings() -> list[_Read]:
            from pebble import ProcessExpired

            try:
                found: list[_Read] = future.result()
            except TimeoutError:
                raise SourceError(f"reading it took longer than {seconds:.0f} seconds; save it as text") from None
            except ProcessExpired:
                raise SourceError("reading it brought the reader down; save it as text") from None
            return found

        return readings

    def close(self, *, now: bool) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=not now, cancel_futures=True)
        if self._pool is not None:
            if now:
                self._pool.stop()
            else:
                self._pool.close()
            self._pool.join()


# -- keeping ---------------------------------------------------------------------------------------


@dataclass
class _Ingest:
    """The way of references into a store. The models are loaded once, and only when something is new."""

    store: Store
    fetch: Fetch | None
    load_embedder: Callable[[], Embeds] | None
    readers: _Readers
    resume: bool = False
    progress: Progress = lambda done, known: None
    about: dict[str, Any] = field(default_factory=dict)
    source_id: str | None = None
    embedder: Embeds | None = None
    done: int = 0
    known: int = 0

    def __enter__(self) -> Self:
        self._open = ExitStack()
        self._pages = _Pages(self.fetch)
        self._open.callback(self._pages.close)
        self._copies = _Copies(self.store)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._open.close()
        self.readers.close(now=kind is not None)
        if kind is None and self.embedder is not None:
            self.store.pack(self.embedder.model_id)

    def run(self, refs: Sequence[str], depth: int = 0) -> Iterator[tuple[int, Added]]:
        """What became of each reference, with its place in ``refs``: at least one for each, in their order."""
        self.known += len(refs)
        waiting: deque[tuple[int, str, Iterator[Added]]] = deque()

        def first() -> Iterator[tuple[int, Added]]:
            number, ref, finish = waiting.popleft()
            yield from ((number, added) for added in self._each(ref, finish))
            self.done += 1
            self.progress(self.done, self.known)

        for number, (written, brought) in enumerate(self._brought(refs)):
            ref = without_credentials(written)
            waiting.append((number, ref, self._begin(ref, brought, depth)))
            while len(waiting) > self.readers.ahead:
                yield from first()
        while waiting:
            yield from first()

    def one(self, ref: str, brought: _Brought) -> Iterator[Added]:
        """What became of bytes that are already here."""
        yield from self._each(ref, self._begin(ref, lambda: brought, DEPTH))

    def _each(self, ref: str, finish: Iterator[Added]) -> Iterator[Added]:
        try:
            yield from finish
        except ClusterError:  # nobody is left to ask for any document
            raise
        except Exception as error:  # a document that breaks a reader must not take the others with it
            yield Added(ref=ref, outcome="failed", error=_in_words(ref, error))

    def _brought(self, refs: Sequence[str]) -> Iterator[tuple[str, Callable[[], _Brought | SourceEntry]]]:
        """Each reference with a way to its bytes, in order; pages of later ones are being fetched."""
        waiting: deque[tuple[str, Callable[[], _Brought | SourceEntry]]] = deque()
        for ref in refs:
            waiting.append((ref, self._bring(ref)))
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        yield from waiting

    def _bring(self, ref: str) -> Callable[[], _Brought | SourceEntry]:
        """A way to the bytes of a reference, or to the source that has them."""
        page = WEB_ADDRESS.match(ref) is not None
        if page and holds_credentials(ref):
            shown = without_credentials(ref)
            return _raising(SourceError(f"{shown}: the address holds a user name or password; leave it out"))
        seen: SourceEntry | None = None
        if page or self.resume:
            address = ref if page else file_uri(ref, self.store)
            seen = next(iter(current(self.store.find_sources(uris=[address]))), None)
        if seen is not None and self.resume:
            return lambda: seen
        if not page:
            return lambda: _bring_file(ref)
        try:
            bring = self._pages.bring(ref, conditions(self.store, seen))
        except SourceError as error:
            return _raising(error)

        def brought() -> _Brought | SourceEntry:
            found = bring()
            return seen if seen is not None and found.page is not None and found.page.not_modified else found

        return brought

    def look_again(self, entry: SourceEntry) -> Callable[[], _Brought]:
        """A way to the bytes that a source's address has now."""
        if not WEB_ADDRESS.match(entry.uri):
            base = self.store.folder or Path()
            return lambda: _bring_file(str(base / entry.uri))
        try:
            return self._pages.bring(entry.uri, conditions(self.store, entry))
        except SourceError as error:
            return _raising(error)

    def _begin(self, ref: str, bring: Callable[[], _Brought | SourceEntry], depth: int) -> Iterator[Added]:
        """Begin to read a reference; what is returned keeps its readings and tells of them."""
        try:
            brought = bring()
            if isinstance(brought, SourceEntry):
                return iter([self._unchanged(ref, brought, ())])
            sha256 = hashlib.sha256(brought.raw).hexdigest()
            if known := self.store.find_sources(hashes=[sha256]):
                return iter([self._unchanged(ref, known[0], self._addresses(ref, brought))])
            return self._finish(ref, brought, self.readers.begin(brought.document), depth)
        except Exception as error:  # told when its turn comes
            return iter(_raising(error), None)

    def _addresses(self, ref: str, brought: _Brought) -> list[str]:
        if brought.page is not None:
            return list(dict.fromkeys([brought.page.final_uri, ref]))
        assert brought.path is not None
        return [file_uri(brought.path, self.store)]

    def _finish(self, ref: str, brought: _Brought, readings: Callable[[], list[_Read]], depth: int) -> Iterator[Added]:
        from factcheck.readers import ReadError

        try:
            found = readings()
        except (ReadError, SourceError) as error:
            raise SourceError(f"{ref}: {error}") from error
        page = brought.page
        whole = len(found) == 1
        addresses = self._addresses(ref, brought)
        snapshot = Snapshot(raw=brought.raw)
        if page is not None:
            snapshot = Snapshot(
                raw=page.raw, headers=page.headers, status=page.status, final_uri=page.final_uri, hops=page.hops
            )
        followed = [one.reading.follow for one in found if one.reading.follow] if self.fetch and depth < DEPTH else []
        pages = itertools.groupby(self.run(followed, depth + 1), key=lambda result: result[0])
        for one in found:
            if followed and one.reading.follow:
                kept_summary = False
                for _, added in next(pages)[1]:
                    # A page that cannot be had leaves what the feed says of it.
                    kept_summary = added.outcome == "failed" and bool(one.reading.text.strip())
                    if not kept_summary:
                        yield added
                if not kept_summary:
                    continue
            if not one.reading.text.strip():
                raise SourceError(f"{ref}: its pages are not fetched, because this run is offline")
            address = addresses[0] if whole else without_credentials(one.reading.uri or addresses[0])
            yield self._keep(
                ref,
                replace(one, reading=replace(one.reading, **{k: v for k, v in self.about.items() if v})),
                uri=address,
                addresses=addresses if whole else [address],
                snapshot=snapshot if whole else Snapshot(raw=one.reading.text.encode("utf-8", "surrogatepass")),
                fetched=page.fetched if page is not None else None,
                source_id=self.source_id if whole and depth == 0 else None,
            )

    def _unchanged(self, ref: str, known: SourceEntry, addresses: Sequence[str]) -> Added:
        for address in addresses:
            if address not in known.uris and not self.store.read_only:
                self.store.add_uri(known.id, address)
        asked = self.source_id not in (None, known.id)
        return Added(
            ref=ref,
            outcome="unchanged",
            source_id=known.id,
            title=known.title,
            passages=known.passages,
            notes=(f"these bytes are already in the store as {known.id}",) if asked else (),
        )

    def _keep(
        self,
        ref: str,
        one: _Read,
        *,
        uri: str,
        addresses: Sequence[str],
        snapshot: Snapshot,
        fetched: dt.datetime | None,
        source_id: str | None,
    ) -> Added:
        reading, notes = one.reading, list(one.notes)
        sha256 = hashlib.sha256(snapshot.raw).hexdigest()
        if known := self.store.find_sources(hashes=[sha256]):
            return replace(self._unchanged(ref, known[0], ()), notes=())
        older = current(self.store.find_sources(uris=addresses))
        name = source_id or _new_id(uri, reading.title, self.store)
        if not re.fullmatch(r"[\w.-]{1,64}", name):
            raise SourceError(f"{ref}: {name!r} cannot be an id; use up to 64 letters, digits, dots and hyphens")
        if taken := self.store.find_sources(ids=[name]):
            raise SourceError(f"{ref}: the id {name} is taken by {taken[0].uri}; choose another with --id")
        source = Source(
            id=name,
            uri=uri,
            sha256=sha256,
            text=reading.text,
            title=reading.title,
            publisher=reading.publisher,
            author=reading.author,
            published=reading.published,
            modified=reading.modified,
            fetched=fetched,
            media_type=reading.media_type,
        )
        passages = [replace(passage, source_id=name) for passage in one.passages]
        vectors = self._vectors(source, passages, notes)
        signature, original = self._copies.look(source.text, {entry.id for entry in older})
        self.store.add_source(
            source,
            passages,
            snapshot,
            supersedes=older[-1].id if older else None,
            vectors=vectors,
            uris=addresses,
            signature=signature,
            copy_of=original,
        )
        self._copies.keep(name, signature)
        if original:
            notes.append(f"it says nearly the same as {original}; the two count as one source")
        return Added(
            ref=ref,
            outcome="updated" if older else "added",
            source_id=name,
            title=source.title,
            passages=len(passages),
            notes=tuple(notes),
        )

    def _vectors(self, source: Source, passages: Sequence[Passage], notes: list[str]) -> tuple[str, np.ndarray] | None:
        if self.load_embedder is None:
            return None
        from factcheck.retrieve import embedding_texts

        try:
            self.embedder = self.embedder or self.load_embedder()
        except ImportError as error:
            notes.append(f"it can be found by words only, because {error.name or 'the model runtime'} is not installed")
            return None
        return self.embedder.model_id, self.embedder.embed(embedding_texts(source.title, passages))


def _raising(error: Exception) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return fail


def _in_words(ref: str, error: Exception) -> str:
    if isinstance(error, FactcheckError):
        return str(error)
    words = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return f"{ref}: it could not be read ({words}); save it as text"


def conditions(store: Store, entry: SourceEntry | None) -> dict[str, str]:
    """What to ask a server for, so that it sends a page only when it is not the one in the store."""
    snapshot = store.snapshot(entry.id) if entry is not None else None
    headers = dict(snapshot.headers) if snapshot else {}
    asked = {"etag": headers.get("etag"), "last_modified": headers.get("last-modified")}
    return {name: value for name, value in asked.items() if value}


_ID_LENGTH = 40


def _new_id(uri: str, title: str | None, store: Store) -> str:
    """A short id a person can type: the file's name, or the title or last part of a web address."""
    if WEB_ADDRESS.match(uri):
        try:
            parts = urlsplit(uri)
        except ValueError:  # a feed may name any address, "http://[::1" too
            parts = urlsplit("")
        last = next((part for part in reversed(unquote(parts.path).split("/")) if re.search(r"[^\W\d_]{3}", part)), "")
        candidates = [title or "", re.sub(r"\.\w{2,5}$", "", last), parts.hostname or ""]
    else:
        candidates = [PurePosixPath(uri).stem, title or ""]
    slug = next((slug for slug in map(_slug, candidates) if len(slug) >= 3), "source")
    first, more = 1, 16
    while True:
        names = [slug if number == 1 else f"{slug}-{number}" for number in range(first, first + more)]
        taken = {entry.id for entry in store.find_sources(ids=names)}
        if free := next((name for name in names if name not in taken), None):
            return free
        first, more = first + more, 4 * more


def _slug(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()
    slug = re.sub(r"[^\w]+", "-", plain).replace("_", "-").strip("-")
    if len(slug) > _ID_LENGTH:
        slug = slug[: _ID_LENGTH + 1].rpartition("-")[0] or slug[:_ID_LENGTH]
    return slug


# -- near copies ---------------------------------------------------------------------------

# Agency copy that a paper shortens or heads anew shares most runs of five words; two reports
# of one event by two reporters share few. The estimate's standard error at 0.6 is 0.06.
NEARLY_THE_SAME = 0.6
_PERMUTATIONS = 64
# A text shorter than a paragraph is not a report that could be someone's copy.
_LEAST_WORDS = 40


class _Copies:
    """Knows the texts of a store by MinHash over runs of five words, and finds what a new one is a copy of."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ids: list[str] | None = None

    def look(self, text: str, older: set[str]) -> tuple[bytes | None, str | None]:
        """(the text's signature, the id of the source it is a copy of), leaving out earlier snapshots of its own."""
        words = re.findall(r"\w+", text.casefold())
        if len(words) < _LEAST_WORDS:
            return None, None
        try:
            from datasketch import MinHash
        except ImportError:
            return None, None
        import numpy as np

        sketch = MinHash(num_perm=_PERMUTATIONS, seed=1)
        sketch.update_batch([" ".join(words[at : at + 5]).encode() for at in range(len(words) - 4)])
        signature = np.asarray(sketch.hashvalues, np.uint64)
        if self._ids is None:
            known = self._store.signatures()
            self._ids = list(known)
            self._rows = np.frombuffer(b"".join(known.values()), np.uint64).reshape(-1, _PERMUTATIONS)
        likeness = (self._rows[: len(self._ids)] == signature).mean(axis=1)
        for place in np.flatnonzero(likeness >= NEARLY_THE_SAME).tolist():
            if self._ids[place] not in older and (found := self._store.find_sources(ids=[self._ids[place]])):
                return signature.tobytes(), found[0].copy_of or found[0].id
        return signature.tobytes(), None

    def keep(self, source_id: str, signature: bytes | None) -> None:
        """Know one more text."""
        if signature is None or self._ids is None:
            return
        import numpy as np

        if len(self._ids) == len(self._rows):
            more = np.empty((max(64, len(self._rows)), _PERMUTATIONS), np.uint64)
            self._rows = np.concatenate([self._rows, more])
        self._rows[len(self._ids)] = np.frombuffer(signature, np.uint64)
        self._ids.append(source_id)


# -- seeing whether sources changed ----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Refreshed:
    """What became of a source's address: ``outcome`` is unchanged, changed or failed.

    A changed one has the ``new_id`` of its new snapshot and ``difference``, the lines of
    a unified diff of the two texts.
    """

    source_id: str
    uri: str
    outcome: str
    new_id: str | None = None
    difference: tuple[str, ...] = ()
    error: str | None = None


def refresh(
    store: Store,
    refs: Iterable[str] = (),
    *,
    fetch: Fetch | None = None,
    embed: Callable[[], Embeds] | None = None,
    annotate: Annotate | None = None,
    progress: Progress = lambda done, known: None,
) -> Iterator[Refreshed]:
    """Look at the addresses of sources again (all current ones when none is named) and keep what changed.

    Pages are asked for with their ETag and Last-Modified, several at once. A page whose
    bytes changed and whose text did not (another advertisement, another clock) is
    unchanged. The older snapshot always stays.
    """
    wanted = [find(store, ref) for ref in refs] or list(current(store.entries()))
    with _Ingest(store, fetch, embed, _Readers(annotate, 1)) as ingest:
        waiting: deque[tuple[SourceEntry, Callable[[], _Brought]]] = deque()
        rest = iter(wanted)
        for done in range(1, len(wanted) + 1):
            for entry in itertools.islice(rest, AHEAD + 1 - len(waiting)):
                waiting.append((entry, ingest.look_again(entry)))
            entry, bring = waiting.popleft()
            try:
                yield _refreshed(store, entry, ingest, bring())
            except Exception as error:  # as in adding, one page must not take the others with it
                yield Refreshed(source_id=entry.id, uri=entry.uri, outcome="failed", error=_in_words(entry.uri, error))
            progress(done, len(wanted))


def _refreshed(store: Store, entry: SourceEntry, ingest: _Ingest, brought: _Brought) -> Refreshed:
    from factcheck.readers import ReadError, read

    unchanged = Refreshed(source_id=entry.id, uri=entry.uri, outcome="unchanged")
    if brought.page is not None and brought.page.not_modified:
        return unchanged
    if hashlib.sha256(brought.raw).hexdigest() == entry.sha256:
        return unchanged
    old = store.source(entry.id)
    before = old.text if old else ""
    try:
        readings = read(brought.document)
    except ReadError as error:
        raise SourceError(f"{entry.uri}: {error}") from error
    if len(readings) == 1 and readings[0].text == before and readings[0].title == entry.title:
        return unchanged
    added = list(ingest.one(entry.uri, brought))
    for one in added:
        if one.error:
            raise SourceError(one.error)
    new = store.source(added[0].source_id or "")
    lines = difflib.unified_diff(
        before.splitlines(), (new.text if new else "").splitlines(), entry.id, new.id if new else "", lineterm="", n=0
    )
    return Refreshed(
        source_id=entry.id, uri=entry.uri, outcome="changed", new_id=new.id if new else None, difference=tuple(lines)
    )


__all__ = ["Added", "Refreshed", "add", "add_pages", "conditions", "expand", "refresh"]
