"""What stands under a heading stands under those of higher levels, too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents.heading_levels import Headings, level_in
from rag.place import WITHIN


def under(*told: tuple[int, str], longest: int = 80) -> list[str]:
    headings = Headings()
    return [headings.under(name, level, longest) for level, name in told]


def test_a_section_is_called_by_those_it_is_in_but_not_by_the_title() -> None:
    assert under((1, "Changes"), (2, "4.0.0"), (3, "Removed"), (3, "Fixed"), (2, "3.8.2"), (3, "Fixed")) == [
        "Changes", "4.0.0", "4.0.0 › Removed", "4.0.0 › Fixed", "3.8.2", "3.8.2 › Fixed",
    ]  # fmt: skip


def test_without_a_title_the_first_heading_is_of_what_is_in_it() -> None:
    assert under((2, "One"), (3, "In it"), (1, "Two"), (4, "Deep")) == ["One", "One › In it", "Two", "Two › Deep"]


def test_a_title_that_comes_twice_is_still_the_title() -> None:
    assert under((1, "The Port"), (1, "The Port"), (2, "Outlook")) == ["The Port", "The Port", "Outlook"]


def test_of_a_long_name_the_outermost_go_first() -> None:
    assert under((2, "a" * 9), (3, "b" * 9), (4, "c" * 9), longest=24)[-1] == f"{'b' * 9}{WITHIN}{'c' * 9}"
    assert under((2, "a" * 30), longest=24) == ["a" * 24]


@pytest.mark.parametrize(("name", "level"), [("h2", 2), ("Heading 3", 3), ("Heading", None), ("", None), ("h12", None)])
def test_names_of_styles_tell_levels(name: str, level: int | None) -> None:
    assert level_in(name) == level


@given(st.lists(st.tuples(st.integers(1, 6), st.text(alphabet="abc", min_size=1, max_size=20))), st.integers(20, 60))
def test_a_name_ends_with_the_heading_itself_and_is_no_longer_than_allowed(
    told: list[tuple[int, str]], longest: int
) -> None:
    for (_, name), found in zip(told, under(*told, longest=longest), strict=True):
        assert found.rpartition(WITHIN)[2] == name
        assert len(found) <= longest
