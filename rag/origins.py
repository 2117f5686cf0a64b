"""Near-duplicate documents to one origin, also across languages, so that sources are counted honestly.

Two tellings of one story say the same things in the same words or in translation; two articles on
one topic do not. So documents are compared sentence by sentence, not by their overall vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from rag.catalog import Sentences
from rag.catalog.chunks import Chosen, Compared
from rag.records import DocumentInfo, Draft, DraftStatement, Evidence, Span

if TYPE_CHECKING:
    from rag.embedding import Vectors


Pairs = Sequence[tuple[Span, Span]]
"""Spans of sentences of two documents that are each other's counterpart."""
Apart = Callable[[DocumentInfo, DocumentInfo, Pairs], bool]
"""Two documents and their counterparts to whether they are two things, though nearly in the same words."""
Formal = Callable[[DocumentInfo, Span], bool]
"""A document and a sentence of it to whether that is a mail's head or a greeting, which tells no story."""


@dataclass(frozen=True, slots=True)
class OriginRule:
    """When two documents are tellings of one story.

    Two sentences are counterparts where each is the other's nearest and their cosine reaches
    ``cosine``; two documents are one origin where at least ``share`` of the shorter one's sentences
    have a counterpart. Error rates: ``evals/bench/origins.py``. Only the first ``most_sentences`` of
    a document are compared, and none of fewer than ``least`` characters: headings and labels are alike in all
    documents of a kind.
    """

    cosine: float = 0.6
    share: float = 0.36
    most_sentences: int = 400
    least: int = 30

    def chosen(self, sentences: Sentences) -> Chosen:
        """Return those of a document's sentences that are compared; they are remembered as long as the others are."""
        known = sentences.chosen.get(self)
        if known is None:
            spans = enumerate(sentences.spans[: self.most_sentences])
            rows = [at for at, span in spans if span.end - span.start >= self.least]
            known = sentences.chosen[self] = Chosen(rows, sentences.vectors[rows])
        return known


class OriginNumbers(Mapping[str, int]):
    """Document ids to the number of their origin; origins are numbered as they are first asked for."""

    def __init__(self, groups: Sequence[Sequence[DocumentInfo]]) -> None:
        self._groups = groups
        self._group_of = {d.id: at for at, group in enumerate(groups) for d in group}
        self._numbers: dict[int, int] = {}

    def __getitem__(self, document: str) -> int:
        """Return the number of a document's origin."""
        return self._numbers.setdefault(self._group_of[document], len(self._numbers))

    def __iter__(self) -> Iterator[str]:
        """Go through the documents."""
        return iter(self._group_of)

    def __len__(self) -> int:
        """Return how many documents there are."""
        return len(self._group_of)

    def names(self, cited: Container[str]) -> tuple[tuple[str, ...], ...]:
        """Return the names of the cited documents by origin, in the order of their numbers."""
        return tuple(tuple(d.name for d in self._groups[at] if d.id in cited) for at in self._numbers)


def group_by_origin(
    documents: Sequence[DocumentInfo],
    sentences: Mapping[str, Sentences],
    rule: OriginRule | None = None,
    apart: Apart | None = None,
    formal: Formal | None = None,
) -> list[list[DocumentInfo]]:
    """Group documents into origins, in the order in which they first appear.

    ``sentences`` are by document id. Likeness is not transitive, origins are: if a is like b and b
    like c, all three are one origin. ``apart`` says of two that are alike whether they are two things all the same;
    counterparts that are ``formal`` on both sides are not counted.
    """
    rule = rule or OriginRule()
    of = [sentences[d.id] for d in documents]
    group = list(range(len(documents)))
    for later in range(len(documents)):
        for earlier in range(later):
            if group[earlier] == group[later]:
                continue
            same = documents[later].version == documents[earlier].version
            if same or _one_story(
                (documents[earlier], documents[later]), (of[earlier], of[later]), rule, apart, formal
            ):
                old, new = sorted((group[earlier], group[later]), reverse=True)
                group = [new if g == old else g for g in group]
    members: dict[int, list[DocumentInfo]] = {}
    for document, number in zip(documents, group, strict=True):
        members.setdefault(number, []).append(document)
    return list(members.values())


