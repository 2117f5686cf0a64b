"""Chunker and embedder as LlamaIndex transforms: exact offsets and stable ids, in any pipeline."""

from __future__ import annotations

import asyncio
import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import Document as LlamaDocument
from llama_index.core.schema import NodeRelationship
from llama_index.core.storage.docstore import SimpleDocumentStore

from rag.chunking import chunk_document
from rag.documents.reading import make_document
from rag.embedding import HashedWords
from rag.records import Document
from rag.transforms import Embed, ExactChunker, SentenceNodes, from_llama, pipeline, run, to_llama

EMBEDDER = HashedWords()
REPEATED = "Er kam. Er sah.\n\nEr kam. Er sah.\n\n" * 40
TEXTS = [
    "Ein Satz.",
    REPEATED,
    "Der Hafen 🚢 wächst. " * 200,
    "  \n\nMit Rand. Und „Zitat“.  \n",
    "Wort" * 3000,
    "Eins.\n\n\n\nZwei. U.S. troops, z. B. am 3. Oktober.",
]
PLAIN = [
    LlamaDocument(id_="a", text=REPEATED, metadata={"author": "ich", "language": "de"}),
    LlamaDocument(id_="b", text="The cat sat. The dog ran."),
]


def made(text: str, name: str = "a.txt") -> Document:
    return make_document(text.encode(), identity="d" * 16, source="s", name=name)


def plain_pipeline(**given: object) -> IngestionPipeline:
    return IngestionPipeline(
        transformations=[ExactChunker(embedder=EMBEDDER), SentenceNodes(), Embed(embedder=EMBEDDER)], **given
    )


@pytest.mark.parametrize("text", TEXTS)
def test_every_node_is_the_slice_that_it_says_it_is(text: str) -> None:
    nodes = plain_pipeline(disable_cache=True).run(documents=[LlamaDocument(text=text)])

    assert nodes
    for node in nodes:
        assert text[node.start_char_idx : node.end_char_idx] == node.get_content()
        assert node.get_content() == node.get_content().strip() != ""


@given(text=st.text(st.sampled_from("abÄ .!?\n🚢\u00a0"), min_size=1, max_size=300).filter(str.strip))
def test_sentences_lie_within_their_chunk_and_cover_it(text: str) -> None:
    nodes = SentenceNodes()(ExactChunker(embedder=EMBEDDER)([LlamaDocument(text=text)]))

    chunks = {node.node_id: node for node in nodes if node.metadata["kind"] == "chunk"}
    covered = set()
    for node in nodes:
        assert text[node.start_char_idx : node.end_char_idx] == node.get_content()
        if node.metadata["kind"] == "sentence":
            parent = chunks[node.relationships[NodeRelationship.PARENT].node_id]
            assert parent.start_char_idx <= node.start_char_idx < node.end_char_idx <= parent.end_char_idx
            covered |= set(range(node.start_char_idx, node.end_char_idx))
    assert all(at in covered for at, char in enumerate(text) if not char.isspace())


def test_ids_are_the_same_in_every_run_and_differ_for_repeated_text() -> None:
    first, second = (plain_pipeline().run(documents=PLAIN) for _ in range(2))

    assert [node.node_id for node in first] == [node.node_id for node in second]
    assert len({node.node_id for node in first}) == len(first)
    other = ExactChunker(embedder=EMBEDDER)([LlamaDocument(id_="b", text="The cat sat. The dog ran!")])
    assert other[0].node_id not in {node.node_id for node in first}


def test_nodes_know_their_document_and_its_metadata() -> None:
    nodes = plain_pipeline().run(documents=PLAIN)

    assert {node.ref_doc_id for node in nodes} == {"a", "b"}
    chunk = nodes[0]
    assert (chunk.metadata["author"], chunk.metadata["language"]) == ("ich", "de")
    assert "sentences" not in chunk.get_metadata_str(mode="embed")
    assert "kind" not in chunk.get_metadata_str(mode="llm")


@pytest.mark.parametrize("given", [{}, {"disable_cache": True}, {"docstore_strategy": "duplicates_only"}])
def test_a_plain_pipeline_takes_them(given: dict[str, object]) -> None:
    if "docstore_strategy" in given:
        given = {**given, "docstore": SimpleDocumentStore()}
    pipe = plain_pipeline(**given)
    nodes = pipe.run(documents=PLAIN)

    assert {node.metadata["kind"] for node in nodes} == {"chunk", "sentence"}
    assert all(len(node.embedding or []) == EMBEDDER.dimensions for node in nodes)
    again = pipe.run(documents=PLAIN)
    assert [node.node_id for node in again] == ([] if "docstore" in given else [node.node_id for node in nodes])


def test_a_pipeline_runs_beside_an_event_loop() -> None:
    nodes = asyncio.run(plain_pipeline().arun(documents=PLAIN))

    assert [node.node_id for node in nodes] == [node.node_id for node in plain_pipeline().run(documents=PLAIN)]


def test_a_chunk_alone_can_be_embedded() -> None:
    nodes = Embed(embedder=EMBEDDER)(ExactChunker(embedder=EMBEDDER)(PLAIN))

    expected = EMBEDDER.embed([node.get_content() for node in nodes], "chunk", None)
    assert np.allclose([node.embedding for node in nodes], expected)


@pytest.mark.parametrize("text", TEXTS)
def test_the_pipeline_of_an_ingest_gives_what_the_steps_give(text: str) -> None:
    document = made(text)
    stored = run(pipeline(EMBEDDER), document)

    assert [one.chunk for one in stored] == chunk_document(document, EMBEDDER.name, EMBEDDER.count)
    for one in stored:
        spans = [span.of(document.text) for span in one.chunk.sentences]
        vector = EMBEDDER.embed([one.chunk.span.of(document.text)], "chunk", document.info.language)[0]
        assert one.vector.dtype == one.sentence_vectors.dtype == np.float16
        assert np.allclose(one.vector, vector, atol=1e-3)
        assert np.allclose(one.sentence_vectors, EMBEDDER.embed(spans, "sentence", document.info.language), atol=1e-3)


def test_one_pipeline_serves_many_documents() -> None:
    pipe = pipeline(EMBEDDER)

    for text in TEXTS * 2:
        document = made(text)
        assert [one.chunk for one in run(pipe, document)] == chunk_document(document, EMBEDDER.name, EMBEDDER.count)


@pytest.mark.parametrize(
    "text", ["Stand: 22.10.2021\n\nDer Hafen wächst.", "---\ntitle: Ein Titel\nlanguage: de\n---\nText.", "1 2 3"]
)
def test_a_document_survives_the_way_to_llamaindex_and_back(text: str) -> None:
    document = made(text, "a.md")

    assert from_llama(to_llama(document)) == document


def test_a_foreign_document_is_taken_as_it_is() -> None:
    foreign = from_llama(LlamaDocument(id_="x", text="A text.", metadata={"date": "2021-10-22"}))

    assert (foreign.info.id, foreign.info.name, foreign.info.language, foreign.info.title) == ("x", "x", None, None)
    assert foreign.info.date == dt.date(2021, 10, 22)
    assert foreign.info.version == made("A text.").info.version
