"""The reader without a model: it answers with whole sentences of the documents, best first."""

from __future__ import annotations

from collections.abc import Sequence

from rag.reading.marks import answering_words
from rag.reading.scoring import ScoredSentence
from rag.records import Draft, DraftStatement, Evidence, Question, Span

NAME = "extractive/1"

# A sentence this much below the best one, in log odds, is not worth saying.
DROP = 8.0


def read(question: Question, sentences: Sequence[ScoredSentence], most: int) -> Draft:
    """Return up to ``most`` of the scored sentences (best first) as a draft.

    Sentences whose words stand in an earlier statement already (the same article under two names)
    are passed over.
    """
    statements: list[DraftStatement] = []
    said: set[str] = set()
    for sentence in sentences:
        words = " ".join(sentence.text.split())
        if len(statements) == most or sentence.score < sentences[0].score - DROP:
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
