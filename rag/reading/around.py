"""What stands around a sentence and tells of whom or what it speaks: the sentences before it, its headings, its document's title."""

from __future__ import annotations

from rag.place import places_of
from rag.reading.scoring import ScoredSentence


def above(one: ScoredSentence) -> str:
    """Return what a sentence stands under, headings or the names of columns, and its document's title."""
    places = places_of(one.hit.places, one.span.start, one.span.end)
    return " ".join([one.hit.document.title or "", *(place.name or "" for place in places)])


def text_from(one: ScoredSentence, back: int) -> str:
    """Return the text of a sentence behind that of up to ``back`` sentences before it in its chunk."""
    below, offset = one.hit.chunk.sentences, one.hit.chunk.span.start
    at = below.index(one.span) if one.span in below else 0
    return one.hit.text[below[max(0, at - back)].start - offset : one.span.end - offset]
