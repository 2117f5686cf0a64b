"""Reading, chunking and embedding spread over Ray's workers: the only importer of ray.

The same plain functions as in one process. A worker reads a file, makes chunks and vectors of what is new
in it, and puts the vectors on the Chroma server, if there is one: by their ids, which are content addresses,
so that a worker that is killed and begins again changes nothing. The driver has the catalog, and makes documents
live. Ray is started without its dashboard and without usage reports.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rag.catalog import SHARDS, StoredChunk, shard_of
from rag.chunking import chunk_document
from rag.documents.reading import read_bytes
from rag.documents.worker import Worker
from rag.embedding import Embedder, make_embedder
from rag.errors import InstallExtra, RetryLater
from rag.intake import Outcome, read
from rag.plan import Todo
from rag.records import Document
from rag.vectors import ChromaServer, ServerVectors, add

if TYPE_CHECKING:
    from rag.settings import Settings

LOCAL = "local"
"""The address that means: on this machine, for as long as the ingest takes."""
# Files that a worker takes at a time: so much is done again when it is killed.
_FILES = 4

Read: TypeAlias = list[tuple[str, Outcome, list[StoredChunk] | None]]
"""Of each document of a file its name, what reading gave, and its chunks where they had to be made."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker must know; ``limit`` is the largest file in bytes.

    ``collections`` is what the index calls its own on the Chroma server; None where the driver writes the vectors.
    """

    settings: Settings
    limit: int
    collections: str | None


def spread(todos: Sequence[Todo], job: Job, address: str) -> Iterator[tuple[Todo, Read]]:
    """Yield each file with what became of it, in the order in which workers have done it.

    Every worker must see the files at the same paths, and have Beleg installed.

    Raises:
        InstallExtra: Ray is not installed.
        RetryLater: no cluster answers at the address.
    """
    if not todos:
        return
    with _ray(address) as ray:
        data: Any = import_module("ray.data")
        data.DataContext.get_current().enable_progress_bars = False
        workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
        items = [{"at": at, "todo": pickle.dumps(todo)} for at, todo in enumerate(todos)]
        done = data.from_items(items, override_num_blocks=-(-len(items) // _FILES)).map_batches(
            Reader,
            batch_size=_FILES,
            num_cpus=1,
            compute=data.ActorPoolStrategy(min_size=min(workers, len(items)), max_size=workers),
            fn_constructor_args=(pickle.dumps(job),),
        )
        for row in done.iter_rows():
            yield todos[row["at"]], pickle.loads(row["read"])  # noqa: S301 - our own workers wrote it


class Reader:
    """A worker: made once in its process, called with some files at a time."""

    def __init__(self, job: bytes) -> None:
        self._job: Job = pickle.loads(job)  # noqa: S301 - the driver wrote it
        settings = self._job.settings
        self._parser = Worker.of(settings)
        self._embedder = make_embedder(settings.embedding, settings)
        server = ChromaServer.of(settings)
        self._vectors = (
            ServerVectors(server, self._job.collections, SHARDS) if server and self._job.collections else None
        )

    def close(self) -> None:
        """Let go of the parser's process and of connections; a worker's own end does so too."""
        self._parser.close()
        if self._vectors is not None:
            self._vectors.close()

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return what became of the files of a batch."""
        found = [self._read(pickle.loads(todo)) for todo in batch["todo"]]  # noqa: S301 - the driver wrote it
        if self._vectors is not None:
            add(self._vectors, [chunk for file in found for _, _, chunks in file for chunk in chunks or ()])
        return {"at": batch["at"], "read": [pickle.dumps(file) for file in found]}

    def _read(self, todo: Todo) -> Read:
        out: Read = []
        for name, result in read(todo, partial(read_bytes, todo.file.path, self._job.limit), self._parser):
            known = todo.known.get(name)
            new = isinstance(result, Document) and not (known and known.version == result.info.version)
            chunks = embedded(result, self._embedder) if isinstance(result, Document) and new else None
            out.append((name, result, chunks if name not in todo.unwanted else None))
        return out


def embedded(document: Document, embedder: Embedder) -> list[StoredChunk]:
    """Return a document's chunks with their vectors, as the pipeline of one process makes them."""
    language, text = document.info.language, document.text
    chunks = list(chunk_document(document, embedder.name, embedder.count))
    vectors = embedder.embed([chunk.span.of(text) for chunk in chunks], "chunk", language).astype(np.float16)
    return [
        StoredChunk(
            chunk,
            shard_of(language),
            vector,
            embedder.embed([span.of(text) for span in chunk.sentences], "sentence", language).astype(np.float16),
        )
        for chunk, vector in zip(chunks, vectors, strict=True)
    ]


@contextmanager
def _ray(address: str) -> Generator[Any]:
    # Read by Ray when it is imported and by what it starts.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
    try:
        # Not installed where the extra is not, so no checker of types looks into it.
        ray: Any = import_module("ray")
    except ModuleNotFoundError as error:
        raise InstallExtra("Ray is not installed.", hint='Install it: pip install "beleg[ray]"') from error
    here: dict[str, Any] = {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    started = here if address == LOCAL else {"address": address}
    try:
        ray.init(**started, log_to_driver=False, logging_level="ERROR")
    except Exception as error:
        # Ray has no class of its own for a cluster that did not start in time.
        raise RetryLater(
            f"No Ray cluster can be used at {address!r}: {str(error).splitlines()[0]}.",
            hint=f"Start it (ray start --head --include-dashboard=false), or run workers here: --ray {LOCAL}",
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()
