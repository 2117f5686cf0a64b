"""Two words that have changed places: "A sued B" became "B sued A", "the old mayor of the new town" the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from rag.checks.wording import Said, terms
from rag.records import Span
from rag.text.folding import folded
from rag.text.words import FUNCTION, word_set

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[.;!?]")
# What stands next to a word tells most of its place; further off, words that mean little alone tell half.
_WEIGHTS = (1.0, 0.7, 0.5, 0.3)
_LITTLE = 0.5
_SHORTEST = 3
# By hand, on the first half of PAWS-X (see evals/README.md).
_ENOUGH = 1.8
_JOINS = re.compile(r",|&|\b(?:and|or|und|oder|sowie)\b", re.IGNORECASE)
_PASSIVE = {"en": word_set("by"), "de": word_set("von vom durch")}

_Side = dict[str, float]


@dataclass(frozen=True, slots=True)
class _Word:
    """A word by its stem; ``content`` where it means something alone, ``capital`` where it is written with one.

    The end of a sentence stands among the words as one without a stem.
    """

    span: Span
    stem: str
    content: bool
    capital: bool


def in_their_places(said: Said, quotes: Sequence[Said]) -> float:
    """Return 0 where two words of a statement stand in each other's places in a quote in its language, else 1.

    The place of a word are the four words before it and the four behind it, within its sentence. Two that occur
    once in the statement and once in the quote have changed places where each stands more by the other's words
    than by its own. In an enumeration, order says nothing; nor is anything said where one text alone is in the passive.

    Not seen: what a statement tells in other words than the quote, words that occur twice, and other languages.
    """
    return 0.0 if any(_changed(said, quote) for quote in quotes if quote.language == said.language) else 1.0


def _changed(said: Said, quote: Said) -> bool:
    if said.language not in _PASSIVE:
        return False
    here, there = _words(said), _words(quote)
    if _passives(here, said) != _passives(there, quote):
        return False
    ours, theirs = _once(here), _once(there)
    common = [stem for stem in ours if stem in theirs]
    return any(
        _in_each_other_s_place(here, there, (ours[one], ours[other]), (theirs[one], theirs[other]))
        and not _listed(said.text, here, ours[one], ours[other])
        and not _listed(quote.text, there, theirs[one], theirs[other])
        for one, other in combinations(common, 2)
    )


def _in_each_other_s_place(
    here: Sequence[_Word], there: Sequence[_Word], ours: tuple[int, int], theirs: tuple[int, int]
) -> bool:
    pairs = ([here[at] for at in ours], [there[at] for at in theirs])
    if any(one.capital != other.capital for one, other in pairs):
        return False
    passed = frozenset(one.stem for one in pairs[0])
    mine = [_place(here, at, passed) for at in ours]
    given = [_place(there, at, passed) for at in theirs]
    crossed = (_alike(mine[0], given[1]), _alike(mine[1], given[0]))
    kept = _alike(mine[0], given[0]) + _alike(mine[1], given[1])
    return min(sum(crossed) - kept, 2 * min(crossed)) >= _ENOUGH


@lru_cache(maxsize=1024)
def _words(said: Said) -> tuple[_Word, ...]:
    """Return the words of a text and the ends of its sentences."""
    return tuple(_read(said))


def _read(said: Said) -> Iterator[_Word]:
    for match in _TOKEN.finditer(said.text):
        span = Span(match.start(), match.end())
        if match[0] in ".;!?":
            yield _Word(span, "", content=False, capital=False)
            continue
        plain = folded(match[0])
        content = plain not in FUNCTION
        stem = min(terms(Said(match[0], said.language)), default=plain) if content else plain
        yield _Word(span, stem, content, match[0][0].isupper())


def _once(words: Sequence[_Word]) -> dict[str, int]:
    """Return where the words of content stand that occur once."""
    places: dict[str, list[int]] = {}
    for at, word in enumerate(words):
        if word.content and word.span.end - word.span.start >= _SHORTEST:
            places.setdefault(word.stem, []).append(at)
    return {stem: found[0] for stem, found in places.items() if len(found) == 1}


def _passives(words: Sequence[_Word], said: Said) -> int:
    return sum(word.stem in _PASSIVE[said.language or ""] for word in words)


def _place(words: Sequence[_Word], at: int, passed: frozenset[str]) -> tuple[_Side, _Side]:
    """Return the weights of the words before and behind one, by stem."""
    sides: tuple[_Side, _Side] = ({}, {})
    far = len(_WEIGHTS)
    for side, near in zip(sides, (words[max(0, at - far) : at][::-1], words[at + 1 : at + 1 + far]), strict=True):
        for weight, word in zip(_WEIGHTS, near, strict=False):
            if not word.stem:
                break
            if word.stem not in passed:
                side.setdefault(word.stem, weight if word.content or weight == _WEIGHTS[0] else weight * _LITTLE)
    return sides


def _alike(one: tuple[_Side, _Side], other: tuple[_Side, _Side]) -> float:
    return sum(
        min(mine[stem], theirs[stem])
        for mine, theirs in zip(one, other, strict=True)
        for stem in mine.keys() & theirs.keys()
    )


def _listed(text: str, words: Sequence[_Word], one: int, other: int) -> bool:
    """Say whether two words are members of one enumeration: nothing but names and small words stands between them."""
    first, last = sorted((one, other))
    between = words[first + 1 : last]
    again = {word.stem for word in words[max(0, first - len(_WEIGHTS)) : first]}
    joined = _JOINS.search(text[words[first].span.end : words[last].span.start]) is not None
    return joined and all(word.stem and (not word.content or word.capital or word.stem in again) for word in between)
