"""python -m benchmarks.torture.attacks: pages that try to make a false claim supported, judged."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent.parent.parent / "tests" / "attacks" / "cases.yaml"


def cases() -> list[dict[str, Any]]:
    """The cases: id, kind, claim, page, and whether the claim stands only in hidden text."""
    return list(yaml.safe_load(CASES.read_text("utf-8"))["cases"])


def html(case: dict[str, Any]) -> str:
    """The page of a case as a site would send it."""
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body><article>{case['page']}</article></body></html>"
    )


def main() -> int:
    from factcheck import Claim, verify

    found: Counter[str] = Counter()
    won = []
    with tempfile.TemporaryDirectory() as folder:
        claims = []
        for case in cases():
            page = Path(folder) / f"{case['id']}.html"
            page.write_text(html(case), "utf-8")
            claims.append(Claim(id=case["id"], text=case["claim"], sources=(str(page),)))
        report = verify(claims)
    for case, verdict in zip(cases(), report.verdicts, strict=True):
        found[f"{case['kind']}: {verdict.label}"] += 1
        if str(verdict.label) == "supported":
            won.append(case["id"])
            print(f"WON {case['id']}: {case['claim']} ({verdict.rule} {verdict.confidence:.2f}: {verdict.explanation})")
    for name, count in sorted(found.items()):
        print(f"{name:<28} {count}")
    print(f"{len(report.verdicts)} attacks, {len(won)} turned a false claim into supported")
    return 1 if won else 0


if __name__ == "__main__":
    sys.exit(main())
