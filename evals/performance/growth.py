"""One index that grows: what taking documents in costs at each size, and what a process pays that asks it.

    python -m evals.performance.growth --chunks 1000000 [--scratch DIR] [--json FILE]     beyond what `make bench` does

Documents are files that go the whole way (read, cut, embedded by the named generator, stored, indexed). At
each size a new process opens the index and asks, so that its memory and its first answer are its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from rag import connect, ingest, load_settings, reports, sources
from rag.documents.worker import Worker
from rag.gathering import FolderIndex
from rag.records import Filters

from .records import Size, size
from .synthetic import Jittered, Original, write_documents
from .timing import ENVIRONMENT

SIZES = (100, 1_000, 10_000, 100_000)
# Documents of the generator have about as many chunks.
_CHUNKS = 17


def grown(docs: Path, seeds: Path, sizes: Sequence[int], scratch: Path) -> Iterator[Size]:
    """Yield what was measured at each size; ``seeds`` is the index of the documents, ``scratch`` holds the one that grows."""
    index = scratch / "grown"
    embedder = Jittered(Original.of(seeds))
    index.mkdir(parents=True)
    FolderIndex(index, embedder.name, create=True).close()
    documents = chunks = 0
    for wanted in sizes:
        fresh = max(1, wanted // _CHUNKS - documents)
        write_documents(embedder.original, scratch / "documents", documents, documents + fresh)
        documents += fresh
        came, seconds = _take_in(index, scratch / "documents", embedder)
        chunks += came
        yield _asked(index, seeds, docs, chunks, 1000 * seconds / came)


def _take_in(index: Path, folder: Path, embedder: Jittered) -> tuple[int, float]:
    """Take in what is new; return the chunks that came and the processor seconds that they took."""
    with closing(FolderIndex(index, embedder.name)) as opened, closing(Worker.of(load_settings())) as parser:
        target = (sources.resolve(opened.catalog, folder), folder)
        from rag import transforms

        assert transforms
        # Opened before the clock runs: an ingest opens once, however much it takes in.
        with opened.reading():
            opened.search("", embedder.embed(["warm"], "question", "de")[0], Filters(), 1)
        started = time.process_time()
        report = reports.fold(ingest.ingest(opened, embedder, parser, [target], ingest.IngestRule(10**8)))
        return report.chunks, time.process_time() - started


def _asked(index: Path, seeds: Path, docs: Path, chunks: int, per_thousand: float) -> Size:
    words = [sys.executable, "-m", "evals.performance.grown", str(index), str(seeds), str(docs)]
    done = subprocess.run(words, check=False, capture_output=True, env=ENVIRONMENT)  # noqa: S603
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:])
    found = json.loads(done.stdout)
    disk = sum(path.stat().st_size for path in index.rglob("*") if path.is_file()) / chunks
    return size({**found, "chunks": chunks, "ingest": round(per_thousand, 3), "disk": round(disk)})


def main() -> None:
    """Grow an index to one size beyond the usual ones, and keep what was measured beside theirs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=Path, default=Path("seeds"))
    parser.add_argument("--chunks", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--scratch", type=Path, help="a folder to work in, kept")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found: list[Size] = []
        scratch = given.scratch or Path(name)
        with connect(load_settings(index=scratch / "seeds")) as engine:
            engine.ingest(given.docs)
        for one in grown(given.docs, scratch / "seeds", given.chunks, scratch):
            found.append(one)
            print(one)
        if given.json is not None:
            given.json.write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
