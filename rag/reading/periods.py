"""The time that a question names, and which documents were written too early to tell of it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from rag.records import Hit
from rag.text.calendar import months
from rag.text.dates import YEAR

# A plan is told of before its time, and "since 2019" is told of behind it.
_RELATIVE = re.compile(
    r"\b(?:seit|ab|bis|vor|nach|since|until|till|by|before|after|from|plan\w*|geplant\w*|soll\w*|wird|werden|wirst|künftig\w*"
    r"|will|shall|going\sto|expected|scheduled|future)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """A year, or a month of it (1 to 12)."""

    year: int
    month: int | None = None


def period_asked(question: str) -> Period | None:
    """Return the one year that a question names as the time of what it asks for, with its month where it names one.

    None where it names no year or several, or asks for what comes before or behind, or is to come.
    """
    years = set(YEAR.findall(question))
    if len(years) != 1 or _RELATIVE.search(question):
        return None
    named = months(question)
    return Period(int(years.pop()), min(named) if len(named) == 1 else None)


def too_early(period: Period, hit: Hit) -> bool:
    """Say whether a hit's document is dated before the period and the hit does not name it: it tells of something earlier."""
    date = hit.document.date
    if date is None or str(period.year) in YEAR.findall(hit.text):
        return False
    if period.month is None or date.year != period.year:
        return date.year < period.year
    return date < dt.date(period.year, period.month, 1) and period.month not in months(hit.text)
