"""What writing an answer took from a model."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls and tokens of one answer, those of a judge among them; ``cost`` is None where no price or no token count is known.

    ``unknown_ids`` counts references of the model to evidence that it was not shown; they were left
    out. ``first_token`` is the time in seconds from the request to the model's first word.
    """

    calls: int
    tokens_in: int
    tokens_out: int
    cost: float | None = None
    unknown_ids: int = 0
    first_token: float | None = None

    def plus(self, calls: int, tokens_in: int, tokens_out: int, cost: float | None) -> Usage:
        """Return this and more of it; a cost that is not known on one side is not known at all."""
        both = None if self.cost is None or cost is None else self.cost + cost
        return replace(
            self,
            calls=self.calls + calls,
            tokens_in=self.tokens_in + tokens_in,
            tokens_out=self.tokens_out + tokens_out,
            cost=both,
        )
