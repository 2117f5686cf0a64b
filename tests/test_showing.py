"""A statement as it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.place import Place
from rag.records import Citation, Span, Statement
from rag.showing import plain, shown

ROW = "| **Einzelzimmer** |  74 € | 58 € |"
PLACE = Place(100, "row", 1, "Zimmer · Sommer · Winter")


def cited(quote: str, *marks: Span, places: tuple[Place, ...] = (PLACE,)) -> tuple[Statement, list[Citation]]:
    citation = Citation(
        "d", "v", "a.md", "s", 100, 100 + len(quote), quote, None, "de", None, marks=marks, places=places
    )
    return Statement(" ".join(quote.split()), (0,), 1.0, "de"), [citation]


def test_a_row_of_markdown_is_shown_with_the_names_of_its_columns() -> None:
    assert "".join(text for text, _ in shown(*cited(ROW))) == "Zimmer: Einzelzimmer; Sommer: 74 €; Winter: 58 €"


def test_the_answering_cell_is_marked() -> None:
    at = 100 + ROW.index("58 €")

    assert [text for text, marked in shown(*cited(ROW, Span(at, at + 4))) if marked] == ["58 €"]
    assert [text for text, marked in shown(*cited("Art: Bett; Winter: 58 €", Span(119, 123))) if marked] == ["58 €"]


@pytest.mark.parametrize(
    "places", [(), (Place(100, "heading", None, "A"),), (Place(40, "row", 1, "A · B"),), (PLACE, PLACE)]
)
def test_what_is_no_whole_row_is_shown_as_it_is(places: tuple[Place, ...]) -> None:
    assert shown(*cited("| a | b |", places=places)) == [("| a | b |", False)]


def test_what_a_model_wrote_of_a_row_is_its_own_sentence() -> None:
    _, citations = cited(ROW)

    assert shown(Statement("Es kostet 58 €.", (0,), 1.0, "de"), citations) == [("Es kostet 58 €.", False)]


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("See [the **map**](https://a.de/b_(c) \"Map\") and ![a plan](img/plan.png).", "See the map and a plan."),
        ("- Read [chapter two](two.md#top)", "Read chapter two"),
        ("Call f[0](x), or [sic] (so).", "Call f[0](x), or [sic] (so)."),
    ],
)  # fmt: skip
def test_links_and_marks_are_left_to_the_quote(text: str, bare: str) -> None:
    assert plain(text) == bare


@given(st.text(st.sampled_from("| a*\\[](./)"), max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_no_letter_is_lost_and_none_made(text: str, first: int, second: int) -> None:
    start, end = sorted((min(first, len(text)), min(second, len(text))))
    statement, citations = cited(
        text, *([Span(100 + start, 100 + end)] if start < end else []), places=(Place(100, "row", 1),)
    )

    told = "".join(piece for piece, _ in shown(statement, citations))

    assert told.count("a") <= text.count("a")
