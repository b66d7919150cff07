"""The desk: the real server, driven by real headless Chromium and by hand-made requests."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote as percent_encoded

import httpx
import pytest
from browsers import CONTRAST, UNNAMED, browser, watch
from click.testing import CliRunner
from desks import FERRY, HOSTILE, claim_of, desk, keep, put, verdict_of
from servers import postgres
from test_cli import ENVIRONMENT, REPORT, factcheck

from factcheck import inference
from factcheck.cli import cli
from factcheck.desk import DeskError
from factcheck.desk.work import Works, check_text
from factcheck.domain import VerdictLabel
from factcheck.ledger import SIGN_OFF
from factcheck.stores import open_store

BUILT = "The ferry was built in 1998."


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str], dict[str, str]]]:
    """`factcheck desk` on a free port: its address, its process and its tokens."""
    command = [sys.executable, "-m", "factcheck", "desk", "--port", "0", *options]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    try:
        first = process.stdout.readline()
        found = re.search(r"https?://\S+", first)
        assert found, process.stderr.read()
        tokens = {}
        for _ in range(0 if "--public" in options else options.count("--user")):
            name, token = process.stdout.readline().strip().split(": ")
            tokens[name] = token
        yield found[0].rstrip("/"), process, tokens
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    desk(tmp_path / "sources.db").close()
    return tmp_path


@pytest.fixture(scope="module")
def chrome():
    with browser() as started:
        yield started


@contextmanager
def window(chrome, address: str, **options):
    """A browser of its own, in which nothing may go wrong."""
    context = chrome.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
    context.set_default_timeout(20_000)
    watched = watch(context.new_page(), allowed=(address, "data:"))
    yield watched.page
    context.close()
    assert watched.trouble == []


def form_of(client: httpx.Client, path: str = "/") -> dict[str, str]:
    """The secret (and the entry last seen) of a page's first form."""
    page = client.get(path).text
    found = {"csrf": re.search(r'name="csrf" value="([^"]+)"', page)[1]}
    if seen := re.search(r'name="seen" value="(\d+)"', page):
        found["seen"] = seen[1]
    return found


def claim_path(folder: Path, text: str = BUILT) -> str:
    with open_store(folder / "sources.db") as store:
        return "/claim/" + next(row.id for row in store.board() if row.text == text)


def decisions(folder: Path) -> list[tuple[str, str, str]]:
    with open_store(folder / "sources.db") as store:
        return [(e.data["by"], e.data["decision"], e.data["reason"]) for e in store.ledger(kind=SIGN_OFF)]


# -- in a browser -------------------------------------------------------------------------------


def test_a_claim_is_found_decided_by_keyboard_and_still_decided_after_a_reload(chrome, folder):
    with serving(folder) as (address, _, _), window(chrome, address) as page:
        page.goto(address)
        assert page.locator("[data-row]").count() == 3
        page.click("a:text-is('Contradicted')")
        page.wait_for_url("**/?label=contradicted")
        assert page.locator("[data-row]").all_inner_texts()[0].splitlines()[0].endswith("The ferry was built in 1989.")
        page.keyboard.press("/")
        page.keyboard.type("1998")
        page.keyboard.press("Enter")
        page.wait_for_url("**/?*q=1998")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/claim/*")
        page.keyboard.press("a")
        page.keyboard.type("Ana")
        page.keyboard.press("Tab")
        page.keyboard.type("seen the log book: j k o n")
        page.keyboard.press("Tab")
        page.keyboard.type("call with the yard, 12:40")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#standing[data-state=signed]")
        told = page.inner_text("#standing")
        assert told.startswith("Signed off: signed off by Ana on 20")
        page.reload()
        assert page.inner_text("#standing") == told
        assert "call with the yard, 12:40" in page.inner_text("main")
        page.goto(f"{address}/?state=signed")
        assert page.locator("[data-row]").count() == 1
    assert decisions(folder) == [("Ana", "accept", "seen the log book: j k o n")]


def test_two_windows_never_overwrite_each_other(chrome, folder):
    path = claim_path(folder)
    with serving(folder) as (address, _, _), window(chrome, address) as ana, window(chrome, address) as ben:
        for page in (ana, ben):
            page.goto(address + path)
        for page, name, decision in ((ana, "Ana", "accept"), (ben, "Ben", "needs-work")):
            page.check(f"#decide [value={decision}]")
            page.fill("#decide [name=by]", name)
            page.fill("#decide [name=reason]", f"{name} looked at it")
            with page.expect_response("**/decide"):
                page.click("#record")
            page.wait_for_load_state()
        ben.wait_for_selector("[role=alert]")
        assert "Nothing of theirs was overwritten" in ben.inner_text("[role=alert]")
        assert "Ana looked at it" in ben.inner_text(".history")
        assert ben.input_value("#decide [name=reason]") == "Ben looked at it", "what was typed is not lost"
        assert decisions(folder) == [("Ana", "accept", "Ana looked at it")]
        ben.click("#record")
        ben.wait_for_selector("#standing[data-state=needs-work]")
    assert [by for by, _, _ in decisions(folder)] == ["Ana", "Ben"]


