"""Of several values of one unit, the one that is told of what is asked about is marked."""

from __future__ import annotations

import pytest

from rag.reading.nearby import meant
from rag.records import Question
from rag.text.dates import YEAR
from rag.text.numbers import find_numbers

FEES = "Die Aufnahme kostet 25 Euro für Erwachsene, 12 Euro für Kinder und 1,50 Euro für Hunde."
RATE = "Der Abschlag beträgt 142 Euro statt bisher 128 Euro."
STEPS = "Vom 1. September 2026 an kostet die Miete 775 Euro, vom 1. September 2027 an 799 Euro."


@pytest.mark.parametrize(
    ("question", "text", "values"),
    [
        ("Was kostet die Aufnahme für Kinder?", FEES, ["12"]),
        ("Was kostet die Aufnahme für Erwachsene?", FEES, ["25"]),
        ("Was kostet es für Hunde?", FEES, ["1,50"]),
        ("Was kostet das?", FEES, ["25", "12", "1,50"]),
        ("Wie hoch ist der Abschlag?", RATE, ["142"]),
        ("Wie hoch war der Abschlag bisher?", RATE, ["128"]),
        ("Was kostet sie ab September 2026?", STEPS, ["775"]),
        ("Was kostet sie ab September 2027?", STEPS, ["799"]),
        ("Was kostet die Miete?", STEPS, ["775", "799"]),
        ("Wie viele Boote hat der Club?", "Der Club hat 12 Boote und 80 Mitglieder.", ["12", "80"]),
        ("Wie viele?", "Viele.", []),
    ],
)
def test_the_value_beside_what_is_named(question: str, text: str, values: list[str]) -> None:
    spans = [
        number.span for number in find_numbers(text, "de") if "." not in text[number.span.end : number.span.end + 1]
    ]
    spans = [span for span in spans if not YEAR.fullmatch(span.of(text))]

    assert [span.of(text) for span in meant(Question(question, "de"), text, "de", spans)] == values
