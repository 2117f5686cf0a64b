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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag import lexical, vectors
from rag.catalog import SHARDS, Corpus, Entry, FileSeat, Seat, StoredChunk, exists, shard_of
from rag.catalog.schema import rebuild_hint
from rag.errors import RebuildIndex
from rag.health import Health, compared, require
from rag.narrowing import Narrowing
from rag.ownership import Marks, Ownership, make_folder
from rag.records import DocumentInfo, Filters, Span

if TYPE_CHECKING:
    from rag.embedding import Vectors

__all__ = ["Entry", "Found", "Health", "Index", "exists", "make_folder", "shard_of"]

# Documents that are put into the indexes at a time when these are made anew.
_MANY = 100


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


class Index:
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
        self.folder = folder
        self.ownership = Ownership(folder)
        seat = seat or FileSeat(folder)
        if create and not seat.exists():
            # What is left there belongs to a catalog that is gone.
            vectors.discard(folder / "vectors")
            lexical.discard(folder / "words")
        self.catalog = seat.open(folder, {"embedder": embedder, **vectors.born(server)} if create else None)
        self._marks: Marks = self.catalog
        self.embedder = self.catalog.meta("embedder") or ""
        if self.embedder != embedder:
            self.catalog.close()
            raise RebuildIndex(
                f"The index in {seat.name} was made by the embedder {self.embedder}, not by {embedder}.",
                hint=rebuild_hint(folder),
            )
        # Threads of this process take turns where other processes are kept apart by locks on files.
        self._mutex = threading.RLock()
        self._home = vectors.Home(self.catalog, folder, server, SHARDS)
        self._words: lexical.LexicalIndex | None = None
        self._whole = False
        self._opened_at = -1
        self._corpus: tuple[int, Corpus] | None = None
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
                with self.ownership.reading(), self.catalog.snapshot():
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

    def search(self, text: str, vector: Vectors, filters: Filters, limit: int) -> list[Found]:
        """Return the chunks that either index proposes for a question, in no particular order.

        Each shard proposes up to ``limit`` chunks by vector and as many by word, so that no language
        crowds out another. To be called inside ``reading()``.
        """
        dense, words = self._parts()
        narrowed = self._narrowing.by(filters)
        shares: dict[str, float] = {}
        via: dict[str, list[str]] = defaultdict(list)
        for shard in SHARDS:
            plain = dense.nearest
            near = narrowed.nearest(plain, shard, vector, limit) if narrowed else plain(shard, vector, limit)
            by_word = words.search(shard, text, limit, narrowed.of(shard) if narrowed else None)
            proposed = {scored.id for scored in by_word}
            if len(by_word) == limit:
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

    def text_of(self, document: str, version: str, span: Span) -> str | None:
        """Return the characters of a span of a stored version, or None where it is not stored."""
        return self.catalog.text_of(document, version, span)

    def publish(self, entries: Sequence[Entry]) -> None:
        """Make stored versions live and searchable, all or none, and sweep what they replace."""
        with self._publishing():
            self._index([chunk for e in entries for chunk in self.catalog.chunks_of(e.document.id, e.document.version)])
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
        if not self.catalog.orphans():
            return 0
        with self._publishing():
            return self._sweep()

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

    def _health(self, problems: list[str]) -> Health:
        live = self.catalog.chunk_ids()
        problems += compared("vectors", lambda: self._home.store().ids(), live)
        problems += compared("words", lambda: self._lexical().ids(), live)
        if orphans := len(self.catalog.orphans()):
            problems.append(f"catalog: {orphans} versions of a stopped ingest")
        documents, generation = self.catalog.corpus().documents, self.catalog.generation
        return Health(documents, len(live), generation, self.embedder, orphans, tuple(problems), self._home.place)

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
            self._opened_at = self._marks.generation

    def _ready(self) -> bool:
        """Say whether what is in the folder is whole, and of the catalog's present state."""
        return not self._marks.unsettled

    def _catch_up(self) -> None:
        """Take in what was changed elsewhere: nothing, where the catalog is in the folder too."""

    def _mend(self) -> None:
        """Make anew, unseen, what a dead writer may have broken; a server had acknowledged what is live before that."""
        dense = self._home.store()
        if not dense.shared:
            dense.clear()
        self._refill(None if dense.shared else dense)

    def _refill(self, dense: vectors.VectorStore | None) -> None:
        """Make the words anew from the catalog, and fill vectors if they are given."""
        self._release()
        lexical.discard(self.folder / "words")
        # Nothing is missed while they are filled.
        self._whole = True
        live = self.catalog.documents()
        for part in (live[start : start + _MANY] for start in range(0, len(live), _MANY)):
            chunks = [chunk for d in part for chunk in self.catalog.chunks_of(d.id, d.version)]
            if dense is not None:
                vectors.add(dense, chunks)
            self._add_words(chunks)

    def _follow(self) -> None:
        """Let go of what was opened before another process wrote."""
        if (now := self._marks.generation) != self._opened_at:
            self._release()
        self._opened_at = now

    def _index(self, chunks: Sequence[StoredChunk]) -> None:
        vectors.add(self._parts()[0], chunks)
        self._add_words(chunks)

    def _add_words(self, chunks: Sequence[StoredChunk]) -> None:
        words = self._lexical()
        parts = [(stored.shard, stored.chunk) for stored in chunks]
        texts = {key: self.catalog.text(*key) or "" for key in {(c.document_id, c.version) for _, c in parts}}
        for shard in sorted({shard for shard, _ in parts}):
            members = [c for other, c in parts if other == shard]
            words.add(shard, [(c.id, c.document_id, c.span.of(texts[c.document_id, c.version])) for c in members])
        words.commit()

    def _sweep(self) -> int:
        orphans = self.catalog.orphans()
        stale: dict[str, list[str]] = defaultdict(list)
        for document, version in orphans:
            for stored in self.catalog.chunks_of(document, version):
                stale[stored.shard].append(stored.chunk.id)
        if stale:
            dense, words = self._parts()
            for shard, ids in stale.items():
                dense.delete(shard, ids)
                words.delete(shard, ids)
            words.commit()
        self.catalog.forget(orphans)
        return len(orphans)

    def _parts(self) -> tuple[vectors.VectorStore, lexical.LexicalIndex]:
        """Open both indexes; refuse them where they hold less than what is live."""
        dense, words = self._home.store(), self._lexical()
        if not self._whole:
            live = self.catalog.chunk_count()
            require(f"vectors of the index in {self.folder}", dense.count(), live, dense.broken)
            require(f"words of the index in {self.folder}", words.count(), live, RebuildIndex)
            self._whole = True
        return dense, words

    def _lexical(self) -> lexical.LexicalIndex:
        self._words = self._words or lexical.LexicalIndex(self.folder / "words")
        return self._words

    def _release(self) -> None:
        self._home.moved()
        self._words = None
        self._whole = False
