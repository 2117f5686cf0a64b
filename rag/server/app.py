"""The application: routes, layers around them, and what happens at its start and end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from rag import __version__
from rag.engine import LocalEngine
from rag.errors import InstallExtra, RetryLater
from rag.server import openapi, page, problems
from rag.server.auth import Keys
from rag.server.gate import Gate
from rag.server.log import Log
from rag.server.metrics import Metrics
from rag.server.routes import ask, chat, check, documents, follow_up
from rag.server.rule import ServerRule
from rag.server.service import ClientGone, Service
from rag.server.tracing import Traced, Traces
from rag.server.watch import keep_up
from rag.server.work import Work

if TYPE_CHECKING:
    from rag.mcp import McpApp

ABOUT = """Answers over a folder of documents, with verified quotes beside every sentence.

Offsets are code points of a document's stored text. Errors are `application/problem+json` with a
type and a hint. Where API keys are in force, send one as `Authorization: Bearer KEY`.
"""


def make_app(engine: LocalEngine, rule: ServerRule, traces: Traces | None = None) -> FastAPI:
    """Return the ASGI application over an engine; whoever made the engine and the traces closes them.

    Raises:
        FixInput: the file of API keys is not usable.
    """
    keys = Keys(rule.api_keys, rule.token)
    questions, writing = Work(rule.threads, rule.queue), Work(1, rule.uploads, yielding=True)
    metrics = Metrics(questions, writing)
    service = Service(engine, rule, keys, questions, writing, metrics, traces)
    mcp = _mcp(engine, questions, rule.deadline)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        del app
        async with AsyncExitStack() as stack:
            if mcp is not None:
                await stack.enter_async_context(mcp.running())
            following = asyncio.ensure_future(keep_up(service))
            yield
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        service.ended = await writing.close(rule.grace) and await questions.close(rule.grace)

    app = FastAPI(
        title="Beleg",
        version=__version__,
        description=ABOUT,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    app.state.service = service
    parts = (ask, follow_up, documents, check, chat, openapi, page)
    for router in (part.router for part in parts):
        app.include_router(router)
    if mcp is not None:
        # A route and not a mount, which would send clients on to "/mcp/".
        app.router.routes.append(Route("/mcp", endpoint=mcp, include_in_schema=False))
    openapi.install(app)
    problems.install(app)
    app.add_exception_handler(ClientGone, _nobody)
    app.add_middleware(Gate, rule=rule, keys=keys)
    if rule.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=rule.origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-Request-ID"],
            expose_headers=["X-Request-ID", "Retry-After"],
        )
    if traces is not None:
        app.add_middleware(Traced, traces=traces)
    app.add_middleware(Log, metrics=metrics)
    return app


def _mcp(engine: LocalEngine, questions: Work, seconds: float) -> McpApp | None:
    """Return the application for agents, where its library is installed; it stands behind the queue of questions."""
    try:
        from rag.mcp import mcp_app
    except InstallExtra:
        return None

    async def call(work: Callable[[], Any]) -> Any:
        try:
            return await questions.call(work, seconds)
        except problems.Problem as refused:
            raise RetryLater(refused.detail, hint=refused.hint) from refused

    # The gate has looked at host, origin and key before.
    return mcp_app(engine, call=call)


async def _nobody(request: object, error: Exception) -> Any:
    """Return what goes to a client that left: nobody reads it, the log shows it."""
    del request, error
    from starlette.responses import Response

    return Response(status_code=499)
