"""A desk's own past corrections as a measure: how many would have been caught, and at what price.

Each correction has the sentence as it was printed, the sentence as it should have been, and
the sources that the desk had. A wrong sentence that comes out contradicted is caught; a
right one that comes out contradicted is a false alarm. So is any other sentence of the
article, where the correction names it: nobody ever corrected that one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from factcheck.claims import Positions, decode
from factcheck.domain import Claim, Location, Report, Verdict, VerdictLabel
from factcheck.errors import InputError

if TYPE_CHECKING:
    from factcheck.drafts.documents import Draft
    from factcheck.extract import Extracted

KEYS = ("wrong", "right", "sources", "about", "as_of", "article")
Extract = Callable[["Draft", Sequence[str]], Sequence["Extracted"]]


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One correction: claims for the wrong sentence and for the right one, each with its place in the file.

    ``article`` is the path of what it was printed in, as it was or as it is now.
    """

    wrong: Claim
    right: Claim
    article: str | None = None


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What came of it. ``flagged`` are wrong sentences that were at least not supported."""

    corrections: int
    caught: int
    flagged: int
    false_alarms: int
    words: int
    missed: tuple[Verdict, ...] = ()
    alarmed: tuple[Verdict, ...] = ()

    @property
    def share(self) -> float:
        return self.caught / self.corrections

    @property
    def per_1000_words(self) -> float:
        return 1000 * self.false_alarms / self.words if self.words else 0.0


def is_corrections(path: str) -> bool:
    """Whether a file begins as a corrections file does."""
    if not path.endswith((".yaml", ".yml")):
        return False
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as file:
            return re.search(r"^corrections\s*:", file.read(4096), re.MULTILINE) is not None
    except OSError:
        return False


def read_corrections(path: str) -> list[Correction]:
    """The corrections of a file. Raises ``InputError`` at the place of the first mistake."""
    try:
        text = decode(Path(path).read_bytes(), path)
    except FileNotFoundError:
        raise InputError(path, None, None, "there is no such file", "check the path", rule="FC101") from None
    except OSError as error:
        raise InputError(path, None, None, f"cannot read it: {error.strerror}", "check it", rule="FC101") from None
    positions = Positions(text)

    def wrong(node: Any, message: str, hint: str, rule: str = "FC104") -> InputError:
        mark = node.start_mark if node is not None else None
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return InputError(path, line, column, message, hint, rule=rule)

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise InputError(path, *place, f"not YAML: {error.problem}", "check the quotes and indentation here") from None
    except yaml.YAMLError as error:
        raise InputError(path, 1, 1, f"not YAML: {str(error).splitlines()[0]}", "mend it") from None
    listed = dict(_pairs(root)).get("corrections") if isinstance(root, yaml.MappingNode) else None
    if not isinstance(listed, yaml.SequenceNode) or not listed.value:
        raise wrong(listed or root, '"corrections" must be a list', 'under it: "- wrong: ..." and "right: ..."')

    def claim(node: Any, values: dict[str, Any], number: int, kind: str) -> Claim:
        words = " ".join(node.value.split()) if isinstance(node, yaml.ScalarNode) else ""
        if not words:
            raise wrong(node, f'"{kind}" must be a sentence', "write it as it was or should have been printed")
        sources = values.get("sources")
        if sources is not None and not isinstance(sources, yaml.SequenceNode):
            raise wrong(sources, '"sources" must be a list', 'write "sources: [report.md]"')
        named = tuple(str(item.value) for item in sources.value) if sources is not None else None
        about = values.get("about")
        place = positions.location(path, node.start_mark.index, node.end_mark.index)
        return Claim(
            id=f"{number}-{kind}",
            text=words,
            about=str(about.value) if isinstance(about, yaml.ScalarNode) else None,
            as_of=_day(values.get("as_of"), wrong),
            sources=named,
            location=Location(
                path=path, line=place.line, column=place.column, end_line=place.end_line, end_column=place.end_column
            ),
        )

    found = []
    for number, item in enumerate(listed.value, start=1):
        if not isinstance(item, yaml.MappingNode):
            raise wrong(item, "a correction is a mapping", 'write "- wrong: ..." and under it "right: ..."')
        values = {}
        for node, value in item.value:
            key = str(node.value)
            if key not in KEYS:
                raise wrong(node, f'unknown key "{key}" in a correction', f"the keys are {', '.join(KEYS)}", "FC103")
            values[key] = value
        for kind in ("wrong", "right"):
            if kind not in values:
                raise wrong(item, f'the correction has no "{kind}"', "add it", "FC106")
        found.append(
            Correction(
                wrong=claim(values["wrong"], values, number, "wrong"),
                right=claim(values["right"], values, number, "right"),
                article=_article(values.get("article"), path, wrong),
            )
        )
    return found


def _pairs(node: Any) -> list[tuple[str, Any]]:
    return [(str(getattr(key, "value", "")), value) for key, value in node.value]


def _day(node: Any, wrong: Callable[..., InputError]) -> Any:
    import datetime as dt

    if node is None:
        return None
    try:
        return dt.date.fromisoformat(str(node.value))
    except ValueError:
        raise wrong(node, '"as_of" must be a date', "write it as 2019-06-06") from None


def _article(node: Any, path: str, wrong: Callable[..., InputError]) -> str | None:
    if node is None:
        return None
    if not isinstance(node, yaml.ScalarNode) or not node.value:
        raise wrong(node, '"article" must be a path', "name the draft that the sentence stood in")
    for found in (Path(node.value), Path(path).parent / node.value):
        if found.is_file():
            return str(found)
    raise wrong(node, f'there is no article "{node.value}"', "its path is from here, or from this file's folder")


def measure(
    corrections: Sequence[Correction], verify: Callable[[Sequence[Claim]], Report], extract: Extract | None = None
) -> Measure:
    """Both sentences of every correction, checked in one run, and then the rest of their articles.

    ``extract`` gives the claims of an article, to be checked against the sources named.
    """
    report = verify([claim for item in corrections for claim in (item.wrong, item.right)])
    wrong, right = report.verdicts[::2], report.verdicts[1::2]
    missed = tuple(v for v in wrong if v.label is not VerdictLabel.CONTRADICTED)
    alarmed = [v for v in right if v.label is VerdictLabel.CONTRADICTED]
    words = sum(len(_words(v.claim.text)) for v in right)
    if extract is not None:
        articles: dict[str, list[Correction]] = {}
        for item in corrections:
            if item.article is not None:
                articles.setdefault(item.article, []).append(item)
        for path, own in articles.items():
            alarms, more = _rest(path, own, verify, extract)
            alarmed += alarms
            words += more
    return Measure(
        corrections=len(wrong),
        caught=len(wrong) - len(missed),
        flagged=sum(v.label is not VerdictLabel.SUPPORTED for v in wrong),
        false_alarms=len(alarmed),
        words=words,
        missed=missed,
        alarmed=tuple(alarmed),
    )


def _rest(
    path: str, own: Sequence[Correction], verify: Callable[[Sequence[Claim]], Report], extract: Extract
) -> tuple[list[Verdict], int]:
    """The false alarms in an article apart from the sentences that its corrections measure, and its other words."""
    import datetime as dt

    from factcheck.drafts import check, remembering
    from factcheck.drafts.documents import read_draft

    draft = read_draft(path)
    measured = [_words(claim.text) for item in own for claim in (item.wrong, item.right)]
    folder = Path(own[0].wrong.location.path).parent if own[0].wrong.location else Path()
    named = dict.fromkeys(source for item in own for source in item.wrong.sources or ())
    # A source beside the corrections file is not beside the article.
    sources = [
        str(folder / source) if not Path(source).is_file() and (folder / source).is_file() else source
        for source in named
    ]
    words, items = len(_words(draft.text)), []
    counted = set()
    for item in extract(draft, sources or draft.sources):
        place = (item.sentence.start, item.sentence.end)
        said = _words(draft.text[slice(*place)])
        if not any(_holds(said, known) or (len(said) > 3 and _holds(known, said)) for known in measured):
            items.append(item)
        elif place not in counted:
            counted.add(place)
            words -= len(said)
    reviewed = check([draft], items, remembering(verify), today=dt.datetime.now(dt.UTC).date())
    return [v for v, finding in reviewed.rows if finding and v.label is VerdictLabel.CONTRADICTED], words


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _holds(words: Sequence[str], part: Sequence[str]) -> bool:
    return any(list(words[at : at + len(part)]) == list(part) for at in range(len(words) - len(part) + 1))
