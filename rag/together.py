"""Work that is cheaper done together: what several threads ask for at the same time becomes one piece of work.

Nobody waits for company. Who comes while others are at work waits for a turn anyway, and the first in
line takes along all who stand behind.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_Asked = TypeVar("_Asked")
_Given = TypeVar("_Given")


@dataclass(slots=True, eq=False)
class _Place(Generic[_Asked, _Given]):
    """A place in line: woken with what was given, or with what went wrong, or with the work that is to be led."""

    asked: _Asked
    woken: threading.Event = field(default_factory=threading.Event)
    given: list[_Given] = field(default_factory=list["_Given"])
    error: BaseException | None = None
    leads: list[_Place[_Asked, _Given]] = field(default_factory=list["_Place[_Asked, _Given]"])


class Together(Generic[_Asked, _Given]):
    """Calls ``work`` with up to ``most`` things at a time, by up to ``turns`` threads at once.

    ``work`` returns one result for each thing, in their order. What it raises is raised to all that were
    asked together.
    """

    def __init__(self, work: Callable[[list[_Asked]], list[_Given]], *, turns: int, most: int) -> None:
        self._work = work
        self._most = most
        self._free = turns
        self._mutex = threading.Lock()
        # Nobody stands in line while a turn is free.
        self._line: deque[_Place[_Asked, _Given]] = deque()

    def __call__(self, asked: _Asked) -> _Given:
        """Return what the work gives for a thing; waits until it has been done."""
        own = _Place[_Asked, _Given](asked)
        with self._mutex:
            if self._free:
                self._free -= 1
                own.leads = [own]
            else:
                self._line.append(own)
        if not own.leads:
            own.woken.wait()
        if own.leads:
            self._lead(own.leads)
        if own.error is not None:
            raise own.error
        return own.given[0]

    def _lead(self, places: list[_Place[_Asked, _Given]]) -> None:
        """Do the work of some, and hand the turn on."""
        try:
            for place, given in zip(places, self._work([place.asked for place in places]), strict=True):
                place.given = [given]
        except BaseException as error:  # noqa: BLE001 - raised again by all who wait for it
            for place in places:
                place.error = error
        with self._mutex:
            following = [self._line.popleft() for _ in range(min(self._most, len(self._line)))]
            if not following:
                self._free += 1
        if following:
            following[0].leads = following
            following[0].woken.set()
        for place in places:
            place.woken.set()
