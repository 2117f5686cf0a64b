"""A numeral that is no figure needs its like in the quote: the same word, its translation, or a figure that equals it."""

from __future__ import annotations

import pytest

from rag.text.vague import unbacked_numerals

DE, EN = "de", "en"


@pytest.mark.parametrize(
    ("text", "language", "quote", "own"),
    [
        ("Half a dozen people came.", EN, "Menschen kamen.", DE),
        ("Ein Dutzend Menschen kam.", DE, "Acht Menschen kamen.", DE),
        ("Dutzende kamen.", DE, "Acht Menschen kamen.", DE),
        ("Thousands of people came.", EN, "500 Menschen kamen.", DE),
        ("Tausende kamen.", DE, "Es kamen viele Menschen.", DE),
        ("Millions of people came.", EN, "Many people came.", EN),
        ("Half of the people came.", EN, "Menschen kamen.", DE),
        ("Die Hälfte der Menschen kam.", DE, "40 Prozent der Menschen kamen.", DE),
        ("A quarter of the people came.", EN, "Ein Drittel kam.", DE),
        ("The price doubled.", EN, "Der Preis stieg von 30 auf 40 Euro.", DE),
        ("Er kam zweimal.", DE, "Er kam am Montag.", DE),
        ("All five were hurt.", EN, "Five people were hurt.", EN),
        ("Alle fünf wurden verletzt.", DE, "Fünf Menschen wurden verletzt.", DE),
    ],
)
def test_a_numeral_without_its_like_is_found(text: str, language: str, quote: str, own: str) -> None:
    assert len(unbacked_numerals(text, language, [(quote, own)])) == 1


@pytest.mark.parametrize(
    ("text", "language", "quote", "own"),
    [
        ("Half a dozen people came.", EN, "Sechs Menschen kamen.", DE),
        ("Ein halbes Dutzend kam.", DE, "Half a dozen people came.", EN),
        ("A dozen people came.", EN, "Zwölf Menschen kamen.", DE),
        ("Dozens came.", EN, "36 Menschen kamen.", DE),
        ("Thousands came.", EN, "3.500 Menschen kamen.", DE),
        ("Hundreds of thousands came.", EN, "Hunderttausende kamen.", DE),
        ("Millionen Menschen kamen.", DE, "3 million people came.", EN),
        ("3 Millionen Menschen kamen.", DE, "3 million people came.", EN),
        ("Half of them came.", EN, "50 Prozent kamen.", DE),
        ("Half of them came.", EN, "12 von 24 kamen.", DE),
        ("It took half an hour.", EN, "Es dauerte 30 Minuten.", DE),
        ("The price doubled.", EN, "Der Preis stieg von 30 auf 60 Euro.", DE),
        ("Er kam zweimal.", DE, "He came in May and again in June, twice.", EN),
        ("All five were hurt.", EN, "Die anderen fünf wurden verletzt.", DE),
        ("All five were hurt.", EN, "Alle fünf wurden verletzt.", DE),
        ("All five were unharmed.", EN, "Das Boot hatte fünf Insassen; niemand wurde verletzt.", DE),
        ("All five were hurt.", EN, "Die fünf Insassen wurden verletzt.", DE),
        ("Das Viertel ist alt.", DE, "The district is old.", EN),
    ],
)
def test_a_numeral_with_its_like_is_backed(text: str, language: str, quote: str, own: str) -> None:
    assert unbacked_numerals(text, language, [(quote, own)]) == []
