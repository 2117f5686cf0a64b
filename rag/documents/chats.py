"""Chats as messengers export them: each message under who wrote it and when, as a mail's text stands under its head."""

from __future__ import annotations

import re

from rag.documents.markdown import NAME_MAX
from rag.place import Place

_DAY = r"(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})"
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[ap]\.?m\.?)?"
_STAMP = rf"{_DAY}(?:,\s?|\s|T){_TIME}"
_WHO = r"[^\W_](?:[^:\n\[\]]{0,48}[^\s:\[\]])?"
# What some programs set before a line, which is not seen.
_UNSEEN = "[\u200e\u200f\u202a\u202c]*"
# "[12.03.2025, 18:04] Ann Berg: Yes.", "12.03.25, 18:04 - Ann Berg: Yes.", and above the message "Ann Berg, [12.03.25 18:04]".
_HEADS = re.compile(
    rf"^{_UNSEEN}(?:(?P<head>\[{_STAMP}\](?:\s[+~]?\s?{_WHO}(?=:\s))?|{_STAMP}\s[-–]\s[+~]?{_WHO}(?=:\s))|(?P<alone>{_WHO},?[ \t]+\[(?:{_STAMP}|{_TIME})\]):?$)",
    re.MULTILINE | re.IGNORECASE,
)
# A text with fewer of them, or of which they begin a smaller share of the lines, only quotes a chat.
_LEAST, _SHARE = 3, 0.3


def message_places(text: str) -> tuple[Place, ...]:
    """Return where each message of a chat begins, named by who wrote it and when; none where a text is no chat."""
    heads = list(_HEADS.finditer(text))
    if len(heads) < max(_LEAST, _SHARE * sum(bool(line.strip()) for line in text.split("\n"))):
        return ()
    return tuple(
        Place(
            one.start(one.lastgroup or 0), "heading", None, " ".join((one["head"] or one["alone"]).split())[:NAME_MAX]
        )
        for one in heads
    )
