"""Folder to index: what changed, the pipeline, progress, and a report that leaves nothing out.

An ingest is a stream of events. Each document's vectors are stored as soon as they are made, and
documents go live in small batches, so a stopped ingest loses at most one document's embedding and
the next one carries on.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rag.catalog import Entry, Known, StoredChunk, shard_of
from rag.chunking import address
from rag.documents.folder import File, LeftOut, Source, document_id, scan
from rag.documents.reading import read_document
from rag.errors import FixFile
from rag.index import Index
from rag.records import Document

if TYPE_CHECKING:
    from rag.embedding import Embedder

# A batch goes live when it holds this many documents or chunks, or is this many seconds old.
_BATCH_DOCUMENTS = 64
_BATCH_CHUNKS = 1024
_BATCH_SECONDS = 5.0
# A file modified this shortly before it was read may change again without a new time stamp.
_RACY_NS = 2_000_000_000


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


@dataclass(slots=True)
class _Plan:
    """What a scan against the catalog found; the report's lists are filled while it is carried out."""

    fresh: list[tuple[Source, File, Known | None]] = field(default_factory=list)
    unchanged: int = 0
    gone: dict[str, str] = field(default_factory=dict)
    skipped: list[Ignored] = field(default_factory=list)

    def take(self, source: Source, file: File, known: Known | None) -> None:
        """Add a file to those that must be read, or to those that did not change."""
        if known is not None and _untouched(file, known):
            self.unchanged += 1
        else:
            self.fresh.append((source, file, known))


def ingest(
    index: Index,
    embedder: Embedder,
    targets: Sequence[tuple[Source, Path]],
    *,
    sync: bool,
    limit: int,
    dry_run: bool = False,
    following: bool = False,
) -> Iterator[IngestEvent]:
    """Bring the index up to date with folders or files; the last event is the report.

    ``sync`` removes documents whose file is gone from a target folder; ``limit`` is the largest
    file in bytes. ``following`` is for folders that nobody named just now: documents that a person
    removed stay out, and a folder in which nothing is found keeps its documents, because it is
    likelier unmounted than emptied. Files that cannot be read are reported and stop nothing; one that is unreachable
    for now keeps its stored version, one whose content has become unreadable loses it.
    To be called by the index's writer.
    """
    started = time.monotonic()
    plan = _plan(index, targets, sync=sync, following=following)
    if dry_run:
        yield _preview(plan, time.monotonic() - started)
        return
    for source, _ in targets:
        index.catalog.note_source(source.id, str(source.root), whole=source.whole)
    report = yield from _carry_out(index, embedder, plan, limit)
    yield replace(report, seconds=time.monotonic() - started)


def fold(events: Iterator[IngestEvent]) -> IngestReport:
    """Return the report that an ingest ends with."""
    for event in events:
        if isinstance(event, IngestReport):
            return event
    raise AssertionError("an ingest ends with its report")


def preview_without_index(targets: Sequence[tuple[Source, Path]], folder: Path) -> IngestReport:
    """Return what an ingest would do where there is no index yet."""
    items = [item for _, path in targets for item in scan(path, skip=folder)]
    return IngestReport(
        added=tuple(item.name for item in items if isinstance(item, File)),
        skipped=tuple(Ignored(item.name, item.reason) for item in items if isinstance(item, LeftOut)),
        dry_run=True,
    )


def _plan(index: Index, targets: Sequence[tuple[Source, Path]], *, sync: bool, following: bool) -> _Plan:
    plan = _Plan()
    # A folder, and again a file in it: one document.
    taken: set[tuple[str, str]] = set()
    for source, path in targets:
        known = index.catalog.known(source.id)
        unwanted = index.catalog.unwanted(source.id) if following else set()
        seen: set[str] = set()
        unreachable: list[str] = []
        for item in scan(path, skip=index.folder.resolve()):
            if isinstance(item, LeftOut):
                plan.skipped.append(Ignored(item.name, item.reason))
                (unreachable.append if item.name.endswith("/") else seen.add)(item.name)
                continue
            seen.add(item.name)
            if item.name in unwanted:
                plan.skipped.append(Ignored(item.name, "was removed by hand"))
            elif (source.id, item.name) not in taken:
                plan.take(source, item, known.get(item.name))
            taken.add((source.id, item.name))
        if sync and source.whole and (seen or not following):
            kept = seen | below(unreachable, known)
            plan.gone |= {row.id: name for name, row in known.items() if name not in kept}
    return plan


