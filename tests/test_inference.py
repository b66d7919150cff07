"""The shipped models answer alone as in a batch, and as sentence-transformers answers with the same folder."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factcheck import inference, models
from factcheck.inference import hypothesis_of, load_embedder, load_verdict_model, premise_of
from factcheck.models import MODELS, ModelError, embedder_id, verdict_model_id

TEXTS = [
    "Lima Group founded in 2017",
    "eleven signatories",
    "The statement was signed by eleven countries after a meeting of their foreign ministers in Guatemala City.",
    "",
    "£1.2m — “a small sum”, she said… 東京 🙂",
]
PAIRS = [
    ("The ferry sank on 3 May 1911 with 40 people aboard.", "The ferry sank in 1911."),
    ("The ferry sank on 3 May 1911 with 40 people aboard.", "The ferry sank in 1912."),
    ("The ferry sank on 3 May 1911 with 40 people aboard.", "The mayor opened a swimming pool."),
    ("", "Nothing is known of it."),
    ("word " * 900, "A claim beside evidence that is longer than the model reads."),
    ("Short.", "claim " * 700),
]


@pytest.fixture(scope="module")
def verdict_model():
    return load_verdict_model()


@pytest.fixture(scope="module")
def embedder():
    return load_embedder()


def test_every_text_gets_a_unit_vector_in_its_own_row(embedder):
    vectors = embedder.embed(TEXTS)

    assert vectors.shape == (len(TEXTS), embedder.dim)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)
    assert embedder.embed([]).shape == (0, embedder.dim)


def test_a_text_has_the_same_vector_alone_and_in_a_batch(embedder):
    together = embedder.embed(TEXTS)
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])

    assert np.array_equal(together, alone)


def test_a_pair_is_judged_the_same_alone_and_in_a_batch(verdict_model):
    together = verdict_model.judge(PAIRS * 3)
    alone = np.concatenate([verdict_model.judge([pair]) for pair in PAIRS])

    assert np.array_equal(together, np.concatenate([alone] * 3))


def test_probabilities_of_every_pair_sum_to_one(verdict_model):
    probabilities = verdict_model.judge(PAIRS)

    assert probabilities.shape == (len(PAIRS), 3)
    assert np.allclose(probabilities.sum(axis=1), 1.0, atol=1e-5)
    assert verdict_model.judge([]).shape == (0, 3)


def test_without_a_word_of_evidence_nothing_is_entailed_or_contradicted(verdict_model):
    assert verdict_model.judge([("", "It is so."), (" … \n", "It is not.")]).tolist() == [[0, 1, 0], [0, 1, 0]]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300), st.text(max_size=120))
def test_any_text_can_be_judged(premise, hypothesis):
    model = _shared_verdict_model()

    assert np.isfinite(model.judge([(premise, hypothesis)])).all()


def _shared_verdict_model(_kept=[]):  # noqa: B006 - one model for all examples
    if not _kept:
        _kept.append(load_verdict_model())
    return _kept[0]


def test_sentence_transformers_loads_the_shipped_folders_and_agrees(tmp_path, embedder, verdict_model):
    """In a process of its own: nothing else in the tests may import torch."""
    script = tmp_path / "other.py"
    script.write_text(
        "import json, sys, numpy as np\n"
        "from sentence_transformers import CrossEncoder, SentenceTransformer\n"
        "texts, pairs = json.load(open(sys.argv[1]))\n"
        f"embedder = SentenceTransformer({str(MODELS / 'embedder')!r}, device='cpu')\n"
        "vectors = embedder.encode(texts, normalize_embeddings=True)\n"
        f"model = CrossEncoder({str(MODELS / 'verdict')!r}, device='cpu', max_length=256)\n"
        "labels = [model.config.id2label[i] for i in range(3)]\n"
        "probabilities = model.predict(pairs, apply_softmax=True)\n"
        "np.savez(sys.argv[2], vectors=vectors, probabilities=probabilities, labels=labels)\n"
    )
    texts = [t for t in TEXTS if t]
    pairs = PAIRS[:3]
    (tmp_path / "in.json").write_text(json.dumps([texts, pairs]))
    subprocess.run(
        [sys.executable, script, tmp_path / "in.json", tmp_path / "out.npz"],
        check=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "2"},
        capture_output=True,
    )
    theirs = np.load(tmp_path / "out.npz")

    assert (np.sum(theirs["vectors"] * embedder.embed(texts), axis=1) > 0.999).all()
    temperature = verdict_model._temperature
    columns = inference._label_columns(dict(enumerate(theirs["labels"])))
    logits = np.log(theirs["probabilities"])[:, columns] / temperature
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert np.abs(expected - verdict_model.judge(pairs)).max() < 0.03


def test_calibrated_alone_each_pair_has_a_temperature_of_its_own(verdict_model):
    pairs = [pair for pair in PAIRS if pair[0].strip()]
    answers = verdict_model.judge(pairs)
    own = verdict_model.calibrated(pairs, answers)
    logits = verdict_model.logits(pairs)
    temperature = np.exp(verdict_model.pair_features(pairs) @ verdict_model._log_temperature)
    expected = np.exp(logits / temperature[:, None])

    assert np.abs(own - expected / expected.sum(axis=1, keepdims=True)).max() < 1e-4
    assert (own.argmax(axis=1) == answers.argmax(axis=1)).all()
    assert verdict_model.pair_features([("The mill, the mill", "The mill burned")]).round(3).tolist() == [
        [1.0, pytest.approx(np.log(5), abs=1e-3), pytest.approx(np.log(3), abs=1e-3), pytest.approx(2 / 3, abs=1e-3)]
    ]
    nothing = verdict_model.calibrated([("...", "The mill burned")], np.array([[0.0, 1.0, 0.0]], np.float32))
    assert nothing[0, 1] > 0.999


def test_model_ids_are_read_without_loading_weights():
    code = (
        "import sys; from factcheck.models import embedder_id, verdict_model_id;"
        "print(embedder_id(), verdict_model_id());"
        "sys.exit(any(name in sys.modules for name in ('openvino', 'torch', 'tokenizers')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == [embedder_id(), verdict_model_id()]


def test_a_changed_weight_file_is_refused(tmp_path):
    folder = tmp_path / "verdict"
    shutil.copytree(MODELS / "verdict", folder)
    weights = sorted(folder.glob("*.safetensors"))[0]
    with weights.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last[0] ^ 1]))

    with pytest.raises(ModelError, match="not the file that was shipped"):
        load_verdict_model(str(folder))


def test_a_model_that_is_not_there_is_one_clear_line(tmp_path, monkeypatch):
    monkeypatch.setattr(models, "MODELS", tmp_path)

    with pytest.raises(ModelError, match="reinstall factcheck"):
        load_verdict_model()


def test_another_models_labels_are_put_in_order_or_refused():
    assert inference._label_columns({0: "supported", 1: "contradicted", 2: "unverified"}) == [0, 2, 1]
    assert inference._label_columns({"0": "contradiction", "1": "entailment", "2": "neutral"}) == [1, 2, 0]
    with pytest.raises(ModelError, match="it must have"):
        inference._label_columns({0: "positive", 1: "negative"})


def test_the_premise_names_title_and_date_before_its_sentences():
    assert (
        premise_of(["It rained. ", "It stopped."], "Weather", dt.date(2019, 6, 6))
        == "Weather. 6 June 2019. It rained. It stopped."
    )
    assert premise_of(["It rained."]) == "It rained."


def test_a_fragment_is_read_behind_what_it_is_about():
    assert hypothesis_of("eleven signatories", "the statement") == "the statement: eleven signatories"
    assert hypothesis_of("eleven signatories") == "eleven signatories"


def test_every_shipped_file_is_named_in_its_manifest_and_small_enough_to_host():
    for kind in ("embedder", "verdict"):
        folder = MODELS / kind
        named = json.loads((folder / "manifest.json").read_text())["files"]
        weights = {path.name for path in folder.glob("*.safetensors")}
        assert set(named) == {*weights, "config.json", "tokenizer.json"}
        assert all(Path(path).stat().st_size < 95_000_000 for path in folder.iterdir() if path.is_file())
