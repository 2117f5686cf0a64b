"""A statement as it is shown: without what marks it in Markdown, a table's row with the names of its columns.

Quotes are evidence and are shown as they stand; the page does the same in ``server/page/said.js``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.documents.rows import cells, is_marked, row_of
from rag.records import Citation, Span, Statement

# "* 1899" tells of a birth.
_OPENS = re.compile(r"\A(?:(?:[-•‣–>]|\*(?=\s\D)|#{1,6})\s+)+(?=\S)")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
# The address of a link holds a stop, a colon, a slash or a number sign: "f[0](x)" is none.
_LINK = re.compile(r"!?\[([^\[\]\n]+)\]\((?=[^()\s]*[.:/#])[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s\"[^\"\n]*\")?\)")
_BETWEEN = "; "


def shown(statement: Statement, citations: Sequence[Citation]) -> list[tuple[str, bool]]:
    """Return a statement in pieces, each with whether it is marked as answering; ``citations`` are its own.

    Of what is no table's row nothing is marked.
    """
    citation = citations[0] if citations else None
    if citation is not None and " ".join(citation.quote.split()) == statement.text:
        row = row_of(citation.places, citation.start)
        if row is not None:
            quote = citation.quote
            marks = [Span(mark.start - citation.start, mark.end - citation.start) for mark in citation.marks]
            if not is_marked(quote):
                return _pieces(quote, marks)
            out: list[tuple[str, bool]] = []
            for cell in cells(row, quote):
                head = f"{cell.name}: " if cell.name else ""
                out.append((f"{_BETWEEN if out else ''}{head}", False))
                within = [Span(max(m.start, cell.span.start) - cell.span.start, min(m.end, cell.span.end) - cell.span.start)
                          for m in marks if m.overlaps(cell.span)]  # fmt: skip
                out += [
                    (plain(part).replace("\\|", "|"), marked) for part, marked in _pieces(cell.span.of(quote), within)
                ]
            return out
    return [(plain(statement.text), False)]


def plain(text: str) -> str:
    """Return a text without what marks it as an item, a quotation, bold or a link in Markdown."""
    return _LINK.sub(r"\1", _BOLD.sub(r"\1", _OPENS.sub("", text)))


def _pieces(text: str, marks: Sequence[Span]) -> list[tuple[str, bool]]:
    """Cut a text at its marks, which are in order."""
    edges = [0, *(edge for mark in marks for edge in (mark.start, mark.end)), len(text)]
    return [(text[start:end], bool(at % 2)) for at, (start, end) in enumerate(pairwise(edges)) if start < end]
