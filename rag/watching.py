"""Folders under watch: when something changes in them, for a server and for the command line alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import InstallExtra
from rag.reports import IngestReport, fold

if TYPE_CHECKING:
    from rag.documents.folder import File
    from rag.engine import LocalEngine
    from rag.plan import Ready

_SETTLE_MS, _LOOK_MS = 300, 1000
OPTIONS: dict[str, Any] = {
    "step": _SETTLE_MS, "rust_timeout": _LOOK_MS, "yield_on_timeout": True, "ignore_permission_denied": True,
}  # fmt: skip
"""How watchfiles watches: changes that come close together are one, and it comes back each second without any."""


class Looks:
    """What size and time stamp files had at two looks on end: where they differ, a file is still being written."""

    def __init__(self) -> None:
        self._before: dict[str, tuple[int, int]] = {}
        self._now: dict[str, tuple[int, int]] = {}
        self.waiting = False
        """Whether a file was not ready at this look, so that there must be another one."""

    def next(self) -> None:
        """Begin the next look."""
        self._before, self._now, self.waiting = self._now, {}, False

    def ready(self, file: File) -> bool:
        """Say whether a file is as it was at the look before; one that was not asked about then is not. See ``IngestRule``."""
        state = (file.size, file.modified)
        self._now[file.path] = state
        ready = self._before.get(file.path) == state
        self.waiting = self.waiting or not ready
        return ready


def changes(paths: Sequence[Path], looks: Looks) -> Iterator[None]:
    """Yield at each look that is due: when something changed in folders or files, and as long as a file is waited for.

    The first one is at the beginning, when the watch stands.

    Raises:
        InstallExtra: watchfiles is not installed.
    """
    try:
        from watchfiles import watch
    except ImportError as error:
        raise InstallExtra("--watch needs watchfiles.", hint="pip install 'beleg[formats]'") from error
    behind = True
    for found in watch(*paths, **OPTIONS):
        if found or behind or looks.waiting:
            looks.next()
            yield
        behind = False


def follow(engine: LocalEngine, ready: Ready | None = None) -> IngestReport:
    """Take in what changed in the folders that an engine follows; ``ready``: see ``IngestRule``."""
    folders = followed(engine)
    if not folders:
        return IngestReport()
    planned = fold(engine.ingest_events(*folders, sync=True, dry_run=True, following=True, ready=ready))
    if not planned.anything:
        # What cannot be read was told when it was first met.
        return IngestReport(unchanged=planned.unchanged, seconds=planned.seconds)
    return fold(engine.ingest_events(*folders, sync=True, following=True, ready=ready))


def followed(engine: LocalEngine) -> list[Path]:
    """Return the folder that the settings name, or those that were ingested."""
    return [engine.settings.docs] if engine.settings.docs is not None else engine.followed()
