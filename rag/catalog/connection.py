"""One connection to the file of a catalog, shared by threads, and its transactions."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.catalog.schema import storage_errors


class Connection:
    """An open catalog in its folder."""

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        self.folder = folder
        # One connection for all threads: no read may fall into another thread's transaction.
        self._mutex = threading.RLock()
        self._db = database

    def close(self) -> None:
        """Close the file; the object is not to be used any more."""
        self._db.close()

    @contextmanager
    def writing(self, *, durable: bool = False) -> Generator[None]:
        """Hold one transaction: all of it is stored, or nothing.

        ``durable`` waits for the disk: what went live must outlast a power cut before the indexes
        let go of what it replaced.
        """
        with self._mutex, storage_errors(self.folder):
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself where the disk is full.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Generator[None]:
        """Read one state in all that is read inside, whatever other processes write; other threads wait."""
        with self._mutex:
            begun = not self._db.in_transaction
            if begun:
                with storage_errors(self.folder):
                    self._db.execute("BEGIN")
            try:
                yield
            finally:
                if begun and self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._mutex, storage_errors(self.folder):
            return self._db.execute(sql, values).fetchall()

    def _one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        with self._mutex, storage_errors(self.folder):
            return self._db.execute(sql, values).fetchone()
