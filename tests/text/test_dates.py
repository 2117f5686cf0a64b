"""Calendar dates in text."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates import find_dates

GERMAN = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]
ENGLISH = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def read(text: str) -> list[tuple[str, str]]:
    return [(found.span.of(text), found.date.isoformat()) for found in find_dates(text)]


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("3. Oktober 2021", "2021-10-03"),
        ("3.Oktober 2021", "2021-10-03"),
        ("3.\u00a0Oktober\u00a02021", "2021-10-03"),
        ("3.\nOktober 2021", "2021-10-03"),
        ("3. Okt. 2021", "2021-10-03"),
        ("1. März 2020", "2020-03-01"),
        ("3. Jänner 2020", "2020-01-03"),
        ("22.10.2021", "2021-10-22"),
        ("1. 2. 2021", "2021-02-01"),
        ("2021-10-22", "2021-10-22"),
        ("2021-1-2", "2021-01-02"),
        ("November 30, 2022", "2022-11-30"),
        ("Nov. 30, 2022", "2022-11-30"),
        ("NOVEMBER 30 2022", "2022-11-30"),
        ("30 November 2022", "2022-11-30"),
        ("30th of November 2022", "2022-11-30"),
        ("3rd October, 2021", "2021-10-03"),
        ("29.2.2024", "2024-02-29"),
    ],
)
def test_a_whole_date(written: str, iso: str) -> None:
    assert read(f"Das war am {written}, abends.") == [(written, iso)]


@pytest.mark.parametrize(
    "text",
    [
        "3. Oktober",
        "Oktober 2021",
        "2021",
        "22.10.21",
        "31.02.2021",
        "30. Februar 2021",
        "29.2.2023",
        "2021-13-45",
        "13/14/2021",
        "0.0.2021",
        "122.10.2021",
        "22.10.20212",
        "0021-10-22",
        "Apr\u0131l 3, 2021",
        "3. Apr\u0130l 2021",
        "Maier 3, 2021",
        "",
    ],
)
def test_no_whole_or_no_possible_date(text: str) -> None:
    assert find_dates(text) == []


def test_dates_come_in_their_order_and_apart() -> None:
    assert read("Vom 2021-10-22.10.2021 an, May 5 2021 und 6. Mai 2021") == [
        ("2021-10-22", "2021-10-22"),
        ("May 5 2021", "2021-05-05"),
        ("6. Mai 2021", "2021-05-06"),
    ]


@given(st.dates(dt.date(1000, 1, 1), dt.date(2999, 12, 31)))
def test_what_was_written_is_read(date: dt.date) -> None:
    german, english = GERMAN[date.month - 1], ENGLISH[date.month - 1]
    ways = [
        f"{date.day}. {german} {date.year}",
        f"{date.day}.{date.month}.{date.year}",
        f"{english} {date.day}, {date.year}",
        f"{date.day} {english} {date.year}",
        date.isoformat(),
    ]
    for written in ways:
        assert read(f"am {written}.") == [(written, date.isoformat())]


@given(st.text("0123456789.- MaiOkt\u0131\u0130ſK,\n") | st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(one.span.end <= other.span.start for one, other in pairwise(find_dates(text)))
