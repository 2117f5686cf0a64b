"""Other processes for tests, forked by a server that has everything imported: each costs milliseconds."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver
from types import FrameType
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["rag.engine", "rag.transforms", "chromadb", "chromadb.api.rust", "tantivy"])
_LINUX_CAPABILITY_VERSION_3 = 0x20080522


class Child:
    """A function at work in a process of its own; ``target`` is importable, ``args`` can be pickled.

    ``unprivileged`` takes root's right to pass over file permissions away from it. Where the child
    is to be spoken to, ``target`` gets the other end of ``pipe`` as its first argument.
    """

    def __init__(
        self, target: Callable[..., Any], *args: Any, unprivileged: bool = False, talking: bool = False
    ) -> None:
        _start_server()
        self._result, theirs = _CONTEXT.Pipe(duplex=False)
        self.pipe, other = _CONTEXT.Pipe()
        given = (other, *args) if talking else args
        self._process = _CONTEXT.Process(target=_work, args=(theirs, unprivileged, target, given), daemon=True)
        self._process.start()
        theirs.close()
        other.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def result(self, timeout: float = 60) -> Any:
        """Return what the function returned, or raise what it raised."""
        if not self._result.poll(timeout):
            self.kill()
            raise TimeoutError(f"a child did not end within {timeout} s")
        try:
            value, error = self._result.recv()
        except EOFError:
            self._process.join()
            raise ChildProcessError(f"a child died with exit code {self._process.exitcode}") from None
        self._process.join()
        if error is not None:
            raise error
        return value

    def died(self, timeout: float = 60) -> bool:
        """Wait for the end; say whether the process was killed before the function ended."""
        self._process.join(timeout)
        return self._process.exitcode != 0

    def kill(self) -> None:
        """End the process as kill -9 does, and wait for that."""
        self._process.kill()
        self._process.join()


def in_child(target: Callable[..., Any], *args: Any, unprivileged: bool = False) -> Any:
    """Run a function in a process of its own and return or raise what it did."""
    return Child(target, *args, unprivileged=unprivileged).result()


@dataclass(slots=True)
class Events:
    """How often code of the watched files called, was called, or returned."""

    number: int = 0


@contextmanager
def counting(watched: Collection[str], die_at: int | None) -> Iterator[Events]:
    """Count the events of files whose paths hold a part of ``watched``; at one of them, die as by kill -9.

    At 0 nobody dies; with None nothing is counted, which is much quicker.
    """
    events = Events()
    if die_at is None:
        yield events
        return
    # Each call of anything comes by here: the parts are looked for once a file.
    files: dict[str, bool] = {}

    def count(frame: FrameType, event: str, _: object) -> None:
        name = frame.f_code.co_filename
        counts = files.get(name)
        if counts is None:
            counts = files[name] = any(part in name for part in watched)
        if counts:
            events.number += 1
            if events.number == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    try:
        yield events
    finally:
        sys.setprofile(None)


def _work(result: Any, unprivileged: bool, target: Callable[..., Any], args: tuple[Any, ...]) -> None:
    if unprivileged:
        _drop_capabilities()
    try:
        value, error = target(*args), None
    except Exception as raised:  # noqa: BLE001 - raised again in the parent
        value, error = None, raised
    result.send((value, error))
    result.close()


def _start_server() -> None:
    # The server imports before it is told the path of imports.
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


def _drop_capabilities() -> None:
    """Make permissions of files count for root too; for anybody else they already do."""
    if os.geteuid() != 0:
        return
    header = (ctypes.c_uint32 * 2)(_LINUX_CAPABILITY_VERSION_3, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, (ctypes.c_uint32 * 6)()) != 0:
        raise OSError(ctypes.get_errno(), "capset")
