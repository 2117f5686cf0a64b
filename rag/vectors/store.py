"""The seam behind which chunk ids are found by vector, and what is the same in every Chroma."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from rag.catalog import Proposed, StoredChunk, stacked
from rag.errors import RebuildIndex

if TYPE_CHECKING:
    from rag.embedding import Vectors

# Length of the noise that keeps equal vectors apart; it moves a cosine by about 1e-4.
_NOISE = 1e-3


class RebuildShared(RebuildIndex):
    """What a server holds cannot serve, which nothing mends that one machine makes anew for itself."""


class VectorStore(Protocol):
    """Chunk ids by vector, in shards; opened when first used.

    ``place`` is what the catalog remembers of where they are, empty for the index's own folder.
    ``shared`` ones are seen by every process that has the same catalog, and all that was acknowledged is whole,
    though its writer was killed since. ``broken`` is raised where they cannot serve.
    """

    @property
    def place(self) -> str:
        """Where the vectors are."""
        ...

    @property
    def shared(self) -> bool:
        """Whether they are a server's, and not this folder's own."""
        ...

    @property
    def broken(self) -> type[RebuildIndex]:
        """What is wrong where they are not whole."""
        ...

    def upsert(self, shard: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, or replace those of the same ids."""
        ...

    def delete(self, shard: str, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are passed over."""
        ...

    def nearest(self, shard: str, question: Vectors, limit: int) -> list[str]:
        """Return the ids of a shard nearest to a question vector, best first."""
        ...

    def ids(self) -> dict[str, str]:
        """Return every id and its shard."""
        ...

    def count(self) -> int:
        """Return the number of vectors."""
        ...

    def settled(self) -> None:
        """Take note that writing has ended well."""
        ...

    def moved(self) -> None:
        """Take note that another process may have written, or that writing has failed."""
        ...

    def clear(self) -> None:
        """Delete all vectors and what held them, to fill the place anew."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def add(store: VectorStore, chunks: Sequence[StoredChunk | Proposed]) -> None:
    """Put the vectors of chunks into a store, by id: doing it twice changes nothing."""
    for shard in sorted({stored.shard for stored in chunks}):
        members = [stored for stored in chunks if stored.shard == shard]
        store.upsert(shard, [stored.id for stored in members], stacked(members))


def hnsw(sync: int) -> dict[str, Any]:
    """Return the rule of a graph that is saved whenever so many vectors have come.

    Wider than Chroma's defaults, because recall is bought cheaply at these sizes.
    """
    return {
        "hnsw": {
            "space": "cosine", "ef_construction": 200, "ef_search": 400, "max_neighbors": 24, "sync_threshold": sync
        }
    }  # fmt: skip


def put(collection: Any, ids: Sequence[str], vectors: Vectors, batch: int) -> None:
    """Upsert into one of Chroma's collections, ``batch`` vectors at a time."""
    separate = apart(ids, vectors)
    for start in range(0, len(ids), batch):
        part = slice(start, start + batch)
        collection.upsert(ids=list(ids[part]), embeddings=separate[part])


def drop(collection: Any, ids: Sequence[str], batch: int) -> None:
    """Delete from one of Chroma's collections, ``batch`` ids at a time."""
    for start in range(0, len(ids), batch):
        collection.delete(ids=list(ids[start : start + batch]))


def query(collection: Any, question: Vectors, limit: int) -> list[str]:
    """Return the ids of one of Chroma's collections nearest to a vector."""
    return list(collection.query(query_embeddings=question.reshape(1, -1), n_results=limit, include=[])["ids"][0])


def held(collection: Any, batch: int) -> Iterator[str]:
    """Yield the ids of one of Chroma's collections, read ``batch`` at a time."""
    at = 0
    while page := collection.get(include=[], limit=batch, offset=at)["ids"]:
        yield from page
        at += len(page)


def apart(ids: Sequence[str], vectors: Vectors) -> Vectors:
    """Move each vector a little, always the same way for an id.

    Equal vectors (the same notice under every page) link only to each other in the graph that is
    searched: beyond a few hundred of them, other chunks are found no more.
    """
    seeds = (int.from_bytes(hashlib.sha256(identity.encode()).digest()[:8]) for identity in ids)
    noise = np.stack(
        [np.random.default_rng(seed).standard_normal(vectors.shape[1], dtype=np.float32) for seed in seeds]
    )
    return vectors + noise * np.float32(_NOISE / vectors.shape[1] ** 0.5)
