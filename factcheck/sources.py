"""Adding, listing, showing and removing sources: what the ``factcheck sources`` commands do.

Each use case takes the store and, where it needs one, a fetcher, an embedder or an
annotator as arguments; nothing here prints or knows a command line.
"""

from __future__ import annotations

import datetime as dt
import glob
import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from factcheck.domain import Claim, Passage, Source
from factcheck.errors import FactcheckError
from factcheck.stores import Snapshot, SourceEntry, Store, StoreError

if TYPE_CHECKING:
    from factcheck.fetch import Fetched
    from factcheck.readers import Reading
    from factcheck.retrieve import Embeds

Annotate = Callable[[Sequence[Passage]], Sequence[Passage]]

# A file larger than this is not a document that a person reads.
MAX_FILE_BYTES = 50_000_000

_URL = re.compile(r"https?://", re.IGNORECASE)


class SourceError(FactcheckError):
    """A source that could not be read, fetched or found: one line, with what to do."""


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


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which sources a claim may be checked against, and which of those it names are not in the store."""

    source_ids: tuple[str, ...]
    missing: tuple[str, ...] = ()


# -- adding -------------------------------------------------------------------------------


def add(
    store: Store,
    refs: Iterable[str],
    *,
    title: str | None = None,
    published: dt.date | None = None,
    publisher: str | None = None,
    source_id: str | None = None,
    fetch: Callable[[str], Fetched] | None = None,
    embed: Callable[[], Embeds] | None = None,
    annotate: Annotate | None = None,
    jobs: int = 4,
) -> Iterator[Added]:
    """Add paths, folders, globs, lists and URLs, yielding what became of each; one that fails never stops the rest.

    The same bytes twice change nothing, so a run that was broken off can simply be
    repeated. Changed bytes at a known address become a new source that supersedes the
    older one. ``fetch`` None refuses URLs (offline); pages are fetched ``jobs`` at a
    time and kept in the order given. ``embed`` is a callable that loads the embedder,
    called only when something is added. ``annotate`` adds mentions and structure to
    passages. "@list.txt" adds every line of a file.
    """
    ingest = _Ingest(store, embed, annotate, title=title, published=published, publisher=publisher)
    for ref, bring in _ahead(expand(refs), fetch, jobs):
        try:
            yield from ingest.add(ref, bring(), fetch, source_id)
        except FactcheckError as error:
            yield Added(ref=ref, outcome="failed", error=str(error))


def add_pages(
    store: Store,
    pages: Iterable[Fetched],
    *,
    embed: Callable[[], Embeds] | None = None,
    annotate: Annotate | None = None,
) -> Iterator[Added]:
    """Add pages that were captured elsewhere, such as an archive's, with the day they were captured."""
    ingest = _Ingest(store, embed, annotate)
    for page in pages:
        try:
            yield from ingest.add(page.uri, _Brought(raw=page.raw, name=page.final_uri, page=page), None)
        except FactcheckError as error:
            yield Added(ref=page.uri, outcome="failed", error=str(error))


def expand(refs: Iterable[str]) -> Iterator[str]:
    """The files of folders and globs in name order, and the lines of "@lists"; anything else as it is."""
    from factcheck.readers import READERS

    readable = {suffix for _, suffixes in READERS.values() for suffix in suffixes}
    for ref in refs:
        path = Path(ref)
        try:
            if ref.startswith("@") and Path(ref[1:]).is_file():
                lines = Path(ref[1:]).read_text(encoding="utf-8", errors="replace").splitlines()
                yield from (line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))
            elif not _URL.match(ref) and path.is_dir():
                inside = sorted(file for file in path.rglob("*") if file.suffix.lower() in readable and file.is_file())
                found = [str(file) for file in inside if not any(part.startswith(".") for part in file.parts)]
                yield from found or [ref]
            elif not _URL.match(ref) and re.search(r"[*?\[]", ref) and not path.exists():
                yield from sorted(glob.glob(ref, recursive=True)) or [ref]
            else:
                yield ref
        except (OSError, ValueError):
            yield ref


