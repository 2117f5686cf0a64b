"""Chunks and sentences as the catalog keeps them, and how their vectors and spans are packed into a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise, starmap
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from rag.errors import RebuildIndex
from rag.place import Place
from rag.records import Chunk, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.embedding import Vectors

CHUNK = "c.id, c.document_id, c.version, c.start, c.stop, c.sentences"
"""Columns that ``chunk_of`` reads, of chunks c."""

PROPOSED = "c.id, c.shard, c.start, c.stop, c.vector, c.sentence_vectors"
"""Columns that ``proposed`` reads, of chunks c."""

# Bytes of a sentence's start and end.
_SPAN = 8


@dataclass(frozen=True, slots=True, eq=False)
class StoredChunk:
    """A chunk with its vectors.

    ``vector`` has shape (dimensions,), ``sentence_vectors`` (sentences, dimensions); both are unit
    vectors kept in float16. ``tokens`` holds an array of token vectors for each sentence (see
    ``tokens.by_sentence``), or nothing where it has none or they were not asked for. ``shard`` names the index part that holds it: one for each language.
    """

    chunk: Chunk
    shard: str
    vector: NDArray[np.float16]
    sentence_vectors: NDArray[np.float16]
    tokens: tuple[NDArray[np.int8], ...] = ()

    @property
    def id(self) -> str:
        """Its chunk's id."""
        return self.chunk.id


@dataclass(frozen=True, slots=True, eq=False)
class Proposed:
    """A live chunk as a search weighs it, of which there are ten for each one that is read: without its sentences' spans.

    The rest is as in ``StoredChunk``.
    """

    id: str
    shard: str
    span: Span
    vector: NDArray[np.float16]
    sentence_vectors: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class ChunkText:
    """A chunk with its text, and the places of its file that it touches."""

    chunk: Chunk
    text: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Which sentences of two documents are each other's counterpart, by number, and which ``share`` of the fewer those are."""

    pairs: tuple[tuple[int, int], ...]
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Some of a document's sentences: their numbers, and their vectors, shape (numbers, dimensions)."""

    rows: Sequence[int]
    vectors: Vectors


class Sentences:
    """A document's sentences: their spans, and their unit vectors, shape (sentences, dimensions).

    Both are unpacked when first asked for: of most documents that a question finds they never are. ``chosen`` keeps those
    that a rule compares, and ``compared`` what they were found to be beside others, by rule, as long as both are kept.
    """

    def __init__(self, bounds: NDArray[np.uint32], packed: NDArray[np.float16]) -> None:
        """Keep starts and ends, shape (sentences, 2), and vectors as they are stored."""
        self._bounds, self._packed = bounds, packed
        self.chosen: dict[object, Chosen] = {}
        self.compared: WeakKeyDictionary[Sentences, dict[object, Compared]] = WeakKeyDictionary()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._bounds)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Where they stand, in reading order."""
        return _spans(self._bounds)

    @cached_property
    def vectors(self) -> Vectors:
        """What they mean, as the rows of a matrix."""
        return self._packed.astype(np.float32)


def mixed() -> RebuildIndex:
    """Return the error for stored vectors that are not all of one length."""
    return RebuildIndex(
        "The vectors of this index are of several lengths: its embedding server changed its model.",
        hint="Have those of the wrong length embedded again: rag doctor --repair",
    )


def stacked(chunks: Sequence[StoredChunk | Proposed]) -> Vectors:
    """Return the vectors of chunks as the rows of a matrix.

    Raises:
        RebuildIndex: they are not all of one length.
    """
    if len({len(stored.vector) for stored in chunks}) > 1:
        raise mixed()
    return np.stack([stored.vector for stored in chunks]).astype(np.float32)


def sentences_of(rows: Sequence[tuple[bytes, bytes]]) -> Sentences:
    """Read the columns ``sentences`` and ``sentence_vectors`` of a version's chunks, in reading order.

    Raises:
        RebuildIndex: the vectors are not all of one length.
    """
    if len({_SPAN * len(vectors) // len(bounds) for bounds, vectors in rows if bounds}) > 1:
        raise mixed()
    spans = _bounds(b"".join(bounds for bounds, _ in rows))
    vectors = np.frombuffer(b"".join(vectors for _, vectors in rows), dtype="<f2")
    return Sentences(spans, vectors.reshape(len(spans), -1 if len(spans) else 0))


def pack(stored: StoredChunk) -> tuple[Any, ...]:
    """Return the row of the table ``chunks``."""
    chunk = stored.chunk
    bounds = np.array([(s.start, s.end) for s in chunk.sentences], dtype="<u4")
    return (
        chunk.id, chunk.document_id, chunk.version, chunk.span.start, chunk.span.end, stored.shard,
        bounds.tobytes(), stored.vector.astype("<f2").tobytes(), stored.sentence_vectors.astype("<f2").tobytes(),
        _pack_tokens(stored.tokens),
    )  # fmt: skip


def unpack(row: tuple[Any, ...]) -> StoredChunk:
    """Read a row of the table ``chunks``, with or without its last column."""
    *of, shard, bounds, vector, sentence_vectors = row[:9]
    dense = np.frombuffer(vector, dtype="<f2")
    return StoredChunk(
        chunk=chunk_of((*of, bounds)),
        shard=shard,
        vector=dense,
        sentence_vectors=np.frombuffer(sentence_vectors, dtype="<f2").reshape(-1, len(dense)),
        tokens=tokens_of(bounds, row[9]) if row[9:] else (),
    )


def chunk_of(row: tuple[Any, ...]) -> Chunk:
    """Read the columns of ``CHUNK``."""
    identity, document, version, start, stop, bounds = row
    return Chunk(identity, document, version, Span(start, stop), _spans(_bounds(bounds)))


def proposed(row: tuple[Any, ...]) -> Proposed:
    """Read the columns of ``PROPOSED``."""
    identity, shard, start, stop, vector, sentence_vectors = row
    dense = np.frombuffer(vector, dtype="<f2")
    return Proposed(
        identity, shard, Span(start, stop), dense, np.frombuffer(sentence_vectors, "<f2").reshape(-1, len(dense))
    )


def _bounds(packed: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(packed, dtype="<u4").reshape(-1, 2)


def _spans(bounds: NDArray[np.uint32]) -> tuple[Span, ...]:
    return tuple(starmap(Span, bounds.tolist()))


def _pack_tokens(tokens: Sequence[NDArray[np.int8]]) -> bytes:
    """Return how many tokens each sentence has, then their vectors."""
    return np.array([len(rows) for rows in tokens], "<u4").tobytes() + b"".join(rows.tobytes() for rows in tokens)


def tokens_of(bounds: bytes, packed: bytes) -> tuple[NDArray[np.int8], ...]:
    """Read the column ``tokens`` beside ``sentences``."""
    if not packed:
        return ()
    sentences = len(bounds) // _SPAN
    ends = list(accumulate(np.frombuffer(packed, "<u4", sentences).tolist(), initial=0))
    rows = np.frombuffer(packed, np.int8, offset=4 * sentences).reshape(ends[-1], -1 if ends[-1] else 0)
    # By slices: np.split takes several times as long, and some fifty chunks are read for a question.
    return tuple(rows[start:end] for start, end in pairwise(ends))
