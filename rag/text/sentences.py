"""Paragraphs and sentences as spans: nothing of the text is lost or moved.

Boundaries within a paragraph are those of ``sentencex``, which does not break at "3. Oktober",
"z. B.", "Mio." or "U.S.".
"""

from __future__ import annotations

import re

from rag.records import Span

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_ITEM = re.compile(r"\s*(?:[-*•‣–]\s|\d{1,3}[.)]\s|#{1,6}\s|\|)")
# Longest line of a text that was wrapped by an editor; above it a line is a paragraph.
_WRAPPED = 120


def paragraph_spans(text: str) -> list[Span]:
    """Cut a text into paragraphs, without the white space around them.

    A blank line ends a paragraph, and so does the line before a list item, a heading or a table
    row. In a text with lines longer than an editor would wrap, every line is a paragraph of its own.
    """
    lines = [Span(m.start(), m.end()) for m in _LINES.finditer(text)]
    unwrapped = any(line.end - line.start > _WRAPPED for line in lines)
    spans: list[Span] = []
    start: int | None = None
    for line in lines:
        content = line.of(text)
        if not content.strip():
            start = _close(text, spans, start, line.start)
        elif start is None:
            start = line.start
        elif unwrapped or _ITEM.match(content):
            _close(text, spans, start, line.start)
            start = line.start
    _close(text, spans, start, len(text))
    return spans


def sentence_spans(text: str, paragraph: Span, language: str | None) -> list[Span]:
    """Cut a paragraph into sentences, each without the white space around it."""
    from sentencex import get_sentence_boundaries

    # sentencex panics at an initial followed by a multi-byte space, so it is shown plain ones; and
    # it takes "\n\n" for a boundary, which a paragraph does not hold, but not "\r", "\v" or "\f".
    shown = "".join(" " if c.isspace() else c for c in paragraph.of(text))
    spans: list[Span] = []
    for part in get_sentence_boundaries(language or "en", shown):
        _close(text, spans, paragraph.start + part["start_index"], paragraph.start + part["end_index"])
    return spans


def strip(text: str, start: int, end: int) -> Span | None:
    """Return the span without white space at its ends, or None where nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _close(text: str, spans: list[Span], start: int | None, end: int) -> None:
    span = strip(text, start, end) if start is not None else None
    if span is not None:
        spans.append(span)
