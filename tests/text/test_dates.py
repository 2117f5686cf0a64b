"""Calendar dates in text, and the date that a document gives itself."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates import find_dates, stated_date

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
DAY = dt.date(2022, 11, 30)


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
    stated = stated_date(text)
    assert stated is None or stated in {found.date for found in find_dates(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Stand: 30.11.2022",
        'NATO-Treffen "Mehr Fähigkeiten" Stand: 30.11.2022 17:40 Uhr',
        "(Stand: 30. November 2022)",
        "Stand 30. November 2022",
        "Datum: Mittwoch, den 30. November 2022",
        "**Datum:** 30.11.2022",
        "**Datum**: 30.11.2022",
        "Publication date: 30 November 2022",
        "Veröffentlicht am 30. November 2022 um 12:00 Uhr",
        "Von A. B. | Veröffentlicht am 30. November 2022 | Berlin",
        "Zuletzt aktualisiert: 30.11.2022",
        "Published on November 30, 2022",
        "Published: Wed, 2022-11-30",
        "Updated on 30 November 2022 by Jane Doe",
        "Last updated: November 30, 2022 at 10:30 am EST",
        "Datum der Fassung\nStand: 30.11.2022",
        "Date:\n30 November 2022",
    ],
)
def test_a_label_states_the_date(text: str) -> None:
    assert stated_date(f"Titel\n\n{text}\n\nDer Text vom 1. Mai 2020 folgt.") == DAY


@pytest.mark.parametrize(
    "line",
    [
        "30. November 2022",
        "*30. November 2022*",
        "Mittwoch, 30. November 2022",
        "Wednesday 30 November 2022",
        "30. November 2022, 17:40 Uhr",
        "30.11.2022 | 17.40 Uhr",
        "2022-11-30T10:00:00Z",
        "Wien, 30. November 2022",
        "Bad Homburg, den 30. November 2022",
        "Frankfurt (Oder), Mittwoch, 30. November 2022",
        "  – 30 November 2022 –",
    ],
)
def test_a_line_of_its_own_states_the_date(line: str) -> None:
    assert stated_date(f"Titel\n\nBernd Riegert Bukarest\n{line}\n\nDer Text vom 1. Mai 2020 folgt.") == DAY


@pytest.mark.parametrize(
    "text",
    [
        "Am 30. November 2022 sprach er.",
        "30. November 2022 war ein Mittwoch.",
        "Er stand am 30.11.2022 vor Gericht.",
        "Das Buch ist erschienen am 30. November 2022 in Wien.",
        "Erschienen am 30. November 2022 ist das Buch ein Erfolg.",
        "Published on 30 November 2022, the report says it.",
        "The report published on 30 November 2022 says it.",
        "Das Update date 30 November 2022",
        "Der Bericht, Stand 30. November 2022, sagt viel.",
        "Die Konferenz begann am\n30. November 2022\nund endete.",
        "Die Konferenz endete am\n30. November 2022.",
        "Das Mandat gilt bis zum\n30. November 2022",
        "Expiry date: 30.11.2022",
        "The due date: 30 November 2022",
        "Kunde, Wien, 30. November 2022: zwei Kisten",
        "Stand: 31.11.2022",
        "Stand: unbekannt. Am 30. November 2022 sprach er.",
    ],
)
def test_running_text_states_no_date(text: str) -> None:
    assert stated_date(text) is None


def test_the_first_of_several_stated_dates_counts() -> None:
    assert stated_date("Stand: 30.11.2022\nVeröffentlicht: 1.5.2020") == DAY


def test_a_date_far_below_the_top_is_not_the_documents() -> None:
    assert stated_date("Text. " * 400 + "\n30. November 2022\n") is None
