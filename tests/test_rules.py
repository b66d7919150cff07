"""The registry of rules."""

import re
from pathlib import Path

import factcheck
from factcheck.rules import RULES, find_rule


def test_every_rule_id_that_the_package_names_is_registered():
    named = set()
    for file in Path(factcheck.__file__).parent.rglob("*.py"):
        named |= set(re.findall(r"\bFC\d{3}\b", file.read_text(encoding="utf-8")))
    assert named - {"FC999"} <= set(RULES)


def test_every_rule_explains_itself():
    for id, rule in RULES.items():
        assert id == rule.id
        assert re.fullmatch(r"FC[1239]\d\d", id)
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
        assert all((rule.title, rule.explanation, rule.example, rule.action))
        assert not rule.title.endswith(".")
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


def test_a_rule_is_found_by_id_or_name_in_any_case():
    assert find_rule("fc203") is find_rule("Count") is RULES["FC203"]
    assert find_rule("FC999") is None
