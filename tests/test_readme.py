"""The README tells the truth: its commands, options, formats and keys exist, and its examples run."""

import re

import pytest
import yaml
from test_cli import REPORT, ROOT, factcheck

from factcheck.claims import CLAIM_KEYS, FILE_KEYS, read_claims
from factcheck.cli import cli
from factcheck.config import SETTINGS
from factcheck.evaluate import command as evaluate
from factcheck.reporters import REPORTERS
from factcheck.rules import RULES

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_option_and_command_in_the_readme_exists():
    options = {o for command in [cli, evaluate, *cli.commands.values()] for p in command.params for o in p.opts}
    for group in ("sources", "ledger", "claimreview"):
        options |= {o for command in cli.commands[group].commands.values() for p in command.params for o in p.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) <= options
    named = set(re.findall(r"(?:^|`)factcheck ([a-z]+)\b", README, re.MULTILINE))
    assert named == set(cli.commands)


def test_the_formats_keys_settings_and_rules_of_the_readme_are_those_of_the_tool():
    listed = re.search(r"`--format` is one of (.*?)\.\n", README, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", listed[1])) == set(REPORTERS)
    keys = set(re.findall(r"^\| `(\w+)` \| (?:file|claim|both) \|", README, re.MULTILINE))
    assert keys == {*FILE_KEYS, *CLAIM_KEYS}
    assert set(re.findall(r"\bFC\d{3}\b", README)) <= set(RULES)
    toml = re.search(r"```toml\n(.*?)```", README, re.DOTALL)[1]
    assert set(re.findall(r"^([\w-]+) =", toml, re.MULTILINE)) <= set(SETTINGS)


@pytest.mark.parametrize("block", re.findall(r"```yaml\n((?:about|claims).*?)```", README, re.DOTALL))
def test_the_claims_files_of_the_readme_are_valid(block: str):
    assert read_claims(block, "README.md")


def test_the_python_example_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    (tmp_path / "report.md").write_text(REPORT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    exec(compile(example, "README.md", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_every_command_of_the_readme_s_make_targets_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`?make ([a-z]+)`?", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_hooks_in_the_readme_are_offered():
    offered = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert set(re.findall(r"- id: ([\w-]+)", README)) <= offered


def test_help_of_every_command_fits_and_names_the_exit_codes(tmp_path):
    assert "2 could not run" in factcheck("--help", cwd=tmp_path).stdout
