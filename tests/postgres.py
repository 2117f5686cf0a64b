"""A real PostgreSQL server for tests: started in a folder of its own, with a database for whoever asks."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
_OPTIONS = "-c fsync=off -c full_page_writes=off -c max_connections=60 -c listen_addresses=127.0.0.1 -c autovacuum=off"


class PostgresServer:
    """A server that listens on a port of this machine; ``user`` may do everything there."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self._data = folder / "data"
        self._programs = programs
        # The server refuses to be root.
        self._who: dict[str, Any] = (
            {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        )
        self._numbers = count()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        if self._who:
            shutil.chown(folder, "postgres", "postgres")
            folder.chmod(0o700)
        self._run("initdb", "-D", self._data, "-U", "beleg", "-A", "trust", "--no-sync", "--locale=C.UTF-8")
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"host all guarded 127.0.0.1/32 scram-sha-256\n{rules.read_text()}", "utf-8")

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        options = f"{_OPTIONS} -p {self.port} -k {self.folder}"
        self._run("pg_ctl", "-D", self._data, "-l", self.folder / "log", "-o", options, "-w", "start")

    def stop(self, how: str = "fast") -> None:
        """Stop the server: all sessions are cut."""
        self._run("pg_ctl", "-D", self._data, "-m", how, "-w", "stop")

    def database(self, options: str = "") -> str:
        """Make an empty database and return its URL."""
        name = f"beleg{next(self._numbers)}"
        self.ask(self.url("postgres"), f"CREATE DATABASE {name} {options}")
        return self.url(name)

    def url(self, database: str, user: str = "beleg") -> str:
        """Return the URL of a database."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def ask(self, url: str, sql: str) -> list[tuple[Any, ...]]:
        """Carry out a statement in a session of its own."""
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def cut(self, url: str) -> int:
        """End all other sessions of a database as a broken line would; return how many."""
        return len(
            self.ask(
                url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
        )

    def holds(self, text: bytes) -> set[str]:
        """Return the files of tables that hold some bytes, once all is written out; the log is not looked at."""
        self.ask(self.url("postgres"), "CHECKPOINT")
        files = (path for path in (self._data / "base").rglob("*") if path.is_file())
        return {str(path.relative_to(self._data)) for path in files if text in path.read_bytes()}

    def _run(self, program: str, *words: str | Path) -> None:
        # The server that pg_ctl starts would keep a pipe open.
        with (self.folder / "output").open("w+b") as output:
            done = subprocess.run(
                (self._programs / program, *words),
                **self._who, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
            output.seek(0)
            assert done.returncode == 0, f"{program}: {output.read().decode()}"

    def kill(self) -> None:
        """End what is left of the server."""
        pid = self._data / "postmaster.pid"
        if pid.exists():
            os.kill(int(pid.read_text().split()[0]), signal.SIGQUIT)


@contextmanager
def running(folder: Path) -> Iterator[PostgresServer]:
    """Run a server of this machine's PostgreSQL; without one, tests are skipped, or fail where it is required."""
    programs = next((path for path in _PLACES if (path / "initdb").exists()), None)
    if programs is None:
        missing = "no PostgreSQL on this machine (Debian: apt-get install postgresql)"
        if os.environ.get("BELEG_REQUIRE_POSTGRES") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    server = PostgresServer(folder, programs)
    server.start()
    try:
        yield server
    finally:
        server.kill()
