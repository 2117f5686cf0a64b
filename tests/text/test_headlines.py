"""Lines at the head of a text that end with the day of a meeting: one that was held, or one to come."""

from __future__ import annotations

import datetime as dt

import pytest

from rag.text.stated import stated_date

DAY = dt.date(2022, 11, 30)
PROSE = "The slipway is closed for repairs until further notice and boats must use the north pier instead."


@pytest.mark.parametrize(
    "head",
    [
        "# Board meeting of the Larkmoor Theatre, 30 November 2022\n\nPresent: Ann Berg",
        "# Board meeting of the Larkmoor Theatre, 30 November 2022",
        "Board meeting – Wednesday, 30 November 2022",
        "# Sitzung des Beirats am 30. November 2022\n\nAnwesend: Berg, Kern\n\n## Tagesordnung",
        "# 3. Sitzung des Bauausschusses vom 30.11.2022",
        "Vorstandssitzung, 30. November 2022",
        "Hafenverein\nMitgliederversammlung am 30. November 2022\n\nTeilnehmer: Berg, Kern",
        "Fernhill Association\nMinutes of the committee meeting, 30 November 2022",
        "# Notice\n\nProtokoll vom 30.11.2022",
        "# Notice\n\nMeeting held on Wednesday, 30 November 2022",
        "# Notice\n\nMeeting held on 30 November 2022.",
        "# Board meeting, 30 November 2022\n\nPresent: Ann\n\nNext board meeting: 14 December 2022",
    ],
)
def test_minutes_are_of_the_day_that_their_head_tells(head: str) -> None:
    assert stated_date(f"{head}\n\n{PROSE}") == DAY


@pytest.mark.parametrize(
    "head",
    [
        "# Sommerfest am 30. November 2022",
        "# Einladung zur Sitzung am 30. November 2022",
        "# Sitzung des Beirats am 30. November 2022\n\nWir laden alle Mitglieder herzlich ein.",
        "# Sitzung des Beirats am 30. November 2022\n\n## Tagesordnung\n\n1. Begrüßung",
        "# Mitgliederversammlung am 30. November 2022\n\nSie findet im Gemeindehaus statt.",
        "# Board meeting, 30 November 2022\n\nThe board will discuss the roof.",
        "# Board meeting, 30 November 2022\n7 pm\nTown hall",
        "# Next board meeting, 30 November 2022",
        "# Notice of board meeting, 30 November 2022",
        "# Race meeting, 30 November 2022",
        "# Report on the board meeting of 30 November 2022",
        "# Agenda\n\nMinutes of the meeting, 30 November 2022",
        "# Agenda of May\n\n1. Protokoll vom 30. November 2022",
        "# News\n\nApproval of the minutes of 30 November 2022",
        "# News\n\nThe board meeting held on 30 November 2022\ndecided on the roof.",
        "# News\n\nThe board meeting held on 30 November 2022 decided on the roof.",
        f"# News\n\n{PROSE} {PROSE}\n\nMinutes of the meeting, 30 November 2022",
        f"# Minutes of the year\n\n## Board meeting, 30 November 2022\n\n{PROSE * 30}\n\n## Board meeting, 14 December 2022",
    ],
)
def test_the_day_of_another_meeting_dates_no_text(head: str) -> None:
    assert stated_date(f"{head}\n\n{PROSE}") is None
