"""The place and the day with which a contract, a letter or a notice ends, above the names of those who sign."""

from __future__ import annotations

import datetime as dt
import re

from rag.text.datelines import TRIM, WEEKDAY, placed
from rag.text.dates import find_dates

# So many characters at the end are looked at, below at least as many of text; who signs takes so few short lines.
_TAIL, _LEAST, _BELOW, _LINE = 800, 300, 8, 80
_THE = re.compile(r",\sden\s+\Z|,\s(?:on\s)?(?:this|the)\s+\Z")
_SIGNED = re.compile(
    r"[\W_]*(?:gez\.|gezeichnet|unterschrift|(?:eigenhändig\s)?unterschrieben|signed|signature|sgd\.|im\sauftrag|i\.\s?[av]\.|für\sde[nr]\s|for\s(?:the|and)\s"
    r"|(?:der|die)\s(?:bürgermeister|vorstand|vorsitzende|vermieter|mieter|rektor|präsident|landr|geschäftsführ)\w*)|_{4}|\.{8}"
    r"|\((?:(?:ver)?mieter|käufer|verkäufer|vorsitzende|vorstand|bürgermeister|landlord|tenant|buyer|seller|chair)\w*\)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^\W\d_]{3,}[.!?…][\"'”“»)\]*_]*\s*\Z")


def closing_date(text: str) -> dt.date | None:
    """Return the day of the place and day that a text ends with, or None.

    It is one where a line says nothing else ("Leipzig, den 19. Juli 2024", or "London, 19 July 2024" above a signature), and only
    names stand below it. Where parties signed on several days, none of them is the text's.
    """
    start = max(len(text) - _TAIL, _LEAST)
    lines = [line for line in text[start:].split("\n") if line.strip()] if start < len(text) else []
    # The first may be the end of a longer one.
    days = {one for at in range(1, len(lines)) if (one := _closes(lines, at)) is not None}
    return days.pop() if len(days) == 1 else None


def _closes(lines: list[str], at: int) -> dt.date | None:
    """Return the day that a line gives with the place of signing, and nothing else, if only names are below it."""
    dates, below = find_dates(lines[at]), lines[at + 1 :]
    if len(dates) != 1 or len(below) > _BELOW:
        return None
    before, after = lines[at][: dates[0].span.start], lines[at][dates[0].span.end :]
    if after.strip(TRIM) or not placed(before) or WEEKDAY.sub("", before).count(",") != 1:
        return None
    if any(len(line) > _LINE or _SENTENCE.search(line) for line in below):
        return None
    return dates[0].date if _THE.search(before) or any(map(_SIGNED.search, below)) else None
