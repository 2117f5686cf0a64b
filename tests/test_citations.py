"""Nothing becomes a statement unless its quotes are the stored text and its figures stand in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checks.literals import unbacked_literals
from rag.citations import Citer
from rag.embedding import HashedWords, Kind
from rag.records import DocumentInfo, DraftStatement, Dropped, Evidence, Span, Statement
from rag.text.sentences import sentence_spans

if TYPE_CHECKING:
    from rag.embedding import Vectors

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


def info(text: str, name: str = "a.txt", language: str | None = None) -> DocumentInfo:
    return DocumentInfo(id=f"id of {name}", source="s", name=name, version="v", length=len(text), language=language)


def citer(**texts: str) -> Citer:
    """Return a citer over documents by name, stored as they are given."""
    stored = {f"id of {name}.txt": text for name, text in texts.items()}

    def text_of(document: str, version: str, span: Span) -> str | None:
        return span.of(stored[document]) if document in stored and version == "v" else None

    return Citer(text_of, {identity: number for number, identity in enumerate(stored)})


def said(text: str, *evidence: Evidence, language: str | None = None) -> DraftStatement:
    return DraftStatement(text, evidence, 1.0, language)


def whole(text: str, name: str = "a.txt", language: str | None = None) -> Evidence:
    return Evidence(info(text, name, language), Span(0, len(text)))


@given(text=TEXTS, data=st.data())
def test_a_citation_quotes_exactly_its_span(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    checking = citer(a=text)

    checked = checking.check(said(text[start:end], Evidence(info(text), Span(start, end))))

    if isinstance(checked, Statement):
        (citation,) = checking.citations
        assert citation.quote == text[citation.start : citation.end] == text[start:end]
        assert checked.citations == (0,)
    else:
        assert not text[start:end].strip()
        assert not checking.citations


@given(text=TEXTS, start=st.integers(0, 300), beyond=st.integers(1, 300))
def test_a_span_that_ends_outside_the_text_is_dropped(text: str, start: int, beyond: int) -> None:
    span = Span(min(start, len(text)), len(text) + beyond)

    checked = citer(a=text).check(said(text, Evidence(info(text), span)))

    assert isinstance(checked, Dropped)
    assert "a.txt" in checked.reason


@given(text=st.text(st.sampled_from("Ab3 ,.\u00a0\n5„“Mrd"), min_size=1, max_size=80))
def test_every_sentence_of_a_text_may_be_said(text: str) -> None:
    for span in sentence_spans(text, Span(0, len(text)), "de"):
        words = " ".join(span.of(text).split())
        assert isinstance(citer(a=text).check(said(words, Evidence(info(text), span))), Statement)


def test_a_statement_without_evidence_is_dropped() -> None:
    assert citer(a="Text").check(said("Text")) == Dropped("Text", "no evidence")


@pytest.mark.parametrize("version", ["old", ""])
def test_evidence_from_a_version_that_is_not_stored_is_dropped(version: str) -> None:
    document = DocumentInfo(id="id of a.txt", source="s", name="a.txt", version=version, length=4)

    assert isinstance(citer(a="Text").check(said("Text", Evidence(document, Span(0, 4)))), Dropped)


def test_one_bad_span_drops_a_statement_with_a_good_one_too() -> None:
    checking = citer(a="Acht Staaten.")
    bad = Evidence(info("Acht Staaten."), Span(5, 99))

    assert isinstance(checking.check(said("Acht Staaten.", whole("Acht Staaten."), bad)), Dropped)
    assert checking.citations == []


def test_a_span_that_two_statements_share_is_listed_once() -> None:
    checking = citer(a="Acht Staaten.", b="Neun Staaten.")
    first, second = whole("Acht Staaten.", language="de"), whole("Neun Staaten.", "b.txt", "de")

    checking.check(said("Acht Staaten.", first))
    checked = checking.check(said("Neun Staaten. Acht Staaten.", second, first, language="de"))

    assert isinstance(checked, Statement)
    assert checked.citations == (1, 0)
    assert [c.document for c in checking.citations] == ["a.txt", "b.txt"]
    assert [c.origin for c in checking.citations] == [0, 1]


def test_marks_outside_of_the_quote_are_left_out() -> None:
    document = info("Acht Staaten sind es.")
    marks = (Span(0, 4), Span(5, 12), Span(9, 20), Span(7, 7))
    checking = citer(a="Acht Staaten sind es.")

    checking.check(said("Staaten", Evidence(document, Span(5, 12), marks)))

    assert checking.citations[0].marks == (Span(5, 12),)


SAME = [
    ("8 states joined.", "en", "Acht Staaten traten bei.", "de"),
    ("Eight states joined.", "en", "8 Staaten traten bei.", "de"),
    ("Acht Staaten traten bei.", "de", "Eight states joined.", "en"),
    ("It rose by 3.5 percent.", "en", "Es stieg um 3,5 Prozent.", "de"),
    ("Es kostet 19 Mrd. Euro.", "de", "It costs 19 billion euros.", "en"),
    ("It costs 2.5 billion euros.", "en", "Es kostet 2.500 Millionen Euro.", "de"),
    ("It costs 8 billion euros.", "en", "Es kostet acht Milliarden Euro.", "de"),
    ("Es sind 1.000.000 Menschen.", "de", "It is a million people.", "en"),
    ("Es sind 40.000 Soldaten.", "de", "40,000 soldiers stand there.", "en"),
    ("They met on October 22, 2021.", "en", "Sie trafen sich am 22.10.2021.", "de"),
    ("Sie trafen sich am 22. Oktober 2021.", "de", "They met on 2021-10-22.", "en"),
    ("They met in 2021.", "en", "Sie trafen sich am 22.10.2021.", "de"),
    ("The F-35 flies.", "en", "Die F35 fliegt.", "de"),
    ("Er sagte: „Wir helfen.“", "de", "“Wir helfen”, sagte er.", "de"),
    ('Er nannte "EU" und "NATO".', "de", "EU und NATO.", "de"),
    ("Er nannte »die Wende«.", "de", "Er nannte sie „die Wende“.", "de"),
    ("The picture has 2 dimensions.", "en", "Das Bild ist zweidimensional.", "de"),
    ("It was won 4 times.", "en", "Es wurde viermal gewonnen.", "de"),
    ("Im 15. Jahrhundert war das so.", "de", "So it was in the mid-fifteenth century.", "en"),
    ("In den 20er Jahren war das so.", "de", "So it was in the 1920s.", "en"),
    ("Er wurde 10.", "de", "He came tenth.", "en"),
]
OTHER = [
    ("9 states joined.", "en", "Acht Staaten traten bei.", "de"),
    ("Nine states joined.", "en", "8 Staaten traten bei.", "de"),
    ("It rose by 35 percent.", "en", "Es stieg um 3,5 Prozent.", "de"),
    ("It rose by 5 percent.", "en", "Es stieg um 3,5 Prozent.", "de"),
    ("It rose by 3 percent.", "en", "Es stieg um 3,5 Prozent.", "de"),
    ("Es kostet 19 Millionen Euro.", "de", "It costs 19 billion euros.", "en"),
    ("Es kostet 19 Billionen Euro.", "de", "It costs 19 billion euros.", "en"),
    ("Es kostet 19 Euro.", "de", "It costs 19 billion euros.", "en"),
    ("Es sind 40.000 Soldaten.", "de", "40.000 miles they went.", "en"),
    ("They met on October 23, 2021.", "en", "Sie trafen sich am 22.10.2021.", "de"),
    ("They met on October 22, 2022.", "en", "Sie trafen sich am 22.10.2021.", "de"),
    ("They met on November 22, 2021.", "en", "Sie trafen sich am 22.10.2021.", "de"),
    ("They met in 2022.", "en", "Sie trafen sich am 22.10.2021.", "de"),
    ("The F-16 flies.", "en", "Die F35 fliegt.", "de"),
    ("Er sagte: „Wir helfen nicht.“", "de", "“Wir helfen”, sagte er.", "de"),
    ("Er sprach vom „Rat“.", "de", "Er sprach vom Verrat.", "de"),
    ("Il parle d'un « virage ».", "fr", "Er spricht von einer Wende.", "de"),
    ("In den 30er Jahren war das so.", "de", "So it was in the 1920s.", "en"),
    ("Er wurde 9.", "de", "He came tenth.", "en"),
]


@pytest.mark.parametrize(("text", "language", "quote", "own"), SAME)
def test_a_figure_or_quotation_that_means_the_same_is_backed(text: str, language: str, quote: str, own: str) -> None:
    assert unbacked_literals(text, language, [(quote, own)]) == []


@pytest.mark.parametrize(("text", "language", "quote", "own"), OTHER)
def test_a_figure_or_quotation_that_means_another_is_dropped(text: str, language: str, quote: str, own: str) -> None:
    checked = citer(a=quote).check(said(text, whole(quote, language=own), language=language))

    assert isinstance(checked, Dropped)
    assert checked.reason.startswith("not in the cited spans: ")


def test_figures_may_come_from_several_quotes() -> None:
    quotes = [("Acht Staaten.", "de"), ("By 2027.", "en")]

    assert unbacked_literals("Eight states by 2027.", "en", quotes) == []
    assert unbacked_literals("Eight states by 2028.", "en", quotes) == ["2028"]


@given(number=st.integers(0, 10**15), other=st.integers(0, 10**15))
def test_a_whole_number_is_backed_by_itself_alone(number: int, other: int) -> None:
    missing = unbacked_literals(f"About {number:,} euros.", "en", [(f"{other:,} Euro".replace(",", "."), "de")])

    assert missing == ([] if number == other else [str(number)])


@given(
    day=st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), other=st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))
)
def test_a_date_is_backed_by_the_same_day_alone(day: dt.date, other: dt.date) -> None:
    missing = unbacked_literals(f"They met on {day:%B} {day.day}, {day.year}.", "en", [(f"Am {other:%d.%m.%Y}.", "de")])

    assert missing == ([] if day == other else [day.isoformat()])


def test_a_span_whose_vector_is_stored_is_not_embedded_again() -> None:
    asked: list[str] = []

    class Noting(HashedWords):
        def embed(self, texts: Sequence[str], kind: Kind, language: str | None) -> Vectors:
            asked.extend(texts)
            return super().embed(texts, kind, language)

        def words(self, text: str, spans: Sequence[Span]) -> Vectors:
            return np.ones((len(spans), 1), np.float32)

    text = "Der Hafen von Ohlau wächst seit Mai."
    stored = HashedWords().embed([text], "sentence", "de")[0]
    checking = Citer(lambda _d, _v, span: span.of(text), {}, Noting(), vector_of=lambda _d, _span: stored)

    other = "Der Hafen von Ohlau wird seit Mai schrittweise deutlich tiefer gegraben."
    checked = checking.check(said(other, whole(text, language="de"), language="de"))

    assert isinstance(checked, Statement)
    assert other in asked
    assert text not in asked
