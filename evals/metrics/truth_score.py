"""One figure that weighs silence against error."""

from __future__ import annotations

from ..results import Judged, Value, ineligible, measured


def truth_score(judged: Judged) -> Value:
    """truth_score = one of +1, +0.5, 0, -1.

    +1: all must facts are said and nothing forbidden, or silence where that is right. +0.5: at least
    half of the must facts. 0: fewer, or silence where there is an answer. -1: a blocking forbidden
    claim, or an answer to what the documents do not answer. Ineligible where the must facts cannot
    be recognised in words.
    """
    case, reply = judged.case, judged.reply
    must = [found for found in judged.reading.facts if found.fact.weight == "must"]
    if reply.outcome == "abstained":
        return measured(0 if case.expected == "answer" else 1)
    if judged.reading.blocked or case.expected == "abstain":
        return measured(-1)
    if not must:
        return ineligible("no must fact that words can show")
    said = sum(found.expressed for found in must)
    return measured(1 if said == len(must) else 0.5 if 2 * said >= len(must) else 0)
