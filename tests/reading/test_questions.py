"""The kind of answer that a question asks for, in two languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.questions import Asks, asks

CASES = {
    Asks.TIME: [
        "Wann beginnt es?", "Bis wann soll es fertig sein?", "Seit wann gilt das?", "In welchem Jahr trat sie bei?",
        "Welches Datum trägt der Brief?", "When does it begin?", "Until when is it valid?", "What year was it?",
        "In which month did they meet?", "Um wie viel Uhr beginnt es?", "At what time does it begin?",
    ],
    Asks.NUMBER: [
        "Wie viele Staaten sind es?", "Wieviel Geld ist das?", "Wie hoch ist der Anteil?", "Wie lange dauert es?",
        "Wie alt ist er?", "How many states are there?", "How much is it?", "What percentage is that?", "How long is it?",
        "Hilfen in welcher Höhe gab es?", "Welchen Betrag zahlte sie?", "Auf welche Summe belief es sich?", "Which sum was it?",
    ],
    Asks.PERSON: [
        "Wer hat das gesagt?", "Wen meint er?", "Mit wem sprach sie?", "Wessen Haus ist es?", "Von wem stammt das?",
        "Who said so?", "Whom did he meet?", "Whose house is it?", "By whom was it written?",
    ],
    Asks.PLACE: [
        "Wo trafen sie sich?", "Wohin reiste er?", "Woher kommt sie?", "In welcher Stadt war es?", "Where did they meet?",
        "In which city was it?",
    ],
    Asks.REASON: ["Warum ging er?", "Weshalb das?", "Wieso nicht?", "Wozu dient es?", "Why did he go?", "Aus welchem Grund ging er?"],
    Asks.OTHER: [
        "Was ist das?", "Wie heißt der Minister?", "Welche Staaten gehören dazu?", "What is the plan?", "NATO", "?", "",
        "Sowohl heute als morgen", "Nowhere to go", "Gewerkschaft", "Das ist sowieso so", "Irgendwo anders",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "question"), [(kind, text) for kind, texts in CASES.items() for text in texts])
def test_a_question_asks_for(kind: Asks, question: str) -> None:
    assert asks(question) is kind
    assert asks(question.upper()) is kind
    assert asks(f"  {question} ") is kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Wer hat gesagt, wann es endet?", Asks.PERSON),
        ("Wann hat wer das gesagt?", Asks.TIME),
        ("Who said how many there are?", Asks.PERSON),
        ("What does the WHO advise?", Asks.OTHER),
        ("Was macht Doctor Who?", Asks.OTHER),
        ("It rained. Who came?", Asks.PERSON),
        ("WHO LEADS IT?", Asks.PERSON),
        ("How many know who it was?", Asks.NUMBER),
        ("Ich frage mich, warum er ging.", Asks.REASON),
    ],
)
def test_the_first_question_word_decides(question: str, kind: Asks) -> None:
    assert asks(question) is kind


@given(st.text(max_size=200))
def test_any_text_asks_for_something(text: str) -> None:
    assert isinstance(asks(text), Asks)
