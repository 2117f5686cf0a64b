"""Vectors in a local folder, in Chroma's own process-bound files."""

from __future__ import annotations

import itertools
import json
import shutil
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.blank import blank_memory
from rag.errors import FixStorage, RebuildIndex
from rag.vectors.store import drop, held, hnsw, put, query

if TYPE_CHECKING:
    from rag.embedding import Vectors

# Up to that many vectors are put into the graph anew whenever it is opened: a fifth of a second for
# Chroma's default of a thousand.
_SYNC = 100
_PREFIX = "chunks-"
_SIZES = "sizes.json"
# Seconds after which a file that is too short is not just being written.
_MOMENT = 0.5

_IN_USE: set[str] = set()
_IN_USE_LOCK = threading.Lock()


class FolderVectors:
    """Chunk ids by vector, in a folder of its own; see ``VectorStore``.

    A client that was open while another process wrote gives errors or finds nothing, so it is closed
    when the index has moved, and made again at the next use.
    """

    place = ""
    # Killed while it writes its graph, about one time in fifty Chroma leaves files that it takes for
    # broken at the next opening, or that take the process down that opens them.
    shared = False
    broken = RebuildIndex

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._client: Any = None
        self._spelling = ""
        self._batch = 0
        self._open: dict[str, Any] = {}

    def close(self) -> None:
        """Let go of the files."""
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._spelling:
            with _IN_USE_LOCK:
                _IN_USE.discard(self._spelling)
            self._spelling = ""

    def moved(self) -> None:
        """See ``VectorStore.moved``."""
        self.close()

    def settled(self) -> None:
        """Note how large the files are, so that files that were cut off are refused later.

        Chroma trusts its files: reading one that was cut off takes the process down.
        """
        if self._client is None:
            return
        with self._errors():
            sizes = {
                path.relative_to(self.folder).as_posix(): path.stat().st_size for path in self.folder.rglob("*.bin")
            }
            part = self.folder / f"{_SIZES}.part"
            part.write_text(json.dumps(sizes), encoding="utf-8")
            part.replace(self.folder / _SIZES)

    def clear(self) -> None:
        """See ``VectorStore.clear``."""
        self.close()
        discard(self.folder)

    def upsert(self, shard: str, ids: Sequence[str], vectors: Vectors) -> None:
        """See ``VectorStore.upsert``."""
        if not ids:
            return
        with self._errors():
            collections = self._collections()
            if shard not in collections:
                collections[shard] = self._client.get_or_create_collection(
                    _PREFIX + shard, embedding_function=None, configuration=hnsw(_SYNC)
                )
            put(collections[shard], ids, vectors, self._batch)

    def delete(self, shard: str, ids: Sequence[str]) -> None:
        """See ``VectorStore.delete``."""
        with self._errors():
            if shard in (collections := self._collections()):
                drop(collections[shard], ids, self._batch)

    def nearest(self, shard: str, question: Vectors, limit: int) -> list[str]:
        """See ``VectorStore.nearest``."""
        if limit < 1:
            return []
        with self._errors():
            collection = self._collections().get(shard)
            return [] if collection is None else query(collection, question, limit)

    def ids(self) -> dict[str, str]:
        """See ``VectorStore.ids``."""
        with self._errors():
            return {
                i: shard for shard, collection in self._collections().items() for i in held(collection, self._batch)
            }

    def count(self) -> int:
        """See ``VectorStore.count``."""
        with self._errors():
            return sum(collection.count() for collection in self._collections().values())

    def _collections(self) -> dict[str, Any]:
        """Return the collections by shard, opened if they are not."""
        if self._client is not None:
            return self._open
        import chromadb
        from chromadb.config import Settings

        self.folder.mkdir(parents=True, exist_ok=True)
        _check_sizes(self.folder)
        self._spelling = _spelling_of_its_own(self.folder)
        try:
            self._client = chromadb.PersistentClient(self._spelling, Settings(anonymized_telemetry=False))
            self._batch = self._batch or int(self._client.get_max_batch_size())
            self._open = {one.name.removeprefix(_PREFIX): one for one in self._client.list_collections()}
        except BaseException:
            # A client that could not be made stays in Chroma as a ruin, and its spelling stays taken.
            if self._client is not None:
                self.close()
            self._spelling = ""
            raise
        return self._open

    @contextmanager
    def _errors(self) -> Generator[None]:
        try:
            # Any call may open a graph, or make it larger.
            with blank_memory():
                yield
        except OSError as error:
            raise FixStorage(f"The vectors in {self.folder} cannot be used: {error.strerror or error}.") from error
        except BaseException as error:
            # Chroma's Rust core raises plain errors of many classes, and panics past Exception.
            if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)):
                raise
            text = str(error)
            if any(sign in text.lower() for sign in _STORAGE) or _is_full(self.folder):
                raise FixStorage(
                    f"The vectors in {self.folder} cannot be opened or written ({text}).",
                    hint="Check free space and permissions, or choose another place with --index.",
                ) from error
            raise RebuildIndex(
                f"The vectors in {self.folder} are damaged or unreadable: {text}.",
                hint="Make them anew from the catalog: rag doctor --repair",
            ) from error


_STORAGE = ("readonly", "read-only", "disk is full", "disk i/o", "no space", "permission", "unable to open")
"""Signs in Chroma's messages that the file system refused."""
_ROOM = 1_000_000
"""With fewer bytes free, what goes wrong went wrong for want of them: Chroma may only say that it could not purge its logs."""


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _ROOM
    except OSError:
        return False


def discard(folder: Path) -> None:
    """Delete a vector folder, to make it anew."""
    shutil.rmtree(folder, ignore_errors=True)


def _check_sizes(folder: Path) -> None:
    noted = folder / _SIZES
    if not noted.exists():
        return
    until = time.monotonic() + _MOMENT
    for name, size in json.loads(noted.read_text(encoding="utf-8")).items():
        # Chroma makes the files of a graph that it has not saved yet anew at every opening, a reader's too.
        while (found := _size(folder / name)) < size and time.monotonic() < until:
            time.sleep(_MOMENT / 50)
        if found < size:
            raise ValueError(f"{name} was cut off: {found} of {size} bytes are left")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _spelling_of_its_own(folder: Path) -> str:
    """Return the folder's path spelled as no other open store of this process spells it.

    All clients of one path in a process share one state in Chroma, as old as the oldest of them, so
    closing a client and opening another would not show what a process outside has written.
    """
    with _IN_USE_LOCK:
        spellings = (f"{folder.absolute()}{'/.' * more}" for more in itertools.count())
        chosen = next(spelling for spelling in spellings if spelling not in _IN_USE)
        _IN_USE.add(chosen)
    return chosen
