"""The reader without a model says whole sentences of the documents, best first."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.place import Place
from rag.reading.extractive import DROP, mark, read, without_strays
from rag.reading.scoring import ScoredSentence, is_said, score_sentences, span_text
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
        ScoredSentence(one, span, span_text(one, span), score, {}, score)
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
def test_every_statement_is_whole_sentences_of_a_hit(hits: list[Hit], most: int) -> None:
    held = {one.document.name: one for one in hits}

    for statement in read(QUESTION, score_sentences(QUESTION, hits), most).statements:
        (evidence,) = statement.evidence
        one = held[evidence.document.name]
        assert evidence.span.start in {span.start for span in one.chunk.sentences}
        assert evidence.span.end in {span.end for span in one.chunk.sentences}
        assert statement.text == " ".join(span_text(one, evidence.span).split())
        assert statement.language == evidence.document.language


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


def test_of_other_documents_is_said_what_is_nearly_as_good() -> None:
    own = scored(("Der Eintritt kostet 3 Euro.", 9.0), ("Kinder zahlen nichts.", 5.0))
    near = scored(("Das Boot kostet 9 Euro.", 6.0), name="b.txt")
    far = scored(("Die Scheune kostet 8 Euro.", 5.9), name="c.txt")
    draft = read(QUESTION, [own[0], *near, *far, own[1]], 4)

    assert len(draft.statements) == 4
    assert texts(without_strays(draft)) == [own[0].text, near[0].text, own[1].text]
    assert without_strays(Draft(())) == Draft(())


def test_a_consequence_is_quoted_with_its_reason_where_that_is_asked_for() -> None:
    why = Question("Warum nahm das Heim keine Tiere auf?", "de")
    reason, therefore, other = scored(
        ("Viele waren krank.", 5.0), ("Wir mussten deshalb die Aufnahme schließen.", 9.0), ("Es ist groß.", 4.0)
    )

    assert texts(read(why, [therefore, reason, other], 2)) == [f"{reason.text} {therefore.text}", other.text]
    assert texts(read(why, [reason, therefore], 2)) == [reason.text, therefore.text]
    assert texts(read(QUESTION, [therefore], 1)) == [therefore.text]


def test_the_same_words_are_said_once() -> None:
    sentences = [
        *scored(("Den Hafen  baut Anna Berg.", 0.5), name="a.txt"),
        *scored(("Den Hafen\nbaut Anna Berg.", 0.5), name="b.txt"),
        *scored(("Den Hafen baut Anna Berg!", 0.4), name="c.txt"),
    ]
    first, second = read(QUESTION, sentences, 3).statements

    assert (first.text, second.text) == ("Den Hafen baut Anna Berg.", "Den Hafen baut Anna Berg!")
    assert [evidence.document.name for evidence in first.evidence] == ["a.txt"]


@given(hits=found())
def test_marks_lie_within_their_evidence_and_change_nothing_else(hits: list[Hit]) -> None:
    draft = read(QUESTION, score_sentences(QUESTION, hits), 6)
    marked = mark(QUESTION, draft, lambda document, _, span: whole(hits, document, span), unread, nowhere)

    assert texts(marked) == texts(draft)
    for evidence in (e for statement in marked.statements for e in statement.evidence):
        assert all(evidence.span.start <= m.start < m.end <= evidence.span.end for m in evidence.marks)


def test_marks_stand_at_the_offsets_of_the_document() -> None:
    hits = [hit("Den Hafen baut Anna Berg.", 0.5, at=100)]
    draft = mark(
        QUESTION,
        read(QUESTION, score_sentences(QUESTION, hits), 1),
        lambda document, _, span: whole(hits, document, span),
        unread,
        nowhere,
    )
    (evidence,) = draft.statements[0].evidence

    assert [(m.start, m.end) for m in evidence.marks] == [(115, 124)]
    assert evidence.span == Span(100, 125)


def unread(*_: object) -> None:
    """Tell nothing of where the answer begins."""


def nowhere(_document: str, _version: str, _span: Span) -> tuple[Place, ...]:
    return ()


def whole(hits: list[Hit], document: str, span: Span) -> str:
    """Read a span from the hit that holds it."""
    return next(span_text(one, span) for one in hits if one.document.id == document and span in one.chunk.sentences)


def test_headings_questions_and_ruled_lines_are_said_where_there_is_nothing_else() -> None:
    draft = read(QUESTION, scored(("Wer baut den Hafen?", 9.0), ("Den Hafen baut Anna.", 5.0)), 3)

    assert texts(draft) == ["Den Hafen baut Anna."]
    assert texts(read(QUESTION, scored(("Wer baut den Hafen?", 9.0)), 3)) == ["Wer baut den Hafen?"]
    assert [is_said(text) for text in ("# Der Hafen", "|---|---|", "**Q: Wer?**", "| Hafen | 3 |")] == [False] * 3 + [
        True
    ]


def test_what_a_document_is_called_is_said_where_there_is_nothing_else() -> None:
    called = [
        replace(one, hit=replace(one.hit, document=replace(one.hit.document, title="Preise der Werft")))
        for one in scored(("PREISE DER WERFT.", 9.0), ("Ein Boot kostet 3 Euro.", 8.0))
    ]
    title = replace(called[0], text="PREISE DER WERFT")

    assert texts(read(QUESTION, [title, called[1]], 3)) == ["Ein Boot kostet 3 Euro."]
    assert len(read(QUESTION, [title], 3).statements) == 1


def test_what_leads_to_a_list_is_quoted_with_its_items() -> None:
    text = "Lorazin darf nicht genommen werden:\n- von Kindern,\n- bei Allergie.\nDanach wirkt es."
    starts = [0, text.index("- von"), text.index("- bei"), text.index("Danach")]
    spans = tuple(Span(at, end) for at, end in zip(starts, [*(at - 1 for at in starts[1:]), len(text)], strict=True))
    one = hit(text)
    one = replace(one, chunk=replace(one.chunk, sentences=spans))
    sentences = [ScoredSentence(one, s, s.of(text), 9.0 - n, {}, 0.0) for n, s in enumerate(spans)]

    draft = read(QUESTION, sentences, 3)

    assert texts(draft) == ["Lorazin darf nicht genommen werden: - von Kindern, - bei Allergie.", "Danach wirkt es."]
    assert draft.statements[0].evidence[0].span == Span(0, spans[2].end)
    assert texts(read(QUESTION, sentences[2:], 3)) == [
        "Lorazin darf nicht genommen werden: - von Kindern, - bei Allergie.",
        "Danach wirkt es.",
    ]
    assert texts(read(QUESTION, sentences[1:], 3)) == [
        "Lorazin darf nicht genommen werden: - von Kindern,",
        "- bei Allergie.",
        "Danach wirkt es.",
    ]


def in_lines(*lines: str) -> list[ScoredSentence]:
    """Return lines of one document, each a sentence, the last one the best."""
    text = "\n".join(lines)
    starts = [sum(map(len, lines[:at])) + at for at in range(len(lines))]
    spans = tuple(Span(start, start + len(line)) for start, line in zip(starts, lines, strict=True))
    one = hit(text)
    one = replace(one, chunk=replace(one.chunk, sentences=spans))
    return [ScoredSentence(one, s, s.of(text), float(n), {}, 0.0) for n, s in enumerate(spans)][::-1]


@pytest.mark.parametrize(
    "lines",
    [
        ("Q: When will it open?", "A: In spring 2027."),
        ("Frage: Wie viele kommen?", "Antwort: Vier, alle aus Rostock."),
        ("SPIEGEL: Herr Müller, wann hören Sie auf?", "Müller: Ende Juni."),
        ("**Wer zahlt?**", "**Anna Berg:** Das Land."),
    ],
)
def test_an_answer_in_a_conversation_is_quoted_with_its_question(lines: tuple[str, str]) -> None:
    (statement,) = read(QUESTION, in_lines("Das Gespräch.", *lines)[:2], 3).statements
    assert statement.text == " ".join(lines)


def test_what_no_question_was_put_to_stands_alone() -> None:
    assert texts(read(QUESTION, in_lines("Der Hafen wächst.", "Müller: Ende Juni.")[:1], 1)) == ["Müller: Ende Juni."]
    assert texts(read(QUESTION, in_lines("Der Hafen wächst.", "- ein Kran")[:1], 1)) == ["- ein Kran"]
    assert not is_said("Frage: Erzählen Sie von den Kränen.")
    assert not is_said("Q: Tell us about the quay.")


def test_a_mark_stands_in_the_answer_and_not_in_the_question_quoted_with_it() -> None:
    lines = in_lines(
        "Frage: Wer baut den Hafen in Hamburg, Herr Carl Kern?", "Antwort: Den Hafen in Hamburg baut Anna Berg."
    )
    draft = mark(
        QUESTION, read(QUESTION, lines[:1], 1), lambda _, __, span: span.of(lines[0].hit.text), unread, nowhere
    )
    (found,) = draft.statements[0].evidence[0].marks
    assert found.of(lines[0].hit.text) == "Anna Berg"
