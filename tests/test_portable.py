"""An index that moves: the same answers elsewhere, and a file that is not whole changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import random
import sqlite3
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from catalogs import as_schema_1
from folders import TEXTS, found, opened, sound, write
from processes import Child

from rag import BelegError, FixInput, FixSettings, LocalEngine, RebuildIndex, connect, load_settings
from rag.catalog.migrations import SCHEMA
from rag.portable import FORMAT

Open = Callable[..., LocalEngine]
QUESTION = "Wer schläft unter den Eichen?"


@pytest.fixture
def file(filled: LocalEngine, tmp_path: Path) -> Path:
    path = tmp_path / "moved.beleg"
    filled.export_to(path)
    return path


@pytest.fixture
def elsewhere(open_engine: Open, tmp_path: Path) -> LocalEngine:
    return open_engine(index=tmp_path / "elsewhere" / "index")


class Unembedding:
    """A double that has the name of an embedder and may not embed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dimensions = 64

    def embed(self, texts: object, kind: str, language: str | None) -> object:
        raise AssertionError("nothing is embedded again")

    def read(self, texts: object, kind: str, language: str | None) -> object:
        assert kind == "question", "nothing is embedded again"
        from rag.embedding import HashedWords

        return HashedWords().read(texts, kind, language)  # type: ignore[arg-type]

    def spans(self, text: str) -> object:
        from rag.embedding import HashedWords

        return HashedWords().spans(text)


def answer(engine: LocalEngine) -> object:
    said = engine.ask(QUESTION)
    return said.status, said.statements, said.citations, said.corpus


def test_answers_elsewhere_are_the_same_and_nothing_is_embedded(
    filled: LocalEngine, file: Path, elsewhere: LocalEngine
) -> None:
    elsewhere._embedder = Unembedding(elsewhere._embedder.name)  # type: ignore[assignment]

    manifest = elsewhere.import_from(file)

    assert (manifest.documents, manifest.format, manifest.schema) == (len(TEXTS), FORMAT, SCHEMA)
    assert answer(elsewhere) == answer(filled)
    assert elsewhere.documents() == filled.documents()
    assert sound(elsewhere)
    assert [path.name for path in elsewhere.folder.glob("catalog.sqlite3.*")] == []


def test_what_was_moved_can_be_changed_there(elsewhere: LocalEngine, file: Path, folder: Path) -> None:
    elsewhere.import_from(file)
    write(folder, {"hafen.txt": "Der Hafen ist leer."}, settled=False)
    report = elsewhere.ingest(folder)

    assert report.changed == ("hafen.txt",)
    assert found(elsewhere, "Schiffe") == set()
    assert elsewhere.remove("harbour.txt", purge=True) == ["harbour.txt"]
    assert sound(elsewhere)


def test_an_export_holds_nothing_of_what_was_removed(filled: LocalEngine, tmp_path: Path) -> None:
    filled.remove("hafen.txt")
    filled.export_to(tmp_path / "without")

    with zipfile.ZipFile(tmp_path / "without") as members:
        held = members.read("catalog.sqlite3")
    assert b"Eichen" in held
    assert b"Acht Schiffe" not in held


