"""Of two documents of one series, the later holds where a question asks for what is so now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rag import LocalEngine
from rag.reading.recency import asks_for_now, later_first, later_of, names_a_time
from rag.records import DocumentInfo, Question
from tests.reading.test_extractive import scored


def document(title: str | None, date: str | None = None, name: str = "a.md") -> DocumentInfo:
    day = dt.date.fromisoformat(date) if date else None
    return DocumentInfo(
        id=f"{title} {date} {name}", source="s", name=name, version="v", length=9, title=title, date=day
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (document("Preisliste", "2024-01-01"), document("Preisliste", "2025-01-01")),
        (
            document("Minutes of the meeting of 10 March 2024", "2024-03-10"),
            document("Minutes of the meeting of 9 April 2025", "2025-04-09"),
        ),
        (document("Preisliste 2024"), document("Preisliste 2025")),
        (document("Preisliste 2024"), document("Preisliste", "2025-02-03")),
        (document(None, name="preise-2024.txt"), document(None, name="2025/preise-2025.txt")),
        (document("Status report January 2025"), document("Status report March 2025")),
        (document("Statusbericht Mai 2024"), document("Statusbericht", "2024-07-01")),
        (document(None, name="status-2025-01.md"), document(None, name="status-2025-02.md")),
        (document(None, name="status_2024-12.md"), document(None, name="status_2025-01.md")),
        (document("Miete Lindenweg", "2025-03-03"), document("AW: Miete Lindenweg", "2025-03-05")),
    ],
)
def test_the_earlier_of_a_series(old: DocumentInfo, new: DocumentInfo) -> None:
    assert later_of([old, new]) == later_of([new, old]) == {old.id: {new.id}}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (document("Preisliste", "2024-01-01"), document("Preisliste")),
        (document("Preisliste Nord", "2024-01-01"), document("Preisliste Süd", "2025-01-01")),
        (document("Preisliste", "2025-01-01"), document("Preisliste", "2025-01-01", "b.md")),
        (document("Preisliste 2025"), document("Preisliste", "2025-05-01")),
        (document("Report on January and March 2025"), document("Report on February 2025")),
        (document("Rechnung", "2024-01-01"), document("Rechnung", "2025-01-01")),
        (document("2024", "2024-01-01"), document("2025", "2025-01-01")),
    ],
)
def test_of_what_is_no_series_none_is_earlier(one: DocumentInfo, other: DocumentInfo) -> None:
    assert later_of([one, other]) == {}


def test_which_questions_ask_for_now_and_which_name_a_time() -> None:
    now = (
        "What is the current rent?",
        "Welche Frist gilt jetzt?",
        "Was war zuletzt die Miete?",
        "Wer ist derzeit Leiter?",
    )
    assert all(map(asks_for_now, now))
    assert not asks_for_now("What is the rent?")
    assert names_a_time("Was kostete das 2024?")
    assert names_a_time("What was decided in March?")
    assert not names_a_time("What is decided?")


def test_the_later_is_said_first_and_both_are_told_with_their_dates(
    open_engine: Callable[..., LocalEngine], folder: Path
) -> None:
    for name, day, fee in (("a.md", "10 March 2024", 30), ("b.md", "9 March 2025", 36)):
        (folder / name).write_text(
            f"# Minutes of the board meeting of {day}\n\nThe membership fee for all members is {fee} euros a year.\n"
        )
    engine = open_engine()
    engine.ingest(folder)

    answer = engine.ask("What is the current membership fee?")
    assert [c.date for c in answer.citations] == [dt.date(2025, 3, 9), dt.date(2024, 3, 10)]
    (conflict,) = answer.conflicts
    assert [(told.value, told.date) for told in conflict.told] == [
        ("36", dt.date(2025, 3, 9)),
        ("30", dt.date(2024, 3, 10)),
    ]


def test_where_no_time_is_named_the_earlier_loses_a_little_and_where_a_year_is_what_is_of_another() -> None:
    old, new = (
        scored(("Der Hafen ist alt.", 0.4), name="2024.txt"),
        scored(("Der Hafen ist alt.", 0.0), name="2025.txt"),
    )
    both = [
        replace(one, hit=replace(one.hit, document=replace(one.hit.document, title=f"Hafen {year}")))
        for year, one in ((2024, old[0]), (2025, new[0]))
    ]

    def names(question: str) -> list[str]:
        return [one.hit.document.name for one in later_first(Question(question, "de"), both)]

    assert names("Wie alt ist der Hafen?") == names("Wie alt ist der Hafen jetzt?") == ["2025.txt", "2024.txt"]
    assert names("Wie alt war der Hafen 2024?") == ["2024.txt", "2025.txt"]
    assert names("Wie alt war der Hafen 2025?") == ["2025.txt", "2024.txt"]
    assert names("Wie alt war der Hafen im Mai?") == names("Wie alt war der Hafen 2022?") == ["2024.txt", "2025.txt"]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What did version 1.0 say of the tank?", "1.0"),
        ("What does version 2.0 say of the tank?", "2.0"),
        ("What does the manual say of the tank?", "2.0"),
    ],
)
def test_the_version_that_is_named_is_said_first_else_the_higher(question: str, first: str) -> None:
    both = [
        replace(
            one,
            score=score,
            hit=replace(one.hit, document=replace(one.hit.document, title=f"Manual, version {number}")),
        )
        for number, score in (("1.0", 0.4), ("2.0", 0.3))
        for one in scored(("The tank holds 4 litres.", score), name=f"{number}.md")
    ]
    title = later_first(Question(question, "en"), both)[0].hit.document.title
    assert title == f"Manual, version {first}"


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What does a day ticket for adults cost?", 2025),
        ("What did a day ticket for adults cost?", 2024),
        ("What did a day ticket for adults cost in 2024?", 2024),
        ("What does a day ticket for dogs cost?", 2024),
        ("How many adults may use a day ticket?", 2025),
    ],
)
def test_a_figure_as_it_is_is_that_of_the_later_list_that_gives_it(question: str, first: int) -> None:
    said = {
        2024: ("A day ticket for adults costs 12 euros, for dogs 3.", 9.0),
        2025: ("Day tickets: adults 14 euros, children 7 euros.", 5.0),
    }
    if "dogs" in question:
        said[2025] = ("Adults pay 14 euros.", 5.0)
    lists = [
        replace(
            one,
            hit=replace(
                one.hit, document=replace(one.hit.document, title="Prices", language="en", date=dt.date(year, 3, 1))
            ),
        )
        for year, told in said.items()
        for one in scored(told, name=f"{year}.txt")
    ]
    dates = [one.hit.document.date for one in later_first(Question(question, "en"), lists)]
    assert dates[0] == dt.date(first, 3, 1)


def test_what_is_so_now_is_told_by_the_last_of_several_reports_however_they_put_the_rest() -> None:
    said = {
        1: ("Overall status is green.", 9.0),
        2: ("Overall status is amber.", 5.0),
        3: ("Overall status is red.", 4.0),
    }
    reports = [
        replace(
            one,
            hit=replace(
                one.hit,
                document=replace(
                    one.hit.document, title="Status report of Heron", language="en", date=dt.date(2025, month, 28)
                ),
            ),
        )
        for month, told in said.items()
        for one in scored(told, ("It is filed.", 0.0), name=f"{month}.txt")
    ]
    first = later_first(Question("What is the current overall status of Heron?", "en"), reports)[0]
    assert first.text == "Overall status is red."
