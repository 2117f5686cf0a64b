"""Folding text for comparison, with a way back to the original offsets."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from rag.records import Span

_QUOTES = dict.fromkeys("„“”‟«»‹›‚‘’‛`´＂＇", "'") | {'"': "'"}
_DASHES = dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
_SINGLE = _QUOTES | _DASHES
# What has no shape of its own: soft hyphens, zero-width characters, marks of writing direction, and
# the selectors that choose between a plain and a coloured form of a sign.
_DROPPED = frozenset(
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060"
    "\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff"
)
# Signs that join the one before although they are no combining marks: Korean vowels and finals, and
# the narrow voicing marks of Japanese.
_JOINS = frozenset(map(chr, (*range(0x1160, 0x1200), 0xFF9E, 0xFF9F)))


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; ``origins[i]`` is where folded character ``i`` begins in the original.

    ``origins`` has one entry more than ``text``: the length of the original.
    """

    text: str
    origins: tuple[int, ...]

    def back(self, start: int, end: int) -> Span:
        """Return an original span that covers folded ``start:end``.

        Its ends fall between characters with their marks: a folded character that came from
        several (or that became several) is covered whole, together with what vanished behind it.
        """
        if start >= end:
            at = self.origins[min(start, len(self.text))]
            return Span(at, at)
        first = self.origins[start]
        last = self.origins[end - 1]
        after = bisect_right(self.origins, last)
        return Span(first, self.origins[after] if after < len(self.origins) else self.origins[-1])


def fold(text: str) -> Folded:
    """Fold case, compatibility forms, quotation marks, dashes and white space.

    NFKC, then casefold; every quotation mark becomes ``'``, every dash ``-``, every run of white
    space one blank; soft hyphens and zero-width characters vanish. Umlauts stay, ``ß`` becomes
    ``ss`` (that is what casefold does). A base character and its combining marks fold as one, so
    composed and decomposed text fold alike, and folding twice changes nothing.
    """
    out: list[str] = []
    origins: list[int] = []
    for start, end in _clusters(text):
        for char in _fold_cluster(text[start:end]):
            if char == " " and out and out[-1] == " ":
                continue
            out.append(char)
            origins.append(start)
    return Folded("".join(out), (*origins, len(text)))


@lru_cache(2048)
def folded(text: str) -> str:
    """Return only the folded text, where no way back is needed."""
    if text.isascii() and text.isalnum():
        # Most words are, and sign by sign takes long.
        return text.lower()
    return fold(text).text


def _clusters(text: str) -> list[tuple[int, int]]:
    """Group each base character with the marks behind it and with what vanishes there."""
    groups: list[tuple[int, int]] = []
    for at, char in enumerate(text):
        if groups and char > "\x7f" and _joins(char):
            groups[-1] = (groups[-1][0], at + 1)
        else:
            groups.append((at, at + 1))
    return groups


def _joins(char: str) -> bool:
    return char in _DROPPED or char in _JOINS or unicodedata.category(char).startswith("M")


def _fold_cluster(cluster: str) -> str:
    if cluster in _SINGLE:
        return _SINGLE[cluster]
    if cluster.isascii():
        return " " if cluster.isspace() else cluster.lower()
    shown = "".join(char for char in cluster if char not in _DROPPED)
    shown = "".join(_SINGLE.get(char, char) for char in unicodedata.normalize("NFC", shown))
    # Folding case can undo a composition, and composing can make a letter that has a lower form.
    while (text := unicodedata.normalize("NFKC", shown).casefold()) != shown:
        shown = text
    return "".join(" " if c.isspace() else _SINGLE.get(c, c) for c in shown if c not in _DROPPED)
