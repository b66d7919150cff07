"""What `factcheck eval` prints is what was measured, in every form that its files may have."""

import gzip
import json

import pytest

from factcheck.errors import InputError
from factcheck.evaluate import Case, expected_calibration_error, main, read_articles, read_pairs, score, text_of

LABELS = ("supported", "contradicted", "unverified")


def cases(*pairs, confidence=1.0):
    return [Case(gold=gold, got=got, confidence=confidence) for gold, got in pairs]


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_the_errors_are_shares_of_the_claims_that_they_could_hit():
    given = cases(
        ("supported", "supported"),
        ("supported", "unverified"),
        ("contradicted", "supported"),
        ("contradicted", "contradicted"),
        ("unverified", "contradicted"),
        ("unverified", "unverified"),
        ("unverified", "unverified"),
    )
    result = score("f", given, 2.0)

    assert (result.n, result.accuracy, result.pairs_per_s) == (7, round(4 / 7, 4), 3.5)
    assert result.false_supported == round(1 / 5, 4)
    assert result.false_contradicted == round(1 / 5, 4)
    assert result.confusion["contradicted"] == {"contradicted": 1, "supported": 1, "unverified": 0}
    assert not result.two_way


def test_macro_f1_gives_each_label_the_same_weight():
    given = cases(*[("supported", "supported")] * 8, ("contradicted", "supported"), ("unverified", "unverified"))

    assert score("f", given, 1.0).macro_f1 == round((16 / 17 + 0 + 1) / 3, 4)


def test_a_second_label_that_is_also_right_counts_as_right():
    given = [*cases(("supported", "supported"), ("contradicted", "contradicted")),
             Case(gold="unverified", got="supported", confidence=1.0, also_ok="supported")]  # fmt: skip
    result = score("f", given, 1.0)

    assert (result.accuracy, result.false_supported) == (1.0, 0.0)


def test_a_file_of_two_labels_is_scored_two_way_and_says_so():
    leaning = Case(gold="contradicted", got="unverified", confidence=0.5, entailment=0.2, contradiction=0.4)
    result = score("f", [*cases(("supported", "supported")), leaning], 1.0)

    assert result.two_way
    assert result.accuracy == 1.0
    unlabelled = score("f", cases(("supported", "supported"), ("not_supported", "unverified")), 1.0)
    assert (unlabelled.two_way, unlabelled.accuracy) == (True, 1.0)
    # It leans two to one; a half of the verdicts with such a confidence of one half would be right.
    assert score("f", [*cases(("supported", "supported")), leaning], 1.0).ece == pytest.approx(
        (1 - 0.4 / 0.6) / 2, abs=1e-3
    )


def test_calibration_error_is_the_distance_between_confidence_and_accuracy():
    assert expected_calibration_error([0.9] * 10, [True] * 9 + [False]) == pytest.approx(0.0, abs=1e-9)
    assert expected_calibration_error([1.0] * 4, [False] * 4) == 1.0
    assert expected_calibration_error([], []) == 0.0


def test_pairs_are_read_plain_and_gzipped_with_any_known_label(tmp_path):
    rows = [
        {"claim": "a", "evidence": "b", "label": "supported"},
        {"query": "a", "context": "b", "label": "REFUTES"},
        {"hypothesis": "a", "premise": ["b", "c"], "label": "NOT ENOUGH INFO"},
    ]
    plain = write(tmp_path / "p.jsonl", *rows)
    packed = tmp_path / "p.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    assert [row.gold for row in read_pairs(plain)] == list(LABELS)
    assert read_pairs(packed) == read_pairs(plain)
    assert read_pairs(plain)[2].evidence == "b c"


