"""Reports in every format. A format is one module with ``render(reviewed, view) -> str`` and one line here.

Renderers are pure: the same report and view give the same text. Whatever came
from a source or a file is data: ``printable`` shows it without letting it act.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import cast

from factcheck.findings import FailOn, Review


@dataclass(frozen=True, kw_only=True)
class View:
    """How to show a report: colours and width of the terminal, and which findings matter."""

    colour: bool = False
    width: int = 100
    fail_on: FailOn = FailOn.CONTRADICTED
    texts: Mapping[str, str] = field(default_factory=dict)  # drafts by path, to show the lines that findings are in


REPORTERS = {
    "text": "factcheck.reporters.terminal",
    "concise": "factcheck.reporters.concise",
    "json": "factcheck.reporters.json",
    "jsonl": "factcheck.reporters.jsonl",
    "sarif": "factcheck.reporters.sarif",
    "junit": "factcheck.reporters.junit",
    "github": "factcheck.reporters.github",
    "gitlab": "factcheck.reporters.gitlab",
    "markdown": "factcheck.reporters.markdown",
    "html": "factcheck.reporters.html",
}


def reporter(name: str) -> Callable[[Review, View], str]:
    """The renderer of a format named in ``REPORTERS``; its module is imported only now."""
    return cast(Callable[[Review, View], str], import_module(REPORTERS[name]).render)


# What a terminal or a viewer obeys instead of shows: control characters, overrides of the
# writing direction, invisible and line-breaking format characters, lone surrogates, tags.
ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0e\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)


def printable(text: str) -> str:
    """The text with every character that would act shown as an escape, and runs of white space as one space."""
    return ACTING.sub(_escape, " ".join(text.split()))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
