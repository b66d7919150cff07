"""What a release is made of is listed as it is, and what cannot be asked or trusted is refused."""

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from factcheck.drafts import checkworthy
from factcheck.models import MODELS, ModelError
from supply import sbom

ROOT = Path(__file__).parent.parent


def python(*arguments: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, env=environment)


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("sbom") / "factcheck.cdx.json"
    done = python("-m", "supply.sbom", str(path), SOURCE_DATE_EPOCH="1700000000")
    assert done.returncode == 0, done.stderr
    return path.read_text(encoding="utf-8")


def test_the_list_of_parts_is_valid_cyclonedx_and_the_same_each_time(listed: str, tmp_path: Path) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(listed) is None
    again = tmp_path / "again.json"
    python("-m", "supply.sbom", str(again), SOURCE_DATE_EPOCH="1700000000", PYTHONHASHSEED="7")
    assert again.read_text(encoding="utf-8") == listed


def test_every_package_that_a_run_needs_is_listed_as_it_is_pinned(listed: str) -> None:
    parts = {part["name"]: part for part in json.loads(listed)["components"] if part["type"] == "library"}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = {canonicalize_name(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)$", lines)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in project["dependencies"]:
        name = canonicalize_name(Requirement(line).name)
        assert (parts[name]["version"], parts[name]["scope"]) == (pinned[name], "required")
    for extra in sbom.EXTRAS:
        for line in project["optional-dependencies"][extra]:
            assert canonicalize_name(Requirement(line).name) in parts
    # The parts of parts as well, each as pinned; pip comes with Python, in whatever version that has.
    assert {"torch", "certifi", "h11", "pydantic-core", "setuptools"} <= set(parts)
    assert {name: part.get("version") for name, part in parts.items()} == {name: pinned.get(name) for name in parts}
    assert [name for name in parts if name not in pinned] == ["pip"]
    assert not {"pytest", "mypy", "hypothesis", "hatchling"} & set(parts)


def test_every_shipped_model_is_listed_with_the_hashes_of_the_files_that_are_there(listed: str) -> None:
    models = [part for part in json.loads(listed)["components"] if part["type"] == "machine-learning-model"]
    told = {file["name"]: file["hashes"] for model in models for file in model["components"]}
    there = [
        *(path for name in ("*.safetensors", "config.json", "tokenizer.json") for path in MODELS.glob(f"*/{name}"))
    ]
    there += [MODELS / "checkworthy" / "model.json"]
    assert told == {
        f"factcheck/models/{path.parent.name}/{path.name}": [
            {"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}
        ]
        for path in there
    }
    assert {model["bom-ref"].rpartition("/")[2] for model in models} == {path.parent.name for path in there}


def test_a_part_without_a_pinned_version_is_not_listed_but_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbom, "pins", lambda: {"click": "8.5.1"})
    with pytest.raises(sbom.Unlisted, match=r"constraints\.txt pins no version of annotated-doc, "):
        sbom.bill()


class Advisories(BaseHTTPRequestHandler):
    """An advisory service that knows one thing: an advisory on click."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        affected = [{"package": {**asked["package"]}, "ranges": [], "versions": []}]
        known = {"vulns": [{"id": "TEST-1", "summary": "An advisory.", "affected": affected}]}
        body = json.dumps(known if asked["package"]["name"] == self.server.bad else {}).encode()  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(("bad", "code"), [("none", 0), ("click", 1)])
def test_an_audit_exits_0_with_nothing_known_and_1_with_an_advisory(bad: str, code: int) -> None:
    server = HTTPServer(("127.0.0.1", 0), Advisories)
    server.bad = bad  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    done = python("-m", "supply.audit", "--vulnerability-service", "osv", "--osv-url", url, NO_PROXY="127.0.0.1")
    server.shutdown()
    server.server_close()
    assert done.returncode == code, done.stderr
    assert done.stdout.splitlines()[-1] == f"{len(sbom.pins())} packages, {code} advisories"
    assert ("click" in done.stdout) is (code == 1)


@pytest.mark.parametrize("service", ["pypi", "osv"])
def test_an_audit_that_cannot_ask_says_so_in_a_line_and_exits_2(service: str) -> None:
    done = python("-m", "supply.audit", "--vulnerability-service", service, HTTPS_PROXY="http://127.0.0.1:1")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("the advisory service could not be asked: ")
    assert done.stderr.count("\n") == 1


def verify_with_one_other_bit_in(weights: str, folder: Path) -> subprocess.CompletedProcess[str]:
    for path in (path for path in MODELS.rglob("*") if path.is_file()):
        copy = folder / "models" / path.relative_to(MODELS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.symlink_to(path)
    changed = folder / "models" / weights
    whole = changed.read_bytes()
    changed.unlink()
    changed.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    (folder / "ferry.md").write_text("The ferry was built in 1998, and carries 240 passengers.\n")
    (folder / "claims.yaml").write_text("sources: [ferry.md]\nclaims:\n  - The ferry was built in 1998.\n")
    run = (
        "from pathlib import Path; from factcheck import models; models.MODELS = Path('models');"
        "from factcheck.cli import main; import sys; sys.argv[1:] = ['verify', 'claims.yaml', '--format', 'json'];"
        "main()"
    )
    return python("-c", run, cwd=folder)


def test_a_shipped_embedder_with_one_other_bit_is_refused_in_a_line_and_exit_2(tmp_path: Path) -> None:
    done = verify_with_one_other_bit_in("embedder/model.safetensors", tmp_path)
    assert done.returncode == 2
    (claim,) = json.loads(done.stdout)["claims"]
    assert claim["verdict"] == "unverified"
    (line,) = done.stderr.splitlines()
    assert "models/embedder/model.safetensors is not the file that was shipped" in line


def test_a_shipped_verdict_model_with_one_other_bit_judges_nothing_and_exits_2(tmp_path: Path) -> None:
    done = verify_with_one_other_bit_in("verdict/model-00002-of-00002.safetensors", tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    (claim,) = json.loads(done.stdout)["claims"]
    assert (claim["verdict"], claim["reason"]) == ("unverified", "check-failed")
    assert "model-00002-of-00002.safetensors is not the file that was shipped" in claim["explanation"]
    line = done.stderr.splitlines()[-1]  # behind what was added
    assert line == f"1 claim of 1: {claim['explanation']}"


@pytest.mark.parametrize("file", ["verdict/tokenizer.json", "verdict/config.json", "embedder/tokenizer.json"])
def test_words_and_settings_of_a_shipped_model_are_looked_at_too(file: str, tmp_path: Path) -> None:
    done = verify_with_one_other_bit_in(file, tmp_path)
    assert done.returncode == 2
    line = done.stderr.splitlines()[-1]
    assert f"models/{file} is not the file that was shipped" in line


def test_a_check_worthiness_model_with_another_number_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = (MODELS / "checkworthy" / "model.json").read_text("utf-8")
    path = tmp_path / "checkworthy" / "model.json"
    path.parent.mkdir()
    monkeypatch.setattr(checkworthy, "MODELS", tmp_path)

    path.write_text(shipped)
    assert checkworthy.CheckWorthiness(load_embedder=lambda: None).threshold > 0
    for changed in (shipped.replace('"threshold": 0.', '"threshold": 0.9'), shipped[:-9], "[]"):
        path.write_text(changed)
        with pytest.raises(ModelError, match="is not the file that was shipped"):
            _ = checkworthy.CheckWorthiness(load_embedder=lambda: None).threshold