def test_a_claim_full_of_markup_and_script_runs_nothing(chrome, folder):
    path = claim_path(folder, HOSTILE)
    with open_store(folder / "sources.db") as store:
        source = put(store, "evil", HOSTILE + " " + FERRY)
        keep(store, [verdict_of(claim_of(HOSTILE, line=7, about=HOSTILE), source, words="alert")], whole=False)
    with serving(folder) as (address, _, _), window(chrome, address) as page:
        page.goto(address + path)
        assert page.inner_text("h1").startswith(HOSTILE)
        page.check("#decide [value=accept]")
        for name in ("by", "reason", "evidence"):
            page.fill(f"#decide [name={name}]", HOSTILE[:90])
        page.click("#record")
        page.wait_for_selector("#standing[data-state=signed]")
        page.fill("[name=text]", HOSTILE)
        with page.expect_response("**/note"):
            page.click("text=Add the note")
        page.wait_for_load_state()
        page.wait_for_selector(".history :text('note by')")
        assert HOSTILE in page.inner_text(".history")
        for place in (
            "/",
            "/draft?path=draft.md",
            "/source/evil?start=0&end=9",
            f"/?q={HOSTILE}",
            "/sources",
            "/draft?path=%3Cscript%3E",
        ):
            page.goto(address + place)
            assert page.evaluate("document.querySelectorAll('img, main script').length") == 0, place
            assert "49" not in page.inner_text("main h1")


def test_evidence_leads_to_its_source_with_the_passage_marked_and_in_view(chrome, folder):
    long = "Nothing of interest here at all. " * 400
    with open_store(folder / "sources.db") as store:
        source = put(store, "long", long + BUILT + " " + long)
        at = len(long)
        verdict = verdict_of(claim_of("It is from 1998.", path="b.md"), source)
        quote = replace(verdict.evidence[0], quote=BUILT, start=at, end=at + len(BUILT), marks=((23, 27),))
        keep(store, [replace(verdict, evidence=(quote,))])
    with serving(folder) as (address, _, _), window(chrome, address, reduced_motion="reduce") as page:
        page.goto(address + claim_path(folder, "It is from 1998."))
        page.click("figcaption a")
        page.wait_for_url("**#passage")
        assert page.inner_text("#passage") == BUILT
        assert page.inner_text("#passage mark") == "1998"
        box = page.locator("#passage").bounding_box()
        assert 0 <= box["y"] <= 800, "it is scrolled to"


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 360, "height": 700}}])
def test_every_page_has_contrast_names_and_no_sideways_scroll(chrome, folder, options: dict):
    with serving(folder) as (address, _, _), window(chrome, address, **options) as page:
        for place in (
            "/",
            claim_path(folder),
            claim_path(folder, HOSTILE),
            "/draft?path=draft.md",
            "/source/ferry?start=0&end=9",
            "/sources",
            "/upload",
        ):
            page.goto(address + place)
            assert page.evaluate(CONTRAST) == [], place
            assert page.evaluate(UNNAMED) == [], place
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place


