"""What office files say of when they were made, and by whom."""

from __future__ import annotations

import datetime as dt
import io

from docx import Document
from openpyxl import Workbook
from pptx import Presentation

from rag.documents.formats import Limits
from rag.documents.readers import docx, pptx, xlsx


def test_the_template_of_a_library_is_not_when_a_document_was_made() -> None:
    word, slides = Document(), Presentation()
    word.add_paragraph("Die Kräne kommen.")
    word.save(written := io.BytesIO())
    slides.slides.add_slide(slides.slide_layouts[0])
    slides.save(shown := io.BytesIO())
    for result in (docx.read(written.getvalue(), Limits()), pptx.read(shown.getvalue(), Limits())):
        assert (result.author, result.date, result.created) == (None, None, None)


def test_what_was_changed_later_is_of_that_day() -> None:
    word = Document()
    word.core_properties.modified = dt.datetime(2025, 3, 12, 9, 0)  # noqa: DTZ001
    word.save(written := io.BytesIO())
    assert docx.read(written.getvalue(), Limits()).created == dt.date(2025, 3, 12)


def test_a_library_is_no_author() -> None:
    book = Workbook()
    book.properties.created = dt.datetime(1980, 1, 1)  # noqa: DTZ001
    book.save(written := io.BytesIO())
    result = xlsx.read(written.getvalue(), Limits())
    assert (result.author, result.created) == (None, None)
