"""Adding, finding and removing sources, on real files and a real store."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from factcheck.domain import Claim, Location, Passage
from factcheck.fetch import Fetched
from factcheck.sources import Added, SourceError, add, find, remove, scope, show
from factcheck.stores import Store, open_store

REPORT = """---
title: Mill hires 40
date: 2024-05-03
publisher: Arden Post
---

# Mill hires 40

The mill at Arden hired 40 people in May.
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "mill.md").write_text(REPORT, encoding="utf-8")
    (tmp_path / "bridge.txt").write_text("The bridge is shut.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def store(desk: Path) -> Iterator[Store]:
    store = open_store(desk / "sources.db", create=True)
    yield store
    store.close()


def only(results: Iterator[Added]) -> Added:
    (result,) = results
    return result


def page(text: str, *, uri: str = "https://news.example/mill", day: int = 1) -> Fetched:
    head = "<html><head><title>Mill news - Arden Post</title></head>"
    html = f"{head}<body><article><h1>Mill news</h1><p>{text}</p></article></body></html>"
    return Fetched(
        uri=uri,
        final_uri=uri,
        raw=html.encode(),
        status=200,
        media_type="text/html",
        fetched=dt.datetime(2024, 6, day, tzinfo=dt.UTC),
    )


def test_a_file_is_added_with_what_its_front_matter_says_and_a_readable_id(store: Store) -> None:
    added = only(add(store, ["texts/mill.md"]))
    assert (added.outcome, added.source_id, added.title, added.passages) == ("added", "mill", "Mill hires 40", 2)
    source = show(store, "mill")
    assert (source.uri, source.publisher, source.published) == ("texts/mill.md", "Arden Post", dt.date(2024, 5, 3))
    snapshot = store.snapshot("mill")
    assert snapshot is not None
    assert snapshot.raw == REPORT.encode()


def test_what_is_said_on_the_command_line_goes_before_what_the_file_says(store: Store) -> None:
    only(
        add(store, ["texts/mill.md"], title="Hiring", published=dt.date(2020, 1, 2), publisher="Desk", source_id="m.1")
    )
    source = show(store, "m.1")
    assert (source.title, source.publisher, source.published) == ("Hiring", "Desk", dt.date(2020, 1, 2))


def test_the_same_bytes_twice_change_nothing_and_their_second_address_finds_them(store: Store, desk: Path) -> None:
    only(add(store, ["bridge.txt"]))
    before = (desk / "sources.db").read_bytes()
    assert only(add(store, ["bridge.txt"])).outcome == "unchanged"
    assert (desk / "sources.db").read_bytes() == before

    (desk / "copy.txt").write_bytes((desk / "bridge.txt").read_bytes())
    copied = only(add(store, ["copy.txt"]))
    assert (copied.outcome, copied.source_id) == ("unchanged", "bridge")
    assert find(store, "copy.txt").id == "bridge"
    assert len(store.entries()) == 1


def test_changed_bytes_at_one_address_become_a_new_snapshot_and_the_old_one_stays(store: Store, desk: Path) -> None:
    only(add(store, ["bridge.txt"]))
    (desk / "bridge.txt").write_text("The bridge is open.\n", encoding="utf-8")
    updated = only(add(store, ["bridge.txt"]))
    assert (updated.outcome, updated.source_id) == ("updated", "bridge-2")
    assert show(store, "bridge").text == "The bridge is shut."
    assert show(store, "bridge.txt").text == "The bridge is open."

    everything = scope(store.entries(), Claim(id="c", text="x"), store)
    assert everything.source_ids == ("bridge-2",)
    named = scope(store.entries(), Claim(id="c", text="x", sources=("bridge",)), store)
    assert named.source_ids == ("bridge",)


def test_one_that_fails_says_why_in_one_line_and_never_stops_the_rest(store: Store, desk: Path) -> None:
    (desk / "empty.txt").write_text("  \n", encoding="utf-8")
    (desk / "bad.md").write_text("---\ntitle: a: b\n---\ntext\n", encoding="utf-8")
    (desk / "noise.bin").write_bytes(bytes(range(256)) * 8)
    refs = ["missing.txt", "texts", "empty.txt", "bad.md", "noise.bin", "https://news.example/", "a\x00b", "bridge.txt"]
    results = list(add(store, refs))
    assert [result.outcome for result in results] == ["failed"] * 7 + ["added"]
    errors = [result.error or "" for result in results[:7]]
    assert all(error.startswith(ref) and "\n" not in error for error, ref in zip(errors, refs, strict=False))
    for error, words in zip(
        errors,
        ["no such file", "a folder", "is empty", "line 2", "binary data", "offline", "no such file"],
        strict=True,
    ):
        assert words in error


def test_ids_are_short_unique_and_from_the_file_or_the_title(store: Store, desk: Path) -> None:
    (desk / "Éléction d'été — very long name that goes on and on.txt").write_text("One.", encoding="utf-8")
    (desk / "42.txt").write_text("A headline about jobs\n\nBody text is here.", encoding="utf-8")
    (desk / "texts" / "bridge.txt").write_text("Another bridge is open.", encoding="utf-8")
    refs = ["Éléction d'été — very long name that goes on and on.txt", "42.txt", "bridge.txt", "texts/bridge.txt"]
    assert [added.source_id for added in add(store, refs)] == [
        "election-d-ete-very-long-name-that-goes",
        "a-headline-about-jobs",
        "bridge",
        "bridge-2",
    ]


def test_an_id_that_is_taken_or_cannot_be_one_is_refused(store: Store) -> None:
    only(add(store, ["bridge.txt"], source_id="one"))
    assert "taken by bridge.txt" in (only(add(store, ["texts/mill.md"], source_id="one")).error or "")
    assert "cannot be an id" in (only(add(store, ["texts/mill.md"], source_id="a b")).error or "")


def test_passages_are_annotated_and_embedded_once_when_added(store: Store) -> None:
    loads = []

    class Embedder:
        model_id = "hash"

        def embed(self, texts: Sequence[str]) -> np.ndarray:
            loads.append(list(texts))
            return np.eye(4, dtype=np.float32)[: len(texts)]

    def annotate(passages: Sequence[Passage]) -> Sequence[Passage]:
        return [replace(passage, structure={"words": len(passage.text.split())}) for passage in passages]

    list(add(store, ["texts/mill.md", "texts/mill.md"], embed=Embedder, annotate=annotate))
    assert loads == [["Mill hires 40", "Mill hires 40. The mill at Arden hired 40 people in May."]]
    assert [passage.structure for passage in store.passages("mill")] == [{"words": 3}, {"words": 9}]
    assert store.missing_vectors("hash") == ()


def test_a_page_is_kept_with_its_address_and_a_changed_page_supersedes_it(store: Store) -> None:
    pages = {1: page("It hired 40.", day=1), 2: page("It hired 45.", day=20)}
    first = only(add(store, ["https://news.example/mill"], fetch=lambda uri: pages[1]))
    second = only(add(store, ["https://news.example/mill"], fetch=lambda uri: pages[2]))
    assert (first.outcome, first.source_id, second.outcome, second.source_id) == (
        "added",
        "mill-news",
        "updated",
        "mill-news-2",
    )
    assert show(store, "mill-news").fetched == dt.datetime(2024, 6, 1, tzinfo=dt.UTC)


def test_as_of_chooses_the_snapshot_that_was_current(store: Store) -> None:
    for day in (1, 10, 20):
        list(add(store, ["https://news.example/mill"], fetch=lambda uri, day=day: page(f"Day {day}.", day=day)))

    def current(day: int | None, *sources: str) -> tuple[str, ...]:
        as_of = dt.date(2024, 6, day) if day else None
        return scope(store.entries(), Claim(id="c", text="x", as_of=as_of, sources=sources or None), store).source_ids

    assert current(None) == current(25) == ("mill-news-3",)
    assert current(19) == current(19, "https://news.example/mill") == ("mill-news-2",)
    assert current(5) == ("mill-news",)
    assert scope(store.entries(), Claim(id="c", text="x", as_of=dt.date(2023, 1, 1)), store).source_ids == (
        "mill-news",
    )


def test_paths_are_found_from_the_working_folder_the_claims_file_and_the_store(store: Store, desk: Path) -> None:
    list(add(store, ["texts/mill.md", "bridge.txt"]))
    (desk / "claims").mkdir()
    where = Location(path=str(desk / "claims" / "jobs.yaml"), line=1, column=1, end_line=1, end_column=2)

    def found(*sources: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        result = scope(store.entries(), Claim(id="c", text="x", sources=sources, location=where), store)
        return result.source_ids, result.missing

    assert found("../texts/mill.md") == (("mill",), ())
    assert found("texts/mill.md") == (("mill",), ())
    assert found(str(desk / "texts" / "mill.md")) == (("mill",), ())
    os.chdir(desk / "texts")
    assert found("mill.md", "bridge") == (("mill", "bridge"), ())
    assert found("bridge", "nowhere.txt", "https://x.example/") == (("bridge",), ("nowhere.txt", "https://x.example/"))


def test_a_source_is_found_by_the_start_of_its_id_and_a_near_miss_is_named(store: Store) -> None:
    list(add(store, ["texts/mill.md", "bridge.txt"]))
    assert find(store, "bri").id == "bridge"
    with pytest.raises(SourceError, match="did you mean bridge"):
        find(store, "brigde")
    assert remove(store, "bridge.txt") == "bridge"
    with pytest.raises(SourceError, match="no such source"):
        find(store, "bridge")
