"""Paragraphs and sentences as spans: nothing of the text is lost or moved.

Boundaries within a paragraph are those of ``sentencex``, which does not break at "3. Oktober",
"z. B.", "Mio." or "U.S.", less those that ``endings`` knows to be none.
"""

from __future__ import annotations

import re

from rag.records import Span
from rag.text.endings import joined
from rag.text.words import FUNCTION

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_BULLET = re.compile(r"\s*([-*•‣–])\s")
_NUMBER = re.compile(r"\s*(\d{1,3})[.)]\s")
_CLOCK = re.compile(r"\s*\d{1,2}(?:[:.]\d{2}(?![.\d])|\s?(?:Uhr|[ap]\.?m\b))")
_CLAUSE = re.compile(r"(?:\A|(?<=[.!?;]\s))\(\w{1,3}\)(?=\s)")
# A month's whole name, which sentencex takes for one cut short.
_MAY = re.compile(r"\bMay(?=\.\s)")
_HEADING = re.compile(r"\s*#{1,6}\s")
_SECTION = re.compile(r"(?:§§?\s?\d+\w?|Art(?:\.|ikel|icle)\s\d+|\d+(?:\.\d+)+\.?)\s+[^\W\d_][^\n]*\Z")
_ROW = re.compile(r"\s*\|")
# All of a row in Markdown: what stands between bars is a cell, whatever points are in it.
_BARRED = re.compile(r"\|[^\n]+\|")
FENCE = re.compile(r"[ \t]*(?:```|~~~)")
"""How a line begins that opens or closes code."""
_RULE = re.compile(r"\s*([-=_*~])\1{2,}\s*\Z")
# What stands before a text in Markdown, key by key; some forget the rule below it.
_MATTER = re.compile(
    r"\A---[ \t]*\n(?:[\w\"'][^\s:]{0,40}:(?:[ \t][^\n]*)?(?:\n|\Z)(?:[ \t]+\S[^\n]*(?:\n|\Z)|-[ \t][^\n]*(?:\n|\Z))*)+(?=\s|---|\.\.\.|\Z)"
)
_LINE_END = re.compile(r"[.!?:;…][\"'”“’»«)\]]*\s*\Z")
# How a line begins that is neither marked nor a list's item.
_WORDS = re.compile(r"\s*[\w\"'“„‚‘»«(](?![.)]\s)")
_HIDDEN = re.compile(r"[\s\ud800-\udfff]")
# Longest line of a text that was wrapped by an editor; above it a line is a paragraph.
_WRAPPED = 120
# Share of the characters in such lines from which on a text counts as not wrapped at all.
_UNWRAPPED = 1 / 3
# A line of at least so many characters may have been wrapped; a shorter one ends on purpose.
_FULL = 40
# Characters that sentencex is shown at once: it needs the square of the time for some texts.
_WINDOW = 10_000


def paragraph_spans(text: str) -> list[Span]:
    """Cut a text into paragraphs, without the white space around them.

    A blank line ends a paragraph, and so do a heading, a ruled line, and the line before a heading,
    a table row, a list item ("3. Oktober" at the start of a wrapped line is none) or a time of day. A line longer
    than an editor would wrap is a paragraph of its own; where such lines hold much of the text,
    every line is, but for one that goes on in the next: an answered mail is wrapped under lines that are not. What keys say
    before the text stands apart, each by itself.
    """
    lines = [Span(m.start(), m.end()) for m in _LINES.finditer(text)]
    long = sum(line.end - line.start for line in lines if _is_long(line.of(text)))
    unwrapped = long > _UNWRAPPED * len(text)
    matter = found.end() if (found := _MATTER.match(text)) else 0
    spans: list[Span] = []
    start: int | None = None
    opener = before = ""
    code = False
    for line in lines:
        content = line.of(text)
        fence = bool(FENCE.match(content))
        if not content.strip():
            start = _close(text, spans, start, line.start)
        elif (
            start is None
            or (line.start <= matter and not content[0].isspace())
            or (unwrapped and not _goes_on(before, content))
            or (not code and (fence or _parts(opener, before, content)))
        ):
            _close(text, spans, start, line.start)
            start, opener = line.start, content
        if fence and code:
            start = _close(text, spans, start, line.end)
        code, before = code != fence, content
    _close(text, spans, start, len(text))
    return spans


