"""Weekdays, months, seasons and years that a text names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.recurring import times_named


@pytest.mark.parametrize(
    ("text", "kind", "numbers"),
    [
        ("mittwochs", "weekday", {3}),
        ("on Saturdays", "weekday", {6}),
        ("am Sonnabend", "weekday", {6}),
        ("an Werktagen", "weekday", {1, 2, 3, 4, 5}),
        ("at weekends", "weekday", {6, 7}),
        ("Montag bis Donnerstag", "weekday", {1, 2, 3, 4}),
        ("Friday to Monday", "weekday", {5, 6, 7, 1}),
        ("im Winter", "season", {4}),
        ("in summer", "season", {2}),
        ("Mai–Juli", "month", {5, 6, 7}),
        ("November to February", "month", {11, 12, 1, 2}),
        ("im Jahr 2022", "year", {2022}),
        ("2019–2021", "year", {2019, 2020, 2021}),
        ("2021-1919", "year", {2021, 1919}),
        ("Montagabend", "weekday", set()),
        ("20221", "year", set()),
    ],
)
def test_times_are_told_by_their_kind_and_number(text: str, kind: str, numbers: set[int]) -> None:
    assert times_named(text)[0] == {(kind, number) for number in numbers}


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("Mo–Fr", {1, 2, 3, 4, 5}), ("Mon - Thu", {1, 2, 3, 4}), ("Mo, Di", {1, 2}), ("Sa/So", {6, 7}), ("Sat.", {6}), ("So", {7}),
        ("Sa und So", {6, 7}),
    ],
)  # fmt: skip
def test_short_forms_count_where_nothing_else_stands(name: str, numbers: set[int]) -> None:
    found, rest = times_named(name, short=True)

    assert found == {("weekday", number) for number in numbers}
    assert not any(char.isalnum() for char in rest)
    assert times_named(f"{name} Preis", short=True)[0] == times_named(f"{name} Preis")[0]


def test_words_beside_times_are_left() -> None:
    assert times_named("Preis im Winter 2021")[1] == "Preis im            "


@given(st.text(st.sampled_from("Mo–Fr 2021bis-Winter"), max_size=30), st.booleans())
def test_the_rest_has_the_length_of_the_text(text: str, short: bool) -> None:
    rest = times_named(text, short=short)[1]

    assert len(rest) == len(text)
    assert all(left in (" ", char) for left, char in zip(rest, text, strict=True))
