"""The catalog in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from rag.catalog.changing import AnyCatalog
from rag.catalog.connection import SqliteDatabase
from rag.catalog.schema import FILE, connect, discard_old, storage_errors
from rag.errors import RetryLater


class Catalog(AnyCatalog):
    """The catalog of an index folder."""

    def __init__(self, folder: Path, *, create: dict[str, str] | None = None) -> None:
        self.folder = folder
        # Looked at first: one that takes its place meanwhile is noticed later.
        before = _file_in(folder)
        self._file = SqliteDatabase(folder, connect(folder, create=create))
        self._opened = before or _file_in(folder)
        super().__init__(self._file)

    @property
    def displaced(self) -> bool:
        """See ``AnyCatalog.displaced``. Where there is none just now, another is being put there."""
        return _file_in(self.folder) not in (self._opened, None)

    @contextmanager
    def snapshot(self) -> Generator[None]:
        """See ``Database.snapshot``; what is remembered is held first, as always, so that no two threads block each other."""
        with self._memory, self._file.snapshot():
            yield

    def damage(self) -> list[str]:
        """See ``AnyCatalog.damage``: what SQLite's own check finds, then what the texts' hashes and the vectors' lengths tell."""
        with self._file.mutex, storage_errors(self.folder):
            try:
                rows = self._file.connection.execute("PRAGMA quick_check").fetchall()
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError as error:
                # So damaged that the check does not get through.
                return [str(error)]
        return [row[0] for row in rows if row[0] != "ok"] or [*self.changed_texts(), *self._mixed()]

    def compact(self) -> None:
        """See ``AnyCatalog.compact``."""
        with self._file.mutex, storage_errors(self.folder):
            self._file.connection.execute("VACUUM")
        self.settle_log()
        discard_old(self.folder)

    def settle_log(self) -> None:
        """Bring all that was written into the file itself, and empty the log, which holds old pages."""
        with self._file.mutex, storage_errors(self.folder):
            self._file.connection.execute("PRAGMA journal_mode = WAL")
            busy = self._file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise RetryLater(
                "Another process reads the catalog, so that its log still holds what was removed.",
                hint="Run it again in a moment: rag compact",
            )

    def copy_to(self, file: Path) -> None:
        """See ``AnyCatalog.copy_to``."""
        with self._file.mutex, storage_errors(self.folder):
            self._file.connection.execute("VACUUM INTO ?", (str(file),))


def _file_in(folder: Path) -> tuple[int, int] | None:
    """Return which file is the catalog of a folder: its device and number, which no other has while it is open."""
    try:
        found = (folder / FILE).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def await_disk(folder: Path) -> None:
    """Return when all that was written to a folder's catalog outlasts a power cut; nobody waits for it but the caller."""
    # Without a log, all that was written stands in the file itself, which SQLite has synced.
    with storage_errors(folder), suppress(FileNotFoundError), (folder / f"{FILE}-wal").open("rb") as log:
        os.fsync(log.fileno())
