"""The run of words in a sentence that likeliest answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.spans import answer_span
from rag.records import Question, Span
from rag.tokens import Begins

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


@pytest.mark.parametrize(
    ("question", "text", "part"),
    [
        ("Wann wurde er geboren?", "Er wurde am 3. Mai 1984 geboren.", "3. Mai 1984"),
        ("When did it start?", "It started on Jan. 5, 2022 in Leeds.", "Jan. 5, 2022"),
        ("Wann fährt der Bus?", "Der Bus fährt um 7:40 Uhr ab.", "7:40 Uhr"),
        ("Bis wann gilt es?", "Es gilt bis 15. April für alle.", "15. April"),
        ("Was kostet es?", "Es kostet 3.200,75 € im Jahr.", "3.200,75 €"),
        ("How much is it?", "The fee is $39.90 a year.", "$39.90"),
        ("Wann ist offen?", "Offen ist von 14 bis 18 Uhr.", "14 bis 18 Uhr"),
        ("When does it start?", "It starts at 4 pm.", "4 pm"),
        ("Wie lange dauert es?", "Es dauert 8 bis 12 Tage.", "8 bis 12 Tage"),
        ("How long is it?", "It lasts 9 months.", "9 months"),
        ("How much is it?", "It costs 10,500 euros in all.", "10,500 euros"),
        ("Wie warm wird es?", "Es wird von -22 bis +40 °C warm.", "-22 bis +40 °C"),
        ("Wer fiel aus?", "Im Mai fiel Herr Dr. Nowak aus.", "Dr. Nowak"),
    ],
)
def test_no_date_and_no_time_is_cut(question: str, text: str, part: str) -> None:
    for language in ("de", "en"):
        span = answer_span(Question(question, language), text, language)
        assert span is not None
        whole = Span(text.index(part), text.index(part) + len(part))
        assert not whole.overlaps(span) or (span.start <= whole.start and whole.end <= span.end)


def test_what_is_read_to_begin_the_answer_is_marked() -> None:
    text = "Emil Brandt baute mit Anna Berg die Brücke."
    words = [(0, 4), (4, 11), (11, 17), (17, 21), (21, 26), (26, 31), (31, 35), (35, 42), (42, 43)]
    question = Question("Wer half?", "de")

    for at, name in ((0, "Emil Brandt"), (4, "Anna Berg")):
        begins = Begins(tuple(words), tuple(9.0 if n == at else 0.0 for n in range(len(words))))
        span = answer_span(question, text, "de", begins)
        assert span is not None
        assert span.of(text).startswith(name)


def test_what_the_question_says_itself_is_not_marked() -> None:
    for question, text in [
        ("Is her diver licence valid?", "Diver licence, until 2019."),
        ("Wird es warm?", "Es wird warm."),
    ]:
        span = answer_span(Question(question, "en"), text, "en")
        assert span is None or span.of(text) not in ("Diver licence", "Diver", "wird warm", "warm")
