"""Headings that hold an answer are said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag import LocalEngine
from rag.reading.headings import gives_answer
from rag.records import Question
from rag.text.language import detect


@pytest.mark.parametrize(
    ("question", "heading", "gives"),
    [
        ("When was version 4.2 released?", "## Version 4.2 (12 May 2025)", True),
        ("Wann war die Sitzung?", "# Protokoll der Sitzung vom 12. März 2025", True),
        ("When does the shop open?", "### Opening hours: 9 a.m. to 5 p.m.", True),
        ("Wie lang ist die Kündigungsfrist?", "## § 7 Kündigungsfrist: drei Monate", True),
        ("Wie viele Tage Urlaub gibt es?", "## § 3 Urlaub: 28 Tage", True),
        ("Who is the managing director?", "## Managing director: Dr. Helen Marsh", True),
        ("What are the opening hours?", "## Opening hours: Monday to Friday", True),
        ("When was version 4.2 released?", "## Version 4.2", False),
        ("Wie viele Tage Urlaub gibt es?", "## § 3 Urlaub", False),
        ("Wie viele Tage Urlaub gibt es in 2 Jahren?", "## 4.2 Urlaub in 2 Jahren", False),
        ("Who is the director?", "## The director", False),
        ("Was steht im Vertrag?", "## Der Vertrag", False),
        ("What is needed?", "## What is needed:", False),
        ("Was braucht man?", "## Zutaten: was braucht man?", False),
    ],
)
def test_a_heading_answers_if_it_gives_a_value_of_the_kind_asked_for(question: str, heading: str, gives: bool) -> None:
    language = detect(heading)
    assert gives_answer(Question(question, detect(question)), heading, language) is gives


def test_it_is_quoted_without_its_marks_and_others_are_not_said(
    open_engine: Callable[..., LocalEngine], folder: Path
) -> None:
    text = (
        "# Mietbedingungen\n\n## § 6 Haustiere\n\nHunde bedürfen der Zustimmung der Verwaltung.\n\n"
        "## § 7 Kündigungsfrist: drei Monate\n\nDie Erklärung bedarf der Schriftform.\n"
    )
    (folder / "miete.md").write_text(text)
    engine = open_engine()
    engine.ingest(folder)

    answer = engine.ask("Wie lang ist die Kündigungsfrist?")
    first = answer.citations[0]

    assert answer.statements[0].text == first.quote == "§ 7 Kündigungsfrist: drei Monate"
    assert text[first.start : first.end] == first.quote
    assert not any("Haustiere" in statement.text for statement in engine.ask("Was gilt für Haustiere?").statements)
