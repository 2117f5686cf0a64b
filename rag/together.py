"""Work that is cheaper done together: what several threads ask for at the same time becomes one piece of work.

Nobody waits for company. Who comes while others are at work waits for its turn anyway, and whoever has
the next turn takes with it all that has gathered by then.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

_Asked = TypeVar("_Asked")
_Given = TypeVar("_Given")


class Together(Generic[_Asked, _Given]):
    """Calls ``work`` with up to ``most`` things at a time, by up to ``turns`` threads at once.

    ``work`` returns one result for each thing, in their order. What it raises is raised to all that were
    asked together.
    """

    def __init__(self, work: Callable[[list[_Asked]], list[_Given]], *, turns: int, most: int) -> None:
        self._work = work
        self._most = most
        self._turns = threading.Semaphore(turns)
        self._mutex = threading.Lock()
        self._waiting: deque[tuple[_Asked, Future[_Given]]] = deque()

    def __call__(self, asked: _Asked) -> _Given:
        """Return what the work gives for a thing; waits until it has been done."""
        own: Future[_Given] = Future()
        with self._mutex:
            self._waiting.append((asked, own))
        with self._turns:
            # Another may have taken it along.
            if chosen := self._next(own):
                self._do(chosen)
        return own.result()

    def _next(self, own: Future[_Given]) -> list[tuple[_Asked, Future[_Given]]]:
        """Take what waits, longest first; nothing where ``own`` does not wait any more."""
        with self._mutex:
            if all(other is not own for _, other in self._waiting):
                return []
            return [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]

    def _do(self, chosen: list[tuple[_Asked, Future[_Given]]]) -> None:
        try:
            results = self._work([asked for asked, _ in chosen])
        except BaseException as error:  # noqa: BLE001 - raised again by all who wait for it
            for _, future in chosen:
                future.set_exception(error)
            return
        for (_, future), result in zip(chosen, results, strict=True):
            future.set_result(result)