@pytest.mark.skipif("SCREENSHOTS" not in os.environ, reason="SCREENSHOTS names the folder to put pictures in")
def test_pictures_to_look_at(chrome, folder):
    narrow = {"viewport": {"width": 390, "height": 844}}
    looks = {"light": {}, "dark": {"color_scheme": "dark"}, "narrow": narrow, "print": {}}
    with serving(folder) as (address, _, _):
        for look, options in looks.items():
            with window(chrome, address, **options) as page:
                for name, place in (
                    ("list", "/"),
                    ("claim", claim_path(folder, "The ferry was built in 1989.")),
                    ("source", "/source/ferry?start=0&end=28&marks=23-27#passage"),
                ):
                    page.goto(address + place)
                    page.emulate_media(media="print" if look == "print" else "screen")
                    page.screenshot(
                        path=f"{os.environ['SCREENSHOTS']}/desk-{name}-{look}.png", full_page=look == "narrow"
                    )


def test_where_there_is_one_column_the_evidence_stands_before_the_decision(chrome, folder):
    with serving(folder) as (address, _, _), window(chrome, address) as page:
        page.goto(address + claim_path(folder))
        evidence, decision = page.locator(".right").bounding_box(), page.locator(".decision").bounding_box()
        assert decision["x"] + decision["width"] <= evidence["x"], "beside it in a wide window"
        page.set_viewport_size({"width": 390, "height": 844})
        evidence, decision = page.locator(".right").bounding_box(), page.locator(".decision").bounding_box()
        assert evidence["y"] + evidence["height"] <= decision["y"]


def test_sources_and_a_draft_are_uploaded_and_checked_with_live_progress(chrome, tmp_path):
    (tmp_path / "ferry.md").write_text(REPORT, encoding="utf-8")
    (tmp_path / "draft.md").write_text("# Ferry\n\nThe ferry was built in 1989.\n", encoding="utf-8")
    with serving(tmp_path) as (address, _, _), window(chrome, address) as page:
        for kind, name in (("sources", "ferry.md"), ("draft", "draft.md")):
            page.goto(f"{address}/upload")
            page.check(f"[value={kind}]")
            page.set_input_files("[name=files]", tmp_path / name)
            page.click("button:text-is('Upload')")
            page.wait_for_selector("#outcome:text-is('Done.')", timeout=240_000)
            assert page.locator("#stages li").count() >= 1
        page.click("#next")
        page.wait_for_selector("[data-row]")
        page.wait_for_load_state("load")  # the style, too: it writes the verdict in capitals
        assert page.inner_text("[data-row]").startswith("CONTRADICTED The ferry was built in 1989.")
        page.click("text=Read it whole")
        assert page.inner_text(".text .slot.conflicting") == "1989"
        page.click(".text a.claim")
        assert "not 1989" in page.inner_text("section.right")


def test_a_draft_is_checked_with_each_model_loaded_once_for_sentences_and_their_clauses(tmp_path, monkeypatch):
    draft = "The ferry, which carries 420 passengers, was built in 1998 and is painted *green* on Sundays.\n"
    loaded: list[str] = []
    begin = inference._Network.__init__

    def counted(self, folder: Path, **options) -> None:
        loaded.append(folder.name)
        begin(self, folder, **options)

    with open_store(tmp_path / "sources.db", create=True) as store:
        put(store, "ferry", FERRY)
        monkeypatch.setattr(inference._Network, "__init__", counted)
        check_text("draft.md", draft.encode())(store, lambda stage: None)
        assert [entry.kind for entry in store.ledger()].count("run") == 1
    assert sorted(loaded) == ["embedder", "verdict"]


