"""Tables of OpenDocument texts whose cells are merged."""

from __future__ import annotations

import io
from zipfile import ZipFile

from rag.documents.formats import Limits
from rag.documents.readers import odt

_NAMES = " ".join(
    f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in ("office", "table", "text")
)


def lines(rows: str) -> list[str]:
    body = f"<office:text><table:table>{rows}</table:table></office:text>"
    content = f"<office:document-content {_NAMES}><office:body>{body}</office:body></office:document-content>"
    with ZipFile(written := io.BytesIO(), "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
    return odt.read(written.getvalue(), Limits()).text.split("\n\n")


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def cell(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


COVERED = "<table:covered-table-cell/>"
HEAD = row(cell("Leistung"), cell("Menge"), cell("Preis"))


def test_a_value_behind_a_cell_over_columns_is_of_its_own_column() -> None:
    total = row(cell("Summe", 'table:number-columns-spanned="2"'), COVERED, cell("2.220 €"))

    assert lines(HEAD + row(cell("Wartung"), cell("2"), cell("1.110 €")) + total) == [
        "Leistung: Wartung; Menge: 2; Preis: 1.110 €",
        "Leistung: Summe; Preis: 2.220 €",
    ]


def test_a_cell_over_rows_is_said_in_each() -> None:
    first = row(cell("Wartung", 'table:number-rows-spanned="2"'), cell("2"), cell("90 €"))

    assert lines(HEAD + first + row(COVERED, cell("3"), cell("130 €"))) == [
        "Leistung: Wartung; Menge: 2; Preis: 90 €",
        "Leistung: Wartung; Menge: 3; Preis: 130 €",
    ]


def test_rows_of_names_below_each_other_name_a_column_together() -> None:
    names = row(cell("Pier"), cell("Werktags", 'table:number-columns-spanned="2"'), COVERED)
    more = row(cell(""), cell("Erste"), cell("Letzte"))
    heads = f"<table:table-header-rows>{names}{more}</table:table-header-rows>"

    assert lines(heads + row(cell("Steintor"), cell("6:10"), cell("22:40"))) == [
        "Pier: Steintor; Werktags Erste: 6:10; Werktags Letzte: 22:40"
    ]


def test_a_repeated_cell_is_read_as_often_as_it_is_repeated() -> None:
    again = row(cell("Wartung"), cell("3", 'table:number-columns-repeated="2"'))

    assert lines(HEAD + row(cell("Ölwechsel"), "<table:table-cell/>", cell("90 €")) + again) == [
        "Leistung: Ölwechsel; Preis: 90 €",
        "Leistung: Wartung; Menge: 3; Preis: 3",
    ]
