"""``POST /v1/ask`` and ``POST /v1/search``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from starlette.responses import StreamingResponse

from rag.events import AnswerDone, AnswerEvent, StageDone, StatementReady
from rag.passages import FoundPassage
from rag.receipts import to_json
from rag.server import problems
from rag.server.models import AskRequest, Receipt, SearchRequest, SearchResponse
from rag.server.problems import id_of
from rag.server.routes.common import errors, said
from rag.server.service import Service, Serving, unless_gone
from rag.wire import plain

router = APIRouter(tags=["questions"])
_SSE = "text/event-stream"
_STREAM = {"schema": {"type": "string", "description": "Events: stage, statement, dropped, then done or error."}}


@router.post(
    "/v1/ask",
    summary="Answer a question with verified quotes",
    response_model=None,
    responses={200: {"model": Receipt, "content": {_SSE: _STREAM}}, **errors(409, 422)},
)
async def ask(
    asked: AskRequest,
    request: Request,
    service: Serving,
    accept: Annotated[str, Header(description=f"{_SSE} gives the statements one by one.")] = "application/json",
) -> Response:
    """Answer from the documents, or say that they do not.

    The response is the receipt that `rag ask --json` prints. With `Accept: text/event-stream` every
    statement comes as an event as soon as it is verified, and the receipt last.
    """
    if _SSE in accept:
        return await _streamed(asked, request, service)
    answer = await unless_gone(request, service.answer(asked.question, asked.filters(), asked.top))
    return said(to_json(answer, candidates=asked.explain))


@router.post(
    "/v1/search",
    summary="Find the passages nearest to a question",
    response_model=None,
    responses={200: {"model": SearchResponse}, **errors(409, 422)},
)
async def search(asked: SearchRequest, request: Request, service: Serving) -> Response:
    """Return passages, best first, without an answer."""
    found = service.read(lambda: service.engine.search(asked.question, asked.filters(), limit=asked.limit))
    hits = await unless_gone(request, found)
    return said(
        {"hits": [plain(FoundPassage.of(hit)) | ({"hit": plain(hit)} if asked.explain else {}) for hit in hits]}
    )


async def _streamed(asked: AskRequest, request: Request, service: Service) -> Response:
    events = service.events(asked.question, asked.filters(), asked.top)
    # What is wrong with the question shows before the first event, and is an error like any other.
    first = await unless_gone(request, anext(events))
    stream = _lines(first, events, id_of(request), service.rule.ping, explain=asked.explain)
    return StreamingResponse(stream, media_type=_SSE, headers={"X-Accel-Buffering": "no"})


async def _lines(
    first: AnswerEvent, events: AsyncGenerator[AnswerEvent], request_id: str, ping: float, *, explain: bool
) -> AsyncIterator[bytes]:
    number = 0
    async with aclosing(events):
        yield _event(first, 0, explain=explain)
        try:
            async for event in with_pings(events, ping):
                yield b": ping\n\n" if event is None else _event(event, number, explain=explain)
                number += isinstance(event, StatementReady)
        except Exception as error:  # noqa: BLE001 - the stream's last event, and in the log
            yield line("error", problems.of_any(error, request_id))


async def with_pings(events: AsyncGenerator[AnswerEvent], seconds: float) -> AsyncIterator[AnswerEvent | None]:
    """Yield what comes, and None whenever nothing came for so many seconds."""
    while True:
        coming = asyncio.ensure_future(anext(events, None))
        try:
            while not (await asyncio.wait({coming}, timeout=seconds))[0]:
                yield None
            if (event := coming.result()) is None:
                return
            yield event
        finally:
            if not coming.done():
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)


def _event(event: AnswerEvent, number: int, *, explain: bool) -> bytes:
    if isinstance(event, StageDone):
        return line("stage", plain(event))
    if isinstance(event, StatementReady):
        indices = event.statement.citations
        citations = [{"index": i, **plain(c)} for i, c in zip(indices, event.citations, strict=True)]
        return line("statement", {"index": number, "statement": plain(event.statement), "citations": citations})
    if isinstance(event, AnswerDone):
        return line("done", to_json(event.answer, candidates=explain))
    return line("dropped", plain(event.dropped))


def line(name: str, values: Any) -> bytes:
    """Return one event of a stream."""
    body = json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"event: {name}\ndata: {body}\n\n".encode("utf-8", "backslashreplace")
