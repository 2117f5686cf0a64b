"""What the catalog hands out, and how vectors and sentence spans are packed into a row."""

from __future__ import annotations

import datetime as dt
import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise, starmap
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from rag.errors import RebuildIndex
from rag.records import Chunk, DocumentInfo, Filters, Span
from rag.text.language import KNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.embedding import Vectors

SHARDS = tuple(sorted({*KNOWN, "other"}))
"""The parts of an index, one for each language that is known."""

# Bytes of a sentence's start and end.
_SPAN = 8

INFO = "d.id, d.source, d.name, d.version, v.length, v.title, v.language, v.date, v.author"
"""Columns that ``info`` reads, of documents d joined with versions v."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A folder that brought documents; ``whole`` where the folder itself was named, not files in it."""

    id: str
    root: str
    whole: bool
    documents: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored version that is to go live, with what was known of its file when it was read.

    ``size`` is in bytes; ``modified`` and ``checked``, the moment before it was read, are in
    nanoseconds.
    """

    document: DocumentInfo
    size: int
    modified: int
    checked: int


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change feed; ``version`` is None where the document was removed."""

    number: int
    document_id: str
    name: str
    version: str | None
    previous: str | None
    at: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A change feed as it stands: of which catalog, compacted how often, and the number of its last entry."""

    identity: str = ""
    compactions: str = ""
    position: int = 0


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


@dataclass(frozen=True, slots=True)
class Compared:
    """Which sentences of two documents are each other's counterpart, by number, and which ``share`` of the fewer those are."""

    pairs: tuple[tuple[int, int], ...]
    share: float


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Sentences:
    """A document's sentences: their spans, and their unit vectors, shape (sentences, dimensions).

    ``compared`` keeps what they were found to be beside others, by rule, as long as both are kept.
    """

    spans: tuple[Span, ...]
    vectors: Vectors
    compared: WeakKeyDictionary[Sentences, dict[object, Compared]] = field(
        default_factory=WeakKeyDictionary, init=False, repr=False
    )


@dataclass(frozen=True, slots=True)
class Corpus:
    """All live documents together: how many, how many without a date, and a hash over their versions."""

    documents: int
    undated: int
    fingerprint: str


def of_file(file: str | None) -> tuple[str, tuple[str | int, ...]]:
    """Return what narrows a statement to the names of a file and of what is in it, and its values; None: nothing."""
    if file is None:
        return "", ()
    inside = f"{file}/"
    return " AND (name = ? OR substr(name, 1, ?) = ?)", (file, len(inside), inside)


def mixed() -> RebuildIndex:
    """Return the error for stored vectors that are not all of one length."""
    return RebuildIndex(
        "The vectors of this index are of several lengths: its embedding server changed its model.",
        hint="Have those of the wrong length embedded again: rag doctor --repair",
    )


def stacked(chunks: Sequence[StoredChunk]) -> Vectors:
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
    spans = _spans(b"".join(bounds for bounds, _ in rows))
    vectors = np.frombuffer(b"".join(vectors for _, vectors in rows), dtype="<f2").astype(np.float32)
    return Sentences(spans, vectors.reshape(len(spans), -1 if spans else 0))


def shard_of(language: str | None) -> str:
    """Return the shard that holds documents of a language."""
    return language if language in KNOWN else "other"


def info(row: tuple[Any, ...]) -> DocumentInfo:
    """Read the columns of ``INFO``."""
    identity, source, name, version, length, title, language, date, author = row
    day = dt.date.fromisoformat(date) if date else None
    return DocumentInfo(identity, source, name, version, length, title, language, day, author)


def passes(document: DocumentInfo, filters: Filters) -> bool:
    """Say whether a document passes the filters; an undated one passes a date filter only if asked for."""
    if filters.folders and document.source not in filters.folders:
        return False
    if filters.language and document.language != filters.language:
        return False
    if filters.source and not fnmatch.fnmatchcase(document.name, filters.source):
        return False
    if filters.since is None and filters.until is None:
        return True
    if document.date is None:
        return filters.include_undated
    return (filters.since is None or document.date >= filters.since) and (
        filters.until is None or document.date <= filters.until
    )


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
    identity, document, version, start, stop, shard, bounds, vector, sentence_vectors, *rest = row
    spans = _spans(bounds)
    dense = np.frombuffer(vector, dtype="<f2")
    return StoredChunk(
        chunk=Chunk(identity, document, version, Span(start, stop), spans),
        shard=shard,
        vector=dense,
        sentence_vectors=np.frombuffer(sentence_vectors, dtype="<f2").reshape(len(spans), len(dense)),
        tokens=tokens_of(bounds, rest[0]) if rest else (),
    )


def _spans(bounds: bytes) -> tuple[Span, ...]:
    return tuple(starmap(Span, np.frombuffer(bounds, dtype="<u4").reshape(-1, 2).tolist()))


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
