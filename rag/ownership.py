"""Who may touch an index, between processes: one writer, many readers, nobody starves.

Three lock files beside the index, all of them ``flock``, which the kernel takes back when a process
dies:

``write.lock``    held by the one writer as long as it works; it holds the writer's pid
``publish.lock``  shared by each reader for the length of one search, exclusive for the writer while
                  it changes what searches read; embedding goes on outside of it
``turn.lock``     passed by every reader on its way in and held by a waiting writer, so that a
                  stream of readers cannot keep the writer out

A running server holds a fourth one, ``server.lock``, as long as it lives, and says in ``server.json``
(which only its user may read) where it listens: commands on the same index then ask it.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from rag.errors import FixStorage, RetryLater

# Seconds between two looks at a lock: readers are kept out for a millisecond mostly.
_SOONEST, _LATEST = 0.0003, 0.005
_ADDRESS = "server.json"
_ALWAYS = {".gitignore", "write.lock", "publish.lock", "turn.lock"}


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Where a server answers from an index; ``token`` lets its own user do everything there.

    ``settings`` is the fingerprint of the settings that it was started under (see
    ``environment.fingerprint``), ``started`` a time stamp in ISO 8601.
    """

    url: str
    token: str
    pid: int
    version: str
    settings: str
    started: str


class Marks(Protocol):
    """Who remembers whether vectors and words are whole: the catalog, where it lies beside them."""

    @property
    def generation(self) -> int:
        """A number that moves whenever vectors or words are written."""
        ...

    @property
    def unsettled(self) -> bool:
        """Whether they are being written, or somebody died while writing them."""
        ...

    def mark(self, *, unsettled: bool) -> None:
        """Say that they are about to be written, or that this ended well."""
        ...


