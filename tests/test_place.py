"""Where in its file a span stands, and which parts of a text are rows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.documents.parsed import Builder
from rag.place import Place, in_context, places_of, row_ranges

PAGES = (Place(0, "page", 1), Place(10, "page", 2), Place(20, "page", 3))


def test_a_span_touches_the_pages_that_it_runs_over() -> None:
    assert places_of(PAGES, 12, 15) == PAGES[1:2]
    assert places_of(PAGES, 5, 10) == PAGES[:1]
    assert places_of(PAGES, 5, 11) == PAGES[:2]
    assert places_of(PAGES, 10, 10) == PAGES[1:2]
    assert places_of((), 0, 5) == ()


def test_what_stands_before_the_first_place_has_none() -> None:
    assert places_of((Place(5, "row", 1),), 0, 4) == ()


def test_a_span_is_read_under_the_headings_that_it_does_not_hold() -> None:
    text = "Lift\nIt is checked. It is old.\nBoiler\nIt is checked."
    places = (Place(0, "heading", None, "Lift"), Place(31, "heading", None, "Boiler"))

    assert in_context(text, places, 5, 19) == "Lift\nIt is checked."
    assert in_context(text, places, 0, 19) == "Lift\nIt is checked."
    assert in_context(text, places, 20, 52) == "Lift\nIt is old.\nBoiler\nIt is checked."
    assert in_context(text, (Place(0, "page", 1),), 5, 19) == "It is checked."


def test_rows_that_follow_each_other_are_one_range() -> None:
    places = (Place(0, "heading", None, "A"), Place(5, "row", 2), Place(9, "row", 3), Place(14, "heading", None, "A"),
              Place(20, "row", 2))  # fmt: skip
    assert row_ranges(places, 30) == [(5, 14), (20, 30)]


@given(st.lists(st.tuples(st.sampled_from(["page", "heading", "paragraph", "row", "lines"]), st.text(max_size=30))))
def test_every_place_begins_where_its_part_of_the_text_does(parts: list[tuple[str, str]]) -> None:
    builder = Builder(10_000)
    for number, (kind, text) in enumerate(parts, start=1):
        if kind == "page":
            builder.page(number)
        elif kind == "row":
            builder.row(number, (), [text])
        else:
            getattr(builder, kind)(text)
    parsed = builder.parsed()

    starts = [place.start for place in parsed.places]
    assert starts == sorted(set(starts))
    assert all(start == 0 or parsed.text[start - 1] == "\n" for start in starts)
    assert all(not parsed.text[start].isspace() for start in starts)
    assert parsed.text == parsed.text.strip()
