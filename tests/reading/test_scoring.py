"""How well each sentence answers; the weights may be fitted anew at any time."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.scoring import ScoredSentence, is_said, score_sentences, span_text
from rag.records import Chunk, DocumentInfo, Hit, Question, Span
from rag.text.sentences import sentence_spans

QUESTION = Question("Wer baut den Hafen in Hamburg?", "de")
LANGUAGES = st.sampled_from(["de", "en", "fr", None])
WORDS = st.sampled_from(
    ["Hafen", "2027", "Anna Berg", "acht", "der", "the", "?", ".", "am 3. Mai 2021", "ß", "\n", "\x00", "🚢"]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=12).map(" ".join).filter(str.strip)


def hit(
    text: str, *cosines: float, name: str = "a.txt", at: int = 0, cosine: float = 0.0, language: str | None = "de"
) -> Hit:
    """Return a hit whose chunk is ``text``, standing ``at`` characters into its document."""
    document = DocumentInfo(
        id=f"id of {name}", source="s", name=name, version="v", length=at + len(text), language=language
    )
    sentences = tuple(Span(at + s.start, at + s.end) for s in sentence_spans(text, Span(0, len(text)), language))
    span = Span(sentences[0].start, sentences[-1].end)
    chunk = Chunk(f"{name}:{at}", document.id, "v", span, sentences)
    near = cosines or (0.0,) * len(sentences)
    return Hit(chunk, document, 0.0, cosine, 0.0, (), span.of(" " * at + text), near, near)


def said(sentences: list[ScoredSentence]) -> list[str]:
    return [sentence.text for sentence in sentences]


@given(texts=st.lists(TEXTS, max_size=5), language=LANGUAGES, question=TEXTS, at=st.integers(0, 9))
def test_every_sentence_of_every_hit_is_scored_once(
    texts: list[str], language: str | None, question: str, at: int
) -> None:
    hits = [hit(text, name=f"{n}.txt", at=at, language=language) for n, text in enumerate(texts)]
    scored = score_sentences(Question(question, "de"), hits)

    expected = {(one.document.id, span, span_text(one, span)) for one in hits for span in one.chunk.sentences}
    assert {(one.hit.document.id, one.span, one.text) for one in scored} == expected
    assert len(scored) == len(expected)
    assert all(before.score >= after.score for before, after in pairwise(scored))
    assert all(math.isfinite(value) for one in scored for value in (one.score, *one.features.values()))


@given(texts=st.lists(TEXTS, max_size=5), data=st.data())
def test_the_order_of_the_hits_does_not_matter(texts: list[str], data: st.DataObject) -> None:
    hits = [hit(text, name=f"{n}.txt") for n, text in enumerate(texts)]
    mixed = score_sentences(QUESTION, data.draw(st.permutations(hits)))

    assert mixed == score_sentences(QUESTION, hits)


def test_equal_sentences_stand_in_reading_order() -> None:
    scored = score_sentences(QUESTION, [hit("Es regnet.", name="b.txt"), hit("Es regnet.", at=9), hit("Es regnet.")])

    assert [(one.hit.document.name, one.span.start) for one in scored] == [("a.txt", 0), ("a.txt", 9), ("b.txt", 0)]


@pytest.mark.parametrize("weaker", ["Sieht er den Mond?", "Sie sehen den Mond", "„Sieht er den Mond?“"])
def test_questions_and_headlines_lose_against_plain_sentences(weaker: str) -> None:
    plain = hit("Er sieht den Mond.", 0.1)
    best, _ = score_sentences(QUESTION, [plain, hit(weaker, 0.1, name="b.txt")])

    assert best.text == "Er sieht den Mond."


def test_what_explains_a_term_wins_where_it_is_asked_for() -> None:
    text = "Die Nettomiete ist hoch. Nettomiete ist die Miete ohne Heizung."
    plain, explained = (score_sentences(Question(q, "de"), [hit(text)]) for q in ("Nettomiete?", "Was ist Nettomiete?"))

    before = {one.text: one.score for one in plain}
    assert {one.text: round(one.score - before[one.text], 6) > 1 for one in explained} == {
        "Die Nettomiete ist hoch.": False,
        "Nettomiete ist die Miete ohne Heizung.": True,
    }


def test_a_document_of_the_year_that_is_asked_for_wins() -> None:
    asked = Question("Was geschah 2021 in Hamburg?", "de")
    of_that_year = hit("Es regnet.", name="b.txt")
    of_that_year = replace(of_that_year, document=replace(of_that_year.document, date=dt.date(2021, 3, 1)))

    assert score_sentences(asked, [hit("Es regnet."), of_that_year])[0].hit is of_that_year


@pytest.mark.parametrize(
    ("question", "feature", "answering", "other"),
    [
        ("Wie viele Schiffe kamen an?", "number", "Es kamen acht Schiffe an.", "Es kamen Schiffe an."),
        ("Wie viele der acht Schiffe kamen an?", "number", "Nur drei kamen an.", "Alle 8 kamen an."),
        ("Wann kamen sie an?", "time", "Sie kamen am 3. Mai 2021 an.", "Sie kamen spät an."),
        ("Wer kam an?", "person", "Es kam Anna Berg an.", "Es kam niemand an."),
    ],
)
def test_the_kind_of_answer_asked_for_is_seen(question: str, feature: str, answering: str, other: str) -> None:
    scored = score_sentences(Question(question, "de"), [hit(answering), hit(other, name="b.txt")])
    seen = {one.text: one.features[feature] for one in scored}

    assert 0.5 >= seen[answering] > seen[other] >= -0.5
    elsewhere = score_sentences(Question("Was geschah?", "de"), [hit(answering)])[0].features
    assert (elsewhere["number"], elsewhere["time"], elsewhere["person"]) == (0, 0, 0)


def test_features_are_those_of_the_sentence_in_its_chunk() -> None:
    one = hit("Es regnet. Den Hafen baut Anna Berg.", 0.2, 0.7, cosine=0.4)
    seen = {sentence.text: sentence.features for sentence in score_sentences(QUESTION, [one])}

    second = seen["Den Hafen baut Anna Berg."]
    assert (second["chunk"], second["best"], second["local"], second["previous"]) == (0.4, 0.7, 0.7, 0.2)
    assert (seen["Es regnet."]["best"], seen["Es regnet."]["previous"], seen["Es regnet."]["words"]) == (0.7, 0, 0)
    assert 0 < second["words"] <= 1


def test_what_stands_under_a_question_of_the_text_answers_it() -> None:
    page = "Gibt es Ladesäulen? Ja. Acht Stück stehen im Keller bereit. Darf ein Fahrrad hinein? Nein, nur davor."

    found = score_sentences(Question("Gibt es Ladesäulen?", "de"), [hit(page, 0.9, 0.1, 0.2, 0.3, 0.3)])

    assert said(found)[:2] == ["Ja.", "Acht Stück stehen im Keller bereit."]


def test_who_asks_in_an_interview_is_answered_by_whoever_speaks_next() -> None:
    talk = "CASTELL: Warum Salz? Kaum jemand nimmt es noch. ABIOLA: Weil ich es nicht steuern kann. Das ist der Reiz."

    found = score_sentences(Question("Warum Salz?", "de"), [hit(talk, 0.9, 0.3, 0.1, 0.1)])
    assert said(found)[0] == "ABIOLA: Weil ich es nicht steuern kann."


def test_what_is_replied_to_with_a_yes_was_a_question() -> None:
    talk = "CASTELL: Sie haben einen Lehrling. ABIOLA: Ja, Caspian Wu. Er ist gut."

    found = score_sentences(Question("Wer ist der Lehrling?", "de"), [hit(talk, 0.9, 0.1, 0.1)])
    assert said(found)[0] == "ABIOLA: Ja, Caspian Wu."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sehr geehrte Frau Dr. Oehlschläger,", False),
        ("Liebe Eltern und Sorgeberechtigte,", False),
        ("Dear all,", False),
        ("Good morning, everybody!", False),
        ("Mit freundlichen Grüßen\nAnna Berg", False),
        ("Kind regards", False),
        ("Liebe ist das Thema des Abends.", True),
        ("Dear all, the office is closed on Monday.", True),
        ("Hello World is a program.", True),
    ],
)
def test_greetings_say_nothing(text: str, said: bool) -> None:
    assert is_said(text) is said
