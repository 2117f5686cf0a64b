"""Chunking and embedding as LlamaIndex transforms.

With ``ingest.py`` the only importer of LlamaIndex, and imported only when there is something to
ingest. The steps themselves are plain functions elsewhere; these classes carry them through an
``IngestionPipeline`` and can be used in anybody's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import BaseNode, NodeRelationship, TextNode, TransformComponent
from llama_index.core.schema import Document as LlamaDocument
from pydantic import ConfigDict, Field

from rag.catalog import StoredChunk, shard_of
from rag.chunking import chunk_document
from rag.embedding import Embedder
from rag.place import Place, row_ranges
from rag.records import Chunk, Document, DocumentInfo, Span
from rag.tokens import by_sentence

_TABLES = "tables"


class ChunkNode(TextNode):
    """A chunk; ``reading`` is what the embedder made of it, and no part of what a store would write down."""

    reading: Any = Field(default=None, exclude=True)


class ExactChunker(TransformComponent):
    """LlamaIndex documents to nodes whose ``start_char_idx`` and ``end_char_idx`` are exact.

    Node ids are content addresses, so the same text gives the same nodes in every run. A node has
    its document as source and the document's metadata, as LlamaIndex's own splitters do it.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)
    embedder: Any

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[BaseNode]:
        """Return the chunks of all documents, in reading order."""
        del kwargs
        return [
            _node(node, document, chunk)
            for node, document in zip(nodes, map(from_llama, nodes), strict=True)
            for chunk in chunk_document(document, self.embedder.name, self.embedder.count)
        ]


class SentenceNodes(TransformComponent):
    """Adds behind each chunk one node for each of its sentences, with the chunk as parent."""

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[BaseNode]:
        """Return the given nodes and their sentences."""
        del kwargs
        out: list[BaseNode] = []
        for node in nodes:
            out.append(node)
            text, offset = node.get_content(), int(node.start_char_idx or 0)  # type: ignore[attr-defined]
            for at, (start, end) in enumerate(node.metadata["sentences"]):
                out.append(
                    TextNode(
                        id_=f"{node.node_id}/{at}",
                        text=text[start - offset : end - offset],
                        start_char_idx=start,
                        end_char_idx=end,
                        metadata={"kind": "sentence", "language": node.metadata["language"]},
                        excluded_embed_metadata_keys=["kind"],
                        excluded_llm_metadata_keys=["kind"],
                        relationships={**node.relationships, NodeRelationship.PARENT: node.as_related_node_info()},
                    )
                )
        return out


class Embed(TransformComponent):
    """Gives each node its vector, of the kind and language that its metadata names."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    embedder: Any

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[BaseNode]:
        """Return the nodes, embedded."""
        del kwargs
        languages = dict.fromkeys(node.metadata.get("language") for node in nodes)
        for language in languages:
            members = [node for node in nodes if node.metadata.get("language") == language]
            sentences = [node for node in members if node.metadata.get("kind") == "sentence"]
            chunks = [node for node in members if node.metadata.get("kind") != "sentence"]
            readings, vectors = self.embedder.passages(
                [node.get_content() for node in chunks], [node.get_content() for node in sentences], language
            )
            for node, reading in zip(chunks, readings, strict=True):
                node.embedding = reading.vector.tolist()
                if isinstance(node, ChunkNode):
                    node.reading = reading
            for node, vector in zip(sentences, vectors, strict=True):
                node.embedding = vector.tolist()
        return list(nodes)


def pipeline(embedder: Embedder) -> IngestionPipeline:
    """Return the pipeline that an ingest runs each document through."""
    return IngestionPipeline(
        transformations=[ExactChunker(embedder=embedder), SentenceNodes(), Embed(embedder=embedder)],
        disable_cache=True,
    )


def run(pipe: IngestionPipeline, document: Document) -> list[StoredChunk]:
    """Run one document through a pipeline and return its chunks with their vectors."""
    nodes = pipe.run(documents=[to_llama(document)], show_progress=False)
    chunks: list[StoredChunk] = []
    sentences = {node.node_id: node for node in nodes if node.metadata["kind"] == "sentence"}
    for node in nodes:
        if isinstance(node, ChunkNode):
            spans = tuple(Span(a, b) for a, b in node.metadata["sentences"])
            below = [sentences[f"{node.node_id}/{at}"].embedding for at in range(len(spans))]
            span = Span(node.start_char_idx, node.end_char_idx)  # type: ignore[attr-defined]
            chunk = Chunk(node.node_id, document.info.id, document.info.version, span, spans)
            vector = np.array(node.embedding, dtype=np.float16)
            tokens = by_sentence(node.reading, [(s.start - span.start, s.end - span.start) for s in spans])
            chunks.append(
                StoredChunk(chunk, shard_of(document.info.language), vector, np.array(below, np.float16), tokens)
            )
    return chunks


def to_llama(document: Document) -> LlamaDocument:
    """Return a document as LlamaIndex knows one, all that Beleg knows of it in its metadata."""
    d = document.info
    date = d.date.isoformat() if d.date else None
    return LlamaDocument(
        id_=d.id,
        text=document.text,
        metadata={"source": d.source, "name": d.name, "version": d.version, "title": d.title, "language": d.language,
                  "date": date, "author": d.author, _TABLES: row_ranges(document.places, len(document.text))},
    )  # fmt: skip


def from_llama(node: BaseNode) -> Document:
    """Return a LlamaIndex document as Beleg's; what its metadata lacks stays unknown."""
    from rag.documents.reading import text_version

    text, known = node.get_content(), node.metadata
    date = known.get("date")
    info = DocumentInfo(
        id=node.node_id,
        source=known.get("source", ""),
        name=known.get("name", node.node_id),
        version=known.get("version") or text_version(text),
        length=len(text),
        title=known.get("title"),
        language=known.get("language"),
        date=dt.date.fromisoformat(date) if date else None,
        author=known.get("author"),
    )
    # A chunker needs to know no more of places than where tables are.
    edges = ((Place(start, "row"), Place(end, "heading")) for start, end in known.get(_TABLES, ()))
    return Document(info, text, tuple(edge for pair in edges for edge in pair))


def _node(origin: BaseNode, document: Document, chunk: Chunk) -> ChunkNode:
    return ChunkNode(
        id_=chunk.id,
        text=chunk.span.of(document.text),
        start_char_idx=chunk.span.start,
        end_char_idx=chunk.span.end,
        metadata={  # type: ignore[call-arg]
            **{key: value for key, value in origin.metadata.items() if key != _TABLES},
            "kind": "chunk",
            "language": document.info.language,
            "sentences": [(span.start, span.end) for span in chunk.sentences],
        },
        excluded_embed_metadata_keys=[*origin.excluded_embed_metadata_keys, "kind", "sentences"],
        excluded_llm_metadata_keys=[*origin.excluded_llm_metadata_keys, "kind", "sentences"],
        relationships={NodeRelationship.SOURCE: origin.as_related_node_info()},
    )
