"""How words are compared that two languages, or two writers, spell otherwise: inflected, in compounds, transcribed."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from rag.text.folding import folded

STEM = 4
"""Letters that a word must have before another one that begins with it is taken for the same."""
ALIKE, REMOTE = 0.8, 0.6
"""How alike the spellings of one name are, at least, where little or much may differ."""

_PREFIX = 3
_TRANSCRIBED = (
    ("sch", "s"),
    ("tsch", "c"),
    ("ch", "k"),
    ("kh", "k"),
    ("ck", "k"),
    ("c", "k"),
    ("ph", "f"),
    ("w", "v"),
    ("j", "y"),
    ("th", "t"),
    ("z", "s"),
)


def plain(word: str) -> str:
    """Return a word as names are compared: folded, without points and the ending of a genitive behind an apostrophe."""
    return re.sub(r"['’]s?$", "", folded(word)).replace(".", "")


def spelling(one: str, other: str) -> float:
    """Return how alike two plain words of two languages are spelled, in [0, 1]: 1 is what differs in transcription alone."""
    # The matcher looks for the one in the other, and not for the other in the one.
    first, second = sorted((_transcribed(one), _transcribed(other)))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def same_start(one: str, other: str) -> bool:
    """Say whether two plain words begin with one letter, however it is transcribed."""
    return _transcribed(one)[:1] == _transcribed(other)[:1]


def in_compound(one: str, other: str) -> bool:
    """Say whether a plain word is spelled like the tail of a longer one, as "California" in "Südkalifornien"."""
    short, long = sorted((one, other), key=len)
    return len(long) >= len(short) + _PREFIX and spelling(short, long[-len(short) :]) >= REMOTE


def same_word(one: str, other: str) -> bool:
    """Say whether two words differ in their inflection only, or one is the head or tail of a compound."""
    short, long = sorted((one, other), key=len)
    if len(short) < STEM:
        return False
    if long.startswith(short):
        return True
    return len(short) > STEM and long.endswith(short)


def spelled_alike(one: str, other: str, least: float) -> bool:
    """Say whether a name is spelled like another, or like the tail of a compound ("Ossetia", "Südossetien")."""
    one, other = _transcribed(one), _transcribed(other)
    if min(len(one), len(other)) <= STEM:
        return one == other
    if len(other) > len(one) + _PREFIX and len(one) > _PREFIX + STEM - 1:
        other = other[-len(one) - 1 :]
    return one[:1] == other[:1] and SequenceMatcher(None, one, other, autojunk=False).ratio() >= least


@lru_cache(maxsize=4096)
def _transcribed(word: str) -> str:
    if not word.isascii():
        word = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
    for ours, simple in _TRANSCRIBED:
        word = word.replace(ours, simple)
    return word
