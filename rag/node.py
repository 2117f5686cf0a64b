"""One machine's part of an index whose catalog is on a server: vectors and words, derived from its change feed.

Each node remembers up to which change it has followed, and takes in what was changed since before it
searches. What it cannot trust (somebody died while writing it, it is damaged, it is another catalog's)
it makes anew; the catalog holds all that this takes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag import lexical, vectors
from rag.catalog import AnyCatalog, Feed, Seat
from rag.errors import FixStorage, RebuildIndex
from rag.index import Index
from rag.ownership import make_folder
from rag.wire import build, plain

_FILE = "node.json"
# Documents that are brought up to date at a time.
_MANY = 100


@dataclass(frozen=True, slots=True)
class Followed:
    """What a node's folder holds: what of which feed; ``stamp`` moves whenever vectors or words are written."""

    feed: Feed = field(default_factory=Feed)
    stamp: int = 0
    settled: bool = False


class NodeMarks:
    """What a node remembers of itself, in a file of its folder. See ``Marks``."""

    def __init__(self, folder: Path, catalog: AnyCatalog) -> None:
        self._path = folder / _FILE
        self._catalog = catalog

    @property
    def now(self) -> Followed:
        """What the file says; nothing where it cannot be read, so that all is made anew."""
        try:
            return build(Followed, json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return Followed()

    @property
    def generation(self) -> int:
        """See ``Marks.generation``."""
        return self.now.stamp

    @property
    def unsettled(self) -> bool:
        """See ``Marks.unsettled``; also where what is there is another catalog's, or was compacted since."""
        now = self.now
        return not now.settled or replace(self._catalog.feed(), position=now.feed.position) != now.feed

    @property
    def current(self) -> bool:
        """Whether what is there is whole, and of the catalog's present state."""
        now = self.now
        return now.settled and now.feed == self._catalog.feed()

    def reached(self, feed: Feed) -> None:
        """Note up to where all has been taken in; ``mark`` says whether it can be trusted."""
        self._write(replace(self.now, feed=feed))

    def mark(self, *, unsettled: bool) -> None:
        """See ``Marks.mark``."""
        self._write(replace(self.now, settled=not unsettled))

    def _write(self, known: Followed) -> None:
        part = self._path.with_name(f"{_FILE}.part")
        try:
            with part.open("w", encoding="utf-8") as file:
                json.dump(plain(replace(known, stamp=known.stamp + 1)), file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        except OSError as error:
            raise FixStorage(
                f"The index in {self._path.parent} cannot be written: {error.strerror or error}.",
                hint="A node keeps vectors and words of its own: choose a folder that can be written with --index.",
            ) from error


class NodeIndex(Index):
    """An index folder of one node. See ``Index``, whose methods it has."""

    def __init__(
        self,
        folder: Path,
        embedder: str,
        *,
        seat: Seat,
        create: bool = False,
        server: vectors.ChromaServer | None = None,
    ) -> None:
        make_folder(folder)
        super().__init__(folder, embedder, create=create, seat=seat, server=server)
        self._node = NodeMarks(folder, self.catalog)
        self._marks = self._node
        self._just_made = False

    @contextmanager
    def reading(self) -> Generator[None]:
        """See ``Index.reading``; what is found damaged in the middle is made anew before the next search."""
        try:
            with super().reading():
                yield
        except vectors.RebuildShared:
            raise
        except RebuildIndex:
            self._node.mark(unsettled=True)
            raise

    def compact(self) -> None:
        """See ``Index.compact``. The other nodes make theirs anew when they see it."""
        self.sweep()
        self.catalog.compact()
        self.rebuild()

    def _still(self) -> AbstractContextManager[None]:
        return self.catalog.snapshot()

    def _ready(self) -> bool:
        self._follow()
        if not self._node.current:
            return False
        try:
            # Behind the catalog, a node may hold less than what is live.
            if not self._whole:
                super()._parts()
        except vectors.RebuildShared:
            raise
        except RebuildIndex:
            if self._just_made:
                self._just_made = False
                raise
            self._node.mark(unsettled=True)
            return False
        self._just_made = False
        return True

    def _follow(self) -> None:
        super()._follow()
        try:
            self._parts()
        except RebuildIndex:
            self._node.mark(unsettled=True)

    def _parts(self) -> tuple[vectors.VectorStore, lexical.LexicalIndex]:
        return self._home.store(), self._lexical()

    def _refill(self, dense: vectors.VectorStore | None) -> None:
        if (embedder := self.catalog.meta("embedder")) != self.embedder:
            raise RebuildIndex(
                f"The catalog was made anew by the embedder {embedder}; this process uses {self.embedder}.",
                hint="Set `embedding` to that one, and start it again.",
            )
        with self.catalog.snapshot():
            super()._refill(dense)
            self._node.reached(self.catalog.feed())
        self._just_made = True

    def _catch_up(self) -> None:
        with self.catalog.snapshot():
            now, then = self.catalog.feed(), self._node.now.feed
            changed = sorted({change.document_id for change in self.catalog.changes(then.position)})
            for start in range(0, len(changed), _MANY):
                self._bring_up_to_date(changed[start : start + _MANY])
            # Compacted since, all is made anew the next time.
            self._node.reached(replace(then, position=now.position))

    def _bring_up_to_date(self, documents: list[str]) -> None:
        """Have vectors and words hold just the live chunks of some documents; shared vectors are the writer's."""
        dense, words = self._parts()
        live, held = set(self.catalog.chunk_ids(documents).items()), words.held(documents)
        for shard in {shard for _, shard in held - live}:
            stale = [identity for identity, other in held - live if other == shard]
            if not dense.shared:
                dense.delete(shard, stale)
            words.delete(shard, stale)
        missing = self.catalog.chunks([identity for identity, _ in live - held])
        if not dense.shared:
            vectors.add(dense, missing)
        # Also makes visible what was deleted.
        self._add_words(words, missing)
