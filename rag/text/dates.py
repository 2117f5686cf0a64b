"""Calendar dates in German and English text, to ISO 8601; and the date that a document bears."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from rag.records import Span

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar january jan jänner", "februar february feb", "märz march mar mrz maerz", "april apr",
            "mai may", "juni june jun", "juli july jul", "august aug", "september sep sept",
            "oktober october okt oct", "november nov", "dezember december dez dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "(?P<{}>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)",
        r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)",
        r"(?<![\d.])(?P<day>\d{1,2})(?:\.|st|nd|rd|th)?\s(?:of\s)?" + _MONTH.format("name") + r",?\s(?P<year>\d{4})(?!\d)",
        r"\b" + _MONTH.format("name") + r"\s(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<year>\d{4})(?!\d)",
    )
)
_LABEL = re.compile(
    r"\b(?:stand|datum|veröffentlicht(?:\s+am)?|erschienen(?:\s+am)?|aktualisiert(?:\s+am)?|date|published(?:\s+on)?"
    r"|updated(?:\s+on)?|posted(?:\s+on)?|last\s+modified)\s*:?\s*(?:(?:am|on)\s+)?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|monday|tuesday|wednesday|thursday"
    r"|friday|saturday|sunday)\b,?|\bden\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"[,|•·–-]?\s*\d{1,2}[:.]\d{2}(?:\s*(?:uhr|h|am|pm|[a-z]{3,4}))?", re.IGNORECASE)
_HEAD = 2_000


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A whole date as written and as meant."""

    span: Span
    date: dt.date


def find_dates(text: str) -> list[FoundDate]:
    """Return the whole dates (day, month, year) of a text in their order; impossible ones are left."""
    found: dict[int, FoundDate] = {}
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            date = _date(match)
            if date is not None:
                found.setdefault(match.start(), FoundDate(Span(match.start(), match.end()), date))
    return [found[at] for at in sorted(found)]


def stated_date(text: str) -> dt.date | None:
    """Return the date that a document gives itself near its top, or None.

    A date counts where a label leads it ("Stand: 22.10.2021", "Published on ...") or where it fills
    a line of its own, weekday and clock time aside. A date in running text is what the text is
    about, not when it was written.
    """
    head = text[:_HEAD]
    for found in find_dates(head):
        label = _LABEL.search(head, max(0, found.span.start - 40), found.span.start)
        if label is not None and not _WEEKDAY.sub("", head[label.end() : found.span.start]).strip(" ,"):
            return found.date
        line_start = head.rfind("\n", 0, found.span.start) + 1
        line_end = head.find("\n", found.span.end)
        line = head[line_start : found.span.start] + head[found.span.end : line_end if line_end >= 0 else len(head)]
        if not _CLOCK.sub("", _WEEKDAY.sub("", line)).strip(" ,.|•·–-"):
            return found.date
    return None


def _date(match: re.Match[str]) -> dt.date | None:
    groups = match.groupdict()
    month = _MONTHS[groups["name"].casefold()] if groups.get("name") else int(groups["month"])
    try:
        return dt.date(int(groups["year"]), month, int(groups["day"]))
    except ValueError:
        return None
