"""A table's row read back cell by cell, each with the name of its column.

A row stands in a text as Markdown has it (``| a | b |``, the columns' names in its place) or as ``parsed.Builder`` wrote it
(``Room: single; Winter: 58 €``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.documents.markdown import BETWEEN, CELL, NAME_MAX, NAMELESS, RULE
from rag.place import Place
from rag.records import Span

# A row may be set in by as many blanks.
_SET_IN = 3
# "Gebühr (€)", "Weight [kg]", "Umsatz in Euro".
_UNIT = re.compile(r"[(\[]([^()\[\]]{1,20})[)\]]\s*\Z|\sin\s(\S{1,20})\Z")
_PART = re.compile(r"; (?=\S)")
_NAMED = re.compile(r"(?P<name>[^:;]{1,60}?): (?=\S)")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row: where its words stand in the row's text, and its column's name, "" where it has none."""

    span: Span
    name: str


def row_of(places: Sequence[Place], start: int) -> Place | None:
    """Return the row that begins at an offset of a document, where ``places`` are those of what stands there; else None."""
    if len(places) == 1 and places[0].kind == "row" and 0 <= start - places[0].start <= _SET_IN:
        return places[0]
    return None


def cells(row: Place, text: str) -> list[Cell]:
    """Return the cells of a row whose text is given, those left empty aside."""
    found = _marked(row, text) if is_marked(text) else list(_written(text))
    return [cell for cell in found if cell.span.start < cell.span.end]


def measured(cell: Cell, text: str) -> str:
    """Return what a cell of a row says, in the unit that its column's name gives: "70,00 €" below "Gebühr (€)"."""
    unit = _UNIT.search(cell.name)
    said = cell.span.of(text)
    return f"{said} {unit[1] or unit[2]}" if unit else said


def is_marked(text: str) -> bool:
    """Say whether a row is one of Markdown."""
    return text.startswith("|")


def heads_table(text: str, start: int = 0) -> bool:
    """Say whether the line of a text that begins at an offset names the columns of a table in Markdown."""
    if text[start : start + 1] != "|":
        return False
    end = text.find("\n", start) + 1
    return bool(end) and _is_rule(text, end)


def heads_rows(text: str, start: int) -> bool:
    """Say whether the line of a text that begins at an offset stands above rows: the names of columns, or the rule below them."""
    return text[start : start + 1] == "|" and (_is_rule(text, start) or heads_table(text, start))


def _is_rule(text: str, start: int) -> bool:
    end = text.find("\n", start)
    return bool(RULE.match(text[start : end if end >= 0 else len(text)]))


def _marked(row: Place, text: str) -> list[Cell]:
    bars = [bar.start() for bar in CELL.finditer(text)]
    edges = bars if text.rstrip().endswith("|") and len(bars) > 1 else [*bars, len(text)]
    spans = [_bare(text, first + 1, last) for first, last in pairwise(edges)]
    name = row.name or ""
    names = name.split(BETWEEN)
    if len(names) == len(spans) - 1 and len(name) < NAME_MAX:
        # The column of what the rows are of has often no name.
        names = ["", *names]
    names += [""] * (len(spans) - len(names))
    return [Cell(span, "" if name == NAMELESS else name) for span, name in zip(spans, names, strict=False)]


def _written(text: str) -> Iterator[Cell]:
    """Yield the cells that are parted by semicolons; one without a name behind one with a name is the rest of its value."""
    edges = [0, *(part.end() for part in _PART.finditer(text)), len(text) + 2]
    start, name = 0, None
    for at, (first, _) in enumerate(pairwise(edges)):
        named = _NAMED.match(text, first)
        if at and (named or name is None):
            yield Cell(Span(start, first - 2), name or "")
        if not at or named or name is None:
            start, name = (named.end(), named["name"]) if named else (first, None)
    yield Cell(Span(start, len(text)), name or "")


def _bare(text: str, start: int, end: int) -> Span:
    """Return the span of a cell's words, without blanks and what sets them in bold."""
    while start < end and text[start] in " \t*":
        start += 1
    while end > start and text[end - 1] in " \t*":
        end -= 1
    return Span(start, end)
