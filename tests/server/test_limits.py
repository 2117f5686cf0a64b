"""Sizes, rates, the queue, and time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request

from rag import LocalEngine, load_settings
from rag.errors import FixInput
from rag.server.auth import Caller
from rag.server.gate import Rates
from rag.server.problems import Problem
from rag.server.rule import ServerRule, is_loopback, rule_of
from tests.scripted import Fails, ScriptedServer
from tests.server.conftest import TOKEN, Served, SteppingEngine, serving


def problem(response: Any) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    values = response.json()
    assert values["status"] == response.status_code
    assert values["title"]
    assert values["detail"]
    assert values["request_id"]
    return response.status_code, values["type"].removeprefix("urn:beleg:problem:")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "question"),
        ({"question": 3}, "question"),
        ({"question": ""}, "question"),
        ({"question": "x", "top": 21}, "top"),
        ({"question": "x", "since": "yesterday"}, "since"),
        ({"question": "x", "since": "86400"}, "since"),
        ({"question": "x", "until": 86400}, "until"),
        ({"question": "x", "language": "deutsch"}, "language"),
        ({"question": "x", "folder": "x"}, "folder"),
    ],
)
def test_a_field_that_is_not_usable_is_named(site: Served, body: dict[str, Any], field: str) -> None:
    refused = site.http.post("/v1/ask", json=body)

    assert problem(refused) == (422, "validation")
    assert [one["field"] for one in refused.json()["errors"]] == [field]


def test_a_body_that_is_no_json_is_said_to_be_none(site: Served) -> None:
    refused = site.http.post("/v1/ask", content=b'{"question":', headers={"Content-Type": "application/json"})

    assert problem(refused) == (422, "validation")
    assert refused.json()["detail"] == "The request is not usable: body."
    assert refused.json()["errors"] == [{"field": "body", "message": "no JSON from character 12 on"}]


@pytest.mark.parametrize(
    ("method", "path", "content", "expected"),
    [
        ("POST", "/v1/ask", b'{"question": "?!"}', (400, "fix-input")),
        ("POST", "/v1/ask", b'{"question": "' + b"x " * 2000 + b'"}', (400, "fix-input")),
        ("POST", "/v1/ask", b"{", (422, "validation")),
        ("POST", "/v1/verify", b"{}", (400, "fix-input")),
        ("POST", "/v1/verify", b"\xff", (400, "fix-input")),
        ("GET", "/v1/documents/none.txt", b"", (404, "unknown-document")),
        ("DELETE", "/v1/documents/none.txt", b"", (404, "unknown-document")),
        ("GET", "/v1/documents/hafen.txt/text?start=9999", b"", (400, "fix-input")),
        ("GET", "/v1/documents/hafen.txt/text?start=-1", b"", (422, "validation")),
        ("GET", "/v1/nothing", b"", (404, "not-found")),
        ("PATCH", "/v1/ask", b"", (405, "method-not-allowed")),
        ("PUT", "/v1/documents/a.png", b"PNG", (415, "unsupported-media-type")),
        ("PUT", "/v1/documents/a.txt", b"\x00\x01\x02", (415, "unsupported-media-type")),
        ("PUT", "/v1/documents/a.txt", b"  ", (422, "unusable-document")),
        ("PUT", "/v1/documents/..%2f..%2fetc%2fpasswd.txt", b"x", (400, "fix-input")),
        ("PUT", "/v1/documents//etc/passwd.txt", b"x", (400, "fix-input")),
        ("PUT", "/v1/documents/a%00.txt", b"x", (400, "fix-input")),
        ("PUT", "/v1/documents/%FF.txt", b"x", (400, "fix-input")),
        ("PUT", "/v1/documents/a%0Ab.txt", b"x", (400, "fix-input")),
        ("GET", "/v1/documents/a%0Ab.txt", b"", (400, "fix-input")),
        ("POST", "/v1/chat/completions", b'{"model": "gpt", "messages": [{"role": "user"}]}', (404, "unknown-model")),
        ("POST", "/v1/chat/completions", b'{"messages": [{"role": "system"}]}', (400, "fix-input")),
    ],
)
def test_what_is_wrong_has_a_type(
    site: Served, method: str, path: str, content: bytes, expected: tuple[int, str]
) -> None:
    refused = site.http.request(method, path, content=content, headers={"Content-Type": "application/json"})

    assert problem(refused) == expected


def test_json_without_its_header_is_told_which_header_it_needs(site: Served) -> None:
    refused = site.http.post("/v1/ask", content=b'{"question": "Schiffe?"}')

    assert problem(refused) == (422, "validation")
    assert "Content-Type: application/json" in refused.json()["hint"]
    assert refused.json()["errors"] == [{"field": "body", "message": "no JSON by its header Content-Type"}]


def test_large_bodies_are_refused_before_they_are_read(serve: Callable[..., Served]) -> None:
    served = serve(max_body=1000, max_upload=2000)

    assert problem(served.ask("x" * 2000)) == (413, "too-large")
    assert problem(served.http.put("/v1/documents/a.txt", content=b"x" * 3000)) == (413, "too-large")
    # Unannounced, in parts.
    assert problem(served.http.put("/v1/documents/a.txt", content=iter([b"x" * 900] * 3))) == (413, "too-large")
    assert served.http.put("/v1/documents/a.txt", content=b"Ein Satz. " * 150).status_code == 201


def test_a_body_that_drips_is_not_waited_for(serve: Callable[..., Served]) -> None:
    served = serve(patience=0.2)
    host, port = served.url.removeprefix("http://").split(":")

    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(
            b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        )
        slow.settimeout(5)
        assert b" 408 " in slow.recv(1000)


def test_whoever_asks_too_often_is_told_when_to_come_back(serve: Callable[..., Served]) -> None:
    served = serve(rate=60)

    answers = [served.http.get("/v1/models") for _ in range(15)]

    refused = [response for response in answers if response.status_code == 429]
    assert 3 <= len(refused) <= 5
    assert problem(refused[0]) == (429, "rate-limited")
    assert int(refused[0].headers["Retry-After"]) >= 1
    assert served.http.get("/v1/models", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert served.http.get("/healthz").status_code == 200


@pytest.mark.parametrize(("a_minute", "without_a_pause"), [(1, 5), (30, 5), (60, 10), (600, 100)])
def test_how_many_may_come_at_once_is_said(a_minute: int, without_a_pause: int) -> None:
    rates, request = Rates(a_minute), Request({"type": "http", "client": None, "headers": []})

    for _ in range(without_a_pause):
        rates.take(Caller("somebody"), request)
    with pytest.raises(Problem, match=f"More than {a_minute} requests a minute, or {without_a_pause} at once"):
        rates.take(Caller("somebody"), request)


def test_who_cannot_wait_gets_a_503_and_the_others_an_answer(serve: Callable[..., Served]) -> None:
    served = serve(SteppingEngine, threads=2, queue=3)
    engine: Any = served.engine
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(served.ask("Schiffe?"))) for _ in range(20)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 10
    while len(found) < 15 and time.monotonic() < until:
        time.sleep(0.01)
    engine.go.set()
    for thread in threads:
        thread.join()

    codes = sorted(response.status_code for response in found)
    assert codes == [200] * 5 + [503] * 15
    busy = next(response for response in found if response.status_code == 503)
    assert problem(busy) == (503, "busy")
    assert busy.headers["Retry-After"] == "1"


@pytest.mark.parametrize(("asked", "told"), [("17", "17"), ("0.2", "1"), ("nan", "1"), ("Mon, 30 Nov 2026", "1")])
def test_how_long_a_models_server_asks_to_wait_is_passed_on(
    asking: Callable[..., LocalEngine], server: ScriptedServer, asked: str, told: str
) -> None:
    server.play(Fails(429, headers={"Retry-After": asked}))

    with serving(asking(), ServerRule()) as served:
        refused = served.ask("Wer schläft unter den Eichen?")

    assert problem(refused) == (503, "retry-later")
    assert refused.headers["Retry-After"] == told


def test_an_answer_has_a_deadline(serve: Callable[..., Served]) -> None:
    served = serve(SteppingEngine, threads=1, deadline=4)
    engine: Any = served.engine

    assert problem(served.ask("Schiffe?")) == (504, "deadline")
    until = time.monotonic() + 10
    while not engine.ended and time.monotonic() < until:
        time.sleep(0.01)
    assert engine.ended == ["stopped"]
    engine.go.set()
    assert served.ask("Schiffe?").status_code == 200


@pytest.mark.parametrize(
    ("host", "local"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("box", False)]
)
def test_strangers_need_a_key(host: str, local: bool) -> None:
    assert is_loopback(host) is local
    settings = load_settings(serve_host=host)
    if local:
        assert "127.0.0.1" in rule_of(settings, token="t", insecure=False, watch=False).hosts
        return
    with pytest.raises(FixInput, match="anybody"):
        rule_of(settings, token="t", insecure=False, watch=False)
    assert rule_of(settings, token="t", insecure=True, watch=False).hosts == ()
