"""Claims files: every claim with its place, and every mistake as one line that says what to do."""

import datetime as dt

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from factcheck.claims import Positions, decode, load_claims, read_claims
from factcheck.domain import VerdictLabel
from factcheck.errors import FactcheckError, InputError, InputErrors


def error(text: str) -> str:
    with pytest.raises(FactcheckError) as caught:
        read_claims(text, "c.yaml")
    return str(caught.value)


def test_a_claim_is_a_plain_string_or_a_mapping_and_inherits_what_the_file_says():
    text = """\
about: the statement
as_of: 2019-06-07
sources: [report.md, "https://example.org/a"]
claims:
  - eleven signatories
  - text: founded in 2017
    id: founded
    about: Lima Group
    as_of: 2020-01-01
    sources: [other]
    expect: supported
"""
    plain, full = read_claims(text, "c.yaml")
    assert plain.id == "eleven-signatories"
    assert (plain.text, plain.about, plain.as_of) == ("eleven signatories", "the statement", dt.date(2019, 6, 7))
    assert plain.sources == ("report.md", "https://example.org/a")
    assert plain.expect is None
    assert (full.id, full.about, full.as_of, full.sources) == ("founded", "Lima Group", dt.date(2020, 1, 1), ("other",))
    assert full.expect is VerdictLabel.SUPPORTED


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 'c.yaml:1:1: the file is empty; write "claims:" and under it a list of claims'),
        ("# nothing\n", 'c.yaml:1:1: the file is empty; write "claims:" and under it a list of claims'),
        ("null\n", 'c.yaml:1:1: the file is empty; write "claims:" and under it a list of claims'),
        ("- a\n- b\n", 'c.yaml:1:1: the file holds a list instead of the key "claims"; put "claims:" above it'),
        ("hello\n", 'c.yaml:1:1: the file holds text instead of the key "claims"; write "claims:" and under it a list'),
        ("about: x\n", 'c.yaml:1:1: the key "claims" is missing; add it, with a list of claims'),
        ("claims: []\n", 'c.yaml:1:9: "claims" is empty; add at least one claim: "- eleven signatories"'),
        ("claims:\n", 'c.yaml:1:8: "claims" is empty; add at least one claim: "- eleven signatories"'),
        ("claims: one\n", 'c.yaml:1:9: "claims" must be a list; start each claim with "- "'),
        ("claims:\n\t- a\n", "c.yaml:2:1: a tab indents this line; indent with spaces; YAML does not allow tabs here"),
        (
            "claims:\n  - text: a\n\tid: b\n",
            "c.yaml:3:1: a tab indents this line; indent with spaces; YAML does not allow tabs here",
        ),
        ("claims:\n  - txt: a\n", 'c.yaml:2:5: unknown key "txt" in a claim; did you mean "text"?'),
        ("clams: [a]\nclaims: [a]\n", 'c.yaml:1:1: unknown key "clams" in a claims file; did you mean "claims"?'),
        (
            "claims: [a]\nqqq: 1\n",
            'c.yaml:2:1: unknown key "qqq" in a claims file; the keys are claims, about, as_of, sources',
        ),
        (
            "claims:\n  - Profit: 3 million\n",
            'c.yaml:2:5: unknown key "Profit" in a claim; put a claim that holds a colon in quotes',
        ),
        (
            "claims:\n  - a: b: c\n",
            "c.yaml:2:9: not YAML: mapping values are not allowed in this context; "
            "put text that holds a colon in quotes",
        ),
        ("claims:\n  - {id: x}\n", 'c.yaml:2:5: the claim has no "text"; add it'),
        ("claims:\n  - 2017\n", 'c.yaml:2:5: "text" must be text, but this is a number; put it in quotes: "2017"'),
        ("claims:\n  - yes\n", 'c.yaml:2:5: "text" must be text, but this is yes or no; put it in quotes: "yes"'),
        ("claims:\n  - 2019-06-06\n", '"text" must be text, but this is a date; put it in quotes: "2019-06-06"'),
        ("claims:\n  -\n", '"text" must be text, but this is nothing; write its text, or delete it'),
        ('claims:\n  - " "\n', 'c.yaml:2:5: "text" is empty; write its text, or delete it'),
        (
            "claims:\n  - [a]\n",
            'c.yaml:2:5: a claim is text or a mapping, not a list; write "- eleven signatories"',
        ),
        ("claims:\n  - text: {a: b}\n", 'c.yaml:2:11: "text" must be text; write it as one line of text'),
        (
            "claims:\n  - {text: a, id: x}\n  - {text: b, id: x}\n",
            'c.yaml:3:19: the id "x" is already used in line 2; give each claim its own id',
        ),
        (
            "claims:\n  - text: a\n    text: b\n",
            'c.yaml:3:5: the key "text" is already given in line 2; delete one of them',
        ),
        ("claims: [a]\nas_of: June\n", 'c.yaml:2:8: "as_of" must be a date; write it as 2019-06-06'),
        (
            "claims: [a]\nas_of: 2019-02-30\n",
            'c.yaml:2:8: "as_of" is not a day of the calendar; check month and day',
        ),
        (
            "claims: [a]\nsources: x.md\n",
            'c.yaml:2:10: "sources" must be a list; write one source a line, each after "- "',
        ),
        (
            "claims: [a]\nsources: []\n",
            'c.yaml:2:10: "sources" is empty; name a source, or delete the key to use them all',
        ),
        ("claims: [a]\nsources: [1]\n", '"sources" must be text, but this is a number; put it in quotes: "1"'),
        (
            "claims:\n  - {text: a, expect: suported}\n",
            'c.yaml:2:23: "expect" must be a verdict; did you mean "supported"?',
        ),
        (
            "claims:\n  - {text: a, expect: 7}\n",
            '"expect" must be a verdict; write one of supported, contradicted, unverified',
        ),
        ("claims: [a]\n---\nclaims: [b]\n", "c.yaml:2:1: a second YAML document; use one file for each"),
        ('claims:\n  - "open\n', "c.yaml:2:5: not YAML: found unexpected end of stream; "),
        ("claims:\n  - @x\n", "put text that starts with this character in quotes"),
        ("claims:\n  - !!python/name:os.system x\n", "tag:yaml.org,2002:python/name:os.system"),
        ("claims:\n  - !x y\n", "c.yaml:2:5: the tag !x is not allowed; delete it; claims files hold plain YAML"),
        ("claims:\n  - *x\n", "c.yaml:2:5: the alias *x has no anchor; put text that starts with * in quotes"),
        ("claims:\n  - a\x07b\n", "c.yaml:2:6: unprintable character U+0007; delete it"),
        ("claims: [[[[[[[[[[[[[[a]]]]]]]]]]]]]]\n", "nested too deeply"),
        ("claims:\n  - " + "long " * 500 + "\n", "the claim has 2,499 characters; at most 2,000 can be judged as one"),
    ],
)
def test_every_mistake_is_one_line_with_its_place_and_what_to_do(text: str, line: str):
    message = error(text)
    assert line in message
    assert message.startswith("c.yaml:")
    assert "\n" not in message


