"""The seam between what a catalog says and the database that it says it to.

Catalogs speak the SQL that SQLite and PostgreSQL share: ``?`` for a value, ``json_each(?)`` for a list of
texts, ``ON CONFLICT`` and ``RETURNING``, numbers in place of truth values.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Database(Protocol):
    """One database, shared by threads. Its errors are those of ``rag.errors``."""

    def all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return all rows of a statement."""
        ...

    def one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row of a statement, if there is one."""
        ...

    def run(self, sql: str, *values: object) -> None:
        """Carry out a statement, inside of ``writing``."""
        ...

    def many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Carry out a statement for each row, inside of ``writing``."""
        ...

    def writing(self, *, durable: bool = False) -> AbstractContextManager[None]:
        """Hold one transaction: all of it is stored, or nothing.

        ``durable`` waits for the disk: what went live must outlast a power cut before the indexes
        let go of what it replaced.
        """
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Have this thread see one state, whatever is written elsewhere."""
        ...

    def close(self) -> None:
        """Let go of it; the object is not to be used any more."""
        ...
