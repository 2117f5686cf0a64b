"""Who speaks in a conversation that is written down: "A:", "Antwort:", "LEO CASTELL:"."""

from __future__ import annotations

import re
from collections.abc import Sequence

SPEAKER = re.compile(r"[*_]*(?P<who>[^\W\d_][\w.'’ -]{0,30}):[*_]*\s")
"""How a turn begins."""

_AGREES = re.compile(r"(?:yes|no|ja|nein|doch|genau|right|exactly|richtig|stimmt|indeed)\b", re.IGNORECASE)
# A turn of more sentences has said more than it has asked.
_LONGEST = 6


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
