"""What came back for a case, in the words of the suite: the answer's record is left behind here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from rag import Answer, Citation

from .cases import DocSpan

Outcome: TypeAlias = Literal["answered", "abstained", "error"]


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation as it was given: where it says it points, and what it says stands there."""

    span: DocSpan
    quote: str


@dataclass(frozen=True, slots=True)
class Said:
    """A statement with its own citations."""

    text: str
    language: str | None
    citations: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer took from a model; all zero where none was asked. ``cost`` is None where no price is known."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = 0.0


@dataclass(frozen=True, slots=True, order=True)
class MadeBy:
    """What made an answer. ``kind`` is what may be compared: the reader without its version, and its model."""

    reader: str
    model: str | None
    embedder: str

    @property
    def kind(self) -> str:
        """The reader's name and its model; another model is another thing, another version is progress."""
        return " ".join(filter(None, [self.reader.partition("/")[0], self.model]))


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, an abstention, or an error (then ``error`` says what went wrong).

    ``retrieved`` are the chunks, best first. ``nearest`` is what would have been said, had the
    question not been refused. ``timings`` are seconds by stage, and never compared.
    """

    outcome: Outcome
    statements: tuple[Said, ...] = ()
    retrieved: tuple[DocSpan, ...] = ()
    nearest: tuple[Said, ...] = ()
    confidence: float = 0.0
    usage: Usage = field(default_factory=Usage)
    error: str = ""
    made_by: MadeBy | None = None
    timings: Mapping[str, float] = field(default_factory=dict)


def from_answer(answer: Answer, usage: Usage | None = None) -> Reply:
    """Return what the suite needs of an answer."""
    return Reply(
        outcome="answered" if answer.status == "answered" else "abstained",
        statements=tuple(
            Said(s.text, s.language, tuple(_cited(answer.citations[n]) for n in s.citations)) for s in answer.statements
        ),
        retrieved=tuple(DocSpan(c.document, c.start, c.end) for c in answer.candidates),
        nearest=tuple(
            Said(" ".join(p.quote.split()), p.language, (Cited(DocSpan(p.document, p.start, p.end), p.quote),))
            for p in answer.nearest
        ),
        confidence=answer.judgement.probability,
        usage=usage or Usage(),
        made_by=MadeBy(answer.reader, answer.model, answer.embedder),
        timings=answer.timings,
    )


def _cited(citation: Citation) -> Cited:
    return Cited(DocSpan(citation.document, citation.start, citation.end), citation.quote)
