"""Where in its file a part of a document's text stands: a page, a slide, a row, or what is under a heading."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

WITHIN = " › "
"""What parts headings in the name of a place, the outermost first."""

PlaceKind: TypeAlias = Literal["page", "slide", "row", "heading"]


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a document, from the code point ``start`` of its text up to the next place.

    ``number`` counts pages, slides and rows from 1, as the program that shows the file does; ``name``
    is the heading, behind those that it stands under but for the document's title, or the sheet or table
    that a row is of. A row is one line, and one sentence.
    """

    start: int
    kind: PlaceKind
    number: int | None = None
    name: str | None = None


def places_of(places: Sequence[Place], start: int, end: int) -> tuple[Place, ...]:
    """Return those of the sorted places that a span of the text touches."""
    first = bisect_right(places, start, key=lambda place: place.start) - 1
    last = bisect_right(places, max(start, end - 1), key=lambda place: place.start)
    return tuple(place for place in places[max(first, 0) : last] if place.number is not None or place.name)


def heading_of(touched: Sequence[Place]) -> str:
    """Return the headings that a span begins under, as one name; nothing where it is under none, or in a row, page or slide.

    ``touched`` are the places that it touches. What a mail quotes is under the line above that, behind a sign of quoting, and a
    message of a chat under who wrote it and when.
    """
    first = next(iter(touched), None)
    return first.name or "" if first is not None and first.kind == "heading" else ""


def in_context(text: str, places: Sequence[Place], start: int, end: int) -> str:
    """Return a span of a text behind the headings, or the names of tables, that it stands under and does not hold itself."""
    own = text[start:end]
    named = (place for place in places_of(places, start, end) if place.name)
    names = dict.fromkeys(part for place in named for part in (place.name or "").split(WITHIN))
    return "\n".join([*(name for name in names if name not in own), own])


def row_ranges(places: Sequence[Place], length: int) -> list[tuple[int, int]]:
    """Return the ranges of a text that consist of rows alone: each paragraph in them is one sentence."""
    ranges: list[tuple[int, int]] = []
    for at, place in enumerate(places):
        if place.kind != "row":
            continue
        end = places[at + 1].start if at + 1 < len(places) else length
        if ranges and ranges[-1][1] == place.start:
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((place.start, end))
    return ranges
