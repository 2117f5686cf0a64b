r"""The values that travel along the path, all frozen.

Offsets are code points into ``Document.text``, half open: ``text[start:end]``. A document's text is
fixed when it is stored (NFC, ``\n`` line ends), so an offset means the same for ever.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rag.errors import FixInput
from rag.place import Place
from rag.tokens import Matched
from rag.usage import Usage
from rag.verdicts import Checks, Conflict, Judgement

Status: TypeAlias = Literal["answered", "not_in_documents"]

OVERVIEW = "overview/1"
"""The reader of an answer that names what each document says first, or says of a topic."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points of one document's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse a range that no text can have."""
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}:{self.end}")

    def of(self, text: str) -> str:
        """Return the characters that the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Say whether the two spans share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What is known of a stored document, without its text.

    ``id`` stands for the place (source and name) and outlives edits; ``version`` stands for the content: the sha256
    of ``text``, and of what a file that is no plain text says beside it. What is not stated is None.
    """

    id: str
    source: str
    name: str
    version: str
    length: int
    title: str | None = None
    language: str | None = None
    date: dt.date | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    r"""A document and its text: NFC, ``\n`` line ends, fixed for this version; ``places`` are in order."""

    info: DocumentInfo
    text: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """One span of a document, of whole sentences; ``id`` is an address over document, version, span and embedder."""

    id: str
    document_id: str
    version: str
    span: Span
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is worked on: clean text, and its language where it shows one."""

    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Lent:
    """What the chunk's cosine and the highest of its sentences' gain where the question names the document (``naming``)."""

    chunk: float = 0.0
    best: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found for a question, with its text and how near each sentence comes.

    ``cosine`` is language-centred, in [-1, 1]; ``lexical`` BM25 over the highest that the question could reach, in [0, 1];
    hits are ranked by ``score`` (see ``retrieval``). ``via`` names the indexes that proposed the chunk; ``local_cosines`` are
    the sentences' cosines about the mean of the hits' sentences in their document, ``matched`` is what tokens say, and
    ``joint`` and ``begins`` are the logits of sentences and of tokens (``joint.Jointly``), empty where there are no vectors of tokens.
    """

    chunk: Chunk
    document: DocumentInfo
    score: float
    cosine: float
    lexical: float
    via: tuple[str, ...]
    text: str
    sentence_cosines: tuple[float, ...]
    local_cosines: tuple[float, ...] = ()
    places: tuple[Place, ...] = ()
    matched: Matched | None = None
    joint: tuple[float, ...] = ()
    begins: tuple[tuple[float, ...], ...] = ()
    lent: Lent = Lent()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span that a reader rests a statement on, and the words in it that answer."""

    document: DocumentInfo
    span: Span
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftStatement:
    """A sentence that a reader would like to say; nothing of it is checked yet."""

    text: str
    evidence: tuple[Evidence, ...]
    score: float
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader proposes, best first."""

    statements: tuple[DraftStatement, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A verified span: ``quote`` is ``text[start:end]`` of that version of the document.

    ``origin`` numbers its source (see ``Answer.origins``), ``marks`` are spans in the quote, ``places`` what it stands on.
    """

    document_id: str
    version: str
    document: str
    source: str
    start: int
    end: int
    quote: str
    title: str | None
    language: str | None
    date: dt.date | None
    marks: tuple[Span, ...] = ()
    origin: int = 0
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that passed every check; ``citations`` are indices into the answer's list.

    ``checks`` is None where none but the hard ones were needed: the sentence is its quote.
    """

    text: str
    citations: tuple[int, ...]
    score: float
    language: str | None = None
    checks: Checks | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A statement that was not said, and the check that it failed."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A place in the documents that came near; not an answer."""

    document_id: str
    version: str
    document: str
    title: str | None
    language: str | None
    date: dt.date | None
    start: int
    end: int
    quote: str
    score: float
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hit as ``--explain`` shows it."""

    document: str
    start: int
    end: int
    score: float
    cosine: float
    lexical: float
    via: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents a question may use; an empty filter means all.

    Undated documents pass no date unless ``include_undated``; ``source`` is a glob over names, ``folders`` ids of sources.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    include_undated: bool = False
    source: str | None = None
    language: str | None = None
    folders: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse with FixInput what nothing can pass, for it would look as if the documents did not answer."""
        for name, day in (("since", self.since), ("until", self.until)):
            # A datetime is a date too, and neither can be compared with the other.
            if day is not None and type(day) is not dt.date:
                raise FixInput(f"{name} {day!r} is no date.", hint="Give a datetime.date, such as date(2022, 11, 30).")
        if self.since and self.until and self.since > self.until:
            raise FixInput(f"since {self.since} is later than until {self.until}.", hint="Change the two round.")
        if self.language is not None:
            object.__setattr__(self, "language", _code(self.language))

    @property
    def empty(self) -> bool:
        """Whether nothing is filtered."""
        return self == Filters() or self == Filters(include_undated=True)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: everything that a receipt holds and that a person is shown.

    ``origins`` groups the names of cited documents by independent source: near-duplicates of one story
    stand in one group. ``undated_left_out`` and ``unknown_language_left_out`` count documents that a filter by date or by
    language set aside because they state none. ``timings`` are seconds by stage. ``corpus`` is a fingerprint over the live
    documents. ``conflicts`` are figures on which cited documents differ. Where a model was asked, ``usage`` is what it
    took, and ``fallback`` says why its words were no use and quotes are given.
    """

    status: Status
    question: str
    language: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    origins: tuple[tuple[str, ...], ...]
    nearest: tuple[Passage, ...]
    judgement: Judgement
    dropped: tuple[Dropped, ...]
    candidates: tuple[Candidate, ...]
    filters: Filters
    documents: int
    undated_left_out: int
    reader: str
    embedder: str
    model: str | None
    prompt: str | None
    corpus: str
    asked: dt.datetime
    timings: dict[str, float]
    usage: Usage | None = None
    fallback: str | None = None
    conflicts: tuple[Conflict, ...] = ()
    unknown_language_left_out: int = 0


def _code(language: object) -> str:
    if isinstance(language, str) and language.isascii() and language.isalpha() and 2 <= len(language) <= 3:
        return language.lower()
    raise FixInput(f"language {language!r} is no language code.", hint="Use two letters, such as de or en.")
