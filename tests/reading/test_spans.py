"""The run of words in a sentence that likeliest answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.spans import LONGEST, answer_span, feature_names, weigh
from rag.records import Question, Span

QUESTIONS = [
    "Wann?",
    "Wie viele Staaten?",
    "Wer?",
    "Welches Land?",
    "Warum?",
    "Was?",
    "When?",
    "Which state?",
    "Why?",
    "?",
    "",
]
PIECES = st.one_of(
    st.sampled_from(
        [
            "Am 3. Oktober 2021",
            "in Brüssel",
            "acht Staaten",
            "3,5 %",
            "$19 billion",
            "Jens Stoltenberg",
            ", weil er ging",
            "(",
            "”",
            "\n",
        ]
    ),
    st.text(max_size=12),
)
TEXTS = st.lists(PIECES, max_size=12).map(" ".join)
LANGUAGES = st.sampled_from(["de", "en", "fr", None])

CASES = [
    ("Wer hat die Brücke gebaut?", "de", "Die Brücke hat der Ingenieur Emil Brandt gebaut.", "Emil Brandt"),
    ("Who built the bridge?", "en", "The bridge was built by Emil Brandt.", "Emil Brandt"),
    ("Wann wurde die Brücke gebaut?", "de", "Die Brücke wurde 1894 gebaut.", "1894"),
    ("When was the bridge built?", "en", "The bridge was built in 1894 by hand.", "1894"),
    ("Wie viele Menschen leben auf der Insel?", "de", "Auf der Insel leben 412 Menschen.", "412"),
    ("How many people live on the island?", "en", "About 412 people live on the island.", "412"),
    ("In which city did they meet?", "en", "In May they met in Lisbon.", "Lisbon"),
]


@pytest.mark.parametrize(("question", "language", "sentence", "words"), CASES)
def test_the_answer_is_in_the_marked_words(question: str, language: str, sentence: str, words: str) -> None:
    span = answer_span(Question(question, language), sentence, language)

    assert span is not None
    assert words in span.of(sentence)
    assert len(span.of(sentence).split()) <= len(words.split()) + 2


@given(question=st.sampled_from(QUESTIONS), text=TEXTS, language=LANGUAGES)
def test_a_mark_is_of_words_of_the_sentence(question: str, text: str, language: str | None) -> None:
    span = answer_span(Question(question, language), text, language)

    if span is not None:
        assert 0 <= span.start < span.end <= len(text)
        assert span.of(text).strip() == span.of(text) != ""
    assert span == answer_span(Question(question, language), text, language)


@given(question=st.sampled_from(QUESTIONS), text=TEXTS, language=LANGUAGES)
def test_every_run_is_weighed_once(question: str, text: str, language: str | None) -> None:
    runs = weigh(Question(question, language), text, language)

    assert len(set(runs.spans)) == len(runs.spans)
    assert runs.features.shape == (len(runs.spans), len(feature_names()))
    assert np.isfinite(runs.features).all()


def test_long_runs_are_not_weighed() -> None:
    runs = weigh(Question("Was?", "de"), "wort " * 40, "de")

    assert max(len(span.of("wort " * 40).split()) for span in runs.spans) == LONGEST


@pytest.mark.parametrize(
    ("question", "text", "part"),
    [
        ("Wann wurde er geboren?", "Er wurde am 3. Mai 1984 geboren.", "3. Mai 1984"),
        ("When did it start?", "It started on Jan. 5, 2022 in Leeds.", "Jan. 5, 2022"),
        ("Wann fährt der Bus?", "Der Bus fährt um 7:40 Uhr ab.", "7:40 Uhr"),
    ],
)
def test_no_date_and_no_time_is_cut(question: str, text: str, part: str) -> None:
    for language in ("de", "en"):
        span = answer_span(Question(question, language), text, language)
        assert span is not None
        whole = Span(text.index(part), text.index(part) + len(part))
        assert not whole.overlaps(span) or (span.start <= whole.start and whole.end <= span.end)
