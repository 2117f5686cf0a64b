"""One object to ask, search and ingest with: everything that the edges use."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rag import ingest, pipeline, reports, sources
from rag.catalog import SHARDS, Catalog
from rag.documents.folder import is_gone, source_of
from rag.documents.selection import EVERYTHING, Selection
from rag.embedders import make_embedder
from rag.errors import RebuildIndex
from rag.events import AnswerEvent
from rag.gathering import FolderIndex
from rag.index import Index, make_folder
from rag.node import NodeIndex
from rag.ownership import Ownership, folder_for
from rag.reading.generative import Around, make_writer
from rag.records import Answer, Filters, Hit
from rag.reports import IngestEvent, IngestReport
from rag.reranking import POOL, make_reranking
from rag.retrieval import retrieve
from rag.spread import spread_over
from rag.stored import Stored
from rag.uploads import UPLOADS, Found, Taken, is_upload, settle, take
from rag.vectors import ChromaServer, Home
from rag.waiting import NonBlocking

if TYPE_CHECKING:
    from rag.embedding import Embedder
    from rag.plan import Ready
    from rag.portable import Manifest
    from rag.repair import Repaired
    from rag.settings import Settings


class LocalEngine(Stored, NonBlocking):
    """An index on this machine. Safe to share between threads; close it when done.

    The index is opened when first needed. Every method raises AddDocuments where there is none, RebuildIndex,
    RetryLater or FixStorage where it cannot be used, and OpenEngine once it is closed. ``once``: see ``FolderIndex``.
    """

    def __init__(self, settings: Settings, around: Around | None = None, *, once: bool = False) -> None:
        super().__init__(settings)
        self.writer = make_writer(settings, around)
        self._reranking = make_reranking(settings)
        self._embedder: Embedder = make_embedder(settings.embedding, settings)
        self._once = once

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """See ``close``."""
        self.close()

    def close(self) -> None:
        """Let go of the index's files, and of a model's memory; nothing can be asked any more."""
        if self.writer is not None:
            self.writer.asked.close()
        if self._reranking is not None:
            self._reranking.close()
        self._shut()

    @property
    def has_index(self) -> bool:
        """Whether there is an index yet."""
        return self._seat.exists()

    @property
    def needs_chroma(self) -> bool:
        """Whether a question opens Chroma, which takes a second to import."""
        index = self._opened()
        return not isinstance(index, FolderIndex) or index.needs_chroma

    def ask(self, question: str, filters: Filters | None = None, *, top: int | None = None) -> Answer:
        """See ``Engine.ask``. Raises FixInput where the question is empty or too long."""
        return pipeline.fold(self.stream(question, filters, top=top))

    def stream(self, question: str, filters: Filters | None = None, *, top: int | None = None) -> Iterator[AnswerEvent]:
        """See ``Engine.stream``."""
        asked = (question, filters or Filters(), pipeline.AskRule.of(self.settings, top, self._reranking))
        yield from pipeline.stream(self._opened(), self._embedder, *asked, self.writer)

    def prompt(self, question: str, filters: Filters | None = None) -> pipeline.Prompted:
        """Return what the model would be sent; it is not asked. Raises FixInput where no model is configured."""
        asked = (question, filters or Filters(), pipeline.AskRule.of(self.settings, None, self._reranking))
        return pipeline.prompt(self._opened(), self._embedder, *asked, self.writer)

    def search(
        self, question: str, filters: Filters | None = None, *, limit: int = 10, read: bool = False
    ) -> list[Hit]:
        """See ``Engine.search``; ``read`` has the hits read together with the question, as for an answer (``Hit.joint``)."""
        pipeline.require_limit(limit)
        clean = pipeline.clean_question(question, self.settings.max_question)
        index = self._opened()
        asked = self._embedder.read([clean.text], "question", clean.language)[0]
        pool = max(limit, POOL) if self._reranking else limit
        with index.reading():
            found = retrieve(
                index, asked, clean, filters or Filters(),
                candidates=max(pool, self.settings.candidates),
                weight=self.settings.lexical_weight,
                limit=pool,
            )  # fmt: skip
        hits = found.read(asked) if read else found.hits
        return self._reranking.best(clean.text, hits, limit) if self._reranking else hits

    def ingest(self, *paths: str | Path, sync: bool = False, dry_run: bool = False) -> IngestReport:
        """See ``Engine.ingest``. Raises FixInput where a path does not exist."""
        return reports.fold(self.ingest_events(*paths, sync=sync, dry_run=dry_run))

    def ingest_events(
        self,
        *paths: str | Path,
        sync: bool = False,
        dry_run: bool = False,
        rebuild: bool = False,
        following: bool = False,
        selection: Selection = EVERYTHING,
        ray: str | None = None,
        ready: Ready | None = None,
    ) -> Generator[IngestEvent]:
        """Ingest as events: progress by document, then the report.

        ``rebuild`` makes the index anew first; the old catalog is kept beside it under another name.
        ``following``, ``selection``, ``ready``: see ``IngestRule``. ``ray`` is the address of a cluster whose workers
        read and embed; ``local`` starts them here.
        """
        self._require_open()
        chosen = [Path(path) for path in paths]
        for path in chosen:
            source_of(path)
        rule = ingest.IngestRule(self._max_file, sync=sync, following=following, selection=selection, ready=ready)
        if dry_run:
            yield from self._dry_run(chosen, rule)
            return
        make_folder(self.folder)
        with self._owned():
            if rebuild:
                self._abandon()
                self._seat.set_aside()
            index = self._opened(create=True)
            targets = [(sources.resolve(index.catalog, path), path) for path in chosen]
            spread = spread_over(self.settings, self._max_file, ray) if ray is not None else None
            # With an embedder of its own, so that no question waits behind the chunks of a long document.
            yield from ingest.ingest(index, self._second_embedder, self._parser, targets, rule, spread=spread)

    def follow(self, *paths: Path) -> Generator[IngestEvent]:
        """Take in what changed in folders since; no event at all where nothing did.

        Documents that were removed by hand stay out.
        """
        for event in self.ingest_events(*paths, sync=True, dry_run=True, following=True):
            if isinstance(event, IngestReport) and event.anything:
                yield from self.ingest_events(*paths, sync=True, following=True)

    @cached_property
    def _second_embedder(self) -> Embedder:
        return make_embedder(self.settings.embedding, self.settings, unhurried=True)

    def upload(self, name: str, data: bytes, *, source: str = UPLOADS, modified: int = 0) -> Taken | IngestReport:
        """Make bytes a document, live when this returns; questions go on meanwhile. See ``uploads.take``."""
        self._require_open()
        make_folder(self.folder)
        with self._owned():
            parts = (self._opened(create=True), self._second_embedder, self._parser)
            return take(*parts, name=name, data=data, source=source, modified=modified)

    def settle(self, source: str, found: Found) -> list[str]:
        """Remember what was found in a source's files; return the names of the removed. See ``uploads.settle``."""
        with self._writing() as index:
            return settle(index, source, found)

    def remove(self, *which: str, purge: bool = False) -> list[str]:
        """Remove documents by id or name; return their names. Following their folder does not bring them back.

        What came out of the same file goes too: a mail's attachments, and all of an archive that is named. ``purge`` leaves no byte of their texts in the index's files, unless another document holds the
        same text; it takes as long as making vectors and words anew. Stopped in between, ``compact`` ends it.

        Raises:
            FixInput: one of them is not there, or not unambiguous; then nothing is removed.
        """
        with self._writing() as index:
            documents = index.catalog.documents()
            chosen = {d.id: d.name for one in which for d in sources.meant(documents, one).documents}
            index.withdraw(chosen, unwanted=True)
            if purge:
                index.compact()
            return list(chosen.values())

    def compact(self) -> None:
        """Sweep leftovers, give the space of what was deleted back, and let none of its text stand in the files."""
        with self._writing() as index:
            index.compact()

    def export_to(self, file: Path, *, replace: bool = False) -> Manifest:
        """Write the index to one file that ``import_from`` takes in on another machine. See ``portable.export``."""
        from rag import portable

        with self._catalog() as catalog:
            return portable.export(catalog, file, replace=replace)

    def import_from(self, file: Path, *, replace: bool = False) -> Manifest:
        """Make an exported file the index, without embedding anything. See ``portable.take_in``."""
        from rag import portable

        self._require_open()
        with folder_for(self.folder), self._owned():
            self._abandon() if replace else self._let_go()
            manifest = portable.take_in(file, self.folder, self._seat, embedder=self._embedder.name, replace=replace)
            self._opened().rebuild()
            return manifest

    def repair(self) -> Repaired | None:
        """Make vectors and words anew from the catalog, without embedding anything.

        A catalog that is damaged itself is made anew of what can be read of it; then what became of its
        documents is returned. Raises RebuildIndex where nothing can be read, or where it is on a server.
        """
        from rag import repair
        from rag.intake import Chunker

        with self._writing() as index:
            if not (damage := index.catalog.damage()):
                index.rebuild()
                return None
            if not isinstance(index.catalog, Catalog):
                raise repair.beyond(self._seat.name, damage)
            salvaged = repair.salvage(self.folder, index.catalog, self._embedder)
            self._let_go()
            return repair.finish(opened := self._opened(), Chunker(opened, self._embedder), salvaged)

    def status(self) -> sources.Status:
        """Check the index and say how it is."""
        index = self._opened()
        followed = tuple(index.catalog.sources())
        gone = tuple(source.root for source in followed if not is_upload(source.root) and is_gone(Path(source.root)))
        catalog = self._seat.name if self._seat.remote else ""
        unread = sources.unread(index.catalog, self._max_file, self.folder.resolve())
        return sources.Status(str(self.folder), index.health(), followed, gone, catalog, unread)

    @contextmanager
    def _owned(self) -> Generator[None]:
        """Be the index's one writer: among the processes of this machine, and among all that share its catalog."""
        wait = self.settings.wait
        with Ownership(self.folder).writer(wait=wait), self._seat.writer(wait=wait):
            yield

    @contextmanager
    def _writing(self) -> Generator[Index]:
        self._opened()
        with self._owned():
            yield self._opened()

    def _opened(self, *, create: bool = False) -> Index:
        with self._lock:
            index = self._current()
            if index is None:
                name, server = self._embedder.name, ChromaServer.of(self.settings)
                folder = self.folder if create or self._seat.remote else self._place.path()
                if self._seat.remote:
                    index = NodeIndex(folder, name, seat=self._seat, create=create, server=server)
                elif server:
                    index = Index(folder, name, create=create, server=server)
                else:
                    index = FolderIndex(folder, name, create=create, once=self._once)
                self._index = index
            return index

    def _abandon(self) -> None:
        """Let go of an index whose catalog is about to be set aside; nobody would find its vectors on a server again."""
        server = ChromaServer.of(self.settings)
        if server is not None and self.has_index:
            # A catalog that is damaged does not say which they are.
            with suppress(RebuildIndex), self._catalog() as catalog:
                Home(catalog, self.folder, server, SHARDS).delete_all()
        self._let_go()

    def _dry_run(self, paths: list[Path], rule: ingest.IngestRule) -> Iterator[IngestEvent]:
        if self.has_index:
            index = self._opened()
            targets = [(sources.resolve(index.catalog, path, adopt=False), path) for path in paths]
            yield from ingest.ingest(index, self._embedder, self._parser, targets, rule, dry_run=True)
            return
        yield ingest.preview_without_index([(source_of(path), path) for path in paths], self.folder, rule.selection)


def connect(settings: Settings, around: Around | None = None, *, once: bool = False) -> LocalEngine:
    """Return the engine that the settings ask for; ``around`` wraps the model that they name.

    ``once`` is for a process that asks one question and ends: see ``FolderIndex``.
    """
    return LocalEngine(settings, around, once=once)
