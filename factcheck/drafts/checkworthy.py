"""Is a sentence worth checking? A logistic regression on its embedding and a few plain features.

Trained by ``training/checkworthy.py`` on labelled sentences of debates and political
speech. Its threshold favours recall: a checked opinion costs a glance, a missed error
a correction. What no model is needed for (questions, headings) is decided in ``extract``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factcheck.domain import digest
from factcheck.errors import InputError
from factcheck.models import MODELS, ModelError

if TYPE_CHECKING:
    import numpy as np

    from factcheck.retrieve import Embeds

FIRST_PERSON = frozenset(["i", "we", "my", "our", "me", "us", "mine", "ours"])
SECOND_PERSON = frozenset(["you", "your", "yours"])
MODALS = frozenset(["will", "would", "should", "must", "could", "may", "might", "can"])
OPINION = frozenset(["think", "believe", "hope", "feel", "want", "know", "let", "wish", "suppose", "guess"])
AMOUNTS = frozenset(
    ["million", "billion", "percent", "per", "thousand", "trillion", "half", "third", "quarter", "dozen", "hundred"]
)
EXTREMES = frozenset(
    [
        "more",
        "most",
        "least",
        "less",
        "highest",
        "lowest",
        "first",
        "largest",
        "biggest",
        "only",
        "never",
        "every",
        "all",
    ]
)
PAST = frozenset(["was", "were", "had", "has", "been", "did"])


def features(text: str) -> list[float]:
    """What a sentence shows on its face, each value roughly between 0 and 1."""
    words = re.findall(r"[\w']+", text)
    low = [word.lower() for word in words]
    n = max(1, len(words))

    def share(kind: frozenset[str]) -> float:
        return sum(word in kind for word in low) / n

    return [
        min(n, 60) / 30,
        float(any(c.isdigit() for c in text)),
        len(re.findall(r"\d[\d,.]*", text)) / 3,
        sum(word[0].isupper() for word in words[1:]) / n,
        share(FIRST_PERSON) * 5,
        share(SECOND_PERSON) * 5,
        float(text.rstrip().endswith("?")),
        float('"' in text or "“" in text),
        float(share(MODALS) > 0),
        float(share(OPINION) > 0),
        float(share(AMOUNTS) > 0),
        float(share(EXTREMES) > 0),
        sum(word.endswith("ed") or word in PAST for word in low) / n * 3,
        float(n < 6),
    ]


def held_out(sentence: str) -> bool:
    """True for the fifth of all sentences, by their hash, that training never sees and measuring may use."""
    return hashlib.sha256(sentence.encode("utf-8", "surrogatepass")).digest()[0] % 5 == 0


@dataclass(frozen=True, kw_only=True)
class CheckWorthiness:
    """Scores sentences; what it has scored before it recalls, so that an unchanged draft loads no model."""

    load_embedder: Callable[[], Embeds]
    recall: Callable[[Sequence[str]], Mapping[str, np.ndarray]] = lambda keys: {}
    keep: Callable[[Mapping[str, np.ndarray]], None] = lambda outputs: None

    @cached_property
    def _weights(self) -> dict[str, Any]:
        path = MODELS / "checkworthy" / "model.json"
        try:
            weights: Any = json.loads(path.read_text("utf-8"))
        except OSError:
            raise ModelError(
                f"the shipped check-worthiness model is missing from {path}; reinstall factcheck"
            ) from None
        except ValueError:
            weights = {}
        if not isinstance(weights, dict):
            weights = {}
        named = weights.get("id")
        rest = json.dumps({key: value for key, value in weights.items() if key != "id"})
        # Its name is the hash of what it holds (training/checkworthy.py).
        if named != f"checkworthy@{hashlib.sha256(rest.encode()).hexdigest()[:12]}":
            raise ModelError(f"{path} is not the file that was shipped (its sha256 differs); reinstall factcheck")
        return dict(weights)

    @property
    def model_id(self) -> str:
        return str(self._weights["id"])

    @property
    def threshold(self) -> float:
        return float(self._weights["threshold"])

    def score(self, sentences: Sequence[str]) -> list[float]:
        """The probability, for each sentence, that it asserts something worth checking."""
        keys = [digest(["checkworthy", self.model_id, sentence]) for sentence in sentences]
        known = {key: float(value[0]) for key, value in self.recall(list(dict.fromkeys(keys))).items()}
        new = {key: sentence for key, sentence in zip(keys, sentences, strict=True) if key not in known}
        if new:
            import numpy as np

            vectors = self.load_embedder().embed(list(new.values()))
            fresh = dict(zip(new, self.judge(vectors, list(new.values())), strict=True))
            self.keep({key: np.array([value], dtype=np.float32) for key, value in fresh.items()})
            known |= fresh
        return [known[key] for key in keys]

    def judge(self, vectors: np.ndarray, sentences: Sequence[str]) -> list[float]:
        """The same from embeddings that are at hand."""
        import numpy as np

        w = self._weights
        logits = vectors @ np.array(w["embedding"], dtype=np.float32) + w["intercept"]
        plain = [sum(a * b for a, b in zip(w["features"], features(s), strict=True)) for s in sentences]
        return [1 / (1 + math.exp(-max(-30.0, min(30.0, float(a) + b)))) for a, b in zip(logits, plain, strict=True)]


def measure(path: Path, worth: CheckWorthiness) -> tuple[int, float, float]:
    """Number of sentences, F1 of the positive class and macro-F1 on a file of {"sentence", "checkworthy"} lines.

    Of a training set only the fifth that was held out counts.
    """
    opener: Any = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file if line.strip()]
        labels = [(str(row["sentence"]), bool(row["checkworthy"])) for row in rows]
    except OSError as error:
        raise InputError(str(path), None, None, f"cannot be read: {error.strerror}", "check the path") from None
    except (ValueError, KeyError, TypeError):
        hint = 'each line is {"sentence": "...", "checkworthy": true}'
        raise InputError(str(path), None, None, "these are not labelled sentences", hint) from None
    if ".train." in path.name:
        labels = [(sentence, label) for sentence, label in labels if held_out(sentence)]
    scores = worth.score([sentence for sentence, _ in labels])
    pairs = [(label, value >= worth.threshold) for (_, label), value in zip(labels, scores, strict=True)]

    def f1(positive: bool) -> float:
        hits = sum(gold is positive and got is positive for gold, got in pairs)
        named = sum(gold is positive for gold, _ in pairs) + sum(got is positive for _, got in pairs)
        return 2 * hits / named if named else 0.0

    return len(pairs), f1(True), (f1(True) + f1(False)) / 2
