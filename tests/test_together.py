"""What threads ask for at the same time is worked on together, and each gets its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.together import Together


def test_each_gets_its_own_and_no_more_work_at_once_than_there_are_turns() -> None:
    seen: list[int] = []
    at_work, most = 0, 0
    mutex = threading.Lock()

    def work(asked: list[int]) -> list[int]:
        nonlocal at_work, most
        with mutex:
            at_work += 1
            most = max(most, at_work)
            seen.extend(asked)
        with mutex:
            at_work -= 1
        return [2 * one for one in asked]

    double = Together(work, turns=2, most=3)
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(double, range(300))) == [2 * one for one in range(300)]
    assert sorted(seen) == list(range(300)), "each is worked on once"
    assert most <= 2


def test_who_waits_is_taken_along() -> None:
    begun, go = threading.Event(), threading.Event()
    parts: list[list[int]] = []

    def work(asked: list[int]) -> list[int]:
        parts.append(asked)
        begun.set()
        assert go.wait(10)
        return asked

    same = Together(work, turns=1, most=4)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(same, 0)
        assert begun.wait(10)
        others = [pool.submit(same, one) for one in range(1, 6)]
        while len(same._line) < 5:
            pass
        go.set()
        assert [one.result(10) for one in (first, *others)] == list(range(6))

    assert parts[0] == [0]
    assert [len(part) for part in parts[1:]] == [4, 1]


def test_what_goes_wrong_is_raised_to_all_who_asked_together_and_to_nobody_else() -> None:
    def work(asked: list[int]) -> list[int]:
        return [10 // one for one in asked]

    divide = Together(work, turns=1, most=1)

    with pytest.raises(ZeroDivisionError):
        divide(0)
    assert divide(5) == 2
