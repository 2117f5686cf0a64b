"""Headings that hold an answer: "## Version 4.2 (12 May 2025)", "## § 7 Kündigungsfrist: drei Monate".

A heading says what comes below and is no answer, unless it gives a value: what stands behind its colon, or a time, a number
or a person where the question asks for such, its own numbering and what the question itself says aside.
"""

from __future__ import annotations

import re

from rag.reading.kinds import words_of_kind
from rag.reading.questions import Asks, asks
from rag.records import Question
from rag.text.calendar import tells_when
from rag.text.numbers import find_numbers, number_values

MARK = re.compile(r"#{1,6}\s+")
"""What marks a heading in Markdown."""

_NUMBERING = re.compile(
    r"(?:(?:§§?|Art(?:\.|ikel|icle)|Kapitel|Chapter|Abschnitt|Section|Teil|Part|Version|Release|Step|Schritt|Nr\.|No\.)\s?)?"
    r"v?\d+(?:\.\d+)*[a-z]?[.):]?(?=\s|\Z|[,(])\s*",
    re.IGNORECASE,
)
_VALUE = re.compile(r"\w:\s+(?=\S)")


def gives_answer(question: Question, heading: str, language: str | None) -> bool:
    """Say whether a heading gives a value of the kind that a question asks for."""
    body = heading[mark.end() :] if (mark := MARK.match(heading)) else heading
    numbered = _NUMBERING.match(body)
    body = body[numbered.end() :] if numbered else body
    kind, value = asks(question.text), _VALUE.search(body)
    if body.rstrip("*_ ").endswith(("?", ":")):
        return False
    if kind is Asks.TIME:
        return tells_when(body)
    if kind is Asks.NUMBER:
        return bool(find_numbers(body, language)) and not number_values(body, language) <= number_values(
            question.text, question.language
        )
    if kind is Asks.PERSON:
        return bool(value) and bool(words_of_kind(question, body, language))
    return value is not None
