"""Sealed bundles: drafts, claims, sources, verdicts and sign-offs in one file that answers the same anywhere.

A bundle is a zip file. Its manifest names every other part with its hash, so that a
changed byte shows; the seal is the manifest's own hash. ``replay`` judges everything
anew, from the bundle alone, and sets the report beside the one that was sealed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factcheck import ledger
from factcheck.claims import decode, read_claims
from factcheck.domain import Claim, Report
from factcheck.errors import FactcheckError
from factcheck.findings import Review, review
from factcheck.reporters import View, reporter

if TYPE_CHECKING:
    from factcheck.api import Models
    from factcheck.stores import Store

SCHEMA = "factcheck.bundle/1"
MANIFEST, STORE, REPORT, LEDGER = "manifest.json", "sources.db", "report.json", "ledger.json"
# What a bundle may hold, in bytes: a small zip file can unpack to more than any memory holds.
LIMITS = {MANIFEST: 20_000_000, LEDGER: 200_000_000, REPORT: 200_000_000, STORE: 2_000_000_000}
MAX_INPUT, MAX_INPUTS = 50_000_000, 1_000
# Real parts shrink to a tenth at best, zeros to a thousandth; small parts may be as they like.
MAX_RATIO, SMALL = 200, 10_000_000

Tell = Callable[[str], None]


class BundleError(FactcheckError):
    """A bundle that cannot be made or read: one line that says why."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """A file that is checked: its path as the report names it, its bytes, and the sources given for it, if any."""

    path: str
    data: bytes
    sources: tuple[str, ...] = ()

    @property
    def is_claims(self) -> bool:
        return self.path.lower().endswith((".yaml", ".yml"))


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What a replay gave: the review, its report as JSON, and how that differs from the sealed one (nothing: not)."""

    reviewed: Review
    report: str
    seal: str
    made: str
    differences: tuple[str, ...] = ()


def judge(
    inputs: Sequence[Input],
    store: Store,
    *,
    signed: Sequence[ledger.Entry],
    scopes: Mapping[str, Sequence[Sequence[str]]] | None,
    today: dt.date,
    tell: Tell,
    models: Models,
) -> Review:
    """Everything anew: extracted, judged without any answer that was kept, and with the sign-offs that hold.

    ``scopes`` are, by path, the sources of each claim of a claims file, in its order.
    """
    from factcheck.api import run
    from factcheck.drafts import check, extract_all, remembering
    from factcheck.drafts.documents import parse_draft

    def verify(claims: Sequence[Claim], final: bool = True) -> Report:
        return run(claims, store, cache=False, progress=tell, models=models)

    reviews: list[Review] = []
    claims: list[Claim] = []
    for item in inputs:
        if item.is_claims:
            found = read_claims(decode(item.data, item.path), item.path)
            fixed = (scopes or {}).get(item.path)
            if fixed is not None:
                if len(fixed) != len(found):
                    raise BundleError(f"{item.path}: the bundle has sources for {len(fixed)} claims, not {len(found)}")
                found = tuple(replace(c, sources=tuple(s) or c.sources) for c, s in zip(found, fixed, strict=True))
            claims.extend(found)
    if claims:
        reviews.append(review(verify(claims)))
    drafts = [parse_draft(item.data, item.path) for item in inputs if not item.is_claims]
    if drafts:
        named = {item.path: item.sources for item in inputs if item.sources}
        extracted = extract_all(drafts, store, sources=named, cache=False, models=models)
        reviews.append(check(drafts, extracted, remembering(verify), today=today))
    whole = Review(
        report=Report(
            verdicts=tuple(verdict for part in reviews for verdict in part.report.verdicts),
            models=reviews[0].report.models if reviews else {},
            complete=all(part.report.complete for part in reviews),
        ),
        rows=tuple(row for part in reviews for row in part.rows),
        others=tuple(finding for part in reviews for finding in part.others),
    )
    entries = {entry.id: entry for entry in store.entries()}
    return ledger.honour(whole, ledger.standings_of(signed, whole.report.verdicts, entries))


