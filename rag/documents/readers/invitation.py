"""What a calendar's entry (iCalendar, RFC 5545) says, as lines: for mails that bring an invitation and no other text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

_FOLD = re.compile(r"\r?\n[ \t]")
# A parameter may hold a colon in quotation marks.
_LINE = re.compile(r"(?P<name>[A-Za-z-]+)(?P<parameters>(?:;[^\":;]*(?:\"[^\"]*\"[^\":;]*)*)*):(?P<value>.*)")
_ZONE = re.compile(r"TZID=\"?([^\";]+)", re.IGNORECASE)
_CALLED = re.compile(r"CN=(?:\"([^\"]*)\"|([^;]*))", re.IGNORECASE)
_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{0,2}(Z?))?\Z")
_ESCAPED = re.compile(r"\\(.)")
_SHOWN = (("LOCATION", "Where"), ("ORGANIZER", "Organizer"), ("STATUS", "Status"))


def lines(calendar: str) -> Iterator[str]:
    """Yield what each of a calendar's events is, when and where it is, who holds it, and what else is said of it."""
    for event in _events(calendar):
        said = {name: _unescaped(value) for name, (_, value) in event.items()}
        if summary := said.get("SUMMARY"):
            yield summary
        if when := _when(event):
            yield f"When: {when}"
        called = _CALLED.search(event["ORGANIZER"][0]) if "ORGANIZER" in event else None
        if called:
            said["ORGANIZER"] = called[1] or called[2]
        elif "ORGANIZER" in said:
            said["ORGANIZER"] = re.sub(r"\Amailto:", "", said["ORGANIZER"], flags=re.IGNORECASE)
        yield from (f"{label}: {said[name]}" for name, label in _SHOWN if said.get(name))
        if description := said.get("DESCRIPTION"):
            yield f"\n{description}"


def _events(calendar: str) -> Iterator[dict[str, tuple[str, str]]]:
    """Yield the properties of each event, by name, with their parameters; those of an alarm in it are not the event's."""
    inside: list[str] = []
    event: dict[str, tuple[str, str]] = {}
    for line in filter(None, map(_LINE.fullmatch, _FOLD.sub("", calendar).splitlines())):
        name, value = line["name"].upper(), line["value"].strip()
        if name == "BEGIN":
            inside.append(value.upper())
        elif name == "END":
            if inside[-1:] == ["VEVENT"]:
                yield event
                event = {}
            del inside[-1:]
        elif inside[-1:] == ["VEVENT"]:
            event.setdefault(name, (line["parameters"], value))


def _when(event: dict[str, tuple[str, str]]) -> str:
    """Return the day and the hours of an event, and the zone that they are of."""
    if "DTSTART" not in event or (start := _moment(event["DTSTART"][1])) is None:
        return ""
    end = _moment(event["DTEND"][1]) if "DTEND" in event else None
    parameters, value = event["DTSTART"]
    whole = "T" not in value
    if end and whole and end > start:
        # A day's end is the next day's beginning.
        end -= dt.timedelta(days=1)
    zone = _ZONE.search(parameters)
    of_zone = " UTC" if value.endswith("Z") else f" ({zone[1]})" if zone else ""
    told = f"{start:%Y-%m-%d}" if whole else f"{start:%Y-%m-%d}, {start:%H:%M}"
    if end and end > start:
        until = (
            f"{end:%Y-%m-%d}"
            if whole
            else f"{end:%H:%M}"
            if end.date() == start.date()
            else f"{end:%Y-%m-%d}, {end:%H:%M}"
        )
        told += f" – {until}"
    return told + of_zone


def _moment(value: str) -> dt.datetime | None:
    found = _TIME.match(value)
    if found is None:
        return None
    year, month, day, hour, minute = (int(part or 0) for part in found.groups()[:5])
    try:
        return dt.datetime(year, month, day, hour, minute)  # noqa: DTZ001
    except ValueError:
        return None


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()
