"""Tables of Word documents whose cells are merged."""

from __future__ import annotations

import io
from collections.abc import Sequence

from docx import Document
from docx.oxml import OxmlElement

from rag.documents.formats import Limits
from rag.documents.parsed import Parsed
from rag.documents.readers import docx

Box = tuple[int, int]


def table(rows: Sequence[Sequence[str]], *merged: tuple[Box, Box], before: int | None = None) -> Parsed:
    """What is read of a table in which the cells from one to another (row and column) are one."""
    document = Document()
    made = document.add_table(len(rows), len(rows[0]))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            made.cell(at, column).text = text
    for (top, left), (bottom, right) in merged:
        made.cell(top, left).merge(made.cell(bottom, right))
    if before is not None:
        # A row that begins with its second column, as Word leaves out a cell at the edge.
        row = made.rows[before]._tr
        row.remove(row.tc_lst[0])
        left_out = OxmlElement("w:gridBefore")
        left_out.set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}val", "1")
        row.get_or_add_trPr().append(left_out)
    document.save(written := io.BytesIO())
    return docx.read(written.getvalue(), Limits())


def lines(result: Parsed) -> list[str]:
    return result.text.split("\n\n")


OFFER = [["Leistung", "Menge", "Preis"], ["Wartung", "2", "1.110 €"], ["Summe", "", "2.220 €"]]


def test_a_value_behind_a_cell_over_columns_is_of_its_own_column() -> None:
    assert lines(table(OFFER, ((2, 0), (2, 1)))) == [
        "Leistung: Wartung; Menge: 2; Preis: 1.110 €",
        "Leistung: Summe; Preis: 2.220 €",
    ]


def test_a_cell_over_rows_is_said_in_each() -> None:
    found = table([["Gruppe", "Kind"], ["Bären", "Anna"], ["", "Bert"]], ((1, 0), (2, 0)))

    assert lines(found) == ["Gruppe: Bären; Kind: Anna", "Gruppe: Bären; Kind: Bert"]


def test_a_row_that_begins_further_right_keeps_its_columns() -> None:
    assert lines(table(OFFER, before=2))[1] == "Preis: 2.220 €"


def test_two_rows_of_names_name_the_columns_together() -> None:
    found = table(
        [["Pier", "Werktags", "", "Sonntag"], ["", "Erste", "Letzte", "Erste"], ["Steintor", "6:10", "22:40", "9:00"]],
        ((0, 1), (0, 2)),
        ((0, 0), (1, 0)),
    )

    assert lines(found) == ["Pier: Steintor; Werktags Erste: 6:10; Werktags Letzte: 22:40; Sonntag Erste: 9:00"]
    assert found.places[0].number == 3


def test_a_row_over_the_whole_width_names_the_table_and_stands_above_it() -> None:
    found = table([["Abfahrten", ""], ["Pier", "Erste"], ["Steintor", "6:10"]], ((0, 0), (0, 1)))

    assert lines(found) == ["Abfahrten", "Pier: Steintor; Erste: 6:10"]
    assert (found.places[0].number, found.places[0].name) == (3, "Abfahrten")
