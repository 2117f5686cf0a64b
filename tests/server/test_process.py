"""The server as a process of its own: start, stop, kill, leftovers, and commands that find it."""

from __future__ import annotations

import json
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

from rag import LocalEngine, RetryLater, load_settings
from rag.client import RemoteEngine, find
from rag.ownership import Ownership, RunningServer, running_server
from tests.server.conftest import TEXTS, soon, write_texts

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


def test_commands_find_the_server_and_say_what_they_say_without(process: Process) -> None:
    words = [
        ("ask", "Wie viele Schiffe kamen an?", "--json"),
        ("ask", "How many ships arrived?", "--json", "--language", "en", "--explain"),
        ("search", "Hamburg", "--json", "--limit", "2"),
        ("documents", "--json"),
        ("show", "tief/wald.md", "--json"),
        ("ask", "?"),
    ]
    process.run("ingest", "docs")
    alone = [process.run(*one) for one in words]
    process.start()

    served = [process.run(*one) for one in words]

    for one, other in zip(alone, served, strict=True):
        assert (other.returncode, other.stderr) == (one.returncode, one.stderr)
        assert same(other.stdout) == same(one.stdout)
    paths = [json.loads(line)["path"] for line in process.log.splitlines() if '"request"' in line]
    assert {"/v1/ask", "/v1/search", "/v1/documents"} <= set(paths)
    assert process.run("ask", "Hamburg?", "--json", "--no-server").returncode == 0
    assert len([line for line in process.log.splitlines() if "/v1/ask" in line]) == paths.count("/v1/ask")


def same(text: str) -> Any:
    """An answer without what differs from one asking to the next."""
    if not text:
        return text
    values = json.loads(text)
    return {key: value for key, value in values.items() if key not in ("asked", "timings")}


def test_ingest_sends_contents_and_syncs(process: Process) -> None:
    process.start()
    docs = process.at / "docs"
    (docs / "bild.png").write_bytes(b"\x89PNG")

    first = json.loads(process.run("ingest", "docs", "--json").stdout)
    (docs / "hafen.txt").write_text("Der Hafen von Bremen schrumpft.", "utf-8")
    (docs / "harbour.txt").unlink()
    dry = json.loads(process.run("ingest", "docs", "--sync", "--dry-run", "--json").stdout)
    second = json.loads(process.run("ingest", "docs", "--sync", "--json").stdout)

    assert sorted(first["added"]) == sorted(TEXTS)
    assert [one["name"] for one in first["skipped"]] == ["bild.png"]
    for report in (dry, second):
        assert (report["changed"], report["removed"], report["unchanged"]) == (["hafen.txt"], ["harbour.txt"], 1)
    assert str(process.at) not in process.log
    assert "Bremen" in process.run("show", "hafen.txt").stdout
    # Without the server it is the same folder with the same documents.
    process.end()
    alone = json.loads(process.run("ingest", "docs", "--sync", "--json").stdout)
    assert (alone["added"], alone["changed"], alone["removed"], alone["unchanged"]) == ([], [], [], 2)


def test_a_file_that_cannot_be_read_stops_nothing(process: Process) -> None:
    process.start()
    (process.at / "docs" / "leer.txt").write_text("  ")

    ran = process.run("ingest", "docs", "--json")

    assert ran.returncode == 1
    assert [one["name"] for one in json.loads(ran.stdout)["failed"]] == ["leer.txt"]
    assert len(json.loads(ran.stdout)["added"]) == 3


