"""Lists of terms on a page: "Day ticket" and, in an element of its own, "£7.50" are one line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml.html import Element

from rag.documents.readers.markup import holds_blocks, text_of

# A longer term is no name of anything, and what ends like this is said whole.
_LONGEST = 120
_ENDS = (".", "!", "?", "…")


def join_terms_in_page(root: Any) -> None:
    """Put the value of a term behind it, on a line of its own for each value; a question and its answer stay two."""
    for terms in list(root.iter("dl")):
        if next(terms.iterancestors("dl"), None) is None and next(terms.iterdescendants("dl"), None) is None:
            _join(list(_parts(terms)))


def _parts(terms: Any) -> Iterator[Any]:
    for child in terms:
        if child.tag in ("dt", "dd"):
            yield child
        elif child.tag == "div":
            yield from _parts(child)


def _join(parts: list[Any]) -> None:
    names: list[Any] = []
    values: list[Any] = []
    for part in [*parts, Element("dt")]:
        if part.tag == "dd":
            values.append(part)
            continue
        if values:
            _lead(names, values)
            names, values = [], []
        names.append(part)


def _lead(names: list[Any], values: list[Any]) -> None:
    """Write some terms before each of the values that they have in common."""
    said = ", ".join(filter(None, (text_of(name).rstrip(" :") for name in names)))
    if not said or len(said) > _LONGEST or said.endswith(_ENDS) or any(map(_is_more, values)):
        return
    for name in names:
        name.drop_tree()
    for value in values:
        inner = next(iter(value), None) if holds_blocks(value) else None
        place = value if inner is None else inner
        place.text = f"{said}: {(place.text or '').lstrip()}"


def _is_more(value: Any) -> bool:
    """Say whether a value is empty, or has parts that stand for themselves: paragraphs, a list, a table."""
    if not text_of(value):
        return True
    if not holds_blocks(value):
        return False
    one = (
        len(value) == 1 and value[0].tag == "p" and not (value.text or "").strip() and not (value[0].tail or "").strip()
    )
    return not one or holds_blocks(value[0])
