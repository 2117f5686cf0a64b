"""How much is said without any evidence beside it."""

from __future__ import annotations

from ..results import Judged, Value, share


def uncited_rate(judged: Judged) -> Value:
    """uncited_rate = factual statements without a citation / factual statements.

    Every statement with a word or a figure in it is taken for factual. Ineligible where nothing was said.
    """
    factual = [said for said in judged.reply.statements if any(char.isalnum() for char in said.text)]
    return share(sum(not said.citations for said in factual), len(factual), "nothing was said")
