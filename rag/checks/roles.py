"""Who did it: whether the actors of a statement have the roles that they have in the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from rag.checks.phrases import Actor, actors_of, clauses_of
from rag.checks.wording import Likeness, Said


def who_did_it(said: Said, quotes: Sequence[Said]) -> float:
    """Return 0 where two actors of a statement have changed roles against the quotes, else 1.

    Two actors that stand in one clause of the statement and in one clause of a quote are compared:
    which of them acts, and which is acted upon or stands behind a preposition. An actor is told by its
    name or place, in one language also by its noun. Word order, articles, the passive ("by", "von",
    "durch") and verbs of receiving are read; no sentence is parsed.

    Not seen: actors in different clauses, pronouns, nouns of the other language, German objects that
    stand first without an article that shows it.
    """
    evidence = [actors_of(clause) for quote in quotes for clause in clauses_of(quote)]
    held = turned = 0
    for clause in clauses_of(said):
        for one, other in combinations(actors_of(clause), 2):
            if None in (one.acts, other.acts) or one.acts == other.acts or one.keys & other.keys:
                continue
            for there in evidence:
                verdict = _same_roles(one, other, there)
                held += verdict is True
                turned += verdict is False
    return 0.0 if turned > held else 1.0


def _same_roles(one: Actor, other: Actor, there: Sequence[Actor]) -> bool | None:
    """Say whether two actors act alike in another clause; None where they are not told apart there."""
    ones = {actor.acts for actor in there if actor.keys & one.keys and not actor.keys & other.keys}
    others = {actor.acts for actor in there if actor.keys & other.keys and not actor.keys & one.keys}
    ones, others = ones - {None}, others - {None}
    if ones == {one.acts} and others == {other.acts}:
        return True
    if ones == {other.acts} and others == {one.acts}:
        return False
    return None


def deed_beside_actor(said: Said, quotes: Sequence[Said], likeness: Likeness) -> float:
    """Return how surely each named actor of a statement did what it does in the quotes.

    Only actors that have rivals are judged: other named ones that act in other clauses of the quotes.
    What the statement says of an actor is held, by vector and without the names, against what the quotes
    say of it and of its rivals. 0.5 means that both are as near, 1 that there is no rival.

    Not seen: actors without a name, pronouns, and what two actors do in one clause (``who_did_it``).
    """
    deeds = [deed for quote in quotes for deed in _deeds(quote)]
    score = 1.0
    for keys, deed in _deeds(said):
        own = [what for who, what in deeds if who & keys]
        rivals = [what for who, what in deeds if not who & keys]
        if own and rivals:
            margin = max(likeness(deed, one) for one in own) - max(likeness(deed, one) for one in rivals)
            score = min(score, 0.5 + margin)
    return max(0.0, score)


def _deeds(said: Said) -> Iterator[tuple[frozenset[str], Said]]:
    """Yield who acts by name in each clause, and the clause without those names."""
    for clause in clauses_of(said):
        acting = [actor for actor in actors_of(clause) if actor.acts and actor.is_named]
        rest = clause.text
        for actor in acting:
            rest = rest.replace(actor.text, "…")
        if acting and len(rest.split()) > 1:
            yield frozenset(key for actor in acting for key in actor.keys), Said(rest, said.language)
