"""Plots of a result as SVG files for the docs, drawn from what is committed: python -m evals.performance.plots.

python -m evals.performance.plots [--json FILE] [--out DIR]
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from .records import Result, Size, read, size

RESULT = Path(__file__).with_name("result.json")
BEYOND = Path(__file__).with_name("beyond.json")
"""Sizes that were measured by hand, beyond those of `make bench` (``growth``)."""
DOCS = Path("docs")

_WIDTH, _HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 150, 34, 44
_STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #333; } .title { font-size: 14px; font-weight: 600; }
.grid { stroke: #ddd; } polyline { fill: none; stroke-width: 2; } svg { background: #fff; }
.c0 { stroke: #1f5fa8; } .c1 { stroke: #c2571a; } .c2 { stroke: #2f7d4f; } .c3 { stroke: #7a4fa3; } .c4 { stroke: #8a6d1a; }
.c5 { stroke: #666; }
.c0.dot, .c0.name { fill: #1f5fa8; } .c1.dot, .c1.name { fill: #c2571a; } .c2.dot, .c2.name { fill: #2f7d4f; }
.c3.dot, .c3.name { fill: #7a4fa3; } .c4.dot, .c4.name { fill: #8a6d1a; } .c5.dot, .c5.name { fill: #666; }
.name { stroke: none; }
</style>"""


@dataclass(frozen=True, slots=True)
class Series:
    """A named line of points (x, y), x above 0."""

    name: str
    points: tuple[tuple[float, float], ...]


def drawn(result: Result) -> dict[str, str]:
    """Return the plots of a result by file name."""
    sizes = result.sizes
    stages = [stage.name for stage in sizes[0].stages] if sizes else []
    plots = {
        "speed-question.svg": _plot(
            "A question, by chunks in the index", "ms, median",
            [Series(name, tuple((s.chunks, _of(s, name)) for s in sizes)) for name in _telling(sizes, stages)],
        ),
        "speed-growth.svg": _plot(
            "All of a question but its embedding", "ms",
            [
                Series("p95", tuple((s.chunks, s.rest.p95) for s in sizes)),
                Series("median", tuple((s.chunks, s.rest.p50) for s in sizes)),
                Series("one embedding", tuple((s.chunks, _of(s, "embed")) for s in sizes)),
            ],
        ),
        "speed-ingest.svg": _plot(
            "Taking in, the embedder left out", "CPU seconds for 1,000 chunks more",
            [Series("ingest", tuple((s.chunks, s.ingest) for s in sizes))],
        ),
        "speed-memory.svg": _plot(
            "Memory of a process that asks, less imports", "MB",
            [
                Series("peak", tuple((s.chunks, s.memory / 1e6) for s in sizes)),
                Series("vectors and text", tuple((s.chunks, s.held * s.chunks / 1e6) for s in sizes)),
            ],
        ),
    }  # fmt: skip
    return {name: text for name, text in plots.items() if sizes}


def committed() -> Result:
    """Return the committed result, with the sizes beyond its own."""
    result = read(RESULT)
    return replace(result, sizes=(*result.sizes, *map(size, json.loads(BEYOND.read_text(encoding="utf-8")))))


def _telling(sizes: Sequence[Size], stages: Sequence[str]) -> list[str]:
    """Return the stages that take the most at the largest size; the others would lie on the floor."""
    return sorted(stages, key=lambda name: -_of(sizes[-1], name))[:6]


def _of(size: Size, name: str) -> float:
    return next(stage.p50 for stage in size.stages if stage.name == name)


def _plot(title: str, unit: str, series: Sequence[Series]) -> str:
    xs = [x for line in series for x, _ in line.points]
    top = _round_up(max(y for line in series for _, y in line.points))
    low, high = math.log10(min(xs)), math.log10(max(xs))

    def px(x: float) -> float:
        return _LEFT + (math.log10(x) - low) / ((high - low) or 1) * (_WIDTH - _LEFT - _RIGHT)

    def py(y: float) -> float:
        return _TOP + (1 - y / top) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title>{_STYLE}",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text class="title" x="{_LEFT}" y="18">{escape(title)}</text>',
        f'<text x="{_LEFT}" y="{_HEIGHT - 8}">chunks</text><text x="6" y="{_TOP - 6}">{escape(unit)}</text>',
    ]
    for step in range(5):
        y = top * step / 4
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{py(y):.1f}" y2="{py(y):.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{py(y) + 4:.1f}" text-anchor="end">{y:g}</text>')
    below = _HEIGHT - _BOTTOM + 18
    parts += [f'<text x="{px(x):.1f}" y="{below}" text-anchor="middle">{x:,.0f}</text>' for x in sorted(set(xs))]
    parts += [line for number, one in enumerate(series) for line in _line(number, one, px, py)]
    return "\n".join([*parts, *_names(series, py), "</svg>"]) + "\n"


def _line(number: int, one: Series, px: Callable[[float], float], py: Callable[[float], float]) -> list[str]:
    path = " ".join(f"{px(x):.1f},{py(y):.1f}" for x, y in one.points)
    dots = [
        f'<circle class="c{number} dot" cx="{px(x):.1f}" cy="{py(y):.1f}" r="3"><title>{x:,.0f}: {y:.3g}</title></circle>'
        for x, y in one.points
    ]
    return [f'<polyline class="c{number}" points="{path}"/>', *dots]


def _names(series: Sequence[Series], py: Callable[[float], float]) -> list[str]:
    """Write each name beside the end of its line, pushed apart where lines end together."""
    out: list[str] = []
    floor = math.inf
    for number, one in sorted(enumerate(series), key=lambda pair: pair[1].points[-1][1]):
        y = min(py(one.points[-1][1]) + 4, floor - 14)
        floor = y
        out.append(f'<text class="c{number} name" x="{_WIDTH - _RIGHT + 8}" y="{y:.1f}">{escape(one.name)}</text>')
    return out


def _round_up(value: float) -> float:
    """Return the next number that can be cut into quarters without ugly marks."""
    power = 10 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(power * step for step in (1, 2, 4, 8, 10, 20) if power * step >= value)


def main() -> None:
    """Write the plots."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="another result than the committed one")
    parser.add_argument("--out", type=Path, default=DOCS)
    given = parser.parse_args()
    for name, text in drawn(read(given.json) if given.json else committed()).items():
        (given.out / name).write_text(text, encoding="utf-8")
        print(given.out / name)


if __name__ == "__main__":
    main()
