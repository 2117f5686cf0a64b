"""Months, weekdays and days of a month in German and English text, where no whole date is given."""

from __future__ import annotations

import re

from rag.records import Span
from rag.text.dates import MONTHS, YEAR, find_dates

_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "montag monday", "dienstag tuesday", "mittwoch wednesday", "donnerstag thursday", "freitag friday",
            "samstag sonnabend saturday", "sonntag sunday",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_STEMS = {
    "de": "erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft dreizehnt vierzehnt fünfzehnt sechzehnt "
    "siebzehnt achtzehnt neunzehnt zwanzigst einundzwanzigst zweiundzwanzigst dreiundzwanzigst vierundzwanzigst "
    "fünfundzwanzigst sechsundzwanzigst siebenundzwanzigst achtundzwanzigst neunundzwanzigst dreißigst einunddreißigst",
    "en": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third "
    "twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first",
}
_DAYS = {stem: day for stems in _STEMS.values() for day, stem in enumerate(stems.split(), start=1)}
_MONTH = "|".join(MONTHS)
# "may" and "march" are verbs when they are written small, or when they open a sentence without a day.
_MONTH_NAMED = re.compile(
    rf"(?<!\w)(?!(?:may|march)\b)(?:{_MONTH})s?(?!\w)|(?<=\w[ ,])(?:May|March)\b|\b(?:May|March)(?= \d)", re.IGNORECASE
)
_CAPITAL_ONLY = frozenset(("may", "march"))
_WEEKDAY_NAMED = re.compile(rf"(?<!\w)(?P<day>{'|'.join(_WEEKDAYS)})(?:s|en)?(?!\w)", re.IGNORECASE)
_PART = "(?:vor|nach)?mittags?|morgens?|früh|abends?|nachts?"
# "Montage" is no day.
_WEEKDAY_TOLD = re.compile(rf"(?<!\w)(?P<day>{'|'.join(_WEEKDAYS)})(?:s|(?<!montag)en?|{_PART})?(?!\w)", re.IGNORECASE)
_WEEKLY = re.compile(
    rf"(?<!\w)(?:(?:{'|'.join(_WEEKDAYS)})s|(?:jeden|every)\s(?:{'|'.join(_WEEKDAYS)}))(?!\w)", re.IGNORECASE
)
_ORDINAL = re.compile(
    rf"(?<!\w)(?P<stem>{'|'.join(sorted(_DAYS, key=len, reverse=True))})(?:e[nrs]?)?\s(?:of\s)?(?P<month>{_MONTH})(?!\w)"
    rf"|(?<!\w)(?P<month2>{_MONTH})\sthe\s(?P<stem2>{'|'.join(sorted(_DAYS, key=len, reverse=True))})(?!\w)",
    re.IGNORECASE,
)
_COUNTS = _DAYS | {
    "double": 2, "doubled": 2, "twice": 2, "fortnight": 2, "fortnightly": 2, "doppelt": 2, "verdoppelt": 2,
    "zweier": 2, "dreier": 3, "triple": 3, "threefold": 3, "quadruple": 4, "quarterly": 4,
}  # fmt: skip
_CLOCK = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-4])(?:(?:[:.][0-5]\d)?\s?(?:Uhr\b|[ap]\.?m\b\.?)|:[0-5]\d(?!\d))", re.IGNORECASE
)
# Stricter than a clock that is only marked: it makes another number of what is written.
_PAST_NOON = re.compile(r"(?<![\d.:])(?P<hour>[1-9]|1[01])(?:[:.][0-5]\d)?\s?p\.?m\b", re.IGNORECASE)
_DAY_OF_MONTH = re.compile(
    rf"\b\d{{1,2}}(?:\.|st|nd|rd|th)?\s(?:of\s)?(?:{_MONTH})\b|\b(?:{_MONTH})\s\d{{1,2}}\b", re.IGNORECASE
)
_SPELLED = re.compile(
    rf"(?<!\w)(?P<word>{'|'.join(sorted(_COUNTS, key=len, reverse=True))})(?:e[nrs]?)?(?!\w)", re.IGNORECASE
)


def times_of_day(text: str) -> list[Span]:
    """Return where a text tells a time of day: "18:30", "7 p.m.", "20 Uhr"."""
    return [Span(m.start(), m.end()) for m in _CLOCK.finditer(text)]


def hours_of_day(text: str) -> frozenset[int]:
    """Return the full hours of the times of day that a text tells, 0 to 24; "10 p.m." is 22."""
    past_noon = hours_past_noon(text)
    return frozenset(int(m["hour"]) for m in _CLOCK.finditer(text)) - past_noon | {hour + 12 for hour in past_noon}


def hours_past_noon(text: str) -> frozenset[int]:
    """Return the full hours that a text gives as "p.m.", 1 to 11."""
    return frozenset(int(m["hour"]) for m in _PAST_NOON.finditer(text))


def days_of_month(text: str) -> list[Span]:
    """Return where a text names a day of a month in figures, with or without a year: "15. April", "May 5"."""
    return [Span(m.start(), m.end()) for m in _DAY_OF_MONTH.finditer(text)]


def tells_when(text: str) -> bool:
    """Say whether a text holds a year, a date, a month, a time of day or a day of every week; news name that of the week in all sentences."""
    return bool(YEAR.search(text) or find_dates(text) or times_of_day(text) or months(text) or _WEEKLY.search(text))


def months(text: str) -> frozenset[int]:
    """Return the months that a text names, whole dates in words included. Abbreviations are not read."""
    plain = (span.of(text).casefold() for span in named_months(text))
    return frozenset(MONTHS[word if word in MONTHS else word.removesuffix("s")] for word in plain)


def named_months(text: str) -> list[Span]:
    """Return where a text names a month; see ``months``."""
    found = (m for m in _MONTH_NAMED.finditer(text) if m[0][0].isupper() or m[0].casefold() not in _CAPITAL_ONLY)
    return [Span(m.start(), m.end()) for m in found]


def weekdays(text: str) -> frozenset[int]:
    """Return the weekdays that a text names, Monday as 1; "sonntags" is a Sunday, and so is "am Sonntagabend"."""
    return frozenset(_WEEKDAYS[m["day"].casefold()] for m in _WEEKDAY_TOLD.finditer(text))


def days_of_week(text: str) -> list[Span]:
    """Return where a text names a day of the week: "samstags", "Saturday"."""
    return [Span(m.start(), m.end()) for m in _WEEKDAY_NAMED.finditer(text)]


def ordinals(text: str) -> frozenset[int]:
    """Return the ordinals up to 31 that are spelled out, and how many "triple" and "zweier" are: "mid-fifteenth" is 15."""
    return frozenset(_COUNTS[m["word"].casefold()] for m in _SPELLED.finditer(text))


def ordinal_days(text: str) -> frozenset[int]:
    """Return the days of a month that are spelled out before or behind it ("dem ersten November")."""
    stems = (m["stem"] or m["stem2"] for m in _ORDINAL.finditer(text))
    return frozenset(_DAYS[stem.casefold()] for stem in stems)
