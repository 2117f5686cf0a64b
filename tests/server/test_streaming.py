"""Statements one by one, pings in silence, errors in a stream, and clients that leave."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.server.conftest import QUESTIONS, Served, SteppingEngine, events, soon

SSE = {"Accept": "text/event-stream"}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stream_says_what_the_answer_says(site: Served, question: str) -> None:
    response = site.http.post("/v1/ask", json={"question": question}, headers=SSE)
    found = events(response.text)
    receipt = site.ask(question).json()

    assert response.headers["content-type"].startswith("text/event-stream")
    names = [name for name, _ in found]
    assert names[-1] == "done"
    assert names.count("done") == 1
    assert [values["stage"] for name, values in found if name == "stage"] == list(receipt["timings"])
    said = [values for name, values in found if name == "statement"]
    assert [one["statement"] for one in said] == receipt["statements"]
    assert [one["index"] for one in said] == list(range(len(said)))
    for one in said:
        for citation in one["citations"]:
            number = citation.pop("index")
            assert citation == receipt["citations"][number]
    done = found[-1][1]
    for changing in ("asked", "timings"):
        del done[changing], receipt[changing]
    assert done == receipt


def test_an_unusable_question_is_an_error_before_the_stream(site: Served) -> None:
    refused = site.http.post("/v1/ask", json={"question": "?!"}, headers=SSE)

    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")


def test_silence_is_filled_with_pings(serve: Callable[..., Served]) -> None:
    class Silent(SteppingEngine):
        def stream(self, question: str, *args: Any, **more: Any) -> Any:
            first = True
            for event in super().stream(question, *args, **more):
                if first or getattr(event, "stage", "") != "wait":
                    first = False
                    yield event

    served = serve(Silent, ping=0.05)
    with served.http.stream("POST", "/v1/ask", json={"question": "Schiffe?"}, headers=SSE) as response:
        lines = response.iter_lines()
        assert next(lines) == "event: stage"
        while next(lines) != ": ping":
            pass
        served.engine.go.set()
        assert "event: done" in list(lines)


def test_what_goes_wrong_on_the_way_is_an_event(serve: Callable[..., Served]) -> None:
    class Failing(SteppingEngine):
        def stream(self, *args: Any, **more: Any) -> Any:
            yield from self._first(*args, **more)
            raise OSError("a secret path")

        def _first(self, *args: Any, **more: Any) -> Any:
            yield next(iter(super().stream(*args, **more)))

    served = serve(Failing)

    found = events(served.http.post("/v1/ask", json={"question": "Schiffe?"}, headers=SSE).text)

    assert [name for name, _ in found] == ["stage", "error"]
    assert found[-1][1]["type"] == "urn:beleg:problem:internal"
    assert "secret" not in str(found)


def test_an_index_without_documents_says_so(serve: Callable[..., Served]) -> None:
    served = serve()
    for name in ("hafen.txt", "harbour.txt", "tief/wald.md"):
        assert served.http.delete(f"/v1/documents/{name}").status_code == 200

    refused = served.ask("Schiffe?")
    found = events(served.http.post("/v1/ask", json={"question": "Schiffe?"}, headers=SSE).text)

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:beleg:problem:add-documents")
    assert found[-1][0] == "error"
    assert found[-1][1]["type"] == "urn:beleg:problem:add-documents"


@pytest.mark.parametrize("headers", [SSE, {}])
def test_a_client_that_hangs_up_stops_the_work(serve: Callable[..., Served], headers: dict[str, str]) -> None:
    served = serve(SteppingEngine, threads=1)
    engine: Any = served.engine

    impatient = http.client.HTTPConnection(served.url.removeprefix("http://"), timeout=30)
    asked = json.dumps({"question": "Schiffe?"})
    impatient.request("POST", "/v1/ask", asked, {"Content-Type": "application/json", **headers})
    # Whoever hangs up before the work has begun is forgotten; see below.
    assert engine.begun.acquire(timeout=30)
    impatient.close()

    assert soon(lambda: engine.ended == ["stopped"])
    engine.go.set()
    assert served.ask("Schiffe?").status_code == 200


def test_a_client_that_hangs_up_while_it_waits_is_forgotten(serve: Callable[..., Served]) -> None:
    served = serve(SteppingEngine, threads=1)
    engine: Any = served.engine
    first = threading.Thread(target=served.ask, args=("Schiffe?",))
    first.start()
    assert engine.begun.acquire(timeout=5)
    with httpx.Client(base_url=served.url, timeout=0.2) as impatient, pytest.raises(httpx.ReadTimeout):
        impatient.post("/v1/ask", json={"question": "Wald?"})
    engine.go.set()
    first.join()

    assert served.ask("Hamburg?").status_code == 200
    # The second never began.
    assert engine.ended == ["done", "done"]
