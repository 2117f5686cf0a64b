"""A figure keeps its unit, whatever it is called in either language."""

from __future__ import annotations

import pytest

from rag.records import Span
from rag.text.numbers import find_numbers
from rag.text.units import in_full, other_units, with_unit


@pytest.mark.parametrize(
    ("text", "language", "quote", "wrong"),
    [
        ("2.3 terawatt hours", "en", "2,3 Terawattstunden", []),
        ("2.3 gigawatt hours", "en", "2,3 Terawattstunden", ["2.3 gigawatt hour"]),
        ("9 kWh", "de", "9 Kilowattstunden", []),
        ("12 MW", "de", "12 megawatts", []),
        ("5 GB", "en", "5 Megabyte", ["5 gigabyte"]),
        ("3 kilotonnes", "en", "3 Tonnen", ["3 kilotonne"]),
        ("40 Mikrometer", "de", "40 micrometres", []),
        ("20 instead of 45 watts", "en", "20 Watt", []),
        ("85 million Danish kroner", "en", "85 Millionen Pfund", ["85000000 krone"]),
        ("85 million US dollars", "en", "85 Millionen Dollar", []),
    ],
)
def test_a_unit_is_known_by_prefix_and_base(text: str, language: str, quote: str, wrong: list[str]) -> None:
    assert other_units(text, language, [(quote, "de" if language == "en" else "en")]) == wrong


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("an endowment of $37.6 billion financial", "$37.6 billion"),
        ("paid 2 million US dollars for it", "2 million US dollars"),
        ("runs at 120 km/h", "120 km/h"),
        ("bei 21 °C gelagert", "21 °C"),
        ("auf 81,5 Quadratmetern", "81,5 Quadratmetern"),
        ("mit 11 Ja-Stimmen", "11"),
    ],
)
def test_a_number_with_its_unit(text: str, whole: str) -> None:
    (number,) = find_numbers(text, "en" if "," not in text else "de")
    assert with_unit(text, Span(number.span.start, number.span.end)).of(text) == whole


@pytest.mark.parametrize(
    ("text", "number", "full"),
    [
        ("Die Karte kostet 22 Euro.", "22", "22 Euro"),
        ("Die Karte kostet € 22.", "22", "€ 22"),
        ("Geöffnet von 14 bis 18 Uhr, montags.", "14", "14 bis 18 Uhr"),
        ("Geöffnet von 14 bis 18 Uhr, montags.", "18", "14 bis 18 Uhr"),
        ("Open 9:30 am to 5 pm on weekdays.", "5", "9:30 am to 5 pm"),
        ("Ab 18 Uhr ist zu.", "18", "18 Uhr"),
        ("Es wiegt 4–6 kg, 8 davon.", "4", "4–6 kg"),
        ("Es wiegt 4–6 kg, 8 davon.", "8", "8"),
        ("It costs $5-7 a day.", "7", "$5-7"),
        ("410 Menschen arbeiten dort.", "410", "410"),
        ("Am 3. Mai bis 5 Uhr.", "3", "3"),
    ],
)
def test_a_number_in_full_has_its_unit_and_is_the_whole_range(text: str, number: str, full: str) -> None:
    start = text.index(number)

    assert in_full(text, Span(start, start + len(number))).of(text) == full
