"""Every format with a file of its kind that the real program made (``files/make.py``)."""

from __future__ import annotations

import datetime as dt

import pytest

from rag.documents.formats import FORMATS, Limits
from rag.documents.parsed import Parsed
from rag.documents.reading import document_of
from rag.errors import FixFile
from tests.documents.real import FILES, inside, parsed, place_at

ARTICLES = (
    "hafen.html", "pandoc.docx", "writer.docx", "pandoc.odt", "writer.odt", "pandoc.rtf", "writer.rtf", "pandoc.epub",
    "chromium.pdf", "writer.pdf",
)  # fmt: skip
STYLED = ("hafen.html", "pandoc.docx", "writer.docx", "pandoc.odt", "writer.odt", "pandoc.epub")
SENTENCE = "Die Senatorin erwartet für das nächste Jahr zwölf neue Kräne."


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_is_whole_and_its_headings_stand_apart(name: str) -> None:
    result = parsed(name)
    shown = " ".join(result.text.split())

    assert SENTENCE in shown
    assert "zusammen 40.000 Tonnen Getreide brachten, teilte die Behörde mit." in shown
    assert "\n\nAusblick\n\n" in result.text
    assert result.text == result.text.strip()
    made = document_of(result, identity="i", source="s", name=name).info
    assert (made.title, made.language) == ("Der Hafen wächst", "de")


@pytest.mark.parametrize("name", STYLED)
def test_a_quote_stands_under_its_heading_and_a_row_under_its_number(name: str) -> None:
    result = parsed(name)

    assert place_at(result, SENTENCE) == ("heading", None, "Ausblick")
    assert place_at(result, "Jahr: 2023; Umschlag in Mio. t: 114,3; Schiffe: 6900") == ("row", 3, "Umschlag")


@pytest.mark.parametrize("name", ["pandoc.rtf", "writer.rtf"])
def test_rows_of_rich_text_are_lines_with_their_headers(name: str) -> None:
    result = parsed(name)

    assert place_at(result, "Jahr: 2022; Umschlag in Mio. t: 119,9; Schiffe: 7100")[:2] == ("row", 2)
    assert "|" not in result.text


@pytest.mark.parametrize("kind", ["docx", "epub", "html", "odt", "pdf", "pptx", "rtf"])
def test_a_raised_figure_is_no_part_of_the_one_before_it(kind: str) -> None:
    shown = " ".join(parsed(f"noten.{kind}").text.split())

    assert "Gemessen wurden 10⁶ Pascal auf 120 m² am 1ten Tag." in shown
    assert "So hoch war der Druck zuletzt 2011." in shown
    assert "5·10³" in shown
    assert not {"106", "m2", "20112", "71003", "103"} & set(shown.split())


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_notes_follow_what_refers_to_them(kind: str) -> None:
    text = parsed(f"noten.{kind}").text

    assert (
        "am 1ten Tag. So hoch war der Druck zuletzt 2011. Das war viel.\n\nAngabe der Behörde.\n\nSie misst morgens.\n\n"
        "Damals waren es 132 Tonnen.\n\n"
    ) in text
    assert "Schiffe: 7100\n\nStelle: Kanal; Schiffe: 5·10³\n\nOhne Fähren.\n\nGebaut wird" in text


@pytest.mark.parametrize("kind", ["epub", "html"])
def test_notes_of_a_page_stand_where_they_stand_and_refer_to_nothing(kind: str) -> None:
    text = parsed(f"noten.{kind}").text

    assert text.endswith("Angabe der Behörde.\n\nSie misst morgens.\n\nDamals waren es 132 Tonnen.\n\nOhne Fähren.")


@pytest.mark.parametrize("name", sorted(set(ARTICLES) - {"hafen.html", "pandoc.rtf", "chromium.pdf"}))
def test_author_and_date_are_what_the_file_states(name: str) -> None:
    result = parsed(name)

    assert (result.date or result.created) == dt.date(2024, 3, 5)
    assert result.author == ("Anna Beispiel" if name != "writer.pdf" else result.author)


