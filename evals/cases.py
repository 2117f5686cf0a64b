"""What is asked and what counts as an answer: frozen values, with quotes already resolved to offsets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from rag.text.match import Pattern

Kind: TypeAlias = Literal["single", "multi_document", "conflict", "temporal", "unanswerable", "false_premise"]
Weight: TypeAlias = Literal["must", "nice"]
Severity: TypeAlias = Literal["block", "warn"]
Expected: TypeAlias = Literal["answer", "abstain", "either"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something is written: a file and a line from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, order=True)
class DocSpan:
    """A half-open range of code points of a document, named as the corpus names it."""

    document: str
    start: int
    end: int

    def shared(self, other: DocSpan) -> int:
        """Return how many characters the two have in common."""
        if self.document != other.document:
            return 0
        return max(0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that an answer should say. ``evidence`` holds alternatives; each is a set of spans.

    Without ``patterns`` nothing recognises the fact in words; then only its evidence is measured. An
    ``inferred`` fact is a conclusion that its evidence does not state in words.
    """

    id: str
    weight: Weight
    claim: str
    patterns: tuple[Pattern, ...]
    unless: tuple[str, ...]
    evidence: tuple[tuple[DocSpan, ...], ...]
    place: Place
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Something that no answer may say; ``block`` fails the run, ``warn`` is counted."""

    id: str
    severity: Severity
    claim: str
    patterns: tuple[Pattern, ...]
    unless: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Overlay:
    """A document that is added to the corpus for one case: noise, contradiction, instructions."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """One question in one language. ``cluster`` holds its translations and paraphrases together.

    ``owes`` are the languages that the cluster must have. ``within`` restricts the question to the
    documents of one language, where a data set asks for that.
    """

    id: str
    cluster: str
    language: str
    question: str
    kind: Kind
    tags: tuple[str, ...]
    facts: tuple[Fact, ...]
    forbidden: tuple[Forbidden, ...]
    overlay: tuple[Overlay, ...]
    place: Place
    owes: tuple[str, ...] = ()
    within: str | None = None

    @property
    def expected(self) -> Expected:
        """What is right: to answer, to abstain, or (a false premise that a document corrects) either."""
        if self.kind == "unanswerable" or (self.kind == "false_premise" and not self.facts):
            return "abstain"
        return "either" if self.kind == "false_premise" else "answer"

    @property
    def must(self) -> tuple[Fact, ...]:
        """The facts without which an answer is incomplete."""
        return tuple(fact for fact in self.facts if fact.weight == "must")
