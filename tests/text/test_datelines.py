"""Dates that stand by themselves: of the writing, of an event, of a post; and those with which press releases begin."""

from __future__ import annotations

import datetime as dt

import pytest

from rag.text.stated import stated_date

DAY = dt.date(2022, 11, 30)


@pytest.mark.parametrize(
    "text",
    [
        "Sommerfest\n\n30. November 2022\n19 Uhr\nGemeindehaus",
        "SOMMERFEST DER FEUERWEHR\nSamstag, 30.11.2022\nWir laden alle herzlich ein und freuen uns auf viele Gäste.",
        "Konzert im Park\n\n30. November 2022, 19:00 Uhr\n\nEintritt frei",
        "Lesung mit Ann Berg\nMittwoch, 30. November 2022\nStadtbücherei",
        "Einladung zum Basar\n30. November 2022\n\nLiebe Nachbarn,\nes gibt Kuchen für alle Kinder und Erwachsenen.",
        "Der große Umbau\n30. November 2022\nOrt: Halle 3\nEs spricht Ann Berg über den Umbau der alten Halle.",
        "Summer party\n\nWednesday, 30 November 2022\n7 pm\nTown hall",
        "Open day\n30 November 2022, 10:00–16:00\nCome along!",
        "The great rebuilding\n30 November 2022\nDoors open at 7 pm\nAnn Berg speaks on the rebuilding of the old hall.",
        "Book reading\n30 November 2022\n\nJoin us for an evening with Ann Berg, who reads from her book.",
        "Sommerfest, 30. November 2022\nGemeindehaus",
        "Tom Berg\nCurriculum vitae\n\n30 November 2022\nEngineer at the port",
        "Tom Berg – Lebenslauf\n\n30. November 2022\nIngenieur am Hafen",
        "# Tom Berg\n\n## Work experience\n\n30 November 2022\nEngineer at the port",
        "Lebenslauf Tom Berg\n\n30. November 2022\nIngenieur am Hafen",
        "Tom Berg\n\n30. November 2022 –\nIngenieur am Hafen",
        "Tom Berg\n\n30 November 2022\nEngineer at the port\n\n1 May 2014\nTechnician at the yard\n\n1 May 2010\nPupil",
        "Tour\n\nBerlin, 30. November 2022\nKesselhaus\n\nHamburg, 2. Dezember 2022\nMarkthalle",
    ],
)
def test_the_day_of_an_event_or_of_a_post_is_not_the_documents(text: str) -> None:
    assert stated_date(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Konzert im Park begeistert Tausende\n\n30. November 2022\n\nTausende kamen am Samstag in den Park und blieben bis spät.",
        "Tax talks fail\n\n30 November 2022, 17:42\n\nThe talks on the tax have failed, the ministers said on Monday.",
        "Elternbrief\n30. November 2022\n\nLiebe Eltern,\nwir laden Sie herzlich zum Sommerfest ein.",
        "Wien, 30. November 2022\n\nEinladung zum Sommerfest\n\nSehr geehrte Damen und Herren,",
        "Protokoll Workshop\n30. November 2022\nOrt: Halle 3\nTeilnehmer: Berg, Kern",
        "Weekly workshop\n30 November 2022\nLocation: room 2\nAttendees: Berg, Kern",
        "Education cuts hit schools\n30 November 2022\nBy Ann Berg",
        "Fest steht: Die Brücke ist zu\n30. November 2022\nVon Ann Berg",
        "The manifest of the ship\n30 November 2022\nBy Ann Berg",
        "Zwei Meldungen\n30. November 2022\n" + "Der Hafen wird ausgebaut. " * 15 + "\n1. Mai 2020\n",
    ],
)
def test_a_line_of_a_date_is_of_the_writing_where_no_event_is_announced(text: str) -> None:
    assert stated_date(text) == DAY


@pytest.mark.parametrize(
    "lead",
    [
        "Berlin, 30. November 2022.",
        "Berlin, 30. November 2022 –",
        "Berlin, den 30. November 2022 –",
        "Berlin, Mittwoch, 30. November 2022 –",
        "Berlin (dpa), 30. November 2022 –",
        "BERLIN/Bad Homburg, 30.11.2022 -",
        "Den Haag – 30. November 2022 –",
        "Frankfurt am Main, 30. November 2022.",
        "(Berlin, 30.11.2022)",
        "**Berlin, 30. November 2022** –",
        "St. Gallen, 30. November 2022 –",
        "London, 30 November 2022 –",
        "LONDON, Nov. 30, 2022 /PRNewswire/ --",
        "NEW YORK, November 30, 2022 (GLOBE NEWSWIRE) --",
        "New York, NY – November 30, 2022 –",
        "Washington, D.C., November 30, 2022 -",
    ],
)
def test_a_press_release_is_of_the_day_with_which_it_begins(lead: str) -> None:
    assert stated_date(f"Der Hafen wächst\n\n{lead} Die Stadt baut den Hafen\naus. Am 1. Mai 2023 geht es los.") == DAY
    assert stated_date(f"{lead} The port is extended by two berths.") == DAY


@pytest.mark.parametrize(
    "text",
    [
        "In Berlin, 30. November 2022 – Die Stadt baut den Hafen aus.",
        "Sommerfest, 30. November 2022 – Die Stadt baut den Hafen aus.",
        "Berlin, 30. November 2022 – Wir laden alle Nachbarn herzlich zum Kaffee ein.",
        "Berlin, 30. November 2022 – Kesselhaus",
        "Berlin, 30. November 2022: zwei Kisten mit Schrauben und drei Kisten mit Muttern.",
        "Die Reise führte uns durch viele Städte, auch durch kleinere im Norden wie im Süden und nach\nWien, 30. November 2022 – Die Stadt war voll.",
        "Berlin, 9. November 1989. Die Grenze ist an diesem Abend offen.\n\nBonn, 30. November 2022. Der Kanzler spricht im Bundestag.",
        "Der Ausbau des Hafens "
        + "ist eine lange Geschichte, " * 12
        + ".\n\nBerlin, 30. November 2022. Die Stadt baut den Hafen aus.",
    ],
)
def test_what_only_looks_like_the_beginning_of_a_press_release(text: str) -> None:
    assert stated_date(text) is None
