"""Places and days at the end of a text: of its signing, or of anything else."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.closings import closing_date
from rag.text.dates import find_dates

DAY = dt.date(2022, 11, 30)
BODY = "# Mietvertrag\n\n" + "Der Mieter zahlt die Miete am Ersten des Monats auf das Konto des Vermieters. " * 6


@given(st.text("0123456789.- MaiOkt,\n:denWörth") | st.text())
def test_any_text_is_read(text: str) -> None:
    closed = closing_date(BODY + text)
    assert closed is None or closed in {found.date for found in find_dates(text)}


@pytest.mark.parametrize(
    "end",
    [
        "Leipzig, den 30. November 2022",
        "Bad Lohra, den 30. November 2022\ngez. Rüdiger Haase, Bürgermeister",
        "Leipzig, den 30.11.2022\n\n____________    ____________\n(Vermieter)    (Mieter)",
        "Leipzig, 30. November 2022\n\nUnterschrift: Clemens Aurich",
        "London, 30 November 2022\n\nSigned: Ann Berg\nSigned: Tom Kern",
        "Leipzig, den 30. November 2022\nClemens Aurich\n\nLeipzig, den 30. November 2022\nNadja Petersen",
    ],
)
def test_a_text_is_of_the_day_on_which_it_was_signed(end: str) -> None:
    assert closing_date(f"{BODY}\n\n{end}\n") == DAY


@pytest.mark.parametrize(
    "end",
    [
        "30. November 2022",
        "Hamburg, 30. November 2022\nMarkthalle",
        "Die Übergabe ist in Leipzig, den 30. November 2022",
        "Leipzig, den 30. November 2022\nDer Zähler wird am Tag darauf abgelesen.",
        "Leipzig, den 30. November 2022\n\nHalle, den 2. Dezember 2022",
        "Leipzig, den 30. November 2022\n" + "Name\n" * 12,
        "Geboren in Leipzig, den 30. November 2022",
        "Leipzig, den 30. November 2022 um 10 Uhr: Übergabe",
    ],
)
def test_a_day_of_anything_else_at_the_end_is_not_the_texts(end: str) -> None:
    assert closing_date(f"{BODY}\n\n{end}") is None


def test_a_text_that_is_nothing_but_the_line_has_none() -> None:
    assert closing_date("Leipzig, den 30. November 2022") is None
