"""Adding, finding and removing sources, on real files and a real store."""

from __future__ import annotations

import datetime as dt
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from factcheck import ingest
from factcheck.archive import export_warc, read_warc
from factcheck.domain import Claim, Location, Passage
from factcheck.errors import FactcheckError
from factcheck.fetch import Fetched
from factcheck.ingest import Added, add, add_pages, expand, refresh
from factcheck.sources import SourceError, at, find, remove, scope, show
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
    (desk / "bare").mkdir()
    refs = ["missing.txt", "bare", "empty.txt", "bad.md", "noise.bin", "https://news.example/", "a\x00b", "bridge.txt"]
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
    for today in [page(f"Day {day}.", day=day) for day in (1, 10, 20)]:
        list(add(store, ["https://news.example/mill"], fetch={"https://news.example/mill": today}.__getitem__))

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


def test_folders_globs_and_lists_are_added_in_name_order_and_again_without_effect(store: Store, desk: Path) -> None:
    (desk / "texts" / "deep").mkdir()
    (desk / "texts" / "deep" / "a.txt").write_text("Words of a.", encoding="utf-8")
    (desk / "texts" / ".hidden.txt").write_text("Hidden.", encoding="utf-8")
    (desk / "texts" / "photo.png").write_bytes(b"\x89PNG")
    (desk / "list.txt").write_text("# what to read\nbridge.txt\n\nmissing.txt\n", encoding="utf-8")
    refs = ["texts", "brid*.txt", "@list.txt", "nothing-*.txt"]
    results = list(add(store, refs))
    assert [(added.ref, added.outcome) for added in results] == [
        (str(Path("texts/deep/a.txt")), "added"),
        (str(Path("texts/mill.md")), "added"),
        ("bridge.txt", "added"),
        ("bridge.txt", "unchanged"),
        ("missing.txt", "failed"),
        ("nothing-*.txt", "failed"),
    ]
    assert {added.outcome for added in add(store, refs)} == {"unchanged", "failed"}


def test_pages_are_fetched_ahead_in_parallel_and_kept_in_the_order_given(store: Store) -> None:
    together = threading.Barrier(3, timeout=10)

    def fetch(uri: str) -> Fetched:
        together.wait()  # passes only when three are being fetched at once
        if uri.endswith("2"):
            raise SourceError(f"{uri}: gone")
        return page(f"Page {uri[-1]}.", uri=uri)

    results = list(add(store, [f"https://news{n}.example/{n}" for n in range(3)], fetch=fetch))
    assert [(added.ref[-1], added.outcome) for added in results] == [("0", "added"), ("1", "added"), ("2", "failed")]


def test_a_slow_host_keeps_no_other_waiting_and_gets_two_requests_at_once(store: Store) -> None:
    others = threading.Semaphore(0)
    at_slow: list[int] = [0, 0]  # now, most
    lock = threading.Lock()

    def fetch(uri: str) -> Fetched:
        if uri.startswith("https://slow"):
            with lock:
                at_slow[0] += 1
                at_slow[1] = max(at_slow)
            for _ in range(4):  # until pages of the other host have come, all of them behind this one
                assert others.acquire(timeout=10)
            with lock:
                at_slow[0] -= 1
        else:
            others.release()
        return page(f"The page at {uri}.", uri=uri)

    refs = [f"https://slow.example/{n}" for n in range(4)] + [f"https://quick.example/{n}" for n in range(16)]
    assert [(added.ref, added.outcome) for added in add(store, refs, fetch=fetch)] == [(ref, "added") for ref in refs]
    assert at_slow[1] == 2


