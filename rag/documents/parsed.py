"""What a reader makes of a file, and the builder with which it does so: text, and where its parts stood."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.documents.decoding import normalise
from rag.documents.heading_levels import Headings
from rag.errors import FixFile
from rag.place import WITHIN, Place, PlaceKind
from rag.text.dates import YEAR
from rag.text.stated import stated_date

# What a text cannot be searched or shown with: controls, soft hyphens, marks of a broken line, half characters.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_HIDDEN = re.compile("[\u00ad\ufeff\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Days on which clocks and counts of days begin: a tool that knows no time says one of them.
_NO_TIME = (
    dt.date(1601, 1, 1), dt.date(1899, 12, 30), dt.date(1900, 1, 1), dt.date(1904, 1, 1), dt.date(1970, 1, 1), dt.date(1980, 1, 1),
    dt.date(2000, 1, 1),
)  # fmt: skip
NAME_MAX = 120
"""Longest name of a place, in characters."""

_STATED_MAX = 250
# Of so few years, one must follow upon the other.
_LEAST_YEARS = 2
_NUMBER = re.compile(r"[\d\s.,:%€$+/-]*")


@dataclass(frozen=True, slots=True)
class Parsed:
    r"""The text of a file (NFC, ``\n`` line ends), its places in order, and what the file states of itself.

    ``created`` is when the file was made, which need not be the ``date`` of what is in it; ``head`` are the characters at the
    top that are no text of its author's, the lines of a mail's head.
    """

    text: str
    places: tuple[Place, ...] = ()
    title: str | None = None
    author: str | None = None
    language: str | None = None
    date: dt.date | None = None
    created: dt.date | None = None
    head: int = 0


class Builder:
    """Puts a text together from paragraphs, and notes where each page, heading or row begins.

    Raises FixFile as soon as there are more than ``most`` characters.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._parts: list[str] = []
        self._length = 0
        self._places: list[Place] = []
        self._headings = Headings()
        self.title: str | None = None

    @property
    def length(self) -> int:
        """Characters of the text so far."""
        return self._length

    def page(self, number: int, kind: PlaceKind = "page", name: str | None = None, *, goes_on: bool = False) -> None:
        """Say that a page or slide begins here; see ``lines`` for ``goes_on``."""
        self._place(kind, number, name, 1 if goes_on else 2)

    def heading(self, text: str, level: int | None = None) -> None:
        """Add a heading; what follows stands under it, and under those of higher levels (1 is the highest) where it has one."""
        clean = one_line(text)
        if clean:
            self._place("heading", None, self._headings.under(clean, level, NAME_MAX) if level else clean)
            self._add(clean)

    def under(self, name: str | None) -> None:
        """Say that what follows stands under a name that is not in the text, or under none."""
        self._place("heading", None, name)

    def lines(self, text: str, *, goes_on: bool = False) -> None:
        """Add text whose lines and paragraphs are as they are to be; white space at its ends is dropped.

        ``goes_on``: it belongs to the paragraph before it.
        """
        self._add(clean_text(text).strip(), "\n" if goes_on else "\n\n")

    def paragraph(self, text: str) -> None:
        """Add a paragraph; its white space means nothing, but for line breaks."""
        self._add("\n".join(filter(None, (" ".join(line.split()) for line in clean_text(text).split("\n")))))

    def row(self, number: int, header: Sequence[str], cells: Sequence[str], name: str | None = None) -> None:
        """Add a table's row as one line, each value behind the header of its column."""
        parts: list[str] = []
        for at, cell in enumerate(cells):
            value, head = one_line(cell), one_line(header[at]) if at < len(header) else ""
            if value:
                parts.append(f"{head}: {value}" if head else value)
        if parts:
            self._place("row", number, name)
            self._add("; ".join(parts))

    def table(self, rows: Sequence[Sequence[str]], name: str | None = None, *, headed: bool | None = None) -> None:
        """Add a table; its first row is its header, unless it looks like none (or ``headed`` says)."""
        filled = [(at, row) for at, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]
        if len(filled) <= 1 or all(sum(bool(cell.strip()) for cell in row) <= 1 for _, row in filled):
            # One row, or one column: lay-out, not a table.
            for _, row in filled:
                for cell in row:
                    self.paragraph(cell)
            return
        header = filled[0][1] if headed or (headed is None and looks_like_header(filled[0][1])) else ()
        before = next((place for place in reversed(self._places) if place.kind != "row"), None)
        under = self._under(before, name)
        for at, row in filled[1:] if header else filled:
            self.row(at, header, row, under)
        # What follows the table stands where the table did.
        if before is not None:
            self._place(before.kind, before.number, before.name)
        else:
            self._place("heading", None, None)

    def parsed(
        self,
        *,
        title: str | None = None,
        author: str | None = None,
        language: str | None = None,
        date: dt.date | None = None,
        created: dt.date | None = None,
    ) -> Parsed:
        """Return what was put together; a title falls back to the one that was found on the way.

        A ``date`` that the file does not state is that which its text gives itself.
        """
        text = "".join(self._parts)
        # A place at the end holds nothing, and of several at one offset the last one counts.
        places = {place.start: place for place in self._places if place.start < len(text)}
        made = None if created in _NO_TIME else created
        name, day = stated(title) or stated(self.title), date or stated_date(text)
        return Parsed(text, tuple(places.values()), name, stated(author), language, day, made)

    def _under(self, before: Place | None, name: str | None) -> str | None:
        """Return how the rows of a table are named: by it, and by the heading that it stands under, unless that is the title."""
        heading = before.name if before else None
        if not name or not heading:
            return name or heading
        both = f"{heading}{WITHIN}{name}"
        told = before is not None and before.kind == "heading" and heading != self.title and len(both) <= NAME_MAX
        return both if told else name

    def _place(self, kind: PlaceKind, number: int | None, name: str | None, gap: int = 2) -> None:
        named = one_line(name)[:NAME_MAX] if name else None
        self._places.append(Place(self._length + (gap if self._parts else 0), kind, number, named))

    def _add(self, text: str, gap: str = "\n\n") -> None:
        if not text:
            return
        part = f"{gap}{text}" if self._parts else text
        self._length += len(part)
        if self._length > self._most:
            raise FixFile(
                f"more than {self._most:,} characters of text",
                hint="Split the file, or raise max_file_mb in rag.toml (RAG_MAX_FILE_MB).",
            )
        self._parts.append(part)


