"""One probability, made of what retrieval saw; the coefficients may be fitted anew at any time."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import replace
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answerability import BY_HAND, features, judge, probability, together
from rag.reading.scoring import score_sentences
from rag.records import Chunk, DocumentInfo, Hit, Judgement, Question, Span

COSINES = st.floats(-1, 1)
SHARES = st.floats(0, 1)


ASKED = Question("Wer?", "de")


def hit(score: float, cosine: float, lexical: float, *sentences: float, language: str | None = "de") -> Hit:
    document = DocumentInfo(id="d", source="s", name="a.txt", version="v", length=40, language=language)
    chunk = Chunk("c", "d", "v", Span(0, 40), tuple(Span(8 * n, 8 * n + 7) for n in range(len(sentences))))
    return Hit(chunk, document, score, cosine, lexical, ("vector",), "Er ging. " * 5, sentences, sentences)


def seen(hits: list[Hit], asked: Question = ASKED) -> dict[str, float]:
    return features(asked, hits, score_sentences(asked, hits))


def judged(hits: list[Hit], threshold: float = 0.5) -> Judgement:
    return judge(ASKED, hits, score_sentences(ASKED, hits), threshold)


def texts(*texts: str, date: dt.date | None = None, title: str | None = None) -> list[Hit]:
    """Return a hit of one sentence for each text, the best first."""
    hits = []
    for n, text in enumerate(texts):
        info = DocumentInfo(f"d{n}", "s", f"{n}.txt", "v", len(text), title=title, language="de", date=date)
        chunk = Chunk(f"c{n}", info.id, "v", Span(0, len(text)), (Span(0, len(text)),))
        hits.append(Hit(chunk, info, 1 - n / 9, 0.5, 0.5, ("vector",), text, (0.5 - n / 9,)))
    return hits


@st.composite
def found(draw: st.DrawFn, language: str | None = "de") -> list[Hit]:
    """Return hits as retrieval ranks them."""
    hits = []
    for _ in range(draw(st.integers(1, 12))):
        cosine, lexical = draw(COSINES), draw(SHARES)
        near = draw(st.lists(COSINES, min_size=1, max_size=4))
        hits.append(hit(0.5 * max(near) + 0.5 * cosine + 0.4 * lexical, cosine, lexical, *near, language=language))
    return sorted(hits, key=lambda one: -one.score)


@given(hits=found(), threshold=st.floats(0, 1))
def test_a_judgement_is_a_probability_against_the_threshold(hits: list[Hit], threshold: float) -> None:
    judgement = judged(hits, threshold)

    assert 0 <= judgement.probability <= 1
    assert judgement.threshold == threshold
    assert judgement.answers == (judgement.probability >= threshold)
    assert judgement.features == seen(hits)
    assert all(math.isfinite(value) for value in judgement.features.values())


@pytest.mark.parametrize("threshold", [1e-9, 0.5, 1.0])
def test_without_hits_the_probability_is_zero(threshold: float) -> None:
    judgement = judged([], threshold)

    assert (judgement.probability, judgement.answers, judgement.features) == (0, False, {})


def test_every_feature_has_a_weight_and_every_weight_a_feature() -> None:
    path = resources.files("rag").joinpath("data/answerability.json")
    kinds = json.loads(path.read_text(encoding="utf-8"))
    (weights,) = kinds["without_tokens"]["parts"]

    assert weights.keys() - {"intercept"} | BY_HAND.keys() == seen([hit(0.5, 0.5, 0.5, 0.5)]).keys()


@given(one=st.floats(-30, 30), other=st.floats(-30, 30))
def test_the_odds_that_both_happen_are_those_of_the_product(one: float, other: float) -> None:
    product = 1 / (1 + math.exp(-one)) / (1 + math.exp(-other))

    assert together(one) == pytest.approx(one, abs=1e-6)
    assert 1 / (1 + math.exp(-together(one, other))) == pytest.approx(product)
    assert together(one, other) <= min(one, other) + 1e-6


@pytest.mark.parametrize(("one", "other"), [(-1e9, 3.0), (1e9, 1e9), (1e9, -2.0)])
def test_odds_beyond_all_measure_stay_finite(one: float, other: float) -> None:
    assert math.isfinite(together(one, other))


def test_features_name_the_best_of_all_hits() -> None:
    found = seen([hit(0.9, 0.3, 0.1, 0.2, 0.7), hit(0.8, 0.6, 0.4, 0.1), hit(0.2, 0.1, 0.9, 0.0)])

    assert (found["sentence"], found["local"], found["chunk"], found["words"], found["top"]) == (
        0.7,
        0.7,
        0.6,
        0.9,
        0.9,
    )
    assert found["lead"] == pytest.approx(0.7)
    assert all(value == 0 for name, value in found.items() if name.endswith("across"))


def test_leads_are_over_the_tenth() -> None:
    hits = [hit(1 - n / 20, 0.5 - n / 20, 0.1, 0.1) for n in range(12)]
    scores = [one.score for one in score_sentences(ASKED, hits)]

    assert seen(hits)["lead"] == pytest.approx(9 / 20)
    assert seen(hits)["read"] == pytest.approx(scores[0] / 10)
    assert seen(hits)["read_lead"] == pytest.approx((scores[0] - scores[9]) / 10)


@pytest.mark.parametrize(
    ("asked", "held", "across"), [("de", "en", 1), ("en", "en", 0), ("fr", "de", 1), (None, "de", 1)]
)
def test_the_best_hit_decides_whether_languages_are_crossed(asked: str | None, held: str, across: int) -> None:
    hits = [hit(0.9, 0.5, 0.3, 0.6, language=held), hit(0.8, 0.5, 0.3, 0.6, language=asked)]
    found = seen(hits, Question("?", asked))

    assert found["across"] == across
    assert (found["sentence_across"], found["words_across"]) == (0.6 * across, 0.3 * across)


@pytest.mark.parametrize(
    ("question", "untyped"),
    [("Wie viele kamen?", 0.5), ("Wann kamen sie?", 1), ("Wer kam an?", 1), ("Was geschah?", 0), ("Warum?", 0)],
)
def test_an_answer_of_the_kind_asked_for_is_missed(question: str, untyped: float) -> None:
    assert seen(texts("Es kamen acht an.", "So war es."), Question(question, "de"))["untyped"] == untyped


@pytest.mark.parametrize(
    ("question", "unfit"),
    [
        ("Wie viele kamen an?", 0),
        ("Wie viele Gäste kamen an?", 0),
        ("Was kostet das?", 1),
        ("Wann kamen sie?", 0),
        ("Warum?", 0),
    ],
)
def test_what_is_said_first_may_be_no_answer_by_its_kind(question: str, unfit: int) -> None:
    found = seen(texts("Es kamen acht an."), Question(question, "de"))

    assert found["unfit"] == unfit
    assert (probability(found) < probability({**found, "unfit": 0.0})) == bool(unfit)


@pytest.mark.parametrize(
    ("question", "absent"), [("Wer kam 2021?", 0), ("Wer kam 2022 an?", 1), ("Wer kam an?", 0), ("Kamen 8 an?", 0)]
)
def test_a_year_that_the_document_does_not_hold_is_noticed(question: str, absent: int) -> None:
    found = seen(texts("Im Jahr 2021 kamen acht an."), Question(question, "de"))

    assert (found["absent_year"], found["unknown_year"]) == (absent, absent)


def test_a_year_that_another_document_holds_is_not_unknown() -> None:
    found = seen(texts("Im Jahr 2021 kamen acht an.", "Im Jahr 2022 kam niemand."), Question("Wer kam 2022?", "de"))

    assert found["unknown_year"] == 0
    assert probability(found | {"unknown_year": 1.0}) < probability(found)


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("Wer kam 2021?", 0),
        ("Wer kam 2022?", 1),
        ("Wer kam 2019 mit acht Schiffen?", 0.5),
        ("Wer kam mit 8 Schiffen?", 0),
        ("Wer kam?", 0),
    ],
)
def test_numbers_of_the_question_that_stand_nowhere_count(question: str, share: float) -> None:
    hits = texts("Es kamen acht Schiffe.", date=dt.date(2021, 5, 3))

    assert seen(hits, Question(question, "de"))["absent_numbers"] == share


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("Wann kam Anna Berg?", 0),
        ("Wann kam Anna Feldmann?", 0.5),
        ("Wann kam Ole Feldmann?", 1),
        ("Wann kam der Minister?", 0),
        ("wann?", 0),
    ],
)
def test_names_of_the_question_that_stand_nowhere_count(question: str, share: float) -> None:
    hits = texts("Am Abend kam Anna an.", "Es war ANNA BERG.", title="Besuch der Ministerin")

    assert seen(hits, Question(question, "de"))["absent_names"] == share


@pytest.mark.parametrize(
    ("question", "language", "absent"),
    [
        ("Warum trat die Schweiz 2021 bei?", "de", 1),
        ("Why did Switzerland join in 2021?", "en", 1),
        ("Was sagte Peking dazu?", "de", 1),
        ("What did the Ukrainian minister want?", "en", 0),
        ("Was wollte Frankreich?", "de", 0),
        ("Wer kam 2021?", "de", 0),
    ],
)
def test_a_place_that_no_hit_names_in_any_language_is_noticed(question: str, language: str, absent: int) -> None:
    hits = texts("Die Ukraine bat um Hilfe.", "Der französische Minister kam.", title="Treffen in Bukarest")
    found = seen(hits, Question(question, language))

    assert found["unknown_place"] == absent
    assert probability(found | {"unknown_place": 1.0}) < probability(found | {"unknown_place": 0.0})


@given(hits=st.one_of(found("de"), found("en")), nearer=st.floats(0.01, 0.5))
def test_hits_that_are_all_nearer_answer_no_less(hits: list[Hit], nearer: float) -> None:
    closer = [
        replace(
            one,
            score=one.score + nearer,
            cosine=one.cosine + nearer,
            sentence_cosines=tuple(cosine + nearer for cosine in one.sentence_cosines),
            local_cosines=tuple(cosine + nearer for cosine in one.local_cosines),
        )
        for one in hits
    ]

    assert judged(closer).probability >= judged(hits).probability


@given(value=st.floats(-1e9, 1e9))
def test_an_extreme_feature_does_not_overflow(value: float) -> None:
    assert 0 <= probability({**seen([hit(0.5, 0.5, 0.5, 0.5)]), "sentence": value}) <= 1
