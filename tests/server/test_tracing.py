"""Traces: a span for the request, one for each stage below it, and nothing of what was asked."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from rag.server.app import make_app
from rag.server.rule import ServerRule
from rag.server.tracing import Traces
from tests.server.conftest import QUESTIONS, TOKEN, engine_at
from tests.serving import Serving

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Traced:
    """A server whose spans stay in memory."""

    def __init__(self, url: str, kept: InMemorySpanExporter) -> None:
        self.http = httpx.Client(base_url=url, timeout=30, trust_env=False)
        self._kept = kept

    def spans(self, of: str) -> dict[str, ReadableSpan]:
        """Return the spans by name as soon as that request's own has ended, which is after its response has."""
        until = time.monotonic() + 10
        while of not in (found := {span.name: span for span in self._kept.get_finished_spans()}):
            assert time.monotonic() < until, f"no span {of} among {sorted(found)}"
            time.sleep(0.01)
        return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, InMemorySpanExporter]]:
    kept = InMemorySpanExporter()
    traces = Traces(SimpleSpanProcessor(kept))
    with engine_at(tmp_path_factory.mktemp("traced")) as engine:
        app = make_app(engine, ServerRule(token=TOKEN), traces)
        with Serving(app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=5) as url:
            yield url, kept
    traces.close()


@pytest.fixture
def traced(server: tuple[str, InMemorySpanExporter]) -> Iterator[Traced]:
    url, kept = server
    kept.clear()
    made = Traced(url, kept)
    yield made
    made.http.close()


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_question_is_a_span_with_its_stages_below_it(traced: Traced, accept: str) -> None:
    asked = traced.http.post("/v1/ask", json={"question": QUESTIONS[0]}, headers={"Accept": accept})
    assert asked.status_code == 200

    spans = traced.spans("POST /v1/ask")
    request = spans.pop("POST /v1/ask")
    assert {"embed", "retrieve", "judge", "read", "verify"} <= spans.keys()
    for stage in spans.values():
        assert stage.parent is not None
        assert stage.parent.span_id == request.context.span_id
        assert request.start_time <= stage.start_time + 1_000_000
        assert stage.start_time <= stage.end_time <= request.end_time
    assert request.attributes is not None
    assert request.attributes["http.response.status_code"] == 200
    assert request.attributes["beleg.status"] == "answered"
    assert request.attributes["beleg.statements"] > 0


def test_a_trace_that_the_caller_began_goes_on(traced: Traced) -> None:
    traced.http.get("/healthz", headers={"traceparent": CALLER})

    span = traced.spans("GET /healthz")["GET /healthz"]
    assert span.parent is not None
    assert f"{span.context.trace_id:032x}" == CALLER.split("-")[1]
    assert f"{span.parent.span_id:016x}" == CALLER.split("-")[2]


def test_spans_hold_nothing_of_what_was_asked_or_found(traced: Traced) -> None:
    traced.http.post("/v1/ask", json={"question": "Wer schläft unter den Eichen?"})
    traced.http.get("/v1/documents/tief/wald.md", headers={"Authorization": f"Bearer {TOKEN}"})

    told = json.dumps(
        [span.to_json() for span in traced.spans("GET /v1/documents/{id:path}").values()], ensure_ascii=False
    )
    assert not [word for word in ("Eichen", "Reh", "wald", TOKEN) if word in told]
    assert "/v1/documents/{id:path}" in told


def test_a_refused_request_is_traced_with_its_status(traced: Traced) -> None:
    traced.http.post("/v1/ask", json={"question": ""})

    attributes = traced.spans("POST /v1/ask")["POST /v1/ask"].attributes
    assert attributes is not None
    assert attributes["http.response.status_code"] == 422


def test_a_collector_that_is_away_stops_nobody(tmp_path: Path) -> None:
    from rag.server.tracing import traces_to

    traces = traces_to("http://127.0.0.1:9")
    with engine_at(tmp_path) as engine:
        app = make_app(engine, ServerRule(token=TOKEN), traces)
        with Serving(app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=5) as url:
            assert httpx.post(f"{url.rstrip('/')}/v1/ask", json={"question": QUESTIONS[0]}, timeout=30).is_success
    traces.close()
