"""Question and passage read together: a small network over the vectors of tokens that the index holds.

Late interaction (``tokens.match``) says how near a question's words come in a sentence. Which sentence
then holds the answer depends on what is asked for, and on what stands beside the words that were
found. The network sees each token of a passage beside what of the question is nearest to it, and gives
each token the log odds that the answer begins there; a sentence's score is the log of their summed
odds. Passages were encoded alone, so that only this last step is made at the question (the
decomposition of DeFormer: Cao et al. 2020, https://arxiv.org/abs/2005.00697; the comparison of each
token with its aligned ones is that of Parikh et al. 2016, https://arxiv.org/abs/1606.01933; odds that
count across passages: Clark and Gardner 2018, https://arxiv.org/abs/1710.10723). The weights were
fitted by ``evals/bench/fit_reader.py`` on text that is not shipped.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from rag.layers import normal
from rag.tokens import SCALE, Headed, lifted, raised

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.tokens import Naming, Reading

    Matrix = NDArray[np.float32]

HEADS = 4
"""Ways in which a token looks at the question at once."""

NOTHING = -30.0
"""The logit of a sentence without tokens."""

_DIGITS = 3
_TINY = 1e-5
# The usual length of a sentence, in tokens.
_USUAL = 30


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Where the tokens of all chunks stand: first tokens and lengths of sentences and chunks, and whose each is.

    ``sentence`` and ``chunk`` are of tokens, ``whole`` is the chunk of a sentence, ``number`` its place there.
    """

    starts: NDArray[np.intp]
    counts: Matrix
    sentence: NDArray[np.intp]
    chunk_starts: NDArray[np.intp]
    chunk_counts: Matrix
    chunk: NDArray[np.intp]
    whole: NDArray[np.intp]
    number: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Jointly:
    """A chunk that was read together with a question.

    ``logits`` has for each of its sentences the log odds that the answer begins there and not nowhere, comparable between
    the chunks of a question and independent of which these are; ``begins`` for each token of each sentence those that
    it begins at this token, up to a constant.
    """

    logits: tuple[float, ...] = ()
    begins: tuple[tuple[float, ...], ...] = ()


def dimensions() -> int:
    """Return how many coordinates the vectors of tokens have that the weights were fitted to."""
    return len(_weights()["token"])


def read(
    asked: Reading,
    chunks: Sequence[Sequence[NDArray[np.int8]]],
    named: Sequence[Naming | None] = (),
    headed: Sequence[Headed | None] = (),
) -> list[Jointly]:
    """Read a question's tokens together with those of chunks, by sentence; ``named`` and ``headed`` as for ``tokens.match``.

    A chunk without tokens is given nothing, and so are all where the vectors of tokens are not of the length that the weights
    were fitted to.
    """
    filled = [at for at, chunk in enumerate(chunks) if any(map(len, chunk))]
    out = [Jointly()] * len(chunks)
    if not filled or asked.tokens.shape[1:] != (dimensions(),) or not len(asked.tokens):
        return out
    chosen = [[sentence for sentence in chunks[at] if len(sentence)] for at in filled]
    called = [named[at] for at in filled] if named else ()
    columns = [_filled(headed[at], chunks[at]) for at in filled] if headed else ()
    # A product of matrices rounds a row differently in another company; equal sentences tie even so.
    found = [
        np.round(one.astype(np.float64), _DIGITS).tolist() for one in _logits(asked.tokens, chosen, called, columns)
    ]
    logits, begins = map(iter, found)
    for at in filled:
        out[at] = Jointly(
            tuple(next(logits) if len(sentence) else NOTHING for sentence in chunks[at]),
            tuple(tuple(islice(begins, len(sentence))) for sentence in chunks[at]),
        )
    return out


def _filled(headed: Headed | None, sentences: Sequence[NDArray[np.int8]]) -> Headed | None:
    return Headed(headed.document, headed.tokens[[len(one) > 0 for one in sentences]]) if headed else None


def _logits(
    asked: Matrix,
    chunks: Sequence[Sequence[NDArray[np.int8]]],
    named: Sequence[Naming | None],
    headed: Sequence[Headed | None],
) -> tuple[Matrix, Matrix]:
    """Return a logit for each sentence of all chunks, none of them without tokens, and one for each token."""
    w, at = _weights(), _places(chunks)
    tokens: Matrix = np.multiply(
        np.concatenate([part for chunk in chunks for part in chunk]), 1 / SCALE, dtype=np.float32
    )
    cosines: Matrix = np.matmul(tokens, asked.T)
    # What of the question counts, seen in several ways, and how near a sentence and its chunk come to that.
    weight = _shares((asked @ w["weight"]).T).T
    asks = (_shares((asked @ w["ask"]).T) @ asked).reshape(-1)
    sizes = [len(chunk) for chunk in chunks]
    found = lifted(np.maximum.reduceat(cosines, at.starts, axis=0), sizes, named)
    near: Matrix = raised(found, sizes, headed) @ weight
    near_chunk: Matrix = lifted(np.maximum.reduceat(cosines, at.chunk_starts, axis=0), [1] * len(sizes), named) @ weight
    aligned = _shares(cosines * w["sharpness"])
    hidden = tokens @ w["token"] + aligned @ (asked @ w["aligned"])
    hidden += (tokens * (aligned @ asked)) @ w["product"]
    hidden += _forms(cosines, aligned, at) @ w["form"] + cosines @ (weight @ w["near_token"])
    hidden += (
        (near @ w["near"])[at.sentence] + (near_chunk @ w["near_chunk"])[at.chunk] + (asks @ w["asks"] + w["bias"])
    )
    hidden = normal(_gelu(np.asarray(hidden, np.float32)), w["norm"], _TINY)
    for number in range(int(w["blocks"])):
        hidden = _block(
            hidden, asked, at, {k.removeprefix(f"{number}."): v for k, v in w.items() if k.startswith(f"{number}.")}
        )
    means = np.add.reduceat(hidden, at.starts, axis=0) / at.counts[:, None]
    whole = near_chunk[at.whole]
    before, behind = np.zeros_like(near), np.zeros_like(near)
    one_chunk = (at.whole[1:] == at.whole[:-1])[:, None]
    before[1:], behind[:-1] = near[:-1] * one_chunk, near[1:] * one_chunk
    seen = np.concatenate([near, whole, before, behind, near - whole, means], axis=1)
    extra = _gelu(seen @ w["sentence_up"] + w["sentence_bias"]) @ w["sentence_down"]
    begins = hidden @ w["begin"]
    highest = np.maximum.reduceat(begins, at.starts)
    sums = np.add.reduceat(np.exp(begins - highest[at.sentence]), at.starts)
    nowhere = asks @ w["none"] + w["none_bias"]
    logits = np.asarray(np.log(sums) + highest + extra - nowhere, np.float32)
    return logits, np.asarray(begins + extra[at.sentence], np.float32)


