"""Two documents that give two values for one thing are both heard; two things are no conflict."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from rag import Citation, LocalEngine
from rag.checks.wording import Likeness
from rag.conflicts import find_conflicts
from rag.embedding import HashedWords
from rag.messages import GERMAN
from rag.receipts import from_json, to_json
from rag.render import Style, disagreement, render_answer
from rag.verdicts import Conflict, Told

OLD = "Das Kraftwerk am Hafen von Ohlau beschäftigt 410 Menschen."
NEW = "Das Kraftwerk am Hafen von Ohlau beschäftigt 380 Menschen."


def cited(quote: str, name: str, date: dt.date | None = None, origin: int = 0, language: str = "de") -> Citation:
    return Citation(name, "v", name, "s", 0, len(quote), quote, None, language, date, (), origin)


def found(*citations: Citation) -> list[list[tuple[int, str]]]:
    conflicts = find_conflicts(citations, Likeness(HashedWords()))
    return [[(told.citation, told.value) for told in conflict.told] for conflict in conflicts]


def test_the_latest_document_comes_first_and_an_undated_one_last() -> None:
    old, new = cited(OLD, "a", dt.date(2020, 1, 1)), cited(NEW, "b", dt.date(2023, 1, 1), 1)

    assert found(old, new) == [[(1, "380"), (0, "410")]]
    assert found(cited(OLD, "a"), new) == [[(1, "380"), (0, "410")]]


def test_three_values_are_one_conflict() -> None:
    citations = [cited(OLD.replace("410", value), value, origin=n) for n, value in enumerate(("410", "380", "395"))]

    assert [len(told) for told in found(*citations)] == [3]


@pytest.mark.parametrize(
    "other",
    [
        cited(OLD, "b", origin=1),
        cited(NEW, "a", origin=1),
        cited(NEW.replace("Menschen", "Tonnen"), "b", origin=1),
        cited("Im Jahr 1999 wuchs der Wald bei Lehe um 380 Bäume.", "b", origin=1),
        cited(NEW.replace("Ohlau", "Ohlau in Polen"), "b", origin=1),
        cited(f"{NEW} Früher waren es 410 Menschen.", "b", origin=1),
    ],
    ids=["same value", "same document", "unit", "subject", "country", "gives both"],
)
def test_what_is_no_conflict(other: Citation) -> None:
    assert found(cited(OLD, "a"), other) == []


def test_figures_of_two_years_are_no_conflict_and_two_years_of_one_event_are() -> None:
    quotes = [
        f"Im Jahr {year} versorgte die Tafel von Ohlau {n} Menschen in der Woche."
        for year, n in ((2023, 1240), (2024, 1390))
    ]
    founded = [f"Der Ruderclub von Ohlau am Hafen wurde {year} gegründet." for year in (1912, 1913)]

    assert found(cited(quotes[0], "a"), cited(quotes[1], "b", origin=1)) == []
    assert found(cited(founded[0], "a"), cited(founded[1], "b", origin=1)) == [[(0, "1912"), (1, "1913")]]


def test_of_few_words_all_must_be_the_same() -> None:
    one = cited("Eine Waschmarke kostet 2,20 Euro.", "a")

    assert found(one, cited("Eine Waschmarke kostet 1,80 Euro.", "b", origin=1)) == [[(0, "2,20"), (1, "1,80")]]
    assert found(one, cited("Eine Parkmarke kostet 1,80 Euro.", "b", origin=1)) == []


def test_values_are_kept_with_their_unit_and_as_the_whole_range() -> None:
    prices = [cited(f"Eine Karte für das Hallenbad kostet {n} Euro.", name) for n, name in ((22, "a"), (18, "b"))]
    hours = [cited(f"Das Hallenbad ist am Freitag von {h} Uhr geöffnet.", f"{h}") for h in ("14 bis 18", "15 bis 19")]
    people = [cited(OLD, "a"), cited(NEW, "b")]

    def told(citations: list[Citation]) -> list[list[tuple[str, str]]]:
        return [[(one.value, one.whole) for one in c.told] for c in find_conflicts(citations, Likeness(HashedWords()))]

    assert told(prices) == [[("22", "22 Euro"), ("18", "18 Euro")]]
    assert [[whole for _, whole in one] for one in told(hours)] == [["14 bis 18 Uhr", "15 bis 19 Uhr"]]
    assert told(people) == [[("410", ""), ("380", "")]]


def test_what_is_shown_is_the_value_in_full_also_of_a_receipt_that_has_none() -> None:
    told = Told(0, "22", "a", None, "22 Euro"), Told(1, "18", "b", None)

    assert disagreement(Conflict("x", told), GERMAN) == (
        "Die Dokumente widersprechen sich: 22 Euro [1] (ohne Datum); 18 [2] (ohne Datum)"
    )


@pytest.mark.parametrize(
    ("title", "other", "disagree"),
    [
        ("Mietvertrag Wohnung Hafenweg 3", "Mietvertrag Wohnung Seestraße 14", False),
        ("Aurora K2: User Manual", "Aurora K5: User Manual", False),
        ("Lebenslauf: Anna Weber", "Lebenslauf: Carl Weber", False),
        ("Protokoll des Ruderclubs vom 14. März 2024", "Protokoll des Ruderclubs vom 19. September 2024", True),
        ("Preisliste", "Preisliste 2025", True),
        ("Kraftwerk baut Stellen ab", "Hafen von Ohlau in der Krise", True),
        (None, "Mietvertrag", True),
    ],
)
def test_documents_called_alike_but_for_a_name_are_of_two_things(title: str | None, other: str, disagree: bool) -> None:
    one, two = replace(cited(OLD, "a"), title=title), replace(cited(NEW, "b", origin=1), title=other)

    assert bool(found(one, two)) is disagree


def test_one_story_of_one_day_does_not_disagree_with_itself() -> None:
    day = dt.date(2023, 1, 1)

    assert found(cited(OLD, "a", day), cited(NEW, "b", day)) == []
    assert found(cited(OLD, "a"), cited(NEW, "b")) == [[(0, "410"), (1, "380")]], "of no known day it may be of two"


def test_the_dates_of_two_documents_are_no_conflict() -> None:
    first, later = dt.date(2022, 1, 10), dt.date(2024, 1, 5)
    quotes = [f"Die Preise im Hallenbad von Nordheim stammen vom {day:%d.%m.%Y}." for day in (first, later)]

    assert found(cited(quotes[0], "a", first, 0), cited(quotes[1], "b", later, 1)) == []
    assert found(cited(quotes[0], "a", None, 0), cited(quotes[1], "b", None, 1)) != []


def test_an_answer_shows_both_values_with_their_dates_and_keeps_them_in_its_receipt(
    engine: LocalEngine, folder: Path
) -> None:
    (folder / "old.txt").write_text(f"Stand: 01.01.2020\n\n{OLD} Es ist alt.", encoding="utf-8")
    (folder / "new.txt").write_text(f"Stand: 01.01.2023\n\n{NEW} Die Schornsteine sind weg.", encoding="utf-8")
    engine.ingest(folder)

    answer = engine.ask("Wie viele Menschen beschäftigt das Kraftwerk am Hafen von Ohlau?")

    (conflict,) = answer.conflicts
    assert [(told.value, told.date) for told in conflict.told] == [
        ("380", dt.date(2023, 1, 1)),
        ("410", dt.date(2020, 1, 1)),
    ]
    shown = " ".join(render_answer(answer, Style()).split())
    assert "Die Dokumente widersprechen sich: 380" in shown
    import json

    assert from_json(json.dumps(to_json(answer))).conflicts == answer.conflicts
