"""The reader without a model: it answers with whole sentences of the documents, best first."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.naming import is_name
from rag.reading.headings import MARK, gives_answer
from rag.reading.scoring import ScoredSentence, is_said, span_text
from rag.reading.spans import marked
from rag.records import Draft, DraftStatement, Evidence, Question, Span

NAME = "extractive/1"

# A sentence this much below the best one, in log odds, is not worth saying.
DROP = 6.0

# How a sentence ends that goes on in a list, how an item of one begins, and how long the whole may be.
_LEADS = re.compile(r"(?:[:,]|[^\W_])[*_]*\Z")
_ITEM = re.compile(r"(?:[-*•‣–]|\d{1,2}[.)]|[a-z]\))\s")
_LONGEST, _LONGEST_LED = 900, 500
# Who speaks: "A:", "Antwort:", "Müller:"; and how a question ends that is put to them.
_SPEAKER = re.compile(r"[*_]*[^\W\d_][\w.'’ -]{0,30}:[*_]*\s")
_QUESTION = re.compile(r"\?[\"'”“»)*_]*\Z")
_PUT = re.compile(rf"[^\n]*?\?[\"'”“»)*_]*\s+(?={_SPEAKER.pattern})")


def read(sentences: Sequence[ScoredSentence], most: int, question: Question | None = None) -> Draft:
    """Return up to ``most`` of the scored sentences (best first) as a draft.

    Sentences whose words stand in an earlier statement already (the same article under two names)
    are passed over, and so is what says nothing by itself, if anything else is there, and what a document is called, if it
    says anything else; a heading that gives what the ``question`` asks for is said. What leads to a list is quoted with its items, an item with what leads to it, and
    an answer in a conversation with its question.
    """

    def names(one: ScoredSentence) -> bool:
        return is_name(one.text, one.hit.document) and not _gives(question, one)

    sentences = [one for one in sentences if is_said(one.text) or _gives(question, one)] or sentences
    more = {one.hit.document.id for one in sentences if not names(one)}
    sentences = [one for one in sentences if not (one.hit.document.id in more and names(one))]
    statements: list[DraftStatement] = []
    said: set[str] = set()
    for sentence in sentences:
        if len(statements) == most or sentence.score < sentences[0].score - DROP:
            break
        document, span = sentence.hit.document, _unmarked(sentence.text, with_lead(sentence) or with_items(sentence))
        words = " ".join(span_text(sentence.hit, span).split())
        listed = any(e.document.id == document.id and e.span.overlaps(span) for s in statements for e in s.evidence)
        if listed or words.casefold() in said:
            continue
        said.add(words.casefold())
        evidence = (Evidence(document, span),)
        statements.append(DraftStatement(words, evidence, round(sentence.score, 6), document.language))
    return Draft(tuple(statements))


def _gives(question: Question | None, one: ScoredSentence) -> bool:
    """Say whether a sentence is a heading, or its document's name, that gives what is asked for."""
    heads = bool(MARK.match(one.text)) or is_name(one.text, one.hit.document)
    return heads and question is not None and gives_answer(question, one.text, one.hit.document.language)


def _unmarked(text: str, span: Span) -> Span:
    mark = MARK.match(text)
    return Span(span.start + mark.end(), span.end) if mark and mark.end() < span.end - span.start else span


def with_lead(sentence: ScoredSentence) -> Span | None:
    """Return the span of a list's item from what leads to the list, or of an answer in a conversation from its question.

    None where a sentence is neither, or the whole is too long to be read at once.
    """
    below = sentence.hit.chunk.sentences
    at = below.index(sentence.span)
    texts = [span_text(sentence.hit, span) for span in below[: at + 1]]
    if _SPEAKER.match(texts[at]) and at and _QUESTION.search(texts[at - 1]):
        start = below[at - 1].start
    elif _ITEM.match(texts[at]):
        while at and _ITEM.match(texts[at]):
            at -= 1
        if not texts[at].rstrip("*_").endswith(":"):
            return None
        start = below[at].start
    else:
        return None
    return Span(start, sentence.span.end) if sentence.span.end - start <= _LONGEST_LED else None


def with_items(sentence: ScoredSentence) -> Span:
    """Return the span of a sentence, or where it leads to a list, to the end of the list's part in its chunk."""
    span, below = sentence.span, sentence.hit.chunk.sentences
    if not _LEADS.search(sentence.text) or _ITEM.match(sentence.text):
        return span
    end = span.end
    for item in below[below.index(span) + 1 :]:
        if not _ITEM.match(span_text(sentence.hit, item)) or item.end - span.start > _LONGEST:
            break
        end = item.end
    return Span(span.start, end)


def mark(question: Question, draft: Draft, text_of: Callable[[str, str, Span], str | None]) -> Draft:
    """Return the draft with the answering words of its evidence marked; ``text_of`` reads what is stored."""

    def of(one: Evidence) -> Evidence:
        text = text_of(one.document.id, one.document.version, one.span) or ""
        asked = _PUT.match(text)
        # The question that is quoted with its answer is not what answers.
        start = asked.end() if asked else 0
        tail = replace(one, span=Span(one.span.start + start, one.span.end))
        return replace(one, marks=marked(question, tail, text[start:]).marks)

    return Draft(tuple(replace(s, evidence=tuple(map(of, s.evidence))) for s in draft.statements))
