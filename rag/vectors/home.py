"""Where an index keeps its vectors: what the settings say, held against what its catalog remembers."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from rag.errors import RebuildIndex
from rag.vectors.connection import ChromaServer
from rag.vectors.folder import FolderVectors, discard
from rag.vectors.server import ServerVectors
from rag.vectors.store import VectorStore

_PLACE = "vectors"
# Identities of collections on a server, parted by spaces: those in use, then those that are to be deleted.
_COLLECTIONS = "collections"
# Set while vectors come from elsewhere, so that whoever writes next looks for those that nobody knows.
_ENTRUSTED = "entrusted"
_FOLDER = "vectors"
# Seconds that a search is given to end.
_GRACE = 2.0


class Memory(Protocol):
    """What a catalog remembers of itself, by key."""

    def meta(self, key: str) -> str | None:
        """Return a value."""
        ...

    def note(self, key: str, value: str) -> None:
        """Remember a value."""
        ...


def born(server: ChromaServer | None) -> dict[str, str]:
    """Return what a new catalog is to remember: where the vectors will be, and what is its own there."""
    return {_COLLECTIONS: uuid4().hex, _PLACE: server.place if server else ""}


def inherited(memory: Memory) -> dict[str, str]:
    """Return what a catalog is to remember that takes the place of a damaged one."""
    return {key: value for key in (_COLLECTIONS, _PLACE) if (value := memory.meta(key)) is not None}


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

    @property
    def _wanted(self) -> str:
        return self._server.place if self._server else ""

    def store(self) -> VectorStore:
        """Return the vectors.

        Raises:
            RebuildIndex: the catalog says that they are elsewhere than the settings do.
        """
        if not self._checked:
            if self.place != self._wanted:
                raise RebuildIndex(
                    f"The vectors of this index are kept {_said(self.place)}, and not {_said(self._wanted)}.",
                    hint="Make them there from the catalog, without embedding: rag doctor --repair."
                    " Or set chroma_url (RAG_CHROMA_URL) to where they are.",
                )
            self._checked = True
        return self._opened()

    @contextmanager
    def anew(self) -> Generator[VectorStore]:
        """Give an empty place to fill, where the settings say, which is that of the vectors from then on.

        On a server those that were there serve until then. To be used by the index's one writer.
        """
        if self._server is None:
            store = self._opened()
            store.clear()
            yield store
        else:
            yield from self._beside(self._server)
            discard(self._folder)
        if self.place != self._wanted:
            self._memory.note(_PLACE, self._wanted)

    def _beside(self, server: ChromaServer) -> Generator[VectorStore]:
        current, *others = (self._memory.meta(_COLLECTIONS) or uuid4().hex).split()
        for other in others:
            self._delete(server, other)
        new = uuid4().hex
        self._memory.note(_COLLECTIONS, f"{current} {new}")
        with closing(ServerVectors(server, new, self._shards)) as store:
            yield store
        self._memory.note(_COLLECTIONS, f"{new} {current}")
        self.moved()
        # Whoever began to search before this was noted still asks the old ones.
        time.sleep(_GRACE)
        self._delete(server, current)
        self._memory.note(_COLLECTIONS, new)

    def _delete(self, server: ChromaServer, identity: str) -> None:
        with closing(ServerVectors(server, identity, self._shards)) as store:
            store.clear()

    def delete_all(self) -> None:
        """Delete what a server that is set holds of this index, whose catalog is about to be replaced.

        What another server holds stays there.
        """
        if self._server is not None and self.place == self._wanted:
            for identity in (self._memory.meta(_COLLECTIONS) or "").split():
                self._delete(self._server, identity)

    def entrust(self) -> str | None:
        """Remember that others put vectors on the server; return what is the index's own there, None without one."""
        if not self.store().shared:
            return None
        self._memory.note(_ENTRUSTED, "yes")
        return self._identity()

    @property
    def entrusted(self) -> bool:
        """Whether others may have put vectors on the server that the catalog does not know."""
        return bool(self._memory.meta(_ENTRUSTED))

    def reclaim(self, known: Mapping[str, str]) -> None:
        """Delete what others put on the server and is not ``known``: the shard of each id. They must have ended."""
        store = self.store()
        if store.shared and store.count() > len(known):
            strange: dict[str, list[str]] = {}
            for identity, shard in store.ids().items():
                if known.get(identity) != shard:
                    strange.setdefault(shard, []).append(identity)
            for shard, ids in strange.items():
                store.delete(shard, ids)
        self._memory.note(_ENTRUSTED, "")

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
                self._store = ServerVectors(self._server, self._identity, self._shards)
        return self._store

    def _identity(self) -> str:
        return (self._memory.meta(_COLLECTIONS) or "none").split()[0]


def _said(place: str) -> str:
    return f"on the Chroma server {place}" if place else "in its own folder"
