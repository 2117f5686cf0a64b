"""Calendars' entries, as lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents.readers.invitation import lines


def event(*properties: str) -> str:
    return "\n".join(("BEGIN:VEVENT", *properties, "END:VEVENT"))


@pytest.mark.parametrize(
    ("properties", "when"),
    [
        (("DTSTART:20250512T190000Z",), ["When: 2025-05-12, 19:00 UTC"]),
        (("DTSTART;VALUE=DATE:20250512", "DTEND;VALUE=DATE:20250513"), ["When: 2025-05-12"]),
        (("DTSTART;VALUE=DATE:20250512", "DTEND;VALUE=DATE:20250515"), ["When: 2025-05-12 – 2025-05-14"]),
        (("DTSTART:20250512T190000", "DTEND:20250513T020000"), ["When: 2025-05-12, 19:00 – 2025-05-13, 02:00"]),
        (("DTSTART:20251312T190000",), []),
        (("DTSTART:soon",), []),
        (("DTSTART;VALUE=DATE:20250512", "DTEND;VALUE=DATE:00010101"), ["When: 2025-05-12"]),
        (("DTEND:20250513T020000",), []),
    ],
)
def test_when_an_event_is(properties: tuple[str, ...], when: list[str]) -> None:
    assert list(lines(event(*properties))) == when


def test_each_event_is_told() -> None:
    two = event("SUMMARY:Fest", "STATUS:CANCELLED") + "\n" + event("SUMMARY:Rest", "ORGANIZER:mailto:a@b.org")
    assert list(lines(two)) == ["Fest", "Status: CANCELLED", "Rest", "Organizer: a@b.org"]
    assert list(lines("")) == list(lines("SUMMARY:outside")) == []


@given(st.text('BEGIN:VTD;=\\"\n 20250512TZ') | st.text())
def test_any_text_is_read(text: str) -> None:
    list(lines(text))
    list(lines(event(text)))
