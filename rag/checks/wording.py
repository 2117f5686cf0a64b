"""What the checks compare: a text with its language, its words in every comparable form, and likeness by vector."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.lexical import analyse
from rag.records import Span
from rag.text.names import find_names
from rag.text.places import find_places

if TYPE_CHECKING:
    from rag.embedding import Vectors, WordEmbedder

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Said:
    """A text and its language: a statement, or a span that it rests on."""

    text: str
    language: str | None


class Likeness:
    """The cosine of two texts by one embedder, and vectors of their words; each text is read once in the life of the object."""

    def __init__(self, embedder: WordEmbedder) -> None:
        self._embedder = embedder
        self._known: dict[Said, Vectors] = {}
        self._words: dict[Said, Vectors] = {}

    def know(self, said: Said, vector: Vectors) -> None:
        """Take the vector of a text from elsewhere: the unit vector that the same embedder made of it as a sentence."""
        self._known.setdefault(said, vector)

    def __call__(self, one: Said, other: Said) -> float:
        """Return the cosine in [-1, 1]."""
        return float(self._vector(one) @ self._vector(other))

    def of_words(self, said: Said) -> Vectors:
        """Return a unit vector for each of the ``words`` of a text, as it is read there; shape (words, n)."""
        if said not in self._words:
            self._words[said] = self._embedder.words(said.text, [Span(*match.span()) for match in words(said.text)])
        return self._words[said]

    def _vector(self, said: Said) -> Vectors:
        if said not in self._known:
            self._known[said] = self._embedder.embed([said.text], "sentence", said.language)[0]
        return self._known[said]


@lru_cache(maxsize=4096)
def terms(said: Said) -> frozenset[str]:
    """Return the stems of a text, marked with its language: "war" in German is not "war" in English."""
    return frozenset(f"{said.language}:{term}" for term in analyse(said.text, said.language) if not term.isdigit())


@lru_cache(maxsize=4096)
def named(said: Said) -> frozenset[str]:
    """Return the places and the capitalised words of a text in a form that two languages can share."""
    names = (name for name in find_names(said.text, said.language) if not find_places(name.text))
    return places_named(said) | {re.sub(r"['’]?s?$", "", name.text.casefold()) for name in names}


def places_named(said: Said) -> frozenset[str]:
    """Return the places of a text as ``named`` has them: two countries' figures are two things."""
    return frozenset(f"place:{place.key}" for place in find_places(said.text))


def words(text: str) -> Sequence[re.Match[str]]:
    """Return the words of a text."""
    return list(_WORD.finditer(text))
