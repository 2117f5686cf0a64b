"""A catalog with damaged pages: what can be read is kept as it was, the rest is embedded again or named as lost."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from folders import found, opened, sound, write

from rag import LocalEngine, RebuildIndex
from rag.catalog import Catalog
from rag.documents.reading import text_version
from rag.repair import Repaired
from tests.cli.conftest import rag
from tests.documents.real import FILES

__all__ = ["rag"]
Open = Callable[..., LocalEngine]
COUNT, PAGE = 30, 4096


def text(number: int) -> str:
    return "\n\n".join(
        f"Absatz {part} des Briefes {number}. " + f"Wort{number}p{part} steht hier. " * 40 for part in range(4)
    )


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of letters, which no test changes."""
    docs = tmp_path_factory.mktemp("docs")
    write(docs, {f"{n}.txt": text(n) for n in range(COUNT)})
    return docs


@pytest.fixture(scope="module")
def ingested(docs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the letters, to be copied."""
    index = tmp_path_factory.mktemp("letters") / "index"
    with opened(str(index)) as engine:
        engine.ingest(docs)
    return index


@pytest.fixture
def letters(ingested: Path, engine: LocalEngine) -> LocalEngine:
    shutil.copytree(ingested, engine.folder)
    return engine


def change(engine: LocalEngine, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(engine.folder / "catalog.sqlite3")) as connection, connection:
        connection.execute(sql, values)


def damage_pages(file: Path, seed: int, share: float) -> None:
    """Overwrite some of a file's pages, never the first ones, which hold the schema."""
    chance = random.Random(seed)
    data = bytearray(file.read_bytes())
    pages = range(16, len(data) // PAGE)
    for page in chance.sample(pages, max(1, int(len(pages) * share))):
        data[page * PAGE : (page + 1) * PAGE] = chance.randbytes(PAGE)
    file.write_bytes(data)


@pytest.mark.parametrize("seed", range(6))
def test_damaged_pages_cost_only_what_stood_on_them(letters: LocalEngine, open_engine: Open, seed: int) -> None:
    damage_pages(letters.folder / "catalog.sqlite3", seed, share=0.02)
    engine = open_engine()
    try:
        repaired = engine.repair()
    except RebuildIndex:
        # Not even the list of documents can be read.
        return
    if repaired is None:
        # Nothing was hit that SQLite's check or a text's hash looks at.
        assert len(engine.documents()) == COUNT
        repaired = Repaired(COUNT, (), ())
    names = {document.name for document in engine.documents()}

    assert len(names) + len(repaired.lost) == COUNT
    assert names.isdisjoint(repaired.lost)
    assert repaired.kept + len(repaired.embedded) == len(names)
    assert sound(engine)
    for document in engine.documents():
        stored = engine.document(document.id).text
        assert text_version(stored) == document.version
        assert document.name in found(engine, f"Wort{document.name.removesuffix('.txt')}p3")


def test_a_text_that_is_not_what_was_stored_is_lost_and_comes_back_with_its_file(
    letters: LocalEngine, open_engine: Open, docs: Path
) -> None:
    change(letters, "UPDATE versions SET text = replace(text, 'Wort7p2', 'Wort7xx') WHERE text LIKE '%Wort7p2%'")

    engine = open_engine()
    repaired = engine.repair()
    assert repaired is not None
    assert (repaired.lost, repaired.embedded, repaired.kept) == (("7.txt",), (), COUNT - 1)
    assert found(engine, "Wort7xx") == set()

    engine.ingest(docs)
    assert found(engine, "Wort7p2") == {"7.txt"}
    assert sound(engine)


@pytest.mark.parametrize("damage", ["zeroblob(128)", "x'00'", "randomblob(128)"])
def test_vectors_that_are_none_are_made_again(letters: LocalEngine, open_engine: Open, damage: str) -> None:
    identity = next(d.id for d in open_engine().documents() if d.name == "9.txt")
    change(letters, f"UPDATE chunks SET vector = {damage} WHERE document_id = ?", identity)
    broken_pages(letters)

    engine = open_engine()
    repaired = engine.repair()

    assert repaired is not None
    assert (repaired.lost, repaired.embedded, repaired.kept) == ((), ("9.txt",), COUNT - 1)
    assert "9.txt" in found(engine, "Wort9p1")
    assert sound(engine)


def test_removed_documents_stay_out_after_a_repair(letters: LocalEngine, open_engine: Open, docs: Path) -> None:
    engine = open_engine()
    engine.remove("3.txt")
    engine.close()
    broken_pages(letters)
    engine = open_engine()
    engine.repair()

    list(engine.follow(docs))

    assert "3.txt" not in {document.name for document in engine.documents()}


def test_what_was_saved_is_told(letters: LocalEngine, rag: Any, tmp_path: Path) -> None:
    change(letters, "UPDATE versions SET text = 'Anderes.' WHERE text LIKE '%Wort7p2%'")
    broken_pages(letters)

    told = rag("doctor", "--index", letters.folder)
    assert "rag doctor --repair" in told.out
    repaired = rag("doctor", "--repair", "--index", letters.folder, "--json")
    assert repaired.code == 1
    assert json.loads(repaired.out)["repaired"] == {"kept": COUNT - 1, "embedded": [], "lost": ["7.txt"]}
    assert "rag ingest FILE" in json.loads(repaired.out)["advice"][0]
    assert rag("doctor", "--repair", "--index", letters.folder).code == 0


def test_after_a_loss_not_all_is_well(letters: LocalEngine, rag: Any) -> None:
    change(letters, "UPDATE versions SET text = 'Anderes.' WHERE text LIKE '%Wort7p2%'")

    ran = rag("doctor", "--repair", "--index", letters.folder)

    assert ran.code == 1
    assert "LOST: 7.txt\n" in ran.out
    assert ran.out.endswith(f"rag ingest FILE --index {letters.folder}\n")


def test_a_repair_that_can_read_nothing_does_not_advise_itself(letters: LocalEngine, rag: Any, tmp_path: Path) -> None:
    letters.export_to(tmp_path / "backup")
    letters.close()
    file = letters.folder / "catalog.sqlite3"
    file.write_bytes(b"x" * 100 + file.read_bytes()[100:])

    assert "rag doctor --repair" in rag("doctor", "--index", letters.folder).err
    ran = rag("doctor", "--repair", "--index", letters.folder)

    assert ran.code == 1
    assert "--repair" not in ran.err
    assert "--rebuild" in ran.err
    assert rag("import", tmp_path / "backup", "--replace", "--index", letters.folder).code == 0
    assert rag("doctor", "--index", letters.folder).code == 0


def broken_pages(engine: LocalEngine) -> None:
    """Damage the change feed, which no document needs, so that SQLite's check finds something."""
    file = engine.folder / "catalog.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        row = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'changes'").fetchone()
    data = bytearray(file.read_bytes())
    data[(row[0] - 1) * PAGE : row[0] * PAGE] = bytes(PAGE)
    file.write_bytes(data)
    with closing(Catalog(engine.folder)) as catalog:
        assert catalog.damage()


def test_a_document_with_pages_is_sound_and_survives_a_repair(
    engine: LocalEngine, folder: Path, open_engine: Open
) -> None:
    shutil.copy(FILES / "chromium.pdf", folder / "hafen.pdf")
    write(folder, {"a.txt": text(1)})
    engine.ingest(folder)
    before = engine.document("hafen.pdf")
    assert sound(engine)
    engine.close()
    change(
        engine,
        "UPDATE versions SET text = text || 'x' WHERE document_id = (SELECT id FROM documents WHERE name = 'a.txt')",
    )

    with open_engine() as again:
        repaired = again.repair()

        assert repaired == Repaired(kept=1, embedded=(), lost=("a.txt",))
        assert again.document("hafen.pdf") == before
        assert before.places
        assert sound(again)
