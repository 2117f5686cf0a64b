"""What sentences are worth as rows of a table: told apart by what they are of, and no headlines though they have no full stop."""

from __future__ import annotations

from collections.abc import Sequence

from rag.columns import named_columns
from rag.documents.rows import Cell, cells, heads_table, measured, row_of
from rag.place import Place, places_of
from rag.reading.quantities import Quantity, gives, quantity_asked
from rag.records import Hit, Question, Span

# Set by hand on tables that are not shipped: the question names what the row is of; the row gives the money, or the weight,
# that it asks for; it names the columns and is none.
_NAMED, _GIVES, _NAMES_COLUMNS = 3.0, 1.5, -4.0


def worth(question: Question, quantity: Quantity | None, hit: Hit, texts: Sequence[str]) -> list[float | None]:
    """Return what each sentence of a hit is worth as a part of a table, beside what it is worth as a sentence.

    None for what is of no table. ``quantity`` is what the question asks for, ``texts`` are the sentences.
    """
    if not any(place.kind == "row" for place in hit.places):
        return [None] * len(texts)
    out: list[float | None] = []
    keys: dict[str | None, dict[int, str]] = {}
    for at, (span, text) in enumerate(zip(hit.chunk.sentences, texts, strict=True)):
        row = row_at(hit, span)
        if row is None:
            out.append(_NAMES_COLUMNS if names_columns(hit, span) else None)
            continue
        filled = cells(row, text)
        gains = quantity is not None and gives(quantity, _measured(filled, text), hit.document.language)
        out.append(_GIVES if gains else 0.0)
        if filled:
            keys.setdefault(row.name, {})[at] = filled[0].span.of(text)
    for of in keys.values():
        shares = named_shares(question, tuple(of.values()), hit.document.language)
        for at, share in zip(of, shares, strict=True):
            out[at] = (out[at] or 0.0) + _NAMED * share
    return out


def named_shares(question: Question, names: tuple[str, ...], language: str | None) -> list[float]:
    """Return how far a question names each column, or what each row is of: by its words, or by the measure that it asks for."""
    quantity, shares = quantity_asked(question.text), named_columns(question, names, language).shares
    return [
        1.0 if quantity is not None and quantity.is_called(name) else share
        for name, share in zip(names, shares, strict=True)
    ]


def in_units(hit: Hit) -> str:
    """Return the text of a hit, its rows with the units that the names of their columns give."""
    if not any(place.kind == "row" for place in hit.places):
        return hit.text
    start = hit.chunk.span.start
    return "\n".join(
        in_unit(hit, span, hit.text[span.start - start : span.end - start]) for span in hit.chunk.sentences
    )


def in_unit(hit: Hit, span: Span, text: str) -> str:
    """Return the text of a sentence of a hit; of a row with the units that the names of its columns give."""
    row = row_at(hit, span)
    return _measured(cells(row, text), text) if row else text


def _measured(filled: Sequence[Cell], text: str) -> str:
    return "; ".join(measured(cell, text) for cell in filled)


def is_row(hit: Hit, span: Span) -> bool:
    """Say whether a sentence of a hit is a row of a table."""
    return row_at(hit, span) is not None


def row_at(hit: Hit, span: Span) -> Place | None:
    """Return the place of the row that a sentence of a hit is; None where it is none."""
    return row_of(places_of(hit.places, span.start, span.end), span.start)


def names_columns(hit: Hit, span: Span) -> bool:
    """Say whether a sentence of a hit names the columns of a table in Markdown, which is no answer."""
    return heads_table(hit.text, span.start - hit.chunk.span.start)
