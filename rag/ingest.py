"""Folder to index: what changed, the pipeline, progress, and a report that leaves nothing out.

An ingest is a stream of events. What it stored when it was stopped is kept: it loses at most one document's
embedding, and the next one carries on.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rag.documents.folder import File, LeftOut, Source, scan
from rag.documents.reading import Parser, read_bytes
from rag.documents.selection import EVERYTHING, Selection
from rag.index import Index
from rag.intake import IngestEvent, IngestProgress, IngestReport, Intake, read
from rag.plan import Ignored, IngestRule, Plan, make_plan

if TYPE_CHECKING:
    from rag.embedding import Embedder

__all__ = ["IngestEvent", "IngestProgress", "IngestReport", "IngestRule", "fold", "ingest", "preview_without_index"]


def ingest(
    index: Index,
    embedder: Embedder,
    parser: Parser,
    targets: Sequence[tuple[Source, Path]],
    rule: IngestRule,
    *,
    dry_run: bool = False,
) -> Iterator[IngestEvent]:
    """Bring the index up to date with folders or files; the last event is the report.

    Files that cannot be read are reported and stop nothing; one that is unreachable for now keeps its
    stored version, one whose content has become unreadable loses it. To be called by the index's writer.
    """
    started = time.monotonic()
    plan = make_plan(index, targets, rule)
    if dry_run:
        yield _preview(plan, time.monotonic() - started)
        return
    for source, _ in targets:
        index.catalog.note_source(source.id, str(source.root), whole=source.whole and rule.selection == EVERYTHING)
    intake = Intake(index, embedder, plan)
    for at, todo in enumerate(plan.fresh, start=1):
        yield from intake.take(todo, read(todo, partial(read_bytes, todo.file.path, rule.limit), parser), at)
    yield replace(intake.end(), seconds=time.monotonic() - started)


def fold(events: Iterator[IngestEvent]) -> IngestReport:
    """Return the report that an ingest ends with."""
    for event in events:
        if isinstance(event, IngestReport):
            return event
    raise AssertionError("an ingest ends with its report")


def preview_without_index(targets: Sequence[tuple[Source, Path]], folder: Path, selection: Selection) -> IngestReport:
    """Return what an ingest would do where there is no index yet."""
    items = [item for _, path in targets for item in scan(path, skip=folder, selection=selection)]
    return IngestReport(
        added=tuple(item.name for item in items if isinstance(item, File)),
        skipped=tuple(Ignored(item.name, item.reason) for item in items if isinstance(item, LeftOut)),
        dry_run=True,
    )


def _preview(plan: Plan, seconds: float) -> IngestReport:
    return IngestReport(
        added=tuple(todo.file.name for todo in plan.fresh if not todo.known),
        changed=tuple(todo.file.name for todo in plan.fresh if todo.known),
        removed=tuple(plan.gone.values()),
        unchanged=plan.unchanged,
        skipped=tuple(plan.skipped),
        failed=tuple(plan.failed),
        seconds=seconds,
        dry_run=True,
    )
