"""python -m benchmarks.torture.faults [--kills 200] [--seed 1]: kill -9, full disk, damage, two versions.

Every writer runs in a process of its own and says what was acknowledged; the killer strikes
after a random time. A fifth of the strikes are on whole commands and the desk. What was
acknowledged must then be there, what is there must be whole, and ``examine`` (that is
``factcheck doctor``) must find nothing wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent.parent / "tests"))

from desks import claim_of, keep, put, verdict_of

from factcheck import ledger
from factcheck.errors import FactcheckError
from factcheck.stores import open_store, sqlite
from factcheck.stores.mending import examine, mend

Say = Callable[[str], None]
ROOT = Path(__file__).parent.parent.parent


def text_of(name: str) -> str:
    """The text of a source by its name, so that what is found can be compared."""
    return (
        f"The {name} ferry was built in 1998. " + f"It carries {len(name)} passengers and is operated by {name}. " * 40
    )


def adds(path: Path, say: Say) -> None:
    """Sources, one after the other."""
    with open_store(path, create=True) as store:
        for number in range(200):
            name = f"s{os.getpid()}-{number}"
            put(store, name, text_of(name))
            say(name)


def verifies(path: Path, say: Say) -> None:
    """Runs with their verdicts, as verify records them when it has judged."""
    with open_store(path) as store:
        source = store.source("base")
        for number in range(200):
            claims = [
                claim_of(f"The ferry {os.getpid()} {number} {n} was built in 1998.", line=n + 1) for n in range(5)
            ]
            run = keep(store, [verdict_of(claim, source) for claim in claims])
            say(f"{run}")


def decides(path: Path, say: Say) -> None:
    """Sign-offs, as the desk makes them."""
    with open_store(path) as store:
        verdict = verdict_of(claim_of("The ferry was built in 1998."), store.source("base"))
        keep(store, [verdict])
        key = store.latest_refs("verdict", [ledger.subject_of(verdict.claim)])[ledger.subject_of(verdict.claim)]
        for number in range(200):
            made = ledger.sign(
                store,
                verdict,
                key=key,
                by="Ana",
                decision=ledger.Decision.ACCEPT,
                reason=f"counted {os.getpid()} {number}",
            )
            ledger.settle(store)
            say(f"{made.number}")


def migrates(path: Path, say: Say) -> None:
    """A store of an older version brought up to date, which rewrites every passage."""
    with open_store(path):
        say("migrated")


SCENES: dict[str, Callable[[Path, Say], None]] = {
    "add": adds,
    "verify": verifies,
    "decide": decides,
    "migrate": migrates,
}


def _further(db: object) -> None:
    """A migration that touches every row."""
    execute = db.execute  # type: ignore[attr-defined]
    execute("alter table passages add column torture text")
    for _ in range(5):
        execute("update passages set torture = coalesce(torture, '') || text")
    execute("alter table sources add column torture text")


def strike(scene: str, path: Path, after: float) -> tuple[list[str], bool]:
    """Run a scene and kill it after some seconds: what it had acknowledged, and whether it was struck."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        code = 3
        try:
            SCENES[scene](path, lambda line: os.write(write, f"{line}\n".encode()) and None)
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    said = b""
    while piece := os.read(read, 65536):
        said += piece
    os.close(read)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError(f"{scene} ended by itself, and not well")
    return said.decode().split(), os.WIFSIGNALED(status)


def check(scene: str, path: Path, acknowledged: list[str]) -> list[str]:
    """What is wrong after a strike: everything acknowledged is there, and everything there is whole."""
    wrong = [trouble.what for trouble in examine(path)] if path.exists() else []
    if not path.exists():
        return [f"{len(acknowledged)} were acknowledged, and there is no store"] if acknowledged else []
    with open_store(path) as store:
        if scene == "add":
            names = {entry.id for entry in store.entries()}
            wrong += [f"{name} is lost" for name in acknowledged if name not in names]
            for name in names - {"base"}:
                source = store.source(name)
                if source is None or source.text != text_of(name) or not store.passages(name):
                    wrong.append(f"{name} is half written")
        elif scene in ("verify", "decide"):
            numbers = {entry.number for entry in store.ledger()}
            wrong += [f"entry {number} is lost" for number in acknowledged if int(number) not in numbers]
            wrong += list(store.check_ledger().problems)
        else:
            wrong += [] if store.passages("base") else ["the passages are lost"]
    return wrong


