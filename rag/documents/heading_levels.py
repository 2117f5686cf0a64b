"""Headings within headings: under which of them a part of a document stands."""

from __future__ import annotations

import re

from rag.place import WITHIN

_LEVEL = re.compile(r"(?<!\d)[1-9](?!\d)")


def level_in(name: str) -> int | None:
    """Return the level that the name of an element or of a style tells: "h2", "Heading 3"."""
    found = _LEVEL.search(name)
    return int(found[0]) if found else None


class Headings:
    """The headings that a text has come under so far; where the first of all is of the highest level, it is the title."""

    def __init__(self) -> None:
        self._above: list[tuple[int, str]] = []
        self._title: str | None = None

    def under(self, name: str, level: int, longest: int) -> str:
        """Come to a heading, and return how what follows is named: by it, and by those that it stands under.

        ``level`` counts from 1, the highest. The title is above all that follows, and tells no part of it from another.
        Where the name would have more than ``longest`` characters, the outermost go.
        """
        self._above = [one for one in self._above if one[0] < level]
        parts = [above for _, above in self._above]
        if self._title is None:
            self._title = name if level == 1 else ""
        # Some files have their title twice.
        if level > 1 or name != self._title:
            self._above.append((level, name))
        while parts and len(WITHIN.join([*parts, name])) > longest:
            del parts[0]
        return WITHIN.join([*parts, name])[:longest]
