"""The way to the process that parses files: started when first needed, kept warm, replaced when it dies."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from rag.documents.child import receive, send
from rag.documents.formats import Limits
from rag.documents.parsed import Parsed
from rag.errors import FixFile, InstallExtra
from rag.place import Place

if TYPE_CHECKING:
    from rag.settings import Settings

# JSON needs at most six bytes for a character, and what is said beside the text is small.
_BYTES = 6
_BESIDE = 50_000_000


class Worker:
    """Parses files in a process of its own; safe to share between threads, which take turns.

    Close it when done: the process ends by itself only after two minutes of idleness.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._late = False

    @classmethod
    def of(cls, settings: Settings) -> Worker:
        """Return the worker that the settings ask for."""
        most = int(settings.max_file_mb * 1_000_000)
        limits = Limits(settings.parse_seconds, settings.parse_memory_mb, most, 10 * most, dict(settings.jsonl))
        return cls(limits)

    def parse(self, name: str, data: bytes) -> Iterator[tuple[str, Parsed | FixFile]]:
        """Yield the documents of a file by their names in it, ``""`` where the file is one document.

        Raises:
            FixFile: the file cannot be read, or costs more than the limits allow.
            InstallExtra: the library that reads it is not installed.
        """
        with self._lock:
            done = False
            process = self._started()
            try:
                with self._deadline(process):
                    self._ask(process, name, data)
                while not done:
                    with self._deadline(process):
                        reply = self._reply(process)
                    done = bool(reply.get("end"))
                    if "missing" in reply:
                        raise _missing(reply["missing"])
                    if "error" in reply and done:
                        raise _refused(reply)
                    if "name" in reply:
                        yield reply["name"], _refused(reply) if "error" in reply else _parsed(reply)
            finally:
                # Whoever stops listening, or hears nothing any more, leaves a process that is not at its beginning.
                if not done:
                    self._stop()

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._stop()

    @contextmanager
    def _deadline(self, process: subprocess.Popen[bytes]) -> Generator[None]:
        self._late = False

        def kill() -> None:
            self._late = True
            process.kill()

        timer = threading.Timer(self._limits.seconds, kill)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            # -P: a file beside which somebody works is no module of a parser's. One thread is enough for numpy,
            # and its others would count as memory.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "rag.documents.child"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            )  # fmt: skip
            send(_pipe(self._process.stdin), json.dumps(dataclasses.asdict(self._limits)).encode())
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], name: str, data: bytes) -> None:
        try:
            send(_pipe(process.stdin), name.encode("utf-8", "surrogatepass"))
            send(_pipe(process.stdin), data)
        except BrokenPipeError as error:
            raise self._gone(process) from error

    def _reply(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        reply = receive(_pipe(process.stdout), _BYTES * self._limits.characters + _BESIDE)
        if reply is None:
            raise self._gone(process)
        return json.loads(reply)

    def _gone(self, process: subprocess.Popen[bytes]) -> FixFile:
        if self._late:
            return FixFile(
                f"not read within {self._limits.seconds:g} seconds",
                hint="Split the file, or raise parse_seconds in rag.toml (RAG_PARSE_SECONDS).",
            )
        process.kill()
        return FixFile(
            f"its reader crashed or ran out of memory (exit {process.wait()})",
            hint="The file is broken or made to break programs; parse_memory_mb in rag.toml is the memory it may take.",
        )

    def _stop(self) -> None:
        if (process := self._process) is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with _quiet():
                    _pipe(pipe).close()
        self._process = None


@contextmanager
def _quiet() -> Generator[None]:
    """Pass over what a pipe still held that nobody will read."""
    try:
        yield
    except BrokenPipeError:
        return


def _pipe(stream: Any) -> BinaryIO:
    assert stream is not None
    return stream


def _missing(module: str) -> InstallExtra:
    return InstallExtra(f"{module} is not installed, which reads this format", hint="pip install 'beleg[formats]'")


def _refused(reply: dict[str, Any]) -> FixFile:
    return FixFile(reply["error"], hint=reply["hint"], skipped=reply["skipped"])


def _parsed(reply: dict[str, Any]) -> Parsed:
    return Parsed(
        text=reply["text"],
        places=tuple(Place(*place) for place in reply["places"]),
        title=reply["title"],
        author=reply["author"],
        language=reply["language"],
        date=dt.date.fromisoformat(reply["date"]) if reply["date"] else None,
        created=dt.date.fromisoformat(reply["created"]) if reply["created"] else None,
        head=reply["head"],
    )
