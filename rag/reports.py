"""What an ingest says: how far it is, and at the end what became of every document and file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Ignored:
    """A file that did not become a document, and why."""

    name: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, by document name."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    skipped: tuple[Ignored, ...] = ()
    failed: tuple[Ignored, ...] = ()
    chunks: int = 0
    seconds: float = 0.0
    dry_run: bool = False

    @property
    def anything(self) -> bool:
        """Whether the index is another than before."""
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """A document has been read and embedded; ``done`` of ``total`` that need it."""

    name: str
    done: int
    total: int
    chunks: int


IngestEvent: TypeAlias = IngestProgress | IngestReport


def fold(events: Iterator[IngestEvent]) -> IngestReport:
    """Return the report that an ingest ends with."""
    for event in events:
        if isinstance(event, IngestReport):
            return event
    raise AssertionError("an ingest ends with its report")