def test_all_mistakes_of_a_file_are_shown_at_once_in_order():
    with pytest.raises(InputErrors) as caught:
        read_claims("claims:\n  - 1\n  - {text: a, id: x, expect: no}\n  - {text: b, id: x}\nfoo: 1\n", "c.yaml")
    assert [(e.line, e.column, e.rule) for e in caught.value.errors] == [
        (2, 5, "FC104"),
        (3, 30, "FC104"),
        (4, 19, "FC105"),
        (5, 1, "FC103"),
    ]


def test_an_alias_bomb_is_refused_without_being_unfolded():
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert "*a0 stands for a list or mapping; write it out" in error("\n".join(lines))


def test_text_may_be_reused_through_an_alias():
    first, second = read_claims("about: &a Lima Group\nclaims:\n  - x\n  - {text: y, about: *a}\n", "c.yaml")
    assert first.about == second.about == "Lima Group"


def test_bytes_that_are_not_utf8_are_an_error_at_their_place():
    with pytest.raises(InputError) as caught:
        decode(b"claims:\n  - caf" + b"\xe9\n", "c.yaml")
    assert str(caught.value) == "c.yaml:2:8: this is not UTF-8 (byte 0xe9); save the file as UTF-8"


def test_a_byte_order_mark_changes_nothing(tmp_path):
    plain, marked = tmp_path / "plain.yaml", tmp_path / "marked.yaml"
    plain.write_bytes(b"claims:\n  - a\n")
    marked.write_bytes(b"\xef\xbb\xbfclaims:\n  - a\n")
    (a,), (b,) = load_claims(str(plain)), load_claims(str(marked))
    assert (a.text, a.id) == (b.text, b.id)
    assert (a.location.line, a.location.column) == (b.location.line, b.location.column)


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path, name: str):
    with pytest.raises(InputError) as caught:
        load_claims(str(tmp_path / name))
    assert str(caught.value).startswith(str(tmp_path / name).rstrip(".").rstrip("/"))
    assert caught.value.rule == "FC101"


