"""A real server on a real socket, in a thread of the test's process."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag import LocalEngine, load_settings
from rag.events import AnswerEvent, StageDone
from rag.records import Filters
from rag.server.app import make_app
from rag.server.rule import ServerRule
from tests.cli.conftest import environment, rag
from tests.serving import Serving

__all__ = ["environment", "rag"]

TEXTS = {
    "hafen.txt": "Stand: 22.10.2021\n\nDer Hafen von Hamburg wächst. Am 3. Mai kamen acht Schiffe an.",
    "harbour.txt": "Published on 30 November 2022\n\nThe harbour of Hamburg grows. Eight ships arrived there.",
    "tief/wald.md": "# Der Wald\n\nDas Reh schläft unter den Eichen 🦌. Der Förster zählt 340 Bäume.",
}
QUESTIONS = (
    "Wie viele Schiffe kamen an?",
    "How many ships arrived?",
    "Wer schläft unter den Eichen?",
    "Wie viele Bäume zählt der Förster?",
    "What is the capital of France?",
)
TOKEN = "the-owner's-token"


@dataclass(frozen=True)
class Served:
    """A server that runs: its address, its engine, and a client without a key."""

    url: str
    engine: LocalEngine
    http: httpx.Client

    def ask(self, question: str, **more: Any) -> httpx.Response:
        return self.http.post("/v1/ask", json={"question": question, **more})


@contextmanager
def serving(engine: LocalEngine, rule: ServerRule) -> Iterator[Served]:
    app = make_app(engine, rule)
    with (
        Serving(app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=5) as url,
        httpx.Client(base_url=url, timeout=30, trust_env=False) as client,
    ):
        yield Served(url.rstrip("/"), engine, client)


def write_texts(folder: Path) -> Path:
    for name, text in TEXTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def engine_at(base: Path, cls: type[LocalEngine] = LocalEngine) -> LocalEngine:
    """An engine over TEXTS, with the double for the embedder."""
    settings = load_settings(index=base / "index", embedding="hashed-words", threshold=0.0, wait=5)
    engine = cls(settings)
    engine.ingest(write_texts(base / "docs"))
    return engine


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server to read from only, which answers everybody."""
    with engine_at(tmp_path_factory.mktemp("site")) as engine, serving(engine, ServerRule(token=TOKEN)) as served:
        yield served


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Start servers of one's own: ``serve(threads=1, engine=SteppingEngine)``."""
    opened: list[Any] = []

    def start(engine: type[LocalEngine] = LocalEngine, **rule: Any) -> Served:
        made = engine_at(tmp_path, engine)
        opened.append(made)
        context = serving(made, replace(ServerRule(token=TOKEN), **rule))
        opened.append(context)
        return context.__enter__()

    yield start
    for one in reversed(opened):
        one.__exit__(None, None, None)


class SteppingEngine(LocalEngine):
    """A double for a slow engine: every question waits between two steps until ``go`` is set."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)
        self.ended: list[str] = []

    def stream(self, question: str, filters: Filters | None = None, *, top: int | None = None) -> Iterator[AnswerEvent]:
        self.begun.release()
        try:
            while not self.go.wait(0.01):
                yield StageDone("wait", 0.01)
            yield from super().stream(question, filters, top=top)
            self.ended.append("done")
        except GeneratorExit:
            self.ended.append("stopped")
            raise

    def close(self) -> None:
        self.go.set()
        super().close()


def events(text: str) -> list[tuple[str, Any]]:
    """Parse a stream's events; comments are left out."""
    found: list[tuple[str, Any]] = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if lines:
            found.append((lines.get("event", ""), json.loads(lines["data"])))
    return found


def soon(condition: Callable[[], bool], seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()
