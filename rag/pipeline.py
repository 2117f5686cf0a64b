"""The path of a question, as a stream of events: embed, retrieve, judge, read, verify."""

from __future__ import annotations

import datetime as dt
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from rag.answerability import judge
from rag.citations import Citer
from rag.errors import AddDocuments, FixInput
from rag.index import Index
from rag.origins import group_by_origin
from rag.reading import extractive
from rag.records import (
    Answer,
    AnswerDone,
    AnswerEvent,
    Candidate,
    DocumentInfo,
    Draft,
    Dropped,
    Filters,
    Hit,
    Passage,
    Question,
    StageDone,
    Statement,
    StatementDropped,
    StatementReady,
)
from rag.retrieval import retrieve
from rag.text.language import detect

if TYPE_CHECKING:
    from rag.embedding import Embedder, Vectors

_HITS = 12
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class AskRule:
    """How a question is asked: see the settings of the same names."""

    top: int = 3
    candidates: int = 50
    lexical_weight: float = 0.4
    threshold: float = 0.5
    max_question: int = 2000


@dataclass(slots=True)
class _Clock:
    timings: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def done(self, stage: str) -> StageDone:
        now = time.perf_counter()
        seconds, self._since = now - self._since, now
        self.timings[stage] = round(seconds, 6)
        return StageDone(stage, seconds)


def clean_question(text: str, longest: int) -> Question:
    """Return the question in NFC, white space folded, with its language.

    Raises:
        FixInput: it is empty, or longer than ``longest`` characters.
    """
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text)
    clean = " ".join(unicodedata.normalize("NFC", shown).split())
    if not any(c.isalnum() for c in clean):
        raise FixInput("The question is empty.", hint='Ask in words: rag ask "Who ...?"')
    if len(clean) > longest:
        raise FixInput(
            f"The question has {len(clean):,} characters; at most {longest:,} are taken.",
            hint="Shorten it, or raise max_question in rag.toml (RAG_MAX_QUESTION).",
        )
    return Question(clean, detect(clean))


def stream(index: Index, embedder: Embedder, text: str, filters: Filters, rule: AskRule) -> Iterator[AnswerEvent]:
    """Answer a question; each statement is yielded only after it has been verified.

    The last event is AnswerDone.

    Raises:
        FixInput: the question is unusable.
        AddDocuments: there is nothing to answer from.
    """
    question = clean_question(text, rule.max_question)
    clock = _Clock()
    vector = embedder.embed([question.text], "question", question.language)[0]
    yield clock.done("embed")
    # One state of the index for all that is read here; nothing is yielded while it is held still.
    with index.reading():
        everything = index.catalog.documents()
        if not everything:
            raise AddDocuments("The index holds no document.", hint="Add some: rag ingest FOLDER")
        corpus = index.corpus()
        hits = retrieve(
            index, vector, question, filters,
            candidates=rule.candidates, weight=rule.lexical_weight, limit=_HITS,
        )  # fmt: skip
    yield clock.done("retrieve")
    judgement = judge(question, hits, rule.threshold)
    yield clock.done("judge")
    draft = extractive.read(question, hits, rule.top if judgement.answers else _NEAREST)
    yield clock.done("read")
    origins = _origins(index, draft)
    citer = Citer(index.text_of, {d.id: n for n, group in enumerate(origins) for d in group})
    statements: list[Statement] = []
    dropped: list[Dropped] = []
    for proposed in draft.statements if judgement.answers else ():
        checked = citer.check(proposed)
        if isinstance(checked, Statement):
            statements.append(checked)
            yield StatementReady(checked, tuple(citer.citations[n] for n in checked.citations))
        else:
            dropped.append(checked)
            yield StatementDropped(checked)
    nearest = () if statements else tuple(_nearest(index, draft))
    yield clock.done("verify")
    cited = {c.document_id for c in citer.citations}
    yield AnswerDone(
        Answer(
            status="answered" if statements else "not_in_documents",
            question=question.text,
            language=question.language or "und",
            statements=tuple(statements),
            citations=tuple(citer.citations),
            origins=tuple(tuple(d.name for d in group if d.id in cited) for group in origins) if statements else (),
            nearest=nearest,
            judgement=judgement,
            dropped=tuple(dropped),
            candidates=tuple(_candidate(hit) for hit in hits),
            filters=filters,
            documents=len(everything),
            undated_left_out=_undated_left_out(everything, filters),
            reader=extractive.NAME,
            embedder=index.embedder,
            model=None,
            prompt=None,
            corpus=corpus,
            asked=dt.datetime.now(dt.UTC).replace(microsecond=0),
            timings=clock.timings,
        )
    )


def ask(index: Index, embedder: Embedder, text: str, filters: Filters, rule: AskRule) -> Answer:
    """Answer a question and wait for all of it: the stream, folded."""
    for event in stream(index, embedder, text, filters, rule):
        if isinstance(event, AnswerDone):
            return event.answer
    raise AssertionError("a stream ends with AnswerDone")


def _undated_left_out(documents: list[DocumentInfo], filters: Filters) -> int:
    if filters.include_undated or (filters.since is None and filters.until is None):
        return 0
    return sum(document.date is None for document in documents)


def _origins(index: Index, draft: Draft) -> list[list[DocumentInfo]]:
    documents = list({e.document.id: e.document for s in draft.statements for e in s.evidence}.values())
    return group_by_origin(documents, lambda identity, version: _sentence_vectors(index, identity, version))


def _sentence_vectors(index: Index, identity: str, version: str) -> Vectors:
    chunks = index.catalog.chunks_of(identity, version)
    return np.concatenate([stored.sentence_vectors for stored in chunks]).astype(np.float32)


def _nearest(index: Index, draft: Draft) -> Iterator[Passage]:
    for statement in draft.statements:
        d, span = statement.evidence[0].document, statement.evidence[0].span
        quote = index.text_of(d.id, d.version, span)
        if quote is not None:
            yield Passage(
                d.id, d.version, d.name, d.title, d.language, d.date, span.start, span.end, quote, statement.score
            )


def _candidate(hit: Hit) -> Candidate:
    span = hit.chunk.span
    return Candidate(
        hit.document.name, span.start, span.end,
        round(hit.score, 6), round(hit.cosine, 6), round(hit.lexical, 6), hit.via,
    )  # fmt: skip
