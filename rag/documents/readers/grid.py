"""A table whose cells span columns and rows, set in its columns: its name, the names of its columns, its rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.documents.parsed import looks_like_header

# A table is as wide at most, and a text as long at most that is said in each of the rows that it counts for.
_WIDEST, _REPEATED = 100, 200
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one column of one row.

    ``across`` and ``down``: it is part of a cell that begins further left, or further up, and has that one's text.
    ``names``: the file marks it as one that names its column.
    """

    text: str
    names: bool = False
    across: bool = False
    down: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of which each row has a cell for each column.

    ``headed`` says that the first row names the columns; None where nothing tells. ``name`` is what stands above all columns.
    """

    rows: tuple[tuple[str, ...], ...]
    headed: bool | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Spanning:
    """A cell as a file gives it, once for all the columns and rows that it spans; 0 rows are all that follow."""

    text: str
    columns: int = 1
    rows: int = 1
    names: bool = False


def spread(table: Sequence[Sequence[Spanning]]) -> list[list[Cell]]:
    """Return the rows of a table with a cell for each column that one spans."""
    out: list[list[Cell]] = []
    # By column: the cell that reaches down into it, and through how many rows more.
    reaching: dict[int, tuple[Cell, int]] = {}
    for at, given in enumerate(table):
        row: list[Cell] = []
        waiting = list(reversed(given))
        while waiting or len(row) in reaching:
            if len(row) in reaching:
                row.append(_reach(reaching, len(row)))
                continue
            one = waiting.pop()
            more = (one.rows or len(table)) - 1
            for across in range(max(1, min(one.columns, _WIDEST - len(row)))):
                if across and len(row) in reaching:
                    break
                cell = Cell(one.text, one.names, across=bool(across))
                if more > 0 and at + 1 < len(table):
                    reaching[len(row)] = (replace(cell, down=True), more)
                row.append(cell)
        # A row may be shorter than where a cell reaches down.
        for column in sorted(column for column in reaching if column >= len(row)):
            row += [Cell("")] * (column - len(row))
            row.append(_reach(reaching, column))
        out.append(row)
    return out


def laid_out(rows: Sequence[Sequence[Cell]]) -> Grid:
    """Return a table set in its columns.

    A cell that spans columns stands in the first of them, so that what is behind it stays below its own column's name. One
    that spans rows stands in each of them: a row is read, found and quoted alone, and what the cell says counts for all of
    them; only a long text is said once. Above the rows, a cell names each of the columns that it spans, and the rows of
    names below each other become one: "Weekdays First". A first row of one cell over the whole width names the table.
    """
    given = list(rows)
    at = next((at for at, row in enumerate(given) if _is_filled(row)), 0)
    name = given[at][0].text if at < len(given) and _is_title(given, at) else None
    if name is not None:
        given[at] = ()
        at = next(at for at, row in enumerate(given) if _is_filled(row))
    heads = _heads(given[at:])
    out = [_said(row) for row in given]
    if heads:
        out[at] = _names(given[at : at + heads])
        # Rows are counted as they stand.
        out[at + 1 : at + heads] = [()] * (heads - 1)
    return Grid(tuple(out), True if heads else None, name)


def _reach(reaching: dict[int, tuple[Cell, int]], column: int) -> Cell:
    cell, more = reaching.pop(column)
    if more > 1:
        reaching[column] = (cell, more - 1)
    return cell


def _is_filled(row: Sequence[Cell]) -> bool:
    return any(cell.text.strip() for cell in row)


def _is_title(rows: Sequence[Sequence[Cell]], at: int) -> bool:
    """Say whether a row is one cell over the whole width of a table of several rows and columns."""
    row, below = rows[at], [row for row in rows[at + 1 :] if _is_filled(row)]
    wide = len(row) > 1 and len(row) >= max(map(len, rows)) and all(cell.across for cell in row[1:])
    columned = sum(sum(not cell.across for cell in one) > 1 for one in below)
    return wide and columned > 1 and not any(cell.down for cell in below[0])


def _heads(rows: Sequence[Sequence[Cell]]) -> int:
    """Return how many of the first rows name the columns."""
    if not rows or not rows[0] or not (_is_marked(rows[0]) or looks_like_header([_own(cell) for cell in rows[0]])):
        return 0
    heads = 1
    while heads < len(rows) and _goes_on(rows[heads - 1], rows[heads]):
        heads += 1
    # Some mark all rows of a table so.
    return heads if any(map(_is_filled, rows[heads:])) else 1


def _goes_on(above: Sequence[Cell], row: Sequence[Cell]) -> bool:
    """Say whether a row below the names of columns goes on naming them, and does not begin the rows or a group of them."""
    own = [_own(cell) for cell in row]
    if not any(own[1:]):
        return False
    if _is_marked(row):
        return True
    # What rows are of stands in their first cell; the second row of names leaves that one to the first.
    spans = any(cell.across and cell.text for cell in above)
    return spans and not own[0] and not any(map(_FIGURE.search, own))


def _is_marked(row: Sequence[Cell]) -> bool:
    filled = [cell for cell in row if cell.text.strip()]
    return bool(filled) and all(cell.names for cell in filled)


def _own(cell: Cell) -> str:
    return "" if cell.across or cell.down else cell.text.strip()


def _names(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    columns = range(max(map(len, rows)))
    told = ([row[column].text for row in rows if column < len(row)] for column in columns)
    return tuple(" ".join(dict.fromkeys(filter(None, map(str.strip, names)))) for names in told)


def _said(row: Sequence[Cell]) -> tuple[str, ...]:
    """Return what a row says in each column."""
    # A row that only goes on with what is above says nothing of its own.
    own = any(map(_own, row))
    return tuple(
        "" if cell.across or (cell.down and not (own and len(cell.text) <= _REPEATED)) else cell.text for cell in row
    )
