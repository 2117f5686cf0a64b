"""The runs of words in a sentence, and what each is beside the question: form, kind, nearness, where the answer is read to begin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.lexical import analyse
from rag.reading.questions import Asks, asks
from rag.records import Question, Span
from rag.text.dates import YEAR, find_dates
from rag.text.folding import folded
from rag.text.numbers import find_numbers
from rag.text.words import word_set
from rag.tokens import Begins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

LONGEST = 12
"""Words of the longest run that is weighed."""

READ = ("begins", "holds", "likeliest")
"""Features that need the joint reader: the log of its share that the answer begins at the run's first word, its share that it
begins somewhere in the run, and whether that first word is the likeliest."""

_LEAST_SHARE = 1e-4

_TOKEN = re.compile(r"\w+(?:[.,'’\-–/&]\w+)*[%°]?|[$€£]\s?\d[\d.,]*")
_CLASSES = {
    "article": word_set("der die das den dem des ein eine einen einem einer eines the a an"),
    "preposition": word_set(
        """in im an am auf aus bei beim bis durch für gegen mit nach ohne seit über um unter von vom vor zu zum zur zwischen während
        wegen at on by for from of to with into after before during since until between under over through against about as"""
    ),
    "conjunction": word_set(
        """und oder aber sowie dass weil da denn wenn als ob and or but that because if when while which who whom whose where"""
    ),
    "pronoun": word_set(
        """er sie es sich ich wir ihr ihre sein seine seinen seiner ihrer ihren diese dieser dieses diesem diesen welche welcher
        welches he she it they his her their its this these those him them"""
    ),
    "auxiliary": word_set(
        """ist sind war waren wird werden wurde wurden hat haben hatte hatten kann können konnte soll sollte muss nicht auch is are
        was were be been being has have had will would can could may might should must not also did do does"""
    ),
}
# Classes that tell something where they stand anywhere in a run.
_INSIDE = ("conjunction", "pronoun", "auxiliary")
_FUNCTION = frozenset[str]().union(*_CLASSES.values())
_WHICH = re.compile(r"\b(?:welche[mnrs]?|which|what)\s+(?:of\s+the\s+)?(\w+)", re.IGNORECASE)
_HOW = re.compile(r"\b(?:wie|how)\b", re.IGNORECASE)
_COMMA, _BRACKET = re.compile(r"[,;:]"), re.compile(r"[()\[\]„“”\"»«–—]")
_OPENS, _CLOSES = re.compile(r"[,;:(„“\"»–—]"), re.compile(r"[,;:.)“”\"«–—]")
# A word of the question is known again by its first letters: "Minister" in "Ministers", and names across languages.
_PREFIX = 5
_LENGTHS = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 6), (7, 8), (9, LONGEST))
_KINDS = ("time", "number", "person", "place", "reason", "which", "how", "what")
# What counts differently for each kind of question.
_TYPED = (
    "number", "date", "capitals", "first_capital", "words1", "words2", "words3", "words5", "words7", "words9", "close",
    "asked", "before_preposition", "before_which", "function",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The runs of a sentence: where each begins and ends in it, shape (runs, 2), and their features by name, shape (runs,) each.

    A feature that is left out is 0.
    """

    bounds: NDArray[np.intp]
    features: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.bounds)

    def span(self, at: int) -> Span:
        """Return where a run stands in the sentence."""
        start, end = self.bounds[at].tolist()
        return Span(start, end)

    def touching(self, spans: Sequence[Span]) -> Flags:
        """Return which runs touch any of the spans."""
        return np.logical_or.reduce([(self.bounds[:, 0] < s.end) & (self.bounds[:, 1] > s.start) for s in spans])

    def matrix(self) -> NDArray[np.float32]:
        """Return the features in the order of ``feature_names()``, shape (runs, features)."""
        none = np.zeros(len(self))
        columns = [self.features.get(name, none) for name in feature_names()]
        return np.stack(columns, axis=1).astype(np.float32)


