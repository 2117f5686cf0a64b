"""Vectors on a Chroma server or cluster, which many processes may use at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from rag.errors import RetryLater
from rag.vectors.connection import ChromaServer, connected, disconnect, errors_of
from rag.vectors.store import RebuildShared, drop, held, hnsw, put, query

if TYPE_CHECKING:
    from rag.embedding import Vectors

T = TypeVar("T")
# A server writes its graph to disk whole whenever so many vectors have come; its log keeps those that came since.
_SYNC = 2000
# Seconds between looks whether a server is back.
_POLL = 0.25
# Seconds within which a server that was restarted is back.
_RESTART = 3.0


class ServerVectors:
    """Chunk ids by vector, in collections that belong to one index; see ``VectorStore``.

    Their names begin with ``beleg-`` and an ``identity`` of the index, so that many indexes can share a server;
    it is asked for anew whenever collections are looked for.
    Everything is done by id and may be done twice: what a server that was away did not answer is sent again,
    for ``patience`` seconds, or as long as a restart takes when a question waits.
    """

    shared = True
    broken = RebuildShared

    def __init__(self, server: ChromaServer, identity: str | Callable[[], str], shards: Sequence[str]) -> None:
        self.place = server.place
        self._server = server
        self._identity = (lambda: identity) if isinstance(identity, str) else identity
        self._prefix = ""
        self._shards = shards
        self._client: Any = None
        self._batch = 0
        self._lock = threading.RLock()
        self._known: dict[str, Any] = {}

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            if self._client is not None:
                disconnect(self._client)
            self._client = None
            self.moved()

    def moved(self) -> None:
        """Forget which collections there are: another process may have made them anew, under other names."""
        self._known = {}
        self._prefix = ""

    def settled(self) -> None:
        """Leave it to the server, which writes by itself."""

    def clear(self) -> None:
        """See ``VectorStore.clear``."""

        def work() -> None:
            for shard in self._shards:
                if self._collection(shard) is not None:
                    self._client.delete_collection(self._name(shard))
                    self._known[shard] = None

        self._patiently(work)

    def upsert(self, shard: str, ids: Sequence[str], vectors: Vectors) -> None:
        """See ``VectorStore.upsert``."""
        if ids:
            self._patiently(lambda: put(self._made(shard), ids, vectors, self._batch))

    def delete(self, shard: str, ids: Sequence[str]) -> None:
        """See ``VectorStore.delete``."""

        def work() -> None:
            if (collection := self._collection(shard)) is not None:
                drop(collection, ids, self._batch)

        self._patiently(work)

    def nearest(self, shard: str, question: Vectors, limit: int) -> list[str]:
        """See ``VectorStore.nearest``."""
        if limit < 1:
            return []

        def work() -> list[str]:
            collection = self._collection(shard)
            return [] if collection is None else query(collection, question, limit)

        return self._patiently(work, _RESTART)

    def ids(self) -> dict[str, str]:
        """See ``VectorStore.ids``."""

        def work() -> dict[str, str]:
            return {
                i: shard
                for shard in self._shards
                if (collection := self._collection(shard)) is not None
                for i in held(collection, self._batch)
            }

        return self._patiently(work)

    def count(self) -> int:
        """See ``VectorStore.count``."""

        def work() -> int:
            return sum(c.count() for shard in self._shards if (c := self._collection(shard)) is not None)

        return self._patiently(work)

    def _patiently(self, work: Callable[[], T], most: float = float("inf")) -> T:
        until = time.monotonic() + min(self._server.patience, most)
        while True:
            try:
                return self._once_more(work)
            except RetryLater:
                if time.monotonic() + _POLL > until:
                    raise
                time.sleep(_POLL)

    def _once_more(self, work: Callable[[], T]) -> T:
        """Work, and again where a collection was made anew by another process since it was looked up."""
        with errors_of(self._server):
            from chromadb.errors import ChromaError, NotFoundError, UniqueConstraintError

            self._connect()
            try:
                return work()
            except ChromaError as error:
                # One that is just being deleted fails in ways of its own.
                if not isinstance(error, (NotFoundError, UniqueConstraintError)) and self._prefix == self._named():
                    raise
                self.moved()
                return work()

    def _connect(self) -> None:
        with self._lock:
            if self._client is None:
                self._client = connected(self._server)
                self._batch = self._batch or int(self._client.get_max_batch_size())

    def _collection(self, shard: str) -> Any:
        """Return the collection of a shard; None where there is none."""
        from chromadb.errors import NotFoundError

        if shard not in self._known:
            try:
                found = self._client.get_collection(self._name(shard), embedding_function=None)
            except NotFoundError:
                found = None
            self._known[shard] = found
        return self._known[shard]

    def _made(self, shard: str) -> Any:
        collection = self._collection(shard)
        if collection is None:
            collection = self._known[shard] = self._client.get_or_create_collection(
                self._name(shard), embedding_function=None, configuration=hnsw(_SYNC)
            )
        return collection

    def _name(self, shard: str) -> str:
        self._prefix = self._prefix or self._named()
        return self._prefix + shard

    def _named(self) -> str:
        return f"beleg-{self._identity()}-"
