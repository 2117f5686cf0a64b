"""The path of a question, as a stream of events: embed, retrieve, judge, read, write (a model), verify."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from rag.asking import AskRule, Clock, Looked, draft_of, look
from rag.checks.judge import ModelJudge
from rag.checks.wording import Likeness
from rag.citations import Citer
from rag.conflicts import find_conflicts
from rag.embedders import for_checks
from rag.errors import FixInput
from rag.events import AnswerDone, AnswerEvent, StageDone, StatementDropped, StatementReady
from rag.index import Index
from rag.llm import Message
from rag.namesakes import Namesakes
from rag.reading import generative
from rag.reading.generative import Writer
from rag.reading.questions import clean_question
from rag.records import (
    Answer,
    Candidate,
    DocumentInfo,
    Draft,
    Dropped,
    Filters,
    Hit,
    Judgement,
    Passage,
    Span,
    Statement,
)
from rag.snapshot import Snapshot
from rag.usage import Usage

if TYPE_CHECKING:
    from rag.embedding import Embedder


@dataclass(frozen=True, slots=True)
class Prompted:
    """What a model would be sent, if the judgement says that the documents answer; else it is not asked."""

    model: str
    messages: tuple[Message, ...]
    judgement: Judgement


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
    clock = Clock()
    looked = yield from look(index, embedder, question, filters, rule, clock)
    found, judgement = looked.found, looked.judgement
    read = draft_of(question, looked, embedder, writer)
    yield clock.done("read")
    second = ModelJudge(writer.asked.model, writer.asked.name, writer.prompts) if writer and rule.judge else None
    checking = for_checks(embedder)
    vector_of = found.vector_of if checking is embedder else None
    called = Namesakes(read.origins, found.sentences, partial(_whole, index)) if read.evidence else None
    said = _Said(Citer(found.text_of, read.numbers, checking, second, vector_of, found.places_of, called))
    outcome: generative.Outcome | None = None
    if writer and read.evidence:
        for written in generative.write(question, read.evidence, writer, looked.most, said.citer.check, embedder.spans):
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
            documents=found.corpus.documents,
            undated_left_out=found.undated_left_out(filters),
            reader=looked.reader if quoting else generative.NAME,
            embedder=index.embedder,
            model=writer.asked.name if writer and outcome else None,
            prompt=writer.prompts.hash if writer and outcome else None,
            corpus=found.corpus.fingerprint,
            asked=dt.datetime.now(dt.UTC).replace(microsecond=0),
            timings=clock.timings,
            usage=_usage(outcome.usage, writer, second) if outcome and writer else None,
            fallback=outcome.failure if outcome else None,
            conflicts=conflicts,
            unknown_language_left_out=found.unknown_language_left_out(filters),
        )
    )


def _usage(written: Usage, writer: Writer, second: ModelJudge | None) -> Usage:
    """Return what an answer took, its judge included."""
    if second is None or not second.calls:
        return written
    cost = writer.asked.cost(second.tokens_in, second.tokens_out)
    return written.plus(second.calls, second.tokens_in, second.tokens_out, cost)


def prompt(
    index: Index, embedder: Embedder, text: str, filters: Filters, rule: AskRule, writer: Writer | None
) -> Prompted:
    """Return what a model would be sent for a question; it is not asked, as embedder and reranker are.

    Raises FixInput where there is no model.
    """
    if writer is None:
        raise FixInput("No model is configured, so there is no prompt.", hint="Name one: --llm MODEL (RAG_LLM)")
    question = clean_question(text, rule.max_question)
    looked = _result(look(index, embedder, question, filters, rule, Clock()))
    evidence = generative.evidence_for(question, looked.scored, writer, looked.most)
    sent = generative.messages(question, evidence, writer.prompts, looked.most)
    return Prompted(writer.asked.name, sent, looked.judgement)


def require_limit(limit: int) -> None:
    """Refuse a number of passages that no search finds: FixInput."""
    if type(limit) is not int or limit < 1:
        raise FixInput(f"{limit!r} passages cannot be found.", hint="From 1 to 100 can.")


def fold(events: Iterator[AnswerEvent]) -> Answer:
    """Return the answer that a stream ends with."""
    for event in events:
        if isinstance(event, AnswerDone):
            return event.answer
    raise AssertionError("a stream ends with AnswerDone")


def _whole(index: Index, document: DocumentInfo) -> str | None:
    with index.reading():
        return index.text_of(document.id, document.version, Span(0, document.length))


def _result(steps: Generator[StageDone, None, Looked]) -> Looked:
    """Return what the steps end with."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            return ended.value


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
                d.id, d.version, d.name, d.title, d.language, d.date, span.start, span.end, quote, statement.score,
                found.places_of(d.id, d.version, span),
            )  # fmt: skip


def _candidate(hit: Hit) -> Candidate:
    span = hit.chunk.span
    return Candidate(
        hit.document.name, span.start, span.end,
        round(hit.score, 6), round(hit.cosine, 6), round(hit.lexical, 6), hit.via,
    )  # fmt: skip
