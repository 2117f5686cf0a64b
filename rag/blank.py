"""What the C library does with memory: blank before it is used, and given back when it was freed.

Libraries write out more memory than they ever filled. Chroma's files of a graph are as large as it may become, and what of them was not filled is what the process
had freed there before: a piece of a text that was to be purged, for one.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

# mallopt(3): the parameter, and what it takes to fill memory that is handed out (with the complement) and freed.
_M_PERTURB, _FILLED, _AS_IT_IS = -6, 0xFF, 0
_mutex = threading.Lock()
_inside = 0


@contextmanager
def blank_memory() -> Generator[None]:
    """Have the C library fill all memory that it hands out meanwhile, to whichever thread.

    Memory that grows where it lies is not filled; where the C library is not glibc, nothing is. That takes a
    tenth of the time of what allocates much, so it is for calls of such libraries alone.
    """
    _enter(1)
    try:
        yield
    finally:
        _enter(-1)


def give_back() -> None:
    """Give memory that was freed, in whole pages, back to the system, which the C library does for itself only at the end of its heap.

    Where that is not glibc, nothing is done.
    """
    if (trim := _function("malloc_trim")) is not None:
        trim(0)


def _enter(step: int) -> None:
    """Count who is inside, and switch with the first and the last: the C library knows one state for all threads."""
    global _inside
    with _mutex:
        before, _inside = _inside, _inside + step
        if (set_option := _function("mallopt")) is not None and bool(before) != bool(_inside):
            set_option(_M_PERTURB, _FILLED if _inside else _AS_IT_IS)


@cache
def _function(name: str) -> Any:
    return getattr(ctypes.CDLL(None), name, None)
