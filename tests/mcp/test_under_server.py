"""The same tools under ``/mcp`` of the real server, with its keys and its queue."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from rag import LocalEngine
from rag.receipts import to_json
from rag.server.app import make_app
from rag.server.auth import new_key
from rag.server.rule import ServerRule
from tests.conftest import SEEDS
from tests.mcp.conftest import talk_to
from tests.mcp.test_tools import without_times
from tests.serving import Serving

ROOT = Path(__file__).parent.parent.parent
QUESTION = "Wer schläft unter den Eichen?"


@pytest.fixture
def served(held: LocalEngine) -> Iterator[str]:
    with Serving(make_app(held, ServerRule())) as url:
        yield f"{url}mcp"


def asked(question: str) -> Any:
    return lambda client: client.call_tool("ask", {"question": question})


def test_the_server_offers_the_tools_without_sending_anybody_on(served: str, held: LocalEngine) -> None:
    given = talk_to(served, asked(QUESTION))

    assert without_times(given.structured_content) == without_times(to_json(held.ask(QUESTION)))
    assert not httpx2.post(served, json={}).is_redirect
    assert httpx2.get(served).status_code == 405


def test_the_keys_of_the_server_hold_for_agents(held: LocalEngine, tmp_path: Path) -> None:
    key, line = new_key("agent", writes=False)
    (tmp_path / "keys").write_text(f"{line}\n")

    with Serving(make_app(held, ServerRule(api_keys=tmp_path / "keys"))) as url:
        assert httpx2.post(f"{url}mcp", json={}).status_code == 401

        async def ask() -> Any:
            async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as http:
                transport = streamable_http_client(f"{url}mcp", http_client=http)
                async with Client(transport) as client:
                    return await asked(QUESTION)(client)

        given = asyncio.run(ask())

    assert given.structured_content["status"] == "answered"


def test_a_page_of_somebody_else_s_is_turned_away(served: str) -> None:
    headers = {"Origin": "http://evil.example", "Content-Type": "application/json"}

    assert httpx2.post(served, json={}, headers=headers).status_code == 403


@pytest.mark.model
def test_gold_questions_have_the_answer_of_the_engine(seeds_engine: LocalEngine, pytestconfig: pytest.Config) -> None:
    from evals.corpus import read_corpus
    from evals.loading import load_gold

    questions = sorted({case.question for case in load_gold(ROOT / "evals" / "gold", read_corpus(SEEDS))})
    questions = questions if pytestconfig.getoption("--soak") else questions[:: len(questions) // 25]

    async def ask_all(client: Client) -> list[dict[str, Any]]:
        return [(await asked(question)(client)).structured_content for question in questions]

    with Serving(make_app(seeds_engine, ServerRule())) as url:
        given = talk_to(f"{url}mcp", ask_all)

    assert len(given) > 20
    assert [without_times(one) for one in given] == [without_times(to_json(seeds_engine.ask(q))) for q in questions]
