"""python -m benchmarks.torture.load [--seconds 300] [--processes 16] [--clients 50] [--drafts 1000]: many at once.

Whole commands add sources and verify on one store, many at once; clients read and decide at one
desk; a day's drafts are checked in one run. Nothing acknowledged may be lost, no lock
may be shown, no answer may be an error of the server, and memory must not grow.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.torture.faults import CLAIMS, ROOT, text_of

sys.path.append(str(Path(__file__).parent.parent.parent / "tests"))

from desks import desk

from factcheck.stores import open_store
from factcheck.stores.mending import examine


def command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "factcheck", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )


def verdicts_of(done: subprocess.CompletedProcess[str]) -> str:
    """What a run says of its claims, or why it says nothing."""
    try:
        claims = json.loads(done.stdout)["claims"]
    except ValueError:
        return " ".join(done.stderr.split())[:200] or f"exit code {done.returncode}"
    return "; ".join(f"{claim['verdict']} {claim['rule']} {claim['confidence']}" for claim in claims)


def writer(folder: Path, until: float, said: int, expected: str) -> None:
    """Add and verify until the time is over, with whole commands; every fourth judges all claims anew."""
    number = 0
    while time.time() < until:
        name = f"p{os.getpid()}-{number}"
        (folder / f"{name}.md").write_text(text_of(name))
        added = command("sources", "add", f"{name}.md", "--db", "shared.db", cwd=folder)
        verb = "added" if added.returncode == 0 else "error"
        os.write(said, f"{verb} {name} {' '.join(added.stderr.split()) if added.returncode else ''}\n".encode())
        anew = ("--no-cache",) if number % 4 == 3 else ()
        done = command("verify", "claims.yaml", "--db", "shared.db", "--format", "json", *anew, cwd=folder)
        told = verdicts_of(done)
        verb = "run" if told == expected and "locked" not in done.stderr else "error"
        os.write(said, f"{verb} {told}\n".encode())
        number += 1


def processes(count: int, seconds: float, folder: Path) -> list[str]:
    """What went wrong with many processes on one store."""
    path = folder / "shared.db"
    (folder / "base.md").write_text(text_of("base"))
    (folder / "claims.yaml").write_text(CLAIMS)
    expected = verdicts_of(command("verify", "claims.yaml", "--db", "shared.db", "--format", "json", cwd=folder))
    read, write = os.pipe()
    children = []
    until = time.time() + seconds
    for _ in range(count):
        child = os.fork()
        if child == 0:
            try:
                writer(folder, until, write, expected)
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
        texts = {source.uri: source.text for source in map(store.source, (e.id for e in store.entries())) if source}
        whole = {Path(uri).stem for uri, text in texts.items() if text.strip() == text_of(Path(uri).stem).strip()}
        wrong += [f"{name} is lost or half written" for name in added - whole]
        wrong += list(store.check_ledger().problems)
    wrong += [trouble.what for trouble in examine(path)]
    print(
        f"{count} processes for {seconds:.0f} s on one store: {len(added)} sources added and "
        f"{sum(line.startswith('run') for line in lines)} runs with equal verdicts, lost or wrong: {len(wrong)}",
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
                if step == 3 and claim and page.status_code == 200:
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


TOLD = (
    "The {name} ferry was built in {year}.",
    "It carries {number} passengers and is operated by {name}.",
    "The {name} ferry carries {number} passengers.",
    "{name} operates the ferry, which was built in {year}.",
)


def drafts(count: int, folder: Path) -> list[str]:
    """What went wrong with a day's drafts checked by one command, which holds no more memory than for a quarter."""
    rng = random.Random(1)
    names = ["Alder", "Birch", "Cedar", "Damson", "Elder", "Fir", "Gorse", "Hazel"]
    for name in names:
        (folder / f"{name}.md").write_text(text_of(name))
    command("sources", "add", *(f"{name}.md" for name in names), "--db", "day.db", cwd=folder)
    for number in range(count):
        said = [
            rng.choice(TOLD).format(name=rng.choice(names), year=rng.choice([1989, 1998]), number=rng.choice([4, 5, 6]))
            for _ in range(12)
        ]
        (folder / f"d{number}.md").write_text(f"# Day {number}\n\n{' '.join(said[:6])}\n\n{' '.join(said[6:])}\n")
    few, wrong = check_drafts(count // 4, folder)
    many, more = check_drafts(count, folder)
    grown = [] if many < few * 1.25 else [f"memory grew from {few:.0f} to {many:.0f} MB"]
    return wrong + more + grown


def check_drafts(count: int, folder: Path) -> tuple[float, list[str]]:
    """(most memory in MB, what went wrong) of one command that checks so many drafts."""
    for known in folder.glob("day-*.db*"):
        known.unlink()
    shutil.copy(folder / "day.db", folder / f"day-{count}.db")
    arguments = ["check", *(f"d{n}.md" for n in range(count)), "--db", f"day-{count}.db", "--format", "json"]
    begun = time.monotonic()
    with (
        (folder / "errors").open("w+") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "factcheck", *arguments, "-o", "day.json"],
            cwd=folder,
            stderr=errors,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        ) as running,
    ):
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        told = " ".join(errors.read().split())[-300:]
    if running.returncode != 1:
        return 0.0, [f"exit code {running.returncode}: {told}"]
    report = json.loads((folder / "day.json").read_text())
    there = {claim["location"]["path"] for claim in report["claims"]}
    held = used.ru_maxrss / 1024
    print(
        f"{count} drafts in one run: {len(report['claims']):,} claims in {time.monotonic() - begun:.0f} s, "
        f"at most {held:.0f} MB",
        flush=True,
    )
    return held, [] if len(there) == count else [f"{count - len(there)} drafts are not in the report"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--drafts", type=int, default=1000)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="factcheck-load-"))
    try:
        wrong = drafts(given.drafts, folder)
        wrong += processes(given.processes, given.seconds, folder)
        wrong += clients(given.clients, min(60.0, given.seconds), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for line in wrong[:20]:
        print(f"WRONG {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