def test_positions_count_characters_and_every_line_ending():
    text = 'claims:\r\n  - "😀é one"\r\n  - two\r  - three\n  - >\n    folded\n    text\n\n'
    claims = read_claims(text, "c.yaml")
    places = [(c.location.line, c.location.column, c.location.end_line, c.location.end_column) for c in claims]
    assert places == [(2, 5, 2, 13), (3, 5, 3, 8), (4, 5, 4, 10), (5, 5, 7, 9)]
    assert claims[-1].text == "folded text"


def test_claims_without_an_id_are_named_after_their_words_and_stay_so_when_others_are_added():
    before = read_claims("claims: [eleven signatories, founded in 2017]\n", "c.yaml")
    after = read_claims("claims: [new one, founded in 2017, eleven signatories, eleven signatories]\n", "c.yaml")
    assert [c.id for c in before] == ["eleven-signatories", "founded-in-2017"]
    assert [c.id for c in after] == ["new-one", "founded-in-2017", "eleven-signatories", "eleven-signatories-2"]


def test_a_given_id_is_never_taken_by_an_unnamed_claim():
    named = read_claims("claims:\n  - eleven\n  - {text: other, id: eleven}\n", "c.yaml")
    assert [c.id for c in named] == ["eleven-2", "eleven"]


texts = st.text(
    alphabet=st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufffe\uffff\ufeff"
    ),
    min_size=1,
    max_size=40,
).filter(str.strip)


@given(st.lists(texts, min_size=1, max_size=6))
def test_any_text_that_yaml_can_write_is_read_back_as_a_claim(claims: list[str]):
    file = yaml.safe_dump({"claims": [{"text": text} for text in claims]}, allow_unicode=True)
    found = read_claims(file, "c.yaml")
    assert [c.text for c in found] == [" ".join(text.split()) for text in claims]
    assert len({c.id for c in found}) == len(claims)


@given(st.text(alphabet="claims:-[]{}&*!|>'\"%@` \n\t#,?xé0", max_size=60))
def test_any_input_gives_claims_or_one_line_per_mistake(text: str):
    try:
        claims = read_claims(text, "c.yaml")
    except FactcheckError as error:
        for line in str(error).splitlines():
            assert line.startswith("c.yaml:")
    else:
        assert claims


@given(st.text(alphabet="ab\r\n😀", max_size=40), st.data())
def test_positions_find_the_line_that_an_editor_shows(text: str, data: st.DataObject):
    offset = data.draw(st.integers(0, len(text)))
    if text[offset - 1 : offset + 1] == "\r\n":
        return  # inside a line ending
    line, column = Positions(text).at(offset)
    lines = text[:offset].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert (line, column) == (len(lines), len(lines[-1]) + 1)
