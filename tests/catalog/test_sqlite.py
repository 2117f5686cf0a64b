"""The catalog in a SQLite file: damage that is found, space that comes back."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from catalogs import filled

from rag.catalog import Catalog


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with closing(Catalog(tmp_path, create={"embedder": "e/1"})) as made:
        yield made


def test_damage_is_found(catalog: Catalog, tmp_path: Path) -> None:
    assert catalog.damage() == []
    with closing(sqlite3.connect(tmp_path / "catalog.sqlite3")) as other, other:
        other.execute("PRAGMA writable_schema = ON")
        other.execute("UPDATE sqlite_master SET rootpage = 3 WHERE name = 'documents_by_source'")

    with closing(Catalog(tmp_path)) as opened:
        assert opened.damage()


def test_deleted_space_comes_back(catalog: Catalog, tmp_path: Path) -> None:
    documents = filled(catalog, *(f"{number}.txt" for number in range(3000)))
    before = sum(path.stat().st_size for path in tmp_path.iterdir())
    catalog.withdraw([document.info.id for document in documents], unwanted=False)
    catalog.forget(catalog.orphans())
    catalog.compact()

    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < before / 4


def test_a_thread_that_sees_one_state_and_one_that_reads_do_not_block_each_other(catalog: Catalog) -> None:
    (document,) = filled(catalog, "a.txt")
    begun = threading.Event()

    def still() -> None:
        with catalog.snapshot():
            begun.set()
            # The other has taken what it can by then.
            reading.join(0.2)
            catalog.live_chunks(sorted(catalog.chunk_ids()))

    def read() -> None:
        begun.wait(10)
        catalog.sentences(document.info.id, document.info.version)

    reading, holding = (threading.Thread(target=one, daemon=True) for one in (read, still))
    reading.start()
    holding.start()
    for thread in (holding, reading):
        thread.join(10)
        assert not thread.is_alive()


def test_one_state_is_seen_whatever_others_write(catalog: Catalog, tmp_path: Path) -> None:
    filled(catalog, "a.txt")
    with closing(Catalog(tmp_path)) as other:
        with catalog.snapshot():
            before = catalog.generation
            filled(other, "b.txt")
            assert (catalog.generation, len(catalog.documents())) == (before, 1)
        assert len(catalog.documents()) == 2
