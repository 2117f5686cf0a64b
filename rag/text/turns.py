"""Who speaks in a conversation that is written down: "A:", "Antwort:", "LEO CASTELL:", "[12.03.25, 18:04] Ann:"."""

from __future__ import annotations

import re
from collections.abc import Sequence

# When it was written, as messengers export a chat: "[12.03.25, 18:04] Ann:", "3/12/25, 6:04 PM - Ann:".
_STAMP = r"(?:\[[\d.,:/ T-]{5,30}(?i:[ap]\.?m\.?)?\]\s|\d[\d.,:/ -]{9,22}(?i:[ap]\.?m\.?)?\s[-–]\s)?"
SPEAKER = re.compile(_STAMP + r"[*_]*(?P<who>[^\W\d_][\w.'’ -]{0,30}):[*_]*\s")
"""How a turn begins."""

ASKS = re.compile(r"\?[\"'”“»)\]*_]*$|^[*_]*(?:Q|Question|Frage)(?: ?\d+)?[:.][*_]*\s")
"""A question, or what is marked as one of a conversation, however it ends."""

_ASKED = r"(?:asked|asks|wondered|wonders|want(?:s|ed)\sto\sknow|fragt(?:e|en)?|(?:will|wollte|wollten)\swissen|erkundigt(?:e|en)?\ssich)"
_REPORTED = re.compile(
    rf"\b{_ASKED}\b[^.!]*?[\s,](?:whether|if|who|whom|what|when|where|why|how|which|ob|wer|wen|wem|was|wann|wo|warum|wie|wieso|welche[mnrs]?)\s",
    re.IGNORECASE,
)
_ABOUT_ASKING = re.compile(rf"\b(?:ask|fragen|gefragt|{_ASKED})\b", re.IGNORECASE)
_AGREES = re.compile(r"(?:yes|no|ja|nein|doch|genau|right|exactly|richtig|stimmt|indeed)\b", re.IGNORECASE)
# A turn of more sentences has said more than it has asked.
_LONGEST = 6


def asks_something(text: str, question: str) -> bool:
    """Say whether a sentence asks, or reports that somebody asked ("She asked who would direct it."), unless that is the question."""
    return ASKS.search(text) is not None or (_REPORTED.search(text) is not None and not _ABOUT_ASKING.search(question))


def reply_to(texts: Sequence[str], at: int) -> int | None:
    """Return which of the sentences begins the reply to the one at ``at``, of another speaker; None where none does.

    Who asks may go on: "CASTELL: Why salt glaze? Hardly anyone does it now." is replied to by whoever speaks next.
    """
    asks = next((who for n in range(at, max(at - _LONGEST, -1), -1) if (who := _who(texts[n]))), None)
    if asks is None:
        return None
    for n in range(at + 1, min(at + 1 + _LONGEST, len(texts))):
        if who := _who(texts[n]):
            return n if who != asks else None
    return None


def agrees(text: str) -> bool:
    """Say whether a turn begins with a yes or a no, so that what it replies to was a question, however it was put."""
    turn = SPEAKER.match(text)
    return turn is not None and _AGREES.match(text, turn.end()) is not None


def _who(text: str) -> str | None:
    turn = SPEAKER.match(text)
    return turn["who"].split()[-1].casefold() if turn else None
