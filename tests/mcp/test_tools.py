"""The tools, as an agent's client sees them; the SDK checks every structured result against its schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mcp import Client

from rag import LocalEngine
from rag.receipts import json_schema, plain, to_json
from tests.mcp.conftest import Talk

TIMES = {"timings", "asked"}


def called(talk: Callable[[Talk], Any], tool: str, **arguments: Any) -> Any:
    async def call(client: Client) -> Any:
        return await client.call_tool(tool, arguments)

    return talk(call)


def test_the_tools_say_what_they_take_and_give(over_http: Callable[[Talk], Any]) -> None:
    tools = {tool.name: tool for tool in over_http(lambda client: client.list_tools()).tools}

    assert set(tools) == {"ask", "search", "read_document", "verify"}
    assert tools["ask"].output_schema == json_schema()
    assert tools["ask"].input_schema["required"] == ["question"]
    assert all(tool.description and tool.output_schema["type"] == "object" for tool in tools.values())
    assert all(tool.annotations.read_only_hint for tool in tools.values())


def test_an_answer_is_the_receipt_that_the_engine_gives(talk: Callable[[Talk], Any], held: LocalEngine) -> None:
    given = called(talk, "ask", question="Wer schläft unter den Eichen?", top=1)

    expected = to_json(held.ask("Wer schläft unter den Eichen?", top=1))
    assert not given.is_error
    assert without_times(given.structured_content) == without_times(expected)
    assert "Das Reh schläft unter den Eichen. [1]" in given.content[0].text


def test_an_answer_links_to_the_cited_span(over_http: Callable[[Talk], Any]) -> None:
    async def follow(client: Client) -> tuple[Any, str]:
        answer = await client.call_tool("ask", {"question": "Wer schläft unter den Eichen?", "top": 1})
        read = await client.read_resource(answer.content[1].uri)
        return answer.structured_content["citations"][0], read.contents[0].text

    citation, text = over_http(follow)

    assert text == citation["quote"]


def test_a_question_can_be_narrowed(over_http: Callable[[Talk], Any]) -> None:
    given = called(over_http, "search", question="Hamburg", language="EN", limit=5)

    assert {hit["document"] for hit in given.structured_content["hits"]} == {"harbour.txt"}


def test_a_search_gives_what_the_engine_finds(over_http: Callable[[Talk], Any], held: LocalEngine) -> None:
    given = called(over_http, "search", question="Hafen", limit=2).structured_content["hits"]

    found = held.search("Hafen", limit=2)
    assert [(h["document"], h["start"], h["end"], h["text"], h["score"]) for h in given] == [
        (h.document.name, h.chunk.span.start, h.chunk.span.end, h.text, h.score) for h in found
    ]


def test_a_document_is_read_in_windows(over_http: Callable[[Talk], Any], held: LocalEngine) -> None:
    whole = held.document("hafen.txt").text

    first = called(over_http, "read_document", document="hafen.txt", end=10)
    rest = called(over_http, "read_document", document="hafen.txt", start=10)

    assert first.structured_content["text"] + rest.structured_content["text"] == whole
    assert "go on with start=10" in first.content[0].text
    assert rest.structured_content["end"] == rest.structured_content["length"] == len(whole)


def test_a_receipt_is_verified_and_a_changed_one_found_out(over_http: Callable[[Talk], Any], held: LocalEngine) -> None:
    answer = held.ask("Wer schläft unter den Eichen?", top=1)
    receipt = to_json(answer)
    forged = {**receipt, "citations": [{**receipt["citations"][0], "quote": "Der Wolf schläft unter den Eichen."}]}

    good = called(over_http, "verify", receipt=receipt).structured_content
    bad = called(over_http, "verify", receipt=forged).structured_content

    assert good == {**plain(held.verify(answer)), "holds": True}
    assert not bad["holds"]
    assert bad["citations"][0]["verdict"] == "changed"


def test_what_cannot_be_called_is_said_so_that_a_model_can_mend_it(over_http: Callable[[Talk], Any]) -> None:
    for tool, arguments, said in (
        ("ask", {"question": "Wer?", "top": 99}, "top: Input should be less than or equal to 20"),
        ("ask", {"question": "  "}, "The question is empty."),
        ("ask", {"question": "Wer?", "since": "2022-01-01", "until": "2021-01-01"}, "later than"),
        ("ask", {"question": "Wer?", "since": "86400"}, "since '86400' is no date. Write it as 2022-11-30"),
        ("ask", {"question": "Wer?", "folder": "/etc"}, "folder: Extra inputs are not permitted"),
        ("read_document", {"document": "../../etc/passwd"}, "No document '../../etc/passwd'"),
        ("read_document", {"document": "hafen.txt", "start": 9000}, "lies outside the document"),
        ("verify", {"receipt": {"schema": 1}}, "Not a receipt"),
    ):
        given = called(over_http, tool, **arguments)

        assert given.is_error, arguments
        assert said in given.content[0].text


def without_times(receipt: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in receipt.items() if key not in TIMES}
