"""The path of a question, as a stream of events: embed, retrieve, judge, read, write (a model), verify."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.answerability import judge
from rag.checks.judge import ModelJudge
from rag.checks.wording import Likeness
from rag.citations import Citer
from rag.conflicts import find_conflicts
from rag.embedding import for_checks
from rag.errors import FixInput
from rag.index import Index
from rag.llm import Message
from rag.origins import OriginNumbers, fold_counterparts, group_by_origin
from rag.reading import extractive, generative
from rag.reading.evidence import Numbered
from rag.reading.generative import Writer
from rag.reading.questions import clean_question
from rag.reading.scoring import ScoredSentence, score_sentences
from rag.records import (
    Answer,
    AnswerDone,
    AnswerEvent,
    Candidate,
    Draft,
    Dropped,
    Filters,
    Hit,
    Judgement,
    Passage,
    Question,
    StageDone,
    Statement,
    StatementDropped,
    StatementReady,
)
from rag.snapshot import Snapshot, take

if TYPE_CHECKING:
    from rag.embedding import Embedder, Vectors
    from rag.settings import Settings

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
    judge: bool = False

    @classmethod
    def of(cls, settings: Settings, top: int | None) -> AskRule:
        """Return the rule that the settings name; ``top`` wins over theirs."""
        return cls(
            top=settings.top if top is None else top,
            candidates=settings.candidates,
            lexical_weight=settings.lexical_weight,
            threshold=settings.threshold,
            max_question=settings.max_question,
            judge=settings.judge,
        )

    def __post_init__(self) -> None:
        """Refuse a number of statements that no answer has."""
        if not 1 <= self.top <= _MOST:
            raise FixInput(f"{self.top} statements cannot be given.", hint=f"From 1 to {_MOST} can.")


@dataclass(frozen=True, slots=True)
class Prompted:
    """What a model would be sent, if the judgement says that the documents answer; else it is not asked."""

    model: str
    messages: tuple[Message, ...]
    judgement: Judgement


@dataclass(slots=True)
class _Clock:
    timings: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def done(self, stage: str) -> StageDone:
        now = time.perf_counter()
        seconds, self._since = now - self._since, now
        self.timings[stage] = round(seconds, 6)
        return StageDone(stage, seconds)


def stream(
    index: Index, embedder: Embedder, text: str, filters: Filters, rule: AskRule, writer: Writer | None = None
) -> Iterator[AnswerEvent]:
    """Answer a question; each statement is yielded only after it has been verified.

    ``writer`` writes the statements, where there is one and the documents are judged to answer; without
    it, or where nothing that it writes can be used, sentences of the documents are quoted. The last
    event is AnswerDone.

    Raises:
        FixInput: the question is unusable.
        AddDocuments: there is nothing to answer from.
        FixModel, RetryLater: the model cannot be asked, or went away; what was yielded stands.
    """
    question = clean_question(text, rule.max_question)
    clock = _Clock()
    vector = embedder.embed([question.text], "question", question.language)[0]
    yield clock.done("embed")
    found = _find(index, vector, question, filters, rule)
    yield clock.done("retrieve")
    scored = score_sentences(question, found.hits)
    judgement = judge(question, found.hits, scored, rule.threshold)
    yield clock.done("judge")
    read = _read(question, found, scored, judgement, writer, rule)
    yield clock.done("read")
    second = ModelJudge(writer.asked.model, writer.asked.name, writer.prompts) if writer and rule.judge else None
    checking = for_checks(embedder)
    vector_of = found.vector_of if checking is embedder else None
    said = _Said(Citer(found.text_of, read.numbers, checking, second, vector_of))
    outcome: generative.Outcome | None = None
    if writer and read.evidence:
        for written in generative.write(question, read.evidence, writer, rule.top, said.citer.check):
            if isinstance(written, generative.Outcome):
                outcome = written
            else:
                yield said.keep(written)
        yield clock.done("write")
    quoting = outcome is None or outcome.failure is not None
    if judgement.answers and quoting:
        for proposed in read.draft.statements:
            yield said.keep(said.citer.check(proposed))
    conflicts = find_conflicts(said.citer.citations, Likeness(checking)) if said.statements else ()
    if quoting:
        yield clock.done("verify")
    yield AnswerDone(
        Answer(
            status="answered" if said.statements else "not_in_documents",
            question=question.text,
            language=question.language or "und",
            statements=tuple(said.statements),
            citations=tuple(said.citer.citations),
            origins=read.numbers.names({c.document_id for c in said.citer.citations}),
            nearest=() if said.statements else tuple(_nearest(found, read.draft)),
            judgement=judgement,
            dropped=tuple(said.dropped),
            candidates=tuple(_candidate(hit) for hit in found.hits),
            filters=filters,
            documents=len(found.everything),
            undated_left_out=found.undated_left_out(filters),
            reader=extractive.NAME if quoting else generative.NAME,
            embedder=index.embedder,
            model=writer.asked.name if writer and outcome else None,
            prompt=writer.prompts.hash if writer and outcome else None,
            corpus=found.corpus,
            asked=dt.datetime.now(dt.UTC).replace(microsecond=0),
            timings=clock.timings,
            usage=outcome.usage if outcome else None,
            fallback=outcome.failure if outcome else None,
            conflicts=conflicts,
        )
    )


def prompt(
    index: Index, embedder: Embedder, text: str, filters: Filters, rule: AskRule, writer: Writer | None
) -> Prompted:
    """Return what a model would be sent for a question; nothing is sent.

    Raises FixInput where there is no model.
    """
    if writer is None:
        raise FixInput("No model is configured, so there is no prompt.", hint="Name one: --llm MODEL (RAG_LLM)")
    question = clean_question(text, rule.max_question)
    vector = embedder.embed([question.text], "question", question.language)[0]
    found = _find(index, vector, question, filters, rule)
    scored = score_sentences(question, found.hits)
    evidence = generative.evidence_for(question, scored, writer, rule.top)
    sent = generative.messages(question, evidence, writer.prompts, rule.top)
    return Prompted(writer.asked.name, sent, judge(question, found.hits, scored, rule.threshold))


def fold(events: Iterator[AnswerEvent]) -> Answer:
    """Return the answer that a stream ends with."""
    for event in events:
        if isinstance(event, AnswerDone):
            return event.answer
    raise AssertionError("a stream ends with AnswerDone")


def _find(index: Index, vector: Vectors, question: Question, filters: Filters, rule: AskRule) -> Snapshot:
    return take(index, vector, question, filters, candidates=rule.candidates, weight=rule.lexical_weight)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read in the hits: the draft to quote, the evidence to write from, and the origins of both."""

    draft: Draft
    evidence: tuple[Numbered, ...]
    numbers: OriginNumbers


