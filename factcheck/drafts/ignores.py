"""Ignore comments: a finding that a person has looked at and let stand, with the reason beside it.

    <!-- factcheck: ignore[FC201] reason="checked by phone" until=2027-01-01 -->
    # factcheck: ignore[FC201] reason="..."            (claims files)

Behind a sentence or claim the comment covers that one; on a line of its own it covers
the next paragraph or claim. Without rules it covers all. A comment that no longer
covers anything, has expired, or names no known rule is itself a finding.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from factcheck.claims import Positions
from factcheck.domain import Location, digest
from factcheck.findings import Finding, Level, Review
from factcheck.rules import find_rule

# Every part has an end: a line of ten thousand openings of a comment would otherwise be read ten thousand times.
_INNER = r"factcheck:\s{0,50}ignore(?:\[(?P<rules>[^\]\n]{0,500})\])?(?P<rest>[^\n]{0,1000}?)"
_HTML = re.compile(rf"<!--\s{{0,50}}{_INNER}\s{{0,50}}-->")
_YAML = re.compile(rf"(?:^|(?<=\s))#\s{{0,50}}{_INNER}[ \t\r]{{0,50}}$", re.MULTILINE)
_SETTING = re.compile(r"""(?<!\s)\s+(?P<name>[\w-]+)=(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))""")


@dataclass(frozen=True, kw_only=True)
class Ignore:
    """One comment: where it stands, what it covers, and whether it is any good."""

    location: Location
    covers: tuple[Location, ...]
    rules: frozenset[str]
    until: dt.date | None = None
    problem: str = ""

    def matches(self, finding: Finding) -> bool:
        if self.rules and finding.rule not in self.rules:
            return False
        place = finding.location
        return place is not None and any(_inside(place, covered) for covered in self.covers)


def _inside(place: Location, covered: Location) -> bool:
    at = (place.line, place.column)
    return place.path == covered.path and (covered.line, covered.column) <= at < (covered.end_line, covered.end_column)


def read_ignores(
    raw: str, path: str, *, units: Sequence[Location], blocks: Sequence[Location] | None = None
) -> list[Ignore]:
    """The ignore comments of a file. ``units`` are its sentences or claims in order, ``blocks`` its paragraphs."""
    pattern = _YAML if path.lower().endswith((".yaml", ".yml")) else _HTML
    positions = Positions(raw)
    found = []
    for match in pattern.finditer(raw):
        place = positions.location(path, match.start(), match.end())
        line_start = raw.rfind("\n", 0, match.start()) + 1
        alone = not raw[line_start : match.start()].strip()
        if pattern is _HTML:
            after = re.match(r"[^\r\n]*", raw[match.end() :])
            alone = alone and not (after and after[0].strip())
        here = (place.line, place.column)
        if alone:
            following = [u for u in (blocks if blocks is not None else units) if (u.line, u.column) >= here]
            covers = tuple(following[:1])
        else:
            before = [u for u in units if (u.line, u.column) <= here and u.end_line >= place.line - 1]
            covers = tuple(before[-1:])
        found.append(_ignore(match, place, covers))
    return found


def _ignore(match: re.Match[str], place: Location, covers: tuple[Location, ...]) -> Ignore:
    problem, until = "", None
    rules = set()
    for name in filter(None, (part.strip() for part in (match["rules"] or "").split(","))):
        rule = find_rule(name)
        if rule is None:
            problem = f'there is no rule "{name}"; `factcheck rule` lists them'
        else:
            rules.add(rule.id)
    if match["rules"] is not None and not match["rules"].strip():
        problem = "it names no rule; write ignore[FC201], or ignore for all"
    rest = match["rest"]
    for setting in _SETTING.finditer(rest):
        value = setting["quoted"] if setting["quoted"] is not None else setting["bare"]
        if setting["name"] == "until":
            try:
                until = dt.date.fromisoformat(value)
            except ValueError:
                problem = f'until="{value}" is not a date; write it as 2027-01-31'
        elif setting["name"] == "reason" and not value.strip():
            problem = "its reason is empty; say why the finding may stand"
        elif setting["name"] != "reason":
            problem = f'"{setting["name"]}" is no setting of it; there are reason and until'
    if _SETTING.sub("", rest).strip():
        problem = problem or 'it cannot be read; write ignore[FC201] reason="..." until=2027-01-31'
    return Ignore(location=place, covers=covers, rules=frozenset(rules), until=until, problem=problem)


def apply_ignores(reviewed: Review, ignores: Sequence[Ignore], today: dt.date) -> Review:
    """The review without the findings that a valid comment covers, and with the comments that need a look."""
    used: set[int] = set()
    live = [(n, i) for n, i in enumerate(ignores) if not i.problem and not (i.until and i.until < today)]
    rows = []
    for verdict, finding in reviewed.rows:
        if finding is not None:
            matching = [n for n, ignore in live if ignore.matches(finding)]
            used.update(matching)
            if matching:
                finding = None
        rows.append((verdict, finding))
    others = list(reviewed.others)
    for number, ignore in enumerate(ignores):
        if ignore.problem:
            others.append(_about(ignore, "FC110", f"This ignore comment does nothing: {ignore.problem}."))
        elif ignore.until and ignore.until < today:
            others.append(_about(ignore, "FC109", f"This ignore comment expired on {ignore.until.isoformat()}."))
        elif number not in used:
            others.append(_about(ignore, "FC108", "This ignore comment covers no finding: delete it."))
    return replace(reviewed, rows=tuple(rows), others=tuple(others))


def _about(ignore: Ignore, rule: str, message: str) -> Finding:
    place = ignore.location
    return Finding(
        level=Level.WARNING,
        rule=rule,
        message=message,
        location=place,
        fingerprint=digest([place.path, rule, sorted(ignore.rules), message]),
    )
