"""A thing that no passage speaks of is told by the words that name it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rag.reading.subjects import is_absent
from rag.records import Hit, Question
from rag.tokens import Matched, Reading
from tests.reading.test_scoring import hit

TEXT = "Eine Waschmarke kostet 1,80 Euro und ist beim Hausmeister erhältlich."


def asked(text: str) -> Reading:
    """Return a question of one token a word."""
    words = text.split()
    starts = np.cumsum([0, *(len(word) + 1 for word in words[:-1])])
    spans = np.array([(start, start + len(word)) for start, word in zip(starts, words, strict=True)])
    return Reading(np.ones(2, np.float32), np.ones((len(words), 2), np.float32), spans)


def near(*cosines: float, language: str = "de") -> Hit:
    one = hit(TEXT)
    matched = Matched((0.9,), (0.9,), (0.9,), 0.9, cosines)
    return replace(one, matched=matched, document=replace(one.document, language=language))


@pytest.mark.parametrize(
    ("question", "cosines", "absent"),
    [
        ("Was kostet ein Einhorn?", (0.9, 0.9, 0.5, 0.45), True),
        ("Wie teuer ist ein Einhorn?", (0.9, 0.9, 0.9, 0.5, 0.45), True),
        ("Was kostet ein Waschchip?", (0.9, 0.9, 0.5, 0.72), False),
        ("Was kosten die Waschmarken?", (0.9, 0.9, 0.5, 0.45), False),
        ("Was kostet das?", (0.9, 0.9, 0.5), False),
        ("Was kostet ein Einhorn beim Hausmeister?", (0.9, 0.9, 0.5, 0.45, 0.9, 0.95), False),
    ],
)
def test_it_is_absent_where_no_word_of_it_is_held_or_near(
    question: str, cosines: tuple[float, ...], absent: bool
) -> None:
    assert is_absent(Question(question, "de"), asked(question), [near(*cosines)]) is absent


def test_in_another_language_alone_words_come_less_near() -> None:
    question, cosines = "What does a trumpet cost?", (0.9, 0.9, 0.5, 0.55, 0.9)

    assert not is_absent(Question(question, "en"), asked(question), [near(*cosines)])
    assert is_absent(Question(question, "en"), asked(question), [near(*cosines), near(*cosines, language="en")])


def test_without_vectors_of_tokens_nothing_is_absent() -> None:
    question = "Was kostet ein Einhorn?"

    assert not is_absent(Question(question, "de"), asked(question), [replace(near(0.1), matched=None)])
    assert not is_absent(Question(question, "de"), Reading.whole(np.ones(2, np.float32)), [near(0.1)])
