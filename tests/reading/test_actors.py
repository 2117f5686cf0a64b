"""What one country did is no answer to a question for what another did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.reading.actors import is_of_another
from rag.reading.scoring import ScoredSentence
from rag.records import Question, Span
from rag.text.sentences import sentence_spans
from tests.reading.test_scoring import hit


def last(text: str, language: str) -> ScoredSentence:
    """Return the last sentence of a text, as one that was scored."""
    span = sentence_spans(text, Span(0, len(text)), language)[-1]
    return ScoredSentence(hit(text, language=language), span, span.of(text), 1.0, {}, 1.0)


@pytest.mark.parametrize(
    ("question", "text", "language"),
    [
        ("How much did Spain pay?", "It was agreed. France paid 3 million euros.", "en"),
        ("Wie viel zahlte Spanien?", "Frankreich zahlte 3 Millionen Euro.", "de"),
        ("Why did China close its mission?", "Russland schloss seine Vertretung.", "de"),
        ("What did Madrid pay?", "France paid 3 million euros.", "en"),
    ],
)
def test_another_country_did_it(question: str, text: str, language: str) -> None:
    asked = Question(question, "de" if question.startswith("Wie") else "en")
    assert is_of_another(asked, last(text, language))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        # It is named, by one of its names, or by what stands for it.
        ("How much did Spain pay?", "France and Spain paid 3 million euros."),
        ("How much did Spain pay?", "France paid 3 million euros for the Spanish."),
        ("How much did Spain pay?", "Madrid paid 3 million euros."),
        ("How much did Germany pay?", "The Bundestag and France paid 3 million euros."),
        # Nobody else acts, or a union does.
        ("What did Spain pay?", "They paid 3 million euros to France."),
        ("What did Spain pay?", "The EU paid 3 million euros."),
        # It is where, and not who.
        ("What did Anna Kern say in Madrid?", "France paid 3 million euros, said Anna Kern."),
        ("How much did she pay?", "France paid 3 million euros."),
        # Who it was is asked.
        ("Who attacked Poland?", "Germany attacked its neighbour."),
        ("Which country attacked Poland?", "Germany attacked its neighbour."),
        ("How much did the Spanish king pay?", "France paid 3 million euros."),
    ],
)
def test_it_may_be_the_same_one(question: str, text: str) -> None:
    assert not is_of_another(Question(question, "en"), last(text, "en"))


@pytest.mark.parametrize(
    ("text", "is_of_all"),
    [
        ("The EU paid 3 million euros.", True),
        ("Spain was late. It rained. It snowed. The EU paid 3 million euros.", False),
    ],
)
def test_what_all_pay_is_not_what_one_pays(text: str, is_of_all: bool) -> None:
    assert is_of_another(Question("How much did Spain pay?", "en"), last(text, "en")) is is_of_all


def test_of_whom_the_sentence_before_speaks_is_not_who_acts() -> None:
    text = "Spain was late. France paid 3 million euros."
    assert is_of_another(Question("How much did Spain pay?", "en"), last(text, "en"))


def test_what_is_of_a_country_does_not_act() -> None:
    text = "Die Regierung will die Drohung Russlands eindämmen."
    assert not is_of_another(Question("Was will Spanien?", "de"), last(text, "de"))


def test_the_title_tells_of_whom_all_speaks() -> None:
    one = last("France paid 3 million euros.", "en")
    assert is_of_another(Question("How much did Spain pay?", "en"), one)

    titled = replace(one, hit=replace(one.hit, document=replace(one.hit.document, title="Spain and its neighbours")))
    assert not is_of_another(Question("How much did Spain pay?", "en"), titled)
