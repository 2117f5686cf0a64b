"""Which way a clause points: opposites by axis ("rise" and "fall"), and words that negate.

Each axis is one question to which its two sides answer yes and no; the words of both are patterns in
``data/opposites.json``, in both languages, synonyms together: so "lehnte ab" is the opposite of "approved" and the
same as "voted against". ``denials`` are words that deny something in themselves: they may stand for a negation, but
turn nothing round.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from rag.checks.wording import Said

_REACH = 8


@dataclass(frozen=True, slots=True)
class Polarity:
    """Which way a clause points.

    ``signs`` are the axes on which it takes one side alone, with that side once its negations are counted,
    ``torn`` those on which it takes both;
    ``negated`` says that a negation is left which belongs to no axis, and ``denials`` how many words of it
    deny, lessen or undo without being a negation.
    """

    signs: dict[str, bool]
    torn: frozenset[str]
    negated: bool
    denials: int


@lru_cache(maxsize=4096)
def polarity(clause: Said) -> Polarity:
    """Return which way a clause points; a negation turns the word of an axis that stands nearest to it."""
    language = "de" if clause.language == "de" else "en"
    text = _pattern("no_negations", language).sub(" ", clause.text)
    found = list(_sides(text, language))
    negations = [m.start() for m in _pattern("negations", language).finditer(text)]
    turned: set[int] = set()
    left = 0
    for at in negations:
        near = [
            (_words_between(text, at, where), index)
            for index, (_, _, where) in enumerate(found)
            if where != at and _words_between(text, at, where) <= _REACH and index not in turned
        ]
        if near:
            turned.add(min(near)[1])
        else:
            left += 1
    signs = _undone({(axis, side != (index in turned)) for index, (axis, side, _) in enumerate(found)})
    denials = len(_pattern("denials", language).findall(text))
    denials += sum(not s for _, s, _ in found) + len(turned)
    single = {axis: side for axis, side in signs if (axis, not side) not in signs}
    return Polarity(single, frozenset(axis for axis, _ in signs) - single.keys(), left % 2 == 1, denials)


def _undone(signs: set[tuple[str, bool]]) -> set[tuple[str, bool]]:
    """Take back a refusal that was itself ended: to lift a ban is to allow."""
    if ("going on", False) in signs and ("consent", False) in signs and ("consent", True) not in signs:
        return signs - {("consent", False)} | {("consent", True)}
    return signs


def _sides(text: str, language: str) -> Iterator[tuple[str, bool, int]]:
    """Yield the axes that a text takes a side on, the side, and where."""
    for axis, side, pattern in _axes(language):
        yield from ((axis, side, match.start()) for match in pattern.finditer(text))


def _words_between(text: str, one: int, other: int) -> int:
    low, high = sorted((one, other))
    return len(text[low:high].split())


@cache
def _pattern(kind: str, language: str) -> re.Pattern[str]:
    return _compiled(_lists()[kind][language])


@cache
def _axes(language: str) -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    axes = _lists()["axes"].items()
    return tuple((axis, side == "yes", _compiled(told)) for axis, of in axes for side, told in of[language].items())


def _compiled(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


@cache
def _lists() -> dict[str, Any]:
    return json.loads(resources.files("rag").joinpath("data/opposites.json").read_text(encoding="utf-8"))
