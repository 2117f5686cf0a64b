"""A row of a table read back: its cells, and the names of their columns."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents.markdown import marked_places
from rag.documents.parsed import Builder
from rag.documents.rows import cells, heads_rows, heads_table, measured, row_of
from rag.place import Place

WORDS = st.text(st.sampled_from("abc 12€."), min_size=1, max_size=8).map(str.strip).filter(bool)


def told(row: Place, text: str) -> list[tuple[str, str]]:
    return [(cell.name, cell.span.of(text)) for cell in cells(row, text)]


@pytest.mark.parametrize(
    ("names", "row", "found"),
    [
        ("| Room | Summer | Winter |", "| Single | 74 € | 58 € |", [("Room", "Single"), ("Summer", "74 €"), ("Winter", "58 €")]),
        ("| | A | B |", "| **Weight** | 1 kg | 2 kg |", [("", "Weight"), ("A", "1 kg"), ("B", "2 kg")]),
        ("| Name | Phone | |", "| Ann | 12 | new |", [("Name", "Ann"), ("Phone", "12"), ("", "new")]),
        ("| Name | | Phone |", "| Ann | | 12 |", [("Name", "Ann"), ("Phone", "12")]),
        ("| Name | Phone |", "| Ann", [("Name", "Ann")]),
        ("| Name | Phone |", "| Ann | 12 | 13 | 14 |", [("Name", "Ann"), ("Phone", "12"), ("", "13"), ("", "14")]),
        ("| Days · nights | Price |", "| a \\| b | 3 |", [("Days, nights", "a \\| b"), ("Price", "3")]),
    ],
)  # fmt: skip
def test_a_row_of_markdown_has_the_names_of_its_columns(names: str, row: str, found: list[tuple[str, str]]) -> None:
    (place,) = marked_places(f"{names}\n|---|---|\n{row}", 0)

    assert told(place, row) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Room: Single; Winter: 58 €", [("Room", "Single"), ("Winter", "58 €")]),
        ("Weight; A: 1 kg; B: 2 kg", [("", "Weight"), ("A", "1 kg"), ("B", "2 kg")]),
        ("Room: Single; with bath; Winter: 58 €", [("Room", "Single; with bath"), ("Winter", "58 €")]),
        ("Single; 58; 74", [("", "Single"), ("", "58"), ("", "74")]),
        ("Open: 8:30 to 9: 15", [("Open", "8:30 to 9: 15")]),
        ("Single", [("", "Single")]),
    ],
)
def test_a_written_row_is_read_back(text: str, found: list[tuple[str, str]]) -> None:
    assert told(Place(0, "row", 1), text) == found


@given(st.lists(st.tuples(st.sampled_from(["Name", "Preis netto", "Mo–Fr"]), WORDS), min_size=1, max_size=4))
def test_what_the_builder_writes_is_read_back(row: list[tuple[str, str]]) -> None:
    builder = Builder(10_000)
    builder.row(1, [name for name, _ in row], [value for _, value in row])
    parsed = builder.parsed()

    assert told(parsed.places[0], parsed.text) == [(name, " ".join(value.split())) for name, value in row]


@given(st.text(st.sampled_from("| a*\\:;"), max_size=20), st.text(st.sampled_from("a ·–"), max_size=8))
def test_cells_stand_in_the_row_one_behind_the_other(text: str, name: str) -> None:
    found = [cell.span for cell in cells(Place(0, "row", 1, name or None), text)]

    assert all(0 <= span.start < span.end <= len(text) for span in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))


def test_only_what_begins_a_row_and_holds_no_other_is_one() -> None:
    row, heading = Place(10, "row", 1, "A · B"), Place(10, "heading", None, "A")

    assert row_of((row,), 10) is row_of((row,), 12) is row
    assert (
        row_of((row,), 40) is row_of((row, Place(30, "row", 2)), 10) is row_of((heading,), 10) is row_of((), 10) is None
    )


@pytest.mark.parametrize(
    ("text", "start", "heads", "above"),
    [
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", 0, True, True),
        ("| a | b |\n|---|---|", 0, True, True),
        ("So:\n| a |\n|---|", 4, True, True),
        ("| a |\n|---|\n| 1 |", 6, False, True),
        ("| a | b |\n| 1 | 2 |", 0, False, False),
        ("| a | b |", 0, False, False),
        ("a\n|---|", 0, False, False),
        ("", 0, False, False),
    ],
)
def test_the_line_above_the_rule_names_the_columns(text: str, start: int, heads: bool, above: bool) -> None:
    assert heads_table(text, start) is heads
    assert heads_rows(text, start) is above


@pytest.mark.parametrize(
    ("name", "said"),
    [("Gebühr (€)", "70,00 €"), ("Weight [kg]", "70,00 kg"), ("Umsatz in Euro", "70,00 Euro"), ("Gebühr", "70,00"), ("", "70,00")],
)  # fmt: skip
def test_a_value_is_in_the_unit_of_its_column(name: str, said: str) -> None:
    row = "| Pass | 70,00 |"
    *_, cell = cells(Place(0, "row", 1, f"Art · {name}" if name else "Art · –"), row)

    assert measured(cell, row) == said
