"""What writing an answer took from a model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls and tokens of one answer; ``cost`` is None where no price or no token count is known.

    ``unknown_ids`` counts references of the model to evidence that it was not shown; they were left
    out. ``first_token`` is the time in seconds from the request to the model's first word.
    """

    calls: int
    tokens_in: int
    tokens_out: int
    cost: float | None = None
    unknown_ids: int = 0
    first_token: float | None = None
