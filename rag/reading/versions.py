"""Versions of one document by their number: "User manual, version 2.0", or "Version 1.0" on a line at its head.

Where a question names one, what that version says comes before what another version says at the same place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.reading.scoring import ScoredSentence
from rag.text.words import FUNCTION, MONTHS_AND_DAYS, word_set

_NUMBERED = re.compile(
    r"\b(?:(?:version|fassung|revision|release|ausgabe|edition)\s?(?:nr\.?\s?|no\.?\s?|number\sv\.?\s?)?|rev\.?\s?|v)(\d{1,3}(?:\.\d{1,4}){0,3})(?![\w-]|\.\d|\.\s)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_CALLED = word_set("version fassung revision release ausgabe edition rev")
# At the head of a document, lines of so many characters at most are no sentences.
_LINES, _LONGEST = 5, 100

Number = tuple[int, ...]


def numbers_in(text: str) -> frozenset[Number]:
    """Return the numbers of versions that a text names; 1 and 1.0 are one."""
    return frozenset(_number(found) for found in _NUMBERED.findall(text))


def others_of(asked: frozenset[Number], scored: Sequence[ScoredSentence]) -> dict[str, frozenset[str]]:
    """Return of those documents that are other versions than asked the ids of those that are, by their own."""
    return _related(scored, lambda one, other: other in asked and one not in asked)


def above_of(scored: Sequence[ScoredSentence]) -> dict[str, frozenset[str]]:
    """Return of those documents of which higher versions are among them the ids of these, by their own."""
    return _related(scored, lambda one, other: other > one)


def _related(scored: Sequence[ScoredSentence], by: Callable[[Number, Number], bool]) -> dict[str, frozenset[str]]:
    """Return the ids of the other versions of each document to which it stands so, if there are any.

    Versions of one document have one title, or one first line, but for numbers, months and days.
    """
    series: dict[frozenset[str], list[tuple[Number, str]]] = {}
    for identity, lines in _heads(scored).items():
        # A title comes before what stands at the head, and that before the name of the file.
        numbers = next((numbers for line in lines if len(numbers := numbers_in(line)) == 1), None)
        words = next(filter(None, map(_words, lines)), None)
        if numbers and words:
            series.setdefault(words, []).append((next(iter(numbers)), identity))
    related: dict[str, frozenset[str]] = {}
    for members in series.values():
        for number, identity in members:
            if others := frozenset(other for told, other in members if by(number, told)):
                related[identity] = others
    return related


def _heads(scored: Sequence[ScoredSentence]) -> dict[str, list[str]]:
    """Return the title of each document, or the name of its file, and the lines at its head, where that is at hand."""
    heads: dict[str, list[str]] = {}
    begun = {one.hit.document.id: one.hit.text for one in scored if one.hit.chunk.span.start == 0}
    for document in {one.hit.document.id: one.hit.document for one in scored}.values():
        lines = [line for line in begun.get(document.id, "").split("\n") if line.strip()][:_LINES]
        short = [line for line in lines if len(line) <= _LONGEST and not line.rstrip().endswith((".", "!", "?"))]
        stem = re.sub(r"\.\w{1,5}\Z", "", document.name.rpartition("/")[2])
        heads[document.id] = [*filter(None, [document.title]), *short, stem.replace("_", " ").replace("-", " ")]
    return heads


def _words(line: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(line)) - FUNCTION - MONTHS_AND_DAYS - _CALLED


def _number(written: str) -> Number:
    parts = [int(part) for part in written.split(".")]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return tuple(parts)
