"""Two tellings of one story teach what each calls the other's names, and nothing that is not sure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rag.catalog import Sentences
from rag.citations import Citer
from rag.embedding import HashedWords, Kind
from rag.namesakes import Known, Namesakes, Told, called, learned
from rag.records import DocumentInfo, DraftStatement, Dropped, Evidence, Span, Statement

if TYPE_CHECKING:
    from rag.embedding import Vectors

GERMAN = (
    "Im Frühjahr zog Dschötschi nach Norden.",
    "Die Maas trat über die Ufer.",
    "Dort starb Dschötschi im Winter.",
    "Auch Wilhelm war dabei.",
)
ENGLISH = (
    "In spring the army of Jochi went north.",
    "Then the Meuse burst its banks.",
    "It was there that Jochi died in winter.",
    "There was William as well.",
)


def told(german: tuple[str, ...] = GERMAN, english: tuple[str, ...] = ENGLISH) -> list[Told]:
    return [Told(there, "en", here, "de") for here, there in zip(german, english, strict=True)]


def document(name: str, text: str, language: str) -> DocumentInfo:
    return DocumentInfo(id=name, source="s", name=name, version="v", length=len(text), language=language)


class Tellings:
    """A German and an English telling, whose sentences answer to each other one by one."""

    def __init__(self, german: tuple[str, ...] = GERMAN, english: tuple[str, ...] = ENGLISH) -> None:
        self.texts = {"de": " ".join(german), "en": " ".join(english)}
        self.documents = [document(language, text, language) for language, text in self.texts.items()]
        self.asked: list[str] = []
        vectors = np.eye(8, dtype=np.float32)[: len(german)]
        self.sentences = {"de": self._sentences("de", german, vectors), "en": self._sentences("en", english, vectors)}
        self.namesakes = Namesakes([self.documents], self.sentences, self._whole)

    def _sentences(self, language: str, texts: tuple[str, ...], vectors: np.ndarray) -> Sentences:
        starts = [self.texts[language].index(text) for text in texts]
        return Sentences(np.array([(at, at + len(text)) for at, text in zip(starts, texts, strict=True)]), vectors)

    def _whole(self, document: DocumentInfo) -> str | None:
        self.asked.append(document.id)
        return self.texts[document.id]

    def known(self, text: str, quote: str) -> Known:
        return self.namesakes.known(text, "en", [(self.documents[0], quote)])


def test_what_stands_together_twice_and_is_fairly_alike_is_one_name() -> None:
    assert called("Jochi", told()) == {"dschötschi"}


def test_what_stands_together_once_must_be_spelled_alike() -> None:
    assert called("William", told()) == {"wilhelm"}
    assert not called("Meuse", told())


def test_a_word_that_has_two_likely_partners_has_none() -> None:
    pairs = told(("Dort stand Wilhelm neben Willhelm.",), ("There stood William and Willelm.",))

    assert not called("William", pairs)


def test_a_name_inside_a_compound_is_another_name() -> None:
    pairs = told(
        ("Er kennt Südkalifornia.", "Er liebt Südkalifornia."), ("He knows Kalifornea.", "He loves Kalifornea.")
    )

    assert not called("Kalifornea", pairs)


def test_pairs_are_the_same_from_either_side() -> None:
    back = [Told(one.there, "de", one.here, "en") for one in told()]

    assert (
        {(b, a) for a, b in learned(back)} == set(learned(told())) == {("jochi", "dschötschi"), ("william", "wilhelm")}
    )


def test_a_name_is_sure_where_the_quote_calls_it_otherwise_and_likely_where_the_counterpart_has_it() -> None:
    tellings = Tellings()

    assert tellings.known("It was the end of Jochi.", GERMAN[2]) == Known(sure=frozenset(("Jochi",)))
    assert tellings.known("It flooded the Meuse.", GERMAN[1]) == Known(likely=frozenset(("Meuse",)))
    assert tellings.known("It was the end of Jochi.", GERMAN[1]) == Known()


def test_documents_are_read_only_for_a_name_that_is_missing_and_once() -> None:
    tellings = Tellings()

    tellings.known("It rained in the north.", GERMAN[1])
    assert not tellings.asked
    tellings.known("It flooded the Meuse.", GERMAN[1])
    tellings.known("It was the end of Jochi.", GERMAN[2])
    assert sorted(tellings.asked) == ["de", "en"]


def test_a_telling_that_is_not_stored_any_more_teaches_nothing() -> None:
    tellings = Tellings()
    gone = Namesakes([tellings.documents], tellings.sentences, lambda _document: None)

    assert gone.known("It flooded the Meuse.", "en", [(tellings.documents[0], GERMAN[1])]) == Known()


@pytest.mark.parametrize(
    ("text", "held"), [("It was Jochi who died in winter.", True), ("It was Batu who died in winter.", False)]
)
def test_a_citer_takes_what_the_documents_call_a_name(text: str, held: bool) -> None:
    tellings = Tellings()
    german = tellings.documents[0]

    def text_of(identity: str, _version: str, span: Span) -> str:
        return span.of(tellings.texts[identity])

    class Alike(HashedWords):
        """Finds all texts alike, so that names alone decide."""

        def embed(self, texts: Sequence[str], kind: Kind, language: str | None) -> Vectors:
            del kind, language
            return np.ones((len(texts), 1), np.float32)

    span = tellings.sentences["de"].spans[2]
    draft = DraftStatement(text, (Evidence(german, span),), 1.0, "en")
    plain = Citer(text_of, {}, Alike()).check(draft)
    checked = Citer(text_of, {}, Alike(), namesakes=tellings.namesakes).check(draft)

    assert isinstance(plain, Dropped)
    assert isinstance(checked, Statement) is held
