"""Passages that no gold fact rests on: where the next question may come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .cases import Case, DocSpan
from .corpus import Corpus

_LEAST = 60


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a document that no evidence touches."""

    span: DocSpan
    text: str


def gaps(cases: Sequence[Case], corpus: Corpus, least: int = _LEAST) -> list[Gap]:
    """Return the uncovered paragraphs, or parts of them between evidence, longest first.

    A part counts with at least ``least`` characters.
    """
    covered: dict[str, list[tuple[int, int]]] = {}
    for case in cases:
        for fact in case.facts:
            for spans in fact.evidence:
                for e in spans:
                    covered.setdefault(e.document, []).append((e.start, e.end))
    found = [
        gap
        for name, text in corpus.texts.items()
        for start, end in _between(text, sorted(covered.get(name, ())))
        for gap in _paragraphs(name, text, start, end)
        if len(gap.text) >= least
    ]
    return sorted(found, key=lambda gap: (-len(gap.text), gap.span))


def coverage(cases: Sequence[Case], corpus: Corpus) -> dict[str, float]:
    """Return the share of each document's characters that evidence touches."""
    shares: dict[str, float] = {}
    for name, text in corpus.texts.items():
        spans = sorted(
            (e.start, e.end) for c in cases for f in c.facts for s in f.evidence for e in s if e.document == name
        )
        open_ = sum(end - start for start, end in _between(text, spans))
        shares[name] = 1 - open_ / len(text)
    return shares


def _between(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    free: list[tuple[int, int]] = []
    at = 0
    for start, end in spans:
        if start > at:
            free.append((at, start))
        at = max(at, end)
    return [*free, (at, len(text))] if at < len(text) else free


def _paragraphs(name: str, text: str, start: int, end: int) -> list[Gap]:
    found: list[Gap] = []
    at = start
    for part in text[start:end].split("\n"):
        stripped = part.strip().lstrip(".,;:!? ")
        if stripped:
            first = at + part.index(stripped)
            found.append(Gap(DocSpan(name, first, first + len(stripped)), stripped))
        at += len(part) + 1
    return found
