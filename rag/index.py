"""Catalog, vectors and words as one index: published together, searched together, mended together.

Order makes it safe. A version is stored in the catalog, then both indexes take its chunks, then one
transaction makes it live, then what it replaced is swept. A process may die between any two steps:
what is not live does not surface, the next writer carries on or sweeps, and where both indexes were
just being written, the next to come makes them anew from the catalog.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag import lexical, vectors
from rag.catalog import SHARDS, Corpus, Entry, FileSeat, Proposed, Seat, StoredChunk, exists, shard_of
from rag.catalog.schema import rebuild_hint
from rag.errors import RebuildIndex
from rag.health import Health
from rag.narrowing import Narrowing
from rag.ownership import Ownership, make_folder
from rag.parts import Parts
from rag.records import DocumentInfo, Filters

if TYPE_CHECKING:
    from rag.embedding import Vectors

__all__ = ["Entry", "Found", "Health", "Index", "exists", "make_folder", "shard_of"]


@dataclass(frozen=True, slots=True)
class Found:
    """A live chunk that one of the indexes proposed.

    ``share`` is its share of the highest BM25 score that the question could reach, 0 where it
    shares no word with it; ``via`` names the indexes that proposed it.
    """

    proposed: Proposed
    document: DocumentInfo
    share: float
    via: tuple[str, ...]


class Index(Parts):
    """One index folder, opened for one embedder.

    Chroma and Tantivy are opened when first needed, and again whenever another process has moved
    the index's generation.
    """

    def __init__(
        self,
        folder: Path,
        embedder: str,
        *,
        create: bool = False,
        seat: Seat | None = None,
        server: vectors.ChromaServer | None = None,
    ) -> None:
        self.ownership = Ownership(folder)
        seat = seat or FileSeat(folder)
        if create and not seat.exists():
            # What is left there belongs to a catalog that is gone.
            vectors.discard(folder / "vectors")
            lexical.discard(folder / "words")
        catalog = seat.open(folder, {"embedder": embedder, **vectors.born(server)} if create else None)
        super().__init__(folder, catalog, server)
        if self.embedder != embedder:
            self.catalog.close()
            raise RebuildIndex(
                f"The index in {seat.name} was made by the embedder {self.embedder}, not by {embedder}.",
                hint=rebuild_hint(folder),
            )
        # Threads of this process take turns where other processes are kept apart by locks on files.
        self._mutex = threading.RLock()
        self._corpus: tuple[int, Corpus] | None = None
        self._dimensions: int | None = None
        self._narrowing = Narrowing(self.catalog)

    def close(self) -> None:
        """Let go of all files."""
        self._release()
        self._home.close()
        self.catalog.close()

    @contextmanager
    def reading(self) -> Generator[None]:
        """Hold still what a search reads; everything in between sees one state of the index."""
        with self._mutex:
            while True:
                with self.ownership.reading(), self._still():
                    if self._ready():
                        self._follow()
                        yield
                        return
                # Nobody writes here, so somebody died while writing, or wrote elsewhere.
                with self._publishing():
                    pass

    def corpus(self) -> Corpus:
        """Return what an answer says of all live documents; they are counted once a generation."""
        generation = self.catalog.generation
        if self._corpus is None or self._corpus[0] != generation:
            self._corpus = (generation, self.catalog.corpus())
        return self._corpus[1]

    def require_length(self, chunks: Iterable[StoredChunk]) -> None:
        """Refuse chunks before they are stored, whose vectors are longer or shorter than those that are.

        Raises:
            RebuildIndex: they are; a server may give another model under the same name.
        """
        self._require_length({len(stored.vector) for stored in chunks})

    def _require_length(self, lengths: set[int]) -> None:
        if self._dimensions is None:
            self._dimensions = self.catalog.dimensions
        stored = self._dimensions
        if stored is not None and (others := sorted(lengths - {stored})):
            raise RebuildIndex(
                f"The embedder {self.embedder} now gives vectors of {others[0]} numbers; those of the index in"
                f" {self.folder} have {stored}.",
                hint="Is it another server or model: embedding_base_url (RAG_EMBEDDING_BASE_URL)? Name the right one, or:"
                f" {rebuild_hint(self.folder)}",
            )

    def search(self, text: str, vector: Vectors, filters: Filters, limit: int) -> list[Found]:
        """Return the chunks that either index proposes for a question, in no particular order.

        Each shard proposes up to ``limit`` chunks by vector and as many by word, so that no language
        crowds out another. To be called inside ``reading()``.
        """
        words = self._searched()
        self._require_length({len(vector)})
        narrowed = self._narrowing.by(filters)
        shares: dict[str, float] = {}
        via: dict[str, list[str]] = defaultdict(list)
        for shard in SHARDS:
            near = self._nearest(shard, vector, limit, narrowed)
            # What is not live any more takes nobody's place.
            room = limit + self._crowd(shard)
            by_word = words.search(shard, text, room, narrowed.of(shard) if narrowed else None)
            proposed = {scored.id for scored in by_word}
            if len(by_word) == room:
                # Others may share a word too.
                by_word += words.score(shard, text, [i for i in near if i not in proposed])
            shares |= {scored.id: scored.share for scored in by_word}
            for name, ids in (("vector", near), ("words", proposed)):
                for identity in ids:
                    via[identity].append(name)
        live = self.catalog.live_chunks(sorted(via))
        return [Found(one, document, shares.get(one.id, 0.0), tuple(via[one.id])) for one, document in live]

    def entrust(self) -> str | None:
        """Let others put vectors on the Chroma server until ``sweep``; return what is the index's own there.

        None where the vectors are in its folder.
        """
        return self._home.entrust()

    def publish(self, entries: Sequence[Entry], *, placed: bool = False) -> None:
        """Make stored versions live and searchable, all or none, and sweep what they replace.

        ``placed`` says that their vectors are on the Chroma server already.
        """
        with self._publishing():
            chunks = self._chunks_of((e.document.id, e.document.version) for e in entries)
            self._add_words(self._lexical(), chunks) if placed else self._index(chunks)
            self.catalog.go_live(entries)
            self._sweep()

    def withdraw(self, documents: Iterable[str], *, unwanted: bool = False) -> None:
        """Remove documents from every later answer, and their chunks from the indexes.

        ``unwanted`` documents are not taken in again when their folder is merely followed.
        """
        with self._publishing():
            self.catalog.withdraw(documents, unwanted=unwanted)
            self._sweep()

    def sweep(self) -> int:
        """Delete what a stopped ingest left behind; return the number of versions."""
        if not self.catalog.orphans() and not self._home.entrusted:
            return 0
        with self._publishing():
            swept = self._sweep()
            if self._home.entrusted:
                self._home.reclaim(self.catalog.chunk_ids())
            return swept

    def rebuild(self) -> None:
        """Make both indexes anew from the catalog, without embedding anything."""
        with self._publishing(mend=False):
            with self._home.anew() as dense:
                self._refill(dense)
            self._sweep()

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

    def _release(self) -> None:
        super()._release()
        self._dimensions = None

    @contextmanager
    def _publishing(self, *, mend: bool = True) -> Generator[None]:
        with self._mutex, self.ownership.publishing():
            self._follow()
            if mend and self._marks.unsettled:
                self._mend()
            self._marks.mark(unsettled=True)
            try:
                yield
                self._catch_up()
            except BaseException:
                # Nothing half written is carried into the next attempt.
                self._release()
                raise
            self._home.settled()
            self._marks.mark(unsettled=False)
            self._seen()

    def _still(self) -> AbstractContextManager[None]:
        """Hold the catalog still, too, where locks on files do not."""
        return nullcontext()

    def _seen(self) -> None:
        """Take note of what this process itself has written."""
        self._opened_at = self._marks.generation

    def _ready(self) -> bool:
        """Say whether what is in the folder is whole, and of the catalog's present state."""
        return not self._marks.unsettled

    def _catch_up(self) -> None:
        """Take in what was changed elsewhere: nothing, where the catalog is in the folder too."""