def _ahead(
    refs: Iterable[str], fetch: Callable[[str], Fetched] | None, jobs: int
) -> Iterator[tuple[str, Callable[[], _Brought]]]:
    """Each reference with a way to get its bytes; pages are being fetched while earlier ones are read."""
    from collections import deque
    from concurrent.futures import ThreadPoolExecutor

    waiting: deque[tuple[str, Callable[[], _Brought]]] = deque()
    with ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="fetch") as pool:
        try:
            for ref in refs:
                if _URL.match(ref):
                    waiting.append((ref, pool.submit(_bring_page, ref, fetch).result))
                else:
                    waiting.append((ref, lambda ref=ref: _bring_file(ref)))  # type: ignore[misc]
                if len(waiting) > 2 * jobs:
                    yield waiting.popleft()
            while waiting:
                yield waiting.popleft()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True, kw_only=True)
class _Brought:
    """Bytes to read, and how they came: a path on this machine or a fetched page."""

    raw: bytes
    name: str
    path: Path | None = None
    page: Fetched | None = None


def _bring_page(ref: str, fetch: Callable[[str], Fetched] | None) -> _Brought:
    if fetch is None:
        raise SourceError(f"{ref}: not fetched, because this run is offline; run it again without --offline")
    page = fetch(ref)
    return _Brought(raw=page.raw, name=page.final_uri, page=page)


def _bring_file(ref: str) -> _Brought:
    raw, path = _read_file(ref)
    return _Brought(raw=raw, name=path.name, path=path)


@dataclass
class _Ingest:
    """Reads, cuts, annotates, embeds and keeps: the models are loaded once, and only when something is new."""

    store: Store
    load_embedder: Callable[[], Embeds] | None
    annotate: Annotate | None
    title: str | None = None
    published: dt.date | None = None
    publisher: str | None = None
    embedder: Embeds | None = None

    def add(
        self,
        ref: str,
        brought: _Brought,
        fetch: Callable[[str], Fetched] | None,
        source_id: str | None = None,
        depth: int = 0,
    ) -> Iterator[Added]:
        from factcheck.readers import Document, ReadError, read

        page = brought.page
        if page is not None:
            document = Document(raw=page.raw, name=page.final_uri, media_type=page.media_type, charset=page.charset)
            uri, addresses, when = page.final_uri, [page.final_uri, ref], page.fetched
            snapshot = Snapshot(
                raw=page.raw, headers=page.headers, status=page.status, final_uri=page.final_uri, hops=page.hops
            )
        else:
            assert brought.path is not None
            document = Document(raw=brought.raw, name=brought.name)
            uri, when = file_uri(brought.path, self.store), None
            addresses, snapshot = [uri], Snapshot(raw=brought.raw)

        sha256 = hashlib.sha256(document.raw).hexdigest()
        if known := next((entry for entry in self.store.entries() if entry.sha256 == sha256), None):
            yield self._unchanged(ref, known, addresses, source_id)
            return
        try:
            readings = read(document)
        except ReadError as error:
            raise SourceError(f"{ref}: {error}") from error
        for reading in readings:
            if reading.follow and fetch is not None and depth < 2:
                try:
                    yield from self.add(reading.follow, _bring_page(reading.follow, fetch), fetch, None, depth + 1)
                    continue
                except FactcheckError as error:
                    if not reading.text.strip():
                        yield Added(ref=reading.follow, outcome="failed", error=str(error))
                        continue
            if not reading.text.strip():
                raise SourceError(f"{ref}: its pages are not fetched, because this run is offline")
            whole = len(readings) == 1
            raw = snapshot if whole else Snapshot(raw=reading.text.encode("utf-8", "surrogatepass"))
            address = uri if whole else reading.uri or uri
            yield self._keep(
                ref,
                replace(
                    reading,
                    title=self.title or reading.title,
                    published=self.published or reading.published,
                    publisher=self.publisher or reading.publisher,
                ),
                uri=address,
                addresses=addresses if whole else [address],
                sha256=hashlib.sha256(raw.raw).hexdigest(),
                fetched=when,
                snapshot=raw,
                source_id=source_id if whole else None,
                notes=list(reading.notes),
            )

    def _unchanged(self, ref: str, known: SourceEntry, addresses: Sequence[str], source_id: str | None) -> Added:
        for address in addresses:
            if address not in known.uris and not self.store.read_only:
                self.store.add_uri(known.id, address)
        notes = [f"these bytes are already in the store as {known.id}"] if source_id not in (None, known.id) else []
        return Added(
            ref=ref,
            outcome="unchanged",
            source_id=known.id,
            title=known.title,
            passages=known.passages,
            notes=tuple(notes),
        )

    def _keep(
        self,
        ref: str,
        reading: Reading,
        *,
        uri: str,
        addresses: Sequence[str],
        sha256: str,
        fetched: dt.datetime | None,
        snapshot: Snapshot,
        source_id: str | None,
        notes: list[str],
    ) -> Added:
        from factcheck.passages import split

        entries = self.store.entries()
        if known := next((entry for entry in entries if entry.sha256 == sha256), None):
            return Added(ref=ref, outcome="unchanged", source_id=known.id, title=known.title, passages=known.passages)
        older = [entry for entry in entries if entry.superseded_by is None and set(addresses) & set(entry.uris)]
        name = source_id or _new_id(uri, reading.title, {entry.id for entry in entries})
        if not re.fullmatch(r"[\w.-]{1,64}", name):
            raise SourceError(f"{ref}: {name!r} cannot be an id; use up to 64 letters, digits, dots and hyphens")
        if any(entry.id == name for entry in entries):
            raise SourceError(f"{ref}: the id {name} is taken by {_uri_of(entries, name)}; choose another with --id")
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
        passages: Sequence[Passage] = split(reading.text, name, reading.blocks)
        if self.annotate is not None:
            try:
                passages = self.annotate(passages)
            except ImportError as error:
                notes.append(f"names were not found in it, because {error.name or 'spaCy'} is not installed")
        vectors = None
        if self.load_embedder is not None:
            try:
                self.embedder = self.embedder or self.load_embedder()
            except ImportError as error:
                notes.append(
                    f"it can be found by words only, because {error.name or 'the model runtime'} is not installed"
                )
            else:
                from factcheck.retrieve import embedding_texts

                vectors = (self.embedder.model_id, self.embedder.embed(embedding_texts(source.title, passages)))
        self.store.add_source(source, passages, snapshot, supersedes=older[-1].id if older else None, vectors=vectors)
        for address in addresses:
            if address != uri:
                self.store.add_uri(name, address)
        original = _mark_copies(self.store, source, {entry.id for entry in older})
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


