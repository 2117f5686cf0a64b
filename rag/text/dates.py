"""Calendar dates in German and English text, to ISO 8601; and the date that a document bears."""

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
_LABEL = re.compile(
    r"\b(?:stand|datum|veröffentlicht|erschienen|aktualisiert|date|published|updated|posted|last\s+modified"
    r"|(?:last|zuletzt)\s+(?:updated|aktualisiert))\b[*_]*\s*(?P<colon>:?)[*_]*\s*(?:(?:am|on)\s+)?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|monday|tuesday|wednesday|thursday"
    r"|friday|saturday|sunday)\b,?|\b(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun|mo|di|mi|do|fr|sa|so)\b[.,]*|\bden\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"[,|•·–-]?\s*(?:T|(?:um|at)\s)?\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s*(?:uhr|h|am|pm|[a-z]{1,4}))?(?![^\W_])",
    re.IGNORECASE,
)
_TRIM = " \t,.|•·–—-*_()[]"
# What may stand behind a date whose label has no colon; anything else makes it a sentence.
_APART = re.compile(r"[ \t]*(?:\Z|[|•·–—)\]*_/-]|(?:von|by)\s)")
# What may stand before a label without a colon: nothing, or a sign that sets it apart.
_LEADS = re.compile(r"(?:\A|[|•·–—(\[*_/>-])\s*\Z")
# Labels that say what of a thing the date is, unless a word of these says that it is of its text.
_OF_SOMETHING = re.compile(r"(?:date|datum)\b", re.IGNORECASE)
_OF_TEXT = re.compile(
    r"\b(?:publication|publishing|published|release|issue|posting|creation|last|zuletzt)\s\Z", re.IGNORECASE
)
# "Wien, 6. September 2023" and "Hamburg, den 3. Mai 2022" as letters and press releases begin.
_PLACE = re.compile(r"\s*[A-ZÄÖÜ][\w.-]+(?:[ /][A-ZÄÖÜ(][\w.)-]*){0,2},\s")
# How a line ends, or the next one goes on, when a date between them was only wrapped onto its own line.
_WRAPPED = re.compile(
    r"(?:,|\b(?:am|vom|bis|zum|seit|ab|nach|vor|den|der|dem|on|of|since|until|by|from|before|after))\s?\Z"
)
_HEAD = 2_000
_LABEL_REACH = 60


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


def stated_date(text: str) -> dt.date | None:
    """Return the date that a document gives itself near its top, or None.

    A date counts where a label leads it ("Stand: 22.10.2021", "Published on ..." that is set apart
    from running text) or where it fills a line of its own, weekday, clock time and the place of writing aside. A
    date in running text is what the text is about, not when it was written; so is one of something ("Expiry date: ...").
    """
    head = text[:_HEAD]
    for found in find_dates(head):
        earlier, _, before = head[: found.span.start].rpartition("\n")
        after, _, later = head[found.span.end :].partition("\n")
        if _labelled(before, after) or (_alone(before, after) and not _wrapped(earlier, after, later)):
            return found.date
        above = earlier.rstrip().rpartition("\n")[2]
        if not before.strip(_TRIM) and _labelled(f"{above} ", after, colon=True):
            return found.date
    return None


def _labelled(before: str, after: str, *, colon: bool = False) -> bool:
    """Say whether a label leads from ``before`` to the date, set apart if it has no colon."""
    labels = list(_LABEL.finditer(before, max(0, len(before) - _LABEL_REACH)))
    if not labels or _WEEKDAY.sub("", before[labels[-1].end() :]).strip(_TRIM):
        return False
    label = labels[-1]
    ahead = before[: label.start()]
    if label["colon"]:
        return not _OF_SOMETHING.match(label[0]) or bool(_LEADS.search(ahead) or _OF_TEXT.search(ahead))
    return not colon and bool(_LEADS.search(ahead) and _APART.match(_CLOCK.sub("", after)))


def _alone(before: str, after: str) -> bool:
    place = _PLACE.match(before)
    before = before[place.end() :] if place else before
    rest = _WEEKDAY.sub("", before).strip(_TRIM) + _WEEKDAY.sub("", _CLOCK.sub("", after)).strip(_TRIM)
    return not rest


def _wrapped(earlier: str, after: str, later: str) -> bool:
    """Say whether a line of a date alone is a piece of a sentence that an editor wrapped."""
    return after.rstrip().endswith(".") or later[:1].islower() or bool(_WRAPPED.search(earlier))


def _date(match: re.Match[str]) -> dt.date | None:
    groups = match.groupdict()
    # Without regard to case "i" also matches letters of Turkish that no month has.
    month = _MONTHS.get(groups["name"].casefold()) if groups.get("name") else int(groups["month"])
    try:
        return dt.date(int(groups["year"]), month, int(groups["day"])) if month else None
    except ValueError:
        return None
