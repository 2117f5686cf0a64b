"""The reader without a model: it answers with whole sentences of the documents, best first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.reading.scoring import ScoredSentence, is_said
from rag.reading.spans import marked
from rag.records import Draft, DraftStatement, Evidence, Question, Span

NAME = "extractive/1"

# A sentence this much below the best one, in log odds, is not worth saying.
DROP = 8.0


def read(sentences: Sequence[ScoredSentence], most: int) -> Draft:
    """Return up to ``most`` of the scored sentences (best first) as a draft.

    Sentences whose words stand in an earlier statement already (the same article under two names)
    are passed over, and so is what says nothing by itself, if anything else is there.
    """
    sentences = [one for one in sentences if is_said(one.text)] or sentences
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
        evidence = (Evidence(document, sentence.span),)
        statements.append(DraftStatement(words, evidence, round(sentence.score, 6), document.language))
    return Draft(tuple(statements))


def mark(question: Question, draft: Draft, text_of: Callable[[str, str, Span], str | None]) -> Draft:
    """Return the draft with the answering words of its evidence marked; ``text_of`` reads what is stored."""

    def of(one: Evidence) -> Evidence:
        return marked(question, one, text_of(one.document.id, one.document.version, one.span) or "")

    return Draft(tuple(replace(s, evidence=tuple(map(of, s.evidence))) for s in draft.statements))
