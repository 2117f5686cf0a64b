"""A process that has an index open while another process puts another catalog in its place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from folders import sound, write

from rag import LocalEngine, connect, load_settings

QUESTION = "Wer schläft unter den Eichen?"


def rebuild(other: LocalEngine, new: Path) -> None:
    list(other.ingest_events(new, rebuild=True))


def replace(other: LocalEngine, new: Path) -> None:
    file = new.with_name("third.beleg")
    with connect(load_settings(index=new.with_name("third"), embedding="hashed-words")) as third:
        third.ingest(new)
        third.export_to(file)
    other.import_from(file, replace=True)


def repair(other: LocalEngine, new: Path) -> None:
    with closing(sqlite3.connect(other.folder / "catalog.sqlite3")) as connection, connection:
        connection.execute("UPDATE versions SET text = replace(text, 'Reh', 'Amt')")
    done = other.repair()
    assert done is not None
    assert done.lost == ("tief/wald.md",)
    other.ingest(new)


@pytest.mark.parametrize("change", [rebuild, replace, repair])
def test_a_process_goes_on_with_the_catalog_that_is_there_now(
    filled: LocalEngine, open_engine: Callable[..., LocalEngine], tmp_path: Path, change: Callable[..., None]
) -> None:
    assert filled.search(QUESTION, limit=1)[0].document.name == "tief/wald.md"
    write(tmp_path / "new", {"anders.txt": "Der Igel schläft unter den Eichen."})

    change(open_engine(), tmp_path / "new")

    names = {document.name for document in filled.documents()}
    assert ("anders.txt" in names, "tief/wald.md" in names) == (True, False)
    assert filled.search(QUESTION, limit=1)[0].document.name == "anders.txt"
    assert sound(filled)
    write(tmp_path / "new", {"mehr.txt": "Der Dachs gräbt."})
    assert filled.ingest(tmp_path / "new").added == ("mehr.txt",)
