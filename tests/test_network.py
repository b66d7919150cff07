"""The network: no inner host in any spelling, no credentials kept or shown, and no socket when offline."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from factcheck.cli import cli
from factcheck.fetch import FetchError, fetch

SECRET = "hunter2"


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "017700000001",
            "127.1",
            "127.0.1",
            "0x7f.1",
            "0",
            "0.0.0.0",
        ),
        *("localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "1２7.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1"),
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]", "[::ffff:10.0.0.1]", "[fe80::1%25lo]"),
        *(
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0xa9fea9fe",
            "2852039166",
            "100.64.0.1",
            "224.0.0.1",
        ),
    ],
)
def test_an_inner_host_is_refused_in_every_spelling_before_anything_is_sent(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*_: object) -> None:
        raise AssertionError("a connection was begun")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(FetchError) as error:
        fetch(f"http://{host}/latest/meta-data")
    assert "\n" not in str(error.value)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


@pytest.mark.parametrize(
    "address",
    [
        f"https://ana:{SECRET}@host.invalid/page",
        f"https://{SECRET}@host.invalid/page",
        f"HTTPS://ana:{SECRET}@host.invalid",
        f"https://a@b:{SECRET}@host.invalid/",
    ],
)
def test_credentials_in_an_address_are_refused_and_neither_shown_nor_kept(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text(f"sources: ['{address}']\nclaims:\n  - eleven signatories\n")
    Path("d.md").write_text(f"---\nfactcheck:\n  sources: ['{address}']\n---\nIt was founded in 2017 by eleven.\n")
    Path("e.md").write_text("It was founded in 2017 by eleven.\n")
    for arguments in (
        ("sources", "add", address),
        ("verify", "c.yaml"),
        ("check", "d.md"),
        ("check", "e.md", "--sources", address),
    ):
        done = run(*arguments)
        assert done.exit_code != 0 or done.exception, arguments
        assert SECRET not in done.output + str(done.exception)
        assert "user name or password" in done.output + str(done.exception)
    for file in tmp_path.iterdir():
        if file.suffix not in (".yaml", ".md"):
            assert SECRET.encode() not in file.read_bytes()


def test_a_link_of_a_draft_is_known_without_its_credentials() -> None:
    from factcheck.drafts.documents import parse_draft

    draft = parse_draft(f"See [it](https://ana:{SECRET}@host.invalid/a).".encode(), "d.md")
    assert draft.links == ("https://host.invalid/a",)


def test_offline_opens_no_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def guard(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket, "socket", guard)
    monkeypatch.setattr(socket, "getaddrinfo", guard)
    monkeypatch.setattr(socket, "create_connection", guard)
    Path("a.txt").write_text("The group was founded in 2017 by eleven ministers in Lima.\n")
    Path("c.yaml").write_text("claims:\n  - text: eleven signatories\n    sources: ['https://host.invalid/a']\n")
    added = run("sources", "add", "--offline", "a.txt", "https://host.invalid/a")
    assert "offline" in added.output
    assert "a socket" not in added.output
    seen = run("sources", "refresh", "--offline")
    assert "a socket" not in seen.output
    verified = run("verify", "--offline", "c.yaml")
    assert "a socket" not in verified.output + str(verified.exception)


@pytest.mark.parametrize(
    "host", ["[::1", "[", "]", "evil.example", "127.0.0.1.evil.example", "", "127.0.0.1@evil.example"]
)
def test_a_desk_on_loopback_answers_to_no_other_name_however_it_is_written(host: str, tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    from factcheck.desk.access import Access
    from factcheck.desk.app import application

    client = TestClient(application(tmp_path / "s.db", Access()), base_url="http://127.0.0.1")
    assert client.get("/", headers={"host": host}).status_code == 400
