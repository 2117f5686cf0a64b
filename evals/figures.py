"""From values to figures: means over clusters, each with its interval and its denominators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.text.language import detect

from .cases import Case
from .corpus import Corpus
from .metrics import CONSISTENCY, METRICS
from .results import Value
from .run import Row, Run
from .stats import Interval, mean_interval

_RESAMPLES = 2_000
UNBOUNDED = frozenset({"calls", "tokens", "cost", "truth_score"})
"""Metrics that are no shares: their figures are not bounded by 0 and 1."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The mean of a metric over clusters: first within a cluster, then across.

    ``n`` counts clusters with a measured value, ``cases`` the measured cases in them; ``mean`` and
    ``interval`` (95 %) are None where n is 0.
    """

    metric: str
    mean: float | None
    interval: Interval | None
    n: int
    cases: int
    ineligible: int
    unmeasured: int


def figures(run: Run) -> dict[str, Figure]:
    """Return the figure of every metric over all rows, and the agreement between languages."""
    found = {metric.name: figure(metric.name, run.rows) for metric in METRICS}
    found[CONSISTENCY] = _figure(CONSISTENCY, [(name, value) for name, value in run.agreement.items()])
    return found


def figure(metric: str, rows: Iterable[Row]) -> Figure:
    """Return one metric's figure over some rows."""
    return _figure(metric, [(row.case.cluster, row.values[metric]) for row in rows])


def cluster_means(metric: str, rows: Iterable[Row]) -> dict[str, float]:
    """Return a metric's mean within each cluster that has a measured value."""
    return _means((row.case.cluster, row.values[metric]) for row in rows)


def _means(values: Iterable[tuple[str, Value]]) -> dict[str, float]:
    grouped: dict[str, list[float]] = defaultdict(list)
    for cluster, value in values:
        if value.state == "measured":
            grouped[cluster].append(value.number)
    return {cluster: sum(numbers) / len(numbers) for cluster, numbers in grouped.items()}


def _figure(metric: str, values: Sequence[tuple[str, Value]]) -> Figure:
    means = list(_means(values).values())
    counted = {
        state: sum(value.state == state for _, value in values) for state in ("measured", "ineligible", "unmeasured")
    }
    return Figure(
        metric,
        sum(means) / len(means) if means else None,
        mean_interval(means, is_share=metric not in UNBOUNDED, resamples=_RESAMPLES) if means else None,
        len(means),
        counted["measured"],
        counted["ineligible"],
        counted["unmeasured"],
    )


def slices(run: Run, metrics: Sequence[str]) -> dict[str, dict[str, dict[str, Figure]]]:
    """Return figures by dimension, then by slice: languages (of question → documents), kind, tag.

    A question's documents are those that hold evidence of its facts; "-" where it has none.
    """
    dimensions: dict[str, Callable[[Row], Iterable[str]]] = {
        "languages": lambda row: [f"{row.case.language} → {_document_languages(row)}"],
        "kind": lambda row: [row.case.kind],
        "tag": lambda row: row.case.tags,
    }
    found: dict[str, dict[str, dict[str, Figure]]] = {}
    for dimension, labels in dimensions.items():
        grouped: dict[str, list[Row]] = defaultdict(list)
        for row in run.rows:
            for label in labels(row):
                grouped[label].append(row)
        found[dimension] = {
            label: {metric: figure(metric, grouped[label]) for metric in metrics} for label in sorted(grouped)
        }
    return found


def weakest(
    found: Mapping[str, Mapping[str, Mapping[str, Figure]]], metric: str, least: int = 5
) -> list[tuple[str, Figure]]:
    """Return the slices of a metric from the worst up, those with at least ``least`` clusters."""
    listed = [
        (f"{dimension}: {label}", by_metric[metric])
        for dimension, labels in found.items()
        for label, by_metric in labels.items()
        if by_metric[metric].n >= least
    ]
    return sorted(listed, key=lambda item: (item[1].mean or 0.0, item[0]))


def _document_languages(row: Row) -> str:
    languages = document_languages(row.case, row.judged.corpus)
    return "/".join(languages) or "no"


def document_languages(case: Case, corpus: Corpus) -> list[str]:
    """Return the languages of the documents that hold evidence of a case's facts."""
    names = {e.document for fact in case.facts for spans in fact.evidence for e in spans}
    return sorted({_language(corpus.texts[name]) for name in names})


_known: dict[str, str] = {}


def _language(text: str) -> str:
    if text not in _known:
        _known[text] = detect(text) or "unknown"
    return _known[text]
