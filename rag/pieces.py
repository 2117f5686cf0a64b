"""Text to the pieces that the embedded model was trained on, each with its place in the text.

A unigram vocabulary (SentencePiece's): of all ways to cut a text into known pieces, the one whose
scores sum up highest (Kudo 2018, https://arxiv.org/abs/1804.10959). The vocabulary is looked up by
hashes in one sorted array: a dictionary of a quarter of a million pieces takes a third of a second to
make, this a twentieth. No piece reaches from one word into the next, so that words can be cut one by one,
and those that come again, as most do, need not be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

# A piece that begins a word begins with this sign.
_WORD = "\u2581"
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
# What a character that no piece holds costs, below the least likely piece.
_UNKNOWN = 10.0
# Words whose pieces are remembered, some 10 MB, and the longest of them.
_WORDS, _LETTERS = 20_000, 40

_Cut: TypeAlias = "list[tuple[int, int, int]]"
"""Pieces of a word in their order: id, and where each begins and ends in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """Token ids, shape (n,), and where each stands in the text: [start, end) in code points, shape (n, 2)."""

    ids: NDArray[np.int64]
    spans: NDArray[np.int64]


class Vocabulary:
    """Cuts texts into pieces.

    ``blob`` holds all pieces in UTF-8, one behind the other, ``ends`` where each begins and the last
    ends, in bytes; ``scores`` their log probabilities, ``unknown`` the id of what is no piece;
    ``replaced`` what a character is read as.
    """

    def __init__(
        self, blob: bytes, ends: NDArray[np.uint32], scores: NDArray[np.float32], unknown: int, replaced: dict[str, str]
    ) -> None:
        letters = np.frombuffer(blob.decode("utf-8").encode("utf-32-le"), "<u4")
        # Bytes to code points: every byte but a continuing one begins a character.
        begun = np.cumsum((np.frombuffer(blob, np.uint8) & 0xC0) != 0x80, dtype=np.int32)
        bounds = np.concatenate([[0], begun[ends[1:] - 1]])
        sizes = np.diff(bounds).astype(np.uint8)
        # Shortest first, so that those with one letter more are always the rest.
        ids = np.argsort(sizes, kind="stable")
        starts, sizes = bounds[ids], sizes[ids]
        hashes = np.zeros(len(ids), np.uint64)
        for at in range(int(sizes[-1])):
            first = int(np.searchsorted(sizes, at, side="right"))
            hashes[first:] = hashes[first:] * _FACTOR + letters[starts[first:] + at]
        order = np.argsort(hashes)
        self._hashes, self._ids, self._sizes = hashes[order], ids[order], sizes[order]
        self._longest = int(sizes[-1])
        self._scores = scores
        self._unknown = unknown
        self._cost = float(scores.min()) - _UNKNOWN
        self._replaced = str.maketrans(replaced)
        self._replaces = frozenset(replaced)
        self.forget()

    def cut(self, text: str) -> Tokens:
        """Return the pieces of a text."""
        read, places = self._read(text)
        words = [_WORD + rest for rest in read.split(_WORD)[1:]]
        cuts = self._cuts(words)
        ids: list[int] = []
        spans: list[tuple[int, int]] = []
        at = 0
        for word in words:
            for identity, start, end in cuts[word]:
                ids.append(identity)
                spans.append((places[at + start], places[at + end - 1] + 1))
            at += len(word)
        return Tokens(np.array(ids, np.int64), np.array(spans, np.int64).reshape(-1, 2))

    def forget(self) -> None:
        """Cut each word anew, as if none had been seen."""
        self._remembered: dict[str, _Cut] = {}

    def _cuts(self, words: Sequence[str]) -> dict[str, _Cut]:
        """Return the pieces of words; those that are not remembered are cut together."""
        # Whoever reads in another thread keeps what it has, also when this begins anew.
        remembered = self._remembered
        cuts = {word: remembered.get(word) for word in words}
        unseen = [word for word, cut in cuts.items() if cut is None]
        made = dict(zip(unseen, self._likeliest(unseen), strict=True))
        if len(remembered) + len(made) > _WORDS:
            self._remembered = remembered = {}
        remembered.update((word, cut) for word, cut in made.items() if len(word) <= _LETTERS)
        return made | {word: cut for word, cut in cuts.items() if cut is not None}

    def _likeliest(self, words: Sequence[str]) -> Iterator[_Cut]:
        """Yield the likeliest pieces of each word."""
        read = "".join(words)
        known = self._known(np.frombuffer(read.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64))
        first = 0
        for word in words:
            best, steps = [0.0], [(0, 0)]
            for end in range(1, len(word) + 1):
                total, start, identity = -math.inf, 0, self._unknown
                for size, score, one in known[first + end]:
                    if (way := best[end - size] + score) > total:
                        total, start, identity = way, end - size, one
                # A piece wins against an unknown character.
                if (way := best[end - 1] + self._cost) > total:
                    total, start, identity = way, end - 1, self._unknown
                best.append(total)
                steps.append((start, identity))
            cut: _Cut = []
            end = len(word)
            while end:
                start, identity = steps[end]
                cut.append((identity, start, end))
                end = start
            yield cut[::-1]
            first += len(word)

    def _read(self, text: str) -> tuple[str, list[int]]:
        """Return the text as pieces spell it, and the place in the text of each of its characters."""
        if self._replaces.isdisjoint(text) and "  " not in text and _WORD not in text:
            begun = text.startswith(" ")
            return ("" if begun else _WORD) + text.replace(" ", _WORD), [*(() if begun else (0,)), *range(len(text))]
        letters: list[str] = []
        places: list[int] = []
        for at, letter in enumerate(text):
            for read in letter.translate(self._replaced) if letter in self._replaces else letter:
                if read == " " and letters and letters[-1] == _WORD:
                    continue
                letters.append(_WORD if read == " " else read)
                places.append(at)
        if not letters or letters[0] != _WORD:
            letters.insert(0, _WORD)
            places.insert(0, 0)
        return "".join(letters), places

    def _known(self, letters: NDArray[np.uint64]) -> list[list[tuple[int, float, int]]]:
        """Return for each end the known pieces that end there, short ones first: letters, score, id."""
        out: list[list[tuple[int, float, int]]] = [[] for _ in range(len(letters) + 1)]
        hashes = np.zeros(len(letters), np.uint64)
        for size in range(1, min(self._longest, len(letters)) + 1):
            hashes = hashes[: len(letters) - size + 1] * _FACTOR + letters[size - 1 :]
            at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
            found = np.nonzero((self._hashes[at] == hashes) & (self._sizes[at] == size))[0]
            ids = self._ids[at[found]]
            for start, identity, score in zip(found.tolist(), ids.tolist(), self._scores[ids].tolist(), strict=True):
                if identity != self._unknown:
                    out[start + size].append((size, score, identity))
        return out
