"""Work on a Ray cluster: batches of pairs, texts and passages go to workers that hold the models.

The models of a cluster look like those of ``factcheck.inference`` to the engine. Behind them
stands one queue of batches and, for each core of the cluster, a thread that keeps one worker (an
actor with that core) and one batch on its way to it: no more is ever under way, and a fast node
takes more of the queue than a slow one. A worker holds every model it has been asked for, so that
judging never waits for a core that embedding holds.

A worker that is gone takes nothing with it: its batch goes back to the head of the queue, and its
thread asks the cluster for another worker. Every worker must run the very code that asks it, and
each pair, text or source is judged for itself: the answers are those of this machine, in their order.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any

import numpy as np

from factcheck.errors import ClusterError, FactcheckError
from factcheck.inference import cores
from factcheck.models import ModelError, embedder_id, find_folder, verdict_model_id

if TYPE_CHECKING:
    from factcheck.domain import Passage
    from factcheck.inference import Embedder, VerdictModel

# What a batch holds at most: pairs or texts. Sixteen pairs of the shipped model are two or three seconds' work of a
# core, some hundred times what it takes to send them.
MOST = 16
# Batches under way at once, and so workers: each has a thread here.
MOST_WORKERS = 256
# Workers that may be lost over one batch, and by one core before any batch is done: it may have met two such batches.
ATTEMPTS = 4
LOSSES = 2 * ATTEMPTS
# Seconds without an answer after which a worker is taken for lost, or one that does not start for not to be had.
PATIENCE = 120.0
# A tenth of what a core annotates: a long source may take as many seconds more.
CHARACTERS_A_SECOND = 1_500
# Seconds between looks whether the head is there, and those in which it may be away.
LOOK = 10.0
# Seconds that a cluster's address has to answer in.
REACHED_IN = 10.0


class Cluster:
    """A connection to a cluster, and its workers, which are started when there is work for them.

    ``address`` is ray://HOST:PORT for a cluster elsewhere, HOST:PORT for one that this machine is a
    node of, or "ray" for the one that RAY_ADDRESS names or this machine runs; where there is none,
    one is started here and ends with this. Raises ``ClusterError`` where it cannot be had.
    """

    def __init__(self, address: str) -> None:
        # Read by Ray when it is imported.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ["RAY_ENABLE_AUTO_CONNECT"] = (
            "0"  # a cluster that is lost is not replaced by one that nobody asked for
        )
        # A head that is lost ends the whole process after a minute, with another exit code: it is noticed here before.
        os.environ.setdefault("RAY_gcs_rpc_server_reconnect_timeout_s", "600")
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # without it, a warning at every start
        try:
            self._ray: Any = import_module("ray")
            self._lost: Any = import_module("ray.exceptions")
        except ImportError as error:
            if (error.name or "ray").partition(".")[0] != "ray":
                raise
            raise ClusterError('work on a cluster needs ray; install it with: pip install "factcheck[ray]"') from None
        self.address = os.environ.get("RAY_ADDRESS", "ray") if address == "ray" else address
        self._connect(self.address)
        self._head = self.address if self.address.startswith("ray://") else self._ray.get_runtime_context().gcs_address
        self.cores = max(1, min(MOST_WORKERS, int(self._ray.cluster_resources().get("CPU", 0))))
        self._actor = self._ray.remote(num_cpus=1, max_restarts=0)(_Worker)
        self._queue: deque[_Batch] = deque()
        self._changed = Condition()
        self._threads: list[Thread] = []
        self._workers: set[Any] = set()
        self._serving = self._ready = self._idle = 0
        self._closed = self._gone = False

    def _connect(self, address: str) -> None:
        quiet = {"log_to_driver": False, "logging_level": "CRITICAL"}
        # What it tells of connections is told here, in one line.
        logging.getLogger("ray").setLevel(logging.CRITICAL)
        logging.getLogger("ray.util.client.logsclient").disabled = True  # sets a level of its own
        warnings.filterwarnings("ignore", module=r"ray\.")
        # Ray tells of lost workers on standard output, which is the report's. It has no setting for that.
        import_module("ray._private.worker")._worker_logs_enabled = False  # type: ignore[attr-defined]
        try:
            if address not in ("ray", "auto"):
                _reach(address)
                for tries_left in (2, 1, 0):
                    try:
                        self._ray.init(address=address, **quiet)
                        return
                    except Exception as error:
                        # A head starts a process for each client, which on a busy machine may come too late.
                        if not tries_left or "Initialization failure" not in str(error):
                            raise
                        self._ray.shutdown()
                        time.sleep(2.0)
            try:
                self._ray.init(address="auto", **quiet)
            except ConnectionError:
                if not {"RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"} & os.environ.keys():
                    # Ray would write one into the user's home, and ask for it wherever they start a cluster later.
                    os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
                # Batches are small and go along with their calls: the store of objects stays empty.
                self._ray.init(
                    address="local", num_cpus=cores(), include_dashboard=False, object_store_memory=80_000_000, **quiet
                )
        except ClusterError:
            raise
        except (Exception, SystemExit) as error:  # Ray has exceptions of every kind for this, and leaves in one case
            words = " ".join(str(error).split())[:200] or type(error).__name__
            raise ClusterError(f"cannot work on {self.address}: {words}; is its head node running?") from None

    def close(self) -> None:
        """End the workers, and the cluster where it was started for this."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            workers = list(self._workers)
        if self._gone:  # every word to Ray would wait for an answer
            return
        for worker in workers:  # a thread that waits for one is told that it is gone
            self._kill(worker)
        for thread in self._threads:
            thread.join(5)
        self._ray.shutdown()

    # -- the models, as the engine takes them --------------------------------------------------

    def verdict_model(self, name: str | None = None) -> VerdictModel:
        """A verdict model whose pairs are judged on the cluster."""
        return _VerdictModel(self, _found(name, "verdict"), verdict_model_id(name))

    def embedder(self, name: str | None = None) -> Embedder:
        """An embedder whose texts are embedded on the cluster."""
        return _Embedder(self, _found(name, "embedder"), embedder_id(name))

    def annotate(self, passages: Sequence[Passage]) -> Sequence[Passage]:
        """``factcheck.annotate.annotate`` on the cluster: one source is one batch, as its names go together."""
        more = sum(len(passage.text) for passage in passages) / CHARACTERS_A_SECOND
        (done,) = self.ask("annotate", None, None, [list(passages)], PATIENCE + more)
        return tuple(done)

    def ask(
        self,
        task: str,
        name: str | None,
        model_id: str | None,
        batches: Sequence[list[Any]],
        seconds: float = PATIENCE,
    ) -> list[Any]:
        """What workers make of batches, in the order of the batches, each within ``seconds``.

        Raises ``ClusterError`` when no worker can be had, or else what the first batch that failed raised: the
        model's own error, or a ``FactcheckError`` where ``ATTEMPTS`` workers were lost over it.
        """
        sent = [_Batch((task, name, model_id, items), seconds) for items in batches]
        with self._changed:
            if self._closed:
                raise ClusterError(f"{self.address}: the work there has ended")
            self._queue.extend(sent)
            self._changed.notify(len(sent))
            wanted = min(self.cores, self._serving + len(self._queue) - self._idle)
            for _ in range(wanted - self._serving):
                self._serving += 1
                self._threads.append(Thread(target=self._serve, name="cluster", daemon=True))
                self._threads[-1].start()
        waiting = {batch.answer for batch in sent}
        while waiting := wait(waiting, timeout=LOOK).not_done:
            if not self._there():
                self._gone = True
                raise ClusterError(f"{self.address} is lost: its head node does not answer any more")
        errors = [error for batch in sent if (error := batch.answer.exception()) is not None]
        for error in sorted(errors, key=lambda error: not isinstance(error, ClusterError)):
            raise error
        return [batch.answer.result() for batch in sent]

    def _there(self) -> bool:
        """Whether the head answers, now or in a while: a network may hiccup."""
        for _ in range(ATTEMPTS):
            try:
                _reach(self._head)
                return True
            except OSError:
                time.sleep(LOOK / ATTEMPTS)
        return False

    # -- one core of the cluster ----------------------------------------------------------------

    def _serve(self) -> None:
        """Keeps one worker and brings it batches, until none can be had or all is done."""
        trouble = ""
        losses = 0
        while losses < LOSSES and not self._closed:
            worker = None
            try:
                worker = self._actor.remote()
                self._workers.add(worker)
                self._same_code(worker)
                losses = 0 if self._work(worker) else losses + 1
            except ClusterError as found:
                trouble, losses = str(found), LOSSES
            except self._lost.GetTimeoutError:
                trouble = f"no core is free within {PATIENCE:.0f} seconds"
                losses = 0 if self._ready else LOSSES  # others do the work meanwhile
            except Exception as found:  # a worker that did not start, or a connection that is gone
                trouble, losses = _first_line(found), losses + 1
            self._kill(worker)
        with self._changed:
            self._serving -= 1
            while self._queue and not self._serving:
                why = "it was closed" if self._closed else trouble or "workers are lost again and again"
                error = ClusterError(f"no worker of {self.address} can be had: {why}")
                self._queue.popleft().answer.set_exception(error)

    def _kill(self, worker: Any) -> None:
        self._workers.discard(worker)
        with suppress(Exception):  # it is gone, or all of Ray is
            self._ray.kill(worker)

    def _same_code(self, worker: Any) -> None:
        """Waits for a worker to be there."""
        from factcheck.pipeline import engine_digest

        node, theirs = self._ray.get(worker.code.remote(), timeout=PATIENCE)
        if theirs != engine_digest():
            raise ClusterError(f"the node {node} has another factcheck than this machine; install the same one there")

    def _work(self, worker: Any) -> bool:
        """Brings a worker batches until it is lost; whether it had done any."""
        done = False
        self._count(ready=1)
        try:
            while (batch := self._next()) is not None:
                try:
                    answer = self._ray.get(worker.work.remote(*batch.work), timeout=batch.seconds)
                except self._lost.RayTaskError as error:  # the model's own trouble, which it would have anywhere
                    batch.answer.set_exception(error.cause)
                except Exception as error:
                    self._again(batch, error)
                    return done
                else:
                    batch.answer.set_result(answer)
                done = True
            return done
        finally:
            self._count(ready=-1)

    def _count(self, ready: int) -> None:
        with self._changed:
            self._ready += ready

    def _next(self) -> _Batch | None:
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._queue or self._closed)
            self._idle -= 1
            return None if self._closed else self._queue.popleft()

    def _again(self, batch: _Batch, error: Exception) -> None:
        """Back to the head of the queue, where the next worker that is free takes it."""
        batch.tries += 1
        if batch.tries >= ATTEMPTS or self._closed:
            words = f"{self.address}: {batch.tries} workers were lost over the same work ({_first_line(error)})"
            # It may be the work that kills them: then only what needs it fails.
            batch.answer.set_exception(FactcheckError(words))
            return
        with self._changed:
            self._queue.appendleft(batch)
            self._changed.notify()


