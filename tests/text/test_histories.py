"""Lines at the head that tell how a text came about, and lines that only look like them."""

from __future__ import annotations

import datetime as dt

import pytest

from rag.text.stated import gives_date, stated_date

DAY = dt.date(2022, 11, 30)


@pytest.mark.parametrize(
    "line",
    [
        "Document DS-0713, revision D, 30 November 2022",
        "Document no. 12, 30 November 2022",
        "Data sheet 7, rev. 3, 30 November 2022",
        "Datenblatt TW-9, Ausgabe 4, 30.11.2022",
        "**Document DS-0713, revision D, 30 November 2022**",
        "Preprint, version 2, posted 30 November 2022",
        "Vom 12. Dezember 2020, zuletzt geändert durch Satzung vom 30. November 2022",
        "Vom 30. November 2022",
        "(Vom 12. Dezember 2020, geändert am 30. November 2022)",
        "In der Fassung vom 12. Dezember 2020, zuletzt geändert durch Beschluss des Rates vom 30.11.2022.",
        "Zuletzt geändert durch die 3. Änderungssatzung vom 30. November 2022",
        "Adopted 12 December 2020, last amended on 30 November 2022",
        "Stand: Beschluss der Mitgliederversammlung vom 30. November 2022. Gültig ab 1. April 2023.",
        "**Stand:** Vorstandsbeschluss vom 30. November 2022",
        "As of: resolution of the general meeting of 30 November 2022",
        "*Received 11 March 2021; accepted 30 November 2022. Corresponding author: Ann Berg.*",
        "Received: 11 March 2021 / Accepted: 2 May 2022 / Published online: 30 November 2022",
        "Received 11 March 2021; revised 1 May 2022; accepted 30 November 2022",
        "Eingegangen am 11. März 2021, angenommen am 30. November 2022",
    ],
)
def test_the_last_day_of_a_texts_own_history_is_its_date(line: str) -> None:
    assert stated_date(f"# Satzung über Gebühren\n\n{line}\n\n## § 1\n\nEs gilt, was am 1. Mai 2023 gilt.") == DAY


@pytest.mark.parametrize(
    "text",
    [
        "Aufgrund der Gemeindeordnung in der Fassung vom 7. März 2020, zuletzt geändert durch Gesetz vom 30. November 2022, hat der Rat beschlossen:",
        "Aufgrund der Gemeindeordnung\nin der Fassung vom 7. März 2020,\nzuletzt geändert durch Gesetz vom 30. November 2022,\nhat der Rat beschlossen:",
        "Die Satzung wurde zuletzt geändert durch Beschluss vom 30. November 2022",
        "Vom 30. November 2022 bis zum 1. Mai 2023 ist die Halle zu.",
        "Vom 30. November 2022\nbis zum 1. Mai 2023 ist die Halle zu.",
        "Geändert werden die Gebühren am 30. November 2022",
        "Stand: unbekannt, siehe das Schreiben vom 30. November 2022",
        "Stand: siehe Beschluss vom 30. November 2022",
        "Received 30 November 2022",
        "Received 30 November 2022; under review",
        "Goods received 1 May 2022; accepted 30 November 2022",
        "The offer was accepted 30 November 2022",
        "Document DS-0713, valid until 30 November 2022",
        "Document DS-0713, expires, 30 November 2022",
        "Supersedes document DS-0712, revision C, 30 November 2022",
        "- Document DS-0713, revision D, 30 November 2022",
        "Related documents:\n\nDocument DS-0713, revision D, 30 November 2022 and others",
        "Related documents:\n\nDocument DS-0713, revision D, 30 November 2022",
        "Richtlinie 2022/53/EU, 30. November 2022",
        "Form 7, Ann Berg, 30 November 2022",
    ],
)
def test_the_history_of_another_text_or_thing_is_not(text: str) -> None:
    assert stated_date(f"# Satzung über Gebühren\n\n{text}\n\nEs gilt, was gilt.") is None


def test_a_day_below_what_is_no_paper_is_not_its_date() -> None:
    assert stated_date("# Sommerlager\n\nVom 30. November 2022\n\nWir fahren an den See.") is None


def test_far_below_the_head_nothing_tells_the_texts_history() -> None:
    lines = "\n\n".join(f"Satz {n} über die Satzung." for n in range(9))
    assert stated_date(f"{lines}\n\nZuletzt geändert durch Satzung vom 30. November 2022") is None


def test_a_line_of_history_is_no_title() -> None:
    assert gives_date("Vom 12. Dezember 2020, zuletzt geändert durch Satzung vom 30. November 2022")
    assert not gives_date("Satzung vom 30. November 2022")
