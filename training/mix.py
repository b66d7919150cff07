"""The training mix: every data set turned into (premise, hypothesis, label) rows.

What it knows: which sets teach what, how much of each, and how news claims over
whole articles become pairs. What it leaves to others: the model and the optimiser
(``train.py``).

Each news claim gives up to three rows: its deciding sentences alone; the same
among the sentences of the article that look most like the claim (as retrieval
will give them, in document order); and, for claims that are decided at all, those
look-alikes without the deciding ones, which is a lesson in saying nothing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from factcheck.inference import hypothesis_of, premise_of

LABELS = ("supported", "unverified", "contradicted")  # the model's order: entailment, neutral, contradiction


@dataclass(frozen=True)
class Row:
    premise: str
    hypothesis: str
    label: str
    origin: str
    warm: bool = False


# set -> (most rows taken, why). Half weight or less for sets whose pairs describe
# one picture: they teach that unrelated means contradicted.
PUBLIC = {
    "fever.train10k_SR": (3200, "claims against Wikipedia sentences; no unverified, so near passages are added"),
    "fever.dev_gold_SR_rest": (1200, "the same"),
    "fever.nli_val": (1548, "three labels"),
    "fever.nli_test": (1539, "three labels"),
    "ling_in_loop.train": (4600, "careful crowd-written inference over news and essays"),
    "mnli.dev_matched": (2600, "inference over many genres"),
    "snli.train33k": (300, "short and plentiful, but one-picture"),
    "cad_nli.train": (200, "minimally edited pairs, one-picture"),
    "timexnli.train": (3600, "dates, intervals and durations; short"),
    "infotabs.train": (800, "facts of a table read as sentences; long"),
    "healthver.dev": (1300, "health claims against abstracts"),
    "checkcovid.train": (800, "news claims against abstracts"),
    "fm2.dev": (1000, "adversarial claims against Wikipedia"),
    "scifact.train_rationale": (400, "science claims, two labels"),
    "scifact.train_abstract": (60, "science claims, long"),
    "semiauto_base_wiki.train": (600, "edited Wikipedia sentences"),
    "semiauto_translate_wiki.train": (800, "the same"),
    "semfrag_counting": (300, "counting names in a list"),
    "semfrag_quantifier": (200, "all, some, none"),
    "semfrag_comparative": (200, "chains of comparisons"),
    "semfrag_negation": (120, "only and not"),
    "semfrag_boolean": (120, "and, or"),
    "semfrag_conditional": (80, "if"),
    "negation_nli.mnli": (250, "negations that matter and that do not"),
    "monli.pmonli": (80, "hypernyms"),
    "monli.nmonli_train": (80, "hypernyms under negation"),
    "conjnli.conj_dev": (200, "conjunctions"),
    "nli4ct.train": (30, "trial reports; long"),
}

_SENTENCE_END = re.compile(r'(?<=[.!?])["”’)]?\s+(?=["“‘(]?[A-Z0-9£$€])')
_WORD = re.compile(r"[a-z0-9]+")
_STOP = frozenset(
    "the a an of to in on for and or by with at from as is was were be been had has have that this it its he she "
    "his her they their who which said not no".split()
)


def read_jsonl(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _words(text: str) -> set[str]:
    return {w[:6] for w in _WORD.findall(text.lower())} - _STOP


def split_sentences(text: str) -> list[str]:
    return [s.strip() for block in text.split("\n") for s in _SENTENCE_END.split(block) if s.strip()]


def _header(
    rng: random.Random, title: str, day: dt.date | None, *, full: float, dated: float
) -> tuple[str | None, dt.date | None]:
    draw = rng.random()
    if draw < full:
        return title, day
    if draw < full + dated:
        return None, day
    return None, None


def news_rows(
    folder: Path, rng: random.Random, *, share_among: float = 0.6, share_silent: float = 0.22
) -> Iterator[Row]:
    """Rows of a folder of articles with typed claims (``title, date, text, claims``)."""
    for path in sorted(folder.glob("*.yaml")):
        article = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        title, day = article["title"], dt.date.fromisoformat(str(article["date"])[:10])
        sentences = split_sentences(article["text"])
        for claim in article["claims"]:
            text, label, deciding = claim["text"], claim["verdict"], claim.get("evidence") or []
            about = title if claim.get("fragment") and rng.random() < 0.2 else None
            hypothesis = hypothesis_of(text, about)
            origin = f"news:{claim['type']}"
            needs_date = claim["type"] in {"relative-date", "date", "duration-age", "temporal-order"}
            head = _header(rng, title, day, full=0.35, dated=0.5 if needs_date else 0.15)
            if deciding:
                yield Row(premise_of(deciding, *head), hypothesis, label, origin)
            words = _words(text)
            others = [i for i, s in enumerate(sentences) if not any(s in d or d in s for d in deciding)]
            others.sort(
                key=lambda i: -len(words & _words(sentences[i])) / (4 + len(_words(sentences[i]))) + rng.random() * 0.1
            )
            if rng.random() < share_among:
                kept = {i for i, s in enumerate(sentences) if any(s in d or d in s for d in deciding)}
                chosen = sorted(kept | set(others[: rng.choice((1, 2, 2, 3, 4))]))
                head = _header(rng, title, day, full=0.6, dated=0.2)
                yield Row(premise_of([sentences[i] for i in chosen], *head), hypothesis, label, origin + "+near")
            if label != "unverified" and deciding and rng.random() < share_silent:
                chosen = sorted(others[: rng.choice((1, 2, 3))])
                head = (None, day) if rng.random() < 0.5 else (None, None)  # a headline may decide the claim
                yield Row(premise_of([sentences[i] for i in chosen], *head), text, "unverified", "news:silent")


def _near_evidence(rows: list[dict], rng: random.Random, count: int, origin: str) -> Iterator[Row]:
    """Claims beside another claim's evidence that looks like theirs: unverified.

    The nearest is left out, as it often decides the claim after all.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit([r["evidence"] for r in rows])
    evidence = vectors.transform([r["evidence"] for r in rows])
    for index in rng.sample(range(len(rows)), min(count, len(rows))):
        row = rows[index]
        near = (evidence @ vectors.transform([row["claim"]]).T).toarray().ravel()
        ranked = [j for j in near.argsort()[::-1][:40] if rows[j]["evidence"][:60] != row["evidence"][:60]]
        own = set(re.findall(r"[A-Z]\w+", row["claim"]))
        ranked = [j for j in ranked[1:] if own & set(re.findall(r"[A-Z]\w+", rows[j]["evidence"]))] or ranked[2:]
        if ranked:
            yield Row(rows[rng.choice(ranked[:8])]["evidence"], row["claim"], "unverified", origin + "+near")


