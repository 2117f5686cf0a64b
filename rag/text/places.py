"""Countries, peoples, continents and cities by any of their names: Wien is Vienna, polnisch is Polish.

The names are those of CLDR and some that it leaves out; ``evals/bench/place_names.py`` puts them together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise

from rag.records import Span
from rag.text.folding import folded

SHORT = 4
"""Characters up to which a name counts as short: many of that length are everyday words or abbreviations."""

_ENDINGS = ("s", "'s", "n", "e", "en", "er", "em", "es", "ern", "ers")
_WORD = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*")
_ADJECTIVE = re.compile(r"(?:[iy]sch|deutsch|schweizer)(?:e[rnms]?)?$")
_BETWEEN = re.compile(r"\s+|-|\s?&\s?")
_INFLECTED = re.compile(r"(?<=\w{4})(?:e[rnms]?|s|n)$")
_LONGEST = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A country, people, continent or city named in a text; equal keys mean the same one.

    ``key`` is a territory code of CLDR; for a city that code and the name of its time zone ("FR/Europe/Paris"), or its own name.
    """

    span: Span
    key: str


def find_places(text: str) -> list[Place]:
    """Return the places named in a text, by nouns or adjectives, in German or English; the longest name wins."""
    return list(_found(text))


def absent_places(text: str, others: Sequence[str]) -> set[str]:
    """Return the keys of the places that a text names and none of the others does, by whatever name.

    A town counts as named where its country is: "Paris" may be what the French government decided.
    """
    missing = {place.key for place in find_places(text)}
    # To look for the names of one place is quicker than to find all places.
    missing -= {key for key in missing if any(_spelled(key).search(other.casefold()) for other in others)}
    missing -= {key for key in missing if any(_capitals(key).search(other) for other in others)}
    for other in others:
        if not missing:
            break
        named = {place.key for place in find_places(other)}
        missing = {key for key in missing - named if key.partition("/")[0] not in named}
    return missing


@lru_cache(maxsize=1024)
def names_of(key: str) -> tuple[str, ...]:
    """Return the folded names of a place that are not short, as they are looked up."""
    return tuple(name for name in _names(key) if len(name) >= SHORT)


@lru_cache(maxsize=1024)
def _names(key: str) -> tuple[str, ...]:
    return tuple(sorted(name for name, known in _table().items() if known == key))


@lru_cache(maxsize=1024)
def _spelled(key: str) -> re.Pattern[str]:
    """Return what finds a name of a place at the beginning of a word of casefolded text."""
    names = names_of(key)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})" if names else r"(?!)")


@lru_cache(maxsize=1024)
def _capitals(key: str) -> re.Pattern[str]:
    """Return what finds a short name of a place in capitals, as it must be written to be one: "US", "U.S.A."."""
    written = [r"\.?".join(name.upper()) for name in _names(key) if len(name) < SHORT and name.isalpha()]
    return re.compile(rf"(?<![\w.])(?:{'|'.join(written)})(?!\w)" if written else r"(?!)")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, folded: the key that it stands for by itself, and whether names of several words begin with it."""

    folded: str
    key: str | None
    opens: bool


@lru_cache(maxsize=16384)
def _word(shown: str) -> _Word:
    word = folded(shown)
    return _Word(word, _single(word, shown), bare(word) in _openers())


# The checks of one statement ask again and again for the same few words and clauses.
@lru_cache(maxsize=4096)
def _found(text: str) -> tuple[Place, ...]:
    words = list(_WORD.finditer(text))
    found: list[Place] = []
    behind = 0
    for at, word in enumerate(words):
        known = _word(word[0])
        if at < behind or not (known.opens or known.key):
            continue
        key, count = _of_several(text, words[at : at + _LONGEST]) if known.opens else (None, 0)
        key, behind = (key, at + count) if key else (known.key, at + 1)
        if key is not None:
            found.append(Place(Span(word.start(), words[behind - 1].end()), key))
    return tuple(found)


def _of_several(text: str, words: list[re.Match[str]]) -> tuple[str | None, int]:
    """Return the key of the longest name of several words that words begin with, and of how many it is; None without one."""
    bared = [bare(_word(word[0]).folded) for word in words]
    for count in range(len(words), 1, -1):
        key = _table().get(" ".join(bared[:count]))
        if key is not None and _joined(text, words[:count]):
            return key, count
    return None, 0


def _joined(text: str, words: list[re.Match[str]]) -> bool:
    """Say whether words stand side by side, with nothing but a blank, a hyphen or an ampersand between them."""
    return all(_BETWEEN.fullmatch(text[a.end() : b.start()]) is not None for a, b in pairwise(words))


def _single(word: str, shown: str) -> str | None:
    """Return the key that a folded word stands for by itself; ``shown`` is the word as it is written."""
    # "us" and "turkey" are words of English; only their capitals make them places. German adjectives
    # are written small, and are known by their ending.
    if not shown[:1].isupper() and not ("sch" in word and _ADJECTIVE.search(word)):
        return None
    if len(word.replace(".", "")) < SHORT and not shown.replace(".", "").isupper():
        return None
    for form in (word, *(word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))):
        if len(form) >= SHORT or form == word:
            key = _table().get(form)
            if key is not None:
                return key
    return None


def bare(word: str) -> str:
    """Return a word of a longer name without its inflection."""
    return _INFLECTED.sub("", word)


@cache
def _openers() -> frozenset[str]:
    """Return the first words of names of several."""
    return frozenset(name.split()[0] for name in _table() if " " in name)


@cache
def _table() -> dict[str, str]:
    """Return folded names, those of several words without inflection, to keys."""
    return json.loads(resources.files("rag").joinpath("data/places.json").read_bytes())
