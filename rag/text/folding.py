"""Folding text for comparison, with a way back to the original offsets."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

from rag.records import Span

_QUOTES = dict.fromkeys("„“”‟«»‹›‚‘’‛`´＂＇", "'") | {'"': "'"}
_DASHES = dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
_DROPPED = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_SINGLE = _QUOTES | _DASHES


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; ``origins[i]`` is where folded character ``i`` begins in the original.

    ``origins`` has one entry more than ``text``: the length of the original.
    """

    text: str
    origins: tuple[int, ...]

    def back(self, start: int, end: int) -> Span:
        """Return the smallest original span that covers folded ``start:end``.

        A folded character that came from several (or that became several) is covered whole.
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
    ``ss`` (that is what casefold does). A base character and its combining marks fold as one.
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


def folded(text: str) -> str:
    """Return only the folded text, where no way back is needed."""
    return fold(text).text


def _clusters(text: str) -> list[tuple[int, int]]:
    """Group each base character with the combining marks behind it."""
    groups: list[tuple[int, int]] = []
    for at, char in enumerate(text):
        if groups and unicodedata.combining(char):
            groups[-1] = (groups[-1][0], at + 1)
        else:
            groups.append((at, at + 1))
    return groups


def _fold_cluster(cluster: str) -> str:
    if cluster in _SINGLE:
        return _SINGLE[cluster]
    if cluster in _DROPPED:
        return ""
    text = unicodedata.normalize("NFKC", cluster).casefold()
    text = unicodedata.normalize("NFKC", text)
    return "".join(" " if c.isspace() else _SINGLE.get(c, c) for c in text if c not in _DROPPED)
