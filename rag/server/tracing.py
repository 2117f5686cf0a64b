"""Traces for OpenTelemetry, where a collector is configured: the only importer of its library.

A span for each request and one for each stage of a question; none holds a question, a text or a key.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag import __version__
from rag.errors import InstallExtra
from rag.events import AnswerDone, AnswerEvent, StageDone

_NS = 1_000_000_000


class Traces:
    """Where spans go: to an OpenTelemetry span processor."""

    def __init__(self, processor: Any) -> None:
        from opentelemetry import context, propagate, trace
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider

        self._trace, self._extract, self._current = trace, propagate.extract, context.get_current
        self._provider = TracerProvider(resource=Resource.create({"service.name": "beleg"}), shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("beleg", __version__)

    def request(self, scope: Scope) -> Any:
        """Return a context manager that gives the span of a request; its caller's trace goes on in it."""
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        return self._tracer.start_as_current_span(
            scope["method"],
            context=self._extract(carrier),
            kind=self._trace.SpanKind.SERVER,
            attributes={"http.request.method": scope["method"], "beleg.request_id": scope["beleg.request_id"]},
            record_exception=False,
        )

    def stages(self) -> Callable[[AnswerEvent], None]:
        """Return what takes an answer's events, on whatever thread, as parts of the request at hand."""
        parent = self._current()

        def take(event: AnswerEvent) -> None:
            if isinstance(event, StageDone):
                end = time.time_ns()
                span = self._tracer.start_span(event.stage, parent, start_time=end - round(event.seconds * _NS))
                span.end(end)
            elif isinstance(event, AnswerDone):
                self._trace.get_current_span(parent).set_attributes(
                    {
                        "beleg.status": event.answer.status,
                        "beleg.statements": len(event.answer.statements),
                        "beleg.dropped": len(event.answer.dropped),
                    }
                )

        return take

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


class Traced:
    """Wraps an application; every request is a span, named by its route."""

    def __init__(self, app: ASGIApp, traces: Traces) -> None:
        self._app = app
        self._traces = traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._traces.request(scope) as span:

            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            try:
                await self._app(scope, receive, sending)
            finally:
                # The route is known once it was taken.
                if (route := getattr(scope.get("route"), "path", None)) is not None:
                    span.update_name(f"{scope['method']} {route}")
                    span.set_attribute("http.route", route)


def traces_to(address: str) -> Traces:
    """Return traces that go to a collector's OTLP address (gRPC).

    Raises:
        InstallExtra: the library is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        raise InstallExtra(
            f"The library for traces is not installed ({error.name}).", hint='Install it: pip install "beleg[otel]"'
        ) from error
    return Traces(BatchSpanProcessor(OTLPSpanExporter(endpoint=address, insecure=not address.startswith("https:"))))
