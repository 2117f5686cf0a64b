"""What is fuzzed: bytes in, and what must hold of whatever they say. An input is one byte for the language, then text."""

from __future__ import annotations

from collections.abc import Callable

from rag.chunking import chunk_document
from rag.citations import Citer
from rag.documents.decoding import normalise
from rag.documents.reading import make_document, text_version
from rag.embedding import HashedWords
from rag.errors import FixFile
from rag.records import Document, DocumentInfo, DraftStatement, Evidence, Span, Statement
from rag.text.dates import find_dates
from rag.text.filedates import named_date
from rag.text.folding import fold
from rag.text.names import find_names, unmatched_names
from rag.text.numbers import find_numbers, number_values
from rag.text.sentences import paragraph_spans, sentence_spans
from rag.text.stated import stated_date, titled_date

LANGUAGES = ("de", "en", None, "fr")
LONGEST = 20_000


def numbers(data: bytes) -> None:
    """Numbers lie in the text, in order and apart, and have finite values."""
    language, text = _read(data)
    at = 0
    for number in find_numbers(text, language):
        assert at <= number.span.start < number.span.end <= len(text)
        assert number.value.is_finite()
        at = number.span.end
    assert all(value.is_finite() for value in number_values(text, language))


def dates(data: bytes) -> None:
    """Dates lie in the text, in order and apart."""
    _, text = _read(data)
    at = 0
    for found in find_dates(text):
        assert at <= found.span.start < found.span.end <= len(text)
        at = found.span.end
    stated_date(text)
    titled_date(text)
    named_date(text)


def names(data: bytes) -> None:
    """Names are their own spans' text, and every one stands in its own text."""
    language, text = _read(data)
    for name in find_names(text, language):
        assert name.text
    assert [name for name in unmatched_names(text, language, [text]) if name.clear] == []


def folding(data: bytes) -> None:
    """Folding twice changes nothing, and every way back lies in the text."""
    _, text = _read(data)
    once = fold(text)
    assert fold(once.text).text == once.text
    assert len(once.origins) == len(once.text) + 1
    for start in range(0, len(once.text), 7):
        assert once.back(start, min(start + 5, len(once.text))).end <= len(text)


def sentences(data: bytes) -> None:
    """Paragraphs and sentences cover the text, in order and apart."""
    language, text = _read(data)
    at = 0
    for paragraph in paragraph_spans(text):
        for span in sentence_spans(text, paragraph, language):
            assert at <= span.start < span.end <= paragraph.end
            assert not text[at : span.start].strip()
            at = span.end
    assert not text[at:].strip()


def chunking(data: bytes) -> None:
    """Chunks are exact spans of whole sentences that cover the text."""
    language, raw = _read(data)
    text = normalise(raw)
    info = DocumentInfo("i", "s", "a.txt", text_version(text), len(text), language=language)
    at, ids = 0, set[str]()
    for chunk in chunk_document(Document(info, text), "e", HashedWords().count):
        assert chunk.span == Span(chunk.sentences[0].start, chunk.sentences[-1].end)
        for sentence in chunk.sentences:
            assert at <= sentence.start < sentence.end <= len(text)
            assert not text[at : sentence.start].strip()
            at = sentence.end
        ids.add(chunk.id)
    assert not text[at:].strip()


def citations(data: bytes) -> None:
    """What becomes a statement quotes its spans exactly, and has no number that they lack."""
    language, text = _read(data)
    said, _, quote = text.partition("\n")
    info = DocumentInfo("i", "s", "a.txt", "v", len(quote), language=language)
    start = min(len(said) % 7, len(quote))
    citer = Citer(lambda _, __, span: span.of(quote), {})
    checked = citer.check(DraftStatement(said, (Evidence(info, Span(start, len(quote))),), 1.0, language))
    if not isinstance(checked, Statement):
        assert not citer.citations
        return
    (citation,) = citer.citations
    assert citation.quote == quote[citation.start : citation.end]
    digits = {char for number in find_numbers(said, language) for char in number.span.of(said) if char.isdigit()}
    if digits and fold(said).text.strip() != fold(citation.quote).text.strip():
        assert any(char.isdigit() for char in citation.quote) or number_values(citation.quote, language)


def documents(data: bytes) -> None:
    """Bytes become a document whose chunks and offsets stand in it, or a refusal that says why."""
    name = ("a.txt", "a.md")[data[:1] > b"\x7f"]
    try:
        document = make_document(data[1:LONGEST], identity="i", source="s", name=name)
    except FixFile:
        return
    assert document.info.length == len(document.text)
    assert document.info.version == text_version(document.text)
    assert normalise(document.text) == document.text


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (numbers, dates, names, folding, sentences, chunking, citations, documents)
}


def _read(data: bytes) -> tuple[str | None, str]:
    return LANGUAGES[data[0] % len(LANGUAGES) if data else 0], data[1:LONGEST].decode("utf-8", "replace")
