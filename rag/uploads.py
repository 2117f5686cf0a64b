"""A document that somebody handed over as bytes, without a file that could be followed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rag.catalog import Entry
from rag.documents.folder import File, Source, document_id
from rag.documents.formats import READABLE, is_many, is_of, unread_format
from rag.documents.reading import Parser, make_document
from rag.errors import FixFile, FixInput
from rag.index import Index
from rag.intake import Chunker, IngestReport, Intake, read
from rag.plan import Plan, Todo
from rag.records import DocumentInfo

if TYPE_CHECKING:
    from rag.embedding import Embedder

UPLOADS = "uploads"
"""The source of documents that belong to no folder."""

_ROOT = "upload:"
_LONGEST_NAME = 400
_LONGEST_PART = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an upload: the document is live, and was ``added``, ``changed`` or ``unchanged``."""

    document: DocumentInfo
    verdict: Literal["added", "changed", "unchanged"]


def take(
    index: Index, embedder: Embedder, parser: Parser, *, name: str, data: bytes, source: str = UPLOADS
) -> Taken | IngestReport:
    """Make bytes the document ``name`` of a source, live when this returns. To be called by the index's writer.

    Of a file that holds documents, each becomes one, and what cannot be read stands in the report.

    Raises:
        FixInput: the name is none that a file below a folder could have.
        FixFile: the bytes are no document.
        InstallExtra: a library that reads them is missing.
    """
    name = clean_name(name)
    if is_many(name):
        return _take_many(index, embedder, parser, name, data, source)
    known = index.catalog.known(source).get(name)
    identity = known.id if known else document_id(source, name)
    document = make_document(data, identity=identity, source=source, name=name, parser=parser)
    if known is not None and known.version == document.info.version:
        return Taken(document.info, "unchanged")
    stored = Chunker(index, embedder).chunks(document)
    index.catalog.note_source(source, _ROOT + source, whole=False)
    index.catalog.store(document, stored)
    # No file stands behind it, so no size and time stamp prove later that a file is the same.
    index.publish([Entry(document.info, len(data), 0, 0)])
    return Taken(document.info, "changed" if known else "added")


def _take_many(index: Index, embedder: Embedder, parser: Parser, name: str, data: bytes, source: str) -> IngestReport:
    """Make the documents in a file live, and take away those that it does not hold any more."""
    known = {one: row for one, row in index.catalog.known(source).items() if is_of(one, name)}
    index.catalog.note_source(source, _ROOT + source, whole=False)
    todo = Todo(Source(source, Path(), whole=False), File(Path(name), name, len(data), 0), known)
    intake = Intake(index, Chunker(index, embedder), Plan(fresh=[todo]))
    for _ in intake.take(todo, read(todo, lambda: data, parser)):
        pass
    return intake.end()


def is_upload(root: str) -> bool:
    """Say whether what a source remembers as its folder is none: its documents were handed over."""
    return root.startswith(_ROOT)


def clean_name(name: str) -> str:
    """Return a document's name in NFC.

    Raises:
        FixInput: it is empty or too long, leads out of a folder, or holds what no name should.
        FixFile: it is of a format that Beleg does not read.
    """
    clean = unicodedata.normalize("NFC", name)
    parts = clean.split("/")
    wrong = (
        len(clean) > _LONGEST_NAME
        or any(part in ("", ".", "..") or len(part.encode("utf-8", "replace")) > _LONGEST_PART for part in parts)
        or any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c == "\\" for c in clean)
    )
    if wrong:
        raise FixInput(
            f"{name[:80]!r} cannot be a document's name.", hint="Use a plain file name, such as 2026/report.txt."
        )
    if (why := unread_format(clean)) is not None:
        raise FixFile(why, hint=f"These are read: {', '.join(READABLE)}", skipped=True)
    return clean
