"""How a catalog is made, opened and refused."""

from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from catalogs import as_schema_1
from processes import in_child

from rag import AddDocuments, BelegError, FixStorage, RebuildIndex, RetryLater
from rag.catalog.migrations import SCHEMA
from rag.catalog.schema import FILE, connect, exists, set_aside, storage_errors

META = {"embedder": "someone/1"}


def made(folder: Path) -> Path:
    connect(folder, create=META).close()
    return folder / FILE


def read(path: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def open_catalog(folder: str, create: bool = False) -> None:
    connect(Path(folder), create=META if create else None).close()


def test_where_nothing_was_stored_there_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(AddDocuments, match="There is no index") as caught:
        connect(tmp_path)

    assert "rag ingest" in caught.value.hint
    assert not exists(tmp_path)
    assert list(tmp_path.iterdir()) == [], "looking must not make anything"


def test_a_catalog_is_made_once_and_then_opened(tmp_path: Path) -> None:
    path = made(tmp_path)
    connect(tmp_path, create={"embedder": "another"}).close()

    assert exists(tmp_path)
    assert dict(read(path, "SELECT key, value FROM meta")) == {"schema": str(SCHEMA), "generation": "0", **META}
    assert [entry.name for entry in tmp_path.iterdir()] == [FILE]


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    made(tmp_path)
    with closing(connect(tmp_path)) as writer, closing(connect(tmp_path)) as reader:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE meta SET value = '7' WHERE key = 'generation'")
        assert reader.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone() == ("0",)
        writer.execute("COMMIT")
        assert reader.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone() == ("7",)


def test_what_was_left_by_a_stopped_making_is_no_hindrance(tmp_path: Path) -> None:
    for name in (f"{FILE}.new", f"{FILE}.new-wal", f"{FILE}-wal", f"{FILE}-shm"):
        (tmp_path / name).write_bytes(b"half")

    path = made(tmp_path)

    assert read(path, "PRAGMA integrity_check") == [("ok",)]


def test_an_emptied_file_is_damage_and_not_a_new_index(tmp_path: Path) -> None:
    made(tmp_path).write_bytes(b"")

    for create in (None, META):
        with pytest.raises(RebuildIndex, match="empty") as caught:
            connect(tmp_path, create=create)
        assert "--rebuild" in caught.value.hint


def test_a_catalog_set_aside_makes_room_and_can_still_be_read(tmp_path: Path) -> None:
    for generation in ("1", "2"):
        made(tmp_path)
        with closing(connect(tmp_path)) as connection:
            connection.execute("UPDATE meta SET value = ? WHERE key = 'generation'", (generation,))
            assert (tmp_path / f"{FILE}-wal").exists()
            set_aside(tmp_path)
            assert not exists(tmp_path)

    aside = tmp_path / f"{FILE}.before-rebuild"
    set_aside(tmp_path)
    assert read(aside, "SELECT value FROM meta WHERE key = 'generation'") == [("2",)]


@pytest.mark.parametrize("damage", [b"not a database at all" * 300, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, damage: bytes) -> None:
    made(tmp_path).write_bytes(damage)

    with pytest.raises(RebuildIndex, match="damaged"):
        connect(tmp_path)


def test_another_schema_is_refused_with_both_numbers(tmp_path: Path) -> None:
    path = made(tmp_path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")

    with pytest.raises(RebuildIndex, match=rf"schema 99.*schema {SCHEMA}\b") as caught:
        connect(tmp_path, create=META)

    assert str(tmp_path) in caught.value.hint


@pytest.mark.parametrize("create", [False, True])
def test_a_folder_that_may_not_be_written_is_storage_to_fix(tmp_path: Path, create: bool) -> None:
    if not create:
        made(tmp_path)
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(FixStorage) as caught:
            in_child(open_catalog, str(tmp_path), create, unprivileged=True)
    finally:
        tmp_path.chmod(stat.S_IRWXU)

    assert "permissions" in caught.value.hint


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (sqlite3.OperationalError("database is locked"), RetryLater),
        (sqlite3.OperationalError("database table is busy"), RetryLater),
        (sqlite3.OperationalError("attempt to write a readonly database"), FixStorage),
        (sqlite3.OperationalError("unable to open database file"), FixStorage),
        (sqlite3.OperationalError("database or disk is full"), FixStorage),
        (sqlite3.OperationalError("disk I/O error"), FixStorage),
        (PermissionError(13, "Permission denied"), FixStorage),
        (sqlite3.OperationalError("no such table: chunks"), RebuildIndex),
        (sqlite3.DatabaseError("database disk image is malformed"), RebuildIndex),
        (sqlite3.DatabaseError("file is not a database"), RebuildIndex),
    ],
)
def test_an_error_says_what_can_be_done(tmp_path: Path, error: Exception, meant: type[BelegError]) -> None:
    with pytest.raises(meant) as caught, storage_errors(tmp_path):
        raise error

    assert caught.value.hint
    assert caught.value.__cause__ is error


def test_a_mistake_of_our_own_is_not_called_damage(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.ProgrammingError), storage_errors(tmp_path):
        raise sqlite3.ProgrammingError("Cannot operate on a closed database.")


def test_two_that_open_an_old_index_at_once_bring_it_up_to_date_once(tmp_path: Path) -> None:
    path = made(tmp_path)
    as_schema_1(tmp_path)
    with ThreadPoolExecutor(4) as threads:
        for connection in threads.map(lambda _: connect(tmp_path), range(8)):
            connection.close()
    assert dict(read(path, "SELECT key, value FROM meta"))["schema"] == str(SCHEMA)
