"""The files of a plan to stored versions: what becomes of each document, batch by batch, and the report.

Each document's vectors are stored as soon as they are made, and documents go live in small batches.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeAlias

from rag.blank import give_back
from rag.catalog import Entry, StoredChunk, shard_of
from rag.chunking import address
from rag.documents.folder import Known, SeenFile, document_id
from rag.documents.formats import is_many
from rag.documents.reading import Parser, document_of, documents_in
from rag.errors import FixFile, InstallExtra
from rag.index import Index
from rag.plan import Plan, Todo
from rag.records import Document
from rag.reports import Ignored, IngestProgress, IngestReport, refused

if TYPE_CHECKING:
    from rag.embedding import Embedder

# A batch goes live when it holds this many documents or chunks, or is this many seconds old.
_BATCH_DOCUMENTS = 64
_BATCH_CHUNKS = 1024
_BATCH_SECONDS = 5.0


Outcome: TypeAlias = Document | FixFile | InstallExtra
"""What reading gave for one document of a file."""


def read(todo: Todo, data: Callable[[], bytes], parser: Parser) -> Iterator[tuple[str, Outcome]]:
    """Yield the documents of a file, or what is in their way, by name."""
    try:
        for name, result in documents_in(data(), todo.file.name, parser):
            if isinstance(result, FixFile):
                yield name, result
                continue
            identity = todo.known[name].id if name in todo.known else document_id(todo.source.id, name)
            try:
                document = document_of(result, identity=identity, source=todo.source.id, name=name)
            except FixFile as error:
                yield name, error
            else:
                yield name, document
    except (FixFile, InstallExtra) as error:
        yield todo.file.name, error


class Chunks(Protocol):
    """Who has the chunks of a document, with their vectors."""

    def chunks(self, document: Document) -> list[StoredChunk]:
        """Return them in reading order."""
        ...


class Intake:
    """An ingest that is under way: what became of each document so far.

    ``placed`` says that vectors are on the Chroma server as soon as ``chunker`` has them.
    """

    def __init__(self, index: Index, chunker: Chunks, plan: Plan, *, placed: bool = False) -> None:
        self._batch = _Batch(index, placed=placed)
        self._added: list[str] = []
        self._changed: list[str] = []
        self._skipped, self._failed = list(plan.skipped), list(plan.failed)
        self._gone, self._same = dict(plan.gone), list[Known]()
        self._chunks = 0
        self._index = index
        self._total = len(plan.fresh)
        self._unchanged = plan.unchanged
        self._chunker = chunker
        self._notes: dict[str, list[SeenFile]] = {}
        self._forget = {source: list(names) for source, names in plan.stale.items()}

    def take(
        self, todo: Todo, results: Iterator[tuple[str, Outcome]], at: int = 1, *, checked: int | None = None
    ) -> Iterator[IngestProgress]:
        """Store the documents of a file; those that it held before and does not hold now are gone.

        ``checked`` is when it was read, in nanoseconds: now, if nothing is said.
        """
        file, now = todo.file, time.time_ns() if checked is None else checked
        left = dict(todo.known)
        notes: list[SeenFile] = []
        whole = is_many(file.name)
        for name, result in results:
            known = left.pop(name, None)
            whole = whole and (name != file.name or isinstance(result, Document))
            if isinstance(result, Document) and name in todo.unwanted:
                self._skipped.append(Ignored(name, "was removed by hand"))
            elif isinstance(result, Document):
                yield from self._store(result, Entry(result.info, file.size, file.modified, now), known, at)
            else:
                self._refuse(name, result)
                lasting = isinstance(result, FixFile) and not result.transient
                if not lasting:
                    # What could not be reached may be as it was.
                    left = {} if name == file.name else left
                    continue
                skipped = isinstance(result, FixFile) and result.skipped
                seen = SeenFile(name, file.size, file.modified, now, str(result), result.hint, skipped)
                notes.append(seen)
                left |= {name: known} if known else {}
        self._gone |= {row.id: name for name, row in left.items()}
        if whole:
            notes.append(SeenFile(file.name, file.size, file.modified, now))
        self._forget.setdefault(todo.source.id, []).extend(todo.seen)
        self._notes.setdefault(todo.source.id, []).extend(notes)

    def end(self) -> IngestReport:
        """Make live what is not yet, withdraw what is gone, note what need not be read again, and report."""
        self._batch.flush()
        catalog = self._index.catalog
        catalog.checked(self._same)
        if self._gone:
            self._index.withdraw(self._gone)
        for source in self._forget.keys() | self._notes.keys():
            catalog.note_files(source, self._notes.get(source, ()), forget=self._forget.get(source, ()))
        # What an ingest that was killed left behind and this one did not take up.
        self._index.sweep()
        return IngestReport(
            added=tuple(self._added),
            changed=tuple(self._changed),
            removed=tuple(self._gone.values()),
            unchanged=self._unchanged + len(self._same),
            skipped=tuple(self._skipped),
            failed=tuple(self._failed),
            chunks=self._chunks,
        )

    def leave(self) -> None:
        """Make live what is complete, and leave nothing else behind: this ingest is being stopped."""
        self._batch.flush()
        self._index.sweep()

    def _store(self, document: Document, entry: Entry, known: Known | None, at: int) -> Iterator[IngestProgress]:
        if known is not None and known.version == document.info.version:
            self._same.append(replace(known, size=entry.size, modified=entry.modified, checked=entry.checked))
            return
        stored = self._chunker.chunks(document)
        self._index.require_length(stored)
        self._index.catalog.store(document, stored)
        self._batch.add(entry, len(stored))
        (self._changed if known else self._added).append(document.info.name)
        self._chunks += len(stored)
        yield IngestProgress(document.info.name, at, self._total, len(stored))

    def _refuse(self, name: str, error: FixFile | InstallExtra) -> None:
        report = refused(name, error)
        self._skipped += report.skipped
        self._failed += report.failed


class _Batch:
    """Documents that are stored and wait to go live together."""

    def __init__(self, index: Index, *, placed: bool) -> None:
        self._index = index
        self._placed = placed
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
            self._index.publish(self._entries, placed=self._placed)
            # Else a long ingest holds twice of what it uses.
            give_back()
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
