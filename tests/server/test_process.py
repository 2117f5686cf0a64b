"""The server as a process of its own: start, stop, kill, leftovers, and commands that find it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag import LocalEngine, load_settings
from rag.client import RemoteEngine, find
from rag.ownership import RunningServer, running_server
from tests.server.conftest import soon, write_texts

ROOT = Path(__file__).parents[2]
SET = {"RAG_EMBEDDING": "hashed-words", "RAG_THRESHOLD": "0", "COLUMNS": "80", "PYTHONUTF8": "1"}
ENVIRONMENT = {**os.environ, **SET, "PYTHONPATH": str(ROOT)}


class Process:
    """``rag serve`` in a folder; commands run beside it."""

    def __init__(self, at: Path) -> None:
        self.at = at
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *words: str) -> RunningServer:
        command = [sys.executable, "-W", "error", "-m", "rag", "serve", "--port", "0", *words]
        with (self.at / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.at, env=ENVIRONMENT, stdout=log, stderr=log)
        assert soon(lambda: self.running is not None or self.ended is not None, 60), self.log
        assert self.running is not None, self.log
        return self.running

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "rag", *words]
        return subprocess.run(
            command, cwd=self.at, env={**ENVIRONMENT, **more}, capture_output=True, text=True, timeout=60
        )

    def end(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    @property
    def running(self) -> RunningServer | None:
        return running_server(self.at / ".beleg")

    @property
    def ended(self) -> int | None:
        assert self.process is not None
        return self.process.poll()

    @property
    def log(self) -> str:
        return (self.at / "log").read_text()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    write_texts(tmp_path / "docs")
    made = Process(tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def test_start_status_stop_in_the_background(process: Process, rag: Any) -> None:
    assert rag("status").code == 1
    started = process.run("serve", "--docs", "docs", "--port", "0", "--detach")
    assert started.returncode == 0, started.stderr

    again = rag("serve", "--port", "0", "--detach")
    said = rag("status", "--json").json
    asked = rag("ask", "Wie viele Schiffe kamen an?", "--json")
    stopped = rag("stop", "--json")

    assert said["running"] is True
    assert said["url"] in started.stdout
    assert (again.code, "already answers" in again.err) == (1, True)
    assert asked.code == 0, asked.err
    assert stopped.code == 0, stopped.err
    assert stopped.json == {"stopped": True, "url": said["url"], "pid": said["pid"]}
    assert process.running is None
    assert (rag("stop").code, rag("stop", "--json").code, rag("stop", "--json").json) == (1, 1, {"stopped": False})
    assert (process.at / ".beleg" / "server.log").stat().st_mode & 0o777 == 0o600


def test_where_no_log_can_be_written_it_is_said(process: Process, rag: Any) -> None:
    (process.at / ".beleg" / "server.log").mkdir(parents=True)

    ran = rag("serve", "--docs", "docs", "--port", "0", "--detach")

    assert ran.code == 1
    assert ran.err.startswith("Error: The server's log ")
    assert "server.log cannot be written: Is a directory.\nHint: " in ran.err
    assert rag("status").code == 1


def test_over_a_damaged_index_it_says_what_to_do_and_no_traceback(process: Process, rag: Any) -> None:
    rag("ingest", "docs")
    for path in (process.at / ".beleg" / "words").rglob("*"):
        if path.is_file():
            path.write_text("junk")

    ran = process.run("serve", "--port", "0")

    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert ran.stderr.endswith("rag doctor --repair\n")


def test_watching_takes_in_what_changes(process: Process) -> None:
    server = process.start("--docs", "docs", "--watch")
    engine = RemoteEngine(server.url, server.token)
    assert soon(lambda: len(engine.documents()) == 3, 30)

    (process.at / "docs" / "neu.txt").write_text("Die Sonde landete im Mai.", "utf-8")

    assert soon(lambda: len(engine.documents()) == 4, 30)


def test_an_answer_in_flight_is_finished_at_the_end(process: Process) -> None:
    server = process.start()
    engine = RemoteEngine(server.url, server.token)
    engine.ingest(process.at / "docs")
    events = engine.stream("Wie viele Schiffe kamen an?")
    next(events)

    process.process.terminate() if process.process else None

    assert type(list(events)[-1]).__name__ == "AnswerDone"
    assert process.process is not None
    assert process.process.wait(30) == 0
    assert not (process.at / ".beleg" / "server.json").exists()


def test_killed_while_documents_come_in_it_loses_nothing_that_was_answered(process: Process) -> None:
    server = process.start()
    accepted: list[str] = []

    def upload() -> None:
        # The first one waits for libraries that a busy machine takes more than httpx's five seconds to import.
        with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client:
            for number in range(1000):
                name = f"{number:03}.txt"
                try:
                    response = client.put(f"/v1/documents/{name}", content=f"Die Sonde {number} landete.")
                except httpx.HTTPError:
                    return
                assert response.status_code == 201
                accepted.append(name)

    thread = threading.Thread(target=upload)
    thread.start()
    assert soon(lambda: len(accepted) >= 4, 120)
    process.end(signal.SIGKILL)
    thread.join()

    # What a dead server left behind is no server.
    assert (process.at / ".beleg" / "server.json").exists()
    assert find(process.at / ".beleg") is None
    again = process.start()
    engine = RemoteEngine(again.url, again.token)
    stored = {document.name for document in engine.documents()}
    assert set(accepted) <= stored
    assert len(stored - set(accepted)) <= 1
    for name in accepted:
        assert f"Sonde {int(name[:3])} " in engine.document(name).text
    assert engine.ask("Welche Sonde landete?").citations
    process.end()
    with LocalEngine(load_settings(index=process.at / ".beleg", embedding="hashed-words")) as alone:
        assert alone.status().health.problems == ()