class _Batch:
    """What a worker is to do, and where its answer goes."""

    def __init__(self, work: tuple[str, str | None, str | None, list[Any]], seconds: float) -> None:
        self.work = work
        self.seconds = seconds
        self.tries = 0
        self.answer: Future[Any] = Future()


@dataclass
class _Remote:
    """A model of a cluster's workers; ``name`` is a folder that every node has, or None for the shipped one."""

    cluster: Cluster
    name: str | None
    model_id: str

    def _rows(self, task: str, items: Sequence[Any], length: Callable[[Any], int]) -> np.ndarray:
        """A row for each item, in their order, whatever order they are done in."""
        # The longest first and the last batches the smallest, so that all workers end at about the same time.
        order = sorted(range(len(items)), key=lambda i: -length(items[i]))
        batches = list(_cut(order, self.cluster.cores)) or [[]]
        answers = self.cluster.ask(task, self.name, self.model_id, [[items[i] for i in batch] for batch in batches])
        found = np.concatenate(answers)
        rows = np.empty_like(found)
        rows[order] = found
        return rows


class _VerdictModel(_Remote):
    """``factcheck.inference.VerdictModel`` on a cluster."""

    def judge(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """(premise, hypothesis) pairs to (len(pairs), 3) float32; raises ``ClusterError`` when no worker is left."""
        return self._rows("judge", pairs, lambda pair: len(pair[0]) + len(pair[1]))


class _Embedder(_Remote):
    """``factcheck.inference.Embedder`` on a cluster."""

    @property
    def dim(self) -> int:
        return int(self.embed([]).shape[1])

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), dim) float32, each row of length 1; raises ``ClusterError`` when no worker is left."""
        return self._rows("embed", texts, len)


class _Worker:
    """On a node: the models, each loaded when it is first asked for, with the one core that the worker has."""

    def __init__(self) -> None:
        self._models: dict[tuple[str, str | None], Any] = {}

    def code(self) -> tuple[str, str]:
        """The node's name and what engine it runs."""
        from factcheck.pipeline import engine_digest

        return socket.gethostname(), engine_digest()

    def work(self, task: str, name: str | None, model_id: str | None, items: list[Any]) -> Any:
        from factcheck.annotate import annotate
        from factcheck.inference import load_embedder, load_verdict_model

        if task == "annotate":
            return annotate(items)
        if (task, name) not in self._models:
            model: Any = (load_verdict_model if task == "judge" else load_embedder)(name, threads=1)
            if model.model_id != model_id:
                raise ModelError(f"the node {socket.gethostname()} has another model: {model.model_id}")
            self._models[task, name] = model
        return getattr(self._models[task, name], task)(items)


def _cut(order: list[int], workers: int) -> Iterator[list[int]]:
    """Batches that shrink towards the end (guided self-scheduling, Polychronopoulos and Kuck 1987)."""
    at = 0
    while at < len(order):
        size = max(1, min(MOST, (len(order) - at) // (2 * workers)))
        yield order[at : at + size]
        at += size


def _reach(address: str) -> None:
    """Raises unless somebody listens there: Ray itself would try for more than a minute, and then end the process."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        raise ClusterError(f'"{address}" is no address of a cluster; write ray, ray://HOST:PORT or HOST:PORT')
    socket.create_connection((host.strip("[]"), int(port)), timeout=REACHED_IN).close()


def _found(name: str | None, kind: str) -> str | None:
    """The name by which a worker finds the model: it has another working folder."""
    folder = find_folder(name, kind)
    return str(Path(folder).resolve()) if name is not None and folder is not None else name


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"[:200]
