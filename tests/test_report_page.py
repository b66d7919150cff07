"""The HTML report in real headless Chromium: read, filtered, decided by keyboard, printed, and safe with any text."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from browsers import CONTRAST, UNNAMED, Watched, browser, watch
from desks import HOSTILE, desk
from reports import report

from factcheck.domain import Report
from factcheck.findings import review
from factcheck.ledger import Asked, record
from factcheck.reporters import View
from factcheck.reporters.html import render
from factcheck.stores import open_store

DRAFT = """# The statement

It had eleven signatories. There were **twelve** signatories, and it was issued in Lima.
"""


@pytest.fixture(scope="module")
def chrome():
    with browser() as started:
        yield started


def hostile() -> Report:
    """The golden report, with markup and script wherever a text can stand."""
    found = report()
    verdicts = []
    for verdict in found.verdicts:
        quotes = tuple(
            replace(q, quote=HOSTILE + q.quote, title=HOSTILE, uri="javascript:alert(3)", marks=((0, 8),))
            for q in verdict.evidence
        )
        slots = tuple(replace(slot, found=HOSTILE, derivation=HOSTILE) for slot in verdict.slots)
        claim = replace(verdict.claim, text=verdict.claim.text + HOSTILE, about=HOSTILE, id=HOSTILE)
        verdicts.append(replace(verdict, claim=claim, evidence=quotes, slots=slots, explanation=HOSTILE))
    return replace(found, verdicts=tuple(verdicts))


@pytest.fixture
def opened(chrome, tmp_path: Path):
    """Opens a report; afterwards nothing may have gone wrong in it."""
    contexts, watched = [], []

    def open_(
        shown: Report, *, texts: dict[str, str] | None = None, signed: dict[int, str] | None = None, **options
    ) -> Watched:
        path = tmp_path / "report.html"
        reviewed = replace(review(shown), signed=signed or {})
        path.write_text(render(reviewed, View(texts=texts or {})), encoding="utf-8")
        context = chrome.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        found = watch(context.new_page())
        watched.append(found)
        found.page.goto(path.as_uri())
        return found

    yield open_
    for found in watched:
        assert found.trouble == []
    for context in contexts:
        context.close()


def shown(page) -> list[str]:
    return page.eval_on_selector_all("article.card", "all => all.filter(e => e.checkVisibility()).map(e => e.id)")


def test_it_opens_filters_and_searches(opened):
    page = opened(report()).page
    assert len(shown(page)) == 7
    page.click("button:text-is('Contradicted')")
    assert shown(page) == ["c2", "c3", "c7"]
    page.keyboard.press("/")
    page.keyboard.type("2017")
    assert shown(page) == ["c7"]
    assert page.inner_text("#count") == "1 of 7 shown"
    page.keyboard.press("Escape")
    page.click("button:text-is('All')")
    assert len(shown(page)) == 7


def test_a_claim_is_decided_by_keyboard_alone_and_the_decision_is_there_after_a_reload(opened):
    page = opened(report()).page
    for key in "jjk":
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.id") == "c1"
    page.keyboard.press("j")
    page.keyboard.press("o")
    assert page.is_visible("dialog")
    page.keyboard.type("Ana")
    page.focus("#as")
    page.keyboard.press("s")
    page.focus("#why")
    page.keyboard.type("counted them: j k a o")
    page.focus("#offline")
    page.keyboard.type("call with the ministry, 12:40")
    page.click("button:text-is('Keep')")
    told = "Decided here: override as supported by Ana: counted them: j k a o (call with the ministry, 12:40)"
    page.locator("#c2 [data-decided]", has_text="Decided here").wait_for()  # a dialog tells of its end a moment later
    assert page.inner_text("#c2 [data-decided]") == told
    page.reload()
    assert page.inner_text("#c2 [data-decided]") == told
    page.click("button:text-is('Undecided')")
    assert "c2" not in shown(page)


def test_a_decision_needs_a_name_and_a_reason_and_can_be_given_up(opened):
    page = opened(report()).page
    page.keyboard.press("a")
    page.click("button:text-is('Keep')")
    assert page.is_visible("dialog")
    page.keyboard.press("Escape")
    assert not page.is_visible("dialog")
    assert page.is_hidden("#save")


def test_saved_decisions_are_taken_into_the_ledger(opened, tmp_path):
    from test_cli import factcheck

    with open_store(tmp_path / "sources.db", create=True) as store:
        asked = [Asked(verdict=v, key=f"k{n}") for n, v in enumerate(report().verdicts)]
        record(store, asked, models={}, engine="e", complete=False)
    page = opened(report(), accept_downloads=True).page
    page.keyboard.press("a")
    page.keyboard.type("Ana")
    page.focus("#why")
    page.keyboard.type("the ministry’s list")
    page.click("button:text-is('Keep')")
    with page.expect_download() as download:
        page.click("#save")
    download.value.save_as(tmp_path / "decisions.json")
    assert json.loads((tmp_path / "decisions.json").read_text())["schema"] == "factcheck.decisions/1"
    done = factcheck("ledger", "import", "decisions.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    story = factcheck("history", "eleven signatories", cwd=tmp_path).stdout
    assert "accept by Ana" in story
    assert "the ministry’s list" in story
    (tmp_path / "decisions.json").write_text('{"schema": "factcheck.decisions/1", "decisions": [{"subject": 1}]}')
    broken = factcheck("ledger", "import", "decisions.json", cwd=tmp_path)
    assert broken.returncode == 2
    assert "decisions.json" in broken.stderr
    assert "Traceback" not in broken.stderr


def test_a_draft_is_shown_whole_with_its_slots_coloured_where_they_stand(opened):
    from factcheck.claims import Positions

    found = report("draft.md")
    places = Positions(DRAFT)
    verdicts = []
    for verdict, words in zip(
        found.verdicts, ("It had eleven signatories.", "There were **twelve** signatories"), strict=False
    ):
        start = DRAFT.index(words)
        claim = replace(verdict.claim, location=places.location("draft.md", start, start + len(words)))
        verdicts.append(replace(verdict, claim=claim))
    page = opened(replace(found, verdicts=tuple(verdicts)), texts={"draft.md": DRAFT}).page
    assert page.inner_text(".text") == DRAFT
    slots = page.eval_on_selector_all(".text .slot", "all => all.map(e => [e.className, e.textContent])")
    assert slots == [["slot derived", "eleven"], ["slot conflicting", "twelve"]]
    page.click(".text a.claim >> nth=1")
    assert page.evaluate("document.activeElement.id") == "c2"


def test_text_full_of_markup_and_script_runs_nothing_and_asks_for_nothing(opened):
    page = opened(hostile(), texts={"claims/demo.yaml": HOSTILE * 40}, signed={0: HOSTILE}).page
    assert page.evaluate("document.querySelectorAll('img, article script, a[href^=javascript]').length") == 0
    assert HOSTILE in page.inner_text("#c1")
    assert "49" not in page.inner_text("#c4 h3")
    page.keyboard.press("a")
    page.fill("#by", HOSTILE[:90])
    page.fill("#why", HOSTILE)
    page.click("button:text-is('Keep')")
    page.reload()
    assert HOSTILE in page.inner_text("#c1 [data-decided]")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast_and_every_control_a_name(opened, scheme: str):
    page = opened(hostile(), color_scheme=scheme, signed={0: "signed off by Ana"}).page
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(UNNAMED) == []
    page.keyboard.press("j")
    assert page.evaluate(CONTRAST) == []
    page.keyboard.press("o")
    assert page.evaluate(CONTRAST) == []


def test_motion_is_reduced_where_that_is_asked_for(opened):
    page = opened(report(), reduced_motion="reduce").page
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_a_narrow_window_has_one_column_and_never_scrolls_sideways(opened):
    page = opened(hostile(), viewport={"width": 360, "height": 700}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    left, right = page.locator("section.left").bounding_box(), page.locator("section.right").bounding_box()
    assert left["y"] + left["height"] <= right["y"]


def test_print_shows_every_claim_whatever_the_filter_and_no_buttons(opened):
    page = opened(report()).page
    page.click("button:text-is('Contradicted')")
    page.emulate_media(media="print")
    assert len(shown(page)) == 7
    assert page.is_hidden("button[data-decide] >> nth=0")
    assert page.pdf()[:5] == b"%PDF-"


@pytest.mark.skipif("SCREENSHOTS" not in os.environ, reason="SCREENSHOTS names the folder to put pictures in")
@pytest.mark.parametrize("look", ["light", "dark", "narrow", "print"])
def test_pictures_to_look_at(opened, look: str):
    options = {"narrow": {"viewport": {"width": 390, "height": 844}}, "dark": {"color_scheme": "dark"}}.get(look, {})
    page = opened(report(), signed={3: "signed off by Ana on 2026-11-25: seen the deed"}, **options).page
    page.keyboard.press("j")
    if look == "print":
        page.emulate_media(media="print")
    page.screenshot(path=f"{os.environ['SCREENSHOTS']}/report-{look}.png", full_page=look in ("print", "narrow"))


def test_the_desk_s_own_report_is_the_same_page(tmp_path, opened):
    with desk(tmp_path / "sources.db") as store:
        verdicts = tuple(store.board_row(row.id).verdict for row in store.board())
        texts = {"draft.md": store.document("draft.md")}
    page = opened(Report(verdicts=verdicts), texts=texts).page
    assert [c.split()[0] for c in page.eval_on_selector_all("a.claim", "all => all.map(e => e.textContent)")] == [
        "The",
        "The",
        "<script>alert(1)</script><img",
    ]
