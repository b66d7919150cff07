"""The desk's pages: the list of claims, one claim with its evidence, drafts, sources, uploads and running checks.

Every page works without script; script adds keys and live progress. A decision is
answered with a redirect only after the store has it on disk.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent_encoded
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from factcheck import ledger
from factcheck.desk.access import MAX_UPLOAD, Access, Guard, Session, TooLarge, checked
from factcheck.desk.work import Works, add_files, check_text, plain_name
from factcheck.domain import Quote, Verdict, VerdictLabel
from factcheck.errors import FactcheckError
from factcheck.ledger import BoardRow, Decision, LedgerError, Standing, State
from factcheck.reporters.html import PAGE, Card, card_of, environment, in_text, marked
from factcheck.stores import Store, open_store

HERE = Path(__file__).parent
PER_PAGE = 50
ASSETS = {
    "style.css": PAGE / "style.css",
    "desk.css": HERE / "static" / "desk.css",
    "desk.js": HERE / "static" / "desk.js",
}
STATES = {
    State.OPEN: "to decide",
    State.LAPSED: "lapsed",
    State.SECOND: "second signature",
    State.NEEDS_WORK: "needs work",
    State.SIGNED: "signed off",
}


def application(db: str | Path, access: Access, *, second_policy: str = "never", read_db: str | None = None) -> ASGIApp:
    """The app, with everything that guards it. ``second_policy`` is as ``ledger.sign`` has it; checks search in
    ``read_db`` where it is given, and decisions are always read from ``db``: a replica may lag behind them.
    """
    desk = Desk(db, access, second_policy, read_db)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        desk.works.close()

    app = Starlette(
        routes=[
            Route("/", desk.page(desk.claims)),
            Route("/claim/{id}", desk.page(desk.claim)),
            Route("/claim/{id}/decide", desk.form(desk.decide), methods=["POST"]),
            Route("/claim/{id}/note", desk.form(desk.note), methods=["POST"]),
            Route("/draft", desk.page(desk.draft)),
            Route("/sources", desk.page(desk.sources)),
            Route("/source/{id}", desk.page(desk.source)),
            Route("/upload", desk.page(desk.uploads)),
            Route("/upload", desk.form(desk.upload), methods=["POST"]),
            Route("/check", desk.form(desk.check), methods=["POST"]),
            Route("/work/{number:int}", desk.page(desk.work)),
            Route("/work/{number:int}/events", desk.events),
            Route("/me", desk.form(desk.me), methods=["POST"]),
            Route("/enter", desk.page(desk.enter)),
            Route("/enter", desk.form(desk.entered), methods=["POST"]),
            Route("/static/{name}", desk.static),
            Route("/favicon.ico", lambda request: Response(status_code=204)),
        ],
        exception_handlers={HTTPException: desk.trouble, FactcheckError: desk.trouble, TooLarge: desk.trouble},
        lifespan=lifespan,
    )
    return Guard(app, access)  # outermost, so that even the answer to a bug has the headers


class Desk:
    """The pages of one desk. Each opens the store for itself: requests run in several threads."""

    def __init__(self, db: str | Path, access: Access, second_policy: str, read_db: str | None) -> None:
        self.db, self.access, self.second_policy = db, access, second_policy
        self.works = Works(db, read_db)
        self.templates = environment(HERE / "templates")

    # -- how pages are made ------------------------------------------------------------

    def page(self, make: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return await run_in_threadpool(make, request)

        return answer

    def form(self, take: Callable[[Request, FormData], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            async with request.form(max_files=50, max_fields=50, max_part_size=MAX_UPLOAD) as form:
                if not checked(session_of(request), form):
                    raise HTTPException(403, "This page is out of date, or the form is not the desk's. Load it again.")
                return await run_in_threadpool(take, request, form)

        return answer

    def show(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        session = session_of(request)
        page = self.templates.get_template(template)
        return HTMLResponse(
            page.render(csrf=session.csrf, user=session.user, named=bool(self.access.tokens), **values), status
        )

    def trouble(self, request: Request, error: Exception) -> Response:
        status = getattr(error, "status_code", 413 if isinstance(error, TooLarge) else 400)
        words = str(getattr(error, "detail", "") or error) or "That is more than the desk takes."
        if not hasattr(request.state, "session"):
            return HTMLResponse("", status)
        return self.show(request, "trouble.html", status, words=words)

    def static(self, request: Request) -> Response:
        path = ASSETS.get(request.path_params["name"])
        if path is None:
            raise HTTPException(404, "There is no such file.")
        media = "text/css" if path.suffix == ".css" else "text/javascript"
        return Response(path.read_bytes(), media_type=f"{media}; charset=utf-8")

    # -- claims --------------------------------------------------------------------------

    def claims(self, request: Request) -> Response:
        query = request.query_params
        wanted: dict[str, Any] = {
            "state": query.get("state") if query.get("state") in set(State) else None,
            "label": query.get("label") if query.get("label") in set(VerdictLabel) else None,
            "path": query.get("path") or None,
            "words": query.get("q", "")[:200],
        }
        number = max(1, int(query["page"])) if query.get("page", "").isdecimal() and len(query["page"]) < 9 else 1
        with open_store(self.db) as store:
            rows = store.board(**wanted, offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
            counts = store.board_counts()
            filtered = any(wanted.values())
            total = store.board_count(**wanted) if filtered else sum(counts.values())
            paths = store.board_paths(200)
            shown = rows[:PER_PAGE]
            decided = ledger.sign_offs(store, [row.subject for row in shown])
        asked = {"state": wanted["state"], "label": wanted["label"], "path": wanted["path"], "q": wanted["words"]}

        def link(**changes: Any) -> str:
            given = {name: value for name, value in {**asked, **changes}.items() if value}
            return "/?" + urlencode(given) if given else "/"

        return self.show(
            request,
            "claims.html",
            rows=shown,
            decided={subject: made[-1] for subject, made in decided.items()},
            states=STATES,
            counts=counts,
            paths=paths,
            total=total,
            number=number,
            more=len(rows) > PER_PAGE,
            wanted=asked,
            link=link,
            labels=list(VerdictLabel),
        )

    def claim(self, request: Request) -> Response:
        with open_store(self.db) as store:
            return self._claim(request, store, self._row(request, store))

    def _row(self, request: Request, store: Store) -> BoardRow:
        row = store.board_row(request.path_params["id"])
        if row is None:
            raise HTTPException(404, "There is no such claim at the desk; it may have been checked anew since.")
        return row

    def _claim(
        self, request: Request, store: Store, row: BoardRow, *, notice: str = "", typed: Any = None, status: int = 200
    ) -> Response:
        verdict = verdict_of(row)
        stands = ledger.standings(store, [verdict]).get(row.subject, Standing())
        before, after = store.board_neighbours(row.id)
        entries = store.ledger(subjects=[row.subject])
        text = store.document(row.path) if row.path else None
        return self.show(
            request,
            "claim.html",
            status,
            row=row,
            card=card_of(verdict, id=row.id, signed=stands.words),
            stands=stands,
            states=STATES,
            entries=list(reversed(entries)),
            seen=entries[-1].number if entries else 0,
            before=before,
            after=after,
            around=around(text, card_of(verdict, id=row.id)) if text else None,
            source_link=source_link,
            draft_link=f"/draft?{urlencode({'path': row.path})}#{row.id}" if text else None,
            notice=notice,
            typed={**dict.fromkeys(("decision", "label", "by", "reason", "evidence", "text"), ""), **(typed or {})},
            labels=list(VerdictLabel),
        )

    def decide(self, request: Request, form: FormData) -> Response:
        session = session_of(request)
        with open_store(self.db) as store:
            row = self._row(request, store)
            typed = {name: str(value) for name, value in form.items() if isinstance(value, str)}
            try:
                if not session.user:
                    session.user = " ".join(typed.get("by", "").split())[:100]
                decision = Decision(typed.get("decision", ""))
                seen = typed.get("seen", "")
                ledger.sign(
                    store,
                    verdict_of(row),
                    key=row.key,
                    by=session.user,
                    decision=decision,
                    label=VerdictLabel(typed["label"])
                    if decision is Decision.OVERRIDE and typed.get("label")
                    else None,
                    reason=typed.get("reason", ""),
                    evidence=typed.get("evidence", "").splitlines(),
                    seconds=int(typed["seconds"]) if typed.get("seconds", "").isdecimal() else None,
                    second_policy=self.second_policy,
                    seen=int(seen) if seen.isdecimal() else -1,
                )
            except ledger.Conflict:
                words = "Someone else recorded something on this claim while you were at it: see below. "
                words += "Nothing of theirs was overwritten, and what you wrote is still in the form."
                return self._claim(request, store, row, notice=words, typed=typed, status=409)
            except (LedgerError, ValueError) as error:
                words = str(error) if isinstance(error, LedgerError) else "choose what you decide"
                return self._claim(request, store, row, notice=words, typed=typed, status=422)
            ledger.settle(store, [row.subject])
        return RedirectResponse(f"/claim/{row.id}", 303)

    def note(self, request: Request, form: FormData) -> Response:
        with open_store(self.db) as store:
            row = self._row(request, store)
            session = session_of(request)
            text = str(form.get("text", ""))
            try:
                ledger.note(store, verdict_of(row).claim, by=session.user or str(form.get("by", "")), text=text)
            except LedgerError as error:
                return self._claim(request, store, row, notice=str(error), typed={"text": text}, status=422)
        return RedirectResponse(f"/claim/{row.id}", 303)

    def draft(self, request: Request) -> Response:
        path = request.query_params.get("path", "")
        with open_store(self.db) as store:
            text = store.document(path)
            if text is None:
                raise HTTPException(404, "The text of this file was not kept; check it again.")
            rows = [store.board_row(row.id) for row in store.board(path=path, limit=5_000)]
        cards = [card_of(verdict_of(row), id=row.id) for row in rows if row is not None]
        return self.show(request, "draft.html", path=path, parts_of_text=in_text(text, cards))

    # -- sources -------------------------------------------------------------------------

    def sources(self, request: Request) -> Response:
        with open_store(self.db) as store:
            return self.show(request, "sources.html", entries=store.entries())

    def source(self, request: Request) -> Response:
        query = request.query_params
        with open_store(self.db) as store:
            source = store.source(request.path_params["id"])
            entry = next((e for e in store.entries() if e.id == request.path_params["id"]), None)
        if source is None or entry is None:
            raise HTTPException(404, "There is no such source in the store.")
        bounds = [int(query[n]) if query.get(n, "").isdecimal() and len(query[n]) < 10 else 0 for n in ("start", "end")]
        start, end = sorted(min(bound, len(source.text)) for bound in bounds)
        return self.show(
            request,
            "source.html",
            source=source,
            entry=entry,
            before=source.text[:start],
            passage=marked(source.text[start:end], _marks(query.get("marks", ""))),
            after=source.text[end:],
            has_passage=start < end,
        )

    # -- work ----------------------------------------------------------------------------

    def uploads(self, request: Request) -> Response:
        return self.show(request, "upload.html", notice="")

    def upload(self, request: Request, form: FormData) -> Response:
        files = [f for f in form.getlist("files") if isinstance(f, UploadFile) and f.filename]
        read = [(plain_name(f.filename or ""), f.file.read()) for f in files]
        if not read or not all(data.strip() for _, data in read):
            return self.show(request, "upload.html", 422, notice="Choose at least one file, and none that is empty.")
        if form.get("kind") == "sources":
            job = self.works.start(f"adding {len(read)} sources", add_files(read))
        else:
            for name, data in read:
                job = self.works.start(f"checking {name}", check_text(name, data), path=name)
        return RedirectResponse(f"/work/{job.number}", 303)

    def check(self, request: Request, form: FormData) -> Response:
        path = str(form.get("path", ""))
        with open_store(self.db) as store:
            text = store.document(path)
        if text is None or path.lower().endswith(".docx"):
            raise HTTPException(404, "The file itself was not kept; upload it again.")
        job = self.works.start(f"checking {path}", check_text(path, text.encode()), path=path)
        return RedirectResponse(f"/work/{job.number}", 303)

    def work(self, request: Request) -> Response:
        job = self.works.jobs.get(request.path_params["number"])
        if job is None:
            raise HTTPException(404, "That work is not known any more; see the claims.")
        next_link = "/?" + urlencode({"path": job.path}) if job.path else "/sources"
        return self.show(request, "work.html", job=job, next_link=next_link)

    async def events(self, request: Request) -> Response:
        job = self.works.jobs.get(request.path_params["number"])
        if job is None:
            raise HTTPException(404, "That work is not known any more.")

        async def stream() -> AsyncIterator[str]:
            seen = 0
            while not await request.is_disconnected():
                stages = await run_in_threadpool(self.works.wait, job, seen, 5.0)
                for stage in stages:
                    yield f"data: {json.dumps(stage)}\n\n"
                seen += len(stages)
                if job.done and len(job.stages) == seen:
                    yield f"event: done\ndata: {json.dumps(job.error)}\n\n"
                    return
                yield ": still here\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream")

    # -- people --------------------------------------------------------------------------

    def me(self, request: Request, form: FormData) -> Response:
        if not self.access.tokens:  # with tokens, one's name is the token's
            session_of(request).user = " ".join(str(form.get("by", "")).split())[:100]
        return RedirectResponse("/", 303)

    def enter(self, request: Request) -> Response:
        return self.show(request, "enter.html", notice="")

    def entered(self, request: Request, form: FormData) -> Response:
        session = session_of(request)
        user = self.access.user_of(str(form.get("token", "")))
        if user is None:
            return self.show(request, "enter.html", 403, notice="That token is not one of this desk's.")
        # Another session under another cookie: one that somebody set beforehand must not become an entered one.
        name, fresh = self.access.begin()
        fresh.user, fresh.entered = user, True
        self.access.end(session)
        return RedirectResponse("/", 303, {"set-cookie": self.access.cookie(name)})


def session_of(request: Request) -> Session:
    """The session that the guard put in the request."""
    found: Session = request.state.session
    return found


def verdict_of(row: BoardRow) -> Verdict:
    """The verdict of a row that was read with it."""
    assert row.verdict is not None
    return row.verdict


def source_link(quote: Quote) -> str:
    """A source's page with the quote marked and scrolled to, and the deciding words in it."""
    marks = ",".join(f"{a}-{b}" for a, b in quote.marks)
    query = urlencode({"start": quote.start, "end": quote.end, "marks": marks})
    return f"/source/{percent_encoded(quote.source_id, safe='')}?{query}#passage"


def _marks(text: str) -> list[tuple[int, int]]:
    found = []
    for part in text.split(",")[:100]:
        start, _, end = part.partition("-")
        if start.isdecimal() and end.isdecimal() and len(part) < 20:
            found.append((int(start), int(end)))
    return found


def around(text: str, card: Card) -> list[Any]:
    """The claim in its draft, with a few lines before and after it."""
    parts = in_text(text, [card])
    if not any(part.card for part in parts):
        return []
    shown: list[Any] = []
    for part in parts:
        if part.card:
            shown.append(part)
        elif not shown:
            shown.append({"card": None, "plain": "\n".join(part.plain.split("\n")[-6:])[-1_000:]})
        else:
            shown.append({"card": None, "plain": "\n".join(part.plain.split("\n")[:6])[:1_000]})
    return shown