def test_a_page_is_without_its_menu_and_footer() -> None:
    result = parsed("hafen.html")

    assert not any(word in result.text for word in ("Start", "Abo", "Impressum"))
    assert "Hafenblatt" not in result.text


def test_a_printed_page_knows_its_numbers() -> None:
    result = parsed("chromium.pdf")

    assert [(place.kind, place.number) for place in result.places] == [("page", 1), ("page", 2), ("page", 3)]
    assert place_at(result, "Gebaut werden sie in Rostock.") == ("page", 3, None)


@pytest.mark.parametrize("name", ["folien.pptx", "impress.pptx"])
def test_slides_have_numbers_titles_and_notes(name: str) -> None:
    result = parsed(name)

    assert place_at(result, "Der Umschlag stieg um 3,5 Prozent auf 126 Millionen Tonnen.") == ("slide", 2, "Umschlag")
    assert place_at(result, "Gebaut werden die Kräne in Rostock.") == ("slide", 3, "Ausblick")
    assert (result.title, result.author) == ("Der Hafen wächst", "Anna Beispiel")


def test_a_sheet_is_rows_with_figures_as_its_language_writes_them() -> None:
    result = parsed("calc.xlsx")

    row = "Jahr: 2023; Umschlag in Mio. t: 114,3; Anteil: 0,041; Stichtag: 2023-12-31"
    assert place_at(result, row) == ("row", 3, "tabelle")


def test_a_table_as_text_is_the_same_rows() -> None:
    row = "Jahr: 2023; Umschlag in Mio. t: 114,3; Anteil: 0,041; Stichtag: 31.12.2023"

    assert place_at(parsed("tabelle.csv"), row) == ("row", 3, None)


def test_a_mail_has_subject_sender_and_day() -> None:
    result = parsed("mail.eml")

    assert (
        result.text[result.head :].strip()
        == "Guten Tag,\n\ndie zwölf Kräne kommen am 2. Mai in Hamburg an.\n\nAnna Beispiel"
    )
    assert (result.title, result.author, result.date) == ("Kräne für den Hafen", "Anna Beispiel", dt.date(2024, 3, 5))


def test_lines_of_json_are_articles_under_the_keys_that_settings_name() -> None:
    keys = {"title": "headline", "text": "body", "date": "day", "id": "key"}
    found = inside("artikel.jsonl", limits=Limits(fields=keys))

    one = found["k2"]
    assert isinstance(one, Parsed)
    assert (one.title, one.text, one.date) == (
        "Fähren",
        "Die Fähre fährt jetzt alle zehn Minuten.",
        dt.date(2024, 6, 2),
    )


def test_an_archive_holds_documents_of_every_format_and_names_what_it_cannot_read() -> None:
    found = inside("alles.zip")

    assert set(found) == {
        "ordner/hafen.md", "ordner/chromium.pdf", "ordner/artikel.jsonl/1", "ordner/artikel.jsonl/2",
        "ordner/artikel.jsonl/3", "bild.png",
    }  # fmt: skip
    page = found["ordner/chromium.pdf"]
    assert isinstance(page, Parsed)
    assert page == parsed("chromium.pdf")
    assert isinstance(found["bild.png"], FixFile)
    assert found["bild.png"].skipped


@pytest.mark.parametrize(("name", "said"), [("scanned.pdf", "scanned"), ("password.pdf", "protected by a password")])
def test_a_pdf_without_text_or_without_its_password_is_named_as_such(name: str, said: str) -> None:
    with pytest.raises(FixFile, match=said):
        parsed(name)


def test_every_format_but_plain_text_has_a_file_here() -> None:
    suffixes = {path.suffix for path in FILES.iterdir()}

    assert all(suffixes & set(one.suffixes) for one in FORMATS if one.reader is not None)
