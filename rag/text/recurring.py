"""Weekdays, months, seasons and years that a text names, whole ranges of them: "Mo–Fr", "May to October", "2021–2023"."""

from __future__ import annotations

import re
from typing import TypeAlias

from rag.text.dates import MONTHS

Time: TypeAlias = "tuple[str, int]"
"""A weekday, a month, a season or a year: which of these, and its number, from 1 on."""

_DAYS = (
    "montag monday", "dienstag tuesday", "mittwoch wednesday", "donnerstag thursday", "freitag friday",
    "samstag sonnabend saturday", "sonntag sunday",
)  # fmt: skip
_SEASONS = ("frühling frühjahr spring", "sommer summer", "herbst autumn", "winter")
# Short forms are words themselves ("so", "do", "sat"): they count where nothing else stands beside them.
_SHORT_DAYS = ("mo mon", "di tue tues", "mi wed", "do thu thur thurs", "fr fri", "sa sat", "so sun")
_SHORT_MONTHS = ("jan", "feb", "mär mrz mar", "apr", "", "jun", "jul", "aug", "sep sept", "okt oct", "nov", "dez dec")


def _numbered(kind: str, names: tuple[str, ...]) -> dict[str, Time]:
    return {name: (kind, number) for number, of in enumerate(names, start=1) for name in of.split()}


_WHOLE = (
    _numbered("weekday", _DAYS) | _numbered("season", _SEASONS) | {name: ("month", n) for name, n in MONTHS.items()}
)
_SHORT = _numbered("weekday", _SHORT_DAYS) | _numbered("month", _SHORT_MONTHS)
_GROUPS = {
    **dict.fromkeys(("weekday", "werktag", "wochentag", "workday"), range(1, 6)),
    **dict.fromkeys(("weekend", "wochenende"), range(6, 8)),
}
_AROUND = {"weekday": 7, "month": 12, "season": 4}
_YEAR = r"(?:1[5-9]|20)\d{2}"


def _pattern(names: list[str]) -> re.Pattern[str]:
    # "winterlich" and "Winterpreis" name the winter too, a weekday's "abend" another time.
    return re.compile(
        rf"(?<!\w)(?:(?P<name>{'|'.join(sorted(names, key=len, reverse=True))})(?:e?[sn])?(?!\w)|(?P<year>{_YEAR})(?!\d))",
        re.IGNORECASE,
    )


_NAMED, _ABBREVIATED = _pattern([*_WHOLE, *_GROUPS]), _pattern([*_WHOLE, *_GROUPS, *_SHORT])
_TO = re.compile(r"\.?\s*(?:[-–—]|bis|to|till|until|through)\s*", re.IGNORECASE)
_AND = re.compile(r"[.\s]*(?:[-–—,/&+]|bis|to|till|until|through|und|and)?\s*", re.IGNORECASE)


def times_named(text: str, *, short: bool = False) -> tuple[frozenset[Time], str]:
    """Return the times that a text names, and the text with blanks in their place.

    ``short``: short forms count, where the text names nothing but times.
    """
    found, rest = _read(_NAMED, text)
    if short:
        more, left = _read(_ABBREVIATED, text)
        if not any(char.isalnum() for char in left):
            return more, left
    return found, rest


def _read(pattern: re.Pattern[str], text: str) -> tuple[frozenset[Time], str]:
    out: set[Time] = set()
    rest, at, last = "", 0, None
    for match in pattern.finditer(text):
        between = text[at : match.start()]
        rest += " " * len(between) if last and _AND.fullmatch(between) else between
        rest += " " * len(match[0])
        at = match.end()
        if match["name"] and match["name"].casefold() in _GROUPS:
            out |= {("weekday", number) for number in _GROUPS[match["name"].casefold()]}
            last = None
            continue
        name = (match["name"] or "").casefold()
        time = ("year", int(match["year"])) if match["year"] else _WHOLE.get(name) or _SHORT[name]
        out |= _range(last, time) if last and _TO.fullmatch(between) else {time}
        last = time
    return frozenset(out), rest + text[at:]


def _range(first: Time, last: Time) -> set[Time]:
    """Return all times from one to another, which are of one kind; from Saturday on to Monday, too."""
    (kind, start), (other, end) = first, last
    around = _AROUND.get(kind)
    if kind != other or (around is None and not 0 <= end - start <= 100):
        return {first, last}
    count = (end - start) % around if around else end - start
    return {(kind, (start + step - 1) % around + 1 if around else start + step) for step in range(count + 1)}