def _one_story(
    documents: tuple[DocumentInfo, DocumentInfo],
    of: tuple[Sentences, Sentences],
    rule: OriginRule,
    apart: Apart | None,
    formal: Formal | None,
) -> bool:
    if _compared(*of, rule).share < rule.share:
        return False
    pairs = counterparts(*of, rule)
    told = [pair for pair in pairs if not formal or not all(map(formal, documents, pair))]
    fewer = min(len(rule.chosen(one).rows) for one in of) - (len(pairs) - len(told))
    if fewer <= 0 or len(told) / fewer < rule.share:
        return False
    return apart is None or not apart(*documents, told)


def fold_counterparts(
    draft: Draft,
    origins: Sequence[Sequence[DocumentInfo]],
    sentences: Mapping[str, Sentences],
    rule: OriginRule | None = None,
    contrary: Callable[[DraftStatement, DraftStatement], bool] | None = None,
) -> Draft:
    """Let one origin say a thing once: a sentence's counterpart in another telling becomes its evidence.

    A later statement goes where an earlier one rests on another document of the same origin,
    their sentences' cosine reaches ``rule.cosine`` and they are not ``contrary``; its span is added to the earlier one's evidence.
    """
    rule = rule or OriginRule()
    origin_of = {document.id: number for number, group in enumerate(origins) for document in group}
    kept: list[DraftStatement] = []
    for statement in draft.statements:
        own = statement.evidence[0]
        for at, earlier in enumerate(kept):
            documents = {evidence.document.id for evidence in earlier.evidence}
            if own.document.id in documents or origin_of[own.document.id] != origin_of[earlier.evidence[0].document.id]:
                continue
            near = float(_vector(earlier.evidence[0], sentences) @ _vector(own, sentences)) >= rule.cosine
            if near and not (contrary and contrary(earlier, statement)):
                kept[at] = replace(earlier, evidence=(*earlier.evidence, own))
                break
        else:
            kept.append(statement)
    return Draft(tuple(kept))


def once_each(draft: Draft, origins: Sequence[Sequence[DocumentInfo]]) -> Draft:
    """Keep the first statement of every origin: an overview tells a story once."""
    numbers = OriginNumbers(origins)
    first: dict[int, DraftStatement] = {}
    for statement in draft.statements:
        first.setdefault(numbers[statement.evidence[0].document.id], statement)
    return Draft(tuple(first.values()))


def _vector(evidence: Evidence, sentences: Mapping[str, Sentences]) -> Vectors:
    of = sentences[evidence.document.id]
    # A list is quoted with the sentence that leads to it, a heading without what marks it.
    start = evidence.span.start
    return of.vectors[next(at for at, span in enumerate(of.spans) if span.start <= start < span.end)]


def shared(a: Vectors, b: Vectors, cosine: float) -> float:
    """Return the share of the shorter one's sentences that have a counterpart in the longer one."""
    return len(_mutual(a, b, cosine)) / min(len(a), len(b)) if len(a) and len(b) else 0.0


def counterparts(a: Sentences, b: Sentences, rule: OriginRule) -> list[tuple[Span, Span]]:
    """Return the sentences of two tellings that are each other's counterpart, in the order of the first."""
    return [(a.spans[one], b.spans[other]) for one, other in _compared(a, b, rule).pairs]


def _compared(a: Sentences, b: Sentences, rule: OriginRule) -> Compared:
    """Compare two documents, or remember how they compared."""
    known = a.compared.setdefault(b, {})
    if rule not in known:
        mine, theirs = rule.chosen(a), rule.chosen(b)
        pairs = tuple((mine.rows[i], theirs.rows[j]) for i, j in _mutual(mine.vectors, theirs.vectors, rule.cosine))
        known[rule] = Compared(pairs, len(pairs) / (min(len(mine.rows), len(theirs.rows)) or 1))
    return known[rule]


def _mutual(a: Vectors, b: Vectors, cosine: float) -> list[tuple[int, int]]:
    """Return the rows of two matrices of which each is the other's nearest, at this cosine at least."""
    if not len(a) or not len(b):
        return []
    cosines = a @ b.T
    nearest_in_b, nearest_in_a = cosines.argmax(axis=1), cosines.argmax(axis=0)
    rows = np.arange(len(a))
    mutual = (nearest_in_a[nearest_in_b] == rows) & (cosines[rows, nearest_in_b] >= cosine)
    return [(int(row), int(nearest_in_b[row])) for row in np.flatnonzero(mutual)]
