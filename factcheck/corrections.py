"""A desk's own past corrections as a measure: how many would have been caught, and at what price.

Each correction has the sentence as it was printed, the sentence as it should have been, and
the sources that the desk had. A wrong sentence that comes out contradicted is caught; a
right one that comes out contradicted is a false alarm.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from factcheck.claims import Positions, decode
from factcheck.domain import Claim, Location, Report, Verdict, VerdictLabel
from factcheck.errors import InputError

KEYS = ("wrong", "right", "sources", "about", "as_of")


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One correction: claims for the wrong sentence and for the right one, each with its place in the file."""

    wrong: Claim
    right: Claim


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What came of it. ``flagged`` are wrong sentences that were at least not supported."""

    corrections: int
    caught: int
    flagged: int
    false_alarms: int
    words: int
    missed: tuple[Verdict, ...] = ()
    alarmed: tuple[Verdict, ...] = ()

    @property
    def share(self) -> float:
        return self.caught / self.corrections

    @property
    def per_1000_words(self) -> float:
        return 1000 * self.false_alarms / self.words if self.words else 0.0


def is_corrections(path: str) -> bool:
    """Whether a file begins as a corrections file does."""
    if not path.endswith((".yaml", ".yml")):
        return False
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as file:
            return re.search(r"^corrections\s*:", file.read(4096), re.MULTILINE) is not None
    except OSError:
        return False


def read_corrections(path: str) -> list[Correction]:
    """The corrections of a file. Raises ``InputError`` at the place of the first mistake."""
    try:
        text = decode(Path(path).read_bytes(), path)
    except FileNotFoundError:
        raise InputError(path, None, None, "there is no such file", "check the path", rule="FC101") from None
    except OSError as error:
        raise InputError(path, None, None, f"cannot read it: {error.strerror}", "check it", rule="FC101") from None
    positions = Positions(text)

    def wrong(node: Any, message: str, hint: str, rule: str = "FC104") -> InputError:
        mark = node.start_mark if node is not None else None
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return InputError(path, line, column, message, hint, rule=rule)

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise InputError(path, *place, f"not YAML: {error.problem}", "check the quotes and indentation here") from None
    except yaml.YAMLError as error:
        raise InputError(path, 1, 1, f"not YAML: {str(error).splitlines()[0]}", "mend it") from None
    listed = dict(_pairs(root)).get("corrections") if isinstance(root, yaml.MappingNode) else None
    if not isinstance(listed, yaml.SequenceNode) or not listed.value:
        raise wrong(listed or root, '"corrections" must be a list', 'under it: "- wrong: ..." and "right: ..."')

    def claim(node: Any, values: dict[str, Any], number: int, kind: str) -> Claim:
        words = " ".join(node.value.split()) if isinstance(node, yaml.ScalarNode) else ""
        if not words:
            raise wrong(node, f'"{kind}" must be a sentence', "write it as it was or should have been printed")
        sources = values.get("sources")
        if sources is not None and not isinstance(sources, yaml.SequenceNode):
            raise wrong(sources, '"sources" must be a list', 'write "sources: [report.md]"')
        named = tuple(str(item.value) for item in sources.value) if sources is not None else None
        about = values.get("about")
        place = positions.location(path, node.start_mark.index, node.end_mark.index)
        return Claim(
            id=f"{number}-{kind}",
            text=words,
            about=str(about.value) if isinstance(about, yaml.ScalarNode) else None,
            as_of=_day(values.get("as_of"), wrong),
            sources=named,
            location=Location(
                path=path, line=place.line, column=place.column, end_line=place.end_line, end_column=place.end_column
            ),
        )

    found = []
    for number, item in enumerate(listed.value, start=1):
        if not isinstance(item, yaml.MappingNode):
            raise wrong(item, "a correction is a mapping", 'write "- wrong: ..." and under it "right: ..."')
        values = {}
        for node, value in item.value:
            key = str(node.value)
            if key not in KEYS:
                raise wrong(node, f'unknown key "{key}" in a correction', f"the keys are {', '.join(KEYS)}", "FC103")
            values[key] = value
        for kind in ("wrong", "right"):
            if kind not in values:
                raise wrong(item, f'the correction has no "{kind}"', "add it", "FC106")
        found.append(
            Correction(
                wrong=claim(values["wrong"], values, number, "wrong"),
                right=claim(values["right"], values, number, "right"),
            )
        )
    return found


def _pairs(node: Any) -> list[tuple[str, Any]]:
    return [(str(getattr(key, "value", "")), value) for key, value in node.value]


def _day(node: Any, wrong: Callable[..., InputError]) -> Any:
    import datetime as dt

    if node is None:
        return None
    try:
        return dt.date.fromisoformat(str(node.value))
    except ValueError:
        raise wrong(node, '"as_of" must be a date', "write it as 2019-06-06") from None


def measure(corrections: Sequence[Correction], verify: Callable[[Sequence[Claim]], Report]) -> Measure:
    """Both sentences of every correction, checked in one run."""
    report = verify([claim for item in corrections for claim in (item.wrong, item.right)])
    wrong, right = report.verdicts[::2], report.verdicts[1::2]
    missed = tuple(v for v in wrong if v.label is not VerdictLabel.CONTRADICTED)
    alarmed = tuple(v for v in right if v.label is VerdictLabel.CONTRADICTED)
    return Measure(
        corrections=len(wrong),
        caught=len(wrong) - len(missed),
        flagged=sum(v.label is not VerdictLabel.SUPPORTED for v in wrong),
        false_alarms=len(alarmed),
        words=sum(len(re.findall(r"\w+", v.claim.text)) for v in right),
        missed=missed,
        alarmed=alarmed,
    )
