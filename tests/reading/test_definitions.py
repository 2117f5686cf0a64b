"""Questions that want a term explained, and sentences that explain one."""

from __future__ import annotations

import pytest

from rag.reading.definitions import explains, term_asked


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("What is meant by net rent?", "net rent"),
        ("What is meant by net rent when the lease ends?", "net rent"),
        ("What does PTO stand for?", "PTO"),
        ("What does error E3 mean on the Drywell 16?", "E3"),
        ("What is a sapper in the army?", "sapper"),
        ("What's the definition of “force majeure”?", "force majeure"),
        ("What is the definition of “force majeure”?", "force majeure"),
        ("Was ist mit höherer Gewalt gemeint?", "höherer Gewalt"),
        ("Was versteht man unter der Nettokaltmiete?", "Nettokaltmiete"),
        ("Was bedeutet der Fehlercode E3?", "E3"),
        ("Was heißt „Karenz“?", "Karenz"),
        ("Wofür steht BEM?", "BEM"),
        ("Was sind Nebenkosten?", "Nebenkosten"),
        ("Was kostet die Miete?", None),
        ("Who is Landau?", None),
        ("Why is net rent so high?", None),
    ],
)
def test_a_term_that_is_to_be_explained_is_known_by_how_it_is_asked_for(question: str, term: str | None) -> None:
    assert term_asked(question) == term


@pytest.mark.parametrize(
    ("term", "text", "language"),
    [
        ("net rent", "Net rent is the rent without heating and water.", "en"),
        ("net rents", "“Net rent” means what is paid without heating.", "en"),
        ("sapper", "A sapper, also called a combat engineer, is a soldier who builds bridges.", "en"),
        ("höherer Gewalt", "Höhere Gewalt umfasst Krieg, Streik und Hochwasser.", "de"),
        ("Nettokaltmiete", "Unter der Nettokaltmiete versteht man die Miete ohne Heizung.", "de"),
        ("E3", "| E3 | Lüfter blockiert |", "de"),
        ("E3", "- **E3:** fan blocked", "en"),
        ("BEM", "BEM steht für Betriebliches Eingliederungsmanagement.", "de"),
    ],
)
def test_a_sentence_that_the_term_leads_explains_it(term: str, text: str, language: str) -> None:
    assert explains(term, text, language)


@pytest.mark.parametrize(
    ("term", "text", "language"),
    [
        ("net rent", "The net rent is 640 euros.", "en"),
        ("net rent", "In this house, and for as long as he likes, the net rent is a matter for the owner.", "en"),
        ("net rent", "The owner means to raise the net rent.", "en"),
        ("net rent", "Rent is the price of a flat.", "en"),
        ("E3", "| E2 | Lüfter blockiert |", "de"),
        ("E3", "| E2 | see E3 |", "en"),
        ("Nettokaltmiete", "Die Nettokaltmiete beträgt 640 Euro.", "de"),
        ("the", "The is an article.", "en"),
    ],
)
def test_a_sentence_that_tells_something_else_of_it_does_not(term: str, text: str, language: str) -> None:
    assert not explains(term, text, language)
