"""What the catalog hands out of documents, sources and changes."""

from __future__ import annotations

import datetime as dt
import fnmatch
from dataclasses import dataclass
from typing import Any

from rag.records import DocumentInfo, Filters
from rag.text.language import KNOWN

SHARDS = tuple(sorted({*KNOWN, "other"}))
"""The parts of an index, one for each language that is known."""

INFO = "d.id, d.source, d.name, d.version, v.length, v.title, v.language, v.date, v.author"
"""Columns that ``info`` reads, of documents d joined with versions v."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A folder that brought documents; ``whole`` where the folder itself was named, not files in it."""

    id: str
    root: str
    whole: bool
    documents: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored version that is to go live, with what was known of its file when it was read.

    ``size`` is in bytes; ``modified`` and ``checked``, the moment before it was read, are in
    nanoseconds.
    """

    document: DocumentInfo
    size: int
    modified: int
    checked: int


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change feed; ``version`` is None where the document was removed."""

    number: int
    document_id: str
    name: str
    version: str | None
    previous: str | None
    at: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A change feed as it stands: of which catalog, compacted how often, and the number of its last entry."""

    identity: str = ""
    compactions: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class Corpus:
    """All live documents together: how many, how many without a date or a language, and a hash over their versions."""

    documents: int
    undated: int
    unknown_language: int
    fingerprint: str


def of_file(file: str | None) -> tuple[str, tuple[str | int, ...]]:
    """Return what narrows a statement to the names of a file and of what is in it, and its values; None: nothing."""
    if file is None:
        return "", ()
    inside = f"{file}/"
    return " AND (name = ? OR substr(name, 1, ?) = ?)", (file, len(inside), inside)


def shard_of(language: str | None) -> str:
    """Return the shard that holds documents of a language."""
    return language if language in KNOWN else "other"


def info(row: tuple[Any, ...]) -> DocumentInfo:
    """Read the columns of ``INFO``."""
    identity, source, name, version, length, title, language, date, author = row
    day = dt.date.fromisoformat(date) if date else None
    return DocumentInfo(identity, source, name, version, length, title, language, day, author)


def passes(document: DocumentInfo, filters: Filters) -> bool:
    """Say whether a document passes the filters; an undated one passes a date filter only if asked for."""
    if filters.folders and document.source not in filters.folders:
        return False
    if filters.language and document.language != filters.language:
        return False
    if filters.source and not fnmatch.fnmatchcase(document.name, filters.source):
        return False
    if filters.since is None and filters.until is None:
        return True
    if document.date is None:
        return filters.include_undated
    return (filters.since is None or document.date >= filters.since) and (
        filters.until is None or document.date <= filters.until
    )
