"""The reader without a model says whole sentences of the documents, best first."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag.reading.extractive import DROP, read
from rag.reading.scoring import ScoredSentence, score_sentences, span_text
from rag.records import Chunk, DocumentInfo, Draft, Hit, Question, Span
from rag.text.sentences import sentence_spans

QUESTION = Question("Wer baut den Hafen in Hamburg?", "de")
SENTENCES = st.sampled_from(
    [
        "Den Hafen in Hamburg baut Anna Berg.", "Der Wald ist alt.", "Wer baut den Hafen?", "Der Hafen von Hamburg",
        "Am 3. Oktober kam sie.", "Es regnet\nseit Tagen.", "„So ist es“, sagte er.", "Der Hafen ist groß.",
    ]
)  # fmt: skip


def hit(text: str, *cosines: float, name: str = "a.txt", at: int = 0, cosine: float = 0.0, lexical: float = 0.0) -> Hit:
    """Return a hit whose chunk is ``text``, standing ``at`` characters into its document."""
    document = DocumentInfo(
        id=f"id of {name}", source="s", name=name, version="v", length=at + len(text), language="de"
    )
    sentences = tuple(Span(at + s.start, at + s.end) for s in sentence_spans(text, Span(0, len(text)), "de"))
    span = Span(sentences[0].start, sentences[-1].end)
    near = cosines or (0.0,) * len(sentences)
    return Hit(Chunk(f"{name}:{at}", document.id, "v", span, sentences), document, 0.0, cosine, lexical, (), text, near)


def scored(*sentences: tuple[str, float], name: str = "a.txt") -> list[ScoredSentence]:
    """Return sentences of one document that were given these scores."""
    one = hit("  ".join(text for text, _ in sentences), name=name)
    assert len(one.chunk.sentences) == len(sentences)
    return [
        ScoredSentence(one, span, span_text(one, span), score, {})
        for span, (_, score) in zip(one.chunk.sentences, sentences, strict=True)
    ]


@st.composite
def found(draw: st.DrawFn) -> list[Hit]:
    hits = []
    for number in range(draw(st.integers(0, 5))):
        text = "  ".join(draw(st.lists(SENTENCES, min_size=1, max_size=4)))
        count = len(sentence_spans(text, Span(0, len(text)), "de"))
        near = draw(st.lists(st.floats(-1, 1), min_size=count, max_size=count))
        cosine, lexical, at = draw(st.floats(-1, 1)), draw(st.floats(0, 1)), draw(st.integers(0, 50))
        hits.append(hit(text, *near, name=f"{number}.txt", at=at, cosine=cosine, lexical=lexical))
    return hits


def texts(draft: Draft) -> list[str]:
    return [statement.text for statement in draft.statements]


@given(hits=found(), most=st.integers(1, 6))
def test_every_statement_is_a_sentence_of_a_hit(hits: list[Hit], most: int) -> None:
    held = {(one.document.name, span): span_text(one, span) for one in hits for span in one.chunk.sentences}

    for statement in read(QUESTION, score_sentences(QUESTION, hits), most).statements:
        (evidence,) = statement.evidence
        assert statement.text == " ".join(held[evidence.document.name, evidence.span].split())
        assert statement.language == evidence.document.language
        assert all(evidence.span.start <= m.start < m.end <= evidence.span.end for m in evidence.marks)


@given(hits=found(), most=st.integers(1, 6))
def test_statements_are_few_different_and_best_first(hits: list[Hit], most: int) -> None:
    statements = read(QUESTION, score_sentences(QUESTION, hits), most).statements

    assert len(statements) <= most
    assert bool(statements) == bool(hits)
    assert all(before.score >= after.score for before, after in pairwise(statements))
    assert all(one.score >= statements[0].score - DROP - 1e-5 for one in statements)
    assert len({one.text.casefold() for one in statements}) == len(statements)


@given(hits=found(), most=st.integers(1, 5))
def test_fewer_statements_are_the_beginning_of_more(hits: list[Hit], most: int) -> None:
    sentences = score_sentences(QUESTION, hits)

    assert read(QUESTION, sentences, most).statements == read(QUESTION, sentences, 6).statements[:most]


def test_nothing_found_says_nothing() -> None:
    assert read(QUESTION, [], 3) == Draft(())


def test_a_sentence_far_below_the_best_is_not_said() -> None:
    sentences = scored(("Es regnet.", 9.0), ("Es hagelt.", 9.0 - DROP), ("Es schneit.", 8.9 - DROP))

    assert texts(read(QUESTION, sentences, 3)) == ["Es regnet.", "Es hagelt."]


def test_the_same_words_are_said_once() -> None:
    sentences = [
        *scored(("Den Hafen  baut Anna Berg.", 0.5), name="a.txt"),
        *scored(("Den Hafen\nbaut Anna Berg.", 0.5), name="b.txt"),
        *scored(("Den Hafen baut Anna Berg!", 0.4), name="c.txt"),
    ]
    first, second = read(QUESTION, sentences, 3).statements

    assert (first.text, second.text) == ("Den Hafen baut Anna Berg.", "Den Hafen baut Anna Berg!")
    assert [evidence.document.name for evidence in first.evidence] == ["a.txt"]


def test_marks_stand_at_the_offsets_of_the_document() -> None:
    sentences = score_sentences(QUESTION, [hit("Den Hafen baut Anna Berg.", 0.5, at=100)])
    (evidence,) = read(QUESTION, sentences, 1).statements[0].evidence

    assert [(m.start - evidence.span.start, m.end - evidence.span.start) for m in evidence.marks] == [(15, 24)]
    assert evidence.span == Span(100, 125)
