"""Whether the evidence was found, and how high it stood. Chunks are judged by the spans they cover."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ..cases import DocSpan, Fact
from ..results import Judged, Value, ineligible, measured, share, unmeasured

_NO_EVIDENCE = "no fact, so no evidence to find"


def evidence_recall(judged: Judged, k: int) -> Value:
    """evidence_recall@k = must facts with an evidence set whose every span a chunk of the top k covers / must facts.

    A chunk covers a span that it holds at least half of. A case without must facts is judged by all
    its facts; ineligible without any. An empty retrieval scores 0.
    """
    facts = _asked(judged)
    found = sum(_has_evidence(fact, judged.reply.retrieved[:k]) for fact in facts)
    return share(found, len(facts), _NO_EVIDENCE)


def document_recall(judged: Judged, k: int) -> Value:
    """document_recall@k = must facts with an evidence set whose every document is in the top k / must facts."""
    facts = _asked(judged)
    documents = {chunk.document for chunk in judged.reply.retrieved[:k]}
    found = sum(any({e.document for e in spans} <= documents for spans in fact.evidence) for fact in facts)
    return share(found, len(facts), _NO_EVIDENCE)


def reciprocal_rank(judged: Judged) -> Value:
    """MRR = mean of 1 / rank of the first chunk that covers a gold span; 0 where none was retrieved."""
    if not _asked(judged):
        return ineligible(_NO_EVIDENCE)
    spans = _gold_spans(judged)
    ranks = (rank for rank, chunk in enumerate(judged.reply.retrieved, 1) if _covers_any(chunk, spans))
    first = next(ranks, None)
    return measured(1 / first if first else 0)


def ndcg(judged: Judged, k: int) -> Value:
    """nDCG@k = DCG@k / ideal DCG@k, DCG@k = sum over ranks r <= k of gain / log2(r + 1).

    The gain of a chunk is 1 if it covers a gold span. The ideal ranks all gold first: every chunk of
    the corpus that covers a gold span, and every gold span that no chunk covers, found or not.
    """
    if not _asked(judged):
        return ineligible(_NO_EVIDENCE)
    if not judged.chunks:
        return unmeasured("the chunks of the corpus are not known")
    spans = _gold_spans(judged)
    relevant = [chunk for chunk in set(judged.chunks) | set(judged.reply.retrieved) if _covers_any(chunk, spans)]
    lost = [span for span in spans if not any(_covers(chunk, span) for chunk in relevant)]
    gains = [_covers_any(chunk, spans) for chunk in judged.reply.retrieved[:k]]
    ideal = min(k, len(relevant) + len(lost))
    return measured(_dcg(gains) / _dcg([True] * ideal))


def ceiling(judged: Judged) -> Value:
    """Ceiling = must facts with an evidence set whose every span some chunk of the corpus covers / must facts.

    What is lost here is lost to chunking; what ``evidence_recall`` loses beyond it, to ranking.
    """
    facts = _asked(judged)
    if facts and not judged.chunks:
        return unmeasured("the chunks of the corpus are not known")
    return share(sum(_has_evidence(fact, judged.chunks) for fact in facts), len(facts), _NO_EVIDENCE)


def fact_recall_given_retrieved(judged: Judged) -> Value:
    """fact_recall_given_retrieved = must facts expressed / must facts whose evidence was retrieved, of those alone.

    What is lost here is lost to reading (or to refusing), not to ranking.
    """
    if judged.case.expected == "either" and judged.reply.outcome == "abstained":
        return ineligible("abstaining is right here too")
    at_hand = [
        found
        for found in judged.reading.facts
        if found.fact.weight == "must" and _has_evidence(found.fact, judged.reply.retrieved)
    ]
    return share(sum(found.expressed for found in at_hand), len(at_hand), "no evidence was retrieved")


def _asked(judged: Judged) -> tuple[Fact, ...]:
    return judged.case.must or judged.case.facts


def _gold_spans(judged: Judged) -> set[DocSpan]:
    return {e for fact in _asked(judged) for spans in fact.evidence for e in spans}


def _covers(chunk: DocSpan, span: DocSpan) -> bool:
    return 2 * chunk.shared(span) >= span.end - span.start


def _covers_any(chunk: DocSpan, spans: Iterable[DocSpan]) -> bool:
    return any(_covers(chunk, span) for span in spans)


def _has_evidence(fact: Fact, chunks: Sequence[DocSpan]) -> bool:
    return any(all(any(_covers(chunk, e) for chunk in chunks) for e in spans) for spans in fact.evidence)


def _dcg(gains: Sequence[bool]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
