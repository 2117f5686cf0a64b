"""Folders under watch: when something changes in them, for a server and for the command line alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import InstallExtra
from rag.reports import IngestReport, fold

if TYPE_CHECKING:
    from rag.engine import LocalEngine

_SETTLE_MS, _LOOK_MS = 300, 1000
OPTIONS: dict[str, Any] = {
    "step": _SETTLE_MS, "rust_timeout": _LOOK_MS, "yield_on_timeout": True, "ignore_permission_denied": True,
}  # fmt: skip
"""How watchfiles watches: changes that come close together are one, and it comes back each second without any."""


def changes(paths: Sequence[Path]) -> Iterator[None]:
    """Yield whenever something changed in folders or files, and once at the beginning, when the watch stands.

    Raises:
        InstallExtra: watchfiles is not installed.
    """
    try:
        from watchfiles import watch
    except ImportError as error:
        raise InstallExtra("--watch needs watchfiles.", hint="pip install 'beleg[formats]'") from error
    behind = True
    for found in watch(*paths, **OPTIONS):
        if found or behind:
            yield
        behind = False


def follow(engine: LocalEngine) -> IngestReport:
    """Take in what changed in the folders that an engine follows."""
    folders = followed(engine)
    if not folders:
        return IngestReport()
    planned = fold(engine.ingest_events(*folders, sync=True, dry_run=True, following=True))
    if not planned.anything:
        # What cannot be read was told when it was first met.
        return IngestReport(unchanged=planned.unchanged, seconds=planned.seconds)
    return fold(engine.ingest_events(*folders, sync=True, following=True))


def followed(engine: LocalEngine) -> list[Path]:
    """Return the folder that the settings name, or those that were ingested."""
    return [engine.settings.docs] if engine.settings.docs is not None else engine.followed()
