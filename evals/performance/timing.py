"""Stopwatches: pairs taken in turns, so that what else the machine does falls on both alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from .records import Figure, Stage

# The floors get the settings that Beleg gives itself, or on a busy machine they would be slower than need be.
ENVIRONMENT = {**os.environ, "GOMP_SPINCOUNT": "1000", "OPENBLAS_NUM_THREADS": "1"}


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def paired(
    name: str,
    ours: Callable[[], float],
    floor: Callable[[], float],
    rounds: int,
    *,
    unit: str = "s",
    goal: float | None = None,
) -> Figure:
    """Measure both in turns after one round that does not count; the ratio is the median of the rounds' ratios."""
    ours()
    floor()
    pairs = [(ours(), floor()) for _ in range(rounds)]
    own, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Figure(name, own, bare, unit, statistics.median(a / b for a, b in pairs), goal)


def python(*words: str, codes: Sequence[int] = (0,)) -> Callable[[], float]:
    """Return what runs this Python with some words, and gives the seconds of the whole process.

    Calling it raises RuntimeError, with what the process said, where it ends with another code.
    """
    return command(sys.executable, *words, codes=codes)


def command(*words: str, codes: Sequence[int] = (0,)) -> Callable[[], float]:
    """Do the same for any program."""

    def run() -> float:
        started = time.perf_counter()
        done = subprocess.run(words, check=False, capture_output=True, env=ENVIRONMENT)  # noqa: S603 - our own words
        took = time.perf_counter() - started
        if done.returncode not in codes:
            raise RuntimeError(f"{words[:4]} ended with {done.returncode}: {done.stderr[-2000:].decode()}")
        return took

    return run


def stage(name: str, taken: Sequence[float]) -> Stage:
    """Return the percentiles of some seconds, in milliseconds."""
    ordered = sorted(taken)
    p50, p95, p99 = (round(1000 * at(ordered, share), 3) for share in (0.5, 0.95, 0.99))
    return Stage(name, p50, p95, p99)


def at(ordered: Sequence[float], share: float) -> float:
    """Return the value that this share of the ordered values does not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
