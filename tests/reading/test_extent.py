"""How far a quote reaches beyond its sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.reading.extent import quoted
from rag.reading.scoring import ScoredSentence, span_text
from rag.records import Question, Span
from rag.text.sentences import paragraph_spans, sentence_spans
from tests.reading.test_scoring import hit

WHY, WHAT = Question("Why?", "en"), Question("What is it?", "en")


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
    span = quoted(WHY, one)

    assert span_text(one.hit, span).startswith(expected)
    assert quoted(WHAT, one) == one.span
    assert text.count(".", span.start, span.end) == expected.count(".") + (not expected.endswith("."))


def test_what_is_too_long_together_stays_apart() -> None:
    one = sentence(
        f"{'Trains scared the cows of all farmers ' * 30}. The station was therefore built outside.", 1, "en"
    )

    assert quoted(WHY, one) == one.span


@pytest.mark.parametrize(
    ("question", "language", "text", "expected"),
    [
        ("Wer warnte vor Streit?", "de", "Es sprach Eva Kern. Es regnete. »Kein Streit«, sagte sie leise.", 0),
        ("Who warned of a quarrel?", "en", "The last to speak was Eva Kern. It rained. She warned of a quarrel.", 0),
        ("Who has the record?", "en", "The longest swim was that of Ann Bly. At 39 she has the record.", 0),
        # The name stands in the sentence, or the question has it, or nobody acts that is not named.
        ("Who warned of it?", "en", "It was late. She warned of it, as Eva Kern had.", 1),
        ("Who warned of it?", "en", "The hall was full. She warned of it.", 1),
        ("Who was warned by Eva Kern?", "en", "The last was Eva Kern. She warned the whole board.", 1),
        ("Wer hat den Vorrang?", "de", "Es sprach Eva Kern. Die Feuerwehr hat Vorrang, weil sie hilft.", 1),
        # Of a person alone, not of what was done.
        ("What did she warn of?", "en", "The last to speak was Eva Kern. She warned of a quarrel.", 1),
        ("Wer entscheidet?", "de", "Der Beirat muss zustimmen. Außerdem redet der Kämmerer mit.", 0),
        ("Where is it ruled on?", "en", "The rest is left to Westminster. These include energy and defence.", 0),
        ("Where is fuel kept?", "en", "Fuel is kept outside. Instead of the shed a cage is used.", 1),
        ("What is ruled on?", "en", "The rest is left to Westminster. These include energy and defence.", 1),
    ],
)
def test_who_and_where_are_told_by_the_sentence_before(question: str, language: str, text: str, expected: int) -> None:
    last = text.count(".") - 1
    one = sentence(text, last, language)
    span = quoted(Question(question, language), one)

    assert span.end == one.span.end
    assert span.start == sentence_spans(text, Span(0, len(text)), language)[expected].start


def test_what_stands_too_far_back_is_left() -> None:
    text = f"The last to speak was Eva Kern. {'It rained. ' * 3}She warned of a quarrel."
    one = sentence(text, 4, "en")

    assert quoted(Question("Who warned of a quarrel?", "en"), one) == one.span


@pytest.mark.parametrize(
    ("text", "language", "whole"),
    [
        ("Hunde sind erlaubt. Dies gilt nicht für Kampfhunde. Es regnet.", "de", 2),
        ("Flut ist versichert, wenn der Baustein Plus gewählt ist. Dieser Baustein ist nicht gewählt.", "de", 2),
        ("Dogs are allowed. This does not apply to the pool. It rains.", "en", 2),
        ("Entry is free. The only exception is the tower.", "en", 2),
        # Of something else, or of nothing that was said before.
        ("Flut ist versichert. Dieser Garten ist nicht groß.", "de", 1),
        ("Dogs are allowed. This pool is not heated.", "en", 1),
        ("Dogs are allowed.\n\nThis does not apply to cats.", "en", 1),
    ],
)
def test_a_rule_takes_its_exception_along(text: str, language: str, whole: int) -> None:
    one = sentence(text, 0, language)

    assert quoted(WHAT, one).end == sentence_spans(text, Span(0, len(text)), language)[whole - 1].end


SOUP = "Serves four.\n\n- 300 g lentils\n- 2 carrots\n- 1 leek\n\nIt freezes well."


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("List the ingredients of the soup.", "- 300 g lentils\n- 2 carrots\n- 1 leek"),
        ("Nenne alle Zutaten!", "- 300 g lentils\n- 2 carrots\n- 1 leek"),
        ("How many carrots?", "- 2 carrots"),
    ],
)
def test_who_asks_for_all_gets_the_list(question: str, whole: str) -> None:
    one = hit(SOUP, language="en")
    spans = [span for block in paragraph_spans(SOUP) for span in sentence_spans(SOUP, block, "en")]
    one = replace(one, chunk=replace(one.chunk, sentences=tuple(spans)))
    item = next(span for span in spans if "carrots" in span.of(SOUP))

    found = quoted(Question(question, "en"), ScoredSentence(one, item, item.of(SOUP), 1.0, {}, 1.0))

    assert span_text(one, found) == whole
