"""Tables of pages whose cells span columns and rows, as a reader of HTML hands them over."""

from __future__ import annotations

import pytest

from rag.documents.parsed import Parsed
from tests.documents.mails import mail
from tests.documents.real import parsed

AROUND = "<p>The ferry runs all year round between both piers and the island, and it takes bikes and dogs.</p>" * 3
BODY = "<tr><td>Stonegate</td><td>06:10</td><td>22:40</td><td>09:00</td></tr>"
ROW = "Pier: Stonegate; Weekdays First: 06:10; Weekdays Last: 22:40; Sunday First: 09:00"
HEADS = (
    '<thead><tr><th>Pier</th><th colspan="2">Weekdays</th><th>Sunday</th></tr>'
    "<tr><th></th><th>First</th><th>Last</th><th>First</th></tr></thead>"
)


def page(body: str) -> Parsed:
    return parsed("page.html", f"<html><body><article>{AROUND}{body}{AROUND}</article></body></html>".encode())


def lines(result: Parsed) -> list[str]:
    return [line for line in result.text.split("\n\n") if not line.startswith("The ferry")]


@pytest.mark.parametrize(
    "heads",
    [
        HEADS,
        HEADS.replace("thead>", "tbody>"),
        HEADS.replace("thead", "tbody").replace("th>", "td>").replace("<th", "<td"),
        HEADS.replace("<th>Pier", '<th rowspan="2">Pier').replace("<th></th>", ""),
        f"<caption>Departures 2025</caption>{HEADS}",
        f'<tr><th colspan="4">Departures 2025</th></tr>{HEADS}',
    ],
)
def test_rows_of_names_below_each_other_name_a_column_together(heads: str) -> None:
    result = page(f"<table>{heads}{BODY}</table>")

    assert lines(result) == (["Departures 2025", ROW] if "Departures" in heads else [ROW])
    assert result.places[0].name == ("Departures 2025" if "Departures" in heads else None)


def test_a_caption_names_no_column() -> None:
    plain = "<tr><th>Pier</th><th>First</th></tr><tr><td>Stonegate</td><td>06:10</td></tr>"
    result = page(f"<h1>Ferry</h1><h2>Winter</h2><table><caption>Departures</caption>{plain}</table>")

    assert lines(result)[-2:] == ["Departures", "Pier: Stonegate; First: 06:10"]
    assert {place.name for place in result.places if place.kind == "row"} == {"Winter › Departures"}


def test_cells_over_columns_and_rows_leave_the_others_in_theirs() -> None:
    rows = (
        '<tr><td rowspan="2">Harbour</td><td>06:30</td><td>23:00</td><td>09:20</td></tr>'
        '<tr><td colspan="2">on request</td><td>10:00</td></tr>'
    )

    assert lines(page(f"<table>{HEADS}{rows}</table>")) == [
        "Pier: Harbour; Weekdays First: 06:30; Weekdays Last: 23:00; Sunday First: 09:20",
        "Pier: Harbour; Weekdays First: on request; Sunday First: 10:00",
    ]


def test_a_table_in_a_mail_keeps_its_columns() -> None:
    message = mail("")
    message.set_content(f"<table><caption>Departures 2025</caption>{HEADS}{BODY}</table>", subtype="html")

    assert f"Departures 2025\n\n{ROW}" in parsed("post.eml", message.as_bytes()).text


def test_spans_without_measure_cost_no_time() -> None:
    wide = '<td colspan="9999" rowspan="9999">6:10</td>'

    assert "6:10" in page(f"<table>{f'<tr>{wide * 3}</tr>' * 100}</table>").text
