"""Rows of one table: where the question names what one of them is of, the others are of something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.documents.rows import cells
from rag.reading.scoring import ScoredSentence, best_first
from rag.reading.tables import named_shares, row_at
from rag.records import Question

# Log odds that a row loses, set by hand on tables that are not shipped.
_OTHER = 2.0
# How far its name must be in the question that the others lose, and how far less theirs.
_WHOLE, _LESS = 0.99, 0.5


def rows_first(question: Question, scored: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return the sentences, best first: rows lose where the question names, as a whole, what another row of their table is of.

    What a row is of stands in its first cell; a row that is called by the measure that is asked for is named by that.
    """
    keys: dict[tuple[str, str | None], dict[int, str]] = {}
    for at, one in enumerate(scored):
        row = row_at(one.hit, one.span) if one.hit.places else None
        if row is not None and (filled := cells(row, one.text)):
            keys.setdefault((one.hit.document.id, row.name), {})[at] = filled[0].span.of(one.text)
    lost: set[int] = set()
    for of in keys.values():
        shares = named_shares(question, tuple(of.values()), scored[next(iter(of))].hit.document.language)
        if max(shares) >= _WHOLE:
            lost |= {at for at, share in zip(of, shares, strict=True) if share < _LESS}
    if not lost:
        return list(scored)
    return best_first(replace(one, score=one.score - _OTHER) if at in lost else one for at, one in enumerate(scored))
