"""Word documents by python-docx: paragraphs, headings by their style, tables row by row."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.table import Table

from rag.documents.formats import Limits
from rag.documents.parsed import Builder, Parsed
from rag.documents.readers.package import day, opened
from rag.errors import FixFile

_BREAKS = ("br", "cr")
_STANDS_FOR = {"tab": "\t", "noBreakHyphen": "-"}


def read(data: bytes, limits: Limits) -> Parsed:
    """Return a Word document's text; what was deleted under tracked changes is not in it."""
    opened(data, limits, "a Word document").close()
    try:
        document: Any = Document(io.BytesIO(data))
    except (KeyError, ValueError) as error:
        raise FixFile("corrupt, or not a Word document, though its name says so") from error
    builder = Builder(limits.characters)
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            builder.table(_rows(part))
            continue
        text, style = text_of(part._element), (part.style.name or "") if part.style is not None else ""  # noqa: SLF001
        if style.startswith("Title"):
            builder.title = builder.title or text
            builder.heading(text)
        elif style.lower().startswith("heading"):
            builder.heading(text)
        else:
            builder.paragraph(text)
    said = document.core_properties
    return builder.parsed(
        title=said.title, author=said.author, language=said.language, created=day(said.created or said.modified)
    )


def _rows(table: Any) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in table.rows:
        # A cell that spans columns comes once for each of them.
        cells = list({id(cell._tc): cell for cell in row.cells}.values())  # noqa: SLF001
        rows.append([" ".join(text_of(one._element) for one in cell.paragraphs) for cell in cells])  # noqa: SLF001
    return rows


def text_of(element: Any) -> str:
    """Return the text of a paragraph, insertions included, without the text boxes that hang on it."""
    parts: list[str] = []
    for one in element.iter("{*}t", "{*}tab", "{*}br", "{*}cr", "{*}noBreakHyphen"):
        if any(above.tag.endswith(("}txbxContent", "}tabs")) for above in one.iterancestors()):
            continue
        name = one.tag.rpartition("}")[2]
        parts.append("\n" if name in _BREAKS else _STANDS_FOR.get(name) or one.text or "")
    return "".join(parts)
