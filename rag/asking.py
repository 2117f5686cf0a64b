"""What is found for a question: sentences with scores, whether they answer, and a draft of what to say."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from glob import escape
from typing import TYPE_CHECKING

from rag.answerability import judge
from rag.citations import TextOf
from rag.contrary import of_one_template, told_otherwise
from rag.errors import FixInput
from rag.events import StageDone
from rag.index import Index
from rag.origins import OriginNumbers, fold_counterparts, group_by_origin, once_each
from rag.reading import extractive, generative, overview
from rag.reading.codes import codes_first
from rag.reading.evidence import Numbered
from rag.reading.generative import Writer
from rag.reading.heads import heads_first
from rag.reading.overview import MOST_DOCUMENTS, overview_asked
from rag.reading.recency import later_first
from rag.reading.rows import rows_first
from rag.reading.scoring import ScoredSentence, is_greeting, score_sentences
from rag.reading.sections import sections_first
from rag.records import OVERVIEW, DocumentInfo, Draft, Filters, Judgement, Question, Span
from rag.reranking import POOL
from rag.snapshot import HITS, Snapshot, beginnings, take
from rag.text.threads import is_head

if TYPE_CHECKING:
    from rag.embedding import Embedder
    from rag.reranking import Reranking
    from rag.settings import Settings

_NEAREST = 3
_MOST = 20
# How many times more sentences are drafted than said, so that counterparts do not take up room.
_ROOM = 3
# Sentences that an overview of one document quotes.
_OF_ONE = 3


@dataclass(frozen=True, slots=True)
class AskRule:
    """How a question is asked: see the settings of the same names; ``overview`` is ``top`` for an overview.

    Raises FixInput where ``top`` is not between 1 and 20.
    """

    top: int = 3
    overview: int = MOST_DOCUMENTS
    candidates: int = 50
    lexical_weight: float = 0.3
    threshold: float = 0.5
    max_question: int = 2000
    judge: bool = False
    reranking: Reranking | None = None

    @classmethod
    def of(cls, settings: Settings, top: int | None, reranking: Reranking | None = None) -> AskRule:
        """Return the rule that the settings name; ``top`` wins over theirs."""
        return cls(
            top=settings.top if top is None else top,
            overview=MOST_DOCUMENTS if top is None else top,
            candidates=settings.candidates,
            lexical_weight=settings.lexical_weight,
            threshold=settings.threshold,
            max_question=settings.max_question,
            judge=settings.judge,
            reranking=reranking,
        )

    def __post_init__(self) -> None:
        """Refuse a number of statements that no answer has."""
        if type(self.top) is not int or not 1 <= self.top <= _MOST:
            raise FixInput(f"{self.top!r} statements cannot be given.", hint=f"From 1 to {_MOST} can.")


@dataclass(slots=True)
class Clock:
    """Seconds by stage."""

    timings: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def done(self, stage: str) -> StageDone:
        """Note the seconds since the last stage ended, and return the event that tells of it."""
        now = time.perf_counter()
        seconds, self._since = now - self._since, now
        self.timings[stage] = round(seconds, 6)
        return StageDone(stage, seconds)


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found for a question: what its sentences are worth, and whether they answer.

    ``most`` is how many statements may be made of them, by ``reader`` where no model writes.
    """

    found: Snapshot
    scored: list[ScoredSentence]
    judgement: Judgement
    most: int
    reader: str