_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w])")
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()


def slot_edits(rows: list[dict], rng: random.Random, count: int) -> Iterator[Row]:
    """Minimal pairs over supported claims: one number changed (contradicted), or written another way (supported)."""
    pool = [r for r in rows if r["label"] == "supported" and _NUMBER.search(r["claim"])]
    rng.shuffle(pool)
    for row in pool[:count]:
        match = rng.choice(list(_NUMBER.finditer(row["claim"])))
        digits = match.group()
        if digits.replace(",", "") not in row["evidence"].replace(",", ""):
            continue
        before, after = row["claim"][: match.start()], row["claim"][match.end() :]
        value = digits.replace(",", "")
        if "." in value or len(value) > 9:
            changed = value[:-1] + str((int(value[-1]) + rng.randint(1, 9)) % 10)
        elif 1000 < int(value) < 2100 and "," not in digits:
            changed = str(int(value) + rng.choice((-1, 1)) * rng.choice((1, 1, 2, 3, 5, 10)))
        else:
            changed = str(
                max(0, int(value) + rng.choice((-1, 1)) * max(1, round(int(value) * rng.choice((0.05, 0.1, 0.3, 0.5)))))
            )
            if "," in digits:
                changed = f"{int(changed):,}"
        if changed != value:
            yield Row(row["evidence"], before + changed + after, "contradicted", "edit:number")
        if value.isdigit() and int(value) <= 20:
            yield Row(row["evidence"], before + _SMALL[int(value)] + after, "supported", "edit:words")


def public_rows(folder: Path, rng: random.Random) -> Iterator[Row]:
    fever: list[dict] = []
    for name, (most, _why) in PUBLIC.items():
        rows = list(read_jsonl(folder / f"{name}.jsonl.gz"))
        if name.startswith(("fever.train", "fever.dev_gold")):
            fever += rows
        rng.shuffle(rows)
        for row in rows[:most]:
            yield Row(row["evidence"], row["claim"], row["label"], name)
    yield from _near_evidence(fever, rng, 1900, "fever")
    yield from slot_edits(fever, rng, 1000)
    for name in ("fm2.dev", "scifact.train_rationale"):
        yield from _near_evidence(list(read_jsonl(folder / f"{name}.jsonl.gz")), rng, 200, name)


