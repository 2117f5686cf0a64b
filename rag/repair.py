"""A damaged catalog made anew of what can still be read of it: every text is held against its own checksum."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.catalog import Catalog, Entry, StoredChunk
from rag.catalog.schema import FILE, STAGE, set_aside, storage_errors
from rag.documents.folder import Known, document_id
from rag.documents.reading import is_version
from rag.errors import RebuildIndex
from rag.records import Document
from rag.vectors import inherited

if TYPE_CHECKING:
    from rag.embedding import Embedder
    from rag.index import Index
    from rag.intake import Chunker

# How far a stored vector's length may be from one: it is kept in 16 bits a number.
_OFF = 0.01


@dataclass(frozen=True, slots=True)
class Repaired:
    """What became of the documents of a damaged catalog, by name.

    ``embedded`` had their texts whole and were embedded again; ``lost`` are those that could not be read.
    """

    kept: int
    embedded: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What was read of a damaged catalog and moved into a new one; ``unembedded`` still need their chunks."""

    kept: int
    unembedded: tuple[tuple[Document, Known], ...]
    lost: tuple[str, ...]


def salvage(folder: Path, damaged: Catalog, embedder: Embedder) -> Salvaged:
    """Put a new catalog in the place of a damaged one; the old one is kept under another name.

    Where vectors are of several lengths, those that are not of the ``embedder``'s need embedding again.

    Raises:
        RebuildIndex: not even the list of documents can be read.
    """
    stage, length = folder / STAGE, _right_length(damaged, embedder)
    with storage_errors(folder):
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir()
    try:
        with closing(Catalog(stage, create={"embedder": damaged.meta("embedder") or "", **inherited(damaged)})) as new:
            found = _moved(damaged, new, length)
            # Whoever opens it makes vectors and words anew, should this process not get there.
            new.mark(unsettled=True)
            new.settle_log()
        damaged.close()
        set_aside(folder)
        with storage_errors(folder):
            (stage / FILE).replace(folder / FILE)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return found


def beyond(name: str, damage: Sequence[str]) -> RebuildIndex:
    """Return the error for a damaged catalog on a server, whose pages nobody here can read."""
    return RebuildIndex(
        f"The catalog is damaged ({name}): {'; '.join(damage[:5])}.",
        hint="Restore the database from its backup, or make the index anew: rag ingest FOLDER --rebuild",
    )


def finish(index: Index, chunker: Chunker, salvaged: Salvaged) -> Repaired:
    """Make vectors and words anew, and embed what has lost its own."""
    index.rebuild()
    for document, known in salvaged.unembedded:
        index.catalog.store(document, chunker.chunks(document))
        index.publish([_entry(document, known)])
    embedded = tuple(document.info.name for document, _ in salvaged.unembedded)
    return Repaired(salvaged.kept, embedded, salvaged.lost)


def _right_length(damaged: Catalog, embedder: Embedder) -> int | None:
    """Return the length that vectors should have where they have several; which is right, only the embedder can tell."""
    try:
        several = len(damaged.lengths()) > 1
    except RebuildIndex:
        return None
    return embedder.dimensions if several else None


def _moved(damaged: Catalog, new: Catalog, length: int | None) -> Salvaged:
    kept, lost = 0, list[str]()
    unembedded: list[tuple[Document, Known]] = []
    for source in damaged.sources():
        new.note_source(source.id, source.root, whole=source.whole)
        for known in damaged.known(source.id).values():
            document, chunks = _read(damaged, known, length)
            if document is None:
                lost.append(known.name)
            elif not chunks:
                unembedded.append((document, known))
            else:
                new.store(document, chunks)
                new.go_live([_entry(document, known)])
                kept += 1
        with suppress(RebuildIndex):
            names = damaged.unwanted(source.id)
            new.note_unwanted(source.id, [(document_id(source.id, name), name) for name in names])
    return Salvaged(kept, tuple(unembedded), tuple(lost))


def _read(damaged: Catalog, known: Known, length: int | None) -> tuple[Document | None, list[StoredChunk]]:
    """Return a document if its text is what was stored, and its chunks if they are whole."""
    try:
        document = damaged.document(known.id)
    except (RebuildIndex, ValueError):
        return None, []
    if document is None or not is_version(known.version, document.text, known.name):
        return None, []
    try:
        chunks = damaged.chunks_of(known.id, known.version)
    except (RebuildIndex, ValueError):
        return document, []
    fits = length is None or all(len(stored.vector) == length for stored in chunks)
    return document, chunks if fits and _whole(document, chunks) else []


def _whole(document: Document, chunks: Sequence[StoredChunk]) -> bool:
    """Say whether chunks cover a text and their vectors are such."""
    at = 0
    for stored in chunks:
        if any(
            span.end > len(document.text) or document.text[at : span.start].strip()
            for span in stored.chunk.sentences[:1]
        ):
            return False
        at = stored.chunk.span.end
        if not all(abs(length - 1) < _OFF for length in _lengths(stored)):
            return False
    return not document.text[at:].strip()


def _lengths(stored: StoredChunk) -> Iterator[float]:
    for matrix in (stored.vector[None], stored.sentence_vectors):
        with np.errstate(all="ignore"):
            yield from np.linalg.norm(matrix.astype(np.float32), axis=1).tolist()


def _entry(document: Document, known: Known) -> Entry:
    return Entry(document.info, known.size, known.modified, known.checked)