def make(inputs: Sequence[Input], store: Store, path: str, *, tell: Tell = lambda stage: None) -> str:
    """Seal a bundle and give its seal. Its report is made from the bundle itself, as a replay will.

    Only the sources that the claims may be checked against go along; where a word index of
    fewer sources would rank evidence otherwise than the whole store does, all go.
    """
    from factcheck import __version__
    from factcheck.api import Models
    from factcheck.pipeline import engine_digest
    from factcheck.sources import scope

    if len(inputs) > MAX_INPUTS:
        raise BundleError(f"{path}: a bundle holds up to {MAX_INPUTS:,} files, not {len(inputs):,}")
    today = dt.datetime.now(dt.UTC).date()
    listing = store.entries()
    ids = {entry.id for entry in listing}
    scopes: dict[str, list[list[str]]] = {}
    used: set[str] = set()
    for item in inputs:
        if item.is_claims:
            found = [scope(listing, claim, store) for claim in read_claims(decode(item.data, item.path), item.path)]
            scopes[item.path] = [[*one.source_ids, *one.missing] for one in found]
            used.update(id for one in found for id in one.source_ids)
        else:
            used.update(scope(listing, Claim(id="", text="", sources=item.sources or None), store).source_ids)
    fixed = [
        item if item.is_claims or not item.sources else replace(item, sources=_resolved(listing, item.sources, store))
        for item in inputs
    ]
    models = Models()  # for every pass
    decided = store.ledger(kind=ledger.SIGN_OFF)
    here = judge(fixed, store, signed=decided, scopes=scopes, today=today, tell=tell, models=models)
    subjects = {ledger.subject_of(verdict.claim) for verdict in here.report.verdicts}
    signed = [entry for entry in decided if entry.subject in subjects]
    wanted = _json(here)
    with tempfile.TemporaryDirectory(prefix="factcheck-bundle-") as folder:
        for chosen in (used, ids):
            file = Path(folder) / f"{len(chosen)}.db"
            if file.exists():
                continue
            copy_sources(store, file, chosen)
            report = _replay_on(file, fixed, signed, scopes, today, tell, models)[1]
            if report == wanted or chosen == ids:
                break
        parts = {
            STORE: file.read_bytes(),
            REPORT: report.encode(),
            LEDGER: _dumps([asdict(entry) for entry in signed]).encode(),
            **{f"inputs/{number}": item.data for number, item in enumerate(fixed)},
        }
    for name, data in parts.items():
        limit = LIMITS.get(name, MAX_INPUT)
        if len(data) > limit:
            raise BundleError(f"{path}: {name} has {len(data):,} bytes; a bundle holds up to {limit:,} of it")
    manifest = {
        "schema": SCHEMA,
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "today": today.isoformat(),
        "version": __version__,
        "engine": engine_digest(),
        "models": dict(here.report.models),
        "inputs": [{"path": item.path, "sources": list(item.sources)} for item in fixed],
        "scopes": scopes,
        "ledger_head": store.check_ledger().head,
        "parts": {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()},
    }
    sealed = _dumps(manifest).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {MANIFEST: sealed, **parts}.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    try:
        Path(path).write_bytes(buffer.getvalue())
    except OSError as error:
        raise BundleError(f"{path}: cannot write the bundle: {error.strerror}") from None
    return hashlib.sha256(sealed).hexdigest()


