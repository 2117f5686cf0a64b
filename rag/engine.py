"""One object to ask, search and ingest with: everything that the edges use."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from rag import ingest, pipeline, receipts, sources
from rag.catalog import Catalog, SourceRow
from rag.catalog.schema import set_aside
from rag.documents.folder import is_folder, is_gone, source_of
from rag.documents.selection import EVERYTHING, Selection
from rag.documents.worker import Worker
from rag.embedding import make_embedder
from rag.errors import FixInput
from rag.index import Index, exists, make_folder
from rag.ingest import IngestEvent, IngestReport
from rag.ownership import Ownership
from rag.reading.generative import Around, make_writer
from rag.records import Answer, AnswerEvent, Document, DocumentInfo, Filters, Hit
from rag.retrieval import retrieve
from rag.uploads import UPLOADS, Taken, is_upload, take
from rag.waiting import NonBlocking

if TYPE_CHECKING:
    from rag.embedding import Embedder
    from rag.settings import Settings


class Engine(Protocol):
    """What can be asked of documents, wherever they are."""

    def ask(self, question: str, filters: Filters = ..., *, top: int | None = ...) -> Answer:
        """Answer a question with verified statements, or say that the documents do not."""
        ...

    def stream(self, question: str, filters: Filters = ..., *, top: int | None = ...) -> Iterator[AnswerEvent]:
        """Answer a question as events; each statement comes only after it has been verified."""
        ...

    def search(self, question: str, filters: Filters = ..., *, limit: int = ...) -> list[Hit]:
        """Return ranked passages without answering."""
        ...

    def documents(self, filters: Filters = ...) -> list[DocumentInfo]:
        """Return the documents that can be cited."""
        ...

    def ingest(self, *paths: str | Path, sync: bool = ..., dry_run: bool = ...) -> IngestReport:
        """Take in files and folders."""
        ...

    def verify(self, receipt: Answer, *, docs: Path | None = ...) -> receipts.Verification:
        """Check every quote of a receipt again."""
        ...


class LocalEngine(NonBlocking):
    """An index on this machine. Safe to share between threads; close it when done.

    The index is opened when first needed. Every method raises AddDocuments where there is none,
    and RebuildIndex, RetryLater or FixStorage where it cannot be used.
    """

    def __init__(self, settings: Settings, around: Around | None = None) -> None:
        self.settings = settings
        self.writer = make_writer(settings, around)
        self.folder = settings.index.expanduser().absolute()
        self._embedder: Embedder = make_embedder(settings.embedding, settings)
        self._parser = Worker.of(settings)
        self._index: Index | None = None
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close the index."""
        self.close()

    def close(self) -> None:
        """Let go of the index's files, and of a model's memory."""
        if self.writer is not None:
            self.writer.asked.close()
        self._parser.close()
        with self._lock:
            if self._index is not None:
                self._index.close()
                self._index = None

    @property
    def has_index(self) -> bool:
        """Whether there is an index yet."""
        return exists(self.folder)

    def ask(self, question: str, filters: Filters | None = None, *, top: int | None = None) -> Answer:
        """See ``Engine.ask``. Raises FixInput where the question is empty or too long."""
        return pipeline.fold(self.stream(question, filters, top=top))

    def stream(self, question: str, filters: Filters | None = None, *, top: int | None = None) -> Iterator[AnswerEvent]:
        """See ``Engine.stream``."""
        rule = pipeline.AskRule.of(self.settings, top)
        yield from pipeline.stream(self._opened(), self._embedder, question, filters or Filters(), rule, self.writer)

    def prompt(self, question: str, filters: Filters | None = None) -> pipeline.Prompted:
        """Return what the model would be sent; nothing is. Raises FixInput where no model is configured."""
        rule = pipeline.AskRule.of(self.settings, None)
        return pipeline.prompt(self._opened(), self._embedder, question, filters or Filters(), rule, self.writer)

    def search(self, question: str, filters: Filters | None = None, *, limit: int = 10) -> list[Hit]:
        """See ``Engine.search``."""
        clean = pipeline.clean_question(question, self.settings.max_question)
        index = self._opened()
        vector = self._embedder.embed([clean.text], "question", clean.language)[0]
        with index.reading():
            return retrieve(
                index, vector, clean, filters or Filters(),
                candidates=max(limit, self.settings.candidates),
                weight=self.settings.lexical_weight,
                limit=limit,
            )  # fmt: skip

    def documents(self, filters: Filters | None = None) -> list[DocumentInfo]:
        """See ``Engine.documents``."""
        with self._catalog() as catalog:
            return catalog.documents(filters)

    def document(self, which: str) -> Document:
        """Return a document by id, by name, or by an unambiguous beginning of either.

        Raises:
            FixInput: none or several are meant.
        """
        with self._catalog() as catalog:
            chosen = sources.pick(catalog.documents(), which)
            document = catalog.document(chosen.id)
        if document is None:
            raise FixInput(f"{which!r} has just been removed.", hint="See what there is: rag documents")
        return document

    def ingest(self, *paths: str | Path, sync: bool = False, dry_run: bool = False) -> IngestReport:
        """See ``Engine.ingest``. Raises FixInput where a path does not exist."""
        return ingest.fold(self.ingest_events(*paths, sync=sync, dry_run=dry_run))

    def ingest_events(
        self,
        *paths: str | Path,
        sync: bool = False,
        dry_run: bool = False,
        rebuild: bool = False,
        following: bool = False,
        selection: Selection = EVERYTHING,
    ) -> Iterator[IngestEvent]:
        """Ingest as events: progress by document, then the report.

        ``rebuild`` makes the index anew first; the old catalog is kept beside it under another name.
        ``following``, ``selection``: see ``IngestRule``.
        """
        chosen = [Path(path) for path in paths]
        for path in chosen:
            source_of(path)
        limit = int(self.settings.max_file_mb * 1_000_000)
        rule = ingest.IngestRule(limit, sync=sync, following=following, selection=selection)
        if dry_run:
            yield from self._dry_run(chosen, rule)
            return
        make_folder(self.folder)
        with Ownership(self.folder).writer(wait=self.settings.wait):
            if rebuild:
                self.close()
                set_aside(self.folder)
            index = self._opened(create=True)
            targets = [(sources.resolve(index.catalog, path), path) for path in chosen]
            # With an embedder of its own, so that no question waits behind the chunks of a long document.
            yield from ingest.ingest(index, self._second_embedder, self._parser, targets, rule)

    def followed(self) -> list[Path]:
        """Return the folders that the index follows: those that were ingested whole and still stand."""
        with self._catalog() as catalog:
            return [Path(source.root) for source in catalog.sources() if source.whole and is_folder(Path(source.root))]

    def follow(self, *paths: Path) -> Iterator[IngestEvent]:
        """Take in what changed in folders since; no event at all where nothing did.

        Documents that were removed by hand stay out.
        """
        for event in self.ingest_events(*paths, sync=True, dry_run=True, following=True):
            if isinstance(event, IngestReport) and event.anything:
                yield from self.ingest_events(*paths, sync=True, following=True)

    @cached_property
    def _second_embedder(self) -> Embedder:
        return make_embedder(self.settings.embedding, self.settings)

    def upload(self, name: str, data: bytes, *, source: str = UPLOADS) -> Taken | IngestReport:
        """Make bytes a document, live when this returns; questions go on meanwhile. See ``uploads.take``."""
        make_folder(self.folder)
        with Ownership(self.folder).writer(wait=self.settings.wait):
            return take(
                self._opened(create=True), self._second_embedder, self._parser, name=name, data=data, source=source
            )

    def by_id(self, identity: str) -> Document | None:
        """Return the document of an id, or None where there is none."""
        with self._catalog() as catalog:
            return catalog.document(identity)

    def source_rows(self) -> list[SourceRow]:
        """Return the folders and uploads that brought documents."""
        with self._catalog() as catalog:
            return catalog.sources()

    def remove(self, *which: str, unwanted: bool = True) -> list[str]:
        """Remove documents by id or name; return their names. See ``Index.withdraw`` for ``unwanted``.

        Raises:
            FixInput: one of them is not there, or not unambiguous; then nothing is removed.
        """
        with self._writing() as index:
            documents = index.catalog.documents()
            chosen = [sources.pick(documents, one) for one in which]
            index.withdraw([d.id for d in chosen], unwanted=unwanted)
            return [d.name for d in chosen]

    def compact(self) -> None:
        """Sweep leftovers and give the space of what was deleted back."""
        with self._writing() as index:
            index.compact()

    def repair(self) -> None:
        """Make vectors and words anew from the catalog, without embedding anything."""
        with self._writing() as index:
            index.rebuild()

    def status(self) -> sources.Status:
        """Check the index and say how it is."""
        index = self._opened()
        followed = tuple(index.catalog.sources())
        gone = tuple(source.root for source in followed if not is_upload(source.root) and is_gone(Path(source.root)))
        return sources.Status(str(self.folder), index.health(), followed, gone)

    def verify(self, receipt: Answer, *, docs: Path | None = None) -> receipts.Verification:
        """Check every quote of a receipt: against the files in ``docs``, else against the index.

        Raises:
            FixInput: ``docs`` is given and is not there.
        """
        if docs is not None:
            return receipts.verify(
                receipt, sources.current_files(docs, int(self.settings.max_file_mb * 1_000_000), self._parser)
            )
        with self._catalog() as catalog:
            return receipts.verify(receipt, lambda citation: catalog.document(citation.document_id))

    def source_ids(self, paths: Sequence[Path]) -> tuple[str, ...]:
        """Return the ids of the sources that the paths belong to."""
        with self._catalog() as catalog:
            return tuple(sources.resolve(catalog, path).id for path in paths)

    @contextmanager
    def _writing(self) -> Generator[Index]:
        self._opened()
        with Ownership(self.folder).writer(wait=self.settings.wait):
            yield self._opened()

    @contextmanager
    def _catalog(self) -> Generator[Catalog]:
        """Give the catalog alone: no vectors, no embedder, whoever made them."""
        if (index := self._index) is not None:
            yield index.catalog
            return
        catalog = Catalog(self.folder)
        try:
            yield catalog
        finally:
            catalog.close()

    def _opened(self, *, create: bool = False) -> Index:
        with self._lock:
            if self._index is None:
                self._index = Index(self.folder, self._embedder.name, create=create)
            return self._index

    def _dry_run(self, paths: list[Path], rule: ingest.IngestRule) -> Iterator[IngestEvent]:
        if self.has_index:
            index = self._opened()
            targets = [(sources.resolve(index.catalog, path, adopt=False), path) for path in paths]
            yield from ingest.ingest(index, self._embedder, self._parser, targets, rule, dry_run=True)
            return
        yield ingest.preview_without_index([(source_of(path), path) for path in paths], self.folder, rule.selection)


def connect(settings: Settings, around: Around | None = None) -> LocalEngine:
    """Return the engine that the settings ask for; ``around`` wraps the model that they name."""
    return LocalEngine(settings, around)