# -- what is on disk -----------------------------------------------------------------------------


def test_a_decision_is_on_disk_before_the_page_says_so(folder):
    path = claim_path(folder)
    for number in range(5):
        with serving(folder) as (address, process, _), httpx.Client(base_url=address) as client:
            data = {**form_of(client, path), "decision": "accept", "by": "Ana", "reason": f"round {number}"}
            answer = client.post(f"{path}/decide", data=data)
            assert answer.status_code == 303, answer.text
            os.kill(process.pid, signal.SIGKILL)
        assert decisions(folder)[-1] == ("Ana", "accept", f"round {number}")
    assert factcheck("ledger", "verify", cwd=folder).returncode == 0


def test_the_desk_works_on_a_server_whose_address_names_no_host(tmp_path):
    """Three slashes and a socket in a folder: nothing of the address may be lost on the way."""
    with postgres() as server:
        sockets = percent_encoded(str(server.folder.parent), safe="")
        address = f"postgresql:///postgres?user=factcheck&host={sockets}&port={server.port}"
        desk(address).close()
        with serving(tmp_path, "--db", address) as (at, _, _), httpx.Client(base_url=at, timeout=60) as client:
            assert client.get("/").text.count("data-row") == 3
            path = re.search(r"/claim/\w+", client.get("/?q=1998").text)[0]
            data = {**form_of(client, path), "decision": "accept", "by": "Ana", "reason": "looked"}
            assert client.post(f"{path}/decide", data=data).status_code == 303
            files = {"files": ("empty.md", b"# Nothing yet\n")}
            done = client.post("/upload", data={**form_of(client, "/upload"), "kind": "draft"}, files=files)
            assert done.status_code == 303
            told = client.get(f"{done.headers['location']}/events").text
            assert "it asserts nothing" in told
            assert told.endswith('event: done\ndata: ""\n\n'), "the work has opened the store too"
        with open_store(address) as store:
            assert [entry.data["by"] for entry in store.ledger(kind=SIGN_OFF)] == ["Ana"]
        with serving(tmp_path, "--db", address, "--read-db", address) as (at, _, _):
            assert httpx.get(at, timeout=60).text.count("data-row") == 3
        works = Works(address, read_db=address)
        job = works.start("look", lambda store, tell: tell(type(store).__name__))
        assert works.wait(job, 0, 60) == ["ReplicatedStore"], "checks search where they are told to"
        works.close()


def test_a_desk_on_a_file_has_no_replica(folder):
    done = factcheck("desk", "--port", "0", "--read-db", "postgresql://localhost/x", cwd=folder)
    assert done.returncode == 2
    assert "leave out --read-db" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_list_of_10000_claims_is_paged_as_fast_as_one_of_100(tmp_path):
    """Both desks are open at once and asked in turn, so that whatever else the machine does slows both."""
    counts, took = (100, 10_000), defaultdict(list)
    with ExitStack() as opened:
        clients = {}
        for count in counts:
            folder = tmp_path / str(count)
            folder.mkdir()
            with open_store(folder / "sources.db", create=True) as store:
                ferry = put(store, "ferry", FERRY)
                labels = list(VerdictLabel)
                verdicts = [
                    verdict_of(
                        claim_of(f"Claim {n} of the ferry built in 1998.", path=f"d{n % 20}.md", line=n),
                        ferry,
                        labels[n % 3],
                    )
                    for n in range(count)
                ]
                keep(store, verdicts)
            address, _, _ = opened.enter_context(serving(folder))
            clients[count] = opened.enter_context(httpx.Client(base_url=address, timeout=60))
        places = {}
        for count, client in clients.items():
            last = count // 50
            places[count] = {
                "pages": [f"/?page={1 + n * 7 % last}" for n in range(20)],
                "filtered": [f"/?label=contradicted&page={1 + n % 2}" for n in range(20)],
                "searched": [f"/?q=ferry&page={1 + n % 2}" for n in range(20)],
                "claim": re.findall(r"/claim/\w+", client.get(f"/?page={last}").text)[:20],
            }
        for name in places[100]:
            for number in range(20):
                for count in counts if number % 2 else reversed(counts):
                    began = time.perf_counter()
                    assert clients[count].get(places[count][name][number]).status_code == 200
                    took[name, count].append(time.perf_counter() - began)
    for name in ("pages", "filtered", "searched", "claim"):
        small, large = (statistics.median(took[name, count]) for count in counts)
        assert large <= 2 * small, f"{name}: {1000 * large:.1f} ms of 10,000, {1000 * small:.1f} ms of 100"


