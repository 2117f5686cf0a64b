"""Threads that leave the processor to all others: who waits for an answer goes before who takes documents in."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
_STEPS = 5


def step_back() -> None:
    """Give the thread that calls a lower priority, for as long as it lives.

    It still gets a third of what it would get among threads that compute all the time.
    """
    own = threading.get_native_id()
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, own, os.getpriority(os.PRIO_PROCESS, own) + _STEPS)


class Aside:
    """One thread of low priority. No lock for which a question waits may be held in it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "beleg-aside", initializer=step_back)

    def call(self, function: Callable[[], T]) -> T:
        """Return what a function returns there, and raise what it raises."""
        return self._pool.submit(function).result()
