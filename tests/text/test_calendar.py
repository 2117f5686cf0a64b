"""Times that are no whole dates."""

from __future__ import annotations

import pytest

from rag.text.calendar import tells_when, times_of_day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Einlass ab 18:30.", ["18:30"]),
        ("mittwochs von 18 bis 20 Uhr", ["20 Uhr"]),
        ("7:30 am to 3.15 p.m.", ["7:30 am", "3.15 p.m."]),
        ("Sie gewannen 3:1, das Verhältnis ist 12:5.", []),
        ("Version 24.10.2", []),
        ("99 am Ende", []),
    ],
)
def test_times_of_day(text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in times_of_day(text)] == expected


@pytest.mark.parametrize(
    "text", ["fällig am 15. Februar", "every Friday", "mittwochs", "dep. 17:10", "1986", "3.10.2021"]
)
def test_what_tells_when(text: str) -> None:
    assert tells_when(text)


@pytest.mark.parametrize("text", ["It may rain.", "sagte er am Dienstag", "zu 50 Prozent", "§ 12 gilt."])
def test_what_does_not(text: str) -> None:
    assert not tells_when(text)
