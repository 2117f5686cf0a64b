"""What a question yields on its way to an answer, in the order in which it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from rag.records import Answer, Citation, Dropped, Statement


@dataclass(frozen=True, slots=True)
class StageDone:
    """A step of the path has ended, after ``seconds``."""

    stage: str
    seconds: float


@dataclass(frozen=True, slots=True)
class StatementReady:
    """A statement has been verified, with its citations in full."""

    statement: Statement
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class StatementDropped:
    """A draft statement has failed verification."""

    dropped: Dropped


@dataclass(frozen=True, slots=True)
class AnswerDone:
    """The stream is over; the answer holds all that was said before."""

    answer: Answer


AnswerEvent: TypeAlias = StageDone | StatementReady | StatementDropped | AnswerDone
