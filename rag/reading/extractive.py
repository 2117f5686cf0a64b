"""The reader without a model: it answers with whole sentences of the documents, best first."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.lexical import analyse
from rag.reading.marks import answering_words
from rag.records import Draft, DraftStatement, Evidence, Hit, Question, Span

NAME = "extractive/1"

_ENDS = re.compile(r"[.!…][\"'”“»)\]]*$")
_ASKS = re.compile(r"\?[\"'”“»)\]]*$")


@dataclass(frozen=True, slots=True)
class ReadingRule:
    """How a sentence is scored.

    score = its cosine + ``chunk`` x the cosine of its chunk + ``words`` x the share of the question's
    words in it + ``chunk_words`` x the chunk's lexical share, less ``fragment`` where it is a
    headline or caption (no full stop) and less ``asks`` where it is a question itself. A statement
    further than ``drop`` below the best one is not worth saying.
    """

    chunk: float = 1.0
    words: float = 0.4
    chunk_words: float = 0.2
    fragment: float = 0.1
    asks: float = 0.2
    drop: float = 0.5


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    hit: Hit
    span: Span
    text: str


def read(question: Question, hits: Sequence[Hit], top: int, rule: ReadingRule | None = None) -> Draft:
    """Return up to ``top`` sentences of the hits as a draft, best first.

    Sentences whose words stand in an earlier statement already (the same article under two names)
    are passed over.
    """
    scored = sorted(_sentences(question, hits, rule or ReadingRule()), key=_order)
    statements: list[DraftStatement] = []
    said: set[str] = set()
    for sentence in scored:
        words = " ".join(sentence.text.split())
        if len(statements) == top or sentence.score < scored[0].score - (rule or ReadingRule()).drop:
            break
        if words.casefold() in said:
            continue
        said.add(words.casefold())
        document = sentence.hit.document
        marks = tuple(
            Span(sentence.span.start + mark.start, sentence.span.start + mark.end)
            for mark in answering_words(question, sentence.text, document.language)
        )
        evidence = (Evidence(document, sentence.span, marks),)
        statements.append(DraftStatement(words, evidence, round(sentence.score, 6), document.language))
    return Draft(tuple(statements))


def _order(scored: _Scored) -> tuple[float, str, Span]:
    return -scored.score, scored.hit.document.name, scored.span


def _sentences(question: Question, hits: Sequence[Hit], rule: ReadingRule) -> list[_Scored]:
    texts = [[span_text(hit, span) for span in hit.chunk.sentences] for hit in hits]
    bags = [
        [frozenset(analyse(text, hit.document.language)) for text in below] for hit, below in zip(hits, texts, strict=True)
    ]
    # How telling a word is, judged by the sentences at hand: no index is asked a second time.
    seen = Counter(word for below in bags for bag in below for word in bag)
    total = sum(map(len, bags))
    asked = {
        language: {word: math.log(1 + total / (1 + seen[word])) for word in analyse(question.text, language)}
        for language in {hit.document.language for hit in hits}
    }
    out: list[_Scored] = []
    for hit, below, bag_row in zip(hits, texts, bags, strict=True):
        weights = asked[hit.document.language]
        most = sum(weights.values()) or 1.0
        for span, text, bag, cosine in zip(hit.chunk.sentences, below, bag_row, hit.sentence_cosines, strict=True):
            words = sum(weight for word, weight in weights.items() if word in bag) / most
            score = cosine + rule.chunk * hit.cosine + rule.words * words + rule.chunk_words * hit.lexical
            if _ASKS.search(text):
                score -= rule.asks
            elif not _ENDS.search(text):
                score -= rule.fragment
            out.append(_Scored(score, hit, span, text))
    return out


def span_text(hit: Hit, span: Span) -> str:
    """Return the characters of a span that lies within the hit's chunk."""
    offset = hit.chunk.span.start
    return hit.text[span.start - offset : span.end - offset]
