"""Of the rows of a table, the one that the question names comes before those of something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.place import Place
from rag.reading.rows import rows_first
from rag.reading.scoring import ScoredSentence
from rag.records import Question
from tests.reading.test_extractive import scored

COLUMNS = "Property · BX-40 · BX-40 Pro"
ROWS = ("| Weight | 4.6 kg | 6.1 kg |", "| Flow rate | 8,000 l/h | 11,000 l/h |", "| Price (RRP) | £89 | £149 |")


LESSONS = "Stunde · Montag · Dienstag"
HOURS = ("| 6 | Geschichte | Musik |", "| 3 | Religion | Geschichte |", "| 4 | Kunst | Sport |")


def table(columns: str = COLUMNS, rows: tuple[str, ...] = ROWS) -> list[ScoredSentence]:
    out: list[ScoredSentence] = []
    for number, text in enumerate(rows):
        one = scored((text, 1.5 - number / 2))[0]
        out.append(replace(one, hit=replace(one.hit, places=(Place(0, "row", number + 1, columns),))))
    return out


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What does the BX-40 cost?", ROWS[2]),
        ("What is the flow rate of the BX-40?", ROWS[1]),
        ("How heavy is the BX-40?", ROWS[0]),
        ("Who makes the BX-40?", ROWS[0]),
    ],
)
def test_the_row_that_is_named_comes_first(question: str, first: str) -> None:
    assert rows_first(Question(question, "en"), table())[0].text == first


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Wer gibt am Dienstag Geschichte?", HOURS[1]),
        ("Wer gibt am Montag Geschichte?", HOURS[0]),
        ("Wer gibt Geschichte?", HOURS[0]),
    ],
)
def test_what_stands_under_another_day_comes_behind(question: str, first: str) -> None:
    assert rows_first(Question(question, "de"), table(LESSONS, HOURS))[0].text == first


def test_rows_of_another_table_and_what_is_none_lose_nothing() -> None:
    prose = scored(("The pump is heavy.", 1.4), name="b.txt")
    other = [replace(one, hit=replace(one.hit, document=replace(one.hit.document, id="other"))) for one in table()[:1]]

    found = rows_first(Question("What is the flow rate?", "en"), [*table(), *prose, *other])

    assert [one.score for one in found] == sorted((1.5 - 2, 1.0, 0.5 - 2, 1.4, 1.5), reverse=True)
