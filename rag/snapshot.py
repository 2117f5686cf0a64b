"""All that an answer needs of the index, read in one state of it.

A document may be replaced while its question is answered; what was found then is still answered from,
and cited by its version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import AddDocuments
from rag.origins import Sentences
from rag.records import DocumentInfo, Filters, Hit, Question, Span
from rag.retrieval import retrieve

if TYPE_CHECKING:
    from rag.embedding import Vectors
    from rag.index import Index

_HITS = 12


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was read of the index for one question; ``sentences`` are those of each hit's document."""

    everything: list[DocumentInfo]
    corpus: str
    hits: list[Hit]
    sentences: dict[str, Sentences]

    def text_of(self, document: str, version: str, span: Span) -> str | None:
        """Return the characters of a span as they stood in the store; None outside the hits."""
        for hit in self.hits:
            within = hit.chunk.span
            if (hit.document.id, hit.document.version) != (document, version):
                continue
            if within.start <= span.start and span.end <= within.end:
                return hit.text[span.start - within.start : span.end - within.start]
        return None

    def vector_of(self, document: str, span: Span) -> Vectors | None:
        """Return the stored vector of a sentence of one of the hits' documents; None where the span is no sentence."""
        known = self.sentences.get(document)
        if known is None or span not in known.spans:
            return None
        return known.vectors[known.spans.index(span)]

    def undated_left_out(self, filters: Filters) -> int:
        """Return how many documents a filter by date passed over because they have none."""
        if filters.include_undated or (filters.since is None and filters.until is None):
            return 0
        return sum(document.date is None for document in self.everything)


def take(
    index: Index, vector: Vectors, question: Question, filters: Filters, *, candidates: int, weight: float
) -> Snapshot:
    """Read what answers a question; nothing is yielded while the index is held still.

    Raises:
        AddDocuments: the index holds no document.
    """
    with index.reading():
        everything = index.catalog.documents()
        if not everything:
            raise AddDocuments("The index holds no document.", hint="Add some: rag ingest FOLDER")
        hits = retrieve(index, vector, question, filters, candidates=candidates, weight=weight, limit=_HITS)
        sentences = {d.id: _sentences(index, d) for d in {hit.document.id: hit.document for hit in hits}.values()}
        return Snapshot(everything, index.corpus(), hits, sentences)


def _sentences(index: Index, document: DocumentInfo) -> Sentences:
    chunks = index.catalog.chunks_of(document.id, document.version)
    spans = tuple(span for stored in chunks for span in stored.chunk.sentences)
    return Sentences(spans, np.concatenate([stored.sentence_vectors for stored in chunks]).astype(np.float32))
