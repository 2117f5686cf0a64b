"""Whether figures, dates and quoted words stand in the spans that are cited for them."""

from __future__ import annotations

from ..literals import literals, stands_in
from ..results import Judged, Value, share


def literal_grounding(judged: Judged) -> Value:
    """literal_grounding = literals of statements found in their own cited spans / literals of statements.

    A literal is a number, a date or a quoted string. The spans are read from the source files, and
    the extractor (``literals``) imports nothing of ``rag``: the verifier must not grade itself.
    Ineligible where no statement has a literal; a literal without a citation is not grounded.
    """
    found = total = 0
    for said in judged.reply.statements:
        sources = [judged.corpus.of(citation.span) or "" for citation in said.citations]
        for literal in literals(said.text):
            total += 1
            found += any(stands_in(literal, source) for source in sources)
    return share(found, total, "no number, date or quotation was said")
