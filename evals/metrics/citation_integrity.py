"""Whether a quote is what its document says at these offsets."""

from __future__ import annotations

from ..results import Judged, Value, share, unmeasured


def citation_integrity(judged: Judged) -> Value:
    """citation_integrity = citations with document[start:end] == quote / citations; must be 1.

    The document is read again from its source file by a reader of the suite's own. A citation of a
    document outside the corpus is wrong; one of a file that the suite's reader cannot read leaves
    the measure unmeasured. Ineligible without citations.
    """
    citations = {(c.span, c.quote) for said in judged.reply.statements for c in said.citations}
    unread = sorted({span.document for span, _ in citations} & judged.corpus.unreadable)
    if unread:
        return unmeasured(f"not UTF-8, so not to be checked: {', '.join(unread)}")
    holding = sum(judged.corpus.of(span) == quote for span, quote in citations)
    return share(holding, len(citations), "no citation")
