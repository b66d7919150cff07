"""The models: texts to vectors, and claim-passage pairs to probabilities.

Knows the shipped folders and how they run on a CPU; leaves it to others what a
number means. A folder is in Sentence Transformers' own layout (its linear weights
may be int8 in the compressed-tensors format, one scale a row), and one copy of the
weights serves both: sentence-transformers loads the folder for training and for
GPUs, and this module builds the same network for OpenVINO straight from the
safetensors files, mapped into memory and not copied, in a third of a second.

One text or pair is one inference, several in flight at a time: nothing is padded
to its neighbours' length, and a pair gets the same bits alone or among a thousand.

Measured on two cores (AVX-512), pairs of 96 tokens a second, 12 layers of 768:
OpenVINO f32 3, with bf16 arithmetic 12, torch f32 3. Hence bf16 arithmetic over
int8 or fp16 weights. ONNX Runtime has no bf16 kernels for this CPU and came to
half of OpenVINO's rate with int8 weights.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import mmap
import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np

from factcheck.models import ModelError, embedder_id, find_folder, verdict_model_id

LABELS = ("entailment", "neutral", "contradiction")
# Other models name the same three things in other words.
_LABEL_NAMES = {
    "supported": "entailment",
    "unverified": "neutral",
    "contradicted": "contradiction",
    "refuted": "contradiction",
}
_LENGTH_STEP = 8  # lengths are rounded up, so that few shapes need a kernel of their own


class Embedder(Protocol):
    """Texts to unit vectors."""

    model_id: str

    @property
    def dim(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), dim) float32, each row of length 1."""
        ...


