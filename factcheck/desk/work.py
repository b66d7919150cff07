"""What the desk does in the background, one thing at a time: checks and added sources, with their progress."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from threading import Condition

from factcheck.domain import Claim, Report
from factcheck.errors import FactcheckError
from factcheck.stores import Store, open_store

KEPT = 200  # finished jobs that can still be looked at

Tell = Callable[[str], None]


@dataclass
class Job:
    """One piece of work: its ``stages`` so far, and whether it is ``done``; ``error`` says what went wrong."""

    number: int
    title: str
    path: str = ""
    stages: list[str] = field(default_factory=list)
    done: bool = False
    error: str = ""


class Works:
    """Runs jobs in order, in one thread: the models fill the machine already."""

    def __init__(self, db: str | Path, read_db: str | None = None) -> None:
        self.db, self.read_db = db, read_db
        self.jobs: dict[int, Job] = {}
        self._numbers = itertools.count(1)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk")
        self._news = Condition()

    def start(self, title: str, work: Callable[[Store, Tell], None], path: str = "") -> Job:
        """Queue a piece of work; it gets a store of its own."""
        job = Job(number=next(self._numbers), title=title, path=path)
        self.jobs[job.number] = job
        for old in [n for n, j in self.jobs.items() if j.done][:-KEPT]:
            del self.jobs[old]
        self._pool.submit(self._run, job, work)
        return job

    def _run(self, job: Job, work: Callable[[Store, Tell], None]) -> None:
        def tell(stage: str) -> None:
            with self._news:
                job.stages.append(stage)
                self._news.notify_all()

        try:
            with open_store(self.db, create=True, read_db=self.read_db) as store:
                work(store, tell)
        except FactcheckError as error:
            job.error = str(error)
        except Exception as error:  # a bug, told where the person looks and not only in a log
            job.error = f"{type(error).__name__}: {error}"
        with self._news:
            job.done = True
            self._news.notify_all()

    def wait(self, job: Job, seen: int, seconds: float) -> list[str]:
        """The stages after the first ``seen``, as soon as there are any or the job is done."""
        with self._news:
            self._news.wait_for(lambda: len(job.stages) > seen or job.done, seconds)
            return job.stages[seen:]

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def check_text(name: str, data: bytes) -> Callable[[Store, Tell], None]:
    """Check a draft, or a claims file by its suffix, against the store as it is.

    Sources that it names are sought in the store only: an uploaded file must not make the desk read others.
    """

    def work(store: Store, tell: Tell) -> None:
        from factcheck.api import Models, run
        from factcheck.claims import decode, read_claims

        if name.lower().endswith((".yaml", ".yml")):
            run(read_claims(decode(data, name), name), store, progress=tell)
            return
        from factcheck.drafts import check, extract_all
        from factcheck.drafts.documents import parse_draft

        draft = parse_draft(data, name)
        tell("reading the draft")
        models = Models()
        named = {name: draft.sources} if draft.sources else {}
        extracted = extract_all([draft], store, sources=named, models=models)
        if not extracted:
            tell("it asserts nothing that could be checked")
            return

        def verify(claims: Sequence[Claim], final: bool) -> Report:
            return run(claims, store, progress=tell, documents={name: draft.raw}, final=final, models=models)

        check([draft], extracted, verify, today=dt.date.today())

    return work


def add_files(files: list[tuple[str, bytes]]) -> Callable[[Store, Tell], None]:
    """Add uploaded files as sources; one whose name is known and whose bytes are new supersedes the older one."""

    def work(store: Store, tell: Tell) -> None:
        from factcheck import ledger
        from factcheck.api import reading_models
        from factcheck.fetch import Fetched
        from factcheck.ingest import add_pages

        now = dt.datetime.now(dt.UTC)
        pages = [
            Fetched(uri=f"upload/{n}", final_uri=f"upload/{n}", raw=raw, status=200, fetched=now) for n, raw in files
        ]
        failed = []
        for added in add_pages(store, pages, **reading_models()):
            tell(f"{added.outcome} {added.source_id or added.ref}" if not added.error else added.error)
            failed += [added.error] if added.error else []
            for note in added.notes:
                tell(note)
        ledger.settle(store)
        if failed:
            raise FactcheckError("; ".join(failed))

    return work


def plain_name(name: str) -> str:
    """An uploaded file's name without folders, and without anything but letters, digits, dots and hyphens."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return re.sub(r"[^\w.-]+", "-", last).strip("-.")[:100] or "draft.txt"
