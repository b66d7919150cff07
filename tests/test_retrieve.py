"""Retrieval: the right passages, in scope, in one order, for many claims at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from factcheck.domain import Claim
from factcheck.ingest import add
from factcheck.retrieve import Retriever
from factcheck.stores import Store, open_store

TEXTS = {
    "mill": "Mill hires\n\nThe mill at Arden hired 40 people in May. Its owner makes bolts. Wages rose by 3 per cent.",
    "bridge": "Bridge shuts\n\nThe old bridge at Arden was shut on Monday. Engineers found cracks. It opened in 1902.",
    "school": "School opens\n\nA school for 300 pupils opened in Belford. The mayor, Ana Ruiz, cut the ribbon.",
}


class HashingEmbedder:
    """Words hashed to dimensions: an honest stand-in that knows overlap of word forms and nothing else."""

    model_id = "hashing-256"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.texts.extend(texts)
        matrix = np.zeros((len(texts), 256), np.float32)
        for row, text in zip(matrix, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                digest = hashlib.sha256(word.encode()).digest()
                row[digest[0]] += 1 if digest[1] % 2 else -1
            row /= max(1e-6, float(np.linalg.norm(row)))
        return matrix


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.chdir(tmp_path)
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    store = open_store(tmp_path / "sources.db", create=True)
    assert {a.outcome for a in add(store, [f"{n}.txt" for n in TEXTS], embed=HashingEmbedder)} == {"added"}
    yield store
    store.close()


def retriever(store: Store, embedder: HashingEmbedder | None = None, **options: int) -> Retriever:
    embedder = embedder or HashingEmbedder()
    return Retriever(store, load_embedder=lambda: embedder, model_id=embedder.model_id, **options)  # type: ignore[arg-type]


def test_the_passage_that_says_it_comes_first(store: Store) -> None:
    found = retriever(store).retrieve(
        [Claim(id="1", text="The mill hired 40 people"), Claim(id="2", text="Ana Ruiz is the mayor")]
    )
    assert [evidence[0].passage.text for evidence in found] == [
        "The mill at Arden hired 40 people in May.",
        "The mayor, Ana Ruiz, cut the ribbon.",
    ]
    assert all(0 <= e.retrieval_score <= 1 for evidence in found for e in evidence)


def test_a_fragment_is_found_by_what_it_is_about(store: Store) -> None:
    (plain,) = retriever(store).retrieve([Claim(id="1", text="opened in 1902")])
    (about,) = retriever(store).retrieve([Claim(id="1", text="shut on Monday", about="the bridge at Arden")])
    assert plain[0].passage.source_id == "bridge"
    assert about[0].passage.id == "bridge:1"


def test_evidence_comes_only_from_the_sources_a_claim_names(store: Store) -> None:
    claims = [
        Claim(id="1", text="The mill hired 40 people", sources=("bridge.txt",)),
        Claim(id="2", text="The mill hired 40 people", sources=("mill", "school")),
        Claim(id="3", text="The mill hired 40 people", sources=("nowhere",)),
    ]
    found = retriever(store).retrieve(claims)
    assert {e.passage.source_id for e in found[0]} == {"bridge"}
    assert {e.passage.source_id for e in found[1]} <= {"mill", "school"}
    assert found[2] == ()


def test_claims_in_one_batch_get_what_each_gets_alone_in_any_order(store: Store) -> None:
    texts = ["opened in Belford", "cracks were found", "wages", "the mayor", "the mayor", "1902", "zzz", ""]
    claims = [Claim(id=str(n), text=text) for n, text in enumerate(texts)]
    alone = [retriever(store).retrieve([claim])[0] for claim in claims]
    assert retriever(store).retrieve(claims) == alone
    assert retriever(store).retrieve(claims[::-1]) == alone[::-1]


def test_a_passage_is_given_once_and_at_most_the_limit(store: Store) -> None:
    (found,) = retriever(store, limit=4).retrieve([Claim(id="1", text="the mill at Arden and the bridge at Arden")])
    assert len(found) == 4
    assert len({e.passage.id for e in found}) == 4


def test_the_embedder_is_not_loaded_for_claims_seen_before(store: Store) -> None:
    claims = [Claim(id="1", text="cracks"), Claim(id="2", text="bolts", about="the mill")]
    first = retriever(store).retrieve(claims)

    def never() -> HashingEmbedder:
        raise AssertionError("the embedder was loaded")

    assert Retriever(store, load_embedder=never, model_id="hashing-256").retrieve(claims) == first


def test_sources_added_without_embeddings_get_them_when_they_are_first_searched(store: Store, tmp_path: Path) -> None:
    (tmp_path / "late.txt").write_text("A comet was seen over Vesna.", encoding="utf-8")
    list(add(store, ["late.txt"]))
    embedder = HashingEmbedder()
    (found,) = retriever(store, embedder).retrieve([Claim(id="1", text="comet over Vesna")])
    assert found[0].passage.source_id == "late"
    assert embedder.texts == ["comet over Vesna", "A comet was seen over Vesna."]
    assert store.missing_vectors("hashing-256") == ()


def test_without_a_model_words_alone_find_evidence(store: Store) -> None:
    (found,) = Retriever(store).retrieve([Claim(id="1", text="hiring people at mills")])
    assert found[0].passage.text == "The mill at Arden hired 40 people in May."


def test_a_store_without_sources_gives_no_evidence(tmp_path: Path) -> None:
    with open_store(tmp_path / "empty.db", create=True) as empty:  # type: ignore[attr-defined]
        assert retriever(empty).retrieve([Claim(id="1", text="anything")]) == [()]


def test_what_papers_print_of_one_agency_text_is_one_piece_of_evidence(tmp_path: Path) -> None:
    agency = " ".join(f"On day {n} the council heard that the old mill by the river would hire more." for n in range(9))
    told = "The mill by the river in Arden hired 40 people in the spring of last year."
    texts = {
        "agency": f"{agency} {told}",
        "trimmed": f"{agency} {told.replace(' in the spring', ' in spring')}",
        "wrong": f"{agency} {told.replace('40', '45')}",
        "other": "Our reporter saw it: the mill by the river in Arden hired 40 people in spring of last year.",
    }
    with open_store(tmp_path / "copies.db", create=True) as store:  # type: ignore[attr-defined]
        for name, text in texts.items():
            (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
        list(add(store, [str(tmp_path / f"{name}.txt") for name in texts]))
        assert [entry.copy_of for entry in store.entries()] == [None, "agency", "agency", None]
        (found,) = Retriever(store).retrieve([Claim(id="c", text="the mill in Arden hired 40 people in spring")])
    told_by = [e.passage.source_id for e in found if "hired" in e.passage.text]
    # One of the two that say the same, the one with another figure, and the other report.
    assert len(told_by) == 3
    assert {"wrong", "other"} < set(told_by)