def test_exporting_twice_says_the_same_and_overwrites_only_when_told(filled: LocalEngine, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(FixInput, match="already"):
        filled.export_to(file)
    assert file.read_bytes() == before

    filled.remove("hafen.txt")
    manifest = filled.export_to(file, replace=True)
    assert manifest.documents == len(TEXTS) - 1
    assert not [path.name for path in file.parent.iterdir() if "part" in path.name or path.name.startswith(".beleg-")]


@pytest.mark.parametrize("older", [True, False])
def test_what_is_damaged_is_not_exported(filled: LocalEngine, tmp_path: Path, older: bool) -> None:
    file = tmp_path / "moved.beleg"
    if older:
        filled.export_to(file)
    before = file.read_bytes() if older else None
    with closing(sqlite3.connect(filled.folder / "catalog.sqlite3")) as connection, connection:
        connection.execute("UPDATE versions SET text = replace(text, 'Eichen', 'Buchen')")

    with pytest.raises(RebuildIndex, match=r"wald\.md is not what was stored") as caught:
        filled.export_to(file, replace=True)

    assert "rag doctor --repair" in caught.value.hint
    assert caught.value.exit_code == 1
    assert (file.read_bytes() if file.exists() else None) == before
    assert not [path.name for path in tmp_path.iterdir() if "part" in path.name or path.name.startswith(".beleg-")]


def test_an_index_is_replaced_only_when_told(elsewhere: LocalEngine, file: Path, tmp_path: Path) -> None:
    write(tmp_path / "others", {"anders.txt": "Ganz anders klingt die Orgel."})
    elsewhere.ingest(tmp_path / "others")
    with pytest.raises(FixInput, match="already"):
        elsewhere.import_from(file)
    assert found(elsewhere, "Orgel") == {"anders.txt"}

    elsewhere.import_from(file, replace=True)

    assert found(elsewhere, "Orgel") == set()
    assert found(elsewhere, "Schiffe") == {"hafen.txt"}
    assert sound(elsewhere)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size * 2 // 3)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def repack(path: Path, **changed: object) -> None:
    """Write the file anew with other values in its manifest."""
    with zipfile.ZipFile(path) as members:
        values, catalog = json.loads(members.read("manifest.json")), members.read("catalog.sqlite3")
    with zipfile.ZipFile(path, "w") as members:
        members.writestr("manifest.json", json.dumps(values | changed))
        members.writestr("catalog.sqlite3", catalog)


def other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as members:
        members.writestr("letter.txt", "Guten Tag.")


DAMAGES: dict[str, tuple[Callable[[Path], object], type[BelegError], str]] = {
    "cut off": (cut, FixInput, "damaged"),
    "a byte changed": (flip, FixInput, "damaged"),
    "no zip": (lambda path: path.write_text("Guten Tag."), FixInput, "damaged"),
    "empty": (lambda path: path.write_bytes(b""), FixInput, "damaged"),
    "another zip": (other_zip, FixInput, "no export"),
    "gone": (Path.unlink, FixInput, "no file"),
    "newer": (lambda path: repack(path, format=FORMAT + 1, beleg="9.9"), FixInput, r"Beleg 9\.9, which is newer"),
    "newer tables": (lambda path: repack(path, schema=SCHEMA + 1), FixInput, "newer"),
    "another checksum": (lambda path: repack(path, sha256="0" * 64), FixInput, "manifest names"),
    "another size": (lambda path: repack(path, bytes=1), FixInput, "manifest names"),
    "other documents": (lambda path: repack(path, documents=9, chunks=9), FixInput, "other documents"),
    "no manifest": (lambda path: repack(path, format=None), FixInput, "manifest"),
    "another embedder": (lambda path: repack(path, embedder="other/1"), FixSettings, "other/1"),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_file_that_cannot_be_used_says_why_and_changes_nothing(
    elsewhere: LocalEngine, file: Path, tmp_path: Path, kind: str
) -> None:
    damage, error, said = DAMAGES[kind]
    write(tmp_path / "others", {"anders.txt": "Ganz anders klingt die Orgel."})
    elsewhere.ingest(tmp_path / "others")
    damage(file)

    with pytest.raises(error, match=said) as caught:
        elsewhere.import_from(file, replace=True)

    assert caught.value.hint
    assert found(elsewhere, "Orgel") == {"anders.txt"}
    assert sound(elsewhere)
    assert list(elsewhere.folder.glob("*.import")) == []


def test_an_export_of_an_older_release_is_taken_in(elsewhere: LocalEngine, filled: LocalEngine, file: Path) -> None:
    with zipfile.ZipFile(file) as members:
        manifest = json.loads(members.read("manifest.json"))
    filled.close()
    as_schema_1(filled.folder)
    old = (filled.folder / "catalog.sqlite3").read_bytes()
    with zipfile.ZipFile(file, "w") as members:
        of_old = {"schema": 1, "sha256": hashlib.sha256(old).hexdigest(), "bytes": len(old)}
        members.writestr("manifest.json", json.dumps(manifest | of_old))
        members.writestr("catalog.sqlite3", old)

    elsewhere.import_from(file)

    assert found(elsewhere, "Schiffe") == {"hafen.txt"}
    assert sound(elsewhere)


def take_in(index: str, file: str) -> None:
    with opened(index) as engine:
        engine.import_from(Path(file))


@pytest.mark.parametrize("seed", range(3))
def test_killed_while_importing_there_is_a_whole_index_or_none(elsewhere: LocalEngine, file: Path, seed: int) -> None:
    child = Child(take_in, str(elsewhere.folder), str(file))
    time.sleep(random.Random(seed).uniform(0.05, 0.6))
    child.kill()

    if not elsewhere.has_index:
        elsewhere.import_from(file)
    assert found(elsewhere, "Schiffe") == {"hafen.txt"}
    assert sound(elsewhere)


def test_other_embedders_are_named_by_those_who_have_them(file: Path, tmp_path: Path) -> None:
    with connect(load_settings(index=tmp_path / "real")) as real, pytest.raises(FixSettings, match="hashed-words/1"):
        real.import_from(file)
