"""What goes to others and comes from them: sealed bundles, and ClaimReview."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from contextlib import nullcontext
from pathlib import Path

import pytest
from desks import HOSTILE, desk
from hypothesis import given
from hypothesis import strategies as st
from test_cli import ENVIRONMENT, REPORT, ROOT, counting_models, factcheck

from factcheck import bundle, claimreview, ledger
from factcheck.claims import read_claims
from factcheck.domain import VerdictLabel
from factcheck.errors import InputError
from factcheck.stores import open_store

DRAFT = "---\nfactcheck:\n  sources: [ferry.md]\n---\n\nThe ferry was built in 1989. It carries 240 passengers.\n"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a draft and claims were checked, signed off and sealed."""
    folder = tmp_path_factory.mktemp("sealed")
    (folder / "ferry.md").write_text(REPORT, encoding="utf-8")
    (folder / "other.md").write_text("The bakery in Moss Lane sells bread. It opened in 1989.\n", encoding="utf-8")
    (folder / "draft.md").write_text(DRAFT, encoding="utf-8")
    claims = "claims:\n  - the ferry was built in 1989\n  - {text: it is operated by Blue Line, sources: [ferry.md]}\n"
    (folder / "claims.yaml").write_text(claims, encoding="utf-8")
    assert factcheck("sources", "add", "ferry.md", "other.md", cwd=folder).returncode == 0
    assert factcheck("check", "draft.md", cwd=folder).returncode == 1
    signed = factcheck("ledger", "sign", "The ferry was built in 1989.", "--by", "Ana", "--reason", "log", cwd=folder)
    assert signed.returncode == 0, signed.stderr
    done = counting_models("bundle", "draft.md", "claims.yaml", "-o", "story.zip", cwd=folder)
    assert done.returncode == 0, done.stderr
    (folder / "loaded").write_text(done.stderr.splitlines()[-1])
    (folder / "seal").write_text(done.stdout.split()[-1])
    return folder


def test_sealing_loads_each_model_once_for_all_its_passes(sealed):
    assert (sealed / "loaded").read_text() == "embedder verdict spacy"


def test_a_bundle_replays_on_a_fresh_copy_of_the_code_to_the_same_bytes(sealed, tmp_path):
    """Nothing of the folder it was made in is there: no store, no sources, no draft, another copy of the package."""
    shutil.copytree(ROOT / "factcheck", tmp_path / "clone" / "factcheck", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(sealed / "story.zip", tmp_path / "story.zip")
    (tmp_path / "empty").mkdir()
    seal = (sealed / "seal").read_text()
    done = subprocess.run(
        [sys.executable, "-m", "factcheck", "replay", "../story.zip", "-f", "json", "--seal", seal],
        cwd=tmp_path / "empty",
        capture_output=True,
        env={**ENVIRONMENT, "PYTHONPATH": str(tmp_path / "clone")},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert b"replayed now: the same report, byte for byte" in done.stderr
    with zipfile.ZipFile(tmp_path / "story.zip") as archive:
        assert done.stdout == archive.read("report.json")
    claims = {claim["text"]: claim for claim in json.loads(done.stdout)["claims"]}
    assert claims["The ferry was built in 1989."]["signed_off"].startswith("signed off by Ana")
    assert claims["the ferry was built in 1989"]["verdict"] == "contradicted"
    assert list((tmp_path / "empty").iterdir()) == [], "a replay leaves nothing behind"


def test_a_replay_says_what_differs(sealed, tmp_path):
    parts, _ = bundle.read(str(sealed / "story.zip"))
    report = json.loads(parts["report.json"])
    report["claims"][0]["verdict"], report["claims"][0]["rule"] = "supported", "FC300"
    report["tool"]["models"]["verdict"] = "other@1"
    parts["report.json"] = (json.dumps(report, indent=2, ensure_ascii=False) + "\n").encode()
    manifest = json.loads(parts["manifest.json"])
    manifest["models"]["verdict"] = "other@1"
    reseal(tmp_path / "changed.zip", parts, manifest)
    done = factcheck("replay", "changed.zip", "-f", "concise", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "differs: model: verdict was other@1, and is " in done.stderr
    assert "differs: claim 1: supported (FC300) -> contradicted (FC201)" in done.stderr


def reseal(path: Path, parts: dict[str, bytes], manifest: dict[str, object]) -> None:
    """A bundle of these parts whose manifest is right about them."""
    import hashlib

    manifest["parts"] = {
        name: hashlib.sha256(data).hexdigest() for name, data in parts.items() if name != "manifest.json"
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**parts, "manifest.json": json.dumps(manifest).encode()}.items():
            archive.writestr(name, data)


@given(st.data())
def test_no_changed_byte_of_a_part_goes_unseen(sealed, tmp_path_factory, data):
    with zipfile.ZipFile(sealed / "story.zip") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from([name for name in sorted(parts) if name != "manifest.json"]))
    at = data.draw(st.integers(0, len(parts[name]) - 1))
    flip = data.draw(st.integers(1, 255))
    parts[name] = parts[name][:at] + bytes([parts[name][at] ^ flip]) + parts[name][at + 1 :]
    path = tmp_path_factory.mktemp("flipped") / "story.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    with pytest.raises(bundle.BundleError, match="is not what was sealed"):
        bundle.read(str(path))


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        ("manifest.json", 20_000_001, "manifest.json has 20,000,001 bytes"),
        ("inputs/0", 50_000_001, "inputs/0 has 50,000,001 bytes"),
        ("sources.db", 30_000_000, "would unpack to 30,000,000 bytes"),
        ("../evil", 5, "parts that no bundle has"),
    ],
)
def test_a_bundle_that_would_fill_the_machine_is_refused_before_it_is_unpacked(
    tmp_path, monkeypatch, name: str, size: int, message: str
):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"\0" * size)
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *asked: pytest.fail("it was unpacked"))
    with pytest.raises(bundle.BundleError, match=message):
        bundle.read(str(path))


