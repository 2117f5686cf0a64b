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
from rag.checks.wording import Likeness
from rag.citations import Citer
from rag.conflicts import find_conflicts
from rag.errors import AddDocuments, FixInput
from rag.index import Index
from rag.origins import Sentences, fold_counterparts, group_by_origin
from rag.reading import extractive
from rag.reading.scoring import score_sentences
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
    from rag.embedding import Embedder

_HITS = 12
_NEAREST = 3
_MOST = 20
# How many times more sentences are drafted than said, so that counterparts do not take up room.
_ROOM = 3


@dataclass(frozen=True, slots=True)
class AskRule:
    """How a question is asked: see the settings of the same names.

    Raises FixInput where ``top`` is not between 1 and 20.
    """

    top: int = 3
    candidates: int = 50
    lexical_weight: float = 0.3
    threshold: float = 0.5
    max_question: int = 2000

    def __post_init__(self) -> None:
        """Refuse a number of statements that no answer has."""
        if not 1 <= self.top <= _MOST:
            raise FixInput(f"{self.top} statements cannot be given.", hint=f"From 1 to {_MOST} can.")


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
        sentences = {d.id: _sentences(index, d) for d in {hit.document.id: hit.document for hit in hits}.values()}
    yield clock.done("retrieve")
    scored = score_sentences(question, hits)
    judgement = judge(question, hits, scored, rule.threshold)
    yield clock.done("judge")
    most = rule.top if judgement.answers else _NEAREST
    draft = extractive.read(question, scored, _ROOM * most)
    documents = list({e.document.id: e.document for s in draft.statements for e in s.evidence}.values())
    origins = group_by_origin(documents, sentences)
    draft = Draft(fold_counterparts(draft, origins, sentences).statements[:most])
    used = {e.document.id for s in draft.statements for e in s.evidence}
    origins = [kept for group in origins if (kept := [d for d in group if d.id in used])]
    yield clock.done("read")
    citer = Citer(index.text_of, {d.id: n for n, group in enumerate(origins) for d in group}, embedder)
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
    conflicts = find_conflicts(citer.citations, Likeness(embedder)) if statements else ()
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
            conflicts=conflicts,
        )
    )


def fold(events: Iterator[AnswerEvent]) -> Answer:
    """Return the answer that a stream ends with."""
    for event in events:
        if isinstance(event, AnswerDone):
            return event.answer
    raise AssertionError("a stream ends with AnswerDone")


def _undated_left_out(documents: list[DocumentInfo], filters: Filters) -> int:
    if filters.include_undated or (filters.since is None and filters.until is None):
        return 0
    return sum(document.date is None for document in documents)


def _sentences(index: Index, document: DocumentInfo) -> Sentences:
    chunks = index.catalog.chunks_of(document.id, document.version)
    spans = tuple(span for stored in chunks for span in stored.chunk.sentences)
    return Sentences(spans, np.concatenate([stored.sentence_vectors for stored in chunks]).astype(np.float32))


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
