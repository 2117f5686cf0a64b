"""Reading, chunking and embedding spread over Ray's workers: the only importer of ray.

The same functions as in one process. A worker reads a file, makes chunks and vectors of what is new
in it, and puts the vectors on the Chroma server, if there is one: by their ids, which are content addresses,
so that a worker that is killed and begins again changes nothing. The driver has the catalog, and makes documents
live; where vectors are in the index's folder, it writes them too. Ray is started without its dashboard and
without usage reports.
"""

from __future__ import annotations

import logging
import os
import pickle
import socket
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias

from rag.catalog import SHARDS, StoredChunk
from rag.documents.reading import read_bytes
from rag.documents.worker import Worker
from rag.embedders import make_embedder
from rag.errors import BelegError, FixInput, InstallExtra, RetryLater
from rag.intake import Outcome, read
from rag.plan import Todo
from rag.records import Document
from rag.vectors import ChromaServer, ServerVectors, add

if TYPE_CHECKING:
    from rag.ingest import Spread
    from rag.settings import Settings

LOCAL = "local"
"""The address that means: on this machine, for as long as the ingest takes."""
# Files that a worker takes at a time: so much is done again when it is killed.
_FILES = 4
# Its own half minute to start is too short beside other work.
_QUIET = {
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_raylet_start_wait_time_s": "180",
}
# Seconds within which an address answers.
_KNOCK = 10.0

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


def spread_over(settings: Settings, limit: int, address: str) -> Spread:
    """Return how an ingest spreads over the cluster at an address; ``limit`` is the largest file in bytes."""
    return lambda todos, collections: spread(todos, Job(settings, limit, collections), address)


def spread(todos: Sequence[Todo], job: Job, address: str) -> Generator[tuple[Todo, Read]]:
    """Yield each file with what became of it, in the order in which workers have done it.

    Every worker must see the files at the same paths, and have Beleg installed. When the generator ends or is
    closed, no worker works any more.

    Raises:
        InstallExtra: Ray is not installed.
        FixInput: this process is connected to a cluster already.
        RetryLater: no cluster answers at the address, or it is gone.
        BelegError: what a worker met that no other could do either.
    """
    if not todos:
        return
    with _ray(address) as ray:
        data: Any = import_module("ray.data")
        data.DataContext.get_current().enable_progress_bars = False
        workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
        items = [{"at": at, "todo": pickle.dumps(todo)} for at, todo in enumerate(todos)]
        blocks = -(-len(items) // _FILES)
        done = data.from_items(items, override_num_blocks=blocks).map_batches(
            Reader,
            batch_size=_FILES,
            num_cpus=1,
            compute=data.ActorPoolStrategy(size=min(workers, blocks)),
            fn_constructor_args=(pickle.dumps(job),),
        )
        for row in done.iter_rows():
            yield todos[row["at"]], pickle.loads(row["read"])  # noqa: S301 - our own workers wrote it


class Reader:
    """A worker: made once in its process, called with some files at a time."""

    def __init__(self, job: bytes) -> None:
        from rag import transforms

        self._job: Job = pickle.loads(job)  # noqa: S301 - the driver wrote it
        settings = self._job.settings
        self._parser = Worker.of(settings)
        # There is a worker for each core, and Ray has it step back behind whoever waits for an answer.
        embedder = make_embedder(settings.embedding, settings, threads=1)
        self._run = partial(transforms.run, transforms.pipeline(embedder))
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
            wanted = new and name not in todo.unwanted
            out.append((name, result, self._run(result) if wanted and isinstance(result, Document) else None))
        return out


@contextmanager
def _ray(address: str) -> Generator[Any]:
    """Give Ray, connected to a cluster, or started here for as long as this lasts."""
    # Read by Ray when it is imported and by what it starts. What it has to say stands in its errors.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # It listens beyond loopback: what it starts here obeys only who knows a word made for the occasion.
    alone = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token_hex(32)} if address == LOCAL else {}
    for name, value in {**_QUIET, **alone}.items():
        os.environ.setdefault(name, value)
    try:
        # Not installed where the extra is not, so no checker of types looks into it.
        ray: Any = import_module("ray")
        import_module("ray.data")
    except ModuleNotFoundError as error:
        raise InstallExtra("Ray is not installed.", hint='Install it: pip install "beleg[ray]"') from error
    if ray.is_initialized():
        raise FixInput("This process is connected to a Ray cluster already.", hint="Let go of it: ray.shutdown()")
    _knock(address)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    with TemporaryDirectory(prefix="beleg-ray-", ignore_cleanup_errors=True) as place:
        # Its logs and what does not fit into memory hold parts of documents, and go when it does.
        here: dict[str, Any] = {"include_dashboard": False, "_node_ip_address": "127.0.0.1", "_temp_dir": place}
        try:
            ray.init(**(here if address == LOCAL else {"address": address}), log_to_driver=False, logging_level="ERROR")
        except Exception as error:
            # Ray has no class of its own for a cluster that did not start in time.
            ray.shutdown()
            raise _away(address, error) from error
        try:
            yield ray
        except ray.exceptions.RayError as error:
            raise meant(error, address) from error
        finally:
            ray.shutdown()


def _knock(address: str) -> None:
    """Say at once that nobody answers at an address; Ray would try for a quarter of an hour."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if host and port.isdigit():
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK).close()
        except (OSError, OverflowError) as error:
            raise _away(address, error) from error


def _away(address: str, error: BaseException) -> RetryLater:
    return RetryLater(
        f"No Ray cluster can be used at {address!r}: {_first_line(error)}.",
        hint=f"Start it (ray start --head --include-dashboard=false), or run workers here: --ray {LOCAL}",
    )


def meant(error: BaseException, address: str) -> BelegError:
    """Return what a worker raised, which Ray wraps, or what it means that Ray itself failed."""
    inner: BaseException | None = error
    while inner is not None:
        for one in (inner, getattr(inner, "cause", None)):
            if isinstance(one, BelegError):
                return one
        inner = inner.__cause__
    return RetryLater(
        f"The workers of the Ray cluster {address!r} failed: {_first_line(error)}.",
        hint="What was finished is kept; run the command again to carry on.",
    )


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")