def test_a_bundle_of_too_many_parts_or_of_two_with_one_name_is_refused(tmp_path):
    path = tmp_path / "many.zip"
    for names, message in (
        ([f"inputs/{number}" for number in range(1_001)], "1,001 inputs"),
        (["report.json", "report.json"], "two parts of one name"),
    ):
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                with pytest.warns(UserWarning, match="Duplicate") if name in archive.NameToInfo else nullcontext():
                    archive.writestr(name, b"x")
        with pytest.raises(bundle.BundleError, match=message):
            bundle.read(str(path))


def test_a_store_in_a_bundle_that_is_none_is_told_in_one_line(sealed, tmp_path):
    parts, _ = bundle.read(str(sealed / "story.zip"))
    for number, store in enumerate((b"", b"not a database", parts["sources.db"][:4096] + b"\xff" * 60_000)):
        path = str(tmp_path / f"{number}.zip")
        reseal(Path(path), {**parts, "sources.db": store}, json.loads(parts["manifest.json"]))
        with pytest.raises(bundle.BundleError) as raised:
            bundle.replay(path)
        assert str(raised.value).startswith(f"{path}: the store in it "), "and no file of the moment"
        assert str(raised.value).endswith("; ask for it again")
        assert "\n" not in str(raised.value)


@given(st.binary(max_size=300))
def test_a_file_that_is_no_bundle_is_told_in_one_line(tmp_path_factory, content: bytes):
    path = tmp_path_factory.mktemp("junk") / "junk.zip"
    path.write_bytes(content)
    with pytest.raises(bundle.BundleError) as raised:
        bundle.read(str(path))
    assert "\n" not in str(raised.value)


def test_a_forged_sign_off_is_seen_even_in_a_bundle_sealed_anew(sealed, tmp_path):
    parts, _ = bundle.read(str(sealed / "story.zip"))
    parts["ledger.json"] = parts["ledger.json"].replace(b"Ana", b"Eve")
    reseal(tmp_path / "forged.zip", parts, json.loads(parts["manifest.json"]))
    done = factcheck("replay", "forged.zip", cwd=tmp_path)
    assert done.returncode == 2
    assert "is not what was recorded" in done.stderr


def test_another_seal_and_a_missing_bundle_exit_2(sealed, tmp_path):
    for arguments, message in (
        ([str(sealed / "story.zip"), "--seal", "0" * 64], "not the one given"),
        (["nope.zip"], "there is no such bundle"),
    ):
        done = factcheck("replay", *arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert message in done.stderr
        assert done.stderr.count("\n") == 1


# -- ClaimReview ---------------------------------------------------------------------------------


def test_signed_claims_go_out_as_claim_reviews_and_come_back_as_claims(tmp_path):
    with desk(tmp_path / "sources.db") as store:
        for row in store.board():
            row = store.board_row(row.id)
            override = row.text == HOSTILE
            ledger.sign(
                store,
                row.verdict,
                key=row.key,
                by="Ana",
                decision=ledger.Decision.OVERRIDE if override else ledger.Decision.ACCEPT,
                label=VerdictLabel.CONTRADICTED if override else None,
                reason="seen",
            )
    arguments = ["--publisher", "The Desk", "--url", "https://desk.example/checks/"]
    done = factcheck("claimreview", "export", *arguments, "-o", "out.jsonld", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "out.jsonld").read_text(encoding="utf-8"))
    assert document["@context"] == "https://schema.org"
    reviews = document["@graph"]
    assert [review["reviewRating"]["alternateName"] for review in reviews] == ["True", "False", "False"]
    for review in reviews:
        assert review["@type"] == "ClaimReview"
        assert review["url"].startswith("https://desk.example/checks/")
        assert review["author"] == {"@type": "Organization", "name": "The Desk"}
        assert review["itemReviewed"]["@type"] == "Claim"
        rating = review["reviewRating"]
        assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]
    back = factcheck("claimreview", "import", "out.jsonld", cwd=tmp_path)
    claims = read_claims(back.stdout, "back.yaml")
    assert [str(claim.expect) for claim in claims] == ["supported", "contradicted", "contradicted"]
    assert claims[0].text == "The ferry was built in 1998."


