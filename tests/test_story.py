"""The story of one question, from a folder to a receipt that is checked again."""

from __future__ import annotations

import pytest

from rag import LocalEngine


@pytest.mark.model
def test_a_question_over_the_seeds(seeds_engine: LocalEngine) -> None:
    answer = seeds_engine.ask("Bis wann soll Europa die konventionelle Verteidigung der NATO übernehmen?")

    assert answer.status == "answered"
    first = answer.citations[answer.statements[0].citations[0]]
    assert "2027" in first.quote
    for citation in answer.citations:
        document = seeds_engine.document(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote
    assert seeds_engine.verify(answer).holds
    # The English telling of the same story backs the German sentence.
    assert {answer.citations[at].language for at in answer.statements[0].citations} == {"de", "en"}
    assert len(answer.origins) == 1
