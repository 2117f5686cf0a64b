"""Folder to index: what changed, the pipeline, progress, and a report that leaves nothing out.

An ingest is a stream of events. What it stored when it was stopped is kept: it loses at most one document's
embedding, and the next one carries on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rag.catalog import StoredChunk
from rag.documents.folder import File, LeftOut, Source, scan
from rag.documents.reading import Parser, read_bytes
from rag.documents.selection import EVERYTHING, Selection
from rag.errors import BelegError
from rag.index import Index
from rag.intake import Chunker, Intake, Outcome, read
from rag.plan import IngestRule, Plan, Todo, make_plan
from rag.records import Document
from rag.reports import Ignored, IngestEvent, IngestReport

if TYPE_CHECKING:
    from rag.embedding import Embedder

Spread: TypeAlias = Callable[
    [Sequence[Todo], str | None], Generator[tuple[Todo, Sequence[tuple[str, Outcome, list[StoredChunk] | None]]]]
]
"""Reads and embeds files elsewhere, given what the index calls its own on a Chroma server. See ``rag.spread``."""

__all__ = ["IngestRule", "ingest", "preview_without_index"]


def ingest(
    index: Index,
    embedder: Embedder,
    parser: Parser,
    targets: Sequence[tuple[Source, Path]],
    rule: IngestRule,
    *,
    dry_run: bool = False,
    spread: Spread | None = None,
) -> Iterator[IngestEvent]:
    """Bring the index up to date with folders or files; the last event is the report.

    ``spread`` reads and embeds elsewhere, and has put the vectors where they belong if a server keeps them.

    Files that cannot be read are reported and stop nothing; one that is unreachable for now keeps its
    stored version, one whose content has become unreadable loses it. To be called by the index's writer.
    """
    started = time.monotonic()
    plan = make_plan(index.catalog, targets, rule, skip=index.folder.resolve())
    if dry_run:
        yield _preview(plan, time.monotonic() - started)
        return
    for source, _ in targets:
        index.catalog.note_source(source.id, str(source.root), whole=source.whole and rule.selection == EVERYTHING)
    if spread is None:
        intake = Intake(index, Chunker(index, embedder), plan)
        for at, todo in enumerate(plan.fresh, start=1):
            yield from intake.take(todo, read(todo, partial(read_bytes, todo.file.path, rule.limit), parser), at)
    else:
        intake = yield from _gathered(index, plan, spread)
    yield replace(intake.end(), kept=len(plan.kept), seconds=time.monotonic() - started)


def _gathered(index: Index, plan: Plan, spread: Spread) -> Generator[IngestEvent, None, Intake]:
    """Take in what is read and embedded elsewhere; stopped in between, leave only what is live."""
    ready, collections = _Ready(), index.entrust()
    intake = Intake(index, ready, plan, placed=collections is not None)
    try:
        with closing(spread(plan.fresh, collections)) as files:
            for at, (todo, results) in enumerate(files, start=1):
                ready.made = {name: chunks for name, _, chunks in results if chunks is not None}
                yield from intake.take(todo, ((name, result) for name, result, _ in results), at)
    except BaseException:
        # What cannot be done now, the next ingest does when it ends.
        with suppress(BelegError):
            intake.leave()
        raise
    return intake


class _Ready:
    """Chunks that were made elsewhere, by the document's name: those of the file that is being taken in."""

    def __init__(self) -> None:
        self.made: dict[str, list[StoredChunk]] = {}

    def chunks(self, document: Document) -> list[StoredChunk]:
        return self.made[document.info.name]


def preview_without_index(targets: Sequence[tuple[Source, Path]], folder: Path, selection: Selection) -> IngestReport:
    """Return what an ingest would do where there is no index yet."""
    items = [item for _, path in targets for item in scan(path, skip=folder, selection=selection)]
    return IngestReport(
        added=tuple(item.name for item in items if isinstance(item, File)),
        skipped=tuple(Ignored(item.name, item.reason) for item in items if isinstance(item, LeftOut)),
        dry_run=True,
    )


def _preview(plan: Plan, seconds: float) -> IngestReport:
    plan.repeat(todo.refused for todo in plan.fresh if todo.refused is not None)
    fresh = [todo for todo in plan.fresh if todo.refused is None]
    return IngestReport(
        added=tuple(todo.file.name for todo in fresh if not todo.known),
        changed=tuple(todo.file.name for todo in fresh if todo.known),
        removed=tuple(plan.gone.values()),
        unchanged=plan.unchanged,
        kept=len(plan.kept),
        skipped=tuple(plan.skipped),
        failed=tuple(plan.failed),
        seconds=seconds,
        dry_run=True,
    )
