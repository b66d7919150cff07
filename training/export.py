"""From a trained model to the folder that ships.

The linear weights of the verdict model become int8, symmetric, one fp16 scale a
row, in the compressed-tensors format that transformers (and so
sentence-transformers) reads by itself; everything else is fp16. Files stay under
the size that a repository host takes, and a manifest names each by its sha256.

    python -m training.export verdict RUN/model factcheck/models/verdict
    python -m training.export embedder BASE factcheck/models/embedder
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

MOST_BYTES = 90_000_000
QUANTISED = {
    "quant_method": "compressed-tensors",
    "format": "int-quantized",
    "quantization_status": "compressed",
    "dequantize": True,
    "ignore": ["classifier", "classifier.dense", "classifier.out_proj", "bert.pooler.dense"],
    "config_groups": {
        "group_0": {
            "targets": ["Linear"],
            "weights": {"num_bits": 8, "type": "int", "symmetric": True, "strategy": "channel", "dynamic": False},
            "input_activations": None,
            "output_activations": None,
        }
    },
}


def read_weights(folder: Path) -> dict[str, torch.Tensor]:
    weights: dict[str, torch.Tensor] = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "pt") as file:
            names = file.keys()  # safe_open gives no mapping: it cannot be iterated
            weights |= {name: file.get_tensor(name) for name in names}
    return weights


def quantise(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """int8 for the encoder's linear layers.

    Each row's scale is the one of several that loses least, not just its maximum's.
    """
    out: dict[str, torch.Tensor] = {}
    for name, value in weights.items():
        value = value.float()
        if name.endswith(".weight") and value.ndim == 2 and ".encoder.layer." in f".{name}":
            peak = value.abs().amax(1, keepdim=True).clamp_min(1e-8) / 127
            best = best_error = None
            for share in (1.0, 0.95, 0.9, 0.85, 0.8):
                scale = (peak * share).to(torch.float16).float()
                error = ((value / scale).round().clamp(-127, 127) * scale - value).square().sum(1, keepdim=True)
                best = scale if best is None else torch.where(error < best_error, scale, best)
                best_error = error if best_error is None else torch.minimum(error, best_error)
            assert best is not None
            out[name] = (value / best).round().clamp(-127, 127).to(torch.int8)
            out[name + "_scale"] = best.to(torch.float16)
        else:
            out[name] = value.to(torch.float16).contiguous()
    return out


def write_shards(weights: dict[str, torch.Tensor], folder: Path) -> None:
    shards: list[dict[str, torch.Tensor]] = [{}]
    size = 0
    for name, value in weights.items():
        bytes_ = value.numel() * value.element_size()
        if size + bytes_ > MOST_BYTES:
            shards.append({})
            size = 0
        shards[-1][name] = value
        size += bytes_
    if len(shards) == 1:
        save_file(shards[0], folder / "model.safetensors", metadata={"format": "pt"})
        return
    index: dict[str, str] = {}
    for number, shard in enumerate(shards, 1):
        name = f"model-{number:05}-of-{len(shards):05}.safetensors"
        save_file(shard, folder / name, metadata={"format": "pt"})
        index |= dict.fromkeys(shard, name)
    (folder / "model.safetensors.index.json").write_text(
        json.dumps(
            {
                "metadata": {"total_size": sum(v.numel() * v.element_size() for v in weights.values())},
                "weight_map": index,
            },
            indent=1,
        )
        + "\n"
    )


def write_manifest(folder: Path, name: str, max_tokens: int, **more: object) -> None:
    """The folder's own id (a hash of its weights), limits and calibration; verified when it is loaded."""
    for path in folder.glob("*.safetensors"):
        path.chmod(0o644)
    shipped = sorted([*folder.glob("*.safetensors"), folder / "config.json", folder / "tokenizer.json"])
    files = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in shipped}
    identity = hashlib.sha256(json.dumps([files, max_tokens, more], sort_keys=True).encode()).hexdigest()[:12]
    manifest = {"id": f"{name}@{identity}", "max_tokens": max_tokens, **more, "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=("verdict", "embedder"))
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--name")
    parser.add_argument("--temperature", type=float, default=1.0, help="until training.calibrate has fitted one")
    parser.add_argument("--fp32", action="store_true", help="neither quantise nor round: for measuring what both cost")
    options = parser.parse_args()
    source, target = options.source, options.target
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in (
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "modules.json",
        "sentence_bert_config.json",
        "config_sentence_transformers.json",
        "1_Pooling",
    ):
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, ignore=shutil.ignore_patterns("desktop.ini"))
        elif (source / name).exists():
            shutil.copy(source / name, target / name)
    config = json.loads((source / "config.json").read_text())
    config.pop("_name_or_path", None)
    weights = read_weights(source)
    weights = {n: v for n, v in weights.items() if not n.endswith("position_ids")}
    if options.kind == "verdict":
        config["id2label"] = (
            {"0": "entailment", "1": "neutral", "2": "contradiction"}
            if "entailment" in config["label2id"]
            else config["id2label"]
        )
    if options.fp32:
        weights = {n: v.float().contiguous() for n, v in weights.items()}
    elif options.kind == "verdict":
        weights = quantise(weights)
        config["quantization_config"] = QUANTISED
    else:
        weights = {n: v.to(torch.float16).contiguous() for n, v in weights.items()}
    config["dtype"] = "float32"
    (target / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    write_shards(weights, target)
    extra = {"temperature": options.temperature} if options.kind == "verdict" else {}
    write_manifest(target, options.name or f"factcheck-{options.kind}", 256, **extra)


if __name__ == "__main__":
    main()
