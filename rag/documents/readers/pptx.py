"""Presentations by python-pptx: text by slide, tables row by row, the speaker's notes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from pptx import Presentation
from pptx.exc import PackageNotFoundError

from rag.documents.formats import Limits
from rag.documents.parsed import Builder, Parsed
from rag.documents.readers.package import made, opened, person
from rag.documents.readers.raised import raised
from rag.errors import FixFile

# In thousandths of a percent, or in percent.
_POSITIVE = re.compile(r"[1-9]\d*(?:\.\d+)?%?")


def read(data: bytes, limits: Limits) -> Parsed:
    """Return a presentation's text, each slide a place named by its title."""
    opened(data, limits, "a presentation").close()
    try:
        presentation: Any = Presentation(io.BytesIO(data))
    except (KeyError, ValueError, PackageNotFoundError) as error:
        raise FixFile("corrupt, or not a presentation, though its name says so") from error
    builder = Builder(limits.characters)
    for number, slide in enumerate(presentation.slides, start=1):
        title = _all(slide.shapes.title.text_frame) if slide.shapes.title is not None else None
        builder.page(number, "slide", title)
        for shape in _shapes(slide.shapes):
            _write(shape, builder)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            builder.paragraph(_all(slide.notes_slide.notes_text_frame))
    said = presentation.core_properties
    return builder.parsed(
        title=said.title, author=person(said.author), language=said.language, created=made(said.created, said.modified)
    )


def _shapes(shapes: Any) -> Iterator[Any]:
    """Yield shapes, and those in groups."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _write(shape: Any, builder: Builder) -> None:
    if shape.has_text_frame:
        for paragraph in shape.text_frame.paragraphs:
            builder.paragraph(_text(paragraph))
    elif getattr(shape, "has_table", False):
        builder.table([[_all(cell.text_frame) for cell in row.cells] for row in shape.table.rows])


def _all(frame: Any) -> str:
    return "\n".join(map(_text, frame.paragraphs))


def _text(paragraph: Any) -> str:
    parts: list[str] = []
    for one in paragraph._p.iter("{*}t", "{*}br"):  # noqa: SLF001
        said = one.getparent().find("{*}rPr")
        up = said is not None and _POSITIVE.fullmatch(said.get("baseline", "")) is not None
        text = one.text or ""
        parts.append("\n" if one.tag.endswith("}br") else raised(text) if up else text)
    return "".join(parts)
