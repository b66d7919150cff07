"""Words that are not what they look like: letters of two alphabets in one, characters that cannot be seen.

"Lіma" with a Cyrillic і is another name than "Lima", and no eye tells them apart. Nothing
is corrected here: what was written is named, and a person decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Letters of other alphabets that most typefaces draw as they draw a Latin letter.
_CYRILLIC = "аеорсухіјѕԁԛԝһӏАВЕЗКМНОРСТУХІЈЅԌԚԜҺӀ"
_GREEK = "ονιρυαΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_OTHERS = "օոսցհᎪᏴᏟᎠᎬᏀᎻᎥᏦᏞᎷᏢᎡᏚᎢᏙᏔᏃ"
_ALIKE = frozenset(_CYRILLIC + _GREEK + _OTHERS)
_MAYBE = re.compile(f"[{_CYRILLIC}{_GREEK}{_OTHERS}]")
_WORD = re.compile(r"[^\W\d_]+")
# Zero-width characters and joiners within a word, and marks that turn the direction of writing.
_UNSEEN = re.compile(
    r"(?<=\w)[\u200b-\u200d\u2060\ufeff\u180e](?=\w)|[\u202a-\u202e\u2066-\u2069]|[\U000e0001-\U000e007f]"
)


@dataclass(frozen=True, kw_only=True)
class Lookalike:
    """A place in a text, ``text[start:end]``, where a person reads something else than what stands there."""

    start: int
    end: int
    message: str


def lookalikes(text: str) -> tuple[Lookalike, ...]:
    """The words of a text that mix alphabets and its characters that cannot be seen, in order."""
    found = sorted((*_mixed(text), *_unseen(text)), key=lambda one: one.start)
    return tuple(found)


def _mixed(text: str) -> Iterator[Lookalike]:
    if not _MAYBE.search(text):
        return
    words = [match for match in _WORD.finditer(text) if _MAYBE.search(match[0])]
    # A text that is partly in another language has words of its own in that alphabet.
    own = {_alphabet(c) for match in _WORD.finditer(text) for c in match[0] if c not in _ALIKE} - {"Latin"}
    latin = any("a" <= c.lower() <= "z" for c in text)
    for match in words:
        alphabets = {_alphabet(c) for c in match[0]}
        odd = next(c for c in match[0] if c in _ALIKE)
        whole = "Latin" not in alphabets and all(c in _ALIKE for c in match[0])
        if "Latin" in alphabets or (whole and latin and len(match[0]) > 1 and not alphabets & own):
            message = f'"{match[0]}" is not what it looks like: its "{odd}" is {_alphabet(odd)} (U+{ord(odd):04X})'
            yield Lookalike(start=match.start(), end=match.end(), message=message)


def _alphabet(character: str) -> str:
    return unicodedata.name(character, "OTHER LETTER").split()[0].capitalize()


def _unseen(text: str) -> Iterator[Lookalike]:
    for match in _UNSEEN.finditer(text):
        turns = match[0] in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        what = "turns the direction of writing" if turns else "cannot be seen"
        message = f"a character in it {what} (U+{ord(match[0]):04X})"
        yield Lookalike(start=match.start(), end=match.end(), message=message)
