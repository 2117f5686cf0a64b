"""Whether what is said is backed by the evidence that gold names for it."""

from __future__ import annotations

from ..results import Judged, Value, share


def citation_recall(judged: Judged) -> Value:
    """citation_recall = expressed facts with a complete evidence set covered / expressed facts.

    Covered by the citations of the statements that express the fact, taken together; a span e is
    covered if |c and e| / |e| >= 0.5. An uncited fact scores 0. Ineligible where no fact is expressed.
    """
    said = judged.reading.expressed()
    return share(sum(found.cited for found in said), len(said), "no gold fact was said")
