"""What brings the tables of an older catalog up to this version's: one step a schema, all or none."""

from __future__ import annotations

import sqlite3

PLACES = """CREATE TABLE places (
    document_id TEXT NOT NULL, version TEXT NOT NULL, start INTEGER NOT NULL, kind TEXT NOT NULL, number INTEGER, name TEXT,
    PRIMARY KEY (document_id, version, start),
    FOREIGN KEY (document_id, version) REFERENCES versions (document_id, version) ON DELETE CASCADE
) WITHOUT ROWID"""
"""Where in its file a part of a version's text stood."""

FILES = """CREATE TABLE files (
    source TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL, checked INTEGER NOT NULL,
    reason TEXT, hint TEXT, skipped INTEGER NOT NULL,
    PRIMARY KEY (source, name)
) WITHOUT ROWID"""
"""Files that are not one document (refused ones, with the reason, and those that hold documents), so that nobody reads
them again for nothing."""

_STEPS: tuple[tuple[str, ...], ...] = (
    # To 2: a text's length, so that listing documents does not read their texts.
    (
        "ALTER TABLE versions ADD COLUMN length INTEGER NOT NULL DEFAULT 0",
        "UPDATE versions SET length = length(text)",
    ),
    # To 3: authors, places, and what is remembered of files.
    ("ALTER TABLE versions ADD COLUMN author TEXT", PLACES, FILES),
    # To 4: vectors of tokens.
    ("ALTER TABLE chunks ADD COLUMN tokens BLOB NOT NULL DEFAULT x''",),
)

SCHEMA = 1 + len(_STEPS)
"""Version of the tables; an index of an older one is migrated when it is opened, of a newer one refused."""


def migrate(connection: sqlite3.Connection) -> None:
    """Carry out the steps that are missing, in one transaction: whoever is killed here leaves what there was."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster.
        for step in _STEPS[found_schema(connection) - 1 :]:
            for statement in step:
                connection.execute(statement)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(SCHEMA),))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def found_schema(connection: sqlite3.Connection) -> int:
    """Return the version of a catalog's tables, 0 where it does not say."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    return int(row[0]) if row and row[0].isdigit() else 0