def weigh(question: Question, text: str, language: str | None, begins: Begins | None = None) -> Runs:
    """Return all runs of a sentence with their features; ``begins`` says where in it the answer is read to begin.

    Without it the features of ``READ`` are 0.
    """
    sentence = _sentence(text, language)
    if not sentence.words:
        return Runs(np.zeros((0, 2), np.intp), {})
    starts, ends = _runs(sentence)
    places = np.array(sentence.places)
    bounds = np.stack([places[starts, 0], places[ends, 1]], axis=1)
    found = _features(question, sentence, starts, ends)
    return Runs(bounds, found | _read(sentence, starts, ends, begins) if begins and begins.logits else found)


def _runs(sentence: _Sentence) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first and the last word of every run."""
    words = len(sentence.words)
    lengths = range(min(LONGEST, words))
    return np.concatenate([np.arange(words - n) for n in lengths]), np.concatenate(
        [np.arange(n, words) for n in lengths]
    )


@cache
def feature_names() -> tuple[str, ...]:
    """Return the names of the features in their order."""
    places = [f"{place}_{name}" for name in _CLASSES for place in ("first", "last", "before", "behind")]
    return (
        *places, *(f"in_{name}" for name in _INSIDE), *(f"words{low}" for low, _ in _LENGTHS),
        "function", "opens", "closes", "at_start", "at_end", "comma", "bracket", "capitals", "first_capital", "last_capital",
        "cuts_name_before", "cuts_name_behind", "cuts_number_before", "cuts_number_behind", "number", "date", "asked",
        "first_asked", "last_asked", "behind_asked", "before_asked", "distance", "close", "which", "before_which", "behind_which",
        *(f"{kind}:{name}" for kind in _KINDS for name in _TYPED), *READ,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Sentence:
    """A sentence's words, and what each of them is."""

    places: list[tuple[int, int]]
    words: list[str]
    stems: list[str]
    language: str | None
    classes: dict[str, Flags]
    number: Flags
    date: Flags
    capital: Flags
    # What stands before each word, and behind the last.
    gaps: list[str]

    @classmethod
    def of(cls, text: str, language: str | None) -> _Sentence:
        tokens = list(_TOKEN.finditer(text))
        words = [folded(token[0]) for token in tokens]
        edges = [0, *(token.end() for token in tokens)]
        return cls(
            [token.span() for token in tokens],
            words,
            [(analyse(word, language) or [""])[0] for word in words],
            language,
            {name: np.array([word in kind for word in words]) for name, kind in _CLASSES.items()},
            _covered(tokens, [number.span for number in find_numbers(text, language)]),
            _covered(tokens, [date.span for date in find_dates(text)])
            | np.array([YEAR.fullmatch(token[0]) is not None for token in tokens], bool),
            np.array([token[0][0].isupper() for token in tokens]),
            [*(text[edge : token.start()] for edge, token in zip(edges, tokens, strict=False)), text[edges[-1] :]],
        )


@lru_cache(2048)
def _sentence(text: str, language: str | None) -> _Sentence:
    """Return what a sentence is by itself; a server marks the same ones for many questions."""
    return _Sentence.of(text, language)


def _covered(tokens: list[re.Match[str]], spans: list[Span]) -> Flags:
    return np.array([any(Span(t.start(), t.end()).overlaps(span) for span in spans) for t in tokens], bool)


