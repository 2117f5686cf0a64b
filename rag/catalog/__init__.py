"""The source of truth: documents, their versions, chunks, vectors, and what changed when."""

from rag.catalog.rows import SHARDS, Change, Corpus, Entry, Known, SeenFile, Sentences, SourceRow, StoredChunk, shard_of
from rag.catalog.schema import exists
from rag.catalog.sqlite import Catalog

__all__ = [
    "SHARDS",
    "Catalog",
    "Change",
    "Corpus",
    "Entry",
    "Known",
    "SeenFile",
    "Sentences",
    "SourceRow",
    "StoredChunk",
    "exists",
    "shard_of",
]
