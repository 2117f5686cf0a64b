"""The tables of a catalog, and how an index is opened, made or refused."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rag.catalog.migrations import FILES, PLACES, SCHEMA, found_schema, migrate
from rag.errors import AddDocuments, FixStorage, RebuildIndex, RetryLater

FILE = "catalog.sqlite3"
STAGE = f"{FILE}.import"
"""Folder in which a catalog from elsewhere is checked before it takes its place."""

TABLES = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- whole: the folder itself was ingested, so that what appears in it later belongs to the index too.
-- root: the bytes of the path, which need not be text.
CREATE TABLE sources (id TEXT PRIMARY KEY, root BLOB NOT NULL, whole INTEGER NOT NULL) WITHOUT ROWID;
-- Documents that a person removed: following the folder does not bring them back, naming them does.
CREATE TABLE unwanted (id TEXT PRIMARY KEY, source TEXT NOT NULL, name TEXT NOT NULL) WITHOUT ROWID;
-- Every version that is stored; the live one of a document is the one that documents.version names.
-- The text stands last: SQLite reads through it to get at what stands behind it.
CREATE TABLE versions (
    document_id TEXT NOT NULL, version TEXT NOT NULL, title TEXT, language TEXT, date TEXT,
    complete INTEGER NOT NULL DEFAULT 0, length INTEGER NOT NULL DEFAULT 0, author TEXT, text TEXT NOT NULL,
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
    tokens BLOB NOT NULL DEFAULT '',
    FOREIGN KEY (document_id, version) REFERENCES versions (document_id, version) ON DELETE CASCADE
);
CREATE INDEX chunks_by_version ON chunks (document_id, version, start);
-- The change feed: one row whenever what a question can find has changed.
CREATE TABLE changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL, name TEXT NOT NULL, version TEXT,
    previous TEXT, at TEXT NOT NULL
);
{PLACES};
{FILES}
"""
"""How SQLite is told to make them; see ``postgres.made_of`` for the other."""


def connect(folder: Path, *, create: dict[str, str] | None = None) -> sqlite3.Connection:
    """Open the catalog in ``folder``; with ``create`` make it, holding these meta values.

    Raises:
        AddDocuments: nothing was ever stored there, and ``create`` was not asked for.
        RebuildIndex: the file is damaged, or of a newer schema; an older one is migrated.
        FixStorage: it cannot be opened or written.
    """
    path = folder / FILE
    with storage_errors(folder):
        if not exists(folder):
            if create is None:
                raise no_index(folder)
            _make(path, create)
        connection = _open(path)
        try:
            _require_schema(connection, folder)
        except BaseException:
            connection.close()
            raise
    return connection


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def _make(path: Path, meta: dict[str, str]) -> None:
    """Make a catalog aside and put it in its place whole, so that an empty file there is damage."""
    aside = path.with_name(f"{FILE}.new")
    # Left over from one that was stopped here, or from a catalog that somebody deleted.
    for leftover in (
        aside,
        *(path.with_name(f"{name}{end}") for name in (aside.name, FILE) for end in ("-wal", "-shm")),
    ):
        leftover.unlink(missing_ok=True)
    connection = _open(aside)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        for statement in TABLES.split(";\n"):
            connection.execute(statement)
        rows = [("schema", str(SCHEMA)), ("generation", "0"), *meta.items()]
        connection.executemany("INSERT INTO meta VALUES (?, ?)", rows)
        connection.execute("COMMIT")
    finally:
        connection.close()
    aside.replace(path)


def _require_schema(connection: sqlite3.Connection, folder: Path) -> None:
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is None:
        raise RebuildIndex(f"The catalog in {folder} is damaged: it is empty.", hint=rebuild_hint(folder))
    found = found_schema(connection)
    if 1 <= found < SCHEMA:
        migrate(connection)
    elif found != SCHEMA:
        raise RebuildIndex(
            f"The index was made with schema {found}; this version of Beleg reads schema {SCHEMA}.",
            hint=rebuild_hint(folder),
        )


def exists(folder: Path) -> bool:
    """Say whether an index stands in a folder."""
    return (folder / FILE).exists()


def set_aside(folder: Path) -> None:
    """Make room for a new catalog; the old one stays under another name until the next time."""
    with storage_errors(folder):
        for end in ("", "-wal", "-shm") if exists(folder) else ():
            old, aside = folder / f"{FILE}{end}", folder / f"{FILE}.before-rebuild{end}"
            aside.unlink(missing_ok=True)
            if old.exists():
                old.replace(aside)


def discard_old(folder: Path) -> None:
    """Delete the catalogs that ``set_aside`` and a stopped making left; texts that were removed since stand in them."""
    with storage_errors(folder):
        for path in folder.glob(f"{FILE}.*"):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def no_index(folder: Path) -> AddDocuments:
    """Return the error for a folder in which nothing was ever stored."""
    return AddDocuments(f"There is no index in {folder}.", hint="Make one: rag ingest FOLDER")


def _damaged(folder: Path, error: sqlite3.DatabaseError) -> RebuildIndex:
    hint = f"Save what can be read: rag doctor --repair --index {folder}. {rebuild_hint(folder)}"
    return RebuildIndex(f"The catalog in {folder} is damaged: {error}.", hint=hint)


def rebuild_hint(folder: Path) -> str:
    """Return the sentence that tells how to make an index anew from its documents."""
    return f"Make it anew from the documents: rag ingest FOLDER --rebuild --index {folder}"


def past_repair(folder: Path) -> str:
    """Return the sentences that tell what to do with a catalog of which nothing can be read."""
    return f"{rebuild_hint(folder)}. Or take in a backup: rag import FILE --replace --index {folder}"


@contextmanager
def storage_errors(folder: Path) -> Generator[None]:
    """Turn SQLite's and the system's errors into those that a reader can act on."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            raise RetryLater("Another process is writing to the index.", hint="Try again in a moment.") from error
        if any(sign in text for sign in ("readonly", "unable to open", "full", "disk I/O")):
            raise FixStorage(
                f"The index in {folder} cannot be opened or written ({text}).",
                hint="Check free space and permissions, or choose another place with --index.",
            ) from error
        raise _damaged(folder, error) from error
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        raise _damaged(folder, error) from error
    except OSError as error:
        raise FixStorage(
            f"The index in {folder} cannot be used: {error.strerror or error}.",
            hint="Check free space and permissions, or choose another place with --index.",
        ) from error