def sentence_spans(text: str, paragraph: Span, language: str | None) -> list[Span]:
    """Cut a paragraph into sentences, each without the white space around it.

    A table's row between bars is one. What runs on for thousands of characters without an end is cut at white space, or where
    it is.
    """
    from sentencex import get_sentence_boundaries  # pyright: ignore[reportAttributeAccessIssue]

    if _BARRED.fullmatch(text, paragraph.start, paragraph.end):
        return [paragraph]
    # sentencex panics at an initial followed by a multi-byte space, so it is shown plain ones; it
    # takes "\n\n" for a boundary, which a paragraph does not hold, but not "\r", "\v" or "\f"; and
    # half a surrogate pair cannot be handed to it.
    shown = _HIDDEN.sub(" ", paragraph.of(text))
    # Behind a number in brackets it cuts nothing.
    shown = _CLAUSE.sub(lambda found: f"A{' ' * (len(found[0]) - 1)}", shown)
    shown = _MAY.sub("Day", shown)
    spans: list[Span] = []
    start = 0
    while start < len(shown):
        end = len(shown)
        if end - start > _WINDOW:
            end = start + _WINDOW
            blank = shown.rfind(" ", start + 1, end)
            end = blank if blank > start else end
        parts = get_sentence_boundaries(language or "en", shown[start:end])
        # The last sentence of a window may go on behind it: it opens the next window.
        whole = parts if end == len(shown) or len(parts) == 1 else parts[:-1]
        at = paragraph.start + start
        for part in whole:
            _close(text, spans, at + part["start_index"], at + part["end_index"])
        start += whole[-1]["end_index"]
    return joined(text, spans, language)


def is_heading(text: str, paragraph: Span) -> bool:
    """Say whether a paragraph heads the next one: marked so in Markdown, a question, or a numbered line without an end."""
    line = paragraph.of(text)
    if _HEADING.match(line) or (line.endswith("?") and len(line) < _WRAPPED):
        return "\n" not in line
    return _is_section(line)


def is_item(text: str, paragraph: Span) -> bool:
    """Say whether a paragraph is an item of a list."""
    line = paragraph.of(text)
    return bool(_BULLET.match(line) or _NUMBER.match(line))


def strip(text: str, start: int, end: int) -> Span | None:
    """Return the span without white space at its ends, or None where nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _is_long(line: str) -> bool:
    """Say whether a line is longer than an editor would leave it; one that cannot be broken is not."""
    shown = line.strip()
    head = shown[:_WRAPPED]
    address = " " not in head and head.isascii()
    return len(shown) > _WRAPPED and not address and not _ROW.match(line)


def _goes_on(before: str, line: str) -> bool:
    """Say whether a sentence surely goes on from a line to the next: that begins small, or the first ends amid a clause."""
    shown = before.strip()
    if len(shown) < _FULL or _is_long(before) or _is_long(line) or _LINE_END.search(before) or not _WORDS.match(line):
        return False
    last = shown.rpartition(" ")[2]
    return line.lstrip()[0].islower() or last.endswith(",") or last in FUNCTION


def _is_section(line: str) -> bool:
    return len(line) < _FULL * 2 and bool(_SECTION.match(line)) and not _LINE_END.search(line)


def _parts(opener: str, before: str, line: str) -> bool:
    """Say whether a line begins a paragraph; ``opener`` is the first line of the one before it."""
    if _is_long(before) or _is_long(line):
        return True
    if _HEADING.match(before) or _RULE.match(before) or (before == opener and _is_section(before.strip())):
        return True
    if _HEADING.match(line) or _ROW.match(line) or _ROW.match(before):
        return True
    if not (_BULLET.match(line) or _NUMBER.match(line) or _CLOCK.match(line)):
        return False
    runs_on = len(before.strip()) >= _FULL and not _LINE_END.search(before)
    return not runs_on or _follows(opener, line)


def _follows(opener: str, line: str) -> bool:
    """Say whether a line is the next item of the list, or of the programme, that the opener is an item of."""
    if _CLOCK.match(opener) and _CLOCK.match(line):
        return True
    bullet, other_bullet = _BULLET.match(opener), _BULLET.match(line)
    if bullet and other_bullet:
        return bullet[1] == other_bullet[1]
    number, other = _NUMBER.match(opener), _NUMBER.match(line)
    return bool(number and other and int(other[1]) in (int(number[1]), int(number[1]) + 1))


def _close(text: str, spans: list[Span], start: int | None, end: int) -> None:
    span = strip(text, start, end) if start is not None else None
    if span is not None:
        spans.append(span)
