"""Draft to statements: every quote read again from the store, every figure and name found in it.

Only this module makes a Statement. What fails a check is dropped and counted; nothing is mended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from rag.checks.literals import is_verbatim, unbacked_literals
from rag.namesakes import Known, Namesakes
from rag.place import Place
from rag.records import Citation, DraftStatement, Dropped, Evidence, Span, Statement
from rag.verdicts import Checks

if TYPE_CHECKING:
    from rag.checks.judge import Judge
    from rag.checks.wording import Likeness, Said
    from rag.embedding import Vectors, WordEmbedder

TextOf = Callable[[str, str, Span], str | None]
"""Document id, version and span to the stored characters; None where that version is not stored."""
VectorOf = Callable[[str, Span], "Vectors | None"]
"""Document id and span to the stored vector of the sentence that is that span, by the embedder of the checks."""

PlacesOf = Callable[[str, str, Span], tuple[Place, ...]]
"""Document id, version and span to the places of its file that the span touches."""


class Citer:
    """Turns draft statements into statements, and numbers the citations of one answer.

    ``origin_of`` gives each document's origin number; documents it does not know get 0. A statement
    that is not one of its quotes goes through the soft checks as well, where there is an ``embedder``
    for them, and then before the ``judge``, if there is one. ``vector_of`` spares embedding the spans again;
    ``namesakes`` know what the documents call the names of a statement in another language.
    """

    def __init__(
        self,
        text_of: TextOf,
        origin_of: Mapping[str, int],
        embedder: WordEmbedder | None = None,
        judge: Judge | None = None,
        vector_of: VectorOf | None = None,
        places_of: PlacesOf | None = None,
        namesakes: Namesakes | None = None,
    ) -> None:
        self._text_of = text_of
        self._places_of = places_of
        self._origin_of = origin_of
        self._embedder = embedder
        self._judge = judge
        self._vector_of = vector_of
        self._namesakes = namesakes
        self._likeness: Likeness | None = None
        self.citations: list[Citation] = []

    def check(self, draft: DraftStatement) -> Statement | Dropped:
        """Return the statement if all checks hold, otherwise why it is not said.

        Checked: there is evidence; each span lies within the stored text of that version; every
        number, date, name and quoted string of the statement stands in its own spans; the soft checks
        (``rag.checks``) reach their threshold; the judge does not object. A statement that is one of its
        quotes, white space aside, needs no further check.

        Raises:
            BelegError: the judge could not be asked.
        """
        if not draft.evidence:
            return Dropped(draft.text, "no evidence")
        quotes: list[str] = []
        for evidence in draft.evidence:
            quote = self._text_of(evidence.document.id, evidence.document.version, evidence.span)
            if quote is None or len(quote) != evidence.span.end - evidence.span.start or not quote.strip():
                return Dropped(draft.text, f"no such span in {evidence.document.name}")
            quotes.append(quote)
        checks: Checks | None = None
        if not is_verbatim(draft.text, quotes):
            told = [(q, e.document.language) for q, e in zip(quotes, draft.evidence, strict=True)]
            known = self._known(draft, quotes)
            unbacked = unbacked_literals(draft.text, draft.language, told, known.sure)
            if unbacked:
                return Dropped(draft.text, f"not in the cited spans: {', '.join(unbacked)}")
            checks = self._soft(draft, told, known.sure | known.likely)
            if checks is not None and checks.reason:
                return Dropped(draft.text, checks.reason)
        numbers = tuple(self._cite(e, q) for e, q in zip(draft.evidence, quotes, strict=True))
        return Statement(draft.text, numbers, draft.score, draft.language, checks)

    def _known(self, draft: DraftStatement, quotes: Sequence[str]) -> Known:
        if self._namesakes is None:
            return Known()
        documents = [evidence.document for evidence in draft.evidence]
        return self._namesakes.known(draft.text, draft.language, list(zip(documents, quotes, strict=True)))

    def _soft(
        self, draft: DraftStatement, told: Sequence[tuple[str, str | None]], known: frozenset[str]
    ) -> Checks | None:
        """Return what the soft checks and the judge say, or None where there is neither."""
        from rag.checks.wording import Likeness, Said

        said, quotes = Said(draft.text, draft.language), [Said(quote, language) for quote, language in told]
        if self._embedder is None:
            return self._judged(Checks({}, 1.0), said, quotes) if self._judge else None
        from rag.checks.combined import soft_checks

        # One memory of vectors for all statements of the answer: they rest on the same few spans.
        self._likeness = self._likeness or Likeness(self._embedder)
        for quote, evidence in zip(quotes, draft.evidence, strict=True):
            vector = self._vector_of(evidence.document.id, evidence.span) if self._vector_of else None
            if vector is not None:
                self._likeness.know(quote, vector)
        verdict = soft_checks(said, quotes, self._likeness, known)
        if not verdict.accepts:
            score = verdict.scores[verdict.weakest]
            return Checks(
                verdict.scores, verdict.combined, reason=f"not as the cited spans say it: {verdict.weakest} {score:.2f}"
            )
        return self._judged(Checks(verdict.scores, verdict.combined), said, quotes)

    def _judged(self, checks: Checks, said: Said, quotes: Sequence[Said]) -> Checks:
        if self._judge is None:
            return checks
        opinion = self._judge.judge(said, quotes)
        told = {True: "entailed", False: "not entailed", None: "no verdict"}[opinion.entailed]
        judged = f"{told}: {opinion.reason}" if opinion.reason else told
        reason = f"the judge objects: {opinion.reason}" if opinion.entailed is False else ""
        return Checks(checks.scores, checks.combined, judged, reason)

    def _cite(self, evidence: Evidence, quote: str) -> int:
        d, span = evidence.document, evidence.span
        for number, known in enumerate(self.citations):
            if (known.document_id, known.start, known.end) == (d.id, span.start, span.end):
                return number
        inside = tuple(m for m in evidence.marks if span.start <= m.start < m.end <= span.end)
        self.citations.append(
            Citation(
                document_id=d.id,
                version=d.version,
                document=d.name,
                source=d.source,
                start=span.start,
                end=span.end,
                quote=quote,
                title=d.title,
                language=d.language,
                date=d.date,
                marks=inside,
                origin=self._origin_of.get(d.id, 0),
                places=self._places_of(d.id, d.version, span) if self._places_of else (),
            )
        )
        return len(self.citations) - 1
