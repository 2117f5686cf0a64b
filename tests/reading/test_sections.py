"""Sections that a question tells apart by a number, and headings beside what they head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rag import LocalEngine
from rag.place import Place
from rag.reading.scoring import ScoredSentence
from rag.reading.sections import sections_first
from rag.records import Question
from tests.reading.test_extractive import scored

CHANGES = """# Changelog of Torfkran

## 4.0.0 - 2025-03-02

### Changed
- The configuration file is now TOML; YAML is no longer read.

### Fixed
- The timer no longer stops when the laptop sleeps.

## 3.8.2 - 2024-11-27

### Fixed
- A crash when the list of cranes was empty.
"""


def under(name: str, one: ScoredSentence) -> ScoredSentence:
    return replace(one, hit=replace(one.hit, places=(Place(0, "heading", None, name),)))


def test_what_is_under_the_heading_of_another_version_is_not_said(
    open_engine: Callable[..., LocalEngine], folder: Path
) -> None:
    (folder / "changes.md").write_text(CHANGES)
    engine = open_engine()
    engine.ingest(folder)

    answer = engine.ask("What was fixed in 3.8.2?")

    assert [s.text for s in answer.statements] == ["- A crash when the list of cranes was empty."]
    assert answer.citations[0].places[0].name == "3.8.2 - 2024-11-27 › Fixed"


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Was kostet das Bett in Zimmer 12?", "Zimmer 12"),
        ("Was kostet das Bett in Zimmer 11?", "Zimmer 11"),
        ("Was kostet das Bett um 12 Uhr?", "Zimmer 11"),
        ("Was kostet das Bett?", "Zimmer 11"),
        ("Was kostet das Bett in Zimmer 13?", "Zimmer 11"),
    ],
)
def test_a_number_counts_with_the_word_before_it(question: str, first: str) -> None:
    both = [
        under("Zimmer 11", scored(("Es kostet 40 Euro.", 0.4))[0]),
        under("Zimmer 12", scored(("Es kostet 50 Euro.", 0.3))[0]),
    ]

    assert sections_first(Question(question, "de"), both)[0].hit.places[0].name == first


def test_a_heading_comes_behind_what_tells_more_under_it() -> None:
    name = "Linseneintopf (für 6 Personen)"
    heading, item = (under(name, scored(told)[0]) for told in ((f"## {name}", 0.9), ("- 2 Karotten", 0.4)))

    def texts(question: str) -> list[str]:
        return [one.text for one in sections_first(Question(question, "de"), [heading, item])]

    assert texts("Wie viele Karotten kommen in den Linseneintopf?") == [item.text, heading.text]
    assert texts("Für wie viele Personen reicht der Linseneintopf?") == [heading.text, item.text]
