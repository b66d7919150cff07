"""Settings from ``factcheck.toml`` or ``[tool.factcheck]`` in pyproject.toml, nearest folder first.

They are the command line's own options by their long names; the command line wins.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from factcheck.errors import FactcheckError, InputError

# Setting -> the type it must have. Each is an option of `verify` or `check`, or of both; the last is the desk's.
SETTINGS: dict[str, type | tuple[type, ...]] = {
    "db": str,
    "format": str,
    "fail-on": str,
    "offline": bool,
    "sources": list,
    "baseline": str,
    "min-coverage": (int, float),
    "fetch-links": bool,
    "exit-zero": bool,
    "second-signature": str,
}
SECOND = ("never", "override", "all")  # which sign-offs at the desk a second person must confirm
_NAMES = {str: "text", bool: "true or false", list: "a list", (int, float): "a number"}


def load_config(start: Path | None = None) -> dict[str, Any]:
    """The settings that hold for ``start`` (the working folder), by option name; empty when there is no file."""
    try:
        folder = (start or Path()).resolve()
    except FileNotFoundError:
        raise FactcheckError("the working folder is gone: change into one that exists, and run it again") from None
    for directory in (folder, *folder.parents):
        if (file := directory / "factcheck.toml").is_file():
            return _settings(_read(file), file, "factcheck.toml")
        if (file := directory / "pyproject.toml").is_file():
            document = _read(file)
            own = document.get("tool", {}).get("factcheck")
            if isinstance(own, dict):
                return _settings(own, file, "[tool.factcheck]")
        if (directory / ".git").exists():
            break  # a repository's settings do not leak in from outside it
    return {}


def _read(file: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(_shown(file), None, None, f"not TOML: {error}", "mend it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(_shown(file), None, None, f"cannot be read: {error}", "check it", rule="FC101") from None


def _settings(values: Mapping[str, Any], file: Path, where: str) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for key, value in values.items():
        kind = SETTINGS.get(key)
        if kind is None:
            close = difflib.get_close_matches(key, SETTINGS, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"the settings are {', '.join(SETTINGS)}"
            raise InputError(_shown(file), None, None, f'unknown setting "{key}" in {where}', hint, rule="FC103")
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            message = f'"{key}" in {where} must be {_NAMES[kind]}'
            raise InputError(_shown(file), None, None, message, "correct it", rule="FC104")
        if key == "second-signature" and value not in SECOND:
            hint = f"write one of {', '.join(SECOND)}"
            raise InputError(_shown(file), None, None, f'"{key}" in {where} is "{value}"', hint, rule="FC104")
        if key in ("db", "baseline") and "://" not in str(value):  # an address is no path
            value = str(file.parent / str(value)) if file.parent != Path().resolve() else value
        settings[key.replace("-", "_")] = tuple(map(str, value)) if isinstance(value, list) else value
    return settings


def _shown(file: Path) -> str:
    try:
        return str(file.relative_to(Path().resolve()))
    except ValueError:
        return str(file)
