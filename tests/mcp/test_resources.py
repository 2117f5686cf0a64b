"""Documents as resources, and their addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp import Client, MCPError

from rag import LocalEngine, Span
from rag.mcp import server
from rag.mcp.resources import Place, mime_type, parse
from tests.folders import TEXTS
from tests.mcp.conftest import Talk


@given(st.from_regex(r"[0-9a-f]{16}", fullmatch=True), st.none() | st.tuples(*[st.integers(0, 10**12 - 1)] * 2))
def test_an_address_means_the_place_it_was_made_of(identity: str, ends: tuple[int, int] | None) -> None:
    place = Place(identity, span=Span(*sorted(ends)) if ends else None)

    assert parse(place.uri) == place


@pytest.mark.parametrize(
    "uri", ["", "file:///etc/passwd", "beleg://documents/", "beleg://documents/a/5-2", "beleg://documents/a/b/1-2"]
)
def test_other_addresses_mean_nothing(uri: str) -> None:
    assert parse(uri) is None


def test_markdown_is_named() -> None:
    assert (mime_type("a/B.MD"), mime_type("a.txt")) == ("text/markdown", "text/plain")


def test_every_document_is_listed_and_can_be_read(talk: Callable[[Talk], Any], held: LocalEngine) -> None:
    async def read_all(client: Client) -> dict[str, str]:
        listed = (await client.list_resources()).resources
        return {one.name: (await client.read_resource(one.uri)).contents[0].text for one in listed}

    texts = talk(read_all)

    assert set(texts) == set(TEXTS)
    assert texts["hafen.txt"] == held.document("hafen.txt").text


def test_the_list_comes_in_pages(over_http: Callable[[Talk], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_PAGE", 2)

    async def pages(client: Client) -> list[list[str]]:
        found, cursor = [], None
        while True:
            page = await client.list_resources(cursor=cursor)
            found.append([one.name for one in page.resources])
            if (cursor := page.next_cursor) is None:
                return found

    assert over_http(pages) == [["hafen.txt", "harbour.txt"], ["tief/wald.md"]]


def test_the_templates_name_documents_and_spans(over_http: Callable[[Talk], Any]) -> None:
    templates = over_http(lambda client: client.list_resource_templates()).resource_templates

    assert [one.uri_template for one in templates] == [
        "beleg://documents/{id}",
        "beleg://documents/{id}/{start}-{end}",
    ]


@pytest.mark.parametrize("uri", ["beleg://documents/nowhere", "file:///etc/passwd"])
def test_what_is_not_there_is_an_error(over_http: Callable[[Talk], Any], uri: str) -> None:
    with pytest.raises(MCPError, match=r"No (document|resource)"):
        over_http(lambda client: client.read_resource(uri))
