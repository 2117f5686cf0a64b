"""A thread that steps back, and only that one."""

from __future__ import annotations

import os
import threading

import pytest

from rag.priority import Aside


def own_priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_what_runs_aside_leaves_the_processor_to_others_and_nothing_else_does() -> None:
    before, aside = own_priority(), Aside()

    assert aside.call(own_priority) == min(before + 5, 19)
    assert aside.call(own_priority) == min(before + 5, 19), "once, not again and again"
    assert own_priority() == before


def test_what_is_raised_aside_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        Aside().call(lambda: 1 // 0)
