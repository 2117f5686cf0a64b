"""OpenDocument text: paragraphs, headings by their element, tables row by row, from its XML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rag.documents.formats import Limits
from rag.documents.parsed import Builder, Parsed
from rag.documents.readers.markup import name_of
from rag.documents.readers.package import PASSWORD, day, dublin, opened, xml
from rag.errors import FixFile

_SKIPPED = frozenset(("tracked-changes", "annotation", "note", "sequence-decls", "forms", "frame"))
_REPEATED = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}number-columns-repeated"
_SPACES = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}c"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}style-name"
_MOST_REPEATED = 50


def read(data: bytes, limits: Limits) -> Parsed:
    """Return an OpenDocument text; notes, comments and text frames are left out."""
    archive = opened(data, limits, "an OpenDocument text")
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise PASSWORD
    body = next((one for one in xml(archive, "content.xml").iter() if name_of(one) == "text"), None)
    if body is None:
        raise FixFile("not an OpenDocument text, though its name says so")
    builder = Builder(limits.characters)
    _write(body, builder)
    root = xml(archive, "meta.xml") if "meta.xml" in archive.namelist() else None
    said = dublin(root) if root is not None else {}
    first = {name_of(one): "".join(one.itertext()) for one in root.iter()} if root is not None else {}
    return builder.parsed(
        title=said.get("title"),
        author=first.get("initial-creator") or said.get("creator"),
        language=said.get("language"),
        created=day(first.get("creation-date") or said.get("date")),
    )


def _write(element: Any, builder: Builder) -> None:
    for child in element:
        name = name_of(child)
        if name == "h":
            builder.heading(_text(child))
        elif name == "p":
            if child.get(_STYLE) == "Title":
                builder.title = builder.title or _text(child)
                builder.heading(_text(child))
            else:
                builder.paragraph(_text(child))
        elif name == "table":
            builder.table([list(_cells(row)) for row in child.iter() if name_of(row) == "table-row"])
        elif name not in _SKIPPED:
            _write(child, builder)


def _cells(row: Any) -> Iterator[str]:
    for cell in row:
        if name_of(cell) == "table-cell":
            text = " ".join(_text(one) for one in cell.iter() if name_of(one) in ("p", "h"))
            yield from [text] * min(int(cell.get(_REPEATED, "1")), _MOST_REPEATED)


def _text(element: Any) -> str:
    return "".join(_texts(element))


def _texts(element: Any) -> Iterator[str]:
    yield " ".join((element.text or "").split("\n"))
    for child in element:
        name = name_of(child)
        if name == "line-break":
            yield "\n"
        elif name == "tab":
            yield "\t"
        elif name == "s":
            yield " " * min(int(child.get(_SPACES, "1")), _MOST_REPEATED)
        elif name and name not in _SKIPPED:
            yield from _texts(child)
        yield " ".join((child.tail or "").split("\n"))
