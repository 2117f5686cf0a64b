"""Word documents by python-docx: paragraphs, headings by their style, tables row by row, notes behind what refers to them."""

from __future__ import annotations

import io
from itertools import zip_longest
from typing import Any

from docx import Document
from docx.table import Table

from rag.documents.formats import Limits
from rag.documents.heading_levels import level_in
from rag.documents.parsed import Builder, Parsed
from rag.documents.readers.grid import Cell, Grid, laid_out
from rag.documents.readers.package import made, opened, person, tree
from rag.documents.readers.raised import raised, raised_styles
from rag.errors import FixFile

_BREAKS = ("br", "cr")
_NOTES = ("footnote", "endnote")
_STANDS_FOR = {"tab": "\t", "noBreakHyphen": "-"}


def read(data: bytes, limits: Limits) -> Parsed:
    """Return a Word document's text; what was deleted under tracked changes is not in it."""
    opened(data, limits, "a Word document").close()
    try:
        document: Any = Document(io.BytesIO(data))
    except (KeyError, ValueError) as error:
        raise FixFile("corrupt, or not a Word document, though its name says so") from error
    up = _raised_styles(document.styles.element)
    builder, notes = Builder(limits.characters), _notes(document.part, up)
    for part in document.iter_inner_content():
        element: Any = part._element  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        if isinstance(part, Table):
            grid = _table(part, up)
            builder.paragraph(grid.name or "")
            builder.table(grid.rows, grid.name, headed=grid.headed)
            _write_notes(element, notes, builder)
            continue
        text, style = text_of(element, up), (part.style.name or "") if part.style is not None else ""
        if style.startswith("Title"):
            builder.title = builder.title or text
            builder.heading(text, 1)
        elif style.lower().startswith("heading"):
            builder.heading(text, level_in(style))
        else:
            builder.paragraph(text)
        _write_notes(element, notes, builder)
    said = document.core_properties
    return builder.parsed(
        title=said.title, author=person(said.author), language=said.language, created=made(said.created, said.modified)
    )


def _table(table: Any, up: frozenset[str]) -> Grid:
    rows: list[list[Cell]] = []
    above: list[Any] = []
    for row in table.rows:
        # A cell that spans columns or rows comes once for each of them.
        cells = [cell._tc for cell in row.cells]  # noqa: SLF001
        texts = {one: " ".join(text_of(part, up) for part in one.iterfind("{*}p")) for one in dict.fromkeys(cells)}
        names = row._tr.find("{*}trPr/{*}tblHeader") is not None  # noqa: SLF001
        # A row may begin further right than others.
        cells = [*([None] * row.grid_cols_before), *cells]
        kept = [None, *cells]
        rows.append(
            [
                Cell(
                    texts.get(one, ""),
                    names,
                    across=one is not None and one is left,
                    down=one is not None and one is over,
                )
                for one, left, over in zip_longest(cells, kept[:-1], above[: len(cells)])
            ]
        )
        above = cells
    return laid_out(rows)


def _notes(part: Any, up: frozenset[str]) -> dict[tuple[str, str], list[str]]:
    """Return the paragraphs of footnotes and endnotes, by their kind and number."""
    notes: dict[tuple[str, str], list[str]] = {}
    for relation in part.rels.values():
        kind = relation.reltype.rpartition("/")[2].removesuffix("s")
        if kind in _NOTES and not relation.is_external:
            for note in tree(relation.target_part.blob, kind).iter(f"{{*}}{kind}"):
                notes[kind, _id(note)] = [text_of(one, up) for one in note.iter("{*}p")]
    return notes


def _write_notes(element: Any, notes: dict[tuple[str, str], list[str]], builder: Builder) -> None:
    for reference in element.iter(*(f"{{*}}{kind}Reference" for kind in _NOTES)):
        kind = reference.tag.rpartition("}")[2].removesuffix("Reference")
        for paragraph in notes.pop((kind, _id(reference)), ()):
            builder.paragraph(paragraph)


def _id(element: Any) -> str:
    return next((value for name, value in element.attrib.items() if name.endswith("}id")), "")


def text_of(element: Any, up: frozenset[str]) -> str:
    """Return the text of a paragraph, insertions included, without the text boxes that hang on it.

    ``up`` are the styles of what is raised.
    """
    parts: list[str] = []
    for one in element.iter("{*}t", "{*}tab", "{*}br", "{*}cr", "{*}noBreakHyphen"):
        if any(above.tag.endswith(("}txbxContent", "}tabs")) for above in one.iterancestors()):
            continue
        name = one.tag.rpartition("}")[2]
        text = "\n" if name in _BREAKS else _STANDS_FOR.get(name) or one.text or ""
        parts.append(raised(text) if name == "t" and _is_raised(one.getparent(), up) else text)
    return "".join(parts)


def _is_raised(run: Any, up: frozenset[str]) -> bool:
    said = _raises(run)
    return said if said is not None else bool(up & set(_values(run, "rStyle")))


def _raised_styles(styles: Any) -> frozenset[str]:
    """Return the ids of styles in which text is raised."""
    found = {
        value: one for one in styles.iter("{*}style") for name, value in one.attrib.items() if name.endswith("}styleId")
    }
    bases = {
        name: base for name, one in found.items() for of in one.iterfind("{*}basedOn") for base in of.attrib.values()
    }
    return raised_styles({name: _raises(one) for name, one in found.items()}, bases)


def _raises(element: Any) -> bool | None:
    """Say whether the properties of a run or style raise it; None where they do not say."""
    align, position = _values(element, "vertAlign"), _values(element, "position")
    if align or position:
        return "superscript" in align or any(value.isdecimal() and value != "0" for value in position)
    return None


def _values(element: Any, name: str) -> list[str]:
    said = element.find(f"{{*}}rPr/{{*}}{name}")
    return [] if said is None else list(said.attrib.values())
