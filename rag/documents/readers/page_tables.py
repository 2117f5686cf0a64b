"""Tables of a page with a cell for each column, before anything reads them that knows nothing of cells that span."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lxml.html import Element

from rag.documents.readers.grid import Cell, Spanning, laid_out, spread
from rag.documents.readers.markup import cells_of, text_of

# A number of more digits is of no table.
_DIGITS = 4


def lay_out_in_page(root: Any) -> None:
    """Give each row of a table a cell for each column, its names one row, and make its caption what stands above all columns.

    A table of tables is lay-out, and is left as it is; so is one of which no cell spans, with one row of names at most.
    """
    for table in list(root.iter("table")):
        if next(table.iterdescendants("table"), None) is None:
            _lay_out(table)


def _lay_out(table: Any) -> None:
    rows = list(table.iter("tr"))
    boxes = [list(cells_of(row)) for row in rows]
    spanning = [[_spanning(box) for box in row] for row in boxes]
    named = sum(all(one.names for one in row) for row in spanning if row)
    if named <= 1 and all(one.columns == one.rows == 1 for row in spanning for one in row):
        return
    cells = spread(spanning)
    grid = laid_out(cells)
    if grid.name:
        _put_above(table, grid.name)
    names = next((row for row in grid.rows if any(row)), None) if grid.headed else None
    for row, own, given, said in zip(rows, boxes, cells, grid.rows, strict=True):
        for child in list(row):
            row.remove(child)
        row.extend([_cell("th", name) for name in said] if said is names else _filled(own, given, said))


def _spanning(box: Any) -> Spanning:
    names = box.tag == "th" or next(box.iterancestors("thead"), None) is not None
    return Spanning(text_of(box), _number(box.get("colspan")), _number(box.get("rowspan")), names)


def _number(said: str | None) -> int:
    digits = (said or "").strip()[:_DIGITS]
    return int(digits) if digits.isascii() and digits.isdecimal() else 1


def _put_above(table: Any, name: str) -> None:
    caption = table.find("caption")
    if caption is None:
        table.insert(0, _cell("caption", name))
    else:
        caption.append(_cell("span", f" {name}"))


def _filled(own: Sequence[Any], given: Sequence[Cell], said: Sequence[str]) -> Iterator[Any]:
    """Yield the cells of a row: its own as they are, and others for what they span."""
    waiting = iter(own)
    for cell, text in zip(given, said, strict=False):
        box = None if cell.across or cell.down else next(waiting, None)
        if box is not None:
            # Whoever reads the page further would count them again.
            box.attrib.pop("colspan", None)
            box.attrib.pop("rowspan", None)
        yield _cell("td", text) if box is None else box


def _cell(tag: str, text: str) -> Any:
    cell = Element(tag)
    cell.text = text
    return cell
