"""The ways to use an engine that do not block an event loop, the same for every engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rag.events import AnswerEvent
    from rag.records import Answer, Filters, Hit
    from rag.reports import IngestReport


class Blocking(Protocol):
    """What an engine offers to whoever may wait."""

    def ask(self, question: str, filters: Filters | None = None, *, top: int | None = None) -> Answer:
        """Answer."""
        ...

    def stream(self, question: str, filters: Filters | None = None, *, top: int | None = None) -> Iterator[AnswerEvent]:
        """Answer as events."""
        ...

    def search(self, question: str, filters: Filters | None = None, *, limit: int = 10) -> list[Hit]:
        """Search."""
        ...

    def ingest(self, *paths: str | Path, sync: bool = False, dry_run: bool = False) -> IngestReport:
        """Ingest."""
        ...


class NonBlocking:
    """Adds to an engine's blocking methods their twins for an event loop; each step runs in a thread."""

    async def aask(self: Blocking, question: str, filters: Filters | None = None, *, top: int | None = None) -> Answer:
        """Answer without blocking the event loop."""
        return await asyncio.to_thread(self.ask, question, filters, top=top)

    async def astream(
        self: Blocking, question: str, filters: Filters | None = None, *, top: int | None = None
    ) -> AsyncIterator[AnswerEvent]:
        """Stream without blocking the event loop; each step runs in a thread of its own."""
        events = self.stream(question, filters, top=top)
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            yield event

    async def asearch(self: Blocking, question: str, filters: Filters | None = None, *, limit: int = 10) -> list[Hit]:
        """Search without blocking the event loop."""
        return await asyncio.to_thread(self.search, question, filters, limit=limit)

    async def aingest(self: Blocking, *paths: str | Path, sync: bool = False, dry_run: bool = False) -> IngestReport:
        """Ingest without blocking the event loop."""
        return await asyncio.to_thread(self.ingest, *paths, sync=sync, dry_run=dry_run)
