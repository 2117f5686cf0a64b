"""Plots as inline SVG: no library, no network, readable in light and dark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

from ..facts import read_statements
from ..figures import Figure, figures
from ..metrics import DEPTHS
from ..reliability import reliability
from ..run import Row, Run

Scale: TypeAlias = Callable[[float], float]

_WIDTH, _HEIGHT = 460, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 14, 14, 40


@dataclass(frozen=True, slots=True)
class Line:
    """A series of points, with intervals (low, high) where they are known."""

    name: str
    points: tuple[tuple[float, float], ...]
    intervals: tuple[tuple[float, float], ...] = ()


def recall_plot(run: Run) -> str:
    """Plot evidence and document recall against k, and the ceiling of chunking."""
    found = figures(run)
    lines: list[Line] = []
    for name, prefix in (("evidence", "evidence_recall"), ("document", "document_recall")):
        known = [(k, found[f"{prefix}@{k}"]) for k in DEPTHS]
        points = tuple((float(k), f.mean) for k, f in known if f.mean is not None)
        lines.append(Line(name, points, tuple(f.interval for _, f in known if f.interval is not None)))
    top = found["ceiling"].mean
    if top is not None:
        lines.append(Line("ceiling of chunking", ((float(DEPTHS[0]), top), (float(DEPTHS[-1]), top))))
    return _plot(lines, x="k, chunks from the top", y="recall", ticks=[float(k) for k in DEPTHS])


def risk_points(rows: Sequence[Row]) -> tuple[tuple[float, float], ...]:
    """Return (coverage, risk) as the threshold falls: of the surest questions, the share answered wrongly.

    What a refused question would have been answered is known from its nearest passages. Wrong is an
    answer that says no must fact, or a forbidden claim, or anything where there is nothing to answer.
    """
    ordered = sorted(rows, key=lambda row: -row.judged.reply.confidence)
    points: list[tuple[float, float]] = []
    wrong = 0
    for number, row in enumerate(ordered, 1):
        reply = row.judged.reply
        reading = read_statements(row.case, reply.statements or reply.nearest)
        said = any(found.expressed for found in reading.facts if found.fact.weight == "must")
        wrong += reading.blocked or row.case.expected == "abstain" or not said
        last_of_its_confidence = number == len(ordered) or ordered[number].judged.reply.confidence != reply.confidence
        if last_of_its_confidence:
            points.append((number / len(ordered), wrong / number))
    return tuple(points)


def risk_plot(run: Run) -> str:
    """Plot risk against coverage, and where the threshold in force stands."""
    points = risk_points(run.rows)
    answered = sum(row.judged.reply.outcome == "answered" for row in run.rows) / len(run.rows)
    here = min(points, key=lambda point: abs(point[0] - answered), default=None)
    lines = [Line("risk", points)]
    if here is not None:
        lines.append(Line(f"in force: {here[1]:.0%} wrong at {here[0]:.0%} answered", (here,)))
    return _plot(lines, x="coverage, share of questions answered", y="risk", ticks=[0.0, 0.25, 0.5, 0.75, 1.0])


def reliability_plot(run: Run) -> str:
    """Plot, by the probability that the documents answer, the share of questions that they do answer."""
    bands = reliability(run.rows)
    points = tuple((band.mean, band.share) for band in bands)
    lines = [Line("answerable", points, tuple(band.interval for band in bands)), Line("as promised", ((0, 0), (1, 1)))]
    return _plot(lines, x="probability that the documents answer", y="share", ticks=[0.0, 0.25, 0.5, 0.75, 1.0])


def slice_plot(found: Sequence[tuple[str, Figure]]) -> str:
    """Plot a figure of each slice as a dot with its interval, in the order given."""
    kept = [(label, f.mean, f.interval, f.n) for label, f in found if f.mean is not None and f.interval is not None]
    row, left, width = 22, 250, 640
    height = row * len(kept) + 34
    parts = [_open(width, height)]
    scale = width - left - 20
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x = left + tick * scale
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{height - 28}"/>')
        parts.append(f'<text class="tick" x="{x:.1f}" y="{height - 12}" text-anchor="middle">{tick:g}</text>')
    for number, (label, mean, (low, high), n) in enumerate(kept):
        y = 16 + number * row
        x = left + mean * scale
        parts.append(
            f'<text x="{left - 10}" y="{y + 4}" text-anchor="end">{escape(label)} <tspan class="tick">n={n}</tspan></text>'
        )
        parts.append(
            f'<line class="s0 thin" x1="{left + low * scale:.1f}" x2="{left + high * scale:.1f}" y1="{y}" y2="{y}"/>'
        )
        parts.append(
            f'<circle class="s0 dot" cx="{x:.1f}" cy="{y}" r="4.5"><title>{mean:.3f} [{low:.3f}, {high:.3f}]</title></circle>'
        )
    return "".join([*parts, "</svg>"])


def _plot(lines: Sequence[Line], *, x: str, y: str, ticks: Sequence[float]) -> str:
    low, high = min(ticks), max(ticks)

    def px(value: float) -> float:
        return _LEFT + (value - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)

    def py(value: float) -> float:
        return _TOP + (1 - value) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [_open(_WIDTH, _HEIGHT)]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{py(tick):.1f}" y2="{py(tick):.1f}"/>'
        )
        parts.append(f'<text class="tick" x="{_LEFT - 6}" y="{py(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    below = _HEIGHT - _BOTTOM + 16
    parts += [f'<text class="tick" x="{px(at):.1f}" y="{below}" text-anchor="middle">{at:g}</text>' for at in ticks]
    parts.append(f'<text class="tick" x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 6}" text-anchor="end">{escape(x)}</text>')
    parts.append(f'<text class="tick" x="{_LEFT + 4}" y="{_TOP + 10}">{escape(y)}</text>')
    for number, line in enumerate(lines):
        parts += _series(number, line, px, py)
    return "".join([*parts, "</svg>", _legend(lines)])


def _series(number: int, line: Line, px: Scale, py: Scale) -> list[str]:
    parts: list[str] = []
    if len(line.points) > 1:
        path = " ".join(f"{px(a):.1f},{py(b):.1f}" for a, b in line.points)
        parts.append(f'<polyline class="s{number}" points="{path}"/>')
    for (a, _), (low, high) in zip(line.points, line.intervals, strict=False):
        parts.append(
            f'<line class="s{number} thin" x1="{px(a):.1f}" x2="{px(a):.1f}" y1="{py(low):.1f}" y2="{py(high):.1f}"/>'
        )
    if len(line.points) < 20:
        for a, b in line.points:
            parts.append(
                f'<circle class="s{number} dot" cx="{px(a):.1f}" cy="{py(b):.1f}" r="4"><title>{a:g}: {b:.3f}</title></circle>'
            )
    return parts


def _legend(lines: Sequence[Line]) -> str:
    items = "".join(f'<li class="k{number}">{escape(line.name)}</li>' for number, line in enumerate(lines))
    return f'<ul class="legend">{items}</ul>'


def _open(width: int, height: int) -> str:
    return f'<svg viewBox="0 0 {width} {height}" role="img" xmlns="http://www.w3.org/2000/svg">'
