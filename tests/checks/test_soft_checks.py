"""Each soft check sees what it is for, and nothing is scored outside of [0, 1]."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checks.combined import soft_checks
from rag.checks.figures import figure_beside_subject
from rag.checks.negation import denied, negation
from rag.checks.roles import who_did_it
from rag.checks.wording import Likeness, Said
from rag.embedding import HashedWords

TEXTS = st.text(st.sampled_from("ab Ä.,;:19%\nundnichtvon"), min_size=1, max_size=60).filter(str.strip)


def likeness() -> Likeness:
    return Likeness(HashedWords())


@given(text=TEXTS, quote=TEXTS, language=st.sampled_from(["de", "en", None]))
def test_every_score_is_a_share(text: str, quote: str, language: str | None) -> None:
    verdict = soft_checks(Said(text, language), [Said(quote, "de")], likeness())

    assert all(0 <= score <= 1 for score in (*verdict.scores.values(), verdict.combined))
    assert verdict.weakest in verdict.scores


@pytest.mark.parametrize(
    ("text", "quote", "right"),
    [
        ("Ontario lost 46 percent, Quebec 23.", "Ontario lost 46 percent, Quebec lost 23 percent.", True),
        ("Quebec lost 46 percent.", "Ontario lost 46 percent, Quebec lost 23 percent.", False),
        ("It fell from 9 to 7 euros.", "It rose from 7 to 9 euros.", False),
        ("It costs 7 euros.", "It costs 9 euros instead of 7 euros.", False),
        ("They won by 18 votes to 7.", "The vote was 18 to 7.", True),
        ("They won by 7 votes to 18.", "The vote was 18 to 7.", False),
    ],
)
def test_a_figure_stands_by_its_subject(text: str, quote: str, *, right: bool) -> None:
    assert (figure_beside_subject(Said(text, "en"), [Said(quote, "en")], likeness()) >= 0.51) is right


@pytest.mark.parametrize(
    ("text", "language", "odd"),
    [
        ("Sie kamen nicht.", "de", True),
        ("Der Rat lehnte den Plan ab.", "de", True),
        ("The council did not reject it.", "en", False),
        ("Die Union unterstützt das.", "de", False),
        ("He is dissatisfied.", "en", True),
    ],
)
def test_an_odd_number_of_turns_denies(text: str, language: str, *, odd: bool) -> None:
    assert denied(Said(text, language)) is odd


def test_what_is_denied_is_not_affirmed() -> None:
    quote = [Said("Die Bibliothek bleibt sonntags geschlossen.", "de")]

    assert negation(Said("Die Bibliothek ist sonntags geöffnet.", "de"), quote, likeness()) == 0.0
    assert negation(Said("Die Bibliothek ist sonntags nicht geöffnet.", "de"), quote, likeness()) == 1.0


@pytest.mark.parametrize(
    ("text", "language", "right"),
    [
        ("Schweden wurde von Norwegen besiegt.", "de", True),
        ("Norway defeated Sweden.", "en", True),
        ("Schweden besiegte Norwegen.", "de", False),
        ("Norway was defeated by Sweden.", "en", False),
    ],
)
def test_actors_keep_their_roles_through_passive_and_translation(text: str, language: str, *, right: bool) -> None:
    quote = [Said("Norwegen besiegte Schweden.", "de")]

    assert (who_did_it(Said(text, language), quote) == 1.0) is right
