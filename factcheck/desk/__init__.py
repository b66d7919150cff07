"""The desk: a small web app where people decide on claims, beside the evidence and the sources.

``access`` says who may do what, ``app`` is the pages, ``work`` runs checks in the
background. Everything that counts is in the store and its ledger: a desk that is
killed has lost nothing that it said was decided.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence

from factcheck import ledger
from factcheck.errors import FactcheckError

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class DeskError(FactcheckError):
    """A desk that cannot be opened: one line that says why."""


def serve(
    db: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8722,
    users: Sequence[str] = (),
    certificate: str | None = None,
    key: str | None = None,
    public: str | None = None,
    second_policy: str = "never",
    read_db: str | None = None,
) -> None:
    """Run the desk until it is interrupted; prints its address, and a token for each of ``users``.

    An address that is not loopback needs users, each of whom gets a token. ``certificate`` and
    ``key`` (PEM files) make it HTTPS. ``public`` is its address (https://desk.example) where a proxy
    on this machine answers for it. Checks search in ``read_db``, a replica of a PostgreSQL store.
    Raises ``DeskError`` when it cannot listen there.
    """
    import socket
    import sys

    try:
        import python_multipart  # noqa: F401
        import uvicorn

        from factcheck.desk.access import Access
        from factcheck.desk.app import application
    except ImportError as error:
        raise DeskError(f"the desk needs {error.name}; install it with: pip install 'factcheck[desk]'") from None
    from factcheck.stores import open_store

    if host not in LOOPBACK and not users:
        raise DeskError(f"{host} can be reached by others: name who may enter with --user NAME, once for each")
    if public is not None:
        public = _origin(public)
        if host not in LOOPBACK or certificate:
            raise DeskError("--public is for a desk on this machine behind a proxy, without --host and --certificate")
        if not users:
            raise DeskError(f"{public} can be reached by others: name who may enter with --user NAME, once for each")
    if bool(certificate) is not bool(key):
        raise DeskError("--certificate and --key go together")
    with open_store(db, create=True, read_db=read_db) as store:
        ledger.settle(store)  # sources may have changed since it was last open
    access = Access(users=users, loopback=host in LOOPBACK, secure=bool(certificate), public=public or "")
    try:
        if certificate and key:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)  # before the address is told: whoever reads it may come at once
    except OSError as error:
        raise DeskError(f"{host}:{port}: the desk cannot be opened here: {error.strerror or error}") from None
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if certificate else "http"
    sys.stdout.write(f"the desk is at {scheme}://{shown}:{listening.getsockname()[1]}/  (stop it with Ctrl-C)\n")
    if public:
        sys.stdout.write(f"  shown by a proxy as {public}/\n")
    elif host not in LOOPBACK and not certificate:
        sys.stderr.write("factcheck: without --certificate, tokens and decisions can be read on the way\n")
    for name, token in access.tokens.items():
        sys.stdout.write(f"  {name}: {token}\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        application(db, access, second_policy=second_policy, read_db=read_db),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=32_768,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=3,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    uvicorn.Server(config).run(sockets=[listening])


def _origin(address: str) -> str:
    """The origin of the desk's public address, as browsers write it."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address.strip().lower())
        usual = {"https": 443, "http": 80}[parts.scheme]
        if not parts.hostname or parts.username or parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError
        port = "" if parts.port in (None, usual) else f":{parts.port}"
    except (KeyError, ValueError):
        raise DeskError(f'"{address}" is no public address of a desk; write it as https://desk.example') from None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}"
