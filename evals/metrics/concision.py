"""Whether an answer is as short as what it says allows."""

from __future__ import annotations

from ..results import Judged, Value, ineligible, measured

_BASE, _A_FACT = 200, 150


def concision(judged: Judged) -> Value:
    """Concision = 1 if length <= A, else A / length, with A = 200 + 150 x expressed facts.

    Length is in characters over all statements. Ineligible where nothing was said. Without this
    measure, handing over everything that was retrieved would win.
    """
    length = sum(len(said.text) for said in judged.reply.statements)
    if not length:
        return ineligible("nothing was said")
    return measured(min(1.0, (_BASE + _A_FACT * len(judged.reading.expressed())) / length))
