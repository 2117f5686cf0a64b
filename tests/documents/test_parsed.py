"""What a table's first row is: the names of its columns, or a row as the others."""

from __future__ import annotations

import pytest

from rag.documents.parsed import Builder, looks_like_header


@pytest.mark.parametrize(
    ("row", "heads"),
    [
        (["Name", "Telefon"], True),
        (["Posten", "2021", "2022", "2023"], True),
        (["", "2023", "2022"], True),
        (["Posten", "2010", "2015", "2020"], True),
        (["Anna Berg", "1931", "2004"], False),
        (["Anna Berg", "1931", "1958", "2004"], False),
        (["Posten", "2021"], False),
        (["Bonn", "141", "142", "143"], False),
        (["Name", "Name"], False),
        ([], False),
    ],
)
def test_years_in_a_row_name_columns_and_other_figures_do_not(row: list[str], heads: bool) -> None:
    assert looks_like_header(row) is heads


def test_a_table_by_years_is_written_with_them() -> None:
    builder = Builder(1000)
    builder.table([["Posten", "2021", "2022"], ["Mitglieder", "163", "171"]])

    assert builder.parsed().text == "Posten: Mitglieder; 2021: 163; 2022: 171"
