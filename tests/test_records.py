"""Filters refuse what nothing can pass, in the same words wherever they are given."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from rag import Filters, FixInput

EARLY, LATE = dt.date(2021, 1, 1), dt.date(2022, 1, 1)


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(FixInput, match="since 2022-01-01 is later than until 2021-01-01") as caught:
        Filters(since=LATE, until=EARLY)
    assert caught.value.hint == "Change the two round."
    assert Filters(since=EARLY, until=EARLY).since == EARLY


@pytest.mark.parametrize("day", ["2021", 2021, dt.datetime(2021, 1, 1, tzinfo=dt.UTC)])
@pytest.mark.parametrize("name", ["since", "until"])
def test_what_is_no_date_is_refused(name: str, day: Any) -> None:
    with pytest.raises(FixInput, match=f"{name} .* is no date"):
        Filters(**{name: day})


@pytest.mark.parametrize("language", ["deutsch", "d", "", "d1", 5])
def test_a_language_that_is_no_code_is_refused(language: Any) -> None:
    with pytest.raises(FixInput, match="is no language code"):
        Filters(language=language)


def test_a_code_means_the_same_in_capitals() -> None:
    assert Filters(language="DE") == Filters(language="de")
