"""Where an index keeps its vectors: what the settings say, held against what its catalog remembers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from rag.errors import RebuildIndex
from rag.vectors.connection import ChromaServer
from rag.vectors.folder import FolderVectors, discard
from rag.vectors.server import ServerVectors
from rag.vectors.store import VectorStore

_ID, _PLACE = "id", "vectors"
_FOLDER = "vectors"


class Memory(Protocol):
    """What a catalog remembers of itself, by key."""

    def meta(self, key: str) -> str | None:
        """Return a value."""
        ...

    def note(self, key: str, value: str) -> None:
        """Remember a value."""
        ...


def born(server: ChromaServer | None) -> dict[str, str]:
    """Return what a new catalog is to remember: an identity of its own, and where the vectors will be."""
    return {_ID: uuid4().hex, _PLACE: server.place if server else ""}


def inherited(memory: Memory) -> dict[str, str]:
    """Return what a catalog that takes the place of another is to remember."""
    return {key: value for key in (_ID, _PLACE) if (value := memory.meta(key)) is not None}


class Home:
    """The vectors of the index in ``folder``, on ``server`` where one is set."""

    def __init__(self, memory: Memory, folder: Path, server: ChromaServer | None, shards: Sequence[str]) -> None:
        self._memory = memory
        self._folder = folder / _FOLDER
        self._server = server
        self._shards = shards
        self._store: VectorStore | None = None
        self._checked = False

    @property
    def place(self) -> str:
        """Where the vectors are, as the catalog says; empty for the index's own folder."""
        return self._memory.meta(_PLACE) or ""

    def store(self) -> VectorStore:
        """Return the vectors.

        Raises:
            RebuildIndex: the catalog says that they are elsewhere than the settings do.
        """
        if not self._checked:
            wanted = self._server.place if self._server else ""
            if self.place != wanted:
                raise RebuildIndex(
                    f"The vectors of this index are kept {_said(self.place)}, and not {_said(wanted)}.",
                    hint="Make them there from the catalog, without embedding: rag doctor --repair."
                    " Or set chroma_url (RAG_CHROMA_URL) to where they are.",
                )
            self._checked = True
        return self._opened()

    def move_here(self) -> VectorStore:
        """Return the place that the settings say, whatever the catalog remembers; it is to be filled."""
        if self._server is not None and self._memory.meta(_ID) is None:
            self._memory.note(_ID, uuid4().hex)
        store = self._opened()
        if self._server is not None:
            # A server that is away is noticed before anything is given up for it.
            store.count()
            discard(self._folder)
        wanted = self._server.place if self._server else ""
        if self.place != wanted:
            self._memory.note(_PLACE, wanted)
        return store

    def settled(self) -> None:
        """Take note that writing has ended well."""
        if self._store is not None:
            self._store.settled()

    def moved(self) -> None:
        """Take note that another process may have written, or that writing has failed."""
        if self._store is not None:
            self._store.moved()
        self._checked = False

    def close(self) -> None:
        """Let go of files and connections."""
        if self._store is not None:
            self._store.close()

    def _opened(self) -> VectorStore:
        if self._store is None:
            if self._server is None:
                self._store = FolderVectors(self._folder)
            else:
                self._store = ServerVectors(self._server, self._memory.meta(_ID) or "", self._shards)
        return self._store


def abandon(memory: Memory, folder: Path, server: ChromaServer | None, shards: Sequence[str]) -> None:
    """Delete the vectors of an index whose catalog is about to be replaced by one that knows nothing of them.

    Those that another server holds than the one that is set stay there.
    """
    home = Home(memory, folder, server, shards)
    if home.place == (server.place if server else ""):
        with closing(home.store()) as store:
            store.clear()


def _said(place: str) -> str:
    return f"on the Chroma server {place}" if place else "in its own folder"
