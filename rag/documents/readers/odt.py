"""OpenDocument text: paragraphs, headings by their element, tables row by row, notes, from its XML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

from rag.documents.formats import Limits
from rag.documents.heading_levels import level_in
from rag.documents.parsed import Builder, Parsed
from rag.documents.readers.grid import Spanning, laid_out, spread
from rag.documents.readers.markup import name_of
from rag.documents.readers.package import PASSWORD, day, dublin, opened, xml
from rag.documents.readers.raised import raised, raised_styles
from rag.errors import FixFile

_SKIPPED = frozenset(("tracked-changes", "annotation", "note", "sequence-decls", "forms", "frame"))
_REPEATED = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}number-columns-repeated"
_COLUMNS = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}number-columns-spanned"
_ROWS = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}number-rows-spanned"
_SPACES = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}c"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}style-name"
_LEVEL = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}outline-level"
_STYLES = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_MOST_REPEATED = 50


def read(data: bytes, limits: Limits) -> Parsed:
    """Return an OpenDocument text; comments and text frames are left out."""
    archive = opened(data, limits, "an OpenDocument text")
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise PASSWORD
    body = next((one for one in xml(archive, "content.xml").iter() if name_of(one) == "text"), None)
    if body is None:
        raise FixFile("not an OpenDocument text, though its name says so")
    builder = Builder(limits.characters)
    _Walk(builder, _raised(archive)).write(body)
    root = xml(archive, "meta.xml") if "meta.xml" in archive.namelist() else None
    said = dublin(root) if root is not None else {}
    first = {name_of(one): "".join(one.itertext()) for one in root.iter()} if root is not None else {}
    return builder.parsed(
        title=said.get("title"),
        author=first.get("initial-creator") or said.get("creator"),
        language=said.get("language"),
        created=day(first.get("creation-date") or said.get("date")),
    )


class _Walk:
    """Goes through a text; ``raised`` are the styles of what is raised. Notes follow the paragraph or table they are in."""

    def __init__(self, builder: Builder, raised_styles: frozenset[str]) -> None:
        self._builder = builder
        self._raised = raised_styles

    def write(self, element: Any) -> None:
        for child in element:
            name = name_of(child)
            if name == "h":
                self._builder.heading(self._text(child), level_in(child.get(_LEVEL, "")))
            elif name == "p":
                self._paragraph(child)
            elif name == "table":
                grid = laid_out(spread([list(self._cells(row)) for row in child.iter() if name_of(row) == "table-row"]))
                self._builder.paragraph(grid.name or "")
                self._builder.table(grid.rows, grid.name, headed=grid.headed)
            elif name not in _SKIPPED:
                self.write(child)
                continue
            if name in ("h", "p", "table"):
                self._notes(child)

    def _paragraph(self, element: Any) -> None:
        text = self._text(element)
        if element.get(_STYLE) == "Title":
            self._builder.title = self._builder.title or text
            self._builder.heading(text, 1)
        else:
            self._builder.paragraph(text)

    def _notes(self, element: Any) -> None:
        for note in element.iter():
            if name_of(note) == "note-body":
                self.write(note)

    def _cells(self, row: Any) -> Iterator[Spanning]:
        names = any(name_of(above) == "table-header-rows" for above in row.iterancestors())
        for cell in row:
            # Those that others cover are called so, and are set by what covers them.
            if name_of(cell) == "table-cell":
                text = " ".join(self._text(one) for one in _paragraphs(cell))
                one = Spanning(text, _times(cell.get(_COLUMNS)), _times(cell.get(_ROWS)), names)
                yield from [one] * _times(cell.get(_REPEATED))

    def _text(self, element: Any) -> str:
        return "".join(self._texts(element))

    def _texts(self, element: Any) -> Iterator[str]:
        up = raised if element.get(_STYLE) in self._raised else str
        yield up(" ".join((element.text or "").split("\n")))
        for child in element:
            name = name_of(child)
            if name == "line-break":
                yield "\n"
            elif name == "tab":
                yield "\t"
            elif name == "s":
                yield " " * _times(child.get(_SPACES))
            elif name and name not in _SKIPPED:
                yield from self._texts(child)
            yield up(" ".join((child.tail or "").split("\n")))


def _paragraphs(element: Any) -> Iterator[Any]:
    """Yield the paragraphs of a cell, none of a note in them."""
    for child in element:
        if name_of(child) in ("p", "h"):
            yield child
        elif name_of(child) not in _SKIPPED:
            yield from _paragraphs(child)


def _raised(archive: ZipFile) -> frozenset[str]:
    """Return the names of styles in which text is raised."""
    said: dict[str, bool | None] = {}
    bases: dict[str, str] = {}
    for part in {"content.xml", "styles.xml"} & set(archive.namelist()):
        for style in xml(archive, part).iter(f"{_STYLES}style"):
            name = style.get(f"{_STYLES}name", "")
            positions = [one.get(f"{_STYLES}text-position") for one in style if one.get(f"{_STYLES}text-position")]
            own = any(position.startswith("super") for position in positions) if positions else None
            # Styles of text and of paragraphs may share a name.
            said[name] = said.get(name) or own
            bases[name] = style.get(f"{_STYLES}parent-style-name", "")
    return raised_styles(said, bases)


def _times(said: str | None) -> int:
    """Return how often a space or cell is repeated, or how many columns or rows it spans."""
    return min(int(said), _MOST_REPEATED) if said and said.isdecimal() else 1