def replay(path: str, *, tell: Tell = lambda stage: None) -> Replayed:
    """Judge a bundle anew, offline, from what is in it alone.

    Raises ``BundleError`` when it is no bundle, or a byte of it was changed.
    """
    from factcheck import __version__
    from factcheck.api import Models
    from factcheck.pipeline import engine_digest
    from factcheck.stores import StoreError

    parts, seal = read(path)
    manifest = json.loads(parts[MANIFEST])
    try:
        inputs = [
            Input(path=str(row["path"]), data=parts[f"inputs/{number}"], sources=tuple(map(str, row["sources"])))
            for number, row in enumerate(manifest["inputs"])
        ]
        signed = [ledger.Entry(**row) for row in json.loads(parts[LEDGER])]
        today, scopes = dt.date.fromisoformat(manifest["today"]), dict(manifest["scopes"])
        made, models = str(manifest["made"]), dict(manifest["models"])
        version, engine = str(manifest["version"]), str(manifest["engine"])
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(f"{path}: the bundle's manifest cannot be read ({error}); ask for it again") from None
    for entry in signed:
        texts = (entry.time, entry.kind, entry.subject, entry.ref, entry.body, entry.previous)
        if ledger.row_hash([entry.number, *(text.encode() for text in texts)]) != entry.hash:
            raise BundleError(f"{path}: the sign-off in entry {entry.number} is not what was recorded")
    if not parts[STORE]:  # SQLite takes an empty file for a database without tables
        raise BundleError(f"{path}: the store in it is empty; ask for it again")
    with tempfile.TemporaryDirectory(prefix="factcheck-replay-") as folder:
        file = Path(folder) / STORE
        file.write_bytes(parts[STORE])
        try:
            reviewed, report = _replay_on(file, inputs, signed, scopes, today, tell, Models())
        except StoreError as error:
            what = str(error).removeprefix(f"{file}: ").partition(";")[0]
            raise BundleError(f"{path}: the store in it cannot be read ({what}); ask for it again") from None
    sealed = parts[REPORT].decode()
    differences: list[str] = []
    if report != sealed:
        if version != __version__:
            differences.append(f"factcheck: {version} sealed it, this is {__version__}")
        if engine != engine_digest():
            differences.append(f"rules: the engine was {engine}, and is {engine_digest()}")
        for name in sorted({*models, *reviewed.report.models}):
            if models.get(name) != reviewed.report.models.get(name):
                differences.append(f"model: {name} was {models.get(name)}, and is {reviewed.report.models.get(name)}")
        differences += _changed(json.loads(sealed)["claims"], json.loads(report)["claims"])
    return Replayed(reviewed=reviewed, report=report, seal=seal, made=made, differences=tuple(differences))


def read(path: str) -> tuple[dict[str, bytes], str]:
    """The parts of a bundle by name, every one checked against the manifest, and the seal."""
    try:
        with zipfile.ZipFile(path) as archive:
            if why := _too_much(archive.infolist()):
                raise BundleError(f"{path}: {why}; it is no bundle, or not one to trust")
            # zipfile gives no more bytes than a part says it has.
            parts = {info.filename: archive.read(info) for info in archive.infolist()}
        manifest = json.loads(parts[MANIFEST])
        if manifest["schema"] != SCHEMA:
            raise BundleError(f"{path}: a newer factcheck made this bundle ({manifest['schema']}); upgrade factcheck")
        hashes = dict(manifest["parts"])
    except FileNotFoundError:
        raise BundleError(f"{path}: there is no such bundle; check the path") from None
    except OSError as error:
        raise BundleError(f"{path}: cannot read it: {error.strerror or error}") from None
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        what = " ".join(str(error).split())[:100]
        raise BundleError(f"{path}: this is not a bundle, or it is damaged ({what}); ask for it again") from None
    except Exception as error:  # zlib's own error has no common base with the others
        raise BundleError(f"{path}: this is not a bundle, or it is damaged ({error}); ask for it again") from None
    if set(hashes) != set(parts) - {MANIFEST} or not {STORE, REPORT, LEDGER} <= set(hashes):
        raise BundleError(f"{path}: its parts are not those that were sealed")
    for name, wanted in hashes.items():
        if hashlib.sha256(parts[name]).hexdigest() != wanted:
            raise BundleError(f"{path}: {name} is not what was sealed")
    return parts, hashlib.sha256(parts[MANIFEST]).hexdigest()