def blanked(rows: list[Row], rng: random.Random, count: int) -> Iterator[Row]:
    """The claim with no evidence, or somebody else's: what the claim alone gives away must not decide."""
    for row in rng.sample(rows, count):
        if rng.random() < 0.3:
            yield Row("", row.hypothesis, "unverified", "blank")
        else:
            other = rng.choice(rows)
            if other.hypothesis != row.hypothesis:
                yield Row(other.premise, row.hypothesis, "unverified", "shuffled")


WARM = {"snli.train33k": 2600, "mnli.dev_matched": 1400, "fever.train10k_SR": 1200}


def warm_rows(folder: Path, rng: random.Random) -> Iterator[Row]:
    """Short plain pairs that come first.

    The base was trained to embed one sentence at a time. It learns to compare two from
    pairs that differ in what they are about; begun on minimal pairs it learnt nothing in
    2,300 of them (loss still 1.098, that of guessing).
    """
    for name, most in WARM.items():
        rows = [r for r in read_jsonl(folder / f"{name}.jsonl.gz") if len(r["evidence"]) < 260]
        for row in rng.sample(rows, most):
            yield Row(row["evidence"], row["claim"], row["label"], name + "+warm", True)


def build(data: Path, extra: Iterable[Path] = (), *, seed: int = 7) -> list[Row]:
    """The whole mix, shuffled behind its warm-up; the same seed gives the same rows."""
    rng = random.Random(seed)
    news = [row for folder in (data / "news_train", *extra) for row in news_rows(folder, rng)]
    public = list(public_rows(data / "train", rng))
    rows = news + public
    rows += list(blanked(rows, rng, 900))
    rng.shuffle(rows)
    warm = list(warm_rows(data / "train", rng))
    rng.shuffle(warm)
    return [row for row in warm + rows if 0 < len(row.hypothesis.strip()) <= 400]


def final_rows(rows: Sequence[Row], seen: int, folder: Path) -> list[Row]:
    """The mix of the last stage: what teaches most of the rows that a first stage of ``seen`` rows has not come to.

    News first, and every pair of timexnli: half-way through, dates and durations were
    where the model was furthest from its goal, and their pairs are short.
    """
    order = training_order([row.warm for row in rows], epoch=0)
    left = [rows[i] for i in order[seen:]]
    news = [r for r in left if r.origin.startswith("news")]
    science = {"healthver.dev", "checkcovid.train", "scifact.train_rationale", "fm2.dev"}
    general = ("fever", "ling", "mnli", "edit", "shuffled", "blank")
    chosen = [
        *[r for r in news if "+near" not in r.origin][:3800],
        *[r for r in news if "+near" in r.origin][:900],
        *[Row(d["evidence"], d["claim"], d["label"], "timex") for d in read_jsonl(folder / "timexnli.train.jsonl.gz")],
        *[r for r in left if r.origin.split("+")[0] in science][:900],
        *[r for r in left if r.origin.startswith(general)][:1500],
        *[r for r in left if r.origin.startswith("infotabs")][:250],
    ]
    random.Random(5).shuffle(chosen)
    return chosen


def training_order(warm: Sequence[bool], epoch: int) -> list[int]:
    """The order in which ``train.py`` takes the rows in an epoch: those of the warm-up first in the first one."""
    order = list(range(len(warm)))
    random.Random(epoch).shuffle(order)
    if epoch == 0:
        order.sort(key=lambda i: not warm[i])  # stable: the shuffle stands within each part
    return order


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--final", type=int, metavar="SEEN", help="the last stage's mix, after a first stage of SEEN rows"
    )
    options = parser.parse_args()
    rows = build(options.data, seed=options.seed)
    if options.final:
        rows = final_rows(rows, options.final, options.data / "train")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(options.out, "wt", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.origin.split(":")[0].split("+")[0]] = counts.get(row.origin.split(":")[0].split("+")[0], 0) + 1
    print(json.dumps({"rows": len(rows), "by_origin": counts}, indent=1))


if __name__ == "__main__":
    main()
