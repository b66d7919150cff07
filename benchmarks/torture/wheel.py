"""python -m benchmarks.torture.wheel: the wheel of the last commit, built twice, then used where nothing else is.

Two clones in two folders, with other permissions, time zones and hash seeds, must give the same
bytes. The wheel then goes into an environment of its own with the constraints and nothing for
development: what is installed must be what ``make sbom`` lists, the command must verify claims
against a source with the right exit codes, and models with one other bit must judge nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from packaging.utils import canonicalize_name

from supply.sbom import needs, pins

ROOT = Path(__file__).parent.parent.parent
DEVELOPMENT = ("pytest", "xdist", "hypothesis", "mypy", "ruff", "playwright", "hatchling", "cyclonedx", "pip_audit")
SOURCE = "The harbour ferry was built in 1998. It carries 240 passengers and is operated by Blue Line.\n"
CLAIMS = """\
sources: [ferry.md]
claims:
  - The harbour ferry was built in 1998.
  - The harbour ferry carries 300 passengers.
"""
TOLD = ("supported", "contradicted")


def build(folder: Path, **surroundings: str) -> Path:
    """The wheel that ``make wheel`` builds of the last commit, in a clone in this folder."""
    umask = 0o077 if surroundings else 0o022
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", ROOT.as_uri(), folder], check=True, umask=umask)
    # The environment is this one, which is set up: in the clone make has nothing to install.
    command = ["make", "--silent", "-o", ".venv/installed", "wheel", f"BIN={Path(sys.executable).parent}"]
    subprocess.run(
        command, cwd=folder, check=True, umask=umask, env={**os.environ, **surroundings}, stdout=subprocess.DEVNULL
    )
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


def shipped(wheel: Path) -> list[str]:
    """What is wrong with the wheel's models, and what is in it that should not be."""
    wrong = []
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        models = [name for name in names if name.startswith("factcheck/models/") and name.endswith("/manifest.json")]
        if len(models) != 2 or "factcheck/models/checkworthy/model.json" not in names:
            wrong.append(f"the wheel lacks a model: it has {', '.join(models)}")
        for manifest in models:
            for name, wanted in json.loads(archive.read(manifest))["files"].items():
                path = manifest.replace("manifest.json", name)
                if hashlib.sha256(archive.read(path)).hexdigest() != wanted:
                    wrong.append(f"{path} in the wheel is not the file that its manifest names")
        strays = [name for name in names if not name.startswith(("factcheck/", "factcheck-"))]
        wrong += [f"{name} does not belong in the wheel" for name in strays]
    return wrong


def smoke(wheel: Path, folder: Path) -> list[str]:
    """What goes wrong with the wheel in an environment of its own."""
    wrong = []
    place = folder / "clean"
    place.mkdir()
    # Nothing of the environment of this process may help: no path, no setting, no model's cache.
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FACTCHECK_", "PYTHON", "HF_", "VIRTUAL_ENV"))
    } | {"HOME": str(place), "HF_HOME": str(place)}
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    python = str(folder / "env" / "bin" / "python")

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([python, *command], cwd=place, env=clean, capture_output=True, text=True)

    def must(code: int, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = run("-m", "factcheck", *arguments)
        if done.returncode != code:
            wrong.append(f"factcheck {' '.join(arguments)} ended with {done.returncode}, not {code}: {done.stderr}")
        return done

    begun = time.monotonic()
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-c", ROOT / "constraints.txt", wheel], check=True, env=os.environ)
    print(f"installed in {time.monotonic() - begun:.0f} s", flush=True)

    listed = json.loads(run("-m", "pip", "list", "--format", "json", "--disable-pip-version-check").stdout)
    # A local build's mark, as in 2.13.0+cpu, is no other release.
    there = {canonicalize_name(one["name"]): one["version"].partition("+")[0] for one in listed}
    pinned = pins()
    wanted = {name: pinned.get(name) for name in needs()}
    own = {"factcheck", "pip"}
    for name in sorted((set(there) | set(wanted)) - own):
        if there.get(name) != wanted.get(name):
            wrong.append(f"{name}: {there.get(name)} is installed, {wanted.get(name)} is listed")
    seen = f"import importlib.util as u; print(*[n for n in {DEVELOPMENT!r} if u.find_spec(n)])"
    if found := run("-c", seen).stdout.split():
        wrong.append(f"packages for development are there: {', '.join(found)}")
    if (checked := run("-m", "pip", "check")).returncode:
        wrong.append(f"pip check: {checked.stdout}")
    print(f"{len(set(there) - own)} packages, each as it is pinned and listed", flush=True)

    (place / "ferry.md").write_text(SOURCE)
    (place / "claims.yaml").write_text(CLAIMS)
    (place / "wrong.yaml").write_text("claim: one\n")
    must(0, "--version")
    report = must(1, "verify", "claims.yaml", "--format", "json").stdout
    told = tuple(one.get("verdict") for one in json.loads(report or "{}").get("claims", []))
    if told != TOLD:
        wrong.append(f"the claims came out {told}, not {TOLD}")
    must(0, "verify", "claims.yaml", "--fail-on", "never")
    must(2, "verify", "wrong.yaml")
    must(2, "verify", "missing.yaml")
    must(0, "doctor")

    where = run("-c", "from factcheck.models import MODELS; print(MODELS)").stdout.strip()
    for weights in sorted(Path(where).glob("*/*.safetensors")):
        whole = weights.read_bytes()
        weights.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        # What is said of the embedder is a line of its own; of the verdict model, it stands with each claim.
        done = must(
            2, "verify", "claims.yaml", "--db", f"{weights.parent.name}-{weights.stem}.db", "--format", "concise"
        )
        weights.write_bytes(whole)
        said = done.stdout + done.stderr
        if "not the file that was shipped" not in said or "Traceback" in said:
            wrong.append(f"{weights.name} with another bit is told as: {said}")
    return wrong


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="factcheck-wheel-") as name:
        folder = Path(name)
        first = build(folder / "one")
        second = build(folder / "a folder elsewhere", TZ="Pacific/Auckland", LC_ALL="C", PYTHONHASHSEED="7")
        hashes = [hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in (first, second)]
        for wheel, found in zip((first, second), hashes, strict=True):
            print(f"{found}  {wheel.name}  {wheel.stat().st_size:,} bytes", flush=True)
        wrong = [] if hashes[0] == hashes[1] else ["two builds of one commit differ"]
        wrong += shipped(first)
        wrong += smoke(first, folder)
    print(f"the wheel of the last commit, lost or wrong: {len(wrong)}")
    for line in wrong:
        print(f"WRONG {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