def test_scifact_claims_take_their_abstracts_from_the_corpus_beside_them(tmp_path):
    write(
        tmp_path / "corpus.jsonl",
        {"doc_id": 7, "title": "T", "abstract": ["One.", "Two."]},
        {"doc_id": 8, "title": "U", "abstract": ["Three."]},
    )
    evidence = {"7": [{"sentences": [0], "label": "CONTRADICT"}]}
    claims = write(tmp_path / "claims.jsonl", {"id": 1, "claim": "c", "evidence": evidence, "cited_doc_ids": [7, 8]})
    rows = read_pairs(claims)

    assert [(row.evidence, row.gold) for row in rows] == [("T One. Two.", "contradicted"), ("U Three.", "unverified")]


def test_fever_claims_take_their_sentences_from_wiki_pages(tmp_path):
    (tmp_path / "wiki-pages").mkdir()
    write(tmp_path / "wiki-pages" / "w.jsonl", {"id": "Oslo", "lines": "0\tOslo is a city.\n1\tIt is old."})
    claims = write(tmp_path / "f.jsonl", {"claim": "c", "label": "SUPPORTS", "evidence": [[[1, 2, "Oslo", 1]]]})

    assert [row.evidence for row in read_pairs(claims)] == ["It is old."]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "is not a line of JSON"),
        ("[]", "is not an object"),
        ('{"claim": "a", "label": "supported"}', "lacks a claim or its evidence"),
        ('{"claim": "a", "evidence": "b", "label": "maybe"}', "has no known label ('maybe')"),
        ("", "holds no pairs"),
    ],
)
def test_a_bad_line_is_named_with_its_place(tmp_path, line, words):
    path = tmp_path / "p.jsonl"
    path.write_text(line + "\n")

    with pytest.raises(InputError) as error:
        read_pairs(path)
    assert words in str(error.value)
    assert str(error.value).startswith(str(path))


def test_a_missing_file_is_one_clear_line(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        main([str(tmp_path / "none.jsonl")])


def test_the_command_prints_its_figures_as_json(tmp_path, capsys):
    path = write(
        tmp_path / "p.jsonl",
        {"claim": "The ferry sank in 1911.", "evidence": "The ferry sank on 3 May 1911.", "label": "supported"},
        {"claim": "The ferry sank in 1912.", "evidence": "The ferry sank on 3 May 1911.", "label": "contradicted"},
        {"claim": "The captain was asleep.", "evidence": "The ferry sank on 3 May 1911.", "label": "unverified"},
    )

    assert main([str(path), "--format", "json"]) == 0
    (figures,) = json.loads(capsys.readouterr().out)["files"]
    assert figures["path"] == str(path)
    assert figures["n"] == sum(sum(row.values()) for row in figures["confusion"].values()) == 3
    assert {"accuracy", "macro_f1", "false_supported", "false_contradicted", "ece", "confusion", "pairs_per_s"} <= set(
        figures
    )


def test_evidence_taken_away_makes_every_claim_unverified(tmp_path, capsys):
    path = write(
        tmp_path / "p.jsonl",
        *[{"claim": f"It is {n}.", "evidence": f"It is {n}.", "label": "supported"} for n in range(4)],
    )

    assert main([str(path), "--model-only", "--change", "blank", "--format", "json"]) == 0
    (figures,) = json.loads(capsys.readouterr().out)["files"]
    assert figures["confusion"] == {"unverified": {"unverified": 4}}
    assert (figures["accuracy"], figures["false_supported"]) == (1.0, 0.0)


def test_the_text_of_an_article_stands_in_it_or_in_its_source(tmp_path):
    (tmp_path / "mill.html").write_text("<p>The mill <b>closed</b> in 1994.</p>", "utf-8")
    (tmp_path / "a.yaml").write_text("source: mill.html\nclaims: []\n", "utf-8")
    (tmp_path / "b.yaml").write_text("text: The pier opened in 1962.\nclaims: []\n", "utf-8")

    assert [text_of(a) for a in read_articles(tmp_path)] == ["The mill closed in 1994.", "The pier opened in 1962."]
