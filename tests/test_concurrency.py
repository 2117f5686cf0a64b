"""Several processes at one index, and an index that is damaged, full, locked or somebody else's."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from folders import TEXTS, found, sound, write
from processes import Child, in_child

from rag import (
    BelegError,
    FixStorage,
    IngestProgress,
    IngestReport,
    LocalEngine,
    RebuildIndex,
    RetryLater,
    connect,
    load_settings,
)

Open = Callable[..., LocalEngine]


def opened(index: str, wait: float = 20) -> LocalEngine:
    return connect(load_settings(index=index, embedding="hashed-words", wait=wait, threshold=0.0))


def ingest(index: str, docs: str) -> IngestReport:
    with opened(index) as engine:
        return engine.ingest(docs)


def ingest_and_pause(pipe: Connection, index: str, docs: str) -> IngestReport:
    """Stop after the first document until told to go on."""
    with opened(index) as engine:
        for event in engine.ingest_events(docs):
            if isinstance(event, IngestProgress) and event.done == 1:
                pipe.send("begun")
                pipe.recv()
        assert isinstance(event, IngestReport)
        return event


def change_and_ingest(pipe: Connection, index: str, docs: str) -> int:
    """Change every document together, again and again."""
    edition = 0
    with opened(index) as engine:
        while not pipe.poll():
            edition += 1
            write(Path(docs), {name: edition_of(text, edition) for name, text in TEXTS.items()}, settled=False)
            engine.ingest(docs)
            pipe.send(edition)
    return edition


def edition_of(text: str, edition: int) -> str:
    return f"{text} Das ist die Fassung {edition} von Hamburg."


@pytest.fixture
def filled(engine: LocalEngine, folder: Path) -> LocalEngine:
    write(folder, TEXTS)
    engine.ingest(folder)
    return engine


def test_two_ingests_at_once_wait_for_each_other(engine: LocalEngine, tmp_path: Path) -> None:
    folders = [tmp_path / f"docs{n}" for n in range(3)]
    for n, docs in enumerate(folders):
        write(docs, {f"{n}-{m}.txt": f"Text {m} der Sammlung {n} über Hamburg." for m in range(10)})
    children = [Child(ingest, str(engine.folder), str(docs)) for docs in folders]

    assert [len(child.result().added) for child in children] == [10, 10, 10]
    assert len(found(engine, "Hamburg")) == 30
    assert sound(engine)


def test_who_does_not_want_to_wait_is_told_who_writes(open_engine: Open, folder: Path) -> None:
    write(folder, TEXTS)
    impatient = open_engine(wait=0)
    child = Child(ingest_and_pause, str(impatient.folder), str(folder), talking=True)
    child.pipe.recv()

    with pytest.raises(RetryLater, match=f"process {child.pid}"):
        impatient.ingest(folder)
    with pytest.raises(RetryLater, match=f"process {child.pid}"):
        impatient.remove()
    assert impatient.documents() == [], "looking is allowed"

    child.pipe.send("go on")
    assert len(child.result().added) == 3
    assert impatient.ingest(folder).unchanged == 3
    assert found(impatient, "Hamburg") == {"hafen.txt", "harbour.txt"}


def test_asking_while_another_process_ingests_sees_one_whole_edition(filled: LocalEngine, folder: Path) -> None:
    child = Child(change_and_ingest, str(filled.folder), str(folder), talking=True)
    editions: set[str] = set()
    while child.pipe.recv() < 6:
        for _ in range(3):
            hits = filled.search("Fassung von Hamburg", limit=50)
            assert {hit.document.name for hit in hits} == set(TEXTS)
            ends = {text for hit in hits for text in [hit.text.partition("Fassung ")[2]] if text}
            assert len(ends) <= 1, "all documents of an ingest change together"
            editions |= ends
        for citation in filled.ask("Wer schläft unter den Eichen?").citations:
            assert any(citation.quote in edition_of(TEXTS[citation.document], edition) for edition in range(20))
    child.pipe.send("stop")
    child.result()

    assert len(editions) > 1
    assert sound(filled)


def test_an_answer_begun_before_a_change_ends_well(filled: LocalEngine, folder: Path) -> None:
    before = {name: filled.document(name).text for name in TEXTS}
    events = filled.stream("Wer schläft unter den Eichen?")
    next(events)
    next(events)
    write(folder, {name: edition_of(text, 1) for name, text in TEXTS.items()}, settled=False)
    assert len(in_child(ingest, str(filled.folder), str(folder)).changed) == 3
    *_, done = events

    assert done.answer.status == "answered" or all("no such span" in one.reason for one in done.answer.dropped)
    for citation in done.answer.citations:
        assert before[citation.document][citation.start : citation.end] == citation.quote


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


def test_a_read_only_index_is_asked_or_says_what_to_fix(filled: LocalEngine, folder: Path) -> None:
    filled.close()
    paths = [filled.folder, *filled.folder.rglob("*")]
    for path in paths:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        outcome = in_child(as_user, str(filled.folder), str(folder), unprivileged=True)
    finally:
        for path in paths:
            path.chmod(0o700)

    good = {"ask": "answered", "search": "hafen.txt", "documents": "3"}
    for name, came in outcome.items():
        assert came in (good.get(name), FixStorage.__name__)
    assert found(filled, "Schiffe") == {"hafen.txt"}
    assert sound(filled)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of six megabytes."""
    path = tmp_path / "disk"
    path.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting takes root")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", path], capture_output=True).returncode:
        pytest.skip("mounting is not permitted here")
    yield path
    subprocess.run(["umount", "--lazy", path], check=True)


def test_a_full_disk_is_named_and_once_there_is_room_all_goes_on(
    open_engine: Open, folder: Path, small_disk: Path
) -> None:
    engine = open_engine(index=small_disk / "index")
    write(folder, TEXTS)
    engine.ingest(folder)
    write(
        folder, {f"{n}.txt": f"Dokument {n}. " + "Die Ministerin sprach lange und schlief. " * 500 for n in range(60)}
    )

    for _ in range(2):
        with pytest.raises(FixStorage) as caught:
            engine.ingest(folder)
        assert "space" in caught.value.hint
    engine.close()
    engine = open_engine(index=small_disk / "index")
    assert {d.name for d in engine.documents()} >= set(TEXTS)

    subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
    assert engine.ingest(folder).failed == ()
    assert len(engine.documents()) == 63
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
        ("words", "words", shutil.rmtree, LocalEngine.repair),
        ("words", "words/de", shutil.rmtree, LocalEngine.repair),
        ("words", "words/de/*.term", overwrite, LocalEngine.repair),
        ("words", "words/en/*.store", empty, LocalEngine.repair),
        ("words", "words/en/meta.json", Path.unlink, LocalEngine.repair),
    ],
)
def test_damage_is_named_and_can_be_mended(
    filled: LocalEngine, folder: Path, open_engine: Open, part: str, pattern: str, damage: Callable, mend: Callable
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
    filled: LocalEngine, folder: Path, open_engine: Open, key: str, value: str
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
