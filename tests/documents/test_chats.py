"""Chats as messengers export them, and texts that only have stamps or speakers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents.chats import message_places
from rag.documents.reading import make_document
from rag.place import heading_of, places_of


def head(text: str, quote: str, name: str = "chat.txt") -> str:
    document = make_document(text.encode(), identity="i", source="s", name=name)
    assert document.text.count(quote) == 1
    start = document.text.index(quote)
    return heading_of(places_of(document.places, start, start + len(quote)))


@pytest.mark.parametrize(
    ("text", "above"),
    [
        ("[02/06/2025, 18:40] Ann Berg: Who has the key?\n[02/06/2025, 18:41] Bashir Malik: I do. I'm on plot 14.\n[02/06/2025, 18:44] Ann Berg: Thanks.", "[02/06/2025, 18:41] Bashir Malik"),
        ("[12.03.25, 18:40:11] Ann: Wer?\n[12.03.25, 18:41:02] Dr. Öz: Ich.\nI'm on plot 14.\n[12.03.25, 18:44:00] Ann: Danke.", "[12.03.25, 18:41:02] Dr. Öz"),
        ("12.03.25, 18:40 - Ann: Wer?\n12.03.25, 18:41 - +49 170 123: Ich. I'm on plot 14.\n12.03.25, 18:44 - Ann: Danke.", "12.03.25, 18:41 - +49 170 123"),
        ("3/12/25, 6:40 PM - Ann: Who?\n3/12/25, 6:41 PM - Tom: Me. I'm on plot 14.\n3/12/25, 6:44 PM - Ann: Thanks.", "3/12/25, 6:41 PM - Tom"),
        ("[2025-03-12 18:40] Ann: Who?\n[2025-03-12 18:41] Tom: Me. I'm on plot 14.\n[2025-03-12 18:44] Ann: Thanks.", "[2025-03-12 18:41] Tom"),
        ("Ann, [12.03.25 18:40]\nWho?\n\nTom Kern, [12.03.25 18:41]\nMe. I'm on plot 14.\n\nAnn, [12.03.25 18:44]\nThanks.", "Tom Kern, [12.03.25 18:41]"),
        ("Ann  [6:40 PM]\nWho?\nTom Kern  [6:41 PM]\nMe. I'm on plot 14.\nAnn  [6:44 PM]\nThanks.", "Tom Kern [6:41 PM]"),
        ("\u200e[12.03.25, 18:40] Ann: Who?\n\u200e[12.03.25, 18:41] Tom: Me. I'm on plot 14.\n\u200e[12.03.25, 18:44] Ann: Thanks.", "[12.03.25, 18:41] Tom"),
        ("[12.03.25, 18:40] Ann: Who?\n[12.03.25, 18:41] Ann left. I'm on plot 14.\n[12.03.25, 18:44] Tom: Thanks.", "[12.03.25, 18:41]"),
    ],
)  # fmt: skip
def test_each_message_stands_under_who_wrote_it_and_when(text: str, above: str) -> None:
    assert head(text, "I'm on plot 14.") == above


def test_the_head_of_a_message_stands_in_the_text_as_it_is_named() -> None:
    text = "[1.6.2025, 18:40] Ann Berg: Who?\n[1.6.2025, 18:41] Tom: Me.\n[1.6.2025, 18:44] Ann Berg: Thanks."
    found = message_places(text)
    assert [text[place.start :].startswith(place.name or "-") for place in found] == [True] * 3


@pytest.mark.parametrize(
    "text",
    [
        "[02/06/2025, 18:40] Ann: Who has the key?\n[02/06/2025, 18:41] Tom: I do.",
        "Interview\n\nANN: Why salt glaze?\n\nTOM: It shines.\n\nANN: And lead?\n\nTOM: Never.",
        "She quotes the chat:\n\n[02/06/2025, 18:40] Ann: Who?\n[02/06/2025, 18:41] Tom: I.\n[02/06/2025, 18:42] Ann: Ah.\n" + "Then she goes on.\n" * 9,
        "12.03.2025, 18:00 Uhr: Sitzung\n13.03.2025, 18:00 Uhr: Sitzung\n14.03.2025, 18:00 Uhr: Sitzung",
        "2025-03-12 18:00 ERROR: disk\n2025-03-12 18:01 ERROR: disk\n2025-03-12 18:02 ERROR: disk",
    ],
)  # fmt: skip
def test_what_is_no_chat_has_no_messages(text: str) -> None:
    assert message_places(text) == ()


@given(st.text("[]0123456789./, :-\nAnnß\u200e") | st.text())
def test_any_text_is_read(text: str) -> None:
    starts = [place.start for place in message_places(text)]
    assert starts == sorted(set(starts))
