"""Where in a sentence words may stand that are of the kind asked for, so that no weekday is marked where a place was asked for.

Stricter than ``kinds``, which says what speaks for a sentence: here what cannot be the answer is ruled out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.reading.kinds import words_of_kind
from rag.reading.quantities import Quantity, quantity_asked
from rag.reading.questions import Asks, asks
from rag.records import Question, Span
from rag.text.calendar import days_of_month, days_of_week, named_months, times_of_day
from rag.text.dates import YEAR, find_dates
from rag.text.numbers import told_numbers
from rag.text.places import find_places
from rag.text.units import unit_behind

_COUNTED = re.compile(r"\b(?:wie\s?vielen?|wie\s?vieler|how\smany)\s+(?P<noun>[^\W\d_]+)", re.IGNORECASE)
_MEASURED = re.compile(
    r"\b(?:wie\s?(?:alt|hoch|weit|groß|schwer|schnell)|how\s(?:old|high|far|large|big|tall|fast|heavy))\b",
    re.IGNORECASE,
)
_WHAT = re.compile(
    r"(?:what|which|how|was|wie|welche[mnrs]?)\b(?!\s?(?:many|much|long|often|old|far|high|viel|viele[nr]?|lange|oft|alt|hoch|weit|groß|schwer"
    r"|time|day|year|month|date|jahr|tag|monat|datum|uhrzeit|zeit|stadt|ort|land|city|town|place|country)\b)",
    re.IGNORECASE,
)
# Numbers that are told in words alone.
_SOME = re.compile(
    r"\b(?:hundert\w*|tausend\w*|dutzend\w*|millionen|hundreds|thousands|dozens|millions|keine?\w*|none|no|beide\w*|both|half|hälfte"
    r"|once|twice|thrice|\w+mal)\b",
    re.IGNORECASE,
)
# A time that is told by what happens then.
_THEN = re.compile(
    r"\b(?:nach|nachdem|vor|bevor|bei|während|sobald|wenn|falls|solange|seit|seitdem|bis|ab|zu|zum|am|im|immer|nie|täglich|jederzeit|sofort|heute|gestern|morgen"
    r"|after|before|when|whenever|while|during|once|until|till|since|as\ssoon\sas|always|never|daily|immediately|today|yesterday|tomorrow|at|in|on|by)\b[^,;.]*",
    re.IGNORECASE,
)
# What has a name of its own, wherever it stands.
_TOWN = re.compile(r"\b(?:welche[mnr]?|what|which)\s(stadt|ort|land|city|town|country)\b", re.IGNORECASE)
# "Dieses Bündnis": what was told of before.
_POINTS_BACK = re.compile(r"\b(?:diese[mnrs]?|jene[mnrs]?|this|these)\s\w+", re.IGNORECASE)

# A sum of money in a table's row, where it fills its cell, or one with its hundredths; and what makes a number part of a name: "HX-90".
_ROW, _AMOUNT = re.compile(r"\||;\s[^;:]+:\s"), re.compile(r"[.,]\d\d\Z")
_ALONE = re.compile(r"(?:,[-–])?\s*(?:[;|(*]|\Z)")
_IN_NAME = re.compile(r"[^\W\d_]-?\Z")
# So much of a noun is alike in all of its forms.
_PREFIX = 5


def fitting(question: Question, text: str, language: str | None) -> tuple[Span, ...] | None:
    """Return the spans of a sentence that one of its words must touch to be an answer; None where any may."""
    quantity = quantity_asked(question.text)
    if quantity is not None and quantity.closed:
        return _measures(quantity, text, language)
    if _MEASURED.match(question.text):
        return _but_times(text, language)
    kind = asks(question.text)
    # "What was the sea called when he died?" asks for no time.
    if _WHAT.match(question.text):
        return None
    if kind is Asks.NUMBER:
        return _numbers(question.text, text, language)
    if kind is Asks.TIME:
        numbers = (number.span for number in told_numbers(text, language))
        times = (*_times(text), *named_months(text))
        return (*words_of_kind(question, text, language), *times, *numbers, *_matches(_THEN, text))
    if kind is Asks.PLACE and (named := _TOWN.search(question.text)):
        return _named_places(question, text, language, country=named[1].casefold() in ("land", "country"))
    if kind in (Asks.PLACE, Asks.PERSON):
        return _between((*_times(text), *_matches(_POINTS_BACK, text)), len(text))
    return None


def _measures(quantity: Quantity, text: str, language: str | None) -> tuple[Span, ...]:
    """Return the numbers with a unit of the measure, and what else gives it; where there is none, what may be an amount of it."""
    numbers = told_numbers(text, language)
    found = [number.span for number in numbers if unit_behind(text, number.span) in quantity.units]
    other = quantity.found(text)
    if isinstance(other, re.Match):
        found.append(Span(other.start(), other.end()))
    elif other:
        found += times_of_day(text)
    # A list of prices names its currency once, at its head.
    return tuple(found) or tuple(
        span
        for span in _without_unit(text, language)
        if _AMOUNT.search(span.of(text)) or (_ROW.search(text) and _ALONE.match(text, span.end))
    )


def _numbers(question: str, text: str, language: str | None) -> tuple[Span, ...] | None:
    counted = _COUNTED.search(question)
    if counted is None:
        return None
    unit = unit_behind(f"5 {counted['noun']}", Span(0, 1))
    plain = (*_without_unit(text, language, counted["noun"]), *_matches(_SOME, text))
    if unit is None:
        return plain
    measured = ((number.span, unit_behind(text, number.span)) for number in told_numbers(text, language))
    # Tonnes are told in gigatonnes, too.
    return (*plain, *(span for span, other in measured if other and other.endswith(unit)))


def _but_times(text: str, language: str | None, noun: str = "") -> tuple[Span, ...]:
    """Return the numbers of no date, year or time of day: "1830" is no year before the noun that is counted."""
    times = _times(text)
    return tuple(
        span
        for span in (number.span for number in told_numbers(text, language))
        if not any(span.overlaps(time) for time in times) or (noun and _begins(text[span.end :], noun))
    )


def _without_unit(text: str, language: str | None, noun: str = "") -> tuple[Span, ...]:
    """Return those of ``_but_times`` that have no unit and are no part of a name."""
    return tuple(
        span
        for span in _but_times(text, language, noun)
        if unit_behind(text, span) is None and not _IN_NAME.search(text[: span.start])
    )


def _named_places(question: Question, text: str, language: str | None, *, country: bool) -> tuple[Span, ...]:
    """Return what may be a town's name, or a country's: what stands as a place does, and names that are known."""
    months = named_months(text)
    told = [span for span in words_of_kind(question, text, language) if not any(span.overlaps(one) for one in months)]
    return (*told, *(place.span for place in find_places(text) if country or "/" in place.key))


def _begins(text: str, noun: str) -> bool:
    return text.lstrip().casefold().startswith(noun.casefold()[:_PREFIX])


def _times(text: str) -> list[Span]:
    dates = [date.span for date in find_dates(text)]
    return [*dates, *days_of_month(text), *times_of_day(text), *days_of_week(text), *_matches(YEAR, text)]


def _matches(pattern: re.Pattern[str], text: str) -> Iterable[Span]:
    return (Span(found.start(), found.end()) for found in pattern.finditer(text))


def _between(spans: Iterable[Span], length: int) -> tuple[Span, ...]:
    """Return what lies between the spans."""
    out: list[Span] = []
    start = 0
    for span in sorted(spans):
        if span.start > start:
            out.append(Span(start, span.start))
        start = max(start, span.end)
    return (*out, Span(start, length)) if start < length else tuple(out)
