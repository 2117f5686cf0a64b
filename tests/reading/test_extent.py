"""How far a quote reaches beyond its sentence."""

from __future__ import annotations

import pytest

from rag.reading.extent import quoted
from rag.reading.scoring import ScoredSentence, span_text
from rag.records import Span
from rag.text.sentences import sentence_spans
from tests.reading.test_scoring import hit


def sentence(text: str, at: int, language: str) -> ScoredSentence:
    """Return a sentence of a text, by its number."""
    one = hit(text, language=language)
    span = sentence_spans(text, Span(0, len(text)), language)[at]
    return ScoredSentence(one, span, span.of(text), 1.0, {}, 1.0)


@pytest.mark.parametrize(
    ("text", "at", "language", "expected"),
    [
        (
            "Trains scared the cows. The station was therefore built outside.",
            1,
            "en",
            "Trains scared the cows. The station",
        ),
        (
            "The road is shut. The reason is a landslide. It rains.",
            0,
            "en",
            "The road is shut. The reason is a landslide.",
        ),
        ("Die Brücke ist gesperrt. Grund sind zwei Risse. Es regnet.", 0, "de", "Die Brücke ist gesperrt. Grund sind"),
        ("Die Brücke ist gesperrt. Der Grundstein liegt dort.", 0, "de", "Die Brücke ist gesperrt."),
        ("Er kam. Sie ging, weil es regnete.", 1, "de", "Sie ging, weil es regnete."),
        ("Therefore he left.", 0, "en", "Therefore he left."),
        ("Trains scared the cows.\n\nThe station was therefore built outside.", 1, "en", "The station was"),
    ],
)
def test_a_consequence_takes_its_reason_along(text: str, at: int, language: str, expected: str) -> None:
    one = sentence(text, at, language)
    span = quoted(one, reason=True)

    assert span_text(one.hit, span).startswith(expected)
    assert quoted(one, reason=False) == one.span
    assert text.count(".", span.start, span.end) == expected.count(".") + (not expected.endswith("."))


def test_what_is_too_long_together_stays_apart() -> None:
    one = sentence(
        f"{'Trains scared the cows of all farmers ' * 30}. The station was therefore built outside.", 1, "en"
    )

    assert quoted(one, reason=True) == one.span
