"""Four ask, one takes in, one removes, all at once: through the locks, and through a server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from folders import opened, sound, write
from processes import Child

from rag import FixInput, LocalEngine
from rag.client import RemoteEngine, find
from rag.priority import step_back
from rag.protocol import Engine

ROOT = Path(__file__).parent.parent
READERS = 4
STABLE = {f"fest-{n}.txt": f"Der Turm {n} steht fest. Er hat {n + 20} Stufen." for n in range(6)}
MOVING = tuple(f"wandel-{n}.txt" for n in range(6))
EDITIONS = 40


def edition(name: str, number: int) -> str:
    return f"Fassung {number} von {name}. Die Brücke trägt {number * 7 + 3} Wagen. Der Rest bleibt stehen."


def known(name: str) -> set[str]:
    return {STABLE[name]} if name in STABLE else {edition(name, number) for number in range(EDITIONS)}


@contextmanager
def engine_at(index: str, *, server: bool) -> Iterator[LocalEngine | RemoteEngine]:
    if not server:
        with opened(index) as engine:
            yield engine
        return
    running = find(Path(index))
    assert running is not None
    yield RemoteEngine(running.url, running.token)


def read(index: str, server: bool, seconds: float, which: int) -> tuple[int, int]:
    """Ask for so long; return how many answers there were, and how many of them cited what moves."""
    answers = moving = 0
    until = time.monotonic() + seconds
    with engine_at(index, server=server) as engine:
        while time.monotonic() < until:
            at = (answers + which) % 6
            check(engine, f"Wie viele Stufen hat der Turm {at}?", must=f"fest-{at}.txt")
            moving += check(engine, f"Wie viele Wagen trägt die Brücke in wandel-{at}?", must=None)
            answers += 2
    return answers, moving


def check(engine: Engine, question: str, must: str | None) -> bool:
    """Ask; every citation stands in a version that there was, at its very place, and what stays is always found."""
    # The towers are of one template, and so say six things each, with nothing but a figure to tell them apart.
    answer = engine.ask(question, top=20)
    for citation in answer.citations:
        held = {text[citation.start : citation.end] for text in known(citation.document)}
        assert citation.quote in held, f"{citation.document} never said {citation.quote!r} there"
    if must is not None:
        assert must in {citation.document for citation in answer.citations}, f"{must} is lost"
    return any(citation.document in MOVING for citation in answer.citations)


def take_in(index: str, docs: str, server: bool, seconds: float) -> int:
    """Change all that moves, again and again; with the priority of ``rag ingest``."""
    step_back()
    number, until = 0, time.monotonic() + seconds
    with engine_at(index, server=server) as engine:
        while time.monotonic() < until:
            number += 1
            write(Path(docs), {name: edition(name, number % EDITIONS) for name in MOVING}, settled=False)
            assert engine.ingest(docs).failed == ()
            time.sleep(0.05)
    return number


def remove(index: str, server: bool, seconds: float) -> int:
    """Remove one after the other of what moves, where it is there just now; with the priority of ``rag remove``."""
    step_back()
    count, until = 0, time.monotonic() + seconds
    with engine_at(index, server=server) as engine:
        while time.monotonic() < until:
            name = MOVING[count % len(MOVING)]
            # Where it is not there just now, that is said; anything else ends the test.
            with suppress(FixInput):
                engine.remove(name)
            count += 1
            time.sleep(0.1)
    return count


@contextmanager
def running(index: Path, *, wanted: bool) -> Iterator[None]:
    """A server over the index, where one is wanted."""
    if not wanted:
        yield
        return
    environment = {**os.environ, "RAG_EMBEDDING": "hashed-words", "RAG_THRESHOLD": "0", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "rag", "serve", "--index", str(index), "--port", "0"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while find(index) is None:
            assert time.monotonic() < until
            assert process.poll() is None
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(30)


def at_once(filled: LocalEngine, folder: Path, seconds: float, *, server: bool) -> float:
    """Run readers alone and then beside the writers; return the ratio of their rates."""
    shutil.rmtree(folder)
    write(folder, STABLE | {name: edition(name, 0) for name in MOVING}, settled=False)
    filled.ingest(folder, sync=True)
    filled.close()
    index, docs = str(filled.folder), str(folder)
    with running(filled.folder, wanted=server):
        alone = [Child(read, index, server, seconds / 2, n) for n in range(READERS)]
        idle = sum(child.result(seconds + 60)[0] for child in alone) / (seconds / 2)
        readers = [Child(read, index, server, seconds, n) for n in range(READERS)]
        writers = Child(take_in, index, docs, server, seconds), Child(remove, index, server, seconds)
        results = [child.result(seconds + 60) for child in readers]
        taken, removed = (child.result(seconds + 60) for child in writers)
    assert all(answers for answers, _ in results), "somebody was kept waiting"
    assert sum(moving for _, moving in results) > 0
    assert min(taken, removed) > 0
    with opened(index) as engine:
        engine.ingest(docs)
        assert {document.name for document in engine.documents()} >= set(STABLE) | set(MOVING)
        for document in engine.documents():
            assert document.name not in MOVING or engine.document(document.id).text in known(document.name)
        assert sound(engine)
    return sum(answers for answers, _ in results) / seconds / idle


@pytest.mark.parametrize("server", [False, True], ids=["locks", "server"])
def test_asking_goes_on_while_documents_come_and_go(filled: LocalEngine, folder: Path, server: bool) -> None:
    at_once(filled, folder, 3, server=server)


@pytest.mark.soak
@pytest.mark.parametrize("server", [False, True], ids=["locks", "server"])
def test_asking_goes_on_for_two_minutes(filled: LocalEngine, folder: Path, server: bool) -> None:
    ratio = at_once(filled, folder, 120, server=server)
    print(f"readers kept {ratio:.2f} of their idle rate")
