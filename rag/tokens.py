"""Vectors of single tokens: how a text is read word by word, and how far a question finds its words in a sentence.

One vector for a whole sentence says what it is about. Which of several sentences about the same thing
answers shows in its words: each token of the question looks for the token of the sentence that is
nearest to it (late interaction: Khattab and Zaharia 2020, https://arxiv.org/abs/2004.12832). Tokens
were read in the light of their whole chunk, so that "he" in a sentence is near to who is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCALE = 254.0
"""What coordinates of unit vectors are stored times, as whole numbers; hardly one in a thousand is above a half."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A text as an embedder read it.

    ``vector`` is the whole text's unit vector, shape (dimensions,); ``tokens`` are the unit vectors of
    its tokens, float32, shape (n, token dimensions), and ``spans`` where these stand in it, [start,
    end) in code points, shape (n, 2). An embedder that has no vectors of tokens leaves both empty.
    """

    vector: NDArray[np.float32]
    tokens: NDArray[np.float32]
    spans: NDArray[np.int64]

    def touching(self, spans: Iterable[tuple[int, int]]) -> NDArray[np.bool_]:
        """Return which of the tokens share a character with one of the [start, end)."""
        import numpy as np

        out = np.zeros(len(self.tokens), np.bool_)
        for start, end in spans:
            out |= (self.spans[:, 1] > start) & (self.spans[:, 0] < end)
        return out

    @classmethod
    def whole(cls, vector: NDArray[np.float32]) -> Reading:
        """Return a reading without tokens."""
        import numpy as np

        return cls(vector, np.zeros((0, 0), np.float32), np.zeros((0, 2), np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Naming:
    """Which ``tokens`` of a question name the document of a chunk, shape (question's tokens,)."""

    document: str
    tokens: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Headed:
    """Which ``tokens`` of a question name the heading that a sentence of a chunk stands under, or a column of the table that it is a row of.

    Shape (sentences, question's tokens); ``document`` is the chunk's.
    """

    document: str
    tokens: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Matched:
    """How near the tokens of a question come to those of a chunk.

    Each token of the question has a nearest one in a sentence; ``mean`` is the mean of these cosines,
    ``least`` the lowest, and ``won`` the share of the question's tokens that come nowhere nearer in any
    of the chunks: one each for a sentence. ``chunk`` is the mean with the nearest taken from the whole chunk, ``nearest`` are these,
    one for each token of the question.
    """

    mean: tuple[float, ...]
    least: tuple[float, ...]
    won: tuple[float, ...]
    chunk: float
    nearest: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Begins:
    """Where the tokens of a text stand in it, [start, end) in code points, and log odds that the answer begins at each."""

    spans: tuple[tuple[int, int], ...]
    logits: tuple[float, ...]


def within(begins: Begins, start: int, end: int) -> Begins:
    """Return what is known of the tokens of a part of the text, [start, end), with offsets in that part."""
    kept = [
        ((max(first - start, 0), last - start), logit)
        for (first, last), logit in zip(begins.spans, begins.logits, strict=True)
        if first < end and last > start
    ]
    return Begins(tuple(span for span, _ in kept), tuple(logit for _, logit in kept))


def by_sentence(reading: Reading, sentences: Iterable[tuple[int, int]]) -> tuple[NDArray[np.int8], ...]:
    """Return the tokens of a text that was read, one array for each of its sentences, coordinates x ``SCALE``.

    ``sentences`` are [start, end) in the text. A token belongs to the sentence in which it ends, as a word begins with the blank before it.
    """
    import numpy as np

    if not len(reading.tokens):
        return ()
    stored = np.clip(np.rint(reading.tokens * SCALE), -127, 127).astype(np.int8)
    return tuple(stored[in_sentence(reading.spans, start, end)] for start, end in sentences)


def in_sentence(spans: NDArray[np.int64], start: int, end: int) -> NDArray[np.bool_]:
    """Return which of the tokens that stand at ``spans`` belong to the sentence [start, end)."""
    last = spans[:, 1] - 1
    return (last >= start) & (last < end)


def match(
    asked: Reading,
    chunks: Sequence[Sequence[NDArray[np.int8]]],
    named: Sequence[Naming | None] = (),
    headed: Sequence[Headed | None] = (),
) -> list[Matched | None]:
    """Hold a question's tokens against those of chunks, sentence by sentence; None for a chunk without tokens.

    ``named`` says for each chunk which of them name its document (see ``lifted``), ``headed`` which name what its
    sentences stand under (see ``raised``).
    """
    import numpy as np

    sentences = [sentence for chunk in chunks for sentence in chunk]
    filled = [sentence for sentence in sentences if len(sentence)]
    if not filled or not len(asked.tokens):
        return [None] * len(chunks)
    near = np.concatenate(filled).astype(np.float32) @ (asked.tokens.T / np.float32(SCALE))
    starts = np.cumsum([0, *(len(sentence) for sentence in filled[:-1])])
    # A sentence of no tokens matches nothing.
    rows = np.zeros((len(sentences), len(asked.tokens)), np.float32)
    rows[[at for at, sentence in enumerate(sentences) if len(sentence)]] = np.maximum.reduceat(near, starts, axis=0)
    sizes = [len(chunk) for chunk in chunks]
    rows = raised(lifted(rows, sizes, named), sizes, headed)
    mean, least = rows.mean(axis=1).tolist(), rows.min(axis=1).tolist()
    won = (rows >= rows.max(axis=0)).mean(axis=1).tolist()
    out: list[Matched | None] = []
    at = 0
    for chunk in chunks:
        own = slice(at, at + len(chunk))
        at = own.stop
        if not chunk:
            out.append(None)
            continue
        whole = rows[own].max(axis=0)
        told = (tuple(mean[own]), tuple(least[own]), tuple(won[own]))
        out.append(Matched(*told, float(whole.mean()), tuple(whole.tolist())))
    return out


def lifted(near: NDArray[np.float32], sizes: Sequence[int], named: Sequence[Naming | None]) -> NDArray[np.float32]:
    """Return how near rows come to a question's tokens, those that name a document taken at the best of its rows.

    ``near`` has a row a sentence or a chunk, and a column a token; ``sizes`` are the rows of each chunk.
    """
    import numpy as np

    if not any(named):
        return near
    of: dict[str, tuple[NDArray[np.bool_], list[int]]] = {}
    start = 0
    for size, naming in zip(sizes, named, strict=True):
        if naming is not None:
            of.setdefault(naming.document, (naming.tokens, []))[1].extend(range(start, start + size))
        start += size
    out = near.copy()
    for tokens, rows in of.values():
        if rows:
            best = near[rows].max(axis=0)
            out[rows] = np.where(tokens, best, near[rows])
    return out


def raised(near: NDArray[np.float32], sizes: Sequence[int], headed: Sequence[Headed | None]) -> NDArray[np.float32]:
    """Return how near sentences come to a question's tokens, those that name what it stands under taken at the best of such.

    ``near`` has a row a sentence, and a column a token; ``sizes`` are the sentences of each chunk.
    """
    import numpy as np

    if not any(headed):
        return near
    of: dict[str, list[tuple[slice, NDArray[np.bool_]]]] = {}
    start = 0
    for size, one in zip(sizes, headed, strict=True):
        if one is not None:
            of.setdefault(one.document, []).append((slice(start, start + size), one.tokens))
        start += size
    out = near.copy()
    for parts in of.values():
        # Headings and the names of columns stand above, in one chunk or another.
        best = np.max([near[rows].max(axis=0) for rows, _ in parts], axis=0)
        for rows, tokens in parts:
            out[rows] = np.where(tokens, best, near[rows])
    return out
