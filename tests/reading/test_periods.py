"""The time that a question names, and which documents are too early to tell of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from rag.reading.periods import Period, period_asked, too_early
from rag.reading.scoring import score_sentences
from rag.records import Hit, Question
from tests.reading.test_scoring import hit


def dated(text: str, day: str, name: str = "a.txt") -> Hit:
    """Return a hit of a document that bears a date."""
    plain = hit(text, name=name)
    return replace(plain, document=replace(plain.document, date=dt.date.fromisoformat(day)))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Wo tagte der Rat im November 2022?", Period(2022, 11)),
        ("Who chaired the council in 2022?", Period(2022)),
        ("Wer leitete den Rat?", None),
        ("Was geschah 2021 und 2022?", None),
        ("Bis wann soll Europa 2027 bereit sein?", None),
        ("What will happen in 2030?", None),
        ("How many members joined since 2019?", None),
        ("Between May and June 2022, who left?", Period(2022)),
    ],
)
def test_the_time_of_what_is_asked(question: str, expected: Period | None) -> None:
    assert period_asked(question) == expected


@pytest.mark.parametrize(
    ("text", "day", "period", "expected"),
    [
        ("Der Rat tagte in Ohlau.", "2021-10-22", Period(2022), True),
        ("Der Rat tagt 2022 in Ohlau.", "2021-10-22", Period(2022), False),
        ("Der Rat tagte in Ohlau.", "2022-01-03", Period(2022), False),
        ("Der Rat tagte in Ohlau.", "2023-01-03", Period(2022), False),
        ("Der Rat tagte in Ohlau.", "2022-03-03", Period(2022, 11), True),
        ("Der Rat tagt im November in Ohlau.", "2022-03-03", Period(2022, 11), False),
        ("Der Rat tagte im November in Ohlau.", "2021-12-03", Period(2022, 11), True),
        ("Der Rat tagte in Ohlau.", "2022-11-30", Period(2022, 11), False),
    ],
)
def test_what_is_older_than_the_time_asked_for_does_not_tell_of_it(
    text: str, day: str, period: Period, *, expected: bool
) -> None:
    assert too_early(period, dated(text, day)) is expected


def test_an_undated_document_may_tell_of_any_time() -> None:
    assert not too_early(Period(2022), hit("Der Rat tagte in Ohlau."))


def test_of_two_meetings_that_of_the_time_asked_for_is_read_first() -> None:
    earlier = dated("Der Rat tagte zwei Tage lang in Ohlau.", "2021-10-22", name="a.txt")
    later = dated("Treffen des Rates in Brieg.", "2022-11-30", name="b.txt")

    first, *_ = score_sentences(Question("Wo tagte der Rat im November 2022?", "de"), [earlier, later])

    assert first.hit.document.name == "b.txt"
