"""python -m benchmarks.torture.load [--seconds 300] [--processes 16] [--clients 50] [--drafts 1000]: many at once.

Processes add sources and record runs on one store; clients read and decide at one desk; a
day's drafts are read and extracted in one run. Nothing acknowledged may be lost, no lock
may be shown, no answer may be an error of the server, and memory must not grow.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.torture.faults import text_of

sys.path.append(str(Path(__file__).parent.parent.parent / "tests"))

from desks import claim_of, desk, keep, put, verdict_of

from factcheck.errors import FactcheckError
from factcheck.stores import open_store
from factcheck.stores.mending import examine


def writer(path: Path, until: float, said: int) -> None:
    """Add and record until the time is over, each time as a new command would."""
    number = 0
    while time.time() < until:
        name = f"p{os.getpid()}-{number}"
        try:
            with open_store(path, create=True) as store:
                put(store, name, text_of(name))
                os.write(said, f"added {name}\n".encode())
                claim = claim_of("The ferry was built in 1998.", path=f"{os.getpid()}.md")
                run = keep(store, [verdict_of(claim, store.source("base"))])
                os.write(said, f"run {run}\n".encode())
        except FactcheckError as error:
            os.write(said, f"error {' '.join(str(error).split())}\n".encode())
        number += 1


def processes(count: int, seconds: float, folder: Path) -> list[str]:
    """What went wrong with many processes on one store."""
    path = folder / "shared.db"
    with open_store(path, create=True) as store:
        put(store, "base", text_of("base"))
    read, write = os.pipe()
    children = []
    until = time.time() + seconds
    for _ in range(count):
        child = os.fork()
        if child == 0:
            try:
                writer(path, until, write)
            finally:
                os._exit(0)
        children.append(child)
    os.close(write)
    said = b""
    while piece := os.read(read, 1 << 16):
        said += piece
    for child in children:
        os.waitpid(child, 0)
    lines = said.decode().splitlines()
    added = {line.split()[1] for line in lines if line.startswith("added")}
    wrong = [line for line in lines if line.startswith("error")]
    with open_store(path) as store:
        there = {entry.id for entry in store.entries()}
        wrong += [f"{name} is lost" for name in added - there]
        wrong += list(store.check_ledger().problems)
        labels = {row.label for row in store.board(limit=10_000)}
        if len(labels) != 1:
            wrong.append(f"verdicts differ: {labels}")
    wrong += [trouble.what for trouble in examine(path)]
    print(
        f"{count} processes for {seconds:.0f} s on one store: {len(added)} sources and "
        f"{sum(line.startswith('run') for line in lines)} runs, lost or wrong: {len(wrong)}",
        flush=True,
    )
    return wrong


def clients(count: int, seconds: float, folder: Path) -> list[str]:
    """What went wrong with many clients at one desk."""
    import httpx

    path = folder / "desk.db"
    desk(path).close()
    server = subprocess.Popen(
        [sys.executable, "-m", "factcheck", "desk", "--db", str(path), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    address = ""
    for line in server.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            address = found[0]
            break
    times: list[float] = []
    answers: dict[int, int] = {}
    decided: list[str] = []
    lock = threading.Lock()
    until = time.time() + seconds

    def client(number: int) -> None:
        with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as http:
            step = 0
            while time.time() < until:
                begun = time.perf_counter()
                page = http.get(["/", "/sources", "/?words=ferry"][step % 3])
                spent = time.perf_counter() - begun
                with lock:
                    times.append(spent)
                    answers[page.status_code] = answers.get(page.status_code, 0) + 1
                step += 1
                claim = re.search(r"/claim/(\w+)", page.text)
                if step == 2 and claim and page.status_code == 200:
                    form = http.get(f"/claim/{claim[1]}").text
                    secret = re.search(r'name="csrf" value="([^"]+)"', form)
                    if secret:
                        text = f"client {number} saw it"
                        noted = http.post(
                            f"/claim/{claim[1]}/note", data={"csrf": secret[1], "by": "Ana", "text": text}
                        )
                        with lock:
                            answers[noted.status_code] = answers.get(noted.status_code, 0) + 1
                            if noted.status_code == 200 and text in noted.text:
                                decided.append(text)
                time.sleep(1.0)  # a person reads before the next click

    threads = [threading.Thread(target=client, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.terminate()
    server.wait()
    with open_store(path) as store:
        kept = {entry.data.get("text") for entry in store.ledger(kind="note")}
    wrong = [f"the note “{text}” is lost" for text in decided if text not in kept]
    wrong += [f"{n} answers of {status}" for status, n in answers.items() if status >= 500]
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
    print(
        f"the desk with {count} clients for {seconds:.0f} s: answers {answers}, {len(decided)} notes, half within "
        f"{cuts[49] * 1000:.0f} ms, 95% within {cuts[94] * 1000:.0f} ms; lost or wrong: {len(wrong)}",
        flush=True,
    )
    return wrong


def drafts(count: int) -> list[str]:
    """What went wrong with a day's drafts read, cut into sentences and set against ignore comments in one process."""
    from factcheck.drafts.documents import parse_draft
    from factcheck.extract import read_sentences

    words = " ".join(text_of(f"n{n}") for n in range(8))
    at: dict[int, int] = {}
    found = 0
    for number in range(count):
        draft = parse_draft(f"# Day {number}\n\n{words}\n\n".encode(), f"d{number}.md")
        found += len(read_sentences(draft))
        if number in (count // 10, count - 1):
            at[number] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first, last = at[count // 10] / 1024, at[count - 1] / 1024
    print(f"{count} drafts in one run: {found:,} sentences; {first:.0f} MB after a tenth, {last:.0f} MB at the end")
    return [] if last < first * 1.1 + 5 else [f"memory grew from {first:.0f} to {last:.0f} MB"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--drafts", type=int, default=1000)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="factcheck-load-"))
    try:
        wrong = drafts(given.drafts)
        wrong += processes(given.processes, given.seconds, folder)
        wrong += clients(given.clients, min(60.0, given.seconds), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for line in wrong[:20]:
        print(f"WRONG {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
