"""What a statement speaks of: whether the evidence in its language speaks of the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rag.checks.backing import words_in_evidence
from rag.checks.clauses import clauses_of
from rag.checks.phrases import actors_of
from rag.checks.wording import Said, terms, words
from rag.text.folding import folded
from rag.text.numbers import find_numbers
from rag.text.places import find_places
from rag.text.words import FUNCTION, LIGHT, MONTHS_AND_DAYS, word_set

_SUBJECT, _CHANGED, _OTHER = 0.3, 0.6, 0.15
# Whoever takes over so many words has put another in the place of who acts, and not said it all in other words.
_TAKEN_OVER = 0.7
_ROOT = 5
_ADVERBS = word_set("very about around nearly almost roughly over under up too so just even much such being")


def nouns_in_evidence(said: Said, quotes: Sequence[Said]) -> float:
    """Return how surely the quotes in a statement's language speak of what it speaks of; 1 where there are none.

    A noun is known if it shares a stem or the beginning or end of a word with one of theirs. Each unknown noun takes
    off 0.15, who acts 0.3, as one alone may be another word for what they say, but 0.6 where the rest is in their words and
    it acts, or stands in the place of another noun ("in den Kanal" for "in den Teich").

    Not seen: synonyms count as unknown, verbs and adjectives do not count, and nothing across languages.
    """
    own = [quote for quote in quotes if quote.language == said.language]
    if not own or said.language not in ("de", "en"):
        return 1.0
    held = frozenset().union(*(roots(quote) for quote in own))
    stems = frozenset().union(*(terms(quote) for quote in own))
    unknown = [(noun, acts) for noun, acts in _nouns(said) if not _known(noun, said.language, held, stems)]
    if not unknown:
        return 1.0
    taken_over = words_in_evidence(said, own) >= _TAKEN_OVER
    costs = (
        _CHANGED
        if taken_over and (acts or any(_in_place_of_another(noun, said, quote) for quote in own))
        else _SUBJECT
        if acts
        else _OTHER
        for noun, acts in unknown
    )
    return max(0.0, 1.0 - sum(costs))


def _in_place_of_another(noun: str, said: Said, quote: Said) -> bool:
    """Say whether a noun stands where a quote has another: between the same two words, the small ones aside."""
    here, there = _content(said), _content(quote)
    stems = {stem for stem, _ in here}
    at = next((i for i, (_, word) in enumerate(here) if word == noun), None)
    if at is None:
        return False
    mine = _neighbours(here, at)
    return any(
        word[0].isupper() == noun[0].isupper() and stem not in stems and _neighbours(there, i) == mine
        for i, (stem, word) in enumerate(there)
    )


def _neighbours(words_of: Sequence[tuple[str, str]], at: int) -> tuple[str, str]:
    """Return the stems before and behind a word, nothing at an end."""
    return (words_of[at - 1][0] if at else "", words_of[at + 1][0] if at + 1 < len(words_of) else "")


@lru_cache(maxsize=1024)
def _content(said: Said) -> tuple[tuple[str, str], ...]:
    """Return the words of a text that mean something alone, by stem and as they are written."""
    found = (match[0] for match in words(said.text) if folded(match[0]) not in FUNCTION)
    return tuple((min(terms(Said(word, said.language)), default=folded(word)), word) for word in found)


def _nouns(said: Said) -> Iterator[tuple[str, bool]]:
    """Yield the head of each noun phrase and whether it acts; in German every noun. Places are names, and left out."""
    for clause in clauses_of(said):
        actors = actors_of(clause)
        acting = [actor.text for actor in actors if actor.acts]
        found = _german(clause.text) if said.language == "de" else (_head(actor.text) for actor in actors)
        places = {word for place in find_places(clause.text) for word in place.span.of(clause.text).split()}
        for noun in found:
            if noun and folded(noun) not in LIGHT | MONTHS_AND_DAYS | FUNCTION and noun not in places:
                yield noun, any(noun in text for text in acting)


def _german(text: str) -> Iterator[str]:
    """Yield the capitalised words; one that opens the clause before an article or another noun may be a verb."""
    found = words(text)
    for at, match in enumerate(found):
        behind = found[at + 1][0] if at + 1 < len(found) else ""
        opens = not match.start() and (behind[:1].isupper() or folded(behind) in FUNCTION)
        if match[0][0].isupper() and not opens:
            yield match[0]


def _head(phrase: str) -> str:
    """Return the last word of a phrase before its preposition, in English the head."""
    head = ""
    for match in words(phrase):
        low = folded(match[0])
        if head and low in FUNCTION:
            break
        if low not in FUNCTION and low not in _ADVERBS:
            head = match[0]
    return head


def _known(noun: str, language: str | None, held: frozenset[str], stems: frozenset[str]) -> bool:
    if terms(Said(noun, language)) & stems or find_numbers(noun, language):
        return True
    return akin_to(noun, held)


def akin_to(word: str, held: frozenset[str]) -> bool:
    """Say whether a word, or a part of one with hyphens, begins or ends like one of some ``roots``."""
    return any(_akin(_plain(part), other) for part in word.split("-") for other in held)


def _akin(one: str, other: str) -> bool:
    """Say whether two words begin alike, or one ends in the other: inflections, compounds, derivations."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) >= _ROOT - 1 and (long.endswith(short) or long.startswith(short)):
        return True
    return len(short) >= _ROOT and one[:_ROOT] == other[:_ROOT]


@lru_cache(maxsize=1024)
def roots(said: Said) -> frozenset[str]:
    """Return the words of a text as ``akin_to`` compares them."""
    return frozenset(_plain(part) for m in words(said.text) for part in m[0].split("-") if len(part) > 2)


def _plain(word: str) -> str:
    return re.sub(r"['’]s?$", "", folded(word))
