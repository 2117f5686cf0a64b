"""Headings and tables of Markdown, told apart from code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.documents.markdown import first_heading, marked_places

TABLE = "| *City* | `Area` |\n| :--- | ---: |\n| Bonn | 141 |\n| Trier | 117 |\n"
PIECES = st.sampled_from(["| a | b |", "| --- | --- |", "# One", "```", "~~~ x", "", "text", "\\|", "|"])


def marked(text: str, start: int = 0) -> list[tuple[str, str, int | None, str | None]]:
    return [(text[p.start :].split("\n")[0], p.kind, p.number, p.name) for p in marked_places(text, start)]


def test_the_rows_of_a_table_are_counted_below_the_names_of_its_columns() -> None:
    assert marked(f"# Cities\n\n{TABLE}\nBehind.") == [
        ("# Cities", "heading", None, "Cities"),
        ("| Bonn | 141 |", "row", 1, "City · Area"),
        ("| Trier | 117 |", "row", 2, "City · Area"),
        ("", "heading", None, "Cities"),
    ]


def test_a_heading_or_code_ends_a_table() -> None:
    assert marked(f"{TABLE}## Two\n| no | row |")[2:] == [("## Two", "heading", None, "Two")]
    assert marked(f"{TABLE}```\n| no | row |\n```")[2:] == [("```", "heading", None, None)]


def test_bars_without_a_rule_and_tables_in_code_are_none() -> None:
    assert marked("| a | b |\n| c | d |") == []
    assert marked("text\n| --- |\n| c |") == []
    assert marked(f"```\n{TABLE}```") == []


def test_a_bar_may_be_part_of_a_name() -> None:
    assert marked("| a \\| b | c |\n|---|---|\n| 1 | 2 |")[0][3] == "a \\| b · c"


def test_each_name_can_be_told_its_column() -> None:
    def columns(line: str) -> str | None:
        return marked(f"{line}\n|---|---|\n| 1 | 2 |")[0][3] if marked(f"{line}\n|---|---|\n| 1 | 2 |") else None

    assert columns("| | A | B |") == "A · B"
    assert columns("| A | | B | |") == "A · – · B · –"
    assert columns("| A · B | C") == "A, B · C"
    assert columns("| | |") is None


@given(st.lists(PIECES, max_size=12).map("\n".join), st.integers(0, 5))
def test_places_are_in_order_and_each_begins_a_line(text: str, start: int) -> None:
    places = marked_places(text, start)

    assert [p.start for p in places] == sorted({p.start for p in places})
    assert all(p.start == start or text[p.start - 1] == "\n" for p in places)
    assert all(text[p.start] == "|" for p in places if p.kind == "row")


def test_what_is_in_code_is_no_heading() -> None:
    assert first_heading(["```", "# no", "```", "## Yes ##"]) == "Yes"
    assert first_heading(["### deep", "#"]) is None
