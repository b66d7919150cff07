"""What is left of the model's rate when its pairs go to a Ray cluster: two nodes of one core each on this machine.

    python -m benchmarks.cluster [--pairs 150] [--rounds 5]

"Local" is the shipped verdict model on two threads; "cluster" is the same call with the same
pairs (tests/accuracy/pairs.jsonl) on a cluster of two nodes with a core each, whose workers have
loaded the model. Whole ``judge`` calls, in turns, so that a slow minute of the machine is both's.
The answers must be the same bits. Needs the extra "ray"; takes a minute or two.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Node:
    """A node of a Ray cluster on this machine, with one core; all its processes are one process group."""

    folder: Path
    arguments: list[str]
    group: int = field(default=0, init=False)

    def start(self) -> None:
        """Returns when it is there, or raises ``RuntimeError`` with what Ray says."""
        command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--num-cpus=1", "--disable-usage-stats"]
        command += ["--object-store-memory=80000000", "--min-worker-port=0", "--max-worker-port=0", *self.arguments]
        environment = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0", "PYTHONPATH": str(ROOT)}
        with (self.folder / "log").open("a+b") as log:
            started = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
            self.group = started.pid
            if started.wait(timeout=240):
                self.kill()
                log.seek(0)
                raise RuntimeError(log.read().decode(errors="replace")[-600:])

    def kill(self) -> None:
        """End it as a power cut would, and nothing else. Workers end themselves when they find it gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)

    def workers(self) -> list[int]:
        """The processes that work on a batch at this moment."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError):
                working = (process / "cmdline").read_bytes().startswith(b"ray::_Worker.work")
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                if working and os.getpgid(parent) == self.group:
                    found.append(int(process.name))
        return found


@dataclass(frozen=True)
class TwoNodes:
    """A running cluster: its address for clients, its address for its nodes, and its nodes."""

    client: str
    address: str
    head: Node
    second: Node


@contextlib.contextmanager
def two_nodes() -> Iterator[TwoNodes]:
    """A cluster of two nodes on this machine with one core each, gone with its folder afterwards.

    It has a token of its own, which this process and those it starts find in their environment meanwhile: nobody
    else on the network can give it work, and the user's own token, if there is one, is left alone.
    """
    with (
        tempfile.TemporaryDirectory(prefix="fc-ray-", ignore_cleanup_errors=True) as place,
        contextlib.ExitStack() as up,
    ):
        token = Path(place) / "token"
        token.write_text(secrets.token_hex(32), encoding="utf-8")
        up.enter_context(patch.dict(os.environ, {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)}))
        gcs, client = _free_port(), _free_port()
        loopback = "--node-ip-address=127.0.0.1"
        ports = (f"--port={gcs}", f"--ray-client-server-port={client}")
        head = Node(Path(place), ["--head", *ports, loopback, "--include-dashboard=false", f"--temp-dir={place}"])
        second = Node(Path(place), [f"--address=127.0.0.1:{gcs}", loopback])
        for node in (head, second):
            up.callback(node.kill)
            node.start()
        yield TwoNodes(f"ray://127.0.0.1:{client}", f"127.0.0.1:{gcs}", head, second)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    import numpy as np

    from factcheck.cluster import Cluster
    from factcheck.inference import load_verdict_model

    rows = [json.loads(line) for line in (ROOT / "tests" / "accuracy" / "pairs.jsonl").read_text("utf-8").splitlines()]
    pairs = [(row["evidence"], row["claim"]) for row in rows][: options.pairs]
    local = load_verdict_model(threads=2)
    with two_nodes() as nodes:
        cluster = Cluster(nodes.address)
        try:
            remote = cluster.verdict_model()
            rates: dict[str, list[float]] = {"local": [], "cluster": []}
            for turn in range(options.rounds + 1):
                answers = []
                for name, model in (("local", local), ("cluster", remote)):
                    start = time.perf_counter()
                    answers.append(model.judge(pairs))
                    if turn:  # the first turn loads the model on every node and makes the kernels
                        rates[name].append(len(pairs) / (time.perf_counter() - start))
                if not np.array_equal(*answers):
                    sys.exit("the answers differ")
        finally:
            cluster.close()
    ratios = [there / here for here, there in zip(rates["local"], rates["cluster"], strict=True)]
    print(f"{len(pairs)} pairs, {options.rounds} rounds, the same bits in each; {os.cpu_count()} cores")
    for name, measured in rates.items():
        shown = f"min {min(measured):6.1f}   median {statistics.median(measured):6.1f}   max {max(measured):6.1f}"
        print(f"{name:<8} {shown} pairs/s")
    print(f"ratio    min {min(ratios):6.2f}   median {statistics.median(ratios):6.2f}   max {max(ratios):6.2f}")


if __name__ == "__main__":
    main()
