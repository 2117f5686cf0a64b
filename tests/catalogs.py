"""Catalogs for tests: filled without a model, and taken back to an earlier schema."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from rag.catalog import Catalog, Entry, StoredChunk
from rag.catalog.schema import FILE
from rag.chunking import address
from rag.documents.folder import document_id
from rag.documents.reading import text_version
from rag.records import Chunk, Document, DocumentInfo, Span

SOURCE = "s" * 16


def filled(catalog: Catalog, *names: str) -> list[Document]:
    """Make a document of one chunk live for each name."""
    catalog.note_source(SOURCE, "/docs", whole=True)
    documents = [_document(name) for name in names]
    for document in documents:
        span = Span(0, len(document.text))
        chunk = Chunk(address(document.info, span, "e/1"), document.info.id, document.info.version, span, (span,))
        vectors = np.ones((1, 4), dtype=np.float16)
        catalog.store(document, [StoredChunk(chunk, "de", vectors[0], vectors)])
    catalog.go_live([Entry(document.info, 1, 1, 1) for document in documents])
    return documents


def as_schema_1(folder: Path) -> None:
    """Take the catalog of a folder back to the tables that the first release made."""
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        for statement in (
            "DROP TABLE files",
            "DROP TABLE places",
            "ALTER TABLE chunks DROP COLUMN tokens",
            "ALTER TABLE versions DROP COLUMN author",
            "ALTER TABLE versions DROP COLUMN length",
            "UPDATE meta SET value = '1' WHERE key = 'schema'",
        ):
            connection.execute(statement)


def _document(name: str) -> Document:
    text = f"Der Hafen wächst 🚢. Das steht in {name}."
    info = DocumentInfo(document_id(SOURCE, name), SOURCE, name, text_version(text), len(text), language="de")
    return Document(info, text)
