"""The tables of a catalog, and how an index is opened, made or refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import AddDocuments, FixStorage, RebuildIndex, RetryLater

SCHEMA = 1
"""Version of the tables; an index of another version is refused, or migrated once there is a way."""

FILE = "catalog.sqlite3"

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- whole: the folder itself was ingested, so that what appears in it later belongs to the index too.
CREATE TABLE sources (id TEXT PRIMARY KEY, root TEXT NOT NULL, whole INTEGER NOT NULL) WITHOUT ROWID;
-- Documents that a person removed: following the folder does not bring them back, naming them does.
CREATE TABLE unwanted (id TEXT PRIMARY KEY, source TEXT NOT NULL, name TEXT NOT NULL) WITHOUT ROWID;
-- Every version that is stored; the live one of a document is the one that documents.version names.
CREATE TABLE versions (
    document_id TEXT NOT NULL, version TEXT NOT NULL, text TEXT NOT NULL, title TEXT, language TEXT, date TEXT,
    complete INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (document_id, version)
);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES sources (id), name TEXT NOT NULL, version TEXT NOT NULL,
    size INTEGER NOT NULL, modified INTEGER NOT NULL, checked INTEGER NOT NULL,
    FOREIGN KEY (id, version) REFERENCES versions (document_id, version)
);
CREATE INDEX documents_by_source ON documents (source, name);
CREATE TABLE chunks (
    id TEXT PRIMARY KEY, document_id TEXT NOT NULL, version TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    shard TEXT NOT NULL, sentences BLOB NOT NULL, vector BLOB NOT NULL, sentence_vectors BLOB NOT NULL,
    FOREIGN KEY (document_id, version) REFERENCES versions (document_id, version) ON DELETE CASCADE
);
CREATE INDEX chunks_by_version ON chunks (document_id, version, start);
-- The change feed: one row whenever what a question can find has changed.
CREATE TABLE changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL, name TEXT NOT NULL, version TEXT,
    previous TEXT, at TEXT NOT NULL
);
"""


def connect(folder: Path, *, create: dict[str, str] | None = None) -> sqlite3.Connection:
    """Open the catalog in ``folder``; with ``create`` make it, holding these meta values.

    Raises:
        AddDocuments: nothing was ever stored there, and ``create`` was not asked for.
        RebuildIndex: the file is damaged, or of another schema.
        FixStorage: it cannot be opened or written.
    """
    path = folder / FILE
    with storage_errors(folder):
        connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        made = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone()
        if made is None and create is None:
            connection.close()
            raise no_index(folder)
        if made is None:
            connection.execute("PRAGMA journal_mode = WAL")
            rows = [("schema", str(SCHEMA)), ("generation", "0"), *(create or {}).items()]
            connection.execute("BEGIN IMMEDIATE")
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            connection.executemany("INSERT INTO meta VALUES (?, ?)", rows)
            connection.execute("COMMIT")
        found = dict(connection.execute("SELECT key, value FROM meta")).get("schema")
    if found != str(SCHEMA):
        connection.close()
        raise RebuildIndex(
            f"The index was made with schema {found}; this version of Beleg reads schema {SCHEMA}.",
            hint=rebuild_hint(folder),
        )
    return connection


def no_index(folder: Path) -> AddDocuments:
    """Return the error for a folder in which nothing was ever stored."""
    return AddDocuments(f"There is no index in {folder}.", hint="Make one: rag ingest FOLDER")


def rebuild_hint(folder: Path) -> str:
    """Return the sentence that tells how to make an index anew from its documents."""
    return f"Make it anew from the documents: rag ingest FOLDER --rebuild --index {folder}"


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Turn SQLite's and the system's errors into those that a reader can act on."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            raise RetryLater("Another process is writing to the index.", hint="Try again in a moment.") from error
        if any(sign in text for sign in ("readonly", "unable to open", "disk is full", "full", "disk I/O")):
            raise FixStorage(
                f"The index in {folder} cannot be written ({text}).",
                hint="Check free space and permissions, or choose another place with --index.",
            ) from error
        raise RebuildIndex(f"The catalog in {folder} is damaged: {text}.", hint=rebuild_hint(folder)) from error
    except sqlite3.DatabaseError as error:
        raise RebuildIndex(f"The catalog in {folder} is damaged: {error}.", hint=rebuild_hint(folder)) from error
    except OSError as error:
        raise FixStorage(
            f"The index in {folder} cannot be used: {error.strerror or error}.",
            hint="Check free space and permissions, or choose another place with --index.",
        ) from error
