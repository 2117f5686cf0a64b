"""Documents to chunks: whole sentences, whole paragraphs where they fit, always exact spans."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.records import Chunk, Document, DocumentInfo, Span
from rag.text.sentences import paragraph_spans, sentence_spans, strip

Count = Callable[[str], int]
"""Number of tokens that the embedder makes of a text."""


@dataclass(frozen=True, slots=True)
class ChunkSize:
    """Sizes in tokens of the embedder.

    A chunk never exceeds ``most`` (the embedder's window less some room). Paragraphs are joined
    while the chunk is below ``least`` and stays below ``joined``: a heading joins what it heads, a
    news paragraph of one sentence joins its neighbours, a paragraph of ordinary length stands alone.
    """

    least: int = 60
    joined: int = 220
    most: int = 440


@dataclass(frozen=True, slots=True)
class _Sized:
    span: Span
    tokens: int


def chunk_document(document: Document, embedder: str, count: Count, size: ChunkSize | None = None) -> list[Chunk]:
    """Cut a document into chunks in reading order.

    Invariants: a chunk's span runs from its first sentence's start to its last one's end; chunks do
    not overlap; every character outside all chunks is white space; no chunk has more than
    ``size.most`` tokens by ``count``. ``embedder`` goes into the ids: other vectors, other chunks.
    """
    size = size or ChunkSize()
    chunks: list[Chunk] = []
    for group in _join(_paragraphs(document, count, size), size):
        sentences = tuple(sized.span for sized in group)
        span = Span(sentences[0].start, sentences[-1].end)
        chunks.append(
            Chunk(
                id=address(document.info, span, embedder),
                document_id=document.info.id,
                version=document.info.version,
                span=span,
                sentences=sentences,
            )
        )
    return chunks


def address(document: DocumentInfo, span: Span, embedder: str) -> str:
    """Return a chunk's content address over document id, version, span and embedder."""
    identity = f"{document.id}\n{document.version}\n{span.start}\n{span.end}\n{embedder}"
    return hashlib.sha256(identity.encode()).hexdigest()[:24]


def _paragraphs(document: Document, count: Count, size: ChunkSize) -> Iterator[list[_Sized]]:
    """Yield each paragraph as sized sentences; one too long for a chunk comes in even parts."""
    for paragraph in paragraph_spans(document.text):
        sentences = [
            piece
            for span in sentence_spans(document.text, paragraph, document.info.language)
            for piece in _pieces(document.text, span, count, size.most)
        ]
        total = sum(sized.tokens for sized in sentences)
        parts = -(-total // size.most)
        yield from _cut(sentences, total / parts if parts > 1 else size.most, size.most)


def _pieces(text: str, span: Span, count: Count, most: int) -> Iterator[_Sized]:
    """Yield the sentence, or, where it alone exceeds a chunk, pieces of it cut at white space."""
    tokens = count(span.of(text))
    if tokens <= most:
        yield _Sized(span, tokens)
        return
    middle = (span.start + span.end) // 2
    blank = next((at for at in range(middle, span.start, -1) if text[at].isspace()), middle)
    for half in (strip(text, span.start, blank), strip(text, blank, span.end)):
        if half is not None and half != span:
            yield from _pieces(text, half, count, most)


def _cut(sentences: list[_Sized], target: float, most: int) -> Iterator[list[_Sized]]:
    part: list[_Sized] = []
    filled = 0
    for sized in sentences:
        if part and (filled >= target or filled + sized.tokens > most):
            yield part
            part, filled = [], 0
        part.append(sized)
        filled += sized.tokens
    if part:
        yield part


def _join(paragraphs: Iterator[list[_Sized]], size: ChunkSize) -> Iterator[list[_Sized]]:
    """Join short neighbours; the last group may stay short."""
    group: list[_Sized] = []
    filled = 0
    for paragraph in paragraphs:
        tokens = sum(sized.tokens for sized in paragraph)
        if group and (filled >= size.least or filled + tokens > size.joined):
            yield group
            group, filled = [], 0
        group = group + paragraph
        filled += tokens
    if group:
        yield group
