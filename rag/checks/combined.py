"""All soft checks of a statement, and the one threshold that decides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rag.checks.additions import likeness_of_additions
from rag.checks.alignment import words_have_their_like
from rag.checks.backing import likeness_to_evidence, names_in_evidence, words_in_evidence
from rag.checks.exchange import in_their_places
from rag.checks.figures import figure_beside_subject
from rag.checks.negation import negation
from rag.checks.nouns import nouns_in_evidence
from rag.checks.roles import deed_beside_actor, origin_beside_noun, who_did_it
from rag.checks.turned import nearer_than_its_contrary
from rag.checks.wording import Likeness, Said
from rag.text.numbers import find_numbers

if TYPE_CHECKING:
    from rag.embedding import Vectors

ACCEPT = 0.5
"""What is combined must reach this."""

# Below its floor a check says no. Set by hand on the minimal pairs and on answers (see evals/README.md for what that is worth).
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
    "additions": 0.45,
}
# Within a language and across: there two sentences of one meaning are less alike by vector, and less apart by what is denied.
_BY_CROSSING = {
    "likeness": {False: 0.45, True: 0.5},
    "contrary": {False: 0.46, True: 0.48},
    "alignment": {False: 0.42, True: 0.46},
}
# Across languages where the quotes tell figures besides those of the statement: which of them is meant, likeness alone tells.
_AMONG_FIGURES = 0.64
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
    scores: dict[str, float] = {}
    combined, weakest = 1.0, ""
    for name, score_of in _scores(said, quotes, likeness, known):
        score = score_of()
        scores[name] = round(score, 4)
        stretched = _stretched(score, _floor(name, said, quotes))
        if stretched < combined or not weakest:
            combined, weakest = stretched, name
        if combined < ACCEPT:
            break
    return Verdict(scores, round(combined, 4), weakest)


def failing_without_model(said: Said, quotes: Sequence[Said], passed: Mapping[str, float] | None) -> tuple[str, ...]:
    """Return the checks that say no to a statement, of those that need no vectors here, by the floors of ``soft_checks``.

    ``passed`` are the scores that it had when it was accepted: what was not checked then is not now, nor does fail now what
    gave the same score then. Names across languages are left out: what the documents call them is known to the index alone.
    """
    return tuple(_failing(said, quotes, passed))


def _failing(said: Said, quotes: Sequence[Said], passed: Mapping[str, float] | None) -> Iterator[str]:
    crosses = any(quote.language != said.language for quote in quotes)
    for name, score_of in _scores(said, quotes, _NoModel(), ()):
        if (passed is not None and name not in passed) or (name == "names" and crosses):
            continue
        try:
            score = score_of()
        except _NeedsModelError:
            continue
        known = passed is not None and passed[name] == round(score, 4)
        if score < _floor(name, said, quotes) and not known:
            yield name


class _NeedsModelError(Exception):
    """A check came to where only vectors decide."""


class _NoModel(Likeness):
    """Stands where there is no model: whoever asks for a cosine cannot say anything."""

    def __init__(self) -> None:
        pass

    def __call__(self, one: Said, other: Said) -> float:
        del one, other
        raise _NeedsModelError

    def of_words(self, said: Said) -> Vectors:
        del said
        raise _NeedsModelError


def _floor(name: str, said: Said, quotes: Sequence[Said]) -> float:
    if name not in _BY_CROSSING:
        return _FLOORS[name]
    crosses = _crosses(said, quotes)
    if name == "likeness" and crosses and _among_figures(said, quotes):
        return _AMONG_FIGURES
    return _BY_CROSSING[name][crosses]


def _crosses(said: Said, quotes: Sequence[Said]) -> bool:
    return all(quote.language != said.language for quote in quotes)


def _among_figures(said: Said, quotes: Sequence[Said]) -> bool:
    """Say whether a statement tells a figure, and its quotes another one besides."""
    own = {number.value for number in find_numbers(said.text, said.language)}
    return bool(own) and any(n.value not in own for quote in quotes for n in find_numbers(quote.text, quote.language))


def _scores(
    said: Said, quotes: Sequence[Said], likeness: Likeness, known: Collection[str]
) -> Iterator[tuple[str, Callable[[], float]]]:
    yield "names", partial(names_in_evidence, said, quotes, known)
    yield "nouns", partial(nouns_in_evidence, said, quotes)
    held = words_in_evidence(said, quotes)
    yield "words", lambda: held
    yield "origin", partial(origin_beside_noun, said, quotes)
    yield "roles", partial(who_did_it, said, quotes)
    yield "order", partial(in_their_places, said, quotes)
    yield "negation", partial(negation, said, quotes, likeness)
    if len(quotes) == 1:
        # Of several sentences one tells who, and another what was done.
        yield "deeds", partial(deed_beside_actor, said, quotes, likeness)
    if held < _COVERED or _crosses(said, quotes):
        alike = _floor("likeness", said, quotes)
        yield "likeness", partial(likeness_to_evidence, said, quotes, likeness, alike)
        yield "contrary", partial(nearer_than_its_contrary, said, quotes, likeness)
        yield "alignment", partial(words_have_their_like, said, quotes, likeness)
    yield "additions", partial(likeness_of_additions, said, quotes, likeness)
    yield "figures", partial(figure_beside_subject, said, quotes, likeness)


def _stretched(score: float, floor: float) -> float:
    """Return a score with its floor at ACCEPT, 0 and 1 kept."""
    if score < floor:
        return ACCEPT * score / floor
    return ACCEPT + (1 - ACCEPT) * (min(score, 1.0) - floor) / (1 - floor)
