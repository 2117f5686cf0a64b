"""Whether a sentence tells of one country what was asked of another: "What did Spain pay?" is not answered by what France paid."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.reading.around import above
from rag.reading.questions import Asks, asks
from rag.reading.scoring import ScoredSentence
from rag.records import Question
from rag.text.folding import folded
from rag.text.places import absent_places, find_places, names_of

# "Blinken in Bukarest" acts, and not the town.
_THERE = re.compile(r"\b(?:in|im|at|near|bei|aus|from|von|of|nach|to)\s(?:the\s|der\s|den\s)?\Z", re.IGNORECASE)
# In a question, which has its words in another order, whoever stands behind no such word may act.
_BEHIND = re.compile(
    r"\b(?:in|im|at|near|bei|aus|from|von|of|nach|to|by|with|for|on|an|auf|gegen|against|für|mit|zu|über|about)\s(?:the\s|der\s|den\s|die\s)?\Z",
    re.IGNORECASE,
)
# Which country it was is asked, or who: whatever country is named suffers it.
_ASKS_WHO = re.compile(
    r"\b(?:which|what|welche[mnrs]?)\s(?:\w+\s)?(?:countr\w+|nations?|states?|governments?|land|länder\w*|\w*staat\w*|regierung\w*)\b",
    re.IGNORECASE,
)
# What its members do, it does, and the other way round.
_UNIONS = frozenset(("EU", "EZ", "UN"))
# What is said in place of a country's name.
_FEDERAL = re.compile(r"\bBundes\w+")
_STANDS_FOR = {
    "DE": _FEDERAL,
    "AT": _FEDERAL,
    "CH": _FEDERAL,
    "US": re.compile(r"\b(?:Weiße[ns]?\sHaus|White\sHouse|Pentagon|Kongress|Congress)\b"),
    "RU": re.compile(r"\b(?:Kreml|Kremlin)\b"),
    "GB": re.compile(r"\b(?:Downing\sStreet|Whitehall|Westminster)\b"),
    "FR": re.compile(r"\bÉlysée"),
}


def is_of_another(question: Question, one: ScoredSentence) -> bool:
    """Say whether a country or town acts in a question, a sentence does not speak of it, and in the sentence another acts.

    Where a number is asked for it is enough that nothing in the whole passage speaks of it: what all pay is not what one pays.

    What it stands under and the document's title count as said in it. Not seen: whom a pronoun or a
    name stands for ("the chancellor", "Macron"), and anybody who is no place: a company's name is too often written another way.
    """
    if asks(question.text) is Asks.PERSON or _ASKS_WHO.search(question.text):
        return False
    asked = {place.key for place in find_places(question.text)}
    free = _free(question.text) if asked else None
    # Each by itself, as places are remembered by the texts that they stand in.
    told = (one.text, above(one)) if free else ()
    acting = free & _missing(question.text, told) if free else None
    if not acting:
        return False
    if asks(question.text) is Asks.NUMBER and acting & _missing(question.text, (*told, one.hit.text)):
        return True
    countries = {_country(key) for key in asked}
    others = {place.key for place in find_places(one.text) if _country(place.key) not in countries}
    # To see who acts takes as long as all the rest.
    return bool(others) and not others.isdisjoint(_acting(one.text, one.hit.document.language))


def _missing(question: str, told: Sequence[str]) -> set[str]:
    """Return the keys of the places of a question that texts name by no name, no town of theirs, and nothing that stands for it."""
    missing = absent_places(question, told)
    missing -= {key for key, said in _STANDS_FOR.items() if any(said.search(text) for text in told)}
    return missing - {_country(place.key) for text in told for place in find_places(text)} if missing else missing


def _free(question: str) -> set[str]:
    """Return the keys of the countries and towns that may act in a question."""
    from rag.checks.roles import ADJECTIVE

    return {
        place.key
        for place in find_places(question)
        if _is_one(place.key)
        and not _BEHIND.search(question, 0, place.span.start)
        and not ADJECTIVE.search(place.span.of(question))
    }


def _acting(text: str, language: str | None) -> set[str]:
    """Return the keys of the countries and towns that act in a text."""
    from rag.checks.clauses import deeds_of
    from rag.checks.phrases import actors_of
    from rag.checks.wording import Said

    actors = (actor for clause in deeds_of(Said(text, language)) for actor in actors_of(clause) if actor.acts)
    return {
        place.key
        for actor in actors
        for place in find_places(actor.text)
        if _is_one(place.key)
        and not _THERE.search(actor.text, 0, place.span.start)
        and not (language == "de" and _is_genitive(place.span.of(actor.text), place.key))
    }


def _is_genitive(shown: str, key: str) -> bool:
    """Say whether a name has an "s" that it has not by itself, as in "die Drohung Russlands"."""
    names = {folded(name) for name in names_of(key)}
    return folded(shown).removesuffix("s") in names and folded(shown) not in names


def _country(key: str) -> str:
    return key.partition("/")[0]


def _is_one(key: str) -> bool:
    """Say whether a place is a country or a town, and no union of countries or part of the world."""
    return _country(key) not in _UNIONS and not _country(key).isdigit()
