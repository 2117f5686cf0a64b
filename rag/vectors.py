"""Dense search in Chroma: the only importer of chromadb.

One collection for each shard (a language), so that a folder of one language is searched the same
whether or not documents of another lie beside it. Chroma proposes; exact cosines come from the
catalog's own vectors.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import FixStorage, RebuildIndex

if TYPE_CHECKING:
    from rag.embedding import Vectors

# HNSW: wider than Chroma's defaults, because recall is bought cheaply at these sizes.
# Up to sync_threshold vectors are put into the graph anew whenever it is opened: a fifth of a second
# for the default of a thousand.
_HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 400, "max_neighbors": 24, "sync_threshold": 100}
_PREFIX = "chunks-"
_SIZES = "sizes.json"
# Length of the noise that keeps equal vectors apart; it moves a cosine by about 1e-4.
_NOISE = 1e-3
# Seconds after which a file that is too short is not just being written.
_MOMENT = 0.5

_IN_USE: set[str] = set()
_IN_USE_LOCK = threading.Lock()


class VectorStore:
    """Chunk ids by vector, in a folder of its own.

    A client that was open while another process wrote gives errors or finds nothing, so whoever
    holds this object closes it when the index has moved and makes a new one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._client: Any = None
        with self._errors():
            import chromadb
            from chromadb.config import Settings

            folder.mkdir(parents=True, exist_ok=True)
            _check_sizes(folder)
            self._spelling = _spelling_of_its_own(folder)
            try:
                self._client = chromadb.PersistentClient(self._spelling, Settings(anonymized_telemetry=False))
                self._batch = int(self._client.get_max_batch_size())
                self._collections: dict[str, Any] = {
                    collection.name.removeprefix(_PREFIX): collection for collection in self._client.list_collections()
                }
            except BaseException:
                # A client that could not be made stays in Chroma as a ruin, and its spelling stays taken.
                if self._client is not None:
                    self.close()
                raise

    def close(self) -> None:
        """Let go of the files."""
        if self._client is not None:
            self._client.close()
            self._client = None
            with _IN_USE_LOCK:
                _IN_USE.discard(self._spelling)

    def seal(self) -> None:
        """Note how large the files are, so that files that were cut off are refused later.

        To be called when writing has ended. Chroma trusts its files: reading one that was cut off
        takes the process down.
        """
        with self._errors():
            sizes = {
                path.relative_to(self.folder).as_posix(): path.stat().st_size for path in self.folder.rglob("*.bin")
            }
            part = self.folder / f"{_SIZES}.part"
            part.write_text(json.dumps(sizes), encoding="utf-8")
            part.replace(self.folder / _SIZES)

    def upsert(self, shard: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, or replace those of the same ids."""
        if not ids:
            return
        with self._errors():
            collection = self._collections.get(shard)
            if collection is None:
                collection = self._client.get_or_create_collection(
                    _PREFIX + shard, embedding_function=None, configuration={"hnsw": _HNSW}
                )
                self._collections[shard] = collection
            apart = _apart(ids, vectors)
            for start in range(0, len(ids), self._batch):
                part = slice(start, start + self._batch)
                collection.upsert(ids=list(ids[part]), embeddings=apart[part])

    def delete(self, shard: str, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are passed over."""
        with self._errors():
            for start in range(0, len(ids), self._batch):
                if shard in self._collections:
                    self._collections[shard].delete(ids=list(ids[start : start + self._batch]))

    def nearest(self, shard: str, question: Vectors, limit: int, among: Sequence[str] | None = None) -> list[str]:
        """Return the ids nearest to a question vector, best first.

        ``among`` restricts the search to known ids of the shard.
        """
        if shard not in self._collections or limit < 1 or (among is not None and not among):
            return []
        with self._errors():
            found = self._collections[shard].query(
                query_embeddings=question.reshape(1, -1),
                n_results=limit if among is None else min(limit, len(among)),
                include=[],
                **({} if among is None else {"ids": list(among)}),
            )
        return list(found["ids"][0])

    def ids(self) -> dict[str, str]:
        """Return every id and its shard."""
        with self._errors():
            return {
                identity: shard
                for shard, collection in self._collections.items()
                for identity in collection.get(include=[])["ids"]
            }

    def count(self) -> int:
        """Return the number of vectors."""
        with self._errors():
            return sum(collection.count() for collection in self._collections.values())

    @contextmanager
    def _errors(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise FixStorage(f"The vectors in {self.folder} cannot be used: {error.strerror or error}.") from error
        except BaseException as error:
            # Chroma's Rust core raises plain errors of many classes, and panics past Exception.
            if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)):
                raise
            text = str(error)
            if any(sign in text.lower() for sign in _STORAGE):
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


def _apart(ids: Sequence[str], vectors: Vectors) -> Vectors:
    """Move each vector a little, always the same way for an id.

    Equal vectors (the same notice under every page) link only to each other in the graph that is
    searched: beyond a few hundred of them, other chunks are found no more.
    """
    seeds = (int.from_bytes(hashlib.sha256(identity.encode()).digest()[:8]) for identity in ids)
    noise = np.stack(
        [np.random.default_rng(seed).standard_normal(vectors.shape[1], dtype=np.float32) for seed in seeds]
    )
    return vectors + noise * np.float32(_NOISE / vectors.shape[1] ** 0.5)
