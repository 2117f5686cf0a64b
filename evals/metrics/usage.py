"""What an answer took: calls and tokens may gate, seconds never do."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..results import Judged, Value, ineligible, measured


def calls(judged: Judged) -> Value:
    """Count the calls of a model for one question."""
    return measured(judged.reply.usage.calls)


def tokens(judged: Judged) -> Value:
    """Count tokens sent + tokens received for one question."""
    return measured(judged.reply.usage.tokens_in + judged.reply.usage.tokens_out)


def cost(judged: Judged) -> Value:
    """Cost = tokens sent x price + tokens received x price, by the price table that the run was given.

    Ineligible where the table does not name the model.
    """
    usage = judged.reply.usage
    return ineligible("the price table does not name the model") if usage.cost is None else measured(usage.cost)


def quantile(values: Sequence[float], q: float) -> float:
    """Return the nearest-rank quantile: the smallest value with at least q x n values at or below it.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("a quantile of nothing")
    return sorted(values)[max(0, math.ceil(q * len(values)) - 1)]
