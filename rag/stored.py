"""What an engine reads of its catalog alone: no vectors, no words, whatever embedder made them."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag import receipts, sources
from rag.borrowing import Place
from rag.catalog import AnyCatalog, SourceRow, seat_of
from rag.documents.folder import Known, SeenFile, is_folder
from rag.documents.worker import Worker
from rag.errors import FixInput, OpenEngine
from rag.records import Answer, Document, DocumentInfo, Filters, Span

if TYPE_CHECKING:
    from rag.index import Index
    from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """What is known of a source's files: of its documents', of those that are not one document, and names of removed ones."""

    documents: tuple[Known, ...]
    files: tuple[SeenFile, ...]
    unwanted: tuple[str, ...]


class Stored:
    """The documents of an index on this machine, and what can be said of them without searching."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.index.expanduser().absolute()
        self._parser = Worker.of(settings)
        self._max_file = int(settings.max_file_mb * 1_000_000)
        self._index: Index | None = None
        self._retired: list[Index] = []
        self._closed = False
        self._lock = threading.RLock()
        self._place = Place(self.folder, settings.wait)
        self._seat = seat_of(self.folder, settings.catalog_url.get_secret_value() if settings.catalog_url else None)

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

    def followed(self) -> list[Path]:
        """Return the folders that the index follows: those that were ingested whole and still stand."""
        with self._catalog() as catalog:
            return [Path(source.root) for source in catalog.sources() if source.whole and is_folder(Path(source.root))]

    def known(self, which: str) -> list[DocumentInfo]:
        """Return the document of an id, or those of a name; their texts are not read."""
        with self._catalog() as catalog:
            return catalog.known_as(which)

    def text_of(self, document: DocumentInfo, span: Span) -> str | None:
        """Return the characters of a span, or None where that version is not stored any more."""
        with self._catalog() as catalog:
            return catalog.text_of(document.id, document.version, span)

    def remembered(self, source: str) -> SourceFiles:
        """Return what is known of a source's files."""
        with self._catalog() as catalog:
            return SourceFiles(
                tuple(catalog.known(source).values()),
                tuple(catalog.seen_files(source).values()),
                tuple(sorted(catalog.unwanted(source))),
            )

    def source_rows(self) -> list[SourceRow]:
        """Return the folders and uploads that brought documents."""
        with self._catalog() as catalog:
            return catalog.sources()

    def verify(self, receipt: Answer, *, docs: Path | None = None) -> receipts.Verification:
        """Check every quote of a receipt: against the files in ``docs``, else against the index.

        Raises:
            FixInput: ``docs`` is given and is not there.
        """
        if docs is not None:
            return receipts.verify(receipt, sources.current_files(docs, self._max_file, self._parser))
        with self._catalog() as catalog:
            result = receipts.verify(
                receipt,
                lambda cited: catalog.document(cited.document_id),
                lambda cited: sources.of_version(catalog, cited.version),
            )
            cited = dict.fromkeys(one.document_id for one in (*receipt.citations, *receipt.nearest))
            changed = sources.changed_files(catalog, cited, self._max_file, self._parser)
        return replace(result, changed_files=changed)

    def source_ids(self, paths: Sequence[Path]) -> tuple[str, ...]:
        """Return the ids of the sources that the paths belong to."""
        with self._catalog() as catalog:
            return tuple(sources.resolve(catalog, path).id for path in paths)

    def _current(self) -> Index | None:
        """Return the index that is open, unless another process has put another catalog in the place of its own."""
        with self._lock:
            self._require_open()
            if self._index is not None and self._index.catalog.displaced:
                # A question may be reading from it still.
                self._retired.append(self._index)
                self._index = None
            return self._index

    def _let_go(self) -> None:
        """Close the index, so that another can take its place."""
        with self._lock:
            for index in (*self._retired, self._index):
                if index is not None:
                    index.close()
            self._retired, self._index = [], None
            self._place.close()

    def _shut(self) -> None:
        """Let go of everything, for good."""
        with self._lock:
            # Under the lock: else who asks just now would open the index behind us.
            self._closed = True
            self._let_go()
        self._parser.close()
        self._seat.close()

    def _require_open(self) -> None:
        if self._closed:
            raise OpenEngine(
                "The engine is closed.", hint="Open another one (rag.connect), and close it when all is asked."
            )

    @contextmanager
    def _catalog(self) -> Generator[AnyCatalog]:
        """Give the catalog alone: no vectors, no embedder, whoever made them."""
        if (index := self._current()) is not None:
            yield index.catalog
            return
        catalog = self._seat.open(self._place.path())
        try:
            yield catalog
        finally:
            catalog.close()