def look(
    index: Index, embedder: Embedder, question: Question, filters: Filters, rule: AskRule, clock: Clock
) -> Generator[StageDone, None, Looked]:
    """Find sentences for a question and judge whether they answer it; yield each stage when it is done.

    Who asks for an overview gets what each document says first, or says of the topic, and it is
    answered where there is any such sentence.

    Raises:
        AddDocuments: there is nothing to answer from.
        FixModel, RetryLater, ShortenRequest, ChangeModel: the reranker cannot be asked, or its reply is no use.
    """
    asked = overview_asked(question.text)
    if asked is not None and asked.topic is None:
        named = replace(filters, source=filters.source or f"*{escape(asked.name)}") if asked.name else filters
        found = beginnings(index, named, _ROOM * rule.overview)
        yield clock.done("retrieve")
        scored = overview.openings(found.hits, _OF_ONE if asked.name else 1)
        return Looked(found, scored, _certain(scored, rule), rule.overview, OVERVIEW)
    sought = replace(question, text=asked.topic) if asked and asked.topic else question
    read = embedder.read([sought.text], "question", sought.language)[0]
    yield clock.done("embed")
    # Passages for an overview are all wanted, so that nothing is left for a reranker to choose.
    reranking = None if asked else rule.reranking
    found = take(
        index, read, sought, filters,
        candidates=rule.candidates, weight=rule.lexical_weight,
        limit=rule.candidates if asked else POOL if reranking else HITS,
    )  # fmt: skip
    if reranking:
        found = found.only(reranking.best(sought.text, found.hits, HITS))
    yield clock.done("retrieve")
    scored = score_sentences(sought, found.hits)
    for placed in (sections_first, rows_first, heads_first, later_first, codes_first):
        scored = placed(sought, scored)
    if asked and asked.topic:
        about = overview.mentions(asked.topic, found.hits, scored)
        yield clock.done("judge")
        return Looked(found, about or scored, _certain(about, rule), rule.overview, OVERVIEW)
    judgement = judge(question, found.hits, scored, rule.threshold, read)
    yield clock.done("judge")
    return Looked(found, scored, judgement, rule.top, extractive.NAME)


def _certain(found: list[ScoredSentence], rule: AskRule) -> Judgement:
    """Judge an overview: there is something to name, or there is not."""
    return Judgement(float(bool(found)), rule.threshold, {})


@dataclass(frozen=True, slots=True)
class Read:
    """What was read in the hits: the draft to quote, the evidence to write from, and the origins of both."""

    draft: Draft
    evidence: tuple[Numbered, ...]
    numbers: OriginNumbers
    origins: Sequence[Sequence[DocumentInfo]]


def draft_of(question: Question, looked: Looked, embedder: Embedder, writer: Writer | None) -> Read:
    """Return what may be said of what was found; where the documents do not answer, what comes nearest."""
    answers, sentences = looked.judgement.answers, looked.found.sentences
    most = looked.most if answers else _NEAREST
    draft = extractive.read(question, looked.scored, _ROOM * most)
    evidence = generative.evidence_for(question, looked.scored, writer, most) if writer and answers else ()
    documents = {e.document.id: e.document for s in draft.statements for e in s.evidence}
    documents |= {n.document.id: n.document for n in evidence}
    apart = partial(of_one_template, text_of=looked.found.text_of)
    formal = partial(_formal, text_of=looked.found.text_of)
    origins = group_by_origin(list(documents.values()), sentences, apart=apart, formal=formal)
    draft = fold_counterparts(draft, origins, sentences, contrary=told_otherwise)
    overviewed = answers and looked.reader == OVERVIEW
    told_once = overviewed and len(documents) > 1
    draft = once_each(draft, origins) if told_once else extractive.without_strays(draft) if answers else draft
    draft = Draft(draft.statements[:most])
    if answers and not overviewed:
        begins = partial(looked.found.begins_of, spans_of=embedder.spans)
        draft = extractive.mark(question, draft, looked.found.text_of, begins, looked.found.places_of)
    return Read(draft, evidence, OriginNumbers(origins), origins)


def _formal(document: DocumentInfo, span: Span, text_of: TextOf) -> bool:
    """Say whether a sentence only heads a mail, greets or ends a letter; of what is not at hand it is not said."""
    text = text_of(document.id, document.version, span)
    return text is not None and (is_head(text) or is_greeting(text))
