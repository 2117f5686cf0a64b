"""All soft checks of a statement, and the one threshold that decides."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rag.checks.backing import likeness_to_evidence, names_in_evidence, words_in_evidence
from rag.checks.exchange import in_their_places
from rag.checks.figures import figure_beside_subject
from rag.checks.negation import negation
from rag.checks.nouns import nouns_in_evidence
from rag.checks.roles import deed_beside_actor, origin_beside_noun, who_did_it
from rag.checks.wording import Likeness, Said

ACCEPT = 0.5
"""What is combined must reach this."""

# Below its floor a check says no. Set by hand on the minimal pairs (see evals/README.md for what that is worth);
# across languages two sentences of one meaning are less alike by vector than within one.
_FLOORS = {
    "figures": 0.51,
    "negation": 0.46,
    "roles": 0.5,
    "order": 0.5,
    "deeds": 0.42,
    "origin": 0.5,
    "names": 0.2,
    "words": 0.2,
    "nouns": 0.5,
}
_LIKENESS = {False: 0.45, True: 0.64}
# Whoever shares so many words with quotes in its language is never unlike them by vector (500 minimal pairs), and
# an embedding of each statement is most of what checking costs.
_COVERED = 0.6


@dataclass(frozen=True, slots=True)
class Verdict:
    """The score of each check that was made, in [0, 1]; the weakest decides.

    ``combined`` is the least of the scores after each was stretched so that its floor lies at 0.5.
    """

    scores: dict[str, float]
    combined: float
    weakest: str

    @property
    def accepts(self) -> bool:
        """Whether the statement may be said."""
        return self.combined >= ACCEPT


def soft_checks(said: Said, quotes: Sequence[Said], likeness: Likeness, known: Collection[str] = ()) -> Verdict:
    """Hold a statement against its quotes, at least one, until a check says no; what needs vectors comes last.

    ``known`` are names that the quotes hold by another name (``rag.namesakes``).
    """
    alike = _LIKENESS[all(quote.language != said.language for quote in quotes)]
    scores: dict[str, float] = {}
    combined, weakest = 1.0, ""
    for name, score in _scores(said, quotes, likeness, alike, known):
        scores[name] = round(score, 4)
        stretched = _stretched(score, alike if name == "likeness" else _FLOORS[name])
        if stretched < combined or not weakest:
            combined, weakest = stretched, name
        if combined < ACCEPT:
            break
    return Verdict(scores, round(combined, 4), weakest)


def _scores(
    said: Said, quotes: Sequence[Said], likeness: Likeness, alike: float, known: Collection[str]
) -> Iterator[tuple[str, float]]:
    yield "names", names_in_evidence(said, quotes, known)
    yield "nouns", nouns_in_evidence(said, quotes)
    held = words_in_evidence(said, quotes)
    yield "words", held
    yield "origin", origin_beside_noun(said, quotes)
    yield "roles", who_did_it(said, quotes)
    yield "order", in_their_places(said, quotes)
    yield "negation", negation(said, quotes, likeness)
    yield "deeds", deed_beside_actor(said, quotes, likeness)
    if held < _COVERED or all(quote.language != said.language for quote in quotes):
        yield "likeness", likeness_to_evidence(said, quotes, likeness, alike)
    yield "figures", figure_beside_subject(said, quotes, likeness)


def _stretched(score: float, floor: float) -> float:
    """Return a score with its floor at ACCEPT, 0 and 1 kept."""
    if score < floor:
        return ACCEPT * score / floor
    return ACCEPT + (1 - ACCEPT) * (min(score, 1.0) - floor) / (1 - floor)