def _features(question: Question, s: _Sentence, a: NDArray[np.intp], b: NDArray[np.intp]) -> dict[str, NDArray[Any]]:
    """Return the features of the runs from word ``a`` to word ``b``, both included; those left out are 0."""
    length = b - a + 1
    asked, which = _asked(question, s)
    function = np.logical_or.reduce(list(s.classes.values()))

    def inside(flags: Flags) -> NDArray[np.intp]:
        total = np.concatenate([[0], np.cumsum(flags)])
        return total[b + 1] - total[a]

    def before(flags: Flags) -> Flags:
        return np.concatenate([[False], flags])[a]

    def behind(flags: Flags) -> Flags:
        return np.concatenate([flags, [False]])[b + 1]

    def between(pattern: re.Pattern[str]) -> Flags:
        total = np.cumsum([pattern.search(gap) is not None for gap in s.gaps])
        return total[b] > total[a]

    blank = np.array([gap == " " for gap in s.gaps])
    quantity = s.number | s.date
    distance, close = _nearness(asked, a, b)
    out: dict[str, NDArray[Any]] = {}
    for name, flags in s.classes.items():
        out |= {
            f"first_{name}": flags[a],
            f"last_{name}": flags[b],
            f"before_{name}": before(flags),
            f"behind_{name}": behind(flags),
        }
    out |= {f"in_{name}": inside(s.classes[name]) > 0 for name in _INSIDE}
    out |= {f"words{low}": (length >= low) & (length <= high) for low, high in _LENGTHS}
    out |= {
        "function": inside(function) == length,
        "opens": (np.array([_OPENS.search(gap) is not None for gap in s.gaps]))[a] | (a == 0),
        "closes": (np.array([_CLOSES.search(gap) is not None for gap in s.gaps]))[b + 1] | (b == len(s.words) - 1),
        "at_start": a == 0,
        "at_end": b == len(s.words) - 1,
        "comma": between(_COMMA),
        "bracket": between(_BRACKET),
        "capitals": inside(s.capital) == length,
        "first_capital": s.capital[a],
        "last_capital": s.capital[b],
        "cuts_name_before": s.capital[a] & before(s.capital) & blank[a],
        "cuts_name_behind": s.capital[b] & behind(s.capital) & blank[b + 1],
        "cuts_number_before": before(quantity),
        "cuts_number_behind": behind(quantity),
        "number": inside(s.number) > 0,
        "date": inside(s.date) > 0,
        "asked": inside(asked) / length,
        "first_asked": asked[a],
        "last_asked": asked[b],
        "behind_asked": before(asked),
        "before_asked": behind(asked),
        "distance": distance,
        "close": close,
        "which": inside(which) > 0,
        "before_which": behind(which),
        "behind_which": before(which),
    }  # fmt: skip
    kind = _kind(question.text)
    return out | {f"{kind}:{name}": out[name] for name in _TYPED}


def _read(s: _Sentence, a: NDArray[np.intp], b: NDArray[np.intp], begins: Begins) -> dict[str, NDArray[Any]]:
    """Return the features of ``READ``. A word's share is that of its tokens."""
    logits, stand, places = np.array(begins.logits), np.array(begins.spans), np.array(s.places)
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    touching = (stand[None, :, 1] > places[:, :1]) & (stand[None, :, 0] < places[:, 1:])
    words = touching @ shares
    total = np.concatenate([[0.0], np.cumsum(words)])
    return {
        "begins": np.log(np.maximum(words[a], _LEAST_SHARE)),
        "holds": total[b + 1] - total[a],
        "likeliest": words[a] >= words.max(),
    }


def _asked(question: Question, s: _Sentence) -> tuple[Flags, Flags]:
    """Return which words of the sentence the question holds, and which are what it asks for ("which ship")."""
    words = {folded(token) for token in _TOKEN.findall(question.text)} - _FUNCTION
    stems = {stem for word in words for stem in analyse(word, s.language)[:1]}
    starts = {word[:_PREFIX] for word in words if len(word) >= _PREFIX}
    known = [
        word not in _FUNCTION
        and (stem in stems or word in words or (len(word) >= _PREFIX and word[:_PREFIX] in starts))
        for word, stem in zip(s.words, s.stems, strict=True)
    ]
    named = _WHICH.search(question.text)
    head = analyse(named[1], s.language)[:1] if named else []
    return np.array(known), np.array([[stem] == head for stem in s.stems])


def _nearness(
    asked: Flags, a: NDArray[np.intp], b: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the log of the distance to the nearest of the question's words, and the sum of 1 / distance to each."""
    at = np.flatnonzero(asked)[:, None]
    if not len(at):
        return np.zeros(len(a)), np.zeros(len(a))
    apart = np.where(at < a, a - at, at - b).astype(float)
    apart[(at >= a) & (at <= b)] = np.inf
    return np.log(np.minimum(apart.min(axis=0), 30)), (1 / apart).sum(axis=0)


def _kind(question: str) -> str:
    kind = asks(question)
    if kind is not Asks.OTHER:
        return kind.value
    return "which" if _WHICH.search(question) else "how" if _HOW.match(question) else "what"