def clean_text(text: str) -> str:
    """Return text in its stored form, without what cannot be shown or searched."""
    return normalise(_CONTROL.sub(" ", _HIDDEN.sub("", _SURROGATE.sub("\ufffd", text.replace("\r\n", "\n")))))


def one_line(text: str) -> str:
    """Return text on one line, in its stored form."""
    return " ".join(clean_text(text).split())


def stated(text: str | None) -> str | None:
    """Return what a file says of itself on one line, or None where that is nothing."""
    return (one_line(text)[:_STATED_MAX] or None) if text else None


def looks_like_header(row: Sequence[str]) -> bool:
    """Say whether a table's first row names its columns: words, no figures but years in a row, none of them twice."""
    names = [cell.strip() for cell in row if cell.strip()]
    figures = [name for name in names if _NUMBER.fullmatch(name)]
    return bool(names) and len(set(names)) == len(names) and (not figures or _years_in_a_row(figures))


def _years_in_a_row(figures: Sequence[str]) -> bool:
    """Say whether figures are years, each as far from the one before: those of a person's life are not."""
    if len(figures) < _LEAST_YEARS or not all(YEAR.fullmatch(figure) for figure in figures):
        return False
    steps = {int(after) - int(before) for before, after in pairwise(figures)}
    return len(steps) == 1 and (len(figures) > _LEAST_YEARS or steps <= {1, -1})
