"""Work on a Ray cluster of two real nodes: the same bytes as on one machine, whoever is killed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks.cluster import Node, TwoNodes, two_nodes
from benchmarks.verify_speed import empty_cache
from factcheck import cluster as clusters
from factcheck.cluster import Cluster
from factcheck.errors import ClusterError, FactcheckError

ROOT = Path(__file__).parent.parent
QUIET = {"OMP_WAIT_POLICY": "PASSIVE", "HF_HUB_OFFLINE": "1"}


def command(*arguments: str, cwd: Path, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "factcheck", *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **QUIET, "PYTHONPATH": str(ROOT), **environment},
    )


def finished(process: subprocess.Popen[bytes]) -> tuple[int, bytes, list[str]]:
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err.decode().splitlines()


def run(*arguments: str, cwd: Path, **environment: str) -> tuple[int, bytes, list[str]]:
    return finished(command(*arguments, cwd=cwd, **environment))


def desk(folder: Path) -> Path:
    """A folder with the demo's claims and sources, and no answer from another machine, whose bits may be others."""
    shutil.copytree(ROOT / "claims", folder / "claims")
    shutil.copy(ROOT / "sources.db", folder)
    empty_cache(folder / "sources.db")
    return folder


VERIFY = ("verify", "claims/lima_group.yaml", "--no-cache", "--format", "json")


@pytest.fixture(scope="module")
def nodes() -> Iterator[TwoNodes]:
    if importlib.util.find_spec("ray") is None or importlib.util.find_spec("grpc") is None:
        pytest.skip("ray is not installed: pip install 'factcheck[ray]'")
    with pytest.MonkeyPatch.context() as patch:
        # A node that is gone is noticed sooner than on a network that may hiccup, and one that is only slow is not.
        for name, value in {"period": "1000", "timeout": "5000", "initial_delay": "2000"}.items():
            patch.setenv(f"RAY_health_check_{name}_ms", value)
        try:
            with two_nodes() as running:
                yield running
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            pytest.skip(f"Ray does not start here: {error}")


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    code, report, _ = run(*VERIFY, cwd=desk(tmp_path_factory.mktemp("local")))
    assert code == 0
    return report


def test_the_report_is_the_same_byte_for_byte_and_an_unchanged_run_asks_nobody(
    nodes: TwoNodes, local: bytes, tmp_path: Path
) -> None:
    cached = tuple(word for word in VERIFY if word != "--no-cache")
    first = run(*cached, "--on", nodes.client, cwd=desk(tmp_path))
    assert first == (0, local, [])
    # Nobody listens at this address, and Ray is as good as not installed.
    code = "import sys; sys.modules['ray'] = None; from factcheck.cli import main; main()"
    again = [sys.executable, "-c", code, *cached, "--on", "ray://127.0.0.1:1"]
    done = subprocess.run(again, cwd=tmp_path, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, local, b"")


def at_work(node: Node, process: subprocess.Popen[bytes]) -> int:
    """A worker of the node that has a batch in hand."""
    until = time.monotonic() + 120
    while not (found := node.workers()):
        if process.poll() is not None:
            raise AssertionError(f"the run ended before the node did any work: {finished(process)}")
        assert time.monotonic() < until
        time.sleep(0.02)
    return found[0]


def test_a_worker_that_is_killed_takes_nothing_with_it(nodes: TwoNodes, local: bytes, tmp_path: Path) -> None:
    # Ray tells a driver on the cluster's own machines of lost workers, which must not get into the report.
    process = command(*VERIFY, "--on", nodes.address, cwd=desk(tmp_path))
    os.kill(at_work(nodes.second, process), signal.SIGKILL)
    assert finished(process)[:2] == (0, local)


def test_a_node_that_is_lost_takes_nothing_with_it(nodes: TwoNodes, local: bytes, tmp_path: Path) -> None:
    process = command(*VERIFY, "--on", nodes.client, cwd=desk(tmp_path))
    at_work(nodes.second, process)
    nodes.second.kill()
    try:
        assert finished(process)[:2] == (0, local)
    finally:
        nodes.second.start()