def test_a_page_that_is_known_is_asked_for_with_its_etag_and_left_out_when_resuming(store: Store, desk: Path) -> None:
    asked: list[tuple[str, object]] = []

    def fetch(uri: str, **conditions: object) -> Fetched:
        asked.append((uri[-1], conditions))
        if conditions:
            return replace(page("", uri=uri), raw=b"", not_modified=True)
        return replace(page(f"Page {uri[-1]}.", uri=uri), headers=(("etag", '"v1"'),))

    first, second, refs = "https://news.example/1", "https://news.example/2", ["bridge.txt", "https://news.example/1"]
    assert [added.outcome for added in add(store, refs, fetch=fetch)] == ["added", "added"]
    assert [added.outcome for added in add(store, [first, second], fetch=fetch)] == ["unchanged", "added"]
    assert asked == [("1", {}), ("1", {"etag": '"v1"'}), ("2", {})]
    (desk / "bridge.txt").write_text("The bridge is open.\n", encoding="utf-8")
    resumed = list(add(store, [*refs, second], fetch=fetch, resume=True))
    assert [(added.outcome, added.source_id) for added in resumed] == [
        ("unchanged", "bridge"),
        ("unchanged", "mill-news"),
        ("unchanged", "mill-news-2"),
    ]
    assert len(asked) == 3


def test_a_list_names_whatever_can_be_added_and_paths_from_its_own_folder(store: Store, desk: Path) -> None:
    (desk / "lists").mkdir()
    (desk / "lists" / "note.txt").write_text("A note beside the list.", encoding="utf-8")
    (desk / "lists" / "all.lst").write_text("\ufefftexts\nnote.txt\n@more.lst\n", encoding="utf-8")
    (desk / "lists" / "more.lst").write_text("brid*.txt\n", encoding="utf-8")
    assert list(expand(["@lists/all.lst"])) == ["texts/mill.md", "lists/note.txt", "@more.lst"]
    (desk / "lists" / "all.lst").write_text("@lists/more.lst\nte*\n", encoding="utf-8")
    assert list(expand(["@lists/all.lst"])) == ["bridge.txt", "texts/mill.md"]


