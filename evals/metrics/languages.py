"""Whether an answer depends on the language of the question."""

from __future__ import annotations

from collections.abc import Sequence

from ..results import Judged, Value, ineligible, share


def language_match(judged: Judged) -> Value:
    """language_match = statements in the question's language / statements. Ineligible where nothing was said."""
    said = judged.reply.statements
    return share(sum(one.language == judged.case.language for one in said), len(said), "nothing was said")


def consistency(cluster: Sequence[Judged]) -> Value:
    """Consistency = |facts expressed in all languages| / |facts expressed in any| over a cluster.

    The Jaccard index of the expressed facts; facts are the same where their ids are. Ineligible with
    one language, and where no fact is expressed in any: silence in two languages is no agreement.
    """
    if len({judged.case.language for judged in cluster}) < 2:
        return ineligible("asked in one language only")
    said = [{found.fact.id for found in judged.reading.expressed()} for judged in cluster]
    return share(len(set.intersection(*said)), len(set.union(*said)), "no fact was expressed in any language")
