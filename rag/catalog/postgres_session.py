"""Sessions with a PostgreSQL server: how one is opened, or why not.

With ``postgres_errors`` the only importer of SQLAlchemy, and alone that of psycopg.
"""

from __future__ import annotations

import os
import socket
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.catalog.postgres_errors import not_connected, server_errors
from rag.errors import FixSettings, InstallExtra

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

SPACE = "beleg"
"""The schema that holds a catalog's tables: one in a database."""

OLDEST = 140_000
"""The oldest server that is used, as PostgreSQL numbers its versions."""

# Seconds until a server that has fallen silent is given up, and until it gives up a node that has.
_SILENCE = {"connect_timeout": 10, "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}
_SESSION = (
    ("search_path", SPACE), ("lock_timeout", "10s"), ("idle_in_transaction_session_timeout", "10min"),
    ("tcp_keepalives_idle", "15"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3"),
    # What is stored and not live yet may be lost with the server; it is stored again.
    ("jit", "off"), ("synchronous_commit", "off"),
)  # fmt: skip


class Sessions:
    """Opens sessions with the database of a URL; ``place`` is how errors name it.

    Raises:
        InstallExtra: SQLAlchemy or psycopg is not installed.
        FixSettings: the URL is none.
    """

    def __init__(self, url: str, place: str) -> None:
        self._place = place
        self._engine = _engine(url, place)

    def open(self) -> Connection:
        """Return a new session.

        Raises:
            RetryLater: the server does not answer.
            FixSettings: it does not let us in, has no such database, or is none that can be used.
        """
        from sqlalchemy.exc import DBAPIError

        try:
            connection = self._engine.connect()
        except DBAPIError as error:
            raise not_connected(self._place, error) from error
        settings = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in _SESSION)
        asked = "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')"
        with server_errors(self._place):
            version, encoding, *_ = rows(connection, f"{asked}, {settings}", ())[0]
        if version < OLDEST:
            connection.close()
            raise FixSettings(
                f"The catalog's server is PostgreSQL {version // 10_000}, which is too old ({self._place}).",
                hint=f"Use PostgreSQL {OLDEST // 10_000} or later.",
            )
        if encoding != "UTF8":
            connection.close()
            raise FixSettings(
                f"The catalog's database is in {encoding}, which cannot hold every text ({self._place}).",
                hint="Make one that can: createdb --encoding UTF8 --template template0 NAME",
            )
        return connection


def shown(url: str) -> str:
    """Return how errors name a database: nothing of the URL that could be a secret."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "this machine", parts.port
    except ValueError:
        return "catalog_url"
    return f"{parts.path.strip('/') or 'database'} at {host}{f':{port}' if port else ''}"


@cache
def spelled(sql: str) -> str:
    """Return a statement of ours as psycopg and PostgreSQL spell it."""
    return sql.replace("json_each(?)", "json_array_elements_text(?::json)").replace("?", "%s")


def rows(connection: Connection, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
    """Carry a statement out and return what it gives."""
    return [tuple(row) for row in connection.exec_driver_sql(spelled(sql), values)]


def _engine(url: str, place: str) -> Engine:
    try:
        import psycopg
        from sqlalchemy import create_engine
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError
        from sqlalchemy.pool import NullPool
    except ModuleNotFoundError as error:
        raise InstallExtra(
            f"A catalog on PostgreSQL needs a library that is not installed ({error.name}).",
            hint='Install it: pip install "beleg[postgres]"',
        ) from error

    class Binary(psycopg.Cursor[Any]):
        """Vectors come as they are, not spelled out in hexadecimal digits."""

        def __init__(self, connection: psycopg.Connection[Any], **given: Any) -> None:
            super().__init__(connection, **given)
            self.format = psycopg.pq.Format.BINARY

    who = f"beleg on {socket.gethostname()[:30]}, process {os.getpid()}"
    try:
        return create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            poolclass=NullPool,
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",
            connect_args={**_SILENCE, "application_name": who, "cursor_factory": Binary, "client_encoding": "utf8"},
        )
    except (ArgumentError, ValueError) as error:
        raise FixSettings(
            f"catalog_url cannot be used ({place}).", hint="Write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        ) from error
