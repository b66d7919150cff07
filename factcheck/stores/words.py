"""The words of a text exactly as SQLite's full text sees them: stems, lower case, without accents.

A store on another engine keeps these with each passage, so that both find the same
passages by the same words. SQLite's own tokenizer makes them, of which nothing is copied
here: a text is cut at its blanks, which part words in any tokenizer, and each piece that
was not seen before goes through it once.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from threading import Lock

# Released migrations of the SQLite store use this, and stores elsewhere hold what it made: it does not change.
TOKENIZE = "porter unicode61 remove_diacritics 2"

# Pieces of text whose words are remembered: about 50 MB. English news has fewer in a million sentences.
REMEMBERED = 400_000


class _Tokenizer:
    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, tuple[str, ...]] = {}
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._connection.execute(f"create virtual table t using fts5(text, content='', tokenize='{TOKENIZE}')")
        self._connection.execute("create virtual table v using fts5vocab(t, instance)")

    def words(self, texts: Sequence[str]) -> list[list[str]]:
        with self._lock:
            cut = [text.split() for text in texts]
            new = list(dict.fromkeys(piece for pieces in cut for piece in pieces if piece not in self._known))
            if new:
                self._learn(new)
            found = [[word for piece in pieces for word in self._known[piece]] for pieces in cut]
            if len(self._known) > REMEMBERED:
                self._known.clear()
            return found

    def _learn(self, pieces: Sequence[str]) -> None:
        run, connection = {piece: list[str]() for piece in pieces}, self._connection
        connection.execute("begin")
        connection.executemany("insert into t (rowid, text) values (?, ?)", enumerate(pieces))
        for number, word in connection.execute("select doc, term from v order by doc, offset"):
            run[pieces[number]].append(word)
        connection.execute("insert into t (t) values ('delete-all')")
        connection.execute("commit")
        self._known.update((piece, tuple(words)) for piece, words in run.items())


@cache
def _tokenizer() -> _Tokenizer:
    return _Tokenizer()


def words_of(texts: Iterable[str]) -> list[list[str]]:
    """The words of each text, in order, as often as they occur."""
    return _tokenizer().words(list(texts))


def counted(text: str, weight: int = 1) -> Counter[str]:
    """How often each word occurs in a text, times a weight."""
    counts = Counter(words_of([text])[0])
    if weight != 1:
        counts = Counter({word: count * weight for word, count in counts.items()})
    return counts


__all__ = ["TOKENIZE", "counted", "words_of"]
