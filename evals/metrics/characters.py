"""How closely the cited characters and those of the gold evidence agree."""

from __future__ import annotations

from collections.abc import Iterable

from ..cases import DocSpan, Fact
from ..results import Judged, Value, ineligible, measured, share

Characters = set[tuple[str, int]]


def char_precision(judged: Judged) -> Value:
    """char_precision = |C and E| / |C|, C the cited characters, E those of all evidence of the case's facts.

    Unions of offsets by document. Ineligible without facts, and where nothing is cited: no quotes
    are not perfect quotes.
    """
    if not judged.case.facts:
        return ineligible("no fact, so no evidence")
    cited = _cited(judged)
    gold = _characters(e for fact in judged.case.facts for spans in fact.evidence for e in spans)
    return share(len(cited & gold), len(cited), "nothing was cited")


def char_recall(judged: Judged) -> Value:
    """char_recall = |C and E| / |E|, E holding for each fact the evidence set that C covers best.

    0 where something should have been cited and nothing was. Ineligible without facts, and where
    abstaining was right too.
    """
    if not judged.case.facts:
        return ineligible("no fact, so no evidence")
    if judged.case.expected == "either" and judged.reply.outcome == "abstained":
        return ineligible("abstaining is right here too")
    cited = _cited(judged)
    gold: Characters = set()
    for fact in judged.case.facts:
        gold |= _best_covered(fact, cited)
    return measured(len(cited & gold) / len(gold))


def char_f1(judged: Judged) -> Value:
    """char_F1 = 2 x precision x recall / (precision + recall); 0 where nothing right was cited."""
    recall, precision = char_recall(judged), char_precision(judged)
    if recall.state != "measured":
        return recall
    both = precision.number * recall.number
    return measured(2 * both / (precision.number + recall.number) if both else 0.0)


def _best_covered(fact: Fact, cited: Characters) -> Characters:
    sets = [_characters(spans) for spans in fact.evidence]
    return max(sets, key=lambda chars: len(cited & chars) / len(chars))


def _cited(judged: Judged) -> Characters:
    return _characters(c.span for said in judged.reply.statements for c in said.citations)


def _characters(spans: Iterable[DocSpan]) -> Characters:
    return {(span.document, at) for span in spans for at in range(span.start, span.end)}
