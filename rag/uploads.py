"""A document that somebody handed over as bytes, without a file that could be followed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rag.catalog import Entry
from rag.documents.folder import document_id
from rag.documents.reading import READABLE, make_document, unread_format
from rag.errors import FixFile, FixInput
from rag.index import Index
from rag.ingest import Chunker
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


def take(index: Index, embedder: Embedder, *, name: str, data: bytes, source: str = UPLOADS) -> Taken:
    """Make bytes the document ``name`` of a source, live when this returns. To be called by the index's writer.

    Raises:
        FixInput: the name is none that a file below a folder could have.
        FixFile: the bytes are no document.
    """
    name = clean_name(name)
    known = index.catalog.known(source).get(name)
    identity = known.id if known else document_id(source, name)
    document = make_document(data, identity=identity, source=source, name=name)
    if known is not None and known.version == document.info.version:
        return Taken(document.info, "unchanged")
    stored = Chunker(index, embedder).chunks(document)
    index.catalog.note_source(source, _ROOT + source, whole=False)
    index.catalog.store(document, stored)
    # No file stands behind it, so no size and time stamp prove later that a file is the same.
    index.publish([Entry(document.info, len(data), 0, 0)])
    return Taken(document.info, "changed" if known else "added")


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
