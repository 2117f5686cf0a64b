"""An index that is all in one folder: few changes stay out of Chroma, so that readers keep it open.

A version is stored in the catalog, then the words take its chunks, then one transaction makes it live, for which
alone readers wait. Its vectors are searched one by one until Chroma takes them with others (``pending``); what was
replaced is swept then. Where Chroma was just being written by a process that died, the next to come makes
both indexes anew, as ever.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rag import lexical, pending, vectors
from rag.catalog import Entry, await_disk
from rag.catalog.gathered import State
from rag.index import Index
from rag.narrowing import Narrowed, nearest_of
from rag.pending import Pending

if TYPE_CHECKING:
    from rag.embedding import Vectors


# A chunk that is compared one by one takes 13 microseconds, most of it to read its vector; to import Chroma, nearly
# a second.
_FEW = 20_000


class FolderIndex(Index):
    """An index whose catalog and vectors are in its folder. See ``Index``, whose methods it has.

    ``once`` is for a process that asks a single question: in an index of up to 20,000 chunks it compares the
    catalog's own vectors one by one, and does without Chroma.
    """

    def __init__(self, folder: Path, embedder: str, *, create: bool = False, once: bool = False) -> None:
        super().__init__(folder, embedder, create=create)
        self._once = once
        self._exactly = False
        self._pending: Pending | None = None
        self._state = State()

    @property
    def needs_chroma(self) -> bool:
        """Whether a search opens Chroma."""
        return not self._once or self.catalog.chunk_count() > _FEW

    def publish(self, entries: Sequence[Entry], *, placed: bool = False) -> None:
        """See ``Index.publish``; what is replaced is swept later. Nobody else has placed vectors in its folder."""
        assert not placed
        self._prepare()
        # The disk must know of chunks before the words do, and of what went live before what it replaced is let go of.
        await_disk(self.folder)
        words = lexical.LexicalIndex(self.folder / "words")
        if not self._whole:
            self._require_words(words, self.catalog.chunk_count())
        # Not live yet, they are taken beside searches.
        self._add_words(words, self._chunks_of((e.document.id, e.document.version) for e in entries))
        with self._mutex:
            self.catalog.go_live(entries, durable=False)
        self._fold()

    def withdraw(self, documents: Iterable[str], *, unwanted: bool = False) -> None:
        """See ``Index.withdraw``; the indexes let go of the chunks later."""
        self._prepare()
        with self._mutex:
            self.catalog.withdraw(documents, unwanted=unwanted, durable=False)
        self._fold()

    def sweep(self) -> int:
        """See ``Index.sweep``; what was replaced is no leftover before its time."""
        return self._fold(now=bool(set(self.catalog.orphans()) - self.catalog.replaced()))

    def _prepare(self) -> None:
        """Before anything is written, make good what somebody who died while writing has left."""
        if self.catalog.unsettled:
            with self._publishing():
                pass
        with self._mutex:
            # Refused where the settings and the catalog do not agree on where the vectors are.
            self._home.store()
        self.catalog.gather()

    def _fold(self, *, now: bool = False) -> int:
        """Where it is time, let Chroma take what waits for it, and sweep what is not live; return its versions."""
        if not now and not pending.due(self.catalog, time.time()):
            await_disk(self.folder)
            return 0
        with self._mutex, self.ownership.publishing():
            # Whoever was still reading what is replaced now has ended.
            pass
        orphans = self.catalog.orphans()
        stale = self._ids_of(orphans)
        words = lexical.LexicalIndex(self.folder / "words")
        for shard, ids in stale.items():
            words.delete(shard, ids)
        words.commit()
        with self._publishing():
            dense = self._parts()[0]
            vectors.add(dense, self.catalog.fresh())
            for shard, ids in stale.items():
                dense.delete(shard, ids)
            self.catalog.fold(orphans, time.time())
        return len(orphans)

    def _still(self) -> AbstractContextManager[None]:
        return self.catalog.snapshot()

    def _ready(self) -> bool:
        self._follow()
        return not self._state.unsettled

    def _follow(self) -> None:
        state = self.catalog.state
        if state.graph != self._state.graph:
            self._release()
        if state.generation != self._state.generation:
            self._pending = None
            if self._words is not None:
                self._words.reload()
        self._state = state

    def _seen(self) -> None:
        self._pending = self._words = None
        self._state = self.catalog.state

    def _refill(self, dense: vectors.VectorStore | None) -> None:
        super()._refill(dense)
        self.catalog.fold((), time.time())

    def _release(self) -> None:
        super()._release()
        self._pending = None

    def _waiting(self) -> Pending:
        """Return what Chroma does not hold yet."""
        self._pending = self._pending or Pending.read(self.catalog)
        return self._pending

    def _searched(self) -> lexical.LexicalIndex:
        self._exactly = not self.needs_chroma
        if not self._exactly:
            return super()._searched()
        self._require_words(words := self._lexical(), self.catalog.chunk_count())
        return words

    def _nearest(self, shard: str, vector: Vectors, limit: int, narrowed: Narrowed | None) -> list[str]:
        if self._exactly:
            return (narrowed.exactly if narrowed else partial(nearest_of, self.catalog))(shard, vector, limit)
        waiting = self._waiting()
        known = super()._nearest(shard, vector, limit + waiting.crowd(shard), narrowed)
        among = narrowed.left(shard, waiting.of(shard)) if narrowed else None
        return list(dict.fromkeys([*known, *waiting.nearest(shard, vector, limit, among)]))

    def _crowd(self, shard: str) -> int:
        return self._waiting().crowd(shard)

    def _late(self) -> frozenset[str]:
        return self._waiting().ids

    def _kept(self) -> set[tuple[str, str]]:
        return self.catalog.replaced()
