"""Beleg inside LlamaIndex: nodes carry document, offsets and quotes, and LlamaIndex's own parts take them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import TextNode
from llama_index.core.tools import QueryEngineTool, RetrieverTool

from rag import Filters, LocalEngine
from rag.integrations.llama_index import BelegQueryEngine, BelegRetriever
from rag.receipts import from_json
from tests.ships import DEER, HARBOUR, QUESTION, SHIPS

Asking = Callable[..., LocalEngine]


@pytest.fixture
def engine(asking: Asking) -> LocalEngine:
    return asking(llm=None)


def stored(engine: LocalEngine, node: TextNode) -> str:
    return engine.document(node.metadata["document_id"]).text[node.start_char_idx : node.end_char_idx]


def test_passages_are_nodes_at_exact_offsets(engine: LocalEngine) -> None:
    found = BelegRetriever(engine, limit=2).retrieve(QUESTION)
    hits = engine.search(QUESTION, limit=2)

    assert [one.score for one in found] == [hit.score for hit in hits]
    for one in found:
        assert isinstance(one.node, TextNode)
        assert stored(engine, one.node) == one.node.text
        assert one.node.metadata["document"] in SHIPS
        assert one.node.ref_doc_id == one.node.metadata["document_id"]
    assert found[0].node.metadata["date"] in ("2021-10-22", "2022-11-30")


def test_an_answer_has_a_source_node_for_each_citation(engine: LocalEngine) -> None:
    response = BelegQueryEngine(engine, top=2).query("Wer schläft unter den Eichen?")
    answer = engine.ask("Wer schläft unter den Eichen?", top=2)

    assert str(response).split("\n")[0] == f"{DEER} [1]"
    assert [one.node.get_content() for one in response.source_nodes] == [c.quote for c in answer.citations]
    assert response.metadata is not None
    assert response.metadata["status"] == "answered"
    for one in response.source_nodes:
        assert isinstance(one.node, TextNode)
        assert stored(engine, one.node) == one.node.text
        assert one.score is not None


def test_a_refusal_says_so_and_cites_nothing(engine: LocalEngine) -> None:
    response = BelegQueryEngine(engine, filters=Filters(language="fr")).query(QUESTION)

    assert str(response) == "Das steht nicht in den Dokumenten."
    assert (response.source_nodes, response.metadata and response.metadata["status"]) == ([], "not_in_documents")


def test_the_receipt_comes_along(engine: LocalEngine) -> None:
    response = BelegQueryEngine(engine).query(QUESTION)

    assert response.metadata is not None
    assert engine.verify(from_json(json.dumps(response.metadata["receipt"]))).holds


def test_both_answer_without_blocking_an_event_loop(engine: LocalEngine) -> None:
    async def both() -> tuple[int, str]:
        nodes = await BelegRetriever(engine).aretrieve(QUESTION)
        return len(nodes), str(await BelegQueryEngine(engine).aquery(QUESTION))

    count, said = asyncio.run(both())

    assert count == len(BelegRetriever(engine).retrieve(QUESTION))
    assert "[1]" in said


def test_llama_indexs_own_query_engine_takes_the_retriever(engine: LocalEngine) -> None:
    theirs = RetrieverQueryEngine.from_args(BelegRetriever(engine), llm=MockLLM())

    response = theirs.query(QUESTION)

    assert HARBOUR in str(response)
    assert len(response.source_nodes) == 3


def test_tools_for_agents_take_both(engine: LocalEngine) -> None:
    asked = QueryEngineTool.from_defaults(BelegQueryEngine(engine), name="beleg", description="Answers.")
    found = RetrieverTool.from_defaults(BelegRetriever(engine), name="search", description="Passages.")

    assert "[1]" in asked.call(QUESTION).content
    assert HARBOUR in found.call(QUESTION).content
