"""Columns of tables that a question names, and what their rows gain by it."""

from __future__ import annotations

import numpy as np
import pytest

from rag.columns import headed, named_columns
from rag.place import Place
from rag.records import Chunk, DocumentInfo, Hit, Question, Span
from rag.tokens import Reading

SEASONS = ("Zimmer", "Sommer", "Winter", "Feiertage")
WEEK = ("Arzt", "Mo, Di", "Mittwoch", "Do–Fr")


@pytest.mark.parametrize(
    ("text", "names", "column"),
    [
        ("Was kostet das Bett im Winter?", SEASONS, "Winter"),
        ("Was ist der Winterpreis?", SEASONS, "Winter"),
        ("Und an Feiertagen?", SEASONS, "Feiertage"),
        ("What does it cost in summer?", SEASONS, "Sommer"),
        ("Wann ist er dienstags da?", WEEK, "Mo, Di"),
        ("When is he there on Friday?", WEEK, "Do–Fr"),
        ("How many were there in 2022?", ("Figure", "2021", "2022"), "2022"),
        ("How many were there in 2022?", ("Figure", "2015–2019", "2020–2024"), "2020–2024"),
        ("Wie schwer ist das Merian 16?", ("", "Merian 14", "Merian 16", "Talos"), "Merian 16"),
        ("Does Model A weigh more?", ("", "Model A", "Model B"), "Model A"),
        ("What is it in the high season?", ("Visitor", "Low season", "High season"), "High season"),
        ("Welche Telefonnummer hat sie?", ("Name", "Telefon", "Raum"), "Telefon"),
        ("How much does the BX-40 weigh?", ("", "BX-40", "BX-40 Pro"), "BX-40"),
        ("How much does the BX-40 Pro weigh?", ("", "BX-40", "BX-40 Pro"), "BX-40 Pro"),
        ("Wer putzt in der ungeraden Woche?", ("gerade", "ungerade"), "ungerade"),
        ("Wer putzt in der geraden Woche?", ("ungerade", "gerade"), "gerade"),
    ],
)
def test_a_question_names_a_column_by_words_of_its_name(text: str, names: tuple[str, ...], column: str) -> None:
    shares = named_columns(Question(text, None), names, "de" if names in (SEASONS, WEEK) else "en").shares

    assert names[int(np.argmax(shares))] == column
    assert max(shares) > sorted(shares)[-2]


def test_the_words_that_name_a_column_are_told() -> None:
    text = "Was kostet das Einzelzimmer im Winter an Feiertagen?"

    found = named_columns(Question(text, "de"), SEASONS[1:], "de").words

    assert [span.of(text) for span in found] == ["Winter", "Feiertagen"]


@pytest.mark.parametrize(
    ("text", "missed"),
    [
        ("Wann ist er samstags da?", True),
        ("Wann ist er montags da?", False),
        ("Wann ist er im Mai da?", False),
        ("Wann ist er da?", False),
    ],
)
def test_a_day_that_no_column_has_is_missed(text: str, missed: bool) -> None:
    assert named_columns(Question(text, "de"), WEEK, "de").missed is missed


def hit(text: str, places: tuple[Place, ...], *spans: tuple[int, int]) -> Hit:
    sentences = tuple(Span(*span) for span in spans)
    document = DocumentInfo("d", "s", "d.md", "v", len(text), language="de")
    return Hit(
        Chunk("c", "d", "v", Span(0, len(text)), sentences), document, 0.0, 0.0, 0.0, (), text, (0.0,) * len(sentences), places=places
    )  # fmt: skip


def test_the_rows_of_markdown_hold_the_tokens_that_name_their_columns() -> None:
    question = Question("Bett im Winter", "de")
    # "Bett" is of the first column, whose words tell the rows apart.
    asked = Reading(np.ones(2, np.float32), np.ones((3, 2), np.float32), np.array([(0, 4), (4, 7), (7, 14)]))
    one = hit(
        "| Bett | 3 |\nSo ist es.", (Place(0, "row", 1, "Bettart · Winter"), Place(13, "heading")), (0, 12), (13, 23)
    )
    written = hit("Art: Bett; Winter: 3", (Place(0, "row", 1, "Preise"),), (0, 20))

    found = headed(question, asked, one)

    assert found is not None
    assert found.tokens.tolist() == [[False, False, True], [False, False, False]]
    assert headed(Question("Bett", "de"), asked, one) is None
    assert headed(question, asked, written) is None
    assert headed(question, Reading.whole(np.ones(2, np.float32)), one) is None
