"""Documents to chunks: whole sentences, whole paragraphs where they fit, always exact spans."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from rag.documents.rows import heads_rows, heads_table
from rag.place import row_ranges
from rag.records import Chunk, Document, DocumentInfo, Span
from rag.text.sentences import is_heading, is_item, paragraph_spans, sentence_spans, strip
from rag.text.turns import ASKS, SPEAKER

Count = Callable[[str], int]
"""Number of tokens that the embedder makes of a text."""

# A sentence of more characters than this for each token of a chunk is cut without being counted.
_CHARACTERS = 20
# A list's item of so many tokens at most says little without the others.
_ITEM = 30
# A turn of more sentences than this stands without its reply.
_ASKED = 4
# Places that are tried for a cut that does not part a letter from its marks.
_TRIES = 16


@dataclass(frozen=True, slots=True)
class ChunkSize:
    """Sizes in tokens of the embedder.

    A chunk never exceeds ``most`` (the embedder's window less some room). Paragraphs are joined
    while the chunk is below ``least`` and stays below ``joined``: a heading, the names of a table's columns, what leads to a list, and who asks in a conversation, joins what it heads, never what is above it, a list's short items join each other, a
    news paragraph of one sentence joins its neighbours, a paragraph of ordinary length stands alone.
    """

    least: int = 60
    joined: int = 220
    most: int = 440


@dataclass(frozen=True, slots=True)
class _Sized:
    span: Span
    tokens: int
    heading: bool = False
    item: bool = False


def chunk_document(document: Document, embedder: str, count: Count, size: ChunkSize | None = None) -> list[Chunk]:
    """Cut a document into chunks in reading order.

    Invariants: a chunk's span runs from its first sentence's start to its last one's end; chunks do
    not overlap; every character outside all sentences is white space; no chunk has more than
    ``size.most`` tokens by ``count`` (unless a single character has). A table's row is one sentence, and so are the names of its columns.
    ``embedder`` goes into the ids: other vectors, other chunks.
    """
    size = size or ChunkSize()
    chunks: list[Chunk] = []
    for group in _join(_paragraphs(document, count, size), size):
        for sentences in _fitting(document.text, tuple(sized.span for sized in group), count, size.most):
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
    """Yield each paragraph as sized sentences; one too long for a chunk comes in even parts.

    The names of a table's columns and the rule below them are one, by which they are known for what they are.
    """
    tables = row_ranges(document.places, len(document.text))
    above: list[_Sized] = []
    for paragraph in paragraph_spans(document.text):
        while tables and tables[0][1] <= paragraph.start:
            del tables[0]
        row = bool(tables) and tables[0][0] <= paragraph.start
        names = not row and heads_rows(document.text, paragraph.start)
        whole = row or names
        sentences = [
            piece
            for span in ([paragraph] if whole else sentence_spans(document.text, paragraph, document.info.language))
            for piece in _pieces(document.text, span, count, size.most)
        ]
        if not row and len(sentences) == 1:
            heads, listed = is_heading(document.text, paragraph), is_item(document.text, paragraph)
            sentences = [replace(sentences[0], heading=heads, item=listed and sentences[0].tokens <= _ITEM)]
        # Who asks in a conversation is read with who replies, as a heading is with what it heads.
        if names or (not row and _is_asked(document.text, sentences)):
            sentences = [replace(one, heading=True) for one in sentences]
        if not row and sentences[-1].span.of(document.text).rstrip("*_").endswith(":"):
            sentences[-1] = replace(sentences[-1], heading=True)
        if names and heads_table(document.text, paragraph.start):
            above = sentences
            continue
        sentences, above = [*above, *sentences], []
        total = sum(sized.tokens for sized in sentences)
        parts = -(-total // size.most)
        yield from _cut(sentences, total / parts if parts > 1 else size.most, size.most)


def _is_asked(text: str, sentences: list[_Sized]) -> bool:
    """Say whether somebody asks something in a paragraph, by a turn of a conversation and at no great length."""
    speaks = SPEAKER.match(text, sentences[0].span.start) is not None
    return speaks and len(sentences) <= _ASKED and any(ASKS.search(one.span.of(text)) for one in sentences)


def _pieces(text: str, span: Span, count: Count, most: int) -> Iterator[_Sized]:
    """Yield the sentence, or, where it alone exceeds a chunk, pieces of it cut at white space."""
    length = span.end - span.start
    if length <= _CHARACTERS * most or length == 1:
        tokens = count(span.of(text))
        if tokens <= most or length == 1:
            yield _Sized(span, tokens)
            return
    cut = _middle(text, span)
    for half in (strip(text, span.start, cut), strip(text, cut, span.end)):
        if half is not None:
            yield from _pieces(text, half, count, most)


def _middle(text: str, span: Span) -> int:
    """Return where to cut a sentence: the last blank of its first half, else between two letters."""
    middle = (span.start + span.end + 1) // 2
    for at in range(middle, span.start, -1):
        if text[at : at + 1].isspace():
            return at
    for at in range(middle, min(middle + _TRIES, span.end)):
        if not unicodedata.category(text[at]).startswith("M") and "\u200d" not in text[at - 1 : at + 1]:
            return at
    return middle


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
        listed = bool(group) and paragraph[0].item and group[-1].item
        if group and ((filled >= size.least and not listed) or filled + tokens > size.joined):
            at = len(group)
            while at and group[at - 1].heading:
                at -= 1
            # A heading at the end belongs to what comes, unless there is nothing else.
            at = at or len(group)
            yield group[:at]
            group = group[at:]
            filled = sum(sized.tokens for sized in group)
        group = group + paragraph
        filled += tokens
    if group:
        yield group


def _fitting(text: str, sentences: tuple[Span, ...], count: Count, most: int) -> Iterator[tuple[Span, ...]]:
    """Yield the sentences of a chunk, halved where the white space between them makes it too long."""
    whole = Span(sentences[0].start, sentences[-1].end)
    if len(sentences) == 1 or count(whole.of(text)) <= most:
        yield sentences
        return
    middle = len(sentences) // 2
    yield from _fitting(text, sentences[:middle], count, most)
    yield from _fitting(text, sentences[middle:], count, most)
