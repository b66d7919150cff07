"""The engine, wired: what ``factcheck.verify`` and the command line both call.

This is where the store, the models and the checkers meet the pipeline. Everything
that takes time to import is imported inside the function that needs it, so that a
run whose verdicts are all known starts and ends in the time it takes to read them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, TypedDict

from factcheck import pipeline
from factcheck.domain import Claim, Evidence, Passage, Report, Source, Verdict, digest
from factcheck.errors import FactcheckError

if TYPE_CHECKING:
    from factcheck.cluster import Cluster
    from factcheck.fetch import Fetched, Fetcher
    from factcheck.inference import Embedder, VerdictModel
    from factcheck.ingest import Added
    from factcheck.retrieve import Embeds
    from factcheck.sources import Scope
    from factcheck.stores import Store

Progress = Callable[[str], None]

# A scope of more sources than this is named by one hash of them all.
LISTED = 1000

# Passages. Their vectors (384 bytes each) and the verdict model are not in memory together where there are more.
LARGE = 200_000


class ReadingModels(TypedDict):
    """The loaders that adding a source takes, under the names of its parameters."""

    embed: Callable[[], Embeds]
    annotate: Callable[[Sequence[Passage]], Sequence[Passage]]


def verify(
    claims: Iterable[Claim | str],
    *,
    sources: Sequence[str] | None = None,
    store: Store | str | Path | None = None,
    offline: bool = False,
    cache: bool = True,
    embedder: str | None = None,
    verdict_model: str | None = None,
    progress: Progress = lambda stage: None,
) -> Report:
    """Check claims against sources and return one verdict for each, in order.

    ``store`` is an open store or the path of one; without it, ``sources`` are read into
    a store that lives as long as this call. ``sources`` (paths, URLs or ids) limit the
    evidence of every claim that names none of its own, and are added to the store when
    they are not in it yet, unless ``offline``. ``cache`` False asks the models again and
    keeps nothing. ``embedder`` and ``verdict_model`` name other models: a folder, or a
    Sentence Transformers model that is already on this machine.

    Raises ``FactcheckError`` for a claim that is empty or longer than can be judged as one,
    and for a store that cannot be opened.
    """
    asked = [_as_claim(claim, number) for number, claim in enumerate(claims, start=1)]
    if sources is not None:
        asked = [claim if claim.sources is not None else replace(claim, sources=tuple(sources)) for claim in asked]
    with opened(store) as opened_store:
        if not offline:
            for added in add_missing_sources(opened_store, asked):
                if added.error:
                    progress(f"{added.ref}: {added.error}")
        return run(asked, opened_store, cache=cache, embedder=embedder, verdict_model=verdict_model, progress=progress)


def _as_claim(claim: Claim | str, number: int) -> Claim:
    from factcheck.claims import MAX_CLAIM

    made = Claim(id=str(number), text=claim) if isinstance(claim, str) else claim
    if not made.text.strip():
        raise FactcheckError(f"claim {number} is empty")
    if len(made.text) > MAX_CLAIM:
        raise FactcheckError(f"claim {number} has {len(made.text):,} characters; at most {MAX_CLAIM:,} can be judged")
    return made


@contextmanager
def opened(store: Store | str | Path | None) -> Iterator[Store]:
    """The store to work on: the one given, the one at a path, or one that is gone afterwards."""
    from factcheck.stores import open_store

    with ExitStack() as stack:
        if store is None:
            import tempfile

            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="factcheck-"))
            store = Path(folder) / "sources.db"
        if isinstance(store, (str, Path)):
            store = open_store(store, create=True)
            stack.callback(store.close)
        yield store


def run(
    claims: Sequence[Claim],
    store: Store,
    *,
    cache: bool = True,
    embedder: str | None = None,
    verdict_model: str | None = None,
    progress: Progress = lambda stage: None,
    whole: bool = True,
    documents: Mapping[str, str] | None = None,
    final: bool = True,
    models: Models | None = None,
) -> Report:
    """Verify against the store as it is, and record the run in it and in its ledger.

    ``models`` are shared by runs that follow on one another; without it they are ``embedder`` and
    ``verdict_model``, loaded for this run. ``whole`` False says that the claims are only part of
    their files' claims; ``documents`` are texts of drafts by path, for the desk to show. ``final``
    False says that another run follows on this one: its answers are kept, but it is no run of the ledger's.
    """
    from factcheck import ledger
    from factcheck.models import embedder_id, verdict_model_id
    from factcheck.sources import scope

    entries = store.entries()
    fingerprints = {entry.id: entry.fingerprint for entry in entries}
    loaded = models if models is not None else Models(embedder, verdict_model)
    named = {"embedder": embedder_id(loaded.embedder_name), "verdict": verdict_model_id(loaded.verdict_name)}

    scopes: list[pipeline.Scope] = []
    pairs: list[tuple[tuple[str, str], ...]] = []

    def in_scope(claim: Claim) -> pipeline.Scope:
        found = scope(entries, claim, store)
        pairs.append(pairs_of(found.source_ids))
        scopes.append(_scope_of(found))
        return scopes[-1]

    # Most claims of a run have one scope, and in a large store that is fifty thousand sources: it is kept once.
    @lru_cache(maxsize=64)
    def pairs_of(source_ids: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        return tuple((id, fingerprints[id]) for id in source_ids)

    @lru_cache(maxsize=64)
    def prints_of(source_ids: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(fingerprints[id] for id in source_ids)
        # What a verdict's key is made of, once for each claim.
        return found if len(found) <= LISTED else (digest(found),)

    def _scope_of(found: Scope) -> pipeline.Scope:
        return pipeline.Scope(fingerprints=prints_of(found.source_ids), missing=found.missing)

    def record(verdicts: Mapping[str, Verdict], complete: bool) -> None:
        if cache and (final or not known.issuperset(verdicts)):
            store.record_run(digest(list(verdicts)), verdicts, models=named, complete=complete)

    def recall(keys: Sequence[str]) -> Mapping[str, Verdict]:
        found = store.cached_verdicts(keys) if cache else {}
        known.update(found)
        return found

    known: set[str] = set()
    report = pipeline.verify(
        claims,
        scope=in_scope,
        engine=lambda: _engine(store, loaded, cache=cache),
        models=named,
        recall=recall,
        record=record,
        progress=progress,
    )
    if cache and final:
        ledger.record(
            store,
            [
                ledger.Asked(
                    verdict=verdict,
                    key=pipeline.verdict_key(verdict.claim, found, named),
                    scope=listed,
                )
                for verdict, found, listed in zip(report.verdicts, scopes, pairs, strict=True)
            ],
            models=named,
            engine=pipeline.engine_digest(),
            complete=report.complete,
            whole=whole,
            documents=documents,
        )
    return report


class Models:
    """The two models of a command, under their names: each is loaded when it is first asked for, and then kept.

    ``on`` is the address of a cluster that they work on (see ``factcheck.cluster``), which is connected to
    when a model is first asked for and left with ``close``; without it they work here.
    """

    def __init__(self, embedder: str | None = None, verdict_model: str | None = None, *, on: str | None = None) -> None:
        self.embedder_name, self.verdict_name, self.on = embedder, verdict_model, on
        self._embedder: Embedder | None = None
        self._verdict: VerdictModel | None = None
        self._preparing: list[Thread] = []
        self._cluster: Cluster | None = None
        self._loading = {"embedder": Lock(), "verdict": Lock(), "cluster": Lock()}

    def embedder(self) -> Embedder:
        from factcheck.inference import load_embedder

        with self._loading["embedder"]:
            if self._embedder is None:
                load = self.cluster().embedder if self.on else load_embedder
                self._embedder = load(self.embedder_name)
            return self._embedder

    def verdict(self) -> VerdictModel:
        from factcheck.inference import load_verdict_model

        with self._loading["verdict"]:
            if self._verdict is None:
                load = self.cluster().verdict_model if self.on else load_verdict_model
                self._verdict = load(self.verdict_name)
            return self._verdict

    def cluster(self) -> Cluster:
        """The cluster named by ``on``."""
        from factcheck.cluster import Cluster

        assert self.on is not None
        with self._loading["cluster"]:
            self._cluster = self._cluster or Cluster(self.on)
            return self._cluster

    def close(self) -> None:
        """Leave the cluster, if there is one."""
        if self._cluster is not None:
            self._cluster.close()
            self._cluster = None

    def prepare(self, passages: int) -> None:
        """Begin to load the models, unless so many passages are to be searched that memory is short.

        Who asks for one first waits for it, and is told if it cannot be loaded.
        """

        def load(model: Callable[[], object]) -> None:
            with suppress(Exception):
                model()

        if passages > LARGE or self.on or any(thread.is_alive() for thread in self._preparing):
            return
        both = ((self.verdict, self._verdict), (self.embedder, self._embedder))
        missing = [ask for ask, held in both if held is None]
        # Imports take turns with every other thread's Python; what follows on them hardly does.
        for runtime in ("openvino", "tokenizers") if missing else ():
            import_module(runtime)
        self._preparing = [Thread(target=load, args=(ask,), name="models") for ask in missing]
        for thread in self._preparing:
            thread.start()

    def make_room(self, passages: int) -> None:
        """Let the verdict model go where the vectors of so many passages are to be searched."""
        if passages > LARGE:
            self._verdict = None


def _engine(store: Store, models: Models, *, cache: bool) -> pipeline.Engine:
    passages = sum(entry.passages for entry in store.entries())
    models.prepare(passages)  # they load while the checkers are imported, evidence is found and the checkers read

    from factcheck.aggregate import by_parts, decide, settled
    from factcheck.checkers import CHECKERS
    from factcheck.checkers.model import ModelChecker
    from factcheck.clauses import Clauses
    from factcheck.evidence import assemble
    from factcheck.models import embedder_id, verdict_model_id
    from factcheck.retrieve import Retriever

    retriever = Retriever(
        store,
        load_embedder=models.embedder,
        model_id=embedder_id(models.embedder_name),
    )

    def retrieve(claims: Sequence[Claim]) -> Sequence[tuple[Evidence, ...]]:
        models.make_room(passages)
        found = retriever.retrieve(claims)
        store.release()  # the vectors of a large store and the verdict model need not be in memory together
        return found

    @lru_cache(maxsize=256)
    def load(source_id: str) -> tuple[Source, tuple[Passage, ...]]:
        source = store.source(source_id)
        if source is None:  # removed by another process while this one runs
            raise FactcheckError(f'the source "{source_id}" is gone from the store; run it again')
        return source, store.passages(source_id)

    model = ModelChecker(
        load_model=models.verdict,
        model_id=verdict_model_id(models.verdict_name),
        recall=store.cached_outputs if cache else lambda keys: {},
        keep=store.keep_outputs if cache else lambda outputs: None,
    )
    clauses = Clauses(recall=model.recall, keep=model.keep)
    return pipeline.Engine(
        retrieve=retrieve,
        load=load,
        assemble=assemble,
        checkers=CHECKERS,
        model=model,
        settled=settled,
        decide=decide,
        parts=clauses.parts,
        join=by_parts,
        # Where the models and the vectors take turns in memory, their turns are long.
        batch=100 if passages <= LARGE else 2_000,
    )


# -- sources that claims name ------------------------------------------------------------


def add_missing_sources(
    store: Store, claims: Sequence[Claim], *, allow_private: Sequence[str] = (), models: Models | None = None
) -> Iterator[Added]:
    """Add the sources that claims name and the store does not have in their present form.

    A path is sought from the working folder, the claims file's folder and the store's
    folder. A known file is left alone without being read by a reader. ``models`` as for ``add_sources``.
    """
    from factcheck import sources

    citing = [claim for claim in claims if claim.sources]
    if not citing:
        return
    entries = store.entries()
    hashes = {entry.sha256 for entry in entries}
    missing = {(name, _file(claim)) for claim in citing for name in sources.scope(entries, claim, store).missing}
    wanted: list[str] = []
    for reference, claims_file in dict.fromkeys(
        (name, _file(claim)) for claim in citing for name in claim.sources or ()
    ):
        unknown = (reference, claims_file) in missing
        if re.match(r"https?://", reference):
            if unknown:
                wanted.append(reference)
        elif path := _find_file(reference, claims_file, store):
            try:
                changed = hashlib.sha256(path.read_bytes()).hexdigest() not in hashes
            except OSError:
                changed = True  # adding it says what is wrong
            if unknown or changed:
                wanted.append(str(path))
    if wanted:
        yield from add_sources(store, list(dict.fromkeys(wanted)), allow_private=allow_private, models=models)


def _file(claim: Claim) -> str:
    return claim.location.path if claim.location else ""


def _find_file(reference: str, claims_file: str, store: Store) -> Path | None:
    folders = [Path(), Path(claims_file).parent, *([store.folder] if store.folder else [])]
    for folder in folders:
        try:
            if (folder / reference).is_file():
                return folder / reference
        except (OSError, ValueError):  # a name that no file can have
            return None
    return None


def add_sources(
    store: Store,
    references: Iterable[str],
    *,
    title: str | None = None,
    published: dt.date | None = None,
    publisher: str | None = None,
    source_id: str | None = None,
    offline: bool = False,
    allow_private: Sequence[str] = (),
    processes: int = 1,
    resume: bool = False,
    progress: Callable[[int, int], None] = lambda done, known: None,
    models: Models | None = None,
) -> Iterator[Added]:
    """Add paths and URLs, with everything that a source needs: fetching, names found in it, vectors.

    See ``ingest.add`` for ``processes``, ``resume`` and ``progress``. ``models`` that work on a cluster
    find names and make vectors there.
    """
    from factcheck import ingest

    with fetching(allow_private) as fetch:
        yield from ingest.add(
            store,
            references,
            title=title,
            published=published,
            publisher=publisher,
            source_id=source_id,
            fetch=None if offline else fetch,
            processes=processes,
            resume=resume,
            progress=progress,
            elsewhere=models is not None and models.on is not None,
            **reading_models(models),
        )


@contextmanager
def fetching(allow_private: Sequence[str] = ()) -> Iterator[Callable[..., Fetched]]:
    """A way to fetch pages over shared connections, which are first opened when a page is."""
    lock = Lock()
    with ExitStack() as stack:
        opened: list[Fetcher] = []

        def fetch(address: str, **conditions: str | None) -> Fetched:
            from factcheck.fetch import Fetcher

            with lock:
                if not opened:
                    opened.append(stack.enter_context(Fetcher(allow_private=allow_private)))
            return opened[0].fetch(address, **conditions)

        yield fetch


def reading_models(models: Models | None = None) -> ReadingModels:
    """What reading a source takes besides its text: its vectors and the names found in it, loaded when needed.

    Vectors are always the shipped embedder's; of ``models``, it is where they work that counts.
    """
    if models is not None and models.on:
        cluster = models.cluster
        return {
            "embed": lambda: cluster().embedder(),
            "annotate": lambda passages: cluster().annotate(passages),
        }

    def embed() -> Embeds:
        from factcheck.inference import load_embedder

        return load_embedder()

    return {"embed": embed, "annotate": _annotate}


def _annotate(passages: Sequence[Passage]) -> Sequence[Passage]:
    # A function of the module, so that reading processes find it by its name.
    from factcheck.annotate import annotate

    return annotate(passages)