# -- near copies ---------------------------------------------------------------------------

# Agency copy that a paper shortens or heads anew shares most runs of five words; two reports
# of one event by two reporters share few. The estimate's standard error at 0.6 is 0.06.
NEARLY_THE_SAME = 0.6
_PERMUTATIONS = 64


def _mark_copies(store: Store, source: Source, older: set[str]) -> str | None:
    """Keep a source's signature (MinHash over runs of five words), and the id of the source it is a copy of."""
    try:
        from datasketch import MinHash
    except ImportError:
        return None
    import numpy as np

    words = re.findall(r"\w+", source.text.casefold())
    # A text shorter than a paragraph is not a report that could be someone's copy.
    if len(words) < 40:
        return None
    sketch = MinHash(num_perm=_PERMUTATIONS, seed=1)
    sketch.update_batch([" ".join(words[at : at + 5]).encode() for at in range(len(words) - 4)])
    signature = np.asarray(sketch.hashvalues, np.uint64)
    original = None
    for source_id, other in store.signatures().items():
        if source_id in older or source_id == source.id:
            continue
        if float((np.frombuffer(other, np.uint64) == signature).mean()) >= NEARLY_THE_SAME:
            copied = next((entry.copy_of for entry in store.entries() if entry.id == source_id), None)
            original = copied or source_id
            break
    store.keep_signature(source.id, signature.tobytes())
    if original and original != source.id:
        store.note(source.id, copy_of=original)
        return original
    return None


def _read_file(ref: str) -> tuple[bytes, Path]:
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
    return raw, path


def file_uri(path: str | Path, store: Store) -> str:
    """A file's address in the store: relative to the store's folder when it is inside, so that both can be moved."""
    absolute = Path(os.path.abspath(path))
    if store.path is not None:
        folder = Path(os.path.abspath(store.path)).parent
        if absolute.is_relative_to(folder):
            return absolute.relative_to(folder).as_posix()
    return absolute.as_posix()


_ID_LENGTH = 40


