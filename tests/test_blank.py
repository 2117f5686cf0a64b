"""Memory that is handed out holds nothing of what was freed."""

from __future__ import annotations

import ctypes
import resource
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.blank import blank_memory, give_back

LIBC = ctypes.CDLL(None)
SECRET, SIZE = b"Geheimwort", 20_000
pytestmark = pytest.mark.skipif(not hasattr(LIBC, "mallopt"), reason="not glibc")


def resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()


def handed_out() -> bytes:
    """Free memory that holds a secret, and return what stands in memory of that size that is handed out next."""
    LIBC.malloc.restype = LIBC.calloc.restype = ctypes.c_void_p
    for size in (SIZE, 700):
        # What lies behind keeps it from joining the free rest of the heap.
        held = LIBC.malloc(size)
        if size == SIZE:
            secret = held
    ctypes.memmove(secret, SECRET * (SIZE // len(SECRET)), SIZE)
    LIBC.free(ctypes.c_void_p(secret))
    again = LIBC.malloc(SIZE)
    found = ctypes.string_at(again, SIZE)
    LIBC.free(ctypes.c_void_p(again))
    LIBC.free(ctypes.c_void_p(held))
    return found


def test_what_was_freed_comes_up_again_outside_alone() -> None:
    assert SECRET in handed_out(), "the test sees what is there"
    with blank_memory():
        assert SECRET not in handed_out()
        with blank_memory():
            assert SECRET not in handed_out()
        assert SECRET not in handed_out(), "still inside"
    assert SECRET in handed_out()


def test_what_was_freed_is_given_back() -> None:
    LIBC.malloc.restype = ctypes.c_void_p
    before = resident()
    held = [LIBC.malloc(2000) for _ in range(50_000)]
    for one in held:
        ctypes.memset(one, 1, 2000)
    grown = resident() - before
    for one in held[:-1]:
        # The last one stays, and with it the end of the heap.
        LIBC.free(ctypes.c_void_p(one))
    give_back()

    assert grown > 40_000_000, "what the test sees"
    assert resident() - before < grown / 4
    LIBC.free(ctypes.c_void_p(held[-1]))


def test_threads_and_errors_leave_it_as_it_was() -> None:
    def work(number: int) -> bool:
        with blank_memory():
            return number >= 0 and SECRET not in handed_out()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(40)))
    with pytest.raises(ZeroDivisionError), blank_memory():
        _ = 1 // 0
    assert SECRET in handed_out()
