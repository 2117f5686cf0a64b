"""Who holds one office is no answer to a question for the holder of another."""

from __future__ import annotations

import pytest

from rag.reading.offices import is_of_another_office
from tests.reading.test_actors import last


@pytest.mark.parametrize(
    ("question", "text", "is_of_another"),
    [
        ("Who was in charge of the defence ministry?", "Außenministerin Eva Kern schwieg.", True),
        ("Wer leitete das Verteidigungsministerium?", "Verteidigungsminister Ole Alt kam.", False),
        ("Wer leitete das Verteidigungsministerium?", "Defence secretary Ole Alt came.", False),
        ("Who was president when the defence ministers met?", "Defence minister Ole Alt came.", True),
        (
            "Who was president when the defence ministers met?",
            "Präsident Uwe Lenz empfing die Verteidigungsminister.",
            False,
        ),
        ("Wer ist Kassenwartin?", "Die Kasse führt Eva Kern.", True),
        ("Wer ist Kassenwartin?", "Schatzmeisterin ist Eva Kern.", False),
        ("Wer ist Kassenwartin?", "Die Kassenwartin ist neu. Gewählt wurde Eva Kern.", False),
        ("Wie heißt die Bürgermeisterin?", "Das Dorf hat eine Kirche.", True),
        ("Who is the mayor?", "The deputy mayor is Eva Kern.", True),
        ("Who succeeded Uwe Lenz?", "Präsident Uwe Lenz kam.", True),
        ("Who succeeded Uwe Lenz?", "Auf Präsident Uwe Lenz folgt Eva Kern als Nachfolgerin.", False),
        ("Who succeeded Uwe Lenz?", "Präsident Uwe Lenz wurde von Eva Kern abgelöst.", False),
        ("Who had a successful year?", "Präsident Uwe Lenz kam.", False),
        ("Which chancellor came?", "Präsident Uwe Lenz kam.", True),
        ("Who did the president meet?", "Uwe Lenz met chancellor Eva Kern.", False),
        ("Wer lud den Präsidenten ein?", "Kanzlerin Eva Kern lud ihn ein.", False),
        ("Which towns did president Lenz visit?", "Lenz went to Rome.", False),
        ("Wann kam der Präsident?", "Kanzler Ole Alt kam im Mai.", False),
        ("Wer kam im Mai?", "Kanzler Ole Alt kam im Mai.", False),
    ],
)
def test_holders_of_offices(question: str, text: str, is_of_another: bool) -> None:
    one = last(text, "en" if "secretary came" in text else "de")
    assert is_of_another_office(question, one, [one.hit]) is is_of_another
