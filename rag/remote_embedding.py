"""Vectors from an OpenAI-compatible server: batched, several requests at a time, sent again where they fail in passing.

The probability that documents answer was fitted on the embedded model's cosines, not on a server's:
with another embedder ``threshold`` has to be set by what is seen (``rag ask --explain``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from rag.address import Access
from rag.errors import ChangeModel
from rag.openai_client import Server
from rag.tokens import Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_A_TIME = 4
_TEXTS = 64
_CHARACTERS = 60_000
# Beyond what the usual models take of one text; nothing that Beleg cuts is near it.
_LONGEST = 20_000
_CHARACTERS_A_TOKEN = 3


class RemoteEmbedder:
    """See ``embedding.Embedder``; ``model`` is the server's name for it."""

    def __init__(self, model: str, access: Access) -> None:
        self._model = model
        self._server = Server(access)

    @property
    def name(self) -> str:
        """The model's name; an index that it made is refused to any other."""
        return f"openai/{self._model}"

    @property
    def dimensions(self) -> int:
        """Length of a vector; the server is asked."""
        return self._dimensions

    @cached_property
    def _dimensions(self) -> int:
        return len(self._server.vectors(self._model, ["?"])[0])

    def embed(self, texts: Sequence[str], kind: str, language: str | None) -> NDArray[np.float32]:
        """Return one unit vector a text.

        Raises:
            FixModel, RetryLater, ChangeModel: see ``ChatModel.chat``.
        """
        del kind, language
        batches = list(_batches([text[:_LONGEST].replace("\x00", " ").strip() or " " for text in texts]))
        if not batches:
            return np.zeros((0, self.dimensions), np.float32)
        with ThreadPoolExecutor(min(_AT_A_TIME, len(batches))) as pool:
            parts = list(pool.map(self._server.vectors, repeat(self._model), batches))
        return self._units([vector for part in parts for vector in part])

    def read(self, texts: Sequence[str], kind: str, language: str | None) -> list[Reading]:
        """Return the vectors of texts; a server gives none of tokens. Raises as ``embed`` does."""
        return [Reading.whole(vector) for vector in self.embed(texts, kind, language)]

    def passages(
        self, chunks: Sequence[str], sentences: Sequence[str], language: str | None
    ) -> tuple[list[Reading], NDArray[np.float32]]:
        """Return the vectors of chunks and sentences, sent side by side. Raises as ``embed`` does."""
        vectors = self.embed([*chunks, *sentences], "chunk", language)
        return [Reading.whole(vector) for vector in vectors[: len(chunks)]], vectors[len(chunks) :]

    def count(self, text: str) -> int:
        """Return how many tokens a text has, rather too many than too few."""
        return len(text) // _CHARACTERS_A_TOKEN + 1

    def spans(self, text: str) -> NDArray[np.int64]:
        """Return none: a server does not tell of tokens."""
        del text
        return np.zeros((0, 2), np.int64)

    def _units(self, vectors: list[list[float]]) -> NDArray[np.float32]:
        lengths = {len(vector) for vector in vectors}
        if len(lengths) == 1:
            with np.errstate(over="ignore"):
                matrix = np.array(vectors, np.float32)
                norms = np.linalg.norm(matrix, axis=1, keepdims=True)
            if np.isfinite(norms).all() and (norms > 0).all():
                return (matrix / norms).astype(np.float32)
        raise ChangeModel(
            f"The model {self._model} sent vectors that are none.", hint="Is it a model for embeddings? See embedding."
        )


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Cut texts into requests of a bounded number and length."""
    batch: list[str] = []
    room = _CHARACTERS
    for text in texts:
        if batch and (len(batch) == _TEXTS or len(text) > room):
            yield batch
            batch, room = [], _CHARACTERS
        batch.append(text)
        room -= len(text)
    if batch:
        yield batch
