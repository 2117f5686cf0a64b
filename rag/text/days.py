"""Days as people name them in a filter; the command line, the server and the tools of agents read them alike."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange

from rag.errors import FixInput

_WRITTEN = "Write it as 2022-11-30 (or 30.11.2022, 2022-11, 2022)."


def day_of(name: str, value: object, *, last: bool) -> dt.date:
    """Return the day that a value names; of a month or a year the first, or the ``last``.

    ``name`` is what the value was given as. Raises FixInput where it is no date.
    """
    day = _read(value, last=last) if isinstance(value, str) else None
    if day is None:
        raise FixInput(f"{name} {value!r} is no date.", hint=_WRITTEN)
    return day


def day_of_field(name: str, value: object) -> dt.date | None:
    """Return the day of a request's field, ``since`` or ``until``, for a model of pydantic to call before its own reading.

    That one takes digits for seconds since 1970.
    """
    if value is None:
        return None
    try:
        return day_of(name, value, last=name == "until")
    except FixInput as error:
        from pydantic_core import PydanticCustomError

        raise PydanticCustomError("no_date", "{said}", {"said": f"{error} {error.hint}"}) from error


def _read(value: str, *, last: bool) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        pass
    for pattern in ("%d.%m.%Y", "%Y-%m", "%Y"):
        try:
            day = dt.datetime.strptime(value, pattern).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
        return _last(day, year=pattern == "%Y") if last and pattern != "%d.%m.%Y" else day
    return None


def _last(first: dt.date, *, year: bool) -> dt.date:
    month = 12 if year else first.month
    return first.replace(month=month, day=monthrange(first.year, month)[1])