class Ownership:
    """The locks of one index folder.

    ``wait`` is how many seconds a reader or publisher waits for the others before it gives up.
    """

    def __init__(self, folder: Path, *, wait: float = 30.0) -> None:
        self._folder = folder
        self._wait = wait

    @contextmanager
    def writer(self, *, wait: float) -> Generator[None]:
        """Be the index's one writer; wait at most ``wait`` seconds for another to end.

        Raises:
            RetryLater: another process writes to the index.
            FixStorage: the folder does not let itself be written.
        """
        with self._held("write.lock", fcntl.LOCK_EX, wait, writing=True) as file:
            with self._storage_errors():
                os.ftruncate(file, 0)
                os.pwrite(file, str(os.getpid()).encode(), 0)
            yield

    @contextmanager
    def unwritten(self, *, wait: float) -> Generator[None]:
        """Keep every writer away, as somebody who may not write here.

        Raises:
            RetryLater: another process writes to the index.
        """
        with self._held("write.lock", fcntl.LOCK_SH, wait):
            yield

    @contextmanager
    def reading(self) -> Generator[None]:
        """Keep the writer from changing what a search reads."""
        with self._held("turn.lock", fcntl.LOCK_SH, self._wait):
            entered = self._held("publish.lock", fcntl.LOCK_SH, self._wait)
            entered.__enter__()
        try:
            yield
        finally:
            entered.__exit__(None, None, None)

    @contextmanager
    def publishing(self) -> Generator[None]:
        """Wait for all readers to leave, and keep new ones out."""
        with (
            self._held("turn.lock", fcntl.LOCK_EX, self._wait, by_readers=True),
            self._held("publish.lock", fcntl.LOCK_EX, self._wait, by_readers=True),
        ):
            yield

    @contextmanager
    def serving(self) -> Generator[None]:
        """Be the one server of the index, until the process ends.

        Raises:
            RetryLater: another server answers from it.
        """
        try:
            # Whoever looks whether a server lives holds the lock for an instant.
            held = self._held("server.lock", fcntl.LOCK_EX, 1.0, writing=True)
            held.__enter__()
        except RetryLater:
            known = running_server(self._folder)
            at = f" at {known.url} (process {known.pid})" if known else ""
            raise RetryLater(
                f"A server already answers from the index in {self._folder}{at}.",
                hint="Ask it, or stop it first: rag stop",
            ) from None
        try:
            # A server that was killed could not take its address away, and nobody listens there now.
            self._withdraw_address()
            yield
        finally:
            self._withdraw_address()
            held.__exit__(None, None, None)

    def _withdraw_address(self) -> None:
        with suppress(OSError):
            (self._folder / _ADDRESS).unlink()

    def publish_address(self, server: RunningServer) -> None:
        """Say where the server listens, readable to its own user only."""
        path = self._folder / f"{_ADDRESS}.new"
        with self._storage_errors():
            path.unlink(missing_ok=True)
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w", encoding="utf-8") as opened:
                json.dump(asdict(server), opened)
            path.replace(self._folder / _ADDRESS)

    @contextmanager
    def _held(
        self, name: str, mode: int, wait: float, *, writing: bool = False, by_readers: bool = False
    ) -> Generator[int]:
        with self._storage_errors():
            file = self._open(self._folder / name, writing=writing)
        try:
            with self._storage_errors():
                acquired = _acquired(file, mode, time.monotonic() + wait)
            if not acquired:
                raise RetryLater(
                    "Other processes keep reading the index."
                    if by_readers
                    else f"Another process is writing to the index{self._who()}.",
                    hint="Wait until it has ended, then run the command again.",
                )
            yield file
        finally:
            os.close(file)

    @contextmanager
    def _storage_errors(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise FixStorage(
                f"The index in {self._folder} cannot be locked: {error.strerror}.",
                hint="Check free space and permissions, or choose another place with --index.",
            ) from error

    @staticmethod
    def _open(path: Path, *, writing: bool) -> int:
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError:
            # A reader can lock a file that it may not write, so a read-only index can be asked.
            if writing:
                raise
            return os.open(path, os.O_RDONLY)

    def _who(self) -> str:
        try:
            pid = (self._folder / "write.lock").read_text(encoding="ascii", errors="replace").strip()
        except OSError:
            return ""
        return f" (process {pid})" if pid.isdigit() else ""


def running_server(folder: Path) -> RunningServer | None:
    """Return the server that answers from an index; what a dead one left behind counts for nothing."""
    try:
        path = folder / _ADDRESS
        state = path.stat()
        # Whoever may write this file decides where documents are sent.
        if state.st_uid not in (os.geteuid(), 0) or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return None
        values = json.loads(path.read_text(encoding="utf-8"))
        file = os.open(folder / "server.lock", os.O_RDONLY)
    except (OSError, ValueError):
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        with suppress(TypeError):
            return RunningServer(**values)
    finally:
        os.close(file)
    return None


def make_folder(folder: Path) -> None:
    """Make an index folder that version control passes over, if there is none yet."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="ascii")
    except OSError as error:
        what = "The disk is full" if error.errno == errno.ENOSPC else f"{error.strerror}"
        raise FixStorage(
            f"The index folder {folder} cannot be made: {what}.",
            hint="Check free space and permissions, or choose another place with --index.",
        ) from error


@contextmanager
def folder_for(folder: Path) -> Generator[None]:
    """Make an index folder, and take it away again where nothing came of it."""
    before = folder.exists()
    make_folder(folder)
    try:
        yield
    except BaseException:
        if not before:
            _withdraw(folder)
        raise


def _withdraw(folder: Path) -> None:
    """Remove a folder that holds nothing but what ``make_folder`` and the locks put there."""
    with suppress(OSError):
        found = list(folder.iterdir())
        if all(path.name in _ALWAYS for path in found):
            for path in found:
                path.unlink()
            folder.rmdir()


def _acquired(file: int, mode: int, deadline: float) -> bool:
    pause = _SOONEST
    while True:
        try:
            fcntl.flock(file, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(pause)
            pause = min(1.2 * pause, _LATEST)
        else:
            return True