def _new_id(uri: str, title: str | None, taken: set[str]) -> str:
    """A short id a person can type: the file's name, or the title or last part of a web address."""
    if _URL.match(uri):
        parts = urlsplit(uri)
        last = next((part for part in reversed(unquote(parts.path).split("/")) if re.search(r"[^\W\d_]{3}", part)), "")
        candidates = [title or "", re.sub(r"\.\w{2,5}$", "", last), parts.hostname or ""]
    else:
        candidates = [PurePosixPath(uri).stem, title or ""]
    slug = next((slug for slug in map(_slug, candidates) if len(slug) >= 3), "source")
    name, number = slug, 1
    while name in taken:
        number += 1
        name = f"{slug}-{number}"
    return name


def _slug(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()
    slug = re.sub(r"[^\w]+", "-", plain).replace("_", "-").strip("-")
    if len(slug) > _ID_LENGTH:
        slug = slug[: _ID_LENGTH + 1].rpartition("-")[0] or slug[:_ID_LENGTH]
    return slug


def _uri_of(entries: Sequence[SourceEntry], source_id: str) -> str:
    return next(entry.uri for entry in entries if entry.id == source_id)


# -- finding --------------------------------------------------------------------------------


class _Index:
    """Names by which the sources of one listing can be called. Made once for a listing, not once for a claim."""

    def __init__(self, entries: Sequence[SourceEntry]) -> None:
        self.entries = entries
        self.by_id = {entry.id: entry for entry in entries}
        self.by_uri: dict[str, list[SourceEntry]] = {}
        for entry in entries:
            for uri in entry.uris:
                self.by_uri.setdefault(uri, []).append(entry)
        self.older: dict[str, list[SourceEntry]] = {}
        for entry in entries:
            if entry.superseded_by:
                self.older.setdefault(entry.superseded_by, []).append(entry)
        self.current = tuple(entry for entry in entries if entry.superseded_by not in self.by_id)


_latest: _Index | None = None


def _index(entries: Sequence[SourceEntry]) -> _Index:
    global _latest
    if _latest is None or _latest.entries is not entries:
        _latest = _Index(entries)
    return _latest


def scope(entries: Sequence[SourceEntry], claim: Claim, store: Store) -> Scope:
    """The sources a claim may be checked against.

    A claim's ``sources`` may be ids, addresses, or paths (as written from the working
    folder, from the claims file's folder or from the store's folder). A claim without
    ``sources`` gets every source that no newer one supersedes; with ``as_of``, the
    snapshot that was current then, and none that the desk noted as valid from a later day.
    """
    index = _index(entries)
    if claim.sources is None:
        current = [_as_of(index, entry, claim.as_of) for entry in index.current]
        valid = [e for e in current if not (claim.as_of and e.valid_from and e.valid_from > claim.as_of)]
        return Scope(source_ids=_in_order(index, valid))
    found: list[SourceEntry] = []
    missing: list[str] = []
    for ref in claim.sources:
        if entry := index.by_id.get(ref):
            found.append(entry)
        elif matches := _by_address(index, ref, claim, store):
            current = [entry for entry in matches if entry.superseded_by not in index.by_id]
            found.append(_as_of(index, (current or matches)[-1], claim.as_of))
        else:
            missing.append(ref)
    return Scope(source_ids=_in_order(index, found), missing=tuple(dict.fromkeys(missing)))


def _in_order(index: _Index, found: Iterable[SourceEntry]) -> tuple[str, ...]:
    wanted = {entry.id for entry in found}
    return tuple(entry.id for entry in index.entries if entry.id in wanted)


def _by_address(index: _Index, ref: str, claim: Claim | None, store: Store) -> list[SourceEntry]:
    if _URL.match(ref):
        return index.by_uri.get(ref) or index.by_uri.get(ref.rstrip("/")) or index.by_uri.get(ref + "/") or []
    folders = [Path()]
    if claim is not None and claim.location is not None:
        folders.insert(0, Path(claim.location.path).parent)
    if store.path is not None:
        folders.append(store.path.parent)
    for folder in folders:
        if matches := index.by_uri.get(file_uri(folder / ref, store)):
            return matches
    return index.by_uri.get(ref, [])


def _as_of(index: _Index, entry: SourceEntry, day: dt.date | None) -> SourceEntry:
    """The snapshot of the same address that was current on a day: the newest not fetched after it, or the oldest."""
    if day is None:
        return entry
    while _seen(entry) is not None and _seen(entry) > day and entry.id in index.older:  # type: ignore[operator]
        entry = index.older[entry.id][-1]
    return entry


def _seen(entry: SourceEntry) -> dt.date | None:
    return entry.fetched.date() if entry.fetched else entry.published


def find(store: Store, ref: str) -> SourceEntry:
    """The one source that ``ref`` names (id, unambiguous start of an id, address or path), or ``SourceError``."""
    index = _index(store.entries())
    if entry := index.by_id.get(ref):
        return entry
    if matches := _by_address(index, ref, None, store):
        return matches[-1]
    starts = [entry for entry in index.entries if entry.id.startswith(ref)]
    if ref and len(starts) == 1:
        return starts[0]
    if ref and starts:
        names = ", ".join(entry.id for entry in starts[:5])
        raise SourceError(f"{ref}: {len(starts)} sources begin so ({names}); write the whole id")
    import difflib

    close = difflib.get_close_matches(ref, list(index.by_id), n=1)
    hint = f"did you mean {close[0]}?" if close else "see what there is with: factcheck sources list"
    raise SourceError(f"{ref}: no such source in the store; {hint}")


def show(store: Store, ref: str) -> Source:
    """The source that ``ref`` names, with its text."""
    entry = find(store, ref)
    source = store.source(entry.id)
    if source is None:
        raise StoreError(f"{ref}: the source was removed meanwhile; list the sources again")
    return source


def remove(store: Store, ref: str) -> str:
    """Remove the source that ``ref`` names and give its id."""
    entry = find(store, ref)
    store.remove_source(entry.id)
    return entry.id


def at(store: Store, ref: str, day: dt.date) -> SourceEntry:
    """The snapshot of what ``ref`` names that was current on a day."""
    entry = find(store, ref)
    index = _index(store.entries())
    # From the newest snapshot of the same address backwards.
    while entry.superseded_by in index.by_id:
        entry = index.by_id[str(entry.superseded_by)]
    return _as_of(index, entry, day)


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
    fetch: Callable[..., Fetched] | None = None,
    embed: Callable[[], Embeds] | None = None,
    annotate: Annotate | None = None,
) -> Iterator[Refreshed]:
    """Look at the addresses of sources again (all current ones when none is named) and keep what changed.

    Pages are asked for with their ETag and Last-Modified. A page whose bytes changed and
    whose text did not (another advertisement, another clock) is unchanged. The older
    snapshot always stays.
    """
    index = _index(store.entries())
    wanted = [find(store, ref) for ref in refs] or list(index.current)
    ingest = _Ingest(store, embed, annotate)
    for entry in wanted:
        try:
            yield _refresh_one(store, entry, ingest, fetch)
        except FactcheckError as error:
            yield Refreshed(source_id=entry.id, uri=entry.uri, outcome="failed", error=str(error))