def test_sources_that_are_added_on_a_cluster_are_kept_the_same(nodes: TwoNodes, tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"s{number}.md").write_text(
            f"# Report {number}\n\nMaria Perez, mayor of Arden, opened mill {number} on 3 May 2024. "
            f"She said it had hired {number}00 people.\n",
            encoding="utf-8",
        )
    add = ("sources", "add", *(f"s{number}.md" for number in range(9)), "--db")
    told = [
        run(*add, "here.db", cwd=tmp_path),
        run(*add, "there.db", "--on", nodes.client, cwd=tmp_path),
    ]
    assert told[0] == told[1]
    assert told[0][0] == 0
    here, there = (sqlite3.connect(tmp_path / name) for name in ("here.db", "there.db"))
    for table in ("sources", "passages", "embeddings"):
        rows = [sorted(map(repr, store.execute(f"select * from {table}"))) for store in (here, there)]
        assert rows[0] == rows[1] != [], table


@pytest.fixture
def connected(nodes: TwoNodes) -> Iterator[Callable[..., Cluster]]:
    made: list[Cluster] = []

    def connect(address: str = nodes.client) -> Cluster:
        made.append(Cluster(address))
        return made[-1]

    yield connect
    for one in made:
        one.close()


def test_models_on_a_cluster_answer_as_here_whatever_the_order_and_number(connected: Callable[..., Cluster]) -> None:
    from factcheck.inference import load_embedder

    texts = [f"Sentence {n} of " + "many words and " * (n % 7) + "an end." for n in range(40)]
    here, there = load_embedder(), connected().embedder()
    assert np.array_equal(here.embed(texts), there.embed(texts))
    assert np.array_equal(here.embed(texts[:1]), there.embed(texts[:1]))
    assert there.embed([]).shape == (0, there.dim) == (0, here.dim)
    assert there.model_id == here.model_id


class Deadly:
    """Ends the process that unpickles it."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (9,)


def test_work_that_kills_every_worker_fails_alone(nodes: TwoNodes, connected: Callable[..., Cluster]) -> None:
    cluster = connected(nodes.address)  # a client's work is unpickled on its way too, by the head
    with pytest.raises(FactcheckError, match="4 workers were lost over the same work") as raised:
        cluster.ask("annotate", None, None, [[Deadly()]])
    assert not isinstance(raised.value, ClusterError)
    assert cluster.annotate([]) == ()


def test_where_no_worker_can_be_had_the_run_ends_with_one_line(
    connected: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "PATIENCE", 0.01)
    with pytest.raises(ClusterError, match="can be had: no core is free") as raised:
        connected().verdict_model().judge([("The mill hired 40 people.", "The mill hired.")])
    assert "\n" not in str(raised.value)


def test_workers_with_other_code_are_not_trusted(
    connected: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("factcheck.pipeline.engine_digest", lambda: "another")
    with pytest.raises(ClusterError, match="has another factcheck"):
        connected().annotate([])


@pytest.mark.parametrize("address", ["ray://127.0.0.1:1", "127.0.0.1:1", "somewhere"])
def test_an_address_where_no_cluster_is_gives_one_line(address: str, tmp_path: Path) -> None:
    if importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed: pip install 'factcheck[ray]'")
    began = time.monotonic()
    code, out, err = run(*VERIFY, "--on", address, cwd=desk(tmp_path))
    assert (code, out, len(err)) == (2, b"", 1), err
    assert address in err[0]
    assert time.monotonic() - began < 60


def test_without_ray_the_command_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['ray'] = None; from factcheck.cli import main; main()"
    for arguments in (VERIFY, ("sources", "add", "claims/lima_group.yaml", "--db", "new.db")):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments, "--on", "ray"],
            cwd=tmp_path if (tmp_path / "claims").exists() else desk(tmp_path),
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.splitlines() == [
            'work on a cluster needs ray; install it with: pip install "factcheck[ray]"'
        ]


def test_a_cluster_that_is_lost_ends_the_run_with_one_line(nodes: TwoNodes, tmp_path: Path) -> None:
    """The last of those that need the cluster: it is gone afterwards."""
    process = command(*VERIFY, "--on", nodes.client, cwd=desk(tmp_path))
    at_work(nodes.head, process)
    nodes.head.kill()
    nodes.second.kill()
    code, out, err = finished(process)
    assert (code, out) == (2, b"")
    assert err == [f"{nodes.client} is lost: its head node does not answer any more"]
