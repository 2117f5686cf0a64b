"""Who did it: whether the actors of a statement have the roles that they have in the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rag.checks.clauses import CONJUNCTIONS, DETERMINERS, PREPOSITIONS, deeds_of
from rag.checks.phrases import Actor, actors_of
from rag.checks.wording import Likeness, Said, named, terms
from rag.text.numbers import find_numbers
from rag.text.places import find_places

# A clause whose subject is a pronoun, or stands in the clause before.
_PRONOUN = re.compile(
    r"(?:but|and|aber|und)\s(?!(?:the|an?|der|die|das|eine?|its|his|her|their|ihre?|seine?)\b)[a-zäöü]|(?:(?:but|and|that|while|when|because|after|before|if|although|aber|und|dass|wo|weil|als|which|who)\s)?(?:it|he|she|they|er|sie|es|who|which)\b",
    re.IGNORECASE,
)
# A German clause that begins with its verb leaves its subject to the clause before: "will aber die Parks erweitern".
_GOES_ON = re.compile(
    r"([a-zäöüß]+)\s(?:[a-zäöüß]+\s)?(?:aber|jedoch|dagegen|hingegen|zugleich|zudem|außerdem|dann|dafür|dabei|auch)\b"
)
# What stands behind a noun tells where it belongs, and not who it is.
_BEHIND = re.compile(r"\s(?:in|from|of|at|aus|von|im|der|des)\s")
# The noun behind an adjective, and the name behind the noun.
_RUN = re.compile(r"\s[^\W\d_]+(?:\s[A-ZÄÖÜ][^\W\d_]+)*")
ADJECTIVE = re.compile(r"^[a-zäöü]|(?:ish|ian|(?<!st)(?<!jap)(?<!ir)(?<!sud)(?<!om)(?<!taiw)(?<!jord)an|ese|ch|ek|ss)$")
"""How an adjective of a country begins or ends in either language: "schottisch", "Scottish"."""
# Where who is spoken of first suffers: "lost to", "had to leave"; and where two names are one ("is").
_CONVERSE = re.compile(
    r"\b(?:unterlag|unterlagen|unterlegen|verlor\w*\sgegen|musste[n]?|muss|müssen|lost|loses|losing|must|had\sto|has\sto|have\sto)\b"
    r"|\b(?:is|are|was|were|ist|sind|war|waren)\s(?:[a-zäöüß]+\s)?[A-ZÄÖÜ][^\W\d_]+(?:\s[A-ZÄÖÜ][^\W\d_]+)*[.]?$"
)
_SAME_DEED = 0.6


def who_did_it(said: Said, quotes: Sequence[Said]) -> float:
    """Return 0 where two actors of a statement have changed roles against the quotes, else 1.

    Two actors that stand in one clause of the statement and in one clause of a quote are compared:
    which of them acts, and which is acted upon or stands behind a preposition. An actor is told by its
    name or place, in one language also by its noun. Word order, articles, the passive ("by", "von",
    "durch") and verbs of receiving are read; no sentence is parsed.

    Not seen: actors in different clauses, pronouns, nouns of the other language, German objects that
    stand first without an article that shows it.
    """
    evidence = [actors_of(clause) for quote in quotes for clause in deeds_of(quote)]
    held = turned = 0
    for clause in deeds_of(said):
        if _CONVERSE.search(clause.text):
            continue
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
    """Return how surely each actor of a statement did what it does in the quotes.

    What a clause of the statement says of who acts is held, by words, names and figures, against what the
    quotes say of the same actor and of others; across languages by vector where those are of no help. 1
    where there is nobody else, or a pronoun that may be the actor.

    Not seen: nouns of the other language, and what two actors do in one clause (``who_did_it``).
    """
    deeds = [deed for quote in quotes for deed in _deeds(quote)]
    known = frozenset().union(*(_content(quote) for quote in quotes))
    score = 1.0
    for deed in _deeds(said):
        own = [one for one in deeds if one.actors & deed.actors or one.open]
        # Where the actor stands in another's clause, the two are for ``who_did_it``.
        rivals = [one for one in deeds if not (one.actors | one.content) & deed.actors and not one.open]
        if rivals and deed.content and deed.actors & known:
            score = min(score, _beside(deed, own, rivals, likeness))
    return max(0.0, score)


def _beside(deed: _Deed, own: Sequence[_Deed], rivals: Sequence[_Deed], likeness: Likeness) -> float:
    if not own:
        # It stands elsewhere in the quotes, and what is told of it is told there of another.
        return 0.0 if max(map(deed.shared, rivals)) >= _SAME_DEED else 1.0
    lead = max(deed.shared(one) for one in own) - max(deed.shared(one) for one in rivals)
    crosses = deed.clause.language != rivals[0].clause.language
    if not lead and crosses and not any(one.open for one in own):
        lead = max(likeness(deed.clause, one.clause) for one in own)
        lead -= max(likeness(deed.clause, one.clause) for one in rivals)
    return min(1.0, max(0.0, 0.5 + lead))


@dataclass(frozen=True, slots=True)
class _Deed:
    """A clause: who acts, what else it says, and whether a pronoun acts that may stand for anyone."""

    clause: Said
    actors: frozenset[str]
    content: frozenset[str]
    open: bool

    def shared(self, other: _Deed) -> float:
        """Return the share of what this deed says that another says too."""
        return len(self.content & other.content) / len(self.content)


def _deeds(said: Said) -> Iterator[_Deed]:
    for clause in deeds_of(said):
        heads = [Said(_BEHIND.split(a.text)[0], clause.language) for a in actors_of(clause) if a.acts]
        acting = frozenset(key for head in heads for key in _content(head))
        if _leaves_its_subject(clause):
            yield _Deed(clause, frozenset(), _content(clause), open=True)
            continue
        pronoun = _PRONOUN.match(clause.text) is not None
        if acting or pronoun:
            yield _Deed(clause, acting, _content(clause) - acting, pronoun)


def _leaves_its_subject(clause: Said) -> bool:
    verb = _GOES_ON.match(clause.text) if clause.language == "de" else None
    return verb is not None and verb[1] not in DETERMINERS | PREPOSITIONS | CONJUNCTIONS


def _content(clause: Said) -> frozenset[str]:
    own = named(clause) if clause.language != "de" else {key for key in named(clause) if key.startswith("place:")}
    return terms(clause) | own | {f"{n.value:f}" for n in find_numbers(clause.text, clause.language)}


def origin_beside_noun(said: Said, quotes: Sequence[Said]) -> float:
    """Return 0 where a noun or name that the quotes call by one country is called by another, else 1: "Dutch brewer".

    A noun counts only where no other noun of the quotes is called by that country.

    Not seen: nouns of the other language, and countries that stand behind their noun.
    """
    told = [pair for quote in quotes for pair in _origins(quote)]
    for key, place in _origins(said):
        given = {other for known, other in told if known == key}
        elsewhere = key.startswith(f"{said.language}:") and any(other == place for _, other in told)
        if given and place not in given and not elsewhere:
            return 0.0
    return 1.0


def _origins(said: Said) -> Iterator[tuple[str, str]]:
    """Yield the stem of the noun and the names right behind a country's adjective, with that country."""
    for place in find_places(said.text):
        run = _RUN.match(said.text[place.span.end :])
        if run is not None and ADJECTIVE.search(place.span.of(said.text)):
            noun, _, name = run[0].strip().partition(" ")
            yield from ((key, place.key) for key in terms(Said(noun, said.language)))
            yield from (
                (key, place.key) for key in named(Said(name or noun, said.language)) if said.language != "de" or name
            )
