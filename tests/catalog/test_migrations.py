"""Catalogs of earlier schemas are brought up to this one, whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from catalogs import as_schema_1, filled

from rag import FixStorage
from rag.catalog import Catalog
from rag.catalog.migrations import SCHEMA, migrate
from rag.catalog.schema import FILE


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A catalog as schema 1 made it, with two documents."""
    with closing(Catalog(tmp_path, create={"embedder": "e/1"})) as catalog:
        filled(catalog, "one.txt", "two.txt")
    as_schema_1(tmp_path)
    return tmp_path


def schema_of(folder: Path) -> str:
    with closing(sqlite3.connect(folder / FILE)) as connection:
        return connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()[0]


def test_an_index_of_the_first_schema_is_read_as_it_was(old: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with closing(Catalog(tmp_path_factory.mktemp("new"), create={"embedder": "e/1"})) as new:
        filled(new, "one.txt", "two.txt")
        with closing(Catalog(old)) as migrated:
            assert migrated.documents() == new.documents()
            assert [d.length for d in migrated.documents()] == [
                len(found.text) for d in migrated.documents() if (found := migrated.document(d.id))
            ]
            assert migrated.corpus() == new.corpus()
    assert schema_of(old) == str(SCHEMA)


def test_a_migration_that_fails_leaves_what_there_was(old: Path) -> None:
    with closing(sqlite3.connect(old / FILE, isolation_level=None)) as connection:
        connection.execute("CREATE TRIGGER no BEFORE UPDATE ON meta BEGIN SELECT RAISE(ABORT, 'no'); END")
        with pytest.raises(sqlite3.IntegrityError, match="no"):
            migrate(connection)
        columns = {row[1] for row in connection.execute("PRAGMA table_info(versions)")}
        assert "length" not in columns
        connection.execute("DROP TRIGGER no")

    with closing(Catalog(old)) as migrated:
        assert len(migrated.documents()) == 2


def test_migrating_twice_changes_nothing(old: Path) -> None:
    with closing(sqlite3.connect(old / FILE, isolation_level=None)) as connection:
        migrate(connection)
        before = connection.execute("SELECT * FROM versions").fetchall()
        migrate(connection)
        assert connection.execute("SELECT * FROM versions").fetchall() == before


def test_an_older_index_that_may_not_be_written_says_so(old: Path) -> None:
    from processes import in_child

    (old / FILE).chmod(0o444)
    old.chmod(0o555)
    try:
        with pytest.raises(FixStorage, match="readonly"):
            in_child(opened, str(old), unprivileged=True)
    finally:
        old.chmod(0o755)


def opened(folder: str) -> None:
    Catalog(Path(folder)).close()
