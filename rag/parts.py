"""Chroma and Tantivy beside one catalog: opened when needed, let go of when somebody else has written, filled anew."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from rag import lexical, vectors
from rag.catalog import Catalog, StoredChunk
from rag.errors import RebuildIndex
from rag.health import Health, compare
from rag.pending import Pending
from rag.records import Span

# Documents that are put into the indexes at a time when these are made anew.
_MANY = 100


class Parts:
    """The derived indexes of one folder; ``Index`` says who may use them when."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self.folder = folder
        self.catalog = catalog
        self._vectors: vectors.VectorStore | None = None
        self._words: lexical.LexicalIndex | None = None
        self._pending: Pending | None = None
        self._whole = False
        self._generation = self._graph = -1

    def text_of(self, document: str, version: str, span: Span) -> str | None:
        """Return the characters of a span of a stored version, or None where it is not stored."""
        return self.catalog.text_of(document, version, span)

    def _follow(self) -> bool:
        """Let go of what was opened before it was written; say whether the indexes are whole."""
        state = self.catalog.state
        if state.graph != self._graph:
            self._release()
        if state.generation != self._generation:
            self._pending = None
            if self._words is not None:
                self._words.reload()
        self._generation, self._graph = state.generation, state.graph
        return not state.unsettled

    def _refill(self) -> None:
        """Make both indexes anew, without a look at what is there.

        Killed while it writes its graph, about one time in fifty Chroma leaves files that it takes for
        broken at the next opening, or that take the process down that opens them.
        """
        self._release()
        vectors.discard(self.folder / "vectors")
        lexical.discard(self.folder / "words")
        # Nothing is missed while they are filled.
        self._whole = True
        live = self.catalog.documents()
        for part in (live[start : start + _MANY] for start in range(0, len(live), _MANY)):
            self._index([chunk for d in part for chunk in self.catalog.chunks_of(d.id, d.version)])
        self.catalog.fold((), time.time())

    def _into_words(self, chunks: Sequence[StoredChunk]) -> None:
        """Let the words take chunks that are not live yet, beside searches."""
        words = lexical.LexicalIndex(self.folder / "words")
        if not self._whole and words.count() < (live := self.catalog.chunk_count()):
            raise self._lost("words", words.count(), live)
        for shard, parts in by_shard(chunks).items():
            texts = [self.text_of(c.document_id, c.version, c.span) or "" for c in (one.chunk for one in parts)]
            words.add(shard, [(s.chunk.id, s.chunk.document_id, text) for s, text in zip(parts, texts, strict=True)])
        words.commit()

    def _index(self, chunks: Sequence[StoredChunk]) -> None:
        self._into_words(chunks)
        self._into_vectors(chunks)

    def _into_vectors(self, chunks: Sequence[StoredChunk]) -> None:
        """Let Chroma take chunks; nobody may search meanwhile."""
        dense = self._parts()[0]
        for shard, members in by_shard(chunks).items():
            matrix = np.stack([stored.vector for stored in members]).astype(np.float32)
            dense.upsert(shard, [stored.chunk.id for stored in members], matrix)

    def _parts(self) -> tuple[vectors.VectorStore, lexical.LexicalIndex]:
        """Open both indexes; refuse them where they hold less than what is live."""
        dense, words = self._dense(), self._lexical()
        if not self._whole:
            live = self.catalog.chunk_count()
            if dense.count() < live - self._waiting().live:
                raise self._lost("vectors", dense.count(), live)
            if words.count() < live:
                raise self._lost("words", words.count(), live)
            self._whole = True
        return dense, words

    def _lost(self, part: str, held: int, live: int) -> RebuildIndex:
        return RebuildIndex(
            f"The {part} of the index in {self.folder} hold {held} of {live} chunks.",
            hint="Make them anew from the catalog: rag doctor --repair",
        )

    def _waiting(self) -> Pending:
        """Return what Chroma does not hold yet."""
        self._pending = self._pending or Pending.of(self.catalog)
        return self._pending

    def _dense(self) -> vectors.VectorStore:
        self._vectors = self._vectors or vectors.VectorStore(self.folder / "vectors")
        return self._vectors

    def _lexical(self) -> lexical.LexicalIndex:
        self._words = self._words or lexical.LexicalIndex(self.folder / "words")
        return self._words

    def _release(self) -> None:
        if self._vectors is not None:
            self._vectors.close()
        self._vectors = self._words = self._pending = None
        self._whole = False

    def _health(self, problems: list[str]) -> Health:
        live, replaced = self.catalog.chunk_ids(), self.catalog.replaced()
        fresh = {identity for identity, _ in self.catalog.fresh_ids()}
        kept = [s.chunk.id for version in replaced for s in self.catalog.chunks_of(*version)]
        problems += compare("vectors", live, lambda: self._dense().ids(), may_lack=fresh, may_hold=kept)
        problems += compare("words", live, lambda: self._lexical().ids(), may_hold=kept)
        if orphans := len(set(self.catalog.orphans()) - replaced):
            problems.append(f"catalog: {orphans} versions of a stopped ingest")
        documents, generation = self.catalog.corpus().documents, self.catalog.generation
        return Health(documents, len(live), generation, self.catalog.meta("embedder") or "", orphans, tuple(problems))


def by_shard(chunks: Iterable[StoredChunk]) -> dict[str, list[StoredChunk]]:
    """Return chunks by their shard, in the order of the shards' names."""
    shards: dict[str, list[StoredChunk]] = defaultdict(list)
    for stored in chunks:
        shards[stored.shard].append(stored)
    return dict(sorted(shards.items()))
