"""A hit as programs get it, over HTTP and from the agents' tools: one flat record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from rag.place import Place, places_of
from rag.records import DocumentInfo, Hit


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage that was found; offsets are code points of that version of the document.

    See ``rag.records.Hit`` for what the figures mean.
    """

    document_id: str
    version: str
    document: str
    title: str | None
    language: str | None
    date: dt.date | None
    start: int
    end: int
    text: str
    score: float
    cosine: float
    lexical: float
    via: tuple[str, ...]
    places: tuple[Place, ...]

    @classmethod
    def of(cls, hit: Hit) -> FoundPassage:
        """Return the passage that a hit is."""
        span = hit.chunk.span
        return cls(
            **about(hit.document), start=span.start, end=span.end, text=hit.text,
            score=hit.score, cosine=hit.cosine, lexical=hit.lexical, via=hit.via,
            places=places_of(hit.places, span.start, span.end),
        )  # fmt: skip


def about(d: DocumentInfo) -> dict[str, Any]:
    """Return what is told of a document beside a passage of it, by the names that programs get."""
    return {
        "document_id": d.id, "version": d.version, "document": d.name,
        "title": d.title, "language": d.language, "date": d.date,
    }  # fmt: skip