def below(folders: Sequence[str], names: Iterable[str]) -> set[str]:
    """Return the names that lie in one of the folders; ``./`` is the source itself."""
    return {name for name in names if any(folder == "./" or name.startswith(folder) for folder in folders)}


def _untouched(file: File, known: Known) -> bool:
    """Say whether size and time stamp prove that a file holds what was read."""
    if (file.size, file.modified) != (known.size, known.modified):
        return False
    return known.checked - known.modified > _RACY_NS


def _preview(plan: _Plan, seconds: float) -> IngestReport:
    return IngestReport(
        added=tuple(file.name for _, file, known in plan.fresh if known is None),
        changed=tuple(file.name for _, file, known in plan.fresh if known is not None),
        removed=tuple(plan.gone.values()),
        unchanged=plan.unchanged,
        skipped=tuple(plan.skipped),
        seconds=seconds,
        dry_run=True,
    )


def _carry_out(index: Index, embedder: Embedder, plan: _Plan, limit: int) -> Iterator[IngestEvent]:
    added: list[str] = []
    changed: list[str] = []
    skipped, failed = list(plan.skipped), list[Ignored]()
    gone, same, chunks = dict(plan.gone), list[Entry](), 0
    batch = _Batch(index)
    chunker = Chunker(index, embedder)
    for at, (source, file, known) in enumerate(plan.fresh, start=1):
        identity = known.id if known else document_id(source.id, file.name)
        now = time.time_ns()
        try:
            document = read_document(file.path, identity=identity, source=source.id, name=file.name, limit=limit)
        except FixFile as error:
            (skipped if error.skipped else failed).append(Ignored(file.name, str(error), error.hint))
            if known is not None and not error.transient:
                gone[known.id] = file.name
            continue
        entry = Entry(document.info, file.size, file.modified, now)
        if known is not None and known.version == document.info.version:
            same.append(entry)
            continue
        stored = chunker.chunks(document)
        index.catalog.store(document, stored)
        batch.add(entry, len(stored))
        (changed if known else added).append(file.name)
        chunks += len(stored)
        yield IngestProgress(file.name, at, len(plan.fresh), len(stored))
    batch.flush()
    if same:
        index.catalog.checked(same)
    if gone:
        index.withdraw(gone)
    # What an ingest that was killed left behind and this one did not take up.
    index.sweep()
    return IngestReport(
        added=tuple(added),
        changed=tuple(changed),
        removed=tuple(gone.values()),
        unchanged=plan.unchanged + len(same),
        skipped=tuple(skipped),
        failed=tuple(failed),
        chunks=chunks,
    )


class _Batch:
    """Documents that are stored and wait to go live together."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._entries: list[Entry] = []
        self._chunks = 0
        self._since = time.monotonic()

    def add(self, entry: Entry, chunks: int) -> None:
        self._entries.append(entry)
        self._chunks += chunks
        old = time.monotonic() - self._since > _BATCH_SECONDS
        if old or len(self._entries) >= _BATCH_DOCUMENTS or self._chunks >= _BATCH_CHUNKS:
            self.flush()

    def flush(self) -> None:
        if self._entries:
            self._index.publish(self._entries)
        self._entries, self._chunks, self._since = [], 0, time.monotonic()


class Chunker:
    """A document's chunks: taken over where the same text is stored already, else through the pipeline."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self._index = index
        self._embedder = embedder
        self._pipeline = None

    def chunks(self, document: Document) -> list[StoredChunk]:
        """Return the chunks of a document with their vectors."""
        info = document.info
        known = self._index.catalog.reusable(info.version, info.language)
        if known is not None:
            return [
                replace(
                    stored,
                    chunk=replace(
                        stored.chunk,
                        id=address(info, stored.chunk.span, self._embedder.name),
                        document_id=info.id,
                    ),
                    shard=shard_of(info.language),
                )
                for stored in known
            ]
        from rag import transforms

        if self._pipeline is None:
            self._pipeline = transforms.pipeline(self._embedder)
        return transforms.run(self._pipeline, document)
