"""What the ledger tells: the story of one claim, and what changed between two runs, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from factcheck.ledger import RUN, VERDICT, Entry, LedgerError

if TYPE_CHECKING:
    from factcheck.stores import Store


def subjects(store: Store, reference: str) -> dict[str, str]:
    """The claims that ``reference`` names (text, id, hash or words of the text), as subject -> text.

    Raises ``LedgerError`` when there is none, or more than one and no exact match.
    """
    wanted = " ".join(reference.split()).casefold()
    exact: dict[str, str] = {}
    close: dict[str, str] = {}
    for entry in store.ledger(kind=VERDICT):
        claim = entry.data["verdict"]["claim"]
        text = claim["text"].casefold()
        if wanted in (text, str(claim["id"]).casefold()) or (len(wanted) >= 8 and entry.subject.startswith(wanted)):
            exact[entry.subject] = claim["text"]
        elif wanted and wanted in text:
            close[entry.subject] = claim["text"]
    found = exact or close
    if not found:
        raise LedgerError(
            f'no claim in the ledger says "{reference}"; see what was checked with: factcheck ledger list'
        )
    if len(found) > 1 and not exact:
        texts = "; ".join(f'"{text}"' for text in list(found.values())[:4])
        raise LedgerError(f"{len(found)} claims say so ({texts}); write more of the claim")
    return found


def history(store: Store, reference: str) -> tuple[Entry, ...]:
    """Every entry on the claim that ``reference`` names, oldest first."""
    return store.ledger(subjects=list(subjects(store, reference)))


def find_run(store: Store, reference: str) -> Entry:
    """The run that ``reference`` names: the number of its entry, "last", or "last~2" for the second before it."""
    if match := re.fullmatch(r"last(?:~(\d+))?", reference):
        back = int(match[1] or 0)
        runs = store.ledger(kind=RUN, newest=True, limit=back + 1)
        if len(runs) <= back:
            raise LedgerError(f"{reference}: the ledger holds {len(runs)} runs")
        return runs[back]
    found = store.ledger(kind=RUN, numbers=[int(reference)]) if re.fullmatch(r"\d{1,15}", reference) else ()
    if not found:
        raise LedgerError(f"{reference}: there is no such run; list them with: factcheck ledger list --runs")
    return found[0]


@dataclass(frozen=True, kw_only=True)
class Change:
    """A claim whose verdict two runs give differently: ``why`` names each cause, "claim", "source", "model", "rule"."""

    text: str
    path: str
    line: int
    before: str
    after: str
    why: tuple[str, ...]


def diff(before: Entry, after: Entry) -> list[Change]:
    """What changed between two runs, in the order of the later one, then what is no longer there.

    A claim that was reworded is paired with the one that has its id, or its line, in the same file.
    """
    old, new = before.data, after.data
    olds = {(row["path"], row["subject"]): row for row in old["rows"]}
    reworded = {(row["path"], key): row for row in old["rows"] for key in (row["id"], f"line {row['line']}")}
    kept = {(row["path"], row["subject"]) for row in new["rows"]}
    changes: list[Change] = []
    paired: set[tuple[str, str]] = set()
    for row in new["rows"]:
        was = olds.get((row["path"], row["subject"]))
        if was is None:
            for key in (row["id"], f"line {row['line']}"):
                candidate = reworded.get((row["path"], key))
                if candidate and (candidate["path"], candidate["subject"]) not in kept | paired:
                    was = candidate
                    break
        if was is None:
            changes.append(_change(row, "new", _shown(row), ("claim: it was not in the earlier run",)))
            continue
        paired.add((was["path"], was["subject"]))
        if (was["label"], was["rule"]) != (row["label"], row["rule"]):
            changes.append(_change(row, _shown(was), _shown(row), _causes(was, row, old, new)))
    if old["whole"] and new["whole"]:
        paths = {row["path"] for row in new["rows"]}
        for key, row in olds.items():
            if key not in paired and row["path"] in paths:
                changes.append(_change(row, _shown(row), "gone", ("claim: it is not in the later run",)))
    return changes


def _change(row: Mapping[str, Any], before: str, after: str, why: Sequence[str]) -> Change:
    return Change(text=row["text"], path=row["path"], line=row["line"], before=before, after=after, why=tuple(why))


def _shown(row: Mapping[str, Any]) -> str:
    return f"{row['label']} ({row['rule']})"


def _causes(
    was: Mapping[str, Any], row: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[str, ...]:
    causes = []
    if was["subject"] != row["subject"]:
        causes.append(f'claim: it read "{was["text"]}"' if was["text"] != row["text"] else "claim: its context changed")
    if was["scope"] != row["scope"]:
        before, after = dict(old["scopes"][was["scope"]]), dict(new["scopes"][row["scope"]])
        parts = [f"{id} added" for id in after if id not in before]
        parts += [f"{id} no longer used" for id in before if id not in after]
        parts += [f"{id} read anew" for id in after if id in before and before[id] != after[id]]
        shown = ", ".join(parts[:4]) + (f" and {len(parts) - 4} more" if len(parts) > 4 else "")
        causes.append(f"source: {shown}")
    for name in sorted({*old["models"], *new["models"]}):
        if old["models"].get(name) != new["models"].get(name):
            causes.append(f"model: {name} {old['models'].get(name)} -> {new['models'].get(name)}")
    if old["engine"] != new["engine"]:
        versions = f"{old['version']} ({old['engine'][:8]}) -> {new['version']} ({new['engine'][:8]})"
        causes.append(f"rule: factcheck {versions}")
    return tuple(causes) or ("rule: the same question was answered anew",)