def kills(count: int, seed: int, folder: Path) -> tuple[int, int, int, list[str]]:
    """(strikes, acknowledged, strikes that left a journal, what was wrong)."""
    rng = random.Random(seed)
    struck = acknowledged = torn = 0
    wrong: list[str] = []
    names = list(SCENES)
    reach = dict.fromkeys(names, 0.2)
    number = 0
    while struck < count:
        scene = names[number % len(names)]
        number += 1
        path = folder / f"{scene}.db"
        if not path.exists() or scene == "migrate":
            path.unlink(missing_ok=True)
            sqlite.MIGRATIONS = _ORIGINAL
            with open_store(path, create=True) as store:
                put(store, "base", text_of("base") * (30 if scene == "migrate" else 1))
        sqlite.MIGRATIONS = (*_ORIGINAL, _further) if scene == "migrate" else _ORIGINAL
        said, killed = strike(scene, path, rng.uniform(0.0, reach[scene]))
        # So that most strikes fall between the first write and the last.
        reach[scene] = min(20.0, reach[scene] * 1.3) if not said else max(0.02, reach[scene] * 0.95)
        struck += killed
        acknowledged += len(said)
        torn += path.with_name(path.name + "-journal").exists()
        wrong += [f"{scene} {number}: {line}" for line in check(scene, path, said)]
        if path.exists() and path.stat().st_size > 20_000_000:
            path.unlink()
        if number % 20 == 0:
            print(f"  {struck} strikes, {acknowledged} acknowledged, {torn} torn, {len(wrong)} wrong", file=sys.stderr)
    sqlite.MIGRATIONS = _ORIGINAL
    return struck, acknowledged, torn, wrong


_ORIGINAL = sqlite.MIGRATIONS

CLAIMS = """\
sources: [base.md]
claims:
  - The base ferry was built in 1998.
  - The base ferry was built in 1989.
  - The base ferry carries four passengers.
  - The base ferry sank in a storm.
"""


