"""Catalog, vectors and words as one index: published together, searched together, mended together.

Order makes it safe. A version is stored in the catalog, then the words take its chunks, then one
transaction makes it live, for which alone readers wait. Its vectors are searched one by one until Chroma
takes them with others (``pending``); what was replaced is swept then. A process may die between any two
steps: what is not live does not surface, the next writer carries on or sweeps, and where Chroma was just
being written, the next to come makes both indexes anew from the catalog.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag import lexical, pending, vectors
from rag.catalog import Catalog, Corpus, Entry, StoredChunk, exists, shard_of
from rag.catalog.schema import rebuild_hint
from rag.errors import RebuildIndex
from rag.health import Health
from rag.ownership import Ownership, make_folder
from rag.parts import Parts, by_shard
from rag.records import DocumentInfo, Filters
from rag.text.language import KNOWN

if TYPE_CHECKING:
    from rag.embedding import Vectors

__all__ = ["Entry", "Found", "Health", "Index", "exists", "make_folder", "shard_of"]


@dataclass(frozen=True, slots=True)
class Found:
    """A live chunk that one of the indexes proposed.

    ``share`` is its share of the highest BM25 score that the question could reach, 0 where it
    shares no word with it; ``via`` names the indexes that proposed it.
    """

    stored: StoredChunk
    document: DocumentInfo
    share: float
    via: tuple[str, ...]


class Index(Parts):
    """One index folder, opened for one embedder.

    Chroma and Tantivy are opened when first needed, and again whenever another process has written
    to them.
    """

    def __init__(self, folder: Path, embedder: str, *, create: bool = False) -> None:
        self.ownership = Ownership(folder)
        if create and not exists(folder):
            # What is left there belongs to a catalog that is gone.
            vectors.discard(folder / "vectors")
            lexical.discard(folder / "words")
        super().__init__(folder, Catalog(folder, create={"embedder": embedder} if create else None))
        self.embedder = self.catalog.meta("embedder") or ""
        if self.embedder != embedder:
            self.catalog.close()
            raise RebuildIndex(
                f"The index in {folder} was made by the embedder {self.embedder}, not by {embedder}.",
                hint=rebuild_hint(folder),
            )
        # Threads of this process take turns where other processes are kept apart by locks on files.
        self._mutex = threading.RLock()
        self._corpus: tuple[int, Corpus] | None = None

    def close(self) -> None:
        """Let go of all files."""
        self._release()
        self.catalog.close()

    @contextmanager
    def reading(self) -> Generator[None]:
        """Hold still what a search reads; everything in between sees one state of the index."""
        with self._mutex:
            while True:
                with self.ownership.reading(), self.catalog.snapshot():
                    if self._follow():
                        yield
                        return
                # Nobody writes, so somebody died while writing.
                with self._publishing():
                    pass

    def corpus(self) -> Corpus:
        """Return what an answer says of all live documents; they are counted once a generation."""
        generation = self.catalog.generation
        if self._corpus is None or self._corpus[0] != generation:
            self._corpus = (generation, self.catalog.corpus())
        return self._corpus[1]

    def search(self, text: str, vector: Vectors, filters: Filters, limit: int) -> list[Found]:
        """Return the chunks that either index proposes for a question, in no particular order.

        Each shard proposes up to ``limit`` chunks by vector and as many by word, so that no language
        crowds out another. To be called inside ``reading()``.
        """
        dense, words = self._parts()
        waiting = self._waiting()
        documents, among = self.catalog.allowed(filters)
        shares: dict[str, float] = {}
        via: dict[str, list[str]] = defaultdict(list)
        for shard in sorted({*KNOWN, "other"}):
            chosen = None if among is None else among.get(shard, [])
            # What is not live any more takes nobody's place.
            room = limit + waiting.crowd(shard)
            known = dense.nearest(shard, vector, room, chosen and [i for i in chosen if not waiting.lacks(i)])
            near = list(dict.fromkeys([*known, *waiting.nearest(shard, vector, limit, chosen)]))
            by_word = words.search(shard, text, room, documents)
            proposed = {scored.id for scored in by_word}
            if len(by_word) == room:
                # Others may share a word too.
                by_word += words.score(shard, text, [i for i in near if i not in proposed])
            shares |= {scored.id: scored.share for scored in by_word}
            for name, ids in (("vector", near), ("words", proposed)):
                for identity in ids:
                    via[identity].append(name)
        live = self.catalog.live_chunks(sorted(via))
        return [
            Found(stored, document, shares.get(stored.chunk.id, 0.0), tuple(via[stored.chunk.id]))
            for stored, document in live
        ]

    def publish(self, entries: Sequence[Entry]) -> None:
        """Make stored versions live and searchable, all or none."""
        self._mend()
        # The disk must know of chunks before the words do, and of what went live before what it replaced is let go of.
        self.catalog.await_disk()
        self._into_words([c for e in entries for c in self.catalog.chunks_of(e.document.id, e.document.version)])
        with self._mutex:
            self.catalog.go_live(entries)
        self._fold()

    def withdraw(self, documents: Iterable[str], *, unwanted: bool = False) -> None:
        """Remove documents from every later answer.

        ``unwanted`` documents are not taken in again when their folder is merely followed.
        """
        self._mend()
        with self._mutex:
            self.catalog.withdraw(documents, unwanted=unwanted)
        self._fold()

    def sweep(self) -> int:
        """Delete what a stopped ingest left behind; return the number of versions."""
        return self._fold(now=bool(set(self.catalog.orphans()) - self.catalog.replaced()))

    def rebuild(self) -> None:
        """Make both indexes anew from the catalog, without embedding anything."""
        with self._publishing(mend=False):
            self._refill()
            self.catalog.fold(self.catalog.orphans(), time.time())

    def compact(self) -> None:
        """Give back the space of what was deleted."""
        self.rebuild()
        with self._publishing():
            self.catalog.compact()

    def health(self) -> Health:
        """Check the catalog, and that both indexes hold just the live chunks."""
        with self.reading():
            problems = [f"catalog: {line}" for line in self.catalog.damage()]
            try:
                return self._health(problems)
            except RebuildIndex:
                if not problems:
                    raise
                return Health(0, 0, self.catalog.generation, self.embedder, 0, tuple(problems))

    @contextmanager
    def _publishing(self, *, mend: bool = True) -> Generator[None]:
        with self._mutex, self.ownership.publishing():
            self._follow()
            if mend and self.catalog.unsettled:
                self._refill()
            self.catalog.mark(unsettled=True)
            try:
                yield
            except BaseException:
                # Nothing half written is carried into the next attempt.
                self._release()
                raise
            if self._vectors is not None:
                self._vectors.seal()
            self.catalog.mark(unsettled=False)
            self._pending = self._words = None
            state = self.catalog.state
            self._generation, self._graph = state.generation, state.graph

    def _mend(self) -> None:
        """Before anything is written, make good what somebody who died while writing has left."""
        if self.catalog.unsettled:
            with self._publishing():
                pass

    def _fold(self, *, now: bool = False) -> int:
        """Where it is time, let Chroma take what waits for it, and sweep what is not live; return its versions."""
        if not now and not pending.due(self.catalog, time.time()):
            self.catalog.await_disk()
            return 0
        with self._mutex, self.ownership.publishing():
            # Whoever was still reading what is replaced now has ended.
            pass
        orphans = self.catalog.orphans()
        stale = by_shard([stored for version in orphans for stored in self.catalog.chunks_of(*version)])
        words = lexical.LexicalIndex(self.folder / "words")
        for shard, members in stale.items():
            words.delete(shard, [stored.chunk.id for stored in members])
        words.commit()
        with self._publishing():
            self._into_vectors(self.catalog.fresh())
            for shard, members in stale.items():
                self._parts()[0].delete(shard, [stored.chunk.id for stored in members])
            self.catalog.fold(orphans, time.time())
        return len(orphans)
