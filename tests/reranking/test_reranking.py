"""A reranker reorders a search, chooses what an answer is read from, and is asked only where one is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import LocalEngine, connect, load_settings
from rag.errors import BelegError, ChangeModel, FixModel, FixSettings, RetryLater, ShortenRequest
from rag.reranking import make_reranking
from rag.reranking.endpoint import Endpoint
from tests.scripted import ScriptedServer, saying, scripted_server

SECRET = "sk-0123456789"
SHORT, LONG = "Der Hafen öffnet.\n", "Der Hafen von Habbel öffnet im Mai, sagte der Bürgermeister am Montag.\n"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as script:
        yield script


def opened(tmp_path: Path, **given: str) -> LocalEngine:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text(SHORT, encoding="utf-8")
    (docs / "b.txt").write_text(LONG, encoding="utf-8")
    engine = connect(load_settings(index=tmp_path / "index", embedding="hashed-words", **given))
    engine.ingest(docs)
    return engine


def test_scores_come_back_in_the_order_of_the_passages(server: ScriptedServer) -> None:
    assert Endpoint(server.address, "m", "secret").scores("Wer?", ["ab", "abc", "a"]) == [2.0, 3.0, 1.0]
    assert server.reranked[0]["query"] == "Wer?"
    assert server.keys == ["Bearer secret"]


def test_a_bare_list_of_scores_is_read_too(server: ScriptedServer) -> None:
    server.rerank = lambda _: (200, json.dumps([{"index": 1, "score": 0.5}, {"index": 0, "score": -1}]))

    assert Endpoint(f"{server.address}/rerank/", "m").scores("?", ["a", "b"]) == [-1.0, 0.5]


@pytest.mark.parametrize(
    ("status", "text", "error"),
    [
        (401, "no key", FixModel),
        (404, "no such page", FixModel),
        (413, "too long", ShortenRequest),
        (429, "later", RetryLater),
        (503, "loading", RetryLater),
        (200, "<html>", ChangeModel),
        (200, "{}", ChangeModel),
        (200, '{"results": [{"index": 0}]}', ChangeModel),
        (200, '{"results": [{"index": 0, "relevance_score": 1}]}', ChangeModel),
        (200, '{"results": [{"index": 0, "score": NaN}, {"index": 1, "score": 1}]}', ChangeModel),
    ],
)
def test_what_a_server_does_wrong_is_told(
    server: ScriptedServer, status: int, text: str, error: type[BelegError]
) -> None:
    server.rerank = lambda _: (status, text)

    with pytest.raises(error) as raised:
        Endpoint(server.address, "m").scores("?", ["a", "b"])
    assert raised.value.hint


@pytest.mark.parametrize(
    "text",
    [
        '{"results": [{"index": 1e999, "score": 1}]}',
        f'{{"results": [{{"index": 0, "score": {10**400}}}, {{"index": 1, "score": 1}}]}}',
        f'{{"results": [{{"index": 0, "score": {"9" * 5000}}}, {{"index": 1, "score": 1}}]}}',
        "[" * 200_000,
        '{"results": 5}',
        "[1, 2]",
        "null",
    ],
)
def test_a_list_that_is_none_is_told(server: ScriptedServer, text: str) -> None:
    server.rerank = lambda _: (200, text)

    with pytest.raises(ChangeModel, match="no list of scores"):
        Endpoint(server.address, "m").scores("?", ["a", "b"])


@pytest.mark.parametrize(
    "data",
    [
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nno\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[",
        b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_a_broken_reply_is_told(data: bytes) -> None:
    with saying(data) as address, pytest.raises((RetryLater, ChangeModel), match="sent"):
        Endpoint(address, "m").scores("?", ["a", "b"])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_neither_question_nor_key_go_to_another_address(server: ScriptedServer, status: int) -> None:
    with scripted_server() as other:
        location = other.address.replace("127.0.0.1", "localhost") + "/rerank"
        server.headers = {"Location": location}
        server.rerank = lambda _: (status, "")
        with pytest.raises(FixModel, match=f"on to {location}"):
            Endpoint(server.address, "m", SECRET).scores("?", ["a", "b"])
        assert other.keys == []
        assert other.reranked == []


@pytest.mark.parametrize("status", [400, 401, 413, 429, 500])
def test_a_key_that_it_repeats_is_struck_out(server: ScriptedServer, status: int) -> None:
    server.rerank = lambda _: (status, f"{'x' * 195} Bearer {SECRET}")

    with pytest.raises(BelegError) as raised:
        Endpoint(server.address, "m", SECRET).scores("?", ["a", "b"])
    assert SECRET[:4] not in str(raised.value)


def test_it_may_say_how_long_to_wait(server: ScriptedServer) -> None:
    server.headers = {"Retry-After": "17"}
    server.rerank = lambda _: (429, "later")

    with pytest.raises(RetryLater) as raised:
        Endpoint(server.address, "m").scores("?", ["a", "b"])
    assert raised.value.after == 17


@pytest.mark.parametrize("key", [f"{SECRET}\r", f"{SECRET}\n", f"{SECRET} x", "schlüssel"])
def test_a_key_that_no_header_takes_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(FixSettings, match="cannot be sent") as raised:
        Endpoint("http://127.0.0.1:9", "m", key)
    assert "RAG_RERANKER_KEY" in raised.value.hint
    assert SECRET not in f"{raised.value} {raised.value.hint}"


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1",
        "http://ex ample",
        "http://h:port",
        "http://a..b/v1",
        "http://u:geheim@h/v1",
        "http://h/v1?api_key=geheim",
    ],
)
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(FixModel, match="address") as raised:
        Endpoint(url, "m")
    assert "RAG_RERANKER" in raised.value.hint
    assert "geheim" not in f"{raised.value} {raised.value.hint}"


def test_nobody_at_the_address_is_told() -> None:
    with pytest.raises(RetryLater, match="cannot be reached"):
        Endpoint("http://127.0.0.1:9", "m").scores("?", ["a", "b"])
    with pytest.raises(FixModel, match="no address"):
        Endpoint("file:///etc/passwd", "m")


def test_a_search_lists_what_the_reranker_likes_best(server: ScriptedServer, tmp_path: Path) -> None:
    with opened(tmp_path, reranker="m", reranker_url=server.address) as engine:
        assert [hit.text for hit in engine.search("Öffnet der Hafen?")] == [LONG.strip(), SHORT.strip()]
        assert [hit.text for hit in engine.search("Öffnet der Hafen?", limit=1)] == [LONG.strip()]


def test_an_answer_asks_it_once_and_says_only_what_stands_there(server: ScriptedServer, tmp_path: Path) -> None:
    with opened(tmp_path, reranker="m", reranker_url=server.address) as engine:
        answer = engine.ask("Öffnet der Hafen?")

    assert len(server.reranked) == 1
    assert all(citation.quote in SHORT + LONG for citation in answer.citations)


def test_none_named_none_asked(server: ScriptedServer, tmp_path: Path) -> None:
    with opened(tmp_path, reranker_url=server.address) as engine:
        engine.ask("Öffnet der Hafen?")

    assert server.reranked == []


def test_a_reranker_needs_an_address_or_a_file(tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match="no address"):
        make_reranking(load_settings(reranker="bge"))
    missing = make_reranking(load_settings(reranker=str(tmp_path / "no.gguf")))
    assert missing is not None
    pytest.importorskip("xllamacpp")
    with pytest.raises(FixModel, match="no model file"):
        missing.reranker.scores("?", ["a", "b"])


def test_its_key_is_not_shown() -> None:
    assert "secret" not in repr(load_settings(reranker="m", reranker_url="http://h", reranker_key="secret"))
