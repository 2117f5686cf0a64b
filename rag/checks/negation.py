"""Negation: whether a statement affirms what the evidence affirms, and denies what it denies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from rag.checks.clauses import clauses_of, parts_of, pieces_of
from rag.checks.polarity import Polarity, polarity
from rag.checks.wording import Likeness, Said, named, terms
from rag.text.numbers import find_numbers

_CLEAR = 0.1
_FAR = 0.2


def negation(said: Said, quotes: Sequence[Said], likeness: Likeness) -> float:
    """Return how surely each clause of a statement points the way that its like in the quotes does.

    On each axis ("rose" or "fell") that a clause takes a side on, and for a negation that belongs to no axis, the
    clauses of the quotes are parted into those that take the same side and those that take the other.
    Where there are both, the words, names and figures shared decide, and where those do not, the
    vectors. 0 means opposed, 1 not. In one language a clause that denies or undoes ("gave up") what quotes without
    any denial do not speak of is opposed to them as well.

    Not seen: irony, opposites that are on no axis, what a negation reaches within its
    clause beyond the words next to it, and languages other than German and English.
    """
    given = [clause for quote in quotes for clause in _candidates(quote)]
    return min(
        (_score(clause, given, likeness) for clause in parts_of(said) if len(clause.text.split()) > 2), default=1.0
    )


def _score(clause: Said, given: Sequence[Said], likeness: Likeness) -> float:
    own = polarity(clause)
    score = 0.0 if _denies_alone(clause, own, given) else 1.0
    for axis, side in own.signs.items():
        # Where no clause takes that side alone, one that takes both may.
        alike = [one for one in given if polarity(one).signs.get(axis) is side] or [
            one for one in given if axis in polarity(one).torn
        ]
        opposed = [one for one in given if polarity(one).signs.get(axis) is (not side)]
        if alike or not _elsewhere(clause, opposed, [one for one in given if axis not in polarity(one).signs]):
            score = min(score, _decide(clause, alike, opposed, likeness))
    opposed = [one for one in given if _negates(own, polarity(one))]
    return min(score, _decide(clause, [one for one in given if one not in opposed], opposed, likeness))


def _elsewhere(clause: Said, opposed: Sequence[Said], neutral: Sequence[Said]) -> bool:
    """Say whether a clause clearly speaks of something else than those that are opposed to it."""
    return bool(opposed and neutral) and _shared(clause, neutral) - _shared(clause, opposed) >= _FAR


def _denies_alone(clause: Said, own: Polarity, given: Sequence[Said]) -> bool:
    """Say whether a clause takes the no of an axis that quotes in its language, which deny nothing, do not know."""
    if any(one.language != clause.language for one in given):
        return False
    told = [polarity(one) for one in given]
    known = frozenset[str]().union(*(one.torn | one.signs.keys() for one in told))
    denied = any(one.negated or one.denials for one in told)
    return not denied and any(side is False and axis not in known for axis, side in own.signs.items())


def _decide(clause: Said, alike: Sequence[Said], opposed: Sequence[Said], likeness: Likeness) -> float:
    """Return 0.5 and the lead of those that are alike; 1 where nothing is opposed, 0 where all is."""
    if not opposed:
        return 1.0
    if not alike:
        return 0.0
    lead = _shared(clause, alike) - _shared(clause, opposed)
    if abs(lead) < _CLEAR:
        lead += max(likeness(clause, one) for one in alike) - max(likeness(clause, one) for one in opposed)
    return min(1.0, max(0.0, 0.5 + lead))


def _negates(said: Polarity, given: Polarity) -> bool:
    """Say whether one of two clauses is negated, and nothing in the other could stand for that."""
    if said.negated == given.negated:
        return False
    plain, negated = (given, said) if said.negated else (said, given)
    return plain.denials <= negated.denials


def _shared(clause: Said, among: Sequence[Said]) -> float:
    """Return the largest share of words, names and figures that a clause and one of some others have in common."""
    own = _subject(clause)
    return max(len(own & _subject(one)) / max(1, len(own | _subject(one))) for one in among)


@lru_cache(maxsize=4096)
def _subject(said: Said) -> frozenset[str]:
    """Return the words, names and figures of a clause."""
    return terms(said) | named(said) | {f"{number.value:f}" for number in find_numbers(said.text, said.language)}


def _candidates(quote: Said) -> list[Said]:
    """Return the pieces of a quote, and neighbouring clauses together where a comma alone parts them."""
    pairs = [(f"{one.text}, {other.text}") for one, other in pairwise(clauses_of(quote))]
    near = [both for both in pairs if both in quote.text]
    return [*pieces_of(quote), *(Said(both, quote.language) for both in near)]
