"""A question as a stream of events, from clean text to an answer whose statements were verified."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from folders import write
from hypothesis import given
from hypothesis import strategies as st

from rag import (
    AddDocuments,
    AnswerDone,
    Filters,
    FixInput,
    LocalEngine,
    StageDone,
    StatementReady,
    connect,
    load_settings,
)
from rag.pipeline import clean_question

TEXTS = {
    "alt/hafen.txt": "Stand: 22.10.2021\n\nDer Hafen von Hamburg wächst. Acht Schiffe kamen im Herbst an.",
    "neu/harbour.txt": "Published on 30 November 2022\n\nThe harbour of Hamburg grows. Eight ships arrived there.",
    "neu/wald.txt": "Der Wald ist alt. Das Reh schläft unter den Eichen.",
    "neu/meer.txt": "Das Meer ist tief. Der Wal schläft nie.",
}
WORDS = st.lists(
    st.sampled_from(["Hafen", "Hamburg", "ships", "Reh", "Eichen", "wann", "who", "Wal", "Herbst", "?"]), max_size=8
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    base = tmp_path_factory.mktemp("pipeline")
    for name, text in TEXTS.items():
        (base / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (base / "docs" / name).write_text(text, encoding="utf-8")
    with connect(load_settings(index=base / "index", embedding="hashed-words", threshold=0.0)) as made:
        made.ingest(base / "docs")
        yield made


@given(words=WORDS)
def test_events_come_in_the_order_of_the_path(shared: LocalEngine, words: list[str]) -> None:
    events = list(shared.stream(" ".join(["Hafen", *words])))

    done = [event.stage for event in events if isinstance(event, StageDone)]
    ready = [at for at, event in enumerate(events) if isinstance(event, StatementReady)]
    stages = {event.stage: at for at, event in enumerate(events) if isinstance(event, StageDone)}
    assert done == ["embed", "retrieve", "judge", "read", "verify"]
    assert ready
    assert stages["read"] < min(ready) <= max(ready) < stages["verify"]
    assert isinstance(events[-1], AnswerDone)
    assert events[-1].answer.timings.keys() == set(done)
    assert not any(isinstance(event, AnswerDone) for event in events[:-1])


@given(words=WORDS, top=st.integers(1, 5))
def test_each_statement_comes_with_the_text_that_backs_it(shared: LocalEngine, words: list[str], top: int) -> None:
    *events, last = shared.stream(" ".join(["Hafen", *words]), top=top)
    assert isinstance(last, AnswerDone)
    answer = last.answer
    ready = [event for event in events if isinstance(event, StatementReady)]

    assert tuple(event.statement for event in ready) == answer.statements
    assert len(ready) <= top
    for event in ready:
        assert event.citations == tuple(answer.citations[n] for n in event.statement.citations)
        assert event.statement.text in {" ".join(citation.quote.split()) for citation in event.citations}
    for citation in answer.citations:
        assert citation.quote == shared.document(citation.document_id).text[citation.start : citation.end]
        assert citation.document in answer.origins[citation.origin]


def test_the_answer_of_a_stream_is_the_answer_of_ask(shared: LocalEngine) -> None:
    *_, last = shared.stream("Wer schläft unter den Eichen?")
    asked = shared.ask("Wer schläft unter den Eichen?")

    assert isinstance(last, AnswerDone)
    assert (last.answer.statements, last.answer.citations) == (asked.statements, asked.citations)
    assert asked.status == "answered"
    assert asked.citations[0].document == "neu/wald.txt"
    assert asked.documents == len(TEXTS)
    assert asked.asked.utcoffset() == dt.timedelta(0)


def test_below_the_threshold_nothing_is_said_and_the_nearest_is_shown(
    open_engine: Callable[..., LocalEngine], folder: Path
) -> None:
    (folder / "a.txt").write_text(TEXTS["neu/wald.txt"], encoding="utf-8")
    engine = open_engine(threshold=1.0)
    engine.ingest(folder)

    answer = engine.ask("Quark?")

    assert answer.status == "not_in_documents"
    assert (answer.statements, answer.citations, answer.origins) == ((), (), ())
    assert 0 < len(answer.nearest) <= 3
    for passage in answer.nearest:
        assert passage.quote == TEXTS["neu/wald.txt"][passage.start : passage.end]


def test_an_answer_rests_on_the_documents_as_they_stood_when_it_was_found(engine: LocalEngine, folder: Path) -> None:
    (folder / "a.txt").write_text(TEXTS["neu/wald.txt"], encoding="utf-8")
    engine.ingest(folder)
    before = engine.ask("Wer schläft unter den Eichen?")
    events = engine.stream("Wer schläft unter den Eichen?")
    assert [getattr(next(events), "stage", None) for _ in range(2)] == ["embed", "retrieve"]

    engine.remove("a.txt")
    *_, last = events

    assert isinstance(last, AnswerDone)
    assert last.answer.statements == before.statements != ()
    assert (last.answer.citations, last.answer.corpus) == (before.citations, before.corpus)
    with pytest.raises(AddDocuments):
        engine.ask("Wer schläft unter den Eichen?")


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00", "?!", "\x1b", "…", "\u202e\u200b", "-"])
def test_a_question_without_a_word_is_refused(shared: LocalEngine, text: str) -> None:
    with pytest.raises(FixInput, match="empty"):
        shared.ask(text)
    with pytest.raises(FixInput, match="empty"):
        shared.search(text)


def test_a_question_above_the_limit_is_refused(shared: LocalEngine) -> None:
    assert shared.ask("Hafen " * 333).status == "answered"
    with pytest.raises(FixInput, match="100,000 characters; at most 2,000"):
        shared.ask("H" * 100_000)


def test_a_question_of_100_000_characters_can_be_allowed(open_engine: Callable[..., LocalEngine], folder: Path) -> None:
    (folder / "a.txt").write_text(TEXTS["neu/wald.txt"], encoding="utf-8")
    engine = open_engine(max_question=100_000)
    engine.ingest(folder)
    question = " ".join(f"Eichen{n}" for n in range(20_000))[:99_990] + " Reh"

    answer = engine.ask(question)

    assert answer.question == question
    assert answer.status == "answered"


@pytest.mark.parametrize(
    "text", ["Wer\x00schläft?", "Wer\nschläft?", "Wer\x1b schläft?", "Wer\ud800schläft?", "Wer  schläft? "]
)
def test_control_characters_are_blanks(shared: LocalEngine, text: str) -> None:
    assert shared.ask(text).question.replace("  ", " ") == "Wer schläft?"


@given(text=st.text(max_size=300))
def test_a_clean_question_is_short_normal_text_on_one_line(text: str) -> None:
    try:
        clean = clean_question(text, 200).text
    except FixInput:
        return

    assert clean == " ".join(clean.split())
    assert unicodedata.is_normalized("NFC", clean)
    assert 0 < len(clean) <= 200
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in clean)
    assert clean_question(clean, 200).text == clean


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wer schläft unter den Eichen?", "de"),
        ("Who arrived in the harbour?", "en"),
        ("Où est le port de Hambourg ?", "fr"),
        ("Hamburg", "und"),
    ],
)
def test_a_question_in_any_language_is_answered_with_quotes(shared: LocalEngine, question: str, language: str) -> None:
    answer = shared.ask(question)

    assert answer.language == language
    assert answer.status == "answered"
    assert {statement.language for statement in answer.statements} <= {"de", "en"}


@pytest.mark.parametrize(
    ("filters", "documents", "left_out"),
    [
        (Filters(), set(TEXTS), 0),
        (Filters(since=dt.date(2021, 10, 22)), {"alt/hafen.txt", "neu/harbour.txt"}, 2),
        (Filters(since=dt.date(2021, 10, 23)), {"neu/harbour.txt"}, 2),
        (Filters(until=dt.date(2022, 1, 1)), {"alt/hafen.txt"}, 2),
        (Filters(until=dt.date(2022, 1, 1), include_undated=True), set(TEXTS) - {"neu/harbour.txt"}, 0),
        (Filters(source="neu/*"), set(TEXTS) - {"alt/hafen.txt"}, 0),
        (Filters(language="en"), {"neu/harbour.txt"}, 0),
        (Filters(include_undated=True), set(TEXTS), 0),
    ],
)
def test_filters_hold_for_all_that_is_shown(
    shared: LocalEngine, filters: Filters, documents: set[str], left_out: int
) -> None:
    answer = shared.ask("Hafen Hamburg ships Reh Wal", filters, top=20)

    assert {candidate.document for candidate in answer.candidates} == documents
    assert {citation.document for citation in answer.citations} <= documents
    assert answer.undated_left_out == left_out
    assert answer.filters == filters
    assert answer.documents == len(TEXTS)


def test_a_filter_by_language_says_how_many_documents_show_none(engine: LocalEngine, folder: Path) -> None:
    write(
        folder, {"hafen.txt": "Der Hafen von Hamburg wächst.", "zahlen.txt": "Hamburg 4711", "mehr.txt": "Hamburg 0815"}
    )
    engine.ingest(folder)

    for filters, left_out in ((Filters(language="de"), 2), (Filters(language="en"), 2), (Filters(source="*.txt"), 0)):
        assert engine.ask("Hamburg?", filters).unknown_language_left_out == left_out


def test_filters_that_leave_no_document_find_nothing(shared: LocalEngine) -> None:
    answer = shared.ask("Hafen", Filters(since=dt.date(2030, 1, 1)))

    assert (answer.status, answer.nearest, answer.candidates) == ("not_in_documents", (), ())
    assert answer.judgement.probability == 0
    assert answer.undated_left_out == 2


def test_without_an_index_there_is_nothing_to_ask(engine: LocalEngine) -> None:
    with pytest.raises(AddDocuments, match="no index"):
        engine.ask("Wer?")


def test_an_empty_index_says_how_to_fill_it(engine: LocalEngine, folder: Path) -> None:
    engine.ingest(folder)

    with pytest.raises(AddDocuments, match="no document") as caught:
        engine.ask("Wer?")
    assert "rag ingest" in caught.value.hint


def test_the_fingerprint_of_the_corpus_moves_with_the_documents(engine: LocalEngine, folder: Path) -> None:
    fingerprints = []
    for text in ("Der Wald ist alt.", "Der Wald ist jung.", "Der Wald ist alt."):
        (folder / "a.txt").write_text(text, encoding="utf-8")
        engine.ingest(folder)
        fingerprints.append(engine.ask("Wald?").corpus)

    assert fingerprints[0] == fingerprints[2] != fingerprints[1]
