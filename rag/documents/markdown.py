"""What Markdown marks: headings, and the rows of tables; nothing inside of code is taken for either."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.documents.heading_levels import Headings
from rag.place import Place
from rag.text.sentences import FENCE

NAME_MAX = 250
"""Longest title, in characters, and longest name of a place."""

_HEADING = re.compile(r"#{1,2}[ \t]+(?=\S)")
_SECTION = re.compile(r" {0,3}#{1,6}(?=[ \t]|$)")
_CLOSING = re.compile(r"[ \t]#+[ \t]*$")
_ROW = re.compile(r" {0,3}\|")
RULE = re.compile(r" {0,3}\|[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
"""The line below the names of a table's columns."""

CELL = re.compile(r"(?<!\\)\|")
"""What parts the cells of a row."""

BETWEEN = " · "
"""What parts the names of columns in the name of a row's place."""

NAMELESS = "–"
"""What stands there for a column that has none."""


def first_heading(lines: Sequence[str]) -> str | None:
    """Return the first heading of the two upper levels."""
    for _, line in outside_code(lines):
        if mark := _HEADING.match(line):
            heading = line[mark.end() :].rstrip("# \t") or None
            if heading and len(heading) <= NAME_MAX:
                return heading
    return None


def marked_places(text: str, start: int) -> tuple[Place, ...]:
    """Return what stands under which heading, and which lines are the rows of a table, from ``start`` on.

    Rows are counted from 1 below the columns' names, which name the place of each. A table is one whose rows begin
    with a bar; those that do without are text.
    """
    places: list[Place] = []
    headings = Headings()
    above, heading, columns, row = "", Place(start, "heading"), "", 0
    for at, line in outside_code(text[start:].split("\n")):
        if mark := _SECTION.match(line):
            name = _CLOSING.sub("", line[mark.end() :]).strip() or None
            name = name and headings.under(name, mark[0].count("#"), NAME_MAX)
            heading, columns = Place(start + at, "heading", None, name), ""
            places.append(heading)
        elif columns and _ROW.match(line):
            row += 1
            places.append(Place(start + at, "row", row, columns))
        elif columns:
            columns = ""
            places.append(replace(heading, start=start + at))
        elif RULE.match(line) and _ROW.match(above):
            columns, row = _columns(above), 0
        above = line
    return tuple(places)


def outside_code(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines that are no code, each with where it begins in all of them; what fences code off is an empty line."""
    code, at = False, 0
    for line in lines:
        if FENCE.match(line):
            code = not code
            yield at, ""
        elif not code:
            yield at, line
        at += len(line) + 1


def _columns(line: str) -> str:
    """Return the names of a table's columns as one; without any, there is no table to name.

    The first column often has none and is passed over; another without one is named by a dash, so that each name can be
    told its column (``rows.cells``).
    """
    row = line.strip().removeprefix("|")
    if row.endswith("|") and not row.endswith("\\|"):
        row = row[:-1]
    first, *others = (cell.strip(" \t*_`").replace(BETWEEN, ", ") for cell in CELL.split(row))
    if not any((first, *others)):
        return ""
    return BETWEEN.join([*filter(None, [first]), *(name or NAMELESS for name in others)])[:NAME_MAX]
