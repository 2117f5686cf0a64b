"""The words of a sentence that are of the kind that a question asks for: a time, a number, a person, a place, a reason."""

from __future__ import annotations

import re

from rag.reading.questions import Asks, asks
from rag.records import Question, Span
from rag.text.calendar import days_of_month, times_of_day
from rag.text.dates import find_dates
from rag.text.folding import folded
from rag.text.numbers import told_numbers

_NAME = re.compile(r"\b[A-ZÄÖÜ][\w'’-]*(?:\s+[A-ZÄÖÜ][\w'’-]*)*")
_TIME = re.compile(
    r"\b(?:(?:1[0-9]|20)\d{2}|(?:Anfang|Mitte|Ende|early|mid|late)\s+(?:des|der|of)?\s*\w+(?:\s+\w+)?|(?:am|im|on|in|bis|by|since|seit)\s+"
    r"(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober"
    r"|November|Dezember|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|May|June|July|October|December))\b"
)
_REASON = re.compile(
    r"\b(?:weil|da|denn|damit|wegen|aufgrund|um\s|aus\s+Sorge|because|due\s+to|since|as\s+a\s+result|in\s+order\s+to|so\s+that)\b[^.;]*"
)
_UNIT = re.compile(
    r"\s?(?:%|(?:Prozent|percent|Euro|Dollar|US-Dollar|Jahre[n]?|years?|Monate[n]?|Tage[n]?|days?|[A-ZÄÖÜ][\w-]+))"
)
_PLACE = re.compile(r"\b(?:in|im|nach|aus|bei|at|from|to|near|auf)\s+(?:der\s+|den\s+|dem\s+|the\s+)?(?=[A-ZÄÖÜ])")


def words_of_kind(question: Question, text: str, language: str | None) -> tuple[Span, ...]:
    """Return spans of ``text`` (a sentence) that are of the kind asked for; empty where none is, or any would do.

    A person's, a place's or a thing's name that the question itself holds is not its answer.
    """
    kind = asks(question.text)
    if kind is Asks.NUMBER:
        spans = [_with_unit(text, number.span) for number in told_numbers(text, language)]
    elif kind is Asks.TIME:
        spans = [date.span for date in find_dates(text)] + [Span(m.start(), m.end()) for m in _TIME.finditer(text)]
        spans += days_of_month(text) + times_of_day(text)
    elif kind is Asks.REASON:
        spans = [Span(m.start(), m.end()) for m in _REASON.finditer(text)]
    elif kind is Asks.PERSON:
        spans = _names(text, question.text, least=2 if language == "de" else 1)
    elif kind is Asks.PLACE:
        starts = {m.end() for m in _PLACE.finditer(text)}
        spans = [span for span in _names(text, question.text, least=1) if span.start in starts]
    else:
        spans = []
    return _disjoint(spans)


def _with_unit(text: str, span: Span) -> Span:
    unit = _UNIT.match(text, span.end)
    return Span(span.start, unit.end()) if unit else span


def _names(text: str, question: str, *, least: int) -> list[Span]:
    """Return runs of ``least`` or more capitalised words, without those that the question names.

    In German every noun is capitalised, so only a run of two shows a person there.
    """
    asked = set(re.findall(r"\w+", folded(question)))
    names: list[Span] = []
    for match in _NAME.finditer(text):
        words = re.findall(r"\w+", folded(match.group()))
        if match.start() > 0 and len(match.group().split()) >= least and not set(words) <= asked:
            names.append(Span(match.start(), match.end()))
    return names


def _disjoint(spans: list[Span]) -> tuple[Span, ...]:
    """Keep the longer of overlapping spans, in reading order."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start)):
        if span.start < span.end and not any(span.overlaps(other) for other in kept):
            kept.append(span)
    return tuple(sorted(kept))
