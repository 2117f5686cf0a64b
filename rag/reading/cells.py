"""Which cell of a table's row answers: where the row meets the column that the question names, and what is of the kind asked for.

The runs of ``spans`` are of prose; in a row the words that answer are a cell, and what tells it from the next one stands in
the name of its column.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from rag.columns import named_columns
from rag.documents.rows import Cell, measured
from rag.lexical import analyse
from rag.reading.quantities import gives, quantity_asked
from rag.reading.questions import Asks, asks
from rag.reading.tables import named_shares
from rag.records import Question
from rag.text.calendar import tells_when
from rag.text.folding import folded
from rag.text.numbers import find_numbers
from rag.text.recurring import times_named
from rag.text.words import FUNCTION
from rag.tokens import Begins

# Set by hand on tables that are not shipped: what it is worth that the question names the column, that it asks for it ("which
# pier"), that the cell is of the kind asked for; and that the question has the cell's own words already.
_NAMED, _WHICH, _KIND, _SAID = 6.0, 2.0, 2.0, -6.0
# A column of a day, a month or a year, where another is named as well.
_TIMED = 1.0
# The first cell says what the row is of, and is seldom asked for.
_FIRST = -1.5
# The least share of where the answer is read to begin, as a logarithm, and what one cell must be above the others.
_LEAST, _ABOVE = -4.0, 0.7

_WORD = re.compile(r"\w+")
_HEAD = re.compile(r"\b(?:welche[mnrs]?|which|what|wie\s?viele?)\s+(?:of\s+the\s+)?(\w+)", re.IGNORECASE)
_PERSON = re.compile(r"(?:(?:Dr|Prof|Mr|Mrs|Ms|Frau|Herr)\.?\s)*[^\W\d_a-zäöü][\w'’.-]*(?:\s[^\W\d_][\w'’.-]*){1,3}")


def answering(
    question: Question, text: str, cells: Sequence[Cell], language: str | None, begins: Begins | None
) -> list[Cell] | None:
    """Return the cells that answer, in their order.

    It is one, unless the question leaves open which column it means and several are of the kind that it asks for; none where
    it names a time that the table does not have; None where nothing tells them apart.
    """
    filled = [cell for cell in cells if _WORD.search(cell.span.of(text)) or cell.name]
    if not filled:
        return None
    names = tuple(cell.name for cell in filled)
    named = named_columns(question, names, language)
    if named.missed:
        # The cell of another day answers another question.
        return []
    fits = _of_kind(question, text, filled, language)
    # A fee beside the fee that is named by its words is not meant.
    whole = [cell for cell, fit, share in zip(filled, fits, named.shares, strict=True) if fit and share == 1.0]
    if len(whole) == 1:
        return whole
    said = [_said(question, cell.span.of(text), language) for cell in filled]
    scores = [
        _NAMED * share + _asked_for(question, cell, language) + _KIND * fit + share_read + _SAID * own + _timed(cell)
        for cell, share, fit, share_read, own in zip(
            filled, named_shares(question, names, language), fits, _read(filled, begins), said, strict=True
        )
    ]
    # Who names something else of the row asks for what it is of.
    scores[0] += -_FIRST if max(said) > said[0] else _FIRST
    order = sorted(range(len(filled)), key=lambda at: -scores[at])
    best = order[0]
    if len(filled) == 1 or scores[best] - scores[order[1]] >= _ABOVE:
        return [filled[best]]
    if not fits[best]:
        return None
    return [
        cell for cell, fit, score in zip(filled, fits, scores, strict=True) if fit and scores[best] - score < _NAMED / 2
    ]


def _timed(cell: Cell) -> float:
    """Return what it is worth that a column is of a time: beside that, "in lesson 6" says which row is meant."""
    return _TIMED * bool(times_named(cell.name, short=True)[0])


def _asked_for(question: Question, cell: Cell, language: str | None) -> float:
    """Return what it is worth that the question asks for the column by its name: "which pier"."""
    head = _HEAD.search(question.text)
    if not head or not cell.name:
        return 0.0
    return _WHICH * max(named_columns(Question(head[1], question.language), (cell.name,), language).shares)


def _of_kind(question: Question, text: str, cells: Sequence[Cell], language: str | None) -> list[bool]:
    """Return which cells are of the kind that the question asks for; none where any would do, or none is."""
    kind, quantity = asks(question.text), quantity_asked(question.text)
    shown = [cell.span.of(text) for cell in cells]
    if quantity is not None:
        found = [bool(gives(quantity, measured(cell, text), language)) for cell in cells]
        if any(found):
            return found
    if kind is Asks.TIME:
        return [tells_when(one) for one in shown]
    if kind is Asks.NUMBER:
        return [bool(find_numbers(one, language)) for one in shown]
    if kind is Asks.PERSON:
        return [_PERSON.fullmatch(one) is not None for one in shown]
    return [False] * len(cells)


def _read(cells: Sequence[Cell], begins: Begins | None) -> list[float]:
    """Return for each cell the logarithm of the share that the answer begins in it."""
    if begins is None or not begins.logits:
        return [0.0] * len(cells)
    logits = np.array(begins.logits)
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    stand = np.array(begins.spans)
    inside = [(stand[:, 1] > one.span.start) & (stand[:, 0] < one.span.end) for one in cells]
    return [max(_LEAST, math.log(max(float(shares[own].sum()), 1e-9))) for own in inside]


def _said(question: Question, cell: str, language: str | None) -> float:
    """Return the share of a cell's words that the question has itself."""
    words = [word for word in _WORD.findall(folded(cell)) if word not in FUNCTION]
    asked = set(_WORD.findall(folded(question.text)))
    stems = set(analyse(question.text, language))
    return sum(word in asked or bool(stems & set(analyse(word, language))) for word in words) / max(len(words), 1)
