"""A small file system for tests, which can be filled up to any number of bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_BLOCK = 4096


class Disk:
    """A mounted file system; ``path`` is its root."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"

    def fill(self, free: int) -> None:
        """Leave about so many bytes free."""
        size = shutil.disk_usage(self.path).free - free
        if size > 0:
            with self._ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, size // _BLOCK * _BLOCK)

    def give_room(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def resize(self, megabytes: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={megabytes}m", self.path], check=True)


@contextmanager
def mounted(path: Path, megabytes: int) -> Iterator[Disk]:
    """Mount a file system of that size, or skip the test where that is not permitted."""
    path.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting takes root")
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", path]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("mounting is not permitted here")
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)
