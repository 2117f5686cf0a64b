"""A warm question, stage by stage, against its own embedding."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any

from rag.events import AnswerDone, StatementReady
from rag.index import Index
from rag.pipeline import AskRule, stream
from rag.records import Filters
from rag.render import Style, render_rest, render_statement
from rag.settings import load_settings

from .records import Figure, Stage
from .timing import at, stage

if TYPE_CHECKING:
    from rag.embedding import Embedder

# The steps within a retrieval that have a stage of their own; what is left of it is fusing.
_CATALOG = ("live_chunks", "text_of", "places", "sentences", "owners", "vectors_of")
STAGES = ("embed", "dense", "lexical", "catalog", "fuse", "judge", "read", "verify", "render")


@dataclass(slots=True)
class Watch:
    """Seconds by part since ``clear``."""

    taken: dict[str, float] = field(default_factory=dict[str, float])

    def clear(self) -> None:
        """Start anew."""
        self.taken = {}

    @contextmanager
    def over(self, index: Index) -> Generator[None]:
        """Watch the parts of a retrieval meanwhile."""
        with index.reading():
            dense, words = index._parts()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        parts: list[tuple[type, str, str]] = [
            (type(dense), "nearest", "dense"),
            (type(words), "search", "lexical"),
            (type(words), "score", "lexical"),
        ]
        parts += [(type(index.catalog), name, "catalog") for name in _CATALOG]
        before = [(owner, name, getattr(owner, name)) for owner, name, _ in parts]
        for owner, name, part in parts:
            setattr(owner, name, self._watched(getattr(owner, name), part))
        try:
            yield
        finally:
            for owner, name, method in before:
                setattr(owner, name, method)

    def _watched(self, method: Callable[..., Any], part: str) -> Callable[..., Any]:
        @wraps(method)
        def timed(*given: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return method(*given, **named)
            finally:
                self.taken[part] = self.taken.get(part, 0.0) + time.perf_counter() - started

        return timed


@dataclass(frozen=True, slots=True)
class Asked:
    """Seconds by stage of each question."""

    rows: tuple[dict[str, float], ...]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The percentiles of each stage."""
        return tuple(stage(name, [row.get(name, 0.0) for row in self.rows]) for name in STAGES)

    @property
    def rest(self) -> Stage:
        """The percentiles of all that is not embedding."""
        return stage("rest", self._rests())

    def figures(self, among: str = "") -> list[Figure]:
        """Return a question, and what of it is not embedding, against one embedding."""
        embed = statistics.median(row["embed"] for row in self.rows)
        whole = statistics.median(sum(row.values()) for row in self.rows)
        ratio = statistics.median(sum(row.values()) / row["embed"] for row in self.rows)
        p95 = at(sorted(self._rests()), 0.95)
        return [
            Figure(f"question{among} / its embedding", 1000 * whole, 1000 * embed, "ms", ratio),
            Figure(
                f"question less embedding, p95{among} / embedding", 1000 * p95, 1000 * embed, "ms", p95 / embed, 2.0
            ),
        ]

    def _rests(self) -> list[float]:
        return [sum(row.values()) - row["embed"] for row in self.rows]


def ask_all(index: Index, embedder: Embedder, questions: Sequence[str], filters: Filters | None = None) -> Asked:
    """Ask each question once, one after another, and render its answer."""
    rule, watch = AskRule.of(load_settings(), None), Watch()
    with watch.over(index):
        return Asked(tuple(_ask(index, embedder, text, filters or Filters(), rule, watch) for text in questions))


def _ask(
    index: Index, embedder: Embedder, text: str, filters: Filters, rule: AskRule, watch: Watch
) -> dict[str, float]:
    watch.clear()
    render = 0.0
    for event in stream(index, embedder, text, filters, rule):
        started = time.perf_counter()
        if isinstance(event, StatementReady):
            render_statement(event.statement, Style())
        render += time.perf_counter() - started
        if isinstance(event, AnswerDone):
            rest_started = time.perf_counter()
            render_rest(event.answer, Style())
            render += time.perf_counter() - rest_started
            taken = dict(event.answer.timings)
            fuse = taken.pop("retrieve") - sum(watch.taken.values())
            return {**taken, **watch.taken, "fuse": max(fuse, 0.0), "render": render}
    raise AssertionError("a stream ends with AnswerDone")
