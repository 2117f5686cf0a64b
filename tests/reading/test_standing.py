"""A document that the question names lends its hits some of what its best is worth."""

from __future__ import annotations

import pytest

from rag.reading.standing import Standing, standings
from rag.records import Chunk, DocumentInfo, Hit, Question, Span


def hit(name: str, at: int, cosine: float, title: str | None = None, language: str = "de") -> Hit:
    document = DocumentInfo(id=name, source="s", name=name, version="v", length=99, title=title, language=language)
    span = Span(at, at + 9)
    chunk = Chunk(f"{name}:{at}", name, "v", span, (span,))
    return Hit(chunk, document, 0.0, cosine, cosine / 2, (), "x" * 9, (cosine,), (cosine,))


HITS = [
    hit("nolorin.txt", 0, 0.9, "Beipackzettel Nolorin"),
    hit("nolorin.txt", 20, 0.3, "Beipackzettel Nolorin"),
    hit("grillen.txt", 0, 0.5, "Satzung über das Grillen"),
    hit("manual_aquaheat.txt", 0, 0.4, language="en"),
]


@pytest.mark.parametrize(
    ("question", "raised"),
    [
        ("Wie wird Nolorin gelagert?", [1]),
        ("Wie wird es gelagert?", []),
        ("Was steht über die Lagerung?", []),
    ],
)
def test_only_the_other_hits_of_a_named_document_stand_better(question: str, raised: list[int]) -> None:
    found = standings(Question(question, "de"), HITS)

    assert [at for at, (one, own) in enumerate(zip(found, HITS, strict=True)) if one.chunk > own.cosine] == raised
    assert found[0] == Standing(0.9, 0.9, 0.45)
    assert all(one.chunk <= 0.9 for one in found)


def test_words_of_a_file_name_count_and_what_most_documents_are_called_does_not() -> None:
    low = hit("manual_aquaheat.txt", 30, 0.1, language="en")
    asked = Question("How heavy is the AquaHeat?", "en")

    assert standings(asked, [*HITS, low])[-1].best > 0.1
    assert standings(asked, [hit("aquaheat.txt", 0, 0.4, language="en"), low])[-1].best == 0.1


def test_without_hits_there_is_none() -> None:
    assert standings(Question("Wer?", "de"), []) == []
