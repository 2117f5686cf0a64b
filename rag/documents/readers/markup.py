"""Elements of HTML, and of what trafilatura makes of it, to paragraphs, headings and rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from rag.documents.heading_levels import level_in
from rag.documents.parsed import Builder

_HEADINGS = frozenset(("head", "h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hr",
        "item",
        "li",
        "list",
        "main",
        "ol",
        "p",
        "quote",
        "section",
        "summary",
        "ul",
    ]
)
_SKIPPED = frozenset(
    [
        "button",
        "canvas",
        "graphic",
        "iframe",
        "input",
        "math",
        "nav",
        "noscript",
        "object",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "video",
    ]
)
_BREAKS = frozenset(("br", "lb"))
_SPACE = re.compile(r"\s+")
_TOP = frozenset(("h1",))


def build(root: Any, builder: Builder) -> None:
    """Add all that stands below an lxml element to a text."""
    walk = _Walk(builder)
    walk.content(root)
    walk.flush()


def name_of(element: Any) -> str:
    """Return an element's name in lower case without its namespace; "" for comments and instructions."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def is_skipped(name: str) -> bool:
    """Say whether elements of this name hold no text that is shown as such: menus, scripts, fields."""
    return name in _SKIPPED


def text_of(element: Any) -> str:
    """Return all text below an element, on one line."""
    return _SPACE.sub(" ", "".join(_texts(element))).strip()


def holds_blocks(element: Any) -> bool:
    """Say whether anything below an element stands for itself: a paragraph, a heading, a list, a table."""
    return any(name_of(one) in _BLOCKS | _HEADINGS | {"table", "pre"} for one in element.iterdescendants())


def _texts(element: Any) -> Iterator[str]:
    if name_of(element) in _SKIPPED or not name_of(element):
        return
    yield element.text or ""
    for child in element:
        if name_of(child) in _BREAKS:
            yield " "
        yield from _texts(child)
        yield child.tail or ""


class _Walk:
    """Goes through elements in the order of the text; what stands between two blocks is a paragraph."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._inline: list[str] = []

    def content(self, element: Any) -> None:
        self._inline.append(_SPACE.sub(" ", element.text or ""))
        for child in element:
            self._visit(child)
            self._inline.append(_SPACE.sub(" ", child.tail or ""))

    def flush(self) -> None:
        self._builder.paragraph("".join(self._inline))
        self._inline.clear()

    def _visit(self, element: Any) -> None:
        name = name_of(element)
        if not name or name in _SKIPPED:
            return
        if name in _BREAKS:
            self._inline.append("\n")
        elif name in _HEADINGS:
            self.flush()
            text = text_of(element)
            if {name, element.get("rend")} & _TOP and self._builder.title is None:
                self._builder.title = text
            self._builder.heading(text, level_in(name) or level_in(element.get("rend", "")))
        elif name == "table":
            self.flush()
            self._table(element)
        elif name in ("pre", "code") and "\n" in (element.text or ""):
            self.flush()
            self._builder.lines("".join(_texts(element)))
        elif name in _BLOCKS:
            self.flush()
            self.content(element)
            self.flush()
        else:
            self.content(element)

    def _table(self, table: Any) -> None:
        if any(name_of(inner) == "table" for inner in table.iterdescendants()):
            # A table of tables is lay-out.
            for cell in cells_of(table):
                self.content(cell)
                self.flush()
            return
        rows = [row for row in table.iter() if name_of(row) in ("tr", "row")]
        cells = [list(cells_of(row)) for row in rows]
        captions = [text_of(one) for one in table if name_of(one) == "caption"]
        while len(cells) > 1 and _is_caption(cells[0]):
            captions.append(text_of(cells.pop(0)[0]))
        heads = bool(cells) and all(name_of(cell) == "th" or cell.get("role") == "head" for cell in cells[0])
        caption = " ".join(captions)
        self._builder.paragraph(caption)
        self._builder.table([[text_of(cell) for cell in row] for row in cells], caption, headed=heads or None)


def _is_caption(row: Sequence[Any]) -> bool:
    """Say whether a row is what trafilatura makes of a caption: its first cell heads a column, and the others are none."""
    first, *others = row or (None,)
    heads = first is not None and first.get("role") == "head" and bool(others)
    return heads and not any(cell.get("role") or text_of(cell) for cell in others)


def cells_of(element: Any) -> Iterator[Any]:
    """Yield the cells of a table or row, none of a table within a cell."""
    for child in element:
        if name_of(child) in ("td", "th", "cell"):
            yield child
        elif name_of(child) != "table":
            yield from cells_of(child)
