"""Vectors and words beside one catalog: opened when needed, let go of when somebody else has written, filled anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag import lexical, vectors
from rag.catalog import SHARDS, AnyCatalog, StoredChunk
from rag.errors import RebuildIndex
from rag.health import Health, compared, require
from rag.narrowing import Narrowed
from rag.ownership import Marks
from rag.place import in_context
from rag.records import Span

if TYPE_CHECKING:
    from rag.embedding import Vectors

# Documents that are put into the indexes at a time when these are made anew.
_MANY = 100


class Parts:
    """The derived indexes of one folder; ``Index`` says who may use them when."""

    def __init__(self, folder: Path, catalog: AnyCatalog, server: vectors.ChromaServer | None) -> None:
        self.folder = folder
        self.catalog = catalog
        self.embedder = catalog.meta("embedder") or ""
        self._marks: Marks = catalog
        self._home = vectors.Home(catalog, folder, server, SHARDS)
        self._words: lexical.LexicalIndex | None = None
        self._whole = False
        self._opened_at = -1

    def text_of(self, document: str, version: str, span: Span) -> str | None:
        """Return the characters of a span of a stored version, or None where it is not stored."""
        return self.catalog.text_of(document, version, span)

    def _nearest(self, shard: str, vector: Vectors, limit: int, narrowed: Narrowed | None) -> list[str]:
        """Return the ids of a shard nearest to a question vector, of those that a filter leaves."""
        plain = self._home.store().nearest
        return narrowed.nearest(plain, shard, vector, limit) if narrowed else plain(shard, vector, limit)

    def _crowd(self, shard: str) -> int:
        """Return how many chunks of a shard may be found that are not live."""
        del shard
        return 0

    def _late(self) -> frozenset[str]:
        """Return the ids of live chunks that the vectors need not hold yet."""
        return frozenset()

    def _kept(self) -> set[tuple[str, str]]:
        """Return the versions (document id, version) that were replaced and that both indexes may hold still."""
        return set()

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
            chunks = self._chunks_of((d.id, d.version) for d in part)
            if dense is not None:
                vectors.add(dense, chunks)
            self._add_words(self._lexical(), chunks)

    def _follow(self) -> None:
        """Let go of what was opened before another process wrote."""
        if (now := self._marks.generation) != self._opened_at:
            self._release()
        self._opened_at = now

    def _chunks_of(self, versions: Iterable[tuple[str, str]]) -> list[StoredChunk]:
        # Neither index holds tokens.
        return [chunk for version in versions for chunk in self.catalog.chunks_of(*version, tokens=False)]

    def _index(self, chunks: Sequence[StoredChunk]) -> None:
        dense, words = self._parts()
        vectors.add(dense, chunks)
        self._add_words(words, chunks)

    def _add_words(self, words: lexical.LexicalIndex, chunks: Sequence[StoredChunk]) -> None:
        parts = [(stored.shard, stored.chunk) for stored in chunks]
        versions = {(c.document_id, c.version) for _, c in parts}
        texts = {key: self.catalog.text(*key) or "" for key in versions}
        places = {key: self.catalog.places(*key) for key in versions}
        for shard in sorted({shard for shard, _ in parts}):
            members = [(c, (c.document_id, c.version)) for other, c in parts if other == shard]
            # What a section is about may stand in its heading alone, which is found by its words.
            rows = [
                (c.id, c.document_id, in_context(texts[key], places[key], c.span.start, c.span.end))
                for c, key in members
            ]
            words.add(shard, rows)
        words.commit()

    def _sweep(self) -> int:
        orphans = self.catalog.orphans()
        if stale := self._ids_of(orphans):
            dense, words = self._parts()
            for shard, ids in stale.items():
                dense.delete(shard, ids)
                words.delete(shard, ids)
            words.commit()
        self.catalog.forget(orphans)
        return len(orphans)

    def _ids_of(self, versions: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
        """Return the ids of the chunks of versions, by shard."""
        ids: dict[str, list[str]] = defaultdict(list)
        for stored in self._chunks_of(versions):
            ids[stored.shard].append(stored.chunk.id)
        return ids

    def _parts(self) -> tuple[vectors.VectorStore, lexical.LexicalIndex]:
        """Open both indexes; refuse them where they hold less than what is live."""
        dense, words = self._home.store(), self._lexical()
        if not self._whole:
            live = self.catalog.chunk_count()
            self._require("vectors", dense.count(), live - len(self._late()), dense.broken)
            self._require_words(words, live)
            self._whole = True
        return dense, words

    def _searched(self) -> lexical.LexicalIndex:
        """Return the words, with both indexes opened for a search."""
        return self._parts()[1]

    def _require_words(self, words: lexical.LexicalIndex, live: int) -> None:
        self._require("words", words.count(), live, RebuildIndex)

    def _require(self, part: str, held: int, needed: int, error: type[RebuildIndex]) -> None:
        require(f"{part} of the index in {self.folder}", held, needed, error)

    def _lexical(self) -> lexical.LexicalIndex:
        self._words = self._words or lexical.LexicalIndex(self.folder / "words")
        return self._words

    def _release(self) -> None:
        self._home.moved()
        self._words = None
        self._whole = False

    def _health(self, problems: list[str]) -> Health:
        live, late, replaced = self.catalog.chunk_ids(), self._late(), self._kept()
        kept = {stored.chunk.id for stored in self._chunks_of(replaced)}
        problems += compared("vectors", lambda: self._home.store().ids(), live, may_lack=late, may_hold=kept)
        problems += compared("words", lambda: self._lexical().ids(), live, may_hold=kept)
        if orphans := len(set(self.catalog.orphans()) - replaced):
            problems.append(f"catalog: {orphans} versions of a stopped ingest")
        documents, generation = self.catalog.corpus().documents, self.catalog.generation
        return Health(documents, len(live), generation, self.embedder, orphans, tuple(problems), self._home.place)
