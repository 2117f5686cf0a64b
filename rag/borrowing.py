"""An index that may be read but not written, asked from a copy: Chroma, Tantivy and SQLite write when they read.

The copy is made while no writer works, and shows the index as it was then for as long as it is kept.
Copying 300 MB takes .15 s; what is larger than ``MOST`` is left to its reader to copy once, and not at
every question.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from pathlib import Path

from rag.catalog import exists
from rag.errors import FixStorage
from rag.ownership import Ownership

MOST = 1_000_000_000
"""Bytes of the largest index that is copied unasked."""


class Place:
    """Where an index is read: in its own folder, or in a copy where that may not be written.

    ``wait`` is how many seconds a writer is waited for before the copy is made.
    """

    def __init__(self, folder: Path, wait: float) -> None:
        self._folder = folder
        self._wait = wait
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._lock = threading.Lock()

    def path(self) -> Path:
        """Return the folder to read from.

        Raises:
            FixStorage: a copy is needed, and the index is too large for it or there is no room.
            RetryLater: a copy is needed, and somebody writes to the index.
        """
        with self._lock:
            if self._copy is None and exists(self._folder) and not os.access(self._folder, os.W_OK):
                self._copy = _copied(self._folder, self._wait)
            return Path(self._copy.name) if self._copy else self._folder

    def close(self) -> None:
        """Delete the copy, if there is one."""
        if self._copy is not None:
            self._copy.cleanup()
            self._copy = None


def _copied(folder: Path, wait: float) -> tempfile.TemporaryDirectory[str]:
    with Ownership(folder).unwritten(wait=wait):
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        hint = (
            f"Copy it to a place that can be written, and ask there: cp -r {folder} COPY; rag ask QUESTION --index COPY"
        )
        if size > MOST:
            raise FixStorage(f"The index in {folder} may not be written, and is too large to copy unasked.", hint=hint)
        copy = tempfile.TemporaryDirectory(prefix="beleg-", ignore_cleanup_errors=True)
        try:
            shutil.copytree(folder, copy.name, dirs_exist_ok=True, copy_function=shutil.copyfile, ignore=_not_ours)
            # Folders came with their permissions.
            for below in (Path(copy.name), *(path for path in Path(copy.name).rglob("*") if path.is_dir())):
                below.chmod(0o700)
        except OSError as error:
            copy.cleanup()
            raise FixStorage(f"The read-only index in {folder} cannot be copied: {error}.", hint=hint) from error
    return copy


def _not_ours(folder: str, names: list[str]) -> list[str]:
    del folder
    return [name for name in names if name == "server.json" or name.endswith((".lock", ".log"))]
