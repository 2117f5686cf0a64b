"""Of several numbers or times in a sentence, the one that is told of what the question names.

"25 Euro für Erwachsene, 12 Euro für Kinder" gives two prices, and "142 Euro statt bisher 128 Euro" one that holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.reading.stems import stems
from rag.records import Question, Span
from rag.text.units import unit_behind

_BREAK = re.compile(
    r"[;:–—(]|,(?!\d)|\b(?:und|and|oder|or|but|aber|sowie|bzw|while|während|whereas|statt|anstatt|instead\sof)\b",
    re.IGNORECASE,
)
# What stands before a value that held before, and what asks for that.
_FORMER = re.compile(
    r"\b(?:statt|anstatt|anstelle\svon|bisher|bislang|zuvor|vorher|früher|instead\sof|previously|formerly|rather\sthan|(?:up|down)\sfrom)\s(?:\w+\s){0,2}\Z",
    re.IGNORECASE,
)
_ASKS_FORMER = re.compile(
    r"\b(?:bisher\w*|bislang|vorher\w*|früher\w*|zuvor|war|waren|was|were|did|previous\w*|former\w*|before|old|alte[nrs]?)\b",
    re.IGNORECASE,
)


def meant(question: Question, text: str, language: str | None, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return those of the spans that are told of what the question names, where that tells values of one unit apart; else all.

    A value that held before is not meant where another is given, unless the question asks for it.
    """
    kept, units = tuple(spans), {unit_behind(text, span) for span in spans}
    if len(units) != 1 or None in units:
        return kept
    if not _ASKS_FORMER.search(question.text):
        kept = tuple(span for span in kept if not _FORMER.search(text[: span.start])) or kept
    asked = stems(question.text, language)
    behind = [len(asked & stems(_behind(text, span), language)) for span in kept]
    before = [len(asked & stems(_before(text, span), language)) for span in kept]
    # What stands before the first is said of all, unless the others have some of it, and less.
    if before[0] <= max(before[1:], default=0) or not any(before[1:]):
        before[0] = 0
    told = next((of for of in (behind, before) if any(of)), [1] * len(kept))
    return tuple(span for span, one in zip(kept, told, strict=True) if one == max(told))


def _behind(text: str, span: Span) -> str:
    """Return what stands behind a span, up to the next comma or "and"."""
    found = _BREAK.search(text, span.end)
    return text[span.end : found.start() if found else len(text)]


def _before(text: str, span: Span) -> str:
    """Return what stands before a span, from the last comma or "and" on."""
    return _BREAK.split(text[: span.start])[-1]
