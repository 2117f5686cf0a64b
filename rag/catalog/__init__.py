"""The source of truth: documents, their versions, chunks, vectors, and what changed when."""

from rag.catalog.rows import Change, Known, SourceRow, StoredChunk
from rag.catalog.sqlite import Catalog

__all__ = ["Catalog", "Change", "Known", "SourceRow", "StoredChunk"]
