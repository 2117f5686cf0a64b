"""Calendar dates in German and English text, to ISO 8601."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from rag.records import Span

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar january jänner", "februar february", "märz march maerz", "april", "mai may", "juni june", "juli july",
            "august", "september", "oktober october", "november", "dezember december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
"""The months by their whole names, German and English, in lower case."""

_MONTHS = MONTHS | {
    "jan": 1, "feb": 2, "mar": 3, "mrz": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9,
    "okt": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12,
}  # fmt: skip
_MONTH = "(?P<{}>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d{2}(?!\d)")
"""Four digits that are likely a year."""

_YEAR = r"(?P<year>[12]\d{3})(?!\d)"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d-])(?P<year>[12]\d{3})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)",
        r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?" + _YEAR,
        r"(?<![\d.])(?P<day>\d{1,2})(?:\.\s?|(?:st|nd|rd|th)?\s)(?:of\s)?" + _MONTH.format("name") + r",?\s" + _YEAR,
        r"\b" + _MONTH.format("name") + r"\s(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s" + _YEAR,
    )
)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A whole date as written and as meant."""

    span: Span
    date: dt.date


def find_dates(text: str) -> list[FoundDate]:
    """Return the whole dates (day, month, year) of a text in their order; impossible ones are left.

    Spans do not overlap. Years are those from 1000 on, of four digits.
    """
    found = [
        FoundDate(Span(match.start(), match.end()), date)
        for pattern in _PATTERNS
        for match in pattern.finditer(text)
        if (date := _date(match)) is not None
    ]
    apart: list[FoundDate] = []
    for one in sorted(found, key=lambda one: one.span):
        if not apart or apart[-1].span.end <= one.span.start:
            apart.append(one)
    return apart


def _date(match: re.Match[str]) -> dt.date | None:
    groups = match.groupdict()
    # Without regard to case "i" also matches letters of Turkish that no month has.
    month = _MONTHS.get(groups["name"].casefold()) if groups.get("name") else int(groups["month"])
    try:
        return dt.date(int(groups["year"]), month, int(groups["day"])) if month else None
    except ValueError:
        return None
