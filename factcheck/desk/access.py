"""Who may do what at the desk, how often and how much: tokens, sessions, CSRF, limits and headers.

One layer around the whole app, so that a page that is added cannot forget it. On
loopback there is no token; anywhere else nothing is answered without one but the
page that asks for it.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "factcheck_desk"
MAX_FORM = 100_000  # bytes of a decision
MAX_UPLOAD = 50_000_000  # bytes of an upload, as for a file that is added as a source
MAX_SESSIONS = 1_000
SESSION_SECONDS = 12 * 3600

# (requests at once, requests a second afterwards) for one address.
READING, WRITING, ENTERING = (400, 40.0), (60, 2.0), (5, 0.1)

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # "no-referrer" would make browsers send "Origin: null" with every form
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


@dataclass
class Session:
    """One browser: who sits at it, and the secret that its forms carry."""

    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    user: str = ""
    entered: bool = False
    seen: float = field(default_factory=time.monotonic)


class Limit:
    """A token bucket for each address; forgets the addresses that have been quiet the longest."""

    def __init__(self, burst: int, per_second: float) -> None:
        self.burst, self.per_second = burst, per_second
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str, now: float) -> bool:
        left, then = self._left.pop(address, (float(self.burst), now))
        left = min(float(self.burst), left + (now - then) * self.per_second)
        self._left[address] = (left - 1 if left >= 1 else left, now)
        while len(self._left) > 10_000:
            self._left.popitem(last=False)
        return left >= 1


class Access:
    """Tokens and sessions of one desk. ``tokens`` are by name, made anew each time the desk is opened."""

    def __init__(
        self, *, users: Sequence[str] = (), loopback: bool = True, secure: bool = False, public: str = ""
    ) -> None:
        """``public`` is the origin (https://desk.example) at which a proxy on this machine shows the desk."""
        self.tokens = {name: secrets.token_urlsafe(24) for name in dict.fromkeys(users)}
        self.loopback, self.public = loopback, public
        self.secure = secure or public.startswith("https:")
        # With this prefix a browser takes the cookie only over HTTPS, and from no other name of the domain.
        self.cookie_name = f"__Host-{COOKIE}" if self.secure else COOKIE
        self.sessions: OrderedDict[str, Session] = OrderedDict()
        self.limits = {"GET": Limit(*READING), "POST": Limit(*WRITING), "enter": Limit(*ENTERING)}

    def session(self, cookie: str | None) -> Session | None:
        found = self.sessions.get(cookie or "")
        if found is None or time.monotonic() - found.seen > SESSION_SECONDS:
            return None
        found.seen = time.monotonic()
        self.sessions.move_to_end(cookie or "")
        return found

    def begin(self) -> tuple[str, Session]:
        name, session = secrets.token_urlsafe(32), Session(entered=not self.tokens)
        self.sessions[name] = session
        if len(self.sessions) > MAX_SESSIONS:
            # Those of people who never entered go first: nobody is put out by a stranger's many requests.
            oldest = iter(self.sessions)
            gone = next((n for n, s in self.sessions.items() if not s.entered and n != name), None) or next(oldest)
            del self.sessions[gone]
        return name, session

    def end(self, session: Session) -> None:
        for name in [name for name, kept in self.sessions.items() if kept is session]:
            del self.sessions[name]

    def user_of(self, token: str) -> str | None:
        """Whose token this is; takes as long for a wrong one."""
        found = None
        for name, right in self.tokens.items():
            if hmac.compare_digest(token.encode(), right.encode()):
                found = name
        return found

    def cookie(self, name: str) -> str:
        secure = "; Secure" if self.secure else ""
        return f"{self.cookie_name}={name}; Path=/; HttpOnly; SameSite=Strict{secure}"


class Guard:
    """Answers what may not pass, and puts the headers on what does. The session is in ``request.state.session``."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app, self.access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        given = MutableHeaders()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in [*HEADERS.items(), *given.items()]:
                    headers[name] = value
                if self.access.secure:
                    headers["strict-transport-security"] = "max-age=31536000"
            await send(message)

        refused = self._refusal(scope)
        if refused is None:
            connection = HTTPConnection(scope)
            session = self.access.session(connection.cookies.get(self.access.cookie_name))
            if session is None:
                if scope["method"] != "GET":
                    refused = _says(403, "This page is from before the desk was opened. Load it again.")
                else:
                    name, session = self.access.begin()
                    given["set-cookie"] = self.access.cookie(name)
            if session is not None:
                scope.setdefault("state", {})["session"] = session
                path = scope["path"]
                if not session.entered and path != "/enter" and not path.startswith("/static/"):
                    refused = RedirectResponse("/enter", 303)
        if refused is not None:
            await refused(scope, receive, sending)
            return
        limit = MAX_UPLOAD if scope["path"] == "/upload" else MAX_FORM
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdigit() or int(length) > limit:
            await _says(413, f"That is more than the desk takes: up to {limit:,} bytes.")(scope, receive, sending)
            return
        got = 0

        async def receiving() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > limit:  # a body without a length, or longer than it said
                raise TooLarge
            return message

        await self.app(scope, receiving, sending)

    def _refusal(self, scope: Scope) -> Response | None:
        headers, method = Headers(scope=scope), scope["method"]
        if method not in ("GET", "POST"):
            return _says(405, "The desk answers GET and POST.")
        address = self._address(scope, headers)
        kind = "enter" if method == "POST" and scope["path"] == "/enter" else method
        if not self.access.limits[kind].allows(address, time.monotonic()):
            return _says(429, "Too many requests; wait a moment.", {"retry-after": "5"})
        host, public = headers.get("host", ""), self.access.public
        if public:
            if host.lower() != urlsplit(public).netloc:
                return _says(400, f"The desk is at {public}.")
        elif self.access.loopback and _name_of(host) not in ("127.0.0.1", "localhost", "::1"):
            # A name that a stranger's page made point here (DNS rebinding) must not reach the desk.
            return _says(400, "The desk answers to 127.0.0.1 and localhost only.")
        if method == "POST":
            origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
            own = public or f"{'https' if self.access.secure else 'http'}://{host}"
            if site not in ("same-origin", "none") or (origin is not None and origin.lower() != own.lower()):
                return _says(403, "This came from another site's page, and was not taken.")
        return None

    def _address(self, scope: Scope, headers: Headers) -> str:
        """Who asks: behind a proxy, whom the proxy says it has in front of it, so that one guesser stops only himself.

        Proxies add to what the asker wrote there: only the last address is the proxy's own word.
        """
        direct: str = scope["client"][0] if scope["client"] else ""
        told = headers.getlist("x-forwarded-for") if self.access.public else []
        return told[-1].rsplit(",", 1)[-1].strip()[:64] or direct if told else direct


class TooLarge(Exception):
    """A request that went on for longer than it may."""


def _name_of(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # "[::1"
        return ""


def checked(session: Session, form: Any) -> bool:
    """Whether a form carries its session's secret."""
    given = form.get("csrf")
    return isinstance(given, str) and hmac.compare_digest(given.encode(), session.csrf.encode())


def _says(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(text + "\n", status, headers=headers)
