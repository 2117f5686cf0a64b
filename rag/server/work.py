"""Work off the event loop, bounded: so many at a time, so many more that wait, none for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from typing import Generic, TypeVar

from rag.priority import step_back
from rag.server.problems import Problem

T = TypeVar("T")


class Work:
    """Threads for the engine's calls, behind a queue of bounded length.

    A caller that goes away, or whose time is up, stops its work at the next step; its thread counts
    as taken until it has really ended. ``yielding`` threads leave the processor to all others.
    """

    def __init__(self, threads: int, queue: int, *, yielding: bool = False) -> None:
        self._pool = ThreadPoolExecutor(threads, "beleg", initializer=step_back if yielding else None)
        self._free = asyncio.Semaphore(threads)
        self._idle = asyncio.Event()
        self._idle.set()
        self._queue = queue
        self.waiting = 0
        self.running = 0

    async def call(self, function: Callable[[], T], seconds: float | None) -> T:
        """Return what a function returns; see ``stream`` for what is raised."""
        return await self.last(lambda: iter((function(),)), seconds)

    async def last(self, events: Callable[[], Iterator[T]], seconds: float | None) -> T:
        """Return the last value of an iterator; the others do not leave its thread. See ``stream``."""
        async with aclosing(self.stream(events, seconds, only_last=True)) as values:
            async for value in values:
                return value
        raise AssertionError("one value was to come")

    async def stream(
        self, events: Callable[[], Iterator[T]], seconds: float | None, *, only_last: bool = False
    ) -> AsyncGenerator[T]:
        """Yield what an iterator yields while it runs in a thread, or only its last value.

        Raises:
            Problem: too many wait already (``busy``), or ``seconds`` have passed (``deadline``).
            Exception: what the iterator raised.
        """
        loop = asyncio.get_running_loop()
        until = None if seconds is None else loop.time() + seconds
        await self._enter(until)
        job: _Job[T] = _Job(events, loop, only_last=only_last)
        loop.run_in_executor(self._pool, job.run).add_done_callback(self._leave)
        try:
            while True:
                try:
                    async with asyncio.timeout_at(until):
                        result = await job.results.get()
                except TimeoutError:
                    raise _too_late() from None
                if result is None:
                    return
                if isinstance(result, Exception):
                    raise result
                yield result[0]
        finally:
            job.stopped.set()

    async def close(self, seconds: float) -> bool:
        """Wait so long for all threads, and say whether they ended; what waits for one is not begun any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    async def _enter(self, until: float | None) -> None:
        if self._free.locked() and self.waiting >= self._queue:
            raise Problem(
                "busy", f"{self.waiting} requests wait already.", hint="Try again in a moment.",
                headers={"Retry-After": "1"},
            )  # fmt: skip
        self.waiting += 1
        try:
            async with asyncio.timeout_at(until):
                await self._free.acquire()
        except TimeoutError:
            raise _too_late() from None
        finally:
            self.waiting -= 1
        self.running += 1
        self._idle.clear()

    def _leave(self, done: asyncio.Future[None]) -> None:
        self.running -= 1
        if not self.running:
            self._idle.set()
        self._free.release()
        # A job hands its errors over; what else there is belongs into the log.
        if not done.cancelled():
            done.result()


class _Job(Generic[T]):
    """An iterator at work in a thread, and the way of its values to the event loop."""

    def __init__(self, events: Callable[[], Iterator[T]], loop: asyncio.AbstractEventLoop, *, only_last: bool) -> None:
        self._events = events
        self._loop = loop
        self._only_last = only_last
        self.results: asyncio.Queue[tuple[T] | Exception | None] = asyncio.Queue()
        self.stopped = threading.Event()

    def run(self) -> None:
        """Run to the end, or until nobody wants it any more."""
        if self.stopped.is_set():
            return
        result: tuple[T] | None = None
        try:
            events = self._events()
            for value in events:
                result = (value,)
                if not self._only_last:
                    self._put(result)
                if self.stopped.is_set():
                    close = getattr(events, "close", None)
                    if close is not None:
                        close()
                    return
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            # A panic in a native library is no Exception, and must not end a thread in silence.
            self._put(error if isinstance(error, Exception) else RuntimeError(repr(error)))
        else:
            if self._only_last:
                self._put(result)
            self._put(None)

    def _put(self, result: tuple[T] | Exception | None) -> None:
        # The loop is gone only where nobody waits any more.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.results.put_nowait, result)


def _too_late() -> Problem:
    return Problem("deadline", "The answer took too long.", hint="Try again, or ask for less at a time.")
