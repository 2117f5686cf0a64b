"""A table whose rows come one after another, too many to be held: header found, rows written at once."""

from __future__ import annotations

from collections.abc import Sequence

from rag.documents.parsed import Builder, looks_like_header


class Table:
    """Writes rows under their numbers, counted from 1 as a spreadsheet does; ``name`` is the sheet's.

    The first row of two cells or more is the header, where it looks like one; a line above it with one
    cell is a caption, and is written as it is.
    """

    def __init__(self, builder: Builder, name: str | None = None) -> None:
        self._builder = builder
        self._name = name
        self._number = 0
        self._header: Sequence[str] | None = None
        self._kept: tuple[int, Sequence[str]] | None = None

    def add(self, cells: Sequence[str]) -> None:
        """Take the next row."""
        self._number += 1
        filled = sum(bool(cell.strip()) for cell in cells)
        if not filled:
            return
        if self._header is None and filled > 1:
            self._header = cells if looks_like_header(cells) else ()
            if self._header:
                self._kept = (self._number, cells)
                return
        self._kept = None
        self._builder.row(self._number, self._header or (), cells, self._name)

    def end(self) -> None:
        """Write a header that heads nothing: then it is all there is."""
        if self._kept is not None:
            number, cells = self._kept
            self._builder.row(number, (), cells, self._name)
