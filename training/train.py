"""Train the verdict model: a cross-encoder over (premise, hypothesis), three labels.

Runs for a given time, not for a given number of steps: the learning rate is a
function of the time spent, so that a slower machine gets a shorter training with
the same shape, and a run that is cut resumes where its last checkpoint stood.

    python -m training.train --base PATH --mix mix.jsonl.gz --out RUN --minutes 110
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import math
import os
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from training.mix import training_order

LABELS = ("supported", "unverified", "contradicted")
LABEL_NAMES = ("entailment", "neutral", "contradiction")
MAX_TOKENS = 256  # premise and hypothesis together; the premise is cut, never the claim


def encode(tokenizer, rows: list[dict]) -> list[list[int]]:
    """Token ids of each row: start, premise, separators, hypothesis, end (the tokenizer's own pair form)."""
    ids = []
    for at in range(0, len(rows), 1000):
        part = rows[at : at + 1000]
        ids += tokenizer(
            [r["premise"] for r in part],
            [r["hypothesis"] for r in part],
            truncation="only_first",
            max_length=MAX_TOKENS,
        )["input_ids"]
    return ids


def batches(ids: list[list[int]], order: list[int], budget: int) -> Iterator[list[int]]:
    """Batches of about ``budget`` tokens: rows of like length together, batches in random order."""
    pool = 1024
    for at in range(0, len(order), pool):
        block = sorted(order[at : at + pool], key=lambda i: len(ids[i]))
        made, batch = [], []
        for i in block:
            if batch and (len(batch) + 1) * len(ids[i]) > budget:
                made.append(batch)
                batch = []
            batch.append(i)
        made.append(batch)
        random.Random(at).shuffle(made)
        yield from made


def collate(ids: list[list[int]], batch: list[int], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    width = max(len(ids[i]) for i in batch)
    tokens = torch.full((len(batch), width), pad)
    mask = torch.zeros((len(batch), width), dtype=torch.long)
    for row, i in enumerate(batch):
        tokens[row, : len(ids[i])] = torch.tensor(ids[i])
        mask[row, : len(ids[i])] = 1
    return tokens, mask


def autocast(device: str):
    return torch.autocast(device, dtype=torch.bfloat16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", required=True)
    parser.add_argument("--mix", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--rate", type=float, default=4e-5)
    parser.add_argument("--tokens", type=int, default=2000, help="tokens in a batch")
    parser.add_argument("--checkpoint-minutes", type=float, default=15)
    parser.add_argument("--stop", type=float, help="leave after this many minutes, with a checkpoint for a next stage")
    parser.add_argument("--stage-from", type=Path, help="begin from this run's weights and time, on a new mix")
    parser.add_argument("--top", type=int, help="train only this many of the highest layers, for a third less time")
    parser.add_argument("--soft", action="store_true", help="rows carry `soft` teacher probabilities: distil")
    options = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(7)
    options.out.mkdir(parents=True, exist_ok=True)
    with gzip.open(options.mix, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    tokenizer = AutoTokenizer.from_pretrained(options.base)
    ids = encode(tokenizer, rows)
    gold = torch.tensor([LABELS.index(r["label"]) for r in rows])
    soft = torch.tensor([r["soft"] for r in rows]) if options.soft else None
    model = AutoModelForSequenceClassification.from_pretrained(
        options.base,
        num_labels=3,
        id2label=dict(enumerate(LABEL_NAMES)),
        label2id={n: i for i, n in enumerate(LABEL_NAMES)},
        dtype=torch.float32,
        # No dropout: one pass over the mix does not overfit, and drawing the masks
        # costs a quarter of the time on a CPU.
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    model.to(device).train()
    lowest = 0 if options.top is None else model.config.num_hidden_layers - options.top
    for name, parameter in model.named_parameters():
        # The word embeddings are 23M of 109M weights, a third of the optimiser's work; no gain seen in a short run.
        layer = re.search(r"\.layer\.(\d+)\.", name)
        frozen = int(layer[1]) < lowest if layer else lowest and not name.startswith("classifier")
        if "word_embeddings" in name or frozen:
            parameter.requires_grad_(False)
    head = [p for n, p in model.named_parameters() if p.requires_grad and n.startswith("classifier")]
    norm = [p for n, p in model.named_parameters() if p.requires_grad and not n.startswith("classifier") and p.ndim < 2]
    body = [
        p for n, p in model.named_parameters() if p.requires_grad and not n.startswith("classifier") and p.ndim >= 2
    ]
    optimizer = torch.optim.AdamW(
        [
            {"params": body, "weight_decay": 0.01, "scale": 1.0},
            {"params": norm, "weight_decay": 0.0, "scale": 1.0},
            {"params": head, "weight_decay": 0.01, "scale": 5.0},
        ],
        lr=options.rate,
        betas=(0.9, 0.98),
        fused=True,
    )
    state = {"seconds": 0.0, "step": 0, "seen": 0, "epoch": 0}
    checkpoint = options.out / "checkpoint.pt"
    first = options.stage_from / "checkpoint.pt" if options.stage_from else checkpoint
    if checkpoint.exists() or first.exists():
        saved = torch.load(checkpoint if checkpoint.exists() else first, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        state = saved["state"] if checkpoint.exists() else {**saved["state"], "seen": 0, "epoch": 0}
    total = options.minutes * 60
    log = (options.out / "log.jsonl").open("a")
    last = saved_at = time.monotonic()
    running, trained_tokens, done = 0.0, 0, False
    skip = state["seen"]
    while not done:
        order = training_order([bool(row.get("warm")) for row in rows], state["epoch"])
        for batch in batches(ids, order[skip:], options.tokens):
            tokens, mask = collate(ids, batch, tokenizer.pad_token_id)
            with autocast(device) if device == "cuda" or os.environ.get("FP32") != "1" else contextlib.nullcontext():
                logits = model(input_ids=tokens.to(device), attention_mask=mask.to(device)).logits.float()
            loss = torch.nn.functional.cross_entropy(logits, gold[batch].to(device), label_smoothing=0.05)
            if soft is not None:
                teacher = soft[batch].to(device)
                loss = 0.3 * loss - 0.7 * (teacher * logits.log_softmax(-1)).sum(-1).mean()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], 1.0)
            now = time.monotonic()
            state["seconds"] += now - last
            last = now
            spent = min(1.0, state["seconds"] / total)
            factor = min(spent / 0.05, 1.0) * (
                0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * max(0.0, (spent - 0.05) / 0.95)))
            )
            for group in optimizer.param_groups:
                group["lr"] = options.rate * max(factor, 0.02) * group["scale"]
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            state["step"] += 1
            state["seen"] += len(batch)
            trained_tokens += int(mask.sum())
            running = 0.98 * running + 0.02 * loss.item() if running else loss.item()
            if state["step"] % 20 == 0:
                log.write(
                    json.dumps(
                        {
                            **state,
                            "loss": round(running, 4),
                            "lr": optimizer.param_groups[0]["lr"],
                            "tokens": trained_tokens,
                        }
                    )
                    + "\n"
                )
                log.flush()
            done = spent >= 1.0 or (options.stop is not None and state["seconds"] >= options.stop * 60)
            if done or now - saved_at > options.checkpoint_minutes * 60:
                saved_at = now
                partial = checkpoint.with_suffix(".part")
                torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "state": state}, partial)
                partial.replace(checkpoint)
            if done:
                break
        skip, state["seen"], state["epoch"] = 0, 0 if not done else state["seen"], state["epoch"] + 1
    model.eval()
    model.save_pretrained(options.out / "model")
    tokenizer.save_pretrained(options.out / "model")


if __name__ == "__main__":
    main()