def _read(
    question: Question,
    found: Snapshot,
    scored: list[ScoredSentence],
    judgement: Judgement,
    writer: Writer | None,
    rule: AskRule,
) -> _Read:
    most = rule.top if judgement.answers else _NEAREST
    draft = extractive.read(question, scored, _ROOM * most)
    evidence = generative.evidence_for(question, scored, writer, rule.top) if writer and judgement.answers else ()
    documents = {e.document.id: e.document for s in draft.statements for e in s.evidence}
    documents |= {n.document.id: n.document for n in evidence}
    origins = group_by_origin(list(documents.values()), found.sentences)
    folded = fold_counterparts(draft, origins, found.sentences).statements
    return _Read(Draft(folded[:most]), evidence, OriginNumbers(origins))


@dataclass(slots=True)
class _Said:
    """What came out of the checks so far."""

    citer: Citer
    statements: list[Statement] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)

    def keep(self, checked: Statement | Dropped) -> StatementReady | StatementDropped:
        """Keep it, and return the event that tells of it."""
        if isinstance(checked, Statement):
            self.statements.append(checked)
            return StatementReady(checked, tuple(self.citer.citations[n] for n in checked.citations))
        self.dropped.append(checked)
        return StatementDropped(checked)


def _nearest(found: Snapshot, draft: Draft) -> Iterator[Passage]:
    for statement in draft.statements:
        d, span = statement.evidence[0].document, statement.evidence[0].span
        quote = found.text_of(d.id, d.version, span)
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
