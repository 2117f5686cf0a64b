"""Rows of tables among sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answerability import features
from rag.documents.markdown import marked_places
from rag.reading.evidence import choose
from rag.reading.extractive import read
from rag.reading.quantities import quantity_asked
from rag.reading.scoring import ScoredSentence, score_sentences
from rag.reading.tables import in_units, is_row, names_columns, worth
from rag.records import Chunk, DocumentInfo, Hit, Question, Span

TEXT = """Die Preise gelten je Nacht.
| Zimmer | Sommer | Winter |
|---|---|---|
| Einzelzimmer | 74 € | 58 € |
| Doppelzimmer | 112 € | 91 € |
| Schlüssel | beim Wirt | beim Wirt |"""


def hit(text: str = TEXT) -> Hit:
    """Return a hit of which each line is a sentence."""
    spans: list[Span] = []
    for line in text.split("\n"):
        start = spans[-1].end + 1 if spans else 0
        spans.append(Span(start, start + len(line)))
    document = DocumentInfo("d", "s", "preise.md", "v", len(text), language="de")
    chunk = Chunk("c", "d", "v", Span(0, len(text)), tuple(spans))
    return Hit(chunk, document, 0.0, 0.0, 0.0, (), text, (0.0,) * len(spans), places=marked_places(text, 0))


def test_a_row_is_told_from_prose_and_from_the_names_of_the_columns() -> None:
    one = hit()

    assert [is_row(one, span) for span in one.chunk.sentences] == [False, False, False, True, True, True]
    assert [names_columns(one, span) for span in one.chunk.sentences] == [False, True, False, False, False, False]


@pytest.mark.parametrize(
    ("question", "best"),
    [("Was kostet das Doppelzimmer im Winter?", 4), ("Was kostet das Einzelzimmer?", 3), ("Wo gibt es die Schlüssel?", 5)],
)  # fmt: skip
def test_the_row_of_what_is_asked_for_is_worth_most(question: str, best: int) -> None:
    found = worth(Question(question, "de"), quantity_asked(question), hit(), TEXT.split("\n"))

    assert found[0] is None
    assert (found[1] or 0.0) < 0.0
    rows = {at: one for at, one in enumerate(found) if at > 2 and one is not None}
    assert max(rows, key=lambda at: rows[at]) == best
    assert max(rows.values()) > sorted(rows.values())[-2]


def test_text_without_tables_is_worth_what_it_was() -> None:
    assert worth(Question("Wer?", "de"), None, hit("Eins.\nZwei."), ["Eins.", "Zwei."]) == [None, None]


def test_a_row_is_no_headline_and_the_names_of_columns_are_not_said() -> None:
    question = Question("Welches Zimmer im Winter?", "de")
    one = hit()
    scored = score_sentences(question, [one])
    without = score_sentences(question, [replace(one, places=())])

    def score(of: list[ScoredSentence], start: str) -> float:
        return next(s.score for s in of if s.text.startswith(start))

    assert score(scored, "| Schlüssel") - score(without, "| Schlüssel") == pytest.approx(1.2)
    assert all("Sommer" not in statement.text for statement in read(question, scored, 6).statements)


def test_a_model_is_shown_the_names_of_the_columns_of_a_row() -> None:
    question = Question("Was kostet das Doppelzimmer im Winter?", "de")
    scored = score_sentences(question, [hit()])

    assert [one.text for one in choose(scored, 2, 1000)] == [
        "| Doppelzimmer | 112 € | 91 € |",
        "| Zimmer | Sommer | Winter |",
    ]
    assert [one.text for one in choose(scored, 1, 1000)] == ["| Doppelzimmer | 112 € | 91 € |"]


def test_a_row_gives_a_quantity_in_the_unit_of_its_column() -> None:
    question = Question("Was kostet ein Pass?", "de")
    one = hit("Bitte Bild mitbringen.\n| Art | Gebühr (€) | Dauer |\n|---|---|---|\n| Pass | 70,00 | lang |")

    assert in_units(one).split("\n")[-1] == "Pass; 70,00 €; lang"
    assert (worth(question, quantity_asked(question.text), one, one.text.split("\n"))[3] or 0.0) >= 1.5
    assert features(question, [one], score_sentences(question, [one]))["absent_quantity"] == 0.0
    bare = replace(one, places=())
    assert features(question, [bare], score_sentences(question, [bare]))["absent_quantity"] == 1.0
    assert in_units(replace(one, places=())) == one.text
