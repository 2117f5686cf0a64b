"""Several processes at one index, and an index that is damaged, full, locked or somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from folders import TEXTS, found, opened, sound, write
from processes import Child, in_child

from rag import (
    IngestProgress,
    IngestReport,
    LocalEngine,
    RetryLater,
)

Open = Callable[..., LocalEngine]


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


def test_asking_in_another_thread_does_not_wait_for_an_ingest(filled: LocalEngine, folder: Path) -> None:
    write(folder, {name: edition_of(text, 1) for name, text in TEXTS.items()}, settled=False)
    events = filled.ingest_events(folder)
    next(events)
    with ThreadPoolExecutor(1) as thread:
        question = "Wer schläft unter den Eichen?"
        assert thread.submit(filled.ask, question).result(timeout=20).status == "answered"
        assert len(thread.submit(filled.documents).result(timeout=20)) == 3
        # Any thread may carry an ingest on, as an event loop does.
        *_, report = thread.submit(list, events).result(timeout=20)

    assert len(report.changed) == 3
    assert sound(filled)


def test_an_answer_begun_before_a_change_ends_well(filled: LocalEngine, folder: Path) -> None:
    before = {name: filled.document(name).text for name in TEXTS}
    events = filled.stream("Wer schläft unter den Eichen?")
    next(events)
    next(events)
    write(folder, {name: edition_of(text, 1) for name, text in TEXTS.items()}, settled=False)
    assert len(in_child(ingest, str(filled.folder), str(folder)).changed) == 3
    *_, done = events

    assert done.answer.status == "answered"
    assert not done.answer.dropped
    for citation in done.answer.citations:
        assert before[citation.document][citation.start : citation.end] == citation.quote