class VerdictModel(Protocol):
    """Claim-passage pairs to calibrated probabilities."""

    model_id: str

    def judge(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """(premise, hypothesis) pairs to (len(pairs), 3) float32: entailment, neutral, contradiction.

        At one temperature for all pairs, which is what the decider's weights were fitted to.
        """
        ...


class LocalVerdictModel(VerdictModel, Protocol):
    """A verdict model of this process, which can also answer without the decider."""

    def calibrated(self, pairs: Sequence[tuple[str, str]], probabilities: np.ndarray) -> np.ndarray:
        """What ``judge`` said of the pairs, as likely as it is where the model decides alone; the same order of labels.

        (len(pairs), 3) to (len(pairs), 3) float32; no inference.
        """
        ...


def premise_of(sentences: Sequence[str], title: str | None = None, published: dt.date | None = None) -> str:
    """The text the model reads as evidence: title and date first, then the sentences in document order.

    The date is written out, as news prose writes it: the model learns "last June"
    from "20 June 2019", not from an ISO date.
    """
    head = []
    if title:
        head.append(title.rstrip(".") + ".")
    if published:
        head.append(f"{published.day} {published:%B %Y}.")
    return " ".join([*head, *(s.strip() for s in sentences)])


def hypothesis_of(text: str, about: str | None = None) -> str:
    """A fragment behind what it is about, as some rows of the training mix have it.

    ``verify`` gives the model the claim's own words alone: ``about`` widens retrieval.
    """
    return f"{about}: {text}" if about else text


# ---------------------------------------------------------------- which model


def load_embedder(name: str | None = None, *, threads: int | None = None) -> Embedder:
    """The shipped embedder, or any Sentence Transformers model by folder or hub name (which imports torch).

    ``threads`` are the cores it may use; without it, all that this process may. Torch has settings of its own.
    """
    folder = find_folder(name, "embedder")
    if folder is not None and (folder / "manifest.json").exists():
        return _OpenVinoEmbedder(folder, threads)
    return _TorchEmbedder(str(name))


def load_verdict_model(name: str | None = None, *, threads: int | None = None) -> LocalVerdictModel:
    """The shipped verdict model, or any three-label CrossEncoder by folder or hub name (which imports torch).

    ``threads`` as for ``load_embedder``; they change no bit of an answer.
    """
    folder = find_folder(name, "verdict")
    if folder is not None and (folder / "manifest.json").exists():
        return _OpenVinoVerdictModel(folder, threads)
    return _TorchVerdictModel(str(name))


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# ---------------------------------------------------------------- weights


def _as_shipped(path: Path, data: bytes | mmap.mmap, hashes: dict[str, str]) -> None:
    if hashes.get(path.name) != hashlib.sha256(data).hexdigest():
        raise ModelError(f"{path} is not the file that was shipped (its sha256 differs); reinstall factcheck")


class _Weights:
    """The tensors of a folder's safetensors files, by name, mapped and not copied."""

    _TYPES: ClassVar[dict[str, type[np.generic]]] = {
        "F32": np.float32,
        "F16": np.float16,
        "I8": np.int8,
        "I64": np.int64,
    }

    def __init__(self, folder: Path, hashes: dict[str, str]) -> None:
        self._tensors: dict[str, np.ndarray] = {}
        files = sorted(folder.glob("*.safetensors"))
        if not files:
            raise ModelError(f"{folder} holds no .safetensors file; reinstall factcheck")
        for path in files:
            with path.open("rb") as file:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
            _as_shipped(path, data, hashes)
            length = int.from_bytes(data[:8], "little")
            header = json.loads(data[8 : 8 + length])
            for name, entry in header.items():
                if name == "__metadata__":
                    continue
                begin, end = entry["data_offsets"]
                raw = np.frombuffer(data, dtype=np.uint8, count=end - begin, offset=8 + length + begin)
                self._tensors[name] = raw.view(self._TYPES[entry["dtype"]]).reshape(entry["shape"])

    def __contains__(self, name: str) -> bool:
        return name in self._tensors

    def __getitem__(self, name: str) -> np.ndarray:
        return self._tensors[name]


# ---------------------------------------------------------------- the network


def _build(weights: _Weights, config: dict[str, Any], prefix: str, head: bool) -> Any:
    """A BERT or MPNet encoder as an OpenVINO model.

    Ids, types, attention bias and keep-mask go in; logits or a mean vector come out.
    The attention bias carries both the mask and MPNet's relative positions, so the
    graph has no arithmetic on shapes.
    """
    import openvino as ov
    from openvino import opset13 as op

    mpnet = config["model_type"] == "mpnet"
    heads, width = config["num_attention_heads"], config["hidden_size"]
    epsilon = float(config["layer_norm_eps"])
    first = 2 if mpnet else 0  # MPNet's positions start behind its padding index

    def ints(*values: int) -> Any:
        return op.constant(np.array(values, dtype=np.int64))

    def table(name: str) -> Any:
        stored = weights[prefix + name]
        node = op.constant(stored, shared_memory=True)
        return node if stored.dtype == np.float32 else op.convert(node, np.float32)

    def linear(x: Any, name: str, rank: int = 3) -> Any:
        matrix = table(name + ".weight")
        scale = prefix + name + ".weight_scale"
        if scale in weights:
            matrix = op.multiply(matrix, op.convert(op.constant(weights[scale], shared_memory=True), np.float32))
        bias = weights[prefix + name + ".bias"].astype(np.float32).reshape((1,) * (rank - 1) + (-1,))
        return op.add(op.matmul(x, matrix, False, True), op.constant(bias))

    def normalise(x: Any, name: str) -> Any:
        gain, bias = (
            weights[prefix + name + part].astype(np.float32).reshape(1, 1, -1) for part in (".weight", ".bias")
        )
        return op.add(
            op.multiply(op.mvn(x, ints(2), True, epsilon, "inside_sqrt"), op.constant(gain)), op.constant(bias)
        )

    ids = op.parameter([1, -1], np.int32, name="ids")
    types = op.parameter([1, -1], np.int32, name="types")
    positions = op.parameter([1, -1], np.int32, name="positions")
    bias = op.parameter([1, -1, -1, -1], np.float32, name="bias")
    keep = op.parameter([1, -1, 1], np.float32, name="keep")

    x = op.add(
        op.gather(table("embeddings.word_embeddings.weight"), ids, ints(0)),
        op.gather(table("embeddings.position_embeddings.weight"), positions, ints(0)),
    )
    if not mpnet:
        x = op.add(x, op.gather(table("embeddings.token_type_embeddings.weight"), types, ints(0)))
    x = normalise(x, "embeddings.LayerNorm")
    split, swap, join = ints(0, 0, heads, width // heads), ints(0, 2, 1, 3), ints(0, 0, width)
    names = (
        ("attention.attn.q", "attention.attn.k", "attention.attn.v", "attention.attn.o", "attention.LayerNorm")
        if mpnet
        else (
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
            "attention.output.LayerNorm",
        )
    )
    last = config["num_hidden_layers"] - 1
    for layer in range(last + 1):
        at = f"encoder.layer.{layer}."
        # What a cross-encoder says is read off its first token, so in the last layer that token alone asks the others.
        first_alone = head and layer == last
        asks, asking = (op.gather(x, ints(0), ints(1)), op.gather(bias, ints(0), ints(2))) if first_alone else (x, bias)
        q, k, v = (
            op.transpose(op.reshape(linear(y, at + n), split, True), swap)
            for y, n in zip((asks, x, x), names[:3], strict=True)
        )
        mixed = op.reshape(op.transpose(op.scaled_dot_product_attention(q, k, v, asking), swap), join, True)
        x = normalise(op.add(linear(mixed, at + names[3]), asks), at + names[4])
        inner = op.gelu(linear(x, at + "intermediate.dense"), "erf")
        x = normalise(op.add(linear(inner, at + "output.dense"), x), at + "output.LayerNorm")
    if head:
        start = op.reshape(x, ints(1, width), False)
        prefix_was, prefix = prefix, ""
        if mpnet:
            out = linear(op.tanh(linear(start, "classifier.dense", 2)), "classifier.out_proj", 2)
        else:
            out = linear(op.tanh(linear(start, prefix_was + "pooler.dense", 2)), "classifier", 2)
    else:
        out = op.divide(op.reduce_sum(op.multiply(x, keep), ints(1)), op.reduce_sum(keep, ints(1)))
    parameters = [ids, types, positions, bias, keep]
    return ov.Model([op.result(out)], parameters), first


def _relative_bias(weights: _Weights, prefix: str, heads: int) -> Callable[[int], np.ndarray]:
    """MPNet's attention bias (1, heads, n, n) for n tokens.

    Its log-spaced buckets are those of Raffel et al. 2020, section 2.1.
    """
    values = weights[prefix + "encoder.relative_attention_bias.weight"].astype(np.float32)
    half = values.shape[0] // 2
    exact, furthest = half // 2, 128

    @lru_cache(maxsize=64)
    def bias(n: int) -> np.ndarray:
        distance = np.arange(n)[:, None] - np.arange(n)[None, :]
        size = np.abs(distance)
        far = exact + (np.log(np.maximum(size, 1) / exact) / np.log(furthest / exact) * (half - exact)).astype(np.int64)
        bucket = (distance < 0) * half + np.where(size < exact, size, np.minimum(far, half - 1))
        return np.ascontiguousarray(values[bucket].transpose(2, 0, 1)[None, :heads])

    return bias


class _Network:
    """A compiled encoder: token ids of one text or pair in, one row out."""

    def __init__(self, folder: Path, *, head: bool, threads: int | None = None) -> None:
        import openvino as ov
        from tokenizers import Tokenizer

        self.manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        for name in sorted(self.manifest["files"]):
            # A word that became another number is as wrong as a weight; the weights are looked at as they are mapped.
            if (folder / name).suffix == ".json":
                try:
                    data = (folder / name).read_bytes()
                except OSError:
                    raise ModelError(f"{folder / name} is missing; reinstall factcheck") from None
                _as_shipped(folder / name, data, self.manifest["files"])
        self.config = json.loads((folder / "config.json").read_text("utf-8"))
        weights = _Weights(folder, self.manifest["files"])
        prefix = "" if "embeddings.word_embeddings.weight" in weights else self.config["model_type"] + "."
        model, self._first = _build(weights, self.config, prefix, head)
        self._heads = self.config["num_attention_heads"]
        self._bias = _relative_bias(weights, prefix, self._heads) if self.config["model_type"] == "mpnet" else None
        self._weights = weights  # the graph points into the mapped files
        threads = threads or cores()
        self._compiled = ov.Core().compile_model(
            model,
            "CPU",
            {
                "PERFORMANCE_HINT": "THROUGHPUT",
                "NUM_STREAMS": str(threads),
                "INFERENCE_NUM_THREADS": str(threads),
                # Processes that have a part of the cores each would all pin their threads to the first of them.
                "ENABLE_CPU_PINNING": threads >= cores(),
                "INFERENCE_PRECISION_HINT": "bf16",
                "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0",
            },
        )
        self._jobs = threads
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def special(self, *names: str) -> int:
        for name in names:
            found = self.tokenizer.token_to_id(name)
            if found is not None:
                return int(found)
        raise ModelError(f"the tokenizer knows none of {', '.join(names)}")

    def run(self, inputs: Sequence[tuple[list[int], list[int]]]) -> np.ndarray:
        """Rows for (ids, types), in the order given."""
        import openvino as ov

        rows: list[Any] = [None] * len(inputs)
        queue = ov.AsyncInferQueue(self._compiled, self._jobs)

        def done(request: Any, index: int) -> None:
            rows[index] = request.get_output_tensor(0).data[0].copy()

        queue.set_callback(done)
        # The longest first: the last ones in flight are then short, and no core waits long for the other.
        for index in sorted(range(len(inputs)), key=lambda i: -len(inputs[i][0])):
            queue.start_async(self._feed(*inputs[index]), index)
        queue.wait_all()
        return np.stack(rows).astype(np.float32)

    def _feed(self, ids: list[int], types: list[int]) -> list[np.ndarray]:
        n = len(ids)
        width = -(-n // _LENGTH_STEP) * _LENGTH_STEP
        pad = [0] * (width - n)
        keep = np.zeros((1, width, 1), np.float32)
        keep[0, :n] = 1.0
        bias = self._bias(width).copy() if self._bias else np.zeros((1, 1, width, width), np.float32)
        bias[:, :, :, n:] = -10000.0
        positions = np.arange(self._first, self._first + width, dtype=np.int32)[None]
        return [np.array([ids + pad], np.int32), np.array([types + pad], np.int32), positions, bias, keep]


class _OpenVinoEmbedder:
    """Mean-pooled, unit-length sentence embeddings (Reimers and Gurevych 2019)."""

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        self._network = _Network(folder, head=False, threads=threads)
        self.model_id: str = self._network.manifest["id"]
        self.dim: int = self._network.config["hidden_size"]
        self._limit: int = self._network.manifest["max_tokens"]
        self._start = self._network.special("[CLS]", "<s>")
        self._end = self._network.special("[SEP]", "</s>")

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        inputs = []
        for encoded in self._network.tokenizer.encode_batch([_clean(t) for t in texts], add_special_tokens=False):
            ids = [self._start, *encoded.ids[: self._limit - 2], self._end]
            inputs.append((ids, [0] * len(ids)))
        rows = self._network.run(inputs)
        unit: np.ndarray = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        return unit


class _OpenVinoVerdictModel:
    """A three-label cross-encoder; probabilities scaled by a temperature (Guo et al. 2017, 4.2).

    One temperature cannot serve both a short claim in the passage's words and a long one
    in words of its own: the model is too sure of the second. Where it answers alone, each
    pair has its own temperature, whose logarithm is linear in what ``pair_features`` gives
    (Joy et al. 2023 fit a network instead).
    """

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        self._network = _Network(folder, head=True, threads=threads)
        self.model_id: str = self._network.manifest["id"]
        self._limit: int = self._network.manifest["max_tokens"]
        self._temperature: float = self._network.manifest.get("temperature", 1.0)
        self._log_temperature = np.array(self._network.manifest.get("log_temperature", (0.0,) * 4), np.float32)
        self._columns = _label_columns(self._network.config["id2label"])
        self._mpnet = self._network.config["model_type"] == "mpnet"
        self._start = self._network.special("<s>", "[CLS]")
        self._end = self._network.special("</s>", "[SEP]")

    def judge(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        if not pairs:
            return np.zeros((0, 3), np.float32)
        # Without a word of evidence there is nothing to judge, whatever the claim sounds like.
        wordy = [i for i, (premise, _) in enumerate(pairs) if any(c.isalnum() for c in premise)]
        probabilities = np.tile(np.array([0.0, 1.0, 0.0], np.float32), (len(pairs), 1))
        if wordy:
            probabilities[wordy] = _softmax(self.logits([pairs[i] for i in wordy]) / self._temperature)
        return probabilities

    def calibrated(self, pairs: Sequence[tuple[str, str]], probabilities: np.ndarray) -> np.ndarray:
        own = np.exp(self.pair_features(pairs) @ self._log_temperature)
        # The logarithms are the logits over the one temperature, but for a constant that the softmax takes out.
        logits = np.log(np.maximum(probabilities, 1e-12)) * self._temperature
        return _softmax(logits / own[:, None]).astype(np.float32)

    def logits(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Uncalibrated scores (len(pairs), 3), in the order of ``LABELS``; for calibration."""
        return self._network.run([self._pair(*ids) for ids in self._ids(pairs)])[:, self._columns]

    def pair_features(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """What a pair's own temperature depends on, (len(pairs), 4).

        One, the logarithms of the premise's and the claim's tokens (0 for none), and the
        share of the claim's tokens that the premise has.
        """
        rows = []
        for premise, hypothesis in self._ids(pairs):
            known = set(premise)
            shared = sum(token in known for token in hypothesis) / max(1, len(hypothesis))
            rows.append((1.0, math.log(max(1, len(premise))), math.log(max(1, len(hypothesis))), shared))
        return np.array(rows, np.float32).reshape(len(pairs), 4)

    def _ids(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[list[int], list[int]]]:
        """Token ids of premise and hypothesis; the premise is cut first: half a claim is another claim."""
        # A claim meets many passages and a passage many claims: each text is tokenised once.
        texts = list(dict.fromkeys(text for pair in pairs for text in pair))
        encoded = self._network.tokenizer.encode_batch([_clean(t) for t in texts], add_special_tokens=False)
        ids = {text: e.ids for text, e in zip(texts, encoded, strict=True)}
        cut = []
        for premise, hypothesis in pairs:
            claim = ids[hypothesis][: self._limit - self._between - 16]
            cut.append((ids[premise][: self._limit - self._between - len(claim)], claim))
        return cut

    @property
    def _between(self) -> int:
        """How many special tokens a pair has."""
        return 4 if self._mpnet else 3

    def _pair(self, premise: list[int], hypothesis: list[int]) -> tuple[list[int], list[int]]:
        """Special tokens as the tokenizer's own pair form sets them."""
        middle = [self._end, self._end] if self._mpnet else [self._end]
        head = [self._start, *premise, *middle]
        tail = [*hypothesis, self._end]
        if self._mpnet:
            return head + tail, [0] * (len(head) + len(tail))
        return head + tail, [0] * len(head) + [1] * len(tail)


# ---------------------------------------------------------------- any other model


class _TorchEmbedder:
    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = _loaded(name, lambda: SentenceTransformer(name))
        self.model_id = embedder_id(name)
        self.dim = int(self._model.get_sentence_embedding_dimension() or 0)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dim)


class _TorchVerdictModel:
    def __init__(self, name: str) -> None:
        from sentence_transformers import CrossEncoder

        self._model = _loaded(name, lambda: CrossEncoder(name))
        self.model_id = verdict_model_id(name)
        self._columns = _label_columns(self._model.config.id2label)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        if not pairs:
            return np.zeros((0, 3), np.float32)
        scores = self._model.predict(list(pairs), apply_softmax=True, show_progress_bar=False)
        return np.asarray(scores, dtype=np.float32)[:, self._columns]

    def calibrated(self, pairs: Sequence[tuple[str, str]], probabilities: np.ndarray) -> np.ndarray:
        return probabilities


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _loaded(name: str, load: Callable[[], Any]) -> Any:
    try:
        return load()
    except (OSError, ValueError, ImportError) as error:
        raise ModelError(
            f"cannot load model {name!r}: {str(error).splitlines()[0]}; give a folder or the name of a downloaded model"
        ) from error


def _label_columns(id2label: dict[Any, str]) -> list[int]:
    """Where entailment, neutral and contradiction stand in a model's output."""
    names = {_LABEL_NAMES.get(str(label).lower(), str(label).lower()): int(index) for index, label in id2label.items()}
    missing = [label for label in LABELS if label not in names]
    if missing:
        raise ModelError(f"the model has labels {', '.join(names)}; it must have {', '.join(LABELS)}")
    return [names[label] for label in LABELS]


def _clean(text: str) -> str:
    """Lone surrogates cannot be encoded; everything else is the tokenizer's business."""
    return text.encode("utf-8", "replace").decode("utf-8")
