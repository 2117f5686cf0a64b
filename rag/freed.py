"""Memory that was freed, given back to the system: what it held cannot come up again in what is allocated next."""

from __future__ import annotations

import ctypes
import gc


def forget_freed() -> None:
    """Give back all whole pages of freed memory.

    Chroma's graph is written with the parts of its memory that it never filled, and these may hold what this
    process has freed: a text that was to be purged. What is left of it on pages that are still in use elsewhere
    stays, and so does everything where the C library has no ``malloc_trim``.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
