"""One connection to the file of a catalog, shared by threads, and its transactions."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.catalog.schema import storage_errors
from rag.errors import RetryLater


class SqliteDatabase:
    """The open file of a catalog, in its folder. See ``Database``."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self.folder = folder
        # One connection for all threads: no read may fall into another thread's transaction.
        self.mutex = threading.RLock()
        self.connection = connection
        self._closed = False

    def close(self) -> None:
        """Close the file; the object is not to be used any more."""
        self._closed = True
        self.connection.close()

    @contextmanager
    def writing(self, *, durable: bool = False) -> Generator[None]:
        """See ``Database.writing``."""
        with self.mutex, storage_errors(self.folder):
            self.connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself where the disk is full.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Generator[None]:
        """See ``Database.snapshot``; other threads wait, as they share the connection."""
        with self.mutex:
            with self._held():
                begun = not self.connection.in_transaction
                if begun:
                    self.connection.execute("BEGIN")
            try:
                yield
            finally:
                with self._held():
                    if begun and self.connection.in_transaction:
                        self.connection.execute("ROLLBACK")

    def all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """See ``Database.all``."""
        with self._held():
            return self.connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """See ``Database.one``."""
        with self._held():
            return self.connection.execute(sql, values).fetchone()

    def run(self, sql: str, *values: object) -> None:
        """See ``Database.run``."""
        self.connection.execute(sql, values)

    def many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """See ``Database.many``."""
        self.connection.executemany(sql, rows)

    @contextmanager
    def _held(self) -> Generator[None]:
        with self.mutex, storage_errors(self.folder):
            try:
                yield
            except sqlite3.ProgrammingError as error:
                # A stream is read on after its engine was closed; all else is a mistake of our own.
                if not self._closed:
                    raise
                raise RetryLater(
                    "The engine was closed before its answer was whole.",
                    hint="Ask again, and close it when all is answered.",
                ) from error
