"""What a newcomer types first: an overview of all documents, or of those that speak of a topic."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Filters, LocalEngine, connect, load_settings
from rag.reading.overview import overview_asked
from tests.folders import write

WHOLE = """Worum geht es hier?|Worum geht's?|Fasse zusammen|Fass das mal zusammen|Fasse die Dokumente bitte zusammen.|Was steht hier drin?
    |Wovon handeln die Texte?|Gib mir einen Überblick|Welche Dokumente gibt es?|Kannst du die Artikel zusammenfassen?|Inhalt
    |Was sind die wichtigsten Themen?|What is in here?|What's in here|What’s this about?|What are these documents about?|TL;DR
    |Summarise the documents please|Give me an overview|What documents do you have?|Can you summarize this?|What topics are covered?
    |De quoi s'agit-il ?|De quoi parlent ces documents ?|Résumé"""
TOPICS = {
    "Which documents are about China?": "China",
    "Which of the articles mention the Baltic states?": "Baltic states",
    "What do the documents say about air defence?": "air defence",
    "List documents about energy": "energy",
    "Welche Dokumente handeln von der Ukraine?": "Ukraine",
    "In welchen Artikeln geht es um „Luftverteidigung“?": "Luftverteidigung",
    "In welchen Texten wird Blinken erwähnt?": "Blinken",
    "Was steht in den Dokumenten über China?": "China",
    "Welche Artikel befassen sich mit den Kosten der Energie?": "Kosten der Energie",
    "Quels documents parlent de la Chine ?": "Chine",
}
OTHER = """Was ist das?|Wer ist hier?|What is it?|What is NATO about?|Worum geht es in der Ukraine?|Was steht im Vertrag?
    |Fasse die Rede von Stoltenberg zusammen|Which documents did Blinken sign?|Who wrote the summary?|?|42"""

TEXTS = {
    "alt.txt": "Stand: 22.10.2021\n\nZum Inhalt springen\n\nDer Hafen von Hamburg wächst seit vielen Jahren. Polen liefert den Kies.",
    "neu.txt": "Published on 30 November 2022\n\nNews, sport\n\nThe forest is older than the town beside it. Polish oaks grow there.",
    "ohne.txt": "Das Meer ist an dieser Stelle tief. Der Wal schläft nie.",
    "kurz.txt": "Ohne Satz",
}


@pytest.mark.parametrize("question", WHOLE.split("|"))
def test_a_question_of_empty_words_asks_for_all(question: str) -> None:
    asked = overview_asked(question)

    assert asked is not None
    assert asked.topic is None


@pytest.mark.parametrize(("question", "topic"), TOPICS.items())
def test_a_topic_is_what_is_left(question: str, topic: str) -> None:
    asked = overview_asked(question)

    assert asked is not None
    assert asked.topic == topic


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Worum geht es in rechnungen.csv?", "rechnungen.csv"),
        ("Was steht in der Datei „tief/chat.txt“?", "tief/chat.txt"),
        ("What is in the file manual.md?", "manual.md"),
        ("Summarize report-2024.docx", "report-2024.docx"),
    ],
)
def test_a_file_that_is_named_is_asked_for(question: str, name: str) -> None:
    asked = overview_asked(question)
    assert asked is not None
    assert (asked.name, asked.topic) == (name, None)


@pytest.mark.parametrize("question", OTHER.split("|"))
def test_any_other_question_asks_for_an_answer(question: str) -> None:
    assert overview_asked(question) is None


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    base: Path = tmp_path_factory.mktemp("overview")
    write(base / "docs", TEXTS)
    # The same article under a second name is the same story.
    write(base / "docs", {"zweitname.txt": TEXTS["alt.txt"]})
    with connect(load_settings(index=base / "index", embedding="hashed-words")) as made:
        made.ingest(base / "docs")
        yield made


def test_an_overview_says_what_each_story_says_first_the_latest_first(shared: LocalEngine) -> None:
    answer = shared.ask("Worum geht es hier?")

    assert [statement.text for statement in answer.statements] == [
        "The forest is older than the town beside it.",
        "Der Hafen von Hamburg wächst seit vielen Jahren.",
        "Ohne Satz",
        "Das Meer ist an dieser Stelle tief.",
    ]
    assert answer.status == "answered"
    assert answer.reader == "overview/1"
    assert shared.verify(answer).holds


def test_an_overview_is_as_long_as_is_asked(shared: LocalEngine) -> None:
    assert len(shared.ask("What is in here?", top=2).statements) == 2


def test_an_overview_keeps_to_its_filters(shared: LocalEngine) -> None:
    answer = shared.ask("What is in here?", Filters(language="en"))

    assert {citation.document for citation in answer.citations} == {"neu.txt"}
    assert shared.ask("What is in here?", Filters(language="fr")).status == "not_in_documents"


@pytest.mark.parametrize("topic", ["Polen", "Poland"])
def test_documents_on_a_topic_are_found_under_any_name_of_a_place(shared: LocalEngine, topic: str) -> None:
    answer = shared.ask(f"Which documents are about {topic}?")

    assert [statement.text for statement in answer.statements] == ["Polish oaks grow there.", "Polen liefert den Kies."]


def test_documents_on_a_topic_are_found_within_longer_words(shared: LocalEngine) -> None:
    assert shared.ask("Welche Texte handeln vom Hafen?").citations[0].document in {"alt.txt", "zweitname.txt"}


def test_a_topic_that_no_document_speaks_of_is_refused(shared: LocalEngine) -> None:
    answer = shared.ask("Welche Dokumente handeln von Fußball?")

    assert answer.status == "not_in_documents"
    assert not answer.judgement.answers


def test_an_overview_of_one_file_quotes_its_beginning(shared: LocalEngine) -> None:
    answer = shared.ask("Worum geht es in alt.txt?")

    assert {citation.document for citation in answer.citations} == {"alt.txt"}
    assert shared.ask("What is in missing.txt?").status == "not_in_documents"
    assert shared.ask("What is in alt.txt?", Filters(language="en")).status == "not_in_documents"


def test_who_names_the_topic_in_one_sentence_comes_before_who_holds_its_words_apart(tmp_path: Path) -> None:
    texts = {
        "a-oven.md": "Preheat the oven well.\n\nThe pump has a pressure of 15 bar.",
        "b-pump.txt": "The new plant makes heat pumps now.",
    }
    write(tmp_path / "docs", texts)
    with connect(load_settings(index=tmp_path / "index", embedding="hashed-words")) as engine:
        engine.ingest(tmp_path / "docs")

        answer = engine.ask("Which documents are about heat pumps?")

    assert answer.statements[0].text == "The new plant makes heat pumps now."
