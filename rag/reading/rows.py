"""Rows of one table: where the question names what one of them is of, the others are of something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.documents.rows import cells
from rag.reading.scoring import ScoredSentence, best_first
from rag.reading.stems import stems
from rag.reading.tables import named_shares, row_at
from rag.records import Question
from rag.text.recurring import Time, times_named

# Log odds that a row loses, set by hand on tables that are not shipped.
_OTHER = 2.0
# So many of the best are looked at.
_LOOKED_AT = 40
# How far its name must be in the question that the others lose, and how far less theirs.
_WHOLE, _LESS = 0.99, 0.5


def rows_first(question: Question, scored: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return the sentences, best first: rows lose where the question names, as a whole, what another row of their table is of.

    They lose, too, where what is asked about stands under another day than the one that is named.

    What a row is of stands in its first cell; a row that is called by the measure that is asked for is named by that.
    """
    times, rest = times_named(question.text)
    lost = {at for at, one in enumerate(scored[:_LOOKED_AT]) if times and _elsewhere(times, rest, one)}
    keys: dict[tuple[str, str | None], dict[int, str]] = {}
    for at, one in enumerate(scored):
        row = row_at(one.hit, one.span) if one.hit.places else None
        if row is not None and (filled := cells(row, one.text)):
            keys.setdefault((one.hit.document.id, row.name), {})[at] = filled[0].span.of(one.text)
    for of in keys.values():
        shares = named_shares(question, tuple(of.values()), scored[next(iter(of))].hit.document.language)
        if max(shares) >= _WHOLE:
            lost |= {at for at, share in zip(of, shares, strict=True) if share < _LESS}
    if not lost:
        return list(scored)
    return best_first(replace(one, score=one.score - _OTHER) if at in lost else one for at, one in enumerate(scored))


def _elsewhere(times: frozenset[Time], rest: str, one: ScoredSentence) -> bool:
    """Say whether a row has words of the ``rest`` of a question in the cells of other times alone than those that it names."""
    row = row_at(one.hit, one.span) if one.hit.places else None
    filled = cells(row, one.text) if row else []
    heads = [times_named(cell.name, short=True)[0] for cell in filled]
    if not any(heads):
        return False
    language = one.hit.document.language
    asked = stems(rest, language)
    held = [bool(asked & stems(cell.span.of(one.text), language)) for cell in filled]
    of = [bool(head) and head >= times for head in heads]
    own = any(has for has, is_named in zip(held, of, strict=True) if is_named)
    others = any(has for has, head, is_named in zip(held, heads, of, strict=True) if head and not is_named)
    return any(of) and others and not own
