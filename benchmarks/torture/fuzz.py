"""python -m benchmarks.torture.fuzz [--inputs 200000] [--target NAME --input NUMBER]: generated input for every target.

Input by number, always the same: a run that was broken off goes on where it was (build/torture),
and a failure is repeated by its number. What fails is written to tests/corpus, where the
test suite tries it ever after; once it is mended, that is its test. Each input has 10
seconds of the processor and the process 512 MB.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import multiprocessing.connection
import os
import resource
import signal
import sys
import time
from pathlib import Path

from benchmarks.torture.targets import CORPUS, SHARES, TARGETS, make

STATE = Path("build/torture/fuzz.json")
BATCH = 250
SECONDS = 10
MEMORY = 512_000_000


class _Slow(BaseException):
    """The input's time is over; no reader catches it."""


def _stop(*_: object) -> None:
    raise _Slow(f"over {SECONDS} seconds of the processor")


def batch(name: str, first: int, size: int, tell: multiprocessing.connection.Connection) -> None:
    """Try some inputs, telling the number of each before and what went wrong after."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    signal.signal(signal.SIGVTALRM, _stop)
    target = TARGETS[name]
    for number in range(first, first + size):
        data = make(name, number)
        tell.send((number, None))
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            target(data)
        except BaseException as error:
            tell.send((number, f"{type(error).__name__}: {error}"[:200]))
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    tell.send((None, None))
    os._exit(0)


def try_batch(name: str, first: int, size: int) -> dict[int, str]:
    """What went wrong in a batch, by number; an input that ends the process is one of them."""
    failed: dict[int, str] = {}
    end = first + size
    while first < end:
        mine, theirs = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(target=batch, args=(name, first, end - first, theirs))
        process.start()
        theirs.close()
        at: int | None = first
        try:
            while at is not None:
                at_now, wrong = mine.recv()
                if wrong:
                    failed[at_now] = wrong
                at = at_now
            first = end
        except EOFError:  # the process is gone: the input it was at brought it down
            process.join()
            assert at is not None
            failed[at] = f"the process ended with {process.exitcode}"
            first = at + 1
        process.join()
    return failed


def keep(name: str, number: int) -> Path:
    """Write an input that failed to the corpus."""
    file = CORPUS / name / f"{number}.bin"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(make(name, number))
    return file


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--target", choices=sorted(TARGETS))
    parser.add_argument("--input", type=int, help="try this one input of --target, with its traceback")
    given = parser.parse_args()
    if given.input is not None:
        TARGETS[given.target](make(given.target, given.input))
        return 0
    done: dict[str, int] = json.loads(STATE.read_text()) if STATE.exists() else {}
    began, failures = time.time(), 0
    while True:
        # The target that is furthest behind its share goes next, so that any moment's total is a fair mix.
        name = given.target or min(SHARES, key=lambda name: done.get(name, 0) / SHARES[name])
        size = min(BATCH, given.inputs - sum(done.values()))
        if size <= 0:
            break
        first = done.get(name, 0)
        for number, wrong in try_batch(name, first, size).items():
            failures += 1
            print(f"FAILED {name} {number}: {wrong} -> {keep(name, number)}", flush=True)
        done[name] = first + size
        STATE.parent.mkdir(parents=True, exist_ok=True)
        STATE.with_suffix(".new").write_text(json.dumps(done))
        STATE.with_suffix(".new").replace(STATE)
    print(f"{sum(done.values()):,} inputs: " + ", ".join(f"{name} {done[name]:,}" for name in sorted(done)))
    print(f"{failures} failed in this run of {time.time() - began:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