def test_what_nobody_signed_off_is_not_published_unless_it_is_asked_for(tmp_path):
    with desk(tmp_path / "sources.db") as store:
        assert claimreview.export(store, [], publisher="D", url="https://d.example")["@graph"] == []
        assert (
            len(claimreview.export(store, [], publisher="D", url="https://d.example", everything=True)["@graph"]) == 3
        )


@pytest.mark.parametrize(
    ("rating", "expected"),
    [
        ({"alternateName": "Pants on Fire!"}, "contradicted"),
        ({"alternateName": "TRUE"}, "supported"),
        ({"alternateName": "Half true", "ratingValue": 5, "worstRating": 1, "bestRating": 5}, None),
        ({"alternateName": "Not true"}, None),
        ({"ratingValue": "1", "worstRating": "1", "bestRating": "7"}, "contradicted"),
        ({"ratingValue": 7, "worstRating": 1, "bestRating": 7}, "supported"),
        ({"ratingValue": 3, "worstRating": 1, "bestRating": 7}, None),
        ({"ratingValue": 1, "worstRating": 1, "bestRating": 1}, None),
        ({"ratingValue": None}, None),
        ("false", None),
    ],
)
def test_a_rating_is_taken_only_where_it_is_clear(rating, expected):
    found = claimreview.rated(rating)
    assert (str(found) if found else None) == expected


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["@type", "@graph", "claimReviewed", "reviewRating", "x"]), inner)
        ),
    )
)
def test_whatever_others_publish_gives_claims_or_one_line(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("feed") / "feed.jsonld"
    path.write_text(json.dumps(value), encoding="utf-8")
    try:
        rows = claimreview.read(str(path))
    except InputError as error:
        told = str(error)
        rows = []
    else:
        told = ""
    assert bool(rows) is not bool(told)
    assert "\n" not in told
    assert all(row["text"] for row in rows)


def test_a_feed_that_is_not_json_is_told_at_its_place(tmp_path):
    (tmp_path / "feed.jsonld").write_text('{"@type": "ClaimReview",\n oops}', encoding="utf-8")
    done = factcheck("claimreview", "import", "feed.jsonld", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("feed.jsonld:2:2: not JSON")


PAGE = """<!doctype html>
<html><head><meta charset="windows-1252"><title>Checks</title>
<script>var x = '{"@type": "ClaimReview", "claimReviewed": "in a script"}'</script>
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "no review"}</script>
<SCRIPT type='application/ld+json; charset=utf-8'>
//<![CDATA[
{"@context": "https://schema.org", "@graph": [{"@type": "NewsArticle", "review": [
  {"@type": ["Review", "https://schema.org/ClaimReview"], "claimReviewed": "The café &amp; bar
 opened</p> in 1998",
   "reviewRating": {"@type": "Rating", "alternateName": "False"}}]}]}
//]]>
</SCRIPT></head><body>
<script type="application/ld+json"> oops </script>
<script type="application/ld+json">{"@type": "ClaimReview", "claimReviewed": "Ships sail."}</script>
<script type="application/ld+json">{"@type": "ClaimReview", "claimReviewed": "Ships sail."}</script>
<p>{"@type": "ClaimReview", "claimReviewed": "in the text"}</p></body></html>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252"])
def test_the_reviews_of_a_saved_web_page_are_read_from_its_json_ld_blocks(tmp_path, encoding: str):
    (tmp_path / "page.html").write_text(PAGE, encoding=encoding)
    assert claimreview.read(str(tmp_path / "page.html")) == [
        {"text": "The café & bar opened</p> in 1998", "expect": "contradicted"},
        {"text": "Ships sail."},
    ]


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("<p>nothing</p>", "page.html: there is no ClaimReview in its application/ld+json blocks; it must hold"),
        ("<p>\n<script type='application/ld+json'>\n {oops}</script>", "page.html:3:3: not JSON: "),
        ("<script type='application/ld+json'>{oops}</script>", "page.html:1:37: not JSON: "),
        ("<script type='application/ld+json'>" + "[" * 100_000 + "</script>", "page.html:1:1: its JSON is nested"),
        ("<p>caf\udce9</p>", "page.html: its encoding is not UTF-8"),
    ],
)
def test_a_page_without_a_review_is_told_at_its_place(tmp_path, monkeypatch, page: str, told: str):
    monkeypatch.chdir(tmp_path)
    Path("page.html").write_bytes(page.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError) as raised:
        claimreview.read("page.html")
    assert str(raised.value).startswith(told)


def test_a_bundle_s_store_keeps_only_what_the_claims_may_be_checked_against(sealed):
    parts, _ = bundle.read(str(sealed / "story.zip"))
    path = sealed / "inside.db"
    path.write_bytes(parts["sources.db"])
    with open_store(path, read_only=True) as inside, open_store(sealed / "sources.db") as whole:
        assert inside.entries() == whole.entries()
        assert [inside.passages(e.id) for e in inside.entries()] == [whole.passages(e.id) for e in whole.entries()]
