"""Documents that somebody handed over as bytes: the files that they were are on another machine, or on none."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rag.catalog import Entry
from rag.documents.folder import File, Known, Source, document_id
from rag.documents.formats import is_many
from rag.documents.naming import clean_name
from rag.documents.reading import Parser, make_document
from rag.index import Index
from rag.intake import Chunker, Intake, read
from rag.plan import RACY_NS, Plan, Todo
from rag.records import DocumentInfo
from rag.reports import IngestReport

if TYPE_CHECKING:
    from rag.embedding import Embedder

UPLOADS = "uploads"
"""The source of documents that belong to no folder."""

_ROOT = "upload:"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an upload: the document is live, and was ``added``, ``changed`` or ``unchanged``."""

    document: DocumentInfo
    verdict: Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Same:
    """A file that holds what it held; ``document`` is an id, ``modified`` as in ``take``."""

    document: str
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody found who looked through a source's files.

    Those that are the ``same``; ids of documents whose files are ``gone``; and names of ``past`` files, of which
    nothing need be remembered.
    """

    same: Sequence[Same] = ()
    gone: Sequence[str] = ()
    past: Sequence[str] = ()


def take(
    index: Index,
    embedder: Embedder,
    parser: Parser,
    *,
    name: str,
    data: bytes,
    source: str = UPLOADS,
    modified: int = 0,
) -> Taken | IngestReport:
    """Make bytes the document ``name`` of a source, live when this returns. To be called by the index's writer.

    Of a file that holds documents, each becomes one, and what cannot be read stands in the report.
    ``modified`` is the time stamp of the file that they are of, in nanoseconds, by which and by its size it
    is known again. It is 0 where there is none, or where it proves nothing: the file was written just now.

    Raises:
        FixInput: the name is none that a file below a folder could have.
        FixFile: the bytes are no document.
        InstallExtra: a library that reads them is missing.
    """
    name = clean_name(name, file=source != UPLOADS)
    if is_many(name):
        return _take_many(index, embedder, parser, name, data, source, modified)
    known = index.catalog.known(source, name).get(name)
    identity = known.id if known else document_id(source, name)
    document = make_document(data, identity=identity, source=source, name=name, parser=parser)
    if known is not None and known.version == document.info.version:
        if modified:
            index.catalog.checked([_seen(known, len(data), modified)])
        return Taken(document.info, "unchanged")
    stored = Chunker(index, embedder).chunks(document)
    index.require_length(stored)
    index.catalog.note_source(source, _ROOT + source, whole=False)
    index.catalog.store(document, stored)
    index.publish([Entry(document.info, len(data), modified, _checked(modified))])
    return Taken(document.info, "changed" if known else "added")


def settle(index: Index, source: str, found: Found) -> list[str]:
    """Remember what was found, and remove the documents whose files are gone; return their names.

    Ids of other sources' documents are passed over. To be called by the index's writer.
    """
    known = {row.id: row for row in index.catalog.known(source).values()}
    index.catalog.checked(
        [_seen(known[one.document], one.size, one.modified) for one in found.same if one.document in known]
    )
    gone = [identity for identity in dict.fromkeys(found.gone) if identity in known]
    if gone:
        index.withdraw(gone)
    index.catalog.note_files(source, (), forget=found.past)
    return [known[identity].name for identity in gone]


def _seen(known: Known, size: int, modified: int) -> Known:
    return replace(known, size=size, modified=modified, checked=_checked(modified))


def _checked(modified: int) -> int:
    """Return when a file was read that was not written just then, whatever the clocks of two machines say."""
    return max(time.time_ns(), modified + RACY_NS + 1) if modified else 0


def _take_many(
    index: Index, embedder: Embedder, parser: Parser, name: str, data: bytes, source: str, modified: int
) -> IngestReport:
    """Make the documents in a file live, and take away those that it does not hold any more."""
    known = index.catalog.known(source, name)
    index.catalog.note_source(source, _ROOT + source, whole=False)
    seen = tuple(index.catalog.seen_files(source, name))
    file = File(name, name, len(data), modified)
    todo = Todo(Source(source, Path(), whole=False), file, known, seen=seen)
    intake = Intake(index, Chunker(index, embedder), Plan(fresh=[todo]))
    for _ in intake.take(todo, read(todo, lambda: data, parser), checked=_checked(modified)):
        pass
    return intake.end()


def is_upload(root: str) -> bool:
    """Say whether what a source remembers as its folder is none: its documents were handed over."""
    return root.startswith(_ROOT)
