"""What the README says is not read, and not named either: should that change, so must the README."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from docx import Document
from openpyxl import Workbook
from openpyxl.comments import Comment

from rag.documents.formats import Limits
from rag.documents.readers import docx, rtf, xlsx
from tests.documents.mails import attach, mail
from tests.documents.real import inside


def test_of_a_workbook_hidden_sheets_formulas_without_a_value_and_comments() -> None:
    book: Any = Workbook()
    for row in (("Item", "Count"), ("Lamp", 12), ("Sum", "=B2*2"), ("Chair", 77)):
        book.active.append(row)
    book.active["A2"].comment = Comment("Broken", "me")
    book.active.row_dimensions[4].hidden = True
    hidden = book.create_sheet("Hidden")
    hidden.append(("Table", 5))
    hidden.sheet_state = "hidden"
    book.save(written := io.BytesIO())

    assert xlsx.read(written.getvalue(), Limits()).text.split("\n\n") == [
        "Item: Lamp; Count: 12",
        "Item: Sum",
        "Item: Chair; Count: 77",
    ]


def test_of_an_office_document_and_rtf_the_headers_and_footers_of_pages_and_comments() -> None:
    word = Document()
    paragraph = word.add_paragraph("The cranes arrive.")
    word.add_comment(paragraph.runs, text="Really?", author="me")
    word.sections[0].header.paragraphs[0].text = "Draft"
    word.sections[0].footer.paragraphs[0].text = "Page 1"
    word.save(written := io.BytesIO())

    assert docx.read(written.getvalue(), Limits()).text == "The cranes arrive."
    assert (
        rtf.read(rb"{\rtf1\ansi{\header Draft}{\footer Page 1}The cranes arrive.\par}", Limits()).text
        == "The cranes arrive."
    )


def test_of_a_mail_the_html_beside_its_plain_text_and_pictures() -> None:
    letter = mail("The lift is broken since Monday.")
    letter.add_alternative("<p>The hoist is broken since Monday.</p>", subtype="html")
    attach(letter, b"\x89PNG", "photo.png", ("image", "png"))

    found = inside("a.eml", letter.as_bytes())

    assert list(found) == [""]
    assert "lift" in getattr(found[""], "text", "")
    assert "hoist" not in getattr(found[""], "text", "")


def test_of_an_archive_what_begins_with_a_dot() -> None:
    with zipfile.ZipFile(packed := io.BytesIO(), "w") as archive:
        for name in (".hidden.txt", ".git/config.txt", "seen.txt"):
            archive.writestr(name, "A text.")

    assert list(inside("a.zip", packed.getvalue())) == ["seen.txt"]
