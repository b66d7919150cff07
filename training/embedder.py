"""Fine-tune the embedder: claims near the sentences that decide them, however little the words share.

What it is for is one article: of its sentences, those that the labels name shall be nearest to the
claim. A step takes a few whole articles with all of their claims; every other sentence of these is a
negative (InfoNCE, van den Oord et al. 2018, with several positives as in Khosla et al. 2020). Pairs of
public sets stand beside them with the other pairs of their batch as negatives, and the weights are in
the end averaged with the base's (Wortsman et al. 2022), so that what it knows of other texts is kept.

Runs for a given time, as ``training.train`` does, and resumes from its last checkpoint.

    python -m training.embedder --base PATH --out RUN --minutes 60
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import random
import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import AutoModel, AutoTokenizer

from factcheck.evaluate import read_articles, text_of
from factcheck.passages import split
from factcheck.retrieve import embedding_texts
from training.mix import MORE, OWN

DATA = Path("../shared/data")
PUBLIC = ("fever.train10k_SR", "scifact.train_rationale", "checkcovid.train", "healthver.dev")
MAX_TOKENS = 96  # a title and a sentence; the longest hundredth is cut
TEMPERATURE = 0.05
CHECKPOINT_SECONDS = 300


def plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


def articles(folders: Sequence[Path]) -> list[dict]:
    """Each article as ``texts`` (its passages as they are embedded) and ``asked`` (a claim, its deciding passages)."""
    found = []
    for data in (article for folder in folders for article in read_articles(folder)):
        passages = split(text_of(data), "a")
        known = [plain(p.text) for p in passages]
        asked = []
        for claim in data["claims"]:
            wanted = [plain(e) for e in claim.get("evidence") or ()]
            right = [i for i, p in enumerate(known) if any(e in p or (len(p) > 25 and p in e) for e in wanted)]
            if right:
                asked.append((claim["text"], right))
        if asked:
            found.append({"texts": embedding_texts(data.get("title"), passages), "asked": asked})
    return found


def pairs() -> list[tuple[str, str]]:
    """Claims of the public sets with evidence that decides them."""
    found = []
    for name in PUBLIC:
        with gzip.open(DATA / "train" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        found += [(r["claim"], r["evidence"]) for r in rows if r["label"] != "unverified" and len(r["evidence"]) > 25]
    return found


class Embedder(torch.nn.Module):
    def __init__(self, base: str) -> None:
        super().__init__()
        self.tokenizer = AutoTokenizer.from_pretrained(base)
        self.network = AutoModel.from_pretrained(base, dtype=torch.float32)
        # Word vectors stay as they are: half of the weights, and the rare words of these articles are invented names.
        self.network.embeddings.word_embeddings.weight.requires_grad_(False)

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """(len(texts), dim) unit vectors, embedded in groups of like length."""
        ids = self.tokenizer(list(texts), truncation=True, max_length=MAX_TOKENS)["input_ids"]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        rows: list[torch.Tensor | None] = [None] * len(ids)
        for at in range(0, len(order), 32):
            part = order[at : at + 32]
            longest = max(len(ids[i]) for i in part)
            padded = torch.tensor([ids[i] + [0] * (longest - len(ids[i])) for i in part])
            mask = torch.tensor([[1] * len(ids[i]) + [0] * (longest - len(ids[i])) for i in part])
            states = self.network(input_ids=padded, attention_mask=mask).last_hidden_state
            mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            for i, row in zip(part, torch.nn.functional.normalize(mean, dim=-1), strict=True):
                rows[i] = row
        return torch.stack([row for row in rows if row is not None])


def loss_of(model: Embedder, chosen: Sequence[dict]) -> torch.Tensor:
    """Mean over the claims of articles: each deciding sentence against every sentence that does not decide."""
    texts, claims, right = [], [], []
    for article in chosen:
        first = len(texts)
        texts += article["texts"]
        for claim, at in article["asked"]:
            claims.append(claim)
            right.append([first + i for i in at])
    vectors = model([*texts, *claims])
    scores = vectors[len(texts) :] @ vectors[: len(texts)].T / TEMPERATURE
    losses = []
    for row, positives in zip(scores, right, strict=True):
        others = torch.ones(len(texts), dtype=torch.bool)
        others[positives] = False
        against = torch.logsumexp(row[others], 0)
        losses.append(torch.stack([torch.logaddexp(row[p], against) - row[p] for p in positives]).mean())
    return torch.stack(losses).mean()


def loss_of_pairs(model: Embedder, chosen: Sequence[tuple[str, str]]) -> torch.Tensor:
    vectors = model([*(c for c, _ in chosen), *(e for _, e in chosen)])
    scores = vectors[: len(chosen)] @ vectors[len(chosen) :].T / TEMPERATURE
    same = torch.tensor([[a[1] == b[1] or a[0] == b[0] for b in chosen] for a in chosen])
    same.fill_diagonal_(False)
    return torch.nn.functional.cross_entropy(scores.masked_fill(same, -1e4), torch.arange(len(chosen)))


@torch.no_grad()
def first_of(model: Embedder, held_out: Sequence[dict]) -> float:
    """Share of the claims of held-out articles whose nearest sentence is a deciding one."""
    model.eval()
    met = total = 0
    for article in held_out:
        vectors = model([*article["texts"], *(c for c, _ in article["asked"])])
        n = len(article["texts"])
        for row, (_, right) in zip(vectors[n:] @ vectors[:n].T, article["asked"], strict=True):
            met += int(row.argmax()) in right
            total += 1
    model.train()
    return met / total


def averaged(base: dict[str, torch.Tensor], tuned: dict[str, torch.Tensor], share: float) -> dict[str, torch.Tensor]:
    """Weights between those of the base and the tuned ones, ``share`` of the way."""
    return {name: torch.lerp(base[name], w, share) if w.is_floating_point() else w for name, w in tuned.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=3e-5)
    parser.add_argument("--articles", type=int, default=3, help="articles in a step")
    parser.add_argument("--pairs", type=int, default=24, help="public pairs in a step")
    parser.add_argument("--share", type=float, default=0.7, help="of the tuned weights in the average with the base's")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    state = options.out / "state.pt"
    model = Embedder(options.base)
    weights = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=options.rate, weight_decay=0.01)
    read = articles([DATA / "news_train", OWN, MORE])
    held_out = articles([DATA / "news_dev"])
    public = pairs()
    print(f"{len(read)} articles, {sum(len(a['asked']) for a in read)} claims, {len(public)} pairs", flush=True)
    step, spent = 0, 0.0
    if state.exists():
        kept = torch.load(state)
        model.load_state_dict(kept["model"])
        optimiser.load_state_dict(kept["optimiser"])
        step, spent = kept["step"], kept["spent"]
    print(f"step {step}: first on held-out articles {first_of(model, held_out):.4f}", flush=True)
    model.train()
    length, kept_at, last, losses = options.minutes * 60, spent, time.time(), []
    while spent < length:
        draw = random.Random(options.seed * 1_000_003 + step)
        done = spent / length
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1.0, step / 60) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        # Every article once an epoch, in an order of its own.
        per_epoch = len(read) // options.articles
        order = random.Random(options.seed + step // per_epoch).sample(range(len(read)), len(read))
        at = step % per_epoch * options.articles
        loss = loss_of(model, [read[i] for i in order[at : at + options.articles]])
        loss = loss + 0.5 * loss_of_pairs(model, draw.sample(public, options.pairs))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        step += 1
        now = time.time()
        spent, last = spent + now - last, now
        losses.append(loss.item())
        if step % 50 == 0:
            print(f"step {step} {spent / 60:.1f} min loss {sum(losses[-50:]) / len(losses[-50:]):.3f}", flush=True)
        if spent - kept_at > CHECKPOINT_SECONDS or spent >= length:
            kept_at = spent
            saved = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "spent": spent}
            torch.save(saved, state.with_suffix(".new"))
            os.replace(state.with_suffix(".new"), state)
            print(f"step {step}: first on held-out articles {first_of(model, held_out):.4f}", flush=True)
            last = time.time()
    folder = options.out / "model"
    shutil.copytree(options.base, folder, dirs_exist_ok=True)  # how it pools and tokenises is the base's
    base = AutoModel.from_pretrained(options.base, dtype=torch.float32)
    model.network.load_state_dict(averaged(base.state_dict(), model.network.state_dict(), options.share))
    model.network.save_pretrained(folder)


if __name__ == "__main__":
    main()