def test_start_status_stop_in_the_background(process: Process) -> None:
    assert process.run("status").returncode == 1
    started = process.run("serve", "--docs", "docs", "--port", "0", "--detach")

    assert started.returncode == 0, started.stderr
    again = process.run("serve", "--port", "0", "--detach")
    said = json.loads(process.run("status", "--json").stdout)
    asked = process.run("ask", "Wie viele Schiffe kamen an?", "--json")
    stopped = process.run("stop")

    assert said["running"] is True
    assert said["url"] in started.stdout
    assert again.returncode == 1
    assert "already answers" in again.stderr
    assert asked.returncode == 0, asked.stderr
    assert stopped.returncode == 0, stopped.stderr
    assert process.running is None
    assert process.run("stop").returncode == 1
    assert (process.at / ".beleg" / "server.log").stat().st_mode & 0o777 == 0o600


def test_watching_takes_in_what_changes(process: Process) -> None:
    server = process.start("--docs", "docs", "--watch")
    engine = RemoteEngine(server.url, server.token)
    assert soon(lambda: len(engine.documents()) == 3, 30)

    (process.at / "docs" / "neu.txt").write_text("Die Sonde landete im Mai.", "utf-8")

    assert soon(lambda: len(engine.documents()) == 4, 30)


def test_an_answer_in_flight_is_finished_at_the_end(process: Process) -> None:
    process.run("ingest", "docs")
    server = process.start()
    engine = RemoteEngine(server.url, server.token)
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
        with httpx.Client(base_url=server.url, trust_env=False) as client:
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
    assert soon(lambda: len(accepted) >= 8, 30)
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


def test_a_server_of_another_version_is_named(process: Process) -> None:
    process.run("ingest", "docs")
    ownership = Ownership(process.at / ".beleg")
    with ownership.serving():
        ownership.publish_address(RunningServer("http://127.0.0.1:1", "t", 1, "0.0.0", "", "2026-01-01"))

        with pytest.raises(RetryLater, match=r"runs Beleg 0\.0\.0"):
            find(process.at / ".beleg")
        said = process.run("ask", "Hamburg?")
        assert (said.returncode, "--no-server" in said.stderr) == (1, True)
        assert process.run("ask", "Hamburg?", "--no-server").returncode == 0


def test_only_its_own_user_reads_the_token(process: Process) -> None:
    process.start()
    path = process.at / ".beleg" / "server.json"

    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o666)
    assert process.running is None


def test_other_settings_are_said(process: Process) -> None:
    process.run("ingest", "docs")
    process.start()

    said = process.run("ask", "Hamburg?", "--json", RAG_TOP="1", RAG_THRESHOLD="0.1")

    assert said.returncode == 0
    assert "other settings" in said.stderr
    assert len(json.loads(said.stdout)["statements"]) == 1
    assert process.run("ask", "Hamburg?", RAG_TOPP="1").returncode == 2


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--workers", "2"), 2, "cannot share"),
        (("--host", "0.0.0.0"), 2, "--api-keys"),
        (("--api-keys", "none"), 2, "cannot be read"),
        (("--docs", "none"), 2, "No such"),
        (("--host", "999.1.1.1"), 2, "no address"),
    ],
)
def test_what_cannot_be_served_is_refused(process: Process, words: tuple[str, ...], code: int, said: str) -> None:
    ran = process.run("serve", "--port", "0", *words)

    assert (ran.returncode, said in ran.stderr) == (code, True), ran.stderr
    assert process.running is None


def test_a_port_that_is_taken_is_named(process: Process, tmp_path: Path) -> None:
    port = process.start().url.rpartition(":")[2]

    ran = process.run("serve", "--index", "other", "--port", port)

    assert ran.returncode == 2
    assert "--port 0" in ran.stderr


def test_a_key_is_made_and_used(process: Process) -> None:
    key = process.run("key", "somebody", "--file", "keys").stdout.strip()
    server = process.start("--api-keys", "keys")

    assert httpx.get(f"{server.url}/v1/models", trust_env=False).status_code == 401
    with_key = httpx.get(f"{server.url}/v1/models", headers={"Authorization": f"Bearer {key}"}, trust_env=False)
    assert with_key.status_code == 200
    assert (process.at / "keys").stat().st_mode & 0o777 == 0o600
