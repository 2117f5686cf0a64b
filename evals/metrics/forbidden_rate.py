"""How often something is said that must not be."""

from __future__ import annotations

from ..results import Judged, Value, ineligible, measured


def forbidden_rate(judged: Judged) -> Value:
    """forbidden_rate = cases with a blocking forbidden claim / cases that forbid one.

    Ineligible where the case forbids nothing that blocks, so that such cases cannot thin the rate.
    """
    if not any(claim.severity == "block" for claim in judged.case.forbidden):
        return ineligible("nothing is forbidden that blocks")
    return measured(judged.reading.blocked)
