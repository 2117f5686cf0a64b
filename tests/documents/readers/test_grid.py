"""Tables whose cells span columns and rows, set in their columns."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents.readers.grid import Grid, Spanning, laid_out, spread

S = Spanning


def told(*rows: Sequence[Spanning | str]) -> Grid:
    return laid_out(spread([[S(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]))


def head(text: str, columns: int = 1, rows: int = 1) -> Spanning:
    return S(text, columns, rows, names=True)


HEAD = ("Leistung", "Menge", "Preis")
SERVICE = ["Wartung", "2", "90 €"]


def test_what_is_behind_a_cell_over_columns_stays_in_its_own() -> None:
    grid = told([*HEAD], SERVICE, [S("Summe", columns=2), "90 €"])

    assert grid.rows == (HEAD, tuple(SERVICE), ("Summe", "", "90 €"))


def test_a_cell_over_rows_counts_for_each_of_them() -> None:
    grid = told(["Gruppe", "Name"], [S("A", rows=2), "Anna"], ["Bert"], ["B", "Cem"])

    assert grid.rows[1:] == (("A", "Anna"), ("A", "Bert"), ("B", "Cem"))


def test_a_long_text_over_rows_is_said_once() -> None:
    long = "Wort " * 60
    grid = told(["Name", "Regel"], ["Anna", S(long, rows=2)], ["Bert"])

    assert grid.rows[1:] == (("Anna", long), ("Bert", ""))


def test_a_row_without_cells_of_its_own_says_nothing() -> None:
    grid = told(["Name", "Tel."], [S("Anna", rows=2), S("12", rows=2)], [], ["Bert", "13"])

    assert grid.rows == (("Name", "Tel."), ("Anna", "12"), ("", ""), ("Bert", "13"))


@pytest.mark.parametrize(
    "rows",
    [
        ([head("Pier"), head("Weekdays", 2), head("Sunday")], [head(""), head("First"), head("Last"), head("First")]),
        ([head("Pier", rows=2), head("Weekdays", 2), head("Sunday")], [head("First"), head("Last"), head("First")]),
        (["Pier", S("Weekdays", 2), "Sunday"], ["", "First", "Last", "First"]),
        ([S("Pier", rows=2), S("Weekdays", 2), "Sunday"], ["First", "Last", "First"]),
    ],
)
def test_two_rows_of_names_are_one(rows: tuple[list[Spanning | str], ...]) -> None:
    grid = told(*rows, ["Stonegate", "06:10", "22:40", "09:00"])

    assert grid.headed
    assert grid.rows == (
        ("Pier", "Weekdays First", "Weekdays Last", "Sunday First"), (), ("Stonegate", "06:10", "22:40", "09:00"),
    )  # fmt: skip


def test_a_name_over_columns_names_each_of_them() -> None:
    assert told(["Pier", S("Weekdays", 2)], ["Stonegate", "06:10", "22:40"]).rows[0] == ("Pier", "Weekdays", "Weekdays")


@pytest.mark.parametrize(
    "row",
    [
        ["Anna", "Berg", "Wien"],
        ["", "Anna 1", "Berg 2"],
        [head("Ground floor", 3)],
    ],
)
def test_a_row_below_the_names_is_none_of_them(row: list[Spanning | str]) -> None:
    grid = told([head("Name", 2), head("Town")], row, ["Bert", "Kern", "Graz"])

    assert grid.rows[0] == ("Name", "Name", "Town")
    assert grid.rows[1]


def test_a_table_of_names_alone_keeps_its_rows() -> None:
    assert len([row for row in told([head("A"), head("B")], [head("C"), head("D")]).rows if row]) == 2


def test_a_first_row_over_the_whole_width_names_the_table() -> None:
    grid = told([S("Abfahrten 2025", 3)], ["Pier", "Erste", "Letzte"], ["Steintor", "6:10", "22:40"])

    assert grid.name == "Abfahrten 2025"
    assert grid.rows == ((), ("Pier", "Erste", "Letzte"), ("Steintor", "6:10", "22:40"))


@pytest.mark.parametrize("below", [[["Nur eine", "Zeile"]], [[S("Zeile", 2)], [S("Zeile", 2)]]])
def test_a_row_over_the_whole_width_of_no_table_names_none(below: list[list[Spanning | str]]) -> None:
    assert told([S("Brief", 2)], *below).name is None


def test_a_plain_table_is_as_it_was() -> None:
    assert told([*HEAD], SERVICE, []) == Grid((HEAD, tuple(SERVICE), ()), headed=True)
    assert told(["12", "13"], ["14", "15"]) == Grid((("12", "13"), ("14", "15")))
    assert told() == Grid(())


NUMBERS = st.integers(0, 3) | st.just(10**6)


@given(
    st.lists(
        st.lists(st.builds(Spanning, st.sampled_from(["", "a", "b 1"]), NUMBERS, NUMBERS, st.booleans()), max_size=3),
        max_size=4,
    )
)
def test_any_table_keeps_all_that_its_cells_say(table: list[list[Spanning]]) -> None:
    grid = laid_out(spread(table))
    shown = {part for row in grid.rows for cell in row for part in cell.split()} | set((grid.name or "").split())

    assert {part for row in table for cell in row for part in cell.text.split()} <= shown
    assert len(grid.rows) == len(table)
    assert all(len(row) <= 100 + 12 for row in grid.rows)