def commands(count: int, seed: int, folder: Path) -> tuple[int, int, list[str]]:
    """(strikes, acknowledged, what was wrong): whole commands, with their models, killed at any time of theirs."""
    rng = random.Random(seed)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    (folder / "base.md").write_text(text_of("base"))
    (folder / "claims.yaml").write_text(CLAIMS)
    start = [sys.executable, "-m", "factcheck"]
    store, wrong, struck, acknowledged, number = folder / "commands.db", [], 0, 0, 0
    subprocess.run([*start, "verify", "claims.yaml", "--db", store], cwd=folder, env=environment, capture_output=True)
    while struck < count:
        number += 1
        scene = ("add", "verify", "decide")[number % 3]
        names = [f"c{number}-{n}" for n in range(3)]
        for name in names:
            (folder / f"{name}.md").write_text(text_of(name))
        if scene == "decide":
            said, killed = _strike_desk(store, folder, environment, rng.uniform(0.0, 2.0))
        else:
            what = ["sources", "add", *(f"{name}.md" for name in names)]
            if scene == "verify":
                what = ["verify", "claims.yaml", "--no-cache"]
            with subprocess.Popen(
                [*start, *what, "--db", store], cwd=folder, env=environment, stderr=subprocess.PIPE, text=True,
                stdout=subprocess.DEVNULL,
            ) as running:  # fmt: skip
                time.sleep(rng.uniform(0.2, 4.0))
                running.kill()
                assert running.stderr is not None
                said = [line.split()[1] for line in running.stderr if line.startswith("added")]
            killed = running.returncode == -signal.SIGKILL
        struck += killed
        acknowledged += len(said)
        wrong += [f"{scene} {number}: {trouble.what}" for trouble in examine(store)]
        with open_store(store) as kept:
            there = {entry.id for entry in kept.entries()}
            notes = {entry.data.get("text") for entry in kept.ledger(kind="note")}
            wrong += [
                f"{scene} {number}: {name} is lost"
                for name in said
                if name not in (notes if scene == "decide" else there)
            ]
            wrong += [f"{scene} {number}: {problem}" for problem in kept.check_ledger().problems]
            for name in there & set(names):
                source = kept.source(name)
                if source is None or source.text.strip() != text_of(name).strip() or not kept.passages(name):
                    wrong.append(f"{scene} {number}: {name} is half written")
    done = subprocess.run(
        [*start, "verify", "claims.yaml", "--db", store, "--format", "json"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    told = [claim["verdict"] for claim in json.loads(done.stdout)["claims"]]
    if told[:2] != ["supported", "contradicted"]:
        wrong.append(f"after all strikes the verdicts are {told}")
    return struck, acknowledged, wrong


def _strike_desk(store: Path, folder: Path, environment: dict[str, str], after: float) -> tuple[list[str], bool]:
    """Notes that a desk acknowledged before it was killed, and whether it was."""
    import httpx

    said: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-m", "factcheck", "desk", "--db", store, "--port", "0"],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        found = next(filter(None, (re.search(r"http://127\.0\.0\.1:\d+", line) for line in running.stdout)))
        with httpx.Client(base_url=found[0], follow_redirects=True, timeout=10) as http:
            claim = re.search(r"/claim/(\w+)", http.get("/").text)
            assert claim
            secret = re.search(r'name="csrf" value="([^"]+)"', http.get(f"/claim/{claim[1]}").text)
            assert secret
            threading.Timer(after, running.kill).start()
            try:
                while True:
                    text = f"seen {time.monotonic_ns()}"
                    answer = http.post(f"/claim/{claim[1]}/note", data={"csrf": secret[1], "by": "Ana", "text": text})
                    if answer.status_code == 200 and text in answer.text:
                        said.append(text)
            except httpx.HTTPError:
                pass
    return said, running.returncode == -signal.SIGKILL


def full_disk(folder: Path) -> list[str]:
    """A disk of 3 MB: adding ends with one line, what was added is there, and with space it goes on."""
    disk = folder / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True).returncode:
        print("full disk: not tried, a small disk cannot be mounted here")
        return []
    wrong: list[str] = []
    try:
        path = disk / "sources.db"
        added: list[str] = []
        with open_store(path, create=True) as store:
            try:
                for number in range(2000):
                    put(store, f"s{number}", text_of(f"s{number}"))
                    added.append(f"s{number}")
                wrong.append("the disk never was full")
            except FactcheckError as error:
                words = str(error)
                if "full" not in words or "\n" in words:
                    wrong.append(f"not one clear line: {words}")
        wrong += [t.what for t in examine(path) if "MB are free" not in t.what] + check("add", path, added)[:3]
        wrong = [line for line in wrong if "MB are free" not in line]
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        with open_store(path) as store:
            put(store, "more", text_of("more"))
        print(f"full disk: {len(added)} sources acknowledged before it was full, all there; one line: {words}")
    finally:
        subprocess.run(["umount", str(disk)], check=False)
    return wrong


def damage(folder: Path, tries: int = 40, seed: int = 1) -> list[str]:
    """Stores that are cut short or have pages overwritten: told in a line, and mended into a store that is whole."""
    rng = random.Random(seed)
    whole = folder / "whole.db"
    with open_store(whole, create=True) as store:
        for number in range(40):
            put(store, f"s{number}", text_of(f"s{number}"))
        verdicts = [
            verdict_of(claim_of(f"The ferry {n} was built in 1998.", line=n + 1), store.source("s1")) for n in range(20)
        ]
        keep(store, verdicts)
    size = whole.stat().st_size
    wrong: list[str] = []
    found = mended = kept = 0
    for number in range(tries):
        path = folder / f"damaged{number}.db"
        data = bytearray(whole.read_bytes())
        if number % 3 == 0:
            del data[rng.randrange(4096, size) :]
        else:
            for _ in range(rng.choice([1, 3, 10])):
                at = rng.randrange(4096, size)
                data[at : at + 512] = rng.randbytes(512)
        path.write_bytes(data[:size])
        troubles = examine(path)
        found += bool(troubles)
        if not any(trouble.mend for trouble in troubles):
            continue
        try:
            mend(path)
            left = [t for t in examine(path) if t.mend]
            if left:
                wrong.append(f"damage {number}: still {left[0].what}")
            else:
                mended += 1
                with open_store(path) as store:
                    kept += len(store.entries())
        except FactcheckError as error:
            wrong.append(f"damage {number}: {error}")
        except (sqlite3.Error, ValueError, TypeError) as error:
            wrong.append(f"damage {number}: {type(error).__name__}: {error}")
        for left_over in folder.glob(f"damaged{number}.db*"):
            left_over.unlink()
    each = kept / max(1, mended)
    print(f"damage: {tries} stores cut or overwritten, {found} noticed, {mended} mended with {each:.0f} of 40 sources")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="factcheck-faults-"))
    wrong: list[str] = []
    try:
        struck, acknowledged, lost = commands(given.kills // 5, given.seed, folder)
        wrong += lost
        print(
            f"kill -9: {struck} whole commands (add, verify, desk), {acknowledged} sources and notes acknowledged; "
            f"lost or half written: {len(lost)}",
            flush=True,
        )
        struck, acknowledged, torn, lost = kills(given.kills - struck, given.seed, folder)
        wrong += lost
        print(
            f"kill -9: {struck} strikes at random moments of {', '.join(SCENES)}; {acknowledged} writes acknowledged, "
            f"{torn} torn in the middle of one; lost or half written: {len(lost)}",
            flush=True,
        )
        wrong += full_disk(folder)
        wrong += damage(folder, seed=given.seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for line in wrong:
        print(f"WRONG {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
