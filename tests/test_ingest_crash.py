"""Killed at any point, an index holds whole documents only, and the next run ends where the first would have."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from catalogs import as_schema_1
from folders import found, settle, sound, write
from processes import Child, counting, in_child

from rag import AddDocuments, Document, LocalEngine, connect, intake, load_settings, pending

# Events are counted in these files: what is written, and in which order.
WATCHED = tuple(
    f"/rag/{name}"
    for name in (
        "catalog/",
        "vectors/",
        "lexical.py",
        "parts.py",
        "index.py",
        "gathering.py",
        "ingest.py",
        "intake.py",
        "ownership.py",
    )
)
OLD, NEW = range(1, 13), (1, 2, 3, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16)
CHANGED = {2, 5, 6, 7, 8, 12}
REMOVED = ("3.txt", "7.txt")
STEPS = ("first", "change", "remove", "repair", "compact", "purge", "migrate")
ROWS = (
    "SELECT id, source, name, version, size, modified FROM documents ORDER BY id",
    "SELECT v.* FROM versions v JOIN documents d ON d.id = v.document_id AND d.version = v.version ORDER BY d.id",
    "SELECT c.* FROM chunks c JOIN documents d ON d.id = c.document_id AND d.version = c.version ORDER BY c.id",
    "SELECT id, whole FROM sources",
    "SELECT * FROM unwanted",
    "SELECT document_id, name, version, previous FROM changes ORDER BY number",
)


def text(number: int, edition: int) -> str:
    """Four chunks; the last word of each is nowhere else."""
    return "\n\n".join(
        f"Absatz {part}. {'Die Ministerin sprach lange. ' * 12}Wort{number}e{edition}p{part}." for part in range(4)
    )


def before(step: str) -> dict[str, str]:
    return {} if step == "first" else {f"{n}.txt": text(n, 0) for n in OLD}


def after(step: str) -> dict[str, str]:
    if step == "change":
        return {f"{n}.txt": text(n, int(n in CHANGED)) for n in NEW}
    return {f"{n}.txt": text(n, 0) for n in OLD if step not in ("remove", "purge") or f"{n}.txt" not in REMOVED}


def opened(index: Path) -> LocalEngine:
    return connect(load_settings(index=index, embedding="hashed-words", wait=5, threshold=0.0))


def act(index: Path, docs: Path, step: str, gathered: bool, die_at: int | None = None) -> int:
    """Carry a step out; die at one of its events, from 1, or at 0 return how many it had.

    Chroma takes every change at once, or ``gathered`` ones when they are many.
    """
    intake._BATCH_DOCUMENTS = 4
    pending.SECONDS, pending.MOST = (1e6, 30) if gathered else (0.0, 256)
    with opened(index) as engine, counting(WATCHED, die_at) as events:
        if step == "repair":
            engine.repair()
        elif step == "compact":
            engine.compact()
        elif step == "migrate":
            engine.documents()
        elif step in ("remove", "purge"):
            there = [name for name in REMOVED if name in {d.name for d in engine.documents()}]
            engine.remove(*there, purge=step == "purge")
        else:
            engine.ingest(docs, sync=True)
    return events.number


def leave_behind(index: Path) -> None:
    """Remove a document and leave a stored version that never went live."""
    with opened(index) as engine:
        catalog = engine._opened().catalog
        info = engine.document("4.txt").info
        catalog.store(Document(replace(info, version="0" * 64), "Nie veröffentlicht."), [])


def rows(index: Path) -> list[list[tuple]]:
    with closing(sqlite3.connect(index / "catalog.sqlite3")) as connection:
        return [connection.execute(sql).fetchall() for sql in ROWS]


@dataclass(frozen=True)
class Stage:
    """An index before a step, the documents at it, and what comes out undisturbed."""

    step: str
    gathered: bool
    index: Path
    docs: Path
    events: int
    rows: list[list[tuple]]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, bool], Stage]:
    made: dict[tuple[str, bool], Stage] = {}

    def prepare(step: str, gathered: bool) -> Stage:
        if (step, gathered) not in made:
            root = tmp_path_factory.mktemp(step)
            (root / "docs").mkdir()
            if step != "first":
                write(root / "docs", before(step))
                in_child(act, root / "index", root / "docs", "first", gathered)
            if step == "compact":
                # Something to sweep, and space to give back.
                in_child(leave_behind, root / "index")
            if step == "migrate":
                as_schema_1(root / "index")
            if step == "change":
                shutil.rmtree(root / "docs")
                write(root / "docs", after(step))
                for number in CHANGED:
                    settle(root / "docs" / f"{number}.txt", seconds=5)
            if step == "first":
                write(root / "docs", after(step))
                (root / "index").mkdir()
            shutil.copytree(root / "index", root / "whole")
            events = in_child(act, root / "whole", root / "docs", step, gathered, 0)
            made[step, gathered] = Stage(step, gathered, root / "index", root / "docs", events, rows(root / "whole"))
        return made[step, gathered]

    return prepare


def check_whole(index: Path, step: str) -> None:
    """Each live document is one of its two versions, exact, and found by every word of it."""
    known = [before(step), after(step)]
    with opened(index) as engine:
        live = {d.name: engine.document(d.id).text for d in engine.documents()}
        for name, stored in live.items():
            assert stored in [texts.get(name) for texts in known], f"{name} is half there"
        for edition in (0, 1):
            for number in set(OLD) | set(NEW):
                word, name = f"Wort{number}e{edition}p3", f"{number}.txt"
                assert found(engine, word) == ({name} if word in live.get(name, "") else set())
        for name, stored in live.items():
            hits = [hit for hit in engine.search(stored[-30:], limit=100) if hit.document.name == name]
            assert {hit.text for hit in hits} == set(stored.split("\n\n"))
            assert all(stored[hit.chunk.span.start : hit.chunk.span.end] == hit.text for hit in hits)
        assert not any("missing" in problem for problem in engine.status().health.problems)


def check_killed(stage: Stage, index: Path) -> None:
    try:
        check_whole(index, stage.step)
    except AddDocuments:
        assert stage.step == "first", "an index that was there is gone"
    in_child(act, index, stage.docs, stage.step, stage.gathered)
    assert rows(index) == stage.rows
    if stage.step == "purge":
        files = [path.read_bytes() for path in index.rglob("*") if path.is_file()]
        assert not any(f"Wort{name[0]}e0p".encode() in data for data in files for name in REMOVED)
    with opened(index) as engine:
        if stage.step in ("remove", "purge"):
            engine.ingest(stage.docs / "1.txt")
        assert sound(engine)
    check_whole(index, stage.step)
    with opened(index) as engine:
        engine.compact()
        assert engine._opened().catalog.orphans() == []
        assert sound(engine)


def is_gathered(step: str, seed: int) -> bool:
    return (STEPS.index(step) + seed) % 2 == 0


def kill_at_an_event(stage: Stage, index: Path, seed: int) -> None:
    if stage.step != "first":
        shutil.copytree(stage.index, index)
    point = random.Random(f"{stage.step}{seed}").randrange(1, stage.events)
    assert Child(act, index, stage.docs, stage.step, stage.gathered, point).died(), f"not killed at event {point}"
    check_killed(stage, index)


@pytest.mark.parametrize("seed", range(1))
@pytest.mark.parametrize("step", STEPS)
def test_a_step_killed_at_an_event(stage: Callable[[str, bool], Stage], tmp_path: Path, step: str, seed: int) -> None:
    kill_at_an_event(stage(step, is_gathered(step, seed)), tmp_path / "index", seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 160))
@pytest.mark.parametrize("step", STEPS)
def test_a_step_killed_at_many_events(
    stage: Callable[[str, bool], Stage], tmp_path: Path, step: str, seed: int
) -> None:
    kill_at_an_event(stage(step, is_gathered(step, seed)), tmp_path / "index", seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("step", ["first", "change"])
def test_a_step_killed_at_any_time(stage: Callable[[str, bool], Stage], tmp_path: Path, step: str, seed: int) -> None:
    """Inside of Chroma and Tantivy too, where no event is seen."""
    made, index = stage(step, is_gathered(step, seed)), tmp_path / "index"
    if step != "first":
        shutil.copytree(made.index, index)
    child = Child(act, index, made.docs, step, made.gathered)
    time.sleep(random.Random(seed).uniform(0.05, 1.5))
    child.kill()
    check_killed(made, index)


def test_killed_again_and_again_it_gets_there(stage: Callable[[str, bool], Stage], tmp_path: Path) -> None:
    made, index, chance = stage("change", is_gathered("change", 1)), tmp_path / "index", random.Random(1)
    shutil.copytree(made.index, index)
    for _ in range(3):
        Child(act, index, made.docs, "change", made.gathered, chance.randrange(1, made.events // 2)).died()
        check_whole(index, "change")

    check_killed(made, index)
