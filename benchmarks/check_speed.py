"""Times `factcheck check` on a draft of about 400 words against ten sources, as whole processes in one run.

    .venv/bin/python benchmarks/check_speed.py [--runs 3]

"Cold" starts with an empty cache; "unchanged" is the same command again; "changed"
comes after one sentence was edited. "Models" is a process that loads the two shipped
models and has them judge the very pairs, and embed the very texts, of the cold run,
and does nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from verify_speed import ROOT, empty_cache, timed

TOPICS = ["harbour", "library", "stadium", "clinic", "railway", "museum", "market", "school", "theatre", "reservoir"]

RECORD = """
import json, sys
from factcheck import inference
asked = {"pairs": [], "texts": []}
judge, embed = inference._OpenVinoVerdictModel.judge, inference._OpenVinoEmbedder.embed
def recorded_judge(self, pairs):
    asked["pairs"] += [list(pair) for pair in pairs]
    return judge(self, pairs)
def recorded_embed(self, texts):
    asked["texts"] += list(texts)
    return embed(self, texts)
inference._OpenVinoVerdictModel.judge = recorded_judge
inference._OpenVinoEmbedder.embed = recorded_embed
from factcheck.cli import main
sys.argv[1:] = ["check", "draft.md", "--exit-zero", "--no-cache"]
try:
    main()
except SystemExit:
    json.dump(asked, open("asked.json", "w"))
"""

MODELS = """
import json
from factcheck.inference import load_embedder, load_verdict_model
asked = json.load(open("asked.json"))
load_embedder().embed(asked["texts"])
load_verdict_model().judge([tuple(pair) for pair in asked["pairs"]])
"""


def article(number: int, topic: str) -> str:
    """An invented report on the number-th building."""
    return (
        f"---\ntitle: New {topic} opens in Tarnbeck\ndate: 2022-0{number % 9 + 1}-14\npublisher: Demo Wire\n---\n\n"
        f"TARNBECK - The new {topic} of Tarnbeck opened on Monday after {number + 2} years of building.\n\n"
        f"It cost {number + 11}.4 million pounds and employs {number * 7 + 40} people, the mayor, Edwin Marsh, said. "
        f"The old {topic}, which was built in {1901 + number * 6}, had been closed in {2009 + number}.\n\n"
        f"The architects, Lowe and Partners, won a competition among {number + 5} firms. "
        f"About {number * 300 + 900} people came to the opening. Edwin Marsh called it a good day for the town.\n\n"
        f"Opponents of the {topic} had gathered {number * 100 + 1200} signatures against it. "
        f"The council approved the plan by {number + 12} votes to {number + 3}.\n"
    )


def draft() -> str:
    """About 400 words on all ten, right and wrong."""
    parts = ["---\ntitle: A town that builds\n---\n"]
    for number, topic in enumerate(TOPICS):
        parts.append(
            f"The new {topic} opened after {number + 2} years of building. It cost {number + 11}.4 million pounds. "
            f"The old {topic} was built in {1901 + number * 6 + number % 2}. "
            f"The council approved the plan for the {topic} by {number + 12} votes to {number + 3}, "
            f"and Lowe and Partners were its architects.\n"
        )
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    figures: dict[str, list[float]] = {"cold": [], "unchanged": [], "changed": [], "models": []}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    factcheck = [sys.executable, "-m", "factcheck"]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for number, topic in enumerate(TOPICS):
            (work / f"{topic}.md").write_text(article(number, topic), encoding="utf-8")
        (work / "draft.md").write_text(draft(), encoding="utf-8")
        sources = [f"{topic}.md" for topic in TOPICS]
        subprocess.run(
            [*factcheck, "sources", "add", *sources], cwd=work, check=True, capture_output=True, env=environment
        )
        (work / "record.py").write_text(RECORD, encoding="utf-8")
        (work / "models.py").write_text(MODELS, encoding="utf-8")
        subprocess.run([sys.executable, "record.py"], cwd=work, check=True, capture_output=True, env=environment)
        asked = json.loads((work / "asked.json").read_text(encoding="utf-8"))
        shutil.copy(work / "sources.db", work / "fresh.db")
        check = [*factcheck, "check", "draft.md"]
        for turn in range(options.runs + 1):
            shutil.copy(work / "fresh.db", work / "sources.db")
            empty_cache(work / "sources.db")
            (work / "draft.md").write_text(draft(), encoding="utf-8")
            row = {"cold": timed(check, work), "unchanged": timed(check, work)}
            edited = draft().replace(
                "The new clinic opened after 5 years", f"The new clinic opened after {turn + 6} years"
            )
            (work / "draft.md").write_text(edited, encoding="utf-8")
            row["changed"] = timed(check, work)
            row["models"] = timed([sys.executable, "models.py"], work)
            if turn:  # the first turn fills the system's file cache
                for name, seconds in row.items():
                    figures[name].append(seconds)
    words = len(draft().split())
    print(f"a draft of {words} words, {len(TOPICS)} sources, {len(asked['pairs'])} pairs; {options.runs} runs each")
    for name, seconds in figures.items():
        low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
        print(f"{name:<10} min {low:6.2f} s   median {middle:6.2f} s   max {high:6.2f} s")
    cold, models = statistics.median(figures["cold"]), statistics.median(figures["models"])
    print(f"cold is {(cold - 1) / models:.2f} times the models alone, plus a second")
    for name in ("unchanged", "changed"):
        print(f"{name} takes {statistics.median(figures[name]) / cold:.2f} of cold")


if __name__ == "__main__":
    main()
