"""Short questions in German and English are told apart; other languages are not taken for either."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.language import KNOWN, detect


@pytest.mark.parametrize(
    "question",
    [
        "Wann?",
        "Wer ist Jens Stoltenberg?",
        "Was will Putin?",
        "Wie viel kostet das?",
        "Bis wann soll Europa übernehmen?",
        "Hat Europa gezahlt?",
        "Spielt China eine Rolle?",
        "Wie oft reist Doctor Who allein?",
        "Wer ist Ursula von der Leyen?",
        "Was sagte de Gaulle?",
        "Wo liegt Los Angeles?",
        "WORÜBER BERIET DIE NATO?",
        "Wo tagte die Nato in Rumaenien?",
    ],
)
def test_a_short_german_question(question: str) -> None:
    assert detect(question) == "de"


@pytest.mark.parametrize(
    "question",
    [
        "Why?",
        "Who is Wolfgang Ischinger?",
        "Did Blinken visit Bucharest?",
        "Is it so?",
        "When will Europe take over?",
        "What does Le Monde say about the war?",
        "Who was Charles de Gaulle?",
        "Where is Los Angeles?",
        "List the reasons",
        "How many soldiers does the Bundeswehr have?",
    ],
)
def test_a_short_english_question(question: str) -> None:
    assert detect(question) == "en"


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("fr", "Qui est le président de la France ?"),
        ("fr", "Quels sont des pays membres de cette alliance ?"),
        ("fr", "Combien coûte un char ?"),
        ("pl", "Kiedy zaczęła się wojna w Ukrainie?"),
        ("pl", "Ile kosztuje czołg?"),
        ("tr", "Türkiye ne zaman NATO'ya katıldı?"),
        ("tr", "Bu savaş ne zaman bitecek?"),
        ("uk", "Хто є президентом України?"),
        ("uk", "Скільки коштує танк?"),
    ],
)
def test_a_question_in_a_third_language(language: str, question: str) -> None:
    assert detect(question) == language


@pytest.mark.parametrize("question", ["Kto to jest?", "Co to jest NATO?", "Jak to działa?", "Quién es el presidente?"])
def test_words_shared_with_english_or_german_do_not_decide(question: str) -> None:
    assert detect(question) not in KNOWN


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Die Vereinigten Staaten fordern von Europa, bis 2027 den Großteil der Fähigkeiten zu übernehmen. "),
        ("en", "The proposed shift represents a potential change in the relationship between the two. "),
        ("fr", "Les ministres des pays membres de l'alliance ont décidé des mesures pour la défense de l'Europe. "),
        ("pl", "Ministrowie państw członkowskich sojuszu postanowili wzmocnić obronę Europy, ale nie wszyscy. "),
    ],
)
def test_a_long_text(language: str, text: str) -> None:
    assert detect(text * 20) == language


def test_a_quotation_in_another_language_does_not_turn_a_text() -> None:
    german = "Der Minister sagte am Montag, die Frist sei nicht zu halten und werde verschoben. " * 5
    assert detect(german + "“We are not going to wait for them.”") == "de"


@pytest.mark.parametrize("text", ["", "   ", "2027?", "NATO?", "!!!", "👩\u200d🚀", "___", "12.345,6"])
def test_nothing_to_judge_gives_the_default(text: str) -> None:
    assert detect(text) is None
    assert detect(text, default="de") == "de"


@given(st.text(max_size=60))
def test_any_text_gives_a_code_or_nothing(text: str) -> None:
    code = detect(text)
    assert code is None or (code.isalpha() and code.islower() and 2 <= len(code) <= 3)
