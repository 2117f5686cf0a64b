"""Draft to statements: every quote read again from the store, every figure found in it.

Only this module makes a Statement. What fails a check is dropped and counted; nothing is mended.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from rag.records import Citation, DocumentInfo, DraftStatement, Dropped, Evidence, Span, Statement
from rag.text.dates import FoundDate, find_dates
from rag.text.folding import folded
from rag.text.numbers import number_values

TextOf = Callable[[str, str, Span], str | None]
"""Document id, version and span to the stored characters; None where that version is not stored."""

# Pairs, so that what stands between two quotations is not taken for a third.
_QUOTED = re.compile(r"„([^„“”\"]*)[“”\"]|“([^„“”]*)”|»([^»«]*)«|«([^»«]*)»|\"([^\"]*)\"")
_SHORTEST_QUOTED = 3


class Citer:
    """Turns draft statements into statements, and numbers the citations of one answer.

    ``origin_of`` gives each document's origin number; documents it does not know get 0.
    """

    def __init__(self, text_of: TextOf, origin_of: Mapping[str, int]) -> None:
        self._text_of = text_of
        self._origin_of = origin_of
        self.citations: list[Citation] = []

    def check(self, draft: DraftStatement) -> Statement | Dropped:
        """Return the statement if all hard checks hold, otherwise why it is not said.

        Checked: there is evidence; each span lies within the stored text of that version; every
        number, date and quoted string of the statement stands in its own spans. A statement that is
        one of its quotes, white space aside, needs no further check.
        """
        if not draft.evidence:
            return Dropped(draft.text, "no evidence")
        quotes: list[str] = []
        for evidence in draft.evidence:
            quote = self._text_of(evidence.document.id, evidence.document.version, evidence.span)
            if quote is None or len(quote) != evidence.span.end - evidence.span.start or not quote.strip():
                return Dropped(draft.text, f"no such span in {evidence.document.name}")
            quotes.append(quote)
        unbacked = unbacked_literals(
            draft.text, draft.language, [(q, e.document.language) for q, e in zip(quotes, draft.evidence, strict=True)]
        )
        if unbacked:
            return Dropped(draft.text, f"not in the cited spans: {', '.join(unbacked)}")
        numbers = tuple(self._cite(e, q) for e, q in zip(draft.evidence, quotes, strict=True))
        return Statement(draft.text, numbers, draft.score, draft.language)

    def _cite(self, evidence: Evidence, quote: str) -> int:
        d, span = evidence.document, evidence.span
        for number, known in enumerate(self.citations):
            if (known.document_id, known.start, known.end) == (d.id, span.start, span.end):
                return number
        inside = tuple(m for m in evidence.marks if span.start <= m.start < m.end <= span.end)
        self.citations.append(_citation(d, span, quote, inside, self._origin_of.get(d.id, 0)))
        return len(self.citations) - 1


def unbacked_literals(text: str, language: str | None, quotes: Sequence[tuple[str, str | None]]) -> list[str]:
    """Return the numbers, dates and quoted strings of a text that stand in none of its quotes.

    ``quotes`` are pairs of quote and its language: numbers are compared as values, each read in the
    locale of its own text, dates as calendar days, quoted strings folded.
    """
    plain = [folded(quote).strip() for quote, _ in quotes]
    if folded(text).strip() in plain:
        return []
    dates = find_dates(text)
    dated = [(quote, own, find_dates(quote)) for quote, own in quotes]
    days = {found.date for _, _, in_quote in dated for found in in_quote}
    values = {Decimal(part) for day in days for part in (day.year, day.day)}
    values |= {value for quote, own, in_quote in dated for value in _figures(quote, own, in_quote)}
    missing = [f"{value:f}" for value in sorted(_figures(text, language, dates) - values)]
    missing += [found.date.isoformat() for found in dates if found.date not in days]
    missing += [f'"{part}"' for part in _quoted(text) if not any(_holds(quote, part) for quote in plain)]
    return missing


def _figures(text: str, language: str | None, dates: Sequence[FoundDate]) -> frozenset[Decimal]:
    """Return the values of the numbers outside of dates, digits glued to letters ("F35") included."""
    for found in reversed(dates):
        text = f"{text[: found.span.start]};{text[found.span.end :]}"
    return number_values(text, language)


def _quoted(text: str) -> Iterator[str]:
    for match in _QUOTED.finditer(text):
        part = next(group for group in match.groups() if group is not None)
        if len(part) >= _SHORTEST_QUOTED:
            yield part


def _holds(quote: str, part: str) -> bool:
    """Say whether a folded quote holds a quoted string as whole words."""
    words = re.escape(folded(part).strip(" .,!?"))
    return re.search(rf"(?<!\w){words}(?!\w)", quote) is not None


def _citation(d: DocumentInfo, span: Span, quote: str, marks: tuple[Span, ...], origin: int) -> Citation:
    return Citation(
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
        marks=marks,
        origin=origin,
    )
