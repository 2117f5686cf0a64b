"""The reader without a model: it answers with whole sentences of the documents, best first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.naming import is_name
from rag.place import Place
from rag.reading.extent import quoted, unled
from rag.reading.headings import MARK, gives_answer
from rag.reading.scoring import ScoredSentence, is_said, span_text
from rag.reading.spans import marked
from rag.reading.tables import names_columns
from rag.records import Draft, DraftStatement, Evidence, Question, Span
from rag.tokens import Begins

NAME = "extractive/1"

# A sentence this much below the best one, in log odds, is not worth saying.
DROP = 6.0

# The same for one of another document than the best: what is alike by a word or a number is seldom about the same thing.
_ELSEWHERE = 3.0


def read(question: Question, sentences: Sequence[ScoredSentence], most: int) -> Draft:
    """Return up to ``most`` of the scored sentences (best first) as a draft.

    Sentences whose words stand in an earlier statement already (the same article under two names)
    are passed over, and so is what says nothing by itself, if anything else is there, and what a document is called, if it
    says anything else; a heading that gives what the question asks for is said. What leads to a list is quoted with its items, an
    item with what leads to it, an answer in a conversation with its question, what goes on from the sentence before with that, and
    where a reason is asked for, a consequence with its reason.
    """
    sentences = [one for one in sentences if _is_said(one) or _gives(question, one)] or sentences
    names = [is_name(one.text, one.hit.document) and not _gives(question, one) for one in sentences]
    more = {one.hit.document.id for one, name in zip(sentences, names, strict=True) if not name}
    kept = zip(sentences, names, strict=True)
    sentences = [one for one, name in kept if not (name and one.hit.document.id in more)]
    statements: list[DraftStatement] = []
    said: set[str] = set()
    for sentence in sentences:
        if len(statements) == most or sentence.score < sentences[0].score - DROP:
            break
        document = sentence.hit.document
        before = [e.span for s in statements for e in s.evidence if e.document.id == document.id]
        span = _unmarked(sentence.text, quoted(question, sentence))
        if any(one.overlaps(span) for one in before):
            span = _unmarked(sentence.text, sentence.span)
        words = " ".join(span_text(sentence.hit, span).split())
        listed = any(one.overlaps(span) for one in before)
        if listed or words.casefold() in said:
            continue
        said.add(words.casefold())
        evidence = (Evidence(document, span),)
        statements.append(DraftStatement(words, evidence, round(sentence.score, 6), document.language))
    return Draft(tuple(statements))


def without_strays(draft: Draft) -> Draft:
    """Return the draft without statements of other documents than the first one's that are much worse than it.

    What tells the same as another statement must stand as its evidence before.
    """
    if not draft.statements:
        return draft
    first = draft.statements[0]
    own = {evidence.document.id for evidence in first.evidence}
    return Draft(
        tuple(s for s in draft.statements if s.evidence[0].document.id in own or s.score >= first.score - _ELSEWHERE)
    )


def _is_said(one: ScoredSentence) -> bool:
    return is_said(one.text) and not names_columns(one.hit, one.span)


def _gives(question: Question, one: ScoredSentence) -> bool:
    """Say whether a sentence is a heading, or its document's name, that gives what is asked for."""
    heads = bool(MARK.match(one.text)) or is_name(one.text, one.hit.document)
    return heads and gives_answer(question, one.text, one.hit.document.language)


def _unmarked(text: str, span: Span) -> Span:
    mark = MARK.match(text)
    return Span(span.start + mark.end(), span.end) if mark and mark.end() < span.end - span.start else span


def mark(
    question: Question,
    draft: Draft,
    text_of: Callable[[str, str, Span], str | None],
    begins_of: Callable[[str, str, Span], Begins | None],
    places_of: Callable[[str, str, Span], tuple[Place, ...]],
) -> Draft:
    """Return the draft with the answering words of its evidence marked.

    ``text_of`` reads what is stored, ``begins_of`` says where in it the answer is read to begin, ``places_of`` where it stands.
    """

    def of(one: Evidence) -> Evidence:
        where = (one.document.id, one.document.version)
        text = text_of(*where, one.span) or ""
        # The question that is quoted with its answer is not what answers.
        start = unled(text)
        tail = Span(one.span.start + start, one.span.end)
        found = marked(
            question, replace(one, span=tail), text[start:], begins_of(*where, tail), places_of(*where, tail)
        )
        return replace(one, marks=found.marks)

    return Draft(tuple(replace(s, evidence=tuple(map(of, s.evidence))) for s in draft.statements))