def _too_much(infos: Sequence[zipfile.ZipInfo]) -> str:
    """Why a zip file of these entries is not to be unpacked; empty when it may be. Reads none of them."""
    names = [info.filename for info in infos]
    inputs = [name for name in names if name.startswith("inputs/")]
    if len(inputs) > MAX_INPUTS:
        return f"it has {len(inputs):,} inputs, and a bundle up to {MAX_INPUTS:,}"
    if len(set(names)) < len(names):
        return "it has two parts of one name"
    for info in infos:
        limit = LIMITS.get(info.filename, MAX_INPUT if info.filename in inputs else 0)
        if not limit:
            return "it has parts that no bundle has"
        if info.file_size > limit:
            return f"{info.filename} has {info.file_size:,} bytes, and up to {limit:,} are read"
        if info.file_size > SMALL and info.file_size > MAX_RATIO * info.compress_size:
            return f"{info.filename} would unpack to {info.file_size:,} bytes from {info.compress_size:,}"
    return ""


def copy_sources(store: Store, path: Path, ids: set[str]) -> None:
    """A new store at ``path`` with these sources as they are: text, passages, bytes, vectors, notes."""
    from factcheck.models import embedder_id
    from factcheck.stores import open_store

    entries = [entry for entry in store.entries() if entry.id in ids]
    model = embedder_id()
    with open_store(path, create=True) as copy:
        for entry in entries:
            source = store.source(entry.id)
            if source is None:
                continue
            passages = store.passages(entry.id)
            copy.add_source(source, passages, store.snapshot(entry.id))
            for uri in entry.uris:
                copy.add_uri(entry.id, uri)
            keys = store.passage_keys(entry.id)
            vectors = store.vectors_by_key(model, keys)
            if keys and len(vectors) == len(keys):
                import numpy as np

                copy.keep_vectors(model, copy.passage_keys(entry.id), np.stack([vectors[key] for key in keys]))
        for entry in entries:
            notes = {name: getattr(entry, name) for name in NOTES if getattr(entry, name, None) is not None}
            if notes.get("superseded_by") not in ids:
                notes.pop("superseded_by", None)
            copy.note(entry.id, **notes)


NOTES = ("kind", "reliability", "valid_from", "superseded_by", "copy_of")


def _replay_on(
    file: Path,
    inputs: Sequence[Input],
    signed: Sequence[ledger.Entry],
    scopes: Mapping[str, Sequence[Sequence[str]]],
    today: dt.date,
    tell: Tell,
    models: Models,
) -> tuple[Review, str]:
    from factcheck.stores import open_store

    with open_store(file, read_only=True) as store:
        reviewed = judge(inputs, store, signed=signed, scopes=scopes, today=today, tell=tell, models=models)
    return reviewed, _json(reviewed)


def _resolved(listing: Sequence[Any], named: tuple[str, ...], store: Store) -> tuple[str, ...]:
    from factcheck.sources import scope

    found = scope(tuple(listing), Claim(id="", text="", sources=named), store)
    return (*found.source_ids, *found.missing)


def _json(reviewed: Review) -> str:
    return reporter("json")(reviewed, View())


def _dumps(value: Any) -> str:
    return json.dumps(value, indent=1, sort_keys=True) + "\n"


def _changed(sealed: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[str]:
    """Claim by claim, what two reports say differently."""
    found = []
    for number in range(max(len(sealed), len(now))):
        was = sealed[number] if number < len(sealed) else None
        is_ = now[number] if number < len(now) else None
        if was is None or is_ is None:
            one: Mapping[str, Any] = was or is_ or {}
            found.append(f"claim {number + 1}: {'only in the sealed report' if was else 'new'}: {one['text']}")
            continue
        keys = [key for key in {**was, **is_} if was.get(key) != is_.get(key)]
        if keys:
            verdicts = f"{was['verdict']} ({was['rule']}) -> {is_['verdict']} ({is_['rule']})"
            what = verdicts if was["verdict"] != is_["verdict"] or was["rule"] != is_["rule"] else ", ".join(keys)
            found.append(f"claim {number + 1}: {what}: {is_['text']}")
    return found