def test_what_breaks_a_reader_is_told_in_one_line_and_stops_nothing(
    store: Store, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(passages: Sequence[Passage]) -> Sequence[Passage]:
        if "bridge" in passages[0].text:
            raise IndexError("list index\nout of range")
        return passages

    first, second = add(store, ["bridge.txt", "texts/mill.md"], annotate=breaks)
    assert first.error == ("bridge.txt: it could not be read (IndexError: list index out of range); save it as text")
    assert second.outcome == "added"
    assert [entry.id for entry in store.entries()] == ["mill"]


def harmful(passages: Sequence[Passage]) -> Sequence[Passage]:
    """An annotator that does to its process what a document may do to a reader."""
    text = passages[0].text
    if "hangs" in text:
        time.sleep(60)
    if "crashes" in text:
        os._exit(3)
    if "eats" in text:
        bytearray(ingest.READING_MEMORY + 1)
    return passages


def test_many_files_are_read_in_processes_where_none_can_harm_the_others(
    store: Store, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "READING_SECONDS", 15.0)
    (desk / "many").mkdir()
    words = {2: "This one hangs.", 4: "This one crashes.", 6: "This one eats memory."}
    for number in range(10):
        text = words.get(number, f"Report {number} is harmless.")
        (desk / "many" / f"report-{number}.txt").write_text(text, encoding="utf-8")
    seen: list[tuple[int, int]] = []
    results = list(
        add(store, ["many"], annotate=harmful, processes=2, progress=lambda done, known: seen.append((done, known)))
    )
    assert [added.outcome for added in results] == ["failed" if n in words else "added" for n in range(10)]
    assert seen == [(n, 10) for n in range(1, 11)]
    errors = [added.error or "" for added in results if added.error]
    for error, said in zip(
        errors, ("took longer than 15 seconds", "brought the reader down", "MemoryError"), strict=True
    ):
        assert said in error
        assert error.startswith("many")
        assert error.isprintable()
    assert [entry.uri for entry in store.entries()] == [f"many/report-{n}.txt" for n in range(10) if n not in words]
    assert store.passages("report-1")[0].source_id == "report-1"


def test_a_source_is_kept_whole_or_not_at_all(store: Store, desk: Path) -> None:
    class Broken:
        model_id = "m"

        def embed(self, texts: Sequence[str]) -> np.ndarray:
            raise RuntimeError("the device is gone")

    (added,) = add(store, ["bridge.txt"], embed=Broken)
    assert "the device is gone" in (added.error or "")
    assert store.entries() == ()
    assert store.search(["bridge"], 5) == ()


def test_large_additions_are_packed_for_searching(store: Store, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from factcheck.stores import sqlite

    class Embedder:
        model_id = "m"

        def embed(self, texts: Sequence[str]) -> np.ndarray:
            return np.eye(8, dtype=np.float32)[[len(text) % 8 for text in texts]]

    monkeypatch.setattr(sqlite, "SEGMENT", 16)
    (desk / "long.txt").write_text("\n\n".join(f"Sentence number {n}." for n in range(40)), encoding="utf-8")
    list(add(store, ["long.txt"], embed=Embedder))
    assert store.pack("m") == 0  # nothing is left to pack
    assert store._read("select count(*) from segments") == [(2,)]  # type: ignore[attr-defined]


FEED = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Arden Post</title><item><title>Mill &amp;amp; jobs</title><link>https://news.example/mill</link>
<pubDate>Fri, 03 May 2024 06:00:00 GMT</pubDate>
<content:encoded><![CDATA[<p>The mill hired 40.</p><script>x</script>%s]]></content:encoded></item>
<item><title>Bridge</title><link>https://news.example/bridge</link><description>The bridge is shut.</description></item>
<item><title>Gone</title><link>https://news.example/gone</link><description>Only this is left.</description></item>
</channel></rss>""" % ("<p>It made more bolts than ever before.</p>" * 20)


def test_every_item_of_a_feed_becomes_a_source_and_summaries_are_followed(store: Store, desk: Path) -> None:
    (desk / "feed.rss").write_text(FEED, encoding="utf-8")

    def fetch(uri: str) -> Fetched:
        if uri.endswith("gone"):
            raise SourceError(f"{uri}: gone")
        return page("The whole story of the bridge.", uri=uri)

    results = list(add(store, ["feed.rss"], fetch=fetch))
    assert [added.outcome for added in results] == ["added"] * 3
    mill, bridge, gone = (show(store, added.source_id or "") for added in results)
    assert (mill.title, mill.publisher, mill.uri, mill.published) == (
        "Mill & jobs",
        "Arden Post",
        "https://news.example/mill",
        dt.date(2024, 5, 3),
    )
    assert "x" not in mill.text.split()
    assert "whole story of the bridge" in bridge.text
    assert "Only this is left." in gone.text
    assert results[2].notes == ("the feed gives a summary only",)


def test_the_pages_of_a_sitemap_are_followed_the_newest_first(store: Store, desk: Path) -> None:
    urls = "".join(f"<url><loc>https://news.example/{n}</loc><lastmod>2024-05-0{n}</lastmod></url>" for n in (1, 3, 2))
    entity = '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    (desk / "sitemap.xml").write_text(
        f'<?xml version="1.0"?>{entity}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}'
        "<url><loc>&x;</loc></url></urlset>",
        encoding="utf-8",
    )
    results = list(add(store, ["sitemap.xml"], fetch=lambda uri: page(f"Page {uri[-1]}.", uri=uri)))
    assert [show(store, added.source_id or "").uri[-1] for added in results] == ["3", "2", "1"]
    assert "offline" in (only(add(store, ["sitemap.xml"])).error or "")


LONG = " ".join(
    f"The council heard on day {n} that the old mill by the river would hire more people." for n in range(12)
)


def test_a_near_copy_is_marked_and_another_report_is_not(store: Store, desk: Path) -> None:
    (desk / "agency.txt").write_text(LONG, encoding="utf-8")
    (desk / "paper.txt").write_text("From our correspondent: " + LONG + " More soon.", encoding="utf-8")
    (desk / "other.txt").write_text(
        " ".join(f"Nobody at the harbour could say {n} why." for n in range(20)), encoding="utf-8"
    )
    results = list(add(store, ["agency.txt", "paper.txt", "other.txt"]))
    assert [entry.copy_of for entry in store.entries()] == [None, "agency", None]
    assert results[1].notes == ("it says nearly the same as agency; the two count as one source",)
    remove(store, "agency")
    assert [entry.copy_of for entry in store.entries()] == [None, None]


def test_a_changed_file_is_refreshed_with_the_difference_and_the_old_snapshot_stays(store: Store, desk: Path) -> None:
    list(add(store, ["bridge.txt", "texts/mill.md"]))
    assert [r.outcome for r in refresh(store)] == ["unchanged", "unchanged"]
    (desk / "bridge.txt").write_text("The bridge is open.\n", encoding="utf-8")
    (desk / "texts" / "mill.md").unlink()
    changed, failed = refresh(store)
    assert (changed.outcome, changed.source_id, changed.new_id) == ("changed", "bridge", "bridge-2")
    assert changed.difference[-2:] == ("-The bridge is shut.", "+The bridge is open.")
    assert (failed.outcome, "no such file" in (failed.error or "")) == ("failed", True)
    assert show(store, "bridge").text == "The bridge is shut."


def test_a_page_is_asked_for_with_its_etag_and_new_bytes_with_the_same_text_are_no_change(store: Store) -> None:
    uri = "https://news.example/mill"
    first = replace(page("It hired 40."), headers=(("etag", '"v1"'),))
    list(add(store, [uri], fetch=lambda _: first))
    asked: list[object] = []

    def answering(answer: Fetched) -> Callable[..., Fetched]:
        def fetch(uri: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
            asked.append((etag, last_modified))
            return answer

        return fetch

    same_text = replace(first, raw=first.raw + b"<!-- 12:01 -->")
    for answer, outcome in (
        (replace(first, raw=b"", not_modified=True), "unchanged"),
        (same_text, "unchanged"),
        (page("It hired 45.", day=9), "changed"),
    ):
        (result,) = refresh(store, [uri], fetch=answering(answer))
        assert result.outcome == outcome
    assert asked == [('"v1"', None)] * 3
    assert [entry.id for entry in store.entries()] == ["mill-news", "mill-news-2"]
    assert at(store, uri, dt.date(2024, 6, 5)).id == "mill-news"
    assert at(store, "mill-news", dt.date(2024, 6, 9)).id == "mill-news-2"


def test_the_notes_of_the_desk_decide_what_a_claim_is_checked_against(store: Store) -> None:
    list(add(store, ["bridge.txt", "texts/mill.md"]))
    store.note("mill", kind="agency", reliability="high", valid_from=dt.date(2024, 5, 3))
    entry = find(store, "mill")
    assert (entry.kind, entry.reliability, entry.valid_from) == ("agency", "high", dt.date(2024, 5, 3))

    def on(day: dt.date | None) -> tuple[str, ...]:
        return scope(store.entries(), Claim(id="c", text="x", as_of=day), store).source_ids

    assert on(dt.date(2024, 5, 2)) == ("bridge",)
    assert on(dt.date(2024, 5, 3)) == on(None) == ("bridge", "mill")
    store.note("bridge", superseded_by="mill")
    assert on(None) == ("mill",)
    with pytest.raises(ValueError, match="no note called colour"):
        store.note("mill", colour="red")


@pytest.mark.parametrize("name", ["desk.warc", "desk.warc.gz"])
def test_an_archive_gives_back_the_pages_as_they_were_captured(store: Store, desk: Path, name: str) -> None:
    uri = "https://news.example/mill"
    first = replace(
        page("It hired 40."), headers=(("content-type", "text/html; charset=utf-8"), ("content-encoding", "gzip"))
    )
    list(add(store, [uri, "bridge.txt"], fetch=lambda _: first))
    assert export_warc(store, desk / name) == 2
    (captured,) = read_warc(desk / name)
    assert (captured.uri, captured.raw, captured.fetched) == (uri, first.raw, first.fetched)
    assert (captured.media_type, captured.charset) == ("text/html", "utf-8")

    with open_store(desk / "second.db", create=True) as second:  # type: ignore[attr-defined]
        assert [added.outcome for added in add_pages(second, read_warc(desk / name))] == ["added"]
        assert [added.outcome for added in add_pages(second, read_warc(desk / name))] == ["unchanged"]
        assert second.source("mill-news") == store.source("mill-news")
    with pytest.raises(SourceError, match="never overwritten"):
        export_warc(store, desk / name)


def test_what_is_not_an_archive_is_refused_in_one_line(desk: Path) -> None:
    for name, words in (("bridge.txt", "not a WARC archive"), ("missing.warc", "check the name")):
        with pytest.raises(FactcheckError, match=words):
            list(read_warc(desk / name))