def _refresh_one(store: Store, entry: SourceEntry, ingest: _Ingest, fetch: Callable[..., Fetched] | None) -> Refreshed:
    import difflib

    from factcheck.readers import Document, read

    unchanged = Refreshed(source_id=entry.id, uri=entry.uri, outcome="unchanged")
    if _URL.match(entry.uri):
        if fetch is None:
            raise SourceError(f"{entry.uri}: not fetched, because this run is offline")
        snapshot = store.snapshot(entry.id)
        headers = dict(snapshot.headers) if snapshot else {}
        page = fetch(entry.uri, etag=headers.get("etag"), last_modified=headers.get("last-modified"))
        if page.not_modified:
            return unchanged
        brought = _Brought(raw=page.raw, name=page.final_uri, page=page)
        document = Document(raw=page.raw, name=page.final_uri, media_type=page.media_type, charset=page.charset)
    else:
        base = store.path.parent if store.path is not None else Path()
        raw, path = _read_file(str(base / entry.uri))
        brought = _Brought(raw=raw, name=path.name, path=path)
        document = Document(raw=raw, name=path.name)
    if hashlib.sha256(document.raw).hexdigest() == entry.sha256:
        return unchanged
    old = store.source(entry.id)
    before = old.text if old else ""
    readings = read(document)
    if len(readings) == 1 and readings[0].text == before and readings[0].title == entry.title:
        return unchanged
    (added,) = ingest.add(entry.uri, brought, None)
    new = store.source(added.source_id or "")
    lines = difflib.unified_diff(
        before.splitlines(), (new.text if new else "").splitlines(), entry.id, added.source_id or "", lineterm="", n=0
    )
    return Refreshed(
        source_id=entry.id, uri=entry.uri, outcome="changed", new_id=added.source_id, difference=tuple(lines)
    )