# -- who may do what ------------------------------------------------------------------------------


def test_every_answer_has_the_headers_and_no_cookie_is_without_its_flags(folder):
    with serving(folder) as (address, _, _), httpx.Client(base_url=address) as client:
        first = client.get("/")
        assert first.status_code == 200
        cookie = first.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        for answer in (first, client.get("/nope"), client.get("/static/desk.js"), client.post("/me"), client.put("/")):
            policy = answer.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'")
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["x-frame-options"] == "DENY"
            assert answer.headers["cache-control"] == "no-store"
            assert "server" not in answer.headers


def test_a_form_from_elsewhere_or_without_the_page_s_secret_changes_nothing(folder):
    path = claim_path(folder)
    with serving(folder) as (address, _, _), httpx.Client(base_url=address) as client:
        right = {**form_of(client, path), "decision": "accept", "by": "Eve", "reason": "x"}
        refused = [
            client.post(f"{path}/decide", data={**right, "csrf": "guess"}),
            client.post(f"{path}/decide", data={k: v for k, v in right.items() if k != "csrf"}),
            client.post(f"{path}/decide", data=right, headers={"origin": "https://evil.example"}),
            client.post(f"{path}/decide", data=right, headers={"sec-fetch-site": "cross-site"}),
            httpx.post(f"{address}{path}/decide", data=right),
        ]
        assert [answer.status_code for answer in refused] == [403] * 5
        with httpx.Client(base_url=address) as other:
            stolen = {**right, "csrf": form_of(other, path)["csrf"]}
            assert client.post(f"{path}/decide", data=stolen).status_code == 403, "another session's secret"
        assert decisions(folder) == []
        assert client.post(f"{path}/decide", data=right).status_code == 303


def test_a_name_that_points_here_does_not_reach_a_desk_on_loopback(folder):
    with serving(folder) as (address, _, _):
        assert httpx.get(address, headers={"host": "evil.example"}).status_code == 400
        port = address.rsplit(":", 1)[1]
        assert httpx.get(address, headers={"host": f"localhost:{port}"}).status_code == 200


def test_what_is_too_much_or_too_often_is_refused(folder):
    with serving(folder) as (address, _, _), httpx.Client(base_url=address) as client:
        form = form_of(client)
        assert client.post("/me", data={**form, "by": "x" * 200_000}).status_code == 413

        def endless() -> Iterator[bytes]:
            for _ in range(40):
                yield b"x" * 10_000

        try:
            status = client.post(
                "/me", content=endless(), headers={"content-type": "application/x-www-form-urlencoded"}
            ).status_code
        except httpx.TransportError:
            status = 413  # the server hung up before all was sent
        assert status == 413
        codes = [client.post("/me", data={**form, "by": "Ana"}).status_code for _ in range(90)]
        assert codes[0] == 303
        assert 429 in codes


