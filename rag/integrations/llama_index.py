"""Beleg inside LlamaIndex: its search as a retriever, its answers as a query engine.

    from rag import connect, load_settings
    from rag.integrations.llama_index import BelegQueryEngine, BelegRetriever

    engine = connect(load_settings(index=".beleg"))
    retriever, query_engine = BelegRetriever(engine), BelegQueryEngine(engine)

Both take any engine and can be used wherever LlamaIndex takes a retriever or a query engine: in
tools, routers, agents. Offsets are code points of the stored text; ``text[start:end]`` is the node's
text, always.
"""

from __future__ import annotations

import asyncio
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from rag.protocol import Engine
from rag.receipts import to_json
from rag.records import Answer, Citation, DocumentInfo, Filters, Hit, Span
from rag.render import words_of

# What a model is not shown when a node goes into its prompt.
_FOR_PROGRAMS = ["document_id", "version", "start", "end", "origin"]


class BelegRetriever(BaseRetriever):
    """Passages as nodes, best first; ``filters`` and ``limit`` as in ``Engine.search``."""

    def __init__(self, engine: Engine, *, filters: Filters | None = None, limit: int = 10, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._engine = engine
        self._filters = filters or Filters()
        self._limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._engine.search(query_bundle.query_str, self._filters, limit=self._limit)
        return [_hit_node(hit) for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class BelegQueryEngine(BaseQueryEngine):
    """Verified answers as responses, with a source node for each citation.

    The response's text is the statements, each with the numbers of its citations, or the sentence
    that the documents do not say; ``metadata["status"]`` tells the two apart, and
    ``metadata["receipt"]`` is the receipt. Citation [1] is the first source node.
    """

    def __init__(
        self, engine: Engine, *, filters: Filters | None = None, top: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(kwargs.pop("callback_manager", None), **kwargs)
        self._engine = engine
        self._filters = filters or Filters()
        self._top = top

    def _query(self, query_bundle: QueryBundle) -> Response:
        return _response(self._engine.ask(query_bundle.query_str, self._filters, top=self._top))

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> dict[str, Any]:
        # The prompts are files: see prompts/README.md.
        return {}


def _response(answer: Answer) -> Response:
    said = [f"{s.text} {' '.join(f'[{n + 1}]' for n in s.citations)}" for s in answer.statements]
    scores = {n: s.score for s in reversed(answer.statements) for n in s.citations}
    return Response(
        response="\n".join(said) or words_of(answer).not_found,
        source_nodes=[_citation_node(c, scores.get(n)) for n, c in enumerate(answer.citations)],
        metadata={"status": answer.status, "receipt": to_json(answer)},
    )


def _hit_node(hit: Hit) -> NodeWithScore:
    d, span = hit.document, hit.chunk.span
    return _node(hit.chunk.id, d.id, span, hit.text, _about(d.name, d), hit.score)


def _citation_node(c: Citation, score: float | None) -> NodeWithScore:
    about = {**_about(c.document, c), "origin": c.origin}
    return _node(f"{c.document_id}:{c.start}:{c.end}", c.document_id, Span(c.start, c.end), c.quote, about, score)


def _about(name: str, d: DocumentInfo | Citation) -> dict[str, Any]:
    date = d.date.isoformat() if d.date else None
    return {"document": name, "title": d.title, "language": d.language, "date": date, "version": d.version}


def _node(
    identity: str, document: str, span: Span, text: str, about: dict[str, Any], score: float | None
) -> NodeWithScore:
    values = {"document_id": document, "start": span.start, "end": span.end, **about}
    node = TextNode(
        id_=identity,
        text=text,
        start_char_idx=span.start,
        end_char_idx=span.end,
        metadata={key: value for key, value in values.items() if value is not None},
        excluded_llm_metadata_keys=_FOR_PROGRAMS,
        excluded_embed_metadata_keys=_FOR_PROGRAMS,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=document)},
    )
    return NodeWithScore(node=node, score=score)
