"""Whether citations point at evidence for what their statement says."""

from __future__ import annotations

from collections.abc import Iterator

from ..results import Judged, Value, share


def citation_precision(judged: Judged) -> Value:
    """citation_precision = citations that overlap evidence of a fact that their statement expresses / judged citations.

    A citation is judged where its statement expresses a gold fact; a citation outside the corpus is
    judged always, and wrong. Ineligible where none is judged: see ``judged_share``.
    """
    verdicts = [verdict for verdict in _verdicts(judged) if verdict is not None]
    return share(sum(verdicts), len(verdicts), "no citation could be judged")


def judged_share(judged: Judged) -> Value:
    """judged_share = judged citations / citations; it says how much ``citation_precision`` rests on."""
    verdicts = list(_verdicts(judged))
    return share(sum(verdict is not None for verdict in verdicts), len(verdicts), "no citation")


def _verdicts(judged: Judged) -> Iterator[bool | None]:
    for number, said in enumerate(judged.reply.statements):
        facts = judged.reading.by_statement(number)
        for citation in said.citations:
            if judged.corpus.of(citation.span) is None and citation.span.document not in judged.corpus.unreadable:
                yield False
            elif facts:
                yield any(citation.span.shared(e) for fact in facts for spans in fact.evidence for e in spans)
            else:
                yield None
