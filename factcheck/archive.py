"""Web archives (WARC): snapshots written so that other archives can hold them, and read from theirs."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from factcheck.errors import FactcheckError
from factcheck.fetch import Fetched
from factcheck.sources import SourceError, find
from factcheck.stores import SourceEntry, Store

# One page of an archive that is larger is not a page that can be checked against.
MAX_RECORD_BYTES = 50_000_000


def export_warc(store: Store, path: str | Path, refs: Iterable[str] = ()) -> int:
    """Write the snapshots of sources (all, when none is named) to a WARC file; gives how many were written.

    The bytes and headers are those that were received. Files of this machine are
    written as resources under a file address.
    """
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    entries: list[SourceEntry] = [find(store, ref) for ref in refs] or list(store.entries())
    written = 0
    try:
        with Path(path).open("xb") as out:
            writer = WARCWriter(out, gzip=str(path).endswith(".gz"))
            for entry in entries:
                snapshot = store.snapshot(entry.id)
                if snapshot is None:
                    continue
                when = (entry.fetched or dt.datetime.now(dt.UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
                is_page = entry.uri.startswith(("http://", "https://"))
                # The stored bytes are unpacked: the headers must not say that they are compressed.
                headers = [
                    (name, value)
                    for name, value in snapshot.headers
                    if name.lower() not in ("content-encoding", "transfer-encoding", "content-length")
                ]
                headers.append(("Content-Length", str(len(snapshot.raw))))
                http = (
                    StatusAndHeaders(f"{snapshot.status or 200} OK", headers, protocol="HTTP/1.1") if is_page else None
                )
                record = writer.create_warc_record(
                    entry.uri if is_page else f"file:///{entry.uri.lstrip('/')}",
                    "response" if is_page else "resource",
                    payload=io.BytesIO(snapshot.raw),
                    http_headers=http,
                    warc_content_type="" if is_page else entry.media_type,
                    warc_headers_dict={"WARC-Date": when},
                )
                writer.write_record(record)
                written += 1
    except FileExistsError as error:
        raise SourceError(f"{path}: there is a file of this name; archives are never overwritten") from error
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}; choose another place for the archive") from error
    return written


def read_warc(path: str | Path) -> Iterator[Fetched]:
    """The pages of a WARC file as they were captured; other records are passed over."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    try:
        with Path(path).open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type not in ("response", "resource"):
                    continue
                uri = record.rec_headers.get_header("WARC-Target-URI") or ""
                status = int(record.http_headers.get_statuscode()) if record.http_headers else 200
                if not uri.startswith(("http://", "https://")) or status != 200:
                    continue
                raw = record.content_stream().read(MAX_RECORD_BYTES + 1)
                if len(raw) > MAX_RECORD_BYTES or not raw.strip():
                    continue
                headers = (
                    tuple((name.lower(), value) for name, value in record.http_headers.headers)
                    if record.http_headers
                    else ()
                )
                content_type = dict(headers).get("content-type") or record.rec_headers.get_header("Content-Type") or ""
                media_type, _, parameters = content_type.partition(";")
                charset = parameters.partition("charset=")[2].strip().strip('"') or None
                when = dt.datetime.now(dt.UTC)
                with contextlib.suppress(ValueError, TypeError):
                    when = dt.datetime.fromisoformat(record.rec_headers.get_header("WARC-Date"))
                yield Fetched(
                    uri=uri,
                    final_uri=uri,
                    raw=raw,
                    status=status,
                    fetched=when.replace(microsecond=0),
                    media_type=media_type.strip().lower() or None,
                    charset=charset,
                    headers=headers,
                )
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}; check the name of the archive") from error
    except (ArchiveLoadFailed, ValueError, EOFError) as error:
        raise FactcheckError(
            f"{path}: this is not a WARC archive, or a damaged one; check that it arrived whole"
        ) from error
