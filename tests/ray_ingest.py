"""An ingest over a real local Ray, run by ``test_spread`` in a network of its own: one worker is killed midway.

Prints what happened as JSON: ``python ray_ingest.py FOLDER server|folder``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rag import IngestProgress, IngestReport, LocalEngine, connect, load_settings
from tests.chroma import running


def titles() -> Iterator[tuple[int, bytes]]:
    """Yield number and command line of the processes that run now, all of which are the test's own."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            # One may have ended meanwhile.
            with suppress(OSError):
                yield int(process.name), (process / "cmdline").read_bytes()


def readers() -> list[int]:
    """Return the processes that are workers of the ingest now."""
    return [number for number, title in titles() if title.startswith(b"ray::") and b"Reader" in title]


@contextmanager
def chroma(folder: Path, kind: str) -> Iterator[str | None]:
    if kind == "folder":
        yield None
        return
    with running(folder / "chroma") as server:
        yield server.url


def held(engine: LocalEngine) -> list[list[str]]:
    """Return each live chunk's id and its vectors, to be compared."""
    catalog = engine._opened().catalog
    chunks = [chunk for d in catalog.documents() for chunk in catalog.chunks_of(d.id, d.version)]
    return sorted(
        [
            c.chunk.id,
            c.vector.tobytes().hex(),
            c.sentence_vectors.tobytes().hex(),
            *(t.tobytes().hex() for t in c.tokens),
        ]
        for c in chunks
    )


def main(folder: Path, kind: str) -> dict[str, Any]:
    killed: list[int] = []
    started = time.monotonic()
    with chroma(folder, kind) as url:
        given: dict[str, Any] = {"embedding": "hashed-words", "threshold": 0.0, "wait": 60}
        with (
            connect(load_settings(index=folder / "index", chroma_url=url, **given)) as engine,
            connect(load_settings(index=folder / "plain", **given)) as plain,
        ):
            report: IngestReport | None = None
            workers, first = 0, 0.0
            for event in engine.ingest_events(folder / "docs", ray="local"):
                if isinstance(event, IngestProgress):
                    first = first or time.monotonic() - started
                    now = readers()
                    workers = max(workers, len(now))
                    if not killed and event.done >= event.total // 4 and now:
                        killed.append(now[0])
                        os.kill(now[0], signal.SIGKILL)
                else:
                    report = event
            assert report is not None
            seconds = time.monotonic() - started
            again = engine.ingest(folder / "docs")
            plain.ingest(folder / "docs")
            return {
                "added": len(report.added),
                "failed": [(one.name, one.reason) for one in report.failed],
                "killed": killed,
                "workers": workers,
                "unchanged": again.unchanged,
                "problems": engine.status().health.problems,
                "chunks": report.chunks,
                "same": held(engine) == held(plain),
                "found": sorted({hit.document.name for hit in engine.search("Hamburg Wort7", limit=1000)}),
                "first": first,
                "seconds": seconds,
            }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))
