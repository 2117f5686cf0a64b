"""Tables as text: each record a line of values behind their columns' headers."""

from __future__ import annotations

import csv
import io

from rag.documents.decoding import decode
from rag.documents.formats import Limits
from rag.documents.parsed import Builder, Parsed
from rag.documents.readers.tables import Table
from rag.errors import FixFile

_SAMPLE = 20_000
_DELIMITERS = ",;\t|"


def read(data: bytes, limits: Limits) -> Parsed:
    """Return the records of a table; what parts its columns is found out."""
    text = decode(data)
    csv.field_size_limit(limits.characters)
    delimiter, spaced = _parted(text[:_SAMPLE])
    builder = Builder(limits.characters)
    table = Table(builder)
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=spaced):
            table.add(record)
    except csv.Error as error:
        raise FixFile(f"not a table: {error}") from error
    table.end()
    return builder.parsed()


def _parted(sample: str) -> tuple[str, bool]:
    """Return what parts the columns, and whether blanks follow it.

    Quotation marks are double and doubled inside of a value whatever the sample looks like: a wrong guess
    of that would move values to other columns.
    """
    try:
        dialect = csv.Sniffer().sniff(sample, _DELIMITERS)
    except csv.Error:
        # One column, or lines of very different lengths.
        return "\t" if "\t" in sample else ",", False
    return dialect.delimiter, bool(dialect.skipinitialspace)
