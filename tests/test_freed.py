"""Freed memory is given back, and the process goes on."""

from __future__ import annotations

from rag.freed import forget_freed


def test_what_is_in_use_stays() -> None:
    kept = [bytes([n % 251]) * 10_000 for n in range(200)]
    del kept[::2]

    forget_freed()

    assert all(part == bytes([n % 251]) * 10_000 for n, part in zip(range(1, 200, 2), kept, strict=True))
