"""python -m benchmarks.torture.patterns [--all]: every regular expression of ours, on text made to stall it.

Every pattern in the package's source is found by its call of ``re`` and taken apart: for
each of its repetitions a text is made that gets there, repeats what it repeats, and then
does not match. Time at 2,000 and at 8,000 characters gives the power of the growth: 1 is
linear. Claims have 2,000 characters at most and passages 1,000, so a pattern that only
sees those may grow with the square; what sees whole files must not.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import math
import pkgutil
import re
import re._constants as c  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import factcheck

SMALL, LARGE = 2_000, 8_000
# Modules whose patterns see a whole file, and not a claim or passage.
WHOLE = tuple(
    """claims fetch ingest readers passages drafts.documents drafts.ignores reporters archive lookalikes sources
    claimreview extract""".split()
)
# Patterns that are not linear and see little: what it is, by the beginning of their names.
BOUNDED = {
    "claimreview:": "the last 60 characters of a script",
    "readers.html._BOILERPLATE": "a block without two spaces in a row",
    "readers.html._META_CHARSET": "the first 4,096 bytes of a page",
    "readers.html._SITE": "a title without two spaces in a row",
    "checkers.role.": "a passage, of 1,000 characters at most",
}
LIMIT = 1  # seconds for one text


def patterns() -> Iterator[tuple[str, re.Pattern[Any], str]]:
    """Every compiled pattern of the package: its module and name, and whether it is only ever matched from a start."""
    seen = set()
    compiled: list[tuple[str, re.Pattern[Any], str]] = []
    original = re.compile

    for info in pkgutil.walk_packages(factcheck.__path__, "factcheck."):
        if info.name.endswith(("__main__", "lsp", "postgres")):
            continue
        try:
            module = importlib.import_module(info.name)
        except ImportError:
            continue
        short = info.name.removeprefix("factcheck.")
        source = Path(module.__file__ or "").read_text("utf-8")
        for name, value in vars(module).items():
            uses = set(re.findall(rf"\b{re.escape(name)}\.(\w+)", source))
            how = (
                "fullmatch"
                if uses == {"fullmatch"}
                else "match"
                if uses and uses <= {"match", "fullmatch"}
                else "search"
            )
            for pattern in _inside(value):
                compiled.append((f"{short}.{name}", pattern, how))
        for line, text, flags, how in _literals(source):
            try:
                compiled.append((f"{short}:{line}", original(text, flags), how))
            except re.error:
                continue
    for name, pattern, how in compiled:
        if (pattern.pattern, pattern.flags, how) not in seen:
            seen.add((pattern.pattern, pattern.flags, how))
            yield name, pattern, how


def _inside(value: Any, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, (tuple, list, set, frozenset)):
        for part in value:
            yield from _inside(part, depth + 1)
    elif depth < 3 and isinstance(value, dict):
        for part in value.values():
            yield from _inside(part, depth + 1)


def _literals(source: str) -> Iterator[tuple[int, str, int, str]]:
    """Patterns written where they are used: re.search(r"...", text)."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr != "compile"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            how = node.func.attr if node.func.attr in ("match", "fullmatch") else "search"
            yield node.lineno, node.args[0].value, re.IGNORECASE if "IGNORECASE" in ast.dump(node) else 0, how


def attacks(pattern: re.Pattern[Any]) -> list[tuple[str, str]]:
    """(what leads to a repetition, what it repeats) for every repetition of a pattern."""
    found: dict[tuple[str, str], None] = {}
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    flags = pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    try:
        tree = parser.parse(text, flags)
    except re.error:
        return []

    def walk(items: Any, lead: str) -> str:
        for op, value in items:
            if op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
                low, high, inner = value
                one = sample(inner)
                if (high is c.MAXREPEAT or high > 20) and one:
                    found[(lead, one)] = None
                    found[("", one)] = None
                walk(inner, lead)
                lead += one * max(low, 1 if high else 0)
            elif op is c.BRANCH:
                for branch in value[1]:
                    walk(branch, lead)
                lead += sample(value[1][0])
            elif op is c.SUBPATTERN:
                lead = walk(value[3], lead)
            elif op is c.ATOMIC_GROUP:
                lead = walk(value, lead)
            elif op in (c.ASSERT, c.ASSERT_NOT):
                walk(value[1], lead)
            else:
                lead += sample([(op, value)])
        return lead

    walk(tree, "")
    return list(found)[:60]


