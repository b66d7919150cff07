"""From retrieved passages to pairs: which sources, how much of each, and what is read as a whole."""

from __future__ import annotations

from factcheck.domain import Claim, Evidence, Passage, Source
from factcheck.evidence import MARGIN, PASSAGES, SHORT, SOURCES, assemble
from factcheck.passages import split

CLAIM = Claim(id="1", text="The ferry line opened in 1962.")


def library(*texts: str) -> dict[str, tuple[Source, tuple[Passage, ...]]]:
    """Sources s0, s1 ... of these texts with their passages, the title of each "Ferries"."""
    made = {}
    for number, text in enumerate(texts):
        name = f"s{number}"
        source = Source(id=name, uri=f"{name}.txt", sha256=name, text=text, title="Ferries")
        made[name] = source, tuple(split(text, name))
    return made


def found(passage: Passage, score: float = 0.9) -> Evidence:
    return Evidence(passage=passage, retrieval_score=score)


def text_of(sentences: int) -> str:
    return " ".join(f"Pier number {n} was painted." for n in range(sentences))


def test_a_short_source_goes_along_whole_what_was_found_first() -> None:
    sources = library("Ferries\n\n" + text_of(SHORT), text_of(SHORT + 1))
    short, long = (passages for _, passages in sources.values())
    one, other = assemble(CLAIM, [found(short[2]), found(long[1])], sources.__getitem__)

    assert one.whole
    assert one.passages == short
    assert one.passages[one.ranking[0]] == short[2]
    assert not other.whole
    assert other.passages == (long[1],)
    assert other.context == long


def test_of_a_long_source_a_few_passages_are_evidence_in_document_order() -> None:
    sources = library(text_of(20))
    passages = sources["s0"][1]
    (pair,) = assemble(CLAIM, [found(p) for p in reversed(passages)], sources.__getitem__)

    assert [p.ordinal for p in pair.passages] == list(range(20 - PASSAGES, 20))
    assert [pair.passages[i].ordinal for i in pair.ranking] == list(range(19, 19 - PASSAGES, -1))


def test_each_passage_keeps_how_well_it_matched_and_one_that_was_not_found_matched_nothing() -> None:
    sources = library("Ferries\n\n" + text_of(SHORT))
    passages = sources["s0"][1]
    (pair,) = assemble(CLAIM, [found(passages[2], 0.7), found(passages[1], 0.4)], sources.__getitem__)

    assert pair.passages == passages
    assert pair.scores == (0.0, 0.4, 0.7, *[0.0] * (len(passages) - 3))


def test_few_sources_are_read_and_none_that_is_much_less_like_the_claim() -> None:
    sources = library(*[text_of(5)] * (SOURCES + 2))
    scores = [0.9, 0.9 - MARGIN - 0.01, *([0.8] * SOURCES)]
    evidence = [found(passages[0], score) for (_, passages), score in zip(sources.values(), scores, strict=True)]
    pairs = assemble(CLAIM, evidence, sources.__getitem__)

    assert [pair.source.id for pair in pairs] == ["s0", "s2", "s3"]
    assert not assemble(CLAIM, [], sources.__getitem__)
