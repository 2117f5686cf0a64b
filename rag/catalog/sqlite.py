"""The catalog in one SQLite file."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable, Sequence

from rag.catalog.files import Files
from rag.catalog.rows import INFO, Change, Entry, Known, SourceRow, StoredChunk, info, pack, passes, unpack
from rag.catalog.schema import storage_errors
from rag.records import Document, DocumentInfo, Filters, Span

_LIVE = "documents d JOIN versions v ON v.document_id = d.id AND v.version = d.version"
_CHUNK = "c.id, c.document_id, c.version, c.start, c.stop, c.shard, c.sentences, c.vector, c.sentence_vectors"


class Catalog(Files):
    """Documents with their text, versions, chunks and vectors; readers see whole versions only.

    A version is stored first (``store``), and becomes the document's live one in a transaction of
    its own (``go_live``), after both indexes hold its chunks. What is stored and not live is an
    orphan: the next ingest takes it up again or sweeps it.
    """

    def meta(self, key: str) -> str | None:
        """Return a value that was given when the index was made."""
        row = self._one("SELECT value FROM meta WHERE key = ?", key)
        return row[0] if row else None

    @property
    def generation(self) -> int:
        """A number that moves with every change that a reader must notice."""
        return int(self.meta("generation") or 0)

    @property
    def unsettled(self) -> bool:
        """Whether the indexes are being written, or somebody died while writing them."""
        return self.meta("unsettled") == "1"

    def damage(self) -> list[str]:
        """Return what SQLite's own check finds wrong; empty where nothing is."""
        with self._mutex, storage_errors(self.folder):
            rows = self._db.execute("PRAGMA quick_check").fetchall()
        return [row[0] for row in rows if row[0] != "ok"]

    def sources(self) -> list[SourceRow]:
        """Return the folders that brought documents, by path."""
        rows = self._all(
            "SELECT s.id, s.root, s.whole, count(d.id) FROM sources s LEFT JOIN documents d ON d.source = s.id"
            " GROUP BY s.id ORDER BY s.root"
        )
        return [SourceRow(row[0], os.fsdecode(row[1]), bool(row[2]), row[3]) for row in rows]

    def documents(self, filters: Filters | None = None) -> list[DocumentInfo]:
        """Return the live documents that pass the filters, by name."""
        found = [info(row) for row in self._all(f"SELECT {INFO} FROM {_LIVE} ORDER BY d.name, d.id")]
        return [document for document in found if passes(document, filters)] if filters else found

    def document(self, identity: str, version: str | None = None) -> Document | None:
        """Return a document with its text: the live version, or the one named."""
        row = self._one(f"SELECT {INFO}, v.text FROM {_LIVE} WHERE d.id = ?", identity)
        if row is None or (version is not None and row[3] != version):
            return None
        return Document(info(row[:-1]), row[-1], self.places(identity, row[3]))

    def text_of(self, document: str, version: str, span: Span) -> str | None:
        """Return the characters of a span of a stored version, live or not; None where it is not stored."""
        row = self._one(
            "SELECT substr(text, ?, ?) FROM versions WHERE document_id = ? AND version = ?",
            span.start + 1, span.end - span.start, document, version,
        )  # fmt: skip
        return row[0] if row else None

    def known(self, source: str) -> dict[str, Known]:
        """Return what is remembered of a source's files, by name."""
        rows = self._all("SELECT id, name, version, size, modified, checked FROM documents WHERE source = ?", source)
        return {row[1]: Known(*row) for row in rows}

    def live_chunks(self, ids: Sequence[str]) -> list[tuple[StoredChunk, DocumentInfo]]:
        """Return those of the chunks that belong to a live version, with their documents.

        Ids that are unknown or stale are left out, which is how a half-written or replaced chunk
        can never surface.
        """
        rows = self._all(
            f"SELECT {_CHUNK}, {INFO} FROM json_each(?) asked CROSS JOIN chunks c ON c.id = asked.value"
            " JOIN documents d ON d.id = c.document_id AND d.version = c.version"
            " JOIN versions v ON v.document_id = d.id AND v.version = d.version",
            json.dumps(ids),
        )
        return [(unpack(row[:9]), info(row[9:])) for row in rows]

    def chunks_of(self, document: str, version: str) -> list[StoredChunk]:
        """Return the chunks of a version in reading order."""
        rows = self._all(
            f"SELECT {_CHUNK} FROM chunks c WHERE c.document_id = ? AND c.version = ? ORDER BY c.start",
            document,
            version,
        )
        return [unpack(row) for row in rows]

    def chunk_ids(self, documents: Iterable[str] | None = None) -> dict[str, str]:
        """Return id and shard of all live chunks, or of those of some documents."""
        join = "SELECT c.id, c.shard FROM chunks c JOIN documents d ON d.id = c.document_id AND d.version = c.version"
        if documents is None:
            return dict(self._all(join))
        return dict(self._all(f"{join} WHERE d.id IN (SELECT value FROM json_each(?))", json.dumps(list(documents))))

    def allowed(self, filters: Filters) -> tuple[list[str] | None, dict[str, list[str]] | None]:
        """Return documents, and chunk ids by shard, that pass the filters; None where nothing is filtered."""
        if filters.empty:
            return None, None
        documents = [d.id for d in self.documents(filters)]
        among: dict[str, list[str]] = {}
        for identity, shard in sorted(self.chunk_ids(documents).items()):
            among.setdefault(shard, []).append(identity)
        return documents, among

    def chunk_count(self) -> int:
        """Return the number of live chunks."""
        row = self._one(
            "SELECT count(*) FROM chunks c JOIN documents d ON d.id = c.document_id AND d.version = c.version"
        )
        return row[0] if row else 0

    def fingerprint(self) -> str:
        """Return a hash over all live documents and their versions: the corpus that was asked."""
        rows = self._all("SELECT id, version FROM documents ORDER BY id")
        return hashlib.sha256("\n".join(f"{a} {b}" for a, b in rows).encode()).hexdigest()[:16]

    def changes(self, after: int = 0) -> list[Change]:
        """Return the change feed behind entry ``after``, oldest first."""
        rows = self._all(
            "SELECT number, document_id, name, version, previous, at FROM changes WHERE number > ? ORDER BY number",
            after,
        )
        return [Change(*row) for row in rows]

    def orphans(self) -> list[tuple[str, str]]:
        """Return the versions (document id, version) that are stored and not live."""
        return self._all(
            "SELECT v.document_id, v.version FROM versions v LEFT JOIN documents d"
            " ON d.id = v.document_id AND d.version = v.version WHERE d.id IS NULL"
        )

    def reusable(self, version: str, language: str | None) -> list[StoredChunk] | None:
        """Return the chunks of a document that holds this very text, so that nothing is embedded twice."""
        row = self._one(
            "SELECT document_id FROM versions WHERE version = ? AND complete AND language IS ? LIMIT 1",
            version,
            language,
        )
        return self.chunks_of(row[0], version) if row else None

    def store(self, document: Document, chunks: Iterable[StoredChunk]) -> None:
        """Store a version and its chunks, not yet live; the same one, if stored and not live, is replaced."""
        d = document.info
        with self.writing():
            self._db.execute("DELETE FROM versions WHERE document_id = ? AND version = ?", (d.id, d.version))
            self._db.execute(
                "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
                (d.id, d.version, document.text, d.title, d.language, d.date.isoformat() if d.date else None, d.author),
            )
            self.store_places(document)
            self._db.executemany("INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(pack, chunks))

    def note_source(self, source: str, root: str, *, whole: bool) -> None:
        """Remember a folder; one that was once taken in whole stays so."""
        with self.writing():
            self._db.execute(
                "INSERT INTO sources VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET whole = max(whole, excluded.whole)",
                (source, os.fsencode(root), whole),
            )

    def unwanted(self, source: str) -> set[str]:
        """Return the names of a source's documents that a person removed."""
        return {row[0] for row in self._all("SELECT name FROM unwanted WHERE source = ?", source)}

    def go_live(self, entries: Iterable[Entry]) -> None:
        """Make stored versions the live ones, all or none."""
        with self.writing(durable=True):
            for entry in entries:
                d = entry.document
                old = self._db.execute("SELECT version FROM documents WHERE id = ?", (d.id,)).fetchone()
                self._db.execute(
                    "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                    " version = excluded.version, size = excluded.size, modified = excluded.modified,"
                    " checked = excluded.checked",
                    (d.id, d.source, d.name, d.version, entry.size, entry.modified, entry.checked),
                )
                self._db.execute("DELETE FROM unwanted WHERE id = ?", (d.id,))
                self._changed(d.id, d.name, d.version, old[0] if old else None)
            self._moved()

    def checked(self, entries: Iterable[Entry]) -> None:
        """Remember that files were read again and hold the same text."""
        rows = [(entry.size, entry.modified, entry.checked, entry.document.id) for entry in entries]
        with self.writing():
            self._db.executemany("UPDATE documents SET size = ?, modified = ?, checked = ? WHERE id = ?", rows)

    def move_source(self, source: str, root: str) -> None:
        """Remember that a source's folder now stands elsewhere; its documents keep their ids."""
        with self.writing():
            self._db.execute("UPDATE sources SET root = ? WHERE id = ?", (os.fsencode(root), source))

    def withdraw(self, documents: Iterable[str], *, unwanted: bool) -> None:
        """Take documents out of every answer; their versions become orphans.

        ``unwanted`` remembers that a person said so, and their file may still be there.
        """
        with self.writing(durable=True):
            for identity in documents:
                row = self._db.execute(
                    "DELETE FROM documents WHERE id = ? RETURNING source, name, version", (identity,)
                ).fetchone()
                if row is None:
                    continue
                self._changed(identity, row[1], None, row[2])
                if unwanted:
                    self._db.execute("INSERT OR REPLACE INTO unwanted VALUES (?, ?, ?)", (identity, row[0], row[1]))
            self._db.execute("DELETE FROM sources WHERE NOT whole AND id NOT IN (SELECT source FROM documents)")
            self._moved()

    def forget(self, versions: Iterable[tuple[str, str]]) -> None:
        """Delete versions that are not live, with their chunks."""
        with self.writing():
            self._db.executemany("DELETE FROM versions WHERE document_id = ? AND version = ?", versions)
            self._moved()

    def mark(self, *, unsettled: bool) -> None:
        """Say that the indexes are about to be written, or that this ended well; readers take notice."""
        with self.writing(durable=unsettled):
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('unsettled', ?)", (str(int(unsettled)),))
            self._moved()

    def compact(self) -> None:
        """Give the space of deleted rows back to the file system."""
        with self._mutex, storage_errors(self.folder):
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _changed(self, identity: str, name: str, version: str | None, previous: str | None) -> None:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self._db.execute(
            "INSERT INTO changes (document_id, name, version, previous, at) VALUES (?, ?, ?, ?, ?)",
            (identity, name, version, previous, now),
        )

    def _moved(self) -> None:
        self._db.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
