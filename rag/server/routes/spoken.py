"""An answer as the text of a chat message: markers in it, its sources behind it, the same as annotations."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from rag.records import Answer, Citation, Statement
from rag.render import disagreement, words_of


class Spoken:
    """One answer on its way into a chat; ``base`` is the address that its links begin with."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")

    def whole(self, answer: Answer) -> str:
        """Return all of it: what the pieces of a stream add up to."""
        return "".join(map(self.statement, answer.statements)) + self.rest(answer)

    def statement(self, statement: Statement) -> str:
        """Return a statement with its markers."""
        return f"{statement.text}{_markers(statement)}\n\n"

    def rest(self, answer: Answer) -> str:
        """Return what stands behind the statements: the sources and where they disagree, or that the documents do not say."""
        words = words_of(answer)
        if not answer.statements:
            near = [f"- {p.document} ({p.start}–{p.end}): {_line(p.quote)}" for p in answer.nearest]
            return "\n".join([words.not_found, *(["", words.nearest, *near] if near else [])])
        sources = [f"{words.evidence}:", *(self._source(n, c) for n, c in enumerate(answer.citations, 1))]
        conflicts = [disagreement(one, words) for one in answer.conflicts]
        return "\n".join([*sources, *(["", *conflicts] if conflicts else [])])

    def annotations(self, answer: Answer) -> list[dict[str, Any]]:
        """Return a citation for every marker in the text, at its place."""
        found: list[dict[str, Any]] = []
        at = 0
        for statement in answer.statements:
            place = at + len(statement.text) + 1
            for number in statement.citations:
                marker = f"[{number + 1}]"
                c = answer.citations[number]
                cited = {
                    "start_index": place, "end_index": place + len(marker),
                    "title": c.title or c.document, "url": self._url(c),
                }  # fmt: skip
                found.append({"type": "url_citation", "url_citation": cited})
                place += len(marker)
            at += len(self.statement(statement))
        return found

    def _source(self, number: int, citation: Citation) -> str:
        date = f", {citation.date.isoformat()}" if citation.date else ""
        where = f"{citation.document}{date}, {citation.start}–{citation.end}"
        return f"[{number}] {where}: “{_line(citation.quote)}”"

    def _url(self, citation: Citation) -> str:
        query = urlencode({"start": citation.start, "end": citation.end, "version": citation.version})
        return f"{self._base}/v1/documents/{citation.document_id}/text?{query}"


def _markers(statement: Statement) -> str:
    return " " + "".join(f"[{number + 1}]" for number in statement.citations)


def _line(text: str) -> str:
    return " ".join(text.split())
