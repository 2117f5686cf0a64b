"""The catalog in one SQLite file."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path

from rag.catalog.reading import CatalogReader
from rag.catalog.rows import Entry, StoredChunk, pack
from rag.catalog.schema import connect, discard_old, storage_errors
from rag.errors import RetryLater
from rag.records import Document


class Catalog(CatalogReader):
    """What ``CatalogReader`` reads, and how it changes.

    A version is stored first (``store``), and becomes the document's live one in a transaction of
    its own (``go_live``), after both indexes hold its chunks. What is stored and not live is an
    orphan: the next ingest takes it up again or sweeps it.
    """

    def __init__(self, folder: Path, *, create: dict[str, str] | None = None) -> None:
        super().__init__(folder, connect(folder, create=create))

    def store(self, document: Document, chunks: Iterable[StoredChunk]) -> None:
        """Store a version and its chunks, not yet live; the same one, if stored and not live, is replaced."""
        d = document.info
        with self.writing():
            self._db.execute("DELETE FROM versions WHERE document_id = ? AND version = ?", (d.id, d.version))
            self._db.execute(
                "INSERT INTO versions (document_id, version, text, title, language, date, complete, length, author)"
                " VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)",
                (
                    d.id,
                    d.version,
                    document.text,
                    d.title,
                    d.language,
                    d.date and d.date.isoformat(),
                    d.length,
                    d.author,
                ),
            )
            self.store_places(document)
            self._db.executemany("INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(pack, chunks))

    def note_source(self, source: str, root: str, *, whole: bool) -> None:
        """Remember a folder; one that was once taken in whole stays so."""
        with self.writing():
            self._db.execute(
                "INSERT INTO sources VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET whole = max(whole, excluded.whole)",
                (source, os.fsencode(root), whole),
            )

    def note_unwanted(self, source: str, documents: Iterable[tuple[str, str]]) -> None:
        """Remember that a person removed documents, by id and name, before there was this catalog."""
        with self.writing():
            rows = [(identity, source, name) for identity, name in documents]
            self._db.executemany("INSERT OR REPLACE INTO unwanted VALUES (?, ?, ?)", rows)

    def go_live(self, entries: Iterable[Entry]) -> None:
        """Make stored versions the live ones, all or none."""
        with self.writing(durable=True):
            for entry in entries:
                d = entry.document
                old = self._db.execute("SELECT version FROM documents WHERE id = ?", (d.id,)).fetchone()
                self._db.execute(
                    "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                    " version = excluded.version, size = excluded.size, modified = excluded.modified,"
                    " checked = excluded.checked",
                    (d.id, d.source, d.name, d.version, entry.size, entry.modified, entry.checked),
                )
                self._db.execute("DELETE FROM unwanted WHERE id = ?", (d.id,))
                self._changed(d.id, d.name, d.version, old[0] if old else None)
            self._moved()

    def checked(self, entries: Iterable[Entry]) -> None:
        """Remember that files were read again and hold the same text."""
        rows = [(entry.size, entry.modified, entry.checked, entry.document.id) for entry in entries]
        with self.writing():
            self._db.executemany("UPDATE documents SET size = ?, modified = ?, checked = ? WHERE id = ?", rows)

    def move_source(self, source: str, root: str) -> None:
        """Remember that a source's folder now stands elsewhere; its documents keep their ids."""
        with self.writing():
            self._db.execute("UPDATE sources SET root = ? WHERE id = ?", (os.fsencode(root), source))

    def withdraw(self, documents: Iterable[str], *, unwanted: bool) -> None:
        """Take documents out of every answer; their versions become orphans.

        ``unwanted`` remembers that a person said so, and their file may still be there.
        """
        with self.writing(durable=True):
            for identity in documents:
                row = self._db.execute(
                    "DELETE FROM documents WHERE id = ? RETURNING source, name, version", (identity,)
                ).fetchone()
                if row is None:
                    continue
                self._changed(identity, row[1], None, row[2])
                if unwanted:
                    self._db.execute("INSERT OR REPLACE INTO unwanted VALUES (?, ?, ?)", (identity, row[0], row[1]))
            self._db.execute("DELETE FROM sources WHERE NOT whole AND id NOT IN (SELECT source FROM documents)")
            self._moved()

    def forget(self, versions: Iterable[tuple[str, str]]) -> None:
        """Delete versions that are not live, with their chunks."""
        with self.writing():
            self._db.executemany("DELETE FROM versions WHERE document_id = ? AND version = ?", versions)
            self._moved()

    def mark(self, *, unsettled: bool) -> None:
        """Say that the indexes are about to be written, or that this ended well; readers take notice."""
        with self.writing(durable=unsettled):
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('unsettled', ?)", (str(int(unsettled)),))
            self._moved()

    def compact(self) -> None:
        """Give the space of deleted rows back to the file system, and let nothing of them stand in the files."""
        with self._mutex, storage_errors(self.folder):
            self._db.execute("VACUUM")
        self.settle_log()
        discard_old(self.folder)

    def settle_log(self) -> None:
        """Bring all that was written into the file itself, and empty the log, which holds old pages."""
        with self._mutex, storage_errors(self.folder):
            self._db.execute("PRAGMA journal_mode = WAL")
            busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise RetryLater(
                "Another process reads the catalog, so that its log still holds what was removed.",
                hint="Run it again in a moment: rag compact",
            )

    def copy_to(self, file: Path) -> None:
        """Write the catalog as it is now to a new file, free of deleted rows."""
        with self._mutex, storage_errors(self.folder):
            self._db.execute("VACUUM INTO ?", (str(file),))

    def _changed(self, identity: str, name: str, version: str | None, previous: str | None) -> None:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self._db.execute(
            "INSERT INTO changes (document_id, name, version, previous, at) VALUES (?, ?, ?, ?, ?)",
            (identity, name, version, previous, now),
        )

    def _moved(self) -> None:
        self._db.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
