"""The source of truth: documents, their versions, chunks, vectors, and what changed when."""

from rag.catalog.changing import AnyCatalog
from rag.catalog.chunks import Proposed, Sentences, StoredChunk, stacked
from rag.catalog.rows import SHARDS, Change, Corpus, Entry, Feed, SourceRow, shard_of
from rag.catalog.schema import exists
from rag.catalog.seat import FileSeat, Seat, seat_of
from rag.catalog.sqlite import Catalog, await_disk

__all__ = [
    "SHARDS",
    "AnyCatalog",
    "Catalog",
    "Change",
    "Corpus",
    "Entry",
    "Feed",
    "FileSeat",
    "Proposed",
    "Seat",
    "Sentences",
    "SourceRow",
    "StoredChunk",
    "await_disk",
    "exists",
    "seat_of",
    "shard_of",
    "stacked",
]
