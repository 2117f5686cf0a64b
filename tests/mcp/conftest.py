"""The SDK's own client, over real standard streams and over real HTTP."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters
from starlette.applications import Starlette
from starlette.routing import Route

from rag import LocalEngine, connect, load_settings
from rag.mcp import mcp_app
from tests.folders import TEXTS, write
from tests.serving import Serving

ROOT = Path(__file__).parent.parent.parent
SET = {"embedding": "hashed-words", "threshold": 0.0}
Talk = Callable[[Client], Awaitable[Any]]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with documents in ``docs`` and their index in ``.beleg``: only read."""
    base = tmp_path_factory.mktemp("mcp")
    (base / "docs").mkdir()
    write(base / "docs", TEXTS)
    with connect(load_settings(index=base / ".beleg", **SET)) as engine:
        engine.ingest(base / "docs")
    return base


@pytest.fixture(scope="session")
def held(place: Path) -> Iterator[LocalEngine]:
    """The engine on that index."""
    with connect(load_settings(index=place / ".beleg", **SET)) as engine:
        yield engine


@pytest.fixture(scope="session")
def address(held: LocalEngine) -> Iterator[str]:
    """Where the same documents are served over HTTP."""
    with serving(held) as url:
        yield url


@pytest.fixture
def over_http(address: str) -> Callable[[Talk], Any]:
    return lambda talk: talk_to(address, talk)


@pytest.fixture
def over_stdio(place: Path) -> Callable[[Talk], Any]:
    return lambda talk: talk_to(stdio(place, "--index", place / ".beleg"), talk)


@pytest.fixture(params=["http", "stdio"])
def talk(request: pytest.FixtureRequest) -> Callable[[Talk], Any]:
    """Talk to the server, once over each of its two ways in."""
    return request.getfixturevalue(f"over_{request.param}")


def stdio(at: Path, *words: str | Path) -> StdioServerParameters:
    """How a client starts ``rag mcp`` as its child."""
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "rag", "mcp", *map(str, words)],
        cwd=at,
        env={
            **os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error",
            "RAG_EMBEDDING": "hashed-words", "RAG_THRESHOLD": "0",
        },
    )  # fmt: skip


@contextmanager
def serving(engine: LocalEngine) -> Iterator[str]:
    """Serve an engine's tools under ``/mcp``, to requests that are addressed to this machine by its number."""
    mcp = mcp_app(engine, ["127.0.0.1:*"])
    app = Starlette(routes=[Route("/mcp", endpoint=mcp)], lifespan=lambda _: mcp.running())
    with Serving(app) as url:
        yield f"{url}mcp"


def talk_to(server: str | StdioServerParameters, talk: Talk, **more: Any) -> Any:
    """Connect, talk, and return what came of it; a protocol error is raised as itself."""

    async def run() -> Any:
        async with Client(server, read_timeout_seconds=60, **more) as client:
            try:
                return await talk(client)
            except MCPError as error:
                return error

    result = asyncio.run(run())
    if isinstance(result, MCPError):
        raise result
    return result
