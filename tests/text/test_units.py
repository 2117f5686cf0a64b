"""A figure keeps its unit, whatever it is called in either language."""

from __future__ import annotations

import pytest

from rag.text.units import other_units


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
