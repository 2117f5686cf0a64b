"""The date that a document bears: said near its top, in its title."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates import find_dates
from rag.text.stated import gives_date, stated_date, titled_date

DAY = dt.date(2022, 11, 30)


@given(st.text("0123456789.- MaiOkt\u0131\u0130ſK,\n:FassungDate") | st.text())
def test_any_text_is_read(text: str) -> None:
    stated = stated_date(text)
    assert stated is None or stated in {found.date for found in find_dates(text)}
    titled_date(text)


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
        "*Eilenauer Tageblatt, 30. November 2022*",
        "*The Continental Observer, 30 November 2022, by Imogen Prast*",
    ],
)
def test_a_line_of_its_own_states_the_date(line: str) -> None:
    assert stated_date(f"Titel\n\nBernd Riegert Bukarest\n{line}\n\nDer Text vom 1. Mai 2020 folgt.") == DAY


@pytest.mark.parametrize(
    "text",
    [
        "Am 30. November 2022 sprach er.",
        "Hans Kern\n* 30. November 1940\n† 12. Februar 2022",
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


@pytest.mark.parametrize(
    "text",
    [
        "Invoice date: 30 November 2022",
        "Reporting date: 30 November 2022",
        "Travel policy\nVersion 2.0, 30 November 2022",
        "Invoice no. 4711; invoice date: 30 November 2022",
        "Invoice date\n30 November 2022",
        "Rechnungsdatum: 30.11.2022",
        "Rechnungsdatum 30.11.2022",
        "Date of issue: 30 November 2022",
        "Datum der Sitzung: 30. November 2022",
        "Ausgestellt am 30. November 2022",
        "Zuletzt geändert am 30.11.2022",
        "Dated: 30 November 2022",
        "Fassung vom 30. November 2022",
        "(in der Fassung vom 30. November 2022)",
        "Version 4.2 of 30 November 2022",
        "Stand vom 30.11.2022",
    ],
)
def test_a_label_names_the_kind_of_document_or_its_edition(text: str) -> None:
    below = "Lieferdatum: 28.11.2022\nZahlbar bis: 15.12.2022\nDue date: 15 December 2022\nDue date\n15 December 2022\n"
    assert stated_date(f"Muster GmbH\nNr. 4711\n{text}\n{below}") == DAY


@pytest.mark.parametrize(
    "text",
    [
        "Date of birth: 30 November 2022",
        "Geburtsdatum: 30.11.2022",
        "Due date\n30 November 2022",
        "Lieferdatum\n\n30.11.2022",
        "Valid until:\n30 November 2022",
        "Gültig bis\n30. November 2022",
        "Liefertermin: 30.11.2022",
        "Next meeting date: 30 November 2022",
        "Ausweis, ausgestellt am 30. November 2022",
        "gemäß § 5 in der\nFassung vom 30. November 2022",
        "Die Fassung vom 30. November 2022 gilt nicht mehr.",
        "Rechnungsdatum: 30.11.2022\nRechnungsdatum: 1.12.2022",
        "Fassung vom 1. Juli 2019\nFassung vom 30. November 2022",
    ],
)
def test_a_date_of_something_inside_is_not_the_documents(text: str) -> None:
    assert stated_date(f"Titel\n\n{text}\n\nDer Text folgt.") is None


@pytest.mark.parametrize(
    "title",
    [
        "Protokoll der 3. Sitzung des Bauausschusses vom 30. November 2022",
        "Niederschrift über die Versammlung am 30.11.2022",
        "Minutes of the meeting of 30 November 2022",
        "Board minutes – Wednesday, 30 November 2022",
        "Minutes of the meeting held on November 30, 2022",
        "Mietvertrag vom 30. November 2022",
        "Rundschreiben an die Mieter vom 30. November 2022",
        "Letter to the tenants, 30 November 2022",
        "Satzung (Stand: 30. November 2022)",
        "Satzung des Vereins Hafenfreunde in der Fassung vom 30. November 2022",
        "User guide (as of 30 November 2022)",
        "Handbook, version 4.2 (30 November 2022)",
        "Invoice, 30 November 2022",
        "2022-11-30 Protokoll Vorstand",
        "30. November 2022: Protokoll der Vorstandssitzung",
    ],
)
def test_a_title_gives_the_day_of_the_document(title: str) -> None:
    assert titled_date(title) == DAY


@pytest.mark.parametrize(
    "title",
    [
        None,
        "Nachtrag zum Mietvertrag vom 30. November 2022",
        "Kündigung Mietvertrag vom 30. November 2022",
        "Ihr Schreiben vom 30. November 2022",
        "Re: Invoice of 30 November 2022",
        "Mahnung: Rechnung vom 30. November 2022",
        "Stellungnahme zum Entwurf vom 30. November 2022",
        "Bericht über den Unfall vom 30. November 2022",
        "Bericht der Feuerwehr am 30. November 2022",
        "Report on the accident of 30 November 2022",
        "Report: storm of 30 November 2022",
        "Protokoll zur Änderung des Abkommens vom 30. November 2022",
        "Preisliste gültig ab 30. November 2022",
        "Price list valid from 30 November 2022",
        "Einladung zur Sitzung am 30. November 2022",
        "Tagesordnung 30. November 2022",
        "Sommerfest, 30. November 2022",
        "Anschlag vom 30. November 2022",
        "Protokoll vom 29. und 30. November 2022 und vom 1. Dezember 2022",
    ],
)
def test_a_title_with_the_date_of_something_else_gives_none(title: str | None) -> None:
    assert titled_date(title) is None


@pytest.mark.parametrize(
    "text",
    [
        "# Notice\n\nLetzte Änderung: 30.11.2022",
        "# Notice\n\nReviewed 30 November 2022.",
        "# Notice\n\nReviewed on 30 November 2022",
        "# Notice\n\nUpdated by Ann van Berg on 30 November 2022",
        "# Notice\n\nUpdated by Ann Berg on 30 November 2022. Please tell me about mistakes.",
        "# Notice\n\nZuletzt aktualisiert von Ann Berg am 30.11.2022",
        "# Notice\n\nÜberarbeitet am 30. November 2022",
        "# Notice\n\nDocument no. BX40-DS-07, revision of 30 November 2022",
        "# Notice\n\nDocument DS-0090-EN, revision 7, issued 30 November 2022",
        "Safety notice 14, issued 30 November 2022",
        "# Safety notice 14, issued 30 November 2022",
    ],
)
def test_a_change_or_an_issue_at_the_head_is_of_the_text(text: str) -> None:
    assert stated_date(f"{text}\n\nThe slipway is closed since 1 May 2020.") == DAY


@pytest.mark.parametrize(
    "text",
    [
        "The slipway was\nupdated on 30 November 2022. It is open.",
        "Die letzte Änderung am 30. November 2022 war klein.",
        "Reviewed 30 November 2022 and found good, it is old.",
        "A document, issued 30 November 2022, says it.",
        "Related:\n\n- Document DS-1, revision 7, issued 30 November 2022",
        "Passport, issued 30 November 2022",
    ],
)
def test_a_change_or_an_issue_of_something_else_is_not(text: str) -> None:
    assert stated_date(f"# Notice\n\n{text}\n\nThe slipway is closed.") is None


def test_a_first_line_that_tells_the_day_is_a_title_still() -> None:
    assert not gives_date("Safety notice 14, issued 12 May 2025")
    assert not gives_date("Board meeting, 12 May 2025")


def test_a_line_gives_a_date_whatever_that_is_of() -> None:
    assert gives_date("12. Mai 2025, 10:00–16:00 Uhr")
    assert gives_date("Stand: 12. Mai 2025")
    assert not gives_date("Berlin, 12. Mai 2025. Die Stadt baut den Hafen aus.")
    assert not gives_date("Sommerfest am 12. Mai 2025")
