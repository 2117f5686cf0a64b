"""What is read of a catalog, whichever database holds it."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import numpy as np

from rag.catalog.chunks import (
    CHUNK,
    PROPOSED,
    ChunkText,
    Proposed,
    Sentences,
    StoredChunk,
    chunk_of,
    mixed,
    proposed,
    sentences_of,
    tokens_of,
    unpack,
)
from rag.catalog.database import Database
from rag.catalog.gathered import Gathered
from rag.catalog.memory import ChunkMemory, SentenceMemory
from rag.catalog.rows import INFO, Change, Corpus, Feed, SourceRow, info, of_file, passes
from rag.documents.folder import Known
from rag.documents.reading import is_version
from rag.errors import RebuildIndex
from rag.records import Document, DocumentInfo, Filters, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.embedding import Vectors

_LIVE = "documents d JOIN versions v ON v.document_id = d.id AND v.version = d.version"
_STORED = "c.id, c.document_id, c.version, c.start, c.stop, c.shard, c.sentences, c.vector, c.sentence_vectors"
# Bytes of a number in a vector.
_NUMBER = 2


class CatalogReader(Gathered):
    """Documents with their text, versions, chunks and vectors; readers see whole versions only."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._memory = threading.RLock()
        self._chunks = ChunkMemory()
        self._sentences = SentenceMemory()

    def meta(self, key: str) -> str | None:
        """Return a value that was given when the index was made."""
        row = self._db.one("SELECT value FROM meta WHERE key = ?", key)
        return row[0] if row else None

    def snapshot(self) -> AbstractContextManager[None]:
        """Have this thread see one state of the catalog until the end."""
        return self._db.snapshot()

    def close(self) -> None:
        """Let go of the database; the object is not to be used any more."""
        self._db.close()

    @property
    def generation(self) -> int:
        """A number that moves with every change that a reader must notice."""
        return int(self.meta("generation") or 0)

    @property
    def unsettled(self) -> bool:
        """Whether the indexes are being written, or somebody died while writing them."""
        return self.meta("unsettled") == "1"

    def changed_texts(self) -> Iterator[str]:
        """Hold every text against its version, which holds its hash; say which is not what was stored."""
        for identity, name, version in self._db.all("SELECT id, name, version FROM documents"):
            try:
                row = self._db.one("SELECT text FROM versions WHERE document_id = ? AND version = ?", identity, version)
            except RebuildIndex:
                row = None
            if row is None or not is_version(version, row[0], name):
                yield f"the text of {name} is not what was stored"

    def sources(self) -> list[SourceRow]:
        """Return the folders that brought documents, by path."""
        rows = self._db.all(
            "SELECT s.id, s.root, s.whole, count(d.id) FROM sources s LEFT JOIN documents d ON d.source = s.id"
            " GROUP BY s.id ORDER BY s.root"
        )
        return [SourceRow(row[0], os.fsdecode(row[1]), bool(row[2]), row[3]) for row in rows]

    def documents(self, filters: Filters | None = None) -> list[DocumentInfo]:
        """Return the live documents that pass the filters, by name."""
        found = [info(row) for row in self._db.all(f"SELECT {INFO} FROM {_LIVE} ORDER BY d.name, d.id")]
        return [document for document in found if passes(document, filters)] if filters else found

    def known_as(self, which: str) -> list[DocumentInfo]:
        """Return the live document of an id; where there is none, the live documents of a name."""
        return self._where("d.id", which) or self._where("d.name", which)

    def of_version(self, version: str) -> list[DocumentInfo]:
        """Return the live documents of a version, by name."""
        return self._where("d.version", version)

    def _where(self, column: str, value: str) -> list[DocumentInfo]:
        rows = self._db.all(f"SELECT {INFO} FROM {_LIVE} WHERE {column} = ? ORDER BY d.name, d.id", value)
        return [info(row) for row in rows]

    def document(self, identity: str, version: str | None = None) -> Document | None:
        """Return a document with its text: the live version, or the one named."""
        row = self._db.one(f"SELECT {INFO}, v.text FROM {_LIVE} WHERE d.id = ?", identity)
        if row is None or (version is not None and row[3] != version):
            return None
        return Document(info(row[:-1]), row[-1], self.places(identity, row[3]))

    def text(self, document: str, version: str) -> str | None:
        """Return the text of a stored version, live or not; None where it is not stored."""
        row = self._db.one("SELECT text FROM versions WHERE document_id = ? AND version = ?", document, version)
        return row[0] if row else None

    def text_of(self, document: str, version: str, span: Span) -> str | None:
        """Return the characters of a span of a stored version, live or not; None where it is not stored."""
        row = self._db.one(
            "SELECT substr(text, ?, ?) FROM versions WHERE document_id = ? AND version = ?",
            span.start + 1, span.end - span.start, document, version,
        )  # fmt: skip
        return row[0] if row else None

    def known(self, source: str, file: str | None = None) -> dict[str, Known]:
        """Return what is remembered of a source's documents, or of a file's and those in it, by name."""
        narrowed, values = of_file(file)
        statement = f"SELECT id, name, version, size, modified, checked FROM documents WHERE source = ?{narrowed}"
        rows = self._db.all(statement, source, *values)
        return {row[1]: Known(*row) for row in rows}

    def live_chunks(self, ids: Sequence[str]) -> list[tuple[Proposed, DocumentInfo]]:
        """Return those of the chunks that belong to a live version, with their documents.

        Ids that are unknown or stale are left out, which is how a half-written or replaced chunk
        can never surface.
        """
        with self._memory:
            rows = self._db.all(
                f"SELECT c.id, c.shard, {INFO} FROM json_each(?) asked CROSS JOIN chunks c"
                " JOIN documents d ON d.id = c.document_id AND d.version = c.version"
                " JOIN versions v ON v.document_id = d.id AND v.version = d.version WHERE c.id = asked.value",
                json.dumps(list(ids)),
            )
            chunks = self._chunks.of([row[:2] for row in rows], self._proposed)
        return [(chunk, info(row[2:])) for chunk, row in zip(chunks, rows, strict=True)]

    def fresh(self) -> list[Proposed]:
        """Return the live chunks that the vector index does not hold, or need not hold."""
        with self._memory:
            return self._chunks.of(self.fresh_ids(), self._proposed)

    def _proposed(self, ids: Sequence[str]) -> list[Proposed]:
        found = f"SELECT {PROPOSED} FROM chunks c WHERE c.id IN (SELECT value FROM json_each(?))"
        return [proposed(row) for row in self._db.all(found, json.dumps(list(ids)))]

    def chunks_of(self, document: str, version: str, *, tokens: bool = True) -> list[StoredChunk]:
        """Return the chunks of a version in reading order; without their ``tokens``, which are most of them, sooner."""
        columns = f"{_STORED}, c.tokens" if tokens else _STORED
        found = f"SELECT {columns} FROM chunks c WHERE c.document_id = ? AND c.version = ? ORDER BY c.start"
        return [unpack(row) for row in self._db.all(found, document, version)]

    def passages(self, ids: Sequence[str]) -> dict[str, ChunkText]:
        """Return chunks with their text and the places that they touch, by id; what is not stored is missing.

        A server is asked once for all, and again only where a file has places.
        """
        rows = self._db.all(
            f"SELECT {CHUNK},"
            " substr(v.text, CAST(c.start + 1 AS INTEGER), CAST(c.stop - c.start AS INTEGER)),"
            " EXISTS (SELECT 1 FROM places p WHERE p.document_id = c.document_id AND p.version = c.version)"
            " FROM json_each(?) asked CROSS JOIN chunks c"
            " JOIN versions v ON v.document_id = c.document_id AND v.version = c.version WHERE c.id = asked.value",
            json.dumps(list(ids)),
        )
        found = ((chunk_of(row[:6]), row[6], row[7]) for row in rows)
        return {
            c.id: ChunkText(c, text, self.places(c.document_id, c.version, c.span) if placed else ())
            for c, text, placed in found
        }

    def sentences(self, document: str, version: str) -> Sentences:
        """Return all sentences of a version, in reading order."""
        found = "SELECT sentences, sentence_vectors FROM chunks WHERE document_id = ? AND version = ? ORDER BY start"
        with self._memory:
            return self._sentences.of((document, version), lambda: sentences_of(self._db.all(found, document, version)))

    def chunks(self, ids: Sequence[str]) -> list[StoredChunk]:
        """Return the chunks of the ids, live or not, in no particular order, without their tokens."""
        found = f"SELECT {_STORED} FROM chunks c WHERE c.id IN (SELECT value FROM json_each(?))"
        return [unpack(row) for row in self._db.all(found, json.dumps(list(ids)))]

    def tokens(self, ids: Sequence[str]) -> dict[str, tuple[NDArray[np.int8], ...]]:
        """Return the vectors of tokens of chunks, by sentence. They are large: for those alone that need them."""
        found = "SELECT c.id, c.sentences, c.tokens FROM chunks c WHERE c.id IN (SELECT value FROM json_each(?))"
        return {row[0]: tokens_of(row[1], row[2]) for row in self._db.all(found, json.dumps(list(ids)))}

    def chunk_ids(self, documents: Iterable[str] | None = None) -> dict[str, str]:
        """Return id and shard of all live chunks, or of those of some documents."""
        join = "SELECT c.id, c.shard FROM chunks c JOIN documents d ON d.id = c.document_id AND d.version = c.version"
        if documents is None:
            return dict(self._db.all(join))
        return dict(self._db.all(f"{join} WHERE d.id IN (SELECT value FROM json_each(?))", json.dumps(list(documents))))

    def owners(self, chunks: Sequence[str]) -> dict[str, str]:
        """Return the document of each of the chunks, live or not."""
        found = "SELECT c.id, c.document_id FROM chunks c WHERE c.id IN (SELECT value FROM json_each(?))"
        return dict(self._db.all(found, json.dumps(list(chunks))))

    def vectors_of(self, shard: str, documents: Sequence[str] | None = None) -> tuple[list[str], Vectors]:
        """Return the ids of a shard's live chunks, all or of some documents, and their unit vectors, (ids, dimensions)."""
        chunks = "JOIN chunks c ON c.document_id = d.id AND c.version = d.version"
        if documents is None:
            rows = self._db.all(f"SELECT c.id, c.vector FROM documents d {chunks} WHERE c.shard = ?", shard)
        else:
            rows = self._db.all(
                f"SELECT c.id, c.vector FROM json_each(?) asked CROSS JOIN documents d {chunks}"
                " WHERE d.id = asked.value AND c.shard = ?",
                json.dumps(list(documents)), shard,
            )  # fmt: skip
        if len({len(row[1]) for row in rows}) > 1:
            raise mixed()
        packed = np.frombuffer(b"".join(row[1] for row in rows), dtype="<f2")
        return [row[0] for row in rows], packed.reshape(len(rows), -1 if rows else 0).astype(np.float32)

    @property
    def dimensions(self) -> int | None:
        """How many numbers a stored vector has; None where there is none."""
        row = self._db.one("SELECT length(vector) FROM chunks LIMIT 1")
        return row[0] // _NUMBER if row else None

    def lengths(self) -> list[int]:
        """Return how many numbers the stored vectors have: more than one length is damage. It looks at every row."""
        return sorted(row[0] // _NUMBER for row in self._db.all("SELECT DISTINCT length(vector) FROM chunks"))

    def _mixed(self) -> Iterator[str]:
        if len(lengths := self.lengths()) > 1:
            yield f"the vectors are of several lengths ({', '.join(map(str, lengths))} numbers)"

    def chunk_count(self) -> int:
        """Return the number of live chunks."""
        row = self._db.one(
            "SELECT count(*) FROM chunks c JOIN documents d ON d.id = c.document_id AND d.version = c.version"
        )
        return row[0] if row else 0

    def corpus(self) -> Corpus:
        """Return what an answer says of all live documents together."""
        rows = self._db.all(f"SELECT d.id, d.version, v.date IS NULL, v.language IS NULL FROM {_LIVE} ORDER BY d.id")
        listed = "\n".join(f"{identity} {version}" for identity, version, *_ in rows)
        undated, unknown = (sum(row[at] for row in rows) for at in (2, 3))
        return Corpus(len(rows), undated, unknown, hashlib.sha256(listed.encode()).hexdigest()[:16])

    def changes(self, after: int = 0) -> list[Change]:
        """Return the change feed behind entry ``after``, oldest first."""
        rows = self._db.all(
            "SELECT number, document_id, name, version, previous, at FROM changes WHERE number > ? ORDER BY number",
            after,
        )
        return [Change(*row) for row in rows]

    def feed(self) -> Feed:
        """Return how far the change feed goes, and whose it is."""
        of = "(SELECT value FROM meta WHERE key = '{}')"
        row = self._db.one(
            f"SELECT coalesce({of.format('identity')}, ''), coalesce({of.format('compactions')}, ''),"
            " (SELECT coalesce(max(number), 0) FROM changes)"
        )
        return Feed(*row) if row else Feed()

    def orphans(self) -> list[tuple[str, str]]:
        """Return the versions (document id, version) that are stored and not live."""
        return self._db.all(
            "SELECT v.document_id, v.version FROM versions v LEFT JOIN documents d"
            " ON d.id = v.document_id AND d.version = v.version WHERE d.id IS NULL"
        )

    def reusable(self, version: str, language: str | None) -> list[StoredChunk] | None:
        """Return the chunks of a document that holds this very text, so that nothing is embedded twice."""
        row = self._db.one(
            "SELECT document_id FROM versions WHERE version = ? AND complete = 1 AND coalesce(language, '') = ? LIMIT 1",
            version,
            language or "",
        )
        return self.chunks_of(row[0], version) if row else None

    def unwanted(self, source: str) -> set[str]:
        """Return the names of a source's documents that a person removed."""
        return {row[0] for row in self._db.all("SELECT name FROM unwanted WHERE source = ?", source)}