def test_with_users_nothing_is_shown_without_a_token_and_names_are_the_tokens(folder):
    path = claim_path(folder)
    with (
        serving(folder, "--user", "Ana", "--user", "Ben") as (address, _, tokens),
        httpx.Client(base_url=address) as client,
    ):
        for place in ("/", path, "/sources", "/draft?path=draft.md"):
            answer = client.get(place)
            assert (answer.status_code, answer.headers["location"]) == (303, "/enter")
        form = form_of(client, "/enter")
        assert client.post("/enter", data={**form, "token": "guess"}).status_code == 403
        assert client.get("/").status_code == 303
        before = client.cookies["factcheck_desk"]
        assert client.post("/enter", data={**form, "token": tokens["Ana"]}).status_code == 303
        assert client.cookies["factcheck_desk"] != before, "a session from before the token is not entered"
        assert httpx.get(address, cookies={"factcheck_desk": before}).status_code == 303
        assert client.get("/").status_code == 200
        data = {**form_of(client, path), "decision": "accept", "by": "Ben", "reason": "in another's name"}
        assert client.post(f"{path}/decide", data=data).status_code == 303
        form = form_of(client, "/enter")
        guesses = [client.post("/enter", data={**form, "token": str(n)}).status_code for n in range(8)]
        assert guesses[-1] == 429
    assert decisions(folder) == [("Ana", "accept", "in another's name")]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    pem, key = str(folder / "desk.pem"), str(folder / "desk.key")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command = ["openssl", "req", "-x509", *curve, *names, "-keyout", key, "-out", pem]
    subprocess.run(command, check=True, capture_output=True)
    return pem, key


def test_over_https_the_cookie_is_secure_and_a_page_without_tls_is_another_site(folder, certificate):
    pem, key = certificate
    path = claim_path(folder)
    trust = ssl.create_default_context(cafile=pem)
    with (
        serving(folder, "--certificate", pem, "--key", key) as (address, _, _),
        httpx.Client(base_url=address, verify=trust) as client,
    ):
        assert address.startswith("https://")
        first = client.get("/")
        cookie = first.headers["set-cookie"]
        assert cookie.startswith("__Host-factcheck_desk=")
        assert {"Path=/", "HttpOnly", "SameSite=Strict", "Secure"} <= set(cookie.split("; "))
        assert first.headers["strict-transport-security"] == "max-age=31536000"
        data = {**form_of(client, path), "decision": "accept", "by": "Ana", "reason": "over TLS"}
        plain = {"origin": address.replace("https:", "http:")}
        assert client.post(f"{path}/decide", data=data, headers=plain).status_code == 403
        assert client.post(f"{path}/decide", data=data, headers={"origin": address}).status_code == 303
        with pytest.raises(httpx.TransportError):
            httpx.get(address.replace("https:", "http:"))
    assert decisions(folder) == [("Ana", "accept", "over TLS")]


def test_a_desk_over_https_is_used_in_a_browser(chrome, folder, certificate):
    pem, key = certificate
    with (
        serving(folder, "--certificate", pem, "--key", key) as (address, _, _),
        window(chrome, address, ignore_https_errors=True) as page,
    ):
        page.goto(address + claim_path(folder))
        page.keyboard.press("a")
        page.keyboard.type("Ana")
        page.fill("#decide [name=reason]", "over TLS")
        page.click("#record")
        page.wait_for_selector("#standing[data-state=signed]")
        (cookie,) = page.context.cookies()
        assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Strict")


