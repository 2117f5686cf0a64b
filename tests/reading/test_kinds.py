"""The words of a sentence that are of the kind asked for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.kinds import words_of_kind
from rag.records import Question

QUESTIONS = ["Wann?", "Wie viele?", "Wer?", "Wo?", "Warum?", "Was?", "When?", "How many?", "Who?", "Where?", "Why?"]
# Words that look like answers, among others, so that the patterns are met.
PIECES = st.one_of(
    st.sampled_from(
        ["Am 3. Oktober 2021", "Ende 2027", "in Brüssel", "acht Staaten", "3,5 Prozent", "19 Mrd. Euro", "Jens Stoltenberg",
         "weil er ging", "because of it", "October 22, 2021", "since Monday", "\n", "  ", "F-35", "1.000.000", "im Juni"]
    ),
    st.text(max_size=12),
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map(" ".join)

CASES = [
    ("Wann treffen sie sich?", "de", "Sie treffen sich am 3. Oktober 2021 wieder.", ["3. Oktober 2021"]),
    ("Bis wann gilt das?", "de", "Es gilt bis 2027.", ["2027"]),
    ("When did they meet?", "en", "They met on October 22, 2021, in the morning.", ["October 22, 2021"]),
    (
        "Wie viele Staaten sind es?",
        "de",
        "Es sind acht Staaten und 40.000 Soldaten.",
        ["acht Staaten", "40.000 Soldaten"],
    ),
    ("Wie viel kostet es?", "de", "Es kostet 19 Milliarden Euro, so hieß es.", ["19 Milliarden Euro"]),
    ("Wie hoch ist der Anteil?", "de", "Der Anteil liegt bei 3,5 %.", ["3,5 %"]),
    ("How many percent is it?", "en", "It is eight percent.", ["eight percent"]),
    ("Wer hat das gesagt?", "de", "Das sagte gestern Jens Stoltenberg dem Rat.", ["Jens Stoltenberg"]),
    ("Who said so?", "en", "So said Jens Stoltenberg yesterday.", ["Jens Stoltenberg"]),
    ("Wo trafen sie sich?", "de", "Sie trafen sich in Brüssel mit Freunden.", ["Brüssel"]),
    ("Where did they meet?", "en", "They met in Brussels after all.", ["Brussels"]),
    ("Warum ging er?", "de", "Er ging, weil er müde war. So war es.", ["weil er müde war"]),
    ("Why did he go?", "en", "He went because he was tired; so it was.", ["because he was tired"]),
]


@pytest.mark.parametrize(("question", "language", "sentence", "words"), CASES)
def test_the_words_of_the_kind(question: str, language: str, sentence: str, words: list[str]) -> None:
    spans = words_of_kind(Question(question, language), sentence, language)

    assert [span.of(sentence) for span in spans] == words


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Wer ist Jens Stoltenberg?", "Gestern kam Jens Stoltenberg an."),
        ("Who is Jens Stoltenberg?", "Yesterday Jens Stoltenberg came."),
        ("Wo liegt Brüssel?", "Sie trafen sich in Brüssel."),
    ],
)
def test_a_name_that_the_question_holds_is_not_its_answer(question: str, sentence: str) -> None:
    assert words_of_kind(Question(question, None), sentence, None) == ()


def test_a_lone_german_noun_is_no_person() -> None:
    assert words_of_kind(Question("Wer?", "de"), "Es war der Minister am Abend.", "de") == ()


def test_a_question_for_nothing_of_a_kind_finds_nothing() -> None:
    assert words_of_kind(Question("Was geschah?", "de"), "Am 3. Oktober 2021 kamen acht Staaten.", "de") == ()


@given(question=st.sampled_from(QUESTIONS), text=TEXTS, language=st.sampled_from(["de", "en", "fr", None]))
def test_words_are_ordered_disjoint_words_of_the_sentence(question: str, text: str, language: str | None) -> None:
    spans = words_of_kind(Question(question, language), text, language)

    assert all(0 <= span.start < span.end <= len(text) and span.of(text).strip() for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert spans == words_of_kind(Question(question, language), text, language)
