"""Text to vectors: the seam, and its double for tests."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import numpy as np

from rag.errors import RebuildIndex
from rag.tokens import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rag.records import Span

    Vectors: TypeAlias = NDArray[np.float32]

Kind: TypeAlias = Literal["question", "chunk", "sentence"]


class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product is their likeness.

    ``name`` changes whenever the vectors do, because an index holds vectors of one embedder only.
    """

    @property
    def name(self) -> str:
        """What the index remembers of who made its vectors."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str], kind: Kind, language: str | None) -> Vectors:
        """Return one unit vector a text, shape (len(texts), dimensions), float32."""
        ...

    def read(self, texts: Sequence[str], kind: Kind, language: str | None) -> list[Reading]:
        """Return the vector that ``embed`` gives each text and, where the embedder has them, those of its tokens."""
        ...

    def passages(
        self, chunks: Sequence[str], sentences: Sequence[str], language: str | None
    ) -> tuple[list[Reading], Vectors]:
        """Return what ``read`` gives for chunks and ``embed`` for sentences, without a wait between the two."""
        ...

    def count(self, text: str) -> int:
        """Return how many tokens the embedder makes of a text."""
        ...

    def spans(self, text: str) -> NDArray[np.int64]:
        """Return where the tokens of a chunk stand in it, as ``Reading.spans`` of it does; shape (0, 2) where it has none."""
        ...


class WordEmbedder(Protocol):
    """What the checks of statements ask: vectors of texts, and of single words in them."""

    def embed(self, texts: Sequence[str], kind: Kind, language: str | None) -> Vectors:
        """See ``Embedder.embed``."""
        ...

    def words(self, text: str, spans: Sequence[Span]) -> Vectors:
        """Return a unit vector for the word at each span of a text, shape (len(spans), n); of zeros where it was not read."""
        ...


class HashedWords:
    """A double for tests: a bag of hashed words. No model, no meaning, no second language."""

    name = "hashed-words/1"
    dimensions = 64

    def embed(self, texts: Sequence[str], kind: Kind, language: str | None) -> Vectors:
        """Return the normalised sum of one fixed pseudo-random vector a word."""
        del kind, language
        out = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()) or [""]:
                out[row] += _drawn(word, self.dimensions)
        return unit(out)

    def read(self, texts: Sequence[str], kind: Kind, language: str | None) -> list[Reading]:
        """Return each text's vector, and each word's as its token."""
        return [self._read(text, kind, language) for text in texts]

    def passages(
        self, chunks: Sequence[str], sentences: Sequence[str], language: str | None
    ) -> tuple[list[Reading], Vectors]:
        """Return readings of chunks and vectors of sentences."""
        return self.read(chunks, "chunk", language), self.embed(sentences, "sentence", language)

    def spans(self, text: str) -> NDArray[np.int64]:
        """Return where the words stand."""
        return np.array([found.span() for found in re.finditer(r"\w+", text)], np.int64).reshape(-1, 2)

    def words(self, text: str, spans: Sequence[Span]) -> Vectors:
        """Return the vector of each word alone."""
        return self.embed([span.of(text) for span in spans], "sentence", None)

    def _read(self, text: str, kind: Kind, language: str | None) -> Reading:
        spans = self.spans(text)
        words = self.embed([text[start:end] for start, end in spans.tolist()], kind, language)
        vector = self.embed([text], kind, language)[0]
        return Reading(vector, words, spans) if len(words) else Reading.whole(vector)

    def count(self, text: str) -> int:
        """Return a token for every four characters."""
        return len(text) // 4 + 1


# A generator costs more than all else that the double does with a word, and words come again.
@lru_cache(maxsize=20_000)
def _drawn(word: str, dimensions: int) -> Vectors:
    """Return the vector of a word, drawn with its hash as the seed."""
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:8])
    return np.random.default_rng(seed).standard_normal(dimensions, dtype=np.float32)


def cosines(vectors: Vectors, vector: Vectors) -> Vectors:
    """Return the dot product of each row with a vector.

    Row by row: a matrix product rounds a row differently in another company, and equal sentences
    would not tie in every run. Raises RebuildIndex where they are not of one length.
    """
    if vectors.shape[1] != len(vector):
        raise RebuildIndex(
            f"The question's vector has {len(vector)} numbers, and those of the index {vectors.shape[1]}.",
            hint="Look at how the index is: rag doctor. To make it anew: rag ingest FOLDER --rebuild",
        )
    return np.einsum("ij,j->i", vectors, vector)


def unit(vectors: Vectors) -> Vectors:
    """Return the rows of a matrix at unit length."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(norms, 1e-9)).astype(np.float32)