def test_behind_a_proxy_with_tls_only_its_name_is_answered_and_one_guesser_stops_only_himself(folder):
    proxied = {"host": "desk.example", "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"}
    with (
        serving(folder, "--public", "https://Desk.Example/", "--user", "Ana") as (address, process, _),
        httpx.Client(base_url=address) as proxy,
    ):
        assert process.stdout.readline().strip() == "shown by a proxy as https://desk.example/"
        _, token = process.stdout.readline().strip().split(": ")
        assert proxy.get("/").status_code == 400, "not by another name, nor past the proxy"
        first = proxy.get("/enter", headers=proxied)
        cookie = first.headers["set-cookie"]
        assert cookie.startswith("__Host-factcheck_desk=")
        assert "Secure" in cookie
        assert "max-age" in first.headers["strict-transport-security"]
        csrf = re.search(r'name="csrf" value="([^"]+)"', first.text)[1]
        same = {**proxied, "cookie": cookie.split(";")[0], "origin": "https://desk.example"}

        def enter(token: str, **more: str) -> int:
            data = {"csrf": csrf, "token": token}
            return proxy.post("/enter", data=data, headers={**same, **more}).status_code

        assert enter("guess", origin=address) == 403
        assert enter("guess", origin="http://desk.example") == 403
        # What the asker writes into the header himself comes before what the proxy adds.
        guesses = (enter("guess", **{"x-forwarded-for": f"198.51.100.{n}, 192.0.2.66"}) for n in range(50))
        assert 429 in guesses
        assert enter(token) == 303, "someone elsewhere can still enter"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--public", "https://desk.example"], "--user NAME"),
        (["--public", "desk.example", "--user", "Ana"], '"desk.example" is no public address'),
        (["--public", "https://desk.example/a", "--user", "Ana"], "is no public address"),
        (["--public", "https://desk.example", "--user", "Ana", "--host", "0.0.0.0"], "without --host"),
    ],
)
def test_a_public_address_that_cannot_be_is_one_line(monkeypatch, tmp_path, options, message: str):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["desk", "--port", "0", *options])
    assert isinstance(done.exception, DeskError)
    assert message in str(done.exception)


def test_an_address_that_others_reach_needs_users(folder):
    done = factcheck("desk", "--host", "0.0.0.0", "--port", "0", cwd=folder)
    assert done.returncode == 2
    assert "--user NAME" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_one_line(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = factcheck("desk", "--port", str(taken.getsockname()[1]), cwd=folder)
    assert done.returncode == 2
    assert "the desk cannot be opened here" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_desk_asks_for_a_second_signature_where_the_settings_say_so(folder):
    (folder / "factcheck.toml").write_text('second-signature = "all"\n', encoding="utf-8")
    path = claim_path(folder)
    with serving(folder) as (address, _, _):
        for name, again in (("Ana", False), ("ana", True), ("Ben", True)):
            with httpx.Client(base_url=address) as client:
                data = {**form_of(client, path), "decision": "accept", "by": name, "reason": "looked"}
                if again:
                    data["seconds"] = re.search(r'name="seconds" value="(\d+)"', client.get(path).text)[1]
                status = client.post(f"{path}/decide", data=data).status_code
                assert status == (422 if name == "ana" else 303)
                state = re.search(r'data-state="([\w-]+)"', client.get(path).text)[1]
                assert state == ("signed" if name == "Ben" else "second")


@pytest.mark.parametrize(
    "wrong", [{"reason": " "}, {"decision": "publish"}, {"decision": "override", "label": ""}, {"by": ""}]
)
def test_a_decision_without_what_it_needs_is_told_and_not_recorded(folder, wrong: dict):
    path = claim_path(folder)
    with serving(folder) as (address, _, _), httpx.Client(base_url=address) as client:
        data = {**form_of(client, path), "decision": "accept", "by": "Ana", "reason": "looked", **wrong}
        answer = client.post(f"{path}/decide", data=data)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    assert decisions(folder) == []


@pytest.mark.parametrize(
    "place",
    [
        "/claim/nope",
        "/source/nope",
        "/draft?path=/etc/passwd",
        "/work/99",
        "/static/../app.py",
        "/?page=0&state=x&label=y",
        "/source/ferry?start=9999999999&end=-1&marks=1-2-3,x",
    ],
)
def test_what_is_not_there_is_told_without_a_traceback(folder, place: str):
    with serving(folder) as (address, _, _), httpx.Client(base_url=address) as client:
        answer = client.get(place)
        assert answer.status_code == (200 if "?" in place and "draft" not in place else 404)
        assert "Traceback" not in answer.text
        assert "root:" not in answer.text
