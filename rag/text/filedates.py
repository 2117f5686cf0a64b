"""The date in the name of a document's file."""

from __future__ import annotations

import datetime as dt
import re

from rag.text.dates import find_dates

# A file's name that says what the date in it is of, or that a machine gave.
_NAME_OF_ANOTHER = re.compile(
    r"einladung|\binvit|\bagenda|tagesordnung|programm|flyer|termin|deadline|frist|gueltig|gültig|\bexpir|geburt|\bbirth"
    r"|\b(?:until|bis|ab|from|valid|events?|scan|img|images?|photos?|fotos?|bild|screenshot|bildschirmfoto|whatsapp|dsc|pxl)\b",
    re.IGNORECASE,
)
_NAME_DATES = (
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})(?P<between>[-_.])(?P<m>\d{2})(?P=between)(?P<d>\d{2})(?!\d)"),
    re.compile(r"\A(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?=[_ .-])"),
)


def named_date(name: str) -> dt.date | None:
    """Return the one whole date in the name of a document's file, or None where it may be another's.

    It is written year first ("minutes-2025-03-12.md", and "20250312_minutes.md" at the beginning) or as in text
    ("Protokoll 12.03.2025.pdf"). Invitations, deadlines and the names that cameras give are passed over.
    """
    stem, dot, suffix = name.rpartition("/")[2].rpartition(".")
    if not dot or not suffix.isalnum() or _NAME_OF_ANOTHER.search(re.sub(r"[\d_]", " ", stem)):
        return None
    written = [(m["y"], m["m"], m["d"]) for p in _NAME_DATES for m in p.finditer(stem)]
    days = [_day(*parts) for parts in written] or [one.date for one in find_dates(stem.replace("_", " "))]
    return days[0] if len(days) == 1 else None


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
