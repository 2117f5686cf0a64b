"""Columns of tables, and sections, that a question names, by words of their headings: "im Winter", "on Saturdays", "in 2022".

A row of Markdown is read without the names of its columns, which stand in another line, and a paragraph without the heading that
says what it is of. What of a question names either is found in each row of the table, or in each sentence under the heading, as
nearly as anywhere in its document (``tokens.raised``). As with the names of documents (``naming``), it is looked up for each
question anew, and no vector depends on it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.documents.rows import cells, is_marked, row_of
from rag.lexical import analyse
from rag.place import heading_of, places_of
from rag.records import Hit, Question, Span
from rag.text.folding import folded
from rag.text.recurring import Time, times_named
from rag.text.words import FUNCTION
from rag.tokens import Headed, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WORD = re.compile(r"\w+")
# From so many letters on, words that begin alike are forms of one, if they share so much of the shorter; and a word in another
# is a part of it ("Telefonnummer").
_LETTERS, _SHARED = 5, 0.7
# What makes of a word its opposite.
_NEGATES = frozenset(("un", "in", "im", "il", "ir", "non", "nicht", "dis", "a"))
# How far a column is still named whose name is a part of another's that is named as a whole.
_PART = 0.5


@dataclass(frozen=True, slots=True)
class Named:
    """How far a question names each column, from 0 to 1, and which of its words name any.

    ``missed``: it names a weekday, a month, a season or a year, columns are of such, and none is of that.
    """

    shares: tuple[float, ...]
    words: tuple[Span, ...]
    missed: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    span: Span
    text: str
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Head:
    """A column's name: its words, the times that it names, and the words that name these."""

    words: tuple[_Word, ...]
    times: frozenset[Time]
    named: tuple[_Word, ...]

    @classmethod
    def of(cls, name: str, language: str | None) -> _Head:
        times, left = times_named(name, short=True)
        words = tuple(_words(left, language))
        return cls(words, times, tuple(word for word in _words(name, language) if word not in words))


@lru_cache(512)
def named_columns(question: Question, names: tuple[str, ...], language: str | None) -> Named:
    """Return which columns a question names; ``names`` are theirs, of a table in a document of that ``language``.

    A name counts as far as its words are in the question, those most that tell it from the other columns. A time that the
    question names is in a range that holds it.
    """
    asked_times, rest = times_named(question.text)
    asked = list(_words(rest, language))
    heads = [_Head.of(name, language) for name in names]
    held = Counter(text for head in heads for text in {word.text for word in head.words})
    shares: list[float] = []
    spans: set[tuple[int, int]] = set()
    for head in heads:
        found = total = 0.0
        for word in head.words:
            weight = math.log(1 + len(names) / held[word.text])
            same = [one.span for one in asked if _same(one, word)]
            spans |= {(span.start, span.end) for span in same}
            found, total = found + weight * bool(same), total + weight
        for kind in {kind for kind, _ in head.times}:
            weight = math.log(1 + len(names))
            # "Winterpreis" names no season by itself.
            same = [one.span for one in asked if kind == "season" and any(_same(one, word) for word in head.named)]
            spans |= {(span.start, span.end) for span in same}
            named = bool(same) or _within(kind, asked_times, head.times)
            found, total = found + weight * named, total + weight
        shares.append(found / total if total else 0.0)
    # Who names "BX-40 Pro" does not mean "BX-40".
    called = [{word.text for word in head.words} for head in heads]
    whole = [words for words, share in zip(called, shares, strict=True) if share == 1.0]
    shares = [
        share * _PART if any(words < other for other in whole) else share
        for words, share in zip(called, shares, strict=True)
    ]
    common = {kind for kind, _ in asked_times} & {kind for head in heads for kind, _ in head.times}
    if common:
        spans |= set(_blanked(question.text, rest))
    missed = any(not any(_within(kind, asked_times, head.times) for head in heads) for kind in common)
    return Named(tuple(shares), tuple(Span(*span) for span in sorted(spans)), missed)


def headed(question: Question, asked: Reading, hit: Hit) -> Headed | None:
    """Return which tokens of the question name what a hit's sentences stand under; None where none do.

    That is a heading, the line above what a mail quotes, or a column of the Markdown table that a sentence is a row of.
    """
    if not len(asked.tokens) or not any(place.name for place in hit.places):
        return None
    import numpy as np

    out = np.zeros((len(hit.chunk.sentences), len(asked.tokens)), np.bool_)
    for at, span in enumerate(hit.chunk.sentences):
        if words := named_columns(question, _names_above(hit, span), hit.document.language).words:
            out[at] = asked.touching((word.start, word.end) for word in words)
    return Headed(hit.document.id, out) if out.any() else None


def _names_above(hit: Hit, span: Span) -> tuple[str, ...]:
    """Return the name of the section that a sentence is in, or those of the columns of its row."""
    above = places_of(hit.places, span.start, span.end)
    row = row_of(above, span.start)
    text = hit.text[span.start - hit.chunk.span.start : span.end - hit.chunk.span.start]
    if row and is_marked(text):
        # The first column says what each row is of, which no other row shares.
        return tuple(cell.name for cell in cells(row, text)[1:])
    return tuple(filter(None, [heading_of(above)]))


def _words(text: str, language: str | None) -> Iterator[_Word]:
    """Yield the words of a text that tell something; a letter alone does as a capital ("Model A")."""
    for match in _WORD.finditer(text):
        word = folded(match[0])
        if word not in FUNCTION or (len(word) == 1 and match[0].isupper()):
            yield _Word(Span(*match.span()), word, frozenset(analyse(match[0], language)))


def _same(one: _Word, other: _Word) -> bool:
    if one.text == other.text or one.stems & other.stems:
        return True
    short, long = sorted((one.text, other.text), key=len)
    if len(short) < _LETTERS or short.isdecimal():
        return False
    alike = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if short in long:
        return long.partition(short)[0] not in _NEGATES
    return alike >= max(_LETTERS, _SHARED * len(short))


def _within(kind: str, asked: Iterable[Time], times: frozenset[Time]) -> bool:
    own = {time for time in asked if time[0] == kind}
    return bool(own) and own <= times


def _blanked(text: str, rest: str) -> Iterator[tuple[int, int]]:
    """Yield where the words of a text stand that are blanks in ``rest``."""
    return (match.span() for match in _WORD.finditer(text) if not rest[match.start() : match.end()].strip())
