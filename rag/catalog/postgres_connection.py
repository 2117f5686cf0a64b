"""A PostgreSQL database behind a catalog: its transactions, snapshots and the one writer's lock.

Two sessions: one writes, under the lock that it took, and reads what is read outside of a search; the
other one holds a snapshot for the length of a search.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from rag.catalog.postgres_errors import lost, server_errors
from rag.catalog.postgres_session import Sessions, rows, shown, spelled
from rag.errors import RetryLater

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Advisory locks are numbers, known throughout a database.
_WRITER = 0x62_65_6C_65_67_01
_POLL = 0.05


class PostgresDatabase:
    """A database by its URL, opened when first needed and again when the connection was lost. See ``Database``."""

    def __init__(self, url: str) -> None:
        self.place = shown(url)
        self._sessions = Sessions(url, self.place)
        # No read may fall into another thread's transaction.
        self._mutex = threading.RLock()
        self._main: Connection | None = None
        self._writing = False
        # The session that holds the writer's lock: no other one may write before it has been given back.
        self._locked: Connection | None = None
        self._owned = False
        self._still_mutex = threading.RLock()
        self._still: Connection | None = None
        self._still_for = 0

    def close(self) -> None:
        """End both sessions; they are opened again when something is asked."""
        with self._mutex, self._still_mutex:
            for connection in (self._main, self._still):
                if connection is not None:
                    connection.close()
            self._main = self._still = self._locked = None

    def all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """See ``Database.all``."""
        if self._still_for == threading.get_ident() and self._still is not None:
            with server_errors(self.place):
                return rows(self._still, sql, values)
        with self._mutex:
            if self._writing:
                with server_errors(self.place):
                    return rows(self._session(), sql, values)
            return self._again(sql, values)

    def one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """See ``Database.one``."""
        found = self.all(sql, *values)
        return found[0] if found else None

    def run(self, sql: str, *values: object) -> None:
        """See ``Database.run``."""
        with server_errors(self.place):
            self._session().exec_driver_sql(spelled(sql), values)

    def many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """See ``Database.many``."""
        if listed := list(rows):
            with server_errors(self.place):
                self._session().exec_driver_sql(spelled(sql), listed)

    @contextmanager
    def writing(self, *, durable: bool = False) -> Generator[None]:
        """See ``Database.writing``.

        Raises:
            RetryLater: the connection was lost, and with it the writer's lock.
        """
        with self._mutex:
            session = self._begun()
            try:
                self._writing = True
                with server_errors(self.place):
                    if durable:
                        session.exec_driver_sql("SET LOCAL synchronous_commit = on")
                    yield
                    session.exec_driver_sql("COMMIT")
            except BaseException:
                self._undo(session)
                raise
            finally:
                self._writing = False

    @contextmanager
    def snapshot(self) -> Generator[None]:
        """See ``Database.snapshot``."""
        with self._still_mutex:
            if self._still_for == threading.get_ident():
                yield
                return
            self._begin_still()
            self._still_for = threading.get_ident()
            try:
                yield
            finally:
                self._still_for = 0
                self._end_still()

    @contextmanager
    def writer(self, *, wait: float) -> Generator[None]:
        """Be the catalog's one writer on all machines; the server takes the lock back when this process dies.

        Raises:
            RetryLater: another process writes, and did not end within ``wait`` seconds.
        """
        until = time.monotonic() + wait
        while not self._acquired():
            if time.monotonic() >= until:
                raise RetryLater(
                    f"Another process is writing to the catalog{self._who()}.",
                    hint="Wait until it has ended, then run the command again.",
                )
            time.sleep(_POLL)
        try:
            yield
        finally:
            with self._mutex:
                if self._main is not None and self._main is self._locked:
                    # Lost by now, it has been given back already.
                    with suppress(RetryLater):
                        self._read("SELECT pg_advisory_unlock(?)", (_WRITER,))
                self._locked, self._owned = None, False

    def outside(self, *statements: str) -> None:
        """Carry out statements that bear no transaction around them."""
        with self._mutex:
            self._again("SELECT 1", ())
            with server_errors(self.place):
                for statement in statements:
                    self._session().exec_driver_sql(statement)

    def _acquired(self) -> bool:
        with self._mutex:
            if self._again("SELECT pg_try_advisory_lock(?)", (_WRITER,))[0][0]:
                self._locked, self._owned = self._session(), True
        return self._owned

    def _who(self) -> str:
        found = self.all(
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.granted"
            " AND l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname ="
            " current_database()) AND (l.classid::bigint << 32) + l.objid::bigint = ?",
            _WRITER,
        )
        return f" ({found[0][0]})" if found and found[0][0] else ""

    def _again(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._read(sql, values)
        except RetryLater:
            if self._main is not None:
                raise
        # The server was started anew, or the line was cut, since the last question.
        return self._read(sql, values)

    def _read(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        session = self._session()
        try:
            with server_errors(self.place):
                return rows(session, sql, values)
        finally:
            if session.invalidated:
                session.close()
                self._main = None

    def _session(self) -> Connection:
        if self._main is None:
            self._main = self._sessions.open()
        return self._main

    def _begun(self) -> Connection:
        """Return the session, in a transaction; it must be the one that took the writer's lock, where one did."""
        for again in (self._main is not None, False):
            session = self._session()
            if self._owned and session is not self._locked:
                break
            try:
                with server_errors(self.place):
                    session.exec_driver_sql("BEGIN")
            except RetryLater:
                self._undo(session)
                if not again:
                    raise
            else:
                return session
        raise lost(self.place)

    def _undo(self, session: Connection) -> None:
        if not session.invalidated:
            try:
                with server_errors(self.place):
                    session.exec_driver_sql("ROLLBACK")
            except RetryLater:
                # Lost: the server rolls back by itself.
                session.invalidate()
        if session.invalidated:
            session.close()
            self._main = None

    def _begin_still(self) -> None:
        for again in (True, False):
            self._still = self._still or self._sessions.open()
            try:
                with server_errors(self.place):
                    self._still.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            except RetryLater:
                self._end_still()
                if not again:
                    raise
            else:
                return

    def _end_still(self) -> None:
        if self._still is not None and not self._still.invalidated:
            try:
                with server_errors(self.place):
                    self._still.exec_driver_sql("ROLLBACK")
            except RetryLater:
                # Lost after all was read.
                self._still.invalidate()
        if self._still is not None and self._still.invalidated:
            self._still.close()
            self._still = None
