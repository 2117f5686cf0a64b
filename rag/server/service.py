"""What the routes share: the engine, the two queues before it, the figures; and what becomes of a client that left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request

from rag.engine import LocalEngine
from rag.events import AnswerDone, AnswerEvent
from rag.records import Answer, Filters
from rag.server.auth import Keys
from rag.server.metrics import Metrics
from rag.server.rule import ServerRule
from rag.server.tracing import Traces
from rag.server.work import Work

T = TypeVar("T")


class ClientGone(Exception):
    """Nobody waits for the response any more."""


@dataclass(slots=True)
class Service:
    """One application's parts; ``writing`` is the one thread that changes the index.

    ``ended`` says at the end whether all work was.
    """

    engine: LocalEngine
    rule: ServerRule
    keys: Keys
    questions: Work
    writing: Work
    metrics: Metrics
    traces: Traces | None = None
    ended: bool = True

    async def events(
        self, question: str | Callable[[], str], filters: Filters, top: int | None
    ) -> AsyncGenerator[AnswerEvent]:
        """Yield an answer's events; the work stops where nobody takes them any more.

        A question that has to be made first is made in the thread that answers it.
        """
        work = self._work(question, filters, top)
        async with aclosing(self.questions.stream(work, self.rule.deadline)) as events:
            async for event in events:
                yield event

    async def answer(self, question: str | Callable[[], str], filters: Filters, top: int | None) -> Answer:
        """Return a whole answer."""
        event = await self.questions.last(self._work(question, filters, top), self.rule.deadline)
        if isinstance(event, AnswerDone):
            return event.answer
        raise AssertionError("a stream ends with AnswerDone")

    def _work(
        self, question: str | Callable[[], str], filters: Filters, top: int | None
    ) -> Callable[[], Iterator[AnswerEvent]]:
        told = [self.metrics.event, self.traces.stages()] if self.traces else [self.metrics.event]

        def work() -> Iterator[AnswerEvent]:
            asked = question if isinstance(question, str) else question()
            for event in self.engine.stream(asked, filters, top=top):
                for tell in told:
                    tell(event)
                yield event

        return work

    async def read(self, function: Callable[[], T]) -> T:
        """Return what a reading call of the engine returns, behind the queue of questions."""
        return await self.questions.call(function, self.rule.deadline)

    async def write(self, function: Callable[[], T]) -> T:
        """Return what a changing call of the engine returns; it is done one at a time, and to the end."""
        return await asyncio.shield(asyncio.ensure_future(self.writing.call(function, None)))


def _of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


Serving = Annotated[Service, Depends(_of)]


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Return what the work returns, or stop it when the client hangs up.

    Raises:
        ClientGone: it did.
    """
    task, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientGone
        return task.result()
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
