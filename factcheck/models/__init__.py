"""Which models there are: the shipped folders, and the ids under which what they say is kept.

Ids are read without loading a weight or a numerical library, so that a run whose
verdicts are all known loads neither. Running the models is ``factcheck.inference``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from factcheck.errors import FactcheckError

MODELS = Path(__file__).parent


class ModelError(FactcheckError):
    """A model folder that cannot be used; the message says why and what to do."""


def embedder_id(name: str | None = None) -> str:
    """The id that vectors are stored under."""
    return _model_id(name, "embedder")


def verdict_model_id(name: str | None = None) -> str:
    """The id that judgements are cached under."""
    return _model_id(name, "verdict")


def _model_id(name: str | None, kind: str) -> str:
    folder = find_folder(name, kind)
    if folder is None:
        return str(name)
    manifest = folder / "manifest.json"
    if manifest.exists():
        return str(json.loads(manifest.read_text("utf-8"))["id"])
    # A folder of the user's own: what it holds is named by size and time, as make does.
    marks = sorted((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in folder.glob("*") if p.is_file())
    return f"{folder.name}@{hashlib.sha256(repr(marks).encode()).hexdigest()[:12]}"


def find_folder(name: str | None, kind: str) -> Path | None:
    """The local folder of a model (None is the shipped one), or None for a name that only a hub knows."""
    folder = MODELS / kind if name is None else Path(name)
    if folder.is_dir():
        return folder
    if name is None:
        raise ModelError(f"the shipped {kind} model is missing from {folder}; reinstall factcheck")
    return None
