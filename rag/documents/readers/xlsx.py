"""Workbooks by openpyxl: each row of each sheet as a line of values behind their columns' headers."""

from __future__ import annotations

import datetime as dt
import io
import resource
from collections.abc import Iterator
from itertools import islice
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from rag.documents.formats import Limits
from rag.documents.parsed import Builder, Parsed
from rag.documents.readers.package import made, opened, person
from rag.documents.readers.tables import Table
from rag.errors import FixFile
from rag.text.language import detect

_MOST_COLUMNS = 1_000
_SAMPLE = 200


def read(data: bytes, limits: Limits) -> Parsed:
    """Return a workbook's text: values as calculated when it was saved, figures as its language writes them."""
    opened(data, limits, "a workbook").close()
    try:
        book: Any = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except (KeyError, ValueError, BadZipFile, InvalidFileException) as error:
        raise FixFile("corrupt, or not a workbook, though its name says so") from error
    decimal = "," if _language(book) == "de" else "."
    builder = Builder(limits.characters)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        table = Table(builder, sheet.title)
        for row in _rows(sheet):
            table.add([_shown(cell, decimal) for cell in row])
        table.end()
    said = book.properties
    return builder.parsed(
        title=said.title, author=person(said.creator), language=said.language, created=made(said.created, said.modified)
    )


def _language(book: Any) -> str | None:
    """Return the language of the words, to tell which py3langid unpacks its model into a file without a name."""
    allowed, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    try:
        return detect(" ".join(_words(book)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (allowed, most))


def _words(book: Any) -> Iterator[str]:
    """Yield words of the sheets, which tell in which language it is that figures are written."""
    for sheet in book.worksheets:
        for row in islice(_rows(sheet), _SAMPLE):
            yield from (cell.value for cell in row if isinstance(cell.value, str))


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    # What a sheet says of its size may be a million empty rows.
    sheet.reset_dimensions()
    for row in sheet.iter_rows():
        yield row[:_MOST_COLUMNS]


def _shown(cell: Any, decimal: str) -> str:
    """Return a cell's value as a reader of the sheet sees it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat(*([" "] if isinstance(value, dt.datetime) else []))
    if isinstance(value, (int, float)):
        percent = "%" in (cell.number_format or "")
        return f"{value * 100 if percent else value:.12g}".replace(".", decimal) + (" %" if percent else "")
    return str(value)
