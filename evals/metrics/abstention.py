"""Whether silence falls where it should, and only there. Always all three."""

from __future__ import annotations

from ..results import Judged, Value, ineligible, measured


def abstention_precision(judged: Judged) -> Value:
    """Right abstentions / abstentions. Ineligible where an answer was given.

    Right where the documents do not answer, and where the premise is false (a document may correct it).
    """
    if judged.reply.outcome != "abstained":
        return ineligible("an answer was given")
    return measured(judged.case.expected != "answer")


def abstention_recall(judged: Judged) -> Value:
    """Right abstentions / questions that the documents do not answer. Ineligible for all others."""
    if judged.case.expected != "abstain":
        return ineligible("there is something to answer")
    return measured(judged.reply.outcome == "abstained")


def over_refusal(judged: Judged) -> Value:
    """Abstentions on answerable questions / answerable questions. Ineligible for all others."""
    if judged.case.expected != "answer":
        return ineligible("abstaining is right")
    return measured(judged.reply.outcome == "abstained")
