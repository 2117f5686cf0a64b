"""What the catalog remembers of files: where in them a text stood, and those that are not one document."""

from __future__ import annotations

from collections.abc import Iterable

from rag.catalog.database import Database
from rag.catalog.rows import of_file
from rag.documents.folder import SeenFile
from rag.place import Place
from rag.records import Document, Span


class Files:
    """The part of the catalog that knows files; the rest is ``CatalogReader`` and ``AnyCatalog``."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def places(self, document: str, version: str, span: Span | None = None) -> tuple[Place, ...]:
        """Return the places of a stored version in order, or those that a span touches, the unnamed ones that end others included."""
        if span is None:
            rows = self._db.all(
                "SELECT start, kind, number, name FROM places WHERE document_id = ? AND version = ? ORDER BY start",
                document, version,
            )  # fmt: skip
            return tuple(Place(*row) for row in rows)
        # From the place that the span begins in to the one that it ends in.
        rows = self._db.all(
            "SELECT start, kind, number, name FROM places WHERE document_id = ? AND version = ? AND start < ?"
            " AND start >= (SELECT coalesce(max(start), 0) FROM places"
            " WHERE document_id = ? AND version = ? AND start <= ?) ORDER BY start",
            document, version, max(span.end, span.start + 1), document, version, span.start,
        )  # fmt: skip
        return tuple(Place(*row) for row in rows)

    def seen_files(self, source: str, file: str | None = None) -> dict[str, SeenFile]:
        """Return what is remembered of a source's files that are not one document, or of one and those in it, by name."""
        narrowed, values = of_file(file)
        statement = f"SELECT name, size, modified, checked, reason, hint, skipped FROM files WHERE source = ?{narrowed}"
        rows = self._db.all(statement, source, *values)
        return {
            name: SeenFile(name, size, modified, checked, reason, hint or "", bool(skipped))
            for name, size, modified, checked, reason, hint, skipped in rows
        }

    def note_files(self, source: str, files: Iterable[SeenFile], *, forget: Iterable[str] = ()) -> None:
        """Remember files that are not one document, and forget those that are gone or have become one."""
        rows = [(source, f.name, f.size, f.modified, f.checked, f.reason, f.hint, int(f.skipped)) for f in files]
        names = [(source, name) for name in forget]
        if rows or names:
            with self._db.writing():
                self._db.many("DELETE FROM files WHERE source = ? AND name = ?", names)
                self._db.many(
                    "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, name) DO UPDATE SET"
                    " size = excluded.size, modified = excluded.modified, checked = excluded.checked,"
                    " reason = excluded.reason, hint = excluded.hint, skipped = excluded.skipped",
                    rows,
                )

    def store_places(self, document: Document) -> None:
        """Store a version's places, within the transaction that stores the version."""
        d = document.info
        self._db.many(
            "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?)",
            [(d.id, d.version, place.start, place.kind, place.number, place.name) for place in document.places],
        )