def sample(items: Any) -> str:
    """A text that a part of a pattern matches."""
    out = ""
    for op, value in items:
        if op is c.LITERAL:
            out += chr(value)
        elif op is c.NOT_LITERAL:
            out += "a" if value != ord("a") else "b"
        elif op is c.ANY:
            out += "a"
        elif op is c.IN:
            out += _of_set(value)
        elif op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
            out += sample(value[2]) * max(value[0], 1 if value[1] else 0)
        elif op is c.BRANCH:
            out += sample(value[1][0])
        elif op is c.SUBPATTERN:
            out += sample(value[3])
        elif op is c.ATOMIC_GROUP:
            out += sample(value)
    return out


_OF = {c.CATEGORY_DIGIT: "1", c.CATEGORY_SPACE: " ", c.CATEGORY_WORD: "a", c.CATEGORY_NOT_DIGIT: "a",
       c.CATEGORY_NOT_SPACE: "a", c.CATEGORY_NOT_WORD: "-"}  # fmt: skip


def _of_set(items: Any) -> str:
    if items and items[0][0] is c.NEGATE:
        inside = {chr(value) for op, value in items[1:] if op is c.LITERAL}
        kinds = {value for op, value in items[1:] if op is c.CATEGORY}
        for candidate in "a1 -.,é":
            barred = candidate in inside or (candidate.isspace() and c.CATEGORY_SPACE in kinds)
            barred = barred or (candidate.isdigit() and c.CATEGORY_DIGIT in kinds)
            barred = barred or (candidate.isalnum() and c.CATEGORY_WORD in kinds)
            barred = barred or (not candidate.isalnum() and c.CATEGORY_NOT_WORD in kinds)
            if not barred:
                return candidate
        return "~"
    op, value = items[0]
    return chr(value) if op is c.LITERAL else chr(value[0]) if op is c.RANGE else _OF.get(value, "a")


class _Late(Exception):
    pass


def _late(*_: object) -> None:
    raise _Late


def spent(pattern: re.Pattern[Any], how: str, lead: str, piece: str, size: int) -> float:
    """Seconds of the processor for finding every match in a text of a size."""
    text: Any = lead + piece * (size // len(piece)) + "\x01"
    if isinstance(pattern.pattern, bytes):
        text = text.encode("latin-1", "replace")
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
    begun = time.process_time()
    try:
        if how == "search":
            for _ in pattern.finditer(text):
                pass
        else:
            getattr(pattern, how)(text)
    except _Late:
        return float(LIMIT)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.process_time() - begun


def measure(pattern: re.Pattern[Any], how: str) -> tuple[float, float, str]:
    """(seconds at 8,000 characters, power of the growth, the piece) at its worst; linear below 10 ms."""
    worst = (0.0, 1.0, "")
    for lead, piece in [*attacks(pattern), ("", "a"), ("", " "), ("", "1"), ("", "a "), ("", "A. ")]:
        large = spent(pattern, how, lead, piece, LARGE)
        if large > max(0.01, worst[0]):
            small = max(spent(pattern, how, lead, piece, SMALL), 0.001)
            worst = (large, math.log(large / small) / math.log(LARGE / SMALL), f"{lead[:20]}{piece[:20]}")
            if large >= LIMIT:
                break
    return worst


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--all", action="store_true", help="show every pattern, and not only those that are not linear")
    everything = asked.parse_args().all
    signal.signal(signal.SIGVTALRM, _late)
    count = bent = 0
    wrong = []
    for name, pattern, how in sorted(patterns(), key=lambda one: (not one[0].startswith(WHOLE), one[0])):
        count += 1
        if count % 50 == 0:
            print(f"  {count} patterns", file=sys.stderr, flush=True)
        seconds, power, piece = measure(pattern, how)
        if everything or power > 1.4:
            bent += power > 1.4
            whole = name.startswith(WHOLE)
            print(f"{name:<40} n^{power:.1f}  {seconds * 1000:7.1f} ms at 8,000  {piece!r}", flush=True)
            if ((whole and power > 1.4) or seconds >= LIMIT) and not name.startswith(tuple(BOUNDED)):
                wrong.append(name)
    print(f"{count} patterns, {count - bent} linear, {bent} not; too slow for what they see: {len(wrong)} {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
