"""How a catalog changes, whichever database holds it."""

from __future__ import annotations

import datetime as dt
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from rag.catalog.chunks import StoredChunk, pack
from rag.catalog.copying import copy_rows
from rag.catalog.reading import CatalogReader
from rag.catalog.rows import Entry
from rag.documents.folder import Known
from rag.records import Document

_UNWANTED = (
    "INSERT INTO unwanted VALUES (?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET source = excluded.source, name = excluded.name"
)


class AnyCatalog(CatalogReader, ABC):
    """What ``CatalogReader`` reads, and how it changes.

    A version is stored first (``store``), and becomes the document's live one in a transaction of
    its own (``go_live``), after both indexes hold its chunks. What is stored and not live is an
    orphan: the next ingest takes it up again or sweeps it.
    """

    @property
    def displaced(self) -> bool:
        """Whether another catalog stands where this one was opened. On a server one sees to that by itself."""
        return False

    def writing(self, *, durable: bool = False) -> AbstractContextManager[None]:
        """Hold one transaction around several changes. See ``Database.writing``."""
        return self._db.writing(durable=durable)

    def note(self, key: str, value: str) -> None:
        """Remember a value of the index itself; see ``meta``."""
        with self._db.writing():
            self._db.run(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value
            )

    def store(self, document: Document, chunks: Iterable[StoredChunk]) -> None:
        """Store a version and its chunks, not yet live; the same one, if stored and not live, is replaced."""
        d = document.info
        with self._db.writing():
            self._db.run("DELETE FROM versions WHERE document_id = ? AND version = ?", d.id, d.version)
            self._db.run(
                "INSERT INTO versions (document_id, version, text, title, language, date, complete, length, author)"
                " VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)",
                d.id, d.version, document.text, d.title, d.language, d.date and d.date.isoformat(), d.length, d.author,
            )  # fmt: skip
            self.store_places(document)
            self._db.many("INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(pack, chunks))

    def note_source(self, source: str, root: str, *, whole: bool) -> None:
        """Remember a folder; one that was once taken in whole stays so."""
        with self._db.writing():
            self._db.run(
                "INSERT INTO sources VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                " whole = CASE WHEN sources.whole = 1 THEN 1 ELSE excluded.whole END",
                source, os.fsencode(root), int(whole),
            )  # fmt: skip

    def note_unwanted(self, source: str, documents: Iterable[tuple[str, str]]) -> None:
        """Remember that a person removed documents, by id and name, before there was this catalog."""
        with self._db.writing():
            rows = [(identity, source, name) for identity, name in documents]
            self._db.many(_UNWANTED, rows)

    def go_live(self, entries: Iterable[Entry], *, durable: bool = True) -> None:
        """Make stored versions the live ones, all or none; ``durable``: see ``Database.writing``."""
        with self._db.writing(durable=durable):
            for entry in entries:
                d = entry.document
                old = self._db.one("SELECT version FROM documents WHERE id = ?", d.id)
                self._db.run(
                    "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                    " version = excluded.version, size = excluded.size, modified = excluded.modified,"
                    " checked = excluded.checked",
                    d.id, d.source, d.name, d.version, entry.size, entry.modified, entry.checked,
                )  # fmt: skip
                self._db.run("DELETE FROM unwanted WHERE id = ?", d.id)
                self._changed(d.id, d.name, d.version, old[0] if old else None)
            self._moved()

    def checked(self, files: Iterable[Known]) -> None:
        """Remember that files were read again and hold the same text."""
        if rows := [(file.size, file.modified, file.checked, file.id) for file in files]:
            with self._db.writing():
                self._db.many("UPDATE documents SET size = ?, modified = ?, checked = ? WHERE id = ?", rows)

    def move_source(self, source: str, root: str) -> None:
        """Remember that a source's folder now stands elsewhere; its documents keep their ids."""
        with self._db.writing():
            self._db.run("UPDATE sources SET root = ? WHERE id = ?", os.fsencode(root), source)

    def withdraw(self, documents: Iterable[str], *, unwanted: bool, durable: bool = True) -> None:
        """Take documents out of every answer; their versions become orphans.

        ``unwanted`` remembers that a person said so, and their file may still be there. ``durable``: see
        ``Database.writing``.
        """
        with self._db.writing(durable=durable):
            for identity in documents:
                row = self._db.one("DELETE FROM documents WHERE id = ? RETURNING source, name, version", identity)
                if row is None:
                    continue
                self._changed(identity, row[1], None, row[2])
                if unwanted:
                    self._db.run(_UNWANTED, identity, row[0], row[1])
            self._db.run("DELETE FROM sources WHERE whole = 0 AND id NOT IN (SELECT source FROM documents)")
            self._moved()

    def forget(self, versions: Iterable[tuple[str, str]]) -> None:
        """Delete versions that are not live, with their chunks."""
        with self._db.writing():
            self._db.many("DELETE FROM versions WHERE document_id = ? AND version = ?", versions)
            self._moved()

    def mark(self, *, unsettled: bool) -> None:
        """Say that the indexes are about to be written, or that this ended well; readers take notice."""
        with self._db.writing(durable=unsettled):
            self._db.run(
                "INSERT INTO meta VALUES ('unsettled', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                str(int(unsettled)),
            )
            self._graph_moved()
            self._moved()

    @abstractmethod
    def damage(self) -> list[str]:
        """Return what is wrong with the stored rows, and whose text is not what was stored; empty where nothing is."""

    @abstractmethod
    def compact(self) -> None:
        """Give the space of deleted rows back, and let nothing of them stand in the files.

        Raises:
            RetryLater: somebody reads the catalog just now, so that traces are left.
        """

    @abstractmethod
    def copy_to(self, file: Path) -> None:
        """Write the catalog as it is now to a new SQLite file, free of deleted rows."""

    def take_rows_of(self, other: AnyCatalog) -> None:
        """Take in all documents, versions and changes of another catalog, inside of ``writing``; this one is empty."""
        copy_rows(other._db, self._db)

    def _changed(self, identity: str, name: str, version: str | None, previous: str | None) -> None:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self._db.run(
            "INSERT INTO changes (document_id, name, version, previous, at) VALUES (?, ?, ?, ?, ?)",
            identity, name, version, previous, now,
        )  # fmt: skip
