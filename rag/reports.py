"""What an ingest says: how far it is, and at the end what became of every document and file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any, TypeAlias

from rag.errors import FixFile, FixInput, InstallExtra
from rag.wire import build


@dataclass(frozen=True, slots=True)
class Ignored:
    """A file that did not become a document, and why."""

    name: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, by document name; ``kept`` counts documents whose files are gone, and which stay."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    skipped: tuple[Ignored, ...] = ()
    failed: tuple[Ignored, ...] = ()
    chunks: int = 0
    seconds: float = 0.0
    dry_run: bool = False
    kept: int = 0

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


def refused(name: str, error: FixFile | FixInput | InstallExtra) -> IngestReport:
    """Return the report of a file that became no document."""
    ignored = (Ignored(name, str(error), error.hint),)
    skipped = error.skipped if isinstance(error, FixFile) else isinstance(error, InstallExtra)
    return IngestReport(skipped=ignored) if skipped else IngestReport(failed=ignored)


def uploaded(name: str, said: dict[str, Any]) -> IngestReport:
    """Return the report of an upload, of what an engine said of it as JSON values."""
    if "verdict" not in said:
        return build(IngestReport, said)
    verdict = said["verdict"]
    if verdict == "unchanged":
        return IngestReport(unchanged=1)
    return IngestReport(added=(name,)) if verdict == "added" else IngestReport(changed=(name,))


def added_up(reports: Sequence[IngestReport]) -> IngestReport:
    """Return several reports as one."""

    def total(name: str) -> Any:
        values = [getattr(report, name) for report in reports]
        return tuple(chain.from_iterable(values)) if isinstance(values[0], tuple) else sum(values)

    sums = {f.name: total(f.name) for f in fields(reports[0]) if f.name != "dry_run"}
    return IngestReport(**sums, dry_run=reports[0].dry_run)
