"""Hooks and CI templates, run for real as far as a machine without their hosts can."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from test_check import DRAFT, git
from test_cli import ENVIRONMENT, REPORT, ROOT, factcheck

CLAIMS = "claims: [The harbour ferry was built in 1989.]\n"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a draft, claims, and a store that holds their source."""
    folder = tmp_path_factory.mktemp("repository")
    (folder / "claims").mkdir()
    (folder / "claims" / "ferry.yaml").write_text(CLAIMS, encoding="utf-8")
    (folder / "draft.md").write_text(DRAFT, encoding="utf-8")
    (folder / "ferry.md").write_text(REPORT, encoding="utf-8")
    assert factcheck("sources", "add", "ferry.md", cwd=folder).returncode == 0
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "draft.md", "claims")
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which `factcheck` is this one, whatever else is installed."""
    command = tmp_path / "bin" / "factcheck"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m factcheck "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    path = os.pathsep.join([str(command.parent), str(Path(sys.executable).parent), ENVIRONMENT["PATH"]])
    return {**ENVIRONMENT, "PATH": path, "PRE_COMMIT_HOME": str(tmp_path / "cache")}


@pytest.mark.parametrize(
    ("hook", "place"), [("factcheck", "draft.md:9:1"), ("factcheck-claims", "claims/ferry.yaml:1:10")]
)
def test_pre_commit_runs_the_hook_in_a_repository(repository, environment, tmp_path, hook: str, place: str):
    (offered,) = [h for h in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()) if h["id"] == hook]
    # Installing the package anew for each hook would need a network; the command and its files are the hook's own.
    local = {"repos": [{"repo": "local", "hooks": [{**offered, "language": "system"}]}]}
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump(local), encoding="utf-8")
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--config", str(config)]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{place}: error FC201" in done.stdout


def test_the_hooks_are_what_pre_commit_accepts():
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    assert subprocess.run(command, capture_output=True, timeout=60).returncode == 0


def test_the_action_s_steps_annotate_and_write_sarif_and_a_summary(repository, environment, tmp_path):
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (step,) = [s for s in action["runs"]["steps"] if s.get("id") == "factcheck"]
    done = subprocess.run(
        ["bash", "-c", step["run"]],
        cwd=repository,
        capture_output=True,
        text=True,
        timeout=300,
        env={
            **environment,
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "RUNNER_TEMP": str(tmp_path),
            "FACTCHECK_COMMAND": "check",
            "FACTCHECK_FILES": "draft.md",
            "FACTCHECK_ARGS": "--offline --sources ferry.md",
        },
    )
    assert done.returncode == 1, done.stderr
    assert "::error file=draft.md,line=9,endLine=9,col=1" in done.stdout
    outputs = dict(line.split("=", 1) for line in (tmp_path / "output").read_text().splitlines())
    assert json.loads(Path(outputs["sarif"]).read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert "**error**" in (tmp_path / "summary").read_text(encoding="utf-8")
    assert Path(outputs["summary"]).exists()


def test_the_action_refuses_another_command(repository, environment):
    script = ["bash", str(ROOT / "ci" / "action.sh")]
    odd = {**environment, "FACTCHECK_COMMAND": "sources add", "FACTCHECK_FILES": "x"}
    done = subprocess.run(script, cwd=repository, capture_output=True, text=True, env=odd, timeout=60)
    assert done.returncode == 2


def test_the_gitlab_template_s_script_writes_its_report(repository, environment):
    job = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))["factcheck"]
    env = {**environment, "FACTCHECK_FILES": "draft.md"}
    done = subprocess.run(
        ["bash", "-c", "\n".join(job["script"])], cwd=repository, capture_output=True, text=True, env=env, timeout=300
    )
    assert done.returncode == 1, done.stderr
    report = job["artifacts"]["reports"]["codequality"]
    rows = json.loads((repository / report).read_text(encoding="utf-8"))
    assert [row["location"]["path"] for row in rows if row["check_name"] == "FC201"] == ["draft.md"]
    assert all(set(row) == {"description", "check_name", "fingerprint", "severity", "location"} for row in rows)
