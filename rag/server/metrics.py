"""Figures for Prometheus: requests, stages, answers, refusals, what was dropped, the queue."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from rag.events import AnswerDone, AnswerEvent, StageDone
from rag.server.work import Work

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The figures of one application, in a registry of their own."""

    def __init__(self, questions: Work, writing: Work) -> None:
        self._registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)
        self._registry.register(_Queues(questions, writing))
        own = self._registry
        labels = ("method", "route")
        self._requests = Counter("beleg_requests", "Requests.", (*labels, "status"), registry=own)
        self._seconds = Histogram(
            "beleg_request_seconds", "From request to response.", labels, buckets=_SECONDS, registry=own
        )
        self._stages = Histogram(
            "beleg_stage_seconds", "Steps of a question.", ("stage",), buckets=_SECONDS, registry=own
        )
        self._answers = Counter("beleg_answers", "Questions answered or refused.", ("status",), registry=own)
        self._statements = Counter("beleg_statements", "Statements said.", registry=own)
        self._dropped = Counter("beleg_dropped_statements", "Statements that failed a check.", registry=own)
        self._uploads = Counter("beleg_uploads", "Documents handed over.", ("verdict",), registry=own)
        for status in ("answered", "not_in_documents"):
            self._answers.labels(status)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; ``route`` is its template, so that no name of a document becomes a label."""
        known = method if method in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS") else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(known, route).observe(seconds)

    def event(self, event: AnswerEvent) -> None:
        """Count what an answer's event tells."""
        if isinstance(event, StageDone):
            self._stages.labels(event.stage).observe(event.seconds)
        elif isinstance(event, AnswerDone):
            self._answers.labels(event.answer.status).inc()
            self._statements.inc(len(event.answer.statements))
            self._dropped.inc(len(event.answer.dropped))

    def upload(self, verdict: str) -> None:
        """Count a document that was handed over."""
        self._uploads.labels(verdict).inc()

    def text(self) -> bytes:
        """Return all figures in Prometheus's text format."""
        return generate_latest(self._registry)


class _Queues(Collector):
    """How many work and wait, at the moment that they are asked for."""

    def __init__(self, questions: Work, writing: Work) -> None:
        self._queues = {"questions": questions, "documents": writing}

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield the two gauges."""
        running = GaugeMetricFamily("beleg_running", "Requests that are worked on.", labels=["queue"])
        waiting = GaugeMetricFamily("beleg_waiting", "Requests that wait.", labels=["queue"])
        for name, work in self._queues.items():
            running.add_metric([name], work.running)
            waiting.add_metric([name], work.waiting)
        yield running
        yield waiting
