"""A run as plain JSON values: ``run.json``, ``results.jsonl`` and ``timings.json``. No times in the first two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ..baseline import cells
from ..cases import DocSpan
from ..figures import Figure, figures, slices
from ..gate import Step, exit_code
from ..metrics import GATING
from ..metrics.usage import quantile
from ..replies import Said
from ..results import Value
from ..run import Row, Run


def run_record(run: Run, steps: Sequence[Step]) -> dict[str, Any]:
    """Return ``run.json``: what the run is made of, its figures and slices, and what the gate found."""
    gating = [metric.name for metric in GATING]
    return {
        "schema": 1,
        **run.about,
        "figures": {name: _figure(figure) for name, figure in figures(run).items()},
        "slices": {
            dimension: {label: {m: _figure(f) for m, f in by_metric.items()} for label, by_metric in labels.items()}
            for dimension, labels in slices(run, gating).items()
        },
        "gate": {
            "exit_code": exit_code(steps),
            "steps": [{"name": step.name, "outcome": step.outcome, "lines": list(step.lines)} for step in steps],
        },
    }


def result_records(run: Run) -> list[dict[str, Any]]:
    """Return a record for every row of ``results.jsonl``."""
    held = cells(run.rows)
    return [_result(row, held[row.case.id]) for row in run.rows]


def timing_record(run: Run) -> dict[str, Any]:
    """Return the latency of each stage in seconds, p50 and p95 by nearest rank: reported, never gated."""
    stages: dict[str, list[float]] = {}
    for row in run.rows:
        timings = row.judged.reply.timings
        for stage, seconds in timings.items():
            stages.setdefault(stage, []).append(seconds)
        if timings:
            stages.setdefault("total", []).append(sum(timings.values()))
    return {
        stage: {"n": len(values), "p50": round(quantile(values, 0.5), 4), "p95": round(quantile(values, 0.95), 4)}
        for stage, values in stages.items()
    }


def _result(row: Row, held: dict[str, str]) -> dict[str, Any]:
    case, reply, reading = row.case, row.judged.reply, row.judged.reading
    return {
        "id": case.id,
        "repeat": row.repeat,
        "cluster": case.cluster,
        "kind": case.kind,
        "lang": case.language,
        "tags": list(case.tags),
        "place": f"{case.place.file}:{case.place.line}",
        "question": case.question,
        "expected": case.expected,
        "outcome": reply.outcome,
        "error": reply.error,
        "confidence": round(reply.confidence, 6),
        "statements": [_said(said) for said in reply.statements],
        "nearest": [_said(said) for said in reply.nearest],
        "retrieved": [_span(chunk) for chunk in reply.retrieved],
        "facts": [
            {
                "id": found.fact.id,
                "weight": found.fact.weight,
                "claim": found.fact.claim,
                "place": f"{found.fact.place.file}:{found.fact.place.line}",
                "state": held[found.fact.id],
                "found": [{"statement": one.statement, "words": list(one.words)} for one in found.findings],
                "evidence": [
                    [{**_span(e), "quote": row.judged.corpus.of(e)} for e in spans] for spans in found.fact.evidence
                ],
            }
            for found in reading.facts
        ],
        "forbidden": [
            {
                "id": found.claim.id,
                "severity": found.claim.severity,
                "claim": found.claim.claim,
                "found": [{"statement": one.statement, "words": list(one.words)} for one in found.findings],
            }
            for found in reading.claims
        ],
        "usage": asdict(reply.usage),
        "cells": held,
        "metrics": {name: _value(value) for name, value in row.values.items()},
    }


def _said(said: Said) -> dict[str, Any]:
    citations = [{**_span(c.span), "quote": c.quote} for c in said.citations]
    return {"text": said.text, "language": said.language, "citations": citations}


def _span(span: DocSpan) -> dict[str, Any]:
    return {"doc": span.document, "start": span.start, "end": span.end}


def _value(value: Value) -> Any:
    return round(value.number, 6) if value.state == "measured" else {value.state: value.why}


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "mean": None if figure.mean is None else round(figure.mean, 6),
        "interval": None if figure.interval is None else [round(x, 6) for x in figure.interval],
        "clusters": figure.n,
        "cases": figure.cases,
        "ineligible": figure.ineligible,
        "unmeasured": figure.unmeasured,
    }
