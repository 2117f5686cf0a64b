"""A day is read in every form that the hint names, and nothing else is one."""

from __future__ import annotations

import pytest

from rag import FixInput
from rag.text.days import day_of


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2022-11-30", "2022-11-30", "2022-11-30"),
        ("30.11.2022", "2022-11-30", "2022-11-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2022", "2022-01-01", "2022-12-31"),
    ],
)
def test_a_month_or_a_year_is_its_first_or_its_last_day(value: str, first: str, last: str) -> None:
    assert day_of("since", value, last=False).isoformat() == first
    assert day_of("until", value, last=True).isoformat() == last


@pytest.mark.parametrize("value", ["86400", "1669766400", "", "yesterday", "2022-13", 86400, 2022, 1.5, True, []])
def test_what_is_no_date_is_said_to_be_none(value: object) -> None:
    with pytest.raises(FixInput, match="is no date") as caught:
        day_of("--since", value, last=False)

    assert "2022-11" in caught.value.hint
