"""All that an answer needs of the index, read in one state of it.

A document may be replaced while its question is answered; what was found then is still answered from,
and cited by its version.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from rag.catalog import Corpus, Sentences
from rag.errors import AddDocuments
from rag.place import Place, places_of
from rag.records import DocumentInfo, Filters, Hit, Question, Span
from rag.retrieval import retrieve
from rag.tokens import Begins, Reading, in_sentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.catalog.chunks import StoredChunk
    from rag.embedding import Vectors
    from rag.index import Index

    SpansOf: TypeAlias = Callable[[str], NDArray[np.int64]]
    """Where the tokens of a whole chunk stand in it: ``Embedder.spans``."""

HITS = 10
# Chunks in which a document says what it is about, behind menus and headlines.
_FIRST = 3


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was read of the index for one question; ``sentences`` are those of each hit's document."""

    corpus: Corpus
    hits: list[Hit]
    sentences: dict[str, Sentences]

    def text_of(self, document: str, version: str, span: Span) -> str | None:
        """Return the characters of a span as they stood in the store; None outside the hits."""
        hit = self._hit(document, version, span)
        within = hit.chunk.span.start if hit else 0
        return hit.text[span.start - within : span.end - within] if hit else None

    def begins_of(self, document: str, version: str, span: Span, spans_of: SpansOf) -> Begins | None:
        """Return where the answer is read to begin in a span of a hit (see ``begins_in``); None outside the hits."""
        hit = self._hit(document, version, span)
        return begins_in(hit, span, spans_of) if hit else None

    def places_of(self, document: str, version: str, span: Span) -> tuple[Place, ...]:
        """Return the places of its file that a span touches, as they stood in the store."""
        hit = self._hit(document, version, span)
        return places_of(hit.places, span.start, span.end) if hit else ()

    def vector_of(self, document: str, span: Span) -> Vectors | None:
        """Return the stored vector of a sentence of one of the hits' documents; None where the span is no sentence."""
        known = self.sentences.get(document)
        if known is None or span not in known.spans:
            return None
        return known.vectors[known.spans.index(span)]

    def only(self, chosen: Sequence[Hit]) -> Snapshot:
        """Return the same with some of the hits alone, in the order of their own scores."""
        return replace(self, hits=[hit for hit in self.hits if hit in chosen])

    def undated_left_out(self, filters: Filters) -> int:
        """Return how many documents a filter by date passed over because they have none."""
        if filters.include_undated or (filters.since is None and filters.until is None):
            return 0
        return self.corpus.undated

    def unknown_language_left_out(self, filters: Filters) -> int:
        """Return how many documents a filter by language passed over because they show none."""
        return self.corpus.unknown_language if filters.language else 0

    def _hit(self, document: str, version: str, span: Span) -> Hit | None:
        for hit in self.hits:
            within = hit.chunk.span
            if (hit.document.id, hit.document.version) != (document, version):
                continue
            if within.start <= span.start and span.end <= within.end:
                return hit
        return None


def begins_in(hit: Hit, span: Span, spans_of: SpansOf) -> Begins | None:
    """Return where the joint reader sees the answer begin in a span of a hit's sentences; None where it has not read them.

    Offsets are within the span.
    """
    if not hit.begins:
        return None
    stand, within = spans_of(hit.text), hit.chunk.span.start
    spans: list[tuple[int, int]] = []
    logits: list[float] = []
    for sentence, own in zip(hit.chunk.sentences, hit.begins, strict=True):
        if span.start <= sentence.start and sentence.end <= span.end:
            here = stand[in_sentence(stand, sentence.start - within, sentence.end - within)] + (within - span.start)
            spans += [(start, end) for start, end in here.clip(min=0).tolist()]
            logits += own
    return Begins(tuple(spans), tuple(logits)) if logits and len(spans) == len(logits) else None


def take(
    index: Index,
    asked: Reading,
    question: Question,
    filters: Filters,
    *,
    candidates: int,
    weight: float,
    limit: int = HITS,
) -> Snapshot:
    """Read what answers a question: the best ``limit`` hits. The index is held still while it is asked.

    Raises:
        AddDocuments: the index holds no document.
    """
    with index.reading():
        corpus = _corpus(index)
        found = retrieve(index, asked, question, filters, candidates=candidates, weight=weight, limit=limit)
        versions = {hit.document.id: hit.document.version for hit in found.hits}
        sentences = {d: index.catalog.sentences(d, version) for d, version in versions.items()}
    return Snapshot(corpus, found.read(asked), sentences)


def beginnings(index: Index, filters: Filters, most: int) -> Snapshot:
    """Read how the latest ``most`` documents begin: the hits are the first chunks of each, with no score.

    Undated documents come last, documents of one date by name.

    Raises:
        AddDocuments: the index holds no document.
    """
    with index.reading():
        corpus = _corpus(index)
        hits: list[Hit] = []
        sentences: dict[str, Sentences] = {}
        for document in sorted(index.catalog.documents(filters), key=latest_first)[:most]:
            chunks = index.catalog.chunks_of(document.id, document.version, tokens=False)
            hits += [_unscored(index, stored, document) for stored in chunks[:_FIRST]]
            sentences[document.id] = index.catalog.sentences(document.id, document.version)
        return Snapshot(corpus, hits, sentences)


def latest_first(document: DocumentInfo) -> tuple[int, str]:
    """Sort documents by date, the latest first, the undated last, then by name."""
    return (-document.date.toordinal() if document.date else 0, document.name)


def _corpus(index: Index) -> Corpus:
    corpus = index.corpus()
    if not corpus.documents:
        raise AddDocuments("The index holds no document.", hint="Add some: rag ingest FOLDER")
    return corpus


def _unscored(index: Index, stored: StoredChunk, document: DocumentInfo) -> Hit:
    chunk = stored.chunk
    text = index.text_of(document.id, document.version, chunk.span) or ""
    places = index.catalog.places(document.id, document.version, chunk.span)
    return Hit(chunk, document, 0.0, 0.0, 0.0, (), text, (0.0,) * len(chunk.sentences), places=places)
