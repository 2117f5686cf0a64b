"""How much of what has to be said is said."""

from __future__ import annotations

from ..results import Judged, Value, ineligible, measured, share


def fact_recall(judged: Judged) -> Value:
    """fact_recall = must facts that a statement expresses / must facts.

    Ineligible without must facts, and where abstaining from a false premise was right too. An
    abstention from a question that the documents answer scores 0.
    """
    return _recall(judged, "must")


def nice_recall(judged: Judged) -> Value:
    """nice_recall = nice facts that a statement expresses / nice facts; otherwise as ``fact_recall``."""
    return _recall(judged, "nice")


def strict_recall(judged: Judged) -> Value:
    """strict_recall = 1 if fact_recall is 1, else 0."""
    recall = fact_recall(judged)
    return measured(recall.number == 1) if recall.state == "measured" else recall


def _recall(judged: Judged, weight: str) -> Value:
    if judged.case.expected == "either" and judged.reply.outcome == "abstained":
        return ineligible("abstaining is right here too")
    asked = [found for found in judged.reading.facts if found.fact.weight == weight]
    return share(sum(found.expressed for found in asked), len(asked), f"no {weight} fact that words can show")