def _block(hidden: Matrix, asked: Matrix, at: _Places, w: dict[str, Matrix]) -> Matrix:
    """Return the tokens after they have looked at their neighbours, their sentence, their chunk and the question."""
    before, behind = np.roll(hidden, 1, axis=0), np.roll(hidden, -1, axis=0)
    before[at.chunk_starts] = 0
    behind[at.chunk_starts - 1] = 0
    near = _gelu(np.concatenate([before, hidden, behind], axis=1) @ w["beside"] + w["beside_bias"])
    near += ((np.add.reduceat(hidden, at.starts, axis=0) / at.counts[:, None]) @ w["of_sentence"])[at.sentence]
    means = np.add.reduceat(hidden, at.chunk_starts, axis=0) / at.chunk_counts[:, None]
    near += (means @ w["of_chunk"])[at.chunk]
    hidden = normal(hidden + near, w["beside_norm"], _TINY)
    # The question is short: its keys and values are brought into the tokens' space, not they into its.
    size, tokens = hidden.shape[1], len(asked)
    keys = (asked @ w["key"]).reshape(tokens, HEADS, -1)
    values = (asked @ w["value"]).reshape(tokens, HEADS, -1)
    keys = np.einsum("ihc,nhc->hni", w["query"].reshape(size, HEADS, -1), keys).reshape(-1, size)
    values = np.einsum("nhc,hco->hno", values, w["out"].reshape(HEADS, -1, size)).reshape(-1, size)
    looks = _shares((keys @ hidden.T).reshape(HEADS, tokens, -1), axis=1).reshape(HEADS * tokens, -1)
    hidden = normal(np.add(hidden, looks.T @ values), w["look_norm"], _TINY)
    further = _gelu(hidden @ w["up"] + w["up_bias"]) @ w["down"] + w["down_bias"]
    return normal(np.add(hidden, further), w["norm"], _TINY)


def _places(chunks: Sequence[Sequence[NDArray[np.int8]]]) -> _Places:
    counts = np.array([len(sentence) for chunk in chunks for sentence in chunk])
    sizes = np.array([sum(map(len, chunk)) for chunk in chunks])
    number = np.concatenate([np.arange(len(chunk)) for chunk in chunks])
    return _Places(
        starts=np.cumsum(counts) - counts,
        counts=counts.astype(np.float32),
        sentence=np.repeat(np.arange(len(counts)), counts),
        chunk_starts=np.cumsum(sizes) - sizes,
        chunk_counts=sizes.astype(np.float32),
        chunk=np.repeat(np.arange(len(sizes)), sizes),
        whole=np.repeat(np.arange(len(chunks)), [len(chunk) for chunk in chunks]),
        number=number,
    )


def _forms(cosines: Matrix, aligned: Matrix, at: _Places) -> Matrix:
    """Return what each token is beside its vector: how near the question comes, and where in its sentence it stands."""
    counts = at.counts[at.sentence]
    behind = (np.arange(len(counts)) - at.starts[at.sentence]).astype(np.float32)
    columns = (
        cosines.max(axis=1), (aligned * cosines).sum(axis=1), 1 / (1 + behind), 1 / (counts - behind),
        1 / (1 + at.number[at.sentence].astype(np.float32)), np.log(counts / _USUAL),
    )  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32)


def _shares(scores: Matrix, axis: int = -1) -> Matrix:
    shares = scores - scores.max(axis=axis, keepdims=True)
    np.exp(shares, out=shares)
    shares /= shares.sum(axis=axis, keepdims=True)
    return shares


def _gelu(x: Matrix) -> Matrix:
    """Return about x times the normal distribution function at x (Hendrycks and Gimpel 2016, arXiv 1606.08415)."""
    inner = np.float32(0.044715) * x
    inner *= x
    inner *= x
    inner += x
    inner *= np.float32(0.7978845608)
    np.tanh(inner, out=inner)
    inner += 1
    inner *= x
    inner *= np.float32(0.5)
    return inner


@cache
def _weights() -> dict[str, Matrix]:
    data = resources.files("rag").joinpath("data/joint.npz").read_bytes()
    with np.load(io.BytesIO(data)) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}
