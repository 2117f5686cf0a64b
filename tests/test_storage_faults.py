"""An index that is damaged, full, read-only or somebody else's: what is wrong is said, and can be mended."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from disks import Disk, mounted
from folders import TEXTS, found, opened, sound, write
from processes import in_child

from rag import BelegError, FixStorage, LocalEngine, RebuildIndex


def as_user(index: str, docs: str) -> dict[str, str]:
    """Try everything and return what came of it."""
    outcome: dict[str, str] = {}
    tries: dict[str, Callable[[LocalEngine], object]] = {
        "ask": lambda engine: engine.ask("Wer schläft unter den Eichen?").status,
        "search": lambda engine: engine.search("Hamburg")[0].document.name,
        "documents": lambda engine: len(engine.documents()),
        "ingest": lambda engine: engine.ingest(docs),
        "remove": lambda engine: engine.remove("hafen.txt"),
        "repair": lambda engine: engine.repair(),
    }
    for name, attempt in tries.items():
        with opened(index, wait=1) as engine:
            try:
                outcome[name] = str(attempt(engine))
            except BelegError as error:
                outcome[name] = type(error).__name__
    return outcome


def test_a_read_only_index_is_asked_and_writing_says_what_to_fix(
    filled: LocalEngine, folder: Path, open_engine: Callable[..., LocalEngine]
) -> None:
    filled.close()
    paths = [filled.folder, *filled.folder.rglob("*")]
    for path in paths:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        outcome = in_child(as_user, str(filled.folder), str(folder), unprivileged=True)
    finally:
        for path in paths:
            path.chmod(0o700)

    read = {"ask": "answered", "search": "hafen.txt", "documents": "3"}
    assert outcome == read | dict.fromkeys(("ingest", "remove", "repair"), FixStorage.__name__)
    again = open_engine()
    assert found(again, "Schiffe") == {"hafen.txt"}
    assert sound(again)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path / "disk", 4) as disk:
        yield disk


def test_a_full_disk_is_named_and_once_there_is_room_all_goes_on(
    open_engine: Callable[..., LocalEngine], folder: Path, small_disk: Disk
) -> None:
    engine = open_engine(index=small_disk.path / "index")
    write(folder, TEXTS)
    engine.ingest(folder)
    write(
        folder, {f"{n}.txt": f"Dokument {n}. " + "Die Ministerin sprach lange und schlief. " * 500 for n in range(25)}
    )

    for _ in range(2):
        with pytest.raises(FixStorage) as caught:
            engine.ingest(folder)
        assert "space" in caught.value.hint
    engine.close()
    engine = open_engine(index=small_disk.path / "index")
    assert {d.name for d in engine.documents()} >= set(TEXTS)

    small_disk.resize(200)
    assert engine.ingest(folder).failed == ()
    assert len(engine.documents()) == 28
    assert found(engine, "Schiffe") == {"hafen.txt"}
    assert sound(engine)


def rebuild(engine: LocalEngine, folder: Path) -> None:
    list(engine.ingest_events(folder, rebuild=True))


def overwrite(path: Path) -> None:
    """Damage the second half of a file."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * (size - size // 2))


def halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def behead(path: Path) -> None:
    os.truncate(path, 5)


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("part", "pattern", "damage", "mend"),
    [
        ("catalog", "catalog.sqlite3", overwrite, rebuild),
        ("catalog", "catalog.sqlite3", empty, rebuild),
        ("vectors", "vectors", shutil.rmtree, LocalEngine.repair),
        ("vectors", "vectors/chroma.sqlite3", empty, LocalEngine.repair),
        ("vectors", "vectors/chroma.sqlite3", overwrite, LocalEngine.repair),
        ("vectors", "vectors/*/data_level0.bin", halve, LocalEngine.repair),
        ("vectors", "vectors/*/header.bin", empty, LocalEngine.repair),
        ("words", "words", shutil.rmtree, LocalEngine.repair),
        ("words", "words/de", shutil.rmtree, LocalEngine.repair),
        ("words", "words/de/*.term", overwrite, LocalEngine.repair),
        ("words", "words/en/*.store", empty, LocalEngine.repair),
        ("words", "words/en/*.store", behead, LocalEngine.repair),
        ("words", "words/en/meta.json", Path.unlink, LocalEngine.repair),
    ],
)
def test_damage_is_named_and_can_be_mended(
    filled: LocalEngine,
    folder: Path,
    open_engine: Callable[..., LocalEngine],
    part: str,
    pattern: str,
    damage: Callable,
    mend: Callable,
) -> None:
    before = filled.search("Hamburg")
    filled.close()
    damage(next(filled.folder.glob(pattern)))

    engine = open_engine()
    problems: list[str] = []
    for attempt in (
        lambda: engine.ask("Wer schläft unter den Eichen?"),
        lambda: problems.extend(engine.status().health.problems),
    ):
        try:
            attempt()
        except RebuildIndex as error:
            problems.append(str(error))
    assert problems
    assert all(part.removesuffix("s") in problem for problem in problems)

    mend(engine) if mend is LocalEngine.repair else mend(engine, folder)

    assert [(hit.document.name, hit.text) for hit in engine.search("Hamburg")] == [
        (h.document.name, h.text) for h in before
    ]
    assert sound(engine)
    assert sound(open_engine())


@pytest.mark.parametrize(("key", "value"), [("embedder", "older/1"), ("schema", "99")])
def test_an_index_of_another_make_is_refused_and_made_anew(
    filled: LocalEngine, folder: Path, open_engine: Callable[..., LocalEngine], key: str, value: str
) -> None:
    filled.close()
    with closing(sqlite3.connect(filled.folder / "catalog.sqlite3")) as connection, connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))

    engine = open_engine()
    for attempt in (lambda: engine.ask("Hamburg?"), lambda: engine.ingest(folder), engine.status):
        with pytest.raises(RebuildIndex, match=value) as caught:
            attempt()
        assert "--rebuild" in caught.value.hint

    rebuild(engine, folder)
    assert found(engine, "Schiffe") == {"hafen.txt"}
    assert sound(engine)
